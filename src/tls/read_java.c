/* java: what a Java VM would do: java.security, and -D options wherever they stand. */
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/java_rules.h"
#include "tls/java_settings.h"
#include "tls/read_password.h"

typedef struct {
  cy_tls_reading *reading;
  cy_java_settings settings;
  cy_java_rules tls, certpath;
  const char *path;
  cy_tls_side *side;
  cy_findings findings; /* before there is a side */
} java;

static bool contains(cy_span text, const char *word)
{
  return memmem(text.data, text.len, word, strlen(word)) != NULL;
}

static bool names_argfile(cy_span text)
{
  return contains(text, "java @") || contains(text, "java\" @") ||
         (contains(text, "JDK_JAVA_OPTIONS") && contains(text, "@"));
}

static unsigned detect(const char *path, cy_span head)
{
  static const char *const words[] = {"jdk.tls.disabledAlgorithms", "-Djavax.net.ssl.", "-Djdk.tls.",
    "-Dhttps.protocols", "-Dhttps.cipherSuites", "javax.net.ssl.keyStore", "javax.net.ssl.trustStore",
    "-Djava.security.properties"};
  if (strcmp(cy_path_name(path), "java.security") == 0)
    return 90;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (head.len && contains(head, words[i]))
      return 70;
  return head.len && names_argfile(head) ? 45 : 0;
}

/* Names of settings, right ones; for wrong ones the nearest. */
static const struct {
  const char *key;
  cy_tls_field field;
} known[] = {
  {"javax.net.ssl.keyStore", CY_TLS_FIELD_IDENTITY},
  {"javax.net.ssl.keyStoreType", CY_TLS_FIELD_OTHER},
  {"javax.net.ssl.keyStorePassword", CY_TLS_FIELD_OTHER},
  {"javax.net.ssl.keyStoreProvider", CY_TLS_FIELD_OTHER},
  {"javax.net.ssl.trustStore", CY_TLS_FIELD_TRUST},
  {"javax.net.ssl.trustStoreType", CY_TLS_FIELD_OTHER},
  {"javax.net.ssl.trustStorePassword", CY_TLS_FIELD_OTHER},
  {"javax.net.ssl.trustStoreProvider", CY_TLS_FIELD_OTHER},
  {"javax.net.ssl.sessionCacheSize", CY_TLS_FIELD_OTHER},
  {"jdk.tls.client.protocols", CY_TLS_FIELD_VERSIONS},
  {"jdk.tls.server.protocols", CY_TLS_FIELD_VERSIONS},
  {"https.protocols", CY_TLS_FIELD_OTHER},
  {"https.cipherSuites", CY_TLS_FIELD_OTHER},
  {"jdk.tls.client.cipherSuites", CY_TLS_FIELD_SUITES},
  {"jdk.tls.server.cipherSuites", CY_TLS_FIELD_SUITES},
  {"jdk.tls.namedGroups", CY_TLS_FIELD_GROUPS},
  {"jdk.tls.client.SignatureSchemes", CY_TLS_FIELD_SCHEMES},
  {"jdk.tls.server.SignatureSchemes", CY_TLS_FIELD_SCHEMES},
  {"jdk.tls.ephemeralDHKeySize", CY_TLS_FIELD_DH},
  {"jdk.tls.disabledAlgorithms", CY_TLS_FIELD_SUITES},
  {"jdk.certpath.disabledAlgorithms", CY_TLS_FIELD_CERT_SCHEMES},
  {"jdk.tls.legacyAlgorithms", CY_TLS_FIELD_OTHER},
  {"jdk.tls.keyLimits", CY_TLS_FIELD_OTHER},
  {"jdk.tls.alpnCharset", CY_TLS_FIELD_OTHER},
  {"jdk.tls.acknowledgeCloseNotify", CY_TLS_FIELD_OTHER},
  {"jdk.tls.allowLegacyMasterSecret", CY_TLS_FIELD_OTHER},
  {"jdk.tls.allowLegacyResumption", CY_TLS_FIELD_OTHER},
  {"jdk.tls.allowUnsafeServerCertChange", CY_TLS_FIELD_OTHER},
  {"jdk.tls.client.enableSessionTicketExtension", CY_TLS_FIELD_OTHER},
  {"jdk.tls.server.enableSessionTicketExtension", CY_TLS_FIELD_OTHER},
  {"jdk.tls.client.enableStatusRequestExtension", CY_TLS_FIELD_OTHER},
  {"jdk.tls.server.enableStatusRequestExtension", CY_TLS_FIELD_OTHER},
  {"jdk.tls.client.enableCAExtension", CY_TLS_FIELD_OTHER},
  {"jdk.tls.client.disableExtensions", CY_TLS_FIELD_OTHER},
  {"jdk.tls.server.disableExtensions", CY_TLS_FIELD_OTHER},
  {"jdk.tls.maxCertificateChainLength", CY_TLS_FIELD_OTHER},
  {"jdk.tls.client.maxInboundCertificateChainLength", CY_TLS_FIELD_OTHER},
  {"jdk.tls.server.maxInboundCertificateChainLength", CY_TLS_FIELD_OTHER},
  {"jdk.tls.maxHandshakeMessageSize", CY_TLS_FIELD_OTHER},
  {"jdk.tls.rejectClientInitiatedRenegotiation", CY_TLS_FIELD_OTHER},
  {"jdk.tls.useExtendedMasterSecret", CY_TLS_FIELD_OTHER},
  {"jdk.tls.trustNameService", CY_TLS_FIELD_OTHER},
};

