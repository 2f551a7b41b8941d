/*
 * Logs of other products: what is said in them about a connection, gathered and put together.
 *
 * Purpose:   reads logs as a stream, of any product or several at once, in UTF-8, UTF-16 or EBCDIC; groups
 * the messages of one connection (as far as can be seen), counts equal groups, and weighs the causes.
 * Ownership: the log belongs to the caller; cases and verdicts belong to the log. Names of files are
 * copied. Errors:    memory. No input is wrong: lines of any length and binary rubbish are read. Threads:
 * one owner.
 */
#ifndef CY_PRODUCT_LOG_H
#define CY_PRODUCT_LOG_H

#include "product/match.h"

enum {
  CY_LOG_ITEMS = 24,   /* messages of one group; further ones are counted only */
  CY_LOG_CASES = 400,  /* different groups; further ones are counted only */
  CY_LOG_SAMPLE = 300, /* bytes kept of a line */
  CY_LOG_SETS = 6,
  CY_LOG_CAUSES = 8,
};

typedef struct {
  const cy_message *message;
  bool received, sent; /* alerts and the like: whether the log says where it came from or went to */
  size_t line;         /* of the first one */
  char *sample;        /* that line, cut; any bytes */
} cy_log_item;

/* Messages of one connection or moment; equal ones are one case. */
typedef struct {
  cy_log_item items[CY_LOG_ITEMS];
  size_t item_count;
  size_t count; /* how often */
  const char *file;
  size_t first_line, last_line;       /* of the first time */
  char first_time[40], last_time[40]; /* as the log has them; "" */
  size_t final_line;                  /* of the last time */
} cy_log_case;

typedef struct {
  const cy_cause *cause;
  unsigned weight; /* only good for comparing */
} cy_log_cause;

/* What messages mean together. */
typedef struct {
  const cy_message_set *sets[CY_LOG_SETS];
  size_t set_count;
  cy_log_cause causes[CY_LOG_CAUSES]; /* the likeliest first */
  size_t cause_count;
  cy_message_end refused; /* the end that refused or failed; EITHER: not known */
  cy_message_refused
    relative; /* the end whose log this is, or the other; the log may not tell which one it is */
} cy_log_verdict;

/* A code of a known product that is not in the table. */
typedef struct {
  char code[24];
  size_t count;
} cy_log_unknown;

typedef struct {
  cy_log_case *cases; /* the most frequent first */
  size_t case_count;
  size_t other_cases; /* groups beyond CY_LOG_CASES */
  const cy_log_unknown *unknown;
  size_t unknown_count;
  size_t files;
  uint64_t lines, bytes;
} cy_log_report;

typedef struct cy_log cy_log;

/* The matcher is borrowed. */
cy_err *cy_log_new(cy_log **out, const cy_message_matcher *matcher) CY_MUST_USE;
void cy_log_free(cy_log *log);
CY_AUTO_DEFINE(cy_log)
/* Each file: begin, feed as often as there is something, end. */
cy_err *cy_log_begin(cy_log *log, const char *name) CY_MUST_USE;
cy_err *cy_log_feed(cy_log *log, cy_span bytes) CY_MUST_USE;
cy_err *cy_log_end(cy_log *log) CY_MUST_USE;
/* All that was found so far; sorts the cases. Valid until the next feed. */
const cy_log_report *cy_log_finish(cy_log *log);

/* What the messages of one case mean together. */
void cy_log_judge(cy_log_verdict *out, const cy_log_case *one);
/* What all cases mean together: combinations that no single case holds are found here. */
void cy_log_judge_all(cy_log_verdict *out, const cy_log_report *report);

#endif
