/* Filters of names as queue managers have them: read, held against names, compared, suggested. */
#include "tests/lib/errors.h"

#include "identity/codes.h"
#include "identity/dn_filter.h"
#include "x509/name.h"

static const uint8_t serial[] = {0x00, 0xd0, 0x49, 0xd5};

typedef struct {
  const char *filter;
  const char *name; /* in OpenSSL's notation: the order of the encoding */
  const char *why;  /* NULL: it matches */
} matching;

static const matching matchings[] = {
  {"CN=qm1", "C = GB, O = x, CN = qm1", NULL},
  {"CN=QM1,O=X", "C = GB, O = x, CN = qm1", NULL},
  {"O=x,CN=qm1", "C = GB, O = x, CN = qm1", NULL},
  {"CN=qm1 , O=x ;C=GB", "C = GB, O = x, CN = qm1", NULL},
  {" CN=\"qm1\" ", "CN = qm1", NULL},
  {"CN=\" qm1\"", "CN = qm1", "the filter wants CN= qm1, the certificate has CN=qm1"},
  {"", "CN = qm1", NULL},
  {"   ", "CN = qm1", NULL},
  {"CN=qm2", "CN = qm1", "the filter wants CN=qm2, the certificate has CN=qm1"},
  {"OU=a", "CN = qm1",
    "the filter wants OU=a as number 1 of its OUs (the highest first), the certificate has no OU"},
  {"CN=qm*", "CN = qm1", NULL},
  {"CN=*1", "CN = qm1", NULL},
  {"CN=*m*", "CN = qm1", NULL},
  {"CN=*", "CN = qm1", NULL},
  {"CN=*", "O = x", "the filter wants CN=*, the certificate has no CN"},
  {"CN=q*1", "CN = qm1", "the filter wants CN=q*1, the certificate has CN=qm1"},
  {"CN=q*1", "CN = q*1", NULL},
  {"CN=qm\\*", "CN = qm*", NULL},
  {"CN=qm\\*", "CN = qm1", "the filter wants CN=qm*, the certificate has CN=qm1"},
  {"O=\"Smith, Jones\"", "O = \"Smith, Jones\", CN = a", NULL},
  {"CN=\"a;O=b\"", "CN = \"a;O=b\"", NULL},
  /* OUs: the highest first, which is the order of the encoding. */
  {"OU=IBM,OU=WebSphere", "O = x, OU = IBM, OU = WebSphere, CN = a", NULL},
  {"OU=IBM", "O = x, OU = IBM, OU = WebSphere, CN = a", NULL},
  {"OU=WebSphere,OU=IBM", "O = x, OU = IBM, OU = WebSphere, CN = a", "OUs are counted from the highest on"},
  {"OU=WebSphere", "O = x, OU = IBM, OU = WebSphere, CN = a", "it has this one in another place"},
  {"OU=IBM,OU=b", "O = x, OU = IBM, CN = a", "the certificate has 1 OU only"},
  {"OU=*,OU=Web*", "O = x, OU = IBM, OU = WebSphere, CN = a", NULL},
  /* DCs: the lowest first, as they are written. */
  {"DC=mq,DC=example,DC=org", "DC = org, DC = example, DC = mq, CN = a", NULL},
  {"DC=org,DC=example,DC=mq", "DC = org, DC = example, DC = mq, CN = a",
    "DCs are counted from the lowest on"},
  /* One of several CNs can not be chosen, and others do not matter. */
  {"O=x", "O = x, CN = a, CN = b", NULL},
  {"CN=a", "O = x, CN = a, CN = b", "the certificate has 2 CNs, of which no filter can choose one"},
  /* Names of types. */
  {"ST=a", "ST = a", NULL},
  {"SP=a", "ST = a", NULL},
  {"S=a", "ST = a", NULL},
  {"E=a@b", "emailAddress = a@b", NULL},
  {"MAIL=*@b", "emailAddress = a@b", NULL},
  {"UID=u", "UID = u", NULL},
  {"USERID=u", "UID = u", NULL},
  {"T=t,L=l,STREET=s,PC=1,DNQ=d", "L = l, street = s, postalCode = 1, title = t, dnQualifier = d", NULL},
  {"UNSTRUCTUREDNAME=h,UNSTRUCTUREDADDRESS=10.0.0.1",
    "unstructuredName = h, unstructuredAddress = 10.0.0.1", NULL},
  /* The certificate's serial number, not the attribute of that name. */
  {"SERIALNUMBER=D0:49:D5", "CN = a", NULL},
  {"SERIALNUMBER=d049d5", "CN = a", NULL},
  {"SERIALNUMBER=D0:49:*", "CN = a", NULL},
  {"SERIALNUMBER=77", "serialNumber = 77, CN = a", "the certificate has SERIALNUMBER=D0:49:D5"},
};

