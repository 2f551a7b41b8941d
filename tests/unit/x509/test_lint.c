/* Every rule of lint: a certificate that breaks it, and one near it that does not. */
#include "tests/lib/unit.h"

#include "base/time.h"
#include "tests/unit/x509/make_cert.h"
#include "x509/codes.h"
#include "x509/lint.h"

static const cy_time NOW = 1780272000; /* 2026-06-01 */

#define LABEL63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LDAP_POINT "300f300da00ba0098607" "6c6461703a2f2f"           /* ldap:// */
#define HTTP_POINT "300f300da00ba0098607" "687474703a2f2f"           /* http:// */
#define HTTPS_POINT "3010300ea00ca00a8608" "68747470733a2f2f"        /* https:// */
#define BOTH_POINTS "301e300da00ba0098607" "6c6461703a2f2f" "300da00ba0098607" "687474703a2f2f"
#define PSS_SHA1 "300d06092a864886f70d01010a3000"
#define PSS_SHA256                                                                                  \
  "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108" \
  "300d06096086480165030402010500a203020120"

/* A row without `fine` is held against its own profile, unchanged. */
typedef struct {
  cy_finding_id id;
  const char *profile;
  const char *broken; /* edits */
  const char *fine;   /* edits that come near */
  struct {
    const char *issuer; /* edits of the profile "ca": the issuer is known */
    unsigned min_rsa_bits;
    cy_lint_role role;
    cy_lint_role fine_role;
    const char *host;
  } with;
} row;

