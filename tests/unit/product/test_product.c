/* The table of products, and how wrong names are answered. */
#include "tests/lib/unit.h"

#include "product/codes.h"
#include "product/product.h"

static void finds(void **state)
{
  (void)state;
  const cy_product *product;
  assert_null(cy_product_find(&product, "java"));
  assert_string_equal(product->writes, "p12");
  assert_true(product->needs & CY_PRODUCT_TRUST_MARK);
  assert_true(cy_product_reads(product, "jks"));
  assert_true(cy_product_reads(product, "p12"));
  assert_false(cy_product_reads(product, "pem"));
  assert_false(cy_product_reads(product, "p1"));
  assert_false(cy_product_reads(product, "p12 jks"));
  assert_true(cy_product_uses(product, "ed25519"));
  assert_null(cy_product_find(&product, "java8"));
  assert_false(cy_product_uses(product, "ed25519"));
  assert_true(cy_product_uses(product, "rsa"));
  assert_true(product->needs & CY_PRODUCT_OLD_PKCS12);
}

static void names_the_nearest(void **state)
{
  (void)state;
  const cy_product *product;
  CY_AUTO(cy_err) *err = cy_product_find(&product, "jvaa");
  assert_null(product);
  assert_true(cy_err_is(err, CY_E_PRODUCT_UNKNOWN));
  assert_non_null(strstr(cy_err_fix(err), "Did you mean java?"));
}

/* Whatever is said about others says where from, when, and how sure it is. */
static void says_where_from(void **state)
{
  (void)state;
  assert_true(cy_product_count > 0);
  for (size_t i = 0; i < cy_product_count; i++) {
    assert_int_equal(strlen(cy_products[i].date), strlen("2026-11-21"));
    assert_true(strlen(cy_products[i].source) > 0);
    assert_true(cy_product_reads(&cy_products[i], cy_products[i].writes));
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(finds), cmocka_unit_test(names_the_nearest), cmocka_unit_test(says_where_from)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
