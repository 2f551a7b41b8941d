/* jms: administered objects of JMS for IBM MQ: JNDI's .bindings, and what JMSAdmin reads. A side each
 * connection factory. */
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "conf/mqsc.h"
#include "conf/properties.h"
#include "tls/codes.h"
#include "tls/mq.h"

/* Properties by their long and their short names. */
typedef enum { SUITE, PEER, CHANNEL, HOST, PORT, LIST, TABLE, QMGR, FIPS, PROPERTIES } property;

static const char *const names[PROPERTIES][2] = {{"SSLCIPHERSUITE", "SCPHS"}, {"SSLPEERNAME", "SPEER"},
  {"CHANNEL", "CHAN"}, {"HOSTNAME", "HOST"}, {"PORT", "PORT"}, {"CONNECTIONNAMELIST", "CNLIST"},
  {"CCDTURL", "CCDT"}, {"QMANAGER", "QMGR"}, {"SSLFIPSREQUIRED", "SFIPS"}};

typedef struct {
  const char *name; /* of the object */
  cy_mq_value of[PROPERTIES];
  uint32_t line;
} factory;

typedef struct {
  cy_tls_reading *reading;
  cy_mq mq; /* for its arena and file */
  factory *items;
  size_t count, cap;
  cy_map by_name;
} reader;

static bool has(const factory *f, property id)
{
  return *cy_mq_get(&f->of[id]) != 0;
}

static cy_err *factory_of(reader *r, cy_span name, size_t line, factory **out)
{
  size_t at = cy_map_get(&r->by_name, name);
  if (at == CY_MAP_NONE) {
    at = r->count;
    if (!cy_grow(&r->items, &r->cap, at + 1, sizeof *r->items) || !cy_map_put(&r->by_name, name, at))
      return cy_err_no_memory();
    r->items[at] = (factory){.name = cy_arena_str(&r->mq.arena, name), .line = (uint32_t)line};
    CY_TRY_ALLOC(r->items[at].name);
    r->count++;
  }
  *out = &r->items[at];
  return NULL;
}

static bool find_property(cy_span name, property *id)
{
  for (size_t i = 0; i < PROPERTIES; i++)
    for (size_t form = 0; form < 2; form++)
      if (cy_ascii_equal_nocase(name, cy_span_str(names[i][form]))) {
        *id = (property)i;
        return true;
      }
  return false;
}

/* .bindings: NAME/ClassName, NAME/RefAddr/N/Type, NAME/RefAddr/N/Content. */

static bool is_factory_class(const char *class)
{
  return cy_text_starts(class, "com.ibm.mq.") && strstr(class, "ConnectionFactory");
}

static cy_err *take_content(reader *r, const cy_properties *all, const cy_property *type, size_t name_len)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  property id;
  factory *f;
  if (!find_property(cy_span_str(type->value), &id))
    return NULL;
  cy_buf_put(&key, type->key, strlen(type->key) - strlen("Type"));
  cy_buf_str(&key, "Content");
  CY_TRY(cy_buf_check(&key));
  const cy_property *content = cy_properties_find(all, cy_buf_cstr(&key));
  if (!content)
    return NULL;
  CY_TRY(factory_of(r, cy_span_of(type->key, name_len), type->line, &f));
  return cy_mq_value_set(&r->mq, &f->of[id], cy_span_str(content->value), r->mq.file, content->line);
}

static cy_err *take_bindings(reader *r, const cy_properties *all)
{
  for (size_t i = 0; i < all->count; i++) {
    const cy_property *p = &all->items[i];
    const char *class = strstr(p->key, "/ClassName"), *address = strstr(p->key, "/RefAddr/");
    factory *f;
    if (class && !class[10] && is_factory_class(p->value))
      CY_TRY(factory_of(r, cy_span_of(p->key, (size_t)(class - p->key)), p->line, &f));
    if (address && cy_text_ends(p->key, "/Type") &&
        cy_map_get(&r->by_name, cy_span_of(p->key, (size_t)(address - p->key))) != CY_MAP_NONE)
      CY_TRY(take_content(r, all, p, (size_t)(address - p->key)));
  }
  return NULL;
}

/* The class may stand behind the addresses: two passes. */
static cy_err *read_bindings_text(reader *r, cy_span text)
{
  CY_CLEAN(cy_properties) all = {0};
  CY_TRY(cy_properties_parse(&all, r->mq.file, text));
  CY_TRY(take_bindings(r, &all));
  return take_bindings(r, &all);
}

