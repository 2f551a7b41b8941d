/* Hostile PKCS#12: cut short, changed anywhere, deep, huge, and without memory. */
#include "tests/unit/store/pkcs12_util.h"

#include "crypto/lib.h"
#include "store/codes.h"
#include "store/fmt_pkcs12.h"

static void cut_at_every_length(void **state)
{
  static const char *const files[] = {"tiny.p12", "java-trust-nomac.p12", "ber.p12", "clear.p12"};
  static const char *const passwords[] = {"secret", NULL, "12345", NULL};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    CY_CLEAN(cy_buf) bytes = fixture(files[i]);
    for (size_t len = 0; len < bytes.len; len++) {
      cy_doc *doc;
      fails(open_bytes(&doc, cy_span_of(bytes.data, len), passwords[i]), CY_E_STORE_DAMAGED);
    }
  }
}

/* What a reader sees: labels, kinds, certificates, and the key in clear. */
static void put_view(cy_buf *view, cy_doc *doc)
{
  for (size_t i = 0; i < doc->entry_count; i++) {
    cy_entry *e = doc->entries[i];
    cy_buf_printf(view, "%s %s ", cy_entry_kind_name(e->kind), e->label ? e->label : "-");
    cy_buf_span(view, e->id);
    for (size_t c = 0; c < e->cert_count; c++)
      cy_buf_span(view, e->certs[c].der);
    const cy_secret *pkcs8;
    cy_err *err = e->has_key ? cy_entry_key_open(e, "x", doc->password, NULL, &pkcs8) : NULL;
    if (e->has_key && !err)
      cy_buf_span(view, cy_secret_get(pkcs8));
    cy_err_free(err);
  }
}

/* With a MAC: an error, or nothing that anybody can see is different. */
static void every_bit_turned(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) bytes = fixture("tiny.p12");
  CY_AUTO(cy_doc) *good = open_fixture("tiny.p12", "secret");
  CY_CLEAN(cy_buf) want = CY_BUF_SECRET(1 << 20);
  put_view(&want, good);
  size_t refused = 0;
  for (size_t bit = 0; bit < bytes.len * 8; bit++) {
    bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    cy_doc *doc;
    cy_err *err = open_bytes(&doc, cy_buf_get(&bytes), "secret");
    if (err) {
      refused++;
      cy_err_free(err);
    } else {
      CY_CLEAN(cy_buf) view = CY_BUF_SECRET(1 << 20);
      put_view(&view, doc);
      assert_true(cy_span_equal(cy_buf_get(&view), cy_buf_get(&want)));
      cy_doc_free(doc);
    }
    bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  assert_true(refused > bytes.len * 8 * 99 / 100);
}

/* Without one it may look different, but whatever is read can be written and read again. */
static void every_bit_turned_without_mac(void **state)
{
  static const char *const files[] = {"tiny-nomac.p12", "java-trust-nomac.p12", "clear.p12"};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    CY_CLEAN(cy_buf) bytes = fixture(files[i]);
    size_t read = 0;
    for (size_t bit = 0; bit < bytes.len * 8; bit++) {
      cy_doc *doc, *again;
      bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
      cy_err *err = open_bytes(&doc, cy_buf_get(&bytes), i ? NULL : "secret");
      bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
      cy_err_free(err);
      if (err)
        continue;
      read++;
      if (doc->entry_count && bit % 8 == 0) {
        doc->entries[0]->deleted = true;
        CY_CLEAN(cy_buf) out = write_doc(doc, NULL, "secret");
        fine(open_bytes(&again, cy_buf_get(&out), "secret"));
        assert_int_equal(again->entry_count <= doc->entry_count, true);
        cy_doc_free(again);
      }
      cy_doc_free(doc);
    }
    assert_true(read > 0);
  }
}

static void put_info(cy_buf *buf, cy_span content)
{
  CY_CLEAN(cy_buf) data = CY_BUF_STORE;
  cy_der_put_oid(&data, "1.2.840.113549.1.7.1");
  size_t wrap = cy_der_begin(&data);
  cy_der_put(&data, CY_DER_OCTET_STRING, content);
  cy_der_end(&data, wrap, 0xa0);
  cy_der_put(buf, CY_DER_SEQUENCE, cy_buf_get(&data));
}

static void nested(cy_buf *bag, unsigned depth)
{
  const cy_p12_attrs none = {0};
  cy_buf_clear(bag);
  *bag = CY_BUF_STORE;
  cy_der_put(bag, CY_DER_SEQUENCE, CY_SPAN_NONE);
  for (unsigned i = 0; i < depth; i++) {
    CY_CLEAN(cy_buf) outer = CY_BUF_STORE;
    cy_p12_put_bag(&outer, CY_OID_SAFE_CONTENTS_BAG, cy_buf_get(bag), &none);
    cy_buf_reset(bag);
    cy_der_put(bag, CY_DER_SEQUENCE, cy_buf_get(&outer));
  }
}

