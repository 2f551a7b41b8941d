/*
 * postgresql: a database server, from postgresql.conf and pg_hba.conf beside it. Source: the manual of
 * PostgreSQL 15, chapters 19.1 to 19.3 and 21.1, and what a server of 15 does.
 */
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/reader_openssl.h"
#include "tls/reader_tree.h"

typedef struct {
  cy_tls_reading *reading;
  cy_tls_tree *tree;
} loader;

typedef struct {
  cy_tls_reading *reading;
  cy_tls_tree *tree;
  cy_tls_side *side;
  const char *path;
  char *base; /* a file of the data folder, with which relative names begin */
} builder;

static bool is_blank(uint8_t c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

static cy_err *read_text(loader *load, const char *file, cy_span text);

static cy_err *read_included(void *arg, const char *file, cy_span text)
{
  return read_text(arg, file, text);
}

static cy_tls_include including(loader *load, const char *file, size_t line)
{
  return (cy_tls_include){
    load->reading, &load->tree->findings, load->tree, file, line, read_included, load, 0};
}

static bool is_there(const char *path)
{
  struct stat st;
  return stat(path, &st) == 0;
}

static cy_err *include(loader *load, const cy_tls_node *node)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  cy_tls_include in = including(load, node->file, node->line);
  CY_TRY(cy_tls_read_path(load->reading, node->file, cy_tls_node_word(node, 1), &path));
  if (cy_tls_node_is(node, "include_dir"))
    cy_buf_str(&path, "/*.conf");
  CY_TRY(cy_buf_check(&path));
  if (cy_tls_node_is(node, "include_if_exists") && !is_there(cy_buf_cstr(&path)))
    return NULL;
  return cy_tls_include_each(&in, cy_buf_cstr(&path));
}

/* In quotes, where '' and \' are one quote; else up to a blank or #. */
static bool take_value(cy_span *s, cy_buf *out)
{
  if (!s->len || s->data[0] != '\'') {
    size_t len = 0;
    while (len < s->len && !is_blank(s->data[len]) && s->data[len] != '#')
      len++;
    cy_buf_put(out, s->data, len);
    *s = cy_span_of(s->data + len, s->len - len);
    return true;
  }
  size_t i = 1;
  for (; i < s->len; i++) {
    bool twice = i + 1 < s->len && s->data[i + 1] == '\'';
    if (s->data[i] == '\'' && !twice)
      break;
    if (s->data[i] == '\'' || (s->data[i] == '\\' && i + 1 < s->len))
      i++;
    cy_buf_u8(out, s->data[i]);
  }
  bool closed = i < s->len;
  i += closed;
  *s = cy_span_of(s->data + i, s->len - i);
  return closed;
}

static cy_span skip_blanks(cy_span s)
{
  while (s.len && is_blank(s.data[0]))
    s = cy_span_of(s.data + 1, s.len - 1);
  return s;
}

static cy_err *read_line(loader *load, cy_span s, const char *file, size_t line)
{
  CY_CLEAN(cy_buf) value = CY_BUF_TEXT;
  cy_tls_node *node;
  s = skip_blanks(s);
  if (!s.len || s.data[0] == '#')
    return NULL;
  if (memchr(s.data, 0, s.len))
    return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: a zero octet: this is no text", file, line);
  size_t len = 0;
  while (len < s.len && !is_blank(s.data[len]) && s.data[len] != '=' && s.data[len] != '#')
    len++;
  cy_span key = cy_span_of(s.data, len);
  s = skip_blanks(cy_span_of(s.data + len, s.len - len));
  if (s.len && s.data[0] == '=')
    s = skip_blanks(cy_span_of(s.data + 1, s.len - 1));
  bool closed = take_value(&s, &value);
  s = skip_blanks(s);
  if (!closed || !key.len || (s.len && s.data[0] != '#'))
    return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: %s", file, line,
      closed ? "more than one value: quotes are missing" : "a quote that is not closed");
  CY_TRY(cy_buf_check(&value));
  const cy_span words[] = {key, cy_buf_get(&value)};
  CY_TRY(cy_tls_tree_add(load->tree, &load->tree->root, file, line, words, 2, &node));
  return cy_text_starts(node->words[0], "include") ? include(load, node) : NULL;
}

