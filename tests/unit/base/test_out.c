/* What commands' events look like, for people and for programs. */
#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"

#include "tests/unit/base/alloc.h"

static cy_err *to_buf(void *arg, const void *data, size_t len)
{
  cy_buf_put(arg, data, len);
  return NULL;
}

static cy_buf results = CY_BUF_TEXT, diagnostics = CY_BUF_TEXT;

static cy_out *begin_with(cy_out_options options)
{
  cy_out *out;
  cy_buf_clear(&results);
  cy_buf_clear(&diagnostics);
  assert_no_error(cy_out_new(&out, &options, (cy_sink){to_buf, &results}, (cy_sink){to_buf, &diagnostics}));
  return out;
}

/* Compares with tests/unit/base/golden/NAME; CAUSEY_GOLDEN=write writes it anew, to be read and committed.
 */
static void assert_golden(cy_buf *got, const char *name)
{
  char file[256], path[4096];
  CY_CLEAN(cy_buf) want = CY_BUF_TEXT;
  snprintf(file, sizeof file, "tests/unit/base/golden/%s", name);
  test_path(path, sizeof path, file);
  if (getenv("CAUSEY_GOLDEN")) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_no_error(cy_fd_write(fd, cy_buf_get(got), path));
    close(fd);
  }
  assert_no_error(cy_file_read(&want, path, 1 << 20, NULL));
  assert_int_equal(strlen(cy_buf_cstr(got)), got->len);
  assert_string_equal(cy_buf_cstr(got), cy_buf_cstr(&want));
}

/* One piece of work in a format, and what it must write. */
static void shows(void (*events)(cy_out *out), cy_out_options options, unsigned flags, const char *golden)
{
  CY_AUTO(cy_out) *out = begin_with(options);
  cy_out_document(out, "causey.test/1", flags);
  events(out);
  assert_no_error(cy_out_finish(out));
  assert_golden(&results, golden);
}

#define TEXT     ((cy_out_options){.format = CY_OUT_TEXT})
#define WIDE(n)  ((cy_out_options){.format = CY_OUT_TEXT, .width = (n)})
#define COLOURED ((cy_out_options){.format = CY_OUT_TEXT, .colour = true})
#define JSON     ((cy_out_options){.format = CY_OUT_JSON})

static const cy_column columns[] = {{"label", "Label", false, 12}, {"empty", "Empty", false, 0},
  {"days", "Days", true, 0}, {"subject", "Subject", false, 16}, {"hidden", NULL, false, 0}};

static const cy_column untitled[] = {{"a", "", false, 0}, {"b", "", false, 0}};

static void row(cy_out *out, const char *label, int64_t days, const char *subject)
{
  cy_out_row(out);
  cy_out_str(out, "label", NULL, label);
  cy_out_style(out, days < 0 ? CY_STYLE_BAD : CY_STYLE_PLAIN);
  cy_out_int(out, "days", NULL, days);
  cy_out_str(out, "subject", NULL, subject);
  cy_out_str(out, "serial", NULL, "01");
  cy_out_list(out, "usages", NULL);
  cy_out_str(out, NULL, NULL, "sign");
  cy_out_str(out, "label", NULL, "not the cell");
  cy_out_list_end(out);
  cy_out_row_end(out);
}

static void table(cy_out *out)
{
  cy_out_str(out, "path", "Path", "a.p12");
  cy_out_table(out, "entries", "Entries", columns, CY_COUNT(columns));
  row(out, "server", 12, "CN=mq.example,O=Example,C=DE");
  row(out, "a\x1b]漢字漢字漢字", -3, NULL);
  cy_out_table_end(out);
  cy_out_table(out, "none", "", columns, CY_COUNT(columns));
  cy_out_table_end(out);
  cy_out_table(out, NULL, "", columns, 1); /* for people only */
  cy_out_row(out);
  cy_out_str(out, "label", NULL, "x");
  cy_out_row_end(out);
  cy_out_table_end(out);
  cy_out_bool(out, "last", "Last", true);
}

static void tables(void **state)
{
  shows(table, TEXT, 0, "table.txt");
  shows(table, WIDE(40), 0, "table-narrow.txt");
  shows(table, COLOURED, 0, "table-colour.txt");
  shows(table, JSON, 0, "table.json");
}

