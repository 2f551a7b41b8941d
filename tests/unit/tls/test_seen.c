/* Connections that were seen, as sides and as evidence; failing allocations. */
#include "tests/lib/unit.h"

#include "base/mem.h"
#include "tests/lib/errors.h"
#include "tls/codes.h"
#include "tls/evidence.h"
#include "tls/mq.h"
#include "tls/seen_side.h"

static const cy_tls_read_how nowhere = {.root = "/nowhere"};

static void parse(cy_tls_sides *sides, const char *reader, const char *text)
{
  fine(cy_tls_sides_parse(sides, cy_tls_reader_find(reader), "trace", cy_span_str(text), &nowhere));
}

static bool has(const cy_tls_side *side, cy_finding_id id)
{
  for (size_t i = 0; i < side->findings.count; i++)
    if (side->findings.items[i]->id == id)
      return true;
  return false;
}

/* A Java client whose certificates are only named, and a server that wants one. */
static const char java[] =
  "javax.net.ssl|DEBUG|01|main|2026-11-21 15:00:07.9 UTC|X.java:1|trustStore is: /etc/none/trust.p12\n"
  "javax.net.ssl|DEBUG|01|main|2026-11-21 15:00:08 UTC|X.java:1|Produced ClientHello handshake message (\n"
  "  \"cipher suites\"       : \"[TLS_AES_128_GCM_SHA256(0x1301), "
  "TLS_RSA_WITH_AES_128_CBC_SHA(0x002F)]\",\n"
  "    \"supported_versions (43)\": {\n"
  "      \"versions\": [TLSv1.3, TLSv1.2]\n"
  "    \"key_share (51)\": {\n"
  "      \"client_shares\": [  \n"
  "          \"named group\": x25519\n"
  "javax.net.ssl|DEBUG|01|main|2026-11-21 15:00:08 UTC|X.java:1|Consuming ServerHello handshake message (\n"
  "  \"server version\"      : \"TLSv1.2\",\n"
  "  \"cipher suite\"  : \"TLS_RSA_WITH_AES_128_CBC_SHA(0x002F)\",\n"
  "javax.net.ssl|DEBUG|01|main|2026-11-21 15:00:08 UTC|X.java:1|Consuming server Certificate handshake "
  "message (\n"
  "  \"certificate\" : {\n"
  "    \"subject\"            : \"CN=mq1, O=Example\",\n"
  "javax.net.ssl|DEBUG|01|main|2026-11-21 15:00:08 UTC|X.java:1|Consuming CertificateRequest message (\n"
  "  \"certificate authorities\": [CN=Example CA, O=Example]\n"
  "javax.net.ssl|DEBUG|01|main|2026-11-21 15:00:08 UTC|X.java:1|Produced client Certificate handshake "
  "message (\n"
  "javax.net.ssl|DEBUG|01|main|2026-11-21 15:00:09 UTC|X.java:1|Received alert message (\n"
  "  \"level\"      : \"fatal\",\n"
  "  \"description\": \"handshake_failure\"\n";

static void makes_both_ends(void **state)
{
  CY_CLEAN(cy_tls_sides) sides = {0};
  parse(&sides, "trace", java);
  assert_int_equal(sides.count, 2);
  const cy_tls_side *client = sides.items[0], *server = sides.items[1];
  assert_int_equal(client->role, CY_TLS_CLIENT);
  assert_ptr_equal(client->used, server->used);
  assert_int_equal(client->versions, CY_TLS_BIT(CY_TLS12) | CY_TLS_BIT(CY_TLS13));
  assert_int_equal(client->suites.count, 1);
  assert_int_equal(client->suites13.codes[0], 0x1301);
  assert_int_equal(client->shares.codes[0], 0x001d);
  assert_string_equal(client->dialect->id, "jdk-17");
  assert_true(client->trust_unknown);
  assert_int_equal(client->peer, CY_TLS_PEER_REQUIRED);
  assert_int_equal(server->versions, CY_TLS_BIT(CY_TLS12));
  assert_int_equal(server->suites.codes[0], 0x002f);
  assert_true(server->suites13.set && server->suites13.count == 0);
  assert_null(server->dialect);
  /* None came, and it was refused: so it insists. */
  assert_int_equal(server->peer, CY_TLS_PEER_REQUIRED);
  assert_int_equal(server->identity_count, 0);
  assert_true(server->used->names_only);
  assert_int_equal(server->used->came, CY_TLS_CAME_FAILED);
  assert_int_equal(server->used->alert, 40);
  assert_int_equal(server->used->alerter, CY_TLS_SERVER);
  assert_true(has(client, CY_F_TLS_SEEN_ONCE) && has(server, CY_F_TLS_SEEN_PARTLY));
  assert_int_equal(cy_tls_side_setting(client, CY_TLS_FIELD_SHARES)->line, 8);
  cy_err *err = cy_tls_used_check(server);
  fails_with(err, CY_E_TLS_NOT_SEEN);
}

