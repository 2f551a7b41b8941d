/*
 * What the client and the server of OpenLDAP have in common.
 *
 * Purpose:   which TLS library they are on, suites in its notation, versions.
 * Ownership: nothing is kept.
 * Errors:    memory.
 * Threads:   one owner.
 * Source:    ldap.conf(5), slapd.conf(5) of OpenLDAP 2.5 (Debian 12).
 */
#ifndef CY_TLS_READ_LDAP_H
#define CY_TLS_READ_LDAP_H

#include "tls/read_items.h"

/* Looks at the libldap of the system (below how->root); sets the side's dialect. */
cy_err *cy_tls_ldap_library(cy_tls_reading *reading, cy_tls_side *side, bool *gnutls) CY_MUST_USE;
/* Suites, in OpenSSL's or GnuTLS's notation; C24 when it is the other one's. */
cy_err *cy_tls_ldap_suites(cy_tls_side *side, const cy_item *item, bool gnutls) CY_MUST_USE;
/* "3.3" is TLS 1.2; GnuTLS does not look at it. */
cy_err *cy_tls_ldap_min(cy_tls_side *side, const cy_item *item, bool gnutls) CY_MUST_USE;

#endif
