/* Passwords of stores and of keys in them: changed in memory, written by the commit. */
#include "store/place_internal.h"

#include "store/codes.h"

cy_err *cy_place_set_password(cy_place *place, const cy_secret *password)
{
  cy_doc *doc = place->doc;
  cy_secret *copy;
  if (place->live || !(cy_place_caps(place) & CY_CAN_WRITE))
    return cy_err_new(CY_E_STORE_READ_ONLY, "the password of %s can not be changed here", place->path);
  CY_TRY(cy_secret_copy(&copy, cy_secret_get(password)));
  cy_secret_free(doc->password);
  doc->password = copy;
  doc->password_known = true;
  doc->dirty = true;
  return NULL;
}

/* Nobody may write down a password that was not proven. */
cy_err *cy_place_set_stash(cy_place *place, cy_stash_want want)
{
  const cy_doc *doc = place->doc;
  if (place->live || !(cy_place_caps(place) & CY_CAN_STASH))
    return cy_err_hint(
      cy_err_new(CY_E_STORE_CANNOT_HOLD, "%s (%s) has no stash", place->path, cy_place_title(place)),
      "CMS key databases (.kdb) and PKCS#12 files (.p12) have one.");
  bool proven = doc->password_known && doc->password && !doc->mac_unchecked;
  if (want == CY_STASH_WRITE && !proven)
    return cy_err_new(CY_E_STORE_PASSWORD_NEEDED,
      "the password of %s, which is to go into the stash, was not given", place->path);
  place->doc->stash.want = want;
  return NULL;
}

cy_err *cy_place_set_key_password(cy_place *place, cy_entry *entry, const cy_secret *password, cy_ask *ask)
{
  const cy_secret *pkcs8;
  if (place->live || !(cy_place_caps(place) & CY_CAN_KEY_PASSWORDS))
    return cy_err_new(CY_E_STORE_CANNOT_HOLD, "a key in %s has no password of its own", place->path);
  if (!password && cy_place_caps(place) & CY_NEEDS_PASSWORD)
    return cy_err_new(
      CY_E_STORE_CANNOT_HOLD, "%s can not hold a key without a password", cy_place_title(place));
  CY_TRY(cy_place_key(place, entry, ask, &pkcs8));
  cy_secret_free(entry->key.password);
  entry->key.password = NULL;
  if (password)
    CY_TRY(cy_secret_copy(&entry->key.password, cy_secret_get(password)));
  entry->changed = !entry->added;
  entry->keep_certs = true;
  entry->keep_key = false;
  place->doc->dirty = true;
  return NULL;
}
