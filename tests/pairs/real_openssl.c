/* A real handshake between two libssl ends in memory, set up from the same sides that are predicted. */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "crypto/lib.h"
#include "pairs/real.h"

typedef struct {
  seen *out;
  const pool *p;
  int role; /* of the end that speaks */
} watcher;

/* Each end's own messages are enough when both are watched; with `all` the other's are noted here, too. */
static void see(const watcher *w, int writes, int type, const void *data, size_t len)
{
  const unsigned char *m = data;
  int role = writes ? w->role : 1 - w->role;
  if (type == SSL3_RT_ALERT && len >= 2 && m[1] != 0)
    see_alert(w->out, role, m[1]);
  if (type == SSL3_RT_HANDSHAKE && len >= 4)
    see_message(w->out, w->p, role, m, len);
}

static void watch(int writes, int version, int type, const void *data, size_t len, SSL *ssl, void *arg)
{
  (void)version;
  (void)ssl;
  if (writes)
    see(arg, writes, type, data, len);
}

static void watch_all(int writes, int version, int type, const void *data, size_t len, SSL *ssl, void *arg)
{
  (void)version;
  (void)ssl;
  see(arg, writes, type, data, len);
}

static void join(cy_buf *buf, const char *name)
{
  if (buf->len)
    cy_buf_str(buf, ":");
  cy_buf_str(buf, name ? name : "unknown");
}

static bool set_lists(SSL_CTX *ctx, const cy_tls_side *side)
{
  CY_CLEAN(cy_buf) suites = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) suites13 = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) groups = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) schemes = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) asked = CY_BUF_TEXT;
  for (size_t i = 0; i < side->suites.count; i++)
    join(&suites, cy_suite_get(side->suites.codes[i])->names[CY_NOTATION_OPENSSL]);
  for (size_t i = 0; i < side->suites13.count; i++)
    join(&suites13, cy_suite_get(side->suites13.codes[i])->names[CY_NOTATION_OPENSSL]);
  for (size_t i = 0; i < side->groups.count; i++)
    join(&groups, cy_tls_group_get(side->groups.codes[i])->names[CY_NOTATION_OPENSSL]);
  for (size_t i = 0; i < side->schemes.count; i++)
    join(&schemes, cy_scheme_get(side->schemes.codes[i])->names[CY_NOTATION_OPENSSL]);
  for (size_t i = 0; i < side->client_schemes.count; i++)
    join(&asked, cy_scheme_get(side->client_schemes.codes[i])->names[CY_NOTATION_OPENSSL]);
  return (!side->suites.set || SSL_CTX_set_cipher_list(ctx, cy_buf_cstr(&suites))) &&
         (!side->suites13.set || SSL_CTX_set_ciphersuites(ctx, cy_buf_cstr(&suites13))) &&
         (!side->groups.set || SSL_CTX_set1_groups_list(ctx, cy_buf_cstr(&groups))) &&
         (!side->schemes.set || SSL_CTX_set1_sigalgs_list(ctx, cy_buf_cstr(&schemes))) &&
         (!side->client_schemes.set || SSL_CTX_set1_client_sigalgs_list(ctx, cy_buf_cstr(&asked)));
}

static int take_all(int ok, X509_STORE_CTX *store)
{
  (void)ok;
  (void)store;
  return 1;
}

static void set_peer(SSL_CTX *ctx, const cy_tls_side *side)
{
  switch (side->peer) {
  case CY_TLS_PEER_UNSET:
    SSL_CTX_set_verify(ctx, side->role == CY_TLS_CLIENT ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    break;
  case CY_TLS_PEER_IGNORED:
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
    break;
  case CY_TLS_PEER_UNCHECKED:
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, take_all);
    break;
  case CY_TLS_PEER_OPTIONAL:
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    break;
  case CY_TLS_PEER_REQUIRED:
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    break;
  }
}

/* Between the real certificates and ours: the same DER. */
static X509 *x509_of(const pool *p, const cy_cert *cert)
{
  for (size_t i = 0; i < p->leaf_count; i++)
    if (cy_cert_equal(p->leaves[i].cert, cert))
      return p->leaves[i].x509;
  for (size_t i = 0; i < p->ca_count; i++)
    if (cy_cert_equal(p->cas[i].cert, cert))
      return p->cas[i].x509;
  return NULL;
}

static bool set_identities(SSL_CTX *ctx, const pool *p, const cy_tls_side *side)
{
  for (size_t i = 0; i < side->identity_count; i++) {
    const cy_tls_identity *identity = side->identities[i];
    int leaf = pair_leaf(p, identity);
    if (!SSL_CTX_use_certificate(ctx, x509_of(p, identity->chain.items[0])) ||
        !SSL_CTX_use_PrivateKey(ctx, p->leaves[leaf].key))
      return false;
    SSL_CTX_clear_chain_certs(ctx);
    for (size_t k = 1; k < identity->chain.count; k++)
      if (!SSL_CTX_add1_chain_cert(ctx, x509_of(p, identity->chain.items[k])))
        return false;
  }
  return true;
}

