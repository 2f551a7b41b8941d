/*
 * haproxy: bind lines with ssl are servers, server lines with ssl are clients. Source: the configuration
 * manual of 2.6, and what haproxy 2.6 does.
 */
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/reader_openssl.h"
#include "tls/reader_tree.h"

enum { WORDS = 128, LINE_BYTES = 1 << 16 };

typedef struct {
  cy_tls_reading *reading;
  cy_tls_tree *tree;
  const char *path;
} loader;

/* Words. */

typedef struct {
  const loader *load;
  cy_buf text; /* of all words, each with a zero behind it */
  size_t starts[WORDS + 1];
  size_t count;
} line_words;

static size_t put_variable(const loader *load, cy_span s, size_t at, cy_buf *out)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  const cy_tls_read_how *how = load->reading->how;
  bool brace = at < s.len && s.data[at] == '{';
  size_t end = at + brace;
  while (end < s.len &&
         (s.data[end] == '_' || (s.data[end] >= '0' && s.data[end] <= '9') ||
           (cy_ascii_lower((char)s.data[end]) >= 'a' && cy_ascii_lower((char)s.data[end]) <= 'z')))
    cy_buf_u8(&name, s.data[end++]);
  const char *value = how->env && name.len ? how->env(how->env_arg, cy_buf_cstr(&name)) : NULL;
  cy_buf_str(out, value ? value : "");
  return end + (brace && end < s.len && s.data[end] == '}');
}

/* Blanks divide; quotes and backslashes keep; variables stand in double quotes only. */
static cy_err *split(line_words *w, cy_span s, const char *file, size_t line)
{
  uint8_t quote = 0;
  bool open = false;
  for (size_t i = 0; i < s.len;) {
    uint8_t c = s.data[i++];
    bool blank = c == ' ' || c == '\t' || c == '\r';
    if (!quote && (blank || c == '#')) {
      if (open)
        cy_buf_u8(&w->text, 0);
      open = false;
      if (c == '#')
        break;
      continue;
    }
    if (!open && w->count == WORDS)
      return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: more words than a line may have", file, line);
    if (!open)
      w->starts[w->count++] = w->text.len;
    open = true;
    if (c == '\\' && quote != '\'' && i < s.len)
      cy_buf_u8(&w->text, s.data[i++]);
    else if (quote ? c == quote : c == '"' || c == '\'')
      quote = quote ? 0 : c;
    else if (c == '$' && quote == '"')
      i = put_variable(w->load, s, i, &w->text);
    else
      cy_buf_u8(&w->text, c);
  }
  if (open)
    cy_buf_u8(&w->text, 0);
  if (quote)
    return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: a quote that is not closed", file, line);
  w->starts[w->count] = w->text.len;
  return cy_buf_check(&w->text);
}

static bool is_section(const char *word)
{
  return cy_notation_has(
    "global defaults frontend backend listen userlist peers resolvers ring cache mailers "
    "program http-errors log-forward fcgi-app crt-store traces acme",
    word);
}

static cy_err *read_line(loader *load, cy_span s, const char *file, size_t number, cy_tls_node **into)
{
  line_words w = {.load = load, .text = CY_BUF(LINE_BYTES)};
  cy_span words[WORDS];
  cy_tls_node *node;
  cy_err *err = split(&w, s, file, number);
  for (size_t i = 0; !err && i < w.count; i++)
    words[i] = cy_span_of(w.text.data + w.starts[i], w.starts[i + 1] - w.starts[i] - 1);
  bool section = !err && w.count && is_section((const char *)w.text.data);
  if (!err && w.count && !section && *into == &load->tree->root)
    err = cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: %s stands before any section", file, number, w.text.data);
  if (!err && w.count)
    err =
      cy_tls_tree_add(load->tree, section ? &load->tree->root : *into, file, number, words, w.count, &node);
  if (!err && section)
    *into = node;
  cy_buf_clear(&w.text);
  return err;
}

