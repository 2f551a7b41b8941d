/*
 * CMS key databases (.kdb, with .rdb and .crl beside it), as kept by one document.
 *
 * Purpose:   what fmt_kdb_read.c takes apart, fmt_kdb_open.c proves with a password and fmt_kdb_write.c
 *            copies or encodes anew; fmt_kdb.c is the format's constant, findings and words.
 * Ownership: a cy_kdb belongs to its document (doc->own); spans borrow the image.
 * Errors:    as in store/format.h.
 * Threads:   one owner.
 * Source:    files written by gskcapicmd, gskkyman and Java tools, taken apart; FireBurn/KdbTool's
 *            KDB_FORMAT.md for what was not seen: requests and secret keys. All integers are big-endian.
 *
 * A file: head (48 octets), verifier = MAC(head), integrity = MAC(head, verifier, slots), slots of one
 * size. A slot: 1, id, record with its length, label with its length, parent, SHA-1 of five parts of the
 * certificate, zeros. A record: SEQUENCE { id, [n] what, VisibleString label, BIT STRING flags }.
 */
#ifndef CY_STORE_FMT_KDB_H
#define CY_STORE_FMT_KDB_H

#include "crypto/digest.h"
#include "store/format.h"

enum {
  CY_KDB_HEAD = 0x30,
  CY_KDB_SALT = 24,
  CY_KDB_SLOT = 5000, /* of a new file */
  CY_KDB_HASHES = 5,
  CY_KDB_ITERATIONS = 4096, /* at least, of keys that are sealed anew */
  CY_KDB_FILES = 3,
};

/* What stands in a record. */
typedef enum {
  CY_KDB_OTHER, /* not understood, kept as it is and no entry */
  CY_KDB_REQUEST,
  CY_KDB_CERT,
  CY_KDB_IDENTITY,
  CY_KDB_SECRET,
  CY_KDB_CRL, /* under a tag that was never seen */
} cy_kdb_what;

enum {
  CY_KDB_TAG_REQUEST = 0xa0,
  CY_KDB_TAG_CERT = 0xa1,
  CY_KDB_TAG_IDENTITY = 0xa2,
  CY_KDB_TAG_SECRET = 0xa3,
};

enum { CY_KDB_TRUSTED = 0x80, CY_KDB_DEFAULT = 0x40 };

typedef enum { CY_KDB_KEYS, CY_KDB_REQUESTS, CY_KDB_CRLS } cy_kdb_kind;

/* A record as it stands in its file. */
typedef struct {
  size_t file; /* index in cy_kdb.files */
  cy_span slot;
  uint32_t id;
  cy_kdb_what what;
  uint8_t tag;
  cy_span number; /* the INTEGER in the record, whole */
  cy_span inner;  /* what [tag] holds */
  cy_span cert;   /* certificate or request, whole */
  cy_span sealed; /* EncryptedPrivateKeyInfo, whole */
  cy_span label;  /* of the record */
  uint8_t flags;  /* the first octet of the named bits */
  cy_span hashes; /* after the label: parent and hashes, to the end of the slot */
} cy_kdb_part;

typedef struct {
  cy_kdb_kind kind;
  unsigned version;
  uint32_t slot_size;
  uint32_t count;
  cy_image_part *image;
  cy_span bytes;
  cy_span verifier, integrity, slots;
  size_t first, end;   /* its parts */
  bool unreadable;     /* a sibling that is damaged: left alone */
  bool other_password; /* a sibling that the main file's password does not open: left alone */
  bool damaged;        /* a sibling whose integrity value does not fit: left alone */
} cy_kdb_file;

typedef struct {
  cy_kdb_file files[CY_KDB_FILES]; /* the first is the one that was opened */
  size_t file_count;
  cy_kdb_part *parts; /* entry->part is an index here */
  size_t count, cap;
  bool integrity_unknown; /* version 3 with records */
  cy_secret *opened_with;
} cy_kdb;

/* 37 48 and what follows, as far as the bytes go. */
bool cy_kdb_detect(cy_span head);
size_t cy_kdb_mac_size(unsigned version); /* 0: no such version */
cy_err *cy_kdb_mac(cy_digest *out, unsigned version, const cy_secret *password, const cy_span *parts,
  size_t count) CY_MUST_USE;

/* Reads main file and siblings into parts and entries. */
cy_err *cy_kdb_read(cy_doc *doc, cy_kdb *kdb) CY_MUST_USE;
void cy_kdb_free(void *kdb);
/* crypto.wrong-password, or store.damaged when the password is right. */
cy_err *cy_kdb_open(cy_doc *doc, cy_kdb *kdb, const cy_secret *password) CY_MUST_USE;

/* The hashes that a slot has of its certificate, each with its length before it. */
cy_err *cy_kdb_put_hashes(cy_buf *out, cy_span cert) CY_MUST_USE;
cy_err *cy_kdb_serialise(cy_doc *doc, const cy_write_how *how, cy_ask *ask, cy_buf *out) CY_MUST_USE;

#endif
