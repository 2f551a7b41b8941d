#include "tests/unit/crypto/read.h"

#include "crypto/codes.h"
#include "crypto/lib.h"
#include "crypto/pbe.h"

static cy_secret *secret(const char *text)
{
  cy_secret *s = NULL;
  if (text)
    assert_fine(cy_secret_copy(&s, cy_span_str(text)));
  return s;
}

static void assert_hex(cy_span bytes, const char *hex)
{
  CY_CLEAN(cy_buf) want = CY_BUF_TEXT;
  put_hex(&want, hex);
  assert_int_equal(bytes.len, want.len);
  assert_memory_equal(bytes.data, want.data, want.len);
}

/* RFC 6070; RFC 7914 section 11 for SHA-256. */
static void pbkdf2_is_as_published(void **state)
{
  static const struct {
    cy_digest_alg prf;
    const char *password;
    cy_span salt;
    uint64_t iterations;
    size_t len;
    const char *key;
  } cases[] = {
    {CY_SHA1, "password", {(const uint8_t *)"salt", 4}, 1, 20, "0c60c80f961f0e71f3a9b524af6012062fe037a6"},
    {CY_SHA1, "password", {(const uint8_t *)"salt", 4}, 2, 20, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"},
    {CY_SHA1, "password", {(const uint8_t *)"salt", 4}, 4096, 20, "4b007901b765489abead49d926f721d065a429c1"},
    {CY_SHA1, "passwordPASSWORDpassword", {(const uint8_t *)"saltSALTsaltSALTsaltSALTsaltSALTsalt", 36}, 4096,
      25, "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"},
    {CY_SHA256, "passwd", {(const uint8_t *)"salt", 4}, 1, 64,
      "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
      "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"},
    {CY_SHA256, "Password", {(const uint8_t *)"NaCl", 4}, 80000, 64,
      "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
      "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"},
  };
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    CY_AUTO(cy_secret) *key = NULL;
    assert_fine(cy_pbkdf2(&key, cases[i].len, cases[i].prf, cy_span_str(cases[i].password), cases[i].salt,
      cases[i].iterations));
    assert_hex(cy_secret_get(key), cases[i].key);
  }
}

static void nothing_is_a_password_and_a_salt(void **state)
{
  CY_AUTO(cy_secret) *key = NULL;
  assert_fine(cy_pbkdf2(&key, 16, CY_SHA256, CY_SPAN_NONE, CY_SPAN_NONE, 1));
  assert_int_equal(key->len, 16);
  cy_secret_free(key);
  key = NULL;
  assert_fine(cy_pkcs12_kdf(&key, 20, 3, CY_SHA1, NULL, CY_SPAN("salt"), 1));
  assert_int_equal(key->len, 20);
  cy_secret_free(key);
  key = NULL;
  assert_code(cy_pkcs12_kdf(&key, 20, 3, CY_SHA1, NULL, CY_SPAN_NONE, 1), CY_E_CRYPTO_UNSUPPORTED);
}

/* The well-known vectors of "smeg" and "queeg", which most PKCS#12 implementations test with. */
static void pkcs12_derivation_is_as_published(void **state)
{
  static const struct {
    const char *password, *salt;
    int id;
    uint64_t iterations;
    const char *key;
  } cases[] = {
    {"smeg", "0a58cf64530d823f", 1, 1, "8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3"},
    {"smeg", "0a58cf64530d823f", 2, 1, "79993dfe048d3b76"},
    {"smeg", "642b99ab44fb4b1f", 1, 1, "f3a95fec48d7711e985cfe67908c5ab79fa3d7c5caa5d966"},
    {"smeg", "642b99ab44fb4b1f", 2, 1, "c0a38d64a79bea1d"},
    {"smeg", "3d83c0e4546ac140", 3, 1, "8d967d88f6caa9d714800ab3d48051d63f73a312"},
    {"queeg", "05dec959acff72f7", 1, 1000, "ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4"},
    {"queeg", "05dec959acff72f7", 2, 1000, "11dedad7758d4860"},
    {"queeg", "1682c0fc5b3f7ec5", 1, 1000, "483dd6e919d7de2e8e648ba8f862f3fbfbdc2bcb2c02957f"},
    {"queeg", "1682c0fc5b3f7ec5", 2, 1000, "9d461d1b00355c50"},
    {"queeg", "263216fcc2fab31c", 3, 1000, "5ec4c7a80df652294c3925b6489a7ab857c83476"},
  };
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    CY_AUTO(cy_secret) *password = secret(cases[i].password);
    CY_AUTO(cy_secret) *key = NULL;
    CY_CLEAN(cy_buf) salt = CY_BUF_TEXT;
    put_hex(&salt, cases[i].salt);
    assert_fine(cy_pkcs12_kdf(&key, strlen(cases[i].key) / 2, cases[i].id, CY_SHA1, password,
      cy_buf_get(&salt), cases[i].iterations));
    assert_hex(cy_secret_get(key), cases[i].key);
  }
}

