/*
 * Hellos that are built must read as what was planned. With arguments this program is a tool of
 * tests/tls/wire.t: test_wire_build-tls hello NAME   writes a record with that hello to standard output
 *   test_wire_build-tls read         says what a server has answered, from standard input
 *   test_wire_build-tls flow         says what both ends sent: a letter (c, s), a length of four bytes,
 * bytes; ...
 */
#include "tests/unit/tls/wire_say.h"

#include "tests/lib/unit.h"

#include "tls/notation.h"
#include "tls/wire_build.h"
#include "tls/wire_hello.h"
#include "tls/wire_record.h"

static const uint8_t random32[32] = "0123456789abcdef0123456789abcde";
/* The point 9 of X25519: nobody's key, but a good one. */
static const uint8_t x25519[32] = {9};

static const uint16_t suites12[] = {0xc02b, 0xc02f, 0xc02c, 0xc030}, suites13[] = {0x1301, 0x1302, 0x1303};
static const uint16_t old_suites[] = {0xc009, 0xc013, 0x002f};
static const uint16_t groups[] = {0x001d, 0x0017, 0x0018}, only_p384[] = {0x0018};
static const uint16_t schemes[] = {0x0403, 0x0804, 0x0401, 0x0503, 0x0805};
static const uint16_t version13[] = {CY_TLS13};
static const uint16_t odd_suites[] = {0xc0b4};
static const cy_wire_share share = {0x001d, {x25519, 32}};

#define CODES(array) ((cy_wire_codes){(array), CY_COUNT(array)})

static cy_wire_plan plan12(void)
{
  return (cy_wire_plan){.version = CY_TLS12,
    .random = cy_span_of(random32, 32),
    .suites = CODES(suites12),
    .server_name = "mq1.example",
    .groups = CODES(groups),
    .point_formats = CY_SPAN("\0"),
    .schemes = CODES(schemes),
    .renegotiated = CY_SPAN(""),
    .extended_master_secret = true};
}

static cy_wire_plan plan13(void)
{
  cy_wire_plan p = plan12();
  p.session_id = cy_span_of(random32, 32);
  p.suites = CODES(suites13);
  p.versions = CODES(version13);
  p.shares = &share;
  p.share_count = 1;
  p.psk_modes = CY_SPAN("\1");
  return p;
}

/* The hellos that the servers are asked. */
static bool named_plan(cy_wire_plan *p, const char *name)
{
  *p = strstr(name, "13") ? plan13() : plan12();
  if (strcmp(name, "tls10") == 0) {
    p->version = CY_TLS10;
    p->suites = CODES(old_suites);
    p->schemes = (cy_wire_codes){NULL, 0};
  } else if (strcmp(name, "retry13") == 0) {
    p->share_count = 0;
    p->groups = CODES(only_p384);
  } else if (strcmp(name, "padded13") == 0) {
    p->pad_to = 1024;
  } else if (strcmp(name, "unknown") == 0) {
    p->suites = CODES(odd_suites);
  } else {
    return strcmp(name, "tls12") == 0 || strcmp(name, "tls13") == 0;
  }
  return true;
}

static void built_is(const cy_wire_plan *plan, cy_wire_client_hello *hello, cy_buf *out)
{
  *out = CY_BUF_TEXT;
  cy_wire_build_hello(out, plan);
  assert_null(cy_buf_check(out));
  assert_int_equal(out->data[0], CY_MSG_CLIENT_HELLO);
  assert_int_equal((size_t)out->data[1] << 16 | (size_t)out->data[2] << 8 | out->data[3], out->len - 4);
  assert_null(cy_wire_client_hello_parse(hello, cy_span_of(out->data + 4, out->len - 4)));
}

static void codes_are(cy_span list, cy_wire_codes want)
{
  assert_int_equal(list.data != NULL, want.codes != NULL);
  assert_int_equal(cy_wire_count16(list), want.count);
  for (size_t i = 0; i < want.count; i++)
    assert_int_equal(cy_wire_at16(list, i), want.codes[i]);
}

