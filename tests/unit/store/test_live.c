/* causey-test: any-user. Live places: logins, keys that stay, objects that vanish, half a commit. */
#include "tests/unit/store/memory_live.h"

#include "crypto/codes.h"
#include "store/codes.h"
#include "tests/unit/store/store_util.h"

static int set_up(void **state)
{
  (void)state;
  memory_reset();
  fine(cy_live_register(&memory_live));
  fine(cy_live_register(&memory_live_renaming));
  memory_add("Alpha", "a.pem", "a.key");
  memory_add("middle", "mid.pem", NULL);
  memory_add("root", "root.pem", NULL);
  return 0;
}

static int tear_down(void **state)
{
  (void)state;
  bool clean = memory.sessions == 0 && memory.keys == 0 && memory.key_freed_late == 0;
  memory_reset();
  return clean ? 0 : -1;
}

static cy_err *try_open(cy_place **place, const char *text, cy_ask *ask)
{
  CY_CLEAN(cy_address) address;
  cy_place_how how = {.mode = CY_OPEN_UPDATE, .ask = ask};
  CY_TRY(cy_address_parse(&address, text, NULL));
  return cy_place_open(place, &address, &how);
}

static cy_place *open_live(const char *text, asker *a)
{
  cy_place *place;
  fine(try_open(&place, text, &a->ask));
  return place;
}

static bool is_there(const char *label)
{
  for (size_t i = 0; i < MEMORY_OBJECTS; i++)
    if (memory.objects[i].there && strcmp(memory.objects[i].entry.label, label) == 0)
      return true;
  return false;
}

static void private_keys_need_the_pin(void **state)
{
  (void)state;
  asker none = ASKER(NULL), pin = ASKER("1234"), wrong = ASKER("999");
  CY_AUTO(cy_place) *place = open_live("memory:x", &none);
  holds(place, "C:Alpha C:middle C:root");
  assert_int_equal(none.last, CY_ASK_PIN);
  cy_place_close(place);
  place = open_live("memory:x", &pin);
  holds(place, "I:Alpha C:middle C:root");
  assert_int_equal(pin.asked, 1);
  cy_place *other;
  memory.logged_in = false;
  fails_with(try_open(&other, "memory:x", &wrong.ask), CY_E_CRYPTO_WRONG_PASSWORD);
}

static void says_what_it_is(void **state)
{
  (void)state;
  asker a = ASKER(NULL);
  CY_CLEAN(cy_buf) address = CY_BUF_TEXT;
  cy_entry *entry;
  CY_AUTO(cy_place) *place = open_live("memory:x", &a);
  assert_string_equal(cy_place_kind(place), "memory");
  assert_string_equal(cy_place_title(place), "Memory");
  assert_null(cy_place_doc(place));
  fine(find_label(place, "ALPHA", &entry));
  assert_string_equal(entry->label, "Alpha");
  fine(cy_place_entry_address(place, entry, &address));
  assert_string_equal(cy_buf_cstr(&address), "memory:x#Alpha");
}

static void a_kind_that_is_near(void **state)
{
  (void)state;
  cy_place *place;
  cy_err *err = try_open(&place, "memori:x", NULL);
  assert_non_null(strstr(cy_err_fix(err), "memory:x"));
  fails_with(err, CY_E_STORE_KIND_UNKNOWN);
  fails_with(try_open(&place, "memory:gone", NULL), CY_E_IO_MISSING);
}

static void a_key_stays_and_signs(void **state)
{
  (void)state;
  asker a = ASKER("1234");
  const cy_secret *pkcs8;
  CY_CLEAN(cy_buf) signature = CY_BUF_TEXT;
  cy_sign_how how = {.digest = CY_SHA256};
  CY_AUTO(cy_place) *place = open_live("memory:x", &a);
  cy_entry *entry = entry_at(place, 1);
  fails_with(cy_place_key(place, entry, NULL, &pkcs8), CY_E_KEY_NOT_EXPORTABLE);
  assert_null(pkcs8);
  fine(cy_key_sign(entry->key.reference, &how, CY_SPAN("text"), &signature));
  assert_int_equal(memory.signatures, 1);
  assert_true(signature.len > 60);
}

