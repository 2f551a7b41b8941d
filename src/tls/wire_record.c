#include "tls/wire_record.h"

#include "tls/codes.h"
#include "tls/notation.h"
#include "tls/wire_guess.h"
#include "tls/wire_internal.h"

enum { HEADER = 5, CLEAR_ALERT = 2 };

const char *cy_wire_record_name(uint8_t type)
{
  static const char *const names[] = {
    "change_cipher_spec", "alert", "handshake", "application_data", "heartbeat"};
  return type >= CY_RECORD_CHANGE_CIPHER && type <= CY_RECORD_HEARTBEAT
           ? names[type - CY_RECORD_CHANGE_CIPHER]
           : NULL;
}

const char *cy_wire_end_name(cy_wire_end end)
{
  return end == CY_WIRE_CLIENT ? "client" : "server";
}

void cy_wire_init(cy_wire *wire)
{
  *wire = (cy_wire){0};
  for (int i = 0; i < 2; i++) {
    wire->ends[i].record = CY_BUF(HEADER + (1 << 16));
    wire->ends[i].message = CY_BUF(CY_WIRE_MAX_MESSAGE);
  }
}

void cy_wire_clear(cy_wire *wire)
{
  for (int i = 0; i < 2; i++) {
    cy_buf_clear(&wire->ends[i].record);
    cy_buf_clear(&wire->ends[i].message);
  }
  *wire = (cy_wire){0};
}

void cy_wire_give(cy_wire *wire, cy_wire_end from, cy_span bytes)
{
  if (wire->input.len || wire->ends[0].busy || wire->ends[1].busy)
    wire->misused = true;
  wire->from = from;
  wire->input = bytes;
}

void cy_wire_opened(cy_wire *wire, uint8_t type, cy_span content)
{
  cy_wire_stream *s = &wire->ends[wire->from];
  s->at.type = type;
  s->at.opened = true;
  s->fragment = content;
  s->busy = true;
}

/* A second ClientHello, which TLS 1.3 sends in clear after its empty ChangeCipherSpec: sealed bytes that
 * look like it are one in 2^32. */
static bool looks_like_hello(cy_span fragment)
{
  return fragment.len > 0 && fragment.data[0] == CY_MSG_CLIENT_HELLO &&
         cy_wire_message_length(fragment) == fragment.len;
}

static bool is_sealed(const cy_wire *w, const cy_wire_stream *s)
{
  if (s->at.opened)
    return false;
  if (s->at.type == CY_RECORD_DATA)
    return true;
  if (!s->changed || w->version >= CY_TLS13)
    return false;
  if (s->at.type == CY_RECORD_ALERT)
    return s->fragment.len != CLEAR_ALERT;
  if (s->at.type == CY_RECORD_CHANGE_CIPHER) /* of a second handshake: sealed like the rest */
    return s->fragment.len != 1;
  return !looks_like_hello(s->fragment);
}

/* The rest of the record, as one event. */
static void hand_out(cy_wire_stream *s, cy_wire_event *event, cy_wire_kind kind)
{
  *event = s->at;
  event->kind = kind;
  event->records = 1;
  event->body = event->whole = s->fragment;
  s->busy = false;
}

static cy_err *take_alert(cy_wire *w, cy_wire_event *event)
{
  cy_wire_stream *s = &w->ends[w->from];
  if (s->fragment.len < CLEAR_ALERT)
    return cy_wire_record_bad(w, "an alert has two bytes");
  cy_span rest = cy_span_of(s->fragment.data + CLEAR_ALERT, s->fragment.len - CLEAR_ALERT);
  s->fragment.len = CLEAR_ALERT;
  hand_out(s, event, CY_WIRE_ALERT);
  event->level = event->body.data[0];
  event->description = event->body.data[1];
  s->fragment = rest;
  s->busy = rest.len > 0;
  return NULL;
}

static cy_err *take_change(cy_wire *w, cy_wire_event *event)
{
  cy_wire_stream *s = &w->ends[w->from];
  if (s->fragment.len != 1 || s->fragment.data[0] != 1)
    return cy_wire_record_bad(w, "a ChangeCipherSpec is one byte, 1");
  s->changed = true;
  hand_out(s, event, CY_WIRE_CHANGE_CIPHER);
  return NULL;
}

