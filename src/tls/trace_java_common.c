#include <stdio.h>

#include "base/mem.h"
#include "tls/trace_java.h"

static void put_store(cy_java *j, int which)
{
  size_t line = j->t.number;
  j->t.number = j->store_lines[which];
  cy_trace_text(&j->t, which ? &j->t.seen->trust : &j->t.seen->repository, j->stores[which]);
  j->t.number = line;
}

void cy_java_open(cy_java *j, cy_tls_role role)
{
  cy_trace_open(&j->t, role);
  j->requested = j->retried = j->names = false;
  for (int i = 0; i < 2 && j->t.seen; i++)
    if (j->stores[i].len > 0)
      put_store(j, i);
}

cy_seen_certs *cy_java_chain(cy_java *j)
{
  bool server = j->sent == (j->t.seen->role == CY_TLS_SERVER);
  return server ? &j->t.seen->server : &j->t.seen->client;
}

static bool read_store(cy_java *j, cy_span text)
{
  cy_span rest;
  bool trust = cy_trace_starts(text, "trustStore is", &rest);
  if (!trust && !cy_trace_starts(text, "keyStore is", &rest))
    return false;
  rest = cy_trace_trim(rest);
  if (rest.len > 0 && rest.data[0] == ':')
    rest = cy_trace_trim(cy_span_of(rest.data + 1, rest.len - 1));
  j->stores[trust] = rest;
  j->store_lines[trust] = j->t.number;
  return true;
}

/* "Caused by: sun.security.validator.ValidatorException: PKIX path building failed: ..." */
static bool read_exception(cy_java *j, cy_span text)
{
  cy_span start, rest;
  if (!cy_trace_has(text, "Exception: ", &rest) || cy_trace_starts(text, "at ", NULL))
    return false;
  size_t len = (size_t)(rest.data - text.data);
  size_t from = len;
  while (from > 0 && text.data[from - 1] == ' ')
    from--;
  size_t end = from - 1; /* the colon */
  for (from = end; from > 0 && text.data[from - 1] != '.' && text.data[from - 1] != ' '; from--)
    ;
  start = cy_span_of(text.data + from, end - from);
  cy_trace_error(&j->t, "java", start, rest);
  return true;
}

bool cy_java_common(cy_java *j, cy_span text)
{
  cy_span rest;
  if (read_store(j, text))
    return true;
  if (!j->t.seen)
    return false;
  if (cy_trace_starts(text, "KeyMgr: choosing key: ", &rest)) {
    cy_trace_text(&j->t, &j->t.seen->label, cy_trace_word(rest, "(", NULL));
    return true;
  }
  if (cy_trace_starts(text, "matching alias: ", &rest)) {
    cy_trace_text(&j->t, &j->t.seen->label, rest);
    return true;
  }
  return read_exception(j, text);
}

/* Java 8 names schemes by the names of its signatures. */
static int plain_name(char *to, size_t size, cy_span name)
{
  cy_span key;
  if (!cy_trace_has(name, "with", &key) || name.len > 40)
    return 0;
  size_t hash = (size_t)(key.data - name.data) - 4;
  return snprintf(
    to, size, "%.*s+%.*s", (int)key.len, (const char *)key.data, (int)hash, (const char *)name.data);
}

void cy_java_scheme(cy_java *j, cy_seen_code *to, cy_span name)
{
  char plain[64];
  int len = plain_name(plain, sizeof plain, name);
  cy_trace_scheme(&j->t, to, len > 0 ? cy_span_of(plain, (size_t)len) : name);
}

void cy_java_schemes(cy_java *j, cy_seen_codes *to, cy_span names)
{
  for (size_t i = 0; names.len > 0 && i < CY_TRACE_LIST; i++) {
    cy_seen_code scheme = {0};
    cy_java_scheme(j, &scheme, cy_trace_word(names, ",", &names));
    if (scheme.line)
      cy_trace_add(&j->t, to, scheme.code);
  }
}
