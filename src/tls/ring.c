/* What is on a ring. */
#include "tls/ring.h"

#include "base/mem.h"
#include "base/text.h"
#include "x509/name.h"

void cy_ring_world_init(cy_ring_world *world)
{
  *world = (cy_ring_world){0};
  cy_map_init(&world->listed, true);
  cy_map_init(&world->by_serial, true);
}

void cy_ring_world_clear(cy_ring_world *world)
{
  cy_free(world->listings);
  cy_free(world->entries);
  cy_map_clear(&world->listed);
  cy_map_clear(&world->by_serial);
  cy_certs_clear(&world->real);
  *world = (cy_ring_world){0};
}

static cy_err *listed_key(cy_buf *key, const char *owner, const char *label)
{
  cy_buf_printf(key, "%s %s", owner, label);
  return cy_buf_check(key);
}

static cy_err *add_entry(cy_ring_world *world, cy_entry *e)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  if (!e->facts || e->facts->connection || !e->label)
    return NULL;
  CY_TRY(listed_key(&key, e->facts->owner, e->label));
  if (cy_map_get(&world->listed, cy_buf_get(&key)) != CY_MAP_NONE)
    return NULL;
  if (!cy_grow(&world->entries, &world->entry_cap, world->entry_count + 1, sizeof(cy_entry *)) ||
      !cy_map_put(&world->listed, cy_buf_get(&key), world->entry_count))
    return cy_err_no_memory();
  world->entries[world->entry_count++] = e;
  return NULL;
}

cy_err *cy_ring_world_add_listing(cy_ring_world *world, cy_place *place)
{
  size_t iter = 0;
  if (!cy_grow(&world->listings, &world->listing_cap, world->listing_count + 1, sizeof(cy_place *)))
    return cy_err_no_memory();
  world->listings[world->listing_count++] = place;
  for (cy_entry *e; (e = cy_place_next(place, &iter));)
    CY_TRY(add_entry(world, e));
  return NULL;
}

/* Issuer and serial number are one certificate. */
static cy_err *serial_key(cy_buf *key, cy_span issuer, cy_span serial)
{
  while (serial.len > 1 && serial.data[0] == 0)
    serial = cy_span_of(serial.data + 1, serial.len - 1);
  cy_buf_hex(key, serial);
  cy_buf_u8(key, ' ');
  cy_name_canonical(key, issuer);
  return cy_buf_check(key);
}

static cy_err *add_real(cy_ring_world *world, cy_cert *cert)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  const cy_cert_view *view = cy_cert_get(cert);
  CY_TRY(serial_key(&key, view->issuer, view->serial));
  if (cy_map_get(&world->by_serial, cy_buf_get(&key)) != CY_MAP_NONE)
    return NULL;
  if (!cy_map_put(&world->by_serial, cy_buf_get(&key), world->real.count))
    return cy_err_no_memory();
  return cy_certs_add(&world->real, cert);
}

cy_err *cy_ring_world_add_certs(cy_ring_world *world, cy_place *place)
{
  size_t iter = 0;
  for (cy_entry *e; (e = cy_place_next(place, &iter));)
    for (size_t i = 0; i < e->cert_count; i++) {
      const cy_cert *cert;
      cy_err *err = cy_entry_cert(e, i, &cert);
      if (err && cy_err_is(err, CY_E_NO_MEMORY))
        return err;
      if (!err)
        CY_TRY(add_real(world, e->certs[i].cert));
      cy_err_free(err);
    }
  return NULL;
}

/* Members. */

void cy_ring_free(cy_ring *ring)
{
  if (!ring)
    return;
  for (size_t i = 0; i < ring->count; i++) {
    cy_cert_free(ring->members[i].cert);
    cy_tls_identity_free(ring->members[i].identity);
  }
  cy_free(ring->members);
  cy_free(ring->name);
  cy_map_clear(&ring->by_subject);
  cy_tls_trust_free(ring->trust);
  cy_free(ring);
}

bool cy_ring_is_personal(const cy_ring_member *m)
{
  return m->usage ? strcmp(m->usage, "PERSONAL") == 0 : m->listed && m->facts->has_key;
}

/* The certificate itself where it is there, else what the listing tells of it. */
static cy_err *find_cert(const cy_ring_world *world, cy_ring_member *m)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  if (!m->listed)
    return NULL;
  if (m->facts->issuer_name.len && m->facts->serial.len) {
    CY_TRY(serial_key(&key, m->facts->issuer_name, m->facts->serial));
    size_t at = cy_map_get(&world->by_serial, cy_buf_get(&key));
    m->real = at != CY_MAP_NONE;
    if (m->real) {
      m->cert = cy_cert_ref(world->real.items[at]);
      return NULL;
    }
  }
  return cy_facts_stand_in(&m->cert, m->facts);
}

