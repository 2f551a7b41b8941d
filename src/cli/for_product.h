/*
 * Copying for a product: --for.
 *
 * Purpose:   what the table of products says of a product becomes options of a copy, refusals, losses
 *            and remarks.
 * Ownership: works on a cy_copying, which owns everything.
 * Errors:    product.*; losses go into the plan.
 * Threads:   the main thread.
 */
#ifndef CY_CLI_FOR_PRODUCT_H
#define CY_CLI_FOR_PRODUCT_H

#include "cli/copying.h"
#include "product/product.h"

/* Reads the option; does nothing further without it, as do all below. */
cy_err *cy_for_product_begin(cy_copying *c) CY_MUST_USE;
/* Can it read what the target is? */
cy_err *cy_for_product_check_kind(cy_copying *c) CY_MUST_USE;
/* Refuses what it could not use at all, and adds to the plan's losses what it can not use of it. */
cy_err *cy_for_product_check(cy_copying *c) CY_MUST_USE;
/* What somebody has to know who gives the result to it. */
void cy_for_product_note(cy_copying *c);
/* "PEM (.pem), PKCS#12 (.p12)": the kinds that it reads and that there are. */
void cy_for_product_kinds(cy_buf *text, const cy_product *product);

/* `causey help products` (help_products.c). */
cy_err *cy_help_products(cy_out *out) CY_MUST_USE;

#endif
