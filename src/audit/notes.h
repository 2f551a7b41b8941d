/*
 * Notes: what is remembered of a store's certificates and keys once its file is closed.
 *
 * Purpose:   a short record of each certificate and each private key, made by the worker that looks at
 *            the file, for what can be said only across files: who signed what, which key lies where, what
 *            was renewed. Names, keys and identifiers are kept as hashes, texts as short texts.
 * Ownership: notes own their records and texts (cy_notes_clear); the inventory copies what it keeps.
 * Errors:    memory, crypto.*.
 * Threads:   one owner; the seed of the hashes is the same for all workers of a run.
 *
 * The bytes of a certificate are kept only where a signature may have to be tried: of those that may
 * sign, and of those that do not say which key signed them.
 */
#ifndef CY_AUDIT_NOTES_H
#define CY_AUDIT_NOTES_H

#include "base/time.h"
#include "store/check.h"

enum { CY_NOTE_TEXT = 256 }; /* bytes of a name that are kept */

/* Offsets into the texts of the notes; 0: none. */
typedef uint32_t cy_note_text;

typedef struct {
  uint8_t sha256[32];
  uint64_t subject, issuer; /* of the names in their canonical form */
  uint64_t names;           /* subject and alternative names as they are encoded */
  uint64_t key;             /* the same for RSA and RSA-PSS, and for both forms of a point */
  uint64_t key_id;          /* its own, or computed from the key; of those that may sign */
  uint64_t authority_id;    /* 0: it does not say which key signed it */
  cy_time not_before, not_after;
  cy_note_text title;   /* the subject, as people read it */
  cy_note_text label;   /* of its entry */
  cy_note_text address; /* of its entry; 0: the file's path */
  cy_note_text der;
  uint32_t der_len;
  uint32_t position; /* of its entry, from 1 */
  uint32_t index;    /* in the entry's chain */
  uint16_t bits;
  uint8_t key_type; /* cy_key_type */
  cy_oid digest;    /* of its signature */
  bool is_ca;
  bool may_sign; /* a CA, or too old or too vague to tell */
  bool self_issued;
  bool listed;   /* from a listing: there are no bytes, only dates and a name */
  bool with_key; /* a private key stands with it, or with the chain that it is in */
} cy_note_cert;

typedef struct {
  uint8_t sha256[32]; /* of the public key */
  uint8_t key_id[20]; /* as certificates and most products compute it */
  uint64_t key;
  cy_note_text address; /* 0: the file's path */
  cy_note_text title;   /* "RSA 2048" */
  bool in_clear;
  bool assumed; /* its public half is that of the certificate beside it; the key was not opened */
} cy_note_key;

typedef struct {
  cy_note_cert *certs;
  size_t cert_count, cert_cap;
  cy_note_key *keys;
  size_t key_count, key_cap;
  cy_buf texts; /* the first byte is none's */
} cy_notes;

/* Where a certificate stands. */
typedef struct {
  const char *address; /* NULL: the file's path is enough */
  const char *label;   /* NULL: none */
  size_t position, index;
  bool with_key;
} cy_note_where;

/* Kept by each worker between files: what is made again and again. */
typedef struct {
  uint64_t seed;
  cy_buf name;   /* scratch */
  cy_buf issuer; /* the last one's bytes */
  uint64_t issuer_hash;
} cy_noter;

void cy_noter_begin(cy_noter *noter, uint64_t seed);
void cy_noter_end(cy_noter *noter);

const char *cy_note_str(const cy_notes *notes, cy_note_text text); /* NULL for 0 */
cy_err *cy_note_cert_add(
  cy_notes *notes, cy_noter *noter, const cy_cert_view *view, const cy_note_where *where) CY_MUST_USE;
/* All of a place: its certificates, what it lists, its private keys. */
cy_err *cy_notes_place(cy_notes *notes, cy_noter *noter, cy_place *place) CY_MUST_USE;
void cy_notes_clear(cy_notes *notes);

#endif
