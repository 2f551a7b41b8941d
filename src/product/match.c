#include "product/match.h"

#include <ctype.h>

#include "base/mem.h"
#include "base/text.h"

enum {
  ROOT = 0,
  NO_FORM = 0xffff,
  MAX_NODES = 0xffff,
  NEAR = 400,
};

struct cy_message_matcher {
  uint8_t class_of[256]; /* bytes that no form has are of class 0 */
  size_t classes;
  size_t nodes;
  uint16_t *next;      /* nodes * classes: the state after each byte */
  uint16_t *fail;      /* while it is built */
  uint16_t *form;      /* the first form that ends here */
  uint16_t *shorter;   /* the next state on the way to the root with a form that ends there */
  uint16_t *same_text; /* the next form of the same text */
};

void cy_message_matcher_free(cy_message_matcher *m)
{
  if (!m)
    return;
  cy_free(m->next);
  cy_free(m->fail);
  cy_free(m->form);
  cy_free(m->shorter);
  cy_free(m->same_text);
  cy_free(m);
}

static size_t assign_classes(cy_message_matcher *m)
{
  size_t letters = 0;
  m->classes = 1;
  for (size_t i = 0; i < cy_message_form_count; i++) {
    for (const char *p = cy_message_forms[i].text; *p; p++, letters++)
      if (!m->class_of[(uint8_t)*p])
        m->class_of[(uint8_t)*p] = (uint8_t)m->classes++;
  }
  for (int c = 'A'; c <= 'Z'; c++)
    m->class_of[c] = m->class_of[tolower(c)];
  return letters;
}

static bool allocate(cy_message_matcher *m, size_t most)
{
  m->next = cy_calloc(most * m->classes, sizeof *m->next);
  m->fail = cy_calloc(most, sizeof *m->fail);
  m->form = cy_malloc(most * sizeof *m->form);
  m->shorter = cy_calloc(most, sizeof *m->shorter);
  m->same_text = cy_malloc(cy_message_form_count * sizeof *m->same_text);
  if (!m->next || !m->fail || !m->form || !m->shorter || !m->same_text)
    return false;
  memset(m->form, 0xff, most * sizeof *m->form);
  return true;
}

static void add_form(cy_message_matcher *m, size_t index)
{
  size_t node = ROOT;
  for (const char *p = cy_message_forms[index].text; *p; p++) {
    uint16_t *next = &m->next[node * m->classes + m->class_of[(uint8_t)*p]];
    if (!*next)
      *next = (uint16_t)m->nodes++;
    node = *next;
  }
  m->same_text[index] = m->form[node];
  m->form[node] = (uint16_t)index;
}

/* Breadth first, so that the state that a failure leads to is finished before. */
static void complete(cy_message_matcher *m, uint16_t *queue)
{
  size_t head = 0, tail = 0;
  for (size_t c = 0; c < m->classes; c++)
    if (m->next[c])
      queue[tail++] = m->next[c];
  while (head < tail) {
    size_t node = queue[head++], fail = m->fail[node];
    m->shorter[node] = m->form[fail] != NO_FORM ? (uint16_t)fail : m->shorter[fail];
    for (size_t c = 0; c < m->classes; c++) {
      uint16_t *next = &m->next[node * m->classes + c];
      uint16_t other = m->next[fail * m->classes + c];
      if (*next) {
        m->fail[*next] = other;
        queue[tail++] = *next;
      } else {
        *next = other;
      }
    }
  }
}

cy_err *cy_message_matcher_new(cy_message_matcher **out)
{
  *out = NULL;
  CY_AUTO(cy_message_matcher) *m = cy_calloc(1, sizeof *m);
  if (!m)
    return cy_err_no_memory();
  size_t most = assign_classes(m) + 1;
  if (most > MAX_NODES)
    return cy_err_new(CY_E_BUG, "there are too many messages for the matcher");
  if (!allocate(m, most))
    return cy_err_no_memory();
  m->nodes = 1;
  for (size_t i = 0; i < cy_message_form_count; i++)
    add_form(m, i);
  uint16_t *queue = cy_malloc(most * sizeof *queue);
  if (!queue)
    return cy_err_no_memory();
  complete(m, queue);
  cy_free(queue);
  *out = m;
  m = NULL;
  return NULL;
}

static bool is_word(uint8_t c)
{
  return isalnum(c) || c == '_';
}

/* A text that begins or ends with a letter must not go on with one. */
static bool stands_alone(cy_span line, size_t start, size_t end)
{
  bool before = start > 0 && isalnum(line.data[start]) && isalnum(line.data[start - 1]);
  bool behind = end < line.len && isalnum(line.data[end - 1]) && is_word(line.data[end]);
  return !before && !behind;
}

