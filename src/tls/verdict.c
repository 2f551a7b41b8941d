/* Whether one end trusts the other's certificate. */
#include "tls/verdict.h"

#include "base/mem.h"

void cy_tls_verdicts_init(cy_tls_verdicts *verdicts)
{
  *verdicts = (cy_tls_verdicts){0};
  cy_map_init(&verdicts->known, true);
}

static void verdict_free(cy_tls_verdict *verdict)
{
  if (!verdict)
    return;
  cy_free(verdict->subject);
  cy_free(verdict->what);
  cy_free(verdict->fix);
  cy_tls_identity_free(verdict->identity);
  cy_tls_trust_free(verdict->trust);
  cy_tls_trust_free(verdict->completed);
  cy_free(verdict);
}

void cy_tls_verdicts_clear(cy_tls_verdicts *verdicts)
{
  for (size_t i = 0; i < verdicts->count; i++)
    verdict_free(verdicts->items[i]);
  cy_free(verdicts->items);
  cy_map_clear(&verdicts->known);
  *verdicts = (cy_tls_verdicts){0};
}

/* All that the answer depends on; the same bytes mean the same answer. */
typedef struct {
  cy_tls_identity *identity;
  const cy_tls_dialect *dialect;
  cy_tls_trust *trust, *completed; /* the shower's, when it completes its chain */
  cy_time at;
  uint64_t host; /* hash of the name that is asked for, 0: none */
  unsigned min_rsa;
  int level, depth;
  uint32_t role, partial, strict;
} verdict_key;

static bool completes_chain(const cy_tls_terms *shower, const cy_tls_identity *identity)
{
  return shower->dialect->completes_chain && !shower->side->auto_chain_off && identity->chain.count == 1 &&
         shower->side->trust;
}

static void fill_key(verdict_key *key, const cy_tls_verdicts *verdicts, const cy_tls_terms *judge,
  const cy_tls_terms *shower, int shown)
{
  const cy_tls_side *side = judge->side;
  cy_tls_identity *identity = shower->identities[shown].identity;
  memset(key, 0, sizeof *key);
  key->identity = identity;
  key->trust = side->trust;
  key->completed = completes_chain(shower, identity) ? shower->side->trust : NULL;
  key->at = side->at;
  key->min_rsa = side->min_rsa;
  key->level = judge->level;
  key->depth = side->verify_depth;
  key->dialect = judge->dialect;
  key->strict = side->strict_chain;
  key->role = (uint32_t)judge->role;
  key->partial = side->partial_chain == CY_YES;
  if (judge->check_host && side->host)
    key->host = cy_hash(verdicts->known.seed, cy_span_str(side->host)) | 1;
}

static cy_err *gather(cy_certs *all, const cy_tls_identity *identity, const verdict_key *key)
{
  for (size_t i = 1; i < identity->chain.count; i++)
    CY_TRY(cy_certs_add(all, identity->chain.items[i]));
  const cy_tls_trust *also[] = {key->completed, key->trust};
  for (size_t k = 0; k < CY_COUNT(also); k++) {
    if (!also[k])
      continue;
    for (size_t i = 0; i < also[k]->others.count; i++)
      CY_TRY(cy_certs_add(all, also[k]->others.items[i]));
    for (size_t i = 0; i < also[k]->anchors.count && also[k] == key->completed; i++)
      CY_TRY(cy_certs_add(all, also[k]->anchors.items[i]));
  }
  return NULL;
}

/* When this library comes upon an error, if it stops at the first. */
static unsigned turn_of(const cy_tls_dialect *d, const cy_path_issue *issue)
{
  unsigned others = 0;
  int error = cy_rule_get(issue->rule)->openssl;
  for (size_t i = 0; i < d->turn_count; i++) {
    if (d->turns[i].error == error)
      return d->turns[i].turn;
    if (d->turns[i].error == -1)
      others = d->turns[i].turn;
  }
  return others;
}

static const cy_path_issue *telling(const cy_path *path, const cy_tls_dialect *d)
{
  const cy_path_issue *best = cy_path_first(path);
  for (size_t i = 0; best && i < path->issue_count; i++)
    if (path->issues[i].fatal && turn_of(d, &path->issues[i]) < turn_of(d, best))
      best = &path->issues[i];
  return best;
}

static cy_err *keep_reason(
  cy_tls_verdict *verdict, const cy_verification *verification, const cy_tls_dialect *d)
{
  const cy_path *path = cy_verification_best(verification);
  const cy_path_issue *issue = path ? telling(path, d) : NULL;
  verdict->holds = verification->ok;
  if (verdict->holds || !issue)
    return NULL;
  verdict->rule = issue->rule;
  verdict->depth = issue->depth;
  verdict->openssl = cy_rule_get(issue->rule)->openssl;
  verdict->what = cy_strdup(issue->what);
  const char *fix = cy_path_issue_fix(issue);
  verdict->fix = fix ? cy_strdup(fix) : NULL;
  return verdict->what && (!fix || verdict->fix) ? NULL : cy_err_no_memory();
}

