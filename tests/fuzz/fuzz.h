/* Purpose: the one function of a fuzz target, called by replay.c or by libFuzzer.
 * Ownership: data stays the caller's.
 * Errors: returns 0 always; a defect is a crash, a sanitizer's report, an abort or a hang.
 * Threads: one. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
