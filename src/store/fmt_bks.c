/* BKS: Bouncy Castle's keystore with an integrity value, as Android and many Java programs use it. */
#include "store/fmt_bks.h"

#include "base/text.h"
#include "store/codes.h"

/* An HMAC of SHA-1; what asked for its key's length took bits for octets until version 2. */
enum { OLD_MAC_KEY = 2 };

static int detect(cy_span head, const char *name)
{
  cy_parse parse = {0};
  cy_bks_own own;
  cy_cur cur = cy_cur_begin(&parse, head);
  cy_bks_read_head(&own, &cur);
  bool named = name && cy_text_ends(name, ".bks");
  if (!cy_cur_ok(&cur) || own.iterations == 0 || own.iterations > CY_MAX_KDF_ITERATIONS)
    return 0;
  cy_span list = cy_cur_rest(&cur);
  bool empty = list.len == 1 + CY_BKS_DIGEST && list.data[0] == CY_BKS_END;
  if (cy_bks_looks_like_entries(list) || empty)
    return 100;
  return named && own.salt.len == CY_BKS_SALT ? 75 : 0;
}

/* Integrity. */

cy_err *cy_bks_mac(cy_digest *out, const cy_bks_own *own, const cy_secret *password)
{
  CY_AUTO(cy_secret) *key = NULL;
  size_t len = own->version == 2 ? CY_BKS_DIGEST : OLD_MAC_KEY;
  CY_TRY(cy_pkcs12_kdf(&key, len, 3, CY_SHA1, cy_bks_password(password), own->salt, own->iterations));
  return cy_hmac(out, CY_SHA1, cy_secret_get(key), own->content);
}

/* The HMAC alone can not tell a wrong password from a damaged file; the keys sometimes can. */
static cy_err *does_not_fit(const cy_doc *doc, const cy_secret *password)
{
  size_t keys, opened;
  CY_TRY(cy_bks_try_keys(doc, password, &keys, &opened));
  return cy_doc_misfit(doc, keys, opened);
}

static cy_err *check_password(cy_doc *doc, const cy_secret *password, void *arg)
{
  const cy_bks_own *own = arg;
  cy_digest mac;
  CY_TRY(cy_bks_mac(&mac, own, password));
  return cy_span_equal(cy_digest_get(&mac), own->digest) ? NULL : does_not_fit(doc, password);
}

static cy_err *read_all(cy_doc *doc, cy_bks_own *own, cy_cur *cur)
{
  cy_bks_read_head(own, cur);
  const uint8_t *start = cur->p;
  CY_TRY(cy_bks_read_entries(doc, cur));
  own->content = cy_span_of(start, (size_t)(cur->p - start));
  own->digest = cy_cur_take(cur, CY_BKS_DIGEST);
  cy_cur_end(cur);
  return NULL;
}

static cy_err *parse(cy_doc *doc, cy_ask *ask)
{
  cy_parse parse = {0};
  cy_bks_own *own;
  CY_TRY(cy_bks_own_new(doc, &own));
  cy_cur cur = cy_cur_begin(&parse, cy_image_bytes(doc->image));
  CY_TRY(read_all(doc, own, &cur));
  CY_TRY(cy_parse_check_as(&parse, CY_E_STORE_DAMAGED, "the BKS keystore"));
  CY_TRY(cy_doc_unlock_or_list(doc, ask, check_password, own));
  return doc->password_known ? cy_bks_look_into_secrets(doc) : NULL;
}

/* Findings. */

static cy_err *check(cy_doc *doc, cy_findings *findings)
{
  const cy_bks_own *own = doc->own;
  if (own && own->version < 2) {
    cy_finding *f = cy_finding_add(findings, CY_F_BKS_V1, doc->place,
      "the store is of version %u: the key of its integrity value has 16 bits", own->version);
    cy_finding_set_fix(
      findings, f, "Copy it into another store under a new password: causey cp %s NEW.p12", doc->place);
    cy_finding_evidence(findings, f, "version", "%u", own->version);
  }
  return cy_bks_check_keys(doc, findings);
}

static cy_err *describe(cy_doc *doc, cy_out *out)
{
  const cy_bks_own *own = doc->own;
  if (!own)
    return NULL;
  cy_out_int(out, "version", "Version", own->version);
  cy_out_bool(out, "integrity_checked", "Integrity checked", !doc->mac_unchecked);
  cy_out_strf(out, "integrity", "Integrity", "HMAC-SHA1%s, %u iterations",
    own->version == 2 ? "" : " with a key of 16 bits", own->iterations);
  cy_bks_describe_keys(doc, out);
  return NULL;
}

const cy_format cy_format_bks = {
  .id = "bks",
  .prefixes = "",
  .title = "Bouncy Castle keystore (BKS)",
  .suffixes = "bks",
  .caps = CY_CAN_KEYS | CY_CAN_TRUST | CY_CAN_SECRETS | CY_CAN_LABELS | CY_CAN_DATES |
          CY_CAN_KEY_PASSWORDS | CY_CAN_CHAINS | CY_NEEDS_LABELS | CY_NEEDS_PASSWORD | CY_HAS_PASSWORD,
  .detect = detect,
  .parse = parse,
  .check = check,
  .describe = describe,
};
