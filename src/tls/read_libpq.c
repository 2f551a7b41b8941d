/* libpq: clients of PostgreSQL: connection strings and URIs wherever they stand, service files, variables.
 */
#include "tls/read_libpq.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/read_password.h"
#include "tls/reader_openssl.h"
#include "tls/reader_tree.h"

static const struct {
  const char *keyword;
  cy_tls_field field;
} fields[] = {{"host", CY_TLS_FIELD_HOST}, {"sslmode", CY_TLS_FIELD_PEER},
  {"requiressl", CY_TLS_FIELD_PEER}, {"ssl", CY_TLS_FIELD_PEER}, {"sslrootcert", CY_TLS_FIELD_TRUST},
  {"sslcert", CY_TLS_FIELD_IDENTITY}, {"sslkey", CY_TLS_FIELD_IDENTITY},
  {"sslcertmode", CY_TLS_FIELD_IDENTITY}, {"sslpassword", CY_TLS_FIELD_OTHER},
  {"ssl_min_protocol_version", CY_TLS_FIELD_VERSIONS}, {"ssl_max_protocol_version", CY_TLS_FIELD_VERSIONS},
  {"sslnegotiation", CY_TLS_FIELD_LISTEN}, {"sslcrl", CY_TLS_FIELD_OTHER},
  {"sslcrldir", CY_TLS_FIELD_OTHER}, {"sslsni", CY_TLS_FIELD_OTHER}, {"service", CY_TLS_FIELD_OTHER}};

typedef enum { DISABLE, ALLOW, PREFER, REQUIRE, VERIFY_CA, VERIFY_FULL, MODES } mode;
static const char *const modes[MODES + 1] = {
  "disable", "allow", "prefer", "require", "verify-ca", "verify-full", NULL};

typedef struct {
  cy_libpq *q;
  const cy_libpq_connection *connection;
  cy_items items; /* all that counts, the strongest last */
  size_t env;     /* how many of them are variables */
  cy_tls_side *side;
  mode mode;
  bool system; /* sslrootcert=system */
} builder;

/* An empty text counts as none. */
static const cy_item *get(const builder *b, const char *keyword)
{
  const cy_item *item = cy_items_find(&b->items, keyword);
  return item && *item->value ? item : NULL;
}

static void wrong(builder *b, const cy_item *item, const char *const *right)
{
  CY_CLEAN(cy_buf) all = CY_BUF_TEXT;
  cy_nearest near = CY_NEAREST(item->value);
  for (const char *const *w = right; *w; w++) {
    cy_nearest_try(&near, *w);
    cy_buf_printf(&all, "%s%s", w == right ? "" : ", ", *w);
  }
  cy_finding *f = cy_tls_read_finding(b->side, CY_F_TLS_SETTING_WRONG, item->file, item->line,
    "%s does not take %s: libpq refuses to connect", item->key, item->value);
  if (near.best)
    cy_finding_set_fix(
      &b->side->findings, f, "Did you mean %s? It takes %s.", near.best, cy_buf_cstr(&all));
  else
    cy_finding_set_fix(&b->side->findings, f, "It takes %s.", cy_buf_cstr(&all));
}

static size_t word_of(const char *value, const char *const *words, size_t count)
{
  size_t i = 0;
  while (i < count && strcmp(words[i], value) != 0)
    i++;
  return i;
}

/* Files below ~/.postgresql. */

static cy_err *home_path(const builder *b, const char *name, cy_buf *path)
{
  const char *home = b->q->reading->how->home;
  if (home)
    cy_buf_printf(path, "%s/.postgresql/%s", home, name);
  return cy_buf_check(path);
}

/* What a user's file is called that is taken when nothing is said; empty: there is none. */
static cy_err *user_file(const builder *b, const char *name, cy_buf *path)
{
  struct stat st;
  CY_TRY(home_path(b, name, path));
  if (path->len && stat(cy_buf_cstr(path), &st) != 0)
    cy_buf_reset(path);
  return NULL;
}

static cy_err *note_default(
  builder *b, cy_tls_field field, const char *keyword, const char *value, const char *why)
{
  CY_TRY(cy_tls_side_note(b->side, field, keyword, value, "default", 0));
  return cy_tls_side_set(&b->side->settings[b->side->setting_count - 1].note, why);
}

