#include "x509/crl_scope.h"

#include "base/der.h"
#include "x509/general_name.h"
#include "x509/name.h"

void cy_dist_points_begin(cy_dist_points *points, const cy_cert_view *cert)
{
  const cy_ext *ext = cy_cert_ext(cert, CY_OID_CRL_DISTRIBUTION_POINTS);
  points->parse = (cy_parse){.lenient = true};
  points->none = !ext;
  cy_cur outer = cy_cur_begin(&points->parse, ext ? ext->value : CY_SPAN_NONE);
  points->list = outer;
  if (!ext)
    return;
  points->list = cy_der_enter(&outer, CY_DER_SEQUENCE);
  cy_cur_end(&outer);
}

/* ReasonFlags: bit n is reason n. */
static unsigned read_reasons(cy_span bits)
{
  unsigned reasons = 0;
  for (size_t i = 1; i < bits.len && i < 3; i++)
    for (unsigned b = 0; b < 8; b++)
      if (bits.data[i] & (0x80 >> b))
        reasons |= 1u << ((i - 1) * 8 + b);
  return reasons & CY_REASONS_ALL;
}

bool cy_dist_point_next(cy_dist_points *points, cy_dist_point *point)
{
  cy_cur name;
  cy_span bits;
  *point = (cy_dist_point){.reasons = CY_REASONS_ALL};
  if (points->none) {
    points->none = false;
    return true;
  }
  if (!cy_cur_more(&points->list))
    return false;
  cy_cur seq = cy_der_enter(&points->list, CY_DER_SEQUENCE);
  if (cy_der_enter_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(0), &name)) {
    if (!cy_der_take_if(&name, CY_DER_CONTEXT_CONSTRUCTED(0), &point->full))
      cy_der_take_if(&name, CY_DER_CONTEXT_CONSTRUCTED(1), &point->relative);
    cy_der_leave(&name);
  }
  if (cy_der_take_if(&seq, CY_DER_CONTEXT(1), &bits))
    point->reasons = read_reasons(bits);
  cy_der_take_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(2), &point->issuer);
  cy_der_leave(&seq);
  return cy_cur_ok(&seq);
}

bool cy_dist_points_ok(const cy_dist_points *points)
{
  return cy_cur_ok(&points->list);
}

/* Names of points: GeneralNames, or one directory name that is put together. */
typedef struct {
  cy_span names; /* content */
  cy_buf built;
} point_names;

/* The name `base` with one more RDN, as a GeneralName. */
static void build(point_names *out, cy_span base, cy_span rdn)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, base);
  size_t outer = cy_der_begin(&out->built), name = cy_der_begin(&out->built);
  cy_buf_span(&out->built, cy_der_take(&cur, CY_DER_SEQUENCE));
  cy_der_put(&out->built, CY_DER_SET, rdn);
  cy_der_end(&out->built, name, CY_DER_SEQUENCE);
  cy_der_end(&out->built, outer, CY_DER_CONTEXT_CONSTRUCTED(4));
  out->names = cy_buf_get(&out->built);
}

static bool same_name(const cy_general_name *a, const cy_general_name *b)
{
  if (a->kind != b->kind)
    return false;
  return a->kind == CY_GN_DIRECTORY ? cy_name_equal(a->value, b->value) : cy_span_equal(a->value, b->value);
}

static bool contains(cy_span names, const cy_general_name *wanted)
{
  cy_gn_iter iter;
  cy_general_name name;
  cy_gn_begin_content(&iter, names);
  while (cy_gn_next(&iter, &name))
    if (same_name(&name, wanted))
      return true;
  return false;
}

static bool share_a_name(cy_span a, cy_span b)
{
  cy_gn_iter iter;
  cy_general_name name;
  cy_gn_begin_content(&iter, a);
  while (cy_gn_next(&iter, &name))
    if (contains(b, &name))
      return true;
  return false;
}

static cy_span first_directory(cy_span names)
{
  cy_gn_iter iter;
  cy_general_name name;
  cy_gn_begin_content(&iter, names);
  while (cy_gn_next(&iter, &name))
    if (name.kind == CY_GN_DIRECTORY)
      return name.value;
  return CY_SPAN_NONE;
}

/* 6.3.3 (b) (1): the list is of whom the point names, or of the certificate's issuer. */
static bool issuer_fits(const cy_crl_view *crl, const cy_cert_view *cert, const cy_dist_point *point)
{
  cy_general_name issuer = {.kind = CY_GN_DIRECTORY, .value = crl->issuer};
  if (point->issuer.len)
    return contains(point->issuer, &issuer) && crl->indirect;
  return cy_name_equal(crl->issuer, cert->issuer);
}

/* 6.3.3 (b) (2) (i): a list that names its point must name one of the certificate's. */
static bool point_fits(const cy_crl_view *crl, const cy_cert_view *cert, const cy_dist_point *point)
{
  point_names of_crl = {.names = crl->point_full, .built = CY_BUF_TEXT};
  point_names of_cert = {.names = point->full, .built = CY_BUF_TEXT};
  if (!crl->point_full.len && !crl->point_relative.len)
    return true;
  if (crl->point_relative.len)
    build(&of_crl, crl->issuer, crl->point_relative);
  if (point->relative.len)
    build(&of_cert, point->issuer.len ? first_directory(point->issuer) : cert->issuer, point->relative);
  else if (!point->full.len)
    of_cert.names = point->issuer;
  bool fits = share_a_name(of_crl.names, of_cert.names);
  cy_general_name issuer = {.kind = CY_GN_DIRECTORY, .value = cert->issuer};
  if (!of_cert.names.len)
    fits = contains(of_crl.names, &issuer);
  cy_buf_clear(&of_crl.built);
  cy_buf_clear(&of_cert.built);
  return fits;
}

unsigned cy_crl_scope(const cy_crl_view *crl, const cy_cert_view *cert, const cy_dist_point *point)
{
  bool ca = cert->has_basic_constraints && cert->is_ca;
  if (crl->only_attributes || (crl->only_users && ca) || (crl->only_cas && !ca))
    return 0;
  if (!issuer_fits(crl, cert, point) || !point_fits(crl, cert, point))
    return 0;
  unsigned reasons = crl->has_reasons ? crl->reasons & CY_REASONS_ALL : CY_REASONS_ALL;
  return reasons & point->reasons;
}
