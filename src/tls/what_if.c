/* Settings as people say them, made on copies of sides. */
#include "tls/what_if.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"

typedef enum { WORD, LIST, NUMBER, FLAG, CERTIFICATE } value_kind;

/* What may be said, and how the own form writes it. */
static const struct {
  const char *key, *member;
  value_kind kind;
  cy_tls_field field;
} keys[] = {
  {"versions", "versions", LIST, CY_TLS_FIELD_VERSIONS},
  {"suites", "suites", WORD, CY_TLS_FIELD_SUITES},
  {"cipher_string", "cipher_string", WORD, CY_TLS_FIELD_SUITES},
  {"suites13", "suites13", WORD, CY_TLS_FIELD_SUITES13},
  {"groups", "groups", WORD, CY_TLS_FIELD_GROUPS},
  {"shares", "shares", WORD, CY_TLS_FIELD_SHARES},
  {"schemes", "schemes", WORD, CY_TLS_FIELD_SCHEMES},
  {"cert_schemes", "cert_schemes", WORD, CY_TLS_FIELD_CERT_SCHEMES},
  {"client_schemes", "client_schemes", WORD, CY_TLS_FIELD_CLIENT_SCHEMES},
  {"security_level", "security_level", NUMBER, CY_TLS_FIELD_LEVEL},
  {"min_rsa", "min_rsa", NUMBER, CY_TLS_FIELD_MIN_RSA},
  {"own_order", "own_order", FLAG, CY_TLS_FIELD_ORDER},
  {"dh", "dh", WORD, CY_TLS_FIELD_DH},
  {"certificate", "identities", CERTIFICATE, CY_TLS_FIELD_IDENTITY},
  {"trust", "trust", WORD, CY_TLS_FIELD_TRUST},
  {"peer", "peer", WORD, CY_TLS_FIELD_PEER},
  {"host", "host", WORD, CY_TLS_FIELD_HOST},
  {"check_host", "check_host", FLAG, CY_TLS_FIELD_OTHER},
  {"ca_names", "ca_names", WORD, CY_TLS_FIELD_CA_NAMES},
  {"alpn", "alpn", LIST, CY_TLS_FIELD_ALPN},
  {"demand_versions", "demand_versions", LIST, CY_TLS_FIELD_DEMAND},
  {"demand_suites", "demand_suites", WORD, CY_TLS_FIELD_DEMAND},
  {"peer_filter", "peer_filter", WORD, CY_TLS_FIELD_PEER_NAME},
  {"issuer_filter", "issuer_filter", WORD, CY_TLS_FIELD_PEER_NAME},
  {"names_channel", "names_channel", FLAG, CY_TLS_FIELD_SNI},
  {"address", "address", WORD, CY_TLS_FIELD_OTHER},
  {"user", "user", WORD, CY_TLS_FIELD_OTHER},
  {"dialect", "dialect", WORD, CY_TLS_FIELD_OTHER},
  {"at", "at", WORD, CY_TLS_FIELD_OTHER},
};

static void item_clear(cy_tls_what_if *item)
{
  cy_free(item->key);
  cy_tls_side_free(item->given);
  *item = (cy_tls_what_if){0};
}

void cy_tls_what_ifs_clear(cy_tls_what_ifs *list)
{
  for (size_t i = 0; i < list->count; i++)
    item_clear(&list->items[i]);
  cy_free(list->items);
  *list = (cy_tls_what_ifs){0};
}

static size_t key_index(const char *key)
{
  size_t i = 0;
  while (i < CY_COUNT(keys) && strcmp(keys[i].key, key) != 0)
    i++;
  return i;
}

static cy_err *no_such_key(const char *key)
{
  CY_CLEAN(cy_buf) all = CY_BUF_TEXT;
  cy_nearest near = CY_NEAREST(key);
  for (size_t i = 0; i < CY_COUNT(keys); i++) {
    cy_nearest_try(&near, keys[i].key);
    cy_buf_printf(&all, "%s%s", i ? ", " : "", keys[i].key);
  }
  const char *best = near.best;
  return cy_err_hint(cy_err_new(CY_E_USAGE, "there is no setting %s%s%s%s", key,
                       best ? ". Did you mean " : "", best ? best : "", best ? "?" : ""),
    "Settings are: %s; with client. or server. in front for one end only.", cy_buf_cstr(&all));
}

