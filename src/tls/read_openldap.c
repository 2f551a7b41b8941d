/* openldap: the client of OpenLDAP: ldap.conf for all, ldaprc for one user, LDAP... variables. */
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "conf/env.h"
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

typedef struct {
  cy_tls_reading *reading;
  const char *path;
  cy_span text;
  cy_items items, env;
  cy_tls_side *side;
  bool gnutls;
  bool taken;     /* what was given */
  bool variables; /* which is a file of variables */
  bool off;       /* LDAPNOINIT */
} ldap;

static bool user_only(const char *key)
{
  return cy_ascii_equal_nocase(cy_span_str(key), CY_SPAN("TLS_CERT")) ||
         cy_ascii_equal_nocase(cy_span_str(key), CY_SPAN("TLS_KEY"));
}

/* A variable: of the file that was given, when that is one of variables, else of this process. */
static const char *variable(const ldap *l, const char *name)
{
  const cy_tls_read_how *how = l->reading->how;
  const cy_item *item = cy_items_find(&l->env, name);
  const char *value = item ? item->value : how->env ? how->env(how->env_arg, name) : NULL;
  return value && *value ? value : NULL;
}

/* TLS_CERT and TLS_KEY are not looked at in files for all. */
static cy_err *take_file(ldap *l, const char *path, cy_span text, bool user)
{
  size_t first = l->items.count;
  CY_TRY(cy_items_lines(&l->items, path, text, ' ', false));
  for (size_t i = first; i < l->items.count; i++) {
    l->items.items[i].dead = l->off || (!user && user_only(l->items.items[i].key));
    l->items.items[i].why = l->off ? "LDAPNOINIT is set: nothing is read" : NULL;
  }
  return NULL;
}

/* Each file once: that which was given, in its own place. */
static cy_err *take_path(ldap *l, cy_buf *path, bool user)
{
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  struct stat one, two;
  const char *whole = cy_buf_cstr(path);
  CY_TRY(cy_buf_check(path));
  bool given = strcmp(whole, l->path) == 0 || (stat(whole, &one) == 0 && stat(l->path, &two) == 0 &&
                                                one.st_dev == two.st_dev && one.st_ino == two.st_ino);
  if (given && l->variables)
    return NULL;
  if (given) {
    bool again = l->taken;
    l->taken = true;
    return again ? NULL : take_file(l, l->path, l->text, user);
  }
  cy_err *err = cy_file_read(&text, whole, CY_MAX_STORE_BYTES, NULL);
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  bool there = !err;
  cy_err_free(err);
  return there ? take_file(l, whole, cy_buf_get(&text), user) : NULL;
}

static cy_err *take_in(ldap *l, const char *folder, const char *dot, const char *name, bool user)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  if (folder && name[0] != '/')
    cy_buf_printf(&path, "%s/%s%s", folder, dot, name);
  else
    cy_buf_printf(&path, "%s%s", dot, name);
  return take_path(l, &path, user);
}

/* A user's files of one name: ~/NAME, ~/.NAME, ./NAME. The current folder is taken for that of the file
 * that was given. */
static cy_err *take_user(ldap *l, const char *name)
{
  const char *home = l->reading->how->home;
  CY_AUTO_STR char *here = cy_path_folder(l->path);
  CY_TRY_ALLOC(here);
  if (home) {
    CY_TRY(take_in(l, home, "", name, true));
    CY_TRY(take_in(l, home, ".", name, true));
  }
  return take_in(l, strcmp(here, ".") == 0 ? NULL : here, "", name, true);
}

static cy_err *take_system(ldap *l, const char *name)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  CY_TRY(cy_tls_read_path(l->reading, name[0] == '/' ? NULL : l->path, name, &path));
  return take_path(l, &path, false);
}

/* LDAPNAME=value, over all files. */
static cy_err *take_variables(ldap *l)
{
  for (size_t i = 0; known[i]; i++) {
    char name[64];
    snprintf(name, sizeof name, "LDAP%s", known[i]);
    const char *value = variable(l, name);
    const cy_item *item = cy_items_find(&l->env, name);
    if (!value)
      continue;
    CY_TRY(cy_items_add(&l->items, cy_span_str(known[i]), cy_span_str(value),
      item ? item->file : "environment", item ? item->line : 0));
    l->items.items[l->items.count - 1].dead = l->off;
    l->items.items[l->items.count - 1].why = l->off ? "LDAPNOINIT is set: nothing is read" : NULL;
  }
  return NULL;
}