/* JMSAdmin: DEF CF(name) PROPERTY(value) ... */

static bool is_factory_word(cy_span word)
{
  static const char *const words[] = {"CF", "QCF", "TCF", "XACF", "XAQCF", "XATCF", "WSQCF", "WSTCF"};
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (cy_mqsc_is(word, words[i]))
      return true;
  return false;
}

static cy_err *slip(reader *r, const cy_mqsc_param *p)
{
  CY_AUTO_STR char *word = cy_strndup((const char *)p->name.data, p->name.len);
  CY_TRY_ALLOC(word);
  cy_nearest near = CY_NEAREST(word);
  cy_nearest_try(&near, names[SUITE][0]);
  cy_nearest_try(&near, names[PEER][0]);
  cy_nearest_try(&near, names[FIPS][0]);
  if (!near.best || !cy_text_starts(word, "SSL"))
    return NULL;
  cy_finding *f = cy_tls_read_noticed(&r->mq.findings, CY_F_MQ_ATTRIBUTE, r->mq.file, p->line,
    "there is no property %s; nearest is %s (column %zu)", word, near.best, p->column);
  cy_finding_set_fix(&r->mq.findings, f, "Write %s(...), and define the object anew.", near.best);
  return cy_findings_check(&r->mq.findings);
}

static cy_err *take_definition(reader *r, const cy_mqsc_command *command)
{
  factory *f;
  const cy_mqsc_param *object = &command->params[0];
  CY_TRY(factory_of(r, object->written, command->line, &f));
  for (size_t i = 1; i < command->count; i++) {
    const cy_mqsc_param *p = &command->params[i];
    property id;
    if (!find_property(p->name, &id))
      CY_TRY(slip(r, p));
    else
      CY_TRY(cy_mq_value_set(&r->mq, &f->of[id], p->written, r->mq.file, p->line));
  }
  return NULL;
}

static cy_err *read_admin_text(reader *r, cy_span text)
{
  CY_CLEAN(cy_mqsc) in;
  CY_TRY(cy_mqsc_over(&in, r->mq.file, text));
  for (;;) {
    cy_mqsc_command command;
    bool more;
    CY_TRY(cy_mqsc_next(&in, &command, &more));
    if (!more)
      return NULL;
    bool changes = cy_mqsc_is(command.verb, "DEFINE") || cy_mqsc_is(command.verb, "ALTER");
    if (changes && command.count && is_factory_word(command.params[0].name))
      CY_TRY(command.wrong ? cy_mq_apply(&r->mq, &command) : take_definition(r, &command));
  }
}

/* Sides. */

static cy_err *note(cy_tls_side *side, cy_tls_field field, const factory *f, property id)
{
  const cy_mq_value *value = &f->of[id];
  if (!has(f, id))
    return NULL;
  return cy_tls_side_note(side, field, names[id][0], value->value, value->file, value->line);
}

/* A CipherSpec where Java wants a suite; or a name that only IBM's Java has. */
static cy_err *other_name(const cy_mq *mq, cy_tls_side *side, const factory *f, const cy_mq_cipher *java)
{
  const cy_mq_value *value = &f->of[SUITE];
  cy_mq_cipher spec;
  bool known = cy_mq_cipher_find(&spec, value->value);
  char suggest[96] = "*TLS12ORHIGHER";
  if (known && spec.suite && spec.suite->names[CY_NOTATION_JAVA])
    snprintf(suggest, sizeof suggest, "%s", spec.suite->names[CY_NOTATION_JAVA]);
  else if (known && !spec.open_ended)
    snprintf(suggest, sizeof suggest, "%s", spec.versions == CY_TLS_BIT(CY_TLS13) ? "*TLS13" : "*TLS12");
  if (java)
    snprintf(suggest, sizeof suggest, "%s", java->suite->names[CY_NOTATION_JAVA]);
  cy_finding *found = cy_tls_read_finding(side,
    known || java ? CY_F_MQ_CIPHER_NOTATION : CY_F_MQ_CIPHER_UNKNOWN, mq->file, value->line,
    java    ? "%s: %s is the name of IBM's Java; others call it %s"
    : known ? "%s: %s is a CipherSpec; Java calls it %s"
            : "%s: there is no suite %s; %s is always right",
    f->name, value->value, suggest);
  if (java)
    cy_finding_set_severity(found, CY_WARNING);
  cy_finding_set_fix(&side->findings, found,
    java ? "SSLCIPHERSUITE(%s), or start IBM's Java with -Dcom.ibm.mq.cfg.useIBMCipherMappings=true."
         : "SSLCIPHERSUITE(%s), and define the object anew.",
    suggest);
  return cy_findings_check(&side->findings);
}

