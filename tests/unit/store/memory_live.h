/* Purpose: a live place in memory: what tokens and databases do, and what goes wrong with them.
 * Ownership: the place owns its objects; the test looks into `memory`.
 * Errors: store.vanished, and what the test asks for.
 * Threads: one. */
#ifndef TESTS_UNIT_STORE_MEMORY_LIVE_H
#define TESTS_UNIT_STORE_MEMORY_LIVE_H

#include "store/place.h"

enum { MEMORY_OBJECTS = 16 };

typedef struct {
  cy_entry entry; /* kind, label, certificate; a key is made for each visit */
  const char *key_file;
  bool there;
} memory_object;

/* The world outside, which outlives sessions. */
typedef struct {
  memory_object objects[MEMORY_OBJECTS]; /* part - 1 is the index */
  const char *pin;
  bool logged_in;
  bool only_at_commit;  /* changes wait until commit */
  const char *refuse;   /* the label of what can not be put */
  int sessions;         /* that are open */
  int keys;             /* that are not freed yet */
  int signatures;
  int key_freed_late; /* after its session was closed */
  cy_arena arena;
} memory_world;

extern memory_world memory;
extern const cy_live memory_live, memory_live_renaming;

void memory_reset(void);
/* Files of tests/fixtures/store; NULL: none. */
void memory_add(const char *label, const char *cert, const char *key);

#endif