/* As most programs do it: the server's first that the client has, else what the side says. */
static int select_protocol(SSL *ssl, const unsigned char **out, unsigned char *len, const unsigned char *in,
  unsigned in_len, void *arg)
{
  const cy_tls_side *side = arg;
  (void)ssl;
  for (size_t i = 0; i < side->alpn.count; i++)
    for (unsigned at = 0; at < in_len; at += 1u + in[at])
      if (in[at] == strlen(side->alpn.items[i]) && memcmp(in + at + 1, side->alpn.items[i], in[at]) == 0) {
        *out = in + at + 1;
        *len = in[at];
        return SSL_TLSEXT_ERR_OK;
      }
  return side->alpn_needed == CY_NO ? SSL_TLSEXT_ERR_NOACK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void set_protocols(SSL_CTX *ctx, const cy_tls_side *side)
{
  CY_CLEAN(cy_buf) list = CY_BUF_TEXT;
  for (size_t i = 0; i < side->alpn.count; i++) {
    cy_buf_u8(&list, (uint8_t)strlen(side->alpn.items[i]));
    cy_buf_str(&list, side->alpn.items[i]);
  }
  if (side->alpn.count && side->role == CY_TLS_CLIENT)
    SSL_CTX_set_alpn_protos(ctx, list.data, (unsigned)list.len);
  if (side->alpn.count && side->role == CY_TLS_SERVER)
    SSL_CTX_set_alpn_select_cb(ctx, select_protocol, (void *)side);
}

/* The names of CAs that a server asks for. */
static void set_names(SSL_CTX *ctx, const pool *p, const cy_tls_side *side)
{
  const cy_certs *list = side->ca_names == CY_TLS_CA_NAMES_LIST                   ? &side->ca_list
                         : side->ca_names == CY_TLS_CA_NAMES_TRUST && side->trust ? &side->trust->anchors
                                                                                  : NULL;
  for (size_t i = 0; list && i < list->count; i++)
    SSL_CTX_add_client_CA(ctx, x509_of(p, list->items[i]));
}

static void set_host(SSL *ssl, const cy_tls_side *side)
{
  if (side->role != CY_TLS_CLIENT || !side->host)
    return;
  SSL_set_tlsext_host_name(ssl, side->host);
  if (side->check_host == CY_YES)
    SSL_set1_host(ssl, side->host);
}

static void see_protocol(seen *out, SSL *ssl)
{
  const unsigned char *protocol = NULL;
  unsigned len = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &len);
  snprintf(out->alpn, sizeof out->alpn, "%.*s", (int)len, protocol ? (const char *)protocol : "");
}

static SSL_CTX *context(const pool *p, const cy_tls_side *side)
{
  static const uint64_t off[] = {
    0, SSL_OP_NO_TLSv1, SSL_OP_NO_TLSv1_1, SSL_OP_NO_TLSv1_2, SSL_OP_NO_TLSv1_3};
  OSSL_LIB_CTX *lib = NULL;
  cy_err *err = cy_lib_ctx(&lib);
  cy_err_free(err);
  SSL_CTX *ctx = SSL_CTX_new_ex(lib, NULL, TLS_method());
  SSL_CTX_set_security_level(ctx, side->security_level);
  SSL_CTX_set_min_proto_version(ctx, 0);
  for (unsigned v = 1; v < CY_COUNT(off) && side->versions; v++)
    if (!(side->versions >> v & 1))
      SSL_CTX_set_options(ctx, off[v]);
  if (side->own_order == CY_YES)
    SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE);
  if (side->chacha_first == CY_YES)
    SSL_CTX_set_options(ctx, SSL_OP_PRIORITIZE_CHACHA);
  if (side->auto_chain_off)
    SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
  if (side->dh != CY_TLS_DH_NONE)
    SSL_CTX_set_dh_auto(ctx, 1);
  set_peer(ctx, side);
  set_protocols(ctx, side);
  set_names(ctx, p, side);
  X509_STORE *store = SSL_CTX_get_cert_store(ctx);
  for (size_t i = 0; side->trust && i < side->trust->anchors.count; i++)
    X509_STORE_add_cert(store, x509_of(p, side->trust->anchors.items[i]));
  if (set_lists(ctx, side) && set_identities(ctx, p, side))
    return ctx;
  SSL_CTX_free(ctx);
  return NULL;
}

