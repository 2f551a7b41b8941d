/*
 * Real ends of other libraries, one of which speaks with libssl (or another end) through two pipes in
 * memory.
 *
 * Purpose:   what the drivers real_<library>.c have in common, so that any two can be put together.
 * Ownership: an end is its driver's; close frees it. Wires belong to the handshake.
 * Errors:    an end that can not be set up is NULL; one that can not go on answers false to its turn.
 * Threads:   one.
 */
#ifndef TESTS_PAIRS_REAL_H
#define TESTS_PAIRS_REAL_H

#include "base/buf.h"
#include "pairs/pair.h"

/* Bytes under way in one direction. */
typedef struct {
  cy_buf bytes;
  size_t at;
} wire;

typedef struct real_end real_end;
struct real_end {
  const pool *p;
  seen *out;
  int role;
  bool done, fine;
  /* Reads what it can, writes what it must; false: it can not go on. Sets `done` when it has finished. */
  bool (*turn)(real_end *end, wire *in, wire *out);
  void (*close)(real_end *end);
};

/* NULL: it can not begin. Only one of the two needs to watch: libssl sees all messages of both. */
real_end *openssl_end(seen *out, const pool *p, const cy_tls_side *side, bool watches);
extern const bool gnutls_here;
real_end *gnutls_end(seen *out, const pool *p, const cy_tls_side *side, bool watches);
/* Only a server watches. */
real_end *jsse_end(seen *out, const pool *p, const cy_tls_side *side, bool watches);
bool jsse_here(void);

/* Records as they go by, as long as they are in the clear. */
typedef struct {
  cy_buf records[2], messages[2]; /* that each role has begun */
  bool sealed[2], alerts_only;
} wire_watch;
#define WIRE_WATCH                                                                                         \
  ((wire_watch){{CY_BUF_TEXT, CY_BUF_TEXT}, {CY_BUF_TEXT, CY_BUF_TEXT}, {false, false}, false})
void wire_watch_see(wire_watch *w, real_end *end, int role, const void *data, size_t len);
void wire_watch_clear(wire_watch *w);

/* Takes both; either may be NULL. */
void real_shake(seen *out, real_end *client, real_end *server);

/* Notes what is to be seen in a message of `role`, with its header of four bytes. */
void see_message(seen *out, const pool *p, int role, const unsigned char *m, size_t len);
void see_alert(seen *out, int role, unsigned alert);

#endif
