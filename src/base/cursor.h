/*
 * Bounded reading: cursors that read like the specification.
 *
 * Purpose:   every parser reads through a cy_cur. A read beyond the end, a wrong tag or a
 *            failed expectation is remembered in the cy_parse that all cursors of one parse
 *            share; from then on every read gives zeros and empty spans, so a parser is written
 *            as a straight line and asks once, with cy_parse_check. Loops over a failed cursor
 *            end, since a failed parse leaves nothing (cy_cur_more is false).
 * Ownership: cursors borrow the bytes; spans read from them live as long as those.
 * Errors:    cy_parse_check: CY_E_MALFORMED (or the caller's code) with offset and reason.
 * Threads:   one owner.
 */
#ifndef CY_BASE_CURSOR_H
#define CY_BASE_CURSOR_H

#include "base/err.h"

typedef struct {
  const uint8_t *base; /* start of the input, for offsets */
  const char *reason;  /* first failure, NULL while all is well; a literal */
  size_t offset;       /* where that was */
  unsigned depth;      /* of nested constructed values */
  bool lenient;        /* accept lengths that BER allows and DER does not */
  bool not_der;        /* set when such a length was met */
} cy_parse;

typedef struct {
  const uint8_t *p;
  const uint8_t *end;
  cy_parse *parse;
} cy_cur;

/* Starts a parse over `input`. */
cy_cur cy_cur_begin(cy_parse *parse, cy_span input);
/* A cursor over a part of the same input. */
cy_cur cy_cur_over(const cy_cur *parent, cy_span part);

/* Notes a failure at the cursor's place, if none was noted before. */
void cy_cur_fail(cy_cur *cur, const char *reason);
static inline bool cy_cur_ok(const cy_cur *cur)
{
  return !cur->parse->reason;
}
static inline size_t cy_cur_left(const cy_cur *cur)
{
  return cur->parse->reason ? 0 : (size_t)(cur->end - cur->p);
}
static inline bool cy_cur_more(const cy_cur *cur)
{
  return cy_cur_left(cur) > 0;
}
static inline size_t cy_cur_offset(const cy_cur *cur)
{
  return (size_t)(cur->p - cur->parse->base);
}

cy_span cy_cur_take(cy_cur *cur, size_t len);
cy_span cy_cur_rest(cy_cur *cur);
uint8_t cy_cur_u8(cy_cur *cur);
uint16_t cy_cur_u16(cy_cur *cur); /* big-endian */
uint32_t cy_cur_u32(cy_cur *cur);
uint64_t cy_cur_u64(cy_cur *cur);
/* Fails unless everything was read. */
void cy_cur_end(cy_cur *cur);

/* NULL when nothing failed, else an error that names `what` was being read. */
cy_err *cy_parse_check(const cy_parse *parse, const char *what) CY_MUST_USE;
cy_err *cy_parse_check_as(const cy_parse *parse, cy_err_code code, const char *what) CY_MUST_USE;

#endif
