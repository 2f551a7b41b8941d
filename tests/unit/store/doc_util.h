/* Purpose: what the tests of all byte formats share: documents from bytes and files, their entries.
 * Ownership: documents and buffers are the caller's.
 * Errors: asserts.
 * Threads: one. */
#ifndef TESTS_UNIT_STORE_DOC_UTIL_H
#define TESTS_UNIT_STORE_DOC_UTIL_H

#include "tests/lib/errors.h"

#include "base/file.h"
#include "crypto/codes.h"
#include "store/format.h"

/* `name`: what the file would be called; format NULL: what is recognised. */
static inline cy_err *try_bytes(
  cy_doc **doc, cy_span bytes, const char *name, const cy_format *format, cy_ask *ask)
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
  CY_TRY(cy_image_from(&image, name, &copy));
  return cy_doc_open(doc, image, format, ask);
}

/* A file of the source tree. */
static inline void load_file(cy_buf *out, const char *name)
{
  char path[400];
  *out = CY_BUF_STORE;
  fine(cy_file_read(out, test_path(path, sizeof path, name), CY_MAX_STORE_BYTES, NULL));
}

static inline cy_secret *secret(const char *text)
{
  cy_secret *s;
  fine(cy_secret_copy(&s, cy_span_str(text)));
  return s;
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

/* Does the key open with this password? */
static inline bool opens(cy_entry *entry, const char *password)
{
  CY_AUTO(cy_secret) *s = secret(password);
  CY_AUTO(cy_secret) *plain = NULL;
  CY_AUTO(cy_err) *err = entry->key.ops->open(&entry->key, s, &plain);
  if (err && !cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD))
    fail_msg("%s", cy_err_text(err));
  return !err;
}

/* How many findings of this kind the format's own check has. */
static inline size_t findings_of(cy_doc *doc, cy_finding_id id)
{
  CY_CLEAN(cy_findings) list = {0};
  size_t count = 0;
  fine(doc->format->check(doc, &list));
  for (size_t i = 0; i < list.count; i++)
    count += list.items[i]->id == id;
  return count;
}

#endif
