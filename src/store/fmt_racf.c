/* Saved output of RACDCERT LIST, LISTCHAIN and LISTRING: what it says of certificates that it has not got.
 */
#include "base/mem.h"
#include "base/text.h"
#include "store/codes.h"
#include "store/fmt_racf.h"
#include "x509/name.h"

/* A listing is read line by line; `entry` and `ring` are what the next lines are about. */
typedef struct {
  cy_doc *doc;
  cy_racf_lines lines;
  cy_buf owner; /* of the list: "ID(START1)" */
  cy_map known; /* owner and label: entry */
  cy_entry *entry;
  cy_entry_facts *facts;
  char *ring;       /* "START1/MQRING", NULL: none begun */
  char *ring_owner; /* of the association that comes */
  bool in_ring_list;
  bool fresh; /* the current line was read ahead and is still to be looked at */
} reader;

static int detect(cy_span head, const char *name)
{
  CY_CLEAN(cy_buf) text = CY_BUF(4 * CY_DETECT_BYTES);
  static const char word[] = "Digital ";
  static const uint8_t ebcdic[] = {0xc4, 0x89, 0x87, 0x89, 0xa3, 0x81, 0x93, 0x40};
  if (!head.data || !head.len)
    return 0;
  if (!memmem(head.data, head.len, word, sizeof word - 1) &&
      !memmem(head.data, head.len, ebcdic, sizeof ebcdic))
    return 0;
  return cy_racf_text(&text, head) && !text.failed && cy_racf_is_listing(cy_buf_get(&text)) ? 90 : 0;
}

/* Values. */

static char *keep(reader *r, cy_span text)
{
  CY_CLEAN(cy_buf) safe = CY_BUF_TEXT;
  cy_text_put_safe(&safe, text);
  return safe.failed ? NULL : cy_arena_str(&r->doc->arena, cy_buf_get(&safe));
}

static cy_err *set_text(reader *r, const char **to, cy_span text)
{
  *to = keep(r, text);
  return *to ? NULL : cy_err_no_memory();
}

static bool number(const uint8_t **p, const uint8_t *end, int *out)
{
  const uint8_t *start = *p;
  for (*out = 0; *p < end && **p >= '0' && **p <= '9' && *out < 100000; ++*p)
    *out = *out * 10 + (**p - '0');
  return *p > start;
}

/* 2026/01/31 10:00:00 */
static cy_time time_of(cy_span text)
{
  int v[6] = {0};
  const uint8_t *p = text.data, *end = p + text.len;
  for (int i = 0; i < 6; i++) {
    if (!number(&p, end, &v[i]))
      return CY_TIME_NONE;
    if (i < 5 && p < end && strchr("/- :.T", *p))
      p++;
  }
  bool good = v[0] >= 1950 && v[0] <= 9999 && v[1] >= 1 && v[1] <= 12 && v[2] >= 1 && v[2] <= 31 &&
              v[3] < 24 && v[4] < 60 && v[5] < 61;
  return good ? cy_time_from_civil(v[0], v[1], v[2], v[3], v[4], v[5]) : CY_TIME_NONE;
}

/* The lines >...< that follow, joined without anything between. A line without its < was cut, unless the
 * next one goes on without a >. *whole: nothing is missing. */
static void read_quoted(reader *r, cy_buf *value, bool *whole)
{
  bool open = false, any = false;
  *whole = true;
  while (cy_racf_next(&r->lines)) {
    cy_span line = r->lines.line;
    bool begins = line.data[0] == '>', ends = line.data[line.len - 1] == '<' && line.len > begins;
    if (!begins && !(open && ends))
      break;
    *whole = *whole && !(open && begins);
    cy_buf_put(value, line.data + begins, line.len - begins - ends);
    open = !ends;
    any = true;
  }
  r->fresh = r->lines.more;
  *whole = *whole && any && !open;
}

