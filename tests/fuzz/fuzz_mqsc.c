/* Commands and displays of queue managers: all spans lie inside of the reader's memory, and it ends. */
#include "conf/mqsc.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

static unsigned sum;

static void look(const cy_mqsc_command *command)
{
  for (size_t i = 0; i < command->count; i++) {
    const cy_mqsc_param *p = &command->params[i];
    const cy_span spans[] = {p->name, p->value, p->written};
    for (size_t s = 0; s < CY_COUNT(spans); s++)
      for (size_t b = 0; b < spans[s].len; b++)
        sum += spans[s].data[b];
    if (!p->line || !p->column || !p->name.len)
      abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  for (int shown = 0; shown < 2; shown++) {
    CY_CLEAN(cy_mqsc) in;
    cy_mqsc_command command;
    bool more = true;
    cy_err *err = cy_mqsc_over(&in, "fuzz", cy_span_of(data, size));
    for (size_t n = 0; !err && more; n++) {
      err = shown ? cy_mqsc_next_shown(&in, &command, &more) : cy_mqsc_next(&in, &command, &more);
      if (!err && more)
        look(&command);
      if (n > size + 2)
        abort();
    }
    cy_err_free(err);
  }
  return 0;
}
