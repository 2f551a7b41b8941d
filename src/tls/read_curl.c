/* curl: command lines wherever they stand, and .curlrc. */
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "conf/lines.h"
#include "tls/codes.h"
#include "tls/read_curl.h"
#include "tls/read_items.h"
#include "tls/read_password.h"
#include "tls/reader_openssl.h"
#include "tls/reader_tree.h"

enum { MAX_COMMANDS = 1000 };

/* Options of TLS; `value` is false for switches. Others with a value are known by their letters, so that
 * the value is no option itself. */
static const struct {
  const char *name;
  char letter;
  bool value;
  cy_tls_field field;
} known[] = {{"insecure", 'k', false, CY_TLS_FIELD_PEER}, {"cacert", 0, true, CY_TLS_FIELD_TRUST},
  {"capath", 0, true, CY_TLS_FIELD_TRUST}, {"ca-native", 0, false, CY_TLS_FIELD_TRUST},
  {"cert", 'E', true, CY_TLS_FIELD_IDENTITY}, {"key", 0, true, CY_TLS_FIELD_IDENTITY},
  {"cert-type", 0, true, CY_TLS_FIELD_OTHER}, {"key-type", 0, true, CY_TLS_FIELD_OTHER},
  {"pass", 0, true, CY_TLS_FIELD_OTHER}, {"ciphers", 0, true, CY_TLS_FIELD_SUITES},
  {"tls13-ciphers", 0, true, CY_TLS_FIELD_SUITES13}, {"curves", 0, true, CY_TLS_FIELD_GROUPS},
  {"tlsv1", '1', false, CY_TLS_FIELD_VERSIONS}, {"tlsv1.0", 0, false, CY_TLS_FIELD_VERSIONS},
  {"tlsv1.1", 0, false, CY_TLS_FIELD_VERSIONS}, {"tlsv1.2", 0, false, CY_TLS_FIELD_VERSIONS},
  {"tlsv1.3", 0, false, CY_TLS_FIELD_VERSIONS}, {"tls-max", 0, true, CY_TLS_FIELD_VERSIONS},
  {"sslv2", '2', false, CY_TLS_FIELD_VERSIONS}, {"sslv3", '3', false, CY_TLS_FIELD_VERSIONS},
  {"pinnedpubkey", 0, true, CY_TLS_FIELD_OTHER}, {"crlfile", 0, true, CY_TLS_FIELD_OTHER},
  {"ssl", 0, false, CY_TLS_FIELD_OTHER}, {"ssl-reqd", 0, false, CY_TLS_FIELD_OTHER},
  {"ssl-no-revoke", 0, false, CY_TLS_FIELD_OTHER}, {"cert-status", 0, false, CY_TLS_FIELD_OTHER},
  {"http1.0", '0', false, CY_TLS_FIELD_ALPN}, {"http1.1", 0, false, CY_TLS_FIELD_ALPN},
  {"http2", 0, false, CY_TLS_FIELD_ALPN}, {"no-alpn", 0, false, CY_TLS_FIELD_ALPN},
  {"proxy-insecure", 0, false, CY_TLS_FIELD_OTHER}, {"url", 0, true, CY_TLS_FIELD_HOST},
  {"config", 'K', true, CY_TLS_FIELD_OTHER}};
static const char letters_with_value[] = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";

static unsigned detect(const char *path, cy_span head)
{
  const char *name = cy_path_name(path);
  bool options = memmem(head.data, head.len, "--cacert", 8) || memmem(head.data, head.len, " -k", 3) ||
                 memmem(head.data, head.len, "--insecure", 10) ||
                 memmem(head.data, head.len, "--tlsv1", 7) || memmem(head.data, head.len, "https://", 8);
  if (strcmp(name, ".curlrc") == 0 || strcmp(name, "_curlrc") == 0 || strcmp(name, "curlrc") == 0)
    return 90;
  return options && memmem(head.data, head.len, "curl ", 5) ? 45 : 0;
}

