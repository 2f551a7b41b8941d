#include "tls/evidence.h"

#include "base/map.h"
#include "base/mem.h"
#include "tls/codes.h"
#include "tls/reader.h"
#include "x509/name.h"

enum { CANDIDATES = 64 };

const char *cy_tls_seen_kind_name(cy_tls_seen_kind kind)
{
  static const char *const names[] = {
    "new", "expected", "older", "stranger", "elsewhere", "clear", "nothing"};
  return names[kind];
}

/* The sides of one end by what they can be known by. */
typedef struct {
  size_t side, next; /* SIZE_MAX: the last */
} entry;

typedef struct {
  const cy_tls_party *party;
  cy_map known; /* to the first entry */
  entry *items;
  size_t count, cap;
} directory;

typedef struct {
  size_t sides[CANDIDATES];
  size_t count;
} candidates;

static cy_err *put(directory *d, cy_span key, size_t side)
{
  if (!key.len)
    return NULL;
  size_t head = cy_map_get(&d->known, key);
  if (head != CY_MAP_NONE && d->items[head].side == side)
    return NULL;
  if (!cy_grow(&d->items, &d->cap, d->count + 1, sizeof *d->items))
    return cy_err_no_memory();
  d->items[d->count] = (entry){side, head == CY_MAP_NONE ? SIZE_MAX : head};
  return cy_map_put(&d->known, key, d->count++) ? NULL : cy_err_no_memory();
}

/* A label as a whole, and its words: a server has several names. */
static cy_err *put_label(directory *d, const char *label, size_t side)
{
  if (!label)
    return NULL;
  CY_TRY(put(d, cy_span_str(label), side));
  for (const char *at = strchr(label, ' ') ? label : ""; *at; at += *at == ' ') {
    size_t len = strcspn(at, " ");
    CY_TRY(put(d, cy_span_of(at, len), side));
    at += len;
  }
  return NULL;
}

/* A trace that stands for an end of which nothing else is known. */
static uintptr_t key_of(const cy_tls_used *used)
{
  return (uintptr_t)used;
}

static cy_err *put_subject(directory *d, cy_span subject, size_t side)
{
  CY_CLEAN(cy_buf) key = CY_BUF(64 << 10);
  cy_name_canonical(&key, subject);
  CY_TRY(cy_buf_check(&key));
  return put(d, cy_buf_get(&key), side);
}

static cy_err *put_side(directory *d, const cy_tls_side *side, size_t index)
{
  uintptr_t used = key_of(side->used);
  if (used)
    CY_TRY(put(d, cy_span_of(&used, sizeof used), index));
  CY_TRY(put_label(d, side->label, index));
  for (size_t i = 0; i < side->identity_count; i++) {
    const cy_certs *chain = &side->identities[i]->chain;
    if (!chain->count)
      continue;
    CY_TRY(put(d, cy_cert_der(chain->items[0]), index));
    if (side->role == CY_TLS_CLIENT)
      CY_TRY(put_subject(d, cy_cert_get(chain->items[0])->subject, index));
  }
  return NULL;
}

static cy_err *directory_make(directory *d, const cy_tls_party *party)
{
  *d = (directory){.party = party};
  cy_map_init(&d->known, true);
  for (size_t i = 0; i < party->count; i++)
    CY_TRY(put_side(d, party->sides[i], i));
  return NULL;
}

static void directory_clear(directory *d)
{
  cy_map_clear(&d->known);
  cy_free(d->items);
}

static void look(candidates *c, const directory *d, cy_span key)
{
  size_t at = key.len ? cy_map_get(&d->known, key) : CY_MAP_NONE;
  for (; at != CY_MAP_NONE && at != SIZE_MAX && c->count < CANDIDATES; at = d->items[at].next) {
    bool known = false;
    for (size_t i = 0; i < c->count; i++)
      known |= c->sides[i] == d->items[at].side;
    if (!known)
      c->sides[c->count++] = d->items[at].side;
  }
}

static cy_span text_of(const char *text)
{
  return text ? cy_span_str(text) : CY_SPAN_NONE;
}

/* "mq1.example:443", "10.1.2.3(1414)" without the port. */
static cy_span host_of(const char *text)
{
  size_t len = text ? strcspn(text, "(") : 0;
  const char *colon = text ? strchr(text, ':') : NULL;
  if (colon && !strchr(colon + 1, ':'))
    len = (size_t)(colon - text);
  return text ? cy_span_of(text, len) : CY_SPAN_NONE;
}

