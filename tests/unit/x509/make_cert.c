#include "tests/unit/x509/make_cert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/der.h"
#include "base/oid.h"

enum { EXTS = 24, TEXT = 4096 };

typedef struct {
  char oid[64];
  bool critical;
  char hex[TEXT];
} mk_ext;

typedef struct {
  int version;
  char serial[128], before[40], after[40], subject[TEXT], issuer[TEXT], alg[256], inner[256];
  char spki[TEXT]; /* hex, or empty: rsa_bits and exponent */
  unsigned rsa_bits;
  char exponent[40];
  int modulus; /* 0 fine, 2 even, 3 divides by 3 */
  bool ber;
  mk_ext exts[EXTS];
  size_t count;
} mk_cert;

static const struct {
  const char *word;
  const char *oid;
} ext_words[] = {
  {"ku", "2.5.29.15"}, {"bc", "2.5.29.19"}, {"eku", "2.5.29.37"}, {"san", "2.5.29.17"}, {"skid", "2.5.29.14"},
  {"akid", "2.5.29.35"}, {"ian", "2.5.29.18"}, {"cps", "2.5.29.32"}, {"cdp", "2.5.29.31"},
  {"aia", "1.3.6.1.5.5.7.1.1"}, {"nc", "2.5.29.30"}, {"pm", "2.5.29.33"}, {"pc", "2.5.29.36"}, {"iap",
    "2.5.29.54"},
  {"ns", "2.16.840.1.113730.1.1"}, {"scts", "1.3.6.1.4.1.11129.2.4.2"},
};

#define SHA256_RSA "300d06092a864886f70d01010b0500"
#define KEY_ID "000102030405060708090a0b0c0d0e0f10111213"
#define SKID "+skid 0414" KEY_ID ";"
#define AKID "+akid 30168014" KEY_ID ";"
#define LEAF "subject C=GB,O=Example,CN=mq1.example;" AKID SKID "names dns=mq1.example;"

static const struct {
  const char *name;
  const char *edits;
} profiles[] = {
  {"server", LEAF "+ku! 030205a0;+eku 300a06082b06010505070301"},
  {"client", "subject C=GB,O=Example,CN=Jane Doe;" AKID SKID "+ku! 03020780;+eku 300a06082b06010505070302"},
  {"email", "subject C=GB,O=Example,CN=Jane Doe;" AKID SKID "names email=jane@example.org;+ku! 030205a0;"
            "+eku 300a06082b06010505070304"},
  {"code",
    "subject C=GB,O=Example,CN=Example Build;" AKID SKID "+ku! 03020780;+eku 300a06082b06010505070303"},
  {"ca", "subject C=GB,O=Example,CN=Example Root;issuer self;after u:360101000000Z;" SKID
         "+bc! 30030101ff;+ku! 03020106"},
  {"sub", "subject C=GB,O=Example,CN=Example Issuing;after u:310101000000Z;" AKID SKID
          "+bc! 30060101ff020100;+ku! 03020106"},
};

static void wrong(const char *edit)
{
  fprintf(stderr, "make_cert: wrong edit: %s\n", edit);
  exit(1);
}

static void set(char *to, size_t size, const char *from)
{
  if ((size_t)snprintf(to, size, "%s", from) >= size)
    wrong(from);
}

void make_hex(cy_buf *bytes, const char *hex)
{
  unsigned v;
  for (; *hex; hex += 2) {
    if (sscanf(hex, "%2x", &v) != 1 || !hex[1])
      wrong(hex);
    cy_buf_u8(bytes, (uint8_t)v);
  }
}

/* "CN:14=x" */
static void attribute(cy_buf *der, const char *text)
{
  char type[32];
  unsigned tag = 0;
  const char *value = strchr(text, '=');
  if (!value || sscanf(text, "%31[^:=]", type) != 1)
    wrong(text);
  cy_oid oid = cy_oid_find_name(cy_span_str(type));
  if (oid == CY_OID_UNKNOWN || (text[strlen(type)] == ':' && sscanf(text + strlen(type), ":%x", &tag) != 1))
    wrong(text);
  bool ia5 = oid == CY_OID_EMAIL || oid == CY_OID_DC;
  bool printable = oid == CY_OID_C || oid == CY_OID_SERIAL_NUMBER;
  size_t at = cy_der_begin(der);
  cy_der_put(der, CY_DER_OID, cy_oid_content(oid));
  size_t inner = cy_der_begin(der);
  if (value[1] == '#')
    make_hex(der, value + 2);
  else
    cy_buf_str(der, value + 1);
  cy_der_end(der, inner, (uint8_t)(tag ? tag : ia5 ? 0x16 : printable ? 0x13 : 0x0c));
  cy_der_end(der, at, CY_DER_SEQUENCE);
}

