/* liberty: server.xml of WebSphere Liberty and Open Liberty: <ssl>, <sslDefault>, <keyStore>,
 * <safCredentials>. */
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "conf/xml.h"
#include "tls/codes.h"
#include "tls/read_password.h"
#include "tls/suite.h"
#include "tls/reader_ring.h"

enum { MAX_FILES = 64, MAX_NESTING = 8 };

static unsigned detect(const char *path, cy_span head)
{
  if (!memmem(head.data, head.len, "<server", 7))
    return 0;
  return strcmp(cy_path_name(path), "server.xml") == 0 ? 80
         : memmem(head.data, head.len, "<featureManager", 15) ||
             memmem(head.data, head.len, "<keyStore", 9) || memmem(head.data, head.len, "<ssl", 4)
           ? 75
           : 0;
}

/* Elements of all files, in the order in which they are read. */
typedef struct {
  const cy_xml_element *element;
  const char *file; /* of files[] */
} found;

typedef struct {
  cy_tls_reading *reading;
  const char *path;
  cy_xml files[MAX_FILES];
  char *names[MAX_FILES];
  size_t file_count;
  found *items;
  size_t count, cap;
  cy_findings findings; /* of reading: the first side gets them */
  cy_tls_side *side;
} liberty;

static cy_err *read_file(liberty *l, const char *path, cy_span text);

static cy_err *include(liberty *l, const cy_xml_element *e, const char *from)
{
  const cy_xml_attribute *location = cy_xml_attribute_find(e, "location", false);
  const cy_xml_attribute *optional = cy_xml_attribute_find(e, "optional", false);
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  struct stat st;
  bool entered;
  if (!location)
    return NULL;
  const char *path = location->value;
  if (cy_text_starts(path, "${server.config.dir}/"))
    path += strlen("${server.config.dir}/");
  if (strstr(path, "${") || strstr(path, "://")) {
    cy_tls_read_noticed(&l->findings, CY_F_TLS_INCLUDE_MISSING, from, location->line,
      "%s is not read: where that is was not said", location->value);
    return NULL;
  }
  CY_TRY(cy_tls_read_path(l->reading, from, path, &whole));
  if (optional && strcmp(optional->value, "true") == 0 && stat(cy_buf_cstr(&whole), &st) != 0)
    return NULL;
  if (strcmp(cy_buf_cstr(&whole), l->path) == 0) {
    cy_tls_read_noticed(&l->findings, CY_F_TLS_INCLUDE_LOOP, from, location->line,
      "%s is being read already", cy_buf_cstr(&whole));
    return NULL;
  }
  CY_TRY(cy_tls_read_enter(
    l->reading, &l->findings, cy_buf_cstr(&whole), from, location->line, &text, &entered));
  if (!entered)
    return NULL;
  cy_err *err = read_file(l, cy_buf_cstr(&whole), cy_buf_get(&text));
  cy_tls_read_leave(l->reading, cy_buf_cstr(&whole));
  return err;
}

static cy_err *read_file(liberty *l, const char *path, cy_span text)
{
  if (l->file_count == MAX_FILES)
    return cy_err_new(CY_E_MALFORMED, "%s: more than %d files include one another", path, MAX_FILES);
  size_t n = l->file_count++;
  l->names[n] = cy_strdup(path);
  CY_TRY_ALLOC(l->names[n]);
  CY_TRY(cy_xml_parse(&l->files[n], path, text));
  const cy_xml_element *root = l->files[n].root;
  for (size_t i = 0; i < root->child_count; i++) {
    const cy_xml_element *e = root->children[i];
    if (strcmp(e->name, "include") == 0) {
      CY_TRY(include(l, e, l->names[n]));
      continue;
    }
    if (!cy_grow(&l->items, &l->cap, l->count + 1, sizeof *l->items))
      return cy_err_no_memory();
    l->items[l->count++] = (found){e, l->names[n]};
  }
  return NULL;
}

/* Elements with one id are one: a later one adds to it, or takes an attribute's place. */
typedef struct {
  const char *value, *file;
  size_t line;
} value;

