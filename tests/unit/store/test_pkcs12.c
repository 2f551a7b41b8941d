/* Reading PKCS#12: files of other products, passwords, and what is said of a wrong one. */
#include "tests/unit/store/pkcs12_util.h"

#include "crypto/codes.h"
#include "store/codes.h"

static void is_identity(cy_doc *doc, const char *label, size_t certs, const char *password)
{
  cy_entry *entry = find(doc, label);
  const cy_cert *cert;
  assert_non_null(entry);
  assert_int_equal(entry->kind, CY_ENTRY_IDENTITY);
  assert_int_equal(entry->cert_count, certs);
  for (size_t i = 0; i < certs; i++)
    fine(cy_entry_cert(entry, i, &cert));
  opens(doc, entry, password);
}

static void one_identity(const char *file, const char *password, size_t certs)
{
  CY_AUTO(cy_doc) *doc = open_fixture(file, password);
  assert_int_equal(doc->entry_count, 1);
  is_identity(doc, "leaf", certs, password);
}

static void reads_openssl(void **state)
{
  (void)state;
  one_identity("modern.p12", "secret", 2);
  one_identity("legacy.p12", "secret", 2);
  one_identity("descert.p12", "secret", 2);
  one_identity("nomac.p12", "secret", 2);
  one_identity("sha512.p12", "secret", 2);
  one_identity("clearcert.p12", "secret", 2);
  one_identity("clear.p12", NULL, 2);
  one_identity("tiny.p12", "secret", 1);
  one_identity("unicode.p12", "\u03c3\u03cd\u03bd\u03b8\u03b7\u03bc\u03b1 \u20ac", 2);
}

static void reads_gnutls(void **state)
{
  (void)state;
  one_identity("gnutls.p12", "secret", 2);
}

static void a_named_ca_is_an_entry_too(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = open_fixture("named.p12", "secret");
  assert_int_equal(doc->entry_count, 2);
  is_identity(doc, "leaf", 2, "secret");
  assert_int_equal(find(doc, "the CA")->kind, CY_ENTRY_CERTIFICATE);
}

static void empty_and_absent_passwords_stand_for_each_other(void **state)
{
  (void)state;
  one_identity("empty.p12", "", 2);
  CY_AUTO(cy_doc) *doc = open_fixture("empty.p12", NULL);
  assert_true(doc->password_unneeded);
  is_identity(doc, "leaf", 2, NULL);
}

static void reads_java(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = open_fixture("java-ks.p12", "changeit");
  assert_int_equal(doc->entry_count, 4);
  is_identity(doc, "rsa1", 1, "changeit");
  is_identity(doc, "ec1", 1, "changeit");
  assert_int_equal(find(doc, "rsa1")->date, 1795238783);
  assert_memory_equal(find(doc, "rsa1")->id.data, "Time 1795238783273", 18);
  assert_int_equal(find(doc, "trusted1")->kind, CY_ENTRY_TRUSTED);
  assert_int_equal(find(doc, "aes1")->kind, CY_ENTRY_SECRET);
  assert_int_equal(find(doc, "aes1")->der.len, 0);
  assert_true(find(doc, "aes1")->date > 1795238700);
  opens(doc, find(doc, "aes1"), "changeit");
  CY_AUTO(cy_doc) *legacy = open_fixture("java-legacy.p12", "changeit");
  is_identity(legacy, "rsa1", 1, "changeit");
  CY_AUTO(cy_doc) *trust = open_fixture("java-trust-only.p12", "changeit");
  assert_int_equal(find(trust, "trusted1")->kind, CY_ENTRY_TRUSTED);
  CY_AUTO(cy_doc) *openssl = open_fixture("openssl-trust.p12", "changeit");
  assert_int_equal(find(openssl, "trusted1")->kind, CY_ENTRY_TRUSTED);
}

static void what_needs_no_password_is_not_asked_for(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) bytes = fixture("java-trust-nomac.p12");
  cy_buf copy = CY_BUF_STORE;
  asker a = asker_of("wrong");
  cy_image *image;
  cy_doc *doc;
  cy_buf_span(&copy, cy_buf_get(&bytes));
  fine(cy_image_from(&image, "test.p12", &copy));
  fine(cy_doc_open(&doc, image, NULL, &a.ask)); /* and is recognised by its content */
  assert_ptr_equal(doc->format, &cy_format_pkcs12);
  assert_int_equal(a.asked, 0);
  assert_true(doc->password_unneeded);
  assert_int_equal(find(doc, "trusted1")->kind, CY_ENTRY_TRUSTED);
  cy_doc_free(doc);
}

