/* .curlrc and -K FILE. */
#include "tls/read_curl.h"

#include "base/text.h"
#include "tls/codes.h"

static bool is_blank(uint8_t c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

typedef struct {
  cy_span s;
  size_t at;
} line;

static void skip(line *l, bool signs)
{
  while (l->at < l->s.len &&
         (is_blank(l->s.data[l->at]) || (signs && (l->s.data[l->at] == '=' || l->s.data[l->at] == ':'))))
    l->at++;
}

/* In quotes, where a backslash keeps the next or stands for a control character. */
static void take_quoted(line *l, cy_buf *value)
{
  static const char from[] = "tnrv", to[] = "\t\n\r\v";
  for (l->at++; l->at < l->s.len && l->s.data[l->at] != '"'; l->at++) {
    uint8_t c = l->s.data[l->at];
    const char *known = NULL;
    if (c == '\\' && l->at + 1 < l->s.len) {
      c = l->s.data[++l->at];
      known = c ? strchr(from, c) : NULL;
    }
    cy_buf_u8(value, known ? (uint8_t)to[known - from] : c);
  }
}

static void take_value(line *l, cy_buf *value)
{
  if (l->at < l->s.len && l->s.data[l->at] == '"') {
    take_quoted(l, value);
    return;
  }
  for (; l->at < l->s.len && !is_blank(l->s.data[l->at]); l->at++)
    cy_buf_u8(value, l->s.data[l->at]);
}

/* A value with a blank in it and no quotes around it: curl takes the first word, and warns. */
static void tell_rest(line *l, const char *option, cy_findings *findings, const char *file, size_t number)
{
  skip(l, false);
  bool more = l->at < l->s.len && l->s.data[l->at] != '#' && l->s.data[l->at] != '"';
  if (!more)
    return;
  cy_finding *f = cy_tls_read_noticed(findings, CY_F_TLS_SETTING_WRONG, file, number,
    "%s: what stands behind a blank is left out, since there are no quotes", option);
  cy_finding_set_fix(findings, f, "Put the value into double quotes.");
}

/* With dashes only a blank divides; without, = and : do, too. */
static cy_err *read_line(
  line *l, cy_findings *findings, const char *file, size_t number, cy_curl_take *take, void *arg)
{
  CY_CLEAN(cy_buf) option = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) value = CY_BUF_TEXT;
  skip(l, false);
  if (l->at >= l->s.len || l->s.data[l->at] == '#')
    return NULL;
  bool dashed = l->s.data[l->at] == '-';
  if (!dashed)
    cy_buf_str(&option, "--");
  for (; l->at < l->s.len && !is_blank(l->s.data[l->at]); l->at++) {
    uint8_t c = l->s.data[l->at];
    if (!dashed && (c == '=' || c == ':'))
      break;
    cy_buf_u8(&option, c);
  }
  skip(l, !dashed);
  bool quoted = l->at < l->s.len && l->s.data[l->at] == '"';
  bool any = l->at < l->s.len && l->s.data[l->at] != '#';
  if (any)
    take_value(l, &value);
  CY_TRY(cy_buf_check(&option));
  CY_TRY(cy_buf_check(&value));
  if (any && !quoted)
    tell_rest(l, cy_buf_cstr(&option), findings, file, number);
  return take(arg, cy_buf_cstr(&option), any ? cy_buf_cstr(&value) : NULL, number);
}

cy_err *cy_curl_config(const char *file, cy_span text, cy_findings *findings, cy_curl_take *take, void *arg)
{
  if (text.len && memchr(text.data, 0, text.len))
    return cy_err_new(CY_E_MALFORMED, "%s: there are NUL bytes: this is no text", file);
  for (size_t number = 1; text.len; number++) {
    const uint8_t *end = memchr(text.data, '\n', text.len);
    size_t len = end ? (size_t)(end - text.data) : text.len;
    line l = {cy_span_of(text.data, len), 0};
    CY_TRY(read_line(&l, findings, file, number, take, arg));
    len += end != NULL;
    text = cy_span_of(text.data + len, text.len - len);
  }
  return cy_findings_check(findings);
}