/* [client.|server.]KEY=VALUE; min-rsa is min_rsa. */
static cy_err *split(cy_tls_what_if *item, const char *text)
{
  const char *equals = strchr(text, '=');
  item->text = text;
  item->ends[CY_TLS_CLIENT] = !cy_text_starts(text, "server.");
  item->ends[CY_TLS_SERVER] = !cy_text_starts(text, "client.");
  if (!equals || !equals[1])
    return cy_err_new(
      CY_E_USAGE, "what-if wants KEY=VALUE, like min-rsa=2048 or server.versions=1.3; it got %s", text);
  size_t skip = item->ends[0] && item->ends[1] ? 0 : 7;
  item->key = cy_strndup(text + skip, (size_t)(equals - text) - skip);
  CY_TRY_ALLOC(item->key);
  for (char *c = item->key; *c; c++)
    *c = *c == '-' ? '_' : *c;
  item->value = equals + 1;
  return key_index(item->key) == CY_COUNT(keys) ? no_such_key(item->key) : NULL;
}

static bool is_number(const char *text)
{
  return *text && strspn(text, "0123456789") == strlen(text) && strlen(text) < 8;
}

static void put_list(cy_json *out, const char *member, const char *value)
{
  cy_json_open(out, member, '[');
  for (const char *at = value; *at;) {
    size_t len = strcspn(at, ",: ");
    if (len)
      cy_json_text(out, NULL, cy_span_of(at, len));
    at += len + (at[len] != '\0');
  }
  cy_json_close(out, ']');
}

static cy_err *write_document(cy_buf *json, const cy_tls_what_if *item, size_t key)
{
  const char *value = item->value;
  bool plain =
    keys[key].kind == NUMBER ? is_number(value) : strcmp(value, "true") == 0 || strcmp(value, "false") == 0;
  if ((keys[key].kind == NUMBER || keys[key].kind == FLAG) && !plain)
    return cy_err_new(CY_E_USAGE, "%s wants %s; it got %s", item->key,
      keys[key].kind == NUMBER ? "a number" : "true or false", value);
  cy_json out = cy_json_begin(json, false);
  cy_json_open(&out, NULL, '{');
  if (keys[key].kind == NUMBER)
    cy_json_int(&out, keys[key].member, strtol(value, NULL, 10));
  else if (keys[key].kind == FLAG)
    cy_json_bool(&out, keys[key].member, *value == 't');
  else if (keys[key].kind == LIST)
    put_list(&out, keys[key].member, value);
  else
    cy_json_str(&out, keys[key].member, value);
  cy_json_close(&out, '}');
  return cy_buf_check(json);
}

static cy_err *take_only(cy_tls_what_if *item, cy_tls_sides *sides)
{
  if (sides->count != 1)
    return cy_err_new(CY_E_USAGE, "%s means %zu sides; one is wanted", item->value, sides->count);
  item->given = sides->items[0];
  sides->count = 0;
  if (item->given->findings.count == 0)
    return NULL;
  const cy_finding *f = item->given->findings.items[0];
  return cy_err_new(CY_E_USAGE, "%s: %s", item->text, f->what);
}

static cy_err *read_value(cy_tls_what_if *item, const cy_tls_read_how *how)
{
  CY_CLEAN(cy_tls_sides) sides = {0};
  CY_CLEAN(cy_buf) json = CY_BUF_TEXT;
  size_t key = key_index(item->key);
  if (keys[key].kind == CERTIFICATE) {
    cy_tls_read_how as_server = *how;
    as_server.role = item->ends[CY_TLS_SERVER] ? CY_TLS_SERVER : CY_TLS_CLIENT;
    as_server.role_given = true;
    CY_TRY(cy_tls_sides_load(&sides, item->value, &as_server));
    if (sides.count != 1 || sides.items[0]->identity_count == 0)
      return cy_err_new(CY_E_USAGE, "%s has no certificate to show", item->value);
    item->given = sides.items[0];
    sides.count = 0;
    return NULL;
  }
  CY_TRY(write_document(&json, item, key));
  CY_TRY(cy_tls_sides_parse(&sides, cy_tls_reader_find("json"), item->text, cy_buf_get(&json), how));
  return take_only(item, &sides);
}

cy_err *cy_tls_what_if_add(cy_tls_what_ifs *list, const char *text, const cy_tls_read_how *how)
{
  if (!cy_grow(&list->items, &list->cap, list->count + 1, sizeof *list->items))
    return cy_err_no_memory();
  cy_tls_what_if *item = &list->items[list->count++];
  *item = (cy_tls_what_if){0};
  CY_TRY(split(item, text));
  return read_value(item, how);
}

/* Making it. */

static cy_err *set_codes(cy_codes *to, const cy_codes *from)
{
  cy_codes_clear(to);
  return cy_codes_copy(to, from);
}