static void reads_ber(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = open_fixture("ber.p12", "12345");
  assert_int_equal(doc->entry_count, 3);
  is_identity(doc, "Docker_Playground_TLS", 3, "12345");
}

static void reads_pbmac1(void **state)
{
  (void)state;
  cy_doc *doc;
  CY_AUTO(cy_doc) *good = open_fixture("pbmac1.p12", "1234");
  assert_int_equal(good->entries[0]->kind, CY_ENTRY_IDENTITY);
  CY_CLEAN(cy_buf) bytes = fixture("pbmac1.p12");
  fails(open_bytes(&doc, cy_buf_get(&bytes), "4321"), CY_E_CRYPTO_WRONG_PASSWORD);
  CY_CLEAN(cy_buf) weak = fixture("pbmac1-short-key.p12");
  fails(open_bytes(&doc, cy_buf_get(&weak), "1234"), CY_E_STORE_DAMAGED);
}

static void sealed_for_somebody_is_named(void **state)
{
  (void)state;
  cy_doc *doc;
  CY_CLEAN(cy_buf) bytes = fixture("enveloped.p12");
  fails(open_bytes(&doc, cy_buf_get(&bytes), ""), CY_E_CRYPTO_UNSUPPORTED);
}

/* Trap A15. */
static void a_wrong_password_is_not_damage(void **state)
{
  static const char *const files[] = {"modern.p12", "legacy.p12", "nomac.p12", "clearcert.p12", "java-ks.p12",
    "gnutls.p12", "tiny-nomac.p12"};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    cy_doc *doc;
    CY_CLEAN(cy_buf) bytes = fixture(files[i]);
    cy_err *err = open_bytes(&doc, cy_buf_get(&bytes), "wrong");
    assert_false(cy_err_is(err, CY_E_STORE_DAMAGED));
    assert_int_equal(cy_err_exit(err), CY_EXIT_REFUSED);
    fails(err, CY_E_CRYPTO_WRONG_PASSWORD);
    if (i == 3)
      continue;
    err = open_bytes(&doc, cy_buf_get(&bytes), NULL);
    assert_false(cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD));
    fails(err, CY_E_STORE_PASSWORD_NEEDED);
  }
}

static size_t find_bytes(cy_span in, const void *what, size_t len)
{
  for (size_t i = 0; i + len <= in.len; i++)
    if (memcmp(in.data + i, what, len) == 0)
      return i;
  fail();
  return 0;
}

/* Trap A15: the right password, but one bit is not as it was. */
static void damage_is_not_a_wrong_password(void **state)
{
  (void)state;
  static const char *const files[] = {"modern.p12", "legacy.p12", "clearcert.p12"};
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    cy_doc *doc;
    CY_CLEAN(cy_buf) bytes = fixture(files[i]);
    bytes.data[bytes.len - 20] ^= 1; /* in the MAC's value or salt: the content still decrypts */
    cy_err *err = open_bytes(&doc, cy_buf_get(&bytes), "secret");
    assert_false(cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD));
    fails(err, CY_E_STORE_DAMAGED);
  }
  cy_doc *doc;
  CY_CLEAN(cy_buf) bytes = fixture("modern.p12");
  fails(open_bytes(&doc, cy_span_of(bytes.data, bytes.len - 1), "secret"), CY_E_STORE_DAMAGED);
}

static void lists_keys_without_checking_when_no_password_is_given(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = open_fixture("clearcert.p12", NULL);
  const cy_secret *pkcs8;
  assert_true(doc->mac_unchecked);
  assert_int_equal(find(doc, "leaf")->kind, CY_ENTRY_IDENTITY);
  assert_int_equal(find(doc, "leaf")->cert_count, 2);
  fails(cy_entry_key_open(find(doc, "leaf"), "x", NULL, NULL, &pkcs8), CY_E_STORE_PASSWORD_NEEDED);
}

