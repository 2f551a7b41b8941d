/* libpq: connection strings, URIs, services and variables in a text. */
#include "tls/read_libpq.h"

#include "base/mem.h"
#include "base/text.h"
#include "conf/env.h"
#include "conf/lines.h"
#include "tls/codes.h"

const cy_libpq_word cy_libpq_words[] = {{"host", "PGHOST"}, {"hostaddr", "PGHOSTADDR"}, {"port", "PGPORT"},
  {"dbname", "PGDATABASE"}, {"user", "PGUSER"}, {"service", "PGSERVICE"}, {"sslmode", "PGSSLMODE"},
  {"sslnegotiation", "PGSSLNEGOTIATION"}, {"sslcompression", "PGSSLCOMPRESSION"}, {"sslcert", "PGSSLCERT"},
  {"sslkey", "PGSSLKEY"}, {"sslcertmode", "PGSSLCERTMODE"}, {"sslrootcert", "PGSSLROOTCERT"},
  {"sslcrl", "PGSSLCRL"}, {"sslcrldir", "PGSSLCRLDIR"}, {"sslsni", "PGSSLSNI"},
  {"requirepeer", "PGREQUIREPEER"}, {"ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"},
  {"ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"}, {"gssencmode", "PGGSSENCMODE"},
  {"channel_binding", "PGCHANNELBINDING"}, {"requiressl", "PGREQUIRESSL"}, {"servicefile", "PGSERVICEFILE"},
  {"sslpassword", NULL}, {"password", NULL}, {"passfile", NULL}, {"require_auth", NULL},
  {"connect_timeout", NULL}, {"client_encoding", NULL}, {"options", NULL}, {"application_name", NULL},
  {"fallback_application_name", NULL}, {"keepalives", NULL}, {"keepalives_idle", NULL},
  {"keepalives_interval", NULL}, {"keepalives_count", NULL}, {"tcp_user_timeout", NULL},
  {"replication", NULL}, {"krbsrvname", NULL}, {"gsslib", NULL}, {"gssdelegation", NULL},
  {"target_session_attrs", NULL}, {"load_balance_hosts", NULL}, {"sslkeylogfile", NULL},
  {"scram_client_key", NULL}, {"scram_server_key", NULL}, {"min_protocol_version", NULL},
  {"max_protocol_version", NULL}, {"authtype", NULL}, {"tty", NULL}, {"ssl", NULL}, {"oauth_issuer", NULL},
  {"oauth_client_id", NULL}, {"oauth_client_secret", NULL}, {"oauth_scope", NULL}, {NULL, NULL}};

const cy_libpq_word *cy_libpq_word_find(const char *keyword)
{
  for (const cy_libpq_word *w = cy_libpq_words; w->keyword; w++)
    if (strcmp(w->keyword, keyword) == 0)
      return w;
  return NULL;
}

void cy_libpq_connection_clear(cy_libpq_connection *connection)
{
  cy_items_clear(&connection->items);
  cy_free(connection->service);
  *connection = (cy_libpq_connection){0};
}

/* Whoever can log on with it is nobody's business here. */
static bool is_secret(cy_span key)
{
  return cy_span_equal(key, CY_SPAN("password")) || cy_span_equal(key, CY_SPAN("scram_client_key")) ||
         cy_span_equal(key, CY_SPAN("scram_server_key")) ||
         cy_span_equal(key, CY_SPAN("oauth_client_secret"));
}

static cy_err *add(cy_libpq_connection *c, cy_span key, cy_span value, const char *file, size_t line)
{
  return is_secret(key) ? NULL : cy_items_add(&c->items, key, value, file, line);
}

