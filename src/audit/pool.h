/*
 * A pool of workers whose results come back in the order in which the work was given.
 *
 * Purpose:   the main thread makes pieces of work and takes results in the same order; workers do
 *            what is between. No more than `window` pieces are under way, which bounds memory.
 * Ownership: pieces are the caller's; the pool never looks into them.
 * Errors:    a machine that gives no threads is not an error: the work is then done by the caller,
 *            in cy_pool_take.
 * Threads:   put and take belong to one thread; `work` runs in the workers, each with its own
 *            `state`. Signals are left to the caller's thread.
 */
#ifndef CY_AUDIT_POOL_H
#define CY_AUDIT_POOL_H

#include "base/err.h"

typedef struct {
  unsigned threads;
  size_t window; /* pieces under way at most */
  void (*work)(void *piece, void *state);
  void **states; /* one for each thread, and at least one */
} cy_pool_options;

typedef struct cy_pool cy_pool;

cy_err *cy_pool_new(cy_pool **out, const cy_pool_options *options) CY_MUST_USE;
/* Waits for pieces that a worker has begun; others are never begun. */
void cy_pool_free(cy_pool *pool);
CY_AUTO_DEFINE(cy_pool)
/* The worker threads that run: 0 when the caller does all. */
unsigned cy_pool_threads(const cy_pool *pool);
bool cy_pool_is_full(const cy_pool *pool);
bool cy_pool_is_empty(const cy_pool *pool); /* nothing is under way */
/* The pool must not be full. */
void cy_pool_put(cy_pool *pool, void *piece);
/* The oldest piece, once it is done; NULL when none is under way. */
void *cy_pool_take(cy_pool *pool);
/* No piece is begun any more; waits for those that were. */
void cy_pool_stop(cy_pool *pool);
/* After cy_pool_stop: the oldest piece that was not taken, done or not, so that the caller can free
 * it; NULL when none is left. */
void *cy_pool_drain(cy_pool *pool);

#endif
