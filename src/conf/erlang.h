/*
 * Erlang terms in files.
 *
 * Purpose:   configurations that are lists of terms, each ended by a full stop (file:consult), such as
 *            advanced.config, with the line of every part. Nothing is evaluated.
 * Ownership: the terms own all; a term is borrowed until they are freed.
 * Errors:    conf.malformed with file and line for what Erlang would not read, and for more than
 *            CY_MAX_DEPTH levels.
 * Threads:   one owner.
 * Source:    Erlang Reference Manual, "Data Types" and "Expressions"; file:consult/1 (OTP 25).
 */
#ifndef CY_CONF_ERLANG_H
#define CY_CONF_ERLANG_H

#include "base/arena.h"
#include "base/buf.h"

typedef enum {
  CY_ERLANG_ATOM,
  CY_ERLANG_STRING,
  CY_ERLANG_BINARY,
  CY_ERLANG_NUMBER, /* as written; a character ($a) as its code */
  CY_ERLANG_TUPLE,
  CY_ERLANG_LIST,
  CY_ERLANG_MAP, /* key, value, key, value ... */
} cy_erlang_kind;

typedef struct cy_erlang_term cy_erlang_term;
struct cy_erlang_term {
  cy_erlang_kind kind;
  const char *text; /* UTF-8; of a tuple, list or map "" */
  size_t line;
  const cy_erlang_term *first, *next; /* parts, and what stands beside it */
};

typedef struct {
  cy_arena arena;
  const cy_erlang_term *first; /* one after the other by `next` */
} cy_erlang;

/* `file` is what messages call it. */
cy_err *cy_erlang_parse(cy_erlang *out, const char *file, cy_span text) CY_MUST_USE;
void cy_erlang_clear(cy_erlang *terms);
/* {Key, Value} in a list, or Key => Value in a map: the value. Of several the first, as proplists take it;
 * NULL: there is none. A bare atom in a list is {Atom, true}: *bare is that atom, and the value NULL. */
const cy_erlang_term *cy_erlang_get(
  const cy_erlang_term *list, const char *key, const cy_erlang_term **bare);

#endif