static const row rows[] = {
  {CY_F_CERT_EXPIRED, "server", "after u:260531235959Z", "after u:260801000000Z"},
  {CY_F_CERT_NOT_YET_VALID, "server", "before u:260601020000Z", "before u:260601000000Z"},
  {CY_F_CERT_EXPIRES_SOON, "server", "after u:260701000000Z", "after u:260701000001Z"},
  {CY_F_CERT_ISSUER_EXPIRES_FIRST, "server", "", "", {.issuer = "after u:261230000000Z"}},
  {CY_F_CERT_VALIDITY_REVERSED, "server", "before u:270101000000Z", ""},
  {CY_F_CERT_VALIDITY_LONG, "server", "after u:270203000001Z", "after u:270203000000Z"},
  {CY_F_CERT_TIME_FORM, "server", "after g:20270101000000Z", "after g:20500101000000Z"},
  {CY_F_CERT_TIME_FORM, "server", "after u:2701010000Z", ""},
  {CY_F_CERT_TIME_FORM, "server", "after u:270101000000+0100", ""},

  {CY_F_CERT_KEY_UNREADABLE, "server", "spki 3013300d06092a864886f70d010101050003020005", ""},
  {CY_F_CERT_KEY_RSA_SMALL, "server", "rsa 1024 010001", "rsa 2048 010001"},
  {CY_F_CERT_KEY_BELOW_PLAN, "server", "rsa 2048 010001", "rsa 3072 010001", {.min_rsa_bits = 3072}},
  {CY_F_CERT_ISSUER_BELOW_PLAN, "server", "ec 06082a8648ce3d030107;+ku! 03020780", "",
    {.issuer = "rsa 1024 010001", .min_rsa_bits = 2048}},
  {CY_F_CERT_KEY_RSA_LARGE, "server", "rsa 8192 010001", "rsa 4096 010001"},
  {CY_F_CERT_KEY_RSA_SIZE_ODD, "server", "rsa 2050 010001", "rsa 2056 010001"},
  {CY_F_CERT_RSA_EXPONENT_BROKEN, "server", "rsa 2048 01", "rsa 2048 03"},
  {CY_F_CERT_RSA_EXPONENT_BROKEN, "server", "rsa 2048 010002", ""},
  {CY_F_CERT_RSA_EXPONENT_SMALL, "server", "rsa 2048 03", "rsa 2048 010001"},
  {CY_F_CERT_RSA_EXPONENT_SMALL, "server", "rsa 2048 0101", "rsa 2048 01"},
  {CY_F_CERT_RSA_MODULUS_DIVISIBLE, "server", "modulus third", ""},
  {CY_F_CERT_RSA_MODULUS_DIVISIBLE, "server", "modulus even", ""},
  {CY_F_CERT_CURVE_WEAK, "server", "ec 06082a8648ce3d030101;+ku! 03020780",
    "ec 06052b81040021;+ku! 03020780"},
  {CY_F_CERT_CURVE_UNUSUAL, "server", "ec 06052b8104000a;+ku! 03020780",
    "ec 06082a8648ce3d030107;+ku! 03020780"},
  {CY_F_CERT_CURVE_UNUSUAL, "server", "ec 06032a0304;+ku! 03020780", "ec 06052b81040022;+ku! 03020780"},
  {CY_F_CERT_CURVE_EXPLICIT, "server", "ec 3011020101300c06072a8648ce3d010102017b", ""},
  {CY_F_CERT_KEY_DSA, "server", "spki 301e301606072a8648ce380401300b0202010b02020083020102030400020105", ""},

  {CY_F_CERT_SIGNATURE_MD5, "server", "alg 300d06092a864886f70d0101040500", ""},
  {CY_F_CERT_SIGNATURE_SHA1, "server", "alg 300d06092a864886f70d0101050500", ""},
  {CY_F_CERT_SIGNATURE_SHA1, "server", "alg 300906072a8648ce3d0401", "alg 300a06082a8648ce3d040302"},
  {CY_F_CERT_ALGORITHM_MISMATCH, "server", "inner 300d06092a864886f70d0101050500", ""},
  {CY_F_CERT_ALGORITHM_PARAMETERS, "server", "alg 300b06092a864886f70d01010b", ""},
  {CY_F_CERT_ALGORITHM_PARAMETERS, "server", "alg 300c06082a8648ce3d0403020500",
    "alg 300a06082a8648ce3d040302"},
  {CY_F_CERT_PSS_PARAMETERS, "server", "alg " PSS_SHA1, "alg " PSS_SHA256},
  {CY_F_CERT_SERIAL_NEGATIVE, "server", "serial 80", "serial 0080"},
  {CY_F_CERT_SERIAL_ZERO, "server", "serial 00", "serial 01"},
  {CY_F_CERT_SERIAL_LONG, "server", "serial 0101010101010101010101010101010101010101ff",
    "serial 01010101010101010101010101010101010101ff"},
  {CY_F_CERT_SERIAL_PADDED, "server", "serial 0001", "serial 0081"},
  {CY_F_CERT_SERIAL_PADDED, "server", "serial ff80", "serial ff7f"},
  {CY_F_CERT_VERSION_OLD, "server", "version 1;-ku;-eku;-san;-skid;-akid", "version 3"},
  {CY_F_CERT_VERSION_UNKNOWN, "server", "version 4", ""},
  {CY_F_CERT_VERSION_EXTENSIONS, "server", "version 1", ""},
  {CY_F_CERT_NOT_DER, "server", "ber", ""},

  {CY_F_CERT_ISSUER_EMPTY, "server", "issuer ", ""},
  {CY_F_CERT_CA_NAMELESS, "sub", "subject ", ""},
  {CY_F_CERT_NAMELESS, "server", "subject ;-san", "subject ;!san"},
  {CY_F_CERT_SAN_NOT_CRITICAL, "server", "subject ", "subject ;!san"},
  {CY_F_CERT_NAME_STRING_OLD, "server", "subject O:14=x", "subject O:13=x"},
  {CY_F_CERT_NAME_STRING_OLD, "server", "subject O:1e=#0078", ""},
  {CY_F_CERT_NAME_PRINTABLE, "server", "subject O:13=a*b", "subject O:13=a'(b)+-./:?"},
  {CY_F_CERT_NAME_UTF8_BROKEN, "server", "subject O:0c=#46fc", "subject O:0c=#46c3bc"},
  {CY_F_CERT_NAME_CONTROL, "server", "subject O:0c=#6100", "subject O:0c=#6120623a"},
  {CY_F_CERT_NAME_COUNTRY, "server", "subject C=GBR", "subject C=DE"},
  {CY_F_CERT_NAME_COUNTRY, "server", "subject C=gb", ""},
  {CY_F_CERT_NAME_LONG, "server", "subject O=" LABEL63 "xx", "subject O=" LABEL63 "x"},
  {CY_F_CERT_NAME_PART_EMPTY, "server", "subject O=,CN=mq1.example", ""},
  {CY_F_CERT_NAME_BLANK, "server", "subject O=Example ,CN=mq1.example", "subject O=An Example"},
  {CY_F_CERT_NAME_PLACEHOLDER, "server", "subject O=Internet Widgits Pty Ltd", "subject O=Internet Widgits"},
  {CY_F_CERT_NAME_CN_MANY, "server", "subject CN=mq1.example,CN=Jane", ""},

  {CY_F_CERT_HOST_NOT_NAMED, "server", "names dns=mq2.example", "", {.host = "mq1.example"}},
  {CY_F_CERT_HOST_NOT_NAMED, "server", "names dns=192.0.2.1", "names ip=c0000201", {.host = "192.0.2.1"}},
  {CY_F_CERT_HOST_NOT_NAMED, "server", "-san", "", {.host = "mq1.example"}},
  {CY_F_CERT_SAN_MISSING, "server", "-san", ""},
  {CY_F_CERT_SAN_MALFORMED, "server", "+san 30038203", ""},
  {CY_F_CERT_SAN_EMPTY, "server", "+san 3000", ""},
  {CY_F_CERT_SAN_DNS_ILLEGAL, "server", "names dns=mq1.example,dns=a b.example",
    "names dns=xn--bcher-kva.example"},
  {CY_F_CERT_SAN_DNS_ILLEGAL, "server", "names dns=a..example", "names dns=localhost"},
  {CY_F_CERT_SAN_DNS_ILLEGAL, "server", "names dns=-a.example", "names dns=a-b.example"},
  {CY_F_CERT_SAN_DNS_ILLEGAL, "server", "names dns=" LABEL63 "a.example", "names dns=" LABEL63 ".example"},
  {CY_F_CERT_SAN_DNS_ILLEGAL, "server", "names raw=8200", ""},
  {CY_F_CERT_SAN_DNS_UNDERSCORE, "server", "names dns=mq_1.example", "names dns=mq-1.example"},
  {CY_F_CERT_SAN_WILDCARD, "server", "names dns=w*.mq.example", "names dns=*.mq.example"},
  {CY_F_CERT_SAN_WILDCARD, "server", "names dns=a.*.example", ""},
  {CY_F_CERT_SAN_WILDCARD, "server", "names dns=*.example", ""},
  {CY_F_CERT_SAN_TRAILING_DOT, "server", "names dns=mq1.example.", ""},
  {CY_F_CERT_SAN_DNS_IP, "server", "names dns=192.0.2.1", "names ip=c0000201"},
  {CY_F_CERT_SAN_DNS_IP, "server", "names dns=2001:db8::1", "names dns=1.2.3"},
  {CY_F_CERT_SAN_DNS_URL, "server", "names dns=https://mq1.example", ""},
  {CY_F_CERT_SAN_DNS_URL, "server", "names dns=mq1.example:1414", ""},
  {CY_F_CERT_SAN_IP_LENGTH, "server", "names ip=0a000000ff000000",
    "names ip=20010db8000000000000000000000001"},
  {CY_F_CERT_SAN_EMAIL_INVALID, "email", "names email=Jane", "names email=j@e.example"},
  {CY_F_CERT_SAN_EMAIL_INVALID, "email", "names email=Jane <j@e.example>", ""},
  {CY_F_CERT_SAN_URI_INVALID, "server", "names uri=//host/path", "names dns=mq1.example,uri=spiffe://a/b"},
  {CY_F_CERT_SAN_LACKS_CN, "server", "names dns=mq2.example", "names dns=mq2.example,dns=MQ1.example"},
  {CY_F_CERT_SAN_LACKS_CN, "server", "subject CN=a.b.example;names dns=*.example.org",
    "subject CN=a.b.example;names dns=*.b.example"},
  {CY_F_CERT_SAN_LACKS_CN, "server", "subject CN=192.0.2.1", "subject CN=192.0.2.1;names ip=c0000201"},
  {CY_F_CERT_EMAIL_MISSING, "email", "-san", ""},
  {CY_F_CERT_EMAIL_MISSING, "email", "subject emailAddress=j@e.example;names dns=e.example", ""},

  {CY_F_CERT_SIGN_WITHOUT_CA, "server", "+ku! 030202a4", "+ku! 030205a0"},
  {CY_F_CERT_SIGN_WITHOUT_CA, "server", "+ku! 030202a4;+bc! 3000", "+bc! 3000"},
  {CY_F_CERT_CA_AS_SERVER, "ca", "names dns=mq1.example", "names email=ca@e.example"},
  {CY_F_CERT_CA_BC_NOT_CRITICAL, "ca", "~bc", ""},
  {CY_F_CERT_CA_KU_MISSING, "ca", "-ku", ""},
  {CY_F_CERT_CA_KU_NOT_CRITICAL, "ca", "~ku", ""},
  {CY_F_CERT_CA_KU_NO_SIGN, "ca", "+ku! 03020780", "+ku! 03020106"},
  {CY_F_CERT_CA_KU_NO_CRL, "ca", "+ku! 03020204", "+ku! 03020106"},
  {CY_F_CERT_CA_SKID_MISSING, "ca", "-skid", ""},
  {CY_F_CERT_AKID_MISSING, "server", "-akid", ""},
  {CY_F_CERT_AKID_NO_KEY_ID, "server", "+akid 3003820105", ""},
  {CY_F_CERT_AKID_MISMATCH, "server", "+akid 30038001ff", "", {.issuer = ""}},
  {CY_F_CERT_PATHLEN_WITHOUT_CA, "server", "+bc! 3003020100", "+bc! 3000"},
  {CY_F_CERT_PATHLEN_WITHOUT_CA, "sub", "+ku! 03020780", ""},
  {CY_F_CERT_NC_IN_LEAF, "server", "+nc! 300ca00a300882066578616d706c", ""},
  {CY_F_CERT_NC_NOT_CRITICAL, "sub", "+nc 300ca00a300882066578616d706c", "+nc! 300ca00a300882066578616d706c"},
  {CY_F_CERT_NC_BROKEN, "sub", "+nc! 3000", "+nc! 300ca00a300882066578616d706c"},
  {CY_F_CERT_NC_BROKEN, "sub", "+nc! 300aa008300687040a000000", "+nc! 300ea00c300a87080a000000ff000000"},
  {CY_F_CERT_NC_BROKEN, "sub", "+nc! 300ca00a300882062a78616d706c", ""},
  {CY_F_CERT_NC_BROKEN, "sub", "+nc! 3003a00130", ""},

  {CY_F_CERT_KU_EMPTY, "server", "+ku! 030100", "-ku"},
  {CY_F_CERT_KU_KEY_TYPE, "server", "+ku! 030203a8", "+ku! 030205a0"},
  {CY_F_CERT_KU_KEY_TYPE, "server", "ec 06082a8648ce3d030107", "ec 06082a8648ce3d030107;+ku! 03020388"},
  {CY_F_CERT_KU_KEY_TYPE, "server", "ed25519", "ed25519;+ku! 03020780"},
  {CY_F_CERT_KU_SERVER, "server", "+ku! 03020520", "+ku! 03020780"},
  {CY_F_CERT_KU_SERVER, "server", "ec 06082a8648ce3d030107;+ku! 03020308", "-ku"},
  {CY_F_CERT_KU_CLIENT, "client", "+ku! 03020308", ""},
  {CY_F_CERT_KU_CODE, "code", "+ku! 03020640", ""},
  {CY_F_CERT_KU_EMAIL, "email", "+ku! 03020410", "+ku! 03020520"},
  {CY_F_CERT_ROLE_REFUSED, "client", "",
    "+eku 301406082b0601050507030106082b06010505070302;names dns=a.example",
    {.role = CY_LINT_ROLE_SERVER, .fine_role = CY_LINT_ROLE_SERVER}},
  {CY_F_CERT_ROLE_REFUSED, "server", "", "", {.role = CY_LINT_ROLE_CA, .fine_role = CY_LINT_ROLE_SERVER}},
  {CY_F_CERT_EKU_EMPTY, "server", "+eku 3000", ""},
  {CY_F_CERT_EKU_ANY, "server", "+eku 30060604551d2500", ""},
  {CY_F_CERT_EKU_TIME_STAMPING, "code", "+eku 300a06082b06010505070308", "+eku! 300a06082b06010505070308"},
  {CY_F_CERT_EKU_TIME_STAMPING, "code", "+eku! 301406082b0601050507030806082b06010505070303", ""},

  {CY_F_CERT_EXT_DUPLICATE, "server", "++ku! 030205a0", ""},
  {CY_F_CERT_EXT_DUPLICATE, "server", "++1.2.3.4 0500;++1.2.3.4 0500", "+1.2.3.4 0500;+1.2.3.5 0500"},
  {CY_F_CERT_EXT_UNKNOWN_CRITICAL, "server", "+1.2.3.4! 0500", "+1.2.3.4 0500"},
  {CY_F_CERT_EXT_WRONGLY_CRITICAL, "server", "!akid", ""},
  {CY_F_CERT_EXT_WRONGLY_CRITICAL, "server", "!skid", ""},
  {CY_F_CERT_EXT_MALFORMED, "server", "+ku! 0500", ""},
  {CY_F_CERT_EXT_NETSCAPE, "server", "+ns 03020640", ""},
  {CY_F_CERT_PRECERTIFICATE, "server", "+1.3.6.1.4.1.11129.2.4.3! 0500", ""},
  {CY_F_CERT_POLICY_DUPLICATE, "server", "+cps 300c300406022a03300406022a03",
    "+cps 300c300406022a03300406022a04"},
  {CY_F_CERT_POLICY_MAPPING_ANY, "sub", "+pm! 300c300a0604551d200006022a03", "+pm! 300a300806022a0306022a04"},
  {CY_F_CERT_POLICY_CONSTRAINTS_EMPTY, "sub", "+pc! 3000", "+pc! 3003800100"},
  {CY_F_CERT_CDP_UNUSABLE, "server", "+cdp 30023000", "+cdp " HTTP_POINT},
  {CY_F_CERT_CDP_LDAP, "server", "+cdp " LDAP_POINT, "+cdp " BOTH_POINTS},
  {CY_F_CERT_AIA_UNUSABLE, "server", "+aia 3000", "+aia 3013301106082b060105050730018605687474703a"},
  {CY_F_CERT_FETCH_HTTPS, "server", "+cdp " HTTPS_POINT, "+cdp " HTTP_POINT},
};

