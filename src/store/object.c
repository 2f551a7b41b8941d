#include "store/object.h"

#include "base/der.h"
#include "base/text.h"
#include "crypto/codes.h"
#include "crypto/openssh.h"
#include "store/codes.h"

/* SEQUENCE { SEQUENCE, OCTET STRING } */
static bool is_encrypted_key(cy_span der)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, der);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_cur alg = cy_der_enter(&seq, CY_DER_SEQUENCE);
  cy_der_take(&alg, CY_DER_OID);
  cy_der_take(&seq, CY_DER_OCTET_STRING);
  cy_der_leave(&seq);
  return cy_cur_ok(&cur);
}

/* SEQUENCE { SEQUENCE tbs, SEQUENCE algorithm, BIT STRING }: which of the three, by what is in tbs. */
static cy_object signed_kind(cy_span der)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, der);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_cur tbs = cy_der_enter(&seq, CY_DER_SEQUENCE);
  cy_span skipped;
  cy_der_take(&seq, CY_DER_SEQUENCE);
  cy_der_take(&seq, CY_DER_BIT_STRING);
  if (!cy_cur_ok(&cur))
    return CY_OBJECT_NONE;
  if (cy_der_take_if(&tbs, CY_DER_CONTEXT_CONSTRUCTED(0), &skipped))
    return CY_OBJECT_CERT;
  bool number = cy_der_take_if(&tbs, CY_DER_INTEGER, &skipped);
  cy_der_take(&tbs, CY_DER_SEQUENCE);
  cy_der second = cy_der_next(&tbs);
  cy_der third = cy_der_next(&tbs);
  if (!cy_cur_ok(&cur))
    return CY_OBJECT_NONE;
  if (third.tag == CY_DER_UTC_TIME || third.tag == CY_DER_GENERALIZED_TIME)
    return CY_OBJECT_CRL;
  if (number && second.tag == CY_DER_SEQUENCE && third.tag == CY_DER_SEQUENCE)
    return CY_OBJECT_CERT; /* version 1 has no [0] */
  return number ? CY_OBJECT_REQUEST : CY_OBJECT_NONE;
}

/* A request's tbs is INTEGER, Name, SPKI, [0]: three values after the number, where a version 1
 * certificate has five. */
static bool is_request(cy_span der)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, der);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_cur tbs = cy_der_enter(&seq, CY_DER_SEQUENCE);
  cy_der_take(&tbs, CY_DER_INTEGER);
  cy_der_take(&tbs, CY_DER_SEQUENCE);
  cy_cur spki = cy_der_enter(&tbs, CY_DER_SEQUENCE);
  cy_cur alg = cy_der_enter(&spki, CY_DER_SEQUENCE);
  cy_der_take(&alg, CY_DER_OID);
  cy_der_take(&spki, CY_DER_BIT_STRING);
  cy_span attributes;
  cy_der_take_if(&tbs, CY_DER_CONTEXT_CONSTRUCTED(0), &attributes);
  cy_cur_end(&tbs);
  return cy_cur_ok(&cur);
}

cy_object cy_object_detect(cy_span der)
{
  cy_key_encoding encoding;
  if (der.len < 2 || der.data[0] != CY_DER_SEQUENCE)
    return CY_OBJECT_NONE;
  if (cy_key_encoding_detect(&encoding, der))
    return CY_OBJECT_KEY;
  if (is_encrypted_key(der))
    return CY_OBJECT_ENCRYPTED_KEY;
  if (is_request(der))
    return CY_OBJECT_REQUEST;
  return signed_kind(der);
}

/* The length octets of a value's head: 2 to 6 in all, 0 when it is no head. */
static size_t head_size(cy_span at)
{
  if (at.len < 2 || at.data[1] < 0x80)
    return at.len < 2 ? 0 : 2;
  size_t octets = at.data[1] & 0x7f;
  return octets >= 1 && octets <= 4 ? 2 + octets : 0;
}

/* A private key in clear: version 0 or 1, then what PKCS#8, PKCS#1, SEC1 and DSA have there. */
static bool is_key_head(cy_span inner)
{
  return inner.len > 3 && inner.data[0] == CY_DER_INTEGER && inner.data[1] == 1 && inner.data[2] <= 1 &&
         (inner.data[3] == CY_DER_SEQUENCE || inner.data[3] == CY_DER_INTEGER ||
           inner.data[3] == CY_DER_OCTET_STRING);
}

bool cy_object_detect_head(cy_span head)
{
  size_t first = head_size(head);
  if (!first || head.data[0] != CY_DER_SEQUENCE || head.len < first + 4)
    return false;
  cy_span inner = cy_span_of(head.data + first, head.len - first);
  if (is_key_head(inner))
    return true;
  size_t second = head_size(inner);
  if (!second || inner.data[0] != CY_DER_SEQUENCE || inner.len < second + 2)
    return false;
  uint8_t tag = inner.data[second];
  return tag == CY_DER_CONTEXT_CONSTRUCTED(0) || tag == CY_DER_INTEGER || tag == CY_DER_SEQUENCE ||
         tag == CY_DER_OID;
}

