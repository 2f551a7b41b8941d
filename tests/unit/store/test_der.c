/* causey-test: any-user. DER files: each kind, and whatever can be wrong with one. */
#include "tests/unit/store/store_util.h"

#include "store/codes.h"

static const char *const files[] = {"root.pem", "a.csr", "root.crl", "a.key", "rsa.old.key", "a.sealed.key"};

static void each_kind(void **state)
{
  (void)state;
  static const char *const want[] = {"C:Root", "R:Alpha", "L:Root", "K:", "K:", "K:"};
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    CY_CLEAN(cy_buf) der;
    load_der(&der, files[i]);
    CY_AUTO(cy_place) *place = open_bytes(cy_buf_get(&der));
    assert_string_equal(cy_place_kind(place), "der");
    holds(place, want[i]);
  }
}

static void a_sealed_key_opens(void **state)
{
  (void)state;
  asker a = ASKER("secret");
  CY_CLEAN(cy_buf) der;
  CY_CLEAN(cy_buf) clear;
  const cy_secret *key;
  load_der(&der, "a.sealed.key");
  load_der(&clear, "a.key");
  CY_AUTO(cy_place) *place = open_bytes(cy_buf_get(&der));
  fine(cy_place_key(place, entry_at(place, 1), &a.ask, &key));
  assert_true(cy_span_equal(cy_secret_get(key), cy_buf_get(&clear)));
}

/* No crash and no leak are the sanitizer's; a clear word is ours. */
static bool is_refused(cy_span bytes, const char *what, size_t at)
{
  cy_place *place;
  cy_err *err = try_place(&place, bytes, "x.der", &cy_format_der);
  cy_place_close(place);
  if (!err)
    return false;
  cy_exit code = cy_err_exit(err);
  if ((code != CY_EXIT_BAD_INPUT && code != CY_EXIT_CRYPTO && code != CY_EXIT_REFUSED) || !*cy_err_fix(err))
    fail_msg("%s at %zu: exit %d, %s", what, at, code, cy_err_text(err));
  cy_err_free(err);
  return true;
}

static void cut_anywhere(void **state)
{
  (void)state;
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    CY_CLEAN(cy_buf) der;
    load_der(&der, files[i]);
    for (size_t len = 0; len < der.len; len++)
      if (!is_refused(cy_span_of(der.data, len), files[i], len))
        fail_msg("%s cut at %zu is taken", files[i], len);
  }
}

static void turned_anywhere(void **state)
{
  (void)state;
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    CY_CLEAN(cy_buf) der;
    size_t refused = 0;
    load_der(&der, files[i]);
    for (size_t bit = 0; bit < der.len * 8; bit++) {
      der.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
      refused += is_refused(cy_buf_get(&der), files[i], bit);
      der.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(refused > 20);
  }
}

static void says(cy_span bytes, cy_err_code code, const char *words)
{
  cy_place *place;
  cy_err *err = try_place(&place, bytes, "x.der", NULL);
  bool said = false;
  for (const cy_err *e = err; e; e = cy_err_cause(e))
    said = said || strstr(cy_err_text(e), words);
  if (!said)
    fail_msg("no word of %s: %s", words, err ? cy_err_text(err) : "no error");
  fails_with(err, code);
}

static void bytes_behind_the_end(void **state)
{
  (void)state;
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    CY_CLEAN(cy_buf) der;
    load_der(&der, files[i]);
    cy_buf_str(&der, "more");
    says(cy_buf_get(&der), CY_E_STORE_DAMAGED, "4 bytes more");
  }
}

static void two_gigabytes(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) der = CY_BUF_STORE;
  cy_buf_put(&der, "\x30\x84\x7f\xff\xff\xff\x30\x84\x7f\xff\xff\xf0\xa0\x03\x02\x01\x02", 17);
  says(cy_buf_get(&der), CY_E_STORE_DAMAGED, "length field");
}

static void a_million_nested(void **state)
{
  (void)state;
  enum { DEPTH = 1000000 };
  CY_CLEAN(cy_buf) der = CY_BUF_STORE;
  uint8_t *bytes = cy_buf_reserve(&der, DEPTH * 6);
  assert_non_null(bytes);
  for (uint32_t i = 0; i < DEPTH; i++) {
    uint32_t left = (DEPTH - 1 - i) * 6;
    uint8_t head[] = {
      0x30, 0x84, (uint8_t)(left >> 24), (uint8_t)(left >> 16), (uint8_t)(left >> 8), (uint8_t)left};
    memcpy(bytes + i * 6, head, 6);
  }
  der.len = DEPTH * 6;
  says(cy_buf_get(&der), CY_E_STORE_DAMAGED, "does not go on like one");
}

static void a_public_key(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) der;
  const cy_cert *cert;
  load_der(&der, "rsa.pem");
  CY_AUTO(cy_place) *place = open_bytes(cy_buf_get(&der));
  fine(cy_entry_cert(entry_at(place, 1), 0, &cert));
  says(cy_cert_get(cert)->spki, CY_E_STORE_NOT_RECOGNISED, "public key");
}

static void holds_one(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) der;
  CY_CLEAN(cy_buf) have;
  CY_CLEAN(cy_buf) want;
  load_der(&der, "root.pem");
  load_der(&want, "mid.pem");
  CY_AUTO(cy_place) *from = OPEN("mid.pem");
  CY_AUTO(cy_place) *place = open_bytes(cy_buf_get(&der));
  fails_with(cy_place_put(place, entry_at(from, 1), false), CY_E_STORE_CANNOT_HOLD);
  fine(cy_place_replace(place, entry_at(place, 1), entry_at(from, 1)));
  written(&have, place, NULL);
  is_text(&have, &want);
  fine(cy_place_remove(place, entry_at(place, 1)));
  fails_with(cy_place_commit(place, &cy_write_default, NULL, NULL, NULL, NULL), CY_E_STORE_CANNOT_HOLD);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_kind),
    cmocka_unit_test(a_sealed_key_opens),
    cmocka_unit_test(cut_anywhere),
    cmocka_unit_test(turned_anywhere),
    cmocka_unit_test(bytes_behind_the_end),
    cmocka_unit_test(two_gigabytes),
    cmocka_unit_test(a_million_nested),
    cmocka_unit_test(a_public_key),
    cmocka_unit_test(holds_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