typedef struct {
  cy_tls_reading *reading;
  const char *path; /* that was given */
  size_t line;
  const char *file; /* in which the options stand, that is, or one that -K names */
  size_t at;
  cy_items items;
  cy_findings findings; /* before there is a side */
  cy_tls_side *side;
} curl;

static const cy_item *get(const curl *c, const char *key)
{
  return cy_items_find(&c->items, key);
}

static size_t option_of(const char *name)
{
  for (size_t i = 0; i < CY_COUNT(known); i++)
    if (strcmp(known[i].name, name) == 0)
      return i;
  return CY_COUNT(known);
}

static cy_err *read_config(curl *c, const char *name);

static cy_err *add(curl *c, const char *name, const char *value)
{
  if (strcmp(name, "config") == 0 && *value)
    return read_config(c, value);
  return cy_items_add(&c->items, cy_span_str(name), cy_span_str(value), c->file, c->at);
}

/* --no-insecure takes back what stood before. */
static void take_back(curl *c, const char *name)
{
  for (size_t i = 0; i < c->items.count; i++)
    if (strcmp(c->items.items[i].key, name) == 0) {
      c->items.items[i].dead = true;
      c->items.items[i].why = "--no- takes it back further down";
    }
}

/* -sSk, -Efile. *takes: the next word is its value. */
static cy_err *letters(curl *c, const char *word, const char *next, bool *takes)
{
  for (const char *at = word + 1; *at; at++) {
    bool value = strchr(letters_with_value, *at) != NULL;
    const char *is = !value ? "" : at[1] ? at + 1 : next ? next : "";
    *takes = value && !at[1];
    for (size_t i = 0; i < CY_COUNT(known); i++)
      if (known[i].letter == *at)
        CY_TRY(add(c, known[i].name, is));
    if (value)
      return NULL;
  }
  return NULL;
}

static cy_err *take_word(curl *c, const char *word, const char *next, bool *takes)
{
  *takes = false;
  if (word[0] == '-' && !word[1]) /* standard input */
    return NULL;
  if (word[0] == '-' && word[1] != '-')
    return letters(c, word, next, takes);
  if (word[0] != '-')
    return strstr(word, "://") ? add(c, "url", word) : NULL;
  size_t i = option_of(word + 2);
  if (i == CY_COUNT(known) && cy_text_starts(word, "--no-"))
    take_back(c, word + 5);
  if (i == CY_COUNT(known))
    return NULL;
  *takes = known[i].value;
  return add(c, known[i].name, known[i].value && next ? next : "");
}

/* Files of options: -K, and .curlrc before all. */

static cy_err *take_option(void *arg, const char *option, const char *value, size_t line)
{
  curl *c = arg;
  bool takes;
  c->at = line;
  return take_word(c, option, value, &takes);
}

static cy_err *read_config_text(void *arg, const char *file, cy_span text)
{
  curl *c = arg;
  const char *outer = c->file;
  size_t at = c->at;
  c->file = file;
  cy_err *err = cy_curl_config(file, text, &c->findings, take_option, c);
  c->file = outer;
  c->at = at;
  return err;
}

/* In its place among the other options; - is standard input. */
static cy_err *read_config(curl *c, const char *name)
{
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  const char *home = c->reading->how->home;
  cy_tls_include in = {c->reading, &c->findings, NULL, c->file, c->at, read_config_text, c, 0};
  if (strcmp(name, "-") == 0 || strchr(name, '$')) {
    cy_tls_read_noticed(&c->findings, CY_F_TLS_NOT_READ, c->file, c->at, "-K %s is not known here", name);
    return cy_findings_check(&c->findings);
  }
  if (home && cy_text_starts(name, "~/"))
    cy_buf_printf(&whole, "%s%s", home, name + 1);
  else
    CY_TRY(cy_tls_read_path(c->reading, c->file, name, &whole));
  CY_TRY(cy_buf_check(&whole));
  return cy_tls_include_file(&in, cy_buf_cstr(&whole));
}

