/* Random ends of GnuTLS: their suites are made of key exchanges, ciphers and MACs, and all is one priority
 * string. */
#include "pairs/real.h"

#include <stdio.h>
#include <stdlib.h>

#include "tls/dialect.h"

typedef struct {
  const char *name;
  cy_kx kx;
  cy_suite_needs needs;
} kx_part;
static const kx_part kxs[] = {{"ECDHE-ECDSA", CY_KX_ECDHE, CY_SUITE_NEEDS_EC},
  {"ECDHE-RSA", CY_KX_ECDHE, CY_SUITE_NEEDS_RSA}, {"RSA", CY_KX_RSA, CY_SUITE_NEEDS_RSA},
  {"DHE-RSA", CY_KX_DHE, CY_SUITE_NEEDS_RSA}, {"DHE-DSS", CY_KX_DHE, CY_SUITE_NEEDS_DSA}};

typedef struct {
  const char *name, *cipher;
  unsigned bits;
} cipher_part;
static const cipher_part ciphers[] = {{"AES-256-GCM", "AES-GCM", 256},
  {"CHACHA20-POLY1305", "CHACHA20-POLY1305", 256}, {"AES-256-CCM", "AES-CCM", 256},
  {"AES-256-CBC", "AES-CBC", 256}, {"AES-128-GCM", "AES-GCM", 128}, {"AES-128-CCM", "AES-CCM", 128},
  {"AES-128-CBC", "AES-CBC", 128}, {"CAMELLIA-256-GCM", "CAMELLIA-GCM", 256},
  {"CAMELLIA-128-CBC", "CAMELLIA-CBC", 128}, {"3DES-CBC", "3DES-CBC", 112}};

static const char *const macs[] = {"SHA1", "AEAD", "SHA256", "SHA384"};

static const uint16_t numbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

const char *gnutls_part(end_list list, unsigned row)
{
  return list == END_KX ? kxs[row].name : list == END_CIPHERS ? ciphers[row].name : macs[row];
}

void gnutls_random(end_recipe *end, bool server, uint64_t *random)
{
  const cy_tls_dialect *d = cy_tls_dialect_find("gnutls-3.7");
  (void)server;
  if (pair_chance(random, 25))
    pair_pick(end, END_KX, (cy_code_row){numbers, CY_COUNT(kxs)}, 4, random);
  if (pair_chance(random, 35))
    pair_pick(end, END_CIPHERS, (cy_code_row){numbers, CY_COUNT(ciphers)}, 6, random);
  if (pair_chance(random, 15))
    pair_pick(end, END_MACS, (cy_code_row){numbers, CY_COUNT(macs)}, 4, random);
  if (pair_chance(random, 40))
    pair_pick(end, END_GROUPS, d->known_groups, 4, random);
  if (pair_chance(random, 30))
    pair_pick(end, END_SCHEMES, d->known_schemes, pair_chance(random, 30) ? 3 : 16, random);
}

/* Rows that are taken of one kind of part: the list's, or the first `usual` of them all. */
typedef struct {
  uint16_t rows[PAIR_LIST];
  unsigned count;
} part_list;

static part_list parts(const end_recipe *end, end_list list, unsigned usual)
{
  part_list out = {.count = end->count[list] == PAIR_NOT_SET ? usual : end->count[list]};
  for (unsigned i = 0; i < out.count; i++)
    out.rows[i] = end->count[list] == PAIR_NOT_SET ? (uint16_t)i : end->list[list][i];
  return out;
}

static void add_suite(cy_tls_side *side, const kx_part *kx, const cipher_part *cipher, const char *mac)
{
  for (size_t i = 0; i < cy_suite_count; i++) {
    const cy_suite *suite = &cy_suites[i];
    if (!suite->names[CY_NOTATION_GNUTLS] || strcmp(suite->cipher, cipher->cipher) != 0 ||
        suite->bits != cipher->bits || strcmp(suite->mac, mac) != 0)
      continue;
    cy_err *err = NULL;
    if (!kx && suite->kx == CY_KX_ANY)
      err = cy_codes_add(&side->suites13, suite->code);
    else if (kx && suite->kx == kx->kx && suite->needs == kx->needs)
      err = cy_codes_add(&side->suites, suite->code);
    if (err)
      abort();
  }
}

static void fill_suites(cy_tls_side *side, const end_recipe *end)
{
  part_list kx = parts(end, END_KX, 4), cipher = parts(end, END_CIPHERS, 7), mac = parts(end, END_MACS, 2);
  side->suites.set = side->suites13.set = true;
  for (unsigned c = 0; c < cipher.count; c++)
    for (unsigned m = 0; m < mac.count; m++)
      add_suite(side, NULL, &ciphers[cipher.rows[c]], macs[mac.rows[m]]);
  for (unsigned k = 0; k < kx.count; k++)
    for (unsigned c = 0; c < cipher.count; c++)
      for (unsigned m = 0; m < mac.count; m++)
        add_suite(side, &kxs[kx.rows[k]], &ciphers[cipher.rows[c]], macs[mac.rows[m]]);
}

static void put_parts(cy_buf *out, const end_recipe *end, end_list list, const char *none)
{
  if (end->count[list] == PAIR_NOT_SET)
    return;
  cy_buf_printf(out, ":-%s-ALL", none);
  for (unsigned i = 0; i < end->count[list]; i++)
    cy_buf_printf(out, ":+%s", gnutls_part(list, end->list[list][i]));
}

static void put_schemes(cy_buf *out, const cy_codes *codes)
{
  if (codes->set)
    cy_buf_str(out, ":-SIGN-ALL");
  for (size_t i = 0; i < codes->count; i++) {
    const cy_scheme *scheme = cy_scheme_get(codes->codes[i]);
    if (scheme->curve)
      cy_buf_printf(out, ":+SIGN-ECDSA-%s", scheme->hash);
    cy_buf_printf(out, ":+%s", scheme->names[CY_NOTATION_GNUTLS]);
  }
}

static void put_versions(cy_buf *out, unsigned versions)
{
  static const char *const names[] = {"SSL3.0", "TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3"};
  if (versions)
    cy_buf_str(out, ":-VERS-ALL");
  for (unsigned v = CY_COUNT(names); v-- > 0;)
    if (versions >> v & 1)
      cy_buf_printf(out, ":+VERS-%s", names[v]);
}

void gnutls_fill(cy_tls_side *side, const end_recipe *end)
{
  CY_CLEAN(cy_buf) out = CY_BUF_TEXT;
  cy_buf_str(&out, "NORMAL");
  put_versions(&out, side->versions);
  put_parts(&out, end, END_KX, "KX");
  put_parts(&out, end, END_CIPHERS, "CIPHER");
  put_parts(&out, end, END_MACS, "MAC");
  if (side->groups.set)
    cy_buf_str(&out, ":-GROUP-ALL");
  for (size_t i = 0; i < side->groups.count; i++)
    cy_buf_printf(&out, ":+%s", cy_tls_group_get(side->groups.codes[i])->names[CY_NOTATION_GNUTLS]);
  put_schemes(&out, &side->schemes);
  if (side->own_order == CY_YES)
    cy_buf_str(&out, ":%SERVER_PRECEDENCE");
  if (end->count[END_KX] != PAIR_NOT_SET || end->count[END_CIPHERS] != PAIR_NOT_SET ||
      end->count[END_MACS] != PAIR_NOT_SET)
    fill_suites(side, end);
  if (cy_tls_side_note(side, CY_TLS_FIELD_SUITES, "priority", cy_buf_cstr(&out), "pair", 0))
    abort();
}
