/* Codes of other products, and the causes that they share. */
#include "cli/explain.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

static const char *certainty_for_people(const char *certainty)
{
  if (strcmp(certainty, "memory") == 0)
    return "as far as known; not looked up";
  if (strcmp(certainty, "name") == 0)
    return "code and name were looked up, the rest is general knowledge";
  return strcmp(certainty, "seen") == 0 ? "tried" : "looked up";
}

/* A code with letters and digits is clear by itself; numbers and words need their family. */
const char *cy_explain_message_id(const cy_message *message)
{
  static char id[120];
  bool clear = isupper((unsigned char)message->code[0]) && strpbrk(message->code, "0123456789_");
  snprintf(id, sizeof id, "%s%s%s", clear ? "" : message->family->id, clear ? "" : ":", message->code);
  return id;
}

static void put_cause(cy_out *out, const cy_cause *cause)
{
  cy_out_open(out, NULL, "");
  cy_out_str(out, "id", NULL, cause->id);
  cy_out_str(out, "title", NULL, cause->title);
  cy_out_str(out, "check", NULL, cause->check);
  cy_out_str(out, "fix", NULL, cause->fix);
  cy_out_line(out, "%s", cause->id);
  cy_out_labelled(out, "  ", cause->title);
  cy_out_labelled(out, "  check: ", cause->check);
  cy_out_labelled(out, "  mend:  ", cause->fix);
  cy_out_close(out);
}

static void put_causes(cy_out *out, const cy_message *m)
{
  if (m->cause_count)
    cy_out_heading(out, m->cause_count > 1 ? "Likely causes, the likeliest first" : "The cause");
  cy_out_list(out, "causes", "");
  for (size_t i = 0; i < m->cause_count; i++)
    put_cause(out, &cy_causes[m->causes[i]]);
  cy_out_list_end(out);
}

static const char *who_says_it(const cy_message *m)
{
  static const char *const texts[3][3] = {
    {"either end", "either end; it refused or failed", "either end; the other end refused or failed"},
    {"the client", "the client; it refused or failed", "the client; the server refused or failed"},
    {"the server", "the server; it refused or failed", "the server; the client refused or failed"}};
  return texts[m->end][m->refused];
}

static void explain_message(cy_out *out, const cy_message *m)
{
  cy_out_str(out, "id", "Message", cy_explain_message_id(m));
  cy_out_str(out, "what", NULL, "message");
  cy_out_str(out, "family", NULL, m->family->id);
  cy_out_str(out, "code", NULL, m->code);
  if (m->name[0])
    cy_out_str(out, "name", "Name", m->name);
  cy_out_str(out, "product", "From", m->family->title);
  cy_out_str(out, "end", NULL, cy_message_end_name(m->end));
  cy_out_str(out, "refused", NULL, cy_message_refused_name(m->refused));
  cy_out_str(out, NULL, "Said by", who_says_it(m));
  cy_out_str(out, "title", NULL, m->meaning);
  if (m->advice[0])
    cy_out_str(out, "advice", NULL, m->advice);
  cy_out_str(out, "source", m->source[0] ? "Source" : NULL, m->source[0] ? m->source : NULL);
  cy_out_str(out, "date", NULL, m->date);
  cy_out_str(out, "certainty", NULL, m->certainty);
  cy_out_str(out, NULL, "Certainty", certainty_for_people(m->certainty));
  cy_out_line(out, "%s", "");
  cy_out_paragraphs(out, m->meaning);
  if (m->advice[0])
    cy_out_labelled(out, "Look at: ", m->advice);
  put_causes(out, m);
}

static void put_choice(cy_out *out, const cy_message *m)
{
  cy_out_row(out);
  cy_out_strf(out, "id", NULL, "%s:%s", m->family->id, m->code);
  cy_out_str(out, "product", NULL, m->family->title);
  cy_out_str(out, "title", NULL, m->meaning);
  cy_out_row_end(out);
}

static const cy_column choice_columns[] = {
  {"id", "message"}, {"product", "from"}, {"title", "meaning", .max = 90}};

static void list_choices(cy_out *out, const char *code, const cy_message *const *found, size_t count)
{
  cy_out_str(out, "id", NULL, code);
  cy_out_str(out, "what", NULL, "choices");
  cy_out_line(out, "Several products have a %s:", code);
  cy_out_table(out, "choices", "", choice_columns, CY_COUNT(choice_columns));
  for (size_t i = 0; i < count; i++)
    put_choice(out, found[i]);
  cy_out_table_end(out);
  cy_out_line(out, "`causey explain %s:%s` explains that one.", found[0]->family->id, found[0]->code);
}