static bool finds(const cy_findings *list, cy_finding_id id)
{
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i]->id == id)
      return true;
  return false;
}

static void lint(cy_findings *list, const char *profile, const char *edits, const row *r, bool broken)
{
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) ca = CY_BUF_TEXT;
  cy_cert_view view, issuer;
  cy_lint_context ctx = {.now = NOW, .warn_days = 30};
  make_cert(&der, profile, edits);
  assert_null(cy_cert_view_parse(&view, cy_buf_get(&der)));
  if (r) {
    ctx.min_rsa_bits = r->with.min_rsa_bits;
    ctx.host = r->with.host;
    ctx.role = broken ? r->with.role : r->with.fine_role;
  }
  if (r && r->with.issuer) {
    make_cert(&ca, "ca", broken ? r->with.issuer : "");
    assert_null(cy_cert_view_parse(&issuer, cy_buf_get(&ca)));
    ctx.issuer = &issuer;
  }
  assert_null(cy_lint_cert(list, &view, "a.pem#x", &ctx));
}

static void each_rule(void **state)
{
  (void)state;
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_CLEAN(cy_findings) broken = {0};
    CY_CLEAN(cy_findings) fine = {0};
    const char *id = cy_finding_info_get(rows[i].id)->id;
    lint(&broken, rows[i].profile, rows[i].broken, &rows[i], true);
    if (!finds(&broken, rows[i].id))
      fail_msg("%s is not found with: %s %s", id, rows[i].profile, rows[i].broken);
    lint(&fine, rows[i].profile, rows[i].fine, &rows[i], false);
    if (finds(&fine, rows[i].id))
      fail_msg("%s is found with: %s %s", id, rows[i].profile, rows[i].fine);
  }
}

