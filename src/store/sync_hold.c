/* What a store holds: what of it counts as trusted, and what must not be touched. */
#include "base/mem.h"
#include "store/sync_internal.h"
#include "x509/name.h"

enum { CHAIN_MAX = 32 };

/* Marks decide; where there are none yet, and no private key either, all that is there was meant. */
static bool all_count(cy_place *store)
{
  size_t iter = 0;
  if (!(cy_place_caps(store) & CY_CAN_TRUST))
    return true;
  for (cy_entry *e; (e = cy_place_next(store, &iter));)
    if (e->has_key || e->kind == CY_ENTRY_TRUSTED || e->distrusted)
      return false;
  return true;
}

cy_err *cy_sync_hold(cy_sync *sync)
{
  size_t iter = 0;
  bool all = all_count(sync->store);
  for (cy_entry *e; (e = cy_place_next(sync->store, &iter));) {
    const cy_cert *cert = NULL;
    if (e->has_key || !e->cert_count)
      continue;
    if (!cy_grow(&sync->held, &sync->held_cap, sync->held_count + 1, sizeof *sync->held))
      return cy_err_no_memory();
    cy_err *err = cy_entry_cert(e, 0, &cert);
    if (err && cy_err_is(err, CY_E_NO_MEMORY))
      return err;
    cy_err_free(err); /* what can not be read is a stranger */
    sync->held[sync->held_count++] = (cy_held){.entry = e,
      .view = cert ? cy_cert_get(cert) : NULL,
      .counts = !e->distrusted && (all || e->kind == CY_ENTRY_TRUSTED)};
  }
  return NULL;
}

/* Certificates whose private key is here. */

static cy_err *note_keys(cy_sync *sync, cy_map *keys)
{
  size_t iter = 0;
  for (cy_entry *e; (e = cy_place_next(sync->store, &iter));) {
    const cy_cert *cert = NULL;
    if (!e->has_key)
      continue;
    cy_err *err = e->cert_count ? cy_entry_cert(e, 0, &cert) : NULL;
    if (err && cy_err_is(err, CY_E_NO_MEMORY))
      return err;
    cy_err_free(err);
    cy_span spki = cert ? cy_cert_get(cert)->spki : e->key.spki;
    if (spki.len && !cy_map_put(keys, spki, 0))
      return cy_err_no_memory();
  }
  return NULL;
}

static cy_err *protect_keys(cy_sync *sync)
{
  cy_map keys;
  cy_map_init(&keys, false);
  cy_err *err = note_keys(sync, &keys);
  for (size_t i = 0; !err && i < sync->held_count; i++) {
    cy_held *held = &sync->held[i];
    if (held->view && cy_map_get(&keys, held->view->spki) != CY_MAP_NONE)
      held->stays = "its private key is in the store";
  }
  cy_map_clear(&keys);
  return err;
}

/* Issuers of identities, where these are entries like others. */

static cy_err *index_subjects(cy_sync *sync, cy_map *subjects)
{
  CY_CLEAN(cy_buf) name = CY_BUF_STORE;
  for (size_t i = sync->held_count; i-- > 0;) {
    cy_held *held = &sync->held[i];
    if (!held->view)
      continue;
    cy_buf_reset(&name);
    cy_name_canonical(&name, held->view->subject);
    CY_TRY(cy_buf_check(&name));
    held->next = cy_map_get(subjects, cy_buf_get(&name));
    if (!cy_map_put(subjects, cy_buf_get(&name), i))
      return cy_err_no_memory();
  }
  return NULL;
}

/* All of the issuer's name: which of them signed it is not for us to gamble on. */
static cy_err *protect_issuers(
  cy_sync *sync, const cy_map *subjects, const cy_cert_view *of, unsigned depth)
{
  CY_CLEAN(cy_buf) name = CY_BUF_STORE;
  if (of->self_issued || depth >= CHAIN_MAX)
    return NULL;
  cy_name_canonical(&name, of->issuer);
  CY_TRY(cy_buf_check(&name));
  for (size_t i = cy_map_get(subjects, cy_buf_get(&name)); i != CY_MAP_NONE; i = sync->held[i].next) {
    cy_held *held = &sync->held[i];
    if (held->stays)
      continue;
    held->in_chain = true;
    held->stays = "an identity in the store needs it for its chain";
    CY_TRY(protect_issuers(sync, subjects, held->view, depth + 1));
  }
  return NULL;
}

static cy_err *protect_chains(cy_sync *sync, const cy_map *subjects)
{
  size_t iter = 0;
  for (cy_entry *e; (e = cy_place_next(sync->store, &iter));) {
    const cy_cert *cert = NULL;
    if (!e->has_key || !e->cert_count)
      continue;
    cy_err *err = cy_entry_cert(e, e->cert_count - 1, &cert);
    if (!err)
      err = protect_issuers(sync, subjects, cy_cert_get(cert), 0);
    if (err && cy_err_is(err, CY_E_NO_MEMORY))
      return err;
    cy_err_free(err);
  }
  return NULL;
}

cy_err *cy_sync_protect(cy_sync *sync)
{
  cy_map subjects;
  CY_TRY(protect_keys(sync));
  if (cy_place_caps(sync->store) & CY_CAN_CHAINS)
    return NULL;
  cy_map_init(&subjects, true);
  cy_err *err = index_subjects(sync, &subjects);
  if (!err)
    err = protect_chains(sync, &subjects);
  cy_map_clear(&subjects);
  return err;
}
