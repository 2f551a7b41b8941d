#include "audit/secret.h"

#include "audit/access_check.h"
#include "audit/codes.h"
#include "base/mem.h"
#include "base/text.h"

/* Stores tried with passwords of one file; lines named in one finding. */
enum { TRIES = 3, LINES_SHOWN = 5 };

void cy_secret_collect(void *arg, const cy_text_hit *hit)
{
  cy_secret_hits *hits = arg;
  if (hits->count < CY_SECRET_HITS)
    hits->items[hits->count++] = *hit;
  else
    hits->more++;
}

cy_severity cy_secret_severity(const cy_audience *readers)
{
  return readers->everyone ? CY_ERROR_SEVERITY : readers->people ? CY_WARNING : CY_NOTICE;
}

/* PINs that are printed in manuals. */

typedef struct {
  const char *value;
  const char *words;
  const char *source;
} known_pin;

static const known_pin known_pins[] = {
  {"3537363231383830", "the SO-PIN that the instructions for the SmartCard-HSM and the Nitrokey HSM use",
    "OpenSC wiki, SmartCardHSM"},
  {"648219", "the PIN that the instructions for the SmartCard-HSM and the Nitrokey HSM use",
    "OpenSC wiki, SmartCardHSM"},
  {"123456", "the PIN that a YubiKey's PIV application and OpenPGP cards come with",
    "docs.yubico.com, PIV"},
  {"12345678",
    "the PUK that a YubiKey's PIV application comes with, and the administrator's PIN of OpenPGP cards and "
    "Nitrokeys",
    "docs.yubico.com, PIV; docs.nitrokey.com"},
  {"010203040506070801020304050607080102030405060708",
    "the management key that a YubiKey's PIV application comes with", "docs.yubico.com, PIV"},
};

static const known_pin *find_known_pin(cy_span value)
{
  for (size_t i = 0; i < CY_COUNT(known_pins); i++)
    if (cy_span_equal(value, cy_span_str(known_pins[i].value)))
      return &known_pins[i];
  return NULL;
}

static void well_known(const cy_secret_place *place, const cy_text_hit *hit)
{
  const known_pin *known = find_known_pin(hit->value);
  if (!known)
    return;
  cy_finding *f = cy_finding_add(place->list, CY_F_PIN_WELL_KNOWN, place->path,
    "line %zu gives %.*s the well-known value %s: %s", hit->line, (int)hit->word.len,
    (const char *)hit->word.data, known->value, known->words);
  cy_finding_evidence(place->list, f, "value", "%s", known->value);
  cy_finding_evidence(place->list, f, "line", "%zu", hit->line);
  cy_finding_evidence(place->list, f, "source", "%s", known->source);
}

/* The store that is named beside a password. */

static bool is_option_for_store(cy_span word)
{
  static const char *const words[] = {
    "-keystore", "-db", "-in", "-inkey", "-srckeystore", "-destkeystore", "-target"};
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (cy_ascii_equal_nocase(word, cy_span_str(words[i])))
      return true;
  return false;
}

/* Cuts the next word off. */
static cy_span next_word(cy_span *rest)
{
  static const char blanks[] = " \t\r\n\\\"'";
  size_t from = 0, to;
  while (from < rest->len && rest->data[from] && strchr(blanks, rest->data[from]))
    from++;
  for (to = from; to < rest->len && rest->data[to] && !strchr(blanks, rest->data[to]); to++)
    ;
  cy_span word = cy_span_of(rest->data + from, to - from);
  *rest = cy_span_of(rest->data + to, rest->len - to);
  return word;
}

/* Tries the password on one path that the text has; a path with variables in it is none. */
static cy_err *try_path(
  const cy_secret_place *place, cy_span path, const char *suffix, cy_span password, cy_buf *opened)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  bool opens = false;
  if (!path.len || path.len > 1024 || memchr(path.data, '$', path.len) || memchr(path.data, 0, path.len))
    return NULL;
  if (path.len > 5 && memcmp(path.data, "file:", 5) == 0)
    path = cy_span_of(path.data + 5, path.len - 5);
  if (path.data[0] == '/' && place->root)
    cy_buf_str(&name, place->root);
  cy_buf_span(&name, path);
  if (*suffix)
    cy_buf_printf(&name, ".%s", suffix);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_secret_opens(&opens, place->folder_fd, cy_buf_cstr(&name), password));
  if (opens)
    cy_buf_span(opened, cy_buf_get(&name));
  return NULL;
}

static cy_err *try_command(
  const cy_secret_place *place, const cy_text_hit *hit, cy_span password, cy_buf *opened)
{
  cy_span rest = hit->from;
  unsigned tries = TRIES;
  while (rest.len && tries && !opened->len) {
    if (!is_option_for_store(next_word(&rest)))
      continue;
    tries--;
    CY_TRY(try_path(place, next_word(&rest), "", password, opened));
  }
  return NULL;
}

