/* A path under judgement, as if all its signatures were good: the input is certificates one after another,
 * from the target to the anchor. The work is bounded, and what is broken does not hold. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "base/der.h"
#include "x509/path.h"

enum { MAX_CERTS = 8, AT = 1600000000 };

static void read_certs(cy_certs *certs, const uint8_t *data, size_t size)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, cy_span_of(data, size));
  while (cy_cur_more(&cur) && certs->count < MAX_CERTS) {
    cy_cert *cert = NULL;
    cy_err *err = cy_cert_parse(&cert, cy_der_next(&cur).whole);
    if (!err)
      err = cy_certs_add(certs, cert);
    cy_err_free(err);
    cy_cert_free(cert);
  }
}

static void judge(const cy_certs *certs, cy_verify_request *request)
{
  cy_path_graph graph = {.max_work = 1000000};
  cy_path path = {.anchored = true};
  for (size_t i = 0; i < certs->count; i++)
    cy_err_free(cy_certs_add(&path.certs, certs->items[i]));
  cy_err *err = cy_path_graph_fill(&graph, request);
  if (!err)
    err = cy_path_judge(&graph, request, &path, false);
  if (err || path.holds != !cy_path_first(&path) || graph.work > 3 * graph.max_work)
    abort();
  cy_path_clear(&path);
  cy_path_graph_clear(&graph);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_certs certs = {0};
  const char *policies[] = {"2.16.840.1.101.3.2.1.48.1"};
  read_certs(&certs, data, size);
  if (certs.count) {
    cy_verify_request request = {
      .target = certs.items[0], .at = AT, .host = "example.com", .policy_check = true};
    for (int i = 0; i < CY_PROFILES; i++) {
      request.profile = (cy_profile)i;
      request.purpose = (cy_purpose)(i % CY_PURPOSES);
      request.policies = policies;
      request.policy_count = (size_t)i & 1;
      judge(&certs, &request);
    }
  }
  cy_certs_clear(&certs);
  return 0;
}
