/* What a Java VM is told. */
#include "tls/java_settings.h"

#include "base/mem.h"
#include "base/text.h"

enum { MAX_SETTINGS = 10000, NEAR = 65536 };

/* Takes the texts, also on error. */
static cy_err *add(
  cy_java_settings *settings, char *key, char *value, const char *file, size_t line, int rank)
{
  cy_java_setting item = {key, value, cy_strdup(file), line, rank};
  bool many = settings->count == MAX_SETTINGS;
  bool room =
    !many && cy_grow(&settings->items, &settings->cap, settings->count + 1, sizeof *settings->items);
  if (room && key && value && item.file) {
    settings->items[settings->count++] = item;
    return NULL;
  }
  cy_free(key);
  cy_free(value);
  cy_free(item.file);
  return many ? cy_err_new(CY_E_MALFORMED, "%s:%zu: more than %d settings", file, line, MAX_SETTINGS)
              : cy_err_no_memory();
}

static bool is_space(uint8_t c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\f';
}

/* A word from `at` on: up to a blank, or to the quote that stands before it. Quotes inside go. */
static size_t read_word(cy_span line, size_t at, uint8_t quote, cy_buf *word)
{
  uint8_t inside = 0;
  for (; at < line.len; at++) {
    uint8_t c = line.data[at];
    if (inside ? c == inside : c == '"' || c == '\'') {
      if (!inside && c == quote)
        break;
      inside = inside ? 0 : c;
    } else if (!inside && !quote && (is_space(c) || c == ';')) {
      break;
    } else {
      cy_buf_u8(word, c);
    }
  }
  return at;
}

static cy_err *add_option(
  cy_java_settings *settings, const char *word, const char *file, size_t line, int rank)
{
  size_t key = strcspn(word, "=");
  const char *value = word[key] ? word + key + 1 : "";
  if (key == 0)
    return NULL;
  /* java.security.properties==FILE replaces the master file; the second sign stays with the value. */
  return add(settings, cy_strndup(word, key), cy_strdup(value), file, line, rank);
}

/* JAVA_TOOL_OPTIONS and JDK_JAVA_OPTIONS are put in front of the command line, _JAVA_OPTIONS behind it. */
static int rank_of(cy_span line)
{
  static const struct {
    const char *name;
    int rank;
  } names[] = {
    {"JDK_JAVA_OPTIONS", 2}, {"JAVA_TOOL_OPTIONS", 1}, {"_JAVA_OPTIONS", 4}}; /* the last is in the first */
  for (size_t i = 0; i < CY_COUNT(names); i++)
    if (memmem(line.data, line.len, names[i].name, strlen(names[i].name)))
      return names[i].rank;
  return 3;
}

static cy_err *note_home(cy_java_settings *settings, cy_span line)
{
  static const char word[] = "JAVA_HOME=";
  const uint8_t *found = memmem(line.data, line.len, word, sizeof word - 1);
  CY_CLEAN(cy_buf) home = CY_BUF_TEXT;
  if (!found || settings->home)
    return NULL;
  size_t at = (size_t)(found - line.data) + sizeof word - 1;
  bool quoted = at < line.len && (line.data[at] == '"' || line.data[at] == '\'');
  read_word(line, at + quoted, quoted ? line.data[at] : 0, &home);
  if (home.len == 0 || strchr(cy_buf_cstr(&home), '$'))
    return cy_buf_check(&home);
  settings->home = cy_strdup(cy_buf_cstr(&home));
  return settings->home ? NULL : cy_err_no_memory();
}

/* The quote around one option, "-Da=b c"; 0 when there is none, or more options stand in it. */
static uint8_t around(cy_span line, size_t at)
{
  uint8_t quote = at ? line.data[at - 1] : 0;
  if ((quote != '"' && quote != '\'') || (at >= 2 && line.data[at - 2] == '='))
    return 0;
  const uint8_t *end = memchr(line.data + at, quote, line.len - at);
  size_t len = end ? (size_t)(end - line.data) - at : 0;
  return len && !memmem(line.data + at, len, " -D", 3) ? quote : 0;
}

/* Whether an @ here stands for a file: behind java, or in JDK_JAVA_OPTIONS, and before -jar. */
static bool expands(cy_span line, size_t at, int rank)
{
  bool near = at < NEAR; /* so that a long line takes no longer than it must */
  bool command = near && (rank == 2 || (rank == 3 && memmem(line.data, at, "java", 4)));
  bool more = at + 1 < line.len && line.data[at + 1] != '@' && !is_space(line.data[at + 1]);
  return command && more && !memmem(line.data, at, "-jar ", 5) &&
         !memmem(line.data, at, "--disable-@files", 16);
}

static cy_err *take_argfile(
  cy_java_settings *settings, const char *file, cy_span line, size_t number, int rank, size_t *at)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  *at = read_word(line, *at + 1, around(line, *at), &name);
  CY_TRY(cy_buf_check(&name));
  return settings->argfile(settings->argfile_arg, cy_buf_cstr(&name), file, number, rank);
}

static cy_err *options_line(cy_java_settings *settings, const char *file, cy_span line, size_t number)
{
  CY_CLEAN(cy_buf) word = CY_BUF_TEXT;
  int rank = rank_of(line);
  CY_TRY(note_home(settings, line));
  for (size_t i = 0; i + 2 < line.len; i++) {
    uint8_t before = i ? line.data[i - 1] : ' ';
    bool starts = is_space(before) || before == '"' || before == '\'' || before == '=' || before == ':' ||
                  before == '[' || before == ',';
    if (settings->argfile && line.data[i] == '@' && starts && expands(line, i, rank)) {
      CY_TRY(take_argfile(settings, file, line, number, rank, &i));
      continue;
    }
    if (line.data[i] != '-' || line.data[i + 1] != 'D' || !starts)
      continue;
    cy_buf_reset(&word);
    i = read_word(line, i + 2, around(line, i), &word);
    CY_TRY(cy_buf_check(&word));
    CY_TRY(add_option(settings, cy_buf_cstr(&word), file, number, rank));
  }
  return NULL;
}

