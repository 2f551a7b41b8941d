/* causey-test: any-user */
#include "tests/unit/store/kdb_util.h"

#include "crypto/codes.h"
#include "store/codes.h"

static const char *const all[] = {KDB("chained.kdb"), KDB("mixed.kdb"), KDB("v3.kdb"), KDB("v4.kdb"),
  KDB("v6.kdb"), KDB("v6.rdb"), KDB("short.kdb"), KDB("secret.kdb"), KDB("empty3.kdb"), KDB("hash.kdb")};

static const char *password_of(const char *name)
{
  return strstr(name, "chained") || strstr(name, "mixed") ? "password" : "changeit";
}

static void is(const cy_doc *doc, size_t at, cy_entry_kind kind, const char *label)
{
  assert_true(at < doc->entry_count);
  assert_int_equal(doc->entries[at]->kind, kind);
  assert_string_equal(doc->entries[at]->label, label);
}

static void what_the_product_wrote(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *chained = load_doc(KDB("chained.kdb"), "password");
  assert_int_equal(chained->entry_count, 3);
  is(chained, 0, CY_ENTRY_TRUSTED, "root-ca");
  is(chained, 1, CY_ENTRY_TRUSTED, "intermediate-ca");
  is(chained, 2, CY_ENTRY_IDENTITY, "server-cert");
  CY_AUTO(cy_doc) *mixed = load_doc(KDB("mixed.kdb"), "password");
  assert_int_equal(mixed->entry_count, 4);
  is(mixed, 0, CY_ENTRY_IDENTITY, "rsa-keypair");
  is(mixed, 1, CY_ENTRY_IDENTITY, "ec-keypair");
  assert_true(opens(mixed->entries[0], "password"));
  assert_true(opens(mixed->entries[1], "password"));
  assert_false(opens(mixed->entries[1], "Password"));
  assert_int_equal(findings_of(mixed, CY_F_KDB_HASHES), 0);
  assert_int_equal(findings_of(mixed, CY_F_KDB_OLD), 0);
  assert_int_equal(findings_of(chained, CY_F_KDB_HASHES), 0);
}

static void every_version(void **state)
{
  static const char *const names[] = {KDB("v3.kdb"), KDB("v4.kdb"), KDB("v6.kdb")};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    CY_AUTO(cy_doc) *doc = load_doc(names[i], "changeit");
    assert_int_equal(doc->entry_count, 3);
    is(doc, 0, CY_ENTRY_IDENTITY, "me");
    is(doc, 1, CY_ENTRY_TRUSTED, "The CA");
    is(doc, 2, CY_ENTRY_CERTIFICATE, "no trust");
    assert_true(doc->entries[0]->is_default && !doc->entries[1]->is_default);
    assert_true(
      doc->entries[2]->distrusted && !doc->entries[1]->distrusted && !doc->entries[0]->distrusted);
    assert_true(opens(doc->entries[0], "changeit"));
    assert_int_equal(findings_of(doc, CY_F_KDB_HASHES), 0);
    assert_int_equal(findings_of(doc, CY_F_KDB_OLD), i < 2);
    assert_int_equal(findings_of(doc, CY_F_KDB_UNPROVEN), i == 0);
    assert_int_equal(findings_of(doc, CY_F_P12_WEAK), 1);
  }
}

static void requests_stand_beside(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = open_set(KDB("v6.kdb"), "changeit");
  assert_int_equal(doc->entry_count, 4);
  is(doc, 3, CY_ENTRY_REQUEST, "soon");
  assert_true(doc->entries[3]->has_key && doc->entries[3]->key.spki.len);
  assert_true(opens(doc->entries[3], "changeit"));
  assert_int_equal(findings_of(doc, CY_F_KDB_SIBLING), 0);
}

static void a_file_of_requests_named_itself(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = open_set(KDB("v6.rdb"), "changeit");
  assert_int_equal(doc->entry_count, 1);
  is(doc, 0, CY_ENTRY_REQUEST, "soon");
}

