/* What a server or client would discover of its TLS settings at the first connection only (trap C25). */
#include "audit/codes.h"
#include "audit/config.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"

enum { STORES_KEPT = 64, SIDES_REHEARSED = 2000 };

/* Kept for whoever wants it, or from before, and not in force. */
static bool is_in_stock(const cy_config_place *place)
{
  static const char *const ends[] = {".bak", ".old", ".orig", ".save", "~", ".dpkg-old", ".dpkg-dist",
    ".dpkg-new", ".ucf-old", ".ucf-dist", ".rpmsave", ".rpmnew", ".disabled", "-sample", ".Debian"};
  static const char *const folders[] = {"/share/doc/", "/examples/", "/example/", "/testdata/"};
  for (size_t i = 0; i < CY_COUNT(folders); i++)
    if (strstr(place->path, folders[i]))
      return true;
  for (size_t i = 0; i < CY_COUNT(ends); i++)
    if (cy_text_ends(place->path, ends[i]))
      return true;
  return cy_text_ends(place->folder, "-available");
}

static bool has(const cy_findings *list, cy_finding_id id)
{
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i]->id == id)
      return true;
  return false;
}

/* The audit says these itself, in words of its own, or they say nothing of a whole machine. */
static bool is_left(const cy_config_place *place, const cy_finding *f)
{
  static const cy_finding_id remarks[] = {CY_F_TLS_KEY_LOCKED, CY_F_TLS_KEY_ASSUMED, CY_F_TLS_NOT_READ,
    CY_F_TLS_FOLDER_READ, CY_F_TLS_STORE_CLOSED};
  static const struct {
    cy_finding_id ours, theirs;
  } same[] = {{CY_F_CONFIG_STORE_MISSING, CY_F_TLS_IDENTITY_MISSING},
    {CY_F_CONFIG_STORE_MISSING, CY_F_TLS_KEY_MISSING}, {CY_F_CONFIG_STORE_MISSING, CY_F_TLS_TRUST_MISSING},
    {CY_F_CONFIG_STORE_MISSING, CY_F_MQ_REPOSITORY}, {CY_F_CONFIG_KEY_MISMATCH, CY_F_TLS_KEY_OTHERS},
    {CY_F_CONFIG_LABEL_MISSING, CY_F_MQ_LABEL}, {CY_F_CONFIG_LABEL_MISSING, CY_F_TLS_IDENTITY_MISSING},
    {CY_F_CONFIG_NO_LABEL, CY_F_MQ_DEFAULT_LABEL}};
  for (size_t i = 0; i < CY_COUNT(remarks); i++)
    if (f->id == remarks[i])
      return true;
  for (size_t i = 0; i < CY_COUNT(same); i++)
    if (f->id == same[i].theirs && has(place->list, same[i].ours))
      return true;
  return false;
}

/* Settings of a whole server are seen once for each of its hosts. */
typedef struct {
  const cy_config_place *place;
  cy_findings told;
  cy_map seen; /* fingerprints */
} sifted;

static bool is_new(sifted *s, const cy_finding *f)
{
  uint64_t print = cy_finding_fingerprint(f);
  cy_span key = cy_span_of(&print, sizeof print);
  if (cy_map_get(&s->seen, key) != CY_MAP_NONE)
    return false;
  s->told.failed = s->told.failed || !cy_map_put(&s->seen, key, 1);
  return true;
}

/* Takes over what is worth it; the rest goes. */
static void sift(sifted *s, cy_findings *from)
{
  for (size_t i = 0; i < from->count; i++) {
    cy_finding *f = from->items[i];
    bool wanted = !is_left(s->place, f) && is_new(s, f);
    bool room = wanted && cy_grow(&s->told.items, &s->told.cap, s->told.count + 1, sizeof(cy_finding *));
    s->told.failed = s->told.failed || (wanted && !room);
    if (room)
      s->told.items[s->told.count++] = f;
    else
      cy_finding_free(f);
  }
  from->count = 0;
}

