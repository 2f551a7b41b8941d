/* Purpose: what the tests of Java keystores share: askers, stores from bytes, stores made by hand.
 * Ownership: documents and buffers are the caller's.
 * Errors: asserts.
 * Threads: one. */
#ifndef TESTS_UNIT_STORE_JKS_UTIL_H
#define TESTS_UNIT_STORE_JKS_UTIL_H

#include "tests/lib/unit.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/codes.h"
#include "store/fmt_jks.h"

extern const cy_format cy_format_jks;

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

static inline void fine(cy_err *err)
{
  if (err) {
    const cy_err *root = err;
    while (cy_err_cause(root))
      root = cy_err_cause(root);
    fail_msg(
      "%s: %s (%s)", cy_err_info_get(cy_err_code_get(root))->id, cy_err_text(err), cy_err_text(root));
  }
}

static inline void fails_with(cy_err *err, cy_err_code code)
{
  if (!err)
    fail_msg("no error, %s expected", cy_err_info_get(code)->id);
  if (!cy_err_is(err, code)) {
    print_message("# expected %s\n", cy_err_info_get(code)->id);
    fine(err);
  }
  cy_err_free(err);
}

extern const cy_format cy_format_jceks;

static inline cy_err *try_as(cy_doc **doc, cy_span bytes, const cy_format *format, cy_ask *ask)
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
  CY_TRY(cy_image_from(&image, "test.jks", &copy));
  return cy_doc_open(doc, image, format, ask);
}

static inline cy_err *try_doc(cy_doc **doc, cy_span bytes, cy_ask *ask)
{
  return try_as(doc, bytes, &cy_format_jks, ask);
}

static inline cy_doc *open_doc(cy_span bytes, const char *password)
{
  cy_doc *doc;
  asker a = ASKER(password, NULL);
  fine(try_doc(&doc, bytes, &a.ask));
  return doc;
}

static inline void load(cy_buf *out, const char *name)
{
  char path[300];
  *out = CY_BUF_STORE;
  fine(cy_file_read(out, test_path(path, sizeof path, name), CY_MAX_STORE_BYTES, NULL));
}

static inline cy_doc *load_doc(const char *name, const char *password)
{
  CY_CLEAN(cy_buf) bytes;
  load(&bytes, name);
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
