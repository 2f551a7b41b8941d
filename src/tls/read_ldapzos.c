/* ldapzos: the LDAP server of z/OS (IBM Tivoli Directory Server for z/OS): ds.conf, and the environment
 * file beside it. It looks at its settings of TLS when the first connection comes (trap C25).
 *
 * Source: IBM Tivoli Directory Server Administration and Use for z/OS, "Configuration file options" and
 * "Setting up for SSL/TLS" (which options there are, and that they are global), System SSL Programming,
 * gsk_environment_open() (what a program sets wins over its environment), read 2026-11-21; values of
 * options as far as known. */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/dialect.h"
#include "tls/gskit.h"
#include "tls/read_password.h"
#include "tls/reader_internal.h"
#include "tls/reader_ring.h"
#include "tls/suite.h"

static const struct {
  const char *key;
  cy_tls_field field;
} fields[] = {{"listen", CY_TLS_FIELD_LISTEN}, {"sslAuth", CY_TLS_FIELD_PEER},
  {"sslCertificate", CY_TLS_FIELD_IDENTITY}, {"sslCipherSpecs", CY_TLS_FIELD_SUITES},
  {"sslKeyRingFile", CY_TLS_FIELD_IDENTITY}, {"sslKeyRingFilePW", CY_TLS_FIELD_OTHER},
  {"sslKeyRingPWStashFile", CY_TLS_FIELD_OTHER}, {"sslMapCertificate", CY_TLS_FIELD_OTHER},
  {"port", CY_TLS_FIELD_LISTEN}, {"securePort", CY_TLS_FIELD_LISTEN}, {"security", CY_TLS_FIELD_LISTEN}};

static bool contains(cy_span text, const char *word)
{
  return text.len && text.data && memmem(text.data, text.len, word, strlen(word));
}

static unsigned detect(const char *path, cy_span head)
{
  static const char *const words[] = {"sslKeyRingFile", "sslCipherSpecs", "sslMapCertificate", "sslAuth"};
  unsigned found = 0;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    found += contains(head, words[i]);
  bool named = strcmp(cy_path_name(path), "ds.conf") == 0;
  if (found)
    return named || found > 1 ? 95 : 85;
  return named && (contains(head, "adminDN") || contains(head, "listen")) ? 80 : 0;
}

typedef struct {
  cy_tls_reading *reading;
  const char *path;
  cy_items items;
  cy_findings findings;
  cy_tls_side *side;
  cy_gskit env;
  cy_buf env_path;
} ldap;

/* Options. */

static cy_err *take(ldap *l, const char *path, cy_span text);

static cy_err *include(ldap *l, const char *from, const char *name, size_t line)
{
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  bool entered;
  CY_TRY(cy_tls_read_path(l->reading, from, name, &whole));
  CY_TRY(cy_tls_read_enter(l->reading, &l->findings, cy_buf_cstr(&whole), from, line, &text, &entered));
  if (!entered)
    return NULL;
  cy_err *err = take(l, cy_buf_cstr(&whole), cy_buf_get(&text));
  cy_tls_read_leave(l->reading, cy_buf_cstr(&whole));
  return err;
}

static bool is_word(const char *a, const char *b)
{
  return cy_ascii_equal_nocase(cy_span_str(a), cy_span_str(b));
}

/* Options of TLS are global: behind the first `database` they belong to a backend, which has none. */
static cy_err *take(ldap *l, const char *path, cy_span text)
{
  CY_CLEAN(cy_items) lines = {0};
  bool backend = false;
  CY_TRY(cy_items_lines(&lines, path, text, ' ', true));
  for (size_t i = 0; i < lines.count; i++) {
    const cy_item *item = &lines.items[i];
    backend = backend || is_word(item->key, "database");
    if (is_word(item->key, "include")) {
      CY_TRY(include(l, path, item->value, item->line));
      continue;
    }
    CY_TRY(cy_items_add(&l->items, cy_span_str(item->key), cy_span_str(item->value), path, item->line));
    l->items.items[l->items.count - 1].dead = backend;
  }
  return NULL;
}

static const cy_item *get(const ldap *l, const char *key)
{
  const cy_item *item = cy_items_find(&l->items, key);
  return item && item->value[0] ? item : NULL;
}

static cy_finding *wrong(ldap *l, const cy_item *item, const char *const *right)
{
  cy_nearest near = CY_NEAREST(item->value);
  for (; *right; right++)
    cy_nearest_try(&near, *right);
  cy_finding *f = cy_tls_read_finding(l->side, CY_F_TLS_SETTING_WRONG, item->file, item->line,
    "%s is no value of %s", item->value, item->key);
  if (near.best)
    cy_finding_set_fix(&l->side->findings, f, "Did you mean %s %s?", item->key, near.best);
  return f;
}

