/*
 * Bouncy Castle's keystore BCFKS, as kept by one document.
 *
 * Purpose:   fmt_bcfks_read.c takes the file and its entries apart, fmt_bcfks_key.c opens keys, fmt_bcfks.c
 *            does passwords, integrity and findings.
 * Ownership: a cy_bcfks belongs to its document (doc->own); spans borrow the image, or `plain`.
 * Errors:    as in store/format.h.
 * Threads:   one owner.
 * Source:    the observable behaviour of Bouncy Castle 1.72 (org.bouncycastle.asn1.bc):
 *              ObjectStore ::= SEQUENCE { storeData, integrityCheck }
 *              storeData ::= SEQUENCE { AlgorithmIdentifier, OCTET STRING } of an ObjectStoreData, or
 * itself ObjectStoreData ::= SEQUENCE { version, integrity AlgorithmIdentifier, created, changed, SEQUENCE
 * OF ObjectData, comment UTF8String OPTIONAL } ObjectData ::= SEQUENCE { type INTEGER, identifier
 * UTF8String, created, changed, OCTET STRING, comment UTF8String OPTIONAL } integrityCheck ::= SEQUENCE {
 * mac AlgorithmIdentifier, kdf AlgorithmIdentifier, OCTET STRING } or [0] SEQUENCE { signature
 * AlgorithmIdentifier, [0] certificates OPTIONAL, BIT STRING }
 */
#ifndef CY_STORE_FMT_BCFKS_H
#define CY_STORE_FMT_BCFKS_H

#include "base/cursor.h"
#include "crypto/bcfks_pbe.h"
#include "store/format.h"

enum {
  CY_BCFKS_TYPE_CERT = 0,
  CY_BCFKS_TYPE_PRIVATE = 1,
  CY_BCFKS_TYPE_SECRET = 2,
  CY_BCFKS_TYPE_PROTECTED_PRIVATE = 3,
  CY_BCFKS_TYPE_PROTECTED_SECRET = 4,
};

typedef struct {
  cy_span store; /* what the integrity check covers: storeData, whole */
  cy_span algid; /* of its encryption; empty: it is in clear */
  cy_span sealed;
  cy_buf plain; /* ObjectStoreData, deciphered */

  cy_span mac_algid, kdf, mac;
  bool is_signed; /* instead of a MAC */
  cy_span sig_algid, signature;
  cy_span signer; /* the first certificate; empty: none is there */

  uint64_t version;
  cy_time created, changed;
} cy_bcfks;

/* The outer form: everything that needs no password. */
cy_err *cy_bcfks_read(cy_bcfks *own, cy_span bytes) CY_MUST_USE;
/* The entries of an ObjectStoreData. */
cy_err *cy_bcfks_read_entries(cy_doc *doc, cy_bcfks *own, cy_span data) CY_MUST_USE;
/* Does it begin as an ObjectStoreData does? */
bool cy_bcfks_looks_like_data(cy_span first);
/* By the first bytes of a file. */
bool cy_bcfks_detect_head(cy_span head);

extern const cy_keybox_ops cy_bcfks_private_ops;
extern const cy_keybox_ops cy_bcfks_secret_ops;
/* The iterations that a guess at the key's password costs; 0 when that is not counted so (scrypt). */
uint64_t cy_bcfks_key_cost(const cy_keybox *box);
/* Finds out what secret keys are, with the store's password, for the first of them. */
cy_err *cy_bcfks_look_into_secrets(cy_doc *doc) CY_MUST_USE;
cy_err *cy_bcfks_check_keys(cy_doc *doc, cy_findings *findings) CY_MUST_USE;

#endif