static void what_other_tools_write(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *shorter = load_doc(KDB("short.kdb"), "changeit");
  is(shorter, 0, CY_ENTRY_IDENTITY, "me");
  is(shorter, 1, CY_ENTRY_TRUSTED, "The CA");
  assert_int_equal(findings_of(shorter, CY_F_KDB_HASHES), 0);
  CY_AUTO(cy_doc) *secrets = load_doc(KDB("secret.kdb"), "changeit");
  assert_int_equal(secrets->entry_count, 1); /* the record of an unknown kind is kept, and no entry */
  is(secrets, 0, CY_ENTRY_SECRET, "aes");
  CY_AUTO(cy_doc) *hash = load_doc(KDB("hash.kdb"), "changeit");
  assert_int_equal(findings_of(hash, CY_F_KDB_HASHES), 1);
  CY_AUTO(cy_doc) *empty = load_doc(KDB("empty3.kdb"), "changeit");
  assert_int_equal(empty->entry_count, 0);
}

static void a_wrong_password_is_not_damage(void **state)
{
  (void)state;
  for (size_t i = 0; i < CY_COUNT(all); i++) {
    CY_CLEAN(cy_buf) bytes;
    cy_doc *doc;
    asker a = ASKER("wrong");
    load_file(&bytes, all[i]);
    fails_with(try_doc(&doc, cy_buf_get(&bytes), &a.ask), CY_E_CRYPTO_WRONG_PASSWORD);
    if (strstr(all[i], "3.kdb"))
      continue; /* how version 3 proves its records is not known */
    a = ASKER(password_of(all[i]));
    bytes.data[bytes.len - 1] ^= 1;
    fails_with(try_doc(&doc, cy_buf_get(&bytes), &a.ask), CY_E_STORE_DAMAGED);
  }
}

static void without_a_password_it_is_listed_unchecked(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc(KDB("v6.kdb"), NULL);
  assert_true(doc->mac_unchecked);
  assert_int_equal(doc->entry_count, 3);
}

static void unchanged_bytes_come_out(void **state)
{
  (void)state;
  for (size_t i = 0; i < CY_COUNT(all); i++) {
    CY_CLEAN(cy_buf) bytes;
    CY_CLEAN(cy_buf) out;
    load_file(&bytes, all[i]);
    CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), password_of(all[i]));
    write_doc(&out, doc);
    if (!cy_span_equal(cy_buf_get(&bytes), cy_buf_get(&out)))
      fail_msg("%s is written otherwise than it was", all[i]);
  }
}

/* Encoded anew, a record of the product's has the same bytes. */
static void our_encoding_is_the_products(void **state)
{
  static const char *const names[] = {KDB("chained.kdb"), KDB("mixed.kdb"), KDB("v4.kdb"), KDB("v6.kdb"),
    KDB("short.kdb"), KDB("secret.kdb")};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    CY_CLEAN(cy_buf) bytes;
    CY_CLEAN(cy_buf) out;
    load_file(&bytes, names[i]);
    CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), password_of(names[i]));
    for (size_t k = 0; k < doc->entry_count; k++)
      doc->entries[k]->changed = true;
    write_doc(&out, doc);
    if (strstr(names[i], "short"))
      assert_int_equal(bytes.len, out.len); /* the label's zero is not written */
    else if (!cy_span_equal(cy_buf_get(&bytes), cy_buf_get(&out)))
      fail_msg("%s is encoded otherwise than it was", names[i]);
  }
}

/* Added from one file to another, the five hashes and the rest of the slot come out as the product has
 * them. */
