/* nginx: its files as a tree. */
#include "tls/read_nginx.h"

#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"

enum { WORDS = 64, DEPTH = 24, WORD_BYTES = 64 << 10 };

typedef struct {
  cy_tls_reading *reading;
  cy_tls_tree *tree;
  const char *path; /* of the whole configuration: what relative names begin at */
} loader;

typedef struct {
  loader *load;
  const char *file;
  cy_span text;
  size_t at, line;
  cy_tls_node *into;
  unsigned depth; /* of blocks of this file */
} scanner;

static cy_err *read_text(loader *load, const char *file, cy_span text, cy_tls_node *into);

static int peek(const scanner *s)
{
  return s->at < s->text.len ? s->text.data[s->at] : -1;
}

static int take(scanner *s)
{
  int c = peek(s);
  s->line += c == '\n';
  s->at += c >= 0;
  return c;
}

static void skip_blanks(scanner *s)
{
  for (int c = peek(s); c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '#'; c = peek(s)) {
    if (c == '#')
      while (peek(s) >= 0 && peek(s) != '\n')
        s->at++;
    else
      take(s);
  }
}

static cy_err *malformed(const scanner *s, size_t line, const char *what)
{
  return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: %s", s->file, line, what);
}

/* What a backslash stands before. */
static void put_escaped(cy_buf *word, int c)
{
  static const char from[] = "trn", to[] = "\t\r\n";
  const char *at = c > 0 ? strchr(from, c) : NULL;
  if (at && *at)
    cy_buf_u8(word, (uint8_t)to[at - from]);
  else if (c == '"' || c == '\'' || c == '\\' || c == ' ')
    cy_buf_u8(word, (uint8_t)c);
  else
    cy_buf_printf(word, "\\%c", c);
}

static cy_err *take_quoted(scanner *s, cy_buf *word, int quote)
{
  size_t line = s->line;
  for (int c = take(s); c != quote; c = take(s)) {
    if (c < 0)
      return malformed(s, line, "a quote that is not closed");
    if (c == '\\')
      put_escaped(word, take(s));
    else
      cy_buf_u8(word, (uint8_t)c);
  }
  int next = peek(s);
  if (next >= 0 && !strchr(" \t\r\n;{)", next))
    return malformed(s, s->line, "behind a closing quote stands neither a blank nor ; nor {");
  return cy_buf_check(word);
}

static cy_err *take_plain(scanner *s, cy_buf *word)
{
  bool variable = false; /* ${name} is no block */
  for (int c = peek(s); c >= 0; c = peek(s)) {
    bool ends = strchr(" \t\r\n;", c) != NULL || (c == '{' && !variable);
    if (ends && c)
      break;
    take(s);
    variable = c == '$';
    if (c == '\\')
      put_escaped(word, take(s));
    else
      cy_buf_u8(word, (uint8_t)c);
  }
  return cy_buf_check(word);
}

/* One directive's words; *end is what ended it: ; { } or -1. */
typedef struct {
  cy_buf text; /* all words, each with a zero behind it */
  size_t starts[WORDS + 1];
  size_t count, line;
  int end;
} directive;

static cy_err *take_directive(scanner *s, directive *d)
{
  cy_buf_reset(&d->text);
  d->count = 0;
  for (;;) {
    skip_blanks(s);
    int c = peek(s);
    if (d->count == 0)
      d->line = s->line;
    d->end = c;
    if (c < 0 || c == ';' || c == '{' || c == '}') {
      take(s);
      return NULL;
    }
    if (!c)
      return malformed(s, s->line, "a zero octet: this is no text");
    if (d->count < WORDS)
      d->starts[d->count++] = d->text.len;
    if (c == '"' || c == '\'') {
      take(s);
      CY_TRY(take_quoted(s, &d->text, c));
    } else {
      CY_TRY(take_plain(s, &d->text));
    }
    cy_buf_u8(&d->text, 0);
    d->starts[d->count] = d->text.len;
    CY_TRY(cy_buf_check(&d->text));
  }
}

/* Code of other languages inside of braces. */
static cy_err *skip_code(scanner *s, size_t line)
{
  for (unsigned open = 1; open;) {
    int c = take(s);
    if (c < 0)
      return malformed(s, line, "a block that is not closed");
    open += c == '{';
    open -= c == '}';
  }
  return NULL;
}

static cy_err *read_included(void *arg, const char *file, cy_span text)
{
  scanner *from = arg;
  return read_text(from->load, file, text, from->into);
}

