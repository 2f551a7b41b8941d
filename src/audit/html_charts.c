/* Pictures: ends by month, and CAs with what they signed. */
#include "audit/html.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"

/* Ends: what is over, the coming months, what is later. */
enum { MONTHS = 24, BARS = MONTHS + 2, BAR_WIDTH = 36, HEIGHT = 150, BASE = 170 };

static int month_of(cy_time t)
{
  CY_CLEAN(cy_buf) date = CY_BUF_TEXT;
  cy_time_format_date(&date, t);
  char *end;
  long year = strtol(cy_buf_cstr(&date), &end, 10);
  long month = *end == '-' ? strtol(end + 1, NULL, 10) : 1;
  return (int)(year * 12 + month - 1);
}

static void put_bar(cy_html *html, int i, uint64_t n, uint64_t max, int month)
{
  cy_buf *svg = &html->timeline;
  int x = 4 + i * BAR_WIDTH, h = max ? (int)((n * HEIGHT + max - 1) / max) : 0;
  const char *class = i == 0 ? "bar over" : i <= 1 + ((int)html->warn_days + 30) / 31 ? "bar soon" : "bar";
  cy_buf_printf(svg, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\"/>", class, x,
    BASE - h, BAR_WIDTH - 8, h);
  if (n)
    cy_buf_printf(svg, "<text class=\"s\" text-anchor=\"middle\" x=\"%d\" y=\"%d\">%llu</text>",
      x + BAR_WIDTH / 2 - 4, BASE - h - 5, (unsigned long long)n);
  cy_buf_printf(
    svg, "<text class=\"s\" text-anchor=\"middle\" x=\"%d\" y=\"%d\">", x + BAR_WIDTH / 2 - 4, BASE + 16);
  if (i == 0 || i == BARS - 1)
    cy_buf_str(svg, i ? "later" : "over");
  else
    cy_buf_printf(svg, "%02d", month % 12 + 1);
  cy_buf_str(svg, "</text>");
  if (i > 0 && i < BARS - 1 && (i == 1 || month % 12 == 0))
    cy_buf_printf(svg, "<text class=\"s\" text-anchor=\"middle\" x=\"%d\" y=\"%d\">%d</text>",
      x + BAR_WIDTH / 2 - 4, BASE + 31, month / 12);
}

cy_err *cy_html_timeline(cy_html *html, const cy_inventory *inv)
{
  uint64_t bars[BARS] = {0}, max = 0;
  int now = month_of(html->now);
  for (size_t i = 0; i < inv->cert_count; i++) {
    cy_time end = inv->certs[i].note.not_after;
    int ahead = end < html->now ? -1 : end > CY_TIME_MAX - CY_DAY ? MONTHS : month_of(end) - now;
    bars[ahead < 0 ? 0 : ahead >= MONTHS ? BARS - 1 : ahead + 1]++;
  }
  for (int i = 0; i < BARS - 1; i++)
    max = bars[i] > max ? bars[i] : max;
  max = max ? max : bars[BARS - 1];
  if (bars[BARS - 1] > max)
    max = bars[BARS - 1] > 4 * max ? 4 * max : bars[BARS - 1];
  cy_buf_printf(&html->timeline,
    "<svg viewBox=\"0 -10 %d %d\" role=\"img\" aria-label=\"Certificates by the month in which they end\">",
    BARS * BAR_WIDTH + 8, BASE + 50);
  for (int i = 0; i < BARS; i++)
    put_bar(html, i, bars[i], bars[i] > max ? bars[i] : max, now + i - 1);
  cy_buf_printf(&html->timeline, "<line class=\"axis\" x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/></svg>",
    BARS * BAR_WIDTH, BASE, BASE);
  return cy_buf_check(&html->timeline);
}

/* Chains: a tree drawn as folders are, the biggest first; of single certificates what ends first. */

enum { NODES = 160, ROOTS = 12, BRANCHES = 8, LEAVES = 3, DEPTH = 6, ROW = 40, INDENT = 36, WIDTH = 560 };

