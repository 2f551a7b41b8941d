/* Java's debug output from 11 on (8 from update 261 on, too): tried with 17. */
#include "tls/trace_java.h"

#include "base/mem.h"
#include "tls/trace_readers.h"
#include "tls/wire_alert.h"
#include "tls/wire_extension.h"

static unsigned detect(cy_span head)
{
  if (cy_trace_has(head, "javax.net.ssl|", NULL))
    return 95;
  return cy_trace_has(head, "*** ClientHello, ", NULL) ? 90 : 0;
}

/* "Produced ClientHello handshake message (" */
static cy_java_message message_of(cy_span text)
{
  static const struct {
    const char *name;
    cy_java_message message;
  } names[] = {{"ClientHello", CY_JAVA_CLIENT_HELLO}, {"ServerHello ", CY_JAVA_SERVER_HELLO},
    {"CertificateRequest", CY_JAVA_REQUEST}, {"CertificateVerify", CY_JAVA_VERIFY},
    {"CertificateStatus", CY_JAVA_NONE}, {"Certificate ", CY_JAVA_CERTIFICATE},
    {"ServerKeyExchange", CY_JAVA_EXCHANGE}};
  for (size_t i = 0; i < CY_COUNT(names); i++)
    if (cy_trace_has(text, names[i].name, NULL))
      return names[i].message;
  return CY_JAVA_NONE;
}

static void begin_message(cy_java *j, cy_span text)
{
  j->in = message_of(text);
  j->extension = UINT16_MAX;
  j->place = 0;
  j->names = false;
  j->retried |= cy_trace_has(text, "HelloRetryRequest", NULL);
  if (j->in == CY_JAVA_CLIENT_HELLO && !(j->t.seen && j->retried))
    cy_java_open(j, j->sent ? CY_TLS_CLIENT : CY_TLS_SERVER);
  else if (j->in == CY_JAVA_CLIENT_HELLO)
    j->retried = false;
  if (!j->t.seen)
    j->in = CY_JAVA_NONE;
  if (j->in == CY_JAVA_CERTIFICATE && !cy_java_chain(j)->line)
    cy_java_chain(j)->line = j->t.number;
  if (j->in == CY_JAVA_REQUEST)
    cy_trace_asked(&j->t);
}

/* "WRITE: TLSv1.3 alert(close_notify), length = 2" */
static void read_written(cy_java *j, cy_span rest)
{
  cy_span name;
  if (cy_trace_has(rest, " alert(", &name))
    cy_trace_alert(&j->t, true, 0, cy_trace_word(name, ")", NULL));
}

static void read_fatal(cy_java *j, cy_span rest)
{
  cy_span code = cy_trace_word(rest, ")", &rest);
  cy_span text = cy_trace_trim(rest);
  if (text.len > 1 && text.data[0] == ':')
    text = cy_span_of(text.data + 1, text.len - 1);
  if (text.len > 2 && text.data[text.len - 1] == '(')
    text.len--;
  cy_trace_error(&j->t, "java", code, text);
}

/* The connection that this thread has at hand; a log mixes them. */
static void find_thread(cy_java *j, cy_span thread)
{
  enum { LOOK_BACK = 64 };
  cy_tls_seens *all = j->t.out;
  j->t.seen = NULL;
  for (size_t i = all->count; i > 0 && all->count - i < LOOK_BACK && !j->t.seen; i--)
    if (all->items[i - 1]->thread && cy_trace_is(thread, all->items[i - 1]->thread))
      j->t.seen = all->items[i - 1];
}

static void name_thread(cy_java *j, cy_span thread)
{
  if (!j->t.seen || j->t.seen->thread)
    return;
  j->t.seen->thread = cy_strndup((const char *)thread.data, thread.len);
  j->t.no_memory |= !j->t.seen->thread;
}

/* "javax.net.ssl|DEBUG|10|main|2026-11-21 15:00:07.945 UTC|ClientHello.java:639|Produced ..." */
static void read_header(cy_java *j, cy_span rest)
{
  cy_span thread, more;
  cy_trace_word(rest, "|", &rest); /* level */
  const uint8_t *start = rest.data;
  cy_trace_word(rest, "|", &rest); /* number and name of the thread */
  cy_span name = cy_trace_word(rest, "|", &rest);
  thread = cy_span_of(start, (size_t)(name.data + name.len - start));
  cy_trace_word(rest, "|", &rest); /* time */
  cy_trace_word(rest, "|", &rest); /* source */
  find_thread(j, thread);
  j->in = CY_JAVA_NONE;
  j->sent = cy_trace_starts(rest, "Produced ", NULL);
  if ((j->sent || cy_trace_starts(rest, "Consuming ", NULL)) && cy_trace_has(rest, " message", NULL))
    begin_message(j, rest);
  else if (cy_trace_starts(rest, "Received alert message", NULL))
    j->in = j->t.seen ? CY_JAVA_ALERT : CY_JAVA_NONE;
  else if (j->t.seen && cy_trace_starts(rest, "Negotiated protocol version: ", &more))
    cy_trace_version(&j->t, &j->t.seen->version, more);
  else if (cy_trace_starts(rest, "WRITE: ", &more))
    read_written(j, more);
  else if (cy_trace_starts(rest, "Fatal (", &more))
    read_fatal(j, more);
  else
    (void)cy_java_common(j, rest);
  name_thread(j, thread);
}

