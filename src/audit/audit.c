/* The run as a whole: the main thread walks and reports, workers look at files between. */
#include "audit/audit.h"

#include <sched.h>

#include "audit/codes.h"
#include "audit/ends.h"
#include "audit/pool.h"
#include "audit/scan.h"
#include "base/map.h"
#include "base/mem.h"

/* Pieces under way: the same whatever the number of workers, so that memory and the order in which
 * things are reported are, too. */
enum { WINDOW = 16, THREADS_MAX = 64 };

typedef struct {
  cy_batch batch;
  size_t number; /* of its first file */
  cy_scan_result results[CY_BATCH_FILES];
} piece;

/* A folder that could not be looked into: reported in its place among the files. */
typedef struct {
  size_t before; /* the number of the next file */
  char *path;
  cy_err *err;
} note;

typedef struct {
  const cy_audit_options *options;
  cy_audit_summary *summary;
  const piece *filling;
  note *notes;
  size_t note_at, note_count, note_cap;
  cy_scan_shared shared;
  cy_scan scans[THREADS_MAX];
  void *states[THREADS_MAX];
  unsigned threads;
  cy_pool *pool;
  cy_walk *walk;
  size_t numbers;
  cy_map said; /* findings about folders that were reported already, by fingerprint */
  cy_inventory inventory;
  cy_sieve sieve;
} audit;

void cy_audit_summary_clear(cy_audit_summary *summary)
{
  cy_audit_ends_clear(&summary->nearest);
}

static void work(void *arg, void *state)
{
  piece *p = arg;
  for (size_t i = 0; i < p->batch.count; i++)
    cy_scan_file(state, &p->batch.files[i], p->number + i, &p->results[i]);
}

static void piece_free(piece *p)
{
  if (!p)
    return;
  for (size_t i = 0; i < CY_BATCH_FILES; i++)
    cy_scan_result_clear(&p->results[i]);
  cy_batch_clear(&p->batch);
  cy_free(p);
}

/* Reporting. */

static void add_findings(cy_audit_summary *sum, const cy_findings *list)
{
  for (size_t i = 0; i < list->count; i++) {
    sum->severities[list->items[i]->severity]++;
    sum->by_id[list->items[i]->id]++;
  }
}

static void add_store(cy_audit_summary *sum, const cy_audit_store *store)
{
  sum->stores++;
  sum->opened += store->opened;
  sum->entries += store->entries;
  sum->certificates += store->certificates;
  sum->keys += store->keys;
  sum->clear_keys += store->clear_keys;
  for (size_t i = 0; i < CY_END_BUCKETS; i++)
    sum->ends[i] += store->ends[i];
  sum->user_reads += store->user_reads;
  sum->user_writes += store->user_writes;
}

/* What concerns a folder is met at every store in it, and said at the first. */
static void drop_said(audit *a, cy_findings *list)
{
  size_t kept = 0;
  for (size_t i = 0; i < list->count; i++) {
    cy_finding *f = list->items[i];
    uint64_t print = f->id == CY_F_FOLDER_WRITABLE ? cy_finding_fingerprint(f) : 0;
    cy_span key = cy_span_of(&print, sizeof print);
    if (print && cy_map_get(&a->said, key) != CY_MAP_NONE) {
      cy_finding_free(f);
      continue;
    }
    list->failed = list->failed || (print && !cy_map_put(&a->said, key, 1));
    list->items[kept++] = f;
  }
  list->count = kept;
}

static cy_err *report(audit *a, cy_scan_result *result)
{
  cy_audit_summary *sum = a->summary;
  drop_said(a, &result->store.findings);
  cy_sieve_sift(&a->sieve, &result->store.findings);
  cy_audit_store *store = &result->store;
  if (result->kind == CY_SCAN_STORE)
    CY_TRY(cy_inventory_add(&a->inventory, store->path, store->kind, &store->notes));
  cy_findings_sort(&result->store.findings);
  add_findings(sum, &result->store.findings);
  if (result->kind == CY_SCAN_STORE)
    add_store(sum, &result->store);
  else if (result->kind == CY_SCAN_UNREADABLE)
    sum->skipped[CY_SKIP_UNREADABLE]++;
  if (a->options->store)
    a->options->store(a->options->arg, &result->store);
  cy_audit_ends_move(&sum->nearest, &result->store.nearest);
  return NULL;
}

static void note_clear(note *n)
{
  cy_free(n->path);
  cy_err_free(n->err);
  *n = (note){0};
}

