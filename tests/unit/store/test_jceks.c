/* causey-test: any-user */
#include "tests/unit/store/jceks_util.h"

#include "crypto/codes.h"
#include "crypto/secret_key.h"
#include "store/codes.h"

static void same_sha256(cy_span data, const char *hex)
{
  cy_digest digest;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  fine(cy_digest_of(&digest, CY_SHA256, data));
  cy_buf_hex(&text, cy_digest_get(&digest));
  assert_string_equal(cy_buf_cstr(&text), hex);
}

static void is_recognised(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  load_file(&bytes, JCEKS "ks.jceks");
  assert_ptr_equal(cy_format_detect(cy_buf_get(&bytes), "x"), &cy_format_jceks);
  assert_ptr_not_equal(cy_format_detect(CY_SPAN("\xce\xce\xce"), "x"), &cy_format_jceks);
  assert_ptr_equal(cy_format_by_suffix("a/b.JCEKS"), &cy_format_jceks);
  assert_ptr_equal(cy_format_find("jceks"), &cy_format_jceks);
  assert_int_equal(cy_format_jks.detect(cy_buf_get(&bytes), "x.jks"), 0);
}

static void lists_what_keytool_made(void **state)
{
  static const struct {
    const char *label;
    cy_entry_kind kind;
  } want[] = {{"aes1", CY_ENTRY_SECRET}, {"rsa1", CY_ENTRY_IDENTITY}, {"ec1", CY_ENTRY_IDENTITY},
    {"trusted1", CY_ENTRY_TRUSTED}};
  CY_AUTO(cy_doc) *doc = load_jceks("ks.jceks", "changeit");
  assert_int_equal(doc->entry_count, CY_COUNT(want));
  assert_false(doc->mac_unchecked);
  for (size_t i = 0; i < CY_COUNT(want); i++) {
    const cy_entry *entry = doc->entries[i];
    assert_string_equal(entry->label, want[i].label);
    assert_int_equal(entry->kind, want[i].kind);
    assert_int_equal(entry->has_key, want[i].kind == CY_ENTRY_IDENTITY);
    assert_int_equal(entry->cert_count, want[i].kind != CY_ENTRY_SECRET);
    assert_true(entry->date > 1795000000 && entry->date < 1796000000);
  }
}

static void opens_keys(void **state)
{
  const cy_secret *pkcs8;
  CY_AUTO(cy_doc) *doc = load_jceks("RSA1024.jceks", "12345678");
  fine(cy_doc_key(doc, find(doc, "MYKEY"), NULL, &pkcs8));
  same_sha256(cy_secret_get(pkcs8), "5de7b7055560db1ecefc546e55810766014f53f2ca38849a50cb09db518fe344");
}

static void opens_secret_keys(void **state)
{
  static const struct {
    const char *file, *algorithm, *sha256;
  } cases[] = {
    {"AES128.jceks", "AES 128", "33d4718567745e9013d30469bd298dab5129b711f7a3e5a9ac69f9963703a07f"},
    {"DES.jceks", "DES 64", "6ca68fca74852b09357aebf22039afd923abd9fff7d984c8e2874b0bafcc4e39"},
    {"DESede.jceks", "DESede 192", "f6924b0c01c5c9efd4935f2e4988146cfb8549f07d1362821df732ffc31f6812"},
    {"PBKDF2WithHmacSHA1.jceks", "PBKDF2WithHmacSHA1 256",
      "2abd00d56af6505868b92c40d70d38f8185d7c81fcc3e918b9c96f51486a9fc5"},
  };
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    CY_AUTO(cy_doc) *doc = load_jceks(cases[i].file, "12345678");
    CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
    const cy_secret *pkcs8;
    cy_secret_key key;
    fine(cy_doc_key(doc, doc->entries[0], NULL, &pkcs8));
    fine(cy_secret_key_parse(&key, cy_secret_get(pkcs8)));
    same_sha256(key.key, cases[i].sha256);
    cy_secret_key_format(&words, &key);
    assert_string_equal(cy_buf_cstr(&words), cases[i].algorithm);
  }
}

static void keys_have_passwords_of_their_own(void **state)
{
  const cy_secret *pkcs8;
  asker a = ASKER(NULL, "secret_password");
  CY_AUTO(cy_doc) *doc = load_jceks("custom_entry_passwords.jceks", "store_password");
  fails_with(cy_doc_key(doc, find(doc, "secret"), NULL, &pkcs8), CY_E_CRYPTO_WRONG_PASSWORD);
  fine(cy_doc_key(doc, find(doc, "secret"), &a.ask, &pkcs8));
  assert_int_equal(a.key_asked, 1);
  assert_true(opens(find(doc, "private"), "private_password"));
  assert_false(opens(find(doc, "private"), "store_password"));
}