static cy_err *read_suite(const cy_mq *mq, cy_tls_side *side, const factory *f)
{
  cy_mq_cipher cipher;
  bool ibm;
  side->clear = !has(f, SUITE);
  if (side->clear && !has(f, TABLE) && (has(f, PEER) || cy_mq_is(&f->of[FIPS], "YES"))) {
    const cy_mq_value *value = &f->of[has(f, PEER) ? PEER : FIPS];
    cy_tls_read_finding(side, CY_F_MQ_JMS_CLEAR, mq->file, value->line, "%s sets %s and no SSLCIPHERSUITE",
      f->name, names[has(f, PEER) ? PEER : FIPS][0]);
  }
  side->clear = side->clear && !has(f, TABLE);
  if (!has(f, SUITE))
    return cy_findings_check(&side->findings);
  if (!cy_mq_cipher_find_java(&cipher, f->of[SUITE].value, &ibm))
    return other_name(mq, side, f, NULL);
  if (ibm)
    CY_TRY(other_name(mq, side, f, &cipher));
  side->versions = cipher.versions & ~(CY_TLS_BIT(CY_SSL3) | CY_TLS_BIT(CY_TLS11));
  if (!cipher.suite)
    return NULL;
  side->suites.set = side->suites13.set = true;
  return cy_codes_add(cipher.suite->min == CY_TLS13 ? &side->suites13 : &side->suites, cipher.suite->code);
}

static cy_err *read_table(const cy_mq *mq, cy_tls_side *side, const factory *f)
{
  if (!has(f, TABLE))
    return NULL;
  cy_tls_read_finding(side, CY_F_TLS_NOT_READ, mq->file, f->of[TABLE].line,
    "%s takes its channel from %s; give that file by itself", f->name, f->of[TABLE].value);
  return cy_findings_check(&side->findings);
}

static cy_err *check_peer(const cy_mq *mq, cy_tls_side *side, const factory *f)
{
  if (side->clear || has(f, PEER) || has(f, TABLE))
    return NULL;
  cy_finding *found = cy_tls_read_finding(side, CY_F_MQ_NO_PEER, mq->file, f->of[SUITE].line,
    "%s has no SSLPEERNAME: it takes any queue manager whose CA it trusts", f->name);
  cy_finding_set_fix(&side->findings, found,
    "Add SSLPEERNAME(CN=..., O=...) with the queue manager's name, and define the object anew.");
  return cy_findings_check(&side->findings);
}

/* The first of a list: host(port),host(port). */
static cy_err *read_host(cy_tls_side *side, const factory *f)
{
  property id = has(f, LIST) ? LIST : HOST;
  size_t len = strcspn(cy_mq_get(&f->of[id]), "(,");
  if (!len)
    return NULL;
  CY_AUTO_STR char *host = cy_strndup(f->of[id].value, len);
  CY_TRY_ALLOC(host);
  CY_TRY(note(side, CY_TLS_FIELD_HOST, f, id));
  return cy_tls_side_set(&side->host, host);
}

static cy_err *fill_side(const reader *r, cy_tls_side *side, const factory *f)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_buf_printf(&name, "connection factory %s", f->name);
  if (has(f, CHANNEL))
    cy_buf_printf(&name, " (channel %s)", f->of[CHANNEL].value);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_set(&side->name, cy_buf_cstr(&name)));
  CY_TRY(cy_tls_side_set(&side->label, f->name));
  CY_TRY(cy_tls_side_set(&side->source, r->mq.file));
  CY_TRY(cy_tls_side_set(&side->product, "IBM MQ classes for JMS"));
  side->role_known = true;
  side->check_host = CY_NO;
  side->peer = CY_TLS_PEER_REQUIRED;
  side->dialect = cy_tls_dialect_find("jdk");
  CY_TRY(note(side, CY_TLS_FIELD_SUITES, f, SUITE));
  CY_TRY(note(side, CY_TLS_FIELD_PEER_NAME, f, PEER));
  CY_TRY(note(side, CY_TLS_FIELD_SNI, f, CHANNEL));
  CY_TRY(cy_tls_side_set(&side->channel, has(f, CHANNEL) ? f->of[CHANNEL].value : NULL));
  if (has(f, PEER))
    CY_TRY(cy_mq_peer_filter(
      side, &side->peer_filter, "SSLPEERNAME", f->of[PEER].value, r->mq.file, f->of[PEER].line));
  CY_TRY(note(side, CY_TLS_FIELD_OTHER, f, TABLE));
  CY_TRY(read_suite(&r->mq, side, f));
  CY_TRY(read_table(&r->mq, side, f));
  CY_TRY(check_peer(&r->mq, side, f));
  return read_host(side, f);
}

