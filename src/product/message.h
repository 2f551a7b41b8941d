/*
 * Messages of other products: what a code or a text in a log means, and what causes it.
 *
 * Purpose:   dated facts behind `causey explain` and behind "what each product writes in its log about it":
 *            messages by family and code, the causes that they share, and what several mean together.
 * Ownership: constant data (data/messages.tsv, causes.tsv, message-families.tsv, message-sets.tsv, compiled
 * in). Errors:    none: what is not there is NULL or a count of 0. Threads:   constant. Source:    each
 * row's own.
 */
#ifndef CY_PRODUCT_MESSAGE_H
#define CY_PRODUCT_MESSAGE_H

#include "base/common.h"

/* Why a connection fails. Ids are never reused: "suite.none-in-common". */
typedef struct {
  const char *id;
  const char *title; /* what is so, a sentence */
  const char *check; /* how to find out */
  const char *fix;   /* what mends it */
} cy_cause;

/* Who writes such messages: "amq", "gsk", "java". */
typedef struct {
  const char *id;
  const char *title;
  const char *products; /* separated by blanks */
} cy_message_family;

/* The end that says it. */
typedef enum { CY_END_EITHER, CY_END_CLIENT, CY_END_SERVER } cy_message_end;
const char *cy_message_end_name(cy_message_end end); /* "client" */

/* Who refused or failed: the end that says it, or the other one. */
typedef enum { CY_REFUSED_UNKNOWN, CY_REFUSED_HERE, CY_REFUSED_THERE } cy_message_refused;
const char *cy_message_refused_name(cy_message_refused refused); /* "here", "there", "unknown" */

typedef struct {
  const cy_message_family *family;
  const char *code; /* "AMQ9633E", "434", "no-shared-cipher" */
  const char *name; /* another name to ask by, "handshake_failure"; "" */
  cy_message_end end;
  cy_message_refused refused;
  const uint16_t *causes; /* in cy_causes, the likeliest first */
  size_t cause_count;
  const char *meaning;
  const char *advice; /* what to look at besides the causes; "" */
  const char *source; /* "": nowhere; then the certainty is "memory" */
  const char *date;
  const char
    *certainty; /* "seen", "read", "name" (number and name were read), "memory" (as far as known) */
} cy_message;

/* Whether it came from the other end or went there. */
typedef enum { CY_MESSAGE_UNSAID, CY_MESSAGE_RECEIVED, CY_MESSAGE_SENT } cy_message_way;

/* How a message is written in a log. */
typedef enum {
  CY_FORM_TEXT,   /* a text of one message */
  CY_FORM_NUMBER, /* a text behind which a number of the family stands */
  CY_FORM_CODE,   /* a prefix of codes made of letters and digits */
} cy_message_form_kind;
typedef enum {
  CY_FORM_ALWAYS,
  CY_FORM_SAME_LINE,    /* only when `word` is on the line, too */
  CY_FORM_NEAR_MESSAGE, /* only near a message whose code begins with `word` */
} cy_message_form_when;
typedef struct {
  const char *text; /* in lower case */
  cy_message_form_kind kind;
  cy_message_way way;
  cy_message_form_when when;
  uint16_t family;
  int message;          /* -1: of the family */
  unsigned least, most; /* digits of a code */
  const char *after;    /* behind the number */
  const char *word;
} cy_message_form;

typedef struct {
  uint16_t message;
  cy_message_way way; /* CY_MESSAGE_UNSAID: any */
  bool instead;       /* will do in place of the one before */
} cy_message_need;

/* What several messages mean together. */
typedef struct {
  const char *id;
  const cy_message_need *needs;
  size_t need_count;
  const uint16_t *causes;
  size_t cause_count;
  const char *meaning;
  const char *source;
  const char *date;
  const char *certainty;
} cy_message_set;

extern const cy_cause cy_causes[];
extern const size_t cy_cause_count;
extern const cy_message_family cy_message_families[];
extern const size_t cy_message_family_count;
extern const cy_message cy_messages[]; /* by family, then code */
extern const size_t cy_message_count;
extern const cy_message_form cy_message_forms[];
extern const size_t cy_message_form_count;
extern const cy_message_set cy_message_sets[];
extern const size_t cy_message_set_count;

const cy_cause *cy_cause_find(const char *id);
const cy_message_family *cy_message_family_find(const char *id);

/* By family and code ("gsk", "434"; "alert", "handshake_failure"). Case does not matter, nor the letter
 * behind a code of digits (AMQ9633, AMQ9633E). */
const cy_message *cy_message_get(const char *family, const char *code);
/* The same for what stands in a log, without its names: exactly so, but for the letter. Fast. */
const cy_message *cy_message_written(const cy_message_family *family, const char *code);
/* All that bear this code or name, in any family; returns how many there are, even above `max`. */
size_t cy_messages_of_code(const cy_message *out[], size_t max, const char *code);
/* All that a product ("mq", "java", "nginx"; NULL: any) writes for a cause, those first that it is
 * likeliest for. Returns how many were put into `out`. */
size_t cy_messages_of_cause(const cy_message *out[], size_t max, const char *cause_id, const char *product);
/* The place of a cause among those of a message, 0 is the likeliest; -1: none of its. */
int cy_message_cause_rank(const cy_message *message, const char *cause_id);

#endif
