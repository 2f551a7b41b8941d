/* Names: every notation read and written, and compared. */
#include "tests/lib/unit.h"

#include "tests/unit/x509/make_cert.h"
#include "x509/codes.h"
#include "x509/name.h"

static void parse(cy_buf *der, const char *text)
{
  CY_AUTO(cy_err) *err = cy_name_parse(der, text);
  if (err)
    fail_msg("%s: %s", text, cy_err_text(err));
}

static void same(const char *text, cy_span wanted)
{
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) seen = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) asked = CY_BUF_TEXT;
  parse(&der, text);
  cy_name_format(&seen, cy_buf_get(&der), CY_NAMES_OPENSSL);
  cy_name_format(&asked, wanted, CY_NAMES_OPENSSL);
  if (!cy_name_equal(cy_buf_get(&der), wanted))
    fail_msg("%s was read as %s, not %s", text, cy_buf_cstr(&seen), cy_buf_cstr(&asked));
}

/* Trap B04: one name, as nine products write it. */
static void one_name_in_all_notations(void **state)
{
  (void)state;
  static const char *const ways[] = {
    "/C=GB/O=x/CN=y",
    "C = GB, O = x, CN = y",
    "C=GB, O=x, CN=y",
    "CN=y,O=x,C=GB",
    "CN=y, O=x, C=GB",
    "CN=y.O=x.C=GB",
    "CN=Y,O=X,C=GB",
    "cn=y,o=x,c=gb",
    "CN=y , O=x ,C=GB",
    "  cn=y,   o=x  ,  c=gb  ",
    "CN=y;O=x;C=GB",
    "C=GB,O=x,CN=y",
    "2.5.4.3=y,2.5.4.10=x,2.5.4.6=GB",
    "OID.2.5.4.3=y,organizationName=x,countryName=gb",
    "CN=#0c0179,O=#130178,C=GB",
    "CN=\"y\",O=\"x\",C=\"GB\"",
    "CN=\\79,O=\\78,C=GB",
    "SERIALNUMBER=4C:D0:49:D5:02:5F:38,CN=y,O=x,C=GB",
  };
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  make_name(&name, "C=GB,O=x,CN=y");
  for (size_t i = 0; i < CY_COUNT(ways); i++)
    same(ways[i], cy_buf_get(&name));
}

/* Text, and the name in the order of its encoding. */
static const struct {
  const char *text;
  const char *name;
} readings[] = {
  {"", ""},
  {"CN=mq1.example.O=Example Ltd.C=GB", "C=GB,O=Example Ltd,CN=mq1.example"},
  {"CN=Jane Doe.OU=a.b.c.O=Dr. No & Co.C=GB", "C=GB,O=Dr. No & Co,OU=a.b.c,CN=Jane Doe"},
  {"/C=GB/O=a/b/CN=http://h/p", "C=GB,O=a/b,CN=http://h/p"},
  {"/C=GB/CN=a\\/O=b", "C=GB,CN=a/O=b"},
  {"/C=GB/CN=M\\xC3\\xBCller", "C=GB,CN=#4dc3bc6c6c6572"},
  {"/DC=org/DC=example/CN=x", "DC=org,DC=example,CN=x"},
  {"CN=x,DC=example,DC=org", "DC=org,DC=example,CN=x"},
  {"DC=org,DC=example,CN=x", "DC=org,DC=example,CN=x"},
  {"OU=b,OU=a,O=x", "O=x,OU=a,OU=b"},
  {"CN=b,CN=a", "CN=a,CN=b"},
  {"CN = a, CN = b", "CN=a,CN=b"},
  {"CN = x, O = y, C = GB", "CN=x,O=y,C=GB"},
  {"O=Smith\\, Jones,C=GB", "C=GB,O=#536d6974682c204a6f6e6573"},
  {"O=Smith, Jones,C=GB", "C=GB,O=#536d6974682c204a6f6e6573"},
  {"O=\"Smith, Jones\",C=GB", "C=GB,O=#536d6974682c204a6f6e6573"},
  {"CN=\\ x\\ ,C=GB", "C=GB,CN=#207820"},
  {"CN=x\\\\y", "CN=x\\y"},
  {"CN=DOMAIN\\user", "CN=DOMAIN\\user"},
  {"CN=\\#1", "CN=#2331"},
  {"CN=#zz", "CN=#237a7a"},
  {"CN=a+b", "CN=#612b62"},
  {"CN=a+OU=b,O=c", "O=c,CN=a,+OU=b"},
  {"OU=b + CN=a,O=c", "O=c,CN=a,+OU=b"},
  {"/O=c/CN=a+OU=b", "O=c,CN=a,+OU=b"},
  {"CN = a + OU = b, O = c", "CN=a,+OU=b,O=c"},
  {"E=a@b.example,CN=x", "CN=x,emailAddress=a@b.example"},
  {"MAIL=a@b.example,CN=x", "CN=x,emailAddress=a@b.example"},
  {"mail=a@b.example,CN=x", "CN=x,mail=a@b.example"},
  {"T=Dr,CN=x,PC=1,SP=Kent,DNQ=q,USERID=u", "UID=u,dnQualifier=q,ST=Kent,postalCode=1,CN=x,title=Dr"},
  {"serialNumber=12:x,CN=x", "CN=x,serialNumber=12:x"},
  {"CN=x,O=,C=GB", "C=GB,O=,CN=x"},
  {"CN=h\xc3\xa9,C=FR", "C=FR,CN=#68c3a9"},
  {"CN=y,O=x,C=GB,UNSTRUCTUREDNAME=mq1.example,UNSTRUCTUREDADDRESS=192.0.2.1",
    "unstructuredAddress=192.0.2.1,unstructuredName=mq1.example,C=GB,O=x,CN=y"},
};

