/* Many clients against many servers. */
#include "tls/table.h"

#include "base/mem.h"

/* Equal things are one. */

static void put_certs(cy_buf *key, const cy_certs *certs)
{
  cy_buf_u64(key, certs->count);
  for (size_t i = 0; i < certs->count; i++) {
    cy_span der = cy_cert_der(certs->items[i]);
    cy_buf_u32(key, (uint32_t)der.len);
    cy_buf_span(key, der);
  }
}

static void put_string(cy_buf *key, const char *text)
{
  cy_buf_u64(key, text ? strlen(text) + 1 : 0);
  cy_buf_str(key, text ? text : "");
}

static void put_pointer(cy_buf *key, const void *pointer)
{
  cy_buf_u64(key, (uint64_t)(uintptr_t)pointer);
}

/* Lists of revoked certificates count by their address: few sides have them. */
static void put_trust(cy_buf *key, const cy_tls_trust *trust)
{
  cy_buf_str(key, "trust");
  put_string(key, trust->place);
  put_certs(key, &trust->anchors);
  put_certs(key, &trust->others);
  for (size_t i = 0; i < trust->crls.count; i++)
    put_pointer(key, trust->crls.items[i]);
}

static void put_identity(cy_buf *key, const cy_tls_identity *identity)
{
  cy_buf_str(key, "identity");
  put_string(key, identity->label);
  put_string(key, identity->place);
  put_certs(key, &identity->chain);
  cy_buf_u8(key, (uint8_t)identity->key);
}

/* The first object of the same content; objects that were seen are not looked at again. */
static cy_err *first_alike(void **first, cy_map *seen, cy_buf *content, void *object)
{
  cy_span address = cy_span_of(&object, sizeof object);
  CY_TRY(cy_buf_check(content));
  size_t known = cy_map_get(seen, cy_buf_get(content));
  *first = known == CY_MAP_NONE ? object : (void *)(uintptr_t)known;
  if ((known == CY_MAP_NONE && !cy_map_put(seen, cy_buf_get(content), (size_t)(uintptr_t)object)) ||
      !cy_map_put(seen, address, (size_t)(uintptr_t)*first))
    return cy_err_no_memory();
  return NULL;
}

static cy_err *share_one(cy_map *seen, cy_tls_side *side)
{
  void *first;
  CY_CLEAN(cy_buf) content = CY_BUF_STORE;
  size_t known = cy_map_get(seen, cy_span_of(&side->trust, sizeof(cy_tls_trust *)));
  if (side->trust && known == CY_MAP_NONE) {
    put_trust(&content, side->trust);
    CY_TRY(first_alike(&first, seen, &content, side->trust));
    known = (size_t)(uintptr_t)first;
  }
  if (side->trust && (void *)(uintptr_t)known != (void *)side->trust)
    cy_tls_side_set_trust(side, (cy_tls_trust *)(uintptr_t)known);
  for (size_t i = 0; i < side->identity_count; i++) {
    cy_tls_identity *identity = side->identities[i];
    known = cy_map_get(seen, cy_span_of(&identity, sizeof(cy_tls_identity *)));
    if (known == CY_MAP_NONE) {
      cy_buf_reset(&content);
      put_identity(&content, identity);
      CY_TRY(first_alike(&first, seen, &content, identity));
      known = (size_t)(uintptr_t)first;
    }
    if ((void *)(uintptr_t)known != (void *)identity) {
      side->identities[i] = cy_tls_identity_ref((cy_tls_identity *)(uintptr_t)known);
      cy_tls_identity_free(identity);
    }
  }
  return NULL;
}

/* An address that was given back could be another object's later, so one reference of each is kept. */
cy_err *cy_tls_sides_share(cy_tls_side *const *sides, size_t count)
{
  cy_map seen;
  cy_err *err = NULL;
  CY_CLEAN(cy_tls_sides) kept = {0};
  cy_map_init(&seen, true);
  for (size_t i = 0; i < count && !err; i++) {
    cy_tls_side *copy;
    err = cy_tls_side_copy(&copy, sides[i]);
    if (!err)
      err = cy_tls_sides_add(&kept, copy);
    if (!err)
      err = share_one(&seen, sides[i]);
  }
  cy_map_clear(&seen);
  return err;
}

