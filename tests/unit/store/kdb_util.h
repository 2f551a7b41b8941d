/* Purpose: what the tests of CMS key databases share: askers, databases from files and bytes.
 * Ownership: documents and buffers are the caller's.
 * Errors: asserts.
 * Threads: one. */
#ifndef TESTS_UNIT_STORE_KDB_UTIL_H
#define TESTS_UNIT_STORE_KDB_UTIL_H

#include "tests/unit/store/store_util.h"

#include "crypto/codes.h"
#include "store/fmt_kdb.h"

extern const cy_format cy_format_kdb;

#define KDB(name) "tests/fixtures/kdb/" name

static inline void load(cy_buf *out, const char *name)
{
  char path[300];
  *out = CY_BUF_STORE;
  fine(cy_file_read(out, test_path(path, sizeof path, name), CY_MAX_STORE_BYTES, NULL));
}

static inline cy_err *try_doc(cy_doc **doc, cy_span bytes, cy_ask *ask)
{
  cy_buf copy = CY_BUF_STORE;
  cy_image *image;
  *doc = NULL;
  cy_buf_span(&copy, bytes);
  cy_err *err = cy_buf_check(&copy);
  if (err) {
    cy_buf_clear(&copy);
    return err;
  }
  CY_TRY(cy_image_from(&image, "test.kdb", &copy));
  return cy_doc_open(doc, image, &cy_format_kdb, ask);
}

static inline cy_doc *open_doc(cy_span bytes, const char *password)
{
  cy_doc *doc;
  asker a = ASKER(password);
  fine(try_doc(&doc, bytes, &a.ask));
  return doc;
}

/* The file alone, without what stands beside it. */
static inline cy_doc *load_doc(const char *name, const char *password)
{
  CY_CLEAN(cy_buf) bytes;
  load(&bytes, name);
  return open_doc(cy_buf_get(&bytes), password);
}

/* With its siblings. */
static inline cy_err *try_set(cy_doc **doc, const char *name, const char *password)
{
  char path[300];
  cy_image *image;
  asker a = ASKER(password);
  *doc = NULL;
  CY_TRY(cy_image_open(&image, test_path(path, sizeof path, name), CY_OPEN_READ));
  return cy_doc_open(doc, image, &cy_format_kdb, &a.ask);
}

static inline cy_doc *open_set(const char *name, const char *password)
{
  cy_doc *doc;
  fine(try_set(&doc, name, password));
  return doc;
}

static inline void write_doc(cy_buf *out, cy_doc *doc)
{
  cy_write_how how = cy_write_default;
  how.pbe.iterations = 1;
  *out = CY_BUF_STORE;
  fine(cy_kdb_serialise(doc, &how, NULL, out));
}

static inline cy_secret *secret(const char *text)
{
  cy_secret *s;
  fine(cy_secret_copy(&s, cy_span_str(text)));
  return s;
}

static inline void set_password(cy_doc *doc, const char *text)
{
  cy_secret_free(doc->password);
  doc->password = secret(text);
  doc->password_known = true;
}

static inline cy_entry *find(cy_doc *doc, const char *label)
{
  cy_entry *entry;
  fine(cy_doc_find_label(doc, label, &entry));
  if (!entry)
    fail_msg("no entry %s", label);
  return entry;
}

static inline void relabel(cy_doc *doc, cy_entry *entry, const char *label)
{
  entry->label = cy_arena_str(&doc->arena, cy_span_str(label));
  entry->changed = true;
  doc->label_map_ready = false;
}

/* Adds a copy of `from`, as putting it into a place does. */
static inline cy_entry *add(cy_doc *doc, const cy_entry *from, const char *label)
{
  cy_entry *entry;
  fine(cy_doc_append(doc, &entry));
  size_t position = entry->position;
  fine(cy_entry_copy(entry, from, &doc->arena));
  entry->position = position;
  entry->added = true;
  entry->label = label ? cy_arena_str(&doc->arena, cy_span_str(label)) : NULL;
  return entry;
}

static inline bool opens(cy_doc *doc, cy_entry *entry, const char *password)
{
  CY_AUTO(cy_secret) *s = secret(password);
  CY_AUTO(cy_secret) *plain = NULL;
  CY_AUTO(cy_err) *err = entry->key.ops->open(&entry->key, s, &plain);
  (void)doc;
  if (err && !cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD))
    fail_msg("%s", cy_err_text(err));
  return !err;
}

/* How many findings of this kind the format's own check has. */
static inline size_t findings_of(cy_doc *doc, cy_finding_id id)
{
  cy_findings list = {0};
  size_t count = 0;
  fine(doc->format->check(doc, &list));
  for (size_t i = 0; i < list.count; i++)
    count += list.items[i]->id == id;
  cy_findings_clear(&list);
  return count;
}

#endif
