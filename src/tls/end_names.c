/* What libraries have in common: the names of CAs that a server sends when it asks for a certificate, and
 * whether a client's chain fits; application protocols; looking for a scheme. */
#include "tls/end.h"
#include "x509/name.h"

const cy_certs *cy_tls_names(const cy_tls_terms *server)
{
  const cy_tls_side *side = server->side;
  bool from_trust = side->ca_names == CY_TLS_CA_NAMES_TRUST ||
                    (side->ca_names == CY_TLS_CA_NAMES_UNSET && server->dialect->ca_names_from_trust);
  if (side->ca_names == CY_TLS_CA_NAMES_LIST)
    return &side->ca_list;
  return from_trust && side->trust ? &side->trust->anchors : NULL;
}

bool cy_tls_names_cas(const cy_tls_terms *server)
{
  const cy_certs *names = cy_tls_names(server);
  return names && names->count;
}

/* On the wire octets are compared; how a name that only a listing tells is encoded is not known. */
static bool same_name(const cy_cert_view *ca, const cy_cert_view *child)
{
  return ca->stand_in || child->stand_in ? cy_name_equal(ca->subject, child->issuer)
                                         : cy_span_equal(ca->subject, child->issuer);
}

bool cy_tls_chain_is_of(const cy_tls_identity *identity, const cy_cert *ca)
{
  for (size_t k = 0; k < identity->chain.count; k++)
    if (same_name(cy_cert_get(ca), cy_cert_get(identity->chain.items[k])))
      return true;
  return false;
}

/* RFC 7301: the server's order decides, but where the library goes by the client's. */
bool cy_tls_choose_protocol(cy_tls_run *run)
{
  const cy_tls_protocols *theirs = run->hello->protocols, *own = &run->server->side->alpn;
  bool by_client = run->server->dialect->alpn_by_client;
  if (!theirs || !own->count)
    return true;
  const cy_tls_protocols *first = by_client ? theirs : own, *second = by_client ? own : theirs;
  for (size_t i = 0; i < first->count && !run->out->protocol; i++)
    if (cy_tls_protocols_have(second, first->items[i]))
      run->out->protocol = first->items[i];
  if (run->out->protocol) {
    cy_tls_hit(run, by_client ? CY_TLS_RULE_ALPN_CLIENT_ORDER : CY_TLS_RULE_ALPN_SERVER_ORDER);
    return true;
  }
  if (!run->server->alpn_needed) {
    cy_tls_hit(run, CY_TLS_RULE_ALPN_PASSED_OVER);
    return true;
  }
  run->out->step = CY_TLS_STEP_PROTOCOL;
  return cy_tls_fail(
    run, CY_TLS_CAUSE_ALPN_NONE, CY_TLS_SERVER, CY_ALERT_NO_APPLICATION_PROTOCOL, CY_TLS_MSG_CLIENT_HELLO);
}

const cy_row_list *cy_tls_asked(const cy_tls_run *run)
{
  return cy_tls_is13(run) && run->server->has_asked13 ? &run->server->asked13 : &run->server->asked;
}

int cy_tls_first_scheme(const cy_tls_run *run, const cy_row_list *order, const cy_row_list *others,
  const cy_tls_facts *facts, cy_tls_scheme_fits fits)
{
  for (size_t i = 0; i < order->count; i++)
    if (cy_row_list_has(others, order->rows[i]) && fits(run, &cy_schemes[order->rows[i]], facts))
      return order->rows[i];
  return -1;
}