cy_object cy_object_of_block(const cy_pem_block *block)
{
  static const struct {
    const char *label;
    cy_object object;
  } labels[] = {
    {"CERTIFICATE", CY_OBJECT_CERT},
    {"X509 CERTIFICATE", CY_OBJECT_CERT},
    {"TRUSTED CERTIFICATE", CY_OBJECT_TRUSTED_CERT},
    {"CERTIFICATE REQUEST", CY_OBJECT_REQUEST},
    {"NEW CERTIFICATE REQUEST", CY_OBJECT_REQUEST},
    {"X509 CRL", CY_OBJECT_CRL},
    {"PRIVATE KEY", CY_OBJECT_KEY},
    {"RSA PRIVATE KEY", CY_OBJECT_KEY},
    {"EC PRIVATE KEY", CY_OBJECT_KEY},
    {"DSA PRIVATE KEY", CY_OBJECT_KEY},
    {"ENCRYPTED PRIVATE KEY", CY_OBJECT_ENCRYPTED_KEY},
    {"OPENSSH PRIVATE KEY", CY_OBJECT_OPENSSH},
    {"PKCS7", CY_OBJECT_PKCS7},
    {"CMS", CY_OBJECT_PKCS7},
    {"PKCS #7 SIGNED DATA", CY_OBJECT_PKCS7},
  };
  for (size_t i = 0; i < CY_COUNT(labels); i++) {
    if (!cy_span_equal(block->label, cy_span_str(labels[i].label)))
      continue;
    bool sealed = labels[i].object == CY_OBJECT_KEY && cy_pem_header(block, "DEK-Info").len;
    return sealed ? CY_OBJECT_LEGACY_KEY : labels[i].object;
  }
  return CY_OBJECT_NONE;
}

static cy_err *open_pkcs8(const cy_keybox *box, const cy_secret *password, cy_secret **pkcs8)
{
  return cy_pkcs8_unseal(pkcs8, box->sealed, password);
}

/* The key behind DEK-Info: decrypted, then whatever encoding comes out. A wrong password that
 * happens to have good padding shows itself there. */
static cy_err *open_legacy(const cy_keybox *box, const cy_secret *password, cy_secret **pkcs8)
{
  CY_AUTO(cy_secret) *der = NULL;
  cy_key_encoding encoding;
  CY_TRY(cy_pem_key_decrypt(&der, box->aux, password, box->sealed));
  if (!cy_key_encoding_detect(&encoding, cy_secret_get(der)))
    return cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD, "what comes out is no key");
  return cy_pkcs8_from(pkcs8, encoding, cy_secret_get(der));
}

enum { FEW_ROUNDS = 1000 }; /* RFC 8018, 4.2: at least so many */

/* Ciphers whose keys can be searched, and derivations that can be done by the million a second. */
static const char *pkcs8_weakness(const cy_keybox *box)
{
  cy_pbe_info info;
  cy_err *err = cy_keybox_pbe(box, &info);
  cy_err_free(err);
  if (err)
    return NULL;
  if (info.legacy)
    return "its cipher (DES, RC2 or RC4) is broken";
  bool counted = info.kdf != CY_OID_SCRYPT && info.iterations;
  return counted && info.iterations < FEW_ROUNDS ? "its key derivation has fewer than 1000 rounds" : NULL;
}

static const char *legacy_weakness(const cy_keybox *box)
{
  return "its passphrase goes through MD5 once, so that billions can be tried in a second";
}

static void legacy_describe(const cy_keybox *box, cy_buf *words)
{
  const uint8_t *comma = box->aux.len ? memchr(box->aux.data, ',', box->aux.len) : NULL;
  cy_span name = cy_span_of(box->aux.data, comma ? (size_t)(comma - box->aux.data) : 0);
  cy_buf_str(words, "traditional PEM encryption, ");
  cy_text_put_safe(words, cy_span_of(name.data, name.len < 32 ? name.len : 32));
  cy_buf_str(words, ", MD5 once");
}

static cy_err *open_openssh(const cy_keybox *box, const cy_secret *password, cy_secret **pkcs8)
{
  cy_openssh key;
  CY_TRY(cy_openssh_parse(&key, box->sealed));
  return cy_openssh_open(pkcs8, &key, password);
}

static void openssh_describe(const cy_keybox *box, cy_buf *words)
{
  cy_openssh key;
  cy_err *err = cy_openssh_parse(&key, box->sealed);
  if (!err) {
    cy_buf_str(words, "OpenSSH, ");
    cy_text_put_safe(words, cy_span_of(key.cipher.data, key.cipher.len < 40 ? key.cipher.len : 40));
    cy_buf_printf(words, ", bcrypt, %u rounds", key.rounds);
  }
  cy_err_free(err);
}

