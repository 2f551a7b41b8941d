/* httpd: Apache's files as a tree. */
#include "tls/read_httpd.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"

enum { WORDS = 128, LINE_BYTES = 1 << 16, DEPTH = 32, NAME_BYTES = 256 };

typedef struct {
  cy_tls_reading *reading;
  cy_tls_tree *tree;
  const char *root;    /* a file in ServerRoot, with which relative names begin */
  cy_tls_tree defines; /* a node each: name, value */
  cy_tls_tree modules; /* a node each: name */
} loader;

typedef struct {
  loader *load;
  const char *file;
  cy_tls_node *into;
  unsigned depth, skipping; /* sections whose condition does not hold */
} scanner;

/* ${NAME}: defined here, or in the environment. Others stay as they are, as httpd leaves them. */
static const char *variable(const loader *load, const char *name)
{
  const cy_tls_read_how *how = load->reading->how;
  const cy_tls_node *n = cy_tls_node_last(&load->defines.root, name);
  return n ? cy_tls_node_word(n, 1) : how->env ? how->env(how->env_arg, name) : NULL;
}

static cy_err *expand(const loader *load, cy_span s, cy_buf *out)
{
  for (size_t i = 0; i < s.len; i++) {
    const uint8_t *end =
      s.data[i] == '$' && i + 1 < s.len && s.data[i + 1] == '{' ? memchr(s.data + i, '}', s.len - i) : NULL;
    size_t len = end ? (size_t)(end - s.data) - i - 2 : 0;
    if (!end || len >= NAME_BYTES) {
      cy_buf_u8(out, s.data[i]);
      continue;
    }
    CY_AUTO_STR char *name = cy_strndup((const char *)s.data + i + 2, len);
    CY_TRY_ALLOC(name);
    const char *value = variable(load, name);
    cy_buf_printf(out, value ? "%s" : "${%s}", value ? value : name);
    i += len + 2;
  }
  return cy_buf_check(out);
}

/* Words, in quotes or not; a section's > is taken off before. */
static size_t split(cy_span s, cy_span words[WORDS], cy_buf *text)
{
  size_t count = 0, i = 0, starts[WORDS], ends[WORDS];
  while (i < s.len && count < WORDS) {
    while (i < s.len && strchr(" \t\r", s.data[i]) && s.data[i])
      i++;
    if (i == s.len)
      break;
    uint8_t quote = s.data[i] == '"' || s.data[i] == '\'' ? s.data[i++] : 0;
    starts[count] = text->len;
    for (; i < s.len && (quote ? s.data[i] != quote : !strchr(" \t\r", s.data[i]) || !s.data[i]); i++) {
      if (s.data[i] == '\\' && i + 1 < s.len &&
          (s.data[i + 1] == '\\' || (quote && s.data[i + 1] == quote)))
        i++;
      cy_buf_u8(text, s.data[i]);
    }
    i += quote && i < s.len;
    ends[count++] = text->len;
  }
  for (size_t k = 0; k < count && !text->failed; k++)
    words[k] =
      ends[k] == starts[k] ? CY_SPAN_NONE : cy_span_of(text->data + starts[k], ends[k] - starts[k]);
  return text->failed ? 0 : count;
}

static cy_err *read_text(scanner *s, cy_span text);

static cy_err *read_included(void *arg, const char *file, cy_span text)
{
  scanner *from = arg;
  scanner s = {.load = from->load, .into = from->into, .file = file};
  return read_text(&s, text);
}

/* A folder means all that is below it. */
static cy_err *include(scanner *s, const char *name, size_t line, bool optional)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  cy_tls_tree *tree = s->load->tree;
  cy_tls_include in = {s->load->reading, &tree->findings, tree, s->file, line, read_included, s, 0};
  struct stat st;
  CY_TRY(cy_tls_read_path(s->load->reading, s->load->root, name, &path));
  bool there = stat(cy_buf_cstr(&path), &st) == 0;
  if (there && S_ISDIR(st.st_mode)) {
    cy_buf_str(&path, "/*");
    CY_TRY(cy_buf_check(&path));
  } else if (!there && optional && !strpbrk(name, "*?[")) {
    return NULL;
  }
  CY_TRY(cy_tls_include_each(&in, cy_buf_cstr(&path)));
  if (!in.found && !optional)
    cy_tls_read_noticed(&tree->findings, CY_F_TLS_INCLUDE_MISSING, s->file, line, "no file fits %s", name);
  return NULL;
}

