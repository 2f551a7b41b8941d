/* nginx: sides of its servers, and of what they pass on over TLS. */
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/read_nginx.h"
#include "tls/reader_openssl.h"

/* A server, or a place that passes on, with the prefix that its directives have. */
typedef struct {
  cy_tls_reading *reading;
  cy_tls_side *side;
  const char *path;         /* of the configuration */
  const char *prefix;       /* "ssl_", "proxy_ssl_", "grpc_ssl_" */
  const cy_tls_node *scope; /* the server or location: what is not set there is looked for around it */
  const cy_tls_node *first; /* the default server of the same socket; NULL: itself */
} builder;

typedef cy_err *apply(builder *b, const cy_tls_node *node);

static cy_err *apply_protocols(builder *b, const cy_tls_node *node)
{
  static const char *const right[] = {"SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3", NULL};
  for (size_t i = 1; i < node->count; i++) {
    unsigned version = cy_tls_read_version_of(node->words[i], right);
    if (version)
      b->side->versions |= CY_TLS_BIT(version);
    else if (!cy_notation_has("SSLv2", node->words[i]))
      cy_tls_node_wrong(b->side, node, node->words[i], right);
  }
  return NULL;
}

static cy_err *apply_ciphers(builder *b, const cy_tls_node *node)
{
  return cy_tls_read_cipher_string(b->side, cy_span_str(cy_tls_node_word(node, 1)), node->file, node->line);
}

static cy_err *apply_order(builder *b, const cy_tls_node *node)
{
  static const char *const right[] = {"on", "off", NULL};
  bool on;
  if (cy_tls_read_switch(cy_tls_node_word(node, 1), &on))
    b->side->own_order = on ? CY_YES : CY_NO;
  else
    cy_tls_node_wrong(b->side, node, cy_tls_node_word(node, 1), right);
  return NULL;
}

static cy_err *apply_curves(builder *b, const cy_tls_node *node)
{
  const char *value = cy_tls_node_word(node, 1);
  if (strcmp(value, "auto") == 0)
    return NULL;
  return cy_tls_read_openssl_groups(b->side, cy_span_str(value), node->file, node->line);
}

static cy_err *apply_verify_client(builder *b, const cy_tls_node *node)
{
  static const char *const right[] = {"on", "off", "optional", "optional_no_ca", NULL};
  static const cy_tls_peer peers[] = {
    CY_TLS_PEER_REQUIRED, CY_TLS_PEER_IGNORED, CY_TLS_PEER_OPTIONAL, CY_TLS_PEER_UNCHECKED};
  const char *value = cy_tls_node_word(node, 1);
  for (size_t i = 0; right[i]; i++) {
    if (strcmp(value, right[i]) != 0)
      continue;
    b->side->peer = peers[i];
    if (peers[i] == CY_TLS_PEER_OPTIONAL)
      cy_tls_read_finding(b->side, CY_F_TLS_CLIENT_OPTIONAL, node->file, node->line,
        "a client that shows no certificate is let in ($ssl_client_verify is NONE), one that does not hold "
        "gets error 400");
    if (peers[i] == CY_TLS_PEER_UNCHECKED)
      cy_tls_read_finding(b->side, CY_F_TLS_CLIENT_UNCHECKED, node->file, node->line,
        "optional_no_ca lets every certificate in, whoever signed it; only $ssl_client_verify tells");
    return NULL;
  }
  cy_tls_node_wrong(b->side, node, value, right);
  return NULL;
}

static cy_err *apply_verify(builder *b, const cy_tls_node *node)
{
  static const char *const right[] = {"on", "off", NULL};
  const char *value = cy_tls_node_word(node, 1);
  bool on;
  if (!cy_tls_read_switch(value, &on)) {
    cy_tls_node_wrong(b->side, node, value, right);
    return NULL;
  }
  b->side->peer = on ? CY_TLS_PEER_REQUIRED : CY_TLS_PEER_IGNORED;
  b->side->check_host = on ? CY_YES : CY_NO;
  if (!on)
    cy_tls_read_finding(b->side, CY_F_TLS_VERIFY_OFF, node->file, node->line,
      "%s off: nginx takes whatever certificate %s shows", cy_tls_node_word(node, 0),
      b->side->host ? b->side->host : "the server");
  return NULL;
}