/* "key" : "value", both without quotes and commas; of a list without its brackets. */
static bool pair(cy_span line, cy_span *key, cy_span *value)
{
  cy_span rest, trimmed = cy_trace_trim(line);
  if (trimmed.len < 2 || trimmed.data[0] != '"')
    return false;
  *key = cy_trace_word(cy_span_of(trimmed.data + 1, trimmed.len - 1), "\"", &rest);
  rest = cy_trace_trim(rest);
  if (rest.len == 0 || rest.data[0] != ':')
    return false;
  rest = cy_trace_trim(cy_span_of(rest.data + 1, rest.len - 1));
  while (rest.len > 0 && strchr("\"[", rest.data[0]))
    rest = cy_span_of(rest.data + 1, rest.len - 1);
  while (rest.len > 0 && strchr("\"],", rest.data[rest.len - 1]))
    rest.len--;
  *value = cy_trace_trim(rest);
  return true;
}

/* Of "renegotiation_info (65,281)". */
static unsigned extension_of(cy_span key)
{
  cy_span rest;
  unsigned n = 0;
  if (!cy_trace_has(key, " (", &rest))
    return UINT16_MAX;
  for (size_t i = 0; i < rest.len && n < UINT16_MAX; i++)
    if (rest.data[i] >= '0' && rest.data[i] <= '9')
      n = 10 * n + (unsigned)(rest.data[i] - '0');
  return n;
}

/* "TLS_AES_256_GCM_SHA384(0x1302), ..." */
static void read_suites(cy_java *j, cy_span list)
{
  for (size_t i = 0; list.len > 0 && i < CY_TRACE_LIST; i++) {
    cy_seen_code suite = {0};
    cy_trace_suite(&j->t, &suite, cy_trace_word(cy_trace_word(list, ",", &list), "(", NULL));
    if (suite.line)
      cy_trace_add(&j->t, &j->t.seen->suites, suite.code);
  }
}

static void read_client_hello(cy_java *j, cy_span key, cy_span value)
{
  cy_tls_seen *seen = j->t.seen;
  if (cy_trace_is(key, "cipher suites") && !seen->suites.line)
    read_suites(j, value);
  else if (j->extension == CY_EXT_SUPPORTED_GROUPS && cy_trace_is(key, "versions"))
    cy_trace_list(&j->t, &seen->groups, CY_TRACE_GROUPS, value, ",");
  else if (j->extension == CY_EXT_SIGNATURE_ALGORITHMS && cy_trace_is(key, "signature schemes"))
    cy_trace_list(&j->t, &seen->schemes, CY_TRACE_SCHEMES, value, ",");
  else if (j->extension == CY_EXT_SIGNATURE_ALGORITHMS_CERT && cy_trace_is(key, "signature schemes"))
    cy_trace_list(&j->t, &seen->cert_schemes, CY_TRACE_SCHEMES, value, ",");
  else if (j->extension == CY_EXT_SUPPORTED_VERSIONS && cy_trace_is(key, "versions"))
    cy_trace_list(&j->t, &seen->versions, CY_TRACE_VERSIONS, value, ",");
  else if (j->extension == CY_EXT_KEY_SHARE && cy_trace_is(key, "named group"))
    cy_trace_list(&j->t, &seen->shares, CY_TRACE_GROUPS, value, ",");
}

static void read_server_hello(cy_java *j, cy_span key, cy_span value)
{
  cy_tls_seen *seen = j->t.seen;
  if (cy_trace_is(key, "server version") || cy_trace_is(key, "selected version"))
    cy_trace_version(&j->t, &seen->version, value);
  else if (cy_trace_is(key, "cipher suite"))
    cy_trace_suite(&j->t, &seen->suite, cy_trace_word(value, "(", NULL));
  else if (j->extension == CY_EXT_KEY_SHARE && cy_trace_is(key, "named group"))
    cy_trace_group(&j->t, &seen->group, value);
}

