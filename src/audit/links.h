/*
 * Files of several names: who looks at them.
 *
 * Purpose:   each file is looked at once, under the name that comes first, whichever worker meets
 *            which name first.
 * Ownership: cy_links_clear.
 * Errors:    memory.
 * Threads:   safe.
 *
 * A worker claims a file for the number of its name and leaves it alone when a smaller number has
 * it already. A larger number that was there before loses the file: what it found is not reported.
 * That is known for sure once all smaller numbers are through, which is when results are reported.
 */
#ifndef CY_AUDIT_LINKS_H
#define CY_AUDIT_LINKS_H

#include <pthread.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/map.h"

typedef struct {
  pthread_mutex_t lock;
  cy_map owners;
} cy_links;

void cy_links_init(cy_links *links);
void cy_links_clear(cy_links *links);
/* *mine: nobody before `number` has it so far. */
cy_err *cy_links_claim(cy_links *links, const struct stat *st, size_t number, bool *mine) CY_MUST_USE;
bool cy_links_owns(cy_links *links, const struct stat *st, size_t number);

#endif
