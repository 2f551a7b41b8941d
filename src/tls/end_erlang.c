/* Erlang's ssl, OTP 25: OpenSSL's steps, but for the groups, which are other ones in TLS 1.3 than before
 * and are chosen in the server's order there, and for alerts. Source: ssl(3erl) and what a server of
 * OTP 25.2 does when it is asked (tests/tls/rabbitmq.t). */
#include "tls/end_openssl.h"

/* Of ssl:groups(default), in this order; the others are of ssl:eccs(), which has not the first two. */
static const uint16_t groups13[] = {
  0x001d, 0x001e, 0x0017, 0x0018}; /* x25519, x448, secp256r1, secp384r1 */

/* What was set by hand holds for all versions. */
static void limit_groups(cy_tls_terms *server, bool is13)
{
  cy_row_list all = server->groups;
  if (server->side->groups.set)
    return;
  server->groups = (cy_row_list){0};
  for (size_t i = 0; is13 && i < CY_COUNT(groups13); i++) {
    int row = cy_group_row(groups13[i]);
    if (row >= 0 && cy_row_list_has(&all, (unsigned)row))
      cy_row_list_add(&server->groups, (unsigned)row);
  }
  for (size_t i = 0; !is13 && i < all.count; i++) {
    uint16_t code = cy_tls_groups[all.rows[i]].code;
    if (code != groups13[0] && code != groups13[1])
      cy_row_list_add(&server->groups, all.rows[i]);
  }
}

/* The first of the server's groups that the client sent a share for; else the first that it has at all. */
static void choose_group13(cy_tls_run *run, const cy_row_list *own)
{
  const cy_row_list *lists[] = {&run->hello->shares, &run->hello->groups};
  for (size_t k = 0; k < CY_COUNT(lists); k++)
    for (size_t i = 0; i < own->count; i++)
      if (cy_row_list_has(lists[k], own->rows[i])) {
        run->out->group = own->rows[i];
        run->out->retried = k == 1;
        return;
      }
}

static bool any_common(const cy_row_list *a, const cy_row_list *b)
{
  return (a->set & b->set) != 0;
}

/* The suite is chosen before the group: with none in common an ECDHE suite ends it, whatever suites come
 * behind. */
static bool choose_without_group(cy_tls_run *run, cy_tls_terms *limited)
{
  limited->groups = run->hello->groups;
  if (!cy_openssl_choose_suite(run))
    return false;
  if (cy_tls_run_suite(run)->kx != CY_KX_ECDHE)
    return true;
  run->out->suite = run->out->group = run->out->server_identity = run->out->server_scheme = -1;
  return cy_tls_fail(
    run, CY_TLS_CAUSE_GROUP_NONE, CY_TLS_SERVER, CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_CLIENT_HELLO);
}

static bool choose_suite(cy_tls_run *run)
{
  const cy_tls_terms *whole = run->server;
  cy_tls_terms limited = *whole;
  bool is13 = cy_tls_is13(run);
  limit_groups(&limited, is13);
  run->server = &limited;
  bool apart = !is13 && run->hello->has_groups && !any_common(&limited.groups, &run->hello->groups);
  bool good = apart ? choose_without_group(run, &limited) : cy_openssl_choose_suite(run);
  if (good && is13)
    choose_group13(run, &limited.groups);
  run->server = whole;
  bool curve = run->out->cause == CY_TLS_CAUSE_GROUP_NONE && !is13;
  if (!good && run->out->alert == CY_ALERT_HANDSHAKE_FAILURE && whole->identity_count && !curve)
    run->out->alert = CY_ALERT_INSUFFICIENT_SECURITY;
  return good;
}

static void prepare(cy_tls_terms *terms)
{
  cy_tls_end_openssl.prepare(terms);
}

const cy_tls_end cy_tls_end_erlang = {.prepare = prepare,
  .choose_version = cy_openssl_choose_version,
  .choose_suite = choose_suite,
  .accept_hello = cy_openssl_accept_hello,
  .accept_server = cy_openssl_accept_server,
  .ask = cy_openssl_ask,
  .bring = cy_openssl_bring,
  .accept_client = cy_openssl_accept_client};
