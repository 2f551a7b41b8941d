/* causey-test: any-user */
#include "tests/unit/store/jks_util.h"

#include "crypto/codes.h"
#include "store/codes.h"

/* A small store with one key and one certificate, its password changeit. */
static void small_store(cy_buf *out)
{
  CY_AUTO(cy_doc) *doc = load_doc(KS, "changeit");
  find(doc, "rsa1")->deleted = true;
  write_doc(out, doc);
}

/* Everything that may be looked at in a store that was read. */
static void walk(cy_doc *doc)
{
  CY_CLEAN(cy_findings) list = {0};
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  for (size_t i = 0; i < doc->entry_count; i++) {
    cy_entry *entry = doc->entries[i];
    const cy_cert *cert;
    const cy_secret *pkcs8;
    for (size_t k = 0; k < entry->cert_count; k++)
      cy_err_free(cy_entry_cert(entry, k, &cert));
    if (entry->has_key)
      cy_err_free(cy_doc_key(doc, entry, NULL, &pkcs8));
    cy_err_free(cy_entry_name(entry, &name));
  }
  fine(doc->format->check(doc, &list));
}

static cy_err *try_and_walk(cy_span bytes, const char *password)
{
  CY_AUTO(cy_doc) *doc = NULL;
  asker a = ASKER(password, NULL);
  CY_TRY(try_doc(&doc, bytes, &a.ask));
  walk(doc);
  return NULL;
}

static void cut_anywhere_it_is_damaged(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes);
  for (size_t len = 0; len < bytes.len; len++) {
    fails_with(try_and_walk(cy_span_of(bytes.data, len), NULL), CY_E_STORE_DAMAGED);
    fails_with(try_and_walk(cy_span_of(bytes.data, len), "changeit"), CY_E_STORE_DAMAGED);
  }
  fine(try_and_walk(cy_buf_get(&bytes), "changeit"));
  cy_buf_u8(&bytes, 0);
  fails_with(try_and_walk(cy_buf_get(&bytes), "changeit"), CY_E_STORE_DAMAGED);
}

/* Only in the key itself, the one witness, does a flipped bit look like a wrong password. */
static void a_flipped_bit_is_damage(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes);
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), NULL);
  cy_span key = doc->entries[0]->key.sealed;
  size_t first = (size_t)(key.data - cy_image_bytes(doc->image).data);
  for (size_t bit = 0; bit < bytes.len * 8; bit++) {
    size_t at = bit / 8;
    bytes.data[at] ^= (uint8_t)(1 << bit % 8);
    CY_AUTO(cy_err) *err = try_and_walk(cy_buf_get(&bytes), "changeit");
    bytes.data[at] ^= (uint8_t)(1 << bit % 8);
    if (!err)
      fail_msg("bit %zu of byte %zu does not matter", bit % 8, at);
    bool in_key = at >= first && at < first + key.len;
    if (!cy_err_is(err, CY_E_STORE_DAMAGED) && !(in_key && cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD)))
      fail_msg("byte %zu: %s", at, cy_err_text(err));
  }
}

static void giant_lengths_anywhere(void **state)
{
  static const uint8_t giants[][4] = {
    {0x7f, 255, 255, 255}, {255, 255, 255, 255}, {0x80, 0, 0, 0}, {0, 0, 255, 255}};
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes);
  for (size_t at = 4; at + 4 <= bytes.len; at++)
    for (size_t g = 0; g < CY_COUNT(giants); g++) {
      uint8_t kept[4];
      memcpy(kept, bytes.data + at, 4);
      memcpy(bytes.data + at, giants[g], 4);
      cy_err *err = try_and_walk(cy_buf_get(&bytes), NULL);
      if (err && !cy_err_is(err, CY_E_STORE_DAMAGED))
        fine(err);
      cy_err_free(err);
      memcpy(bytes.data + at, kept, 4);
    }
}

static void counts_that_are_not_there(void **state)
{
  static const uint32_t counts[] = {1, 1000, 1000000, 1000001, 0x7fffffff, 0xffffffff};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(counts); i++) {
    CY_CLEAN(cy_buf) bytes;
    put_head(&bytes, 2, counts[i]);
    put_end(&bytes, "pw");
    fails_with(try_and_walk(cy_buf_get(&bytes), "pw"), CY_E_STORE_DAMAGED);
  }
}

static void chains_that_are_not_there(void **state)
{
  static const uint32_t counts[] = {1, 1000, 1001, 0x7fffffff, 0xffffffff};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(counts); i++) {
    CY_CLEAN(cy_buf) bytes;
    put_head(&bytes, 2, 1);
    cy_buf_u32(&bytes, CY_JKS_KEY);
    put_utf(&bytes, "k");
    cy_buf_u64(&bytes, 0);
    cy_buf_u32(&bytes, 0);
    cy_buf_u32(&bytes, counts[i]);
    put_end(&bytes, "pw");
    fails_with(try_and_walk(cy_buf_get(&bytes), "pw"), CY_E_STORE_DAMAGED);
  }
}

