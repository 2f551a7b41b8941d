#include "store/java_data.h"

#include "base/text.h"

cy_span cy_java_data_utf(cy_cur *cur)
{
  return cy_cur_take(cur, cy_cur_u16(cur));
}

cy_err *cy_java_data_alias(cy_doc *doc, cy_entry *entry, cy_cur *cur)
{
  CY_CLEAN(cy_buf) utf8 = CY_BUF_TEXT;
  cy_span alias = cy_java_data_utf(cur);
  bool good = cy_text_from_modified_utf8(&utf8, alias);
  CY_TRY(cy_buf_check(&utf8));
  if (!good || (utf8.len && memchr(utf8.data, 0, utf8.len)))
    cy_cur_fail(cur, "an alias is not text");
  entry->label = cy_arena_str(&doc->arena, cy_buf_get(&utf8));
  CY_TRY_ALLOC(entry->label);
  return NULL;
}

cy_time cy_java_data_time(uint64_t ms)
{
  int64_t t = (int64_t)ms;
  cy_time seconds = t / 1000 - (t % 1000 < 0);
  return seconds >= CY_TIME_MIN && seconds <= CY_TIME_MAX ? seconds : CY_TIME_NONE;
}