static void a_huge_count_is_refused_at_once(void **state)
{
  (void)state;
  cy_doc *doc;
  CY_CLEAN(cy_buf) bytes = fixture("sha512.p12"); /* 20000 = 0x4e20: two octets, then four */
  cy_span all = cy_buf_get(&bytes);
  assert_memory_equal(all.data + all.len - 4, "\x02\x02\x4e\x20", 4);
  CY_CLEAN(cy_buf) huge = CY_BUF_STORE;
  cy_buf_put(&huge, all.data, all.len - 4);
  cy_buf_put(&huge, "\x02\x05\x00\x80\x00\x00\x00", 7);
  size_t mac = find_bytes(all, "\x30\x61\x30\x51", 4);
  huge.data[mac + 1] += 3;
  huge.data[3] += 3;
  fails(open_bytes(&doc, cy_buf_get(&huge), "secret"), CY_E_CRYPTO_COST);
}

static void finds_what_java_will_not_see(void **state)
{
  static const struct {
    const char *file, *password;
    int java, weak, no_mac;
  } rows[] = {{"certs.p12", "secret", 1, 0, 0}, {"java-trust-only.p12", "changeit", 0, 0, 0},
    {"java-trust-nomac.p12", NULL, 0, 0, 1}, {"modern.p12", "secret", 0, 0, 0},
    {"named.p12", "secret", 0, 0, 0},
    {"legacy.p12", "secret", 0, 1, 0}, {"tiny.p12", "secret", 0, 1, 0}, {"java-ks.p12", "changeit", 0, 0, 0},
    {"nomac.p12", "secret", 0, 0, 1}};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_AUTO(cy_doc) *doc = open_fixture(rows[i].file, rows[i].password);
    CY_CLEAN(cy_findings) findings = {0};
    int count[CY_F_COUNT] = {0};
    fine(doc->format->check(doc, &findings));
    fine(cy_findings_check(&findings));
    for (size_t f = 0; f < findings.count; f++)
      count[findings.items[f]->id]++;
    assert_int_equal(count[CY_F_STORE_NO_JAVA_TRUST], rows[i].java);
    assert_int_equal(count[CY_F_P12_WEAK], rows[i].weak);
    assert_int_equal(count[CY_F_P12_NO_MAC], rows[i].no_mac);
    assert_int_equal(findings.count, rows[i].java + rows[i].weak + rows[i].no_mac);
  }
}

static cy_err *collect(void *arg, const void *data, size_t len)
{
  cy_buf_put(arg, data, len);
  return NULL;
}

static void describes_itself(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = open_fixture("legacy.p12", "secret");
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  const cy_out_options options = {.format = CY_OUT_JSON};
  CY_AUTO(cy_out) *out = NULL;
  fine(cy_out_new(&out, &options, (cy_sink){collect, &text}, (cy_sink){collect, &text}));
  cy_out_document(out, "causey.test/1", 0);
  fine(doc->format->describe(doc, out));
  fine(cy_out_finish(out));
  const char *json = cy_buf_cstr(&text);
  assert_non_null(strstr(json, "HMAC-SHA1, 2048 iterations"));
  assert_non_null(strstr(json, "PKCS#12 SHA-1 RC2-40, 2048 iterations, 2 bags"));
  assert_non_null(strstr(json, "in clear, 1 bag"));
  assert_non_null(strstr(json, "PKCS#12 SHA-1 3DES, 2048 iterations"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(reads_openssl),
    cmocka_unit_test(reads_gnutls),
    cmocka_unit_test(a_named_ca_is_an_entry_too),
    cmocka_unit_test(empty_and_absent_passwords_stand_for_each_other),
    cmocka_unit_test(reads_java),
    cmocka_unit_test(what_needs_no_password_is_not_asked_for),
    cmocka_unit_test(reads_ber),
    cmocka_unit_test(reads_pbmac1),
    cmocka_unit_test(sealed_for_somebody_is_named),
    cmocka_unit_test(a_wrong_password_is_not_damage),
    cmocka_unit_test(damage_is_not_a_wrong_password),
    cmocka_unit_test(lists_keys_without_checking_when_no_password_is_given),
    cmocka_unit_test(a_huge_count_is_refused_at_once),
    cmocka_unit_test(finds_what_java_will_not_see),
    cmocka_unit_test(describes_itself),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
