#include "crypto/digest.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <pthread.h>

#include "crypto/codes.h"
#include "crypto/lib.h"

static const struct {
  const char *name;
  size_t size;
} algs[CY_DIGESTS] = {
  {"MD5", 16}, {"SHA1", 20}, {"SHA224", 28}, {"SHA256", 32}, {"SHA384", 48}, {"SHA512", 64}};

/* Fetching costs microseconds, so each thread keeps its contexts. */
typedef struct {
  EVP_MD_CTX *ctx[CY_DIGESTS];
} thread_state;

static pthread_key_t state_key;
static pthread_once_t state_once = PTHREAD_ONCE_INIT;

static void free_state(void *arg)
{
  thread_state *s = arg;
  for (int i = 0; i < CY_DIGESTS; i++)
    EVP_MD_CTX_free(s->ctx[i]);
  OPENSSL_free(s);
}

static void make_key(void)
{
  pthread_key_create(&state_key, free_state);
}

static thread_state *state(void)
{
  pthread_once(&state_once, make_key);
  thread_state *s = pthread_getspecific(state_key);
  if (s)
    return s;
  s = OPENSSL_zalloc(sizeof *s);
  if (s && pthread_setspecific(state_key, s) != 0) {
    OPENSSL_free(s);
    return NULL;
  }
  return s;
}

void cy_digest_thread_end(void)
{
  pthread_once(&state_once, make_key);
  thread_state *s = pthread_getspecific(state_key);
  if (!s)
    return;
  pthread_setspecific(state_key, NULL);
  free_state(s);
}

const char *cy_digest_name(cy_digest_alg alg)
{
  return algs[alg].name;
}

size_t cy_digest_size(cy_digest_alg alg)
{
  return algs[alg].size;
}

static cy_err *context_for(EVP_MD_CTX **out, cy_digest_alg alg)
{
  thread_state *s = state();
  CY_TRY_ALLOC(s);
  if (!s->ctx[alg]) {
    OSSL_LIB_CTX *lib;
    CY_TRY(cy_lib_ctx(&lib));
    EVP_MD *md = EVP_MD_fetch(lib, algs[alg].name, NULL);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ready = md && ctx && EVP_DigestInit_ex2(ctx, md, NULL) == 1;
    EVP_MD_free(md);
    if (!ready) {
      EVP_MD_CTX_free(ctx);
      return cy_err_openssl(CY_E_CRYPTO_UNAVAILABLE, "no digest %s", algs[alg].name);
    }
    s->ctx[alg] = ctx;
  }
  *out = s->ctx[alg];
  return NULL;
}

cy_err *cy_digest_parts(cy_digest *out, cy_digest_alg alg, const cy_span *parts, size_t count)
{
  EVP_MD_CTX *ctx = NULL;
  unsigned len = 0;
  CY_TRY(context_for(&ctx, alg));
  int ok = EVP_DigestInit_ex2(ctx, NULL, NULL);
  for (size_t i = 0; i < count && ok == 1; i++)
    ok = EVP_DigestUpdate(ctx, parts[i].data, parts[i].len);
  if (ok == 1)
    ok = EVP_DigestFinal_ex(ctx, out->bytes, &len);
  out->len = len;
  return ok == 1 ? NULL : cy_err_openssl(CY_E_CRYPTO_FAILED, "digest %s", algs[alg].name);
}

cy_err *cy_digest_of(cy_digest *out, cy_digest_alg alg, cy_span data)
{
  return cy_digest_parts(out, alg, &data, 1);
}

cy_err *cy_hmac(cy_digest *out, cy_digest_alg alg, cy_span key, cy_span data)
{
  OSSL_LIB_CTX *lib;
  CY_TRY(cy_lib_ctx(&lib));
  static const uint8_t nothing[1];
  const uint8_t *k = key.data ? key.data : nothing;
  const uint8_t *d = data.data ? data.data : nothing;
  if (!EVP_Q_mac(lib, "HMAC", NULL, algs[alg].name, NULL, k, key.len, d, data.len, out->bytes,
        sizeof out->bytes, &out->len))
    return cy_err_openssl(CY_E_CRYPTO_FAILED, "HMAC with %s", algs[alg].name);
  return NULL;
}

static bool hmac_over(
  cy_digest *out, EVP_MAC_CTX *ctx, const char *digest, cy_span key, const cy_span *parts, size_t count)
{
  static const uint8_t nothing[1];
  OSSL_PARAM params[] = {
    OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)(uintptr_t)digest, 0),
    OSSL_PARAM_construct_end()};
  int ok = EVP_MAC_init(ctx, key.len ? key.data : nothing, key.len, params);
  for (size_t i = 0; i < count && ok == 1; i++)
    ok = EVP_MAC_update(ctx, parts[i].data, parts[i].len);
  return ok == 1 && EVP_MAC_final(ctx, out->bytes, &out->len, sizeof out->bytes) == 1;
}

cy_err *cy_hmac_parts(cy_digest *out, cy_digest_alg alg, cy_span key, const cy_span *parts, size_t count)
{
  OSSL_LIB_CTX *lib;
  CY_TRY(cy_lib_ctx(&lib));
  EVP_MAC *mac = EVP_MAC_fetch(lib, "HMAC", NULL);
  EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
  bool ok = ctx && hmac_over(out, ctx, algs[alg].name, key, parts, count);
  EVP_MAC_CTX_free(ctx);
  EVP_MAC_free(mac);
  return ok ? NULL : cy_err_openssl(CY_E_CRYPTO_FAILED, "HMAC with %s", algs[alg].name);
}
