#include "base/finding.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

#define CY_FINDING(code, id, severity, traps, citation, title, why, fix)                                   \
  {id, severity, traps, citation, title, why, fix},
#include "findings_rows.inc"
#undef CY_FINDING

static const char *const severity_names[] = {"info", "notice", "warning", "error", "critical"};

static const cy_finding_info *row_of(cy_finding_id id)
{
  int module = id / CY_CODES_ROOM, row = id % CY_CODES_ROOM;
  if (id < 0 || module >= (int)CY_COUNT(modules) || row >= modules[module].count)
    return NULL;
  return &modules[module].rows[row];
}

const cy_finding_info *cy_finding_info_get(cy_finding_id id)
{
  static const cy_finding_info none = {"", CY_INFO, "", "", "", "", ""};
  const cy_finding_info *info = row_of(id);
  return info ? info : &none;
}

cy_finding_id cy_finding_next(cy_finding_id id)
{
  for (id++; id < CY_F_COUNT; id++)
    if (row_of(id))
      return id;
  return CY_F_COUNT;
}

cy_finding_id cy_finding_find(const char *id)
{
  for (cy_finding_id i = cy_finding_next(0); i < CY_F_COUNT; i = cy_finding_next(i))
    if (row_of(i) && strcmp(row_of(i)->id, id) == 0)
      return i;
  return CY_F_COUNT;
}

const char *cy_severity_name(cy_severity severity)
{
  return severity_names[severity];
}

bool cy_severity_parse(cy_severity *out, const char *name)
{
  for (size_t i = 0; i < CY_COUNT(severity_names); i++) {
    if (strcmp(severity_names[i], name) == 0) {
      *out = (cy_severity)i;
      return true;
    }
  }
  return false;
}

CY_PRINTF(2, 0)
static char *text_of(cy_findings *list, const char *format, va_list args)
{
  char small[512];
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(small, sizeof small, format, again);
  va_end(again);
  char *text = len < 0 ? NULL : cy_malloc((size_t)len + 1);
  if (!text) {
    list->failed = true;
    return NULL;
  }
  if ((size_t)len < sizeof small)
    memcpy(text, small, (size_t)len + 1);
  else
    vsnprintf(text, (size_t)len + 1, format, args);
  return text;
}

void cy_finding_free(cy_finding *f)
{
  if (!f)
    return;
  for (size_t i = 0; i < f->evidence_count; i++) {
    cy_free(f->evidence[i].key);
    cy_free(f->evidence[i].value);
  }
  cy_free(f->subject);
  cy_free(f->place);
  cy_free(f->what);
  cy_free(f->why);
  cy_free(f->fix);
  cy_free(f);
}

cy_finding *cy_finding_add(cy_findings *list, cy_finding_id id, const char *subject, const char *what, ...)
{
  static _Thread_local cy_finding scratch;
  cy_finding *f = NULL;
  if (cy_grow(&list->items, &list->cap, list->count + 1, sizeof(cy_finding *)))
    f = cy_malloc(sizeof *f);
  if (f) {
    va_list args;
    va_start(args, what);
    f->what = text_of(list, what, args);
    va_end(args);
    f->subject = cy_strdup(subject ? subject : "");
  }
  if (!f || !f->what || !f->subject) {
    cy_finding_free(f);
    list->failed = true;
    scratch = (cy_finding){.evidence_count = CY_FINDING_EVIDENCE};
    return &scratch;
  }
  f->id = id;
  f->severity = cy_finding_info_get(id)->severity;
  list->items[list->count++] = f;
  return f;
}

void cy_finding_set_severity(cy_finding *f, cy_severity severity)
{
  f->severity = severity;
}

void cy_finding_set_place(cy_finding *f, char *place)
{
  cy_free(f->place);
  f->place = f->subject ? place : NULL;
  if (!f->subject)
    cy_free(place);
}

