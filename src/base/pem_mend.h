/*
 * PEM as it arrives: after mail, web pages, word processors, editors and transfers.
 *
 * Purpose:   recognise text that was PEM before something changed it, and make PEM of it again where that
 *            can be done in one way only. What was done to it is told, so that a finding can say it.
 * Ownership: the clean text is appended to the caller's buffer, which should wipe (keys in clear).
 * Errors:    memory and the ceiling only. What can not be mended is copied as it is: reading it as PEM
 *            says what is wrong.
 * Threads:   pure functions.
 * Source:    RFC 7468 section 2 (what parsers may be lenient about), Unicode 15 (dashes), code page 1047.
 */
#ifndef CY_BASE_PEM_MEND_H
#define CY_BASE_PEM_MEND_H

#include "base/buf.h"

enum {
  CY_PEM_UTF16 = 1 << 0,       /* each character in two bytes, as Windows saves "Unicode" */
  CY_PEM_EBCDIC = 1 << 1,      /* a z/OS text that was sent as binary */
  CY_PEM_MARK = 1 << 2,        /* a byte order mark in front of UTF-8 */
  CY_PEM_CR = 1 << 3,          /* lines end in CR alone */
  CY_PEM_DASHES = 1 << 4,      /* typographic dashes, or too few or too many */
  CY_PEM_INDENTED = 1 << 5,    /* blanks in front of BEGIN */
  CY_PEM_QUOTED = 1 << 6,      /* ">" in front of the lines, as mail quotes */
  CY_PEM_ESCAPED = 1 << 7,     /* \n in two characters where lines should end */
  CY_PEM_JOINED = 1 << 8,      /* marks and body in one line */
  CY_PEM_EMPTY_LINES = 1 << 9, /* between the lines of a body */
  CY_PEM_EMBEDDED = 1 << 10, /* inside of another text (YAML, JSON, mail), which is no place to write to */
};

/* Notes in *changes what was found. *mended: `clean` has the text to read instead; otherwise the text can
 * be read as it is, whatever was found. */
cy_err *cy_pem_mend(cy_buf *clean, unsigned *changes, bool *mended, cy_span text) CY_MUST_USE;

/* What the first 64 KB are: cheap enough for every file of a machine. */
typedef enum {
  CY_PEM_HEAD_NONE,
  CY_PEM_HEAD_PLAIN,    /* a line begins as a BEGIN line does */
  CY_PEM_HEAD_ALTERED,  /* the text begins with one that was changed on its way */
  CY_PEM_HEAD_EMBEDDED, /* a private key in a text that begins as JSON or is called YAML or JSON */
} cy_pem_head_kind;
cy_pem_head_kind cy_pem_head(cy_span head, const char *name);
/* true when the first line that is not empty is a BEGIN line, changed or not. */
bool cy_pem_head_first(cy_span head);

#endif
