#include "tls/wire_finish.h"

#include "tls/notation.h"
#include "tls/wire_reader.h"
#include "tls/wire_record.h"

cy_err *cy_wire_ticket_parse(cy_wire_ticket *out, cy_span body, uint16_t version)
{
  cy_wire_reader r;
  cy_span early;
  cy_cur cur = cy_wire_begin(&r, "NewSessionTicket", body);
  *out = (cy_wire_ticket){0};
  out->lifetime_s = cy_wire_u32(&r, &cur, "ticket_lifetime");
  if (version >= CY_TLS13) {
    out->age_add = cy_wire_u32(&r, &cur, "ticket_age_add");
    out->nonce = cy_wire_vec(&r, &cur, "ticket_nonce", 1, 0);
  }
  out->ticket = cy_wire_vec(&r, &cur, "ticket", 2, version >= CY_TLS13);
  if (version >= CY_TLS13)
    cy_wire_extensions_read(&r, &cur, &out->extensions);
  if (cy_cur_ok(&cur) && cy_wire_extension_find(&out->extensions, CY_EXT_EARLY_DATA, &early)) {
    cy_cur inner = cy_cur_over(&cur, early);
    cy_wire_enter(&r, CY_EXT_EARLY_DATA);
    out->max_early_data = cy_wire_u32(&r, &inner, "max_early_data_size");
    cy_wire_end_of(&r, &inner, "extension_data");
    cy_wire_leave(&r);
  }
  cy_wire_end_of(&r, &cur, "");
  return cy_wire_check(&r);
}

cy_err *cy_wire_finished_parse(cy_span *verify_data, cy_span body, uint16_t version)
{
  enum { SSL3_SIZE = 36, SIZE = 12, SHA256_SIZE = 32, SHA384_SIZE = 48 };
  cy_wire_reader r;
  cy_cur cur = cy_wire_begin(&r, "Finished", body);
  size_t size = version <= CY_SSL3 ? SSL3_SIZE : SIZE;
  if (version >= CY_TLS13)
    size = body.len == SHA384_SIZE ? SHA384_SIZE : SHA256_SIZE;
  *verify_data = cy_wire_take(&r, &cur, "verify_data", size);
  cy_wire_end_of(&r, &cur, "verify_data");
  return cy_wire_check(&r);
}

cy_err *cy_wire_key_update_parse(bool *requested, cy_span body)
{
  cy_wire_reader r;
  cy_cur cur = cy_wire_begin(&r, "KeyUpdate", body), start = cur;
  uint8_t request = cy_wire_u8(&r, &cur, "request_update");
  if (request > 1)
    cy_wire_fail(&r, &start, "request_update", "it is neither 0 nor 1");
  cy_wire_end_of(&r, &cur, "");
  *requested = request == 1;
  return cy_wire_check(&r);
}

cy_err *cy_wire_empty_parse(uint8_t msg_type, cy_span body)
{
  cy_wire_reader r;
  const char *name = cy_wire_message_name(msg_type);
  cy_cur cur = cy_wire_begin(&r, name ? name : "message of unknown type", body);
  cy_wire_end_of(&r, &cur, "");
  return cy_wire_check(&r);
}
