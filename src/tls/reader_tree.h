/*
 * Trees of directives: what block-shaped configurations are read into.
 *
 * Purpose:   lines with their words, in sections, whatever file they came from, for readers that look
 *            settings up by rules of precedence.
 * Ownership: the tree owns its nodes, words and the findings made while it was read.
 * Errors:    memory only.
 * Threads:   one owner.
 * Source:    none.
 */
#ifndef CY_TLS_READER_TREE_H
#define CY_TLS_READER_TREE_H

#include "base/arena.h"
#include "tls/reader.h"

typedef struct cy_tls_node cy_tls_node;
struct cy_tls_node {
  const char *file;
  size_t line;
  const char **words; /* the first is the directive */
  size_t count;
  cy_tls_node *parent, *next, *first, *last;
};

typedef struct {
  cy_arena arena;
  cy_tls_node root;
  cy_findings findings;
  size_t nodes;
} cy_tls_tree;

void cy_tls_tree_clear(cy_tls_tree *tree);
/* A node at the end of `parent`, with the words of a list. */
cy_err *cy_tls_tree_add(cy_tls_tree *tree, cy_tls_node *parent, const char *file, size_t line,
  const cy_span *words, size_t count, cy_tls_node **node) CY_MUST_USE;
/* A copy that lives as long as the tree. */
cy_err *cy_tls_tree_str(cy_tls_tree *tree, const char *text, const char **copy) CY_MUST_USE;

/* Words of a node; "" beyond its end. */
const char *cy_tls_node_word(const cy_tls_node *node, size_t i);
bool cy_tls_node_is(const cy_tls_node *node, const char *word); /* letters' case does not matter */
/* The first child called so behind `after` (NULL: from the start). */
const cy_tls_node *cy_tls_node_find(const cy_tls_node *parent, const char *word, const cy_tls_node *after);
/* The last one. */
const cy_tls_node *cy_tls_node_last(const cy_tls_node *parent, const char *word);
/* Everything behind the first word. */
void cy_tls_node_value(const cy_tls_node *node, size_t from, cy_buf *value);
/* Notes the line for a field of the side. `value` NULL: all behind the first word. */
cy_err *cy_tls_node_note(cy_tls_side *side, cy_tls_field field, const cy_tls_node *node, const char *value)
  CY_MUST_USE;
/* A finding about the value of a node, with the nearest of the words (NULL-ended) that would be right. */
void cy_tls_node_wrong(
  cy_tls_side *side, const cy_tls_node *node, const char *word, const char *const *right);
void cy_tls_word_unknown(cy_findings *findings, const char *file, size_t line, const char *word,
  const char *product, const char *const *right);
/* on or off, yes or no, true or false, 1 or 0. */
bool cy_tls_read_switch(const char *word, bool *value);

/* Files that a pattern means, in order of their names; a name without wildcards stands for itself. */
typedef cy_err *cy_tls_read_visit(void *arg, const char *path);
cy_err *cy_tls_read_each(const char *pattern, cy_tls_read_visit *visit, void *arg) CY_MUST_USE;

/* Reading on in files that a directive includes. `read` gets the text of each, and a name that lives as
 * long as the tree (without one, for the call). */
typedef cy_err *cy_tls_include_read(void *arg, const char *file, cy_span text);
typedef struct {
  cy_tls_reading *reading;
  cy_findings *findings; /* circles, and files that can not be read */
  cy_tls_tree *tree;
  const char *file; /* where the directive stands */
  size_t line;
  cy_tls_include_read *read;
  void *arg;
  size_t found;
} cy_tls_include;
/* One file; the first argument is a cy_tls_include, so that this is a cy_tls_read_visit, too. */
cy_err *cy_tls_include_file(void *include, const char *path) CY_MUST_USE;
/* All that a pattern means. */
cy_err *cy_tls_include_each(cy_tls_include *include, const char *pattern) CY_MUST_USE;

/* What a product does where nothing is set: rows of data/tls-products.tsv. */
typedef struct {
  const char *product, *key, *value;
  const char *version; /* "1.22": of the product */
  const char *source, *date, *certainty;
} cy_tls_product_default;
const cy_tls_product_default *cy_tls_product_default_find(const char *product, const char *key);
/* Notes it on the side, as a setting of file "default". */
cy_err *cy_tls_product_default_note(
  cy_tls_side *side, cy_tls_field field, const cy_tls_product_default *row) CY_MUST_USE;

/* Takes a line of `text`, with those that a backslash at the end joins to it, and counts *line on. `file`
 * is for the error when it is longer than the buffer may grow. */
cy_err *cy_tls_tree_line(cy_buf *whole, cy_span *text, size_t *line, const char *file) CY_MUST_USE;

#endif
