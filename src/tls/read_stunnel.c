/*
 * stunnel: services, each a side. Source: stunnel(8) of 5.68, and what it does.
 *
 * Options before the first [service] hold for all services that say nothing else.
 */
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/reader_openssl.h"
#include "tls/reader_tree.h"

typedef struct {
  cy_tls_reading *reading;
  cy_tls_tree *tree;
  cy_tls_node *into;
  const char *path;
} loader;

typedef struct {
  cy_tls_reading *reading;
  cy_tls_side *side;
  const cy_tls_node *service, *global;
} builder;

static cy_span trim(cy_span s)
{
  while (s.len && strchr(" \t\r", s.data[0]) && s.data[0])
    s = cy_span_of(s.data + 1, s.len - 1);
  while (s.len && strchr(" \t\r", s.data[s.len - 1]) && s.data[s.len - 1])
    s.len--;
  return s;
}

static cy_err *read_text(loader *load, const char *file, cy_span text);

static cy_err *read_included(void *arg, const char *file, cy_span text)
{
  return read_text(arg, file, text);
}

/* include = FOLDER: all files that end with .conf. */
static cy_err *include(loader *load, cy_span folder, const char *file, size_t line)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) pattern = CY_BUF_TEXT;
  cy_tls_include in = {
    load->reading, &load->tree->findings, load->tree, file, line, read_included, load, 0};
  cy_buf_span(&name, folder);
  CY_TRY(cy_tls_read_path(load->reading, NULL, cy_buf_cstr(&name), &pattern));
  cy_buf_str(&pattern, "/*.conf");
  CY_TRY(cy_buf_check(&pattern));
  return cy_tls_include_each(&in, cy_buf_cstr(&pattern));
}

static cy_err *read_line(loader *load, cy_span s, const char *file, size_t line)
{
  cy_tls_node *node;
  s = trim(s);
  if (!s.len || s.data[0] == ';' || s.data[0] == '#')
    return NULL;
  if (memchr(s.data, 0, s.len))
    return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: a zero octet: this is no text", file, line);
  if (s.data[0] == '[' && s.data[s.len - 1] == ']') {
    const cy_span words[] = {CY_SPAN("service"), trim(cy_span_of(s.data + 1, s.len - 2))};
    return cy_tls_tree_add(load->tree, &load->tree->root, file, line, words, 2, &load->into);
  }
  const uint8_t *equals = memchr(s.data, '=', s.len);
  if (!equals)
    return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: neither [service] nor option = value", file, line);
  const cy_span words[] = {trim(cy_span_of(s.data, (size_t)(equals - s.data))),
    trim(cy_span_of(equals + 1, s.len - (size_t)(equals - s.data) - 1))};
  if (cy_ascii_equal_nocase(words[0], CY_SPAN("include")))
    return include(load, words[1], file, line);
  return cy_tls_tree_add(load->tree, load->into, file, line, words, 2, &node);
}

static cy_err *read_text(loader *load, const char *file, cy_span text)
{
  for (size_t line = 1; text.len; line++) {
    const uint8_t *end = memchr(text.data, '\n', text.len);
    size_t len = end ? (size_t)(end - text.data) : text.len;
    CY_TRY(read_line(load, cy_span_of(text.data, len), file, line));
    len += end != NULL;
    text = cy_span_of(text.data + len, text.len - len);
  }
  return NULL;
}

/* Options. */

typedef cy_err *apply(builder *b, const cy_tls_node *node);

