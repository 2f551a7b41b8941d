/* Java keystores (JKS, JCEKS): private keys. */
#include "base/der.h"
#include "base/oid.h"
#include "crypto/codes.h"
#include "crypto/jks_protect.h"
#include "store/fmt_jks.h"

cy_err *cy_jks_open_key(const cy_keybox *box, const cy_secret *password, cy_secret **pkcs8)
{
  CY_AUTO(cy_secret) *utf16 = NULL;
  cy_parse parse = {0};
  if (!password)
    return cy_err_new(
      CY_E_CRYPTO_WRONG_PASSWORD, "a key in a Java keystore never opens without a password");
  cy_cur cur = cy_cur_begin(&parse, box->sealed);
  cy_cur info = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_cur algorithm = cy_der_enter(&info, CY_DER_SEQUENCE);
  cy_span oid = cy_der_take(&algorithm, CY_DER_OID);
  cy_span sealed = cy_der_take(&info, CY_DER_OCTET_STRING);
  cy_der_leave(&info);
  cy_cur_end(&cur);
  CY_TRY_AS(cy_parse_check(&parse, "a protected key"), CY_E_KEY_MALFORMED, "the private key is damaged");
  /* JCEKS has a scheme of its own, and other tools put keys of yet others into such a store. */
  if (cy_oid_find(oid) != CY_OID_JKS_KEY_PROTECTOR)
    return cy_pkcs8_unseal(pkcs8, box->sealed, password);
  CY_TRY(cy_jks_password(&utf16, password));
  return cy_jks_unprotect(pkcs8, cy_secret_get(utf16), sealed);
}

const cy_keybox_ops cy_jks_key_ops = {"JKS key protector", cy_jks_open_key};

cy_err *cy_jks_seal_key(cy_buf *out, cy_span pkcs8, const cy_secret *password, const cy_write_how *how)
{
  CY_AUTO(cy_secret) *utf16 = NULL;
  CY_CLEAN(cy_buf) sealed = CY_BUF_STORE;
  (void)how;
  CY_TRY(cy_jks_password(&utf16, password));
  CY_TRY(cy_jks_protect(&sealed, cy_secret_get(utf16), pkcs8));
  size_t info = cy_der_begin(out), algorithm = cy_der_begin(out);
  cy_der_put(out, CY_DER_OID, cy_oid_content(CY_OID_JKS_KEY_PROTECTOR));
  cy_der_put_null(out);
  cy_der_end(out, algorithm, CY_DER_SEQUENCE);
  cy_der_put(out, CY_DER_OCTET_STRING, cy_buf_get(&sealed));
  cy_der_end(out, info, CY_DER_SEQUENCE);
  return cy_buf_check(out);
}