static bool is_ours(const char *key)
{
  return cy_text_starts(key, "javax.net.ssl.") || cy_text_starts(key, "jdk.tls.") ||
         cy_text_starts(key, "https.") || strcmp(key, "jdk.certpath.disabledAlgorithms") == 0;
}

/* For the other end, jdk.tls.client. of a server. */
static bool is_for(const char *key, cy_tls_role role)
{
  bool client = cy_text_starts(key, "jdk.tls.client.") || cy_text_starts(key, "https.");
  bool server = cy_text_starts(key, "jdk.tls.server.") || strcmp(key, "jdk.tls.ephemeralDHKeySize") == 0;
  return role == CY_TLS_CLIENT ? !server : !client;
}

static bool is_off_key(const char *key)
{
  return strcmp(key, "jdk.internal.httpclient.disableHostnameVerification") == 0 ||
         strcmp(key, "com.sun.jndi.ldap.object.disableEndpointIdentification") == 0;
}

static bool is_true(const char *value)
{
  return !value[0] || cy_ascii_equal_nocase(cy_span_str(value), CY_SPAN("true"));
}

static void unknown_key(java *j, const cy_java_setting *s)
{
  cy_nearest near = CY_NEAREST(s->key);
  for (size_t i = 0; i < CY_COUNT(known); i++) {
    if (strcmp(known[i].key, s->key) == 0)
      return;
    cy_nearest_try(&near, known[i].key);
  }
  if (!near.best) /* Java has more of them than are known here */
    return;
  cy_finding *f = cy_tls_read_finding(
    j->side, CY_F_TLS_SETTING_UNKNOWN, s->file, s->line, "%s is no property that Java knows", s->key);
  cy_finding_set_fix(&j->side->findings, f, "Did you mean %s? Their letters' case counts.", near.best);
}

/* Each setting of TLS, in force or beaten; never a password. */
static cy_err *note_all(java *j)
{
  for (size_t i = 0; i < j->settings.count; i++) {
    const cy_java_setting *s = &j->settings.items[i];
    cy_tls_field field = CY_TLS_FIELD_OTHER;
    if ((!is_ours(s->key) && !is_off_key(s->key)) || !is_for(s->key, j->side->role))
      continue;
    for (size_t k = 0; k < CY_COUNT(known); k++)
      if (strcmp(known[k].key, s->key) == 0)
        field = known[k].field;
    const char *value = cy_text_ends(s->key, "Password") ? "(not shown)" : s->value;
    CY_TRY(cy_tls_side_note(j->side, field, s->key, value, s->file, s->line));
    if (cy_java_settings_find(&j->settings, s->key) != s) {
      cy_tls_setting *last = &j->side->settings[j->side->setting_count - 1];
      last->in_force = false;
      CY_TRY(cy_tls_side_set(&last->note, "a later one holds"));
    }
    if (is_ours(s->key))
      unknown_key(j, s);
    else if (is_true(s->value) && j->side->role == CY_TLS_CLIENT)
      cy_tls_read_finding(j->side, CY_F_TLS_HOST_UNCHECKED, s->file, s->line,
        "%s switches the check of the server's name off", s->key);
  }
  return NULL;
}

