/* What a server or client would discover of its TLS settings at the first connection only (trap C25). */
#include "audit/config.h"

#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/reader.h"

enum { HEAD_BYTES = 16 << 10, SURE = 80 };

/* Whole configurations of these; pieces are read by what includes them. */
static bool is_read(const cy_tls_reader *reader)
{
  return cy_notation_has("nginx httpd haproxy stunnel postgresql openssl", reader->id);
}

/* The audit says these itself, in words of its own, or they say nothing of a whole machine. */
static bool is_left(const cy_config_place *place, const cy_finding *f)
{
  static const cy_finding_id remarks[] = {
    CY_F_TLS_KEY_LOCKED, CY_F_TLS_KEY_ASSUMED, CY_F_TLS_NOT_READ, CY_F_TLS_FOLDER_READ};
  static const cy_finding_id files[] = {
    CY_F_TLS_IDENTITY_MISSING, CY_F_TLS_KEY_MISSING, CY_F_TLS_KEY_OTHERS, CY_F_TLS_TRUST_MISSING};
  for (size_t i = 0; i < CY_COUNT(remarks); i++)
    if (f->id == remarks[i])
      return true;
  for (size_t i = 0; i < CY_COUNT(files); i++)
    if (f->id == files[i] && place->list->count)
      return true;
  return false;
}

/* Settings of a whole server are seen once for each of its hosts. */
static bool is_told(const cy_findings *list, const cy_finding *f)
{
  uint64_t print = cy_finding_fingerprint(f);
  for (size_t i = 0; i < list->count; i++)
    if (cy_finding_fingerprint(list->items[i]) == print)
      return true;
  return false;
}

/* Takes over what is worth it; the rest goes. */
static void sift(const cy_config_place *place, cy_findings *told, cy_findings *from)
{
  for (size_t i = 0; i < from->count; i++) {
    cy_finding *f = from->items[i];
    bool left = is_left(place, f) || is_told(told, f);
    bool room = left || cy_grow(&told->items, &told->cap, told->count + 1, sizeof(cy_finding *));
    told->failed = told->failed || !room;
    if (left || !room)
      cy_finding_free(f);
    else
      told->items[told->count++] = f;
  }
  from->count = 0;
}

cy_err *cy_config_check_tls(const cy_config_place *place, cy_span text)
{
  CY_CLEAN(cy_tls_sides) sides = {0};
  CY_CLEAN(cy_findings) told = {0};
  const cy_tls_read_how how = {.root = place->root};
  unsigned sure = 0;
  const cy_tls_reader *reader = cy_tls_reader_detect(
    place->path, cy_span_of(text.data, text.len < HEAD_BYTES ? text.len : HEAD_BYTES), &sure);
  if (!reader || sure < SURE || !is_read(reader) || cy_text_ends(place->folder, "-available"))
    return NULL;
  cy_err *err = cy_tls_sides_parse(&sides, reader, place->path, text, &how);
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  if (err && cy_err_is(err, CY_E_TLS_MALFORMED))
    cy_tls_read_noticed(&told, CY_F_TLS_SETTING_WRONG, place->path, 0, "%s can not be read as %s: %s",
      place->path, reader->title, cy_err_text(err));
  cy_err_free(err);
  for (size_t i = 0; i < sides.count; i++)
    sift(place, &told, &sides.items[i]->findings);
  cy_findings_move(place->list, &told);
  return cy_findings_check(place->list);
}
