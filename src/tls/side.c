/* One end's configuration of TLS. */
#include "tls/side.h"

#include "base/mem.h"
#include "tls/used.h"

const char *cy_tls_role_name(cy_tls_role role)
{
  return role == CY_TLS_SERVER ? "server" : "client";
}

const char *cy_tls_peer_name(cy_tls_peer peer)
{
  static const char *const names[] = {"unset", "ignored", "unchecked", "optional", "required"};
  return names[peer];
}

const char *cy_tls_field_name(cy_tls_field field)
{
  static const char *const names[CY_TLS_FIELD_COUNT] = {"other", "versions", "suites", "suites13", "groups",
    "shares", "schemes", "cert_schemes", "client_schemes", "security_level", "min_rsa", "order", "dh",
    "identity", "trust", "peer", "host", "ca_names", "demand", "listen", "peer_name", "sni", "alpn"};
  return names[field];
}

/* Codes. */

bool cy_codes_has(const cy_codes *list, uint16_t code)
{
  for (size_t i = 0; i < list->count; i++)
    if (list->codes[i] == code)
      return true;
  return false;
}

cy_err *cy_codes_add(cy_codes *list, uint16_t code)
{
  list->set = true;
  if (cy_codes_has(list, code))
    return NULL;
  if (!cy_grow(&list->codes, &list->cap, list->count + 1, sizeof *list->codes))
    return cy_err_no_memory();
  list->codes[list->count++] = code;
  return NULL;
}

cy_err *cy_codes_copy(cy_codes *to, const cy_codes *from)
{
  cy_codes_clear(to);
  to->set = from->set;
  if (from->count == 0)
    return NULL;
  if (!cy_grow(&to->codes, &to->cap, from->count, sizeof *to->codes))
    return cy_err_no_memory();
  memcpy(to->codes, from->codes, from->count * sizeof *to->codes);
  to->count = from->count;
  return NULL;
}

void cy_codes_remove(cy_codes *list, uint16_t code)
{
  size_t kept = 0;
  for (size_t i = 0; i < list->count; i++)
    if (list->codes[i] != code)
      list->codes[kept++] = list->codes[i];
  list->count = kept;
}

void cy_codes_clear(cy_codes *list)
{
  cy_free(list->codes);
  *list = (cy_codes){0};
}

/* Protocols. */

cy_err *cy_tls_protocols_add(cy_tls_protocols *list, const char *name)
{
  list->set = true;
  if (cy_tls_protocols_have(list, name))
    return NULL;
  if (!cy_grow(&list->items, &list->cap, list->count + 1, sizeof *list->items) ||
      !(list->items[list->count] = cy_strdup(name)))
    return cy_err_no_memory();
  list->count++;
  return NULL;
}

bool cy_tls_protocols_have(const cy_tls_protocols *list, const char *name)
{
  for (size_t i = 0; i < list->count; i++)
    if (strcmp(list->items[i], name) == 0)
      return true;
  return false;
}

void cy_tls_protocols_clear(cy_tls_protocols *list)
{
  for (size_t i = 0; i < list->count; i++)
    cy_free(list->items[i]);
  cy_free(list->items);
  *list = (cy_tls_protocols){0};
}

/* What sides share. */

cy_err *cy_tls_identity_new(cy_tls_identity **out, const char *label, const char *place)
{
  cy_tls_identity *identity = cy_calloc(1, sizeof *identity);
  *out = NULL;
  if (!identity)
    return cy_err_no_memory();
  identity->refs = 1;
  identity->label = label ? cy_strdup(label) : NULL;
  identity->place = cy_strdup(place ? place : "");
  if ((label && !identity->label) || !identity->place) {
    cy_tls_identity_free(identity);
    return cy_err_no_memory();
  }
  *out = identity;
  return NULL;
}

cy_err *cy_tls_identity_named(cy_tls_identity **out, const cy_tls_identity *identity, const char *names)
{
  CY_TRY(cy_tls_identity_new(out, identity->label, identity->place));
  (*out)->key = identity->key;
  cy_err *err = cy_tls_side_set(&(*out)->names, names);
  for (size_t i = 0; i < identity->chain.count && !err; i++)
    err = cy_certs_add(&(*out)->chain, identity->chain.items[i]);
  if (err) {
    cy_tls_identity_free(*out);
    *out = NULL;
  }
  return err;
}

cy_tls_identity *cy_tls_identity_ref(cy_tls_identity *identity)
{
  if (identity)
    __atomic_add_fetch(&identity->refs, 1, __ATOMIC_RELAXED);
  return identity;
}

void cy_tls_identity_free(cy_tls_identity *identity)
{
  if (!identity || __atomic_sub_fetch(&identity->refs, 1, __ATOMIC_ACQ_REL) != 0)
    return;
  cy_certs_clear(&identity->chain);
  cy_free(identity->names);
  cy_free(identity->label);
  cy_free(identity->place);
  cy_free(identity);
}