static const char *id_of(const cy_xml_element *e)
{
  static const char *const defaults[][2] = {{"ssl", "defaultSSLConfig"}, {"keyStore", "defaultKeyStore"}};
  const cy_xml_attribute *id = cy_xml_attribute_find(e, "id", false);
  for (size_t i = 0; !id && i < CY_COUNT(defaults); i++)
    if (strcmp(defaults[i][0], e->name) == 0)
      return defaults[i][1];
  return id ? id->value : "";
}

/* `id` NULL: any. */
static value get(const liberty *l, const char *name, const char *id, const char *attribute)
{
  for (size_t i = l->count; i-- > 0;) {
    const cy_xml_element *e = l->items[i].element;
    if (strcmp(e->name, name) != 0 || (id && strcmp(id_of(e), id) != 0))
      continue;
    const cy_xml_attribute *a = cy_xml_attribute_find(e, attribute, false);
    if (a)
      return (value){a->value, l->items[i].file, a->line};
  }
  return (value){NULL, NULL, 0};
}

static const found *find(const liberty *l, const char *name, const char *id)
{
  for (size_t i = 0; i < l->count; i++)
    if (strcmp(l->items[i].element->name, name) == 0 && strcmp(id_of(l->items[i].element), id) == 0)
      return &l->items[i];
  return NULL;
}

/* ${name}: a <variable>, or a variable of the environment. */
static const char *variable(const liberty *l, const char *name)
{
  for (size_t i = l->count; i-- > 0;) {
    const cy_xml_element *e = l->items[i].element;
    const cy_xml_attribute *n = cy_xml_attribute_find(e, "name", false);
    if (strcmp(e->name, "variable") != 0 || !n || strcmp(n->value, name) != 0)
      continue;
    const cy_xml_attribute *v = cy_xml_attribute_find(e, "value", false);
    v = v ? v : cy_xml_attribute_find(e, "defaultValue", false);
    return v ? v->value : NULL;
  }
  if (strcmp(name, "server.config.dir") == 0 || strcmp(name, "server.output.dir") == 0)
    return ".";
  const cy_tls_read_how *how = l->reading->how;
  return how->env ? how->env(how->env_arg, name) : NULL;
}

static cy_err *expand(const liberty *l, const char *text, cy_buf *out, unsigned depth, bool *open)
{
  while (*text) {
    const char *end = text[0] == '$' && text[1] == '{' ? strchr(text, '}') : NULL;
    if (!end) {
      cy_buf_u8(out, (uint8_t)*text++);
      continue;
    }
    CY_AUTO_STR char *name = cy_strndup(text + 2, (size_t)(end - text) - 2);
    CY_TRY_ALLOC(name);
    const char *is = variable(l, name);
    if (is && depth < MAX_NESTING)
      CY_TRY(expand(l, is, out, depth + 1, open));
    else
      *open = true;
    text = end + 1;
  }
  return cy_buf_check(out);
}

static cy_err *note(liberty *l, cy_tls_field field, const char *what, value v)
{
  char key[96];
  snprintf(key, sizeof key, "%s", what);
  return v.value ? cy_tls_side_note(l->side, field, key, v.value, v.file, v.line) : NULL;
}

/* Stores. */

