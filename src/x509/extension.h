/*
 * Extensions in words.
 *
 * Purpose:   what an extension of a certificate or of a request says, for people and for programs.
 * Ownership: nothing is kept.
 * Errors:    an extension that is not what its type says is shown as far as it could be read, then
 *            the reason and its bytes. Failures of the output are the output's.
 * Threads:   the owner of the output.
 * Source:    RFC 5280 4.2; RFC 7633 (TLS feature); RFC 6962 3.3 (SCTs); ETSI EN 319 412-5 (QC
 *            statements); the public lists of Netscape's and Microsoft's extensions.
 *
 * Programs see one object: "oid", "name" (null when it has none), "critical", the keys of its type,
 * and "malformed" and "value" where they apply. People see one or more lines, the first with the
 * extension's title. The caller has opened a list (JSON) whose title is that of the whole.
 */
#ifndef CY_X509_EXTENSION_H
#define CY_X509_EXTENSION_H

#include "base/out.h"
#include "x509/cert.h"

/* `cert` may be NULL: an extension that stands in a request. */
void cy_extension_show(cy_out *out, const cy_cert_view *cert, const cy_ext *ext);
/* "extensions": all of them. */
void cy_extensions_show(cy_out *out, const cy_cert_view *cert, const cy_ext *exts, size_t count);
/* "digital signature, key encipherment"; "none" for no bit. */
void cy_key_usage_format(cy_buf *buf, unsigned key_usage);
/* The purposes of an extendedKeyUsage value in words. */
void cy_ext_key_usage_format(cy_buf *buf, cy_span value);

#endif
