/* Formatted traces of IBM MQ clients (AMQ*.FMT): which files they read, the channel that they took, and the
 * transcript of the handshake that GSKit writes. By what people show and IBM's description of MQCD; not
 * tried: there is none here. */
#include "tls/trace_dump.h"
#include "tls/trace_readers.h"

/* What a value in the transcript belongs to. */
typedef enum { KEY_NONE, KEY_VERSION, KEY_SUITES, KEY_SCHEMES, KEY_GROUPS, KEY_HOST } key;

typedef struct {
  cy_trace t;
  bool hello, server; /* in a hello, the server's */
  key at;
  bool spoilt;    /* the list at hand holds a word that nobody knows: it is not taken */
  cy_span folder; /* of the channel table */
  cy_buf cd;      /* MQCD, as it is dumped */
  bool in_cd;
} mq;

/* Offsets in MQCD (cmqxc.h). */
enum {
  CD_CHANNEL = 0,
  CD_CHANNEL_LEN = 20,
  CD_CIPHER = 0x698,
  CD_CIPHER_LEN = 32,
  CD_LABEL = 0x780,
  CD_LABEL_LEN = 64,
  CD_CONNAME = 0xc0,
  CD_CONNAME_LEN = 20,
  CD_MOST = 0x2000
};

static unsigned detect(cy_span head)
{
  static const char *const words[] = {"GSKit TLS Handshake Transcript", "<client_hello>",
    "MQCD CertificateLabel", "Saved CertificateLabel", "ChannelDefinitionFile / MQCHLTAB",
    "SSLKeyRepository / MQSSLKEYR", "Adding stanza ("};
  size_t found = 0;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    found += cy_trace_has(head, words[i], NULL);
  return found > 1 ? 92 : found ? 75 : 0;
}

static void ensure(mq *m)
{
  if (!m->t.seen)
    cy_trace_open(&m->t, CY_TLS_CLIENT);
}

/* 'VALUE' */
static bool quoted(cy_span text, cy_span *value)
{
  cy_span rest;
  if (text.len == 0 || text.data[0] != '\'')
    return false;
  *value = cy_trace_word(cy_span_of(text.data + 1, text.len - 1), "'", &rest);
  return true;
}

/* "NAME = 'VALUE'" of an ini file, or "Using NAME / ENVIRONMENT value of VALUE", which is what was taken.
 */
static bool setting(cy_span line, const char *name, cy_span *value)
{
  cy_span rest, start;
  if (!cy_trace_has(line, name, &rest))
    return false;
  if (cy_trace_starts(rest, "=", &start))
    return quoted(start, value);
  if (!cy_trace_has(line, "Using ", NULL) || !cy_trace_has(rest, "value of ", &start))
    return false;
  if (!quoted(start, value))
    *value = start;
  return value->len > 0;
}

typedef cy_seen_text *field_of(cy_tls_seen *seen);

static void put(mq *m, field_of *field, cy_span value)
{
  ensure(m);
  if (m->t.seen)
    cy_trace_text(&m->t, field(m->t.seen), value);
}

static cy_seen_text *repository(cy_tls_seen *seen)
{
  return &seen->repository;
}
static cy_seen_text *label(cy_tls_seen *seen)
{
  return &seen->label;
}
static cy_seen_text *table(cy_tls_seen *seen)
{
  return &seen->table;
}
static cy_seen_text *config(cy_tls_seen *seen)
{
  return &seen->config;
}
static cy_seen_text *channel(cy_tls_seen *seen)
{
  return &seen->channel;
}

static void put_table(mq *m, cy_span name)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  cy_buf_span(&path, m->folder);
  if (m->folder.len)
    cy_buf_u8(&path, '/');
  cy_buf_span(&path, name);
  m->t.no_memory |= path.failed == CY_BUF_NO_MEMORY;
  put(m, table, cy_buf_get(&path));
}

/* "... FileName ... /var/mqm/mqclient.ini" */
static bool read_config(mq *m, cy_span line)
{
  cy_span rest;
  size_t start;
  if (!cy_trace_has(line, "FileName", NULL) || !cy_trace_has(line, "mqclient.ini", &rest))
    return false;
  size_t end = (size_t)(rest.data - line.data);
  while (end > 0 && (end > line.len || line.data[end - 1] != 'i'))
    end--;
  for (start = end; start > 0 && !strchr(" '\"=(,[", line.data[start - 1] ? line.data[start - 1] : ' ');
       start--)
    ;
  put(m, config, cy_span_of(line.data + start, end - start));
  return true;
}

static bool read_setting(mq *m, cy_span line)
{
  cy_span value, rest;
  if (setting(line, "SSLKeyRepository", &value))
    put(m, repository, value);
  else if (setting(line, "ChannelDefinitionDirectory", &value))
    m->folder = value;
  else if (setting(line, "ChannelDefinitionFile", &value))
    put_table(m, value);
  else if ((cy_trace_has(line, "MQCD CertificateLabel", &rest) ||
             cy_trace_has(line, "Saved CertificateLabel", &rest)) &&
           quoted(rest, &value) && value.len > 0)
    put(m, label, value);
  else if (cy_trace_has(line, "Channel Name:", &rest) && rest.len > 0)
    put(m, channel, cy_trace_word(rest, " ,)]", NULL));
  else
    return read_config(m, line);
  return true;
}