static const cy_keybox_ops pkcs8_ops = {.name = "PKCS#8", .open = open_pkcs8, .weakness = pkcs8_weakness};
static const cy_keybox_ops legacy_ops = {.name = "traditional PEM encryption",
  .open = open_legacy,
  .describe = legacy_describe,
  .weakness = legacy_weakness};
static const cy_keybox_ops openssh_ops = {
  .name = "OpenSSH", .open = open_openssh, .describe = openssh_describe, .protect = "ssh-keygen -p -f %s"};

static cy_err *plain_key(cy_keybox *box, cy_span der)
{
  cy_key_encoding encoding;
  if (!cy_key_encoding_detect(&encoding, der))
    return cy_err_new(CY_E_KEY_MALFORMED, "the block says that it is a private key, and it is none");
  return cy_pkcs8_from(&box->plain, encoding, der);
}

bool cy_object_is_sealed(cy_object object, cy_span der)
{
  cy_openssh key;
  if (object != CY_OBJECT_OPENSSH)
    return object == CY_OBJECT_ENCRYPTED_KEY || object == CY_OBJECT_LEGACY_KEY;
  cy_err *err = cy_openssh_parse(&key, der);
  cy_err_free(err);
  return err || key.encrypted;
}

static cy_err *openssh_key(cy_keybox *box, cy_span der)
{
  cy_openssh key;
  CY_TRY(cy_openssh_parse(&key, der));
  box->ops = &openssh_ops;
  box->encrypted = key.encrypted;
  if (key.encrypted)
    box->sealed = der;
  return key.encrypted ? NULL : cy_openssh_open(&box->plain, &key, NULL);
}

/* The public half stands beside the sealed one. */
static cy_err *openssh_public(cy_keybox *box, cy_buf *spki)
{
  cy_openssh key;
  cy_ssh_key public;
  CY_TRY(cy_openssh_parse(&key, box->sealed));
  CY_TRY(cy_ssh_public(&public, key.public_blob));
  return cy_ssh_spki(spki, &public);
}

cy_err *cy_object_key(cy_keybox *box, cy_object object, cy_span der, cy_span dek_info)
{
  *box = (cy_keybox){.own_password = true};
  if (object == CY_OBJECT_OPENSSH)
    return openssh_key(box, der);
  if (object == CY_OBJECT_KEY)
    return plain_key(box, der);
  box->encrypted = true;
  box->sealed = der;
  box->aux = dek_info;
  box->ops = object == CY_OBJECT_LEGACY_KEY ? &legacy_ops : &pkcs8_ops;
  return NULL;
}

cy_err *cy_object_public(cy_arena *arena, cy_keybox *box)
{
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  cy_err *err = box->plain                 ? cy_pkcs8_public(&spki, cy_secret_get(box->plain))
                : box->ops == &openssh_ops ? openssh_public(box, &spki)
                                           : NULL;
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  bool known = !err && spki.len;
  cy_err_free(err);
  if (!known)
    return NULL;
  box->spki = cy_arena_copy(arena, cy_buf_get(&spki));
  return box->spki.data ? NULL : cy_err_no_memory();
}

/* The password for a key that is to be written: its own, or a new one that is asked for. */
static cy_err *write_password(cy_doc *doc, cy_entry *entry, const cy_write_how *how, cy_ask *ask)
{
  cy_ask_want want = {CY_ASK_NEW_KEY, doc->place, entry->label, 0, NULL};
  if (entry->key.password || how->plain_keys)
    return NULL;
  CY_TRY(cy_ask_for(ask, &want, &entry->key.password));
  if (entry->key.password && entry->key.password->len)
    return NULL;
  return cy_err_hint(cy_err_new(CY_E_STORE_PASSWORD_NEEDED,
                       "a private key goes into %s and no passphrase was given", doc->place),
    "Give one with --to-password-file FILE (or --to-password-env NAME); --plain-keys writes it without "
    "protection.");
}

cy_err *cy_object_put_key(
  cy_doc *doc, cy_entry *entry, const cy_write_how *how, cy_ask *ask, cy_buf *der, const char **pem_label)
{
  const cy_secret *pkcs8;
  CY_TRY(cy_doc_key(doc, entry, ask, &pkcs8));
  CY_TRY(write_password(doc, entry, how, ask));
  if (entry->key.password && !how->plain_keys) {
    *pem_label = "ENCRYPTED PRIVATE KEY";
    return cy_pkcs8_seal(der, &how->pbe, entry->key.password, cy_secret_get(pkcs8));
  }
  *pem_label = "PRIVATE KEY";
  cy_buf_span(der, cy_secret_get(pkcs8));
  return cy_buf_check(der);
}
