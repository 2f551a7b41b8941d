/* Noting what a line of a trace says. */
#include "base/mem.h"
#include "base/pem.h"
#include "tls/group.h"
#include "tls/reader.h"
#include "tls/scheme.h"
#include "tls/suite.h"
#include "tls/trace_line.h"
#include "tls/wire_alert.h"

enum { WORD = 128, TEXT = 4096, ERRORS = 64 };

/* A copy that ends; longer words name nothing. */
static bool word_of(char to[WORD], cy_span text)
{
  if (text.len == 0 || text.len >= WORD || memchr(text.data, 0, text.len))
    return false;
  memcpy(to, text.data, text.len);
  to[text.len] = 0;
  return true;
}

static char *copy(cy_trace *t, cy_span text)
{
  char *s = cy_strndup((const char *)text.data, text.len < TEXT ? text.len : TEXT);
  t->no_memory |= !s;
  return s;
}

void cy_trace_text(cy_trace *t, cy_seen_text *to, cy_span text)
{
  text = cy_trace_trim(text);
  if (!t->seen || text.len == 0)
    return;
  char *s = copy(t, text);
  cy_free(to->text);
  *to = (cy_seen_text){s, t->number};
}

void cy_trace_code(cy_trace *t, cy_seen_code *to, uint16_t code)
{
  if (t->seen)
    *to = (cy_seen_code){code, t->number};
}

/* false: there is none of that name. */
static bool code_of(uint16_t *code, cy_trace_kind kind, cy_span name)
{
  char word[WORD];
  const cy_suite *suite;
  const cy_tls_group *group;
  const cy_scheme *scheme;
  if (!word_of(word, name))
    return false;
  switch (kind) {
  case CY_TRACE_VERSIONS:
    *code = (uint16_t)cy_tls_read_version(word);
    return *code;
  case CY_TRACE_SUITES:
    suite = cy_suite_find(word);
    *code = suite ? suite->code : 0;
    return suite;
  case CY_TRACE_GROUPS:
    group = cy_tls_group_find(word);
    *code = group ? group->code : 0;
    return group;
  default:
    scheme = cy_scheme_find(word);
    *code = scheme ? scheme->code : 0;
    return scheme;
  }
}

static void note_code(cy_trace *t, cy_seen_code *to, cy_trace_kind kind, cy_span name)
{
  uint16_t code;
  if (code_of(&code, kind, name))
    cy_trace_code(t, to, code);
}

void cy_trace_version(cy_trace *t, cy_seen_code *to, cy_span name)
{
  note_code(t, to, CY_TRACE_VERSIONS, name);
}

void cy_trace_suite(cy_trace *t, cy_seen_code *to, cy_span name)
{
  note_code(t, to, CY_TRACE_SUITES, name);
}

void cy_trace_group(cy_trace *t, cy_seen_code *to, cy_span name)
{
  note_code(t, to, CY_TRACE_GROUPS, name);
}

void cy_trace_scheme(cy_trace *t, cy_seen_code *to, cy_span name)
{
  note_code(t, to, CY_TRACE_SCHEMES, name);
}

void cy_trace_add(cy_trace *t, cy_seen_codes *to, uint16_t code)
{
  if (!t->seen || to->codes.count >= CY_TRACE_LIST)
    return;
  cy_err *err = cy_codes_add(&to->codes, code);
  t->no_memory |= err != NULL;
  cy_err_free(err);
  if (!to->line)
    to->line = t->number;
}

void cy_trace_list(cy_trace *t, cy_seen_codes *to, cy_trace_kind kind, cy_span names, const char *ends)
{
  uint16_t code;
  for (size_t i = 0; names.len > 0 && i < CY_TRACE_LIST; i++)
    if (code_of(&code, kind, cy_trace_word(names, ends, &names)))
      cy_trace_add(t, to, code);
}

void cy_trace_asked(cy_trace *t)
{
  if (t->seen && !t->seen->asked_line)
    t->seen->asked_line = t->number;
}

void cy_trace_name(cy_trace *t, cy_span ca)
{
  cy_seen_texts *list = t->seen ? &t->seen->asked_names : NULL;
  if (!list || list->count >= CY_TRACE_LIST)
    return;
  if (!cy_grow(&list->items, &list->cap, list->count + 1, sizeof *list->items)) {
    t->no_memory = true;
    return;
  }
  list->items[list->count++] = (cy_seen_text){copy(t, cy_trace_trim(ca)), t->number};
  cy_trace_asked(t);
}