static const cy_java_setting *get(const java *j, const char *key)
{
  const cy_java_setting *s = cy_java_settings_find(&j->settings, key);
  return s && s->value[0] ? s : NULL;
}

/* For one role: jdk.tls.client.protocols. */
static const cy_java_setting *get_for(const java *j, const char *what)
{
  char key[64];
  snprintf(key, sizeof key, "jdk.tls.%s.%s", cy_tls_role_name(j->side->role), what);
  return get(j, key);
}

/* Versions. */

static cy_err *read_versions(java *j)
{
  static const char *const names[] = {"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"};
  const cy_java_setting *s = get_for(j, "protocols");
  const cy_tls_dialect *d = j->side->dialect;
  /* What JSSE offers by itself: all but SSL 3, less what is disabled. */
  unsigned versions = d ? d->known_versions & ~CY_TLS_BIT(CY_SSL3) : CY_TLS_ALL_VERSIONS & ~1u;
  CY_CLEAN(cy_buf) word = CY_BUF_TEXT;
  if (s)
    versions = 0;
  for (const char *at = s ? s->value : ""; *at; at += *at == ',') {
    size_t len = strcspn(at, ",");
    unsigned bit = 0;
    cy_buf_reset(&word);
    for (size_t i = 0; i < len; i++)
      if (at[i] != ' ' && at[i] != '"')
        cy_buf_u8(&word, (uint8_t)at[i]);
    at += len;
    CY_TRY(cy_buf_check(&word));
    for (size_t i = 0; i < CY_COUNT(names); i++)
      if (strcmp(names[i], cy_buf_cstr(&word)) == 0)
        bit = 1u << i;
    versions |= bit;
    if (bit || !word.len || strcmp(cy_buf_cstr(&word), "SSLv2Hello") == 0)
      continue;
    cy_nearest near = CY_NEAREST(cy_buf_cstr(&word));
    for (size_t i = 0; i < CY_COUNT(names); i++)
      cy_nearest_try(&near, names[i]);
    cy_finding *f = cy_tls_read_finding(j->side, CY_F_TLS_SETTING_WRONG, s->file, s->line,
      "%s is no name of a version in Java: no TLS context can be made", cy_buf_cstr(&word));
    if (near.best)
      cy_finding_set_fix(&j->side->findings, f, "Write %s.", near.best);
  }
  for (unsigned v = CY_SSL3; v <= CY_TLS13; v++)
    if (cy_java_strikes_version(&j->tls, v))
      versions &= ~CY_TLS_BIT(v);
  j->side->versions = versions; /* none: read_suites leaves no suite either */
  if (!versions)
    cy_tls_read_finding(j->side, CY_F_TLS_SETTING_WRONG, s ? s->file : j->path, s ? s->line : 0,
      "no version is left: \"No appropriate protocol (protocol is disabled or cipher suites are "
      "inappropriate)\"");
  return NULL;
}

/* Suites. */

static bool is_default(const cy_suite *suite)
{
  return suite->needs != CY_SUITE_NEEDS_ANON && suite->bits >= 112 && strcmp(suite->cipher, "RC4") != 0;
}

static cy_err *add_suite(java *j, const cy_suite *suite)
{
  if (!suite || cy_java_strikes_suite(&j->tls, &j->certpath, suite))
    return NULL;
  return cy_codes_add(suite->min == CY_TLS13 ? &j->side->suites13 : &j->side->suites, suite->code);
}

static bool dialect_knows(const cy_tls_dialect *d, uint16_t code)
{
  for (size_t i = 0; d && i < d->known_suites.count; i++)
    if (d->known_suites.codes[i] == code)
      return true;
  return !d || !d->known_suites.count;
}

