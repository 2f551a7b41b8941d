/* Purpose: what the tests of Bouncy Castle's keystores share: askers, stores from bytes, stores made by
 * hand. Ownership: documents and buffers are the caller's. Errors: asserts. Threads: one. */
#ifndef TESTS_UNIT_STORE_BOUNCY_UTIL_H
#define TESTS_UNIT_STORE_BOUNCY_UTIL_H

#include "tests/unit/store/hostile.h"

#include "crypto/secret_key.h"
#include "store/fmt_bks.h"

extern const cy_format cy_format_bks;

/* Answers with one password for stores and one for keys; NULL: none. */
typedef struct {
  cy_ask ask;
  const char *store;
  const char *key;
} asker;

static inline cy_err *answer(cy_ask *self, const cy_ask_want *want, cy_secret **out)
{
  asker *a = (asker *)self;
  const char *text = want->kind == CY_ASK_KEY ? a->key : a->store;
  return text ? cy_secret_copy(out, cy_span_str(text)) : NULL;
}

#define ASKER(store_password, key_password) ((asker){{answer, 1}, store_password, key_password})

/* The kind is what is recognised. */
static inline cy_err *try_doc(cy_doc **doc, cy_span bytes, const cy_format *format, cy_ask *ask)
{
  return try_bytes(doc, bytes, "test", format, ask);
}

static inline void load(cy_buf *out, const char *name)
{
  char file[100];
  snprintf(file, sizeof file, "tests/fixtures/bouncy/%s", name);
  load_file(out, file);
}

static inline cy_doc *open_doc(cy_span bytes, const cy_format *format, const char *password)
{
  cy_doc *doc;
  asker a = ASKER(password, NULL);
  fine(try_doc(&doc, bytes, format, &a.ask));
  return doc;
}

/* A fixture of whatever kind it is. */
static inline cy_doc *load_doc(const char *name, const char *password)
{
  CY_CLEAN(cy_buf) bytes;
  load(&bytes, name);
  return open_doc(cy_buf_get(&bytes), NULL, password);
}

static inline cy_err *try_file(const char *name, const char *password)
{
  CY_CLEAN(cy_buf) bytes;
  CY_AUTO(cy_doc) *doc = NULL;
  asker a = ASKER(password, NULL);
  load(&bytes, name);
  return try_doc(&doc, cy_buf_get(&bytes), NULL, &a.ask);
}

static inline void is_kind(const cy_entry *entry, cy_entry_kind kind, size_t certs)
{
  if (entry->kind != kind || entry->cert_count != certs || entry->has_key != (kind == CY_ENTRY_IDENTITY))
    fail_msg("%s: %s with %zu certificates, key %d", entry->label, cy_entry_kind_name(entry->kind),
      entry->cert_count, entry->has_key);
}

/* A secret key of the octets 00 to 1f. */
static inline void is_secret(cy_doc *doc, const char *label, const char *algorithm, cy_ask *ask)
{
  const cy_secret *pkcs8;
  cy_secret_key parts;
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  uint8_t want[32];
  cy_entry *entry = find(doc, label);
  for (size_t i = 0; i < sizeof want; i++)
    want[i] = (uint8_t)i;
  is_kind(entry, CY_ENTRY_SECRET, 0);
  fine(cy_doc_key(doc, entry, ask, &pkcs8));
  fine(cy_secret_key_parse(&parts, cy_secret_get(pkcs8)));
  assert_true(cy_span_equal(parts.key, cy_span_of(want, sizeof want)));
  cy_secret_key_name(&name, &parts);
  assert_string_equal(cy_buf_cstr(&name), algorithm);
}

/* The private key is that of server.key: their public halves are the same. */
static inline void is_server_key(cy_doc *doc, cy_ask *ask)
{
  const cy_secret *pkcs8;
  const cy_cert *cert;
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  cy_entry *entry = find(doc, "server");
  is_kind(entry, CY_ENTRY_IDENTITY, 2);
  fine(cy_doc_key(doc, entry, ask, &pkcs8));
  fine(cy_pkcs8_public(&spki, cy_secret_get(pkcs8)));
  fine(cy_entry_cert(entry, 0, &cert));
  assert_true(cy_span_equal(cy_buf_get(&spki), cy_cert_get(cert)->spki));
}

static inline cy_err *try_and_walk(cy_span bytes, const cy_format *format, const char *password)
{
  CY_AUTO(cy_doc) *doc = NULL;
  asker a = ASKER(password, NULL);
  CY_TRY(try_doc(&doc, bytes, format, &a.ask));
  look_at_all(doc);
  return NULL;
}

typedef struct {
  cy_span bytes;
  const cy_format *format;
  const char *password;
} one_store;