static void matches(void **state)
{
  (void)state;
  for (size_t i = 0; i < CY_COUNT(matchings); i++) {
    const matching *m = &matchings[i];
    CY_AUTO(cy_dn_filter) *filter = NULL;
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) why = CY_BUF_TEXT;
    fine(cy_dn_filter_parse(&filter, m->filter));
    fine(cy_name_parse(&name, m->name));
    cy_dn_subject who = {cy_buf_get(&name), cy_span_of(serial, sizeof serial)};
    bool fits = cy_dn_filter_match(filter, &who, &why);
    if (fits != !m->why)
      fail_msg("%s against %s: %s (%s)", m->filter, m->name, fits ? "fits" : "does not", cy_buf_cstr(&why));
    if (m->why && !strstr(cy_buf_cstr(&why), m->why))
      fail_msg("%s against %s: %s; expected: %s", m->filter, m->name, cy_buf_cstr(&why), m->why);
  }
}

static void refuses(void **state)
{
  (void)state;
  static const struct {
    const char *text, *what, *fix;
  } wrong[] = {
    {"cn=a", "character 1 of \"cn=a\": cn must be written in capitals: CN", "Write CN=."},
    {"CM=a", "CM is no attribute that a filter can name; nearest is CN", "Write CN=."},
    {"CN=a,emailAddress=b", "character 6 of", "Write MAIL=."},
    {"CN =a", "no blank may stand", NULL},
    {"CN", "there is no = behind this word", NULL},
    {"CN=a,", "it ends in a separator", NULL},
    {"CN=a,,O=b", "an attribute such as CN= is expected here", NULL},
    {"CN=", "the attribute has no value", NULL},
    {"CN=a,CN=b", "only OU and DC may be named more than once", NULL},
    {"CN=\"a", "this quotation mark is not closed", NULL},
    {"CN=\"a\"b", "a separator is expected", NULL},
    {"GN=a", "GN is no attribute", NULL},
  };
  for (size_t i = 0; i < CY_COUNT(wrong); i++) {
    CY_AUTO(cy_dn_filter) *filter = NULL;
    cy_err *err = cy_dn_filter_parse(&filter, wrong[i].text);
    assert_non_null(err);
    if (!mentions(err, wrong[i].what))
      fail_msg("%s: %s", wrong[i].text, cy_err_text(err));
    if (wrong[i].fix)
      assert_string_equal(cy_err_fix(err), wrong[i].fix);
    fails_with(err, CY_E_IDENTITY_FILTER);
    assert_null(filter);
  }
  char large[CY_DN_FILTER_BYTES + 8];
  memset(large, 'a', sizeof large);
  memcpy(large, "CN=", 3);
  large[sizeof large - 1] = 0;
  CY_AUTO(cy_dn_filter) *filter = NULL;
  fails_with(cy_dn_filter_parse(&filter, large), CY_E_IDENTITY_FILTER);
  char many[40 * 5 + 1] = "";
  for (size_t i = 0; i < 40; i++)
    strcat(many, "OU=a,");
  many[strlen(many) - 1] = 0;
  fails_with(cy_dn_filter_parse(&filter, many), CY_E_IDENTITY_FILTER);
}

