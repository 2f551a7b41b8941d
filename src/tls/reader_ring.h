/*
 * Key rings of a security product, as saved listings tell them.
 *
 * Purpose:   certificate and trust of a side whose configuration names a ring of z/OS: RACDCERT LISTRING
 * and LIST were saved, beside the configuration or where how->rings says, and their facts stand in for the
 * certificates; where these lie beside as files (by issuer and serial number), they are taken themselves.
 * Ownership: the reading owns listings and rings; identities and trust are shared by sides.
 * Errors:    memory; what is wrong with a ring is a finding of the side.
 * Threads:   one owner.
 * Source:    z/OS Security Server RACF Command Language Reference (RACDCERT), System SSL Programming
 * (return codes 6, 7, 8, 202, 407, 428; GSK_CERT_VALIDATE_KEYRING_ROOT).
 */
#ifndef CY_TLS_READER_RING_H
#define CY_TLS_READER_RING_H

#include "tls/reader.h"

typedef struct cy_tls_rings cy_tls_rings;

/* "safkeyring:///RING", "safkeyringjce://USER/RING" and their like. */
bool cy_tls_is_ring(const char *path);
/* The same of what other products write: "RING", "USER/RING". */
void cy_tls_ring_path(cy_buf *path, const char *value);

/* The certificate labelled so (NULL: the default one; for Java all that have a key). The line that is named
 * by findings is that of the side's last setting of that field. */
cy_err *cy_tls_ring_identity(cy_tls_reading *reading, cy_tls_side *side, const char *from, const char *path,
  const char *label) CY_MUST_USE;
cy_err *cy_tls_ring_trust(cy_tls_reading *reading, cy_tls_side *side, const char *from, const char *path)
  CY_MUST_USE;
/* Whether any saved listing has this ring, and on it a certificate with that label (NULL: none is asked
 * for); says nothing. */
cy_err *cy_tls_ring_look(cy_tls_reading *reading, const char *from, const char *path, const char *label,
  bool *listed, bool *labelled) CY_MUST_USE;
void cy_tls_rings_free(cy_tls_rings *rings);

#endif
