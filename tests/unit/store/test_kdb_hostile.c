/* causey-test: any-user */
#include "tests/unit/store/hostile.h"
#include "tests/unit/store/kdb_util.h"

static void put_at(cy_buf *bytes, size_t at, uint32_t value)
{
  for (size_t i = 0; i < 4; i++)
    bytes->data[at + i] = (uint8_t)(value >> (24 - 8 * i));
}

static cy_err *try_and_walk(cy_span bytes, const char *password)
{
  CY_AUTO(cy_doc) *doc = NULL;
  asker a = ASKER(password);
  CY_TRY(try_doc(&doc, bytes, &a.ask));
  look_at_all(doc);
  return NULL;
}

static void cut_anywhere_it_is_damaged(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  load_file(&bytes, KDB("v6.kdb"));
  cut_anywhere(&bytes, try_and_walk, "changeit");
}

static bool is_wrong_before(const cy_err *err, size_t at, void *end)
{
  return at < *(size_t *)end && cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD);
}

/* Every bit matters; in the head and its verifier a flip looks like a wrong password. */
static void a_flipped_bit(void **state)
{
  static const char *const names[] = {KDB("v6.kdb"), KDB("v4.kdb"), KDB("v6.rdb")};
  (void)state;
  for (size_t n = 0; n < CY_COUNT(names); n++) {
    CY_CLEAN(cy_buf) bytes;
    load_file(&bytes, names[n]);
    size_t head = CY_KDB_HEAD + cy_kdb_mac_size(bytes.data[2]);
    flip_bits(&bytes, n ? 3 : 1, try_and_walk, "changeit", is_wrong_before, &head);
  }
}

static void giant_lengths_anywhere(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  load_file(&bytes, KDB("v6.kdb"));
  giant_lengths(&bytes, 4, try_and_walk);
}

/* slot size and number of records that are not those of the file, or overflow when multiplied. */
static void counts_that_are_not_there(void **state)
{
  static const uint32_t pairs[][2] = {{900, 4}, {900, 0}, {0, 3}, {0, 0xffffffff}, {1, 2700},
    {0x10000, 0x10000}, {0x80000000, 2}, {0xffffffff, 0xffffffff}, {5000, 1000001}};
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  load_file(&bytes, KDB("v6.kdb"));
  for (size_t i = 0; i < CY_COUNT(pairs); i++) {
    put_at(&bytes, 0x10, pairs[i][0]);
    put_at(&bytes, 0x14, pairs[i][1]);
    fails_with(try_and_walk(cy_buf_get(&bytes), NULL), CY_E_STORE_DAMAGED);
  }
}

/* A head for records of `slot` octets; MACs are not looked at without a password. */
static void put_head(cy_buf *b, uint32_t slot, uint32_t count)
{
  *b = CY_BUF_STORE;
  cy_buf_put(b, "7H\6\2\0\0\0\0X509KEY", 16);
  cy_buf_u32(b, slot);
  cy_buf_u32(b, count);
  cy_buf_fill(b, 1, CY_KDB_SALT + 2 * 48);
}

static void put_slot(cy_buf *b, size_t slot, uint32_t id, cy_span record, cy_span label)
{
  size_t start = b->len;
  cy_buf_u32(b, 1);
  cy_buf_u32(b, id);
  cy_buf_u32(b, (uint32_t)record.len);
  cy_buf_span(b, record);
  cy_buf_u32(b, (uint32_t)label.len);
  cy_buf_span(b, label);
  cy_buf_fill(b, 0, slot - (b->len - start));
}

static void records_that_are_none(void **state)
{
  static const struct {
    cy_span record, label;
  } bad[] = {
    {{(const uint8_t *)"", 0}, {(const uint8_t *)"a", 1}},
    {{(const uint8_t *)"\x30\x00", 2}, {(const uint8_t *)"a", 1}},
    {{(const uint8_t *)"\x30\x84\x7f\xff\xff\xff", 6}, {(const uint8_t *)"a", 1}},
    {CY_SPAN("\x30\x0e\x02\x01\x01\xa1\x02\x30\x00\x1a\x01"
             "a"
             "\x03\x02\x07\x80"),
      CY_SPAN("b")},
    {CY_SPAN("\x30\x0e\x02\x01\x01\xa1\x02\x30\x00\x1a\x01"
             "\0"
             "\x03\x02\x07\x80"),
      CY_SPAN("\0")},
    {CY_SPAN("\x30\x0e\x02\x01\x01\xa2\x02\x30\x00\x1a\x01"
             "a"
             "\x03\x02\x07\x80"),
      CY_SPAN("a")},
    {CY_SPAN("\x30\x0e\x02\x01\x01\x81\x02\x30\x00\x1a\x01"
             "a"
             "\x03\x02\x07\x80"),
      CY_SPAN("a")},
    {CY_SPAN("\x30\x0c\x02\x01\x01\xa1\x02\x30\x00\x1a\x01"
             "a"
             "\x03\x00"),
      CY_SPAN("a")},
    {CY_SPAN("\x30\x0e\x02\x01\x01\xa1\x02\x30\x00\x1a\x01"
             "a"
             "\x03\x02\x09\x80"),
      CY_SPAN("a")},
    {CY_SPAN("\x30\x0f\x02\x01\x01\xa1\x02\x30\x00\x1a\x01"
             "a"
             "\x03\x02\x07\x80"
             "\x05"),
      CY_SPAN("a")},
  };
  (void)state;
  for (size_t i = 0; i < CY_COUNT(bad); i++) {
    CY_CLEAN(cy_buf) bytes;
    put_head(&bytes, 100, 1);
    put_slot(&bytes, 100, 1, bad[i].record, bad[i].label);
    fails_with(try_and_walk(cy_buf_get(&bytes), NULL), CY_E_STORE_DAMAGED);
  }
}

