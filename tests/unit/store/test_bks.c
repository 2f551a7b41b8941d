/* causey-test: any-user */
#include "tests/unit/store/bouncy_util.h"

#include "crypto/codes.h"
#include "store/codes.h"

static void is_recognised(void **state)
{
  static const char *const names[] = {
    "v1.bks", "v2.bks", "christmas.bksv1", "christmas.bksv2", "empty.bksv2"};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    CY_CLEAN(cy_buf) bytes;
    load(&bytes, names[i]);
    assert_ptr_equal(cy_format_detect(cy_buf_get(&bytes), "x"), &cy_format_bks);
  }
  assert_ptr_equal(cy_format_by_suffix("a/b.BKS"), &cy_format_bks);
  assert_ptr_equal(cy_format_find("bks"), &cy_format_bks);
  assert_ptr_not_equal(cy_format_detect(CY_SPAN("\0\0\0\2\0\0\0\24"), "x.bks"), &cy_format_bks);
}

/* A store of more than is looked at to recognise it. */
static void is_recognised_by_its_beginning(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  load(&bytes, "v2.bks");
  for (size_t len = HEAD + 200; len < bytes.len; len++)
    assert_ptr_equal(cy_format_detect(cy_span_of(bytes.data, len), "x"), &cy_format_bks);
}

static void lists_what_bouncy_castle_made(void **state)
{
  static const char *const names[] = {"v1.bks", "v2.bks"};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    CY_AUTO(cy_doc) *doc = load_doc(names[i], "changeit");
    assert_int_equal(doc->entry_count, 4);
    assert_true(doc->password_known && !doc->mac_unchecked);
    is_kind(find(doc, "größe ca"), CY_ENTRY_TRUSTED, 1);
    is_server_key(doc, NULL);
    is_secret(doc, "aes", "AES", NULL);
    is_secret(doc, "hmac", "HmacSHA256", NULL);
    assert_string_equal(find(doc, "hmac")->algorithm, "HmacSHA256");
    for (size_t k = 0; k < doc->entry_count; k++)
      assert_true(doc->entries[k]->date > 1795000000 && doc->entries[k]->date < 1796000000);
  }
}

static void lists_what_pyjks_made(void **state)
{
  const cy_secret *pkcs8;
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc("christmas.bksv2", "12345678");
  assert_int_equal(doc->entry_count, 6);
  is_kind(find(doc, "cert"), CY_ENTRY_TRUSTED, 1);
  is_kind(find(doc, "sealed_private_key"), CY_ENTRY_IDENTITY, 1);
  fine(cy_doc_key(doc, find(doc, "sealed_private_key"), NULL, &pkcs8));
  is_kind(find(doc, "sealed_secret_key"), CY_ENTRY_SECRET, 0);
  assert_string_equal(find(doc, "sealed_secret_key")->algorithm, "AES");
  is_kind(find(doc, "plain_key"), CY_ENTRY_SECRET, 0);
  assert_string_equal(find(doc, "plain_key")->algorithm, "DES");
  fine(cy_doc_key(doc, find(doc, "plain_key"), NULL, &pkcs8));
  /* A public key and octets of unknown meaning: there, and not to be opened. */
  is_kind(find(doc, "sealed_public_key"), CY_ENTRY_SECRET, 0);
  assert_null(find(doc, "sealed_public_key")->key.ops);
  assert_true(find(doc, "sealed_public_key")->der.len > 0);
  assert_true(find(doc, "stored_value")->der.len > 0);
}

static void keys_have_passwords_of_their_own(void **state)
{
  asker a = ASKER(NULL, "keypass99"), wrong = ASKER(NULL, "changeme");
  const cy_secret *pkcs8;
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc("keypw.bks", "changeit");
  fails_with(cy_doc_key(doc, find(doc, "server"), NULL, &pkcs8), CY_E_CRYPTO_WRONG_PASSWORD);
  fails_with(cy_doc_key(doc, find(doc, "server"), &wrong.ask, &pkcs8), CY_E_CRYPTO_WRONG_PASSWORD);
  is_server_key(doc, &a.ask);
  is_secret(doc, "aes", "AES", &a.ask);
  asker public = ASKER(NULL, "public_password");
  CY_AUTO(cy_doc) *own = load_doc("custom_entry_passwords.bksv2", "store_password");
  fails_with(cy_doc_key(own, find(own, "sealed_public_key"), &public.ask, &pkcs8), CY_E_STORE_PUBLIC_ONLY);
}

static void lists_without_a_password(void **state)
{
  const cy_secret *pkcs8;
  asker a = ASKER(NULL, "changeit");
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc("v2.bks", NULL);
  assert_true(doc->mac_unchecked && !doc->password_known);
  assert_int_equal(doc->entry_count, 4);
  is_kind(find(doc, "aes"), CY_ENTRY_SECRET, 0);
  assert_null(find(doc, "aes")->algorithm);
  fails_with(cy_doc_key(doc, find(doc, "server"), NULL, &pkcs8), CY_E_STORE_PASSWORD_NEEDED);
  is_server_key(doc, &a.ask);
}

static cy_err *try_changed(const char *name, size_t from_end, const char *password)
{
  CY_CLEAN(cy_buf) bytes;
  CY_AUTO(cy_doc) *doc = NULL;
  asker a = ASKER(password, NULL);
  load(&bytes, name);
  bytes.data[bytes.len - from_end] ^= 1;
  return try_doc(&doc, cy_buf_get(&bytes), NULL, &a.ask);
}

