/* causey-test: any-user */
#include "tests/lib/unit.h"

#include "audit/text.h"
#include "base/buf.h"

static cy_text_finder finder;

typedef struct {
  size_t count;
  cy_text_hit last;
} seen;

static void see(void *arg, const cy_text_hit *hit)
{
  seen *s = arg;
  s->count++;
  s->last = *hit;
}

static seen look(const char *name, const char *text)
{
  seen s = {0};
  cy_text_find(&finder, cy_span_str(text), cy_text_kind(name, cy_span_str(text)), see, &s);
  return s;
}

static void one(const char *name, const char *text, const char *word, size_t line, const char *value)
{
  seen s = look(name, text);
  if (s.count != 1)
    print_error("%s: %zu hits\n", text, s.count);
  assert_int_equal(s.count, 1);
  assert_string_equal(s.last.rule->word, word);
  assert_int_equal(s.last.line, line);
  assert_true(cy_span_equal(s.last.value, cy_span_str(value)));
}

static void none(const char *name, const char *text)
{
  seen s = look(name, text);
  if (s.count)
    print_error("%s: %zu hits, %s\n", text, s.count, s.last.rule->word);
  assert_int_equal(s.count, 0);
}

/* A word that the filter can not see would never be looked up. */
static void each_word_has_an_anchor(void **state)
{
  static const char *const follow[][2] = {{"pin", "= 1"}, {"ssl", " session parameters"},
    {"resumption", " psk"}, {"master", " secret"}, {"apdu", ": 00"}, {"outgoing", " apdu"},
    {"master-key", ": 0"}};
  (void)state;
  assert_true(cy_text_anchor_count <= CY_TEXT_ANCHORS);
  for (size_t i = 0; i < cy_text_anchor_count; i++)
    assert_true(strlen(cy_text_anchors[i]) >= 4);
  for (size_t i = 0; i < cy_text_rule_count; i++) {
    char padded[160];
    size_t len;
    const char *word = cy_text_rules[i].word;
    const char *behind = " x";
    for (size_t n = 0; n < CY_COUNT(follow); n++)
      if (strcmp(word, follow[n][0]) == 0)
        behind = follow[n][1];
    snprintf(padded, sizeof padded, " %s%s", word, behind);
    if (cy_text_filter_next(&finder.all, cy_span_str(padded), 0, &len) == SIZE_MAX)
      fail_msg("no anchor in %s", word);
  }
}

/* The filter finds what a plain search finds, wherever it stands and in any case. */
static void filter_is_complete(void **state)
{
  (void)state;
  uint32_t seed = 7;
  char text[400];
  for (int round = 0; round < 3000; round++) {
    size_t len = 0, n;
    while (len < 300) {
      seed = seed * 1664525 + 1013904223;
      text[len++] = "pasward-_.= \n\tlkeystrcituhPASSLM"[seed >> 27];
    }
    const char *anchor = cy_text_anchors[round % (int)cy_text_anchor_count];
    memcpy(text + (seed >> 8) % (300 - strlen(anchor)), anchor, strlen(anchor));
    size_t first = SIZE_MAX;
    text[len] = 0;
    for (char *c = text; *c; c++)
      *c = *c == '\t' ? ' ' : *c;
    for (size_t i = 0; i < cy_text_anchor_count; i++) {
      const char *at = strcasestr(text, cy_text_anchors[i]);
      if (at && (size_t)(at - text) < first)
        first = (size_t)(at - text);
    }
    assert_int_equal(cy_text_filter_next(&finder.all, cy_span_of(text, len), 0, &n), first);
  }
}

static void commands(void **state)
{
  (void)state;
  one("a.sh", "\n\nkeytool -keystore k -storepass abc1", "-storepass", 3, "abc1");
  one("a.sh", "keytool -keystore k -storepass 'a b c'", "-storepass", 1, "a b c");
  one("a.sh", "keytool -keystore k \\\r\n -storepass \\\r\n abc1", "-storepass", 2, "abc1");
  one("x", "#!/usr/bin/env bash\nopenssl rsa -passin pass:abc1)", "-passin", 2, "abc1");
  one("a.bat", "keytool.exe -keypass abc1", "-keypass", 1, "abc1");
  one("a.sh", "yubico-piv-tool -a verify-pin -P123456", "yubico-piv-tool", 1, "123456");
  one("Makefile", "\tgsk8capicmd_64 -cert -db k -pw abc1", "-pw", 1, "abc1");
  none("a.sh", "keytool -list; other -storepass2 abc1");
  none("a.sh", "other -storepass abc1");
  none("a.sh", "keytool -storepass -list");
  none("a.sh", "keytool -storepass");
  none("a.sh", "# keytool -storepass abc1");
  none("a.bat", "REM keytool -storepass abc1");
  none("a.md", "keytool -storepass abc1");
  none("a.c", "keytool -storepass abc1");
  none("a", "#!/usr/bin/python3\nkeytool -storepass abc1");
  none("a.sh", "openssl rsa -passin file:abc1");
  none("a.sh", "curl --passive abc1");
}

