/* Causey's own form of a side: its members, but for certificates. */
#include "tls/read_json.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/reader_internal.h"
#include "tls/reader_openssl.h"

typedef struct {
  const char *key;
  cy_tls_field field;
  cy_side_json_read *read;
  size_t offset;
} member;

size_t cy_side_json_line(cy_side_json *in)
{
  for (; in->counted < in->in.at && in->counted < in->in.text.len; in->counted++)
    in->line += in->in.text.data[in->counted] == '\n';
  return in->line;
}

/* The rest of a value that was begun. */
void cy_side_json_skip(cy_side_json *in, const cy_json_item *item)
{
  cy_json_item inner;
  int depth = item->kind == CY_JSON_OBJECT || item->kind == CY_JSON_LIST;
  while (depth && cy_json_next(&in->in, &inner))
    depth += inner.kind == CY_JSON_CLOSE                                    ? -1
             : (inner.kind == CY_JSON_OBJECT || inner.kind == CY_JSON_LIST) ? 1
                                                                            : 0;
}

void cy_side_json_wrong(cy_side_json *in, const cy_json_item *item, const char *wanted)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  cy_json_unquote(&key, item->key);
  cy_tls_read_finding(in->side, CY_F_TLS_SETTING_WRONG, in->path, cy_side_json_line(in),
    "%s is to be %s%s%.*s", key.len ? cy_buf_cstr(&key) : "an element", wanted,
    item->value.len ? ", not " : "", item->value.len > 60 ? 60 : (int)item->value.len,
    item->value.len ? (const char *)item->value.data : "");
  cy_side_json_skip(in, item);
}

void cy_side_json_unknown(
  cy_side_json *in, const cy_json_item *item, const char *const *words, size_t count)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  cy_json_unquote(&key, item->key);
  cy_nearest near = CY_NEAREST(cy_buf_cstr(&key));
  for (size_t i = 0; i < count; i++)
    cy_nearest_try(&near, words[i]);
  cy_finding *f = cy_tls_read_finding(in->side, CY_F_TLS_SETTING_UNKNOWN, in->path, cy_side_json_line(in),
    "%s is nothing that a side has", cy_buf_cstr(&key));
  if (near.best)
    cy_finding_set_fix(&in->side->findings, f, "Did you mean %s?", near.best);
  cy_side_json_skip(in, item);
}

/* Values. `value` becomes what the setting is noted with. */

cy_err *cy_side_json_text(cy_side_json *in, const cy_json_item *item, cy_buf *value)
{
  if (item->kind == CY_JSON_STRING)
    cy_json_unquote(value, item->value);
  else
    cy_side_json_wrong(in, item, "a text");
  return cy_buf_check(value);
}

/* One text, or a list of them; a line each. */
cy_err *cy_side_json_texts(cy_side_json *in, const cy_json_item *item, cy_buf *value)
{
  cy_json_item element;
  if (item->kind != CY_JSON_LIST)
    return cy_side_json_text(in, item, value);
  while (cy_json_next(&in->in, &element) && element.kind != CY_JSON_CLOSE) {
    cy_buf_str(value, value->len ? "\n" : "");
    CY_TRY(cy_side_json_text(in, &element, value));
  }
  return cy_buf_check(value);
}

static cy_err *read_string(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  char **field = (char **)((char *)in->side + offset);
  CY_TRY(cy_side_json_text(in, item, value));
  if (memchr(cy_buf_cstr(value), 0, value->len)) {
    cy_side_json_wrong(in, item, "a text without zero octets");
    return NULL;
  }
  return item->kind == CY_JSON_STRING ? cy_tls_side_set(field, cy_buf_cstr(value)) : NULL;
}

static cy_err *read_suites(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  cy_codes *list = (cy_codes *)(void *)((char *)in->side + offset);
  CY_TRY(cy_side_json_texts(in, item, value));
  return cy_tls_read_suites(list, in->side, cy_buf_get(value), "\n:, ", in->path, cy_side_json_line(in));
}

