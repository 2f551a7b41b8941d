#include "tests/unit/crypto/read.h"

#include <openssl/err.h>

#include "base/mem.h"
#include "base/pem.h"
#include "crypto/codes.h"
#include "crypto/key.h"
#include "crypto/lib.h"

static const char *const keys[] = {"rsa", "rsa-pss", "ec-p256", "ec-p384", "ec-p521", "ec-k256", "ec-bp256t1",
  "ec-explicit", "ec-p256-bare", "dsa", "ed25519", "ed448", "x25519"};

static void load(cy_buf *buf, const char *name, const char *suffix)
{
  char file[128];
  snprintf(file, sizeof file, "%s.%s", name, suffix);
  read_fixture(buf, "keys", file);
}

static void public_halves_are_those_of_openssl(void **state)
{
  for (size_t i = 0; i < CY_COUNT(keys); i++) {
    CY_CLEAN(cy_buf) pkcs8 = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) want = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
    load(&pkcs8, keys[i], "pk8");
    load(&want, keys[i], "spki");
    assert_fine(cy_pkcs8_public(&spki, cy_buf_get(&pkcs8)));
    if (!cy_span_equal(cy_buf_get(&spki), cy_buf_get(&want)))
      fail_msg("%s: another public key", keys[i]);
    assert_int_equal(ERR_peek_error(), 0);
  }
}

static const struct {
  const char *name, *suffix, *pkcs8;
  cy_key_encoding encoding;
} encodings[] = {
  {"rsa", "pkcs1", "rsa", CY_ENCODING_PKCS1_RSA},
  {"dsa", "trad", "dsa", CY_ENCODING_DSA},
  {"ec-p256", "sec1", "ec-p256", CY_ENCODING_SEC1_EC},
  {"ec-p384", "sec1", "ec-p384", CY_ENCODING_SEC1_EC},
  {"ec-p521", "sec1", "ec-p521", CY_ENCODING_SEC1_EC},
  {"ec-k256", "sec1", "ec-k256", CY_ENCODING_SEC1_EC},
  {"ec-bp256t1", "sec1", "ec-bp256t1", CY_ENCODING_SEC1_EC},
  {"ec-explicit", "sec1", "ec-explicit", CY_ENCODING_SEC1_EC},
  {"ec-p256-bare", "sec1", "ec-p256-bare", CY_ENCODING_SEC1_EC},
  {"rsa", "pk8", "rsa", CY_ENCODING_PKCS8},
  {"ed25519", "pk8", "ed25519", CY_ENCODING_PKCS8},
};

static void old_encodings_become_what_openssl_makes(void **state)
{
  for (size_t i = 0; i < CY_COUNT(encodings); i++) {
    CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) want = CY_BUF_TEXT;
    CY_AUTO(cy_secret) *pkcs8 = NULL;
    cy_key_encoding encoding;
    load(&der, encodings[i].name, encodings[i].suffix);
    load(&want, encodings[i].pkcs8, "pk8");
    assert_true(cy_key_encoding_detect(&encoding, cy_buf_get(&der)));
    assert_int_equal(encoding, encodings[i].encoding);
    assert_fine(cy_pkcs8_from(&pkcs8, encoding, cy_buf_get(&der)));
    if (!cy_span_equal(cy_secret_get(pkcs8), cy_buf_get(&want)))
      fail_msg("%s.%s: another PKCS#8", encodings[i].name, encodings[i].suffix);
  }
}

/* The same key with a compressed point compares with a certificate all the same. */
static void compressed_points_are_written_out(void **state)
{
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  CY_AUTO(cy_secret) *pkcs8 = NULL;
  cy_key_info info;
  load(&der, "ec-p256-compressed", "sec1");
  assert_fine(cy_pkcs8_from(&pkcs8, CY_ENCODING_SEC1_EC, cy_buf_get(&der)));
  assert_fine(cy_pkcs8_public(&spki, cy_secret_get(pkcs8)));
  assert_fine(cy_key_info_parse(&info, cy_buf_get(&spki)));
  assert_int_equal(info.type, CY_KEY_EC);
  assert_int_equal(info.curve, CY_OID_P256);
}