static cy_err *leaf_is_weak(
  cy_tls_verdict *verdict, const cy_cert_view *leaf, unsigned level, unsigned bits)
{
  CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
  cy_buf_str(&what, "its key, ");
  cy_key_info_format(&what, &leaf->key);
  cy_buf_printf(&what, ", has %u bits of strength; security level %u wants %u",
    cy_key_info_strength(&leaf->key), level, bits);
  verdict->rule = CY_RULE_KEY_WEAK;
  verdict->openssl = cy_rule_get(CY_RULE_KEY_WEAK)->openssl;
  verdict->what = cy_buf_take_str(&what);
  return verdict->what ? NULL : cy_err_no_memory();
}

/* In bits, for the security level; 1: whatever it is. */
static unsigned strength_of(const cy_tls_dialect *d, int level)
{
  static const unsigned bits[] = {1, 80, 112, 128, 192, 256};
  return bits[!d->levels || level < 0 ? 0 : level > 5 ? 5 : level];
}

static cy_err *work_out(cy_tls_verdict *verdict, const verdict_key *key, const cy_tls_terms *judge)
{
  CY_CLEAN(cy_certs) others = {0};
  CY_AUTO(cy_verification) *verification = NULL;
  const cy_tls_dialect *d = judge->dialect;
  const cy_cert_view *leaf = cy_cert_get(key->identity->chain.items[0]);
  unsigned strength = strength_of(d, key->level);
  if (d->leaf_first && strength > 1 && cy_key_info_strength(&leaf->key) < strength)
    return leaf_is_weak(verdict, leaf, (unsigned)key->level, strength);
  CY_TRY(gather(&others, key->identity, key));
  cy_verify_request request = {.target = key->identity->chain.items[0],
    .anchors = key->trust ? &key->trust->anchors : NULL,
    .untrusted = &others,
    .crls = key->trust && key->trust->crls.count ? &key->trust->crls : NULL,
    .at = key->at,
    .purpose = !d->checks_purpose             ? CY_PURPOSE_ANY
               : judge->role == CY_TLS_CLIENT ? CY_PURPOSE_SERVER
                                              : CY_PURPOSE_CLIENT,
    .partial_chain = d->partial_chain || key->partial,
    .profile = key->strict ? CY_PROFILE_OPENSSL_STRICT : d->profile,
    .host = key->host ? judge->side->host : NULL,
    .min_rsa_bits = key->min_rsa,
    .min_strength = d->levels ? strength : 0,
    .limit_depth = key->depth >= 0,
    .max_depth = key->depth >= 0 ? (unsigned)key->depth : 0};
  CY_TRY(cy_verify(&verification, &request));
  return keep_reason(verdict, verification, d);
}

static cy_err *keep(cy_tls_verdicts *verdicts, cy_tls_verdict *verdict, const verdict_key *key)
{
  if (!cy_grow(&verdicts->items, &verdicts->cap, verdicts->count + 1, sizeof(cy_tls_verdict *)) ||
      !cy_map_put(&verdicts->known, cy_span_of(key, sizeof *key), verdicts->count))
    return cy_err_no_memory();
  verdict->identity = cy_tls_identity_ref(key->identity);
  verdict->trust = cy_tls_trust_ref(key->trust);
  verdict->completed = cy_tls_trust_ref(key->completed);
  verdicts->items[verdicts->count++] = verdict;
  return NULL;
}

cy_err *cy_tls_verdict_get(const cy_tls_verdict **out, cy_tls_verdicts *verdicts, const cy_tls_terms *judge,
  const cy_tls_terms *shower, int shown)
{
  static const cy_tls_verdict unjudged = {.holds = true};
  verdict_key key;
  if (judge->side->trust_unknown) {
    *out = &unjudged;
    return NULL;
  }
  fill_key(&key, verdicts, judge, shower, shown);
  size_t known = cy_map_get(&verdicts->known, cy_span_of(&key, sizeof key));
  *out = NULL;
  if (known != CY_MAP_NONE) {
    *out = verdicts->items[known];
    return NULL;
  }
  cy_tls_verdict *verdict = cy_calloc(1, sizeof *verdict);
  if (!verdict)
    return cy_err_no_memory();
  cy_err *err = work_out(verdict, &key, judge);
  if (!err)
    err = keep(verdicts, verdict, &key);
  if (err)
    verdict_free(verdict);
  else
    *out = verdict;
  return err;
}