static const char *env(const curl *c, const char *name)
{
  const cy_tls_read_how *how = c->reading->how;
  const char *value = how->env ? how->env(how->env_arg, name) : NULL;
  return value && *value ? value : NULL;
}

/* The first one that is there, unless -q stands before all other options. */
static cy_err *read_default(curl *c)
{
  const char *const folders[] = {env(c, "CURL_HOME"), env(c, "XDG_CONFIG_HOME"), c->reading->how->home};
  static const char *const names[] = {".curlrc", "curlrc", ".curlrc"};
  for (size_t i = 0; i < CY_COUNT(folders); i++) {
    CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
    struct stat st;
    cy_buf_printf(&path, "%s/%s", folders[i] ? folders[i] : "", names[i]);
    CY_TRY(cy_buf_check(&path));
    cy_tls_include in = {c->reading, &c->findings, NULL, c->file, c->at, read_config_text, c, 0};
    if (folders[i] && stat(cy_buf_cstr(&path), &st) == 0)
      return cy_tls_include_file(&in, cy_buf_cstr(&path));
  }
  return NULL;
}

/* Words of a shell; quotes go, $ stays as it is. */
typedef struct {
  char *items[256];
  size_t count;
} words;

static cy_err *split(words *w, cy_span line)
{
  CY_CLEAN(cy_buf) word = CY_BUF_TEXT;
  uint8_t quote = 0;
  bool inside = false;
  for (size_t i = 0; i <= line.len; i++) {
    uint8_t ch = i < line.len ? line.data[i] : ' ';
    bool blank = !quote && (ch == ' ' || ch == '\t' || ch == '\r' || i == line.len);
    bool ends = !quote && (ch == ';' || ch == '|' || ch == '&' || ch == '>' || ch == ')' || ch == '`');
    if ((blank || ends) && inside) {
      CY_TRY(cy_buf_check(&word));
      if (w->count == CY_COUNT(w->items))
        return NULL;
      w->items[w->count] = cy_strdup(cy_buf_cstr(&word));
      CY_TRY_ALLOC(w->items[w->count]);
      w->count++;
      cy_buf_reset(&word);
      inside = false;
    }
    if (ends)
      return NULL;
    if (blank)
      continue;
    inside = true;
    if (quote ? ch == quote : ch == '"' || ch == '\'')
      quote = quote ? 0 : ch;
    else
      cy_buf_u8(&word, ch);
  }
  return NULL;
}

static void words_clear(words *w)
{
  for (size_t i = 0; i < w->count; i++)
    cy_free(w->items[i]);
  w->count = 0;
}

/* What it means. */

static cy_err *read_versions(curl *c)
{
  unsigned min = 0, max = CY_TLS13, last = 0;
  for (size_t i = 0; i < c->items.count; i++) {
    const char *key = c->items.items[i].key;
    if (cy_text_starts(key, "tlsv1"))
      last = key[5] == '.' ? (unsigned)(CY_TLS10 + key[6] - '0') : CY_TLS10;
  }
  const cy_item *limit = get(c, "tls-max");
  unsigned is =
    limit && strcmp(limit->value, "default") != 0 ? cy_tls_read_version(limit->value) : CY_TLS13;
  if (!is) {
    cy_finding *f = cy_tls_read_finding(c->side, CY_F_TLS_SETTING_WRONG, limit->file, limit->line,
      "%s is no value of --tls-max", limit->value);
    cy_finding_set_fix(&c->side->findings, f, "Write default, 1.0, 1.1, 1.2 or 1.3.");
    is = CY_TLS13;
  }
  min = last ? last : CY_TLS10;
  max = is;
  if (last || max < CY_TLS13)
    for (unsigned v = min; v <= max; v++)
      c->side->versions |= CY_TLS_BIT(v);
  if (min > max) {
    cy_tls_read_finding(c->side, CY_F_TLS_SETTING_WRONG, c->path, c->line,
      "--tls-max is below the lowest version that is asked for: curl refuses the two together");
    c->side->suites.set = c->side->suites13.set = true;
  }
  return NULL;
}

