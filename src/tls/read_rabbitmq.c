/* rabbitmq: the broker's files: rabbitmq.conf, conf.d, advanced.config, the older rabbitmq.config, and the
 * variables that name them. */
#include "tls/read_rabbitmq.h"

#include <glob.h>
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "conf/env.h"
#include "conf/erlang.h"
#include "tls/codes.h"
#include "tls/reader_tree.h"

/* Where Erlang's terms have what rabbitmq.conf calls so. */
static const struct {
  const char *application, *key, *prefix;
} names[] = {{"rabbit", "ssl_listeners", "listeners.ssl"}, {"rabbit", "tcp_listeners", "listeners.tcp"},
  {"rabbit", "ssl_options", "ssl_options"}, {"rabbitmq_mqtt", "ssl_listeners", "mqtt.listeners.ssl"},
  {"rabbitmq_mqtt", "tcp_listeners", "mqtt.listeners.tcp"},
  {"rabbitmq_stomp", "ssl_listeners", "stomp.listeners.ssl"},
  {"rabbitmq_stomp", "tcp_listeners", "stomp.listeners.tcp"},
  {"rabbitmq_stream", "ssl_listeners", "stream.listeners.ssl"},
  {"rabbitmq_stream", "tcp_listeners", "stream.listeners.tcp"},
  {"rabbitmq_management", "ssl_config", "management.ssl"},
  {"rabbitmq_management", "tcp_config", "management.tcp"},
  {"rabbitmq_management", "listener", "management.listener"},
  {"rabbitmq_web_stomp", "ssl_config", "web_stomp.ssl"},
  {"rabbitmq_web_stomp", "tcp_config", "web_stomp.tcp"},
  {"rabbitmq_web_mqtt", "ssl_config", "web_mqtt.ssl"}, {"rabbitmq_web_mqtt", "tcp_config", "web_mqtt.tcp"},
  {"rabbitmq_prometheus", "ssl_config", "prometheus.ssl"},
  {"rabbitmq_prometheus", "tcp_config", "prometheus.tcp"}};

bool cy_rabbitmq_below(const char *key, const char *prefix)
{
  size_t len = strlen(prefix);
  return strncmp(key, prefix, len) == 0 && (key[len] == '.' || !key[len]);
}

/* "ssl_options.depth" is prefix and name. */
static bool is_called(const char *key, const char *prefix, const char *name)
{
  return cy_rabbitmq_below(key, prefix) && key[strlen(prefix)] &&
         strcmp(key + strlen(prefix) + 1, name) == 0;
}

const cy_item *cy_rabbitmq_get(const cy_rabbitmq *r, const char *prefix, const char *name)
{
  for (size_t i = r->items.count; i-- > 0;)
    if (!r->items.items[i].dead && is_called(r->items.items[i].key, prefix, name))
      return &r->items.items[i];
  return NULL;
}

const cy_item *cy_rabbitmq_next(
  const cy_rabbitmq *r, const char *prefix, const char *name, const cy_item *after)
{
  size_t len = strlen(prefix);
  for (size_t i = after ? (size_t)(after - r->items.items) + 1 : 0; i < r->items.count; i++) {
    const cy_item *item = &r->items.items[i];
    if (!item->dead && cy_rabbitmq_below(item->key, prefix) && item->key[len] &&
        cy_rabbitmq_below(item->key + len + 1, name) && item->key[len + 1 + strlen(name)])
      return item;
  }
  return NULL;
}

static void beat(cy_rabbitmq *r, size_t i, const char *why)
{
  r->items.items[i].dead = true;
  r->items.items[i].why = why;
}

/* rabbitmq.conf. */

static cy_err *malformed(const char *file, size_t line, const char *what)
{
  return cy_err_hint(cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: %s", file, line, what),
    "Write key = value; a comment begins with #, a value with a # in it stands in single quotes.");
}

static bool is_blank(uint8_t c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

static cy_span trim(cy_span s)
{
  while (s.len && is_blank(s.data[0]))
    s = cy_span_of(s.data + 1, s.len - 1);
  while (s.len && is_blank(s.data[s.len - 1]))
    s.len--;
  return s;
}

static bool is_key(cy_span s)
{
  for (size_t i = 0; i < s.len; i++) {
    char c = cy_ascii_lower((char)s.data[i]);
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
          c == '\\'))
      return false;
  }
  return s.len && s.data[0] != '.' && s.data[s.len - 1] != '.';
}

