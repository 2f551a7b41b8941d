/* Writing PKCS#12: nothing is lost that was not touched, and what is new is read back. */
#include "tests/lib/temp.h"
#include "tests/unit/store/pkcs12_util.h"

#include <unistd.h>

#include "crypto/codes.h"
#include "crypto/lib.h"
#include "store/codes.h"
#include "store/fmt_pkcs12.h"

static bool contains(cy_span in, cy_span what)
{
  return memmem(in.data, in.len, what.data, what.len) != NULL;
}

static size_t live(const cy_doc *doc)
{
  size_t n = 0;
  for (size_t i = 0; i < doc->entry_count; i++)
    n += !doc->entries[i]->deleted;
  return n;
}

static void delete(cy_doc *doc, const char *label)
{
  cy_entry *entry = find(doc, label);
  assert_non_null(entry);
  entry->deleted = true;
  doc->dirty = true;
  doc->label_map_ready = false;
}

static void rename_entry(cy_doc *doc, const char *from, const char *to)
{
  cy_entry *entry = find(doc, from);
  assert_non_null(entry);
  entry->label = cy_arena_str(&doc->arena, cy_span_str(to));
  entry->changed = true;
  doc->dirty = true;
  doc->label_map_ready = false;
}

static void an_untouched_file_is_byte_for_byte_the_same(void **state)
{
  static const struct {
    const char *file, *password;
  } rows[] = {{"modern.p12", "secret"}, {"legacy.p12", "secret"}, {"nomac.p12", "secret"},
    {"clear.p12", NULL},
    {"java-ks.p12", "changeit"}, {"ber.p12", "12345"}, {"empty.p12", ""}, {"gnutls.p12", "secret"},
    {"pbmac1.p12", "1234"}, {"java-trust-nomac.p12", NULL}};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_AUTO(cy_doc) *doc = open_fixture(rows[i].file, rows[i].password);
    CY_CLEAN(cy_buf) before = fixture(rows[i].file);
    CY_CLEAN(cy_buf) after = write_doc(doc, NULL, rows[i].password);
    assert_true(cy_span_equal(cy_buf_get(&before), cy_buf_get(&after)));
  }
}

static void only_what_changed_is_written_anew(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = open_fixture("named.p12", "secret");
  const cy_p12 *p12 = doc->own;
  rename_entry(doc, "the CA", "another \u20ac name");
  CY_CLEAN(cy_buf) out = write_doc(doc, NULL, "secret");
  assert_true(contains(cy_buf_get(&out), p12->safes[1].whole));  /* keys: nothing happened to them */
  assert_false(contains(cy_buf_get(&out), p12->safes[0].whole)); /* certificates */
  cy_doc *again;
  fine(open_bytes(&again, cy_buf_get(&out), "secret"));
  assert_int_equal(again->entry_count, 2);
  assert_non_null(find(again, "another \u20ac name"));
  assert_int_equal(find(again, "leaf")->cert_count, 2);
  assert_int_equal(((cy_p12 *)again->own)->safe_count, 2);
  /* The leaf's bag is in the safe that was sealed anew, and is the same. */
  cy_entry *before = find(doc, "leaf"), *after = find(again, "leaf");
  assert_true(cy_span_equal(p12->bags[p12->items[before->part].key].whole,
    ((cy_p12 *)again->own)->bags[((cy_p12 *)again->own)->items[after->part].key].whole));
  cy_doc_free(again);
}

static void an_identity_is_renamed_with_its_key(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = open_fixture("modern.p12", "secret");
  CY_CLEAN(cy_buf) id = CY_BUF_TEXT;
  cy_buf_span(&id, find(doc, "leaf")->id);
  assert_int_equal(id.len, 20);
  rename_entry(doc, "leaf", "renamed");
  CY_AUTO(cy_doc) *again = round_trip(doc, NULL, "secret");
  assert_int_equal(again->entry_count, 1);
  assert_int_equal(find(again, "renamed")->cert_count, 2);
  assert_true(cy_span_equal(find(again, "renamed")->id, cy_buf_get(&id)));
  opens(again, find(again, "renamed"), "secret");
}

