#include "tls/reader_tree.h"

#include <glob.h>

#include "base/text.h"
#include "tls/codes.h"

enum { NODES = 4000000 };

void cy_tls_tree_clear(cy_tls_tree *tree)
{
  cy_arena_clear(&tree->arena);
  cy_findings_clear(&tree->findings);
  *tree = (cy_tls_tree){0};
}

cy_err *cy_tls_tree_str(cy_tls_tree *tree, const char *text, const char **copy)
{
  *copy = cy_arena_str(&tree->arena, cy_span_str(text));
  CY_TRY_ALLOC(*copy);
  return NULL;
}

cy_err *cy_tls_tree_add(cy_tls_tree *tree, cy_tls_node *parent, const char *file, size_t line,
  const cy_span *words, size_t count, cy_tls_node **node)
{
  cy_tls_node *n = cy_arena_alloc(&tree->arena, sizeof *n);
  CY_TRY_ALLOC(n);
  if (tree->nodes++ > NODES)
    return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: more lines than any configuration has", file, line);
  *n = (cy_tls_node){.file = file, .line = line, .count = count, .parent = parent};
  n->words = cy_arena_alloc(&tree->arena, (count + 1) * sizeof *n->words);
  CY_TRY_ALLOC(n->words);
  for (size_t i = 0; i < count; i++) {
    n->words[i] = cy_arena_str(&tree->arena, words[i]);
    CY_TRY_ALLOC(n->words[i]);
  }
  if (parent->last)
    parent->last->next = n;
  else
    parent->first = n;
  parent->last = n;
  *node = n;
  return NULL;
}

const char *cy_tls_node_word(const cy_tls_node *node, size_t i)
{
  return i < node->count ? node->words[i] : "";
}

bool cy_tls_node_is(const cy_tls_node *node, const char *word)
{
  return cy_ascii_equal_nocase(cy_span_str(cy_tls_node_word(node, 0)), cy_span_str(word));
}

const cy_tls_node *cy_tls_node_find(const cy_tls_node *parent, const char *word, const cy_tls_node *after)
{
  const cy_tls_node *n = after ? after->next : parent->first;
  while (n && !cy_tls_node_is(n, word))
    n = n->next;
  return n;
}

const cy_tls_node *cy_tls_node_last(const cy_tls_node *parent, const char *word)
{
  const cy_tls_node *last = NULL;
  for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(parent, word, n));)
    last = n;
  return last;
}

void cy_tls_node_value(const cy_tls_node *node, size_t from, cy_buf *value)
{
  for (size_t i = from; i < node->count; i++)
    cy_buf_printf(value, "%s%s", i > from ? " " : "", node->words[i]);
}

cy_err *cy_tls_node_note(cy_tls_side *side, cy_tls_field field, const cy_tls_node *node, const char *value)
{
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  if (!value)
    cy_tls_node_value(node, 1, &text);
  CY_TRY(cy_buf_check(&text));
  return cy_tls_side_note(
    side, field, cy_tls_node_word(node, 0), value ? value : cy_buf_cstr(&text), node->file, node->line);
}

static const char *nearest_of(const char *word, const char *const *right)
{
  cy_nearest near = CY_NEAREST(word);
  for (; right && *right; right++)
    cy_nearest_try(&near, *right);
  return near.best;
}

void cy_tls_node_wrong(
  cy_tls_side *side, const cy_tls_node *node, const char *word, const char *const *right)
{
  const char *best = nearest_of(word, right);
  unsigned version = cy_tls_read_version(word); /* in another spelling */
  CY_CLEAN(cy_buf) all = CY_BUF_TEXT;
  for (const char *const *w = right; version && w && *w; w++)
    if (cy_tls_read_version(*w) == version)
      best = *w;
  cy_finding *f = cy_tls_read_finding(side, CY_F_TLS_SETTING_WRONG, node->file, node->line,
    "%s does not take %s", cy_tls_node_word(node, 0), *word ? word : "nothing");
  for (const char *const *w = right; w && *w; w++)
    cy_buf_printf(&all, "%s%s", w == right ? "" : ", ", *w);
  if (best)
    cy_finding_set_fix(&side->findings, f, "Did you mean %s? It takes %s.", best, cy_buf_cstr(&all));
  else if (all.len)
    cy_finding_set_fix(&side->findings, f, "It takes %s.", cy_buf_cstr(&all));
}

