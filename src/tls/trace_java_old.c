/* Java's debug output up to 8 (before update 261): from its sources and documentation, not tried. */
#include "tls/trace_java.h"

#include "tls/wire_alert.h"

/* "main, WRITE: TLSv1.2 Handshake, length = 237", "main, RECV TLSv1.2 ALERT:  fatal, handshake_failure",
 * "main, SEND TLSv1.2 ALERT:  fatal, description = certificate_unknown" */
static bool read_record(cy_java *j)
{
  cy_span rest, line = j->t.line;
  bool sent = cy_trace_has(line, ", SEND ", NULL);
  if ((sent || cy_trace_has(line, ", RECV ", NULL)) && cy_trace_has(line, " ALERT: ", &rest)) {
    cy_span level = cy_trace_word(rest, ",", &rest);
    cy_trace_starts(rest, "description = ", &rest);
    cy_trace_alert(&j->t, sent, cy_trace_is(level, "fatal") ? CY_ALERT_FATAL : CY_ALERT_WARNING, rest);
    return true;
  }
  bool got = cy_trace_has(line, ", READ: ", &rest);
  if (!got && !cy_trace_has(line, ", WRITE: ", &rest))
    return false;
  j->got_handshake = got && cy_trace_has(rest, " Handshake", NULL);
  return true;
}

/* "*** ServerHello, TLSv1.2" opens a part, "***" ends it. */
static bool read_part(cy_java *j)
{
  cy_span rest;
  if (!cy_trace_starts(j->t.line, "***", &rest))
    return false;
  j->in = CY_JAVA_NONE;
  j->names = false;
  if (cy_trace_starts(rest, "ClientHello, ", NULL)) {
    /* A server has read it, a client writes it. */
    cy_java_open(j, j->got_handshake ? CY_TLS_SERVER : CY_TLS_CLIENT);
    j->in = CY_JAVA_CLIENT_HELLO;
  } else if (!j->t.seen) {
    return true;
  } else if (cy_trace_starts(rest, "ServerHello, ", &rest)) {
    cy_trace_version(&j->t, &j->t.seen->version, rest);
    j->in = CY_JAVA_SERVER_HELLO;
  } else if (cy_trace_has(rest, "ServerKeyExchange", NULL)) {
    j->in = CY_JAVA_EXCHANGE;
  } else if (cy_trace_starts(rest, "CertificateRequest", NULL)) {
    cy_trace_asked(&j->t);
    j->in = CY_JAVA_REQUEST;
  } else if (cy_trace_starts(rest, "ServerHelloDone", NULL)) {
    j->requested = true;
  } else if (cy_trace_starts(rest, "CertificateVerify", NULL)) {
    j->in = CY_JAVA_VERIFY;
  } else if (cy_trace_starts(rest, "Certificate chain", NULL)) {
    cy_seen_certs *chain = j->requested ? &j->t.seen->client : &j->t.seen->server;
    if (!chain->line)
      chain->line = j->t.number;
    j->place = 0;
    j->in = CY_JAVA_CERTIFICATE;
  }
  return true;
}

static void read_client_hello(cy_java *j, cy_span line)
{
  cy_span rest;
  cy_tls_seen *seen = j->t.seen;
  if (cy_trace_starts(line, "Cipher Suites: [", &rest))
    cy_trace_list(&j->t, &seen->suites, CY_TRACE_SUITES, cy_trace_word(rest, "]", NULL), ",");
  else if (cy_trace_starts(line, "Extension elliptic_curves, curve names: {", &rest))
    cy_trace_list(&j->t, &seen->groups, CY_TRACE_GROUPS, cy_trace_word(rest, "}", NULL), ",");
  else if (cy_trace_starts(line, "Extension signature_algorithms, signature_algorithms: ", &rest))
    cy_java_schemes(j, &seen->schemes, rest);
  else if (cy_trace_starts(line, "Extension server_name, ", NULL) &&
           cy_trace_has(line, "type=host_name (0), value=", &rest))
    cy_trace_text(&j->t, &seen->host, cy_trace_word(rest, "]", NULL));
}

static void read_request(cy_java *j, cy_span line)
{
  cy_span rest;
  if (cy_trace_starts(line, "Supported Signature Algorithms: ", &rest))
    cy_java_schemes(j, &j->t.seen->asked_schemes, rest);
  else if (cy_trace_starts(line, "Cert Authorities:", NULL))
    j->names = true;
  else if (j->names && cy_trace_starts(line, "<", &rest) && !cy_trace_starts(rest, "Empty>", NULL))
    cy_trace_name(&j->t, cy_trace_word(rest, ">", NULL));
}

static void read_chain(cy_java *j, cy_span line)
{
  cy_span rest;
  cy_seen_certs *chain = j->requested ? &j->t.seen->client : &j->t.seen->server;
  if (cy_trace_starts(line, "chain [", &rest))
    j->place = cy_trace_number(rest);
  else if (cy_trace_starts(line, "Subject: ", &rest))
    cy_trace_subject(&j->t, chain, j->place, rest);
  else if (cy_trace_starts(line, "Issuer: ", &rest))
    cy_trace_issuer(&j->t, chain, j->place, rest);
}

/* "Signature Algorithm SHA512withRSA", "  parameters: secp256r1 [NIST P-256, X9.62 prime256v1] (...)" */
static void read_signed(cy_java *j, cy_span line)
{
  cy_span rest;
  bool server = j->in == CY_JAVA_EXCHANGE;
  if (cy_trace_starts(line, "Signature Algorithm ", &rest))
    cy_java_scheme(j, server ? &j->t.seen->server_scheme : &j->t.seen->client_scheme, rest);
  else if (server && cy_trace_starts(line, "parameters: ", &rest))
    cy_trace_group(&j->t, &j->t.seen->group, cy_trace_word(rest, " ", NULL));
}

static void read_line(cy_java *j)
{
  cy_span rest, line = j->t.line;
  switch (j->in) {
  case CY_JAVA_CLIENT_HELLO:
    read_client_hello(j, line);
    break;
  case CY_JAVA_SERVER_HELLO:
    if (cy_trace_starts(line, "Cipher Suite: ", &rest))
      cy_trace_suite(&j->t, &j->t.seen->suite, rest);
    break;
  case CY_JAVA_REQUEST:
    read_request(j, line);
    break;
  case CY_JAVA_CERTIFICATE:
    read_chain(j, line);
    break;
  case CY_JAVA_EXCHANGE:
  case CY_JAVA_VERIFY:
    read_signed(j, line);
    break;
  default:
    (void)cy_java_common(j, line);
  }
}

cy_err *cy_java_read_old(cy_tls_seens *out, const char *file, cy_span text)
{
  cy_java j = {.t = cy_trace_begin(out, "Java", file, text)};
  while (cy_trace_next(&j.t))
    if (!read_record(&j) && !read_part(&j))
      read_line(&j);
  return cy_trace_end(&j.t);
}
