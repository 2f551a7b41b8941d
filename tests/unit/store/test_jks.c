/* causey-test: any-user */
#include "tests/unit/store/jks_util.h"

#include "crypto/codes.h"
#include "store/codes.h"
#include "x509/name.h"

static void same_sha256(cy_span data, const char *hex)
{
  cy_digest digest;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  fine(cy_digest_of(&digest, CY_SHA256, data));
  cy_buf_hex(&text, cy_digest_get(&digest));
  assert_string_equal(cy_buf_cstr(&text), hex);
}

#define RSA1_KEY "df556cbc4c52b5363abde048f0d79d206304ff2e1fc6bbd7c76c10a4b1166904"
#define EC1_CERT "03622b76d7dd18623acef894e3544b74ba2fc480623dee62169846268695f59e"

static void is_recognised(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  load_file(&bytes, KS);
  assert_ptr_equal(cy_format_detect(cy_buf_get(&bytes), "x"), &cy_format_jks);
  assert_ptr_equal(cy_format_detect(CY_SPAN("\xfe\xed\xfe\xed"), "x"), &cy_format_jks);
  assert_ptr_not_equal(cy_format_detect(CY_SPAN("\xfe\xed\xfe"), "x"), &cy_format_jks);
  assert_ptr_not_equal(cy_format_detect(CY_SPAN(""), "x.jks"), &cy_format_jks);
  assert_ptr_equal(cy_format_by_suffix("a/b.JKS"), &cy_format_jks);
  assert_ptr_equal(cy_format_by_suffix("a/.keystore/cacerts.ks"), &cy_format_jks);
}

static void lists_what_keytool_made(void **state)
{
  static const char *const labels[] = {"rsa1", "ec1", "trusted1"};
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc(KS, "changeit");
  assert_int_equal(doc->entry_count, 3);
  assert_false(doc->mac_unchecked);
  assert_true(doc->password_known);
  for (size_t i = 0; i < 3; i++) {
    cy_entry *entry = doc->entries[i];
    const cy_cert *cert;
    assert_string_equal(entry->label, labels[i]);
    assert_int_equal(entry->kind, i < 2 ? CY_ENTRY_IDENTITY : CY_ENTRY_TRUSTED);
    assert_int_equal(entry->has_key, i < 2);
    assert_int_equal(entry->cert_count, 1);
    assert_int_equal(entry->position, i + 1);
    assert_true(entry->date > 1795000000 && entry->date < 1796000000);
    fine(cy_entry_cert(entry, 0, &cert));
  }
  same_sha256(find(doc, "trusted1")->certs[0].der, EC1_CERT);
  assert_ptr_equal(find(doc, "RSA1"), doc->entries[0]);
}

static void opens_keys(void **state)
{
  const cy_secret *pkcs8;
  asker a = ASKER(NULL, "keypass99");
  (void)state;
  CY_AUTO(cy_doc) *same = load_doc(KS, "changeit");
  fine(cy_doc_key(same, find(same, "rsa1"), NULL, &pkcs8));
  same_sha256(cy_secret_get(pkcs8), RSA1_KEY);
  CY_AUTO(cy_doc) *own = load_doc(KEYPW, "changeit");
  fails_with(cy_doc_key(own, find(own, "rsa1"), NULL, &pkcs8), CY_E_CRYPTO_WRONG_PASSWORD);
  fine(cy_doc_key(own, find(own, "rsa1"), &a.ask, &pkcs8));
  same_sha256(cy_secret_get(pkcs8), RSA1_KEY);
  assert_int_equal(a.key_asked, 1);
}

static void lists_without_a_password(void **state)
{
  asker none = ASKER(NULL, NULL);
  CY_CLEAN(cy_buf) bytes;
  CY_AUTO(cy_doc) *doc = NULL;
  (void)state;
  load_file(&bytes, KS);
  fine(try_doc(&doc, cy_buf_get(&bytes), &none.ask));
  assert_true(doc->mac_unchecked);
  assert_false(doc->password_known);
  assert_int_equal(doc->entry_count, 3);
  assert_int_equal(none.store_asked, 1);
}