/* A new rule needs rows above. */
static void every_rule_has_rows(void **state)
{
  (void)state;
  static const cy_finding_id rules[] = {
#define CY_LINT_RULE(code, kinds, check) CY_F_##code,
#include "x509/lint_rules.def"
#undef CY_LINT_RULE
  };
  for (size_t i = 0; i < CY_COUNT(rules); i++) {
    bool tested = false;
    for (size_t k = 0; k < CY_COUNT(rows); k++)
      tested = tested || rows[k].id == rules[i];
    if (!tested)
      fail_msg("no row for %s", cy_finding_info_get(rules[i])->id);
  }
}

/* What is well made gives nothing at all. */
static void healthy_ones_are_silent(void **state)
{
  (void)state;
  static const struct {
    const char *profile;
    const char *edits;
  } healthy[] = {
    {"server", ""}, {"client", ""}, {"email", ""}, {"code", ""}, {"ca", ""}, {"sub", ""},
    {"server", "ec 06082a8648ce3d030107;+ku! 03020780;alg 300a06082a8648ce3d040302"},
    {"server", "ed25519;+ku! 03020780;alg 300506032b6570"},
    {"server", "subject ;!san"},
    {"server", "-ku;-eku"},
    {"server", "subject CN=localhost;names dns=localhost,ip=7f000001,ip=00000000000000000000000000000001"},
    {"server", "subject CN=mq1.example,+OU=Queues"},
    {"server", "alg " PSS_SHA256},
    {"client", "subject C=DE,O:0c=#4dc3bc6c6c6572,CN=Jane Doe,UID=jane,emailAddress=jane@example.org"},
    {"client", "-ku"},
    {"ca", "subject DC=org,DC=example,CN=Root"},
    {"ca", "after g:20560101000000Z"},
  };
  for (size_t i = 0; i < CY_COUNT(healthy); i++) {
    CY_CLEAN(cy_findings) list = {0};
    lint(&list, healthy[i].profile, healthy[i].edits, NULL, false);
    if (list.count)
      fail_msg("%s %s: %s: %s", healthy[i].profile, healthy[i].edits,
        cy_finding_info_get(list.items[0]->id)->id,
        list.items[0]->what);
  }
}

