/* causey-test: any-user. PKCS#7 bundles: read, changed, refused; cut, flipped and without memory. */
#include "tests/unit/store/store_util.h"

#include "base/der.h"
#include "store/codes.h"
#include "store/pkcs7.h"

extern const cy_format cy_format_p7b;

/* Certificates of Root and Alpha and a CRL, as openssl crl2pkcs7 writes them. */
static void make_bundle(cy_buf *out)
{
  CY_CLEAN(cy_buf) root;
  CY_CLEAN(cy_buf) a;
  CY_CLEAN(cy_buf) crl;
  load_der(&root, "root.pem");
  load_der(&a, "a.pem");
  load_der(&crl, "root.crl");
  const cy_pkcs7_item items[] = {
    {cy_buf_get(&a), false}, {cy_buf_get(&root), false}, {cy_buf_get(&crl), true}};
  *out = CY_BUF_STORE;
  cy_pkcs7_encode(out, items, 3);
}

static void holds_kinds(cy_place *place, const char *want)
{
  char have[64] = "";
  size_t iter = 0;
  for (cy_entry *e; (e = cy_place_next(place, &iter));)
    strncat(have, cy_entry_kind_name(e->kind), 2);
  assert_string_equal(have, want);
}

static void reads_and_writes(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) bytes;
  CY_CLEAN(cy_buf) same = CY_BUF_STORE;
  CY_CLEAN(cy_buf) less = CY_BUF_STORE;
  CY_AUTO(cy_place) *again = NULL;
  make_bundle(&bytes);
  CY_AUTO(cy_place) *place = open_bytes(cy_buf_get(&bytes));
  assert_string_equal(cy_place_kind(place), "p7b");
  holds_kinds(place, "cececr");
  fine(cy_format_p7b.serialise(cy_place_doc(place), &cy_write_default, NULL, &same));
  assert_true(cy_span_equal(cy_buf_get(&same), cy_buf_get(&bytes)));
  fine(cy_place_remove(place, entry_at(place, 1)));
  fine(cy_format_p7b.serialise(cy_place_doc(place), &cy_write_default, NULL, &less));
  fine(try_place(&again, cy_buf_get(&less), "x", NULL));
  holds_kinds(again, "cecr");
}

static void every_cut_is_refused(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) bytes;
  make_bundle(&bytes);
  for (size_t n = 1; n < bytes.len; n++) {
    CY_AUTO(cy_place) *place = NULL;
    fails_with(try_place(&place, cy_span_of(bytes.data, n), "x", &cy_format_p7b), CY_E_STORE_DAMAGED);
  }
}

static void no_flip_harms(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) bytes;
  make_bundle(&bytes);
  for (size_t i = 0; i < bytes.len * 8; i++) {
    CY_AUTO(cy_place) *place = NULL;
    bytes.data[i / 8] ^= (uint8_t)(1 << i % 8);
    cy_err_free(try_place(&place, cy_buf_get(&bytes), "x", &cy_format_p7b));
    bytes.data[i / 8] ^= (uint8_t)(1 << i % 8);
  }
}

static void signed_data_is_read_only(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) file = CY_BUF_STORE;
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  char path[300];
  fine(cy_file_read(&file, test_path(path, sizeof path, "tests/corpus/pkcs7/signed"), 1 << 20, NULL));
  CY_AUTO(cy_place) *place = open_bytes(cy_buf_get(&file));
  holds_kinds(place, "ce");
  fine(cy_place_remove(place, entry_at(place, 1)));
  fails_with(
    cy_format_p7b.serialise(cy_place_doc(place), &cy_write_default, NULL, &out), CY_E_STORE_READ_ONLY);
}

static cy_err *remove_and_write(void *bytes)
{
  CY_AUTO(cy_place) *place = NULL;
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  CY_TRY(try_place(&place, cy_buf_get(bytes), "x", NULL));
  CY_TRY(cy_place_remove(place, cy_place_doc(place)->entries[1]));
  return cy_format_p7b.serialise(cy_place_doc(place), &cy_write_default, NULL, &out);
}

static void without_memory(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) bytes;
  make_bundle(&bytes);
  memory_ends_anywhere(remove_and_write, &bytes, 5);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(reads_and_writes),
    cmocka_unit_test(every_cut_is_refused), cmocka_unit_test(no_flip_harms),
    cmocka_unit_test(signed_data_is_read_only), cmocka_unit_test(without_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
