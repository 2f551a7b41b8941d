/* What an ELF file needs: any bytes are answered, and nobody needs a library without a name twice over. */
#include "tls/elf_needed.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_span file = cy_span_of(data, size);
  if (cy_elf_needs(file, "libgnutls.so.30") && !cy_elf_needs(file, "libgnutls.so"))
    abort();
  return 0;
}
