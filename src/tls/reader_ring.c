/* Key rings that configurations name: where their listings are, and what is said of them. */
#include "tls/reader_ring.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/codes.h"
#include "tls/codes.h"
#include "tls/reader_internal.h"
#include "tls/ring.h"

enum { FOLDER_FILES = 2000, MOST_BYTES = 64 << 20, LISTED = 8 };

struct cy_tls_rings {
  cy_ring_world world;
  cy_map looked; /* folders and files that were looked at */
  cy_ring **items;
  size_t count, cap;
  cy_map by_name; /* whole name: index */
  char *listings; /* their names, for people */
};

void cy_tls_rings_free(cy_tls_rings *rings)
{
  if (!rings)
    return;
  for (size_t i = 0; i < rings->count; i++)
    cy_ring_free(rings->items[i]);
  cy_free(rings->items);
  cy_free(rings->listings);
  cy_ring_world_clear(&rings->world);
  cy_map_clear(&rings->looked);
  cy_map_clear(&rings->by_name);
  cy_free(rings);
}

/* Names of rings. */

static const char scheme[] = "safkeyring";

bool cy_tls_is_ring(const char *path)
{
  return cy_text_starts(path, scheme) && strstr(path, ":/");
}

void cy_tls_ring_path(cy_buf *path, const char *value)
{
  cy_buf_printf(path, "%s://%s%s", scheme, strchr(value, '/') ? "" : "/", value);
}

/* "USER/RING", or "RING" where no user is named. */
static const char *name_of(const char *path)
{
  const char *at = strstr(path, ":/") + 2;
  while (*at == '/')
    at++;
  return at;
}

/* Looking for listings. */

static cy_err *begin(cy_tls_reading *reading)
{
  if (reading->rings)
    return NULL;
  cy_tls_rings *rings = cy_calloc(1, sizeof *rings);
  CY_TRY_ALLOC(rings);
  cy_ring_world_init(&rings->world);
  cy_map_init(&rings->looked, true);
  cy_map_init(&rings->by_name, true);
  reading->rings = rings;
  return NULL;
}

/* Whether this path comes for the first time. */
static cy_err *is_new(cy_tls_rings *rings, const char *path, bool *fresh)
{
  *fresh = cy_map_get(&rings->looked, cy_span_str(path)) == CY_MAP_NONE;
  return !*fresh || cy_map_put(&rings->looked, cy_span_str(path), 1) ? NULL : cy_err_no_memory();
}

static cy_err *name_listing(cy_tls_rings *rings, const char *path)
{
  CY_CLEAN(cy_buf) names = CY_BUF_TEXT;
  if (rings->listings)
    cy_buf_printf(&names, "%s, ", rings->listings);
  cy_buf_str(&names, path);
  char *text = rings->world.listing_count > LISTED ? cy_strdup(rings->listings) : cy_buf_take_str(&names);
  CY_TRY_ALLOC(text);
  cy_free(rings->listings);
  rings->listings = text;
  return NULL;
}

static cy_err *take_place(cy_tls_reading *reading, const char *path, bool listing)
{
  cy_tls_store *store;
  CY_TRY(cy_tls_store_open(reading, path, &store));
  cy_place *place = cy_tls_store_place(store);
  if (!place)
    return NULL;
  if (!listing)
    return cy_ring_world_add_certs(&reading->rings->world, place);
  CY_TRY(cy_ring_world_add_listing(&reading->rings->world, place));
  return name_listing(reading->rings, path);
}

