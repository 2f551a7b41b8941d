/* How each product writes a setting. */
#include "tls/syntax.h"

#include "base/text.h"
#include "tls/dialect.h"
#include "tls/group.h"
#include "tls/scheme.h"
#include "tls/suite.h"

typedef struct {
  const char *products; /* divided by / */
  int role;             /* -1: both */
  cy_tls_field field;   /* OTHER: the product as a whole */
  const char *names, *join;
  bool quoted;
  const char *text, *reload;
  const char *source, *date, *certainty;
} syntax_row;

/* Rows are written for the build, not for people. */
#include "tls_syntax.inc"

/* Up to the / between two names; the one in z/OS is none. */
static size_t name_length(const char *at)
{
  size_t len = strcspn(at, "/");
  while (at[len] && len && at[len - 1] == 'z' && at[len + 1] == 'O')
    len += 1 + strcspn(at + len + 1, "/");
  return len;
}

/* How well the names of a row fit a product: the length of the longest that is its beginning. */
static size_t fit(const char *names, const char *product)
{
  size_t best = 0;
  for (const char *at = names; *at;) {
    size_t len = name_length(at), have = strlen(product);
    if (len > best && len <= have && cy_ascii_equal_nocase(cy_span_of(at, len), cy_span_of(product, len)) &&
        (product[len] == '\0' || product[len] == ' '))
      best = len;
    at += len + (at[len] == '/');
  }
  return best;
}

static const char *products_of(const cy_tls_side *side)
{
  const char *product = side->product ? side->product : "JSON", *found = NULL;
  size_t best = 0;
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    size_t fits = fit(rows[i].products, product);
    if (fits > best) {
      best = fits;
      found = rows[i].products;
    }
  }
  return found ? found : "JSON";
}

static const syntax_row *row_of(const cy_tls_side *side, cy_tls_role role, cy_tls_field field)
{
  const char *products = products_of(side);
  for (size_t i = 0; i < CY_COUNT(rows); i++)
    if (strcmp(rows[i].products, products) == 0 && rows[i].field == field &&
        (rows[i].role < 0 || rows[i].role == (int)role))
      return &rows[i];
  return NULL;
}

/* A value under way. */
typedef struct {
  cy_buf *buf;
  const cy_tls_side *side;
  cy_tls_role role;
  cy_tls_field field;
  const syntax_row *row;
  size_t number; /* of the line, for what takes a line each */
  bool wrong;    /* it can not be said this way */
} writing;

/* Word number `index` of names that are divided by commas; "-" is none. */
static void put_word(writing *w, size_t index)
{
  const char *at = w->row->names ? w->row->names : "";
  for (; index && *at; index--) {
    at += strcspn(at, ",");
    at += *at == ',';
  }
  size_t len = strcspn(at, ",");
  if (len == 0 || (len == 1 && *at == '-'))
    w->wrong = true;
  else
    cy_buf_put(w->buf, at, len);
}

static const cy_codes *list_of(const cy_tls_side *side, cy_tls_field field)
{
  switch (field) {
  case CY_TLS_FIELD_SUITES:
    return &side->suites;
  case CY_TLS_FIELD_SUITES13:
    return &side->suites13;
  case CY_TLS_FIELD_GROUPS:
    return &side->groups;
  case CY_TLS_FIELD_SHARES:
    return &side->shares;
  case CY_TLS_FIELD_SCHEMES:
    return &side->schemes;
  case CY_TLS_FIELD_CERT_SCHEMES:
    return &side->cert_schemes;
  case CY_TLS_FIELD_CLIENT_SCHEMES:
    return &side->client_schemes;
  default:
    return NULL;
  }
}

static cy_notation notation_of(const writing *w)
{
  const char *id = w->row->names;
  bool gnutls = w->side->dialect && w->side->dialect->library == CY_TLS_GNUTLS;
  if (!id)
    return CY_NOTATION_IANA;
  if (strcmp(id, "native") == 0)
    return gnutls ? CY_NOTATION_GNUTLS : CY_NOTATION_OPENSSL;
  for (int n = 0; n < CY_NOTATION_COUNT; n++)
    if (strcmp(cy_notation_id((cy_notation)n), id) == 0)
      return (cy_notation)n;
  return CY_NOTATION_IANA;
}