static cy_err *take(cy_wire *w, cy_wire_event *event, bool *found)
{
  cy_wire_stream *s = &w->ends[w->from];
  bool sealed = is_sealed(w, s);
  if (s->at.type == CY_RECORD_HANDSHAKE && !sealed && s->at.kind != CY_WIRE_SSL2_HELLO)
    return cy_wire_join(w, event, found);
  /* Sealed handshake records may hold the rest of nothing that was in clear, and alerts come at any time.
   */
  if (s->message.len > 0 && s->at.type != CY_RECORD_ALERT && !sealed)
    return cy_wire_record_bad(w, "it comes between the fragments of a handshake message");
  *found = true;
  if (s->at.kind == CY_WIRE_SSL2_HELLO)
    hand_out(s, event, CY_WIRE_SSL2_HELLO);
  else if (sealed)
    hand_out(s, event, CY_WIRE_SEALED);
  else if (s->at.type == CY_RECORD_ALERT)
    return take_alert(w, event);
  else if (s->at.type == CY_RECORD_CHANGE_CIPHER)
    return take_change(w, event);
  else
    hand_out(s, event, s->at.type == CY_RECORD_DATA ? CY_WIRE_DATA : CY_WIRE_OTHER);
  return NULL;
}

/* Forgets what the caller has seen. */
static void tidy(cy_wire_stream *s)
{
  if (s->handed)
    cy_buf_reset(&s->message);
  s->handed = false;
  if (!s->busy && s->record.len >= HEADER && s->records > s->at.record)
    cy_buf_reset(&s->record);
}

static cy_err *step(cy_wire *w, cy_wire_event *event, bool *found)
{
  cy_wire_stream *s = &w->ends[w->from];
  while (!*found) {
    tidy(s);
    if (!s->busy && w->input.len == 0)
      return NULL;
    CY_TRY(s->busy ? take(w, event, found) : cy_wire_read_record(w));
  }
  return NULL;
}

cy_err *cy_wire_next(cy_wire *wire, cy_wire_event *event, bool *found)
{
  cy_wire_stream *s = &wire->ends[wire->from];
  *found = false;
  if (wire->misused)
    return cy_err_new(CY_E_BUG, "bytes were given while events of those before were not taken");
  if (s->dead) {
    wire->input = CY_SPAN_NONE;
    return NULL;
  }
  cy_err *err = step(wire, event, found);
  if (err) {
    *found = s->busy = false;
    s->dead = true;
    wire->input = CY_SPAN_NONE;
  }
  return err;
}

cy_err *cy_wire_finish(const cy_wire *wire, cy_wire_end from)
{
  const cy_wire_stream *s = &wire->ends[from];
  const char *end = cy_wire_end_name(from);
  const char *guess = NULL;
  if (s->dead)
    return NULL;
  if (s->record.len > 0 && s->offset == 0 && (guess = cy_wire_guess(cy_buf_get(&s->record))))
    return cy_err_new(CY_E_TLS_NOT_TLS, "what the %s sends first is not TLS, but %s", end, guess);
  if (s->record.len > 0 && s->records <= s->at.record)
    return cy_err_new(CY_E_TLS_RECORD_MALFORMED,
      "%s: it ends in the middle of record %llu, after %zu bytes of it", end,
      (unsigned long long)s->records, s->record.len);
  if (s->message.len > 0 && !s->handed) {
    const char *name = cy_wire_message_name(s->message.data[0]);
    return cy_err_new(CY_E_TLS_MESSAGE_MALFORMED,
      "%s: it ends in the middle of a %s that began in record %llu", end,
      name ? name : "message of unknown type", (unsigned long long)s->first);
  }
  return NULL;
}

bool cy_wire_may_be_alert(const cy_wire *wire, const cy_wire_event *sealed)
{
  /* Two bytes, the type, and the 16 or 8 bytes of an AEAD. */
  enum { SHORT = CLEAR_ALERT + 1 + 8, LONG = CLEAR_ALERT + 1 + 16 };
  if (sealed->kind != CY_WIRE_SEALED)
    return false;
  if (wire->version < CY_TLS13)
    return sealed->type == CY_RECORD_ALERT;
  return sealed->body.len == SHORT || sealed->body.len == LONG;
}
