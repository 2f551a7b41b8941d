/*
 * The parts of the PEM format: shared by fmt_pem*.c only.
 *
 * Purpose:   what is kept of a bundle so that untouched parts are written back byte for byte.
 * Ownership: parts borrow from the image and the document's arena.
 * Errors:    as the format's.
 * Threads:   one owner.
 * Source:    RFC 7468.
 */
#ifndef CY_STORE_FMT_PEM_H
#define CY_STORE_FMT_PEM_H

#include "base/der.h"
#include "store/object.h"

/* One more entry that a part belongs to. */
typedef struct {
  cy_entry *entry;
  size_t next; /* index + 1 of a further one, 0: none */
} cy_pem_use;

/* A block with the text in front of it; the last part is the text at the end. */
typedef struct {
  cy_span before;
  cy_span whole;
  cy_object object;
  cy_span der;
  cy_entry *entry; /* that it belongs to, NULL: kept as it is */
  size_t group;    /* index + 1 of the first part of the same PKCS#7 block, which has its text; 0: none */
  size_t also;     /* index + 1 into uses: a CA certificate may be in the chain of many */
} cy_pem_part;

typedef struct {
  cy_pem_part *parts;
  size_t count;
  size_t cap;
  cy_pem_use *uses;
  size_t use_count;
  size_t use_cap;
  cy_buf clean;     /* what was read, when the file had to be mended first; else empty */
  unsigned changes; /* what was done to it on its way here: CY_PEM_... of base/pem_mend.h */
} cy_pem_own;

/* Makes identities of keys and the certificates that belong to them. */
cy_err *cy_pem_pair(cy_doc *doc, cy_pem_own *own) CY_MUST_USE;
/* Findings about what was done to the text. */
cy_err *cy_pem_check(cy_doc *doc, cy_findings *findings) CY_MUST_USE;
cy_err *cy_pem_serialise(cy_doc *doc, const cy_write_how *how, cy_ask *ask, cy_buf *out) CY_MUST_USE;

#endif