static cy_err *apply_depth(builder *b, const cy_tls_node *node)
{
  cy_span word = cy_span_str(cy_tls_node_word(node, 1));
  int depth = 0;
  for (size_t i = 0; i < word.len && i < 6; i++)
    depth = word.data[i] >= '0' && word.data[i] <= '9' ? depth * 10 + (word.data[i] - '0') : -100000;
  if (!word.len || depth < 0)
    cy_tls_node_wrong(b->side, node, (const char *)word.data, NULL);
  else
    b->side->verify_depth = depth;
  return NULL;
}

static cy_err *apply_dhparam(builder *b, const cy_tls_node *node)
{
  (void)node;
  b->side->dh = CY_TLS_DH_AUTO;
  return NULL;
}

/* Those of ssl_client_certificate are named to clients, those of ssl_trusted_certificate are not. */
static cy_err *apply_client_ca(builder *b, const cy_tls_node *node)
{
  CY_TRY(cy_tls_read_trust(b->reading, b->side, b->path, cy_tls_node_word(node, 1)));
  b->side->ca_names = CY_TLS_CA_NAMES_LIST;
  for (size_t i = 0; b->side->trust && i < b->side->trust->anchors.count; i++)
    CY_TRY(cy_certs_add(&b->side->ca_list, b->side->trust->anchors.items[i]));
  return NULL;
}

static cy_err *apply_trust(builder *b, const cy_tls_node *node)
{
  return cy_tls_read_trust(b->reading, b->side, b->path, cy_tls_node_word(node, 1));
}

static cy_err *apply_name(builder *b, const cy_tls_node *node)
{
  const char *name = cy_tls_node_word(node, 1);
  return strchr(name, '$') ? NULL : cy_tls_side_set(&b->side->host, name);
}

/* Names of OpenSSL's own configuration commands. */
static cy_err *apply_conf_command(builder *b, const cy_tls_node *node)
{
  const char *key = cy_tls_node_word(node, 1);
  CY_CLEAN(cy_buf) value = CY_BUF_TEXT;
  cy_tls_node_value(node, 2, &value);
  CY_TRY(cy_buf_check(&value));
  return cy_tls_read_ssl_command(
    b->reading, b->side, b->path, key, cy_buf_cstr(&value), node->file, node->line);
}

static cy_err *apply_nothing(builder *b, const cy_tls_node *node)
{
  (void)b;
  (void)node;
  return NULL;
}

enum { SERVER = 1 << 0, CLIENT = 1 << 1 };

static const struct {
  const char *name; /* behind the prefix */
  unsigned where;
  cy_tls_field field;
  apply *apply;
} settings[] = {
  {"protocols", SERVER | CLIENT, CY_TLS_FIELD_VERSIONS, apply_protocols},
  {"ciphers", SERVER | CLIENT, CY_TLS_FIELD_SUITES, apply_ciphers},
  {"prefer_server_ciphers", SERVER, CY_TLS_FIELD_ORDER, apply_order},
  {"ecdh_curve", SERVER, CY_TLS_FIELD_GROUPS, apply_curves},
  {"dhparam", SERVER, CY_TLS_FIELD_DH, apply_dhparam},
  {"verify_client", SERVER, CY_TLS_FIELD_PEER, apply_verify_client},
  {"verify_depth", SERVER | CLIENT, CY_TLS_FIELD_PEER, apply_depth},
  {"verify", CLIENT, CY_TLS_FIELD_PEER, apply_verify},
  {"client_certificate", SERVER, CY_TLS_FIELD_TRUST, apply_client_ca},
  {"trusted_certificate", SERVER | CLIENT, CY_TLS_FIELD_TRUST, apply_trust},
  {"crl", SERVER | CLIENT, CY_TLS_FIELD_TRUST, apply_nothing},
  {"name", CLIENT, CY_TLS_FIELD_HOST, apply_name},
  {"conf_command", SERVER | CLIENT, CY_TLS_FIELD_OTHER, apply_conf_command},
};