/* Listings, and files of certificates for which nobody has to be asked for a password. */
static cy_err *look_at(cy_tls_reading *reading, const char *path)
{
  static const char *const certs[] = {"pem", "der", "p7"};
  CY_CLEAN(cy_buf) head = CY_BUF(CY_DETECT_BYTES);
  struct stat st;
  bool fresh;
  if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > MOST_BYTES)
    return NULL;
  CY_TRY(is_new(reading->rings, path, &fresh));
  cy_err *err = fresh ? cy_tls_read_head(&head, path) : NULL;
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  if (err || !fresh) {
    cy_err_free(err);
    return NULL;
  }
  const cy_format *format = cy_format_detect(cy_buf_get(&head), cy_path_name(path));
  if (!format)
    return NULL;
  if (strcmp(format->id, "racf") == 0)
    return take_place(reading, path, true);
  for (size_t i = 0; i < CY_COUNT(certs); i++)
    if (cy_text_starts(format->id, certs[i]))
      return take_place(reading, path, false);
  return NULL;
}

static int by_name(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

typedef struct {
  char **items;
  size_t count, cap;
} names;

static void names_clear(names *list)
{
  for (size_t i = 0; i < list->count; i++)
    cy_free(list->items[i]);
  cy_free(list->items);
}

static cy_err *read_names(names *list, const char *folder)
{
  DIR *dir = opendir(folder);
  cy_err *err = NULL;
  for (const struct dirent *e; !err && dir && list->count < FOLDER_FILES && (e = readdir(dir));) {
    CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
    if (e->d_name[0] == '.')
      continue;
    cy_buf_printf(&path, "%s/%s", folder, e->d_name);
    char *copy = cy_buf_take_str(&path);
    if (copy && cy_grow(&list->items, &list->cap, list->count + 1, sizeof(char *)))
      list->items[list->count++] = copy;
    else {
      cy_free(copy);
      err = cy_err_no_memory();
    }
  }
  if (dir)
    closedir(dir);
  return err;
}

static cy_err *look_into(cy_tls_reading *reading, const char *folder)
{
  CY_CLEAN(names) list = {0};
  bool fresh;
  CY_TRY(is_new(reading->rings, folder, &fresh));
  if (!fresh)
    return NULL;
  CY_TRY(read_names(&list, folder));
  if (list.count > 1)
    qsort(list.items, list.count, sizeof(char *), by_name);
  for (size_t i = 0; i < list.count; i++)
    CY_TRY(look_at(reading, list.items[i]));
  return NULL;
}

/* racf:FILE, FILE or a folder. A listing that the user named must be one. */
static cy_err *look_where_told(cy_tls_reading *reading)
{
  const char *path = reading->how->rings;
  struct stat st;
  if (!path)
    return NULL;
  if (cy_text_starts(path, "racf:"))
    path += strlen("racf:");
  if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
    return look_into(reading, path);
  size_t before = reading->rings->world.listing_count;
  bool known = cy_map_get(&reading->rings->looked, cy_span_str(path)) != CY_MAP_NONE;
  CY_TRY(look_at(reading, path));
  if (known || reading->rings->world.listing_count > before)
    return NULL;
  return cy_err_hint(cy_err_new(CY_E_USAGE, "--rings %s: there is no listing of RACDCERT", path),
    "Save the output of RACDCERT ID(USER) LISTRING(RING), RACDCERT ID(USER) LIST and RACDCERT CERTAUTH "
    "LIST, "
    "in one file or several in a folder.");
}

static cy_err *find_listings(cy_tls_reading *reading, const char *from)
{
  CY_TRY(begin(reading));
  CY_AUTO_STR char *folder = from ? cy_path_folder(from) : NULL;
  if (from && !folder)
    return cy_err_no_memory();
  CY_TRY(look_where_told(reading));
  return folder ? look_into(reading, folder) : NULL;
}

/* A ring as a part of a side. */

typedef struct {
  cy_tls_reading *reading;
  cy_tls_side *side;
  const char *from;
  const char *name; /* as it was written */
  cy_tls_field field;
} use;

static cy_finding *say(const use *u, cy_finding_id id, const char *format, ...) CY_PRINTF(3, 4);
static cy_finding *say(const use *u, cy_finding_id id, const char *format, ...)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  va_list args;
  va_start(args, format);
  cy_buf_vprintf(&text, format, args);
  va_end(args);
  const cy_tls_setting *at = cy_tls_side_setting(u->side, u->field);
  at = at ? at : cy_tls_side_setting(u->side, CY_TLS_FIELD_IDENTITY);
  const char *file = at && at->line ? at->file : u->from ? u->from : u->side->source;
  return cy_tls_read_finding(u->side, id, file, at ? at->line : 0, "%s", cy_buf_cstr(&text));
}

