/*
 * Formats: kinds of files that hold entries.
 *
 * Purpose:   a byte format is one file (fmt_<name>.c) with one constant of this type, and one row
 *            in formats.def. It knows bytes and entries; paths, locks and passwords' origins are
 *            the image's and the asker's.
 * Ownership: the document owns its entries, arena and image; a format keeps its own parts of a
 *            file (for rewriting without touching what was not changed) in doc->own.
 * Errors:    store.*, crypto.*, input.*; a wrong password is crypto.wrong-password, told from a
 *            damaged file (store.damaged) wherever the format allows (trap A15).
 * Threads:   one owner a document.
 *
 * Rewriting: entries carry `part`, an index into what the format kept. serialise walks its parts
 * in order: those of deleted entries are left out, those of changed ones are encoded anew, all
 * others (also what belongs to no entry) are copied as they were; added entries come last.
 */
#ifndef CY_STORE_FORMAT_H
#define CY_STORE_FORMAT_H

#include "base/finding.h"
#include "base/map.h"
#include "base/out.h"
#include "store/entry.h"
#include "store/image.h"
#include "store/stash.h"

typedef struct cy_format cy_format;

/* What a kind of place can hold and do. What a target lacks is reported as a loss. */
enum {
  CY_CAN_KEYS = 1 << 0,      /* private keys with certificates */
  CY_CAN_LONE_KEYS = 1 << 1, /* private keys without */
  CY_CAN_CERTS = 1 << 2,     /* certificates without a word on trust */
  CY_CAN_TRUST = 1 << 3,     /* tells trusted certificates from others, or trusts all it has */
  CY_CAN_REQUESTS = 1 << 4,
  CY_CAN_CRLS = 1 << 5,
  CY_CAN_SECRETS = 1 << 6,
  CY_CAN_LABELS = 1 << 7,
  CY_CAN_IDS = 1 << 8,
  CY_CAN_DATES = 1 << 9,
  CY_CAN_KEY_PASSWORDS = 1 << 10, /* a key may have a password of its own */
  CY_CAN_ATTRS = 1 << 11,         /* unknown attributes */
  CY_CAN_CHAINS = 1 << 12,        /* several certificates to a key */
  CY_CAN_WRITE = 1 << 13,
  CY_NEEDS_LABELS = 1 << 14,   /* every entry has one, and no two the same */
  CY_FOLDS_LABELS = 1 << 15,   /* labels differ in more than case */
  CY_NEEDS_PASSWORD = 1 << 16, /* can not be written without one */
  CY_ONE_ENTRY = 1 << 17,      /* DER: exactly one object */
  CY_NEEDS_LOGIN = 1 << 18,    /* live: to see private keys */
  CY_KEEPS_KEYS = 1 << 19,     /* live: keys do not come out, they are references */
  CY_NOT_ATOMIC = 1 << 20,     /* live: commit gives a result for each item */
  CY_HAS_PASSWORD = 1 << 21,   /* the store as a whole has one, or may have */
  CY_CAN_STASH = 1 << 22,      /* its password may lie beside it in a stash (.sth) */
  CY_CAN_DEFAULT = 1 << 23,    /* marks one entry as the default */
  CY_CAN_DISTRUST = 1 << 24,   /* marks certificates as not trusted */
  CY_TRUSTS_ALL = 1 << 25,     /* live: whatever is put into it is trusted */
  CY_ONE_OF_EACH = 1 << 26,    /* live: the same certificate or CRL is there once only */
};

typedef struct {
  const cy_format *format;
  cy_image *image;   /* owned; NULL for a new one until it is written */
  const char *place; /* for messages: the path; borrowed from the image or the place */
  cy_arena arena;
  cy_entry **entries; /* in the order of the store; deleted ones stay, marked */
  size_t entry_count;
  size_t entry_cap;
  cy_map by_label; /* filled on first need */
  bool label_map_ready;
  bool label_twice;       /* some labels are there more than once */
  cy_secret *password;    /* the store's; NULL: absent */
  bool password_known;    /* `password` opened it (or is what it is to have) */
  bool password_unneeded; /* it opens without one */
  bool mac_unchecked;     /* listed without checking its integrity, since no password was given */
  bool read_only;         /* it can be read, not written back (PEM inside of another text) */
  bool dirty;             /* more than entries changed (password) */
  cy_doc_stash stash;     /* beside it; only of formats that have one */
  void *own;              /* the format's */
  void (*own_free)(void *own);
} cy_doc;

/* What a new or rewritten file is to be like. */
typedef struct {
  cy_pbe_choice pbe; /* scheme 0-initialised oid: see cy_write_default */
  bool for_java;     /* written so that Java reads it */
  bool legacy;       /* old algorithms, for old readers */
  bool plain_keys;   /* keys without a passphrase, where the format can (PEM, DER) */
  bool no_mac;       /* PKCS#12 without integrity */
  bool pbmac1;       /* PKCS#12 with RFC 9579's MAC */
  cy_time now;       /* for stores that keep dates */
} cy_write_how;

extern const cy_write_how cy_write_default;

/* One thing lost: `what` for programs ("date", "label-case"), `text` for people. */
typedef void cy_lose(void *arg, const char *what, const char *text);