static void each_reading(void **state)
{
  (void)state;
  for (size_t i = 0; i < CY_COUNT(readings); i++) {
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    make_name(&name, readings[i].name);
    same(readings[i].text, cy_buf_get(&name));
  }
}

static void refusals(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    const char *words; /* of the error or its advice */
  } rows[] = {
    {"y", "character 1"},
    {"CNN=y", "Did you mean CN=?"},
    {"CN=y,", "character 5"},
    {"CN=y,,C=GB", "nothing between"},
    {"keyUsage=y", "no type"},
    {"CN=\"y", "not closed"},
    {"CN=\"y\"z,C=GB", "behind the closing"},
    {"CN=\\FF", "no UTF-8"},
    {"=x", "KEYWORD"},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
    CY_AUTO(cy_err) *err = cy_name_parse(&der, rows[i].text);
    if (!err || !cy_err_is(err, CY_E_X509_NAME_MALFORMED))
      fail_msg("%s was read", rows[i].text);
    if (!strstr(cy_err_text(err), rows[i].words) && !strstr(cy_err_fix(err), rows[i].words))
      fail_msg("%s: %s", rows[i].text, cy_err_text(err));
  }
}

/* Written in each notation, and read again: the same name. */
static void round_trips(void **state)
{
  (void)state;
  static const char *const names[] = {
    "C=GB,O=Example,CN=mq1.example",
    "C=GB,O=Dr. No & Co.,OU=a.b.c,CN=Jane Doe",
    "DC=org,DC=example,OU=People,UID=jane",
    "C=GB,ST=Kent,L=Dover,O=x,OU=y,CN=z,emailAddress=a@b.example",
    "C=GB,O=x,title=Dr,serialNumber=77,postalCode=1,dnQualifier=q,mail=j@e.example,CN=y",
    "C=GB,O=x,unstructuredName=h,unstructuredAddress=192.0.2.1,GN=Jane,SN=Doe,CN=y",
    "C=GB,O=#4dc3bc6c6c6572,CN=y",
    "C=GB,O=x,CN=DOMAIN\\jane",
    "C=GB,CN=a/b",
    "C=GB,CN=only",
    "CN=only",
    "",
  };
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    make_name(&name, names[i]);
    for (int n = 0; n < CY_NAMES_COUNT; n++) {
      CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
      cy_name_format(&text, cy_buf_get(&name), (cy_names)n);
      same(cy_buf_cstr(&text), cy_buf_get(&name));
    }
  }
}

/* What needs escapes can be written in these notations only; RACF's and OpenSSL's old one have none. */
static void round_trips_with_escapes(void **state)
{
  (void)state;
  static const char *const values[] = {"#612c623d63", "#612c20433d4742", "#2061", "#6120", "#2361", "#2261",
    "#225c22", "#61225c", "#3c613e3b", "#612b433d62", "#3d", "#61203d2062", "#c3bc2c433d61", "#5c2c",
      "#0a61"};
  static const cy_names notations[] = {CY_NAMES_RFC4514, CY_NAMES_OPENSSL, CY_NAMES_MQ};
  for (size_t i = 0; i < CY_COUNT(values); i++) {
    CY_CLEAN(cy_buf) edit = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    cy_buf_printf(&edit, "C=GB,O=%s,+OU=%s,CN=%s", values[i], values[i], values[i]);
    make_name(&name, cy_buf_cstr(&edit));
    for (size_t n = 0; n < CY_COUNT(notations); n++) {
      CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
      cy_name_format(&text, cy_buf_get(&name), notations[n]);
      same(cy_buf_cstr(&text), cy_buf_get(&name));
    }
  }
}

