/* Hellos as libssl sends them, and hellos made wrong. */
#include "tests/unit/tls/capture.h"

#include "tests/lib/unit.h"

#include "tls/codes.h"
#include "tls/notation.h"
#include "tls/wire_hello.h"

/* Copies of the hellos of one handshake. */
typedef struct {
  cy_buf client[2], server[2];
  size_t clients, servers;
} hellos;

static void keep(const cy_wire_event *e, void *arg)
{
  hellos *h = arg;
  bool client = e->msg_type == CY_MSG_CLIENT_HELLO;
  if (e->kind != CY_WIRE_MESSAGE || (!client && e->msg_type != CY_MSG_SERVER_HELLO))
    return;
  cy_buf *to = client ? &h->client[h->clients++] : &h->server[h->servers++];
  *to = CY_BUF_TEXT;
  cy_buf_span(to, e->body);
}

static void get_hellos(hellos *h, const capture_setup *setup)
{
  capture c;
  *h = (hellos){0};
  capture_run(&c, setup);
  assert_true(c.done);
  capture_read(&c, 0, keep, h);
  capture_clear(&c);
}

static void drop_hellos(hellos *h)
{
  for (int i = 0; i < 2; i++) {
    cy_buf_clear(&h->client[i]);
    cy_buf_clear(&h->server[i]);
  }
}

static void text_is(cy_span span, const char *want)
{
  assert_int_equal(span.len, strlen(want));
  assert_memory_equal(span.data, want, span.len);
}

