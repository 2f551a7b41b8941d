/* openssl s_client -trace: tried with 3.0. */
#include "tls/trace_openssl.h"

#include <stdio.h>

#include "tls/wire_alert.h"
#include "tls/wire_extension.h"

enum { NO_EXTENSION = UINT16_MAX };

static int digit(uint8_t c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "23", "0x0403": up to what is no digit; SIZE_MAX: it is no number. */
static size_t number_of(cy_span s)
{
  unsigned base = 10;
  size_t n = 0, i = 0;
  if (s.len > 2 && s.data[0] == '0' && s.data[1] == 'x') {
    base = 16;
    s = cy_span_of(s.data + 2, s.len - 2);
  }
  for (; i < s.len && i < 8; i++) {
    int d = digit(s.data[i]);
    if (d < 0 || d >= (int)base)
      break;
    n = n * base + (unsigned)d;
  }
  return i ? n : SIZE_MAX;
}

/* What stands in the last brackets: "secp256r1 (P-256) (23)". */
static size_t bracket_of(cy_span line)
{
  size_t n = line.len;
  while (n > 0 && line.data[n - 1] != '(')
    n--;
  return n ? number_of(cy_span_of(line.data + n, line.len - n)) : SIZE_MAX;
}

/* "{0x13, 0x02} TLS_AES_256_GCM_SHA384" */
static size_t suite_of(cy_span line)
{
  cy_span rest, first;
  if (!cy_trace_has(line, "{", &rest))
    return SIZE_MAX;
  first = cy_trace_word(rest, ",", &rest);
  size_t high = number_of(first), low = number_of(cy_trace_trim(rest));
  return high > 0xff || low > 0xff ? SIZE_MAX : high << 8 | low;
}

static void add(cy_trace *t, cy_seen_codes *to, size_t code)
{
  if (code <= UINT16_MAX && !cy_wire_is_grease((uint16_t)code))
    cy_trace_add(t, to, (uint16_t)code);
}

static void set(cy_trace *t, cy_seen_code *to, size_t code)
{
  if (code <= UINT16_MAX)
    cy_trace_code(t, to, (uint16_t)code);
}

static bool begins_message(cy_spelled *s, cy_span line)
{
  static const struct {
    const char *name;
    cy_spelled_message message;
  } names[] = {{"ClientHello, Length=", CY_SPELLED_CLIENT_HELLO},
    {"ServerHello, Length=", CY_SPELLED_SERVER_HELLO}, {"Certificate, Length=", CY_SPELLED_CERTIFICATE},
    {"ServerKeyExchange, Length=", CY_SPELLED_EXCHANGE},
    {"CertificateRequest, Length=", CY_SPELLED_REQUEST}, {"CertificateVerify, Length=", CY_SPELLED_VERIFY}};
  cy_span rest;
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    if (!cy_trace_starts(line, names[i].name, NULL))
      continue;
    s->in = names[i].message;
    s->extension = NO_EXTENSION;
    s->suites = s->schemes = false;
    s->place = 0;
    return true;
  }
  if (!cy_trace_has(line, ", Length=", &rest) || number_of(rest) == SIZE_MAX)
    return false;
  s->in = CY_SPELLED_NONE;
  return true;
}

static bool begins_record(cy_spelled *s, cy_span line)
{
  bool sent = cy_trace_is(cy_trace_trim(line), "Sent Record");
  if (!sent && !cy_trace_is(cy_trace_trim(line), "Received Record"))
    return false;
  s->begun = true;
  s->sent = sent;
  s->in = CY_SPELLED_NONE;
  return true;
}

/* "Level=fatal(2), description=handshake failure(40)" */
static bool read_alert(cy_spelled *s, cy_trace *t)
{
  char name[8];
  cy_span level, rest;
  if (!cy_trace_starts(t->line, "Level=", &level) || !cy_trace_has(level, ", description=", &rest))
    return false;
  size_t number = bracket_of(rest);
  int len = snprintf(name, sizeof name, "%zu", number & 0xff);
  if (number <= 0xff)
    cy_trace_alert(t, s->sent, cy_trace_starts(level, "fatal", NULL) ? CY_ALERT_FATAL : CY_ALERT_WARNING,
      cy_span_of(name, (size_t)len));
  return true;
}

