/*
 * Readers: what the files of the core share.
 *
 * Purpose:   reader.c (the table and addresses), reader_folder.c, reader_file.c, reader_store.c.
 * Ownership: as in tls/reader.h.
 * Errors:    as in tls/reader.h.
 * Threads:   one owner.
 * Source:    none.
 */
#ifndef CY_TLS_READER_INTERNAL_H
#define CY_TLS_READER_INTERNAL_H

#include "store/place.h"
#include "tls/reader.h"

extern const cy_tls_reader cy_tls_reader_store;

/* The first part of a file, for recognising. */
cy_err *cy_tls_read_head(cy_buf *head, const char *path) CY_MUST_USE;
/* A file with a reader (NULL: the one that is most sure). */
cy_err *cy_tls_read_file(cy_tls_reading *reading, const cy_tls_reader *reader, const char *path)
  CY_MUST_USE;
/* All that a folder holds; with `only`, what that reader is sure of. */
cy_err *cy_tls_read_folder(cy_tls_reading *reading, const char *path, const cy_tls_reader *only)
  CY_MUST_USE;
/* Files that were read, or are being read: by their one spelling. */
cy_err *cy_tls_read_begin(cy_tls_reading *reading, const char *path) CY_MUST_USE;
void cy_tls_read_end(cy_tls_reading *reading, const char *path);
bool cy_tls_read_was_seen(const cy_tls_reading *reading, const char *path);
cy_err *cy_tls_read_no_dialect(const char *id) CY_MUST_USE CY_NEVER_NULL;

/* What an identity or trust is made of (reader_store.c). */
typedef struct cy_tls_store cy_tls_store;
/* The store at a path that can be opened, or why it can not (store->trouble). */
cy_err *cy_tls_store_open(cy_tls_reading *reading, const char *path, cy_tls_store **store) CY_MUST_USE;
cy_place *cy_tls_store_place(cy_tls_store *store); /* NULL: it could not be opened */
/* Takes the place: of an address that is opened already. */
cy_err *cy_tls_store_adopt(cy_tls_reading *reading, const char *path, cy_place *place, cy_tls_store **store)
  CY_MUST_USE;
/* The certificates of a store that are trusted, once for all sides. */
cy_err *cy_tls_store_trust(cy_tls_store *store, cy_tls_trust **trust) CY_MUST_USE;
/* Adds to the trust that a side has. */
cy_err *cy_tls_side_join_trust(cy_tls_side *side, cy_tls_trust *trust) CY_MUST_USE;
/* One entry as an identity, once for all sides; borrowed. */
cy_err *cy_tls_store_identity(
  cy_tls_reading *reading, cy_tls_store *store, cy_entry *entry, cy_tls_identity **identity) CY_MUST_USE;

#endif
