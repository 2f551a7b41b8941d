/* Keys and certificates for random pairs of ends. */
#include "pairs/pool.h"

#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/lib.h"

static OSSL_LIB_CTX *lib;

static void need(int ok, const char *what)
{
  if (ok)
    return;
  fprintf(stderr, "pool: %s failed\n", what);
  abort();
}

/* "RSA:2048", "RSA-PSS:2048", "EC:P-256", "DSA:2048", "ED25519" */
static EVP_PKEY *make_key(const char *kind)
{
  char name[16] = {0};
  const char *colon = strchr(kind, ':');
  size_t len = colon ? (size_t)(colon - kind) : strlen(kind);
  EVP_PKEY *key = NULL;
  memcpy(name, kind, len);
  EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(lib, name, NULL);
  need(ctx != NULL, kind);
  if (strcmp(name, "DSA") == 0) {
    EVP_PKEY *params = NULL;
    need(EVP_PKEY_paramgen_init(ctx) > 0 && EVP_PKEY_CTX_set_dsa_paramgen_bits(ctx, atoi(colon + 1)) > 0 &&
           EVP_PKEY_paramgen(ctx, &params) > 0,
      kind);
    EVP_PKEY_CTX_free(ctx);
    ctx = EVP_PKEY_CTX_new_from_pkey(lib, params, NULL);
    EVP_PKEY_free(params);
  }
  need(EVP_PKEY_keygen_init(ctx) > 0, kind);
  if (strncmp(name, "RSA", 3) == 0)
    need(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, atoi(colon + 1)) > 0, kind);
  if (strcmp(name, "EC") == 0)
    need(EVP_PKEY_CTX_set_group_name(ctx, colon + 1) > 0, kind);
  need(EVP_PKEY_generate(ctx, &key) > 0, kind);
  EVP_PKEY_CTX_free(ctx);
  return key;
}

/* Keys are costly, so leaves of one kind share one. */
static EVP_PKEY *key_of(const char *kind)
{
  static struct {
    const char *kind;
    EVP_PKEY *key;
  } made[32];
  static size_t count;
  for (size_t i = 0; i < count; i++)
    if (strcmp(made[i].kind, kind) == 0)
      return made[i].key;
  made[count].kind = kind;
  made[count].key = make_key(kind);
  return made[count++].key;
}

static void extend(X509 *x, X509 *issuer, const char *name, const char *value)
{
  X509V3_CTX ctx;
  X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
  X509_EXTENSION *ext = X509V3_EXT_conf(NULL, &ctx, name, value);
  need(ext && X509_add_ext(x, ext, -1), name);
  X509_EXTENSION_free(ext);
}

typedef struct {
  const char *name, *kind;
  const char *issuer; /* NULL: itself */
  const char *digest; /* of the signature */
  bool ca;
  const char *usage, *purpose, *host; /* extensions, NULL: none */
  int from_days, to_days;
} recipe;

static void sign(X509 *x, const recipe *r, EVP_PKEY *key)
{
  EVP_MD_CTX *md = EVP_MD_CTX_new();
  bool own = EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448");
  need(EVP_DigestSignInit_ex(md, NULL, own ? NULL : r->digest, lib, NULL, key, NULL) > 0, "sign init");
  need(X509_sign_ctx(x, md) > 0, r->name);
  EVP_MD_CTX_free(md);
}

static const pool_cert *ca_named(const pool *p, const char *name)
{
  for (size_t i = 0; i < p->ca_count; i++)
    if (strcmp(p->cas[i].name, name) == 0)
      return &p->cas[i];
  need(0, name);
  return NULL;
}

static void make_cert(pool *p, pool_cert *out, const recipe *r)
{
  static long serial = 100;
  const pool_cert *issuer = r->issuer ? ca_named(p, r->issuer) : NULL;
  X509 *x = X509_new_ex(lib, NULL);
  X509_NAME *name = X509_get_subject_name(x);
  unsigned char *der = NULL;
  out->name = r->name;
  out->key = key_of(r->kind);
  out->x509 = x;
  out->issuer = issuer ? (int)(issuer - p->cas) : -1;
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x), serial++);
  X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"Pairs", -1, -1, 0);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)r->name, -1, -1, 0);
  X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer->x509) : name);
  X509_gmtime_adj(X509_getm_notBefore(x), r->from_days * 86400L);
  X509_gmtime_adj(X509_getm_notAfter(x), r->to_days * 86400L);
  X509_set_pubkey(x, out->key);
  X509 *parent = issuer ? issuer->x509 : x;
  extend(x, parent, "subjectKeyIdentifier", "hash");
  extend(x, parent, "authorityKeyIdentifier", "keyid");
  extend(x, parent, "basicConstraints", r->ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (r->usage)
    extend(x, parent, "keyUsage", r->usage);
  if (r->purpose)
    extend(x, parent, "extendedKeyUsage", r->purpose);
  if (r->host)
    extend(x, parent, "subjectAltName", r->host);
  sign(x, r, issuer ? issuer->key : out->key);
  int len = i2d_X509(x, &der);
  cy_err *err = cy_cert_parse(&out->cert, cy_span_of(der, (size_t)len));
  need(!err, r->name);
  OPENSSL_free(der);
}

