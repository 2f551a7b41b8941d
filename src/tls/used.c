#include "tls/used.h"

#include "base/mem.h"
#include "tls/codes.h"
#include "tls/group.h"
#include "tls/reader.h"
#include "tls/suite.h"
#include "x509/name.h"

const char *cy_tls_came_name(cy_tls_came came)
{
  static const char *const names[] = {"unknown", "agreed", "failed"};
  return names[came];
}

cy_err *cy_tls_used_new(cy_tls_used **out, const char *what, const char *file, size_t line)
{
  CY_AUTO(cy_tls_used) *used = cy_calloc(1, sizeof *used);
  *out = NULL;
  CY_TRY_ALLOC(used);
  used->refs = 1;
  used->times = 1;
  used->line = line;
  used->alert = -1;
  CY_TRY(cy_tls_side_set(&used->what, what));
  CY_TRY(cy_tls_side_set(&used->file, file));
  *out = used;
  used = NULL;
  return NULL;
}

cy_tls_used *cy_tls_used_ref(cy_tls_used *used)
{
  if (used)
    __atomic_add_fetch(&used->refs, 1, __ATOMIC_RELAXED);
  return used;
}

void cy_tls_used_free(cy_tls_used *used)
{
  if (!used || __atomic_sub_fetch(&used->refs, 1, __ATOMIC_ACQ_REL) != 0)
    return;
  char *const texts[] = {
    used->what, used->file, used->when, used->channel, used->client, used->server, used->peer_name};
  for (size_t i = 0; i < CY_COUNT(texts); i++)
    cy_free(texts[i]);
  for (size_t i = 0; i < used->ca_count; i++)
    cy_free(used->ca_names[i]);
  cy_free(used->ca_names);
  cy_cert_free(used->server_cert);
  cy_cert_free(used->client_cert);
  cy_free(used);
}

static void add_word(cy_buf *buf, const char *word)
{
  if (word)
    cy_buf_printf(buf, "%s%s", buf->len ? ", " : "", word);
}

void cy_tls_used_format(cy_buf *buf, const cy_tls_used *used)
{
  const cy_suite *suite = used->suite.line ? cy_suite_get(used->suite.code) : NULL;
  const cy_tls_group *group = used->group.line ? cy_tls_group_get(used->group.code) : NULL;
  if (used->version.line)
    add_word(buf, cy_tls_version_name(used->version.code));
  if (suite)
    add_word(buf, suite->names[CY_NOTATION_IANA]);
  if (group)
    add_word(buf, group->names[CY_NOTATION_IANA]);
}

uint16_t cy_tls_used_version(const cy_tls_used *used)
{
  const cy_suite *suite = used->suite.line ? cy_suite_get(used->suite.code) : NULL;
  if (used->version.line)
    return used->version.code;
  return suite ? suite->max : 0;
}

bool cy_tls_used_is(const cy_tls_used *used, uint16_t version)
{
  const cy_suite *suite = used->suite.line ? cy_suite_get(used->suite.code) : NULL;
  if (used->version.line)
    return used->version.code == version;
  return suite && version >= suite->min && version <= suite->max;
}

static bool is_anonymous(const cy_tls_used *used)
{
  const cy_suite *suite = used->suite.line ? cy_suite_get(used->suite.code) : NULL;
  return suite && suite->needs == CY_SUITE_NEEDS_ANON;
}

cy_err *cy_tls_used_check(const cy_tls_side *server)
{
  const cy_tls_used *used = server->used;
  if (!used || server->identity_count || is_anonymous(used))
    return NULL;
  return cy_err_hint(
    cy_err_new(CY_E_TLS_NOT_SEEN, "%s (line %zu) %s, so nothing can be predicted with it as the server",
      used->file, used->line,
      used->names_only ? "names the server's certificate and does not hold it"
                       : "does not show the server's certificate"),
    "Trace again with openssl s_client -showcerts or gnutls-cli --print-cert, or give the server's own "
    "configuration; `causey tls side %s` shows what there is.",
    used->file);
}

/* Any issuer of the chain by this name. */
static cy_err *is_above(bool *above, const cy_tls_identity *identity, const char *name)
{
  CY_CLEAN(cy_buf) der = CY_BUF(64 << 10);
  cy_err *err = cy_name_parse(&der, name);
  if (err && cy_err_code_get(err) == CY_E_NO_MEMORY)
    return err;
  for (size_t i = 0; !err && !*above && i < identity->chain.count; i++)
    *above = cy_name_equal(cy_cert_get(identity->chain.items[i])->issuer, cy_buf_get(&der));
  cy_err_free(err);
  return NULL;
}

static cy_err *is_named(bool *named, const cy_tls_side *client, const cy_tls_used *used)
{
  *named = used->ca_count == 0 || client->identity_count == 0;
  for (size_t i = 0; i < client->identity_count && !*named; i++)
    for (size_t n = 0; n < used->ca_count && !*named; n++)
      CY_TRY(is_above(named, client->identities[i], used->ca_names[n]));
  return NULL;
}

cy_err *cy_tls_used_names(cy_findings *out, const cy_tls_side *client, const cy_tls_side *server)
{
  const cy_tls_used *used = server->used;
  const cy_tls_dialect *d = client->dialect;
  bool named = true,
       heeds = client->heed_ca_names == CY_UNSET ? d && d->heed_ca_names : client->heed_ca_names == CY_YES;
  if (used)
    CY_TRY(is_named(&named, client, used));
  if (named)
    return NULL;
  cy_finding *f = cy_tls_read_noticed(out, CY_F_TLS_SEEN_CA, used->file, used->line,
    "the server named %zu CA%s (%s%s), and none of them issued a certificate of %s%s", used->ca_count,
    used->ca_count == 1 ? "" : "s", used->ca_names[0], used->ca_count > 1 ? ", ..." : "", client->name,
    heeds ? ", which therefore sends none" : "");
  if (f && heeds)
    cy_finding_set_severity(f, CY_WARNING);
  return cy_findings_check(out);
}
