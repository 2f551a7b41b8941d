/*
 * Lines of a text, a block at a time.
 *
 * Purpose:   give readers of large configurations one line after the other, from a file of any size or from
 *            memory, without ever holding more than a block.
 * Ownership: a line is borrowed until the next call.
 * Errors:    io.* for the file; conf.no-text for what is no text (NUL bytes) or has a line above
 *            CY_LINE_BYTES. UTF-16 and EBCDIC come out as UTF-8.
 * Threads:   one owner.
 */
#ifndef CY_CONF_LINES_H
#define CY_CONF_LINES_H

#include "base/charset.h"

enum { CY_LINE_BYTES = 64 << 10, CY_LINES_BLOCK = 128 << 10 };

typedef struct {
  char *name; /* what messages call it */
  int fd;     /* -1: from memory */
  cy_buf block;
  cy_span rest; /* of the block, or of the memory */
  bool ended;   /* nothing more comes into the block */
  bool begun;
  size_t line;               /* of the last one handed out, from 1 */
  cy_charset_stream charset; /* what it was in */
  cy_buf raw;                /* of the file, not converted yet */
  cy_span source;            /* of that, or of the memory: what is still to be converted */
} cy_lines;

/* The file is opened now; a pipe or a device is refused. */
cy_err *cy_lines_open(cy_lines *in, const char *path) CY_MUST_USE;
/* Over bytes that stay where they are. */
cy_err *cy_lines_over(cy_lines *in, const char *name, cy_span text) CY_MUST_USE;
/* *more false: the end. The line comes without its line feed and carriage return. */
cy_err *cy_lines_next(cy_lines *in, cy_span *line, bool *more) CY_MUST_USE;
/* At least one byte, when there is any: for readers that do not go by lines. *part is empty at the end. The
 * caller counts lines itself. */
cy_err *cy_lines_part(cy_lines *in, cy_span *part) CY_MUST_USE;
void cy_lines_clear(cy_lines *in);

/* Without blanks at both ends. */
cy_span cy_line_trim(cy_span text);

#endif