typedef struct {
  cy_html *html;
  const cy_inventory *inv;
  uint32_t *first, *next; /* children of each certificate */
  uint32_t *weight;       /* how many stand on it, to the last */
  size_t nodes;
  cy_buf svg;
} tree;

static bool branches(const tree *t, uint32_t at)
{
  return t->first[at] != CY_INV_NONE;
}

static int by_weight(const void *left, const void *right, void *arg)
{
  const tree *t = arg;
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  if (t->weight[a] != t->weight[b])
    return t->weight[a] > t->weight[b] ? -1 : 1;
  cy_time x = t->inv->certs[a].note.not_after, y = t->inv->certs[b].note.not_after;
  if (x != y)
    return x < y ? -1 : 1;
  return a < b ? -1 : a > b;
}

static void link_tree(tree *t)
{
  for (size_t i = t->inv->cert_count; i-- > 0;) {
    uint32_t up = t->inv->certs[i].issuer;
    if (up == CY_INV_NONE)
      continue;
    t->next[i] = t->first[up];
    t->first[up] = (uint32_t)i;
    for (int depth = 0; up != CY_INV_NONE && depth < CY_MAX_DEPTH; depth++, up = t->inv->certs[up].issuer)
      t->weight[up]++;
  }
}

/* The key of a certificate: "RSA 2048". */
static void put_key(cy_buf *svg, const cy_note_cert *n)
{
  static const char *const names[] = {
    "key", "RSA", "RSA-PSS", "DSA", "DH", "EC", "Ed25519", "Ed448", "X25519", "X448", "ML-DSA", "SM2"};
  cy_buf_str(svg, n->key_type < CY_COUNT(names) ? names[n->key_type] : names[0]);
  if (n->bits)
    cy_buf_printf(svg, " %u", n->bits);
}

static int place_row(tree *t, int depth, int parent_y)
{
  int x = 4 + depth * INDENT, y = (int)t->nodes++ * ROW + 4;
  if (parent_y >= 0)
    cy_buf_printf(&t->svg, "<path class=\"edge\" d=\"M%d %dV%dH%d\"/>", x - INDENT + 14, parent_y + ROW - 8,
      y + (ROW - 8) / 2, x);
  return y;
}

static int put_node(tree *t, uint32_t at, int depth, int parent_y)
{
  CY_CLEAN(cy_buf) head = CY_BUF_TEXT;
  const cy_inv_cert *c = &t->inv->certs[at];
  int x = 4 + depth * INDENT, y = place_row(t, depth, parent_y);
  bool over = c->note.not_after < t->html->now;
  bool soon = c->note.not_after < t->html->now + t->html->warn_days * CY_DAY;
  cy_buf_printf(&t->svg, "<g><title>");
  cy_html_text(&t->svg, c->title);
  cy_buf_printf(&t->svg,
    "</title><rect class=\"node%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>",
    over              ? " over"
    : soon            ? " soon"
    : branches(t, at) ? " ca"
                      : "",
    x, y, WIDTH, ROW - 8);
  cy_span words = cy_text_head(cy_span_str(c->title), 62);
  cy_buf_span(&head, words);
  if (words.len < strlen(c->title))
    cy_buf_str(&head, "...");
  cy_buf_printf(&t->svg, "<text x=\"%d\" y=\"%d\">", x + 10, y + 14);
  cy_html_text(&t->svg, cy_buf_cstr(&head));
  cy_buf_printf(&t->svg, "</text><text class=\"s\" x=\"%d\" y=\"%d\">", x + 10, y + 27);
  put_key(&t->svg, &c->note);
  cy_buf_str(&t->svg, over ? ", ended " : ", until ");
  cy_time_format_date(&t->svg, c->note.not_after);
  if (t->weight[at])
    cy_buf_printf(&t->svg, ", %u certificate%s below", t->weight[at], t->weight[at] == 1 ? "" : "s");
  if (c->places > 1)
    cy_buf_printf(&t->svg, ", in %u places", c->places);
  cy_buf_str(&t->svg, "</text></g>\n");
  return y;
}

