/* SSL_CONF_cmd's commands, wherever a product lets people write them. */
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/reader_openssl.h"

typedef struct {
  cy_tls_reading *reading;
  cy_tls_side *side;
  const char *from, *key, *value, *file;
  size_t line;
} command;

static void wrong(const command *c, const char *word)
{
  cy_tls_read_finding(c->side, CY_F_TLS_SETTING_WRONG, c->file, c->line, "%s does not take %s", c->key,
    *word ? word : "nothing");
}

static void wrong_version(const command *c)
{
  cy_nearest near = CY_NEAREST(c->value);
  cy_finding *f = cy_tls_read_finding(c->side, CY_F_TLS_SETTING_WRONG, c->file, c->line,
    "%s does not take %s", c->key, *c->value ? c->value : "nothing");
  for (const char *const *word = cy_tls_openssl_versions; *word; word++)
    cy_nearest_try(&near, *word);
  for (const char *const *word = cy_tls_openssl_versions; *word && cy_tls_read_version(c->value); word++)
    if (cy_tls_read_version(*word) == cy_tls_read_version(c->value))
      near.best = *word;
  if (near.best)
    cy_finding_set_fix(&c->side->findings, f, "Did you mean %s?", near.best);
}

static cy_err *cipher_string(const command *c)
{
  return cy_tls_read_cipher_string(c->side, cy_span_str(c->value), c->file, c->line);
}

static cy_err *ciphersuites(const command *c)
{
  return cy_tls_read_ciphersuites(c->side, cy_span_str(c->value), c->file, c->line);
}

static cy_err *groups(const command *c)
{
  bool automatic = strcmp(c->value, "auto") == 0 || strcmp(c->value, "automatic") == 0;
  bool old = cy_ascii_equal_nocase(cy_span_str(c->key), CY_SPAN("ECDHParameters"));
  return automatic && old ? NULL
                          : cy_tls_read_openssl_groups(c->side, cy_span_str(c->value), c->file, c->line);
}

static cy_err *schemes(const command *c)
{
  return cy_tls_read_openssl_schemes(c->side, &c->side->schemes, cy_span_str(c->value), c->file, c->line);
}

static cy_err *client_schemes(const command *c)
{
  return cy_tls_read_openssl_schemes(
    c->side, &c->side->client_schemes, cy_span_str(c->value), c->file, c->line);
}

/* All that the library has, before something takes away from it. */
static unsigned versions_now(const cy_tls_side *side)
{
  if (side->versions)
    return side->versions;
  return side->dialect ? side->dialect->known_versions : cy_tls_versions_between(CY_TLS10, CY_TLS13);
}

static cy_err *limit(const command *c, bool is_min)
{
  unsigned version = cy_tls_read_version_of(c->value, cy_tls_openssl_versions);
  if (cy_ascii_equal_nocase(cy_span_str(c->value), CY_SPAN("None")))
    return NULL;
  if (!version) {
    wrong_version(c);
    return NULL;
  }
  unsigned between = is_min ? cy_tls_versions_between(version, 0) : cy_tls_versions_between(0, version);
  c->side->versions = versions_now(c->side) & between;
  if (!c->side->versions)
    cy_tls_read_finding(c->side, CY_F_TLS_SETTING_WRONG, c->file, c->line, "%s %s leaves no version at all",
      c->key, c->value);
  return NULL;
}

static cy_err *min_protocol(const command *c)
{
  return limit(c, true);
}

static cy_err *max_protocol(const command *c)
{
  return limit(c, false);
}

/* Words without a sign switch on, among those that are there. */
static cy_err *protocol(const command *c)
{
  char unknown[32];
  unsigned known = c->side->dialect ? c->side->dialect->known_versions : CY_TLS_ALL_VERSIONS;
  c->side->versions =
    cy_tls_read_protocols(c->value, versions_now(c->side), unknown, sizeof unknown) & known;
  if (*unknown)
    wrong(c, unknown);
  return NULL;
}

static void option(const command *c, const char *word)
{
  static const char others[] = "SessionTicket EmptyFragments Bugs Compression NoResumptionOnRenegotiation "
                               "DHSingle ECDHSingle UnsafeLegacyRenegotiation UnsafeLegacyServerConnect "
                               "EncryptThenMac NoRenegotiation AllowNoDHEKEX MiddleboxCompat AntiReplay "
                               "ExtendedMasterSecret CANames KTLS PreferNoDHEKEX TxCertificateCompression "
                               "RxCertificateCompression KTLSTxZerocopySendfile IgnoreUnexpectedEOF "
                               "StrictCertCheck";
  bool off = *word == '-';
  word += *word == '-' || *word == '+';
  if (cy_notation_has("ServerPreference", word))
    c->side->own_order = off ? CY_NO : CY_YES;
  else if (cy_notation_has("PrioritizeChaCha", word))
    c->side->chacha_first = off ? CY_NO : CY_YES;
  else if (!cy_notation_has(others, word))
    wrong(c, word);
}

