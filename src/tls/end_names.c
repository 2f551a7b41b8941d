/* The names of CAs that a server sends when it asks for a certificate, and whether a client's chain fits.
 */
#include "tls/end.h"

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

bool cy_tls_chain_is_of(const cy_tls_identity *identity, const cy_cert *ca)
{
  for (size_t k = 0; k < identity->chain.count; k++)
    if (cy_span_equal(cy_cert_get(ca)->subject, cy_cert_get(identity->chain.items[k])->issuer))
      return true;
  return false;
}
