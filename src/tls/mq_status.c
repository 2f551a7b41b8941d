/* Running channels: who really uses which version and CipherSpec (DISPLAY CHSTATUS). */
#include "base/mem.h"
#include "base/text.h"
#include "tls/mq.h"
#include "tls/seen_side.h"

/* SECPROT; older queue managers have none. */
static uint16_t version_of(const char *protocol)
{
  static const struct {
    const char *word;
    uint16_t version;
  } words[] = {{"SSLV3", CY_SSL3}, {"SSLV30", CY_SSL3}, {"TLSV1", CY_TLS10}, {"TLSV10", CY_TLS10},
    {"TLSV11", CY_TLS11}, {"TLSV12", CY_TLS12}, {"TLSV13", CY_TLS13}};
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (strcmp(protocol, words[i].word) == 0)
      return words[i].version;
  return 0;
}

static cy_err *text_of(cy_mq *mq, const char **out, const cy_mqsc_command *command, const char *name)
{
  const cy_mqsc_param *p = cy_mqsc_find(command, name);
  *out = cy_arena_str(&mq->arena, p ? cy_line_trim(p->value) : CY_SPAN(""));
  CY_TRY_ALLOC(*out);
  return NULL;
}

/* The last message, else the start of the channel: date and time. */
static cy_err *when_of(cy_mq *mq, const char **out, const cy_mqsc_command *command)
{
  static const char *const pairs[][2] = {{"LSTMSGDA", "LSTMSGTI"}, {"CHSTADA", "CHSTATI"}};
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  for (size_t i = 0; i < CY_COUNT(pairs) && text.len == 0; i++) {
    const cy_mqsc_param *date = cy_mqsc_find(command, pairs[i][0]),
                        *time = cy_mqsc_find(command, pairs[i][1]);
    cy_span day = date ? cy_line_trim(date->value) : CY_SPAN_NONE;
    cy_span hour = time ? cy_line_trim(time->value) : CY_SPAN_NONE;
    cy_buf_span(&text, day);
    if (day.len && hour.len)
      cy_buf_u8(&text, ' ');
    if (day.len)
      cy_buf_span(&text, hour);
  }
  CY_TRY(cy_buf_check(&text));
  *out = text.len ? cy_arena_str(&mq->arena, cy_buf_get(&text)) : NULL;
  return text.len && !*out ? cy_err_no_memory() : NULL;
}

static cy_err *read_status(cy_mq *mq, cy_mq_status *s, const cy_mqsc_command *command)
{
  bool zos = cy_mqsc_find(command, "CHSTATUS") != NULL;
  *s = (cy_mq_status){.line = (uint32_t)command->line, .times = 1};
  CY_TRY(text_of(mq, &s->channel, command, zos ? "CHSTATUS" : "CHANNEL"));
  CY_TRY(text_of(mq, &s->type, command, "CHLTYPE"));
  CY_TRY(text_of(mq, &s->protocol, command, "SECPROT"));
  CY_TRY(text_of(mq, &s->cipher, command, "SSLCIPH"));
  CY_TRY(text_of(mq, &s->address, command, "CONNAME"));
  CY_TRY(text_of(mq, &s->peer, command, "SSLPEER"));
  return when_of(mq, &s->when, command);
}

/* Dates and times are written so that the later one is greater. */
static void count(cy_mq_status *there, const cy_mq_status *again)
{
  there->times++;
  if (again->when && (!there->when || strcmp(again->when, there->when) > 0)) {
    there->when = again->when;
    there->line = again->line;
  }
}

static void key_of(cy_buf *key, const cy_mq_status *s)
{
  const char *const parts[] = {s->channel, s->type, s->protocol, s->cipher, s->address, s->peer};
  for (size_t i = 0; i < CY_COUNT(parts); i++)
    cy_buf_put(key, parts[i], strlen(parts[i]) + 1);
}

cy_err *cy_mq_status_add(cy_mq *mq, const cy_mqsc_command *command)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  cy_mq_status s;
  CY_TRY(read_status(mq, &s, command));
  /* What is not running uses nothing: its protocol is not shown. */
  if (!*s.protocol && !*s.cipher)
    return NULL;
  key_of(&key, &s);
  CY_TRY(cy_buf_check(&key));
  size_t at = cy_map_get(&mq->by_status, cy_buf_get(&key));
  if (at != CY_MAP_NONE) {
    count(&mq->statuses[at], &s);
    return NULL;
  }
  if (!cy_grow(&mq->statuses, &mq->status_cap, mq->status_count + 1, sizeof *mq->statuses) ||
      !cy_map_put(&mq->by_status, cy_buf_get(&key), mq->status_count))
    return cy_err_no_memory();
  mq->statuses[mq->status_count++] = s;
  return NULL;
}

