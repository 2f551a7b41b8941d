/* A first baseline, for what there is now. */
#include "audit/baseline.h"
#include "base/text.h"

void cy_baseline_begin(cy_buf *text, cy_time now)
{
  cy_buf_str(text, "# Findings that were there on ");
  cy_time_format_date(text, now);
  cy_buf_str(text,
    ", accepted until the day that each section names.\n"
    "# `causey explain ID` says what each means. Write a reason of its own where you know one.\n");
}

/* Pattern characters mean themselves; what a line can not hold is any one byte. */
static void put_pattern(cy_buf *text, const char *subject)
{
  for (; *subject; subject++) {
    if (strchr("*?\\", *subject))
      cy_buf_u8(text, '\\');
    cy_buf_u8(text, (uint8_t)*subject < ' ' || *subject == 0x7f ? '?' : (uint8_t)*subject);
  }
}

/* One line of what was seen, for whoever reads the file. */
static void put_comment(cy_buf *text, const char *what)
{
  CY_CLEAN(cy_buf) safe = CY_BUF_TEXT;
  cy_text_put_safe(&safe, cy_span_str(what));
  cy_buf_str(text, "# ");
  cy_buf_span(text, cy_text_head(cy_buf_get(&safe), 160));
  cy_buf_u8(text, '\n');
}

void cy_baseline_put(cy_buf *text, const cy_finding *f, const char *until, const char *reason)
{
  const char *place = f->place ? f->place : f->subject;
  bool writable = cy_utf8_valid(cy_span_str(place));
  cy_buf_printf(text, "\n[accept \"%s\"]\n", cy_finding_info_get(f->id)->id);
  put_comment(text, f->what);
  if (writable) {
    cy_buf_str(text, "subject = \"");
    put_pattern(text, place);
    cy_buf_str(text, "\"\n");
  }
  cy_buf_printf(text, "fingerprint = %016llx\n", (unsigned long long)cy_finding_fingerprint(f));
  cy_buf_printf(text, "reason = %s\nuntil = %s\n", reason, until);
}
