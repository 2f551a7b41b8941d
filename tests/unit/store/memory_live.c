/* causey-test: any-user. A live place in memory. */
#include "tests/unit/store/memory_live.h"

#include "crypto/codes.h"
#include "store/codes.h"

#include "tests/unit/store/store_util.h"

memory_world memory;

typedef struct {
  cy_ask *ask;
  char *place;
  bool asked;
  char *waiting[MEMORY_OBJECTS]; /* labels to be put at commit */
  size_t waiting_count;
} session;

void memory_reset(void)
{
  cy_arena_clear(&memory.arena);
  memory = (memory_world){.pin = "1234"};
}

/* Handles are not used twice. */
static memory_object *free_object(void)
{
  for (size_t i = 0; i < MEMORY_OBJECTS; i++)
    if (!memory.objects[i].entry.part)
      return &memory.objects[i];
  fail_msg("the memory is full");
  return NULL;
}

static void keep(const char *label, cy_span cert, bool has_key, const char *key_file)
{
  memory_object *o = free_object();
  *o = (memory_object){.there = true, .key_file = key_file};
  o->entry.kind = has_key ? CY_ENTRY_IDENTITY : CY_ENTRY_CERTIFICATE;
  o->entry.has_key = has_key;
  o->entry.label = cy_arena_str(&memory.arena, cy_span_str(label));
  o->entry.certs = cy_arena_alloc(&memory.arena, sizeof *o->entry.certs);
  o->entry.certs[0].der = cy_arena_copy(&memory.arena, cert);
  o->entry.cert_count = 1;
  o->entry.part = (size_t)(o - memory.objects) + 1;
}

void memory_add(const char *label, const char *cert, const char *key)
{
  CY_CLEAN(cy_buf) der;
  load_der(&der, cert);
  keep(label, cy_buf_get(&der), key != NULL, key);
}

/* A key that never leaves. */

static cy_err *key_spki(void *self, cy_buf *out)
{
  return cy_key_spki(self, out);
}

static cy_err *key_sign(void *self, const cy_sign_how *how, cy_span data, cy_buf *signature)
{
  memory.signatures++;
  return cy_key_sign(self, how, data, signature);
}

static void key_free(void *self)
{
  memory.key_freed_late += memory.sessions == 0;
  memory.keys--;
  cy_key_free(self);
}

static const cy_key_ops key_ops = {"memory", key_spki, key_sign, NULL, NULL, key_free};

static cy_err *make_key(cy_keybox *box, const char *file)
{
  CY_CLEAN(cy_buf) der;
  cy_key *soft;
  load_der(&der, file);
  CY_TRY(cy_key_from_pkcs8(&soft, cy_buf_get(&der)));
  memory.keys++;
  return cy_key_new(&box->reference, &key_ops, soft);
}

/* The vtable. */

static cy_err *login(session *s)
{
  CY_AUTO(cy_secret) *pin = NULL;
  cy_ask_want want = {CY_ASK_PIN, s->place, NULL, 0, NULL};
  if (memory.logged_in || s->asked)
    return NULL;
  CY_TRY(cy_ask_for(s->ask, &want, &pin));
  s->asked = pin != NULL;
  if (!pin)
    return NULL;
  if (!cy_span_equal(cy_secret_get(pin), cy_span_str(memory.pin)))
    return cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD, "the PIN is wrong");
  memory.logged_in = true;
  return NULL;
}

static cy_err *open_memory(void **self, const cy_address *address, cy_open_mode mode, cy_ask *ask)
{
  session *s = cy_malloc(sizeof *s);
  CY_TRY_ALLOC(s);
  (void)mode;
  *self = s;
  memory.sessions++;
  s->ask = ask;
  s->place = cy_strdup(address->path);
  CY_TRY_ALLOC(s->place);
  return strcmp(s->place, "gone") == 0 ? cy_err_new(CY_E_IO_MISSING, "there is no such memory") : NULL;
}

static cy_err *show(const memory_object *o, cy_entry_visit *visit, void *arg)
{
  cy_entry entry = o->entry;
  entry.has_key = entry.has_key && memory.logged_in;
  entry.kind = entry.has_key ? CY_ENTRY_IDENTITY : CY_ENTRY_CERTIFICATE;
  if (entry.has_key)
    CY_TRY(make_key(&entry.key, o->key_file));
  cy_err *err = visit(arg, &entry);
  cy_key_free(entry.key.reference);
  return err;
}

static cy_err *each(void *self, cy_entry_visit *visit, void *arg)
{
  CY_TRY(login(self));
  for (size_t i = 0; i < MEMORY_OBJECTS; i++)
    if (memory.objects[i].there)
      CY_TRY(show(&memory.objects[i], visit, arg));
  return NULL;
}

static cy_err *get(void *self, const cy_entry *entry, bool *found, cy_entry_visit *visit, void *arg)
{
  const memory_object *o = &memory.objects[entry->part - 1];
  *found = o->there;
  if (!o->there)
    return NULL;
  CY_TRY(login(self));
  return show(o, visit, arg);
}

static cy_err *put(void *self, const cy_entry *entry, bool replace)
{
  session *s = self;
  bool refused = memory.refuse && entry->label && strcmp(entry->label, memory.refuse) == 0;
  if (memory.only_at_commit && refused) {
    s->waiting[s->waiting_count++] = entry->label;
    return NULL;
  }
  if (refused)
    return cy_err_new(CY_E_STORE_CANNOT_HOLD, "the memory is full");
  if (replace && !memory.objects[entry->part - 1].there)
    return cy_err_new(CY_E_STORE_VANISHED, "%s is no longer there", entry->label);
  if (replace)
    memory.objects[entry->part - 1].there = false;
  keep(entry->label, entry->certs[0].der, false, NULL);
  return NULL;
}

static cy_err *remove_object(void *self, const cy_entry *entry)
{
  (void)self;
  if (!memory.objects[entry->part - 1].there)
    return cy_err_new(CY_E_STORE_VANISHED, "%s is no longer there", entry->label);
  memory.objects[entry->part - 1].there = false;
  return NULL;
}

static cy_err *commit(void *self, cy_commit_result *result)
{
  session *s = self;
  for (size_t i = 0; i < s->waiting_count; i++)
    CY_TRY(cy_commit_result_add(result, "put", s->waiting[i], cy_err_new(CY_E_STORE_CANNOT_HOLD, "full")));
  s->waiting_count = 0;
  return NULL;
}

static void close_memory(void *self)
{
  session *s = self;
  memory.sessions--;
  memory.logged_in = false;
  cy_free(s->place);
  cy_free(s);
}

static cy_err *rename_object(void *self, const cy_entry *entry, const char *label)
{
  (void)self;
  memory.objects[entry->part - 1].entry.label = cy_arena_str(&memory.arena, cy_span_str(label));
  return NULL;
}

#define CAPS                                                                                                 \
  (CY_CAN_KEYS | CY_CAN_CERTS | CY_CAN_LABELS | CY_CAN_WRITE | CY_FOLDS_LABELS | CY_NEEDS_LOGIN |            \
    CY_KEEPS_KEYS | CY_NOT_ATOMIC)
const cy_live memory_live = {
  "memory", "Memory", CAPS, open_memory, each, get, put, remove_object, commit, close_memory, NULL};
const cy_live memory_live_renaming = {"renaming", "Memory that renames", CAPS, open_memory, each, get, put,
  remove_object, commit, close_memory, rename_object};
