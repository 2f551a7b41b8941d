/* CipherSpecs and their aliases; definitions as sides; failing allocations; many definitions. */
#include "tests/lib/unit.h"

#include "base/mem.h"
#include "tls/codes.h"
#include "tls/mq.h"

static void test_ciphers(void **state)
{
  enum { ONLY_12 = CY_TLS_BIT(CY_TLS12), ONLY_13 = CY_TLS_BIT(CY_TLS13) };
  static const struct {
    const char *name;
    unsigned versions;
    uint16_t suite; /* 0: an alias */
    bool open_ended, off;
  } want[] = {{"ANY_TLS12", ONLY_12, 0, false, false},
    {"any_tls12_or_higher", ONLY_12 | ONLY_13, 0, true, false}, {"ANY_TLS13", ONLY_13, 0, false, false},
    {"ANY_TLS13_OR_HIGHER", ONLY_13, 0, true, false},
    {"ECDHE_RSA_3DES_EDE_CBC_SHA256", ONLY_12, 0xc012, false, true},
    {"TLS_RSA_WITH_AES_128_CBC_SHA", CY_TLS_BIT(CY_TLS10), 0x2f, false, true},
    {"RC4_MD5_US", CY_TLS_BIT(CY_SSL3), 4, false, true},
    {"TLS_AES_256_GCM_SHA384", ONLY_13, 0x1302, false, false},
    {"ECDHE_ECDSA_AES_128_GCM_SHA256", ONLY_12, 0xc02b, false, false}};
  for (size_t i = 0; i < CY_COUNT(want); i++) {
    cy_mq_cipher got;
    assert_true(cy_mq_cipher_find(&got, want[i].name));
    assert_int_equal(got.versions, want[i].versions);
    assert_int_equal(got.suite ? got.suite->code : 0, want[i].suite);
    assert_int_equal(got.open_ended, want[i].open_ended);
    assert_int_equal(got.off, want[i].off);
  }
  cy_mq_cipher none;
  assert_false(cy_mq_cipher_find(&none, "ANY_TLS14"));
  assert_false(cy_mq_cipher_find(&none, ""));
}

static void test_nearest(void **state)
{
  static const struct {
    const char *name, *nearest;
    bool foreign;
  } want[] = {{"ANY_TS12", "ANY_TLS12", false}, {"ANY_TLS12_OR_ABOVE", "ANY_TLS12_OR_HIGHER", false},
    {"*TLS13ORHIGHER", "ANY_TLS13_OR_HIGHER", true},
    {"ECDHE-RSA-AES256-GCM-SHA384", "ECDHE_RSA_AES_256_GCM_SHA384", true},
    {"ECDHE_RSA_AES_256_GMC_SHA384", "ECDHE_RSA_AES_256_GCM_SHA384", false},
    {"C02B", "ECDHE_ECDSA_AES_128_GCM_SHA256", true}};
  for (size_t i = 0; i < CY_COUNT(want); i++) {
    char room[80];
    bool foreign;
    const char *got = cy_mq_cipher_nearest(want[i].name, &foreign, room);
    assert_non_null(got);
    assert_string_equal(got, want[i].nearest);
    assert_int_equal(foreign, want[i].foreign);
  }
  char room[80];
  bool foreign;
  assert_null(cy_mq_cipher_nearest("something quite different", &foreign, room));
}