/* Java writes the curve inside the key as well; then the two must be one. */
static void two_curves_are_refused(void **state)
{
  static const cy_oid curves[] = {CY_OID_P256, CY_OID_P384};
  CY_CLEAN(cy_buf) sec1 = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) want = CY_BUF_TEXT;
  load(&sec1, "ec-p256", "sec1");
  load(&want, "ec-p256", "spki");
  for (size_t i = 0; i < CY_COUNT(curves); i++) {
    CY_CLEAN(cy_buf) pkcs8 = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
    size_t seq = cy_der_begin(&pkcs8);
    cy_der_put_uint(&pkcs8, 0);
    size_t alg = cy_der_begin(&pkcs8);
    cy_der_put(&pkcs8, CY_DER_OID, cy_oid_content(CY_OID_EC));
    cy_der_put(&pkcs8, CY_DER_OID, cy_oid_content(curves[i]));
    cy_der_end(&pkcs8, alg, CY_DER_SEQUENCE);
    cy_der_put(&pkcs8, CY_DER_OCTET_STRING, cy_buf_get(&sec1));
    cy_der_end(&pkcs8, seq, CY_DER_SEQUENCE);
    cy_err *err = cy_pkcs8_public(&spki, cy_buf_get(&pkcs8));
    if (curves[i] != CY_OID_P256) {
      assert_code(err, CY_E_KEY_MALFORMED);
      continue;
    }
    assert_fine(err);
    assert_true(cy_span_equal(cy_buf_get(&spki), cy_buf_get(&want)));
  }
}

/* A number too long for any key is refused before OpenSSL computes with it. */
static void keys_of_absurd_size_are_refused(void **state)
{
  CY_CLEAN(cy_buf) pkcs8 = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) number = CY_BUF_TEXT;
  cy_buf_fill(&number, 0x55, 20000);
  size_t seq = cy_der_begin(&pkcs8);
  cy_der_put_uint(&pkcs8, 0);
  size_t alg = cy_der_begin(&pkcs8);
  cy_der_put(&pkcs8, CY_DER_OID, cy_oid_content(CY_OID_DSA));
  size_t params = cy_der_begin(&pkcs8);
  for (int i = 0; i < 3; i++)
    cy_der_put_unsigned(&pkcs8, cy_buf_get(&number));
  cy_der_end(&pkcs8, params, CY_DER_SEQUENCE);
  cy_der_end(&pkcs8, alg, CY_DER_SEQUENCE);
  cy_der_put(&pkcs8, CY_DER_OCTET_STRING, CY_SPAN("\x02\x01\x05"));
  cy_der_end(&pkcs8, seq, CY_DER_SEQUENCE);
  assert_code(cy_pkcs8_public(&spki, cy_buf_get(&pkcs8)), CY_E_CRYPTO_UNSUPPORTED);
}

static void what_is_cut_short_is_malformed(void **state)
{
  for (size_t i = 0; i < CY_COUNT(encodings); i++) {
    CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
    load(&der, encodings[i].name, encodings[i].suffix);
    for (size_t len = 0; len < der.len; len++) {
      CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
      CY_AUTO(cy_secret) *pkcs8 = NULL;
      CY_AUTO(cy_key) *key = NULL;
      cy_key_encoding encoding;
      cy_span cut = cy_span_of(der.data, len);
      assert_false(cy_key_encoding_detect(&encoding, cut));
      assert_code(cy_pkcs8_from(&pkcs8, encodings[i].encoding, cut), CY_E_KEY_MALFORMED);
      assert_code(cy_pkcs8_public(&spki, cut), CY_E_KEY_MALFORMED);
      assert_code(cy_key_from_pkcs8(&key, cut), CY_E_KEY_MALFORMED);
    }
  }
}

static void damage_is_no_crash(void **state)
{
  for (size_t i = 0; i < CY_COUNT(keys); i++) {
    CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
    load(&der, keys[i], "pk8");
    for (size_t at = 0; at < der.len && at < 400; at++) {
      CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
      CY_AUTO(cy_key) *key = NULL;
      der.data[at] ^= (uint8_t)(1 << (at % 8));
      cy_err_free(cy_pkcs8_public(&spki, cy_buf_get(&der)));
      if (at < 60)
        cy_err_free(cy_key_from_pkcs8(&key, cy_buf_get(&der)));
      der.data[at] ^= (uint8_t)(1 << (at % 8));
      assert_int_equal(ERR_peek_error(), 0);
    }
  }
}