static void an_added_certificate(void **state)
{
  CY_CLEAN(cy_buf) out;
  (void)state;
  CY_AUTO(cy_doc) *from = load_doc(KDB("chained.kdb"), "password");
  CY_AUTO(cy_doc) *doc = load_doc(KDB("mixed.kdb"), "password");
  const cy_kdb *old = from->own, *kdb = doc->own;
  add(doc, from->entries[1], "intermediate-ca");
  write_doc(&out, doc);
  CY_AUTO(cy_doc) *again = open_doc(cy_buf_get(&out), "password");
  const cy_kdb *new = again->own;
  assert_int_equal(again->entry_count, 5);
  for (size_t i = 0; i < 4; i++)
    assert_true(cy_span_equal(new->parts[i].slot, kdb->parts[i].slot));
  cy_span have = new->parts[4].slot, want = old->parts[1].slot;
  assert_int_equal(new->parts[4].id, 5);
  assert_memory_equal(have.data + 8, want.data + 8, 8);
  assert_memory_equal(have.data + 19, want.data + 19, want.len - 19); /* after the id in the record */
}

static void only_the_changed_slot_is_new(void **state)
{
  CY_CLEAN(cy_buf) out;
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc(KDB("mixed.kdb"), "password");
  const cy_kdb *kdb = doc->own;
  relabel(doc, doc->entries[1], "another one");
  doc->entries[2]->deleted = true;
  write_doc(&out, doc);
  CY_AUTO(cy_doc) *again = open_doc(cy_buf_get(&out), "password");
  const cy_kdb *new = again->own;
  assert_int_equal(again->entry_count, 3);
  assert_true(cy_span_equal(new->parts[0].slot, kdb->parts[0].slot));
  assert_true(cy_span_equal(new->parts[1].sealed, kdb->parts[1].sealed));
  is(again, 1, CY_ENTRY_IDENTITY, "another one");
  assert_true(cy_span_equal(new->parts[2].slot, kdb->parts[3].slot));
}

static void another_password(void **state)
{
  static const char *const names[] = {KDB("v4.kdb"), KDB("v6.kdb"), KDB("secret.kdb"), KDB("empty3.kdb")};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    CY_CLEAN(cy_buf) out;
    asker old = ASKER("changeit");
    cy_doc *none;
    CY_AUTO(cy_doc) *doc = load_doc(names[i], "changeit");
    const cy_kdb *kdb = doc->own;
    set_password(doc, "another");
    write_doc(&out, doc);
    CY_AUTO(cy_doc) *again = open_doc(cy_buf_get(&out), "another");
    const cy_kdb *new = again->own;
    assert_int_equal(new->files[0].version, kdb->files[0].version);
    assert_int_equal(again->entry_count, doc->entry_count);
    assert_false(
      cy_span_equal(cy_span_of(out.data + 0x18, 24), cy_span_of(kdb->files[0].bytes.data + 0x18, 24)));
    assert_int_equal(out.data[0x2f], 0);
    for (size_t k = 0; k < again->entry_count; k++)
      if (again->entries[k]->has_key)
        assert_true(opens(again->entries[k], "another"));
    assert_int_equal(findings_of(again, CY_F_P12_WEAK), 0);
    fails_with(try_doc(&none, cy_buf_get(&out), &old.ask), CY_E_CRYPTO_WRONG_PASSWORD);
  }
}

static void version_3_with_records_is_read_only(void **state)
{
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc(KDB("v3.kdb"), "changeit");
  relabel(doc, doc->entries[0], "x");
  fails_with(cy_kdb_serialise(doc, &cy_write_default, NULL, &out), CY_E_STORE_READ_ONLY);
}

static void an_empty_version_3_becomes_6(void **state)
{
  CY_CLEAN(cy_buf) out;
  (void)state;
  CY_AUTO(cy_doc) *from = load_doc(KDB("v3.kdb"), "changeit");
  CY_AUTO(cy_doc) *doc = load_doc(KDB("empty3.kdb"), "changeit");
  add(doc, from->entries[1], "ca");
  write_doc(&out, doc);
  assert_int_equal(out.data[2], 6);
  CY_AUTO(cy_doc) *again = open_doc(cy_buf_get(&out), "changeit");
  assert_int_equal(again->entry_count, 1);
}