static cy_err *open_store(liberty *l, const char *id, const char *label, bool trust, value named)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) secret = CY_BUF_SECRET(4096);
  bool open = false, closed = false;
  if (!find(l, "keyStore", id)) {
    cy_nearest near = CY_NEAREST(id);
    for (size_t i = 0; i < l->count; i++)
      if (strcmp(l->items[i].element->name, "keyStore") == 0)
        cy_nearest_try(&near, id_of(l->items[i].element));
    cy_finding *f = cy_tls_read_finding(l->side, trust ? CY_F_TLS_TRUST_MISSING : CY_F_TLS_IDENTITY_MISSING,
      named.file ? named.file : l->path, named.line, "there is no <keyStore id=\"%s\">", id);
    if (near.best)
      cy_finding_set_fix(&l->side->findings, f, "Did you mean %s?", near.best);
    l->side->identity_wrong |= !trust;
    return NULL;
  }
  value location = get(l, "keyStore", id, "location"), password = get(l, "keyStore", id, "password");
  if (location.value && cy_tls_is_ring(location.value))
    return trust ? cy_tls_ring_trust(l->reading, l->side, location.file, location.value)
                 : cy_tls_ring_identity(l->reading, l->side, location.file, location.value, label);
  CY_TRY(expand(l, location.value ? location.value : "resources/security/key.p12", &path, 0, &open));
  CY_TRY(expand(l, password.value ? password.value : "", &secret, 0, &closed));
  const char *file = cy_buf_cstr(&path);
  if (open) {
    cy_tls_read_finding(l->side, CY_F_TLS_NOT_READ, location.file, location.line,
      "%s: a variable in it is not set here", location.value);
    return NULL;
  }
  CY_CLEAN(cy_buf) placed = CY_BUF_TEXT;
  bool plain = location.value && file[0] != '/' && !strchr(file, '/');
  cy_buf_printf(&placed, "%s%s", plain ? "resources/security/" : "", file);
  CY_TRY(cy_buf_check(&placed));
  char *clear = password.value && !closed ? cy_tls_password_clear(cy_buf_cstr(&secret)) : NULL;
  cy_err *err = trust ? cy_tls_read_trust_with(l->reading, l->side, l->path, cy_buf_cstr(&placed), clear)
                      : cy_tls_read_identity_with(
                          l->reading, l->side, l->path, cy_buf_cstr(&placed), NULL, label, clear);
  cy_tls_password_free(clear);
  return err;
}

static cy_err *read_stores(liberty *l, const char *id)
{
  bool client = l->side->role == CY_TLS_CLIENT;
  value key = get(l, "ssl", id, "keyStoreRef"), trust = get(l, "ssl", id, "trustStoreRef");
  value alias = get(l, "ssl", id, client ? "clientKeyAlias" : "serverKeyAlias");
  CY_TRY(note(l, CY_TLS_FIELD_IDENTITY, "keyStoreRef", key));
  CY_TRY(note(l, CY_TLS_FIELD_IDENTITY, client ? "clientKeyAlias" : "serverKeyAlias", alias));
  CY_TRY(note(l, CY_TLS_FIELD_TRUST, "trustStoreRef", trust));
  const char *key_id = key.value ? key.value : "defaultKeyStore";
  CY_TRY(open_store(l, key_id, alias.value, false, key));
  bool asks = client || l->side->peer != CY_TLS_PEER_IGNORED;
  if (!trust.value && (!asks || !find(l, "keyStore", key_id)))
    return NULL;
  /* Without a trust store the key store is one, too. */
  return open_store(l, trust.value ? trust.value : key_id, NULL, true, trust);
}

/* Who must show a certificate: C16. */
static cy_err *read_peer(liberty *l, const char *id)
{
  value must = get(l, "ssl", id, "clientAuthentication");
  value may = get(l, "ssl", id, "clientAuthenticationSupported");
  CY_TRY(note(l, CY_TLS_FIELD_PEER, "clientAuthentication", must));
  CY_TRY(note(l, CY_TLS_FIELD_PEER, "clientAuthenticationSupported", may));
  bool is_must = must.value && strcmp(must.value, "true") == 0;
  bool is_may = may.value && strcmp(may.value, "true") == 0;
  if (l->side->role == CY_TLS_CLIENT) {
    l->side->peer = CY_TLS_PEER_REQUIRED;
    return NULL;
  }
  l->side->peer = is_must ? CY_TLS_PEER_REQUIRED : is_may ? CY_TLS_PEER_OPTIONAL : CY_TLS_PEER_IGNORED;
  if (is_must && is_may)
    CY_TRY(cy_tls_side_set(&l->side->settings[l->side->setting_count - 1].note,
      "clientAuthentication is the stronger of the two"));
  if (is_may && !is_must)
    cy_tls_read_finding(l->side, CY_F_TLS_CLIENT_OPTIONAL, may.file, may.line,
      "clientAuthenticationSupported: a client with a certificate is checked, one without comes in all the "
      "same");
  return NULL;
}