static void list_is(cy_span list, const uint16_t *want, size_t count)
{
  assert_int_equal(cy_wire_count16(list), count);
  for (size_t i = 0; i < count; i++)
    assert_int_equal(cy_wire_at16(list, i), want[i]);
}
#define LIST_IS(list, ...)                                                                                 \
  list_is(list, (const uint16_t[]){__VA_ARGS__}, sizeof((uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t))

static void reads_tls13(void **state)
{
  hellos h;
  cy_wire_client_hello c;
  cy_wire_server_hello s;
  cy_wire_share share;
  get_hellos(&h, &(capture_setup){.min = TLS1_2_VERSION,
                   .ciphers = "ECDHE-RSA-AES128-GCM-SHA256",
                   .groups = "X25519:P-384",
                   .schemes = "RSA-PSS+SHA256:ECDSA+SHA256",
                   .server_name = "mq1.example",
                   .protocol = "h2"});
  assert_null(cy_wire_client_hello_parse(&c, cy_buf_get(&h.client[0])));
  assert_int_equal(c.version, CY_TLS12);
  assert_int_equal(cy_wire_highest_version(&c), CY_TLS13);
  assert_true(cy_wire_offers_version(&c, CY_TLS12) && cy_wire_offers_version(&c, CY_TLS13));
  assert_false(cy_wire_offers_version(&c, CY_TLS11));
  assert_int_equal(c.random.len, 32);
  assert_int_equal(c.session_id.len, 32);
  LIST_IS(c.suites, 0x1302, 0x1303, 0x1301, 0xc02f, 0x00ff);
  assert_int_equal(cy_wire_suite_at(&c, 3), 0xc02f);
  text_is(c.server_name, "mq1.example");
  LIST_IS(c.groups, 0x001d, 0x0018);
  LIST_IS(c.schemes, 0x0804, 0x0403);
  LIST_IS(c.versions, 0x0304, 0x0303);
  assert_int_equal(c.share_count, 1);
  cy_span shares = c.shares, protocol;
  assert_true(cy_wire_share_next(&shares, &share) && !cy_wire_share_next(&shares, &share));
  assert_int_equal(share.group, 0x001d);
  assert_int_equal(share.key.len, 32);
  text_is(c.psk_modes, "\1");
  assert_true(cy_wire_next8(&c.protocols, &protocol) && !cy_wire_next8(&c.protocols, &protocol));
  text_is(protocol, "h2");
  assert_true(c.extended_master_secret && c.encrypt_then_mac && c.session_ticket.data);
  assert_false(
    c.fallback || c.grease || c.status_request || c.early_data || c.post_handshake_auth || c.ssl2);
  assert_null(c.schemes_cert.data);
  assert_null(c.cookie.data);
  assert_int_equal(c.psk_count, 0);
  assert_true(c.extensions.count > 8 && cy_wire_extension_find(&c.extensions, CY_EXT_KEY_SHARE, NULL));
  assert_false(cy_wire_extension_find(&c.extensions, CY_EXT_COOKIE, NULL));

  assert_null(cy_wire_server_hello_parse(&s, cy_buf_get(&h.server[0])));
  assert_false(s.retry);
  assert_int_equal(s.version, CY_TLS12);
  assert_int_equal(s.chosen, CY_TLS13);
  assert_int_equal(s.suite, 0x1302);
  assert_int_equal(s.answers.group, 0x001d);
  assert_int_equal(s.answers.key.len, 32);
  assert_true(cy_span_equal(s.session_id, c.session_id));
  assert_int_equal(s.downgrade, 0);
  drop_hellos(&h);
}

static void reads_a_retry(void **state)
{
  hellos h;
  cy_wire_client_hello c;
  cy_wire_server_hello s;
  cy_wire_share share;
  get_hellos(&h, &(capture_setup){.groups = "X25519:P-256", .server_groups = "P-256"});
  assert_int_equal(h.clients, 2);
  assert_int_equal(h.servers, 2);
  assert_null(cy_wire_server_hello_parse(&s, cy_buf_get(&h.server[0])));
  assert_true(s.retry);
  assert_int_equal(s.chosen, CY_TLS13);
  assert_int_equal(s.answers.group, 0x0017);
  assert_int_equal(s.answers.key.len, 0);
  assert_null(cy_wire_client_hello_parse(&c, cy_buf_get(&h.client[1])));
  assert_true(cy_wire_share_next(&c.shares, &share));
  assert_int_equal(share.group, 0x0017);
  assert_int_equal(share.key.len, 65);
  assert_null(cy_wire_server_hello_parse(&s, cy_buf_get(&h.server[1])));
  assert_false(s.retry);
  assert_int_equal(s.answers.key.len, 65);
  drop_hellos(&h);
}

static void reads_old_versions(void **state)
{
  static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION};
  for (size_t i = 0; i < CY_COUNT(versions); i++) {
    hellos h;
    cy_wire_client_hello c;
    cy_wire_server_hello s;
    get_hellos(
      &h, &(capture_setup){
            .min = versions[i], .max = versions[i], .ciphers = "ECDHE-RSA-AES128-SHA:@SECLEVEL=0"});
    assert_null(cy_wire_client_hello_parse(&c, cy_buf_get(&h.client[0])));
    assert_int_equal(c.version, versions[i]);
    assert_int_equal(cy_wire_highest_version(&c), versions[i]);
    assert_true(cy_wire_offers_version(&c, CY_TLS10));
    assert_false(cy_wire_offers_version(&c, CY_TLS13));
    assert_null(c.versions.data);
    assert_int_equal(c.schemes.data != NULL, versions[i] == TLS1_2_VERSION);
    assert_int_equal(c.point_formats.len, 3);
    assert_null(cy_wire_server_hello_parse(&s, cy_buf_get(&h.server[0])));
    assert_int_equal(s.chosen, versions[i]);
    assert_int_equal(s.suite, 0xc013);
    assert_true(s.answers.extended_master_secret && s.answers.encrypt_then_mac && s.answers.session_ticket);
    assert_non_null(s.answers.renegotiated.data);
    drop_hellos(&h);
  }
}

