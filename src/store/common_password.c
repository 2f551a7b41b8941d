#include "store/common_password.h"

const char *const cy_common_passwords[] = {
  "",
#include "common_passwords.inc"
};
const size_t cy_common_password_count = CY_COUNT(cy_common_passwords);

const char *cy_common_password_find(cy_span password)
{
  for (size_t i = 0; i < cy_common_password_count; i++)
    if (cy_span_equal(password, cy_span_str(cy_common_passwords[i])))
      return cy_common_passwords[i];
  return NULL;
}
