/*
 * Numbers of suites, schemes and groups, as people write them.
 *
 * Purpose:   "C02F", "0xC02F" and "0xC0,0x2F" are one number.
 * Ownership: none.
 * Errors:    false: it is no such number.
 * Threads:   pure.
 * Source:    the notations of GSKit and System SSL, IANA's tables, and `openssl ciphers -V`.
 */
#ifndef CY_TLS_CODE_H
#define CY_TLS_CODE_H

#include "base/common.h"

bool cy_tls_code_parse(uint16_t *code, const char *text);

#endif
