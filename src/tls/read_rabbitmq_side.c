/* RabbitMQ's settings as sides: a server for each kind of listener. */
#include "tls/read_rabbitmq.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/read_password.h"
#include "tls/reader_openssl.h"
#include "tls/reader_tree.h"
#include "tls/suite.h"

/* Kinds of listeners. `ports`: one key a listener; else the options have the port. `beside`: a listener in
 * clear is there by default, too. */
typedef struct {
  const char *name, *tls, *clear, *options;
  bool ports, beside;
  const char *port; /* in clear, by default */
} family;

static const family families[] = {
  {"amqp", "listeners.ssl", "listeners.tcp", "ssl_options", true, true, "5672"},
  {"mqtt", "mqtt.listeners.ssl", "mqtt.listeners.tcp", "ssl_options", true, true, "1883"},
  {"stomp", "stomp.listeners.ssl", "stomp.listeners.tcp", "ssl_options", true, true, "61613"},
  {"stream", "stream.listeners.ssl", "stream.listeners.tcp", "ssl_options", true, true, "5552"},
  {"management", "management.ssl", "management.tcp", "management.ssl", false, false, "15672"},
  {"management-listener", "management.listener.ssl_opts", "management.tcp", "management.listener.ssl_opts",
    false, false, "15672"},
  {"web_stomp", "web_stomp.ssl", "web_stomp.tcp", "web_stomp.ssl", false, true, "15674"},
  {"web_mqtt", "web_mqtt.ssl", "web_mqtt.tcp", "web_mqtt.ssl", false, true, "15675"},
  {"prometheus", "prometheus.ssl", "prometheus.tcp", "prometheus.ssl", false, false, "15692"}};

/* Options of TLS, and others that may stand among them. */
static const char *const known[] = {"verify", "fail_if_no_peer_cert", "cacertfile", "certfile", "keyfile",
  "password", "versions", "ciphers", "honor_cipher_order", "honor_ecc_order", "depth", "dhfile", "dh",
  "cert", "cacerts", "key", "crl_check", "crl_cache", "client_renegotiation", "secure_renegotiate",
  "reuse_sessions", "reuse_session", "log_level", "log_alert", "psk_identity", "bypass_pem_cache",
  "hibernate_after", "eccs", "supported_groups", "signature_algs", "signature_algs_cert", "verify_fun",
  "partial_chain", "sni_hosts", "sni_fun", "handshake_timeout", "session_tickets", "early_data",
  "customize_hostname_check", "user_lookup_fun", "alpn_preferred_protocols", "certs_keys", "keep_secrets",
  "max_handshake_size", "port", "ip", "backlog", "listener", "max_connections", "num_acceptors", "compress",
  "idle_timeout", "inactivity_timeout", "request_timeout", "shutdown_timeout", "max_keepalive",
  "cowboy_opts", "cors_allow_origins", "protocol", "use_ssl", "middlebox_comp_mode", "honor_server_order",
  "padding_check", "beast_mitigation", "cert_policy_opts", "allow_any_ca_purpose", "receiver_spawn_opts",
  "sender_spawn_opts", "stapling", NULL};

static const struct {
  const char *name;
  cy_tls_field field;
} fields[] = {{"versions", CY_TLS_FIELD_VERSIONS}, {"ciphers", CY_TLS_FIELD_SUITES},
  {"certfile", CY_TLS_FIELD_IDENTITY}, {"keyfile", CY_TLS_FIELD_IDENTITY},
  {"cacertfile", CY_TLS_FIELD_TRUST}, {"verify", CY_TLS_FIELD_PEER},
  {"fail_if_no_peer_cert", CY_TLS_FIELD_PEER}, {"depth", CY_TLS_FIELD_PEER},
  {"honor_cipher_order", CY_TLS_FIELD_ORDER}, {"honor_ecc_order", CY_TLS_FIELD_ORDER},
  {"dhfile", CY_TLS_FIELD_DH}, {"supported_groups", CY_TLS_FIELD_GROUPS}, {"eccs", CY_TLS_FIELD_GROUPS},
  {"password", CY_TLS_FIELD_OTHER}, {"signature_algs", CY_TLS_FIELD_SCHEMES},
  {"signature_algs_cert", CY_TLS_FIELD_CERT_SCHEMES}, {"port", CY_TLS_FIELD_LISTEN},
  {"listener", CY_TLS_FIELD_LISTEN}, {"ip", CY_TLS_FIELD_LISTEN}};

