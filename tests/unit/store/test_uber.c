/* causey-test: any-user */
#include "tests/unit/store/bouncy_util.h"

#include "crypto/codes.h"
#include "store/codes.h"
#include "tests/unit/store/uber_seal.h"

extern const cy_format cy_format_uber;

static void seal(cy_buf *out, const cy_buf *list, const char *password, bool bare)
{
  CY_AUTO(cy_secret) *s = secret(password);
  *out = CY_BUF_STORE;
  fine(uber_seal(out, cy_buf_get(list), s, bare));
}

static void small_store(cy_buf *out)
{
  CY_CLEAN(cy_buf) list;
  put_head(&list, 1, 3);
  put_list(&list, "pw");
  cy_buf_u8(&list, CY_BKS_END);
  seal(out, &list, "pw", false);
}

static void is_recognised(void **state)
{
  static const char *const names[] = {
    "v1.uber", "keypw.uber", "christmas.uber", "custom_entry_passwords.uber", "empty.uber"};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    CY_CLEAN(cy_buf) bytes;
    load(&bytes, names[i]);
    assert_ptr_equal(cy_format_detect(cy_buf_get(&bytes), "x"), &cy_format_uber);
  }
  assert_ptr_equal(cy_format_by_suffix("a.ubr"), &cy_format_uber);
}

static void lists_what_bouncy_castle_made(void **state)
{
  asker a = ASKER(NULL, "keypass99");
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc("v1.uber", "changeit");
  assert_int_equal(doc->entry_count, 4);
  assert_true(doc->password_known && !doc->mac_unchecked);
  is_kind(find(doc, "größe ca"), CY_ENTRY_TRUSTED, 1);
  is_server_key(doc, NULL);
  is_secret(doc, "aes", "AES", NULL);
  is_secret(doc, "hmac", "HmacSHA256", NULL);
  CY_AUTO(cy_doc) *own = load_doc("keypw.uber", "changeit");
  is_server_key(own, &a.ask);
  is_secret(own, "aes", "AES", &a.ask);
  CY_CLEAN(cy_findings) list = {0};
  fine(cy_format_uber.check(doc, &list));
  assert_int_equal(list.count, 0);
}

static void lists_what_pyjks_made(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc("christmas.uber", "12345678");
  assert_int_equal(doc->entry_count, 6);
  is_kind(find(doc, "sealed_private_key"), CY_ENTRY_IDENTITY, 1);
  assert_string_equal(find(doc, "sealed_secret_key")->algorithm, "AES");
  /* In clear inside, but not for whoever reads the file. */
  assert_true(!find(doc, "plain_key")->key.own_password && !find(doc, "plain_key")->key.encrypted);
  CY_AUTO(cy_doc) *empty = load_doc("empty.uber", "");
  assert_int_equal(empty->entry_count, 0);
}

static void wants_the_right_password(void **state)
{
  (void)state;
  fails_with(try_file("v1.uber", NULL), CY_E_STORE_PASSWORD_NEEDED);
  fails_with(try_file("v1.uber", "changeme"), CY_E_CRYPTO_WRONG_PASSWORD);
  fails_with(try_file("v1.uber", ""), CY_E_CRYPTO_WRONG_PASSWORD);
  fails_with(try_file("empty.uber", "x"), CY_E_CRYPTO_WRONG_PASSWORD);
}

/* Behind the first blocks a flipped bit is told from a wrong password, always; nowhere is it overlooked. */
static void a_flipped_bit_is_damage(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes);
  for (size_t bit = 0; bit < bytes.len * 8; bit++) {
    size_t at = bit / 8;
    if (at >= HEAD - 4 && at < HEAD - 1)
      continue;
    bytes.data[at] ^= (uint8_t)(1 << bit % 8);
    CY_AUTO(cy_err) *err = try_and_walk(cy_buf_get(&bytes), &cy_format_uber, "pw");
    bytes.data[at] ^= (uint8_t)(1 << bit % 8);
    if (!err)
      fail_msg("bit %zu of byte %zu does not matter", bit % 8, at);
    bool wrong = cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD);
    bool other = at < 4 && cy_err_is(err, CY_E_CRYPTO_UNSUPPORTED);
    if (!cy_err_is(err, CY_E_STORE_DAMAGED) && !other && !(wrong && at < HEAD + 48))
      fail_msg("byte %zu: %s", at, cy_err_text(err));
  }
}

