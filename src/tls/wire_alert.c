#include "tls/wire_alert.h"

#include "base/text.h"

const cy_wire_alert cy_wire_alerts[] = {
#include "tls_alerts.inc"
};
const size_t cy_wire_alert_count = CY_COUNT(cy_wire_alerts);

const cy_wire_alert *cy_wire_alert_get(uint8_t number)
{
  for (size_t i = 0; i < cy_wire_alert_count; i++)
    if (cy_wire_alerts[i].number == number)
      return &cy_wire_alerts[i];
  return NULL;
}

static char plain(char c)
{
  return c == '_' ? ' ' : cy_ascii_lower(c);
}

static bool is_named(const char *name, const char *known)
{
  if (!known)
    return false;
  while (*name && plain(*name) == plain(*known)) {
    name++;
    known++;
  }
  return !*name && !*known;
}

/* SIZE_MAX: not a number. */
static size_t number_of(const char *text)
{
  size_t n = 0, digits = 0;
  for (; text[digits] >= '0' && text[digits] <= '9' && digits < 4; digits++)
    n = 10 * n + (size_t)(text[digits] - '0');
  return digits == 0 || text[digits] ? SIZE_MAX : n;
}

const cy_wire_alert *cy_wire_alert_find(const char *name)
{
  size_t number = number_of(name);
  if (number != SIZE_MAX)
    return number <= UINT8_MAX ? cy_wire_alert_get((uint8_t)number) : NULL;
  for (size_t i = 0; i < cy_wire_alert_count; i++) {
    const cy_wire_alert *a = &cy_wire_alerts[i];
    if (is_named(name, a->name) || is_named(name, a->openssl) || is_named(name, a->reason))
      return a;
  }
  return NULL;
}

const char *cy_wire_alert_level_name(uint8_t level)
{
  return level == CY_ALERT_WARNING ? "warning" : level == CY_ALERT_FATAL ? "fatal" : NULL;
}