/* The first name in this notation; what the product has no name for it can not be told. */
static cy_span name_of(cy_tls_field field, uint16_t code, cy_notation notation)
{
  const char *const *names = NULL;
  if (field == CY_TLS_FIELD_SUITES || field == CY_TLS_FIELD_SUITES13)
    names = cy_suite_get(code) ? cy_suite_get(code)->names : NULL;
  else if (field == CY_TLS_FIELD_GROUPS || field == CY_TLS_FIELD_SHARES)
    names = cy_tls_group_get(code) ? cy_tls_group_get(code)->names : NULL;
  else
    names = cy_scheme_get(code) ? cy_scheme_get(code)->names : NULL;
  const char *name = names ? names[notation] : NULL;
  return name ? cy_span_of(name, strcspn(name, " ")) : (cy_span){0};
}

/* Names of one list; *count goes on over several. */
static void put_codes(writing *w, cy_tls_field field, size_t *count, size_t most)
{
  const cy_codes *list = list_of(w->side, field);
  for (size_t i = 0; list && i < list->count && *count < most; i++) {
    cy_span name = name_of(field, list->codes[i], notation_of(w));
    if (!name.len)
      continue;
    if ((*count)++)
      cy_buf_str(w->buf, w->row->join);
    cy_buf_printf(w->buf, "%s%.*s%s", w->row->quoted ? "\"" : "", (int)name.len, (const char *)name.data,
      w->row->quoted ? "\"" : "");
  }
}

static void put_names(writing *w, size_t most)
{
  size_t count = 0;
  put_codes(w, w->field, &count, most);
  w->wrong |= count == 0;
}

static void put_both(writing *w)
{
  size_t count = 0;
  put_codes(w, CY_TLS_FIELD_SUITES13, &count, SIZE_MAX);
  put_codes(w, CY_TLS_FIELD_SUITES, &count, SIZE_MAX);
  w->wrong |= count == 0;
}

static void put_versions(writing *w, unsigned versions, const char *before)
{
  bool any = false;
  for (size_t i = 0; i < 5; i++) {
    if (!(versions & 1u << i))
      continue;
    cy_buf_str(w->buf, any ? (*before ? " " : w->row->join) : "");
    cy_buf_str(w->buf, before);
    cy_buf_str(w->buf, w->row->quoted ? "\"" : "");
    put_word(w, i);
    cy_buf_str(w->buf, w->row->quoted ? "\"" : "");
    any = true;
  }
  w->wrong |= !any;
}

static size_t lowest(unsigned versions)
{
  return versions ? (size_t)__builtin_ctz(versions) : 0;
}

static size_t highest(unsigned versions)
{
  return versions ? 31 - (size_t)__builtin_clz(versions) : 0;
}

static void put_list(writing *w)
{
  if (w->field == CY_TLS_FIELD_VERSIONS)
    put_versions(w, w->side->versions, "");
  else if (notation_of(w) == CY_NOTATION_GNUTLS)
    cy_tls_syntax_priority(w->buf, w->side);
  else
    put_names(w, SIZE_MAX);
}

/* {value}: a number, or the word for the way that was chosen. */
static void put_value(writing *w)
{
  const cy_tls_side *side = w->side;
  if (w->field == CY_TLS_FIELD_LEVEL && side->security_level >= 0)
    cy_buf_printf(w->buf, "%d", side->security_level);
  else if (w->field == CY_TLS_FIELD_MIN_RSA && side->min_rsa)
    cy_buf_printf(w->buf, "%u", side->min_rsa);
  else if (w->field == CY_TLS_FIELD_ORDER && side->own_order != CY_UNSET)
    put_word(w, side->own_order == CY_YES);
  else if (w->field == CY_TLS_FIELD_SNI && side->names_channel != CY_UNSET)
    put_word(w, side->names_channel == CY_YES);
  else if (w->field == CY_TLS_FIELD_PEER && side->peer != CY_TLS_PEER_UNSET)
    put_word(w, (size_t)side->peer - CY_TLS_PEER_IGNORED);
  else
    w->wrong = true;
}

/* The cipher string that a security level goes behind. */
static void put_ciphers(writing *w)
{
  size_t count = 0;
  const syntax_row openssl = {.names = "openssl", .join = ":"}, *own = w->row;
  w->row = &openssl;
  put_codes(w, CY_TLS_FIELD_SUITES, &count, SIZE_MAX);
  w->row = own;
  if (!count)
    cy_buf_str(w->buf, "DEFAULT");
}

static void put_type(writing *w)
{
  const char *type = w->role == CY_TLS_CLIENT ? "CLNTCONN" : "SVRCONN";
  for (size_t i = 0; i < w->side->setting_count; i++)
    if (strcmp(w->side->settings[i].key, "CHLTYPE") == 0)
      type = w->side->settings[i].value;
  cy_buf_str(w->buf, type);
}

