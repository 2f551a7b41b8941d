#include "tls/wire_build.h"

#include "tls/wire_record.h"

enum { RANDOM = 32, MAX_SESSION_ID = 32, MAX_FRAGMENT = 16384, MESSAGE_HEADER = 4, EXTENSION_HEADER = 4 };

/* A vector whose length, of `width` bytes, is known at its end. */
static size_t begin(cy_buf *out, unsigned width)
{
  cy_buf_fill(out, 0, width);
  return out->len;
}

static void end(cy_buf *out, size_t start, unsigned width)
{
  if (out->failed)
    return;
  size_t len = out->len - start;
  if (len >> 8 * width)
    cy_buf_fail(out, CY_BUF_WRONG);
  else
    for (unsigned i = 0; i < width; i++)
      out->data[start - 1 - i] = (uint8_t)(len >> 8 * i);
}

static void put_vector(cy_buf *out, cy_span content, unsigned width)
{
  size_t at = begin(out, width);
  cy_buf_span(out, content);
  end(out, at, width);
}

static void put_codes(cy_buf *out, cy_wire_codes list, unsigned width)
{
  size_t at = begin(out, width);
  for (size_t i = 0; i < list.count; i++)
    cy_buf_u16(out, list.codes[i]);
  end(out, at, width);
}

static void put_server_name(cy_buf *out, const char *name)
{
  size_t at = begin(out, 2);
  cy_buf_u8(out, 0); /* host_name */
  put_vector(out, cy_span_str(name), 2);
  end(out, at, 2);
}

static void put_shares(cy_buf *out, const cy_wire_plan *plan)
{
  size_t at = begin(out, 2);
  for (size_t i = 0; i < plan->share_count; i++) {
    cy_buf_u16(out, plan->shares[i].group);
    put_vector(out, plan->shares[i].key, 2);
  }
  end(out, at, 2);
}

static void put_protocols(cy_buf *out, const cy_wire_plan *plan)
{
  size_t at = begin(out, 2);
  for (size_t i = 0; i < plan->protocol_count; i++)
    put_vector(out, cy_span_str(plan->protocols[i]), 1);
  end(out, at, 2);
}

/* Each writes the body of one extension when the plan has it; false: it has not. */

static bool put_list(cy_buf *out, const cy_wire_plan *plan, uint16_t type)
{
  const cy_wire_codes *list = type == CY_EXT_SUPPORTED_GROUPS       ? &plan->groups
                              : type == CY_EXT_SIGNATURE_ALGORITHMS ? &plan->schemes
                              : type == CY_EXT_SUPPORTED_VERSIONS   ? &plan->versions
                                                                    : &plan->schemes_cert;
  if (list->codes)
    put_codes(out, *list, type == CY_EXT_SUPPORTED_VERSIONS ? 1 : 2);
  return list->codes;
}

static bool put_bytes(cy_buf *out, cy_span bytes, unsigned width)
{
  if (!bytes.data)
    return false;
  if (width)
    put_vector(out, bytes, width);
  else
    cy_buf_span(out, bytes);
  return true;
}

static bool put_number(cy_buf *out, uint16_t number, unsigned width)
{
  if (number && width == 2)
    cy_buf_u16(out, number);
  else if (number)
    cy_buf_u8(out, (uint8_t)number);
  return number;
}

/* OCSP, from any responder, with nothing more to say. */
static bool put_status(cy_buf *out, bool wanted)
{
  if (wanted)
    cy_buf_put(out, "\1\0\0\0\0", 5);
  return wanted;
}

static bool put_others(cy_buf *out, const cy_wire_plan *plan, uint16_t type)
{
  switch (type) {
  case CY_EXT_SERVER_NAME:
    if (plan->server_name)
      put_server_name(out, plan->server_name);
    return plan->server_name;
  case CY_EXT_KEY_SHARE:
    if (plan->shares)
      put_shares(out, plan);
    return plan->shares;
  case CY_EXT_ALPN:
    if (plan->protocols)
      put_protocols(out, plan);
    return plan->protocols;
  case CY_EXT_STATUS_REQUEST:
    return put_status(out, plan->status_request);
  case CY_EXT_MAX_FRAGMENT_LENGTH:
    return put_number(out, plan->max_fragment, 1);
  case CY_EXT_RECORD_SIZE_LIMIT:
    return put_number(out, plan->record_size_limit, 2);
  default:
    return false;
  }
}

static bool put_body(cy_buf *out, const cy_wire_plan *plan, uint16_t type)
{
  switch (type) {
  case CY_EXT_SUPPORTED_GROUPS:
  case CY_EXT_SIGNATURE_ALGORITHMS:
  case CY_EXT_SIGNATURE_ALGORITHMS_CERT:
  case CY_EXT_SUPPORTED_VERSIONS:
    return put_list(out, plan, type);
  case CY_EXT_EC_POINT_FORMATS:
    return put_bytes(out, plan->point_formats, 1);
  case CY_EXT_PSK_KEY_EXCHANGE_MODES:
    return put_bytes(out, plan->psk_modes, 1);
  case CY_EXT_RENEGOTIATION_INFO:
    return put_bytes(out, plan->renegotiated, 1);
  case CY_EXT_COOKIE:
    return put_bytes(out, plan->cookie, 2);
  case CY_EXT_SESSION_TICKET:
    return put_bytes(out, plan->session_ticket, 0);
  case CY_EXT_EXTENDED_MASTER_SECRET:
    return plan->extended_master_secret;
  case CY_EXT_ENCRYPT_THEN_MAC:
    return plan->encrypt_then_mac;
  case CY_EXT_POST_HANDSHAKE_AUTH:
    return plan->post_handshake_auth;
  default:
    return put_others(out, plan, type);
  }
}

