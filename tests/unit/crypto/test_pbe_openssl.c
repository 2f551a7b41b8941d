/* What Causey seals, the openssl program opens. */
#include "tests/lib/temp.h"
#include "tests/unit/crypto/read.h"

#include <sys/stat.h>
#include <unistd.h>

#include "crypto/lib.h"
#include "crypto/pbe.h"

static const struct {
  cy_pbe_choice choice;
  const char *password;
} cases[] = {
  {{CY_OID_PBES2, CY_OID_AES128_CBC, CY_OID_HMAC_SHA1, 100}, "p"},
  {{CY_OID_PBES2, CY_OID_AES192_CBC, CY_OID_HMAC_SHA256, 100}, "p"},
  {{CY_OID_PBES2, CY_OID_AES256_CBC, CY_OID_HMAC_SHA512, 100}, "p"},
  {{CY_OID_PBES2, CY_OID_AES256_CBC, CY_OID_HMAC_SHA384, 10000}, "p\xc3\xa4ss"},
  {{CY_OID_PBES2, CY_OID_AES256_CBC, CY_OID_HMAC_SHA512_256, 1}, ""},
  {{CY_OID_PBES2, CY_OID_DES3_CBC, CY_OID_HMAC_SHA1, 2048}, "p"},
  {{CY_OID_PBES2, CY_OID_CAMELLIA256_CBC, CY_OID_HMAC_SHA224, 2048}, "p"},
  {{CY_OID_PBES2, CY_OID_ARIA192_CBC, CY_OID_HMAC_SHA256, 2048}, "p"},
  {{CY_OID_PBE12_3DES, CY_OID_UNKNOWN, CY_OID_UNKNOWN, 2048}, "p"},
  {{CY_OID_PBE12_3DES, CY_OID_UNKNOWN, CY_OID_UNKNOWN, 1}, "p\xc3\xa4ss \xf0\x9f\x98\x80"},
  {{CY_OID_PBE12_2DES, CY_OID_UNKNOWN, CY_OID_UNKNOWN, 2048}, ""},
  {{CY_OID_PBE12_RC2_40, CY_OID_UNKNOWN, CY_OID_UNKNOWN, 2048}, "p"},
  {{CY_OID_PBE12_RC2_128, CY_OID_UNKNOWN, CY_OID_UNKNOWN, 2048}, "p"},
};

static char folder[TEST_PATH];

static void write_file(const char *path, cy_span bytes)
{
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(bytes.data, 1, bytes.len, f), bytes.len);
  assert_int_equal(fclose(f), 0);
}

/* The password goes through the environment, so that the shell does not look at it. */
static int run_openssl(const char *sealed, const char *public, const char *password)
{
  char command[1024];
  setenv("CAUSEY_TEST_PASSWORD", password, 1);
  snprintf(command, sizeof command,
    "openssl pkey -provider default -provider legacy -inform DER -in '%s' -passin env:CAUSEY_TEST_PASSWORD"
    " -pubout -outform DER -out '%s' 2>/dev/null", sealed, public);
  return system(command);
}

static void openssl_opens_what_is_sealed(void **state)
{
  char sealed_path[TEST_PATH + 8], public_path[TEST_PATH + 8];
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) want = CY_BUF_TEXT;
  read_fixture(&key, "keys", "ec-p256.pk8");
  read_fixture(&want, "keys", "ec-p256.spki");
  snprintf(sealed_path, sizeof sealed_path, "%s/sealed", folder);
  snprintf(public_path, sizeof public_path, "%s/public", folder);
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    CY_CLEAN(cy_buf) sealed = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) public = CY_BUF_TEXT;
    CY_AUTO(cy_secret) *password = NULL;
    assert_fine(cy_secret_copy(&password, cy_span_str(cases[i].password)));
    assert_fine(cy_pkcs8_seal(&sealed, &cases[i].choice, password, cy_buf_get(&key)));
    write_file(sealed_path, cy_buf_get(&sealed));
    if (run_openssl(sealed_path, public_path, cases[i].password) != 0)
      fail_msg("case %zu: openssl does not open it", i);
    read_path(&public, public_path);
    assert_true(cy_span_equal(cy_buf_get(&public), cy_buf_get(&want)));
    assert_int_not_equal(run_openssl(sealed_path, public_path, "another"), 0);
    assert_int_equal(unlink(sealed_path), 0);
    unlink(public_path);
  }
}

static int begin(void **state)
{
  return test_folder_make(folder, "pbe") ? 0 : -1;
}

static int end(void **state)
{
  cy_digest_thread_end();
  cy_lib_end();
  return rmdir(folder);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(openssl_opens_what_is_sealed)};
  return cmocka_run_group_tests(tests, begin, end);
}