static cy_err *options(const command *c)
{
  const char *at = c->value;
  while (*at) {
    size_t len = strcspn(at, ", ");
    CY_AUTO_STR char *word = cy_strndup(at, len);
    CY_TRY_ALLOC(word);
    if (*word)
      option(c, word);
    at += len + (at[len] != 0);
  }
  return NULL;
}

static cy_err *verify_mode(const command *c)
{
  bool request = strstr(c->value, "Request") || strstr(c->value, "request");
  bool require = strstr(c->value, "Require") || strstr(c->value, "require");
  bool peer = strstr(c->value, "Peer") || strstr(c->value, "peer");
  if (!request && !require && !peer)
    wrong(c, c->value);
  else
    c->side->peer =
      require || (peer && c->side->role == CY_TLS_CLIENT) ? CY_TLS_PEER_REQUIRED : CY_TLS_PEER_OPTIONAL;
  return NULL;
}

static cy_err *trust(const command *c)
{
  return cy_tls_read_trust(c->reading, c->side, c->from, c->value);
}

static cy_err *certificate(const command *c)
{
  return cy_tls_read_identity(c->reading, c->side, c->from, c->value, NULL, NULL);
}

static cy_err *nothing(const command *c)
{
  (void)c;
  return NULL;
}

static const struct {
  const char *key;
  cy_tls_field field;
  cy_err *(*apply)(const command *c);
} commands[] = {
  {"CipherString", CY_TLS_FIELD_SUITES, cipher_string},
  {"Ciphersuites", CY_TLS_FIELD_SUITES13, ciphersuites},
  {"Groups", CY_TLS_FIELD_GROUPS, groups},
  {"Curves", CY_TLS_FIELD_GROUPS, groups},
  {"ECDHParameters", CY_TLS_FIELD_GROUPS, groups},
  {"SignatureAlgorithms", CY_TLS_FIELD_SCHEMES, schemes},
  {"ClientSignatureAlgorithms", CY_TLS_FIELD_CLIENT_SCHEMES, client_schemes},
  {"MinProtocol", CY_TLS_FIELD_VERSIONS, min_protocol},
  {"MaxProtocol", CY_TLS_FIELD_VERSIONS, max_protocol},
  {"Protocol", CY_TLS_FIELD_VERSIONS, protocol},
  {"Options", CY_TLS_FIELD_ORDER, options},
  {"VerifyMode", CY_TLS_FIELD_PEER, verify_mode},
  {"VerifyCAFile", CY_TLS_FIELD_TRUST, trust},
  {"VerifyCAPath", CY_TLS_FIELD_TRUST, trust},
  {"ClientCAFile", CY_TLS_FIELD_CA_NAMES, nothing},
  {"ClientCAPath", CY_TLS_FIELD_CA_NAMES, nothing},
  {"RequestCAFile", CY_TLS_FIELD_CA_NAMES, nothing},
  {"RequestCAPath", CY_TLS_FIELD_CA_NAMES, nothing},
  {"ChainCAFile", CY_TLS_FIELD_OTHER, nothing},
  {"ChainCAPath", CY_TLS_FIELD_OTHER, nothing},
  {"Certificate", CY_TLS_FIELD_IDENTITY, certificate},
  {"PrivateKey", CY_TLS_FIELD_IDENTITY, nothing},
  {"ServerInfoFile", CY_TLS_FIELD_OTHER, nothing},
  {"DHParameters", CY_TLS_FIELD_DH, nothing},
  {"RecordPadding", CY_TLS_FIELD_OTHER, nothing},
  {"NumTickets", CY_TLS_FIELD_OTHER, nothing},
};

static void tell_unknown(const command *c)
{
  cy_nearest near = CY_NEAREST(c->key);
  for (size_t i = 0; i < CY_COUNT(commands); i++)
    cy_nearest_try(&near, commands[i].key);
  cy_finding *f = cy_tls_read_finding(
    c->side, CY_F_TLS_SETTING_UNKNOWN, c->file, c->line, "OpenSSL has no setting %s", c->key);
  if (near.best)
    cy_finding_set_fix(&c->side->findings, f, "Did you mean %s?", near.best);
}

cy_err *cy_tls_read_ssl_command(cy_tls_reading *reading, cy_tls_side *side, const char *from,
  const char *key, const char *value, const char *file, size_t line)
{
  const command c = {reading, side, from, key, value, file, line};
  for (size_t i = 0; i < CY_COUNT(commands); i++) {
    if (!cy_ascii_equal_nocase(cy_span_str(key), cy_span_str(commands[i].key)))
      continue;
    CY_TRY(cy_tls_side_note(side, commands[i].field, key, value, file, line));
    CY_TRY(commands[i].apply(&c));
    return cy_findings_check(&side->findings);
  }
  tell_unknown(&c);
  return cy_findings_check(&side->findings);
}
