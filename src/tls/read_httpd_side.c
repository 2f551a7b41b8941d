/* httpd: sides of its hosts, and of what they pass on over TLS. */
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/read_httpd.h"
#include "tls/reader_openssl.h"

typedef struct {
  cy_tls_reading *reading;
  cy_tls_tree *tree;
  cy_tls_side *side;
  const char *base;
  const cy_tls_node *host; /* the <VirtualHost>, or the whole */
} builder;

typedef cy_err *apply(builder *b, const cy_tls_node *node);

static const char *const version_words[] = {"all", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3", NULL};

/* "all -SSLv3": words without a sign begin anew. */
static cy_err *apply_protocol(builder *b, const cy_tls_node *node)
{
  unsigned known = b->side->dialect ? b->side->dialect->known_versions : CY_TLS_ALL_VERSIONS, set = 0;
  for (size_t i = 1; i < node->count; i++) {
    const char *word = node->words[i];
    char sign = *word == '+' || *word == '-' ? *word : 0;
    word += sign != 0;
    unsigned version = cy_tls_read_version_of(word, version_words);
    unsigned bits = cy_notation_has("all", word) ? CY_TLS_ALL_VERSIONS & ~CY_TLS_BIT(CY_SSL3)
                    : version                    ? CY_TLS_BIT(version)
                                                 : 0;
    if (!bits && !cy_notation_has("SSLv2", word))
      cy_tls_node_wrong(b->side, node, word, version_words);
    set = sign == '-' ? set & ~bits : sign == '+' ? set | bits : bits;
  }
  b->side->versions = set & known;
  return NULL;
}

/* SSLCipherSuite [SSL|TLSv1.3] list; !aNULL:!eNULL:!EXP is put in front by httpd. */
static cy_err *apply_ciphers(builder *b, const cy_tls_node *node)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  const char *word = cy_tls_node_word(node, 1);
  bool kind = node->count > 2;
  if (kind && strcmp(word, "TLSv1.3") == 0)
    return cy_tls_read_ciphersuites(b->side, cy_span_str(node->words[2]), node->file, node->line);
  if (kind && strcmp(word, "SSL") != 0) {
    static const char *const right[] = {"SSL", "TLSv1.3", NULL};
    cy_tls_node_wrong(b->side, node, word, right);
    return NULL;
  }
  const char *list = cy_tls_node_word(node, kind ? 2 : 1);
  bool plain = cy_text_starts(list, "PROFILE=") || cy_text_starts(list, "SUITEB");
  cy_buf_printf(&text, "%s%s", plain ? "" : "!aNULL:!eNULL:!EXP:", list);
  CY_TRY(cy_buf_check(&text));
  return cy_tls_read_cipher_string(b->side, cy_buf_get(&text), node->file, node->line);
}

static bool switch_of(builder *b, const cy_tls_node *node, bool *on)
{
  static const char *const right[] = {"on", "off", NULL};
  if (cy_tls_read_switch(cy_tls_node_word(node, 1), on))
    return true;
  cy_tls_node_wrong(b->side, node, cy_tls_node_word(node, 1), right);
  return false;
}

static cy_err *apply_order(builder *b, const cy_tls_node *node)
{
  bool on;
  if (switch_of(b, node, &on))
    b->side->own_order = on ? CY_YES : CY_NO;
  return NULL;
}

static cy_err *apply_verify(builder *b, const cy_tls_node *node)
{
  static const char *const right[] = {"none", "optional", "require", "optional_no_ca", NULL};
  static const cy_tls_peer peers[] = {
    CY_TLS_PEER_IGNORED, CY_TLS_PEER_OPTIONAL, CY_TLS_PEER_REQUIRED, CY_TLS_PEER_UNCHECKED};
  size_t i = 0;
  while (right[i] && !cy_notation_has(right[i], cy_tls_node_word(node, 1)))
    i++;
  if (!right[i]) {
    cy_tls_node_wrong(b->side, node, cy_tls_node_word(node, 1), right);
    return NULL;
  }
  b->side->peer = peers[i];
  if (b->side->role == CY_TLS_SERVER && peers[i] == CY_TLS_PEER_OPTIONAL)
    cy_tls_read_finding(b->side, CY_F_TLS_CLIENT_OPTIONAL, node->file, node->line,
      "a client without a certificate comes in (SSL_CLIENT_VERIFY is NONE), one that does not hold is "
      "refused");
  if (b->side->role == CY_TLS_SERVER && peers[i] == CY_TLS_PEER_UNCHECKED)
    cy_tls_read_finding(b->side, CY_F_TLS_CLIENT_UNCHECKED, node->file, node->line,
      "optional_no_ca lets every certificate in, whoever signed it");
  return NULL;
}

