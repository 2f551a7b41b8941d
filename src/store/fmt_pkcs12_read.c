/* Reading PKCS#12: the outer file and its bags (RFC 7292 section 4). */
#include "base/mem.h"
#include "crypto/codes.h"
#include "store/codes.h"
#include "store/fmt_pkcs12.h"

enum { NEST_MAX = 8 };

void cy_p12_free(void *own)
{
  cy_p12 *p12 = own;
  if (!p12)
    return;
  for (size_t i = 0; i < p12->safe_count; i++)
    cy_secret_free(p12->safes[i].plain);
  for (size_t i = 0; i < p12->buf_count; i++)
    cy_buf_clear(&p12->bufs[i]);
  cy_secret_free(p12->password);
  cy_free(p12->safes);
  cy_free(p12->bags);
  cy_free(p12->items);
  cy_free(p12->links);
  cy_free(p12->bufs);
  cy_free(p12);
}

static cy_err *new_buf(cy_p12 *p12, cy_buf **buf)
{
  *buf = NULL;
  if (!cy_grow(&p12->bufs, &p12->buf_cap, p12->buf_count + 1, sizeof *p12->bufs))
    return cy_err_no_memory();
  *buf = &p12->bufs[p12->buf_count++];
  **buf = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  return NULL;
}

/* Some products write BER: indefinite lengths and strings in pieces. */
static cy_err *as_der(cy_p12 *p12, cy_span *bytes)
{
  cy_buf *der = NULL;
  size_t consumed = 0;
  if (!cy_ber_is_indefinite(*bytes))
    return NULL;
  CY_TRY(new_buf(p12, &der));
  CY_TRY_AS(cy_ber_to_der(der, *bytes, &consumed), CY_E_STORE_DAMAGED, "PKCS#12");
  if (consumed != bytes->len)
    return cy_err_new(CY_E_STORE_DAMAGED, "PKCS#12: %zu bytes are left over", bytes->len - consumed);
  *bytes = cy_buf_get(der);
  return NULL;
}

bool cy_p12_is_sequence(cy_span bytes)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, bytes);
  if (bytes.len > 1 && bytes.data[0] == CY_DER_SEQUENCE && bytes.data[1] == 0x80)
    return true;
  cy_der_take(&cur, CY_DER_SEQUENCE);
  cy_cur_end(&cur);
  return cy_cur_ok(&cur);
}

static cy_oid take_oid(cy_cur *cur)
{
  return cy_oid_find(cy_der_take(cur, CY_DER_OID));
}

/* The MAC. */

cy_digest_alg cy_p12_digest(cy_oid oid)
{
  static const struct {
    cy_oid oid;
    cy_digest_alg alg;
  } rows[] = {{CY_OID_MD5, CY_MD5}, {CY_OID_SHA1, CY_SHA1}, {CY_OID_SHA224, CY_SHA224},
    {CY_OID_SHA256, CY_SHA256}, {CY_OID_SHA384, CY_SHA384}, {CY_OID_SHA512, CY_SHA512},
    {CY_OID_HMAC_SHA1, CY_SHA1}, {CY_OID_HMAC_SHA224, CY_SHA224}, {CY_OID_HMAC_SHA256, CY_SHA256},
    {CY_OID_HMAC_SHA384, CY_SHA384}, {CY_OID_HMAC_SHA512, CY_SHA512}};
  for (size_t i = 0; i < CY_COUNT(rows); i++)
    if (rows[i].oid == oid)
      return rows[i].alg;
  return CY_DIGESTS;
}

/* RFC 9579: PBKDF2 with a key length, and a HMAC. With less than 20 octets the key could be guessed
 * instead of the password; more than 64 no digest gives. */
static void read_pbmac1(cy_p12_mac *mac, cy_cur *alg)
{
  cy_cur params = cy_der_enter(alg, CY_DER_SEQUENCE);
  cy_cur kdf = cy_der_enter(&params, CY_DER_SEQUENCE);
  mac->pbmac1 = true;
  if (take_oid(&kdf) != CY_OID_PBKDF2)
    cy_cur_fail(&kdf, "PBMAC1 with another key derivation than PBKDF2");
  cy_cur pbkdf2 = cy_der_enter(&kdf, CY_DER_SEQUENCE);
  mac->salt = cy_der_take(&pbkdf2, CY_DER_OCTET_STRING);
  mac->iterations = cy_der_uint(&pbkdf2);
  uint64_t key_len = cy_der_uint(&pbkdf2);
  if (cy_cur_ok(&pbkdf2) && (key_len < 20 || key_len > 64))
    cy_cur_fail(&pbkdf2, "a MAC key shorter than 20 octets or longer than 64");
  cy_cur_rest(&pbkdf2);
  cy_der_leave(&pbkdf2);
  cy_der_leave(&kdf);
  cy_cur hmac = cy_der_enter(&params, CY_DER_SEQUENCE);
  mac->digest = cy_p12_digest(take_oid(&hmac));
  cy_cur_rest(&hmac);
  cy_der_leave(&hmac);
  cy_der_leave(&params);
}