static cy_err *read_text(loader *load, const char *file, cy_span text)
{
  for (size_t line = 1; text.len; line++) {
    const uint8_t *end = memchr(text.data, '\n', text.len);
    size_t len = end ? (size_t)(end - text.data) : text.len;
    CY_TRY(read_line(load, cy_span_of(text.data, len), file, line));
    len += end != NULL;
    text = cy_span_of(text.data + len, text.len - len);
  }
  return NULL;
}

/* Settings. */

typedef cy_err *apply(builder *b, const cy_tls_node *node);

static cy_err *apply_min(builder *b, const cy_tls_node *node)
{
  static const char *const right[] = {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3", NULL};
  const char *word = node->words[1];
  unsigned version = cy_tls_read_version_of(word, right);
  bool is_min = cy_tls_node_is(node, "ssl_min_protocol_version");
  if (!*word && !is_min)
    return NULL;
  if (!version)
    cy_tls_node_wrong(b->side, node, word, right);
  else
    b->side->versions &= is_min ? cy_tls_versions_between(version, 0) : cy_tls_versions_between(0, version);
  return NULL;
}

static cy_err *apply_ciphers(builder *b, const cy_tls_node *node)
{
  return cy_tls_read_cipher_string(b->side, cy_span_str(node->words[1]), node->file, node->line);
}

static cy_err *apply_order(builder *b, const cy_tls_node *node)
{
  static const char *const right[] = {"on", "off", NULL};
  bool on;
  if (cy_tls_read_switch(node->words[1], &on))
    b->side->own_order = on ? CY_YES : CY_NO;
  else
    cy_tls_node_wrong(b->side, node, node->words[1], right);
  return NULL;
}

/* Up to 17 one curve, by OpenSSL's short name: NIST's are not known. */
static cy_err *apply_curve(builder *b, const cy_tls_node *node)
{
  static const char *const right[] = {"prime256v1", "secp384r1", "secp521r1", "X25519", "X448", NULL};
  const char *word = node->words[1];
  if (cy_tls_node_is(node, "ssl_ecdh_curve") && cy_text_starts(word, "P-")) {
    cy_tls_node_wrong(b->side, node, word, right);
    return NULL;
  }
  return cy_tls_read_openssl_groups(b->side, cy_span_str(node->words[1]), node->file, node->line);
}

/* With a CA every client is asked; whether one must come with a certificate is pg_hba.conf's to say. */
static cy_err *apply_ca(builder *b, const cy_tls_node *node)
{
  if (!*node->words[1])
    return NULL;
  b->side->peer = CY_TLS_PEER_OPTIONAL;
  b->side->ca_names = CY_TLS_CA_NAMES_TRUST;
  return cy_tls_read_trust(b->reading, b->side, b->base, node->words[1]);
}

static cy_err *apply_certificate(builder *b, const cy_tls_node *node);

static const struct {
  const char *name;
  cy_tls_field field;
  apply *apply; /* NULL: looked at elsewhere, or nothing for the handshake */
} settings[] = {
  {"ssl_min_protocol_version", CY_TLS_FIELD_VERSIONS, apply_min},
  {"ssl_max_protocol_version", CY_TLS_FIELD_VERSIONS, apply_min},
  {"ssl_ciphers", CY_TLS_FIELD_SUITES, apply_ciphers},
  {"ssl_prefer_server_ciphers", CY_TLS_FIELD_ORDER, apply_order},
  {"ssl_ecdh_curve", CY_TLS_FIELD_GROUPS, apply_curve},
  {"ssl_groups", CY_TLS_FIELD_GROUPS, apply_curve},
  {"ssl_ca_file", CY_TLS_FIELD_TRUST, apply_ca},
  {"ssl_cert_file", CY_TLS_FIELD_IDENTITY, apply_certificate},
  {"ssl_key_file", CY_TLS_FIELD_IDENTITY, NULL},
  {"ssl", CY_TLS_FIELD_LISTEN, NULL},
  {"ssl_crl_file", CY_TLS_FIELD_OTHER, NULL},
  {"ssl_crl_dir", CY_TLS_FIELD_OTHER, NULL},
  {"ssl_dh_params_file", CY_TLS_FIELD_DH, NULL},
  {"ssl_passphrase_command", CY_TLS_FIELD_OTHER, NULL},
  {"ssl_passphrase_command_supports_reload", CY_TLS_FIELD_OTHER, NULL},
  {"ssl_tls13_ciphers", CY_TLS_FIELD_OTHER, NULL},
  {"ssl_library", CY_TLS_FIELD_OTHER, NULL},
  {"ssl_renegotiation_limit", CY_TLS_FIELD_OTHER, NULL},
};

/* The last one holds, whatever file it stands in. */
static const cy_tls_node *value_of(const builder *b, const char *name)
{
  return cy_tls_node_last(&b->tree->root, name);
}

static const char *text_of(const builder *b, const char *name)
{
  const cy_tls_node *n = value_of(b, name);
  const cy_tls_product_default *row = n ? NULL : cy_tls_product_default_find("postgresql", name);
  return n ? n->words[1] : row ? row->value : "";
}

static cy_err *apply_certificate(builder *b, const cy_tls_node *node)
{
  return cy_tls_read_identity(
    b->reading, b->side, b->base, node->words[1], text_of(b, "ssl_key_file"), NULL);
}

static cy_err *apply_default(builder *b, size_t i)
{
  const cy_tls_product_default *row = cy_tls_product_default_find("postgresql", settings[i].name);
  if (!row)
    return NULL;
  const cy_tls_node node = {.file = b->path, .words = (const char *[]){row->key, row->value}, .count = 2};
  CY_TRY(cy_tls_product_default_note(b->side, settings[i].field, row));
  return settings[i].apply ? settings[i].apply(b, &node) : NULL;
}

static cy_err *apply_setting(builder *b, size_t i)
{
  const cy_tls_node *holds = value_of(b, settings[i].name);
  if (!holds)
    return apply_default(b, i);
  for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(&b->tree->root, settings[i].name, n));) {
    CY_TRY(cy_tls_node_note(b->side, settings[i].field, n, NULL));
    if (n == holds)
      continue;
    cy_tls_setting *setting = &b->side->settings[b->side->setting_count - 1];
    setting->in_force = false;
    CY_TRY(cy_tls_side_set(&setting->note, "set again further down"));
  }
  return settings[i].apply ? settings[i].apply(b, holds) : NULL;
}

