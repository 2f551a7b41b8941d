/* Finding entries by what the user wrote after the '#'. */
#include "base/mem.h"
#include "store/codes.h"
#include "store/place_internal.h"
#include "x509/name.h"

typedef struct {
  cy_entry *first;
  size_t count;
  cy_buf positions; /* "@1 @7" */
} matches;

static void note(matches *m, cy_entry *entry)
{
  if (!m->count++)
    m->first = entry;
  if (m->count <= 8)
    cy_buf_printf(&m->positions, "%s@%zu", m->count > 1 ? " " : "", entry->position);
}

static cy_err *matches_digest(cy_entry *entry, const cy_selector *s, bool *fits)
{
  cy_digest digest;
  *fits = false;
  if (entry->cert_count == 0 && entry->der.len == 0)
    return NULL;
  CY_TRY(cy_digest_of(&digest, CY_SHA256, entry->cert_count ? entry->certs[0].der : entry->der));
  *fits = s->len <= digest.len && memcmp(digest.bytes, s->bytes, s->len) == 0;
  return NULL;
}

/* The name that a store without labels lends an entry: its subject's CN. */
static cy_err *matches_name(cy_entry *entry, const char *label, bool *fits)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_err *err = entry->label ? NULL : cy_entry_name(entry, &name);
  *fits = !err && name.len && strcmp(cy_buf_cstr(&name), label) == 0;
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err); /* an entry that can not be read has no name */
  return NULL;
}

static cy_err *fits(cy_entry *entry, const cy_selector *s, bool *yes)
{
  *yes = false;
  switch (s->kind) {
  case CY_SELECT_ALL:
    *yes = true;
    return NULL;
  case CY_SELECT_POSITION:
    *yes = entry->position == s->position;
    return NULL;
  case CY_SELECT_SHA256:
    return matches_digest(entry, s, yes);
  case CY_SELECT_ID:
    *yes = cy_span_equal(entry->id, cy_span_of(s->bytes, s->len));
    return NULL;
  case CY_SELECT_LABEL:
    *yes = entry->label && strcmp(entry->label, s->text) == 0;
    return NULL;
  }
  return NULL;
}

static cy_err *nearest_labels(cy_place *place, const char *label)
{
  cy_nearest near = CY_NEAREST(label);
  size_t iter = 0, count = cy_place_count(place);
  bool scan = count <= 10000;
  for (cy_entry *e; scan && (e = cy_place_next(place, &iter));)
    if (e->label)
      cy_nearest_try(&near, e->label);
  cy_err *err =
    cy_err_new(CY_E_STORE_LABEL_MISSING, "%s has no entry %s (it has %zu)", place->path, label, count);
  if (near.best && strcmp(near.best, label) != 0)
    err = cy_err_hint(err, "Did you mean %s#%s? %s`causey ls %s` shows them all.", place->path, near.best,
      cy_place_caps(place) & CY_FOLDS_LABELS ? "" : "Labels match exactly, also in case. ", place->path);
  return err;
}

static cy_err *missing(cy_place *place, const cy_selector *s)
{
  if (s->kind == CY_SELECT_LABEL)
    return nearest_labels(place, s->text);
  if (s->kind == CY_SELECT_POSITION)
    return cy_err_new(CY_E_STORE_LABEL_MISSING, "%s has no entry number %zu (it has %zu)", place->path,
      s->position, cy_place_count(place));
  return cy_err_new(CY_E_STORE_LABEL_MISSING, "%s has no entry with that %s", place->path,
    s->kind == CY_SELECT_ID ? "id" : "SHA-256 fingerprint");
}

static cy_err *scan(cy_place *place, const cy_selector *s, matches *m,
  cy_err *(*test)(cy_entry *entry, const cy_selector *s, bool *yes))
{
  size_t iter = 0;
  bool yes;
  for (cy_entry *e; (e = cy_place_next(place, &iter));) {
    CY_TRY(test(e, s, &yes));
    if (yes)
      note(m, e);
  }
  return NULL;
}

static cy_err *by_name(cy_entry *entry, const cy_selector *s, bool *yes)
{
  *yes = false;
  return entry->cert_count ? matches_name(entry, s->text, yes) : NULL;
}

static cy_err *by_other_name(cy_entry *entry, const cy_selector *s, bool *yes)
{
  *yes = false;
  return entry->cert_count ? NULL : matches_name(entry, s->text, yes);
}

static cy_err *by_folded(cy_entry *entry, const cy_selector *s, bool *yes)
{
  CY_CLEAN(cy_buf) have = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) want = CY_BUF_TEXT;
  *yes = entry->label && cy_text_fold(&have, cy_span_str(entry->label)) &&
         cy_text_fold(&want, cy_span_str(s->text)) && cy_span_equal(cy_buf_get(&have), cy_buf_get(&want));
  CY_TRY(cy_buf_check(&have));
  return cy_buf_check(&want);
}

/* Exactly, then folded where the format folds, then by the subject of entries without a label. */
static cy_err *find_label(cy_place *place, const cy_selector *s, matches *m)
{
  cy_entry *entry;
  CY_TRY(cy_doc_find_label(place->doc, s->text, &entry));
  if (entry && !place->doc->label_twice) {
    note(m, entry);
    return NULL;
  }
  if (entry) {
    CY_TRY(scan(place, s, m, fits));
    if (!m->count && (cy_place_caps(place) & CY_FOLDS_LABELS))
      CY_TRY(scan(place, s, m, by_folded));
  }
  if (!m->count)
    CY_TRY(scan(place, s, m, by_name));
  return m->count ? NULL : scan(place, s, m, by_other_name); /* a CRL has the name of its CA */
}

cy_err *cy_place_find_label(cy_place *place, const char *label, cy_entry **entry)
{
  return cy_doc_find_label(place->doc, label, entry);
}

cy_err *cy_place_find(cy_place *place, const cy_selector *s, cy_entry **entry)
{
  matches m = {.positions = CY_BUF_TEXT};
  *entry = NULL;
  cy_err *err = s->kind == CY_SELECT_LABEL ? find_label(place, s, &m) : scan(place, s, &m, fits);
  if (!err && m.count == 0)
    err = missing(place, s);
  else if (!err && m.count > 1)
    err = cy_err_new(CY_E_STORE_LABEL_SEVERAL, "%zu entries of %s fit: %s", m.count, place->path,
      cy_buf_cstr(&m.positions));
  else
    *entry = m.first;
  cy_buf_clear(&m.positions);
  return err;
}

cy_err *cy_place_select(cy_place *place, const cy_selector *s,
  cy_err *(*visit)(void *arg, cy_place *place, cy_entry *entry), void *arg)
{
  cy_entry *entry;
  size_t iter = 0;
  if (s->kind != CY_SELECT_ALL) {
    CY_TRY(cy_place_find(place, s, &entry));
    return visit(arg, place, entry);
  }
  while ((entry = cy_place_next(place, &iter)))
    CY_TRY(visit(arg, place, entry));
  return NULL;
}
