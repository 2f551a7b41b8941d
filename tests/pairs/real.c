/* What is seen of a handshake, and two ends of any libraries put together. */
#include "pairs/real.h"

#include <openssl/ssl3.h>

typedef struct {
  seen *out;
  const pool *p;
  int role; /* of the end that speaks */
} watcher;

static unsigned u16(const unsigned char *p)
{
  return (unsigned)p[0] << 8 | p[1];
}

static int leaf_of(const pool *p, const unsigned char *der, size_t len)
{
  for (size_t i = 0; i < p->leaf_count; i++)
    if (cy_span_equal(cy_cert_der(p->leaves[i].cert), cy_span_of(der, len)))
      return (int)i;
  return -1;
}

static void see_certificate(watcher *w, const unsigned char *m, size_t len)
{
  size_t at = 4;
  int *leaf = w->role == CY_TLS_SERVER ? &w->out->server_leaf : &w->out->client_leaf;
  if (w->out->version == CY_TLS13)
    at += 1 + m[at];
  at += 3; /* of the list */
  if (at + 3 > len)
    return;
  size_t size = (size_t)m[at] << 16 | u16(m + at + 1);
  *leaf = leaf_of(w->p, m + at + 3, size);
}

static void see_server_hello(watcher *w, const unsigned char *m, size_t len)
{
  static const unsigned char retry[] = {0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A};
  size_t at = 38 + 1 + m[38];
  w->out->version = u16(m + 4);
  w->out->suite = u16(m + at);
  w->out->retried |= memcmp(m + 6, retry, sizeof retry) == 0;
  for (at += 5; at + 4 <= len; at += 4 + u16(m + at + 2)) {
    if (u16(m + at) == 43)
      w->out->version = u16(m + at + 4);
    if (u16(m + at) == 51)
      w->out->group = u16(m + at + 4);
  }
}

static void see_key_exchange(watcher *w, const unsigned char *m, size_t len)
{
  const cy_suite *suite = cy_suite_get((uint16_t)w->out->suite);
  size_t at = 4;
  if (suite && suite->kx == CY_KX_ECDHE) {
    w->out->group = u16(m + 5);
    at = 8 + m[7];
  } else {
    w->out->dh_bits = 8 * u16(m + 4);
    for (int i = 0; i < 3; i++)
      at += 2 + u16(m + at);
  }
  if (w->out->version == CY_TLS12 && suite && suite->needs != CY_SUITE_NEEDS_ANON && at + 2 <= len)
    w->out->server_scheme = u16(m + at);
}

void see_alert(seen *out, int role, unsigned alert)
{
  if (out->alert >= 0)
    return;
  out->alerter = role;
  out->alert = (int)alert;
}

void see_message(seen *out, const pool *p, int role, const unsigned char *m, size_t len)
{
  watcher w = {out, p, role};
  if (m[0] == SSL3_MT_SERVER_HELLO)
    see_server_hello(&w, m, len);
  if (m[0] == SSL3_MT_CERTIFICATE)
    see_certificate(&w, m, len);
  if (m[0] == SSL3_MT_SERVER_KEY_EXCHANGE)
    see_key_exchange(&w, m, len);
  if (m[0] == SSL3_MT_CERTIFICATE_REQUEST)
    out->asked = true;
  if (m[0] == SSL3_MT_CERTIFICATE_VERIFY && out->version >= CY_TLS12)
    *(role == CY_TLS_SERVER ? &out->server_scheme : &out->client_scheme) = u16(m + 4);
}

static bool move(real_end *end, wire *in, wire *out)
{
  size_t in_at = in->at, out_len = out->bytes.len;
  bool was_fine = end->fine, was_done = end->done;
  if (end->fine)
    end->fine = end->turn(end, in, out);
  return in_at != in->at || out_len != out->bytes.len || was_fine != end->fine || was_done != end->done;
}

void real_shake(seen *out, real_end *client, real_end *server)
{
  wire up = {.bytes = CY_BUF_TEXT}, down = {.bytes = CY_BUF_TEXT};
  out->started = client && server;
  if (out->started) {
    client->fine = server->fine = true;
    for (int idle = 0; idle < 2;) {
      bool moved = move(client, &down, &up);
      moved |= move(server, &up, &down);
      idle = moved ? 0 : idle + 1;
    }
    out->agrees = client->done && server->done && client->fine && server->fine;
  }
  if (client)
    client->close(client);
  if (server)
    server->close(server);
  cy_buf_clear(&up.bytes);
  cy_buf_clear(&down.bytes);
}

static real_end *open_end(seen *out, const pool *p, const cy_tls_side *side, bool watches)
{
  switch (side->dialect->library) {
  case CY_TLS_OPENSSL:
    return openssl_end(out, p, side, watches);
  case CY_TLS_GNUTLS:
    return gnutls_end(out, p, side, watches);
  case CY_TLS_JSSE:
    return jsse_end(out, p, side, watches);
  default:
    return NULL;
  }
}

bool real_has(cy_tls_library library)
{
  return library == CY_TLS_OPENSSL || (library == CY_TLS_GNUTLS && gnutls_here) ||
         (library == CY_TLS_JSSE && jsse_here());
}

void real_handshake(seen *out, const pool *p, const cy_tls_side *client, const cy_tls_side *server)
{
  bool first = client->dialect->library == CY_TLS_OPENSSL,
       second = server->dialect->library == CY_TLS_OPENSSL;
  if (first && second) {
    openssl_handshake(out, p, client, server);
    return;
  }
  *out = (seen){.server_leaf = -1, .client_leaf = -1, .alerter = -1, .alert = -1};
  /* A client of JSSE can not. */
  bool server_watches = second || client->dialect->library == CY_TLS_JSSE;
  real_end *c = open_end(out, p, client, !server_watches);
  real_end *s = open_end(out, p, server, server_watches);
  real_shake(out, c, s);
}