static void values(void **state)
{
  (void)state;
  static const char *const secrets[] = {"abc", "changeit", "pa$", "a=b", "12345678", "P4ss!", "passw0rd"};
  static const char *const others[] = {"", "x", "$PASS", "${P}", "%PW%", "@PW@", "<password>", "{{ p }}",
    "ENC(x1)", "your_password", "****", "PASSWORD", "STORE_PASS", "`cat f`", "env:X1", "file:x1", "null",
    "enter-here", "{aes}AB"};
  for (size_t i = 0; i < CY_COUNT(secrets); i++)
    assert_int_equal(cy_text_is_secret(cy_span_str(secrets[i])), strchr(secrets[i], '$') == NULL);
  for (size_t i = 0; i < CY_COUNT(others); i++)
    if (cy_text_is_secret(cy_span_str(others[i])))
      fail_msg("%s is none", others[i]);
}

static void settings(void **state)
{
  (void)state;
  one("a.conf", "  ssl_certificate_key  /a/b.key;", "ssl_certificate_key", 1, "/a/b.key");
  one("a.conf", "ssl_cert_file = '/a b/c'", "ssl_cert_file", 1, "/a b/c");
  one("qm.ini", "SSL:\n   SSLKeyRepository=/var/mqm/key", "sslkeyrepository", 2, "/var/mqm/key");
  one("a.tst", "ALTER QMGR SSLKEYR( '/a/key' )", "sslkeyr", 1, "/a/key");
  one("a.tst", "ALTER QMGR CERTLABL(abc)", "certlabl", 1, "abc");
  one("a.ldif", "olcTLSCertificateFile: /a/b", "olctlscertificatefile", 1, "/a/b");
  one("a.cfg", "  bind :443 ssl crt /a/b.pem alpn h2", "crt", 1, "/a/b.pem");
  one("a.yml", "  - key-store-password: abc1", "key-store-password", 1, "abc1");
  one("a.properties", "x.y.ssl.key.password=abc1", "ssl.key.password", 1, "abc1");
  one("a.sh", "export MQSSLKEYR=/a/key", "mqsslkeyr", 1, "/a/key");
  one("a.xml", "<keyStore id='k'\n  password='abc1'/>", "password", 2, "abc1");
  one("a.conf", "x = pkcs11:a=b?pin-value=1234;c", "pin-value", 1, "1234");
  none("a.conf", "the file ssl_cert_file = x");
  none("a.conf", "# ssl_cert_file = x");
  none("a.cfg", "  acl crt /a/b");
  none("a.conf", "SSLKEYR(/a)");
  none("a.xml", "<table password='abc1'/>");
  none("a.xml", "<!-- <user password='abc1'/> -->");
  none("a.html", "<html keystorePass='abc1'>");
  none("a.conf", "ssl_cert_file");
  seen s = look("a.xml", "<user name='a' password='{xor}Lz4s'/>");
  assert_int_equal(s.count, 1);
  assert_true(s.last.obscured);
}

/* Long lines and many of them cost no more than their length. */
static void long_texts(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) text = CY_BUF(32 << 20);
  seen s = {0};
  while (text.len < 1000000)
    cy_buf_str(&text, "pass -storepass <password keystore ");
  cy_text_find(&finder, cy_buf_get(&text), CY_TEXT_IS_SCRIPT | CY_TEXT_IS_CONF, see, &s);
  assert_int_equal(s.count, 0);
  cy_buf_reset(&text);
  while (text.len < 1000000)
    cy_buf_str(&text, "\\\nkeytool -storepass abc1 \\\n");
  cy_text_find(&finder, cy_buf_get(&text), CY_TEXT_IS_SCRIPT, see, &s);
  assert_true(s.count > 30000);
}

static void kinds(void **state)
{
  (void)state;
  assert_false(cy_text_looks_like(CY_SPAN("a\0b")));
  assert_false(cy_text_looks_like(CY_SPAN_NONE));
  assert_false(cy_text_looks_like(CY_SPAN("\x01\x02\x03")));
  assert_true(cy_text_looks_like(CY_SPAN("a\tb\r\n\xc3\xa4")));
  assert_int_equal(cy_text_kind("server.xml", CY_SPAN("\xef\xbb\xbf <?xml")), CY_TEXT_IS_XML);
  assert_int_equal(cy_text_kind("a.xml", CY_SPAN("no")), CY_TEXT_IS_CONF);
  assert_int_equal(cy_text_kind("README.md", CY_SPAN("a")), 0);
  assert_int_equal(cy_text_kind("a.py", CY_SPAN("#!/bin/sh")), CY_TEXT_IS_SOURCE);
  assert_int_equal(cy_text_kind("x", CY_SPAN("#!/bin/ksh\n")), CY_TEXT_IS_SCRIPT);
  assert_int_equal(cy_text_kind("slapd.conf", CY_SPAN("a")), CY_TEXT_IS_CONF);
}

static int begin(void **state)
{
  (void)state;
  return cy_text_finder_init(&finder) != NULL;
}

static int end(void **state)
{
  (void)state;
  cy_text_finder_clear(&finder);
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_word_has_an_anchor),
    cmocka_unit_test(filter_is_complete), cmocka_unit_test(commands), cmocka_unit_test(values),
    cmocka_unit_test(settings), cmocka_unit_test(long_texts), cmocka_unit_test(kinds)};
  return cmocka_run_group_tests(tests, begin, end);
}