static cy_err *read_text(loader *load, const char *file, cy_span text)
{
  cy_tls_node *into = &load->tree->root;
  for (size_t line = 1; text.len; line++) {
    const uint8_t *end = memchr(text.data, '\n', text.len);
    size_t len = end ? (size_t)(end - text.data) : text.len;
    if (memchr(text.data, 0, len))
      return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: a zero octet: this is no text", file, line);
    CY_TRY(read_line(load, cy_span_of(text.data, len), file, line, &into));
    len += end != NULL;
    text = cy_span_of(text.data + len, text.len - len);
  }
  return NULL;
}

/* Sides. */

typedef struct {
  cy_tls_reading *reading;
  cy_tls_tree *tree;
  cy_tls_side *side;
  const cy_tls_node *line;                        /* bind or server */
  const cy_tls_node *global, *section, *defaults; /* NULL: none */
  const char *path;
  unsigned min, max, without; /* versions */
} builder;

static const cy_tls_node *global_line(const builder *b, const char *word)
{
  return b->global ? cy_tls_node_last(b->global, word) : NULL;
}

/* The word behind an option of the line; NULL: it is not there. */
static const char *option(const cy_tls_node *line, const char *name, size_t nth)
{
  for (size_t i = 2; i < line->count; i++)
    if (strcmp(line->words[i], name) == 0 && nth-- == 0)
      return cy_tls_node_word(line, i + 1);
  return NULL;
}

static bool has_word(const cy_tls_node *line, const char *word)
{
  for (size_t i = 1; line && i < line->count; i++)
    if (strcmp(line->words[i], word) == 0)
      return true;
  return false;
}

static cy_err *note_option(
  builder *b, cy_tls_field field, const cy_tls_node *line, const char *key, const char *value, bool beaten)
{
  CY_TRY(cy_tls_side_note(b->side, field, key, value, line->file, line->line));
  cy_tls_setting *setting = &b->side->settings[b->side->setting_count - 1];
  setting->in_force = !beaten;
  return beaten ? cy_tls_side_set(&setting->note, "the line itself says otherwise") : NULL;
}

static const char *const versions[] = {"SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3", NULL};

static unsigned version_of(builder *b, const cy_tls_node *line, const char *key, const char *word)
{
  unsigned version = cy_tls_read_version_of(word, versions);
  const cy_tls_node named = {
    line->file, line->line, (const char *[]){key, word}, 2, NULL, NULL, NULL, NULL};
  if (!version)
    cy_tls_node_wrong(b->side, &named, word, versions);
  return version;
}

/* Options of versions among the words of a line: min and max replace what was there before. */
static cy_err *apply_versions(builder *b, const cy_tls_node *line, size_t from)
{
  static const char *const bits[] = {"sslv3", "tlsv10", "tlsv11", "tlsv12", "tlsv13"};
  for (size_t i = from; i < line->count; i++) {
    const char *word = line->words[i];
    bool is_min = strcmp(word, "ssl-min-ver") == 0, is_max = strcmp(word, "ssl-max-ver") == 0;
    if (is_min || is_max) {
      unsigned version = version_of(b, line, word, cy_tls_node_word(line, i + 1));
      *(is_min ? &b->min : &b->max) = version ? version : is_min ? b->min : b->max;
      CY_TRY(note_option(b, CY_TLS_FIELD_VERSIONS, line, word, cy_tls_node_word(line, i + 1), false));
    }
    for (unsigned v = 0; v < CY_COUNT(bits); v++) {
      bool no = cy_text_starts(word, "no-") && strcmp(word + 3, bits[v]) == 0;
      bool force = cy_text_starts(word, "force-") && strcmp(word + 6, bits[v]) == 0;
      if (no)
        b->without |= CY_TLS_BIT(CY_SSL3 + v);
      if (force)
        b->min = b->max = CY_SSL3 + v;
      if (no || force)
        CY_TRY(note_option(b, CY_TLS_FIELD_VERSIONS, line, word, "", false));
    }
  }
  return NULL;
}

