#include "tls/wire_internal.h"

#include "tls/codes.h"
#include "tls/wire_hello.h"

enum { MESSAGE_HEADER = 4 };

const char *cy_wire_message_name(uint8_t type)
{
  static const char *const names[] = {
    [CY_MSG_HELLO_REQUEST] = "HelloRequest",
    [CY_MSG_CLIENT_HELLO] = "ClientHello",
    [CY_MSG_SERVER_HELLO] = "ServerHello",
    [CY_MSG_NEW_SESSION_TICKET] = "NewSessionTicket",
    [CY_MSG_END_OF_EARLY_DATA] = "EndOfEarlyData",
    [CY_MSG_ENCRYPTED_EXTENSIONS] = "EncryptedExtensions",
    [CY_MSG_CERTIFICATE] = "Certificate",
    [CY_MSG_SERVER_KEY_EXCHANGE] = "ServerKeyExchange",
    [CY_MSG_CERTIFICATE_REQUEST] = "CertificateRequest",
    [CY_MSG_SERVER_HELLO_DONE] = "ServerHelloDone",
    [CY_MSG_CERTIFICATE_VERIFY] = "CertificateVerify",
    [CY_MSG_CLIENT_KEY_EXCHANGE] = "ClientKeyExchange",
    [CY_MSG_FINISHED] = "Finished",
    [CY_MSG_CERTIFICATE_URL] = "CertificateURL",
    [CY_MSG_CERTIFICATE_STATUS] = "CertificateStatus",
    [CY_MSG_SUPPLEMENTAL_DATA] = "SupplementalData",
    [CY_MSG_KEY_UPDATE] = "KeyUpdate",
    [CY_MSG_COMPRESSED_CERTIFICATE] = "CompressedCertificate",
    [CY_MSG_NEXT_PROTOCOL] = "NextProtocol",
    [CY_MSG_MESSAGE_HASH] = "MessageHash",
  };
  return type < CY_COUNT(names) ? names[type] : NULL;
}

/* Up to TLS 1.2 and in TLS 1.3 it looks different what is sealed: the server's hello decides. */
static void note_version(cy_wire *w, const cy_wire_event *event)
{
  cy_wire_server_hello hello;
  if (w->from != CY_WIRE_SERVER || event->msg_type != CY_MSG_SERVER_HELLO)
    return;
  cy_err *err = cy_wire_server_hello_parse(&hello, event->body);
  if (!err)
    w->version = hello.chosen;
  cy_err_free(err);
}

static void hand_message(cy_wire *w, cy_wire_event *event, cy_span whole)
{
  cy_wire_stream *s = &w->ends[w->from];
  *event = s->at;
  event->kind = CY_WIRE_MESSAGE;
  event->record = s->first;
  event->offset = s->first_offset;
  event->records = s->joined;
  event->msg_type = whole.data[0];
  event->whole = whole;
  event->body = cy_span_of(whole.data + MESSAGE_HEADER, whole.len - MESSAGE_HEADER);
  note_version(w, event);
}

size_t cy_wire_message_length(cy_span start)
{
  const uint8_t *p = start.data;
  if (start.len < MESSAGE_HEADER)
    return MESSAGE_HEADER;
  return MESSAGE_HEADER + ((size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3]);
}

static cy_err *check_length(const cy_wire *w, cy_span start)
{
  size_t length = cy_wire_message_length(start);
  if (length <= CY_WIRE_MAX_MESSAGE)
    return NULL;
  const char *name = cy_wire_message_name(start.data[0]);
  return cy_err_new(CY_E_TLS_MESSAGE_MALFORMED,
    "%s, record %llu: a %s that says it is %zu bytes long; more than %d are not read",
    cy_wire_end_name(w->from), (unsigned long long)w->ends[w->from].first,
    name ? name : "message of unknown type", length, CY_WIRE_MAX_MESSAGE);
}

/* Moves bytes of the fragment behind what is there of the message, up to `want`. */
static void append(cy_wire_stream *s, size_t want)
{
  size_t more = want > s->message.len ? want - s->message.len : 0;
  if (more > s->fragment.len)
    more = s->fragment.len;
  if (more == 0)
    return;
  cy_buf_put(&s->message, s->fragment.data, more);
  s->fragment = cy_span_of(s->fragment.data + more, s->fragment.len - more);
}

static cy_err *join_message(cy_wire *w, cy_wire_event *event, bool *found)
{
  cy_wire_stream *s = &w->ends[w->from];
  append(s, MESSAGE_HEADER);
  CY_TRY(check_length(w, cy_buf_get(&s->message)));
  if (s->message.len >= MESSAGE_HEADER)
    append(s, cy_wire_message_length(cy_buf_get(&s->message)));
  CY_TRY(cy_buf_check(&s->message));
  s->busy = s->fragment.len > 0;
  if (s->message.len < MESSAGE_HEADER || s->message.len < cy_wire_message_length(cy_buf_get(&s->message)))
    return NULL;
  hand_message(w, event, cy_buf_get(&s->message));
  s->handed = *found = true;
  return NULL;
}

cy_err *cy_wire_join(cy_wire *w, cy_wire_event *event, bool *found)
{
  cy_wire_stream *s = &w->ends[w->from];
  if (s->fragment.len == 0)
    return cy_wire_record_bad(w, "a handshake record without content");
  if (s->message.len > 0) {
    s->joined += s->at.record != s->first;
    return join_message(w, event, found);
  }
  s->first = s->at.record;
  s->first_offset = s->at.offset;
  s->joined = 1;
  CY_TRY(check_length(w, s->fragment));
  size_t length = cy_wire_message_length(s->fragment);
  if (s->fragment.len < length)
    return join_message(w, event, found);
  hand_message(w, event, cy_span_of(s->fragment.data, length));
  s->fragment = cy_span_of(s->fragment.data + length, s->fragment.len - length);
  s->busy = s->fragment.len > 0;
  *found = true;
  return NULL;
}
