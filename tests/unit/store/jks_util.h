/* Purpose: what the tests of Java keystores share: askers, stores from bytes, stores made by hand.
 * Ownership: documents and buffers are the caller's.
 * Errors: asserts.
 * Threads: one. */
#ifndef TESTS_UNIT_STORE_JKS_UTIL_H
#define TESTS_UNIT_STORE_JKS_UTIL_H

#include "tests/unit/store/doc_util.h"

#include "base/text.h"
#include "store/fmt_jks.h"

extern const cy_format cy_format_jks, cy_format_jceks;

/* Answers with one password for stores and one for keys; NULL: none. Counts what it is asked. */
typedef struct {
  cy_ask ask;
  const char *store;
  const char *key;
  int store_asked;
  int key_asked;
} asker;

static inline cy_err *answer(cy_ask *self, const cy_ask_want *want, cy_secret **out)
{
  asker *a = (asker *)self;
  bool key = want->kind == CY_ASK_KEY || want->kind == CY_ASK_NEW_KEY;
  const char *text = key ? a->key : a->store;
  *(key ? &a->key_asked : &a->store_asked) += 1;
  return text ? cy_secret_copy(out, cy_span_str(text)) : NULL;
}

#define ASKER(store_password, key_password) ((asker){{answer}, store_password, key_password, 0, 0})

static inline cy_err *try_doc(cy_doc **doc, cy_span bytes, cy_ask *ask)
{
  return try_bytes(doc, bytes, "test.jks", &cy_format_jks, ask);
}

static inline cy_doc *open_doc(cy_span bytes, const char *password)
{
  cy_doc *doc;
  asker a = ASKER(password, NULL);
  fine(try_doc(&doc, bytes, &a.ask));
  return doc;
}

static inline cy_doc *load_doc(const char *name, const char *password)
{
  CY_CLEAN(cy_buf) bytes;
  load_file(&bytes, name);
  return open_doc(cy_buf_get(&bytes), password);
}

#define KS    "tests/fixtures/jks/ks.jks"
#define KEYPW "tests/fixtures/jks/ks-keypw.jks"

static inline void write_doc(cy_buf *out, cy_doc *doc)
{
  cy_write_how how = cy_write_default;
  how.now = 1700000000;
  *out = CY_BUF_STORE;
  fine(doc->format->serialise(doc, &how, NULL, out));
}

/* Stores made by hand. */

static inline void put_utf(cy_buf *b, const char *text)
{
  cy_buf_u16(b, (uint16_t)strlen(text));
  cy_buf_str(b, text);
}

static inline void put_head_of(cy_buf *b, uint32_t magic, uint32_t version, uint32_t count)
{
  *b = CY_BUF_STORE;
  cy_buf_u32(b, magic);
  cy_buf_u32(b, version);
  cy_buf_u32(b, count);
}

static inline void put_head(cy_buf *b, uint32_t version, uint32_t count)
{
  put_head_of(b, CY_JKS_MAGIC, version, count);
}

/* A trusted certificate; type NULL: version 1. */
static inline void put_trusted(cy_buf *b, const char *alias, uint64_t ms, const char *type, cy_span der)
{
  cy_buf_u32(b, CY_JKS_CERT);
  put_utf(b, alias);
  cy_buf_u64(b, ms);
  if (type)
    put_utf(b, type);
  cy_buf_u32(b, (uint32_t)der.len);
  cy_buf_span(b, der);
}

static inline void put_end(cy_buf *b, const char *password)
{
  CY_AUTO(cy_secret) *s = secret(password);
  cy_digest digest;
  fine(cy_jks_digest(&digest, s, cy_buf_get(b)));
  cy_buf_span(b, cy_digest_get(&digest));
  fine(cy_buf_check(b));
}

#endif
