/* What the client and the server of OpenLDAP have in common. */
#include "tls/read_ldap.h"

#include "base/file.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/elf_needed.h"
#include "tls/cipher_string.h"
#include "tls/read_priority.h"
#include "tls/reader_openssl.h"

static cy_err *look(cy_tls_reading *reading, const char *path, bool *found, bool *gnutls)
{
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) file = CY_BUF((size_t)16 << 20);
  CY_TRY(cy_tls_read_path(reading, NULL, path, &whole));
  cy_err *err = cy_file_read(&file, cy_buf_cstr(&whole), (size_t)16 << 20, NULL);
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  *found = !err;
  *gnutls = *found && cy_elf_needs(cy_buf_get(&file), "libgnutls.so");
  cy_err_free(err);
  return NULL;
}

cy_err *cy_tls_ldap_library(cy_tls_reading *reading, cy_tls_side *side, bool *gnutls)
{
  static const char *const places[] = {"/usr/lib/x86_64-linux-gnu/libldap-2.5.so.0",
    "/usr/lib/x86_64-linux-gnu/libldap.so.2", "/usr/lib/x86_64-linux-gnu/libldap-2.4.so.2",
    "/usr/lib/aarch64-linux-gnu/libldap-2.5.so.0", "/usr/lib/aarch64-linux-gnu/libldap.so.2",
    "/usr/lib64/libldap.so.2", "/usr/lib64/libldap-2.4.so.2", "/usr/lib/libldap.so.2"};
  bool found = false;
  size_t i = 0;
  for (*gnutls = false; !found && i < CY_COUNT(places); i++)
    CY_TRY(look(reading, places[i], &found, gnutls));
  if (found)
    CY_TRY(cy_tls_side_note(
      side, CY_TLS_FIELD_OTHER, "libldap", *gnutls ? "needs libgnutls" : "on OpenSSL", places[i - 1], 0));
  else
    cy_tls_read_finding(side, CY_F_TLS_NOT_READ, side->source, 0,
      "no libldap was found here, so its TLS library is taken to be OpenSSL");
  side->dialect = cy_tls_dialect_find(*gnutls ? "gnutls-3.7" : "openssl-3.0");
  if (reading->how->dialect && cy_tls_dialect_find(reading->how->dialect))
    side->dialect = cy_tls_dialect_find(reading->how->dialect);
  *gnutls = side->dialect && side->dialect->library == CY_TLS_GNUTLS;
  return NULL;
}

/* Whether the other library would take it. */
static cy_err *fits_other(const char *text, bool gnutls, bool *fits)
{
  if (gnutls) {
    CY_CLEAN(cy_cipher_string) s = {.level = -1};
    CY_TRY(cy_cipher_string_read(&s, cy_span_str(text)));
    *fits = !s.refused && s.suites.count;
    return NULL;
  }
  cy_priority p;
  CY_TRY(cy_priority_parse(&p, text, NULL, NULL));
  *fits = !p.wrong && !p.empty;
  cy_priority_clear(&p);
  return NULL;
}

static cy_err *takes(const char *text, bool gnutls, bool *yes)
{
  return fits_other(text, !gnutls, yes);
}

cy_err *cy_tls_ldap_suites(cy_tls_side *side, const cy_item *item, bool gnutls)
{
  bool right, other;
  CY_TRY(takes(item->value, gnutls, &right));
  CY_TRY(fits_other(item->value, gnutls, &other));
  if (right || !other)
    return gnutls ? cy_tls_read_priority(side, item->key, item->value, item->file, item->line, NULL, NULL)
                  : cy_tls_read_cipher_string(side, cy_span_str(item->value), item->file, item->line);
  cy_finding *f = cy_tls_read_finding(side, CY_F_TLS_OTHER_NOTATION, item->file, item->line,
    "%s is a %s, and libldap here is on %s, which refuses it", item->value,
    gnutls ? "cipher string of OpenSSL" : "priority string of GnuTLS", gnutls ? "GnuTLS" : "OpenSSL");
  cy_finding_set_fix(&side->findings, f, "Write it for %s: %s %s.", gnutls ? "GnuTLS" : "OpenSSL",
    item->key, gnutls ? "SECURE128:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3" : "HIGH:!aNULL");
  side->suites.set = side->suites13.set = true; /* no context can be made */
  return NULL;
}

cy_err *cy_tls_ldap_min(cy_tls_side *side, const cy_item *item, bool gnutls)
{
  const char *v = item->value;
  bool right = v[0] == '3' && v[1] == '.' && v[2] >= '0' && v[2] <= '4' && !v[3];
  if (gnutls) {
    cy_finding *f = cy_tls_read_finding(side, CY_F_TLS_SETTING_DEAD, item->file, item->line,
      "%s is not looked at by GnuTLS, which libldap is on here", item->key);
    cy_finding_set_fix(
      &side->findings, f, "Say it in the suites: SECURE128:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3.");
    return NULL;
  }
  if (!right) {
    cy_finding *f = cy_tls_read_finding(side, CY_F_TLS_SETTING_WRONG, item->file, item->line,
      "%s: versions are counted as on the wire, 3.3 is TLS 1.2, 3.4 is TLS 1.3", v);
    cy_finding_set_fix(&side->findings, f, "Write %s 3.3.", item->key);
    return NULL;
  }
  unsigned all = side->dialect ? side->dialect->client_versions : (unsigned)CY_TLS_ALL_VERSIONS;
  side->versions = all & ~((1u << (v[2] - '0')) - 1);
  return NULL;
}