static void tree(cy_out *out)
{
  cy_out_open(out, "subject", "Subject");
  cy_out_str(out, "cn", "Common name", "mq");
  cy_out_open(out, NULL, "Dates"); /* people see a group, programs the fields of the subject */
  cy_out_time(out, "from", "From", 0);
  cy_out_date(out, "until", "Until", CY_TIME_MAX);
  cy_out_time(out, "never", "Never", CY_TIME_NONE);
  cy_out_close(out);
  cy_out_hex(out, "serial", "Serial", CY_SPAN("\x01\xab"));
  cy_out_bytes(out, "der", CY_SPAN("\x30"));
  cy_out_close(out);
  cy_out_list(out, "names", "Names");
  cy_out_str(out, NULL, "", "a.example");
  cy_out_int(out, "ignored", "", 5);
  cy_out_list(out, NULL, NULL);
  cy_out_bool(out, NULL, NULL, false);
  cy_out_list_end(out);
  cy_out_open(out, "ignored", "");
  cy_out_str(out, "k", "K", NULL);
  cy_out_close(out);
  cy_out_list_end(out);
  cy_out_list(out, NULL, "People");
  cy_out_open(out, NULL, "");
  cy_out_str(out, "only", "Only", "people");
  cy_out_close(out);
  cy_out_list_end(out);
  cy_out_open(out, "programs", NULL);
  cy_out_str(out, "only", "Only", "programs");
  cy_out_list(out, "empty", "Empty");
  cy_out_list_end(out);
  cy_out_close(out);
  cy_out_heading(out, "Heading %d", 1);
  cy_out_line(out, "line\x1b of %s", "text");
  cy_out_line(out, "%s", "");
  cy_out_table(out, NULL, "Without titles", untitled, CY_COUNT(untitled));
  cy_out_row(out);
  cy_out_str(out, "a", NULL, "one");
  cy_out_str(out, "b", NULL, "two");
  cy_out_row_end(out);
  cy_out_table_end(out);
  cy_out_line(out, "%s", "");
  cy_out_strf(out, "long", NULL, "%0300d", 7);
}

static void trees(void **state)
{
  shows(tree, TEXT, 0, "tree.txt");
  shows(tree, JSON, 0, "tree.json");
}

static void lines(cy_out *out)
{
  for (int i = 0; i < 2; i++) {
    cy_out_record(out, "file");
    cy_out_int(out, "n", "Number", i);
    cy_out_list(out, "names", "Names");
    cy_out_str(out, NULL, "", "x");
    cy_out_list_end(out);
    cy_out_record_end(out);
  }
}

static void json_lines(void **state)
{
  shows(lines, TEXT, CY_OUT_LINES, "lines.txt");
  shows(lines, JSON, CY_OUT_LINES, "lines.jsonl");
}

static void finding_events(cy_out *out)
{
  CY_CLEAN(cy_findings) list = {0};
  cy_finding *f = cy_finding_add(&list, CY_F_MEMORY_NOT_LOCKED, "a.p12#x\x1b", "seen \x1b[1m %d bytes", 5);
  cy_finding_evidence(&list, f, "limit", "%d", 64);
  f = cy_finding_add(&list, CY_F_MEMORY_NOT_LOCKED, "", "second");
  cy_finding_set_severity(f, CY_CRITICAL);
  cy_finding_set_why(&list, f, "because of \x1b and\nof %s", "that");
  cy_finding_set_fix(&list, f, "do this:\n  causey x");
  cy_out_findings(out, &list);
  cy_findings_clear(&list);
}

static void in_record(cy_out *out)
{
  cy_out_record(out, "file");
  finding_events(out);
  cy_out_record_end(out);
}

static void findings(void **state)
{
  shows(finding_events, TEXT, 0, "findings.txt");
  shows(finding_events, WIDE(60), 0, "findings-narrow.txt");
  shows(finding_events, COLOURED, 0, "findings-colour.txt");
  shows(finding_events, JSON, 0, "findings.json");
  shows(finding_events, JSON, CY_OUT_LINES, "findings.jsonl");
  shows(in_record, JSON, CY_OUT_LINES, "record-findings.jsonl");
}

static void error_events(cy_out_options options, const char *golden)
{
  CY_AUTO(cy_out) *out = begin_with(options);
  cy_err *err = cy_err_new(CY_E_MALFORMED, "entry \x1b[2J 3:\nat byte %d", 7);
  err = cy_err_wrap(err, CY_E_IO,
    "cannot read the store %s that has quite a long name, so long that the line is wrapped",
    "/etc/ssl/a.p12");
  err = cy_err_hint(err, "get it again:\n  causey cp a b");
  cy_out_str(out, NULL, "Result", "first");
  cy_out_note(out, "a note");
  cy_out_warning(out, "a \x1b warning");
  cy_out_error(out, err);
  cy_err_free(err);
  assert_no_error(cy_out_finish(out));
  assert_golden(&diagnostics, golden);
}