static cy_err *apply_depth(builder *b, const cy_tls_node *node)
{
  const char *word = cy_tls_node_word(node, 1);
  if (*word >= '0' && *word <= '9' && strlen(word) < 3)
    b->side->verify_depth = word[1] ? (*word - '0') * 10 + (word[1] - '0') : *word - '0';
  else
    cy_tls_node_wrong(b->side, node, word, NULL);
  return NULL;
}

static cy_err *apply_trust(builder *b, const cy_tls_node *node)
{
  return cy_tls_read_trust(b->reading, b->side, b->base, cy_tls_node_word(node, 1));
}

static cy_err *apply_command(builder *b, const cy_tls_node *node)
{
  return cy_tls_read_ssl_command(b->reading, b->side, b->base, cy_tls_node_word(node, 1),
    cy_tls_node_word(node, 2), node->file, node->line);
}

static cy_err *apply_check_name(builder *b, const cy_tls_node *node)
{
  bool on;
  if (switch_of(b, node, &on))
    b->side->check_host = on ? CY_YES : CY_NO;
  return NULL;
}

static const struct {
  const char *server, *client; /* its name for each; NULL: there is none */
  cy_tls_field field;
  apply *apply;
} settings[] = {
  {"SSLProtocol", "SSLProxyProtocol", CY_TLS_FIELD_VERSIONS, apply_protocol},
  {"SSLCipherSuite", "SSLProxyCipherSuite", CY_TLS_FIELD_SUITES, apply_ciphers},
  {"SSLHonorCipherOrder", NULL, CY_TLS_FIELD_ORDER, apply_order},
  {"SSLCACertificateFile", "SSLProxyCACertificateFile", CY_TLS_FIELD_TRUST, apply_trust},
  {"SSLCACertificatePath", "SSLProxyCACertificatePath", CY_TLS_FIELD_TRUST, apply_trust},
  {"SSLVerifyClient", "SSLProxyVerify", CY_TLS_FIELD_PEER, apply_verify},
  {"SSLVerifyDepth", "SSLProxyVerifyDepth", CY_TLS_FIELD_PEER, apply_depth},
  {"SSLOpenSSLConfCmd", NULL, CY_TLS_FIELD_OTHER, apply_command},
  {NULL, "SSLProxyCheckPeerName", CY_TLS_FIELD_HOST, apply_check_name},
};

static const char *const others[] = {"SSLEngine", "SSLProxyEngine", "SSLCertificateFile",
  "SSLCertificateKeyFile", "SSLCertificateChainFile", "SSLCARevocationCheck", "SSLCARevocationFile",
  "SSLCARevocationPath", "SSLCADNRequestFile", "SSLCADNRequestPath", "SSLCompression", "SSLCryptoDevice",
  "SSLFIPS", "SSLInsecureRenegotiation", "SSLOCSPDefaultResponder", "SSLOCSPEnable", "SSLOCSPNoverify",
  "SSLOCSPOverrideResponder", "SSLOCSPProxyURL", "SSLOCSPResponderCertificateFile",
  "SSLOCSPResponderTimeout", "SSLOCSPResponseMaxAge", "SSLOCSPResponseTimeSkew", "SSLOCSPUseRequestNonce",
  "SSLOptions", "SSLPassPhraseDialog", "SSLPolicy", "SSLProxyCARevocationCheck", "SSLProxyCARevocationFile",
  "SSLProxyCARevocationPath", "SSLProxyCheckPeerCN", "SSLProxyCheckPeerExpire",
  "SSLProxyMachineCertificateChainFile", "SSLProxyMachineCertificateFile", "SSLProxyMachineCertificatePath",
  "SSLRandomSeed", "SSLRenegBufferSize", "SSLRequire", "SSLRequireSSL", "SSLSessionCache",
  "SSLSessionCacheTimeout", "SSLSessionTicketKeyFile", "SSLSessionTickets", "SSLSRPUnknownUserSeed",
  "SSLSRPVerifierFile", "SSLStaplingCache", "SSLStaplingErrorCacheTimeout", "SSLStaplingFakeTryLater",
  "SSLStaplingForceURL", "SSLStaplingResponderTimeout", "SSLStaplingResponseMaxAge",
  "SSLStaplingResponseTimeSkew", "SSLStaplingReturnResponderErrors", "SSLStaplingStandardCacheTimeout",
  "SSLStrictSNIVHostCheck", "SSLUserName", "SSLUseStapling", "SSLVHostSNIPolicy", "SSLMutex"};

