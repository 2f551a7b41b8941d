/* How each product writes a setting. */
#include "tests/lib/unit.h"

#include "tls/dialect.h"
#include "tls/syntax.h"

static cy_tls_side *side_of(const char *product, cy_tls_role role)
{
  cy_tls_side *side = NULL;
  static const uint16_t suites[] = {0xC02F, 0xC02B}, groups[] = {0x001D, 0x0017},
                        schemes[] = {0x0403, 0x0804};
  assert_null(cy_tls_side_new(&side, "a side", role));
  assert_null(cy_tls_side_set(&side->product, product));
  assert_null(cy_tls_side_set(&side->label, "APP.SVRCONN"));
  side->versions = CY_TLS_BIT(CY_TLS12) | CY_TLS_BIT(CY_TLS13);
  for (size_t i = 0; i < 2; i++) {
    assert_null(cy_codes_add(&side->suites, suites[i]));
    assert_null(cy_codes_add(&side->groups, groups[i]));
    assert_null(cy_codes_add(&side->schemes, schemes[i]));
  }
  assert_null(cy_codes_add(&side->suites13, 0x1302));
  side->own_order = CY_YES;
  side->peer = CY_TLS_PEER_REQUIRED;
  return side;
}

/* NULL: it has no way to write it. */
static void writes(const char *product, cy_tls_role role, cy_tls_field field, const char *want)
{
  CY_AUTO(cy_tls_side) *side = side_of(product, role);
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  assert_int_equal(cy_tls_syntax_put(&text, side, role, field), want != NULL);
  assert_string_equal(cy_buf_cstr(&text), want ? want : "");
  assert_non_null(cy_tls_syntax_reload(side, role, field));
}

static void servers(void **state)
{
  (void)state;
  writes("nginx", CY_TLS_SERVER, CY_TLS_FIELD_VERSIONS, "ssl_protocols TLSv1.2 TLSv1.3;");
  writes("nginx 1.22", CY_TLS_SERVER, CY_TLS_FIELD_SUITES,
    "ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256;");
  writes("nginx", CY_TLS_SERVER, CY_TLS_FIELD_PEER, "ssl_verify_client on;");
  writes("NGINX", CY_TLS_SERVER, CY_TLS_FIELD_ORDER, "ssl_prefer_server_ciphers on;");
  writes("Apache httpd", CY_TLS_SERVER, CY_TLS_FIELD_VERSIONS, "SSLProtocol -all +TLSv1.2 +TLSv1.3");
  writes("haproxy", CY_TLS_SERVER, CY_TLS_FIELD_VERSIONS, "ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.3");
  writes("stunnel", CY_TLS_SERVER, CY_TLS_FIELD_PEER, "verifyChain = yes\nrequireCert = yes");
  writes("PostgreSQL", CY_TLS_SERVER, CY_TLS_FIELD_VERSIONS, "ssl_min_protocol_version = 'TLSv1.2'");
  writes("PostgreSQL", CY_TLS_SERVER, CY_TLS_FIELD_SCHEMES, NULL);
  writes("slapd", CY_TLS_SERVER, CY_TLS_FIELD_VERSIONS, "TLSProtocolMin 3.3");
  writes("RabbitMQ", CY_TLS_SERVER, CY_TLS_FIELD_VERSIONS,
    "ssl_options.versions.1 = tlsv1.3\nssl_options.versions.2 = tlsv1.2");
  writes("Liberty", CY_TLS_SERVER, CY_TLS_FIELD_SUITES13,
    "<ssl enabledCiphers=\"TLS_AES_256_GCM_SHA384 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 "
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\"/>");
  writes("System SSL", CY_TLS_SERVER, CY_TLS_FIELD_VERSIONS,
    "GSK_PROTOCOL_SSLV3=OFF\nGSK_PROTOCOL_TLSV1=OFF\nGSK_PROTOCOL_TLSV1_1=OFF\nGSK_PROTOCOL_TLSV1_2=ON\n"
    "GSK_PROTOCOL_TLSV1_3=ON");
  writes("GSKit", CY_TLS_SERVER, CY_TLS_FIELD_SUITES, "GSK_V3_CIPHER_SPECS_EXPANDED=1302C02FC02B");
  writes("GSKit", CY_TLS_SERVER, CY_TLS_FIELD_SCHEMES, "GSK_TLS_SIG_ALG_PAIRS=04030804");
}

