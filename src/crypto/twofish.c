#include "crypto/twofish.h"

#include <dlfcn.h>
#include <nettle/twofish.h>
#include <pthread.h>

#include "base/mem.h"
#include "crypto/codes.h"

/* The interface of the headers that this was built with. */
#define LIBRARY "libnettle.so.8"

/* What was found in the library; all or nothing. */
static struct {
  void (*set_key)(struct twofish_ctx *ctx, const uint8_t *key);
  void (*encrypt)(const struct twofish_ctx *ctx, size_t length, uint8_t *dst, const uint8_t *src);
  void (*decrypt)(const struct twofish_ctx *ctx, size_t length, uint8_t *dst, const uint8_t *src);
  bool loaded;
} nettle;
static pthread_once_t nettle_once = PTHREAD_ONCE_INIT;

/* ISO C has no way from an object's pointer to a function's but over memory. */
static bool find(void *library, const char *name, void *function, size_t size)
{
  void *symbol = dlsym(library, name);
  memcpy(function, &symbol, size);
  return symbol != NULL;
}

static void load(void)
{
  void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
  nettle.loaded = library &&
                  find(library, "nettle_twofish256_set_key", &nettle.set_key, sizeof nettle.set_key) &&
                  find(library, "nettle_twofish_encrypt", &nettle.encrypt, sizeof nettle.encrypt) &&
                  find(library, "nettle_twofish_decrypt", &nettle.decrypt, sizeof nettle.decrypt);
}

static void exclusive_or(uint8_t *to, const uint8_t *a, const uint8_t *b)
{
  for (size_t i = 0; i < CY_TWOFISH_BLOCK; i++)
    to[i] = a[i] ^ b[i];
}

static void cbc(bool encrypt, const struct twofish_ctx *ctx, const uint8_t *iv, cy_span in, uint8_t *out)
{
  uint8_t block[CY_TWOFISH_BLOCK];
  const uint8_t *before = iv;
  for (size_t at = 0; at < in.len; at += CY_TWOFISH_BLOCK) {
    if (encrypt) {
      exclusive_or(block, in.data + at, before);
      nettle.encrypt(ctx, CY_TWOFISH_BLOCK, out + at, block);
      before = out + at;
    } else {
      nettle.decrypt(ctx, CY_TWOFISH_BLOCK, block, in.data + at);
      exclusive_or(out + at, block, before);
      before = in.data + at;
    }
  }
  cy_wipe(block, sizeof block);
}

cy_err *cy_twofish_cbc(bool encrypt, const uint8_t key[CY_TWOFISH_KEY], const uint8_t iv[CY_TWOFISH_BLOCK],
  cy_span in, uint8_t *out)
{
  struct twofish_ctx ctx;
  if (in.len % CY_TWOFISH_BLOCK != 0)
    return cy_err_new(CY_E_MALFORMED, "%zu bytes are no whole blocks of Twofish", in.len);
  pthread_once(&nettle_once, load);
  if (!nettle.loaded)
    return cy_err_hint(
      cy_err_new(CY_E_CRYPTO_UNAVAILABLE, "the cipher Twofish needs %s, which can not be loaded", LIBRARY),
      "Install the package libnettle8 (Debian and Ubuntu; libnettle8t64 on newer ones), then try again.");
  nettle.set_key(&ctx, key);
  cbc(encrypt, &ctx, iv, in, out);
  cy_wipe(&ctx, sizeof ctx);
  return NULL;
}
