/*
 * nginx's configuration: shared by read_nginx*.c only.
 *
 * Purpose:   read_nginx.c makes a tree of the files, read_nginx_side.c makes sides of it.
 * Ownership: the tree's.
 * Errors:    tls.malformed with file and line where nginx itself would give up.
 * Threads:   one owner.
 * Source:    nginx.org, ngx_http_ssl_module, ngx_http_proxy_module, ngx_stream_ssl_module,
 *            ngx_stream_proxy_module; nginx -t and real handshakes of 1.22.
 */
#ifndef CY_TLS_READ_NGINX_H
#define CY_TLS_READ_NGINX_H

#include "tls/reader_tree.h"

/* Servers with ssl, and what passes on over TLS. */
cy_err *cy_nginx_sides(cy_tls_reading *reading, cy_tls_tree *tree, const char *path) CY_MUST_USE;

#endif