static void read_digest_info(cy_p12_mac *mac, cy_cur *data)
{
  cy_cur info = cy_der_enter(data, CY_DER_SEQUENCE);
  const uint8_t *start = info.p;
  cy_cur alg = cy_der_enter(&info, CY_DER_SEQUENCE);
  cy_oid oid = take_oid(&alg);
  mac->algid = cy_span_of(start, (size_t)(info.p - start));
  if (oid == CY_OID_PBMAC1)
    read_pbmac1(mac, &alg);
  else
    mac->digest = cy_p12_digest(oid);
  cy_cur_rest(&alg);
  cy_der_leave(&alg);
  mac->value = cy_der_take(&info, CY_DER_OCTET_STRING);
  cy_der_leave(&info);
}

static void read_mac(cy_p12_mac *mac, cy_cur *data)
{
  mac->present = true;
  read_digest_info(mac, data);
  cy_span salt = cy_der_take(data, CY_DER_OCTET_STRING);
  uint64_t iterations = cy_cur_more(data) ? cy_der_uint(data) : 1;
  if (!mac->pbmac1) {
    mac->salt = salt;
    mac->iterations = iterations;
  }
  if (cy_cur_ok(data) && mac->iterations == 0)
    cy_cur_fail(data, "an iteration count of zero");
}

/* The safes. */

/* An implicitly tagged OCTET STRING that came in pieces. */
static cy_err *join(cy_p12 *p12, cy_cur *parent, cy_span pieces, cy_span *joined)
{
  cy_buf *buf;
  cy_cur cur = cy_cur_over(parent, pieces);
  CY_TRY(new_buf(p12, &buf));
  while (cy_cur_more(&cur))
    cy_buf_span(buf, cy_der_take(&cur, CY_DER_OCTET_STRING));
  *joined = cy_buf_get(buf);
  return cy_buf_check(buf);
}

static cy_err *read_encrypted(cy_p12 *p12, cy_cur *info, cy_p12_safe *safe)
{
  cy_span attrs, pieces;
  cy_cur wrap = cy_der_enter(info, CY_DER_CONTEXT_CONSTRUCTED(0));
  cy_cur data = cy_der_enter(&wrap, CY_DER_SEQUENCE);
  cy_der_uint(&data);
  cy_cur content = cy_der_enter(&data, CY_DER_SEQUENCE);
  cy_der_take(&content, CY_DER_OID);
  safe->encrypted = true;
  safe->algid = cy_der_take_whole(&content, CY_DER_SEQUENCE);
  if (cy_der_take_if(&content, CY_DER_CONTEXT_CONSTRUCTED(0), &pieces))
    CY_TRY(join(p12, &content, pieces, &safe->sealed));
  else
    safe->sealed = cy_der_take(&content, CY_DER_CONTEXT(0));
  cy_der_leave(&content);
  cy_der_take_if(&data, CY_DER_CONTEXT_CONSTRUCTED(1), &attrs);
  cy_der_leave(&data);
  cy_der_leave(&wrap);
  return NULL;
}

static void read_data(cy_cur *info, cy_span *content)
{
  cy_cur wrap = cy_der_enter(info, CY_DER_CONTEXT_CONSTRUCTED(0));
  *content = cy_der_take(&wrap, CY_DER_OCTET_STRING);
  cy_der_leave(&wrap);
}

static cy_err *other_content(cy_span oid, size_t number)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  bool sealed = cy_oid_find(oid) == CY_OID_P7_ENVELOPED;
  cy_oid_put_words(&words, oid);
  const char *what =
    sealed ? "sealed for the holder of a certificate, not by a password" : "neither data nor encryptedData";
  cy_err *err =
    cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "PKCS#12: part %zu is %s (%s)", number, cy_buf_cstr(&words), what);
  return sealed ? cy_err_hint(err, "Have it written again under a password by whoever made it.") : err;
}

