/*
 * openssl: openssl.cnf, whose section "system_default" (or one of an application's name) every program on
 * OpenSSL begins with. Source: config(5), SSL_CTX_config(3), and what openssl 3.0 does with such files.
 */
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/reader_openssl.h"
#include "tls/reader_tree.h"

enum { LINE_BYTES = 1 << 20 };

typedef struct {
  cy_tls_reading *reading;
  cy_tls_tree *tree;
  cy_tls_node *section;
} loader;

static bool is_blank(uint8_t c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static cy_span trim(cy_span s)
{
  while (s.len && is_blank(s.data[0]))
    s = cy_span_of(s.data + 1, s.len - 1);
  while (s.len && is_blank(s.data[s.len - 1]))
    s.len--;
  return s;
}

/* Sections of one name are one. */
static cy_err *open_section(loader *load, cy_span name, const char *file, size_t line)
{
  const cy_span words[] = {CY_SPAN("section"), name};
  for (cy_tls_node *n = load->tree->root.first; n; n = n->next)
    if (cy_span_equal(cy_span_str(n->words[1]), name)) {
      load->section = n;
      return NULL;
    }
  return cy_tls_tree_add(load->tree, &load->tree->root, file, line, words, 2, &load->section);
}

static const cy_tls_node *find_section(const cy_tls_tree *tree, const char *name)
{
  for (const cy_tls_node *n = tree->root.first; n; n = n->next)
    if (strcmp(n->words[1], name) == 0)
      return n;
  return NULL;
}

/* The last one of a name holds; names differ in case. */
static const cy_tls_node *find_value(const cy_tls_node *section, const char *key)
{
  const cy_tls_node *last = NULL;
  for (const cy_tls_node *n = section ? section->first : NULL; n; n = n->next)
    if (strcmp(n->words[0], key) == 0)
      last = n;
  return last;
}

/* $name, ${name}, $(name), with section::name; ENV:: is the environment. */
static void put_variable(const loader *load, cy_span name, cy_buf *out)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  const cy_tls_read_how *how = load->reading->how;
  cy_buf_span(&text, name);
  if (text.failed)
    cy_buf_fail(out, (cy_buf_failure)text.failed);
  char *whole = (char *)(uintptr_t)cy_buf_cstr(&text);
  char *colons = strstr(whole, "::");
  const char *key = colons ? colons + 2 : whole;
  if (colons)
    *colons = 0;
  if (colons && strcmp(whole, "ENV") == 0) {
    cy_buf_str(out, how->env && how->env(how->env_arg, key) ? how->env(how->env_arg, key) : "");
    return;
  }
  const cy_tls_node *value = find_value(colons ? find_section(load->tree, whole) : load->section, key);
  if (!value && !colons)
    value = find_value(find_section(load->tree, "default"), key);
  cy_buf_str(out, value ? value->words[1] : "");
}

