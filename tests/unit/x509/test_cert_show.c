/* Certificates and their extensions in words and as JSON. */
#include "tests/lib/unit.h"

#include "base/mem.h"
#include "base/time.h"
#include "tests/unit/x509/make_cert.h"
#include "x509/cert_show.h"

static cy_err *collect(void *arg, const void *data, size_t len)
{
  cy_buf_put(arg, data, len);
  return NULL;
}

#define KEY32 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
static const cy_time NOW = 1780272000; /* 2026-06-01 */

static void show_as(cy_buf *text, cy_out_format format, const char *profile, const char *edits,
  bool all_names)
{
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  CY_AUTO(cy_cert) *cert = NULL;
  CY_AUTO(cy_out) *out = NULL;
  cy_out_options options = {.format = format};
  cy_sink sink = {collect, text};
  cy_cert_show_options how = {.now = NOW, .all_names = all_names};
  make_cert(&der, profile, edits);
  assert_null(cy_cert_parse(&cert, cy_buf_get(&der)));
  assert_null(cy_out_new(&out, &options, sink, sink));
  cy_out_document(out, "test/1", 0);
  assert_null(cy_cert_show(out, cy_cert_get(cert), &how));
  assert_null(cy_out_finish(out));
}

static void has(cy_buf *text, const char *wanted)
{
  if (!strstr(cy_buf_cstr(text), wanted))
    fail_msg("not there: %s\nin: %s", wanted, cy_buf_cstr(text));
}

static void hasnt(cy_buf *text, const char *unwanted)
{
  if (strstr(cy_buf_cstr(text), unwanted))
    fail_msg("there: %s\nin: %s", unwanted, cy_buf_cstr(text));
}

static void fields(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) json = CY_BUF_TEXT;
  show_as(&text, CY_OUT_TEXT, "server", "", false);
  has(&text, "Subject        CN=mq1.example,O=Example,C=GB\n");
  has(&text, "Issuer         CN=Example Root,O=Example,C=GB\n");
  has(&text, "Serial number  4b1d5e2a9c0f7e33\n");
  has(&text, "Validity       213 days left\n");
  has(&text, "Key            RSA 2048\n");
  has(&text, "SHA-256        ");
  hasnt(&text, "Version");
  assert_true(strstr(cy_buf_cstr(&text), "SHA-256 ") < strstr(cy_buf_cstr(&text), "SHA-1 "));
  show_as(&json, CY_OUT_JSON, "server", "", false);
  has(&json, "\"not_before\": \"2026-01-01T00:00:00Z\"");
  has(&json, "\"days_left\": 213");
  has(&json, "\"validity\": \"valid\"");
  has(&json, "\"signature_algorithm\": \"sha256WithRSAEncryption\"");
  has(&json, "\"bits\": 2048");
  has(&json, "\"exponent\": \"010001\"");
  has(&json, "\"kind\": \"dns\"");
}

static void validity(void **state)
{
  (void)state;
  static const struct {
    const char *edits;
    const char *words;
  } rows[] = {
    {"after u:260530000000Z", "expired 2 days ago"},
    {"after u:260531230000Z", "expired 1 hour ago"},
    {"before u:260601030000Z", "not valid before 3 hours from now"},
    {"after u:260601001000Z", "10 minutes left"},
    {"after u:260602000000Z", "1 day left"},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    show_as(&text, CY_OUT_TEXT, "server", rows[i].edits, false);
    has(&text, rows[i].words);
  }
}

static void all_notations(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) json = CY_BUF_TEXT;
  show_as(&text, CY_OUT_TEXT, "server", "", true);
  has(&text, "/C=GB/O=Example/CN=mq1.example\n");
  has(&text, "CN=mq1.example.O=Example.C=GB\n");
  has(&text, "SERIALNUMBER=4B:1D:5E:2A:9C:0F:7E:33,CN=mq1.example,O=Example,C=GB\n");
  show_as(&json, CY_OUT_JSON, "server", "", true);
  has(&json, "\"subject_names\": {");
  has(&json, "\"mq_peer_name\": \"SERIALNUMBER=4B:");
}

