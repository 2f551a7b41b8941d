/* Making PEM again of what mail, web pages, editors and transfers made of it. */
#include "base/pem_mend.h"

#include "base/file.h"
#include "base/pem.h"
#include "base/text.h"

enum {
  LABEL_MAX = 64,
  PREFIX_MAX = 4096, /* what may stand before BEGIN in its line */
  CODE_PAGE_HEAD = 4096,
};

/* Dashes. */

static const char *const odd_dashes[] = {
  "\xe2\x80\x90", /* hyphen */
  "\xe2\x80\x91", /* non-breaking hyphen */
  "\xe2\x80\x92", /* figure dash */
  "\xe2\x80\x93", /* en dash */
  "\xe2\x80\x94", /* em dash */
  "\xe2\x80\x95", /* horizontal bar */
  "\xe2\x88\x92", /* minus sign */
  "\xef\xbc\x8d", /* full width */
  "\xc2\xad",     /* soft hyphen */
  "\x96",         /* en dash and em dash of Windows-1252 */
  "\x97",
};

typedef struct {
  unsigned ascii;
  unsigned odd;
} dashes;

static size_t odd_at(cy_span s, size_t at, bool before)
{
  for (size_t i = 0; i < CY_COUNT(odd_dashes); i++) {
    size_t len = strlen(odd_dashes[i]);
    size_t room = before ? at : s.len - at;
    if (room >= len && memcmp(s.data + (before ? at - len : at), odd_dashes[i], len) == 0)
      return len;
  }
  return 0;
}

/* The other end of the run of dashes that begins, or ends, at `at`. */
static size_t run_of_dashes(cy_span s, size_t at, bool before, dashes *count)
{
  *count = (dashes){0};
  while (count->ascii + count->odd <= 12 && (before ? at > 0 : at < s.len)) {
    bool plain = s.data[before ? at - 1 : at] == '-';
    size_t len = plain ? 1 : odd_at(s, at, before);
    if (!len)
      break;
    count->ascii += plain;
    count->odd += !plain;
    at = before ? at - len : at + len;
  }
  return at;
}

static bool may_be_five(dashes d)
{
  return d.odd ? d.ascii + d.odd <= 10 : d.ascii >= 4 && d.ascii <= 6;
}

static bool are_five(dashes d)
{
  return d.ascii == 5 && d.odd == 0;
}

/* Marks. */

typedef struct {
  size_t start, end; /* with the dashes */
  cy_span label;
  bool changed; /* other dashes than there should be */
} mark;

static bool is_label_char(uint8_t c)
{
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || c == '#' || c == '.';
}

/* `at` is where the word BEGIN or END stands, with its blank `skip` octets long. */
static bool read_mark(cy_span s, size_t at, size_t skip, mark *out)
{
  dashes before, after;
  size_t label = at + skip, end = label;
  out->start = run_of_dashes(s, at, true, &before);
  while (end < s.len && end - label < LABEL_MAX && is_label_char(s.data[end]))
    end++;
  out->end = run_of_dashes(s, end, false, &after);
  bool blank = end > label && s.data[end - 1] == ' ';
  out->label = cy_span_of(s.data + label, end - label - blank);
  out->changed = blank || !are_five(before) || !are_five(after);
  return out->label.len && may_be_five(before) && may_be_five(after);
}

static bool is_blank(uint8_t c)
{
  return c == ' ' || c == '\t';
}

static bool is_line_end(uint8_t c)
{
  return c == '\n' || c == '\r';
}

/* The start of the line that `at` is in, `at` itself when that is too far away. */
static size_t line_start(cy_span s, size_t at)
{
  size_t start = at;
  while (start > 0 && !is_line_end(s.data[start - 1]) && at - start < PREFIX_MAX)
    start--;
  return start;
}

typedef enum { PREFIX_NONE, PREFIX_BLANK, PREFIX_QUOTE, PREFIX_STRING, PREFIX_OTHER } prefix_kind;

