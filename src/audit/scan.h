/*
 * Looking at one file.
 *
 * Purpose:   read it, recognise it by its content, open it, check what is in it.
 * Ownership: a scanner belongs to one worker and keeps its buffers between files; a result belongs
 *            to whoever holds it (cy_scan_result_clear).
 * Errors:    memory, kept in the result; anything else is a finding or a count.
 * Threads:   a scanner has one owner; what is shared (links, passwords) is safe.
 *
 * Most files of a big tree are single certificates: those are looked at in place, without an image,
 * a document and entries. What is said of them is the same either way (tests/unit/audit/test_scan.c).
 */
#ifndef CY_AUDIT_SCAN_H
#define CY_AUDIT_SCAN_H

#include "audit/access.h"
#include "audit/audit.h"
#include "audit/guess.h"
#include "audit/links.h"
#include "audit/config.h"
#include "audit/secret.h"

typedef enum {
  CY_SCAN_NO_STORE,
  CY_SCAN_STORE,
  CY_SCAN_TEXT,       /* no store, but there are findings */
  CY_SCAN_UNREADABLE, /* store.findings has the finding, store.path the path */
  CY_SCAN_SPECIAL,    /* no regular file any more */
  CY_SCAN_OTHER_FILESYSTEM,
  CY_SCAN_OTHER_NAME, /* somebody else looked at it */
} cy_scan_kind;

typedef struct {
  cy_scan_kind kind;
  bool claimed;   /* has other names: report it only if it still owns the file */
  struct stat st; /* when claimed */
  cy_audit_store store;
  char *path;  /* what store.path is; NULL for what is not reported */
  bool sealed; /* was not opened; there may be private keys in it */
  char *stash; /* the file beside it that opens it; NULL: none */
  struct stat stash_st;
  cy_err *err;
} cy_scan_result;

void cy_scan_result_clear(cy_scan_result *result);

typedef struct {
  const cy_audit_options *options;
  cy_guess_list guesses;
  cy_access_shared access;
  cy_text_finder finder;
  cy_config_uses uses;
  cy_config_readers readers;
  cy_links links;
  bool claim_all;           /* files were named themselves: any file may come twice */
  uint64_t seed;            /* of the notes' hashes */
  bool no_shortcut;         /* for tests: never in place */
  pthread_mutex_t big_file; /* one at a time */
} cy_scan_shared;

typedef struct {
  cy_scan_shared *shared;
  cy_buf bytes;
  cy_buf der;
  cy_buf address;
  cy_access access;
  cy_noter noter;
  cy_secret_hits hits;
  const cy_walk_file *file; /* that it is at */
} cy_scan;

void cy_scan_begin(cy_scan *scan, cy_scan_shared *shared);
void cy_scan_end(cy_scan *scan);
/* `number`: the file's place in the order of all. */
void cy_scan_file(cy_scan *scan, const cy_walk_file *file, size_t number, cy_scan_result *result);

cy_err *cy_scan_set_path(cy_scan *scan, cy_scan_result *result) CY_MUST_USE;
cy_err *cy_scan_read_more(cy_buf *buf, int fd, size_t want) CY_MUST_USE;
/* What stands in a text (scan_text.c), of which the head was read. */
cy_err *cy_scan_text(cy_scan *scan, int fd, const struct stat *st, cy_scan_result *result) CY_MUST_USE;
/* Who can read the stash beside the store (result->stash). */
cy_err *cy_scan_stash(cy_scan *scan, cy_scan_result *result) CY_MUST_USE;

/* The parts (scan_place.c): a whole store through its format. Takes the scanner's bytes. */
cy_err *cy_scan_place(cy_scan *scan, const cy_format *format, const struct stat *st, cy_scan_result *result)
  CY_MUST_USE;
/* Counts one certificate and where it ends. */
cy_err *cy_scan_count_cert(
  cy_scan_result *result, const cy_cert_view *view, const char *address, cy_time now) CY_MUST_USE;
cy_check_context cy_scan_context(const cy_audit_options *options, const struct stat *st);

#endif
