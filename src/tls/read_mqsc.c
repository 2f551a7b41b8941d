/* mqsc, mqdisplay: what runmqsc reads, dmpmqcfg writes and DISPLAY shows. A side each channel. */
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/mq.h"
#include "tls/reader_internal.h"

/* Words at the start of a line: verb and object. */
static bool begins(cy_span line, const char *verb, const char *object)
{
  size_t n = strlen(verb), m = strlen(object);
  line = cy_line_trim(line);
  if (line.len < n + 1 + m || !cy_ascii_equal_nocase(cy_span_of(line.data, n), cy_span_str(verb)) ||
      line.data[n] != ' ')
    return false;
  line = cy_line_trim(cy_span_of(line.data + n, line.len - n));
  return line.len >= m && cy_ascii_equal_nocase(cy_span_of(line.data, m), cy_span_str(object));
}

static unsigned sure_of(cy_span line)
{
  static const char *const words[][2] = {{"DEFINE", "CHANNEL"}, {"DEF", "CHANNEL"}, {"DEF", "CHL"},
    {"DEFINE", "CHL"}, {"ALTER", "QMGR"}, {"ALT", "QMGR"}, {"ALTER", "CHANNEL"}, {"ALT", "CHANNEL"},
    {"ALT", "CHL"}, {"ALTER", "CHL"}};
  static const char *const others[][2] = {
    {"DEFINE", "QLOCAL"}, {"DEF", "QL"}, {"SET", "CHLAUTH"}, {"SET", "AUTHREC"}, {"REFRESH", "SECURITY"}};
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (begins(line, words[i][0], words[i][1]))
      return 90;
  for (size_t i = 0; i < CY_COUNT(others); i++)
    if (begins(line, others[i][0], others[i][1]))
      return 60;
  return 0;
}

static unsigned surest(cy_span head, unsigned (*judge)(cy_span line))
{
  unsigned best = 0;
  while (head.len && best < 90) {
    const uint8_t *end = memchr(head.data, '\n', head.len);
    size_t len = end ? (size_t)(end - head.data) : head.len;
    unsigned sure = judge(cy_span_of(head.data, len));
    best = sure > best ? sure : best;
    len += end != NULL;
    head = cy_span_of(head.data + len, head.len - len);
  }
  return best;
}

static unsigned detect(const char *path, cy_span head)
{
  unsigned sure = surest(head, sure_of);
  bool named = cy_ascii_equal_nocase(cy_span_str(cy_path_suffix(path)), CY_SPAN("mqsc"));
  return sure ? sure : named ? 40 : 0;
}

static unsigned sure_of_display(cy_span line)
{
  static const char *const messages[] = {
    "AMQ8414", "AMQ8408", "AMQ8417", "AMQ8878", "CSQM415I", "CSQM401I", "CSQM409I"};
  for (size_t i = 0; i < CY_COUNT(messages); i++) {
    size_t len = strlen(messages[i]);
    if (line.len > len && memcmp(line.data, messages[i], len) == 0)
      return 92;
  }
  bool zos = line.len > 8 && memcmp(line.data, "CSQM4", 5) == 0;
  return zos && memmem(line.data, line.len, "CHSTATUS(", 9) ? 92 : 0;
}

static unsigned detect_display(const char *path, cy_span head)
{
  (void)path;
  return surest(head, sure_of_display);
}

/* What dmpmqcfg wrote is a state, no change: it says so in its first lines, which are comments. */
static cy_err *look_for_dump(cy_mq *mq, const char *path, cy_span text)
{
  CY_CLEAN(cy_buf) head = CY_BUF_TEXT;
  if (!text.len) {
    CY_TRY(cy_tls_read_head(&head, path));
    text = cy_buf_get(&head);
  }
  size_t len = text.len < 4096 ? text.len : 4096;
  mq->dump |= memmem(text.data, len, "dmpmqcfg", 8) != NULL;
  return NULL;
}

/* The ini file of the queue manager, when it lies beside its definitions. */
static cy_err *read_ini_beside(cy_tls_reading *reading, cy_mq *mq, const char *path)
{
  CY_CLEAN(cy_buf) ini = CY_BUF_TEXT;
  struct stat st;
  CY_TRY(cy_tls_read_path(reading, path, "qm.ini", &ini));
  if (stat(cy_buf_cstr(&ini), &st) != 0 || !S_ISREG(st.st_mode))
    return NULL;
  return cy_mq_ssl_read(mq, &mq->ssl, cy_buf_cstr(&ini), CY_SPAN_NONE);
}

static cy_err *take_all(cy_mq *mq, cy_mqsc *in, bool shown)
{
  for (;;) {
    cy_mqsc_command command;
    bool more;
    CY_TRY(shown ? cy_mqsc_next_shown(in, &command, &more) : cy_mqsc_next(in, &command, &more));
    if (!more)
      return NULL;
    CY_TRY(shown ? cy_mq_apply_shown(mq, &command) : cy_mq_apply(mq, &command));
  }
}

static cy_err *read_definitions(
  cy_tls_reading *reading, cy_mq *mq, const char *path, cy_span text, bool shown)
{
  CY_CLEAN(cy_mqsc) in;
  CY_TRY(text.len ? cy_mqsc_over(&in, path, text) : cy_mqsc_open(&in, path));
  CY_TRY(look_for_dump(mq, path, text));
  CY_TRY(take_all(mq, &in, shown));
  CY_TRY(read_ini_beside(reading, mq, path));
  CY_TRY(cy_mq_check(mq));
  CY_TRY(cy_mq_sides(reading, mq, NULL));
  return reading->selected ? NULL : cy_mq_status_sides(reading, mq);
}

static cy_err *read_any(cy_tls_reading *reading, const char *path, cy_span text, bool shown)
{
  cy_mq mq;
  cy_err *err = cy_mq_init(&mq, path);
  if (!err)
    err = read_definitions(reading, &mq, path, text, shown);
  cy_mq_clear(&mq);
  return err;
}

static cy_err *read_script(cy_tls_reading *reading, const char *path, cy_span text)
{
  return read_any(reading, path, text, false);
}

static cy_err *read_display(cy_tls_reading *reading, const char *path, cy_span text)
{
  return read_any(reading, path, text, true);
}

const cy_tls_reader cy_tls_reader_mqsc = {.id = "mqsc",
  .title = "MQSC script",
  .what = "channels and ALTER QMGR of IBM MQ, with qm.ini beside them; one side a channel",
  .detect = detect,
  .read = read_script,
  .streams = true,
  .audited = {.marks = CY_TLS_MARKS("chltype", "sslkeyr", "ssltasks"), .also = "txt"}};
const cy_tls_reader cy_tls_reader_mqdisplay = {.id = "mqdisplay",
  .title = "display of a queue manager",
  .what =
    "what DISPLAY CHANNEL, QMGR and CHSTATUS printed (AMQ8414I, AMQ8417I, CSQM415I); one side a channel, "
    "and both ends of a running one",
  .detect = detect_display,
  .read = read_display,
  .streams = true,
  .audited = {.marks = CY_TLS_MARKS("chltype", "sslkeyr", "ssltasks"), .also = "txt"}};
