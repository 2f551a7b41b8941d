#include "tests/unit/tls/wire_say.h"

#include <stdio.h>

#include "tls/group.h"
#include "tls/scheme.h"
#include "tls/suite.h"
#include "tls/wire_alert.h"
#include "tls/wire_certificate.h"
#include "tls/wire_exchange.h"
#include "tls/wire_finish.h"
#include "tls/wire_hello.h"
#include "tls/wire_record.h"

static const char *suite_name(uint16_t code)
{
  const cy_suite *suite = cy_suite_get(code);
  return suite ? suite->names[CY_NOTATION_IANA] : "?";
}

static const char *group_name(uint16_t code)
{
  const cy_tls_group *group = cy_tls_group_get(code);
  return group ? group->names[CY_NOTATION_IANA] : "none";
}

static const char *scheme_name(uint16_t code)
{
  const cy_scheme *scheme = cy_scheme_get(code);
  return scheme ? scheme->names[CY_NOTATION_IANA] : "none";
}

static const char *version_name(uint16_t version)
{
  const char *name = cy_tls_version_name(version);
  return name ? name : "a version of its own";
}

static cy_err *say_hello(cy_span body, bool ssl2)
{
  cy_wire_client_hello h;
  CY_TRY(ssl2 ? cy_wire_client_hello_parse_ssl2(&h, body) : cy_wire_client_hello_parse(&h, body));
  printf("ClientHello %s%s suites %zu for %.*s\n", ssl2 ? "(SSL 2) " : "",
    version_name(cy_wire_highest_version(&h)), cy_wire_suite_count(&h),
    h.server_name.data ? (int)h.server_name.len : 6,
    h.server_name.data ? (const char *)h.server_name.data : "nobody");
  return NULL;
}

static cy_err *say_exchange(cy_span body, const cy_wire_server_hello *hello)
{
  cy_wire_server_exchange e;
  CY_TRY(cy_wire_server_exchange_parse(&e, body, hello->chosen, cy_suite_get(hello->suite)));
  if (e.prime_bits)
    printf("ServerKeyExchange %u bits %s\n", e.prime_bits, scheme_name(e.scheme));
  else
    printf("ServerKeyExchange %s %s\n", group_name(e.group), scheme_name(e.scheme));
  return NULL;
}

static cy_err *say_certificates(cy_span body, const cy_wire_server_hello *hello)
{
  cy_wire_certificate chain;
  CY_TRY(cy_wire_certificate_parse(&chain, body, hello->chosen));
  printf("Certificate %zu\n", chain.count);
  return NULL;
}

static cy_err *say_rest(const cy_wire_event *e, const cy_wire_server_hello *hello)
{
  cy_wire_certificate_request request;
  cy_wire_certificate_verify verify;
  cy_wire_client_exchange exchange;
  cy_wire_ticket ticket;
  const char *name = cy_wire_message_name(e->msg_type);
  printf("%s\n", name ? name : "message of unknown type");
  switch (e->msg_type) {
  case CY_MSG_CERTIFICATE_REQUEST:
    return cy_wire_certificate_request_parse(&request, e->body, hello->chosen);
  case CY_MSG_CERTIFICATE_VERIFY:
    return cy_wire_certificate_verify_parse(&verify, e->body, hello->chosen);
  case CY_MSG_CLIENT_KEY_EXCHANGE:
    return cy_wire_client_exchange_parse(&exchange, e->body, hello->chosen, cy_suite_get(hello->suite));
  case CY_MSG_NEW_SESSION_TICKET:
    return cy_wire_ticket_parse(&ticket, e->body, hello->chosen);
  case CY_MSG_SERVER_HELLO_DONE:
  case CY_MSG_HELLO_REQUEST:
    return cy_wire_empty_parse(e->msg_type, e->body);
  default:
    return NULL;
  }
}

static cy_err *say_message(const cy_wire_event *e, cy_wire_server_hello *hello)
{
  switch (e->msg_type) {
  case CY_MSG_CLIENT_HELLO:
    return say_hello(e->body, false);
  case CY_MSG_SERVER_HELLO:
    CY_TRY(cy_wire_server_hello_parse(hello, e->body));
    printf("%s %s %s group %s\n", hello->retry ? "HelloRetryRequest" : "ServerHello",
      version_name(hello->chosen), suite_name(hello->suite), group_name(hello->answers.group));
    return NULL;
  case CY_MSG_CERTIFICATE:
    return say_certificates(e->body, hello);
  case CY_MSG_SERVER_KEY_EXCHANGE:
    return say_exchange(e->body, hello);
  default:
    return say_rest(e, hello);
  }
}

static cy_err *say_event(const cy_wire_event *e, cy_wire_server_hello *hello)
{
  const cy_wire_alert *alert = cy_wire_alert_get(e->description);
  switch (e->kind) {
  case CY_WIRE_MESSAGE:
    return say_message(e, hello);
  case CY_WIRE_SSL2_HELLO:
    return say_hello(e->body, true);
  case CY_WIRE_ALERT:
    printf("alert %s %s\n", cy_wire_alert_level_name(e->level), alert ? alert->name : "?");
    return NULL;
  default:
    printf("%s\n", e->kind == CY_WIRE_SEALED ? "sealed" : cy_wire_record_name(e->type));
    return NULL;
  }
}

static cy_err *say_events(cy_wire *wire, cy_wire_server_hello *hello)
{
  cy_wire_event e;
  bool found = true;
  while (found) {
    CY_TRY(cy_wire_next(wire, &e, &found));
    if (found)
      CY_TRY(say_event(&e, hello));
  }
  return NULL;
}

static int finish(cy_wire *wire, cy_err *err)
{
  if (err)
    printf("%s\n", cy_err_text(err));
  cy_wire_clear(wire);
  cy_err_free(err);
  return err ? 3 : 0;
}

static uint8_t bytes[1 << 20];

int say_answer(void)
{
  cy_wire wire;
  cy_wire_server_hello hello = {0};
  cy_wire_init(&wire);
  cy_wire_give(&wire, CY_WIRE_SERVER, cy_span_of(bytes, fread(bytes, 1, sizeof bytes, stdin)));
  cy_err *err = say_events(&wire, &hello);
  return finish(&wire, err ? err : cy_wire_finish(&wire, CY_WIRE_SERVER));
}

int say_flow(void)
{
  cy_wire wire;
  cy_wire_server_hello hello = {0};
  uint8_t head[5];
  cy_err *err = NULL;
  cy_wire_init(&wire);
  while (!err && fread(head, 1, sizeof head, stdin) == sizeof head) {
    size_t len = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
    if (len > sizeof bytes || fread(bytes, 1, len, stdin) != len)
      break;
    cy_wire_give(&wire, head[0] == 's' ? CY_WIRE_SERVER : CY_WIRE_CLIENT, cy_span_of(bytes, len));
    err = say_events(&wire, &hello);
  }
  err = err ? err : cy_wire_finish(&wire, CY_WIRE_CLIENT);
  return finish(&wire, err ? err : cy_wire_finish(&wire, CY_WIRE_SERVER));
}
