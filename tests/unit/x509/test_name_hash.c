/* causey-test: any-user. The numbers of hashed folders, against OpenSSL's own. */
#include <openssl/x509.h>

#include "tests/lib/unit.h"

#include "base/der.h"
#include "base/text.h"
#include "crypto/lib.h"
#include "tests/unit/x509/make_cert.h"
#include "x509/name.h"

/* OpenSSL's number for these bytes; false when it can not read them as a name. */
static bool peer_hash(cy_span der, unsigned long *hash, unsigned long *old)
{
  const unsigned char *p = der.data;
  int ok = 0;
  OSSL_LIB_CTX *ctx;
  assert_null(cy_lib_ctx(&ctx));
  X509_NAME *name = d2i_X509_NAME(NULL, &p, (long)der.len);
  if (name && p == der.data + der.len)
    *hash = X509_NAME_hash_ex(name, ctx, NULL, &ok);
  if (ok)
    *old = X509_NAME_hash_old(name);
  X509_NAME_free(name);
  cy_lib_clear_errors();
  return ok == 1;
}

static unsigned agreed;

static void compare(cy_span der)
{
  unsigned long hash = 0, old = 0;
  uint32_t ours = 0, ours_old = 0;
  CY_CLEAN(cy_buf) hex = CY_BUF_TEXT;
  bool theirs = peer_hash(der, &hash, &old);
  cy_err *err = cy_name_hash(&ours, der);
  cy_buf_hex(&hex, der);
  if (theirs && (err || ours != hash)) /* OpenSSL refuses some more kinds of values */
    fail_msg("%s: we say %s%08x, OpenSSL %08lx", cy_buf_cstr(&hex), err ? "bad " : "", ours, hash);
  cy_err_free(err);
  if (!theirs)
    return;
  agreed++;
  assert_null(cy_name_hash_old(&ours_old, der));
  assert_int_equal(ours_old, old);
}

static void known_names(void **state)
{
  (void)state;
  static const struct {
    const char *name;
    uint32_t hash, old;
  } known[] = {
    {"", 0xeea339daU, 0x543b6ca4U}, /* openssl req -x509 -subj / */
    {"O=T,CN=a", 0xb71a920aU, 0x7f03d1d8U},
  };
  for (size_t i = 0; i < CY_COUNT(known); i++) {
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    uint32_t hash, old;
    make_name(&name, known[i].name);
    compare(cy_buf_get(&name));
    assert_null(cy_name_hash(&hash, cy_buf_get(&name)));
    assert_null(cy_name_hash_old(&old, cy_buf_get(&name)));
    assert_int_equal(hash, known[i].hash);
    assert_int_equal(old, known[i].old);
  }
}

/* Case and blanks do not count, order and everything else does. */
static void same_words(void **state)
{
  (void)state;
  static const char *const same[] = {
    "O=Big Corp,CN=Root", "O=big  corp,CN= ROOT ", "O=\tBIG\n corp,CN=root"};
  CY_CLEAN(cy_buf) other = CY_BUF_TEXT;
  uint32_t first = 0, hash;
  for (size_t i = 0; i < CY_COUNT(same); i++) {
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    make_name(&name, same[i]);
    compare(cy_buf_get(&name));
    assert_null(cy_name_hash(&hash, cy_buf_get(&name)));
    first = i ? first : hash;
    assert_int_equal(hash, first);
  }
  make_name(&other, "CN=Root,O=Big Corp");
  assert_null(cy_name_hash(&hash, cy_buf_get(&other)));
  assert_int_not_equal(hash, first);
}

/* A generator of odd names: every string type, several values in one part, what is no text. */

static uint32_t seed;

static uint32_t pick(uint32_t n)
{
  seed = seed * 1664525U + 1013904223U;
  return (seed >> 8) % n;
}

static void put_odd_text(cy_buf *out, unsigned width)
{
  static const uint32_t points[] = {
    ' ', ' ', '\t', '\n', 'a', 'A', 'z', 'Z', '0', 0xe4, 0xc4, 0x20ac, 0xd800, 0xa0, 0x1f600, 0, 0x7f, '@'};
  for (uint32_t n = pick(9); n; n--) {
    uint32_t c = points[pick(CY_COUNT(points))];
    if (width == 4)
      cy_buf_u32(out, c);
    else if (width == 2)
      cy_buf_u16(out, (uint16_t)c);
    else if (width == 1)
      cy_buf_u8(out, (uint8_t)c);
    else
      cy_utf8_put(out, c);
  }
}

static void put_odd_attr(cy_buf *out)
{
  static const struct {
    uint8_t tag;
    unsigned width;
  } kinds[] = {{CY_DER_UTF8_STRING, 0}, {CY_DER_PRINTABLE_STRING, 1}, {CY_DER_T61_STRING, 1},
    {CY_DER_IA5_STRING, 1}, {CY_DER_BMP_STRING, 2}, {CY_DER_UNIVERSAL_STRING, 4},
    {CY_DER_NUMERIC_STRING, 1}, {CY_DER_VISIBLE_STRING, 1}, {CY_DER_OCTET_STRING, 1},
    {CY_DER_UTF8_STRING, 1}, {CY_DER_BMP_STRING, 1}};
  static const char *const types[] = {"2.5.4.3", "2.5.4.10", "2.5.4.6", "1.2.840.113549.1.9.1", "1.2.3.4"};
  size_t at = cy_der_begin(out);
  cy_der_put_oid(out, types[pick(CY_COUNT(types))]);
  size_t kind = pick(CY_COUNT(kinds)), value = cy_der_begin(out);
  put_odd_text(out, kinds[kind].width);
  cy_der_end(out, value, kinds[kind].tag);
  cy_der_end(out, at, CY_DER_SEQUENCE);
}

static void odd_names(void **state)
{
  (void)state;
  agreed = 0;
  seed = 7;
  for (int round = 0; round < 4000; round++) {
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    size_t whole = cy_der_begin(&name);
    for (uint32_t rdns = pick(4); rdns; rdns--) {
      size_t set = cy_der_begin(&name);
      for (uint32_t attrs = 1 + pick(3); attrs; attrs--)
        put_odd_attr(&name);
      cy_der_end(&name, set, CY_DER_SET);
    }
    cy_der_end(&name, whole, CY_DER_SEQUENCE);
    compare(cy_buf_get(&name));
  }
  assert_true(agreed > 1000);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(known_names), cmocka_unit_test(same_words), cmocka_unit_test(odd_names)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