/* What else begins so and says nothing of the handshake, or is looked at elsewhere. */
static const char others[] =
  "ssl_certificate ssl_certificate_key ssl_password_file ssl_session_cache ssl_session_timeout "
  "ssl_session_tickets ssl_session_ticket_key ssl_buffer_size ssl_stapling ssl_stapling_file "
  "ssl_stapling_responder ssl_stapling_verify ssl_early_data ssl_ocsp ssl_ocsp_cache ssl_ocsp_responder "
  "ssl_reject_handshake ssl_handshake_timeout ssl_alpn ssl_preread ssl_engine ssl ssl_certificate_cache "
  "ssl_key_log ssl_object_cache_inheritable ssl_certificate_compression ssl_ech_file ssl_ech_key "
  "proxy_ssl_certificate proxy_ssl_certificate_key proxy_ssl_password_file proxy_ssl_server_name "
  "proxy_ssl_session_reuse proxy_ssl proxy_ssl_certificate_cache proxy_ssl_key_log grpc_ssl_certificate "
  "grpc_ssl_certificate_key grpc_ssl_password_file grpc_ssl_server_name grpc_ssl_session_reuse "
  "grpc_ssl_certificate_cache grpc_ssl_key_log";

/* The nearest scope around that has the directive: its lines hold, those further out are beaten. */
static const cy_tls_node *scope_of(const cy_tls_node *from, const char *name)
{
  while (from && !cy_tls_node_find(from, name, NULL))
    from = from->parent;
  return from;
}

static cy_err *note_beaten(builder *b, cy_tls_field field, const char *name, const cy_tls_node *winner)
{
  for (const cy_tls_node *scope = winner->parent; scope; scope = scope->parent)
    for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(scope, name, n));) {
      CY_CLEAN(cy_buf) why = CY_BUF_TEXT;
      const cy_tls_node *by = cy_tls_node_find(winner, name, NULL);
      cy_buf_printf(&why, "set again nearer, in line %zu", by->line);
      CY_TRY(cy_tls_node_note(b->side, field, n, NULL));
      cy_tls_setting *setting = &b->side->settings[b->side->setting_count - 1];
      setting->in_force = false;
      CY_TRY(cy_tls_side_set(&setting->note, cy_buf_cstr(&why)));
    }
  return NULL;
}

static cy_err *apply_default(builder *b, const char *name)
{
  const cy_tls_product_default *row = cy_tls_product_default_find("nginx", name);
  cy_tls_field field = cy_text_ends(name, "protocols") ? CY_TLS_FIELD_VERSIONS : CY_TLS_FIELD_SUITES;
  char unknown[8];
  if (!row)
    return NULL;
  if (field == CY_TLS_FIELD_VERSIONS)
    b->side->versions = cy_tls_read_protocols(row->value, 0, unknown, sizeof unknown);
  else if (cy_text_ends(name, "ciphers"))
    CY_TRY(cy_tls_read_cipher_string(b->side, cy_span_str(row->value), b->path, 0));
  else
    return NULL;
  return cy_tls_product_default_note(b->side, field, row);
}

static cy_err *apply_setting(builder *b, size_t i)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  const cy_tls_node *from = b->scope;
  cy_buf_printf(&name, "%s%s", b->prefix, settings[i].name);
  CY_TRY(cy_buf_check(&name));
  const char *word = cy_buf_cstr(&name);
  /* The version and the groups are settled before the server's name is looked at. */
  bool early = settings[i].field == CY_TLS_FIELD_VERSIONS || settings[i].field == CY_TLS_FIELD_GROUPS;
  if (b->first && early) {
    const cy_tls_node *own = cy_tls_node_find(b->scope, word, NULL);
    if (own)
      cy_tls_read_finding(b->side, CY_F_TLS_SETTING_DEAD, own->file, own->line,
        "%s of this server is not heeded: the default server of the same socket (line %zu) decides, since "
        "the name is looked at later",
        word, b->first->line);
    from = b->first;
  }
  const cy_tls_node *scope = scope_of(from, word);
  if (!scope)
    return apply_default(b, word);
  CY_TRY(note_beaten(b, settings[i].field, word, scope));
  for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(scope, word, n));) {
    if (settings[i].apply != apply_conf_command)
      CY_TRY(cy_tls_node_note(b->side, settings[i].field, n, NULL));
    CY_TRY(settings[i].apply(b, n));
  }
  return NULL;
}

