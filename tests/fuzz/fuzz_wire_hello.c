/* Hellos: what was taken for right must be walked to its end, and count what it says. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "tls/wire_hello.h"

static void walk_extensions(const cy_wire_extensions *exts)
{
  cy_wire_extensions left = *exts;
  cy_wire_extension ext;
  size_t count = 0;
  while (cy_wire_extension_next(&left, &ext))
    count++;
  if (count != exts->count || left.block.len)
    abort();
}

static void walk_client(const cy_wire_client_hello *c)
{
  cy_wire_share share;
  cy_span left = c->shares, item;
  size_t shares = 0;
  walk_extensions(&c->extensions);
  while (cy_wire_share_next(&left, &share))
    shares++;
  if (shares != c->share_count || left.len)
    abort();
  for (left = c->protocols; cy_wire_next8(&left, &item);)
    if (item.len == 0)
      abort();
  if (left.len)
    abort();
  for (left = c->authorities; cy_wire_next16(&left, &item);)
    ;
  if (left.len)
    abort();
  for (size_t i = 0; i < cy_wire_suite_count(c); i++)
    cy_wire_suite_at(c, i);
  cy_wire_highest_version(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_span body = cy_span_of(data, size);
  cy_wire_client_hello c;
  cy_wire_server_hello s;
  cy_wire_answers a;
  cy_err *err = cy_wire_client_hello_parse(&c, body);
  if (!err)
    walk_client(&c);
  cy_err_free(err);
  err = cy_wire_client_hello_parse_ssl2(&c, body);
  if (!err)
    walk_client(&c);
  cy_err_free(err);
  err = cy_wire_server_hello_parse(&s, body);
  if (!err)
    walk_extensions(&s.answers.extensions);
  cy_err_free(err);
  err = cy_wire_encrypted_extensions_parse(&a, body);
  if (!err)
    walk_extensions(&a.extensions);
  cy_err_free(err);
  return 0;
}