static cy_err *note(ldap *l, const cy_item *item, cy_tls_field field)
{
  bool secret = is_word(item->key, "sslKeyRingFilePW");
  cy_item shown = *item;
  if (secret)
    shown.value = (char *)(uintptr_t) "(not shown)";
  CY_TRY(cy_tls_side_note(l->side, field, shown.key, shown.value, shown.file, shown.line));
  bool list = field == CY_TLS_FIELD_LISTEN && is_word(item->key, "listen");
  if (!item->dead && (list || cy_items_find(&l->items, item->key) == item))
    return NULL;
  cy_tls_setting *last = &l->side->settings[l->side->setting_count - 1];
  last->in_force = false;
  return cy_tls_side_set(&last->note, item->dead ? "stands in a backend's section" : "a later one holds");
}

static cy_err *note_all(ldap *l)
{
  for (size_t i = 0; i < l->items.count; i++) {
    const cy_item *item = &l->items.items[i];
    cy_nearest near = CY_NEAREST(item->key);
    bool known = false;
    for (size_t k = 0; k < CY_COUNT(fields); k++) {
      cy_nearest_try(&near, fields[k].key);
      if (!is_word(fields[k].key, item->key))
        continue;
      known = true;
      CY_TRY(note(l, item, fields[k].field));
      if (item->dead)
        cy_tls_read_finding(l->side, CY_F_TLS_SETTING_DEAD, item->file, item->line,
          "%s stands behind `database`, in a backend's section: it belongs into the global one", item->key);
    }
    bool ssl = cy_ascii_equal_nocase(cy_span_of(item->key, strnlen(item->key, 3)), CY_SPAN("ssl"));
    if (known || (!ssl && !(near.best && near.best_distance <= 1 && strlen(item->key) > 4)))
      continue;
    cy_finding *f = cy_tls_read_finding(l->side, CY_F_TLS_SETTING_UNKNOWN, item->file, item->line,
      "%s is no option of the LDAP server that is known", item->key);
    if (near.best)
      cy_finding_set_fix(&l->side->findings, f, "Did you mean %s?", near.best);
  }
  return NULL;
}

/* The environment file. */

static cy_err *take_env(ldap *l, const char *path)
{
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  cy_err *err = cy_tls_read_text(&text, path);
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  if (err) {
    cy_tls_read_noticed(&l->findings, CY_F_TLS_INCLUDE_MISSING, l->path, 0, "%s", cy_err_text(err));
    cy_err_free(err);
    return NULL;
  }
  cy_buf_str(&l->env_path, path);
  CY_TRY(cy_buf_check(&l->env_path));
  l->env.path = cy_buf_cstr(&l->env_path);
  CY_TRY(cy_gskit_collect(&l->env, cy_buf_get(&text)));
  /* A folder that is searched need not read it again. */
  CY_TRY(cy_tls_read_begin(l->reading, path));
  cy_tls_read_end(l->reading, path);
  return NULL;
}

static bool is_file(const char *path)
{
  struct stat st;
  return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Any file beside it that sets GSK_ variables, the first by name. */
static cy_err *find_env(ldap *l, const char *folder, cy_buf *found)
{
  enum { MOST = 500 };
  DIR *dir = opendir(folder);
  cy_err *err = NULL;
  size_t seen = 0;
  for (const struct dirent *e; !err && dir && seen++ < MOST && (e = readdir(dir));) {
    CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) head = CY_BUF(CY_DETECT_BYTES);
    unsigned sure = 0;
    cy_buf_printf(&path, "%s/%s", folder, e->d_name);
    err = cy_buf_check(&path);
    if (err || e->d_name[0] == '.' || !is_file(cy_buf_cstr(&path)))
      continue;
    cy_err *unreadable = cy_tls_read_head(&head, cy_buf_cstr(&path));
    cy_err_free(unreadable);
    const cy_tls_reader *reader = cy_tls_reader_detect(cy_buf_cstr(&path), cy_buf_get(&head), &sure);
    bool better = !found->len || strcmp(cy_buf_cstr(&path), cy_buf_cstr(found)) < 0;
    if (!reader || strcmp(reader->id, "gskit") != 0 || !better)
      continue;
    cy_buf_reset(found);
    cy_buf_str(found, cy_buf_cstr(&path));
  }
  if (dir)
    closedir(dir);
  return err;
}

