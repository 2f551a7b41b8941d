/* qmini, mqclient, mqenv: the ini file of a queue manager, that of a client, and a client's environment. */
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "conf/env.h"
#include "conf/stanza.h"
#include "tls/codes.h"
#include "tls/mq.h"

/* Where a client learns of its channel, in the order in which they win. */
typedef enum { MQSERVER, PARMS, URL, LIBRARY, TABLE, FOLDER, FILE_NAME, INI, CLASSPATH, SOURCES } source;

static const char *const variables[SOURCES] = {
  "MQSERVER", NULL, "MQCCDTURL", "MQCHLLIB", "MQCHLTAB", NULL, NULL, "MQCLNTCF", "CLASSPATH"};
static const char *const ini_keys[SOURCES] = {NULL, "ServerConnectionParms", NULL, NULL, NULL,
  "ChannelDefinitionDirectory", "ChannelDefinitionFile", NULL, NULL};

enum { LOST_MAX = 16 };

typedef struct {
  cy_tls_reading *reading;
  cy_mq mq;
  const char *path; /* of the file that was given */
  cy_mq_value from[SOURCES];
  cy_mq_ssl env, ini, ssl; /* what each says, and what holds */
  cy_mq_lost lost[LOST_MAX];
  size_t lost_count;
} client;

static bool is_set(const cy_mq_value *value)
{
  return *cy_mq_get(value) != 0;
}

static void lose(client *c, const char *key, const cy_mq_value *value, const char *why)
{
  if (is_set(value) && c->lost_count < LOST_MAX)
    c->lost[c->lost_count++] = (cy_mq_lost){key, why, *value};
}

/* The environment. */

static const struct {
  const char *name;
  cy_mq_ini_key key;
} env_keys[] = {{"MQSSLKEYR", CY_MQ_KEY_REPOSITORY}, {"MQCERTLABL", CY_MQ_LABEL}, {"MQSSLFIPS", CY_MQ_FIPS},
  {"MQSUITEB", CY_MQ_INI_SUITEB}};

/* A slip of a variable that matters here; others that begin alike have names of their own. */
static cy_err *slip(client *c, const cy_env_item *item)
{
  static const char *const others[] = {"MQSSLCRYP", "MQSSLRESET", "MQSSLPROXY", "MQSSLPSKEY", "MQSNOAUT",
    "MQSPREFIX", "MQTCPTIMEOUT", "MQIPADDRV", "MQNAME"};
  CY_AUTO_STR char *name = cy_strndup((const char *)item->name.data, item->name.len);
  CY_TRY_ALLOC(name);
  cy_nearest near = CY_NEAREST(name);
  if (!cy_text_starts(name, "MQ") || strlen(name) < 7)
    return NULL;
  for (size_t i = 0; i < CY_COUNT(others); i++)
    if (strcmp(name, others[i]) == 0)
      return NULL;
  for (size_t i = 0; i < SOURCES; i++)
    if (variables[i] && cy_text_starts(variables[i], "MQ"))
      cy_nearest_try(&near, variables[i]);
  for (size_t i = 0; i < CY_COUNT(env_keys); i++)
    cy_nearest_try(&near, env_keys[i].name);
  if (!near.best)
    return NULL;
  cy_finding *f = cy_tls_read_noticed(&c->mq.findings, CY_F_TLS_SETTING_UNKNOWN, c->path, item->line,
    "no client of IBM MQ reads a variable %s", name);
  cy_finding_set_fix(&c->mq.findings, f, "Did you mean %s?", near.best);
  return cy_findings_check(&c->mq.findings);
}

static cy_err *take_variable(client *c, const cy_env_item *item)
{
  cy_mq_value *value = NULL;
  for (size_t i = 0; i < SOURCES && !value; i++)
    if (variables[i] && cy_mqsc_is(item->name, variables[i]))
      value = &c->from[i];
  for (size_t i = 0; i < CY_COUNT(env_keys) && !value; i++)
    if (cy_mqsc_is(item->name, env_keys[i].name))
      value = &c->env.keys[env_keys[i].key];
  if (!value)
    return item->removed ? NULL : slip(c, item);
  *value = (cy_mq_value){0};
  if (item->removed)
    return NULL;
  return cy_mq_value_set(&c->mq, value, item->value, c->path, item->line);
}

static cy_err *read_env(client *c, cy_span text)
{
  CY_CLEAN(cy_env) in;
  CY_TRY(text.len ? cy_env_over(&in, c->path, text) : cy_env_open(&in, c->path));
  for (;;) {
    cy_env_item item;
    bool more;
    CY_TRY(cy_env_next(&in, &item, &more));
    if (!more)
      return NULL;
    CY_TRY(take_variable(c, &item));
  }
}

