/* help products: for whom `cp --for` writes, and where that is known from. */
#include "cli/for_product.h"

static void put_product(cy_out *out, const cy_product *p)
{
  CY_CLEAN(cy_buf) kinds = CY_BUF_TEXT;
  cy_for_product_kinds(&kinds, p);
  cy_out_open(out, NULL, "");
  cy_out_str(out, "id", NULL, p->id);
  cy_out_str(out, "title", NULL, p->title);
  cy_out_str(out, "writes", NULL, p->writes);
  cy_out_str(out, "reads", NULL, p->reads);
  cy_out_str(out, "unusable_keys", NULL, p->unusable);
  cy_out_str(out, "source", NULL, p->source);
  cy_out_str(out, "date", NULL, p->date);
  cy_out_str(out, "certainty", NULL, p->certainty);
  cy_out_str(out, "words", NULL, p->words);
  cy_out_heading(out, "--for %s   %s", p->id, p->title);
  cy_out_labelled(out, "reads    ", cy_buf_cstr(&kinds));
  cy_out_labelled(out, "         ", p->words);
  cy_buf_reset(&kinds);
  cy_buf_printf(&kinds, "%s (%s, %s)", p->source,
    strcmp(p->certainty, "memory") == 0 ? "as far as known" : p->certainty, p->date);
  cy_out_labelled(out, "known    ", cy_buf_cstr(&kinds));
  cy_out_close(out);
}

cy_err *cy_help_products(cy_out *out)
{
  cy_out_document(out, "causey.products/1", 0);
  cy_out_list(out, "products", "");
  for (size_t i = 0; i < cy_product_count; i++)
    put_product(out, &cy_products[i]);
  cy_out_list_end(out);
  return NULL;
}
