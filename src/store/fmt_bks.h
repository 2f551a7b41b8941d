/*
 * Bouncy Castle's keystores BKS and UBER, as kept by one document.
 *
 * Purpose:   both hold the same list of entries: BKS in clear with an HMAC behind it, UBER encrypted as a
 *            whole with a SHA-1 inside. fmt_bks_read.c reads the list, fmt_bks_key.c its keys, fmt_bks.c
 *            and fmt_uber.c what stands around it.
 * Ownership: a cy_bks_own belongs to its document (doc->own); spans borrow the image, or `plain`.
 * Errors:    as in store/format.h.
 * Threads:   one owner.
 * Source:    the observable behaviour of Bouncy Castle 1.72 (org.bouncycastle.jcajce.provider.keystore.bc).
 *            Big-endian. Head: version, salt (length first), iterations. An entry: its type, alias, date in
 *            milliseconds, chain (count first), and what the type says; a type of 0 ends the list.
 *            Passwords are stretched as in PKCS#12 (RFC 7292 appendix B), the empty one as no octets.
 */
#ifndef CY_STORE_FMT_BKS_H
#define CY_STORE_FMT_BKS_H

#include "base/cursor.h"
#include "crypto/digest.h"
#include "store/format.h"

enum {
  CY_BKS_END = 0,
  CY_BKS_CERT = 1,
  CY_BKS_KEY = 2,    /* a key in clear */
  CY_BKS_BYTES = 3,  /* octets that only their owner understands */
  CY_BKS_SEALED = 4, /* a key under a password */

  CY_BKS_DIGEST = 20,
  CY_BKS_SALT = 20,
};

/* A key as it is encoded, in clear. */
typedef struct {
  enum { CY_BKS_PRIVATE = 0, CY_BKS_PUBLIC = 1, CY_BKS_SECRET = 2 } kind;
  cy_span format;    /* "PKCS#8", "X.509", "RAW" */
  cy_span algorithm; /* Java's name */
  cy_span bytes;
} cy_bks_key;

typedef struct {
  uint32_t version;
  cy_span salt;
  uint32_t iterations;
  bool encrypted;  /* UBER */
  cy_span content; /* what the integrity value covers: the list of entries */
  cy_span digest;
  cy_buf plain; /* UBER: all of it, deciphered */
} cy_bks_own;

/* The head of both formats; fails the cursor for what is none. */
void cy_bks_read_head(cy_bks_own *own, cy_cur *cur);
/* Makes doc->own. */
cy_err *cy_bks_own_new(cy_doc *doc, cy_bks_own **own) CY_MUST_USE;
/* Does the first entry of a list look like one? Tells content from noise, also when only its beginning is
 * there. A list that is empty looks like nothing. */
bool cy_bks_looks_like_entries(cy_span list);
/* The list up to and with its end, into the document's entries. */
cy_err *cy_bks_read_entries(cy_doc *doc, cy_cur *cur) CY_MUST_USE;
/* What entries hold that are sealed and have no chain (a secret key, mostly) is found out with the store's
 * password, for the first of them. */
cy_err *cy_bks_look_into_secrets(cy_doc *doc) CY_MUST_USE;

/* The HMAC of a BKS store over own->content. */
cy_err *cy_bks_mac(cy_digest *out, const cy_bks_own *own, const cy_secret *password) CY_MUST_USE;

/* Keys. */
extern const cy_keybox_ops cy_bks_sealed_ops;
extern const cy_keybox_ops cy_bks_clear_ops;
void cy_bks_read_key(cy_bks_key *key, cy_cur *cur);
/* The blob of a sealed key taken apart; spans borrow. */
typedef struct {
  cy_span salt;
  uint32_t iterations;
  cy_span sealed;
} cy_bks_blob;
cy_err *cy_bks_blob_parse(cy_bks_blob *out, cy_span blob) CY_MUST_USE;
/* Is its count one that may be tried without being asked? */
bool cy_bks_is_cheap(cy_span blob);
/* The encoded key, in clear. */
cy_err *cy_bks_unseal(cy_secret **encoded, cy_span blob, const cy_secret *password) CY_MUST_USE;
/* The blob, with a new salt. */
cy_err *cy_bks_seal(cy_buf *blob, cy_span encoded, const cy_secret *password, uint32_t iterations)
  CY_MUST_USE;
/* A key in PKCS#8 form; store.public-key-only for one that is public. */
cy_err *cy_bks_key_export(cy_secret **pkcs8, const cy_bks_key *key) CY_MUST_USE;
/* How many of the first sealed keys there are, and how many of them this password opens: tells a wrong
 * password from a damaged file. */
cy_err *cy_bks_try_keys(const cy_doc *doc, const cy_secret *password, size_t *keys, size_t *opened)
  CY_MUST_USE;

/* Findings and words that both formats have. */
cy_err *cy_bks_check_keys(cy_doc *doc, cy_findings *findings) CY_MUST_USE;
void cy_bks_describe_keys(const cy_doc *doc, cy_out *out);

/* The store's password as it is stretched: none for the empty one. */
static inline const cy_secret *cy_bks_password(const cy_secret *password)
{
  return password && password->len ? password : NULL;
}

#endif
