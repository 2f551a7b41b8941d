/*
 * make-certs COUNT FORM WHERE: certificates for the benchmarks.
 *
 * FORM is `pem` (one bundle WHERE), `files` (a tree of PEM and DER files in turn under WHERE) or
 * `pemfiles` / `derfiles`. Each has a name, a serial number and a signature of its own; the keys are
 * few, since making keys would take most of the time.
 * Exit codes: 0 made, 1 not.
 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { KEYS = 16, PER_FOLDER = 500 };

static EVP_PKEY *keys[KEYS];

static int add_extension(X509 *cert, int nid, const char *value)
{
  X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
  int ok = ext && X509_add_ext(cert, ext, -1);
  X509_EXTENSION_free(ext);
  return ok;
}

/* Which key of the CA signed it, as every CA of today says. */
static int add_key_id(X509 *cert)
{
  unsigned char id[20] = "Example CA, key one";
  AUTHORITY_KEYID *authority = AUTHORITY_KEYID_new();
  int ok = authority && (authority->keyid = ASN1_OCTET_STRING_new()) &&
           ASN1_OCTET_STRING_set(authority->keyid, id, sizeof id) &&
           X509_add1_ext_i2d(cert, NID_authority_key_identifier, authority, 0, 0) == 1;
  AUTHORITY_KEYID_free(authority);
  return ok;
}

static X509 *make(long number)
{
  char name[64], alt[80];
  X509 *cert = X509_new();
  EVP_PKEY *key = keys[number / 2 % KEYS];
  snprintf(name, sizeof name, "host%ld.example.test", number);
  snprintf(alt, sizeof alt, "DNS:%s", name);
  X509_set_version(cert, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(cert), number + 1);
  X509_gmtime_adj(X509_getm_notBefore(cert), -86400);
  X509_gmtime_adj(X509_getm_notAfter(cert), 86400L * (200 + number % 150));
  X509_NAME *subject = X509_get_subject_name(cert);
  X509_NAME_add_entry_by_txt(subject, "C", MBSTRING_ASC, (const unsigned char *)"GB", -1, -1, 0);
  X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC, (const unsigned char *)"Example", -1, -1, 0);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
  X509_NAME *issuer = X509_get_issuer_name(cert);
  X509_NAME_add_entry_by_txt(issuer, "O", MBSTRING_ASC, (const unsigned char *)"Example", -1, -1, 0);
  X509_NAME_add_entry_by_txt(issuer, "CN", MBSTRING_ASC, (const unsigned char *)"Example CA", -1, -1, 0);
  X509_set_issuer_name(cert, issuer);
  X509_set_pubkey(cert, key);
  int ok = add_extension(cert, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(cert, NID_key_usage, "critical,digitalSignature") &&
           add_extension(cert, NID_ext_key_usage, "serverAuth") &&
           add_extension(cert, NID_subject_alt_name, alt) && add_key_id(cert) &&
           X509_sign(cert, keys[0], EVP_sha256());
  if (!ok) {
    X509_free(cert);
    return NULL;
  }
  return cert;
}

static int write_file(const char *folder, long number, X509 *cert, int der)
{
  char path[4096];
  snprintf(path, sizeof path, "%s/%03ld", folder, number / PER_FOLDER);
  if (number % PER_FOLDER == 0)
    mkdir(path, 0755);
  snprintf(path, sizeof path, "%s/%03ld/%ld.%s", folder, number / PER_FOLDER, number, der ? "der" : "pem");
  FILE *file = fopen(path, "wb");
  int ok = file && (der ? i2d_X509_fp(file, cert) : PEM_write_X509(file, cert));
  return file && fclose(file) == 0 && ok;
}

int main(int argc, char **argv)
{
  if (argc != 4)
    return 1;
  long count = strtol(argv[1], NULL, 10);
  int bundle = strcmp(argv[2], "pem") == 0;
  FILE *out = bundle ? fopen(argv[3], "wb") : NULL;
  if (!bundle)
    mkdir(argv[3], 0755);
  for (int i = 0; i < KEYS; i++)
    keys[i] = i % 2 ? EVP_EC_gen("P-256") : i ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
  for (long i = 0; i < count; i++) {
    X509 *cert = make(i);
    int der = strcmp(argv[2], "derfiles") == 0 || (strcmp(argv[2], "files") == 0 && i % 2);
    int ok = cert && (bundle ? out && PEM_write_X509(out, cert) : write_file(argv[3], i, cert, der));
    X509_free(cert);
    if (!ok) {
      fprintf(stderr, "make-certs: number %ld could not be written\n", i);
      return 1;
    }
  }
  for (int i = 0; i < KEYS; i++)
    EVP_PKEY_free(keys[i]);
  return out && fclose(out) != 0;
}