void make_name(cy_buf *der, const char *text)
{
  char copy[TEXT], *save = NULL;
  set(copy, sizeof copy, text);
  size_t name = cy_der_begin(der), rdn = 0;
  bool open = false;
  for (char *part = strtok_r(copy, ",", &save); part; part = strtok_r(NULL, ",", &save)) {
    if (open && *part != '+')
      cy_der_end(der, rdn, CY_DER_SET);
    if (*part != '+')
      rdn = cy_der_begin(der);
    open = true;
    attribute(der, part + (*part == '+'));
  }
  if (open)
    cy_der_end(der, rdn, CY_DER_SET);
  cy_der_end(der, name, CY_DER_SEQUENCE);
}

static const char *oid_of(const char *word)
{
  for (size_t i = 0; i < CY_COUNT(ext_words); i++)
    if (strcmp(ext_words[i].word, word) == 0)
      return ext_words[i].oid;
  return word;
}

static mk_ext *find(mk_cert *c, const char *word)
{
  for (size_t i = 0; i < c->count; i++)
    if (strcmp(c->exts[i].oid, oid_of(word)) == 0)
      return &c->exts[i];
  return NULL;
}

static void add_ext(mk_cert *c, const char *edit, bool again)
{
  char word[64], mark = 0;
  const char *hex = strchr(edit, ' ');
  if (sscanf(edit, "%63[^ !]%c", word, &mark) < 1 || c->count >= EXTS)
    wrong(edit);
  mk_ext *e = again ? NULL : find(c, word);
  if (!e)
    e = &c->exts[c->count++];
  set(e->oid, sizeof e->oid, oid_of(word));
  set(e->hex, sizeof e->hex, hex ? hex + 1 : "");
  e->critical = mark == '!';
}

static void take_ext(mk_cert *c, const char *word)
{
  mk_ext *e = find(c, word);
  if (!e)
    wrong(word);
  size_t at = (size_t)(e - c->exts);
  memmove(e, e + 1, (c->count - at - 1) * sizeof *e);
  c->count--;
}

static void general_name(cy_buf *der, const char *text)
{
  static const struct {
    const char *kind;
    uint8_t tag;
  } kinds[] = {{"email=", 0x81}, {"dns=", 0x82}, {"uri=", 0x86}, {"ip=", 0x87}};
  for (size_t i = 0; i < CY_COUNT(kinds); i++) {
    size_t len = strlen(kinds[i].kind);
    if (strncmp(text, kinds[i].kind, len) != 0)
      continue;
    size_t at = cy_der_begin(der);
    if (kinds[i].tag == 0x87)
      make_hex(der, text + len);
    else
      cy_buf_str(der, text + len);
    cy_der_end(der, at, kinds[i].tag);
    return;
  }
  if (strncmp(text, "raw=", 4) != 0)
    wrong(text);
  make_hex(der, text + 4);
}

static void set_names(mk_cert *c, const char *list)
{
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) edit = CY_BUF_TEXT;
  char copy[TEXT], *save = NULL;
  set(copy, sizeof copy, list);
  size_t at = cy_der_begin(&der);
  for (char *part = strtok_r(copy, ",", &save); part; part = strtok_r(NULL, ",", &save))
    general_name(&der, part);
  cy_der_end(&der, at, CY_DER_SEQUENCE);
  cy_buf_str(&edit, "san ");
  cy_buf_hex(&edit, cy_buf_get(&der));
  add_ext(c, cy_buf_cstr(&edit), false);
}

static void set_critical(mk_cert *c, const char *word, bool critical)
{
  mk_ext *e = find(c, word);
  if (!e)
    wrong(word);
  e->critical = critical;
}