cy_seen_cert *cy_trace_cert(cy_trace *t, cy_seen_certs *chain, size_t place)
{
  if (!t->seen || place > chain->count || place >= CY_TRACE_LIST)
    return NULL;
  if (!chain->line)
    chain->line = t->number;
  if (place == chain->count) {
    if (!cy_grow(&chain->items, &chain->cap, place + 1, sizeof *chain->items)) {
      t->no_memory = true;
      return NULL;
    }
    chain->items[chain->count++] = (cy_seen_cert){.line = t->number};
  }
  return &chain->items[place];
}

void cy_trace_subject(cy_trace *t, cy_seen_certs *chain, size_t place, cy_span subject)
{
  cy_seen_cert *cert = cy_trace_cert(t, chain, place);
  if (cert)
    cy_trace_text(t, &cert->subject, subject);
}

void cy_trace_issuer(cy_trace *t, cy_seen_certs *chain, size_t place, cy_span issuer)
{
  cy_seen_cert *cert = cy_trace_cert(t, chain, place);
  if (cert)
    cy_trace_text(t, &cert->issuer, issuer);
}

void cy_trace_der(cy_trace *t, cy_seen_certs *chain, size_t place, cy_span der)
{
  cy_cert *parsed = NULL;
  cy_err *err = t->seen ? cy_cert_parse(&parsed, der) : NULL;
  if (err)
    t->no_memory |= cy_err_code_get(err) == CY_E_NO_MEMORY;
  cy_err_free(err);
  cy_seen_cert *cert = parsed ? cy_trace_cert(t, chain, place) : NULL;
  if (!cert) {
    cy_cert_free(parsed);
    return;
  }
  cy_cert_free(cert->cert);
  cert->cert = parsed;
}

static void skip_to_end(cy_trace *t)
{
  /* A certificate of 64 KB has some thousand lines. */
  enum { LINES = 2000 };
  for (int i = 0; i < LINES && cy_trace_next(t); i++)
    if (cy_trace_has(t->line, "-----END", NULL))
      return;
}

void cy_trace_pem(cy_trace *t, cy_seen_certs *chain, size_t place)
{
  CY_CLEAN(cy_buf) der = CY_BUF(64 << 10);
  const uint8_t *start = t->line.data;
  size_t line = t->number;
  skip_to_end(t);
  size_t end = t->number;
  cy_pem pem = cy_pem_begin(cy_span_of(start, (size_t)(t->line.data + t->line.len - start)));
  cy_pem_block block;
  bool found = false;
  cy_err *err = cy_pem_next(&pem, &block, &found);
  if (!err && found)
    err = cy_pem_decode(&der, &block);
  t->number = line;
  if (!err && found)
    cy_trace_der(t, chain, place, cy_buf_get(&der));
  t->number = end;
  cy_err_free(err);
}

void cy_trace_alert(cy_trace *t, bool sent, uint8_t level, cy_span name)
{
  char word[WORD];
  cy_tls_seen *seen = t->seen;
  const cy_wire_alert *alert = word_of(word, cy_trace_trim(name)) ? cy_wire_alert_find(word) : NULL;
  if (!seen || !alert || seen->alert_count >= ERRORS)
    return;
  for (size_t i = 0; i < seen->alert_count; i++)
    if (seen->alerts[i].number == alert->number && seen->alerts[i].sent == sent) {
      if (!seen->alerts[i].level)
        seen->alerts[i].level = level;
      return;
    }
  if (!cy_grow(&seen->alerts, &seen->alert_cap, seen->alert_count + 1, sizeof *seen->alerts)) {
    t->no_memory = true;
    return;
  }
  seen->alerts[seen->alert_count++] = (cy_seen_alert){sent, level, alert->number, t->number};
}

static bool same_error(const cy_seen_error *e, const char *family, cy_span code, cy_span text)
{
  return strcmp(e->family, family) == 0 && e->text && cy_trace_is(text, e->text) &&
         cy_trace_is(code, e->code ? e->code : "");
}

void cy_trace_error(cy_trace *t, const char *family, cy_span code, cy_span text)
{
  cy_tls_seen *seen = t->seen;
  text = cy_trace_trim(text);
  if (!seen || seen->error_count >= ERRORS || (code.len == 0 && text.len == 0))
    return;
  /* Programs say the same at the point of failure and again at their end. */
  for (size_t i = 0; i < seen->error_count; i++)
    if (same_error(&seen->errors[i], family, code, text))
      return;
  if (!cy_grow(&seen->errors, &seen->error_cap, seen->error_count + 1, sizeof *seen->errors)) {
    t->no_memory = true;
    return;
  }
  seen->errors[seen->error_count++] =
    (cy_seen_error){family, code.len ? copy(t, code) : NULL, copy(t, text), t->number};
}
