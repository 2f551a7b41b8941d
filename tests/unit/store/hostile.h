/* Purpose: stores that are cut, changed, or claim what is not there: the same for every byte format.
 * Ownership: the bytes are the caller's and are as they were when a function returns.
 * Errors: asserts.
 * Threads: one. */
#ifndef TESTS_UNIT_STORE_HOSTILE_H
#define TESTS_UNIT_STORE_HOSTILE_H

#include "tests/unit/store/doc_util.h"

#include "store/codes.h"

/* Reads bytes with a password (NULL: none) and looks at all that there is. */
typedef cy_err *hostile_try(cy_span bytes, const char *password);

/* Everything that may be looked at in a store that was read. */
static inline void look_at_all(cy_doc *doc)
{
  CY_CLEAN(cy_findings) list = {0};
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  for (size_t i = 0; i < doc->entry_count; i++) {
    cy_entry *entry = doc->entries[i];
    const cy_cert *cert;
    const cy_secret *pkcs8;
    for (size_t k = 0; k < entry->cert_count; k++)
      cy_err_free(cy_entry_cert(entry, k, &cert));
    if (entry->key.ops)
      cy_err_free(cy_doc_key(doc, entry, NULL, &pkcs8));
    cy_err_free(cy_entry_name(entry, &name));
  }
  fine(doc->format->check(doc, &list));
}

/* Cut anywhere it is damaged, with the password and without, and so it is with an octet more. */
static inline void cut_anywhere(cy_buf *bytes, hostile_try *try, const char *password)
{
  for (size_t len = 0; len < bytes->len; len++) {
    fails_with(try(cy_span_of(bytes->data, len), NULL), CY_E_STORE_DAMAGED);
    fails_with(try(cy_span_of(bytes->data, len), password), CY_E_STORE_DAMAGED);
  }
  fine(try(cy_buf_get(bytes), password));
  cy_buf_u8(bytes, 0);
  fails_with(try(cy_buf_get(bytes), password), CY_E_STORE_DAMAGED);
  bytes->len--;
}

/* Whether a bit flipped at this octet may have this error, other than damage. `arg`: of the caller. */
typedef bool hostile_may(const cy_err *err, size_t at, void *arg);

/* Every `step`th bit flipped is an error, and damage but where `may` says otherwise. How often it was
 * damage. */
static inline size_t flip_bits(
  cy_buf *bytes, size_t step, hostile_try *try, const char *password, hostile_may *may, void *arg)
{
  size_t damaged = 0;
  for (size_t bit = 0; bit < bytes->len * 8; bit += step) {
    size_t at = bit / 8;
    bytes->data[at] ^= (uint8_t)(1 << bit % 8);
    CY_AUTO(cy_err) *err = try(cy_buf_get(bytes), password);
    bytes->data[at] ^= (uint8_t)(1 << bit % 8);
    if (!err)
      fail_msg("bit %zu of byte %zu does not matter", bit % 8, at);
    bool damage = cy_err_is(err, CY_E_STORE_DAMAGED);
    damaged += damage;
    if (!damage && !may(err, at, arg))
      fail_msg("byte %zu: %s", at, cy_err_text(err));
  }
  return damaged;
}

/* Giant lengths from octet `first` on: read all the same, or damaged. */
static inline void giant_lengths(cy_buf *bytes, size_t first, hostile_try *try)
{
  static const uint8_t giants[][4] = {
    {0x7f, 255, 255, 255}, {255, 255, 255, 255}, {0x80, 0, 0, 0}, {0, 0, 255, 255}};
  for (size_t at = first; at + 4 <= bytes->len; at++)
    for (size_t g = 0; g < CY_COUNT(giants); g++) {
      uint8_t kept[4];
      memcpy(kept, bytes->data + at, 4);
      memcpy(bytes->data + at, giants[g], 4);
      cy_err *err = try(cy_buf_get(bytes), NULL);
      if (err && !cy_err_is(err, CY_E_STORE_DAMAGED))
        fine(err);
      cy_err_free(err);
      memcpy(bytes->data + at, kept, 4);
    }
}

#endif
