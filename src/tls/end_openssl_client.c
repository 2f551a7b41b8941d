/* OpenSSL 3.0 as a client: what it makes of the server's answer, and the certificate that it brings. */
#include "tls/end_openssl.h"

bool cy_openssl_key_fits(cy_key_type key, cy_suite_needs needs)
{
  switch (needs) {
  case CY_SUITE_NEEDS_RSA:
    return key == CY_KEY_RSA || key == CY_KEY_RSA_PSS;
  case CY_SUITE_NEEDS_EC:
    return key == CY_KEY_EC || key == CY_KEY_ED25519 || key == CY_KEY_ED448;
  case CY_SUITE_NEEDS_DSA:
    return key == CY_KEY_DSA;
  default:
    return false;
  }
}

/* verify errors and their alerts (openssl-verification-options(1), tried). */
int cy_openssl_alert_of(int error)
{
  static const struct {
    int error, alert;
  } alerts[] = {{2, CY_ALERT_UNKNOWN_CA}, {3, CY_ALERT_UNKNOWN_CA}, {4, CY_ALERT_DECRYPT_ERROR},
    {5, CY_ALERT_DECRYPT_ERROR}, {6, CY_ALERT_BAD_CERTIFICATE}, {7, CY_ALERT_DECRYPT_ERROR},
    {8, CY_ALERT_DECRYPT_ERROR}, {9, CY_ALERT_BAD_CERTIFICATE}, {10, CY_ALERT_CERTIFICATE_EXPIRED},
    {11, CY_ALERT_BAD_CERTIFICATE}, {12, CY_ALERT_CERTIFICATE_EXPIRED}, {13, CY_ALERT_BAD_CERTIFICATE},
    {14, CY_ALERT_BAD_CERTIFICATE}, {17, CY_ALERT_INTERNAL_ERROR}, {18, CY_ALERT_UNKNOWN_CA},
    {19, CY_ALERT_UNKNOWN_CA}, {20, CY_ALERT_UNKNOWN_CA}, {21, CY_ALERT_UNKNOWN_CA},
    {22, CY_ALERT_UNKNOWN_CA}, {23, CY_ALERT_CERTIFICATE_REVOKED}, {24, CY_ALERT_UNKNOWN_CA},
    {25, CY_ALERT_UNKNOWN_CA}, {26, CY_ALERT_UNSUPPORTED_CERTIFICATE}, {27, CY_ALERT_BAD_CERTIFICATE},
    {28, CY_ALERT_BAD_CERTIFICATE}, {50, CY_ALERT_HANDSHAKE_FAILURE}, {62, CY_ALERT_BAD_CERTIFICATE},
    {63, CY_ALERT_BAD_CERTIFICATE}, {64, CY_ALERT_BAD_CERTIFICATE}, {65, CY_ALERT_BAD_CERTIFICATE},
    {66, CY_ALERT_BAD_CERTIFICATE}, {67, CY_ALERT_BAD_CERTIFICATE}, {68, CY_ALERT_BAD_CERTIFICATE},
    {69, CY_ALERT_INTERNAL_ERROR}, {70, CY_ALERT_INTERNAL_ERROR}};
  for (size_t i = 0; i < CY_COUNT(alerts); i++)
    if (alerts[i].error == error)
      return alerts[i].alert;
  return CY_ALERT_CERTIFICATE_UNKNOWN;
}

unsigned cy_openssl_signature_bits(const cy_cert_view *view)
{
  static const struct {
    cy_oid digest;
    unsigned bits;
  } digests[] = {{CY_OID_MD5, 39}, {CY_OID_SHA1, 63}, {CY_OID_SHA224, 112}, {CY_OID_SHA256, 128},
    {CY_OID_SHA384, 192}, {CY_OID_SHA512, 256}};
  cy_oid digest = cy_cert_signature_digest(view);
  for (size_t i = 0; i < CY_COUNT(digests); i++)
    if (digests[i].digest == digest)
      return digests[i].bits;
  return view->sig_alg == CY_OID_ED448 ? 224 : 128;
}

bool cy_openssl_self_signed(const cy_cert_view *view)
{
  if (!view->self_issued)
    return false;
  return !view->authority_key_id.len || !view->subject_key_id.len ||
         cy_span_equal(view->authority_key_id, view->subject_key_id);
}