static cy_err *set_identities(cy_tls_side *side, const cy_tls_side *from)
{
  for (size_t i = 0; i < side->identity_count; i++)
    cy_tls_identity_free(side->identities[i]);
  side->identity_count = 0;
  side->identity_wrong = false;
  for (size_t i = 0; i < from->identity_count; i++)
    CY_TRY(cy_tls_side_add_identity(side, from->identities[i]));
  return NULL;
}

static cy_err *set_protocols(cy_tls_side *side, const cy_tls_side *from)
{
  cy_tls_protocols_clear(&side->alpn);
  side->alpn.set = from->alpn.set;
  for (size_t i = 0; i < from->alpn.count; i++)
    CY_TRY(cy_tls_protocols_add(&side->alpn, from->alpn.items[i]));
  return NULL;
}

static cy_err *set_demand(cy_tls_side *side, const cy_tls_side *from, const char *text)
{
  if (from->demand_versions)
    side->demand_versions = from->demand_versions;
  if (from->demand_suites.set)
    CY_TRY(set_codes(&side->demand_suites, &from->demand_suites));
  return cy_tls_side_set(&side->demand_text, text);
}

static cy_err *set_other(cy_tls_side *side, const cy_tls_what_if *item)
{
  const cy_tls_side *from = item->given;
  if (strcmp(item->key, "check_host") == 0)
    side->check_host = from->check_host;
  else if (strcmp(item->key, "dialect") == 0)
    side->dialect = from->dialect;
  else
    side->at = from->at;
  return NULL;
}

static cy_err *set(cy_tls_side *side, const cy_tls_what_if *item)
{
  const cy_tls_side *from = item->given;
  switch (keys[key_index(item->key)].field) {
  case CY_TLS_FIELD_VERSIONS:
    side->versions = from->versions;
    return NULL;
  case CY_TLS_FIELD_SUITES:
    if (from->security_level >= 0)
      side->security_level = from->security_level;
    return set_codes(&side->suites, &from->suites);
  case CY_TLS_FIELD_SUITES13:
    return set_codes(&side->suites13, &from->suites13);
  case CY_TLS_FIELD_GROUPS:
    return set_codes(&side->groups, &from->groups);
  case CY_TLS_FIELD_SHARES:
    return set_codes(&side->shares, &from->shares);
  case CY_TLS_FIELD_SCHEMES:
    return set_codes(&side->schemes, &from->schemes);
  case CY_TLS_FIELD_CERT_SCHEMES:
    return set_codes(&side->cert_schemes, &from->cert_schemes);
  case CY_TLS_FIELD_CLIENT_SCHEMES:
    return set_codes(&side->client_schemes, &from->client_schemes);
  case CY_TLS_FIELD_LEVEL:
    side->security_level = from->security_level;
    return NULL;
  case CY_TLS_FIELD_MIN_RSA:
    side->min_rsa = from->min_rsa;
    return NULL;
  case CY_TLS_FIELD_ORDER:
    side->own_order = from->own_order;
    return NULL;
  case CY_TLS_FIELD_DH:
    side->dh = from->dh;
    side->dh_bits = from->dh_bits;
    return NULL;
  case CY_TLS_FIELD_IDENTITY:
    return set_identities(side, from);
  case CY_TLS_FIELD_TRUST:
    cy_tls_side_set_trust(side, from->trust);
    return NULL;
  case CY_TLS_FIELD_PEER:
    side->peer = from->peer;
    return NULL;
  case CY_TLS_FIELD_HOST:
    return cy_tls_side_set(&side->host, from->host);
  case CY_TLS_FIELD_CA_NAMES:
    side->ca_names = from->ca_names;
    return NULL;
  case CY_TLS_FIELD_ALPN:
    return set_protocols(side, from);
  case CY_TLS_FIELD_DEMAND:
    return set_demand(side, from, item->value);
  default:
    return set_other(side, item);
  }
}

cy_err *cy_tls_what_ifs_apply(
  cy_tls_sides *out, const cy_tls_what_ifs *list, const cy_tls_sides *sides, cy_tls_role role)
{
  for (size_t i = 0; i < sides->count; i++) {
    cy_tls_side *copy;
    CY_TRY(cy_tls_side_copy(&copy, sides->items[i]));
    CY_TRY(cy_tls_sides_add(out, copy));
    for (size_t k = 0; k < list->count; k++)
      if (list->items[k].ends[role])
        CY_TRY(set(copy, &list->items[k]));
  }
  return NULL;
}