typedef cy_err *apply(builder *b, const char *value, const cy_tls_node *line);

static cy_err *apply_ciphers(builder *b, const char *value, const cy_tls_node *line)
{
  return cy_tls_read_cipher_string(b->side, cy_span_str(value), line->file, line->line);
}

static cy_err *apply_ciphersuites(builder *b, const char *value, const cy_tls_node *line)
{
  return cy_tls_read_ciphersuites(b->side, cy_span_str(value), line->file, line->line);
}

static cy_err *apply_curves(builder *b, const char *value, const cy_tls_node *line)
{
  return cy_tls_read_openssl_groups(b->side, cy_span_str(value), line->file, line->line);
}

static cy_err *apply_schemes(builder *b, const char *value, const cy_tls_node *line)
{
  return cy_tls_read_openssl_schemes(
    b->side, &b->side->schemes, cy_span_str(value), line->file, line->line);
}

static cy_err *apply_client_schemes(builder *b, const char *value, const cy_tls_node *line)
{
  return cy_tls_read_openssl_schemes(
    b->side, &b->side->client_schemes, cy_span_str(value), line->file, line->line);
}

/* What stands on the line, else what global says for all lines. */
static cy_err *apply_option(
  builder *b, cy_tls_field field, const char *name, const char *global_name, apply *use)
{
  const char *own = option(b->line, name, 0);
  const cy_tls_node *all = global_name ? global_line(b, global_name) : NULL;
  if (all)
    CY_TRY(note_option(b, field, all, global_name, cy_tls_node_word(all, 1), own != NULL));
  if (own)
    CY_TRY(note_option(b, field, b->line, name, own, false));
  if (own || all)
    return use(b, own ? own : cy_tls_node_word(all, 1), own ? b->line : all);
  return NULL;
}

/* "h2,http/1.1" */
static cy_err *apply_alpn(builder *b, const char *value, const cy_tls_node *line)
{
  (void)line;
  for (const char *at = value; *at;) {
    size_t len = strcspn(at, ",");
    CY_AUTO_STR char *name = cy_strndup(at, len);
    CY_TRY_ALLOC(name);
    if (len)
      CY_TRY(cy_tls_protocols_add(&b->side->alpn, name));
    at += len + (at[len] != '\0');
  }
  return NULL;
}

static cy_err *apply_algorithms(builder *b, bool server)
{
  const cy_tls_node *all =
    global_line(b, server ? "ssl-default-bind-options" : "ssl-default-server-options");
  if (all)
    CY_TRY(apply_versions(b, all, 1));
  CY_TRY(apply_versions(b, b->line, 2));
  if (b->min || b->max || b->without)
    b->side->versions = cy_tls_versions_between(b->min ? b->min : CY_TLS10, b->max) & ~b->without;
  CY_TRY(apply_option(b, CY_TLS_FIELD_SUITES, "ciphers",
    server ? "ssl-default-bind-ciphers" : "ssl-default-server-ciphers", apply_ciphers));
  CY_TRY(apply_option(b, CY_TLS_FIELD_SUITES13, "ciphersuites",
    server ? "ssl-default-bind-ciphersuites" : "ssl-default-server-ciphersuites", apply_ciphersuites));
  CY_TRY(apply_option(b, CY_TLS_FIELD_GROUPS, "ecdhe", NULL, apply_curves));
  CY_TRY(apply_option(b, CY_TLS_FIELD_GROUPS, "curves",
    server ? "ssl-default-bind-curves" : "ssl-default-server-curves", apply_curves));
  CY_TRY(apply_option(b, CY_TLS_FIELD_SCHEMES, "sigalgs",
    server ? "ssl-default-bind-sigalgs" : "ssl-default-server-sigalgs", apply_schemes));
  CY_TRY(apply_option(b, CY_TLS_FIELD_ALPN, "alpn", NULL, apply_alpn));
  return apply_option(b, CY_TLS_FIELD_CLIENT_SCHEMES, "client-sigalgs",
    server ? "ssl-default-bind-client-sigalgs" : NULL, apply_client_schemes);
}