/* Objects that are no keys are named, never used, and stay. */
static void names_what_does_not_belong(void **state)
{
  CY_CLEAN(cy_findings) list = {0};
  const cy_secret *pkcs8;
  CY_AUTO(cy_doc) *doc = load_jceks("unknown_type_of_sealed_object.jceks", "12345678");
  assert_int_equal(doc->entries[0]->kind, CY_ENTRY_SECRET);
  assert_null(doc->entries[0]->key.ops);
  assert_true(doc->entries[0]->der.len > 20);
  fine(doc->format->check(doc, &list));
  assert_int_equal(list.count, 1);
  assert_int_equal(list.items[0]->id, CY_F_JCEKS_FOREIGN_CLASS);
  assert_non_null(strstr(list.items[0]->what, "org.pyjks.DummyObject"));
  CY_AUTO(cy_doc) *inside = load_jceks("unknown_type_inside_sealed_object.jceks", "12345678");
  cy_err *err = cy_doc_key(inside, inside->entries[0], NULL, &pkcs8);
  assert_true(mentions(err, "org.pyjks.DummyObject"));
  fails_with(err, CY_E_STORE_CANNOT_HOLD);
  CY_AUTO(cy_doc) *nonsense = load_jceks("unknown_sealed_object_sealAlg.jceks", "12345678");
  err = cy_doc_key(nonsense, nonsense->entries[0], NULL, &pkcs8);
  assert_true(mentions(err, "sealed by nonsense"));
  fails_with(err, CY_E_CRYPTO_UNSUPPORTED);
}

static void healthy_stores_have_no_findings(void **state)
{
  static const char *const files[] = {"ks.jceks", "AES128.jceks", "RSA1024.jceks"};
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    CY_CLEAN(cy_findings) list = {0};
    CY_AUTO(cy_doc) *doc = load_jceks(files[i], NULL);
    fine(doc->format->check(doc, &list));
    assert_int_equal(list.count, 0);
  }
}

static void tells_a_wrong_password_from_damage(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  asker right = ASKER("12345678", NULL), wrong = ASKER("other", NULL), none = ASKER(NULL, NULL);
  cy_doc *doc;
  load_file(&bytes, JCEKS "AES128.jceks");
  fails_with(try_bytes(&doc, cy_buf_get(&bytes), "test.jceks", &cy_format_jceks, &wrong.ask),
    CY_E_CRYPTO_WRONG_PASSWORD);
  bytes.data[25] ^= 1; /* in the date */
  fails_with(
    try_bytes(&doc, cy_buf_get(&bytes), "test.jceks", &cy_format_jceks, &right.ask), CY_E_STORE_DAMAGED);
  fails_with(try_bytes(&doc, cy_buf_get(&bytes), "test.jceks", &cy_format_jceks, &wrong.ask),
    CY_E_CRYPTO_WRONG_PASSWORD);
  fine(try_bytes(&doc, cy_buf_get(&bytes), "test.jceks", &cy_format_jceks, &none.ask));
  assert_true(doc->mac_unchecked);
  cy_doc_free(doc);
}

/* Writing. */

static void unchanged_is_the_same(void **state)
{
  static const char *const files[] = {"ks.jceks", "AES128.jceks", "unknown_type_of_sealed_object.jceks",
    "unknown_sealed_object_sealAlg.jceks", "custom_entry_passwords.jceks"};
  static const char *const passwords[] = {"changeit", "12345678", "12345678", "12345678", "store_password"};
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    CY_CLEAN(cy_buf) bytes;
    CY_CLEAN(cy_buf) again;
    char name[100];
    snprintf(name, sizeof name, JCEKS "%s", files[i]);
    load_file(&bytes, name);
    CY_AUTO(cy_doc) *doc = load_jceks(files[i], passwords[i]);
    write_cheap(&again, doc);
    assert_true(cy_span_equal(cy_buf_get(&bytes), cy_buf_get(&again)));
    for (size_t k = 0; k < doc->entry_count; k++)
      doc->entries[k]->changed = true;
    cy_buf_clear(&again);
    write_cheap(&again, doc); /* encoded anew: keys stay sealed as they were */
    assert_true(cy_span_equal(cy_buf_get(&bytes), cy_buf_get(&again)));
  }
}

