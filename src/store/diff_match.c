/* What in one store is what in the other. */
#include "base/mem.h"
#include "base/text.h"
#include "store/diff_internal.h"
#include "x509/name.h"

/* For what can not be read and is compared all the same: only a lack of memory is left of an error. */
static cy_err *forgive(cy_err *err)
{
  if (!err || cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err);
  return NULL;
}

bool cy_diff_both(const cy_diff *diff, unsigned cap)
{
  return cy_place_caps(diff->side[0].given.place) & cy_place_caps(diff->side[1].given.place) & cap;
}

/* Collecting. */

static cy_err *public_of(cy_diff *diff, cy_diff_list *list, cy_entry *entry, cy_span *spki)
{
  CY_CLEAN(cy_buf) bytes = CY_BUF_TEXT;
  const cy_secret *pkcs8 = NULL;
  *spki = entry->key.spki;
  if (spki->len)
    return NULL;
  if (entry->key.reference)
    CY_TRY(forgive(cy_key_spki(entry->key.reference, &bytes)));
  else
    CY_TRY(forgive(cy_place_key(list->given.place, entry, list->given.ask, &pkcs8)));
  if (pkcs8)
    CY_TRY(forgive(cy_pkcs8_public(&bytes, cy_secret_get(pkcs8))));
  if (!bytes.len)
    return NULL;
  *spki = cy_arena_copy(&diff->arena, cy_buf_get(&bytes));
  return spki->data ? NULL : cy_err_no_memory();
}

static cy_err *identify_key(cy_diff *diff, cy_diff_list *list, cy_thing *thing)
{
  CY_TRY(public_of(diff, list, thing->entry, &thing->spki));
  thing->sealed = !thing->spki.len;
  thing->content = thing->sealed ? thing->entry->key.sealed : thing->spki;
  return NULL;
}

static cy_err *identify_secret(cy_diff_list *list, cy_thing *thing)
{
  const cy_secret *plain = NULL;
  cy_keybox *key = &thing->entry->key;
  if (key->ops || key->plain)
    CY_TRY(forgive(cy_place_key(list->given.place, thing->entry, list->given.ask, &plain)));
  thing->sealed = !plain;
  thing->content = plain ? cy_secret_get(plain) : key->sealed.len ? key->sealed : thing->entry->der;
  return NULL;
}

static cy_err *identify(cy_diff *diff, cy_diff_list *list, cy_thing *thing)
{
  cy_entry *entry = thing->entry;
  const cy_cert *cert = NULL;
  if (entry->cert_count) {
    thing->content = entry->certs[0].der;
    CY_TRY(forgive(cy_entry_cert(entry, 0, &cert)));
    thing->spki = cert ? cy_cert_get(cert)->spki : CY_SPAN_NONE;
    return NULL;
  }
  if (entry->kind == CY_ENTRY_SECRET)
    return identify_secret(list, thing);
  if (entry->kind == CY_ENTRY_KEY)
    return identify_key(diff, list, thing);
  thing->content = entry->der;
  return NULL;
}

typedef struct {
  cy_diff *diff;
  cy_diff_list *list;
} collecting;

static cy_err *collect(void *arg, cy_place *place, cy_entry *entry)
{
  collecting *c = arg;
  cy_diff_list *list = c->list;
  (void)place;
  if (!cy_grow(&list->things, &list->cap, list->count + 1, sizeof *list->things))
    return cy_err_no_memory();
  cy_thing *thing = &list->things[list->count++];
  *thing = (cy_thing){.entry = entry, .other = CY_DIFF_NONE, .renewal = CY_DIFF_NONE};
  for (size_t i = 1; i < entry->cert_count; i++)
    if (!cy_map_put(&list->chains, entry->certs[i].der, 0))
      return cy_err_no_memory();
  return identify(c->diff, list, thing);
}

cy_err *cy_diff_collect(cy_diff *diff, int side)
{
  static const cy_selector all = {.kind = CY_SELECT_ALL};
  collecting c = {diff, &diff->side[side]};
  const cy_selector *selector = c.list->given.selector;
  return cy_place_select(c.list->given.place, selector ? selector : &all, collect, &c);
}

/* Matching: a pass makes a key of each thing that has no partner yet; equal keys are partners, first
 * come, first served. A thing without such a key does not take part. */

typedef cy_err *key_of(cy_diff *diff, const cy_thing *thing, cy_buf *key);