static const recipe cas[] = {
  {"Root RSA", "RSA:2048", NULL, "SHA256", true, "keyCertSign", NULL, NULL, -10, 1000},
  {"Root old", "RSA:1024", NULL, "SHA1", true, NULL, NULL, NULL, -10, 1000},
  {"Root EC", "EC:P-384", NULL, "SHA384", true, "keyCertSign", NULL, NULL, -10, 1000},
  {"Root Ed", "ED25519", NULL, NULL, true, "keyCertSign", NULL, NULL, -10, 1000},
  {"Root expired", "EC:P-256", NULL, "SHA256", true, "keyCertSign", NULL, NULL, -100, -1},
  {"Inter RSA", "RSA:3072", "Root RSA", "SHA256", true, "keyCertSign", NULL, NULL, -10, 900},
  {"Inter EC", "EC:P-256", "Root RSA", "SHA512", true, "keyCertSign", NULL, NULL, -10, 900},
  {"Inter SHA1", "RSA:2048", "Root RSA", "SHA1", true, "keyCertSign", NULL, NULL, -10, 900},
  {"Inter PSS", "RSA-PSS:2048", "Root EC", "SHA384", true, "keyCertSign", NULL, NULL, -10, 900},
};

static const char *const kinds[] = {"RSA:1024", "RSA:2048", "RSA:3072", "RSA:4096", "RSA-PSS:2048",
  "RSA-PSS:1024", "DSA:1024", "DSA:2048", "EC:P-224", "EC:P-256", "EC:P-384", "EC:P-521", "EC:secp256k1",
  "EC:brainpoolP256r1", "ED25519", "ED448"};

/* Leaves that are right but for their key and issuer, then those that are wrong in one way. */
static const recipe oddities[] = {
  {"expired", "EC:P-256", "Root RSA", "SHA256", false, NULL, NULL, "DNS:mq1.example", -100, -1},
  {"not yet", "RSA:2048", "Root RSA", "SHA256", false, NULL, NULL, "DNS:mq1.example", 10, 100},
  {"client only", "EC:P-256", "Root RSA", "SHA256", false, NULL, "clientAuth", "DNS:mq1.example", -1, 100},
  {"server only", "EC:P-256", "Root RSA", "SHA256", false, NULL, "serverAuth", "DNS:mq1.example", -1, 100},
  {"server only RSA", "RSA:2048", "Inter RSA", "SHA256", false, NULL, "serverAuth", "DNS:mq1.example", -1,
    100},
  {"code only", "RSA:2048", "Root RSA", "SHA256", false, NULL, "codeSigning", "DNS:mq1.example", -1, 100},
  {"agree only", "EC:P-256", "Root RSA", "SHA256", false, "keyAgreement", NULL, "DNS:mq1.example", -1, 100},
  {"cipher only", "RSA:2048", "Root RSA", "SHA256", false, "keyEncipherment", NULL, "DNS:mq1.example", -1,
    100},
  {"sign only", "RSA:2048", "Root RSA", "SHA256", false, "digitalSignature", NULL, "DNS:mq1.example", -1,
    100},
  {"data only", "EC:P-256", "Root RSA", "SHA256", false, "dataEncipherment", NULL, "DNS:mq1.example", -1,
    100},
  {"sha1 leaf", "RSA:2048", "Root RSA", "SHA1", false, NULL, NULL, "DNS:mq1.example", -1, 100},
  {"sha224 leaf", "EC:P-256", "Root EC", "SHA224", false, NULL, NULL, "DNS:mq1.example", -1, 100},
  {"other name", "EC:P-256", "Root RSA", "SHA256", false, NULL, NULL, "DNS:other.example", -1, 100},
  {"no name", "RSA:2048", "Root RSA", "SHA256", false, NULL, NULL, NULL, -1, 100},
  {"self signed", "RSA:2048", NULL, "SHA256", false, NULL, NULL, "DNS:mq1.example", -1, 100},
  {"self signed EC", "EC:P-256", NULL, "SHA256", false, NULL, NULL, "DNS:mq1.example", -1, 100},
  {"of expired root", "EC:P-256", "Root expired", "SHA256", false, NULL, NULL, "DNS:mq1.example", -90, 100},
  {"of sha1 inter", "EC:P-256", "Inter SHA1", "SHA256", false, NULL, NULL, "DNS:mq1.example", -1, 100},
  {"of pss inter", "EC:P-384", "Inter PSS", "SHA256", false, NULL, NULL, "DNS:mq1.example", -1, 100},
  {"of old root", "RSA:2048", "Root old", "SHA256", false, NULL, NULL, "DNS:mq1.example", -1, 100},
  {"of ed root", "ED25519", "Root Ed", NULL, false, NULL, NULL, "DNS:mq1.example", -1, 100},
  {"of ec root", "EC:P-256", "Root EC", "SHA384", false, NULL, NULL, "DNS:mq1.example", -1, 100},
};

void pool_fill(pool *p)
{
  static const char *const issuers[] = {"Root RSA", "Inter RSA", "Inter EC"};
  cy_err *err = cy_lib_ctx(&lib);
  need(!err, "library context");
  for (size_t i = 0; i < CY_COUNT(cas); i++)
    make_cert(p, &p->cas[p->ca_count++], &cas[i]);
  for (size_t i = 0; i < CY_COUNT(kinds); i++)
    for (size_t k = 0; k < CY_COUNT(issuers); k++) {
      recipe r = {kinds[i], kinds[i], issuers[k], "SHA256", false, NULL, NULL, "DNS:mq1.example", -1, 365};
      make_cert(p, &p->leaves[p->leaf_count++], &r);
    }
  for (size_t i = 0; i < CY_COUNT(oddities); i++)
    make_cert(p, &p->leaves[p->leaf_count++], &oddities[i]);
}

void pool_free(pool *p)
{
  for (size_t i = 0; i < p->ca_count + p->leaf_count; i++) {
    pool_cert *c = i < p->ca_count ? &p->cas[i] : &p->leaves[i - p->ca_count];
    X509_free(c->x509);
    cy_cert_free(c->cert);
  }
}
