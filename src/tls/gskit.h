/*
 * Settings of GSKit and System SSL.
 *
 * Purpose:   GSK_ variables as parts of a side, for every reader of a product that stands on System SSL:
 * its environment file, the LDAP server of z/OS, AT-TLS. Ownership: the list of variables owns its texts;
 * side and reading are borrowed. Errors:    memory; what is wrong with a variable is a finding of the side.
 * Threads:   one owner.
 * Source:    z/OS Cryptographic Services System SSL Programming: environment variables,
 *            gsk_environment_open() (2.3 and 2.5), "Required updates to enable TLS V1.3 protocol support"
 *            (2.4), read 2026-11-21; IBM MQ, "Modifying elliptic curve key length on z/OS".
 */
#ifndef CY_TLS_GSKIT_H
#define CY_TLS_GSKIT_H

#include "tls/read_items.h"

typedef struct {
  cy_tls_reading *reading;
  const char *path; /* of the environment file */
  cy_items items;
  cy_tls_side *side;
} cy_gskit;

/* Codes of so many digits one after the other. */
typedef struct {
  unsigned digits;
  bool decimal;
  const char *what;
  cy_finding_id unknown;
  bool (*is)(uint16_t code);
} cy_gskit_notation;

extern const cy_gskit_notation cy_gskit_suites4, cy_gskit_suites2, cy_gskit_schemes4, cy_gskit_groups4;

/* The GSK_ variables of a text. */
cy_err *cy_gskit_collect(cy_gskit *g, cy_span text) CY_MUST_USE;
/* NULL: not set, or empty. */
const cy_item *cy_gskit_get(const cy_gskit *g, const char *key);
/* 1: ON, 0: OFF, -1: not set. */
int cy_gskit_on(const cy_gskit *g, const char *key);
/* Notes every variable with the side, with the nearest right word for those that are none. */
cy_err *cy_gskit_note_all(cy_gskit *g) CY_MUST_USE;
/* Codes in a notation; wrong ones are findings. */
cy_err *cy_gskit_codes(cy_tls_side *side, const cy_item *item, const cy_gskit_notation *n, cy_codes *list)
  CY_MUST_USE;
/* Codes of suites go to the list of their version. */
cy_err *cy_gskit_put_suites(cy_tls_side *side, const cy_codes *all) CY_MUST_USE;

/* Parts of the side. */
cy_err *cy_gskit_versions(cy_gskit *g) CY_MUST_USE;
cy_err *cy_gskit_suites(cy_gskit *g) CY_MUST_USE;
cy_err *cy_gskit_curves(cy_gskit *g) CY_MUST_USE;
cy_err *cy_gskit_schemes(cy_gskit *g) CY_MUST_USE;
void cy_gskit_peer_sizes(cy_gskit *g);
/* What a version that is on lacks (trap C06), once all is read; what is added by itself when TLS 1.3 is on.
 */
cy_err *cy_gskit_finish(cy_gskit *g) CY_MUST_USE;
/* Whether a key ring file is a ring of the security product: no path and no token, and nothing that is
 * sealed, by a password or a stash. */
bool cy_gskit_is_ring(const char *value, bool sealed);

#endif