static const cy_finding *only(const cy_findings *list, cy_finding_id id)
{
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i]->id == id)
      return list->items[i];
  fail_msg("%s is not found", cy_finding_info_get(id)->id);
  return NULL;
}

static void words_of_dates(void **state)
{
  (void)state;
  CY_CLEAN(cy_findings) expired = {0};
  CY_CLEAN(cy_findings) zone = {0};
  CY_CLEAN(cy_findings) future = {0};
  lint(&expired, "server", "after u:260529000000Z", NULL, true);
  const cy_finding *f = only(&expired, CY_F_CERT_EXPIRED);
  assert_non_null(strstr(f->what, "3 days ago, at 2026-05-29T00:00:00Z (2026-05-29 "));
  assert_string_equal(f->evidence[1].key, "days_left");
  assert_string_equal(f->evidence[1].value, "-3");
  lint(&zone, "server", "before u:260601020000Z", NULL, true);
  f = only(&zone, CY_F_CERT_NOT_YET_VALID);
  assert_non_null(strstr(f->what, "in 2 hours"));
  assert_non_null(strstr(cy_finding_why(f), "time zone"));
  lint(&future, "server", "before u:260701020000Z", NULL, true);
  f = only(&future, CY_F_CERT_NOT_YET_VALID);
  assert_non_null(strstr(f->what, "in 30 days"));
  assert_null(strstr(cy_finding_why(f), "time zone"));
}

