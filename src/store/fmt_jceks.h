/*
 * JCEKS: secret keys (fmt_jceks.c, fmt_jceks_secret.c).
 *
 * Purpose:   what Java's JCEKS stores have beside JKS's keys and certificates: secret keys, each a sealed
 *            object in Java's own stream format.
 * Ownership: spans borrow the store's bytes.
 * Errors:    store.cannot-hold when the object is of a class that does not belong there, which is named;
 *            crypto.wrong-password, key.malformed, crypto.unsupported.
 * Threads:   one owner.
 * Source:    OpenJDK's com.sun.crypto.provider: JceKeyStore, KeyProtector; javax.crypto.SealedObject,
 *            javax.crypto.spec.SecretKeySpec, java.security.KeyRep (their serialised forms).
 */
#ifndef CY_STORE_FMT_JCEKS_H
#define CY_STORE_FMT_JCEKS_H

#include "store/fmt_jks.h"

enum { CY_JCEKS_ITERATIONS = 200000 };

extern const cy_keybox_ops cy_jceks_secret_ops;
cy_err *cy_jceks_read_secret(cy_doc *doc, cy_entry *entry, cy_cur *cur) CY_MUST_USE;
cy_err *cy_jceks_seal_secret(
  cy_buf *sealed, cy_span pkcs8, const cy_secret *password, const cy_write_how *how) CY_MUST_USE;
/* JCEKS's own scheme with as many iterations as Java does, unless the caller chose that scheme. */
cy_pbe_choice cy_jceks_choice(const cy_write_how *how);
/* The class of an entry's object when that is none of a sealed key; else empty. Spans borrow. */
cy_err *cy_jceks_foreign_class(const cy_entry *entry, cy_span *name) CY_MUST_USE;
/* How a secret key of the store is sealed. */
cy_err *cy_jceks_secret_info(cy_pbe_info *info, cy_span stream) CY_MUST_USE;

#endif