static cy_err *apply_version(builder *b, const cy_tls_node *node)
{
  static const char *const right[] = {"all", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3", NULL};
  unsigned version = cy_tls_read_version_of(node->words[1], right);
  bool all = cy_notation_has("all", node->words[1]);
  if (!version && !all)
    cy_tls_node_wrong(b->side, node, node->words[1], right);
  else if (cy_tls_node_is(node, "sslVersion"))
    b->side->versions = all ? CY_TLS_ALL_VERSIONS : CY_TLS_BIT(version);
  else if (!all && cy_tls_node_is(node, "sslVersionMin"))
    b->side->versions &= cy_tls_versions_between(version, 0);
  else if (!all)
    b->side->versions &= cy_tls_versions_between(0, version);
  return NULL;
}

/* OpenSSL's own names of options; a minus takes one back. */
static cy_err *apply_options(builder *b, const cy_tls_node *node)
{
  static const char *const versions[] = {
    "NO_SSLv3", "NO_TLSv1", "NO_TLSv1_1", "NO_TLSv1_2", "NO_TLSv1_3", NULL};
  const char *word = node->words[1];
  bool off = *word == '-';
  word += off;
  unsigned version = cy_text_starts(word, "NO_") ? cy_tls_read_version(word + 3) : 0;
  if (version && strchr(word, '.'))
    cy_tls_node_wrong(b->side, node, word, versions);
  else if (version)
    b->side->versions =
      off ? b->side->versions | CY_TLS_BIT(version) : b->side->versions & ~CY_TLS_BIT(version);
  if (strcmp(word, "CIPHER_SERVER_PREFERENCE") == 0)
    b->side->own_order = off ? CY_NO : CY_YES;
  if (strcmp(word, "PRIORITIZE_CHACHA") == 0)
    b->side->chacha_first = off ? CY_NO : CY_YES;
  return NULL;
}

static cy_err *apply_ciphers(builder *b, const cy_tls_node *node)
{
  return cy_tls_read_cipher_string(b->side, cy_span_str(node->words[1]), node->file, node->line);
}

static cy_err *apply_ciphersuites(builder *b, const cy_tls_node *node)
{
  return cy_tls_read_ciphersuites(b->side, cy_span_str(node->words[1]), node->file, node->line);
}

static cy_err *apply_curves(builder *b, const cy_tls_node *node)
{
  return cy_tls_read_openssl_groups(b->side, cy_span_str(node->words[1]), node->file, node->line);
}

static cy_err *apply_sigalgs(builder *b, const cy_tls_node *node)
{
  return cy_tls_read_openssl_schemes(
    b->side, &b->side->schemes, cy_span_str(node->words[1]), node->file, node->line);
}

static cy_err *apply_level(builder *b, const cy_tls_node *node)
{
  const char *word = node->words[1];
  if (word[0] >= '0' && word[0] <= '5' && !word[1])
    b->side->security_level = word[0] - '0';
  else
    cy_tls_node_wrong(b->side, node, word, NULL);
  return NULL;
}

static cy_err *apply_trust(builder *b, const cy_tls_node *node)
{
  return cy_tls_read_trust(b->reading, b->side, NULL, node->words[1]);
}

static cy_err *apply_host(builder *b, const cy_tls_node *node)
{
  b->side->check_host = CY_YES;
  return cy_tls_side_set(&b->side->host, node->words[1]);
}

static const struct {
  const char *name;
  cy_tls_field field;
  apply *apply;
  bool several; /* all of them hold, not the last */
} options[] = {
  {"sslVersion", CY_TLS_FIELD_VERSIONS, apply_version, false},
  {"sslVersionMin", CY_TLS_FIELD_VERSIONS, apply_version, false},
  {"sslVersionMax", CY_TLS_FIELD_VERSIONS, apply_version, false},
  {"options", CY_TLS_FIELD_VERSIONS, apply_options, true},
  {"ciphers", CY_TLS_FIELD_SUITES, apply_ciphers, false},
  {"ciphersuites", CY_TLS_FIELD_SUITES13, apply_ciphersuites, false},
  {"curve", CY_TLS_FIELD_GROUPS, apply_curves, false},
  {"curves", CY_TLS_FIELD_GROUPS, apply_curves, false},
  {"sigalgs", CY_TLS_FIELD_SCHEMES, apply_sigalgs, false},
  {"securityLevel", CY_TLS_FIELD_LEVEL, apply_level, false},
  {"CAfile", CY_TLS_FIELD_TRUST, apply_trust, false},
  {"CApath", CY_TLS_FIELD_TRUST, apply_trust, false},
  {"checkHost", CY_TLS_FIELD_HOST, apply_host, true},
  {"checkIP", CY_TLS_FIELD_HOST, apply_host, true},
};

static const char *const others[] = {"accept", "cert", "checkEmail", "client", "config", "connect",
  "CRLfile", "CRLpath", "debug", "delay", "engine", "engineId", "engineNum", "engineCtrl", "engineDefault",
  "exec", "execArgs", "failover", "foreground", "ident", "iconActive", "iconError", "iconIdle", "include",
  "key", "libwrap", "local", "log", "logId", "OCSP", "OCSPaia", "OCSPflag", "OCSPnonce", "OCSPrequire",
  "output", "pid", "protocol", "protocolAuthentication", "protocolDomain", "protocolHeader", "protocolHost",
  "protocolPassword", "protocolUsername", "provider", "providerParameter", "PSKidentity", "PSKsecrets",
  "pty", "redirect", "renegotiation", "requireCert", "reset", "retry", "RNDbytes", "RNDfile",
  "RNDoverwrite", "service", "sessionCacheSize", "sessionCacheTimeout", "sessionResume", "sessiond",
  "setEnv", "setgid", "setuid", "sni", "socket", "stack", "syslog", "taskbar", "ticketKeySecret",
  "ticketMacSecret", "TIMEOUTbusy", "TIMEOUTclose", "TIMEOUTconnect", "TIMEOUTidle", "TIMEOUTocsp",
  "transparent", "verify", "verifyChain", "verifyPeer", "chroot", "fips", "compression", "EGD"};

static void check_word(cy_tls_tree *tree, const cy_tls_node *node)
{
  const char *right[CY_COUNT(others) + CY_COUNT(options) + 1] = {NULL};
  size_t count = 0;
  for (size_t i = 0; i < CY_COUNT(options); i++)
    right[count++] = options[i].name;
  for (size_t i = 0; i < CY_COUNT(others); i++)
    right[count++] = others[i];
  for (size_t i = 0; i < count; i++)
    if (cy_tls_node_is(node, right[i]))
      return;
  cy_tls_word_unknown(&tree->findings, node->file, node->line, node->words[0], "stunnel", right);
}

/* The service's last one, else that of all services. */
static const cy_tls_node *value_of(const builder *b, const char *name)
{
  const cy_tls_node *own = cy_tls_node_last(b->service, name);
  return own ? own : cy_tls_node_last(b->global, name);
}

static bool is_yes(const builder *b, const char *name)
{
  const cy_tls_node *n = value_of(b, name);
  bool yes;
  return n && cy_tls_read_switch(n->words[1], &yes) && yes;
}

static cy_err *apply_one(builder *b, size_t i)
{
  const cy_tls_node *scopes[] = {b->global, b->service};
  const cy_tls_node *holds = value_of(b, options[i].name);
  for (size_t s = 0; s < 2; s++)
    for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(scopes[s], options[i].name, n));) {
      CY_TRY(cy_tls_node_note(b->side, options[i].field, n, NULL));
      if (n == holds || options[i].several) {
        CY_TRY(options[i].apply(b, n));
        continue;
      }
      cy_tls_setting *setting = &b->side->settings[b->side->setting_count - 1];
      setting->in_force = false;
      CY_TRY(cy_tls_side_set(&setting->note, "set again further down"));
    }
  return NULL;
}

