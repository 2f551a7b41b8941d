/* json: Causey's own form of a side (docs/schema/tls_side-1.json), written by `tls side --json` and by
 * people. */
#include <stdlib.h>

#include "base/json_read.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/reader_internal.h"
#include "tls/reader_openssl.h"

typedef struct {
  cy_tls_reading *reading;
  const char *path;
  cy_json_in in;
  size_t counted, line; /* lines up to a place */
  cy_tls_side *side;
  cy_tls_side *given; /* of its settings only: what the document itself says of where they came from */
} input;

typedef struct {
  const char *key;
  cy_tls_field field;
  cy_err *(*read)(input *in, const cy_json_item *item, size_t offset, cy_buf *value);
  size_t offset;
} member;

static size_t line_now(input *in)
{
  for (; in->counted < in->in.at && in->counted < in->in.text.len; in->counted++)
    in->line += in->in.text.data[in->counted] == '\n';
  return in->line;
}

static cy_err *malformed(input *in)
{
  return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: %s", in->path, line_now(in), in->in.wrong);
}

/* The rest of a value that was begun. */
static void skip(input *in, const cy_json_item *item)
{
  cy_json_item inner;
  int depth = item->kind == CY_JSON_OBJECT || item->kind == CY_JSON_LIST;
  while (depth && cy_json_next(&in->in, &inner))
    depth += inner.kind == CY_JSON_CLOSE                                    ? -1
             : (inner.kind == CY_JSON_OBJECT || inner.kind == CY_JSON_LIST) ? 1
                                                                            : 0;
}

static void wrong(input *in, const cy_json_item *item, const char *wanted)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  cy_json_unquote(&key, item->key);
  cy_tls_read_finding(in->side, CY_F_TLS_SETTING_WRONG, in->path, line_now(in), "%s is to be %s%s%.*s",
    key.len ? cy_buf_cstr(&key) : "an element", wanted, item->value.len ? ", not " : "",
    item->value.len > 60 ? 60 : (int)item->value.len,
    item->value.len ? (const char *)item->value.data : "");
  skip(in, item);
}

static void unknown(input *in, const cy_json_item *item, const char *const *words, size_t count)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  cy_json_unquote(&key, item->key);
  cy_nearest near = CY_NEAREST(cy_buf_cstr(&key));
  for (size_t i = 0; i < count; i++)
    cy_nearest_try(&near, words[i]);
  cy_finding *f = cy_tls_read_finding(in->side, CY_F_TLS_SETTING_UNKNOWN, in->path, line_now(in),
    "%s is nothing that a side has", cy_buf_cstr(&key));
  if (near.best)
    cy_finding_set_fix(&in->side->findings, f, "Did you mean %s?", near.best);
  skip(in, item);
}

/* Values. `value` becomes what the setting is noted with. */

static cy_err *read_text(input *in, const cy_json_item *item, cy_buf *value)
{
  if (item->kind == CY_JSON_STRING)
    cy_json_unquote(value, item->value);
  else
    wrong(in, item, "a text");
  return cy_buf_check(value);
}

/* One text, or a list of them; a line each. */
static cy_err *read_texts(input *in, const cy_json_item *item, cy_buf *value)
{
  cy_json_item element;
  if (item->kind != CY_JSON_LIST)
    return read_text(in, item, value);
  while (cy_json_next(&in->in, &element) && element.kind != CY_JSON_CLOSE) {
    cy_buf_str(value, value->len ? "\n" : "");
    CY_TRY(read_text(in, &element, value));
  }
  return cy_buf_check(value);
}

static cy_err *read_string(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  char **field = (char **)((char *)in->side + offset);
  CY_TRY(read_text(in, item, value));
  if (memchr(cy_buf_cstr(value), 0, value->len)) {
    wrong(in, item, "a text without zero octets");
    return NULL;
  }
  return item->kind == CY_JSON_STRING ? cy_tls_side_set(field, cy_buf_cstr(value)) : NULL;
}