/* What stands in single quotes, or all up to a comment. */
static cy_err *value_of(cy_span *s, const char *file, size_t line)
{
  if (s->len && s->data[0] == '\'') {
    const uint8_t *end = memchr(s->data + 1, '\'', s->len - 1);
    if (!end)
      return malformed(file, line, "a quote that is not closed");
    cy_span rest = trim(cy_span_of(end + 1, s->len - (size_t)(end - s->data) - 1));
    if (rest.len && rest.data[0] != '#')
      return malformed(file, line, "something stands behind the closing quote");
    *s = cy_span_of(s->data + 1, (size_t)(end - s->data) - 1);
    return NULL; /* the cuttlefish of RabbitMQ 3.10 takes the quotes for a part of the value */
  }
  const uint8_t *comment = s->len ? memchr(s->data, '#', s->len) : NULL;
  if (comment)
    s->len = (size_t)(comment - s->data);
  *s = trim(*s);
  return s->len ? NULL : malformed(file, line, "a key without a value, which RabbitMQ does not start with");
}

static cy_err *read_included(void *arg, const char *file, cy_span text);

static cy_err *include(cy_rabbitmq *r, cy_span name, const char *file, size_t line)
{
  CY_CLEAN(cy_buf) pattern = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) word = CY_BUF_TEXT;
  cy_tls_include in = {r->reading, &r->findings, NULL, file, line, read_included, r, 0};
  const uint8_t *comment = name.len ? memchr(name.data, '#', name.len) : NULL;
  name = trim(cy_span_of(name.data, comment ? (size_t)(comment - name.data) : name.len));
  cy_buf_span(&word, name);
  CY_TRY(cy_tls_read_path(r->reading, file, cy_buf_cstr(&word), &pattern));
  return cy_tls_include_each(&in, cy_buf_cstr(&pattern));
}

/* Of two lines with one key the later one holds, in the place of the first: lists keep their order. */
static cy_err *add(cy_rabbitmq *r, cy_span key, cy_span value, const char *file, size_t line)
{
  CY_TRY(cy_items_add(&r->items, key, value, file, line));
  size_t last = r->items.count - 1;
  for (size_t i = 0; i < last; i++) {
    cy_item *item = &r->items.items[i], *now = &r->items.items[last];
    if (item->dead || strcmp(item->key, now->key) != 0)
      continue;
    cy_item before = *item;
    *item = *now;
    *now = before;
    beat(r, last, "a later one holds");
    break;
  }
  return NULL;
}

static cy_err *read_line(cy_rabbitmq *r, cy_span s, const char *file, size_t line)
{
  s = trim(s);
  if (!s.len || s.data[0] == '#')
    return NULL;
  if (memchr(s.data, 0, s.len))
    return malformed(file, line, "a zero octet: this is no text");
  const uint8_t *equals = memchr(s.data, '=', s.len);
  if (!equals && s.len > 8 && memcmp(s.data, "include", 7) == 0 && is_blank(s.data[7]))
    return include(r, cy_span_of(s.data + 8, s.len - 8), file, line);
  if (!equals)
    return malformed(file, line, "neither key = value nor a comment");
  cy_span key = trim(cy_span_of(s.data, (size_t)(equals - s.data)));
  cy_span value = trim(cy_span_of(equals + 1, s.len - (size_t)(equals - s.data) - 1));
  if (!is_key(key))
    return malformed(file, line, "a key is words of letters, digits, _ and -, with dots between");
  CY_TRY(value_of(&value, file, line));
  return add(r, key, value, file, line);
}

static cy_err *read_conf(cy_rabbitmq *r, const char *file, cy_span text)
{
  for (size_t line = 1; text.len; line++) {
    const uint8_t *end = memchr(text.data, '\n', text.len);
    size_t len = end ? (size_t)(end - text.data) : text.len;
    CY_TRY(read_line(r, cy_span_of(text.data, len), file, line));
    len += end != NULL;
    text = cy_span_of(text.data + len, text.len - len);
  }
  return NULL;
}