static cy_err *index_member(cy_ring *ring, size_t index)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  const cy_ring_member *m = &ring->members[index];
  if (!m->cert || m->distrusted)
    return NULL;
  cy_name_canonical(&key, cy_cert_get(m->cert)->subject);
  CY_TRY(cy_buf_check(&key));
  if (cy_map_get(&ring->by_subject, cy_buf_get(&key)) != CY_MAP_NONE)
    return NULL;
  return cy_map_put(&ring->by_subject, cy_buf_get(&key), index) ? NULL : cy_err_no_memory();
}

static cy_err *add_member(cy_ring *ring, const cy_ring_world *world, const cy_ring_member *member)
{
  if (!cy_grow(&ring->members, &ring->cap, ring->count + 1, sizeof *ring->members))
    return cy_err_no_memory();
  ring->members[ring->count++] = *member;
  CY_TRY(find_cert(world, &ring->members[ring->count - 1]));
  return index_member(ring, ring->count - 1);
}

/* What LISTRING says; the certificate may stand in another listing. */
static cy_err *add_connection(cy_ring *ring, const cy_ring_world *world, const cy_entry *e)
{
  cy_ring_member m = {.facts = e->facts,
    .label = e->label + strlen(e->facts->ring) + 1,
    .owner = e->facts->owner,
    .usage = e->facts->usage,
    .listed = e->facts->listed,
    .is_default = e->is_default,
    .distrusted = e->distrusted};
  bool exact;
  const cy_entry *cert = m.listed ? NULL : cy_ring_listed(world, m.owner, m.label, &exact);
  if (cert && exact) {
    m.facts = cert->facts;
    m.listed = true;
    m.distrusted = cert->distrusted;
  }
  return add_member(ring, world, &m);
}

static bool is_on(const char *rings, const char *name)
{
  size_t len = strlen(name);
  for (const char *at = rings; (at = strstr(at, name)); at += len)
    if ((at == rings || at[-1] == ' ') && (at[len] == 0 || at[len] == ','))
      return true;
  return false;
}

/* A virtual ring is all that an owner has: "*AUTH*" and a star, USER and a star. */
static bool is_virtual_of(const char *ring, const char *owner)
{
  size_t user = strcspn(ring, "/");
  if (strcmp(ring + user, "/*") != 0)
    return false;
  if (strncmp(ring, "*AUTH*", user) == 0 || strncmp(ring, "*SITE*", user) == 0)
    return strcmp(owner, ring[1] == 'A' ? "CERTAUTH" : "SITE") == 0;
  return strncmp(owner, "ID(", 3) == 0 && strncmp(owner + 3, ring, user) == 0 && owner[3 + user] == ')';
}

/* Where no LISTRING was saved, LIST says on which rings a certificate is, but not how it is used there. */
static cy_err *add_associated(cy_ring *ring, const cy_ring_world *world, const cy_entry *e)
{
  const cy_entry_facts *facts = e->facts;
  bool is_ca = strcmp(facts->owner, "CERTAUTH") == 0;
  const cy_ring_member m = {.facts = facts,
    .label = e->label,
    .owner = facts->owner,
    .usage = is_ca                               ? "CERTAUTH"
             : strcmp(facts->owner, "SITE") == 0 ? "SITE"
                                                 : NULL,
    .listed = true,
    .distrusted = e->distrusted};
  if (!(facts->ring && is_on(facts->ring, ring->name)) && !is_virtual_of(ring->name, facts->owner))
    return NULL;
  return add_member(ring, world, &m);
}

static cy_err *fill(cy_ring *ring, const cy_ring_world *world)
{
  for (size_t i = 0; i < world->listing_count; i++) {
    size_t iter = 0;
    for (cy_entry *e; (e = cy_place_next(world->listings[i], &iter));)
      if (e->facts && e->facts->connection && strcmp(e->facts->ring, ring->name) == 0)
        CY_TRY(add_connection(ring, world, e));
  }
  bool listed = ring->count > 0;
  for (size_t i = 0; !listed && i < world->entry_count; i++)
    CY_TRY(add_associated(ring, world, world->entries[i]));
  return NULL;
}