/* Java wants its own names, letter by letter; others are passed over without a word. */
static cy_err *customised_suite(java *j, const cy_java_setting *s, const char *name, cy_codes *list)
{
  const cy_suite *suite = cy_suite_find(name);
  const char *right = suite ? suite->names[CY_NOTATION_JAVA] : NULL;
  bool same = right && (strcmp(right, name) == 0 || strcmp(suite->names[CY_NOTATION_IANA], name) == 0);
  if (same && dialect_knows(j->side->dialect, suite->code))
    return cy_codes_add(list, suite->code);
  if (!suite)
    return cy_tls_read_suites(list, j->side, cy_span_str(name), ",", s->file, s->line);
  cy_finding *f = cy_tls_read_finding(j->side, CY_F_TLS_SUITE_UNKNOWN, s->file, s->line,
    "%s is no suite that this Java has by that name; it is left out without a word", name);
  if (right && !same)
    cy_finding_set_fix(&j->side->findings, f, "Write %s, as Java calls it.", right);
  return NULL;
}

static cy_err *customised_suites(java *j, const cy_java_setting *s, cy_codes *list)
{
  for (const char *at = s->value; *at; at += *at == ',') {
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    size_t len = strcspn(at, ",");
    for (size_t i = 0; i < len; i++)
      if (at[i] != ' ' && at[i] != '"')
        cy_buf_u8(&name, (uint8_t)at[i]);
    at += len;
    CY_TRY(cy_buf_check(&name));
    if (name.len)
      CY_TRY(customised_suite(j, s, cy_buf_cstr(&name), list));
  }
  return NULL;
}

static cy_err *each_suite(java *j, const cy_codes *custom)
{
  const cy_tls_dialect *d = j->side->dialect;
  for (size_t i = 0; i < custom->count; i++)
    CY_TRY(add_suite(j, cy_suite_get(custom->codes[i])));
  for (size_t i = 0; !custom->count && d && i < d->known_suites.count; i++) {
    const cy_suite *suite = cy_suite_get(d->known_suites.codes[i]);
    if (suite && is_default(suite))
      CY_TRY(add_suite(j, suite));
  }
  return NULL;
}

static cy_err *read_suites(java *j)
{
  const cy_java_setting *s = get_for(j, "cipherSuites");
  cy_codes custom = {0};
  cy_err *err = s ? customised_suites(j, s, &custom) : NULL;
  if (!err && j->side->versions)
    err = each_suite(j, &custom);
  cy_codes_clear(&custom);
  CY_TRY(err);
  j->side->suites.set = j->side->suites13.set = j->side->dialect != NULL;
  if (j->side->versions && j->side->dialect && !j->side->suites.count && !j->side->suites13.count)
    cy_tls_read_finding(
      j->side, CY_F_TLS_SETTING_WRONG, s ? s->file : j->path, s ? s->line : 0, "no cipher suite is left");
  return NULL;
}

/* Groups and schemes. */

static cy_err *keep_groups(java *j, cy_codes *list)
{
  for (size_t i = 0; i < list->count;) {
    const cy_tls_group *group = cy_tls_group_get(list->codes[i]);
    if (!group || cy_java_strikes_group(&j->tls, &j->certpath, group))
      cy_codes_remove(list, list->codes[i]);
    else
      i++;
  }
  return NULL;
}

static cy_err *read_groups(java *j)
{
  const cy_java_setting *s = get(j, "jdk.tls.namedGroups");
  const cy_tls_dialect *d = j->side->dialect;
  if (s)
    CY_TRY(cy_tls_read_groups(&j->side->groups, j->side, cy_span_str(s->value), ",\"", s->file, s->line));
  else
    for (size_t i = 0; d && i < d->known_groups.count; i++)
      CY_TRY(cy_codes_add(&j->side->groups, d->known_groups.codes[i]));
  if (s && !j->side->groups.count)
    cy_tls_read_finding(j->side, CY_F_TLS_SETTING_WRONG, s->file, s->line,
      "jdk.tls.namedGroups has no group that Java knows: no TLS connection can be made");
  return keep_groups(j, &j->side->groups);
}