static cy_err *apply_defaults(builder *b)
{
  static const struct {
    const char *key;
    cy_tls_field field;
  } rows[] = {{"ciphers", CY_TLS_FIELD_SUITES}, {"curves", CY_TLS_FIELD_GROUPS}};
  b->side->versions = cy_tls_versions_between(CY_TLS10, 0);
  b->side->security_level = 2;
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    const cy_tls_product_default *row = cy_tls_product_default_find("stunnel", rows[i].key);
    if (value_of(b, rows[i].key) || !row)
      continue;
    const cy_tls_node node = {
      .file = "default", .words = (const char *[]){row->key, row->value}, .count = 2};
    CY_TRY(i ? apply_curves(b, &node) : apply_ciphers(b, &node));
    CY_TRY(cy_tls_product_default_note(b->side, rows[i].field, row));
  }
  return NULL;
}

/* verify = 0 to 4 is the old way to say it. */
static cy_err *apply_peer(builder *b)
{
  static const char *const words[] = {"verify", "verifyChain", "verifyPeer", "requireCert"};
  const cy_tls_node *verify = value_of(b, "verify");
  bool server = b->side->role == CY_TLS_SERVER;
  char level = verify ? verify->words[1][0] : '0';
  bool checks = level >= '2' || is_yes(b, "verifyChain") || is_yes(b, "verifyPeer");
  bool optional = level == '1' && !checks; /* verifyChain and verifyPeer imply requireCert */
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (value_of(b, words[i]))
      CY_TRY(cy_tls_node_note(b->side, CY_TLS_FIELD_PEER, value_of(b, words[i]), NULL));
  b->side->peer = optional ? CY_TLS_PEER_OPTIONAL : checks ? CY_TLS_PEER_REQUIRED : CY_TLS_PEER_IGNORED;
  if (b->side->check_host == CY_UNSET && !server)
    b->side->check_host = CY_NO;
  return NULL;
}