static void the_rest_survives_a_deletion(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = open_fixture("java-ks.p12", "changeit");
  CY_CLEAN(cy_buf) secret = CY_BUF_TEXT;
  cy_buf_span(&secret, find(doc, "aes1")->key.sealed);
  delete(doc, "rsa1");
  CY_AUTO(cy_doc) *again = round_trip(doc, NULL, "changeit");
  assert_int_equal(again->entry_count, 3);
  assert_null(find(again, "rsa1"));
  assert_int_equal(find(again, "ec1")->kind, CY_ENTRY_IDENTITY);
  assert_true(find(again, "ec1")->date > 0);
  assert_int_equal(find(again, "trusted1")->kind, CY_ENTRY_TRUSTED);
  assert_true(cy_span_equal(find(again, "aes1")->key.sealed, cy_buf_get(&secret)));
}

static void an_encrypted_safe_is_not_sealed_anew_for_nothing(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = open_fixture("java-ks.p12", "changeit");
  const cy_p12 *p12 = doc->own;
  delete(doc, "aes1"); /* stands among the keys */
  CY_CLEAN(cy_buf) out = write_doc(doc, NULL, "changeit");
  assert_true(p12->safes[1].encrypted);
  assert_true(contains(cy_buf_get(&out), p12->safes[1].whole));
  assert_false(contains(cy_buf_get(&out), p12->safes[0].whole));
}

/* Old readers are there: the algorithms that are named on request must be theirs. */
static void openssl_reads_what_is_written(void **state)
{
  static const cy_write_how hows[] = {{.now = 0}, {.legacy = true}, {.no_mac = true}, {.for_java = true}};
  (void)state;
  if (system("openssl version >/dev/null 2>&1") != 0)
    skip();
  CY_AUTO(cy_doc) *source = open_fixture("modern.p12", "secret");
  for (size_t i = 0; i < CY_COUNT(hows); i++) {
    char path[TEST_PATH], command[TEST_PATH + 120];
    CY_AUTO(cy_doc) *doc = new_doc();
    opens(source, find(source, "leaf"), "secret");
    put(doc, find(source, "leaf"));
    CY_CLEAN(cy_buf) out = write_doc(doc, &hows[i], "new");
    int fd = test_file_make(path, "p12");
    assert_int_equal(write(fd, out.data, out.len), (ssize_t)out.len);
    close(fd);
    snprintf(command, sizeof command,
      "openssl pkcs12 -in '%s' -passin pass:new -nodes 2>/dev/null | grep -c BEGIN | grep -qx 3", path);
    int status = system(command);
    unlink(path);
    assert_int_equal(status, 0);
  }
}

static void a_chain_keeps_a_certificate_whose_entry_is_deleted(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = open_fixture("named.p12", "secret");
  delete(doc, "the CA");
  CY_AUTO(cy_doc) *again = round_trip(doc, NULL, "secret");
  assert_int_equal(again->entry_count, 1);
  assert_int_equal(find(again, "leaf")->cert_count, 2);
  delete(again, "leaf");
  CY_AUTO(cy_doc) *empty = round_trip(again, NULL, "secret");
  assert_int_equal(empty->entry_count, 0);
}

static void additions_go_to_the_safes_that_are_there(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = open_fixture("modern.p12", "secret");
  CY_AUTO(cy_doc) *java = open_fixture("java-ks.p12", "changeit");
  opens(java, find(java, "ec1"), "changeit");
  opens(java, find(java, "aes1"), "changeit");
  put(doc, find(java, "trusted1"));
  put(doc, find(java, "ec1"));
  put(doc, find(java, "aes1"));
  CY_AUTO(cy_doc) *again = round_trip(doc, NULL, "secret");
  assert_int_equal(((cy_p12 *)again->own)->safe_count, 2);
  assert_int_equal(again->entry_count, 4);
  assert_int_equal(find(again, "leaf")->cert_count, 2);
  assert_int_equal(find(again, "trusted1")->kind, CY_ENTRY_TRUSTED);
  assert_int_equal(find(again, "ec1")->kind, CY_ENTRY_IDENTITY);
  assert_int_equal(find(again, "ec1")->date, find(java, "ec1")->date);
  assert_int_equal(find(again, "aes1")->kind, CY_ENTRY_SECRET);
  assert_int_equal(find(again, "aes1")->date, find(java, "aes1")->date);
  opens(again, find(again, "ec1"), "secret");
  opens(again, find(again, "aes1"), "secret");
}

