/* slapd: the server of OpenLDAP: slapd.conf, or cn=config as LDIF, and where it listens. */
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/read_ldap.h"
#include "tls/reader_tree.h"

static const struct {
  const char *key; /* without olc */
  cy_tls_field field;
} fields[] = {{"TLSCACertificateFile", CY_TLS_FIELD_TRUST}, {"TLSCACertificatePath", CY_TLS_FIELD_TRUST},
  {"TLSCertificateFile", CY_TLS_FIELD_IDENTITY}, {"TLSCertificateKeyFile", CY_TLS_FIELD_IDENTITY},
  {"TLSCipherSuite", CY_TLS_FIELD_SUITES}, {"TLSProtocolMin", CY_TLS_FIELD_VERSIONS},
  {"TLSVerifyClient", CY_TLS_FIELD_PEER}, {"TLSDHParamFile", CY_TLS_FIELD_DH},
  {"TLSECName", CY_TLS_FIELD_GROUPS}, {"TLSCRLCheck", CY_TLS_FIELD_OTHER},
  {"TLSCRLFile", CY_TLS_FIELD_OTHER}, {"TLSRandFile", CY_TLS_FIELD_OTHER},
  {"TLSCACertificate", CY_TLS_FIELD_TRUST}, {"TLSCertificate", CY_TLS_FIELD_IDENTITY},
  {"TLSCertificateKey", CY_TLS_FIELD_IDENTITY}};

static unsigned detect(const char *path, cy_span head)
{
  if (strcmp(cy_path_name(path), "slapd.conf") == 0)
    return 90;
  return memmem(head.data, head.len, "olcTLS", 6) ||
             (memmem(head.data, head.len, "cn=config", 9) && cy_text_ends(path, ".ldif"))
           ? 80
         : memmem(head.data, head.len, "\nTLSCertificateFile", 19) ? 70
                                                                   : 0;
}

typedef struct {
  cy_tls_reading *reading;
  const char *path;
  cy_items items;
  cy_findings findings;
  cy_tls_side *side;
  bool gnutls;
} slapd;

/* Without olc, and without LDAP's options (;binary). */
static cy_span name_of(const char *key)
{
  bool olc = cy_ascii_equal_nocase(cy_span_of(key, strnlen(key, 3)), CY_SPAN("olc"));
  key += olc ? 3 : 0;
  return cy_span_of(key, strcspn(key, ";"));
}

static cy_err *take(slapd *s, const char *path, cy_span text);

static cy_err *read_included(void *arg, const char *file, cy_span text)
{
  return take(arg, file, text);
}

static cy_err *include(slapd *s, const cy_item *item)
{
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  cy_tls_include in = {s->reading, &s->findings, NULL, item->file, item->line, read_included, s, 0};
  CY_TRY(cy_tls_read_path(s->reading, item->file, item->value, &whole));
  return cy_tls_include_file(&in, cy_buf_cstr(&whole));
}

/* Included files take the place of the line that names them. */
static cy_err *take(slapd *s, const char *path, cy_span text)
{
  cy_items lines = {0};
  bool ldif = memmem(text.data, text.len, "olc", 3) && memmem(text.data, text.len, "dn:", 3);
  cy_err *err = cy_items_lines(&lines, path, text, ldif ? ':' : ' ', true);
  for (size_t i = 0; !err && i < lines.count; i++) {
    const cy_item *item = &lines.items[i];
    if (!ldif && cy_ascii_equal_nocase(cy_span_str(item->key), CY_SPAN("include")))
      err = include(s, item);
    else
      err = cy_items_add(&s->items, name_of(item->key), cy_span_str(item->value), item->file, item->line);
  }
  cy_items_clear(&lines);
  return err;
}

