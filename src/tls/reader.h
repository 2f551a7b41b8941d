/*
 * Readers: other products' configuration, turned into sides.
 *
 * Purpose:   a table of readers, one file (tls/read_<product>.c) and one row (tls/readers.def) each. An
 *            address is recognised by content and name, read, and gives one side or many.
 * Ownership: sides go to the caller's list; the reading owns the stores that it opened, so that each file
 *            is read once however many sides name it.
 * Errors:    a file that can not be opened or is no configuration is an error; what is wrong inside of one
 *            is a finding of the side, with file and line and the nearest right word.
 * Threads:   one owner.
 * Source:    each reader's own.
 */
#ifndef CY_TLS_READER_H
#define CY_TLS_READER_H

#include "base/ask.h"
#include "base/map.h"
#include "store/address.h"
#include "tls/dialect.h"

/* Stores that were opened, so that each is read once however many sides name it. */
typedef struct {
  cy_map by_path;
  struct cy_tls_store *items;
  size_t count, cap;
  unsigned round; /* of readings: what stayed locked in one is tried again in the next */
} cy_tls_stores;

void cy_tls_stores_init(cy_tls_stores *stores);
void cy_tls_stores_clear(cy_tls_stores *stores);

/* What the user said beside the address. */
typedef struct {
  cy_tls_role role;
  bool role_given;
  const char *host;      /* what the client connects to; NULL: not said */
  const char *dialect;   /* --client-dialect, --server-dialect; NULL: the reader's */
  const char *root;      /* in front of absolute paths inside of configurations; NULL: none */
  const char *home;      /* of the user whose files are looked for; NULL: none */
  const char *rings;     /* a saved listing of key rings, or a folder of such; NULL: those beside files */
  const char *ring_user; /* who runs the program that reads rings; NULL: not said */
  cy_time at;
  cy_ask *ask;                                     /* passwords of stores */
  const char *(*env)(void *arg, const char *name); /* variables; NULL: none are looked at */
  void *env_arg;
  cy_tls_stores *stores; /* shared by readings that come one after the other; NULL: each has its own */
} cy_tls_read_how;

typedef struct cy_tls_reader cy_tls_reader;

/* A reading in progress: what readers are given. */
typedef struct {
  const cy_tls_read_how *how;
  cy_tls_sides *sides;        /* where finished sides go */
  const cy_address *address;  /* as the user gave it; NULL where a folder was given */
  cy_tls_stores own, *stores; /* identities and trust that were read: how->stores, or its own */
  struct cy_tls_rings *rings; /* of z/OS, as saved listings tell them (reader_ring.c) */
  cy_map files;               /* that are being read: one that includes itself is named */
  unsigned depth;
  bool selected; /* a reader has heeded address->selector itself: it chooses no side any more */
} cy_tls_reading;

/* What `audit` may do with a reader when it goes through a whole machine. */
typedef struct {
  /* One of these stands in the first part of every file that the reader is sure of, in whatever case: what
   * has none is not even looked at by detect. NULL-ended; NULL: audit does not call the reader. */
  const char *const *marks;
  unsigned sure;      /* how sure detect must be; 0: 80 */
  unsigned in_script; /* the same of scripts; 0: as of others */
  const char *also;   /* suffixes of what are documents or programs otherwise: "json txt"; NULL: none */
} cy_tls_audited;
#define CY_TLS_MARKS(...)                                                                                  \
  (const char *const[])                                                                                    \
  {                                                                                                        \
    __VA_ARGS__, NULL                                                                                      \
  }

struct cy_tls_reader {
  const char *id;    /* "nginx": also the prefix that forces it, nginx:PATH */
  const char *title; /* "nginx" */
  const char *what;  /* "server blocks with ssl; one side each" : for help */
  /* How sure: 0 is no, 100 is certain. `head` is the first part of the content (empty for a folder). */
  unsigned (*detect)(const char *path, cy_span head);
  /* Adds sides to reading->sides. `text` is the whole file in UTF-8 (empty when streams is set). */
  cy_err *(*read)(cy_tls_reading *reading, const char *path, cy_span text);
  bool streams; /* reads the file itself: may be larger than memory */
  cy_tls_audited audited;
};

extern const cy_tls_reader *const cy_tls_readers[];
extern const size_t cy_tls_reader_count;
const cy_tls_reader *cy_tls_reader_find(const char *id); /* NULL when there is none */
/* The reader that is most sure of a file, and how sure; NULL when none is at all. */
const cy_tls_reader *cy_tls_reader_detect(const char *path, cy_span head, unsigned *sure);