static bool is_name(uint8_t c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static size_t expand_variable(const loader *load, cy_span s, size_t at, cy_buf *out)
{
  uint8_t open = at < s.len ? s.data[at] : 0;
  uint8_t close = open == '{' ? '}' : open == '(' ? ')' : 0;
  size_t start = at + (close != 0), end = start;
  while (end < s.len &&
         (is_name(s.data[end]) || (s.data[end] == ':' && end + 1 < s.len && s.data[end + 1] == ':') ||
           (end > start && s.data[end] == ':' && s.data[end - 1] == ':')))
    end++;
  put_variable(load, cy_span_of(s.data + start, end - start), out);
  return end + (close && end < s.len && s.data[end] == close);
}

/* Quotes keep what is in them; elsewhere a backslash keeps one character. */
static cy_err *unquote(const loader *load, cy_span s, cy_buf *out)
{
  uint8_t quote = 0;
  for (size_t i = 0; i < s.len;) {
    uint8_t c = s.data[i++];
    if (quote ? c == quote : c == '"' || c == '\'' || c == '`')
      quote = quote ? 0 : c;
    else if (c == '\\' && i < s.len)
      cy_buf_u8(out, s.data[i++]);
    else if (c == '$' && !quote)
      i = expand_variable(load, s, i, out);
    else
      cy_buf_u8(out, c);
    if (out->len > LINE_BYTES)
      cy_buf_fail(out, CY_BUF_CEILING);
  }
  return cy_buf_check(out);
}

static cy_err *read_text(loader *load, const char *file, cy_span text);

static cy_err *read_included(void *arg, const char *file, cy_span text)
{
  return read_text(arg, file, text);
}

/* A folder: its files that end with .cnf or .conf. */
static cy_err *include(loader *load, cy_span rest, const char *file, size_t line)
{
  static const char *const endings[] = {"/*.cnf", "/*.conf"};
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  cy_tls_include in = {
    load->reading, &load->tree->findings, load->tree, file, line, read_included, load, 0};
  struct stat st;
  rest = trim(rest);
  if (rest.len && rest.data[0] == '=')
    rest = trim(cy_span_of(rest.data + 1, rest.len - 1));
  CY_TRY(unquote(load, rest, &name));
  CY_TRY(cy_tls_read_path(load->reading, file, cy_buf_cstr(&name), &path));
  if (stat(cy_buf_cstr(&path), &st) != 0 || !S_ISDIR(st.st_mode))
    return cy_tls_include_file(&in, cy_buf_cstr(&path));
  for (size_t i = 0; i < CY_COUNT(endings); i++) {
    CY_CLEAN(cy_buf) pattern = CY_BUF_TEXT;
    cy_buf_printf(&pattern, "%s%s", cy_buf_cstr(&path), endings[i]);
    CY_TRY(cy_buf_check(&pattern));
    CY_TRY(cy_tls_include_each(&in, cy_buf_cstr(&pattern)));
  }
  return NULL;
}

/* A comment begins at a # outside of quotes. */
static cy_span without_comment(cy_span s)
{
  uint8_t quote = 0;
  for (size_t i = 0; i < s.len; i++) {
    uint8_t c = s.data[i];
    if (c == '\\')
      i++;
    else if (quote ? c == quote : c == '"' || c == '\'' || c == '`')
      quote = quote ? 0 : c;
    else if (c == '#' && !quote)
      return cy_span_of(s.data, i);
  }
  return s;
}

static cy_err *read_assignment(loader *load, cy_span s, const char *file, size_t line)
{
  CY_CLEAN(cy_buf) value = CY_BUF((size_t)2 * LINE_BYTES);
  cy_tls_node *node;
  const uint8_t *equals = memchr(s.data, '=', s.len);
  if (!equals)
    return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: neither [section] nor name = value", file, line);
  cy_span key = trim(cy_span_of(s.data, (size_t)(equals - s.data)));
  CY_TRY(unquote(load, trim(cy_span_of(equals + 1, s.len - (size_t)(equals - s.data) - 1)), &value));
  const cy_span words[] = {key, cy_buf_get(&value)};
  if (!key.len)
    return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: a value without a name", file, line);
  return cy_tls_tree_add(load->tree, load->section, file, line, words, 2, &node);
}

static cy_err *read_line(loader *load, cy_span s, const char *file, size_t line)
{
  s = trim(without_comment(s));
  if (!s.len)
    return NULL;
  if (memchr(s.data, 0, s.len))
    return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: a zero octet: this is no text", file, line);
  if (s.data[0] == '[') {
    const uint8_t *end = memchr(s.data, ']', s.len);
    if (!end)
      return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: a section that is not closed with ]", file, line);
    return open_section(load, trim(cy_span_of(s.data + 1, (size_t)(end - s.data) - 1)), file, line);
  }
  if (s.len > 8 && memcmp(s.data, ".include", 8) == 0)
    return include(load, cy_span_of(s.data + 8, s.len - 8), file, line);
  if (s.len > 7 && memcmp(s.data, ".pragma", 7) == 0)
    return NULL;
  return read_assignment(load, s, file, line);
}

static cy_err *read_text(loader *load, const char *file, cy_span text)
{
  size_t line = 1;
  while (text.len) {
    CY_CLEAN(cy_buf) whole = CY_BUF(LINE_BYTES);
    size_t first = line;
    CY_TRY(cy_tls_tree_line(&whole, &text, &line, file));
    CY_TRY(read_line(load, cy_buf_get(&whole), file, first));
  }
  return NULL;
}

/* Sides. */

/* A label before the first dot only makes names differ. */
static const char *command_of(const cy_tls_node *node)
{
  const char *dot = strchr(node->words[0], '.');
  return dot ? dot + 1 : node->words[0];
}

static bool has_later(const cy_tls_node *node)
{
  for (const cy_tls_node *n = node->next; n; n = n->next)
    if (strcmp(n->words[0], node->words[0]) == 0)
      return true;
  return false;
}

static cy_err *apply_line(cy_tls_reading *reading, cy_tls_side *side, const cy_tls_node *node)
{
  if (!has_later(node))
    return cy_tls_read_ssl_command(
      reading, side, node->file, command_of(node), node->words[1], node->file, node->line);
  CY_TRY(cy_tls_node_note(side, CY_TLS_FIELD_OTHER, node, NULL));
  cy_tls_setting *setting = &side->settings[side->setting_count - 1];
  setting->in_force = false;
  return cy_tls_side_set(&setting->note, "set again further down");
}

static cy_err *fill(
  cy_tls_reading *reading, cy_tls_side *side, const cy_tls_node *section, const char *label)
{
  side->role_known = false;
  side->dialect = cy_tls_dialect_find("openssl-3.0");
  CY_TRY(cy_tls_side_set(&side->label, label));
  CY_TRY(cy_tls_side_set(&side->product, "OpenSSL"));
  CY_TRY(cy_tls_side_set(&side->source, section->file));
  for (const cy_tls_node *n = section->first; n; n = n->next)
    CY_TRY(apply_line(reading, side, n));
  return cy_findings_check(&side->findings);
}

