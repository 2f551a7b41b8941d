/* Copying with many entries, and without memory. */
#include "tests/lib/errors.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/pem.h"
#include "crypto/lib.h"
#include "store/copy.h"
#include "store/place_internal.h"

static cy_place *over_bytes(const char *name, cy_buf *bytes)
{
  cy_image *image;
  cy_place *place;
  fine(cy_image_from(&image, name, bytes));
  fine(cy_place_from_image(&place, image, NULL, NULL));
  return place;
}

static cy_place *over_file(const char *file)
{
  char path[512];
  cy_buf bytes = CY_BUF_STORE;
  fine(cy_file_read(&bytes, test_path(path, sizeof path, file), 1 << 20, NULL));
  return over_bytes(file, &bytes);
}

static cy_place *to_stream(const char *address)
{
  cy_address parsed;
  cy_place *place;
  cy_place_how how = {.mode = CY_OPEN_WRITE};
  fine(cy_address_parse(&parsed, address, NULL));
  fine(cy_place_open(&place, &parsed, &how));
  cy_address_clear(&parsed);
  return place;
}

static cy_err *give(cy_ask *self, const cy_ask_want *want, cy_secret **answer)
{
  (void)self;
  return want->attempt ? NULL : cy_secret_copy(answer, CY_SPAN("secret"));
}
static cy_ask password = {give};

static cy_err *keep(void *arg, cy_span bytes)
{
  cy_buf_span(arg, bytes);
  return NULL;
}

static const cy_selector everything;

static size_t labels_of(cy_place *place, const char *wanted)
{
  size_t iter = 0, found = 0;
  for (cy_entry *e; (e = cy_place_next(place, &iter));)
    found += e->label && strcmp(e->label, wanted) == 0;
  return found;
}

/* A bundle of blocks that say CERTIFICATE and hold a number: they are copied, whatever they are. */
static cy_buf many(size_t count)
{
  cy_buf text = CY_BUF_STORE;
  for (uint32_t i = 0; i < count; i++) {
    const uint8_t der[] = {0x30, 6, 2, 4, 1, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};
    cy_pem_encode(&text, "CERTIFICATE", cy_span_of(der, sizeof der));
  }
  fine(cy_buf_check(&text));
  return text;
}

static cy_buf copy_into(const char *address, cy_place *from, size_t added)
{
  cy_buf out = CY_BUF_STORE;
  CY_AUTO(cy_place) *to = to_stream(address);
  CY_AUTO(cy_copy) *copy = NULL;
  const cy_copy_source source = {from, &everything, NULL};
  const cy_copy_options options = {.ask = &password};
  fine(cy_copy_plan(&copy, to, &source, 1, &options));
  assert_int_equal(cy_copy_count(copy, CY_COPY_ADDED), added);
  fine(cy_copy_apply(copy));
  fine(cy_place_commit(to, &cy_write_default, &password, NULL, keep, &out));
  return out;
}

static void a_hundred_thousand(void **state)
{
  enum { COUNT = 100000 };
  (void)state;
  cy_buf text = many(COUNT);
  CY_AUTO(cy_place) *pem = over_bytes("bundle.pem", &text);
  cy_buf bytes = copy_into("jks:-", pem, COUNT);
  CY_AUTO(cy_place) *jks = over_bytes("made.jks", &bytes);
  assert_int_equal(cy_place_count(jks), COUNT);
  assert_int_equal(labels_of(jks, "bundle"), 1);
  assert_int_equal(labels_of(jks, "bundle-100000"), 1);
  /* The other way, and what is there already is seen to be there. */
  cy_buf back = copy_into("pem:-", jks, COUNT);
  CY_AUTO(cy_place) *again = over_bytes("again.pem", &back);
  CY_AUTO(cy_copy) *copy = NULL;
  const cy_copy_source source = {again, &everything, NULL};
  const cy_copy_options options = {.ask = &password};
  fine(cy_copy_plan(&copy, jks, &source, 1, &options));
  assert_int_equal(cy_copy_count(copy, CY_COPY_SKIPPED), COUNT);
}

static bool deny(size_t size, void *arg)
{
  (void)size;
  return (*(long *)arg)-- == 0;
}

static cy_err *copy_four(cy_place *places[4], cy_place *to, cy_buf *out)
{
  CY_AUTO(cy_copy) *copy = NULL;
  cy_copy_source sources[4];
  const cy_copy_options options = {.ask = &password, .lower_labels = true};
  for (size_t i = 0; i < 4; i++)
    sources[i] = (cy_copy_source){places[i], &everything, &password};
  CY_TRY(cy_copy_plan(&copy, to, sources, 4, &options));
  CY_TRY(cy_copy_apply(copy));
  return cy_place_commit(to, &cy_write_default, &password, NULL, keep, out);
}

/* Each allocation in turn fails: an error that says so, and (the sanitizer sees to it) nothing is lost. */
static void no_memory(const char *address)
{
  static const char *const files[] = {"tests/fixtures/pkcs12/leaf.key", "tests/fixtures/pkcs12/leaf.pem",
    "tests/fixtures/pkcs12/ca.pem", "tests/fixtures/jks/ks.jks"};
  bool finished = false;
  long survived = 0;
  for (long n = 0; !finished; n++) {
    cy_place *places[4];
    for (size_t i = 0; i < 4; i++)
      places[i] = over_file(files[i]);
    cy_place *to = to_stream(address);
    CY_CLEAN(cy_buf) out = CY_BUF_STORE;
    long left = n;
    cy_secret_free(places[3]->doc->password);
    fine(cy_secret_copy(&places[3]->doc->password, CY_SPAN("changeit")));
    cy_mem_hook(deny, &left);
    cy_err *err = copy_four(places, to, &out);
    cy_mem_hook(NULL, NULL);
    finished = left >= 0;
    if (finished)
      fine(err);
    else if (err) /* names are compared without it, as far as they can be */
      assert_true(cy_err_is(err, CY_E_NO_MEMORY));
    survived += err == NULL;
    cy_err_free(err);
    cy_place_close(to);
    for (size_t i = 0; i < 4; i++)
      cy_place_close(places[i]);
    assert_true(n < 20000);
  }
  assert_true(survived < 40);
}

static void no_memory_is_survived(void **state)
{
  (void)state;
  no_memory("jks:-");
  no_memory("pem:-");
}

static int end(void **state)
{
  (void)state;
  cy_digest_thread_end();
  cy_lib_end();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_hundred_thousand), cmocka_unit_test(no_memory_is_survived)};
  return cmocka_run_group_tests(tests, NULL, end);
}
