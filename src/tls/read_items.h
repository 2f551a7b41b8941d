/*
 * Settings as words: a key, a value, and where they stand.
 *
 * Purpose:   what readers of simple configurations collect from several places before they know which
 *            one holds.
 * Ownership: the list owns its texts, and wipes them.
 * Errors:    memory.
 * Threads:   one owner.
 * Source:    none.
 */
#ifndef CY_TLS_READ_ITEMS_H
#define CY_TLS_READ_ITEMS_H

#include "tls/reader.h"

typedef struct {
  char *key, *value, *file;
  size_t line;     /* 0: none */
  bool dead;       /* stands where it has no effect */
  const char *why; /* then; a literal, or NULL */
} cy_item;

typedef struct {
  cy_item *items;
  size_t count, cap;
} cy_items;

cy_err *cy_items_add(cy_items *list, cy_span key, cy_span value, const char *file, size_t line) CY_MUST_USE;
/* "KEY value" lines with # comments; a value may stand in double quotes. With `folded`, lines that begin
 * with a blank go on with the one before. `divider` stands between key and value: ' ' for any blanks. */
cy_err *cy_items_lines(cy_items *list, const char *file, cy_span text, char divider, bool folded)
  CY_MUST_USE;
/* The last one with that key that has an effect (letters' case does not matter), or NULL. */
const cy_item *cy_items_find(const cy_items *list, const char *key);
/* Notes an item with the side, as beaten when a later one with its key holds. */
cy_err *cy_items_note(const cy_items *list, const cy_item *item, cy_tls_side *side, cy_tls_field field)
  CY_MUST_USE;
/* tls.setting-unknown, with the nearest of `known` (ended by NULL). */
void cy_items_unknown(cy_tls_side *side, const cy_item *item, const char *const *known);
void cy_items_clear(cy_items *list);

#endif