/* "CN=A, O=x, CN=B, O=x": several names in one list, which can be told apart when all begin with CN. */
static void read_names(cy_java *j, cy_span list)
{
  if (list.len > 0 && list.data[list.len - 1] == ']')
    list.len--;
  while (cy_trace_starts(list, "CN=", NULL)) {
    cy_span rest = CY_SPAN_NONE;
    bool more = cy_trace_has(list, ", CN=", &rest);
    if (more)
      rest = cy_span_of(rest.data - 3, rest.len + 3);
    size_t len = more ? (size_t)(rest.data - list.data) - 2 : list.len;
    cy_trace_name(&j->t, cy_span_of(list.data, len));
    list = rest;
  }
}

static void read_request(cy_java *j, cy_span key, cy_span value)
{
  bool schemes = cy_trace_is(key, "signature schemes") && j->extension == CY_EXT_SIGNATURE_ALGORITHMS;
  if (schemes || cy_trace_is(key, "supported signature algorithms"))
    cy_trace_list(&j->t, &j->t.seen->asked_schemes, CY_TRACE_SCHEMES, value, ",");
  else if (cy_trace_is(key, "certificate authorities")) {
    j->names = value.len == 0; /* from TLS 1.3 on they follow in lines of their own */
    read_names(j, value);
  }
}

static void read_certificate(cy_java *j, cy_span key, cy_span value)
{
  if (cy_trace_is(key, "certificate"))
    j->place++;
  else if (cy_trace_is(key, "issuer") && j->place > 0)
    cy_trace_issuer(&j->t, cy_java_chain(j), j->place - 1, value);
  else if (cy_trace_is(key, "subject") && j->place > 0)
    cy_trace_subject(&j->t, cy_java_chain(j), j->place - 1, value);
}

static void read_signed(cy_java *j, cy_span key, cy_span value)
{
  cy_tls_seen *seen = j->t.seen;
  bool server = j->in == CY_JAVA_EXCHANGE || j->sent == (seen->role == CY_TLS_SERVER);
  if (cy_trace_is(key, "named group"))
    cy_trace_group(&j->t, &seen->group, value);
  else if (cy_trace_is(key, "signature algorithm"))
    cy_trace_scheme(&j->t, server ? &seen->server_scheme : &seen->client_scheme, value);
}

static void read_alert(cy_java *j, cy_span key, cy_span value)
{
  if (cy_trace_is(key, "level"))
    j->level = cy_trace_is(value, "fatal") ? CY_ALERT_FATAL : CY_ALERT_WARNING;
  else if (cy_trace_is(key, "description"))
    cy_trace_alert(&j->t, false, j->level, value);
}

static void read_pair(cy_java *j, cy_span key, cy_span value)
{
  unsigned extension = cy_trace_is(value, "{") ? extension_of(key) : UINT16_MAX;
  if (extension != UINT16_MAX) {
    j->extension = extension;
    return;
  }
  switch (j->in) {
  case CY_JAVA_CLIENT_HELLO:
    read_client_hello(j, key, value);
    break;
  case CY_JAVA_SERVER_HELLO:
    read_server_hello(j, key, value);
    break;
  case CY_JAVA_REQUEST:
    read_request(j, key, value);
    break;
  case CY_JAVA_CERTIFICATE:
    read_certificate(j, key, value);
    break;
  case CY_JAVA_EXCHANGE:
  case CY_JAVA_VERIFY:
    read_signed(j, key, value);
    break;
  default:
    read_alert(j, key, value);
  }
}

static void read_line(cy_java *j)
{
  cy_span key, value, rest;
  cy_span line = j->t.line;
  if (j->in == CY_JAVA_NONE) {
    (void)cy_java_common(j, line);
  } else if (pair(line, &key, &value)) {
    j->names = false;
    read_pair(j, key, value);
  } else if (j->names) {
    read_names(j, cy_trace_trim(line));
    j->names = !memchr(line.data, ']', line.len);
  } else if (j->in == CY_JAVA_CLIENT_HELLO && j->extension == CY_EXT_SERVER_NAME &&
             cy_trace_has(line, "type=host_name (0), value=", &rest)) {
    cy_trace_text(&j->t, &j->t.seen->host, rest);
  }
}

static cy_err *read(cy_tls_seens *out, const char *file, cy_span text)
{
  cy_java j = {.t = cy_trace_begin(out, "Java", file, text)};
  if (!cy_trace_has(text, "javax.net.ssl|", NULL))
    return cy_java_read_old(out, file, text);
  while (cy_trace_next(&j.t)) {
    cy_span rest;
    if (cy_trace_starts(j.t.line, "javax.net.ssl|", &rest))
      read_header(&j, rest);
    else
      read_line(&j);
  }
  return cy_trace_end(&j.t);
}

const cy_tls_trace cy_trace_java = {"java", "Java's javax.net.debug", detect, read};
