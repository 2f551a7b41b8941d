/* The page: what is kept while stores come, and how it is put together. */
#include "audit/html.h"

#include "base/base64.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/digest.h"

void cy_html_init(cy_html *html, cy_time now, unsigned warn_days)
{
  *html = (cy_html){.now = now,
    .warn_days = warn_days,
    .rows = CY_BUF_STORE,
    .timeline = CY_BUF_TEXT,
    .chains = CY_BUF_TEXT};
}

void cy_html_clear(cy_html *html)
{
  cy_arena_clear(&html->arena);
  cy_buf_clear(&html->rows);
  cy_buf_clear(&html->timeline);
  cy_buf_clear(&html->chains);
  cy_free(html->findings);
  *html = (cy_html){0};
}

void cy_html_text(cy_buf *page, const char *text)
{
  CY_CLEAN(cy_buf) safe = CY_BUF_TEXT;
  cy_text_put_safe(&safe, cy_span_str(text ? text : ""));
  if (safe.failed)
    cy_buf_fail(page, CY_BUF_NO_MEMORY);
  for (size_t i = 0; i < safe.len; i++) {
    switch (safe.data[i]) {
    case '&':
      cy_buf_str(page, "&amp;");
      break;
    case '<':
      cy_buf_str(page, "&lt;");
      break;
    case '>':
      cy_buf_str(page, "&gt;");
      break;
    case '"':
      cy_buf_str(page, "&quot;");
      break;
    case '\'':
      cy_buf_str(page, "&#39;");
      break;
    default:
      cy_buf_u8(page, safe.data[i]);
    }
  }
}

/* While stores come. */

static const char *keep(cy_html *html, const char *text)
{
  const char *kept = text ? cy_arena_str(&html->arena, cy_span_str(text)) : NULL;
  html->failed = html->failed || (text && !kept);
  return kept;
}

static void keep_finding(cy_html *html, const cy_finding *f)
{
  size_t *first = &html->first[f->id], *last = &html->last[f->id];
  if (!html->all[f->id]++ || f->severity > html->worst[f->id])
    html->worst[f->id] = f->severity;
  if (html->kept[f->id] >= CY_HTML_LIKE_THIS)
    return;
  if (!cy_grow(&html->findings, &html->cap, html->count + 1, sizeof *html->findings)) {
    html->failed = true;
    return;
  }
  html->findings[html->count++] =
    (cy_html_finding){keep(html, f->subject), keep(html, f->what), keep(html, f->fix), f->severity, 0};
  if (*last)
    html->findings[*last - 1].next = html->count;
  else
    *first = html->count;
  *last = html->count;
  html->kept[f->id]++;
}

void cy_html_findings(cy_html *html, const cy_findings *findings)
{
  for (size_t i = 0; i < findings->count; i++)
    keep_finding(html, findings->items[i]);
}

void cy_html_store(cy_html *html, const cy_audit_store *store)
{
  cy_html_findings(html, &store->findings);
  if (!store->kind || html->stores++ >= CY_HTML_STORES)
    return;
  cy_buf *row = &html->rows;
  html->stores_shown++;
  cy_buf_str(row, "<tr><td class=\"path\">");
  cy_html_text(row, store->path);
  cy_buf_str(row, "</td><td>");
  cy_html_text(row, store->title);
  if (store->opened)
    cy_buf_printf(row, "</td><td class=\"r\">%llu</td><td class=\"r\">%llu</td><td class=\"when\">",
      (unsigned long long)store->entries, (unsigned long long)store->keys);
  else
    cy_buf_str(row, "</td><td class=\"r dim\">not opened</td><td class=\"r\"></td><td class=\"when\">");
  if (store->first_end != CY_TIME_NONE)
    cy_time_format_date(row, store->first_end);
  cy_buf_printf(row, "</td><td class=\"r\">%zu</td></tr>\n", store->findings.count);
}

cy_err *cy_html_inventory(cy_html *html, const cy_inventory *inv)
{
  CY_TRY(cy_html_timeline(html, inv));
  return cy_html_chains(html, inv);
}

/* The page. */

/* What the browser may run: this style, this script, nothing else. */
static cy_err *put_hash(cy_buf *page, const char *text)
{
  cy_digest digest;
  CY_TRY(cy_digest_of(&digest, CY_SHA256, cy_span_str(text)));
  cy_buf_str(page, "'sha256-");
  cy_base64_encode(page, cy_digest_get(&digest), 0);
  cy_buf_u8(page, '\'');
  return NULL;
}