static cy_err *read_versions(liberty *l, const char *id)
{
  value v = get(l, "ssl", id, "sslProtocol");
  CY_TRY(note(l, CY_TLS_FIELD_VERSIONS, "sslProtocol", v));
  for (const char *at = v.value ? v.value : ""; *at; at += *at == ',') {
    CY_AUTO_STR char *word = cy_strndup(at, strcspn(at, ","));
    CY_TRY_ALLOC(word);
    at += strcspn(at, ",");
    const char *name = word + strspn(word, " ");
    unsigned version = cy_tls_read_version(name);
    if (version && cy_text_starts(name, "TLSv"))
      l->side->versions |= CY_TLS_BIT(version);
    else if (strcmp(name, "TLS") != 0 && strcmp(name, "SSL") != 0 && strcmp(name, "SSL_TLS") != 0 &&
             strcmp(name, "SSL_TLSv2") != 0) {
      cy_finding *f = cy_tls_read_finding(
        l->side, CY_F_TLS_SETTING_WRONG, v.file, v.line, "%s is no value of sslProtocol", name);
      cy_finding_set_fix(&l->side->findings, f, "Write TLSv1.2, TLSv1.3, or \"TLSv1.2,TLSv1.3\".");
    }
  }
  return NULL;
}

static cy_err *read_suites(liberty *l, const char *id)
{
  value v = get(l, "ssl", id, "enabledCiphers"), order = get(l, "ssl", id, "enforceCipherOrder");
  value level = get(l, "ssl", id, "securityLevel");
  cy_codes all = {0};
  CY_TRY(note(l, CY_TLS_FIELD_SUITES, "enabledCiphers", v));
  CY_TRY(note(l, CY_TLS_FIELD_OTHER, "securityLevel", level));
  if (order.value && l->side->role == CY_TLS_SERVER)
    l->side->own_order = strcmp(order.value, "true") == 0 ? CY_YES : CY_NO;
  if (v.value && level.value && strcmp(level.value, "CUSTOM") != 0)
    CY_TRY(cy_tls_side_set(
      &l->side->settings[l->side->setting_count - 1].note, "enabledCiphers says which suites there are"));
  if (!v.value)
    return NULL;
  cy_err *err = cy_tls_read_suites(&all, l->side, cy_span_str(v.value), " ,\t\n", v.file, v.line);
  for (size_t i = 0; !err && i < all.count; i++) {
    const cy_suite *suite = cy_suite_get(all.codes[i]);
    err = cy_codes_add(suite->min == CY_TLS13 ? &l->side->suites13 : &l->side->suites, all.codes[i]);
  }
  l->side->suites.set = l->side->suites13.set = true;
  cy_codes_clear(&all);
  return err;
}

static void unknown_attributes(liberty *l, const char *id)
{
  static const char *const known[] = {"id", "keyStoreRef", "trustStoreRef", "sslProtocol", "enabledCiphers",
    "securityLevel", "clientAuthentication", "clientAuthenticationSupported", "serverKeyAlias",
    "clientKeyAlias", "trustDefaultCerts", "verifyHostname", "enforceCipherOrder",
    "skipHostnameVerificationForHosts"};
  for (size_t i = 0; i < l->count; i++) {
    const cy_xml_element *e = l->items[i].element;
    for (size_t a = 0; strcmp(e->name, "ssl") == 0 && strcmp(id_of(e), id) == 0 && a < e->attribute_count;
         a++) {
      cy_nearest near = CY_NEAREST(e->attributes[a].name);
      bool is = false;
      for (size_t k = 0; k < CY_COUNT(known); k++) {
        is |= strcmp(known[k], e->attributes[a].name) == 0;
        cy_nearest_try(&near, known[k]);
      }
      if (is)
        continue;
      cy_finding *f =
        cy_tls_read_finding(l->side, CY_F_TLS_SETTING_UNKNOWN, l->items[i].file, e->attributes[a].line,
          "<ssl> has no attribute %s; it is passed over without a word", e->attributes[a].name);
      if (near.best)
        cy_finding_set_fix(&l->side->findings, f, "Did you mean %s?", near.best);
    }
  }
}

static cy_err *read_host_check(liberty *l, const char *id)
{
  value v = get(l, "ssl", id, "verifyHostname");
  CY_TRY(note(l, CY_TLS_FIELD_HOST, "verifyHostname", v));
  if (!v.value || l->side->role != CY_TLS_CLIENT)
    return NULL;
  l->side->check_host = strcmp(v.value, "true") == 0 ? CY_YES : CY_NO;
  if (l->side->check_host == CY_NO)
    cy_tls_read_finding(l->side, CY_F_TLS_HOST_UNCHECKED, v.file, v.line,
      "verifyHostname=\"false\": the server's name is not checked");
  return NULL;
}