static bool names_store(const cy_text_rule *rule)
{
  return rule->role == CY_TEXT_STORE || rule->role == CY_TEXT_TRUST_STORE || rule->role == CY_TEXT_KEY ||
         rule->role == CY_TEXT_AMS_STEM;
}

/* Stores that the same file names for the same product. */
static cy_err *try_settings(const cy_secret_place *place, const cy_secret_hits *hits,
  const cy_text_hit *hit, cy_span password, cy_buf *opened)
{
  unsigned tries = TRIES;
  for (size_t i = 0; i < hits->count && tries && !opened->len; i++) {
    const cy_text_rule *rule = hits->items[i].rule;
    if (!names_store(rule) || strcmp(rule->product, hit->rule->product) != 0)
      continue;
    tries--;
    CY_TRY(try_path(
      place, hits->items[i].value, rule->role == CY_TEXT_AMS_STEM ? rule->needs : "", password, opened));
  }
  return NULL;
}

/* {xor} of WebSphere and Liberty: Base64 of the password's octets, each exclusive-or'd with an underscore.
 */
static void undo_xor(cy_span value, cy_buf *out)
{
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint32_t bits = 0;
  unsigned have = 0;
  for (size_t i = 5; i < value.len; i++) {
    const char *at = value.data[i] ? strchr(digits, value.data[i]) : NULL;
    if (!at)
      return;
    bits = bits << 6 | (uint32_t)(at - digits);
    have += 6;
    if (have >= 8) {
      have -= 8;
      cy_buf_u8(out, (uint8_t)(bits >> have) ^ '_');
    }
  }
}

static cy_err *try_stores(
  const cy_secret_place *place, const cy_secret_hits *hits, const cy_text_hit *hit, cy_buf *opened)
{
  CY_CLEAN(cy_buf) plain = CY_BUF_SECRET(1024);
  cy_span password = hit->value;
  if (hit->obscured) {
    undo_xor(hit->value, &plain);
    password = cy_buf_get(&plain);
  }
  if (hit->rule->role != CY_TEXT_PASSWORD || !password.len)
    return NULL;
  return hit->rule->flags & CY_TEXT_OPTION ? try_command(place, hit, password, opened)
                                           : try_settings(place, hits, hit, password, opened);
}

/* Findings: one a file for each kind of secret and product, with its lines. */

static bool is_password(const cy_text_rule *rule)
{
  return rule->role == CY_TEXT_PASSWORD || rule->role == CY_TEXT_PIN || rule->role == CY_TEXT_SO_PIN;
}

static cy_finding_id id_of(const cy_text_rule *rule)
{
  if (rule->role == CY_TEXT_TRACE)
    return CY_F_TRACE_READABLE;
  return rule->flags & (CY_TEXT_OPTION | CY_TEXT_TOOL) ? CY_F_PASSWORD_IN_COMMAND : CY_F_PASSWORD_IN_CONFIG;
}

static bool is_given_away(const cy_text_rule *rule)
{
  return is_password(rule) || rule->role == CY_TEXT_TRACE;
}

static bool belong_together(const cy_text_hit *a, const cy_text_hit *b)
{
  return is_given_away(a->rule) && is_given_away(b->rule) && id_of(a->rule) == id_of(b->rule) &&
         strcmp(a->rule->product, b->rule->product) == 0;
}

/* "line 3" or "lines 3, 7 and 12 more". */
static void put_lines(cy_buf *buf, const cy_secret_hits *hits, size_t first)
{
  size_t shown = 0, more = 0, last = 0;
  for (size_t i = first; i < hits->count; i++) {
    const cy_text_hit *hit = &hits->items[i];
    if (!belong_together(&hits->items[first], hit) || hit->line == last)
      continue;
    last = hit->line;
    if (shown++ < LINES_SHOWN)
      cy_buf_printf(buf, "%s%zu", shown == 1 ? "" : ", ", hit->line);
    else
      more++;
  }
  if (more)
    cy_buf_printf(buf, " and %zu more", more);
}

static bool is_first(const cy_secret_hits *hits, size_t at)
{
  for (size_t i = 0; i < at; i++)
    if (belong_together(&hits->items[i], &hits->items[at]))
      return false;
  return true;
}

static const char *who(const cy_secret_place *place, cy_buf *buf)
{
  cy_buf_span(buf, cy_buf_get(&place->readers->who));
  return buf->len ? cy_buf_cstr(buf) : NULL;
}

static void put_what(const cy_secret_place *place, cy_finding *f, const char *lines, const cy_text_hit *hit,
  const char *readers)
{
  cy_finding_evidence(place->list, f, "what", "%s %.*s", hit->rule->product,
    hit->rule->role == CY_TEXT_TRACE ? 0 : (int)hit->word.len, (const char *)hit->word.data);
  cy_finding_evidence(place->list, f, "lines", "%s", lines);
  if (readers)
    cy_finding_evidence(place->list, f, "who", "%s", readers);
}

