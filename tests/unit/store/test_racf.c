/* causey-test: any-user. Saved listings of RACDCERT: what is read of them, cut, damaged and without memory.
 */
#include "tests/unit/store/store_util.h"

#include "store/check.h"
#include "store/codes.h"
#include "x509/name.h"

extern const cy_format cy_format_racf;

static void load(cy_buf *text, const char *name)
{
  char path[300], file[100];
  *text = CY_BUF_STORE;
  snprintf(file, sizeof file, "tests/fixtures/racf/%s", name);
  fine(cy_file_read(text, test_path(path, sizeof path, file), CY_MAX_STORE_BYTES, NULL));
}

static cy_entry *find(cy_place *place, const char *label)
{
  cy_entry *entry;
  fine(cy_place_find_label(place, label, &entry));
  assert_non_null(entry);
  return entry;
}

static void reads_facts(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) text;
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  load(&text, "healthy.txt");
  CY_AUTO(cy_place) *place = open_bytes(cy_buf_get(&text));
  assert_string_equal(cy_place_kind(place), "racf");
  assert_int_equal(cy_place_count(place), 4);
  const cy_entry *e = find(place, "ibmWebSphereMQQM1");
  const cy_entry_facts *f = e->facts;
  assert_string_equal(f->owner, "ID(START1)");
  assert_string_equal(f->ring, "START1/MQRING");
  assert_true(f->has_key && f->zone_assumed && !f->connection && !f->is_ca && !e->has_key);
  assert_int_equal(f->key_type, CY_KEY_RSA);
  assert_int_equal(f->key_bits, 2048);
  assert_int_equal(f->not_after, cy_time_from_civil(2028, 1, 10, 23, 59, 59));
  assert_memory_equal(f->serial.data, "\x01\x94", 2);
  cy_name_format(&name, f->subject_name, CY_NAMES_OPENSSL_OLD);
  assert_string_equal(cy_buf_cstr(&name), "/C=GB/O=Example/OU=Messaging/CN=qm1.example");
  e = find(place, "START1/MQRING/ibmWebSphereMQQM1");
  assert_true(e->is_default && e->facts->connection && e->facts->listed && e->facts->has_key);
  assert_string_equal(e->facts->usage, "PERSONAL");
  assert_true(find(place, "Example CA")->facts->is_ca);
}

static void joins_lines_only_when_whole(void **state)
{
  (void)state;
  static const struct {
    const char *lines;
    bool known;
  } cases[] = {
    {">CN=a.O=b<\n", true},
    {">CN=a.\n O=b<\n", true},  /* wrapped by whoever saved it */
    {">CN=a.O=\n", false},      /* cut */
    {">CN=a.O=\n>b<\n", false}, /* cut, and gone on */
    {">CN=a.<\n>O=b<\n", true},
    {"", false},
    {">no name<\n", false},
  };
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    cy_buf_printf(&text,
      "Digital certificate information for user A:\nLabel: x\nSubject's Name:\n%sKey Size: 7\n",
      cases[i].lines);
    CY_AUTO(cy_place) *place = open_bytes(cy_buf_get(&text));
    const cy_entry *e = find(place, "x");
    assert_int_equal(e->facts->subject_name.len > 0, cases[i].known);
    assert_int_equal(e->facts->key_bits, 7);
  }
}

static void is_no_listing(void **state)
{
  (void)state;
  static const char *const texts[] = {"", "Label: x\n", "Digital certificate information for user A:\n",
    "see Digital certificate information for user A:\nLabel: x\n",
    "Digital certificate information for user \nLabel: x\n",
    "Digital ring information for user A:\nLabel: x\n",
    "Digital certificate information for nobody:\nLabel: x\n"};
  for (size_t i = 0; i < CY_COUNT(texts); i++) {
    cy_place *place;
    assert_int_equal(cy_format_racf.detect(cy_span_str(texts[i]), "x.txt"), 0);
    fails_with(
      try_place(&place, cy_span_str(texts[i]), "x.txt", &cy_format_racf), CY_E_STORE_NOT_RECOGNISED);
  }
}

static cy_err *check(cy_span text)
{
  cy_check_context ctx = {
    .now = cy_time_from_civil(2026, 11, 21, 0, 0, 0), .warn_days = 30, .min_rsa = 4096};
  cy_findings list = {0};
  CY_AUTO(cy_place) *place = NULL;
  cy_err *err = try_place(&place, text, "x", &cy_format_racf);
  if (!err)
    err = cy_place_check(&list, place, &ctx);
  cy_findings_clear(&list);
  return err;
}

static void cut_anywhere(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) text;
  load(&text, "troubled.txt");
  for (size_t len = 0; len <= text.len; len++) {
    cy_err *err = check(cy_span_of(text.data, len));
    if (err && !cy_err_is(err, CY_E_STORE_NOT_RECOGNISED))
      fine(err);
    cy_err_free(err);
  }
}

static size_t left;

static bool deny(size_t size, void *arg)
{
  (void)size;
  (void)arg;
  return left-- == 0;
}

static void without_memory(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) text;
  load(&text, "troubled.txt");
  bool done = false;
  for (size_t n = 0; !done; n += 1 + n / 60) {
    left = n;
    cy_mem_hook(deny, NULL);
    cy_err *err = check(cy_buf_get(&text));
    cy_mem_hook(NULL, NULL);
    done = left < SIZE_MAX / 2;
    if (err && !cy_err_is(err, CY_E_NO_MEMORY) && !cy_err_is(err, CY_E_STORE_NOT_RECOGNISED))
      fine(err);
    if (done)
      fine(err);
    cy_err_free(err);
  }
}

/* 100 000 certificates and as many connections, without looking at all for each. */
static void many(void **state)
{
  (void)state;
  enum { COUNT = 20000 };
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  cy_buf_str(&text, "Digital certificate information for user A:\n");
  for (int i = 0; i < COUNT; i++)
    cy_buf_printf(&text,
      "Label: c%d\nIssuer's Name:\n>CN=c%d.O=x<\nSubject's Name:\n>CN=c%d.O=x<\nPrivate Key: YES\n", i,
      i ? i - 1 : 0, i);
  cy_buf_str(&text, "Digital ring information for user A:\nRing:\n>R<\n");
  for (int i = 0; i < COUNT; i++)
    cy_buf_printf(&text, "c%d ID(A) PERSONAL NO\n", i);
  fine(check(cy_buf_get(&text)));
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(reads_facts),
    cmocka_unit_test(joins_lines_only_when_whole), cmocka_unit_test(is_no_listing),
    cmocka_unit_test(cut_anywhere), cmocka_unit_test(without_memory), cmocka_unit_test(many)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
