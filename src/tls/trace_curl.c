/* curl -v: tried with 7.88 on OpenSSL; 8.x adds group and scheme to the line of the connection. */
#include <stdio.h>

#include "tls/trace_line.h"
#include "tls/trace_readers.h"

static unsigned detect(cy_span head)
{
  bool lines = cy_trace_has(head, "* Connected to ", NULL) || cy_trace_has(head, "*   Trying ", NULL);
  bool tls =
    cy_trace_has(head, " (OUT), TLS ", NULL) || cy_trace_has(head, "* SSL connection using ", NULL) ||
    cy_trace_has(head, "* SSL certificate problem", NULL) || cy_trace_has(head, "* gnutls_handshake", NULL);
  return lines ? (tls ? 95 : 0) : tls ? 60 : 0;
}

/* "TLSv1.3 / TLS_AES_256_GCM_SHA384 / X25519 / RSASSA-PSS" */
static void read_agreed(cy_trace *t, cy_span rest)
{
  cy_tls_seen *seen = t->seen;
  cy_trace_version(t, &seen->version, cy_trace_word(rest, "/", &rest));
  cy_trace_suite(t, &seen->suite, cy_trace_word(rest, "/", &rest));
  cy_trace_group(t, &seen->group, cy_trace_word(rest, "/", &rest));
  cy_trace_scheme(t, &seen->server_scheme, cy_trace_word(rest, "/", NULL));
}

/* "TLS alert, handshake failure (552)": the number is 256 times the level, and the description. */
static void read_alert(cy_trace *t, bool sent, cy_span rest)
{
  char number[8];
  cy_span part;
  cy_span last = CY_SPAN_NONE;
  while (cy_trace_has(rest, "(", &part))
    last = rest = part;
  size_t both = cy_trace_number(last);
  if (last.len == 0 || both > UINT16_MAX)
    return;
  int len = snprintf(number, sizeof number, "%zu", both & 0xff);
  cy_trace_alert(t, sent, (uint8_t)(both >> 8), cy_span_of(number, (size_t)len));
}

/* "TLSv1.3 (IN), TLS handshake, Request CERT (13):" */
static bool read_message(cy_trace *t, cy_span line)
{
  cy_span rest;
  bool sent = cy_trace_has(line, " (OUT), TLS ", &rest);
  if (!sent && !cy_trace_has(line, " (IN), TLS ", &rest))
    return false;
  if (cy_trace_starts(rest, "alert, ", &rest))
    read_alert(t, sent, rest);
  else if (!sent && cy_trace_starts(rest, "handshake, Request CERT (13)", NULL))
    cy_trace_asked(t);
  return true;
}

static bool read_error(cy_trace *t, cy_span line)
{
  cy_span rest, code;
  if (cy_trace_has(line, ": error:", &rest)) {
    code = cy_trace_word(rest, ":", &rest);
    cy_trace_word(rest, ":", &rest); /* library */
    cy_trace_word(rest, ":", &rest); /* function, empty from OpenSSL 3 on */
    cy_trace_error(t, "openssl", code, rest);
  } else if (cy_trace_starts(line, "SSL certificate problem: ", &rest)) {
    cy_trace_error(t, "openssl-verify", CY_SPAN_NONE, rest);
  } else if (cy_trace_starts(line, "gnutls_handshake() failed: ", &rest)) {
    cy_trace_error(t, "gnutls", CY_SPAN_NONE, rest);
  } else if (cy_trace_starts(line, "SSL: no alternative certificate subject name", NULL)) {
    cy_trace_error(t, "curl", CY_SPAN_NONE, line);
  } else {
    return false;
  }
  return true;
}

static void read_line(cy_trace *t, cy_span line, bool *certificate)
{
  cy_span rest;
  if (cy_trace_starts(line, "Server certificate:", NULL))
    *certificate = true;
  else if (*certificate && cy_trace_starts(line, "subject: ", &rest))
    cy_trace_subject(t, &t->seen->server, 0, rest);
  else if (*certificate && cy_trace_starts(line, "issuer: ", &rest))
    cy_trace_issuer(t, &t->seen->server, 0, rest);
  else if (cy_trace_starts(line, "SSL connection using ", &rest))
    read_agreed(t, rest);
  else if (cy_trace_starts(line, "CAfile: ", &rest) && !cy_trace_is(rest, "none"))
    cy_trace_text(t, &t->seen->trust, rest);
  else if (!read_message(t, line))
    (void)read_error(t, line);
}

/* "curl: (35) ..." at the end. */
static void read_end(cy_trace *t)
{
  cy_span rest;
  if (!cy_trace_starts(t->line, "curl: (", &rest))
    return;
  cy_span code = cy_trace_word(rest, ")", &rest);
  cy_trace_error(t, "curl", code, rest);
}

static cy_err *read(cy_tls_seens *out, const char *file, cy_span text)
{
  cy_trace t = cy_trace_begin(out, "curl -v", file, text);
  bool certificate = false;
  while (cy_trace_next(&t)) {
    cy_span line, host;
    bool star = t.line.len > 2 && t.line.data[0] == '*';
    line = star ? cy_trace_trim(cy_span_of(t.line.data + 1, t.line.len - 1)) : t.line;
    if (star && cy_trace_starts(line, "Connected to ", &host)) {
      cy_trace_open(&t, CY_TLS_CLIENT);
      certificate = false;
      if (t.seen)
        cy_trace_text(&t, &t.seen->host, cy_trace_word(host, " ", NULL));
    } else if (star && t.seen) {
      read_line(&t, line, &certificate);
    } else if (t.seen) {
      read_end(&t);
    }
  }
  return cy_trace_end(&t);
}

const cy_tls_trace cy_trace_curl = {"curl", "curl -v", detect, read};