static cy_err *note_all(slapd *s)
{
  for (size_t i = 0; i < s->items.count; i++) {
    const cy_item *item = &s->items.items[i];
    cy_nearest near = CY_NEAREST(item->key);
    bool is_known = false;
    for (size_t k = 0; k < CY_COUNT(fields); k++) {
      cy_nearest_try(&near, fields[k].key);
      if (!cy_ascii_equal_nocase(cy_span_str(fields[k].key), cy_span_str(item->key)))
        continue;
      is_known = true;
      CY_TRY(cy_items_note(&s->items, item, s->side, fields[k].field));
    }
    if (is_known || !cy_ascii_equal_nocase(cy_span_of(item->key, strnlen(item->key, 3)), CY_SPAN("TLS")))
      continue;
    cy_finding *f = cy_tls_read_finding(
      s->side, CY_F_TLS_SETTING_UNKNOWN, item->file, item->line, "%s is no setting of slapd", item->key);
    if (near.best)
      cy_finding_set_fix(&s->side->findings, f, "Did you mean %s?", near.best);
  }
  return NULL;
}

/* C16 and C18 of the other end. */
static cy_err *read_peer(slapd *s)
{
  static const struct {
    const char *word;
    cy_tls_peer peer;
  } rows[] = {{"never", CY_TLS_PEER_IGNORED}, {"allow", CY_TLS_PEER_UNCHECKED},
    {"try", CY_TLS_PEER_OPTIONAL}, {"demand", CY_TLS_PEER_REQUIRED}, {"hard", CY_TLS_PEER_REQUIRED},
    {"true", CY_TLS_PEER_REQUIRED}};
  const cy_item *item = cy_items_find(&s->items, "TLSVerifyClient");
  cy_nearest near = CY_NEAREST(item ? item->value : "");
  s->side->peer = CY_TLS_PEER_IGNORED;
  for (size_t i = 0; item && i < CY_COUNT(rows); i++) {
    cy_nearest_try(&near, rows[i].word);
    if (!cy_ascii_equal_nocase(cy_span_str(rows[i].word), cy_span_str(item->value)))
      continue;
    s->side->peer = rows[i].peer;
    if (rows[i].peer == CY_TLS_PEER_UNCHECKED)
      cy_tls_read_finding(s->side, CY_F_TLS_CLIENT_UNCHECKED, item->file, item->line,
        "TLSVerifyClient allow: a client's certificate that does not hold is taken for none");
    if (rows[i].peer == CY_TLS_PEER_OPTIONAL)
      cy_tls_read_finding(s->side, CY_F_TLS_CLIENT_OPTIONAL, item->file, item->line,
        "TLSVerifyClient try: a client without a certificate comes in, one whose does not hold is refused");
    return NULL;
  }
  if (item) {
    cy_finding *f = cy_tls_read_finding(s->side, CY_F_TLS_SETTING_WRONG, item->file, item->line,
      "%s is no value of TLSVerifyClient", item->value);
    if (near.best)
      cy_finding_set_fix(&s->side->findings, f, "Did you mean %s?", near.best);
  }
  return NULL;
}

static cy_err *read_stores(slapd *s)
{
  const cy_item *cert = cy_items_find(&s->items, "TLSCertificateFile");
  const cy_item *key = cy_items_find(&s->items, "TLSCertificateKeyFile");
  const cy_item *ca = cy_items_find(&s->items, "TLSCACertificateFile");
  const cy_item *dir = cy_items_find(&s->items, "TLSCACertificatePath");
  if (ca)
    CY_TRY(cy_tls_read_trust(s->reading, s->side, ca->file, ca->value));
  if (dir && s->gnutls)
    cy_tls_read_finding(s->side, CY_F_TLS_SETTING_DEAD, dir->file, dir->line,
      "TLSCACertificatePath is not looked at by GnuTLS, which libldap is on here");
  else if (dir)
    CY_TRY(cy_tls_read_trust(s->reading, s->side, dir->file, dir->value));
  bool asks = s->side->peer == CY_TLS_PEER_REQUIRED || s->side->peer == CY_TLS_PEER_OPTIONAL;
  if (asks && !ca && (!dir || s->gnutls))
    cy_tls_read_finding(s->side, CY_F_TLS_CLIENT_TRUST_MISSING, s->path, 0,
      "clients' certificates are checked, and TLSCACertificateFile is not set");
  if (!cert && cy_items_find(&s->items, "TLSCertificate"))
    cy_tls_read_finding(s->side, CY_F_TLS_NOT_READ, s->path, 0,
      "the certificate stands in the configuration itself (olcTLSCertificate), and was not looked into");
  if (!cert)
    return NULL;
  return cy_tls_read_identity(s->reading, s->side, cert->file, cert->value, key ? key->value : NULL, NULL);
}

