/* causey-test: any-user */
#include "tests/unit/store/bouncy_util.h"

static void small_store(cy_buf *out)
{
  put_head(out, 2, 3);
  put_list(out, "pw");
  put_end(out, "pw");
}

static cy_err *try_bks(cy_span bytes, const char *password)
{
  return try_and_walk(bytes, &cy_format_bks, password);
}

static void cut_anywhere_it_is_damaged(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes);
  cut_anywhere(&bytes, try_bks, "pw");
}

/* The upper bits of a count of iterations: they only cost time. */
static bool is_count(const cy_doc *doc, size_t at)
{
  if (at >= HEAD - 4 && at < HEAD - 1)
    return true;
  for (size_t i = 0; i < doc->entry_count; i++) {
    cy_span blob = doc->entries[i]->key.sealed;
    size_t start = blob.len ? (size_t)(blob.data - cy_image_bytes(doc->image).data) : SIZE_MAX - 100;
    if (at >= start + 24 && at < start + 27)
      return true;
  }
  return false;
}

/* The two sealed keys are the witnesses. A flipped bit in one of them, or a count that is too high, looks
 * like something else; nowhere is it overlooked. */
static void a_flipped_bit_is_noticed(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  size_t damaged = 0, wrong = 0;
  (void)state;
  small_store(&bytes);
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), NULL, NULL);
  for (size_t bit = 0; bit < bytes.len * 8; bit++) {
    size_t at = bit / 8;
    if (is_count(doc, at))
      continue;
    bytes.data[at] ^= (uint8_t)(1 << bit % 8);
    CY_AUTO(cy_err) *err = try_and_walk(cy_buf_get(&bytes), &cy_format_bks, "pw");
    bytes.data[at] ^= (uint8_t)(1 << bit % 8);
    if (!err)
      fail_msg("bit %zu of byte %zu does not matter", bit % 8, at);
    damaged += cy_err_is(err, CY_E_STORE_DAMAGED);
    wrong += cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD);
    if (!cy_err_is(err, CY_E_STORE_DAMAGED) && !cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD) &&
        !cy_err_is(err, CY_E_CRYPTO_COST))
      fail_msg("byte %zu: %s", at, cy_err_text(err));
  }
  assert_true(damaged > 2 * wrong);
}

static void giant_lengths_anywhere(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes);
  giant_lengths(&bytes, 0, try_bks);
}

static void counts_of_iterations(void **state)
{
  static const uint32_t counts[] = {0, 10000001, 0x7fffffff, 0xffffffff};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(counts); i++) {
    CY_CLEAN(cy_buf) bytes;
    put_head(&bytes, 2, 1);
    put_end(&bytes, "pw");
    bytes.data[HEAD - 4] = (uint8_t)(counts[i] >> 24);
    bytes.data[HEAD - 3] = (uint8_t)(counts[i] >> 16);
    bytes.data[HEAD - 2] = (uint8_t)(counts[i] >> 8);
    bytes.data[HEAD - 1] = (uint8_t)counts[i];
    fails_with(try_and_walk(cy_buf_get(&bytes), &cy_format_bks, "pw"), CY_E_CRYPTO_COST);
  }
}

/* Chains and versions and salts that there are not. */
static void heads_that_are_none(void **state)
{
  static const uint32_t chains[] = {1, 1000, 1001, 0x7fffffff, 0xffffffff};
  CY_CLEAN(cy_buf) version;
  (void)state;
  for (size_t i = 0; i < CY_COUNT(chains); i++) {
    CY_CLEAN(cy_buf) bytes;
    put_head(&bytes, 2, 1);
    put_entry(&bytes, CY_BKS_SEALED, "k", chains[i]);
    put_end(&bytes, "pw");
    fails_with(try_and_walk(cy_buf_get(&bytes), &cy_format_bks, "pw"), CY_E_STORE_DAMAGED);
  }
  put_head(&version, 3, 1);
  cy_buf_fill(&version, 0, 21);
  fails_with(try_and_walk(cy_buf_get(&version), &cy_format_bks, "pw"), CY_E_STORE_DAMAGED);
  fails_with(try_and_walk(CY_SPAN("\0\0\0\2\0\0\0\0\0\0\0\1\0"), &cy_format_bks, "pw"), CY_E_STORE_DAMAGED);
}

