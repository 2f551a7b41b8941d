#include "tls/cipher_string.h"

#include "base/text.h"

typedef struct {
  cy_cipher_string *out;
  cy_cipher_rules rules;
  cy_span text;
  size_t at;
} evaluation;

static bool is_divider(uint8_t c)
{
  return c == ':' || c == ' ' || c == ';' || c == ',';
}

static bool is_word(uint8_t c)
{
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '=';
}

static uint8_t peek(const evaluation *e)
{
  return e->at < e->text.len ? e->text.data[e->at] : 0;
}

static cy_span take_word(evaluation *e)
{
  size_t start = e->at;
  while (e->at < e->text.len && is_word(peek(e)))
    e->at++;
  return cy_span_of(e->text.data + start, e->at - start);
}

static void skip_entry(evaluation *e)
{
  while (e->at < e->text.len && !is_divider(peek(e)))
    e->at++;
}

static void note_unknown(evaluation *e, cy_span word, cy_cipher_rule rule)
{
  cy_cipher_string *out = e->out;
  if (out->unknown_count < CY_CIPHER_WORDS)
    out->unknown[out->unknown_count++] =
      (cy_cipher_word){word, rule == CY_CIPHER_KILL || rule == CY_CIPHER_DELETE};
}

/* Each part narrows what the others allow; two that exclude each other choose nothing. */
static bool narrow(uint32_t *have, uint32_t more)
{
  if (!more)
    return true;
  *have = *have ? *have & more : more;
  return *have != 0;
}

static bool join(cy_cipher_choice *sum, const cy_cipher_choice *part)
{
  if (part->strong && !sum->strong)
    sum->other = 0; /* OpenSSL forgets it there */
  bool good = narrow(&sum->kx, part->kx) && narrow(&sum->auth, part->auth) &&
              narrow(&sum->enc, part->enc) && narrow(&sum->mac, part->mac) &&
              narrow(&sum->strong, part->strong) && narrow(&sum->other, part->other);
  if (!good)
    return false;
  if (part->code)
    sum->code = part->code;
  if (part->min && sum->min && part->min != sum->min)
    return false;
  if (part->min)
    sum->min = part->min;
  return true;
}

/* word+word+word; *chooses: it means something. */
static bool read_entry(evaluation *e, cy_cipher_rule rule, cy_cipher_choice *choice, bool *chooses)
{
  *choice = (cy_cipher_choice){0};
  *chooses = true;
  for (;;) {
    cy_cipher_choice part;
    cy_span word = take_word(e);
    if (!word.len)
      return false;
    bool more = peek(e) == '+';
    e->at += more;
    bool known = cy_cipher_word_choice(word, &part);
    if (!known)
      note_unknown(e, word, rule);
    if (!known || !join(choice, &part)) {
      *chooses = false;
      skip_entry(e);
      return true;
    }
    if (!more)
      return true;
  }
}

static const char *special(evaluation *e)
{
  static const char level[] = "SECLEVEL=";
  cy_span word = take_word(e);
  const char *refused = NULL;
  if (cy_span_equal(word, CY_SPAN("STRENGTH"))) {
    cy_cipher_rules_sort(&e->rules);
  } else if (word.len == sizeof level && memcmp(word.data, level, sizeof level - 1) == 0 &&
             word.data[word.len - 1] >= '0' && word.data[word.len - 1] <= '5') {
    e->out->level = word.data[word.len - 1] - '0';
  } else {
    refused = "behind @ stands STRENGTH, or SECLEVEL= and a digit from 0 to 5";
  }
  skip_entry(e);
  return refused;
}

static cy_cipher_rule take_rule(evaluation *e)
{
  switch (peek(e)) {
  case '-':
    e->at++;
    return CY_CIPHER_DELETE;
  case '+':
    e->at++;
    return CY_CIPHER_ORDER;
  case '!':
    e->at++;
    return CY_CIPHER_KILL;
  default:
    return CY_CIPHER_ADD;
  }
}

/* NULL, or why it is refused. A wrong word behind @ is, and yet the rest is looked at. */
static const char *evaluate(evaluation *e, cy_span text)
{
  const char *refused = NULL;
  e->text = text;
  e->at = 0;
  while (e->at < text.len) {
    cy_cipher_choice choice;
    bool chooses;
    if (is_divider(peek(e))) {
      e->at++;
      continue;
    }
    if (peek(e) == '@') {
      e->at++;
      if (!is_word(peek(e)))
        return "nothing follows the @";
      const char *wrong = special(e);
      refused = refused ? refused : wrong;
      continue;
    }
    cy_cipher_rule rule = take_rule(e);
    if (!read_entry(e, rule, &choice, &chooses))
      return "a character that has no meaning there";
    if (chooses)
      cy_cipher_rules_apply(&e->rules, &choice, rule);
  }
  return refused;
}

/* Suite B is a profile of its own: what follows the word is not looked at. */
static cy_span suite_b(cy_span text)
{
  static const struct {
    const char *word, *means;
  } rows[] = {{"SUITEB128ONLY", "ECDHE-ECDSA-AES128-GCM-SHA256"},
    {"SUITEB128C2", "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {"SUITEB128", "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"},
    {"SUITEB192", "ECDHE-ECDSA-AES256-GCM-SHA384"}};
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    size_t len = strlen(rows[i].word);
    if (text.len >= len && memcmp(text.data, rows[i].word, len) == 0)
      return cy_span_str(rows[i].means);
  }
  return text;
}

static const char *evaluate_all(evaluation *e, cy_span text)
{
  static const char word[] = "DEFAULT";
  size_t len = sizeof word - 1;
  text = suite_b(text);
  if (text.len < len || memcmp(text.data, word, len) != 0)
    return evaluate(e, text);
  const char *refused = evaluate(e, CY_SPAN("ALL:!COMPLEMENTOFDEFAULT:!eNULL"));
  len += text.len > len && text.data[len] == ':';
  return refused ? refused : evaluate(e, cy_span_of(text.data + len, text.len - len));
}

cy_err *cy_cipher_string_read(cy_cipher_string *out, cy_span text)
{
  evaluation e = {.out = out};
  *out = (cy_cipher_string){.level = -1};
  cy_cipher_rules_init(&e.rules);
  out->refused = evaluate_all(&e, text);
  CY_TRY(cy_cipher_rules_codes(&e.rules, &out->suites));
  out->evaluated = !out->refused;
  if (!out->refused && !out->suites.count)
    out->refused = "no suite is left";
  return NULL;
}

void cy_cipher_string_clear(cy_cipher_string *string)
{
  cy_codes_clear(&string->suites);
  *string = (cy_cipher_string){.level = -1};
}