static void put_level(writing *w)
{
  if (w->side->security_level >= 0 && notation_of(w) == CY_NOTATION_OPENSSL)
    cy_buf_printf(w->buf, ":@SECLEVEL=%d", w->side->security_level);
}

static void put_label(writing *w)
{
  if (w->side->label)
    cy_buf_str(w->buf, w->side->label);
  else
    w->wrong = true;
}

static void put_priority(writing *w)
{
  cy_tls_syntax_priority(w->buf, w->side);
}

static void put_sslciph(writing *w)
{
  w->wrong |= !cy_tls_syntax_sslciph(w->buf, w->side, w->role);
}

static void put_first(writing *w)
{
  put_names(w, 1);
}

static void put_min(writing *w)
{
  put_word(w, lowest(w->side->versions));
}

static void put_max(writing *w)
{
  put_word(w, highest(w->side->versions));
}

static void put_plus(writing *w)
{
  put_versions(w, w->side->versions, "+");
}

static void put_demands(writing *w)
{
  static const syntax_row own = {.names = "3.0,1.0,1.1,1.2,1.3", .join = ", ", .quoted = true};
  const syntax_row *row = w->row;
  w->row = &own;
  put_versions(w, w->side->demand_versions, "");
  w->row = row;
}

/* A quote inside of quotes is written twice. */
static void put_peer_filter(writing *w)
{
  const char *text = w->side->peer_filter;
  w->wrong |= !text;
  for (; text && *text; text++) {
    cy_buf_u8(w->buf, (uint8_t)*text);
    if (*text == '\'')
      cy_buf_u8(w->buf, '\'');
  }
}

static void put_tls13(writing *w)
{
  put_word(w, w->side->versions & CY_TLS_BIT(CY_TLS13) ? 1 : 0);
}

/* {disabled}: what Java's list of disabled algorithms must let go of, so that this is in force. */
static const char *disabled_suite(const cy_suite *suite)
{
  if (suite->needs == CY_SUITE_NEEDS_ANON)
    return "anon";
  if (cy_text_starts(suite->cipher, "3DES"))
    return "3DES_EDE_CBC";
  if (cy_text_starts(suite->cipher, "RC4"))
    return "RC4";
  if (cy_text_starts(suite->cipher, "DES"))
    return "DES";
  if (cy_text_starts(suite->cipher, "NULL"))
    return "NULL";
  return suite->kx == CY_KX_RSA ? "TLS_RSA_*" : suite->kx == CY_KX_ECDH ? "ECDH" : NULL;
}

static void put_word_once(cy_buf *words, const char *word)
{
  if (word && !strstr(cy_buf_cstr(words), word))
    cy_buf_printf(words, "%s%s", words->len ? ", " : "", word);
}

static void put_disabled(writing *w)
{
  static const char *const versions[] = {"SSLv3", "TLSv1", "TLSv1.1"};
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  const cy_tls_dialect *d = w->side->dialect;
  unsigned normal = d ? d->client_versions | d->server_versions : ~0u;
  for (size_t v = CY_COUNT(versions); w->field == CY_TLS_FIELD_VERSIONS && v-- > 0;)
    if (w->side->versions & ~normal & 1u << v)
      put_word_once(&words, versions[v]);
  for (size_t i = 0; w->field == CY_TLS_FIELD_SUITES && d && i < w->side->suites.count; i++) {
    bool usual = false;
    for (size_t k = 0; k < d->suites.count; k++)
      usual |= d->suites.codes[k] == w->side->suites.codes[i];
    const cy_suite *suite = cy_suite_get(w->side->suites.codes[i]);
    if (!usual && suite)
      put_word_once(&words, disabled_suite(suite));
  }
  if (words.len)
    cy_buf_printf(w->buf, "\nin java.security: jdk.tls.disabledAlgorithms without %s", cy_buf_cstr(&words));
}

static void put_protocols(writing *w)
{
  const cy_tls_protocols *list = &w->side->alpn;
  const char *quote = w->row->quoted ? "\"" : "";
  for (size_t i = 0; i < list->count; i++)
    cy_buf_printf(w->buf, "%s%s%s%s", i ? w->row->join : "", quote, list->items[i], quote);
  w->wrong |= !list->count;
}

static const struct {
  const char *name;
  void (*put)(writing *w);
} places[] = {{"list", put_list}, {"both", put_both}, {"first", put_first}, {"plus", put_plus},
  {"min", put_min}, {"max", put_max}, {"value", put_value}, {"ciphers", put_ciphers}, {"level", put_level},
  {"label", put_label}, {"type", put_type}, {"sslciph", put_sslciph}, {"demands", put_demands},
  {"tls13", put_tls13}, {"peer", put_peer_filter}, {"priority", put_priority}, {"disabled", put_disabled},
  {"protocols", put_protocols}};

