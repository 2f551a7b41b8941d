#include "x509/crl.h"

#include <stdatomic.h>

#include "base/der.h"
#include "base/map.h"
#include "base/mem.h"
#include "x509/codes.h"
#include "x509/general_name.h"
#include "x509/name.h"

#define NO_ENTRY UINT32_MAX

/* Where an entry is; the rest is read when it is asked for. */
typedef struct {
  uint32_t at;     /* offset of its SEQUENCE */
  uint32_t issuer; /* offset of the Name in force; 0: the list's own */
  uint32_t before; /* an earlier entry with the same serial, or NO_ENTRY */
} slot;

struct cy_crl {
  atomic_uint refs;
  cy_crl_view view;
  slot *slots;
  size_t slot_cap;
  cy_map by_serial;
  uint8_t der[];
};

static const char *const reason_words[] = {"unspecified", "key compromise", "CA compromise",
  "affiliation changed", "superseded", "cessation of operation", "certificate hold", "reason 7",
  "removed from the list", "privilege withdrawn", "AA compromise"};

const char *cy_reason_words(cy_reason reason)
{
  return (size_t)reason < CY_COUNT(reason_words) ? reason_words[reason] : "unknown reason";
}

static cy_time read_time(cy_cur *cur)
{
  cy_der value = cy_der_next(cur);
  cy_time t = 0;
  bool generalized = value.tag == CY_DER_GENERALIZED_TIME;
  if (!cy_cur_ok(cur))
    return 0;
  if ((!generalized && value.tag != CY_DER_UTC_TIME) ||
      !cy_time_parse_asn1(&t, value.content, generalized, NULL))
    cy_cur_fail(cur, "a date that is no date");
  return t;
}

static bool is_time(uint8_t tag)
{
  return tag == CY_DER_UTC_TIME || tag == CY_DER_GENERALIZED_TIME;
}

static cy_ext read_extension(cy_cur *cur)
{
  cy_ext e = {.oid = CY_OID_UNKNOWN};
  cy_cur ext = cy_der_enter(cur, CY_DER_SEQUENCE);
  e.id = cy_der_take(&ext, CY_DER_OID);
  if (cy_der_peek(&ext) == CY_DER_BOOLEAN)
    e.critical = cy_der_bool(&ext);
  e.value = cy_der_take(&ext, CY_DER_OCTET_STRING);
  cy_der_leave(&ext);
  e.oid = cy_oid_find(e.id);
  return e;
}

/* Entries */

static cy_reason read_reason(cy_span value)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, value);
  cy_span n = cy_der_take(&cur, CY_DER_ENUMERATED);
  return n.len == 1 && n.data[0] <= CY_REASON_AA_COMPROMISE ? (cy_reason)n.data[0] : CY_REASON_UNSPECIFIED;
}

static cy_time read_invalidity(cy_span value)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, value);
  cy_time t = read_time(&cur);
  return cy_cur_ok(&cur) ? t : CY_TIME_NONE;
}

/* The directory name among GeneralNames. */
static cy_span directory_of(cy_span names)
{
  cy_gn_iter iter;
  cy_general_name name;
  cy_gn_begin(&iter, names);
  while (cy_gn_next(&iter, &name))
    if (name.kind == CY_GN_DIRECTORY)
      return name.value;
  return CY_SPAN_NONE;
}

typedef struct {
  cy_crl_entry entry;
  cy_span issuer; /* of certificateIssuer, empty when it has none */
  bool unknown_critical;
} raw_entry;

static void read_entry_extensions(cy_cur *entry, raw_entry *out)
{
  cy_cur list = cy_der_enter(entry, CY_DER_SEQUENCE);
  while (cy_cur_more(&list)) {
    cy_ext e = read_extension(&list);
    if (!cy_cur_ok(&list))
      return;
    if (e.oid == CY_OID_CRL_REASON)
      out->entry.reason = read_reason(e.value);
    else if (e.oid == CY_OID_INVALIDITY_DATE)
      out->entry.invalid_since = read_invalidity(e.value);
    else if (e.oid == CY_OID_CERTIFICATE_ISSUER)
      out->issuer = directory_of(e.value);
    else
      out->unknown_critical = out->unknown_critical || e.critical;
  }
  cy_der_leave(&list);
}

static void read_entry(cy_cur *cur, raw_entry *out)
{
  *out = (raw_entry){.entry = {.invalid_since = CY_TIME_NONE}};
  cy_cur entry = cy_der_enter(cur, CY_DER_SEQUENCE);
  out->entry.serial = cy_der_take(&entry, CY_DER_INTEGER);
  out->entry.date = read_time(&entry);
  if (cy_cur_more(&entry))
    read_entry_extensions(&entry, out);
  cy_der_leave(&entry);
}