static void find_servers(candidates *c, const directory *d, const cy_tls_used *used)
{
  uintptr_t own = key_of(used);
  look(c, d, cy_span_of(&own, sizeof own));
  look(c, d, text_of(used->channel));
  if (used->server_cert)
    look(c, d, cy_cert_der(used->server_cert));
  if (c->count == 0)
    look(c, d, host_of(used->server));
}

/* A displayed subject in the form for comparing; what is no name stays empty. */
static cy_err *subject_of(cy_buf *key, const char *text)
{
  CY_CLEAN(cy_buf) der = CY_BUF(64 << 10);
  cy_err *err = cy_name_parse(&der, text);
  if (err && cy_err_code_get(err) == CY_E_NO_MEMORY)
    return err;
  if (!err)
    cy_name_canonical(key, cy_buf_get(&der));
  cy_err_free(err);
  return cy_buf_check(key);
}

/* Queue managers put names and addresses of the certificate's extension behind its subject. */
static cy_err *without_extras(cy_buf *key, const char *text)
{
  const char *extra = strstr(text, "UNSTRUCTURED");
  if (!extra)
    return NULL;
  while (extra > text && (extra[-1] == ' ' || extra[-1] == ','))
    extra--;
  CY_AUTO_STR char *cut = cy_strndup(text, (size_t)(extra - text));
  CY_TRY_ALLOC(cut);
  return subject_of(key, cut);
}

/* The name that was displayed, as a whole and without what stands behind it. */
typedef struct {
  cy_buf whole, plain;
} peer;

static void peer_clear(peer *p)
{
  cy_buf_clear(&p->whole);
  cy_buf_clear(&p->plain);
}

static cy_err *is_shown_by(bool *is, const cy_tls_side *side, const peer *p)
{
  *is = side->identity_count == 0 || (!p->whole.len && !p->plain.len);
  for (size_t i = 0; i < side->identity_count && !*is; i++) {
    CY_CLEAN(cy_buf) key = CY_BUF(64 << 10);
    const cy_certs *chain = &side->identities[i]->chain;
    if (chain->count)
      cy_name_canonical(&key, cy_cert_get(chain->items[0])->subject);
    CY_TRY(cy_buf_check(&key));
    *is = key.len && (cy_span_equal(cy_buf_get(&key), cy_buf_get(&p->whole)) ||
                       cy_span_equal(cy_buf_get(&key), cy_buf_get(&p->plain)));
  }
  return NULL;
}

/* Who shows another certificate than the one that was seen is another one. */
static cy_err *sift(candidates *c, const directory *d, const peer *p)
{
  size_t kept = 0;
  for (size_t i = 0; i < c->count; i++) {
    bool is;
    CY_TRY(is_shown_by(&is, d->party->sides[c->sides[i]], p));
    if (is)
      c->sides[kept++] = c->sides[i];
  }
  c->count = kept;
  return NULL;
}

static cy_err *look_for_clients(candidates *c, const directory *d, const cy_tls_used *used, peer *p)
{
  if (used->peer_name) {
    CY_TRY(subject_of(&p->whole, used->peer_name));
    CY_TRY(without_extras(&p->plain, used->peer_name));
  }
  if (used->client_cert)
    look(c, d, cy_cert_der(used->client_cert));
  look(c, d, cy_buf_get(&p->whole));
  look(c, d, cy_buf_get(&p->plain));
  look(c, d, host_of(used->client));
  if (c->count == 0)
    look(c, d, text_of(used->channel));
  return sift(c, d, p);
}

static cy_err *find_clients(candidates *c, const directory *d, const cy_tls_used *used)
{
  uintptr_t own = key_of(used);
  peer p = {.whole = CY_BUF(64 << 10), .plain = CY_BUF(64 << 10)};
  look(c, d, cy_span_of(&own, sizeof own));
  cy_err *err = c->count ? NULL : look_for_clients(c, d, used, &p);
  peer_clear(&p);
  return err;
}

