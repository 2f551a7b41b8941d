#include "base/pem.h"

#include "tests/unit/base/alloc.h"

#define A "-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n"
#define B "-----BEGIN X-----\nYmFy\n-----END X-----\n"

/* Walks a text; what was found is written as "label@line=body;". */
static cy_err *walk(cy_buf *found, cy_span text)
{
  cy_pem pem = cy_pem_begin(text);
  cy_pem_block block;
  CY_CLEAN(cy_buf) covered = CY_BUF_STORE;
  for (bool more = true; more;) {
    CY_TRY(cy_pem_next(&pem, &block, &more));
    cy_buf_span(&covered, block.before);
    cy_buf_span(&covered, block.whole);
    if (!more)
      break;
    cy_buf_printf(found, "%.*s@%zu=", (int)block.label.len, (const char *)block.label.data, block.line);
    CY_TRY(cy_pem_decode(found, &block));
    cy_buf_str(found, ";");
  }
  assert_true(cy_span_equal(cy_buf_get(&covered), text)); /* byte for byte */
  return NULL;
}

static void texts(void **state)
{
  static const struct {
    cy_span text;
    const char *found;
  } rows[] = {
    {CY_SPAN(""), ""},
    {CY_SPAN("nothing here\n"), ""},
    {CY_SPAN(A B), "CERTIFICATE@1=foo;X@4=bar;"},
    {CY_SPAN("before\n\n" A "between"
             "\r\n" B "after"),
      "CERTIFICATE@3=foo;X@7=bar;"},
    {CY_SPAN("\xef\xbb\xbf" A), "CERTIFICATE@1=foo;"},
    {CY_SPAN("-----BEGIN X-----\r\nYmFy\r\n-----END X-----\r\n" B), "X@1=bar;X@4=bar;"},
    {CY_SPAN("-----BEGIN X-----\rYmFy\r-----END X-----\r" B), "X@1=bar;X@4=bar;"},
    {CY_SPAN("-----BEGIN X----- \t\nYm\nFy\n\n-----END X-----  "), "X@1=bar;"},
    {CY_SPAN("-----BEGIN X-----\n-----END X-----"), "X@1=;"},
    {CY_SPAN("-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: A,\n 00\n\nYmFy\n-----END X-----\n"),
      "X@1=bar;"},
    {CY_SPAN("-----BEGIN X----\n-----BEGIN -----\n ----BEGIN X-----\n-----BEGIN X-----\0\n"), ""},
    {CY_SPAN("see -----BEGIN X-----\n"), ""},
    {CY_SPAN("-----END X-----\n" B), "X@2=bar;"},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_CLEAN(cy_buf) found = CY_BUF_TEXT;
    assert_no_error(walk(&found, rows[i].text));
    assert_string_equal(cy_buf_cstr(&found), rows[i].found);
  }
}

static void broken_blocks(void **state)
{
  static const struct {
    cy_span text;
    cy_err_code code;
    const char *says;
  } rows[] = {
    {CY_SPAN(B "\n-----BEGIN X-----\nYmFy\n"), CY_E_MALFORMED, "line 5: -----BEGIN X-----"},
    {CY_SPAN("-----BEGIN X-----"), CY_E_MALFORMED, "line 1: "},
    {CY_SPAN("-----BEGIN X-----\nYmFy\n-----END Y-----\n"), CY_E_MALFORMED, "line 1: "},
    {CY_SPAN("-----BEGIN X-----\nYmFy\n" B), CY_E_MALFORMED, "line 1: "},
    {CY_SPAN("-----BEGIN X-----\na: b\n-----END X-----\n\n"), CY_E_BASE64, "line 1"},
    {CY_SPAN("\n-----BEGIN X-----\nYm*y\n-----END X-----\n"), CY_E_BASE64, "line 2"},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_CLEAN(cy_buf) found = CY_BUF_TEXT;
    cy_err *err = walk(&found, rows[i].text);
    assert_int_equal(cy_err_code_get(err), rows[i].code);
    assert_non_null(strstr(cy_err_text(err), rows[i].says));
    cy_err_free(err);
  }
}