static void what_vanishes_is_said(void **state)
{
  (void)state;
  asker a = ASKER("1234");
  const cy_secret *pkcs8;
  CY_AUTO(cy_place) *place = open_live("memory:x", &a);
  memory.objects[0].there = memory.objects[1].there = false;
  fails_with(cy_place_key(place, entry_at(place, 1), NULL, &pkcs8), CY_E_STORE_VANISHED);
  fine(cy_place_remove(place, entry_at(place, 2)));
  fails_with(cy_place_commit(place, &cy_write_default, NULL, NULL, NULL, NULL), CY_E_STORE_VANISHED);
}

static void nothing_happens_before_the_commit(void **state)
{
  (void)state;
  asker a = ASKER(NULL);
  cy_place *place = open_live("memory:x", &a);
  fine(cy_place_remove(place, entry_at(place, 2)));
  fine(cy_place_remove(place, entry_at(place, 3)));
  holds(place, "C:Alpha");
  cy_place_close(place);
  assert_true(is_there("middle") && is_there("root"));
}

/* Puts a.pem under two labels and takes root away, which is gone already. */
static cy_err *half(cy_place *place, cy_commit_result *result)
{
  CY_AUTO(cy_place) *from = OPEN("a.pem");
  cy_entry entry = *entry_at(from, 1);
  entry.label = (char *)(uintptr_t)"one";
  CY_TRY(cy_place_put(place, &entry, false));
  entry.label = (char *)(uintptr_t)"two";
  CY_TRY(cy_place_put(place, &entry, false));
  CY_TRY(cy_place_remove(place, entry_at(place, 3)));
  return cy_place_commit(place, &cy_write_default, NULL, result, NULL, NULL);
}

static void half_a_commit(void **state)
{
  (void)state;
  asker a = ASKER(NULL);
  cy_commit_result result = {0};
  CY_AUTO(cy_place) *place = open_live("memory:x", &a);
  memory.objects[2].there = false;
  memory.refuse = "two";
  cy_err *err = half(place, &result);
  assert_non_null(strstr(cy_err_text(err), "2 of 3"));
  fails_with(err, CY_E_STORE_PARTLY);
  assert_int_equal(result.count, 3);
  assert_string_equal(result.items[0].label, "one");
  assert_null(result.items[0].err);
  assert_int_equal(cy_err_code_get(result.items[1].err), CY_E_STORE_CANNOT_HOLD);
  assert_string_equal(result.items[2].verb, "delete");
  assert_int_equal(cy_err_code_get(result.items[2].err), CY_E_STORE_VANISHED);
  assert_true(is_there("one") && !is_there("two"));
  cy_commit_result_clear(&result);
  fine(cy_place_commit(place, &cy_write_default, NULL, NULL, NULL, NULL)); /* not once more */
}

static void half_a_commit_that_nobody_listens_to(void **state)
{
  (void)state;
  asker a = ASKER(NULL);
  CY_AUTO(cy_place) *place = open_live("memory:x", &a);
  memory.refuse = "two";
  cy_err *err = half(place, NULL);
  assert_true(cy_err_is(err, CY_E_STORE_CANNOT_HOLD)); /* the cause is not lost */
  fails_with(err, CY_E_STORE_PARTLY);
}

static void a_commit_that_fails_late(void **state)
{
  (void)state;
  asker a = ASKER(NULL);
  CY_AUTO(cy_place) *place = open_live("memory:x", &a);
  memory.refuse = "two";
  memory.only_at_commit = true;
  fails_with(half(place, NULL), CY_E_STORE_PARTLY);
  assert_true(is_there("one") && !is_there("root"));
}

