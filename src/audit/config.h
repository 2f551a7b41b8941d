/*
 * Configurations that name stores (traps A08, A21, A01).
 *
 * Purpose:   of each file that a configuration names: is it there, is the label in it, do key and
 * certificate belong together, can the program open the key without a person; and which programs use a key.
 *            And the settings of TLS that a reader of src/tls knows (trap C25).
 * Ownership: findings go into the caller's list; a cy_config_uses owns what it knows.
 * Errors:    memory. What can not be opened or is named by variables is left alone.
 * Threads:   cy_config_check: one owner; cy_config_uses: constant once loaded.
 * Source:    the manuals of the products that text_words.def names.
 *
 * Paths are those of the machine that is audited: below its root, when it is a saved tree.
 */
#ifndef CY_AUDIT_CONFIG_H
#define CY_AUDIT_CONFIG_H

#include <pthread.h>
#include <sys/stat.h>

#include "audit/guess.h"
#include "audit/secret.h"
#include "store/place.h"
#include "tls/reader.h"
#include "tls/rehearse.h"

typedef struct {
  cy_findings *list;
  const char *path;   /* of the configuration: what findings call it */
  const char *folder; /* its folder, with which relative names begin */
  const char *root;   /* in front of absolute paths; NULL: none */
  unsigned kind;      /* CY_TEXT_IS_... */
  const cy_guess_list *guesses;
} cy_config_place;

cy_err *cy_config_check(const cy_config_place *place, const cy_secret_hits *hits) CY_MUST_USE;

/* The readers of tls that audit may call: a filter for the marks of them all tells in one pass which of
 * them a text may be for (config_reader.c). */
typedef struct {
  const char *marks[CY_TEXT_ANCHORS];
  uint64_t of[CY_TEXT_ANCHORS]; /* the readers that have the mark: bits by their place in the table */
  size_t count;
  cy_text_filter filter;
  pthread_mutex_t lock; /* of what follows: configurations are read one at a time */
  cy_tls_stores stores; /* each is opened once, however many configurations name it */
  cy_tls_rehearsal rehearsal;
} cy_config_readers;

cy_err *cy_config_readers_init(cy_config_readers *readers) CY_MUST_USE;
/* Also of one that is all zero. */
void cy_config_readers_clear(cy_config_readers *readers);
/* Those that may be sure of a text of this name, kind and beginning; most are of none: 0. */
uint64_t cy_config_readers_of(
  const cy_config_readers *readers, const char *name, unsigned kind, cy_span head);
/* The one that is sure; NULL: none is. */
const cy_tls_reader *cy_config_reader_pick(uint64_t of, const char *path, unsigned kind, cy_span head);

/* The settings of TLS of a configuration that a reader knows, as a whole (config_tls.c). `text` is all of
 * it; of what is longer than texts of people, and has a reader that streams, nothing. */
cy_err *cy_config_check_tls(const cy_config_place *place, cy_config_readers *readers,
  const cy_tls_reader *reader, cy_span text) CY_MUST_USE;

/* The parts (config_pair.c). */

/* The file that a hit names, as a path that can be opened; empty when that is not known. `suffix` is
 * appended behind a dot. */
cy_err *cy_config_resolve(
  const cy_config_place *place, const cy_text_hit *hit, const char *suffix, cy_buf *path) CY_MUST_USE;
/* NULL when it is no store, or does not open with what there is. */
cy_err *cy_config_open(const cy_config_place *place, const char *path, cy_place **out) CY_MUST_USE;
/* Keys: do they fit the certificates beside them, and can the program open them? */
cy_err *cy_config_check_keys(const cy_config_place *place, const cy_secret_hits *hits) CY_MUST_USE;
/* NULL: it can ask, or be given the passphrase otherwise. Else what it can do instead. */
const char *cy_config_can_not_ask(const char *product);

/* Which programs use which file: read from where configurations usually lie (config_uses.c). */

typedef struct {
  const char *product;
  char *config; /* path and line */
} cy_config_use;

typedef struct {
  cy_map by_file; /* device and inode to the first use */
  cy_config_use *items;
  size_t count, cap;
} cy_config_uses;

cy_err *cy_config_uses_load(cy_config_uses *uses, const cy_text_finder *finder, const char *root)
  CY_MUST_USE;
void cy_config_uses_clear(cy_config_uses *uses);
/* NULL when none is known. */
const cy_config_use *cy_config_use_of(const cy_config_uses *uses, const struct stat *st);
/* Adds to findings about keys without a passphrase who uses them. */
cy_err *cy_config_uses_note(const cy_config_uses *uses, const struct stat *st, cy_findings *list)
  CY_MUST_USE;

#endif
