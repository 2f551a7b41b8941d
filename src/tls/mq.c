#include "tls/mq.h"

#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"

static const char *const channel_words[CY_MQ_CHANNEL_ATTRS] = {"CHLTYPE", "TRPTYPE", "CONNAME", "QMNAME",
  "SSLCIPH", "SSLCAUTH", "SSLPEER", "CERTLABL", "CLNTWGHT", "AFFINITY", "MCAUSER"};
static const char *const qmgr_words[CY_MQ_QMGR_ATTRS] = {
  "SSLKEYR", "CERTLABL", "SSLFIPS", "SUITEB", "SSLTASKS", "CHLAUTH", "CERTVPOL"};

/* Attributes about TLS, of channels and queue managers: a word near one of them is a slip. */
static const char *const tls_words[] = {"SSLCIPH", "SSLCAUTH", "SSLPEER", "CERTLABL", "SSLKEYR", "SSLFIPS",
  "SUITEB", "SSLTASKS", "SSLCRYP", "SSLRKEYC", "SSLEV", "SSLCRLNL", "SSLCERTI", "CERTVPOL", "CERTQSGL",
  "KEYRPWD", "CHLAUTH", "CHLTYPE", "CHLEV", "SSLKEYP", "SSLRKEYS", "SSLKEYDA", "SSLKEYTI", "SSLCERTU",
  "MCAUSER"};

cy_err *cy_mq_init(cy_mq *mq, const char *file)
{
  *mq = (cy_mq){0};
  cy_map_init(&mq->by_name, false);
  cy_map_init(&mq->fine, true);
  cy_map_init(&mq->by_status, true);
  mq->file = cy_arena_str(&mq->arena, cy_span_str(file));
  CY_TRY_ALLOC(mq->file);
  CY_TRY(cy_chlauth_new(&mq->chlauth, file));
  return cy_chlauth_add_defaults(mq->chlauth);
}

void cy_mq_clear(cy_mq *mq)
{
  cy_map_clear(&mq->by_name);
  cy_map_clear(&mq->fine);
  cy_map_clear(&mq->by_status);
  cy_arena_clear(&mq->arena);
  cy_free(mq->channels);
  cy_free(mq->statuses);
  cy_chlauth_free(mq->chlauth);
  cy_findings_clear(&mq->findings);
  *mq = (cy_mq){0};
}

const char *cy_mq_get(const cy_mq_value *value)
{
  return value->value ? value->value : "";
}

bool cy_mq_is(const cy_mq_value *value, const char *word)
{
  return cy_ascii_equal_nocase(cy_span_str(cy_mq_get(value)), cy_span_str(word));
}

bool cy_mq_channel_calls(const cy_mq_channel *channel)
{
  static const char *const types[] = {"CLNTCONN", "SDR", "SVR", "CLUSSDR"};
  for (size_t i = 0; i < CY_COUNT(types); i++)
    if (cy_mq_is(&channel->attrs[CY_MQ_CHLTYPE], types[i]))
      return true;
  return false;
}

bool cy_mq_channel_is_template(const cy_mq_channel *channel)
{
  return cy_text_starts(channel->name, "SYSTEM.DEF.") || cy_text_starts(channel->name, "SYSTEM.AUTO.");
}

cy_err *cy_mq_value_set(cy_mq *mq, cy_mq_value *value, cy_span text, const char *file, size_t line)
{
  text = cy_line_trim(text);
  const char *copy = cy_arena_str(&mq->arena, text);
  CY_TRY_ALLOC(copy);
  *value = (cy_mq_value){.value = copy, .file = file, .line = (uint32_t)line};
  return NULL;
}

/* Tables repeat themselves: what the channel before had is not copied again. */
static cy_err *set_attr(cy_mq *mq, size_t index, size_t attr, cy_span text, size_t line)
{
  cy_mq_value *value = &mq->channels[index].attrs[attr];
  const cy_mq_value *before = index ? &mq->channels[index - 1].attrs[attr] : NULL;
  text = cy_line_trim(text);
  if (before && before->value && cy_span_equal(cy_span_str(before->value), text)) {
    *value = (cy_mq_value){.value = before->value, .line = (uint32_t)line};
    return NULL;
  }
  return cy_mq_value_set(mq, value, text, NULL, line);
}

