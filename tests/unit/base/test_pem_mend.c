/* causey-test: any-user. PEM that was changed on its way is read as what it was; what can not be mended is
 * left alone. */
#include "tests/lib/unit.h"

#include "base/mem.h"
#include "base/pem.h"
#include "base/pem_mend.h"
#include "base/text.h"

#define BODY  "TUlJQg==\n"
#define BLOCK "-----BEGIN CERTIFICATE-----\n" BODY "-----END CERTIFICATE-----\n"
#define EMBED CY_PEM_EMBEDDED

typedef struct {
  const char *text, *clean; /* NULL: read as it is */
  unsigned changes;
} sample;

static void mends_as(const sample *c)
{
  CY_CLEAN(cy_buf) clean = CY_BUF_SECRET(1 << 20);
  unsigned changes;
  bool mended;
  assert_null(cy_pem_mend(&clean, &changes, &mended, cy_span_str(c->text)));
  assert_int_equal(changes, c->changes);
  assert_int_equal(mended, c->clean != NULL);
  assert_string_equal(cy_buf_cstr(&clean), c->clean ? c->clean : "");
}

static void every_change(void **state)
{
  (void)state;
  static const sample samples[] = {
    {"", NULL, 0},
    {"words\n" BLOCK "more\n", NULL, 0},
    {"-----BEGIN CERTIFICATE-----\r\n" BODY "-----END CERTIFICATE-----\r\n", NULL, 0},
    {"-----BEGIN CERTIFICATE----- \t\n" BODY "-----END CERTIFICATE-----", NULL, 0},
    {"\xef\xbb\xbf" BLOCK, NULL, CY_PEM_MARK},
    {"-----BEGIN CERTIFICATE-----\rTUlJQg==\r-----END CERTIFICATE-----\r", NULL, CY_PEM_CR},
    {"-----BEGIN CERTIFICATE-----\n\nTUlJQg==\n\n-----END CERTIFICATE-----\n", NULL, CY_PEM_EMPTY_LINES},
    {"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nTUlJ\n-----END RSA PRIVATE KEY-----\n",
      NULL, 0},
    {"----BEGIN CERTIFICATE----\n" BODY "----END CERTIFICATE----\n", BLOCK, CY_PEM_DASHES},
    {"\xe2\x80\x93\xe2\x80\x93-BEGIN CERTIFICATE\xe2\x80\x94\xe2\x80\x94-\n" BODY
     "\xe2\x88\x92\xe2\x88\x92\xe2\x80\x91--END CERTIFICATE\x97\x96-\n",
      BLOCK, CY_PEM_DASHES},
    {BLOCK "----BEGIN CERTIFICATE----\n" BODY "----END CERTIFICATE----\nwords\n", BLOCK BLOCK "words\n",
      CY_PEM_DASHES},
    {"  -----BEGIN CERTIFICATE-----\n  TUlJQg==\n  -----END CERTIFICATE-----\n", BLOCK, CY_PEM_INDENTED},
    {"# why\n\t" BLOCK, "# why\n" BLOCK, CY_PEM_INDENTED},
    {"> -----BEGIN CERTIFICATE-----\n> TUlJQg==\n>> -----END CERTIFICATE-----\n", BLOCK, CY_PEM_QUOTED},
    {"-----BEGIN CERTIFICATE-----\\nTUlJQg==\\n-----END CERTIFICATE-----\\n", BLOCK, CY_PEM_ESCAPED},
    {"-----BEGIN CERTIFICATE-----\\r\\nTUlJQg==\\r\\n-----END CERTIFICATE-----\n", BLOCK, CY_PEM_ESCAPED},
    {"-----BEGIN CERTIFICATE-----TUlJQg==-----END CERTIFICATE-----\n", BLOCK, CY_PEM_JOINED},
    {"-----BEGIN CERTIFICATE----- TUlJ Qg== -----END CERTIFICATE-----",
      "-----BEGIN CERTIFICATE-----\nTUlJ Qg==\n-----END CERTIFICATE-----\n", CY_PEM_JOINED},
    {"k: |\n  -----BEGIN CERTIFICATE-----\n  TUlJQg==\n  -----END CERTIFICATE-----\n", "k: |\n" BLOCK,
      CY_PEM_INDENTED | EMBED},
    {"{\"k\":\"-----BEGIN CERTIFICATE-----\\nTUlJQg==\\n-----END CERTIFICATE-----\\n\"}",
      "{\"k\":\"\n" BLOCK "\"}", CY_PEM_ESCAPED | EMBED},
    /* not ours to guess */
    {"---BEGIN CERTIFICATE---\n" BODY "---END CERTIFICATE---\n", NULL, 0},
    {"see -----BEGIN CERTIFICATE-----\n" BODY "-----END CERTIFICATE-----\n", NULL, 0},
    {"  -----BEGIN CERTIFICATE-----\n" BODY, NULL, 0},
    {"  -----BEGIN CERTIFICATE-----\n" BODY "-----END PUBLIC KEY-----\n", NULL, 0},
    {"BEGIN BEGIN -----BEGIN -----END", NULL, 0},
  };
  for (size_t i = 0; i < CY_COUNT(samples); i++) {
    print_message("# %zu\n", i);
    mends_as(&samples[i]);
  }
}

static void put_utf16(cy_buf *out, const char *text, bool little)
{
  for (; *text; text++) {
    cy_buf_u8(out, little ? (uint8_t)*text : 0);
    cy_buf_u8(out, little ? 0 : (uint8_t)*text);
  }
}

