/*
 * Files of our own that people write: sections, keys, comments.
 *
 * Purpose:   read rules and profiles so that every message can name file and line, and write a
 *            changed value back without touching anything else of the file.
 * Ownership: a cy_conf owns a copy of the text; items and spans are borrowed from it until it is
 *            freed or changed.
 * Errors:    conf.malformed with file and line; cy_conf_error makes the caller's own, with the
 *            nearest of the words that would have been right.
 * Threads:   one owner.
 *
 * The form: `[section]`, `[section "name"]`, `key = value`, comments from # or ; at the start of a
 * line, empty lines. Blanks around keys and values do not count; a value may stand in double quotes,
 * which keep its blanks. Keys may come several times and keep their order. No continuation lines.
 */
#ifndef CY_CONF_CONF_H
#define CY_CONF_CONF_H

#include "base/buf.h"

typedef struct {
  cy_span section; /* "" before the first */
  cy_span name;    /* of [section "name"], else empty */
  cy_span key;     /* empty: the line that opens the section */
  cy_span value;   /* without its quotes */
  size_t line;     /* from 1 */
} cy_conf_item;

typedef struct cy_conf cy_conf;

/* `file` is what messages call it. */
cy_err *cy_conf_parse(cy_conf **out, const char *file, cy_span text) CY_MUST_USE;
void cy_conf_free(cy_conf *conf);
CY_AUTO_DEFINE(cy_conf)

/* Section lines and keys in the order of the file: for (i = 0; (item = cy_conf_next(c, &i)); ) */
const cy_conf_item *cy_conf_next(const cy_conf *conf, size_t *iter);
/* The last item with this key in a section of this name (case does not matter), or NULL. */
const cy_conf_item *cy_conf_find(const cy_conf *conf, const char *section, const char *key);
/* Replaces the value of an item, and nothing else; items that were got before are void. */
cy_err *cy_conf_set(cy_conf *conf, const cy_conf_item *item, const char *value) CY_MUST_USE;
/* The text as it is now: byte for byte what was read, but for the values that were set. */
cy_span cy_conf_text(const cy_conf *conf);

/* An error about an item: "FILE:LINE: what"; with `words` (NULL-ended, may be NULL), the nearest of
 * them to `wrong` becomes the advice. */
cy_err *cy_conf_error(const cy_conf *conf, const cy_conf_item *item, const char *what, cy_span wrong,
  const char *const *words) CY_MUST_USE;

#endif
