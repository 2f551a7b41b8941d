/* A real end of GnuTLS, set up from the side that is predicted. */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <openssl/encoder.h>
#include <openssl/evp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "pairs/real.h"

const bool gnutls_here = true;

typedef struct {
  real_end end;
  gnutls_session_t session;
  gnutls_certificate_credentials_t credentials;
  gnutls_priority_t priority;
  wire *in, *out;
  bool watches;
} gnutls_one;

static gnutls_x509_privkey_t key_of(EVP_PKEY *from)
{
  gnutls_x509_privkey_t key = NULL;
  unsigned char *der = NULL;
  size_t size = 0;
  OSSL_ENCODER_CTX *encoder =
    OSSL_ENCODER_CTX_new_for_pkey(from, EVP_PKEY_KEYPAIR, "DER", "PrivateKeyInfo", NULL);
  bool fine = encoder && OSSL_ENCODER_to_data(encoder, &der, &size);
  gnutls_datum_t data = {der, (unsigned)size};
  gnutls_x509_privkey_init(&key);
  if (!fine ||
      gnutls_x509_privkey_import_pkcs8(key, &data, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN) < 0) {
    gnutls_x509_privkey_deinit(key);
    key = NULL;
  }
  OPENSSL_free(der);
  OSSL_ENCODER_CTX_free(encoder);
  return key;
}

static gnutls_x509_crt_t crt_of(const cy_cert *cert)
{
  gnutls_x509_crt_t crt = NULL;
  cy_span der = cy_cert_der(cert);
  gnutls_datum_t data = {(unsigned char *)der.data, (unsigned)der.len};
  gnutls_x509_crt_init(&crt);
  if (gnutls_x509_crt_import(crt, &data, GNUTLS_X509_FMT_DER) >= 0)
    return crt;
  gnutls_x509_crt_deinit(crt);
  return NULL;
}

static int add_identity(gnutls_one *one, const cy_tls_identity *identity)
{
  gnutls_x509_crt_t chain[8];
  unsigned count = 0;
  int r = GNUTLS_E_PARSING_ERROR, leaf = pair_leaf(one->end.p, identity);
  gnutls_x509_privkey_t key = key_of(one->end.p->leaves[leaf].key);
  for (size_t i = 0; i < identity->chain.count && count < CY_COUNT(chain); i++)
    if ((chain[count] = crt_of(identity->chain.items[i])))
      count++;
  if (key && count == identity->chain.count)
    r = gnutls_certificate_set_x509_key(one->credentials, chain, (int)count, key);
  for (unsigned i = 0; i < count; i++)
    gnutls_x509_crt_deinit(chain[i]);
  if (key)
    gnutls_x509_privkey_deinit(key);
  return r;
}

static void add_trust(gnutls_one *one, const cy_tls_trust *trust)
{
  for (size_t i = 0; trust && i < trust->anchors.count; i++) {
    gnutls_x509_crt_t crt = crt_of(trust->anchors.items[i]);
    gnutls_certificate_set_x509_trust(one->credentials, &crt, 1);
    gnutls_x509_crt_deinit(crt);
  }
}

static ssize_t push(gnutls_transport_ptr_t to, const void *data, size_t len)
{
  gnutls_one *one = to;
  cy_buf_put(&one->out->bytes, data, len);
  return (ssize_t)len;
}

static ssize_t pull(gnutls_transport_ptr_t from, void *data, size_t len)
{
  gnutls_one *one = from;
  size_t there = one->in->bytes.len - one->in->at;
  if (!there) {
    gnutls_transport_set_errno(one->session, EAGAIN);
    return -1;
  }
  len = len < there ? len : there;
  memcpy(data, one->in->bytes.data + one->in->at, len);
  one->in->at += len;
  return (ssize_t)len;
}

/* Without its header; one is put before it. */
static int watch(
  gnutls_session_t session, unsigned type, unsigned when, unsigned incoming, const gnutls_datum_t *msg)
{
  gnutls_one *one = gnutls_session_get_ptr(session);
  (void)when;
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  cy_buf_u8(&whole, (uint8_t)type);
  cy_buf_fill(&whole, 0, 3);
  cy_buf_put(&whole, msg->data, msg->size);
  int role = incoming ? 1 - one->end.role : one->end.role;
  if (one->watches && type == GNUTLS_HANDSHAKE_HELLO_RETRY_REQUEST)
    one->end.out->retried = true;
  else if (one->watches)
    see_message(one->end.out, one->end.p, role, whole.data, whole.len);
  return 0;
}

static void note(gnutls_one *one, int r)
{
  seen *out = one->end.out;
  if (!out->error[one->end.role][0])
    snprintf(out->error[one->end.role], sizeof out->error[0], "%s", gnutls_strerror_name(r));
  if (one->watches && r == GNUTLS_E_FATAL_ALERT_RECEIVED)
    see_alert(out, 1 - one->end.role, gnutls_alert_get(one->session));
}

