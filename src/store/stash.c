#include "store/stash.h"

#include "base/mem.h"
#include "crypto/digest.h"
#include "crypto/lib.h"
#include "store/codes.h"

/* What the rounds before the keystream wait for comes once in 256 on average: a stash that lets them go on
 * for this long was not made by the algorithm. */
enum { VEIL = 0xf5, CONDITION_AT = 8, CONDITION = 3, CONDITION_MAX = 1 << 16, ROUNDS = 64, HALF = 32 };

static const char constant_text[] = "13EC6D5C885056915AB35FAD2BDDF39F40D7C57B8B4D28F66B61B75F391446FD"
                                    "A96751174DBD9713D02E0B38732E763501DBBB85EC60E437929ED2AA8981B36B";
static const uint8_t first_state[] = {1, 1, 2, 3, 5, 8};

static cy_err *not_understood(const char *why)
{
  return cy_err_new(CY_E_STASH_NOT_UNDERSTOOD, "%s", why);
}

/* The keystream. */

static cy_err *condition(cy_digest *s, cy_span head)
{
  unsigned rounds = 0;
  CY_TRY(cy_digest_of(s, CY_SHA256, head));
  for (; s->bytes[CONDITION_AT] != CONDITION; rounds++) {
    if (rounds == CONDITION_MAX)
      return not_understood("the key of its keystream can not be derived");
    CY_TRY(cy_digest_of(s, CY_SHA256, cy_digest_get(s)));
  }
  for (unsigned i = 0; i < ROUNDS; i++)
    CY_TRY(cy_digest_of(s, CY_SHA256, cy_digest_get(s)));
  return NULL;
}

/* Each block comes from all blocks before it, put in front of the states before them. */
static cy_err *next_block(cy_buf *stream, cy_buf *state, const cy_digest *seed)
{
  CY_CLEAN(cy_buf) longer = CY_BUF_SECRET(4096);
  cy_digest block;
  CY_TRY(cy_hmac(&block, CY_SHA256, cy_digest_get(seed), cy_buf_get(state)));
  cy_buf_span(stream, cy_digest_get(&block));
  cy_wipe(&block, sizeof block);
  cy_buf_span(&longer, cy_buf_get(stream));
  cy_buf_span(&longer, cy_buf_get(state));
  CY_TRY(cy_buf_check(state));
  cy_buf_reset(state);
  cy_buf_span(state, cy_buf_get(&longer));
  CY_TRY(cy_buf_check(stream));
  CY_TRY(cy_buf_check(&longer));
  return cy_buf_check(state);
}

static cy_err *fill_stream(cy_buf *stream, const cy_digest *seed)
{
  CY_CLEAN(cy_buf) state = CY_BUF_SECRET(4096);
  cy_digest start;
  CY_TRY(cy_hmac(&start, CY_SHA256, cy_digest_get(seed), cy_span_of(first_state, sizeof first_state)));
  cy_buf_span(&state, cy_digest_get(&start));
  while (stream->len < CY_STASH_V1_BYTES)
    CY_TRY(next_block(stream, &state, seed));
  return NULL;
}

/* `head` is A and B, the first 64 octets. */
static cy_err *make_stream(cy_buf *stream, cy_span head)
{
  cy_digest s, seed;
  cy_err *err = condition(&s, head);
  if (!err)
    err = cy_hmac(&seed, CY_SHA256, cy_digest_get(&s), cy_span_str(constant_text));
  if (!err)
    err = fill_stream(stream, &seed);
  cy_wipe(&s, sizeof s);
  cy_wipe(&seed, sizeof seed);
  return err;
}

static cy_err *head_check(cy_digest *b, cy_span a)
{
  const cy_span parts[] = {CY_SPAN("\x01"), a};
  return cy_digest_parts(b, CY_SHA256, parts, CY_COUNT(parts));
}

/* Decoding. */