static void cut_anywhere_it_is_refused(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes);
  for (size_t len = 0; len < bytes.len; len++) {
    CY_AUTO(cy_err) *err = try_and_walk(cy_span_of(bytes.data, len), &cy_format_uber, "pw");
    bool short_one = len < HEAD + 48 && cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD);
    if (!short_one && !cy_err_is(err, CY_E_STORE_DAMAGED))
      fail_msg("%zu bytes of it", len);
  }
  fine(try_and_walk(cy_buf_get(&bytes), &cy_format_uber, "pw"));
  cy_buf_fill(&bytes, 0, 16);
  fails_with(try_and_walk(cy_buf_get(&bytes), &cy_format_uber, "pw"), CY_E_STORE_DAMAGED);
}

static void heads_that_are_none(void **state)
{
  static const uint32_t counts[] = {0, 65537, 0x7fffffff, 0xffffffff};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(counts); i++) {
    CY_CLEAN(cy_buf) bytes;
    put_head(&bytes, 1, counts[i]);
    cy_buf_fill(&bytes, 0, 32);
    fails_with(try_and_walk(cy_buf_get(&bytes), &cy_format_uber, "pw"), CY_E_STORE_DAMAGED);
  }
  CY_CLEAN(cy_buf) version;
  put_head(&version, 0, 1);
  cy_buf_fill(&version, 0, 32);
  fails_with(try_and_walk(cy_buf_get(&version), &cy_format_uber, "pw"), CY_E_CRYPTO_UNSUPPORTED);
}

/* Deciphered, with the right digest, and yet no list: a store that somebody built to hurt. */
static void lists_that_are_none(void **state)
{
  static const struct {
    cy_span list;
    bool bare;
  } all[] = {{{(const uint8_t *)"", 0}, false}, {{(const uint8_t *)"\0\0", 2}, false},
    {{(const uint8_t *)"\5\0\1a", 4}, false}, {{(const uint8_t *)"\1\377\377", 3}, false},
    {{(const uint8_t *)"aaaaaaaaaaaaaaaa\20\20\20\20\20\20\20\20\20\20\20\20\20\20\20\20", 32}, true}};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(all); i++) {
    CY_CLEAN(cy_buf) list;
    CY_CLEAN(cy_buf) bytes;
    put_head(&list, 1, 3);
    cy_buf_span(&list, all[i].list);
    seal(&bytes, &list, "pw", all[i].bare);
    fails_with(try_and_walk(cy_buf_get(&bytes), &cy_format_uber, "pw"),
      all[i].bare ? CY_E_CRYPTO_WRONG_PASSWORD : CY_E_STORE_DAMAGED);
  }
}

static void finds_cheap_seals(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes);
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), NULL, "pw");
  assert_int_equal(findings_of(doc, CY_F_P12_WEAK), 1);
}

static void memory_runs_out(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes);
  memory_runs_out_in(cy_buf_get(&bytes), &cy_format_uber, "pw");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(is_recognised),
    cmocka_unit_test(lists_what_bouncy_castle_made),
    cmocka_unit_test(lists_what_pyjks_made),
    cmocka_unit_test(wants_the_right_password),
    cmocka_unit_test(a_flipped_bit_is_damage),
    cmocka_unit_test(cut_anywhere_it_is_refused),
    cmocka_unit_test(heads_that_are_none),
    cmocka_unit_test(lists_that_are_none),
    cmocka_unit_test(finds_cheap_seals),
    cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