static cy_err *read_name(reader *r, const char **text, cy_span *name)
{
  CY_CLEAN(cy_buf) value = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  bool whole;
  read_quoted(r, &value, &whole);
  CY_TRY(cy_buf_check(&value));
  CY_TRY(set_text(r, text, cy_buf_get(&value)));
  if (!whole || value.len >= 255) /* RACF cuts a subject at 256 */
    return NULL;
  cy_err *err = cy_name_parse(&der, *text);
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err);
  if (err || der.failed)
    return NULL;
  *name = cy_arena_copy(&r->doc->arena, cy_buf_get(&der));
  return name->data ? NULL : cy_err_no_memory();
}

static int hex(uint8_t c)
{
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                : -1;
}

static cy_err *read_serial(reader *r)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) bytes = CY_BUF_TEXT;
  bool whole;
  read_quoted(r, &text, &whole);
  CY_TRY(cy_buf_check(&text));
  for (size_t i = text.len % 2; i + 1 < text.len; i += 2) {
    int high = hex(text.data[i]), low = hex(text.data[i + 1]);
    whole = whole && high >= 0 && low >= 0;
    cy_buf_u8(&bytes, (uint8_t)((high & 15) << 4 | (low & 15)));
  }
  if (!whole || !bytes.len)
    return NULL;
  r->facts->serial = cy_arena_copy(&r->doc->arena, cy_buf_get(&bytes));
  return r->facts->serial.data ? NULL : cy_err_no_memory();
}

static bool says(cy_span text, const char *word)
{
  return text.len && memmem(text.data, text.len, word, strlen(word));
}

static cy_key_type key_type(cy_span text)
{
  cy_span rest;
  if (cy_racf_key(text, "RSA", &rest))
    return CY_KEY_RSA;
  if (cy_racf_key(text, "DSA", &rest))
    return CY_KEY_DSA;
  return says(text, "ECC") ? CY_KEY_EC : CY_KEY_UNKNOWN;
}

/* Another name of the certificate. The list doubles whenever it is full. */
static cy_err *add_name(reader *r, const char ***list, size_t *count, cy_span text)
{
  enum { NAMES = 1024, FIRST = 4 };
  size_t n = *count;
  if (n == NAMES || !text.len)
    return NULL;
  if (n == 0 || (n >= FIRST && (n & (n - 1)) == 0)) {
    const char **more = cy_arena_alloc(&r->doc->arena, (n ? 2 * n : FIRST) * sizeof *more);
    CY_TRY_ALLOC(more);
    if (n)
      memcpy(more, *list, n * sizeof *more);
    *list = more;
  }
  CY_TRY(set_text(r, &(*list)[n], text));
  ++*count;
  return NULL;
}

/* Entries. */

static cy_err *begin_entry(reader *r, cy_span label)
{
  CY_TRY(cy_doc_append(r->doc, &r->entry));
  r->facts = cy_arena_alloc(&r->doc->arena, sizeof *r->facts);
  CY_TRY_ALLOC(r->facts);
  r->facts->not_before = r->facts->not_after = CY_TIME_NONE;
  r->entry->kind = CY_ENTRY_CERTIFICATE;
  r->entry->facts = r->facts;
  r->entry->label = keep(r, label);
  CY_TRY_ALLOC(r->entry->label);
  return set_text(r, &r->facts->owner, cy_buf_get(&r->owner));
}

static cy_err *known_key(cy_buf *key, const char *owner, const char *label)
{
  cy_buf_printf(key, "%s %s", owner, label);
  return cy_buf_check(key);
}

/* The same certificate may be listed several times, in chains: the first counts. */
static cy_err *begin_cert(reader *r, cy_span label)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  CY_AUTO_STR char *text = NULL;
  cy_buf name = CY_BUF_TEXT;
  cy_text_put_safe(&name, label);
  text = cy_buf_take_str(&name);
  CY_TRY_ALLOC(text);
  CY_TRY(known_key(&key, cy_buf_cstr(&r->owner), text));
  CY_TRY(begin_entry(r, label));
  if (cy_map_get(&r->known, cy_buf_get(&key)) != CY_MAP_NONE) {
    r->entry->deleted = true;
    return NULL;
  }
  return cy_map_put(&r->known, cy_buf_get(&key), r->entry->position - 1) ? NULL : cy_err_no_memory();
}

