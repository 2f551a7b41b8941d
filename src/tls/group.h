/*
 * Groups of key exchange: their names in every notation.
 *
 * Purpose:   the one table of groups that readers, prediction and people use.
 * Ownership: constant (data/tls-groups.tsv, compiled in).
 * Errors:    none: what is not there is NULL.
 * Threads:   constant.
 * Source:    IANA TLS Supported Groups; RFC 8446 4.2.7, RFC 8422, RFC 7919, RFC 8734.
 */
#ifndef CY_TLS_GROUP_H
#define CY_TLS_GROUP_H

#include "tls/notation.h"

typedef enum { CY_GROUP_EC, CY_GROUP_FFDHE, CY_GROUP_MLKEM } cy_tls_group_kind;

typedef struct {
  uint16_t code;
  const char *names[CY_NOTATION_COUNT]; /* GSKit's is the number in decimal */
  cy_tls_group_kind kind;
  unsigned strength; /* in bits */
  uint16_t min, max;
} cy_tls_group;

extern const cy_tls_group cy_tls_groups[];
extern const size_t cy_tls_group_count;

const cy_tls_group *cy_tls_group_get(uint16_t code);
/* By a name in any notation, also "prime256v1", or by its number in hexadecimal. GSKit's numbers are
 * decimal and are not taken here: 0023 would be two groups. */
const cy_tls_group *cy_tls_group_find(const char *name);
bool cy_tls_group_is_good(const cy_tls_group *group, const char **why);
const char *cy_tls_group_kind_name(cy_tls_group_kind kind); /* "EC" */

#endif
