#include "crypto/argon2.h"

#include <dlfcn.h>

#include "crypto/codes.h"
#include "crypto/pbe_plan.h"

enum {
  MEMORY_MAX = 256 << 10, /* KiB */
  WORK_MAX = 1 << 24,     /* KiB times passes: some seconds */
  LANES_MAX = 64,
  VERSION = 0x13,
  FINE = 0,
};

typedef int argon2_hash_fn(uint32_t passes, uint32_t memory, uint32_t lanes, const void *password,
  size_t password_len, const void *salt, size_t salt_len, void *hash, size_t hash_len, char *encoded,
  size_t encoded_len, int type, uint32_t version);

static cy_err *load(void **library, argon2_hash_fn **hash)
{
  static const char name[] = "libargon2.so.1";
  *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  void *symbol = *library ? dlsym(*library, "argon2_hash") : NULL;
  memcpy(hash, &symbol, sizeof symbol);
  if (symbol)
    return NULL;
  if (*library)
    dlclose(*library);
  return cy_err_hint(cy_err_new(CY_E_CRYPTO_UNAVAILABLE, "Argon2 needs %s, which can not be loaded", name),
    "Install it (libargon2-1 on Debian), or have the key written for older programs: puttygen KEY "
    "--ppk-param version=2 -o NEW");
}

static cy_err *check_cost(const cy_argon2_cost *cost)
{
  uint64_t work = (uint64_t)cost->memory_kib * cost->passes;
  if (cost->memory_kib > MEMORY_MAX || work > WORK_MAX || cost->lanes > LANES_MAX)
    return cy_err_new(CY_E_CRYPTO_COST, "Argon2 with %u KiB, %u passes and %u lanes", cost->memory_kib,
      cost->passes, cost->lanes);
  cy_pbe_work_add(work * 2);
  return NULL;
}

cy_err *cy_argon2(uint8_t *out, size_t len, const cy_argon2_cost *cost, cy_span password, cy_span salt)
{
  void *library = NULL;
  argon2_hash_fn *hash = NULL;
  CY_TRY(check_cost(cost));
  CY_TRY(load(&library, &hash));
  int result = hash(cost->passes, cost->memory_kib, cost->lanes, password.data, password.len, salt.data,
    salt.len, out, len, NULL, 0, (int)cost->type, VERSION);
  if (library)
    dlclose(library);
  return result == FINE ? NULL
                        : cy_err_new(CY_E_KEY_MALFORMED,
                            "Argon2 refuses its parameters (%d): %u KiB, %u passes, %u lanes", result,
                            cost->memory_kib, cost->passes, cost->lanes);
}