static const cy_entry *identity_of(cy_doc *doc)
{
  opens(doc, find(doc, "leaf"), "secret");
  return find(doc, "leaf");
}

static void new_files_are_read_again(void **state)
{
  static const cy_write_how hows[] = {{.now = 0}, {.legacy = true}, {.no_mac = true}, {.pbmac1 = true},
    {.for_java = true}};
  (void)state;
  CY_AUTO(cy_doc) *source = open_fixture("modern.p12", "secret");
  for (size_t i = 0; i < CY_COUNT(hows); i++) {
    CY_AUTO(cy_doc) *doc = new_doc();
    put(doc, identity_of(source));
    cy_entry *cert = put(doc, identity_of(source));
    cert->kind = CY_ENTRY_CERTIFICATE;
    cert->has_key = false;
    cert->label = (char *)"lone";
    cert->id = CY_SPAN_NONE;
    cert->cert_count = 1;
    CY_AUTO(cy_doc) *again = round_trip(doc, &hows[i], "new");
    const cy_p12 *p12 = again->own;
    assert_int_equal(again->entry_count, 2);
    assert_int_equal(find(again, "leaf")->cert_count, 2);
    opens(again, find(again, "leaf"), "new");
    assert_int_equal(find(again, "lone")->kind, hows[i].for_java ? CY_ENTRY_TRUSTED : CY_ENTRY_CERTIFICATE);
    assert_int_equal(p12->mac.present, !hows[i].no_mac);
    assert_int_equal(p12->mac.pbmac1, hows[i].pbmac1);
    assert_int_equal(p12->bag_count, 4); /* the key, its certificate, the CA's, and the lone one */
    if (p12->mac.present) {
      assert_int_equal(p12->mac.digest, hows[i].legacy ? CY_SHA1 : CY_SHA256);
      assert_int_equal(p12->mac.iterations, 10000);
    }
    cy_pbe_info info;
    fine(cy_pbe_describe(&info, p12->safes[0].algid));
    assert_int_equal(info.scheme, hows[i].legacy ? CY_OID_PBE12_3DES : CY_OID_PBES2);
  }
}

static void a_new_file_wants_a_password(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *source = open_fixture("modern.p12", "secret");
  CY_AUTO(cy_doc) *doc = new_doc();
  put(doc, identity_of(source));
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  cy_write_how how = cy_write_default;
  fails(doc->format->serialise(doc, &how, NULL, &out), CY_E_STORE_PASSWORD_NEEDED);
  how.no_mac = true;
  fails(doc->format->serialise(doc, &how, NULL, &out), CY_E_STORE_PASSWORD_NEEDED);
  /* Certificates alone may stand in clear, when that is asked for. */
  CY_AUTO(cy_doc) *certs = new_doc();
  CY_AUTO(cy_doc) *trust = open_fixture("java-trust-nomac.p12", NULL);
  put(certs, trust->entries[0]);
  cy_buf_reset(&out);
  fine(certs->format->serialise(certs, &how, NULL, &out));
  cy_doc *again;
  fine(open_bytes(&again, cy_buf_get(&out), NULL));
  assert_true(again->password_unneeded);
  assert_int_equal(again->entries[0]->kind, CY_ENTRY_TRUSTED);
  cy_doc_free(again);
}

static void unprotected_files_stay_like_that(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = open_fixture("java-trust-nomac.p12", NULL);
  CY_AUTO(cy_doc) *source = open_fixture("certs.p12", "secret");
  put(doc, source->entries[0]);
  CY_AUTO(cy_doc) *again = round_trip(doc, NULL, NULL);
  assert_int_equal(again->entry_count, 2);
  assert_false(((cy_p12 *)again->own)->mac.present);
}