/* Entries of several stores in a new one, under its password. */
static void a_new_store(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  cy_doc *made;
  const cy_secret *pkcs8;
  CY_AUTO(cy_doc) *aes = load_jceks("AES128.jceks", "12345678");
  CY_AUTO(cy_doc) *rsa = load_jceks("RSA1024.jceks", "12345678");
  fine(cy_doc_new(&made, NULL, &cy_format_jceks));
  CY_AUTO(cy_doc) *doc = made;
  doc->password = secret("other one");
  doc->password_known = true;
  fine(cy_doc_key(aes, aes->entries[0], NULL, &pkcs8));
  fine(cy_doc_key(rsa, rsa->entries[0], NULL, &pkcs8));
  add(doc, aes->entries[0], "Secret");
  add(doc, rsa->entries[0], "private");
  cy_secret_free(add(doc, aes->entries[0], "own")->key.password);
  doc->entries[2]->key.password = secret("its own");
  write_cheap(&bytes, doc);
  CY_AUTO(cy_doc) *again = open_jceks(cy_buf_get(&bytes), "other one");
  assert_int_equal(again->entry_count, 3);
  assert_string_equal(again->entries[0]->label, "secret");
  assert_int_equal(again->entries[0]->kind, CY_ENTRY_SECRET);
  assert_true(opens(again->entries[0], "other one"));
  assert_true(opens(again->entries[1], "other one"));
  assert_true(opens(again->entries[2], "its own"));
  assert_false(opens(again->entries[2], "other one"));
  assert_false(opens(again->entries[0], "12345678"));
  fine(cy_doc_key(again, again->entries[0], NULL, &pkcs8));
  assert_true(cy_span_equal(cy_secret_get(pkcs8), cy_secret_get(aes->entries[0]->key.plain)));
}

static void today_it_is_as_dear_as_in_java(void **state)
{
  cy_write_how chosen = {.pbe = {CY_OID_JCEKS_KEY_PROTECTOR, CY_OID_UNKNOWN, CY_OID_UNKNOWN, 7}};
  assert_int_equal(cy_jceks_choice(&cy_write_default).iterations, 200000);
  assert_int_equal(cy_jceks_choice(&chosen).iterations, 7);
}

/* Keys with the store's password follow it, others keep their own; the rest does not change. */
static void the_password_changes(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  CY_AUTO(cy_doc) *doc = load_jceks("AES128.jceks", "12345678");
  size_t size = cy_image_bytes(doc->image).len;
  cy_secret_free(doc->password);
  doc->password = secret("new one");
  write_cheap(&bytes, doc);
  assert_int_equal(bytes.len, size - 0);
  CY_AUTO(cy_doc) *again = open_jceks(cy_buf_get(&bytes), "new one");
  assert_true(opens(again->entries[0], "new one"));
  assert_int_equal(again->entries[0]->date, doc->entries[0]->date);
  CY_CLEAN(cy_buf) other;
  CY_AUTO(cy_doc) *own = load_jceks("custom_entry_passwords.jceks", "store_password");
  cy_secret_free(own->password);
  own->password = secret("new one");
  write_cheap(&other, own);
  CY_AUTO(cy_doc) *kept = open_jceks(cy_buf_get(&other), "new one");
  assert_true(opens(find(kept, "secret"), "secret_password"));
  assert_true(opens(find(kept, "private"), "private_password"));
  assert_false(opens(find(kept, "private"), "new one"));
}

/* Java would not open a key under such a password, so it is not sealed under one. */
static void passwords_of_keys_are_ascii(void **state)
{
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  cy_write_how how = cheap();
  CY_AUTO(cy_doc) *doc = load_jceks("AES128.jceks", "12345678");
  cy_secret_free(doc->password);
  doc->password = secret("gr\xc3\xbc\xc3\x9f"
                         "e");
  cy_err *err = doc->format->serialise(doc, &how, NULL, &out);
  assert_true(mentions(err, "ASCII"));
  fails_with(err, CY_E_CRYPTO_UNSUPPORTED);
}

static void jks_has_no_secret_keys(void **state)
{
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  cy_doc *made;
  CY_AUTO(cy_doc) *aes = load_jceks("AES128.jceks", "12345678");
  fine(cy_doc_new(&made, NULL, &cy_format_jks));
  CY_AUTO(cy_doc) *doc = made;
  doc->password = secret("pw");
  doc->password_known = true;
  add(doc, aes->entries[0], "secret");
  fails_with(doc->format->serialise(doc, &cy_write_default, NULL, &out), CY_E_STORE_CANNOT_HOLD);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(is_recognised),
    cmocka_unit_test(lists_what_keytool_made),
    cmocka_unit_test(opens_keys),
    cmocka_unit_test(opens_secret_keys),
    cmocka_unit_test(keys_have_passwords_of_their_own),
    cmocka_unit_test(names_what_does_not_belong),
    cmocka_unit_test(healthy_stores_have_no_findings),
    cmocka_unit_test(tells_a_wrong_password_from_damage),
    cmocka_unit_test(unchanged_is_the_same),
    cmocka_unit_test(a_new_store),
    cmocka_unit_test(today_it_is_as_dear_as_in_java),
    cmocka_unit_test(the_password_changes),
    cmocka_unit_test(passwords_of_keys_are_ascii),
    cmocka_unit_test(jks_has_no_secret_keys),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