static cy_err *keep_schemes(java *j, cy_codes *to, const cy_codes *from, bool certificate)
{
  for (size_t i = 0; i < from->count; i++) {
    const cy_scheme *scheme = cy_scheme_get(from->codes[i]);
    if (scheme && !cy_java_strikes_scheme(&j->tls, &j->certpath, scheme, certificate))
      CY_TRY(cy_codes_add(to, from->codes[i]));
  }
  to->set = true;
  return NULL;
}

static cy_err *read_schemes_of(java *j, cy_codes *all)
{
  const cy_java_setting *s = get_for(j, "SignatureSchemes");
  const cy_tls_dialect *d = j->side->dialect;
  if (s)
    CY_TRY(cy_tls_read_schemes(all, j->side, cy_span_str(s->value), ",\"", s->file, s->line));
  bool custom = all->count > 0;
  for (size_t i = 0; !custom && d && i < d->known_schemes.count; i++)
    CY_TRY(cy_codes_add(all, d->known_schemes.codes[i]));
  if (!all->count)
    return NULL;
  CY_TRY(keep_schemes(j, &j->side->schemes, all, false));
  return keep_schemes(j, &j->side->cert_schemes, all, true);
}

static cy_err *read_schemes(java *j)
{
  cy_codes all = {0};
  cy_err *err = read_schemes_of(j, &all);
  cy_codes_clear(&all);
  return err;
}

/* Rules. */

static cy_err *read_rules_of(java *j, cy_java_rules *rules, const char *key)
{
  const cy_java_setting *s = get(j, key);
  if (!s)
    return NULL;
  CY_TRY(cy_java_rules_add(rules, s->value, s->line));
  for (size_t i = 0; i < rules->count; i++) {
    const cy_java_rule *rule = &rules->items[i];
    const cy_java_setting *more;
    if (rule->wrong)
      cy_tls_read_finding(j->side, CY_F_TLS_SETTING_WRONG, s->file, s->line,
        "%s: %s: %s. No TLS connection can be made", key, rule->text, rule->wrong);
    else if (cy_text_starts(rule->text, "include ") && (more = get(j, rule->name)) && rules->count < 10000)
      CY_TRY(cy_java_rules_add(rules, more->value, more->line));
  }
  return NULL;
}

/* Where no java.security was found, what comes with JDK 17.0.21. */
static cy_err *stock_rules(java *j)
{
  static const char tls[] = "SSLv3, TLSv1, TLSv1.1, DTLSv1.0, RC4, DES, MD5withRSA, DH keySize < 1024, "
                            "EC keySize < 224, 3DES_EDE_CBC, anon, NULL, ECDH, TLS_RSA_*, "
                            "rsa_pkcs1_sha1 usage HandshakeSignature, ecdsa_sha1 usage HandshakeSignature, "
                            "dsa_sha1 usage HandshakeSignature";
  static const char certpath[] = "MD2, MD5, SHA1 jdkCA & usage TLSServer, RSA keySize < 1024, "
                                 "DSA keySize < 1024, EC keySize < 224";
  if (!cy_java_settings_find(&j->settings, "jdk.tls.disabledAlgorithms"))
    CY_TRY(cy_java_rules_add(&j->tls, tls, 0));
  if (!cy_java_settings_find(&j->settings, "jdk.certpath.disabledAlgorithms"))
    CY_TRY(cy_java_rules_add(&j->certpath, certpath, 0));
  return NULL;
}

static cy_err *read_rules(java *j)
{
  cy_java_rules_clear(&j->tls);
  cy_java_rules_clear(&j->certpath);
  if (!j->settings.master)
    CY_TRY(stock_rules(j));
  CY_TRY(read_rules_of(j, &j->tls, "jdk.tls.disabledAlgorithms"));
  CY_TRY(read_rules_of(j, &j->certpath, "jdk.certpath.disabledAlgorithms"));
  unsigned a = cy_java_min_bits(&j->tls, "RSA"), b = cy_java_min_bits(&j->certpath, "RSA");
  j->side->min_rsa = a > b ? a : b;
  return NULL;
}

/* Stores. */

static cy_err *read_identity(java *j)
{
  const cy_java_setting *s = get(j, "javax.net.ssl.keyStore");
  const cy_java_setting *password = get(j, "javax.net.ssl.keyStorePassword");
  if (!s || strcmp(s->value, "NONE") == 0)
    return NULL;
  return cy_tls_read_identity_with(
    j->reading, j->side, s->file, s->value, NULL, NULL, password ? password->value : NULL);
}