/* Sealed keys that are nothing of the kind: read, listed, and only opening them fails. */
static void keys_that_are_none(void **state)
{
  static const cy_span blobs[] = {{(const uint8_t *)"", 0}, {(const uint8_t *)"\0\0\0\0", 4},
    {(const uint8_t *)"\177\377\377\377", 4}, {(const uint8_t *)"\0\0\0\1s\0\0\0\1", 9},
    {(const uint8_t *)"\0\0\0\1s\0\0\0\1abcdefg", 16}, {(const uint8_t *)"\0\0\0\1s\0\0\0\0abcdefgh", 17},
    {(const uint8_t *)"\0\0\0\1s\377\377\377\377abcdefgh", 17}};
  (void)state;
  CY_AUTO(cy_doc) *from = load_doc("v2.bks", "changeit");
  for (size_t i = 0; i < CY_COUNT(blobs); i++) {
    CY_CLEAN(cy_buf) bytes;
    const cy_secret *pkcs8;
    put_head(&bytes, 2, 1);
    put_entry(&bytes, CY_BKS_SEALED, "k", 1);
    put_cert(&bytes, find(from, "server")->certs[0].der);
    put_block(&bytes, blobs[i]);
    put_end(&bytes, "pw");
    CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), &cy_format_bks, "pw");
    cy_err *err = cy_doc_key(doc, doc->entries[0], NULL, &pkcs8);
    assert_non_null(err);
    assert_false(cy_err_is(err, CY_E_NO_MEMORY));
    cy_err_free(err);
    assert_int_equal(findings_of(doc, CY_F_KEY_NO_PASSPHRASE), 0);
  }
}

/* Opened with the right password, and what is inside is no key that could be used. */
static void contents_that_are_none(void **state)
{
  static const struct {
    uint8_t kind;
    const char *format;
    cy_err_code code;
  } all[] = {{CY_BKS_PRIVATE, "PKCS#8", CY_E_KEY_MALFORMED}, {CY_BKS_PRIVATE, "RAW", CY_E_KEY_MALFORMED},
    {CY_BKS_SECRET, "PKCS#8", CY_E_KEY_MALFORMED}, {CY_BKS_PUBLIC, "X.509", CY_E_STORE_PUBLIC_ONLY},
    {3, "RAW", CY_E_CRYPTO_WRONG_PASSWORD}};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(all); i++) {
    CY_CLEAN(cy_buf) bytes;
    CY_CLEAN(cy_buf) encoded = CY_BUF_STORE;
    const cy_secret *pkcs8;
    put_key(&encoded, all[i].kind, all[i].format, "EC", CY_SPAN("what is this"));
    put_head(&bytes, 2, 1);
    put_entry(&bytes, CY_BKS_SEALED, "k", 1);
    put_cert(&bytes, CY_SPAN("\x30\x03\x02\x01\x00"));
    put_sealed(&bytes, cy_buf_get(&encoded), "pw", 1);
    put_end(&bytes, "pw");
    CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), &cy_format_bks, "pw");
    fails_with(cy_doc_key(doc, doc->entries[0], NULL, &pkcs8), all[i].code);
  }
}

/* 100 000 entries: whatever looks at all for each would never end here. */
static void a_large_store(void **state)
{
  enum { MANY = 100000 };
  CY_CLEAN(cy_buf) bytes;
  char alias[20];
  (void)state;
  put_head(&bytes, 2, 1);
  for (int i = 0; i < MANY; i++) {
    snprintf(alias, sizeof alias, "entry%d", i);
    put_entry(&bytes, CY_BKS_CERT, alias, 0);
    put_cert(&bytes, CY_SPAN("\x30\x03\x02\x01\x00"));
  }
  put_end(&bytes, "pw");
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), NULL, "pw");
  assert_int_equal(doc->entry_count, MANY);
  for (int i = 0; i < MANY; i += 997) {
    snprintf(alias, sizeof alias, "entry%d", i);
    assert_ptr_equal(find(doc, alias), doc->entries[i]);
  }
  assert_int_equal(findings_of(doc, CY_F_P12_WEAK), 0);
}

/* So many sealed secrets that looking into all of them would take its time: the work is bounded. */
static void many_secrets(void **state)
{
  enum { MANY = 2000 };
  CY_CLEAN(cy_buf) bytes;
  CY_CLEAN(cy_buf) encoded = CY_BUF_STORE;
  CY_CLEAN(cy_buf) one = CY_BUF_STORE;
  (void)state;
  put_key(&encoded, CY_BKS_SECRET, "RAW", "AES", CY_SPAN("0123456789abcdef"));
  put_sealed(&one, cy_buf_get(&encoded), "pw", 1000);
  put_head(&bytes, 2, 1);
  for (int i = 0; i < MANY; i++) {
    put_entry(&bytes, CY_BKS_SEALED, "s", 0);
    cy_buf_span(&bytes, cy_buf_get(&one));
  }
  put_end(&bytes, "pw");
  uint64_t before = cy_pbe_work();
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), NULL, "pw");
  assert_string_equal(doc->entries[0]->algorithm, "AES");
  assert_true(cy_pbe_work() - before < 200 * 1000);
}

static void memory_runs_out(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes);
  memory_runs_out_in(cy_buf_get(&bytes), &cy_format_bks, "pw");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(cut_anywhere_it_is_damaged),
    cmocka_unit_test(a_flipped_bit_is_noticed),
    cmocka_unit_test(giant_lengths_anywhere),
    cmocka_unit_test(counts_of_iterations),
    cmocka_unit_test(heads_that_are_none),
    cmocka_unit_test(keys_that_are_none),
    cmocka_unit_test(contents_that_are_none),
    cmocka_unit_test(a_large_store),
    cmocka_unit_test(many_secrets),
    cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
