/* Paths made for one thing each: which certificate is named, which rule, what is advised, and how much
 * work. */
#include "tests/lib/errors.h"

#include "base/mem.h"
#include "tests/unit/x509/sign_cert.h"
#include "x509/codes.h"
#include "x509/path.h"

enum { NAMES = 12 };

static cy_cert *root, *sub, *server, *client;

static int make_chain(void **state)
{
  (void)state;
  root = sign_cert("ca", "", "ec-p384", "ec-p384");
  sub = sign_cert("sub", "", "ec-p256", "ec-p384");
  server = sign_cert("server", "issuer C=GB,O=Example,CN=Example Issuing", "ec-p256", "ec-p256");
  client = sign_cert("client", "issuer C=GB,O=Example,CN=Example Issuing", "ec-p256", "ec-p256");
  return 0;
}

static int free_chain(void **state)
{
  (void)state;
  cy_cert_free(root);
  cy_cert_free(sub);
  cy_cert_free(server);
  cy_cert_free(client);
  return 0;
}

/* A request with the lists that it borrows. */
typedef struct {
  cy_verify_request r;
  cy_certs anchors;
  cy_certs untrusted;
  cy_crls crls;
  cy_verification *v;
} ask;

static void ask_begin(ask *a, cy_cert *target)
{
  *a = (ask){.r = {.target = target, .purpose = CY_PURPOSE_SERVER, .profile = CY_PROFILE_STRICT}};
  assert_true(cy_time_parse(&a->r.at, "2026-06-01T00:00:00Z"));
}

static void trust(ask *a, cy_cert *cert)
{
  fine(cy_certs_add(&a->anchors, cert));
}

static void bring(ask *a, cy_cert *cert)
{
  fine(cy_certs_add(&a->untrusted, cert));
}

static void take(cy_certs *list, cy_cert *cert)
{
  fine(cy_certs_add(list, cert));
  cy_cert_free(cert);
}

static const cy_path_issue *run(ask *a)
{
  a->r.anchors = &a->anchors;
  a->r.untrusted = &a->untrusted;
  a->r.crls = a->crls.count ? &a->crls : NULL;
  cy_verification_free(a->v);
  fine(cy_verify(&a->v, &a->r));
  const cy_path *best = cy_verification_best(a->v);
  return best ? cy_path_first(best) : NULL;
}

static void ask_end(ask *a)
{
  cy_verification_free(a->v);
  cy_certs_clear(&a->anchors);
  cy_certs_clear(&a->untrusted);
  cy_crls_clear(&a->crls);
}

static void holds(ask *a)
{
  const cy_path_issue *issue = run(a);
  if (!a->v->ok)
    fail_msg("%s: %s", issue ? cy_rule_id(issue->rule) : "?", issue ? issue->what : "no path");
}

/* The rule that broke, at which depth, with what in its text. */
static void breaks(ask *a, cy_rule rule, size_t depth, const char *text)
{
  const cy_path_issue *issue = run(a);
  assert_false(a->v->ok);
  assert_non_null(issue);
  assert_string_equal(cy_rule_id(issue->rule), cy_rule_id(rule));
  assert_int_equal(issue->depth, depth);
  if (!strstr(issue->what, text))
    fail_msg("'%s' does not say '%s'", issue->what, text);
  assert_true(strlen(cy_path_issue_fix(issue)) > 10);
}

static void good_chain(void **state)
{
  (void)state;
  cy_verification *all[CY_PROFILES];
  size_t signatures = 0;
  ask a;
  ask_begin(&a, server);
  trust(&a, root);
  bring(&a, sub);
  a.r.host = "mq1.example";
  holds(&a);
  assert_int_equal(a.v->count, 1);
  assert_int_equal(a.v->paths[0].certs.count, 3);
  assert_int_equal(a.v->signatures, 2);
  assert_true(a.v->paths[0].anchored);
  assert_null(cy_verification_error(a.v));
  fine(cy_verify_all_profiles(all, &a.r));
  for (int i = 0; i < CY_PROFILES; i++) {
    if (!all[i]->ok)
      fail_msg("%s: %s", cy_profile_id((cy_profile)i), cy_path_first(cy_verification_best(all[i]))->what);
    assert_int_equal(all[i]->profile, i);
    signatures += all[i]->signatures;
    cy_verification_free(all[i]);
  }
  assert_int_equal(signatures, 2);
  ask_end(&a);
}

