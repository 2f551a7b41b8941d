/* ccdt: a client's channel table in JSON; and the binary one, which is named. */
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "conf/json_stream.h"
#include "tls/codes.h"
#include "tls/mq.h"

typedef struct {
  cy_json_stream in;
  cy_mq *mq;
  cy_buf path; /* of keys, with dots: transmissionSecurity.cipherSpecification */
  cy_buf conname;
  size_t channel; /* index */
} table;

static bool contains(cy_span text, const char *word)
{
  return memmem(text.data, text.len, word, strlen(word)) != NULL;
}

static unsigned detect(const char *path, cy_span head)
{
  (void)path;
  size_t i = 0;
  while (i < head.len && strchr(" \t\r\n\xef\xbb\xbf", head.data[i]))
    i++;
  if (i == head.len || head.data[i] != '{' || !contains(head, "\"channel\""))
    return 0;
  return contains(head, "\"clientConnection\"") || contains(head, "\"transmissionSecurity\"") ? 90 : 45;
}

static const struct {
  const char *path;
  cy_mq_channel_attr id;
} members[] = {
  {"transmissionSecurity.cipherSpecification", CY_MQ_SSLCIPH},
  {"transmissionSecurity.certificateLabel", CY_MQ_CERTLABL},
  {"transmissionSecurity.certificatePeerName", CY_MQ_SSLPEER},
  {"clientConnection.queueManager", CY_MQ_QMNAME},
  {"connectionManagement.clientWeight", CY_MQ_CLNTWGHT},
  {"connectionManagement.affinity", CY_MQ_AFFINITY},
};

static const char *const known[] = {"cipherSpecification", "certificateLabel", "certificatePeerName",
  "transmissionSecurity", "clientConnection", "connectionManagement", "queueManager", "clientWeight"};

static cy_mq_channel *current(table *t)
{
  return &t->mq->channels[t->channel];
}

/* A member whose name is nearly that of one about TLS. */
static cy_err *check_member(table *t, const cy_json_event *event)
{
  cy_mq *mq = t->mq;
  if (event->key.len < 6 || cy_map_get(&mq->fine, event->key) != CY_MAP_NONE)
    return NULL;
  CY_AUTO_STR char *word = cy_strndup((const char *)event->key.data, event->key.len);
  CY_TRY_ALLOC(word);
  cy_nearest near = CY_NEAREST(word);
  for (size_t i = 0; i < CY_COUNT(known) && strcmp(word, "connection") != 0; i++)
    cy_nearest_try(&near, known[i]);
  if (!near.best || !near.best_distance)
    return cy_map_put(&mq->fine, event->key, 1) ? NULL : cy_err_no_memory();
  cy_finding *f = cy_tls_read_noticed(&mq->findings, CY_F_MQ_ATTRIBUTE, mq->file, event->line,
    "there is no member %s; nearest is %s", word, near.best);
  cy_finding_set_fix(&mq->findings, f, "Write \"%s\", then start the programs anew.", near.best);
  return cy_findings_check(&mq->findings);
}

static cy_err *take_value(table *t, const cy_json_event *event)
{
  size_t before = t->path.len;
  cy_buf_span(&t->path, event->key);
  const char *path = cy_buf_cstr(&t->path);
  cy_err *err = NULL;
  for (size_t i = 0; i < CY_COUNT(members) && !err; i++)
    if (strcmp(path, members[i].path) == 0)
      err = cy_mq_value_set(t->mq, &current(t)->attrs[members[i].id], event->value, NULL, event->line);
  if (!err && strcmp(path, "name") == 0) {
    current(t)->name = cy_arena_str(&t->mq->arena, event->value);
    if (!current(t)->name)
      err = cy_err_no_memory();
  }
  if (!err && strcmp(path, "clientConnection.connection.host") == 0 && !t->conname.len)
    cy_buf_span(&t->conname, event->value);
  if (!err)
    err = check_member(t, event);
  t->path.len = before;
  return err;
}

static void enter(table *t, const cy_json_event *event)
{
  if (!event->key.len)
    return;
  cy_buf_span(&t->path, event->key);
  cy_buf_u8(&t->path, '.');
}

static void leave(table *t, bool named)
{
  if (!named || !t->path.len)
    return;
  t->path.len--;
  while (t->path.len && t->path.data[t->path.len - 1] != '.')
    t->path.len--;
}

