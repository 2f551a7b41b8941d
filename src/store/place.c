#include "store/place.h"

#include "base/mem.h"
#include "store/codes.h"
#include "store/place_internal.h"

static cy_err *place_new(cy_place **out)
{
  *out = cy_malloc(sizeof **out);
  CY_TRY_ALLOC(*out);
  (*out)->memory_failures = cy_mem_failures();
  return NULL;
}

void cy_place_close(cy_place *place)
{
  if (!place)
    return;
  cy_place_forget_changes(place);
  cy_free(place->changes);
  cy_doc_free(place->doc); /* keys by reference go before the session that they belong to */
  if (place->live && place->session)
    place->live->close(place->session);
  cy_free(place->path);
  cy_free(place);
}

/* Queue managers call a key repository by its stem; files have the whole name (trap A21). */
static cy_err *name_whole(cy_err *err, const char *path)
{
  static const char *const suffixes[] = {"kdb", "p12"};
  struct stat st;
  for (size_t i = 0; i < CY_COUNT(suffixes); i++) {
    CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
    cy_buf_printf(&whole, "%s.%s", path, suffixes[i]);
    if (stat(cy_buf_cstr(&whole), &st) == 0 && S_ISREG(st.st_mode))
      return cy_err_hint(err,
        "Looked for %s, %s.kdb and %s.p12; %s is there: give the whole name. (Queue managers and clients "
        "before 9.3 take a key repository without its suffix and add .kdb themselves; from 9.3 on they "
        "take "
        "the whole name as well.)",
        path, path, path, cy_buf_cstr(&whole));
  }
  return err;
}

/* The kind that a new file is to be. */
static cy_err *format_of_new(const cy_address *address, const cy_place_how *how, const cy_format **format)
{
  *format = how->format ? how->format : cy_format_by_suffix(address->path);
  if (*format)
    return NULL;
  return name_whole(cy_err_new(CY_E_STORE_KIND_UNCLEAR,
                      "%s does not exist, and its name does not say what it is to be", address->path),
    address->path);
}

static cy_err *forced_format(const cy_address *address, const cy_format **format)
{
  *format = NULL;
  if (!address->kind)
    return NULL;
  *format = cy_format_find(address->kind);
  if (*format)
    return NULL;
  cy_nearest near = CY_NEAREST(address->kind);
  for (size_t i = 0; i < cy_format_count; i++)
    cy_nearest_try(&near, cy_formats[i]->id);
  cy_live_nearest(&near);
  cy_err *err = cy_err_new(CY_E_STORE_KIND_UNKNOWN, "there is no kind of store called %s", address->kind);
  return near.best ? cy_err_hint(err, "Did you mean %s:%s?", near.best, address->path) : err;
}

static cy_err *open_file(cy_place *place, const cy_address *address, const cy_place_how *how)
{
  const cy_format *format;
  cy_image *image;
  CY_TRY(forced_format(address, &format));
  cy_err *missing = cy_image_open(&image, address->is_stream ? "-" : address->path, how->mode);
  if (missing)
    return cy_err_is(missing, CY_E_IO_MISSING) ? name_whole(missing, address->path) : missing;
  place->is_new =
    image->is_stream ? how->mode == CY_OPEN_WRITE || how->mode == CY_OPEN_CREATE : !image->parts[0].exists;
  if (!place->is_new)
    return cy_doc_open(&place->doc, image, format, how->ask);
  cy_err *err = format ? NULL : format_of_new(address, how, &format);
  if (err) {
    cy_image_free(image);
    return err;
  }
  return cy_doc_new(&place->doc, image, format);
}

static cy_err *snapshot_entry(void *arg, const cy_entry *entry)
{
  cy_doc *doc = arg;
  cy_entry *copy;
  CY_TRY(cy_doc_append(doc, &copy));
  size_t position = copy->position;
  cy_err *err = cy_entry_copy(copy, entry, &doc->arena);
  copy->position = position;
  copy->part = entry->part;
  return err;
}

/* A live place is walked once into a document of its own; changes go to the session. */
static cy_err *open_live(
  cy_place *place, const cy_live *live, const cy_address *address, const cy_place_how *how)
{
  place->live = live;
  place->live_format =
    (cy_format){.id = live->id, .prefixes = "", .title = live->title, .suffixes = "", .caps = live->caps};
  CY_TRY(live->open(&place->session, address, how->mode, how->ask));
  CY_TRY(cy_doc_new(&place->doc, NULL, &place->live_format));
  place->doc->place = place->path;
  return live->each(place->session, snapshot_entry, place->doc);
}

static char *path_of(const cy_address *address, const cy_live *live)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  if (live)
    cy_buf_printf(&path, "%s:", live->id);
  cy_buf_str(&path, address->path);
  return cy_buf_take_str(&path);
}

/* *live is NULL for files. */
static cy_err *find_live(const cy_address *address, const cy_live **live)
{
  struct stat st;
  *live = address->kind ? cy_live_find(address->kind) : NULL;
  if (address->kind || address->is_stream || stat(address->path, &st) != 0 || !S_ISDIR(st.st_mode))
    return NULL;
  *live = cy_live_of_folder(address->path);
  if (*live)
    return NULL;
  return cy_err_hint(
    cy_err_new(CY_E_IO_KIND, "%s is a folder, and no hashed one as OpenSSL has them", address->path),
    "causey audit %s looks at every keystore and certificate below it; dir:%s takes it as a hashed folder.",
    address->path, address->path);
}

cy_err *cy_place_open(cy_place **out, const cy_address *address, const cy_place_how *how)
{
  const cy_live *live;
  *out = NULL;
  CY_TRY(find_live(address, &live));
  CY_TRY(place_new(out));
  (*out)->path = path_of(address, live);
  cy_err *err = !(*out)->path ? cy_err_no_memory()
                : live        ? open_live(*out, live, address, how)
                              : open_file(*out, address, how);
  if (err) {
    cy_place_close(*out);
    *out = NULL;
  }
  return err;
}