/* Erlang's terms. */

typedef struct {
  cy_rabbitmq *r;
  const char *file;
} terms;

static cy_err *add_term(terms *t, const char *key, const char *value, size_t line)
{
  return cy_items_add(&t->r->items, cy_span_str(key), cy_span_str(value), t->file, line);
}

static const char *member(const cy_erlang_term *map, const char *key)
{
  const cy_erlang_term *bare, *value = cy_erlang_get(map, key, &bare);
  return value ? value->text : "";
}

/* {ecdhe_rsa, aes_256_gcm, aead, sha384} and #{key_exchange => ...} as IANA calls it. */
static cy_err *put_suite(cy_buf *out, const cy_erlang_term *term)
{
  const char *kx, *cipher, *hash;
  if (term->kind == CY_ERLANG_MAP) {
    kx = member(term, "key_exchange");
    cipher = member(term, "cipher");
    hash = member(term, strcmp(member(term, "mac"), "aead") == 0 ? "prf" : "mac");
  } else {
    const cy_erlang_term *second = term->first ? term->first->next : NULL;
    const cy_erlang_term *last = second;
    while (last && last->next)
      last = last->next;
    kx = term->first ? term->first->text : "";
    cipher = second ? second->text : "";
    hash = last ? last->text : "";
  }
  bool new = strcmp(kx, "any") == 0;
  cy_buf_printf(out, "TLS_%s%s%s_%s", new ? "" : kx, new ? "" : "_WITH_", cipher, hash);
  for (size_t i = 0; i < out->len; i++)
    if (out->data[i] >= 'a' && out->data[i] <= 'z')
      out->data[i] = (uint8_t)(out->data[i] - 'a' + 'A');
  return cy_buf_check(out);
}

static cy_err *put_value(cy_buf *out, const cy_erlang_term *term, bool suite)
{
  if (suite && (term->kind == CY_ERLANG_TUPLE || term->kind == CY_ERLANG_MAP))
    return put_suite(out, term);
  if (term->kind == CY_ERLANG_TUPLE) /* {"127.0.0.1", 5671} */
    for (const cy_erlang_term *part = term->first; part; part = part->next)
      cy_buf_printf(out, "%s%s", part == term->first ? "" : ":", part->text);
  else
    cy_buf_str(out, term->text);
  return cy_buf_check(out);
}

static cy_err *flatten(terms *t, const char *key, const cy_erlang_term *value, unsigned depth);

/* [{Key, Value}, bare] becomes key.Key = Value. */
static cy_err *flatten_options(terms *t, const char *key, const cy_erlang_term *list, unsigned depth)
{
  for (const cy_erlang_term *e = list->first; e; e = e->next) {
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    bool pair = e->kind == CY_ERLANG_TUPLE && e->first && e->first->next;
    cy_buf_printf(&name, "%s.%s", key, pair ? e->first->text : e->text);
    CY_TRY(cy_buf_check(&name));
    if (pair)
      CY_TRY(flatten(t, cy_buf_cstr(&name), e->first->next, depth + 1));
    else
      CY_TRY(add_term(t, cy_buf_cstr(&name), "true", e->line));
  }
  return NULL;
}

static cy_err *flatten_list(terms *t, const char *key, const cy_erlang_term *list)
{
  size_t n = 0;
  if (!list->first)
    return add_term(t, key, "none", list->line);
  for (const cy_erlang_term *e = list->first; e; e = e->next) {
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) value = CY_BUF_TEXT;
    cy_buf_printf(&name, "%s.%zu", key, ++n);
    CY_TRY(cy_buf_check(&name));
    CY_TRY(put_value(&value, e, cy_text_ends(key, ".ciphers")));
    CY_TRY(add_term(t, cy_buf_cstr(&name), cy_buf_cstr(&value), e->line));
  }
  return NULL;
}

/* Whether a list is one of options, not of values. */
static bool is_options(const char *key, const cy_erlang_term *list)
{
  const cy_erlang_term *e = list->first;
  if (cy_text_ends(key, ".ciphers") || strstr(key, "listeners"))
    return false;
  return e && e->kind == CY_ERLANG_TUPLE && e->first && e->first->kind == CY_ERLANG_ATOM;
}