static cy_err *keep_ring(cy_tls_rings *rings, cy_ring *ring)
{
  if (!cy_grow(&rings->items, &rings->cap, rings->count + 1, sizeof(cy_ring *)) ||
      !cy_map_put(&rings->by_name, cy_span_str(ring->name), rings->count)) {
    cy_ring_free(ring);
    return cy_err_no_memory();
  }
  rings->items[rings->count++] = ring;
  return NULL;
}

static cy_err *ring_called(cy_tls_rings *rings, const char *whole, cy_ring **ring)
{
  size_t at = cy_map_get(&rings->by_name, cy_span_str(whole));
  *ring = at == CY_MAP_NONE ? NULL : rings->items[at];
  if (*ring)
    return NULL;
  CY_TRY(cy_ring_new(ring, &rings->world, whole));
  return *ring ? keep_ring(rings, *ring) : NULL;
}

/* The same was said of the certificate already, and trust comes from the same ring. */
static bool was_said(const use *u, cy_finding_id id)
{
  for (size_t i = 0; u->field == CY_TLS_FIELD_TRUST && i < u->side->findings.count; i++)
    if (u->side->findings.items[i]->id == id)
      return true;
  return false;
}

static void no_listing(const use *u)
{
  u->side->trust_unknown |= u->field == CY_TLS_FIELD_TRUST && !u->side->trust;
  if (was_said(u, CY_F_TLS_NOT_READ))
    return;
  cy_finding *f = say(u, CY_F_TLS_NOT_READ,
    "%s is a key ring of the security product: which certificates are on it is not known here", u->name);
  const char *slash = strchr(u->name, '/');
  int user = slash ? (int)(slash - u->name) : 4;
  cy_finding_set_fix(&u->side->findings, f,
    "Save the output of RACDCERT ID(%.*s) LISTRING(%s), RACDCERT ID(%.*s) LIST and RACDCERT CERTAUTH LIST "
    "beside it, or name the file: --rings FILE.",
    user, slash ? u->name : "USER", slash ? slash + 1 : u->name, user, slash ? u->name : "USER");
}

static cy_err *no_ring(const use *u, bool several)
{
  u->side->identity_wrong |= u->field == CY_TLS_FIELD_IDENTITY;
  CY_AUTO_STR char *nearest = NULL;
  const cy_tls_rings *rings = u->reading->rings;
  if (was_said(u, CY_F_TLS_RING_MISSING))
    return NULL;
  if (several) {
    cy_finding *f = say(u, CY_F_TLS_RING_MISSING,
      "several users have a ring %s, and which of them runs this is not known", u->name);
    cy_finding_set_fix(
      &u->side->findings, f, "Say it with --ring-user USER, or name the ring USER/%s.", u->name);
    return NULL;
  }
  CY_TRY(cy_ring_nearest(&nearest, &rings->world, u->name));
  cy_finding *f = say(u, CY_F_TLS_RING_MISSING, "there is no ring %s in what was saved (%s)%s%s", u->name,
    rings->listings, nearest ? "; nearest is " : "", nearest ? nearest : "");
  if (nearest)
    cy_finding_set_fix(&u->side->findings, f,
      "If %s is meant, write that; names of rings heed capitals. Else make it: RACDCERT ID(USER) "
      "ADDRING(RING), "
      "or save its LISTRING, too.",
      nearest);
  return NULL;
}

