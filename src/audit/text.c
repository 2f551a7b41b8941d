#include "audit/text.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"

/* What is looked at around a word: no line or element of a person is longer. */
enum { AROUND = 4096, WORD_MAX = 64, COMMAND_LINES = 16 };

const cy_text_rule cy_text_rules[] = {
/* Flags stand in the table without their prefix. */
#define OPTION                                     CY_TEXT_OPTION
#define TOOL                                       CY_TEXT_TOOL
#define DIRECTIVE                                  CY_TEXT_DIRECTIVE
#define ASSIGNED                                   CY_TEXT_ASSIGNED
#define PARENS                                     CY_TEXT_PARENS
#define ATTRIBUTE                                  CY_TEXT_ATTRIBUTE
#define ANYWHERE                                   CY_TEXT_ANYWHERE
#define TAIL                                       CY_TEXT_TAIL
#define PREFIXED                                   CY_TEXT_PREFIXED
#define CY_TEXT(word, product, role, flags, needs) {word, product, CY_TEXT_##role, flags, needs},
#include "audit/text_words.def"
#undef CY_TEXT
};
const size_t cy_text_rule_count = CY_COUNT(cy_text_rules);

/* Each word of the table has one of these in it, and few other words have. The longer the shortest, the
 * farther the filter jumps: those of traces, which are looked for in every text, come first. */
#define TRACE_ANCHORS 10
const char *const cy_text_anchors[] = {"client_random", "traffic_secret", "exporter_secret",
  "master-key:", "resumption psk", "ssl session p", "c_login", "master secret", "outgoing apdu",
  "apdu: ", "pass", "-pw ", "_pw ", "-pin", "-puk", "bindpw", "ldap", "pk12util", "piv-tool", "keystore",
  "truststore", "key-store", "trust-store", ".certificate", "certificatelabel", "certificatefile",
  "certificatek", "sslcert", "sslca", "sslproxy", "ssl_cert", "ssl_key", "ssl_ca", "ssl_client_",
  "ssl_trusted", "tls_c", "tls_key", "ssl-c", "ssl-key", "tlsca", "tlscert", "certlabl", "sslkeyr",
  "sslcrypto", "pin-value", "token_pin", "pin =", "pin=", " crt ", "ca-file"};
const size_t cy_text_anchor_count = CY_COUNT(cy_text_anchors);
const size_t cy_text_trace_anchor_count = TRACE_ANCHORS;

cy_err *cy_text_finder_init(cy_text_finder *finder)
{
  *finder = (cy_text_finder){0};
  cy_map_init(&finder->words, false);
  for (size_t i = 0; i < cy_text_rule_count; i++)
    if (!cy_map_put(&finder->words, cy_span_str(cy_text_rules[i].word), i))
      return cy_err_no_memory();
  cy_text_filter_init(&finder->all, cy_text_anchors, cy_text_anchor_count);
  cy_text_filter_init(&finder->traces, cy_text_anchors, cy_text_trace_anchor_count);
  return NULL;
}

void cy_text_finder_clear(cy_text_finder *finder)
{
  cy_map_clear(&finder->words);
}

/* What a text is. */

bool cy_text_looks_like(cy_span head)
{
  size_t len = head.len < 1024 ? head.len : 1024, odd = 0;
  for (size_t i = 0; i < len; i++) {
    uint8_t c = head.data[i];
    if (!c)
      return false;
    odd += c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != 0x1b && c != '\f';
  }
  return len > 0 && odd <= len / 64;
}