/* The folders that come before file `number`. */
static void report_notes(audit *a, size_t number)
{
  for (; a->note_at < a->note_count && a->notes[a->note_at].before <= number; a->note_at++) {
    note *n = &a->notes[a->note_at];
    cy_audit_store store = {.path = n->path, .first_end = CY_TIME_NONE};
    cy_finding_add(&store.findings, CY_F_AUDIT_NOT_READ, n->path, "%s", cy_err_text(n->err));
    cy_sieve_sift(&a->sieve, &store.findings);
    add_findings(a->summary, &store.findings);
    if (a->options->store)
      a->options->store(a->options->arg, &store);
    cy_findings_clear(&store.findings);
    note_clear(n);
  }
  if (a->note_at == a->note_count)
    a->note_at = a->note_count = 0;
}

static cy_err *take_result(audit *a, cy_scan_result *result, size_t number)
{
  cy_audit_summary *sum = a->summary;
  cy_err *err = result->err;
  result->err = NULL;
  if (err)
    return err;
  report_notes(a, number);
  sum->files++;
  bool lost = result->claimed && !cy_links_owns(&a->shared.links, &result->st, number);
  if (result->kind == CY_SCAN_OTHER_NAME || lost)
    sum->other_names++;
  else if (result->kind == CY_SCAN_SPECIAL)
    sum->skipped[CY_SKIP_SPECIAL]++;
  else if (result->kind == CY_SCAN_OTHER_FILESYSTEM)
    sum->skipped[CY_SKIP_FILESYSTEM]++;
  else if (result->kind != CY_SCAN_NO_STORE)
    return report(a, result);
  return NULL;
}

static cy_err *take_piece(audit *a)
{
  cy_err *err = NULL;
  piece *p = cy_pool_take(a->pool);
  for (size_t i = 0; p && !err && i < p->batch.count; i++)
    err = take_result(a, &p->results[i], p->number + i);
  piece_free(p);
  if (a->options->progress)
    a->options->progress(a->options->arg, a->summary->files);
  return err;
}

static void skipped(void *arg, cy_skip why, const char *path, cy_err *err)
{
  audit *a = arg;
  char *copy = why == CY_SKIP_UNREADABLE ? cy_strdup(path) : NULL;
  a->summary->skipped[why]++;
  if (!copy || !cy_grow(&a->notes, &a->note_cap, a->note_count + 1, sizeof *a->notes)) {
    cy_free(copy);
    cy_err_free(err);
    return;
  }
  a->notes[a->note_count++] = (note){a->numbers + a->filling->batch.count, copy, err};
}

/* The run. */

static bool ended(const audit *a)
{
  const cy_audit_options *o = a->options;
  return (o->stop && *o->stop) || (o->failed && o->failed(o->arg));
}

static cy_err *put_piece(audit *a, bool *more)
{
  piece *p = cy_malloc(sizeof *p);
  CY_TRY_ALLOC(p);
  a->filling = p;
  cy_err *err = cy_walk_next(a->walk, &p->batch);
  a->filling = NULL;
  *more = !err && p->batch.count > 0;
  if (!*more) {
    piece_free(p);
    return err;
  }
  p->number = a->numbers;
  a->numbers += p->batch.count;
  cy_pool_put(a->pool, p);
  return NULL;
}

static cy_err *go(audit *a)
{
  bool more = true;
  while (!ended(a)) {
    while (more && !cy_pool_is_full(a->pool))
      CY_TRY(put_piece(a, &more));
    if (cy_pool_is_empty(a->pool)) {
      report_notes(a, SIZE_MAX);
      return NULL;
    }
    CY_TRY(take_piece(a));
  }
  a->summary->interrupted = true;
  return NULL;
}

