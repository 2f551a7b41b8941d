/* The table of readers, and what an address means. */
#include "tls/codes.h"
#include "tls/reader_internal.h"
#include "tls/reader_ring.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/charset.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/codes.h"
#include "store/live.h"

#define CY_TLS_READER(name) extern const cy_tls_reader cy_tls_reader_##name;
#include "tls/readers.def"
#undef CY_TLS_READER

const cy_tls_reader *const cy_tls_readers[] = {
#define CY_TLS_READER(name) &cy_tls_reader_##name,
#include "tls/readers.def"
#undef CY_TLS_READER
};
const size_t cy_tls_reader_count = CY_COUNT(cy_tls_readers);

const cy_tls_reader *cy_tls_reader_find(const char *id)
{
  for (size_t i = 0; i < cy_tls_reader_count; i++)
    if (strcmp(cy_tls_readers[i]->id, id) == 0)
      return cy_tls_readers[i];
  return NULL;
}

static const cy_tls_reader *most_sure(const char *path, cy_span head, unsigned *sure)
{
  const cy_tls_reader *best = NULL;
  *sure = 0;
  if (!head.data)
    head = CY_SPAN(""); /* nothing, but somewhere */
  for (size_t i = 0; i < cy_tls_reader_count; i++) {
    unsigned score = cy_tls_readers[i]->detect ? cy_tls_readers[i]->detect(path, head) : 0;
    if (score > *sure) {
      best = cy_tls_readers[i];
      *sure = score;
    }
  }
  return best;
}

cy_err *cy_tls_reader_detect_file(const cy_tls_reader **out, const char *path)
{
  CY_CLEAN(cy_buf) head = CY_BUF(CY_DETECT_BYTES);
  unsigned sure;
  *out = NULL;
  CY_TRY(cy_tls_read_head(&head, path));
  *out = cy_tls_reader_detect(path, cy_buf_get(&head), &sure);
  return NULL;
}

/* Stores know themselves what they are in; everything else is text, and may be in EBCDIC or UTF-16. */
const cy_tls_reader *cy_tls_reader_detect(const char *path, cy_span head, unsigned *sure)
{
  CY_CLEAN(cy_buf) utf8 = CY_BUF(4 * CY_DETECT_BYTES);
  unsigned converted_sure;
  const cy_tls_reader *best = most_sure(path, head, sure);
  cy_span text = cy_charset_text(&utf8, head);
  if (text.data == head.data || utf8.failed)
    return best;
  const cy_tls_reader *converted = most_sure(path, text, &converted_sure);
  if (converted_sure <= *sure)
    return best;
  *sure = converted_sure;
  return converted;
}

/* One reading. */

static void reading_init(cy_tls_reading *reading, cy_tls_sides *sides, const cy_tls_read_how *how)
{
  *reading = (cy_tls_reading){.how = how, .sides = sides};
  cy_tls_stores_init(&reading->own);
  reading->stores = how->stores ? how->stores : &reading->own;
  reading->stores->round++;
  cy_map_init(&reading->files, true);
}

static void reading_clear(cy_tls_reading *reading)
{
  cy_tls_rings_free(reading->rings);
  reading->rings = NULL;
  cy_tls_stores_clear(&reading->own);
  cy_map_clear(&reading->files);
}

static cy_err *not_recognised(const char *path)
{
  CY_CLEAN(cy_buf) known = CY_BUF_TEXT;
  for (size_t i = 0; i < cy_tls_reader_count; i++)
    cy_buf_printf(&known, "%s%s", i ? ", " : "", cy_tls_readers[i]->id);
  return cy_err_hint(
    cy_err_new(CY_E_TLS_NOT_RECOGNISED, "%s is no configuration of TLS that is known", path),
    "If you know what it is, put that in front: READER:%s. There are %s.", path, cy_buf_cstr(&known));
}

static cy_err *read_whole(cy_buf *text, const char *path)
{
  cy_err *err = cy_file_read(text, path, CY_MAX_STORE_BYTES, NULL);
  return err && cy_err_is(err, CY_E_TOO_LARGE)
           ? cy_err_hint(err, "No configuration is that large: see whether it is the right file.")
           : err;
}