static cy_err *add_side(cy_tls_reading *reading, const cy_tls_node *section, const char *label)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_tls_side *side;
  bool all = strcmp(label, "system_default") == 0;
  cy_buf_printf(&name, "OpenSSL's settings for %s (%s:%zu)", all ? "all programs" : label, section->file,
    section->line);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_new(&side, cy_buf_cstr(&name), CY_TLS_CLIENT));
  cy_err *err = fill(reading, side, section, label);
  if (err) {
    cy_tls_side_free(side);
    return err;
  }
  return cy_tls_sides_add(reading->sides, side);
}

static const cy_tls_node *follow(cy_tls_tree *tree, const cy_tls_node *from, const char *key)
{
  const cy_tls_node *value = find_value(from, key);
  const cy_tls_node *section = value ? find_section(tree, value->words[1]) : NULL;
  if (value && !section)
    cy_tls_read_noticed(&tree->findings, CY_F_TLS_SETTING_WRONG, value->file, value->line,
      "%s names the section [%s], which is not there", key, value->words[1]);
  return section;
}

static bool has_settings(const cy_tls_node *section)
{
  static const char words[] = "CipherString Ciphersuites MinProtocol MaxProtocol Protocol Groups Curves "
                              "SignatureAlgorithms";
  for (const cy_tls_node *n = section->first; n; n = n->next)
    if (cy_notation_has(words, command_of(n)))
      return true;
  return false;
}

/* People write the section and forget the way to it. */
static void tell_unreached(cy_tls_tree *tree, const cy_tls_node *ssl)
{
  for (const cy_tls_node *n = tree->root.first; n; n = n->next) {
    bool reached = !has_settings(n);
    for (const cy_tls_node *v = ssl ? ssl->first : NULL; v; v = v->next)
      reached = reached || strcmp(v->words[1], n->words[1]) == 0;
    if (reached)
      continue;
    cy_finding *f = cy_tls_read_noticed(&tree->findings, CY_F_TLS_SETTING_DEAD, n->file, n->line,
      "nothing leads to the section [%s], so its settings do not hold", n->words[1]);
    cy_finding_set_severity(f, CY_WARNING);
    cy_finding_set_fix(&tree->findings, f,
      "At the top of the file, before the first [section]: openssl_conf = init; then [init] ssl_conf = "
      "ssl; "
      "[ssl] system_default = %s.",
      n->words[1]);
  }
}

static cy_err *make_sides(cy_tls_reading *reading, cy_tls_tree *tree, const char *path)
{
  size_t before = reading->sides->count;
  const cy_tls_node *init = follow(tree, find_section(tree, "default"), "openssl_conf");
  const cy_tls_node *ssl = init ? follow(tree, init, "ssl_conf") : NULL;
  for (const cy_tls_node *n = ssl ? ssl->first : NULL; n; n = n->next) {
    const cy_tls_node *section = follow(tree, ssl, n->words[0]);
    if (section && !has_later(n))
      CY_TRY(add_side(reading, section, n->words[0]));
  }
  tell_unreached(tree, ssl);
  if (reading->sides->count == before && tree->findings.count) {
    const cy_tls_node nothing = {.file = path, .words = NULL};
    CY_TRY(add_side(reading, &nothing, "system_default"));
  }
  if (reading->sides->count > before)
    cy_findings_move(&reading->sides->items[before]->findings, &tree->findings);
  return NULL;
}

static cy_err *read_openssl(cy_tls_reading *reading, const char *path, cy_span text)
{
  CY_CLEAN(cy_tls_tree) tree = {0};
  loader load = {.reading = reading, .tree = &tree};
  const char *name;
  CY_TRY(cy_tls_tree_str(&tree, path, &name));
  CY_TRY(open_section(&load, CY_SPAN("default"), name, 1));
  CY_TRY(read_text(&load, name, text));
  return make_sides(reading, &tree, name);
}

static unsigned detect(const char *path, cy_span head)
{
  static const char *const words[] = {"openssl_conf", "ssl_conf", "system_default", "CipherString",
    "MinProtocol", "[req]", "[ req ]", "[ ca ]"};
  unsigned seen = 0;
  if (!head.data || !head.len || memchr(head.data, 0, head.len))
    return 0;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    seen += memmem(head.data, head.len, words[i], strlen(words[i])) != NULL;
  if (strcmp(cy_path_name(path), "openssl.cnf") == 0)
    return 90;
  return seen > 2 ? 80 : seen == 2 ? 55 : 0;
}

const cy_tls_reader cy_tls_reader_openssl = {.id = "openssl",
  .title = "openssl.cnf",
  .what = "openssl.cnf: what every program on OpenSSL begins with",
  .detect = detect,
  .read = read_openssl,
  .audited = {
    .marks = CY_TLS_MARKS("openssl_conf", "ssl_conf", "system_default", "cipherstring", "minprotocol")}};
