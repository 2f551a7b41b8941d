#include "tls/reach.h"

#include <stdlib.h>

#include "base/text.h"
#include "identity/address_pattern.h"
#include "x509/host.h"

/* How well a name of a server fits. */
typedef enum { FITS_NOT, FITS_DEFAULT, FITS_END, FITS_START, FITS_NAME } fit;

typedef struct {
  fit rank;
  size_t weight; /* length of what fits */
  const char *name;
  size_t name_len;
} match;

static bool same(cy_span a, const char *b)
{
  return cy_ascii_equal_nocase(a, cy_span_str(b));
}

static bool ends_with(const char *host, cy_span end)
{
  size_t len = strlen(host);
  return len > end.len && cy_ascii_equal_nocase(cy_span_of(host + len - end.len, end.len), end);
}

/* ".example" is both example itself and all below it, "*.example" only these. */
static bool fits_start(cy_span name, const char *host)
{
  cy_span rest = name.len > 1 ? cy_span_of(name.data + 1, name.len - 1) : CY_SPAN_NONE;
  if (rest.len && name.data[0] == '.')
    return same(rest, host) || ends_with(host, name);
  return rest.len > 1 && name.data[0] == '*' && ends_with(host, rest);
}

/* nginx: an exact name, the longest *.name, the longest name.*; then patterns, which are not looked at. */
static match fit_nginx(cy_span name, const char *host)
{
  match m = {.name = (const char *)name.data, .name_len = name.len, .weight = name.len};
  if (same(name, host))
    m.rank = FITS_NAME;
  else if (fits_start(name, host))
    m.rank = FITS_START;
  else if (name.len > 2 && name.data[name.len - 1] == '*' && strlen(host) >= name.len &&
           cy_ascii_equal_nocase(cy_span_of(host, name.len - 1), cy_span_of(name.data, name.len - 1)))
    m.rank = FITS_END;
  return m;
}

/* Others: the first name in the order of the file that fits, with asterisks. */
static match fit_any(cy_span name, const char *host)
{
  CY_CLEAN(cy_buf) pattern = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) folded = CY_BUF_TEXT;
  for (size_t i = 0; i < name.len; i++)
    cy_buf_u8(&pattern, (uint8_t)cy_ascii_lower((char)name.data[i]));
  for (const char *p = host; *p; p++)
    cy_buf_u8(&folded, (uint8_t)cy_ascii_lower(*p));
  bool fits = cy_generic_match(cy_buf_cstr(&pattern), cy_buf_cstr(&folded));
  return (match){fits ? FITS_NAME : FITS_NOT, 1, (const char *)name.data, name.len};
}

/* An address is never sent as a name (RFC 6066 3). */
static bool is_sent(const char *host)
{
  uint8_t octets[16];
  size_t len;
  return !cy_host_is_ip(host, octets, &len);
}

static match best_of(const cy_tls_side *side, const char *host)
{
  bool nginx = side->product && cy_text_starts(side->product, "nginx");
  match best = {.rank = side->default_server ? FITS_DEFAULT : FITS_NOT};
  for (const char *at = side->names && is_sent(host) ? side->names : ""; *at;) {
    size_t len = strcspn(at, " ");
    cy_span name = cy_span_of(at, len);
    match m = nginx ? fit_nginx(name, host) : fit_any(name, host);
    if (m.rank > best.rank || (m.rank == best.rank && m.rank > FITS_DEFAULT && m.weight > best.weight))
      best = m;
    at += len + (at[len] == ' ');
  }
  return best;
}

/* The port at the end of "0.0.0.0:443", "443", "*:443"; 443 where none is said. */
static unsigned long port_of(const cy_tls_side *side)
{
  const char *text = side->listen ? side->listen : "";
  const char *colon = strrchr(text, ':');
  const char *digits = colon ? colon + 1 : text;
  bool number = *digits && digits[strspn(digits, "0123456789")] == 0;
  return number ? strtoul(digits, NULL, 10) : 443;
}

typedef struct {
  size_t which;
  match match;
  unsigned long port;
} choice;

/* The best on one socket. */
static choice best_on(const cy_tls_sides *sides, const char *host, unsigned long port)
{
  choice best = {.which = SIZE_MAX, .port = port};
  for (size_t i = 0; i < sides->count; i++) {
    match m = best_of(sides->items[i], host);
    if (port_of(sides->items[i]) != port)
      continue;
    if (best.which == SIZE_MAX || m.rank > best.match.rank ||
        (m.rank == best.match.rank && m.rank > FITS_DEFAULT && m.weight > best.match.weight)) {
      best.which = i;
      best.match = m;
    }
  }
  return best;
}

