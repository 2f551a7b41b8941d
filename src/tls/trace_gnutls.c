/* gnutls-cli: tried with 3.7. */
#include <stdio.h>

#include "base/text.h"
#include "tls/suite.h"
#include "tls/trace_line.h"
#include "tls/trace_readers.h"
#include "tls/wire_alert.h"

static unsigned detect(cy_span head)
{
  bool starts = cy_trace_has(head, "Connecting to '", NULL) || cy_trace_has(head, "Resolving '", NULL);
  bool session =
    cy_trace_has(head, "- Description: (TLS", NULL) || cy_trace_has(head, "*** Fatal error:", NULL) ||
    cy_trace_has(head, "*** Received alert [", NULL) || cy_trace_has(head, "- Certificate type: ", NULL);
  return starts && session ? 95 : session ? 60 : starts ? 50 : 0;
}

/* The text in `this' way of quoting, behind a word. */
static cy_span quoted(cy_span line, const char *word)
{
  cy_span rest;
  return cy_trace_has(line, word, &rest) ? cy_trace_word(rest, "'", NULL) : CY_SPAN_NONE;
}

/* "- Certificate[0] info:", then "- subject `CN=mq1', issuer `CN=CA', serial ..." */
static bool read_chain(cy_trace *t, size_t *place)
{
  cy_span rest;
  if (cy_trace_starts(t->line, "- Certificate[", &rest)) {
    *place = cy_trace_number(rest);
    return true;
  }
  if (cy_trace_starts(t->line, "- subject `", &rest)) {
    cy_trace_subject(t, &t->seen->server, *place, cy_trace_word(rest, "'", NULL));
    cy_trace_issuer(t, &t->seen->server, *place, quoted(rest, "issuer `"));
    return true;
  }
  if (cy_trace_starts(t->line, "-----BEGIN CERTIFICATE-----", NULL)) {
    cy_trace_pem(t, &t->seen->server, *place);
    return true;
  }
  return false;
}

/* "AES-256-GCM" for a suite with AES-GCM of 256 bits; "CHACHA20-POLY1305" says all. */
static bool cipher_is(const cy_suite *suite, cy_span cipher)
{
  char name[40];
  const char *mode = suite->cipher ? strrchr(suite->cipher, '-') : NULL;
  if (!mode || cy_ascii_equal_nocase(cipher, cy_span_str(suite->cipher)))
    return mode != NULL;
  int len =
    snprintf(name, sizeof name, "%.*s-%u%s", (int)(mode - suite->cipher), suite->cipher, suite->bits, mode);
  return cy_ascii_equal_nocase(cipher, cy_span_of(name, (size_t)len));
}

/* What GnuTLS calls the suite's MAC, when the cipher has none of its own. */
static bool mac_is(const cy_suite *suite, cy_span mac)
{
  return mac.len == 0 ? cy_trace_is(CY_SPAN("AEAD"), suite->mac) : cy_trace_is(mac, suite->mac);
}

static bool fits(const cy_suite *suite, const cy_tls_seen *seen, cy_kx kx, cy_suite_needs needs,
  cy_span cipher, cy_span mac)
{
  bool version = suite->min <= seen->version.code && suite->max >= seen->version.code;
  return version && suite->kx == kx && suite->needs == needs && cipher_is(suite, cipher) &&
         mac_is(suite, mac);
}

/* The suite is not named: it is what the parts agree on, when only one does. */
static void put_suite(cy_trace *t, cy_kx kx, cy_suite_needs needs, cy_span cipher, cy_span mac)
{
  const cy_suite *only = NULL;
  for (size_t i = 0; i < cy_suite_count; i++) {
    if (!fits(&cy_suites[i], t->seen, kx, needs, cipher, mac))
      continue;
    if (only)
      return;
    only = &cy_suites[i];
  }
  if (only)
    cy_trace_code(t, &t->seen->suite, only->code);
}

/* What is in the next pair of brackets. */
static cy_span bracket(cy_span *rest)
{
  cy_trace_word(*rest, "(", rest);
  return cy_trace_word(*rest, ")", rest);
}

static cy_suite_needs needs_of(cy_span signer)
{
  if (cy_trace_starts(signer, "RSA", NULL))
    return CY_SUITE_NEEDS_RSA;
  if (cy_trace_starts(signer, "DSA", NULL) || cy_trace_starts(signer, "DSS", NULL))
    return CY_SUITE_NEEDS_DSA;
  return CY_SUITE_NEEDS_EC;
}

/* Of "RSA-SHA256", "RSA-PSS-RSAE-SHA256", "ECDSA-SECP256R1-SHA256": GnuTLS' names begin with SIGN-. */
static void put_scheme(cy_trace *t, cy_span signer)
{
  char name[64];
  if (signer.len == 0 || signer.len > 50)
    return;
  int len = snprintf(name, sizeof name, "SIGN-%.*s", (int)signer.len, (const char *)signer.data);
  cy_trace_scheme(t, &t->seen->server_scheme, cy_span_of(name, (size_t)len));
}

