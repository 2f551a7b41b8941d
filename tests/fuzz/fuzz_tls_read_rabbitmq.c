/* rabbitmq: any text is a side, or an error; nothing outside of it is opened. */
#define READER "rabbitmq"
#include "tests/fuzz/fuzz_tls_reader.h"
