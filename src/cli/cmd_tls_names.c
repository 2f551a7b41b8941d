/* tls suites, schemes, groups: one thing in every notation. */
#include "base/text.h"
#include "cli/command.h"
#include "tls/codes.h"
#include "tls/group.h"
#include "tls/mq.h"
#include "tls/scheme.h"
#include "tls/side_show.h"
#include "tls/suite.h"

/* What the three tables have in common. */
typedef struct {
  const char *schema, *key, *title, *word; /* "causey.tls_suites/1", "suites", "Cipher suites", "suite" */
  size_t count;
  const char *const *(*names)(size_t i);
  const cy_column *columns;
  size_t column_count;
  void (*row)(cy_out *out, size_t i);
  void (*detail)(cy_out *out, size_t i); /* what `row` has not, for one in full */
  size_t (*find)(const char *name);      /* SIZE_MAX: there is none */
} name_table;

static void put_range(cy_out *out, unsigned min, unsigned max)
{
  const char *low = cy_tls_version_name(min), *high = cy_tls_version_name(max);
  if (min == max)
    cy_out_str(out, "versions", "Versions", low);
  else
    cy_out_strf(
      out, "versions", "Versions", "%s to %s", low, cy_text_starts(high, "TLS ") ? high + 4 : high);
}

static void put_code(cy_out *out, uint16_t code)
{
  cy_out_strf(out, "code", "Code", "%04X", code);
}

/* Suites. */

static const char *const *suite_names(size_t i)
{
  return cy_suites[i].names;
}

static size_t suite_find(const char *name)
{
  const cy_suite *suite = cy_suite_find(name);
  return suite ? (size_t)(suite - cy_suites) : SIZE_MAX;
}

static void put_grade(cy_out *out, cy_suite_grade grade)
{
  static const cy_style styles[] = {CY_STYLE_GOOD, CY_STYLE_PLAIN, CY_STYLE_WARN, CY_STYLE_BAD};
  cy_out_style(out, styles[grade]);
  cy_out_str(out, "grade", "Still good", cy_suite_grade_name(grade));
}

static void suite_row(cy_out *out, size_t i)
{
  const cy_suite *s = &cy_suites[i];
  const char *why;
  put_code(out, s->code);
  cy_out_str(out, "name", NULL, s->names[CY_NOTATION_IANA]);
  put_range(out, s->min, s->max);
  cy_out_str(out, "needs", NULL, cy_suite_needs_id(s->needs));
  put_grade(out, cy_suite_judge(s, &why));
}

/* Several of a queue manager's names promise SHA-256 where the suite's MAC is SHA-1. */
static const char *mq_note(const cy_suite *s)
{
  const char *names = s->names[CY_NOTATION_MQ];
  if (!names)
    return NULL;
  if (strcmp(s->mac, "SHA1") == 0 && strstr(names, "_SHA256"))
    return "the SHA256 in the queue manager's name is the hash of the key derivation; on the wire the MAC "
           "is SHA-1";
  return s->flags & CY_SUITE_MQ_OFF ? "queue managers of today have it switched off" : NULL;
}

static void suite_detail(cy_out *out, size_t i)
{
  const cy_suite *s = &cy_suites[i];
  const char *why;
  (void)cy_suite_judge(s, &why);
  cy_out_str(out, "why", "Because", why);
  cy_out_str(out, "server_needs", "Server needs", cy_suite_needs_text(s));
  cy_out_str(out, "key_exchange", "Key exchange", cy_kx_name(s->kx));
  cy_out_bool(out, "forward_secrecy", "Forward secrecy", cy_suite_has_forward_secrecy(s));
  cy_out_strf(out, "cipher", "Cipher", s->bits ? "%s %u" : "%s", s->cipher, s->bits);
  cy_out_str(out, "mac", "Integrity", s->mac);
  cy_out_str(out, "prf", "Hash of the key derivation", s->prf);
  if (mq_note(s))
    cy_out_str(out, "note", "Note", mq_note(s));
}

static const cy_column suite_columns[] = {
  {"code", "Code"}, {"name", "Name (IANA)", false, 60}, {"versions", "Versions"}, {"grade", "Still good"}};

static const name_table suite_table = {"causey.tls_suites/1", "suites", "Cipher suites", "suite", 0,
  suite_names, suite_columns, CY_COUNT(suite_columns), suite_row, suite_detail, suite_find};

/* Schemes. */

static const char *const *scheme_names(size_t i)
{
  return cy_schemes[i].names;
}

static size_t scheme_find(const char *name)
{
  const cy_scheme *scheme = cy_scheme_find(name);
  return scheme ? (size_t)(scheme - cy_schemes) : SIZE_MAX;
}

static const char *key_name(cy_key_type type)
{
  switch (type) {
  case CY_KEY_RSA:
    return "RSA";
  case CY_KEY_RSA_PSS:
    return "RSA-PSS";
  case CY_KEY_EC:
    return "EC";
  case CY_KEY_DSA:
    return "DSA";
  case CY_KEY_ED25519:
    return "Ed25519";
  default:
    return "Ed448";
  }
}