static cy_err *read_suites(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  cy_codes *list = (cy_codes *)(void *)((char *)in->side + offset);
  CY_TRY(read_texts(in, item, value));
  return cy_tls_read_suites(list, in->side, cy_buf_get(value), "\n:, ", in->path, line_now(in));
}

static cy_err *read_cipher_string(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  (void)offset;
  CY_TRY(read_text(in, item, value));
  return cy_tls_read_cipher_string(in->side, cy_buf_get(value), in->path, line_now(in));
}

static cy_err *read_groups(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  cy_codes *list = (cy_codes *)(void *)((char *)in->side + offset);
  CY_TRY(read_texts(in, item, value));
  return cy_tls_read_groups(list, in->side, cy_buf_get(value), "\n:, ", in->path, line_now(in));
}

static cy_err *read_schemes(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  cy_codes *list = (cy_codes *)(void *)((char *)in->side + offset);
  CY_TRY(read_texts(in, item, value));
  return cy_tls_read_schemes(list, in->side, cy_buf_get(value), "\n:, ", in->path, line_now(in));
}

static cy_err *read_versions(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  unsigned *set = (unsigned *)(void *)((char *)in->side + offset);
  CY_TRY(read_texts(in, item, value));
  CY_AUTO_STR char *words = cy_strdup(cy_buf_cstr(value));
  char *rest = NULL;
  CY_TRY_ALLOC(words);
  for (char *word = strtok_r(words, "\n,", &rest); word; word = strtok_r(NULL, "\n,", &rest)) {
    unsigned version = cy_tls_read_version(word);
    if (version)
      *set |= CY_TLS_BIT(version);
    else
      cy_tls_read_finding(
        in->side, CY_F_TLS_SETTING_WRONG, in->path, line_now(in), "%s is no version of TLS", word);
  }
  return NULL;
}

static bool number_of(const cy_json_item *item, long *number)
{
  char text[12] = "";
  char *end;
  if (item->kind != CY_JSON_NUMBER || item->value.len >= sizeof text)
    return false;
  memcpy(text, item->value.data, item->value.len);
  *number = strtol(text, &end, 10);
  return !*end && *number >= -1 && *number <= 1000000;
}

/* Levels and sizes; -1 is the library's own where that is what nothing means. */
static cy_err *read_number(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  long number;
  if (!number_of(item, &number)) {
    wrong(in, item, "a number");
    return NULL;
  }
  *(int *)(void *)((char *)in->side + offset) = (int)number;
  cy_buf_span(value, item->value);
  return cy_buf_check(value);
}

static cy_err *read_size(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  long number;
  if (!number_of(item, &number) || number < 0) {
    wrong(in, item, "a number that is not negative");
    return NULL;
  }
  *(unsigned *)(void *)((char *)in->side + offset) = (unsigned)number;
  cy_buf_span(value, item->value);
  return cy_buf_check(value);
}

static bool is_bool(const cy_json_item *item)
{
  return item->kind == CY_JSON_TRUE || item->kind == CY_JSON_FALSE;
}

static cy_err *read_tri(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  if (!is_bool(item)) {
    wrong(in, item, "true or false");
    return NULL;
  }
  *(cy_tri *)(void *)((char *)in->side + offset) = item->kind == CY_JSON_TRUE ? CY_YES : CY_NO;
  cy_buf_str(value, item->kind == CY_JSON_TRUE ? "true" : "false");
  return cy_buf_check(value);
}

static cy_err *read_bool(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  if (!is_bool(item)) {
    wrong(in, item, "true or false");
    return NULL;
  }
  *(bool *)((char *)in->side + offset) = item->kind == CY_JSON_TRUE;
  cy_buf_str(value, item->kind == CY_JSON_TRUE ? "true" : "false");
  return cy_buf_check(value);
}

/* One of several words; the index, or -1 and a finding. */
static int word_of(input *in, const cy_json_item *item, const char *const *words, int count, cy_buf *value)
{
  CY_CLEAN(cy_buf) list = CY_BUF_TEXT;
  for (int i = 0; i < count; i++) {
    cy_buf_printf(&list, "%s%s", i ? ", " : "one of ", words[i]);
    if (item->kind == CY_JSON_STRING && cy_json_is(item->value, words[i])) {
      cy_buf_str(value, words[i]);
      return i;
    }
  }
  wrong(in, item, cy_buf_cstr(&list));
  return -1;
}

