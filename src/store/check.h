/*
 * Checking a store: what deserves to be said about what is in it.
 *
 * Purpose:   findings about keys without a passphrase, keys and certificates that do not belong
 *            together, gaps in chains, CAs of the same name with another key, keys below a planned
 *            minimum and whom that stops, CAs that end before what they signed.
 * Ownership: findings go into the caller's list; of the place nothing is kept. Keys that had to be
 *            opened to be compared stay open in the entries.
 * Errors:    memory and crypto only: what is wrong with the store is a finding.
 * Threads:   one owner of the place; different places may be checked at the same time.
 * Source:    RFC 5280 4.2.1.1, 4.2.1.2 and 6.1; RFC 5246 7.4.2 (order of chains).
 *
 * Each finding's first piece of evidence is a digest of the key or certificate that it is about, so
 * that its fingerprint does not change when entries are moved or renamed around it.
 */
#ifndef CY_STORE_CHECK_H
#define CY_STORE_CHECK_H

#include <sys/stat.h>

#include "store/place.h"

typedef struct {
  cy_time now;
  unsigned warn_days;    /* how many days ahead an end is soon */
  unsigned min_rsa;      /* planned minimum in bits; 0: not asked for */
  const struct stat *st; /* of the main file, NULL when it is not known */
} cy_check_context;

cy_err *cy_place_check(cy_findings *list, cy_place *place, const cy_check_context *ctx) CY_MUST_USE;
/* Whether the file's name says what it is (trap A14); cy_place_check says it, too. */
cy_err *cy_name_check(cy_findings *list, const char *path, const cy_format *format) CY_MUST_USE;
/* What can be said about one certificate, with what signed it where that is known; cy_place_check says
 * the same of each. */
cy_err *cy_cert_check(cy_findings *list, const char *subject, const cy_cert_view *view,
  const cy_cert_view *issuer, const cy_check_context *ctx) CY_MUST_USE;
/* What can be said about an entry's private key by a look at it alone. */
cy_err *cy_entry_key_check(cy_findings *list, cy_place *place, cy_entry *entry, const cy_check_context *ctx)
  CY_MUST_USE;
/* Its private key can be read by whoever has the file. */
bool cy_entry_in_clear(const cy_place *place, const cy_entry *entry);
/* For lists, which have no room for words: the ids that a look at one entry gives, at most `max`.
 * `view` is that of its first certificate, or NULL. */
size_t cy_entry_marks(cy_finding_id *ids, size_t max, const cy_place *place, const cy_entry *entry,
  const cy_cert_view *view, const cy_check_context *ctx);

#endif