static void a_key_without_its_curve_says_so(void **state)
{
  static const uint8_t bare[] = {0x30, 0x07, 2, 1, 1, 4, 2, 1, 2};
  CY_AUTO(cy_secret) *pkcs8 = NULL;
  cy_err *err = cy_pkcs8_from(&pkcs8, CY_ENCODING_SEC1_EC, cy_span_of(bare, sizeof bare));
  assert_non_null(strstr(cy_err_text(err), "curve"));
  assert_non_null(strstr(cy_err_fix(err), "EC PARAMETERS"));
  assert_code(err, CY_E_KEY_MALFORMED);
}

/* RFC 8410 section 10.3 has this key with attributes and public key, which OpenSSL 3.0 does not read. */
static void version_one_is_read(void **state)
{
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  CY_AUTO(cy_key) *key = NULL;
  cy_key_info info;
  put_hex(&der, "3072020101300506032b657004220420"
                "d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842"
                "a01f301d060a2a864886f70d01090914310f0c0d437572646c6520436861697273"
                "81210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1");
  assert_fine(cy_key_from_pkcs8(&key, cy_buf_get(&der)));
  assert_fine(cy_key_spki(key, &spki));
  assert_fine(cy_key_info_parse(&info, cy_buf_get(&spki)));
  assert_int_equal(info.bit_string.len, 32);
  assert_memory_equal(info.bit_string.data, "\x19\xbf\x44\x09\x69\x84\xcd\xfe", 8);
}

static const struct {
  const char *key;
  cy_sign_how how;
  const char *algid;
} signatures[] = {
  {"rsa", {CY_SHA256, false}, "300d06092a864886f70d01010b0500"},
  {"rsa", {CY_MD5, false}, "300d06092a864886f70d0101040500"},
  {"rsa", {CY_SHA1, true}, "300d06092a864886f70d01010a3000"},
  {"rsa", {CY_SHA256, true}, "304106092a864886f70d01010a3034a00f300d06096086480165030402010500"
    "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120"},
  {"rsa-pss", {CY_SHA256, false}, "304106092a864886f70d01010a3034a00f300d06096086480165030402010500"
    "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120"},
  {"ec-p256", {CY_SHA256, false}, "300a06082a8648ce3d040302"},
  {"ec-p384", {CY_SHA384, false}, "300a06082a8648ce3d040303"},
  {"ec-p521", {CY_SHA512, false}, "300a06082a8648ce3d040304"},
  {"ec-k256", {CY_SHA1, false}, "300906072a8648ce3d0401"},
  {"ec-p256-bare", {CY_SHA224, false}, "300a06082a8648ce3d040301"},
  {"dsa", {CY_SHA256, false}, "300b0609608648016503040302"},
  {"ed25519", {CY_SHA256, false}, "300506032b6570"},
  {"ed448", {CY_SHA256, true}, "300506032b6571"},
};

static void what_a_key_signs_its_public_half_checks(void **state)
{
  for (size_t i = 0; i < CY_COUNT(signatures); i++) {
    CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) signature = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) algid = CY_BUF_TEXT;
    CY_AUTO(cy_key) *key = NULL;
    bool good = false;
    load(&der, signatures[i].key, "pk8");
    put_hex(&algid, signatures[i].algid);
    assert_fine(cy_key_from_pkcs8(&key, cy_buf_get(&der)));
    assert_string_equal(cy_key_where(key), "software");
    assert_fine(cy_key_spki(key, &spki));
    assert_fine(cy_key_sign(key, &signatures[i].how, CY_SPAN("words"), &signature));
    assert_fine(cy_signature_check(&good, cy_buf_get(&spki), cy_buf_get(&algid), CY_SPAN("words"),
      cy_buf_get(&signature)));
    if (!good)
      fail_msg("signature %zu, by %s, does not verify", i, signatures[i].key);
    assert_fine(cy_signature_check(&good, cy_buf_get(&spki), cy_buf_get(&algid), CY_SPAN("Words"),
      cy_buf_get(&signature)));
    assert_false(good);
  }
}

