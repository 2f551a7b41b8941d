/* Purpose: what the tests of JCEKS keystores share besides jks_util.h.
 * Ownership: documents and buffers are the caller's.
 * Errors: asserts.
 * Threads: one. */
#ifndef TESTS_UNIT_STORE_JCEKS_UTIL_H
#define TESTS_UNIT_STORE_JCEKS_UTIL_H

#include "tests/unit/store/jks_util.h"

#include "store/fmt_jceks.h"

#define JCEKS "tests/fixtures/jceks/"

static inline cy_doc *open_jceks(cy_span bytes, const char *password)
{
  cy_doc *doc;
  asker a = ASKER(password, NULL);
  fine(try_bytes(&doc, bytes, "test.jceks", &cy_format_jceks, &a.ask));
  return doc;
}

static inline cy_doc *load_jceks(const char *name, const char *password)
{
  CY_CLEAN(cy_buf) bytes;
  char path[100];
  snprintf(path, sizeof path, JCEKS "%s", name);
  load_file(&bytes, path);
  return open_jceks(cy_buf_get(&bytes), password);
}

/* Few iterations: what is tested is the form. */
static inline cy_write_how cheap(void)
{
  return (cy_write_how){
    .pbe = {CY_OID_JCEKS_KEY_PROTECTOR, CY_OID_UNKNOWN, CY_OID_UNKNOWN, 20}, .now = 1700000000};
}

static inline void write_cheap(cy_buf *out, cy_doc *doc)
{
  cy_write_how how = cheap();
  *out = CY_BUF_STORE;
  fine(doc->format->serialise(doc, &how, NULL, out));
}

#endif