/* Modes. */

static cy_err *default_mode(builder *b)
{
  const cy_item *older = get(b, "requiressl"), *jdbc = get(b, "ssl");
  const cy_tls_product_default *row = cy_tls_product_default_find("libpq", "sslmode");
  if (older && older->value[0] == '1') {
    b->mode = REQUIRE;
    return NULL;
  }
  if (jdbc && strcmp(jdbc->value, "true") == 0) {
    b->mode = REQUIRE;
    return NULL;
  }
  b->mode = b->system ? VERIFY_FULL : PREFER;
  if (b->system)
    return note_default(
      b, CY_TLS_FIELD_PEER, "sslmode", "verify-full", "with sslrootcert=system nothing else is taken");
  return row ? cy_tls_product_default_note(b->side, CY_TLS_FIELD_PEER, row) : NULL;
}

static cy_err *read_mode(builder *b)
{
  const cy_item *item = get(b, "sslmode");
  if (!item)
    return default_mode(b);
  size_t is = word_of(item->value, modes, MODES);
  if (is < MODES)
    b->mode = (mode)is;
  else
    wrong(b, item, modes);
  if (is < MODES && b->system && is != VERIFY_FULL) {
    cy_finding *f = cy_tls_read_finding(b->side, CY_F_TLS_SETTING_WRONG, item->file, item->line,
      "sslmode=%s beside sslrootcert=system: libpq refuses to connect", item->value);
    cy_finding_set_fix(&b->side->findings, f, "Write sslmode=verify-full, or leave it out.");
  }
  if (is == MODES)
    b->mode = PREFER;
  return NULL;
}

/* C18: what the mode leaves unchecked. */
static void tell_mode(builder *b, bool trust)
{
  const cy_item *item = get(b, "sslmode");
  const char *file = item ? item->file : b->q->path;
  size_t line = item ? item->line : b->connection->line;
  const char *given = item ? "" : " (the default)";
  if (b->mode == ALLOW || b->mode == PREFER) {
    b->side->clear_fallback = true;
    cy_finding *f = cy_tls_read_finding(b->side, CY_F_TLS_CLEAR_FALLBACK, file, line,
      b->mode == ALLOW ? "sslmode=%s%s: it comes in clear first, and with TLS only if it is refused"
                       : "sslmode=%s%s: it goes on in clear when TLS does not come about%s",
      modes[b->mode], given, trust ? ", also when the certificate does not hold" : "");
    cy_finding_set_fix(
      &b->side->findings, f, "Write sslmode=verify-full sslrootcert=FILE of the server's CA.");
  }
  if (b->mode == REQUIRE && !trust) {
    cy_finding *f = cy_tls_read_finding(b->side, CY_F_TLS_VERIFY_OFF, file, line,
      "sslmode=require%s without a root certificate: whatever the server sends is taken", given);
    cy_finding_set_fix(
      &b->side->findings, f, "Write sslmode=verify-full sslrootcert=FILE of the server's CA.");
  }
  if (b->mode == VERIFY_CA || (b->mode == REQUIRE && trust)) {
    cy_finding *f = cy_tls_read_finding(b->side, CY_F_TLS_HOST_UNCHECKED, file, line,
      "sslmode=%s: any server whose certificate comes from that CA is taken", modes[b->mode]);
    cy_finding_set_fix(&b->side->findings, f, "Write sslmode=verify-full.");
  }
}

