/* attls: AT-TLS policies of z/OS (TTLSRule and its actions), which set up TLS for programs that know
 * nothing of it. A side each rule.
 *
 * Source: z/OS Communications Server: IP Configuration Reference 2.4, 2.5 and 3.1 (TTLSRule,
 * TTLSEnvironmentAction, TTLSEnvironmentAdvancedParms, TTLSCipherParms, TTLSSignatureParms,
 * TTLSKeyringParms), read 2026-11-21. What a connection action says wins over the environment's. */
#include "tls/attls.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"

static unsigned detect(const char *path, cy_span head)
{
  static const char *const words[] = {
    "TTLSRule", "TTLSEnvironmentAction", "TTLSEnvironmentAdvancedParms", "TTLSKeyringParms"};
  (void)path;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (head.len && memmem(head.data, head.len, words[i], strlen(words[i])))
      return 92;
  return 0;
}

/* Statements: NAME VALUE..., and in braces what belongs to one. Braces stand on lines of their own, or not.
 */

enum { DEPTH = 16, WORDS = 64 };

typedef struct {
  cy_tls_tree *tree;
  cy_tls_node *at[DEPTH + 1]; /* open blocks; the file itself first */
  size_t depth, line;
  cy_tls_node *last; /* whose block a { opens */
  const char *path;
} parser;

static void misplaced(parser *p, const char *what)
{
  cy_tls_read_noticed(&p->tree->findings, CY_F_TLS_SETTING_WRONG, p->path, p->line, "%s", what);
}

static cy_err *open_block(parser *p)
{
  if (!p->last || p->depth == DEPTH) {
    misplaced(p, "a { that belongs to no statement");
    return NULL;
  }
  p->at[++p->depth] = p->last;
  p->last = NULL;
  return NULL;
}

static void close_block(parser *p)
{
  if (p->depth == 0) {
    misplaced(p, "a } without its {");
    return;
  }
  p->depth--;
  p->last = NULL;
}

static bool is_space(uint8_t c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\f';
}

static cy_err *put_words(parser *p, const cy_span *words, size_t count)
{
  return count ? cy_tls_tree_add(p->tree, p->at[p->depth], p->path, p->line, words, count, &p->last) : NULL;
}

static cy_err *parse_line(parser *p, cy_span line)
{
  cy_span words[WORDS];
  size_t count = 0;
  for (size_t i = 0; i < line.len && line.data[i] != '#';) {
    if (is_space(line.data[i])) {
      i++;
      continue;
    }
    size_t from = i;
    bool brace = line.data[i] == '{' || line.data[i] == '}';
    for (i++; !brace && i < line.len && !is_space(line.data[i]) && !strchr("{}#", line.data[i]); i++)
      ;
    if (!brace) {
      if (count < WORDS)
        words[count++] = cy_span_of(line.data + from, i - from);
      continue;
    }
    CY_TRY(put_words(p, words, count));
    count = 0;
    if (line.data[from] == '{')
      CY_TRY(open_block(p));
    else
      close_block(p);
  }
  return put_words(p, words, count);
}

static cy_err *parse(cy_tls_tree *tree, const char *path, cy_span text)
{
  parser p = {.tree = tree, .at = {&tree->root}, .path = path};
  if (text.len && memchr(text.data, 0, text.len))
    return cy_err_new(CY_E_MALFORMED, "%s: there are NUL bytes: this is no text", path);
  while (text.len) {
    const uint8_t *end = memchr(text.data, '\n', text.len);
    size_t len = end ? (size_t)(end - text.data) : text.len;
    p.line++;
    CY_TRY(parse_line(&p, cy_span_of(text.data, len)));
    len += end != NULL;
    text = cy_span_of(text.data + len, text.len - len);
  }
  if (p.depth)
    misplaced(&p, "the file ends inside of a block: a } is missing");
  return NULL;
}

/* Named statements, and the references to them. */

static const cy_tls_node *named(const cy_attls *a, const char *type, const char *name)
{
  const cy_tls_node *found = NULL;
  for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(&a->tree.root, type, n));)
    if (strcmp(cy_tls_node_word(n, 1), name) == 0)
      found = n; /* the last one of a name holds */
  return found;
}

static void no_such(cy_attls *a, const cy_tls_node *ref, const char *type)
{
  cy_nearest near = CY_NEAREST(cy_tls_node_word(ref, 1));
  for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(&a->tree.root, type, n));)
    cy_nearest_try(&near, cy_tls_node_word(n, 1));
  cy_finding *f = cy_tls_read_finding(a->side, CY_F_TLS_SETTING_WRONG, ref->file, ref->line,
    "there is no %s called %s", type, cy_tls_node_word(ref, 1));
  if (near.best)
    cy_finding_set_fix(&a->side->findings, f, "Did you mean %s?", near.best);
}

/* The statement of that type inside of `parent`, or the one that its ...Ref names. */
static const cy_tls_node *part(cy_attls *a, const cy_tls_node *parent, const char *type)
{
  char ref[64];
  const cy_tls_node *inside = parent ? cy_tls_node_last(parent, type) : NULL;
  if (!parent || inside)
    return inside;
  snprintf(ref, sizeof ref, "%sRef", type);
  const cy_tls_node *by = cy_tls_node_last(parent, ref);
  const cy_tls_node *found = by ? named(a, type, cy_tls_node_word(by, 1)) : NULL;
  if (by && !found)
    no_such(a, by, type);
  return found;
}