/* The password ends at the first zero; without one these are other bytes. */
static cy_err *unveil(cy_secret **password, const uint8_t *veiled)
{
  CY_AUTO(cy_secret) *text = NULL;
  CY_TRY(cy_secret_new(&text, CY_STASH_V1_BYTES));
  while (text->len < CY_STASH_V1_BYTES && veiled[text->len] != VEIL) {
    text->data[text->len] = veiled[text->len] ^ VEIL;
    text->len++;
  }
  if (text->len == CY_STASH_V1_BYTES)
    return not_understood("the password in it has no end");
  text->data[text->len] = 0;
  *password = text;
  text = NULL;
  return NULL;
}

static cy_err *decode_v2(cy_secret **password, cy_span bytes)
{
  CY_CLEAN(cy_buf) stream = CY_BUF_SECRET(4096);
  cy_digest b;
  CY_TRY(head_check(&b, cy_span_of(bytes.data, HALF)));
  if (!cy_span_equal(cy_digest_get(&b), cy_span_of(bytes.data + HALF, HALF)))
    return not_understood("its check value does not fit: it is damaged, or no stash");
  CY_TRY(make_stream(&stream, cy_span_of(bytes.data, (size_t)2 * HALF)));
  for (size_t i = 0; i < CY_STASH_V1_BYTES; i++)
    stream.data[i] ^= bytes.data[(size_t)2 * HALF + i];
  return unveil(password, stream.data);
}

cy_err *cy_stash_decode(cy_secret **password, unsigned *version, cy_span bytes)
{
  *password = NULL;
  *version = bytes.len == CY_STASH_V1_BYTES ? 1 : bytes.len == CY_STASH_V2_BYTES ? 2 : 0;
  cy_err *err = *version == 1   ? unveil(password, bytes.data)
                : *version == 2 ? decode_v2(password, bytes)
                                : not_understood("its length is that of no stash (129 or 193 octets)");
  if (err)
    *version = 0;
  return err;
}

/* Encoding. */

static cy_err *check_password(const cy_secret *password)
{
  if (password->len == 0 || memchr(password->data, 0, password->len))
    return cy_err_new(
      CY_E_STORE_CANNOT_HOLD, "a stash holds no empty password, and none with a zero in it");
  if (password->len > CY_STASH_PASSWORD_MAX)
    return cy_err_hint(cy_err_new(CY_E_STORE_CANNOT_HOLD, "a stash holds at most %d octets of a password",
                         CY_STASH_PASSWORD_MAX),
      "Choose a shorter password for the store, or let its programs take it from somewhere else.");
  return NULL;
}

/* The password, its end and random octets that are not zero, under the veil. */
static cy_err *veil(uint8_t out[CY_STASH_V1_BYTES], const cy_secret *password)
{
  CY_TRY(cy_random(out, CY_STASH_V1_BYTES));
  for (size_t i = 0; i < CY_STASH_V1_BYTES; i++)
    while (out[i] == 0)
      CY_TRY(cy_random(out + i, 1));
  memcpy(out, password->data, password->len);
  out[password->len] = 0;
  for (size_t i = 0; i < CY_STASH_V1_BYTES; i++)
    out[i] ^= VEIL;
  return NULL;
}

static cy_err *put_v2(cy_buf *out, uint8_t veiled[CY_STASH_V1_BYTES])
{
  CY_CLEAN(cy_buf) stream = CY_BUF_SECRET(4096);
  uint8_t head[2 * HALF];
  cy_digest b;
  CY_TRY(cy_random(head, HALF));
  CY_TRY(head_check(&b, cy_span_of(head, HALF)));
  memcpy(head + HALF, b.bytes, HALF);
  CY_TRY(make_stream(&stream, cy_span_of(head, sizeof head)));
  for (size_t i = 0; i < CY_STASH_V1_BYTES; i++)
    veiled[i] ^= stream.data[i];
  cy_buf_put(out, head, sizeof head);
  return NULL;
}

cy_err *cy_stash_encode(cy_buf *out, unsigned version, const cy_secret *password)
{
  uint8_t veiled[CY_STASH_V1_BYTES];
  CY_TRY(check_password(password));
  cy_err *err = veil(veiled, password);
  if (!err && version != 1)
    err = put_v2(out, veiled);
  if (!err)
    cy_buf_put(out, veiled, sizeof veiled);
  cy_wipe(veiled, sizeof veiled);
  return err ? err : cy_buf_check(out);
}