static cy_err *trust_at(java *j, const char *folder, const char *name, bool *was)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  struct stat st;
  const cy_java_setting *password = get(j, "javax.net.ssl.trustStorePassword");
  cy_buf_printf(&path, "%s/%s", folder, name);
  CY_TRY(cy_buf_check(&path));
  CY_TRY(cy_tls_read_path(j->reading, j->path, cy_buf_cstr(&path), &whole));
  *was = stat(cy_buf_cstr(&whole), &st) == 0;
  if (!*was)
    return NULL;
  CY_TRY(cy_tls_side_note(
    j->side, CY_TLS_FIELD_TRUST, "javax.net.ssl.trustStore", cy_buf_cstr(&path), "default", 0));
  return cy_tls_read_trust_with(
    j->reading, j->side, j->path, cy_buf_cstr(&path), password ? password->value : "changeit");
}

/* jssecacerts, when it is there, is taken in place of cacerts. */
static cy_err *default_trust(java *j)
{
  static const char *const folders[] = {"lib/security", "jre/lib/security"};
  CY_CLEAN(cy_buf) folder = CY_BUF_TEXT;
  bool was = false;
  for (size_t i = 0; !was && j->settings.home && i < CY_COUNT(folders); i++) {
    cy_buf_reset(&folder);
    cy_buf_printf(&folder, "%s/%s", j->settings.home, folders[i]);
    CY_TRY(cy_buf_check(&folder));
    CY_TRY(trust_at(j, cy_buf_cstr(&folder), "jssecacerts", &was));
    if (!was)
      CY_TRY(trust_at(j, cy_buf_cstr(&folder), "cacerts", &was));
  }
  if (!was)
    cy_tls_read_finding(j->side, CY_F_TLS_NOT_READ, j->path, 0,
      "whom Java trusts by default is in its own cacerts, and where that is was not said: JAVA_HOME");
  return NULL;
}

static cy_err *read_trust(java *j)
{
  const cy_java_setting *s = get(j, "javax.net.ssl.trustStore");
  const cy_java_setting *password = get(j, "javax.net.ssl.trustStorePassword");
  if (!s)
    return default_trust(j);
  if (strcmp(s->value, "NONE") == 0)
    return NULL;
  return cy_tls_read_trust_with(
    j->reading, j->side, s->file, s->value, password ? password->value : "changeit");
}

static cy_err *read_dh(java *j)
{
  const cy_java_setting *s = get(j, "jdk.tls.ephemeralDHKeySize");
  if (!s || j->side->role != CY_TLS_SERVER)
    return NULL;
  unsigned bits = 0;
  for (const char *at = s->value; *at >= '0' && *at <= '9' && bits < 100000; at++)
    bits = bits * 10 + (unsigned)(*at - '0');
  bool legacy = strcmp(s->value, "legacy") == 0, matched = strcmp(s->value, "matched") == 0;
  if (!legacy && !matched && (bits < 1024 || bits > 8192 || bits % 64)) {
    cy_tls_read_finding(j->side, CY_F_TLS_SETTING_WRONG, s->file, s->line,
      "%s: jdk.tls.ephemeralDHKeySize is legacy, matched, or a multiple of 64 from 1024 to 8192", s->value);
    return NULL;
  }
  j->side->dh = matched ? CY_TLS_DH_AUTO : CY_TLS_DH_BITS;
  j->side->dh_bits = legacy ? 768 : bits;
  return NULL;
}

static void choose_dialect(java *j)
{
  static const unsigned versions[] = {25, 21, 17, 11, 8};
  char id[16];
  unsigned is = j->settings.version ? j->settings.version : 17;
  for (size_t i = 0; i < CY_COUNT(versions) && !j->side->dialect; i++)
    if (is >= versions[i] || versions[i] == 8) {
      snprintf(id, sizeof id, "jdk-%u", versions[i]);
      j->side->dialect = cy_tls_dialect_find(id);
    }
  if (j->reading->how->dialect && cy_tls_dialect_find(j->reading->how->dialect))
    j->side->dialect = cy_tls_dialect_find(j->reading->how->dialect);
}