static void bytes_are(cy_span got, cy_span want)
{
  assert_int_equal(got.data != NULL, want.data != NULL);
  assert_true(cy_span_equal(got, want));
}

static uint32_t dice_state = 4711;
static uint32_t dice(uint32_t sides)
{
  dice_state = dice_state * 1664525 + 1013904223;
  return (dice_state >> 8) % sides;
}

static cy_wire_codes some_codes(uint16_t *room, bool needed)
{
  size_t count = 1 + dice(20);
  for (size_t i = 0; i < count; i++)
    room[i] = (uint16_t)dice(65536);
  return needed || dice(2) ? (cy_wire_codes){room, count} : (cy_wire_codes){NULL, 0};
}

static cy_span some_bytes(size_t min, size_t max)
{
  static const uint8_t bytes[64] = "some bytes that stand for anything at all, in any extension";
  return dice(2) ? cy_span_of(bytes, min + dice((uint32_t)(max - min + 1))) : CY_SPAN_NONE;
}

typedef struct {
  uint16_t suites[20], groups[20], schemes[20], schemes_cert[20], versions[20];
  cy_wire_share shares[4];
  cy_wire_extension extra[2];
} plan_room;

static void random_plan(cy_wire_plan *p, plan_room *room)
{
  static const char *const protocols[] = {"h2", "http/1.1", "mqtt"};
  *p = (cy_wire_plan){.version = (uint16_t)(CY_SSL3 + dice(4)), .random = cy_span_of(random32, 32)};
  p->session_id = cy_span_of(random32, dice(33));
  p->suites = some_codes(room->suites, true);
  p->groups = some_codes(room->groups, false);
  p->schemes = some_codes(room->schemes, false);
  p->schemes_cert = some_codes(room->schemes_cert, false);
  p->versions = some_codes(room->versions, false);
  p->server_name = dice(2) ? "mq1.example" : NULL;
  p->point_formats = some_bytes(1, 3);
  p->psk_modes = some_bytes(1, 2);
  p->session_ticket = some_bytes(0, 60);
  p->renegotiated = some_bytes(0, 24);
  p->cookie = some_bytes(1, 60);
  p->record_size_limit = (uint16_t)dice(3);
  p->max_fragment = (uint8_t)dice(5);
  p->extended_master_secret = dice(2);
  p->encrypt_then_mac = dice(2);
  p->status_request = dice(2);
  p->post_handshake_auth = dice(2);
  p->protocols = dice(2) ? protocols : NULL;
  p->protocol_count = p->protocols ? 1 + dice(3) : 0;
  p->shares = dice(2) ? room->shares : NULL;
  p->share_count = p->shares ? dice(5) : 0;
  for (size_t i = 0; i < p->share_count; i++)
    room->shares[i] = (cy_wire_share){(uint16_t)dice(65536), cy_span_of(x25519, 1 + dice(32))};
  room->extra[0] = (cy_wire_extension){0x1234, cy_span_of(x25519, dice(9))};
  room->extra[1] = (cy_wire_extension){0x2a2a, CY_SPAN("")};
  p->extra = room->extra;
  p->extra_count = dice(3);
  p->pad_to = dice(2) ? dice(2000) : 0;
}

static void lists_are_same(const cy_wire_plan *p, const cy_wire_client_hello *h)
{
  codes_are(h->suites, p->suites);
  codes_are(h->groups, p->groups);
  codes_are(h->schemes, p->schemes);
  codes_are(h->schemes_cert, p->schemes_cert);
  codes_are(h->versions, p->versions);
  cy_span left = h->shares, item;
  cy_wire_share got;
  assert_int_equal(left.data != NULL, p->shares != NULL);
  for (size_t i = 0; i < p->share_count; i++) {
    assert_true(cy_wire_share_next(&left, &got));
    assert_int_equal(got.group, p->shares[i].group);
    assert_true(cy_span_equal(got.key, p->shares[i].key));
  }
  assert_int_equal(left.len, 0);
  left = h->protocols;
  for (size_t i = 0; i < p->protocol_count; i++)
    assert_true(cy_wire_next8(&left, &item) && cy_span_equal(item, cy_span_str(p->protocols[i])));
  assert_int_equal(left.len, 0);
}