/* A program that does as the manual says: the alert that fits the error. */
static bool gnutls_turn(real_end *end, wire *in, wire *out)
{
  gnutls_one *one = (gnutls_one *)end;
  char byte;
  one->in = in;
  one->out = out;
  int r = end->done ? (int)gnutls_record_recv(one->session, &byte, 1) : gnutls_handshake(one->session);
  if (!end->done && r == 0)
    end->done = true;
  if (r >= 0 || !gnutls_error_is_fatal(r))
    return true;
  note(one, r);
  int level, alert = gnutls_error_to_alert(r, &level);
  if (r != GNUTLS_E_FATAL_ALERT_RECEIVED) {
    /* An alert of the other end, in a record whose version it does not like. */
    int said = r == GNUTLS_E_UNSUPPORTED_VERSION_PACKET ? end->out->said[1 - end->role] : 0;
    see_alert(end->out, said ? 1 - end->role : end->role, (unsigned)(said ? said : alert));
    gnutls_alert_send(one->session, GNUTLS_AL_FATAL, (gnutls_alert_description_t)alert);
  }
  return false;
}

static void gnutls_close(real_end *end)
{
  gnutls_one *one = (gnutls_one *)end;
  gnutls_datum_t protocol;
  if (one->session && end->done && gnutls_alpn_get_selected_protocol(one->session, &protocol) >= 0)
    snprintf(
      end->out->alpn, sizeof end->out->alpn, "%.*s", (int)protocol.size, (const char *)protocol.data);
  if (one->session)
    gnutls_deinit(one->session);
  if (one->credentials)
    gnutls_certificate_free_credentials(one->credentials);
  if (one->priority)
    gnutls_priority_deinit(one->priority);
  cy_free(one);
}

static void set_server(gnutls_one *one, const cy_tls_side *side)
{
  static const gnutls_certificate_request_t requests[] = {[CY_TLS_PEER_UNSET] = GNUTLS_CERT_IGNORE,
    [CY_TLS_PEER_IGNORED] = GNUTLS_CERT_IGNORE,
    [CY_TLS_PEER_UNCHECKED] = GNUTLS_CERT_REQUEST,
    [CY_TLS_PEER_OPTIONAL] = GNUTLS_CERT_REQUEST,
    [CY_TLS_PEER_REQUIRED] = GNUTLS_CERT_REQUIRE};
  gnutls_certificate_server_set_request(one->session, requests[side->peer]);
  if (side->peer == CY_TLS_PEER_OPTIONAL || side->peer == CY_TLS_PEER_REQUIRED)
    gnutls_session_set_verify_cert(one->session, NULL, 0);
  if (side->ca_names == CY_TLS_CA_NAMES_NONE)
    gnutls_certificate_send_x509_rdn_sequence(one->session, 1);
  if (side->dh != CY_TLS_DH_NONE)
    gnutls_certificate_set_known_dh_params(one->credentials, GNUTLS_SEC_PARAM_MEDIUM);
}

static void set_protocols(gnutls_one *one, const cy_tls_side *side)
{
  gnutls_datum_t names[8];
  unsigned count = 0;
  for (size_t i = 0; i < side->alpn.count && count < CY_COUNT(names); i++)
    names[count++] =
      (gnutls_datum_t){(unsigned char *)side->alpn.items[i], (unsigned)strlen(side->alpn.items[i])};
  if (count)
    gnutls_alpn_set_protocols(
      one->session, names, count, side->alpn_needed == CY_YES ? GNUTLS_ALPN_MANDATORY : 0);
  if (side->role == CY_TLS_CLIENT && side->host)
    gnutls_server_name_set(one->session, GNUTLS_NAME_DNS, side->host, strlen(side->host));
}

static bool set_up(gnutls_one *one, const cy_tls_side *side)
{
  const cy_tls_setting *priority = cy_tls_side_setting(side, CY_TLS_FIELD_SUITES);
  bool server = side->role == CY_TLS_SERVER;
  int r = gnutls_init(
    &one->session, (server ? GNUTLS_SERVER : GNUTLS_CLIENT) | GNUTLS_NO_TICKETS | GNUTLS_NONBLOCK);
  gnutls_session_set_ptr(one->session, one);
  gnutls_certificate_allocate_credentials(&one->credentials);
  if (r >= 0)
    r = gnutls_priority_init(&one->priority, priority->value, NULL);
  if (r >= 0)
    r = gnutls_priority_set(one->session, one->priority);
  for (size_t i = 0; i < side->identity_count && r >= 0; i++)
    r = add_identity(one, side->identities[i]);
  if (r < 0) {
    note(one, r);
    return false;
  }
  add_trust(one, side->trust);
  set_protocols(one, side);
  gnutls_credentials_set(one->session, GNUTLS_CRD_CERTIFICATE, one->credentials);
  if (server)
    set_server(one, side);
  else if (side->peer != CY_TLS_PEER_IGNORED)
    gnutls_session_set_verify_cert(one->session, side->check_host == CY_YES ? side->host : NULL, 0);
  gnutls_transport_set_ptr(one->session, one);
  gnutls_transport_set_push_function(one->session, push);
  gnutls_transport_set_pull_function(one->session, pull);
  gnutls_handshake_set_hook_function(one->session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_POST, watch);
  return true;
}

real_end *gnutls_end(seen *out, const pool *p, const cy_tls_side *side, bool watches)
{
  gnutls_one *one = cy_calloc(1, sizeof *one);
  if (!one)
    abort();
  one->end = (real_end){.p = p, .out = out, .role = side->role, .turn = gnutls_turn, .close = gnutls_close};
  one->watches = watches;
  if (set_up(one, side))
    return &one->end;
  gnutls_close(&one->end);
  return NULL;
}
