/* causey-test: any-user. Places: selectors, labels, kinds of files, and memory that runs out. */
#include "store/codes.h"
#include "store/place_internal.h"
#include "tests/unit/base/alloc.h"
#include "tests/unit/store/store_util.h"

static cy_err *find(cy_place *place, const char *selector, cy_entry **entry)
{
  CY_CLEAN(cy_address) address;
  char text[200];
  snprintf(text, sizeof text, "x#%s", selector);
  CY_TRY(cy_address_parse(&address, text, NULL));
  return cy_place_find(place, &address.selector, entry);
}

static void finds(cy_place *place, const char *selector, size_t position)
{
  cy_entry *entry;
  fine(find(place, selector, &entry));
  assert_int_equal(entry->position, position);
}

static void misses(cy_place *place, const char *selector, cy_err_code code, const char *says)
{
  cy_entry *entry;
  cy_err *err = find(place, selector, &entry);
  assert_null(entry);
  if (!err || (!strstr(cy_err_text(err), says) && !strstr(cy_err_fix(err), says)))
    fail_msg("%s: no word of %s: %s", selector, says, err ? cy_err_text(err) : "no error");
  fails_with(err, code);
}

#define BAG(label) "Bag Attributes\n    friendlyName: " label "\n"

static void by_label(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *place = OPEN(BAG("server"), "a.pem", BAG("Server"), "b.pem", BAG("twice"), "mid.pem",
    BAG("twice"), "root.pem", BAG("Root"), "root2.pem");
  finds(place, "server", 1);
  finds(place, "Server", 2);
  misses(place, "SERVER", CY_E_STORE_LABEL_MISSING, "Did you mean");
  misses(place, "servr", CY_E_STORE_LABEL_MISSING, "Did you mean test#server");
  misses(place, "twice", CY_E_STORE_LABEL_SEVERAL, "@3 @4");
  finds(place, "Root", 5); /* a label goes before a subject */
  misses(place, "Alpha", CY_E_STORE_LABEL_MISSING, "has no entry Alpha (it has 5)");
  fine(cy_place_remove(place, entry_at(place, 3)));
  finds(place, "twice", 4);
}

static void by_subject(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *place = OPEN("root.crl", "root.pem", "mid.pem", "midold.pem", "a.csr");
  finds(place, "Root", 2); /* the CA, before its list */
  finds(place, "Alpha", 5);
  misses(place, "Middle", CY_E_STORE_LABEL_SEVERAL, "@3 @4");
  misses(place, "root", CY_E_STORE_LABEL_MISSING, "no entry root");
}

static void by_position_digest_and_id(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) der;
  CY_CLEAN(cy_buf) hex = CY_BUF_TEXT;
  cy_digest digest;
  load_der(&der, "mid.pem");
  fine(cy_digest_of(&digest, CY_SHA256, cy_buf_get(&der)));
  cy_buf_str(&hex, "sha256=");
  cy_buf_hex(&hex, cy_digest_get(&digest));
  CY_AUTO(cy_place) *place =
    OPEN("root.pem", "mid.pem", "Bag Attributes\n    localKeyID: 01 00 \n", "a.pem", "mid.pem");
  finds(place, "@3", 3);
  misses(place, "@5", CY_E_STORE_LABEL_MISSING, "it has 4");
  misses(place, cy_buf_cstr(&hex), CY_E_STORE_LABEL_SEVERAL, "@2 @4");
  fine(cy_place_remove(place, entry_at(place, 4)));
  finds(place, cy_buf_cstr(&hex), 2);
  hex.len = 7 + 8;
  finds(place, cy_buf_cstr(&hex), 2);
  misses(place, "sha256=00000000", CY_E_STORE_LABEL_MISSING, "fingerprint");
  finds(place, "id=0100", 3);
  misses(place, "id=01", CY_E_STORE_LABEL_MISSING, "id");
}

/* A format that folds: the exact one first, then the folded one, and several that fit are told. */
static cy_place *folding_place(void)
{
  extern const cy_format cy_format_jks;
  cy_image *image;
  cy_place *place;
  cy_buf bytes = CY_BUF_STORE;
  asker a = ASKER("changeit");
  char path[300];
  fine(cy_file_read(
    &bytes, test_path(path, sizeof path, "tests/fixtures/jks/ks.jks"), CY_MAX_STORE_BYTES, NULL));
  fine(cy_image_from(&image, "ks.jks", &bytes));
  fine(cy_place_from_image(&place, image, &cy_format_jks, &a.ask));
  return place;
}

