/* causey-test: any-user */
#include "tests/lib/errors.h"
#include "tests/lib/temp.h"

#include <unistd.h>

#include "store/address.h"
#include "store/codes.h"

static char folder[TEST_PATH];

typedef struct {
  const char *text;
  const char *kind; /* NULL: none */
  const char *path;
  cy_select_kind select;
  const char *label;
  size_t position;
  const char *hex;
} address_case;

static void same_selector(const cy_selector *got, const address_case *want)
{
  CY_CLEAN(cy_buf) hex = CY_BUF_TEXT;
  assert_int_equal(got->kind, want->select);
  assert_int_equal(got->position, want->position);
  cy_buf_hex(&hex, cy_span_of(got->bytes, got->len));
  assert_string_equal(cy_buf_cstr(&hex), want->hex ? want->hex : "");
  if (want->label)
    assert_string_equal(got->text, want->label);
  else
    assert_null(got->text);
}

static void same_address(const address_case *want)
{
  CY_CLEAN(cy_address) got = {0};
  print_message("# %s\n", want->text);
  cy_err *err = cy_address_parse(&got, want->text, "/home/x");
  if (err)
    fail_msg("%s: %s", want->text, cy_err_text(err));
  assert_string_equal(got.given, want->text);
  assert_string_equal(got.path, want->path);
  if (want->kind)
    assert_string_equal(got.kind, want->kind);
  else
    assert_null(got.kind);
  assert_int_equal(got.is_stream, strcmp(want->path, "-") == 0);
  same_selector(&got.selector, want);
}

static void reads_every_form(void **state)
{
  static const address_case cases[] = {
    {"a.pem", NULL, "a.pem"},
    {"/x/y z.p12", NULL, "/x/y z.p12"},
    {"a#b", NULL, "a", CY_SELECT_LABEL, "b"},
    {"a#b c#d", NULL, "a#b c", CY_SELECT_LABEL, "d"},
    {"a%23b", NULL, "a#b"},
    {"a%23b#c%23d", NULL, "a#b", CY_SELECT_LABEL, "c#d"},
    {"a%2", NULL, "a%2"},
    {"a%", NULL, "a%"},
    {"a%41%25", NULL, "a%41%25"},
    {"a#%", NULL, "a", CY_SELECT_LABEL, "%"},
    {"a#%4", NULL, "a", CY_SELECT_LABEL, "%4"},
    {"a#%41%2523", NULL, "a", CY_SELECT_LABEL, "%41%23"},
    {"a#@1", NULL, "a", CY_SELECT_POSITION, NULL, 1},
    {"a#@000100000", NULL, "a", CY_SELECT_POSITION, NULL, 100000},
    {"a#@", NULL, "a", CY_SELECT_LABEL, "@"},
    {"a#@1x", NULL, "a", CY_SELECT_LABEL, "@1x"},
    {"a#@-1", NULL, "a", CY_SELECT_LABEL, "@-1"},
    {"a#%401", NULL, "a", CY_SELECT_LABEL, "@1"},
    {"a#sha256=01020304", NULL, "a", CY_SELECT_SHA256, NULL, 0, "01020304"},
    {"a#sha256=AB:cd:0E:0f:10", NULL, "a", CY_SELECT_SHA256, NULL, 0, "abcd0e0f10"},
    {"a#sha256%3D01", NULL, "a", CY_SELECT_LABEL, "sha256=01"},
    {"a#SHA256=01", NULL, "a", CY_SELECT_LABEL, "SHA256=01"},
    {"a#id=0100", NULL, "a", CY_SELECT_ID, NULL, 0, "0100"},
    {"a#id=01", NULL, "a", CY_SELECT_ID, NULL, 0, "01"},
    {"a#id%3d01", NULL, "a", CY_SELECT_LABEL, "id=01"},
    {"a#identity", NULL, "a", CY_SELECT_LABEL, "identity"},
    {"a#gr\xc3\xbc\xc3\x9f", NULL, "a", CY_SELECT_LABEL, "gr\xc3\xbc\xc3\x9f"},
    {"p12:a#b", "p12", "a", CY_SELECT_LABEL, "b"},
    {"p12:~/a", "p12", "/home/x/a"},
    {"nss:~/.pki/nssdb#x", "nss", "/home/x/.pki/nssdb", CY_SELECT_LABEL, "x"},
    {"~", NULL, "/home/x"},
    {"~/a", NULL, "/home/x/a"},
    {"~other/a", NULL, "~other/a"},
    {"./p12:a", NULL, "./p12:a"},
    {"P12:a", NULL, "P12:a"},
    {":a", NULL, ":a"},
    {"C:\\keys\\a.jks", NULL, "C:\\keys\\a.jks"},
    {"c:\\keys\\a.jks#x", NULL, "c:\\keys\\a.jks", CY_SELECT_LABEL, "x"},
    {"system:", "system", ""},
    {"system:#x", "system", "", CY_SELECT_LABEL, "x"},
    {"p12:jks:a", "p12", "jks:a"},
    {"-", NULL, "-"},
    {"-#x", NULL, "-", CY_SELECT_LABEL, "x"},
    {"pem:-", "pem", "-"},
    {"tls://h:443", "tls", "//h:443"},
    {"tls://[::1]:443#@2", "tls", "//[::1]:443", CY_SELECT_POSITION, NULL, 2},
    {"pkcs11:token=a%23b;object=c#d", "pkcs11", "token=a%23b;object=c#d"},
    {"pkcs11:", "pkcs11", ""},
  };
  (void)state;
  for (size_t i = 0; i < CY_COUNT(cases); i++)
    same_address(&cases[i]);
}