/* The ini file. */

static cy_err *read_channels_stanza(client *c, const char *path, cy_span text)
{
  CY_CLEAN(cy_stanzas) in;
  const char *kept = cy_arena_str(&c->mq.arena, cy_span_str(path));
  CY_TRY(text.len ? cy_stanzas_over(&in, path, text) : cy_stanzas_open(&in, path));
  CY_TRY_ALLOC(kept);
  for (;;) {
    cy_stanza_item item;
    bool more;
    CY_TRY(cy_stanzas_next(&in, &item, &more));
    if (!more)
      return NULL;
    if (!cy_ascii_equal_nocase(item.stanza, CY_SPAN("CHANNELS")))
      continue;
    for (size_t i = 0; i < SOURCES; i++)
      if (ini_keys[i] && cy_ascii_equal_nocase(item.key, cy_span_str(ini_keys[i])))
        CY_TRY(cy_mq_value_set(&c->mq, &c->from[i], item.value, kept, item.line));
  }
}

static cy_err *read_ini(client *c, const char *path, cy_span text)
{
  CY_TRY(cy_mq_ssl_read(&c->mq, &c->ini, path, text));
  return read_channels_stanza(c, path, text);
}

static bool is_file(const char *path)
{
  struct stat st;
  return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool same_file(const char *a, const char *b)
{
  struct stat one, two;
  return stat(a, &one) == 0 && stat(b, &two) == 0 && one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

static cy_err *other_ini(client *c, const char *path, const char *taken)
{
  cy_finding *f = cy_tls_read_noticed(
    &c->mq.findings, CY_F_MQ_INI_OTHER, path, 0, "%s is the one that is read; this one is not", taken);
  cy_finding_set_fix(&c->mq.findings, f, "Move what is needed to %s, and remove this one.", taken);
  return cy_findings_check(&c->mq.findings);
}

/* MQCLNTCF, the current folder (taken for that of the file), the data folder, the home folder. */
static cy_err *find_ini(client *c)
{
  const char *home = c->reading->how->home;
  CY_CLEAN(cy_buf) in_home = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) taken = CY_BUF_TEXT;
  cy_buf_printf(&in_home, "%s/mqclient.ini", home ? home : "");
  CY_TRY(cy_buf_check(&in_home));
  const char *const places[] = {is_set(&c->from[INI]) ? c->from[INI].value : NULL, "mqclient.ini",
    "/var/mqm/mqclient.ini", home ? cy_buf_cstr(&in_home) : NULL};
  for (size_t i = 0; i < CY_COUNT(places); i++) {
    CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
    if (!places[i])
      continue;
    CY_TRY(cy_tls_read_path(c->reading, c->path, places[i], &path));
    const char *whole = cy_buf_cstr(&path);
    if (!is_file(whole)) {
      if (i == 0)
        cy_tls_read_noticed(&c->mq.findings, CY_F_TLS_INCLUDE_MISSING, c->path, c->from[INI].line,
          "MQCLNTCF names %s, which is not there", whole);
      continue;
    }
    if (taken.len) {
      if (!same_file(cy_buf_cstr(&taken), whole))
        CY_TRY(other_ini(c, whole, cy_buf_cstr(&taken)));
      continue;
    }
    cy_buf_str(&taken, whole);
    CY_TRY(cy_buf_check(&taken));
    CY_TRY(read_ini(c, cy_buf_cstr(&taken), CY_SPAN_NONE));
  }
  return cy_findings_check(&c->mq.findings);
}

/* Who wins. */

static cy_err *env_beats(client *c, const char *variable, cy_mq_ini_key key, const char *name)
{
  const cy_mq_value *env = &c->env.keys[key], *ini = &c->ini.keys[key];
  c->ssl.keys[key] = is_set(env) ? *env : *ini;
  if (!is_set(env) || !is_set(ini))
    return NULL;
  lose(c, name, ini, "the environment says otherwise");
  if (strcmp(env->value, ini->value) == 0)
    return NULL;
  cy_finding *f = cy_tls_read_noticed(&c->mq.findings, CY_F_MQ_ENV_BEATS, env->file, env->line,
    "%s=%s is in force, not %s=%s (%s:%u)", variable, env->value, name, ini->value, ini->file, ini->line);
  cy_finding_set_fix(&c->mq.findings, f, "unset %s, or take %s out of %s; then start the program anew.",
    variable, name, ini->file);
  return cy_findings_check(&c->mq.findings);
}

static cy_err *settle_ssl(client *c)
{
  c->ssl = c->ini;
  CY_TRY(env_beats(c, "MQSSLKEYR", CY_MQ_KEY_REPOSITORY, "SSLKeyRepository"));
  CY_TRY(env_beats(c, "MQCERTLABL", CY_MQ_LABEL, "CertificateLabel"));
  CY_TRY(env_beats(c, "MQSSLFIPS", CY_MQ_FIPS, "SSLFipsRequired"));
  return env_beats(c, "MQSUITEB", CY_MQ_INI_SUITEB, "EncryptionPolicySuiteB");
}

static const char *name_of(source id)
{
  return variables[id] ? variables[id] : ini_keys[id];
}

/* CHANNEL/TCP/host(port): no room for a CipherSpec. */
static cy_err *add_plain(client *c, source id)
{
  static const source tables[] = {URL, LIBRARY, TABLE, FOLDER, FILE_NAME};
  const cy_mq_value *value = &c->from[id], *beaten = NULL;
  cy_mq_channel *channel;
  size_t name = strcspn(value->value, "/"), beaten_id = 0;
  const char *address = strrchr(value->value, '/');
  CY_TRY(cy_mq_channel_add(&c->mq, &channel, cy_span_of(value->value, name), value->line));
  channel->short_form = name_of(id);
  channel->attrs[CY_MQ_CHLTYPE] =
    (cy_mq_value){.value = "CLNTCONN", .file = value->file, .line = value->line};
  if (address)
    channel->attrs[CY_MQ_CONNAME] =
      (cy_mq_value){.value = address + 1, .file = value->file, .line = value->line};
  for (size_t i = 0; i < CY_COUNT(tables); i++) {
    lose(c, name_of(tables[i]), &c->from[tables[i]], "a channel is named already");
    if (!beaten && is_set(&c->from[tables[i]])) {
      beaten = &c->from[tables[i]];
      beaten_id = tables[i];
    }
  }
  const cy_mq_value *keys = &c->ssl.keys[CY_MQ_KEY_REPOSITORY];
  if (!beaten && !is_set(keys))
    return NULL; /* nobody meant TLS */
  cy_finding *f = cy_tls_read_noticed(&c->mq.findings, CY_F_MQ_OVERRIDE_CLEAR, value->file, value->line,
    "%s names channel %.*s without a CipherSpec, over %s=%s (%s:%u)", name_of(id), (int)name, value->value,
    beaten ? name_of((source)beaten_id) : "SSLKeyRepository", beaten ? beaten->value : keys->value,
    beaten ? beaten->file : keys->file, beaten ? beaten->line : keys->line);
  cy_finding_set_fix(&c->mq.findings, f,
    variables[id]
      ? "unset %s, and give the program a channel table (MQCCDTURL=file:///...)."
      : "Take %s out of the ini file, and give the program a channel table (MQCCDTURL=file:///...).",
    name_of(id));
  return cy_findings_check(&c->mq.findings);
}

static cy_err *table_unread(client *c, const cy_mq_value *value, const char *path, const char *why)
{
  cy_tls_read_noticed(&c->mq.findings, CY_F_TLS_NOT_READ, value->file, value->line,
    "the channel table %s was not looked at: %s", path, why);
  return cy_findings_check(&c->mq.findings);
}

static cy_err *read_table(client *c, const cy_mq_value *value, const char *given)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  if (strchr(given, '\\'))
    return table_unread(c, value, given, "it is a path of Windows");
  CY_TRY(cy_tls_read_path(c->reading, value->file, given, &path));
  if (!is_file(cy_buf_cstr(&path)))
    return table_unread(c, value, cy_buf_cstr(&path), "it is not on this machine");
  const char *whole = cy_buf_cstr(&path);
  if (!cy_ascii_equal_nocase(cy_span_str(cy_path_suffix(whole)), CY_SPAN("json")))
    return table_unread(c, value, whole,
      "it is no JSON; echo 'DISPLAY CHANNEL(*) ALL' | runmqsc -n makes text of a binary one");
  c->mq.file = cy_arena_str(&c->mq.arena, cy_span_str(whole));
  CY_TRY_ALLOC(c->mq.file);
  CY_TRY(cy_mq_table_read(&c->mq, whole, CY_SPAN_NONE));
  return cy_mq_check(&c->mq);
}

