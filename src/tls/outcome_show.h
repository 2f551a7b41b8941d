/*
 * Outcomes of predictions, for people and programs.
 *
 * Purpose:   what two ends agree on and what decided each step; or where it fails, who alerts, what the
 *            products write in their logs, and the smallest changes that mend it.
 * Ownership: borrows.
 * Errors:    in the output.
 * Threads:   the output's owner.
 * Source:    docs/schema/tls_check-1.json.
 */
#ifndef CY_TLS_OUTCOME_SHOW_H
#define CY_TLS_OUTCOME_SHOW_H

#include "base/out.h"
#include "tls/mend.h"

typedef struct {
  const cy_tls_terms *client, *server;
  const cy_tls_outcome *outcome;
  const cy_tls_mends *mends; /* NULL: none were looked for */
} cy_tls_shown;

/* The fields of an object that is open. */
void cy_tls_outcome_show(cy_out *out, const cy_tls_shown *shown);
/* One line: "TLS 1.3, TLS_AES_256_GCM_SHA384, x25519", or "suite.none-in-common: the server sends
 * handshake_failure (40)". */
void cy_tls_outcome_line(cy_buf *buf, const cy_tls_shown *shown);
/* What stands against what: both lists, suite and key, the broken rule. */
void cy_tls_outcome_against(cy_buf *buf, const cy_tls_shown *shown);
/* The same of what queue managers compare afterwards; false: the outcome is of another kind. */
bool cy_tls_outcome_against_channel(cy_buf *buf, const cy_tls_shown *shown);
/* The user that the server's channel runs as, in a word or two. */
void cy_tls_outcome_user(cy_buf *buf, const cy_tls_shown *shown);
/* Key "channel_authentication" of an object that is open: every record that may win. */
void cy_tls_outcome_show_channel(cy_out *out, const cy_tls_shown *shown);
/* Keys "write", "then" and "certainty" of an object that is open: how the side's product writes the field,
 * and what must be reloaded. */
void cy_tls_write_show(cy_out *out, const cy_tls_side *changed, cy_tls_role role, cy_tls_field field);
/* The cause under the name that messages and `explain` know (product/message.h): broken chains by what is
 * wrong with them. */
const char *cy_tls_outcome_cause_id(const cy_tls_outcome *outcome);
/* "CN=a, CN=b": the CAs that a server names; who issued the certificates of a client. */
void cy_tls_names_format(cy_buf *buf, const cy_tls_terms *server);
void cy_tls_issuers_format(cy_buf *buf, const cy_tls_terms *client);
/* What a cause is about at either end. */
cy_tls_field cy_tls_cause_field(cy_tls_cause cause);
/* A setting in force: "ssl_protocols TLSv1.2 (nginx.conf:12)", or "default of OpenSSL 3.0". */
void cy_tls_setting_format(cy_buf *buf, const cy_tls_terms *terms, cy_tls_field field);

#endif