/* What connection and environment say; the connection's first. */
static void find_parts(cy_attls *a, const cy_tls_node *rule)
{
  const cy_tls_node *env = a->environment, *conn = rule ? part(a, rule, "TTLSConnectionAction") : NULL;
  a->connection = conn;
  a->keyring = part(a, env, "TTLSKeyringParms");
  a->advanced[0] = part(a, conn, "TTLSConnectionAdvancedParms");
  a->advanced[1] = part(a, env, "TTLSEnvironmentAdvancedParms");
  a->ciphers = part(a, conn, "TTLSCipherParms");
  a->ciphers = a->ciphers ? a->ciphers : part(a, env, "TTLSCipherParms");
  a->signatures = part(a, conn, "TTLSSignatureParms");
  a->signatures = a->signatures ? a->signatures : part(a, env, "TTLSSignatureParms");
  a->group = rule ? part(a, rule, "TTLSGroupAction") : NULL;
}

static bool is_off(const cy_attls *a)
{
  const cy_tls_node *on = a->group ? cy_tls_node_last(a->group, "TTLSEnabled") : NULL;
  return on && cy_ascii_equal_nocase(cy_span_str(cy_tls_node_word(on, 1)), CY_SPAN("Off"));
}

static cy_err *role_of(cy_attls *a, bool *known)
{
  static const char *const roles[] = {"Client", "Server", "ServerWithClientAuth", NULL};
  const cy_tls_node *n = a->connection ? cy_tls_node_last(a->connection, "HandshakeRole") : NULL;
  n = n ? n : cy_tls_node_last(a->environment, "HandshakeRole");
  const char *word = n ? cy_tls_node_word(n, 1) : "";
  *known = true;
  a->asks = cy_ascii_equal_nocase(cy_span_str(word), cy_span_str(roles[2]));
  if (a->asks || cy_ascii_equal_nocase(cy_span_str(word), cy_span_str(roles[1])))
    a->side->role = CY_TLS_SERVER;
  else if (cy_ascii_equal_nocase(cy_span_str(word), cy_span_str(roles[0])))
    a->side->role = CY_TLS_CLIENT;
  else {
    *known = false;
    if (n)
      cy_tls_node_wrong(a->side, n, word, roles);
  }
  a->side->role_known = *known;
  return n ? cy_tls_node_note(a->side, CY_TLS_FIELD_OTHER, n, NULL) : NULL;
}

static cy_err *begin_side(cy_attls *a, const char *label)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  const char *dialect = a->reading->how->dialect;
  cy_buf_printf(&name, "AT-TLS %s (%s)", label, a->path);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_new(&a->side, cy_buf_cstr(&name), CY_TLS_SERVER));
  CY_TRY(cy_tls_side_set(&a->side->label, label));
  CY_TRY(cy_tls_side_set(&a->side->product, "AT-TLS"));
  CY_TRY(cy_tls_side_set(&a->side->source, a->path));
  a->side->dialect = dialect ? cy_tls_dialect_find(dialect) : NULL;
  if (!a->side->dialect)
    a->side->dialect = cy_tls_dialect_find("attls-2.5");
  return NULL;
}

/* One side; a rule that switches TLS off gives none. */
static cy_err *build(cy_attls *a, const cy_tls_node *rule, const cy_tls_node *environment)
{
  bool known;
  CY_TRY(begin_side(a, cy_tls_node_word(rule ? rule : environment, 1)));
  a->environment = rule ? part(a, rule, "TTLSEnvironmentAction") : environment;
  find_parts(a, rule);
  if (!a->environment || is_off(a)) {
    cy_findings_move(&a->left, &a->side->findings);
    cy_tls_side_free(a->side);
    a->side = NULL;
    return NULL;
  }
  CY_TRY(role_of(a, &known));
  CY_TRY(cy_attls_read(a));
  return cy_findings_check(&a->side->findings);
}

static bool is_wanted(const cy_attls *a)
{
  const cy_tls_read_how *how = a->reading->how;
  return !how->role_given || !a->side->role_known || a->side->role == how->role;
}

static cy_err *add_side(cy_attls *a, const cy_tls_node *rule, const cy_tls_node *environment)
{
  a->side = NULL;
  cy_err *err = build(a, rule, environment);
  if (err || !a->side || !is_wanted(a)) {
    cy_tls_side_free(a->side);
    return err;
  }
  cy_findings_move(&a->side->findings, &a->left);
  return cy_tls_sides_add(a->reading->sides, a->side);
}

static cy_err *add_sides(cy_attls *a)
{
  bool rules = false;
  cy_findings_move(&a->left, &a->tree.findings);
  CY_TRY(cy_attls_check_words(a));
  for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(&a->tree.root, "TTLSRule", n));) {
    rules = true;
    CY_TRY(add_side(a, n, NULL));
  }
  for (const cy_tls_node *n = NULL;
       !rules && (n = cy_tls_node_find(&a->tree.root, "TTLSEnvironmentAction", n));)
    CY_TRY(add_side(a, NULL, n));
  return NULL;
}

static cy_err *read_attls(cy_tls_reading *reading, const char *path, cy_span text)
{
  cy_attls a = {.reading = reading, .path = path};
  cy_err *err = parse(&a.tree, path, text);
  if (!err)
    err = add_sides(&a);
  cy_tls_tree_clear(&a.tree);
  cy_findings_clear(&a.left);
  return err;
}

const cy_tls_reader cy_tls_reader_attls = {.id = "attls",
  .title = "AT-TLS policy",
  .what = "TTLSRule statements of z/OS Communications Server, one side a rule",
  .detect = detect,
  .read = read_attls,
  .audited = {.marks = CY_TLS_MARKS("ttlsrule", "ttlsenvironmentaction", "ttlskeyringparms")}};