static void reads_what_was_planned(void **state)
{
  for (int round = 0; round < 2000; round++) {
    cy_wire_plan p;
    plan_room room;
    cy_wire_client_hello h;
    CY_CLEAN(cy_buf) out;
    random_plan(&p, &room);
    built_is(&p, &h, &out);
    lists_are_same(&p, &h);
    assert_int_equal(h.version, p.version);
    assert_true(cy_span_equal(h.session_id, p.session_id));
    assert_true(cy_span_equal(h.server_name, cy_span_str(p.server_name)));
    bytes_are(h.point_formats, p.point_formats);
    bytes_are(h.psk_modes, p.psk_modes);
    bytes_are(h.session_ticket, p.session_ticket);
    bytes_are(h.renegotiated, p.renegotiated);
    bytes_are(h.cookie, p.cookie);
    assert_int_equal(h.record_size_limit, p.record_size_limit);
    assert_int_equal(h.max_fragment, p.max_fragment);
    assert_int_equal(h.extended_master_secret, p.extended_master_secret);
    assert_int_equal(h.encrypt_then_mac, p.encrypt_then_mac);
    assert_int_equal(h.status_request, p.status_request);
    assert_int_equal(h.post_handshake_auth, p.post_handshake_auth);
    assert_int_equal(cy_wire_extension_find(&h.extensions, 0x1234, NULL), p.extra_count > 0);
    assert_true(out.len >= p.pad_to && (p.pad_to == 0 || out.len < p.pad_to + 2000));
  }
}

static void types_are(const cy_wire_client_hello *h, const uint16_t *want, size_t count)
{
  cy_wire_extensions left = h->extensions;
  cy_wire_extension ext;
  for (size_t i = 0; i < count; i++) {
    assert_true(cy_wire_extension_next(&left, &ext));
    assert_int_equal(ext.type, want[i]);
  }
  assert_int_equal(left.block.len, 0);
}

static void keeps_the_order(void **state)
{
  static const uint16_t order[] = {
    CY_EXT_KEY_SHARE, 0x2a2a, CY_EXT_PRE_SHARED_KEY, CY_EXT_COOKIE, CY_EXT_SERVER_NAME};
  static const uint16_t want[] = {CY_EXT_KEY_SHARE, 0x2a2a, CY_EXT_SERVER_NAME, CY_EXT_EC_POINT_FORMATS,
    CY_EXT_SUPPORTED_GROUPS, CY_EXT_EXTENDED_MASTER_SECRET, CY_EXT_SIGNATURE_ALGORITHMS,
    CY_EXT_SUPPORTED_VERSIONS, CY_EXT_PSK_KEY_EXCHANGE_MODES, CY_EXT_RENEGOTIATION_INFO, 0x1234,
    CY_EXT_PADDING, CY_EXT_PRE_SHARED_KEY};
  static const char psk[] = "\0\7\0\1x\0\0\0\0\0\x21\x20"
                            "0123456789abcdef0123456789abcdef";
  const cy_wire_extension extra[] = {
    {CY_EXT_PRE_SHARED_KEY, CY_SPAN(psk)}, {0x1234, CY_SPAN("x")}, {0x2a2a, CY_SPAN("")}};
  cy_wire_plan p = plan13();
  cy_wire_client_hello h;
  CY_CLEAN(cy_buf) out;
  p.order = CODES(order);
  p.extra = extra;
  p.extra_count = 3;
  p.pad_to = 512;
  built_is(&p, &h, &out);
  types_are(&h, want, CY_COUNT(want));
  assert_int_equal(h.psk_count, 1);
  assert_true(h.grease);
}

