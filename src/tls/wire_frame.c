#include "tls/codes.h"
#include "tls/wire_guess.h"
#include "tls/wire_internal.h"

enum { HEADER = 5 };

cy_err *cy_wire_record_bad(const cy_wire *w, const char *why)
{
  const cy_wire_stream *s = &w->ends[w->from];
  return cy_err_new(CY_E_TLS_RECORD_MALFORMED, "%s, record %llu (at byte %llu of what it sent): %s",
    cy_wire_end_name(w->from), (unsigned long long)s->at.record, (unsigned long long)s->at.offset, why);
}

/* The length of the record that these five bytes open, with its header; 0: they open none. */
static size_t record_length(const uint8_t *head, bool ssl2)
{
  if (ssl2)
    return 2 + ((size_t)(head[0] & 0x7f) << 8 | head[1]);
  return HEADER + ((size_t)head[3] << 8 | head[4]);
}

/* A ClientHello of SSL 2's form: a length of two bytes, type 1, and SSL 2 or a newer version. */
static bool is_ssl2(const cy_wire *w, const uint8_t *head)
{
  const cy_wire_stream *s = &w->ends[w->from];
  bool version = head[3] == 3 || (head[3] == 0 && head[4] == 2);
  return w->from == CY_WIRE_CLIENT && s->at.record == 0 && (head[0] & 0x80) && head[2] == 1 && version;
}

static cy_err *check_header(cy_wire *w, const uint8_t *head, size_t have)
{
  cy_wire_stream *s = &w->ends[w->from];
  if (cy_wire_record_name(head[0]) && head[1] == 3) {
    s->at.type = head[0];
    s->at.record_version = (uint16_t)(head[1] << 8 | head[2]);
    return record_length(head, false) > HEADER + CY_WIRE_MAX_FRAGMENT
             ? cy_wire_record_bad(w, "it says that it is longer than a record may be (18432 bytes)")
             : NULL;
  }
  if (s->at.record)
    return cy_wire_record_bad(w, "there is no record of TLS where one should begin");
  const char *guess = cy_wire_guess(cy_span_of(head, have));
  return cy_err_new(CY_E_TLS_NOT_TLS, "what the %s sends first is not TLS%s%s", cy_wire_end_name(w->from),
    guess ? ", but " : "", guess ? guess : "");
}

/* Takes what is missing of the first `want` bytes of a record that came in pieces; true when they are
 * there. */
static bool gather(cy_wire *w, size_t want)
{
  cy_buf *record = &w->ends[w->from].record;
  size_t more = want > record->len ? want - record->len : 0;
  if (more > w->input.len)
    more = w->input.len;
  if (more == 0)
    return record->len >= want;
  cy_buf_put(record, w->input.data, more);
  w->input = cy_span_of(w->input.data + more, w->input.len - more);
  return record->len >= want;
}

static void hold_record(cy_wire *w, cy_span record, bool ssl2)
{
  cy_wire_stream *s = &w->ends[w->from];
  s->at.kind = ssl2 ? CY_WIRE_SSL2_HELLO : CY_WIRE_OTHER;
  s->at.header = cy_span_of(record.data, HEADER);
  s->fragment = ssl2 ? record : cy_span_of(record.data + HEADER, record.len - HEADER);
  s->offset += record.len;
  s->records++;
  s->busy = true;
}

cy_err *cy_wire_read_record(cy_wire *w)
{
  cy_wire_stream *s = &w->ends[w->from];
  bool pieces = s->record.len > 0 || w->input.len < HEADER;
  s->at = (cy_wire_event){.from = w->from, .record = s->records, .offset = s->offset};
  if (pieces && !gather(w, HEADER))
    return cy_buf_check(&s->record);
  const uint8_t *head = pieces ? s->record.data : w->input.data;
  bool ssl2 = is_ssl2(w, head);
  if (!ssl2)
    CY_TRY(check_header(w, head, pieces ? s->record.len : w->input.len));
  size_t length = record_length(head, ssl2);
  if (length < HEADER)
    return cy_wire_record_bad(w, "an SSL 2 hello that is too short");
  if (!pieces && w->input.len >= length) {
    hold_record(w, cy_span_of(head, length), ssl2);
    w->input = cy_span_of(head + length, w->input.len - length);
    return NULL;
  }
  if (gather(w, length))
    hold_record(w, cy_buf_get(&s->record), ssl2);
  return cy_buf_check(&s->record);
}