static void errors(void **state)
{
  error_events(TEXT, "error.txt");
  error_events(WIDE(60), "error-narrow.txt");
  error_events(COLOURED, "error-colour.txt");
  error_events(JSON, "error-json.txt");
}

/* A reader of JSON that only says whether it is some. */
static const char *skip_value(const char *p);

static const char *skip_string(const char *p)
{
  if (!p || *p++ != '"')
    return NULL;
  for (; *p && *p != '"'; p++)
    if (*p == '\\' && !*++p)
      return NULL;
  return *p ? p + 1 : NULL;
}

static const char *blanks(const char *p)
{
  return p ? p + strspn(p, " \n") : NULL;
}

static const char *skip_members(const char *p, char close)
{
  p = blanks(p + 1);
  for (bool first = true; *p != close; first = false) {
    if (!first && *p++ != ',')
      return NULL;
    p = blanks(p);
    if (close == '}') {
      p = blanks(skip_string(p));
      if (!p || *p++ != ':')
        return NULL;
    }
    p = blanks(skip_value(blanks(p)));
    if (!p)
      return NULL;
  }
  return p + 1;
}

static const char *skip_value(const char *p)
{
  if (*p == '{' || *p == '[')
    return skip_members(p, *p == '{' ? '}' : ']');
  if (*p == '"')
    return skip_string(p);
  size_t word = strspn(p, "-0123456789aeflnrstu");
  return word ? p + word : NULL;
}

static uint32_t seed;

static uint32_t chance(uint32_t below)
{
  seed = seed * 1664525 + 1013904223;
  return (seed >> 16) % below;
}

static void some_events(cy_out *out, unsigned depth);

static void some_event(cy_out *out, unsigned depth)
{
  const char *key = chance(3) ? "key" : NULL, *title = chance(3) ? (chance(2) ? "Title" : "") : NULL;
  switch (chance(depth < 6 ? 8 : 3)) {
  case 0:
    cy_out_str(out, key, title, chance(2) ? "value" : NULL);
    return;
  case 1:
    cy_out_int(out, key, title, 5);
    return;
  case 2:
    cy_out_hex(out, key, title, CY_SPAN("ab"));
    return;
  case 3:
    cy_out_open(out, key, title);
    some_events(out, depth + 1);
    cy_out_close(out);
    return;
  case 4:
    cy_out_list(out, key, title);
    some_events(out, depth + 1);
    cy_out_list_end(out);
    return;
  case 5:
    cy_out_table(out, key, title, columns, CY_COUNT(columns));
    for (uint32_t n = chance(4); n > 0; n--) {
      cy_out_row(out);
      some_events(out, depth + 1);
      cy_out_row_end(out);
    }
    cy_out_table_end(out);
    return;
  case 6:
    finding_events(out);
    return;
  default:
    cy_out_heading(out, "heading");
    cy_out_line(out, "line");
  }
}

static void some_events(cy_out *out, unsigned depth)
{
  for (uint32_t n = chance(5); n > 0; n--)
    some_event(out, depth);
}

/* Whatever is nested in whatever, also when it stops half-way: programs get JSON. */
static void every_nesting_is_json(void **state)
{
  for (seed = 1; seed < 40000000; seed += 9973) {
    bool lines_flag = chance(2), half_way = chance(3) == 0;
    CY_AUTO(cy_out) *out = begin_with(chance(3) ? JSON : WIDE(50));
    bool json = cy_out_options_get(out)->format == CY_OUT_JSON;
    uint32_t kept = seed;
    cy_out_document(out, "s", lines_flag ? CY_OUT_LINES : 0);
    for (int i = 0; i < 2; i++) {
      if (lines_flag)
        cy_out_record(out, "r");
      if (half_way)
        cy_out_table(out, "key", "", columns, CY_COUNT(columns));
      if (half_way)
        cy_out_row(out);
      some_events(out, 0);
      if (lines_flag && !half_way)
        cy_out_record_end(out);
    }
    cy_err_free(cy_out_finish(out));
    seed = kept;
    const char *p = cy_buf_cstr(&results);
    while (json && *p) {
      const char *value = p;
      p = skip_value(p);
      if (!p || *p != '\n')
        fail_msg("%s", value);
      p++;
    }
  }
}