/* An RSA key that may only decipher still serves old suites: a warning; other keys serve none. */
static void severities(void **state)
{
  (void)state;
  CY_CLEAN(cy_findings) rsa = {0};
  CY_CLEAN(cy_findings) ec = {0};
  CY_CLEAN(cy_findings) root = {0};
  CY_CLEAN(cy_findings) root_sha1 = {0};
  lint(&rsa, "server", "+ku! 03020520", NULL, true);
  assert_int_equal(only(&rsa, CY_F_CERT_KU_SERVER)->severity, CY_WARNING);
  lint(&ec, "server", "ec 06082a8648ce3d030107;+ku! 03020308", NULL, true);
  assert_int_equal(only(&ec, CY_F_CERT_KU_SERVER)->severity, CY_ERROR_SEVERITY);
  lint(&root, "ca", "alg 300d06092a864886f70d0101040500", NULL, true);
  assert_int_equal(only(&root, CY_F_CERT_SIGNATURE_MD5)->severity, CY_NOTICE);
  lint(&root_sha1, "ca", "alg 300d06092a864886f70d0101050500", NULL, true);
  assert_int_equal(root_sha1.count, 0);
}

static void without_a_clock(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  CY_CLEAN(cy_findings) list = {0};
  cy_cert_view view;
  cy_lint_context ctx = {.now = CY_TIME_NONE, .warn_days = 30};
  make_cert(&der, "server", "after u:260102000000Z");
  assert_null(cy_cert_view_parse(&view, cy_buf_get(&der)));
  assert_null(cy_lint_cert(&list, &view, "x", &ctx));
  assert_int_equal(list.count, 0);
}

static void roles(void **state)
{
  (void)state;
  static const struct {
    const char *profile;
    const char *edits;
    const char *words;
  } wanted[] = {
    {"ca", "", "CA"},
    {"server", "", "TLS server"},
    {"server", "-eku", "any"},
    {"server", "+eku 301406082b0601050507030106082b06010505070302", "TLS server, TLS client"},
    {"server", "+eku 300406022a03", "none of the usual ones"},
  };
  for (size_t i = 0; i < CY_COUNT(wanted); i++) {
    CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
    cy_cert_view view;
    make_cert(&der, wanted[i].profile, wanted[i].edits);
    assert_null(cy_cert_view_parse(&view, cy_buf_get(&der)));
    cy_cert_roles_format(&words, &view);
    assert_string_equal(cy_buf_cstr(&words), wanted[i].words);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_rule), cmocka_unit_test(every_rule_has_rows),
    cmocka_unit_test(healthy_ones_are_silent), cmocka_unit_test(words_of_dates), cmocka_unit_test(severities),
    cmocka_unit_test(without_a_clock), cmocka_unit_test(roles)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