typedef struct {
  cy_rabbitmq *r;
  const family *of;
  cy_tls_side *side;
} builder;

static const cy_item *get(const builder *b, const char *name)
{
  return cy_rabbitmq_get(b->r, b->of->options, name);
}

/* Listeners. */

/* The setting that opens listeners of a kind; NULL: there are none. */
static const cy_item *opened(const cy_rabbitmq *r, const family *f, const char *prefix)
{
  const cy_item *first = NULL;
  for (size_t i = 0; i < r->items.count; i++) {
    const cy_item *item = &r->items.items[i];
    if (item->dead || !cy_rabbitmq_below(item->key, prefix))
      continue;
    if (f->ports && !item->key[strlen(prefix)] && strcmp(item->value, "none") == 0)
      return NULL;
    first = first ? first : item;
  }
  const cy_item *none = cy_rabbitmq_get(r, prefix, "listener");
  return none && strcmp(none->value, "none") == 0 ? NULL : first;
}

static bool is_closed(const cy_rabbitmq *r, const char *prefix)
{
  for (size_t i = 0; i < r->items.count; i++) {
    const cy_item *item = &r->items.items[i];
    bool none = !item->dead && strcmp(item->value, "none") == 0;
    if (none && (strcmp(item->key, prefix) == 0 ||
                  (cy_rabbitmq_below(item->key, prefix) && cy_text_ends(item->key, ".listener"))))
      return true;
  }
  return false;
}

static bool is_loopback(const cy_rabbitmq *r, const char *prefix)
{
  size_t count = 0;
  for (size_t i = 0; i < r->items.count; i++) {
    const cy_item *item = &r->items.items[i];
    if (item->dead || !cy_rabbitmq_below(item->key, prefix) || cy_text_ends(item->key, ".port"))
      continue;
    bool here = cy_text_starts(item->value, "127.") || cy_text_starts(item->value, "::1") ||
                cy_text_starts(item->value, "[::1]") || cy_text_starts(item->value, "localhost");
    bool address = !cy_text_ends(item->key, ".backlog") && !strstr(item->key, ".cowboy");
    if (address && !here)
      return false;
    count += here;
  }
  return count > 0;
}

/* C21. */
static void tell_clear(builder *b)
{
  const family *f = b->of;
  const cy_item *clear = opened(b->r, f, f->clear);
  if ((!clear && !f->beside) || is_closed(b->r, f->clear) || is_loopback(b->r, f->clear))
    return;
  cy_finding *made =
    clear ? cy_tls_read_finding(b->side, CY_F_TLS_CLEAR_BESIDE, clear->file, clear->line,
              "%s = %s: %s comes in clear there, with its passwords", clear->key, clear->value, f->name)
          : cy_tls_read_finding(b->side, CY_F_TLS_CLEAR_BESIDE, b->r->path, 0,
              "port %s is open by default, where %s comes in clear, with its passwords", f->port, f->name);
  cy_finding_set_fix(&b->side->findings, made, "Write %s%s = none.", f->clear, f->ports ? "" : ".listener");
}

/* Values. */

static void wrong(builder *b, const cy_item *item, const char *const *right)
{
  cy_nearest near = CY_NEAREST(item->value);
  CY_CLEAN(cy_buf) all = CY_BUF_TEXT;
  for (const char *const *w = right; *w; w++) {
    cy_nearest_try(&near, *w);
    cy_buf_printf(&all, "%s%s", w == right ? "" : ", ", *w);
  }
  cy_finding *f = cy_tls_read_finding(
    b->side, CY_F_TLS_SETTING_WRONG, item->file, item->line, "%s does not take %s", item->key, item->value);
  if (near.best)
    cy_finding_set_fix(
      &b->side->findings, f, "Did you mean %s? It takes %s.", near.best, cy_buf_cstr(&all));
  else
    cy_finding_set_fix(&b->side->findings, f, "It takes %s.", cy_buf_cstr(&all));
}

/* Erlang's atoms: capitals count. */
static cy_tri switch_of(builder *b, const char *name)
{
  static const char *const right[] = {"true", "false", NULL};
  const cy_item *item = get(b, name);
  if (!item)
    return CY_UNSET;
  if (strcmp(item->value, "true") == 0 || strcmp(item->value, "false") == 0)
    return *item->value == 't' ? CY_YES : CY_NO;
  wrong(b, item, right);
  return CY_UNSET;
}

static const cy_item *next(const builder *b, const char *name, const cy_item *after)
{
  return cy_rabbitmq_next(b->r, b->of->options, name, after);
}

