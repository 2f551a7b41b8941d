/* causey-test: any-user */
#include "tests/unit/store/jks_util.h"

#include "crypto/codes.h"
#include "store/codes.h"

#define CERT   CY_SPAN("\x30\x03\x02\x01\x00")
#define NOW_MS UINT64_C(1700000000000)

/* Where the bytes of one entry of a document are. */
static cy_span whole_of(const cy_doc *doc, const cy_entry *entry)
{
  return ((cy_jks_own *)doc->own)->parts[entry->part].whole;
}

static uint64_t ms_of(const cy_doc *doc, const cy_entry *entry)
{
  return ((cy_jks_own *)doc->own)->parts[entry->part].ms;
}

/* What a document becomes, read again with `password`. */
static cy_doc *written(cy_doc *doc, const char *password)
{
  CY_CLEAN(cy_buf) bytes;
  write_doc(&bytes, doc);
  return open_doc(cy_buf_get(&bytes), password);
}

static void the_same_when_nothing_changed(void **state)
{
  static const char *const files[] = {KS, KEYPW};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    CY_CLEAN(cy_buf) before;
    CY_CLEAN(cy_buf) after;
    const cy_secret *pkcs8;
    load_file(&before, files[i]);
    CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&before), "changeit");
    fine(cy_doc_key(doc, find(doc, "ec1"), NULL, &pkcs8)); /* having been looked at is no change */
    write_doc(&after, doc);
    assert_true(cy_span_equal(cy_buf_get(&before), cy_buf_get(&after)));
  }
}

static void removing_leaves_the_others(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc(KS, "changeit");
  find(doc, "ec1")->deleted = true;
  CY_AUTO(cy_doc) *now = written(doc, "changeit");
  assert_int_equal(now->entry_count, 2);
  assert_true(cy_span_equal(whole_of(doc, doc->entries[0]), whole_of(now, now->entries[0])));
  assert_true(cy_span_equal(whole_of(doc, doc->entries[2]), whole_of(now, now->entries[1])));
}

/* The key stays sealed as it is, whatever its password; the date stays, to the millisecond. */
static void renaming_touches_nothing_else(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc(KEYPW, "changeit");
  relabel(doc, find(doc, "rsa1"), "Server K\xc3\x9cln");
  CY_AUTO(cy_doc) *now = written(doc, "changeit");
  cy_jks_part *was = ((cy_jks_own *)doc->own)->parts, *is = ((cy_jks_own *)now->own)->parts;
  assert_string_equal(now->entries[0]->label, "server k\xc3\xbcln");
  assert_true(cy_span_equal(was[0].body, is[0].body));
  assert_true(cy_span_equal(was[1].whole, is[1].whole));
  assert_true(ms_of(now, now->entries[0]) % 1000 == was[0].ms % 1000);
}

static void adding_a_certificate(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc(KS, "changeit");
  cy_entry *added = add(doc, find(doc, "trusted1"), "My CA");
  added->kind = CY_ENTRY_CERTIFICATE;
  add(doc, find(doc, "trusted1"), "undated")->date = CY_TIME_NONE;
  CY_AUTO(cy_doc) *now = written(doc, "changeit");
  assert_int_equal(now->entry_count, 5);
  cy_entry *entry = find(now, "my ca");
  assert_string_equal(entry->label, "my ca");
  assert_int_equal(entry->kind, CY_ENTRY_TRUSTED);
  /* The date that the source knew, else that of writing. */
  assert_true(ms_of(now, entry) == ms_of(doc, doc->entries[2]) / 1000 * 1000);
  assert_true(ms_of(now, find(now, "undated")) == NOW_MS);
  assert_true(cy_span_equal(entry->certs[0].der, find(doc, "trusted1")->certs[0].der));
  for (size_t i = 0; i < 3; i++)
    assert_true(cy_span_equal(whole_of(doc, doc->entries[i]), whole_of(now, now->entries[i])));
}

static void adding_keys_to_a_new_store(void **state)
{
  const cy_secret *pkcs8, *again;
  (void)state;
  asker key = ASKER(NULL, "keypass99");
  CY_AUTO(cy_doc) *from = load_doc(KEYPW, "changeit");
  CY_AUTO(cy_doc) *doc = NULL;
  fine(cy_doc_new(&doc, NULL, &cy_format_jks));
  doc->password = secret("another");
  doc->password_known = true;
  fine(cy_doc_key(from, find(from, "rsa1"), &key.ask, &pkcs8));
  fine(cy_doc_key(from, find(from, "ec1"), NULL, &again));
  add(doc, find(from, "rsa1"), "own");
  add(doc, find(from, "ec1"), "shared");
  CY_AUTO(cy_doc) *now = written(doc, "another");
  assert_int_equal(((cy_jks_own *)now->own)->version, 2);
  /* The first had a password of its own and keeps it; the second has the store's. */
  assert_true(opens(find(now, "own"), "keypass99"));
  assert_true(opens(find(now, "shared"), "another"));
  fine(cy_doc_key(now, find(now, "own"), &key.ask, &again));
  assert_true(cy_span_equal(cy_secret_get(pkcs8), cy_secret_get(again)));
  assert_int_equal(find(now, "own")->kind, CY_ENTRY_IDENTITY);
}