static prefix_kind prefix_of(cy_span s, size_t start, size_t at)
{
  bool quote = false;
  if (start == 0 && at >= 3 && memcmp(s.data, "\xef\xbb\xbf", 3) == 0)
    start = 3;
  if (start == at)
    return PREFIX_NONE;
  uint8_t last = s.data[at - 1];
  if (last == '"' || last == '\'' || last == '=')
    return PREFIX_STRING;
  for (size_t i = start; i < at; i++) {
    if (!is_blank(s.data[i]) && s.data[i] != '>')
      return PREFIX_OTHER;
    quote = quote || s.data[i] == '>';
  }
  return quote ? PREFIX_QUOTE : PREFIX_BLANK;
}

/* Only blanks until the line ends: where the next one begins, else 0. */
static size_t blank_to_line_end(cy_span s, size_t at)
{
  while (at < s.len && is_blank(s.data[at]))
    at++;
  if (at == s.len)
    return at;
  if (!is_line_end(s.data[at]))
    return 0;
  bool two = s.data[at] == '\r' && at + 1 < s.len && s.data[at + 1] == '\n';
  return at + 1 + two;
}

/* \n or \r in two characters. */
static bool is_escape(cy_span s, size_t at)
{
  return at + 1 < s.len && s.data[at] == '\\' && (s.data[at + 1] == 'n' || s.data[at + 1] == 'r');
}

static size_t find_word(cy_span s, size_t from, size_t until, const char *word)
{
  size_t len = strlen(word);
  const uint8_t *p = from < until ? memmem(s.data + from, until - from, word, len) : NULL;
  return p ? (size_t)(p - s.data) : SIZE_MAX;
}

/* Blocks. */

typedef struct {
  mark begin, end;
  size_t start; /* of the BEGIN line */
  prefix_kind prefix;
  bool plain; /* as it should be */
  bool multi_line;
} block;

static bool find_end(cy_span s, size_t until, block *b)
{
  for (size_t at = b->begin.end; (at = find_word(s, at, until, "END ")) != SIZE_MAX; at += 4)
    if (read_mark(s, at, 4, &b->end) && b->end.start >= b->begin.end &&
        cy_span_equal(b->end.label, b->begin.label))
      return true;
  return false;
}

/* The block whose BEGIN is at `word`; the next BEGIN is at `until`. */
static bool read_block(cy_span s, size_t word, size_t until, block *b)
{
  if (!read_mark(s, word, 6, &b->begin))
    return false;
  b->start = line_start(s, b->begin.start);
  b->prefix = prefix_of(s, b->start, b->begin.start);
  if (b->prefix == PREFIX_OTHER || !find_end(s, until, b))
    return false;
  b->multi_line = blank_to_line_end(s, b->begin.end) != 0;
  b->plain = b->prefix == PREFIX_NONE && !b->begin.changed && !b->end.changed && b->multi_line &&
             b->end.start > 0 && is_line_end(s.data[b->end.start - 1]) && blank_to_line_end(s, b->end.end);
  return true;
}

static unsigned changes_of(cy_span s, const block *b)
{
  unsigned what = b->begin.changed || b->end.changed ? CY_PEM_DASHES : 0;
  what |= b->prefix == PREFIX_BLANK ? CY_PEM_INDENTED : b->prefix == PREFIX_QUOTE ? CY_PEM_QUOTED : 0;
  if (is_escape(s, b->begin.end))
    what |= CY_PEM_ESCAPED;
  else if (!b->multi_line)
    what |= CY_PEM_JOINED;
  return what;
}

/* Lines of a body, one by one, with what does not belong to them left out. */
typedef struct {
  cy_buf *out;
  size_t line; /* where the line being written begins */
  bool headers;
} body;

static void end_body_line(body *b)
{
  while (b->out->len > b->line && !b->out->failed && is_blank(b->out->data[b->out->len - 1]))
    b->out->len--;
  bool empty = b->out->len == b->line;
  if (empty && !b->headers)
    return;
  if (empty)
    b->headers = false; /* the empty line that ends them */
  cy_buf_u8(b->out, '\n');
  b->line = b->out->len;
}