static cy_err *read_url(client *c)
{
  const cy_mq_value *url = &c->from[URL];
  static const source beaten[] = {LIBRARY, TABLE, FOLDER, FILE_NAME};
  for (size_t i = 0; i < CY_COUNT(beaten); i++)
    lose(c, name_of(beaten[i]), &c->from[beaten[i]], "MQCCDTURL says where the table is");
  const char *path = url->value;
  if (cy_text_starts(path, "file://"))
    path += 7;
  else if (strstr(path, "://"))
    return table_unread(c, url, path, "nothing is fetched over the network");
  return read_table(c, url, path);
}

static cy_err *read_folder(client *c, source folder, source name)
{
  const cy_mq_value *where = is_set(&c->from[folder]) ? &c->from[folder] : &c->from[name];
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  cy_buf_printf(&path, "%s/%s", is_set(&c->from[folder]) ? c->from[folder].value : "/var/mqm",
    is_set(&c->from[name]) ? c->from[name].value : "AMQCLCHL.TAB");
  CY_TRY(cy_buf_check(&path));
  return read_table(c, where, cy_buf_cstr(&path));
}

static cy_err *settle_channel(client *c)
{
  if (is_set(&c->from[MQSERVER])) {
    lose(c, ini_keys[PARMS], &c->from[PARMS], "MQSERVER says otherwise");
    return add_plain(c, MQSERVER);
  }
  if (is_set(&c->from[PARMS]))
    return add_plain(c, PARMS);
  if (is_set(&c->from[URL]))
    return read_url(c);
  if (is_set(&c->from[LIBRARY]) || is_set(&c->from[TABLE])) {
    lose(c, ini_keys[FOLDER], &c->from[FOLDER], "the environment says otherwise");
    lose(c, ini_keys[FILE_NAME], &c->from[FILE_NAME], "the environment says otherwise");
    return read_folder(c, LIBRARY, TABLE);
  }
  if (is_set(&c->from[FOLDER]) || is_set(&c->from[FILE_NAME]))
    return read_folder(c, FOLDER, FILE_NAME);
  return NULL;
}

