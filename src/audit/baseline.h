/*
 * Baselines: findings that somebody accepted, with a reason and until a day.
 *
 * Purpose:   read what was accepted, tell whether a finding is among it, and say what of it is over or fits
 *            nothing; write a first file for what there is.
 * Ownership: a baseline owns its rules (cy_baseline_clear).
 * Errors:    conf.malformed with file and line, io.*.
 * Threads:   one owner.
 *
 * The form (conf/conf.h): sections `[accept "FINDING-ID"]` with
 *
 *   subject = /srv/app/web-?.key  what it is about: an address with * and ?, \ before a character that is
 *                                 meant itself; the path as it is written in the finding or resolved
 *   evidence = 0123...            the first piece of evidence
 *   fingerprint = 16 hex digits   exactly this one
 *   reason = ...                  needed
 *   until = 2027-01-31            needed: the last day
 *
 * Of subject, evidence and fingerprint all that are given must fit; at least one is needed.
 */
#ifndef CY_AUDIT_BASELINE_H
#define CY_AUDIT_BASELINE_H

#include "base/finding.h"
#include "base/map.h"
#include "base/time.h"

typedef struct {
  cy_finding_id id;
  char *subject, *evidence; /* NULL: any */
  uint64_t fingerprint;
  bool has_fingerprint;
  char *reason;
  cy_time until; /* the end of that day */
  char *where;   /* "FILE:LINE" */
  uint64_t matched;
  size_t next; /* of the same id, CY_MAP_NONE at the end */
} cy_baseline_rule;

typedef struct {
  cy_baseline_rule *rules;
  size_t count, cap;
  cy_map by_print;          /* rules with a fingerprint, the first of each */
  size_t loose[CY_F_COUNT]; /* rules without: the first of each id, plus one */
} cy_baseline;

void cy_baseline_init(cy_baseline *baseline);
void cy_baseline_clear(cy_baseline *baseline);
/* Adds the rules of one file. */
cy_err *cy_baseline_load(cy_baseline *baseline, const char *path) CY_MUST_USE;
cy_err *cy_baseline_parse(cy_baseline *baseline, const char *name, cy_span text) CY_MUST_USE;
/* Is it accepted today? Rules whose day is over accept nothing, but count what they fit. */
bool cy_baseline_accepts(cy_baseline *baseline, const cy_finding *f, cy_time now);
/* Findings about rules that are over, or that nothing fits. After the last finding. */
cy_err *cy_baseline_check(cy_findings *list, const cy_baseline *baseline, cy_time now) CY_MUST_USE;
/* * and ?, and \ before a character that is meant itself. */
bool cy_glob_fits(const char *pattern, const char *text);

/* Writing one. */
void cy_baseline_begin(cy_buf *text, cy_time now);
/* `until` and `reason` as they were given. */
void cy_baseline_put(cy_buf *text, const cy_finding *f, const char *until, const char *reason);

#endif
