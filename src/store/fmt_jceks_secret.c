/* JCEKS: secret keys, which are sealed Java objects. */
#include "base/der.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/codes.h"
#include "crypto/secret_key.h"
#include "store/codes.h"
#include "store/fmt_jceks.h"

#define STRING    "Ljava/lang/String;"
#define SEALED_BY "PBEWithMD5AndTripleDES"

static const cy_java_layout sealed_object = {"javax.crypto.SealedObject", 0x3e363da6c3b75470u,
  CY_JAVA_SERIALIZABLE, 4,
  {{"[B", "encodedParams"}, {"[B", "encryptedContent"}, {STRING, "paramsAlg"}, {STRING, "sealAlg"}}, NULL};

static const cy_java_layout sealed_for_protector = {"com.sun.crypto.provider.SealedObjectForKeyProtector",
  0xcd57ca59e730bb53u, CY_JAVA_SERIALIZABLE, 0, {{NULL, NULL}}, &sealed_object};

static const cy_java_layout secret_key_spec = {"javax.crypto.spec.SecretKeySpec", 0x5b470b66e230614du,
  CY_JAVA_SERIALIZABLE, 2, {{STRING, "algorithm"}, {"[B", "key"}}, NULL};

static const cy_java_layout key_rep = {"java.security.KeyRep", 0xbdf94fb3889aa543u, CY_JAVA_SERIALIZABLE, 4,
  {{STRING, "algorithm"}, {"[B", "encoded"}, {STRING, "format"}, {"Ljava/security/KeyRep$Type;", "type"}},
  NULL};

static const cy_java_layout java_enum = {
  "java.lang.Enum", 0, CY_JAVA_SERIALIZABLE | CY_JAVA_IS_ENUM, 0, {{NULL, NULL}}, NULL};

static const cy_java_layout key_rep_type = {
  "java.security.KeyRep$Type", 0, CY_JAVA_SERIALIZABLE | CY_JAVA_IS_ENUM, 0, {{NULL, NULL}}, &java_enum};

static const cy_java_layout des_key = {
  "com.sun.crypto.provider.DESKey", 0x6b349c35da156898u, CY_JAVA_SERIALIZABLE, 1, {{"[B", "key"}}, NULL};

static const cy_java_layout desede_key = {
  "com.sun.crypto.provider.DESedeKey", 0x2231d6ba0f43f5dau, CY_JAVA_SERIALIZABLE, 1, {{"[B", "key"}}, NULL};

static const cy_java_layout pbe_key = {"com.sun.crypto.provider.PBEKey", 0xe0fc818458927930u,
  CY_JAVA_SERIALIZABLE, 2, {{"[B", "key"}, {STRING, "type"}}, NULL};

static void java_auto(cy_java *java)
{
  cy_java_clear(java);
}
#define CLEAN_JAVA __attribute__((cleanup(java_auto))) cy_java

/* For messages: never empty, nothing that a terminal would obey. */
static const char *class_words(cy_buf *words, cy_span name)
{
  cy_text_put_safe(words, name.len > 200 ? cy_span_of(name.data, 200) : name);
  return name.len ? cy_buf_cstr(words) : "without a name";
}

static cy_err *name_class(cy_err *err, const cy_java *java, cy_err_code code, const char *what)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  if (!err || cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  return cy_err_wrap(
    err, code, "%s: a Java object of class %s", what, class_words(&words, cy_java_reading(java)));
}

/* The parts of a sealed object. */
typedef struct {
  cy_span params, content, params_alg, seal_alg;
} sealed_parts;

static bool take_field(const cy_java *java, const char *name, cy_java_kind kind, cy_span *bytes)
{
  const cy_java_value *value = cy_java_get(java, name);
  *bytes = value ? value->bytes : CY_SPAN_NONE;
  return value && value->kind == kind;
}

static bool is_sealed(const cy_java *java)
{
  return cy_java_is(java, &sealed_for_protector) || cy_java_is(java, &sealed_object);
}

static bool take_parts(const cy_java *java, sealed_parts *out)
{
  return is_sealed(java) && take_field(java, "encodedParams", CY_JAVA_BYTES, &out->params) &&
         take_field(java, "encryptedContent", CY_JAVA_BYTES, &out->content) &&
         take_field(java, "paramsAlg", CY_JAVA_STRING, &out->params_alg) &&
         take_field(java, "sealAlg", CY_JAVA_STRING, &out->seal_alg);
}

/* All of `stream` is one object. */
static cy_err *read_stream(cy_java *java, cy_span stream, const char *what)
{
  cy_parse parse = {0};
  cy_cur cur = cy_cur_begin(&parse, stream);
  CY_TRY(cy_java_read(java, &cur));
  cy_cur_end(&cur);
  return name_class(cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, what), java, CY_E_STORE_STEP, what);
}

