/* Priority strings of GnuTLS: each kind of algorithm is emptied and filled again. */
#include "tls/group.h"
#include "tls/scheme.h"
#include "tls/suite.h"
#include "tls/syntax.h"

static void put_versions(cy_buf *buf, unsigned versions)
{
  static const char *const names[] = {"SSL3.0", "TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3"};
  if (!versions)
    return;
  cy_buf_str(buf, ":-VERS-ALL");
  for (size_t i = CY_COUNT(names); i-- > 0;)
    if (versions & 1u << i)
      cy_buf_printf(buf, ":+VERS-%s", names[i]);
}

static void put_groups(cy_buf *buf, const cy_codes *list)
{
  if (!list->set)
    return;
  cy_buf_str(buf, ":-GROUP-ALL");
  for (size_t i = 0; i < list->count; i++) {
    const cy_tls_group *group = cy_tls_group_get(list->codes[i]);
    const char *name = group ? group->names[CY_NOTATION_GNUTLS] : NULL;
    if (name)
      cy_buf_printf(buf, ":+%s", name);
  }
}

static void put_schemes(cy_buf *buf, const cy_codes *list)
{
  if (!list->set)
    return;
  cy_buf_str(buf, ":-SIGN-ALL");
  for (size_t i = 0; i < list->count; i++) {
    const cy_scheme *scheme = cy_scheme_get(list->codes[i]);
    const char *name = scheme ? scheme->names[CY_NOTATION_GNUTLS] : NULL;
    if (name)
      cy_buf_printf(buf, ":+%s", name);
  }
}

/* The parts of a suite have no table of their own; GnuTLS's names of suites hold them in this order:
 * TLS_ECDHE_RSA_AES_128_GCM_SHA256. */
static void put_cipher(cy_buf *buf, const cy_suite *suite)
{
  const char *dash = strchr(suite->cipher, '-');
  bool named = strcmp(suite->cipher, "CHACHA20-POLY1305") == 0 || strcmp(suite->cipher, "3DES-CBC") == 0;
  if (strcmp(suite->cipher, "AES-CCM8") == 0)
    cy_buf_printf(buf, "AES-%u-CCM-8", suite->bits);
  else if (dash && !named)
    cy_buf_printf(buf, "%.*s-%u%s", (int)(dash - suite->cipher), suite->cipher, suite->bits, dash);
  else
    cy_buf_str(buf, suite->cipher);
}

static void put_kx(cy_buf *buf, const cy_suite *suite)
{
  if (suite->kx == CY_KX_RSA)
    cy_buf_str(buf, "RSA");
  else if (suite->kx == CY_KX_ECDHE || suite->kx == CY_KX_DHE)
    cy_buf_printf(buf, "%s-%s", suite->kx == CY_KX_DHE ? "DHE" : "ECDHE",
      suite->needs == CY_SUITE_NEEDS_EC    ? "ECDSA"
      : suite->needs == CY_SUITE_NEEDS_DSA ? "DSS"
                                           : "RSA");
}

static void put_mac(cy_buf *buf, const cy_suite *suite)
{
  cy_buf_str(buf, suite->mac);
}

typedef void put_part(cy_buf *buf, const cy_suite *suite);

/* Each part once. */
static void put_parts(cy_buf *buf, const cy_codes *const lists[2], const char *none, put_part *put)
{
  CY_CLEAN(cy_buf) all = CY_BUF_TEXT;
  cy_buf_str(&all, ":");
  for (size_t k = 0; k < 2; k++)
    for (size_t i = 0; i < lists[k]->count; i++) {
      CY_CLEAN(cy_buf) one = CY_BUF_TEXT;
      const cy_suite *suite = cy_suite_get(lists[k]->codes[i]);
      cy_buf_str(&one, ":+");
      if (suite && suite->names[CY_NOTATION_GNUTLS])
        put(&one, suite);
      if (one.len == 2)
        continue;
      cy_buf_str(&one, ":");
      if (!strstr(cy_buf_cstr(&all), cy_buf_cstr(&one)))
        cy_buf_span(&all, cy_span_of(one.data + 1, one.len - 1));
    }
  cy_buf_printf(buf, ":-%s", none);
  if (all.len > 1)
    cy_buf_span(buf, cy_span_of(all.data, all.len - 1));
}

void cy_tls_syntax_priority(cy_buf *buf, const cy_tls_side *side)
{
  uint16_t all[] = {0x1302, 0x1303, 0x1301, 0x1304};
  const cy_codes empty = {0}, defaults = {.codes = all, .count = CY_COUNT(all)};
  const cy_codes *lists[2] = {&side->suites13, &side->suites};
  cy_buf_str(buf, "NORMAL");
  put_versions(buf, side->versions);
  if (side->suites.set || side->suites13.set) {
    if (!side->suites13.set)
      lists[0] = &defaults;
    put_parts(buf, lists, "CIPHER-ALL", put_cipher);
    put_parts(buf, lists, "MAC-ALL", put_mac);
  }
  lists[0] = &empty;
  if (side->suites.set && side->suites.count)
    put_parts(buf, lists, "KX-ALL", put_kx);
  put_groups(buf, &side->groups);
  put_schemes(buf, &side->schemes);
}
