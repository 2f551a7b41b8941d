/* causey-test: any-user */
#include "tests/unit/store/bouncy_util.h"

#include "crypto/codes.h"
#include "store/codes.h"

#include "tests/unit/store/bcfks_seal.h"

extern const cy_format cy_format_bcfks;

static void is_recognised(void **state)
{
  static const char *const names[] = {
    "usual.bcfks", "pbkdf2-kwp.bcfks", "scrypt-ccm.bcfks", "signed.bcfks"};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    CY_CLEAN(cy_buf) bytes;
    load(&bytes, names[i]);
    assert_ptr_equal(cy_format_detect(cy_buf_get(&bytes), "x"), &cy_format_bcfks);
    assert_ptr_equal(cy_format_detect(cy_span_of(bytes.data, 400), "x"), &cy_format_bcfks);
  }
  assert_ptr_equal(cy_format_by_suffix("a.bcfks"), &cy_format_bcfks);
}

static void lists_what_bouncy_castle_made(void **state)
{
  static const char *const names[] = {
    "usual.bcfks", "pbkdf2-kwp.bcfks", "scrypt-ccm.bcfks", "sha3-ccm.bcfks"};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    CY_AUTO(cy_doc) *doc = load_doc(names[i], "changeit");
    assert_int_equal(doc->entry_count, 4);
    assert_true(doc->password_known && !doc->mac_unchecked && !doc->password_unneeded);
    is_kind(find(doc, "größe ca"), CY_ENTRY_TRUSTED, 1);
    is_server_key(doc, NULL);
    is_secret(doc, "aes", "AES", NULL);
    is_secret(doc, "hmac", "HmacSHA256", NULL);
    assert_true(find(doc, "aes")->date > 1795000000 && find(doc, "aes")->date < 1796000000);
    CY_CLEAN(cy_findings) list = {0};
    fine(cy_format_bcfks.check(doc, &list));
    assert_int_equal(list.count, 0);
  }
}

static void keys_have_passwords_of_their_own(void **state)
{
  asker a = ASKER(NULL, "keypass99");
  const cy_secret *pkcs8;
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc("keypw.bcfks", "changeit");
  fails_with(cy_doc_key(doc, find(doc, "server"), NULL, &pkcs8), CY_E_CRYPTO_WRONG_PASSWORD);
  is_server_key(doc, &a.ask);
  is_secret(doc, "aes", "AES", &a.ask);
}

static void wants_the_right_password(void **state)
{
  static const char *const names[] = {"usual.bcfks", "pbkdf2-kwp.bcfks", "scrypt-ccm.bcfks"};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    fails_with(try_file(names[i], NULL), CY_E_STORE_PASSWORD_NEEDED);
    fails_with(try_file(names[i], "changeme"), CY_E_CRYPTO_WRONG_PASSWORD);
    fails_with(try_file(names[i], ""), CY_E_CRYPTO_WRONG_PASSWORD);
  }
}

static cy_err *try_changed(const char *name, size_t at, const char *password)
{
  CY_CLEAN(cy_buf) bytes;
  CY_AUTO(cy_doc) *doc = NULL;
  asker a = ASKER(password, NULL);
  load(&bytes, name);
  bytes.data[at < bytes.len ? at : bytes.len - 1] ^= 1;
  return try_doc(&doc, cy_buf_get(&bytes), NULL, &a.ask);
}

/* A15: both checks fail after a change in what is encrypted, and yet the right password can be told. */
static void tells_a_wrong_password_from_damage(void **state)
{
  (void)state;
  fails_with(try_changed("usual.bcfks", 1000, "changeit"), CY_E_STORE_DAMAGED);
  fails_with(try_changed("usual.bcfks", 1000, "changeme"), CY_E_CRYPTO_WRONG_PASSWORD);
  fails_with(try_changed("usual.bcfks", SIZE_MAX, "changeit"), CY_E_STORE_DAMAGED); /* in the HMAC */
  fails_with(try_changed("pbkdf2-kwp.bcfks", SIZE_MAX, "changeit"), CY_E_STORE_DAMAGED);
  fails_with(try_changed("scrypt-ccm.bcfks", 1000, "changeit"), CY_E_STORE_DAMAGED);
}