/* With a base folder in front, where one is set and the name is relative. */
static cy_err *full_name(const builder *b, const char *base_word, const char *name, cy_buf *out)
{
  const cy_tls_node *base = global_line(b, base_word);
  if (base && name[0] != '/')
    cy_buf_printf(out, "%s/", cy_tls_node_word(base, 1));
  cy_buf_str(out, name);
  return cy_buf_check(out);
}

static bool is_file(const cy_tls_reading *reading, const char *name, cy_buf *whole)
{
  struct stat st;
  cy_err *err = cy_tls_read_path(reading, NULL, name, whole);
  bool there = !err && stat(cy_buf_cstr(whole), &st) == 0 && S_ISREG(st.st_mode);
  cy_err_free(err);
  return there;
}

/* The key stands in the same file, or beside it in FILE.key. */
static cy_err *use_certificate(void *arg, const char *name)
{
  builder *b = arg;
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  cy_buf_printf(&key, "%s.key", name);
  CY_TRY(cy_buf_check(&key));
  bool beside = is_file(b->reading, cy_buf_cstr(&key), &whole);
  return cy_tls_read_identity(b->reading, b->side, NULL, name, beside ? cy_buf_cstr(&key) : NULL, NULL);
}

/* A folder: every file that is none of those that stand beside certificates. */
static cy_err *use_from_folder(void *arg, const char *name)
{
  static const char beside[] = "key issuer ocsp sctl dh";
  return cy_notation_has(beside, cy_path_suffix(name)) ? NULL : use_certificate(arg, name);
}

static cy_err *use_crt(builder *b, const char *name)
{
  CY_CLEAN(cy_buf) full = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  struct stat st;
  CY_TRY(full_name(b, "crt-base", name, &full));
  CY_TRY(note_option(b, CY_TLS_FIELD_IDENTITY, b->line, "crt", cy_buf_cstr(&full), false));
  CY_TRY(cy_tls_read_path(b->reading, NULL, cy_buf_cstr(&full), &whole));
  if (stat(cy_buf_cstr(&whole), &st) != 0 || !S_ISDIR(st.st_mode))
    return use_certificate(b, cy_buf_cstr(&full));
  cy_buf_str(&whole, "/*");
  CY_TRY(cy_buf_check(&whole));
  return cy_tls_read_each(cy_buf_cstr(&whole), use_from_folder, b);
}

/* The words behind FILE and [options]: names that choose the certificates of this line, in place of their
 * own. */
static cy_err *use_names(builder *b, size_t from, cy_span words)
{
  CY_CLEAN(cy_buf) names = CY_BUF_TEXT;
  const uint8_t *close = memchr(words.data, ']', words.len);
  size_t at = close ? (size_t)(close - words.data) + 1 : 0;
  while (at < words.len && words.data[at] != '#') {
    size_t start = at;
    while (at < words.len && !strchr(" \t\r#", words.data[at]))
      at++;
    if (at > start && names.len)
      cy_buf_u8(&names, ' ');
    cy_buf_put(&names, words.data + start, at - start);
    at += at == start || (at < words.len && words.data[at] != '#');
  }
  CY_TRY(cy_buf_check(&names));
  for (size_t i = from; names.len && i < b->side->identity_count; i++) {
    cy_tls_identity *named;
    CY_TRY(cy_tls_identity_named(&named, b->side->identities[i], cy_buf_cstr(&names)));
    cy_tls_identity_free(b->side->identities[i]);
    b->side->identities[i] = named;
  }
  return NULL;
}

