/* causey-test: any-user */
#include "tests/unit/store/hostile.h"
#include "tests/unit/store/jks_util.h"

/* A small store with one key and one certificate, its password changeit. */
static void small_store(cy_buf *out)
{
  CY_AUTO(cy_doc) *doc = load_doc(KS, "changeit");
  find(doc, "rsa1")->deleted = true;
  write_doc(out, doc);
}

static cy_err *try_and_walk(cy_span bytes, const char *password)
{
  CY_AUTO(cy_doc) *doc = NULL;
  asker a = ASKER(password, NULL);
  CY_TRY(try_doc(&doc, bytes, &a.ask));
  look_at_all(doc);
  return NULL;
}

static void cut_anywhere_it_is_damaged(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes);
  cut_anywhere(&bytes, try_and_walk, "changeit");
}

typedef struct {
  size_t start, end;
} range;

static bool is_wrong_within(const cy_err *err, size_t at, void *arg)
{
  const range *key = arg;
  return at >= key->start && at < key->end && cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD);
}

/* Only in the key itself, the one witness, does a flipped bit look like a wrong password. */
static void a_flipped_bit_is_damage(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes);
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), NULL);
  cy_span sealed = doc->entries[0]->key.sealed;
  range key = {.start = (size_t)(sealed.data - cy_image_bytes(doc->image).data)};
  key.end = key.start + sealed.len;
  flip_bits(&bytes, 1, try_and_walk, "changeit", is_wrong_within, &key);
}

static void giant_lengths_anywhere(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes);
  giant_lengths(&bytes, 4, try_and_walk);
}

static void counts_that_are_not_there(void **state)
{
  static const uint32_t counts[] = {1, 1000, 1000000, 1000001, 0x7fffffff, 0xffffffff};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(counts); i++) {
    CY_CLEAN(cy_buf) bytes;
    put_head(&bytes, 2, counts[i]);
    put_end(&bytes, "pw");
    fails_with(try_and_walk(cy_buf_get(&bytes), "pw"), CY_E_STORE_DAMAGED);
  }
}

static void chains_that_are_not_there(void **state)
{
  static const uint32_t counts[] = {1, 1000, 1001, 0x7fffffff, 0xffffffff};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(counts); i++) {
    CY_CLEAN(cy_buf) bytes;
    put_head(&bytes, 2, 1);
    cy_buf_u32(&bytes, CY_JKS_KEY);
    put_utf(&bytes, "k");
    cy_buf_u64(&bytes, 0);
    cy_buf_u32(&bytes, 0);
    cy_buf_u32(&bytes, counts[i]);
    put_end(&bytes, "pw");
    fails_with(try_and_walk(cy_buf_get(&bytes), "pw"), CY_E_STORE_DAMAGED);
  }
}

/* Sealed keys that are nothing of the kind: read, listed, and only opening them fails. */
static void keys_that_are_none(void **state)
{
  static const cy_span keys[] = {{(const uint8_t *)"", 0}, {(const uint8_t *)"\x30\x00", 2},
    {(const uint8_t *)"\x30\x84\x7f\xff\xff\xff", 6}, {(const uint8_t *)"\x30\x04\x30\x00\x04\x00", 6},
    {(const uint8_t *)"\x30\x14\x30\x0c\x06\x0a\x2b\x06\x01\x04\x01\x2a\x02\x11\x01\x01\x04\x04xxxx", 22}};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(keys); i++) {
    CY_CLEAN(cy_buf) bytes;
    const cy_secret *pkcs8;
    put_head(&bytes, 2, 1);
    cy_buf_u32(&bytes, CY_JKS_KEY);
    put_utf(&bytes, "k");
    cy_buf_u64(&bytes, 0);
    cy_buf_u32(&bytes, (uint32_t)keys[i].len);
    cy_buf_span(&bytes, keys[i]);
    cy_buf_u32(&bytes, 0);
    put_end(&bytes, "pw");
    CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), "pw");
    assert_int_equal(doc->entries[0]->kind, CY_ENTRY_KEY);
    cy_err *err = cy_doc_key(doc, doc->entries[0], NULL, &pkcs8);
    assert_non_null(err);
    assert_false(cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD));
    cy_err_free(err);
  }
}

/* 100 000 entries: whatever looks at all for each would never end here. */
static void a_large_store(void **state)
{
  enum { MANY = 100000 };
  CY_CLEAN(cy_buf) bytes;
  CY_CLEAN(cy_buf) again;
  CY_CLEAN(cy_findings) list = {0};
  char alias[20];
  (void)state;
  put_head(&bytes, 2, MANY);
  for (int i = 0; i < MANY; i++) {
    snprintf(alias, sizeof alias, "entry%d", i);
    put_trusted(&bytes, alias, 1, "X.509", CY_SPAN("\x30\x03\x02\x01\x00"));
  }
  put_end(&bytes, "pw");
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), "pw");
  assert_int_equal(doc->entry_count, MANY);
  for (int i = 0; i < MANY; i += 997) {
    snprintf(alias, sizeof alias, "ENTRY%d", i);
    assert_ptr_equal(find(doc, alias), doc->entries[i]);
  }
  fine(cy_format_jks.check(doc, &list));
  assert_int_equal(list.count, 0);
  write_doc(&again, doc);
  assert_true(cy_span_equal(cy_buf_get(&bytes), cy_buf_get(&again)));
}

/* Reads, opens a key, changes the password, renames, and writes. */
static cy_err *everything(void *arg)
{
  CY_AUTO(cy_doc) *doc = NULL;
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  CY_CLEAN(cy_findings) list = {0};
  const cy_secret *pkcs8;
  asker a = ASKER("changeit", NULL);
  CY_TRY(try_doc(&doc, cy_buf_get(arg), &a.ask));
  CY_TRY(doc->format->check(doc, &list));
  CY_TRY(cy_doc_key(doc, doc->entries[0], &a.ask, &pkcs8));
  doc->entries[1]->label = cy_arena_str(&doc->arena, CY_SPAN("Renamed"));
  CY_TRY_ALLOC(doc->entries[1]->label);
  doc->entries[1]->changed = true;
  cy_secret_free(doc->password);
  doc->password = NULL;
  CY_TRY(cy_secret_copy(&doc->password, CY_SPAN("new")));
  return doc->format->serialise(doc, &cy_write_default, &a.ask, &out);
}

static void memory_runs_out(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  small_store(&bytes);
  memory_ends_anywhere(everything, &bytes, 20);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(cut_anywhere_it_is_damaged),
    cmocka_unit_test(a_flipped_bit_is_damage),
    cmocka_unit_test(giant_lengths_anywhere),
    cmocka_unit_test(counts_that_are_not_there),
    cmocka_unit_test(chains_that_are_not_there),
    cmocka_unit_test(keys_that_are_none),
    cmocka_unit_test(a_large_store),
    cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
