/* Values: what is a secret, and what only stands where one would. And the first words of traces. */
#include "audit/text.h"
#include "base/buf.h"
#include "base/text.h"

static bool has(cy_span value, const char *part)
{
  size_t len = strlen(part);
  for (size_t i = 0; i + len <= value.len; i++)
    if (strncasecmp((const char *)value.data + i, part, len) == 0)
      return true;
  return false;
}

static bool equals(cy_span value, const char *word)
{
  return cy_ascii_equal_nocase(value, cy_span_str(word));
}

/* $PASS, %PASS%, @PASS@, <password>, {{ password }}, #{password}, `cat file` */
static bool is_variable(cy_span v)
{
  uint8_t first = v.data[0], last = v.data[v.len - 1];
  return memchr(v.data, '$', v.len) || memchr(v.data, '`', v.len) || memchr(v.data, '{', v.len) ||
         memchr(v.data, '<', v.len) || memchr(v.data, '>', v.len) || first == '[' ||
         (first == '%' && v.len > 1) || (first == '@' && last == '@') || first == '(' || first == '&' ||
         first == '+';
}

/* Sealed, or a name of where it is. */
static bool is_elsewhere(cy_span v)
{
  static const char *const words[] = {
    "enc(", "file:", "env:", "fd:", "vault:", "secretref", "/run/secrets"};
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (v.len > strlen(words[i]) && strncasecmp((const char *)v.data, words[i], strlen(words[i])) == 0)
      return true;
  return false;
}

/* PASSWORD, STORE_PASS, MY-PIN: what a reader is to put his own in place of. */
static bool is_name_in_capitals(cy_span v)
{
  bool named = has(v, "pass") || has(v, "pin") || has(v, "pw") || has(v, "secret");
  for (size_t i = 0; i < v.len; i++)
    if (!((v.data[i] >= 'A' && v.data[i] <= 'Z') || v.data[i] == '_' || v.data[i] == '-'))
      return false;
  return named;
}

static bool is_placeholder(cy_span v)
{
  static const char *const parts[] = {
    "your", "...", "xxxx", "****", "placeholder", "redacted", "_here", "-here"};
  static const char *const whole[] = {"none", "null", "nil", "false", "true", "prompt", "stdin", "xxx", "*",
    "**", "***", "no", "yes", "todo", "and", "or", "is", "the", "to", "for", "in"};
  for (size_t i = 0; i < CY_COUNT(parts); i++)
    if (has(v, parts[i]))
      return true;
  for (size_t i = 0; i < CY_COUNT(whole); i++)
    if (equals(v, whole[i]))
      return true;
  return is_name_in_capitals(v);
}

bool cy_text_is_secret(cy_span value)
{
  if (value.len < 2 || value.len > 256 || !cy_utf8_valid(value))
    return false;
  return !is_variable(value) && !is_elsewhere(value) && !is_placeholder(value);
}

/* Traces. */

static bool is_hex(uint8_t c)
{
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* So many hexadecimal digits, after blanks. Moves behind them. */
static bool takes_hex(cy_span *rest, size_t least)
{
  size_t at = 0, n = 0;
  while (at < rest->len && rest->data[at] == ' ')
    at++;
  while (at + n < rest->len && is_hex(rest->data[at + n]))
    n++;
  *rest = cy_span_of(rest->data + at + n, rest->len - at - n);
  return n >= least;
}

static bool takes(cy_span *rest, const char *word)
{
  size_t len = strlen(word);
  while (rest->len && (rest->data[0] == ' ' || rest->data[0] == '\t'))
    *rest = cy_span_of(rest->data + 1, rest->len - 1);
  if (rest->len < len || strncasecmp((const char *)rest->data, word, len) != 0)
    return false;
  *rest = cy_span_of(rest->data + len, rest->len - len);
  return true;
}

static cy_span head_of(cy_span rest, size_t len)
{
  return cy_span_of(rest.data, rest.len < len ? rest.len : len);
}

/* NSS key logs: WORD, client random, secret. */
static bool is_key_log(cy_span rest, const char *word)
{
  return takes(&rest, word) && takes_hex(&rest, 64) && takes_hex(&rest, 64);
}

/* OpenSC's spy writes the call, its arguments and the bytes of the PIN. */
static bool is_spied_login(cy_span rest)
{
  cy_span near = head_of(rest, 600);
  return has(near, "[in] pPin[ulPinLen]") && has(near, "[in] userType");
}

/* A VERIFY command with data (00 20 P1 P2 Lc and at least two octets of it). */
static bool is_verify_command(cy_span rest)
{
  static const char *const begin[] = {"00", "20", "00"};
  for (size_t i = 0; i < CY_COUNT(begin); i++)
    if (!takes(&rest, begin[i]) || !rest.len || rest.data[0] != ' ')
      return false;
  for (int i = 0; i < 4; i++) {
    size_t before = rest.len;
    if (!takes_hex(&rest, 2) || before - rest.len != 3)
      return false;
  }
  return true;
}

/* In OpenSC's notation (its own line, behind a heading), or in that of pcscd and others ("APDU: 00 20
 * ..."). */
static bool is_verify(cy_span rest)
{
  const uint8_t *nl = memchr(rest.data, '\n', rest.len);
  cy_span first = head_of(rest, nl ? (size_t)(nl - rest.data) : rest.len);
  const uint8_t *apdu = memmem(first.data, first.len, "APDU: ", 6);
  if (apdu)
    return is_verify_command(cy_span_of(apdu + 6, first.len - (size_t)(apdu + 6 - first.data)));
  return nl && has(first, "Outgoing APDU") &&
         is_verify_command(cy_span_of(nl + 1, rest.len - (size_t)(nl + 1 - rest.data)));
}

/* "Master Secret:" and a dump (Java), or "MASTER SECRET[48]: hex" (GnuTLS). */
static bool is_master_secret(cy_span rest)
{
  cy_span near = head_of(rest, 200);
  cy_span line = rest;
  if (takes(&line, "Master Secret:") && takes(&line, "\n") && takes(&line, "0000:"))
    return takes_hex(&line, 2);
  const uint8_t *at = memmem(near.data, near.len, "MASTER SECRET[48]: ", 19);
  if (!at)
    return false;
  line = cy_span_of(at + 19, rest.len - (size_t)(at + 19 - rest.data));
  return takes_hex(&line, 64);
}

bool cy_text_is_trace(cy_span rest, const cy_text_rule *rule)
{
  cy_span at = rest;
  if (strcmp(rule->word, "master-key") == 0)
    return takes(&at, "Master-Key:") && takes_hex(&at, 64);
  if (strcmp(rule->word, "resumption") == 0)
    return takes(&at, "Resumption PSK:") && takes_hex(&at, 64);
  if (strcmp(rule->word, "ssl") == 0)
    return takes(&at, "-----BEGIN SSL SESSION PARAMETERS-----");
  if (strcmp(rule->word, "c_login") == 0)
    return is_spied_login(rest);
  if (strcmp(rule->word, "apdu") == 0 || strcmp(rule->word, "outgoing") == 0)
    return is_verify(rest);
  if (strcmp(rule->word, "master") == 0)
    return is_master_secret(rest);
  return is_key_log(rest, rule->word);
}
