/* causey-test: any-user */
#include "tests/unit/store/hostile.h"
#include "tests/unit/store/jceks_util.h"

static cy_err *try_and_walk(cy_span bytes, const char *password)
{
  CY_AUTO(cy_doc) *doc = NULL;
  asker a = ASKER(password, NULL);
  CY_TRY(try_bytes(&doc, bytes, "test.jceks", &cy_format_jceks, &a.ask));
  look_at_all(doc);
  return NULL;
}

static void cut_anywhere_it_is_damaged(void **state)
{
  static const char *const files[] = {
    "AES128.jceks", "PBKDF2WithHmacSHA1.jceks", "RSA1024.jceks", "unknown_type_of_sealed_object.jceks"};
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    CY_CLEAN(cy_buf) bytes;
    char name[100];
    snprintf(name, sizeof name, JCEKS "%s", files[i]);
    load_file(&bytes, name);
    cut_anywhere(&bytes, try_and_walk, "12345678");
  }
}

static bool is_wrong(const cy_err *err, size_t at, void *arg)
{
  return cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD);
}

/* With a secret key for a witness: damage shows, but for bits of the key itself. */
static void a_flipped_bit_is_noticed(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  load_file(&bytes, JCEKS "AES128.jceks");
  size_t damaged = flip_bits(&bytes, 1, try_and_walk, "12345678", is_wrong, NULL);
  assert_true(damaged > bytes.len * 8 / 6);
}

static void giant_lengths_anywhere(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  load_file(&bytes, JCEKS "DES.jceks");
  giant_lengths(&bytes, 4, try_and_walk);
}

/* Streams that are no sealed keys, in a store whose integrity value fits. */

static void put_entry(cy_buf *b, cy_span stream)
{
  put_head_of(b, CY_JCEKS_MAGIC, 2, 1);
  cy_buf_u32(b, CY_JKS_SECRET);
  put_utf(b, "k");
  cy_buf_u64(b, 0);
  cy_buf_span(b, stream);
  put_end(b, "pw");
}

#define CLASS(name_len, name) "\xac\xed\0\5sr\0" name_len name "\0\0\0\0\0\0\0\0"

static void hostile_streams_are_refused_by_name(void **state)
{
  static const struct {
    cy_span stream;
    const char *reason;
  } cases[] = {
    {CY_SPAN(CLASS("\5", "Outer") "\2\0\1L\0\1it\0\1Lxpur\0\2[B\0\0\0\0\0\0\0\0\2\0\0xp\x7f\xff\xff\xff"),
      "class [B"},
    {CY_SPAN(CLASS("\4", "Ring") "\2\0\0xq\0\x7e\0\0"), "class Ring"},
    {CY_SPAN(CLASS("\6", "Secret") "\4\0\0xp"), "class Secret"},
    {CY_SPAN(CLASS("\5", "\x1b[31m") "\2\0\0xq\0\x7e\0\0"), "class \\x1b[31m"},
  };
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    CY_CLEAN(cy_buf) bytes;
    cy_doc *doc;
    asker a = ASKER("pw", NULL);
    put_entry(&bytes, cases[i].stream);
    cy_err *err = try_bytes(&doc, cy_buf_get(&bytes), "test.jceks", &cy_format_jceks, &a.ask);
    if (!mentions(err, cases[i].reason))
      fine(err);
    fails_with(err, CY_E_STORE_DAMAGED);
  }
}

/* Well-formed, of a class that must not be there: kept, named, never opened, and taken nowhere. */
static void a_gadget_is_kept_and_named(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  CY_CLEAN(cy_buf) again;
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  CY_CLEAN(cy_findings) list = {0};
  cy_doc *made;
  put_entry(&bytes, CY_SPAN(CLASS("\x13", "java.util.ArrayList") "\3\0\1I\0\4sizexp\0\0\0\1w\4\0\0\0\1px"));
  CY_AUTO(cy_doc) *doc = open_jceks(cy_buf_get(&bytes), "pw");
  fine(doc->format->check(doc, &list));
  assert_int_equal(list.count, 1);
  assert_non_null(strstr(list.items[0]->what, "java.util.ArrayList"));
  relabel(doc, doc->entries[0], "renamed");
  write_cheap(&again, doc);
  CY_AUTO(cy_doc) *kept = open_jceks(cy_buf_get(&again), "pw");
  assert_true(cy_span_equal(kept->entries[0]->der, doc->entries[0]->der));
  fine(cy_doc_new(&made, NULL, &cy_format_jceks));
  CY_AUTO(cy_doc) *other = made;
  other->password = secret("pw");
  other->password_known = true;
  add(other, doc->entries[0], "x");
  fails_with(other->format->serialise(other, &cy_write_default, NULL, &out), CY_E_STORE_CANNOT_HOLD);
}

