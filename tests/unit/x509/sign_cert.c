#include "tests/unit/x509/sign_cert.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/der.h"
#include "tests/unit/x509/make_cert.h"

static const struct {
  const char *key;
  const char *algid; /* that it signs with, hex */
  cy_digest_alg digest;
} keys[] = {
  {"ec-p256", "300a06082a8648ce3d040302", CY_SHA256},
  {"ec-p384", "300a06082a8648ce3d040303", CY_SHA384},
  {"ed25519", "300506032b6570", CY_SHA256},
};

static void fine(cy_err *err, const char *what)
{
  if (!err)
    return;
  fprintf(stderr, "%s: %s\n", what, cy_err_text(err));
  abort();
}

static void load(cy_buf *out, const char *key, const char *suffix)
{
  char path[4096];
  const char *root = getenv("CAUSEY_SRC");
  snprintf(path, sizeof path, "%s/tests/fixtures/keys/%s.%s", root ? root : ".", key, suffix);
  FILE *f = fopen(path, "rb");
  fine(f ? NULL : cy_err_new(CY_E_IO_MISSING, "not there"), path);
  for (int c; (c = fgetc(f)) != EOF;)
    cy_buf_u8(out, (uint8_t)c);
  fclose(f);
}

static size_t key_index(const char *key)
{
  for (size_t i = 0; i < CY_COUNT(keys); i++)
    if (strcmp(keys[i].key, key) == 0)
      return i;
  fine(cy_err_new(CY_E_BUG, "no such key"), key);
  return 0;
}

/* SEQUENCE { tbs, algid, BIT STRING } */
static void seal(cy_buf *out, cy_span tbs, const char *signer)
{
  CY_CLEAN(cy_buf) pkcs8 = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) signature = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) bits = CY_BUF_TEXT;
  CY_AUTO(cy_key) *key = NULL;
  const size_t i = key_index(signer);
  load(&pkcs8, signer, "pk8");
  fine(cy_key_from_pkcs8(&key, cy_buf_get(&pkcs8)), signer);
  fine(cy_key_sign(key, &(cy_sign_how){.digest = keys[i].digest}, tbs, &signature), "sign");
  cy_buf_u8(&bits, 0);
  cy_buf_span(&bits, cy_buf_get(&signature));
  size_t at = cy_der_begin(out);
  cy_buf_span(out, tbs);
  make_hex(out, keys[i].algid);
  cy_der_put(out, CY_DER_BIT_STRING, cy_buf_get(&bits));
  cy_der_end(out, at, CY_DER_SEQUENCE);
}

cy_cert *sign_cert(const char *profile, const char *edits, const char *key, const char *signer)
{
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) all = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) raw = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  cy_cert_view view;
  cy_cert *cert = NULL;
  if (key) {
    load(&spki, key, "spki");
    cy_buf_str(&all, "spki ");
    cy_buf_hex(&all, cy_buf_get(&spki));
    cy_buf_str(&all, ";");
  }
  cy_buf_printf(
    &all, "alg %s;before u:250101000000Z;after u:350101000000Z;%s", keys[key_index(signer)].algid, edits);
  make_cert(&raw, profile, cy_buf_cstr(&all));
  fine(cy_cert_view_parse(&view, cy_buf_get(&raw)), "make_cert");
  seal(&der, view.tbs, signer);
  fine(cy_cert_parse(&cert, cy_buf_get(&der)), "sign_cert");
  return cert;
}

static void put_entry(cy_buf *tbs, const char *word)
{
  CY_CLEAN(cy_buf) serial = CY_BUF_TEXT;
  char hex[64] = "";
  unsigned reason = 0;
  if (sscanf(word, "%63[0-9a-f]:%u", hex, &reason) < 1)
    fine(cy_err_new(CY_E_BUG, "no entry"), word);
  make_hex(&serial, hex);
  size_t at = cy_der_begin(tbs);
  cy_der_put(tbs, CY_DER_INTEGER, cy_buf_get(&serial));
  cy_der_put(tbs, CY_DER_UTC_TIME, CY_SPAN("260101000000Z"));
  if (reason) {
    char ext[64];
    snprintf(ext, sizeof ext, "300c300a0603551d1504030a01%02x", reason);
    make_hex(tbs, ext);
  }
  cy_der_end(tbs, at, CY_DER_SEQUENCE);
}

static void put_entries(cy_buf *tbs, const char *entries)
{
  char copy[1024], *save = NULL;
  snprintf(copy, sizeof copy, "%s", entries);
  size_t at = cy_der_begin(tbs);
  for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
    put_entry(tbs, word);
  cy_der_end(tbs, at, CY_DER_SEQUENCE);
}

static void put_head(
  cy_buf *tbs, const char *issuer, const char *since, const char *until, const char *signer)
{
  char time[32];
  cy_der_put_uint(tbs, 1);
  make_hex(tbs, keys[key_index(signer)].algid);
  make_name(tbs, issuer);
  snprintf(time, sizeof time, "%sZ", since);
  cy_der_put(tbs, CY_DER_GENERALIZED_TIME, cy_span_str(time));
  snprintf(time, sizeof time, "%sZ", until);
  cy_der_put(tbs, CY_DER_GENERALIZED_TIME, cy_span_str(time));
}

static cy_crl *finish(cy_buf *tbs, size_t at, const char *extensions, const char *signer)
{
  CY_CLEAN(cy_buf) der = CY_BUF_STORE;
  cy_crl *crl = NULL;
  size_t tagged = cy_der_begin(tbs), list = cy_der_begin(tbs);
  make_hex(tbs, extensions ? extensions : "300a0603551d140403020101");
  cy_der_end(tbs, list, CY_DER_SEQUENCE);
  cy_der_end(tbs, tagged, CY_DER_CONTEXT_CONSTRUCTED(0));
  cy_der_end(tbs, at, CY_DER_SEQUENCE);
  seal(&der, cy_buf_get(tbs), signer);
  fine(cy_crl_parse(&crl, cy_buf_get(&der)), "sign_crl");
  return crl;
}

cy_crl *sign_crl(const char *issuer, const char *since, const char *until, const char *entries,
  const char *extensions, const char *signer)
{
  CY_CLEAN(cy_buf) tbs = CY_BUF_TEXT;
  size_t at = cy_der_begin(&tbs);
  put_head(&tbs, issuer, since, until, signer);
  if (*entries)
    put_entries(&tbs, entries);
  return finish(&tbs, at, extensions, signer);
}

cy_crl *sign_long_crl(const char *issuer, size_t count, const char *signer)
{
  CY_CLEAN(cy_buf) tbs = CY_BUF_STORE;
  size_t at = cy_der_begin(&tbs);
  put_head(&tbs, issuer, "20260101000000", "20360101000000", signer);
  size_t list = cy_der_begin(&tbs);
  for (size_t i = 1; i <= count; i++) {
    size_t entry = cy_der_begin(&tbs);
    cy_der_put_uint(&tbs, i);
    cy_der_put(&tbs, CY_DER_UTC_TIME, CY_SPAN("260101000000Z"));
    cy_der_end(&tbs, entry, CY_DER_SEQUENCE);
  }
  cy_der_end(&tbs, list, CY_DER_SEQUENCE);
  return finish(&tbs, at, NULL, signer);
}
