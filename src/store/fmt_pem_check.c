/* What was done to a PEM file on its way here, a finding for each cause. */
#include "base/pem_mend.h"
#include "base/text.h"
#include "store/codes.h"
#include "store/fmt_pem.h"

static const struct {
  unsigned change;
  cy_finding_id id;
  bool fine_inside; /* as it should be in YAML or JSON */
  const char *what;
} causes[] = {
  {CY_PEM_UTF16, CY_F_PEM_UTF16, false, "the file is in UTF-16, two bytes a character"},
  {CY_PEM_EBCDIC, CY_F_PEM_EBCDIC, false, "the file is in EBCDIC (code page 1047 or a near one)"},
  {CY_PEM_MARK, CY_F_PEM_MARK, false, "the file begins with a UTF-8 byte order mark"},
  {CY_PEM_CR, CY_F_PEM_CR, false, "the lines end in CR alone"},
  {CY_PEM_DASHES, CY_F_PEM_DASHES, false,
    "BEGIN or END lines have other dashes than five hyphens on each side"},
  {CY_PEM_INDENTED, CY_F_PEM_INDENTED, true, "blanks stand in front of BEGIN lines"},
  {CY_PEM_QUOTED, CY_F_PEM_INDENTED, false, "the lines are quoted with \">\", as mail does"},
  {CY_PEM_ESCAPED, CY_F_PEM_JOINED, true, "\\n is written out where lines should end"},
  {CY_PEM_JOINED, CY_F_PEM_JOINED, true, "BEGIN line and body are one line"},
  {CY_PEM_EMPTY_LINES, CY_F_PEM_EMPTY_LINES, false, "empty lines stand between the lines of a block"},
};

cy_err *cy_pem_check(cy_doc *doc, cy_findings *findings)
{
  CY_CLEAN(cy_buf) command = CY_BUF_TEXT;
  const cy_pem_own *own = doc->own;
  for (size_t i = 0; own && i < CY_COUNT(causes); i++) {
    if (!(own->changes & causes[i].change) || (causes[i].fine_inside && own->changes & CY_PEM_EMBEDDED))
      continue;
    cy_buf_reset(&command);
    cy_text_put_shell(&command, doc->place);
    cy_finding *f = cy_finding_add(findings, causes[i].id, doc->place, "%s", causes[i].what);
    cy_finding_set_fix(findings, f, "Write a clean file: causey cp %s clean.pem", cy_buf_cstr(&command));
  }
  return cy_findings_check(findings);
}