/* <IfModule [!]ssl_module>, <IfDefine [!]NAME>: known from what was read before; a part of a configuration
 * that loads no module at all has them all. */
static bool holds(const loader *load, const char *kind, const char *what)
{
  bool no = *what == '!';
  what += no;
  if (cy_notation_has("IfDefine", kind))
    return (cy_tls_node_find(&load->defines.root, what, NULL) != NULL) != no;
  if (!cy_notation_has("IfModule", kind))
    return true;
  bool builtin =
    cy_notation_has("mod_so.c so_module core.c core http_core.c mod_unixd.c unixd_module", what);
  bool there = builtin || !load->modules.root.first;
  for (const cy_tls_node *n = load->modules.root.first; n && !there; n = n->next) {
    const char *name = cy_tls_node_word(n, 0), *file = cy_tls_node_word(n, 1);
    size_t len = strcspn(what, ".");
    const char *slash = strrchr(file, '/');
    file = slash ? slash + 1 : file;
    there = cy_notation_has(name, what) ||
            (what[len] == '.' && strncmp(file, what, len) == 0 && file[len] == '.');
  }
  return there != no;
}

static bool is_condition(const char *word)
{
  return cy_notation_has("IfModule IfDefine IfVersion IfFile IfDirective IfSection", word);
}

/* </Name>: of a condition, which has no node, or of a section. */
static cy_err *close_section(scanner *s, const char *name, size_t line)
{
  if (s->skipping) {
    s->skipping--;
    return NULL;
  }
  if (is_condition(name) && s->depth) {
    s->depth--;
    return NULL;
  }
  if (!s->into->parent || !s->depth || !cy_tls_node_is(s->into, name))
    return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: </%s> closes no such section", s->file, line, name);
  s->into = s->into->parent;
  s->depth--;
  return NULL;
}

static cy_err *open_section(scanner *s, const cy_span *words, size_t count, size_t line)
{
  cy_tls_node *node;
  CY_AUTO_STR char *name = cy_strndup((const char *)words[0].data, words[0].len);
  CY_AUTO_STR char *what =
    cy_strndup(count > 1 ? (const char *)words[1].data : "", count > 1 ? words[1].len : 0);
  if (!name || !what)
    return cy_err_no_memory();
  if (s->skipping || (is_condition(name) && !holds(s->load, name, what))) {
    s->skipping++;
    return NULL;
  }
  if (++s->depth > DEPTH)
    return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: sections inside of sections, too deep", s->file, line);
  if (is_condition(name))
    return NULL;
  CY_TRY(cy_tls_tree_add(s->load->tree, s->into, s->file, line, words, count, &node));
  s->into = node;
  return NULL;
}

static cy_err *remember(cy_tls_tree *tree, const cy_span *words, size_t count, size_t line)
{
  cy_tls_node *node;
  return count > 1 ? cy_tls_tree_add(tree, &tree->root, "", line, words + 1, count - 1, &node) : NULL;
}

static cy_err *read_directive(scanner *s, const cy_span *words, size_t count, size_t line)
{
  cy_tls_node *node;
  CY_TRY(cy_tls_tree_add(s->load->tree, s->into, s->file, line, words, count, &node));
  if (cy_tls_node_is(node, "Include") || cy_tls_node_is(node, "IncludeOptional"))
    return include(s, cy_tls_node_word(node, 1), line, cy_tls_node_is(node, "IncludeOptional"));
  if (cy_tls_node_is(node, "Define"))
    return remember(&s->load->defines, words, count, line);
  if (cy_tls_node_is(node, "LoadModule"))
    return remember(&s->load->modules, words, count, line);
  if (cy_tls_node_is(node, "ServerRoot")) {
    CY_CLEAN(cy_buf) root = CY_BUF_TEXT;
    cy_buf_printf(&root, "%s%s/x", s->load->reading->how->root ? s->load->reading->how->root : "",
      cy_tls_node_word(node, 1));
    CY_TRY(cy_buf_check(&root));
    return cy_tls_tree_str(s->load->tree, cy_buf_cstr(&root), &s->load->root);
  }
  return NULL;
}