/* Of several sockets the only one with that name, else the one of https. */
static choice best_of_all(const cy_tls_sides *sides, const char *host)
{
  choice found = {.which = SIZE_MAX};
  size_t named = 0;
  bool several = false;
  for (size_t i = 0; i < sides->count; i++)
    several |= port_of(sides->items[i]) != port_of(sides->items[0]);
  for (size_t i = 0; i < sides->count; i++) {
    choice c = best_on(sides, host, port_of(sides->items[i]));
    bool by_name = c.match.rank > FITS_DEFAULT;
    if (c.which == i && by_name)
      named++;
    if (c.which == i && (by_name || (named == 0 && (!several || c.port == 443))))
      found = c;
  }
  if (named > 1)
    found = best_on(sides, host, 443);
  return found;
}

static cy_err *by_host(size_t *which, cy_buf *why, const cy_tls_sides *sides, const char *host)
{
  bool names = false;
  for (size_t i = 0; i < sides->count; i++)
    names |= sides->items[i]->names || sides->items[i]->default_server;
  if (!names)
    return NULL;
  choice c = best_of_all(sides, host);
  if (c.which == SIZE_MAX)
    return NULL;
  *which = c.which;
  if (c.match.rank > FITS_DEFAULT)
    cy_buf_printf(why, "%s asked for: its name %.*s fits", host, (int)c.match.name_len, c.match.name);
  else
    cy_buf_printf(why, "%s asked for: no name fits, so this one, the %s there", host,
      c.match.rank == FITS_DEFAULT ? "default" : "first");
  return cy_buf_check(why);
}

static cy_err *by_channel(size_t *which, cy_buf *why, const cy_tls_sides *sides, const char *channel)
{
  size_t count = 0, found = 0;
  for (size_t i = 0; i < sides->count; i++)
    if (sides->items[i]->channel && strcmp(sides->items[i]->channel, channel) == 0) {
      count++;
      found = i;
    }
  if (count != 1)
    return NULL;
  *which = found;
  cy_buf_printf(why, "the channel %s is what the other end has", channel);
  return cy_buf_check(why);
}

cy_err *cy_tls_reach(size_t *which, cy_buf *why, const cy_tls_sides *sides, const cy_tls_side *other)
{
  *which = SIZE_MAX;
  if (other->channel)
    CY_TRY(by_channel(which, why, sides, other->channel));
  if (*which == SIZE_MAX && other->role == CY_TLS_CLIENT && other->host)
    return by_host(which, why, sides, other->host);
  return NULL;
}

/* Certificates of one side. */

/* haproxy: NAME, *.NAME for one label more, !NAME for all but this. */
static bool word_fits(cy_span word, const char *host)
{
  const char *dot = strchr(host, '.');
  if (word.len > 2 && word.data[0] == '*')
    return dot && same(cy_span_of(word.data + 1, word.len - 1), dot);
  return same(word, host);
}

static bool names_fit(const char *names, const char *host)
{
  bool fits = false;
  for (const char *at = names; *at;) {
    size_t len = strcspn(at, " ");
    bool not = *at == '!';
    if (word_fits(cy_span_of(at + not, len - not ), host)) {
      if (not )
        return false;
      fits = true;
    }
    at += len + (at[len] == ' ');
  }
  return fits;
}

static cy_err *certificate_fits(const cy_tls_identity *identity, const char *host, bool *fits)
{
  CY_CLEAN(cy_host_result) result = {0};
  *fits = false;
  if (identity->names) {
    *fits = names_fit(identity->names, host);
    return NULL;
  }
  if (!identity->chain.count)
    return NULL;
  CY_TRY(cy_host_check(&result, cy_cert_get(identity->chain.items[0]), host, CY_HOST_CN));
  *fits = result.why == CY_HOST_FITS;
  return NULL;
}

cy_err *cy_tls_reach_certificate(cy_tls_side *server, const char *host, cy_buf *why)
{
  size_t kept = 0;
  bool fits[64] = {false}, any = false;
  if (!server->by_name || server->identity_count == 0 || server->identity_count > CY_COUNT(fits) ||
      (server->identity_count == 1 && !server->strict_names))
    return NULL;
  for (size_t i = 0; i < server->identity_count && is_sent(host); i++) {
    CY_TRY(certificate_fits(server->identities[i], host, &fits[i]));
    any |= fits[i];
  }
  for (size_t i = 0; i < server->identity_count; i++) {
    bool keep = any ? fits[i] : i == 0;
    if (keep)
      server->identities[kept++] = server->identities[i];
    else
      cy_tls_identity_free(server->identities[i]);
  }
  server->identity_count = kept;
  server->refuses_name = !any && server->strict_names;
  cy_buf_printf(why,
    any                    ? "%s asked for: of its certificates those of that name"
    : server->refuses_name ? "%s asked for: no certificate has that name, and it refuses (strict-sni)"
                           : "%s asked for: no certificate has that name, so its first one",
    host);
  return cy_buf_check(why);
}
