/*
 * Finding messages of other products in text, all of them in one pass.
 *
 * Purpose:   an automaton over all texts, codes and ways of writing numbers (Aho and Corasick), so that a
 * log is read once however many messages are known. Ownership: the matcher belongs to the caller; hits
 * point to constant data. Errors:    memory. Threads:   a matcher is read only once made and may be shared.
 */
#ifndef CY_PRODUCT_MATCH_H
#define CY_PRODUCT_MATCH_H

#include "base/err.h"
#include "product/message.h"

typedef struct cy_message_matcher cy_message_matcher;

typedef struct {
  const cy_message *message; /* NULL: a code of the family that is not known here */
  const cy_message_family *family;
  cy_message_way way;
  const char *near;  /* counts only near a message whose code begins with this; "": always */
  size_t start, end; /* in the line */
} cy_message_hit;

cy_err *cy_message_matcher_new(cy_message_matcher **out) CY_MUST_USE;
void cy_message_matcher_free(cy_message_matcher *matcher);
CY_AUTO_DEFINE(cy_message_matcher)

/* The messages in one line, at most `max`; what lies inside of a longer one is left out. Any bytes will do.
 */
size_t cy_message_match(const cy_message_matcher *matcher, cy_message_hit *hits, size_t max, cy_span line);

#endif
