/*
 * PKCS#12: what its parts share (fmt_pkcs12*.c only).
 *
 * Purpose:   a file as it is: safes, bags, and how bags make up entries, so that what is not
 *            touched is written back as it was.
 * Ownership: cy_p12 owns the decrypted safes and converted bytes; everything else borrows from
 *            them or from the image. It is the document's `own`.
 * Errors:    store.damaged, crypto.wrong-password, crypto.unsupported, crypto.cost-refused.
 * Threads:   one owner.
 * Source:    RFC 7292 (PFX, bags, MAC), RFC 9579 (PBMAC1), RFC 2985 5.5 (friendlyName,
 *            localKeyId), RFC 5652 section 8 (encryptedData).
 */
#ifndef CY_STORE_FMT_PKCS12_H
#define CY_STORE_FMT_PKCS12_H

#include "base/der.h"
#include "store/format.h"

#define CY_P12_NONE SIZE_MAX

typedef enum {
  CY_P12_KEY,
  CY_P12_SHROUDED,
  CY_P12_CERT,
  CY_P12_CRL,
  CY_P12_SECRET,
  CY_P12_NESTED, /* more bags; their subtree ends at `end` */
  CY_P12_OTHER,  /* kept, never looked into */
} cy_p12_kind;

/* What becomes of a bag when the file is written. */
typedef enum {
  CY_P12_KEEP,
  CY_P12_DROP,
  CY_P12_STRIP, /* its entry goes, but the chain of an identity needs the certificate */
  CY_P12_ANEW,  /* as its entry is now */
} cy_p12_action;

typedef struct {
  cy_p12_kind kind;
  cy_p12_action action;
  cy_span whole; /* the SafeBag */
  cy_span value; /* certificate, CRL, PKCS#8, EncryptedPrivateKeyInfo, SecretBag */
  cy_span attrs; /* content of the SET */
  cy_span name;  /* of friendlyName, as encoded */
  uint8_t name_tag;
  cy_span id;
  bool trusted;  /* has Java's attribute */
  bool in_chain; /* part of some identity's chain */
  bool assumed;  /* a key that was paired without a look at it */
  size_t end;    /* one past the last bag that is nested in this one */
  size_t leaf;   /* of a key: its certificate's bag */
  size_t item;   /* the entry that it belongs to in its own right */
  cy_entry *entry; /* ANEW */
} cy_p12_bag;

typedef struct {
  bool encrypted;
  cy_span whole; /* the ContentInfo */
  cy_span algid;
  cy_span sealed;
  cy_secret *plain;
  cy_span content; /* SafeContents */
  size_t first, end; /* bags */
} cy_p12_safe;

typedef struct {
  bool present;
  bool pbmac1;
  cy_span algid;
  cy_digest_alg digest; /* CY_DIGESTS when it is one that we have not got */
  cy_span value;
  cy_span salt;
  uint64_t iterations;
} cy_p12_mac;

/* The bags of an entry: links[first + i] holds its certificate i (or CRL, secret). */
typedef struct {
  size_t key;
  size_t first;
  size_t count;
} cy_p12_item;

typedef struct {
  cy_span auth_safe; /* what the MAC is over */
  cy_p12_mac mac;
  cy_p12_safe *safes;
  size_t safe_count, safe_cap;
  cy_p12_bag *bags;
  size_t bag_count, bag_cap;
  cy_p12_item *items;
  size_t item_count, item_cap;
  size_t *links;
  size_t link_count, link_cap;
  cy_buf *bufs; /* what was BER */
  size_t buf_count, buf_cap;
  cy_secret *password; /* opened it; empty when none was needed */
  bool opened;
  bool absent; /* the absent password opened it, not the empty one */
} cy_p12;

void cy_p12_free(void *p12);

/* Reading: all that is in clear. Then, once open, all bags in the order of the file. */
cy_err *cy_p12_read(cy_p12 *p12, cy_span bytes) CY_MUST_USE;
cy_err *cy_p12_read_bags(cy_p12 *p12) CY_MUST_USE;
bool cy_p12_is_sequence(cy_span bytes);
cy_digest_alg cy_p12_digest(cy_oid oid); /* CY_DIGESTS when it is none */
bool cy_p12_has_encrypted(const cy_p12 *p12);
/* All iterations that opening it once may cost. */
uint64_t cy_p12_cost(const cy_p12 *p12);

/* Checks the MAC and opens the encrypted safes. Absent and empty passwords stand for each other. */
cy_err *cy_p12_open(cy_p12 *p12, const cy_secret *password) CY_MUST_USE;
/* How an EncryptedPrivateKeyInfo is sealed. */
cy_err *cy_p12_sealed_info(cy_pbe_info *out, cy_span sealed) CY_MUST_USE;
cy_err *cy_p12_unseal_key(cy_secret **pkcs8, cy_span sealed, const cy_secret *password) CY_MUST_USE;
/* The EncryptedPrivateKeyInfo in a SecretBag as Java writes it; false for secrets of other forms. */
bool cy_p12_secret_box(cy_span bag, cy_span *sealed);
bool cy_p12_is_secret_bag(cy_span der);

/* Makes entries of bags. */
cy_err *cy_p12_pair(cy_p12 *p12) CY_MUST_USE;
cy_err *cy_p12_entries(cy_doc *doc, cy_p12 *p12) CY_MUST_USE;

/* Writing. */
/* Why PKCS#12 can not hold a secret; NULL: it can. */
const char *cy_p12_unfit(const cy_entry *entry);
cy_err *cy_p12_serialise(cy_doc *doc, const cy_write_how *how, cy_ask *ask, cy_buf *out);

/* A bag's attributes as they are to be. */
typedef struct {
  const char *label;
  cy_span id;
  bool trusted;
  const cy_entry *more; /* its attributes are written too */
  cy_span keep;         /* SET content: all but those that are fields here are copied */
} cy_p12_attrs;
void cy_p12_put_bag(cy_buf *out, cy_oid kind, cy_span value, const cy_p12_attrs *attrs);
/* CertBag or CRLBag around DER. */
void cy_p12_put_typed(cy_buf *out, cy_oid type, cy_span der);
/* true when friendlyName, localKeyId or Java's mark: what has a field of its own. */
bool cy_p12_attr_is_field(cy_oid oid);

#endif
