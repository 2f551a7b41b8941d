#include "tls/notation.h"

#include "base/text.h"

static const struct {
  const char *id, *title;
} notations[CY_NOTATION_COUNT] = {
  [CY_NOTATION_IANA] = {"iana", "IANA"},
  [CY_NOTATION_OPENSSL] = {"openssl", "OpenSSL"},
  [CY_NOTATION_GNUTLS] = {"gnutls", "GnuTLS"},
  [CY_NOTATION_NSS] = {"nss", "NSS"},
  [CY_NOTATION_JAVA] = {"java", "Java"},
  [CY_NOTATION_JAVA_IBM] = {"java_ibm", "Java (IBM names)"},
  [CY_NOTATION_MQ] = {"mq", "Queue manager"},
  [CY_NOTATION_GSKIT] = {"gskit", "GSKit, System SSL"},
};

const char *cy_notation_id(cy_notation notation)
{
  return notations[notation].id;
}

const char *cy_notation_title(cy_notation notation)
{
  return notations[notation].title;
}

const char *cy_tls_version_name(unsigned version)
{
  static const char *const names[] = {"SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"};
  return version >= CY_SSL3 && version <= CY_TLS13 ? names[version - CY_SSL3] : NULL;
}

bool cy_notation_has(const char *names, const char *name)
{
  cy_span wanted = cy_span_str(name);
  for (const char *at = names ? names : ""; *at; at += *at == ' ') {
    size_t len = strcspn(at, " ");
    if (cy_ascii_equal_nocase(cy_span_of(at, len), wanted))
      return true;
    at += len;
  }
  return false;
}