cy_err *cy_tls_trust_new(cy_tls_trust **out, const char *place)
{
  cy_tls_trust *trust = cy_calloc(1, sizeof *trust);
  *out = NULL;
  if (!trust || !(trust->place = cy_strdup(place ? place : ""))) {
    cy_free(trust);
    return cy_err_no_memory();
  }
  trust->refs = 1;
  *out = trust;
  return NULL;
}

cy_tls_trust *cy_tls_trust_ref(cy_tls_trust *trust)
{
  if (trust)
    __atomic_add_fetch(&trust->refs, 1, __ATOMIC_RELAXED);
  return trust;
}

void cy_tls_trust_free(cy_tls_trust *trust)
{
  if (!trust || __atomic_sub_fetch(&trust->refs, 1, __ATOMIC_ACQ_REL) != 0)
    return;
  cy_certs_clear(&trust->anchors);
  cy_certs_clear(&trust->others);
  cy_crls_clear(&trust->crls);
  cy_free(trust->place);
  cy_free(trust);
}

/* Sides. */

cy_err *cy_tls_side_new(cy_tls_side **out, const char *name, cy_tls_role role)
{
  cy_tls_side *side = cy_calloc(1, sizeof *side);
  *out = NULL;
  if (!side || !(side->name = cy_strdup(name))) {
    cy_free(side);
    return cy_err_no_memory();
  }
  side->role = role;
  side->role_known = true;
  side->security_level = side->verify_depth = -1;
  *out = side;
  return NULL;
}

static void setting_clear(cy_tls_setting *setting)
{
  cy_free(setting->key);
  cy_free(setting->value);
  cy_free(setting->file);
  cy_free(setting->note);
}

/* The strings and lists of a side: what is freed and what is copied, once. */
static void each_string(cy_tls_side *side, void (*visit)(char **field, void *arg), void *arg)
{
  char **fields[] = {&side->name, &side->label, &side->product, &side->source, &side->host,
    &side->demand_text, &side->peer_filter, &side->issuer_filter, &side->channel, &side->mcauser,
    &side->address, &side->user, &side->qmgr, &side->names, &side->listen};
  for (size_t i = 0; i < CY_COUNT(fields); i++)
    visit(fields[i], arg);
}

static void each_codes(cy_tls_side *side, void (*visit)(cy_codes *list, void *arg), void *arg)
{
  cy_codes *lists[] = {&side->suites, &side->suites13, &side->groups, &side->shares, &side->schemes,
    &side->cert_schemes, &side->client_schemes, &side->demand_suites};
  for (size_t i = 0; i < CY_COUNT(lists); i++)
    visit(lists[i], arg);
}

static void free_string(char **field, void *arg)
{
  (void)arg;
  cy_free(*field);
}

static void free_codes(cy_codes *list, void *arg)
{
  (void)arg;
  cy_codes_clear(list);
}

void cy_tls_side_free(cy_tls_side *side)
{
  if (!side)
    return;
  each_string(side, free_string, NULL);
  each_codes(side, free_codes, NULL);
  for (size_t i = 0; i < side->identity_count; i++)
    cy_tls_identity_free(side->identities[i]);
  cy_free(side->identities);
  cy_tls_trust_free(side->trust);
  cy_tls_used_free(side->used);
  cy_chlauth_free(side->chlauth);
  cy_certs_clear(&side->ca_list);
  cy_tls_protocols_clear(&side->alpn);
  for (size_t i = 0; i < side->setting_count; i++)
    setting_clear(&side->settings[i]);
  cy_free(side->settings);
  cy_findings_clear(&side->findings);
  cy_free(side);
}

/* A copy begins as the same bytes; then everything that is owned is copied, or dropped on failure. */
static void copy_string(char **field, void *failed)
{
  if (*field && !(*field = cy_strdup(*field)))
    *(bool *)failed = true;
}

static void copy_codes(cy_codes *list, void *failed)
{
  cy_codes from = *list;
  *list = (cy_codes){0};
  cy_err *err = cy_codes_copy(list, &from);
  if (err)
    *(bool *)failed = true;
  cy_err_free(err);
}