struct cy_format {
  const char *id;       /* "p12": what --json says, and the address prefix */
  const char *prefixes; /* other prefixes, blank-separated: "pkcs12 pfx" */
  const char *title;    /* "PKCS#12" */
  const char *suffixes; /* "p12 pfx" */
  unsigned caps;
  /* How sure it is that these are its bytes: 0 no, 100 certain. `name` is the file's name. */
  int (*detect)(cy_span head, const char *name);
  /* Reads doc->image into entries. */
  cy_err *(*parse)(cy_doc *doc, cy_ask *ask);
  /* Writes the document's bytes as they are to be; siblings of the image it sets itself. */
  cy_err *(*serialise)(cy_doc *doc, const cy_write_how *how, cy_ask *ask, cy_buf *out);
  /* Findings that only this format can have (A03); may be NULL. */
  cy_err *(*check)(cy_doc *doc, cy_findings *findings);
  /* More fields for `show` and `ls --json` (algorithms, iterations, MAC); may be NULL. */
  cy_err *(*describe)(cy_doc *doc, cy_out *out);
  /* Adds what would be lost when `entry` goes into this format, beyond what caps say; may be NULL. */
  void (*losses)(const cy_entry *entry, cy_lose *lose, void *arg);
  /* Why this format can not hold `entry` although caps say that it holds its kind; its key is open where it
   * can be. NULL: it can. The answer is a constant. May be NULL. */
  const char *(*unfit)(const cy_entry *entry);
};

extern const cy_format *const cy_formats[];
extern const size_t cy_format_count;
const cy_format *cy_format_find(const char *prefix);
const cy_format *cy_format_by_suffix(const char *path);
const cy_format *cy_format_detect(cy_span head, const char *name);

/* Documents. */

/* Takes the image. Detects the format when `format` is NULL. */
cy_err *cy_doc_open(cy_doc **out, cy_image *image, const cy_format *format, cy_ask *ask) CY_MUST_USE;
cy_err *cy_doc_new(cy_doc **out, cy_image *image, const cy_format *format) CY_MUST_USE;
void cy_doc_free(cy_doc *doc);
CY_AUTO_DEFINE(cy_doc)
/* For formats while they parse: an empty entry, appended, in the document's arena. */
cy_err *cy_doc_append(cy_doc *doc, cy_entry **entry) CY_MUST_USE;
/* Room for `count` certificates in an entry of the document. */
cy_err *cy_doc_certs(cy_doc *doc, cy_entry *entry, size_t count) CY_MUST_USE;
/* The entry with this label (folded where the format folds); NULL when there is none. */
cy_err *cy_doc_find_label(cy_doc *doc, const char *label, cy_entry **entry) CY_MUST_USE;
/* Keeps the look-up table of labels in step after an entry got its label. */
cy_err *cy_doc_label_added(cy_doc *doc, const cy_entry *entry) CY_MUST_USE;
/* Asks for the store's password until `open` takes it, at most three times. Sets doc->password. */
cy_err *cy_doc_unlock(cy_doc *doc, cy_ask *ask,
  cy_err *(*open)(cy_doc *doc, const cy_secret *password, void *arg), void *arg) CY_MUST_USE;
/* Of formats that seal nothing but keys: without a password all the rest is there to see, unchecked. */
cy_err *cy_doc_unlock_or_list(cy_doc *doc, cy_ask *ask,
  cy_err *(*open)(cy_doc *doc, const cy_secret *password, void *arg), void *arg) CY_MUST_USE;
/* Why a password does not fit the integrity value: of so many keys that were tried it opened so many. */
cy_err *cy_doc_misfit(const cy_doc *doc, size_t keys, size_t opened) CY_MUST_USE;
/* Adds key.no-passphrase for a key under the empty password; `so` ends the sentence on what that does. */
cy_err *cy_doc_key_unprotected(const cy_doc *doc, const cy_entry *entry, cy_findings *findings,
  const char *so, cy_severity severity) CY_MUST_USE;
/* Stashes (doc_stash.c). Looks beside the store; nothing there and nothing understood is no error. Done by
 * cy_doc_open before the format parses. */
cy_err *cy_doc_find_stash(cy_doc *doc) CY_MUST_USE;
/* Sets what a commit is to do with the stash; it is written before the store. Killed between the two, a
 * program leaves the new stash beside the old store: stash.does-not-fit says so, and the stash is written
 * anew with the store's password. */
cy_err *cy_doc_set_stash(cy_doc *doc) CY_MUST_USE;
/* For `show`: that there is one, and what it is worth. */
void cy_doc_describe_stash(const cy_doc *doc, cy_out *out);
/* Findings about the store's own stash. */
cy_err *cy_doc_check_stash(const cy_doc *doc, cy_findings *findings) CY_MUST_USE;
/* The password to write with: doc->password when known, else asks for a new one. */
cy_err *cy_doc_write_password(cy_doc *doc, cy_ask *ask, const cy_secret **password) CY_MUST_USE;
/* The key of an entry in clear for sealing it anew. */
cy_err *cy_doc_key(cy_doc *doc, cy_entry *entry, cy_ask *ask, const cy_secret **pkcs8) CY_MUST_USE;

#endif
