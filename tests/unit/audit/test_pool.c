/* causey-test: any-user */
#include "tests/lib/unit.h"

#include <stdatomic.h>

#include "audit/pool.h"

enum { PIECES = 2000, WINDOW = 16 };

typedef struct {
  unsigned number;
  uint64_t square;
} piece;

static atomic_uint begun;

/* Uneven work, so that workers overtake each other. */
static void square(void *arg, void *state)
{
  piece *p = arg;
  volatile uint64_t sum = 0;
  for (unsigned i = 0; i < (p->number % 7) * 500; i++)
    sum = sum + i;
  p->square = (uint64_t)p->number * p->number + (sum & 0);
  ++*(unsigned *)state;
  atomic_fetch_add(&begun, 1);
}

static cy_pool *pool_of(unsigned threads, unsigned counts[8])
{
  static void *states[8];
  cy_pool *pool = NULL;
  for (unsigned i = 0; i < 8; i++)
    states[i] = &counts[i];
  cy_pool_options options = {.threads = threads, .window = WINDOW, .work = square, .states = states};
  assert_null(cy_pool_new(&pool, &options));
  return pool;
}

static void run(unsigned threads)
{
  static piece pieces[PIECES];
  unsigned counts[8] = {0}, put = 0, taken = 0, done = 0;
  CY_AUTO(cy_pool) *pool = pool_of(threads, counts);
  while (taken < PIECES) {
    while (put < PIECES && !cy_pool_is_full(pool)) {
      pieces[put] = (piece){.number = put};
      cy_pool_put(pool, &pieces[put++]);
    }
    assert_true(put - taken <= WINDOW);
    const piece *p = cy_pool_take(pool);
    assert_int_equal(p->number, taken);
    assert_int_equal(p->square, (uint64_t)taken * taken);
    taken++;
  }
  assert_true(cy_pool_is_empty(pool));
  assert_null(cy_pool_take(pool));
  cy_pool_stop(pool);
  for (unsigned i = 0; i < 8; i++)
    done += counts[i];
  assert_int_equal(done, PIECES);
}

static void keeps_the_order(void **state)
{
  (void)state;
  run(1);
  run(4);
  run(8);
}

static void works_without_threads(void **state)
{
  (void)state;
  run(0);
}

/* Pieces that were put and never taken come back once each. */
static void stops_early(void **state)
{
  (void)state;
  piece pieces[WINDOW];
  unsigned counts[8] = {0}, drained = 0;
  CY_AUTO(cy_pool) *pool = pool_of(2, counts);
  for (unsigned i = 0; i < WINDOW; i++) {
    pieces[i] = (piece){.number = i};
    cy_pool_put(pool, &pieces[i]);
  }
  assert_true(cy_pool_is_full(pool));
  cy_pool_stop(pool);
  for (const piece *p; (p = cy_pool_drain(pool)); drained++)
    assert_int_equal(p->number, drained);
  assert_int_equal(drained, WINDOW);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(keeps_the_order),
    cmocka_unit_test(works_without_threads), cmocka_unit_test(stops_early)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
