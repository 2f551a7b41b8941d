/* MQSC scripts and saved displays: commands with their parameters, lines and columns, and what is wrong. */
#include "tests/lib/temp.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/codes.h"
#include "base/mem.h"
#include "conf/codes.h"
#include "conf/mqsc.h"

static void assert_span(cy_span got, const char *want)
{
  CY_AUTO_STR char *text = cy_strndup((const char *)got.data, got.len);
  assert_string_equal(text, want);
}

static void next(cy_mqsc *in, cy_mqsc_command *command)
{
  bool more;
  assert_null(cy_mqsc_next(in, command, &more));
  assert_true(more);
}

static void at_end(cy_mqsc *in)
{
  cy_mqsc_command command;
  bool more;
  assert_null(cy_mqsc_next(in, &command, &more));
  assert_false(more);
}

static const char script[] = "* made by hand\r\n"
                             "\n"
                             "define channel(app.one) +\r\n"
                             "*  ALTDATE(2021-01-01) +\r\n"
                             "   chltype(svrconn), SSLCIPH ('ANY_TLS12') +\n"
                             "   DESCR('it''s -\n"
                             "one; line') CONNAME(a(1),b(2)) -\n"
                             "REPLACE\n"
                             "DIS QMGR; def ql(a)\n"
                             "SET CHLAUTH('*') TYPE(BLOCKUSER) USERLIST('nobody','*MQADMIN')\n"
                             "end\n"
                             "not read (";

static void test_commands(void **state)
{
  static const struct {
    const char *name, *value;
    size_t line, column;
    bool quoted, folded;
  } want[] = {{"CHANNEL", "APP.ONE", 3, 8, false, true}, {"CHLTYPE", "SVRCONN", 5, 4, false, true},
    {"SSLCIPH", "ANY_TLS12", 5, 22, true, false}, {"DESCR", "it's one; line", 6, 4, true, false},
    {"CONNAME", "A(1),B(2)", 7, 13, false, true}, {"REPLACE", "", 8, 1, false, false}};
  CY_CLEAN(cy_mqsc) in;
  cy_mqsc_command command;
  assert_null(cy_mqsc_over(&in, "s", CY_SPAN(script)));
  next(&in, &command);
  assert_null(command.wrong);
  assert_span(command.verb, "DEFINE");
  assert_int_equal(command.line, 3);
  assert_int_equal(command.count, CY_COUNT(want));
  for (size_t i = 0; i < CY_COUNT(want); i++) {
    const cy_mqsc_param *p = &command.params[i];
    assert_span(p->name, want[i].name);
    assert_span(p->value, want[i].value);
    assert_int_equal(p->line, want[i].line);
    assert_int_equal(p->column, want[i].column);
    assert_int_equal(p->quoted, want[i].quoted);
    assert_int_equal(p->folded, want[i].folded);
  }
  assert_span(command.params[0].written, "app.one");
  assert_ptr_equal(cy_mqsc_find(&command, "SSLCIPH"), &command.params[2]);
  assert_null(cy_mqsc_find(&command, "SSLCIP"));
  assert_false(command.params[5].has_value);
  next(&in, &command);
  assert_span(command.verb, "DISPLAY");
  assert_span(command.params[0].name, "QMGR");
  next(&in, &command);
  assert_span(command.verb, "DEFINE");
  assert_int_equal(command.line, 9);
  assert_int_equal(command.params[0].column, 15);
  next(&in, &command);
  assert_span(cy_mqsc_find(&command, "USERLIST")->value, "nobody,*MQADMIN");
  at_end(&in);
}

static void test_wrong(void **state)
{
  static const struct {
    const char *text, *what;
    size_t line, column;
  } wrong[] = {{"DEFINE CHANNEL('A)\nDIS QMGR", "this quote is not closed", 1, 16},
    {"\n ALTER QMGR +\n SSLKEYR(/a\nDIS QMGR", "this ( is not closed", 3, 9},
    {"DEFINE CHANNEL(A))\nDIS QMGR", "a ) too many", 1, 18},
    {"DEFINE CHANNEL(A) 'x'\nDIS QMGR", "text in quotes that belongs to no attribute", 1, 19},
    {"DEFINE CHANNEL(A) SSLPEER('a'b)\nDIS QMGR", "after a value in quotes ) is missing", 1, 30},
    {"DEFINE (A)\nDIS QMGR", "( without a name before it", 1, 8},
    {"(A)\nDIS QMGR", "a command begins with a word such as DEFINE", 1, 1}};
  for (size_t i = 0; i < CY_COUNT(wrong); i++) {
    CY_CLEAN(cy_mqsc) in;
    cy_mqsc_command command;
    assert_null(cy_mqsc_over(&in, "s", cy_span_str(wrong[i].text)));
    next(&in, &command);
    assert_string_equal(command.wrong, wrong[i].what);
    assert_int_equal(command.wrong_line, wrong[i].line);
    assert_int_equal(command.wrong_column, wrong[i].column);
    next(&in, &command);
    assert_null(command.wrong);
    assert_span(command.verb, "DISPLAY");
    at_end(&in);
  }
}