cy_err *cy_mq_channel_add(cy_mq *mq, cy_mq_channel **out, cy_span name, size_t line)
{
  if (!cy_grow(&mq->channels, &mq->channel_cap, mq->channel_count + 1, sizeof *mq->channels))
    return cy_err_no_memory();
  cy_mq_channel *channel = &mq->channels[mq->channel_count];
  *channel = (cy_mq_channel){.line = (uint32_t)line};
  channel->name = cy_arena_str(&mq->arena, name);
  CY_TRY_ALLOC(channel->name);
  mq->channel_count++;
  *out = channel;
  return NULL;
}

static void key_of(cy_buf *key, cy_span name, bool client)
{
  cy_buf_u8(key, client ? 'c' : 's');
  cy_buf_span(key, name);
}

cy_mq_channel *cy_mq_channel_find(cy_mq *mq, cy_span name, bool client)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  key_of(&key, name, client);
  size_t index = cy_map_get(&mq->by_name, cy_buf_get(&key));
  return index == CY_MAP_NONE || mq->channels[index].gone ? NULL : &mq->channels[index];
}

static cy_err *add_named(cy_mq *mq, cy_span name, bool client, size_t line)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  cy_mq_channel *channel;
  key_of(&key, name, client);
  CY_TRY(cy_buf_check(&key));
  CY_TRY(cy_mq_channel_add(mq, &channel, name, line));
  cy_span kept = cy_arena_copy(&mq->arena, cy_buf_get(&key));
  if (!kept.data || !cy_map_put(&mq->by_name, kept, mq->channel_count - 1))
    return cy_err_no_memory();
  return NULL;
}

static bool is_client(const cy_mqsc_command *command)
{
  const cy_mqsc_param *type = cy_mqsc_find(command, "CHLTYPE");
  return type && cy_mqsc_is(type->value, "CLNTCONN");
}

static bool is_channel(const cy_mqsc_param *object)
{
  return cy_mqsc_is(object->name, "CHANNEL") || cy_mqsc_is(object->name, "CHL");
}

/* Slips. */

static cy_err *check_word(cy_mq *mq, const cy_mqsc_param *p)
{
  CY_AUTO_STR char *word = cy_strndup((const char *)p->name.data, p->name.len);
  CY_TRY_ALLOC(word);
  cy_nearest near = CY_NEAREST(word);
  for (size_t w = 0; w < CY_COUNT(tls_words); w++)
    cy_nearest_try(&near, tls_words[w]);
  bool tls_like = cy_text_starts(word, "SSL") || cy_text_starts(word, "CERT");
  if (near.best_distance == 0 || !near.best || (!tls_like && near.best_distance > 1))
    return cy_map_put(&mq->fine, p->name, 1) ? NULL : cy_err_no_memory();
  cy_finding *f = cy_tls_read_noticed(&mq->findings, CY_F_MQ_ATTRIBUTE, mq->file, p->line,
    "there is no attribute %s; nearest is %s (column %zu)", word, near.best, p->column);
  cy_finding_set_fix(
    &mq->findings, f, "Write %s(...), run the command again, then REFRESH SECURITY TYPE(SSL).", near.best);
  return cy_findings_check(&mq->findings);
}

/* The same few words come again and again. */
static cy_err *check_words(cy_mq *mq, const cy_mqsc_command *command)
{
  for (size_t i = 1; i < command->count; i++) {
    const cy_mqsc_param *p = &command->params[i];
    if (p->name.len >= 6 && cy_map_get(&mq->fine, p->name) == CY_MAP_NONE)
      CY_TRY(check_word(mq, p));
  }
  return NULL;
}

static cy_err *wrong_command(cy_mq *mq, const cy_mqsc_command *command)
{
  cy_finding *f = cy_tls_read_noticed(&mq->findings, CY_F_MQ_COMMAND, mq->file, command->wrong_line,
    "%s (column %zu)", command->wrong, command->wrong_column);
  if (strstr(command->wrong, "quote"))
    cy_finding_set_fix(&mq->findings, f,
      "Close it with ' in line %zu; a quote inside of a text is written twice; a text that goes on in the "
      "next line "
      "needs + or - at the end of this one.",
      command->wrong_line);
  return cy_findings_check(&mq->findings);
}

