/*
 * Sides, for people and programs.
 *
 * Purpose:   what was understood of a configuration: values, settings in force and beaten, findings. In
 *            JSON it is the form that the reader `json` takes.
 * Ownership: borrows.
 * Errors:    in the output.
 * Threads:   the output's owner.
 * Source:    docs/schema/tls_side-1.json.
 */
#ifndef CY_TLS_SIDE_SHOW_H
#define CY_TLS_SIDE_SHOW_H

#include "base/out.h"
#include "tls/side.h"

/* One element of "sides". */
void cy_tls_side_show(cy_out *out, const cy_tls_side *side);
/* "TLS 1.2, TLS 1.3" */
void cy_tls_versions_format(cy_buf *buf, unsigned versions);

#endif
