#include "tests/unit/tls/capture.h"

#include "tests/lib/unit.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

/* A self-signed certificate for this key. */
static X509 *make_certificate(EVP_PKEY *key, const char *name)
{
  X509 *cert = X509_new();
  X509_NAME *subject = X509_get_subject_name(cert);
  const EVP_MD *md = EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 ? NULL : EVP_sha256();
  X509_set_version(cert, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(cert), 4711);
  X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
  X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
  X509_set_issuer_name(cert, subject);
  X509_set_pubkey(cert, key);
  assert_true(X509_sign(cert, key, md) > 0);
  return cert;
}

static EVP_PKEY *make_key(const char *kind)
{
  EVP_PKEY *key = NULL;
  if (!kind || strcmp(kind, "rsa") == 0)
    key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
  else if (strcmp(kind, "ec") == 0)
    key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
  else if (strcmp(kind, "ed25519") == 0)
    key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
  assert_non_null(key);
  return key;
}

/* Keys take time: one of each kind is enough. */
static void identity(EVP_PKEY **key, X509 **cert, const char *kind)
{
  static struct {
    const char *kind;
    EVP_PKEY *key;
    X509 *cert;
  } pool[] = {{"rsa"}, {"ec"}, {"ed25519"}};
  for (size_t i = 0; i < CY_COUNT(pool); i++) {
    if (strcmp(kind ? kind : "rsa", pool[i].kind) != 0)
      continue;
    if (!pool[i].key) {
      pool[i].key = make_key(kind);
      pool[i].cert = make_certificate(pool[i].key, pool[i].kind);
    }
    *key = pool[i].key;
    *cert = pool[i].cert;
    return;
  }
  fail();
}

static unsigned psk_client(
  SSL *ssl, const char *hint, char *name, unsigned name_size, unsigned char *psk, unsigned max)
{
  snprintf(name, name_size, "%s", "client-1");
  memcpy(psk, SSL_get_app_data(ssl), 32);
  return max >= 32 ? 32 : 0;
}

static unsigned psk_server(SSL *ssl, const char *name, unsigned char *psk, unsigned max)
{
  memcpy(psk, SSL_get_app_data(ssl), 32);
  return max >= 32 ? 32 : 0;
}

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *len, const unsigned char *in,
  unsigned in_len, void *arg)
{
  const char *want = arg;
  unsigned char *found = NULL;
  unsigned char wanted[64];
  wanted[0] = (unsigned char)strlen(want);
  memcpy(wanted + 1, want, wanted[0]);
  if (SSL_select_next_proto(&found, len, wanted, wanted[0] + 1u, in, in_len) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = found;
  return SSL_TLSEXT_ERR_OK;
}

static void both(SSL_CTX *ctx, const capture_setup *s)
{
  SSL_CTX_set_min_proto_version(ctx, s->min);
  SSL_CTX_set_max_proto_version(ctx, s->max);
  if (s->no_tickets)
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
  if (s->keep_mac)
    SSL_CTX_set_options(ctx, SSL_OP_NO_ENCRYPT_THEN_MAC);
  SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
}

static SSL_CTX *make_client(const capture_setup *s)
{
  SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
  both(ctx, s);
  if (s->ciphers)
    assert_true(SSL_CTX_set_cipher_list(ctx, s->ciphers));
  if (s->groups)
    assert_true(SSL_CTX_set1_groups_list(ctx, s->groups));
  if (s->schemes)
    assert_true(SSL_CTX_set1_sigalgs_list(ctx, s->schemes));
  if (s->psk)
    SSL_CTX_set_psk_client_callback(ctx, psk_client);
  if (s->client_auth && !s->bad_client) {
    EVP_PKEY *key = NULL;
    X509 *cert = NULL;
    identity(&key, &cert, "ec");
    assert_true(SSL_CTX_use_certificate(ctx, cert) && SSL_CTX_use_PrivateKey(ctx, key));
  }
  return ctx;
}

static int trust_all(int ok, X509_STORE_CTX *store)
{
  return 1;
}

static int staple(SSL *ssl, void *arg)
{
  unsigned char *copy = OPENSSL_memdup("staple", 6);
  SSL_set_tlsext_status_ocsp_resp(ssl, copy, 6);
  return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *make_server(const capture_setup *s)
{
  SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
  const char *ciphers = s->server_ciphers ? s->server_ciphers : s->ciphers;
  const char *groups = s->server_groups ? s->server_groups : s->groups;
  const char *schemes = s->server_schemes ? s->server_schemes : s->schemes;
  EVP_PKEY *key = NULL;
  X509 *cert = NULL;
  both(ctx, s);
  identity(&key, &cert, s->key);
  assert_true(SSL_CTX_use_certificate(ctx, cert) && SSL_CTX_use_PrivateKey(ctx, key));
  if (ciphers)
    assert_true(SSL_CTX_set_cipher_list(ctx, ciphers));
  if (groups)
    assert_true(SSL_CTX_set1_groups_list(ctx, groups));
  if (schemes)
    assert_true(SSL_CTX_set1_sigalgs_list(ctx, schemes));
  if (s->dhe)
    SSL_CTX_set_dh_auto(ctx, 1);
  if (s->psk) {
    SSL_CTX_set_psk_server_callback(ctx, psk_server);
    SSL_CTX_use_psk_identity_hint(ctx, "which one?");
  }
  if (s->status)
    SSL_CTX_set_tlsext_status_cb(ctx, staple);
  if (s->protocol)
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, (void *)(uintptr_t)s->protocol);
  if (s->client_auth) {
    identity(&key, &cert, "ec");
    SSL_CTX_add_client_CA(ctx, cert);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, trust_all);
  }
  /* Sessions are carried over between servers of one test: the same keys for their tickets. */
  static unsigned char ticket_keys[80] = "not a secret";
  SSL_CTX_set_tlsext_ticket_keys(ctx, ticket_keys, sizeof ticket_keys);
  SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"test", 4);
  return ctx;
}