static void check_words(cy_tls_tree *tree)
{
  const char *right[CY_COUNT(settings) + 1] = {NULL};
  for (size_t i = 0; i < CY_COUNT(settings); i++)
    right[i] = settings[i].name;
  for (const cy_tls_node *n = tree->root.first; n; n = n->next) {
    bool known = !cy_text_starts(n->words[0], "ssl");
    for (size_t i = 0; i < CY_COUNT(settings); i++)
      known = known || cy_tls_node_is(n, settings[i].name);
    if (!known)
      cy_tls_word_unknown(&tree->findings, n->file, n->line, n->words[0], "PostgreSQL", right);
  }
}

/* pg_hba.conf: the first line that fits decides. */

enum { HBA_WORDS = 8 };

typedef struct {
  const char *words[HBA_WORDS];
  size_t count;
  bool cert; /* a certificate is demanded */
} hba_line;

static bool hba_parse(hba_line *h, char *text)
{
  *h = (hba_line){.count = 0};
  for (char *at = text; *at;) {
    at += strspn(at, " \t\r,");
    if (!*at || *at == '#')
      break;
    size_t len = *at == '"' ? 1 + strcspn(at + 1, "\"") + 1 : strcspn(at, " \t\r");
    char *end = at + (len < strlen(at) ? len : strlen(at));
    bool more = *end != 0;
    *end = 0;
    if (cy_text_starts(at, "clientcert=") && strcmp(at, "clientcert=no-verify") != 0)
      h->cert = true;
    if (h->count < HBA_WORDS)
      h->words[h->count++] = at;
    at = end + more;
  }
  return h->count >= 4;
}

