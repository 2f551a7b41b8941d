/* Certificate requests: one that `openssl req` made, whole, altered and cut. */
#include "tests/lib/unit.h"

#include "crypto/lib.h"
#include "tests/unit/x509/make_cert.h"
#include "x509/codes.h"
#include "x509/request.h"

/* C=GB, CN=mq1.example; an EC key; challenge password, unstructured name; keyUsage and subjectAltName. */
static const char REQUEST[] =
  "308201443081eb0201003023310b30090603550406130247423114301206035504030c0b6d71312e6578616d70"
  "6c653059301306072a8648ce3d020106082a8648ce3d03010703420004affecaeeaaef764e13f8f68ed3204357"
  "5f45c9ac7f111a9f032b4ed1bf456292e00b7b88f497d56b24bcccfad9c9fd830456ef7098b8fbd8e64d77c6c4"
  "e14b76a066301306092a864886f70d01090231060c04686f7374301606092a864886f70d01090731090c077365"
  "6372657431303706092a864886f70d01090e312a3028300e0603551d0f0101ff04040302078030160603551d11"
  "040f300d820b6d71312e6578616d706c65300a06082a8648ce3d0403020348003045022100c93c74ee65a96c8f"
  "a1782e8bc7bad38eb8d4fa86d25b8a389c04d6f63cb2019502200df86fa3f3ab525caa6a2d47c90163aba87017"
  "77db6d20631c34c51ebc239c25";

static void parsed(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_request_view view;
  make_hex(&der, REQUEST);
  assert_null(cy_request_view_parse(&view, cy_buf_get(&der)));
  cy_name_format(&name, view.subject, CY_NAMES_RFC4514);
  assert_string_equal(cy_buf_cstr(&name), "CN=mq1.example,C=GB");
  assert_int_equal(view.version, 1);
  assert_int_equal(view.key.curve, CY_OID_P256);
  assert_int_equal(view.sig_alg, CY_OID_SHA256_ECDSA);
  assert_int_equal(view.ext_count, 2);
  assert_true(view.has_challenge_password);
  assert_int_equal(view.other_attributes, 1);
  assert_true(cy_request_ext(&view, CY_OID_KEY_USAGE)->critical);
  assert_false(cy_request_ext(&view, CY_OID_SUBJECT_ALT_NAME)->critical);
  assert_null(cy_request_ext(&view, CY_OID_BASIC_CONSTRAINTS));
}

static void signature(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  cy_request_view view;
  bool good = false;
  make_hex(&der, REQUEST);
  assert_null(cy_request_view_parse(&view, cy_buf_get(&der)));
  assert_null(cy_request_signed(&good, &view));
  assert_true(good);
  der.data[(size_t)(view.subject.data - der.data) + view.subject.len - 1] ^= 1;
  assert_null(cy_request_signed(&good, &view));
  assert_false(good);
}

static void cut_short(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  cy_request_view view;
  make_hex(&der, REQUEST);
  for (size_t len = 0; len < der.len; len++) {
    CY_AUTO(cy_err) *err = cy_request_view_parse(&view, cy_span_of(der.data, len));
    assert_true(cy_err_is(err, CY_E_X509_REQUEST_MALFORMED));
  }
  cy_buf_u8(&der, 0);
  CY_AUTO(cy_err) *err = cy_request_view_parse(&view, cy_buf_get(&der));
  assert_true(cy_err_is(err, CY_E_X509_REQUEST_MALFORMED));
}

/* Some products leave the empty attributes out. */
static void without_attributes(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  cy_request_view view;
  make_hex(&der, "304b303d020100300c310a300806035504030c0178302a300506032b6570032100111111111111111111"
                 "1111111111111111111111111111111111111111111111300506032b65700303000102");
  assert_null(cy_request_view_parse(&view, cy_buf_get(&der)));
  assert_int_equal(view.key.type, CY_KEY_ED25519);
  assert_int_equal(view.ext_count, 0);
  assert_false(view.has_challenge_password);
}

static cy_err *collect(void *arg, const void *data, size_t len)
{
  cy_buf_put(arg, data, len);
  return NULL;
}

static void show_as(cy_buf *text, cy_out_format format, cy_span der)
{
  CY_AUTO(cy_out) *out = NULL;
  cy_out_options options = {.format = format};
  cy_sink sink = {collect, text};
  cy_cert_show_options how = {.now = 0};
  cy_request_view view;
  assert_null(cy_request_view_parse(&view, der));
  assert_null(cy_out_new(&out, &options, sink, sink));
  cy_out_document(out, "test/1", 0);
  assert_null(cy_request_show(out, &view, &how));
  assert_null(cy_out_finish(out));
}

static void shown(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) json = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) bad = CY_BUF_TEXT;
  make_hex(&der, REQUEST);
  show_as(&text, CY_OUT_TEXT, cy_buf_get(&der));
  assert_non_null(strstr(cy_buf_cstr(&text), "ECDSA with SHA-256, by the key in it\n"));
  assert_non_null(strstr(cy_buf_cstr(&text), "Subject Alternative Name  DNS mq1.example\n"));
  assert_null(strstr(cy_buf_cstr(&text), "secret1"));
  show_as(&json, CY_OUT_JSON, cy_buf_get(&der));
  assert_non_null(strstr(cy_buf_cstr(&json), "\"challenge_password\": true"));
  assert_non_null(strstr(cy_buf_cstr(&json), "\"signature\": \"good\""));
  assert_null(strstr(cy_buf_cstr(&json), "secret1"));
  der.data[der.len - 1] ^= 1;
  show_as(&bad, CY_OUT_JSON, cy_buf_get(&der));
  assert_non_null(strstr(cy_buf_cstr(&bad), "\"signature\": \"bad\""));
}

static int end(void **state)
{
  (void)state;
  cy_lib_end();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(parsed), cmocka_unit_test(signature),
    cmocka_unit_test(cut_short), cmocka_unit_test(without_attributes), cmocka_unit_test(shown)};
  return cmocka_run_group_tests(tests, NULL, end);
}
