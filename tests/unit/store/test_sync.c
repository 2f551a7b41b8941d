/* Keeping in step: what is added, renewed, retired and left alone; twice; with many; without memory. */
#include "tests/unit/store/store_util.h"

#include "crypto/lib.h"
#include "store/codes.h"
#include "store/diff.h"
#include "store/sync.h"

extern const cy_format cy_format_pkcs12, cy_format_jks;

static const cy_selector everything;

#define P12(pieces, ...) labelled_store(pieces, &cy_format_pkcs12, LABELS(__VA_ARGS__), true)
#define JKS(pieces, ...) labelled_store(pieces, &cy_format_jks, LABELS(__VA_ARGS__), true)

/* "replace:Root add:Other"; then does it, and tries that a second plan has nothing to do. */
static void syncs(cy_place *bundle_place, cy_place *store, bool keep, const char *want)
{
  CY_CLEAN(cy_buf) have = CY_BUF_TEXT;
  CY_AUTO(cy_bundle) *bundle = NULL;
  CY_AUTO(cy_sync) *sync = NULL;
  CY_AUTO(cy_sync) *again = NULL;
  fine(cy_bundle_make(&bundle, bundle_place, &everything));
  fine(cy_sync_plan(&sync, bundle, store, keep));
  size_t count;
  const cy_sync_item *items = cy_sync_items(sync, &count);
  for (size_t i = 0; i < count; i++)
    cy_buf_printf(&have, "%s%s:%s", i ? " " : "", cy_sync_name(items[i].what),
      items[i].label ? items[i].label : items[i].subject);
  assert_string_equal(cy_buf_cstr(&have), want);
  fine(cy_sync_apply(sync));
  fine(cy_sync_plan(&again, bundle, store, keep));
  assert_false(cy_sync_changes(again));
  assert_int_equal(cy_sync_same(again), cy_bundle_count(bundle));
}

/* What the bundle has is trusted in the store, and nothing else is. */
static void trusts_the_same(cy_place *a, cy_place *b)
{
  cy_diff *diff;
  const cy_diff_side first = {a, NULL, NULL}, second = {b, NULL, NULL};
  fine(cy_diff_make(&diff, &first, &second));
  assert_int_equal(cy_diff_count(diff, CY_DIFF_ONLY_FIRST), 0);
  assert_int_equal(cy_diff_count(diff, CY_DIFF_RENEWED), 0);
  assert_int_equal(cy_diff_count(diff, CY_DIFF_TRUST), 0);
  size_t count;
  const cy_diff_item *items = cy_diff_items(diff, &count);
  for (size_t i = 0; i < count; i++)
    assert_true(items[i].kind != CY_DIFF_ONLY_SECOND || items[i].second->has_key);
  cy_diff_free(diff);
}

static void lists_of_certificates(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *bundle = OPEN("root.pem", "root2.pem", "mid.pem");
  CY_AUTO(cy_place) *same = OPEN("mid.pem", "root.pem", "root2.pem");
  CY_AUTO(cy_place) *store = OPEN("root.pem", "dsa.pem", "midold.pem");
  CY_AUTO(cy_place) *keeping = OPEN("root.pem", "dsa.pem");
  syncs(bundle, same, false, "");
  syncs(bundle, store, false, "add:Other Root add:Middle retire:Dsa retire:Middle");
  trusts_the_same(bundle, store);
  syncs(bundle, keeping, true, "add:Other Root add:Middle keep:Dsa");
}

/* cross.pem has the subject and key of mid.pem, and was signed by another. */
static void renewed_keeps_its_label(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *bundle = OPEN("root.pem", "cross.pem");
  CY_AUTO(cy_place) *p12 = P12(OPEN("root.pem", "mid.pem"), "ours", "the-middle");
  CY_AUTO(cy_place) *jks = JKS(OPEN("root.pem", "mid.pem"), "ours", "the-middle");
  syncs(bundle, p12, false, "replace:the-middle");
  syncs(bundle, jks, false, "replace:the-middle");
  trusts_the_same(bundle, p12);
  trusts_the_same(bundle, jks);
}

/* Names that are taken are not taken twice. */
static void new_ones_get_labels(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *bundle = OPEN("root.pem", "root2.pem");
  CY_AUTO(cy_place) *p12 = P12(OPEN("rsa.pem", "a.key"), "Root", "x");
  CY_AUTO(cy_place) *labelled = P12(OPEN("root.pem", "root2.pem"), "Alpha", "Beta");
  CY_AUTO(cy_place) *jks = JKS(OPEN("rsa.pem"), "ALPHA");
  syncs(bundle, p12, false, "add:Root-2 add:Other Root retire:Root");
  syncs(labelled, jks, false, "add:Alpha-2 add:Beta retire:ALPHA");
}