static void explain_family(cy_out *out, const cy_message_family *family)
{
  cy_out_str(out, "id", "Family", family->id);
  cy_out_str(out, "what", NULL, "family");
  cy_out_str(out, "title", "From", family->title);
  cy_out_table(out, "choices", "", choice_columns, CY_COUNT(choice_columns));
  for (size_t i = 0; i < cy_message_count; i++)
    if (cy_messages[i].family == family)
      put_choice(out, &cy_messages[i]);
  cy_out_table_end(out);
}

static void explain_cause(cy_out *out, const cy_cause *cause)
{
  enum { MOST = 200 };
  const cy_message *found[MOST];
  size_t count = cy_messages_of_cause(found, MOST, cause->id, NULL);
  cy_out_str(out, "id", "Cause", cause->id);
  cy_out_str(out, "what", NULL, "cause");
  cy_out_str(out, "title", NULL, cause->title);
  cy_out_str(out, "check", NULL, cause->check);
  cy_out_str(out, "fix", NULL, cause->fix);
  cy_out_line(out, "%s", "");
  cy_out_paragraphs(out, cause->title);
  cy_out_heading(out, "How to find out");
  cy_out_paragraphs(out, cause->check);
  cy_out_heading(out, "What mends it");
  cy_out_paragraphs(out, cause->fix);
  cy_out_heading(out, "What is said about it, where it is likeliest first");
  cy_out_table(out, "choices", "", choice_columns, CY_COUNT(choice_columns));
  for (size_t i = 0; i < count; i++)
    put_choice(out, found[i]);
  cy_out_table_end(out);
}

/* "gsk:434", "alert:handshake_failure". */
static const cy_message *of_family(const char *word)
{
  char family[24];
  const char *colon = strchr(word, ':');
  if (!colon || colon == word || (size_t)(colon - word) >= sizeof family)
    return NULL;
  memcpy(family, word, (size_t)(colon - word));
  family[colon - word] = 0;
  return cy_message_get(family, colon + 1);
}

bool cy_explain_message(cy_out *out, const char *word)
{
  const cy_message *found[16], *one = of_family(word);
  const cy_cause *cause = cy_cause_find(word);
  const cy_message_family *family = cy_message_family_find(word);
  size_t count = one ? 0 : cy_messages_of_code(found, CY_COUNT(found), word);
  if (one)
    explain_message(out, one);
  else if (cause)
    explain_cause(out, cause);
  else if (count == 1)
    explain_message(out, found[0]);
  else if (count > 1)
    list_choices(out, word, found, count < CY_COUNT(found) ? count : CY_COUNT(found));
  else if (family)
    explain_family(out, family);
  return one || cause || count || family;
}

void cy_explain_message_nearest(cy_nearest *near)
{
  for (size_t i = 0; i < cy_cause_count; i++)
    cy_nearest_try(near, cy_causes[i].id);
  for (size_t i = 0; i < cy_message_family_count; i++)
    cy_nearest_try(near, cy_message_families[i].id);
  for (size_t i = 0; i < cy_message_count; i++)
    if (strlen(cy_messages[i].code) > 4)
      cy_nearest_try(near, cy_messages[i].code);
}

cy_err *cy_explain_no_such_code(const char *word)
{
  const char *colon = strchr(word, ':');
  for (size_t i = 0; colon && i < cy_message_family_count; i++) {
    const cy_message_family *family = &cy_message_families[i];
    if (!colon[1] || strlen(family->id) != (size_t)(colon - word) ||
        strncasecmp(family->id, word, strlen(family->id)) != 0)
      continue;
    cy_nearest near = CY_NEAREST(colon + 1);
    for (size_t m = 0; m < cy_message_count; m++)
      if (cy_messages[m].family == family)
        cy_nearest_try(&near, cy_messages[m].code);
    cy_err *err =
      cy_err_new(CY_E_USAGE, "there is no %s among the messages of %s here", colon + 1, family->title);
    if (near.best)
      return cy_err_hint(err, "Did you mean %s:%s? `causey explain %s` lists those that are known.",
        family->id, near.best, family->id);
    return cy_err_hint(err, "`causey explain %s` lists those that are known.", family->id);
  }
  return NULL;
}

void cy_explain_message_list(
  cy_out *out, void (*row)(cy_out *out, const char *what, const char *id, const char *title))
{
  for (size_t i = 0; i < cy_message_family_count; i++)
    row(out, "messages", cy_message_families[i].id, cy_message_families[i].title);
  for (size_t i = 0; i < cy_cause_count; i++)
    row(out, "cause", cy_causes[i].id, cy_causes[i].title);
}