static void put_rest(tree *t, size_t rest, const char *what, int depth, int parent_y)
{
  if (!rest)
    return;
  int y = place_row(t, depth, parent_y);
  cy_buf_printf(&t->svg, "<text class=\"s\" x=\"%d\" y=\"%d\">and %zu more%s</text>\n", 14 + depth * INDENT,
    y + 20, rest, what);
}

static cy_err *put_tree(tree *t, uint32_t at, int depth, int parent_y);

static cy_err *put_children(tree *t, uint32_t at, int depth, int y)
{
  size_t count = 0, shown = 0, leaves = 0;
  for (uint32_t i = t->first[at]; i != CY_INV_NONE; i = t->next[i])
    count++;
  uint32_t *list = cy_calloc(count + 1, sizeof *list);
  CY_TRY_ALLOC(list);
  count = 0;
  for (uint32_t i = t->first[at]; i != CY_INV_NONE; i = t->next[i])
    list[count++] = i;
  qsort_r(list, count, sizeof *list, by_weight, t);
  cy_err *err = NULL;
  for (size_t i = 0; !err && i < count && t->nodes < NODES && shown < BRANCHES; i++) {
    bool branch = branches(t, list[i]);
    if (!branch && leaves++ >= LEAVES)
      break;
    err = put_tree(t, list[i], depth, y);
    shown++;
  }
  put_rest(t, count - shown, "", depth, y);
  cy_free(list);
  return err;
}

static cy_err *put_tree(tree *t, uint32_t at, int depth, int parent_y)
{
  int y = put_node(t, at, depth, parent_y);
  return depth < DEPTH && branches(t, at) ? put_children(t, at, depth + 1, y) : NULL;
}

static cy_err *put_roots(tree *t)
{
  const cy_inventory *inv = t->inv;
  size_t count = 0;
  uint32_t *roots = cy_calloc(inv->cert_count + 1, sizeof *roots);
  CY_TRY_ALLOC(roots);
  for (size_t i = 0; i < inv->cert_count; i++)
    if (inv->certs[i].issuer == CY_INV_NONE && branches(t, (uint32_t)i))
      roots[count++] = (uint32_t)i;
  qsort_r(roots, count, sizeof *roots, by_weight, t);
  cy_err *err = NULL;
  size_t shown = 0;
  for (; !err && shown < count && shown < ROOTS && t->nodes < NODES; shown++)
    err = put_tree(t, roots[shown], 0, -1);
  put_rest(t, count - shown, " CAs", 0, -1);
  cy_free(roots);
  return err;
}

cy_err *cy_html_chains(cy_html *html, const cy_inventory *inv)
{
  size_t n = inv->cert_count + 1;
  tree t = {.html = html,
    .inv = inv,
    .first = cy_malloc(n * sizeof(uint32_t)),
    .next = cy_malloc(n * sizeof(uint32_t)),
    .weight = cy_calloc(n, sizeof(uint32_t)),
    .svg = CY_BUF_TEXT};
  cy_err *err = t.first && t.next && t.weight ? NULL : cy_err_no_memory();
  if (!err) {
    memset(t.first, 0xff, n * sizeof(uint32_t));
    memset(t.next, 0xff, n * sizeof(uint32_t));
    link_tree(&t);
    err = put_roots(&t);
  }
  if (!err && !t.nodes)
    cy_buf_str(&html->chains, "No certificate here was signed by another that is here.");
  if (!err && t.nodes) {
    cy_buf_printf(&html->chains,
      "<svg viewBox=\"0 0 %d %zu\" width=\"%d\" role=\"img\" aria-label=\"CAs and what they signed\">\n",
      WIDTH + DEPTH * INDENT + 8, t.nodes * ROW + 8, WIDTH + DEPTH * INDENT + 8);
    cy_buf_span(&html->chains, cy_buf_get(&t.svg));
    cy_buf_str(&html->chains, "</svg>");
    err = cy_buf_check(&t.svg);
  }
  cy_free(t.first);
  cy_free(t.next);
  cy_free(t.weight);
  cy_buf_clear(&t.svg);
  return err ? err : cy_buf_check(&html->chains);
}
