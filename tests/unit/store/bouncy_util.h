/* Purpose: what the tests of Bouncy Castle's keystores share: askers, stores from bytes, stores made by
 * hand. Ownership: documents and buffers are the caller's. Errors: asserts. Threads: one. */
#ifndef TESTS_UNIT_STORE_BOUNCY_UTIL_H
#define TESTS_UNIT_STORE_BOUNCY_UTIL_H

#include "tests/lib/unit.h"

#include "base/file.h"
#include "base/mem.h"
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

/* It has this code in its chain, says something and gives advice. */
static inline void fails_with(cy_err *err, cy_err_code code)
{
  if (!err)
    fail_msg("no error, %s expected", cy_err_info_get(code)->id);
  if (!cy_err_is(err, code)) {
    print_message("# expected %s\n", cy_err_info_get(code)->id);
    fine(err);
  }
  assert_true(strlen(cy_err_text(err)) > 0 && strlen(cy_err_fix(err)) > 0);
  cy_err_free(err);
}

/* The kind is what is recognised. */
static inline cy_err *try_doc(cy_doc **doc, cy_span bytes, const cy_format *format, cy_ask *ask)
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
  CY_TRY(cy_image_from(&image, "test", &copy));
  return cy_doc_open(doc, image, format, ask);
}

static inline void load(cy_buf *out, const char *name)
{
  char path[300], file[100];
  *out = CY_BUF_STORE;
  snprintf(file, sizeof file, "tests/fixtures/bouncy/%s", name);
  fine(cy_file_read(out, test_path(path, sizeof path, file), CY_MAX_STORE_BYTES, NULL));
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

static inline cy_entry *find(cy_doc *doc, const char *label)
{
  cy_entry *entry;
  fine(cy_doc_find_label(doc, label, &entry));
  if (!entry)
    fail_msg("no entry %s", label);
  return entry;
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

static inline size_t findings_of(cy_doc *doc, cy_finding_id id)
{
  CY_CLEAN(cy_findings) list = {0};
  size_t count = 0;
  fine(doc->format->check(doc, &list));
  for (size_t i = 0; i < list.count; i++)
    count += list.items[i]->id == id;
  return count;
}

/* Everything that may be looked at in a store that was read. */
static inline void walk(cy_doc *doc)
{
  CY_CLEAN(cy_findings) list = {0};
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  for (size_t i = 0; i < doc->entry_count; i++) {
    cy_entry *entry = doc->entries[i];
    const cy_cert *cert;
    const cy_secret *pkcs8;
    for (size_t k = 0; k < entry->cert_count; k++)
      cy_err_free(cy_entry_cert(entry, k, &cert));
    if (entry->key.ops)
      cy_err_free(cy_doc_key(doc, entry, NULL, &pkcs8));
    cy_err_free(cy_entry_name(entry, &name));
  }
  cy_err_free(doc->format->check(doc, &list));
}

static inline cy_err *try_and_walk(cy_span bytes, const cy_format *format, const char *password)
{
  CY_AUTO(cy_doc) *doc = NULL;
  asker a = ASKER(password, NULL);
  CY_TRY(try_doc(&doc, bytes, format, &a.ask));
  walk(doc);
  return NULL;
}

/* Each allocation in turn fails; what then comes is always the same error, until all went well. */
static inline bool deny(size_t size, void *arg)
{
  return --*(long *)arg == 0;
}

static inline void memory_runs_out_in(cy_span bytes, const cy_format *format, const char *password)
{
  for (long n = 1; n < 2000; n++) {
    long left = n;
    CY_AUTO(cy_doc) *doc = NULL;
    asker a = ASKER(password, NULL);
    CY_CLEAN(cy_findings) list = {0};
    const cy_secret *pkcs8;
    cy_mem_hook(deny, &left);
    cy_err *err = try_doc(&doc, bytes, format, &a.ask);
    if (!err)
      err = doc->format->check(doc, &list);
    for (size_t i = 0; !err && i < doc->entry_count; i++)
      err = doc->entries[i]->key.ops ? cy_doc_key(doc, doc->entries[i], &a.ask, &pkcs8) : NULL;
    cy_mem_hook(NULL, NULL);
    if (!err) {
      assert_true(n > 10);
      return;
    }
    fails_with(err, CY_E_NO_MEMORY);
  }
  fail_msg("an allocation that fails is not noticed");
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

static inline cy_secret *secret(const char *text)
{
  cy_secret *s;
  fine(cy_secret_copy(&s, cy_span_str(text)));
  return s;
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