/* A file of any other name: as if it were ./ldaprc, or one that LDAPCONF names. */
static cy_err *take_given(ldap *l)
{
  if (l->taken || l->variables)
    return NULL;
  l->taken = true;
  return take_file(l, l->path, l->text, strcmp(cy_path_name(l->path), "ldap.conf") != 0);
}

/* In this order, of which the later beats the earlier (ldap.conf(5)). */
static cy_err *collect(ldap *l)
{
  const char *conf = variable(l, "LDAPCONF"), *rc = variable(l, "LDAPRC");
  const char *name = cy_path_name(l->path);
  bool system = strcmp(name, "ldap.conf") == 0, later = rc && strcmp(rc, name) == 0;
  l->off = variable(l, "LDAPNOINIT") != NULL;
  if (system && !conf)
    CY_TRY(take_given(l));
  else
    CY_TRY(take_system(l, "/etc/ldap/ldap.conf"));
  CY_TRY(take_user(l, "ldaprc"));
  if (!conf && !later)
    CY_TRY(take_given(l));
  if (conf)
    CY_TRY(take_system(l, conf));
  if (rc)
    CY_TRY(take_user(l, rc));
  CY_TRY(take_given(l));
  return take_variables(l);
}

/* A file of variables, as a shell, a unit or a container has them. */
static cy_err *read_env(ldap *l)
{
  CY_CLEAN(cy_env) in;
  CY_TRY(cy_env_over(&in, l->path, l->text));
  for (;;) {
    cy_env_item item;
    bool more;
    CY_TRY(cy_env_next(&in, &item, &more));
    if (!more)
      return NULL;
    if (item.name.len > 4 && memcmp(item.name.data, "LDAP", 4) == 0 && !item.open)
      CY_TRY(
        cy_items_add(&l->env, item.name, item.removed ? CY_SPAN_NONE : item.value, l->path, item.line));
  }
}

static bool is_variables(const char *path, cy_span text)
{
  static const char *const words[] = {"LDAPTLS_", "LDAPCONF=", "LDAPRC=", "LDAPNOINIT="};
  const char *name = cy_path_name(path);
  if (strcmp(name, "ldap.conf") == 0 || cy_text_ends(name, "ldaprc") || !text.len)
    return false;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (memmem(text.data, text.len, words[i], strlen(words[i])))
      return true;
  return false;
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
    else if (item->dead && !l->off) {
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

/* Nothing of it holds: whoever wrote the files is to know. */
static void tell_off(ldap *l)
{
  const cy_item *item = cy_items_find(&l->env, "LDAPNOINIT");
  if (!l->off)
    return;
  cy_finding *f =
    cy_tls_read_finding(l->side, CY_F_TLS_SETTING_DEAD, item ? item->file : l->path, item ? item->line : 0,
      "LDAPNOINIT is set: no file and no variable counts, only what the program says itself");
  cy_finding_set_fix(&l->side->findings, f, "unset LDAPNOINIT");
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
  tell_off(l);
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
  ldap l = {.reading = reading, .path = path, .text = text};
  l.variables = is_variables(path, text);
  cy_err *err = l.variables ? read_env(&l) : NULL;
  if (!err)
    err = collect(&l);
  if (!err)
    err = build(&l);
  cy_items_clear(&l.items);
  cy_items_clear(&l.env);
  if (!err)
    return cy_tls_sides_add(reading->sides, l.side);
  cy_tls_side_free(l.side);
  return err;
}

static unsigned detect(const char *path, cy_span head)
{
  const char *name = cy_path_name(path);
  if (strcmp(name, "ldaprc") == 0 || strcmp(name, ".ldaprc") == 0)
    return 90;
  if (strcmp(name, "ldap.conf") == 0)
    return 85;
  if (!head.data || !head.len)
    return 0;
  if (is_variables(path, head))
    return 60;
  return (memmem(head.data, head.len, "TLS_REQCERT", 11) || memmem(head.data, head.len, "TLS_CACERT", 10))
           ? 50
           : 0;
}

const cy_tls_reader cy_tls_reader_openldap = {.id = "openldap",
  .title = "OpenLDAP client",
  .what = "ldap.conf, ldaprc or a file of LDAP... variables, with the others that are read beside it",
  .detect = detect,
  .read = read_openldap,
  .audited = {.marks = CY_TLS_MARKS("tls_ca", "tls_ce", "tls_ci", "tls_cr", "tls_ke", "tls_pr", "tls_re"),
    .sure = 85}};