static cy_err *read_safe(cy_p12 *p12, cy_cur *list)
{
  if (!cy_grow(&p12->safes, &p12->safe_cap, p12->safe_count + 1, sizeof *p12->safes))
    return cy_err_no_memory();
  cy_p12_safe *safe = &p12->safes[p12->safe_count++];
  *safe = (cy_p12_safe){0};
  const uint8_t *start = list->p;
  cy_cur info = cy_der_enter(list, CY_DER_SEQUENCE);
  cy_span type = cy_der_take(&info, CY_DER_OID);
  if (!cy_cur_ok(&info))
    return NULL;
  cy_oid oid = cy_oid_find(type);
  if (oid == CY_OID_P7_DATA)
    read_data(&info, &safe->content);
  else if (oid == CY_OID_P7_ENCRYPTED)
    CY_TRY(read_encrypted(p12, &info, safe));
  else
    return other_content(type, p12->safe_count);
  cy_der_leave(&info);
  safe->whole = cy_span_of(start, (size_t)(list->p - start));
  return NULL;
}

static cy_err *read_safes(cy_p12 *p12)
{
  cy_span bytes = p12->auth_safe;
  cy_parse parse = {.lenient = true};
  CY_TRY(as_der(p12, &bytes));
  cy_cur cur = cy_cur_begin(&parse, bytes);
  cy_cur list = cy_der_enter(&cur, CY_DER_SEQUENCE);
  while (cy_cur_more(&list))
    CY_TRY(read_safe(p12, &list));
  cy_der_leave(&list);
  cy_cur_end(&cur);
  return cy_parse_check_as(&parse, CY_E_STORE_DAMAGED, "PKCS#12, list of safes");
}

static cy_err *read_pfx(cy_p12 *p12, cy_span bytes)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, bytes);
  cy_cur mac, pfx = cy_der_enter(&cur, CY_DER_SEQUENCE);
  if (cy_der_uint(&pfx) != 3)
    cy_cur_fail(&pfx, "the version is not 3");
  cy_cur info = cy_der_enter(&pfx, CY_DER_SEQUENCE);
  cy_oid type = take_oid(&info);
  if (cy_cur_ok(&info) && type == CY_OID_P7_SIGNED)
    return cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "PKCS#12: signed (signedData), not protected by a password");
  if (cy_cur_ok(&info) && type != CY_OID_P7_DATA)
    cy_cur_fail(&info, "the content is of an unknown type");
  read_data(&info, &p12->auth_safe);
  cy_der_leave(&info);
  if (cy_der_enter_if(&pfx, CY_DER_SEQUENCE, &mac)) {
    read_mac(&p12->mac, &mac);
    cy_der_leave(&mac);
  }
  cy_der_leave(&pfx);
  cy_cur_end(&cur);
  return cy_parse_check_as(&parse, CY_E_STORE_DAMAGED, "PKCS#12");
}

/* The bags. */

bool cy_p12_attr_is_field(cy_oid oid)
{
  return oid == CY_OID_FRIENDLY_NAME || oid == CY_OID_LOCAL_KEY_ID || oid == CY_OID_JAVA_TRUSTED_USAGE;
}

static void read_attrs(const cy_cur *parent, cy_p12_bag *bag)
{
  cy_cur cur = cy_cur_over(parent, bag->attrs);
  while (cy_cur_more(&cur)) {
    cy_cur attr = cy_der_enter(&cur, CY_DER_SEQUENCE);
    cy_oid oid = take_oid(&attr);
    cy_cur values = cy_der_enter(&attr, CY_DER_SET);
    cy_der value = cy_p12_attr_is_field(oid) && cy_cur_more(&values) ? cy_der_next(&values) : (cy_der){0};
    if (oid == CY_OID_FRIENDLY_NAME) {
      bag->name = value.content;
      bag->name_tag = value.tag;
    } else if (oid == CY_OID_LOCAL_KEY_ID) {
      bag->id = value.content;
    } else if (oid == CY_OID_JAVA_TRUSTED_USAGE) {
      bag->trusted = true;
    }
    cy_cur_rest(&values);
    cy_der_leave(&values);
    cy_der_leave(&attr);
  }
}

/* CertBag and CRLBag: a type and [0] OCTET STRING. Other types are kept as they are. */
static void read_typed(const cy_cur *parent, cy_p12_bag *bag, cy_oid wanted)
{
  cy_cur cur = cy_cur_over(parent, bag->value);
  cy_cur typed = cy_der_enter(&cur, CY_DER_SEQUENCE);
  if (take_oid(&typed) == wanted) {
    cy_cur wrap = cy_der_enter(&typed, CY_DER_CONTEXT_CONSTRUCTED(0));
    bag->value = cy_der_take(&wrap, CY_DER_OCTET_STRING);
    cy_der_leave(&wrap);
  } else {
    bag->kind = CY_P12_OTHER;
    cy_cur_rest(&typed);
  }
  cy_der_leave(&typed);
}

