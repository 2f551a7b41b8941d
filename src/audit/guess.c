#include "audit/guess.h"

#include "crypto/pbe.h"
#include "store/common_password.h"

/* Some seconds of one CPU for each file at most: rounds of key derivation, and bytes that are digested
 * anew for each try (Java keystores). The first try is always made. */
enum { ROUNDS_MAX = 4000000, BYTES_MAX = 1 << 30 };

static bool enough(const cy_guess *guess)
{
  return guess->tried &&
         (cy_pbe_work() - guess->work_begun >= ROUNDS_MAX || guess->tried * guess->file_size >= BYTES_MAX);
}

static cy_err *guess_ask(cy_ask *ask, const cy_ask_want *want, cy_secret **answer)
{
  cy_guess *self = (cy_guess *)ask;
  const cy_guess_list *list = self->list;
  *answer = NULL;
  if (want->stash && want->attempt == 0)
    return cy_secret_copy(answer, cy_secret_get(want->stash));
  size_t at = want->attempt - (want->stash != NULL), common = at - list->given_count;
  bool given = at < list->given_count;
  if (want->kind == CY_ASK_PIN || want->kind == CY_ASK_NEW_STORE || want->kind == CY_ASK_NEW_KEY)
    return NULL;
  if (!given && (!list->common || common >= cy_common_password_count))
    return NULL;
  if (enough(self)) {
    self->cut_short = true;
    return NULL;
  }
  self->tried++;
  return cy_secret_copy(
    answer, given ? cy_secret_get(list->given[at]) : cy_span_str(cy_common_passwords[common]));
}

void cy_guess_begin(cy_guess *guess, const cy_guess_list *list, size_t file_size)
{
  size_t all = list->given_count + (list->common ? cy_common_password_count : 0);
  *guess = (cy_guess){.ask = {guess_ask, (unsigned)all + 2},
    .list = list,
    .file_size = file_size,
    .work_begun = cy_pbe_work()};
}
