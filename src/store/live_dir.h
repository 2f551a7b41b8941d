/*
 * Hashed folders: shared by live_dir*.c only.
 *
 * Purpose:   a folder in which OpenSSL finds a certificate by its subject: the file HASH.N, or a link of
 *            that name, where HASH is the number of the subject (cy_name_hash) and N counts from 0
 *            those of the same number; a CRL by its issuer as HASH.rN.
 * Ownership: the folder owns everything; entries given to a visitor live as long as it.
 * Errors:    io.*, store.*.
 * Threads:   one owner.
 * Source:    OpenSSL 3 manual: openssl-rehash(1), X509_LOOKUP_hash_dir(3), X509_NAME_hash(3).
 *
 * What OpenSSL does (3.0, tried): for a name it opens HASH.0, HASH.1 ... and stops at the first number
 * that is missing. It takes all certificates of such a file, but a certificate is found only if a file
 * of its own subject's number holds it. Names are compared after that, so a wrong HASH is never found.
 *
 * Order of changes, so that a crash leaves nothing that misleads: a file is complete before the link to
 * it is made; a link goes before its file; the last number moves into a gap by one rename. What can be
 * left behind is a file without a link, which OpenSSL does not see and `ls` shows as not linked.
 * Crash points: those of store/image.h, then dir.linked, dir.unlinked.
 */
#ifndef CY_STORE_LIVE_DIR_H
#define CY_STORE_LIVE_DIR_H

#include <sys/stat.h>

#include "base/map.h"
#include "store/live.h"

#define CY_DIR_NONE SIZE_MAX

/* A file that holds certificates, CRLs or keys; or one that should and can not be read. */
typedef struct {
  char *name;    /* in the folder */
  char *trouble; /* why it can not be used; NULL: it can */
  bool is_link;  /* a symbolic link itself, to somewhere else */
  bool is_der;   /* which OpenSSL does not read here */
  bool gone;
  size_t first, count; /* objects */
} cy_dir_file;

/* HASH.N or HASH.rN. */
typedef struct {
  uint32_t hash;
  unsigned number;
  bool crl;
  bool gone;
  size_t file;    /* what it leads to; CY_DIR_NONE: nothing (dangling), or nothing of ours */
  char *target;   /* as the link says; NULL: a file itself */
  size_t of_file; /* next link of the same file */
  bool reached;   /* no number before it is missing */
} cy_dir_link;

typedef struct {
  size_t file;
  cy_entry entry;
  uint32_t hash, old_hash;
  bool has_hash;
  bool linked;     /* OpenSSL finds it */
  bool old_linked; /* only OpenSSL 0.9.8 does */
  bool cut_off;    /* it would, but for a gap before its number */
  bool shown;
} cy_dir_object;

typedef struct {
  char *path;
  int fd; /* -1: not made yet */
  bool locked;
  cy_arena arena;
  cy_dir_file *files;
  size_t file_count, file_cap;
  cy_dir_link *links;
  size_t link_count, link_cap;
  cy_dir_object *objects;
  size_t object_count, object_cap;
  cy_map by_inode;    /* device and inode: file */
  cy_map by_der;      /* first object with these bytes */
  cy_map by_number;   /* hash, kind and number: link */
  size_t *file_links; /* first link of each file */
} cy_dir;

/* Reads a name like 5ad8a5d6.0 or 5ad8a5d6.r0. */
bool cy_dir_link_parse(cy_dir_link *out, const char *name);
void cy_dir_link_format(char name[32], const cy_dir_link *link);
/* true when the folder has a link name in it. */
bool cy_dir_is_hashed(const char *path);

cy_err *cy_dir_scan(cy_dir *dir) CY_MUST_USE;
cy_err *cy_dir_open_folder(cy_dir *dir) CY_MUST_USE;
cy_err *cy_dir_lock(cy_dir *dir) CY_MUST_USE;
/* The name that an entry is found by: of a certificate its subject, of a CRL its issuer; else *found is
 * false. */
cy_err *cy_dir_subject(const cy_entry *entry, cy_buf *name, bool *found) CY_MUST_USE;
/* Adds a link to the tables (not to those of its file). */
cy_err *cy_dir_note_link(cy_dir *dir, const cy_dir_link *link) CY_MUST_USE;
/* After it got another number. */
cy_err *cy_dir_number_link(cy_dir *dir, size_t at) CY_MUST_USE;
/* CY_DIR_NONE when there is none. */
size_t cy_dir_link_at(const cy_dir *dir, uint32_t hash, bool crl, unsigned number);
bool cy_dir_is_crl(const cy_dir_object *object);

/* OpenSSL reads what stands there and goes on to the next number; it stops at what is missing, leads to
 * nothing, or can not be read. */
bool cy_dir_leads_on(const cy_dir *dir, size_t at);

/* What a file is called whose content gets this label. */
void cy_dir_fit_label(cy_buf *fits, const char *label);
cy_err *cy_dir_put(void *self, const cy_entry *entry, bool replace) CY_MUST_USE;
cy_err *cy_dir_remove(void *self, const cy_entry *entry) CY_MUST_USE;
cy_err *cy_dir_check(void *self, const char *place, cy_findings *list) CY_MUST_USE;
size_t cy_dir_marks(void *self, const cy_entry *entry, cy_finding_id *ids, size_t max);

#endif
