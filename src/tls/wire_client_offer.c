/* What a ClientHello offers, in either of its forms. */
#include "tls/notation.h"
#include "tls/wire_hello.h"
#include "tls/wire_reader.h"

enum { FALLBACK_SCSV = 0x5600 };

void cy_wire_note_marks(cy_wire_client_hello *hello)
{
  for (size_t i = 0; i < cy_wire_suite_count(hello); i++) {
    uint32_t suite = cy_wire_suite_at(hello, i);
    hello->fallback |= suite == FALLBACK_SCSV;
    hello->grease |= suite <= UINT16_MAX && cy_wire_is_grease((uint16_t)suite);
  }
}

cy_err *cy_wire_client_hello_parse_ssl2(cy_wire_client_hello *hello, cy_span record)
{
  cy_wire_reader r;
  cy_cur cur = cy_wire_begin(&r, "SSL 2 ClientHello", record);
  *hello = (cy_wire_client_hello){.ssl2 = true};
  size_t length = cy_wire_u16(&r, &cur, "msg_length") & 0x7fff;
  if (length != cy_cur_left(&cur))
    cy_wire_fail(&r, &cur, "msg_length", "it is not the length of what follows");
  if (cy_wire_u8(&r, &cur, "msg_type") != 1)
    cy_wire_fail(&r, &cur, "msg_type", "it is no ClientHello");
  hello->version = cy_wire_u16(&r, &cur, "version");
  size_t suites = cy_wire_u16(&r, &cur, "cipher_spec_length");
  size_t session = cy_wire_u16(&r, &cur, "session_id_length");
  size_t challenge = cy_wire_u16(&r, &cur, "challenge_length");
  if (suites % 3 || suites == 0)
    cy_wire_fail(&r, &cur, "cipher_spec_length", "it does not divide by three, or is zero");
  hello->suites = cy_wire_take(&r, &cur, "cipher_specs", suites);
  hello->session_id = cy_wire_take(&r, &cur, "session_id", session);
  hello->random = cy_wire_take(&r, &cur, "challenge", challenge);
  cy_wire_note_marks(hello);
  cy_wire_end_of(&r, &cur, "");
  return cy_wire_check(&r);
}

size_t cy_wire_suite_count(const cy_wire_client_hello *hello)
{
  return hello->suites.len / (hello->ssl2 ? 3 : 2);
}

uint32_t cy_wire_suite_at(const cy_wire_client_hello *hello, size_t i)
{
  const uint8_t *p = hello->suites.data + i * (hello->ssl2 ? 3 : 2);
  return hello->ssl2 ? (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2] : (uint32_t)p[0] << 8 | p[1];
}

uint16_t cy_wire_highest_version(const cy_wire_client_hello *hello)
{
  uint16_t highest = 0;
  if (!hello->versions.data)
    return hello->version;
  for (size_t i = 0; i < cy_wire_count16(hello->versions); i++) {
    uint16_t v = cy_wire_at16(hello->versions, i);
    if (v >> 8 == CY_TLS12 >> 8 && v > highest)
      highest = v;
  }
  return highest;
}

bool cy_wire_offers_version(const cy_wire_client_hello *hello, uint16_t version)
{
  if (hello->versions.data)
    return cy_wire_has16(hello->versions, version);
  return version >= CY_SSL3 && version <= hello->version;
}