/* The channel's definition. */

static cy_span cd_text(const mq *m, size_t offset, size_t len)
{
  cy_span all = cy_buf_get(&m->cd);
  if (all.len < offset + len)
    return CY_SPAN_NONE;
  cy_span text = cy_span_of(all.data + offset, len);
  const uint8_t *end = memchr(text.data, 0, text.len);
  if (end)
    text.len = (size_t)(end - text.data);
  return cy_trace_trim(text);
}

static bool is_plain(cy_span text)
{
  for (size_t i = 0; i < text.len; i++)
    if (text.data[i] < ' ' || text.data[i] > '~')
      return false;
  return text.len > 0;
}

static void end_cd(mq *m)
{
  static const struct {
    size_t offset, len;
  } fields[] = {{CD_CHANNEL, CD_CHANNEL_LEN}, {CD_CIPHER, CD_CIPHER_LEN}, {CD_LABEL, CD_LABEL_LEN},
    {CD_CONNAME, CD_CONNAME_LEN}};
  ensure(m);
  for (size_t i = 0; m->t.seen && m->in_cd && i < CY_COUNT(fields); i++) {
    cy_seen_text *const to[] = {
      &m->t.seen->channel, &m->t.seen->cipher, &m->t.seen->label, &m->t.seen->host};
    cy_span text = cd_text(m, fields[i].offset, fields[i].len);
    if (is_plain(text))
      cy_trace_text(&m->t, to[i], text);
  }
  m->in_cd = false;
  cy_buf_reset(&m->cd);
}

/* "0x0010:  434c4541 ..." behind whatever columns; as of another offset than the next it is another dump.
 */
static bool read_dump(mq *m, cy_span line)
{
  CY_CLEAN(cy_buf) bytes = CY_BUF(256);
  cy_span rest = cy_trace_trim(line), start;
  size_t offset;
  if (!m->in_cd)
    return false;
  if (cy_trace_has(rest, "0x", &start) && start.data <= rest.data + 64)
    rest = start;
  bool dump = cy_dump_line(&bytes, &offset, rest);
  m->t.no_memory |= bytes.failed == CY_BUF_NO_MEMORY;
  if (!dump || offset != m->cd.len) {
    if (m->cd.len)
      end_cd(m);
    return false;
  }
  cy_buf_span(&m->cd, cy_buf_get(&bytes));
  return true;
}

/* A line that is about the definition: its dump follows. */
static bool is_cd(cy_span line)
{
  cy_span rest;
  line = cy_trace_trim(line);
  if (cy_trace_has(line, "MQCD", &rest))
    return rest.len == 0 || rest.data[0] == ':';
  return line.len >= 2 && memcmp(line.data + line.len - 2, "CD", 2) == 0 &&
         (line.len == 2 || line.data[line.len - 3] == ' ');
}

/* The transcript. */

static key key_of(cy_span word, bool server, bool *is_key)
{
  static const struct {
    const char *name;
    key client, server;
  } keys[] = {{"client_version", KEY_VERSION, KEY_NONE}, {"server_version", KEY_NONE, KEY_VERSION},
    {"supported_versions", KEY_VERSION, KEY_VERSION}, {"cipher_suites", KEY_SUITES, KEY_NONE},
    {"cipher_suite", KEY_NONE, KEY_SUITES}, {"signature_algorithms", KEY_SCHEMES, KEY_NONE},
    {"supported_groups", KEY_GROUPS, KEY_NONE}, {"elliptic_curves", KEY_GROUPS, KEY_NONE},
    {"server_name", KEY_HOST, KEY_NONE}, {"random", KEY_NONE, KEY_NONE}, {"session_id", KEY_NONE, KEY_NONE},
    {"compression_methods", KEY_NONE, KEY_NONE}, {"compression_method", KEY_NONE, KEY_NONE},
    {"extensions", KEY_NONE, KEY_NONE}};
  *is_key = false;
  for (size_t i = 0; i < CY_COUNT(keys); i++)
    if (cy_trace_is(word, keys[i].name)) {
      *is_key = true;
      return server ? keys[i].server : keys[i].client;
    }
  return KEY_NONE;
}

static bool has_letter(cy_span word)
{
  for (size_t i = 0; i < word.len; i++)
    if ((word.data[i] | 0x20) >= 'g' && (word.data[i] | 0x20) <= 'z')
      return true;
  return false;
}

/* Words that are neither numbers nor names known here spoil a list: half of it would be worse than none. */
static void take_listed(mq *m, cy_seen_codes *to, cy_trace_kind kind, cy_span word)
{
  size_t before = to->codes.count;
  bool again = false;
  cy_seen_codes one = {0};
  if (m->spoilt || !has_letter(word))
    return;
  cy_trace_list(&m->t, &one, kind, word, " ");
  again = one.codes.count && cy_codes_has(&to->codes, one.codes.codes[0]);
  if (one.codes.count)
    cy_trace_add(&m->t, to, one.codes.codes[0]);
  cy_codes_clear(&one.codes);
  if (again || to->codes.count > before)
    return;
  m->spoilt = true;
  cy_codes_clear(&to->codes);
  to->line = 0;
}