static cy_err *copy_shared(cy_tls_side *to, const cy_tls_side *from)
{
  for (size_t i = 0; i < from->identity_count; i++)
    CY_TRY(cy_tls_side_add_identity(to, from->identities[i]));
  for (size_t i = 0; i < from->ca_list.count; i++)
    CY_TRY(cy_certs_add(&to->ca_list, from->ca_list.items[i]));
  for (size_t i = 0; i < from->alpn.count; i++)
    CY_TRY(cy_tls_protocols_add(&to->alpn, from->alpn.items[i]));
  to->alpn.set = from->alpn.set;
  for (size_t i = 0; i < from->setting_count; i++) {
    const cy_tls_setting *s = &from->settings[i];
    CY_TRY(cy_tls_side_note(to, s->field, s->key, s->value, s->file, s->line));
    to->settings[i].in_force = s->in_force;
    CY_TRY(cy_tls_side_set(&to->settings[i].note, s->note));
  }
  return NULL;
}

cy_err *cy_tls_side_copy(cy_tls_side **out, const cy_tls_side *side)
{
  bool failed = false;
  cy_tls_side *copy = cy_memdup(side, sizeof *side);
  *out = NULL;
  if (!copy)
    return cy_err_no_memory();
  copy->identities = NULL;
  copy->identity_count = copy->identity_cap = 0;
  copy->settings = NULL;
  copy->setting_count = copy->setting_cap = 0;
  copy->ca_list = (cy_certs){0};
  copy->alpn = (cy_tls_protocols){0};
  copy->findings = (cy_findings){0};
  cy_tls_trust_ref(copy->trust);
  cy_tls_used_ref(copy->used);
  cy_chlauth_ref(copy->chlauth);
  each_string(copy, copy_string, &failed);
  each_codes(copy, copy_codes, &failed);
  cy_err *err = failed ? cy_err_no_memory() : copy_shared(copy, side);
  if (err) {
    cy_tls_side_free(copy);
    return err;
  }
  *out = copy;
  return NULL;
}

cy_err *cy_tls_side_set(char **field, const char *value)
{
  char *copy = value ? cy_strdup(value) : NULL;
  if (value && !copy)
    return cy_err_no_memory();
  cy_free(*field);
  *field = copy;
  return NULL;
}

cy_err *cy_tls_side_add_identity(cy_tls_side *side, cy_tls_identity *identity)
{
  if (!cy_grow(&side->identities, &side->identity_cap, side->identity_count + 1, sizeof(cy_tls_identity *)))
    return cy_err_no_memory();
  side->identities[side->identity_count++] = cy_tls_identity_ref(identity);
  return NULL;
}

void cy_tls_side_set_trust(cy_tls_side *side, cy_tls_trust *trust)
{
  cy_tls_trust_ref(trust);
  cy_tls_trust_free(side->trust);
  side->trust = trust;
}

void cy_tls_side_set_chlauth(cy_tls_side *side, cy_chlauth *records)
{
  cy_chlauth_ref(records);
  cy_chlauth_free(side->chlauth);
  side->chlauth = records;
}

cy_err *cy_tls_side_note(
  cy_tls_side *side, cy_tls_field field, const char *key, const char *value, const char *file, size_t line)
{
  if (!cy_grow(&side->settings, &side->setting_cap, side->setting_count + 1, sizeof *side->settings))
    return cy_err_no_memory();
  cy_tls_setting *setting = &side->settings[side->setting_count];
  *setting = (cy_tls_setting){.field = field,
    .line = line,
    .in_force = true,
    .key = cy_strdup(key),
    .value = cy_strdup(value ? value : ""),
    .file = cy_strdup(file ? file : "")};
  if (!setting->key || !setting->value || !setting->file) {
    setting_clear(setting);
    return cy_err_no_memory();
  }
  side->setting_count++;
  return NULL;
}

cy_err *cy_tls_side_beat(cy_tls_side *side, cy_tls_field field, const char *why)
{
  size_t last = side->setting_count;
  for (size_t i = side->setting_count; i-- > 0;) {
    cy_tls_setting *setting = &side->settings[i];
    if (setting->field != field || !setting->in_force)
      continue;
    if (last == side->setting_count) {
      last = i;
      continue;
    }
    setting->in_force = false;
    CY_TRY(cy_tls_side_set(&setting->note, why));
  }
  return NULL;
}

const cy_tls_setting *cy_tls_side_setting(const cy_tls_side *side, cy_tls_field field)
{
  for (size_t i = side->setting_count; i-- > 0;)
    if (side->settings[i].field == field && side->settings[i].in_force)
      return &side->settings[i];
  return NULL;
}

cy_err *cy_tls_sides_add(cy_tls_sides *list, cy_tls_side *side)
{
  if (!cy_grow(&list->items, &list->cap, list->count + 1, sizeof(cy_tls_side *))) {
    cy_tls_side_free(side);
    return cy_err_no_memory();
  }
  list->items[list->count++] = side;
  return NULL;
}

void cy_tls_sides_clear(cy_tls_sides *list)
{
  for (size_t i = 0; i < list->count; i++)
    cy_tls_side_free(list->items[i]);
  cy_free(list->items);
  *list = (cy_tls_sides){0};
}
