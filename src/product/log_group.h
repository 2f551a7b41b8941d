/*
 * Groups of messages in a log: which ones belong together, and how often the same group comes.
 *
 * Purpose:   the inside of product/log.c.
 * Ownership: groups own their samples; cases take them over.
 * Errors:    memory.
 * Threads:   one owner.
 */
#ifndef CY_PRODUCT_LOG_GROUP_H
#define CY_PRODUCT_LOG_GROUP_H

#include "base/map.h"
#include "product/log.h"

enum { LOG_OPEN = 16, LOG_UNKNOWN = 100 };

/* The moment that a log gives: as it has it, and in seconds of a day; -1: none. */
typedef struct {
  char text[40];
  long seconds;
  size_t line; /* where it stood */
} log_time;

/* Where a hit was found. */
typedef struct {
  size_t line;
  cy_span text;
  char key[24]; /* connection, when the line names one; "" */
  log_time time;
} log_place;

typedef struct {
  cy_log_case found;
  const char *near[CY_LOG_ITEMS]; /* an item that counts only near a message that begins so; "" */
  char key[24];
  log_time time;
  bool open;
} log_group;

typedef struct {
  log_group groups[LOG_OPEN];
  cy_map index; /* cases by what is in them */
  cy_log_case *cases;
  size_t case_count, case_cap, other_cases;
  cy_log_unknown unknown[LOG_UNKNOWN];
  size_t unknown_count;
  const char *file;
} log_groups;

cy_err *cy_log_groups_add(log_groups *all, const cy_message_hit *hit, const log_place *place) CY_MUST_USE;
/* Closes all groups, at the end of a file. */
cy_err *cy_log_groups_close(log_groups *all) CY_MUST_USE;
void cy_log_groups_clear(log_groups *all);

#endif