static void take_value(mq *m, cy_span word)
{
  cy_tls_seen *seen = m->t.seen;
  switch (m->at) {
  case KEY_VERSION:
    if (m->server)
      cy_trace_version(&m->t, &seen->version, word);
    else
      cy_trace_list(&m->t, &seen->versions, CY_TRACE_VERSIONS, word, " ");
    break;
  case KEY_SUITES:
    if (m->server)
      cy_trace_suite(&m->t, &seen->suite, word);
    else if (has_letter(word))
      cy_trace_list(&m->t, &seen->suites, CY_TRACE_SUITES, word, " ");
    break;
  case KEY_SCHEMES:
    take_listed(m, &seen->schemes, CY_TRACE_SCHEMES, word);
    break;
  case KEY_GROUPS:
    take_listed(m, &seen->groups, CY_TRACE_GROUPS, word);
    break;
  case KEY_HOST:
    if (has_letter(word) && memchr(word.data, '.', word.len) && !seen->host.text)
      cy_trace_text(&m->t, &seen->host, word);
    break;
  default:
    break;
  }
}

static void read_words(mq *m, cy_span line)
{
  while (line.len > 0 && m->t.seen) {
    bool is_key;
    cy_span word = cy_trace_word(line, " \t,;:()[]{}<>'\"|", &line);
    key at = key_of(word, m->server, &is_key);
    if (is_key) {
      m->at = at;
      m->spoilt = false;
    } else if (word.len > 0) {
      take_value(m, word);
    }
  }
}

/* A second hello of the client is another connection's, which has the same files. */
static void begin_hello(mq *m)
{
  const cy_tls_seen *before = m->t.seen;
  if (!before || !before->suites.line) {
    ensure(m);
    return;
  }
  cy_trace_open(&m->t, CY_TLS_CLIENT);
  if (!m->t.seen)
    return;
  const cy_seen_text *const from[] = {
    &before->repository, &before->label, &before->table, &before->config, &before->channel};
  field_of *const to[] = {repository, label, table, config, channel};
  for (size_t i = 0; i < CY_COUNT(to); i++) {
    size_t line = m->t.number;
    m->t.number = from[i]->line;
    if (from[i]->text)
      cy_trace_text(&m->t, to[i](m->t.seen), cy_span_str(from[i]->text));
    m->t.number = line;
  }
}

static bool read_transcript(mq *m, cy_span line)
{
  bool client = cy_trace_has(line, "<client_hello>", NULL);
  if (client || cy_trace_has(line, "<server_hello>", NULL)) {
    if (client)
      begin_hello(m);
    ensure(m);
    m->hello = true;
    m->server = !client;
    m->at = KEY_NONE;
    return true;
  }
  bool ends = cy_trace_has(line, "End of GSKit TLS Handshake", NULL) || cy_trace_has(line, "</", NULL) ||
              cy_trace_starts(line, "<", NULL);
  if (ends)
    m->hello = false;
  if (m->hello)
    read_words(m, line);
  return m->hello || ends;
}

/* "gsk_secure_soc_init ... rc=414", "'gsk_secure_socket_init' RC=541" */
static bool read_code(mq *m, cy_span line)
{
  cy_span rest, code;
  if (!cy_trace_has(line, "gsk_", &rest) ||
      (!cy_trace_has(rest, "rc=", &code) && !cy_trace_has(rest, "RC=", &code)))
    return false;
  size_t n = 0;
  while (n < code.len && code.data[n] >= '0' && code.data[n] <= '9')
    n++;
  bool fails = cy_trace_number(code) != SIZE_MAX && cy_trace_number(code) > 0;
  ensure(m);
  if (fails)
    cy_trace_error(&m->t, "gsk", cy_span_of(code.data, n), cy_trace_trim(line));
  return true;
}

static void read_line(mq *m)
{
  cy_span line = m->t.line;
  if (read_dump(m, line) || read_transcript(m, line) || read_setting(m, line) || read_code(m, line))
    return;
  if (is_cd(line)) {
    end_cd(m);
    m->in_cd = true;
  }
}

static cy_err *read(cy_tls_seens *out, const char *file, cy_span text)
{
  mq m = {.t = cy_trace_begin(out, "IBM MQ client", file, text), .cd = CY_BUF(CD_MOST)};
  while (cy_trace_next(&m.t))
    read_line(&m);
  if (m.in_cd && m.cd.len)
    end_cd(&m);
  m.t.no_memory |= m.cd.failed == CY_BUF_NO_MEMORY;
  cy_buf_clear(&m.cd);
  return cy_trace_end(&m.t);
}

const cy_tls_trace cy_trace_mq = {"mq", "formatted trace of an IBM MQ client", detect, read};