/* Sealed keys that are nothing of the kind: read, listed, and only opening them fails. */
static void keys_that_are_none(void **state)
{
  static const cy_span keys[] = {{(const uint8_t *)"", 0}, {(const uint8_t *)"\x30\x00", 2},
    {(const uint8_t *)"\x30\x84\x7f\xff\xff\xff", 6}, {(const uint8_t *)"\x30\x04\x30\x00\x04\x00", 6},
    {(const uint8_t *)"\x30\x14\x30\x0c\x06\x0a\x2b\x06\x01\x04\x01\x2a\x02\x11\x01\x01\x04\x04xxxx", 22}};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(keys); i++) {
    CY_CLEAN(cy_buf) bytes;
    const cy_secret *pkcs8;
    put_head(&bytes, 2, 1);
    cy_buf_u32(&bytes, CY_JKS_KEY);
    put_utf(&bytes, "k");
    cy_buf_u64(&bytes, 0);
    cy_buf_u32(&bytes, (uint32_t)keys[i].len);
    cy_buf_span(&bytes, keys[i]);
    cy_buf_u32(&bytes, 0);
    put_end(&bytes, "pw");
    CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), "pw");
    assert_int_equal(doc->entries[0]->kind, CY_ENTRY_KEY);
    cy_err *err = cy_doc_key(doc, doc->entries[0], NULL, &pkcs8);
    assert_non_null(err);
    assert_false(cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD));
    cy_err_free(err);
  }
}

/* 100 000 entries: whatever looks at all for each would never end here. */
static void a_large_store(void **state)
{
  enum { MANY = 100000 };
  CY_CLEAN(cy_buf) bytes;
  CY_CLEAN(cy_buf) again;
  CY_CLEAN(cy_findings) list = {0};
  char alias[20];
  (void)state;
  put_head(&bytes, 2, MANY);
  for (int i = 0; i < MANY; i++) {
    snprintf(alias, sizeof alias, "entry%d", i);
    put_trusted(&bytes, alias, 1, "X.509", CY_SPAN("\x30\x03\x02\x01\x00"));
  }
  put_end(&bytes, "pw");
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), "pw");
  assert_int_equal(doc->entry_count, MANY);
  for (int i = 0; i < MANY; i += 997) {
    snprintf(alias, sizeof alias, "ENTRY%d", i);
    assert_ptr_equal(find(doc, alias), doc->entries[i]);
  }
  fine(cy_format_jks.check(doc, &list));
  assert_int_equal(list.count, 0);
  write_doc(&again, doc);
  assert_true(cy_span_equal(cy_buf_get(&bytes), cy_buf_get(&again)));
}

static long allocations_left;
static bool deny(size_t size, void *arg)
{
  return --allocations_left == 0;
}

/* Reads, opens a key, changes the password, renames, and writes. */
static cy_err *everything(cy_span bytes)
{
  CY_AUTO(cy_doc) *doc = NULL;
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  CY_CLEAN(cy_findings) list = {0};
  const cy_secret *pkcs8;
  asker a = ASKER("changeit", NULL);
  CY_TRY(try_doc(&doc, bytes, &a.ask));
  CY_TRY(doc->format->check(doc, &list));
  CY_TRY(cy_doc_key(doc, doc->entries[0], &a.ask, &pkcs8));
  doc->entries[1]->label = cy_arena_str(&doc->arena, CY_SPAN("Renamed"));
  CY_TRY_ALLOC(doc->entries[1]->label);
  doc->entries[1]->changed = true;
  cy_secret_free(doc->password);
  doc->password = NULL;
  CY_TRY(cy_secret_copy(&doc->password, CY_SPAN("new")));
  return doc->format->serialise(doc, &cy_write_default, &a.ask, &out);
}

static void memory_runs_out(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes);
  for (long n = 1; n < 1000; n++) {
    allocations_left = n;
    cy_mem_hook(deny, NULL);
    cy_err *err = everything(cy_buf_get(&bytes));
    cy_mem_hook(NULL, NULL);
    if (!err) {
      assert_true(n > 20);
      return;
    }
    fails_with(err, CY_E_NO_MEMORY);
  }
  fail_msg("an allocation that fails is not noticed");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(cut_anywhere_it_is_damaged),
    cmocka_unit_test(a_flipped_bit_is_damage),
    cmocka_unit_test(giant_lengths_anywhere),
    cmocka_unit_test(counts_that_are_not_there),
    cmocka_unit_test(chains_that_are_not_there),
    cmocka_unit_test(keys_that_are_none),
    cmocka_unit_test(a_large_store),
    cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
