/* A folder as a side: searched for configurations, then for stores. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "tls/codes.h"
#include "tls/reader_internal.h"

enum { FOLDER_DEPTH = 8, FOLDER_FILES = 20000, SURE = 50, NAMED = 90, SHOWN = 8 };

typedef struct {
  char *path;
  const cy_tls_reader *reader;
  unsigned sure, depth;
} candidate;

typedef struct {
  cy_tls_reading *reading;
  const cy_tls_reader *only; /* NULL: any */
  candidate *items;
  size_t count, cap;
  size_t left;   /* files that no reader is sure of */
  size_t failed; /* files that could not be read */
  size_t files;
  bool cut; /* too many */
  cy_findings findings;
} search;

static void search_clear(search *s)
{
  for (size_t i = 0; i < s->count; i++)
    cy_free(s->items[i].path);
  cy_free(s->items);
  cy_findings_clear(&s->findings);
}

static cy_err *add(search *s, char *path, const cy_tls_reader *reader, unsigned sure, unsigned depth)
{
  if (!cy_grow(&s->items, &s->cap, s->count + 1, sizeof *s->items)) {
    cy_free(path);
    return cy_err_no_memory();
  }
  s->items[s->count++] = (candidate){path, reader, sure, depth};
  return NULL;
}

static cy_err *look_at_file(search *s, const char *path, unsigned depth)
{
  CY_CLEAN(cy_buf) head = CY_BUF(CY_DETECT_BYTES);
  unsigned sure;
  cy_err *err = cy_tls_read_head(&head, path);
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  s->failed += err != NULL;
  if (err) {
    cy_err_free(err);
    return NULL;
  }
  const cy_tls_reader *reader = s->only;
  if (reader)
    sure = reader->detect ? reader->detect(path, cy_buf_get(&head)) : 0;
  else
    reader = cy_tls_reader_detect(path, cy_buf_get(&head), &sure);
  if (!reader || sure < (cy_path_name(path)[0] == '.' ? NAMED : SURE)) {
    s->left++;
    return NULL;
  }
  char *copy = cy_strdup(path);
  CY_TRY_ALLOC(copy);
  return add(s, copy, reader, sure, depth);
}

static cy_err *walk(search *s, const char *folder, unsigned depth);

static cy_err *look_at(search *s, const char *folder, const char *name, unsigned depth)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  struct stat st;
  cy_buf_printf(&path, "%s/%s", folder, name);
  bool hidden = name[0] == '.'; /* files of users are; folders are not gone into */
  CY_TRY(cy_buf_check(&path));
  if (stat(cy_buf_cstr(&path), &st) != 0)
    return NULL;
  s->cut = s->cut || s->files > FOLDER_FILES;
  if (s->cut)
    return NULL;
  s->files++;
  if (S_ISDIR(st.st_mode) && !hidden && depth < FOLDER_DEPTH && lstat(cy_buf_cstr(&path), &st) == 0 &&
      S_ISDIR(st.st_mode))
    return walk(s, cy_buf_cstr(&path), depth + 1);
  return S_ISREG(st.st_mode) ? look_at_file(s, cy_buf_cstr(&path), depth) : NULL;
}

static cy_err *walk(search *s, const char *folder, unsigned depth)
{
  cy_err *err = NULL;
  DIR *stream = opendir(folder);
  if (!stream && depth == 0)
    return cy_err_errno(errno, "cannot read the folder %s", folder);
  if (!stream) {
    s->failed++;
    return NULL;
  }
  for (struct dirent *e; !err && (e = readdir(stream));)
    if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
      err = look_at(s, folder, e->d_name, depth);
  closedir(stream);
  return err;
}

/* Whole configurations come before pieces of them, which they may include; then by name. */
static int compare(const void *a, const void *b)
{
  const candidate *x = a, *y = b;
  if (x->sure != y->sure)
    return x->sure < y->sure ? 1 : -1;
  if (x->depth != y->depth)
    return x->depth < y->depth ? -1 : 1;
  return strcmp(x->path, y->path);
}

static cy_err *read_one(search *s, const candidate *c, cy_buf *took, size_t *taken)
{
  size_t before = s->reading->sides->count;
  cy_err *err = cy_tls_read_file(s->reading, c->reader, c->path);
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  if (err) {
    cy_tls_read_noticed(&s->findings, CY_F_TLS_NOT_READ, c->path, 0, "%s", cy_err_text(cy_err_cause(err)));
    cy_err_free(err);
  }
  if (s->reading->sides->count == before)
    return NULL;
  if ((*taken)++ < SHOWN)
    cy_buf_printf(took, "%s%s as %s", took->len ? ", " : "", c->path, c->reader->title);
  return NULL;
}

/* Stores only where no configuration says what they are for. */
static cy_err *read_candidates(search *s, cy_buf *took, size_t *taken)
{
  for (int stores = 0; stores < 2; stores++) {
    if (stores && s->reading->sides->count)
      break;
    for (size_t i = 0; i < s->count; i++) {
      bool is_store = s->items[i].reader == &cy_tls_reader_store;
      if (is_store == (stores == 1) && !cy_tls_read_was_seen(s->reading, s->items[i].path))
        CY_TRY(read_one(s, &s->items[i], took, taken));
    }
  }
  return NULL;
}

static cy_err *tell(search *s, const char *folder, cy_buf *took, size_t taken)
{
  cy_tls_sides *sides = s->reading->sides;
  if (sides->count == 0)
    return NULL;
  cy_findings *list = &sides->items[0]->findings;
  size_t other = s->files > taken ? s->files - taken : 0;
  cy_tls_read_noticed(list, CY_F_TLS_FOLDER_READ, folder, 0, "took %s%s; left %zu other%s%s%s",
    cy_buf_cstr(took), taken > SHOWN ? " and more" : "", other, other == 1 ? "" : "s",
    s->failed ? ", of which some could not be read" : "",
    s->cut ? "; the folder has too many files to look at them all" : "");
  cy_findings_move(list, &s->findings);
  return cy_buf_check(took);
}

static cy_err *search_folder(search *s, const char *path)
{
  CY_CLEAN(cy_buf) took = CY_BUF_TEXT;
  size_t taken = 0;
  CY_TRY(walk(s, path, 0));
  if (s->count)
    qsort(s->items, s->count, sizeof *s->items, compare);
  CY_TRY(read_candidates(s, &took, &taken));
  return tell(s, path, &took, taken);
}

cy_err *cy_tls_read_folder(cy_tls_reading *reading, const char *path, const cy_tls_reader *only)
{
  search s = {.reading = reading, .only = only};
  cy_err *err = search_folder(&s, path);
  search_clear(&s);
  return err;
}