/* A list of certificates: FILE [options] names, one a line. */
static cy_err *use_list(builder *b, const char *name)
{
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  bool entered;
  CY_TRY(note_option(b, CY_TLS_FIELD_IDENTITY, b->line, "crt-list", name, false));
  CY_TRY(cy_tls_read_path(b->reading, NULL, name, &whole));
  CY_TRY(cy_tls_read_enter(
    b->reading, &b->side->findings, cy_buf_cstr(&whole), b->line->file, b->line->line, &text, &entered));
  if (!entered)
    return NULL;
  cy_err *err = NULL;
  cy_span rest = cy_buf_get(&text);
  while (!err && rest.len) {
    const uint8_t *end = memchr(rest.data, '\n', rest.len);
    size_t len = end ? (size_t)(end - rest.data) : rest.len, word = 0;
    while (word < len && !strchr(" \t\r[#", rest.data[word]))
      word++;
    CY_AUTO_STR char *file = cy_strndup((const char *)rest.data, word);
    size_t before = b->side->identity_count;
    err = !file ? cy_err_no_memory() : *file ? use_crt(b, file) : NULL;
    if (!err && file && *file)
      err = use_names(b, before, cy_span_of(rest.data + word, len - word));
    len += end != NULL;
    rest = cy_span_of(rest.data + len, rest.len - len);
  }
  cy_tls_read_leave(b->reading, cy_buf_cstr(&whole));
  return err;
}

static cy_err *apply_identity(builder *b)
{
  const char *name;
  for (size_t i = 0; (name = option(b->line, "crt", i)); i++)
    CY_TRY(use_crt(b, name));
  for (size_t i = 0; (name = option(b->line, "crt-list", i)); i++)
    CY_TRY(use_list(b, name));
  return NULL;
}

static cy_err *apply_trust(builder *b)
{
  CY_CLEAN(cy_buf) full = CY_BUF_TEXT;
  const char *name = option(b->line, "ca-file", 0);
  if (!name)
    return NULL;
  CY_TRY(note_option(b, CY_TLS_FIELD_TRUST, b->line, "ca-file", name, false));
  if (strcmp(name, "@system-ca") == 0)
    return cy_tls_read_system_trust(b->reading, b->side);
  CY_TRY(full_name(b, "ca-base", name, &full));
  return cy_tls_read_trust(b->reading, b->side, NULL, cy_buf_cstr(&full));
}

static cy_err *apply_bind_peer(builder *b)
{
  static const char *const right[] = {"none", "optional", "required", NULL};
  static const cy_tls_peer peers[] = {CY_TLS_PEER_IGNORED, CY_TLS_PEER_OPTIONAL, CY_TLS_PEER_REQUIRED};
  const char *verify = option(b->line, "verify", 0);
  size_t i = 0;
  b->side->peer = CY_TLS_PEER_IGNORED;
  if (!verify)
    return NULL;
  CY_TRY(note_option(b, CY_TLS_FIELD_PEER, b->line, "verify", verify, false));
  while (right[i] && strcmp(right[i], verify) != 0)
    i++;
  const cy_tls_node named = {
    b->line->file, b->line->line, (const char *[]){"verify", verify}, 2, NULL, NULL, NULL, NULL};
  if (!right[i])
    cy_tls_node_wrong(b->side, &named, verify, right);
  else
    b->side->peer = peers[i];
  if (b->side->peer == CY_TLS_PEER_OPTIONAL)
    cy_tls_read_finding(b->side, CY_F_TLS_CLIENT_OPTIONAL, b->line->file, b->line->line,
      "a client without a certificate comes in (ssl_c_used is 0); one that does not hold is refused");
  if (b->side->peer != CY_TLS_PEER_IGNORED && !option(b->line, "ca-file", 0))
    cy_tls_read_finding(b->side, CY_F_TLS_CLIENT_TRUST_MISSING, b->line->file, b->line->line,
      "verify %s without ca-file: haproxy does not start", verify);
  return NULL;
}