static cy_err *foreign(const cy_java *java, const char *what)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_err *err =
    cy_err_new(CY_E_STORE_CANNOT_HOLD, "%s is a Java object of class %s, which is no secret key", what,
      class_words(&words, cy_java_class(java)));
  return cy_err_hint(err,
    "Causey makes no objects of classes that do not belong there, and takes nothing out "
    "of them. The entry itself can be kept, or removed with causey rm.");
}

static cy_err *read_parts(cy_java *java, cy_span stream, sealed_parts *parts)
{
  *parts = (sealed_parts){.params = CY_SPAN_NONE};
  CY_TRY(read_stream(java, stream, "the entry"));
  return take_parts(java, parts) ? NULL : foreign(java, "the entry");
}

/* As the AlgorithmIdentifier that Java's private keys have beside them. */
static cy_err *put_algid(cy_buf *algid, const sealed_parts *parts)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  if (!cy_span_equal(parts->seal_alg, CY_SPAN(SEALED_BY)) ||
      !cy_span_equal(parts->params_alg, CY_SPAN(SEALED_BY)))
    return cy_err_new(
      CY_E_CRYPTO_UNSUPPORTED, "a secret key sealed by %s", class_words(&words, parts->seal_alg));
  cy_der_put(algid, CY_DER_OID, cy_oid_content(CY_OID_JCEKS_KEY_PROTECTOR));
  cy_buf_span(algid, parts->params);
  cy_der_end(algid, 0, CY_DER_SEQUENCE);
  return cy_buf_check(algid);
}

/* What is in it. */

/* The key's algorithm and octets; false when it is of no class that is known. */
static bool take_key(const cy_java *java, cy_span *algorithm, cy_span *key)
{
  const cy_java_value *type = cy_java_get(java, "type");
  cy_span format;
  *algorithm = cy_java_is(java, &des_key) ? CY_SPAN("DES") : CY_SPAN("DESede");
  if (cy_java_is(java, &des_key) || cy_java_is(java, &desede_key))
    return take_field(java, "key", CY_JAVA_BYTES, key);
  if (cy_java_is(java, &pbe_key))
    return take_field(java, "type", CY_JAVA_STRING, algorithm) &&
           take_field(java, "key", CY_JAVA_BYTES, key);
  if (cy_java_is(java, &secret_key_spec))
    return take_field(java, "algorithm", CY_JAVA_STRING, algorithm) &&
           take_field(java, "key", CY_JAVA_BYTES, key);
  return cy_java_is(java, &key_rep) && type->kind == CY_JAVA_ENUM &&
         cy_java_value_is(java, type, &key_rep_type) && cy_span_equal(type->bytes, CY_SPAN("SECRET")) &&
         take_field(java, "format", CY_JAVA_STRING, &format) && cy_span_equal(format, CY_SPAN("RAW")) &&
         take_field(java, "algorithm", CY_JAVA_STRING, algorithm) &&
         take_field(java, "encoded", CY_JAVA_BYTES, key);
}

static bool begins_as_object(cy_span bytes)
{
  return bytes.len > 4 && memcmp(bytes.data, "\xac\xed\0\5", 4) == 0;
}

static cy_err *key_in(cy_secret **pkcs8, cy_java *java, cy_span content)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_span algorithm, key;
  if (!begins_as_object(content))
    return cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD, "what the password opens is not what was sealed");
  CY_TRY(read_stream(java, content, "what was sealed"));
  if (!take_key(java, &algorithm, &key))
    return foreign(java, "what was sealed");
  if (!cy_text_from_modified_utf8(&name, algorithm))
    return cy_err_new(CY_E_KEY_MALFORMED, "the name of the secret key's algorithm is no text");
  CY_TRY(cy_buf_check(&name));
  return cy_secret_key_make(pkcs8, cy_buf_get(&name), key);
}

static cy_err *open_secret(const cy_keybox *box, const cy_secret *password, cy_secret **pkcs8)
{
  CY_CLEAN(cy_buf) algid = CY_BUF_STORE;
  CY_AUTO(cy_secret) *content = NULL;
  CLEAN_JAVA java = {0};
  sealed_parts parts;
  *pkcs8 = NULL;
  if (!password)
    return cy_err_new(
      CY_E_CRYPTO_WRONG_PASSWORD, "a key in a Java keystore never opens without a password");
  CY_TRY(read_parts(&java, box->sealed, &parts));
  CY_TRY(put_algid(&algid, &parts));
  CY_TRY(cy_pbe_decrypt(&content, cy_buf_get(&algid), password, parts.content));
  return key_in(pkcs8, &java, cy_secret_get(content));
}

