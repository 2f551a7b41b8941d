/* What messages that a trace holds in bytes say. */
#include "tls/trace_line.h"
#include "tls/wire_certificate.h"
#include "tls/wire_exchange.h"
#include "tls/wire_hello.h"
#include "x509/name.h"

static void add_codes(cy_trace *t, cy_seen_codes *to, cy_span list)
{
  for (size_t i = 0; i < cy_wire_count16(list) && i < CY_TRACE_LIST; i++)
    if (!cy_wire_is_grease(cy_wire_at16(list, i)))
      cy_trace_add(t, to, cy_wire_at16(list, i));
}

static void add_shares(cy_trace *t, cy_seen_codes *to, cy_span left)
{
  cy_wire_share share;
  for (size_t i = 0; i < CY_TRACE_LIST && cy_wire_share_next(&left, &share); i++)
    if (!cy_wire_is_grease(share.group))
      cy_trace_add(t, to, share.group);
}

static cy_err *see_client_hello(cy_trace *t, cy_span body)
{
  cy_wire_client_hello h;
  cy_tls_seen *seen = t->seen;
  CY_TRY(cy_wire_client_hello_parse(&h, body));
  if (h.server_name.data)
    cy_trace_text(t, &seen->host, h.server_name);
  if (h.versions.data)
    add_codes(t, &seen->versions, h.versions);
  else
    cy_trace_add(t, &seen->versions, h.version);
  add_codes(t, &seen->suites, h.suites);
  add_codes(t, &seen->groups, h.groups);
  add_codes(t, &seen->schemes, h.schemes);
  add_codes(t, &seen->cert_schemes, h.schemes_cert);
  add_shares(t, &seen->shares, h.shares);
  return NULL;
}

static cy_err *see_server_hello(cy_trace *t, cy_span body)
{
  cy_wire_server_hello h;
  CY_TRY(cy_wire_server_hello_parse(&h, body));
  if (h.retry)
    return NULL;
  cy_trace_code(t, &t->seen->version, h.chosen);
  cy_trace_code(t, &t->seen->suite, h.suite);
  if (h.answers.group)
    cy_trace_code(t, &t->seen->group, h.answers.group);
  return NULL;
}

static cy_err *see_certificates(cy_trace *t, cy_wire_end from, cy_span body)
{
  cy_wire_certificate chain;
  cy_wire_certificate_entry entry;
  cy_seen_certs *to = from == CY_WIRE_SERVER ? &t->seen->server : &t->seen->client;
  CY_TRY(cy_wire_certificate_parse(&chain, body, t->seen->version.code));
  if (!to->line)
    to->line = t->number;
  for (size_t place = 0; cy_wire_certificate_next(&chain, &entry); place++)
    cy_trace_der(t, to, place, entry.der);
  return NULL;
}

static cy_err *see_request(cy_trace *t, cy_span body)
{
  cy_wire_certificate_request r;
  cy_span name;
  CY_TRY(cy_wire_certificate_request_parse(&r, body, t->seen->version.code));
  cy_trace_asked(t);
  add_codes(t, &t->seen->asked_schemes, r.schemes);
  while (cy_wire_next16(&r.authorities, &name)) {
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    cy_name_format(&text, name, CY_NAMES_RFC4514);
    cy_trace_name(t, cy_buf_get(&text));
  }
  return NULL;
}

static cy_err *see_exchange(cy_trace *t, cy_span body)
{
  cy_wire_server_exchange e;
  cy_tls_seen *seen = t->seen;
  CY_TRY(cy_wire_server_exchange_parse(&e, body, seen->version.code, cy_suite_get(seen->suite.code)));
  if (e.group)
    cy_trace_code(t, &seen->group, e.group);
  if (e.scheme)
    cy_trace_code(t, &seen->server_scheme, e.scheme);
  return NULL;
}

static cy_err *see_verify(cy_trace *t, cy_wire_end from, cy_span body)
{
  cy_wire_certificate_verify v;
  CY_TRY(cy_wire_certificate_verify_parse(&v, body, t->seen->version.code));
  if (v.scheme)
    cy_trace_code(t, from == CY_WIRE_SERVER ? &t->seen->server_scheme : &t->seen->client_scheme, v.scheme);
  return NULL;
}

static cy_err *see(cy_trace *t, cy_wire_end from, uint8_t type, cy_span body)
{
  switch (type) {
  case CY_MSG_CLIENT_HELLO:
    return see_client_hello(t, body);
  case CY_MSG_SERVER_HELLO:
    return see_server_hello(t, body);
  case CY_MSG_CERTIFICATE:
    return see_certificates(t, from, body);
  case CY_MSG_CERTIFICATE_REQUEST:
    return see_request(t, body);
  case CY_MSG_SERVER_KEY_EXCHANGE:
    return see_exchange(t, body);
  case CY_MSG_CERTIFICATE_VERIFY:
    return see_verify(t, from, body);
  default:
    return NULL;
  }
}

void cy_trace_message(cy_trace *t, cy_wire_end from, uint8_t type, cy_span body)
{
  if (!t->seen)
    return;
  /* A dump that is cut or mistyped says what it says up to there. */
  cy_err *err = see(t, from, type, body);
  t->no_memory |= err && cy_err_code_get(err) == CY_E_NO_MEMORY;
  cy_err_free(err);
}
