/* openldap: the client of OpenLDAP: ldap.conf for all, ldaprc for one user, LDAP... variables. */
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/read_ldap.h"

static const char *const known[] = {"URI", "BASE", "BINDDN", "DEREF", "HOST", "KEEPALIVE_IDLE",
  "KEEPALIVE_PROBES", "KEEPALIVE_INTERVAL", "NETWORK_TIMEOUT", "PORT", "REFERRALS", "SIZELIMIT",
  "SOCKET_BIND_ADDRESSES", "TIMELIMIT", "TIMEOUT", "SASL_MECH", "SASL_REALM", "SASL_AUTHCID",
  "SASL_AUTHZID", "SASL_SECPROPS", "SASL_NOCANON", "SASL_CBINDING", "GSSAPI_SIGN", "GSSAPI_ENCRYPT",
  "GSSAPI_ALLOW_REMOTE_PRINCIPAL", "TLS_CACERT", "TLS_CACERTDIR", "TLS_CERT", "TLS_ECNAME", "TLS_KEY",
  "TLS_CIPHER_SUITE", "TLS_PROTOCOL_MIN", "TLS_RANDFILE", "TLS_REQCERT", "TLS_REQSAN", "TLS_CRLCHECK",
  "TLS_CRLFILE", "TLS_PEERKEY_HASH", NULL};

static const struct {
  const char *key;
  cy_tls_field field;
} fields[] = {{"TLS_CACERT", CY_TLS_FIELD_TRUST}, {"TLS_CACERTDIR", CY_TLS_FIELD_TRUST},
  {"TLS_CERT", CY_TLS_FIELD_IDENTITY}, {"TLS_KEY", CY_TLS_FIELD_IDENTITY},
  {"TLS_CIPHER_SUITE", CY_TLS_FIELD_SUITES}, {"TLS_PROTOCOL_MIN", CY_TLS_FIELD_VERSIONS},
  {"TLS_REQCERT", CY_TLS_FIELD_PEER}, {"TLS_REQSAN", CY_TLS_FIELD_HOST},
  {"TLS_ECNAME", CY_TLS_FIELD_GROUPS}, {"URI", CY_TLS_FIELD_HOST}};

static unsigned detect(const char *path, cy_span head)
{
  const char *name = cy_path_name(path);
  if (strcmp(name, "ldaprc") == 0 || strcmp(name, ".ldaprc") == 0)
    return 90;
  if (strcmp(name, "ldap.conf") == 0)
    return 85;
  return memmem(head.data, head.len, "TLS_REQCERT", 11) || memmem(head.data, head.len, "TLS_CACERT", 10)
           ? 50
           : 0;
}

typedef struct {
  cy_tls_reading *reading;
  const char *path;
  cy_items items;
  cy_tls_side *side;
  bool gnutls;
} ldap;

static bool is_system(const char *path)
{
  return strcmp(cy_path_name(path), "ldap.conf") == 0;
}

static bool user_only(const char *key)
{
  return cy_ascii_equal_nocase(cy_span_str(key), CY_SPAN("TLS_CERT")) ||
         cy_ascii_equal_nocase(cy_span_str(key), CY_SPAN("TLS_KEY"));
}

/* TLS_CERT and TLS_KEY are not looked at in the file for all. */
static cy_err *take_file(ldap *l, const char *path, cy_span text)
{
  size_t first = l->items.count;
  CY_TRY(cy_items_lines(&l->items, path, text, ' ', false));
  for (size_t i = first; i < l->items.count; i++)
    l->items.items[i].dead = is_system(path) && user_only(l->items.items[i].key);
  return NULL;
}

static cy_err *take_if_there(ldap *l, const char *folder, const char *name)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  cy_buf_printf(&path, "%s%s%s", folder ? folder : "", folder ? "/" : "", name);
  CY_TRY(cy_buf_check(&path));
  if (strcmp(cy_buf_cstr(&path), l->path) == 0)
    return NULL;
  cy_err *err = cy_file_read(&text, cy_buf_cstr(&path), (size_t)1 << 20, NULL);
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  bool there = !err;
  cy_err_free(err);
  return there ? take_file(l, cy_buf_cstr(&path), cy_buf_get(&text)) : NULL;
}