typedef struct {
  cy_diff *diff;
  key_of *key;
  bool renewals;
  cy_map heads; /* of the second store's things */
  size_t *next;
} pass;

static bool is_free(const pass *p, const cy_thing *thing)
{
  return thing->other == CY_DIFF_NONE && thing->renewal == CY_DIFF_NONE &&
         !(p->renewals && (thing->elsewhere || thing->twin) && !thing->untrusted);
}

static cy_err *index_second(pass *p, cy_buf *key)
{
  cy_diff_list *list = &p->diff->side[1];
  p->next = cy_calloc(list->count + 1, sizeof *p->next);
  CY_TRY_ALLOC(p->next);
  for (size_t i = list->count; i-- > 0;) {
    cy_buf_reset(key);
    if (!is_free(p, &list->things[i]))
      continue;
    CY_TRY(p->key(p->diff, &list->things[i], key));
    CY_TRY(cy_buf_check(key));
    if (!key->len)
      continue;
    p->next[i] = cy_map_get(&p->heads, cy_buf_get(key));
    if (!cy_map_put(&p->heads, cy_buf_get(key), i))
      return cy_err_no_memory();
  }
  return NULL;
}

static cy_err *pair_first(pass *p, cy_buf *key)
{
  cy_diff_list *a = &p->diff->side[0], *b = &p->diff->side[1];
  for (size_t i = 0; i < a->count; i++) {
    cy_buf_reset(key);
    if (!is_free(p, &a->things[i]))
      continue;
    CY_TRY(p->key(p->diff, &a->things[i], key));
    CY_TRY(cy_buf_check(key));
    size_t at = key->len ? cy_map_get(&p->heads, cy_buf_get(key)) : CY_MAP_NONE;
    if (at == CY_MAP_NONE)
      continue;
    *(p->renewals ? &a->things[i].renewal : &a->things[i].other) = at;
    *(p->renewals ? &b->things[at].renewal : &b->things[at].other) = i;
    if (!cy_map_put(&p->heads, cy_buf_get(key), p->next[at]))
      return cy_err_no_memory();
  }
  return NULL;
}

static cy_err *run_pass(cy_diff *diff, key_of *key, bool renewals)
{
  CY_CLEAN(cy_buf) bytes = CY_BUF_STORE;
  pass p = {.diff = diff, .key = key, .renewals = renewals};
  cy_map_init(&p.heads, true);
  cy_err *err = index_second(&p, &bytes);
  if (!err)
    err = pair_first(&p, &bytes);
  cy_map_clear(&p.heads);
  cy_free(p.next);
  return err;
}

/* Keys. */

static cy_err *put_label(const cy_thing *thing, cy_buf *key)
{
  CY_CLEAN(cy_buf) folded = CY_BUF_TEXT;
  const char *label = thing->entry->label;
  if (!label) {
    cy_buf_reset(key);
    return NULL;
  }
  bool text = cy_text_fold(&folded, cy_span_str(label));
  CY_TRY(cy_buf_check(&folded));
  cy_buf_u32(key, (uint32_t)key->len); /* where the one ends and the other begins */
  cy_buf_span(key, text ? cy_buf_get(&folded) : cy_span_str(label));
  return NULL;
}

/* A digest would do as well; but bytes are compared faster than they are digested. */
static cy_err *by_content(cy_diff *diff, const cy_thing *thing, cy_buf *key)
{
  (void)diff;
  cy_buf_span(key, thing->content);
  return NULL;
}

static cy_err *by_content_and_label(cy_diff *diff, const cy_thing *thing, cy_buf *key)
{
  CY_TRY(by_content(diff, thing, key));
  return key->len ? put_label(thing, key) : NULL;
}

static cy_err *by_key(cy_diff *diff, const cy_thing *thing, cy_buf *key)
{
  (void)diff;
  if (thing->entry->cert_count)
    cy_buf_span(key, thing->spki);
  return NULL;
}

static cy_err *by_key_and_label(cy_diff *diff, const cy_thing *thing, cy_buf *key)
{
  CY_TRY(by_key(diff, thing, key));
  return key->len ? put_label(thing, key) : NULL;
}

