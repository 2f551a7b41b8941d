/*
 * Asking for passwords.
 *
 * Purpose:   only a format knows which passwords it needs, only the caller knows where they come
 *            from: a format calls cy_ask_for with what it wants.
 * Ownership: the answer belongs to whoever asked; NULL means "none was given", which is not the
 *            same as the empty password.
 * Errors:    the caller's (a file that can not be read, an interrupted prompt).
 * Threads:   as the implementation says; the pool's workers get askers of their own.
 */
#ifndef CY_BASE_ASK_H
#define CY_BASE_ASK_H

#include "base/secret.h"

typedef enum {
  CY_ASK_STORE,     /* the password that opens a store */
  CY_ASK_KEY,       /* the password of one key in it */
  CY_ASK_STASH,     /* of a stash that protects another password */
  CY_ASK_PIN,       /* of a token */
  CY_ASK_NEW_STORE, /* for a store that is to be written */
  CY_ASK_NEW_KEY,   /* for a key that is to be written */
} cy_ask_kind;

typedef struct {
  cy_ask_kind kind;
  const char *place;      /* the address of the store, for a prompt; may be NULL */
  const char *label;      /* the entry, or NULL */
  unsigned attempt;       /* 0 first; the answers of earlier attempts were wrong */
  const cy_secret *stash; /* what a stash beside the store says: answers when nothing was given, before
                             anybody is bothered; NULL: there is none */
} cy_ask_want;

typedef struct cy_ask cy_ask;
struct cy_ask {
  /* Sets *answer to NULL when there is none (or no further one). */
  cy_err *(*ask)(cy_ask *self, const cy_ask_want *want, cy_secret **answer);
  unsigned attempts; /* how often it may be asked for one thing; 0: three times */
};

static inline unsigned cy_ask_attempts(const cy_ask *ask)
{
  return ask && ask->attempts ? ask->attempts : 3;
}

/* Asks; a NULL asker has only the stash. */
static inline CY_MUST_USE cy_err *cy_ask_for(cy_ask *ask, const cy_ask_want *want, cy_secret **answer)
{
  *answer = NULL;
  if (ask)
    return ask->ask(ask, want, answer);
  return want->stash && want->attempt == 0 ? cy_secret_copy(answer, cy_secret_get(want->stash)) : NULL;
}

#endif
