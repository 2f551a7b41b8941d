/* Stores whose password stands in the configuration that names them. */
#include "tls/read_password.h"

#include "base/base64.h"
#include "base/mem.h"
#include "base/text.h"

typedef struct {
  cy_ask ask;
  cy_ask *next; /* NULL: nobody else */
  const char *password;
} known;

/* First what is written there, then whatever else there is to ask. */
static cy_err *answer(cy_ask *self, const cy_ask_want *want, cy_secret **out)
{
  known *k = (known *)(void *)self;
  cy_ask_want later = *want;
  bool ours = want->kind == CY_ASK_STORE || want->kind == CY_ASK_KEY;
  *out = NULL;
  if (ours && want->attempt == 0)
    return cy_secret_copy(out, cy_span_str(k->password));
  later.attempt -= ours;
  if (later.attempt >= cy_ask_attempts(k->next))
    return NULL;
  return cy_ask_for(k->next, &later, out);
}

typedef struct {
  known k;
  cy_tls_read_how how;
  const cy_tls_read_how *before;
} borrowed;

static void borrow(borrowed *b, cy_tls_reading *reading, const char *password)
{
  b->before = reading->how;
  if (!password)
    return;
  b->how = *reading->how;
  b->k = (known){{answer, cy_ask_attempts(reading->how->ask) + 1}, reading->how->ask, password};
  b->how.ask = &b->k.ask;
  reading->how = &b->how;
}

cy_err *cy_tls_read_identity_with(cy_tls_reading *reading, cy_tls_side *side, const char *from,
  const char *certificate, const char *key, const char *label, const char *password)
{
  borrowed b;
  borrow(&b, reading, password);
  cy_err *err = cy_tls_read_identity(reading, side, from, certificate, key, label);
  reading->how = b.before;
  return err;
}

cy_err *cy_tls_read_trust_with(
  cy_tls_reading *reading, cy_tls_side *side, const char *from, const char *path, const char *password)
{
  borrowed b;
  borrow(&b, reading, password);
  cy_err *err = cy_tls_read_trust(reading, side, from, path);
  reading->how = b.before;
  return err;
}

char *cy_tls_password_clear(const char *password)
{
  CY_CLEAN(cy_buf) clear = CY_BUF_SECRET(4096);
  if (!cy_text_starts(password, "{"))
    return cy_strdup(password);
  if (!cy_text_starts(password, "{xor}"))
    return NULL;
  cy_err *err = cy_base64_decode(&clear, cy_span_str(password + 5));
  if (err) {
    cy_err_free(err);
    return NULL;
  }
  for (size_t i = 0; i < clear.len; i++)
    clear.data[i] ^= '_';
  return clear.failed || memchr(clear.data ? clear.data : (const uint8_t *)"", 0, clear.len)
           ? NULL
           : cy_strndup((const char *)(clear.data ? clear.data : (const uint8_t *)""), clear.len);
}

void cy_tls_password_free(char *password)
{
  if (password)
    cy_wipe(password, strlen(password));
  cy_free(password);
}