static cy_err *build(java *j, cy_tls_role role)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_buf_printf(&name, "Java %s (%s)", cy_tls_role_name(role), j->path);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_new(&j->side, cy_buf_cstr(&name), role));
  CY_TRY(cy_tls_side_set(&j->side->label, cy_tls_role_name(role)));
  CY_TRY(cy_tls_side_set(&j->side->product, "Java"));
  CY_TRY(cy_tls_side_set(&j->side->source, j->path));
  choose_dialect(j);
  CY_TRY(note_all(j));
  CY_TRY(read_rules(j));
  CY_TRY(read_versions(j));
  CY_TRY(read_suites(j));
  CY_TRY(read_groups(j));
  CY_TRY(read_schemes(j));
  CY_TRY(read_dh(j));
  CY_TRY(read_identity(j));
  CY_TRY(read_trust(j));
  return cy_findings_check(&j->side->findings);
}

static cy_err *build_and_add(java *j, cy_tls_role role)
{
  j->side = NULL;
  cy_err *err = build(j, role);
  if (!err)
    cy_findings_move(&j->side->findings, &j->findings);
  if (err) {
    cy_tls_side_free(j->side);
    return err;
  }
  return cy_tls_sides_add(j->reading->sides, j->side);
}

/* The VM's own files. */

/* Reads a properties file if it is there. */
static cy_err *read_properties(java *j, const char *path, int rank, bool *was)
{
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  struct stat st;
  CY_TRY(cy_tls_read_path(j->reading, j->path, path, &whole));
  *was = stat(cy_buf_cstr(&whole), &st) == 0;
  if (!*was)
    return NULL;
  CY_TRY(cy_file_read(&text, cy_buf_cstr(&whole), CY_MAX_STORE_BYTES, NULL));
  return cy_java_settings_properties(&j->settings, cy_buf_cstr(&whole), cy_buf_get(&text), rank);
}

static cy_err *read_release(java *j)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  j->settings.version = cy_java_version_of(j->settings.home);
  cy_buf_printf(&path, "%s/release", j->settings.home);
  CY_TRY(cy_buf_check(&path));
  CY_TRY(cy_tls_read_path(j->reading, j->path, cy_buf_cstr(&path), &whole));
  cy_err *err = cy_file_read(&text, cy_buf_cstr(&whole), (size_t)1 << 16, NULL);
  const char *version = err ? NULL : strstr(cy_buf_cstr(&text), "JAVA_VERSION=\"");
  if (version) {
    char word[32];
    snprintf(word, sizeof word, "jdk-%.20s", version + 14);
    j->settings.version = cy_java_version_of(word);
  }
  cy_err_free(err);
  return NULL;
}

/* The master file of a VM. What an option or another file says about the same property is above it. */
static cy_err *read_master(java *j)
{
  static const char *const places[] = {
    "conf/security/java.security", "lib/security/java.security", "jre/lib/security/java.security"};
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  bool was = false;
  for (size_t i = 0; j->settings.home && !was && i < CY_COUNT(places); i++) {
    cy_buf_reset(&path);
    cy_buf_printf(&path, "%s/%s", j->settings.home, places[i]);
    CY_TRY(cy_buf_check(&path));
    CY_TRY(read_properties(j, cy_buf_cstr(&path), -1, &was));
    j->settings.master = was ? cy_strdup(cy_buf_cstr(&path)) : NULL;
    if (was)
      CY_TRY_ALLOC(j->settings.master);
  }
  return NULL;
}

/* -Djava.security.properties=FILE adds to the master file, ==FILE stands in its place. */
static cy_err *read_override(java *j)
{
  const cy_java_setting *s = get(j, "java.security.properties");
  const cy_java_setting *allowed = cy_java_settings_find(&j->settings, "security.overridePropertiesFile");
  bool was;
  if (!s || (allowed && !is_true(allowed->value)))
    return NULL;
  bool instead = s->value[0] == '=';
  const char *path = s->value + instead;
  if (cy_text_starts(path, "file:"))
    path += 5;
  for (size_t i = 0; instead && i < j->settings.count; i++)
    if (j->settings.items[i].rank == -1)
      j->settings.items[i].value[0] = 0;
  return read_properties(j, path, 0, &was);
}

