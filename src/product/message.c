#include "product/message.h"

#include <ctype.h>
#include <strings.h>

#include "base/text.h"

#include "messages.inc"

const char *cy_message_end_name(cy_message_end end)
{
  static const char *const names[] = {"either", "client", "server"};
  return names[end];
}

const char *cy_message_refused_name(cy_message_refused refused)
{
  static const char *const names[] = {"unknown", "here", "there"};
  return names[refused];
}

const cy_cause *cy_cause_find(const char *id)
{
  for (size_t i = 0; i < cy_cause_count; i++)
    if (strcmp(cy_causes[i].id, id) == 0)
      return &cy_causes[i];
  return NULL;
}

const cy_message_family *cy_message_family_find(const char *id)
{
  for (size_t i = 0; i < cy_message_family_count; i++)
    if (strcasecmp(cy_message_families[i].id, id) == 0)
      return &cy_message_families[i];
  return NULL;
}

/* AMQ9633 and AMQ9633I are AMQ9633E: releases differ in the letter, or have none. */
static bool same_code(const char *code, const char *asked)
{
  size_t len = strlen(code), given = strlen(asked);
  if (strcasecmp(code, asked) == 0)
    return true;
  if (len < 6 || !isalpha((unsigned char)code[0]) || !isdigit((unsigned char)code[len - 2]) ||
      !isupper((unsigned char)code[len - 1]))
    return false;
  bool letter = given == len && isalpha((unsigned char)asked[given - 1]);
  return (given == len - 1 || letter) && strncasecmp(code, asked, len - 1) == 0;
}

static bool called(const cy_message *message, const char *asked)
{
  return same_code(message->code, asked) || (message->name[0] && strcasecmp(message->name, asked) == 0);
}

/* Rows are sorted by family, then code: the first that does not come before. */
static size_t place_of(const cy_message_family *family, const char *code)
{
  size_t low = 0, high = cy_message_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const cy_message *m = &cy_messages[middle];
    if (m->family < family || (m->family == family && strcmp(m->code, code) < 0))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const cy_message *cy_message_written(const cy_message_family *family, const char *code)
{
  char bare[24];
  size_t len = strlen(code), at = place_of(family, code);
  if (at < cy_message_count && cy_messages[at].family == family && strcmp(cy_messages[at].code, code) == 0)
    return &cy_messages[at];
  if (!len || len >= sizeof bare || !isalpha((unsigned char)code[0]))
    return NULL;
  memcpy(bare, code, len + 1);
  if (isalpha((unsigned char)bare[len - 1]))
    bare[len - 1] = 0;
  at = place_of(family, bare);
  bool found =
    at < cy_message_count && cy_messages[at].family == family && same_code(cy_messages[at].code, code);
  return found ? &cy_messages[at] : NULL;
}

const cy_message *cy_message_get(const char *family, const char *code)
{
  const cy_message_family *wanted = cy_message_family_find(family);
  for (size_t i = wanted ? place_of(wanted, "") : cy_message_count; i < cy_message_count; i++) {
    if (cy_messages[i].family != wanted)
      break;
    if (called(&cy_messages[i], code))
      return &cy_messages[i];
  }
  return NULL;
}

size_t cy_messages_of_code(const cy_message *out[], size_t max, const char *code)
{
  size_t count = 0;
  for (size_t i = 0; i < cy_message_count; i++) {
    if (!called(&cy_messages[i], code))
      continue;
    if (count < max)
      out[count] = &cy_messages[i];
    count++;
  }
  return count;
}

static bool has_word(const char *words, const char *wanted)
{
  size_t len = strlen(wanted);
  for (const char *at = words; *at; at += *at == ' ') {
    size_t word = strcspn(at, " ");
    if (word == len && memcmp(at, wanted, len) == 0)
      return true;
    at += word;
  }
  return false;
}

static int rank_of(const cy_message *message, const cy_cause *cause)
{
  for (size_t i = 0; i < message->cause_count; i++)
    if (&cy_causes[message->causes[i]] == cause)
      return (int)i;
  return -1;
}

int cy_message_cause_rank(const cy_message *message, const char *cause_id)
{
  const cy_cause *cause = cy_cause_find(cause_id);
  return cause ? rank_of(message, cause) : -1;
}

size_t cy_messages_of_cause(const cy_message *out[], size_t max, const char *cause_id, const char *product)
{
  const cy_cause *cause = cy_cause_find(cause_id);
  size_t count = 0;
  for (int rank = 0; cause && rank < 8; rank++) {
    for (size_t i = 0; i < cy_message_count && count < max; i++) {
      const cy_message *m = &cy_messages[i];
      if (rank_of(m, cause) == rank && (!product || has_word(m->family->products, product)))
        out[count++] = m;
    }
  }
  return count;
}
