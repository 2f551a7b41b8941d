/*
 * The readers of traces, a file each.
 *
 * Purpose:   their list, for tls/trace.c.
 * Ownership: constant.
 * Errors:    none.
 * Threads:   constant.
 * Source:    each reader's own.
 */
#ifndef CY_TLS_TRACE_READERS_H
#define CY_TLS_TRACE_READERS_H

#include "tls/trace.h"

extern const cy_tls_trace cy_trace_s_client, cy_trace_gnutls, cy_trace_curl, cy_trace_java, cy_trace_hex;
extern const cy_tls_trace cy_trace_gsk, cy_trace_mq, cy_trace_zldap;

#endif
