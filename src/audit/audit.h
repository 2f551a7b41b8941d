/*
 * Auditing folders: every store below some paths, checked by as many workers as there are CPUs.
 *
 * Purpose:   find the files that are stores by their content, open those that can be opened, check
 *            what is in them, compare them with each other, and sum up.
 * Ownership: what the callbacks are given is theirs for the call only; a summary owns its lists
 *            (cy_audit_summary_clear).
 * Errors:    memory, and operands that can not be read at all. What is wrong with a file is a
 *            finding; a file that is no store is counted.
 * Threads:   callbacks come in the calling thread only, in the order of the paths, which is the same
 *            in every run whatever the number of workers.
 *
 * Nothing is changed, no link is followed, each file is read once however many names it has.
 */
#ifndef CY_AUDIT_AUDIT_H
#define CY_AUDIT_AUDIT_H

#include <signal.h>

#include "audit/across.h"
#include "audit/sift.h"
#include "audit/walk.h"
#include "store/check.h"

/* When certificates end. */
typedef enum {
  CY_END_EXPIRED,
  CY_END_7_DAYS,
  CY_END_30_DAYS,
  CY_END_90_DAYS,
  CY_END_LATER,
  CY_END_BUCKETS
} cy_end_bucket;

cy_end_bucket cy_end_bucket_of(cy_time not_after, cy_time now);
const char *cy_end_bucket_id(cy_end_bucket bucket); /* "expired", "within_7_days" ... */

enum { CY_AUDIT_NEAREST = 10 };

typedef struct {
  cy_time not_after;
  char *subject;  /* distinguished name */
  char *address;  /* of the first entry that has it */
  uint64_t count; /* places that have it */
} cy_audit_end;

/* The certificates that end next, soonest first; the same certificate in several places is one. */
typedef struct {
  cy_audit_end items[CY_AUDIT_NEAREST];
  size_t count;
} cy_audit_ends;

/* What was found in one file. */
typedef struct {
  const char *path;
  const char *kind;  /* "p12" */
  const char *title; /* "PKCS#12" */
  bool opened;
  uint64_t entries;
  uint64_t certificates;
  uint64_t keys;
  uint64_t clear_keys; /* without a passphrase */
  uint64_t ends[CY_END_BUCKETS];
  cy_time first_end; /* CY_TIME_NONE when it has no certificate */
  cy_audit_ends nearest;
  bool user_asked; /* the next two are known */
  bool user_reads, user_writes;
  cy_findings findings;
  cy_notes notes; /* what is compared across files */
} cy_audit_store;

typedef struct {
  uint64_t files; /* looked at */
  uint64_t folders;
  uint64_t stores; /* recognised */
  uint64_t opened;
  uint64_t entries, certificates, keys, clear_keys;
  uint64_t other_names; /* further names of files (hard links) */
  uint64_t skipped[CY_SKIP_COUNT];
  uint64_t ends[CY_END_BUCKETS];
  uint64_t severities[CY_CRITICAL + 1];
  uint64_t by_id[CY_F_COUNT];
  cy_audit_ends nearest;
  bool user_asked;
  uint64_t user_reads, user_writes; /* stores that the account of the options can read, can change */
  uint64_t distinct_certificates, distinct_keys; /* those that could be told apart */
  cy_plan_totals plan;
  uint64_t accepted; /* findings that a baseline accepts */
  uint64_t known;    /* findings that the earlier report had */
  uint64_t gone;     /* findings that only the earlier report had */
  bool interrupted;
} cy_audit_summary;

void cy_audit_summary_clear(cy_audit_summary *summary);

typedef struct {
  const char *const *paths;
  size_t path_count;
  cy_time now;
  unsigned warn_days;
  cy_plan plan;
  bool zone_given; /* of times that carry none */
  int zone;        /* minutes east of UTC */
  unsigned threads; /* 0: one for each CPU */
  bool cross_mounts;
  const cy_secret *const *passwords; /* tried on whatever asks for one */
  size_t password_count;
  bool try_common;
  cy_baseline *baseline; /* what is accepted; NULL: nothing */
  cy_since *since;       /* an earlier report: only what is new is told; may be NULL */
  const char *root;      /* a saved tree: its accounts, its "/"; NULL: this machine */
  const char *user; /* an account (name or number) of which it is asked what it can read; may be NULL */
  const volatile sig_atomic_t *stop; /* not 0: end early; may be NULL */

  /* A store, or (kind NULL) a file or folder that could not be read, with its finding. */
  void (*store)(void *arg, const cy_audit_store *store);
  /* What is said across files, after the last store; may be NULL. */
  void (*across)(void *arg, const cy_findings *findings, const cy_inventory *inventory);
  void (*progress)(void *arg, uint64_t files);
  bool (*failed)(void *arg); /* nobody listens any more: end early; may be NULL */
  void *arg;
} cy_audit_options;

cy_err *cy_audit_run(cy_audit_summary *summary, const cy_audit_options *options) CY_MUST_USE;

#endif
