/*
 * What configurations of products on OpenSSL have in common.
 *
 * Purpose:   values that go to OpenSSL as they stand: cipher strings, lists of groups and of signature
 *            algorithms, ranges of versions. What it would refuse, or pass over, is a finding.
 * Ownership: the side's.
 * Errors:    memory only.
 * Threads:   one owner.
 * Source:    SSL_CONF_cmd(3), SSL_CTX_set_cipher_list(3), SSL_CTX_set1_curves(3), SSL_CTX_set1_sigalgs(3),
 *            and what `openssl` 3.0 takes and refuses.
 */
#ifndef CY_TLS_READER_OPENSSL_H
#define CY_TLS_READER_OPENSSL_H

#include "tls/reader.h"

/* Sets the suites up to TLS 1.2, and the security level when the string has one. */
cy_err *cy_tls_read_cipher_string(cy_tls_side *side, cy_span text, const char *file, size_t line)
  CY_MUST_USE;
/* Suites of TLS 1.3, divided by colons. */
cy_err *cy_tls_read_ciphersuites(cy_tls_side *side, cy_span text, const char *file, size_t line)
  CY_MUST_USE;
/* A list with a name that is not known is refused whole: the list stays as it was. */
cy_err *cy_tls_read_openssl_groups(cy_tls_side *side, cy_span text, const char *file, size_t line)
  CY_MUST_USE;
cy_err *cy_tls_read_openssl_schemes(
  cy_tls_side *side, cy_codes *list, cy_span text, const char *file, size_t line) CY_MUST_USE;
/* SSL_CONF's words, NULL-ended. */
extern const char *const cy_tls_openssl_versions[];
/* Those from `min` to `max` (0: no limit), as CY_TLS_BITs. */
unsigned cy_tls_versions_between(unsigned min, unsigned max);
/* SSL_CONF's notation of versions: "ALL,-TLSv1.1", "TLSv1.2". *unknown is the first word that is none. */
unsigned cy_tls_read_protocols(const char *text, unsigned before, char *unknown, size_t room);
/* One of SSL_CONF_cmd's commands as it stands in files ("MinProtocol", "Groups"), and its line:
 * openssl.cnf, ssl_conf_command, SSLOpenSSLConfCmd. An unknown one is a finding with the nearest. */
cy_err *cy_tls_read_ssl_command(cy_tls_reading *reading, cy_tls_side *side, const char *from,
  const char *key, const char *value, const char *file, size_t line) CY_MUST_USE;

#endif