static cy_err *read_cipher_string(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  (void)offset;
  CY_TRY(cy_side_json_text(in, item, value));
  return cy_tls_read_cipher_string(in->side, cy_buf_get(value), in->path, cy_side_json_line(in));
}

static cy_err *read_groups(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  cy_codes *list = (cy_codes *)(void *)((char *)in->side + offset);
  CY_TRY(cy_side_json_texts(in, item, value));
  return cy_tls_read_groups(list, in->side, cy_buf_get(value), "\n:, ", in->path, cy_side_json_line(in));
}

static cy_err *read_schemes(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  cy_codes *list = (cy_codes *)(void *)((char *)in->side + offset);
  CY_TRY(cy_side_json_texts(in, item, value));
  return cy_tls_read_schemes(list, in->side, cy_buf_get(value), "\n:, ", in->path, cy_side_json_line(in));
}

static cy_err *read_versions(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  unsigned *set = (unsigned *)(void *)((char *)in->side + offset);
  CY_TRY(cy_side_json_texts(in, item, value));
  CY_AUTO_STR char *words = cy_strdup(cy_buf_cstr(value));
  char *rest = NULL;
  CY_TRY_ALLOC(words);
  for (char *word = strtok_r(words, "\n,", &rest); word; word = strtok_r(NULL, "\n,", &rest)) {
    unsigned version = cy_tls_read_version(word);
    if (version)
      *set |= CY_TLS_BIT(version);
    else
      cy_tls_read_finding(
        in->side, CY_F_TLS_SETTING_WRONG, in->path, cy_side_json_line(in), "%s is no version of TLS", word);
  }
  return NULL;
}

bool cy_side_json_number(const cy_json_item *item, long *number)
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
static cy_err *read_number(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  long number;
  if (!cy_side_json_number(item, &number)) {
    cy_side_json_wrong(in, item, "a number");
    return NULL;
  }
  *(int *)(void *)((char *)in->side + offset) = (int)number;
  cy_buf_span(value, item->value);
  return cy_buf_check(value);
}

static cy_err *read_size(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  long number;
  if (!cy_side_json_number(item, &number) || number < 0) {
    cy_side_json_wrong(in, item, "a number that is not negative");
    return NULL;
  }
  *(unsigned *)(void *)((char *)in->side + offset) = (unsigned)number;
  cy_buf_span(value, item->value);
  return cy_buf_check(value);
}

bool cy_side_json_is_bool(const cy_json_item *item)
{
  return item->kind == CY_JSON_TRUE || item->kind == CY_JSON_FALSE;
}

static cy_err *read_tri(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  if (!cy_side_json_is_bool(item)) {
    cy_side_json_wrong(in, item, "true or false");
    return NULL;
  }
  *(cy_tri *)(void *)((char *)in->side + offset) = item->kind == CY_JSON_TRUE ? CY_YES : CY_NO;
  cy_buf_str(value, item->kind == CY_JSON_TRUE ? "true" : "false");
  return cy_buf_check(value);
}

static cy_err *read_bool(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  if (!cy_side_json_is_bool(item)) {
    cy_side_json_wrong(in, item, "true or false");
    return NULL;
  }
  *(bool *)((char *)in->side + offset) = item->kind == CY_JSON_TRUE;
  cy_buf_str(value, item->kind == CY_JSON_TRUE ? "true" : "false");
  return cy_buf_check(value);
}

/* One of several words; the index, or -1 and a finding. */
static int word_of(
  cy_side_json *in, const cy_json_item *item, const char *const *words, int count, cy_buf *value)
{
  CY_CLEAN(cy_buf) list = CY_BUF_TEXT;
  for (int i = 0; i < count; i++) {
    cy_buf_printf(&list, "%s%s", i ? ", " : "one of ", words[i]);
    if (item->kind == CY_JSON_STRING && cy_json_is(item->value, words[i])) {
      cy_buf_str(value, words[i]);
      return i;
    }
  }
  cy_side_json_wrong(in, item, cy_buf_cstr(&list));
  return -1;
}