static void take_status(reader *r, cy_span status)
{
  r->entry->distrusted = cy_ascii_equal_nocase(status, CY_SPAN("NOTRUST"));
  bool ca = cy_ascii_equal_nocase(cy_buf_get(&r->owner), CY_SPAN("CERTAUTH"));
  if (ca && !r->entry->distrusted)
    r->entry->kind = CY_ENTRY_TRUSTED;
}

static void take_private_key(reader *r, cy_span answer)
{
  r->facts->has_key = cy_ascii_equal_nocase(answer, CY_SPAN("YES"));
  if (r->facts->has_key)
    r->entry->kind = CY_ENTRY_IDENTITY;
}

static void take_size(reader *r, cy_span digits)
{
  const uint8_t *p = digits.data;
  int bits = 0;
  if (number(&p, digits.data + digits.len, &bits))
    r->facts->key_bits = (unsigned)bits;
}

/* The ring of an association: added to those that the certificate is on. */
static cy_err *add_ring(reader *r, const char *owner, cy_span name)
{
  CY_CLEAN(cy_buf) rings = CY_BUF_TEXT;
  if (r->facts->ring)
    cy_buf_printf(&rings, "%s, ", r->facts->ring);
  cy_buf_printf(&rings, "%s/", owner ? owner : "?");
  cy_buf_span(&rings, name);
  CY_TRY(cy_buf_check(&rings));
  return set_text(r, &r->facts->ring, cy_buf_get(&rings));
}

/* Rings. */

static cy_err *begin_ring(reader *r)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) whole_name = CY_BUF_TEXT;
  cy_span user = cy_buf_get(&r->owner), rest;
  bool whole;
  read_quoted(r, &name, &whole);
  if (r->entry && !r->in_ring_list)
    return add_ring(r, r->ring_owner, cy_buf_get(&name));
  if (cy_racf_key(user, "ID(", &rest))
    user = cy_span_of(rest.data, rest.len - 1);
  cy_buf_span(&whole_name, user);
  cy_buf_u8(&whole_name, '/');
  cy_buf_span(&whole_name, cy_buf_get(&name));
  CY_TRY(cy_buf_check(&whole_name));
  r->ring = keep(r, cy_buf_get(&whole_name));
  CY_TRY_ALLOC(r->ring);
  return NULL;
}

/* The last word of *line, taken off. */
static cy_span last_word(cy_span *line)
{
  size_t end = line->len, start;
  while (end && line->data[end - 1] == ' ')
    end--;
  for (start = end; start && line->data[start - 1] != ' '; start--)
    ;
  cy_span word = cy_span_of(line->data + start, end - start);
  line->len = start;
  while (line->len && line->data[line->len - 1] == ' ')
    line->len--;
  return word;
}

static bool is_one_of(cy_span word, const char *const *words)
{
  for (; *words; words++)
    if (cy_ascii_equal_nocase(word, cy_span_str(*words)))
      return true;
  return false;
}

static bool is_owner(cy_span word)
{
  cy_span rest;
  static const char *const words[] = {"CERTAUTH", "SITE", NULL};
  return is_one_of(word, words) || (cy_racf_key(word, "ID(", &rest) && word.data[word.len - 1] == ')');
}

/* By meaning, from the right: YES or NO, how it is used, whose it is; the rest is the label. A line cut at
 * column 80 lacks the last. */