/* Certificates and keys stand side by side, the first with the first. */
static cy_err *apply_identities(builder *b)
{
  CY_CLEAN(cy_buf) cert_word = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) key_word = CY_BUF_TEXT;
  cy_buf_printf(&cert_word, "%scertificate", b->prefix);
  cy_buf_printf(&key_word, "%scertificate_key", b->prefix);
  CY_TRY(cy_buf_check(&cert_word));
  CY_TRY(cy_buf_check(&key_word));
  const cy_tls_node *scope = scope_of(b->scope, cy_buf_cstr(&cert_word));
  const cy_tls_node *keys = scope_of(b->scope, cy_buf_cstr(&key_word));
  const cy_tls_node *key = NULL;
  for (const cy_tls_node *n = NULL; scope && (n = cy_tls_node_find(scope, cy_buf_cstr(&cert_word), n));) {
    key = keys ? cy_tls_node_find(keys, cy_buf_cstr(&key_word), key) : NULL;
    const char *cert = cy_tls_node_word(n, 1);
    CY_TRY(cy_tls_node_note(b->side, CY_TLS_FIELD_IDENTITY, n, NULL));
    if (key)
      CY_TRY(cy_tls_node_note(b->side, CY_TLS_FIELD_IDENTITY, key, NULL));
    if (strchr(cert, '$')) {
      cy_tls_read_finding(b->side, CY_F_TLS_NOT_READ, n->file, n->line,
        "%s is named by a variable, so which certificate it is shows only when a connection comes", cert);
      continue;
    }
    if (!key) {
      b->side->identity_wrong = true;
      cy_tls_read_finding(b->side, CY_F_TLS_KEY_MISSING, n->file, n->line, "no %s belongs to this %s",
        cy_buf_cstr(&key_word), cy_buf_cstr(&cert_word));
      continue;
    }
    CY_TRY(cy_tls_read_identity(b->reading, b->side, b->path, cert, cy_tls_node_word(key, 1), NULL));
  }
  return NULL;
}

static cy_err *apply_all(builder *b, unsigned where)
{
  /* Without it the library's list is not restricted, and no Diffie-Hellman group is there. */
  b->side->dialect = cy_tls_dialect_find("openssl-3.0");
  CY_TRY(cy_tls_side_set(&b->side->product, "nginx"));
  for (size_t i = 0; i < CY_COUNT(settings); i++)
    if (settings[i].where & where)
      CY_TRY(apply_setting(b, i));
  return apply_identities(b);
}

/* Servers. */

static bool listens_with_ssl(const cy_tls_node *listen)
{
  for (size_t i = 2; i < listen->count; i++)
    if (strcmp(listen->words[i], "ssl") == 0 || strcmp(listen->words[i], "quic") == 0)
      return true;
  return false;
}

/* The old way: ssl on; for all sockets of the server. */
static bool is_on(const cy_tls_node *scope, const char *word)
{
  scope = scope_of(scope, word);
  bool on = false;
  return scope && cy_tls_read_switch(cy_tls_node_word(cy_tls_node_last(scope, word), 1), &on) && on;
}

static const cy_tls_node *ssl_listen(const cy_tls_node *server)
{
  for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(server, "listen", n));)
    if (listens_with_ssl(n) || is_on(server, "ssl"))
      return n;
  return NULL;
}

static bool is_default(const cy_tls_node *listen)
{
  for (size_t i = 2; i < listen->count; i++)
    if (strcmp(listen->words[i], "default_server") == 0 || strcmp(listen->words[i], "default") == 0)
      return true;
  return false;
}

/* "443", "*:443" and "0.0.0.0:443" are one socket. */
static const char *socket_of(const cy_tls_node *listen)
{
  const char *address = cy_tls_node_word(listen, 1);
  if (cy_text_starts(address, "*:"))
    return address + 2;
  return cy_text_starts(address, "0.0.0.0:") ? address + 8 : address;
}

static const cy_tls_node *listen_at(const cy_tls_node *server, const char *socket)
{
  for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(server, "listen", n));)
    if (strcmp(socket_of(n), socket) == 0)
      return n;
  return NULL;
}

/* The server that a client gets that names none: marked, or the first of the socket. */
static const cy_tls_node *default_server(const cy_tls_node *around, const char *socket)
{
  const cy_tls_node *first = NULL;
  for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(around, "server", n));) {
    const cy_tls_node *listen = listen_at(n, socket);
    if (listen && is_default(listen))
      return n;
    if (listen && !first)
      first = n;
  }
  return first;
}

/* People are sent from one entrance to the other: returns and rewrites that name https. */
static bool sends_to_https(const cy_tls_node *scope)
{
  for (const cy_tls_node *n = scope->first; n; n = n->next) {
    bool sends = cy_tls_node_is(n, "return") || cy_tls_node_is(n, "rewrite");
    for (size_t i = 1; sends && i < n->count; i++)
      if (strstr(n->words[i], "https://"))
        return true;
    if (n->first && sends_to_https(n))
      return true;
  }
  return false;
}

