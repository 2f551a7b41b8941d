/* gnutls: any text is a side, or an error; nothing outside of it is opened. */
#define READER "gnutls"
#include "tests/fuzz/fuzz_tls_reader.h"