static cy_err *flatten(terms *t, const char *key, const cy_erlang_term *value, unsigned depth)
{
  enum { DEEP = 3 };
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  if (value->kind == CY_ERLANG_LIST && is_options(key, value))
    return depth < DEEP ? flatten_options(t, key, value, depth) : NULL;
  if (value->kind == CY_ERLANG_LIST)
    return flatten_list(t, key, value);
  if (value->kind == CY_ERLANG_STRING && cy_text_ends(key, ".ciphers")) {
    cy_buf_printf(&text, "%s.1", key); /* one text, divided by colons */
    CY_TRY(cy_buf_check(&text));
    return add_term(t, cy_buf_cstr(&text), value->text, value->line);
  }
  CY_TRY(put_value(&text, value, false));
  return add_term(t, key, cy_buf_cstr(&text), value->line);
}

/* The value of an application's key takes the place of all that stood there. */
static cy_err *take_terms(terms *t, const cy_erlang_term *all)
{
  const cy_erlang_term *bare;
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    const cy_erlang_term *application = cy_erlang_get(all, names[i].application, &bare);
    const cy_erlang_term *value = cy_erlang_get(application, names[i].key, &bare);
    if (!value)
      continue;
    for (size_t k = 0; k < t->r->items.count; k++)
      if (!t->r->items.items[k].dead && cy_rabbitmq_below(t->r->items.items[k].key, names[i].prefix))
        beat(t->r, k, "Erlang terms say otherwise, and take the place of all of it");
    CY_TRY(flatten(t, names[i].prefix, value, 0));
  }
  return NULL;
}

static cy_err *read_terms(void *arg, const char *file, cy_span text)
{
  CY_CLEAN(cy_erlang) all = {0};
  terms t = {arg, file};
  CY_TRY(cy_erlang_parse(&all, file, text));
  if (all.first && (all.first->next || all.first->kind != CY_ERLANG_LIST))
    return malformed(file, all.first->line, "one list with an element for each application was expected");
  return all.first ? take_terms(&t, all.first) : NULL;
}

static bool is_terms(const char *file, cy_span text)
{
  size_t i = 0;
  if (cy_text_ends(file, ".config"))
    return true;
  while (i < text.len && (is_blank(text.data[i]) || text.data[i] == '\n'))
    i++;
  return !cy_text_ends(file, ".conf") && i < text.len && (text.data[i] == '[' || text.data[i] == '%');
}

static cy_err *read_included(void *arg, const char *file, cy_span text)
{
  return is_terms(file, text) ? read_terms(arg, file, text) : read_conf(arg, file, text);
}

/* Which files. */

typedef struct {
  cy_buf main, more, advanced; /* RABBITMQ_CONFIG_FILE, _CONFIG_FILES, _ADVANCED_CONFIG_FILE */
} places;

static void places_clear(places *p)
{
  cy_buf_clear(&p->main);
  cy_buf_clear(&p->more);
  cy_buf_clear(&p->advanced);
}

static bool is_there(const char *path)
{
  struct stat st;
  return stat(path, &st) == 0;
}

/* rabbitmq-env.conf: the variables without their prefix. */
static cy_err *read_env(const char *file, cy_span text, places *p)
{
  CY_CLEAN(cy_env) in;
  CY_TRY(cy_env_over(&in, file, text));
  for (;;) {
    cy_env_item item;
    bool more;
    CY_TRY(cy_env_next(&in, &item, &more));
    if (!more)
      return NULL;
    if (item.name.len > 9 && memcmp(item.name.data, "RABBITMQ_", 9) == 0)
      item.name = cy_span_of(item.name.data + 9, item.name.len - 9);
    cy_buf *is = cy_span_equal(item.name, CY_SPAN("CONFIG_FILE"))            ? &p->main
                 : cy_span_equal(item.name, CY_SPAN("CONFIG_FILES"))         ? &p->more
                 : cy_span_equal(item.name, CY_SPAN("ADVANCED_CONFIG_FILE")) ? &p->advanced
                                                                             : NULL;
    if (!is || item.open)
      continue;
    cy_buf_reset(is);
    cy_buf_span(is, item.value);
    CY_TRY(cy_buf_check(is));
  }
}