/* Sealed keys with other layouts or values than Java's. */
static void sealed_objects_must_be_javas(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  load_file(&bytes, JCEKS "AES128.jceks");
  static const struct {
    const char *find, *put;
  } swaps[] = {{"SealedObjectForKeyProtector", "SealedObjectForKeyProtectoR"},
    {"encodedParams", "encodedParamZ"}, {"javax.crypto.SealedObject", "javax.crypto.SealedObjecT"},
    {"sealAlg", "sealAlG"}};
  for (size_t i = 0; i < CY_COUNT(swaps); i++) {
    uint8_t *at = memmem(bytes.data, bytes.len, swaps[i].find, strlen(swaps[i].find));
    memcpy(at, swaps[i].put, strlen(swaps[i].put));
    CY_AUTO(cy_doc) *doc = open_jceks(cy_buf_get(&bytes), NULL);
    assert_null(doc->entries[0]->key.ops);
    assert_true(doc->entries[0]->der.len > 0);
    memcpy(at, swaps[i].find, strlen(swaps[i].find));
  }
  CY_AUTO(cy_doc) *doc = open_jceks(cy_buf_get(&bytes), NULL);
  assert_non_null(doc->entries[0]->key.ops);
}

/* 10 000 secret keys and what looks at each of them. */
static void a_large_store(void **state)
{
  enum { MANY = 10000 };
  CY_CLEAN(cy_buf) bytes;
  CY_CLEAN(cy_buf) again;
  CY_CLEAN(cy_findings) list = {0};
  char alias[20];
  CY_AUTO(cy_doc) *aes = load_jceks("AES128.jceks", NULL);
  put_head_of(&bytes, CY_JCEKS_MAGIC, 2, MANY);
  for (int i = 0; i < MANY; i++) {
    snprintf(alias, sizeof alias, "key%d", i);
    cy_buf_u32(&bytes, CY_JKS_SECRET);
    put_utf(&bytes, alias);
    cy_buf_u64(&bytes, 1);
    cy_buf_span(&bytes, aes->entries[0]->key.sealed);
  }
  put_end(&bytes, "pw");
  CY_AUTO(cy_doc) *doc = open_jceks(cy_buf_get(&bytes), "pw");
  assert_int_equal(doc->entry_count, MANY);
  fine(doc->format->check(doc, &list));
  assert_int_equal(list.count, 0);
  write_cheap(&again, doc);
  assert_true(cy_span_equal(cy_buf_get(&bytes), cy_buf_get(&again)));
}

static cy_err *everything(void *arg)
{
  CY_AUTO(cy_doc) *doc = NULL;
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  CY_CLEAN(cy_findings) list = {0};
  const cy_secret *pkcs8;
  cy_write_how how = cheap();
  asker a = ASKER("12345678", NULL);
  CY_TRY(try_bytes(&doc, cy_buf_get(arg), "test.jceks", &cy_format_jceks, &a.ask));
  CY_TRY(doc->format->check(doc, &list));
  CY_TRY(cy_doc_key(doc, doc->entries[0], &a.ask, &pkcs8));
  cy_secret_free(doc->password);
  doc->password = NULL;
  CY_TRY(cy_secret_copy(&doc->password, CY_SPAN("new")));
  return doc->format->serialise(doc, &how, &a.ask, &out);
}

static void memory_runs_out(void **state)
{
  static const char *const files[] = {"AES128.jceks", "PBKDF2WithHmacSHA1.jceks", "RSA1024.jceks"};
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    CY_CLEAN(cy_buf) bytes;
    char name[100];
    snprintf(name, sizeof name, JCEKS "%s", files[i]);
    load_file(&bytes, name);
    memory_ends_anywhere(everything, &bytes, 20);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(cut_anywhere_it_is_damaged),
    cmocka_unit_test(a_flipped_bit_is_noticed),
    cmocka_unit_test(giant_lengths_anywhere),
    cmocka_unit_test(hostile_streams_are_refused_by_name),
    cmocka_unit_test(a_gadget_is_kept_and_named),
    cmocka_unit_test(sealed_objects_must_be_javas),
    cmocka_unit_test(a_large_store),
    cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
