#include "tls/elf_needed.h"

enum {
  PT_LOAD = 1,
  PT_DYNAMIC = 2,
  DT_NEEDED = 1,
  DT_STRTAB = 5,
  HEADER = 56,
  ENTRY = 16,
  MAX_ENTRIES = 4096
};

static uint64_t number(cy_span file, uint64_t at, unsigned bytes)
{
  uint64_t v = 0;
  if (at > file.len || file.len - at < bytes)
    return 0;
  for (unsigned i = bytes; i-- > 0;)
    v = v << 8 | file.data[at + i];
  return v;
}

/* The n-th program header of that kind; false: there is none. */
static bool header(cy_span file, uint32_t kind, uint64_t n, uint64_t *at)
{
  uint64_t first = number(file, 32, 8), count = number(file, 56, 2);
  for (uint64_t i = 0; i < count && first < file.len; i++) {
    *at = first + i * HEADER;
    if (number(file, *at, 4) == kind && n-- == 0)
      return true;
  }
  return false;
}

/* Where an address of the running program is in the file; 0: nowhere. */
static uint64_t place_of(cy_span file, uint64_t address)
{
  uint64_t at;
  for (uint64_t n = 0; header(file, PT_LOAD, n, &at); n++) {
    uint64_t offset = number(file, at + 8, 8), start = number(file, at + 16, 8),
             size = number(file, at + 32, 8);
    if (address >= start && address - start < size && offset < file.len)
      return offset + (address - start);
  }
  return 0;
}

static bool begins(cy_span file, uint64_t at, const char *text)
{
  size_t len = strlen(text);
  return at < file.len && file.len - at >= len && memcmp(file.data + at, text, len) == 0;
}

bool cy_elf_needs(cy_span file, const char *library)
{
  uint64_t at;
  if (file.len < 64 ||
      memcmp(file.data,
        "\x7f"
        "ELF\2\1",
        6) != 0 ||
      !header(file, PT_DYNAMIC, 0, &at))
    return false;
  uint64_t dynamic = number(file, at + 8, 8), count = number(file, at + 32, 8) / ENTRY, strings = 0;
  if (count > MAX_ENTRIES || dynamic > file.len)
    return false;
  for (uint64_t i = 0; i < count; i++)
    if (number(file, dynamic + i * ENTRY, 8) == DT_STRTAB)
      strings = place_of(file, number(file, dynamic + i * ENTRY + 8, 8));
  for (uint64_t i = 0; strings && i < count; i++)
    if (number(file, dynamic + i * ENTRY, 8) == DT_NEEDED &&
        begins(file, strings + (number(file, dynamic + i * ENTRY + 8, 8) & 0xffffffff), library))
      return true;
  return false;
}