static bool is_blank(int c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_word(int c)
{
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static cy_span span_from(cy_span s, size_t at)
{
  return cy_span_of(s.data + at, s.len - at);
}

/* keyword = value ..., where a value with blanks stands in single quotes, and a backslash keeps the next.
 */

static size_t take_value(cy_span s, size_t at, uint8_t quote, cy_buf *value)
{
  bool quoted = at < s.len && s.data[at] == '\'' && quote != '\'';
  at += quoted;
  for (; at < s.len; at++) {
    uint8_t c = s.data[at];
    if (quoted ? c == '\'' : is_blank(c) || (quote && c == quote))
      break;
    if (c == '\\' && at + 1 < s.len)
      c = s.data[++at];
    cy_buf_u8(value, c);
  }
  return at + (quoted && at < s.len);
}

/* From `at` up to the quote around it all, or the end; stops where no keyword = follows. */
static cy_err *read_pairs(cy_libpq_connection *c, cy_span s, uint8_t quote, const char *file, size_t line)
{
  size_t at = 0;
  for (;;) {
    CY_CLEAN(cy_buf) value = CY_BUF_TEXT;
    while (at < s.len && is_blank(s.data[at]))
      at++;
    size_t start = at;
    while (at < s.len && is_word(s.data[at]))
      at++;
    cy_span key = cy_span_of(s.data + start, at - start);
    while (at < s.len && is_blank(s.data[at]))
      at++;
    if (!key.len || at >= s.len || s.data[at] != '=')
      return NULL;
    for (at++; at < s.len && is_blank(s.data[at]);)
      at++;
    at = take_value(s, at, quote, &value);
    CY_TRY(cy_buf_check(&value));
    CY_TRY(add(c, key, cy_buf_get(&value), file, line));
  }
}

/* URIs: postgresql://[user[:password]@][host[:port],...][/dbname][?keyword=value&...]. */

static int hex(int c)
{
  int low = c | 0x20;
  return c >= '0' && c <= '9' ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

static void put_decoded(cy_buf *out, cy_span s)
{
  for (size_t i = 0; i < s.len; i++) {
    bool coded = s.data[i] == '%' && i + 2 < s.len && hex(s.data[i + 1]) >= 0 && hex(s.data[i + 2]) >= 0;
    int c = coded ? hex(s.data[i + 1]) << 4 | hex(s.data[i + 2]) : s.data[i];
    i += coded ? 2 : 0;
    if (c)
      cy_buf_u8(out, (uint8_t)c);
  }
}

static cy_err *add_decoded(
  cy_libpq_connection *c, cy_span key, cy_span value, const char *file, size_t line)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) plain = CY_BUF_TEXT;
  put_decoded(&name, key);
  put_decoded(&plain, value);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_buf_check(&plain));
  return add(c, cy_buf_get(&name), cy_buf_get(&plain), file, line);
}

static cy_span up_to(cy_span *s, const char *ends)
{
  size_t len = 0;
  while (len < s->len && (!s->data[len] || !strchr(ends, s->data[len])))
    len++;
  cy_span part = cy_span_of(s->data, len);
  *s = span_from(*s, len);
  return part;
}

static cy_err *read_query(cy_libpq_connection *c, cy_span s, const char *file, size_t line)
{
  while (s.len) {
    cy_span value = up_to(&s, "&");
    cy_span key = up_to(&value, "=");
    value = value.len ? span_from(value, 1) : value;
    if (key.len)
      CY_TRY(add_decoded(c, key, value, file, line));
    s = s.len ? span_from(s, 1) : s;
  }
  return NULL;
}

/* Several hosts are tried one after the other; the first one counts. */
static cy_err *read_authority(cy_libpq_connection *c, cy_span s, const char *file, size_t line)
{
  for (size_t i = s.len; i-- > 0;)
    if (s.data[i] == '@') {
      s = span_from(s, i + 1);
      break;
    }
  cy_span all = s, host = up_to(&s, ",");
  bool six = host.len && host.data[0] == '[';
  if (six)
    host = span_from(host, 1);
  cy_span name = up_to(&host, six ? "]" : ":");
  return name.len && all.len ? add_decoded(c, CY_SPAN("host"), name, file, line) : NULL;
}

static cy_err *read_uri(cy_libpq_connection *c, cy_span s, const char *file, size_t line)
{
  cy_span authority = up_to(&s, "/?");
  CY_TRY(read_authority(c, authority, file, line));
  up_to(&s, "?");
  return s.len ? read_query(c, span_from(s, 1), file, line) : NULL;
}

