#include "tls/code.h"

#include "base/text.h"

static int digit(char c)
{
  c = cy_ascii_lower(c);
  if (c >= '0' && c <= '9')
    return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four digits; "0x" may stand before each pair, a comma between them. */
bool cy_tls_code_parse(uint16_t *code, const char *text)
{
  uint32_t value = 0;
  int digits = 0;
  for (const char *at = text; *at; at++) {
    bool prefix = at[0] == '0' && cy_ascii_lower(at[1]) == 'x' && digits % 2 == 0;
    if (prefix) {
      at++;
      continue;
    }
    if (*at == ',' && digits == 2)
      continue;
    int d = digit(*at);
    if (d < 0 || ++digits > 4)
      return false;
    value = value << 4 | (uint32_t)d;
  }
  *code = (uint16_t)value;
  return digits == 4;
}
