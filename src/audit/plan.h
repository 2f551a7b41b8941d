/*
 * Plans: limits that are to come, and what would no longer work under them.
 *
 * Purpose:   read "min-rsa=2048,no-sha1,..." and judge one certificate by it.
 * Ownership: values.
 * Errors:    usage.wrong for a word that is no rule, with the nearest one.
 * Threads:   values.
 * Source:    NIST SP 800-131A; MinimumRSAKeySize of queue managers.
 *
 * A root's own signature is never held against it: nobody checks it.
 */
#ifndef CY_AUDIT_PLAN_H
#define CY_AUDIT_PLAN_H

#include "audit/notes.h"

typedef enum {
  CY_PLAN_MIN_RSA, /* bits */
  CY_PLAN_MIN_EC,  /* bits */
  CY_PLAN_NO_MD5,  /* nor MD2, MD4 */
  CY_PLAN_NO_SHA1, /* nor anything older */
  CY_PLAN_NO_DSA,
  CY_PLAN_NO_RSA,
  CY_PLAN_NO_SELF_SIGNED, /* but for CAs */
  CY_PLAN_MIN_DAYS,       /* still to live */
  CY_PLAN_MAX_DAYS,       /* of validity; not for CAs */
  CY_PLAN_RULES           /* none is broken */
} cy_plan_rule;

typedef struct {
  bool asked[CY_PLAN_RULES];
  unsigned limit[CY_PLAN_RULES];
  bool any;
} cy_plan;

/* Adds the rules of a list with commas. */
cy_err *cy_plan_parse(cy_plan *plan, const char *words) CY_MUST_USE;
/* "min-rsa=2048" */
void cy_plan_rule_format(cy_buf *buf, const cy_plan *plan, cy_plan_rule rule);
/* What the rule asks, in words: "RSA keys of at least 2048 bits". */
void cy_plan_rule_words(cy_buf *buf, const cy_plan *plan, cy_plan_rule rule);
/* The first rule that the certificate breaks by itself, CY_PLAN_RULES when none. */
cy_plan_rule cy_plan_broken(const cy_plan *plan, const cy_note_cert *cert, bool is_root, cy_time now);
/* What it has instead: "an RSA key of 1024 bits". */
void cy_plan_broken_words(cy_buf *buf, cy_plan_rule rule, const cy_note_cert *cert, cy_time now);

#endif