/* With a root certificate the chain is checked in every mode. */
static cy_err *read_trust(builder *b)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  const cy_item *root = get(b, "sslrootcert");
  bool must = b->mode >= VERIFY_CA;
  if (b->system) {
    CY_TRY(cy_tls_read_system_trust(b->q->reading, b->side));
    CY_TRY(cy_tls_side_set(&b->side->settings[b->side->setting_count - 1].note, "from PostgreSQL 16 on"));
  } else if (root) {
    struct stat st;
    CY_TRY(cy_tls_read_path(b->q->reading, NULL, root->value, &path));
    bool there = stat(cy_buf_cstr(&path), &st) == 0;
    if (there || must)
      CY_TRY(cy_tls_read_trust(b->q->reading, b->side, NULL, root->value));
    else
      cy_tls_read_finding(b->side, CY_F_TLS_TRUST_MISSING, root->file, root->line,
        "%s is not there, and sslmode=%s goes on without", root->value, modes[b->mode]);
  } else {
    CY_TRY(user_file(b, "root.crt", &path));
    if (path.len) {
      CY_TRY(note_default(b, CY_TLS_FIELD_TRUST, "sslrootcert", cy_buf_cstr(&path), "it is there"));
      CY_TRY(cy_tls_read_trust(b->q->reading, b->side, NULL, cy_buf_cstr(&path)));
    } else if (must) {
      cy_tls_read_finding(b->side, CY_F_TLS_TRUST_MISSING, b->q->path, b->connection->line,
        "sslmode=%s without sslrootcert, and there is no ~/.postgresql/root.crt: libpq refuses to connect",
        modes[b->mode]);
    }
  }
  bool trust = b->side->trust != NULL;
  b->side->peer = trust || must ? CY_TLS_PEER_REQUIRED : CY_TLS_PEER_IGNORED;
  b->side->check_host = b->mode == VERIFY_FULL ? CY_YES : CY_NO;
  tell_mode(b, trust);
  return NULL;
}

/* A certificate that is not there is left out without a word; a key that others may read is refused. */

static void check_rights(builder *b, const char *key)
{
  struct stat st;
  if (stat(key, &st) != 0 || !S_ISREG(st.st_mode))
    return;
  unsigned open = st.st_uid == 0 ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO;
  if (!(st.st_mode & open))
    return;
  cy_finding *f = cy_tls_read_finding(b->side, CY_F_TLS_KEY_OPEN, b->side->source, 0,
    "%s has the mode %04o: libpq refuses a key that others may read", key, st.st_mode & 07777);
  cy_finding_set_fix(&b->side->findings, f, "chmod 600 %s", key);
}

static cy_err *use_identity(builder *b, const char *cert, const char *key)
{
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  const cy_item *password = get(b, "sslpassword");
  CY_TRY(cy_tls_read_path(b->q->reading, NULL, key, &whole));
  check_rights(b, cy_buf_cstr(&whole));
  return cy_tls_read_identity_with(
    b->q->reading, b->side, NULL, cert, key, NULL, password ? password->value : NULL);
}

static cy_err *read_identity(builder *b)
{
  static const char *const right[] = {"disable", "allow", "require", NULL};
  const cy_item *cert = get(b, "sslcert"), *key = get(b, "sslkey"), *how = get(b, "sslcertmode");
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) key_path = CY_BUF_TEXT;
  struct stat st;
  if (how && word_of(how->value, right, 3) == 3)
    wrong(b, how, right);
  if (how && strcmp(how->value, "disable") == 0)
    return NULL;
  if (!key)
    CY_TRY(home_path(b, "postgresql.key", &key_path));
  const char *key_name = key ? key->value : cy_buf_cstr(&key_path);
  if (cert) {
    CY_TRY(cy_tls_read_path(b->q->reading, NULL, cert->value, &path));
    if (stat(cy_buf_cstr(&path), &st) == 0)
      return use_identity(b, cert->value, key_name);
    cy_tls_read_finding(b->side, CY_F_TLS_IDENTITY_MISSING, cert->file, cert->line,
      "%s is not there: libpq says nothing, and shows no certificate", cy_buf_cstr(&path));
    return NULL;
  }
  CY_TRY(user_file(b, "postgresql.crt", &path));
  if (!path.len)
    return NULL;
  CY_TRY(note_default(b, CY_TLS_FIELD_IDENTITY, "sslcert", cy_buf_cstr(&path), "it is there"));
  return use_identity(b, cy_buf_cstr(&path), key_name);
}

/* Versions. */

