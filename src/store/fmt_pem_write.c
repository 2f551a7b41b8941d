/* Writing PEM: untouched parts byte for byte, changed and new entries encoded. */
#include "base/map.h"
#include "base/mem.h"
#include "base/pem_mend.h"
#include "store/codes.h"
#include "store/fmt_pem.h"

/* What is being written. */
typedef struct {
  cy_doc *doc;
  cy_pem_own *own;
  const cy_write_how *how;
  cy_ask *ask;
  cy_map shared; /* certificates that stay because others need them, by their DER */
  bool *written; /* by an entry's position - 1: a changed one that is out already */
  bool crlf;     /* the lines of the file end so, and so do those that are added */
} writing;

static void put_block(const writing *w, const char *label, cy_span der, cy_buf *out)
{
  CY_CLEAN(cy_buf) text = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  if (!w->crlf) {
    cy_pem_encode(out, label, der);
    return;
  }
  cy_pem_encode(&text, label, der);
  if (text.failed)
    cy_buf_fail(out, text.failed);
  for (size_t at = 0, next; !text.failed && at < text.len; at = next + 1) {
    next = at + (size_t)((uint8_t *)memchr(text.data + at, '\n', text.len - at) - (text.data + at));
    cy_buf_put(out, text.data + at, next - at);
    cy_buf_str(out, "\r\n");
  }
}

/* As PKCS#8 ssh of many releases would not find it any more. */
static cy_err *refuse_openssh(const cy_doc *doc)
{
  return cy_err_hint(
    cy_err_new(CY_E_STORE_READ_ONLY,
      "the key in %s is in OpenSSH's own notation, which is read and not written", doc->place),
    "Change its passphrase with `ssh-keygen -p -f %s`, or copy it as PKCS#8: causey cp %s key.pem",
    doc->place, doc->place);
}

static cy_err *put_key(writing *w, cy_entry *entry, cy_buf *out)
{
  CY_CLEAN(cy_buf) der = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  const char *label;
  if (w->own && !entry->added && w->own->parts[entry->part].object == CY_OBJECT_OPENSSH)
    return refuse_openssh(w->doc);
  CY_TRY(cy_object_put_key(w->doc, entry, w->how, w->ask, &der, &label));
  put_block(w, label, cy_buf_get(&der), out);
  return cy_buf_check(out);
}

/* Certificates first, leaf first: what servers and clients that read one file expect. */
static cy_err *put_entry(writing *w, cy_entry *entry, cy_buf *out)
{
  bool certs = !(entry->changed && entry->keep_certs), key = !(entry->changed && entry->keep_key);
  for (size_t i = 0; i < entry->cert_count && certs; i++)
    if (cy_map_get(&w->shared, entry->certs[i].der) == CY_MAP_NONE)
      put_block(w, "CERTIFICATE", entry->certs[i].der, out);
  if (entry->kind == CY_ENTRY_REQUEST)
    put_block(w, "CERTIFICATE REQUEST", entry->der, out);
  if (entry->kind == CY_ENTRY_CRL)
    put_block(w, "X509 CRL", entry->der, out);
  return entry->has_key && key ? put_key(w, entry, out) : NULL;
}

typedef enum { LINE_TEXT, LINE_COMMENT, LINE_OPENSSL, LINE_INDENTED } line_kind;

static line_kind kind_of(cy_span line)
{
  static const char *const starts[] = {"Bag Attributes", "Key Attributes", "subject=", "issuer="};
  for (size_t i = 0; i < CY_COUNT(starts); i++)
    if (line.len >= strlen(starts[i]) && memcmp(line.data, starts[i], strlen(starts[i])) == 0)
      return LINE_OPENSSL;
  if (line.len > 1 && line.data[0] == '#' && line.data[1] == ' ')
    return LINE_COMMENT;
  uint8_t first = line.data[0];
  return first == ' ' || first == '\t' || first == '\r' || first == '\n' ? LINE_INDENTED : LINE_TEXT;
}

/* Where the lines about the block begin that follows: those that openssl writes, or comments that stand
 * right above it. What comes before is somebody's text and stays, as do comments at the start of a file. */
static size_t description_start(cy_span before, bool at_start)
{
  size_t start = before.len, next;
  bool openssl = false, header = at_start;
  for (size_t at = 0; at < before.len; at = next) {
    const uint8_t *end = memchr(before.data + at, '\n', before.len - at);
    next = end ? (size_t)(end - before.data) + 1 : before.len;
    line_kind kind = kind_of(cy_span_of(before.data + at, next - at));
    header = header && kind == LINE_COMMENT;
    bool goes_on =
      kind == LINE_OPENSSL || (kind == LINE_COMMENT && !header) || (kind == LINE_INDENTED && openssl);
    openssl = goes_on && kind != LINE_COMMENT;
    start = !goes_on ? before.len : start == before.len ? at : start;
  }
  return start;
}

/* With the parameters of an EC key, which stand before it. */
static bool is_key(const cy_pem_part *part)
{
  return part->object == CY_OBJECT_KEY || part->object == CY_OBJECT_ENCRYPTED_KEY ||
         part->object == CY_OBJECT_LEGACY_KEY || part->object == CY_OBJECT_OPENSSH ||
         part->object == CY_OBJECT_NONE;
}

/* What those want that a part belongs to. */
typedef struct {
  bool kept;         /* it stays as it is */
  bool by_others;    /* because somebody needs it who was not changed */
  cy_entry *changed; /* whose new blocks come here */
} part_users;