/* At the client, which sees all messages in clear. */
static void see_message(
  int sent, int version, int content, const void *bytes, size_t len, SSL *ssl, void *arg)
{
  capture *c = arg;
  if (content != SSL3_RT_HANDSHAKE)
    return;
  assert_true(c->message_count < CAPTURE_FLIGHTS);
  size_t at = c->message_count++;
  c->message_from[at] = sent ? CY_WIRE_CLIENT : CY_WIRE_SERVER;
  c->messages[at] = CY_BUF_TEXT;
  cy_buf_put(&c->messages[at], bytes, len);
}

cy_span capture_body(const capture *c, cy_wire_end from, uint8_t msg_type)
{
  for (size_t i = 0; i < c->message_count; i++)
    if (c->message_from[i] == from && c->messages[i].data[0] == msg_type)
      return cy_span_of(c->messages[i].data + 4, c->messages[i].len - 4);
  return CY_SPAN_NONE;
}

/* Carries what one end has written to the other. */
static bool carry(capture *c, SSL *from, SSL *to, cy_wire_end end)
{
  uint8_t bytes[4096];
  bool moved = false;
  int n;
  while ((n = BIO_read(SSL_get_wbio(from), bytes, sizeof bytes)) > 0) {
    bool more = c->count > 0 && c->from[c->count - 1] == end;
    size_t at = more ? c->count - 1 : c->count++;
    assert_true(at < CAPTURE_FLIGHTS);
    if (!more)
      c->bytes[at] = CY_BUF_TEXT;
    c->from[at] = end;
    cy_buf_put(&c->bytes[at], bytes, (size_t)n);
    assert_int_equal(BIO_write(SSL_get_rbio(to), bytes, n), n);
    moved = true;
  }
  return moved;
}

static SSL *make_end(SSL_CTX *ctx, const capture_setup *s, bool server)
{
  SSL *ssl = SSL_new(ctx);
  assert_non_null(ssl);
  SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_app_data(ssl, (char *)(uintptr_t)s->psk);
  if (server) {
    SSL_set_accept_state(ssl);
    return ssl;
  }
  SSL_set_connect_state(ssl);
  if (s->server_name)
    SSL_set_tlsext_host_name(ssl, s->server_name);
  if (s->protocol) {
    unsigned char list[64];
    list[0] = (unsigned char)strlen(s->protocol);
    memcpy(list + 1, s->protocol, list[0]);
    SSL_set_alpn_protos(ssl, list, list[0] + 1u);
  }
  if (s->status)
    SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
  if (s->resume)
    SSL_set_session(ssl, s->resume);
  return ssl;
}

static void talk(capture *c, SSL *client, SSL *server)
{
  char byte;
  bool moved = true;
  while (moved) {
    if (SSL_is_init_finished(client))
      SSL_peek(client, &byte, 1); /* takes in tickets and alerts */
    else
      SSL_do_handshake(client);
    moved = carry(c, client, server, CY_WIRE_CLIENT);
    SSL_do_handshake(server);
    moved |= carry(c, server, client, CY_WIRE_SERVER);
  }
  SSL_peek(client, &byte, 1);
  c->done = SSL_is_init_finished(client) && SSL_is_init_finished(server);
}

void capture_run(capture *c, const capture_setup *setup)
{
  SSL_CTX *client_ctx = make_client(setup), *server_ctx = make_server(setup);
  SSL *client = make_end(client_ctx, setup, false), *server = make_end(server_ctx, setup, true);
  *c = (capture){0};
  SSL_set_msg_callback(client, see_message);
  SSL_set_msg_callback_arg(client, c);
  talk(c, client, server);
  if (c->done && setup->data) {
    SSL_write(client, "hello", 5);
    SSL_shutdown(client);
    carry(c, client, server, CY_WIRE_CLIENT);
  }
  if (c->done) {
    c->version = SSL_version(client);
    c->suite = (uint16_t)SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(client));
  }
  if (setup->session)
    *setup->session = SSL_get1_session(client);
  /* Else the session counts as broken off, and is not resumed. */
  SSL_set_shutdown(client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(client);
  SSL_free(server);
  SSL_CTX_free(client_ctx);
  SSL_CTX_free(server_ctx);
}

void capture_clear(capture *c)
{
  for (size_t i = 0; i < c->count; i++)
    cy_buf_clear(&c->bytes[i]);
  for (size_t i = 0; i < c->message_count; i++)
    cy_buf_clear(&c->messages[i]);
}

static void take_all(cy_wire *wire, capture_see *see, void *arg)
{
  cy_wire_event event;
  bool found = true;
  while (found) {
    cy_err *err = cy_wire_next(wire, &event, &found);
    if (err)
      fail_msg("%s", cy_err_text(err));
    if (found && see)
      see(&event, arg);
  }
}

void capture_read(const capture *c, size_t piece, capture_see *see, void *arg)
{
  cy_wire wire;
  cy_wire_init(&wire);
  for (size_t i = 0; i < c->count; i++) {
    cy_span all = cy_buf_get(&c->bytes[i]);
    size_t step = piece ? piece : all.len;
    for (size_t at = 0; at < all.len; at += step) {
      cy_wire_give(&wire, c->from[i], cy_span_of(all.data + at, all.len - at < step ? all.len - at : step));
      take_all(&wire, see, arg);
    }
  }
  assert_null(cy_wire_finish(&wire, CY_WIRE_CLIENT));
  assert_null(cy_wire_finish(&wire, CY_WIRE_SERVER));
  cy_wire_clear(&wire);
}