cy_err *cy_tls_read_file(cy_tls_reading *reading, const cy_tls_reader *reader, const char *path)
{
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  CY_CLEAN(cy_buf) utf8 = CY_BUF_STORE;
  CY_CLEAN(cy_buf) head = CY_BUF(CY_DETECT_BYTES);
  if (!reader) {
    CY_TRY(cy_tls_read_head(&head, path));
    unsigned sure;
    reader = cy_tls_reader_detect(path, cy_buf_get(&head), &sure);
    if (!reader)
      return not_recognised(path);
  }
  if (!reader->streams)
    CY_TRY(read_whole(&text, path));
  cy_span read = cy_charset_text(&utf8, cy_buf_get(&text));
  CY_TRY(cy_buf_check(&utf8));
  CY_TRY(cy_tls_read_begin(reading, path));
  cy_err *err = reader->read(reading, path, read);
  cy_tls_read_end(reading, path);
  CY_TRY_AS(err, CY_E_TLS_STEP, "cannot read %s as %s", path, reader->title);
  return NULL;
}

/* What was read belongs to the caller only when all went well and the label fits. */

static cy_err *no_sides(const char *path)
{
  return cy_err_new(CY_E_TLS_NO_SIDES, "%s sets up no TLS", path);
}

/* The label as a whole, and each of its words. The words live in the arena. */
static cy_err *try_label(cy_nearest *near, cy_arena *words, const char *label)
{
  cy_nearest_try(near, label);
  for (const char *at = strchr(label, ' ') ? label : ""; *at; at += *at == ' ') {
    size_t len = strcspn(at, " ");
    const char *word = cy_arena_str(words, cy_span_of(at, len));
    CY_TRY_ALLOC(word);
    cy_nearest_try(near, word);
    at += len;
  }
  return NULL;
}

static cy_err *no_label(const cy_tls_sides *sides, const cy_address *address)
{
  cy_nearest near = CY_NEAREST(address->selector.text);
  CY_CLEAN(cy_buf) labels = CY_BUF_TEXT;
  CY_CLEAN(cy_arena) words = {0};
  enum { SHOWN = 8 };
  for (size_t i = 0; i < sides->count; i++) {
    if (!sides->items[i]->label)
      continue;
    CY_TRY(try_label(&near, &words, sides->items[i]->label));
    if (i < SHOWN)
      cy_buf_printf(&labels, "%s%s", labels.len ? ", " : "", sides->items[i]->label);
  }
  cy_err *err = cy_err_new(CY_E_TLS_SIDE_MISSING, "%s has no side that is called %s (it has %zu)",
    address->path, address->selector.text, sides->count);
  if (near.best)
    return cy_err_hint(
      err, "Did you mean %s#%s? There are: %s.", address->path, near.best, cy_buf_cstr(&labels));
  return labels.len ? cy_err_hint(err, "There are: %s.", cy_buf_cstr(&labels)) : err;
}

/* A server has several names: any of them will do where none is called so as a whole. */
static bool is_called(const cy_tls_side *side, const char *label, bool words)
{
  if (!side->label)
    return false;
  return words ? cy_notation_has(side->label, label) : strcmp(side->label, label) == 0;
}

static size_t count_called(const cy_tls_sides *sides, const char *label, bool words)
{
  size_t count = 0;
  for (size_t i = 0; i < sides->count; i++)
    count += is_called(sides->items[i], label, words);
  return count;
}

static cy_err *select_sides(cy_tls_sides *sides, const cy_address *address)
{
  const cy_selector *s = &address->selector;
  size_t kept = 0;
  bool by_label = s->kind == CY_SELECT_LABEL;
  if (s->kind == CY_SELECT_ALL)
    return NULL;
  if (!by_label && s->kind != CY_SELECT_POSITION)
    return cy_err_new(CY_E_ADDRESS_BAD, "%s: sides are chosen by label or by position", address->given);
  if (!by_label && s->position > sides->count)
    return cy_err_new(CY_E_TLS_SIDE_MISSING, "%s has no side number %zu (it has %zu)", address->path,
      s->position, sides->count);
  bool words = by_label && count_called(sides, s->text, false) == 0;
  if (words && count_called(sides, s->text, true) == 0)
    return no_label(sides, address);
  for (size_t i = 0; i < sides->count; i++) {
    cy_tls_side *side = sides->items[i];
    bool fits = by_label ? is_called(side, s->text, words) : i + 1 == s->position;
    if (fits)
      sides->items[kept++] = side;
    else
      cy_tls_side_free(side);
  }
  sides->count = kept;
  return NULL;
}

/* What the user said beside the address wins over what was read. */
static cy_err *apply_how(cy_tls_side *side, const cy_tls_read_how *how)
{
  if (how->role_given && !side->role_known) {
    side->role = how->role;
    side->role_known = true;
  }
  if (how->dialect) {
    side->dialect = cy_tls_dialect_find(how->dialect);
    if (!side->dialect)
      return cy_tls_read_no_dialect(how->dialect);
  }
  if (how->host && (!side->role_known || side->role == CY_TLS_CLIENT)) {
    CY_TRY(cy_tls_side_set(&side->host, how->host));
    CY_TRY(cy_tls_side_note(side, CY_TLS_FIELD_HOST, "host", how->host, "command line", 0));
    CY_TRY(cy_tls_side_beat(side, CY_TLS_FIELD_HOST, "the command line says otherwise"));
  }
  if (how->at)
    side->at = how->at;
  return cy_findings_check(&side->findings);
}