/* As `openssl x509 -subject -nameopt RFC2253,-esc_msb | oneline,-esc_msb | compat` wrote them. */
static void as_openssl_writes(void **state)
{
  (void)state;
  static const struct {
    const char *name;
    const char *rfc2253, *oneline, *compat;
  } rows[] = {
    {"C=GB,O=#466f6f2c20496e632e20,OU=#4dc3bc,CN=#206c6561642322782a223c793e3b7a3d5c77,street=1 High St",
      "street=1 High St,CN=\\ lead#\\\"x*\\\"\\<y\\>\\;z=\\\\w,OU=M\xc3\xbc,O=Foo\\, Inc.\\ ,C=GB",
      "C = GB, O = \"Foo, Inc. \", OU = M\xc3\xbc, CN = \" lead#\\\"x*\\\"<y>;z=\\\\w\", street = 1 High St",
      "/C=GB/O=Foo, Inc. /OU=M\\xC3\\xBC/CN= lead#\"x*\"<y>;z=\\w/street=1 High St"},
    {"C=GB,CN=y,+OU=x,+UID=z", "UID=z+OU=x+CN=y,C=GB", "C = GB, CN = y + OU = x + UID = z",
      "/C=GB/CN=y+OU=x+UID=z"},
    {"emailAddress=a@b.example,serialNumber=12,title=Dr,GN=J,SN=D,dnQualifier=q,unstructuredName=h,"
     "postalCode=1",
      "postalCode=1,unstructuredName=h,dnQualifier=q,SN=D,GN=J,title=Dr,serialNumber=12,"
      "emailAddress=a@b.example",
      "emailAddress = a@b.example, serialNumber = 12, title = Dr, GN = J, SN = D, dnQualifier = q, "
      "unstructuredName = h, postalCode = 1",
      "/emailAddress=a@b.example/serialNumber=12/title=Dr/GN=J/SN=D/dnQualifier=q/"
      "unstructuredName=h/postalCode=1"},
    {"O=#5c,CN=#22", "CN=\\\",O=\\\\", "O = \\\\, CN = \\\"", "/O=\\/CN=\""},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    const char *wanted[] = {rows[i].rfc2253, rows[i].oneline, rows[i].compat};
    for (int n = 0; n < 3; n++) {
      CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
      CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
      make_name(&name, rows[i].name);
      cy_name_format(&text, cy_buf_get(&name), (cy_names)n);
      assert_string_equal(cy_buf_cstr(&text), wanted[n]);
    }
  }
}

static void other_products(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) mq = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) racf = CY_BUF_TEXT;
  make_name(&name, "C=GB,ST=Kent,O=#612c2062,title=Dr,serialNumber=7,CN=y,emailAddress=a@b.example");
  cy_name_format(&mq, cy_buf_get(&name), CY_NAMES_MQ);
  assert_string_equal(cy_buf_cstr(&mq), "MAIL=a@b.example,CN=y,OID.2.5.4.5=7,T=Dr,O=\"a, b\",ST=Kent,C=GB");
  cy_name_format(&racf, cy_buf_get(&name), CY_NAMES_RACF);
  assert_string_equal(cy_buf_cstr(&racf), "MAIL=a@b.example.CN=y.SERIALNUMBER=7.T=Dr.O=a, b.SP=Kent.C=GB");
}

static void unknown_types(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  parse(&der, "CN=y,1.2.3.4=x,C=GB");
  cy_name_format(&text, cy_buf_get(&der), CY_NAMES_RFC4514);
  assert_string_equal(cy_buf_cstr(&text), "CN=y,1.2.3.4=#0c0178,C=GB");
  same(cy_buf_cstr(&text), cy_buf_get(&der));
  cy_buf_reset(&text);
  cy_name_format(&text, cy_buf_get(&der), CY_NAMES_OPENSSL);
  assert_string_equal(cy_buf_cstr(&text), "C = GB, 1.2.3.4 = x, CN = y");
}

static void what_a_reading_says(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    cy_names notation;
    bool reversed;
    size_t serial_len;
  } rows[] = {
    {"CN=y,O=x,C=GB", CY_NAMES_RFC4514, true, 0},
    {"C=GB,O=x,CN=y", CY_NAMES_RFC4514, false, 0},
    {"C = GB, CN = y", CY_NAMES_OPENSSL, false, 0},
    {"/C=GB/CN=y", CY_NAMES_OPENSSL_OLD, false, 0},
    {"CN=y.C=GB", CY_NAMES_RACF, true, 0},
    {"SERIALNUMBER=4C:D0:49,CN=y,C=GB", CY_NAMES_MQ, true, 3},
    {"serialNumber=4CD049,CN=y,C=GB", CY_NAMES_RFC4514, true, 0},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
    cy_name_reading how;
    assert_null(cy_name_parse_as(&der, &how, rows[i].text));
    assert_int_equal(how.notation, rows[i].notation);
    assert_int_equal(how.reversed, rows[i].reversed);
    assert_int_equal(how.serial_len, rows[i].serial_len);
  }
}