/* What only all stores together tell. */
static cy_err *across(audit *a)
{
  const cy_audit_options *o = a->options;
  cy_audit_summary *sum = a->summary;
  cy_inventory *inv = &a->inventory;
  cy_findings list = {0};
  cy_across how = {.now = o->now, .warn_days = o->warn_days, .plan = &o->plan, .totals = &sum->plan};
  sum->distinct_certificates = inv->cert_count;
  sum->distinct_keys = inv->key_count;
  cy_err *err = cy_inventory_link(inv);
  if (!err)
    err = cy_across_check(&list, inv, &how);
  if (inv->full)
    cy_finding_add(&list, CY_F_INVENTORY_FULL, o->paths[0],
      "only the first %zu certificates and %zu keys were compared", inv->cert_count, inv->key_count);
  cy_sieve_sift(&a->sieve, &list);
  if (!err && o->baseline)
    err = cy_baseline_check(&list, o->baseline, o->now);
  if (!err)
    err = cy_findings_check(&list);
  sum->accepted = a->sieve.accepted;
  sum->known = a->sieve.known;
  sum->gone = o->since ? cy_since_gone(o->since) : 0;
  cy_findings_sort(&list);
  if (!err) {
    add_findings(sum, &list);
    if (o->across)
      o->across(o->arg, &list, inv);
  }
  cy_findings_clear(&list);
  return err;
}

static unsigned cpus(void)
{
  cpu_set_t set;
  int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return count > 0 ? (unsigned)count : 1;
}

/* One walks into a file named beside a folder that holds it. */
static bool names_a_file(const cy_audit_options *options)
{
  struct stat st;
  for (size_t i = 0; i < options->path_count; i++)
    if (stat(options->paths[i], &st) == 0 && S_ISREG(st.st_mode))
      return true;
  return false;
}

static cy_err *begin(audit *a)
{
  const cy_audit_options *o = a->options;
  unsigned want = o->threads ? o->threads : cpus();
  a->threads = want > THREADS_MAX ? THREADS_MAX : want;
  cy_inventory_init(&a->inventory);
  a->shared = (cy_scan_shared){
    .options = o, .seed = a->inventory.seed, .guesses = {o->passwords, o->password_count, o->try_common}};
  cy_links_init(&a->shared.links);
  cy_map_init(&a->said, true);
  pthread_mutex_init(&a->shared.big_file, NULL);
  a->shared.claim_all = names_a_file(o);
  for (unsigned i = 0; i < a->threads; i++) {
    cy_scan_begin(&a->scans[i], &a->shared);
    a->states[i] = &a->scans[i];
  }
  CY_TRY(cy_text_finder_init(&a->shared.finder));
  CY_TRY(cy_config_readers_init(&a->shared.readers));
  CY_TRY(cy_sieve_init(&a->sieve, o->paths, o->path_count));
  a->sieve.baseline = o->baseline;
  a->sieve.since = o->since;
  a->sieve.now = o->now;
  CY_TRY(cy_access_begin(&a->shared.access, o->root, o->user));
  CY_TRY(cy_config_uses_load(&a->shared.uses, &a->shared.finder, a->shared.access.root));
  a->summary->user_asked = o->user != NULL;
  cy_walk_options walk = {.cross_mounts = o->cross_mounts, .stop = o->stop, .skipped = skipped, .arg = a};
  CY_TRY(cy_walk_new(&a->walk, o->paths, o->path_count, &walk));
  cy_pool_options pool = {.threads = a->threads, .window = WINDOW, .work = work, .states = a->states};
  return cy_pool_new(&a->pool, &pool);
}

static void end(audit *a)
{
  if (a->pool) {
    cy_pool_stop(a->pool);
    for (piece *p; (p = cy_pool_drain(a->pool));)
      piece_free(p);
    cy_pool_free(a->pool);
  }
  if (a->walk)
    a->summary->folders = cy_walk_folders(a->walk);
  cy_walk_free(a->walk);
  for (; a->note_at < a->note_count; a->note_at++)
    note_clear(&a->notes[a->note_at]);
  cy_free(a->notes);
  for (unsigned i = 0; i < a->threads; i++)
    cy_scan_end(&a->scans[i]);
  cy_inventory_clear(&a->inventory);
  cy_sieve_clear(&a->sieve);
  pthread_mutex_destroy(&a->shared.big_file);
  cy_links_clear(&a->shared.links);
  cy_access_end(&a->shared.access);
  cy_text_finder_clear(&a->shared.finder);
  cy_config_readers_clear(&a->shared.readers);
  cy_config_uses_clear(&a->shared.uses);
  cy_map_clear(&a->said);
}

cy_err *cy_audit_run(cy_audit_summary *summary, const cy_audit_options *options)
{
  audit *a = cy_malloc(sizeof *a);
  *summary = (cy_audit_summary){0};
  CY_TRY_ALLOC(a);
  a->options = options;
  a->summary = summary;
  cy_err *err = begin(a);
  if (!err)
    err = go(a);
  if (!err)
    err = across(a);
  end(a);
  cy_free(a);
  return err;
}