static void look_at(const writing *w, const cy_pem_part *part, cy_entry *entry, part_users *users)
{
  if (entry->deleted)
    return;
  users->by_others = users->by_others || !entry->changed;
  users->kept = users->kept || !entry->changed || (is_key(part) ? entry->keep_key : entry->keep_certs);
  if (entry->changed && !users->changed && !w->written[entry->position - 1] &&
      (is_key(part) || !entry->keep_certs))
    users->changed = entry;
}

static part_users users_of(const writing *w, const cy_pem_part *part)
{
  part_users users = {.kept = !part->entry};
  if (part->entry)
    look_at(w, part, part->entry, &users);
  for (size_t at = part->also; at; at = w->own->uses[at - 1].next)
    look_at(w, part, w->own->uses[at - 1].entry, &users);
  if (users.by_others)
    users.changed = NULL;
  return users;
}

static void end_line(const writing *w, cy_buf *out)
{
  if (out->len && !out->failed && out->data[out->len - 1] != '\n')
    cy_buf_str(out, w->crlf ? "\r\n" : "\n");
}

static cy_err *put_part(writing *w, const cy_pem_part *part, cy_buf *out)
{
  part_users users = users_of(w, part);
  bool resealed = users.changed && users.changed->keep_certs;
  size_t stays =
    users.kept || resealed ? part->before.len : description_start(part->before, part == w->own->parts);
  cy_buf_span(out, cy_span_of(part->before.data, stays));
  if (users.kept && part->group)
    put_block(w, part->object == CY_OBJECT_CRL ? "X509 CRL" : "CERTIFICATE", part->der, out);
  else if (users.kept)
    cy_buf_span(out, part->whole);
  if (!users.changed)
    return NULL;
  if (users.kept)
    end_line(w, out);
  w->written[users.changed->position - 1] = true; /* the first of its parts stands for all of it */
  return put_entry(w, users.changed, out);
}

/* The PKCS#7 block whose first part is at `first`, as it was if all in it stay; *next is behind it.
 * Otherwise what stays of it is written block by block. */
static bool put_group(writing *w, size_t first, size_t *next, cy_buf *out)
{
  const cy_pem_own *own = w->own;
  bool kept = true;
  for (*next = first; *next < own->count && own->parts[*next].group == first + 1; ++*next) {
    part_users users = users_of(w, &own->parts[*next]);
    kept = kept && users.kept && !users.changed;
  }
  if (!kept || *next == first)
    return false;
  cy_buf_span(out, own->parts[first].before);
  cy_buf_span(out, own->parts[first].whole);
  return true;
}

static cy_err *put_parts(writing *w, cy_buf *out)
{
  for (size_t i = 0, next; w->own && i < w->own->count; i = next) {
    if (put_group(w, i, &next, out))
      continue;
    CY_TRY(put_part(w, &w->own->parts[i], out));
    next = i + 1;
  }
  return NULL;
}

static cy_err *find_shared(writing *w)
{
  for (size_t i = 0; w->own && i < w->own->count; i++) {
    const cy_pem_part *part = &w->own->parts[i];
    if (part->also && users_of(w, part).kept && !cy_map_put(&w->shared, part->der, i))
      return cy_err_no_memory();
  }
  return NULL;
}

static cy_err *put_all(writing *w, cy_buf *out)
{
  CY_TRY_ALLOC(w->written);
  CY_TRY(find_shared(w));
  CY_TRY(put_parts(w, out));
  for (size_t i = 0; i < w->doc->entry_count; i++) {
    cy_entry *entry = w->doc->entries[i];
    if (!entry->added || entry->deleted)
      continue;
    end_line(w, out);
    CY_TRY(put_entry(w, entry, out));
  }
  return cy_buf_check(out);
}

static bool ends_lines_in_crlf(cy_span text)
{
  const uint8_t *lf = text.len ? memchr(text.data, '\n', text.len) : NULL;
  return lf && lf > text.data && lf[-1] == '\r';
}

static bool is_changed(const cy_doc *doc)
{
  for (size_t i = 0; i < doc->entry_count; i++)
    if (doc->entries[i]->added || doc->entries[i]->changed || doc->entries[i]->deleted)
      return true;
  return false;
}

static cy_err *refuse(const cy_doc *doc, const cy_pem_own *own)
{
  return cy_err_hint(cy_err_new(CY_E_STORE_READ_ONLY, "%s is read only: %s", doc->place,
                       own && own->changes & CY_PEM_EMBEDDED
                         ? "its PEM blocks stand inside of another text, which would not survive"
                         : "it has a PKCS#7 block with a signature"),
    "Copy what is in it into a file of its own (causey cp %s clean.pem) and change that.", doc->place);
}

cy_err *cy_pem_serialise(cy_doc *doc, const cy_write_how *how, cy_ask *ask, cy_buf *out)
{
  const cy_pem_own *own = doc->own;
  cy_span text = own && own->clean.len ? cy_buf_get(&own->clean)
                 : doc->image          ? cy_image_bytes(doc->image)
                                       : CY_SPAN_NONE;
  bool mended = own && own->clean.len;
  if ((mended || doc->read_only) && !is_changed(doc)) {
    cy_buf_span(out, cy_image_bytes(doc->image));
    return cy_buf_check(out);
  }
  if (doc->read_only)
    return refuse(doc, own);
  writing w = {.doc = doc,
    .own = doc->own,
    .how = how,
    .ask = ask,
    .written = cy_calloc(doc->entry_count + 1, sizeof(bool)),
    .crlf = ends_lines_in_crlf(text)};
  cy_map_init(&w.shared, false);
  cy_err *err = put_all(&w, out);
  cy_map_clear(&w.shared);
  cy_free(w.written);
  return err;
}