static cy_p12_kind kind_of(cy_oid oid)
{
  static const cy_oid oids[] = {CY_OID_KEY_BAG, CY_OID_SHROUDED_KEY_BAG, CY_OID_CERT_BAG, CY_OID_CRL_BAG,
    CY_OID_SECRET_BAG, CY_OID_SAFE_CONTENTS_BAG};
  for (size_t i = 0; i < CY_COUNT(oids); i++)
    if (oids[i] == oid)
      return (cy_p12_kind)i;
  return CY_P12_OTHER;
}

static cy_err *read_bag_list(cy_p12 *p12, cy_cur *list, unsigned depth);

static cy_err *read_nested(cy_p12 *p12, const cy_cur *parent, size_t index, unsigned depth)
{
  cy_cur cur = cy_cur_over(parent, p12->bags[index].value);
  cy_cur list = cy_der_enter(&cur, CY_DER_SEQUENCE);
  if (depth >= NEST_MAX)
    cy_cur_fail(&list, "bags are nested too deeply");
  CY_TRY(read_bag_list(p12, &list, depth + 1));
  cy_der_leave(&list);
  p12->bags[index].end = p12->bag_count;
  return NULL;
}

static cy_err *read_bag(cy_p12 *p12, cy_cur *list, unsigned depth)
{
  const uint8_t *start = list->p;
  cy_cur cur = cy_der_enter(list, CY_DER_SEQUENCE);
  cy_p12_bag bag = {.kind = kind_of(take_oid(&cur)), .leaf = CY_P12_NONE, .item = CY_P12_NONE};
  cy_cur wrap = cy_der_enter(&cur, CY_DER_CONTEXT_CONSTRUCTED(0));
  bag.value =
    bag.kind == CY_P12_OTHER ? cy_der_next(&wrap).whole : cy_der_take_whole(&wrap, CY_DER_SEQUENCE);
  cy_der_leave(&wrap);
  cy_der_take_if(&cur, CY_DER_SET, &bag.attrs);
  cy_der_leave(&cur);
  if (bag.kind == CY_P12_CERT || bag.kind == CY_P12_CRL)
    read_typed(list, &bag, bag.kind == CY_P12_CERT ? CY_OID_X509_CERT_BAG : CY_OID_X509_CRL_BAG);
  read_attrs(list, &bag);
  if (!cy_cur_ok(list))
    return NULL;
  bag.whole = cy_span_of(start, (size_t)(list->p - start));
  if (!cy_grow(&p12->bags, &p12->bag_cap, p12->bag_count + 1, sizeof *p12->bags))
    return cy_err_no_memory();
  size_t index = p12->bag_count++;
  bag.end = p12->bag_count;
  p12->bags[index] = bag;
  return bag.kind == CY_P12_NESTED ? read_nested(p12, list, index, depth) : NULL;
}

static cy_err *read_bag_list(cy_p12 *p12, cy_cur *list, unsigned depth)
{
  while (cy_cur_more(list))
    CY_TRY(read_bag(p12, list, depth));
  return NULL;
}

static cy_err *read_content(cy_p12 *p12, size_t index)
{
  cy_p12_safe *safe = &p12->safes[index];
  cy_parse parse = {.lenient = true};
  CY_TRY(as_der(p12, &safe->content));
  cy_cur cur = cy_cur_begin(&parse, safe->content);
  cy_cur list = cy_der_enter(&cur, CY_DER_SEQUENCE);
  safe->first = p12->bag_count;
  CY_TRY(read_bag_list(p12, &list, 0));
  safe->end = p12->bag_count;
  cy_der_leave(&list);
  cy_cur_end(&cur);
  CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
  cy_buf_printf(&what, "PKCS#12, safe %zu", index + 1);
  return cy_parse_check_as(&parse, CY_E_STORE_DAMAGED, cy_buf_cstr(&what));
}

cy_err *cy_p12_read_bags(cy_p12 *p12)
{
  p12->bag_count = 0;
  for (size_t i = 0; i < p12->safe_count; i++)
    if (p12->safes[i].content.data)
      CY_TRY(read_content(p12, i));
  return NULL;
}

cy_err *cy_p12_read(cy_p12 *p12, cy_span bytes)
{
  CY_TRY(as_der(p12, &bytes));
  CY_TRY(read_pfx(p12, bytes));
  CY_TRY(read_safes(p12));
  return cy_p12_read_bags(p12); /* those in clear: damage shows before a password is asked for */
}

bool cy_p12_has_encrypted(const cy_p12 *p12)
{
  for (size_t i = 0; i < p12->safe_count; i++)
    if (p12->safes[i].encrypted)
      return true;
  return false;
}
