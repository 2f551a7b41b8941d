/*
 * Alerts: their numbers, names and meaning.
 *
 * Purpose:   say what an alert means, under the names that specification and OpenSSL give it.
 * Ownership: constant (data/tls-alerts.tsv, compiled in).
 * Errors:    none: what is not there is NULL.
 * Threads:   constant.
 * Source:    IANA TLS Alerts; RFC 8446 6, RFC 5246 7.2; the rest in the table.
 */
#ifndef CY_TLS_WIRE_ALERT_H
#define CY_TLS_WIRE_ALERT_H

#include "base/common.h"

enum { CY_ALERT_WARNING = 1, CY_ALERT_FATAL = 2 };

typedef struct {
  uint8_t number;
  const char *name; /* "handshake_failure" */
  const char
    *openssl; /* "handshake failure", as its traces call it; NULL: OpenSSL 3.0 has no word for it */
  const char
    *reason; /* "sslv3 alert handshake failure": the error at who received it; NULL: there is none */
  uint16_t min, max;   /* versions that define it */
  const char *meaning; /* a sentence */
} cy_wire_alert;

extern const cy_wire_alert cy_wire_alerts[];
extern const size_t cy_wire_alert_count;

const cy_wire_alert *cy_wire_alert_get(uint8_t number);
/* By either name or OpenSSL's reason, case aside; "_" and blanks are the same; or by its number. */
const cy_wire_alert *cy_wire_alert_find(const char *name);
const char *cy_wire_alert_level_name(uint8_t level); /* "fatal"; NULL when there is none */

#endif
