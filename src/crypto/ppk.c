#include "crypto/ppk.h"

#include "base/base64.h"
#include "base/mem.h"
#include "crypto/codes.h"
#include "crypto/ssh_cipher.h"

static const char magic[] = "PuTTY-User-Key-File-";

enum { BLOB_MAX = 64 << 10, BLOCK = 16, KEYS = 32 + 16 + 32 };

bool cy_ppk_detect(cy_span head)
{
  return head.len >= sizeof magic && memcmp(head.data, magic, sizeof magic - 1) == 0;
}

void cy_ppk_clear(cy_ppk *ppk)
{
  cy_buf_clear(&ppk->public_blob);
  cy_buf_clear(&ppk->private_blob);
}

/* Reading. */

/* The next line without its end: LF, CR LF or CR. */
static cy_span next_line(cy_cur *cur)
{
  size_t len = 0, left = cy_cur_left(cur);
  while (len < left && cur->p[len] != '\n' && cur->p[len] != '\r')
    len++;
  cy_span line = cy_cur_take(cur, len);
  if (cy_cur_left(cur) && *cur->p == '\r')
    cy_cur_u8(cur);
  if (cy_cur_left(cur) && *cur->p == '\n')
    cy_cur_u8(cur);
  return line;
}

/* The value of the next line, which must have this name. */
static cy_span field(cy_cur *cur, const char *name, const char *reason)
{
  size_t len = strlen(name);
  cy_span line = next_line(cur);
  if (line.len >= len + 2 && memcmp(line.data, name, len) == 0 && memcmp(line.data + len, ": ", 2) == 0)
    return cy_span_of(line.data + len + 2, line.len - len - 2);
  cy_cur_fail(cur, reason);
  return CY_SPAN_NONE;
}

static uint32_t number(cy_cur *cur, const char *name, const char *reason)
{
  cy_span digits = field(cur, name, reason);
  uint64_t value = 0;
  for (size_t i = 0; i < digits.len && value <= UINT32_MAX; i++) {
    if (digits.data[i] < '0' || digits.data[i] > '9')
      cy_cur_fail(cur, reason);
    value = value * 10 + (uint64_t)(digits.data[i] - '0');
  }
  if (!digits.len || value > UINT32_MAX)
    cy_cur_fail(cur, reason);
  return (uint32_t)value;
}

