/*
 * Whether what is offered to mend a pair is the smallest change that does.
 *
 * Purpose:   held against every change of every setting, which mending itself never tries.
 * Ownership: borrows.
 * Errors:    the program ends: it is a test.
 * Threads:   one.
 */
#ifndef TESTS_PAIRS_SMALLEST_H
#define TESTS_PAIRS_SMALLEST_H

#include "pairs/pool.h"
#include "tls/mend.h"

/* No single change at the same ends does, of those that give up no more security; with `also_pairs`, no two
 * do instead of three (which takes seconds). What does is printed. */
bool mend_is_smallest(const pool *p, cy_tls_verdicts *verdicts, const cy_tls_side *client,
  const cy_tls_side *server, const cy_tls_mend *mend, bool also_pairs);

#endif