cy_err *cy_java_settings_options(cy_java_settings *settings, const char *file, cy_span text)
{
  for (size_t number = 1; text.len; number++) {
    const uint8_t *end = memchr(text.data, '\n', text.len);
    size_t len = end ? (size_t)(end - text.data) : text.len;
    cy_span line = cy_span_of(text.data, len);
    while (line.len && is_space(line.data[0]))
      line = cy_span_of(line.data + 1, line.len - 1);
    if (line.len && line.data[0] != '#')
      CY_TRY(options_line(settings, file, line, number));
    len += end != NULL;
    text = cy_span_of(text.data + len, text.len - len);
  }
  return NULL;
}

/* Argument files. */

typedef struct {
  cy_span text;
  size_t at, line;
} argfile;

static void skip_between(argfile *w)
{
  for (; w->at < w->text.len && (is_space(w->text.data[w->at]) || strchr("\n#", w->text.data[w->at]));
       w->at++) {
    if (w->text.data[w->at] == '#')
      while (w->at + 1 < w->text.len && w->text.data[w->at + 1] != '\n')
        w->at++;
    w->line += w->text.data[w->at] == '\n';
  }
}

/* Behind a backslash in quotes; at the end of a line it goes on with the next, without its first blanks. */
static void take_escape(argfile *w, cy_buf *word)
{
  static const char from[] = "nrtf", to[] = "\n\r\t\f";
  uint8_t c = w->at < w->text.len ? w->text.data[w->at++] : 0;
  const char *known = c ? strchr(from, c) : NULL;
  if (c == '\r' && w->at < w->text.len && w->text.data[w->at] == '\n')
    c = w->text.data[w->at++];
  if (c != '\n') {
    cy_buf_u8(word, known ? (uint8_t)to[known - from] : c);
    return;
  }
  for (w->line++; w->at < w->text.len && is_space(w->text.data[w->at]);)
    w->at++;
}

static void take_word(argfile *w, cy_buf *word)
{
  uint8_t quote = 0;
  while (w->at < w->text.len) {
    uint8_t c = w->text.data[w->at];
    if (!quote && (is_space(c) || c == '\n'))
      return;
    w->at++;
    if (quote && c == '\\')
      take_escape(w, word);
    else if (quote ? c == quote : c == '"' || c == '\'')
      quote = quote ? 0 : c;
    else if (c == '\n') {
      w->line++; /* a quote that is not closed ends with its line */
      return;
    } else
      cy_buf_u8(word, c);
  }
}

cy_err *cy_java_settings_argfile(cy_java_settings *settings, const char *file, cy_span text, int rank)
{
  argfile w = {text, 0, 1};
  if (text.len && memchr(text.data, 0, text.len))
    return cy_err_new(CY_E_MALFORMED, "%s: there are NUL bytes: this is no text", file);
  for (skip_between(&w); w.at < w.text.len; skip_between(&w)) {
    CY_CLEAN(cy_buf) word = CY_BUF_TEXT;
    size_t line = w.line;
    take_word(&w, &word);
    CY_TRY(cy_buf_check(&word));
    if (cy_text_starts(cy_buf_cstr(&word), "-D"))
      CY_TRY(add_option(settings, cy_buf_cstr(&word) + 2, file, line, rank));
  }
  return NULL;
}

cy_err *cy_java_settings_properties(cy_java_settings *settings, const char *file, cy_span text, int rank)
{
  CY_CLEAN(cy_properties) properties = {0};
  CY_TRY(cy_properties_parse(&properties, file, text));
  for (size_t i = 0; i < properties.count; i++) {
    const cy_property *p = &properties.items[i];
    CY_TRY(add(settings, cy_strdup(p->key), cy_strdup(p->value), file, p->line, rank));
  }
  return NULL;
}

const cy_java_setting *cy_java_settings_find(const cy_java_settings *settings, const char *key)
{
  const cy_java_setting *best = NULL;
  for (size_t i = 0; i < settings->count; i++) {
    const cy_java_setting *s = &settings->items[i];
    if (strcmp(s->key, key) == 0 && (!best || s->rank >= best->rank))
      best = s;
  }
  return best;
}

/* 1.8.0 is 8. */
static unsigned version_at(const char *at)
{
  unsigned version = 0;
  if (at[0] == '1' && at[1] == '.')
    at += 2;
  for (; *at >= '0' && *at <= '9' && version < 1000; at++)
    version = version * 10 + (unsigned)(*at - '0');
  return version;
}

unsigned cy_java_version_of(const char *path)
{
  static const char *const words[] = {
    "java-", "jdk-", "jre-", "jdk", "jre", "temurin-", "openjdk-", "zulu-"};
  for (size_t i = 0; i < CY_COUNT(words); i++)
    for (const char *at = path; (at = strstr(at, words[i]));) {
      at += strlen(words[i]);
      unsigned version = version_at(at);
      if (version >= 5 && version < 100)
        return version;
    }
  return 0;
}

void cy_java_settings_clear(cy_java_settings *settings)
{
  for (size_t i = 0; i < settings->count; i++) {
    cy_free(settings->items[i].key);
    if (settings->items[i].value)
      cy_wipe(settings->items[i].value, strlen(settings->items[i].value));
    cy_free(settings->items[i].value);
    cy_free(settings->items[i].file);
  }
  cy_free(settings->items);
  cy_free(settings->home);
  cy_free(settings->master);
  *settings = (cy_java_settings){0};
}