static void costs_are_bounded(void **state)
{
  CY_AUTO(cy_secret) *key = NULL;
  cy_digest mac;
  const uint64_t counts[] = {0, CY_MAX_KDF_ITERATIONS + 1ull, UINT64_MAX};
  for (size_t i = 0; i < CY_COUNT(counts); i++) {
    assert_code(cy_pbkdf2(&key, 16, CY_SHA1, CY_SPAN("p"), CY_SPAN("s"), counts[i]), CY_E_CRYPTO_COST);
    assert_code(cy_pkcs12_kdf(&key, 16, 1, CY_SHA1, NULL, CY_SPAN("s"), counts[i]), CY_E_CRYPTO_COST);
    assert_code(cy_pkcs12_mac(&mac, CY_SHA1, NULL, CY_SPAN("s"), counts[i], CY_SPAN("x")), CY_E_CRYPTO_COST);
  }
}

/* Columns of the Wycheproof table. */
enum { PRF, BITS, PASSWORD, SALT, ITERATIONS, IV, MESSAGE, CIPHERTEXT, RESULT, COLUMNS };

static void put_algid(cy_buf *algid, char *const *row, cy_span salt, cy_span iv)
{
  char name[32];
  snprintf(name, sizeof name, "hmacWith%s", row[PRF]);
  cy_oid prf = cy_oid_find_name(cy_span_str(name));
  snprintf(name, sizeof name, "AES-%s-CBC", row[BITS]);
  cy_oid cipher = cy_oid_find_name(cy_span_str(name));
  assert_true(prf != CY_OID_UNKNOWN && cipher != CY_OID_UNKNOWN);
  size_t seq = cy_der_begin(algid);
  cy_der_put(algid, CY_DER_OID, cy_oid_content(CY_OID_PBES2));
  size_t params = cy_der_begin(algid), kdf = cy_der_begin(algid);
  cy_der_put(algid, CY_DER_OID, cy_oid_content(CY_OID_PBKDF2));
  size_t inner = cy_der_begin(algid);
  cy_der_put(algid, CY_DER_OCTET_STRING, salt);
  cy_der_put_uint(algid, strtoull(row[ITERATIONS], NULL, 10));
  cy_der_put_uint(algid, strtoull(row[BITS], NULL, 10) / 8);
  size_t at = cy_der_begin(algid);
  cy_der_put(algid, CY_DER_OID, cy_oid_content(prf));
  cy_der_put_null(algid);
  cy_der_end(algid, at, CY_DER_SEQUENCE);
  cy_der_end(algid, inner, CY_DER_SEQUENCE);
  cy_der_end(algid, kdf, CY_DER_SEQUENCE);
  at = cy_der_begin(algid);
  cy_der_put(algid, CY_DER_OID, cy_oid_content(cipher));
  cy_der_put(algid, CY_DER_OCTET_STRING, iv);
  cy_der_end(algid, at, CY_DER_SEQUENCE);
  cy_der_end(algid, params, CY_DER_SEQUENCE);
  cy_der_end(algid, seq, CY_DER_SEQUENCE);
}