/* Of .../conf/security/java.security the VM is two folders up. */
static cy_err *find_home(java *j, bool is_master)
{
  const char *env =
    j->reading->how->env ? j->reading->how->env(j->reading->how->env_arg, "JAVA_HOME") : NULL;
  static const char *const ends[] = {
    "/conf/security/java.security", "/jre/lib/security/java.security", "/lib/security/java.security"};
  for (size_t i = 0; is_master && !j->settings.home && i < CY_COUNT(ends); i++)
    if (cy_text_ends(j->path, ends[i])) {
      j->settings.home = cy_strndup(j->path, strlen(j->path) - strlen(ends[i]));
      CY_TRY_ALLOC(j->settings.home);
    }
  if (!j->settings.home && !is_master && env) {
    j->settings.home = cy_strdup(env);
    CY_TRY_ALLOC(j->settings.home);
  }
  j->settings.version = cy_java_version_of(j->settings.home ? j->settings.home : j->path);
  return j->settings.home ? read_release(j) : NULL;
}

/* @name: a file of options. */
static cy_err *read_argfile(void *arg, const char *name, const char *file, size_t line, int rank)
{
  java *j = arg;
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  CY_TRY(cy_tls_read_path(j->reading, file, name, &whole));
  cy_err *err = cy_file_read(&text, cy_buf_cstr(&whole), CY_MAX_STORE_BYTES, NULL);
  if (!err)
    return cy_java_settings_argfile(&j->settings, cy_buf_cstr(&whole), cy_buf_get(&text), rank);
  if (cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_tls_read_noticed(&j->findings, CY_F_TLS_NOT_READ, file, line, "@%s: %s", name, cy_err_text(err));
  cy_err_free(err);
  return cy_findings_check(&j->findings);
}

static cy_err *read_all(java *j, cy_span text)
{
  const cy_tls_read_how *how = j->reading->how;
  bool is_master = strcmp(cy_path_name(j->path), "java.security") == 0 ||
                   (contains(text, "jdk.tls.disabledAlgorithms") && !contains(text, "-D"));
  bool properties = is_master || (!contains(text, "-D") && !names_argfile(text));
  j->settings.argfile = read_argfile;
  j->settings.argfile_arg = j;
  if (text.len && memchr(text.data, 0, text.len))
    return cy_err_new(CY_E_MALFORMED, "%s: there are NUL bytes: this is no text", j->path);
  if (properties)
    CY_TRY(cy_java_settings_properties(&j->settings, j->path, text, is_master ? -1 : 3));
  else
    CY_TRY(cy_java_settings_options(&j->settings, j->path, text));
  CY_TRY(find_home(j, is_master));
  if (is_master) {
    j->settings.master = cy_strdup(j->path);
    CY_TRY_ALLOC(j->settings.master);
  }
  if (!is_master)
    CY_TRY(read_master(j));
  CY_TRY(read_override(j));
  if (!how->role_given || how->role == CY_TLS_CLIENT)
    CY_TRY(build_and_add(j, CY_TLS_CLIENT));
  if (!how->role_given || how->role == CY_TLS_SERVER)
    CY_TRY(build_and_add(j, CY_TLS_SERVER));
  return NULL;
}

static cy_err *read_java(cy_tls_reading *reading, const char *path, cy_span text)
{
  java j = {.reading = reading, .path = path};
  cy_err *err = read_all(&j, text);
  cy_java_settings_clear(&j.settings);
  cy_java_rules_clear(&j.tls);
  cy_java_rules_clear(&j.certpath);
  cy_findings_clear(&j.findings);
  return err;
}

const cy_tls_reader cy_tls_reader_java = {.id = "java",
  .title = "Java",
  .what = "java.security, or -D options wherever they stand, also in @files; a client and a server",
  .detect = detect,
  .read = read_java,
  .audited = {.marks = CY_TLS_MARKS("javax.net.ssl", "jdk.tls.", "https.protocols", "https.ciphersuites",
                "java.security.properties", "jdk.certpath"),
    .sure = 70}};
