/* The words of a plan, and one certificate under it. */
#include "audit/plan.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"

typedef struct {
  const char *word;
  bool number;
  const char *words; /* with %u for a number */
} row;

static const row rows[CY_PLAN_RULES] = {
  [CY_PLAN_MIN_RSA] = {"min-rsa", true, "RSA keys of at least %u bits"},
  [CY_PLAN_MIN_EC] = {"min-ec", true, "EC keys of at least %u bits"},
  [CY_PLAN_NO_MD5] = {"no-md5", false, "no signatures with MD5"},
  [CY_PLAN_NO_SHA1] = {"no-sha1", false, "no signatures with SHA-1 or older"},
  [CY_PLAN_NO_DSA] = {"no-dsa", false, "no DSA keys"},
  [CY_PLAN_NO_RSA] = {"no-rsa", false, "no RSA keys"},
  [CY_PLAN_NO_SELF_SIGNED] = {"no-self-signed", false, "no self-signed certificates but CAs"},
  [CY_PLAN_MIN_DAYS] = {"min-days", true, "at least %u days left"},
  [CY_PLAN_MAX_DAYS] = {"max-days", true, "valid for at most %u days"},
};

static cy_err *unknown(const char *word)
{
  cy_nearest near = CY_NEAREST(word);
  for (size_t i = 0; i < CY_PLAN_RULES; i++)
    cy_nearest_try(&near, rows[i].word);
  cy_err *err = cy_err_new(CY_E_USAGE, "a plan has no rule %s", word);
  return cy_err_hint(err,
    "%s%s%sThere are min-rsa=N, min-ec=N, min-days=N, max-days=N, no-md5, no-sha1, no-dsa, no-rsa and "
    "no-self-signed.",
    near.best ? "Did you mean " : "", near.best ? near.best : "", near.best ? "? " : "");
}

static cy_err *parse_limit(unsigned *limit, const char *word, const char *value)
{
  char *end;
  errno = 0;
  unsigned long n = value ? strtoul(value, &end, 10) : 0;
  if (!value || errno || *end || value == end || *value < '0' || *value > '9' || n > 1000000)
    return cy_err_hint(
      cy_err_new(CY_E_USAGE, "%s in a plan needs a number, not \"%s\"", word, value ? value : ""),
      "Write %s=%s.", word,
      strcmp(word, "min-rsa") == 0  ? "2048"
      : strcmp(word, "min-ec") == 0 ? "256"
                                    : "30");
  *limit = (unsigned)n;
  return NULL;
}

static cy_err *parse_rule(cy_plan *plan, char *word)
{
  char *value = strchr(word, '=');
  if (value)
    *value++ = 0;
  for (size_t i = 0; i < CY_PLAN_RULES; i++) {
    if (strcmp(rows[i].word, word) != 0)
      continue;
    if (rows[i].number)
      CY_TRY(parse_limit(&plan->limit[i], word, value));
    else if (value)
      return cy_err_new(CY_E_USAGE, "%s in a plan takes no value", word);
    plan->asked[i] = true;
    plan->any = true;
    return NULL;
  }
  return unknown(word);
}

cy_err *cy_plan_parse(cy_plan *plan, const char *words)
{
  if (!*words)
    return unknown("");
  while (words) {
    const char *comma = strchr(words, ',');
    CY_AUTO_STR char *word = comma ? cy_strndup(words, (size_t)(comma - words)) : cy_strdup(words);
    CY_TRY_ALLOC(word);
    CY_TRY(parse_rule(plan, word));
    words = comma ? comma + 1 : NULL;
  }
  return NULL;
}

void cy_plan_rule_format(cy_buf *buf, const cy_plan *plan, cy_plan_rule rule)
{
  cy_buf_str(buf, rows[rule].word);
  if (rows[rule].number)
    cy_buf_printf(buf, "=%u", plan->limit[rule]);
}

void cy_plan_rule_words(cy_buf *buf, const cy_plan *plan, cy_plan_rule rule)
{
  const char *words = rows[rule].words, *number = strstr(words, "%u");
  if (!number) {
    cy_buf_str(buf, words);
    return;
  }
  cy_buf_put(buf, words, (size_t)(number - words));
  cy_buf_printf(buf, "%u%s", plan->limit[rule], number + 2);
}

static bool is_rsa(const cy_note_cert *c)
{
  return c->key_type == CY_KEY_RSA || c->key_type == CY_KEY_RSA_PSS;
}

static bool breaks(cy_plan_rule rule, unsigned limit, const cy_note_cert *c, bool is_root, cy_time now)
{
  switch (rule) {
  case CY_PLAN_MIN_RSA:
    return is_rsa(c) && c->bits < limit;
  case CY_PLAN_MIN_EC:
    return (c->key_type == CY_KEY_EC || c->key_type == CY_KEY_SM2) && c->bits && c->bits < limit;
  case CY_PLAN_NO_MD5:
    return !is_root && c->digest == CY_OID_MD5;
  case CY_PLAN_NO_SHA1:
    return !is_root && (c->digest == CY_OID_MD5 || c->digest == CY_OID_SHA1);
  case CY_PLAN_NO_DSA:
    return c->key_type == CY_KEY_DSA;
  case CY_PLAN_NO_RSA:
    return is_rsa(c);
  case CY_PLAN_NO_SELF_SIGNED:
    return is_root && !c->is_ca;
  case CY_PLAN_MIN_DAYS:
    return c->not_after < now + (cy_time)limit * CY_DAY;
  case CY_PLAN_MAX_DAYS:
    return !c->is_ca && c->not_after - c->not_before > (cy_time)limit * CY_DAY;
  default:
    return false;
  }
}

cy_plan_rule cy_plan_broken(const cy_plan *plan, const cy_note_cert *cert, bool is_root, cy_time now)
{
  for (int i = 0; i < CY_PLAN_RULES; i++)
    if (plan->asked[i] && breaks((cy_plan_rule)i, plan->limit[i], cert, is_root, now))
      return (cy_plan_rule)i;
  return CY_PLAN_RULES;
}

void cy_plan_broken_words(cy_buf *buf, cy_plan_rule rule, const cy_note_cert *cert, cy_time now)
{
  switch (rule) {
  case CY_PLAN_MIN_RSA:
  case CY_PLAN_NO_RSA:
    cy_buf_printf(buf, "an RSA key of %u bits", cert->bits);
    break;
  case CY_PLAN_MIN_EC:
    cy_buf_printf(buf, "an EC key of %u bits", cert->bits);
    break;
  case CY_PLAN_NO_MD5:
  case CY_PLAN_NO_SHA1:
    cy_buf_printf(buf, "a signature with %s", cert->digest == CY_OID_SHA1 ? "SHA-1" : "MD5 or older");
    break;
  case CY_PLAN_NO_DSA:
    cy_buf_str(buf, "a DSA key");
    break;
  case CY_PLAN_NO_SELF_SIGNED:
    cy_buf_str(buf, "no issuer but itself");
    break;
  case CY_PLAN_MIN_DAYS:
    cy_buf_printf(buf, "%lld days left", (long long)cy_time_days(now, cert->not_after));
    break;
  default:
    cy_buf_printf(
      buf, "a validity of %lld days", (long long)cy_time_days(cert->not_before, cert->not_after));
  }
}