static cy_err *read_env(ldap *l)
{
  static const char *const names[] = {"ds.envvars", "slapd.envvars", "envvars", "ds.env"};
  CY_CLEAN(cy_buf) found = CY_BUF_TEXT;
  CY_AUTO_STR char *folder = cy_path_folder(l->path);
  CY_TRY_ALLOC(folder);
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
    CY_TRY(cy_tls_read_path(l->reading, l->path, names[i], &path));
    if (is_file(cy_buf_cstr(&path)))
      return take_env(l, cy_buf_cstr(&path));
  }
  CY_TRY(find_env(l, folder, &found));
  return found.len ? take_env(l, cy_buf_cstr(&found)) : NULL;
}

static void no_env(ldap *l)
{
  cy_finding *f = cy_tls_read_finding(l->side, CY_F_TLS_NOT_READ, l->path, 0,
    "no environment file (ds.envvars) lies beside it, so versions, suites and signatures are taken as "
    "System SSL has them by itself");
  cy_finding_set_fix(
    &l->side->findings, f, "Put the file that CEE_ENVFILE or STDENV of the server's job names beside it.");
}

/* Suites. */

static bool is_env_word(const char *value)
{
  return is_word(value, "GSK_V3_CIPHER_SPECS_EXPANDED") || is_word(value, "GSK_V3_CIPHER_SPECS") ||
         is_word(value, "ANY") || is_word(value, "ALL");
}

static bool is_mask(const char *value)
{
  size_t at = value[0] == '0' && (value[1] == 'x' || value[1] == 'X') ? 2 : 0;
  const char *digits = at ? "0123456789abcdefABCDEF" : "0123456789";
  return value[at] && strspn(value + at, digits) == strlen(value + at);
}

/* NAME+NAME, and what is left away again: ANY-NAME. */
static cy_err *read_names(ldap *l, const cy_item *item)
{
  CY_CLEAN(cy_buf) plain = CY_BUF_TEXT;
  cy_codes all = {0};
  for (const char *at = item->value; *at && *at != '-'; at++)
    cy_buf_u8(&plain, (uint8_t)(*at == '+' ? ' ' : *at));
  if (strchr(item->value, '-'))
    cy_tls_read_finding(l->side, CY_F_TLS_NOT_READ, item->file, item->line,
      "%s: what stands behind a minus was not taken away", item->value);
  CY_TRY(cy_buf_check(&plain));
  if (is_env_word(cy_buf_cstr(&plain)))
    return NULL;
  cy_codes_clear(&l->side->suites);
  cy_codes_clear(&l->side->suites13);
  CY_TRY(cy_tls_side_beat(l->side, CY_TLS_FIELD_SUITES, "what the server itself sets wins"));
  cy_err *err = cy_tls_read_suites(&all, l->side, cy_buf_get(&plain), " \t,", item->file, item->line);
  if (!err)
    err = cy_gskit_put_suites(l->side, &all);
  cy_codes_clear(&all);
  return err;
}

/* Without the option, or with that word, the variable of the environment decides; what the program sets
 * wins over it. */
static cy_err *read_suites(ldap *l)
{
  const cy_item *item = get(l, "sslCipherSpecs");
  bool two = item && is_word(item->value, "GSK_V3_CIPHER_SPECS");
  CY_TRY(cy_gskit_suites(&l->env));
  if (two && cy_gskit_get(&l->env, "GSK_V3_CIPHER_SPECS_EXPANDED")) {
    cy_finding *f = cy_tls_read_finding(l->side, CY_F_TLS_SETTING_DEAD, item->file, item->line,
      "sslCipherSpecs %s takes the list of two digits; GSK_V3_CIPHER_SPECS_EXPANDED is set and not looked "
      "at",
      item->value);
    cy_finding_set_fix(&l->side->findings, f, "Write sslCipherSpecs GSK_V3_CIPHER_SPECS_EXPANDED.");
  }
  if (!item || is_env_word(item->value))
    return NULL;
  if (!is_mask(item->value))
    return read_names(l, item);
  cy_finding *f = cy_tls_read_finding(l->side, CY_F_TLS_NOT_READ, item->file, item->line,
    "%s is a mask of suites from before TLS 1.2: which ones is not known here, so the list of the "
    "environment "
    "is taken",
    item->value);
  cy_finding_set_fix(&l->side->findings, f,
    "Write sslCipherSpecs GSK_V3_CIPHER_SPECS_EXPANDED, and the suites into that variable: a mask has none "
    "with "
    "ECDHE and none of TLS 1.3.");
  return NULL;
}

/* Who is asked for a certificate, and what becomes of it. */