/* A server that can do more marks what it agrees to. */
static void sees_downgrades(void **state)
{
  hellos h;
  cy_wire_server_hello s;
  capture_setup setup = {.ciphers = "ECDHE-RSA-AES128-SHA:@SECLEVEL=0", .max = TLS1_2_VERSION};
  get_hellos(&h, &setup);
  assert_null(cy_wire_server_hello_parse(&s, cy_buf_get(&h.server[0])));
  assert_int_equal(s.downgrade, 0);
  memcpy(h.server[0].data + 2 + 24, "DOWNGRD\1", 8);
  assert_null(cy_wire_server_hello_parse(&s, cy_buf_get(&h.server[0])));
  assert_int_equal(s.downgrade, CY_TLS12);
  h.server[0].data[2 + 31] = 0;
  assert_null(cy_wire_server_hello_parse(&s, cy_buf_get(&h.server[0])));
  assert_int_equal(s.downgrade, CY_TLS11);
  drop_hellos(&h);
}

static void reads_resumption(void **state)
{
  static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
  for (size_t i = 0; i < CY_COUNT(versions); i++) {
    hellos h;
    SSL_SESSION *session = NULL;
    cy_wire_client_hello c;
    cy_wire_server_hello s;
    get_hellos(&h, &(capture_setup){.min = versions[i], .max = versions[i], .session = &session});
    drop_hellos(&h);
    get_hellos(&h, &(capture_setup){.min = versions[i], .max = versions[i], .resume = session});
    assert_null(cy_wire_client_hello_parse(&c, cy_buf_get(&h.client[0])));
    assert_null(cy_wire_server_hello_parse(&s, cy_buf_get(&h.server[0])));
    bool new = versions[i] == TLS1_3_VERSION;
    assert_int_equal(c.psk_count, new);
    assert_int_equal(s.answers.psk, new);
    assert_int_equal(c.session_ticket.len > 0, !new);
    SSL_SESSION_free(session);
    drop_hellos(&h);
  }
}

static void refuse(const char *hex_body, size_t len, const char *part)
{
  cy_wire_client_hello c;
  cy_err *err = cy_wire_client_hello_parse(&c, cy_span_of(hex_body, len));
  assert_non_null(err);
  assert_int_equal(cy_err_code_get(err), CY_E_TLS_MESSAGE_MALFORMED);
  if (!strstr(cy_err_text(err), part))
    fail_msg("\"%s\" does not say \"%s\"", cy_err_text(err), part);
  cy_err_free(err);
}

#define START                                                                                              \
  "\3\3"                                                                                                   \
  "0123456789abcdef0123456789abcdef"                                                                       \
  "\0"                                                                                                     \
  "\0\2\xc0\x2f"                                                                                           \
  "\1\0"
#define REFUSE(bytes, part) refuse(bytes, sizeof(bytes) - 1, part)

static void names_what_is_wrong(void **state)
{
  REFUSE("\3", "ClientHello, legacy_version: at byte 0");
  REFUSE("\3\3"
         "0123456789abcdef0123456789abcdef"
         "\x21"
         "0123456789abcdef0123456789abcdefg\0\2\xc0\x2f\1\0",
    "legacy_session_id: at byte 68, it is longer than 32 bytes");
  REFUSE("\3\3"
         "0123456789abcdef0123456789abcdef"
         "\0"
         "\0\3\xc0\x2f\x2f"
         "\1\0",
    "cipher_suites: at byte 40, a list");
  REFUSE("\3\3"
         "0123456789abcdef0123456789abcdef"
         "\0"
         "\0\0"
         "\1\0",
    "cipher_suites: at byte 37, it is shorter");
  REFUSE(START "\0", "extensions: at byte 42, it ends");
  REFUSE(START "\0\1", "extensions: at byte 43, its length points beyond");
  REFUSE(START "\0\0x", "at byte 43, there are bytes left over");
  REFUSE(START "\0\4\0\x0a\0\1", "supported_groups, extension_data: at byte 47, its length");
  REFUSE(START "\0\7\0\x0a\0\3\0\1\0", "supported_groups, named_group_list: at byte 49");
  REFUSE(START "\0\x09\0\x0a\0\5\0\2\0\x1d\0",
    "supported_groups, extension_data: at byte 51, there are bytes left");
  REFUSE(START "\0\x08\0\x16\0\0\0\x16\0\0",
    "encrypt_then_mac, extension_type: at byte 47, the extension comes a second");
  REFUSE(START "\0\5\0\x16\0\1x", "encrypt_then_mac, extension_data: at byte 47, it should be empty");
  REFUSE(START "\0\4\x12\x34\0\1", "extension 4660, extension_data");
  REFUSE(START "\0\x0b\0\x33\0\7\0\5\0\x1d\0\2x", "key_share, key_exchange");
}