static cy_err *beside(cy_rabbitmq *r, const char *name, cy_buf *path)
{
  return path->len ? NULL : cy_tls_read_path(r->reading, r->path, name, path);
}

static cy_err *whole(cy_rabbitmq *r, cy_buf *path)
{
  CY_CLEAN(cy_buf) given = CY_BUF_TEXT;
  if (!path->len)
    return NULL;
  cy_buf_span(&given, cy_buf_get(path));
  cy_buf_reset(path);
  return cy_tls_read_path(r->reading, r->path, cy_buf_cstr(&given), path);
}

/* The file itself is open already; others are read when they are there. */
static cy_err *read_one(cy_rabbitmq *r, const char *path, cy_span text, bool must)
{
  cy_tls_include in = {r->reading, &r->findings, NULL, r->path, 0, read_included, r, 0};
  if (strcmp(path, r->path) == 0)
    return read_included(r, path, text);
  return must || is_there(path) ? cy_tls_include_file(&in, path) : NULL;
}

/* The main file: of rabbitmq.conf and rabbitmq.config side by side the older form is taken. */
static cy_err *settle_main(cy_rabbitmq *r, places *p, cy_buf *old)
{
  if (!p->main.len)
    CY_TRY(cy_tls_read_path(r->reading, r->path, "rabbitmq", &p->main));
  const char *main = cy_buf_cstr(&p->main);
  bool whole_name = cy_text_ends(main, ".conf") || cy_text_ends(main, ".config");
  size_t stem = p->main.len - (cy_text_ends(main, ".config") ? 7 : cy_text_ends(main, ".conf") ? 5 : 0);
  cy_buf_put(old, p->main.data, stem);
  cy_buf_str(old, ".config");
  CY_TRY(cy_buf_check(old));
  if (!whole_name && !is_there(main)) {
    cy_buf_str(&p->main, ".conf");
    return cy_buf_check(&p->main);
  }
  return NULL;
}

static void tell_older(cy_rabbitmq *r, const char *old, const char *main)
{
  cy_finding *f = cy_tls_read_noticed(&r->findings, CY_F_TLS_SETTING_DEAD, main, 0,
    "%s is there, too, and RabbitMQ takes that one: nothing of this file is in force", old);
  cy_finding_set_fix(&r->findings, f, "Bring what is needed of %s into this file, and remove it.", old);
}

static cy_err *read_more(cy_rabbitmq *r, const char *pattern, cy_span text)
{
  CY_CLEAN(cy_buf) each = CY_BUF_TEXT;
  struct stat st;
  glob_t found = {0};
  bool folder = stat(pattern, &st) == 0 && S_ISDIR(st.st_mode);
  cy_buf_printf(&each, "%s%s", pattern, folder ? "/*" : "");
  CY_TRY(cy_buf_check(&each));
  cy_err *err = glob(cy_buf_cstr(&each), 0, NULL, &found) == GLOB_NOSPACE ? cy_err_no_memory() : NULL;
  for (size_t i = 0; !err && i < found.gl_pathc; i++)
    if (stat(found.gl_pathv[i], &st) == 0 && S_ISREG(st.st_mode))
      err = read_one(r, found.gl_pathv[i], text, true);
  globfree(&found);
  return err;
}

/* Terms come last, whatever file they stand in: they win. */
static cy_err *read_all(cy_rabbitmq *r, places *p, cy_span text)
{
  CY_CLEAN(cy_buf) old = CY_BUF_TEXT;
  CY_TRY(settle_main(r, p, &old));
  const char *main = cy_buf_cstr(&p->main);
  bool older = is_there(cy_buf_cstr(&old)) || strcmp(cy_buf_cstr(&old), r->path) == 0;
  bool given = strcmp(main, r->path) == 0;
  if (!older || given)
    CY_TRY(read_one(r, main, text, false));
  for (size_t i = 0; older && i < r->items.count; i++)
    beat(r, i, "RabbitMQ takes rabbitmq.config in place of this file");
  if (older && given && strcmp(main, cy_buf_cstr(&old)) != 0)
    tell_older(r, cy_buf_cstr(&old), main);
  CY_TRY(beside(r, "conf.d/*.conf", &p->more));
  CY_TRY(read_more(r, cy_buf_cstr(&p->more), text));
  CY_TRY(beside(r, "advanced.config", &p->advanced));
  if (older && strcmp(main, cy_buf_cstr(&old)) == 0)
    return NULL;
  return older ? read_one(r, cy_buf_cstr(&old), text, false)
               : read_one(r, cy_buf_cstr(&p->advanced), text, false);
}

