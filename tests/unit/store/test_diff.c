/* Comparing stores: what belongs together, with many entries, and without memory. */
#include "tests/unit/store/store_util.h"

#include "crypto/lib.h"
#include "store/diff.h"

static cy_diff *diff_of(cy_place *a, cy_place *b)
{
  cy_diff *diff;
  const cy_diff_side first = {a, NULL, NULL}, second = {b, NULL, NULL};
  fine(cy_diff_make(&diff, &first, &second));
  return diff;
}

/* "only-first:Root label:x" */
static void differ(cy_place *a, cy_place *b, const char *want)
{
  CY_CLEAN(cy_buf) have = CY_BUF_TEXT;
  CY_AUTO(cy_diff) *diff = diff_of(a, b);
  size_t count;
  const cy_diff_item *items = cy_diff_items(diff, &count);
  for (size_t i = 0; i < count; i++) {
    cy_buf_printf(&have, "%s%s:", i ? " " : "", cy_diff_kind_name(items[i].kind));
    fine(cy_entry_name(items[i].first ? items[i].first : items[i].second, &have));
  }
  assert_string_equal(cy_buf_cstr(&have), want);
  cy_findings list = {0};
  fine(cy_diff_findings(diff, &list));
  assert_int_equal(list.count, count);
  for (size_t i = 0; i < count; i++)
    assert_true(strncmp(cy_finding_info_get(list.items[i]->id)->id, "diff.", 5) == 0);
  cy_findings_clear(&list);
}

extern const cy_format cy_format_pkcs12, cy_format_jks;

static void same_things_in_any_order(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *a = OPEN("root.pem", "root2.pem", "a.csr", "root.crl");
  CY_AUTO(cy_place) *b = OPEN("root.crl", "a.csr", "root2.pem", "root.pem");
  differ(a, b, "");
  CY_AUTO(cy_diff) *diff = diff_of(a, b);
  assert_int_equal(cy_diff_common(diff), 4);
  CY_AUTO(cy_place) *twice = OPEN("root.pem", "root.pem", "root2.pem", "a.csr", "root.crl");
  differ(a, twice, "");
}

static void missing_on_either_side(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *a = OPEN("root.pem", "dsa.pem", "a.csr");
  CY_AUTO(cy_place) *b = OPEN("root.pem", "rsa.pem", "root.crl");
  differ(a, b, "only-first:Dsa only-first:Alpha only-second:Self only-second:Root");
}

static void keys_and_chains(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *with = OPEN("a.key", "a.pem", "mid.pem", "root.pem");
  CY_AUTO(cy_place) *without = OPEN("a.pem", "mid.pem", "root.pem");
  CY_AUTO(cy_place) *shorter = OPEN("a.key", "a.pem", "mid.pem");
  CY_AUTO(cy_place) *alone = OPEN("a.key", "a.pem");
  CY_AUTO(cy_place) *key = OPEN("a.key");
  CY_AUTO(cy_place) *other = OPEN("b.key");
  differ(with, with, "");
  differ(with, shorter, "chain:Alpha");
  differ(alone, shorter, "chain:Alpha");
  differ(with, without, "key:Alpha");
  differ(without, with, "key:Alpha");
  differ(key, key, "");
  differ(key, other, "only-first: only-second:");
}

static void renewals(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *a = OPEN("root.pem", "mid.pem");
  CY_AUTO(cy_place) *b = OPEN("root.pem", "midold.pem");
  CY_AUTO(cy_place) *cross = OPEN("root.pem", "cross.pem");
  differ(a, b, "renewed:Middle");
  CY_AUTO(cy_diff) *diff = diff_of(a, b);
  size_t count;
  assert_false(cy_diff_items(diff, &count)->same_key);
  CY_AUTO(cy_diff) *crossed = diff_of(a, cross);
  assert_int_equal(cy_diff_count(crossed, CY_DIFF_RENEWED), 1);
  assert_true(cy_diff_items(crossed, &count)->same_key);
}

