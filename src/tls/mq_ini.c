/* The SSL stanza of qm.ini and mqclient.ini. */
#include "base/text.h"
#include "conf/stanza.h"
#include "tls/codes.h"
#include "tls/mq.h"

typedef enum { TEXT, YES_NO, NUMBER } value_kind;

static const struct {
  const char *key;
  cy_mq_ini_key id; /* CY_MQ_INI_KEYS: known, of no effect here */
  value_kind kind;
} keys[] = {
  {"SSLKeyRepository", CY_MQ_KEY_REPOSITORY, TEXT},
  {"CertificateLabel", CY_MQ_LABEL, TEXT},
  {"AllowTLSV13", CY_MQ_TLS13, YES_NO},
  {"AllowedCipherSpecs", CY_MQ_ALLOWED, TEXT},
  {"AllowWeakCipherSpec", CY_MQ_WEAK, YES_NO},
  {"AllowSSLV3", CY_MQ_SSL3, YES_NO},
  {"AllowTLSV1", CY_MQ_TLS1, YES_NO},
  {"MinimumRSAKeySize", CY_MQ_MIN_RSA, NUMBER},
  {"SSLFipsRequired", CY_MQ_FIPS, TEXT},
  {"EncryptionPolicySuiteB", CY_MQ_INI_SUITEB, TEXT},
  {"OutboundSNI", CY_MQ_SNI, TEXT},
  {"AllowOutboundSNI", CY_MQ_OLD_SNI, YES_NO},
  {"CDPCheckExtensions", CY_MQ_INI_KEYS, TEXT},
  {"CertificateValPolicy", CY_MQ_INI_CERTVPOL, TEXT},
  {"ClientRevocationChecks", CY_MQ_INI_KEYS, TEXT},
  {"OCSPAuthentication", CY_MQ_INI_KEYS, TEXT},
  {"OCSPCheckExtensions", CY_MQ_INI_KEYS, TEXT},
  {"OCSPTimeout", CY_MQ_INI_KEYS, TEXT},
  {"SSLCryptoHardware", CY_MQ_INI_KEYS, TEXT},
  {"SSLHTTPProxyName", CY_MQ_INI_KEYS, TEXT},
  {"SSLHTTPConnectTimeout", CY_MQ_INI_KEYS, TEXT},
  {"SSLKeyRepositoryPassword", CY_MQ_INI_KEYS, TEXT},
  {"SSLKeyResetCount", CY_MQ_INI_KEYS, TEXT},
};

bool cy_mq_ssl_key(cy_span key, cy_mq_ini_key *id)
{
  for (size_t i = 0; i < CY_COUNT(keys); i++)
    if (cy_ascii_equal_nocase(key, cy_span_str(keys[i].key))) {
      *id = keys[i].id;
      return true;
    }
  return false;
}

static value_kind kind_of(cy_mq_ini_key id)
{
  for (size_t i = 0; i < CY_COUNT(keys); i++)
    if (keys[i].id == id)
      return keys[i].kind;
  return TEXT;
}

static bool is_right(cy_mq_ini_key id, cy_span value)
{
  static const char *const words[] = {"Y", "YES", "T", "TRUE", "N", "NO", "F", "FALSE"};
  value_kind kind = kind_of(id);
  if (kind == TEXT)
    return true;
  for (size_t i = 0; kind == YES_NO && i < CY_COUNT(words); i++)
    if (cy_ascii_equal_nocase(value, cy_span_str(words[i])))
      return true;
  for (size_t i = 0; kind == NUMBER && i < value.len; i++)
    if (value.data[i] < '0' || value.data[i] > '9')
      return false;
  return kind == NUMBER && value.len > 0 && value.len < 6;
}

static cy_err *unknown_key(const cy_stanza_item *item, const char *path, cy_findings *list)
{
  CY_CLEAN(cy_buf) word = CY_BUF_TEXT;
  cy_buf_span(&word, item->key);
  cy_nearest near = CY_NEAREST(cy_buf_cstr(&word));
  for (size_t i = 0; i < CY_COUNT(keys); i++)
    cy_nearest_try(&near, keys[i].key);
  if (!near.best)
    return cy_buf_check(&word);
  cy_finding *f = cy_tls_read_noticed(list, CY_F_MQ_INI_KEY, path, item->line,
    "the SSL stanza knows no %s; nearest is %s", near.word, near.best);
  cy_finding_set_fix(list, f, "Write %s=%.*s, and restart what reads the file.", near.best,
    (int)item->value.len, (const char *)item->value.data);
  return cy_findings_check(list);
}

static cy_err *take_item(
  cy_mq *mq, cy_mq_ssl *ssl, const cy_stanza_item *item, const char *path, cy_findings *list)
{
  cy_mq_ini_key id;
  if (!cy_mq_ssl_key(item->key, &id))
    return unknown_key(item, path, list);
  if (id == CY_MQ_INI_KEYS)
    return NULL;
  if (!is_right(id, item->value)) {
    cy_finding *f = cy_tls_read_noticed(list, CY_F_MQ_INI_VALUE, path, item->line,
      "%.*s=%.*s is no value of it: the default holds, without a word", (int)item->key.len,
      (const char *)item->key.data, (int)item->value.len, (const char *)item->value.data);
    cy_finding_set_fix(list, f,
      kind_of(id) == NUMBER ? "Write a number of bits, such as 2048; then restart."
                            : "Write YES or NO; then restart.");
    return cy_findings_check(list);
  }
  return cy_mq_value_set(mq, &ssl->keys[id], item->value, path, item->line);
}

cy_err *cy_mq_ssl_read(cy_mq *mq, cy_mq_ssl *ssl, const char *path, cy_span text)
{
  CY_CLEAN(cy_stanzas) in;
  cy_stanza_item item;
  bool more = true;
  const char *kept = cy_arena_str(&mq->arena, cy_span_str(path));
  cy_findings *list = &mq->findings;
  CY_TRY(text.len ? cy_stanzas_over(&in, path, text) : cy_stanzas_open(&in, path));
  CY_TRY_ALLOC(kept);
  for (;;) {
    CY_TRY(cy_stanzas_next(&in, &item, &more));
    if (!more)
      return NULL;
    bool ours = cy_ascii_equal_nocase(item.stanza, CY_SPAN("SSL"));
    if (ours && item.wrong)
      cy_tls_read_noticed(list, CY_F_MQ_INI_KEY, kept, item.line, "%s", item.wrong);
    else if (ours && item.key.len)
      CY_TRY(take_item(mq, ssl, &item, kept, list));
  }
}