static void passwords_change(void **state)
{
  static const struct {
    const char *file, *password;
  } rows[] = {{"modern.p12", "secret"}, {"legacy.p12", "secret"}, {"java-ks.p12", "changeit"},
    {"empty.p12", ""}};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_AUTO(cy_doc) *doc = open_fixture(rows[i].file, rows[i].password);
    cy_secret_free(doc->password);
    fine(cy_secret_copy(&doc->password, CY_SPAN("n\xc3\xa4u")));
    doc->dirty = true;
    CY_CLEAN(cy_buf) out = write_doc(doc, NULL, "unused");
    cy_doc *again;
    fails(open_bytes(&again, cy_buf_get(&out), rows[i].password), CY_E_CRYPTO_WRONG_PASSWORD);
    fine(open_bytes(&again, cy_buf_get(&out), "n\xc3\xa4u"));
    assert_int_equal(again->entry_count, doc->entry_count);
    for (size_t e = 0; e < again->entry_count; e++) {
      cy_pbe_info info;
      if (!again->entries[e]->has_key)
        continue;
      opens(again, again->entries[e], NULL);
      fine(cy_p12_sealed_info(&info, again->entries[e]->key.sealed));
      assert_int_equal(info.scheme, CY_OID_PBES2);
    }
    cy_doc_free(again);
  }
}

/* Two identities under one CA: its certificate is there once, and stays as long as one needs it. */
static void chains_are_shared(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *source = open_fixture("modern.p12", "secret");
  CY_AUTO(cy_doc) *doc = new_doc();
  put(doc, identity_of(source));
  put(doc, identity_of(source))->label = (char *)"twin";
  CY_AUTO(cy_doc) *again = round_trip(doc, NULL, "secret");
  assert_int_equal(again->entry_count, 2);
  assert_int_equal(((cy_p12 *)again->own)->bag_count, 5);
  assert_int_equal(find(again, "leaf")->cert_count, 2);
  assert_int_equal(find(again, "twin")->cert_count, 2);
  assert_false(cy_span_equal(find(again, "leaf")->id, find(again, "twin")->id));
  delete(again, "leaf");
  CY_AUTO(cy_doc) *third = round_trip(again, NULL, "secret");
  assert_int_equal(third->entry_count, 1);
  assert_int_equal(find(third, "twin")->cert_count, 2);
  opens(third, find(third, "twin"), "secret");
}

static void a_lone_key_is_not_paired_by_accident(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *source = open_fixture("modern.p12", "secret");
  CY_AUTO(cy_doc) *java = open_fixture("java-trust-nomac.p12", NULL);
  CY_AUTO(cy_doc) *doc = new_doc();
  cy_entry *key = put(doc, identity_of(source));
  key->kind = CY_ENTRY_KEY;
  key->cert_count = 0;
  key->id = CY_SPAN_NONE;
  key->label = (char *)"same";
  cy_entry *cert = put(doc, java->entries[0]);
  cert->kind = CY_ENTRY_CERTIFICATE;
  cert->label = (char *)"same";
  CY_AUTO(cy_doc) *again = round_trip(doc, NULL, "secret");
  assert_int_equal(again->entry_count, 2); /* equal labels are two entries all the same */
  assert_int_equal(again->entries[0]->kind, CY_ENTRY_CERTIFICATE);
  assert_int_equal(again->entries[1]->kind, CY_ENTRY_KEY);
  assert_int_equal(again->entries[1]->id.len, 20);
}

static void a_replaced_entry_takes_the_place_of_the_old(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = open_fixture("modern.p12", "secret");
  CY_AUTO(cy_doc) *java = open_fixture("java-ks.p12", "changeit");
  opens(java, find(java, "ec1"), "changeit");
  cy_entry *old = find(doc, "leaf");
  size_t part = old->part, position = old->position;
  cy_entry_clear(old);
  fine(cy_entry_copy(old, find(java, "ec1"), &doc->arena));
  old->part = part;
  old->position = position;
  old->changed = true;
  doc->dirty = true;
  CY_AUTO(cy_doc) *again = round_trip(doc, NULL, "secret");
  assert_int_equal(again->entry_count, 1);
  assert_int_equal(find(again, "ec1")->cert_count, 1);
  assert_true(cy_span_equal(find(again, "ec1")->certs[0].der, find(java, "ec1")->certs[0].der));
  opens(again, find(again, "ec1"), "secret");
}

