/* The readers of z/OS when memory ends anywhere: nothing leaks, and no other error comes of it. */
#include <unistd.h>

#include "tests/lib/errors.h"
#include "tests/lib/temp.h"
#include "tls/reader.h"

static char folder[TEST_PATH];

static const char server[] = "listen ldap://:389\nlisten ldaps://:636\nsslAuth serverClientAuth\n"
                             "sslCertificate A\nsslKeyRingFile U/R\nsslMapCertificate chek fail\n";
static const char variables[] =
  "GSK_PROTOCOL_TLSV1_2=ON\nGSK_PROTOCOL_TLSV1_3=ON\nGSK_V3_CIPHER_SPECS_EXPANDED=1301C02F\n"
  "GSK_SERVER_TLS_KEY_SHARES=0023\nGSK_TLS_SIG_ALG_PAIRS=08040401\n";
static const char policy[] =
  "TTLSRule r { TTLSGroupAction { TTLSEnabled On }\nTTLSEnvironmentActionRef e }\n"
  "TTLSEnvironmentAction e { HandshakeRole ServerWithClientAuth\nTTLSKeyringParms { Keyring U/R }\n"
  "TTLSCipherParms { V3CipherSuites4Char 1301C02F\n}\nTTLSEnvironmentAdvancedParms { TLSv1.2 On\n"
  "CertificateLabel B\n} }\n";
static const char script[] =
  "ALTER QMGR SSLKEYR('R')\n"
  "DEFINE CHANNEL('C') CHLTYPE(SVRCONN) SSLCIPH('ANY_TLS12') SSLCAUTH(REQUIRED)\n";
#define LISTED(label, subject, key)                                                                        \
  "  Label: " label "\n  Status: TRUST\n  Start Date: 2024/05/01 00:00:00\n"                               \
  "  End Date:   2099/05/01 23:59:59\n  Serial Number:\n       >01<\n  Issuer's Name:\n"                   \
  "       >CN=ca.O=x<\n  Subject's Name:\n       >" subject "<\n  Signing Algorithm: sha256RSA\n"          \
  "  Key Type: RSA\n  Key Size: 2048\n  Private Key: " key "\n"
static const char rings[] = "Digital certificate information for user U:\n" LISTED("A", "CN=a.O=x", "YES")
  LISTED("B", "CN=b.O=x", "NO") "Digital certificate information for CERTAUTH:\n" LISTED(
    "ca", "CN=ca.O=x", "NO") "Digital ring information for user U:\n\n  Ring:\n       >R<\n"
                             "  Certificate Label Name    Cert Owner   USAGE    DEFAULT\n"
                             "  A    ID(U)   PERSONAL   YES\n  B    ID(U)   PERSONAL   NO\n"
                             "  ca   CERTAUTH   CERTAUTH   NO\n";

static void put(const char *name, const char *text)
{
  char path[TEST_PATH + 32];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state)
{
  (void)state;
  assert_true(test_folder_make(folder, "zos"));
  put("ds.conf", server);
  put("ds.envvars", variables);
  put("policy", policy);
  put("qmgr.mqsc", script);
  put("rings.txt", rings);
  return 0;
}

static int remove_folder(void **state)
{
  (void)state;
  return test_folder_remove(folder);
}

static cy_err *load(const char *name, size_t *count)
{
  char path[TEST_PATH + 32];
  cy_tls_sides sides = {0};
  const cy_tls_read_how how = {.root = "", .home = "/nonexistent"};
  snprintf(path, sizeof path, "%s/%s", folder, name);
  cy_err *err = cy_tls_sides_load(&sides, path, &how);
  *count = sides.count;
  cy_tls_sides_clear(&sides);
  return err;
}

static bool deny(size_t size, void *left)
{
  (void)size;
  return --*(long *)left == 0;
}

/* What a listing tells may be left out when it can not be looked at; whatever is given is whole. */
static void ends_anywhere(const char *name)
{
  size_t count;
  fine(load(name, &count));
  assert_int_equal(count, 1);
  for (long n = 1; n < 20000; n++) {
    long left = n;
    cy_mem_hook(deny, &left);
    cy_err *err = load(name, &count);
    cy_mem_hook(NULL, NULL);
    if (err)
      fails_with(err, CY_E_NO_MEMORY);
    if (left > 0)
      return;
  }
  fail_msg("it allocates without end");
}

static void test_memory(void **state)
{
  (void)state;
  ends_anywhere("ds.conf");
  ends_anywhere("policy");
  ends_anywhere("qmgr.mqsc");
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_memory)};
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