static void replacing_never_loses_the_old(void **state)
{
  (void)state;
  asker a = ASKER(NULL);
  CY_AUTO(cy_place) *from = OPEN("b.pem");
  CY_AUTO(cy_place) *place = open_live("memory:x", &a);
  cy_entry entry = *entry_at(from, 1);
  entry.label = (char *)(uintptr_t)"new";
  fine(cy_place_replace(place, entry_at(place, 2), &entry));
  memory.refuse = "new";
  fails_with(cy_place_commit(place, &cy_write_default, NULL, NULL, NULL, NULL), CY_E_STORE_CANNOT_HOLD);
  assert_true(is_there("middle"));
  memory.refuse = NULL;
  entry.label = NULL;
  CY_AUTO(cy_place) *again = open_live("memory:x", &a);
  fine(cy_place_replace(again, entry_at(again, 2), &entry));
  fine(cy_place_commit(again, &cy_write_default, NULL, NULL, NULL, NULL));
  assert_true(is_there("middle"));
  CY_AUTO(cy_place) *after = open_live("memory:x", &a);
  assert_int_equal(cy_place_count(after), 3);
}

static void what_was_put_can_be_taken_back(void **state)
{
  (void)state;
  asker a = ASKER(NULL);
  cy_entry *there;
  CY_AUTO(cy_place) *from = OPEN("b.pem");
  CY_AUTO(cy_place) *place = open_live("memory:x", &a);
  cy_entry entry = *entry_at(from, 1);
  entry.label = (char *)(uintptr_t)"one";
  fine(cy_place_put(place, &entry, false));
  fails_with(cy_place_put(place, &entry, false), CY_E_STORE_LABEL_TAKEN);
  fine(find_label(place, "one", &there));
  fine(cy_place_rename(place, there, "two"));
  entry.label = (char *)(uintptr_t)"three";
  fine(cy_place_put(place, &entry, false));
  fine(find_label(place, "three", &there));
  fine(cy_place_remove(place, there));
  fine(cy_place_commit(place, &cy_write_default, NULL, NULL, NULL, NULL));
  assert_true(!is_there("one") && is_there("two") && !is_there("three"));
}

static void renaming(void **state)
{
  (void)state;
  asker a = ASKER("1234");
  cy_entry *entry;
  CY_AUTO(cy_place) *place = open_live("memory:x", &a);
  fails_with(cy_place_rename(place, entry_at(place, 1), "new"), CY_E_STORE_CANNOT_HOLD);
  fails_with(cy_place_rename(place, entry_at(place, 2), "ROOT"), CY_E_STORE_LABEL_TAKEN);
  fine(cy_place_rename(place, entry_at(place, 2), "new"));
  fine(find_label(place, "new", &entry));
  fails_with(find_label(place, "middle", &entry), CY_E_STORE_LABEL_MISSING);
  fine(cy_place_commit(place, &cy_write_default, NULL, NULL, NULL, NULL));
  assert_true(is_there("new") && !is_there("middle"));
  CY_AUTO(cy_place) *able = open_live("renaming:x", &a);
  fine(cy_place_rename(able, entry_at(able, 1), "beta"));
  fine(cy_place_commit(able, &cy_write_default, NULL, NULL, NULL, NULL));
  assert_true(is_there("beta") && memory.objects[0].key_file != NULL);
}

#define live_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
  const struct CMUnitTest tests[] = {
    live_test(private_keys_need_the_pin),
    live_test(says_what_it_is),
    live_test(a_kind_that_is_near),
    live_test(a_key_stays_and_signs),
    live_test(what_vanishes_is_said),
    live_test(nothing_happens_before_the_commit),
    live_test(half_a_commit),
    live_test(half_a_commit_that_nobody_listens_to),
    live_test(a_commit_that_fails_late),
    live_test(replacing_never_loses_the_old),
    live_test(what_was_put_can_be_taken_back),
    live_test(renaming),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
