#include "store/pkcs7.h"

#include "base/der.h"
#include "base/mem.h"
#include "base/oid.h"
#include "crypto/codes.h"
#include "store/codes.h"

void cy_pkcs7_clear(cy_pkcs7 *p7)
{
  cy_buf_clear(&p7->der);
  cy_free(p7->items);
  *p7 = (cy_pkcs7){0};
}

/* A certificate or CRL is a SEQUENCE; the other choices have tags of their own. */
static bool add_items(cy_pkcs7 *out, cy_cur *set, bool is_crl)
{
  while (cy_cur_more(set)) {
    cy_der value = cy_der_next(set);
    if (value.tag != CY_DER_SEQUENCE) {
      out->others++;
      continue;
    }
    if (!cy_grow(&out->items, &out->cap, out->count + 1, sizeof *out->items))
      return false;
    out->items[out->count++] = (cy_pkcs7_item){value.whole, is_crl};
  }
  return true;
}

static cy_err *not_signed_data(cy_span type)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_oid_put_words(&words, type);
  return cy_err_hint(
    cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "PKCS#7 of another kind than signed data: %s", cy_buf_cstr(&words)),
    "Only signed data carries certificates. Encrypted data is opened with `openssl cms -decrypt`.");
}

static cy_err *parse_der(cy_pkcs7 *out, cy_span der)
{
  cy_parse parse = {.lenient = true};
  cy_span skipped;
  cy_cur cur = cy_cur_begin(&parse, der), set;
  cy_cur info = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_span type = cy_der_take(&info, CY_DER_OID);
  if (cy_cur_ok(&cur) && cy_oid_find(type) != CY_OID_P7_SIGNED)
    return not_signed_data(type);
  cy_cur content = cy_der_enter(&info, CY_DER_CONTEXT_CONSTRUCTED(0));
  cy_cur data = cy_der_enter(&content, CY_DER_SEQUENCE);
  cy_der_uint(&data);
  cy_der_take(&data, CY_DER_SET);
  cy_cur inner = cy_der_enter(&data, CY_DER_SEQUENCE);
  cy_der_take(&inner, CY_DER_OID);
  out->has_content = cy_cur_more(&inner);
  bool room = true;
  if (cy_der_enter_if(&data, CY_DER_CONTEXT_CONSTRUCTED(0), &set))
    room = add_items(out, &set, false);
  if (room && cy_der_enter_if(&data, CY_DER_CONTEXT_CONSTRUCTED(1), &set))
    room = add_items(out, &set, true);
  if (!room)
    return cy_err_no_memory();
  if (cy_der_take_if(&data, CY_DER_SET, &skipped)) /* left out by some who sign nothing */
    out->is_signed = skipped.len > 0;
  cy_der_leave(&data);
  cy_der_leave(&content);
  cy_der_leave(&info);
  cy_cur_end(&cur);
  return cy_parse_check_as(&parse, CY_E_STORE_DAMAGED, "PKCS#7 data");
}

cy_err *cy_pkcs7_parse(cy_pkcs7 *out, cy_span bytes)
{
  *out = (cy_pkcs7){.der = CY_BUF_STORE};
  cy_err *err = NULL;
  size_t used = bytes.len;
  if (cy_ber_is_indefinite(bytes)) {
    err = cy_ber_to_der(&out->der, bytes, &used);
    if (!err && used < bytes.len)
      err = cy_err_new(
        CY_E_STORE_DAMAGED, "behind its end, at byte %zu, stand %zu bytes more", used, bytes.len - used);
    if (err && !cy_err_is(err, CY_E_NO_MEMORY) && !cy_err_is(err, CY_E_STORE_DAMAGED))
      err = cy_err_wrap(err, CY_E_STORE_DAMAGED, "it can not be read as BER");
    bytes = cy_buf_get(&out->der);
  }
  if (!err)
    err = parse_der(out, bytes);
  if (err)
    cy_pkcs7_clear(out);
  return err;
}

static void put_items(cy_buf *out, const cy_pkcs7_item *items, size_t count, bool crls)
{
  size_t some = 0;
  for (size_t i = 0; i < count; i++)
    some += items[i].is_crl == crls;
  if (!some && crls)
    return;
  size_t set = cy_der_begin(out);
  for (size_t i = 0; i < count; i++)
    if (items[i].is_crl == crls)
      cy_buf_span(out, items[i].der);
  cy_der_end(out, set, CY_DER_CONTEXT_CONSTRUCTED(crls ? 1 : 0));
}

void cy_pkcs7_encode(cy_buf *out, const cy_pkcs7_item *items, size_t count)
{
  size_t info = cy_der_begin(out);
  cy_der_put(out, CY_DER_OID, cy_oid_content(CY_OID_P7_SIGNED));
  size_t content = cy_der_begin(out), data = cy_der_begin(out);
  cy_der_put_uint(out, 1);
  cy_der_put(out, CY_DER_SET, CY_SPAN_NONE);
  size_t inner = cy_der_begin(out);
  cy_der_put(out, CY_DER_OID, cy_oid_content(CY_OID_P7_DATA));
  cy_der_end(out, inner, CY_DER_SEQUENCE);
  put_items(out, items, count, false);
  put_items(out, items, count, true);
  cy_der_put(out, CY_DER_SET, CY_SPAN_NONE);
  cy_der_end(out, data, CY_DER_SEQUENCE);
  cy_der_end(out, content, CY_DER_CONTEXT_CONSTRUCTED(0));
  cy_der_end(out, info, CY_DER_SEQUENCE);
}

/* Recognising: heads only, since the file may be longer than what is there. */

/* Goes into a value of this tag, whatever its length; false when it is another. */
static bool step_in(cy_cur *cur, uint8_t tag)
{
  if (cy_cur_left(cur) < 2 || cy_cur_u8(cur) != tag)
    return false;
  uint8_t first = cy_cur_u8(cur);
  cy_cur_take(cur, first > 0x80 ? first & 0x7f : 0);
  return cy_cur_ok(cur);
}

cy_pkcs7_kind cy_pkcs7_detect(cy_span head)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, head);
  if (!step_in(&cur, CY_DER_SEQUENCE) || cy_der_peek(&cur) != CY_DER_OID)
    return CY_PKCS7_NONE;
  if (cy_oid_find(cy_der_take(&cur, CY_DER_OID)) != CY_OID_P7_SIGNED || !cy_cur_ok(&cur))
    return CY_PKCS7_NONE;
  if (!step_in(&cur, CY_DER_CONTEXT_CONSTRUCTED(0)) || !step_in(&cur, CY_DER_SEQUENCE))
    return CY_PKCS7_NONE;
  cy_der_uint(&cur);
  bool none = cy_cur_left(&cur) >= 4 && cur.p[0] == CY_DER_SET &&
              (cur.p[1] == 0 || (cur.p[1] == 0x80 && cur.p[2] == 0 && cur.p[3] == 0));
  return none ? CY_PKCS7_BARE : CY_PKCS7_SIGNED;
}
