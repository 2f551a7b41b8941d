/* Random ends of JSSE: only what SSLParameters can say, since the rest is set for a whole process. */
#include "pairs/pair.h"

#include "tls/dialect.h"

void jsse_random(end_recipe *end, uint64_t *random)
{
  static const unsigned versions[] = {0, 0, 0x18, 0x10, 0x08};
  const cy_tls_dialect *d = cy_tls_dialect_find("jdk-17");
  end->number[END_VERSIONS] = versions[pair_next(random) % CY_COUNT(versions)];
  if (pair_chance(random, 40))
    pair_pick(end, END_SUITES, d->suites, pair_chance(random, 50) ? 4 : 20, random);
  if (pair_chance(random, 25))
    pair_pick(end, END_SUITES13, d->suites13, 3, random);
}

/* Properties of the process, in every third of them. */
void jsse_process(end_recipe *end, uint64_t *random)
{
  static const unsigned old[] = {0x1e, 0x0e, 0x06, 0x04, 0x02};
  const cy_tls_dialect *d = cy_tls_dialect_find("jdk-17");
  bool any = pair_chance(random, 33);
  if (any && pair_chance(random, 60))
    pair_pick(end, END_GROUPS, d->known_groups, 4, random);
  if (any && pair_chance(random, 50))
    pair_pick(end, END_SCHEMES, d->known_schemes, pair_chance(random, 30) ? 3 : 14, random);
  if (any && pair_chance(random, 40))
    end->number[END_VERSIONS] = old[pair_next(random) % CY_COUNT(old)];
}