static void a_chain_keeps_its_order(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc(KS, "changeit");
  cy_entry *entry = find(doc, "rsa1");
  cy_span leaf = entry->certs[0].der;
  fine(cy_doc_certs(doc, entry, 3));
  entry->certs[0].der = leaf;
  entry->certs[1].der = find(doc, "trusted1")->certs[0].der;
  entry->certs[2].der = CERT;
  entry->changed = true;
  CY_AUTO(cy_doc) *now = written(doc, "changeit");
  assert_int_equal(now->entries[0]->cert_count, 3);
  for (size_t i = 0; i < 3; i++)
    assert_true(cy_span_equal(now->entries[0]->certs[i].der, entry->certs[i].der));
  assert_true(opens(now->entries[0], "changeit"));
}

static void a_new_key_password(void **state)
{
  const cy_secret *pkcs8;
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc(KS, "changeit");
  cy_entry *entry = find(doc, "ec1");
  fine(cy_doc_key(doc, entry, NULL, &pkcs8));
  entry->key.password = secret("other");
  entry->changed = true;
  CY_AUTO(cy_doc) *now = written(doc, "changeit");
  assert_true(opens(find(now, "ec1"), "other"));
  assert_false(opens(find(now, "ec1"), "changeit"));
  assert_true(opens(find(now, "rsa1"), "changeit"));
  assert_true(ms_of(now, find(now, "ec1")) == ms_of(doc, entry));
}

static void set_password(cy_doc *doc, const char *text)
{
  cy_secret_free(doc->password);
  doc->password = secret(text);
  doc->dirty = true;
}

/* Keys that had the store's password get its new one; the one with its own keeps that. */
static void a_new_store_password(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc(KEYPW, "changeit");
  set_password(doc, "n\xc3\xa9w");
  CY_AUTO(cy_doc) *now = written(doc, "n\xc3\xa9w");
  assert_true(opens(find(now, "ec1"), "n\xc3\xa9w"));
  assert_false(opens(find(now, "ec1"), "changeit"));
  assert_true(opens(find(now, "rsa1"), "keypass99"));
  assert_true(cy_span_equal(whole_of(doc, doc->entries[0]), whole_of(now, now->entries[0])));
  assert_true(cy_span_equal(whole_of(doc, doc->entries[2]), whole_of(now, now->entries[2])));
  assert_true(ms_of(now, now->entries[1]) == ms_of(doc, doc->entries[1]));
  assert_true(cy_span_equal(now->entries[1]->certs[0].der, doc->entries[1]->certs[0].der));
}

/* Both at once: a key that was opened and renamed is sealed under the new password, too. */
static void a_new_store_password_and_name(void **state)
{
  const cy_secret *pkcs8;
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc(KS, "changeit");
  fine(cy_doc_key(doc, find(doc, "ec1"), NULL, &pkcs8));
  relabel(doc, find(doc, "ec1"), "opened");
  relabel(doc, find(doc, "rsa1"), "sealed");
  set_password(doc, "new");
  CY_AUTO(cy_doc) *now = written(doc, "new");
  assert_true(opens(find(now, "opened"), "new"));
  assert_true(opens(find(now, "sealed"), "new"));
}

static void a_first_version_stays_one(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  CY_CLEAN(cy_buf) same;
  (void)state;
  put_head(&bytes, 1, 2);
  put_trusted(&bytes, "a", 1, NULL, CERT);
  put_trusted(&bytes, "b", 2, NULL, CERT);
  put_end(&bytes, "pw");
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), "pw");
  assert_true(cy_span_equal(doc->entries[1]->certs[0].der, CERT));
  write_doc(&same, doc);
  assert_true(cy_span_equal(cy_buf_get(&bytes), cy_buf_get(&same)));
  add(doc, doc->entries[0], "c");
  relabel(doc, doc->entries[1], "d");
  CY_AUTO(cy_doc) *now = written(doc, "pw");
  assert_int_equal(((cy_jks_own *)now->own)->version, 1);
  assert_int_equal(now->entry_count, 3);
  assert_true(cy_span_equal(find(now, "c")->certs[0].der, CERT));
  assert_true(ms_of(now, find(now, "d")) == 2);
}