static void tell_no_crt(builder *b)
{
  if (b->side->identity_count || b->side->identity_wrong)
    return;
  b->side->identity_wrong = true;
  cy_tls_read_finding(b->side, CY_F_TLS_IDENTITY_MISSING, b->line->file, b->line->line,
    "bind with ssl and without crt: haproxy does not start");
}

/* The same section answers in clear and does not send people over. */
static void tell_clear(builder *b)
{
  for (const cy_tls_node *n = b->section->first; n; n = n->next)
    for (size_t i = 1; i + 1 < n->count; i++)
      if ((strcmp(n->words[i], "scheme") == 0 && strcmp(n->words[i + 1], "https") == 0) ||
          cy_text_starts(n->words[i + 1], "https://"))
        return;
  for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(b->section, "bind", n));) {
    const char *address = cy_tls_node_word(n, 1);
    if (has_word(n, "ssl") || cy_text_starts(address, "127.") || *address == '/' ||
        cy_text_starts(address, "unix@") || cy_text_starts(address, "abns@"))
      continue;
    cy_tls_read_finding(
      b->side, CY_F_TLS_CLEAR_BESIDE, n->file, n->line, "bind %s serves the same in clear", address);
    return;
  }
}

static cy_err *build_bind(builder *b)
{
  const cy_tls_product_default *row = cy_tls_product_default_find("haproxy", "ssl-min-ver");
  const cy_tls_node *all = global_line(b, "ssl-default-bind-options");
  CY_TRY(note_option(b, CY_TLS_FIELD_LISTEN, b->line, "bind", cy_tls_node_word(b->line, 1), false));
  b->min = row ? cy_tls_read_version(row->value) : 0;
  if (row && !has_word(b->line, "ssl-min-ver") && !has_word(all, "ssl-min-ver"))
    CY_TRY(cy_tls_product_default_note(b->side, CY_TLS_FIELD_VERSIONS, row));
  bool dh = global_line(b, "tune.ssl.default-dh-param") || global_line(b, "ssl-dh-param-file");
  b->side->dh = dh ? CY_TLS_DH_AUTO : CY_TLS_DH_NONE; /* or they stand in the certificate's file */
  bool clients = has_word(b->line, "prefer-client-ciphers") || has_word(all, "prefer-client-ciphers");
  b->side->own_order = clients ? CY_NO : CY_YES;
  b->side->alpn_needed = CY_NO;
  CY_TRY(apply_algorithms(b, true));
  CY_TRY(apply_identity(b));
  CY_TRY(apply_trust(b));
  CY_TRY(apply_bind_peer(b));
  tell_no_crt(b);
  tell_clear(b);
  return cy_findings_check(&b->side->findings);
}

/* Clients. */

static bool is_loopback(const char *address)
{
  return cy_text_starts(address, "127.") || cy_text_starts(address, "localhost") || *address == '/' ||
         cy_text_starts(address, "unix@") || cy_text_starts(address, "[::1]");
}

static cy_err *apply_server_host(builder *b)
{
  const char *name = option(b->line, "verifyhost", 0);
  const char *address = cy_tls_node_word(b->line, 2);
  const char *sni = option(b->line, "sni", 0);
  b->side->check_host = name || sni ? CY_YES : CY_NO;
  if (sni && cy_text_starts(sni, "str("))
    name = sni;
  CY_AUTO_STR char *host = name && name == sni ? cy_strndup(sni + 4, strcspn(sni + 4, ")"))
                           : name              ? cy_strdup(name)
                                               : cy_strndup(address, strcspn(address, ":"));
  CY_TRY_ALLOC(host);
  return cy_tls_side_set(&b->side->host, host);
}