static cy_err *read_role(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
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

static cy_err *read_dialect(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  (void)offset;
  CY_TRY(cy_side_json_text(in, item, value));
  in->side->dialect = cy_tls_dialect_find(cy_buf_cstr(value));
  if (!in->side->dialect && item->kind == CY_JSON_STRING) {
    cy_err *none = cy_tls_read_no_dialect(cy_buf_cstr(value));
    cy_finding *f = cy_tls_read_finding(
      in->side, CY_F_TLS_SETTING_WRONG, in->path, cy_side_json_line(in), "%s", cy_err_text(none));
    cy_finding_set_fix(&in->side->findings, f, "%s", cy_err_fix(none));
    cy_err_free(none);
  }
  return NULL;
}

static cy_err *read_peer(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  const char *words[] = {cy_tls_peer_name(CY_TLS_PEER_IGNORED), cy_tls_peer_name(CY_TLS_PEER_UNCHECKED),
    cy_tls_peer_name(CY_TLS_PEER_OPTIONAL), cy_tls_peer_name(CY_TLS_PEER_REQUIRED)};
  int at = word_of(in, item, words, CY_COUNT(words), value);
  (void)offset;
  if (at >= 0)
    in->side->peer = (cy_tls_peer)((int)CY_TLS_PEER_IGNORED + at);
  return cy_buf_check(value);
}

static cy_err *read_ca_names(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  static const char *const words[] = {"none", "trust", "list"};
  int at = word_of(in, item, words, CY_COUNT(words), value);
  (void)offset;
  if (at >= 0)
    in->side->ca_names = (cy_tls_ca_names)((int)CY_TLS_CA_NAMES_NONE + at);
  return cy_buf_check(value);
}

/* A name has 1 to 255 octets, and is not split at commas or blanks. */
static cy_err *read_protocol(cy_side_json *in, const cy_json_item *item, cy_buf *value)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  if (item->kind == CY_JSON_STRING)
    cy_json_unquote(&name, item->value);
  if (!name.len || name.len > CY_TLS_PROTOCOL_MAX || memchr(name.data, 0, name.len)) {
    cy_side_json_wrong(in, item, "the name of a protocol (h2, http/1.1)");
    return NULL;
  }
  cy_buf_printf(value, "%s%s", value->len ? " " : "", cy_buf_cstr(&name));
  return cy_tls_protocols_add(&in->side->alpn, cy_buf_cstr(&name));
}

static cy_err *read_alpn(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  cy_json_item element;
  (void)offset;
  if (item->kind != CY_JSON_LIST)
    return read_protocol(in, item, value);
  in->side->alpn.set = true;
  while (cy_json_next(&in->in, &element) && element.kind != CY_JSON_CLOSE)
    CY_TRY(read_protocol(in, &element, value));
  return cy_buf_check(value);
}

