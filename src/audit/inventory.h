/*
 * The inventory: every certificate and private key of a run, and where each lies.
 *
 * Purpose:   answers that no single file can give: who signed what across files, which key lies in
 *            several places, which CA was replaced here and forgotten there.
 * Ownership: the inventory copies the notes that it is given; records and texts live until it is freed.
 * Errors:    memory, crypto.*.
 * Threads:   one owner, the main thread; stores are added in the order of their paths, so that records
 *            have the same numbers in every run. The hashes differ from run to run: nothing may be sorted
 *            by them that is shown.
 * Source:    RFC 5280 4.2.1.1, 4.2.1.2, 6.1.
 *
 * Bounded: beyond CY_INVENTORY_MAX certificates or keys, or CY_INVENTORY_PLACES places, nothing more is
 * taken, and `full` says so.
 */
#ifndef CY_AUDIT_INVENTORY_H
#define CY_AUDIT_INVENTORY_H

#include "audit/notes.h"

enum { CY_INVENTORY_MAX = 2000000, CY_INVENTORY_PLACES = 8000000, CY_INVENTORY_DER = 128 << 20 };

#define CY_INV_NONE UINT32_MAX

/* A file. */
typedef struct {
  const char *path;
  const char *kind;       /* "p12" */
  uint32_t first, places; /* in it, one after another */
  uint32_t certs;         /* in it */
} cy_inv_unit;

/* One thing in one file. */
typedef struct {
  uint32_t unit;
  uint32_t next;  /* the next place of the same thing, CY_INV_NONE at the end */
  uint32_t thing; /* the number of the certificate or key */
  uint32_t position;
  bool is_key;
  bool with_key; /* a certificate with its private key, or in the chain of one */
  bool in_clear; /* keys */
  bool assumed;  /* keys: as its certificate says; it was not opened */
  const char *address;
} cy_inv_place;

typedef struct {
  cy_note_cert note; /* its texts' offsets mean nothing here */
  const char *title;
  const uint8_t *der; /* NULL: not kept */
  uint32_t first, last, places;
  uint32_t issuer;       /* after cy_inventory_link: the first that may have signed it, or CY_INV_NONE */
  uint32_t children;     /* how many have it as `issuer` */
  uint32_t latest_child; /* the last one met that it may have signed, or CY_INV_NONE */
} cy_inv_cert;

typedef struct {
  uint8_t sha256[32], key_id[20];
  uint64_t key;
  const char *title;
  uint32_t first, last, places;
} cy_inv_key;

/* Open addressing over the numbers of records. */
typedef struct {
  uint32_t *slots; /* number + 1; 0: free */
  size_t cap;
} cy_inv_table;

typedef struct {
  uint64_t seed;
  cy_arena arena;
  cy_inv_unit *units;
  size_t unit_count, unit_cap;
  cy_inv_cert *certs; /* distinct, in the order in which they were met */
  size_t cert_count, cert_cap;
  cy_inv_key *keys;
  size_t key_count, key_cap;
  cy_inv_place *places;
  size_t place_count, place_cap;
  cy_inv_table by_sha256, by_key;
  size_t der_bytes;
  bool full;

  /* Made by cy_inventory_link. */
  uint32_t *cas_by_id;   /* certificates that may sign, by name and key identifier */
  uint32_t *cas_by_name; /* the same, by name */
  size_t ca_count;
  unsigned tries; /* signatures that may still be tried */
  bool linked;
} cy_inventory;

void cy_inventory_init(cy_inventory *inv);
void cy_inventory_clear(cy_inventory *inv);
cy_err *cy_inventory_add(cy_inventory *inv, const char *path, const char *kind, const cy_notes *notes)
  CY_MUST_USE;

/* Before anything is asked, after the last store. */
cy_err *cy_inventory_link(cy_inventory *inv) CY_MUST_USE;

enum { CY_INV_ISSUERS = 32 };

typedef struct {
  uint32_t certs[CY_INV_ISSUERS];
  size_t count;
} cy_inv_issuers;

/* The certificates that may have signed this one, by name and key identifier or, where it does not say
 * which key signed it, by trying the signature: in the order in which they were met. A root has none. */
cy_err *cy_inventory_issuers(cy_inventory *inv, uint32_t cert, cy_inv_issuers *out) CY_MUST_USE;
/* Its own signature is the only one over it. */
bool cy_inv_cert_is_root(const cy_inv_cert *cert);
/* Do they lie in one file? */
bool cy_inventory_shares_unit(const cy_inventory *inv, const cy_inv_cert *a, const cy_inv_cert *b);
/* Its address, or that of the first of several. */
const char *cy_inventory_address(const cy_inventory *inv, const cy_inv_cert *cert);

#endif
