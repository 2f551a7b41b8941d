/* Purpose: reading fixtures, and parts of a certificate, for the tests of this folder.
 * Ownership: buffers belong to the caller.
 * Errors: a fixture that is not there fails the test.
 * Threads: one. */
#ifndef TESTS_UNIT_CRYPTO_READ_H
#define TESTS_UNIT_CRYPTO_READ_H

#include "tests/lib/unit.h"

#include "base/buf.h"
#include "base/der.h"

static inline void read_path(cy_buf *buf, const char *path)
{
  uint8_t block[4096];
  FILE *f = fopen(path, "rb");
  size_t n;
  if (!f)
    fail_msg("no %s", path);
  while ((n = fread(block, 1, sizeof block, f)) > 0)
    cy_buf_put(buf, block, n);
  fclose(f);
}

static inline void read_fixture(cy_buf *buf, const char *folder, const char *file)
{
  char path[4096], name[256];
  snprintf(name, sizeof name, "tests/fixtures/%s/%s", folder, file);
  read_path(buf, test_path(path, sizeof path, name));
}

/* Bytes from hexadecimal digits. */
static inline void put_hex(cy_buf *buf, const char *hex)
{
  unsigned byte;
  for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
    cy_buf_u8(buf, (uint8_t)byte);
}

typedef struct {
  cy_span tbs, algid, signature, spki;
} cert_parts;

static inline cert_parts split_cert(cy_span der)
{
  cert_parts c;
  cy_span version;
  cy_parse parse = {0};
  cy_cur cur = cy_cur_begin(&parse, der);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  c.tbs = cy_der_take_whole(&seq, CY_DER_SEQUENCE);
  c.algid = cy_der_take_whole(&seq, CY_DER_SEQUENCE);
  c.signature = cy_der_bits(&seq, NULL);
  cy_cur tbs = cy_cur_over(&cur, c.tbs);
  tbs = cy_der_enter(&tbs, CY_DER_SEQUENCE);
  cy_der_take_if(&tbs, CY_DER_CONTEXT_CONSTRUCTED(0), &version);
  cy_der_take(&tbs, CY_DER_INTEGER);
  for (int i = 0; i < 4; i++)
    cy_der_take(&tbs, CY_DER_SEQUENCE);
  c.spki = cy_der_take_whole(&tbs, CY_DER_SEQUENCE);
  assert_null(parse.reason);
  return c;
}

static inline void assert_fine(cy_err *err)
{
  for (const cy_err *e = err; e; e = cy_err_cause(e))
    print_error("%s\n", cy_err_text(e));
  assert_null(err);
}

/* Takes err, which must have this code somewhere in its chain. */
static inline void assert_code(cy_err *err, cy_err_code code)
{
  assert_non_null(err);
  if (!cy_err_is(err, code))
    print_error("%s, not %s: %s\n", cy_err_info_get(cy_err_code_get(err))->id, cy_err_info_get(code)->id,
      cy_err_text(err));
  assert_true(cy_err_is(err, code));
  assert_true(strlen(cy_err_fix(err)) > 0);
  cy_err_free(err);
}

#endif
