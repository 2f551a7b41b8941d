/*
 * Other products: what they read, and how a store must be written for them.
 *
 * Purpose:   the profiles behind `--for`; dated facts, each with its source and how sure it is.
 * Ownership: constant data (data/products.tsv, compiled in).
 * Errors:    product.unknown, with the nearest name.
 * Threads:   constant.
 */
#ifndef CY_PRODUCT_PRODUCT_H
#define CY_PRODUCT_PRODUCT_H

#include "base/err.h"

enum {
  CY_PRODUCT_TRUST_MARK = 1 << 0,   /* sees only certificates that are marked as trusted */
  CY_PRODUCT_LOWER_LABELS = 1 << 1, /* looks labels up in lower case */
  CY_PRODUCT_LABELS = 1 << 2,       /* every entry should have one */
  CY_PRODUCT_ONE_PASSWORD = 1 << 3, /* private keys have the store's password */
  CY_PRODUCT_PLAIN_KEYS = 1 << 4,   /* can not ask for a passphrase */
  CY_PRODUCT_LEAF_FIRST = 1 << 5,   /* the first certificate of a PEM file is its own; one key a file */
  CY_PRODUCT_PRIVATE_FILE = 1 << 6, /* refuses a key file that others can read */
  CY_PRODUCT_CERTS_PEM = 1 << 7,    /* CA certificates from PEM only */
  CY_PRODUCT_KEYS_P12 = 1 << 8,     /* private keys from PKCS#12 only */
  CY_PRODUCT_OLD_PKCS12 = 1 << 9,   /* PKCS#12 with 3DES and SHA-1 only */
  CY_PRODUCT_NEW_PKCS12 = 1 << 10,  /* reads RFC 9579's MAC */
  CY_PRODUCT_MQ_LABEL = 1 << 11,    /* the default label is ibmwebspheremq with a name, in lower case */
};

typedef struct cy_product {
  const char *id;     /* "java" */
  const char *title;  /* "Java" */
  const char *writes; /* kind of a new store: "p12" */
  const char *reads;  /* kinds, separated by blanks */
  unsigned needs;
  const char *unusable; /* key types that it can not use, separated by blanks: "ed25519 ed448" */
  const char *source;
  const char *date;      /* when that was looked up */
  const char *certainty; /* "read", "tested" or "memory": as far as known */
  const char *words;     /* what is special, for people */
} cy_product;

extern const cy_product cy_products[];
extern const size_t cy_product_count;

cy_err *cy_product_find(const cy_product **out, const char *id) CY_MUST_USE;
bool cy_product_reads(const cy_product *product, const char *kind);
/* `type` as in `unusable`. */
bool cy_product_uses(const cy_product *product, const char *type);

#endif
