/* Dumps in hexadecimal: tried with openssl s_client -debug and -msg, xxd and hexdump; server traces of z/OS
 * by their published form. */
#include "tls/trace_dump.h"

#include <stdio.h>

#include "tls/suite.h"
#include "tls/trace_readers.h"

enum { MOST_BYTES = 1 << 20, RECORD_HEADER = 5, MESSAGE_HEADER = 4, SUITE_DIGITS = 4 };

void cy_dump_init(cy_dump *d, bool opens)
{
  *d = (cy_dump){.bytes = CY_BUF(MOST_BYTES), .opens = opens};
  cy_wire_init(&d->wire);
}

void cy_dump_clear(cy_dump *d)
{
  cy_buf_clear(&d->bytes);
  cy_wire_clear(&d->wire);
}

static void start_over(cy_dump *d)
{
  cy_wire_clear(&d->wire);
  cy_wire_init(&d->wire);
  d->fed = false;
}

static void see_event(cy_dump *d, cy_trace *t, const cy_wire_event *e)
{
  char number[8];
  if (e->kind == CY_WIRE_MESSAGE)
    cy_trace_message(t, e->from, e->msg_type, e->body);
  if (e->kind != CY_WIRE_ALERT || !t->seen || !t->seen->role_known)
    return;
  bool sent = (e->from == CY_WIRE_SERVER) == (t->seen->role == CY_TLS_SERVER);
  int len = snprintf(number, sizeof number, "%u", e->description);
  cy_trace_alert(t, sent, e->level, cy_span_of(number, (size_t)len));
}

static void feed(cy_dump *d, cy_trace *t, cy_wire_end from, cy_span bytes)
{
  cy_wire_event e;
  bool found = true;
  d->fed = true;
  cy_wire_give(&d->wire, from, bytes);
  while (found) {
    cy_err *err = cy_wire_next(&d->wire, &e, &found);
    t->no_memory |= err && cy_err_code_get(err) == CY_E_NO_MEMORY;
    if (err)
      found = false;
    cy_err_free(err);
    if (found)
      see_event(d, t, &e);
  }
}

/* Who sends messages of this type; -1: either end. */
static int sender_of(uint8_t type)
{
  switch (type) {
  case CY_MSG_CLIENT_HELLO:
  case CY_MSG_CLIENT_KEY_EXCHANGE:
    return CY_WIRE_CLIENT;
  case CY_MSG_SERVER_HELLO:
  case CY_MSG_SERVER_KEY_EXCHANGE:
  case CY_MSG_CERTIFICATE_REQUEST:
  case CY_MSG_SERVER_HELLO_DONE:
  case CY_MSG_ENCRYPTED_EXTENSIONS:
  case CY_MSG_NEW_SESSION_TICKET:
    return CY_WIRE_SERVER;
  default:
    return -1;
  }
}

static bool is_record(cy_span b)
{
  return b.len > RECORD_HEADER && cy_wire_record_name(b.data[0]) && b.data[1] == 3;
}

/* The one who speaks first is the client. */
static cy_tls_role role_of(const cy_dump *d)
{
  return d->way == CY_DUMP_SENT ? CY_TLS_CLIENT : CY_TLS_SERVER;
}

static bool is_hello(cy_span b)
{
  return is_record(b) && b.data[0] == CY_RECORD_HANDSHAKE && b.data[RECORD_HEADER] == CY_MSG_CLIENT_HELLO;
}

/* A ClientHello opens a connection, unless the server asked for a second one. */
static void open_for(cy_dump *d, cy_trace *t, bool hello)
{
  bool again = t->seen && hello && t->seen->version.line;
  if (!d->opens || (t->seen && !again))
    return;
  start_over(d);
  cy_trace_open(t, role_of(d));
  if (t->seen)
    t->seen->role_known = d->way != CY_DUMP_NOWHERE;
}

static void see_records(cy_dump *d, cy_trace *t, cy_span b)
{
  int from = -1;
  if (!is_record(b) && !d->fed)
    return; /* a first piece of five bytes is a header */
  open_for(d, t, is_hello(b));
  if (!t->seen)
    return;
  if (d->way != CY_DUMP_NOWHERE && t->seen->role_known)
    from = (d->way == CY_DUMP_SENT) == (t->seen->role == CY_TLS_SERVER) ? CY_WIRE_SERVER : CY_WIRE_CLIENT;
  else if (is_record(b) && b.data[0] == CY_RECORD_HANDSHAKE)
    from = sender_of(b.data[RECORD_HEADER]);
  if (from >= 0)
    feed(d, t, (cy_wire_end)from, b);
}

static void see_messages(cy_dump *d, cy_trace *t, cy_span b)
{
  if (b.len < MESSAGE_HEADER)
    return;
  size_t len = (size_t)b.data[1] << 16 | (size_t)b.data[2] << 8 | b.data[3];
  bool server = (d->way == CY_DUMP_SENT) == (t->seen && t->seen->role == CY_TLS_SERVER);
  if (len == b.len - MESSAGE_HEADER)
    cy_trace_message(
      t, server ? CY_WIRE_SERVER : CY_WIRE_CLIENT, b.data[0], cy_span_of(b.data + MESSAGE_HEADER, len));
}

