/* Certificates made of what a listing tells: what they say, and how far paths go with them. */
#include "tests/lib/errors.h"

#include "x509/name.h"
#include "x509/stand_in.h"
#include "x509/verify.h"

typedef struct {
  cy_buf issuer, subject;
  cy_cert_outline outline;
} listed;

static void list(listed *l, const char *subject, const char *issuer, cy_key_type type, unsigned bits)
{
  static const uint8_t serial[] = {0x00, 0x94};
  *l = (listed){.issuer = CY_BUF_TEXT, .subject = CY_BUF_TEXT};
  fine(cy_name_parse(&l->issuer, issuer));
  fine(cy_name_parse(&l->subject, subject));
  l->outline = (cy_cert_outline){.issuer = cy_buf_get(&l->issuer),
    .subject = cy_buf_get(&l->subject),
    .serial = cy_span_of(serial, sizeof serial),
    .not_before = cy_time_from_civil(2026, 1, 1, 0, 0, 0),
    .not_after = cy_time_from_civil(2028, 1, 1, 0, 0, 0),
    .key_type = type,
    .key_bits = bits,
    .signature = CY_OID_SHA256_RSA};
}

static void listed_clear(listed *l)
{
  cy_buf_clear(&l->issuer);
  cy_buf_clear(&l->subject);
}

static void has_key(cy_key_type type, unsigned bits, bool brainpool)
{
  listed l;
  cy_cert *cert;
  list(&l, "CN=a", "CN=ca", type, bits);
  l.outline.brainpool = brainpool;
  fine(cy_cert_stand_in_new(&cert, &l.outline));
  const cy_cert_view *v = cy_cert_get(cert);
  assert_int_equal(v->key_error, CY_OK);
  assert_int_equal(v->key.type, type);
  assert_int_equal(v->key.bits, type == CY_KEY_UNKNOWN ? 0 : bits);
  cy_cert_free(cert);
  listed_clear(&l);
}

static void test_keys(void **state)
{
  static const unsigned rsa[] = {512, 1023, 1024, 2048, 4096}, nist[] = {192, 224, 256, 384, 521};
  static const unsigned brainpool[] = {256, 384, 512};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(rsa); i++)
    has_key(CY_KEY_RSA, rsa[i], false);
  for (size_t i = 0; i < CY_COUNT(nist); i++)
    has_key(CY_KEY_EC, nist[i], false);
  for (size_t i = 0; i < CY_COUNT(brainpool); i++)
    has_key(CY_KEY_EC, brainpool[i], true);
  has_key(CY_KEY_DSA, 1024, false);
  has_key(CY_KEY_DSA, 2048, false);
  has_key(CY_KEY_UNKNOWN, 0, false);
}

static void test_fields(void **state)
{
  static const char *const domains[] = {"a.example", "b.example"}, *const addresses[] = {
                                                                     "192.0.2.7", "::1", "x"};
  listed l;
  cy_cert *cert, *again, *plain;
  (void)state;
  list(&l, "CN=a,O=Example", "CN=ca,O=Example", CY_KEY_EC, 256);
  l.outline.domains = domains;
  l.outline.domain_count = 2;
  l.outline.addresses = addresses;
  l.outline.address_count = 3;
  l.outline.is_ca = true;
  fine(cy_cert_stand_in_new(&cert, &l.outline));
  fine(cy_cert_stand_in_new(&again, &l.outline));
  const cy_cert_view *v = cy_cert_get(cert);
  assert_true(v->stand_in);
  assert_true(v->is_ca);
  assert_true(cy_cert_ext(v, CY_OID_SUBJECT_ALT_NAME) != NULL);
  assert_int_equal(v->sig_alg, CY_OID_SHA256_RSA);
  assert_int_equal(v->not_after, l.outline.not_after);
  assert_true(cy_name_equal(v->subject, l.outline.subject));
  assert_true(cy_cert_equal(cert, again));
  /* Read by itself it is a certificate like any other; only who knows says what it is. */
  fine(cy_cert_parse(&plain, cy_cert_der(cert)));
  assert_false(cy_cert_get(plain)->stand_in);
  cy_cert_free(plain);
  fine(cy_cert_stand_in_parse(&plain, cy_cert_der(cert)));
  assert_true(cy_cert_get(plain)->stand_in);
  cy_cert_free(plain);
  cy_cert_free(cert);
  cy_cert_free(again);
  listed_clear(&l);
}

static bool holds(cy_cert *leaf, cy_cert *ca, int year, const char *host, cy_rule *broken)
{
  CY_CLEAN(cy_certs) anchors = {0};
  CY_AUTO(cy_verification) *v = NULL;
  fine(cy_certs_add(&anchors, ca));
  const cy_verify_request request = {.target = leaf,
    .anchors = &anchors,
    .at = cy_time_from_civil(year, 6, 1, 0, 0, 0),
    .purpose = CY_PURPOSE_SERVER,
    .profile = CY_PROFILE_OPENSSL,
    .host = host};
  fine(cy_verify(&v, &request));
  const cy_path *path = cy_verification_best(v);
  const cy_path_issue *issue = path ? cy_path_first(path) : NULL;
  *broken = issue ? issue->rule : CY_RULE_COUNT;
  if (issue)
    assert_non_null(strstr(issue->what, "as the listing tells it"));
  return v->ok;
}

/* Names decide; dates, sizes and names that were told count, what was not told does not. */
static void test_paths(void **state)
{
  static const char *const domains[] = {"a.example"};
  listed l, c, o;
  cy_cert *leaf, *ca, *other;
  cy_rule broken;
  (void)state;
  list(&l, "CN=a,O=Example", "CN=ca,O=Example", CY_KEY_EC, 256);
  l.outline.domains = domains;
  l.outline.domain_count = 1;
  list(&c, "CN=ca,O=Example", "CN=ca,O=Example", CY_KEY_RSA, 2048);
  list(&o, "CN=other,O=Example", "CN=other,O=Example", CY_KEY_RSA, 2048);
  fine(cy_cert_stand_in_new(&leaf, &l.outline));
  fine(cy_cert_stand_in_new(&ca, &c.outline)); /* whether it is a CA was not told */
  fine(cy_cert_stand_in_new(&other, &o.outline));
  assert_true(holds(leaf, ca, 2026, "a.example", &broken));
  assert_false(holds(leaf, ca, 2030, "a.example", &broken));
  assert_int_equal(broken, CY_RULE_EXPIRED);
  assert_false(holds(leaf, ca, 2026, "b.example", &broken));
  assert_int_equal(broken, CY_RULE_HOST);
  assert_false(holds(leaf, other, 2026, "a.example", &broken));
  assert_int_equal(broken, CY_RULE_NO_ISSUER);
  cy_cert_free(leaf);
  cy_cert_free(ca);
  cy_cert_free(other);
  listed_clear(&l);
  listed_clear(&c);
  listed_clear(&o);
}

static cy_err *make(void *arg)
{
  cy_cert *cert;
  CY_TRY(cy_cert_stand_in_new(&cert, arg));
  cy_cert_free(cert);
  return NULL;
}

static void test_memory(void **state)
{
  listed l;
  (void)state;
  list(&l, "CN=a", "CN=ca", CY_KEY_RSA, 1024);
  memory_ends_anywhere(make, &l.outline, 3);
  listed_clear(&l);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_keys), cmocka_unit_test(test_fields),
    cmocka_unit_test(test_paths), cmocka_unit_test(test_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