static void clients(void **state)
{
  (void)state;
  writes("curl", CY_TLS_CLIENT, CY_TLS_FIELD_VERSIONS, "--tlsv1.2");
  writes("Java", CY_TLS_CLIENT, CY_TLS_FIELD_VERSIONS, "-Djdk.tls.client.protocols=TLSv1.2,TLSv1.3");
  writes("Java", CY_TLS_SERVER, CY_TLS_FIELD_VERSIONS, "-Djdk.tls.server.protocols=TLSv1.2,TLSv1.3");
  writes("GnuTLS", CY_TLS_CLIENT, CY_TLS_FIELD_VERSIONS,
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:-MAC-ALL:+AEAD:-KX-"
    "ALL:"
    "+ECDHE-RSA:+ECDHE-ECDSA:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:-SIGN-ALL:"
    "+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-RSA-PSS-RSAE-SHA256");
  writes("something new", CY_TLS_CLIENT, CY_TLS_FIELD_VERSIONS, "\"versions\": [\"1.2\", \"1.3\"]");
  writes("IBM MQ client", CY_TLS_CLIENT, CY_TLS_FIELD_VERSIONS,
    "ALTER CHANNEL('APP.SVRCONN') CHLTYPE(CLNTCONN) SSLCIPH('ANY_TLS12_OR_HIGHER')");
}

static void channel_takes(unsigned versions, uint16_t code, const char *want)
{
  CY_AUTO(cy_tls_side) *side = side_of("IBM MQ for z/OS", CY_TLS_SERVER);
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  side->demand_versions = versions;
  if (code)
    assert_null(cy_codes_add(&side->demand_suites, code));
  assert_null(cy_tls_side_note(side, CY_TLS_FIELD_OTHER, "CHLTYPE", "RCVR", "a.mqsc", 3));
  assert_true(cy_tls_syntax_put(&text, side, CY_TLS_SERVER, CY_TLS_FIELD_DEMAND));
  assert_string_equal(cy_buf_cstr(&text), want);
}

static void channels(void **state)
{
  (void)state;
  unsigned tls12 = CY_TLS_BIT(CY_TLS12), tls13 = CY_TLS_BIT(CY_TLS13);
  channel_takes(tls12, 0, "ALTER CHANNEL('APP.SVRCONN') CHLTYPE(RCVR) SSLCIPH('ANY_TLS12')");
  channel_takes(tls13, 0, "ALTER CHANNEL('APP.SVRCONN') CHLTYPE(RCVR) SSLCIPH('ANY_TLS13')");
  channel_takes(
    tls12 | tls13, 0, "ALTER CHANNEL('APP.SVRCONN') CHLTYPE(RCVR) SSLCIPH('ANY_TLS12_OR_HIGHER')");
  channel_takes(
    tls12, 0xC02F, "ALTER CHANNEL('APP.SVRCONN') CHLTYPE(RCVR) SSLCIPH('ECDHE_RSA_AES_128_GCM_SHA256')");
}

/* What is not set is the default, and nothing is written for it. */
static void unset(void **state)
{
  (void)state;
  static const char *const products[] = {"nginx", "Apache", "haproxy", "stunnel", "PostgreSQL", "OpenSSL",
    "curl", "slapd", "OpenLDAP", "RabbitMQ", "Java", "Liberty", "GSKit", "IBM MQ", "JSON"};
  for (size_t i = 0; i < CY_COUNT(products); i++)
    for (int role = 0; role < 2; role++)
      for (int field = 0; field < CY_TLS_FIELD_COUNT; field++) {
        CY_AUTO(cy_tls_side) *side = NULL;
        CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
        if (field == CY_TLS_FIELD_DH || field == CY_TLS_FIELD_VERSIONS)
          continue;
        assert_null(cy_tls_side_new(&side, "a side", (cy_tls_role)role));
        assert_null(cy_tls_side_set(&side->product, products[i]));
        side->security_level = -1;
        assert_false(cy_tls_syntax_put(&text, side, (cy_tls_role)role, (cy_tls_field)field));
        assert_int_equal(text.len, 0);
      }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(servers), cmocka_unit_test(clients),
    cmocka_unit_test(channels), cmocka_unit_test(unset)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
