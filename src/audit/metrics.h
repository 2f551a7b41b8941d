/*
 * Metrics: an audit for Prometheus.
 *
 * Purpose:   the text exposition format: when each certificate ends, findings by severity, stores that were
 *            opened or not, how long it took.
 * Ownership: appends to the caller's buffer.
 * Errors:    in the buffer.
 * Threads:   one owner.
 * Source:    Prometheus text exposition format 0.0.4.
 *
 * A sample's labels are unique: path, entry (its position) and chain (its position in the entry's chain)
 * tell any two apart. Names and labels stay; new ones may come.
 */
#ifndef CY_AUDIT_METRICS_H
#define CY_AUDIT_METRICS_H

#include "audit/audit.h"

void cy_metrics_begin(cy_buf *text);
void cy_metrics_store(cy_buf *text, const cy_audit_store *store);
/* `took_ms`: from beginning to end; `when`: the end. */
void cy_metrics_end(cy_buf *text, const cy_audit_summary *sum, uint64_t took_ms, cy_time when);

#endif