/* Values whose capitals matter. */
static bool heeds_case(const char *word)
{
  return strcmp(word, "CERTLABL") == 0 || strcmp(word, "SSLKEYR") == 0 || strcmp(word, "QMNAME") == 0;
}

static cy_err *check_folded(cy_mq *mq, const cy_mqsc_param *p, const char *word)
{
  if (!p->folded || !heeds_case(word))
    return NULL;
  cy_finding *f = cy_tls_read_noticed(&mq->findings, CY_F_MQ_FOLDED, mq->file, p->line,
    "%s(%.*s) has no quotes: the queue manager reads %.*s", word, (int)p->written.len,
    (const char *)p->written.data, (int)p->value.len, (const char *)p->value.data);
  cy_finding_set_fix(&mq->findings, f, "Write %s('%.*s'), then REFRESH SECURITY TYPE(SSL).", word,
    (int)p->written.len, (const char *)p->written.data);
  return cy_findings_check(&mq->findings);
}

/* Channels. */

static cy_err *take_attrs(cy_mq *mq, size_t index, const cy_mqsc_command *command)
{
  for (size_t a = 0; a < CY_MQ_CHANNEL_ATTRS; a++) {
    const cy_mqsc_param *p = cy_mqsc_find(command, channel_words[a]);
    if (!p || !p->has_value)
      continue;
    CY_TRY(set_attr(mq, index, a, p->value, p->line));
    mq->channels[index].attrs[a].folded = p->folded;
    CY_TRY(check_folded(mq, p, channel_words[a]));
  }
  return NULL;
}

/* The object that a new channel takes its unnamed attributes from. */
static const cy_mq_channel *model_of(cy_mq *mq, const cy_mqsc_command *command)
{
  static const char *const models[][2] = {{"SVRCONN", "SYSTEM.DEF.SVRCONN"},
    {"CLNTCONN", "SYSTEM.DEF.CLNTCONN"}, {"SDR", "SYSTEM.DEF.SENDER"}, {"RCVR", "SYSTEM.DEF.RECEIVER"},
    {"SVR", "SYSTEM.DEF.SERVER"}, {"RQSTR", "SYSTEM.DEF.REQUESTER"}, {"CLUSSDR", "SYSTEM.DEF.CLUSSDR"},
    {"CLUSRCVR", "SYSTEM.DEF.CLUSRCVR"}};
  const cy_mqsc_param *like = cy_mqsc_find(command, "LIKE"), *type = cy_mqsc_find(command, "CHLTYPE");
  if (like)
    return cy_mq_channel_find(mq, like->value, is_client(command));
  for (size_t i = 0; type && i < CY_COUNT(models); i++)
    if (cy_mqsc_is(type->value, models[i][0]))
      return cy_mq_channel_find(mq, cy_span_str(models[i][1]), is_client(command));
  return NULL;
}

static cy_err *define_channel(cy_mq *mq, const cy_mqsc_command *command, bool alter)
{
  const cy_mqsc_param *object = &command->params[0];
  bool client = is_client(command), replace = cy_mqsc_find(command, "REPLACE") != NULL;
  cy_mq_channel *there = cy_mq_channel_find(mq, object->value, client);
  if (there && !alter && !replace) {
    cy_finding *f = cy_tls_read_noticed(&mq->findings, CY_F_MQ_TWICE, mq->file, command->line,
      "channel %s was defined in line %u already", there->name, there->line);
    cy_finding_set_fix(&mq->findings, f, "Add REPLACE, or use ALTER CHANNEL(%s).", there->name);
    return cy_findings_check(&mq->findings);
  }
  if (!there) {
    const cy_mq_channel *model = alter ? NULL : model_of(mq, command);
    size_t from = model ? (size_t)(model - mq->channels) : SIZE_MAX;
    CY_TRY(add_named(mq, object->value, client, command->line));
    there = &mq->channels[mq->channel_count - 1];
    if (from != SIZE_MAX)
      memcpy(there->attrs, mq->channels[from].attrs, sizeof there->attrs);
  }
  return take_attrs(mq, (size_t)(there - mq->channels), command);
}