/* A file that is none of those by name stands for the main one, or for the advanced one. */
static cy_err *read_given(cy_rabbitmq *r, places *p, cy_span text)
{
  const char *name = cy_path_name(r->path);
  const cy_tls_read_how *how = r->reading->how;
  static const char *const variables[] = {
    "RABBITMQ_CONFIG_FILE", "RABBITMQ_CONFIG_FILES", "RABBITMQ_ADVANCED_CONFIG_FILE"};
  cy_buf *const into[] = {&p->main, &p->more, &p->advanced};
  if (strcmp(name, "rabbitmq-env.conf") == 0)
    CY_TRY(read_env(r->path, text, p));
  for (size_t i = 0; how->env && i < CY_COUNT(into); i++) {
    const char *value = how->env(how->env_arg, variables[i]);
    if (value && *value && !(i == 0 && strcmp(name, "rabbitmq-env.conf") != 0)) {
      cy_buf_reset(into[i]);
      cy_buf_str(into[i], value);
    }
  }
  for (size_t i = 0; i < CY_COUNT(into); i++)
    CY_TRY(whole(r, into[i]));
  if (strcmp(name, "rabbitmq-env.conf") == 0)
    return read_all(r, p, text);
  cy_buf *is = strcmp(name, "advanced.config") == 0 ? &p->advanced : &p->main;
  if (cy_text_ends(name, ".conf") && strstr(r->path, "/conf.d/")) /* a part, read by itself */
    return read_conf(r, r->path, text);
  cy_buf_reset(is);
  cy_buf_str(is, r->path);
  CY_TRY(cy_buf_check(is));
  return read_all(r, p, text);
}

static cy_err *read_rabbitmq(cy_tls_reading *reading, const char *path, cy_span text)
{
  cy_rabbitmq r = {.reading = reading, .path = path};
  places p = {CY_BUF_TEXT, CY_BUF_TEXT, CY_BUF_TEXT};
  cy_err *err = read_given(&r, &p, text);
  if (!err)
    err = cy_rabbitmq_sides(&r);
  places_clear(&p);
  cy_items_clear(&r.items);
  cy_findings_clear(&r.findings);
  return err;
}

static unsigned detect(const char *path, cy_span head)
{
  static const char *const files[] = {
    "rabbitmq.conf", "advanced.config", "rabbitmq.config", "rabbitmq-env.conf"};
  static const char *const words[] = {"listeners.ssl", "listeners.tcp", "ssl_options.", "management.ssl.",
    "{rabbit,", "{ssl_options,", "{ssl_listeners,", "{rabbitmq_management,"};
  unsigned seen = 0;
  for (size_t i = 0; i < CY_COUNT(files); i++)
    if (strcmp(cy_path_name(path), files[i]) == 0)
      return i == 1 ? 90 : 95;
  size_t at = 0;
  while (at < head.len && (is_blank(head.data[at]) || head.data[at] == '\n'))
    at++;
  if (at == head.len || head.data[at] == '{' || memchr(head.data, 0, head.len))
    return 0;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    seen += memmem(head.data, head.len, words[i], strlen(words[i])) != NULL;
  return seen > 1 ? 80 : seen ? 55 : 0;
}

const cy_tls_reader cy_tls_reader_rabbitmq = {
  .id = "rabbitmq",
  .title = "RabbitMQ",
  .what =
    "rabbitmq.conf, advanced.config or rabbitmq-env.conf, with the others beside it: a server for each "
    "kind of listener",
  .detect = detect,
  .read = read_rabbitmq,
};
