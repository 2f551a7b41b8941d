/* Ini files of queue managers, and files of environment variables. */
#include "tests/lib/unit.h"

#include "base/mem.h"
#include "conf/env.h"
#include "conf/stanza.h"

static void assert_span(cy_span got, const char *want)
{
  CY_AUTO_STR char *text = cy_strndup((const char *)got.data, got.len);
  assert_string_equal(text, want);
}

static const char ini[] = "# comment\n"
                          "ExitPath:\n"
                          "   ExitsDefaultPath=/var/mqm/exits\n"
                          "SSL:\r\n"
                          "   AllowTLSV13 = TRUE\r\n"
                          "; another\n"
                          "   OCSPAuthentication\n"
                          "=x\n"
                          "   SSLKeyRepository=C:\\a=b:";

static void test_stanzas(void **state)
{
  static const struct {
    const char *stanza, *key, *value;
    size_t line;
    bool wrong;
  } want[] = {{"ExitPath", "", "", 2, false}, {"ExitPath", "ExitsDefaultPath", "/var/mqm/exits", 3, false},
    {"SSL", "", "", 4, false}, {"SSL", "AllowTLSV13", "TRUE", 5, false},
    {"SSL", "", "OCSPAuthentication", 7, true}, {"SSL", "", "x", 8, true},
    {"SSL", "SSLKeyRepository", "C:\\a=b:", 9, false}};
  CY_CLEAN(cy_stanzas) in;
  cy_stanza_item item;
  bool more;
  assert_null(cy_stanzas_over(&in, "qm.ini", CY_SPAN(ini)));
  for (size_t i = 0; i < CY_COUNT(want); i++) {
    assert_null(cy_stanzas_next(&in, &item, &more));
    assert_true(more);
    assert_span(item.stanza, want[i].stanza);
    assert_span(item.key, want[i].key);
    assert_span(item.value, want[i].value);
    assert_int_equal(item.line, want[i].line);
    assert_int_equal(item.wrong != NULL, want[i].wrong);
  }
  assert_null(cy_stanzas_next(&in, &item, &more));
  assert_false(more);
}

static const char env[] = "#!/bin/sh\n"
                          "MQSERVER='A.B/TCP/host(1414)' export MQSERVER\n"
                          "export MQCHLLIB=\"/var/mqm\" MQCHLTAB=t\\ 1; cd /tmp\n"
                          "setenv MQSSLKEYR \"/a b/key\"\n"
                          "set MQCCDTURL=file:///c:/x y.json\n"
                          "ENVAR(\"GSK_PROTOCOL_TLSV1_2=ON\",\"B=2\")\n"
                          "Environment=\"MQCLNTCF=/etc/mqclient.ini\"\n"
                          "LONG=a\\\n"
                          "b\n"
                          "echo NO=1\n"
                          "unset MQSERVER\n"
                          "D=${HOME}/x  # comment\n"
                          "  - E=f\n"
                          "declare -x G='$h'\n"
                          "# H=1\n";

static void test_env(void **state)
{
  static const struct {
    const char *name, *value;
    size_t line;
    bool open, removed;
  } want[] = {{"MQSERVER", "A.B/TCP/host(1414)", 2, false, false},
    {"MQCHLLIB", "/var/mqm", 3, false, false}, {"MQCHLTAB", "t 1", 3, false, false},
    {"MQSSLKEYR", "/a b/key", 4, false, false}, {"MQCCDTURL", "file:///c:/x y.json", 5, false, false},
    {"GSK_PROTOCOL_TLSV1_2", "ON", 6, false, false}, {"B", "2", 6, false, false},
    {"MQCLNTCF", "/etc/mqclient.ini", 7, false, false}, {"LONG", "ab", 9, false, false},
    {"MQSERVER", "", 11, false, true}, {"D", "${HOME}/x", 12, true, false}, {"E", "f", 13, false, false},
    {"G", "$h", 14, false, false}};
  CY_CLEAN(cy_env) in;
  cy_env_item item;
  bool more;
  assert_null(cy_env_over(&in, "profile", CY_SPAN(env)));
  for (size_t i = 0; i < CY_COUNT(want); i++) {
    assert_null(cy_env_next(&in, &item, &more));
    assert_true(more);
    assert_span(item.name, want[i].name);
    assert_span(item.value, want[i].value);
    assert_int_equal(item.line, want[i].line);
    assert_int_equal(item.open, want[i].open);
    assert_int_equal(item.removed, want[i].removed);
  }
  assert_null(cy_env_next(&in, &item, &more));
  assert_false(more);
}

static size_t left;

static bool deny(size_t size, void *arg)
{
  return left-- == 0;
}

static cy_err *read_both(void)
{
  CY_CLEAN(cy_stanzas) stanzas;
  CY_CLEAN(cy_env) variables = {.lines = {.fd = -1}};
  cy_stanza_item item;
  cy_env_item variable;
  bool more = true;
  CY_TRY(cy_stanzas_over(&stanzas, "i", CY_SPAN(ini)));
  while (more)
    CY_TRY(cy_stanzas_next(&stanzas, &item, &more));
  CY_TRY(cy_env_over(&variables, "e", CY_SPAN(env)));
  for (more = true; more;)
    CY_TRY(cy_env_next(&variables, &variable, &more));
  return NULL;
}

static void test_memory(void **state)
{
  bool done = false;
  for (size_t n = 0; n < 100 && !done; n++) {
    left = n;
    cy_mem_hook(deny, NULL);
    cy_err *err = read_both();
    cy_mem_hook(NULL, NULL);
    done = !err;
    cy_err_free(err);
  }
  assert_true(done);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_stanzas), cmocka_unit_test(test_env), cmocka_unit_test(test_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