static void note_error(seen *out, int role)
{
  unsigned long code = ERR_peek_error();
  if (code && !out->error[role][0])
    snprintf(out->error[role], sizeof out->error[role], "%s", ERR_reason_error_string(code));
  ERR_clear_error();
}

/* One turn of an end; false: it can not go on. */
static bool turn(SSL *ssl, bool *done, seen *out, int role)
{
  char byte;
  ERR_clear_error();
  int r = *done ? SSL_read(ssl, &byte, 1) : SSL_do_handshake(ssl);
  if (r == 1 && !*done) {
    *done = true;
    return true;
  }
  int why = SSL_get_error(ssl, r);
  if (r > 0 || why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
    return true;
  note_error(out, role);
  return false;
}

static void shake(SSL *client, SSL *server, seen *out)
{
  bool client_done = false, server_done = false, client_fine = true, server_fine = true;
  for (int i = 0; i < 12; i++) {
    client_fine = client_fine && turn(client, &client_done, out, CY_TLS_CLIENT);
    server_fine = server_fine && turn(server, &server_done, out, CY_TLS_SERVER);
  }
  out->agrees = client_done && server_done && client_fine && server_fine;
}

void openssl_handshake(seen *out, const pool *p, const cy_tls_side *client, const cy_tls_side *server)
{
  *out = (seen){.started = true, .server_leaf = -1, .client_leaf = -1, .alerter = -1, .alert = -1};
  SSL_CTX *contexts[2] = {context(p, client), context(p, server)};
  note_error(out, CY_TLS_SERVER);
  out->started = contexts[0] && contexts[1];
  if (out->started) {
    BIO *a = NULL, *b = NULL;
    SSL *ends[2] = {SSL_new(contexts[0]), SSL_new(contexts[1])};
    watcher watchers[2] = {{out, p, CY_TLS_CLIENT}, {out, p, CY_TLS_SERVER}};
    BIO_new_bio_pair(&a, 1 << 17, &b, 1 << 17);
    SSL_set_bio(ends[0], a, a);
    SSL_set_bio(ends[1], b, b);
    SSL_set_connect_state(ends[0]);
    SSL_set_accept_state(ends[1]);
    for (int i = 0; i < 2; i++) {
      SSL_set_msg_callback(ends[i], watch);
      SSL_set_msg_callback_arg(ends[i], &watchers[i]);
    }
    set_host(ends[0], client);
    shake(ends[0], ends[1], out);
    see_protocol(out, ends[0]);
    SSL_free(ends[0]);
    SSL_free(ends[1]);
  }
  SSL_CTX_free(contexts[0]);
  SSL_CTX_free(contexts[1]);
}

/* One end of libssl beside another library. */

typedef struct {
  real_end end;
  SSL_CTX *ctx;
  SSL *ssl;
  watcher watcher;
} openssl_one;

static bool openssl_turn(real_end *end, wire *in, wire *out)
{
  openssl_one *one = (openssl_one *)end;
  char bytes[4096];
  size_t len = in->bytes.len - in->at, written = 0;
  if (len) {
    BIO_write_ex(SSL_get_rbio(one->ssl), in->bytes.data + in->at, len, &written);
    in->at += len;
  }
  bool fine = turn(one->ssl, &end->done, end->out, end->role);
  for (int n; (n = BIO_read(SSL_get_wbio(one->ssl), bytes, sizeof bytes)) > 0;)
    cy_buf_put(&out->bytes, bytes, (size_t)n);
  return fine;
}

static void openssl_close(real_end *end)
{
  openssl_one *one = (openssl_one *)end;
  if (end->done)
    see_protocol(end->out, one->ssl);
  SSL_free(one->ssl);
  SSL_CTX_free(one->ctx);
  cy_free(one);
}

real_end *openssl_end(seen *out, const pool *p, const cy_tls_side *side, bool watches)
{
  SSL_CTX *ctx = context(p, side);
  note_error(out, side->role);
  if (!ctx)
    return NULL;
  openssl_one *one = cy_calloc(1, sizeof *one);
  *one = (openssl_one){
    .end = {.p = p, .out = out, .role = side->role, .turn = openssl_turn, .close = openssl_close},
    .ctx = ctx,
    .ssl = SSL_new(ctx),
    .watcher = {out, p, side->role}};
  SSL_set_bio(one->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  if (side->role == CY_TLS_CLIENT)
    SSL_set_connect_state(one->ssl);
  else
    SSL_set_accept_state(one->ssl);
  if (watches)
    SSL_set_msg_callback(one->ssl, watch_all);
  SSL_set_msg_callback_arg(one->ssl, &one->watcher);
  set_host(one->ssl, side);
  return &one->end;
}