/* A command that never ends is named once, and what follows is read. */
static void test_long(void **state)
{
  CY_CLEAN(cy_buf) text = CY_BUF((size_t)4 << 20);
  CY_CLEAN(cy_mqsc) in;
  cy_mqsc_command command;
  cy_buf_str(&text, "DEFINE QL(A) +\n");
  for (int i = 0; i < 100000; i++)
    cy_buf_str(&text, "DESCR(A) +\n");
  cy_buf_str(&text, "X\nDIS QMGR\n");
  assert_null(cy_mqsc_over(&in, "s", cy_buf_get(&text)));
  next(&in, &command);
  assert_string_equal(command.wrong, "this command has more than 65536 bytes");
  assert_int_equal(command.wrong_line, 1);
  next(&in, &command);
  assert_span(command.verb, "DISPLAY");
  assert_int_equal(command.line, 100003);
}

static const char shown[] = "5724-H72 (C) Copyright IBM Corp. 1994, 2023.\n"
                            "     1 : dis qmgr all\n"
                            "AMQ8408I: Display Queue Manager details.\n"
                            "   QMNAME(QM1)                             CERTLABL(ibmwebspheremqqm1)\n"
                            "   SSLKEYR(/var/mqm/qmgrs/QM1/ssl/key)\n"
                            "AMQ8414I: Display Channel details.\n"
                            "   CHANNEL(APP.ONE)                        CHLTYPE(SVRCONN)\n"
                            "   SSLCIPH( )                              CONNAME(host(1414))\n"
                            "   SSLPEER(CN=a, O=somebody with a very long name that the term\n"
                            "inal cuts, C=GB)\n"
                            "CSQM415I !MQ01 CHANNEL(TO.Y) CHLTYPE(SDR)\n"
                            "SSLCIPH(ANY_TLS12)\n"
                            " END CHANNEL DETAILS\n"
                            "noise(1)\n"
                            "CSQ9022I !MQ01 CSQMDRTS ' DISPLAY CHANNEL' NORMAL COMPLETION\n";

static void test_shown(void **state)
{
  static const char *const want[][3] = {{"AMQ8408I", "CERTLABL", "ibmwebspheremqqm1"},
    {"AMQ8414I", "SSLPEER", "CN=a, O=somebody with a very long name that the terminal cuts, C=GB"},
    {"CSQM415I", "SSLCIPH", "ANY_TLS12"}};
  CY_CLEAN(cy_mqsc) in;
  cy_mqsc_command command;
  bool more;
  assert_null(cy_mqsc_over(&in, "s", CY_SPAN(shown)));
  for (size_t i = 0; i < CY_COUNT(want); i++) {
    assert_null(cy_mqsc_next_shown(&in, &command, &more));
    assert_true(more);
    assert_null(command.wrong);
    assert_span(command.verb, want[i][0]);
    assert_span(cy_mqsc_find(&command, want[i][1])->value, want[i][2]);
    if (i == 1) {
      assert_span(cy_mqsc_find(&command, "CONNAME")->value, "host(1414)");
      assert_span(cy_mqsc_find(&command, "SSLCIPH")->value, "");
      assert_int_equal(cy_mqsc_find(&command, "SSLCIPH")->line, 8);
    }
    assert_span(command.params[0].name, i ? "CHANNEL" : "QMNAME");
  }
  assert_null(cy_mqsc_next_shown(&in, &command, &more));
  assert_false(more);
}

static void assert_fails(cy_err *err, cy_err_code code, const char *text)
{
  assert_int_equal(cy_err_code_get(err), code);
  assert_non_null(strstr(cy_err_text(err), text));
  cy_err_free(err);
}

/* What is no text is refused at once, whatever its size. */
static void test_no_text(void **state)
{
  char path[TEST_PATH];
  cy_mqsc_command command;
  bool more;
  CY_CLEAN(cy_mqsc) in;
  int fd = test_file_make(path, "mqsc");
  assert_int_equal(pwrite(fd, "DIS QMGR\n", 9, 0), 9);
  assert_int_equal(ftruncate(fd, (off_t)1 << 30), 0);
  close(fd);
  cy_err *err = cy_mqsc_open(&in, path);
  unlink(path);
  assert_null(err);
  next(&in, &command);
  assert_fails(cy_mqsc_next(&in, &command, &more), CY_E_CONF_NO_TEXT, ":2: there are NUL bytes");
}