static void check_mapping(ldap *l)
{
  static const char *const first[] = {"off", "check", "add", "replace", NULL};
  static const char *const second[] = {"fail", "ignore", NULL};
  const cy_item *item = get(l, "sslMapCertificate");
  char words[2][16] = {{0}};
  if (!item)
    return;
  int count = sscanf(item->value, "%15s %15s", words[0], words[1]);
  cy_item part = *item;
  for (int i = 0; i < 2 && i < count; i++) {
    const char *const *right = i ? second : first;
    bool good = false;
    for (size_t k = 0; right[k]; k++)
      good = good || is_word(words[i], right[k]);
    part.value = words[i];
    if (!good)
      wrong(l, &part, right);
  }
  if (l->side->peer == CY_TLS_PEER_IGNORED && count > 0 && !is_word(words[0], "off")) {
    cy_finding *f = cy_tls_read_finding(l->side, CY_F_TLS_SETTING_DEAD, item->file, item->line,
      "sslMapCertificate %s: no client is asked for a certificate (sslAuth serverAuth)", item->value);
    cy_finding_set_fix(&l->side->findings, f, "Set sslAuth serverClientAuth, and restart the server.");
  }
}

static void read_peer(ldap *l)
{
  static const char *const right[] = {"serverAuth", "serverClientAuth", NULL};
  const cy_item *item = get(l, "sslAuth");
  l->side->peer = CY_TLS_PEER_IGNORED;
  if (item && is_word(item->value, "serverClientAuth")) {
    bool must = cy_gskit_on(&l->env, "GSK_CLIENT_AUTH_NOCERT_ALERT") == 1;
    l->side->peer = must ? CY_TLS_PEER_REQUIRED : CY_TLS_PEER_OPTIONAL;
    if (!must)
      cy_tls_read_finding(l->side, CY_F_TLS_CLIENT_OPTIONAL, item->file, item->line,
        "sslAuth serverClientAuth: a client without a certificate comes in (unless "
        "GSK_CLIENT_AUTH_NOCERT_ALERT is ON), one whose certificate does not hold is refused");
  } else if (item && !is_word(item->value, "serverAuth")) {
    wrong(l, item, right);
  }
  check_mapping(l);
}

/* Stores. */

static cy_err *read_ring(ldap *l, const cy_item *ring, const char *label)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  const cy_item *password = get(l, "sslKeyRingFilePW"), *stash = get(l, "sslKeyRingPWStashFile");
  bool is_ring = cy_gskit_is_ring(ring->value, password || stash);
  if (is_ring)
    cy_tls_ring_path(&path, ring->value);
  else
    cy_buf_str(&path, ring->value);
  CY_TRY(cy_buf_check(&path));
  if (is_ring && cy_gskit_on(&l->env, "GSK_CERT_VALIDATE_KEYRING_ROOT") == 1)
    l->side->partial_chain = CY_NO;
  const char *secret = password ? password->value : NULL;
  CY_TRY(
    cy_tls_read_identity_with(l->reading, l->side, ring->file, cy_buf_cstr(&path), NULL, label, secret));
  return cy_tls_read_trust_with(l->reading, l->side, ring->file, cy_buf_cstr(&path), secret);
}

static cy_err *read_stores(ldap *l)
{
  const cy_item *ring = get(l, "sslKeyRingFile"), *label = get(l, "sslCertificate");
  const cy_item *other = cy_gskit_get(&l->env, "GSK_KEYRING_FILE");
  if (label && is_word(label->value, "none"))
    label = NULL;
  if (ring && other && strcmp(ring->value, other->value) != 0)
    cy_tls_read_finding(l->side, CY_F_TLS_SETTING_DEAD, other->file, other->line,
      "GSK_KEYRING_FILE is %s, but what the server itself sets wins: sslKeyRingFile %s", other->value,
      ring->value);
  ring = ring ? ring : other;
  if (ring)
    return read_ring(l, ring, label ? label->value : NULL);
  l->side->identity_wrong = true;
  cy_finding *f = cy_tls_read_finding(l->side, CY_F_TLS_IDENTITY_MISSING, l->path, 0,
    "sslKeyRingFile is not set, so there is no certificate to show: the server finds out when the first "
    "connection comes");
  cy_finding_set_fix(&l->side->findings, f, "Set sslKeyRingFile USER/RING, and restart the server.");
  return NULL;
}

/* Where it listens. */

typedef struct {
  const cy_item *clear, *sealed;
} entrances;

