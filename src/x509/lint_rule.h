/*
 * What the rules of lint share.
 *
 * Purpose:   everything about a certificate that more than one rule asks, found in one pass over its
 *            extensions and one over each name, on the stack.
 * Ownership: borrowed from the view.
 * Errors:    none; findings are added to lint->list.
 * Threads:   one owner.
 */
#ifndef CY_X509_LINT_RULE_H
#define CY_X509_LINT_RULE_H

#include "x509/codes.h"
#include "x509/general_name.h"
#include "x509/lint.h"
#include "x509/name.h"

/* What a rule applies to. A certificate can be several of these. */
enum {
  CY_LINT_ANY = 1 << 0,
  CY_LINT_CA = 1 << 1,
  CY_LINT_LEAF = 1 << 2,
  CY_LINT_ROOT = 1 << 3, /* issuer and subject are one */
  CY_LINT_ISSUED = 1 << 4, /* by somebody else */
  CY_LINT_SERVER = 1 << 5,
  CY_LINT_CLIENT = 1 << 6,
  CY_LINT_EMAIL = 1 << 7,
  CY_LINT_CODE = 1 << 8,
  CY_LINT_RSA = 1 << 9, /* its key is an RSA key that could be read */
  CY_LINT_EC = 1 << 10,
  CY_LINT_V3 = 1 << 11,
};

/* What can be the matter with a part of a name. */
typedef enum {
  CY_LINT_NAME_OLD_STRING,
  CY_LINT_NAME_PRINTABLE,
  CY_LINT_NAME_UTF8,
  CY_LINT_NAME_CONTROL,
  CY_LINT_NAME_COUNTRY,
  CY_LINT_NAME_LONG,
  CY_LINT_NAME_EMPTY,
  CY_LINT_NAME_BLANK,
  CY_LINT_NAME_PLACEHOLDER,
  CY_LINT_NAME_COUNT
} cy_lint_name_trouble;

typedef enum {
  CY_LINT_SAN_DNS_ILLEGAL,
  CY_LINT_SAN_UNDERSCORE,
  CY_LINT_SAN_WILDCARD,
  CY_LINT_SAN_TRAILING_DOT,
  CY_LINT_SAN_DNS_IP,
  CY_LINT_SAN_DNS_URL,
  CY_LINT_SAN_IP_LENGTH,
  CY_LINT_SAN_EMAIL,
  CY_LINT_SAN_URI,
  CY_LINT_SAN_COUNT
} cy_lint_san_trouble;

typedef struct {
  cy_findings *list;
  const char *address;
  const cy_cert_view *v;
  const cy_lint_context *ctx;
  unsigned kinds; /* CY_LINT_ANY ... */

  const cy_ext *san, *nc, *aki, *ski, *bc, *ku, *eku, *cdp, *aia, *policies, *mappings, *constraints;
  const cy_ext *poison, *netscape, *duplicate, *unknown_critical, *wrongly_critical;

  unsigned name_troubles; /* bits of cy_lint_name_trouble, of the subject */
  cy_name_attr name_first[CY_LINT_NAME_COUNT];
  unsigned attributes; /* of the subject */
  unsigned common_names;
  cy_name_attr common_name; /* the last one */
  bool subject_email;

  unsigned san_troubles;
  cy_general_name san_first[CY_LINT_SAN_COUNT];
  unsigned san_kinds[CY_GN_COUNT];
  unsigned san_count;
  bool san_malformed;
} cy_lint;

typedef void cy_lint_check(cy_lint *lint);

/* Fills the parts on names. */
void cy_lint_scan_subject(cy_lint *lint);
void cy_lint_scan_san(cy_lint *lint);

#define CY_LINT_ADD(lint, code, ...) cy_finding_add((lint)->list, CY_F_##code, (lint)->address, __VA_ARGS__)

#define CY_LINT_RULE(code, kinds, check) cy_lint_check cy_lint_##check;
#include "x509/lint_rules.def"
#undef CY_LINT_RULE

#endif
