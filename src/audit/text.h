/*
 * Texts around stores: what scripts, configurations and traces give away or refer to.
 *
 * Purpose:   find, in one pass over a text, passwords and PINs that stand in it, files of keys and
 *            certificates that it names, and traces of secrets (traps A02, A08, A18, A19, A21).
 * Ownership: hits borrow from the text. Nothing is kept.
 * Errors:    none: bytes that make no sense are no hits.
 * Threads:   a finder is constant once made and may be shared.
 * Source:    the manuals of the products that text_words.def names.
 *
 * A filter that looks at every third byte or so finds the few places where one of the words can be;
 * only there the word around is looked up (text_filter.c). Variables and placeholders are no secrets.
 */
#ifndef CY_AUDIT_TEXT_H
#define CY_AUDIT_TEXT_H

#include "base/err.h"
#include "base/map.h"

/* What a word is followed by. */
typedef enum {
  CY_TEXT_PASSWORD,
  CY_TEXT_PIN,
  CY_TEXT_SO_PIN,
  CY_TEXT_PASSWORD_FILE, /* a file whose first line is the password */
  CY_TEXT_CERT,          /* files of PEM or DER */
  CY_TEXT_KEY,
  CY_TEXT_TRUST,
  CY_TEXT_TRUST_FOLDER,
  CY_TEXT_STORE,       /* a keystore with its suffix */
  CY_TEXT_TRUST_STORE, /* a Java trust store */
  CY_TEXT_STEM,        /* a key repository, named without .kdb, or with it */
  CY_TEXT_AMS_STEM,    /* keystore.conf: without its suffix, always */
  CY_TEXT_LABEL,
  CY_TEXT_TRACE, /* the value is what can be read from it */
} cy_text_role;

enum {
  CY_TEXT_OPTION = 1 << 0,    /* a command's option, the value is the next word */
  CY_TEXT_TOOL = 1 << 1,      /* the word is a command; `needs` are its short options */
  CY_TEXT_DIRECTIVE = 1 << 2, /* blanks between word and value, a semicolon may end it */
  CY_TEXT_ASSIGNED = 1 << 3,  /* = or : between them */
  CY_TEXT_PARENS = 1 << 4,    /* MQSC: WORD(VALUE) */
  CY_TEXT_ATTRIBUTE = 1 << 5, /* XML: word="value"; `needs` are the elements, blank-separated, or "" */
  CY_TEXT_ANYWHERE = 1 << 6,  /* not only at the start of a line */
  CY_TEXT_TAIL = 1 << 7,      /* further names may stand before it, divided by dots */
  CY_TEXT_PREFIXED = 1 << 8,  /* the value starts with pass: (openssl) */
};

typedef struct {
  const char *word; /* lower case */
  const char *product;
  cy_text_role role;
  unsigned flags;
  const char *needs; /* OPTION: commands of which one stands before it; see above for others */
} cy_text_rule;

typedef struct {
  const cy_text_rule *rule;
  size_t line;   /* from 1 */
  cy_span word;  /* as it stands there */
  cy_span value; /* the secret, path or label; of a trace, where it starts */
  bool quoted;
  bool obscured; /* {xor}: anybody can undo it */
  cy_span from;  /* the logical line, or element, that it stands in */
} cy_text_hit;

/* What kind of text it is, by its name and first bytes. 0: one for readers, in which only traces are looked
 * for. */
enum {
  CY_TEXT_IS_SCRIPT = 1 << 0,
  CY_TEXT_IS_XML = 1 << 1,
  CY_TEXT_IS_CONF = 1 << 2,
  CY_TEXT_IS_MQSC = 1 << 3,
  CY_TEXT_IS_SOURCE = 1 << 4, /* of programs: nothing is looked for */
};
unsigned cy_text_kind(const char *name, cy_span head);
/* No NUL and hardly a control character in its first kilobyte. */
bool cy_text_looks_like(cy_span head);

enum { CY_TEXT_BUCKETS = 1 << 10, CY_TEXT_ANCHORS = 240 };

/* Looks for several words at once. */
typedef struct {
  const char *const *anchors;
  size_t window;                  /* no anchor is shorter */
  uint8_t shift[CY_TEXT_BUCKETS]; /* how far it may jump */
  uint8_t first[CY_TEXT_BUCKETS]; /* the anchors whose window ends in these two letters: 1 + index */
  uint8_t next[CY_TEXT_ANCHORS];
} cy_text_filter;

typedef struct {
  cy_map words; /* word to rule */
  cy_text_filter all;
  cy_text_filter traces;
} cy_text_finder;

cy_err *cy_text_finder_init(cy_text_finder *finder) CY_MUST_USE;
void cy_text_finder_clear(cy_text_finder *finder);

typedef void cy_text_visit(void *arg, const cy_text_hit *hit);
void cy_text_find(
  const cy_text_finder *finder, cy_span text, unsigned kind, cy_text_visit *visit, void *arg);

/* The parts. */

extern const cy_text_rule cy_text_rules[];
extern const size_t cy_text_rule_count;
extern const char *const cy_text_anchors[]; /* those of traces first */
extern const size_t cy_text_anchor_count;
extern const size_t cy_text_trace_anchor_count;

void cy_text_filter_init(cy_text_filter *filter, const char *const *anchors, size_t count);
/* The next place at or behind `from` where an anchor stands, and its length; SIZE_MAX at the end. */
size_t cy_text_filter_next(const cy_text_filter *filter, cy_span text, size_t from, size_t *len);
/* Whether this anchor stands at a place. */
bool cy_text_filter_stands(const char *anchor, cy_span text, size_t at);
/* A value that stands for itself: no variable, no placeholder, nothing sealed. */
bool cy_text_is_secret(cy_span value);
/* Whether a trace of secrets begins at this place (the start of a line's text). */
bool cy_text_is_trace(cy_span rest, const cy_text_rule *rule);

#endif