/* Classes. */

static void put_codes(cy_buf *key, const cy_codes *list)
{
  cy_buf_u8(key, list->set);
  cy_buf_u32(key, (uint32_t)list->count);
  for (size_t i = 0; i < list->count; i++)
    cy_buf_u16(key, list->codes[i]);
}

cy_err *cy_tls_side_key(cy_buf *key, const cy_tls_side *side)
{
  const cy_codes *lists[] = {&side->suites, &side->suites13, &side->groups, &side->shares, &side->schemes,
    &side->cert_schemes, &side->client_schemes, &side->demand_suites};
  const unsigned numbers[] = {side->versions, (unsigned)side->security_level, side->min_rsa,
    (unsigned)side->own_order, (unsigned)side->chacha_first, (unsigned)side->dh, side->dh_bits,
    side->identity_wrong, (unsigned)side->peer, (unsigned)side->verify_depth, (unsigned)side->check_host,
    (unsigned)side->heed_ca_names, (unsigned)side->ca_names, side->auto_chain_off, side->demand_versions,
    side->clear, side->clear_fallback, side->trust_unknown, (unsigned)side->partial_chain,
    side->strict_chain, (unsigned)side->names_channel, side->own_label, side->program, side->refuses_name,
    side->alpn.set, (unsigned)side->alpn_needed};
  const char *names[] = {side->peer_filter, side->issuer_filter, side->chlauth ? side->channel : NULL,
    side->mcauser, side->address, side->user, side->qmgr};
  put_pointer(key, side->dialect);
  put_string(key, side->product);
  put_string(key, side->host); /* asked for by name, also when it is not checked */
  cy_buf_u64(key, side->alpn.count);
  for (size_t i = 0; i < side->alpn.count; i++)
    put_string(key, side->alpn.items[i]);
  for (size_t i = 0; i < CY_COUNT(lists); i++)
    put_codes(key, lists[i]);
  for (size_t i = 0; i < CY_COUNT(numbers); i++)
    cy_buf_u32(key, numbers[i]);
  for (size_t i = 0; i < CY_COUNT(names); i++)
    put_string(key, names[i]);
  put_pointer(key, side->chlauth);
  put_pointer(key, side->trust);
  cy_buf_u64(key, side->identity_count);
  for (size_t i = 0; i < side->identity_count; i++)
    put_pointer(key, side->identities[i]);
  put_certs(key, &side->ca_list);
  cy_buf_u64(key, (uint64_t)side->at);
  return cy_buf_check(key);
}

static cy_err *add_class(cy_tls_party *party, size_t first, cy_tls_role role)
{
  size_t cap = party->cap, cap2 = party->cap;
  if (!cy_grow(&party->firsts, &cap, party->classes + 1, sizeof *party->firsts) ||
      !cy_grow(&party->sizes, &cap2, party->classes + 1, sizeof *party->sizes) ||
      !cy_grow(&party->terms, &party->cap, party->classes + 1, sizeof(cy_tls_terms *)))
    return cy_err_no_memory();
  CY_TRY(cy_tls_terms_new(&party->terms[party->classes], party->sides[first], role));
  party->firsts[party->classes] = first;
  party->sizes[party->classes++] = 0;
  return NULL;
}

static cy_err *classify(cy_tls_party *party, cy_map *seen, size_t index, cy_tls_role role)
{
  CY_CLEAN(cy_buf) key = CY_BUF_STORE;
  CY_TRY(cy_tls_side_key(&key, party->sides[index]));
  size_t at = cy_map_get(seen, cy_buf_get(&key));
  if (at == CY_MAP_NONE) {
    at = party->classes;
    CY_TRY(add_class(party, index, role));
    if (!cy_map_put(seen, cy_buf_get(&key), at))
      return cy_err_no_memory();
  }
  party->class_of[index] = at;
  party->sizes[at]++;
  return NULL;
}