cy_err *cy_place_from_image(cy_place **out, cy_image *image, const cy_format *format, cy_ask *ask)
{
  cy_err *err = place_new(out);
  if (err) {
    cy_image_free(image);
    return err;
  }
  (*out)->path = cy_strdup(image->path);
  if (!(*out)->path) {
    cy_image_free(image);
    err = cy_err_no_memory();
  } else {
    err = cy_doc_open(&(*out)->doc, image, format, ask);
  }
  if (err) {
    cy_place_close(*out);
    *out = NULL;
  }
  return err;
}

const char *cy_place_path(const cy_place *place)
{
  return place->path;
}

const char *cy_place_kind(const cy_place *place)
{
  return place->live ? place->live->id : place->doc->format->id;
}

const char *cy_place_title(const cy_place *place)
{
  return place->live ? place->live->title : place->doc->format->title;
}

unsigned cy_place_caps(const cy_place *place)
{
  return place->live ? place->live->caps : place->doc->format->caps;
}

bool cy_place_is_new(const cy_place *place)
{
  return place->is_new;
}

cy_doc *cy_place_doc(cy_place *place)
{
  return place->live ? NULL : place->doc;
}

cy_entry *cy_place_next(cy_place *place, size_t *iter)
{
  while (*iter < place->doc->entry_count) {
    cy_entry *entry = place->doc->entries[(*iter)++];
    if (!entry->deleted)
      return entry;
  }
  return NULL;
}

size_t cy_place_count(const cy_place *place)
{
  size_t count = 0;
  for (size_t i = 0; i < place->doc->entry_count; i++)
    count += !place->doc->entries[i]->deleted;
  return count;
}

typedef struct {
  cy_place *place;
  cy_entry *entry;
} looking_again;

/* The key as it is now; what the caller holds of the entry stays. */
static cy_err *take_fresh_key(void *arg, const cy_entry *now)
{
  const looking_again *look = arg;
  cy_entry copy;
  if (!now->has_key)
    return NULL;
  CY_TRY(cy_entry_copy(&copy, now, &look->place->doc->arena));
  cy_keybox old = look->entry->key;
  look->entry->key = copy.key;
  look->entry->has_key = true;
  copy.key = old;
  cy_entry_clear(&copy);
  return NULL;
}

static cy_err *look_again(cy_place *place, cy_entry *entry)
{
  CY_CLEAN(cy_buf) address = CY_BUF_TEXT;
  looking_again look = {place, entry};
  bool found = true;
  if (!place->live->get || entry->added || entry->key.plain)
    return NULL;
  CY_TRY(place->live->get(place->session, entry, &found, take_fresh_key, &look));
  if (found)
    return NULL;
  CY_TRY(cy_place_entry_address(place, entry, &address));
  return cy_err_new(CY_E_STORE_VANISHED, "%s is no longer there", cy_buf_cstr(&address));
}

cy_err *cy_place_key(cy_place *place, cy_entry *entry, cy_ask *ask, const cy_secret **pkcs8)
{
  *pkcs8 = NULL;
  if (place->live)
    CY_TRY(look_again(place, entry));
  return cy_entry_key_open(entry, place->path, place->doc->password, ask, pkcs8);
}

cy_err *cy_place_own_check(cy_place *place, cy_findings *findings)
{
  if (place->live)
    return place->live->check ? place->live->check(place->session, place->path, findings) : NULL;
  return place->doc->format->check ? place->doc->format->check(place->doc, findings) : NULL;
}

cy_err *cy_place_describe(cy_place *place, cy_out *out)
{
  if (place->live)
    return place->live->describe ? place->live->describe(place->session, out) : NULL;
  if (place->doc->stash.there)
    cy_doc_describe_stash(place->doc, out);
  return place->doc->format->describe ? place->doc->format->describe(place->doc, out) : NULL;
}

size_t cy_place_marks(const cy_place *place, const cy_entry *entry, cy_finding_id *ids, size_t max)
{
  return place->live && place->live->marks ? place->live->marks(place->session, entry, ids, max) : 0;
}

cy_err *cy_place_fit_label(const cy_place *place, const char *label, cy_buf *fits)
{
  if (place->live && place->live->fit_label)
    place->live->fit_label(fits, label);
  else
    cy_buf_str(fits, label);
  return cy_buf_check(fits);
}

void cy_place_set_zone(cy_place *place, int minutes)
{
  for (size_t i = 0; i < place->doc->entry_count; i++) {
    cy_entry_facts *facts = (cy_entry_facts *)(uintptr_t)place->doc->entries[i]->facts;
    if (!facts || !facts->zone_assumed)
      continue;
    facts->zone_assumed = false;
    if (facts->not_before != CY_TIME_NONE)
      facts->not_before -= (cy_time)minutes * 60;
    if (facts->not_after != CY_TIME_NONE)
      facts->not_after -= (cy_time)minutes * 60;
  }
}

cy_err *cy_place_entry_address(cy_place *place, cy_entry *entry, cy_buf *buf)
{
  bool whole = place->doc->format->caps & CY_ONE_ENTRY || (place->doc->entry_count == 1 && !entry->label);
  if (whole) {
    cy_address_format(buf, place->path, NULL);
    return cy_buf_check(buf);
  }
  if (!entry->label) {
    cy_address_format(buf, place->path, NULL);
    cy_buf_printf(buf, "#@%zu", entry->position);
    return cy_buf_check(buf);
  }
  cy_address_format(buf, place->path, entry->label);
  return cy_buf_check(buf);
}
