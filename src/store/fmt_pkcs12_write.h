/*
 * Writing PKCS#12: what the plan and the writer share (fmt_pkcs12_plan.c, fmt_pkcs12_write.c).
 *
 * Purpose:   what becomes of each bag, what is added and where, under which password.
 * Ownership: cy_p12_writer owns its lists, maps and arena (cy_p12_writer_clear).
 * Errors:    system.no-memory; key.* and crypto.* when an identifier needs a key opened.
 * Threads:   one owner.
 * Source:    RFC 7292.
 */
#ifndef CY_STORE_FMT_PKCS12_WRITE_H
#define CY_STORE_FMT_PKCS12_WRITE_H

#include "store/fmt_pkcs12.h"

/* A bag that is not in the file yet. */
typedef struct {
  cy_entry *entry;
  cy_p12_kind kind;
  size_t cert; /* which of the entry's; 0 is the leaf */
} cy_p12_addition;

typedef struct {
  cy_doc *doc;
  cy_p12 *p12;
  const cy_write_how *how;
  cy_ask *ask;
  const cy_secret *password; /* what is sealed is sealed under this; NULL: absent */
  bool has_password;
  cy_pbe_choice choice;
  bool is_new;
  bool reseal; /* all of it: the password is another */
  cy_arena arena;
  cy_span *ids; /* localKeyId of the entry at that place in the document */
  cy_map used_ids;
  cy_map certs; /* DER of those that the file will have */
  unsigned serial;
  cy_p12_addition *adds;
  size_t add_count, add_cap;
  size_t certs_safe, keys_safe; /* which safes take what is added; CY_P12_NONE: a new one */
} cy_p12_writer;

void cy_p12_writer_clear(cy_p12_writer *w);
/* Decides what becomes of every bag and what is added. */
cy_err *cy_p12_plan(cy_p12_writer *w) CY_MUST_USE;
/* Additions that go to the key safe (or not) are there. */
bool cy_p12_adds(const cy_p12_writer *w, bool keys);

/* A key that stays: as it was, or under the new password when all is sealed anew. */
cy_err *cy_p12_reseal(cy_p12_writer *w, cy_span old, cy_buf *sealed) CY_MUST_USE;
/* The value of a secret's bag: as it was (sealed anew where that is wanted), and as an entry is to be. */
cy_err *cy_p12_old_secret(cy_p12_writer *w, cy_span old, cy_buf *value) CY_MUST_USE;
cy_err *cy_p12_put_secret(cy_p12_writer *w, const cy_p12_bag *bag, cy_entry *entry, cy_buf *value)
  CY_MUST_USE;

#endif