static bool is_loopback(const char *target)
{
  return cy_text_starts(target, "127.") || cy_text_starts(target, "localhost") ||
         cy_text_starts(target, "::1") || !target[strcspn(target, ":./")];
}

static void tell_peer(builder *b, const cy_tls_node *connect)
{
  const cy_tls_node *at = connect ? connect : b->service;
  bool checks = b->side->peer == CY_TLS_PEER_REQUIRED;
  if (b->side->role == CY_TLS_SERVER) {
    if (b->side->peer == CY_TLS_PEER_OPTIONAL)
      cy_tls_read_finding(b->side, CY_F_TLS_CLIENT_OPTIONAL, at->file, b->service->line,
        "[%s] takes clients with a certificate that holds, and those without one", b->side->label);
    if (b->side->peer != CY_TLS_PEER_IGNORED && !value_of(b, "CAfile") && !value_of(b, "CApath"))
      cy_tls_read_finding(b->side, CY_F_TLS_CLIENT_TRUST_MISSING, at->file, b->service->line,
        "[%s] is to check certificates, and neither CAfile nor CApath says whom to believe",
        b->side->label);
    return;
  }
  if (!checks && !(connect && is_loopback(connect->words[1])))
    cy_tls_read_finding(b->side, CY_F_TLS_VERIFY_OFF, at->file, at->line,
      "[%s] takes whatever certificate %s shows: verifyChain is not set", b->side->label,
      connect ? connect->words[1] : "the server");
  if (checks && b->side->check_host != CY_YES && !is_yes(b, "verifyPeer") &&
      !(connect && is_loopback(connect->words[1])))
    cy_tls_read_finding(b->side, CY_F_TLS_HOST_UNCHECKED, at->file, at->line,
      "[%s] checks who signed the certificate, not whose it is: checkHost is not set", b->side->label);
}

static cy_err *apply_identity(builder *b)
{
  const cy_tls_node *cert = value_of(b, "cert"), *key = value_of(b, "key");
  if (!cert && b->side->role == CY_TLS_SERVER && !value_of(b, "PSKsecrets")) {
    b->side->identity_wrong = true;
    cy_tls_read_finding(b->side, CY_F_TLS_IDENTITY_MISSING, b->service->file, b->service->line,
      "[%s] is a server and has no cert", b->side->label);
  }
  if (!cert)
    return NULL;
  CY_TRY(cy_tls_node_note(b->side, CY_TLS_FIELD_IDENTITY, cert, NULL));
  if (key)
    CY_TRY(cy_tls_node_note(b->side, CY_TLS_FIELD_IDENTITY, key, NULL));
  return cy_tls_read_identity(b->reading, b->side, NULL, cert->words[1], key ? key->words[1] : NULL, NULL);
}

/* The host part of HOST:PORT; a port alone is this machine. */
static cy_err *set_host(builder *b, const cy_tls_node *connect)
{
  const cy_tls_node *sni = value_of(b, "sni");
  if (sni && *sni->words[1])
    return cy_tls_side_set(&b->side->host, sni->words[1]);
  const char *colon = connect ? strrchr(connect->words[1], ':') : NULL;
  if (!colon)
    return NULL;
  CY_AUTO_STR char *host = cy_strndup(connect->words[1], (size_t)(colon - connect->words[1]));
  CY_TRY_ALLOC(host);
  return cy_tls_side_set(&b->side->host, host);
}

/* sni = SERVICE:PATTERN: a service that another one hands over to, for names that fit. */
static cy_err *set_names(builder *b, const cy_tls_node *accept)
{
  const cy_tls_node *sni = value_of(b, "sni");
  const char *colon = sni ? strchr(sni->words[1], ':') : NULL;
  b->side->default_server = !colon;
  if (!colon)
    return cy_tls_side_set(&b->side->listen, accept ? accept->words[1] : NULL);
  for (const cy_tls_node *s = b->service->parent->first; s && !accept; s = s->next)
    if (strlen(s->words[1]) == (size_t)(colon - sni->words[1]) &&
        strncmp(s->words[1], sni->words[1], (size_t)(colon - sni->words[1])) == 0)
      accept = cy_tls_node_last(s, "accept");
  CY_TRY(cy_tls_side_set(&b->side->listen, accept ? accept->words[1] : NULL));
  return cy_tls_side_set(&b->side->names, colon + 1);
}

