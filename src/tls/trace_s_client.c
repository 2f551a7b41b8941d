/* openssl s_client: tried with 3.0; 1.1.1 and later ones differ in the words that their sources have. */
#include <stdio.h>

#include "tls/trace_dump.h"
#include "tls/trace_openssl.h"
#include "tls/trace_readers.h"
#include "tls/wire_alert.h"

typedef struct {
  cy_trace t;
  size_t place; /* of the certificate at hand in the chain */
  bool names;   /* in the list of CAs */
  bool agreed;  /* a suite was named */
  cy_spelled spelled;
  char digest[32]; /* of the server's signature */
} s_client;

static unsigned detect(cy_span head)
{
  bool connected = cy_trace_has(head, "CONNECTED(", NULL);
  bool summary =
    cy_trace_has(head, "Server certificate", NULL) || cy_trace_has(head, "no peer certificate", NULL) ||
    cy_trace_has(head, "SSL handshake has read", NULL) || cy_trace_has(head, ", Cipher is ", NULL);
  return connected                                                  ? (summary ? 95 : 80)
         : summary && cy_trace_has(head, "Certificate chain", NULL) ? 70
                                                                    : 0;
}

/* "0 s:C = GB": the subject of a certificate of the chain; its issuer is on the next line. */
static bool read_chain(s_client *s)
{
  cy_trace *t = &s->t;
  cy_span rest, line = cy_trace_trim(t->line);
  size_t place = cy_trace_number(line);
  if (place != SIZE_MAX && cy_trace_has(line, " s:", &rest) && rest.data <= line.data + 8) {
    s->place = place;
    cy_trace_subject(t, &t->seen->server, place, rest);
    return true;
  }
  if (cy_trace_starts(line, "i:", &rest)) {
    cy_trace_issuer(t, &t->seen->server, s->place, rest);
    return true;
  }
  if (cy_trace_starts(line, "-----BEGIN CERTIFICATE-----", NULL)) {
    cy_trace_pem(t, &t->seen->server, s->place);
    return true;
  }
  return false;
}

/* "subject=..." repeats the first of the chain; old versions show it without one. */
static bool read_first(s_client *s)
{
  cy_span rest;
  cy_seen_certs *chain = &s->t.seen->server;
  if (cy_trace_starts(s->t.line, "Server certificate", NULL)) {
    s->place = 0;
  } else if (cy_trace_starts(s->t.line, "subject=", &rest)) {
    if (chain->count == 0 || !chain->items[0].subject.text)
      cy_trace_subject(&s->t, chain, 0, rest);
  } else if (cy_trace_starts(s->t.line, "issuer=", &rest)) {
    if (chain->count == 0 || !chain->items[0].issuer.text)
      cy_trace_issuer(&s->t, chain, 0, rest);
  } else {
    return cy_trace_starts(s->t.line, "no peer certificate available", NULL);
  }
  return true;
}

static bool read_request(s_client *s)
{
  cy_trace *t = &s->t;
  cy_span rest;
  if (cy_trace_starts(t->line, "Acceptable client certificate CA names", NULL)) {
    s->names = t->seen->asked_names.count == 0; /* else the message in bytes had them */
    cy_trace_asked(t);
  } else if (cy_trace_starts(t->line, "Client Certificate Types:", NULL)) {
    s->names = false;
    cy_trace_asked(t);
  } else if (cy_trace_starts(t->line, "Requested Signature Algorithms:", &rest)) {
    s->names = false;
    cy_trace_asked(t);
    cy_trace_list(t, &t->seen->asked_schemes, CY_TRACE_SCHEMES, rest, ":");
  } else if (s->names && t->line.len > 0 && memchr(t->line.data, '=', t->line.len)) {
    cy_trace_name(t, t->line);
  } else {
    return false;
  }
  return true;
}

/* "ECDSA" and "SHA256" together are a scheme; newer versions name it outright. */
static void read_signature(s_client *s, cy_span kind)
{
  char name[64];
  cy_seen_code *scheme = &s->t.seen->server_scheme;
  cy_trace_scheme(&s->t, scheme, kind);
  if (scheme->line == s->t.number || kind.len > 20)
    return;
  int len = snprintf(name, sizeof name, "%.*s+%s", (int)kind.len, (const char *)kind.data, s->digest);
  cy_trace_scheme(&s->t, scheme, cy_span_of(name, (size_t)len));
}

static bool read_key(s_client *s)
{
  cy_trace *t = &s->t;
  cy_span rest;
  if (cy_trace_starts(t->line, "Peer signing digest:", &rest)) {
    snprintf(
      s->digest, sizeof s->digest, "%.*s", (int)(rest.len < 31 ? rest.len : 31), (const char *)rest.data);
  } else if (cy_trace_starts(t->line, "Peer signature type:", &rest)) {
    read_signature(s, rest);
  } else if (cy_trace_starts(t->line, "Negotiated TLS1.3 group:", &rest)) {
    cy_trace_group(t, &t->seen->group, rest);
  } else if (cy_trace_starts(t->line, "Server Temp Key:", &rest) ||
             cy_trace_starts(t->line, "Peer Temp Key:", &rest)) {
    cy_span first = cy_trace_word(rest, ",", &rest);
    cy_trace_group(t, &t->seen->group, cy_trace_is(first, "ECDH") ? cy_trace_word(rest, ",", NULL) : first);
  } else {
    return false;
  }
  return true;
}