static void reads_ssl2(void **state)
{
  static const char good[] = "\x80\x1f\1\3\1\0\6\0\0\0\x10\0\0\x2f\7\0\xc0"
                             "0123456789abcdef";
  cy_wire_client_hello c;
  assert_null(cy_wire_client_hello_parse_ssl2(&c, CY_SPAN("\x80\x1f\1\3\1\0\6\0\0\0\x10\0\0\x2f\7\0\xc0"
                                                          "0123456789abcdef")));
  assert_true(c.ssl2);
  assert_int_equal(c.version, CY_TLS10);
  assert_int_equal(cy_wire_suite_count(&c), 2);
  assert_int_equal(cy_wire_suite_at(&c, 0), 0x2f);
  assert_int_equal(cy_wire_suite_at(&c, 1), 0x0700c0);
  for (size_t len = 0; len < sizeof good - 1; len++) {
    cy_err *err = cy_wire_client_hello_parse_ssl2(&c, cy_span_of(good, len));
    assert_non_null(err);
    cy_err_free(err);
  }
}

static void knows_grease_and_names(void **state)
{
  assert_true(cy_wire_is_grease(0x0a0a) && cy_wire_is_grease(0xfafa));
  assert_false(cy_wire_is_grease(0x0a1a) || cy_wire_is_grease(0x0b0b) || cy_wire_is_grease(0));
  assert_string_equal(cy_wire_extension_name(0), "server_name");
  assert_string_equal(cy_wire_extension_name(CY_EXT_RENEGOTIATION_INFO), "renegotiation_info");
  assert_string_equal(cy_wire_extension_name(CY_EXT_ENCRYPTED_CLIENT_HELLO), "encrypted_client_hello");
  assert_string_equal(cy_wire_extension_name(CY_EXT_KEY_SHARE), "key_share");
  assert_null(cy_wire_extension_name(0x0a0a));
  assert_true(cy_wire_extension_is_registered(51));
  assert_false(cy_wire_extension_is_registered(13172));
}

/* Every cut of a hello is refused, and no changed bit leads astray. */
static void bears_damage(void **state)
{
  hellos h;
  cy_wire_client_hello c;
  cy_wire_server_hello s;
  get_hellos(&h, &(capture_setup){.server_name = "mq1.example", .protocol = "h2"});
  cy_span client = cy_buf_get(&h.client[0]), server = cy_buf_get(&h.server[0]);
  size_t bare = 2 + 32 + 1 + 32 + 2 + cy_wire_at16(cy_span_of(client.data + 67, 2), 0) + 2;
  for (size_t len = 0; len < client.len; len++) {
    cy_err *err = cy_wire_client_hello_parse(&c, cy_span_of(client.data, len));
    assert_int_equal(err == NULL, len == bare); /* just before its extensions it is whole */
    cy_err_free(err);
  }
  for (size_t bit = 0; bit < client.len * 8; bit++) {
    h.client[0].data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    cy_err_free(cy_wire_client_hello_parse(&c, client));
    h.client[0].data[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  for (size_t bit = 0; bit < server.len * 8; bit++) {
    h.server[0].data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    cy_err_free(cy_wire_server_hello_parse(&s, server));
    h.server[0].data[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  drop_hellos(&h);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(reads_tls13),
    cmocka_unit_test(reads_a_retry),
    cmocka_unit_test(reads_old_versions),
    cmocka_unit_test(sees_downgrades),
    cmocka_unit_test(reads_resumption),
    cmocka_unit_test(names_what_is_wrong),
    cmocka_unit_test(reads_ssl2),
    cmocka_unit_test(knows_grease_and_names),
    cmocka_unit_test(bears_damage),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