static void put_body_char(body *b, uint8_t c)
{
  bool at_start = b->out->len == b->line;
  if (at_start && (is_blank(c) || c == '>') && !b->headers)
    return;
  b->headers = b->headers || c == ':';
  cy_buf_u8(b->out, c);
}

static void put_body(cy_buf *out, cy_span s, size_t from, size_t until)
{
  body b = {.out = out, .line = out->len};
  for (size_t at = from; at < until; at++) {
    if (is_escape(s, at) && at + 1 < until) {
      bool lf = s.data[++at] == 'n';
      if (lf)
        end_body_line(&b);
    } else if (s.data[at] == '\n' || (s.data[at] == '\r' && (at + 1 >= until || s.data[at + 1] != '\n'))) {
      end_body_line(&b);
    } else if (s.data[at] == '\\' && at + 1 < until && s.data[at + 1] == '/') {
      continue; /* JSON may write / as \/ */
    } else if (s.data[at] != '\r') {
      put_body_char(&b, s.data[at]);
    }
  }
  b.headers = false;
  end_body_line(&b);
}

static void put_mark(cy_buf *out, const char *word, cy_span label)
{
  cy_buf_str(out, word);
  cy_buf_span(out, label);
  cy_buf_str(out, "-----\n");
}

/* Where the text goes on behind a block: its line's end, also a written-out one, is part of it. */
static size_t behind(cy_span s, size_t at)
{
  while (is_escape(s, at))
    at += 2;
  size_t next = blank_to_line_end(s, at);
  return next ? next : at;
}

/* Text that is neither quoting nor a comment: what is beside it is a part of something. */
static bool has_words(cy_span s, size_t from, size_t until)
{
  bool fresh = true, comment = false;
  for (size_t i = from; i < until; i++) {
    uint8_t c = s.data[i];
    if (is_line_end(c)) {
      fresh = true;
      comment = false;
    } else if (fresh && c == '#') {
      comment = true;
    } else if (!comment && !is_blank(c) && c != '>' && !(i < 3 && (c >= 0xbb))) {
      return true;
    } else if (!is_blank(c)) {
      fresh = false;
    }
  }
  return false;
}

typedef struct {
  cy_buf *out; /* NULL: only looking */
  unsigned changes;
  bool words;  /* there is other text */
  bool inside; /* some block is indented, quoted or a string */
  bool any;    /* a block was mended */
} mending;

static void put_between(mending *m, cy_span s, size_t from, size_t until)
{
  m->words = m->words || has_words(s, from, until);
  if (m->out)
    cy_buf_span(m->out, cy_span_of(s.data + from, until - from));
}

static bool has_empty_line(cy_span s, const block *b)
{
  const uint8_t *at = s.data + b->begin.end, *end = s.data + b->end.start;
  const uint8_t *first = memchr(at, '\n', (size_t)(end - at));
  const uint8_t *second = first ? memchr(first + 1, '\n', (size_t)(end - first - 1)) : NULL;
  if (second && memchr(first, ':', (size_t)(second - first)))
    return false; /* headers end at an empty line */
  for (; first && first + 1 < end; first = memchr(first + 1, '\n', (size_t)(end - first - 1)))
    if (first[1] == '\n' || first[1] == '\r')
      return true;
  return false;
}

static size_t put_plain(mending *m, cy_span s, size_t from, const block *b)
{
  size_t next = blank_to_line_end(s, b->end.end);
  m->changes |= has_empty_line(s, b) ? CY_PEM_EMPTY_LINES : 0;
  put_between(m, s, from, b->start);
  if (m->out)
    cy_buf_span(m->out, cy_span_of(s.data + b->start, next - b->start));
  return next;
}

static void put_mended(cy_buf *out, cy_span s, const block *b)
{
  if (out->len && !out->failed && !is_line_end(out->data[out->len - 1]))
    cy_buf_u8(out, '\n');
  put_mark(out, "-----BEGIN ", b->begin.label);
  put_body(out, s, b->begin.end, b->end.start);
  put_mark(out, "-----END ", b->end.label);
}