static void identities_are_left_alone(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *bundle = OPEN("root2.pem");
  CY_AUTO(cy_place) *pem = OPEN("a.key", "a.pem", "mid.pem", "root.pem", "dsa.pem");
  CY_AUTO(cy_place) *in_chain = OPEN("root.pem");
  CY_AUTO(cy_place) *own = P12(OPEN("root.key", "mid.pem"), "ca key", "middle");
  cy_entry *entry;
  syncs(bundle, pem, false, "add:Other Root retire:Dsa");
  holds(pem, "I:Alpha/3 C:Other Root");
  syncs(in_chain, pem, false, "retire:Other Root"); /* what stands in the chain is there already */
  holds(pem, "I:Alpha/3");
  /* A certificate of a key that is here stays, though nobody published it. */
  CY_AUTO(cy_place) *root = OPEN("root.pem");
  size_t iter = 0;
  cy_entry copy = *cy_place_next(root, &iter);
  copy.kind = CY_ENTRY_TRUSTED;
  copy.label = (char *)(uintptr_t) "own";
  fine(cy_place_put(own, &copy, false));
  fine(find_label(own, "ca key", &entry));
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  fine(cy_pkcs8_public(&spki, cy_secret_get(entry->key.plain)));
  entry->key.spki = cy_buf_get(&spki);
  syncs(bundle, own, false, "add:Other Root retire:middle keep:own");
  entry->key.spki = CY_SPAN_NONE;
}

static void marks_what_java_would_not_see(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *bundle = OPEN("root.pem");
  CY_AUTO(cy_place) *p12 =
    labelled_store(OPEN("root.pem", "dsa.pem"), &cy_format_pkcs12, LABELS("r", "d"), false);
  CY_AUTO(cy_place) *with_key =
    labelled_store(OPEN("root.pem", "dsa.pem", "b.key"), &cy_format_pkcs12, LABELS("r", "d", "k"), false);
  CY_AUTO(cy_place) *marked = P12(OPEN("root.pem"), "r");
  cy_entry *other;
  CY_AUTO(cy_place) *dsa = OPEN("dsa.pem");
  fine(cy_place_find(dsa, &(cy_selector){.kind = CY_SELECT_POSITION, .position = 1}, &other));
  fine(cy_place_put(marked, other, false));
  syncs(bundle, p12, false, "mark:r retire:d");
  syncs(bundle, with_key, false, "mark:r keep:d");
  syncs(bundle, marked, false, "keep:Dsa");
  /* A bundle that marks some publishes those. */
  CY_AUTO(cy_place) *pem = OPEN("root.pem");
  syncs(marked, pem, false, "");
}

static void nothing_to_publish(void **state)
{
  cy_bundle *bundle;
  (void)state;
  CY_AUTO(cy_place) *key = OPEN("a.key", "a.pem");
  CY_AUTO(cy_place) *request = OPEN("a.csr");
  fails_with(cy_bundle_make(&bundle, key, &everything), CY_E_SYNC_EMPTY);
  assert_null(bundle);
  fails_with(cy_bundle_make(&bundle, request, &everything), CY_E_SYNC_EMPTY);
}

static void der_holds_one(void **state)
{
  CY_CLEAN(cy_buf) der;
  CY_AUTO(cy_bundle) *bundle = NULL;
  cy_place *store;
  cy_sync *sync;
  (void)state;
  CY_AUTO(cy_place) *pem = OPEN("root.pem");
  load_der(&der, "root.pem");
  fine(try_place(&store, cy_buf_get(&der), "x.der", NULL));
  fine(cy_bundle_make(&bundle, pem, &everything));
  fails_with(cy_sync_plan(&sync, bundle, store, false), CY_E_STORE_CANNOT_HOLD);
  assert_null(sync);
  cy_place_close(store);
}

static bool deny(size_t size, void *arg)
{
  (void)size;
  return (*(long *)arg)-- == 0;
}

static cy_err *try_sync(cy_place *published, cy_place *store)
{
  CY_AUTO(cy_bundle) *bundle = NULL;
  CY_AUTO(cy_sync) *sync = NULL;
  CY_TRY(cy_bundle_make(&bundle, published, &everything));
  CY_TRY(cy_sync_plan(&sync, bundle, store, false));
  return cy_sync_apply(sync);
}

static void no_memory_is_survived(void **state)
{
  bool finished = false;
  (void)state;
  for (long n = 0; !finished; n++) {
    CY_AUTO(cy_place) *bundle = OPEN("root2.pem", "cross.pem");
    CY_AUTO(cy_place) *store = JKS(OPEN("root.pem", "mid.pem", "rsa.pem"), "a", "b", "c");
    long left = n;
    cy_mem_hook(deny, &left);
    cy_err *err = try_sync(bundle, store);
    cy_mem_hook(NULL, NULL);
    finished = left >= 0;
    if (finished)
      fine(err);
    else if (err)
      assert_true(cy_err_is(err, CY_E_NO_MEMORY));
    cy_err_free(err);
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
  const struct CMUnitTest tests[] = {cmocka_unit_test(lists_of_certificates),
    cmocka_unit_test(renewed_keeps_its_label), cmocka_unit_test(new_ones_get_labels),
    cmocka_unit_test(identities_are_left_alone), cmocka_unit_test(marks_what_java_would_not_see),
    cmocka_unit_test(nothing_to_publish), cmocka_unit_test(der_holds_one),
    cmocka_unit_test(no_memory_is_survived)};
  return cmocka_run_group_tests(tests, NULL, end);
}