static cy_err *add_slot(cy_crl *crl, const raw_entry *raw, uint32_t at, uint32_t *issuer)
{
  cy_crl_view *v = &crl->view;
  if (!cy_grow(&crl->slots, &crl->slot_cap, v->entry_count + 1, sizeof(slot)))
    return cy_err_no_memory();
  if (raw->issuer.len)
    *issuer = (uint32_t)(raw->issuer.data - v->der.data);
  size_t before = cy_map_get(&crl->by_serial, raw->entry.serial);
  crl->slots[v->entry_count] =
    (slot){.at = at, .issuer = *issuer, .before = before == CY_MAP_NONE ? NO_ENTRY : (uint32_t)before};
  if (!cy_map_put(&crl->by_serial, raw->entry.serial, v->entry_count))
    return cy_err_no_memory();
  v->unknown_critical_entry = v->unknown_critical_entry || raw->unknown_critical;
  v->entry_count++;
  return NULL;
}

static cy_err *read_entries(cy_cur *tbs, cy_crl *crl)
{
  uint32_t issuer = 0;
  cy_cur list;
  if (!cy_der_enter_if(tbs, CY_DER_SEQUENCE, &list))
    return NULL;
  while (cy_cur_more(&list)) {
    raw_entry raw;
    uint32_t at = (uint32_t)cy_cur_offset(&list);
    read_entry(&list, &raw);
    if (cy_cur_ok(&list))
      CY_TRY(add_slot(crl, &raw, at, &issuer));
  }
  cy_der_leave(&list);
  return NULL;
}

/* Extensions of the list */

static void number(cy_cur *cur, cy_crl_view *v)
{
  v->number = cy_der_take(cur, CY_DER_INTEGER);
}

static void delta(cy_cur *cur, cy_crl_view *v)
{
  v->is_delta = true;
  v->delta_base = cy_der_take(cur, CY_DER_INTEGER);
}

static void authority_key(cy_cur *cur, cy_crl_view *v)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  cy_der_take_if(&seq, CY_DER_CONTEXT(0), &v->authority_key_id);
  cy_cur_rest(&seq);
}

static bool flag(cy_cur *seq, int n)
{
  cy_span value;
  if (!cy_der_take_if(seq, (uint8_t)CY_DER_CONTEXT(n), &value))
    return false;
  if (value.len != 1)
    cy_cur_fail(seq, "a truth value that is not one octet");
  return value.len == 1 && value.data[0];
}

/* DistributionPointName ::= CHOICE { fullName [0], nameRelativeToCRLIssuer [1] } */
static void point_name(cy_cur *cur, cy_crl_view *v)
{
  if (!cy_der_take_if(cur, CY_DER_CONTEXT_CONSTRUCTED(0), &v->point_full))
    cy_der_take_if(cur, CY_DER_CONTEXT_CONSTRUCTED(1), &v->point_relative);
  cy_der_leave(cur);
}

static void reasons(cy_cur *seq, cy_crl_view *v)
{
  cy_span bits;
  if (!cy_der_take_if(seq, CY_DER_CONTEXT(3), &bits))
    return;
  v->has_reasons = true;
  for (size_t i = 1; i < bits.len && i < 3; i++)
    for (unsigned b = 0; b < 8; b++)
      if (bits.data[i] & (0x80 >> b))
        v->reasons |= 1u << ((i - 1) * 8 + b);
}

static void distribution_point(cy_cur *cur, cy_crl_view *v)
{
  cy_cur point, seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  v->has_idp = true;
  if (cy_der_enter_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(0), &point))
    point_name(&point, v);
  v->only_users = flag(&seq, 1);
  v->only_cas = flag(&seq, 2);
  reasons(&seq, v);
  v->indirect = flag(&seq, 4);
  v->only_attributes = flag(&seq, 5);
  cy_der_leave(&seq);
}

static const struct {
  cy_oid oid;
  void (*read)(cy_cur *cur, cy_crl_view *v);
} decoders[] = {
  {CY_OID_CRL_NUMBER, number},
  {CY_OID_DELTA_CRL, delta},
  {CY_OID_AUTHORITY_KEY_ID, authority_key},
  {CY_OID_ISSUING_DISTRIBUTION_POINT, distribution_point},
};

static void decode_extension(const cy_ext *ext, cy_crl_view *v)
{
  for (size_t d = 0; d < CY_COUNT(decoders); d++) {
    if (ext->oid != decoders[d].oid)
      continue;
    cy_parse parse = {.lenient = true};
    cy_cur cur = cy_cur_begin(&parse, ext->value);
    decoders[d].read(&cur, v);
    cy_cur_end(&cur);
    v->exts_malformed = v->exts_malformed || !cy_cur_ok(&cur);
    return;
  }
  v->unknown_critical = v->unknown_critical || ext->critical;
}

static void read_extensions(cy_cur *tbs, cy_crl_view *v)
{
  cy_cur tagged;
  if (!cy_der_enter_if(tbs, CY_DER_CONTEXT_CONSTRUCTED(0), &tagged))
    return;
  cy_cur list = cy_der_enter(&tagged, CY_DER_SEQUENCE);
  while (cy_cur_more(&list) && v->ext_count < CY_CRL_EXTENSIONS)
    v->exts[v->ext_count++] = read_extension(&list);
  cy_der_leave(&list);
  cy_der_leave(&tagged);
}