static cy_err *open_content(cy_span content)
{
  CY_CLEAN(cy_buf) list = CY_BUF_STORE;
  CY_CLEAN(cy_buf) file = CY_BUF_STORE;
  cy_doc *doc;
  put_info(&list, content);
  cy_der_end(&list, 0, CY_DER_SEQUENCE);
  cy_der_put_uint(&file, 3);
  put_info(&file, cy_buf_get(&list));
  cy_der_end(&file, 0, CY_DER_SEQUENCE);
  cy_err *err = open_bytes(&doc, cy_buf_get(&file), NULL);
  cy_doc_free(doc);
  return err;
}

static void bags_in_bags_have_an_end(void **state)
{
  CY_CLEAN(cy_buf) bags = CY_BUF_STORE;
  (void)state;
  nested(&bags, 8);
  fine(open_content(cy_buf_get(&bags)));
  nested(&bags, 9);
  fails(open_content(cy_buf_get(&bags)), CY_E_STORE_DAMAGED);
  nested(&bags, 3000);
  fails(open_content(cy_buf_get(&bags)), CY_E_STORE_DAMAGED);
  /* Side by side there may be many. */
  CY_CLEAN(cy_buf) wide = CY_BUF_STORE;
  const cy_p12_attrs none = {0};
  for (unsigned i = 0; i < 100000; i++)
    cy_p12_put_bag(&wide, CY_OID_SAFE_CONTENTS_BAG, CY_SPAN("\x30\x00"), &none);
  cy_der_end(&wide, 0, CY_DER_SEQUENCE);
  fine(open_content(cy_buf_get(&wide)));
}

static void lengths_beyond_the_file(void **state)
{
  static const char *const heads[] = {
    "\x30\x84\x7f\xff\xff\xff\x02\x01\x03\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01",
    "\x30\x82\x01\x00\x02\x01\x03\x30\x84\xff\xff\xff\xff\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(heads); i++) {
    cy_doc *doc;
    cy_span head = cy_span_of(heads[i], i ? 24 : 22);
    assert_int_equal(cy_format_pkcs12.detect(head, "x"), 100);
    fails(open_bytes(&doc, head, "secret"), CY_E_STORE_DAMAGED);
  }
}

static void what_is_none_is_not_taken_for_one(void **state)
{
  static const char *const others[] = {"\x30\x82\x01\x00\x30\x03\x02\x01\x02",
    "\x30\x0a\x02\x01\x00\x30\x05\x06\x03",
    "\xfe\xed\xfe\xed\x00\x00\x00\x02", "-----BEGIN ", "\x30\x0a\x02\x01\x03\x30\x05\x06\x03\x2a\x03\x04"};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(others); i++)
    assert_int_equal(cy_format_pkcs12.detect(cy_span_str(others[i]), "x.p12"), 0);
  assert_int_equal(cy_format_pkcs12.detect(CY_SPAN_NONE, "x.p12"), 0);
}

/* Memory that ends at the Nth allocation, for every N until all succeeds. */

static unsigned long calls, fail_at;
static bool for_good; /* all later ones fail too */

static bool deny(size_t size, void *arg)
{
  (void)size;
  (void)arg;
  calls++;
  return calls == fail_at || (for_good && calls > fail_at);
}

static cy_err *read_change_write(cy_span bytes, const char *password)
{
  cy_doc *doc;
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  asker a = asker_of(password);
  CY_TRY(open_bytes(&doc, bytes, password));
  CY_AUTO(cy_doc) *owned = doc;
  if (owned->entry_count) {
    owned->entries[0]->label = (char *)"other";
    owned->entries[0]->changed = true;
  }
  return owned->format->serialise(owned, &cy_write_default, &a.ask, &out);
}

static void memory_may_run_out_anywhere(void **state)
{
  static const char *const files[] = {"tiny.p12", "clear.p12", "java-trust-nomac.p12", "named.p12"};
  static const char *const passwords[] = {"secret", NULL, NULL, "secret"};
  (void)state;
  for (size_t i = 0; i < 2 * CY_COUNT(files); i++) {
    CY_CLEAN(cy_buf) bytes = fixture(files[i % 4]);
    for_good = i >= 4;
    for (fail_at = 1;; fail_at++) {
      calls = 0;
      cy_mem_hook(deny, NULL);
      cy_err *err = read_change_write(cy_buf_get(&bytes), passwords[i % 4]);
      cy_mem_hook(NULL, NULL);
      if (calls < fail_at) {
        fine(err);
        break;
      }
      cy_err_free(err);
    }
    assert_true(fail_at > 15);
  }
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
    cmocka_unit_test(cut_at_every_length),
    cmocka_unit_test(every_bit_turned),
    cmocka_unit_test(every_bit_turned_without_mac),
    cmocka_unit_test(bags_in_bags_have_an_end),
    cmocka_unit_test(lengths_beyond_the_file),
    cmocka_unit_test(what_is_none_is_not_taken_for_one),
    cmocka_unit_test(memory_may_run_out_anywhere),
  };
  return cmocka_run_group_tests(tests, NULL, end);
}