/* RSA-PSS on a certificate fits the schemes of both kinds of RSA key. */
static bool is_pss_by(const cy_cert_view *leaf, const cy_scheme *scheme)
{
  const char *hash = cy_oid_short(cy_cert_signature_digest(leaf));
  return scheme->code >= 0x0804 && scheme->code <= 0x080B && scheme->hash && hash &&
         strcmp(scheme->hash, hash) == 0;
}

bool cy_openssl_signed_by(const cy_tls_facts *facts, const cy_row_list *schemes)
{
  if (facts->leaf->sig_alg != CY_OID_RSA_PSS)
    return facts->signature >= 0 && cy_row_list_has(schemes, (unsigned)facts->signature);
  for (size_t i = 0; i < schemes->count; i++)
    if (is_pss_by(facts->leaf, &cy_schemes[schemes->rows[i]]))
      return true;
  return false;
}

bool cy_openssl_accept_hello(cy_tls_run *run)
{
  const cy_tls_hello *hello = run->hello;
  uint16_t version = run->out->version;
  if (!(hello->expected & CY_TLS_BIT(version)))
    return cy_tls_fail(
      run, CY_TLS_CAUSE_VERSION_NONE, CY_TLS_CLIENT, CY_ALERT_PROTOCOL_VERSION, CY_TLS_MSG_SERVER_HELLO);
  if (run->sentinel && hello->best > version && (version < CY_TLS12 || hello->best == CY_TLS13))
    return cy_tls_fail(run, CY_TLS_CAUSE_VERSION_FALLBACK, CY_TLS_CLIENT, CY_ALERT_ILLEGAL_PARAMETER,
      CY_TLS_MSG_SERVER_HELLO);
  return true;
}

static bool judge(cy_tls_run *run)
{
  const cy_tls_verdict **verdict = &run->out->server_verdict;
  if (run->client->peer == CY_TLS_PEER_IGNORED) {
    cy_tls_hit(run, CY_TLS_RULE_SERVER_UNCHECKED);
    return true;
  }
  run->err =
    cy_tls_verdict_get(verdict, run->verdicts, run->client, run->server, run->out->server_identity);
  if (run->err)
    return false;
  if (!(*verdict)->holds)
    return cy_tls_fail(run, CY_TLS_CAUSE_SERVER_CHAIN, CY_TLS_CLIENT,
      cy_openssl_alert_of((*verdict)->openssl), CY_TLS_MSG_SERVER_CERTIFICATE);
  cy_tls_hit(run, CY_TLS_RULE_SERVER_TRUSTED);
  return true;
}

/* Seen when the server's flight is complete. Servers of OpenSSL do not choose such a certificate; others
 * do. */
static bool ec_may_sign(cy_tls_run *run)
{
  if (cy_tls_is13(run) || run->out->server_identity < 0 ||
      cy_tls_run_suite(run)->needs != CY_SUITE_NEEDS_EC ||
      run->server->identities[run->out->server_identity].usage & CY_KU_DIGITAL_SIGNATURE)
    return true;
  return cy_tls_fail(run, CY_TLS_CAUSE_SERVER_USAGE, CY_TLS_CLIENT, CY_ALERT_HANDSHAKE_FAILURE,
    CY_TLS_MSG_SERVER_HELLO_DONE);
}