/* Certificates and keys that are nothing of the kind are listed; only looking into them fails. */
static void contents_that_are_none(void **state)
{
  static const cy_span records[] = {CY_SPAN("\x30\x0e\x02\x01\x01\xa1\x02\x30\x00\x1a\x01"
                                            "a"
                                            "\x03\x02\x07\x80"),
    CY_SPAN("\x30\x12\x02\x01\x01\xa2\x06\x30\x04\x30\x00\x30\x00\x1a\x01"
            "a"
            "\x03\x02\x07\x80"),
    CY_SPAN("\x30\x12\x02\x01\x01\xa0\x06\x30\x04\x30\x00\x30\x00\x1a\x01"
            "a"
            "\x03\x02\x07\x80"),
    CY_SPAN("\x30\x0e\x02\x01\x01\xa3\x02\x30\x00\x1a\x01"
            "a"
            "\x03\x02\x07\x80")};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(records); i++) {
    CY_CLEAN(cy_buf) bytes;
    put_head(&bytes, 100, 1);
    put_slot(&bytes, 100, 1, records[i], CY_SPAN("a"));
    fine(try_and_walk(cy_buf_get(&bytes), NULL));
  }
}

/* 20 000 records: whatever looks at all for each would never end here. */
static void a_large_store(void **state)
{
  enum { MANY = 20000, SLOT = 160 };
  CY_CLEAN(cy_buf) bytes;
  CY_CLEAN(cy_buf) again;
  char label[20];
  (void)state;
  put_head(&bytes, SLOT, MANY);
  for (unsigned i = 0; i < MANY; i++) {
    CY_CLEAN(cy_buf) record = CY_BUF_TEXT;
    snprintf(label, sizeof label, "entry%u", i);
    cy_buf_put(&record, "\x30\x00\x02\x01\x01\xa1\x02\x30\x00\x1a", 10);
    cy_buf_u8(&record, (uint8_t)strlen(label));
    cy_buf_str(&record, label);
    cy_buf_put(&record, "\x03\x02\x07\x80", 4);
    record.data[1] = (uint8_t)(record.len - 2);
    put_slot(&bytes, SLOT, i + 1, cy_buf_get(&record), cy_span_str(label));
  }
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), NULL);
  assert_int_equal(doc->entry_count, MANY);
  for (unsigned i = 0; i < MANY; i += 997) {
    snprintf(label, sizeof label, "entry%u", i);
    assert_ptr_equal(find(doc, label), doc->entries[i]);
  }
  CY_AUTO(cy_doc) *real = load_doc(KDB("v6.kdb"), "changeit");
  for (unsigned i = 0; i < 2000; i++) {
    snprintf(label, sizeof label, "copy%u", i);
    add(real, real->entries[1], label);
  }
  write_doc(&again, real);
  CY_AUTO(cy_doc) *grown = open_doc(cy_buf_get(&again), "changeit");
  assert_int_equal(grown->entry_count, 2003);
  assert_int_equal(findings_of(grown, CY_F_KDB_HASHES), 0);
}

/* Reads all files, opens a key, changes the password, renames, adds, and writes. */
static cy_err *everything(void *arg)
{
  CY_AUTO(cy_doc) *doc = NULL;
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  CY_CLEAN(cy_findings) list = {0};
  const cy_secret *pkcs8;
  CY_TRY(try_set(&doc, KDB("v6.kdb"), "changeit"));
  CY_TRY(doc->format->check(doc, &list));
  CY_TRY(cy_doc_key(doc, doc->entries[0], NULL, &pkcs8));
  doc->entries[1]->label = cy_arena_str(&doc->arena, CY_SPAN("Renamed"));
  CY_TRY_ALLOC(doc->entries[1]->label);
  doc->entries[1]->changed = true;
  cy_secret_free(doc->password);
  doc->password = NULL;
  CY_TRY(cy_secret_copy(&doc->password, CY_SPAN("new")));
  return doc->format->serialise(doc, &cy_write_default, NULL, &out);
}

static void memory_runs_out(void **state)
{
  (void)state;
  memory_ends_anywhere(everything, NULL, 50);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(cut_anywhere_it_is_damaged),
    cmocka_unit_test(a_flipped_bit),
    cmocka_unit_test(giant_lengths_anywhere),
    cmocka_unit_test(counts_that_are_not_there),
    cmocka_unit_test(records_that_are_none),
    cmocka_unit_test(contents_that_are_none),
    cmocka_unit_test(a_large_store),
    cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
