/*
 * Findings: what Causey notices, as data.
 *
 * Purpose:   one form for everything that is noticed: id, severity, subject, what was seen, why
 *            it matters, the exact fix, the evidence.
 * Ownership: a cy_findings owns its findings and all their texts; the pointer that
 *            cy_finding_add returns stays valid until the list is cleared.
 * Errors:    adding never fails outwardly: without memory the list remembers that, and
 *            cy_findings_check reports it.
 * Threads:   one owner; lists of several workers are joined with cy_findings_move.
 *
 * The rows (id, default severity, traps, citation, texts) live in <module>/findings.def, numbered by
 * "<module>/codes.h". An id is never reused.
 */
#ifndef CY_BASE_FINDING_H
#define CY_BASE_FINDING_H

#include "base/err.h"

typedef enum {
  CY_INFO,
  CY_NOTICE,
  CY_WARNING,
  CY_ERROR_SEVERITY,
  CY_CRITICAL,
} cy_severity;

/* A CY_F_...; CY_F_COUNT where there is none. */
typedef int cy_finding_id;

typedef struct {
  const char *id;       /* "key.no-passphrase" */
  cy_severity severity; /* unless the occurrence says otherwise */
  const char *traps;    /* "A01 A04", or "" */
  const char *citation; /* "RFC 5280 4.2.1.9", or "" */
  const char *title;    /* in general, one line */
  const char *why;      /* why it matters */
  const char *fix;      /* what mends it, in general */
} cy_finding_info;

const cy_finding_info *cy_finding_info_get(cy_finding_id id);
/* Numbers have gaps. The next that is a finding's, CY_F_COUNT behind the last; the first follows 0. */
cy_finding_id cy_finding_next(cy_finding_id id);
/* CY_F_COUNT when there is none of that name. */
cy_finding_id cy_finding_find(const char *id);
const char *cy_severity_name(cy_severity severity);
bool cy_severity_parse(cy_severity *out, const char *name);

typedef struct {
  char *key;
  char *value;
} cy_evidence;

enum { CY_FINDING_EVIDENCE = 8 };

typedef struct {
  cy_finding_id id;
  cy_severity severity;
  char *subject; /* an address: path, path#label */
  char *place;   /* the same with the path in its one spelling, for the fingerprint; NULL: the subject */
  char *what;    /* what was seen here */
  char *why;     /* NULL: the table's */
  char *fix;     /* NULL: the table's */
  cy_evidence evidence[CY_FINDING_EVIDENCE];
  size_t evidence_count;
} cy_finding;

typedef struct {
  cy_finding **items;
  size_t count;
  size_t cap;
  bool failed;
} cy_findings;

/* For who takes one out of a list. */
void cy_finding_free(cy_finding *f);
/* Adds one; never NULL (without memory it is a scratch finding that nobody will see). */
cy_finding *cy_finding_add(cy_findings *list, cy_finding_id id, const char *subject, const char *what, ...)
  CY_PRINTF(4, 5);
void cy_finding_set_severity(cy_finding *f, cy_severity severity);
void cy_finding_set_why(cy_findings *list, cy_finding *f, const char *format, ...) CY_PRINTF(3, 4);
void cy_finding_set_fix(cy_findings *list, cy_finding *f, const char *format, ...) CY_PRINTF(3, 4);
/* Takes the text. */
void cy_finding_set_place(cy_finding *f, char *place);
/* The first piece of evidence is the one that enters the fingerprint. */
void cy_finding_evidence(cy_findings *list, cy_finding *f, const char *key, const char *format, ...)
  CY_PRINTF(4, 5);

const char *cy_finding_why(const cy_finding *f);
const char *cy_finding_fix(const cy_finding *f);
/* Equal for the same id, place (or subject) and first evidence, whatever the order or the run. */
uint64_t cy_finding_fingerprint(const cy_finding *f);

cy_err *cy_findings_check(const cy_findings *list) CY_MUST_USE;
/* Moves all of `from` to the end of `to`. */
void cy_findings_move(cy_findings *to, cy_findings *from);
/* By severity downwards, then subject, then id, then evidence and text: always the same order. */
void cy_findings_sort(cy_findings *list);
/* The worst severity, or -1 when there are none. */
int cy_findings_worst(const cy_findings *list);
void cy_findings_clear(cy_findings *list);

#endif