static size_t put_block(mending *m, cy_span s, size_t from, const block *b)
{
  if (b->plain)
    return put_plain(m, s, from, b);
  size_t until = b->prefix == PREFIX_STRING ? b->begin.start : b->start;
  m->changes |= changes_of(s, b);
  m->inside = m->inside || b->prefix != PREFIX_NONE;
  m->any = true;
  put_between(m, s, from, until < from ? from : until);
  if (m->out)
    put_mended(m->out, s, b);
  return behind(s, b->end.end);
}

static void mend_blocks(mending *m, cy_span s)
{
  size_t done = 0, word = find_word(s, 0, s.len, "BEGIN ");
  while (word != SIZE_MAX) {
    size_t next = find_word(s, word + 6, s.len, "BEGIN ");
    block b;
    if (read_block(s, word, next == SIZE_MAX ? s.len : next, &b) && b.begin.start >= done)
      done = put_block(m, s, done, &b);
    word = next;
  }
  put_between(m, s, done, s.len);
  if (m->inside && m->words)
    m->changes |= CY_PEM_EMBEDDED;
}

/* Encodings. */

static int utf16_of(cy_span s)
{
  if (s.len < 4 || s.len % 2)
    s.len &= ~(size_t)1;
  if (s.len < 4)
    return 0;
  if ((s.data[0] == 0xff && s.data[1] == 0xfe) || (s.data[0] == '-' && !s.data[1] && s.data[2] == '-'))
    return 'l';
  return (s.data[0] == 0xfe && s.data[1] == 0xff) || (!s.data[0] && s.data[1] == '-' && !s.data[2]) ? 'b'
                                                                                                    : 0;
}

static void from_utf16(cy_buf *utf8, cy_span s, int order)
{
  CY_CLEAN(cy_buf) swapped = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  if (!s.data)
    return;
  size_t skip = s.len > 1 && s.data[0] >= 0xfe ? 2 : 0;
  s = cy_span_of(s.data + skip, s.len - skip);
  for (size_t i = 0; i + 1 < s.len && order == 'l'; i += 2) {
    cy_buf_u8(&swapped, s.data[i + 1]);
    cy_buf_u8(&swapped, s.data[i]);
  }
  if (swapped.failed)
    cy_buf_fail(utf8, swapped.failed);
  /* What is not UTF-16 ends the text there: the block that it cuts will be said to have no end. */
  bool whole = cy_text_from_utf16be(utf8, order == 'l' ? cy_buf_get(&swapped) : s);
  if (!whole)
    cy_buf_u8(utf8, '\n');
}

/* "-----BEGIN " at the start of a line. */
static bool is_ebcdic(cy_span s)
{
  static const uint8_t begin[] = {0x60, 0x60, 0x60, 0x60, 0x60, 0xc2, 0xc5, 0xc7, 0xc9, 0xd5, 0x40};
  size_t len = s.len < CODE_PAGE_HEAD ? s.len : CODE_PAGE_HEAD;
  const uint8_t *p = len && s.data ? memmem(s.data, len, begin, sizeof begin) : NULL;
  return p && (p == s.data || p[-1] == 0x15 || p[-1] == 0x25 || p[-1] == 0x0d || p[-1] == 0x40);
}

/* In UTF-8: `text` itself, or what was put into `utf8`. */
static cy_span decode(cy_buf *utf8, unsigned *changes, cy_span text)
{
  int order = utf16_of(text);
  if (order) {
    *changes |= CY_PEM_UTF16;
    from_utf16(utf8, text, order);
    return cy_buf_get(utf8);
  }
  if (is_ebcdic(text)) {
    *changes |= CY_PEM_EBCDIC;
    cy_text_from_cp1047(utf8, text);
    return cy_buf_get(utf8);
  }
  return text;
}

static unsigned line_end_changes(cy_span s)
{
  bool marked = s.len >= 3 && memcmp(s.data, "\xef\xbb\xbf", 3) == 0;
  bool cr = s.len && memchr(s.data, '\r', s.len) && !memchr(s.data, '\n', s.len);
  return (marked ? CY_PEM_MARK : 0) | (cr ? CY_PEM_CR : 0);
}