static cy_err *read_versions(builder *b)
{
  static const char *const right[] = {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3", NULL};
  static const char *const keywords[] = {"ssl_min_protocol_version", "ssl_max_protocol_version"};
  unsigned limits[2] = {CY_TLS12, 0};
  for (size_t i = 0; i < CY_COUNT(keywords); i++) {
    const cy_item *item = get(b, keywords[i]);
    const cy_tls_product_default *row = item ? NULL : cy_tls_product_default_find("libpq", keywords[i]);
    size_t is = item ? 0 : 4;
    while (item && right[is] && !cy_ascii_equal_nocase(cy_span_str(right[is]), cy_span_str(item->value)))
      is++;
    if (item && is < 4)
      limits[i] = cy_tls_read_version(right[is]);
    else if (item)
      wrong(b, item, right);
    if (row)
      CY_TRY(cy_tls_product_default_note(b->side, CY_TLS_FIELD_VERSIONS, row));
  }
  b->side->versions = cy_tls_versions_between(limits[0], limits[1]);
  if (!b->side->versions)
    cy_tls_read_finding(b->side, CY_F_TLS_SETTING_WRONG, b->q->path, b->connection->line,
      "the lowest version is above the highest: libpq refuses to connect");
  return NULL;
}

/* sslnegotiation=direct (PostgreSQL 17) wants TLS from the first byte. */
static void read_negotiation(builder *b)
{
  static const char *const right[] = {"postgres", "direct", NULL};
  const cy_item *item = get(b, "sslnegotiation");
  if (!item)
    return;
  if (word_of(item->value, right, 2) == 2)
    wrong(b, item, right);
  else if (strcmp(item->value, "direct") == 0 && b->mode < REQUIRE) {
    cy_finding *f = cy_tls_read_finding(b->side, CY_F_TLS_SETTING_WRONG, item->file, item->line,
      "sslnegotiation=direct beside sslmode=%s: libpq refuses to connect", modes[b->mode]);
    cy_finding_set_fix(&b->side->findings, f, "Write sslmode=verify-full.");
  }
}

/* A path is a socket of this machine, where there is no TLS. */
static cy_err *read_host(builder *b)
{
  const cy_item *host = get(b, "host");
  const char *given = b->q->reading->how->host;
  if (!given && host && (host->value[0] == '/' || host->value[0] == '@')) {
    b->side->clear = true;
    return NULL;
  }
  if (given || !host)
    return given ? cy_tls_side_set(&b->side->host, given) : NULL;
  CY_AUTO_STR char *first = cy_strndup(host->value, strcspn(host->value, ","));
  CY_TRY_ALLOC(first);
  return cy_tls_side_set(&b->side->host, first);
}

/* Notes. */

static void unknown(builder *b, const cy_item *item)
{
  cy_nearest near = CY_NEAREST(item->key);
  for (const cy_libpq_word *w = cy_libpq_words; w->keyword; w++)
    cy_nearest_try(&near, w->keyword);
  cy_finding *f = cy_tls_read_finding(b->side, CY_F_TLS_SETTING_UNKNOWN, item->file, item->line,
    "%s is no keyword of libpq, which refuses to connect", item->key);
  if (near.best)
    cy_finding_set_fix(&b->side->findings, f, "Did you mean %s?", near.best);
}

static cy_err *note(builder *b, size_t i, cy_tls_field field)
{
  const cy_item *item = &b->items.items[i];
  const cy_libpq_word *word = i < b->env ? cy_libpq_word_find(item->key) : NULL;
  const char *value = strcmp(item->key, "sslpassword") == 0 ? "(not shown)" : item->value;
  CY_TRY(
    cy_tls_side_note(b->side, field, word ? word->variable : item->key, value, item->file, item->line));
  if (cy_items_find(&b->items, item->key) == item)
    return NULL;
  cy_tls_setting *last = &b->side->settings[b->side->setting_count - 1];
  last->in_force = false;
  return cy_tls_side_set(&last->note, i < b->env ? "the connection says otherwise" : "a later one holds");
}

static cy_err *note_all(builder *b)
{
  for (size_t i = 0; i < b->items.count; i++) {
    const cy_item *item = &b->items.items[i];
    if (!cy_libpq_word_find(item->key))
      unknown(b, item);
    for (size_t k = 0; k < CY_COUNT(fields); k++)
      if (strcmp(fields[k].keyword, item->key) == 0)
        CY_TRY(note(b, i, fields[k].field));
  }
  return NULL;
}

static cy_err *build(builder *b)
{
  const char *dialect = b->q->reading->how->dialect;
  const cy_item *root = get(b, "sslrootcert");
  CY_TRY(cy_tls_side_set(&b->side->product, "libpq"));
  CY_TRY(cy_tls_side_set(&b->side->source, b->q->path));
  b->side->dialect = dialect ? cy_tls_dialect_find(dialect) : NULL;
  if (!b->side->dialect)
    b->side->dialect = cy_tls_dialect_find("openssl-3.0");
  b->system = root && strcmp(root->value, "system") == 0;
  CY_TRY(note_all(b));
  CY_TRY(read_host(b));
  CY_TRY(read_mode(b));
  b->side->clear = b->side->clear || b->mode == DISABLE;
  if (b->side->clear)
    return cy_findings_check(&b->side->findings);
  CY_TRY(read_versions(b));
  CY_TRY(read_trust(b));
  CY_TRY(read_identity(b));
  read_negotiation(b);
  return cy_findings_check(&b->side->findings);
}

static cy_err *name_side(const builder *b, cy_buf *name)
{
  const cy_libpq_connection *c = b->connection;
  if (c->service)
    cy_buf_printf(name, "libpq client, service %s (%s:%zu)", c->service, b->q->path, c->line);
  else if (c->line)
    cy_buf_printf(name, "libpq client (%s:%zu)", b->q->path, c->line);
  else
    cy_buf_printf(name, "libpq client (%s)", b->q->path);
  return cy_buf_check(name);
}

static cy_err *copy_items(cy_items *to, const cy_items *from)
{
  for (size_t i = 0; i < from->count; i++) {
    const cy_item *item = &from->items[i];
    CY_TRY(cy_items_add(to, cy_span_str(item->key), cy_span_str(item->value), item->file, item->line));
  }
  return NULL;
}

/* Services. */

typedef struct {
  cy_items *items;
  bool found;
} service;

static cy_err *take_service(void *arg, cy_libpq_connection *connection)
{
  service *s = arg;
  bool first = !s->found;
  s->found = true;
  return first ? copy_items(s->items, &connection->items) : NULL;
}

static cy_err *look_in(builder *b, const char *path, const char *name, service *s)
{
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  struct stat st;
  CY_TRY(cy_tls_read_path(b->q->reading, NULL, path, &whole));
  if (s->found || stat(cy_buf_cstr(&whole), &st) != 0)
    return NULL;
  cy_err *err = cy_file_read(&text, cy_buf_cstr(&whole), CY_MAX_STORE_BYTES, NULL);
  if (err && !cy_err_is(err, CY_E_NO_MEMORY)) {
    cy_tls_read_noticed(
      &b->q->findings, CY_F_TLS_INCLUDE_MISSING, cy_buf_cstr(&whole), 0, "%s", cy_err_text(err));
    cy_err_free(err);
    return NULL;
  }
  CY_TRY(err);
  return cy_libpq_read_services(b->q, cy_buf_cstr(&whole), cy_buf_get(&text), name, take_service, s);
}

static const char *variable(const builder *b, const char *name)
{
  const cy_tls_read_how *how = b->q->reading->how;
  const char *value = how->env ? how->env(how->env_arg, name) : NULL;
  return value && *value ? value : NULL;
}

/* The user's file, then that of the system; what the connection says itself is above it. */
static cy_err *add_service(builder *b, const cy_item *wanted)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  service s = {&b->items, false};
  const cy_item *file = cy_items_find(&b->q->env, "servicefile");
  const char *home = b->q->reading->how->home, *folder = variable(b, "PGSYSCONFDIR");
  if (file)
    CY_TRY(look_in(b, file->value, wanted->value, &s));
  else if (home) {
    cy_buf_printf(&path, "%s/.pg_service.conf", home);
    CY_TRY(look_in(b, cy_buf_cstr(&path), wanted->value, &s));
  }
  cy_buf_reset(&path);
  cy_buf_printf(&path, "%s/pg_service.conf", folder ? folder : "/etc/postgresql-common");
  CY_TRY(look_in(b, cy_buf_cstr(&path), wanted->value, &s));
  if (!s.found)
    cy_tls_read_noticed(&b->q->findings, CY_F_TLS_INCLUDE_MISSING, wanted->file, wanted->line,
      "there is no service %s: libpq refuses to connect", wanted->value);
  return NULL;
}