static cy_err *read_line(scanner *s, cy_span raw, size_t line)
{
  CY_CLEAN(cy_buf) expanded = CY_BUF(LINE_BYTES);
  CY_CLEAN(cy_buf) text = CY_BUF(LINE_BYTES);
  cy_span words[WORDS];
  while (raw.len && strchr(" \t\r", raw.data[raw.len - 1]))
    raw.len--;
  while (raw.len && strchr(" \t", raw.data[0]))
    raw = cy_span_of(raw.data + 1, raw.len - 1);
  if (!raw.len || raw.data[0] == '#')
    return NULL;
  if (memchr(raw.data, 0, raw.len))
    return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: a zero octet: this is no text", s->file, line);
  CY_TRY(expand(s->load, raw, &expanded));
  cy_span whole = cy_buf_get(&expanded);
  bool section = whole.len && whole.data[0] == '<',
       closes = whole.len > 1 && section && whole.data[1] == '/';
  if (section && whole.data[whole.len - 1] != '>')
    return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: a section that is not closed with >", s->file, line);
  if (section)
    whole = cy_span_of(whole.data + 1 + closes, whole.len - 2 - closes);
  size_t count = split(whole, words, &text);
  CY_TRY(cy_buf_check(&text));
  if (!count)
    return NULL;
  if (closes) {
    CY_AUTO_STR char *name = cy_strndup((const char *)words[0].data, words[0].len);
    CY_TRY_ALLOC(name);
    return close_section(s, name, line);
  }
  if (section)
    return open_section(s, words, count, line);
  return s->skipping ? NULL : read_directive(s, words, count, line);
}

static cy_err *read_text(scanner *s, cy_span text)
{
  size_t line = 1;
  while (text.len) {
    CY_CLEAN(cy_buf) whole = CY_BUF(LINE_BYTES);
    size_t first = line;
    CY_TRY(cy_tls_tree_line(&whole, &text, &line, s->file));
    CY_TRY(read_line(s, cy_buf_get(&whole), first));
  }
  return s->depth || s->skipping
           ? cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: the file ends inside of a section", s->file, line)
           : NULL;
}

static cy_err *read_httpd(cy_tls_reading *reading, const char *path, cy_span text)
{
  CY_CLEAN(cy_tls_tree) tree = {0};
  loader load = {.reading = reading, .tree = &tree, .root = path};
  size_t before = reading->sides->count;
  scanner s = {.load = &load, .into = &tree.root};
  cy_err *err = cy_tls_tree_str(&tree, path, &s.file);
  if (!err)
    err = read_text(&s, text);
  cy_tls_tree_clear(&load.defines);
  cy_tls_tree_clear(&load.modules);
  CY_TRY(err);
  CY_TRY(cy_httpd_sides(reading, &tree, load.root));
  if (reading->sides->count > before)
    cy_findings_move(&reading->sides->items[before]->findings, &tree.findings);
  return NULL;
}

static unsigned detect(const char *path, cy_span head)
{
  static const char *const words[] = {"<VirtualHost", "SSLEngine", "SSLCertificateFile", "ServerRoot",
    "LoadModule", "</VirtualHost>", "<IfModule", "DocumentRoot", "SSLProtocol", "SSLCipherSuite",
    "ServerName "};
  unsigned seen = 0;
  (void)path;
  if (!head.data || !head.len || memchr(head.data, 0, head.len))
    return 0;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    seen += memmem(head.data, head.len, words[i], strlen(words[i])) != NULL;
  bool whole = memmem(head.data, head.len, "ServerRoot", 10) || memmem(head.data, head.len, "\nListen ", 8);
  return seen > 1 ? (whole ? 92 : 80) : seen ? 40 : 0;
}

const cy_tls_reader cy_tls_reader_httpd = {.id = "httpd",
  .title = "Apache httpd",
  .what = "httpd.conf, apache2.conf or a site of it: hosts with SSLEngine, and what is passed on over TLS",
  .detect = detect,
  .read = read_httpd,
  .audited = {
    .marks = CY_TLS_MARKS("sslengine", "sslcertificate", "sslprotocol", "serverroot", "virtualhost")}};
