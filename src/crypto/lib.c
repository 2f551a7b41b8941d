#include "crypto/lib.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>

#include "crypto/codes.h"

typedef struct {
  pthread_mutex_t lock;
  OSSL_LIB_CTX *ctx;
  OSSL_PROVIDER *providers[2];
} context;

static context standard = {.lock = PTHREAD_MUTEX_INITIALIZER};
static context legacy = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void drop(context *c)
{
  for (size_t i = 0; i < CY_COUNT(c->providers); i++) {
    if (c->providers[i])
      OSSL_PROVIDER_unload(c->providers[i]);
    c->providers[i] = NULL;
  }
  OSSL_LIB_CTX_free(c->ctx);
  c->ctx = NULL;
}

static cy_err *fill(context *c, const char *const *names)
{
  c->ctx = OSSL_LIB_CTX_new();
  if (!c->ctx)
    return cy_err_no_memory();
  for (size_t i = 0; names[i]; i++) {
    c->providers[i] = OSSL_PROVIDER_load(c->ctx, names[i]);
    if (!c->providers[i]) {
      drop(c);
      return cy_err_openssl(CY_E_CRYPTO_UNAVAILABLE, "OpenSSL has no %s provider", names[i]);
    }
  }
  return NULL;
}

static cy_err *get(context *c, const char *const *names, OSSL_LIB_CTX **ctx)
{
  pthread_mutex_lock(&c->lock);
  cy_err *err = c->ctx ? NULL : fill(c, names);
  *ctx = c->ctx;
  pthread_mutex_unlock(&c->lock);
  return err;
}

cy_err *cy_lib_ctx(OSSL_LIB_CTX **ctx)
{
  static const char *const names[] = {"default", NULL};
  /* No openssl.cnf, and no exit handler of OpenSSL's: cy_lib_end cleans up. */
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
  return get(&standard, names, ctx);
}

cy_err *cy_lib_legacy_ctx(OSSL_LIB_CTX **ctx)
{
  static const char *const names[] = {"default", "legacy", NULL};
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
  return get(&legacy, names, ctx);
}

void cy_lib_end(void)
{
  drop(&legacy);
  drop(&standard);
}

void cy_lib_clear_errors(void)
{
  ERR_clear_error();
}

cy_err *cy_err_openssl(cy_err_code code, const char *format, ...)
{
  char text[512], reason[256] = "";
  unsigned long first = ERR_get_error();
  if (first) {
    const char *words = ERR_reason_error_string(first);
    snprintf(reason, sizeof reason, ": %s", words ? words : "no reason given");
  }
  ERR_clear_error();
  va_list args;
  va_start(args, format);
  int len = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return cy_err_new(code, "%s%s", len < 0 ? "" : text, reason);
}

cy_err *cy_random(uint8_t *out, size_t len)
{
  OSSL_LIB_CTX *ctx;
  CY_TRY(cy_lib_ctx(&ctx));
  if (RAND_bytes_ex(ctx, out, len, 0) != 1)
    return cy_err_openssl(CY_E_CRYPTO_FAILED, "no random bytes");
  return NULL;
}