static void names_asterisks_inside(void **state)
{
  (void)state;
  CY_AUTO(cy_dn_filter) *filter = NULL;
  fine(cy_dn_filter_parse(&filter, "O=x,CN=a*b"));
  assert_int_equal(filter->star, 8);
  cy_dn_filter_free(filter);
  fine(cy_dn_filter_parse(&filter, "O=*x*,CN=a\\*b*"));
  assert_int_equal(filter->star, 0);
}

/* Each is more specific than the next. */
static const char *const ranks[] = {"SERIALNUMBER=01", "MAIL=a,C=GB", "UID=u", "CN=abc,OU=a,OU=b",
  "CN=abc,OU=a", "CN=abc,O=x", "CN=abc", "CN=ab", "CN=abcd*", "CN=abc*", "CN=*abc*", "CN=*", "OU=a,OU=b",
  "OU=a,OU=b*", "OU=a,OU=*", "OU=a*,OU=b", "OU=a", "DC=a", "O=x,L=l", "O=x", "O=*", "STREET=s", "L=l",
  "ST=s", "PC=1", "C=GB", "UNSTRUCTUREDNAME=a", "UNSTRUCTUREDADDRESS=a", "DNQ=a"};

static void orders(void **state)
{
  (void)state;
  for (size_t i = 0; i < CY_COUNT(ranks); i++)
    for (size_t k = 0; k < CY_COUNT(ranks); k++) {
      CY_AUTO(cy_dn_filter) *a = NULL;
      CY_AUTO(cy_dn_filter) *b = NULL;
      fine(cy_dn_filter_parse(&a, ranks[i]));
      fine(cy_dn_filter_parse(&b, ranks[k]));
      int order = cy_dn_filter_compare(a, b);
      if ((order < 0) != (i < k) || (order > 0) != (i > k))
        fail_msg("%s against %s: %d", ranks[i], ranks[k], order);
    }
}

/* What is suggested for a name matches it, whatever is in the name. */
static void suggests(void **state)
{
  (void)state;
  static const char *const names[] = {"C = GB, O = x, OU = high, OU = low, CN = qm1",
    "CN = a, CN = b, O = x", "DC = org, DC = example, CN = a", "O = \"Smith, Jones\", CN = *a*",
    "emailAddress = a@b, UID = u"};
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    CY_AUTO(cy_dn_filter) *filter = NULL;
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) why = CY_BUF_TEXT;
    fine(cy_name_parse(&name, names[i]));
    cy_dn_subject who = {.name = cy_buf_get(&name)};
    cy_dn_filter_suggest(&text, &who);
    fine(cy_dn_filter_parse(&filter, cy_buf_cstr(&text)));
    if (!cy_dn_filter_match(filter, &who, &why))
      fail_msg("%s: %s: %s", names[i], cy_buf_cstr(&text), cy_buf_cstr(&why));
  }
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  fine(cy_name_parse(&name, names[0]));
  cy_dn_subject_format(&text, &(cy_dn_subject){cy_buf_get(&name), cy_span_of(serial, sizeof serial)});
  assert_string_equal(cy_buf_cstr(&text), "SERIALNUMBER=D0:49:D5,CN=qm1,OU=high,OU=low,O=x,C=GB");
}

static cy_err *parse_work(void *arg)
{
  CY_AUTO(cy_dn_filter) *filter = NULL;
  (void)arg;
  return cy_dn_filter_parse(&filter, "CN=a,OU=\"b\",O=c*");
}

static void memory(void **state)
{
  (void)state;
  memory_ends_anywhere(parse_work, NULL, 3);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(matches), cmocka_unit_test(refuses),
    cmocka_unit_test(names_asterisks_inside), cmocka_unit_test(orders), cmocka_unit_test(suggests),
    cmocka_unit_test(memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