/* Later files beat earlier ones: that for all, the user's, then the one that was given, if it is a user's.
 */
static cy_err *collect(ldap *l, cy_span text)
{
  const cy_tls_read_how *how = l->reading->how;
  CY_CLEAN(cy_buf) system = CY_BUF_TEXT;
  CY_TRY(cy_tls_read_path(l->reading, NULL, "/etc/ldap/ldap.conf", &system));
  if (is_system(l->path))
    CY_TRY(take_file(l, l->path, text));
  else
    CY_TRY(take_if_there(l, NULL, cy_buf_cstr(&system)));
  if (how->home) {
    CY_TRY(take_if_there(l, how->home, "ldaprc"));
    CY_TRY(take_if_there(l, how->home, ".ldaprc"));
  }
  if (!is_system(l->path))
    CY_TRY(take_file(l, l->path, text));
  for (size_t i = 0; how->env && known[i]; i++) {
    char name[64];
    snprintf(name, sizeof name, "LDAP%s", known[i]);
    const char *value = how->env(how->env_arg, name);
    if (value)
      CY_TRY(cy_items_add(&l->items, cy_span_str(known[i]), cy_span_str(value), "environment", 0));
  }
  return NULL;
}

static cy_err *note_all(ldap *l)
{
  for (size_t i = 0; i < l->items.count; i++) {
    const cy_item *item = &l->items.items[i];
    cy_tls_field field = CY_TLS_FIELD_OTHER;
    bool is_known = false;
    for (size_t k = 0; known[k]; k++)
      is_known |= cy_ascii_equal_nocase(cy_span_str(known[k]), cy_span_str(item->key));
    for (size_t k = 0; k < CY_COUNT(fields); k++)
      if (cy_ascii_equal_nocase(cy_span_str(fields[k].key), cy_span_str(item->key)))
        field = fields[k].field;
    if (!is_known)
      cy_items_unknown(l->side, item, known);
    else if (item->dead) {
      cy_finding *f = cy_tls_read_finding(l->side, CY_F_TLS_USER_ONLY, item->file, item->line,
        "%s is not looked at in the file for all users", item->key);
      cy_finding_set_fix(&l->side->findings, f,
        "Put it into ~/.ldaprc or ./ldaprc, or say it in a variable: LDAP%s=%s.", item->key, item->value);
    }
    if (field != CY_TLS_FIELD_OTHER || !is_known)
      CY_TRY(cy_items_note(&l->items, item, l->side, field));
  }
  return NULL;
}

static cy_err *read_peer(ldap *l)
{
  static const char *const words[] = {"never", "allow", "try", "demand", "hard"};
  const cy_item *item = cy_items_find(&l->items, "TLS_REQCERT");
  size_t is = item ? CY_COUNT(words) : 3;
  cy_nearest near = CY_NEAREST(item ? item->value : "");
  for (size_t i = 0; item && i < CY_COUNT(words); i++) {
    cy_nearest_try(&near, words[i]);
    if (cy_ascii_equal_nocase(cy_span_str(words[i]), cy_span_str(item->value)))
      is = i;
  }
  l->side->peer = is < 2 ? CY_TLS_PEER_IGNORED : CY_TLS_PEER_REQUIRED;
  l->side->check_host = is < 2 ? CY_NO : CY_YES;
  if (item && is < 2)
    cy_tls_read_finding(l->side, CY_F_TLS_VERIFY_OFF, item->file, item->line,
      "TLS_REQCERT %s: whatever the server sends is taken", item->value);
  if (item && is == CY_COUNT(words)) {
    cy_finding *f = cy_tls_read_finding(l->side, CY_F_TLS_SETTING_WRONG, item->file, item->line,
      "%s is no value of TLS_REQCERT", item->value);
    if (near.best)
      cy_finding_set_fix(&l->side->findings, f, "Did you mean %s?", near.best);
  }
  return NULL;
}