static cy_err *read_tbs(cy_cur *list, cy_crl *crl)
{
  cy_crl_view *v = &crl->view;
  cy_cur over = cy_cur_over(list, v->tbs);
  cy_cur tbs = cy_der_enter(&over, CY_DER_SEQUENCE);
  v->version = 1;
  if (cy_der_peek(&tbs) == CY_DER_INTEGER)
    v->version = (int)(cy_der_uint(&tbs) & 0xff) + 1;
  v->inner_algid = cy_der_take_whole(&tbs, CY_DER_SEQUENCE);
  v->issuer = cy_der_take_whole(&tbs, CY_DER_SEQUENCE);
  v->this_update = read_time(&tbs);
  v->next_update = is_time(cy_der_peek(&tbs)) ? read_time(&tbs) : CY_TIME_NONE;
  CY_TRY(read_entries(&tbs, crl));
  read_extensions(&tbs, v);
  cy_der_leave(&tbs);
  return NULL;
}

static void read_algorithm(cy_cur *cur, cy_crl_view *v)
{
  v->algid = cy_der_take_whole(cur, CY_DER_SEQUENCE);
  cy_cur over = cy_cur_over(cur, v->algid);
  cy_cur alg = cy_der_enter(&over, CY_DER_SEQUENCE);
  v->sig_alg = cy_oid_find(cy_der_take(&alg, CY_DER_OID));
}

static cy_err *read_list(cy_crl *crl, cy_span der)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, der);
  cy_cur list = cy_der_enter(&cur, CY_DER_SEQUENCE);
  crl->view.der = der;
  crl->view.tbs = cy_der_take_whole(&list, CY_DER_SEQUENCE);
  CY_TRY(read_tbs(&list, crl));
  read_algorithm(&list, &crl->view);
  crl->view.signature = cy_der_bits(&list, NULL);
  cy_der_leave(&list);
  cy_cur_end(&cur);
  CY_TRY(cy_parse_check_as(&parse, CY_E_X509_CRL_MALFORMED, "certificate revocation list"));
  crl->view.not_der = parse.not_der;
  for (size_t i = 0; i < crl->view.ext_count; i++)
    decode_extension(&crl->view.exts[i], &crl->view);
  return NULL;
}

cy_err *cy_crl_parse(cy_crl **out, cy_span der)
{
  *out = NULL;
  if (der.len > CY_MAX_STORE_BYTES)
    return cy_err_new(CY_E_TOO_LARGE, "a revocation list of %zu bytes", der.len);
  cy_crl *crl = cy_malloc(sizeof *crl + der.len);
  CY_TRY_ALLOC(crl);
  atomic_init(&crl->refs, 1);
  cy_map_init(&crl->by_serial, false);
  if (der.len)
    memcpy(crl->der, der.data, der.len);
  cy_err *err = read_list(crl, cy_span_of(crl->der, der.len));
  if (err)
    cy_crl_free(crl);
  else
    *out = crl;
  return err;
}

cy_crl *cy_crl_ref(cy_crl *crl)
{
  if (crl)
    atomic_fetch_add(&crl->refs, 1);
  return crl;
}

void cy_crl_free(cy_crl *crl)
{
  if (!crl || atomic_fetch_sub(&crl->refs, 1) != 1)
    return;
  cy_map_clear(&crl->by_serial);
  cy_free(crl->slots);
  cy_free(crl);
}

const cy_crl_view *cy_crl_get(const cy_crl *crl)
{
  return &crl->view;
}

/* The Name that starts at this offset, which was read once already. */
static cy_span name_at(const cy_crl *crl, uint32_t at)
{
  if (!at)
    return crl->view.issuer;
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, cy_span_of(crl->view.der.data + at, crl->view.der.len - at));
  return cy_der_take_whole(&cur, CY_DER_SEQUENCE);
}

cy_crl_entry cy_crl_entry_get(const cy_crl *crl, size_t i)
{
  raw_entry raw;
  const slot *s = &crl->slots[i];
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, cy_span_of(crl->view.der.data + s->at, crl->view.der.len - s->at));
  read_entry(&cur, &raw);
  raw.entry.issuer = name_at(crl, s->issuer);
  return raw.entry;
}

bool cy_crl_find(const cy_crl *crl, cy_span issuer, cy_span serial, cy_crl_entry *out)
{
  size_t i = cy_map_get(&crl->by_serial, serial);
  while (i != CY_MAP_NONE) {
    *out = cy_crl_entry_get(crl, i);
    if (cy_name_equal(out->issuer, issuer))
      return true;
    i = crl->slots[i].before == NO_ENTRY ? CY_MAP_NONE : crl->slots[i].before;
  }
  return false;
}

cy_err *cy_crls_add(cy_crls *list, cy_crl *crl)
{
  if (!cy_grow(&list->items, &list->cap, list->count + 1, sizeof(cy_crl *)))
    return cy_err_no_memory();
  list->items[list->count++] = cy_crl_ref(crl);
  return NULL;
}

void cy_crls_clear(cy_crls *list)
{
  for (size_t i = 0; i < list->count; i++)
    cy_crl_free(list->items[i]);
  cy_free(list->items);
  *list = (cy_crls){0};
}
