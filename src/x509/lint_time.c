/* Rules on dates. */
#include "x509/lint_rule.h"

static void put_both(cy_buf *buf, cy_time t)
{
  cy_time_format_rfc3339(buf, t);
  cy_buf_str(buf, " (");
  cy_time_format_local(buf, t);
  cy_buf_str(buf, " here)");
}

static void add_times(cy_lint *lint, cy_finding *f, cy_time t, const char *key)
{
  CY_CLEAN(cy_buf) when = CY_BUF_TEXT;
  cy_time_format_rfc3339(&when, t);
  cy_finding_evidence(lint->list, f, key, "%s", cy_buf_cstr(&when));
  cy_finding_evidence(lint->list, f, "days_left", "%lld", (long long)cy_time_days(lint->ctx->now,
    lint->v->not_after));
}

void cy_lint_expired(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  cy_time now = lint->ctx->now;
  if (now == CY_TIME_NONE || now <= v->not_after)
    return;
  CY_CLEAN(cy_buf) when = CY_BUF_TEXT;
  put_both(&when, v->not_after);
  long long days = (long long)((now - v->not_after) / CY_DAY);
  cy_finding *f = CY_LINT_ADD(lint, CERT_EXPIRED, "it expired %lld day%s ago, at %s", days,
    days == 1 ? "" : "s",
    cy_buf_cstr(&when));
  add_times(lint, f, v->not_after, "not_after");
}

/* A start that is less than half a day and a bit ahead is most often a zone, not a plan. */
void cy_lint_not_yet_valid(cy_lint *lint)
{
  enum { WIDEST_ZONE = 14 };
  const cy_cert_view *v = lint->v;
  cy_time now = lint->ctx->now;
  if (now == CY_TIME_NONE || now >= v->not_before)
    return;
  CY_CLEAN(cy_buf) when = CY_BUF_TEXT;
  put_both(&when, v->not_before);
  cy_time ahead = v->not_before - now;
  long long hours = (long long)((ahead + 3599) / 3600), days = (long long)(ahead / CY_DAY);
  bool zone = hours <= WIDEST_ZONE;
  cy_finding *f = CY_LINT_ADD(lint, CERT_NOT_YET_VALID, "it becomes valid in %lld %s%s, at %s",
    days > 1 ? days : hours, days > 1 ? "day" : "hour", (days > 1 ? days : hours) == 1 ? "" : "s",
    cy_buf_cstr(&when));
  add_times(lint, f, v->not_before, "not_before");
  if (!zone)
    return;
  cy_finding_set_why(lint->list, f,
    "Verifiers refuse it until then. A start %lld hour%s ahead is most likely a matter of time zones: the CA "
    "wrote local time as if it were UTC, or the clock or zone of this machine is wrong.",
    hours, hours == 1 ? "" : "s");
  cy_finding_set_fix(lint->list, f,
    "Compare the clocks and zones of the CA and of this machine (date -u on both); wait %lld hour%s, or have "
    "it issued again with a start that lies in the past.",
    hours, hours == 1 ? "" : "s");
}

void cy_lint_expires_soon(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  cy_time now = lint->ctx->now;
  if (now == CY_TIME_NONE || now > v->not_after || now < v->not_before ||
      v->not_after - now > (cy_time)lint->ctx->warn_days * CY_DAY)
    return;
  CY_CLEAN(cy_buf) when = CY_BUF_TEXT;
  put_both(&when, v->not_after);
  long long days = (long long)((v->not_after - now) / CY_DAY);
  cy_finding *f = CY_LINT_ADD(lint, CERT_EXPIRES_SOON, "%lld day%s left, until %s", days,
    days == 1 ? "" : "s",
    cy_buf_cstr(&when));
  add_times(lint, f, v->not_after, "not_after");
}

void cy_lint_issuer_expires_first(cy_lint *lint)
{
  const cy_cert_view *v = lint->v, *issuer = lint->ctx->issuer;
  if (!issuer || issuer->not_after >= v->not_after)
    return;
  CY_CLEAN(cy_buf) ca = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) first = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) last = CY_BUF_TEXT;
  cy_name_format(&ca, issuer->subject, CY_NAMES_RFC4514);
  put_both(&first, issuer->not_after);
  put_both(&last, v->not_after);
  cy_finding *f = CY_LINT_ADD(lint, CERT_ISSUER_EXPIRES_FIRST,
    "its CA %s ends at %s, it would itself last until %s",
    cy_buf_cstr(&ca), cy_buf_cstr(&first), cy_buf_cstr(&last));
  cy_finding_evidence(lint->list, f, "issuer", "%s", cy_buf_cstr(&ca));
}

void cy_lint_validity_reversed(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  if (v->not_after >= v->not_before)
    return;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_buf_str(&text, "valid from ");
  cy_time_format_rfc3339(&text, v->not_before);
  cy_buf_str(&text, " until ");
  cy_time_format_rfc3339(&text, v->not_after);
  CY_LINT_ADD(lint, CERT_VALIDITY_REVERSED, "%s", cy_buf_cstr(&text));
}

/* The limit holds for what was issued from 2020-09-01 on; the last second counts. */
void cy_lint_validity_long(cy_lint *lint)
{
  enum { LIMIT = 398 };
  const cy_cert_view *v = lint->v;
  cy_time days = (v->not_after - v->not_before + CY_DAY) / CY_DAY;
  if (v->not_before < cy_time_from_civil(2020, 9, 1, 0, 0,
    0) || v->not_after - v->not_before < LIMIT * CY_DAY + 1)
    return;
  CY_LINT_ADD(lint, CERT_VALIDITY_LONG, "valid for %lld days, the limit for public CAs is %d",
    (long long)days, LIMIT);
}

void cy_lint_time_form(cy_lint *lint)
{
  if (!lint->v->times_strict)
    CY_LINT_ADD(lint, CERT_TIME_FORM,
      "a date is not UTCTime YYMMDDhhmmssZ until 2049, or not GeneralizedTime YYYYMMDDhhmmssZ after it");
}