/* An EC key with these parameters and a point of 65 octets that is on no curve. */
static void set_ec(mk_cert *c, const char *curve)
{
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) hex = CY_BUF_TEXT;
  size_t spki = cy_der_begin(&der), alg = cy_der_begin(&der);
  cy_der_put_oid(&der, "1.2.840.10045.2.1");
  make_hex(&der, curve);
  cy_der_end(&der, alg, CY_DER_SEQUENCE);
  size_t bits = cy_der_begin(&der);
  cy_buf_u8(&der, 0);
  cy_buf_u8(&der, 4);
  cy_buf_fill(&der, 0x11, 64);
  cy_der_end(&der, bits, CY_DER_BIT_STRING);
  cy_der_end(&der, spki, CY_DER_SEQUENCE);
  cy_buf_hex(&hex, cy_buf_get(&der));
  set(c->spki, sizeof c->spki, cy_buf_cstr(&hex));
}

static bool field_edit(mk_cert *c, const char *word, const char *rest)
{
  struct {
    const char *word;
    char *to;
    size_t size;
  } fields[] = {
    {"serial", c->serial, sizeof c->serial}, {"before", c->before, sizeof c->before},
    {"after", c->after, sizeof c->after},    {"subject", c->subject, sizeof c->subject},
    {"issuer", c->issuer, sizeof c->issuer}, {"alg", c->alg, sizeof c->alg},
    {"inner", c->inner, sizeof c->inner},    {"spki", c->spki, sizeof c->spki},
  };
  for (size_t i = 0; i < CY_COUNT(fields); i++) {
    if (strcmp(fields[i].word, word) == 0) {
      set(fields[i].to, fields[i].size, rest);
      return true;
    }
  }
  return false;
}

static bool key_edit(mk_cert *c, const char *word, const char *rest)
{
  if (strcmp(word, "rsa") == 0) {
    c->spki[0] = 0;
    if (sscanf(rest, "%u %39s", &c->rsa_bits, c->exponent) < 1)
      wrong(rest);
  } else if (strcmp(word, "ec") == 0) {
    set_ec(c, rest);
  } else if (strcmp(word, "ed25519") == 0) {
    set(c->spki, sizeof c->spki, "302a300506032b657003210011111111111111111111111111111111"
                                 "11111111111111111111111111111111");
  } else if (strcmp(word, "modulus") == 0) {
    c->modulus = strcmp(rest, "even") == 0 ? 2 : 3;
  } else {
    return false;
  }
  return true;
}

static void apply(mk_cert *c, const char *edit)
{
  char word[64];
  const char *space = strchr(edit, ' '), *rest = space ? space + 1 : "";
  if (edit[0] == '+') {
    add_ext(c, edit + 1 + (edit[1] == '+'), edit[1] == '+');
  } else if (edit[0] == '-') {
    take_ext(c, edit + 1);
  } else if (edit[0] == '!' || edit[0] == '~') {
    set_critical(c, edit + 1, edit[0] == '!');
  } else if (sscanf(edit, "%63[^ ]", word) != 1) {
    wrong(edit);
  } else if (strcmp(word, "names") == 0) {
    set_names(c, rest);
  } else if (strcmp(word, "version") == 0) {
    c->version = (int)strtol(rest, NULL, 10);
  } else if (strcmp(word, "ber") == 0) {
    c->ber = true;
  } else if (!field_edit(c, word, rest) && !key_edit(c, word, rest)) {
    wrong(edit);
  }
}

static void apply_all(mk_cert *c, const char *edits)
{
  char copy[TEXT], *save = NULL;
  set(copy, sizeof copy, edits);
  for (char *edit = strtok_r(copy, ";", &save); edit; edit = strtok_r(NULL, ";", &save))
    apply(c, edit);
}

/* A modulus of that size: an odd number without small factors, for want of two primes. */
static void put_modulus(cy_buf *der, const mk_cert *c)
{
  uint8_t m[1024];
  size_t len = (c->rsa_bits + 7) / 8;
  memset(m, 0x5b, sizeof m);
  m[0] = (uint8_t)(c->rsa_bits % 8 ? 1 << (c->rsa_bits % 8 - 1) : 0x91);
  /* The last octets are chosen until no prime below 752 divides it, unless one should. */
  for (unsigned tail = 1; tail < 0xffff; tail += 2) {
    bool divides = false, by_three = false;
    m[len - 2] = (uint8_t)(tail >> 8);
    m[len - 1] = (uint8_t)tail;
    for (unsigned p = 3; p < 752; p += 2) {
      unsigned r = 0;
      for (size_t i = 0; i < len; i++)
        r = (r << 8 | m[i]) % p;
      divides = divides || r == 0;
      by_three = by_three || (p == 3 && r == 0);
    }
    if (c->modulus == 3 ? by_three : !divides)
      break;
  }
  if (c->modulus == 2)
    m[len - 1] &= 0xfe;
  cy_der_put_unsigned(der, cy_span_of(m, len));
}

