/*
 * libpq, the client library of PostgreSQL: what the files of its reader share.
 *
 * Purpose:   read_libpq_text.c finds connection strings, URIs, services and variables in a text and brings
 *            them into one notation; read_libpq.c makes sides of them.
 * Ownership: the reading's.
 * Errors:    memory, conf.*.
 * Threads:   one owner.
 * Source:    the manual of PostgreSQL 15 to 17, chapters 34.1 (Database Connection Control
 * Functions), 34.15 (Environment Variables), 34.17 (Connection Service File), 34.19 (SSL Support).
 */
#ifndef CY_TLS_READ_LIBPQ_H
#define CY_TLS_READ_LIBPQ_H

#include "tls/read_items.h"

typedef struct {
  cy_tls_reading *reading;
  const char *path;
  cy_items env; /* variables, of this process and of the file */
  cy_findings findings;
} cy_libpq;

/* One connection, as it was written. */
typedef struct {
  cy_items items;
  size_t line;
  char *service; /* of a section of a service file; NULL */
} cy_libpq_connection;

/* Keywords, and the variable that has the same; NULL at the end. */
typedef struct {
  const char *keyword, *variable;
} cy_libpq_word;
extern const cy_libpq_word cy_libpq_words[];
const cy_libpq_word *cy_libpq_word_find(const char *keyword);

typedef cy_err *cy_libpq_take(void *arg, cy_libpq_connection *connection);
/* Calls `take` for each connection string and URI of a text. Variables that it sets go to q->env. */
cy_err *cy_libpq_read_text(cy_libpq *q, cy_span text, cy_libpq_take *take, void *arg) CY_MUST_USE;
/* For each section of a service file; with `only`, for that one. */
cy_err *cy_libpq_read_services(cy_libpq *q, const char *file, cy_span text, const char *only,
  cy_libpq_take *take, void *arg) CY_MUST_USE;
void cy_libpq_connection_clear(cy_libpq_connection *connection);

#endif