static bool is_one_of(const char *word, const char *list)
{
  size_t len = strlen(word);
  for (const char *at = list; len && (at = strcasestr(at, word)); at += len)
    if ((at == list || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
      return true;
  return false;
}

static bool is_xml(cy_span head)
{
  size_t at = 0;
  while (at < head.len && strchr(" \t\r\n\xef\xbb\xbf", head.data[at]))
    at++;
  return at < head.len && head.data[at] == '<';
}

/* #!/bin/sh and its like, also behind env. */
static bool is_shell_script(cy_span head)
{
  const uint8_t *nl = memchr(head.data, '\n', head.len);
  size_t len = nl ? (size_t)(nl - head.data) : head.len;
  while (len && (head.data[len - 1] == '\r' || head.data[len - 1] == ' '))
    len--;
  if (len < 4 || len > 80 || head.data[0] != '#' || head.data[1] != '!')
    return false;
  return memmem(head.data, len, "sh ", 3) || memcmp(head.data + len - 2, "sh", 2) == 0;
}

unsigned cy_text_kind(const char *name, cy_span head)
{
  const char *suffix = cy_path_suffix(name);
  if (is_one_of(suffix,
        "c h cc cpp cxx hpp hh java kt scala go rs js mjs ts tsx jsx css scss vue swift php phtml m4 ac "
        "am el lua py pl pm rb r ui glade tcl svg po pot tex docbook mdoc man json pas inc cs hs ml sql "
        "vim f90 asm s xsl xslt dtd rng xsd map"))
    return CY_TEXT_IS_SOURCE;
  if (is_one_of(suffix,
        "md txt html htm xhtml rst adoc asciidoc pod sgml log lock sample example dist in tmpl "
        "template erb j2 csv tsv 1 2 3 4 5 6 7 8"))
    return 0;
  if (is_xml(head))
    return is_one_of(suffix, "xml") ? CY_TEXT_IS_XML : 0;
  if (is_one_of(suffix, "mqsc tst mqs"))
    return CY_TEXT_IS_MQSC;
  if (is_shell_script(head) || is_one_of(suffix, "sh ksh bash zsh csh bat cmd ps1 mk service cron") ||
      is_one_of(name,
        "Makefile makefile GNUmakefile Dockerfile crontab .bash_history .zsh_history .profile .bashrc"))
    return CY_TEXT_IS_SCRIPT;
  if (head.len > 2 && head.data[0] == '#' && head.data[1] == '!')
    return 0;
  return is_one_of(suffix, "yml yaml") ? CY_TEXT_IS_CONF | CY_TEXT_IS_SCRIPT : CY_TEXT_IS_CONF;
}

/* One place where a word may stand. */

typedef struct {
  const cy_text_finder *finder;
  cy_span text;
  unsigned kind;
  cy_text_visit *visit;
  void *arg;
  size_t counted; /* lines up to here */
  size_t line;
  size_t done; /* nothing before this is looked at again */
} finding;

static bool is_word(uint8_t c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

static bool is_blank(uint8_t c)
{
  return c == ' ' || c == '\t';
}

static bool is_end(uint8_t c)
{
  return c == '\n' || c == '\r';
}

static size_t line_of(finding *f, size_t at)
{
  const uint8_t *d = f->text.data;
  for (const uint8_t *nl; f->counted < at && (nl = memchr(d + f->counted, '\n', at - f->counted));) {
    f->line++;
    f->counted = (size_t)(nl - d) + 1;
  }
  return f->line;
}

static size_t line_begin(const finding *f, size_t at)
{
  size_t low = at > AROUND ? at - AROUND : 0;
  while (at > low && !is_end(f->text.data[at - 1]))
    at--;
  return at;
}

static size_t line_end(const finding *f, size_t at)
{
  size_t high = f->text.len - at > AROUND ? at + AROUND : f->text.len;
  while (at < high && !is_end(f->text.data[at]))
    at++;
  return at;
}

/* A command goes on in the next line behind a backslash (or a caret, in Windows). */
static bool is_continued(const finding *f, size_t end)
{
  return end > 0 && (f->text.data[end - 1] == '\\' || f->text.data[end - 1] == '^');
}

static cy_span command_around(const finding *f, size_t at)
{
  size_t begin = line_begin(f, at), end = line_end(f, at);
  for (unsigned n = 0; n < COMMAND_LINES && begin > 1; n++) {
    size_t before = begin - 1;
    if (before && is_end(f->text.data[before]) && is_end(f->text.data[before - 1]))
      before--; /* CRLF */
    if (!is_continued(f, before))
      break;
    begin = line_begin(f, before);
  }
  for (unsigned n = 0; n < COMMAND_LINES && end < f->text.len && is_continued(f, end); n++)
    end = line_end(f, end + 1 + (f->text.data[end] == '\r' && end + 1 < f->text.len));
  return cy_span_of(f->text.data + begin, end - begin);
}

static bool is_comment(cy_span line)
{
  size_t at = 0;
  while (at < line.len && is_blank(line.data[at]))
    at++;
  if (at >= line.len)
    return false;
  uint8_t c = line.data[at];
  return c == '#' || c == ';' || c == '!' || c == '*' ||
         (c == '/' && at + 1 < line.len && line.data[at + 1] == '/') ||
         (line.len - at > 4 && strncasecmp((const char *)line.data + at, "rem ", 4) == 0);
}

/* Values. */

/* The next word of a command or value of a setting: in quotes, or up to a blank. Moves *at behind it. */
static cy_span take_value(cy_span in, size_t *at, const char *stop, bool *quoted)
{
  size_t i = *at;
  while (i < in.len &&
         (is_blank(in.data[i]) ||
           ((in.data[i] == '\\' || in.data[i] == '^') && i + 1 < in.len && is_end(in.data[i + 1])) ||
           (is_end(in.data[i]) && i && strchr("\\^\r", in.data[i - 1]))))
    i++;
  uint8_t quote = i < in.len && (in.data[i] == '"' || in.data[i] == '\'') ? in.data[i] : 0;
  size_t from = i += quote != 0;
  *quoted = quote != 0;
  while (i < in.len && !is_end(in.data[i]) &&
         (quote ? in.data[i] != quote : !is_blank(in.data[i]) && !(in.data[i] && strchr(stop, in.data[i]))))
    i++;
  *at = i + (quote != 0 && i < in.len);
  return cy_span_of(in.data + from, i - from);
}

static bool has_prefix(cy_span value, const char *prefix)
{
  size_t len = strlen(prefix);
  return value.len >= len && strncasecmp((const char *)value.data, prefix, len) == 0;
}

static cy_span without(cy_span value, size_t len)
{
  return cy_span_of(value.data + len, value.len - len);
}

static bool is_password(cy_text_role role)
{
  return role == CY_TEXT_PASSWORD || role == CY_TEXT_PIN || role == CY_TEXT_SO_PIN;
}

/* slot:NAME;PIN;... of a queue manager: GSK_PKCS11=module;token label;pin;setting; */
static cy_span third_field(cy_span value)
{
  for (int n = 0; n < 2; n++) {
    const uint8_t *cut = memchr(value.data, ';', value.len);
    if (!cut)
      return CY_SPAN_NONE;
    value = without(value, (size_t)(cut - value.data) + 1);
  }
  const uint8_t *end = memchr(value.data, ';', value.len);
  return end ? cy_span_of(value.data, (size_t)(end - value.data)) : value;
}

static void give(finding *f, cy_text_hit *hit, size_t at)
{
  const cy_text_rule *rule = hit->rule;
  if (is_password(rule->role)) {
    if (rule->flags & CY_TEXT_PREFIXED) {
      if (!has_prefix(hit->value, "pass:"))
        return;
      hit->value = without(hit->value, 5);
    }
    hit->obscured = has_prefix(hit->value, "{xor}") && hit->value.len > 5;
    if (!hit->obscured && !cy_text_is_secret(hit->value))
      return;
  } else if (rule->role != CY_TEXT_TRACE && !hit->value.len) {
    return;
  }
  hit->line = line_of(f, at);
  f->visit(f->arg, hit);
}

/* Commands. */

/* Does one of the commands stand in front, as a word of its own or the end of a path? */
static bool has_command(cy_span before, const char *commands)
{
  for (size_t i = 0; i < before.len;) {
    size_t from = i;
    while (i < before.len && is_word(before.data[i]))
      i++;
    char word[WORD_MAX];
    size_t len = i - from;
    if (len > 2 && len < sizeof word) {
      memcpy(word, before.data + from, len);
      word[len] = 0;
      if (len > 4 && strcasecmp(word + len - 4, ".exe") == 0)
        word[len - 4] = 0;
      if (len > 3 && strcmp(word + len - 3, "_64") == 0)
        word[len - 3] = 0;
      if (is_one_of(word, commands))
        return true;
    }
    i += i == from;
  }
  return false;
}

static void look_at_option(finding *f, const cy_text_rule *rule, size_t at, cy_span word)
{
  cy_text_hit hit = {.rule = rule, .word = word, .from = command_around(f, at)};
  size_t begin = (size_t)(hit.from.data - f->text.data), next = at + word.len - begin;
  if (!(f->kind & CY_TEXT_IS_SCRIPT) || is_comment(hit.from) ||
      (*rule->needs && !has_command(cy_span_of(hit.from.data, at - begin), rule->needs)))
    return;
  if (next < hit.from.len && hit.from.data[next] == '=')
    next++;
  else if (next < hit.from.len && !is_blank(hit.from.data[next]))
    return;
  hit.value = take_value(hit.from, &next, ");|&<>`", &hit.quoted);
  if (hit.value.len && hit.value.data[0] != '-')
    give(f, &hit, at);
}

/* Each option of one letter behind the command. */
static void look_at_tool(finding *f, const cy_text_rule *rule, size_t at, cy_span word)
{
  cy_text_hit hit = {.rule = rule, .from = command_around(f, at)};
  size_t next = at + word.len - (size_t)(hit.from.data - f->text.data);
  if (!(f->kind & CY_TEXT_IS_SCRIPT) || is_comment(hit.from))
    return;
  while (next < hit.from.len && !strchr(";|&\n", hit.from.data[next])) {
    size_t before = next;
    bool quoted;
    cy_span option = take_value(hit.from, &next, ";|&<>", &quoted);
    if (option.len >= 2 && !quoted && option.data[0] == '-' && strchr(rule->needs, option.data[1])) {
      hit.word = cy_span_of(option.data, 2);
      hit.value = option.len > 2 ? without(option, 2) : take_value(hit.from, &next, ");|&<>`", &hit.quoted);
      if (hit.value.len && hit.value.data[0] != '-')
        give(f, &hit, (size_t)(option.data - f->text.data));
    }
    if (next == before)
      break;
  }
}

/* Settings. */

/* Nothing but blanks before it, or what may: "export", "-D", a list's dash, "set". */
static bool begins_line(cy_span before)
{
  static const char *const may[] = {"export ", "set ", "- ", "setenv "};
  while (before.len && is_blank(before.data[0]))
    before = without(before, 1);
  for (size_t i = 0; i < CY_COUNT(may); i++)
    if (has_prefix(before, may[i]))
      before = without(before, strlen(may[i]));
  while (before.len && is_blank(before.data[0]))
    before = without(before, 1);
  return before.len == 0;
}

/* HAProxy's words stand in a line that begins with one of a few. */
static bool line_begins_with(cy_span line, const char *words)
{
  char first[WORD_MAX];
  size_t len = 0;
  while (line.len && is_blank(line.data[0]))
    line = without(line, 1);
  while (len < line.len && len + 1 < sizeof first && is_word(line.data[len])) {
    first[len] = (char)line.data[len];
    len++;
  }
  first[len] = 0;
  return is_one_of(first, words);
}

/* What ends a value that is not in quotes, besides blanks. */
static const char *stops_of(const cy_text_rule *rule, unsigned kind)
{
  if (strcmp(rule->word, "pin-value") == 0)
    return ";&?\"'";
  if (rule->flags & CY_TEXT_DIRECTIVE)
    return ";";
  return kind & CY_TEXT_IS_SCRIPT ? ");|&<>`\"'" : "\"'";
}

static void look_at_setting(finding *f, const cy_text_rule *rule, size_t at, cy_span word)
{
  size_t begin = line_begin(f, at), end = line_end(f, at), next = at + word.len - begin;
  cy_text_hit hit = {.rule = rule, .word = word, .from = cy_span_of(f->text.data + begin, end - begin)};
  cy_span line = hit.from;
  if (is_comment(line) ||
      (!(rule->flags & CY_TEXT_ANYWHERE) && !begins_line(cy_span_of(line.data, at - begin))))
    return;
  if (*rule->needs && rule->flags & CY_TEXT_DIRECTIVE && !line_begins_with(line, rule->needs))
    return;
  if (rule->flags & CY_TEXT_DIRECTIVE && (next >= line.len || !is_blank(line.data[next])))
    return;
  while (next < line.len && is_blank(line.data[next]) && !(rule->flags & CY_TEXT_ANYWHERE))
    next++;
  if (rule->flags & CY_TEXT_ASSIGNED) {
    if (next >= line.len || (line.data[next] != '=' && line.data[next] != ':'))
      return;
    next++;
  }
  hit.value = take_value(line, &next, stops_of(rule, f->kind), &hit.quoted);
  if (strcmp(rule->word, "sslcryptohardware") == 0)
    hit.value = third_field(hit.value);
  give(f, &hit, at);
}

/* MQSC: WORD('value') or WORD(value). */
static void look_at_parens(finding *f, const cy_text_rule *rule, size_t at, cy_span word)
{
  size_t begin = line_begin(f, at), end = line_end(f, at), next = at + word.len - begin;
  cy_text_hit hit = {.rule = rule, .word = word, .from = cy_span_of(f->text.data + begin, end - begin)};
  if (!(f->kind & (CY_TEXT_IS_MQSC | CY_TEXT_IS_SCRIPT)) || is_comment(hit.from))
    return;
  while (next < hit.from.len && is_blank(hit.from.data[next]))
    next++;
  if (next >= hit.from.len || hit.from.data[next] != '(')
    return;
  next++;
  hit.value = take_value(hit.from, &next, ")", &hit.quoted);
  give(f, &hit, at);
}

/* XML. */

/* The start tag around: from its name to the > that ends it. */
static bool element_around(const finding *f, size_t at, cy_span *element)
{
  size_t low = at > AROUND ? at - AROUND : 0, from = at;
  while (from > low && f->text.data[from - 1] != '<' && f->text.data[from - 1] != '>')
    from--;
  if (from == 0 || f->text.data[from - 1] != '<' || f->text.data[from] == '!' || f->text.data[from] == '?')
    return false;
  const uint8_t *end = memchr(f->text.data + at, '>', f->text.len - at);
  *element = cy_span_of(f->text.data + from, (end ? (size_t)(end - f->text.data) : f->text.len) - from);
  return true;
}

/* A comment of many lines shows only by what came before it. */
static bool in_comment(const finding *f, size_t at)
{
  cy_span before = cy_span_of(f->text.data, at);
  const size_t reach = (size_t)16 * AROUND;
  size_t low = at > reach ? at - reach : 0;
  const uint8_t *open = NULL, *p = before.data + low;
  while ((p = memmem(p, (size_t)(before.data + at - p), "<!--", 4))) {
    open = p;
    p += 4;
  }
  return open && !memmem(open, (size_t)(before.data + at - open), "-->", 3);
}

static void look_at_attribute(finding *f, const cy_text_rule *rule, size_t at, cy_span word)
{
  cy_text_hit hit = {.rule = rule, .word = word};
  char name[WORD_MAX];
  size_t len = 0;
  if (!(f->kind & CY_TEXT_IS_XML) || !element_around(f, at, &hit.from))
    return;
  while (len < hit.from.len && len + 1 < sizeof name && is_word(hit.from.data[len])) {
    name[len] = (char)hit.from.data[len];
    len++;
  }
  name[len] = 0;
  if ((*rule->needs && !is_one_of(name, rule->needs)) || in_comment(f, at))
    return;
  size_t next = at + word.len - (size_t)(hit.from.data - f->text.data);
  while (next < hit.from.len && is_blank(hit.from.data[next]))
    next++;
  if (next >= hit.from.len || hit.from.data[next] != '=')
    return;
  next++;
  hit.value = take_value(hit.from, &next, "/", &hit.quoted);
  if (hit.quoted)
    give(f, &hit, at);
}

/* Words. */

static void look_at_trace(finding *f, const cy_text_rule *rule, size_t at, cy_span word)
{
  size_t begin = line_begin(f, at);
  cy_span rest = without(f->text, begin);
  if (!cy_text_is_trace(rest, rule))
    return;
  cy_text_hit hit = {.rule = rule, .word = word, .value = rest};
  give(f, &hit, at);
}

static void look_at(finding *f, const cy_text_rule *rule, size_t at, cy_span word)
{
  if (rule->role == CY_TEXT_TRACE)
    look_at_trace(f, rule, at, word);
  else if (rule->flags & CY_TEXT_OPTION)
    look_at_option(f, rule, at, word);
  else if (rule->flags & CY_TEXT_TOOL)
    look_at_tool(f, rule, at, word);
  else if (rule->flags & CY_TEXT_ATTRIBUTE)
    look_at_attribute(f, rule, at, word);
  else if (rule->flags & CY_TEXT_PARENS)
    look_at_parens(f, rule, at, word);
  else if (f->kind & (CY_TEXT_IS_CONF | CY_TEXT_IS_SCRIPT))
    look_at_setting(f, rule, at, word);
}

static const cy_text_rule *rule_of(const finding *f, cy_span word, size_t *cut)
{
  char low[WORD_MAX];
  *cut = 0;
  if (word.len < 3 || word.len >= sizeof low)
    return NULL;
  for (size_t i = 0; i < word.len; i++)
    low[i] = cy_ascii_lower((char)word.data[i]);
  size_t at = cy_map_get(&f->finder->words, cy_span_of(low, word.len));
  if (at != CY_MAP_NONE)
    return &cy_text_rules[at];
  if (word.len > 2 && low[0] == '-' && low[1] == 'd') { /* java -Dname=value */
    *cut = 2;
    at = cy_map_get(&f->finder->words, cy_span_of(low + 2, word.len - 2));
    return at == CY_MAP_NONE ? NULL : &cy_text_rules[at];
  }
  for (size_t i = 0; i + 1 < word.len; i++) {
    at = low[i] == '.' ? cy_map_get(&f->finder->words, cy_span_of(low + i + 1, word.len - i - 1))
                       : CY_MAP_NONE;
    if (at != CY_MAP_NONE && cy_text_rules[at].flags & CY_TEXT_TAIL)
      return &cy_text_rules[at];
  }
  return NULL;
}

static void look_around(finding *f, size_t at, size_t len)
{
  size_t begin = at, end = at + len;
  while (begin < end && is_blank(f->text.data[begin]))
    begin++;
  size_t inside = begin, low = begin > WORD_MAX ? begin - WORD_MAX : 0;
  while (inside < f->text.len && inside < begin + WORD_MAX && is_word(f->text.data[inside]))
    inside++;
  while (begin > low && begin > f->done && is_word(f->text.data[begin - 1]))
    begin--;
  size_t cut;
  cy_span word = cy_span_of(f->text.data + begin, inside - begin);
  const cy_text_rule *rule = rule_of(f, word, &cut);
  f->done = inside > end ? inside : end;
  if (rule)
    look_at(f, rule, begin + cut, without(word, cut));
}

void cy_text_find(
  const cy_text_finder *finder, cy_span text, unsigned kind, cy_text_visit *visit, void *arg)
{
  finding f = {.finder = finder, .text = text, .kind = kind, .visit = visit, .arg = arg, .line = 1};
  const cy_text_filter *filter = kind ? &finder->all : &finder->traces;
  size_t len;
  if (kind & CY_TEXT_IS_SOURCE)
    return;
  for (size_t at; (at = cy_text_filter_next(filter, text, f.done, &len)) != SIZE_MAX;)
    look_around(&f, at, len);
}
