/* Channel authentication records and what they come to, in words. */
#include "identity/chlauth.h"

static void put_param(cy_buf *buf, const char *name, const char *value)
{
  if (value)
    cy_buf_printf(buf, " %s('%s')", name, value);
}

void cy_chlauth_record_format(cy_buf *buf, const cy_chlauth *records, const cy_chlauth_record *r)
{
  cy_buf_printf(buf, "%s '%s'", cy_chlauth_type_name(r->type), r->profile);
  put_param(buf, "SSLPEER", r->peer);
  put_param(buf, "SSLCERTI", r->issuer);
  put_param(buf, r->type == CY_CHLAUTH_USERMAP ? "CLNTUSER" : "QMNAME", r->who);
  put_param(buf, "ADDRESS", r->address);
  put_param(buf, r->type == CY_CHLAUTH_BLOCKADDR ? "ADDRLIST" : "USERLIST", r->list);
  if (r->line)
    cy_buf_printf(buf, " (%s:%u)", records->file, r->line);
  else
    cy_buf_str(buf, " (a new queue manager has it)");
}

static void put_user(cy_buf *buf, const cy_chlauth_way *way)
{
  if (way->user)
    cy_buf_printf(buf, "runs as %s%s", way->user, way->flowed ? ", as the partner says" : "");
  else
    cy_buf_str(buf, "runs as whoever the partner says he is, which is not known here");
}

void cy_chlauth_way_format(cy_buf *buf, const cy_chlauth *records, const cy_chlauth_way *way)
{
  static const char *const refusals[] = {"", "refused at the listener, before the channel is named",
    "refused, USERSRC(NOACCESS) (AMQ9777)", "refused because of the user (AMQ9776)"};
  if (way->result == CY_CHLAUTH_RUNS)
    put_user(buf, way);
  else
    cy_buf_str(buf, refusals[way->result]);
  if (way->result == CY_CHLAUTH_BAD_USER && way->user)
    cy_buf_printf(buf, " %s", way->user);
  if (way->warned)
    cy_buf_str(buf, ", with a warning only");
  cy_buf_str(buf, "; ");
  if (way->record)
    cy_chlauth_record_format(buf, records, way->record);
  else
    cy_buf_str(
      buf, way->result == CY_CHLAUTH_BAD_ADDRESS ? "" : "no record maps it: the channel's own MCAUSER");
  if (way->blocker) {
    cy_buf_str(buf, way->record || way->result != CY_CHLAUTH_BAD_ADDRESS ? "; " : "");
    cy_buf_str(buf, way->unless_admin ? "unless he is an administrator: " : "");
    cy_chlauth_record_format(buf, records, way->blocker);
  }
}