static void equality(void **state)
{
  (void)state;
  static const struct {
    const char *a;
    const char *b;
    bool equal;
  } rows[] = {
    {"C=GB,CN=Jane  Doe", "C=gb,CN:13= jane doe ", true},
    {"CN=a", "CN:1e=#0061", true},
    {"CN=a", "CN:1c=#00000061", true},
    {"CN:14=#fc", "CN=#c3bc", true},
    {"CN=#c39c", "CN=#c3bc", true},
    {"CN=#c39c62", "CN=#c3bc42", true},
    {"CN=a", "CN=b", false},
    {"CN=a", "CN=ab", false},
    {"CN=ab", "CN=a", false},
    {"CN=a b", "CN=ab", false},
    {"CN=a", "OU=a", false},
    {"CN=a,OU=b", "CN=a", false},
    {"CN=a", "CN=a,OU=b", false},
    {"CN=a,+OU=b", "CN=a,OU=b", false},
    {"CN=#c3bc", "CN=u", false},
    {"CN=#", "CN=#20", true},
    {"CN=#20", "CN=#2020", true},
    {"CN=#612009", "CN=a", true},
    {"CN=#61fc", "CN=#61c3bc", true},
    {"CN=#c3bc78", "CN=#c3bc79", false},
    {"CN=a,CN=b", "CN=b,CN=a", false},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_CLEAN(cy_buf) a = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) left = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) right = CY_BUF_TEXT;
    make_name(&a, rows[i].a);
    make_name(&b, rows[i].b);
    cy_name_canonical(&left, cy_buf_get(&a));
    cy_name_canonical(&right, cy_buf_get(&b));
    if (cy_name_equal(cy_buf_get(&a), cy_buf_get(&b)) != rows[i].equal)
      fail_msg("%s and %s", rows[i].a, rows[i].b);
    assert_int_equal(cy_span_equal(cy_buf_get(&left), cy_buf_get(&right)), rows[i].equal);
  }
}

static void within(void **state)
{
  (void)state;
  static const struct {
    const char *name;
    const char *base;
    bool inside;
  } rows[] = {
    {"C=GB,O=Example,CN=a", "C=GB,O=example", true}, {"C=GB,O=Example", "C=GB,O=Example", true},
    {"C=GB,O=Example", "", true},                    {"C=GB", "C=GB,O=Example", false},
    {"C=GB,O=Examples", "C=GB,O=Example", false},    {"O=Example,C=GB", "C=GB", false},
    {"C=GB,+O=x,CN=a", "C=GB", false},               {"C=GB,+O=x,CN=a", "C=GB,+O=x", true},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) base = CY_BUF_TEXT;
    make_name(&name, rows[i].name);
    make_name(&base, rows[i].base);
    if (cy_name_within(cy_buf_get(&name), cy_buf_get(&base)) != rows[i].inside)
      fail_msg("%s in %s", rows[i].name, rows[i].base);
  }
}

/* Bytes that are no name are equal to themselves only: else junk could hide behind a good beginning. */
static void broken_names(void **state)
{
  (void)state;
  static const cy_span good = CY_SPAN("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01x");
  static const cy_span junk = CY_SPAN("\x30\x0e\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01x\x05\x00");
  static const cy_span other = CY_SPAN("\x30\x0e\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01x\x05\x01");
  static const cy_span inside = CY_SPAN("\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x0c\x01x\x05\x00");
  const cy_span all[] = {good, junk, other, inside};
  for (size_t i = 0; i < CY_COUNT(all); i++)
    for (size_t k = 0; k < CY_COUNT(all); k++)
      assert_int_equal(cy_name_equal(all[i], all[k]), i == k);
  CY_CLEAN(cy_buf) left = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) right = CY_BUF_TEXT;
  cy_name_canonical(&left, good);
  cy_name_canonical(&right, junk);
  assert_false(cy_span_equal(cy_buf_get(&left), cy_buf_get(&right)));
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(one_name_in_all_notations),
    cmocka_unit_test(each_reading),
    cmocka_unit_test(refusals), cmocka_unit_test(round_trips), cmocka_unit_test(round_trips_with_escapes),
    cmocka_unit_test(as_openssl_writes), cmocka_unit_test(other_products), cmocka_unit_test(unknown_types),
    cmocka_unit_test(what_a_reading_says), cmocka_unit_test(equality), cmocka_unit_test(within),
      cmocka_unit_test(broken_names)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