static int hex_digit(uint8_t c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t hex(cy_cur *cur, const char *name, const char *reason, uint8_t *out, size_t max)
{
  cy_span digits = field(cur, name, reason);
  if (digits.len % 2 || digits.len / 2 > max)
    cy_cur_fail(cur, reason);
  for (size_t i = 0; cy_cur_ok(cur) && i + 1 < digits.len; i += 2) {
    int high = hex_digit(digits.data[i]), low = hex_digit(digits.data[i + 1]);
    if (high < 0 || low < 0)
      cy_cur_fail(cur, reason);
    else
      out[i / 2] = (uint8_t)(high << 4 | low);
  }
  return cy_cur_ok(cur) ? digits.len / 2 : 0;
}

static cy_err *blob(cy_cur *cur, const char *name, const char *reason, cy_buf *out)
{
  CY_CLEAN(cy_buf) text = CY_BUF_SECRET((size_t)2 * BLOB_MAX);
  uint32_t lines = number(cur, name, reason);
  for (uint32_t i = 0; i < lines && cy_cur_more(cur); i++)
    cy_buf_span(&text, next_line(cur));
  CY_TRY(cy_buf_check(&text));
  if (!cy_cur_ok(cur))
    return NULL;
  CY_TRY_AS(cy_base64_decode(out, cy_buf_get(&text)), CY_E_KEY_MALFORMED, "%s of a PuTTY key", name);
  return cy_buf_check(out);
}

static void read_derivation(cy_ppk *out, cy_cur *cur)
{
  static const char *const names[] = {
    [CY_ARGON2_D] = "Argon2d", [CY_ARGON2_I] = "Argon2i", [CY_ARGON2_ID] = "Argon2id"};
  cy_span name = field(cur, "Key-Derivation", "no Key-Derivation line");
  size_t type = 0;
  while (type < CY_COUNT(names) && !cy_span_equal(name, cy_span_str(names[type])))
    type++;
  if (type == CY_COUNT(names))
    cy_cur_fail(cur, "a key derivation that is not known");
  out->cost.type = (cy_argon2_type)type;
  out->cost.memory_kib = number(cur, "Argon2-Memory", "a wrong Argon2-Memory line");
  out->cost.passes = number(cur, "Argon2-Passes", "a wrong Argon2-Passes line");
  out->cost.lanes = number(cur, "Argon2-Parallelism", "a wrong Argon2-Parallelism line");
  out->salt_len = hex(cur, "Argon2-Salt", "a wrong Argon2-Salt line", out->salt, sizeof out->salt);
}

static cy_err *read_head(cy_ppk *out, cy_cur *cur)
{
  cy_span first = cy_cur_take(cur, sizeof magic - 1);
  uint8_t version = cy_cur_u8(cur);
  if (!cy_cur_ok(cur) || memcmp(first.data, magic, first.len) != 0)
    return cy_err_new(CY_E_KEY_MALFORMED, "it does not begin as a PuTTY key does");
  if (version != '2' && version != '3')
    return cy_err_hint(cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "a PuTTY key of another version than 2 and 3"),
      "Load it in puttygen and save it again.");
  out->version = version - '0';
  if (!cy_span_equal(cy_cur_take(cur, 2), CY_SPAN(": ")))
    cy_cur_fail(cur, "a wrong first line");
  out->algorithm = next_line(cur);
  out->encryption = field(cur, "Encryption", "no Encryption line");
  out->encrypted = !cy_span_equal(out->encryption, CY_SPAN("none"));
  out->comment = field(cur, "Comment", "no Comment line");
  return NULL;
}

static cy_err *read_all(cy_ppk *out, cy_cur *cur)
{
  CY_TRY(read_head(out, cur));
  CY_TRY(blob(cur, "Public-Lines", "no Public-Lines", &out->public_blob));
  if (out->version == 3 && out->encrypted)
    read_derivation(out, cur);
  CY_TRY(blob(cur, "Private-Lines", "no Private-Lines", &out->private_blob));
  out->mac_len = hex(cur, "Private-MAC", "no Private-MAC", out->mac, sizeof out->mac);
  if (out->mac_len != (out->version == 3 ? 32 : 20))
    cy_cur_fail(cur, "a MAC of a wrong length");
  while (cy_cur_more(cur))
    if (next_line(cur).len)
      cy_cur_fail(cur, "more text behind its end");
  return cy_parse_check_as(cur->parse, CY_E_KEY_MALFORMED, "PuTTY key");
}

cy_err *cy_ppk_parse(cy_ppk *out, cy_span text)
{
  cy_parse parse = {.reason = NULL};
  cy_cur cur = cy_cur_begin(&parse, text);
  *out = (cy_ppk){.public_blob = CY_BUF(BLOB_MAX), .private_blob = CY_BUF_SECRET(BLOB_MAX)};
  cy_err *err = read_all(out, &cur);
  if (err)
    cy_ppk_clear(out);
  return err;
}

/* Opening. */

/* Cipher's key, its IV, the MAC's key, one after the other. */
typedef struct {
  uint8_t bytes[KEYS];
  size_t mac_len;
} keys;

/* Version 2: SHA-1, once. */
static cy_err *derive_old(keys *out, const cy_ppk *ppk, cy_span password)
{
  cy_digest d;
  for (uint8_t i = 0; i < 2 && ppk->encrypted; i++) {
    const uint8_t count[] = {0, 0, 0, i};
    const cy_span parts[] = {cy_span_of(count, sizeof count), password};
    CY_TRY(cy_digest_parts(&d, CY_SHA1, parts, CY_COUNT(parts)));
    memcpy(out->bytes + (size_t)20 * i, d.bytes, i ? 12 : 20);
  }
  const cy_span parts[] = {CY_SPAN("putty-private-key-file-mac-key"), password};
  CY_TRY(cy_digest_parts(&d, CY_SHA1, parts, CY_COUNT(parts)));
  memcpy(out->bytes + 48, d.bytes, d.len);
  out->mac_len = d.len;
  cy_wipe(&d, sizeof d);
  return NULL;
}