static void signatures_are_checked(void **state)
{
  asker a = ASKER(NULL, "changeit");
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc("signed.bcfks", NULL);
  assert_int_equal(doc->entry_count, 4);
  assert_true(doc->password_unneeded && !doc->mac_unchecked);
  is_server_key(doc, &a.ask);
  is_secret(doc, "aes", "AES", &a.ask);
  fails_with(try_changed("signed.bcfks", 1000, NULL), CY_E_STORE_DAMAGED);
  fails_with(try_changed("signed.bcfks", SIZE_MAX, NULL), CY_E_STORE_DAMAGED);
}

/* Every 11th byte of a file with few iterations; a change is never overlooked, but in the empty parameters
 * of a derivation's hash, which nobody reads. */
static void a_flipped_bit_is_noticed(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  size_t damaged = 0, other = 0;
  (void)state;
  load(&bytes, "sha3-ccm.bcfks");
  size_t unread = bytes.len - 68; /* NULL, and then the HMAC with its head */
  assert_memory_equal(bytes.data + unread, "\5\0\4\100", 4);
  for (size_t at = 0; at < bytes.len; at += 11) {
    if (at >= unread && at < unread + 2)
      continue;
    bytes.data[at] ^= 4;
    CY_AUTO(cy_doc) *doc = NULL;
    asker a = ASKER("changeit", NULL);
    CY_AUTO(cy_err) *err = try_doc(&doc, cy_buf_get(&bytes), &cy_format_bcfks, &a.ask);
    bytes.data[at] ^= 4;
    if (!err)
      fail_msg("byte %zu does not matter", at);
    *(cy_err_is(err, CY_E_STORE_DAMAGED) ? &damaged : &other) += 1;
  }
  assert_true(damaged > 10 * other);
}

/* By hand: a certificate, a private key with its chain, a secret key. */
static void put_objects(cy_buf *out, const char *key_password)
{
  CY_AUTO(cy_doc) *from = load_doc("v2.bks", "changeit");
  CY_CLEAN(cy_buf) content = CY_BUF_STORE;
  CY_CLEAN(cy_buf) plain = CY_BUF_STORE;
  cy_entry *server = find(from, "server");
  const cy_secret *pkcs8;
  *out = CY_BUF_STORE;
  bcfks_put_object(out, CY_BCFKS_TYPE_CERT, "ca", server->certs[1].der);
  fine(cy_doc_key(from, server, NULL, &pkcs8));
  size_t data = cy_der_begin(&content);
  fine(bcfks_put_sealed(
    &content, cy_secret_get(pkcs8), key_password, "PRIVATE_KEY_ENCRYPTION", BCFKS_ITERATIONS));
  size_t chain = cy_der_begin(&content);
  for (size_t i = 0; i < 2; i++)
    cy_buf_span(&content, server->certs[i].der);
  cy_der_end(&content, chain, CY_DER_SEQUENCE);
  cy_der_end(&content, data, CY_DER_SEQUENCE);
  bcfks_put_object(out, CY_BCFKS_TYPE_PRIVATE, "server", cy_buf_get(&content));
  cy_buf_reset(&content);
  size_t key = cy_der_begin(&plain);
  cy_der_put(&plain, CY_DER_OID, cy_oid_content(CY_OID_AES));
  cy_der_put(&plain, CY_DER_OCTET_STRING, CY_SPAN("0123456789abcdef"));
  cy_der_end(&plain, key, CY_DER_SEQUENCE);
  fine(bcfks_put_sealed(
    &content, cy_buf_get(&plain), key_password, "SECRET_KEY_ENCRYPTION", BCFKS_ITERATIONS));
  bcfks_put_object(out, CY_BCFKS_TYPE_SECRET, "aes", cy_buf_get(&content));
}