static cy_err *move_sides(cy_tls_sides *out, cy_tls_sides *from, const cy_tls_read_how *how)
{
  for (size_t i = 0; i < from->count; i++) {
    cy_tls_side *side = from->items[i];
    from->items[i] = NULL;
    cy_err *err = apply_how(side, how);
    if (err) {
      cy_tls_side_free(side);
      return err;
    }
    CY_TRY(cy_tls_sides_add(out, side));
  }
  from->count = 0;
  return NULL;
}

/* Addresses. */

/* nginx:PATH: the reader; a kind of store in front, or nothing, is left for others. */
static const cy_tls_reader *reader_in_front(const char *address, const char **rest)
{
  for (size_t i = 0; i < cy_tls_reader_count; i++) {
    size_t len = strlen(cy_tls_readers[i]->id);
    *rest = address + len + 1;
    if (strncmp(address, cy_tls_readers[i]->id, len) == 0 && address[len] == ':')
      return cy_tls_readers[i];
  }
  *rest = address;
  return NULL;
}

static cy_err *unknown_kind(const cy_address *address)
{
  cy_nearest near = CY_NEAREST(address->kind);
  if (cy_format_find(address->kind) || cy_live_find(address->kind))
    return NULL;
  for (size_t i = 0; i < cy_tls_reader_count; i++)
    cy_nearest_try(&near, cy_tls_readers[i]->id);
  cy_err *err = cy_err_new(CY_E_TLS_READER_UNKNOWN, "%s: there is no reader and no kind of store called %s",
    address->given, address->kind);
  return near.best ? cy_err_hint(err, "Did you mean %s:%s?", near.best, address->path) : err;
}

static bool is_folder(const char *path)
{
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static cy_err *load(cy_tls_reading *reading, const cy_address *address, const cy_tls_reader *reader)
{
  bool folder = !address->is_stream && is_folder(address->path);
  reading->address = address;
  if (address->kind && !reader) {
    CY_TRY(unknown_kind(address));
    return cy_tls_reader_store.read(reading, address->path, CY_SPAN_NONE);
  }
  if (folder && !reader && !cy_live_of_folder(address->path))
    return cy_tls_read_folder(reading, address->path, NULL);
  if (folder && reader && reader != &cy_tls_reader_store)
    return cy_tls_read_folder(reading, address->path, reader);
  if (folder && !reader)
    return cy_tls_reader_store.read(reading, address->path, CY_SPAN_NONE);
  return cy_tls_read_file(reading, reader, address->path);
}

cy_err *cy_tls_sides_load(cy_tls_sides *out, const char *given, const cy_tls_read_how *how)
{
  struct stat st;
  if (how->rings && stat(how->rings, &st) != 0)
    return cy_err_errno(errno, "cannot open the rings in %s", how->rings);
  CY_CLEAN(cy_address) address = {0};
  CY_CLEAN(cy_tls_sides) sides = {0};
  cy_tls_reading reading;
  const char *rest;
  const cy_tls_reader *reader = reader_in_front(given, &rest);
  CY_TRY(cy_address_parse(&address, rest, how->home));
  reading_init(&reading, &sides, how);
  cy_err *err = load(&reading, &address, reader);
  reading_clear(&reading);
  CY_TRY(err);
  if (sides.count == 0)
    return no_sides(given);
  if (!reading.selected)
    CY_TRY(select_sides(&sides, &address));
  return move_sides(out, &sides, how);
}

cy_err *cy_tls_sides_parse(cy_tls_sides *out, const cy_tls_reader *reader, const char *path, cy_span text,
  const cy_tls_read_how *how)
{
  CY_CLEAN(cy_tls_sides) sides = {0};
  CY_CLEAN(cy_buf) utf8 = CY_BUF_STORE;
  cy_tls_reading reading;
  cy_span read = reader == &cy_tls_reader_store ? text : cy_charset_text(&utf8, text);
  CY_TRY(cy_buf_check(&utf8));
  reading_init(&reading, &sides, how);
  cy_err *err = cy_tls_read_begin(&reading, path);
  if (!err)
    err = reader->read(&reading, path, read);
  reading_clear(&reading);
  CY_TRY(err);
  return move_sides(out, &sides, how);
}