/* A line of any text. */

typedef struct {
  cy_libpq *q;
  cy_libpq_take *take;
  void *arg;
  size_t line;
} lines;

static cy_err *hand_over(lines *l, cy_libpq_connection *c, cy_err *err)
{
  c->line = l->line;
  if (!err && c->items.count)
    err = l->take(l->arg, c);
  cy_libpq_connection_clear(c);
  return err;
}

/* The place behind postgresql:// or postgres://, and how much of the line was read up to there. */
static size_t find_uri(cy_span s)
{
  static const char *const schemes[] = {"postgresql://", "postgres://"};
  size_t best = s.len;
  for (size_t i = 0; i < CY_COUNT(schemes); i++) {
    const uint8_t *found = s.len ? memmem(s.data, s.len, schemes[i], strlen(schemes[i])) : NULL;
    size_t at = found ? (size_t)(found - s.data) + strlen(schemes[i]) : s.len;
    best = found && at < best ? at : best;
  }
  return best;
}

static cy_err *read_uris(lines *l, cy_span s)
{
  for (size_t at; (at = find_uri(s)) < s.len;) {
    cy_libpq_connection c = {0};
    s = span_from(s, at);
    cy_span uri = up_to(&s, " \t\r\"'`<>");
    CY_TRY(hand_over(l, &c, read_uri(&c, uri, l->q->path, l->line)));
  }
  return NULL;
}

/* Where the words of a connection string begin: behind the quote around them, or with the first known
 * keyword that an = follows. */
static size_t find_pairs(cy_span s, uint8_t *quote)
{
  *quote = 0;
  for (size_t at = 0; at < s.len; at++) {
    size_t len = 0;
    while (at + len < s.len && is_word(s.data[at + len]))
      len++;
    size_t end = at + len;
    while (end < s.len && is_blank(s.data[end]))
      end++;
    char word[32] = "";
    if (len && len < sizeof word)
      memcpy(word, s.data + at, len);
    uint8_t before = at ? s.data[at - 1] : ' ';
    bool starts = is_blank(before) || before == '"' || before == '\'' || before == '=';
    if (starts && end < s.len && s.data[end] == '=' && cy_libpq_word_find(word)) {
      *quote = before == '"' || before == '\'' ? before : 0;
      return at;
    }
    at += len;
  }
  return s.len;
}

/* It is one when it says anything of TLS, or where to connect and as whom. */
static bool is_connection(const cy_libpq_connection *c)
{
  bool host = cy_items_find(&c->items, "host") || cy_items_find(&c->items, "hostaddr");
  for (size_t i = 0; i < c->items.count; i++)
    if (cy_text_starts(c->items.items[i].key, "ssl") || strcmp(c->items.items[i].key, "service") == 0)
      return true;
  return host && (cy_items_find(&c->items, "dbname") || cy_items_find(&c->items, "user"));
}

static cy_err *read_string(lines *l, cy_span s)
{
  cy_libpq_connection c = {0};
  uint8_t quote;
  size_t at = find_pairs(s, &quote);
  cy_err *err = at < s.len ? read_pairs(&c, span_from(s, at), quote, l->q->path, l->line) : NULL;
  if (!err && is_connection(&c))
    return hand_over(l, &c, NULL);
  cy_libpq_connection_clear(&c);
  return err;
}

static cy_err *read_line(lines *l, cy_span s)
{
  s = cy_line_trim(s);
  if (!s.len || s.data[0] == '#')
    return NULL;
  if (find_uri(s) < s.len)
    return read_uris(l, s);
  return read_string(l, s);
}

/* Variables: PGSSLMODE=..., as a shell, a unit or a container file has them. */
static cy_err *read_variables(cy_libpq *q, cy_span text)
{
  CY_CLEAN(cy_env) in;
  CY_TRY(cy_env_over(&in, q->path, text));
  for (;;) {
    cy_env_item item;
    bool more;
    CY_TRY(cy_env_next(&in, &item, &more));
    if (!more)
      return NULL;
    for (const cy_libpq_word *w = cy_libpq_words; w->keyword; w++)
      if (w->variable && !item.open && cy_span_equal(item.name, cy_span_str(w->variable)))
        CY_TRY(cy_items_add(
          &q->env, cy_span_str(w->keyword), item.removed ? CY_SPAN_NONE : item.value, q->path, item.line));
  }
}

