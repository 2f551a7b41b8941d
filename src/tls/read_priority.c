#include "tls/read_priority.h"

#include "tls/codes.h"

static cy_err *refuse(
  cy_tls_side *side, const cy_priority *p, const char *text, const char *file, size_t line)
{
  cy_finding *f;
  if (p->wrong && text[0] == '@')
    f = cy_tls_read_finding(side, CY_F_TLS_SETTING_WRONG, file, line,
      "%s: GnuTLS finds no such name in its configuration (/etc/gnutls/config)", p->wrong);
  else if (p->wrong)
    f = cy_tls_read_finding(side, CY_F_TLS_SETTING_WRONG, file, line,
      "\"%s\" is no word of a GnuTLS priority string (%s)", p->wrong, text);
  else
    f = cy_tls_read_finding(
      side, CY_F_TLS_SETTING_WRONG, file, line, "%s leaves nothing to agree on: GnuTLS refuses it", text);
  if (p->near && text[0] != '@')
    cy_finding_set_fix(&side->findings, f, "Did you mean %s? `gnutls-cli -l` lists the words.", p->near);
  side->suites.set = side->suites13.set = true; /* none */
  return NULL;
}

cy_err *cy_tls_read_priority(cy_tls_side *side, const char *key, const char *text, const char *file,
  size_t line, cy_priority_named *named, void *arg)
{
  cy_priority p;
  CY_TRY(cy_tls_side_note(side, CY_TLS_FIELD_SUITES, key, text, file, line));
  CY_TRY(cy_priority_parse(&p, text, named, arg));
  cy_err *err = NULL;
  if (p.wrong || p.empty || !p.versions) {
    err = refuse(side, &p, text, file, line);
  } else {
    side->versions = p.versions;
    if (p.own_order)
      side->own_order = CY_YES;
    side->min_rsa = p.min_rsa;
    if (!(err = cy_codes_copy(&side->suites, &p.suites)) &&
        !(err = cy_codes_copy(&side->suites13, &p.suites13)) &&
        !(err = cy_codes_copy(&side->groups, &p.groups)))
      err = cy_codes_copy(&side->schemes, &p.schemes);
  }
  cy_priority_clear(&p);
  return err;
}