static cy_err *derive(keys *out, const cy_ppk *ppk, cy_span password)
{
  *out = (keys){.mac_len = 0};
  if (ppk->version == 2)
    return derive_old(out, ppk, password);
  if (!ppk->encrypted)
    return NULL; /* the MAC's key is empty */
  out->mac_len = 32;
  return cy_argon2(out->bytes, KEYS, &ppk->cost, password, cy_span_of(ppk->salt, ppk->salt_len));
}

static void put_string(cy_buf *out, cy_span s)
{
  cy_buf_u32(out, (uint32_t)s.len);
  cy_buf_span(out, s);
}

static cy_err *check_mac(const cy_ppk *ppk, const keys *k, cy_span private)
{
  CY_CLEAN(cy_buf) data = CY_BUF_SECRET((size_t)4 * BLOB_MAX);
  cy_digest mac;
  put_string(&data, ppk->algorithm);
  put_string(&data, ppk->encryption);
  put_string(&data, ppk->comment);
  put_string(&data, cy_buf_get(&ppk->public_blob));
  put_string(&data, private);
  CY_TRY(cy_buf_check(&data));
  CY_TRY(cy_hmac(&mac, ppk->version == 3 ? CY_SHA256 : CY_SHA1, cy_span_of(k->bytes + 48, k->mac_len),
    cy_buf_get(&data)));
  if (cy_secret_equal(cy_digest_get(&mac), cy_span_of(ppk->mac, ppk->mac_len)))
    return NULL;
  return ppk->encrypted ? cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD,
                            "its MAC does not fit: another passphrase, or the file was changed")
                        : cy_err_new(CY_E_KEY_MALFORMED, "its MAC does not fit: the file was changed");
}

static cy_err *read_key(cy_secret **pkcs8, const cy_ppk *ppk, cy_span private)
{
  cy_parse parse = {.reason = NULL};
  cy_cur cur = cy_cur_begin(&parse, private);
  cy_ssh_key key;
  CY_TRY(cy_ssh_public(&key, cy_buf_get(&ppk->public_blob)));
  if (!cy_span_equal(key.name, ppk->algorithm))
    cy_cur_fail(&cur, "another kind of key than its first line says");
  if (cy_cur_ok(&cur))
    cy_ssh_private_putty(&key, &cur);
  if (ppk->encrypted && cy_cur_left(&cur) < BLOCK)
    cy_cur_rest(&cur); /* padding */
  cy_cur_end(&cur);
  CY_TRY(cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, "PuTTY key"));
  return cy_ssh_pkcs8(pkcs8, &key);
}

static cy_err *open_with(cy_secret **pkcs8, const cy_ppk *ppk, const keys *k)
{
  CY_AUTO(cy_secret) *plain = NULL;
  cy_span private = cy_buf_get(&ppk->private_blob);
  if (ppk->encrypted) {
    CY_TRY(cy_secret_new(&plain, private.len));
    CY_TRY(cy_ssh_decipher(
      cy_ssh_cipher_find(CY_SPAN("aes256-cbc")), k->bytes, private, CY_SPAN_NONE, plain->data));
    plain->len = private.len;
    private = cy_secret_get(plain);
  }
  CY_TRY(check_mac(ppk, k, private));
  return read_key(pkcs8, ppk, private);
}

cy_err *cy_ppk_open(cy_secret **pkcs8, const cy_ppk *ppk, const cy_secret *password)
{
  keys k;
  *pkcs8 = NULL;
  if (ppk->encrypted && !cy_span_equal(ppk->encryption, CY_SPAN("aes256-cbc")))
    return cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "a PuTTY key under another cipher than aes256-cbc");
  cy_err *err = derive(&k, ppk, password && ppk->encrypted ? cy_secret_get(password) : CY_SPAN(""));
  if (!err)
    err = open_with(pkcs8, ppk, &k);
  cy_wipe(&k, sizeof k);
  return err;
}
