/*
 * Saved listings of RACDCERT: shared by fmt_racf*.c only.
 *
 * Purpose:   lines out of whatever way the listing was saved (carriage control, EBCDIC, cut lines), and the
 *            certificates and rings that they speak of.
 * Ownership: everything lives in the document's arena.
 * Errors:    memory; input.* for what is no listing.
 * Threads:   one owner.
 * Source:    z/OS Security Server RACF, Command Language Reference: RACDCERT LIST, LISTCHAIN, LISTRING.
 */
#ifndef CY_STORE_FMT_RACF_H
#define CY_STORE_FMT_RACF_H

#include "store/format.h"

/* Text, line by line; blanks at both ends and carriage control are off. */
typedef struct {
  cy_span text;
  size_t at;
  cy_span line;
  bool more;
} cy_racf_lines;

/* EBCDIC is turned into UTF-8; false: it is neither. */
bool cy_racf_text(cy_buf *utf8, cy_span bytes);
cy_racf_lines cy_racf_begin(cy_span text);
/* Goes to the next line that has something in it. */
bool cy_racf_next(cy_racf_lines *lines);
/* The line begins with `word`, in any case; *rest is what follows, without blanks. */
bool cy_racf_key(cy_span line, const char *word, cy_span *rest);
/* A line that begins a list: *owner is ID(USER), CERTAUTH, SITE or MULTIID. */
bool cy_racf_heading(cy_span line, cy_buf *owner, bool *ring);
/* true when it is a listing, and not a text about one. */
bool cy_racf_is_listing(cy_span text);

#endif
