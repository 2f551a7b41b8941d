/*
 * Certificates: immutable DER with a view.
 *
 * Purpose:   one parsed certificate, shared by everything that looks at it. The view is read with
 *            cursors; no key and no OpenSSL object is made until somebody needs one.
 * Ownership: reference-counted atomically (cy_cert_ref, cy_cert_free). Spans of the view live as
 *            long as the certificate.
 * Errors:    x509.cert-malformed with offset and reason.
 * Threads:   immutable after parsing, so shared freely.
 * Source:    RFC 5280 section 4.1 and 4.2.
 *
 * Encodings that BER allows and DER does not (lengths that are longer than needed) are read, and
 * remembered in view->not_der: the strict profiles refuse them.
 */
#ifndef CY_X509_CERT_H
#define CY_X509_CERT_H

#include "base/cursor.h"
#include "base/oid.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "crypto/key.h"

typedef struct {
  cy_oid oid;
  cy_span id; /* content octets of the OID */
  bool critical;
  cy_span value; /* content of the OCTET STRING */
} cy_ext;

enum { CY_CERT_EXTENSIONS = 48 };

/* Reads Extensions and adds them; *count begins at 0. */
void cy_exts_read(cy_cur *cur, cy_ext exts[CY_CERT_EXTENSIONS], size_t *count);

/* Bits of keyUsage, in the order of RFC 5280 4.2.1.3. */
enum {
  CY_KU_DIGITAL_SIGNATURE = 1 << 0,
  CY_KU_NON_REPUDIATION = 1 << 1,
  CY_KU_KEY_ENCIPHERMENT = 1 << 2,
  CY_KU_DATA_ENCIPHERMENT = 1 << 3,
  CY_KU_KEY_AGREEMENT = 1 << 4,
  CY_KU_CERT_SIGN = 1 << 5,
  CY_KU_CRL_SIGN = 1 << 6,
  CY_KU_ENCIPHER_ONLY = 1 << 7,
  CY_KU_DECIPHER_ONLY = 1 << 8,
};

/* Purposes of extendedKeyUsage that Causey tells apart. */
enum {
  CY_EKU_SERVER = 1 << 0,
  CY_EKU_CLIENT = 1 << 1,
  CY_EKU_CODE = 1 << 2,
  CY_EKU_EMAIL = 1 << 3,
  CY_EKU_TIME = 1 << 4,
  CY_EKU_OCSP = 1 << 5,
  CY_EKU_ANY = 1 << 6,
  CY_EKU_OTHER = 1 << 7,
  CY_EKU_SGC = 1 << 8,
};

typedef struct {
  cy_span der;
  cy_span tbs; /* what is signed */
  int version; /* 1, 2, 3 */
  cy_span serial; /* content octets of the INTEGER */
  cy_span inner_algid; /* tbsCertificate.signature, whole */
  cy_span algid;       /* signatureAlgorithm, whole */
  cy_oid sig_alg;
  cy_span sig_oid;
  cy_span sig_params;
  cy_span signature;
  cy_span issuer;  /* Name, whole */
  cy_span subject; /* Name, whole */
  cy_time not_before;
  cy_time not_after;
  cy_span spki; /* whole */
  cy_key_info key;
  cy_err_code key_error; /* CY_OK, or why the key could not be read (the rest is fine) */
  cy_ext exts[CY_CERT_EXTENSIONS];
  size_t ext_count;
  bool not_der;
  bool times_strict; /* in the form that RFC 5280 asks for */
  bool exts_malformed; /* one of the decoded ones below is not what its type says */
  bool self_issued;    /* issuer and subject are the same name */
  bool stand_in;       /* made of what a listing tells (x509/stand_in.h); parsing never sets it */

  bool has_basic_constraints;
  bool is_ca;
  int64_t path_len; /* -1: none */
  bool has_key_usage;
  unsigned key_usage;
  bool has_ext_key_usage;
  unsigned ext_key_usage;
  cy_span subject_key_id;      /* content octets, empty when absent */
  cy_span authority_key_id;    /* keyIdentifier, empty when absent */
  cy_span authority_issuer;    /* GeneralNames content, empty when absent */
  cy_span authority_serial;    /* content octets */
} cy_cert_view;

typedef struct cy_cert cy_cert;

/* Copies `der`, which must be one certificate and nothing else. */
cy_err *cy_cert_parse(cy_cert **out, cy_span der) CY_MUST_USE;
/* For x509/stand_in.c, before anybody else has it. */
void cy_cert_mark_stand_in(cy_cert *cert);
/* Parses in place: `view` borrows from der. For looking at many certificates once. */
cy_err *cy_cert_view_parse(cy_cert_view *view, cy_span der) CY_MUST_USE;
cy_cert *cy_cert_ref(cy_cert *cert);
void cy_cert_free(cy_cert *cert);
CY_AUTO_DEFINE(cy_cert)
const cy_cert_view *cy_cert_get(const cy_cert *cert);
cy_span cy_cert_der(const cy_cert *cert);

const cy_ext *cy_cert_ext(const cy_cert_view *view, cy_oid oid);
/* SHA-256 over the DER. */
cy_err *cy_cert_fingerprint(cy_digest *out, cy_span der) CY_MUST_USE;
bool cy_cert_equal(const cy_cert *a, const cy_cert *b);
/* The digest that its signature is made over; CY_OID_UNKNOWN when it has none of its own, or one that the
 * table of OIDs has not got. MD2 and MD4 count as MD5. */
cy_oid cy_cert_signature_digest(const cy_cert_view *view);
/* The serial number in lower-case hex without leading zero octets; "-" first when negative. */
void cy_cert_serial_format(cy_buf *buf, cy_span serial);

/* Did `issuer`'s key sign `cert`? By trying the signature, not by names. */
cy_err *cy_cert_signed_by(bool *good, const cy_cert_view *cert, const cy_cert_view *issuer) CY_MUST_USE;

typedef struct {
  cy_cert **items;
  size_t count;
  size_t cap;
} cy_certs;

/* Adds a reference of its own. */
cy_err *cy_certs_add(cy_certs *list, cy_cert *cert) CY_MUST_USE;
void cy_certs_clear(cy_certs *list);

#endif
