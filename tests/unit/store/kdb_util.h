/* Purpose: what the tests of CMS key databases share: askers, databases from files and bytes.
 * Ownership: documents and buffers are the caller's.
 * Errors: asserts.
 * Threads: one. */
#ifndef TESTS_UNIT_STORE_KDB_UTIL_H
#define TESTS_UNIT_STORE_KDB_UTIL_H

#include "tests/unit/store/doc_util.h"
#include "tests/unit/store/store_util.h"

#include "store/fmt_kdb.h"

extern const cy_format cy_format_kdb;

#define KDB(name) "tests/fixtures/kdb/" name

static inline cy_err *try_doc(cy_doc **doc, cy_span bytes, cy_ask *ask)
{
  return try_bytes(doc, bytes, "test.kdb", &cy_format_kdb, ask);
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
  load_file(&bytes, name);
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

static inline void set_password(cy_doc *doc, const char *text)
{
  cy_secret_free(doc->password);
  doc->password = secret(text);
  doc->password_known = true;
}

#endif