static cy_err *read_suites(curl *c)
{
  const cy_item *suites = get(c, "ciphers"), *suites13 = get(c, "tls13-ciphers"),
                *groups = get(c, "curves");
  if (suites)
    CY_TRY(cy_tls_read_cipher_string(c->side, cy_span_str(suites->value), suites->file, suites->line));
  if (suites13)
    CY_TRY(cy_tls_read_ciphersuites(c->side, cy_span_str(suites13->value), suites13->file, suites13->line));
  return groups
           ? cy_tls_read_openssl_groups(c->side, cy_span_str(groups->value), groups->file, groups->line)
           : NULL;
}

static cy_err *read_peer(curl *c)
{
  const cy_item *off = get(c, "insecure"), *maybe = get(c, "ssl");
  c->side->peer = off ? CY_TLS_PEER_IGNORED : CY_TLS_PEER_REQUIRED;
  c->side->check_host = off ? CY_NO : CY_YES;
  if (off)
    cy_tls_read_finding(c->side, CY_F_TLS_VERIFY_OFF, off->file, off->line,
      "-k (--insecure): whatever the server sends is taken");
  if (maybe && !get(c, "ssl-reqd")) {
    c->side->clear_fallback = true;
    cy_finding *f = cy_tls_read_finding(c->side, CY_F_TLS_CLEAR_FALLBACK, maybe->file, maybe->line,
      "--ssl goes on in clear when there is no TLS");
    cy_finding_set_fix(&c->side->findings, f, "Write --ssl-reqd.");
  }
  return NULL;
}

static cy_err *read_trust(curl *c)
{
  const cy_item *file = get(c, "cacert"), *folder = get(c, "capath");
  const char *bundle = env(c, "CURL_CA_BUNDLE") ? env(c, "CURL_CA_BUNDLE") : env(c, "SSL_CERT_FILE");
  if (get(c, "insecure"))
    return NULL;
  if (folder)
    CY_TRY(cy_tls_read_trust(c->reading, c->side, folder->file, folder->value));
  if (file)
    return cy_tls_read_trust(c->reading, c->side, file->file, file->value);
  if (bundle) {
    CY_TRY(cy_tls_side_note(c->side, CY_TLS_FIELD_TRUST, "CURL_CA_BUNDLE", bundle, "environment", 0));
    return cy_tls_read_trust(c->reading, c->side, NULL, bundle);
  }
  return cy_tls_read_system_trust(c->reading, c->side);
}

/* FILE:PASSWORD; \: is a colon of the file's name. */
static cy_err *read_identity(curl *c)
{
  const cy_item *cert = get(c, "cert"), *key = get(c, "key"), *pass = get(c, "pass");
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  if (!cert)
    return NULL;
  const char *at = cert->value;
  for (; *at && *at != ':'; at++) {
    at += at[0] == '\\' && (at[1] == ':' || at[1] == '\\');
    cy_buf_u8(&name, (uint8_t)*at);
  }
  CY_TRY(cy_buf_check(&name));
  const char *password = pass ? pass->value : *at ? at + 1 : NULL;
  return cy_tls_read_identity_with(
    c->reading, c->side, cert->file, cy_buf_cstr(&name), key ? key->value : NULL, NULL, password);
}