static void put_place(writing *w, const char *name, size_t len)
{
  for (size_t i = 0; i < CY_COUNT(places); i++)
    if (strlen(places[i].name) == len && strncmp(places[i].name, name, len) == 0)
      return places[i].put(w);
  w->wrong = true;
}

static void put_text(writing *w, const char *text)
{
  bool leave = w->field == CY_TLS_FIELD_VERSIONS && highest(w->side->versions) == 4;
  for (const char *at = text; *at; at++) {
    if (*at == '~') {
      at = leave ? strchr(at + 1, '~') : at;
    } else if (*at == '{') {
      size_t len = strcspn(at + 1, "}");
      put_place(w, at + 1, len);
      at += len + 1;
    } else {
      cy_buf_u8(w->buf, (uint8_t)*at);
    }
  }
}

/* A line for each value, with two places; the first one is the line's number when `value` is NULL. */
static void put_lines(writing *w, const char *text, const char *value, const char *second)
{
  const char *first = strchr(text, '{'), *rest = strchr(first, '}') + 1, *last = strchr(rest, '{');
  cy_buf_str(w->buf, w->number++ ? "\n" : "");
  cy_buf_put(w->buf, text, (size_t)(first - text));
  if (value)
    cy_buf_str(w->buf, value);
  else
    cy_buf_printf(w->buf, "%zu", w->number);
  cy_buf_put(w->buf, rest, (size_t)(last - rest));
  cy_buf_str(w->buf, second);
}

static void put_word_line(writing *w, size_t index, const char *value, bool value_first)
{
  CY_CLEAN(cy_buf) word = CY_BUF_TEXT;
  cy_buf *whole = w->buf;
  w->buf = &word;
  put_word(w, index);
  w->buf = whole;
  if (value_first)
    put_lines(w, w->row->text, value, cy_buf_cstr(&word));
  else
    put_lines(w, w->row->text, cy_buf_cstr(&word), value);
}

/* GSK_PROTOCOL_TLSV1_2=ON: a line for each version that there is. */
static void put_switches(writing *w)
{
  for (size_t i = 0; i < 5; i++)
    put_word_line(w, i, w->side->versions & 1u << i ? "ON" : "OFF", false);
}

/* Numbered lines, the best first. */
static void put_numbered(writing *w)
{
  static const cy_tls_field both[] = {CY_TLS_FIELD_SUITES13, CY_TLS_FIELD_SUITES};
  for (size_t i = 5; w->field == CY_TLS_FIELD_VERSIONS && i-- > 0;) {
    if (w->side->versions & 1u << i)
      put_word_line(w, i, NULL, true);
  }
  for (size_t k = 0; w->field != CY_TLS_FIELD_VERSIONS && k < CY_COUNT(both); k++) {
    const cy_codes *list = list_of(w->side, both[k]);
    for (size_t i = 0; i < list->count; i++) {
      CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
      cy_buf_span(&name, name_of(both[k], list->codes[i], notation_of(w)));
      if (name.len)
        put_lines(w, w->row->text, NULL, cy_buf_cstr(&name));
    }
  }
  w->wrong |= w->number == 0;
}

bool cy_tls_syntax_put(cy_buf *buf, const cy_tls_side *side, cy_tls_role role, cy_tls_field field)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  const syntax_row *row = row_of(side, role, field);
  if (!row || !row->text)
    return false;
  writing w = {&text, side, role, field, row, 0, false};
  if (strstr(row->text, "{switch}"))
    put_switches(&w);
  else if (strstr(row->text, "{number}"))
    put_numbered(&w);
  else
    put_text(&w, row->text);
  if (w.wrong)
    return false;
  cy_buf_span(buf, cy_buf_get(&text));
  return true;
}

const char *cy_tls_syntax_reload(const cy_tls_side *side, cy_tls_role role, cy_tls_field field)
{
  const syntax_row *row = row_of(side, role, field);
  if (!row || !row->reload)
    row = row_of(side, role, CY_TLS_FIELD_OTHER);
  return row ? row->reload : NULL;
}

bool cy_tls_syntax_is_told(const cy_tls_side *side, cy_tls_role role, cy_tls_field field)
{
  const syntax_row *row = row_of(side, role, field);
  if (!row)
    row = row_of(side, role, CY_TLS_FIELD_OTHER);
  return row && strcmp(row->certainty, "memory") == 0;
}
