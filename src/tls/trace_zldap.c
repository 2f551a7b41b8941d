/* The LDAP server of z/OS with its debug level CONNS: by what people show of it; the suite in use is dumped
 * in EBCDIC. Not tried: there is none here. */
#include "tls/trace_dump.h"
#include "tls/trace_readers.h"

/* "CONNS srv_ssl_connect()644: SSL Cipher Specs" */
static bool is_title(cy_span line)
{
  cy_span rest;
  return cy_trace_has(line, "()", &rest) && cy_trace_number(rest) != SIZE_MAX &&
         cy_trace_has(rest, "SSL Cipher Spec", NULL);
}

/* "GLD1116E Unable to initialize an SSL connection with 434 - ..." */
static bool is_failure(cy_span line, cy_span *rest)
{
  return cy_trace_has(line, "GLD1116E", rest);
}

static unsigned detect(cy_span head)
{
  cy_trace t = cy_trace_begin(NULL, "", "", head);
  bool title = false;
  while (!title && cy_trace_next(&t))
    title = is_title(t.line);
  return title ? 70 : 0;
}

static void see_suite(cy_trace *t, const cy_buf *bytes)
{
  uint16_t code;
  if (!cy_dump_suite(&code, cy_buf_get(bytes)))
    return;
  cy_trace_open(t, CY_TLS_SERVER);
  if (t->seen)
    cy_trace_code(t, &t->seen->suite, code);
}

/* The return code is the first number behind the message. */
static void see_failure(cy_trace *t, cy_span rest)
{
  size_t at = 0;
  cy_trace_open(t, CY_TLS_SERVER);
  while (at < rest.len && (rest.data[at] < '0' || rest.data[at] > '9'))
    at++;
  cy_span code = cy_span_of(rest.data + at, rest.len - at);
  size_t digits = 0;
  while (digits < code.len && code.data[digits] >= '0' && code.data[digits] <= '9')
    digits++;
  cy_trace_error(t, "gsk", cy_span_of(code.data, digits), rest);
}

static cy_err *read(cy_tls_seens *out, const char *file, cy_span text)
{
  cy_trace t = cy_trace_begin(out, "z/OS LDAP server", file, text);
  CY_CLEAN(cy_buf) bytes = CY_BUF(256);
  bool title = false;
  while (cy_trace_next(&t)) {
    cy_span rest;
    size_t offset;
    cy_buf_reset(&bytes);
    if (title && cy_dump_line(&bytes, &offset, t.line) && offset == 0)
      see_suite(&t, &bytes);
    else if (is_failure(t.line, &rest))
      see_failure(&t, rest);
    title = is_title(t.line);
    t.no_memory |= bytes.failed == CY_BUF_NO_MEMORY;
  }
  return cy_trace_end(&t);
}

const cy_tls_trace cy_trace_zldap = {"zldap", "trace of the LDAP server of z/OS", detect, read};
