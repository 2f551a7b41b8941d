/* Entries from paired bags. */
#include "base/text.h"
#include "store/fmt_pkcs12.h"

static cy_err *open_box(const cy_keybox *box, const cy_secret *password, cy_secret **pkcs8)
{
  if (!box->encrypted)
    return cy_secret_copy(pkcs8, box->sealed);
  return cy_p12_unseal_key(pkcs8, box->sealed, password);
}

static const cy_keybox_ops box_ops = {"PKCS#8", open_box};

/* Some writers end the name with a NUL; one inside would cut a label short for everybody else. */
static void put_label(cy_buf *label, const cy_p12_bag *bag)
{
  CY_CLEAN(cy_buf) utf8 = CY_BUF_STORE;
  if (bag->name_tag == CY_DER_BMP_STRING)
    cy_text_from_utf16be(&utf8, bag->name);
  else if (cy_utf8_valid(bag->name))
    cy_buf_span(&utf8, bag->name);
  else
    cy_text_from_latin1(&utf8, bag->name);
  cy_span text = cy_buf_get(&utf8);
  while (text.len && text.data[text.len - 1] == 0)
    text.len--;
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i])
      cy_buf_u8(label, text.data[i]);
    else
      cy_utf8_put(label, 0xfffd);
  }
}

static cy_err *set_label(cy_doc *doc, cy_entry *entry, const cy_p12_bag *bag)
{
  CY_CLEAN(cy_buf) label = CY_BUF_STORE;
  if (entry->label || !bag->name.len)
    return NULL;
  put_label(&label, bag);
  CY_TRY(cy_buf_check(&label));
  if (label.len == 0)
    return NULL;
  entry->label = cy_arena_str(&doc->arena, cy_buf_get(&label));
  CY_TRY_ALLOC(entry->label);
  return NULL;
}

/* Java's key identifiers say when the entry was made: "Time 1795238783273". */
static void set_id(cy_entry *entry, cy_span id)
{
  static const char word[] = "Time ";
  size_t digits = 0;
  uint64_t ms = 0;
  if (entry->id.len || !id.len)
    return;
  entry->id = id;
  bool is_key = entry->has_key || entry->kind == CY_ENTRY_SECRET;
  if (!is_key || id.len < sizeof word || id.len > 5 + 16 || memcmp(id.data, word, 5) != 0)
    return;
  for (size_t i = 5; i < id.len && id.data[i] >= '0' && id.data[i] <= '9'; i++, digits++)
    ms = ms * 10 + (uint64_t)(id.data[i] - '0');
  if (digits == id.len - 5)
    entry->date = (cy_time)(ms / 1000);
}

static size_t count_attrs(cy_cur cur)
{
  size_t n = 0;
  for (; cy_cur_more(&cur); n++)
    cy_der_next(&cur);
  return n;
}

static cy_err *set_attrs(cy_doc *doc, cy_entry *entry, const cy_p12_bag *bag)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, bag->attrs);
  size_t count = count_attrs(cur);
  if (!count)
    return NULL;
  entry->attrs = cy_arena_alloc(&doc->arena, count * sizeof *entry->attrs);
  CY_TRY_ALLOC(entry->attrs);
  while (cy_cur_more(&cur)) {
    cy_cur attr = cy_der_enter(&cur, CY_DER_SEQUENCE);
    cy_span oid = cy_der_take(&attr, CY_DER_OID);
    cy_span values = cy_der_take_whole(&attr, CY_DER_SET);
    cy_der_leave(&attr);
    if (cy_cur_ok(&attr) && !cy_p12_attr_is_field(cy_oid_find(oid)))
      entry->attrs[entry->attr_count++] = (cy_entry_attr){oid, values};
  }
  return NULL;
}

bool cy_p12_secret_box(cy_span bag, cy_span *sealed)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, bag);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_span type = cy_der_take(&seq, CY_DER_OID);
  cy_cur wrap = cy_der_enter(&seq, CY_DER_CONTEXT_CONSTRUCTED(0));
  *sealed = cy_der_take(&wrap, CY_DER_OCTET_STRING);
  cy_der_leave(&wrap);
  cy_der_leave(&seq);
  cy_cur_end(&cur);
  return cy_cur_ok(&cur) && cy_oid_find(type) == CY_OID_SHROUDED_KEY_BAG && sealed->len;
}

static void set_secret(cy_entry *entry, const cy_p12_bag *bag)
{
  cy_span sealed;
  if (cy_p12_secret_box(bag->value, &sealed))
    entry->key = (cy_keybox){.ops = &box_ops, .sealed = sealed, .encrypted = true, .own_password = true};
  else
    entry->der = bag->value;
}

static void set_key(cy_entry *entry, const cy_p12_bag *bag)
{
  entry->has_key = true;
  entry->key.ops = &box_ops;
  entry->key.sealed = bag->value;
  entry->key.encrypted = bag->kind == CY_P12_SHROUDED;
  entry->key.own_password = entry->key.encrypted;
  entry->pairing_assumed = bag->assumed;
}

static cy_err *set_certs(cy_doc *doc, cy_entry *entry, const cy_p12 *p12, const cy_p12_item *item)
{
  CY_TRY(cy_doc_certs(doc, entry, item->count));
  for (size_t i = 0; i < item->count; i++)
    entry->certs[i].der = p12->bags[p12->links[item->first + i]].value;
  return NULL;
}

static cy_entry_kind kind_of(const cy_p12_bag *bag, const cy_p12_item *item)
{
  if (item->key != CY_P12_NONE)
    return item->count ? CY_ENTRY_IDENTITY : CY_ENTRY_KEY;
  if (bag->kind == CY_P12_CERT)
    return bag->trusted ? CY_ENTRY_TRUSTED : CY_ENTRY_CERTIFICATE;
  return bag->kind == CY_P12_CRL ? CY_ENTRY_CRL : CY_ENTRY_SECRET;
}

static cy_err *add_entry(cy_doc *doc, const cy_p12 *p12, size_t bag_at, size_t item_at)
{
  const cy_p12_item *item = &p12->items[item_at];
  const cy_p12_bag *bag = &p12->bags[bag_at];
  const cy_p12_bag *leaf = item->count ? &p12->bags[p12->links[item->first]] : bag;
  cy_entry *entry;
  CY_TRY(cy_doc_append(doc, &entry));
  entry->part = item_at;
  entry->kind = kind_of(bag, item);
  if (item->key != CY_P12_NONE)
    set_key(entry, bag);
  if (bag->kind == CY_P12_CRL)
    entry->der = bag->value;
  else if (bag->kind == CY_P12_SECRET)
    set_secret(entry, bag);
  else
    CY_TRY(set_certs(doc, entry, p12, item));
  CY_TRY(set_label(doc, entry, bag));
  CY_TRY(set_label(doc, entry, leaf));
  set_id(entry, bag->id);
  set_id(entry, leaf->id);
  return set_attrs(doc, entry, bag);
}

cy_err *cy_p12_entries(cy_doc *doc, cy_p12 *p12)
{
  for (size_t i = 0; i < p12->bag_count; i++) {
    size_t at = p12->bags[i].item;
    if (at == CY_P12_NONE)
      continue;
    const cy_p12_item *item = &p12->items[at];
    size_t first = item->key != CY_P12_NONE ? item->key : p12->links[item->first];
    if (first == i)
      CY_TRY(add_entry(doc, p12, i, at));
  }
  return NULL;
}