cy_err *cy_libpq_read_text(cy_libpq *q, cy_span text, cy_libpq_take *take, void *arg)
{
  lines l = {q, take, arg, 1};
  if (text.len && memchr(text.data, 0, text.len))
    return cy_err_new(CY_E_TLS_MALFORMED, "%s: there are NUL bytes: this is no text", q->path);
  CY_TRY(read_variables(q, text));
  for (; text.len; l.line++) {
    const uint8_t *end = memchr(text.data, '\n', text.len);
    size_t len = end ? (size_t)(end - text.data) : text.len;
    CY_TRY(read_line(&l, cy_span_of(text.data, len)));
    len += end != NULL;
    text = span_from(text, len);
  }
  return NULL;
}

/* Service files: [name], keyword=value without blanks around the =. */

static cy_err *read_service_line(
  cy_libpq *q, cy_libpq_connection *c, cy_span s, const char *file, size_t line)
{
  const uint8_t *equals = memchr(s.data, '=', s.len);
  if (!equals) {
    cy_finding *f = cy_tls_read_noticed(&q->findings, CY_F_TLS_SETTING_WRONG, file, line,
      "neither [service] nor keyword=value: libpq refuses the file");
    cy_finding_set_fix(&q->findings, f, "Write keyword=value, without blanks around the =.");
    return NULL;
  }
  size_t key = (size_t)(equals - s.data);
  if (key && is_blank(s.data[key - 1])) {
    cy_finding *f = cy_tls_read_noticed(&q->findings, CY_F_TLS_SETTING_WRONG, file, line,
      "a blank before the =, which libpq takes for a part of the keyword");
    cy_finding_set_fix(&q->findings, f, "Write keyword=value, without blanks around the =.");
  }
  return add(c, cy_line_trim(cy_span_of(s.data, key)), span_from(s, key + 1), file, line);
}

static cy_err *open_service(cy_libpq_connection *c, cy_span s, size_t line)
{
  size_t len = 0;
  while (len + 1 < s.len && s.data[len + 1] != ']')
    len++;
  c->service = cy_strndup((const char *)s.data + 1, len);
  c->line = line;
  CY_TRY_ALLOC(c->service);
  return NULL;
}

static cy_err *end_service(cy_libpq_connection *c, const char *only, cy_libpq_take *take, void *arg)
{
  bool wanted = c->service && (!only || strcmp(only, c->service) == 0);
  cy_err *err = wanted ? take(arg, c) : NULL;
  cy_libpq_connection_clear(c);
  return err;
}

cy_err *cy_libpq_read_services(
  cy_libpq *q, const char *file, cy_span text, const char *only, cy_libpq_take *take, void *arg)
{
  cy_libpq_connection c = {0};
  cy_err *err = text.len && memchr(text.data, 0, text.len)
                  ? cy_err_new(CY_E_TLS_MALFORMED, "%s: there are NUL bytes: this is no text", file)
                  : NULL;
  for (size_t line = 1; !err && text.len; line++) {
    const uint8_t *end = memchr(text.data, '\n', text.len);
    size_t len = end ? (size_t)(end - text.data) : text.len;
    cy_span s = cy_line_trim(cy_span_of(text.data, len));
    len += end != NULL;
    text = span_from(text, len);
    if (!s.len || s.data[0] == '#')
      continue;
    if (s.data[0] == '[') {
      err = end_service(&c, only, take, arg);
      if (!err)
        err = open_service(&c, s, line);
    } else if (c.service) {
      err = read_service_line(q, &c, s, file, line);
    }
  }
  if (!err)
    return end_service(&c, only, take, arg);
  cy_libpq_connection_clear(&c);
  return err;
}