/* Errors 20, 19, 18 and 2: which certificate is missing where. */
static void missing_links(void **state)
{
  (void)state;
  ask a;
  ask_begin(&a, server);
  trust(&a, root);
  breaks(&a, CY_RULE_NO_ISSUER, 0, "was issued by CN=Example Issuing,O=Example,C=GB");
  CY_AUTO(cy_err) *err = cy_verification_error(a.v);
  assert_int_equal(cy_err_code_get(err), CY_E_X509_PATH_BROKEN);
  assert_non_null(strstr(cy_err_fix(err), "Add the certificate of CN=Example Issuing"));
  ask_end(&a);
  ask_begin(&a, server);
  bring(&a, sub);
  bring(&a, root);
  breaks(&a, CY_RULE_SELF_SIGNED, 2, "CN=Example Root");
  ask_end(&a);
  ask_begin(&a, root);
  breaks(&a, CY_RULE_SELF_SIGNED_LEAF, 0, "self-signed");
  ask_end(&a);
}

/* Which verifier takes an intermediate, or the certificate itself, as the anchor. */
static void partial_anchors(void **state)
{
  (void)state;
  ask a;
  ask_begin(&a, server);
  trust(&a, sub);
  holds(&a);
  a.r.profile = CY_PROFILE_JAVA;
  holds(&a);
  a.r.profile = CY_PROFILE_OPENSSL;
  breaks(&a, CY_RULE_ANCHOR_PARTIAL, 1, "CN=Example Issuing");
  a.r.partial_chain = true;
  holds(&a);
  ask_end(&a);
  ask_begin(&a, server);
  trust(&a, server);
  holds(&a);
  a.r.profile = CY_PROFILE_BROWSER;
  breaks(&a, CY_RULE_LEAF_ANCHOR, 0, "made trusted itself");
  ask_end(&a);
}

static void dates(void **state)
{
  (void)state;
  ask a;
  ask_begin(&a, server);
  trust(&a, root);
  bring(&a, sub);
  assert_true(cy_time_parse(&a.r.at, "2035-01-11T00:00:00Z"));
  breaks(&a, CY_RULE_EXPIRED, 0, "expired at 2035-01-01T00:00:00Z, 10 days");
  assert_true(cy_time_parse(&a.r.at, "2024-12-31T22:00:00Z"));
  breaks(&a, CY_RULE_NOT_YET, 0, "2 h 0 min");
  assert_non_null(strstr(cy_path_issue_fix(cy_path_first(cy_verification_best(a.v))), "time zone"));
  a.r.at = CY_TIME_NONE;
  holds(&a);
  ask_end(&a);
}

/* The anchor alone is expired: Java goes on. */
static void expired_root(void **state)
{
  (void)state;
  ask a;
  ask_begin(&a, server);
  take(&a.anchors, sign_cert("ca", "after u:260101000000Z", "ec-p384", "ec-p384"));
  bring(&a, sub);
  breaks(&a, CY_RULE_ANCHOR_EXPIRED, 2, "CN=Example Root");
  a.r.profile = CY_PROFILE_JAVA;
  holds(&a);
  ask_end(&a);
}

