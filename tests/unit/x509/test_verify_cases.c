/* Other projects' path validation cases: each agrees with its expectation or is listed, with the reason, in
 * disagreements.tsv beside the cases. The form of cases.txt: scripts/make-verify-cases. */
#include "tests/lib/errors.h"

#include "base/base64.h"
#include "base/map.h"
#include "base/mem.h"
#include "x509/verify.h"

enum { MAX_POLICIES = 16, MAX_WORK = 5000000 };

typedef struct {
  char *cases;
  char *listed; /* disagreements.tsv */
  cy_map names;
  cy_cert *certs[1024];
  size_t cert_count;
  cy_crl *crls[512];
  size_t crl_count;
  size_t ran;
  size_t agreed;
  size_t unlisted;
  size_t unreadable;
  uint64_t most_work;
} set;

typedef struct {
  char id[128];
  bool expect;
  bool unreadable;
  cy_verify_request r;
  cy_certs anchors;
  cy_certs untrusted;
  cy_crls crls;
  const char *policies[MAX_POLICIES];
} one_case;

static char *load(const char *folder, const char *name)
{
  char path[4096], file[1024];
  snprintf(file, sizeof file, "tests/fixtures/%s/%s", folder, name);
  FILE *f = fopen(test_path(path, sizeof path, file), "rb");
  assert_non_null(f);
  fseek(f, 0, SEEK_END);
  long size = ftell(f);
  rewind(f);
  char *text = calloc(1, (size_t)size + 1);
  assert_int_equal(fread(text, 1, (size_t)size, f), size);
  fclose(f);
  return text;
}

static void add_object(set *s, bool crl, const char *name, const char *base64)
{
  CY_CLEAN(cy_buf) der = CY_BUF_STORE;
  fine(cy_base64_decode(&der, cy_span_str(base64)));
  size_t index = crl ? s->crl_count++ : s->cert_count++;
  cy_err *err = crl ? cy_crl_parse(&s->crls[index], cy_buf_get(&der))
                    : cy_cert_parse(&s->certs[index], cy_buf_get(&der));
  s->unreadable += err != NULL; /* a case that names it is refused by that */
  cy_err_free(err);
  char key[256];
  snprintf(key, sizeof key, "%s %s", crl ? "crl" : "cert", name);
  assert_true(cy_map_put(&s->names, cy_span_str(key), index));
}

static size_t named(set *s, const char *kind, const char *name)
{
  char key[256];
  snprintf(key, sizeof key, "%s %s", kind, name);
  size_t index = cy_map_get(&s->names, cy_span_str(key));
  if (index == CY_MAP_NONE)
    fail_msg("no %s", key);
  return index;
}

static cy_cert *cert_named(set *s, one_case *c, const char *name)
{
  cy_cert *cert = s->certs[named(s, "cert", name)];
  c->unreadable = c->unreadable || !cert;
  return cert;
}

static void add_cert(set *s, one_case *c, cy_certs *list, const char *name)
{
  cy_cert *cert = cert_named(s, c, name);
  if (cert)
    fine(cy_certs_add(list, cert));
}

/* A list that can not be read is as good as none. */
static void add_crl(set *s, one_case *c, const char *name)
{
  cy_crl *crl = s->crls[named(s, "crl", name)];
  if (crl)
    fine(cy_crls_add(&c->crls, crl));
}

static void set_flag(one_case *c, const char *word)
{
  const struct {
    const char *word;
    bool *flag;
  } flags[] = {
    {"explicit-policy", &c->r.explicit_policy},
    {"inhibit-mapping", &c->r.inhibit_mapping},
    {"inhibit-any", &c->r.inhibit_any},
    {"partial-chain", &c->r.partial_chain},
    {"require-revocation", &c->r.require_revocation},
    {"policy-check", &c->r.policy_check},
  };
  for (size_t i = 0; i < CY_COUNT(flags); i++) {
    if (strcmp(word, flags[i].word) == 0) {
      *flags[i].flag = true;
      return;
    }
  }
  if (strcmp(word, "x509-strict") != 0)
    fail_msg("unknown word %s", word);
  c->r.profile = CY_PROFILE_OPENSSL_STRICT;
}

static void set_value(set *s, one_case *c, const char *word, char *value)
{
  if (strcmp(word, "expect") == 0)
    c->expect = strcmp(value, "ok") == 0;
  else if (strcmp(word, "target") == 0)
    c->r.target = cert_named(s, c, value);
  else if (strcmp(word, "anchor") == 0)
    add_cert(s, c, &c->anchors, value);
  else if (strcmp(word, "untrusted") == 0)
    add_cert(s, c, &c->untrusted, value);
  else if (strcmp(word, "crl") == 0)
    add_crl(s, c, value);
  else if (strcmp(word, "at") == 0)
    assert_true(cy_time_parse(&c->r.at, value));
  else if (strcmp(word, "purpose") == 0)
    assert_true(cy_purpose_parse(&c->r.purpose, value));
  else if (strcmp(word, "profile") == 0)
    assert_true(cy_profile_parse(&c->r.profile, value));
  else if (strcmp(word, "host") == 0)
    c->r.host = value;
  else if (strcmp(word, "email") == 0)
    c->r.email = value;
  else if (strcmp(word, "min-strength") == 0)
    c->r.min_strength = (unsigned)strtoul(value, NULL, 10);
  else if (strcmp(word, "policy") == 0)
    c->policies[c->r.policy_count++] = value;
  else if (strcmp(word, "max-depth") == 0) {
    c->r.limit_depth = true;
    c->r.max_depth = (unsigned)strtoul(value, NULL, 10);
  } else
    fail_msg("unknown word %s", word);
}

