/*
 * What really happened, beside what is predicted.
 *
 * Purpose:   when an end of a prediction was read from a trace, each fact that the trace shows stands
 *            beside the predicted one, and the difference is told: then what was given is not what was in
 *            force.
 * Ownership: borrows.
 * Errors:    in the output.
 * Threads:   the output's owner.
 * Source:    docs/schema/tls_check-1.json, "seen".
 */
#ifndef CY_TLS_USED_SHOW_H
#define CY_TLS_USED_SHOW_H

#include "tls/outcome_show.h"
#include "tls/used.h"

/* The list "seen" of an object that is open: an element for each end that was read from a trace, one for
 * both when it is the same connection; none otherwise. */
void cy_tls_used_show(cy_out *out, const cy_tls_shown *shown);

#endif