/* What came of it, by what stands behind the agreement. */
static void knows_what_came_of_it(void **state)
{
  static const char agreed[] = "CONNECTED(00000003)\n---\nNew, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384\n";
  static const struct {
    const char *more;
    cy_tls_came came;
  } cases[] = {{"", CY_TLS_CAME_AGREED}, {"verify error:num=19:self-signed\n", CY_TLS_CAME_AGREED},
    {"40:error:0A000126:SSL routines::unexpected eof while reading:x.c:1:\n", CY_TLS_CAME_AGREED},
    {"SSL3 alert read:warning:close notify\n", CY_TLS_CAME_AGREED},
    {"SSL3 alert write:fatal:unknown CA\n", CY_TLS_CAME_FAILED},
    {"40:error:0A000086:SSL routines::certificate verify failed:x.c:1:\n", CY_TLS_CAME_FAILED}};
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    CY_CLEAN(cy_tls_sides) sides = {0};
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    cy_buf_printf(&text, "%s%s", agreed, cases[i].more);
    parse(&sides, "trace", cy_buf_cstr(&text));
    assert_int_equal(sides.count, 2);
    if (sides.items[0]->used->came != cases[i].came)
      fail_msg("%s: %s", cases[i].more, cy_tls_came_name(sides.items[0]->used->came));
  }
}

/* Running channels: alike ones are counted, what does not run is none. */
static const char status[] =
  "AMQ8417I: Display Channel Status details.\n CHANNEL(A) CHLTYPE(SVRCONN) CONNAME(192.0.2.1)\n"
  " CHSTADA(2026-11-02) CHSTATI(09.00.00) SECPROT(TLSV12) SSLCIPH(ECDHE_RSA_AES_128_GCM_SHA256)\n"
  " SSLPEER(CN=jane,O=Example) STATUS(RUNNING)\n"
  "AMQ8417I: Display Channel Status details.\n CHANNEL(A) CHLTYPE(SVRCONN) CONNAME(192.0.2.1)\n"
  " CHSTADA(2026-11-01) CHSTATI(09.00.00) SECPROT(TLSV12) SSLCIPH(ECDHE_RSA_AES_128_GCM_SHA256)\n"
  " SSLPEER(CN=jane,O=Example) STATUS(RUNNING)\n"
  "AMQ8417I: Display Channel Status details.\n CHANNEL(TO.B) CHLTYPE(SDR) CONNAME(b.example(1414))\n"
  " SECPROT(TLSV13) SSLCIPH(TLS_AES_256_GCM_SHA384) SSLPEER(CN=qmb) STATUS(RUNNING)\n"
  "AMQ8417I: Display Channel Status details.\n CHANNEL(C) CHLTYPE(SVRCONN) SECPROT(NONE) SSLCIPH( )\n"
  " STATUS(RUNNING)\n"
  "AMQ8417I: Display Channel Status details.\n CHANNEL(D) CHLTYPE(SDR) STATUS(RETRYING)\n";

static void reads_running_channels(void **state)
{
  CY_CLEAN(cy_tls_sides) sides = {0};
  parse(&sides, "mqdisplay", status);
  assert_int_equal(sides.count, 6);
  const cy_tls_used *used = sides.items[0]->used;
  assert_int_equal(used->times, 2);
  assert_string_equal(used->when, "2026-11-02 09.00.00");
  assert_string_equal(used->client, "192.0.2.1");
  assert_string_equal(used->peer_name, "CN=jane,O=Example");
  assert_int_equal(used->version.code, CY_TLS12);
  assert_int_equal(used->suite.code, 0xc02f);
  assert_int_equal(sides.items[1]->role, CY_TLS_SERVER);
  assert_string_equal(sides.items[1]->dialect->id, "mq-9.3");
  used = sides.items[2]->used;
  assert_string_equal(used->server, "b.example(1414)");
  assert_null(used->peer_name);
  assert_string_equal(sides.items[2]->dialect->id, "mq-9.3");
  assert_true(sides.items[4]->used->clear && sides.items[4]->clear);
}

