/*
 * Sides on the command line, for all verbs about handshakes.
 *
 * Purpose:   one way to read the operands: role, dialect, host, root and passwords from the options.
 * Ownership: what comes out belongs to the caller.
 * Errors:    usage.wrong when an address means several sides and one is wanted (it lists them); what
 *            readers report.
 * Threads:   the main thread.
 * Source:    none.
 */
#ifndef CY_CLI_TLS_SIDES_H
#define CY_CLI_TLS_SIDES_H

#include "cli/command.h"
#include "tls/what_if.h"

/* All sides of an address that can have this role. */
cy_err *cy_run_tls_sides(cy_run *run, cy_tls_sides *out, const char *address, cy_tls_role role) CY_MUST_USE;
/* All of those that an option names, one address after the other. */
cy_err *cy_run_tls_given(cy_run *run, cy_tls_sides *out, cy_opt option, cy_tls_role role) CY_MUST_USE;
/* Operands, each of which says itself what it is, and --clients and --servers; at least one of both ends.
 */
cy_err *cy_run_tls_both(cy_run *run, cy_tls_sides *clients, cy_tls_sides *servers) CY_MUST_USE;
/* --what-if, as often as it was given. */
cy_err *cy_run_tls_what_ifs(cy_run *run, cy_tls_what_ifs *out) CY_MUST_USE;
/* The only one. */
cy_err *cy_run_tls_side(cy_run *run, cy_tls_side **out, const char *address, cy_tls_role role) CY_MUST_USE;

/* Why one of several was taken, in words; "": there was no choice. */
typedef struct {
  char side[256], certificate[256];
} cy_reached;

/* The two operands. Of several servers (or clients) of a file the one is taken that the other end comes to.
 */
cy_err *cy_run_tls_pair(cy_run *run, cy_tls_side **client, cy_tls_side **server, cy_reached *reached)
  CY_MUST_USE;

#endif
