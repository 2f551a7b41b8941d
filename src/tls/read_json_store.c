/* Causey's own form of a side: certificates, identities, trust. */
#include "tls/read_json.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/address.h"
#include "x509/stand_in.h"

/* Certificates. */

static bool unhex(cy_buf *out, cy_span hex)
{
  for (size_t i = 0; i + 1 < hex.len; i += 2) {
    unsigned byte = 0;
    for (size_t k = i; k < i + 2; k++) {
      char c = cy_ascii_lower((char)hex.data[k]);
      unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                       : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                                              : 16;
      if (digit > 15)
        return false;
      byte = byte << 4 | digit;
    }
    cy_buf_u8(out, (uint8_t)byte);
  }
  return hex.len % 2 == 0 && hex.len > 0;
}

typedef cy_err *take_der(void *list, cy_span der);

static cy_err *take_cert(void *list, cy_span der)
{
  cy_cert *cert;
  CY_TRY(cy_cert_parse(&cert, der));
  cy_err *err = cy_certs_add(list, cert);
  cy_cert_free(cert);
  return err;
}

/* What was made of a saved listing says so, since its signatures would not hold. */
static cy_err *take_listed(void *list, cy_span der)
{
  cy_cert *cert;
  CY_TRY(cy_cert_stand_in_parse(&cert, der));
  cy_err *err = cy_certs_add(list, cert);
  cy_cert_free(cert);
  return err;
}

static cy_err *take_crl(void *list, cy_span der)
{
  cy_crl *crl;
  CY_TRY(cy_crl_parse(&crl, der));
  cy_err *err = cy_crls_add(list, crl);
  cy_crl_free(crl);
  return err;
}

/* A list of DER in hexadecimal. */
static cy_err *read_ders(cy_side_json *in, const cy_json_item *item, take_der *take, void *list)
{
  cy_json_item element;
  if (item->kind != CY_JSON_LIST) {
    cy_side_json_wrong(in, item, "a list");
    return NULL;
  }
  while (cy_json_next(&in->in, &element) && element.kind != CY_JSON_CLOSE) {
    CY_CLEAN(cy_buf) der = CY_BUF_STORE;
    static const char word[] = "listed:";
    cy_span hex = element.value;
    bool text = element.kind == CY_JSON_STRING, listed = text && take == take_cert &&
                                                         hex.len >= sizeof word &&
                                                         memcmp(hex.data, word, sizeof word - 1) == 0;
    if (listed)
      hex = cy_span_of(hex.data + sizeof word - 1, hex.len - (sizeof word - 1));
    bool good = text && unhex(&der, hex);
    cy_err *err = good ? (listed ? take_listed : take)(list, cy_buf_get(&der)) : NULL;
    if (err && cy_err_is(err, CY_E_NO_MEMORY))
      return err;
    if (!good || err)
      cy_side_json_wrong(in, &(cy_json_item){.kind = element.kind}, "DER in hexadecimal, whole");
    cy_err_free(err);
  }
  return NULL;
}

cy_err *cy_side_json_ca_list(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  (void)offset;
  (void)value;
  return read_ders(in, item, take_cert, &in->side->ca_list);
}

typedef struct {
  cy_buf file, key_file, label, place, state;
  cy_certs chain;
} identity_words;

static void identity_words_clear(identity_words *w)
{
  cy_buf_clear(&w->file);
  cy_buf_clear(&w->key_file);
  cy_buf_clear(&w->label);
  cy_buf_clear(&w->place);
  cy_buf_clear(&w->state);
  cy_certs_clear(&w->chain);
}

static const char *or_null(cy_buf *text)
{
  return text->len ? cy_buf_cstr(text) : NULL;
}

static cy_err *read_identity_words(cy_side_json *in, identity_words *w)
{
  static const char *const words[] = {"file", "key_file", "label", "place", "key", "chain"};
  cy_buf *texts[] = {&w->file, &w->key_file, &w->label, &w->place, &w->state};
  cy_json_item item;
  while (cy_json_next(&in->in, &item) && item.kind != CY_JSON_CLOSE) {
    size_t i = 0;
    while (i < CY_COUNT(words) && !cy_json_is(item.key, words[i]))
      i++;
    if (i == CY_COUNT(words))
      cy_side_json_unknown(in, &item, words, CY_COUNT(words));
    else if (item.kind == CY_JSON_NULL)
      continue;
    else if (i < CY_COUNT(texts))
      CY_TRY(cy_side_json_text(in, &item, texts[i]));
    else
      CY_TRY(read_ders(in, &item, take_cert, &w->chain));
  }
  return NULL;
}