/* What stands in an extension (hex), what people and what programs must then see. */
static const struct {
  const char *edits;
  const char *words;
  const char *json;
} extensions[] = {
  {"+ku! 030206c0", "Key Usage, critical  ", "\"digitalSignature\",\n"},
  {"+ku! 030206c0", "digital signature, non-repudiation", "\"nonRepudiation\"\n"},
  {"+ku 03020780", "Key Usage  ", "\"critical\": false"},
  {"+ku 030100", "none", "\"usages\": []"},
  {"+ku 0303070080", "decipher only", "\"decipherOnly\""},
  {"+bc! 30060101ff020100", "a CA, path length 0 (no further CA below it)", "\"path_length\": 0"},
  {"+bc 3000", "not a CA", "\"path_length\": null"},
  {"+eku 300806062a0304050607", "1.2.3.4.5.6.7", "\"1.2.3.4.5.6.7\""},
  {"names dns=a.example,ip=c0000201", "IP address 192.0.2.1", "\"value\": \"192.0.2.1\""},
  {"+akid 3012820102a10da40b3009310730050603550403", "malformed", "\"malformed\": \""},
  {"+akid 3003820105", "serial 05", "\"serial\": \"05\""},
  {"+nc! 300ca00a300882066578616d706c", "permitted DNS exampl", "\"permitted\": ["},
  {"+nc! 300ca10a300882066578616d706c", "excluded DNS exampl", "\"excluded\": ["},
  {"+cps 300a3008060667810c010201", "domain validated (2.23.140.1.2.1)", "\"oid\": \"2.23.140.1.2.1\""},
  {"+cps 30173015060667810c010201300b300906082b06010505070202", "malformed", "\"malformed\""},
  {"+cps 301d301b060667810c010201301130" "0f06082b060105050702011603613a62", "practice statement: a:b",
    "\"uri\": \"a:b\""},
  {"+cdp 300b3009a007a0058603613a62", "URI a:b", "\"points\": ["},
  {"+cdp 300f300da007a0058603613a6281020640", "only for keyCompromise", "\"reasons\": ["},
  {"+aia 3011300f06082b0601050507300186" "03613a62", "OCSP responder: URI a:b", "\"method\": \"OCSP\""},
  {"+pm 300a300806022a0306022a04", "1.2.3 of the issuer equals 1.2.4", "\"issuer_policy\": \"1.2.3\""},
  {"+pc! 3006800100810102", "policy mapping is inhibited after 2", "\"inhibit_policy_mapping\": 2"},
  {"+iap 020103", "after 3 more", "\"skip_certificates\": 3"},
  {"+1.3.6.1.5.5.7.1.24 3003020105", "must staple an OCSP answer", "\"features\": [\n"},
  {"+ns 030206c0", "TLS client, TLS server", "\"TLS server\""},
  {"+2.16.840.1.113730.1.13 16026869", "hi", "\"text\": \"hi\""},
  {"+1.3.6.1.4.1.311.20.2 1e0400570065", "We", "\"text\": \"We\""},
  {"+1.3.6.1.4.1.311.21.7 300a06022a03020164020104", "template 1.2.3, version 100.4",
    "\"major_version\": 100"},
  {"+1.3.6.1.4.1.311.21.1 0203010002", "certificate 2 of the CA, key 1", "\"key_index\": 1"},
  {"+1.3.6.1.5.5.7.1.3 300a3008060604008e460101", "EU qualified certificate", "\"id\": \"qcCompliance\""},
  {"+1.3.6.1.5.5.7.1.3 30183016060604008e460106300c060a04008e4601060104", "malformed", "\"malformed\""},
  {"+1.3.6.1.5.5.7.48.1.5 0500", "OCSP No Check", "\"noCheck\""},
  {"+2.5.29.16 3011810f32303236303130313030303030305a", "until 2026-01-01T00:00:00Z",
    "\"not_after\": \"2026"},
  {"+scts 0431002f002d00" KEY32 "0000018bcfe56800" "0000" "0400", "2023-11-14T22:13:20Z log 0011223344556677",
    "\"log_id\": \"00112233"},
  {"+1.2.3.4 0102", "01:02", "\"value\": \"0102\""},
  {"+1.2.3.4! 0102", "1.2.3.4, critical", "\"name\": null"},
};

static void each_extension(void **state)
{
  (void)state;
  for (size_t i = 0; i < CY_COUNT(extensions); i++) {
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) json = CY_BUF_TEXT;
    show_as(&text, CY_OUT_TEXT, "server", extensions[i].edits, false);
    has(&text, extensions[i].words);
    show_as(&json, CY_OUT_JSON, "server", extensions[i].edits, false);
    has(&json, extensions[i].json);
    bool broken = strcmp(extensions[i].words, "malformed") == 0;
    if (!broken)
      hasnt(&text, "malformed");
  }
}

static void long_bytes_are_cut(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) json = CY_BUF_TEXT;
  const char *edit = "+1.2.3.4 " KEY32 KEY32;
  show_as(&text, CY_OUT_TEXT, "server", edit, false);
  has(&text, "... (64 bytes)");
  show_as(&json, CY_OUT_JSON, "server", edit, false);
  has(&json, "\"value\": \"" KEY32 KEY32 "\"");
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(fields), cmocka_unit_test(validity),
    cmocka_unit_test(all_notations), cmocka_unit_test(each_extension), cmocka_unit_test(long_bytes_are_cut)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
