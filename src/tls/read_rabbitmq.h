/*
 * RabbitMQ: what the files of its reader share.
 *
 * Purpose:   read_rabbitmq.c brings all settings into the notation of rabbitmq.conf, whatever file they
 *            stand in, and knows which one holds; read_rabbitmq_side.c makes sides of them.
 * Ownership: the reading's.
 * Errors:    memory, conf.malformed.
 * Threads:   one owner.
 * Source:    rabbitmq.com, "Configuration" and "TLS Support"; the schemas that RabbitMQ 3.10 comes with
 *            (priv/schema); cuttlefish's grammar of .conf files; what a broker of 3.10 does.
 */
#ifndef CY_TLS_READ_RABBITMQ_H
#define CY_TLS_READ_RABBITMQ_H

#include "tls/read_items.h"

typedef struct {
  cy_tls_reading *reading;
  const char *path; /* of the file that was given */
  cy_items items;
  cy_findings findings;
} cy_rabbitmq;

/* The setting that holds; NULL: there is none. */
const cy_item *cy_rabbitmq_get(const cy_rabbitmq *r, const char *prefix, const char *name);
/* The next one behind `after` (NULL: from the start) that is in force and begins with "prefix.name.". */
const cy_item *cy_rabbitmq_next(
  const cy_rabbitmq *r, const char *prefix, const char *name, const cy_item *after);
/* Whether the key begins so, with nothing or a dot behind it. */
bool cy_rabbitmq_below(const char *key, const char *prefix);
cy_err *cy_rabbitmq_sides(cy_rabbitmq *r) CY_MUST_USE;

#endif
