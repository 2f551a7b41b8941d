/* libpq: any text is sides, or an error; nothing outside of it is opened. */
#define READER "libpq"
#include "tests/fuzz/fuzz_tls_reader.h"