static entrances listeners(const ldap *l)
{
  entrances e = {0};
  const cy_item *security = get(l, "security");
  for (size_t i = 0; i < l->items.count; i++) {
    const cy_item *item = &l->items.items[i];
    if (item->dead || !is_word(item->key, "listen"))
      continue;
    bool call = cy_text_ends(item->value, ":pc"); /* program calls, no network */
    if (cy_text_starts(item->value, "ldaps:"))
      e.sealed = item;
    else if (!call)
      e.clear = item;
  }
  const cy_item *port = get(l, "port"), *secure = get(l, "securePort");
  if (secure && !(security && is_word(security->value, "none")))
    e.sealed = e.sealed ? e.sealed : secure;
  if (port && !(security && is_word(security->value, "sslonly")))
    e.clear = e.clear ? e.clear : port;
  return e;
}

/* C21. Without any listener it takes ldap://:389. */
static void check_listeners(ldap *l)
{
  entrances e = listeners(l);
  cy_finding *f;
  if (!e.clear && e.sealed)
    return;
  if (e.sealed)
    f = cy_tls_read_finding(l->side, CY_F_TLS_CLEAR_BESIDE, e.clear->file, e.clear->line,
      "%s %s stands beside %s: passwords of simple binds can come in clear", e.clear->key, e.clear->value,
      e.sealed->value);
  else
    f = cy_tls_read_finding(l->side, CY_F_TLS_CLEAR_BESIDE, e.clear ? e.clear->file : l->path,
      e.clear ? e.clear->line : 0,
      "there is no listener of ldaps://: TLS begins only where a client asks for it (StartTLS)");
  cy_finding_set_fix(&l->side->findings, f,
    "Leave listen ldaps://... alone; take the other one out, or bind it to 127.0.0.1; then restart the "
    "server.");
}

static cy_err *build(ldap *l)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  const char *dialect = l->reading->how->dialect;
  cy_buf_printf(&name, "z/OS LDAP server (%s)", l->path);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_new(&l->side, cy_buf_cstr(&name), CY_TLS_SERVER));
  CY_TRY(cy_tls_side_set(&l->side->product, "z/OS LDAP server"));
  CY_TRY(cy_tls_side_set(&l->side->source, l->path));
  l->side->dialect = dialect ? cy_tls_dialect_find(dialect) : NULL;
  if (!l->side->dialect)
    l->side->dialect = cy_tls_dialect_find("zos-2.5");
  l->env.side = l->side;
  CY_TRY(read_env(l));
  if (!l->env.path) {
    l->env.path = l->path;
    no_env(l);
  }
  CY_TRY(cy_gskit_note_all(&l->env));
  CY_TRY(note_all(l));
  CY_TRY(cy_gskit_versions(&l->env));
  CY_TRY(read_suites(l));
  CY_TRY(cy_gskit_curves(&l->env));
  CY_TRY(cy_gskit_schemes(&l->env));
  cy_gskit_peer_sizes(&l->env);
  read_peer(l);
  CY_TRY(read_stores(l));
  check_listeners(l);
  CY_TRY(cy_gskit_finish(&l->env));
  cy_findings_move(&l->side->findings, &l->findings);
  return cy_findings_check(&l->side->findings);
}

static bool sets_up_tls(const ldap *l)
{
  for (size_t i = 0; i < l->items.count; i++)
    if (cy_ascii_equal_nocase(
          cy_span_of(l->items.items[i].key, strnlen(l->items.items[i].key, 3)), CY_SPAN("ssl")))
      return true;
  return listeners(l).sealed;
}

static cy_err *read_ldapzos(cy_tls_reading *reading, const char *path, cy_span text)
{
  ldap l = {.reading = reading, .path = path, .env = {.reading = reading}, .env_path = CY_BUF_TEXT};
  cy_err *err = take(&l, path, text);
  bool some = !err && sets_up_tls(&l);
  if (some)
    err = build(&l);
  cy_items_clear(&l.items);
  cy_items_clear(&l.env.items);
  cy_findings_clear(&l.findings);
  cy_buf_clear(&l.env_path);
  if (!err && some)
    return cy_tls_sides_add(reading->sides, l.side);
  cy_tls_side_free(l.side);
  return err;
}

const cy_tls_reader cy_tls_reader_ldapzos = {.id = "ldapzos",
  .title = "z/OS LDAP server",
  .what = "ds.conf of the LDAP server of z/OS, with the environment file and saved key rings beside it",
  .detect = detect,
  .read = read_ldapzos,
  .audited = {.marks = CY_TLS_MARKS("sslkeyringfile", "sslcipherspecs", "sslmapcertificate", "sslauth")}};