static cy_err *add_given_identity(cy_side_json *in, identity_words *w)
{
  static const char *const states[] = {"there", "missing", "locked", "others"};
  CY_AUTO(cy_tls_identity) *identity = NULL;
  CY_TRY(cy_tls_identity_new(&identity, or_null(&w->label), cy_buf_cstr(&w->place)));
  cy_certs chain = identity->chain;
  identity->chain = w->chain;
  w->chain = chain;
  for (size_t i = 0; i < CY_COUNT(states); i++)
    if (w->state.len && strcmp(states[i], cy_buf_cstr(&w->state)) == 0)
      identity->key = (cy_tls_key_state)i;
  in->side->identity_wrong |= identity->key == CY_TLS_KEY_MISSING || identity->key == CY_TLS_KEY_OTHERS;
  return cy_tls_side_add_identity(in->side, identity);
}

static cy_err *read_identity(cy_side_json *in, const cy_json_item *item, cy_buf *value)
{
  CY_CLEAN(identity_words) w = {CY_BUF_TEXT, CY_BUF_TEXT, CY_BUF_TEXT, CY_BUF_TEXT, CY_BUF_TEXT, {0}};
  if (item->kind == CY_JSON_STRING) {
    CY_CLEAN(cy_address) address = {0};
    CY_TRY(cy_side_json_text(in, item, &w.file));
    CY_TRY(cy_address_parse(&address, cy_buf_cstr(&w.file), in->reading->how->home));
    cy_buf_printf(value, "%s%s", value->len ? "\n" : "", cy_buf_cstr(&w.file));
    return cy_tls_read_identity(in->reading, in->side, in->path, address.path, NULL, address.selector.text);
  }
  if (item->kind != CY_JSON_OBJECT) {
    cy_side_json_wrong(in, item, "a file, or an object");
    return NULL;
  }
  CY_TRY(read_identity_words(in, &w));
  if (w.chain.count)
    return add_given_identity(in, &w);
  if (!w.file.len) {
    cy_side_json_wrong(in, &(cy_json_item){.kind = CY_JSON_NULL}, "an identity with a file or a chain");
    return NULL;
  }
  cy_buf_printf(value, "%s%s", value->len ? "\n" : "", cy_buf_cstr(&w.file));
  return cy_tls_read_identity(
    in->reading, in->side, in->path, cy_buf_cstr(&w.file), or_null(&w.key_file), or_null(&w.label));
}

cy_err *cy_side_json_identities(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  cy_json_item element;
  (void)offset;
  if (item->kind != CY_JSON_LIST)
    return read_identity(in, item, value);
  while (cy_json_next(&in->in, &element) && element.kind != CY_JSON_CLOSE)
    CY_TRY(read_identity(in, &element, value));
  return NULL;
}

/* Trust: files, "system:", or the certificates themselves. */

static cy_err *trust_file(cy_side_json *in, const char *name)
{
  if (strcmp(name, "system:") == 0)
    return cy_tls_read_system_trust(in->reading, in->side);
  return cy_tls_read_trust(in->reading, in->side, in->path, name);
}

static cy_err *trust_files(cy_side_json *in, const cy_json_item *item, cy_buf *value)
{
  CY_TRY(cy_side_json_texts(in, item, value));
  CY_AUTO_STR char *names = cy_strdup(cy_buf_cstr(value));
  char *rest = NULL;
  CY_TRY_ALLOC(names);
  for (char *name = strtok_r(names, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest))
    CY_TRY(trust_file(in, name));
  return NULL;
}

static cy_err *read_trust_words(cy_side_json *in, cy_tls_trust *trust, cy_buf *value)
{
  static const char *const words[] = {"place", "files", "anchors", "others", "crls"};
  cy_json_item item;
  while (cy_json_next(&in->in, &item) && item.kind != CY_JSON_CLOSE) {
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    if (item.kind == CY_JSON_NULL)
      continue;
    if (cy_json_is(item.key, "place")) {
      CY_TRY(cy_side_json_text(in, &item, &text));
      CY_TRY(cy_tls_side_set(&trust->place, cy_buf_cstr(&text)));
    } else if (cy_json_is(item.key, "files")) {
      CY_TRY(trust_files(in, &item, value));
    } else if (cy_json_is(item.key, "anchors")) {
      CY_TRY(read_ders(in, &item, take_cert, &trust->anchors));
    } else if (cy_json_is(item.key, "others")) {
      CY_TRY(read_ders(in, &item, take_cert, &trust->others));
    } else if (cy_json_is(item.key, "crls")) {
      CY_TRY(read_ders(in, &item, take_crl, &trust->crls));
    } else {
      cy_side_json_unknown(in, &item, words, CY_COUNT(words));
    }
  }
  return NULL;
}

cy_err *cy_side_json_trust(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  CY_AUTO(cy_tls_trust) *trust = NULL;
  (void)offset;
  if (item->kind != CY_JSON_OBJECT)
    return trust_files(in, item, value);
  CY_TRY(cy_tls_trust_new(&trust, in->path));
  CY_TRY(read_trust_words(in, trust, value));
  if (!in->side->trust)
    cy_tls_side_set_trust(in->side, trust);
  return NULL;
}