static cy_err *collect(builder *b)
{
  const cy_item *wanted = cy_items_find(&b->connection->items, "service");
  CY_TRY(copy_items(&b->items, &b->q->env));
  b->env = b->items.count;
  if (!wanted && !b->connection->service)
    wanted = cy_items_find(&b->q->env, "service");
  if (wanted && *wanted->value)
    CY_TRY(add_service(b, wanted));
  return copy_items(&b->items, &b->connection->items);
}

static cy_err *add_side(void *arg, cy_libpq_connection *connection)
{
  builder b = {.q = arg, .connection = connection};
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_err *err = name_side(&b, &name);
  if (!err)
    err = collect(&b);
  if (!err)
    err = cy_tls_side_new(&b.side, cy_buf_cstr(&name), CY_TLS_CLIENT);
  if (!err && connection->service)
    err = cy_tls_side_set(&b.side->label, connection->service);
  if (!err)
    err = build(&b);
  if (!err)
    cy_findings_move(&b.side->findings, &b.q->findings);
  cy_items_clear(&b.items);
  if (!err)
    return cy_tls_sides_add(b.q->reading->sides, b.side);
  cy_tls_side_free(b.side);
  return err;
}

/* The file. */

static bool is_services(const char *path, cy_span text)
{
  while (text.len && strchr(" \t\r\n", text.data[0]) && text.data[0])
    text = cy_span_of(text.data + 1, text.len - 1);
  return cy_text_ends(cy_path_name(path), "pg_service.conf") || (text.len && text.data[0] == '[');
}