static bool is_listed(const set *s, cy_profile profile, const char *id)
{
  char line[256];
  snprintf(line, sizeof line, "\n%s\t%s\t", cy_profile_id(profile), id);
  return strstr(s->listed, line) != NULL;
}

static void say(const one_case *c, const cy_verification *v, const char *why)
{
  const cy_path *path = cy_verification_best(v);
  print_message("# %s: %s (%s), %zu paths, %llu work\n", cy_profile_id(v->profile), c->id, why, v->count,
    (unsigned long long)v->work);
  for (size_t i = 0; path && i < path->issue_count; i++)
    print_message("#   %s%s: %s\n", path->issues[i].fatal ? "" : "(note) ",
      cy_rule_id(path->issues[i].rule), path->issues[i].what);
}

static void run_case(set *s, one_case *c)
{
  cy_verification *v = NULL;
  c->r.anchors = &c->anchors;
  c->r.untrusted = &c->untrusted;
  c->r.crls = c->crls.count ? &c->crls : NULL;
  c->r.policies = c->policies;
  s->ran++;
  if (c->unreadable) {
    s->agreed += !c->expect;
    s->unlisted += c->expect;
    return;
  }
  fine(cy_verify(&v, &c->r));
  bool agrees = v->ok == c->expect, listed = is_listed(s, v->profile, c->id);
  s->agreed += agrees;
  if (v->work > s->most_work)
    s->most_work = v->work;
  if (agrees == listed) {
    s->unlisted++;
    say(c, v, listed ? "listed, yet it agrees" : v->ok ? "holds, and should not" : "should hold");
  }
  assert_true(v->ok == (cy_verification_best(v) && cy_verification_best(v)->holds));
  if (v->work > MAX_WORK)
    fail_msg("%s took %llu units of work", c->id, (unsigned long long)v->work);
  cy_verification_free(v);
}

static void end_case(one_case *c)
{
  cy_certs_clear(&c->anchors);
  cy_certs_clear(&c->untrusted);
  cy_crls_clear(&c->crls);
}

/* `forced`: the profile of all cases; CY_PROFILES: each case's own. */
static void run_set(set *s, const char *folder, cy_profile profile)
{
  one_case c = {{0}};
  char *save = NULL, *line;
  *s = (set){.cases = load(folder, "cases.txt"), .listed = load(folder, "disagreements.tsv")};
  cy_map_init(&s->names, true);
  for (line = strtok_r(s->cases, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
    char *value = strchr(line, ' ');
    if (value)
      *value++ = 0;
    if (strcmp(line, "cert") == 0 || strcmp(line, "crl") == 0) {
      char *data = strchr(value, ' ');
      if (data)
        *data++ = 0;
      if (data)
        add_object(s, line[1] == 'r', value, data);
      else
        set_value(s, &c, line, value);
    } else if (strcmp(line, "case") == 0) {
      c = (one_case){.r = {.profile = profile}};
      snprintf(c.id, sizeof c.id, "%s", value);
    } else if (strcmp(line, "end") == 0) {
      run_case(s, &c);
      end_case(&c);
    } else if (value) {
      set_value(s, &c, line, value);
    } else {
      set_flag(&c, line);
    }
  }
  print_message("# %s as %s: %zu of %zu agree, at most %llu units of work\n", folder,
    cy_profile_id(profile), s->agreed, s->ran, (unsigned long long)s->most_work);
  for (size_t i = 0; i < s->cert_count; i++)
    cy_cert_free(s->certs[i]);
  for (size_t i = 0; i < s->crl_count; i++)
    cy_crl_free(s->crls[i]);
  cy_map_clear(&s->names);
  free(s->cases);
  free(s->listed);
}

static void check_set(const char *folder, cy_profile profile, size_t cases)
{
  static set s;
  run_set(&s, folder, profile);
  assert_int_equal(s.ran, cases);
  assert_int_equal(s.unlisted, 0);
}

static void limbo_strict(void **state)
{
  (void)state;
  check_set("limbo", CY_PROFILE_STRICT, 60);
}

static void limbo_browser(void **state)
{
  (void)state;
  check_set("limbo", CY_PROFILE_BROWSER, 60);
}

static void pkits_strict(void **state)
{
  (void)state;
  check_set("pkits", CY_PROFILE_STRICT, 247);
}

static void pkits_openssl(void **state)
{
  (void)state;
  check_set("pkits", CY_PROFILE_OPENSSL, 247);
}

static void openssl_verify(void **state)
{
  (void)state;
  check_set("openssl-verify", CY_PROFILE_OPENSSL, 137);
}

/* The set that the command line names: for tests that make one with another program. */
static const char *given_folder;
static cy_profile given_profile;

static void given(void **state)
{
  (void)state;
  static set s;
  run_set(&s, given_folder, given_profile);
  assert_true(s.ran > 0);
  assert_int_equal(s.unlisted, 0);
}

/* Usage: test_verify_cases [FOLDER PROFILE]      FOLDER below $CAUSEY_SRC/tests/fixtures */
int main(int argc, char **argv)
{
  const struct CMUnitTest one[] = {cmocka_unit_test(given)};
  if (argc == 3 && cy_profile_parse(&given_profile, argv[2])) {
    given_folder = argv[1];
    return cmocka_run_group_tests(one, NULL, NULL);
  }
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(limbo_strict),
    cmocka_unit_test(limbo_browser),
    cmocka_unit_test(pkits_strict),
    cmocka_unit_test(pkits_openssl),
    cmocka_unit_test(openssl_verify),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