bool cy_openssl_accept_server(cy_tls_run *run)
{
  unsigned level = cy_openssl_level_bits(run->client);
  if (run->out->server_identity >= 0 && !judge(run))
    return false;
  if (!cy_tls_is13(run) && run->out->group >= 0 &&
      !cy_row_list_has(&run->hello->groups, (unsigned)run->out->group))
    return cy_tls_fail(run, CY_TLS_CAUSE_GROUP_NONE, CY_TLS_CLIENT, CY_ALERT_ILLEGAL_PARAMETER,
      CY_TLS_MSG_SERVER_KEY_EXCHANGE);
  bool is_signed = run->out->server_identity >= 0 && cy_tls_run_suite(run)->kx != CY_KX_RSA;
  if (is_signed && run->out->version < CY_TLS12 && !cy_openssl_signs_legacy(run->client))
    return cy_tls_fail(run, CY_TLS_CAUSE_SCHEME_LEGACY, CY_TLS_CLIENT, CY_ALERT_INTERNAL_ERROR,
      CY_TLS_MSG_SERVER_KEY_EXCHANGE);
  if (run->out->server_scheme >= 0 &&
      !cy_openssl_takes_curve(run, run->client, &run->server->identities[run->out->server_identity]))
    return cy_tls_fail(
      run, CY_TLS_CAUSE_CURVE, CY_TLS_CLIENT, CY_ALERT_ILLEGAL_PARAMETER, CY_TLS_MSG_SERVER_KEY_EXCHANGE);
  if (run->short_salt[CY_TLS_SERVER])
    return cy_tls_fail(
      run, CY_TLS_CAUSE_SIGNATURE, CY_TLS_CLIENT, CY_ALERT_DECRYPT_ERROR, CY_TLS_MSG_SERVER_KEY_EXCHANGE);
  if (run->out->dh_bits && cy_openssl_dh_strength(run->out->dh_bits) < (level ? level : 80))
    return cy_tls_fail(
      run, CY_TLS_CAUSE_DH_WEAK, CY_TLS_CLIENT, CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_SERVER_KEY_EXCHANGE);
  return ec_may_sign(run);
}

/* Its certificate: up to TLS 1.2 only the one that was configured last is thought of. */
static int identity_making(const cy_tls_run *run, const cy_scheme *scheme)
{
  const cy_tls_terms *client = run->client;
  bool new_one = cy_tls_is13(run);
  for (int i = 0; i < (int)client->identity_count; i++) {
    const cy_tls_facts *facts = &client->identities[i];
    if (!facts->usable || facts->type != scheme->key || (!new_one && i != client->current))
      continue;
    if (new_one && run->server->has_asked_certs && !cy_openssl_signed_by(facts, &run->server->asked_certs))
      continue;
    if (new_one ? cy_openssl_scheme_fits13(scheme, facts) : cy_openssl_scheme_fits12(scheme, facts))
      return i;
  }
  return -1;
}

static bool any_makes(const cy_tls_run *run, const cy_scheme *scheme, const cy_tls_facts *facts)
{
  (void)facts;
  return identity_making(run, scheme) >= 0;
}

static void choose_scheme(cy_tls_run *run)
{
  const cy_tls_terms *client = run->client;
  const cy_row_list *own = client->side->client_schemes.set ? &client->client_schemes : &client->schemes;
  const cy_row_list *asked = cy_tls_asked(run);
  int row = client->own_order ? cy_tls_first_scheme(run, own, asked, NULL, any_makes)
                              : cy_tls_first_scheme(run, asked, own, NULL, any_makes);
  if (row < 0)
    return;
  run->out->client_identity = identity_making(run, &cy_schemes[row]);
  run->out->client_scheme = row;
}

static bool bring_legacy(cy_tls_run *run)
{
  cy_key_type type = run->client->identities[run->client->current].type;
  if (!cy_openssl_signs_legacy(run->client))
    return true;
  if (type == CY_KEY_RSA || type == CY_KEY_DSA || type == CY_KEY_EC)
    run->out->client_identity = run->client->current;
  return true;
}

bool cy_openssl_bring(cy_tls_run *run)
{
  const cy_tls_terms *client = run->client;
  if (client->current < 0) {
    cy_tls_hit(run, CY_TLS_RULE_CLIENT_HAS_NONE);
    return true;
  }
  if (run->out->version < CY_TLS12)
    bring_legacy(run);
  else
    choose_scheme(run);
  int shown = run->out->client_identity;
  cy_tls_hit(run, shown < 0 ? CY_TLS_RULE_CLIENT_NO_SCHEME : CY_TLS_RULE_CLIENT_SENDS);
  if (shown >= 0 && client->identities[shown].chain_weak)
    return cy_tls_fail(
      run, CY_TLS_CAUSE_CHAIN_WEAK, CY_TLS_CLIENT, CY_ALERT_INTERNAL_ERROR, CY_TLS_MSG_SERVER_HELLO_DONE);
  return true;
}