static cy_err *apply_server_peer(builder *b)
{
  const char *verify = option(b->line, "verify", 0);
  const cy_tls_node *all = global_line(b, "ssl-server-verify");
  const char *word = verify ? verify : all ? cy_tls_node_word(all, 1) : "required";
  const char *address = cy_tls_node_word(b->line, 2);
  if (all)
    CY_TRY(note_option(
      b, CY_TLS_FIELD_PEER, all, "ssl-server-verify", cy_tls_node_word(all, 1), verify != NULL));
  if (verify)
    CY_TRY(note_option(b, CY_TLS_FIELD_PEER, b->line, "verify", verify, false));
  b->side->peer = strcmp(word, "none") == 0 ? CY_TLS_PEER_IGNORED : CY_TLS_PEER_REQUIRED;
  if (b->side->peer == CY_TLS_PEER_IGNORED) {
    b->side->check_host = CY_NO;
    if (!is_loopback(address))
      cy_tls_read_finding(b->side, CY_F_TLS_VERIFY_OFF, b->line->file, b->line->line,
        "verify none: haproxy takes whatever certificate %s shows", address);
    return NULL;
  }
  if (!option(b->line, "ca-file", 0))
    cy_tls_read_finding(b->side, CY_F_TLS_TRUST_MISSING, b->line->file, b->line->line,
      "verify required (the default) without ca-file: haproxy does not start");
  else if (b->side->check_host == CY_NO && !is_loopback(address))
    cy_tls_read_finding(b->side, CY_F_TLS_HOST_UNCHECKED, b->line->file, b->line->line,
      "neither sni nor verifyhost says what name the certificate of %s must have", address);
  return NULL;
}

static cy_err *build_server(builder *b)
{
  CY_TRY(note_option(b, CY_TLS_FIELD_HOST, b->line, "server", cy_tls_node_word(b->line, 2), false));
  CY_TRY(apply_server_host(b));
  CY_TRY(apply_algorithms(b, false));
  CY_TRY(apply_identity(b));
  CY_TRY(apply_trust(b));
  CY_TRY(apply_server_peer(b));
  return cy_findings_check(&b->side->findings);
}

static cy_err *add_side(builder *b, bool server)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) label = CY_BUF_TEXT;
  cy_buf_printf(&label, "%s/%s", cy_tls_node_word(b->section, 1), cy_tls_node_word(b->line, 1));
  cy_buf_printf(&name, "haproxy %s %s (%s:%zu)", server ? "server" : "client", cy_buf_cstr(&label),
    b->line->file, b->line->line);
  CY_TRY(cy_buf_check(&label));
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_new(&b->side, cy_buf_cstr(&name), server ? CY_TLS_SERVER : CY_TLS_CLIENT));
  b->side->dialect = cy_tls_dialect_find("openssl-3.0");
  cy_err *err = cy_tls_side_set(&b->side->label, cy_buf_cstr(&label));
  if (!err)
    err = cy_tls_side_set(&b->side->product, "haproxy");
  if (!err)
    err = cy_tls_side_set(&b->side->source, b->line->file);
  if (!err && server)
    err = cy_tls_side_set(&b->side->listen, cy_tls_node_word(b->line, 1));
  b->side->by_name = server;
  b->side->strict_names = server && has_word(b->line, "strict-sni");
  if (!err)
    err = server ? build_bind(b) : build_server(b);
  if (err) {
    cy_tls_side_free(b->side);
    return err;
  }
  return cy_tls_sides_add(b->reading->sides, b->side);
}

