/*
 * One key ring, put together from saved listings.
 *
 * Purpose:   what reader_ring.c (looking listings up, rings as parts of sides) and ring.c (what is on a
 * ring) share. Ownership: a ring owns its members; entries are borrowed from the listings that were opened.
 * Errors:    memory.
 * Threads:   one owner.
 * Source:    RACDCERT LIST and LISTRING.
 */
#ifndef CY_TLS_RING_H
#define CY_TLS_RING_H

#include "base/map.h"
#include "store/place.h"
#include "tls/side.h"

/* A certificate on a ring. */
typedef struct {
  const cy_entry_facts *facts; /* of the certificate; of its use alone when it is not listed */
  const char *label, *owner;   /* "ID(START1)", "CERTAUTH", "SITE" */
  const char *usage;           /* "PERSONAL"; NULL: not told */
  bool listed, is_default, distrusted, real;
  cy_cert *cert; /* NULL: nothing to make it of */
  cy_tls_identity *identity;
} cy_ring_member;

typedef struct {
  char *name; /* "START1/MQRING" */
  cy_ring_member *members;
  size_t count, cap;
  cy_map by_subject; /* canonical name: member */
  cy_tls_trust *trust;
} cy_ring;

/* All that saved listings say, and certificates that lie beside them. */
typedef struct {
  cy_place **listings;
  size_t listing_count, listing_cap;
  cy_map listed; /* "ID(START1) label": index into `entries` */
  cy_entry **entries;
  size_t entry_count, entry_cap;
  cy_certs real;
  cy_map by_serial; /* issuer and serial number: index into `real` */
} cy_ring_world;

void cy_ring_world_init(cy_ring_world *world);
void cy_ring_world_clear(cy_ring_world *world);
/* Borrows the place, which must outlive the world. */
cy_err *cy_ring_world_add_listing(cy_ring_world *world, cy_place *place) CY_MUST_USE;
cy_err *cy_ring_world_add_certs(cy_ring_world *world, cy_place *place) CY_MUST_USE;

/* The ring of that name; NULL when no listing has it. */
cy_err *cy_ring_new(cy_ring **out, const cy_ring_world *world, const char *name) CY_MUST_USE;
void cy_ring_free(cy_ring *ring);
CY_AUTO_DEFINE(cy_ring)
/* The whole name of a ring that was given without its user; NULL: none, or (*several) more than one. */
cy_err *cy_ring_find(char **whole, bool *several, const cy_ring_world *world, const char *name) CY_MUST_USE;
/* The nearest name of a ring; NULL: there is none. */
cy_err *cy_ring_nearest(char **nearest, const cy_ring_world *world, const char *name) CY_MUST_USE;
/* A certificate that is listed, on whatever ring: its label in another case counts, too. */
const cy_entry *cy_ring_listed(
  const cy_ring_world *world, const char *owner, const char *label, bool *exact);
/* The issuer of a member among the others; NULL: it is not there, or it is its own. */
const cy_ring_member *cy_ring_issuer(const cy_ring *ring, const cy_ring_member *member);

bool cy_ring_is_personal(const cy_ring_member *member);

#endif
