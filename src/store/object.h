/*
 * Single objects: one DER value and what it is.
 *
 * Purpose:   tell certificates, requests, CRLs and keys apart by their bytes; what PEM blocks and
 *            DER files are made of.
 * Ownership: spans borrow.
 * Errors:    store.not-recognised; key.*, crypto.* when a key can not be opened.
 * Threads:   pure functions.
 * Source:    RFC 5280, RFC 2986, RFC 5958, RFC 7468 (labels of PEM blocks).
 */
#ifndef CY_STORE_OBJECT_H
#define CY_STORE_OBJECT_H

#include "base/pem.h"
#include "store/format.h"

typedef enum {
  CY_OBJECT_NONE,
  CY_OBJECT_CERT,
  CY_OBJECT_TRUSTED_CERT, /* OpenSSL's certificate with trust settings behind it */
  CY_OBJECT_REQUEST,
  CY_OBJECT_CRL,
  CY_OBJECT_KEY,           /* PKCS#8 or one of the older encodings, in clear */
  CY_OBJECT_ENCRYPTED_KEY, /* EncryptedPrivateKeyInfo */
  CY_OBJECT_LEGACY_KEY,    /* older encoding, encrypted by PEM headers */
  CY_OBJECT_OPENSSH,       /* OpenSSH's own notation of a private key, in clear or sealed */
  CY_OBJECT_PKCS7,         /* several certificates and CRLs */
} cy_object;

/* By structure alone: certain enough to parse it as that. */
cy_object cy_object_detect(cy_span der);
/* By the first bytes of a longer file: a SEQUENCE that holds a SEQUENCE or a small INTEGER. */
bool cy_object_detect_head(cy_span head);
/* By the label and headers of a PEM block; NONE for what is kept but not understood. */
cy_object cy_object_of_block(const cy_pem_block *block);

/* Fills the keybox of a key object. `der` must live as long as the entry; for a key in clear a
 * cy_secret is made of it at once. `dek_info` is the header of an encrypted older one. */
cy_err *cy_object_key(cy_keybox *box, cy_object object, cy_span der, cy_span dek_info) CY_MUST_USE;
/* true when the bytes of such a key are no secret: sealed, or not readable. */
bool cy_object_is_sealed(cy_object object, cy_span der);
/* Notes the public half of a key in clear, in the arena; left empty when it can not be found out. */
cy_err *cy_object_public(cy_arena *arena, cy_keybox *box) CY_MUST_USE;
/* What an entry is written as: key in clear or sealed under its password. */
cy_err *cy_object_put_key(cy_doc *doc, cy_entry *entry, const cy_write_how *how, cy_ask *ask, cy_buf *der,
  const char **pem_label) CY_MUST_USE;

#endif