static void folded(void **state)
{
  (void)state;
  cy_entry *entry;
  CY_AUTO(cy_place) *place = folding_place();
  fine(find_label(place, "trusted1", &entry));
  finds(place, "TRUSTED1", entry->position);
  cy_entry copy = *entry;
  fails_with(cy_place_put(place, &copy, false), CY_E_STORE_LABEL_TAKEN);
  copy.label = (char *)(uintptr_t)"Trusted1";
  fails_with(cy_place_put(place, &copy, false), CY_E_STORE_LABEL_TAKEN);
  copy.label = (char *)(uintptr_t)"trusted2";
  fine(cy_place_put(place, &copy, false));
  fails_with(cy_place_rename(place, entry, "TRUSTED2"), CY_E_STORE_LABEL_TAKEN);
  fine(cy_place_rename(place, entry, "Trusted1"));
  finds(place, "trusted1", entry->position);
  fine(cy_place_remove(place, entry));
  misses(place, "trusted1", CY_E_STORE_LABEL_MISSING, "Did you mean ks.jks#trusted2? `causey");
}

static void labels_come_and_go(void **state)
{
  (void)state;
  cy_entry *entry;
  CY_AUTO(cy_place) *place = folding_place();
  fine(find_label(place, "trusted1", &entry));
  fine(cy_place_rename(place, entry, "second"));
  cy_entry copy = *entry;
  copy.label = (char *)(uintptr_t)"trusted1"; /* free again */
  fine(cy_place_put(place, &copy, false));
  fine(find_label(place, "trusted1", &entry));
  assert_true(entry->added);
  fine(cy_place_remove(place, entry));
  fails_with(find_label(place, "trusted1", &entry), CY_E_STORE_LABEL_MISSING);
  fine(cy_place_put(place, &copy, false));
  fine(find_label(place, "trusted1", &entry));
}

static void copies_are_deep(void **state)
{
  (void)state;
  CY_AUTO(cy_place) *place = OPEN("root.pem", "a.csr");
  cy_entry *entry = entry_at(place, 1);
  cy_arena arena = {0};
  cy_entry copy;
  fine(cy_entry_copy(&copy, entry, &arena));
  assert_true(copy.certs[0].der.data != entry->certs[0].der.data);
  assert_true(cy_span_equal(copy.certs[0].der, entry->certs[0].der));
  cy_entry_clear(&copy);
  cy_arena_clear(&arena);
}

/* Kinds of files. */

static void kinds(void **state)
{
  (void)state;
  assert_string_equal(cy_format_find("p12")->id, "p12");
  assert_ptr_equal(cy_format_find("pkcs12"), cy_format_find("p12"));
  assert_ptr_equal(cy_format_find("PFX"), cy_format_find("p12"));
  assert_null(cy_format_find(""));
  assert_null(cy_format_find("pkcs"));
  assert_null(cy_format_find("pkcs12 pfx"));
  assert_string_equal(cy_format_by_suffix("a/b.c/x.PEM")->id, "pem");
  assert_string_equal(cy_format_by_suffix("x.der")->id, "der");
  assert_null(cy_format_by_suffix("pem"));
  assert_null(cy_format_by_suffix("x."));
  assert_null(cy_format_detect(CY_SPAN("no store at all"), "x.pem"));
  assert_null(cy_format_detect(CY_SPAN_NONE, "x.pem"));
}

/* Memory that runs out. */

static cy_span memory_text;
static const cy_format *memory_format;

static cy_err *list_and_change(void)
{
  CY_AUTO(cy_place) *place = NULL;
  size_t iter = 0;
  asker a = ASKER("secret");
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  cy_write_how how = cy_write_default;
  how.pbe.iterations = 10;
  CY_TRY(try_place(&place, memory_text, "x", memory_format));
  for (cy_entry *e; (e = cy_place_next(place, &iter));) {
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    const cy_cert *cert;
    const cy_secret *key;
    CY_TRY(cy_entry_name(e, &name));
    CY_TRY(e->cert_count ? cy_entry_cert(e, 0, &cert) : NULL);
    CY_TRY(e->has_key ? cy_place_key(place, e, &a.ask, &key) : NULL);
  }
  cy_entry *first = place->doc->entries[0];
  cy_entry copy = *first;
  CY_TRY(cy_place_replace(place, first, &copy));
  if (!(cy_place_caps(place) & CY_ONE_ENTRY))
    CY_TRY(cy_place_put(place, first, false));
  return place->doc->format->serialise(place->doc, &how, &a.ask, &out);
}

static bool works(void)
{
  cy_err *err = list_and_change();
  bool done = !err;
  cy_err_free(err);
  return done;
}

static void memory_runs_out(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) text;
  CY_CLEAN(cy_buf) der;
  COMPOSE(
    &text, BAG("x"), "a.pem", "a.key", "mid.pem", "b.pem", "b.key", "a.sealed.key", "a.csr", "root.crl");
  memory_text = cy_buf_get(&text);
  memory_format = NULL;
  assert_true(works());
  fail_each_allocation(works);
  load_der(&der, "a.sealed.key");
  memory_text = cy_buf_get(&der);
  fail_each_allocation(works);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(by_label),
    cmocka_unit_test(by_subject),
    cmocka_unit_test(by_position_digest_and_id),
    cmocka_unit_test(folded),
    cmocka_unit_test(labels_come_and_go),
    cmocka_unit_test(copies_are_deep),
    cmocka_unit_test(kinds),
    cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