/* "New, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384" */
static bool read_agreed(s_client *s)
{
  cy_trace *t = &s->t;
  cy_span suite, version;
  bool start =
    cy_trace_starts(t->line, "New, ", &version) || cy_trace_starts(t->line, "Reused, ", &version);
  if (start && cy_trace_has(t->line, "Cipher is ", &suite)) {
    s->names = false;
    cy_trace_suite(t, &t->seen->suite, suite);
    s->agreed = t->seen->suite.line == t->number;
    if (s->agreed)
      cy_trace_version(t, &t->seen->version, cy_trace_word(version, ",", NULL));
    return true;
  }
  /* "New, TLSv1/SSLv3" of old versions says little; tickets repeat the line. */
  if (s->agreed && !t->seen->version.line && cy_trace_starts(t->line, "Protocol", &version) &&
      cy_trace_has(t->line, ":", &version)) {
    cy_trace_version(t, &t->seen->version, version);
    return true;
  }
  return false;
}

/* "...:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:FILE:LINE:SSL alert number
 * 40" */
static bool read_error(cy_trace *t)
{
  cy_span rest, number;
  if (!cy_trace_has(t->line, ":error:", &rest))
    return false;
  cy_span code = cy_trace_word(rest, ":", &rest);
  cy_trace_word(rest, ":", &rest); /* library */
  cy_trace_word(rest, ":", &rest); /* function */
  cy_trace_error(t, "openssl", code, cy_trace_word(rest, ":", NULL));
  if (cy_trace_has(t->line, "SSL alert number ", &number))
    cy_trace_alert(t, false, CY_ALERT_FATAL, cy_trace_word(number, " ", NULL));
  return true;
}

static bool read_verify(cy_trace *t)
{
  cy_span rest;
  if (cy_trace_starts(t->line, "verify error:num=", &rest)) {
    cy_span code = cy_trace_word(rest, ":", &rest);
    cy_trace_error(t, "openssl-verify", code, rest);
    return true;
  }
  if (!cy_trace_starts(t->line, "Verify return code:", &rest))
    return false;
  cy_span code = cy_trace_word(rest, " ", &rest), text = cy_trace_trim(rest);
  if (text.len > 2)
    text = cy_span_of(text.data + 1, text.len - 2); /* in brackets */
  if (!cy_trace_is(code, "0"))
    cy_trace_error(t, "openssl-verify", code, text);
  return true;
}

static void read_level(cy_trace *t, bool sent, cy_span rest, const char *ends)
{
  cy_span level = cy_trace_word(rest, ends, &rest);
  cy_trace_alert(t, sent, cy_trace_is(level, "fatal") ? CY_ALERT_FATAL : CY_ALERT_WARNING, rest);
}

/* "<<< TLS 1.2, Alert [length 0002], fatal handshake_failure" (-msg), "SSL3 alert read:fatal:handshake
 * failure"
 * (-state). */
static bool read_alert(cy_trace *t)
{
  cy_span rest;
  bool in = cy_trace_starts(t->line, "<<<", NULL);
  if ((in || cy_trace_starts(t->line, ">>>", NULL)) && cy_trace_has(t->line, ", Alert [length", &rest) &&
      cy_trace_has(rest, "], ", &rest)) {
    read_level(t, !in, rest, " ");
    return true;
  }
  in = cy_trace_starts(t->line, "SSL3 alert read:", &rest);
  if (in || cy_trace_starts(t->line, "SSL3 alert write:", &rest)) {
    read_level(t, !in, rest, ":");
    return true;
  }
  return false;
}

static bool begins(const s_client *s)
{
  return cy_trace_starts(s->t.line, "CONNECTED(", NULL) ||
         cy_trace_starts(s->t.line, "Connecting to ", NULL);
}

static void read_line(s_client *s)
{
  cy_trace *t = &s->t;
  cy_span rest;
  if (cy_trace_starts(t->line, "Connecting to ", &rest))
    cy_trace_text(t, &t->seen->host, rest);
  else if (cy_spelled_take(&s->spelled, t))
    return;
  else if (cy_trace_starts(t->line, "---", NULL) && t->line.len == 3)
    s->names = false;
  else if (!(read_key(s) || read_agreed(s) || read_request(s) || read_chain(s) || read_first(s)))
    (void)(read_error(t) || read_verify(t) || read_alert(t));
}

static cy_err *read(cy_tls_seens *out, const char *file, cy_span text)
{
  s_client s = {.t = cy_trace_begin(out, "openssl s_client", file, text)};
  cy_dump dump;
  bool connected = false;
  cy_dump_init(&dump, false);
  while (cy_trace_next(&s.t)) {
    /* What goes to standard error may stand before the first "CONNECTED". */
    if (!s.t.seen || (begins(&s) && connected)) {
      cy_dump_end(&dump, &s.t);
      cy_dump_clear(&dump);
      cy_dump_init(&dump, false);
      cy_trace_open(&s.t, CY_TLS_CLIENT);
      s = (s_client){.t = s.t};
      connected = false;
    }
    if (!s.t.seen)
      break;
    connected |= cy_trace_starts(s.t.line, "CONNECTED(", NULL);
    if (!cy_dump_take(&dump, &s.t))
      read_line(&s);
  }
  cy_dump_end(&dump, &s.t);
  cy_dump_clear(&dump);
  return cy_trace_end(&s.t);
}

const cy_tls_trace cy_trace_s_client = {"s_client", "openssl s_client", detect, read};