static void tell_clear(builder *b)
{
  for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(b->scope, "listen", n));) {
    bool socket = cy_text_starts(cy_tls_node_word(n, 1), "unix:") ||
                  cy_text_starts(cy_tls_node_word(n, 1), "127.") ||
                  cy_text_starts(cy_tls_node_word(n, 1), "[::1]");
    if (socket || listens_with_ssl(n) || is_on(b->scope, "ssl") || sends_to_https(b->scope))
      continue;
    cy_tls_read_finding(b->side, CY_F_TLS_CLEAR_BESIDE, n->file, n->line,
      "listen %s serves the same in clear", cy_tls_node_word(n, 1));
    return;
  }
}

static cy_err *put_names(const cy_tls_node *server, cy_buf *names)
{
  for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(server, "server_name", n));)
    for (size_t i = 1; i < n->count; i++)
      if (*n->words[i])
        cy_buf_printf(names, "%s%s", names->len ? " " : "", n->words[i]);
  return cy_buf_check(names);
}

/* Who refuses every handshake needs no certificate. */
static void tell_no_identity(builder *b, const cy_tls_node *listen)
{
  if (b->side->identity_count || b->side->identity_wrong || b->side->setting_count == 0)
    return;
  if (scope_of(b->scope, "ssl_certificate") || is_on(b->scope, "ssl_reject_handshake"))
    return;
  b->side->identity_wrong = true;
  cy_tls_read_finding(b->side, CY_F_TLS_IDENTITY_MISSING, listen->file, listen->line,
    "listen %s with ssl, and no ssl_certificate: handshakes fail", cy_tls_node_word(listen, 1));
}

static void tell_no_client_ca(builder *b)
{
  const cy_tls_setting *peer = cy_tls_side_setting(b->side, CY_TLS_FIELD_PEER);
  bool asks = b->side->peer == CY_TLS_PEER_REQUIRED || b->side->peer == CY_TLS_PEER_OPTIONAL;
  if (asks && peer && !scope_of(b->scope, "ssl_client_certificate"))
    cy_tls_read_finding(b->side, CY_F_TLS_CLIENT_TRUST_MISSING, peer->file, peer->line,
      "ssl_verify_client without ssl_client_certificate: nginx does not start");
}

/* Protocols (ALPN). In http they are fixed, h2 is switched on for a socket; since 1.21.4 a client that
 * speaks none of them is refused. In stream a directive names them. */
static bool is_within(const cy_tls_node *scope, const char *block)
{
  while (scope && !cy_tls_node_is(scope, block))
    scope = scope->parent;
  return scope != NULL;
}

static bool speaks_h2(const builder *b, const cy_tls_node *listen)
{
  if (is_on(b->scope, "http2"))
    return true;
  for (const cy_tls_node *n = NULL; (n = cy_tls_node_find(b->scope->parent, "server", n));) {
    const cy_tls_node *same = listen_at(n, socket_of(listen));
    for (size_t i = 2; same && i < same->count; i++)
      if (strcmp(same->words[i], "http2") == 0)
        return true;
  }
  return false;
}

static cy_err *apply_alpn(builder *b, const cy_tls_node *listen)
{
  static const char *const fixed[] = {"http/1.1", "http/1.0", "http/0.9"};
  b->side->alpn_needed = CY_YES;
  if (is_within(b->scope, "mail"))
    return NULL;
  if (is_within(b->scope, "stream")) {
    const cy_tls_node *where = scope_of(b->scope, "ssl_alpn");
    const cy_tls_node *named = where ? cy_tls_node_last(where, "ssl_alpn") : NULL;
    for (size_t i = 1; named && i < named->count; i++)
      CY_TRY(cy_tls_protocols_add(&b->side->alpn, named->words[i]));
    return named ? cy_tls_node_note(b->side, CY_TLS_FIELD_ALPN, named, NULL) : NULL;
  }
  if (speaks_h2(b, listen)) {
    CY_TRY(cy_tls_protocols_add(&b->side->alpn, "h2"));
    CY_TRY(cy_tls_node_note(b->side, CY_TLS_FIELD_ALPN, listen, NULL));
  }
  for (size_t i = 0; i < CY_COUNT(fixed); i++)
    CY_TRY(cy_tls_protocols_add(&b->side->alpn, fixed[i]));
  return NULL;
}