static cy_err *fill(liberty *l, const char *id)
{
  CY_TRY(cy_tls_side_set(&l->side->label, id));
  CY_TRY(cy_tls_side_set(&l->side->product, "Liberty"));
  CY_TRY(cy_tls_side_set(&l->side->source, l->path));
  const char *dialect = l->reading->how->dialect;
  l->side->dialect = dialect ? cy_tls_dialect_find(dialect) : NULL;
  if (!l->side->dialect)
    l->side->dialect = cy_tls_dialect_find("jdk-17");
  unknown_attributes(l, id);
  CY_TRY(read_versions(l, id));
  CY_TRY(read_suites(l, id));
  CY_TRY(read_peer(l, id));
  CY_TRY(read_host_check(l, id));
  CY_TRY(note(l, CY_TLS_FIELD_OTHER, "profilePrefix", get(l, "safCredentials", NULL, "profilePrefix")));
  CY_TRY(note(l, CY_TLS_FIELD_OTHER, "sslRef", get(l, "sslDefault", NULL, "sslRef")));
  CY_TRY(read_stores(l, id));
  cy_findings_move(&l->side->findings, &l->findings);
  return cy_findings_check(&l->side->findings);
}

static cy_err *add_side(liberty *l, const char *id)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  const cy_tls_read_how *how = l->reading->how;
  cy_buf_printf(&name, "Liberty ssl %s (%s)", id, l->path);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_new(&l->side, cy_buf_cstr(&name), how->role_given ? how->role : CY_TLS_SERVER));
  cy_err *err = fill(l, id);
  if (!err)
    return cy_tls_sides_add(l->reading->sides, l->side);
  cy_tls_side_free(l->side);
  return err;
}

static bool first_of(const liberty *l, size_t at)
{
  for (size_t i = 0; i < at; i++)
    if (strcmp(l->items[i].element->name, "ssl") == 0 &&
        strcmp(id_of(l->items[i].element), id_of(l->items[at].element)) == 0)
      return false;
  return true;
}

static cy_err *build(liberty *l)
{
  size_t sides = 0;
  for (size_t i = 0; i < l->count; i++)
    if (strcmp(l->items[i].element->name, "ssl") == 0 && first_of(l, i)) {
      CY_TRY(add_side(l, id_of(l->items[i].element)));
      if (++sides == 1000)
        return NULL;
    }
  value ref = get(l, "sslDefault", NULL, "sslRef");
  if (ref.value && !find(l, "ssl", ref.value) && sides)
    cy_tls_read_finding(l->reading->sides->items[l->reading->sides->count - 1], CY_F_TLS_SETTING_WRONG,
      ref.file, ref.line, "sslRef names %s, and there is no <ssl> of that id", ref.value);
  /* A key store alone is the default configuration. */
  if (!sides && find(l, "keyStore", "defaultKeyStore"))
    return add_side(l, "defaultSSLConfig");
  return sides ? NULL
               : cy_err_new(CY_E_TLS_NO_SIDES,
                   "%s: neither <ssl> nor <keyStore> is in it: no TLS is set up", l->path);
}

static cy_err *read_liberty(cy_tls_reading *reading, const char *path, cy_span text)
{
  liberty *l = cy_calloc(1, sizeof *l);
  CY_TRY_ALLOC(l);
  l->reading = reading;
  l->path = path;
  cy_err *err = read_file(l, path, text);
  if (!err)
    err = build(l);
  for (size_t i = 0; i < l->file_count; i++) {
    cy_xml_clear(&l->files[i]);
    cy_free(l->names[i]);
  }
  cy_findings_clear(&l->findings);
  cy_free(l->items);
  cy_free(l);
  return err;
}

const cy_tls_reader cy_tls_reader_liberty = {.id = "liberty",
  .title = "Liberty",
  .what = "server.xml with what it includes; a side for each <ssl>",
  .detect = detect,
  .read = read_liberty,
  .audited = {
    .marks = CY_TLS_MARKS("<featuremanager", "<keystore", "keystoreref", "<ssldefault"), .sure = 75}};
