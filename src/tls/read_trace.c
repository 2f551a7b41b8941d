/* trace: what a connection really used, as sides: of each connection its client and its server. */
#include "base/mem.h"
#include "tls/codes.h"
#include "tls/reader.h"
#include "tls/seen_side.h"
#include "tls/trace.h"

static unsigned detect(const char *path, cy_span head)
{
  unsigned sure;
  (void)path;
  (void)cy_tls_trace_detect_sure(head, &sure);
  return sure;
}

/* Of "mq1.example:443" its name alone is enough. */
static bool is_host(const char *host, const char *label)
{
  size_t len = strlen(label);
  return host && strncmp(host, label, len) == 0 && (host[len] == 0 || host[len] == ':');
}

static bool is_text(const char *text, const char *label)
{
  return text && strcmp(text, label) == 0;
}

/* A connection is chosen by its number, host, thread or channel. */
static bool is_wanted(const cy_tls_reading *reading, const cy_tls_seen *seen, size_t number)
{
  const cy_selector *s = reading->address ? &reading->address->selector : NULL;
  if (!s || s->kind == CY_SELECT_ALL)
    return true;
  if (s->kind == CY_SELECT_POSITION)
    return s->position == number;
  return s->kind == CY_SELECT_LABEL &&
         (is_host(seen->host.text, s->text) || is_text(seen->thread, s->text) ||
           is_text(seen->channel.text, s->text));
}

static cy_err *add_end(
  cy_tls_reading *reading, const cy_tls_seen *seen, cy_tls_used *used, cy_tls_role role, size_t number)
{
  cy_tls_side *side;
  bool other = reading->how->role_given && reading->how->role != role;
  if (other || !cy_tls_seen_has(seen, role))
    return NULL;
  CY_TRY(cy_tls_seen_side(&side, reading, seen, used, role, number));
  return cy_tls_sides_add(reading->sides, side);
}

static cy_err *add_ends(cy_tls_reading *reading, const cy_tls_seen *seen, size_t number)
{
  CY_AUTO(cy_tls_used) *used = NULL;
  CY_TRY(cy_tls_seen_used(&used, seen));
  CY_TRY(add_end(reading, seen, used, CY_TLS_CLIENT, number));
  return add_end(reading, seen, used, CY_TLS_SERVER, number);
}

static cy_err *nothing(
  const cy_tls_reading *reading, const char *path, const cy_tls_seens *all, size_t chosen)
{
  if (all->count == 0)
    return cy_err_new(CY_E_TLS_NOT_SEEN, "%s shows no connection", path);
  if (chosen == 0 && reading->address->selector.kind == CY_SELECT_POSITION)
    return cy_err_new(CY_E_TLS_SIDE_MISSING, "%s has no connection number %zu (it has %zu)", path,
      reading->address->selector.position, all->count);
  if (chosen == 0)
    return NULL; /* the label is wrong, and the address's owner says so */
  return cy_err_new(CY_E_TLS_NOT_SEEN, "%s shows nothing of the %s", path,
    reading->how->role_given ? cy_tls_role_name(reading->how->role) : "ends");
}

static cy_err *add_all(cy_tls_reading *reading, const char *path, const cy_tls_seens *all)
{
  size_t before = reading->sides->count, chosen = 0;
  for (size_t i = 0; i < all->count; i++) {
    if (!is_wanted(reading, all->items[i], i + 1))
      continue;
    chosen++;
    CY_TRY(add_ends(reading, all->items[i], i + 1));
  }
  reading->selected = chosen > 0;
  return reading->sides->count > before ? NULL : nothing(reading, path, all, chosen);
}

/* What there is, so that the nearest label can be named. */
static cy_err *add_unwanted(cy_tls_reading *reading, const cy_tls_seens *all)
{
  for (size_t i = 0; i < all->count && !reading->selected; i++)
    CY_TRY(add_ends(reading, all->items[i], i + 1));
  return NULL;
}

static cy_err *read(cy_tls_reading *reading, const char *path, cy_span text)
{
  cy_tls_seens all = {0};
  cy_err *err = cy_tls_trace_read(&all, path, text);
  if (!err)
    err = add_all(reading, path, &all);
  if (!err)
    err = add_unwanted(reading, &all);
  cy_tls_seens_clear(&all);
  return err;
}

const cy_tls_reader cy_tls_reader_trace = {"trace", "trace of connections",
  "what a connection really used (openssl s_client, gnutls-cli, curl -v, javax.net.debug, System SSL, the "
  "LDAP "
  "server of z/OS, IBM MQ clients, dumps of records); its client and its server, chosen by #HOST, #THREAD, "
  "#CHANNEL or #@NUMBER",
  detect, read, false};