static cy_err *build_server(builder *b, const cy_tls_node *listen)
{
  CY_TRY(cy_tls_node_note(b->side, CY_TLS_FIELD_LISTEN, listen, NULL));
  b->side->dh = CY_TLS_DH_NONE;
  b->side->peer = CY_TLS_PEER_IGNORED;
  b->side->own_order = CY_NO;
  CY_TRY(apply_all(b, SERVER));
  CY_TRY(apply_alpn(b, listen));
  tell_no_identity(b, listen);
  tell_no_client_ca(b);
  tell_clear(b);
  return cy_findings_check(&b->side->findings);
}

static cy_err *add_server(cy_tls_reading *reading, const cy_tls_node *server, const char *path)
{
  CY_CLEAN(cy_buf) names = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) title = CY_BUF_TEXT;
  const cy_tls_node *listen = ssl_listen(server);
  if (!listen)
    return NULL;
  const cy_tls_node *first = default_server(server->parent, socket_of(listen));
  builder b = {.reading = reading, .path = path, .prefix = "ssl_", .scope = server};
  b.first = first == server ? NULL : first;
  CY_TRY(put_names(server, &names));
  cy_buf_printf(&title, "nginx server %s on %s%s (%s:%zu)",
    names.len ? cy_buf_cstr(&names) : "without a name", cy_tls_node_word(listen, 1),
    b.first ? "" : ", the default there", server->file, server->line);
  CY_TRY(cy_buf_check(&title));
  CY_TRY(cy_tls_side_new(&b.side, cy_buf_cstr(&title), CY_TLS_SERVER));
  cy_err *err = cy_tls_side_set(&b.side->label, names.len ? cy_buf_cstr(&names) : NULL);
  if (!err)
    err = cy_tls_side_set(&b.side->names, names.len ? cy_buf_cstr(&names) : "");
  if (!err)
    err = cy_tls_side_set(&b.side->listen, cy_tls_node_word(listen, 1));
  b.side->default_server = !b.first;
  if (!err)
    err = cy_tls_side_set(&b.side->source, server->file);
  if (!err)
    err = build_server(&b, listen);
  if (err) {
    cy_tls_side_free(b.side);
    return err;
  }
  return cy_tls_sides_add(reading->sides, b.side);
}

/* What passes on over TLS. */

static bool is_loopback(const char *host)
{
  return cy_text_starts(host, "127.") || strcmp(host, "localhost") == 0 || cy_text_starts(host, "[::1]") ||
         cy_text_starts(host, "unix");
}

/* The host of https://host:port/path. */
static cy_err *host_of(const char *target, cy_buf *host)
{
  const char *at = strstr(target, "://");
  at = at ? at + 3 : target;
  size_t len = *at == '[' ? strcspn(at, "]") + (strchr(at, ']') != NULL) : strcspn(at, ":/");
  cy_buf_put(host, at, len);
  return cy_buf_check(host);
}

static cy_err *build_client(builder *b, const cy_tls_node *pass)
{
  CY_CLEAN(cy_buf) word = CY_BUF_TEXT;
  const char *host = b->side->host ? b->side->host : "";
  cy_buf_printf(&word, "%sverify", b->prefix);
  CY_TRY(cy_buf_check(&word));
  CY_TRY(cy_tls_node_note(b->side, CY_TLS_FIELD_HOST, pass, NULL));
  b->side->peer = CY_TLS_PEER_IGNORED;
  b->side->check_host = CY_NO;
  if (!scope_of(b->scope, cy_buf_cstr(&word)) && !is_loopback(host)) {
    cy_finding *f = cy_tls_read_finding(b->side, CY_F_TLS_VERIFY_OFF, pass->file, pass->line,
      "nginx takes whatever certificate %s shows, since %s is off where nothing says otherwise",
      *host ? host : cy_tls_node_word(pass, 1), cy_buf_cstr(&word));
    cy_finding_set_severity(f, CY_WARNING);
    cy_finding_set_fix(&b->side->findings, f,
      "%s on; and %strusted_certificate FILE; with the CA of that server.", cy_buf_cstr(&word), b->prefix);
  }
  CY_TRY(apply_all(b, CLIENT));
  if (b->side->peer == CY_TLS_PEER_REQUIRED && !b->side->trust && !b->side->findings.count)
    cy_tls_read_finding(b->side, CY_F_TLS_TRUST_MISSING, pass->file, pass->line,
      "%s is on, and no %strusted_certificate says whom to believe: nginx does not start",
      cy_buf_cstr(&word), b->prefix);
  return cy_findings_check(&b->side->findings);
}

