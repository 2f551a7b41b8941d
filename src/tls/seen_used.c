/* What came of a connection, out of all that its trace says. */
#include "base/mem.h"
#include "base/text.h"
#include "tls/seen_side.h"
#include "tls/wire_alert.h"

static bool is_one_of(const char *code, const char *const *codes, size_t count)
{
  for (size_t i = 0; code && i < count; i++)
    if (strcmp(code, codes[i]) == 0)
      return true;
  return false;
}

/* Of curl's codes those that are about TLS (libcurl-errors(3)). */
static bool curl_fails(const cy_seen_error *e)
{
  static const char *const codes[] = {
    "35", "51", "53", "54", "58", "59", "60", "66", "77", "82", "83", "90", "91"};
  return is_one_of(e->code, codes, CY_COUNT(codes));
}

/* Exceptions of a handshake, and the names of alerts that Java puts in capitals. */
static bool java_fails(const cy_seen_error *e)
{
  if (!e->code)
    return false;
  return strstr(e->code, "Handshake") || strstr(e->code, "Validator") || strstr(e->code, "CertPath") ||
         strchr(e->code, '_');
}

/* s_client goes on after what it finds wrong with a chain, and a peer that hangs up without close_notify is
 * an error after everything went well (0A000126). */
static bool error_ends(const cy_seen_error *e, bool agreed)
{
  if (strcmp(e->family, "openssl") == 0)
    return !agreed || !e->code || strcmp(e->code, "0A000126") != 0;
  if (strcmp(e->family, "curl") == 0)
    return curl_fails(e);
  if (strcmp(e->family, "java") == 0)
    return java_fails(e);
  return strcmp(e->family, "gnutls") == 0 || strcmp(e->family, "gsk") == 0;
}

static const cy_seen_alert *fatal_alert(const cy_tls_seen *seen)
{
  for (size_t i = 0; i < seen->alert_count; i++) {
    const cy_seen_alert *a = &seen->alerts[i];
    /* close_notify, user_canceled and no_renegotiation end nothing. */
    bool ends = a->number != 0 && a->number != 90 && a->number != 100;
    if (ends && a->level != 1)
      return a;
  }
  return NULL;
}

static cy_tls_came came_of(const cy_tls_seen *seen)
{
  bool agreed = seen->version.line && seen->suite.line;
  if (fatal_alert(seen))
    return CY_TLS_CAME_FAILED;
  for (size_t i = 0; i < seen->error_count; i++)
    if (error_ends(&seen->errors[i], agreed))
      return CY_TLS_CAME_FAILED;
  /* The LDAP server of z/OS says which suite when all is done. */
  if (strcmp(seen->product, "z/OS LDAP server") == 0 && seen->suite.line)
    return CY_TLS_CAME_AGREED;
  /* A dump says how far it came, not whether it went on. */
  bool says = strcmp(seen->product, "dump") != 0;
  return agreed && says ? CY_TLS_CAME_AGREED : CY_TLS_CAME_UNKNOWN;
}

static void set_alert(cy_tls_used *used, const cy_tls_seen *seen)
{
  const cy_seen_alert *alert = fatal_alert(seen);
  if (!alert || !seen->role_known)
    return;
  used->alert = alert->number;
  used->alert_line = alert->line;
  used->alerter = alert->sent == (seen->role == CY_TLS_SERVER) ? CY_TLS_SERVER : CY_TLS_CLIENT;
}

static cy_cert *leaf_of(const cy_seen_certs *certs)
{
  return certs->count && certs->items[0].cert ? cy_cert_ref(certs->items[0].cert) : NULL;
}

static cy_err *set_texts(cy_tls_used *used, const cy_tls_seen *seen)
{
  CY_TRY(cy_tls_side_set(&used->server, seen->host.text));
  CY_TRY(cy_tls_side_set(&used->channel, seen->channel.text));
  if (seen->client.count)
    CY_TRY(cy_tls_side_set(&used->peer_name, seen->client.items[0].subject.text));
  return NULL;
}

static cy_err *set_names(cy_tls_used *used, const cy_tls_seen *seen)
{
  const cy_seen_texts *from = &seen->asked_names;
  for (size_t i = 0; i < from->count; i++) {
    if (!cy_grow(&used->ca_names, &used->ca_cap, i + 1, sizeof(char *)))
      return cy_err_no_memory();
    used->ca_names[i] = cy_strdup(from->items[i].text);
    CY_TRY_ALLOC(used->ca_names[i]);
    used->ca_count = i + 1;
  }
  return NULL;
}

cy_err *cy_tls_seen_used(cy_tls_used **out, const cy_tls_seen *seen)
{
  CY_AUTO(cy_tls_used) *used = NULL;
  *out = NULL;
  CY_TRY(cy_tls_used_new(&used, seen->product, seen->file, seen->line));
  CY_TRY(set_texts(used, seen));
  CY_TRY(set_names(used, seen));
  used->came = came_of(seen);
  used->version = seen->version;
  used->suite = seen->suite;
  used->group = seen->group;
  used->server_scheme = seen->server_scheme;
  used->client_scheme = seen->client_scheme;
  used->server_cert = leaf_of(&seen->server);
  used->client_cert = leaf_of(&seen->client);
  used->names_only = seen->server.count && !used->server_cert;
  if (seen->asked_line || seen->client.count)
    used->asked = CY_YES;
  if (seen->client.line)
    used->shown = seen->client.count ? CY_YES : CY_NO;
  set_alert(used, seen);
  *out = used;
  used = NULL;
  return NULL;
}