static void check_word(cy_tls_tree *tree, const cy_tls_node *node)
{
  const char *right[CY_COUNT(others) + 2 * CY_COUNT(settings) + 1] = {NULL};
  size_t count = 0;
  if (strncasecmp(cy_tls_node_word(node, 0), "SSL", 3) != 0)
    return;
  for (size_t i = 0; i < CY_COUNT(settings); i++) {
    if (settings[i].server)
      right[count++] = settings[i].server;
    if (settings[i].client)
      right[count++] = settings[i].client;
  }
  for (size_t i = 0; i < CY_COUNT(others); i++)
    right[count++] = others[i];
  for (size_t i = 0; i < count; i++)
    if (cy_tls_node_is(node, right[i]))
      return;
  cy_tls_word_unknown(&tree->findings, node->file, node->line, cy_tls_node_word(node, 0), "httpd", right);
}

/* The host's last one, else that of the whole server. */
static const cy_tls_node *scope_of(const builder *b, const char *name)
{
  const cy_tls_node *scope = b->host;
  while (scope && !cy_tls_node_find(scope, name, NULL))
    scope = scope->parent;
  return scope;
}

static const cy_tls_node *value_of(const builder *b, const char *name)
{
  const cy_tls_node *scope = scope_of(b, name);
  return scope ? cy_tls_node_last(scope, name) : NULL;
}

static bool is_on(const builder *b, const char *name)
{
  const cy_tls_node *n = value_of(b, name);
  bool on;
  return n && cy_tls_read_switch(cy_tls_node_word(n, 1), &on) && on;
}

static cy_err *apply_default(builder *b, const char *name, size_t i)
{
  const cy_tls_product_default *row = cy_tls_product_default_find("httpd", name);
  if (!row)
    return NULL;
  CY_TRY(cy_tls_product_default_note(b->side, settings[i].field, row));
  if (settings[i].apply != apply_protocol)
    return NULL;
  const cy_tls_node node = {
    .file = "default", .words = (const char *[]){row->key, "all", "-SSLv3"}, .count = 3};
  return apply_protocol(b, &node);
}

/* Lists of one kind for SSL and TLSv1.3 hold both; of others the last. */
static bool is_beaten(const cy_tls_node *node)
{
  bool cipher = cy_tls_node_is(node, "SSLCipherSuite") || cy_tls_node_is(node, "SSLProxyCipherSuite");
  if (cy_tls_node_is(node, "SSLOpenSSLConfCmd"))
    return false;
  for (const cy_tls_node *n = node->next; n; n = n->next)
    if (cy_tls_node_is(n, node->words[0]) &&
        (!cipher || (n->count > 2) == (node->count > 2) ||
          (n->count > 2 && node->count > 2 && strcmp(n->words[1], node->words[1]) == 0)))
      return true;
  return false;
}

static cy_err *apply_setting(builder *b, const char *name, size_t i)
{
  const cy_tls_node *holds = scope_of(b, name);
  if (!holds)
    return apply_default(b, name, i);
  for (const cy_tls_node *scope = b->host; scope; scope = scope->parent)
    for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(scope, name, n));) {
      bool beaten = scope != holds || is_beaten(n);
      bool command = settings[i].apply == apply_command;
      if (!command)
        CY_TRY(cy_tls_node_note(b->side, settings[i].field, n, NULL));
      if (!beaten) {
        CY_TRY(settings[i].apply(b, n));
        continue;
      }
      if (command)
        continue;
      cy_tls_setting *setting = &b->side->settings[b->side->setting_count - 1];
      setting->in_force = false;
      CY_TRY(cy_tls_side_set(&setting->note, "set again nearer or further down"));
    }
  return NULL;
}

/* Certificates and keys side by side; without a key's file it stands with the certificate. */
static cy_err *apply_identities(builder *b)
{
  const cy_tls_node *scope = scope_of(b, "SSLCertificateFile");
  const cy_tls_node *keys = scope_of(b, "SSLCertificateKeyFile"), *key = NULL;
  for (const cy_tls_node *n = NULL; scope && (n = cy_tls_node_find(scope, "SSLCertificateFile", n));) {
    key = keys ? cy_tls_node_find(keys, "SSLCertificateKeyFile", key) : NULL;
    CY_TRY(cy_tls_node_note(b->side, CY_TLS_FIELD_IDENTITY, n, NULL));
    if (key)
      CY_TRY(cy_tls_node_note(b->side, CY_TLS_FIELD_IDENTITY, key, NULL));
    CY_TRY(cy_tls_read_identity(
      b->reading, b->side, b->base, cy_tls_node_word(n, 1), key ? cy_tls_node_word(key, 1) : NULL, NULL));
  }
  return NULL;
}