static cy_err *add_client(
  cy_tls_reading *reading, const cy_tls_node *pass, const char *prefix, const char *path)
{
  CY_CLEAN(cy_buf) host = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) title = CY_BUF_TEXT;
  builder b = {.reading = reading, .path = path, .prefix = prefix, .scope = pass->parent};
  const char *target = cy_tls_node_word(pass, 1);
  CY_TRY(host_of(target, &host));
  bool known = host.len && !strchr(cy_buf_cstr(&host), '$');
  cy_buf_printf(&title, "nginx passes on to %s (%s:%zu)", target, pass->file, pass->line);
  CY_TRY(cy_buf_check(&title));
  CY_TRY(cy_tls_side_new(&b.side, cy_buf_cstr(&title), CY_TLS_CLIENT));
  cy_err *err = cy_tls_side_set(&b.side->label, target);
  if (!err)
    err = cy_tls_side_set(&b.side->source, pass->file);
  if (!err && known)
    err = cy_tls_side_set(&b.side->host, cy_buf_cstr(&host));
  if (!err)
    err = build_client(&b, pass);
  if (err) {
    cy_tls_side_free(b.side);
    return err;
  }
  return cy_tls_sides_add(reading->sides, b.side);
}

/* Walking. */

static void check_word(cy_tls_tree *tree, const cy_tls_node *node)
{
  static const char *const prefixes[] = {"ssl_", "proxy_ssl_", "grpc_ssl_"};
  const char *word = cy_tls_node_word(node, 0);
  const char *right[CY_COUNT(settings) + 1];
  size_t p = 0;
  while (p < CY_COUNT(prefixes) && !cy_text_starts(word, prefixes[p]))
    p++;
  if (p == CY_COUNT(prefixes) || cy_notation_has(others, word))
    return;
  CY_CLEAN(cy_buf) names = CY_BUF_TEXT;
  size_t starts[CY_COUNT(settings)], count = 0;
  for (size_t i = 0; i < CY_COUNT(settings); i++) {
    bool here = settings[i].where & (p ? CLIENT : SERVER);
    if (here && strcmp(word + strlen(prefixes[p]), settings[i].name) == 0)
      return;
    if (!here)
      continue;
    starts[count++] = names.len;
    cy_buf_printf(&names, "%s%s", prefixes[p], settings[i].name);
    cy_buf_u8(&names, 0);
  }
  for (size_t i = 0; i < count && !names.failed; i++)
    right[i] = (const char *)names.data + starts[i];
  right[names.failed ? 0 : count] = NULL;
  cy_tls_word_unknown(&tree->findings, node->file, node->line, word, "nginx", right);
}

static cy_err *look_at(
  cy_tls_reading *reading, cy_tls_tree *tree, const cy_tls_node *node, const char *path)
{
  const char *target = cy_tls_node_word(node, 1);
  check_word(tree, node);
  if (cy_tls_node_is(node, "server") && (node->first || node->count == 1))
    return add_server(reading, node, path);
  if (cy_tls_node_is(node, "proxy_pass") && cy_text_starts(target, "https://"))
    return add_client(reading, node, "proxy_ssl_", path);
  if (cy_tls_node_is(node, "proxy_pass") && !strstr(target, "://") && is_on(node->parent, "proxy_ssl"))
    return add_client(reading, node, "proxy_ssl_", path);
  if (cy_tls_node_is(node, "grpc_pass") && cy_text_starts(target, "grpcs://"))
    return add_client(reading, node, "grpc_ssl_", path);
  return NULL;
}

static cy_err *walk(cy_tls_reading *reading, cy_tls_tree *tree, const cy_tls_node *parent, const char *path)
{
  for (const cy_tls_node *n = parent->first; n; n = n->next) {
    CY_TRY(look_at(reading, tree, n, path));
    CY_TRY(walk(reading, tree, n, path));
  }
  return NULL;
}

cy_err *cy_nginx_sides(cy_tls_reading *reading, cy_tls_tree *tree, const char *path)
{
  return walk(reading, tree, &tree->root, path);
}
