/*
 * Purpose:   certificates for tests, made from a profile and a line of edits; they carry a dummy
 *            signature and a key that nobody has.
 * Ownership: DER is appended to the caller's buffer.
 * Errors:    a wrong edit stops the test program with a message: it is the test's own mistake.
 * Threads:   one.
 *
 * Profiles: "server", "client", "ca" (a root), "sub" (issued by the root), "email", "code"; all are
 * well made. Edits are divided by ";":
 *   version N            serial HEX           before|after u:YYMMDDhhmmssZ | g:YYYYMMDDhhmmssZ
 *   subject NAME         issuer NAME | self   NAME: "C=GB,CN:14=x,+OU=y" (":14" string tag in hex,
 *                                             "+" joined to the one before, "" empty)
 *   alg HEX | inner HEX  the AlgorithmIdentifiers (alg sets both)
 *   rsa BITS EXP_HEX     ec PARAMS_HEX        spki HEX       ed25519
 *   modulus even|third   the RSA modulus divides by 2 or by 3
 *   +EXT HEX             an extension; "+EXT! HEX" a critical one; EXT: ku bc eku san skid akid ian
 *                        cps cdp aia nc pm pc iap ns scts, or a dotted OID
 *   ++EXT HEX            adds a second one with the same OID
 *   -EXT                 takes it away
 *   !EXT | ~EXT          makes it critical, or not
 *   names KIND=VALUE,... the SAN: dns email uri ip (hex) dir (a CN) raw (hex of a GeneralName)
 *   ber                  the outermost length longer than DER allows
 */
#ifndef TESTS_UNIT_X509_MAKE_CERT_H
#define TESTS_UNIT_X509_MAKE_CERT_H

#include "base/buf.h"

void make_cert(cy_buf *der, const char *profile, const char *edits);
/* A Name in the notation of the edits. */
void make_name(cy_buf *der, const char *text);
void make_hex(cy_buf *bytes, const char *hex);

#endif
