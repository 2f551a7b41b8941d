/* Purpose: UBER stores made by hand: the list of a BKS store (head, entries, end) enciphered as a whole.
 * Ownership: the buffer is the caller's.
 * Errors: a cy_err, as everywhere.
 * Threads: one. */
#ifndef TESTS_UNIT_STORE_UBER_SEAL_H
#define TESTS_UNIT_STORE_UBER_SEAL_H

#include "crypto/twofish.h"
#include "store/fmt_bks.h"

/* `list` begins with the head; digest and padding are added, unless `bare`. */
static inline cy_err *uber_seal(cy_buf *out, cy_span list, const cy_secret *password, bool bare)
{
  CY_AUTO(cy_secret) *key = NULL;
  CY_AUTO(cy_secret) *iv = NULL;
  CY_CLEAN(cy_buf) plain = CY_BUF_STORE;
  cy_parse parse = {0};
  cy_bks_own own = {0};
  cy_digest digest;
  cy_cur cur = cy_cur_begin(&parse, list);
  cy_bks_read_head(&own, &cur);
  size_t head = list.len - cy_cur_left(&cur);
  cy_span content = cy_cur_rest(&cur);
  CY_TRY(cy_parse_check(&parse, "head"));
  cy_buf_span(&plain, content);
  if (!bare) {
    CY_TRY(cy_digest_of(&digest, CY_SHA1, content));
    cy_buf_span(&plain, cy_digest_get(&digest));
    size_t pad = CY_TWOFISH_BLOCK - plain.len % CY_TWOFISH_BLOCK;
    cy_buf_fill(&plain, (uint8_t)pad, pad);
  }
  CY_TRY(cy_buf_check(&plain));
  CY_TRY(cy_pkcs12_kdf(&key, CY_TWOFISH_KEY, 1, CY_SHA1, password, own.salt, own.iterations));
  CY_TRY(cy_pkcs12_kdf(&iv, CY_TWOFISH_BLOCK, 2, CY_SHA1, password, own.salt, own.iterations));
  cy_buf_put(out, list.data, head);
  uint8_t *to = cy_buf_reserve(out, plain.len);
  CY_TRY(cy_buf_check(out));
  CY_TRY(cy_twofish_cbc(true, key->data, iv->data, cy_buf_get(&plain), to));
  out->len += plain.len;
  return NULL;
}

#endif