/* Reads it, checks it and opens its keys. */
static inline cy_err *read_all_of(void *arg)
{
  const one_store *store = arg;
  CY_AUTO(cy_doc) *doc = NULL;
  asker a = ASKER(store->password, NULL);
  CY_CLEAN(cy_findings) list = {0};
  const cy_secret *pkcs8;
  CY_TRY(try_doc(&doc, store->bytes, store->format, &a.ask));
  CY_TRY(doc->format->check(doc, &list));
  for (size_t i = 0; i < doc->entry_count; i++)
    if (doc->entries[i]->key.ops)
      CY_TRY(cy_doc_key(doc, doc->entries[i], &a.ask, &pkcs8));
  return NULL;
}

static inline void memory_runs_out_in(cy_span bytes, const cy_format *format, const char *password)
{
  one_store store = {bytes, format, password};
  memory_ends_anywhere(read_all_of, &store, 10);
}

/* Stores made by hand. */

static inline void put_utf(cy_buf *b, const char *text)
{
  cy_buf_u16(b, (uint16_t)strlen(text));
  cy_buf_str(b, text);
}

static inline void put_block(cy_buf *b, cy_span bytes)
{
  cy_buf_u32(b, (uint32_t)bytes.len);
  cy_buf_span(b, bytes);
}

static inline void put_head(cy_buf *b, uint32_t version, uint32_t iterations)
{
  *b = CY_BUF_STORE;
  cy_buf_u32(b, version);
  put_block(b, CY_SPAN("01234567890123456789"));
  cy_buf_u32(b, iterations);
}

static inline void put_entry(cy_buf *b, uint8_t type, const char *alias, uint32_t chain)
{
  cy_buf_u8(b, type);
  put_utf(b, alias);
  cy_buf_u64(b, 1700000000000);
  cy_buf_u32(b, chain);
}

static inline void put_cert(cy_buf *b, cy_span der)
{
  put_utf(b, "X.509");
  put_block(b, der);
}

static inline void put_key(
  cy_buf *b, uint8_t kind, const char *format, const char *algorithm, cy_span bytes)
{
  cy_buf_u8(b, kind);
  put_utf(b, format);
  put_utf(b, algorithm);
  put_block(b, bytes);
}

/* Seals what put_key wrote. */
static inline void put_sealed(cy_buf *b, cy_span encoded, const char *password, uint32_t iterations)
{
  CY_AUTO(cy_secret) *s = secret(password);
  CY_CLEAN(cy_buf) blob = CY_BUF_STORE;
  fine(cy_bks_seal(&blob, encoded, s, iterations));
  put_block(b, cy_buf_get(&blob));
}

enum { HEAD = 32 };

/* The end of the list and the HMAC of all of it. */
static inline void put_mac(cy_buf *b, const char *password)
{
  CY_AUTO(cy_secret) *s = secret(password);
  cy_parse parse = {0};
  cy_bks_own own = {0};
  cy_digest mac;
  cy_cur cur = cy_cur_begin(&parse, cy_buf_get(b));
  cy_bks_read_head(&own, &cur);
  own.content = cy_cur_rest(&cur);
  fine(cy_bks_mac(&mac, &own, s));
  cy_buf_span(b, cy_digest_get(&mac));
  fine(cy_buf_check(b));
}

static inline void put_end(cy_buf *b, const char *password)
{
  cy_buf_u8(b, CY_BKS_END);
  put_mac(b, password);
}

/* A small list with a trusted certificate, a private key with its chain, and a secret key. */
static inline void put_list(cy_buf *b, const char *key_password)
{
  CY_AUTO(cy_doc) *doc = load_doc("v2.bks", "changeit");
  CY_CLEAN(cy_buf) encoded = CY_BUF_STORE;
  cy_entry *server = find(doc, "server");
  const cy_secret *pkcs8;
  fine(cy_doc_key(doc, server, NULL, &pkcs8));
  put_key(&encoded, CY_BKS_PRIVATE, "PKCS#8", "EC", cy_secret_get(pkcs8));
  put_entry(b, CY_BKS_CERT, "ca", 0);
  put_cert(b, server->certs[1].der);
  put_entry(b, CY_BKS_SEALED, "server", 1);
  put_cert(b, server->certs[0].der);
  put_sealed(b, cy_buf_get(&encoded), key_password, 3);
  cy_buf_reset(&encoded);
  put_key(&encoded, CY_BKS_SECRET, "RAW", "AES", CY_SPAN("0123456789abcdef"));
  put_entry(b, CY_BKS_SEALED, "aes", 0);
  put_sealed(b, cy_buf_get(&encoded), key_password, 3);
}

#endif