static cy_err *include(scanner *s, const directive *d)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  cy_tls_tree *tree = s->load->tree;
  cy_tls_include in = {s->load->reading, &tree->findings, tree, s->file, d->line, read_included, s, 0};
  if (d->count != 2)
    return malformed(s, d->line, "include takes one file or pattern");
  const char *name = (const char *)d->text.data + d->starts[1];
  CY_TRY(cy_tls_read_path(s->load->reading, s->load->path, name, &path));
  return cy_tls_include_each(&in, cy_buf_cstr(&path));
}

static cy_err *add_directive(scanner *s, const directive *d, cy_tls_node **node)
{
  cy_span words[WORDS];
  for (size_t i = 0; i < d->count; i++)
    words[i] = cy_span_of(d->text.data + d->starts[i], d->starts[i + 1] - d->starts[i] - 1);
  return cy_tls_tree_add(s->load->tree, s->into, s->file, d->line, words, d->count, node);
}

/* Without a directive only the end of a block or of the file may follow. */
static cy_err *end_of_block(scanner *s, const directive *d, bool *done)
{
  if (d->end == '}' && s->depth == 0)
    return malformed(s, d->line, "a } that closes nothing");
  if (d->end == '}') {
    s->depth--;
    s->into = s->into->parent;
    return NULL;
  }
  if (d->end == '{' || d->end == ';')
    return malformed(
      s, d->line, d->end == '{' ? "a { without a name before it" : "a ; without a directive");
  *done = true;
  return s->depth ? malformed(s, s->line, "the file ends inside of a block: a } is missing") : NULL;
}

static cy_err *one_directive(scanner *s, directive *d, bool *done)
{
  cy_tls_node *node;
  CY_TRY(take_directive(s, d));
  if (!d->count)
    return end_of_block(s, d, done);
  if (d->end != ';' && d->end != '{')
    return malformed(s, d->line, "a directive that does not end with a ;");
  const char *word = (const char *)d->text.data + d->starts[0];
  if (d->end == ';' && strcmp(word, "include") == 0)
    return include(s, d);
  CY_TRY(add_directive(s, d, &node));
  if (d->end == ';')
    return NULL;
  if (cy_text_ends(word, "_by_lua_block"))
    return skip_code(s, d->line);
  if (s->depth >= DEPTH)
    return malformed(s, d->line, "blocks inside of blocks, deeper than nginx has any");
  s->depth++;
  s->into = node;
  return NULL;
}

static cy_err *read_text(loader *load, const char *file, cy_span text, cy_tls_node *into)
{
  scanner s = {.load = load, .file = file, .text = text, .line = 1, .into = into};
  directive d = {.text = CY_BUF_STORE};
  bool done = false;
  cy_err *err = NULL;
  if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
    s.at = 3;
  while (!err && !done)
    err = one_directive(&s, &d, &done);
  cy_buf_clear(&d.text);
  return err;
}

static cy_err *read_nginx(cy_tls_reading *reading, const char *path, cy_span text)
{
  CY_CLEAN(cy_tls_tree) tree = {0};
  loader load = {.reading = reading, .tree = &tree, .path = path};
  size_t before = reading->sides->count;
  const char *name;
  CY_TRY(cy_tls_tree_str(&tree, path, &name));
  CY_TRY(read_text(&load, name, text, &tree.root));
  CY_TRY(cy_nginx_sides(reading, &tree, path));
  if (reading->sides->count > before)
    cy_findings_move(&reading->sides->items[before]->findings, &tree.findings);
  return NULL;
}

/* Words that no other product has at the start of lines, with a block or a semicolon. */
static unsigned detect(const char *path, cy_span head)
{
  static const char *const words[] = {"\nhttp {", "\nevents {", "\nserver {", "\nstream {", "\tserver {",
    " server {", "ssl_certificate ", "ssl_protocols ", "server_name ", "proxy_pass ", "\nhttp{",
    "\nserver{"};
  unsigned seen = memmem(head.data, head.len, "server {", 8) == head.data && head.len > 8;
  (void)path;
  if (!head.len || memchr(head.data, 0, head.len))
    return 0;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    seen += memmem(head.data, head.len, words[i], strlen(words[i])) != NULL;
  bool whole =
    memmem(head.data, head.len, "\nhttp", 5) &&
    (memmem(head.data, head.len, "\nevents", 7) || memmem(head.data, head.len, "events {", 8) == head.data);
  return !seen ? 0 : whole ? 95 : seen > 1 ? 75 : 30;
}

const cy_tls_reader cy_tls_reader_nginx = {.id = "nginx",
  .title = "nginx",
  .what = "nginx.conf or a part of it: servers with ssl, and what is passed on over TLS",
  .detect = detect,
  .read = read_nginx,
  .audited = {.marks = CY_TLS_MARKS(
                "ssl_certificate", "ssl_protocols", "server_name", "worker_connections", "proxy_pass")}};