static void a_key_that_can_not_sign_says_so(void **state)
{
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) signature = CY_BUF_TEXT;
  CY_AUTO(cy_key) *key = NULL;
  CY_AUTO(cy_secret) *plain = NULL;
  load(&der, "x25519", "pk8");
  assert_fine(cy_key_from_pkcs8(&key, cy_buf_get(&der)));
  const cy_sign_how how = {CY_SHA256, false};
  assert_code(cy_key_sign(key, &how, CY_SPAN("x"), &signature), CY_E_CRYPTO_FAILED);
  assert_code(cy_key_decrypt(key, CY_SPAN("x"), &plain), CY_E_CRYPTO_FAILED);
  assert_int_equal(signature.len, 0);
}

static void keys_are_shared_and_exported(void **state)
{
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  CY_AUTO(cy_secret) *pkcs8 = NULL;
  cy_key *key = NULL;
  load(&der, "rsa", "pk8");
  assert_fine(cy_key_from_pkcs8(&key, cy_buf_get(&der)));
  cy_key *again = cy_key_ref(key);
  assert_ptr_equal(key, again);
  cy_key_free(key);
  assert_fine(cy_key_export(again, &pkcs8));
  assert_true(cy_span_equal(cy_secret_get(pkcs8), cy_buf_get(&der)));
  cy_key_free(again);
  cy_key_free(NULL);
}

static unsigned freed;
static void note_free(void *self)
{
  freed++;
}

static bool deny(size_t size, void *arg)
{
  return (*(long *)arg)-- == 0;
}

static void a_key_may_live_elsewhere(void **state)
{
  static const cy_key_ops ops = {.where = "elsewhere", .free = note_free};
  CY_AUTO(cy_secret) *pkcs8 = NULL;
  cy_key *key = NULL;
  long left = 0;
  assert_fine(cy_key_new(&key, &ops, NULL));
  assert_string_equal(cy_key_where(key), "elsewhere");
  assert_code(cy_key_export(key, &pkcs8), CY_E_KEY_NOT_EXPORTABLE);
  assert_code(cy_key_decrypt(key, CY_SPAN("x"), &pkcs8), CY_E_CRYPTO_UNSUPPORTED);
  cy_key_free(key);
  assert_int_equal(freed, 1);
  cy_mem_hook(deny, &left);
  cy_err *err = cy_key_new(&key, &ops, NULL);
  cy_mem_hook(NULL, NULL);
  assert_int_equal(freed, 2); /* taken, so freed though it failed */
  assert_code(err, CY_E_NO_MEMORY);
}

static cy_err *all_of_it(cy_span sec1, cy_secret **pkcs8, cy_key **key, cy_buf *signature)
{
  const cy_sign_how how = {CY_SHA256, false};
  CY_TRY(cy_pkcs8_from(pkcs8, CY_ENCODING_SEC1_EC, sec1));
  CY_TRY(cy_key_from_pkcs8(key, cy_secret_get(*pkcs8)));
  return cy_key_sign(*key, &how, CY_SPAN("x"), signature);
}

static void no_memory_is_survived(void **state)
{
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  load(&der, "ec-p256", "sec1");
  bool finished = false;
  for (long n = 0; !finished; n++) {
    CY_CLEAN(cy_buf) signature = CY_BUF_TEXT;
    CY_AUTO(cy_secret) *pkcs8 = NULL;
    CY_AUTO(cy_key) *key = NULL;
    long left = n;
    cy_mem_hook(deny, &left);
    cy_err *err = all_of_it(cy_buf_get(&der), &pkcs8, &key, &signature);
    cy_mem_hook(NULL, NULL);
    finished = left >= 0;
    assert_int_equal(finished, err == NULL);
    cy_err_free(err);
    assert_true(n < 1000);
  }
}

/* Traditional PEM. */

static const char *const pem_ciphers[] = {
  "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des-ede3-cbc", "des-cbc",
  "camellia-128-cbc", "camellia-192-cbc", "camellia-256-cbc", "aria-128-cbc", "aria-192-cbc", "aria-256-cbc",
  "seed-cbc", "sm4-cbc"};

typedef struct {
  cy_buf text, sealed;
  cy_span dek_info;
} sealed_pem;

static void load_pem(sealed_pem *pem, const char *cipher)
{
  char name[64];
  cy_pem_block block;
  bool found = false;
  snprintf(name, sizeof name, "rsa-%s", cipher);
  pem->text = CY_BUF_TEXT;
  pem->sealed = CY_BUF_TEXT;
  load(&pem->text, name, "pem");
  cy_pem cur = cy_pem_begin(cy_buf_get(&pem->text));
  assert_fine(cy_pem_next(&cur, &block, &found));
  assert_true(found);
  assert_fine(cy_pem_decode(&pem->sealed, &block));
  pem->dek_info = cy_pem_header(&block, "DEK-Info");
  assert_true(pem->dek_info.len > 0);
}