static void too_long_for_a_slot(void **state)
{
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  (void)state;
  CY_AUTO(cy_doc) *from = load_doc(KDB("mixed.kdb"), "password");
  CY_AUTO(cy_doc) *doc = load_doc(KDB("v6.kdb"), "changeit");
  add(doc, from->entries[2], "ca");
  fails_with(cy_kdb_serialise(doc, &cy_write_default, NULL, &out), CY_E_STORE_CANNOT_HOLD);
}

static void labels(void **state)
{
  static const char *const names[] = {"B\xc3\xbcro", "a\"b", "#1 ", "x"};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    CY_CLEAN(cy_buf) out;
    CY_AUTO(cy_doc) *doc = load_doc(KDB("v6.kdb"), "changeit");
    relabel(doc, doc->entries[1], names[i]);
    write_doc(&out, doc);
    CY_AUTO(cy_doc) *again = open_doc(cy_buf_get(&out), "changeit");
    is(again, 1, CY_ENTRY_TRUSTED, names[i]);
  }
  CY_CLEAN(cy_buf) none = CY_BUF_STORE;
  CY_AUTO(cy_doc) *doc = load_doc(KDB("v6.kdb"), "changeit");
  relabel(doc, doc->entries[1], "");
  fails_with(cy_kdb_serialise(doc, &cy_write_default, NULL, &none), CY_E_STORE_CANNOT_HOLD);
}

/* One default: what comes in does not take the mark away. */
static void one_default(void **state)
{
  CY_CLEAN(cy_buf) out;
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc(KDB("v6.kdb"), "changeit");
  add(doc, doc->entries[0], "second");
  write_doc(&out, doc);
  CY_AUTO(cy_doc) *again = open_doc(cy_buf_get(&out), "changeit");
  assert_true(find(again, "me")->is_default && !find(again, "second")->is_default);
  doc->entries[0]->deleted = true;
  cy_buf_clear(&out);
  write_doc(&out, doc);
  CY_AUTO(cy_doc) *alone = open_doc(cy_buf_get(&out), "changeit");
  assert_true(find(alone, "second")->is_default);
}

static void recognised(void **state)
{
  (void)state;
  for (size_t i = 0; i < CY_COUNT(all); i++) {
    CY_CLEAN(cy_buf) bytes;
    load_file(&bytes, all[i]);
    assert_ptr_equal(cy_format_detect(cy_buf_get(&bytes), "x"), &cy_format_kdb);
  }
  assert_null(cy_format_detect(CY_SPAN("7H\6\2\0\0\0\0X509BAD\0"), "x.kdb"));
  assert_null(cy_format_detect(CY_SPAN("7H"), "x.kdb"));
  assert_ptr_equal(cy_format_find("cms"), &cy_format_kdb);
  assert_ptr_equal(cy_format_by_suffix("new.kdb"), &cy_format_kdb);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_the_product_wrote),
    cmocka_unit_test(every_version),
    cmocka_unit_test(requests_stand_beside),
    cmocka_unit_test(a_file_of_requests_named_itself),
    cmocka_unit_test(what_other_tools_write),
    cmocka_unit_test(a_wrong_password_is_not_damage),
    cmocka_unit_test(without_a_password_it_is_listed_unchecked),
    cmocka_unit_test(unchanged_bytes_come_out),
    cmocka_unit_test(our_encoding_is_the_products),
    cmocka_unit_test(an_added_certificate),
    cmocka_unit_test(only_the_changed_slot_is_new),
    cmocka_unit_test(another_password),
    cmocka_unit_test(version_3_with_records_is_read_only),
    cmocka_unit_test(an_empty_version_3_becomes_6),
    cmocka_unit_test(too_long_for_a_slot),
    cmocka_unit_test(labels),
    cmocka_unit_test(one_default),
    cmocka_unit_test(recognised),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