/* Variables of this process are below what a file sets. */
static cy_err *add_environment(cy_libpq *q)
{
  const cy_tls_read_how *how = q->reading->how;
  for (const cy_libpq_word *w = cy_libpq_words; how->env && w->keyword; w++) {
    const char *value = w->variable ? how->env(how->env_arg, w->variable) : NULL;
    if (value)
      CY_TRY(cy_items_add(&q->env, cy_span_str(w->keyword), cy_span_str(value), "environment", 0));
  }
  return NULL;
}

static cy_err *read_all(cy_libpq *q, cy_span text)
{
  cy_libpq_connection none = {0};
  size_t before = q->reading->sides->count, variables;
  CY_TRY(add_environment(q));
  variables = q->env.count;
  if (is_services(q->path, text))
    return cy_libpq_read_services(q, q->path, text, NULL, add_side, q);
  CY_TRY(cy_libpq_read_text(q, text, add_side, q));
  if (q->reading->sides->count > before)
    return NULL;
  return q->env.count > variables ? add_side(q, &none) : NULL;
}

static cy_err *read_libpq(cy_tls_reading *reading, const char *path, cy_span text)
{
  cy_libpq q = {.reading = reading, .path = path};
  cy_err *err = read_all(&q, text);
  cy_items_clear(&q.env);
  cy_findings_clear(&q.findings);
  return err;
}

static unsigned detect(const char *path, cy_span head)
{
  static const char *const sure[] = {"PGSSLMODE", "PGSSLROOTCERT", "PGSSLCERT", "sslmode=", "sslrootcert="};
  if (cy_text_ends(cy_path_name(path), "pg_service.conf"))
    return 95;
  if (!head.data || !head.len || memchr(head.data, 0, head.len))
    return 0;
  for (size_t i = 0; i < CY_COUNT(sure); i++)
    if (memmem(head.data, head.len, sure[i], strlen(sure[i])))
      return 60;
  return memmem(head.data, head.len, "postgresql://", 13) || memmem(head.data, head.len, "postgres://", 11)
           ? 52
           : 0;
}

const cy_tls_reader cy_tls_reader_libpq = {
  .id = "libpq",
  .title = "libpq",
  .what = "connection strings and URIs wherever they stand, pg_service.conf, PG... variables: clients of "
          "PostgreSQL",
  .detect = detect,
  .read = read_libpq,
  .audited = {.marks = CY_TLS_MARKS("sslmode", "sslrootcert", "sslcert"),
    .sure = 95,
    .in_script = 60},
};
