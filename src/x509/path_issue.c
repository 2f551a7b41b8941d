/* Noting which rule broke where, in words. */
#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"
#include "x509/name.h"
#include "x509/path.h"

enum { MAX_ISSUES = 64, MAX_NAME = 300 };

const cy_cert_view *cy_path_view(const cy_path_check *check, size_t depth)
{
  return check->views[depth];
}

bool cy_path_is_anchor(const cy_path_check *check, size_t depth)
{
  return check->path->anchored && depth + 1 == check->count;
}

void cy_path_put_name(cy_buf *utf8, const cy_cert_view *view)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_name_format(&name, view->subject, CY_NAMES_RFC4514);
  if (!name.len) {
    cy_buf_str(utf8, "the certificate with serial number ");
    cy_cert_serial_format(utf8, view->serial);
  } else if (name.len <= MAX_NAME) {
    cy_buf_span(utf8, cy_buf_get(&name));
  } else {
    cy_text_put_safe(utf8, cy_span_of(name.data, MAX_NAME));
    cy_buf_str(utf8, "...");
  }
}

static CY_PRINTF(2, 0) void put_format(cy_buf *buf, const char *format, va_list args)
{
  char text[2048];
  int n = vsnprintf(text, sizeof text, format, args);
  if (n > 0)
    cy_buf_put(buf, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

static CY_PRINTF(3, 0) void note(
  cy_path_check *check, cy_path_issue issue, const char *format, va_list args)
{
  cy_path *path = check->path;
  CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
  if (path->issue_count >= MAX_ISSUES)
    return;
  if (issue.depth < check->count) {
    cy_path_put_name(&what, check->views[issue.depth]);
    cy_buf_str(&what, check->views[issue.depth]->stand_in ? ", as the listing tells it," : "");
  }
  cy_buf_u8(&what, ' ');
  put_format(&what, format, args);
  issue.what = cy_buf_take_str(&what);
  if (!issue.what ||
      !cy_grow(&path->issues, &path->issue_cap, path->issue_count + 1, sizeof(cy_path_issue))) {
    cy_free(issue.what);
    check->no_memory = true;
    return;
  }
  path->issues[path->issue_count++] = issue;
  check->noted = true;
}

/* Rules on what a listing tells: how the path goes, dates, sizes, names, revocation. */
static bool is_told(cy_rule rule)
{
  static const cy_rule told[] = {CY_RULE_NO_ISSUER, CY_RULE_SELF_SIGNED, CY_RULE_SELF_SIGNED_LEAF,
    CY_RULE_ANCHOR_PARTIAL, CY_RULE_LOOP, CY_RULE_NOT_TRIED, CY_RULE_TOO_DEEP, CY_RULE_BUDGET,
    CY_RULE_EXPIRED, CY_RULE_NOT_YET, CY_RULE_ANCHOR_EXPIRED, CY_RULE_HOST, CY_RULE_IP, CY_RULE_KEY_WEAK,
    CY_RULE_HASH_WEAK, CY_RULE_REVOKED, CY_RULE_CRL_MISSING, CY_RULE_CRL_EXPIRED, CY_RULE_CRL_NOT_YET};
  for (size_t i = 0; i < CY_COUNT(told); i++)
    if (told[i] == rule)
      return true;
  return false;
}

static bool can_be_said(const cy_path_check *check, cy_rule rule, size_t depth)
{
  return depth >= check->count || !check->views[depth]->stand_in || is_told(rule);
}

void cy_path_break(cy_path_check *check, cy_rule rule, size_t depth, const char *what, ...)
{
  va_list args;
  check->noted = false;
  if (!cy_rule_applies(rule, check->profile) || !can_be_said(check, rule, depth))
    return;
  va_start(args, what);
  note(check, (cy_path_issue){.rule = rule, .depth = depth, .fatal = true}, what, args);
  va_end(args);
}

void cy_path_warn(cy_path_check *check, cy_rule rule, size_t depth, const char *what, ...)
{
  va_list args;
  check->noted = false;
  if (!can_be_said(check, rule, depth))
    return;
  va_start(args, what);
  note(check, (cy_path_issue){.rule = rule, .depth = depth}, what, args);
  va_end(args);
}

void cy_path_fix(cy_path_check *check, const char *fix, ...)
{
  va_list args;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  if (!check->noted)
    return;
  va_start(args, fix);
  put_format(&text, fix, args);
  va_end(args);
  cy_path_issue *issue = &check->path->issues[check->path->issue_count - 1];
  cy_free(issue->fix);
  issue->fix = cy_buf_take_str(&text);
}

const char *cy_path_issue_fix(const cy_path_issue *issue)
{
  return issue->fix ? issue->fix : cy_path_issue_info(issue)->fix;
}

const cy_finding_info *cy_path_issue_info(const cy_path_issue *issue)
{
  return cy_finding_info_get(cy_rule_get(issue->rule)->finding);
}

const cy_path_issue *cy_path_first(const cy_path *path)
{
  for (size_t i = 0; i < path->issue_count; i++)
    if (path->issues[i].fatal)
      return &path->issues[i];
  return NULL;
}

void cy_path_clear(cy_path *path)
{
  for (size_t i = 0; i < path->issue_count; i++) {
    cy_free(path->issues[i].what);
    cy_free(path->issues[i].fix);
  }
  cy_free(path->issues);
  cy_certs_clear(&path->certs);
  *path = (cy_path){0};
}