cy_err *cy_jceks_secret_info(cy_pbe_info *info, cy_span stream)
{
  CY_CLEAN(cy_buf) algid = CY_BUF_STORE;
  CLEAN_JAVA java = {0};
  sealed_parts parts;
  CY_TRY(read_parts(&java, stream, &parts));
  CY_TRY(put_algid(&algid, &parts));
  return cy_pbe_describe(info, cy_buf_get(&algid));
}

static void describe_secret(const cy_keybox *box, cy_buf *words)
{
  cy_pbe_info info;
  cy_err *err = cy_jceks_secret_info(&info, box->sealed);
  if (!err)
    cy_pbe_format(words, &info);
  cy_err_free(err);
}

const cy_keybox_ops cy_jceks_secret_ops = {"JCEKS key protector", open_secret, describe_secret};

/* Reading the store: only what is needed to find the entry's end and to tell a key from anything else. */
cy_err *cy_jceks_read_secret(cy_doc *doc, cy_entry *entry, cy_cur *cur)
{
  cy_jks_own *own = doc->own;
  const uint8_t *start = cur->p;
  sealed_parts parts;
  if (!cy_cur_ok(cur))
    return NULL;
  if (!own->java)
    own->java = cy_malloc(sizeof *own->java);
  CY_TRY_ALLOC(own->java);
  CY_TRY(cy_java_read(own->java, cur));
  if (!cy_cur_ok(cur))
    return name_class(cy_parse_check_as(cur->parse, CY_E_STORE_DAMAGED, "a secret key of the store"),
      own->java, CY_E_STORE_STEP, "a secret key of the store");
  cy_span stream = cy_span_of(start, (size_t)(cur->p - start));
  entry->kind = CY_ENTRY_SECRET;
  if (take_parts(own->java, &parts))
    entry->key =
      (cy_keybox){.ops = &cy_jceks_secret_ops, .sealed = stream, .encrypted = true, .own_password = true};
  else
    entry->der = stream;
  return NULL;
}

cy_err *cy_jceks_foreign_class(const cy_entry *entry, cy_span *name)
{
  CLEAN_JAVA java = {0};
  *name = CY_SPAN_NONE;
  if (entry->kind != CY_ENTRY_SECRET || !entry->der.len)
    return NULL;
  CY_TRY(read_stream(&java, entry->der, "the entry"));
  *name = cy_java_class(&java);
  return NULL;
}

/* Writing. */

cy_pbe_choice cy_jceks_choice(const cy_write_how *how)
{
  if (how->pbe.scheme == CY_OID_JCEKS_KEY_PROTECTOR)
    return how->pbe;
  return (cy_pbe_choice){CY_OID_JCEKS_KEY_PROTECTOR, CY_OID_UNKNOWN, CY_OID_UNKNOWN, CY_JCEKS_ITERATIONS};
}

/* The key as the object that Java makes of it, whatever class it was before. */
static cy_err *put_key_object(cy_buf *content, cy_span pkcs8)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) modified = CY_BUF_TEXT;
  cy_secret_key key;
  CY_TRY(cy_secret_key_parse(&key, pkcs8));
  cy_secret_key_name(&name, &key);
  CY_TRY(cy_buf_check(&name));
  if (!name.len || !key.key.len || !cy_text_to_modified_utf8(&modified, cy_buf_get(&name)))
    return cy_err_new(CY_E_STORE_CANNOT_HOLD, "Java has no secret keys without %s",
      key.key.len ? "an algorithm" : "any octets");
  CY_TRY(cy_buf_check(&modified));
  cy_java_put(content, &secret_key_spec, (cy_span[]){cy_buf_get(&modified), key.key});
  return cy_buf_check(content);
}

/* The parameters alone, out of an AlgorithmIdentifier of ours. */
static cy_span params_of(cy_span algid)
{
  cy_parse parse = {0};
  cy_cur cur = cy_cur_begin(&parse, algid);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_der_take(&seq, CY_DER_OID);
  return cy_der_take_whole(&seq, CY_DER_SEQUENCE);
}

cy_err *cy_jceks_seal_secret(cy_buf *out, cy_span pkcs8, const cy_secret *password, const cy_write_how *how)
{
  CY_CLEAN(cy_buf) content = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  CY_CLEAN(cy_buf) algid = CY_BUF_STORE;
  CY_CLEAN(cy_buf) sealed = CY_BUF_STORE;
  cy_pbe_choice choice = cy_jceks_choice(how);
  CY_TRY(put_key_object(&content, pkcs8));
  CY_TRY(cy_pbe_encrypt(&algid, &sealed, &choice, password, cy_buf_get(&content)));
  cy_span values[] = {
    params_of(cy_buf_get(&algid)), cy_buf_get(&sealed), CY_SPAN(SEALED_BY), CY_SPAN(SEALED_BY)};
  cy_java_put(out, &sealed_for_protector, values);
  return cy_buf_check(out);
}