cy_err *cy_pem_mend(cy_buf *clean, unsigned *changes, bool *mended, cy_span text)
{
  CY_CLEAN(cy_buf) utf8 = CY_BUF_SECRET(CY_MAX_STORE_BYTES * 2);
  *changes = 0;
  cy_span s = decode(&utf8, changes, text.data ? text : CY_SPAN(""));
  CY_TRY(cy_buf_check(&utf8));
  mending look = {.out = NULL}, m = {.out = clean};
  mend_blocks(&look, s);
  *changes |= look.changes | line_end_changes(s);
  *mended = look.any || utf8.len;
  if (look.any)
    mend_blocks(&m, s);
  else if (*mended)
    cy_buf_span(clean, s);
  return cy_buf_check(clean);
}

/* Recognising. */

/* Quoting, blanks and the byte order mark in front of the first word. */
static size_t skip_front(cy_span s)
{
  size_t at = s.len >= 3 && memcmp(s.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  while (at < s.len && (is_blank(s.data[at]) || is_line_end(s.data[at]) || s.data[at] == '>'))
    at++;
  return at;
}

static bool begins_with_mark(cy_span s)
{
  mark m;
  dashes d;
  size_t at = skip_front(s), word = at < s.len ? run_of_dashes(s, at, false, &d) : at;
  bool found = word > at && s.len - word > 6 && memcmp(s.data + word, "BEGIN ", 6) == 0;
  return found && read_mark(s, word, 6, &m) && m.start == at;
}

/* The first characters in UTF-8, when they are in another encoding. */
static bool other_encoding(cy_span head)
{
  CY_CLEAN(cy_buf) utf8 = CY_BUF_SECRET((size_t)4 * CODE_PAGE_HEAD);
  if (is_ebcdic(head))
    return true;
  int order = utf16_of(head);
  if (!order)
    return false;
  from_utf16(&utf8, cy_span_of(head.data, head.len < CODE_PAGE_HEAD ? head.len : CODE_PAGE_HEAD), order);
  return cy_pem_looks_like(cy_buf_get(&utf8)) || begins_with_mark(cy_buf_get(&utf8));
}

static bool is_text_of_values(cy_span head, const char *name)
{
  static const char *const suffixes[] = {"json", "yaml", "yml"};
  size_t at = skip_front(head);
  for (size_t i = 0; name && i < CY_COUNT(suffixes); i++)
    if (strcmp(cy_path_suffix(name), suffixes[i]) == 0)
      return true;
  return at < head.len && head.data[at] == '{';
}

/* A mark at the start of a line whose dashes were changed, or a private key's inside of other text. */
static cy_pem_head_kind look_for_marks(cy_span head, bool values)
{
  mark m;
  for (size_t at = 0; (at = find_word(head, at, head.len, "BEGIN ")) != SIZE_MAX; at += 6) {
    if (!read_mark(head, at, 6, &m))
      continue;
    prefix_kind prefix = prefix_of(head, line_start(head, m.start), m.start);
    bool key = m.label.len >= 11 && memcmp(m.label.data + m.label.len - 11, "PRIVATE KEY", 11) == 0;
    if (prefix == PREFIX_NONE)
      return CY_PEM_HEAD_ALTERED;
    if (prefix != PREFIX_OTHER && key && values)
      return CY_PEM_HEAD_EMBEDDED;
  }
  return CY_PEM_HEAD_NONE;
}

cy_pem_head_kind cy_pem_head(cy_span head, const char *name)
{
  head.len = head.len < CY_DETECT_BYTES ? head.len : CY_DETECT_BYTES;
  if (!head.len)
    return CY_PEM_HEAD_NONE;
  if (cy_pem_looks_like(head))
    return CY_PEM_HEAD_PLAIN;
  if (other_encoding(head) || begins_with_mark(head))
    return CY_PEM_HEAD_ALTERED;
  return look_for_marks(head, is_text_of_values(head, name));
}

bool cy_pem_head_first(cy_span head)
{
  return head.len && (begins_with_mark(head) || other_encoding(head));
}