static void put_extension(cy_buf *out, const cy_wire_plan *plan, uint16_t type)
{
  size_t before = out->len;
  cy_buf_u16(out, type);
  size_t at = begin(out, 2);
  bool there = put_body(out, plan, type);
  for (size_t i = 0; i < plan->extra_count && !there; i++)
    if (plan->extra[i].type == type) {
      cy_buf_span(out, plan->extra[i].body);
      there = true;
    }
  if (there)
    end(out, at, 2);
  else
    out->len = before;
}

static bool is_ordered(const cy_wire_plan *plan, uint16_t type)
{
  for (size_t i = 0; i < plan->order.count; i++)
    if (plan->order.codes[i] == type)
      return true;
  return type == CY_EXT_PRE_SHARED_KEY;
}

static void pad(cy_buf *out, size_t message, size_t to)
{
  size_t len = out->len - message;
  if (out->failed || len >= to)
    return;
  size_t zeros = to - len > EXTENSION_HEADER ? to - len - EXTENSION_HEADER : 0;
  cy_buf_u16(out, CY_EXT_PADDING);
  size_t at = begin(out, 2);
  cy_buf_fill(out, 0, zeros);
  end(out, at, 2);
}

static void put_extensions(cy_buf *out, const cy_wire_plan *plan, size_t message)
{
  static const uint16_t usual[] = {CY_EXT_SERVER_NAME, CY_EXT_MAX_FRAGMENT_LENGTH, CY_EXT_STATUS_REQUEST,
    CY_EXT_EC_POINT_FORMATS, CY_EXT_SUPPORTED_GROUPS, CY_EXT_SESSION_TICKET, CY_EXT_ALPN,
    CY_EXT_ENCRYPT_THEN_MAC, CY_EXT_EXTENDED_MASTER_SECRET, CY_EXT_RECORD_SIZE_LIMIT,
    CY_EXT_POST_HANDSHAKE_AUTH, CY_EXT_SIGNATURE_ALGORITHMS, CY_EXT_SIGNATURE_ALGORITHMS_CERT,
    CY_EXT_SUPPORTED_VERSIONS, CY_EXT_COOKIE, CY_EXT_PSK_KEY_EXCHANGE_MODES, CY_EXT_KEY_SHARE,
    CY_EXT_RENEGOTIATION_INFO};
  for (size_t i = 0; i < plan->order.count; i++)
    if (plan->order.codes[i] != CY_EXT_PRE_SHARED_KEY)
      put_extension(out, plan, plan->order.codes[i]);
  for (size_t i = 0; i < CY_COUNT(usual); i++)
    if (!is_ordered(plan, usual[i]))
      put_extension(out, plan, usual[i]);
  for (size_t i = 0; i < plan->extra_count; i++)
    if (!is_ordered(plan, plan->extra[i].type))
      put_extension(out, plan, plan->extra[i].type);
  pad(out, message, plan->pad_to);
  put_extension(out, plan, CY_EXT_PRE_SHARED_KEY);
}

void cy_wire_build_hello(cy_buf *out, const cy_wire_plan *plan)
{
  static const uint8_t no_compression[] = {0};
  size_t message = out->len;
  if (plan->random.len != RANDOM || plan->session_id.len > MAX_SESSION_ID || plan->suites.count == 0)
    cy_buf_fail(out, CY_BUF_WRONG);
  cy_buf_u8(out, CY_MSG_CLIENT_HELLO);
  size_t body = begin(out, 3);
  cy_buf_u16(out, plan->version);
  cy_buf_span(out, plan->random);
  put_vector(out, plan->session_id, 1);
  put_codes(out, plan->suites, 2);
  put_vector(out, plan->compression.data ? plan->compression : cy_span_of(no_compression, 1), 1);
  size_t list = begin(out, 2);
  put_extensions(out, plan, message);
  if (out->len == list && !out->failed)
    out->len -= 2; /* none: no block either, as before TLS 1.2 */
  else
    end(out, list, 2);
  end(out, body, 3);
}

void cy_wire_build_records(cy_buf *out, uint8_t type, uint16_t version, cy_span content)
{
  do {
    size_t len = content.len < MAX_FRAGMENT ? content.len : MAX_FRAGMENT;
    cy_buf_u8(out, type);
    cy_buf_u16(out, version);
    put_vector(out, cy_span_of(content.data, len), 2);
    content = cy_span_of(content.data ? content.data + len : NULL, content.len - len);
  } while (content.len > 0);
}