/* keyCertSign without CA:TRUE: plain OpenSSL takes it, browsers and -x509_strict do not. */
static void signer_without_ca(void **state)
{
  (void)state;
  static const bool refuses[CY_PROFILES] = {
    [CY_PROFILE_STRICT] = true, [CY_PROFILE_OPENSSL_STRICT] = true, [CY_PROFILE_BROWSER] = true};
  ask a;
  CY_AUTO(cy_cert) *bad =
    sign_cert("server", "issuer C=GB,O=Example,CN=Example Issuing;+ku! 03020284", "ec-p256", "ec-p256");
  ask_begin(&a, bad);
  trust(&a, root);
  bring(&a, sub);
  for (int i = 0; i < CY_PROFILES; i++) {
    a.r.profile = (cy_profile)i;
    if (refuses[i])
      breaks(&a, CY_RULE_SIGNER_NOT_CA, 0, "keyCertSign");
    else
      holds(&a);
  }
  assert_int_equal(cy_rule_get(CY_RULE_SIGNER_NOT_CA)->openssl, 82);
  ask_end(&a);
}

static void wrong_purpose(void **state)
{
  (void)state;
  ask a;
  ask_begin(&a, client);
  trust(&a, root);
  bring(&a, sub);
  breaks(&a, CY_RULE_EKU, 0, "is not for a TLS server: its extended key usage is clientAuth");
  a.r.purpose = CY_PURPOSE_CLIENT;
  holds(&a);
  a.r.purpose = CY_PURPOSE_CA;
  breaks(&a, CY_RULE_NOT_CA, 0, "no basicConstraints");
  ask_end(&a);
}

/* keyAgreement only: the handshakes of today need a signature. */
static void key_agreement_only(void **state)
{
  (void)state;
  ask a;
  CY_AUTO(cy_cert) *bad =
    sign_cert("server", "issuer C=GB,O=Example,CN=Example Issuing;+ku! 03020308", "ec-p256", "ec-p256");
  ask_begin(&a, bad);
  trust(&a, root);
  bring(&a, sub);
  a.r.profile = CY_PROFILE_BROWSER;
  breaks(&a, CY_RULE_KEY_USAGE, 0, "keyAgreement");
  a.r.profile = CY_PROFILE_OPENSSL;
  holds(&a);
  ask_end(&a);
}

static void weak_key(void **state)
{
  (void)state;
  ask a;
  CY_AUTO(cy_cert) *bad =
    sign_cert("server", "issuer C=GB,O=Example,CN=Example Issuing;rsa 1024 010001", NULL, "ec-p256");
  ask_begin(&a, bad);
  trust(&a, root);
  bring(&a, sub);
  breaks(&a, CY_RULE_KEY_WEAK, 0, "RSA 1024");
  a.r.profile = CY_PROFILE_JAVA;
  holds(&a);
  a.r.min_rsa_bits = 2048;
  breaks(&a, CY_RULE_KEY_WEAK, 0, "RSA 1024");
  ask_end(&a);
}

static void wrong_host(void **state)
{
  (void)state;
  ask a;
  ask_begin(&a, server);
  trust(&a, root);
  bring(&a, sub);
  a.r.host = "mq2.example";
  breaks(&a, CY_RULE_HOST, 0, "its names: DNS mq1.example, common name mq1.example");
  assert_non_null(strstr(cy_path_issue_fix(cy_path_first(cy_verification_best(a.v))),
    "subjectAltName = DNS:mq2.example, DNS:mq1.example"));
  a.r.host = "192.0.2.7";
  breaks(&a, CY_RULE_IP, 0, "it has names only and no address");
  ask_end(&a);
}

/* An old CA with the same name and another key stands beside the right one. */
static void same_name_other_key(void **state)
{
  (void)state;
  ask a;
  cy_cert *old = sign_cert("ca", "", "ed25519", "ed25519");
  ask_begin(&a, server);
  trust(&a, old);
  bring(&a, sub);
  breaks(&a, CY_RULE_SIGNATURE, 1, "CN=Example Issuing");
  trust(&a, root);
  a.r.all_paths = true;
  holds(&a);
  assert_int_equal(a.v->count, 2);
  size_t broken = 1 - a.v->holds;
  assert_int_equal(cy_path_first(&a.v->paths[broken])->rule, CY_RULE_SIGNATURE);
  cy_cert_free(old);
  ask_end(&a);
}