/* Several certificates, and no word of which is to be shown (C23). */
static void check_choice(cy_tls_side *side)
{
  CY_CLEAN(cy_buf) labels = CY_BUF_TEXT;
  enum { SHOWN = 6 };
  size_t usable = 0;
  if (!side->role_known || side->role != CY_TLS_CLIENT)
    return;
  for (size_t i = 0; i < side->identity_count; i++) {
    const cy_tls_identity *identity = side->identities[i];
    if (!identity->chain.count || identity->key == CY_TLS_KEY_MISSING)
      continue;
    if (usable++ < SHOWN)
      cy_buf_printf(
        &labels, "%s%s", usable > 1 ? ", " : "", identity->label ? identity->label : identity->place);
  }
  side->findings.failed |= labels.failed == CY_BUF_NO_MEMORY;
  const cy_tls_setting *setting = cy_tls_side_setting(side, CY_TLS_FIELD_IDENTITY);
  if (usable < 2)
    return;
  cy_tls_read_finding(side, CY_F_TLS_SEVERAL_FIT,
    setting && setting->line ? setting->file
    : side->source           ? side->source
                             : side->name,
    setting ? setting->line : 0, "%s has %zu certificates with private keys, and none is chosen: %s%s",
    side->name, usable, cy_buf_cstr(&labels), usable > SHOWN ? " and more" : "");
}

static cy_err *check_side(sifted *s, const cy_config_readers *readers, cy_tls_side *side, bool rehearse)
{
  check_choice(side);
  if (rehearse)
    CY_TRY(cy_tls_rehearse(&readers->rehearsal, side));
  sift(s, &side->findings);
  return NULL;
}

/* What the reader could make nothing of. */
static void unreadable(sifted *s, const cy_tls_reader *reader, const cy_err *err)
{
  const cy_err *deepest = err;
  if (cy_err_exit(err) != CY_EXIT_BAD_INPUT || cy_err_is(err, CY_E_TLS_NO_SIDES))
    return;
  while (cy_err_cause(deepest))
    deepest = cy_err_cause(deepest);
  cy_tls_read_noticed(&s->told, CY_F_TLS_SETTING_WRONG, s->place->path, 0, "%s can not be read as %s: %s",
    s->place->path, reader->title, cy_err_text(deepest));
}

static cy_err *take_sides(sifted *s, const cy_config_readers *readers, cy_tls_sides *sides)
{
  for (size_t i = 0; i < sides->count; i++)
    CY_TRY(check_side(s, readers, sides->items[i], i < SIDES_REHEARSED));
  cy_findings_move(s->place->list, &s->told);
  return cy_findings_check(s->place->list);
}

/* With the lock held. */
static cy_err *check(sifted *s, cy_config_readers *readers, const cy_tls_reader *reader, cy_span text)
{
  CY_CLEAN(cy_tls_sides) sides = {0};
  cy_guess guess;
  cy_guess_begin(&guess, s->place->guesses, text.len);
  if (readers->stores.count > STORES_KEPT) {
    cy_tls_stores_clear(&readers->stores);
    cy_tls_stores_init(&readers->stores);
  }
  const cy_tls_read_how how = {.root = s->place->root, .ask = &guess.ask, .stores = &readers->stores};
  cy_err *err = cy_tls_sides_parse(&sides, reader, s->place->path, text, &how);
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  if (err)
    unreadable(s, reader, err);
  cy_err_free(err);
  return take_sides(s, readers, &sides);
}

cy_err *cy_config_check_tls(
  const cy_config_place *place, cy_config_readers *readers, const cy_tls_reader *reader, cy_span text)
{
  sifted s = {.place = place};
  if (is_in_stock(place))
    return NULL;
  cy_map_init(&s.seen, true);
  pthread_mutex_lock(&readers->lock);
  cy_err *err = check(&s, readers, reader, text);
  pthread_mutex_unlock(&readers->lock);
  cy_map_clear(&s.seen);
  cy_findings_clear(&s.told);
  return err;
}
