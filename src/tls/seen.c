#include "tls/seen.h"

#include "base/mem.h"

cy_err *cy_tls_seens_add(
  cy_tls_seens *list, cy_tls_seen **out, const char *product, const char *file, size_t line)
{
  if (!cy_grow(&list->items, &list->cap, list->count + 1, sizeof(cy_tls_seen *)))
    return cy_err_no_memory();
  cy_tls_seen *seen = cy_calloc(1, sizeof *seen);
  CY_TRY_ALLOC(seen);
  list->items[list->count++] = seen;
  seen->product = product;
  seen->line = line;
  seen->file = cy_strdup(file);
  CY_TRY_ALLOC(seen->file);
  *out = seen;
  return NULL;
}

static void clear_certs(cy_seen_certs *certs)
{
  for (size_t i = 0; i < certs->count; i++) {
    cy_free(certs->items[i].subject.text);
    cy_free(certs->items[i].issuer.text);
    cy_cert_free(certs->items[i].cert);
  }
  cy_free(certs->items);
}

static void clear_lists(cy_tls_seen *seen)
{
  cy_seen_codes *const lists[] = {&seen->versions, &seen->suites, &seen->groups, &seen->schemes,
    &seen->shares, &seen->cert_schemes, &seen->asked_schemes};
  for (size_t i = 0; i < CY_COUNT(lists); i++)
    cy_codes_clear(&lists[i]->codes);
  for (size_t i = 0; i < seen->asked_names.count; i++)
    cy_free(seen->asked_names.items[i].text);
  cy_free(seen->asked_names.items);
  for (size_t i = 0; i < seen->error_count; i++) {
    cy_free(seen->errors[i].code);
    cy_free(seen->errors[i].text);
  }
  cy_free(seen->errors);
  cy_free(seen->alerts);
}

static void seen_free(cy_tls_seen *seen)
{
  cy_free(seen->file);
  cy_free(seen->thread);
  cy_free(seen->host.text);
  cy_free(seen->repository.text);
  cy_free(seen->label.text);
  cy_free(seen->trust.text);
  cy_free(seen->channel.text);
  cy_free(seen->cipher.text);
  cy_free(seen->config.text);
  cy_free(seen->table.text);
  clear_certs(&seen->server);
  clear_certs(&seen->client);
  clear_lists(seen);
  cy_free(seen);
}

void cy_tls_seens_clear(cy_tls_seens *list)
{
  for (size_t i = 0; i < list->count; i++)
    seen_free(list->items[i]);
  cy_free(list->items);
  *list = (cy_tls_seens){0};
}