static void small_store(cy_buf *out, bool encrypted, const char *key_password)
{
  CY_CLEAN(cy_buf) objects;
  CY_CLEAN(cy_buf) data = CY_BUF_STORE;
  CY_CLEAN(cy_buf) sealed = CY_BUF_STORE;
  *out = CY_BUF_STORE;
  put_objects(&objects, key_password);
  bcfks_put_data(&data, cy_buf_get(&objects));
  if (encrypted)
    fine(bcfks_put_sealed(&sealed, cy_buf_get(&data), "pw", "STORE_ENCRYPTION", BCFKS_ITERATIONS));
  fine(bcfks_put_store(out, cy_buf_get(encrypted ? &sealed : &data), "pw"));
}

static void stores_in_clear(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes, false, "pw");
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), NULL, "pw");
  assert_ptr_equal(doc->format, &cy_format_bcfks);
  assert_true(!doc->mac_unchecked && doc->password_known);
  is_server_key(doc, NULL);
  assert_string_equal(find(doc, "aes")->algorithm, "AES");
  CY_AUTO(cy_doc) *unchecked = open_doc(cy_buf_get(&bytes), NULL, NULL);
  assert_true(unchecked->mac_unchecked && !unchecked->password_known);
  assert_int_equal(unchecked->entry_count, 3);
  fails_with(try_and_walk(cy_buf_get(&bytes), NULL, "other"), CY_E_CRYPTO_WRONG_PASSWORD);
}

static void finds_weak_seals_and_empty_passwords(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  CY_CLEAN(cy_buf) empty;
  (void)state;
  small_store(&bytes, true, "pw");
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), NULL, "pw");
  assert_int_equal(findings_of(doc, CY_F_P12_WEAK), 1);
  assert_int_equal(findings_of(doc, CY_F_KEY_NO_PASSPHRASE), 0);
  small_store(&empty, true, "");
  CY_AUTO(cy_doc) *other = open_doc(cy_buf_get(&empty), NULL, "pw");
  assert_int_equal(findings_of(other, CY_F_KEY_NO_PASSPHRASE), 1);
}

static void cut_anywhere_it_is_damaged(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes, true, "pw");
  for (size_t len = 0; len < bytes.len; len++)
    fails_with(try_and_walk(cy_span_of(bytes.data, len), &cy_format_bcfks, "pw"), CY_E_STORE_DAMAGED);
  fine(try_and_walk(cy_buf_get(&bytes), &cy_format_bcfks, "pw"));
  cy_buf_u8(&bytes, 0);
  fails_with(try_and_walk(cy_buf_get(&bytes), &cy_format_bcfks, "pw"), CY_E_STORE_DAMAGED);
}

/* The right integrity value around what is no list. */
static void lists_that_are_none(void **state)
{
  static const cy_span objects[] = {{(const uint8_t *)"\x30\x00", 2}, {(const uint8_t *)"\x04\x00", 2},
    {(const uint8_t *)"\x30\x84\x7f\xff\xff\xff", 6}};
  (void)state;
  for (size_t i = 0; i <= CY_COUNT(objects); i++) {
    CY_CLEAN(cy_buf) list = CY_BUF_STORE;
    CY_CLEAN(cy_buf) data = CY_BUF_STORE;
    CY_CLEAN(cy_buf) bytes = CY_BUF_STORE;
    if (i < CY_COUNT(objects))
      cy_buf_span(&list, objects[i]);
    else
      bcfks_put_object(&list, 5, "k", CY_SPAN("\x30\x00"));
    bcfks_put_data(&data, cy_buf_get(&list));
    fine(bcfks_put_store(&bytes, cy_buf_get(&data), "pw"));
    fails_with(try_and_walk(cy_buf_get(&bytes), &cy_format_bcfks, "pw"), CY_E_STORE_DAMAGED);
  }
}