static void requests_and_foreign_secrets_are_refused(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = new_doc();
  cy_entry secret = {.kind = CY_ENTRY_SECRET, .der = CY_SPAN("\xac\xed\x00\x05sr")};
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  asker a = asker_of("secret");
  put(doc, &secret);
  fails(doc->format->serialise(doc, &cy_write_default, &a.ask, &out), CY_E_STORE_CANNOT_HOLD);
}

/* Files made by hand. */

static void put_safe(cy_buf *list, cy_span content)
{
  size_t at = cy_der_begin(list);
  cy_der_put_oid(list, "1.2.840.113549.1.7.1");
  size_t wrap = cy_der_begin(list);
  cy_der_put(list, CY_DER_OCTET_STRING, content);
  cy_der_end(list, wrap, 0xa0);
  cy_der_end(list, at, CY_DER_SEQUENCE);
}

/* A file without MAC around safes. */
static cy_buf wrap_file(cy_buf *safes)
{
  cy_buf file = CY_BUF_STORE;
  cy_der_end(safes, 0, CY_DER_SEQUENCE);
  cy_der_put_uint(&file, 3);
  put_safe(&file, cy_buf_get(safes));
  cy_der_end(&file, 0, CY_DER_SEQUENCE);
  fine(cy_buf_check(&file));
  return file;
}

static void put_cert_bag(cy_buf *list, cy_span der, const char *label, cy_span id)
{
  CY_CLEAN(cy_buf) value = CY_BUF_STORE;
  const cy_p12_attrs attrs = {.label = label, .id = id};
  cy_p12_put_typed(&value, CY_OID_X509_CERT_BAG, der);
  cy_p12_put_bag(list, CY_OID_CERT_BAG, cy_buf_get(&value), &attrs);
}

static const uint8_t odd_attr[] = {0x30, 0x0d, 0x06, 0x04, 0x2a, 0x03, 0x04, 0x05, 0x31, 0x05, 0x0c, 0x03,
  'o', 'd', 'd'};

static void unknown_bags_and_attributes_survive(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *source = open_fixture("certs.p12", "secret");
  cy_span der = source->entries[0]->certs[0].der;
  CY_CLEAN(cy_buf) inner = CY_BUF_STORE;
  CY_CLEAN(cy_buf) bags = CY_BUF_STORE;
  CY_CLEAN(cy_buf) safes = CY_BUF_STORE;
  CY_CLEAN(cy_buf) sdsi = CY_BUF_STORE;
  CY_CLEAN(cy_buf) value = CY_BUF_STORE;
  const cy_p12_attrs none = {0}, odd = {.label = "odd", .keep = cy_span_of(odd_attr, sizeof odd_attr)};
  put_cert_bag(&inner, der, "nested one", CY_SPAN_NONE);
  put_cert_bag(&inner, der, "nested two", CY_SPAN_NONE);
  cy_der_end(&inner, 0, CY_DER_SEQUENCE);
  cy_p12_put_bag(&bags, CY_OID_SAFE_CONTENTS_BAG, cy_buf_get(&inner), &none);
  cy_p12_put_bag(&bags, CY_OID_PBES2, CY_SPAN("\x0c\x04none"), &odd); /* no bag type at all */
  cy_p12_put_typed(&sdsi, CY_OID_SDSI_CERT_BAG, CY_SPAN("sdsi certificate"));
  cy_p12_put_bag(&bags, CY_OID_CERT_BAG, cy_buf_get(&sdsi), &none);
  cy_p12_put_typed(&value, CY_OID_X509_CERT_BAG, der);
  cy_p12_put_bag(&bags, CY_OID_CERT_BAG, cy_buf_get(&value), &odd);
  cy_der_end(&bags, 0, CY_DER_SEQUENCE);
  put_safe(&safes, cy_buf_get(&bags));
  CY_CLEAN(cy_buf) file = wrap_file(&safes);
  cy_doc *doc;
  fine(open_bytes(&doc, cy_buf_get(&file), NULL));
  assert_int_equal(doc->entry_count, 3);
  assert_int_equal(find(doc, "odd")->attr_count, 1);
  delete(doc, "nested one");
  rename_entry(doc, "odd", "even");
  CY_CLEAN(cy_buf) out = write_doc(doc, NULL, NULL);
  CY_CLEAN(cy_buf) unknown = CY_BUF_STORE;
  cy_p12_put_bag(&unknown, CY_OID_PBES2, CY_SPAN("\x0c\x04none"), &odd);
  assert_true(contains(cy_buf_get(&out), cy_buf_get(&unknown)));
  assert_true(contains(cy_buf_get(&out), CY_SPAN("sdsi certificate")));
  cy_doc *again;
  fine(open_bytes(&again, cy_buf_get(&out), NULL));
  assert_int_equal(again->entry_count, 2);
  assert_non_null(find(again, "nested two"));
  assert_int_equal(find(again, "even")->attr_count, 1);
  assert_memory_equal(find(again, "even")->attrs[0].oid.data, odd_attr + 4, 4);
  assert_int_equal(((cy_p12 *)again->own)->bags[0].kind, CY_P12_NESTED);
  /* Into another file the attribute goes along. */
  CY_AUTO(cy_doc) *third = new_doc();
  put(third, find(again, "even"));
  CY_AUTO(cy_doc) *fourth = round_trip(third, NULL, "secret");
  assert_int_equal(find(fourth, "even")->attr_count, 1);
  cy_doc_free(again);
  cy_doc_free(doc);
}