static void is_read_as(cy_span text, const char *want, unsigned changes)
{
  CY_CLEAN(cy_buf) clean = CY_BUF_SECRET(1 << 20);
  unsigned have;
  bool mended;
  assert_null(cy_pem_mend(&clean, &have, &mended, text));
  assert_true(mended);
  assert_int_equal(have, changes);
  assert_string_equal(cy_buf_cstr(&clean), want);
  assert_int_equal(cy_pem_head(text, "x"), CY_PEM_HEAD_ALTERED);
  assert_true(cy_pem_head_first(text));
}

static void other_encodings(void **state)
{
  (void)state;
  for (int little = 0; little < 2; little++)
    for (int mark = 0; mark < 2; mark++) {
      CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
      if (mark)
        cy_buf_put(&text, little ? "\xff\xfe" : "\xfe\xff", 2);
      put_utf16(&text, BLOCK, little);
      is_read_as(cy_buf_get(&text), BLOCK, CY_PEM_UTF16);
    }
  /* `printf '%s\n' ... | iconv -t IBM1047`, with either end of lines */
  static const char ebcdic[] = "\x60\x60\x60\x60\x60\xc2\xc5\xc7\xc9\xd5\x40\xe7\x60\x60\x60\x60\x60\x15"
                               "\xe3\xe4\x93\xd1\xd8\x87\x7e\x7e\x25"
                               "\x60\x60\x60\x60\x60\xc5\xd5\xc4\x40\xe7\x60\x60\x60\x60\x60\x15";
  is_read_as(cy_span_str(ebcdic), "-----BEGIN X-----\nTUlJQg==\n-----END X-----\n", CY_PEM_EBCDIC);
}

static void code_page_1047(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) utf8 = CY_BUF_TEXT;
  uint8_t all[256];
  bool seen[256] = {false};
  uint32_t c;
  for (int i = 0; i < 256; i++)
    all[i] = (uint8_t)i;
  cy_text_from_cp1047(&utf8, cy_span_of(all, 256));
  for (cy_span rest = cy_buf_get(&utf8); cy_utf8_next(&rest, &c); seen[c] = true)
    assert_true(c < 256);
  for (int i = 0; i < 256; i++)
    assert_int_equal(seen[i], i != 0x85); /* NEL is LF */
  cy_buf_reset(&utf8);
  cy_text_from_cp1047(&utf8, CY_SPAN("\xad\xbd\x5f\x4a\xc0\xd0\x15\x25\xf0\x81"));
  assert_string_equal(cy_buf_cstr(&utf8), "[]^\xc2\xa2{}\n\n0a");
}

static void heads(void **state)
{
  (void)state;
  static const struct {
    const char *name, *text;
    cy_pem_head_kind kind;
    bool first;
  } rows[] = {
    {"a", BLOCK, CY_PEM_HEAD_PLAIN, true},
    {"a", "text\n" BLOCK, CY_PEM_HEAD_PLAIN, false},
    {"a", " \n  -----BEGIN X-----\n", CY_PEM_HEAD_ALTERED, true},
    {"a", "subject=x\n----BEGIN X----\n", CY_PEM_HEAD_ALTERED, false},
    {"a.md", "Use it:\n    -----BEGIN PRIVATE KEY-----\n", CY_PEM_HEAD_NONE, false},
    {"a.yaml", "k:\n    -----BEGIN PRIVATE KEY-----\n", CY_PEM_HEAD_EMBEDDED, false},
    {"a.yaml", "k:\n    -----BEGIN CERTIFICATE-----\n", CY_PEM_HEAD_NONE, false},
    {"a", "{ \"k\": \"-----BEGIN RSA PRIVATE KEY-----\\n", CY_PEM_HEAD_EMBEDDED, false},
    {"a", "a line of -----BEGIN X-----\n", CY_PEM_HEAD_NONE, false},
    {"a", "", CY_PEM_HEAD_NONE, false},
    {"a", "-", CY_PEM_HEAD_NONE, false},
    {"a", "BEGIN ", CY_PEM_HEAD_NONE, false},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    print_message("# %zu\n", i);
    assert_int_equal(cy_pem_head(cy_span_str(rows[i].text), rows[i].name), rows[i].kind);
    assert_int_equal(cy_pem_head_first(cy_span_str(rows[i].text)), rows[i].first);
  }
}

static bool deny_after(size_t size, void *arg)
{
  unsigned *left = arg;
  return size && (*left)-- == 0;
}

static void without_memory(void **state)
{
  (void)state;
  unsigned failed = 0;
  for (unsigned n = 0;; n++) {
    CY_CLEAN(cy_buf) clean = CY_BUF_SECRET(1 << 20);
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    unsigned changes, left = n;
    bool mended;
    cy_buf_str(&text, "\xff\xfe");
    put_utf16(&text, "  " BLOCK, true);
    cy_mem_hook(deny_after, &left);
    cy_err *err = cy_pem_mend(&clean, &changes, &mended, cy_buf_get(&text));
    cy_mem_hook(NULL, NULL);
    if (!err) {
      assert_string_equal(cy_buf_cstr(&clean), BLOCK);
      break;
    }
    assert_true(cy_err_is(err, CY_E_NO_MEMORY));
    cy_err_free(err);
    failed++;
  }
  assert_true(failed > 2);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_change), cmocka_unit_test(other_encodings),
    cmocka_unit_test(code_page_1047), cmocka_unit_test(heads), cmocka_unit_test(without_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