static cy_err_code failure(cy_span bytes, const char *password)
{
  CY_AUTO(cy_doc) *doc = NULL;
  asker a = ASKER(password, NULL);
  cy_err *err = try_doc(&doc, bytes, &a.ask);
  cy_err_code code = CY_OK;
  for (const cy_err *e = err; e; e = cy_err_cause(e))
    code = cy_err_code_get(e);
  if (err)
    assert_true(strlen(cy_err_fix(err)) > 0);
  cy_err_free(err);
  return code;
}

static void tells_a_wrong_password_from_damage(void **state)
{
  CY_CLEAN(cy_buf) ks;
  CY_CLEAN(cy_buf) keypw;
  (void)state;
  load_file(&ks, KS);
  load_file(&keypw, KEYPW);
  assert_int_equal(failure(cy_buf_get(&ks), "changeme"), CY_E_CRYPTO_WRONG_PASSWORD);
  assert_int_equal(failure(cy_buf_get(&ks), ""), CY_E_CRYPTO_WRONG_PASSWORD);
  assert_int_equal(failure(cy_buf_get(&keypw), "keypass99"), CY_E_CRYPTO_WRONG_PASSWORD);
  ks.data[ks.len - 100] ^= 1; /* in the last certificate */
  assert_int_equal(failure(cy_buf_get(&ks), "changeit"), CY_E_STORE_DAMAGED);
  assert_int_equal(failure(cy_buf_get(&ks), "changeme"), CY_E_CRYPTO_WRONG_PASSWORD);
  assert_int_equal(failure(cy_buf_get(&ks), NULL), CY_OK);
  ks.data[11] = 4; /* one entry more than there is */
  assert_int_equal(failure(cy_buf_get(&ks), "changeme"), CY_E_STORE_DAMAGED);
}

static void an_empty_store(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  CY_CLEAN(cy_buf) again;
  (void)state;
  put_head(&bytes, 2, 0);
  put_end(&bytes, "");
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), "");
  assert_int_equal(doc->entry_count, 0);
  write_doc(&again, doc);
  assert_true(cy_span_equal(cy_buf_get(&bytes), cy_buf_get(&again)));
}

/* Aliases, dates, versions, types. */

#define CERT CY_SPAN("\x30\x03\x02\x01\x00")

static void aliases_are_javas_text(void **state)
{
  static const struct {
    const char *alias;
    const char *label; /* NULL: not text */
  } cases[] = {{"plain", "plain"}, {"", ""}, {"\xc3\xbc", "\xc3\xbc"}, {"\xe6\xbc\xa2", "\xe6\xbc\xa2"},
    {"\xed\xa0\xbd\xed\xb8\x80", "\xf0\x9f\x98\x80"}, {"a\xc0\x80z", NULL}, {"\xff", NULL},
    {"\xed\xa0\xbd", NULL}, {"\xc3", NULL}};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    CY_CLEAN(cy_buf) bytes;
    put_head(&bytes, 2, 1);
    put_trusted(&bytes, cases[i].alias, 0, "X.509", CERT);
    put_end(&bytes, "pw");
    if (!cases[i].label) {
      assert_int_equal(failure(cy_buf_get(&bytes), "pw"), CY_E_STORE_DAMAGED);
      continue;
    }
    CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), "pw");
    assert_string_equal(doc->entries[0]->label, cases[i].label);
  }
}

static void dates_have_limits(void **state)
{
  static const struct {
    uint64_t ms;
    cy_time date;
  } cases[] = {{0, 0}, {1999, 1}, {(uint64_t)-1, -1}, {(uint64_t)-1000, -1}, {(uint64_t)-1001, -2},
    {UINT64_C(0x7fffffffffffffff), CY_TIME_NONE}, {UINT64_C(0x8000000000000000), CY_TIME_NONE},
    {UINT64_C(253402300799999), 253402300799}, {UINT64_C(253402300800000), CY_TIME_NONE}};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    CY_CLEAN(cy_buf) bytes;
    put_head(&bytes, 2, 1);
    put_trusted(&bytes, "a", cases[i].ms, "X.509", CERT);
    put_end(&bytes, "pw");
    CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), "pw");
    assert_true(doc->entries[0]->date == cases[i].date);
  }
}

