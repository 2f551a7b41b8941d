/* Keys that configurations name: whether they fit the certificates, and whether they can be opened. */
#include "audit/codes.h"
#include "audit/config.h"
#include "base/mem.h"
#include "base/text.h"

enum { KEYS_CHECKED = 16, CERTS_COMPARED = 32 };

static const struct {
  const char *product;
  const char *instead;
} silent_products[] = {
  {"OpenLDAP", "slapd never asks: the key must be in clear, readable by its account alone (chmod 600)"},
  {"the OpenLDAP client",
    "libldap never asks: the key must be in clear, readable by its user alone (chmod 600), or on a token"},
  {"Postfix", "Postfix never asks: the key must be in clear, readable by root alone (chmod 600)"},
  {"MySQL", "MySQL never asks: the key must be in clear, readable by its account alone (chmod 600)"},
};

const char *cy_config_can_not_ask(const char *product)
{
  for (size_t i = 0; i < CY_COUNT(silent_products); i++)
    if (strcmp(product, silent_products[i].product) == 0)
      return silent_products[i].instead;
  return NULL;
}

/* The public half of the first key in a file. */
static cy_err *public_of(cy_place *place, cy_buf *spki, bool *sealed)
{
  size_t iter = 0;
  *sealed = false;
  for (cy_entry *e; (e = cy_place_next(place, &iter));) {
    if (!e->has_key)
      continue;
    *sealed = e->key.encrypted;
    if (e->key.spki.len)
      cy_buf_span(spki, e->key.spki);
    else if (!e->key.encrypted && e->key.sealed.len && !e->key.plain)
      return cy_pkcs8_public(spki, e->key.sealed);
    else if (e->key.plain)
      return cy_pkcs8_public(spki, cy_secret_get(e->key.plain));
    break;
  }
  return NULL;
}

static cy_err *forgive(cy_err *err, cy_buf *buf)
{
  if (!err || cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err);
  cy_buf_reset(buf);
  return NULL;
}

/* Whether one of a file's certificates has this key. *any: there was one to compare. */
static cy_err *has_key(
  const cy_config_place *config, const cy_text_hit *cert, cy_span spki, bool *any, bool *fits)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  CY_AUTO(cy_place) *place = NULL;
  size_t iter = 0;
  CY_TRY(cy_config_resolve(config, cert, "", &path));
  if (path.len)
    CY_TRY(cy_config_open(config, cy_buf_cstr(&path), &place));
  for (cy_entry *e; place && !*fits && (e = cy_place_next(place, &iter));) {
    cy_cert_view view;
    for (size_t i = 0; i < e->cert_count; i++) {
      cy_err *err = cy_cert_view_parse(&view, e->certs[i].der);
      *any = *any || !err;
      *fits = *fits || (!err && cy_span_equal(view.spki, spki));
      cy_err_free(err);
    }
  }
  return NULL;
}

static bool is_same_family(const cy_text_rule *a, const cy_text_rule *b)
{
  return strcmp(a->product, b->product) == 0 &&
         (strncmp(a->word, "proxy", 5) == 0) == (strncmp(b->word, "proxy", 5) == 0);
}

/* With none of the certificates that this configuration names: several may stand in any order. */
static cy_err *compare(
  const cy_config_place *config, const cy_secret_hits *hits, const cy_text_hit *key, cy_span spki)
{
  bool any = false, fits = false;
  const cy_text_hit *cert = NULL;
  unsigned left = CERTS_COMPARED;
  for (size_t i = 0; i < hits->count && !fits && left; i++) {
    const cy_text_hit *hit = &hits->items[i];
    if (hit->rule->role != CY_TEXT_CERT || !is_same_family(hit->rule, key->rule))
      continue;
    left--;
    cert = cert && hit->line > key->line ? cert : hit;
    CY_TRY(has_key(config, hit, spki, &any, &fits));
  }
  if (!any || fits || !left)
    return NULL;
  cy_finding *f = cy_finding_add(config->list, CY_F_CONFIG_KEY_MISMATCH, config->path,
    "the private key that line %zu names is not that of the certificate of line %zu", key->line,
    cert->line);
  cy_finding_evidence(config->list, f, "key", "%.*s", (int)key->value.len, (const char *)key->value.data);
  cy_finding_evidence(
    config->list, f, "certificate", "%.*s", (int)cert->value.len, (const char *)cert->value.data);
  return NULL;
}

static bool has_password_file(const cy_secret_hits *hits)
{
  for (size_t i = 0; i < hits->count; i++)
    if (hits->items[i].rule->role == CY_TEXT_PASSWORD_FILE)
      return true;
  return false;
}

static cy_err *sealed_key(
  const cy_config_place *config, const cy_secret_hits *hits, const cy_text_hit *key, const char *path)
{
  const char *product = key->rule->product, *instead = cy_config_can_not_ask(product);
  CY_CLEAN(cy_buf) quoted = CY_BUF_TEXT;
  if (!instead || has_password_file(hits))
    return NULL;
  cy_finding *f = cy_finding_add(config->list, CY_F_CONFIG_KEY_SEALED, config->path,
    "line %zu: the private key %.*s has a passphrase, and %s can not ask for one", key->line,
    (int)key->value.len, (const char *)key->value.data, product);
  cy_finding_evidence(config->list, f, "key", "%.*s", (int)key->value.len, (const char *)key->value.data);
  cy_finding_evidence(config->list, f, "line", "%zu", key->line);
  cy_text_put_shell(&quoted, path);
  cy_finding_set_fix(config->list, f, "%s: causey passwd --remove %s.", instead, cy_buf_cstr(&quoted));
  return cy_buf_check(&quoted);
}

static cy_err *check_key(const cy_config_place *config, const cy_secret_hits *hits, const cy_text_hit *key)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) spki = CY_BUF_STORE;
  CY_AUTO(cy_place) *place = NULL;
  bool sealed;
  CY_TRY(cy_config_resolve(config, key, "", &path));
  if (!path.len)
    return NULL;
  CY_TRY(cy_config_open(config, cy_buf_cstr(&path), &place));
  if (!place)
    return NULL;
  CY_TRY(forgive(public_of(place, &spki, &sealed), &spki));
  if (sealed)
    CY_TRY(sealed_key(config, hits, key, cy_buf_cstr(&path)));
  return spki.len ? compare(config, hits, key, cy_buf_get(&spki)) : NULL;
}

cy_err *cy_config_check_keys(const cy_config_place *config, const cy_secret_hits *hits)
{
  unsigned left = KEYS_CHECKED;
  for (size_t i = 0; i < hits->count && left; i++)
    if (hits->items[i].rule->role == CY_TEXT_KEY) {
      left--;
      CY_TRY(check_key(config, hits, &hits->items[i]));
    }
  return NULL;
}