static void put_key(cy_buf *der, const mk_cert *c)
{
  if (c->spki[0]) {
    make_hex(der, c->spki);
    return;
  }
  CY_CLEAN(cy_buf) exponent = CY_BUF_TEXT;
  make_hex(&exponent, c->exponent);
  size_t spki = cy_der_begin(der);
  make_hex(der, "300d06092a864886f70d0101010500");
  size_t bits = cy_der_begin(der);
  cy_buf_u8(der, 0);
  size_t key = cy_der_begin(der);
  put_modulus(der, c);
  cy_der_put_unsigned(der, cy_buf_get(&exponent));
  cy_der_end(der, key, CY_DER_SEQUENCE);
  cy_der_end(der, bits, CY_DER_BIT_STRING);
  cy_der_end(der, spki, CY_DER_SEQUENCE);
}

static void put_time(cy_buf *der, const char *text)
{
  cy_der_put(der, text[0] == 'g' ? CY_DER_GENERALIZED_TIME : CY_DER_UTC_TIME, cy_span_str(text + 2));
}

static void put_exts(cy_buf *der, const mk_cert *c)
{
  size_t tagged = cy_der_begin(der), list = cy_der_begin(der);
  for (size_t i = 0; i < c->count; i++) {
    size_t ext = cy_der_begin(der);
    cy_der_put_oid(der, c->exts[i].oid);
    if (c->exts[i].critical)
      cy_der_put_bool(der, true);
    size_t value = cy_der_begin(der);
    make_hex(der, c->exts[i].hex);
    cy_der_end(der, value, CY_DER_OCTET_STRING);
    cy_der_end(der, ext, CY_DER_SEQUENCE);
  }
  cy_der_end(der, list, CY_DER_SEQUENCE);
  cy_der_end(der, tagged, CY_DER_CONTEXT_CONSTRUCTED(3));
}

static void put_tbs(cy_buf *der, const mk_cert *c)
{
  size_t tbs = cy_der_begin(der);
  if (c->version != 1) {
    size_t version = cy_der_begin(der);
    cy_der_put_uint(der, (uint64_t)(c->version - 1));
    cy_der_end(der, version, CY_DER_CONTEXT_CONSTRUCTED(0));
  }
  size_t serial = cy_der_begin(der);
  make_hex(der, c->serial);
  cy_der_end(der, serial, CY_DER_INTEGER);
  make_hex(der, c->inner[0] ? c->inner : c->alg);
  make_name(der, strcmp(c->issuer, "self") == 0 ? c->subject : c->issuer);
  size_t validity = cy_der_begin(der);
  put_time(der, c->before);
  put_time(der, c->after);
  cy_der_end(der, validity, CY_DER_SEQUENCE);
  make_name(der, c->subject);
  put_key(der, c);
  if (c->count)
    put_exts(der, c);
  cy_der_end(der, tbs, CY_DER_SEQUENCE);
}

void make_cert(cy_buf *der, const char *profile, const char *edits)
{
  static mk_cert c;
  c = (mk_cert){.version = 3, .serial = "4b1d5e2a9c0f7e33", .before = "u:260101000000Z",
    .after = "u:261231000000Z",
    .issuer = "C=GB,O=Example,CN=Example Root", .alg = SHA256_RSA, .rsa_bits = 2048, .exponent = "010001"};
  bool known = false;
  for (size_t i = 0; i < CY_COUNT(profiles); i++) {
    if (strcmp(profiles[i].name, profile) == 0) {
      known = true;
      apply_all(&c, profiles[i].edits);
    }
  }
  if (!known)
    wrong(profile);
  apply_all(&c, edits);
  size_t at = cy_der_begin(der);
  put_tbs(der, &c);
  make_hex(der, c.alg);
  cy_der_put(der, CY_DER_BIT_STRING, CY_SPAN("\0dummy signature"));
  size_t content = der->len - at;
  if (!c.ber) {
    cy_der_end(der, at, CY_DER_SEQUENCE);
    return;
  }
  uint8_t head[] = {0x30, 0x83, (uint8_t)(content >> 16), (uint8_t)(content >> 8), (uint8_t)content};
  cy_buf_insert(der, at, head, sizeof head);
}
