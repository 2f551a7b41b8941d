/*
 * Java keystores (JKS and JCEKS), as kept by one document.
 *
 * Purpose:   what fmt_jks_read.c reads and fmt_jks_write.c copies or encodes anew; fmt_jks_key.c is
 *            about private keys. The two formats are one container: what differs is a cy_jks_flavour
 *            (fmt_jks.c, fmt_jceks.c).
 * Ownership: a jks_own belongs to its document (doc->own); spans borrow the image.
 * Errors:    as in store/format.h.
 * Threads:   one owner.
 * Source:    OpenJDK's sun.security.provider.JavaKeyStore, the layout in its comments: big-endian,
 *            magic, version, count, entries, and a SHA-1 over password, a phrase and all before it;
 *            com.sun.crypto.provider.JceKeyStore, which has secret keys besides.
 */
#ifndef CY_STORE_FMT_JKS_H
#define CY_STORE_FMT_JKS_H

#include "crypto/digest.h"
#include "store/format.h"
#include "store/java_serial.h"

#define CY_JKS_MAGIC   0xfeedfeedu
#define CY_JCEKS_MAGIC 0xcecececeu

enum { CY_JKS_KEY = 1, CY_JKS_CERT = 2, CY_JKS_SECRET = 3, CY_JKS_DIGEST = 20 };

/* What one of the formats has of its own. */
typedef struct {
  uint32_t magic;
  const char *name;        /* "the Java keystore" */
  const char *magic_words; /* what is said when the magic is another */
  size_t keys_tried;       /* with a password that does not fit the digest; each may cost a derivation */
  const cy_keybox_ops *key_ops;
  cy_err *(*seal_key)(cy_buf *sealed, cy_span pkcs8, const cy_secret *password, const cy_write_how *how);
  /* Secret keys; NULL: it has none. Reading leaves the cursor behind the entry. */
  cy_err *(*read_secret)(cy_doc *doc, cy_entry *entry, cy_cur *cur);
  cy_err *(*seal_secret)(cy_buf *sealed, cy_span pkcs8, const cy_secret *password, const cy_write_how *how);
} cy_jks_flavour;

/* One entry as it stands in the file. */
typedef struct {
  cy_span whole;
  cy_span body;         /* from the date on: everything but tag and alias */
  uint64_t ms;          /* date in milliseconds since 1970 */
  const cy_span *types; /* of its certificates; NULL when all are X.509, as they always are */
} cy_jks_part;

typedef struct {
  const cy_jks_flavour *flavour;
  uint32_t version;
  cy_span content; /* all but the digest at the end */
  cy_span digest;
  cy_jks_part *parts; /* entry->part is an index here */
  size_t count;
  size_t cap;
  cy_secret *opened_with; /* the password that fits the digest */
  cy_java *java;          /* JCEKS: its reader, kept for the next entry */
} cy_jks_own;

/* Private keys: an EncryptedPrivateKeyInfo under JKS's protector, JCEKS's, or any other. */
cy_err *cy_jks_open_key(const cy_keybox *box, const cy_secret *password, cy_secret **pkcs8) CY_MUST_USE;
extern const cy_keybox_ops cy_jks_key_ops;
cy_err *cy_jks_seal_key(cy_buf *sealed, cy_span pkcs8, const cy_secret *password, const cy_write_how *how)
  CY_MUST_USE;

/* Both formats' parse and check. */
cy_err *cy_jks_parse(cy_doc *doc, cy_ask *ask, const cy_jks_flavour *flavour) CY_MUST_USE;
cy_err *cy_jks_check(cy_doc *doc, cy_findings *findings) CY_MUST_USE;
void cy_jks_losses(const cy_entry *entry, cy_lose *lose, void *arg);
/* Version and integrity. */
void cy_jks_describe(const cy_doc *doc, cy_out *out);
bool cy_jks_has_keys(const cy_doc *doc);
int cy_jks_detect(cy_span head, uint32_t magic);

/* The digest under a password. */
cy_err *cy_jks_digest(cy_digest *out, const cy_secret *password, cy_span content) CY_MUST_USE;
/* crypto.wrong-password when the password does not fit the file's digest. */
cy_err *cy_jks_check_password(cy_doc *doc, const cy_secret *password) CY_MUST_USE;
cy_err *cy_jks_serialise(cy_doc *doc, const cy_jks_flavour *flavour, const cy_write_how *how, cy_ask *ask,
  cy_buf *out) CY_MUST_USE;

#endif