static void other_types_of_certificates_are_kept(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  put_head(&bytes, 2, 2);
  put_trusted(&bytes, "pgp", 1, "PGP", CY_SPAN("anything"));
  put_trusted(&bytes, "x", 1, "X.509", CERT);
  put_end(&bytes, "pw");
  CY_AUTO(cy_doc) *doc = open_doc(cy_buf_get(&bytes), "pw");
  relabel(doc, doc->entries[0], "gpg");
  relabel(doc, doc->entries[1], "y");
  CY_AUTO(cy_doc) *now = written(doc, "pw");
  cy_jks_part *was = ((cy_jks_own *)doc->own)->parts, *is = ((cy_jks_own *)now->own)->parts;
  assert_true(cy_span_equal(is[0].body, was[0].body));
  assert_true(cy_span_equal(is[1].body, was[1].body));
  assert_non_null(is[0].types);
  assert_null(is[1].types);
}

/* What is refused. */

static void refused(cy_doc *doc, cy_ask *ask, cy_err_code code)
{
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  fails_with(doc->format->serialise(doc, &cy_write_default, ask, &out), code);
}

static void labels_must_be_good(void **state)
{
  char *giant = cy_malloc(70000);
  const char *const labels[] = {NULL, "", "\xff", giant};
  (void)state;
  memset(giant, 'x', 69999);
  for (size_t i = 0; i < CY_COUNT(labels); i++) {
    CY_AUTO(cy_doc) *doc = load_doc(KS, "changeit");
    add(doc, find(doc, "trusted1"), labels[i]);
    refused(doc, NULL, CY_E_STORE_CANNOT_HOLD);
  }
  cy_free(giant);
}

static void holds_identities_and_certificates_only(void **state)
{
  static const cy_entry_kind kinds[] = {CY_ENTRY_REQUEST, CY_ENTRY_CRL, CY_ENTRY_SECRET};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(kinds); i++) {
    CY_AUTO(cy_doc) *doc = load_doc(KS, "changeit");
    cy_entry *entry = add(doc, find(doc, "trusted1"), "x");
    entry->kind = kinds[i];
    refused(doc, NULL, CY_E_STORE_CANNOT_HOLD);
  }
  const cy_secret *pkcs8;
  CY_AUTO(cy_doc) *doc = load_doc(KS, "changeit");
  fine(cy_doc_key(doc, find(doc, "ec1"), NULL, &pkcs8));
  cy_entry *lone = add(doc, find(doc, "ec1"), "x");
  lone->kind = CY_ENTRY_KEY;
  lone->cert_count = 0;
  refused(doc, NULL, CY_E_STORE_CANNOT_HOLD);
}

static void a_password_is_needed_to_write(void **state)
{
  asker none = ASKER(NULL, NULL);
  (void)state;
  CY_AUTO(cy_doc) *doc = NULL;
  fine(cy_doc_new(&doc, NULL, &cy_format_jks));
  refused(doc, &none.ask, CY_E_STORE_PASSWORD_NEEDED);
}

/* A store that was listed unchecked is not given a good digest without a look at the old one. */
static void unchecked_is_checked_before_it_is_written(void **state)
{
  asker right = ASKER("changeit", NULL), wrong = ASKER("wrong", NULL);
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  (void)state;
  CY_AUTO(cy_doc) *doc = load_doc(KS, NULL);
  refused(doc, &wrong.ask, CY_E_CRYPTO_WRONG_PASSWORD);
  CY_AUTO(cy_doc) *again = load_doc(KS, NULL);
  fine(again->format->serialise(again, &cy_write_default, &right.ask, &out));
  assert_false(again->mac_unchecked);
  CY_CLEAN(cy_buf) bytes;
  load_file(&bytes, KS);
  bytes.data[bytes.len - 100] ^= 1;
  CY_AUTO(cy_doc) *bad = open_doc(cy_buf_get(&bytes), NULL);
  refused(bad, &right.ask, CY_E_STORE_DAMAGED);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_same_when_nothing_changed),
    cmocka_unit_test(removing_leaves_the_others),
    cmocka_unit_test(renaming_touches_nothing_else),
    cmocka_unit_test(adding_a_certificate),
    cmocka_unit_test(adding_keys_to_a_new_store),
    cmocka_unit_test(a_chain_keeps_its_order),
    cmocka_unit_test(a_new_key_password),
    cmocka_unit_test(a_new_store_password),
    cmocka_unit_test(a_new_store_password_and_name),
    cmocka_unit_test(a_first_version_stays_one),
    cmocka_unit_test(other_types_of_certificates_are_kept),
    cmocka_unit_test(labels_must_be_good),
    cmocka_unit_test(holds_identities_and_certificates_only),
    cmocka_unit_test(a_password_is_needed_to_write),
    cmocka_unit_test(unchecked_is_checked_before_it_is_written),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