static void run_row(char *const *row)
{
  cy_buf bytes[COLUMNS];
  CY_CLEAN(cy_buf) algid = CY_BUF_TEXT;
  CY_AUTO(cy_secret) *password = NULL;
  CY_AUTO(cy_secret) *plain = NULL;
  for (int i = 0; i < COLUMNS; i++) {
    bytes[i] = CY_BUF_TEXT;
    if (i == PASSWORD || i == SALT || (i >= IV && i <= CIPHERTEXT))
      put_hex(&bytes[i], row[i]);
  }
  assert_fine(cy_secret_copy(&password, cy_buf_get(&bytes[PASSWORD])));
  put_algid(&algid, row, cy_buf_get(&bytes[SALT]), cy_buf_get(&bytes[IV]));
  assert_fine(cy_pbe_decrypt(&plain, cy_buf_get(&algid), password, cy_buf_get(&bytes[CIPHERTEXT])));
  assert_true(cy_span_equal(cy_secret_get(plain), cy_buf_get(&bytes[MESSAGE])));
  for (int i = 0; i < COLUMNS; i++)
    cy_buf_clear(&bytes[i]);
}

static void wycheproof_agrees(void **state)
{
  CY_CLEAN(cy_buf) table = CY_BUF_TEXT;
  read_fixture(&table, "wycheproof", "pbes2.tsv");
  char *line_state, *cell_state, *row[COLUMNS];
  size_t rows = 0;
  cy_buf_cstr(&table);
  char *text = (char *)table.data;
  for (char *line = strtok_r(text, "\n", &line_state); line; line = strtok_r(NULL, "\n", &line_state)) {
    if (line[0] == '#')
      continue;
    int column = 0;
    for (char *cell = strtok_r(line, "\t", &cell_state); cell && column < COLUMNS; column++) {
      row[column] = cell;
      cell = strtok_r(NULL, "\t", &cell_state);
    }
    assert_int_equal(column, COLUMNS);
    assert_string_equal(row[RESULT], "valid");
    run_row(row);
    rows++;
  }
  assert_int_equal(rows, 270);
}

/* The parts of a PKCS#12 file's MAC. */
typedef struct {
  cy_span content, algid, digest, salt;
  uint64_t iterations;
} mac_parts;

static mac_parts split_pfx(cy_span pfx, const char *file)
{
  mac_parts m = {.iterations = 1};
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, pfx);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_der_uint(&seq);
  cy_cur safe = cy_der_enter(&seq, CY_DER_SEQUENCE);
  cy_der_take(&safe, CY_DER_OID);
  cy_cur wrapped = cy_der_enter(&safe, CY_DER_CONTEXT_CONSTRUCTED(0));
  m.content = cy_der_take(&wrapped, CY_DER_OCTET_STRING);
  cy_cur mac = cy_der_enter(&seq, CY_DER_SEQUENCE);
  cy_cur info = cy_der_enter(&mac, CY_DER_SEQUENCE);
  m.algid = cy_der_take_whole(&info, CY_DER_SEQUENCE);
  m.digest = cy_der_take(&info, CY_DER_OCTET_STRING);
  m.salt = cy_der_take(&mac, CY_DER_OCTET_STRING);
  if (cy_cur_more(&mac))
    m.iterations = cy_der_uint(&mac);
  if (parse.reason)
    fail_msg("%s: byte %zu, %s", file, parse.offset, parse.reason);
  return m;
}

static void classic_macs_are_those_of_openssl(void **state)
{
  static const char *const names[CY_DIGESTS] = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"};
  CY_AUTO(cy_secret) *password = secret("M\xc3\xa4" "c \xf0\x9f\x98\x80");
  for (cy_digest_alg alg = CY_MD5; alg < CY_DIGESTS; alg++) {
    CY_CLEAN(cy_buf) pfx = CY_BUF_TEXT;
    char file[64];
    cy_digest mac;
    snprintf(file, sizeof file, "%s.p12", names[alg]);
    read_fixture(&pfx, "pkcs12-mac", file);
    mac_parts m = split_pfx(cy_buf_get(&pfx), file);
    assert_fine(cy_pkcs12_mac(&mac, alg, password, m.salt, m.iterations, m.content));
    assert_true(cy_span_equal(cy_digest_get(&mac), m.digest));
    assert_fine(cy_pkcs12_mac(&mac, alg, NULL, m.salt, m.iterations, m.content));
    assert_false(cy_span_equal(cy_digest_get(&mac), m.digest));
    assert_fine(cy_pkcs12_mac(&mac, alg, password, m.salt, m.iterations + 1, m.content));
    assert_false(cy_span_equal(cy_digest_get(&mac), m.digest));
  }
}