static cy_err *put_head(cy_buf *page)
{
  cy_buf_str(page, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ");
  CY_TRY(put_hash(page, cy_html_style));
  cy_buf_str(page, "; script-src ");
  CY_TRY(put_hash(page, cy_html_script));
  cy_buf_printf(page,
    "\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>Certificates and keys: "
    "audit</title>\n"
    "<style>%s</style></head><body><main>\n",
    cy_html_style);
  return NULL;
}

static void card(cy_buf *page, uint64_t number, const char *words, bool bad)
{
  cy_buf_printf(page, "<div class=\"card%s\"><b>%llu</b>%s</div>\n", bad && number ? " bad" : "",
    (unsigned long long)number, words);
}

static void put_summary(
  const cy_html *html, cy_buf *page, const cy_audit_summary *sum, const char *const *paths, size_t count)
{
  cy_buf_str(page, "<h1>Certificates and keys</h1>\n<div class=\"dim\">Audit of ");
  for (size_t i = 0; i < count; i++) {
    cy_buf_str(page, i ? ", <code>" : "<code>");
    cy_html_text(page, paths[i]);
    cy_buf_str(page, "</code>");
  }
  cy_buf_str(page, ", as of ");
  cy_time_format_rfc3339(page, html->now);
  cy_buf_printf(
    page, "%s</div>\n<div class=\"cards\">\n", sum->interrupted ? ", interrupted: not all was seen" : "");
  card(page, sum->severities[CY_CRITICAL] + sum->severities[CY_ERROR_SEVERITY], "errors", true);
  card(page, sum->severities[CY_WARNING], "warnings", false);
  card(page, sum->ends[CY_END_EXPIRED], "expired certificates", true);
  card(page, sum->ends[CY_END_7_DAYS] + sum->ends[CY_END_30_DAYS], "end within 30 days", true);
  card(page, sum->distinct_certificates, "different certificates", false);
  card(page, sum->keys, "private keys", false);
  card(page, sum->clear_keys, "keys without a passphrase", true);
  card(page, sum->stores, "stores", false);
  card(page, sum->stores - sum->opened, "stores not opened", false);
  card(page, sum->files, "files looked at", false);
  cy_buf_str(page, "</div>\n");
}

static void put_occurrence(cy_buf *page, const cy_html_finding *f)
{
  cy_buf_str(page, "<li><span class=\"where\">");
  cy_html_text(page, f->subject);
  cy_buf_str(page, "</span><br>");
  cy_html_text(page, f->what);
  if (f->fix) {
    cy_buf_str(page, "<br><span class=\"dim\">");
    cy_html_text(page, f->fix);
    cy_buf_str(page, "</span>");
  }
  cy_buf_str(page, "</li>\n");
}

enum { SHOWN_AT_ONCE = 6 };

static void put_occurrences(const cy_html *html, cy_buf *page, int id)
{
  size_t n = 0;
  cy_buf_str(page, "<ul>");
  for (size_t at = html->first[id]; at; at = html->findings[at - 1].next, n++) {
    if (n == SHOWN_AT_ONCE)
      cy_buf_printf(page, "</ul><details><summary>%zu more</summary><ul>", html->kept[id] - n);
    put_occurrence(page, &html->findings[at - 1]);
  }
  if (html->all[id] > html->kept[id])
    cy_buf_printf(page, "<li class=\"dim\">and %llu more like this</li>",
      (unsigned long long)(html->all[id] - html->kept[id]));
  cy_buf_str(page, n > SHOWN_AT_ONCE ? "</ul></details>" : "</ul>");
}

static void put_kind(const cy_html *html, cy_buf *page, int id)
{
  const cy_finding_info *info = cy_finding_info_get((cy_finding_id)id);
  const char *severity = cy_severity_name(html->worst[id]);
  cy_buf_printf(page,
    "<section class=\"f %s\"><span class=\"n\">%llu</span><span class=\"tag %s\">%s</span><h3>", severity,
    (unsigned long long)html->all[id], severity, severity);
  cy_html_text(page, info->title);
  cy_buf_str(page, "</h3> <code class=\"dim\">");
  cy_html_text(page, info->id);
  cy_buf_str(page, "</code>\n<p>");
  cy_html_text(page, info->why);
  cy_buf_str(page, "</p>\n<p><b>What to do:</b> ");
  cy_html_text(page, info->fix);
  cy_buf_str(page, "</p>\n");
  put_occurrences(html, page, id);
  cy_buf_str(page, "</section>\n");
}

static void put_findings(const cy_html *html, cy_buf *page)
{
  bool any = false;
  cy_buf_str(page, "<h2>What was found</h2>\n");
  for (int severity = CY_CRITICAL; severity >= 0; severity--)
    for (int id = 0; id < CY_F_COUNT; id++)
      if (html->all[id] && (int)html->worst[id] == severity) {
        put_kind(html, page, id);
        any = true;
      }
  if (!any)
    cy_buf_str(page, "<div class=\"box\">Nothing. All is well.</div>\n");
}

static void put_stores(const cy_html *html, cy_buf *page)
{
  cy_buf_str(page, "<h2>Stores</h2>\n<div class=\"box\">");
  if (html->stores > html->stores_shown)
    cy_buf_printf(page, "<p class=\"dim\">The first %zu of %zu.</p>", html->stores_shown, html->stores);
  cy_buf_str(page,
    "<table id=\"stores\"><thead><tr><th>Path</th><th>Kind</th><th class=\"r\">Entries</th>"
    "<th class=\"r\">Keys</th><th>First end</th><th class=\"r\">Findings</th></tr></thead><tbody>\n");
  cy_buf_span(page, cy_buf_get(&html->rows));
  cy_buf_str(page, "</tbody></table></div>\n");
}

cy_err *cy_html_write(
  cy_html *html, cy_buf *page, const cy_audit_summary *sum, const char *const *paths, size_t count)
{
  if (html->failed)
    return cy_err_no_memory();
  CY_TRY(cy_buf_check(&html->rows));
  CY_TRY(put_head(page));
  put_summary(html, page, sum, paths, count);
  cy_buf_str(page, "<h2>When certificates end</h2>\n<div class=\"box\">");
  cy_buf_span(page, cy_buf_get(&html->timeline));
  cy_buf_str(page, "</div>\n");
  put_findings(html, page);
  cy_buf_str(page, "<h2>Who signed what</h2>\n<div class=\"box\">");
  cy_buf_span(page, cy_buf_get(&html->chains));
  cy_buf_str(page, "</div>\n");
  put_stores(html, page);
  cy_buf_printf(page, "</main><script>%s</script></body></html>\n", cy_html_script);
  return cy_buf_check(page);
}