static cy_err *read_host(curl *c)
{
  const cy_item *url = get(c, "url");
  const char *host = c->reading->how->host;
  const char *at = url ? strstr(url->value, "://") : NULL;
  if (host)
    return cy_tls_side_set(&c->side->host, host);
  if (!at)
    return NULL;
  c->side->clear = cy_text_starts(url->value, "http://");
  at += 3;
  CY_AUTO_STR char *name = cy_strndup(at, strcspn(at, ":/?#"));
  CY_TRY_ALLOC(name);
  return name[0] && !strchr(name, '$') ? cy_tls_side_set(&c->side->host, name) : NULL;
}

/* Of --tlsv1.2 and its like the last one holds, as of any other option; addresses are a request each. */
static bool is_beaten(const curl *c, size_t i)
{
  const char *key = c->items.items[i].key;
  bool version = cy_text_starts(key, "tlsv1");
  if (strcmp(key, "url") == 0)
    return false;
  for (size_t k = i + 1; k < c->items.count; k++) {
    const cy_item *later = &c->items.items[k];
    if (!later->dead && (version ? cy_text_starts(later->key, "tlsv1") : strcmp(later->key, key) == 0))
      return true;
  }
  return false;
}

static cy_err *note_all(curl *c)
{
  for (size_t i = 0; i < c->items.count; i++) {
    cy_item item = c->items.items[i];
    bool secret = strcmp(item.key, "pass") == 0;
    CY_AUTO_STR char *cert =
      strcmp(item.key, "cert") == 0 ? cy_strndup(item.value, strcspn(item.value, ":")) : NULL;
    if (!cert && strcmp(item.key, "cert") == 0)
      return cy_err_no_memory(); /* and never the password behind the colon */
    const char *value = secret ? "(not shown)" : cert ? cert : item.value;
    CY_TRY(
      cy_tls_side_note(c->side, known[option_of(item.key)].field, item.key, value, item.file, item.line));
    cy_tls_setting *last = &c->side->settings[c->side->setting_count - 1];
    if (item.dead || is_beaten(c, i)) {
      last->in_force = false;
      CY_TRY(cy_tls_side_set(&last->note, item.dead ? item.why : "a later one holds"));
    }
  }
  return NULL;
}

/* HTTP over TLS names its protocols; the last of several options counts. */
static cy_err *read_protocols(curl *c)
{
  const cy_item *url = get(c, "url");
  const char *only = NULL;
  if (get(c, "no-alpn") || (url && !cy_text_starts(url->value, "https://")))
    return NULL;
  for (size_t i = 0; i < c->items.count; i++) {
    const char *key = c->items.items[i].key;
    if (strcmp(key, "http1.0") == 0 || strcmp(key, "http1.1") == 0)
      only = key[6] == '0' ? "http/1.0" : "http/1.1";
    else if (strcmp(key, "http2") == 0)
      only = NULL;
  }
  if (only)
    return cy_tls_protocols_add(&c->side->alpn, only);
  CY_TRY(cy_tls_protocols_add(&c->side->alpn, "h2"));
  return cy_tls_protocols_add(&c->side->alpn, "http/1.1");
}

static cy_err *build(curl *c)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  const char *dialect = c->reading->how->dialect;
  cy_buf_printf(&name, "curl (%s:%zu)", c->path, c->line);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_new(&c->side, cy_buf_cstr(&name), CY_TLS_CLIENT));
  CY_TRY(cy_tls_side_set(&c->side->product, "curl"));
  CY_TRY(cy_tls_side_set(&c->side->source, c->path));
  c->side->dialect = dialect ? cy_tls_dialect_find(dialect) : NULL;
  if (!c->side->dialect)
    c->side->dialect = cy_tls_dialect_find("openssl-3.0");
  CY_TRY(note_all(c));
  CY_TRY(read_versions(c));
  CY_TRY(read_suites(c));
  CY_TRY(read_peer(c));
  CY_TRY(read_identity(c));
  CY_TRY(read_trust(c));
  CY_TRY(read_host(c));
  CY_TRY(read_protocols(c));
  return cy_findings_check(&c->side->findings);
}