static void put_good(cy_out *out, bool good)
{
  cy_out_style(out, good ? CY_STYLE_GOOD : CY_STYLE_WARN);
  cy_out_bool(out, "good", "Still good", good);
}

static void scheme_row(cy_out *out, size_t i)
{
  const cy_scheme *s = &cy_schemes[i];
  const char *why;
  put_code(out, s->code);
  cy_out_str(out, "name", NULL, s->names[CY_NOTATION_IANA]);
  put_range(out, s->min, s->max);
  cy_out_str(out, "key", "Key", key_name(s->key));
  put_good(out, cy_scheme_is_good(s, &why));
}

static void scheme_detail(cy_out *out, size_t i)
{
  const cy_scheme *s = &cy_schemes[i];
  const char *why;
  (void)cy_scheme_is_good(s, &why);
  if (*why)
    cy_out_str(out, "why", "Note", why);
  cy_out_str(out, "hash", "Hash", s->hash);
  cy_out_str(out, "curve", "Curve in TLS 1.3", s->curve);
  cy_out_bool(out, "certificates_only", "TLS 1.3: certificates only", s->certs_only);
}

static const cy_column scheme_columns[] = {{"code", "Code"}, {"name", "Name (IANA)"},
  {"versions", "Versions"}, {"key", "Key"}, {"good", "Still good"}};

static const name_table scheme_table = {"causey.tls_schemes/1", "schemes", "Signature schemes", "scheme", 0,
  scheme_names, scheme_columns, CY_COUNT(scheme_columns), scheme_row, scheme_detail, scheme_find};

/* Groups. */

static const char *const *group_names(size_t i)
{
  return cy_tls_groups[i].names;
}

static size_t group_find(const char *name)
{
  const cy_tls_group *group = cy_tls_group_find(name);
  return group ? (size_t)(group - cy_tls_groups) : SIZE_MAX;
}

static void group_row(cy_out *out, size_t i)
{
  const cy_tls_group *g = &cy_tls_groups[i];
  const char *why;
  put_code(out, g->code);
  cy_out_str(out, "name", NULL, g->names[CY_NOTATION_IANA]);
  put_range(out, g->min, g->max);
  cy_out_str(out, "kind", "Kind", cy_tls_group_kind_name(g->kind));
  cy_out_int(out, "strength", "Strength in bits", g->strength);
  put_good(out, cy_tls_group_is_good(g, &why));
}

static void group_detail(cy_out *out, size_t i)
{
  const char *why;
  (void)cy_tls_group_is_good(&cy_tls_groups[i], &why);
  if (*why)
    cy_out_str(out, "why", "Note", why);
}

static const cy_column group_columns[] = {{"code", "Code"}, {"name", "Name (IANA)"},
  {"versions", "Versions"}, {"kind", "Kind"}, {"strength", "Bits", true}, {"good", "Still good"}};

static const name_table group_table = {"causey.tls_groups/1", "groups", "Groups", "group", 0, group_names,
  group_columns, CY_COUNT(group_columns), group_row, group_detail, group_find};

/* All three. */

/* `title` NULL: for programs only. */
static void put_names(cy_out *out, const char *title, const char *const *names)
{
  cy_out_open(out, "names", title);
  for (int n = 0; n < CY_NOTATION_COUNT; n++)
    cy_out_str(out, cy_notation_id((cy_notation)n), cy_notation_title((cy_notation)n), names[n]);
  cy_out_close(out);
}

static void put_one(cy_out *out, const name_table *table, size_t i)
{
  cy_out_list(out, table->key, "");
  cy_out_open(out, NULL, table->names(i)[CY_NOTATION_IANA]);
  table->row(out, i);
  table->detail(out, i);
  put_names(out, "Names", table->names(i));
  cy_out_close(out);
  cy_out_list_end(out);
}

/* Is the pattern a part of a name in any notation? */
static bool fits(const name_table *table, size_t i, const char *pattern)
{
  size_t len = strlen(pattern);
  for (int n = 0; n < CY_NOTATION_COUNT; n++) {
    const char *name = table->names(i)[n];
    for (size_t at = 0; name && at + len <= strlen(name); at++)
      if (cy_ascii_equal_nocase(cy_span_of(name + at, len), cy_span_of(pattern, len)))
        return true;
  }
  return false;
}