static cy_err *add_sides(reader *r)
{
  size_t before = r->reading->sides->count;
  for (size_t i = 0; i < r->count; i++) {
    CY_AUTO(cy_tls_side) *side = NULL;
    CY_TRY(cy_tls_side_new(&side, r->items[i].name, CY_TLS_CLIENT));
    CY_TRY(fill_side(r, side, &r->items[i]));
    cy_tls_side *done = side;
    side = NULL;
    CY_TRY(cy_tls_sides_add(r->reading->sides, done));
  }
  if (r->reading->sides->count > before)
    cy_findings_move(&r->reading->sides->items[before]->findings, &r->mq.findings);
  return NULL;
}

static cy_err *read_any(
  cy_tls_reading *reading, const char *path, cy_span text, cy_err *(*read)(reader *r, cy_span text))
{
  reader r = {.reading = reading};
  cy_map_init(&r.by_name, true);
  cy_err *err = cy_mq_init(&r.mq, path);
  if (!err)
    err = read(&r, text);
  if (!err)
    err = add_sides(&r);
  cy_map_clear(&r.by_name);
  cy_free(r.items);
  cy_mq_clear(&r.mq);
  return err;
}

static cy_err *read_bindings(cy_tls_reading *reading, const char *path, cy_span text)
{
  return read_any(reading, path, text, read_bindings_text);
}

static cy_err *read_admin(cy_tls_reading *reading, const char *path, cy_span text)
{
  return read_any(reading, path, text, read_admin_text);
}

static unsigned detect_bindings(const char *path, cy_span head)
{
  bool class = memmem(head.data, head.len, "/ClassName=com.ibm.mq.", 22) != NULL;
  return class ? 90 : strcmp(cy_path_name(path), ".bindings") == 0 ? 30 : 0;
}

/* A line such as DEF CF(name) ... */
static unsigned detect_admin(const char *path, cy_span head)
{
  static const char *const verbs[] = {"DEF", "DEFINE", "ALT", "ALTER"};
  (void)path;
  while (head.len) {
    const uint8_t *end = memchr(head.data, '\n', head.len);
    size_t len = end ? (size_t)(end - head.data) : head.len;
    cy_span line = cy_line_trim(cy_span_of(head.data, len));
    for (size_t i = 0; i < CY_COUNT(verbs); i++) {
      size_t n = strlen(verbs[i]);
      if (line.len < n + 4 || line.data[n] != ' ' ||
          !cy_ascii_equal_nocase(cy_span_of(line.data, n), cy_span_str(verbs[i])))
        continue;
      cy_span object = cy_line_trim(cy_span_of(line.data + n, line.len - n));
      const uint8_t *open = memchr(object.data, '(', object.len);
      char word[8] = "";
      for (size_t c = 0; open && c < (size_t)(open - object.data) && c < 7; c++)
        word[c] = (char)(object.data[c] & ~0x20);
      if (is_factory_word(cy_span_str(word)))
        return 80;
    }
    len += end != NULL;
    head = cy_span_of(head.data + len, head.len - len);
  }
  return 0;
}

const cy_tls_reader cy_tls_reader_jndi = {.id = "jndi",
  .title = "JNDI .bindings",
  .what = "connection factories of IBM MQ in a file of JNDI; one side each",
  .detect = detect_bindings,
  .read = read_bindings,
  .audited = {.marks = CY_TLS_MARKS("classname=com.ibm.mq.")}};
const cy_tls_reader cy_tls_reader_jmsadmin = {.id = "jmsadmin",
  .title = "JMSAdmin script",
  .what = "DEF CF(...) and its like; one side each",
  .detect = detect_admin,
  .read = read_admin,
  .audited = {.marks = CY_TLS_MARKS("sslciphersuit", "sslpeername"), .also = "txt"}};
