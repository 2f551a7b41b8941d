/*
 * Notations: what each product calls suites, schemes and groups.
 *
 * Purpose:   one list of naming systems for all three tables.
 * Ownership: constant.
 * Errors:    none.
 * Threads:   constant.
 * Source:    data/tls-suites.tsv, tls-schemes.tsv and tls-groups.tsv say where each name was seen.
 */
#ifndef CY_TLS_NOTATION_H
#define CY_TLS_NOTATION_H

#include "base/common.h"

typedef enum {
  CY_NOTATION_IANA,
  CY_NOTATION_OPENSSL,
  CY_NOTATION_GNUTLS,
  CY_NOTATION_NSS, /* IANA's names, of what NSS has */
  CY_NOTATION_JAVA,
  CY_NOTATION_JAVA_IBM, /* IBM's Java, and what useIBMCipherMappings switches on */
  CY_NOTATION_MQ,       /* CipherSpec; several names of one suite are divided by blanks */
  CY_NOTATION_GSKIT,    /* the number as GSKit and System SSL write it */
  CY_NOTATION_COUNT
} cy_notation;

const char *cy_notation_id(cy_notation notation);    /* "java-ibm": for JSON */
const char *cy_notation_title(cy_notation notation); /* "Java (IBM)" */

/* Versions as they stand on the wire. */
enum { CY_SSL3 = 0x0300, CY_TLS10 = 0x0301, CY_TLS11 = 0x0302, CY_TLS12 = 0x0303, CY_TLS13 = 0x0304 };
const char *cy_tls_version_name(unsigned version); /* "TLS 1.2"; NULL when there is none */

/* Whether `names` (one, or several divided by blanks) has this one; letters' case does not matter. */
bool cy_notation_has(const char *names, const char *name);

#endif