/* What was used is what one of the pairs comes to; else the first pair says what was to be expected. */
static void compare(
  cy_tls_evidence *e, const cy_tls_table *table, const candidates *clients, const candidates *servers)
{
  e->kind = CY_TLS_SEEN_OLDER;
  for (size_t c = 0; c < clients->count; c++)
    for (size_t s = 0; s < servers->count; s++) {
      const cy_tls_outcome *cell = cy_tls_table_pair(table, clients->sides[c], servers->sides[s]);
      bool same = cell->agrees && cy_tls_used_is(e->used, cell->version);
      if (e->client != SIZE_MAX && !same)
        continue;
      e->client = clients->sides[c];
      e->server = servers->sides[s];
      e->predicted = cell->agrees ? cell->version : 0;
      if (same)
        e->kind = CY_TLS_SEEN_EXPECTED;
    }
}

/* Nothing says who the client was: it may be any for which that is to be expected. */
static bool is_nameless(const cy_tls_used *used)
{
  return !used->channel && !used->client && !used->client_cert && !used->peer_name;
}

static void find_any(candidates *c, const cy_tls_table *table, const cy_tls_evidence *e, size_t server)
{
  const cy_tls_party *party = &table->ends[CY_TLS_CLIENT];
  for (size_t i = 0; i < party->classes && c->count == 0; i++) {
    const cy_tls_outcome *cell = cy_tls_table_pair(table, party->firsts[i], server);
    if (cell->agrees && cy_tls_used_is(e->used, cell->version))
      c->sides[c->count++] = party->firsts[i];
  }
}

static cy_err *weigh(
  cy_tls_evidence *e, const cy_tls_table *table, const directory ends[2], uint16_t version)
{
  candidates clients = {0}, servers = {0};
  find_servers(&servers, &ends[CY_TLS_SERVER], e->used);
  CY_TRY(find_clients(&clients, &ends[CY_TLS_CLIENT], e->used));
  e->client = e->server = SIZE_MAX;
  uint16_t was = cy_tls_used_version(e->used);
  bool came = was && e->used->came != CY_TLS_CAME_FAILED;
  if (servers.count && !clients.count && is_nameless(e->used))
    find_any(&clients, table, e, servers.sides[0]);
  if (clients.count)
    e->client = clients.sides[0];
  if (servers.count)
    e->server = servers.sides[0];
  if (e->used->clear || !came || was >= version || !servers.count || !clients.count) {
    e->kind = e->used->clear   ? CY_TLS_SEEN_CLEAR
              : !came          ? CY_TLS_SEEN_NOTHING
              : was >= version ? CY_TLS_SEEN_NEW
              : servers.count  ? CY_TLS_SEEN_STRANGER
                               : CY_TLS_SEEN_ELSEWHERE;
    return NULL;
  }
  e->client = SIZE_MAX;
  compare(e, table, &clients, &servers);
  return NULL;
}

/* Both ends of a connection share what was used. */
static cy_err *is_new(cy_map *known, const cy_tls_used *used, bool *is)
{
  uintptr_t own = key_of(used);
  cy_span key = cy_span_of(&own, sizeof own);
  *is = used && cy_map_get(known, key) == CY_MAP_NONE;
  return !*is || cy_map_put(known, key, 1) ? NULL : cy_err_no_memory();
}

static cy_err *weigh_each(cy_tls_evidences *out, cy_map *known, const cy_tls_table *table,
  const directory ends[2], const cy_tls_sides *seen, uint16_t version)
{
  for (size_t i = 0; i < seen->count; i++) {
    const cy_tls_used *used = seen->items[i]->used;
    bool is;
    CY_TRY(is_new(known, used, &is));
    if (!is)
      continue;
    if (!cy_grow(&out->items, &out->cap, out->count + 1, sizeof *out->items))
      return cy_err_no_memory();
    out->items[out->count] = (cy_tls_evidence){.used = used};
    CY_TRY(weigh(&out->items[out->count++], table, ends, version));
  }
  return NULL;
}

static cy_err *weigh_all(cy_tls_evidences *out, const cy_tls_table *table, const directory ends[2],
  const cy_tls_sides *seen, uint16_t version)
{
  cy_map known;
  cy_map_init(&known, true);
  cy_err *err = weigh_each(out, &known, table, ends, seen, version);
  cy_map_clear(&known);
  return err;
}

cy_err *cy_tls_evidence_weigh(
  cy_tls_evidences *out, const cy_tls_table *table, const cy_tls_sides *seen, uint16_t version)
{
  directory ends[2];
  *out = (cy_tls_evidences){0};
  cy_err *err = directory_make(&ends[0], &table->ends[0]);
  cy_err *other = directory_make(&ends[1], &table->ends[1]);
  if (err)
    cy_err_free(other);
  else
    err = other;
  if (!err)
    err = weigh_all(out, table, ends, seen, version);
  directory_clear(&ends[0]);
  directory_clear(&ends[1]);
  return err;
}