/* Behind the brace that opens a channel. */
static cy_err *read_channel(table *t, const cy_json_event *open)
{
  cy_mq_channel *channel;
  uint32_t named = 0; /* bit n: the level has a name in the path */
  CY_TRY(cy_mq_channel_add(t->mq, &channel, CY_SPAN("?"), open->line));
  t->channel = t->mq->channel_count - 1;
  channel->attrs[CY_MQ_CHLTYPE] = (cy_mq_value){.value = "CLNTCONN"};
  cy_buf_reset(&t->path);
  cy_buf_reset(&t->conname);
  for (;;) {
    cy_json_event e;
    bool more;
    CY_TRY(cy_json_stream_next(&t->in, &e, &more));
    if (e.kind == CY_JSON_CLOSE && e.depth == open->depth)
      break;
    uint32_t bit = 1u << e.depth % 32;
    if (e.kind == CY_JSON_OBJECT || e.kind == CY_JSON_LIST) {
      CY_TRY(e.key.len ? check_member(t, &e) : NULL);
      named = e.key.len ? named | bit : named & ~bit;
      enter(t, &e);
    } else if (e.kind == CY_JSON_CLOSE) {
      leave(t, named & bit);
    } else {
      CY_TRY(take_value(t, &e));
    }
  }
  if (t->conname.len)
    CY_TRY(
      cy_mq_value_set(t->mq, &current(t)->attrs[CY_MQ_CONNAME], cy_buf_get(&t->conname), NULL, open->line));
  return cy_buf_check(&t->path);
}

/* {"channel": [ ... ]}; other members are passed over. */
static cy_err *read_table(table *t)
{
  bool inside = false;
  for (;;) {
    cy_json_event e;
    bool more;
    CY_TRY(cy_json_stream_next(&t->in, &e, &more));
    if (!more)
      return NULL;
    if (e.depth == 1 && e.kind == CY_JSON_LIST && cy_mqsc_is(e.key, "channel"))
      inside = true;
    else if (e.depth == 1 && e.kind == CY_JSON_CLOSE)
      inside = false;
    else if (inside && e.depth == 2 && e.kind == CY_JSON_OBJECT)
      CY_TRY(read_channel(t, &e));
    else if (e.depth >= 1)
      CY_TRY(cy_json_stream_skip(&t->in, &e));
  }
}

cy_err *cy_mq_table_read(cy_mq *mq, const char *path, cy_span text)
{
  table t = {.mq = mq, .path = CY_BUF_TEXT, .conname = CY_BUF_TEXT};
  cy_err *err = text.len ? cy_json_stream_over(&t.in, path, text) : cy_json_stream_open(&t.in, path);
  if (!err)
    err = read_table(&t);
  cy_json_stream_clear(&t.in);
  cy_buf_clear(&t.path);
  cy_buf_clear(&t.conname);
  return err;
}

static cy_err *read_json(cy_tls_reading *reading, const char *path, cy_span text)
{
  cy_mq mq;
  cy_err *err = cy_mq_init(&mq, path);
  if (!err)
    err = cy_mq_table_read(&mq, path, text);
  if (!err)
    err = cy_mq_check(&mq);
  if (!err)
    err = cy_mq_sides(reading, &mq, NULL);
  cy_mq_clear(&mq);
  return err;
}

/* The binary table: its layout is not published; the product turns it into text. */

static unsigned detect_binary(const char *path, cy_span head)
{
  const char *name = cy_path_name(path);
  bool mark = head.len > 8 && memcmp(head.data, "AMQR", 4) == 0 && memchr(head.data, 0, head.len);
  return mark || cy_ascii_equal_nocase(cy_span_str(name), CY_SPAN("AMQCLCHL.TAB")) ? 95 : 0;
}

cy_err *cy_mq_table_is_binary(const char *path)
{
  return cy_err_hint(
    cy_err_new(CY_E_TLS_MQ_BINARY, "%s is a binary channel table, whose layout is not published", path),
    "Turn it into text where IBM MQ is installed, and give that: MQCHLLIB=FOLDER MQCHLTAB=%s; echo "
    "'DISPLAY "
    "CHANNEL(*) ALL' | runmqsc -n > table.txt",
    cy_path_name(path));
}

static cy_err *read_binary(cy_tls_reading *reading, const char *path, cy_span text)
{
  (void)reading;
  (void)text;
  return cy_mq_table_is_binary(path);
}

const cy_tls_reader cy_tls_reader_ccdt = {.id = "ccdt",
  .title = "client channel table (JSON)",
  .what = "the entries of a client's channel table; one side each",
  .detect = detect,
  .read = read_json,
  .streams = true,
  .audited = {.marks = CY_TLS_MARKS("clientconnection", "transmissionsecurity"), .also = "json"}};
const cy_tls_reader cy_tls_reader_ccdtbin = {.id = "ccdtbin",
  .title = "client channel table (binary)",
  .what = "AMQCLCHL.TAB: named, with the command that makes text of it",
  .detect = detect_binary,
  .read = read_binary,
  .streams = true};