static void labels_and_trust(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *p12 =
    labelled_store(OPEN("root.pem", "root2.pem"), &cy_format_pkcs12, LABELS("One", "two"), false);
  CY_AUTO(cy_place) *upper =
    labelled_store(OPEN("root.pem", "root2.pem"), &cy_format_pkcs12, LABELS("ONE", "two"), false);
  CY_AUTO(cy_place) *swapped =
    labelled_store(OPEN("root2.pem", "root.pem"), &cy_format_pkcs12, LABELS("One", "two"), true);
  CY_AUTO(cy_place) *jks =
    labelled_store(OPEN("root.pem", "root2.pem"), &cy_format_jks, LABELS("one", "two"), true);
  CY_AUTO(cy_place) *copies = labelled_store(
    OPEN("root.pem", "root.pem", "root2.pem"), &cy_format_pkcs12, LABELS("a", "One", "two"), false);
  CY_AUTO(cy_place) *pem = OPEN("root.pem", "root2.pem");
  differ(p12, p12, "");
  differ(p12, upper, "label:One");
  differ(p12, swapped, "trust:One label:One trust:two label:two");
  differ(p12, jks, "trust:One trust:two");
  differ(jks, jks, "");
  differ(p12, copies, "label:a");
  differ(copies, p12, "label:a");
  differ(pem, p12, "");
  differ(jks, pem, "");
}

/* A trusted certificate that the other store has only in a chain is not trusted there. */
static void in_a_chain_only(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *both =
    labelled_store(OPEN("a.key", "a.pem", "mid.pem", "root.pem"), &cy_format_pkcs12, LABELS("a"), true);
  CY_AUTO(cy_place) *root = labelled_store(OPEN("root.pem"), &cy_format_pkcs12, LABELS("root"), true);
  CY_AUTO(cy_place) *plain = OPEN("root.pem");
  differ(root, both, "trust:root only-second:a");
  differ(plain, both, "only-second:a");
}

static cy_place *many(uint32_t from, uint32_t count)
{
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  for (uint32_t i = from; i < from + count; i++) {
    const uint8_t der[] = {0x30, 6, 2, 4, 1, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};
    cy_pem_encode(&text, "CERTIFICATE", cy_span_of(der, sizeof der));
  }
  return open_bytes(cy_buf_get(&text));
}

static void a_hundred_thousand(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *a = many(0, 100000);
  CY_AUTO(cy_place) *b = many(7, 100000);
  CY_AUTO(cy_diff) *diff = diff_of(a, b);
  assert_int_equal(cy_diff_common(diff), 99993);
  assert_int_equal(cy_diff_count(diff, CY_DIFF_ONLY_FIRST), 7);
  assert_int_equal(cy_diff_count(diff, CY_DIFF_ONLY_SECOND), 7);
}

static bool deny(size_t size, void *arg)
{
  (void)size;
  return (*(long *)arg)-- == 0;
}

static void no_memory_is_survived(void **state)
{
  bool finished = false;
  (void)state;
  for (long n = 0; !finished; n++) {
    CY_AUTO(cy_place) *a = OPEN("a.key", "a.pem", "mid.pem", "root.crl");
    CY_AUTO(cy_place) *b = OPEN("a.pem", "midold.pem", "root2.pem", "b.key");
    const cy_diff_side first = {a, NULL, NULL}, second = {b, NULL, NULL};
    cy_diff *diff = NULL;
    cy_findings list = {0};
    long left = n;
    cy_mem_hook(deny, &left);
    cy_err *err = cy_diff_make(&diff, &first, &second);
    if (!err)
      err = cy_diff_findings(diff, &list);
    cy_mem_hook(NULL, NULL);
    finished = left >= 0;
    if (finished)
      fine(err);
    else if (err)
      assert_true(cy_err_is(err, CY_E_NO_MEMORY));
    cy_err_free(err);
    cy_diff_free(diff);
    cy_findings_clear(&list);
    assert_true(n < 20000);
  }
}

static int end(void **state)
{
  (void)state;
  cy_digest_thread_end();
  cy_lib_end();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(same_things_in_any_order),
    cmocka_unit_test(missing_on_either_side), cmocka_unit_test(keys_and_chains), cmocka_unit_test(renewals),
    cmocka_unit_test(labels_and_trust), cmocka_unit_test(in_a_chain_only),
    cmocka_unit_test(a_hundred_thousand), cmocka_unit_test(no_memory_is_survived)};
  return cmocka_run_group_tests(tests, NULL, end);
}