/* Words of bind and server lines that this knows by heart; others may be right in other versions. */
static void check_words(cy_tls_tree *tree, const cy_tls_node *line)
{
  static const char *const right[] = {"ciphers", "ciphersuites", "verify", "ca-file", "crt", "crt-list",
    "ssl-min-ver", "ssl-max-ver", "curves", "ecdhe", "crl-file", "no-tlsv13", "no-tlsv12", "no-tlsv11",
    "no-tlsv10", "no-sslv3", "verifyhost", "sigalgs", "client-sigalgs", "prefer-client-ciphers",
    "strict-sni", "ca-verify-file", "no-tls-tickets", "force-tlsv12", "force-tlsv13", "force-tlsv11",
    "force-tlsv10", NULL};
  for (size_t i = 2; i < line->count; i++) {
    const char *word = line->words[i], *before = line->words[i - 1];
    cy_nearest near = CY_NEAREST(word);
    bool value = strchr(word, '/') || strchr(word, ':') || strchr(word, '.') || strlen(word) < 3;
    for (size_t k = 0; right[k]; k++) {
      value = value || strcmp(before, right[k]) == 0;
      cy_nearest_try(&near, right[k]);
    }
    /* A word that differs by a letter or two from one of these and is none of them. */
    bool close = near.best && near.best_distance > 0 && near.best_distance <= 2 && strlen(word) > 4;
    if (!value && close && !cy_notation_has("check crt send verify certs", word))
      cy_tls_word_unknown(&tree->findings, line->file, line->line, word, "haproxy", right);
  }
}

static cy_err *make_sides(cy_tls_reading *reading, cy_tls_tree *tree, const char *path)
{
  builder base = {.reading = reading, .tree = tree, .path = path};
  for (const cy_tls_node *s = tree->root.first; s; s = s->next)
    if (cy_tls_node_is(s, "global"))
      base.global = s;
  for (const cy_tls_node *s = tree->root.first; s; s = s->next)
    for (const cy_tls_node *n = s->first; n; n = n->next) {
      bool bind = cy_tls_node_is(n, "bind"), server = cy_tls_node_is(n, "server");
      if (!(bind || server) || !has_word(n, "ssl"))
        continue;
      builder b = base;
      b.section = s;
      b.line = n;
      check_words(tree, n);
      CY_TRY(add_side(&b, bind));
    }
  return NULL;
}

static cy_err *read_haproxy(cy_tls_reading *reading, const char *path, cy_span text)
{
  CY_CLEAN(cy_tls_tree) tree = {0};
  loader load = {.reading = reading, .tree = &tree, .path = path};
  size_t before = reading->sides->count;
  const char *name;
  CY_TRY(cy_tls_tree_str(&tree, path, &name));
  CY_TRY(read_text(&load, name, text));
  CY_TRY(make_sides(reading, &tree, name));
  if (reading->sides->count > before)
    cy_findings_move(&reading->sides->items[before]->findings, &tree.findings);
  return NULL;
}

static unsigned detect(const char *path, cy_span head)
{
  static const char *const words[] = {"\nfrontend ", "\nbackend ", "\nlisten ", "\ndefaults", "\nglobal",
    "\tbind ", " bind ", " server ", "\tserver "};
  unsigned seen = 0;
  (void)path;
  if (!head.data || !head.len || memchr(head.data, 0, head.len))
    return 0;
  seen += head.len > 6 && memcmp(head.data, "global", 6) == 0;
  seen += head.len > 9 && memcmp(head.data, "frontend ", 9) == 0;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    seen += memmem(head.data, head.len, words[i], strlen(words[i])) != NULL;
  bool ends = memmem(head.data, head.len, "frontend ", 9) || memmem(head.data, head.len, "backend ", 8) ||
              memmem(head.data, head.len, "listen ", 7);
  return ends && seen > 2 ? 85 : 0;
}

const cy_tls_reader cy_tls_reader_haproxy = {.id = "haproxy",
  .title = "haproxy",
  .what = "haproxy.cfg: bind lines with ssl, and server lines with ssl",
  .detect = detect,
  .read = read_haproxy,
  .audited = {.marks = CY_TLS_MARKS("ssl crt", " crt /", "ca-file", "ssl-default-", "ssl verify",
                "verify none", "crt-list", "ssl-min-ver")}};