static void clear_pem(sealed_pem *pem)
{
  cy_buf_clear(&pem->text);
  cy_buf_clear(&pem->sealed);
}

static void traditional_pem_of_every_cipher_opens(void **state)
{
  CY_CLEAN(cy_buf) want = CY_BUF_TEXT;
  CY_AUTO(cy_secret) *password = NULL;
  CY_AUTO(cy_secret) *wrong = NULL;
  load(&want, "rsa", "pkcs1");
  assert_fine(cy_secret_copy(&password, CY_SPAN("trad pass")));
  assert_fine(cy_secret_copy(&wrong, CY_SPAN("Trad pass")));
  for (size_t i = 0; i < CY_COUNT(pem_ciphers); i++) {
    CY_AUTO(cy_secret) *der = NULL;
    sealed_pem pem;
    load_pem(&pem, pem_ciphers[i]);
    cy_span sealed = cy_buf_get(&pem.sealed);
    assert_code(cy_pem_key_decrypt(&der, pem.dek_info, wrong, sealed), CY_E_CRYPTO_WRONG_PASSWORD);
    assert_code(cy_pem_key_decrypt(&der, pem.dek_info, NULL, sealed), CY_E_CRYPTO_WRONG_PASSWORD);
    assert_fine(cy_pem_key_decrypt(&der, pem.dek_info, password, sealed));
    assert_true(cy_span_equal(cy_secret_get(der), cy_buf_get(&want)));
    assert_int_equal(ERR_peek_error(), 0);
    clear_pem(&pem);
  }
}

static void headers_that_are_wrong_are_named(void **state)
{
  static const struct {
    const char *dek_info;
    cy_err_code code;
  } cases[] = {
    {"", CY_E_KEY_MALFORMED},
    {"AES-128-CBC", CY_E_KEY_MALFORMED},
    {"AES-128-CBC,", CY_E_KEY_MALFORMED},
    {"AES-128-CBC,00", CY_E_KEY_MALFORMED},
    {"AES-128-CBC,0", CY_E_KEY_MALFORMED},
    {"AES-128-CBC,000102030405060708090a0b0c0d0e0x", CY_E_KEY_MALFORMED},
    {"DES-CBC,000102030405060708090a0b0c0d0e0f", CY_E_KEY_MALFORMED},
    {"ROT13,0001020304050607", CY_E_CRYPTO_UNSUPPORTED},
    {"AES-128-GCM,000102030405060708090a0b", CY_E_CRYPTO_UNSUPPORTED},
    {",0001020304050607", CY_E_CRYPTO_UNSUPPORTED},
    {" des-ede3-cbc , 0001020304050607\r", CY_E_CRYPTO_WRONG_PASSWORD},
  };
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    CY_AUTO(cy_secret) *der = NULL;
    assert_code(cy_pem_key_decrypt(&der, cy_span_str(cases[i].dek_info), NULL, CY_SPAN("12345678")),
      cases[i].code);
  }
}

static int end(void **state)
{
  cy_digest_thread_end();
  cy_lib_end();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(public_halves_are_those_of_openssl),
    cmocka_unit_test(old_encodings_become_what_openssl_makes),
    cmocka_unit_test(compressed_points_are_written_out),
    cmocka_unit_test(two_curves_are_refused),
    cmocka_unit_test(keys_of_absurd_size_are_refused),
    cmocka_unit_test(what_is_cut_short_is_malformed),
    cmocka_unit_test(damage_is_no_crash),
    cmocka_unit_test(a_key_without_its_curve_says_so),
    cmocka_unit_test(version_one_is_read),
    cmocka_unit_test(what_a_key_signs_its_public_half_checks),
    cmocka_unit_test(a_key_that_can_not_sign_says_so),
    cmocka_unit_test(keys_are_shared_and_exported),
    cmocka_unit_test(a_key_may_live_elsewhere),
    cmocka_unit_test(no_memory_is_survived),
    cmocka_unit_test(traditional_pem_of_every_cipher_opens),
    cmocka_unit_test(headers_that_are_wrong_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, end);
}