static void passwords_are_utf16(void **state)
{
  /* The digest over ka, in UTF-16: 04 3a 04 30. */
  static const cy_span password = {(const uint8_t *)"\x04\x3a\x04\x30", 4};
  CY_CLEAN(cy_buf) bytes;
  cy_digest digest;
  (void)state;
  put_head(&bytes, 2, 0);
  const cy_span parts[] = {password, CY_SPAN("Mighty Aphrodite"), cy_buf_get(&bytes)};
  fine(cy_digest_parts(&digest, CY_SHA1, parts, 3));
  cy_buf_span(&bytes, cy_digest_get(&digest));
  assert_int_equal(failure(cy_buf_get(&bytes), "\xd0\xba\xd0\xb0"), CY_OK);
  assert_int_equal(failure(cy_buf_get(&bytes), "ka"), CY_E_CRYPTO_WRONG_PASSWORD);
}

/* What deserves a look. */

static size_t count_of(const cy_findings *list, cy_finding_id id)
{
  size_t n = 0;
  for (size_t i = 0; i < list->count; i++)
    n += list->items[i]->id == id;
  return n;
}

static void finds_aliases_that_java_does_not(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  CY_CLEAN(cy_findings) list = {0};
  (void)state;
  put_head(&bytes, 2, 4);
  put_trusted(&bytes, "twice", 0, "X.509", CERT);
  put_trusted(&bytes, "Upper", 0, "X.509", CERT);
  put_trusted(&bytes, "twice", 0, "X.509", CERT);
  put_trusted(&bytes, "upper", 0, "X.509", CERT);
  put_end(&bytes, "pw");
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), "pw");
  fine(cy_format_jks.check(doc, &list));
  assert_int_equal(list.count, 2);
  assert_int_equal(count_of(&list, CY_F_JKS_ALIAS_CASE), 1);
  assert_int_equal(count_of(&list, CY_F_JKS_ALIAS_TWICE), 1);
  assert_ptr_equal(find(doc, "twice"), doc->entries[0]);
}

static void finds_nothing_in_a_healthy_store(void **state)
{
  CY_CLEAN(cy_findings) list = {0};
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc(KS, "changeit");
  fine(cy_format_jks.check(doc, &list));
  assert_int_equal(list.count, 0);
}

static void count_loss(void *arg, const char *what, const char *text)
{
  assert_true(strlen(what) > 0);
  ++*(int *)arg;
}

static void says_what_is_lost(void **state)
{
  int lost = 0;
  (void)state;
  cy_entry entry = {.label = (char *)(uintptr_t) "all-small \xc3\xbc"};
  cy_format_jks.losses(&entry, count_loss, &lost);
  assert_int_equal(lost, 0);
  entry.label = (char *)(uintptr_t) "One";
  cy_format_jks.losses(&entry, count_loss, &lost);
  assert_int_equal(lost, 1);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(is_recognised),
    cmocka_unit_test(lists_what_keytool_made),
    cmocka_unit_test(opens_keys),
    cmocka_unit_test(lists_without_a_password),
    cmocka_unit_test(tells_a_wrong_password_from_damage),
    cmocka_unit_test(an_empty_store),
    cmocka_unit_test(aliases_are_javas_text),
    cmocka_unit_test(dates_have_limits),
    cmocka_unit_test(passwords_are_utf16),
    cmocka_unit_test(finds_aliases_that_java_does_not),
    cmocka_unit_test(finds_nothing_in_a_healthy_store),
    cmocka_unit_test(says_what_is_lost),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
