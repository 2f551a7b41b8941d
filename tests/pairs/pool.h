/*
 * Keys and certificates for random pairs of ends, made once.
 *
 * Purpose:   every kind of key, several CAs, and leaves that are right or wrong in one way.
 * Ownership: the pool owns all; pool_free.
 * Errors:    what can not be made ends the program: it is a test.
 * Threads:   one.
 */
#ifndef TESTS_PAIRS_POOL_H
#define TESTS_PAIRS_POOL_H

#include <openssl/x509.h>

#include "tls/side.h"

enum { POOL_CAS = 12, POOL_LEAVES = 96 };

typedef struct {
  const char *name;
  EVP_PKEY *key;
  X509 *x509;
  cy_cert *cert;
  int issuer; /* index of the CA; -1: itself */
} pool_cert;

typedef struct {
  pool_cert cas[POOL_CAS];
  size_t ca_count;
  pool_cert leaves[POOL_LEAVES];
  size_t leaf_count;
} pool;

/* Keys are made with `seed` 0 or read from a file beside, since large ones take seconds: `folder` NULL:
 * made. */
void pool_fill(pool *p);
void pool_free(pool *p);

#endif
