#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "base/rights.h"

/* A list of rights, then a passwd file up to a line "--", then a group file. */
static void try_list(cy_span input)
{
  cy_acl_entry entries[CY_ACL_ENTRIES];
  cy_rights rights = {.mode = 0100640, .uid = 1, .gid = 2, .group_perms = 4};
  if (!cy_rights_add_acl(&rights, input, entries) && rights.acl_count)
    abort();
  for (unsigned may = 1; may <= 4; may <<= 1)
    cy_rights_ask(&rights, &cy_who_anybody, may);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_accounts *accounts;
  cy_span all = cy_span_of(data, size);
  const uint8_t *cut = size ? memmem(data, size, "--\n", 3) : NULL;
  size_t at = cut ? (size_t)(cut - data) : size;
  try_list(all);
  cy_err *err = cy_accounts_parse(&accounts, cy_span_of(data, at), cy_span_of(data + at, size - at));
  if (err) {
    cy_err_free(err);
    return 0;
  }
  for (size_t i = 0; i < cy_accounts_count(accounts); i++) {
    const cy_account *a = cy_accounts_at(accounts, i);
    if (!a->gid_count)
      abort();
    for (size_t g = 0; g < a->gid_count; g++)
      if (!cy_accounts_group(accounts, a->gids[g]))
        abort();
  }
  cy_accounts_free(accounts);
  return 0;
}