/* C21: SLAPD_SERVICES="ldap:/// ldaps:///" of Debian, SLAPD_URLS of others. */
static cy_err *read_listeners(slapd *s)
{
  static const char *const places[] = {
    "/etc/default/slapd", "/etc/sysconfig/slapd", "/etc/sysconfig/openldap"};
  for (size_t i = 0; i < CY_COUNT(places); i++) {
    CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    CY_CLEAN(cy_items) lines = {0};
    CY_TRY(cy_tls_read_path(s->reading, NULL, places[i], &whole));
    cy_err *err = cy_file_read(&text, cy_buf_cstr(&whole), (size_t)1 << 20, NULL);
    bool there = !err;
    cy_err_free(err);
    if (!there)
      continue;
    CY_TRY(cy_items_lines(&lines, cy_buf_cstr(&whole), cy_buf_get(&text), '=', false));
    const cy_item *urls = cy_items_find(&lines, "SLAPD_SERVICES");
    urls = urls ? urls : cy_items_find(&lines, "SLAPD_URLS");
    if (!urls)
      continue;
    CY_TRY(cy_tls_side_note(s->side, CY_TLS_FIELD_LISTEN, urls->key, urls->value, urls->file, urls->line));
    if (strstr(urls->value, "ldap://") && strstr(urls->value, "ldaps://"))
      cy_tls_read_finding(s->side, CY_F_TLS_CLEAR_BESIDE, urls->file, urls->line,
        "ldap:// stands beside ldaps://: passwords of simple binds can come in clear");
    return NULL;
  }
  return NULL;
}

static cy_err *build(slapd *s)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  const cy_item *suites = cy_items_find(&s->items, "TLSCipherSuite");
  const cy_item *min = cy_items_find(&s->items, "TLSProtocolMin");
  cy_buf_printf(&name, "slapd (%s)", s->path);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_new(&s->side, cy_buf_cstr(&name), CY_TLS_SERVER));
  CY_TRY(cy_tls_side_set(&s->side->product, "slapd"));
  CY_TRY(cy_tls_side_set(&s->side->source, s->path));
  CY_TRY(note_all(s));
  CY_TRY(cy_tls_ldap_library(s->reading, s->side, &s->gnutls));
  if (suites)
    CY_TRY(cy_tls_ldap_suites(s->side, suites, s->gnutls));
  if (min)
    CY_TRY(cy_tls_ldap_min(s->side, min, s->gnutls));
  CY_TRY(read_peer(s));
  CY_TRY(read_stores(s));
  CY_TRY(read_listeners(s));
  cy_findings_move(&s->side->findings, &s->findings);
  return cy_findings_check(&s->side->findings);
}

static cy_err *read_slapd(cy_tls_reading *reading, const char *path, cy_span text)
{
  slapd s = {.reading = reading, .path = path};
  cy_err *err = take(&s, path, text);
  if (!err)
    err = build(&s);
  cy_items_clear(&s.items);
  cy_findings_clear(&s.findings);
  if (!err)
    return cy_tls_sides_add(reading->sides, s.side);
  cy_tls_side_free(s.side);
  return err;
}

const cy_tls_reader cy_tls_reader_slapd = {.id = "slapd",
  .title = "slapd",
  .what =
    "slapd.conf, an LDIF of cn=config or its folder (slapd.d), and what /etc/default/slapd listens on",
  .detect = detect,
  .read = read_slapd,
  .audited = {
    .marks = CY_TLS_MARKS("olctls", "tlscert", "tlscacert", "tlsverify", "tlscipher"), .sure = 70}};