static void wrong_use_is_told(void **state)
{
  CY_AUTO(cy_out) *out = begin_with(JSON);
  cy_out_str(out, "key", NULL, "in no document");
  assert_error(cy_out_finish(out), CY_E_BUG);
  cy_out_document(out, "s", 0);
  for (int i = 0; i < 40; i++)
    cy_out_open(out, "key", "Title");
  cy_out_str(out, "key", "Title", "too deep");
  for (int i = 0; i < 40; i++)
    cy_out_close(out);
  cy_out_record(out, "no list");
  cy_out_record_end(out);
  assert_error(cy_out_finish(out), CY_E_BUG);
  assert_null(strstr(cy_buf_cstr(&results), "deep"));
  const char *end = skip_value(cy_buf_cstr(&results));
  assert_string_equal(end, "\n");
}

static cy_err *refuse(void *arg, const void *data, size_t len)
{
  ++*(int *)arg;
  return cy_err_errno(ENOSPC, "cannot write");
}

static void the_first_failure_sticks(void **state)
{
  CY_AUTO(cy_out) *out = NULL;
  int calls = 0;
  cy_buf_clear(&diagnostics);
  assert_no_error(cy_out_new(&out, &TEXT, (cy_sink){refuse, &calls}, (cy_sink){to_buf, &diagnostics}));
  CY_CLEAN(cy_buf) much = CY_BUF_TEXT;
  cy_buf_fill(&much, 'x', 100000);
  for (int i = 0; i < 3; i++)
    cy_out_raw(out, cy_buf_get(&much));
  assert_error(cy_out_finish(out), CY_E_IO_FULL);
  assert_int_equal(calls, 1);
  assert_no_error(cy_out_finish(out));
}

static void progress_is_erased(void **state)
{
  CY_AUTO(cy_out) *out = begin_with((cy_out_options){.progress = true, .width = 16});
  cy_out_progress(out, 1, 20, "a\x1b file of a long name");
  cy_out_progress(out, 2, 20, "too soon");
  cy_out_line(out, "result");
  assert_no_error(cy_out_finish(out));
  assert_string_equal(cy_buf_cstr(&diagnostics), "\r\033[K1 of 20 a\\x1b f\r\033[K");
  assert_string_equal(cy_buf_cstr(&results), "result\n");
}

/* A hostile label costs time in proportion to its length. */
static void long_labels(void **state)
{
  CY_CLEAN(cy_buf) label = CY_BUF_STORE;
  cy_buf_fill(&label, 'x', 3 << 20);
  CY_AUTO(cy_out) *out = begin_with(WIDE(40));
  cy_out_table(out, "t", "", columns, CY_COUNT(columns));
  row(out, cy_buf_cstr(&label), 1, "x");
  cy_out_table_end(out);
  assert_no_error(cy_out_finish(out));
  assert_non_null(strstr(cy_buf_cstr(&results), "\nxxxxxxxxxxxx..xxxxxxxxxxx     1  x\n"));
}

static cy_out_options format_under_test;

static bool everything(void)
{
  static cy_buf all = CY_BUF_TEXT;
  cy_out *out = NULL;
  cy_buf_reset(&all);
  cy_err *err = cy_out_new(&out, &format_under_test, (cy_sink){to_buf, &all}, (cy_sink){to_buf, &all});
  if (!err) {
    cy_out_document(out, "s", 0);
    table(out);
    tree(out);
    finding_events(out);
    err = cy_out_finish(out);
    cy_out_free(out);
  }
  bool done = !err && !all.failed;
  cy_err_free(err);
  cy_buf_clear(&all);
  return done;
}

static void failing_memory(void **state)
{
  format_under_test = TEXT;
  fail_each_allocation(everything);
  format_under_test = JSON;
  fail_each_allocation(everything);
}

static int end(void **state)
{
  cy_buf_clear(&results);
  cy_buf_clear(&diagnostics);
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(tables),
    cmocka_unit_test(trees),
    cmocka_unit_test(json_lines),
    cmocka_unit_test(findings),
    cmocka_unit_test(errors),
    cmocka_unit_test(every_nesting_is_json),
    cmocka_unit_test(wrong_use_is_told),
    cmocka_unit_test(the_first_failure_sticks),
    cmocka_unit_test(progress_is_erased),
    cmocka_unit_test(long_labels),
    cmocka_unit_test(failing_memory),
  };
  return cmocka_run_group_tests(tests, NULL, end);
}