/* As a connection that was seen. */

static cy_err *set(cy_seen_text *to, const char *value, size_t line)
{
  if (!*value)
    return NULL;
  to->text = cy_strdup(value);
  CY_TRY_ALLOC(to->text);
  to->line = line;
  return NULL;
}

static bool calls(const cy_mq_status *s)
{
  static const char *const types[] = {"SDR", "SVR", "CLUSSDR", "CLNTCONN"};
  for (size_t i = 0; i < CY_COUNT(types); i++)
    if (strcmp(s->type, types[i]) == 0)
      return true;
  return false;
}

/* The subject of whoever is at the other end. */
static cy_err *see_peer(cy_tls_seen *seen, const cy_mq_status *s)
{
  cy_seen_certs *certs = seen->role == CY_TLS_SERVER ? &seen->client : &seen->server;
  if (!*s->peer)
    return NULL;
  if (!cy_grow(&certs->items, &certs->cap, 1, sizeof *certs->items))
    return cy_err_no_memory();
  certs->items[0] = (cy_seen_cert){.line = s->line};
  certs->count = 1;
  certs->line = s->line;
  return set(&certs->items[0].subject, s->peer, s->line);
}

static cy_err *see(cy_tls_seen *seen, const cy_mq *mq, const cy_mq_status *s)
{
  cy_mq_cipher cipher;
  uint16_t version = version_of(s->protocol);
  bool known = cy_mq_cipher_find(&cipher, s->cipher) ||
               ((mq->zos || strlen(s->cipher) == 4) && cy_mq_cipher_find_hex(&cipher, s->cipher));
  seen->role_known = true;
  seen->role = calls(s) ? CY_TLS_CLIENT : CY_TLS_SERVER;
  if (!version && known && cipher.suite && cipher.suite->min == cipher.suite->max)
    version = cipher.suite->min;
  if (version)
    seen->version = (cy_seen_code){version, s->line};
  if (known && cipher.suite)
    seen->suite = (cy_seen_code){cipher.suite->code, s->line};
  CY_TRY(set(&seen->channel, s->channel, s->line));
  if (calls(s))
    CY_TRY(set(&seen->host, s->address, s->line));
  return see_peer(seen, s);
}

static cy_err *fill_used(cy_tls_used **out, const cy_tls_seen *seen, const cy_mq_status *s)
{
  CY_TRY(cy_tls_seen_used(out, seen));
  cy_tls_used *used = *out;
  used->times = s->times;
  used->clear = strcmp(s->protocol, "NONE") == 0 || (!*s->protocol && !*s->cipher);
  used->came = CY_TLS_CAME_AGREED;
  CY_TRY(cy_tls_side_set(&used->when, s->when));
  return calls(s) ? NULL : cy_tls_side_set(&used->client, *s->address ? s->address : NULL);
}

static cy_err *add_side(
  cy_tls_reading *reading, const cy_tls_seen *seen, cy_tls_used *used, cy_tls_role role)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_tls_side *side;
  const char *who = used->peer_name ? used->peer_name : used->client;
  if (reading->how->role_given && reading->how->role != role)
    return NULL;
  cy_buf_printf(&name, "%s of running channel %s%s%s (%s:%zu)", cy_tls_role_name(role), used->channel,
    who ? ", client " : "", who ? who : "", used->file, used->line);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_seen_side(&side, reading, seen, used, role, 1));
  cy_err *err = cy_tls_side_set(&side->name, cy_buf_cstr(&name));
  side->clear = used->clear;
  if (err) {
    cy_tls_side_free(side);
    return err;
  }
  return cy_tls_sides_add(reading->sides, side);
}

static cy_err *add_ends(cy_tls_reading *reading, const cy_mq *mq, const cy_mq_status *s, cy_tls_seen *seen)
{
  CY_AUTO(cy_tls_used) *used = NULL;
  CY_TRY(see(seen, mq, s));
  CY_TRY(fill_used(&used, seen, s));
  CY_TRY(add_side(reading, seen, used, CY_TLS_CLIENT));
  return add_side(reading, seen, used, CY_TLS_SERVER);
}

cy_err *cy_mq_status_sides(cy_tls_reading *reading, const cy_mq *mq)
{
  for (size_t i = 0; i < mq->status_count; i++) {
    CY_CLEAN(cy_tls_seens) list = {0};
    cy_tls_seen *seen;
    CY_TRY(cy_tls_seens_add(&list, &seen, "channel status", mq->file, mq->statuses[i].line));
    CY_TRY(add_ends(reading, mq, &mq->statuses[i], seen));
  }
  return NULL;
}