static size_t skip_blanks(cy_span line, size_t at, size_t most)
{
  while (most-- > 0 && at < line.len && line.data[at] == ' ')
    at++;
  return at;
}

/* The number behind a text, and what must stand behind it. */
static bool read_number(cy_message_hit *hit, const cy_message_form *form, cy_span line)
{
  char digits[12];
  size_t len = 0, at = skip_blanks(line, hit->end, 4);
  while (at < line.len && line.data[at] == '0' && at + 1 < line.len && isdigit(line.data[at + 1]))
    at++;
  while (at < line.len && isdigit(line.data[at]) && len < sizeof digits - 1)
    digits[len++] = (char)line.data[at++];
  digits[len] = 0;
  if (!len || strcmp(digits, "0") == 0 || (at < line.len && is_word(line.data[at])))
    return false;
  hit->end = at;
  size_t behind = form->after[0] ? skip_blanks(line, at, 4) : at, wanted = strlen(form->after);
  if (line.len - behind < wanted || memcmp(line.data + behind, form->after, wanted) != 0)
    return false;
  hit->message = cy_message_written(hit->family, digits);
  return hit->message != NULL;
}

/* Codes are in capitals: AMQ and four digits, mostly with a letter behind. */
static bool read_code(cy_message_hit *hit, const cy_message_form *form, cy_span line)
{
  char code[24];
  size_t at = hit->end, digits = 0, len = 0;
  for (size_t i = hit->start; i < hit->end; i++)
    if (islower(line.data[i]))
      return false;
  for (; at < line.len && isdigit(line.data[at]); at++)
    digits++;
  if (digits < form->least || digits > form->most)
    return false;
  if (at < line.len && isupper(line.data[at]))
    at++;
  if (at < line.len && is_word(line.data[at]))
    return false;
  for (size_t i = hit->start; i < at && len < sizeof code - 1; i++)
    code[len++] = (char)line.data[i];
  code[len] = 0;
  hit->end = at;
  hit->message = cy_message_written(hit->family, code);
  return true;
}

/* "The same line" reaches so far to both sides: some logs are one line of megabytes. */
static bool has_word_near(const cy_message_form *form, const cy_message_hit *hit, cy_span line)
{
  if (form->when != CY_FORM_SAME_LINE)
    return true;
  size_t from = hit->start > NEAR ? hit->start - NEAR : 0;
  size_t to = line.len - hit->end > NEAR ? hit->end + NEAR : line.len;
  return memmem(line.data + from, to - from, form->word, strlen(form->word)) != NULL;
}

static bool read_hit(cy_message_hit *hit, const cy_message_form *form, cy_span line, size_t end)
{
  size_t start = end - strlen(form->text);
  const char *near = form->when == CY_FORM_NEAR_MESSAGE ? form->word : "";
  *hit = (cy_message_hit){.family = &cy_message_families[form->family],
    .way = form->way,
    .near = near,
    .start = start,
    .end = end};
  if (start > 0 && is_word(line.data[start]) && isalnum(line.data[start - 1]))
    return false;
  if (form->kind == CY_FORM_CODE)
    return read_code(hit, form, line);
  if (form->kind == CY_FORM_NUMBER)
    return has_word_near(form, hit, line) && read_number(hit, form, line);
  hit->message = &cy_messages[form->message];
  return stands_alone(line, start, end);
}

static bool covers(const cy_message_hit *a, const cy_message_hit *b)
{
  return a->start <= b->start && a->end >= b->end;
}

/* Keeps the longer of two of which one lies in the other. */
static size_t keep(cy_message_hit *hits, size_t count, size_t max, const cy_message_hit *hit)
{
  for (size_t i = 0; i < count; i++)
    if (covers(&hits[i], hit))
      return count;
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (!covers(hit, &hits[i]))
      hits[kept++] = hits[i];
  if (kept < max)
    hits[kept++] = *hit;
  return kept;
}

static size_t forms_at(const cy_message_matcher *m, size_t state, cy_message_hit *hits, size_t count,
  size_t max, cy_span line, size_t end)
{
  for (; state != ROOT; state = m->shorter[state]) {
    for (uint16_t f = m->form[state]; f != NO_FORM; f = m->same_text[f]) {
      cy_message_hit hit;
      if (read_hit(&hit, &cy_message_forms[f], line, end))
        count = keep(hits, count, max, &hit);
    }
  }
  return count;
}

size_t cy_message_match(const cy_message_matcher *m, cy_message_hit *hits, size_t max, cy_span line)
{
  size_t state = ROOT, count = 0;
  for (size_t i = 0; i < line.len; i++) {
    state = m->next[state * m->classes + m->class_of[line.data[i]]];
    if (m->form[state] != NO_FORM || m->shorter[state])
      count = forms_at(m, state, hits, count, max, line, i + 1);
  }
  return count;
}
