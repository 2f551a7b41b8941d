/* Purpose: what the tests of documents and places share: askers, stores from bytes, files of PEM.
 * Ownership: documents, places and buffers are the caller's.
 * Errors: asserts.
 * Threads: one. */
#ifndef TESTS_UNIT_STORE_STORE_UTIL_H
#define TESTS_UNIT_STORE_STORE_UTIL_H

#include "tests/lib/errors.h"

#include "base/file.h"
#include "base/pem.h"
#include "store/place.h"

extern const cy_format cy_format_pem, cy_format_der;

/* Answers every question with one password, or with none; counts the questions. */
typedef struct {
  cy_ask ask;
  const char *text;
  int asked;
  cy_ask_kind last;
} asker;

static inline cy_err *answer(cy_ask *self, const cy_ask_want *want, cy_secret **out)
{
  asker *a = (asker *)self;
  a->asked++;
  a->last = want->kind;
  return a->text ? cy_secret_copy(out, cy_span_str(a->text)) : NULL;
}

#define ASKER(password) ((asker){{answer}, password, 0, CY_ASK_STORE})

/* Appends a file of tests/fixtures/store. */
static inline void add_file(cy_buf *out, const char *name)
{
  char path[300], file[100];
  CY_CLEAN(cy_buf) bytes = CY_BUF_STORE;
  snprintf(file, sizeof file, "tests/fixtures/store/%s", name);
  fine(cy_file_read(&bytes, test_path(path, sizeof path, file), CY_MAX_STORE_BYTES, NULL));
  cy_buf_span(out, cy_buf_get(&bytes));
}

/* Files, one after another; what has a blank or a line end in it is text. */
static inline void compose(cy_buf *out, const char *const *pieces)
{
  *out = CY_BUF_STORE;
  for (; *pieces; pieces++)
    if (strpbrk(*pieces, " \n"))
      cy_buf_str(out, *pieces);
    else
      add_file(out, *pieces);
}
#define COMPOSE(out, ...) compose(out, (const char *const[]){__VA_ARGS__, NULL})

/* The DER in the first block of a file. */
static inline void load_der(cy_buf *der, const char *name)
{
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  cy_pem_block block;
  bool found;
  *der = CY_BUF_STORE;
  add_file(&text, name);
  cy_pem pem = cy_pem_begin(cy_buf_get(&text));
  do {
    fine(cy_pem_next(&pem, &block, &found));
    assert_true(found);
  } while (cy_span_equal(block.label, CY_SPAN("EC PARAMETERS")));
  fine(cy_pem_decode(der, &block));
}

static inline cy_err *try_place(cy_place **place, cy_span bytes, const char *name, const cy_format *format)
{
  cy_buf copy = CY_BUF_STORE;
  cy_image *image;
  *place = NULL;
  cy_buf_span(&copy, bytes);
  cy_err *err = cy_buf_check(&copy);
  if (err) {
    cy_buf_clear(&copy);
    return err;
  }
  CY_TRY(cy_image_from(&image, name, &copy));
  return cy_place_from_image(place, image, format, NULL);
}

static inline cy_place *open_bytes(cy_span bytes)
{
  cy_place *place;
  fine(try_place(&place, bytes, "test", NULL));
  return place;
}

static inline cy_place *open_pieces(const char *const *pieces)
{
  CY_CLEAN(cy_buf) text;
  compose(&text, pieces);
  return open_bytes(cy_buf_get(&text));
}
#define OPEN(...) open_pieces((const char *const[]){__VA_ARGS__, NULL})

/* Entry number `position`. */
static inline cy_entry *entry_at(cy_place *place, size_t position)
{
  cy_entry *entry;
  cy_selector selector = {.kind = CY_SELECT_POSITION, .position = position};
  fine(cy_place_find(place, &selector, &entry));
  return entry;
}

static inline cy_err *find_label(cy_place *place, const char *label, cy_entry **entry)
{
  cy_selector selector = {.kind = CY_SELECT_LABEL, .text = (char *)(uintptr_t)label};
  return cy_place_find(place, &selector, entry);
}

/* The bytes that a commit would write. */
static inline void written(cy_buf *out, cy_place *place, const char *password)
{
  asker a = ASKER(password);
  cy_write_how how = cy_write_default;
  cy_doc *doc = cy_place_doc(place);
  how.pbe.iterations = 10;
  how.plain_keys = !password;
  *out = CY_BUF_STORE;
  fine(doc->format->serialise(doc, &how, &a.ask, out));
}

static inline void is_text(const cy_buf *have, const cy_buf *want)
{
  if (!cy_span_equal(cy_buf_get(have), cy_buf_get(want)))
    fail_msg("have:\n%.*s\nwant:\n%.*s", (int)have->len, (const char *)have->data, (int)want->len,
      (const char *)want->data);
}

/* "identity Alpha+1 Middle" would be long: kind letter, name, chain length: "I:Alpha/2 C:Root". */
static inline void summary(cy_buf *out, cy_place *place)
{
  size_t iter = 0;
  *out = CY_BUF_TEXT;
  for (cy_entry *e; (e = cy_place_next(place, &iter));) {
    cy_buf_printf(out, "%s%c:", out->len ? " " : "", "ICTKRLS"[e->kind]);
    fine(cy_entry_name(e, out));
    if (e->cert_count > 1)
      cy_buf_printf(out, "/%zu", e->cert_count);
    if (e->pairing_assumed)
      cy_buf_str(out, "?");
  }
}

static inline void holds(cy_place *place, const char *want)
{
  CY_CLEAN(cy_buf) have;
  summary(&have, place);
  assert_string_equal(cy_buf_cstr(&have), want);
}

/* A store in memory of this kind, from the pieces of a PEM file, under its own labels; takes `pem`. */
static inline cy_place *labelled_store(
  cy_place *pem, const cy_format *format, const char *const *labels, bool trusted)
{
  size_t iter = 0, i = 0;
  cy_place *place;
  CY_CLEAN(cy_address) address = {0};
  char text[20];
  snprintf(text, sizeof text, "%s:-", format->id);
  fine(cy_address_parse(&address, text, NULL));
  const cy_place_how how = {.mode = CY_OPEN_CREATE};
  fine(cy_place_open(&place, &address, &how));
  for (cy_entry *e; (e = cy_place_next(pem, &iter)); i++) {
    cy_entry copy = *e;
    copy.label = (char *)(uintptr_t)labels[i];
    copy.kind = trusted && !e->has_key ? CY_ENTRY_TRUSTED : e->kind;
    fine(cy_place_put(place, &copy, false));
  }
  cy_place_close(pem);
  return place;
}
#define LABELS(...) ((const char *const[]){__VA_ARGS__})

#endif