/* NULL: no listing has it. */
static cy_err *look_up(const use *u, cy_ring **ring, bool *several)
{
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  CY_AUTO_STR char *found = NULL;
  const char *user = u->reading->how->ring_user;
  *several = false;
  *ring = NULL;
  CY_TRY(find_listings(u->reading, u->from));
  cy_tls_rings *rings = u->reading->rings;
  if (strchr(u->name, '/') || user) {
    cy_buf_printf(
      &whole, "%s%s%s", strchr(u->name, '/') ? "" : user, strchr(u->name, '/') ? "" : "/", u->name);
    CY_TRY(cy_buf_check(&whole));
    CY_TRY(ring_called(rings, cy_buf_cstr(&whole), ring));
  } else {
    CY_TRY(cy_ring_find(&found, several, &rings->world, u->name));
    if (found)
      CY_TRY(ring_called(rings, found, ring));
  }
  return NULL;
}

/* NULL: it is not known, and that was said. */
static cy_err *find_ring(const use *u, cy_ring **ring)
{
  bool several;
  CY_TRY(look_up(u, ring, &several));
  if (!u->reading->rings->world.listing_count) {
    no_listing(u);
    return NULL;
  }
  return *ring ? NULL : no_ring(u, several);
}

cy_err *cy_tls_ring_look(cy_tls_reading *reading, const char *from, const char *path, const char *label,
  bool *listed, bool *labelled)
{
  cy_ring *ring;
  bool several;
  const use u = {.reading = reading, .from = from, .name = name_of(path)};
  CY_TRY(look_up(&u, &ring, &several));
  *listed = ring != NULL;
  *labelled = false;
  for (size_t i = 0; ring && label && i < ring->count; i++)
    *labelled = *labelled || strcmp(ring->members[i].label, label) == 0;
  return NULL;
}

/* What no listing says, once for each ring of a side. */
static void tell_listed(const use *u, const cy_ring *ring)
{
  size_t real = 0, unknown = 0;
  for (size_t i = 0; i < ring->count; i++) {
    real += ring->members[i].real;
    unknown += !ring->members[i].cert;
  }
  for (size_t i = 0; i < u->side->findings.count; i++)
    if (u->side->findings.items[i]->id == CY_F_TLS_RING_AS_LISTED)
      return;
  if (real == ring->count)
    return;
  cy_finding *f = say(u, CY_F_TLS_RING_AS_LISTED,
    "%s is as %s tells it: of %zu certificate%s %zu %s here as files, so signatures and extensions of the "
    "others could not be looked at",
    ring->name, u->reading->rings->listings, ring->count, ring->count == 1 ? "" : "s", real,
    real == 1 ? "is" : "are");
  if (unknown)
    cy_finding_set_fix(&u->side->findings, f,
      "Of %zu only the label is known: save RACDCERT LIST of their owners (and CERTAUTH), too.", unknown);
}

static void put_ring(cy_buf *buf, const cy_ring *ring)
{
  size_t user = strcspn(ring->name, "/");
  cy_buf_printf(buf, "ID(%.*s)", (int)user, ring->name);
}

static const char *ring_part(const cy_ring *ring)
{
  const char *slash = strchr(ring->name, '/');
  return slash ? slash + 1 : ring->name;
}

#define RACF_REFRESH                                                                                       \
  "then SETROPTS RACLIST(DIGTCERT DIGTRING) REFRESH, and restart the program: rings are read when it "     \
  "starts"

/* Identities. */

static void not_trusted(const use *u, const cy_ring *ring, const cy_ring_member *m)
{
  cy_finding *f = say(u, CY_F_RING_NOT_TRUSTED,
    "%s of %s is on the ring %s with the status NOTRUST: System SSL passes it over", m->label, m->owner,
    ring->name);
  cy_finding_set_fix(
    &u->side->findings, f, "RACDCERT %s ALTER(LABEL('%s')) TRUST, " RACF_REFRESH ".", m->owner, m->label);
}

