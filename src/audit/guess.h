/*
 * Trying passwords on whatever asks for one.
 *
 * Purpose:   an asker that answers with one password of a list after another.
 * Ownership: the list is borrowed and shared by all workers; a guess belongs to one of them.
 * Errors:    memory.
 * Threads:   the list is constant; a guess has one owner.
 *
 * The work is bounded: a file that makes each try expensive gets fewer of them. Counted in rounds of
 * key derivation and bytes digested, not in time, so that every run gives the same answer.
 */
#ifndef CY_AUDIT_GUESS_H
#define CY_AUDIT_GUESS_H

#include "base/ask.h"

typedef struct {
  const cy_secret *const *given;
  size_t given_count;
  bool common; /* those that everybody tries, too */
} cy_guess_list;

typedef struct {
  cy_ask ask; /* first: this is what stores are given */
  const cy_guess_list *list;
  size_t file_size;
  uint64_t work_begun; /* what this thread had done before the file */
  size_t tried;
  bool cut_short; /* there were more to try, but the work was enough */
} cy_guess;

void cy_guess_begin(cy_guess *guess, const cy_guess_list *list, size_t file_size);

#endif
