/* Which of two records wins: the channel's name, then the kind, then who is meant, then the address. */
#include "identity/chlauth_internal.h"

static int compare_filters(const cy_dn_filter *a, const cy_dn_filter *b)
{
  if (!a || !b)
    return a ? -1 : b ? 1 : 0;
  return cy_dn_filter_compare(a, b);
}

static int compare_addresses(const cy_chlauth_record *a, const cy_chlauth_record *b)
{
  if (!a->address || !b->address)
    return a->address ? -1 : b->address ? 1 : 0;
  return cy_address_pattern_compare(&a->pattern, a->address, &b->pattern, b->address);
}

int cy_chlauth_compare(const cy_chlauth_record *a, const cy_chlauth_record *b)
{
  int order = cy_generic_compare(a->profile, b->profile);
  if (!order)
    order = (int)a->type - (int)b->type;
  if (!order)
    order = compare_filters(a->peer_filter, b->peer_filter);
  if (!order)
    order = compare_filters(a->issuer_filter, b->issuer_filter);
  if (!order && a->type == CY_CHLAUTH_QMGRMAP)
    order = cy_generic_compare(a->who ? a->who : "*", b->who ? b->who : "*");
  return order ? order : compare_addresses(a, b);
}
