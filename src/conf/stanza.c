#include "conf/stanza.h"

cy_err *cy_stanzas_open(cy_stanzas *in, const char *path)
{
  *in = (cy_stanzas){.stanza = CY_BUF(CY_LINE_BYTES)};
  return cy_lines_open(&in->lines, path);
}

cy_err *cy_stanzas_over(cy_stanzas *in, const char *name, cy_span text)
{
  *in = (cy_stanzas){.stanza = CY_BUF(CY_LINE_BYTES)};
  return cy_lines_over(&in->lines, name, text);
}

void cy_stanzas_clear(cy_stanzas *in)
{
  cy_lines_clear(&in->lines);
  cy_buf_clear(&in->stanza);
}

static cy_err *read_item(cy_stanzas *in, cy_span text, cy_stanza_item *item)
{
  const uint8_t *equals = memchr(text.data, '=', text.len);
  *item = (cy_stanza_item){.line = in->lines.line, .value = text};
  if (!equals && text.data[text.len - 1] == ':') {
    cy_buf_reset(&in->stanza);
    cy_buf_span(&in->stanza, cy_line_trim(cy_span_of(text.data, text.len - 1)));
    CY_TRY(cy_buf_check(&in->stanza));
    item->value = CY_SPAN_NONE;
  } else if (!equals) {
    item->wrong = "this is neither `Name:` nor key=value";
  } else {
    size_t head = (size_t)(equals - text.data);
    item->key = cy_line_trim(cy_span_of(text.data, head));
    item->value = cy_line_trim(cy_span_of(equals + 1, text.len - head - 1));
    if (!item->key.len)
      item->wrong = "a value without a key";
  }
  item->stanza = cy_buf_get(&in->stanza);
  return NULL;
}

cy_err *cy_stanzas_next(cy_stanzas *in, cy_stanza_item *item, bool *more)
{
  for (;;) {
    cy_span line;
    CY_TRY(cy_lines_next(&in->lines, &line, more));
    if (!*more)
      return NULL;
    line = cy_line_trim(line);
    if (line.len && line.data[0] != '#' && line.data[0] != ';')
      return read_item(in, line, item);
  }
}
