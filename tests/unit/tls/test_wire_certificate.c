/* The other messages of the handshake, as libssl sends them and made wrong. */
#include "tests/unit/tls/capture.h"

#include "tests/lib/unit.h"

#include "tls/codes.h"
#include "tls/notation.h"
#include "tls/wire_certificate.h"
#include "tls/wire_exchange.h"
#include "tls/wire_finish.h"
#include "tls/wire_hello.h"
#include "x509/cert.h"

static const cy_wire_end client = CY_WIRE_CLIENT, server = CY_WIRE_SERVER;

static void run(capture *c, const capture_setup *setup)
{
  capture_run(c, setup);
  assert_true(c->done);
}

/* What went in clear is byte for byte what libssl says that it sent. */
typedef struct {
  const capture *c;
  size_t next[2], seen;
} comparison;

static void same_bytes(const cy_wire_event *e, void *arg)
{
  comparison *to = arg;
  if (e->kind != CY_WIRE_MESSAGE)
    return;
  size_t i = to->next[e->from];
  while (i < to->c->message_count && to->c->message_from[i] != e->from)
    i++;
  assert_true(i < to->c->message_count);
  assert_true(cy_span_equal(e->whole, cy_buf_get(&to->c->messages[i])));
  to->next[e->from] = i + 1;
  to->seen++;
}

static void joins_what_was_sent(void **state)
{
  capture c;
  run(&c, &(capture_setup){.max = TLS1_2_VERSION, .client_auth = true});
  for (size_t piece = 0; piece < 64; piece++) {
    comparison to = {.c = &c};
    capture_read(&c, piece, same_bytes, &to);
    assert_int_equal(to.seen, 10);
  }
  capture_clear(&c);
}