void cy_tls_evidences_clear(cy_tls_evidences *list)
{
  cy_free(list->items);
  *list = (cy_tls_evidences){0};
}

cy_err *cy_tls_evidence_split(cy_tls_sides *sides, cy_tls_sides *seen)
{
  size_t kept = 0;
  cy_err *err = NULL;
  for (size_t i = 0; i < sides->count; i++) {
    if (sides->items[i]->used && !err)
      err = cy_tls_sides_add(seen, sides->items[i]);
    else
      sides->items[kept++] = sides->items[i];
  }
  sides->count = kept;
  return err;
}

static cy_err *say_who(cy_buf *buf, const cy_tls_used *used, size_t others)
{
  CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
  const char *who = used->peer_name ? used->peer_name : used->client ? used->client : "a client";
  cy_tls_used_format(&what, used);
  cy_buf_str(buf, who);
  if (others)
    cy_buf_printf(buf, " and %zu other%s", others, others == 1 ? "" : "s");
  cy_buf_printf(buf, " used %s", cy_buf_cstr(&what));
  if (used->channel)
    cy_buf_printf(buf, " on channel %s", used->channel);
  if (used->when)
    cy_buf_printf(buf, " (%s)", used->when);
  return cy_buf_check(buf);
}

static cy_err *find_one(
  cy_findings *out, const cy_tls_evidence *e, size_t others, const cy_tls_table *table)
{
  CY_CLEAN(cy_buf) who = CY_BUF_TEXT;
  const cy_tls_party *clients = &table->ends[CY_TLS_CLIENT], *servers = &table->ends[CY_TLS_SERVER];
  CY_TRY(say_who(&who, e->used, others));
  if (e->kind == CY_TLS_SEEN_STRANGER)
    cy_tls_read_noticed(out, CY_F_TLS_SEEN_STRANGER, e->used->file, e->used->line,
      "%s, and %s none of the clients given; %s would lose %s", cy_buf_cstr(&who), others ? "are" : "is",
      others ? "they" : "it", servers->sides[e->server]->name);
  else
    cy_tls_read_noticed(out, CY_F_TLS_SEEN_OLDER, e->used->file, e->used->line, "%s, but %s with %s %s%s",
      cy_buf_cstr(&who), clients->sides[e->client]->name, servers->sides[e->server]->name,
      e->predicted ? "would agree on " : "would not agree at all",
      e->predicted ? cy_tls_version_name(e->predicted) : "");
  return cy_findings_check(out);
}

/* Of one kind at one pair of ends the first is named, and the others are counted. */
typedef struct {
  size_t first, others;
} crowd;

static cy_err *gather(cy_map *known, crowd *crowds, size_t *count, const cy_tls_evidences *list)
{
  for (size_t i = 0; i < list->count; i++) {
    const cy_tls_evidence *e = &list->items[i];
    const size_t key[] = {(size_t)e->kind, e->client, e->server, cy_tls_used_version(e->used)};
    if (e->kind != CY_TLS_SEEN_OLDER && e->kind != CY_TLS_SEEN_STRANGER)
      continue;
    size_t at = cy_map_get(known, cy_span_of(key, sizeof key));
    if (at != CY_MAP_NONE) {
      crowds[at].others++;
      continue;
    }
    crowds[*count] = (crowd){i, 0};
    if (!cy_map_put(known, cy_span_of(key, sizeof key), (*count)++))
      return cy_err_no_memory();
  }
  return NULL;
}

cy_err *cy_tls_evidence_find(cy_findings *out, const cy_tls_evidences *list, const cy_tls_table *table)
{
  cy_map known;
  size_t count = 0;
  crowd *crowds = cy_calloc(list->count + 1, sizeof *crowds);
  CY_TRY_ALLOC(crowds);
  cy_map_init(&known, true);
  cy_err *err = gather(&known, crowds, &count, list);
  for (size_t i = 0; i < count && !err; i++)
    err = find_one(out, &list->items[crowds[i].first], crowds[i].others, table);
  cy_map_clear(&known);
  cy_free(crowds);
  return err;
}