/* ANY_TLS12, *TLS12: queue managers' words for whatever is switched on of some versions. */
static cy_err *alias(const char *pattern)
{
  CY_CLEAN(cy_buf) versions = CY_BUF_TEXT;
  cy_mq_cipher cipher;
  bool ibm, java = false;
  if (!cy_mq_cipher_find(&cipher, pattern)) {
    java = true;
    if (!cy_mq_cipher_find_java(&cipher, pattern, &ibm))
      return NULL;
  }
  if (cipher.suite)
    return NULL;
  cy_tls_versions_format(&versions, cipher.versions);
  return cy_err_hint(
    cy_err_new(CY_E_TLS_NAME_UNKNOWN,
      "%s is no suite, but an alias of IBM MQ%s: any CipherSpec of %s%s that is switched on", pattern,
      java ? "'s classes for Java" : "", cy_buf_cstr(&versions), cipher.open_ended ? " or higher" : ""),
    "`causey tls suites` lists all suites with their versions; qm.ini's AllowedCipherSpecs says which are "
    "switched on.");
}

static cy_err *unknown(const name_table *table, const char *pattern)
{
  cy_err *other = strcmp(table->key, "suites") == 0 ? alias(pattern) : NULL;
  if (other)
    return other;
  cy_nearest near = CY_NEAREST(pattern);
  for (size_t i = 0; i < table->count; i++)
    for (int n = 0; n < CY_NOTATION_COUNT; n++)
      if (table->names(i)[n])
        cy_nearest_try(&near, table->names(i)[n]);
  cy_err *err = cy_err_new(
    CY_E_TLS_NAME_UNKNOWN, "no product calls a %s %s, not even a part of its name", table->word, pattern);
  return near.best ? cy_err_hint(err, "Did you mean %s? `causey tls %s` lists all.", near.best, table->key)
                   : cy_err_hint(err, "`causey tls %s` lists all.", table->key);
}

static cy_err *put_fitting(cy_out *out, const name_table *table, const char *pattern)
{
  size_t shown = 0;
  for (size_t i = 0; i < table->count && !shown; i++)
    shown += fits(table, i, pattern);
  if (!shown)
    return unknown(table, pattern);
  cy_out_table(out, table->key, table->title, table->columns, table->column_count);
  for (size_t i = 0; i < table->count; i++) {
    if (!fits(table, i, pattern))
      continue;
    cy_out_row(out);
    table->row(out, i);
    put_names(out, NULL, table->names(i));
    cy_out_row_end(out);
  }
  cy_out_table_end(out);
  return NULL;
}

static cy_err *show_names(cy_run *run, const name_table *base, size_t count)
{
  name_table table = *base;
  table.count = count;
  const char *pattern = run->args->operand_count ? run->args->operands[0] : "";
  size_t one = *pattern ? table.find(pattern) : SIZE_MAX;
  cy_out_document(run->out, table.schema, 0);
  if (one == SIZE_MAX)
    return put_fitting(run->out, &table, pattern);
  put_one(run->out, &table, one);
  return NULL;
}

static cy_err *run_suites(cy_run *run)
{
  return show_names(run, &suite_table, cy_suite_count);
}

static cy_err *run_schemes(cy_run *run)
{
  return show_names(run, &scheme_table, cy_scheme_count);
}

static cy_err *run_groups(cy_run *run)
{
  return show_names(run, &group_table, cy_tls_group_count);
}

const cy_command cy_cmd_tls_suites = {
  .name = "tls suites",
  .operands = "[PATTERN]",
  .summary = "a cipher suite in every product's notation, and whether it is still good",
  .description = "Without a pattern: all cipher suites. With a name in any notation (IANA, OpenSSL, "
                 "GnuTLS, NSS, Java, a queue "
                 "manager's CipherSpec) or a number (C02F): that one in full, with what it needs of the "
                 "server's certificate. With a "
                 "part of a name: those that have it in any of their names.",
  .max_operands = 1,
  .examples = {{"causey tls suites ECDHE_RSA_AES_256_GCM_SHA384",
                 "a CipherSpec, and what OpenSSL and Java call it"},
    {"causey tls suites C008", "the number that a trace shows"},
    {"causey tls suites chacha", "all whose name has that part"}},
  .run = run_suites,
};

const cy_command cy_cmd_tls_schemes = {
  .name = "tls schemes",
  .operands = "[PATTERN]",
  .summary = "a signature scheme in every product's notation, and the key that it needs",
  .description =
    "Without a pattern: all signature schemes. With a name in any notation or a number (0804): that one "
    "in full. With a part of a name: those that have it.",
  .max_operands = 1,
  .examples = {{"causey tls schemes 0804", "what stands behind a number in GSK_TLS_SIG_ALG_PAIRS"},
    {"causey tls schemes RSA+SHA256", "OpenSSL's notation"}},
  .run = run_schemes,
};

const cy_command cy_cmd_tls_groups = {
  .name = "tls groups",
  .operands = "[PATTERN]",
  .summary = "a key exchange group in every product's notation",
  .description =
    "Without a pattern: all groups. With a name in any notation or a number (001D): that one in full. With "
    "a part of a name: those that have it. GSKit and System SSL number curves in decimal: their column "
    "shows that number.",
  .max_operands = 1,
  .examples = {{"causey tls groups P-256", "what the others call it"}},
  .run = run_groups,
};