static void reads_chains(void **state)
{
  static const int versions[] = {TLS1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
  for (size_t i = 0; i < CY_COUNT(versions); i++) {
    capture c;
    cy_wire_certificate chain;
    cy_wire_certificate_entry entry;
    cy_cert_view view;
    bool tls13 = versions[i] == TLS1_3_VERSION;
    run(&c, &(capture_setup){.min = versions[i],
              .max = versions[i],
              .ciphers = "ECDHE:@SECLEVEL=0",
              .client_auth = true,
              .status = true});
    cy_span body = capture_body(&c, server, CY_MSG_CERTIFICATE);
    assert_null(cy_wire_certificate_parse(&chain, body, (uint16_t)versions[i]));
    assert_int_equal(chain.count, 1);
    assert_true(cy_wire_certificate_next(&chain, &entry));
    assert_null(cy_cert_view_parse(&view, entry.der));
    assert_int_equal(view.key.type, CY_KEY_RSA);
    assert_int_equal(entry.extensions.count, tls13);
    assert_false(cy_wire_certificate_next(&chain, &entry));
    cy_err *err = cy_wire_certificate_parse(&chain, body, tls13 ? CY_TLS12 : CY_TLS13);
    assert_non_null(err);
    cy_err_free(err);

    cy_wire_certificate_status status;
    cy_span staple = capture_body(&c, server, CY_MSG_CERTIFICATE_STATUS);
    if (tls13) {
      assert_null(cy_wire_certificate_parse(&chain, body, CY_TLS13));
      assert_true(cy_wire_certificate_next(&chain, &entry));
      assert_true(cy_wire_extension_find(&entry.extensions, CY_EXT_STATUS_REQUEST, &staple));
    }
    assert_null(cy_wire_certificate_status_parse(&status, staple));
    assert_int_equal(status.type, 1);
    assert_memory_equal(status.response.data, "staple", 6);

    assert_null(cy_wire_certificate_parse(
      &chain, capture_body(&c, client, CY_MSG_CERTIFICATE), (uint16_t)versions[i]));
    assert_true(cy_wire_certificate_next(&chain, &entry));
    assert_null(cy_cert_view_parse(&view, entry.der));
    assert_int_equal(view.key.type, CY_KEY_EC);
    capture_clear(&c);
  }
}

static void reads_no_certificate(void **state)
{
  capture c;
  cy_wire_certificate chain;
  capture_run(&c, &(capture_setup){.max = TLS1_2_VERSION, .client_auth = true, .bad_client = true});
  assert_false(c.done);
  assert_null(cy_wire_certificate_parse(&chain, capture_body(&c, client, CY_MSG_CERTIFICATE), CY_TLS12));
  assert_int_equal(chain.count, 0);
  capture_clear(&c);
}

static void reads_requests(void **state)
{
  static const int versions[] = {TLS1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
  for (size_t i = 0; i < CY_COUNT(versions); i++) {
    capture c;
    cy_wire_certificate_request request;
    bool tls13 = versions[i] == TLS1_3_VERSION;
    run(&c, &(capture_setup){.min = versions[i],
              .max = versions[i],
              .client_auth = true,
              .ciphers = "ECDHE:@SECLEVEL=0",
              .server_schemes = "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256:RSA+SHA1",
              .schemes = "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256:RSA+SHA1"});
    cy_span body = capture_body(&c, server, CY_MSG_CERTIFICATE_REQUEST), name;
    assert_null(cy_wire_certificate_request_parse(&request, body, (uint16_t)versions[i]));
    assert_int_equal(request.authority_count, 1);
    cy_span names = request.authorities;
    assert_true(cy_wire_next16(&names, &name));
    assert_int_equal(name.data[0], 0x30);
    assert_false(cy_wire_next16(&names, &name));
    assert_int_equal(request.types.data != NULL, !tls13);
    if (!tls13)
      assert_non_null(memchr(request.types.data, 64, request.types.len));
    assert_int_equal(cy_wire_count16(request.schemes), versions[i] == TLS1_VERSION ? 0 : 4);
    if (versions[i] != TLS1_VERSION)
      assert_int_equal(cy_wire_at16(request.schemes, 0), 0x0403);
    capture_clear(&c);
  }
  assert_string_equal(cy_wire_certificate_type_name(1), "rsa_sign");
  assert_string_equal(cy_wire_certificate_type_name(64), "ecdsa_sign");
  assert_null(cy_wire_certificate_type_name(63));
}

static void reads_proofs(void **state)
{
  static const int versions[] = {TLS1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
  for (size_t i = 0; i < CY_COUNT(versions); i++) {
    capture c;
    cy_wire_certificate_verify proof;
    run(&c, &(capture_setup){
              .min = versions[i], .max = versions[i], .client_auth = true, .ciphers = "ECDHE:@SECLEVEL=0"});
    assert_null(cy_wire_certificate_verify_parse(
      &proof, capture_body(&c, client, CY_MSG_CERTIFICATE_VERIFY), (uint16_t)versions[i]));
    assert_int_equal(proof.scheme, versions[i] == TLS1_VERSION ? 0 : 0x0403);
    assert_int_equal(proof.signature.data[0], 0x30);
    capture_clear(&c);
  }
}

static const cy_suite *suite_of(const capture *c)
{
  const cy_suite *suite = cy_suite_get(c->suite);
  assert_non_null(suite);
  return suite;
}

/* One handshake's exchanges, both whole and cut. */
static void read_exchange(
  capture *c, cy_wire_server_exchange *s, cy_wire_client_exchange *k, const capture_setup *setup)
{
  run(c, setup);
  cy_span from_server = capture_body(c, server, CY_MSG_SERVER_KEY_EXCHANGE);
  cy_span from_client = capture_body(c, client, CY_MSG_CLIENT_KEY_EXCHANGE);
  uint16_t version = (uint16_t)c->version;
  for (size_t len = 0; len < from_server.len; len++) {
    cy_err *err = cy_wire_server_exchange_parse(s, cy_span_of(from_server.data, len), version, suite_of(c));
    assert_non_null(err);
    cy_err_free(err);
  }
  if (from_server.data)
    assert_null(cy_wire_server_exchange_parse(s, from_server, version, suite_of(c)));
  assert_null(cy_wire_client_exchange_parse(k, from_client, version, suite_of(c)));
}

static void reads_ecdhe(void **state)
{
  static const int versions[] = {TLS1_VERSION, TLS1_2_VERSION};
  for (size_t i = 0; i < CY_COUNT(versions); i++) {
    capture c;
    cy_wire_server_exchange s;
    cy_wire_client_exchange k;
    read_exchange(&c, &s, &k,
      &(capture_setup){.min = versions[i],
        .max = versions[i],
        .groups = "P-384",
        .ciphers = "ECDHE-RSA-AES128-SHA:@SECLEVEL=0"});
    assert_int_equal(s.kx, CY_KX_ECDHE);
    assert_int_equal(s.curve_type, 3);
    assert_int_equal(s.group, 0x0018);
    assert_int_equal(s.key.len, 97);
    assert_int_equal(s.params.len, 4 + 97);
    assert_int_equal(s.scheme, versions[i] == TLS1_VERSION ? 0 : 0x0804);
    assert_int_equal(s.signature.len, 256);
    assert_int_equal(k.key.len, 97);
    capture_clear(&c);
  }
}

static void reads_dhe_and_rsa(void **state)
{
  capture c;
  cy_wire_server_exchange s;
  cy_wire_client_exchange k;
  read_exchange(&c, &s, &k,
    &(capture_setup){
      .max = TLS1_2_VERSION, .dhe = true, .ciphers = "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=1"});
  assert_int_equal(s.kx, CY_KX_DHE);
  assert_true(s.prime_bits >= 1024 && s.prime_bits == s.prime.len * 8);
  assert_true(s.key.len > 0 && k.key.len > 0 && s.signature.len == 256);
  capture_clear(&c);
  read_exchange(&c, &s, &k, &(capture_setup){.max = TLS1_2_VERSION, .ciphers = "AES128-GCM-SHA256"});
  assert_int_equal(k.kx, CY_KX_RSA);
  assert_int_equal(k.sealed.len, 256);
  capture_clear(&c);
}

/* Anonymous servers sign nothing; with pre-shared keys there is a hint. */
static void reads_unsigned(void **state)
{
  static const uint8_t psk[32] = "no secret at all";
  capture c;
  cy_wire_server_exchange s;
  cy_wire_client_exchange k;
  read_exchange(&c, &s, &k,
    &(capture_setup){.max = TLS1_2_VERSION, .dhe = true, .ciphers = "ADH-AES128-SHA256:@SECLEVEL=0"});
  assert_null(s.signature.data);
  assert_int_equal(s.kx, CY_KX_DHE);
  capture_clear(&c);
  read_exchange(
    &c, &s, &k, &(capture_setup){.max = TLS1_2_VERSION, .psk = psk, .ciphers = "PSK-AES128-GCM-SHA256"});
  assert_memory_equal(s.hint.data, "which one?", 10);
  assert_memory_equal(k.identity.data, "client-1", 8);
  capture_clear(&c);
  read_exchange(&c, &s, &k,
    &(capture_setup){.max = TLS1_2_VERSION, .psk = psk, .ciphers = "ECDHE-PSK-AES128-CBC-SHA256"});
  assert_int_equal(s.kx, CY_KX_ECDHE_PSK);
  assert_true(s.group != 0 && k.key.len > 0 && !s.signature.data);
  assert_memory_equal(k.identity.data, "client-1", 8);
  capture_clear(&c);
}

static void reads_exchanges_that_are_rare(void **state)
{
  cy_wire_server_exchange s;
  cy_wire_client_exchange k;
  const cy_suite *ecdhe = cy_suite_get(0xc02f), *export_rsa = cy_suite_get(0x0003),
                 *srp = cy_suite_get(0xc01d);
  assert_null(cy_wire_server_exchange_parse(&s, CY_SPAN("\1whatever"), CY_TLS12, ecdhe));
  assert_int_equal(s.rest.len, 8);
  cy_err *err = cy_wire_server_exchange_parse(&s, CY_SPAN("\4whatever"), CY_TLS12, ecdhe);
  assert_non_null(strstr(cy_err_text(err), "ServerKeyExchange, curve_type"));
  cy_err_free(err);
  assert_null(cy_wire_server_exchange_parse(&s, CY_SPAN("\0\2\x40\1\0\1\3\0\3sig"), CY_TLS10, export_rsa));
  assert_int_equal(s.prime_bits, 15);
  assert_int_equal(s.signature.len, 3);
  assert_null(cy_wire_server_exchange_parse(&s, CY_SPAN("\0\2\xff\1\0\1\2\2st\0\1B"), CY_TLS12, srp));
  assert_int_equal(s.prime_bits, 16);
  assert_int_equal(s.salt.len, 2);
  assert_null(s.signature.data);
  assert_null(cy_wire_server_exchange_parse(&s, CY_SPAN("whatever"), CY_TLS12, NULL));
  assert_int_equal(s.rest.len, 8);
  assert_null(cy_wire_client_exchange_parse(&k, CY_SPAN("whatever"), CY_TLS12, NULL));
  assert_int_equal(k.rest.len, 8);
  assert_null(cy_wire_client_exchange_parse(&k, CY_SPAN("sealed"), CY_SSL3, cy_suite_get(0x002f)));
  assert_int_equal(k.sealed.len, 6);
}

static void reads_tickets_and_ends(void **state)
{
  static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
  for (size_t i = 0; i < CY_COUNT(versions); i++) {
    capture c;
    cy_wire_ticket ticket;
    cy_span finished;
    cy_wire_answers answers;
    uint16_t version = (uint16_t)versions[i];
    run(&c, &(capture_setup){.min = versions[i], .max = versions[i], .protocol = "h2"});
    assert_null(
      cy_wire_ticket_parse(&ticket, capture_body(&c, server, CY_MSG_NEW_SESSION_TICKET), version));
    assert_true(ticket.ticket.len > 0 && ticket.lifetime_s > 0);
    assert_int_equal(ticket.nonce.len > 0, version == CY_TLS13);
    assert_null(cy_wire_finished_parse(&finished, capture_body(&c, server, CY_MSG_FINISHED), version));
    assert_int_equal(finished.len, version == CY_TLS13 ? 48 : 12);
    assert_null(cy_wire_finished_parse(&finished, capture_body(&c, client, CY_MSG_FINISHED), version));
    if (version == CY_TLS13) {
      cy_span body = capture_body(&c, server, CY_MSG_ENCRYPTED_EXTENSIONS);
      assert_null(cy_wire_encrypted_extensions_parse(&answers, body));
      assert_memory_equal(answers.protocol.data, "h2", 2);
    } else {
      assert_null(
        cy_wire_empty_parse(CY_MSG_SERVER_HELLO_DONE, capture_body(&c, server, CY_MSG_SERVER_HELLO_DONE)));
    }
    capture_clear(&c);
  }
}

static void refuse(cy_err *err, const char *part)
{
  assert_non_null(err);
  assert_int_equal(cy_err_code_get(err), CY_E_TLS_MESSAGE_MALFORMED);
  if (!strstr(cy_err_text(err), part))
    fail_msg("\"%s\" does not say \"%s\"", cy_err_text(err), part);
  cy_err_free(err);
}

static void names_what_is_wrong(void **state)
{
  cy_wire_certificate cert;
  cy_wire_certificate_request request;
  cy_wire_certificate_verify verify;
  cy_wire_compressed_certificate packed;
  cy_wire_ticket ticket;
  cy_span span;
  bool asked;
  refuse(
    cy_wire_certificate_parse(&cert, CY_SPAN("\0\0\5\0\0\1x"), CY_TLS12), "certificate_list: at byte 3");
  refuse(cy_wire_certificate_parse(&cert, CY_SPAN("\0\0\3\0\0\0"), CY_TLS12),
    "cert_data: at byte 6, it is empty");
  refuse(cy_wire_certificate_parse(&cert, CY_SPAN("\0\0\0x"), CY_TLS12), "left over");
  refuse(cy_wire_certificate_parse(&cert, CY_SPAN("\0\0\0\4\0\0\1x"), CY_TLS13), "extensions");
  refuse(cy_wire_certificate_request_parse(&request, CY_SPAN("\0\0\0"), CY_TLS10), "certificate_types");
  refuse(
    cy_wire_certificate_request_parse(&request, CY_SPAN("\1\1\0\3\4\1\5\0\0"), CY_TLS12), "odd length");
  refuse(
    cy_wire_certificate_request_parse(&request, CY_SPAN("\1\1\0\3\0\2x"), CY_TLS10), "DistinguishedName");
  refuse(cy_wire_certificate_request_parse(&request, CY_SPAN("\0\0\6\0\x0d\0\2\0\0"), CY_TLS13),
    "signature_algorithms, supported_signature_algorithms");
  refuse(cy_wire_certificate_verify_parse(&verify, CY_SPAN("\4\3\0\1xy"), CY_TLS12), "left over");
  refuse(cy_wire_ticket_parse(&ticket, CY_SPAN("\0\0\0\1\0\0\0\1\0\0\0\0\0"), CY_TLS13), "ticket: ");
  refuse(cy_wire_finished_parse(&span, CY_SPAN("eleven byte"), CY_TLS12), "verify_data");
  refuse(cy_wire_key_update_parse(&asked, CY_SPAN("\2")), "neither 0 nor 1");
  refuse(cy_wire_empty_parse(CY_MSG_SERVER_HELLO_DONE, CY_SPAN("x")), "ServerHelloDone: at byte 0");
  assert_null(cy_wire_key_update_parse(&asked, CY_SPAN("\1")));
  assert_true(asked);
  assert_null(cy_wire_compressed_certificate_parse(&packed, CY_SPAN("\0\2\0\1\0\0\0\3abc")));
  assert_string_equal(cy_wire_compression_name(packed.algorithm), "brotli");
  assert_int_equal(packed.plain_length, 256);
  refuse(
    cy_wire_compressed_certificate_parse(&packed, CY_SPAN("\0\2\0\1\0\0\0\4abc")), "CompressedCertificate");
}

static void read_all(cy_span body, uint16_t version)
{
  cy_wire_certificate cert;
  cy_wire_certificate_request request;
  cy_wire_certificate_verify verify;
  cy_wire_server_exchange exchange;
  cy_wire_ticket ticket;
  cy_err_free(cy_wire_certificate_parse(&cert, body, version));
  cy_err_free(cy_wire_certificate_request_parse(&request, body, version));
  cy_err_free(cy_wire_certificate_verify_parse(&verify, body, version));
  cy_err_free(cy_wire_server_exchange_parse(&exchange, body, version, cy_suite_get(0xc02f)));
  cy_err_free(cy_wire_ticket_parse(&ticket, body, version));
}

static void bears_damage(void **state)
{
  static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
  for (size_t v = 0; v < CY_COUNT(versions); v++) {
    capture c;
    run(&c, &(capture_setup){.min = versions[v], .max = versions[v], .client_auth = true});
    for (size_t i = 0; i < c.message_count; i++) {
      cy_span body = cy_span_of(c.messages[i].data + 4, c.messages[i].len - 4);
      for (size_t len = 0; len < body.len; len++)
        read_all(cy_span_of(body.data, len), (uint16_t)versions[v]);
      for (size_t bit = 0; bit < body.len * 8; bit++) {
        c.messages[i].data[4 + bit / 8] ^= (uint8_t)(1 << bit % 8);
        read_all(body, (uint16_t)versions[v]);
        c.messages[i].data[4 + bit / 8] ^= (uint8_t)(1 << bit % 8);
      }
    }
    capture_clear(&c);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(joins_what_was_sent),
    cmocka_unit_test(reads_chains),
    cmocka_unit_test(reads_no_certificate),
    cmocka_unit_test(reads_requests),
    cmocka_unit_test(reads_proofs),
    cmocka_unit_test(reads_ecdhe),
    cmocka_unit_test(reads_dhe_and_rsa),
    cmocka_unit_test(reads_unsigned),
    cmocka_unit_test(reads_exchanges_that_are_rare),
    cmocka_unit_test(reads_tickets_and_ends),
    cmocka_unit_test(names_what_is_wrong),
    cmocka_unit_test(bears_damage),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
