/* causey-test: any-user */
#include "tests/lib/unit.h"

#include "base/buf.h"
#include "crypto/twofish.h"

static const uint8_t key[CY_TWOFISH_KEY] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc,
  0xba, 0x98, 0x76, 0x54, 0x32, 0x10, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa,
  0xbb, 0xcc, 0xdd, 0xee, 0xff};

/* The paper's own test vector for keys of 256 bits. */
static void enciphers_as_its_paper_says(void **state)
{
  static const uint8_t want[] = {
    0x37, 0x52, 0x7b, 0xe0, 0x05, 0x23, 0x34, 0xb8, 0x9f, 0x0c, 0xfc, 0xca, 0xe8, 0x7c, 0xfa, 0x20};
  static const uint8_t zero[CY_TWOFISH_BLOCK];
  uint8_t out[CY_TWOFISH_BLOCK];
  (void)state;
  assert_null(cy_twofish_cbc(true, key, zero, cy_span_of(zero, sizeof zero), out));
  assert_memory_equal(out, want, sizeof want);
  assert_null(cy_twofish_cbc(false, key, zero, cy_span_of(want, sizeof want), out));
  assert_memory_equal(out, zero, sizeof zero);
}

/* Each block depends on the one before it, and comes back. */
static void chains_blocks(void **state)
{
  static const uint8_t iv[CY_TWOFISH_BLOCK] = {1, 2, 3};
  uint8_t plain[64] = {0}, sealed[64], again[64];
  (void)state;
  assert_null(cy_twofish_cbc(true, key, iv, cy_span_of(plain, sizeof plain), sealed));
  assert_memory_not_equal(sealed, sealed + 16, 16);
  assert_memory_not_equal(sealed + 16, sealed + 32, 16);
  assert_null(cy_twofish_cbc(false, key, iv, cy_span_of(sealed, sizeof sealed), again));
  assert_memory_equal(again, plain, sizeof plain);
}

static void wants_whole_blocks(void **state)
{
  static const uint8_t iv[CY_TWOFISH_BLOCK];
  uint8_t bytes[17] = {0};
  (void)state;
  CY_AUTO(cy_err) *err = cy_twofish_cbc(false, key, iv, cy_span_of(bytes, sizeof bytes), bytes);
  assert_true(cy_err_is(err, CY_E_MALFORMED));
  assert_null(cy_twofish_cbc(false, key, iv, CY_SPAN_NONE, bytes));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(enciphers_as_its_paper_says),
    cmocka_unit_test(chains_blocks),
    cmocka_unit_test(wants_whole_blocks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