/* Erlang refuses TLS 1.3 with 1.1 and without 1.2. */
static void tell_hole(builder *b)
{
  unsigned set = b->side->versions;
  unsigned between = cy_tls_versions_between(CY_TLS11, CY_TLS13);
  const cy_item *item = next(b, "versions", NULL);
  if ((set & between) != (CY_TLS_BIT(CY_TLS13) | CY_TLS_BIT(CY_TLS11)) || !item)
    return;
  cy_finding *f = cy_tls_read_finding(b->side, CY_F_TLS_SETTING_WRONG, item->file, item->line,
    "there is a hole in %s.versions, and Erlang takes no TLS 1.3 then: nothing listens", b->of->options);
  cy_finding_set_fix(&b->side->findings, f, "Add %s.versions.N = tlsv1.2.", b->of->options);
}

static cy_err *read_versions(builder *b)
{
  static const char *const right[] = {"tlsv1.3", "tlsv1.2", "tlsv1.1", "tlsv1", NULL};
  const cy_tls_product_default *row = cy_tls_product_default_find("rabbitmq", "versions");
  const cy_item *item = next(b, "versions", NULL);
  char unknown[8];
  if (!item && row) {
    b->side->versions = cy_tls_read_protocols(row->value, 0, unknown, sizeof unknown);
    return cy_tls_product_default_note(b->side, CY_TLS_FIELD_VERSIONS, row);
  }
  for (; item; item = next(b, "versions", item)) {
    bool is = false;
    for (const char *const *w = right; *w; w++)
      is = is || strcmp(*w, item->value) == 0;
    if (is)
      b->side->versions |= CY_TLS_BIT(cy_tls_read_version(item->value));
    else
      wrong(b, item, right);
  }
  tell_hole(b);
  return NULL;
}

/* One list for all versions: with none of TLS 1.3 in it, that version can not be agreed on. */
static cy_err *read_suites(builder *b)
{
  cy_codes list = {0};
  cy_err *err = NULL;
  const cy_item *first = next(b, "ciphers", NULL);
  for (const cy_item *item = first; !err && item; item = next(b, "ciphers", item))
    err = cy_tls_read_suites(&list, b->side, cy_span_str(item->value), ":, ", item->file, item->line);
  b->side->suites.set = b->side->suites13.set = first != NULL;
  for (size_t i = 0; !err && i < list.count; i++) {
    const cy_suite *suite = cy_suite_get(list.codes[i]);
    err =
      cy_codes_add(suite && suite->min >= CY_TLS13 ? &b->side->suites13 : &b->side->suites, list.codes[i]);
  }
  cy_codes_clear(&list);
  CY_TRY(err);
  if (!first || b->side->suites13.count || !(b->side->versions & CY_TLS_BIT(CY_TLS13)))
    return NULL;
  cy_finding *f = cy_tls_read_finding(b->side, CY_F_TLS_GSK_13_LACKS, first->file, first->line,
    "TLS 1.3 is on, and none of its suites is among %s.ciphers: whoever offers TLS 1.3 is refused",
    b->of->options);
  cy_finding_set_fix(&b->side->findings, f,
    "Add %s.ciphers.N = TLS_AES_256_GCM_SHA384, or leave tlsv1.3 out of "
    "%s.versions.",
    b->of->options, b->of->options);
  return NULL;
}

static cy_err *read_lists(builder *b)
{
  const char *groups = next(b, "supported_groups", NULL) ? "supported_groups" : "eccs";
  for (const cy_item *i = NULL; (i = next(b, groups, i));)
    CY_TRY(cy_tls_read_groups(&b->side->groups, b->side, cy_span_str(i->value), ":, ", i->file, i->line));
  return NULL;
}

