#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "store/java_serial.h"

static const cy_java_layout spec = {"javax.crypto.spec.SecretKeySpec", 0x5b470b66e230614du, 2, 2,
  {{"Ljava/lang/String;", "algorithm"}, {"[B", "key"}}, NULL};

/* Every span lies in the input. */
static void inside(cy_span span, cy_span input)
{
  if (span.len && (span.data < input.data || span.data + span.len > input.data + input.len))
    abort();
}

/* What is of a known class is written again as it was, or with other references, but with the same content.
 */
static void write_again(const cy_java *java)
{
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  cy_java other = {0};
  cy_parse parse = {.reason = NULL};
  cy_span algorithm = cy_java_get(java, "algorithm")->bytes, key = cy_java_get(java, "key")->bytes;
  cy_java_put(&out, &spec, (cy_span[]){algorithm, key});
  cy_cur cur = cy_cur_begin(&parse, cy_buf_get(&out));
  cy_err *err = cy_buf_check(&out);
  if (!err)
    err = cy_java_read(&other, &cur);
  cy_cur_end(&cur);
  if (!err && (parse.reason || !cy_java_is(&other, &spec) ||
                !cy_span_equal(cy_java_get(&other, "key")->bytes, key) ||
                !cy_span_equal(cy_java_get(&other, "algorithm")->bytes, algorithm)))
    abort();
  cy_err_free(err);
  cy_java_clear(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_java java = {0};
  cy_parse parse = {.reason = NULL};
  cy_span input = cy_span_of(data, size);
  cy_cur cur = cy_cur_begin(&parse, input);
  cy_err *err = cy_java_read(&java, &cur);
  inside(cy_java_reading(&java), input);
  if (!err && !parse.reason) {
    inside(cy_java_class(&java), input);
    const cy_java_value *value = cy_java_get(&java, "key");
    if (value)
      inside(value->bytes, input);
    if (cy_java_is(&java, &spec) && value->kind == CY_JAVA_BYTES &&
        cy_java_get(&java, "algorithm")->kind == CY_JAVA_STRING)
      write_again(&java);
  }
  cy_err_free(err);
  cy_java_clear(&java);
  return 0;
}