static void pbmac1_is_as_in_rfc_9579(void **state)
{
  enum { GOOD, DIFFERENT, MALFORMED };
  static const struct {
    const char *file;
    int expected;
  } cases[] = {
    {"256_256.good", GOOD}, {"512_256.good", GOOD}, {"512_512.good", GOOD},
    {"256_256.good-shorter-key-len", GOOD}, {"sha1_hmac_and_prf", GOOD},
    {"256_256.bad-iter", DIFFERENT}, {"256_256.bad-salt", DIFFERENT}, {"256_256.bad-key-len", MALFORMED},
    {"256_256.bad-len", MALFORMED}, {"256_256.no-len", MALFORMED}, {"256_256.zero-len", MALFORMED},
    {"256_256.negative-len", MALFORMED}, {"256_256.very-big-len", MALFORMED},
    {"256_256.bad-salt-type", MALFORMED}, {"256_256.no-salt", MALFORMED},
  };
  CY_AUTO(cy_secret) *password = secret("1234");
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    CY_CLEAN(cy_buf) pfx = CY_BUF_TEXT;
    char file[64];
    cy_digest mac;
    snprintf(file, sizeof file, "pbmac1_%s.p12", cases[i].file);
    read_fixture(&pfx, "pbmac1", file);
    mac_parts m = split_pfx(cy_buf_get(&pfx), file);
    cy_err *err = cy_pbmac1_compute(&mac, m.algid, password, m.content);
    if ((cases[i].expected == MALFORMED) != (err != NULL))
      fail_msg("%s: %s", file, err ? cy_err_text(err) : "not refused");
    if (err)
      assert_code(err, CY_E_MALFORMED);
    else if (cy_span_equal(cy_digest_get(&mac), m.digest) != (cases[i].expected == GOOD))
      fail_msg("%s: the value is not as expected", file);
  }
}

static void pbmac1_is_written_as_it_is_read(void **state)
{
  static const cy_digest_alg digests[] = {CY_SHA1, CY_SHA256, CY_SHA384, CY_SHA512};
  CY_AUTO(cy_secret) *password = secret("p");
  for (size_t i = 0; i < CY_COUNT(digests); i++) {
    CY_CLEAN(cy_buf) algid = CY_BUF_TEXT;
    cy_digest mac, again;
    cy_pbe_info info;
    cy_oid hmac;
    assert_fine(cy_pbmac1_algid(&algid, digests[i], 50));
    assert_fine(cy_pbmac1_describe(&info, &hmac, cy_buf_get(&algid)));
    assert_int_equal(info.scheme, CY_OID_PBMAC1);
    assert_int_equal(info.iterations, 50);
    assert_int_equal(info.prf, hmac);
    assert_fine(cy_pbmac1_compute(&mac, cy_buf_get(&algid), password, CY_SPAN("content")));
    assert_int_equal(mac.len, cy_digest_size(digests[i]));
    assert_fine(cy_pbmac1_compute(&again, cy_buf_get(&algid), password, CY_SPAN("Content")));
    assert_memory_not_equal(mac.bytes, again.bytes, mac.len);
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
    cmocka_unit_test(pbkdf2_is_as_published),
    cmocka_unit_test(nothing_is_a_password_and_a_salt),
    cmocka_unit_test(pkcs12_derivation_is_as_published),
    cmocka_unit_test(costs_are_bounded),
    cmocka_unit_test(wycheproof_agrees),
    cmocka_unit_test(classic_macs_are_those_of_openssl),
    cmocka_unit_test(pbmac1_is_as_in_rfc_9579),
    cmocka_unit_test(pbmac1_is_written_as_it_is_read),
  };
  return cmocka_run_group_tests(tests, NULL, end);
}