static cy_err *read_role(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  static const char *const words[] = {"client", "server"};
  int at = word_of(in, item, words, CY_COUNT(words), value);
  (void)offset;
  if (at >= 0) {
    in->side->role = (cy_tls_role)at;
    in->side->role_known = true;
  }
  return cy_buf_check(value);
}

static cy_err *read_dialect(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  (void)offset;
  CY_TRY(read_text(in, item, value));
  in->side->dialect = cy_tls_dialect_find(cy_buf_cstr(value));
  if (!in->side->dialect && item->kind == CY_JSON_STRING) {
    cy_err *none = cy_tls_read_no_dialect(cy_buf_cstr(value));
    cy_finding *f = cy_tls_read_finding(
      in->side, CY_F_TLS_SETTING_WRONG, in->path, line_now(in), "%s", cy_err_text(none));
    cy_finding_set_fix(&in->side->findings, f, "%s", cy_err_fix(none));
    cy_err_free(none);
  }
  return NULL;
}

static cy_err *read_peer(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  const char *words[] = {cy_tls_peer_name(CY_TLS_PEER_IGNORED), cy_tls_peer_name(CY_TLS_PEER_UNCHECKED),
    cy_tls_peer_name(CY_TLS_PEER_OPTIONAL), cy_tls_peer_name(CY_TLS_PEER_REQUIRED)};
  int at = word_of(in, item, words, CY_COUNT(words), value);
  (void)offset;
  if (at >= 0)
    in->side->peer = (cy_tls_peer)((int)CY_TLS_PEER_IGNORED + at);
  return cy_buf_check(value);
}

static cy_err *read_ca_names(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  static const char *const words[] = {"none", "trust", "list"};
  int at = word_of(in, item, words, CY_COUNT(words), value);
  (void)offset;
  if (at >= 0)
    in->side->ca_names = (cy_tls_ca_names)((int)CY_TLS_CA_NAMES_NONE + at);
  return cy_buf_check(value);
}

static cy_err *read_dh(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  static const char *const words[] = {"none", "auto"};
  long bits;
  (void)offset;
  cy_buf_span(value, item->value);
  if (number_of(item, &bits) && bits > 0) {
    in->side->dh = CY_TLS_DH_BITS;
    in->side->dh_bits = (unsigned)bits;
    return cy_buf_check(value);
  }
  cy_buf_reset(value);
  int at = word_of(in, item, words, CY_COUNT(words), value);
  if (at >= 0)
    in->side->dh = (cy_tls_dh)((int)CY_TLS_DH_NONE + at);
  return cy_buf_check(value);
}

static cy_err *read_at(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  (void)offset;
  CY_TRY(read_text(in, item, value));
  if (item->kind == CY_JSON_STRING && !cy_time_parse(&in->side->at, cy_buf_cstr(value)))
    wrong(in, item, "a time (2026-01-31T10:00:00Z)");
  return NULL;
}

static cy_err *read_nothing(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  (void)offset;
  (void)value;
  skip(in, item);
  return NULL;
}

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

static cy_err *take_crl(void *list, cy_span der)
{
  cy_crl *crl;
  CY_TRY(cy_crl_parse(&crl, der));
  cy_err *err = cy_crls_add(list, crl);
  cy_crl_free(crl);
  return err;
}

/* A list of DER in hexadecimal. */
static cy_err *read_ders(input *in, const cy_json_item *item, take_der *take, void *list)
{
  cy_json_item element;
  if (item->kind != CY_JSON_LIST) {
    wrong(in, item, "a list");
    return NULL;
  }
  while (cy_json_next(&in->in, &element) && element.kind != CY_JSON_CLOSE) {
    CY_CLEAN(cy_buf) der = CY_BUF_STORE;
    bool good = element.kind == CY_JSON_STRING && unhex(&der, element.value);
    cy_err *err = good ? take(list, cy_buf_get(&der)) : NULL;
    if (err && cy_err_is(err, CY_E_NO_MEMORY))
      return err;
    if (!good || err)
      wrong(in, &(cy_json_item){.kind = element.kind}, "DER in hexadecimal, whole");
    cy_err_free(err);
  }
  return NULL;
}