/* A program in Java beside variables that only the client in C reads. */
static cy_err *check_java(client *c)
{
  static const source unread[] = {MQSERVER, LIBRARY, TABLE};
  if (!strstr(cy_mq_get(&c->from[CLASSPATH]), "com.ibm.mq"))
    return NULL;
  for (size_t i = 0; i < CY_COUNT(unread); i++) {
    const cy_mq_value *value = &c->from[unread[i]];
    if (!is_set(value))
      continue;
    cy_finding *f = cy_tls_read_noticed(&c->mq.findings, CY_F_MQ_NOT_READ_BY, value->file, value->line,
      "%s is not read by IBM MQ's classes for Java and JMS, which CLASSPATH (line %u) sets up",
      variables[unread[i]], c->from[CLASSPATH].line);
    cy_finding_set_fix(&c->mq.findings, f,
      "Set the channel in the program's connection factory (CCDTURL, or CHANNEL and SSLCIPHERSUITE).");
  }
  return cy_findings_check(&c->mq.findings);
}

static cy_err *finish(client *c)
{
  CY_TRY(settle_ssl(c));
  CY_TRY(settle_channel(c));
  CY_TRY(check_java(c));
  const char *home = c->reading->how->home;
  const cy_mq_client how = {.ssl = &c->ssl,
    .product = "IBM MQ client",
    .user = home && *cy_path_name(home) ? cy_path_name(home) : NULL,
    .lost = c->lost,
    .lost_count = c->lost_count};
  c->mq.always = true;
  return cy_mq_sides(c->reading, &c->mq, &how);
}

static cy_err *begin(client *c, cy_tls_reading *reading, const char *path)
{
  *c = (client){.reading = reading, .path = path};
  return cy_mq_init(&c->mq, path);
}

static cy_err *read_environment(cy_tls_reading *reading, const char *path, cy_span text)
{
  client c;
  cy_err *err = begin(&c, reading, path);
  if (!err)
    err = read_env(&c, text);
  if (!err)
    err = find_ini(&c);
  if (!err)
    err = finish(&c);
  cy_mq_clear(&c.mq);
  return err;
}

static cy_err *read_client_ini(cy_tls_reading *reading, const char *path, cy_span text)
{
  client c;
  cy_err *err = begin(&c, reading, path);
  if (!err)
    err = read_ini(&c, path, text);
  if (!err)
    err = finish(&c);
  cy_mq_clear(&c.mq);
  return err;
}