static void tell_server(builder *b)
{
  const cy_tls_setting *peer = cy_tls_side_setting(b->side, CY_TLS_FIELD_PEER);
  bool asks = b->side->peer == CY_TLS_PEER_REQUIRED || b->side->peer == CY_TLS_PEER_OPTIONAL;
  if (!b->side->identity_count && !b->side->identity_wrong) {
    b->side->identity_wrong = true;
    cy_tls_read_finding(b->side, CY_F_TLS_IDENTITY_MISSING, b->side->source, b->host->line,
      "SSLEngine on, and no SSLCertificateFile: httpd does not start");
  }
  if (asks && peer && !value_of(b, "SSLCACertificateFile") && !value_of(b, "SSLCACertificatePath"))
    cy_tls_read_finding(b->side, CY_F_TLS_CLIENT_TRUST_MISSING, peer->file, peer->line,
      "SSLVerifyClient without SSLCACertificateFile: nobody's certificate is believed");
}

static cy_err *build_server(builder *b)
{
  b->side->peer = CY_TLS_PEER_IGNORED;
  b->side->own_order = CY_NO;
  b->side->dh = CY_TLS_DH_AUTO;
  b->side->ca_names = CY_TLS_CA_NAMES_TRUST;
  for (size_t i = 0; i < CY_COUNT(settings); i++)
    if (settings[i].server)
      CY_TRY(apply_setting(b, settings[i].server, i));
  CY_TRY(apply_identities(b));
  tell_server(b);
  return cy_findings_check(&b->side->findings);
}

static cy_err *put_names(const cy_tls_node *host, cy_buf *names)
{
  const cy_tls_node *name = cy_tls_node_last(host, "ServerName");
  if (name)
    cy_buf_put(names, cy_tls_node_word(name, 1), strcspn(cy_tls_node_word(name, 1), ":"));
  for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(host, "ServerAlias", n));)
    for (size_t i = 1; i < n->count; i++)
      cy_buf_printf(names, "%s%s", names->len ? " " : "", n->words[i]);
  return cy_buf_check(names);
}

static cy_err *begin(builder *b, const char *name, cy_tls_role role, const char *label, const char *file)
{
  CY_TRY(cy_tls_side_new(&b->side, name, role));
  b->side->dialect = cy_tls_dialect_find("openssl-3.0");
  cy_err *err = cy_tls_side_set(&b->side->label, label);
  if (!err)
    err = cy_tls_side_set(&b->side->product, "Apache httpd");
  return err ? err : cy_tls_side_set(&b->side->source, file);
}

static cy_err *end(builder *b, cy_err *err)
{
  if (err) {
    cy_tls_side_free(b->side);
    return err;
  }
  return cy_tls_sides_add(b->reading->sides, b->side);
}

static cy_err *add_server(builder *b, const char *base)
{
  CY_CLEAN(cy_buf) names = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) title = CY_BUF_TEXT;
  const cy_tls_node *engine = value_of(b, "SSLEngine");
  const char *file = b->host->file ? b->host->file : base;
  CY_TRY(put_names(b->host, &names));
  cy_buf_printf(&title, "httpd host %s on %s (%s:%zu)", names.len ? cy_buf_cstr(&names) : "without a name",
    b->host->parent ? cy_tls_node_word(b->host, 1) : "all sockets", file,
    b->host->parent || !engine ? b->host->line : engine->line);
  CY_TRY(cy_buf_check(&title));
  cy_err *err = begin(b, cy_buf_cstr(&title), CY_TLS_SERVER, names.len ? cy_buf_cstr(&names) : NULL, file);
  if (!err && b->host->parent)
    err = cy_tls_side_note(
      b->side, CY_TLS_FIELD_LISTEN, "VirtualHost", cy_tls_node_word(b->host, 1), file, b->host->line);
  if (!err)
    err = cy_tls_side_set(&b->side->names, cy_buf_cstr(&names));
  if (!err && b->host->parent)
    err = cy_tls_side_set(&b->side->listen, cy_tls_node_word(b->host, 1));
  return end(b, err ? err : build_server(b));
}

/* What passes on over TLS. */

