/* Which programs use which key: configurations where they usually lie, read once before the walk. */
#include <glob.h>

#include "audit/config.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/codes.h"

enum { CONFIG_BYTES = 512 << 10, FILES_READ = 2000 };

static const char *const usual_places[] = {"/etc/nginx/nginx.conf", "/etc/nginx/sites-enabled/*",
  "/etc/nginx/conf.d/*.conf", "/etc/apache2/sites-enabled/*", "/etc/apache2/mods-enabled/ssl.conf",
  "/etc/httpd/conf.d/*.conf", "/etc/haproxy/haproxy.cfg", "/etc/postgresql/*/*/postgresql.conf",
  "/var/lib/pgsql/data/postgresql.conf", "/etc/ldap/slapd.conf", "/etc/ldap/ldap.conf",
  "/etc/openldap/slapd.conf", "/etc/openldap/ldap.conf", "/etc/ldap/slapd.d/cn=config.ldif",
  "/etc/openldap/slapd.d/cn=config.ldif", "/etc/postfix/main.cf", "/etc/mysql/my.cnf",
  "/etc/mysql/*/*.cnf"};

typedef struct {
  cy_config_uses *uses;
  cy_config_place place;
  const char *shown; /* the configuration's path on that machine */
  cy_err *err;
} loading;

static cy_err *add(loading *l, const cy_text_hit *hit)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) config = CY_BUF_TEXT;
  cy_config_uses *uses = l->uses;
  struct stat st;
  CY_TRY(cy_config_resolve(&l->place, hit, "", &path));
  if (!path.len || stat(cy_buf_cstr(&path), &st) != 0 || cy_config_use_of(uses, &st))
    return NULL;
  uint64_t id[2] = {(uint64_t)st.st_dev, (uint64_t)st.st_ino};
  cy_buf_printf(&config, "%s:%zu", l->shown, hit->line);
  char *text = cy_buf_take_str(&config);
  if (!text || !cy_grow(&uses->items, &uses->cap, uses->count + 1, sizeof *uses->items)) {
    cy_free(text);
    return cy_err_no_memory();
  }
  uses->items[uses->count++] = (cy_config_use){hit->rule->product, text};
  return cy_map_put(&uses->by_file, cy_span_of(id, sizeof id), uses->count - 1) ? NULL : cy_err_no_memory();
}

/* HAProxy and others keep the key with the certificate. */
static void visit(void *arg, const cy_text_hit *hit)
{
  loading *l = arg;
  if (!l->err && (hit->rule->role == CY_TEXT_KEY || hit->rule->role == CY_TEXT_CERT))
    l->err = add(l, hit);
}

static cy_err *load_file(loading *l, const cy_text_finder *finder, const char *path)
{
  CY_CLEAN(cy_buf) text = CY_BUF_SECRET(CONFIG_BYTES + 1);
  CY_AUTO_STR char *folder = cy_path_folder(path);
  CY_TRY_ALLOC(folder);
  cy_err *err = cy_file_read(&text, path, CONFIG_BYTES, NULL);
  if (err && !cy_err_is(err, CY_E_NO_MEMORY)) {
    cy_err_free(err);
    return NULL;
  }
  CY_TRY(err);
  l->place.folder = folder;
  l->place.path = path;
  l->place.kind = CY_TEXT_IS_CONF;
  l->shown = path + (l->place.root ? strlen(l->place.root) : 0);
  cy_text_find(finder, cy_buf_get(&text), CY_TEXT_IS_CONF, visit, l);
  err = l->err;
  l->err = NULL;
  return err;
}

static cy_err *load_pattern(loading *l, const cy_text_finder *finder, const char *pattern)
{
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  glob_t found = {0};
  cy_err *err = NULL;
  for (const char *c = l->place.root ? l->place.root : ""; *c;
       c++) { /* the root's own signs are no pattern */
    if (strchr("*?[\\", *c))
      cy_buf_u8(&whole, '\\');
    cy_buf_u8(&whole, (uint8_t)*c);
  }
  cy_buf_str(&whole, pattern);
  CY_TRY(cy_buf_check(&whole));
  if (glob(cy_buf_cstr(&whole), 0, NULL, &found) == 0)
    for (size_t i = 0; i < found.gl_pathc && i < FILES_READ && !err; i++)
      err = load_file(l, finder, found.gl_pathv[i]);
  globfree(&found);
  return err;
}

cy_err *cy_config_uses_load(cy_config_uses *uses, const cy_text_finder *finder, const char *root)
{
  loading l = {.uses = uses, .place = {.root = root}};
  cy_map_init(&uses->by_file, true);
  for (size_t i = 0; i < CY_COUNT(usual_places); i++)
    CY_TRY(load_pattern(&l, finder, usual_places[i]));
  return NULL;
}

void cy_config_uses_clear(cy_config_uses *uses)
{
  for (size_t i = 0; i < uses->count; i++)
    cy_free(uses->items[i].config);
  cy_free(uses->items);
  cy_map_clear(&uses->by_file);
  *uses = (cy_config_uses){0};
}

const cy_config_use *cy_config_use_of(const cy_config_uses *uses, const struct stat *st)
{
  uint64_t id[2] = {(uint64_t)st->st_dev, (uint64_t)st->st_ino};
  size_t at = uses->count ? cy_map_get(&uses->by_file, cy_span_of(id, sizeof id)) : CY_MAP_NONE;
  return at == CY_MAP_NONE ? NULL : &uses->items[at];
}

cy_err *cy_config_uses_note(const cy_config_uses *uses, const struct stat *st, cy_findings *list)
{
  const cy_config_use *use = cy_config_use_of(uses, st);
  for (size_t i = 0; use && i < list->count; i++) {
    cy_finding *f = list->items[i];
    if (f->id != CY_F_KEY_NO_PASSPHRASE)
      continue;
    const char *instead = cy_config_can_not_ask(use->product);
    cy_finding_evidence(list, f, "used_by", "%s, %s", use->product, use->config);
    cy_finding_set_fix(list, f, "%s uses it (%s)%s%s. %s", use->product, use->config, instead ? "; " : "",
      instead ? instead : "", cy_finding_fix(f));
  }
  return cy_findings_check(list);
}