static cy_err *take_row(reader *r)
{
  static const char *const answers[] = {"YES", "NO", NULL};
  static const char *const usages[] = {"PERSONAL", "CERTAUTH", "SITE", NULL};
  cy_span line = r->lines.line, word = last_word(&line);
  bool is_default = cy_ascii_equal_nocase(word, CY_SPAN("YES"));
  cy_span usage = is_one_of(word, answers) ? last_word(&line) : word;
  if (!is_one_of(usage, usages))
    return NULL;
  cy_span owner = last_word(&line);
  if (!is_owner(owner) || !line.len)
    return NULL;
  CY_TRY(begin_entry(r, line));
  r->entry->is_default = is_default;
  r->facts->connection = true;
  CY_TRY(set_text(r, &r->facts->owner, owner));
  CY_TRY(set_text(r, &r->facts->usage, usage));
  return set_text(r, &r->facts->ring, cy_span_str(r->ring));
}

/* Lines. */

static cy_err *take_name_field(reader *r, bool *taken)
{
  cy_span rest, line = r->lines.line;
  *taken = true;
  if (cy_racf_key(line, "Serial Number:", &rest))
    return read_serial(r);
  if (cy_racf_key(line, "Issuer's Name:", &rest))
    return read_name(r, &r->facts->issuer, &r->facts->issuer_name);
  if (cy_racf_key(line, "Subject's Name:", &rest))
    return read_name(r, &r->facts->subject, &r->facts->subject_name);
  *taken = false;
  return NULL;
}

static cy_err *take_field(reader *r)
{
  cy_span v, line = r->lines.line;
  bool taken;
  CY_TRY(take_name_field(r, &taken));
  if (taken)
    return NULL;
  if (cy_racf_key(line, "Status:", &v)) {
    take_status(r, v);
    return set_text(r, &r->facts->status, v);
  }
  if (cy_racf_key(line, "Start Date:", &v))
    r->facts->not_before = time_of(v);
  else if (cy_racf_key(line, "End Date:", &v))
    r->facts->not_after = time_of(v);
  else if (cy_racf_key(line, "Signing Algorithm:", &v))
    return set_text(r, &r->facts->signature, v);
  else if (cy_racf_key(line, "Key Type:", &v)) {
    r->facts->key_type = key_type(v);
    r->facts->brainpool = says(v, "Brainpool");
  } else if (cy_racf_key(line, "Domain:", &v))
    return add_name(r, &r->facts->domains, &r->facts->domain_count, v);
  else if (cy_racf_key(line, "IP:", &v))
    return add_name(r, &r->facts->addresses, &r->facts->address_count, v);
  else if (cy_racf_key(line, "Key Size:", &v))
    take_size(r, v);
  else if (cy_racf_key(line, "Private Key:", &v))
    take_private_key(r, v);
  else if (cy_racf_key(line, "Key Usage:", &v))
    r->facts->is_ca = r->facts->is_ca || says(v, "CERTSIGN");
  else if (cy_racf_key(line, "Ring Owner:", &v)) {
    r->ring_owner = keep(r, v);
    return r->ring_owner ? NULL : cy_err_no_memory();
  }
  return NULL;
}

static cy_err *take_line(reader *r)
{
  cy_span rest;
  bool ring;
  if (cy_racf_heading(r->lines.line, &r->owner, &ring)) {
    r->in_ring_list = ring;
    r->entry = NULL;
    r->ring = NULL;
    return cy_buf_check(&r->owner);
  }
  if (!r->owner.len)
    return NULL;
  if (cy_racf_key(r->lines.line, "Ring:", &rest))
    return begin_ring(r);
  if (r->in_ring_list)
    return r->ring ? take_row(r) : NULL;
  if (cy_racf_key(r->lines.line, "Label:", &rest))
    return begin_cert(r, rest);
  return r->entry ? take_field(r) : NULL;
}

static cy_err *read_all(reader *r)
{
  while (r->fresh || cy_racf_next(&r->lines)) {
    r->fresh = false;
    CY_TRY(take_line(r));
  }
  return NULL;
}

