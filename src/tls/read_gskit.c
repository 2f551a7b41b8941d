/* gskit: environment files of GSKit and System SSL (GSK_... variables). */
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/dialect.h"
#include "tls/gskit.h"
#include "tls/read_password.h"
#include "tls/reader_ring.h"

static unsigned detect(const char *path, cy_span head)
{
  /* GTK has variables that begin with GSK_, too. */
  static const char *const words[] = {"GSK_PROTOCOL", "GSK_V2_CIPHER", "GSK_V3_CIPHER", "GSK_TLS_",
    "GSK_KEY", "GSK_CLIENT_", "GSK_SERVER_", "GSK_CERT_", "GSK_PEER_", "GSK_SUITE_B"};
  (void)path;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (memmem(head.data, head.len, words[i], strlen(words[i])) && memchr(head.data, '=', head.len))
      return 65;
  return 0;
}

/* A ring of RACF (USER/RING), a key database, a token. */
static cy_err *read_stores(cy_gskit *g)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  const cy_item *ring = cy_gskit_get(g, "GSK_KEYRING_FILE"), *password = cy_gskit_get(g, "GSK_KEYRING_PW");
  const cy_item *label = cy_gskit_get(g, "GSK_KEYRING_LABEL");
  label = label ? label : cy_gskit_get(g, "GSK_KEY_LABEL");
  if (!ring)
    return NULL;
  if (cy_text_starts(ring->value, "*TOKEN*")) {
    cy_tls_read_finding(g->side, CY_F_TLS_NOT_READ, ring->file, ring->line,
      "%s is a token of ICSF: what it holds is not known here", ring->value);
    return NULL;
  }
  bool sealed =
    password || cy_gskit_get(g, "GSK_KEYRING_STASH") || cy_gskit_get(g, "GSK_KEYRING_STASH_FILE");
  bool is_ring = cy_gskit_is_ring(ring->value, sealed);
  if (is_ring)
    cy_tls_ring_path(&path, ring->value);
  else
    cy_buf_str(&path, ring->value);
  CY_TRY(cy_buf_check(&path));
  if (is_ring && cy_gskit_on(g, "GSK_CERT_VALIDATE_KEYRING_ROOT") == 1)
    g->side->partial_chain = CY_NO;
  CY_TRY(cy_tls_read_identity_with(g->reading, g->side, ring->file, cy_buf_cstr(&path), NULL,
    label ? label->value : NULL, password ? password->value : NULL));
  return cy_tls_read_trust_with(
    g->reading, g->side, ring->file, cy_buf_cstr(&path), password ? password->value : NULL);
}

static cy_err *read_peer(cy_gskit *g)
{
  static const struct {
    const char *word;
    cy_tls_peer peer;
  } rows[] = {{"GSK_CLIENT_AUTH_FULL_TYPE", CY_TLS_PEER_OPTIONAL}, {"FULL", CY_TLS_PEER_OPTIONAL},
    {"GSK_CLIENT_AUTH_PASSTHRU_TYPE", CY_TLS_PEER_UNCHECKED}, {"PASSTHRU", CY_TLS_PEER_UNCHECKED}};
  const cy_item *kind = cy_gskit_get(g, "GSK_CLIENT_AUTH_TYPE");
  if (g->side->role == CY_TLS_CLIENT) {
    g->side->peer = CY_TLS_PEER_REQUIRED;
    return NULL;
  }
  for (size_t i = 0; kind && i < CY_COUNT(rows); i++)
    if (cy_ascii_equal_nocase(cy_span_str(rows[i].word), cy_span_str(kind->value)))
      g->side->peer = rows[i].peer;
  if (g->side->peer == CY_TLS_PEER_OPTIONAL && cy_gskit_on(g, "GSK_CLIENT_AUTH_NOCERT_ALERT") == 1)
    g->side->peer = CY_TLS_PEER_REQUIRED;
  return NULL;
}

static cy_err *build(cy_gskit *g, cy_tls_role role)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  const char *dialect = g->reading->how->dialect;
  cy_buf_printf(&name, "System SSL %s (%s)", cy_tls_role_name(role), g->path);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_new(&g->side, cy_buf_cstr(&name), role));
  CY_TRY(cy_tls_side_set(&g->side->label, cy_tls_role_name(role)));
  CY_TRY(cy_tls_side_set(&g->side->product, "System SSL"));
  CY_TRY(cy_tls_side_set(&g->side->source, g->path));
  g->side->dialect = dialect ? cy_tls_dialect_find(dialect) : NULL;
  if (!g->side->dialect)
    g->side->dialect = cy_tls_dialect_find("zos-2.5");
  CY_TRY(cy_gskit_note_all(g));
  CY_TRY(cy_gskit_versions(g));
  CY_TRY(cy_gskit_suites(g));
  CY_TRY(cy_gskit_curves(g));
  CY_TRY(cy_gskit_schemes(g));
  cy_gskit_peer_sizes(g);
  CY_TRY(read_peer(g));
  CY_TRY(read_stores(g));
  CY_TRY(cy_gskit_finish(g));
  return cy_findings_check(&g->side->findings);
}

/* What only one of the two has. */
static bool is_for(const cy_gskit *g, cy_tls_role role)
{
  static const char *const client[] = {"GSK_CLIENT_ECURVE_LIST", "GSK_CLIENT_TLS_KEY_SHARES", NULL};
  static const char *const server[] = {"GSK_SERVER_ALLOWED_KEX_ECURVES", "GSK_SERVER_TLS_KEY_SHARES",
    "GSK_CLIENT_AUTH_TYPE", "GSK_CLIENT_AUTH_NOCERT_ALERT", NULL};
  bool of_client = false, of_server = false;
  for (size_t i = 0; client[i]; i++)
    of_client |= cy_gskit_get(g, client[i]) != NULL;
  for (size_t i = 0; server[i]; i++)
    of_server |= cy_gskit_get(g, server[i]) != NULL;
  return of_client == of_server || (role == CY_TLS_CLIENT ? of_client : of_server);
}

static cy_err *build_and_add(cy_gskit *g, cy_tls_role role)
{
  g->side = NULL;
  cy_err *err = build(g, role);
  if (!err)
    return cy_tls_sides_add(g->reading->sides, g->side);
  cy_tls_side_free(g->side);
  return err;
}

static cy_err *read_gskit(cy_tls_reading *reading, const char *path, cy_span text)
{
  cy_gskit g = {.reading = reading, .path = path};
  const cy_tls_read_how *how = reading->how;
  cy_err *err = cy_gskit_collect(&g, text);
  if (!err && !g.items.count)
    err = cy_err_new(CY_E_TLS_NO_SIDES, "%s: no GSK_ variable is set in it", path);
  if (!err && (how->role_given ? how->role == CY_TLS_CLIENT : is_for(&g, CY_TLS_CLIENT)))
    err = build_and_add(&g, CY_TLS_CLIENT);
  if (!err && (how->role_given ? how->role == CY_TLS_SERVER : is_for(&g, CY_TLS_SERVER)))
    err = build_and_add(&g, CY_TLS_SERVER);
  cy_items_clear(&g.items);
  return err;
}

const cy_tls_reader cy_tls_reader_gskit = {.id = "gskit",
  .title = "GSKit and System SSL",
  .what = "environment files with GSK_ variables; a client and a server",
  .detect = detect,
  .read = read_gskit,
  .audited = {.marks = CY_TLS_MARKS("gsk_protocol", "gsk_v3_cipher", "gsk_v2_cipher", "gsk_tls_",
                "gsk_keyring", "gsk_client_", "gsk_server_"),
    .sure = 65}};