static const char *noun(const cy_text_rule *rule)
{
  return rule->role == CY_TEXT_PASSWORD ? "a password"
         : rule->role == CY_TEXT_PIN    ? "a PIN"
                                        : "an SO-PIN or PUK";
}

static void put_narrow(const cy_secret_place *place, cy_buf *fix)
{
  cy_buf_str(fix, place->readers->everyone ? "chmod o-rwx " : "chmod g-r ");
  cy_text_put_shell(fix, place->path);
}

static cy_err *trace(const cy_secret_place *place, const cy_secret_hits *hits, size_t at)
{
  CY_CLEAN(cy_buf) lines = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) readers = CY_BUF_TEXT;
  const cy_text_hit *hit = &hits->items[at];
  const char *words = who(place, &readers);
  if (!place->readers->people || !words)
    return NULL;
  put_lines(&lines, hits, at);
  cy_finding *f = cy_finding_add(place->list, CY_F_TRACE_READABLE, place->path,
    "%s can read here (%s, line %s) %s", words, hit->rule->product, cy_buf_cstr(&lines), hit->rule->needs);
  if (!place->readers->everyone)
    cy_finding_set_severity(f, CY_WARNING);
  put_what(place, f, cy_buf_cstr(&lines), hit, words);
  return cy_buf_check(&lines);
}

static void put_password_fix(const cy_secret_place *place, cy_finding *f, const cy_text_hit *hit)
{
  CY_CLEAN(cy_buf) fix = CY_BUF_TEXT;
  if (hit->rule->flags & (CY_TEXT_OPTION | CY_TEXT_TOOL)) {
    cy_buf_str(&fix, "Take it out of the command: ");
    cy_buf_str(&fix, strcmp(hit->rule->product, "openssl") == 0   ? "-passin file:FILE"
                     : strcmp(hit->rule->product, "keytool") == 0 ? "-storepass:file FILE, or :env NAME"
                     : strcmp(hit->rule->product, "GSKit") == 0
                       ? "-stashed, with a stash that only its owner can read"
                     : strcmp(hit->rule->product, "NSS") == 0 ? "-w FILE and -k FILE"
                     : strcmp(hit->rule->product, "ldap tools") == 0
                       ? "-y FILE"
                       : "a file that only its owner can read, or a question");
    cy_buf_str(&fix, "; then choose another password, since this one is known");
  } else {
    put_narrow(place, &fix);
    cy_buf_str(&fix,
      " (and chgrp to the service's group, where it is not the owner), then choose another password; "
      "or keep the key on a token");
  }
  cy_finding_set_fix(place->list, f, "%s.", cy_buf_cstr(&fix));
}

static cy_err *password(const cy_secret_place *place, const cy_secret_hits *hits, size_t at)
{
  CY_CLEAN(cy_buf) lines = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) readers = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) opened = CY_BUF_TEXT;
  const cy_text_hit *hit = &hits->items[at];
  bool command = hit->rule->flags & (CY_TEXT_OPTION | CY_TEXT_TOOL);
  const char *words = who(place, &readers);
  if (!place->readers->people && !command)
    return NULL;
  put_lines(&lines, hits, at);
  CY_TRY(try_stores(place, hits, hit, &opened));
  cy_finding *f = cy_finding_add(place->list, id_of(hit->rule), place->path,
    "%s of %s stands here, line %s (%.*s)%s%s%s%s%s", noun(hit->rule), hit->rule->product,
    cy_buf_cstr(&lines), (int)hit->word.len, (const char *)hit->word.data,
    hit->obscured ? ", written as {xor}, which anybody can undo" : "", words ? "; " : "",
    words ? words : "", words ? " can read it" : "",
    opened.len ? ", and it opens the store that is named there" : "");
  if (!place->readers->people)
    cy_finding_set_severity(f, CY_NOTICE);
  else if (opened.len)
    cy_finding_set_severity(f, cy_secret_severity(place->readers));
  put_what(place, f, cy_buf_cstr(&lines), hit, words);
  if (opened.len)
    cy_finding_evidence(place->list, f, "opens", "%s", cy_buf_cstr(&opened));
  put_password_fix(place, f, hit);
  return cy_buf_check(&lines);
}

cy_err *cy_secret_report(const cy_secret_place *place, const cy_secret_hits *hits)
{
  for (size_t i = 0; i < hits->count; i++) {
    const cy_text_hit *hit = &hits->items[i];
    if (hit->rule->role == CY_TEXT_PIN || hit->rule->role == CY_TEXT_SO_PIN)
      well_known(place, hit);
    if (!is_first(hits, i))
      continue;
    if (hit->rule->role == CY_TEXT_TRACE)
      CY_TRY(trace(place, hits, i));
    else if (is_password(hit->rule))
      CY_TRY(password(place, hits, i));
  }
  return NULL;
}