static cy_err *make_party(cy_tls_party *party, const cy_tls_sides *sides, cy_tls_role role)
{
  cy_map seen;
  party->sides = sides->items;
  party->count = sides->count;
  party->class_of = cy_calloc(sides->count + 1, sizeof *party->class_of);
  CY_TRY_ALLOC(party->class_of);
  cy_map_init(&seen, true);
  cy_err *err = NULL;
  for (size_t i = 0; i < sides->count && !err; i++)
    err = classify(party, &seen, i, role);
  cy_map_clear(&seen);
  return err;
}

static cy_err *share_all(const cy_tls_sides *clients, const cy_tls_sides *servers)
{
  size_t count = clients->count + servers->count;
  cy_tls_side **all = cy_calloc(count + 1, sizeof(cy_tls_side *));
  CY_TRY_ALLOC(all);
  for (size_t i = 0; i < count; i++)
    all[i] = i < clients->count ? clients->items[i] : servers->items[i - clients->count];
  cy_err *err = cy_tls_sides_share(all, count);
  cy_free(all);
  return err;
}

static cy_err *fill(cy_tls_table *table)
{
  const cy_tls_party *clients = &table->ends[CY_TLS_CLIENT], *servers = &table->ends[CY_TLS_SERVER];
  table->cells = cy_calloc(clients->classes * servers->classes + 1, sizeof *table->cells);
  CY_TRY_ALLOC(table->cells);
  for (size_t c = 0; c < clients->classes; c++)
    for (size_t s = 0; s < servers->classes; s++)
      CY_TRY(cy_tls_predict(
        &table->cells[c * servers->classes + s], clients->terms[c], servers->terms[s], &table->verdicts));
  return NULL;
}

cy_err *cy_tls_table_new(cy_tls_table **out, const cy_tls_sides *clients, const cy_tls_sides *servers)
{
  CY_AUTO(cy_tls_table) *table = cy_calloc(1, sizeof *table);
  *out = NULL;
  CY_TRY_ALLOC(table);
  cy_tls_verdicts_init(&table->verdicts);
  CY_TRY(share_all(clients, servers));
  CY_TRY(make_party(&table->ends[CY_TLS_CLIENT], clients, CY_TLS_CLIENT));
  CY_TRY(make_party(&table->ends[CY_TLS_SERVER], servers, CY_TLS_SERVER));
  CY_TRY(fill(table));
  *out = table;
  table = NULL;
  return NULL;
}

void cy_tls_table_free(cy_tls_table *table)
{
  if (!table)
    return;
  for (int e = 0; e < 2; e++) {
    cy_tls_party *party = &table->ends[e];
    for (size_t i = 0; i < party->classes; i++)
      cy_tls_terms_free(party->terms[i]);
    cy_free(party->terms);
    cy_free(party->firsts);
    cy_free(party->sizes);
    cy_free(party->class_of);
  }
  cy_tls_verdicts_clear(&table->verdicts);
  cy_free(table->cells);
  cy_free(table);
}

const cy_tls_outcome *cy_tls_table_cell(const cy_tls_table *table, size_t client, size_t server)
{
  return &table->cells[client * table->ends[CY_TLS_SERVER].classes + server];
}

const cy_tls_outcome *cy_tls_table_pair(const cy_tls_table *table, size_t client, size_t server)
{
  return cy_tls_table_cell(
    table, table->ends[CY_TLS_CLIENT].class_of[client], table->ends[CY_TLS_SERVER].class_of[server]);
}

size_t cy_tls_table_agreeing(const cy_tls_table *table)
{
  const cy_tls_party *clients = &table->ends[CY_TLS_CLIENT], *servers = &table->ends[CY_TLS_SERVER];
  size_t count = 0;
  for (size_t c = 0; c < clients->classes; c++)
    for (size_t s = 0; s < servers->classes; s++)
      if (cy_tls_table_cell(table, c, s)->agrees)
        count += clients->sizes[c] * servers->sizes[s];
  return count;
}
