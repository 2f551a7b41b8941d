/*
 * Java keystores, as kept by one document.
 *
 * Purpose:   what fmt_jks.c reads and fmt_jks_write.c copies or encodes anew; fmt_jks_key.c is
 *            about private keys.
 * Ownership: a jks_own belongs to its document (doc->own); spans borrow the image.
 * Errors:    as in store/format.h.
 * Threads:   one owner.
 * Source:    OpenJDK's sun.security.provider.JavaKeyStore, the layout in its comments: big-endian,
 *            magic, version, count, entries, and a SHA-1 over password, a phrase and all before it.
 */
#ifndef CY_STORE_FMT_JKS_H
#define CY_STORE_FMT_JKS_H

#include "crypto/digest.h"
#include "store/format.h"

#define CY_JKS_MAGIC 0xfeedfeedu
#define CY_JCEKS_MAGIC 0xcecececeu

enum { CY_JKS_KEY = 1, CY_JKS_CERT = 2, CY_JKS_DIGEST = 20 };

/* One entry as it stands in the file. */
typedef struct {
  cy_span whole;
  cy_span body;         /* from the date on: everything but tag and alias */
  uint64_t ms;          /* date in milliseconds since 1970 */
  const cy_span *types; /* of its certificates; NULL when all are X.509, as they always are */
} cy_jks_part;

typedef struct {
  uint32_t version;
  cy_span content; /* all but the digest at the end */
  cy_span digest;
  cy_jks_part *parts; /* entry->part is an index here */
  size_t count;
  size_t cap;
  cy_secret *opened_with; /* the password that fits the digest */
} cy_jks_own;

/* Private keys: the EncryptedPrivateKeyInfo under Java's own protector. */
extern const cy_keybox_ops cy_jks_key_ops;
cy_err *cy_jks_seal_key(cy_buf *sealed, cy_span pkcs8, const cy_secret *password) CY_MUST_USE;

/* The digest under a password. */
cy_err *cy_jks_digest(cy_digest *out, const cy_secret *password, cy_span content) CY_MUST_USE;
/* crypto.wrong-password when the password does not fit the file's digest. */
cy_err *cy_jks_check_password(cy_doc *doc, const cy_secret *password) CY_MUST_USE;
cy_err *cy_jks_serialise(cy_doc *doc, const cy_write_how *how, cy_ask *ask, cy_buf *out) CY_MUST_USE;

#endif