/* Keys that ask for more than anybody would do are listed, and refused when they are opened. */
static void costs_have_limits(void **state)
{
  static const uint32_t counts[] = {10000001, 0x7fffffff, 0xffffffff};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(counts); i++) {
    CY_CLEAN(cy_buf) content = CY_BUF_STORE;
    CY_CLEAN(cy_buf) objects = CY_BUF_STORE;
    CY_CLEAN(cy_buf) data = CY_BUF_STORE;
    CY_CLEAN(cy_buf) bytes = CY_BUF_STORE;
    const cy_secret *pkcs8;
    size_t sealed = cy_der_begin(&content), algid = cy_der_begin(&content);
    cy_der_put(&content, CY_DER_OID, cy_oid_content(CY_OID_PBES2));
    size_t pbes2 = cy_der_begin(&content);
    cy_pbkdf2_algid(&content, CY_SPAN("saltsalt"), counts[i], 32, CY_OID_HMAC_SHA512);
    size_t scheme = cy_der_begin(&content);
    cy_der_put(&content, CY_DER_OID, cy_oid_content(CY_OID_AES256_WRAP_PAD));
    cy_der_end(&content, scheme, CY_DER_SEQUENCE);
    cy_der_end(&content, pbes2, CY_DER_SEQUENCE);
    cy_der_end(&content, algid, CY_DER_SEQUENCE);
    cy_der_put(&content, CY_DER_OCTET_STRING, CY_SPAN("0123456789abcdef"));
    cy_der_end(&content, sealed, CY_DER_SEQUENCE);
    bcfks_put_object(&objects, CY_BCFKS_TYPE_SECRET, "k", cy_buf_get(&content));
    bcfks_put_data(&data, cy_buf_get(&objects));
    fine(bcfks_put_store(&bytes, cy_buf_get(&data), "pw"));
    CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), NULL, "pw");
    fails_with(cy_doc_key(doc, doc->entries[0], NULL, &pkcs8), CY_E_CRYPTO_COST);
  }
}

static void a_large_store(void **state)
{
  enum { MANY = 100000 };
  CY_CLEAN(cy_buf) objects = CY_BUF_STORE;
  CY_CLEAN(cy_buf) data = CY_BUF_STORE;
  CY_CLEAN(cy_buf) sealed = CY_BUF_STORE;
  CY_CLEAN(cy_buf) bytes = CY_BUF_STORE;
  char label[20];
  (void)state;
  for (int i = 0; i < MANY; i++) {
    snprintf(label, sizeof label, "entry%d", i);
    bcfks_put_object(&objects, CY_BCFKS_TYPE_CERT, label, CY_SPAN("\x30\x03\x02\x01\x00"));
  }
  bcfks_put_data(&data, cy_buf_get(&objects));
  fine(bcfks_put_sealed(&sealed, cy_buf_get(&data), "pw", "STORE_ENCRYPTION", BCFKS_ITERATIONS));
  fine(bcfks_put_store(&bytes, cy_buf_get(&sealed), "pw"));
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), NULL, "pw");
  assert_int_equal(doc->entry_count, MANY);
  for (int i = 0; i < MANY; i += 997) {
    snprintf(label, sizeof label, "entry%d", i);
    assert_ptr_equal(find(doc, label), doc->entries[i]);
  }
}

static void memory_runs_out(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes, true, "pw");
  memory_runs_out_in(cy_buf_get(&bytes), &cy_format_bcfks, "pw");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(is_recognised),
    cmocka_unit_test(lists_what_bouncy_castle_made),
    cmocka_unit_test(keys_have_passwords_of_their_own),
    cmocka_unit_test(wants_the_right_password),
    cmocka_unit_test(tells_a_wrong_password_from_damage),
    cmocka_unit_test(signatures_are_checked),
    cmocka_unit_test(a_flipped_bit_is_noticed),
    cmocka_unit_test(stores_in_clear),
    cmocka_unit_test(finds_weak_seals_and_empty_passwords),
    cmocka_unit_test(cut_anywhere_it_is_damaged),
    cmocka_unit_test(lists_that_are_none),
    cmocka_unit_test(costs_have_limits),
    cmocka_unit_test(a_large_store),
    cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