static cy_err *add_side(curl *c)
{
  c->side = NULL;
  cy_err *err = build(c);
  if (!err)
    cy_findings_move(&c->side->findings, &c->findings);
  cy_items_clear(&c->items);
  cy_findings_clear(&c->findings);
  if (!err)
    return cy_tls_sides_add(c->reading->sides, c->side);
  cy_tls_side_free(c->side);
  return err;
}

/* The command on one line, put together of those that end in a backslash. */
static cy_err *read_command(curl *c, cy_span line)
{
  words w = {0};
  cy_err *err = split(&w, line);
  size_t at = 0;
  while (at < w.count && strcmp(cy_path_name(w.items[at]), "curl") != 0)
    at++;
  bool any = at < w.count;
  bool alone = at + 1 < w.count &&
               (strcmp(w.items[at + 1], "--disable") == 0 || cy_text_starts(w.items[at + 1], "-q"));
  c->file = c->path;
  c->at = c->line;
  if (!err && any && !alone)
    err = read_default(c);
  size_t before = c->items.count;
  for (at++; !err && at < w.count; at++) {
    bool takes;
    err = take_word(c, w.items[at], at + 1 < w.count ? w.items[at + 1] : NULL, &takes);
    at += takes;
  }
  words_clear(&w);
  if (!err && any && c->items.count > before)
    return add_side(c);
  cy_items_clear(&c->items);
  cy_findings_clear(&c->findings);
  return err;
}

static cy_err *read_commands(curl *c, cy_span text)
{
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  for (size_t line = 1; text.len && c->reading->sides->count < MAX_COMMANDS; line++) {
    const uint8_t *end = memchr(text.data, '\n', text.len);
    size_t len = end ? (size_t)(end - text.data) : text.len;
    bool more = len && text.data[len - 1] == '\\';
    c->line = whole.len ? c->line : line;
    cy_buf_put(&whole, text.data, len - more);
    len += end != NULL;
    text = cy_span_of(text.data + len, text.len - len);
    if (more && text.len && !whole.failed)
      continue;
    cy_span s = cy_line_trim(cy_buf_get(&whole));
    if (!whole.failed && s.len && s.data[0] != '#' && memmem(s.data, s.len, "curl", 4))
      CY_TRY(read_command(c, s));
    cy_buf_clear(&whole);
    whole = CY_BUF_TEXT;
  }
  return NULL;
}

static cy_err *read_rc(curl *c, cy_span text)
{
  cy_err *err = read_config_text(c, c->path, text);
  c->line = 1;
  if (!err)
    return add_side(c);
  cy_items_clear(&c->items);
  cy_findings_clear(&c->findings);
  return err;
}

/* A file that -K could name, given by itself: options alone, a line each. */
static bool is_config(const char *path, cy_span text)
{
  return cy_text_ends(path, "curlrc") || (text.len && !memmem(text.data, text.len, "curl", 4));
}

static cy_err *read_curl(cy_tls_reading *reading, const char *path, cy_span text)
{
  curl c = {.reading = reading, .path = path};
  size_t before = reading->sides->count;
  if (is_config(path, text))
    return read_rc(&c, text);
  CY_TRY(read_commands(&c, text));
  return reading->sides->count > before
           ? NULL
           : cy_err_new(CY_E_TLS_NO_SIDES,
               "%s: no command with curl and an option of TLS or an address is in it", path);
}

const cy_tls_reader cy_tls_reader_curl = {.id = "curl",
  .title = "curl",
  .what =
    "command lines with curl, with .curlrc and what -K names, or such a file itself; a client for each",
  .detect = detect,
  .read = read_curl,
  .audited = {.marks = CY_TLS_MARKS(
                "\ncurl ", " curl ", "/curl ", "(curl ", "insecure", "cacert", "tlsv1.", "ciphers"),
    .sure = 90,
    .in_script = 45}};
