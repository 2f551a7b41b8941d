/*
 * Apache httpd's configuration: shared by read_httpd*.c only.
 *
 * Purpose:   read_httpd.c makes a tree of the files, read_httpd_side.c makes sides of it.
 * Ownership: the tree's.
 * Errors:    tls.malformed with file and line where httpd itself would give up.
 * Threads:   one owner.
 * Source:    httpd.apache.org: core, mod_ssl, mod_proxy of 2.4; what apache2 2.4 does.
 */
#ifndef CY_TLS_READ_HTTPD_H
#define CY_TLS_READ_HTTPD_H

#include "tls/reader_tree.h"

/* Hosts with TLS, and what passes on over TLS. `base`: a file with which relative names begin. */
cy_err *cy_httpd_sides(cy_tls_reading *reading, cy_tls_tree *tree, const char *base) CY_MUST_USE;

#endif