static void no_key(const use *u, const cy_ring *ring, const cy_ring_member *m)
{
  cy_finding *f = say(u, CY_F_RING_NO_KEY, "%s of %s on the ring %s has no private key (System SSL: 428)",
    m->label, m->owner, ring->name);
  cy_finding_set_fix(&u->side->findings, f,
    "Add the answer of the CA with the same owner as the request: RACDCERT %s ADD(DATASET) "
    "WITHLABEL('%s'); or "
    "import a PKCS#12 file with the key; " RACF_REFRESH ".",
    m->owner, m->label);
}

static void not_personal(const use *u, const cy_ring *ring, const cy_ring_member *m)
{
  CY_CLEAN(cy_buf) owner = CY_BUF_TEXT;
  put_ring(&owner, ring);
  cy_finding *f = say(u, CY_F_TLS_RING_NOT_PERSONAL,
    "%s of %s is on the ring %s as %s, not as PERSONAL: its private key is not handed out (System SSL: "
    "428)",
    m->label, m->owner, ring->name, m->usage);
  cy_finding_set_fix(&u->side->findings, f,
    "RACDCERT %s CONNECT(%s LABEL('%s') RING(%s) USAGE(PERSONAL)), " RACF_REFRESH ".", cy_buf_cstr(&owner),
    m->owner, m->label, ring_part(ring));
}

/* Whether the program that reads the ring gets the key is a matter of permissions, which no listing shows.
 */
static void tell_authority(const use *u, const cy_ring *ring, const cy_ring_member *m)
{
  const char *user = u->reading->how->ring_user;
  size_t len = strcspn(ring->name, "/");
  bool other = user && (strlen(user) != len || strncmp(user, ring->name, len) != 0);
  bool site = strcmp(m->owner, "SITE") == 0;
  bool others = strncmp(m->owner, "ID(", 3) == 0 &&
                (strlen(m->owner) != len + 4 || strncmp(m->owner + 3, ring->name, len) != 0);
  if (!other && !site && !others)
    return;
  cy_finding *f = say(u, CY_F_TLS_RING_AUTHORITY,
    "the private key of %s belongs to %s, and the ring %s to %.*s%s%s: whether it may be used depends on "
    "permissions, which no listing shows (as far as known)",
    m->label, m->owner, ring->name, (int)len, ring->name, user ? "; it is read by " : "", user ? user : "");
  cy_finding_set_fix(&u->side->findings, f,
    site ? "As far as known: PERMIT IRR.DIGTCERT.GENCERT CLASS(FACILITY) ID(%s) ACCESS(CONTROL), or PERMIT "
           "%.*s.%s.LST CLASS(RDATALIB) ID(%s) ACCESS(UPDATE); then SETROPTS RACLIST(FACILITY RDATALIB) "
           "REFRESH."
         : "Best: a ring of its own with a certificate of its own. Else, as far as known: PERMIT%.0s "
           "%.*s.%s.LST "
           "CLASS(RDATALIB) ID(%s) ACCESS(UPDATE) (READ gives the certificates alone); then SETROPTS "
           "RACLIST(RDATALIB) REFRESH.",
    user ? user : "USER", (int)len, ring->name, ring_part(ring), user ? user : "USER");
}

/* The leaf and its issuers, as far as they are on the ring. */
static cy_err *make_identity(const cy_ring *ring, cy_ring_member *m)
{
  CY_CLEAN(cy_buf) place = CY_BUF_TEXT;
  enum { CHAIN = 16 };
  if (m->identity)
    return NULL;
  cy_buf_printf(&place, "%s#%s", ring->name, m->label);
  CY_TRY(cy_buf_check(&place));
  CY_TRY(cy_tls_identity_new(&m->identity, m->label, cy_buf_cstr(&place)));
  const cy_ring_member *at = m;
  for (int i = 0; at && at->cert && i < CHAIN; i++, at = cy_ring_issuer(ring, at))
    CY_TRY(cy_certs_add(&m->identity->chain, at->cert));
  m->identity->key = m->listed && !m->facts->has_key ? CY_TLS_KEY_MISSING : CY_TLS_KEY_THERE;
  return NULL;
}

