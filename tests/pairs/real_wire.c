/* What is to be seen of a handshake on the wire alone. */
#include "pairs/real.h"

enum { CHANGE_CIPHER = 20, ALERT = 21, HANDSHAKE = 22 };

static void drop(cy_buf *buf, size_t len)
{
  if (len)
    memmove(buf->data, buf->data + len, buf->len - len);
  buf->len -= len;
}

static void see_messages(wire_watch *w, real_end *end, int role)
{
  cy_buf *all = &w->messages[role];
  size_t at = 0;
  while (all->len - at >= 4) {
    const uint8_t *m = all->data + at;
    size_t len = 4 + ((size_t)m[1] << 16 | (size_t)m[2] << 8 | m[3]);
    if (all->len - at < len)
      break;
    see_message(end->out, end->p, role, m, len);
    at += len;
  }
  drop(all, at);
}

/* From ChangeCipherSpec on all is sealed; in TLS 1.3 that record means nothing, and what is sealed has a
 * kind of its own. */
static void see_record(wire_watch *w, real_end *end, int role, const uint8_t *record, size_t len)
{
  if (record[0] == CHANGE_CIPHER && end->out->version != CY_TLS13)
    w->sealed[role] = true;
  if (w->sealed[role])
    return;
  if (record[0] == ALERT && len == 7 && record[6]) {
    end->out->said[role] = record[6];
    if (!w->alerts_only)
      see_alert(end->out, role, record[6]);
  }
  if (record[0] == HANDSHAKE && !w->alerts_only) {
    cy_buf_put(&w->messages[role], record + 5, len - 5);
    see_messages(w, end, role);
  }
}

void wire_watch_see(wire_watch *w, real_end *end, int role, const void *data, size_t len)
{
  cy_buf *all = &w->records[role];
  size_t at = 0;
  cy_buf_put(all, data, len);
  while (all->len - at >= 5) {
    const uint8_t *record = all->data + at;
    size_t size = 5 + ((size_t)record[3] << 8 | record[4]);
    if (all->len - at < size)
      break;
    see_record(w, end, role, record, size);
    at += size;
  }
  drop(all, at);
}

void wire_watch_clear(wire_watch *w)
{
  for (int role = 0; role < 2; role++) {
    cy_buf_clear(&w->records[role]);
    cy_buf_clear(&w->messages[role]);
  }
}
