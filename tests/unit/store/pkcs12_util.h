/* Purpose: what the tests of PKCS#12 share: fixtures, an asker, opening and writing.
 * Ownership: what is returned belongs to the caller unless it says otherwise.
 * Errors: asserts.
 * Threads: one. */
#ifndef TESTS_UNIT_STORE_PKCS12_UTIL_H
#define TESTS_UNIT_STORE_PKCS12_UTIL_H

#include "tests/lib/unit.h"

#include "base/der.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/format.h"

extern const cy_format cy_format_pkcs12;

/* Answers every question with one password; NULL: none. */
typedef struct {
  cy_ask ask;
  const char *password;
  unsigned asked;
} asker;

static inline cy_err *answer(cy_ask *self, const cy_ask_want *want, cy_secret **out)
{
  asker *a = (asker *)self;
  (void)want;
  a->asked++;
  return a->password ? cy_secret_copy(out, cy_span_str(a->password)) : NULL;
}

static inline asker asker_of(const char *password)
{
  return (asker){{answer}, password, 0};
}

static inline void fine(cy_err *err)
{
  if (err)
    for (const cy_err *e = err; e; e = cy_err_cause(e))
      fprintf(stderr, "# %s\n", cy_err_text(e));
  assert_null(err);
}

static inline void fails(cy_err *err, cy_err_code code)
{
  assert_non_null(err);
  if (!cy_err_is(err, code))
    for (const cy_err *e = err; e; e = cy_err_cause(e))
      fprintf(stderr, "# %s (%s)\n", cy_err_text(e), cy_err_info_get(cy_err_code_get(e))->id);
  assert_true(cy_err_is(err, code));
  cy_err_free(err);
}

/* A file's bytes; false when it is not there. */
static inline bool load(cy_buf *bytes, const char *path)
{
  FILE *f = fopen(path, "rb");
  uint8_t block[4096];
  size_t n;
  *bytes = CY_BUF_STORE;
  if (!f)
    return false;
  while ((n = fread(block, 1, sizeof block, f)) > 0)
    cy_buf_put(bytes, block, n);
  fclose(f);
  return true;
}

static inline cy_buf fixture(const char *name)
{
  char file[200], path[400];
  cy_buf bytes;
  snprintf(file, sizeof file, "tests/fixtures/pkcs12/%s", name);
  assert_true(load(&bytes, test_path(path, sizeof path, file)));
  return bytes;
}

static inline cy_err *open_bytes(cy_doc **doc, cy_span bytes, const char *password)
{
  cy_image *image;
  cy_buf copy = CY_BUF_STORE;
  asker a = asker_of(password);
  *doc = NULL;
  cy_buf_span(&copy, bytes);
  cy_err *err = cy_image_from(&image, "test.p12", &copy);
  cy_buf_clear(&copy);
  return err ? err : cy_doc_open(doc, image, &cy_format_pkcs12, &a.ask);
}

static inline cy_doc *open_fixture(const char *name, const char *password)
{
  cy_doc *doc;
  CY_CLEAN(cy_buf) bytes = fixture(name);
  fine(open_bytes(&doc, cy_buf_get(&bytes), password));
  return doc;
}

static inline cy_buf write_doc(cy_doc *doc, const cy_write_how *how, const char *password)
{
  asker a = asker_of(password);
  cy_buf out = CY_BUF_STORE;
  fine(doc->format->serialise(doc, how ? how : &cy_write_default, &a.ask, &out));
  fine(cy_buf_check(&out));
  return out;
}

/* Written, and read again. */
static inline cy_doc *round_trip(cy_doc *doc, const cy_write_how *how, const char *password)
{
  cy_doc *again;
  CY_CLEAN(cy_buf) out = write_doc(doc, how, password);
  fine(open_bytes(&again, cy_buf_get(&out), password));
  return again;
}

static inline cy_entry *find(cy_doc *doc, const char *label)
{
  cy_entry *entry;
  fine(cy_doc_find_label(doc, label, &entry));
  return entry;
}

static inline void opens(cy_doc *doc, cy_entry *entry, const char *password)
{
  asker a = asker_of(password);
  const cy_secret *pkcs8;
  fine(cy_entry_key_open(entry, "test.p12", doc->password, &a.ask, &pkcs8));
  assert_non_null(pkcs8);
}

/* Adds a copy, as a place does. */
static inline cy_entry *put(cy_doc *doc, const cy_entry *from)
{
  cy_entry *entry;
  fine(cy_doc_append(doc, &entry));
  size_t position = entry->position;
  fine(cy_entry_copy(entry, from, &doc->arena));
  entry->position = position;
  entry->added = true;
  doc->dirty = true;
  return entry;
}

static inline cy_doc *new_doc(void)
{
  cy_doc *doc;
  fine(cy_doc_new(&doc, NULL, &cy_format_pkcs12));
  return doc;
}

#endif
