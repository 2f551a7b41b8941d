/*
 * A page about an audit, for people who did not run it.
 *
 * Purpose:   one self-contained HTML file: summary, findings with why and fix, when certificates end, CAs
 *            and what they signed, stores.
 * Ownership: the page copies what it keeps (cy_html_clear).
 * Errors:    memory.
 * Threads:   one owner.
 *
 * Nothing is loaded from anywhere and the page says so to the browser (Content-Security-Policy); it works
 * without scripts, which only sort and filter. All that comes from files is text: escaped, with control
 * and bidirectional characters shown as what they are. Bounded: so many stores, findings of a kind and CAs
 * are shown; the numbers are of all.
 */
#ifndef CY_AUDIT_HTML_H
#define CY_AUDIT_HTML_H

#include "audit/audit.h"

enum { CY_HTML_STORES = 2000, CY_HTML_LIKE_THIS = 100 };

typedef struct {
  const char *subject, *what, *fix; /* fix NULL: the general one */
  cy_severity severity;
  size_t next; /* of the same id, plus one; 0: the last */
} cy_html_finding;

typedef struct {
  cy_arena arena;
  cy_time now;
  unsigned warn_days;
  cy_buf rows; /* of the stores' table */
  size_t stores, stores_shown;
  cy_html_finding *findings;
  size_t count, cap;
  size_t first[CY_F_COUNT], last[CY_F_COUNT], kept[CY_F_COUNT]; /* first, last: plus one */
  uint64_t all[CY_F_COUNT];
  cy_severity worst[CY_F_COUNT];
  cy_buf timeline, chains; /* made while the inventory is there */
  bool failed;
} cy_html;

void cy_html_init(cy_html *html, cy_time now, unsigned warn_days);
void cy_html_clear(cy_html *html);
void cy_html_store(cy_html *html, const cy_audit_store *store);
void cy_html_findings(cy_html *html, const cy_findings *findings);
cy_err *cy_html_inventory(cy_html *html, const cy_inventory *inv) CY_MUST_USE;
/* The page. `paths`: what was audited. */
cy_err *cy_html_write(cy_html *html, cy_buf *page, const cy_audit_summary *sum, const char *const *paths,
  size_t count) CY_MUST_USE;

/* The parts (html_charts.c). */
void cy_html_text(cy_buf *page, const char *text);
cy_err *cy_html_timeline(cy_html *html, const cy_inventory *inv) CY_MUST_USE;
cy_err *cy_html_chains(cy_html *html, const cy_inventory *inv) CY_MUST_USE;
extern const char cy_html_style[];
extern const char cy_html_script[];

#endif