/* Type, database, user, [address, [mask,]] method. */
static const char *method_of(const hba_line *h)
{
  bool local = strcmp(h->words[0], "local") == 0;
  size_t at = local ? 3 : 4;
  bool mask = !local && h->count > 5 && h->words[4][0] >= '0' && h->words[4][0] <= '9';
  at += mask;
  return at < h->count ? h->words[at] : "";
}

static bool is_loopback(const char *address)
{
  return cy_text_starts(address, "127.") || cy_text_starts(address, "::1") ||
         strcmp(address, "localhost") == 0 || strcmp(address, "samehost") == 0;
}

typedef struct {
  bool clear_closed; /* hostnossl all all ... reject came before */
  bool demands, others;
} hba_state;

static void look_at_hba(builder *b, hba_state *state, const hba_line *h, const char *file, size_t line)
{
  const char *type = h->words[0], *method = method_of(h);
  bool rejects = strcmp(method, "reject") == 0;
  bool clear = strcmp(type, "host") == 0 || strcmp(type, "hostnossl") == 0;
  bool tls = strcmp(type, "host") == 0 || strcmp(type, "hostssl") == 0;
  bool all = strcmp(h->words[1], "all") == 0 && strcmp(h->words[2], "all") == 0 &&
             (strcmp(h->words[3], "all") == 0 || cy_text_starts(h->words[3], "0.0.0.0/0"));
  bool cert = h->cert || strcmp(method, "cert") == 0;
  if (strcmp(type, "hostnossl") == 0 && rejects && all)
    state->clear_closed = true;
  if (tls && !rejects)
    *(cert ? &state->demands : &state->others) = true;
  if (clear && !rejects && !cert && !state->clear_closed && !is_loopback(h->words[3])) {
    cy_finding *f = cy_tls_read_finding(b->side, CY_F_TLS_CLEAR_BESIDE, file, line,
      "%s lets %s from %s in without TLS as well, by %s", type, h->words[2], h->words[3], method);
    cy_finding_set_fix(&b->side->findings, f, "Write hostssl in place of %s.", type);
  }
  if (cert && b->side->peer == CY_TLS_PEER_IGNORED)
    cy_tls_read_finding(b->side, CY_F_TLS_CLIENT_TRUST_MISSING, file, line,
      "a certificate is demanded, and no ssl_ca_file says whom to believe: nobody gets in");
}

static cy_err *read_hba(builder *b, const char *file, cy_span text)
{
  hba_state state = {0};
  for (size_t line = 1; text.len; line++) {
    const uint8_t *end = memchr(text.data, '\n', text.len);
    size_t len = end ? (size_t)(end - text.data) : text.len;
    CY_AUTO_STR char *words = cy_strndup((const char *)text.data, len);
    hba_line h;
    CY_TRY_ALLOC(words);
    if (hba_parse(&h, words))
      look_at_hba(b, &state, &h, file, line);
    len += end != NULL;
    text = cy_span_of(text.data + len, text.len - len);
  }
  if (state.demands && !state.others && b->side->peer == CY_TLS_PEER_OPTIONAL)
    b->side->peer = CY_TLS_PEER_REQUIRED;
  if (state.demands && state.others && b->side->peer == CY_TLS_PEER_OPTIONAL)
    cy_tls_read_finding(b->side, CY_F_TLS_CLIENT_OPTIONAL, file, 0,
      "some lines demand a certificate, others let people in without one");
  return NULL;
}

static cy_err *apply_hba(builder *b)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  const cy_tls_node *named = value_of(b, "hba_file");
  bool entered;
  CY_TRY(cy_tls_read_path(
    b->reading, named ? b->path : b->base, named ? named->words[1] : "pg_hba.conf", &path));
  if (!is_there(cy_buf_cstr(&path)))
    return NULL;
  CY_TRY(cy_tls_read_enter(b->reading, &b->side->findings, cy_buf_cstr(&path),
    named ? named->file : b->path, named ? named->line : 0, &text, &entered));
  if (!entered)
    return NULL;
  cy_err *err = read_hba(b, cy_buf_cstr(&path), cy_buf_get(&text));
  cy_tls_read_leave(b->reading, cy_buf_cstr(&path));
  return err;
}

