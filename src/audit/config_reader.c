/* Which reader of tls a text is for, found out by the head that was read anyway. */
#include <strings.h>

#include "audit/config.h"
#include "base/file.h"
#include "base/mem.h"

/* What is said of a machine's configurations is in their beginnings. */
enum { HEAD_BYTES = 16 << 10, SURE = 80, STORES_KEPT = 64, HITS_MAX = 200 };

static cy_err *add_mark(cy_config_readers *readers, const char *mark, size_t reader)
{
  size_t i = 0;
  while (i < readers->count && strcmp(readers->marks[i], mark) != 0)
    i++;
  if (i == CY_TEXT_ANCHORS)
    return cy_err_no_memory();
  readers->marks[i] = mark;
  readers->of[i] |= UINT64_C(1) << reader;
  readers->count += i == readers->count;
  return NULL;
}

cy_err *cy_config_readers_init(cy_config_readers *readers)
{
  *readers = (cy_config_readers){0};
  pthread_mutex_init(&readers->lock, NULL);
  cy_tls_stores_init(&readers->stores);
  for (size_t r = 0; r < cy_tls_reader_count && r < 64; r++) {
    const char *const *marks = cy_tls_readers[r]->audited.marks;
    for (; marks && *marks; marks++)
      CY_TRY(add_mark(readers, *marks, r));
  }
  cy_text_filter_init(&readers->filter, readers->marks, readers->count);
  return cy_tls_rehearsal_init(&readers->rehearsal);
}

void cy_config_readers_clear(cy_config_readers *readers)
{
  pthread_mutex_destroy(&readers->lock);
  cy_tls_stores_clear(&readers->stores);
  cy_tls_rehearsal_clear(&readers->rehearsal);
}

/* A mark may be the beginning of another one: all that stand there. */
static uint64_t marked_at(const cy_config_readers *readers, cy_span text, size_t at)
{
  uint64_t found = 0;
  for (size_t i = 0; i < readers->count; i++)
    if (cy_text_filter_stands(readers->marks[i], text, at))
      found |= readers->of[i];
  return found;
}

/* Documents and programs are read only by those who say so. */
static bool is_open_to(const cy_tls_reader *reader, unsigned kind, const char *name)
{
  bool plain = kind && !(kind & CY_TEXT_IS_SOURCE);
  const char *also = reader->audited.also;
  return plain || (also && cy_notation_has(also, cy_path_suffix(name)));
}

uint64_t cy_config_readers_of(
  const cy_config_readers *readers, const char *name, unsigned kind, cy_span head)
{
  uint64_t open = 0, found = 0;
  size_t len, hits = 0;
  if (head.len > HEAD_BYTES)
    head = cy_span_of(head.data, HEAD_BYTES);
  for (size_t r = 0; readers->count && r < cy_tls_reader_count && r < 64; r++)
    if (cy_tls_readers[r]->audited.marks && is_open_to(cy_tls_readers[r], kind, name))
      open |= UINT64_C(1) << r;
  for (size_t at = 0; open && hits++ < HITS_MAX && (found & open) != open; at++) {
    at = cy_text_filter_next(&readers->filter, head, at, &len);
    if (at == SIZE_MAX)
      break;
    found |= marked_at(readers, head, at);
  }
  return found & open;
}

const cy_tls_reader *cy_config_reader_pick(uint64_t of, const char *path, unsigned kind, cy_span head)
{
  const cy_tls_reader *best = NULL;
  unsigned best_sure = 0;
  if (head.len > HEAD_BYTES)
    head = cy_span_of(head.data, HEAD_BYTES);
  for (size_t r = 0; r < cy_tls_reader_count && of >> r; r++) {
    const cy_tls_audited *audited = &cy_tls_readers[r]->audited;
    unsigned want = audited->sure ? audited->sure : SURE;
    if (kind & CY_TEXT_IS_SCRIPT && audited->in_script)
      want = audited->in_script;
    unsigned sure = of >> r & 1 ? cy_tls_readers[r]->detect(path, head) : 0;
    if (sure < want || sure <= best_sure)
      continue;
    best = cy_tls_readers[r];
    best_sure = sure;
  }
  return best;
}