/* "ECDHE-SECP256R1", "DHE-FFDHE2048" */
static cy_kx put_group(cy_trace *t, cy_span exchange)
{
  char name[64];
  cy_span group;
  cy_kx kx = cy_trace_starts(exchange, "ECDHE-", &group) ? CY_KX_ECDHE
             : cy_trace_starts(exchange, "DHE-", &group) ? CY_KX_DHE
                                                         : CY_KX_RSA;
  if (kx == CY_KX_RSA || group.len > 40)
    return kx;
  int len = snprintf(name, sizeof name, "GROUP-%.*s", (int)group.len, (const char *)group.data);
  cy_trace_group(t, &t->seen->group, cy_span_of(name, (size_t)len));
  return kx;
}

/* "(TLS1.3-X.509)-(ECDHE-X25519)-(RSA-PSS-RSAE-SHA256)-(AES-256-GCM)"; with RSA key exchange "(RSA)" alone,
 * and at the end "-(SHA1)" when the cipher needs a MAC. */
static bool read_description(cy_trace *t)
{
  cy_span rest;
  if (!cy_trace_starts(t->line, "- Description: ", &rest))
    return false;
  cy_span version = cy_trace_word(bracket(&rest), "-", NULL), exchange = bracket(&rest),
          signer = CY_SPAN_NONE;
  cy_trace_version(t, &t->seen->version, version);
  cy_kx kx = put_group(t, exchange);
  if (kx != CY_KX_RSA) {
    signer = bracket(&rest);
    put_scheme(t, signer);
  }
  cy_span cipher = bracket(&rest), mac = bracket(&rest);
  if (t->seen->version.code == CY_TLS13)
    put_suite(t, CY_KX_ANY, CY_SUITE_NEEDS_ANY, cipher, CY_SPAN_NONE);
  else if (kx != CY_KX_RSA || cy_trace_is(exchange, "RSA"))
    put_suite(t, kx, kx == CY_KX_RSA ? CY_SUITE_NEEDS_RSA : needs_of(signer), cipher, mac);
  return true;
}

/* "*** Received alert [40]: Handshake failed" */
static bool read_failure(cy_trace *t)
{
  cy_span rest;
  if (cy_trace_starts(t->line, "*** Received alert [", &rest))
    cy_trace_alert(t, false, 0, cy_trace_word(rest, "]", NULL));
  else if (cy_trace_starts(t->line, "*** Fatal error: ", &rest))
    cy_trace_error(t, "gnutls", CY_SPAN_NONE, rest);
  else if (cy_trace_starts(t->line, "- Status: The certificate is NOT trusted.", &rest))
    cy_trace_error(t, "gnutls-verify", CY_SPAN_NONE, rest);
  else
    return false;
  return true;
}

/* "- Successfully sent 1 certificate(s) to server.": it is said only where the server asked. */
static void read_sent(cy_trace *t, cy_span rest)
{
  enum { MOST = 16 };
  size_t count = cy_trace_number(rest);
  for (size_t i = 0; i < count && i < MOST; i++)
    cy_trace_cert(t, &t->seen->client, i);
  t->seen->client.line = t->number;
  cy_trace_asked(t);
}

static void read_line(cy_trace *t, size_t *place, bool *names)
{
  cy_span rest;
  bool in_names = *names && cy_trace_starts(t->line, "[", &rest) && cy_trace_has(t->line, "]: ", &rest);
  *names = in_names || cy_trace_starts(t->line, "- Server's trusted authorities:", NULL);
  if (in_names)
    cy_trace_name(t, rest);
  else if (cy_trace_starts(t->line, "- Server has requested a certificate", NULL) || *names)
    cy_trace_asked(t);
  else if (cy_trace_starts(t->line, "- Successfully sent ", &rest) &&
           cy_trace_has(rest, "certificate(s)", NULL))
    read_sent(t, rest);
  else if (!read_chain(t, place) && !read_description(t))
    (void)read_failure(t);
}

static cy_err *read(cy_tls_seens *out, const char *file, cy_span text)
{
  cy_trace t = cy_trace_begin(out, "gnutls-cli", file, text);
  size_t place = 0;
  bool names = false, resolved = false;
  while (cy_trace_next(&t)) {
    cy_span host;
    bool begins = cy_trace_starts(t.line, "Resolving '", &host);
    /* What goes to standard error may stand before it. */
    if (!t.seen || (begins && resolved))
      cy_trace_open(&t, CY_TLS_CLIENT);
    if (!t.seen)
      break;
    resolved |= begins;
    if (begins)
      cy_trace_text(&t, &t.seen->host, cy_trace_word(host, "'", NULL));
    else
      read_line(&t, &place, &names);
  }
  return cy_trace_end(&t);
}

const cy_tls_trace cy_trace_gnutls = {"gnutls-cli", "gnutls-cli", detect, read};
