/* Channel authentication records: any script gives records or findings, and every partner a decision. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "identity/chlauth.h"

static cy_err *read_all(cy_chlauth *records, cy_span text)
{
  CY_CLEAN(cy_mqsc) in;
  bool taken, more;
  CY_TRY(cy_mqsc_over(&in, "fuzz", text));
  for (;;) {
    cy_mqsc_command command;
    CY_TRY(cy_mqsc_next(&in, &command, &more));
    if (!more)
      return cy_chlauth_check(records);
    CY_TRY(cy_chlauth_apply(records, &command, &taken));
  }
}

static void decide(const cy_chlauth *records, const cy_chlauth_peer *peer)
{
  cy_chlauth_decision d;
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_err *err = cy_chlauth_decide(&d, records, peer);
  if (!err && d.checked && !d.count)
    abort();
  for (size_t i = 0; !err && i < d.count; i++)
    cy_chlauth_way_format(&words, records, &d.ways[i]);
  cy_err_free(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  CY_AUTO(cy_chlauth) *records = NULL;
  cy_err *err = cy_chlauth_new(&records, "fuzz");
  if (!err)
    err = cy_chlauth_add_defaults(records);
  if (!err)
    err = read_all(records, cy_span_of(data, size));
  if (!err) {
    decide(records, &(cy_chlauth_peer){.channel = "APP.ONE", .program = true});
    decide(records, &(cy_chlauth_peer){.channel = "TO.QM1", .qmgr = "QM2", .address = "2001:db8::1"});
    decide(records,
      &(cy_chlauth_peer){.channel = "APP.ONE", .program = true, .user = "mqm", .address = "192.0.2.7"});
  }
  cy_err_free(err);
  return 0;
}