static cy_err *use_member(const use *u, const cy_ring *ring, cy_ring_member *m)
{
  bool usable = !m->distrusted && cy_ring_is_personal(m) && (!m->listed || m->facts->has_key);
  if (m->distrusted)
    not_trusted(u, ring, m);
  else if (m->listed && !m->facts->has_key)
    no_key(u, ring, m);
  else if (!cy_ring_is_personal(m) && m->usage)
    not_personal(u, ring, m);
  else
    tell_authority(u, ring, m);
  if (!usable)
    u->side->identity_wrong = true;
  if (!m->cert || m->distrusted)
    return NULL;
  CY_TRY(make_identity(ring, m));
  if (!usable) {
    CY_AUTO(cy_tls_identity) *without = NULL;
    CY_TRY(cy_tls_identity_new(&without, m->label, m->identity->place));
    CY_TRY(cy_certs_add(&without->chain, m->cert));
    without->key = CY_TLS_KEY_MISSING;
    return cy_tls_side_add_identity(u->side, without);
  }
  return cy_tls_side_add_identity(u->side, m->identity);
}

static void no_label(const use *u, const cy_ring *ring, const char *label)
{
  CY_CLEAN(cy_buf) owner = CY_BUF_TEXT;
  cy_nearest near = CY_NEAREST(label);
  bool exact, folded = false;
  for (size_t i = 0; i < ring->count; i++) {
    if (cy_ascii_equal_nocase(cy_span_str(ring->members[i].label), cy_span_str(label))) {
      near.best = ring->members[i].label;
      near.best_distance = 0;
      folded = true;
    } else if (!folded)
      cy_nearest_try(&near, ring->members[i].label);
  }
  put_ring(&owner, ring);
  u->side->identity_wrong = true;
  const cy_entry *e = cy_ring_listed(&u->reading->rings->world, NULL, label, &exact);
  if (e && exact) {
    cy_finding *f = say(u, CY_F_TLS_RING_NOT_CONNECTED,
      "%s of %s is there, but not connected to the ring %s", label, e->facts->owner, ring->name);
    cy_finding_set_fix(&u->side->findings, f,
      "RACDCERT %s CONNECT(%s LABEL('%s') RING(%s) USAGE(PERSONAL)), " RACF_REFRESH ".",
      cy_buf_cstr(&owner), e->facts->owner, label, ring_part(ring));
    return;
  }
  cy_finding *f = say(u, CY_F_TLS_IDENTITY_MISSING, "no certificate on the ring %s is labelled %s%s%s%s",
    ring->name, label, near.best ? "; nearest is " : "", near.best ? near.best : "",
    folded ? ", with other capitals" : "");
  if (near.best)
    cy_finding_set_fix(&u->side->findings, f, "Write %s: labels heed capitals.", near.best);
}

static cy_err *no_default(const use *u, const cy_ring *ring)
{
  const cy_ring_member *personal = NULL;
  CY_CLEAN(cy_buf) owner = CY_BUF_TEXT;
  for (size_t i = 0; i < ring->count && !personal; i++)
    if (cy_ring_is_personal(&ring->members[i]))
      personal = &ring->members[i];
  if (u->side->role_known && u->side->role == CY_TLS_CLIENT)
    return NULL; /* it goes without */
  u->side->identity_wrong = true;
  put_ring(&owner, ring);
  cy_finding *f = say(u, CY_F_RING_NO_DEFAULT,
    "no label is set, and no certificate on the ring %s is the default", ring->name);
  if (personal)
    cy_finding_set_fix(&u->side->findings, f,
      "Name a label (%s); or RACDCERT %s CONNECT(%s LABEL('%s') RING(%s) USAGE(PERSONAL) "
      "DEFAULT), " RACF_REFRESH ".",
      personal->label, cy_buf_cstr(&owner), personal->owner, personal->label, ring_part(ring));
  return NULL;
}