static void pads_to_the_length(void **state)
{
  for (size_t to = 100; to < 300; to++) {
    cy_wire_plan p = plan12();
    cy_wire_client_hello h;
    CY_CLEAN(cy_buf) out;
    CY_CLEAN(cy_buf) bare;
    built_is(&p, &h, &bare);
    p.pad_to = to;
    built_is(&p, &h, &out);
    /* An extension has four bytes at least. */
    assert_int_equal(out.len, to <= bare.len ? bare.len : to < bare.len + 4 ? bare.len + 4 : to);
  }
}

static void sends_no_empty_block(void **state)
{
  cy_wire_plan p = {.version = CY_SSL3, .random = cy_span_of(random32, 32), .suites = CODES(old_suites)};
  cy_wire_client_hello h;
  CY_CLEAN(cy_buf) out;
  built_is(&p, &h, &out);
  assert_false(h.extensions.there);
}

static void wrong_is(const cy_wire_plan *p)
{
  CY_CLEAN(cy_buf) out = CY_BUF(1 << 20);
  cy_wire_build_hello(&out, p);
  cy_err *err = cy_buf_check(&out);
  assert_non_null(err);
  cy_err_free(err);
}

static void refuses_what_can_not_be_written(void **state)
{
  static uint16_t many[40000];
  static char name[70000];
  cy_wire_plan p = plan12();
  p.random.len = 31;
  wrong_is(&p);
  p = plan12();
  p.suites.count = 0;
  wrong_is(&p);
  p = plan12();
  p.session_id = cy_span_of(many, 33);
  wrong_is(&p);
  p = plan12();
  p.suites = CODES(many);
  wrong_is(&p);
  p = plan12();
  p.versions = (cy_wire_codes){many, 128};
  wrong_is(&p);
  p = plan12();
  memset(name, 'x', sizeof name - 1);
  p.server_name = name;
  wrong_is(&p);
}

static void cuts_records(void **state)
{
  static const size_t sizes[] = {0, 1, 16384, 16385, 40000};
  static uint8_t content[40000];
  for (size_t i = 0; i < CY_COUNT(sizes); i++) {
    CY_CLEAN(cy_buf) out = CY_BUF(1 << 20);
    size_t count = sizes[i] ? (sizes[i] + 16383) / 16384 : 1;
    cy_wire_build_records(&out, CY_RECORD_DATA, CY_TLS12, cy_span_of(content, sizes[i]));
    assert_null(cy_buf_check(&out));
    assert_int_equal(out.len, sizes[i] + 5 * count);
    assert_memory_equal(out.data, "\x17\3\3", 3);
  }
}

/* The tool. */

static int write_hello(const char *name)
{
  cy_wire_plan plan;
  CY_CLEAN(cy_buf) hello = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) records = CY_BUF_TEXT;
  if (!named_plan(&plan, name))
    return 2;
  cy_wire_build_hello(&hello, &plan);
  cy_wire_build_records(&records, CY_RECORD_HANDSHAKE, CY_TLS10, cy_buf_get(&hello));
  return fwrite(records.data, 1, records.len, stdout) == records.len ? 0 : 5;
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(reads_what_was_planned),
    cmocka_unit_test(keeps_the_order),
    cmocka_unit_test(pads_to_the_length),
    cmocka_unit_test(sends_no_empty_block),
    cmocka_unit_test(refuses_what_can_not_be_written),
    cmocka_unit_test(cuts_records),
  };
  if (argc == 3 && strcmp(argv[1], "hello") == 0)
    return write_hello(argv[2]);
  if (argc == 2 && strcmp(argv[1], "read") == 0)
    return say_answer();
  if (argc == 2 && strcmp(argv[1], "flow") == 0)
    return say_flow();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