static void delete_channel(cy_mq *mq, const cy_mqsc_command *command)
{
  bool client = cy_mqsc_find(command, "CHLTABLE") != NULL || is_client(command);
  cy_mq_channel *there = cy_mq_channel_find(mq, command->params[0].value, client);
  if (there)
    there->gone = true;
}

/* The queue manager. */

static cy_err *alter_qmgr(cy_mq *mq, const cy_mqsc_command *command)
{
  for (size_t a = 0; a < CY_MQ_QMGR_ATTRS; a++) {
    const cy_mqsc_param *p = cy_mqsc_find(command, qmgr_words[a]);
    if (!p || !p->has_value)
      continue;
    CY_TRY(cy_mq_value_set(mq, &mq->attrs[a], p->value, NULL, p->line));
    mq->attrs[a].folded = p->folded;
    CY_TRY(check_folded(mq, p, qmgr_words[a]));
    if (a == CY_MQ_CHLAUTH) {
      mq->chlauth->disabled = cy_mqsc_is(p->value, "DISABLED");
      mq->chlauth->disabled_line = (uint32_t)p->line;
    }
    if (a == CY_MQ_SSLKEYR || a == CY_MQ_QCERTLABL)
      mq->changed_line = (uint32_t)p->line;
  }
  return NULL;
}

static bool refreshes(const cy_mqsc_command *command)
{
  const cy_mqsc_param *type = cy_mqsc_find(command, "TYPE");
  return cy_mqsc_is(command->verb, "REFRESH") && cy_mqsc_is(command->params[0].name, "SECURITY") && type &&
         cy_mqsc_is(type->value, "SSL");
}

cy_err *cy_mq_apply(cy_mq *mq, const cy_mqsc_command *command)
{
  mq->commands++;
  if (command->wrong)
    return wrong_command(mq, command);
  if (!command->count)
    return NULL;
  bool taken;
  CY_TRY(cy_chlauth_apply(mq->chlauth, command, &taken));
  if (taken)
    return NULL;
  const cy_mqsc_param *object = &command->params[0];
  bool define = cy_mqsc_is(command->verb, "DEFINE"), alter = cy_mqsc_is(command->verb, "ALTER");
  if (refreshes(command))
    mq->refreshed_line = (uint32_t)command->line;
  if (!is_channel(object) && !cy_mqsc_is(object->name, "QMGR"))
    return NULL;
  if (define || alter)
    CY_TRY(check_words(mq, command));
  if (is_channel(object) && object->value.len && (define || alter))
    return define_channel(mq, command, alter);
  if (is_channel(object) && cy_mqsc_is(command->verb, "DELETE"))
    delete_channel(mq, command);
  else if (alter)
    return alter_qmgr(mq, command);
  return NULL;
}

/* Displays: a state, each attribute as it is. */
cy_err *cy_mq_apply_shown(cy_mq *mq, const cy_mqsc_command *command)
{
  const cy_mqsc_param *name = cy_mqsc_find(command, "CHANNEL"), *qmgr = cy_mqsc_find(command, "QMNAME");
  mq->dump = true;
  mq->commands++;
  mq->zos = mq->zos || (command->verb.len > 3 && memcmp(command->verb.data, "CSQ", 3) == 0);
  if (command->wrong)
    return wrong_command(mq, command);
  bool taken;
  CY_TRY(cy_chlauth_apply(mq->chlauth, command, &taken));
  if (taken)
    return NULL;
  if (cy_mqsc_find(command, "STATUS") && (name || cy_mqsc_find(command, "CHSTATUS")))
    return cy_mq_status_add(mq, command);
  if (name && cy_mqsc_find(command, "CHLTYPE")) {
    CY_TRY(add_named(mq, name->value, is_client(command), command->line));
    return take_attrs(mq, mq->channel_count - 1, command);
  }
  if (qmgr && !name) {
    mq->qmgr = cy_arena_str(&mq->arena, qmgr->value);
    CY_TRY_ALLOC(mq->qmgr);
    return alter_qmgr(mq, command);
  }
  return NULL;
}
