#include "tls/group.h"

#include "tls/code.h"

const cy_tls_group cy_tls_groups[] = {
#include "tls_groups.inc"
};
const size_t cy_tls_group_count = CY_COUNT(cy_tls_groups);

const cy_tls_group *cy_tls_group_get(uint16_t code)
{
  for (size_t i = 0; i < cy_tls_group_count; i++)
    if (cy_tls_groups[i].code == code)
      return &cy_tls_groups[i];
  return NULL;
}

const char *cy_tls_group_kind_name(cy_tls_group_kind kind)
{
  static const char *const names[] = {"EC", "FFDHE", "ML-KEM"};
  return names[kind];
}

/* X9.62's names for NIST's curves. */
static const char *sec_name(const char *name)
{
  static const char *const pairs[][2] = {{"prime256v1", "secp256r1"}, {"prime192v1", "secp192r1"}};
  for (size_t i = 0; i < CY_COUNT(pairs); i++)
    if (cy_notation_has(pairs[i][0], name))
      return pairs[i][1];
  return name;
}

const cy_tls_group *cy_tls_group_find(const char *name)
{
  uint16_t code;
  if (cy_tls_code_parse(&code, name))
    return cy_tls_group_get(code);
  name = sec_name(name);
  for (size_t i = 0; i < cy_tls_group_count; i++)
    for (int n = 0; n < CY_NOTATION_GSKIT; n++)
      if (cy_notation_has(cy_tls_groups[i].names[n], name))
        return &cy_tls_groups[i];
  return NULL;
}

bool cy_tls_group_is_good(const cy_tls_group *group, const char **why)
{
  if (group->kind == CY_GROUP_EC && group->strength < 128) {
    *why = group->strength < 112 ? "too short" : "shorter than 128 bits of strength";
    return false;
  }
  if (group->kind == CY_GROUP_FFDHE && group->strength < 112) {
    *why = "about 103 bits of strength (RFC 7919): from ffdhe3072 on it is better";
    return false;
  }
  *why = group->max < CY_TLS13 ? "TLS 1.3 has dropped it" : "";
  return true;
}