static cy_err *read_dh(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  static const char *const words[] = {"none", "auto"};
  long bits;
  (void)offset;
  cy_buf_span(value, item->value);
  if (cy_side_json_number(item, &bits) && bits > 0) {
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

static cy_err *read_at(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  (void)offset;
  CY_TRY(cy_side_json_text(in, item, value));
  if (item->kind == CY_JSON_STRING && !cy_time_parse(&in->side->at, cy_buf_cstr(value)))
    cy_side_json_wrong(in, item, "a time (2026-01-31T10:00:00Z)");
  return NULL;
}

static cy_err *read_nothing(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  (void)offset;
  (void)value;
  cy_side_json_skip(in, item);
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
  {"identities", CY_TLS_FIELD_IDENTITY, cy_side_json_identities, 0},
  {"identity_wrong", CY_TLS_FIELD_OTHER, read_bool, AT(identity_wrong)},
  {"trust", CY_TLS_FIELD_TRUST, cy_side_json_trust, 0},
  {"peer", CY_TLS_FIELD_PEER, read_peer, 0},
  {"verify_depth", CY_TLS_FIELD_PEER, read_number, AT(verify_depth)},
  {"strict_chain", CY_TLS_FIELD_PEER, read_bool, AT(strict_chain)},
  {"check_host", CY_TLS_FIELD_HOST, read_tri, AT(check_host)},
  {"host", CY_TLS_FIELD_HOST, read_string, AT(host)},
  {"partial_chain", CY_TLS_FIELD_TRUST, read_tri, AT(partial_chain)},
  {"heed_ca_names", CY_TLS_FIELD_CA_NAMES, read_tri, AT(heed_ca_names)},
  {"ca_names", CY_TLS_FIELD_CA_NAMES, read_ca_names, 0},
  {"ca_list", CY_TLS_FIELD_CA_NAMES, cy_side_json_ca_list, 0},
  {"alpn", CY_TLS_FIELD_ALPN, read_alpn, 0},
  {"alpn_needed", CY_TLS_FIELD_ALPN, read_tri, AT(alpn_needed)},
  {"auto_chain_off", CY_TLS_FIELD_IDENTITY, read_bool, AT(auto_chain_off)},
  {"trust_unknown", CY_TLS_FIELD_TRUST, read_bool, AT(trust_unknown)},
  {"used", CY_TLS_FIELD_OTHER, read_nothing, 0},
  {"at", CY_TLS_FIELD_OTHER, read_at, 0},
  {"demand_versions", CY_TLS_FIELD_DEMAND, read_versions, AT(demand_versions)},
  {"demand_suites", CY_TLS_FIELD_DEMAND, read_suites, AT(demand_suites)},
  {"demand_text", CY_TLS_FIELD_DEMAND, read_string, AT(demand_text)},
  {"peer_filter", CY_TLS_FIELD_PEER_NAME, read_string, AT(peer_filter)},
  {"issuer_filter", CY_TLS_FIELD_PEER_NAME, read_string, AT(issuer_filter)},
  {"channel", CY_TLS_FIELD_SNI, read_string, AT(channel)},
  {"names_channel", CY_TLS_FIELD_SNI, read_tri, AT(names_channel)},
  {"own_label", CY_TLS_FIELD_SNI, read_bool, AT(own_label)},
  {"program", CY_TLS_FIELD_OTHER, read_bool, AT(program)},
  {"mcauser", CY_TLS_FIELD_OTHER, read_string, AT(mcauser)},
  {"address", CY_TLS_FIELD_OTHER, read_string, AT(address)},
  {"user", CY_TLS_FIELD_OTHER, read_string, AT(user)},
  {"qmgr", CY_TLS_FIELD_OTHER, read_string, AT(qmgr)},
  {"clear", CY_TLS_FIELD_LISTEN, read_bool, AT(clear)},
  {"clear_fallback", CY_TLS_FIELD_LISTEN, read_bool, AT(clear_fallback)},
  {"settings", CY_TLS_FIELD_OTHER, cy_side_json_settings, 0},
  {"findings", CY_TLS_FIELD_OTHER, read_nothing, 0},
};

static void unknown_member(cy_side_json *in, const cy_json_item *item)
{
  const char *words[CY_COUNT(members)];
  for (size_t i = 0; i < CY_COUNT(members); i++)
    words[i] = members[i].key;
  cy_side_json_unknown(in, item, words, CY_COUNT(words));
}

cy_err *cy_side_json_member(cy_side_json *in, const cy_json_item *item)
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
  size_t line = cy_side_json_line(in);
  CY_TRY(m->read(in, item, m->offset, &value));
  CY_TRY(cy_buf_check(&value));
  if (m->field == CY_TLS_FIELD_OTHER || !value.len)
    return NULL;
  for (size_t i = 0; i < value.len; i++)
    if (value.data[i] == '\n')
      value.data[i] = ' ';
  return cy_tls_side_note(in->side, m->field, m->key, cy_buf_cstr(&value), in->path, line);
}