cy_err *cy_ring_new(cy_ring **out, const cy_ring_world *world, const char *name)
{
  CY_AUTO(cy_ring) *ring = cy_calloc(1, sizeof *ring);
  *out = NULL;
  CY_TRY_ALLOC(ring);
  cy_map_init(&ring->by_subject, true);
  ring->name = cy_strdup(name);
  CY_TRY_ALLOC(ring->name);
  CY_TRY(fill(ring, world));
  if (!ring->count)
    return NULL;
  *out = ring;
  ring = NULL;
  return NULL;
}

const cy_ring_member *cy_ring_issuer(const cy_ring *ring, const cy_ring_member *member)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  const cy_cert_view *view = member->cert ? cy_cert_get(member->cert) : NULL;
  if (!view || view->self_issued)
    return NULL;
  cy_name_canonical(&key, view->issuer);
  size_t at = key.failed ? CY_MAP_NONE : cy_map_get(&ring->by_subject, cy_buf_get(&key));
  return at == CY_MAP_NONE ? NULL : &ring->members[at];
}

/* Names. */

typedef cy_err *visit_ring(void *arg, const char *name);

/* Each name, connections' first; names come more than once. */
static cy_err *each_ring(const cy_ring_world *world, visit_ring *visit, void *arg)
{
  for (size_t i = 0; i < world->listing_count; i++) {
    size_t iter = 0;
    for (const cy_entry *e; (e = cy_place_next(world->listings[i], &iter));)
      if (e->facts && e->facts->connection)
        CY_TRY(visit(arg, e->facts->ring));
  }
  for (size_t i = 0; i < world->entry_count; i++) {
    const char *at = world->entries[i]->facts->ring;
    while (at && *at) {
      size_t len = strcspn(at, ",");
      CY_AUTO_STR char *one = cy_strndup(at, len);
      CY_TRY_ALLOC(one);
      CY_TRY(visit(arg, one));
      at += len + (at[len] ? 2 : 0);
    }
  }
  return NULL;
}

typedef struct {
  const char *name;
  char *found;
  bool several;
} finder;

static cy_err *see(void *arg, const char *whole)
{
  finder *f = arg;
  const char *ring = strchr(whole, '/');
  if (!ring || strcmp(ring + 1, f->name) != 0)
    return NULL;
  f->several = f->several || (f->found && strcmp(f->found, whole) != 0);
  if (f->found)
    return NULL;
  f->found = cy_strdup(whole);
  return f->found ? NULL : cy_err_no_memory();
}

cy_err *cy_ring_find(char **whole, bool *several, const cy_ring_world *world, const char *name)
{
  finder f = {.name = name};
  cy_err *err = each_ring(world, see, &f);
  *several = f.several;
  *whole = err || f.several ? NULL : f.found;
  if (*whole != f.found)
    cy_free(f.found);
  return err;
}

typedef struct {
  cy_nearest near;
  char *kept;
} guess;

static cy_err *try_name(void *arg, const char *whole)
{
  guess *g = arg;
  const char *before = g->near.best, *ring = strchr(whole, '/');
  cy_nearest_try(&g->near, strchr(g->near.word, '/') || !ring ? whole : ring + 1);
  if (g->near.best == before)
    return NULL;
  char *copy = cy_strdup(whole);
  CY_TRY_ALLOC(copy);
  cy_free(g->kept);
  g->kept = copy;
  g->near.best = copy;
  return NULL;
}

cy_err *cy_ring_nearest(char **nearest, const cy_ring_world *world, const char *name)
{
  guess g = {.near = CY_NEAREST(name)};
  cy_err *err = each_ring(world, try_name, &g);
  *nearest = g.kept;
  if (err) {
    cy_free(g.kept);
    *nearest = NULL;
  }
  return err;
}

const cy_entry *cy_ring_listed(
  const cy_ring_world *world, const char *owner, const char *label, bool *exact)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  *exact = false;
  cy_err *err = owner ? listed_key(&key, owner, label) : NULL;
  size_t at = err || !owner ? CY_MAP_NONE : cy_map_get(&world->listed, cy_buf_get(&key));
  cy_err_free(err);
  *exact = at != CY_MAP_NONE;
  if (*exact)
    return world->entries[at];
  if (owner)
    return NULL;
  const cy_entry *folded = NULL;
  for (size_t i = 0; i < world->entry_count; i++) {
    const cy_entry *e = world->entries[i];
    *exact = strcmp(e->label, label) == 0;
    if (*exact)
      return e;
    if (!folded && cy_ascii_equal_nocase(cy_span_str(e->label), cy_span_str(label)))
      folded = e;
  }
  return folded;
}