static void add_side(cy_tls_sides *list, const char *label, cy_tls_role role, unsigned versions)
{
  cy_tls_side *side;
  fine(cy_tls_side_new(&side, label, role));
  fine(cy_tls_side_set(&side->label, label));
  side->versions = versions;
  /* Without certificates, so that the versions alone decide. */
  side->peer = CY_TLS_PEER_IGNORED;
  side->security_level = 0;
  fine(cy_codes_add(&side->suites, 0xc018)); /* ECDH_anon with AES-128 */
  fine(cy_tls_sides_add(list, side));
}

static cy_tls_seen_kind kind_of(unsigned client, unsigned server, const char *label, const char *text)
{
  CY_CLEAN(cy_tls_sides) clients = {0};
  CY_CLEAN(cy_tls_sides) servers = {0};
  CY_CLEAN(cy_tls_sides) seen = {0};
  CY_CLEAN(cy_tls_evidences) list = {0};
  CY_AUTO(cy_tls_table) *table = NULL;
  add_side(&clients, label, CY_TLS_CLIENT, client);
  add_side(&servers, "A", CY_TLS_SERVER, server);
  parse(&seen, "mqdisplay", text);
  fine(cy_tls_table_new(&table, &clients, &servers));
  fine(cy_tls_evidence_weigh(&list, table, &seen, CY_TLS13));
  assert_true(list.count > 0);
  return list.items[0].kind;
}

static void weighs_evidence(void **state)
{
  enum { OLD = CY_TLS_BIT(CY_TLS12), MIDDLE = CY_TLS_BIT(CY_TLS11) };
  static const char newer[] = "AMQ8417I: x\n CHANNEL(A) CHLTYPE(SVRCONN) SECPROT(TLSV13)\n"
                              " SSLCIPH(TLS_AES_256_GCM_SHA384) STATUS(RUNNING)\n";
  static const char other[] = "AMQ8417I: x\n CHANNEL(Z) CHLTYPE(SVRCONN) SECPROT(TLSV12)\n"
                              " SSLCIPH(ECDHE_RSA_AES_128_GCM_SHA256) STATUS(RUNNING)\n";
  assert_int_equal(kind_of(OLD, OLD | MIDDLE, "A", status), CY_TLS_SEEN_EXPECTED);
  assert_int_equal(kind_of(MIDDLE, OLD | MIDDLE, "A", status), CY_TLS_SEEN_OLDER);
  assert_int_equal(kind_of(OLD, OLD, "B", status), CY_TLS_SEEN_STRANGER);
  assert_int_equal(kind_of(OLD, OLD, "192.0.2.1", status), CY_TLS_SEEN_EXPECTED);
  assert_int_equal(kind_of(OLD, OLD, "A", newer), CY_TLS_SEEN_NEW);
  assert_int_equal(kind_of(OLD, OLD, "A", other), CY_TLS_SEEN_ELSEWHERE);
}

typedef struct {
  const char *reader, *text;
} reading;

static cy_err *read_again(void *arg)
{
  const reading *r = arg;
  CY_CLEAN(cy_tls_sides) sides = {0};
  return cy_tls_sides_parse(
    &sides, cy_tls_reader_find(r->reader), "/nowhere/trace", cy_span_str(r->text), &nowhere);
}

static cy_err *weigh_again(void *arg)
{
  CY_CLEAN(cy_tls_sides) clients = {0};
  CY_CLEAN(cy_tls_evidences) list = {0};
  CY_CLEAN(cy_findings) findings = {0};
  CY_AUTO(cy_tls_table) *table = NULL;
  cy_tls_sides *seen = arg;
  CY_TRY(cy_tls_table_new(&table, &clients, &clients));
  CY_TRY(cy_tls_evidence_weigh(&list, table, seen, CY_TLS13));
  return cy_tls_evidence_find(&findings, &list, table);
}

static void notices_that_memory_ends(void **state)
{
  reading readings[] = {{"trace", java}, {"mqdisplay", status}};
  for (size_t i = 0; i < CY_COUNT(readings); i++)
    memory_ends_anywhere(read_again, &readings[i], 20);
  /* Without a name: to look at one takes memory that is no loss when it fails. */
  CY_CLEAN(cy_tls_sides) seen = {0};
  parse(&seen, "mqdisplay", "AMQ8417I: x\n CHANNEL(A) CHLTYPE(SVRCONN) SECPROT(TLSV12) STATUS(RUNNING)\n");
  memory_ends_anywhere(weigh_again, &seen, 3);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(makes_both_ends),
    cmocka_unit_test(knows_what_came_of_it),
    cmocka_unit_test(reads_running_channels),
    cmocka_unit_test(weighs_evidence),
    cmocka_unit_test(notices_that_memory_ends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