/* Every CA has signed every other one: the paths are many more than there is time for. */
static void mesh(void **state)
{
  (void)state;
  ask a;
  char edits[256];
  ask_begin(&a, server);
  for (int from = 0; from < NAMES; from++) {
    for (int to = 0; to < NAMES; to++) {
      snprintf(edits, sizeof edits, "-skid;subject CN=CA %d;issuer CN=CA %d", to, from);
      if (from != to)
        take(&a.untrusted, sign_cert("ca", edits, "ec-p256", "ec-p256"));
    }
  }
  cy_cert *leaf = sign_cert("server", "-akid;issuer CN=CA 0", "ec-p256", "ec-p256");
  a.r.target = leaf;
  trust(&a, root);
  run(&a);
  assert_false(a.v->ok);
  assert_true(a.v->exhausted);
  assert_true(a.v->count <= 65);
  assert_true(a.v->work < 4100000);
  assert_true(a.v->signatures <= NAMES * NAMES); /* once for each key, not for each pair */
  cy_cert_free(leaf);
  ask_end(&a);
}

/* A trust store with many CAs of one name: at most the work that is allowed. */
static void many_of_one_name(void **state)
{
  (void)state;
  ask a;
  ask_begin(&a, server);
  for (int i = 0; i < 40; i++) {
    char edits[160]; /* a key of its own for each */
    snprintf(edits, sizeof edits, "-skid;spki 302a300506032b6570032100%064x", i + 1);
    take(&a.anchors, sign_cert("ca", edits, NULL, "ed25519"));
  }
  bring(&a, sub);
  a.r.max_work = 20000;
  run(&a);
  assert_false(a.v->ok);
  assert_true(a.v->exhausted);
  assert_true(a.v->work < 30000);
  ask_end(&a);
}

#define SUB_NAME  "C=GB,O=Example,CN=Example Issuing"
#define ROOT_NAME "C=GB,O=Example,CN=Example Root"

static void give_list(ask *a, cy_crl *crl)
{
  fine(cy_crls_add(&a->crls, crl));
  cy_crl_free(crl);
}

static void revoked(void **state)
{
  (void)state;
  ask a;
  CY_AUTO(cy_cert) *bad = sign_cert("server", "issuer " SUB_NAME ";serial 0abc", "ec-p256", "ec-p256");
  ask_begin(&a, bad);
  trust(&a, root);
  bring(&a, sub);
  a.r.require_revocation = true;
  breaks(&a, CY_RULE_CRL_MISSING, 1, "no list of its issuer");
  give_list(&a, sign_crl(ROOT_NAME, "20260101000000", "20270101000000", "", NULL, "ec-p384"));
  give_list(&a, sign_crl(SUB_NAME, "20260101000000", "20270101000000", "0abc:1 0abd", NULL, "ec-p256"));
  breaks(&a, CY_RULE_REVOKED, 0, "was revoked at 2026-01-01T00:00:00Z (key compromise)");
  a.r.target = server;
  holds(&a);
  ask_end(&a);
}

static void useless_lists(void **state)
{
  (void)state;
  ask a;
  ask_begin(&a, server);
  trust(&a, root);
  bring(&a, sub);
  give_list(&a, sign_crl(SUB_NAME, "20250101000000", "20260101000000", "", NULL, "ec-p256"));
  breaks(&a, CY_RULE_CRL_EXPIRED, 0, "should have been followed by another at 2026-01-01T00:00:00Z");
  a.r.profile = CY_PROFILE_BROWSER; /* goes on, and says so */
  holds(&a);
  assert_true(a.v->paths[0].issue_count > 0);
  a.r.profile = CY_PROFILE_STRICT;
  give_list(&a, sign_crl(SUB_NAME, "20260101000000", "20270101000000", "", NULL, "ed25519"));
  breaks(&a, CY_RULE_CRL_SIGNATURE, 0, "not here or not trusted");
  ask_end(&a);
  ask_begin(&a, server);
  trust(&a, root);
  bring(&a, sub);
  give_list(&a, sign_crl(ROOT_NAME, "20260101000000", "20270101000000", "", NULL, "ec-p384"));
  holds(&a); /* nothing about the target: a note only */
  assert_int_equal(a.v->paths[0].issue_count, 1);
  assert_false(a.v->paths[0].issues[0].fatal);
  ask_end(&a);
}