static const char *https_of(const cy_tls_node *n)
{
  bool passes = cy_tls_node_is(n, "ProxyPass") || cy_tls_node_is(n, "ProxyPassMatch") ||
                cy_tls_node_is(n, "BalancerMember");
  for (size_t i = 1; passes && i < n->count; i++)
    if (cy_text_starts(n->words[i], "https://") || cy_text_starts(n->words[i], "wss://"))
      return n->words[i];
  return NULL;
}

static bool is_loopback(const char *host)
{
  return cy_text_starts(host, "127.") || cy_text_starts(host, "localhost") || cy_text_starts(host, "[::1]");
}

static void tell_client(builder *b, const cy_tls_node *pass, const char *host)
{
  const cy_tls_node *verify = value_of(b, "SSLProxyVerify"), *at = verify ? verify : pass;
  if (!is_on(b, "SSLProxyEngine"))
    cy_tls_read_finding(b->side, CY_F_TLS_SETTING_WRONG, pass->file, pass->line,
      "SSLProxyEngine is not on: httpd answers 500 instead of passing on to %s", host);
  if (is_loopback(host))
    return;
  if (b->side->peer == CY_TLS_PEER_IGNORED || b->side->peer == CY_TLS_PEER_UNCHECKED) {
    cy_finding *f = cy_tls_read_finding(b->side, CY_F_TLS_VERIFY_OFF, at->file, at->line,
      "httpd does not check who signed the certificate of %s", host);
    cy_finding_set_fix(&b->side->findings, f, "SSLProxyVerify require and SSLProxyCACertificateFile FILE.");
    if (!verify)
      cy_finding_set_severity(f, CY_WARNING);
  } else if (b->side->check_host == CY_NO) {
    cy_tls_read_finding(b->side, CY_F_TLS_HOST_UNCHECKED, at->file, at->line,
      "SSLProxyCheckPeerName is off: any certificate of that CA will do for %s", host);
  }
}

static cy_err *build_client(builder *b, const cy_tls_node *pass, const char *target)
{
  const char *from = strstr(target, "://") + 3;
  CY_AUTO_STR char *host = cy_strndup(from, strcspn(from, ":/"));
  CY_TRY_ALLOC(host);
  CY_TRY(cy_tls_side_set(&b->side->host, host));
  CY_TRY(cy_tls_node_note(b->side, CY_TLS_FIELD_HOST, pass, NULL));
  b->side->peer = CY_TLS_PEER_IGNORED;
  b->side->check_host = CY_YES;
  for (size_t i = 0; i < CY_COUNT(settings); i++)
    if (settings[i].client)
      CY_TRY(apply_setting(b, settings[i].client, i));
  const cy_tls_node *own = value_of(b, "SSLProxyMachineCertificateFile");
  if (own) {
    CY_TRY(cy_tls_node_note(b->side, CY_TLS_FIELD_IDENTITY, own, NULL));
    CY_TRY(cy_tls_read_identity(b->reading, b->side, b->base, cy_tls_node_word(own, 1), NULL, NULL));
  }
  tell_client(b, pass, host);
  return cy_findings_check(&b->side->findings);
}

static cy_err *add_client(builder *b, const cy_tls_node *pass, const char *target)
{
  CY_CLEAN(cy_buf) title = CY_BUF_TEXT;
  cy_buf_printf(&title, "httpd passes on to %s (%s:%zu)", target, pass->file, pass->line);
  CY_TRY(cy_buf_check(&title));
  cy_err *err = begin(b, cy_buf_cstr(&title), CY_TLS_CLIENT, target, pass->file);
  return end(b, err ? err : build_client(b, pass, target));
}

static cy_err *walk(cy_tls_reading *reading, cy_tls_tree *tree, const cy_tls_node *parent, const char *base)
{
  for (const cy_tls_node *n = parent->first; n; n = n->next) {
    builder b = {.reading = reading, .tree = tree, .base = base, .host = n};
    check_word(tree, n);
    if (cy_tls_node_is(n, "VirtualHost") && is_on(&b, "SSLEngine"))
      CY_TRY(add_server(&b, base));
    b.host = parent;
    if (https_of(n))
      CY_TRY(add_client(&b, n, https_of(n)));
    CY_TRY(walk(reading, tree, n, base));
  }
  return NULL;
}

cy_err *cy_httpd_sides(cy_tls_reading *reading, cy_tls_tree *tree, const char *base)
{
  builder b = {.reading = reading, .tree = tree, .base = base, .host = &tree->root};
  if (cy_tls_node_find(&tree->root, "SSLEngine", NULL) && is_on(&b, "SSLEngine"))
    CY_TRY(add_server(&b, base));
  return walk(reading, tree, &tree->root, base);
}