/* As Windows and z/OS save it: the commands are the same. */
static void test_encodings(void **state)
{
  static const uint8_t utf16[] = {0xff, 0xfe, 'E', 0, 'N', 0, 'D', 0};
  static const uint8_t ebcdic[] = {0xc4, 0xc5, 0xc6, 0xc9, 0xd5, 0xc5, 0x40, 0xc3, 0xc8, 0xc1, 0xd5, 0xd5,
    0xc5, 0xd3, 0x4d, 0xc1, 0x5d, 0x25, 0xc4, 0xc9, 0xe2, 0x40, 0xd8, 0xd4, 0xc7, 0xd9, 0x15};
  uint8_t records[160];
  cy_mqsc_command command;
  bool more;
  CY_CLEAN(cy_mqsc) wide, host, cards;
  (void)state;
  assert_null(cy_mqsc_over(&wide, "s", cy_span_of(utf16, sizeof utf16)));
  assert_null(cy_mqsc_next(&wide, &command, &more));
  assert_false(more);
  assert_null(cy_mqsc_over(&host, "s", cy_span_of(ebcdic, sizeof ebcdic)));
  next(&host, &command);
  assert_true(cy_mqsc_is(command.verb, "DEFINE"));
  next(&host, &command);
  assert_true(cy_mqsc_is(command.verb, "DISPLAY"));
  assert_int_equal(command.line, 2);
  /* Records of 80 octets without line ends, with numbers in the last eight columns. */
  memset(records, 0x40, sizeof records);
  for (int i = 0; i < 2; i++) {
    memcpy(records + i * 80, ebcdic + (i ? 18 : 0), i ? 8 : 17);
    memset(records + i * 80 + 72, 0xf0 + i, 8);
  }
  assert_null(cy_mqsc_over(&cards, "s", cy_span_of(records, sizeof records)));
  next(&cards, &command);
  assert_true(cy_mqsc_is(command.verb, "DEFINE"));
  assert_null(command.wrong);
  next(&cards, &command);
  assert_true(cy_mqsc_is(command.verb, "DISPLAY"));
  assert_null(command.wrong);
  assert_int_equal(command.count, 1);
}

/* From a file in blocks the same comes out as from memory. */
static void test_blocks(void **state)
{
  char path[TEST_PATH];
  CY_CLEAN(cy_buf) text = CY_BUF((size_t)4 << 20);
  CY_CLEAN(cy_mqsc) in;
  cy_mqsc_command command;
  for (int i = 0; i < 20000; i++)
    cy_buf_printf(&text, "DEFINE CHANNEL('C%d') +\n  CHLTYPE(SVRCONN) ; DIS QMGR\n", i);
  int fd = test_file_make(path, "mqsc");
  assert_int_equal(write(fd, text.data, text.len), text.len);
  close(fd);
  cy_err *err = cy_mqsc_open(&in, path);
  unlink(path);
  assert_null(err);
  for (int i = 0; i < 20000; i++) {
    char name[16];
    snprintf(name, sizeof name, "C%d", i);
    next(&in, &command);
    assert_span(command.params[0].value, name);
    assert_int_equal(command.line, 2 * i + 1);
    next(&in, &command);
  }
  at_end(&in);
  CY_CLEAN(cy_mqsc) folder;
  assert_fails(cy_mqsc_open(&folder, "/"), CY_E_IO_KIND, "a folder");
}

static size_t left;

static bool deny(size_t size, void *arg)
{
  return left-- == 0;
}

static cy_err *read_all(cy_span text, bool is_shown)
{
  CY_CLEAN(cy_mqsc) in;
  cy_mqsc_command command;
  bool more = true;
  CY_TRY(cy_mqsc_over(&in, "s", text));
  while (more)
    CY_TRY(is_shown ? cy_mqsc_next_shown(&in, &command, &more) : cy_mqsc_next(&in, &command, &more));
  return NULL;
}

static void test_memory(void **state)
{
  for (int is_shown = 0; is_shown < 2; is_shown++) {
    bool done = false;
    for (size_t n = 0; n < 200 && !done; n++) {
      left = n;
      cy_mem_hook(deny, NULL);
      cy_err *err = read_all(is_shown ? CY_SPAN(shown) : CY_SPAN(script), is_shown);
      cy_mem_hook(NULL, NULL);
      done = !err;
      cy_err_free(err);
    }
    assert_true(done);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_commands), cmocka_unit_test(test_wrong),
    cmocka_unit_test(test_long), cmocka_unit_test(test_shown), cmocka_unit_test(test_no_text),
    cmocka_unit_test(test_encodings), cmocka_unit_test(test_blocks), cmocka_unit_test(test_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