static void findings(void **state)
{
  (void)state;
  ask a;
  cy_findings list = {0};
  ask_begin(&a, server);
  run(&a);
  cy_verification_findings(&list, a.v, "server.pem");
  fine(cy_findings_check(&list));
  assert_int_equal(list.count, 1);
  assert_int_equal(list.items[0]->id, CY_F_PATH_NO_ISSUER);
  assert_string_equal(list.items[0]->subject, "server.pem");
  cy_findings_clear(&list);
  ask_end(&a);
}

/* Each allocation fails once: an error or an answer, and nothing is lost. */
static bool deny(size_t size, void *arg)
{
  int *left = arg;
  (void)size;
  return (*left)-- == 0;
}

static void without_memory(void **state)
{
  (void)state;
  ask a;
  int n = 0;
  bool done = false;
  ask_begin(&a, server);
  trust(&a, root);
  bring(&a, sub);
  give_list(&a, sign_crl(SUB_NAME, "20260101000000", "20270101000000", "0abc:1", NULL, "ec-p256"));
  a.r.anchors = &a.anchors;
  a.r.untrusted = &a.untrusted;
  a.r.crls = &a.crls;
  a.r.host = "other.example";
  for (; !done && n < 5000; n++) {
    cy_verification *v = NULL;
    int left = n;
    cy_mem_hook(deny, &left);
    cy_err *err = cy_verify(&v, &a.r);
    cy_mem_hook(NULL, NULL);
    done = left >= 0;
    assert_true(err ? !v : v && !v->ok); /* never trusted for want of memory */
    cy_err_free(err);
    cy_verification_free(v);
  }
  assert_true(done);
  assert_true(n > 50);
  ask_end(&a);
}

/* Each rule has its texts, and each profile some rules. */
static void rules(void **state)
{
  (void)state;
  for (int i = 0; i < CY_RULE_COUNT; i++) {
    const cy_rule_info *rule = cy_rule_get((cy_rule)i);
    assert_true(strncmp(cy_rule_id((cy_rule)i), "path.", 5) == 0);
    assert_true(rule->profiles != 0);
    assert_true(rule->openssl == 0 || *cy_openssl_words(rule->openssl));
    assert_true(strlen(cy_finding_info_get(rule->finding)->citation) > 3);
  }
  cy_profile profile;
  cy_purpose purpose;
  assert_true(cy_profile_parse(&profile, "openssl-strict") && profile == CY_PROFILE_OPENSSL_STRICT);
  assert_false(cy_profile_parse(&profile, "netscape"));
  assert_true(cy_purpose_parse(&purpose, "time") && purpose == CY_PURPOSE_TIME);
  assert_false(cy_purpose_parse(&purpose, ""));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(good_chain),
    cmocka_unit_test(missing_links),
    cmocka_unit_test(partial_anchors),
    cmocka_unit_test(dates),
    cmocka_unit_test(expired_root),
    cmocka_unit_test(signer_without_ca),
    cmocka_unit_test(wrong_purpose),
    cmocka_unit_test(key_agreement_only),
    cmocka_unit_test(weak_key),
    cmocka_unit_test(wrong_host),
    cmocka_unit_test(same_name_other_key),
    cmocka_unit_test(mesh),
    cmocka_unit_test(many_of_one_name),
    cmocka_unit_test(revoked),
    cmocka_unit_test(useless_lists),
    cmocka_unit_test(findings),
    cmocka_unit_test(without_memory),
    cmocka_unit_test(rules),
  };
  return cmocka_run_group_tests(tests, make_chain, free_chain);
}
