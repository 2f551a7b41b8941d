/*
 * Does this revocation list answer for that certificate?
 *
 * Purpose:   distribution points of certificates, held against the scope of lists.
 * Ownership: spans borrow from certificate and list.
 * Errors:    cy_dist_point_next answers false at the end; cy_dist_points_ok then says whether all was
 *            well.
 * Threads:   pure functions.
 * Source:    RFC 5280 4.2.1.13, 5.2.5, 6.3.3 (b) and (d).
 */
#ifndef CY_X509_CRL_SCOPE_H
#define CY_X509_CRL_SCOPE_H

#include "base/cursor.h"
#include "x509/crl.h"

typedef struct {
  cy_span full;     /* GeneralNames content of fullName, or empty */
  cy_span relative; /* RelativeDistinguishedName content, or empty */
  unsigned reasons; /* CY_REASONS_ALL when it names none */
  cy_span issuer;   /* GeneralNames content of cRLIssuer, or empty: the certificate's issuer */
} cy_dist_point;

typedef struct {
  cy_parse parse;
  cy_cur list;
  bool none; /* the certificate has no such extension: there is one point, that says nothing */
} cy_dist_points;

void cy_dist_points_begin(cy_dist_points *points, const cy_cert_view *cert);
bool cy_dist_point_next(cy_dist_points *points, cy_dist_point *point);
bool cy_dist_points_ok(const cy_dist_points *points);

/* The reasons that the list answers for at this point; 0: the list is not about this certificate. */
unsigned cy_crl_scope(const cy_crl_view *crl, const cy_cert_view *cert, const cy_dist_point *point);

#endif
