/*
 * Cipher suites: their names in every notation, what they need, and whether they are still good.
 *
 * Purpose:   the one table of suites that readers, prediction and people use.
 * Ownership: constant (data/tls-suites.tsv, compiled in).
 * Errors:    none: what is not there is NULL.
 * Threads:   constant.
 * Source:    IANA TLS Cipher Suites; RFC 5246, RFC 8446, RFC 9325 (which are still good); the rest in the
 * table.
 */
#ifndef CY_TLS_SUITE_H
#define CY_TLS_SUITE_H

#include "tls/notation.h"

typedef enum {
  CY_KX_NONE,
  CY_KX_ANY, /* TLS 1.3: the suite does not say */
  CY_KX_RSA, /* sealed for the server's key: no forward secrecy */
  CY_KX_DHE,
  CY_KX_ECDHE,
  CY_KX_DH,   /* fixed, in the certificate */
  CY_KX_ECDH, /* likewise */
  CY_KX_PSK,
  CY_KX_DHE_PSK,
  CY_KX_RSA_PSK,
  CY_KX_ECDHE_PSK,
  CY_KX_SRP,
  CY_KX_KRB5,
  CY_KX_GOST,
  CY_KX_ECCPWD,
} cy_kx;

/* What the server must have. */
typedef enum {
  CY_SUITE_NEEDS_NONE,
  CY_SUITE_NEEDS_ANY, /* TLS 1.3: whatever the signature schemes allow */
  CY_SUITE_NEEDS_RSA,
  CY_SUITE_NEEDS_EC, /* also Ed25519 and Ed448 (RFC 8422 5.3) */
  CY_SUITE_NEEDS_DSA,
  CY_SUITE_NEEDS_DH,
  CY_SUITE_NEEDS_ECDH,
  CY_SUITE_NEEDS_ANON, /* no certificate: nobody knows whom he talks to */
  CY_SUITE_NEEDS_PSK,
  CY_SUITE_NEEDS_SRP,
  CY_SUITE_NEEDS_KRB5,
  CY_SUITE_NEEDS_GOST,
  CY_SUITE_NEEDS_PASSWORD,
} cy_suite_needs;

enum {
  CY_SUITE_EXPORT = 1 << 0,
  CY_SUITE_MQ_OFF = 1 << 1, /* queue managers of today know it but have it switched off */
};

typedef struct {
  uint16_t code;
  const char *names[CY_NOTATION_COUNT]; /* NULL where a product has no such suite */
  cy_kx kx;
  cy_suite_needs needs;
  const char *cipher; /* "AES-GCM" */
  unsigned bits;      /* of the cipher's key, as strong as it is: 3DES has 112 */
  const char *mac;    /* "AEAD", "SHA1" ... */
  const char *prf;    /* hash of TLS 1.2's PRF, or of TLS 1.3's key schedule */
  uint16_t min, max;  /* versions */
  unsigned flags;
} cy_suite;

typedef enum {
  CY_SUITE_GOOD,
  CY_SUITE_DATED,  /* holds, but for new installations there is better */
  CY_SUITE_WEAK,   /* to be given up: attacks are known */
  CY_SUITE_BROKEN, /* protects nothing, or nobody knows whom he talks to */
} cy_suite_grade;

extern const cy_suite cy_suites[];
extern const size_t cy_suite_count;

const cy_suite *cy_suite_get(uint16_t code);
/* By a name in any notation, or by its number in hexadecimal ("C02F", "0xC02F", "0xC0,0x2F"). */
const cy_suite *cy_suite_find(const char *name);
/* *why is for people and borrowed. */
cy_suite_grade cy_suite_judge(const cy_suite *suite, const char **why);
const char *cy_suite_grade_name(cy_suite_grade grade); /* "good" */
const char *cy_kx_name(cy_kx kx);
/* "an RSA certificate that may sign": what the server must have, for people. */
const char *cy_suite_needs_text(const cy_suite *suite);
const char *cy_suite_needs_id(cy_suite_needs needs); /* "rsa": for JSON */
bool cy_suite_has_forward_secrecy(const cy_suite *suite);

#endif
