/* One private key in several files. */
#include "audit/across.h"

#include "audit/codes.h"

enum { LISTED = 8 };

void cy_across_evidence(cy_findings *list, cy_finding *f, const char *key, const uint8_t sha256[32])
{
  CY_CLEAN(cy_buf) hex = CY_BUF_TEXT;
  cy_buf_hex(&hex, cy_span_of(sha256, 32));
  cy_finding_evidence(list, f, key, "%s", cy_buf_cstr(&hex));
}

cy_err *cy_across_check(cy_findings *list, cy_inventory *inv, const cy_across *how)
{
  CY_TRY(cy_across_keys(list, inv));
  CY_TRY(cy_across_cas(list, inv, how));
  CY_TRY(cy_across_renewed(list, inv, how));
  if (how->plan->any)
    CY_TRY(cy_across_plan(list, inv, how));
  return cy_findings_check(list);
}

typedef struct {
  size_t files, in_clear;
  const cy_inv_place *listed[LISTED]; /* the first in each file */
} copies;

/* Places come file by file. */
static copies copies_of(const cy_inventory *inv, const cy_inv_key *key)
{
  copies c = {0};
  uint32_t unit = CY_INV_NONE;
  for (uint32_t i = key->first; i != CY_INV_NONE; i = inv->places[i].next) {
    const cy_inv_place *p = &inv->places[i];
    if (p->unit != unit) {
      if (c.files < LISTED)
        c.listed[c.files] = p;
      c.files++;
      c.in_clear += p->in_clear;
    }
    unit = p->unit;
  }
  return c;
}

static void put_places(cy_buf *buf, const copies *c)
{
  for (size_t i = 0; i < c->files && i < LISTED; i++)
    cy_buf_printf(buf, "%s%s%s", i ? ", " : "", c->listed[i]->address,
      c->listed[i]->in_clear  ? " (in clear)"
      : c->listed[i]->assumed ? " (not opened; by its certificate)"
                              : "");
  if (c->files > LISTED)
    cy_buf_printf(buf, " and %zu more", c->files - LISTED);
}

static cy_err *several(cy_findings *list, const cy_inv_key *key, const copies *c)
{
  CY_CLEAN(cy_buf) places = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) hex = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) id = CY_BUF_TEXT;
  put_places(&places, c);
  cy_buf_hex(&hex, cy_span_of(key->sha256, sizeof key->sha256));
  cy_buf_hex(&id, cy_span_of(key->key_id, sizeof key->key_id));
  cy_finding *f = cy_finding_add(list, CY_F_KEY_COPIES, c->listed[0]->address,
    "one private key (%s, key id %s) lies in %zu files: %s", key->title, cy_buf_cstr(&id), c->files,
    cy_buf_cstr(&places));
  cy_finding_evidence(list, f, "copies", "%zu of %s", c->files, cy_buf_cstr(&hex));
  cy_finding_evidence(list, f, "key_id", "%s", cy_buf_cstr(&id));
  cy_finding_evidence(list, f, "in_clear", "%zu", c->in_clear);
  for (size_t i = 1; i < c->files && i < 6; i++) {
    char name[] = "also_1";
    name[5] = (char)('0' + i);
    cy_finding_evidence(list, f, name, "%s", c->listed[i]->address);
  }
  if (!c->in_clear)
    cy_finding_set_severity(f, CY_NOTICE);
  CY_TRY(cy_buf_check(&places));
  return cy_buf_check(&hex);
}

cy_err *cy_across_keys(cy_findings *list, const cy_inventory *inv)
{
  for (size_t i = 0; i < inv->key_count; i++) {
    copies c = copies_of(inv, &inv->keys[i]);
    if (c.files > 1)
      CY_TRY(several(list, &inv->keys[i], &c));
  }
  return NULL;
}
