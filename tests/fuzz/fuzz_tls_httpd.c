#include "tests/fuzz/fuzz_tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  return fuzz_tls("httpd", "/nonexistent/httpd.conf", data, size);
}
