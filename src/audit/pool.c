/* A ring of pieces: [head, next) are with the workers or done, [next, tail) wait. */
#include "audit/pool.h"

#include <pthread.h>
#include <signal.h>

#include "base/mem.h"

typedef struct {
  void *piece;
  bool done;
} slot;

typedef struct {
  cy_pool *pool;
  void *state;
  pthread_t thread;
} worker;

struct cy_pool {
  cy_pool_options options;
  pthread_mutex_t lock;
  pthread_cond_t work_there;
  pthread_cond_t head_done;
  slot *ring;
  uint64_t head, next, tail;
  bool stop;
  worker *workers;
  unsigned threads;
};

static slot *slot_at(cy_pool *pool, uint64_t at)
{
  return &pool->ring[at % pool->options.window];
}

static void *run(void *arg)
{
  worker *self = arg;
  cy_pool *pool = self->pool;
  pthread_mutex_lock(&pool->lock);
  for (;;) {
    while (!pool->stop && pool->next == pool->tail)
      pthread_cond_wait(&pool->work_there, &pool->lock);
    if (pool->stop)
      break;
    uint64_t at = pool->next++;
    void *piece = slot_at(pool, at)->piece;
    pthread_mutex_unlock(&pool->lock);
    pool->options.work(piece, self->state);
    pthread_mutex_lock(&pool->lock);
    slot_at(pool, at)->done = true;
    if (at == pool->head)
      pthread_cond_signal(&pool->head_done);
  }
  pthread_mutex_unlock(&pool->lock);
  return NULL;
}

/* As many as the machine gives. */
static void start(cy_pool *pool)
{
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  while (pool->threads < pool->options.threads) {
    worker *w = &pool->workers[pool->threads];
    *w = (worker){.pool = pool, .state = pool->options.states[pool->threads]};
    if (pthread_create(&w->thread, NULL, run, w) != 0)
      break;
    pool->threads++;
  }
  pthread_sigmask(SIG_SETMASK, &old, NULL);
}

cy_err *cy_pool_new(cy_pool **out, const cy_pool_options *options)
{
  cy_pool *pool = cy_malloc(sizeof *pool);
  *out = pool;
  CY_TRY_ALLOC(pool);
  pool->options = *options;
  pool->ring = cy_calloc(options->window, sizeof *pool->ring);
  pool->workers = cy_calloc(options->threads + 1, sizeof *pool->workers);
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->work_there, NULL);
  pthread_cond_init(&pool->head_done, NULL);
  if (!pool->ring || !pool->workers) {
    cy_pool_free(pool);
    *out = NULL;
    return cy_err_no_memory();
  }
  start(pool);
  return NULL;
}

void cy_pool_stop(cy_pool *pool)
{
  pthread_mutex_lock(&pool->lock);
  pool->stop = true;
  pthread_cond_broadcast(&pool->work_there);
  pthread_mutex_unlock(&pool->lock);
  for (; pool->threads; pool->threads--)
    pthread_join(pool->workers[pool->threads - 1].thread, NULL);
}

void cy_pool_free(cy_pool *pool)
{
  if (!pool)
    return;
  cy_pool_stop(pool);
  pthread_mutex_destroy(&pool->lock);
  pthread_cond_destroy(&pool->work_there);
  pthread_cond_destroy(&pool->head_done);
  cy_free(pool->ring);
  cy_free(pool->workers);
  cy_free(pool);
}

unsigned cy_pool_threads(const cy_pool *pool)
{
  return pool->threads;
}

/* head and tail are moved by the caller's thread only. */
bool cy_pool_is_full(const cy_pool *pool)
{
  return pool->tail - pool->head >= pool->options.window;
}

bool cy_pool_is_empty(const cy_pool *pool)
{
  return pool->tail == pool->head;
}

void cy_pool_put(cy_pool *pool, void *piece)
{
  pthread_mutex_lock(&pool->lock);
  *slot_at(pool, pool->tail) = (slot){.piece = piece};
  pool->tail++;
  pthread_cond_signal(&pool->work_there);
  pthread_mutex_unlock(&pool->lock);
}

void *cy_pool_take(cy_pool *pool)
{
  if (pool->head == pool->tail)
    return NULL;
  if (!pool->threads && !pool->stop) {
    pool->options.work(slot_at(pool, pool->head)->piece, pool->options.states[0]);
    return slot_at(pool, pool->head++)->piece;
  }
  pthread_mutex_lock(&pool->lock);
  while (!slot_at(pool, pool->head)->done)
    pthread_cond_wait(&pool->head_done, &pool->lock);
  void *piece = slot_at(pool, pool->head++)->piece;
  pthread_mutex_unlock(&pool->lock);
  return piece;
}

void *cy_pool_drain(cy_pool *pool)
{
  return pool->head == pool->tail ? NULL : slot_at(pool, pool->head++)->piece;
}