/* A digit in EBCDIC or ASCII; 0: it is none. */
static char digit_of(uint8_t c)
{
  if (c >= 0xf0 && c <= 0xf9)
    return (char)('0' + c - 0xf0);
  if (c >= 0xc1 && c <= 0xc6)
    return (char)('A' + c - 0xc1);
  bool ascii = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
  return ascii ? (char)c : 0;
}

bool cy_dump_suite(uint16_t *code, cy_span b)
{
  char name[SUITE_DIGITS + 1] = "0000";
  if (b.len != SUITE_DIGITS && b.len != SUITE_DIGITS / 2)
    return false;
  for (size_t i = 0; i < b.len; i++) {
    char digit = digit_of(b.data[i]);
    if (!digit)
      return false;
    name[SUITE_DIGITS - b.len + i] = digit;
  }
  const cy_suite *suite = cy_suite_find(name);
  *code = suite ? suite->code : 0;
  return suite;
}

/* "SSL Cipher Specs" above c3f0f0f8: the suite in use is C008. More than one would be a list that nobody
 * explains. */
static void see_suite(cy_dump *d, cy_trace *t, cy_span b)
{
  uint16_t code;
  if (!d->cipher || !cy_dump_suite(&code, b))
    return;
  if (d->opens && (!t->seen || t->seen->suite.line)) {
    start_over(d);
    cy_trace_open(t, CY_TLS_SERVER);
    if (t->seen)
      t->seen->role_known = false;
  }
  if (t->seen)
    cy_trace_code(t, &t->seen->suite, code);
}

void cy_dump_end(cy_dump *d, cy_trace *t)
{
  size_t line = t->number;
  cy_span b = cy_buf_get(&d->bytes);
  t->no_memory |= d->bytes.failed == CY_BUF_NO_MEMORY;
  if (b.len == 0)
    return;
  t->number = d->line;
  if (d->message)
    see_messages(d, t, b);
  else if (d->cipher && b.len <= SUITE_DIGITS)
    see_suite(d, t, b);
  else if (!d->messages_only)
    see_records(d, t, b);
  t->number = line;
  cy_buf_reset(&d->bytes);
}

/* What the line above a dump says of it. */
static void read_title(cy_dump *d, cy_span line)
{
  bool out = cy_trace_starts(line, ">>>", NULL), in = cy_trace_starts(line, "<<<", NULL);
  d->message = (out || in) && cy_trace_has(line, ", Handshake [length ", NULL);
  d->messages_only |= (out || in) && cy_trace_has(line, " [length ", NULL);
  d->cipher = cy_trace_has(line, "Cipher Spec", NULL);
  if (out || cy_trace_has(line, "write to 0x", NULL) || cy_trace_has(line, "Raw write", NULL) ||
      cy_trace_has(line, "gsk_write_v3_record", NULL))
    d->way = CY_DUMP_SENT;
  else if (in || cy_trace_has(line, "read from 0x", NULL) || cy_trace_has(line, "Raw read", NULL) ||
           cy_trace_has(line, "gsk_read_v3_record", NULL))
    d->way = CY_DUMP_RECEIVED;
  else
    d->way = CY_DUMP_NOWHERE;
}

bool cy_dump_take(cy_dump *d, cy_trace *t)
{
  size_t offset, before = d->bytes.len;
  if (!cy_dump_line(&d->bytes, &offset, t->line)) {
    cy_dump_end(d, t);
    read_title(d, t->line);
    return false;
  }
  /* Another dump right behind the first, or lines out of order. */
  if (before > 0 && offset != SIZE_MAX && offset != before) {
    d->bytes.len = before;
    cy_dump_end(d, t);
    before = 0;
    if (!cy_dump_line(&d->bytes, &offset, t->line) || offset != 0)
      cy_buf_reset(&d->bytes);
  }
  if (before == 0)
    d->line = t->number;
  d->lines++;
  return true;
}

/* Most lines of the beginning are dumps, or one is a suite's. */
static unsigned detect(cy_span head)
{
  cy_trace t = cy_trace_begin(NULL, "", "", head);
  CY_CLEAN(cy_buf) bytes = CY_BUF(MOST_BYTES);
  size_t dumps = 0, offset;
  bool title = false, record = false;
  while (!bytes.failed && cy_trace_next(&t)) {
    cy_buf_reset(&bytes);
    if (!cy_dump_line(&bytes, &offset, t.line)) {
      title = cy_trace_has(t.line, "Cipher Spec", NULL);
      continue;
    }
    dumps++;
    record |= is_record(cy_buf_get(&bytes)) && bytes.data[0] == CY_RECORD_HANDSHAKE;
    record |= title && bytes.len == SUITE_DIGITS && digit_of(bytes.data[0]);
  }
  return record && dumps > 0 ? 40 : 0;
}

static cy_err *read(cy_tls_seens *out, const char *file, cy_span text)
{
  cy_trace t = cy_trace_begin(out, "dump", file, text);
  cy_dump d;
  cy_dump_init(&d, true);
  while (cy_trace_next(&t))
    (void)cy_dump_take(&d, &t);
  cy_dump_end(&d, &t);
  cy_dump_clear(&d);
  return cy_trace_end(&t);
}

const cy_tls_trace cy_trace_hex = {"dump", "dumps of records", detect, read};
