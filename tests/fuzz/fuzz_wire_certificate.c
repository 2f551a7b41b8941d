/* The messages behind the hellos. The first byte says which message, the second which version and suite. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "tls/wire_certificate.h"
#include "tls/wire_exchange.h"
#include "tls/wire_finish.h"
#include "tls/wire_record.h"

static cy_err *read_chain(cy_span body, uint16_t version)
{
  cy_wire_certificate chain;
  cy_wire_certificate_entry entry;
  size_t count = 0;
  CY_TRY(cy_wire_certificate_parse(&chain, body, version));
  while (cy_wire_certificate_next(&chain, &entry))
    count += entry.der.len > 0;
  if (count != chain.count || chain.list.len)
    abort();
  return NULL;
}

static cy_err *read_request(cy_span body, uint16_t version)
{
  cy_wire_certificate_request request;
  cy_span name;
  size_t count = 0;
  CY_TRY(cy_wire_certificate_request_parse(&request, body, version));
  while (cy_wire_next16(&request.authorities, &name))
    count++;
  if (count != request.authority_count || request.authorities.len)
    abort();
  return NULL;
}

static cy_err *read_rest(uint8_t type, cy_span body, uint16_t version)
{
  cy_wire_certificate_verify verify;
  cy_wire_certificate_status status;
  cy_wire_compressed_certificate packed;
  cy_wire_ticket ticket;
  cy_span span;
  bool flag;
  switch (type) {
  case CY_MSG_CERTIFICATE_VERIFY:
    return cy_wire_certificate_verify_parse(&verify, body, version);
  case CY_MSG_CERTIFICATE_STATUS:
    return cy_wire_certificate_status_parse(&status, body);
  case CY_MSG_COMPRESSED_CERTIFICATE:
    return cy_wire_compressed_certificate_parse(&packed, body);
  case CY_MSG_NEW_SESSION_TICKET:
    return cy_wire_ticket_parse(&ticket, body, version);
  case CY_MSG_FINISHED:
    return cy_wire_finished_parse(&span, body, version);
  case CY_MSG_KEY_UPDATE:
    return cy_wire_key_update_parse(&flag, body);
  default:
    return cy_wire_empty_parse(type, body);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const uint16_t suites[] = {0xc02f, 0x009e, 0x002f, 0x0003, 0xc01d, 0x00a8, 0xc037, 0x0034, 0xc01e};
  cy_wire_server_exchange from_server;
  cy_wire_client_exchange from_client;
  if (size < 2)
    return 0;
  cy_span body = cy_span_of(data + 2, size - 2);
  uint16_t version = (uint16_t)(CY_SSL3 + data[1] % 5);
  const cy_suite *suite = cy_suite_get(suites[data[1] / 5 % CY_COUNT(suites)]);
  switch (data[0]) {
  case CY_MSG_CERTIFICATE:
    cy_err_free(read_chain(body, version));
    break;
  case CY_MSG_CERTIFICATE_REQUEST:
    cy_err_free(read_request(body, version));
    break;
  case CY_MSG_SERVER_KEY_EXCHANGE:
    cy_err_free(cy_wire_server_exchange_parse(&from_server, body, version, suite));
    break;
  case CY_MSG_CLIENT_KEY_EXCHANGE:
    cy_err_free(cy_wire_client_exchange_parse(&from_client, body, version, suite));
    break;
  default:
    cy_err_free(read_rest(data[0], body, version));
  }
  return 0;
}