static void refuses_what_means_nothing(void **state)
{
  static const char *const wrong[] = {"", "#", "#a", "a#", "p12:#", "a#@0", "a#@99999999999999999999",
    "a#@18446744073709551616", "a#sha256=", "a#sha256=010203", "a#sha256=0102030", "a#sha256=010203zz",
    "a#sha256=01::020304",
    "a#sha256=:01020304", "a#sha256=01020304:", "a#sha256=01 02 03 04",
    "a#sha256=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20", "a#id=", "a#id=1",
    "a#id=0x01", "a#id=\xc3\xbc", "a#\xff", "a#\xc0\x80", "tls://h#", "system:#"};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(wrong); i++) {
    CY_CLEAN(cy_address) got = {0};
    CY_AUTO(cy_err) *err = cy_address_parse(&got, wrong[i], NULL);
    if (!err)
      fail_msg("%s is taken for an address", wrong[i]);
    assert_int_equal(cy_err_code_get(err), CY_E_ADDRESS_BAD);
    assert_null(got.path);
  }
}

static void an_id_is_at_most_64_octets(void **state)
{
  char text[5 + 2 * 65 + 1] = "a#id=";
  CY_CLEAN(cy_address) fits = {0};
  CY_CLEAN(cy_address) over = {0};
  (void)state;
  memset(text + 5, 'a', 128);
  assert_null(cy_address_parse(&fits, text, NULL));
  assert_int_equal(fits.selector.len, 64);
  memset(text + 5, 'a', 130);
  CY_AUTO(cy_err) *err = cy_address_parse(&over, text, NULL);
  assert_non_null(err);
}

/* Writes the path of `name` in the folder, and makes the file when wanted. */
static const char *in_folder(char *path, size_t size, const char *name, bool make)
{
  snprintf(path, size, "%s/%s", folder, name);
  if (make)
    fclose(fopen(path, "w"));
  return path;
}

static void an_existing_file_wins(void **state)
{
  char path[TEST_PATH + 16], more[TEST_PATH + 16];
  (void)state;
  assert_int_equal(chdir(folder), 0);
  static const char *const names[] = {"x#label", "x#@1", "p12:y", "a%23b", "jks:q#r", "x#", "~",
    "x#sha256=zz"};
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    in_folder(path, sizeof path, names[i], true);
    same_address(&(address_case){path, NULL, path});
    if (names[i][0] != '~')
      same_address(&(address_case){names[i], NULL, names[i]});
  }
  same_address(&(address_case){"p12:y#z", NULL, "p12:y", CY_SELECT_LABEL, "z"});
  same_address(&(address_case){"p12:x#label", "p12", "x#label"});
  same_address(&(address_case){"p12:x#label#z", "p12", "x#label", CY_SELECT_LABEL, "z"});
  snprintf(more, sizeof more, "%s/x#@1#@3", folder);
  in_folder(path, sizeof path, "x#@1", false);
  same_address(&(address_case){more, NULL, path, CY_SELECT_POSITION, NULL, 3});
  same_address(&(address_case){"a%23b#c", NULL, "a%23b", CY_SELECT_LABEL, "c"});
}

static void writing_and_reading_agree(void **state)
{
  static const char *const labels[] = {"plain", "a#b", "#", "@1", "@", "sha256=01020304", "id=01", "id==",
    "100%", "%23", "%2523", "%25", "%40", "%3d", "%3D%23#", "%41", "a b", "gr\xc3\xbc\xc3\x9f"};
  static const char *const paths[] = {"a", "/b/c#d", "#", "##", "p#%2"};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(labels) * CY_COUNT(paths); i++) {
    const char *label = labels[i % CY_COUNT(labels)], *path = paths[i / CY_COUNT(labels)];
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    cy_address_format(&text, path, label);
    same_address(&(address_case){cy_buf_cstr(&text), NULL, path, CY_SELECT_LABEL, label});
  }
  CY_CLEAN(cy_buf) alone = CY_BUF_TEXT;
  cy_address_format(&alone, "a#b", NULL);
  assert_string_equal(cy_buf_cstr(&alone), "a%23b");
}

static cy_err *parse_once(void *arg)
{
  cy_address got;
  (void)arg;
  CY_TRY(cy_address_parse(&got, "p12:~/a%23b#c%23d", "/home/x"));
  assert_string_equal(got.selector.text, "c#d");
  cy_address_clear(&got);
  return NULL;
}

static void memory_runs_out(void **state)
{
  (void)state;
  memory_ends_anywhere(parse_once, NULL, 5);
}

static int make_folder(void **state)
{
  (void)state;
  return test_folder_make(folder, "address") ? 0 : -1;
}

static int remove_folder(void **state)
{
  (void)state;
  return test_folder_remove(folder);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(reads_every_form),
    cmocka_unit_test(refuses_what_means_nothing),
    cmocka_unit_test(an_id_is_at_most_64_octets),
    cmocka_unit_test(an_existing_file_wins),
    cmocka_unit_test(writing_and_reading_agree),
    cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