/* The same by the beginning of a file. */
cy_err *cy_tls_reader_detect_file(const cy_tls_reader **out, const char *path) CY_MUST_USE;

/*
 * Reads the sides that an address means: PATH, reader:PATH, PATH#label, PATH#@N. A label chooses among the
 * sides of a file, exactly; a miss names the nearest. A store or certificate (PEM, PKCS#12 ...) is a side,
 * too. Of a folder every file is tried that a reader is sure of; what was left is a finding of the first
 * side.
 */
cy_err *cy_tls_sides_load(cy_tls_sides *out, const char *address, const cy_tls_read_how *how) CY_MUST_USE;

/* The same of bytes that were read already, which are this reader's; for who reads files itself. */
cy_err *cy_tls_sides_parse(cy_tls_sides *out, const cy_tls_reader *reader, const char *path, cy_span text,
  const cy_tls_read_how *how) CY_MUST_USE;

/* For readers. Relative paths begin at the folder of `from`; how->root goes in front of absolute ones.
 * A store that is missing, does not open or has no such label is a finding of the side (and
 * side->identity_wrong), not an error. */

/* The path as it can be opened. */
cy_err *cy_tls_read_path(const cy_tls_reading *reading, const char *from, const char *path, cy_buf *whole)
  CY_MUST_USE;
/* A whole text file, in UTF-8 whatever it was saved in. */
cy_err *cy_tls_read_text(cy_buf *text, const char *path) CY_MUST_USE;
/* A file that another one includes: the whole text, until it is left again. *text is empty and a finding
 * says so when it can not be read, includes itself or stands too deep. */
cy_err *cy_tls_read_enter(cy_tls_reading *reading, cy_findings *findings, const char *path,
  const char *from, size_t line, cy_buf *text, bool *entered) CY_MUST_USE;
void cy_tls_read_leave(cy_tls_reading *reading, const char *path);

/* An identity of a store (`label` NULL: the default one; without one, all that there are), or of a
 * certificate file with its key in a second file (`key`, NULL: in the same file). PEM is taken as it
 * stands: the first certificate and what follows. Notes nothing: call cy_tls_side_note for the lines. */
cy_err *cy_tls_read_identity(cy_tls_reading *reading, cy_tls_side *side, const char *from,
  const char *certificate, const char *key, const char *label) CY_MUST_USE;
/* The certificates of a file, folder or store as the side's trust, added to what it has. */
cy_err *cy_tls_read_trust(cy_tls_reading *reading, cy_tls_side *side, const char *from, const char *path)
  CY_MUST_USE;
/* The machine's trust store. */
cy_err *cy_tls_read_system_trust(cy_tls_reading *reading, cy_tls_side *side) CY_MUST_USE;
/* Reads a list of names in a notation into codes; unknown ones are findings (tls.suite-unknown ...) with
 * `file`:`line` and the nearest right word. `divided` are the characters between names. */
cy_err *cy_tls_read_suites(cy_codes *list, cy_tls_side *side, cy_span text, const char *divided,
  const char *file, size_t line) CY_MUST_USE;
cy_err *cy_tls_read_groups(cy_codes *list, cy_tls_side *side, cy_span text, const char *divided,
  const char *file, size_t line) CY_MUST_USE;
cy_err *cy_tls_read_schemes(cy_codes *list, cy_tls_side *side, cy_span text, const char *divided,
  const char *file, size_t line) CY_MUST_USE;
/* A version as any product writes it ("TLSv1.2", "TLS 1.2", "1.2", "tls12", "SSLv3"); 0: it is none. */
unsigned cy_tls_read_version(const char *text);
/* The same where it must be one of these words (NULL-ended, letters' case does not matter): most products
 * take one spelling only, and no start without. */
unsigned cy_tls_read_version_of(const char *text, const char *const *words);
/* "file:line: what" as a finding of the side. The text is the first evidence. */
cy_finding *cy_tls_read_noticed(cy_findings *list, cy_finding_id id, const char *file, size_t line,
  const char *format, ...) CY_PRINTF(5, 6);
cy_finding *cy_tls_read_finding(cy_tls_side *side, cy_finding_id id, const char *file, size_t line,
  const char *format, ...) CY_PRINTF(5, 6);

#endif