static cy_err *build(builder *b)
{
  const cy_tls_node *connect = value_of(b, "connect");
  const cy_tls_node *accept = value_of(b, "accept");
  b->side->dialect = cy_tls_dialect_find("openssl-3.0");
  CY_TRY(cy_tls_side_set(&b->side->label, b->service->words[1]));
  CY_TRY(cy_tls_side_set(&b->side->product, "stunnel"));
  CY_TRY(cy_tls_side_set(&b->side->source, b->service->file));
  if (accept)
    CY_TRY(cy_tls_node_note(b->side, CY_TLS_FIELD_LISTEN, accept, NULL));
  if (b->side->role == CY_TLS_CLIENT)
    CY_TRY(set_host(b, connect));
  else
    CY_TRY(set_names(b, accept));
  CY_TRY(apply_defaults(b));
  for (size_t i = 0; i < CY_COUNT(options); i++)
    CY_TRY(apply_one(b, i));
  CY_TRY(apply_peer(b));
  CY_TRY(apply_identity(b));
  tell_peer(b, connect);
  return cy_findings_check(&b->side->findings);
}

static cy_err *add_service(cy_tls_reading *reading, const cy_tls_node *service, const cy_tls_node *global)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  builder b = {.reading = reading, .service = service, .global = global};
  bool client = is_yes(&b, "client");
  cy_buf_printf(&name, "stunnel %s [%s] (%s:%zu)", client ? "client" : "server", service->words[1],
    service->file, service->line);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_new(&b.side, cy_buf_cstr(&name), client ? CY_TLS_CLIENT : CY_TLS_SERVER));
  cy_err *err = build(&b);
  if (err) {
    cy_tls_side_free(b.side);
    return err;
  }
  return cy_tls_sides_add(reading->sides, b.side);
}

static cy_err *add_services(cy_tls_reading *reading, cy_tls_tree *tree, const cy_tls_node *global)
{
  size_t before = reading->sides->count;
  for (const cy_tls_node *s = tree->root.first; s; s = s->next) {
    for (const cy_tls_node *n = s->first; n; n = n->next)
      check_word(tree, n);
    if (s != global)
      CY_TRY(add_service(reading, s, global));
  }
  /* Without services it is one by itself, as inetd starts it. */
  if (reading->sides->count == before && global && global->first)
    CY_TRY(add_service(reading, global, global));
  if (reading->sides->count > before)
    cy_findings_move(&reading->sides->items[before]->findings, &tree->findings);
  return NULL;
}

static cy_err *read_stunnel(cy_tls_reading *reading, const char *path, cy_span text)
{
  CY_CLEAN(cy_tls_tree) tree = {0};
  loader load = {.reading = reading, .tree = &tree, .path = path};
  const cy_span words[] = {CY_SPAN("global"), CY_SPAN("stunnel")};
  const char *name;
  CY_TRY(cy_tls_tree_str(&tree, path, &name));
  CY_TRY(cy_tls_tree_add(&tree, &tree.root, name, 1, words, 2, &load.into));
  CY_TRY(read_text(&load, name, text));
  return add_services(reading, &tree, tree.root.first);
}

static unsigned detect(const char *path, cy_span head)
{
  static const char *const words[] = {"\naccept", "\nconnect", "\ncert", "\nclient", "\n[", "\nverifyChain",
    "\nCAfile", "\ncheckHost", "\nsslVersion"};
  unsigned seen = 0;
  if (!head.data || !head.len || memchr(head.data, 0, head.len))
    return 0;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    seen += memmem(head.data, head.len, words[i], strlen(words[i])) != NULL;
  bool both = memmem(head.data, head.len, "accept", 6) && memmem(head.data, head.len, "connect", 7) &&
              memchr(head.data, '=', head.len) && memchr(head.data, '[', head.len);
  bool named = strstr(path, "stunnel") != NULL;
  return named && seen > 1 ? 90 : both && seen > 2 ? 70 : 0;
}

const cy_tls_reader cy_tls_reader_stunnel = {.id = "stunnel",
  .title = "stunnel",
  .what = "stunnel.conf: each service, client or server",
  .detect = detect,
  .read = read_stunnel,
  .audited = {.marks = CY_TLS_MARKS("connect =", "connect=", "connect  =", "cafile", "sslversion",
                "verifychain", "checkhost")}};
