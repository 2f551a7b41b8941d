#include "tls/trace.h"

#include "tls/codes.h"
#include "tls/trace_readers.h"

const cy_tls_trace *const cy_tls_traces[] = {
  &cy_trace_s_client, &cy_trace_gnutls, &cy_trace_curl, &cy_trace_java, &cy_trace_gsk, &cy_trace_mq,
  &cy_trace_zldap, &cy_trace_hex, /* last: most of the others hold dumps */
};
const size_t cy_tls_trace_count = CY_COUNT(cy_tls_traces);

const cy_tls_trace *cy_tls_trace_detect_sure(cy_span head, unsigned *sure)
{
  const cy_tls_trace *best = NULL;
  *sure = 0;
  if (head.len > CY_DETECT_BYTES)
    head.len = CY_DETECT_BYTES;
  for (size_t i = 0; i < cy_tls_trace_count; i++) {
    if (best && cy_tls_traces[i] == &cy_trace_hex)
      break;
    unsigned how = cy_tls_traces[i]->detect(head);
    if (how > *sure) {
      *sure = how;
      best = cy_tls_traces[i];
    }
  }
  return best;
}

const cy_tls_trace *cy_tls_trace_detect(cy_span head)
{
  unsigned sure;
  return cy_tls_trace_detect_sure(head, &sure);
}

cy_err *cy_tls_trace_read(cy_tls_seens *out, const char *file, cy_span text)
{
  const cy_tls_trace *trace = cy_tls_trace_detect(text);
  if (!trace)
    return cy_err_new(CY_E_TLS_TRACE_UNKNOWN, "%s is no trace or display of TLS that Causey reads", file);
  return trace->read(out, file, text);
}
