/*
 * Reaching: which of several servers of one file a client comes to.
 *
 * Purpose:   web servers choose by the name that the client asks for (server_name, ServerName, sni), queue
 *            managers by the channel's name.
 * Ownership: borrows.
 * Errors:    memory.
 * Threads:   pure.
 * Source:    nginx, "Server names" and "Configuring HTTPS servers"; Apache httpd, "Name-based Virtual Host
 *            Support"; haproxy, crt and strict-sni of bind; stunnel(8), sni; IBM MQ, channel names.
 */
#ifndef CY_TLS_REACH_H
#define CY_TLS_REACH_H

#include "tls/side.h"

/* Whether one end of a list is the one that `other` comes to (or comes from), and why, in words.
 * *which is SIZE_MAX when nothing tells. */
cy_err *cy_tls_reach(size_t *which, cy_buf *why, const cy_tls_sides *sides, const cy_tls_side *other)
  CY_MUST_USE;

/* Of a server with several certificates that a name chooses among, those that are shown to this client:
 * others are taken out. `why` stays empty when nothing was chosen. */
cy_err *cy_tls_reach_certificate(cy_tls_side *server, const char *host, cy_buf *why) CY_MUST_USE;

#endif