static void test_java(void **state)
{
  cy_mq_cipher got;
  bool ibm;
  assert_true(cy_mq_cipher_find_java(&got, "*TLS12", &ibm));
  assert_int_equal(got.versions, CY_TLS_BIT(CY_TLS12));
  assert_true(cy_mq_cipher_find_java(&got, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", &ibm));
  assert_false(ibm);
  assert_int_equal(got.suite->code, 0xc030);
  assert_true(cy_mq_cipher_find_java(&got, "SSL_ECDHE_RSA_WITH_AES_256_GCM_SHA384", &ibm));
  assert_true(ibm);
  assert_false(cy_mq_cipher_find_java(&got, "ECDHE_RSA_AES_256_GCM_SHA384", &ibm));
}

static cy_err *load(cy_tls_sides *sides, const char *reader, const char *text)
{
  const cy_tls_read_how how = {0};
  return cy_tls_sides_parse(sides, cy_tls_reader_find(reader), "/nowhere/f", cy_span_str(text), &how);
}

static const char script[] =
  "ALTER QMGR SSLKEYR('/nowhere/at/all/key') CERTLABL(abc)\n"
  "DEFINE CHANNEL(A) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS12)\n"
  "DEFINE CHANNEL(B) CHLTYPE(SDR) SSLCIPH(ANY_TS12) CONNAME('x(1)')\n"
  "DEFINE CHANNEL(C) CHLTYPE(CLNTCONN) SSLCIPHR(A) QMNAME(Q)\n"
  "DEFINE CHANNEL(D) CHLTYPE(CLNTCONN) QMNAME(Q) SSLCIPH(ANY_TLS13) SSLPEER('x)\n";
static const char json[] =
  "{\"channel\": [{\"name\": \"A\", \"clientConnection\": {\"connection\": [{\"host\": \"h\"}],"
  "\"queueManager\": \"Q\"}, \"transmissionSecurity\": {\"cipherSpecification\": \"ANY\"}}]}";
static const char shown[] =
  "AMQ8408I: x\n QMNAME(Q)\nAMQ8414I: x\n CHANNEL(A) CHLTYPE(RCVR)\n SSLCIPH(ANY_TLS13)\n";

static const char bindings[] = "a/ClassName=com.ibm.mq.jms.MQConnectionFactory\na/RefAddr/1/Type=SCPHS\n"
                               "a/RefAddr/1/Content=ANY_TLS12\n";
static const char admin[] = "DEF CF(a) SSLCIPHERSUITE(*TLS12) +\n HOST(h) SSLPERNAME(x)\n";
static const char env[] =
  "MQSERVER='A/TCP/h(1)'\nexport MQCCDTURL=file:///nowhere/x.json MQSSLKEYR=/nowhere/k\n";
static const char ini[] =
  "CHANNELS:\n ServerConnectionParms=A/TCP/h(1)\n ChannelDefinitionFile=x.json\nSSL:\n"
  " SSLKeyRepository=/nowhere/a\n AllowTLSV31=Y\n AllowedCipherSpecs=ANY_TLS12,X\n";

static void test_sides(void **state)
{
  CY_CLEAN(cy_tls_sides) sides = {0};
  assert_null(load(&sides, "mqsc", script));
  assert_int_equal(sides.count, 3);
  const cy_tls_side *a = sides.items[0], *b = sides.items[1];
  assert_int_equal(a->role, CY_TLS_SERVER);
  assert_int_equal(a->demand_versions, CY_TLS_BIT(CY_TLS12));
  assert_int_equal(a->versions, CY_TLS_BIT(CY_TLS12) | CY_TLS_BIT(CY_TLS13));
  assert_string_equal(a->demand_text, "ANY_TLS12");
  assert_int_equal(b->role, CY_TLS_CLIENT);
  assert_string_equal(b->host, "x");
  assert_true(sides.items[2]->clear);
  CY_CLEAN(cy_tls_sides) table = {0};
  assert_null(load(&table, "ccdt", json));
  assert_int_equal(table.count, 1);
  assert_string_equal(table.items[0]->label, "A");
  assert_string_equal(table.items[0]->host, "h");
  CY_CLEAN(cy_tls_sides) display = {0};
  assert_null(load(&display, "mqdisplay", shown));
  assert_string_equal(display.items[0]->name, "channel A (RCVR of Q)");
}

/* Above a thousand, channels that are alike are one side; each can still be chosen. */
static void test_many(void **state)
{
  CY_CLEAN(cy_buf) text = CY_BUF((size_t)4 << 20);
  CY_CLEAN(cy_tls_sides) sides = {0};
  for (int i = 0; i < 3000; i++)
    cy_buf_printf(
      &text, "DEFINE CHANNEL(C%d) CHLTYPE(SVRCONN) SSLCIPH(%s)\n", i, i % 2 ? "ANY_TLS13" : "ANY");
  assert_null(load(&sides, "mqsc", cy_buf_cstr(&text)));
  assert_int_equal(sides.count, 2);
  assert_string_equal(sides.items[1]->name, "channel C1 and 1499 like it (SVRCONN)");
}

static size_t left;

static bool deny(size_t size, void *arg)
{
  return left-- == 0;
}

static void test_memory(void **state)
{
  static const char *const inputs[][2] = {{"mqsc", script}, {"ccdt", json}, {"mqdisplay", shown},
    {"jndi", bindings}, {"jmsadmin", admin}, {"mqenv", env}, {"mqclient", ini}, {"qmini", ini}};
  for (size_t i = 0; i < CY_COUNT(inputs); i++) {
    bool done = false;
    for (size_t n = 0; n < 2000 && !done; n++) {
      CY_CLEAN(cy_tls_sides) sides = {0};
      left = n;
      cy_mem_hook(deny, NULL);
      cy_err *err = load(&sides, inputs[i][0], inputs[i][1]);
      cy_mem_hook(NULL, NULL);
      done = !err;
      cy_err_free(err);
    }
    assert_true(done);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_ciphers), cmocka_unit_test(test_nearest),
    cmocka_unit_test(test_java), cmocka_unit_test(test_sides), cmocka_unit_test(test_many),
    cmocka_unit_test(test_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