/* Whoever has the private key is another than who has only a certificate of that name. */
static cy_err *by_subject(cy_diff *diff, const cy_thing *thing, cy_buf *key)
{
  const cy_entry *entry = thing->entry;
  (void)diff;
  cy_span subject = entry->facts ? entry->facts->subject_name : CY_SPAN_NONE;
  if (entry->cert_count && entry->certs[0].cert)
    subject = cy_cert_get(entry->certs[0].cert)->subject;
  if (!subject.len || cy_name_is_empty(subject))
    return NULL;
  cy_buf_u8(key, entry->has_key);
  cy_name_canonical(key, subject);
  return NULL;
}

static cy_err *by_subject_and_label(cy_diff *diff, const cy_thing *thing, cy_buf *key)
{
  CY_TRY(by_subject(diff, thing, key));
  return key->len ? put_label(thing, key) : NULL;
}

static cy_span without_zeros(cy_span serial)
{
  while (serial.len > 1 && serial.data[0] == 0) {
    serial.data++;
    serial.len--;
  }
  return serial;
}

static cy_err *by_serial(cy_diff *diff, const cy_thing *thing, cy_buf *key)
{
  const cy_entry *entry = thing->entry;
  const cy_entry_facts *facts = entry->cert_count ? NULL : entry->facts;
  cy_span issuer = facts ? facts->issuer_name : CY_SPAN_NONE, serial = facts ? facts->serial : CY_SPAN_NONE;
  (void)diff;
  if (entry->cert_count && entry->certs[0].cert) {
    issuer = cy_cert_get(entry->certs[0].cert)->issuer;
    serial = cy_cert_get(entry->certs[0].cert)->serial;
  }
  if (!issuer.len || !serial.len)
    return NULL;
  serial = without_zeros(serial);
  cy_buf_u32(key, (uint32_t)serial.len);
  cy_buf_span(key, serial);
  cy_name_canonical(key, issuer);
  return NULL;
}

/* What is left over of what has a partner, or stands in a chain. */

/* What the other store has, and whether it trusts it. */
static cy_err *index_matched(const cy_diff_list *list, cy_map *there)
{
  for (size_t i = 0; i < list->count; i++) {
    const cy_thing *thing = &list->things[i];
    bool trusted = thing->entry->kind == CY_ENTRY_TRUSTED;
    if (thing->other == CY_DIFF_NONE || !thing->content.len)
      continue;
    if ((trusted || cy_map_get(there, thing->content) == CY_MAP_NONE) &&
        !cy_map_put(there, thing->content, trusted))
      return cy_err_no_memory();
  }
  return NULL;
}

static cy_err *mark_left_over(cy_diff *diff, int side)
{
  cy_diff_list *mine = &diff->side[side], *other = &diff->side[1 - side];
  bool marks = cy_diff_both(diff, CY_CAN_TRUST);
  cy_map there;
  cy_map_init(&there, false);
  cy_err *err = index_matched(other, &there);
  for (size_t i = 0; i < mine->count && !err; i++) {
    cy_thing *thing = &mine->things[i];
    if (thing->other != CY_DIFF_NONE || !thing->content.len)
      continue;
    size_t found = cy_map_get(&there, thing->content);
    thing->twin = found != CY_MAP_NONE;
    thing->elsewhere =
      !thing->twin && !thing->entry->has_key && cy_map_get(&other->chains, thing->content) != CY_MAP_NONE;
    thing->untrusted =
      marks && thing->entry->kind == CY_ENTRY_TRUSTED && (thing->elsewhere || (thing->twin && found == 0));
  }
  cy_map_clear(&there);
  return err;
}

static bool has_listing(const cy_diff_list *list)
{
  for (size_t i = 0; i < list->count; i++)
    if (list->things[i].entry->facts)
      return true;
  return false;
}

cy_err *cy_diff_match(cy_diff *diff)
{
  bool labels = cy_diff_both(diff, CY_CAN_LABELS);
  if (labels)
    CY_TRY(run_pass(diff, by_content_and_label, false));
  CY_TRY(run_pass(diff, by_content, false));
  if (has_listing(&diff->side[0]) || has_listing(&diff->side[1]))
    CY_TRY(run_pass(diff, by_serial, false));
  CY_TRY(mark_left_over(diff, 0));
  CY_TRY(mark_left_over(diff, 1));
  if (labels)
    CY_TRY(run_pass(diff, by_key_and_label, true));
  CY_TRY(run_pass(diff, by_key, true));
  if (labels)
    CY_TRY(run_pass(diff, by_subject_and_label, true));
  return run_pass(diff, by_subject, true);
}
