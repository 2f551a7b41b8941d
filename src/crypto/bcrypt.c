#include "crypto/bcrypt.h"

#include "base/mem.h"
#include "crypto/codes.h"
#include "crypto/digest.h"
#include "crypto/pbe_plan.h"

enum {
  HASH = 32,         /* bytes of one bcrypt hash */
  ROUNDS_MAX = 2048, /* some seconds; ssh-keygen's default is 16 */
  KEY_MAX = 1024,
  WORK = 4000, /* rounds of PBKDF2 that take as long as one of these */
};

/* P and the boxes in one array, as they are keyed: one after the other. */
typedef struct {
  uint32_t words[CY_BLOWFISH_WORDS];
} blowfish;

static uint32_t mix(const blowfish *b, uint32_t x)
{
  const uint32_t *box = b->words + CY_BLOWFISH_P;
  return ((box[x >> 24] + box[256 + (x >> 16 & 0xff)]) ^ box[512 + (x >> 8 & 0xff)]) +
         box[768 + (x & 0xff)];
}

static void encipher(const blowfish *b, uint32_t pair[2])
{
  uint32_t left = pair[0] ^ b->words[0], right = pair[1];
  for (int i = 1; i < 17; i += 2) {
    right ^= mix(b, left) ^ b->words[i];
    left ^= mix(b, right) ^ b->words[i + 1];
  }
  pair[0] = right ^ b->words[17];
  pair[1] = left;
}

/* 64 bytes as big-endian words, over and over. */
static uint32_t next_word(const uint8_t *bytes, unsigned *at)
{
  const uint8_t *p = bytes + *at;
  *at = (*at + 4) % CY_DIGEST_MAX;
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void expand(blowfish *b, const uint8_t *salt, const uint8_t *key)
{
  unsigned key_at = 0, salt_at = 0;
  uint32_t pair[2] = {0, 0};
  for (int i = 0; i < CY_BLOWFISH_P; i++)
    b->words[i] ^= next_word(key, &key_at);
  for (int i = 0; i < CY_BLOWFISH_WORDS; i += 2) {
    pair[0] ^= salt ? next_word(salt, &salt_at) : 0;
    pair[1] ^= salt ? next_word(salt, &salt_at) : 0;
    encipher(b, pair);
    b->words[i] = pair[0];
    b->words[i + 1] = pair[1];
  }
}

static void hash(blowfish *b, const uint8_t *password, const uint8_t *salt, uint8_t out[HASH])
{
  static const char text[] = "OxychromaticBlowfishSwatDynamite";
  memcpy(b->words, cy_blowfish_pi, sizeof b->words);
  expand(b, salt, password);
  for (int i = 0; i < 64; i++) {
    expand(b, NULL, salt);
    expand(b, NULL, password);
  }
  for (unsigned at = 0; at < HASH; at += 8) {
    unsigned from = at;
    uint32_t pair[2];
    pair[0] = next_word((const uint8_t *)text, &from);
    pair[1] = next_word((const uint8_t *)text, &from);
    for (int i = 0; i < 64; i++)
      encipher(b, pair);
    for (unsigned k = 0; k < 8; k++)
      out[at + k] = (uint8_t)(pair[k / 4] >> 8 * (k % 4));
  }
}

typedef struct {
  blowfish cipher;
  cy_digest password, salt;
  uint8_t last[HASH], sum[HASH];
} state;

static cy_err *block(state *s, cy_span salt, uint32_t number, uint32_t rounds)
{
  const uint8_t count[] = {
    (uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};
  const cy_span parts[] = {salt, cy_span_of(count, sizeof count)};
  CY_TRY(cy_digest_parts(&s->salt, CY_SHA512, parts, CY_COUNT(parts)));
  memset(s->sum, 0, HASH);
  for (uint32_t i = 0; i < rounds; i++) {
    if (i)
      CY_TRY(cy_digest_of(&s->salt, CY_SHA512, cy_span_of(s->last, HASH)));
    hash(&s->cipher, s->password.bytes, s->salt.bytes, s->last);
    for (int k = 0; k < HASH; k++)
      s->sum[k] ^= s->last[k];
  }
  return NULL;
}

/* The bytes of each block are spread over the whole key. */
static cy_err *derive(state *s, uint8_t *out, size_t len, cy_span password, cy_span salt, uint32_t rounds)
{
  size_t blocks = (len + HASH - 1) / HASH;
  CY_TRY(cy_digest_of(&s->password, CY_SHA512, password));
  for (size_t n = 0; n < blocks; n++) {
    CY_TRY(block(s, salt, (uint32_t)n + 1, rounds));
    cy_pbe_work_add((uint64_t)rounds * WORK);
    for (size_t i = 0; i * blocks + n < len && i < HASH; i++)
      out[i * blocks + n] = s->sum[i];
  }
  return NULL;
}

cy_err *cy_bcrypt_pbkdf(uint8_t *out, size_t len, cy_span password, cy_span salt, uint32_t rounds)
{
  if (rounds == 0 || len == 0 || len > KEY_MAX)
    return cy_err_new(CY_E_MALFORMED, "a bcrypt derivation of %u rounds and %zu bytes", rounds, len);
  if (rounds > ROUNDS_MAX)
    return cy_err_new(CY_E_CRYPTO_COST, "%u rounds of bcrypt; at most %d are done", rounds, ROUNDS_MAX);
  state *s = cy_malloc(sizeof *s);
  CY_TRY_ALLOC(s);
  cy_err *err = derive(s, out, len, password, salt, rounds);
  cy_wipe(s, sizeof *s);
  cy_free(s);
  return err;
}
