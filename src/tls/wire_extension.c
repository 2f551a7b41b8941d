#include "tls/wire_extension.h"

static const struct {
  uint16_t type;
  const char *name;
  bool registered;
} extensions[] = {
#include "tls_extensions.inc"
};

/* The rows are in order of their numbers. */
static size_t place_of(uint16_t type)
{
  size_t low = 0, high = CY_COUNT(extensions);
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (extensions[mid].type == type)
      return mid;
    if (extensions[mid].type < type)
      low = mid + 1;
    else
      high = mid;
  }
  return SIZE_MAX;
}

const char *cy_wire_extension_name(uint16_t type)
{
  size_t at = place_of(type);
  return at == SIZE_MAX ? NULL : extensions[at].name;
}

bool cy_wire_extension_is_registered(uint16_t type)
{
  size_t at = place_of(type);
  return at != SIZE_MAX && extensions[at].registered;
}

static uint16_t first16(cy_span s)
{
  return cy_wire_at16(s, 0);
}

static cy_span without(cy_span s, size_t start)
{
  return cy_span_of(s.data + start, s.len - start);
}

bool cy_wire_next8(cy_span *left, cy_span *item)
{
  if (left->len < 1 || left->len - 1 < left->data[0])
    return false;
  *item = cy_span_of(left->data + 1, left->data[0]);
  *left = without(*left, 1 + item->len);
  return true;
}

bool cy_wire_next16(cy_span *left, cy_span *item)
{
  if (left->len < 2 || left->len - 2 < first16(*left))
    return false;
  *item = cy_span_of(left->data + 2, first16(*left));
  *left = without(*left, 2 + item->len);
  return true;
}

/* Extensions and key shares have the same form. */
static bool next_numbered(cy_span *left, uint16_t *number, cy_span *item)
{
  if (left->len < 4)
    return false;
  cy_span rest = without(*left, 2);
  uint16_t first = first16(*left);
  if (!cy_wire_next16(&rest, item))
    return false;
  *number = first;
  *left = rest;
  return true;
}

bool cy_wire_share_next(cy_span *left, cy_wire_share *share)
{
  return next_numbered(left, &share->group, &share->key);
}

bool cy_wire_extension_next(cy_wire_extensions *left, cy_wire_extension *ext)
{
  return next_numbered(&left->block, &ext->type, &ext->body);
}

bool cy_wire_extension_find(const cy_wire_extensions *exts, uint16_t type, cy_span *body)
{
  cy_wire_extensions left = *exts;
  cy_wire_extension ext;
  while (cy_wire_extension_next(&left, &ext))
    if (ext.type == type) {
      if (body)
        *body = ext.body;
      return true;
    }
  return false;
}

bool cy_wire_has16(cy_span list, uint16_t code)
{
  for (size_t i = 0; i < cy_wire_count16(list); i++)
    if (cy_wire_at16(list, i) == code)
      return true;
  return false;
}