static void keys_without_identifiers_find_their_certificate(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *source = open_fixture("modern.p12", "secret");
  const cy_entry *leaf = identity_of(source);
  for (int named = 0; named < 2; named++) {
    CY_CLEAN(cy_buf) bags = CY_BUF_STORE;
    CY_CLEAN(cy_buf) safes = CY_BUF_STORE;
    const cy_p12_attrs attrs = {.label = named ? "n" : NULL};
    /* By public key when it stands in clear; by name when it is sealed. */
    if (named)
      cy_p12_put_bag(&bags, CY_OID_SHROUDED_KEY_BAG, leaf->key.sealed, &attrs);
    else
      cy_p12_put_bag(&bags, CY_OID_KEY_BAG, cy_secret_get(leaf->key.plain), &attrs);
    put_cert_bag(&bags, leaf->certs[1].der, "another", CY_SPAN_NONE);
    put_cert_bag(&bags, leaf->certs[0].der, "n", CY_SPAN_NONE);
    cy_der_end(&bags, 0, CY_DER_SEQUENCE);
    put_safe(&safes, cy_buf_get(&bags));
    CY_CLEAN(cy_buf) file = wrap_file(&safes);
    cy_doc *doc;
    fine(open_bytes(&doc, cy_buf_get(&file), NULL));
    assert_int_equal(doc->entry_count, 2);
    assert_int_equal(doc->entries[0]->kind, CY_ENTRY_IDENTITY);
    assert_string_equal(doc->entries[0]->label, "n");
    assert_true(cy_span_equal(doc->entries[0]->certs[0].der, leaf->certs[0].der));
    assert_int_equal(doc->entries[0]->pairing_assumed, named);
    assert_int_equal(doc->entries[0]->cert_count, 2);
    cy_doc_free(doc);
  }
}