/* C16. */
static void read_peer(builder *b)
{
  static const char *const right[] = {"verify_none", "verify_peer", NULL};
  const cy_item *verify = get(b, "verify"), *fail = get(b, "fail_if_no_peer_cert");
  bool must = switch_of(b, "fail_if_no_peer_cert") == CY_YES;
  bool asks = verify && strcmp(verify->value, "verify_peer") == 0;
  b->side->peer = !asks ? CY_TLS_PEER_IGNORED : must ? CY_TLS_PEER_REQUIRED : CY_TLS_PEER_OPTIONAL;
  if (verify && !asks && strcmp(verify->value, "verify_none") != 0)
    wrong(b, verify, right);
  if (must && !asks) {
    cy_finding *f = cy_tls_read_finding(b->side, CY_F_TLS_SETTING_WRONG, fail->file, fail->line,
      "%s = true without verify_peer, which Erlang refuses: nothing listens", fail->key);
    cy_finding_set_fix(&b->side->findings, f, "Write %s.verify = verify_peer, too.", b->of->options);
  }
  if (asks && !must)
    cy_tls_read_finding(b->side, CY_F_TLS_CLIENT_OPTIONAL, verify->file, verify->line,
      "verify_peer without fail_if_no_peer_cert = true: a client without a certificate comes in");
  if (asks && !get(b, "cacertfile") && !next(b, "cacerts", NULL))
    cy_tls_read_finding(b->side, CY_F_TLS_CLIENT_TRUST_MISSING, verify->file, verify->line,
      "clients' certificates are checked, and %s.cacertfile is not set", b->of->options);
}

static cy_err *read_depth(builder *b)
{
  const cy_item *item = get(b, "depth");
  char *end = NULL;
  if (!item)
    return NULL;
  long depth = strtol(item->value, &end, 10);
  if (!*item->value || *end || depth < 0 || depth > 255)
    cy_tls_read_finding(b->side, CY_F_TLS_SETTING_WRONG, item->file, item->line,
      "%s is a number from 0 to 255, not %s", item->key, item->value);
  else
    b->side->verify_depth = (int)depth;
  return NULL;
}

/* Relative names begin in the folder that the broker was started in, which nobody knows. */
static cy_err *read_stores(builder *b)
{
  const cy_item *ca = get(b, "cacertfile"), *cert = get(b, "certfile"), *key = get(b, "keyfile");
  const cy_item *password = get(b, "password");
  if (ca)
    CY_TRY(cy_tls_read_trust(b->r->reading, b->side, ca->file, ca->value));
  if (cert)
    return cy_tls_read_identity_with(b->r->reading, b->side, cert->file, cert->value,
      key ? key->value : NULL, NULL,
      password && !cy_text_starts(password->value, "encrypted:") ? password->value : NULL);
  if (get(b, "cert") || next(b, "certs_keys", NULL)) {
    cy_tls_read_finding(
      b->side, CY_F_TLS_NOT_READ, b->r->path, 0, "a certificate that stands in the configuration itself");
    return NULL;
  }
  b->side->identity_wrong = true;
  const cy_item *open = opened(b->r, b->of, b->of->tls);
  cy_finding *f = cy_tls_read_finding(b->side, CY_F_TLS_IDENTITY_MISSING, open ? open->file : b->r->path,
    open ? open->line : 0, "it listens for TLS and has no certificate: %s.certfile is not set",
    b->of->options);
  cy_finding_set_fix(&b->side->findings, f, "Write %s.certfile = FILE and %s.keyfile = FILE.",
    b->of->options, b->of->options);
  return NULL;
}

/* Notes. */

static bool is_name(const char *name, const char *word)
{
  size_t len = strlen(word);
  return strncmp(name, word, len) == 0 && (!name[len] || name[len] == '.');
}

static cy_err *note(builder *b, const cy_item *item, cy_tls_field field)
{
  bool secret = cy_text_ends(item->key, ".password");
  CY_TRY(cy_tls_side_note(
    b->side, field, item->key, secret ? "(not shown)" : item->value, item->file, item->line));
  if (!item->dead)
    return NULL;
  cy_tls_setting *last = &b->side->settings[b->side->setting_count - 1];
  last->in_force = false;
  return cy_tls_side_set(&last->note, item->why ? item->why : "has no effect here");
}

static void unknown(builder *b, const cy_item *item, const char *name)
{
  CY_CLEAN(cy_buf) word = CY_BUF_TEXT;
  cy_buf_put(&word, name, strcspn(name, "."));
  cy_nearest near = CY_NEAREST(cy_buf_cstr(&word));
  for (size_t i = 0; known[i]; i++)
    cy_nearest_try(&near, known[i]);
  cy_finding *f = cy_tls_read_finding(
    b->side, CY_F_TLS_SETTING_UNKNOWN, item->file, item->line, "%s is no setting of RabbitMQ", item->key);
  if (near.best)
    cy_finding_set_fix(&b->side->findings, f, "Did you mean %s.%s?", b->of->options, near.best);
}

