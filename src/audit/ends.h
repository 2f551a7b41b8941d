/*
 * When certificates end: the next few of many.
 *
 * Purpose:   keep the soonest ends while certificates are counted.
 * Ownership: texts belong to the list (cy_audit_ends_clear).
 * Errors:    memory.
 * Threads:   one owner.
 */
#ifndef CY_AUDIT_ENDS_H
#define CY_AUDIT_ENDS_H

#include "audit/audit.h"

/* Would such an end be among the soonest? Saves making the texts. */
bool cy_audit_ends_wants(const cy_audit_ends *ends, cy_time not_after);
/* Takes the texts. */
void cy_audit_ends_add(cy_audit_ends *ends, cy_time not_after, char *address, char *subject);
/* Takes what is wanted of `from`, and clears it. */
void cy_audit_ends_move(cy_audit_ends *ends, cy_audit_ends *from);
void cy_audit_ends_clear(cy_audit_ends *ends);

#endif
