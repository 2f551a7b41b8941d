#include "product/product.h"

#include "base/text.h"
#include "product/codes.h"

const cy_product cy_products[] = {
#include "products.inc"
};
const size_t cy_product_count = CY_COUNT(cy_products);

static cy_err *unknown(const char *id)
{
  CY_CLEAN(cy_buf) names = CY_BUF_TEXT;
  cy_nearest near = CY_NEAREST(id);
  for (size_t i = 0; i < cy_product_count; i++) {
    cy_nearest_try(&near, cy_products[i].id);
    cy_buf_printf(&names, "%s%s", i ? ", " : "", cy_products[i].id);
  }
  cy_err *err = cy_err_new(CY_E_PRODUCT_UNKNOWN, "there is no product called %s here", id);
  if (near.best)
    return cy_err_hint(err, "Did you mean %s? There are: %s.", near.best, cy_buf_cstr(&names));
  return cy_err_hint(err, "There are: %s.", cy_buf_cstr(&names));
}

cy_err *cy_product_find(const cy_product **out, const char *id)
{
  *out = NULL;
  for (size_t i = 0; i < cy_product_count && !*out; i++)
    if (strcmp(cy_products[i].id, id) == 0)
      *out = &cy_products[i];
  return *out ? NULL : unknown(id);
}

static bool has_word(const char *words, const char *wanted)
{
  size_t len = strlen(wanted);
  for (const char *at = words; *at; at += *at == ' ') {
    size_t word = strcspn(at, " ");
    if (word == len && memcmp(at, wanted, len) == 0)
      return true;
    at += word;
  }
  return false;
}

bool cy_product_reads(const cy_product *product, const char *kind)
{
  return has_word(product->reads, kind);
}

bool cy_product_uses(const cy_product *product, const char *type)
{
  return !has_word(product->unusable, type);
}
