/*
 * Secrets that lie about (traps A02, A18, A19): from what a text gives away to findings.
 *
 * Purpose:   say in which file and line a password, a PIN or a trace of secrets stands, who can read it,
 * and whether the password really opens a store that is named beside it. Ownership: findings go into the
 * caller's list; values are borrowed from the text and copied only into cy_secret. Errors:    memory.
 * Threads:   one owner.
 *
 * The secret itself is never part of a finding. A file that only its owner (and service accounts) can read
 * is as narrow as files get, and nothing is said of it but where a command hands the secret on in sight of
 * all.
 */
#ifndef CY_AUDIT_SECRET_H
#define CY_AUDIT_SECRET_H

#include "audit/access.h"
#include "audit/text.h"
#include "base/finding.h"
#include "base/secret.h"

/* A file that is looked at. */
typedef struct {
  cy_findings *list;
  const char *path;   /* what findings call it */
  int folder_fd;      /* of its folder, for what is named relative to it */
  const char *folder; /* the folder's path */
  const char *root;   /* in front of absolute paths; NULL: none */
  const cy_audience *readers;
} cy_secret_place;

enum { CY_SECRET_HITS = 256 };

typedef struct {
  cy_text_hit items[CY_SECRET_HITS];
  size_t count;
  size_t more; /* that there was no room for */
} cy_secret_hits;

/* For cy_text_find: collects into the cy_secret_hits that is given. */
void cy_secret_collect(void *hits, const cy_text_hit *hit);
cy_err *cy_secret_report(const cy_secret_place *place, const cy_secret_hits *hits) CY_MUST_USE;

/* A file whose first line is a password for stores of its folder (secret_file.c). */
bool cy_secret_is_password_file(const char *name, size_t size);
cy_err *cy_secret_try_file(const cy_secret_place *place, const char *name, cy_span text) CY_MUST_USE;
/* Whether this password opens the store, or a key in it; false also when it needs none. `path` is relative
 * to the folder. */
cy_err *cy_secret_opens(bool *opens, int folder_fd, const char *path, cy_span password) CY_MUST_USE;
/* "error" to "notice": by who can read it. */
cy_severity cy_secret_severity(const cy_audience *readers);

#endif