void cy_tls_word_unknown(cy_findings *findings, const char *file, size_t line, const char *word,
  const char *product, const char *const *right)
{
  const char *best = nearest_of(word, right);
  cy_finding *f = cy_tls_read_noticed(
    findings, CY_F_TLS_SETTING_UNKNOWN, file, line, "%s has no setting %s", product, word);
  if (best)
    cy_finding_set_fix(findings, f, "Did you mean %s?", best);
}

bool cy_tls_read_switch(const char *word, bool *value)
{
  *value = cy_notation_has("on yes true 1", word);
  return *value || cy_notation_has("off no false 0", word);
}

cy_err *cy_tls_read_each(const char *pattern, cy_tls_read_visit *visit, void *arg)
{
  glob_t found = {0};
  cy_err *err = NULL;
  if (!strpbrk(pattern, "*?["))
    return visit(arg, pattern);
  int code = glob(pattern, 0, NULL, &found);
  if (code == GLOB_NOSPACE)
    err = cy_err_no_memory();
  for (size_t i = 0; !err && code == 0 && i < found.gl_pathc; i++)
    err = visit(arg, found.gl_pathv[i]);
  globfree(&found);
  return err;
}

/* Includes. */

cy_err *cy_tls_include_file(void *include, const char *path)
{
  cy_tls_include *in = include;
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  const char *name = path;
  bool entered;
  in->found++;
  CY_TRY(cy_tls_read_enter(in->reading, in->findings, path, in->file, in->line, &text, &entered));
  if (!entered)
    return NULL;
  cy_err *err = in->tree ? cy_tls_tree_str(in->tree, path, &name) : NULL;
  if (!err)
    err = in->read(in->arg, name, cy_buf_get(&text));
  cy_tls_read_leave(in->reading, path);
  return err;
}

cy_err *cy_tls_include_each(cy_tls_include *include, const char *pattern)
{
  return cy_tls_read_each(pattern, cy_tls_include_file, include);
}

/* Defaults of products. */

static const cy_tls_product_default defaults[] = {
#include "tls_products.inc"
};

const cy_tls_product_default *cy_tls_product_default_find(const char *product, const char *key)
{
  for (size_t i = 0; i < CY_COUNT(defaults); i++)
    if (strcmp(defaults[i].product, product) == 0 && strcmp(defaults[i].key, key) == 0)
      return &defaults[i];
  return NULL;
}

cy_err *cy_tls_product_default_note(
  cy_tls_side *side, cy_tls_field field, const cy_tls_product_default *row)
{
  CY_CLEAN(cy_buf) note = CY_BUF_TEXT;
  cy_buf_printf(&note, "%s %s; %s, %s%s", row->product, row->version, row->source, row->date,
    strcmp(row->certainty, "memory") == 0 ? ", as far as known" : "");
  CY_TRY(cy_buf_check(&note));
  CY_TRY(cy_tls_side_note(side, field, row->key, row->value, "default", 0));
  return cy_tls_side_set(&side->settings[side->setting_count - 1].note, cy_buf_cstr(&note));
}

cy_err *cy_tls_tree_line(cy_buf *whole, cy_span *text, size_t *line, const char *file)
{
  size_t first = *line;
  for (bool more = true; more && text->len; (*line)++) {
    const uint8_t *end = memchr(text->data, '\n', text->len);
    size_t len = end ? (size_t)(end - text->data) : text->len;
    cy_span part = cy_span_of(text->data, len);
    len += end != NULL;
    *text = cy_span_of(text->data + len, text->len - len);
    if (part.len && part.data[part.len - 1] == '\r')
      part.len--;
    more = part.len && part.data[part.len - 1] == '\\';
    cy_buf_put(whole, part.data, part.len - more);
  }
  CY_TRY_AS(cy_buf_check(whole), CY_E_TLS_MALFORMED, "%s:%zu: a line longer than any", file, first);
  return NULL;
}