static void read_client_hello(cy_spelled *s, cy_trace *t)
{
  cy_tls_seen *seen = t->seen;
  cy_span rest;
  if (cy_trace_starts(t->line, "client_version=", &rest)) {
    s->legacy = !seen->versions.line;
    if (s->legacy)
      add(t, &seen->versions, number_of(rest));
  } else if (s->suites) {
    add(t, &seen->suites, suite_of(t->line));
  } else if (s->extension == CY_EXT_SUPPORTED_GROUPS) {
    add(t, &seen->groups, bracket_of(t->line));
  } else if (s->extension == CY_EXT_SIGNATURE_ALGORITHMS) {
    add(t, &seen->schemes, bracket_of(t->line));
  } else if (s->extension == CY_EXT_SIGNATURE_ALGORITHMS_CERT) {
    add(t, &seen->cert_schemes, bracket_of(t->line));
  } else if (s->extension == CY_EXT_SUPPORTED_VERSIONS) {
    /* The list replaces the one of the fixed part. */
    if (s->legacy)
      cy_codes_clear(&seen->versions.codes);
    s->legacy = false;
    add(t, &seen->versions, bracket_of(t->line));
  } else if (s->extension == CY_EXT_KEY_SHARE && cy_trace_starts(t->line, "NamedGroup:", NULL)) {
    add(t, &seen->shares, bracket_of(t->line));
  }
}

static void read_server_hello(cy_spelled *s, cy_trace *t)
{
  cy_tls_seen *seen = t->seen;
  cy_span rest;
  if (cy_trace_starts(t->line, "server_version=", &rest))
    set(t, &seen->version, number_of(rest));
  else if (cy_trace_starts(t->line, "cipher_suite ", NULL))
    set(t, &seen->suite, suite_of(t->line));
  else if (s->extension == CY_EXT_SUPPORTED_VERSIONS)
    set(t, &seen->version, bracket_of(t->line));
  else if (s->extension == CY_EXT_KEY_SHARE && cy_trace_starts(t->line, "NamedGroup:", NULL))
    set(t, &seen->group, bracket_of(t->line));
}

static void read_certificate(cy_spelled *s, cy_trace *t)
{
  cy_seen_certs *chain = s->sent ? &t->seen->client : &t->seen->server;
  if (cy_trace_starts(t->line, "certificate_list, length=", NULL) && !chain->line)
    chain->line = t->number;
  else if (cy_trace_starts(t->line, "-----BEGIN CERTIFICATE-----", NULL))
    cy_trace_pem(t, chain, s->place++);
}

static void read_signed(cy_spelled *s, cy_trace *t)
{
  if (cy_trace_starts(t->line, "Signature Algorithm:", NULL))
    set(t, s->sent ? &t->seen->client_scheme : &t->seen->server_scheme, bracket_of(t->line));
  else if (cy_trace_starts(t->line, "named_curve:", NULL))
    set(t, &t->seen->group, bracket_of(t->line));
}

static void read_request(cy_spelled *s, cy_trace *t)
{
  cy_span rest;
  cy_trace_asked(t);
  if (cy_trace_starts(t->line, "signature_algorithms ", NULL))
    s->schemes = true;
  else if (cy_trace_starts(t->line, "certificate_authorities", NULL))
    s->schemes = false;
  else if (cy_trace_starts(t->line, "DistinguishedName", NULL) && cy_trace_has(t->line, "): ", &rest))
    cy_trace_name(t, rest);
  else if (s->schemes || s->extension == CY_EXT_SIGNATURE_ALGORITHMS)
    add(t, &t->seen->asked_schemes, bracket_of(t->line));
}

static void read_part(cy_spelled *s, cy_trace *t)
{
  switch (s->in) {
  case CY_SPELLED_CLIENT_HELLO:
    read_client_hello(s, t);
    break;
  case CY_SPELLED_SERVER_HELLO:
    read_server_hello(s, t);
    break;
  case CY_SPELLED_CERTIFICATE:
    read_certificate(s, t);
    break;
  case CY_SPELLED_REQUEST:
    read_request(s, t);
    break;
  default:
    read_signed(s, t);
  }
}

/* Titles of lists inside of a message. */
static bool read_title(cy_spelled *s, cy_span line)
{
  cy_span rest;
  if (cy_trace_starts(line, "cipher_suites (len=", NULL)) {
    s->suites = true;
  } else if (cy_trace_starts(line, "compression_methods", NULL)) {
    s->suites = false;
  } else if (cy_trace_starts(line, "extension_type=", &rest)) {
    s->suites = s->schemes = false;
    size_t number = bracket_of(cy_trace_word(rest, ",", NULL));
    s->extension = number < NO_EXTENSION ? (unsigned)number : NO_EXTENSION;
  } else {
    return false;
  }
  return true;
}

bool cy_spelled_take(cy_spelled *s, cy_trace *t)
{
  if (begins_record(s, t->line))
    return true;
  if (!s->begun || !t->seen)
    return false;
  if (begins_message(s, t->line) || read_alert(s, t))
    return true;
  /* Lines of messages are indented; certificates in the middle are not. */
  bool inside = t->line.len > 0 && (t->line.data[0] == ' ' || s->in == CY_SPELLED_CERTIFICATE);
  if (!inside || s->in == CY_SPELLED_NONE)
    return false;
  if (!read_title(s, t->line))
    read_part(s, t);
  return s->in != CY_SPELLED_CERTIFICATE || t->line.data[0] == ' ' || t->line.data[0] == '-';
}