static void tells_a_wrong_password_from_damage(void **state)
{
  (void)state;
  fails_with(try_file("v2.bks", "changeme"), CY_E_CRYPTO_WRONG_PASSWORD);
  fails_with(try_file("v2.bks", ""), CY_E_CRYPTO_WRONG_PASSWORD);
  fails_with(try_file("v1.bks", "changeme"), CY_E_CRYPTO_WRONG_PASSWORD);
  fails_with(try_changed("v2.bks", 1, "changeit"), CY_E_STORE_DAMAGED); /* in the HMAC */
  fails_with(try_changed("v2.bks", 1, "changeme"), CY_E_CRYPTO_WRONG_PASSWORD);
  /* The password of all keys opens them, and is that of the store for all that can be known. */
  fails_with(try_file("keypw.bks", "keypass99"), CY_E_STORE_DAMAGED);
  CY_AUTO(cy_doc) *empty = load_doc("empty.bksv2", "");
  assert_int_equal(empty->entry_count, 0);
  fails_with(try_file("empty.bksv2", "x"), CY_E_CRYPTO_WRONG_PASSWORD);
}

static void finds_version_1(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *old = load_doc("v1.bks", "changeit");
  CY_AUTO(cy_doc) *unchecked = load_doc("v1.bks", NULL);
  CY_AUTO(cy_doc) *healthy = load_doc("v2.bks", "changeit");
  assert_int_equal(findings_of(old, CY_F_BKS_V1), 1);
  assert_int_equal(findings_of(unchecked, CY_F_BKS_V1), 1);
  CY_CLEAN(cy_findings) list = {0};
  fine(cy_format_bks.check(healthy, &list));
  assert_int_equal(list.count, 0);
}

static void finds_keys_without_a_password(void **state)
{
  asker empty = ASKER(NULL, "");
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc("nokeypw.bks", "changeit");
  assert_int_equal(findings_of(doc, CY_F_KEY_NO_PASSPHRASE), 1);
  is_server_key(doc, &empty.ask);
}

static void finds_cheap_seals(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  put_head(&bytes, 2, 3);
  put_list(&bytes, "pw");
  put_end(&bytes, "pw");
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), NULL, "pw");
  assert_int_equal(doc->entry_count, 3);
  assert_int_equal(findings_of(doc, CY_F_P12_WEAK), 1);
  assert_int_equal(findings_of(doc, CY_F_KEY_NO_PASSPHRASE), 0);
}

/* A private key that stands in a BKS store in clear, as very old versions could write them. */
static void finds_keys_in_clear(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  const cy_secret *pkcs8;
  (void)state;
  CY_AUTO(cy_doc) *from = load_doc("v2.bks", "changeit");
  cy_entry *server = find(from, "server");
  fine(cy_doc_key(from, server, NULL, &pkcs8));
  put_head(&bytes, 2, 3);
  put_entry(&bytes, CY_BKS_KEY, "server", 1);
  put_cert(&bytes, server->certs[0].der);
  put_key(&bytes, CY_BKS_PRIVATE, "PKCS8", "EC", cy_secret_get(pkcs8));
  put_end(&bytes, "pw");
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), NULL, NULL);
  cy_entry *entry = find(doc, "server");
  is_kind(entry, CY_ENTRY_IDENTITY, 1);
  assert_true(!entry->key.encrypted && entry->key.own_password && entry->key.spki.len > 0);
  fine(cy_doc_key(doc, entry, NULL, &pkcs8));
}

/* What a certificate carries beside itself follows it. */
static void certificates_may_have_a_chain(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  CY_AUTO(cy_doc) *from = load_doc("v2.bks", "changeit");
  cy_entry *server = find(from, "server");
  put_head(&bytes, 2, 3);
  put_entry(&bytes, CY_BKS_CERT, "Server", 1);
  put_cert(&bytes, server->certs[1].der);
  put_cert(&bytes, server->certs[0].der);
  put_entry(&bytes, CY_BKS_CERT, "server", 0);
  put_cert(&bytes, server->certs[1].der);
  put_end(&bytes, "pw");
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), NULL, "pw");
  cy_entry *entry = find(doc, "Server");
  is_kind(entry, CY_ENTRY_TRUSTED, 2);
  assert_true(cy_span_equal(entry->certs[0].der, server->certs[0].der));
  assert_true(cy_span_equal(entry->certs[1].der, server->certs[1].der));
  assert_ptr_equal(find(doc, "server"), doc->entries[1]); /* labels differ in case alone */
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(is_recognised),
    cmocka_unit_test(is_recognised_by_its_beginning),
    cmocka_unit_test(lists_what_bouncy_castle_made),
    cmocka_unit_test(lists_what_pyjks_made),
    cmocka_unit_test(keys_have_passwords_of_their_own),
    cmocka_unit_test(lists_without_a_password),
    cmocka_unit_test(tells_a_wrong_password_from_damage),
    cmocka_unit_test(finds_version_1),
    cmocka_unit_test(finds_keys_without_a_password),
    cmocka_unit_test(finds_cheap_seals),
    cmocka_unit_test(finds_keys_in_clear),
    cmocka_unit_test(certificates_may_have_a_chain),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