/* A connection says nothing of the certificate itself; its list may stand in the same file. */
static cy_err *join(reader *r)
{
  for (size_t i = 0; i < r->doc->entry_count; i++) {
    CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
    cy_entry *e = r->doc->entries[i];
    cy_entry_facts *facts = (cy_entry_facts *)(uintptr_t)e->facts;
    facts->zone_assumed = true;
    if (!facts->connection)
      continue;
    CY_TRY(known_key(&key, facts->owner, e->label));
    size_t at = cy_map_get(&r->known, cy_buf_get(&key));
    if (at == CY_MAP_NONE)
      continue;
    const cy_entry_facts connection = *facts;
    *facts = *r->doc->entries[at]->facts;
    facts->connection = true;
    facts->listed = true;
    facts->zone_assumed = true;
    facts->ring = connection.ring;
    facts->usage = connection.usage;
    e->kind = r->doc->entries[at]->kind;
    e->distrusted = r->doc->entries[at]->distrusted;
  }
  return NULL;
}

/* A connection is called by its ring, so that the certificate itself keeps its name. */
static cy_err *name_connections(reader *r)
{
  for (size_t i = 0; i < r->doc->entry_count; i++) {
    CY_CLEAN(cy_buf) label = CY_BUF_TEXT;
    cy_entry *e = r->doc->entries[i];
    if (!e->facts->connection)
      continue;
    cy_buf_printf(&label, "%s/%s", e->facts->ring, e->label);
    CY_TRY(cy_buf_check(&label));
    e->label = cy_arena_str(&r->doc->arena, cy_buf_get(&label));
    CY_TRY_ALLOC(e->label);
  }
  return NULL;
}

/* What was listed twice is not there. */
static void drop_repeated(cy_doc *doc)
{
  size_t count = 0;
  for (size_t i = 0; i < doc->entry_count; i++)
    if (!doc->entries[i]->deleted) {
      doc->entries[count] = doc->entries[i];
      doc->entries[count]->position = count + 1;
      count++;
    }
  doc->entry_count = count;
}

static cy_err *parse(cy_doc *doc, cy_ask *ask)
{
  CY_CLEAN(cy_buf) text = CY_BUF(2 * CY_MAX_STORE_BYTES);
  reader r = {.doc = doc, .owner = CY_BUF_TEXT};
  doc->password_unneeded = true;
  if (!cy_racf_text(&text, cy_image_bytes(doc->image)) || !cy_racf_is_listing(cy_buf_get(&text))) {
    CY_TRY(cy_buf_check(&text));
    return cy_err_hint(cy_err_new(CY_E_STORE_NOT_RECOGNISED, "it is no listing of RACDCERT"),
      "Save the output of RACDCERT ID(USER) LIST, CERTAUTH LIST, LISTCHAIN or LISTRING(RING) with its "
      "heading lines.");
  }
  cy_map_init(&r.known, true);
  r.lines = cy_racf_begin(cy_buf_get(&text));
  cy_err *err = read_all(&r);
  if (!err)
    err = join(&r);
  if (!err)
    err = name_connections(&r);
  if (!err)
    drop_repeated(doc);
  cy_map_clear(&r.known);
  cy_buf_clear(&r.owner);
  return err;
}

static cy_err *describe(cy_doc *doc, cy_out *out)
{
  bool assumed = doc->entry_count && doc->entries[0]->facts->zone_assumed;
  cy_out_str(out, "times", "Times",
    assumed ? "the listing names no zone; taken as UTC (--zone +01:00 and the like say otherwise)"
            : "as --zone said");
  return NULL;
}

const cy_format cy_format_racf = {
  .id = "racf",
  .prefixes = "racdcert",
  .title = "RACF listing",
  .suffixes = "",
  .caps = CY_CAN_CERTS | CY_CAN_TRUST | CY_CAN_KEYS | CY_CAN_LABELS | CY_CAN_DEFAULT | CY_CAN_DISTRUST,
  .detect = detect,
  .parse = parse,
  .describe = describe,
};