/* openssl pkcs12 -twopass: one password for the MAC, one for the rest. */
static void two_passwords_are_named(void **state)
{
  (void)state;
  CY_AUTO(cy_doc) *doc = open_fixture("tiny.p12", "secret");
  cy_p12 *p12 = doc->own;
  CY_CLEAN(cy_buf) file = CY_BUF_STORE;
  CY_CLEAN(cy_buf) algid = CY_BUF_STORE;
  CY_AUTO(cy_secret) *other = NULL;
  cy_digest mac;
  fine(cy_secret_copy(&other, CY_SPAN("other")));
  fine(cy_pkcs12_mac(&mac, CY_SHA256, other, CY_SPAN("salt"), 1, p12->auth_safe));
  cy_der_put_uint(&file, 3);
  put_safe(&file, p12->auth_safe);
  cy_der_put_oid(&algid, "2.16.840.1.101.3.4.2.1");
  cy_der_end(&algid, 0, CY_DER_SEQUENCE);
  cy_der_put(&algid, CY_DER_OCTET_STRING, cy_digest_get(&mac));
  cy_der_end(&algid, 0, CY_DER_SEQUENCE);
  cy_der_put(&algid, CY_DER_OCTET_STRING, CY_SPAN("salt"));
  cy_der_end(&algid, 0, CY_DER_SEQUENCE);
  cy_buf_span(&file, cy_buf_get(&algid));
  cy_der_end(&file, 0, CY_DER_SEQUENCE);
  cy_doc *again;
  cy_err *err = open_bytes(&again, cy_buf_get(&file), "other");
  assert_non_null(strstr(cy_err_fix(err), "-twopass"));
  fails(err, CY_E_STORE_DAMAGED);
}

/* 100 000 certificates of one name: neither reading nor the chain looks at all for each. */
static void large_stores_are_linear(void **state)
{
  enum { MANY = 100000 };
  (void)state;
  CY_AUTO(cy_doc) *source = open_fixture("modern.p12", "secret");
  const cy_entry *leaf = identity_of(source);
  CY_CLEAN(cy_buf) bags = CY_BUF_STORE;
  CY_CLEAN(cy_buf) safes = CY_BUF_STORE;
  const cy_p12_attrs attrs = {.id = leaf->id};
  for (int i = 0; i < 1000; i++)
    cy_p12_put_bag(&bags, CY_OID_SHROUDED_KEY_BAG, leaf->key.sealed, &attrs);
  for (int i = 0; i < MANY; i++)
    put_cert_bag(&bags, leaf->certs[1].der, "same", i % 2 ? leaf->id : CY_SPAN_NONE);
  cy_der_end(&bags, 0, CY_DER_SEQUENCE);
  put_safe(&safes, cy_buf_get(&bags));
  CY_CLEAN(cy_buf) file = wrap_file(&safes);
  cy_doc *doc;
  fine(open_bytes(&doc, cy_buf_get(&file), NULL));
  assert_int_equal(doc->entry_count, MANY);
  doc->entries[MANY - 1]->deleted = true;
  doc->dirty = true;
  CY_CLEAN(cy_buf) out = write_doc(doc, NULL, NULL);
  cy_doc *again;
  fine(open_bytes(&again, cy_buf_get(&out), NULL));
  assert_int_equal(live(again), MANY - 1);
  cy_doc_free(again);
  cy_doc_free(doc);
}

static int end(void **state)
{
  (void)state;
  cy_lib_end();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(an_untouched_file_is_byte_for_byte_the_same),
    cmocka_unit_test(only_what_changed_is_written_anew),
    cmocka_unit_test(an_identity_is_renamed_with_its_key),
    cmocka_unit_test(the_rest_survives_a_deletion),
    cmocka_unit_test(an_encrypted_safe_is_not_sealed_anew_for_nothing),
    cmocka_unit_test(openssl_reads_what_is_written),
    cmocka_unit_test(a_chain_keeps_a_certificate_whose_entry_is_deleted),
    cmocka_unit_test(additions_go_to_the_safes_that_are_there),
    cmocka_unit_test(new_files_are_read_again),
    cmocka_unit_test(a_new_file_wants_a_password),
    cmocka_unit_test(unprotected_files_stay_like_that),
    cmocka_unit_test(passwords_change),
    cmocka_unit_test(chains_are_shared),
    cmocka_unit_test(a_lone_key_is_not_paired_by_accident),
    cmocka_unit_test(a_replaced_entry_takes_the_place_of_the_old),
    cmocka_unit_test(requests_and_foreign_secrets_are_refused),
    cmocka_unit_test(unknown_bags_and_attributes_survive),
    cmocka_unit_test(keys_without_identifiers_find_their_certificate),
    cmocka_unit_test(two_passwords_are_named),
    cmocka_unit_test(large_stores_are_linear),
  };
  return cmocka_run_group_tests(tests, NULL, end);
}
