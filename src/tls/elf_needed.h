/*
 * Which libraries an ELF file needs.
 *
 * Purpose:   see what libldap was linked with, without running anything.
 * Ownership: nothing is kept.
 * Errors:    none: a file that is no such ELF needs nothing.
 * Threads:   pure.
 * Source:    System V ABI, dynamic section (DT_NEEDED, DT_STRTAB).
 */
#ifndef CY_TLS_ELF_NEEDED_H
#define CY_TLS_ELF_NEEDED_H

#include "base/common.h"

/* Whether a 64-bit little-endian ELF names a library that begins so ("libgnutls.so") as needed. */
bool cy_elf_needs(cy_span file, const char *library);

#endif