/* The queue manager's own. Its name is that of its folder. */
static cy_err *take_qmgr_ini(cy_tls_reading *reading, cy_mq *mq, const char *path, cy_span text)
{
  const char *folder = strstr(path, "/qmgrs/");
  if (folder) {
    mq->qmgr = cy_arena_str(&mq->arena, cy_span_of(folder + 7, strcspn(folder + 7, "/")));
    CY_TRY_ALLOC(mq->qmgr);
  }
  mq->always = true;
  CY_TRY(cy_mq_ssl_read(mq, &mq->ssl, path, text));
  return cy_mq_sides(reading, mq, NULL);
}

static cy_err *read_qmgr_ini(cy_tls_reading *reading, const char *path, cy_span text)
{
  cy_mq mq;
  cy_err *err = cy_mq_init(&mq, path);
  if (!err)
    err = take_qmgr_ini(reading, &mq, path, text);
  cy_mq_clear(&mq);
  return err;
}

/* Which it is. */

static bool has_line(cy_span head, const char *begin_with, bool whole)
{
  size_t want = strlen(begin_with);
  while (head.len) {
    const uint8_t *end = memchr(head.data, '\n', head.len);
    size_t len = end ? (size_t)(end - head.data) : head.len;
    cy_span line = cy_line_trim(cy_span_of(head.data, len));
    if (line.len >= want && (!whole || line.len == want) &&
        cy_ascii_equal_nocase(cy_span_of(line.data, want), cy_span_of(begin_with, want)))
      return true;
    len += end != NULL;
    head = cy_span_of(head.data + len, head.len - len);
  }
  return false;
}

static unsigned detect_client_ini(const char *path, cy_span head)
{
  bool stanza = has_line(head, "SSL:", true) || has_line(head, "CHANNELS:", true);
  bool ours = has_line(head, "SSLKeyRepository", false) || has_line(head, "ChannelDefinition", false) ||
              has_line(head, "ServerConnectionParms", false) || has_line(head, "ClientExitPath:", true);
  return strcmp(cy_path_name(path), "mqclient.ini") == 0 ? 95 : stanza && ours ? 85 : 0;
}

static unsigned detect_qmgr_ini(const char *path, cy_span head)
{
  bool own = has_line(head, "Log:", true) && has_line(head, "Service:", true);
  bool listed = has_line(head, "AllowTLSV13", false) || has_line(head, "AllowedCipherSpecs", false);
  return strcmp(cy_path_name(path), "qm.ini") == 0 ? 95
         : own                                     ? 85
         : listed && has_line(head, "SSL:", true)  ? 70
                                                   : 0;
}

static unsigned detect_env(const char *path, cy_span head)
{
  static const char *const words[] = {
    "MQSERVER=", "MQCCDTURL=", "MQCHLLIB=", "MQCHLTAB=", "MQSSLKEYR=", "MQCLNTCF=", "MQCERTLABL="};
  (void)path;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (memmem(head.data, head.len, words[i], strlen(words[i])))
      return 65;
  return 0;
}

const cy_tls_reader cy_tls_reader_mqenv = {.id = "mqenv",
  .title = "environment of an IBM MQ client",
  .what =
    "MQSERVER, MQCCDTURL, MQCHLLIB, MQSSLKEYR ..., with the mqclient.ini and the table that are taken",
  .detect = detect_env,
  .read = read_environment,
  .streams = true,
  .audited = {.marks = CY_TLS_MARKS("mqserver=", "mqccdturl=", "mqchllib=", "mqchltab=", "mqsslkeyr=",
                "mqclntcf=", "mqcertlabl="),
    .sure = 65}};
const cy_tls_reader cy_tls_reader_mqclient = {.id = "mqclient",
  .title = "mqclient.ini",
  .what = "the ini file of an IBM MQ client, with the channel table that it names",
  .detect = detect_client_ini,
  .read = read_client_ini,
  .streams = true,
  .audited = {.marks = CY_TLS_MARKS("sslkeyrepository", "channeldefinition", "serverconnectionparms",
                "allowtlsv", "allowedcipher", "certificatelabel", "\nssl:\n"),
    .sure = 85}};
const cy_tls_reader cy_tls_reader_qmini = {.id = "qmini",
  .title = "qm.ini",
  .what = "the SSL stanza of a queue manager: what it negotiates with",
  .detect = detect_qmgr_ini,
  .read = read_qmgr_ini,
  .streams = true,
  .audited = {.marks = CY_TLS_MARKS(
                "allowtlsv", "allowedcipher", "allowweakcipher", "minimumrsakeysize", "\nssl:\n")}};
