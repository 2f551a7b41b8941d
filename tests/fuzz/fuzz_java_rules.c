/* Java's rules: parsed and applied to everything there is; asking twice gives the same. */
#include "tls/java_rules.h"

#include <stdlib.h>

#include "base/mem.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  CY_CLEAN(cy_java_rules) rules = {0};
  CY_AUTO_STR char *text = cy_strndup((const char *)data, size < 2048 ? size : 2048);
  CY_AUTO(cy_err) *err = text ? cy_java_rules_add(&rules, text, 1) : NULL;
  if (err)
    return 0;
  for (size_t i = 0; i < cy_suite_count; i += 7)
    if (cy_java_strikes_suite(&rules, NULL, &cy_suites[i]) !=
          cy_java_strikes_suite(&rules, &rules, &cy_suites[i]) &&
        cy_java_strikes_suite(&rules, NULL, &cy_suites[i]))
      abort();
  for (size_t i = 0; i < cy_tls_group_count; i++)
    (void)cy_java_strikes_group(&rules, &rules, &cy_tls_groups[i]);
  for (size_t i = 0; i < cy_scheme_count; i++)
    if (cy_java_strikes_scheme(&rules, NULL, &cy_schemes[i], true) &&
        !cy_java_strikes_scheme(&rules, NULL, &cy_schemes[i], false))
      abort(); /* handshakes are never freer than certificates */
  (void)cy_java_min_bits(&rules, "RSA");
  return 0;
}