static cy_err *find_base(builder *b)
{
  CY_CLEAN(cy_buf) base = CY_BUF_TEXT;
  const cy_tls_node *data = value_of(b, "data_directory");
  if (data)
    cy_buf_printf(&base, "%s%s/x", b->reading->how->root ? b->reading->how->root : "", data->words[1]);
  else
    cy_buf_str(&base, b->path);
  b->base = cy_buf_take_str(&base);
  CY_TRY_ALLOC(b->base);
  return NULL;
}

static cy_err *build(builder *b)
{
  bool on = false;
  CY_TRY(find_base(b));
  b->side->dialect = cy_tls_dialect_find("openssl-3.0");
  CY_TRY(cy_tls_side_set(&b->side->product, "PostgreSQL"));
  CY_TRY(cy_tls_side_set(&b->side->source, b->path));
  cy_tls_read_switch(text_of(b, "ssl"), &on);
  b->side->clear = !on;
  b->side->versions = cy_tls_versions_between(CY_TLS10, 0);
  b->side->peer = CY_TLS_PEER_IGNORED;
  b->side->dh = CY_TLS_DH_AUTO;
  for (size_t i = 0; on && i < CY_COUNT(settings); i++)
    CY_TRY(apply_setting(b, i));
  if (on)
    CY_TRY(apply_hba(b));
  return cy_findings_check(&b->side->findings);
}

static cy_err *add_side(cy_tls_reading *reading, cy_tls_tree *tree, const char *path)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  builder b = {.reading = reading, .tree = tree, .path = path};
  cy_buf_printf(&name, "PostgreSQL server (%s)", path);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_new(&b.side, cy_buf_cstr(&name), CY_TLS_SERVER));
  cy_err *err = build(&b);
  cy_free(b.base);
  if (err) {
    cy_tls_side_free(b.side);
    return err;
  }
  check_words(tree);
  cy_findings_move(&b.side->findings, &tree->findings);
  return cy_tls_sides_add(reading->sides, b.side);
}

/* What ALTER SYSTEM wrote beside it comes last, and wins. */
static cy_err *read_auto(loader *load, const char *path)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_tls_include in = including(load, path, 0);
  CY_TRY(cy_tls_read_path(load->reading, path, "postgresql.auto.conf", &name));
  return is_there(cy_buf_cstr(&name)) ? cy_tls_include_file(&in, cy_buf_cstr(&name)) : NULL;
}

static cy_err *read_postgresql(cy_tls_reading *reading, const char *path, cy_span text)
{
  CY_CLEAN(cy_tls_tree) tree = {0};
  loader load = {.reading = reading, .tree = &tree};
  const char *name;
  CY_TRY(cy_tls_tree_str(&tree, path, &name));
  CY_TRY(read_text(&load, name, text));
  CY_TRY(read_auto(&load, name));
  return add_side(reading, &tree, name);
}

static unsigned detect(const char *path, cy_span head)
{
  static const char *const words[] = {"listen_addresses", "max_connections", "shared_buffers",
    "ssl_cert_file", "ssl_min_protocol_version", "hba_file", "data_directory", "log_timezone"};
  unsigned seen = 0;
  if (strcmp(cy_path_name(path), "postgresql.conf") == 0)
    return 95;
  if (!head.data || !head.len || memchr(head.data, 0, head.len))
    return 0;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    seen += memmem(head.data, head.len, words[i], strlen(words[i])) != NULL;
  return seen > 2 ? 75 : 0;
}

const cy_tls_reader cy_tls_reader_postgresql = {.id = "postgresql",
  .title = "PostgreSQL",
  .what = "postgresql.conf, with pg_hba.conf beside it: the database server",
  .detect = detect,
  .read = read_postgresql,
  .audited = {.marks = CY_TLS_MARKS("listen_addresses", "max_connections", "shared_buffers",
                "ssl_cert_file", "hba_file", "ssl_min_protocol")}};