static cy_err *read_stores(ldap *l)
{
  const cy_item *ca = cy_items_find(&l->items, "TLS_CACERT"),
                *dir = cy_items_find(&l->items, "TLS_CACERTDIR");
  const cy_item *cert = cy_items_find(&l->items, "TLS_CERT"), *key = cy_items_find(&l->items, "TLS_KEY");
  if (ca)
    CY_TRY(cy_tls_read_trust(l->reading, l->side, ca->file, ca->value));
  if (dir && l->gnutls)
    cy_tls_read_finding(l->side, CY_F_TLS_SETTING_DEAD, dir->file, dir->line,
      "TLS_CACERTDIR is not looked at by GnuTLS, which libldap is on here: put the CAs into one file for "
      "TLS_CACERT");
  else if (dir)
    CY_TRY(cy_tls_read_trust(l->reading, l->side, dir->file, dir->value));
  if (!ca && l->gnutls)
    CY_TRY(cy_tls_read_system_trust(l->reading, l->side));
  if (cert && !key && l->gnutls)
    cy_tls_read_finding(l->side, CY_F_TLS_KEY_MISSING, cert->file, cert->line, "TLS_CERT without TLS_KEY");
  if (cert)
    CY_TRY(
      cy_tls_read_identity(l->reading, l->side, cert->file, cert->value, key ? key->value : NULL, NULL));
  return NULL;
}

/* The first of several URIs. */
static cy_err *read_host(ldap *l)
{
  const cy_item *uri = cy_items_find(&l->items, "URI");
  const char *host = l->reading->how->host;
  if (!host && uri) {
    const char *at = strstr(uri->value, "://");
    at = at ? at + 3 : "";
    CY_AUTO_STR char *name = cy_strndup(at, strcspn(at, ":/ "));
    CY_TRY_ALLOC(name);
    if (cy_text_starts(uri->value, "ldap://"))
      CY_TRY(cy_tls_side_note(
        l->side, CY_TLS_FIELD_OTHER, "ldap://", "TLS only with StartTLS (-ZZ)", uri->file, uri->line));
    return name[0] ? cy_tls_side_set(&l->side->host, name) : NULL;
  }
  return host ? cy_tls_side_set(&l->side->host, host) : NULL;
}

static cy_err *build(ldap *l)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_buf_printf(&name, "OpenLDAP client (%s)", l->path);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_new(&l->side, cy_buf_cstr(&name), CY_TLS_CLIENT));
  CY_TRY(cy_tls_side_set(&l->side->product, "OpenLDAP"));
  CY_TRY(cy_tls_side_set(&l->side->source, l->path));
  CY_TRY(note_all(l));
  CY_TRY(cy_tls_ldap_library(l->reading, l->side, &l->gnutls));
  const cy_item *suites = cy_items_find(&l->items, "TLS_CIPHER_SUITE");
  const cy_item *min = cy_items_find(&l->items, "TLS_PROTOCOL_MIN");
  if (suites)
    CY_TRY(cy_tls_ldap_suites(l->side, suites, l->gnutls));
  if (min)
    CY_TRY(cy_tls_ldap_min(l->side, min, l->gnutls));
  CY_TRY(read_peer(l));
  CY_TRY(read_stores(l));
  CY_TRY(read_host(l));
  return cy_findings_check(&l->side->findings);
}

static cy_err *read_openldap(cy_tls_reading *reading, const char *path, cy_span text)
{
  ldap l = {.reading = reading, .path = path};
  cy_err *err = collect(&l, text);
  if (!err)
    err = build(&l);
  cy_items_clear(&l.items);
  if (!err)
    return cy_tls_sides_add(reading->sides, l.side);
  cy_tls_side_free(l.side);
  return err;
}

const cy_tls_reader cy_tls_reader_openldap = {.id = "openldap",
  .title = "OpenLDAP client",
  .what = "ldap.conf or ldaprc, with the others that are read beside it and LDAP... variables",
  .detect = detect,
  .read = read_openldap};