static cy_err *read_ca_list(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
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

static cy_err *read_identity_words(input *in, identity_words *w)
{
  static const char *const words[] = {"file", "key_file", "label", "place", "key", "chain"};
  cy_buf *texts[] = {&w->file, &w->key_file, &w->label, &w->place, &w->state};
  cy_json_item item;
  while (cy_json_next(&in->in, &item) && item.kind != CY_JSON_CLOSE) {
    size_t i = 0;
    while (i < CY_COUNT(words) && !cy_json_is(item.key, words[i]))
      i++;
    if (i == CY_COUNT(words))
      unknown(in, &item, words, CY_COUNT(words));
    else if (item.kind == CY_JSON_NULL)
      continue;
    else if (i < CY_COUNT(texts))
      CY_TRY(read_text(in, &item, texts[i]));
    else
      CY_TRY(read_ders(in, &item, take_cert, &w->chain));
  }
  return NULL;
}

static cy_err *add_given_identity(input *in, identity_words *w)
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

static cy_err *read_identity(input *in, const cy_json_item *item, cy_buf *value)
{
  CY_CLEAN(identity_words) w = {CY_BUF_TEXT, CY_BUF_TEXT, CY_BUF_TEXT, CY_BUF_TEXT, CY_BUF_TEXT, {0}};
  if (item->kind == CY_JSON_STRING) {
    CY_CLEAN(cy_address) address = {0};
    CY_TRY(read_text(in, item, &w.file));
    CY_TRY(cy_address_parse(&address, cy_buf_cstr(&w.file), in->reading->how->home));
    cy_buf_printf(value, "%s%s", value->len ? "\n" : "", cy_buf_cstr(&w.file));
    return cy_tls_read_identity(in->reading, in->side, in->path, address.path, NULL, address.selector.text);
  }
  if (item->kind != CY_JSON_OBJECT) {
    wrong(in, item, "a file, or an object");
    return NULL;
  }
  CY_TRY(read_identity_words(in, &w));
  if (w.chain.count)
    return add_given_identity(in, &w);
  if (!w.file.len) {
    wrong(in, &(cy_json_item){.kind = CY_JSON_NULL}, "an identity with a file or a chain");
    return NULL;
  }
  cy_buf_printf(value, "%s%s", value->len ? "\n" : "", cy_buf_cstr(&w.file));
  return cy_tls_read_identity(
    in->reading, in->side, in->path, cy_buf_cstr(&w.file), or_null(&w.key_file), or_null(&w.label));
}

static cy_err *read_identities(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
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

static cy_err *trust_file(input *in, const char *name)
{
  if (strcmp(name, "system:") == 0)
    return cy_tls_read_system_trust(in->reading, in->side);
  return cy_tls_read_trust(in->reading, in->side, in->path, name);
}

static cy_err *trust_files(input *in, const cy_json_item *item, cy_buf *value)
{
  CY_TRY(read_texts(in, item, value));
  CY_AUTO_STR char *names = cy_strdup(cy_buf_cstr(value));
  char *rest = NULL;
  CY_TRY_ALLOC(names);
  for (char *name = strtok_r(names, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest))
    CY_TRY(trust_file(in, name));
  return NULL;
}

static cy_err *read_trust_words(input *in, cy_tls_trust *trust, cy_buf *value)
{
  static const char *const words[] = {"place", "files", "anchors", "others", "crls"};
  cy_json_item item;
  while (cy_json_next(&in->in, &item) && item.kind != CY_JSON_CLOSE) {
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    if (item.kind == CY_JSON_NULL)
      continue;
    if (cy_json_is(item.key, "place")) {
      CY_TRY(read_text(in, &item, &text));
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
      unknown(in, &item, words, CY_COUNT(words));
    }
  }
  return NULL;
}

static cy_err *read_trust(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
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

/* Settings, as `tls side --json` writes them. */

static cy_tls_field field_of(const cy_json_item *item)
{
  for (int i = 0; i < CY_TLS_FIELD_COUNT; i++)
    if (cy_json_is(item->value, cy_tls_field_name((cy_tls_field)i)))
      return (cy_tls_field)i;
  return CY_TLS_FIELD_OTHER;
}

static cy_err *read_setting(input *in)
{
  static const char *const words[] = {"field", "key", "value", "file", "line", "in_force", "note"};
  cy_buf texts[4] = {CY_BUF_TEXT, CY_BUF_TEXT, CY_BUF_TEXT, CY_BUF_TEXT};
  cy_tls_field field = CY_TLS_FIELD_OTHER;
  bool in_force = true;
  long line = 0;
  cy_json_item item;
  cy_err *err = NULL;
  while (!err && cy_json_next(&in->in, &item) && item.kind != CY_JSON_CLOSE) {
    if (cy_json_is(item.key, "field"))
      field = field_of(&item);
    else if (cy_json_is(item.key, "key"))
      err = read_text(in, &item, &texts[0]);
    else if (cy_json_is(item.key, "value"))
      err = read_text(in, &item, &texts[1]);
    else if (cy_json_is(item.key, "file"))
      err = read_text(in, &item, &texts[2]);
    else if (cy_json_is(item.key, "note") && item.kind == CY_JSON_STRING)
      err = read_text(in, &item, &texts[3]);
    else if (cy_json_is(item.key, "line") && number_of(&item, &line))
      continue;
    else if (cy_json_is(item.key, "in_force") && is_bool(&item))
      in_force = item.kind == CY_JSON_TRUE;
    else if (item.kind != CY_JSON_NULL)
      unknown(in, &item, words, CY_COUNT(words));
  }
  if (!err)
    err = cy_tls_side_note(in->given, field, cy_buf_cstr(&texts[0]), cy_buf_cstr(&texts[1]),
      cy_buf_cstr(&texts[2]), line > 0 ? (size_t)line : 0);
  if (!err) {
    cy_tls_setting *last = &in->given->settings[in->given->setting_count - 1];
    last->in_force = in_force;
    if (texts[3].len)
      err = cy_tls_side_set(&last->note, cy_buf_cstr(&texts[3]));
  }
  for (size_t i = 0; i < CY_COUNT(texts); i++)
    cy_buf_clear(&texts[i]);
  return err;
}

static cy_err *read_settings(input *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  cy_json_item element;
  (void)offset;
  (void)value;
  if (item->kind != CY_JSON_LIST) {
    wrong(in, item, "a list");
    return NULL;
  }
  if (!in->given)
    CY_TRY(cy_tls_side_new(&in->given, in->path, CY_TLS_CLIENT));
  while (cy_json_next(&in->in, &element) && element.kind != CY_JSON_CLOSE) {
    if (element.kind == CY_JSON_OBJECT)
      CY_TRY(read_setting(in));
    else
      wrong(in, &element, "an object");
  }
  return NULL;
}

/* A side. */

#define AT(member) offsetof(cy_tls_side, member)

static const member members[] = {
  {"schema", CY_TLS_FIELD_OTHER, read_nothing, 0},
  {"name", CY_TLS_FIELD_OTHER, read_string, AT(name)},
  {"label", CY_TLS_FIELD_OTHER, read_string, AT(label)},
  {"product", CY_TLS_FIELD_OTHER, read_string, AT(product)},
  {"source", CY_TLS_FIELD_OTHER, read_string, AT(source)},
  {"role", CY_TLS_FIELD_OTHER, read_role, 0},
  {"dialect", CY_TLS_FIELD_OTHER, read_dialect, 0},
  {"versions", CY_TLS_FIELD_VERSIONS, read_versions, AT(versions)},
  {"suites", CY_TLS_FIELD_SUITES, read_suites, AT(suites)},
  {"cipher_string", CY_TLS_FIELD_SUITES, read_cipher_string, 0},
  {"suites13", CY_TLS_FIELD_SUITES13, read_suites, AT(suites13)},
  {"groups", CY_TLS_FIELD_GROUPS, read_groups, AT(groups)},
  {"shares", CY_TLS_FIELD_SHARES, read_groups, AT(shares)},
  {"schemes", CY_TLS_FIELD_SCHEMES, read_schemes, AT(schemes)},
  {"cert_schemes", CY_TLS_FIELD_CERT_SCHEMES, read_schemes, AT(cert_schemes)},
  {"client_schemes", CY_TLS_FIELD_CLIENT_SCHEMES, read_schemes, AT(client_schemes)},
  {"security_level", CY_TLS_FIELD_LEVEL, read_number, AT(security_level)},
  {"min_rsa", CY_TLS_FIELD_MIN_RSA, read_size, AT(min_rsa)},
  {"own_order", CY_TLS_FIELD_ORDER, read_tri, AT(own_order)},
  {"chacha_first", CY_TLS_FIELD_ORDER, read_tri, AT(chacha_first)},
  {"dh", CY_TLS_FIELD_DH, read_dh, 0},
  {"identities", CY_TLS_FIELD_IDENTITY, read_identities, 0},
  {"identity_wrong", CY_TLS_FIELD_OTHER, read_bool, AT(identity_wrong)},
  {"trust", CY_TLS_FIELD_TRUST, read_trust, 0},
  {"peer", CY_TLS_FIELD_PEER, read_peer, 0},
  {"verify_depth", CY_TLS_FIELD_PEER, read_number, AT(verify_depth)},
  {"check_host", CY_TLS_FIELD_HOST, read_tri, AT(check_host)},
  {"host", CY_TLS_FIELD_HOST, read_string, AT(host)},
  {"heed_ca_names", CY_TLS_FIELD_CA_NAMES, read_tri, AT(heed_ca_names)},
  {"ca_names", CY_TLS_FIELD_CA_NAMES, read_ca_names, 0},
  {"ca_list", CY_TLS_FIELD_CA_NAMES, read_ca_list, 0},
  {"auto_chain_off", CY_TLS_FIELD_IDENTITY, read_bool, AT(auto_chain_off)},
  {"at", CY_TLS_FIELD_OTHER, read_at, 0},
  {"demand_versions", CY_TLS_FIELD_DEMAND, read_versions, AT(demand_versions)},
  {"demand_suites", CY_TLS_FIELD_DEMAND, read_suites, AT(demand_suites)},
  {"demand_text", CY_TLS_FIELD_DEMAND, read_string, AT(demand_text)},
  {"clear", CY_TLS_FIELD_LISTEN, read_bool, AT(clear)},
  {"clear_fallback", CY_TLS_FIELD_LISTEN, read_bool, AT(clear_fallback)},
  {"settings", CY_TLS_FIELD_OTHER, read_settings, 0},
  {"findings", CY_TLS_FIELD_OTHER, read_nothing, 0},
};

static void unknown_member(input *in, const cy_json_item *item)
{
  const char *words[CY_COUNT(members)];
  for (size_t i = 0; i < CY_COUNT(members); i++)
    words[i] = members[i].key;
  unknown(in, item, words, CY_COUNT(words));
}

static cy_err *read_member(input *in, const cy_json_item *item)
{
  CY_CLEAN(cy_buf) value = CY_BUF_STORE;
  const member *m = members;
  while (m < members + CY_COUNT(members) && !cy_json_is(item->key, m->key))
    m++;
  if (m == members + CY_COUNT(members)) {
    unknown_member(in, item);
    return NULL;
  }
  if (item->kind == CY_JSON_NULL)
    return NULL;
  size_t line = line_now(in);
  CY_TRY(m->read(in, item, m->offset, &value));
  if (m->field == CY_TLS_FIELD_OTHER || !value.len)
    return NULL;
  for (size_t i = 0; i < value.len; i++)
    if (value.data[i] == '\n')
      value.data[i] = ' ';
  return cy_tls_side_note(in->side, m->field, m->key, cy_buf_cstr(&value), in->path, line);
}

/* What the document says of where its settings came from is better than that they stand in it. */
static void take_settings(input *in)
{
  cy_tls_side *from = in->given;
  if (!from)
    return;
  cy_tls_setting *settings = in->side->settings;
  size_t count = in->side->setting_count, cap = in->side->setting_cap;
  in->side->settings = from->settings;
  in->side->setting_count = from->setting_count;
  in->side->setting_cap = from->setting_cap;
  from->settings = settings;
  from->setting_count = count;
  from->setting_cap = cap;
  cy_tls_side_free(from);
  in->given = NULL;
}

static cy_err *begin_side(input *in)
{
  CY_TRY(cy_tls_side_new(&in->side, in->path, CY_TLS_CLIENT));
  in->side->role_known = false;
  return cy_tls_side_set(&in->side->source, in->path);
}

static cy_err *end_side(input *in)
{
  cy_tls_side *side = in->side;
  take_settings(in);
  CY_TRY(cy_findings_check(&side->findings));
  in->side = NULL;
  return cy_tls_sides_add(in->reading->sides, side);
}

static cy_err *read_side(input *in)
{
  cy_json_item item;
  CY_TRY(begin_side(in));
  while (cy_json_next(&in->in, &item) && item.kind != CY_JSON_CLOSE)
    CY_TRY(read_member(in, &item));
  return in->in.wrong ? malformed(in) : end_side(in);
}

static cy_err *read_sides(input *in, const cy_json_item *item)
{
  cy_json_item element;
  if (item->kind != CY_JSON_LIST)
    return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: sides is to be a list", in->path, line_now(in));
  while (cy_json_next(&in->in, &element) && element.kind != CY_JSON_CLOSE) {
    if (element.kind != CY_JSON_OBJECT)
      return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: a side is to be an object", in->path, line_now(in));
    CY_TRY(read_side(in));
  }
  return NULL;
}

/* {"schema": ..., "sides": [...]}, or one side itself. */
static cy_err *read_document(input *in)
{
  cy_json_item item;
  bool many = false;
  if (!cy_json_next(&in->in, &item) || item.kind != CY_JSON_OBJECT)
    return in->in.wrong ? malformed(in)
                        : cy_err_new(CY_E_TLS_MALFORMED, "%s: a side is to be an object", in->path);
  CY_TRY(begin_side(in));
  while (cy_json_next(&in->in, &item) && item.kind != CY_JSON_CLOSE) {
    if (!cy_json_is(item.key, "sides")) {
      CY_TRY(read_member(in, &item));
      continue;
    }
    cy_tls_side *outer = in->side;
    many = true;
    cy_err *err = read_sides(in, &item);
    cy_tls_side_free(in->side == outer ? NULL : in->side);
    in->side = outer;
    CY_TRY(err);
  }
  if (cy_json_next(&in->in, &item) || in->in.wrong)
    return malformed(in);
  return many ? NULL : end_side(in);
}

static cy_err *read_json(cy_tls_reading *reading, const char *path, cy_span text)
{
  input in = {.reading = reading, .path = path, .in = cy_json_read(text), .line = 1};
  cy_err *err = read_document(&in);
  cy_tls_side_free(in.side);
  cy_tls_side_free(in.given);
  return err;
}

/* The schema's name, or what only our own form has. */
static unsigned detect(const char *path, cy_span head)
{
  size_t at = 0;
  (void)path;
  while (at < head.len && strchr(" \t\r\n", head.data[at]) && head.data[at])
    at++;
  if (at == head.len || head.data[at] != '{')
    return 0;
  if (memmem(head.data, head.len, "\"causey.tls_side/1\"", 19))
    return 100;
  static const char *const words[] = {
    "\"role\"", "\"identities\"", "\"versions\"", "\"suites\"", "\"trust\""};
  unsigned seen = 0;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    seen += memmem(head.data, head.len, words[i], strlen(words[i])) != NULL;
  return seen >= 2 ? 70 : seen ? 40 : 5;
}

const cy_tls_reader cy_tls_reader_json = {
  .id = "json",
  .title = "Causey's JSON",
  .what = "sides in Causey's own form, as `tls side --json` writes them and people can",
  .detect = detect,
  .read = read_json,
};