static void the_walk_goes_on_behind_a_broken_block(void **state)
{
  static const char text[] = "-----BEGIN X-----\nYm\n" B "-----BEGIN Y-----\n";
  cy_pem pem = cy_pem_begin(CY_SPAN(text));
  cy_pem_block block;
  bool found;
  size_t covered = 0;
  static const bool broken[] = {true, false, true, false};
  for (size_t i = 0; i < CY_COUNT(broken); i++) {
    assert_error(cy_pem_next(&pem, &block, &found), broken[i] ? CY_E_MALFORMED : CY_OK);
    assert_int_equal(found, i < 3);
    covered += block.before.len + block.whole.len;
  }
  assert_int_equal(covered, sizeof text - 1);
}

static void truncations_never_read_beyond(void **state)
{
  static const char text[] = "x\r\n-----BEGIN X-----\r\nA: b\r\n\r\nYmFy\r\n-----END X-----\r\nyy";
  for (size_t len = 0; len < sizeof text; len++) {
    CY_CLEAN(cy_buf) found = CY_BUF_TEXT;
    uint8_t *exact = cy_realloc(cy_memdup(text, len), len);
    cy_err_free(walk(&found, cy_span_of(exact, len)));
    cy_pem_looks_like(cy_span_of(exact, len));
    cy_free(exact);
  }
}

static void headers(void **state)
{
  cy_pem pem = cy_pem_begin(
    CY_SPAN("-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\r\nDEK-Info:\tAES,00 \n\nYmFy\n-----END X-----\n"));
  cy_pem_block block;
  bool found;
  assert_no_error(cy_pem_next(&pem, &block, &found));
  assert_true(cy_span_equal(cy_pem_header(&block, "Proc-Type"), CY_SPAN("4,ENCRYPTED")));
  assert_true(cy_span_equal(cy_pem_header(&block, "dek-info"), CY_SPAN("AES,00")));
  assert_int_equal(cy_pem_header(&block, "DEK").len, 0);
  assert_true(cy_span_equal(block.body, CY_SPAN("YmFy\n")));
}

static void writing(void **state)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_pem_encode(&text, "CERTIFICATE", CY_SPAN("foo"));
  assert_string_equal(cy_buf_cstr(&text), A);
}

static void recognition(void **state)
{
  assert_true(cy_pem_looks_like(CY_SPAN(A)));
  assert_true(cy_pem_looks_like(CY_SPAN("x -----BEGIN \n" A)));
  assert_true(cy_pem_looks_like(CY_SPAN("\xef\xbb\xbf" A)));
  assert_false(cy_pem_looks_like(CY_SPAN("x -----BEGIN ")));
  assert_false(cy_pem_looks_like(CY_SPAN("-----BEGIN")));
  assert_false(cy_pem_looks_like(CY_SPAN_NONE));
  CY_CLEAN(cy_buf) far = CY_BUF_STORE;
  cy_buf_fill(&far, '\n', CY_DETECT_BYTES);
  cy_buf_str(&far, A);
  assert_false(cy_pem_looks_like(cy_buf_get(&far)));
}

/* Neither takes time that grows with the square of the size. */
static void hostile_sizes(void **state)
{
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  for (int i = 0; i < 100000; i++)
    cy_buf_str(&text, "-----BEGIN X-----\na:\n-----END X-----\n");
  cy_pem pem = cy_pem_begin(cy_buf_get(&text));
  cy_pem_block block;
  bool more = true;
  size_t count = 0;
  for (; more; count++)
    assert_no_error(cy_pem_next(&pem, &block, &more));
  assert_int_equal(count, 100001);
  assert_int_equal(pem.line, 300001);
}

static bool walk_both(void)
{
  CY_CLEAN(cy_buf) found = CY_BUF_TEXT;
  cy_pem pem = cy_pem_begin(CY_SPAN(A B "-----BEGIN X-----"));
  cy_pem_block block;
  cy_err *err = NULL;
  for (bool more = true; more && !err;) {
    err = cy_pem_next(&pem, &block, &more);
    if (more && !err)
      err = cy_pem_decode(&found, &block);
  }
  bool done = cy_err_is(err, CY_E_MALFORMED);
  cy_err_free(err);
  return done;
}

static void failing_memory(void **state)
{
  fail_each_allocation(walk_both);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(texts),
    cmocka_unit_test(broken_blocks),
    cmocka_unit_test(the_walk_goes_on_behind_a_broken_block),
    cmocka_unit_test(truncations_never_read_beyond),
    cmocka_unit_test(headers),
    cmocka_unit_test(writing),
    cmocka_unit_test(recognition),
    cmocka_unit_test(hostile_sizes),
    cmocka_unit_test(failing_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