static bool takes_default(const cy_tls_side *side)
{
  return side->dialect && side->dialect->library == CY_TLS_GSKIT;
}

/* Of rings that only LIST tells of it is not known which one is the default: the only one is. */
static cy_ring_member *default_of(const cy_ring *ring)
{
  cy_ring_member *only = NULL;
  size_t personal = 0;
  for (size_t i = 0; i < ring->count; i++) {
    cy_ring_member *m = &ring->members[i];
    if (m->is_default)
      return m;
    if (!cy_ring_is_personal(m))
      continue;
    personal++;
    only = m->usage ? only : m;
  }
  return personal == 1 ? only : NULL;
}

static cy_err *use_ring(const use *u, const cy_ring *ring, const char *label)
{
  size_t used = 0;
  for (size_t i = 0; i < ring->count && (label || !takes_default(u->side)); i++) {
    cy_ring_member *m = &ring->members[i];
    if (label ? strcmp(m->label, label) != 0 : !cy_ring_is_personal(m))
      continue;
    used++;
    CY_TRY(use_member(u, ring, m));
  }
  if (used)
    return NULL;
  if (label) {
    no_label(u, ring, label);
    return NULL;
  }
  cy_ring_member *m = takes_default(u->side) ? default_of(ring) : NULL;
  return m ? use_member(u, ring, m) : no_default(u, ring);
}

cy_err *cy_tls_ring_identity(
  cy_tls_reading *reading, cy_tls_side *side, const char *from, const char *path, const char *label)
{
  cy_ring *ring;
  const use u = {reading, side, from, name_of(path), CY_TLS_FIELD_IDENTITY};
  CY_TRY(find_ring(&u, &ring));
  if (ring) {
    tell_listed(&u, ring);
    CY_TRY(use_ring(&u, ring, label));
  }
  return cy_findings_check(&side->findings);
}

/* Trust. */

/* NOTRUST is as if it were not there. An intermediate on a ring ends a chain, unless
 * GSK_CERT_VALIDATE_KEYRING_ROOT is on. */
static cy_err *fill_trust(cy_ring *ring)
{
  if (ring->trust)
    return NULL;
  CY_TRY(cy_tls_trust_new(&ring->trust, ring->name));
  for (size_t i = 0; i < ring->count; i++) {
    const cy_ring_member *m = &ring->members[i];
    if (!m->cert || m->distrusted)
      continue;
    bool anchor = !m->usage ? strcmp(m->owner, "CERTAUTH") == 0 : !cy_ring_is_personal(m);
    CY_TRY(cy_certs_add(anchor ? &ring->trust->anchors : &ring->trust->others, m->cert));
  }
  return NULL;
}

static void tell_distrusted(const use *u, const cy_ring *ring)
{
  for (size_t i = 0; i < ring->count; i++)
    if (ring->members[i].distrusted && !cy_ring_is_personal(&ring->members[i]))
      not_trusted(u, ring, &ring->members[i]);
}

cy_err *cy_tls_ring_trust(cy_tls_reading *reading, cy_tls_side *side, const char *from, const char *path)
{
  cy_ring *ring;
  const use u = {reading, side, from, name_of(path), CY_TLS_FIELD_TRUST};
  const cy_tls_trust *before = side->trust;
  CY_TRY(find_ring(&u, &ring));
  if (!ring)
    return cy_findings_check(&side->findings);
  tell_listed(&u, ring);
  tell_distrusted(&u, ring);
  CY_TRY(fill_trust(ring));
  CY_TRY(cy_tls_side_join_trust(side, ring->trust));
  if (!before && takes_default(side) && side->partial_chain == CY_UNSET)
    side->partial_chain = CY_YES;
  return cy_findings_check(&side->findings);
}