void cy_finding_set_why(cy_findings *list, cy_finding *f, const char *format, ...)
{
  if (!f->subject)
    return;
  va_list args;
  va_start(args, format);
  char *text = text_of(list, format, args); /* which may quote the one before */
  va_end(args);
  cy_free(f->why);
  f->why = text;
}

void cy_finding_set_fix(cy_findings *list, cy_finding *f, const char *format, ...)
{
  if (!f->subject)
    return;
  va_list args;
  va_start(args, format);
  char *text = text_of(list, format, args); /* which may quote the one before */
  va_end(args);
  cy_free(f->fix);
  f->fix = text;
}

void cy_finding_evidence(cy_findings *list, cy_finding *f, const char *key, const char *format, ...)
{
  if (f->evidence_count >= CY_FINDING_EVIDENCE)
    return;
  va_list args;
  va_start(args, format);
  char *value = text_of(list, format, args);
  va_end(args);
  char *name = cy_strdup(key);
  if (!value || !name) {
    cy_free(value);
    cy_free(name);
    list->failed = true;
    return;
  }
  f->evidence[f->evidence_count++] = (cy_evidence){name, value};
}

const char *cy_finding_why(const cy_finding *f)
{
  return f->why ? f->why : cy_finding_info_get(f->id)->why;
}

const char *cy_finding_fix(const cy_finding *f)
{
  return f->fix ? f->fix : cy_finding_info_get(f->id)->fix;
}

/* FNV-1a, 64 bits: a name for a finding, not a defence. */
static uint64_t mix(uint64_t h, const char *s)
{
  for (; *s; s++)
    h = (h ^ (uint8_t)*s) * 0x100000001b3u;
  return (h ^ 0x1f) * 0x100000001b3u;
}

uint64_t cy_finding_fingerprint(const cy_finding *f)
{
  uint64_t h = mix(0xcbf29ce484222325u, cy_finding_info_get(f->id)->id);
  h = mix(h, f->place ? f->place : f->subject);
  return f->evidence_count ? mix(h, f->evidence[0].value) : h;
}

cy_err *cy_findings_check(const cy_findings *list)
{
  return list->failed ? cy_err_no_memory() : NULL;
}

void cy_findings_move(cy_findings *to, cy_findings *from)
{
  to->failed = to->failed || from->failed;
  if (from->count && cy_grow(&to->items, &to->cap, to->count + from->count, sizeof(cy_finding *))) {
    memcpy(to->items + to->count, from->items, from->count * sizeof(cy_finding *));
    to->count += from->count;
    from->count = 0;
  }
  to->failed = to->failed || from->count > 0;
  cy_findings_clear(from);
}

static int compare(const void *left, const void *right)
{
  const cy_finding *a = *(cy_finding *const *)left, *b = *(cy_finding *const *)right;
  if (a->severity != b->severity)
    return a->severity > b->severity ? -1 : 1;
  int order = strcmp(a->subject, b->subject);
  if (!order)
    order = strcmp(cy_finding_info_get(a->id)->id, cy_finding_info_get(b->id)->id);
  if (!order && a->evidence_count && b->evidence_count)
    order = strcmp(a->evidence[0].value, b->evidence[0].value);
  return order ? order : strcmp(a->what, b->what); /* qsort keeps no order of its own */
}

void cy_findings_sort(cy_findings *list)
{
  if (list->count > 1)
    qsort(list->items, list->count, sizeof(cy_finding *), compare);
}

int cy_findings_worst(const cy_findings *list)
{
  int worst = -1;
  for (size_t i = 0; i < list->count; i++)
    if ((int)list->items[i]->severity > worst)
      worst = (int)list->items[i]->severity;
  return worst;
}

void cy_findings_clear(cy_findings *list)
{
  for (size_t i = 0; i < list->count; i++)
    cy_finding_free(list->items[i]);
  cy_free(list->items);
  *list = (cy_findings){0};
}