static cy_err *note_option(builder *b, const cy_item *item)
{
  const char *name = item->key + strlen(b->of->options) + 1;
  bool is_known = false;
  for (size_t i = 0; known[i] && !is_known; i++)
    is_known = is_name(name, known[i]);
  for (size_t i = 0; i < CY_COUNT(fields); i++)
    if (is_name(name, fields[i].name))
      return note(b, item, fields[i].field);
  if (!is_known && !item->dead)
    unknown(b, item, name);
  return NULL;
}

static cy_err *note_all(builder *b)
{
  for (size_t i = 0; i < b->r->items.count; i++) {
    const cy_item *item = &b->r->items.items[i];
    if (cy_rabbitmq_below(item->key, b->of->options) && item->key[strlen(b->of->options)])
      CY_TRY(note_option(b, item));
    else if (cy_rabbitmq_below(item->key, b->of->tls) || cy_rabbitmq_below(item->key, b->of->clear))
      CY_TRY(note(b, item, CY_TLS_FIELD_LISTEN));
  }
  return NULL;
}

/* One side. */

static cy_err *build(builder *b)
{
  const cy_tls_read_how *how = b->r->reading->how;
  CY_TRY(cy_tls_side_set(&b->side->label, b->of->name));
  CY_TRY(cy_tls_side_set(&b->side->product, "RabbitMQ"));
  CY_TRY(cy_tls_side_set(&b->side->source, b->r->path));
  b->side->dialect = how->dialect ? cy_tls_dialect_find(how->dialect) : NULL;
  if (!b->side->dialect)
    b->side->dialect = cy_tls_dialect_find("erlang-25");
  CY_TRY(note_all(b));
  CY_TRY(read_versions(b));
  CY_TRY(read_suites(b));
  CY_TRY(read_lists(b));
  cy_tri order = switch_of(b, "honor_cipher_order");
  b->side->own_order = order == CY_UNSET ? CY_NO : order;
  switch_of(b, "honor_ecc_order");
  read_peer(b);
  b->side->ca_names = CY_TLS_CA_NAMES_TRUST;
  CY_TRY(read_depth(b));
  CY_TRY(read_stores(b));
  tell_clear(b);
  return cy_findings_check(&b->side->findings);
}

static cy_err *new_side(cy_rabbitmq *r, const family *f, bool clear)
{
  builder b = {.r = r, .of = f};
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_buf_printf(&name, "RabbitMQ %s (%s)", f->name, r->path);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_new(&b.side, cy_buf_cstr(&name), CY_TLS_SERVER));
  b.side->clear = clear;
  cy_err *err = clear ? cy_tls_side_set(&b.side->product, "RabbitMQ") : build(&b);
  if (!err && clear)
    err = cy_tls_side_set(&b.side->source, r->path);
  if (!err)
    return cy_tls_sides_add(r->reading->sides, b.side);
  cy_tls_side_free(b.side);
  return err;
}

/* The first word of a key, where it is nearly one that has to do with TLS. */
static void check_words(cy_rabbitmq *r)
{
  static const char *const words[] = {"ssl_options", "listeners"};
  for (size_t i = 0; i < r->items.count; i++) {
    const cy_item *item = &r->items.items[i];
    char word[24] = "";
    size_t len = strcspn(item->key, ".");
    for (size_t k = 0; k < CY_COUNT(words) && len < sizeof word && !item->dead; k++) {
      memcpy(word, item->key, len);
      word[len] = 0;
      unsigned apart = cy_text_distance(word, words[k], 2);
      if (!apart || apart > 2)
        continue;
      cy_finding *f = cy_tls_read_noticed(&r->findings, CY_F_TLS_SETTING_UNKNOWN, item->file, item->line,
        "%s is no setting of RabbitMQ", item->key);
      cy_finding_set_fix(&r->findings, f, "Did you mean %s%s?", words[k], item->key + len);
    }
  }
}

cy_err *cy_rabbitmq_sides(cy_rabbitmq *r)
{
  cy_tls_sides *sides = r->reading->sides;
  size_t before = sides->count;
  for (size_t i = 0; i < CY_COUNT(families); i++)
    if (opened(r, &families[i], families[i].tls))
      CY_TRY(new_side(r, &families[i], false));
  bool part = strstr(r->path, "/conf.d/") != NULL; /* what is not there may stand in another one */
  if (sides->count == before && !part)
    CY_TRY(new_side(r, &families[0], true));
  check_words(r);
  CY_TRY(cy_findings_check(&r->findings));
  if (sides->count == before)
    return NULL;
  cy_findings_move(&sides->items[before]->findings, &r->findings);
  return cy_findings_check(&sides->items[before]->findings);
}
