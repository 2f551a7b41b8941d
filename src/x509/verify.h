/*
 * Certification paths: every one that can be built, and the rule that breaks each.
 *
 * Purpose:   say whether a certificate is to be trusted for a purpose, a name and a moment, as
 *            RFC 5280, OpenSSL, browsers or Java would; and for each path that was tried, which
 *            certificate broke which rule and what mends it. Pure: no sockets, no stores, no clock
 *            unless `at` is left at 0.
 * Ownership: a request borrows everything; the verification holds references of its own, so it
 *            outlives the request. Issues belong to their path, paths to the verification.
 * Errors:    an untrusted certificate is an answer (ok is false), not an error. Errors are for
 *            lack of memory, OpenSSL that can not be used, a policy that is no OID.
 * Threads:   a verification has one owner; certificates and lists are shared.
 * Source:    RFC 5280 section 6, RFC 6125, RFC 4158; x509/path_rules.def cites each rule's.
 */
#ifndef CY_X509_VERIFY_H
#define CY_X509_VERIFY_H

#include "base/finding.h"
#include "x509/cert.h"
#include "x509/crl.h"

/* Who judges. The rules of each are the rows of x509/path_rules.def. */
typedef enum {
  CY_PROFILE_STRICT,         /* RFC 5280 to the letter; for servers also the CA/Browser Forum's rules */
  CY_PROFILE_OPENSSL,        /* OpenSSL 3 as it comes */
  CY_PROFILE_OPENSSL_STRICT, /* OpenSSL 3 with -x509_strict */
  CY_PROFILE_BROWSER,        /* what Chrome, Firefox and their kin have in common */
  CY_PROFILE_JAVA,           /* Java's PKIX trust manager with HTTPS endpoint identification */
  CY_PROFILES
} cy_profile;

const char *cy_profile_id(cy_profile profile);    /* "strict", "openssl", "openssl-strict" ... */
const char *cy_profile_words(cy_profile profile); /* "OpenSSL with -x509_strict" */
bool cy_profile_parse(cy_profile *out, const char *id);

typedef enum {
  CY_PURPOSE_ANY,
  CY_PURPOSE_SERVER,
  CY_PURPOSE_CLIENT,
  CY_PURPOSE_CA,
  CY_PURPOSE_EMAIL,
  CY_PURPOSE_CODE,
  CY_PURPOSE_TIME,
  CY_PURPOSES
} cy_purpose;

const char *cy_purpose_id(cy_purpose purpose);    /* "server" */
const char *cy_purpose_words(cy_purpose purpose); /* "a TLS server" */
bool cy_purpose_parse(cy_purpose *out, const char *id);

typedef enum {
#define CY_PATH_RULE(code, profiles, openssl, java) CY_RULE_##code,
#include "x509/path_rules.def"
#undef CY_PATH_RULE
  CY_RULE_COUNT
} cy_rule;

/* A row of x509/path_rules.def; id, citation and texts come from the finding of that name. */
typedef struct {
  cy_finding_id finding;
  unsigned profiles; /* bit 1 << cy_profile: who applies it */
  int openssl;       /* number of OpenSSL's error, 0: it has none */
  const char *java;  /* what Java says, as far as known, or "" */
} cy_rule_info;

const cy_rule_info *cy_rule_get(cy_rule rule);
const char *cy_rule_id(cy_rule rule); /* "path.expired" */
/* What `openssl verify` prints beside that number: "certificate has expired"; "" when unknown. */
const char *cy_openssl_words(int error);

typedef struct {
  cy_cert *target;
  const cy_certs *anchors;   /* trusted; may be NULL */
  const cy_certs *untrusted; /* to build with; may be NULL */
  const cy_crls *crls;       /* may be NULL */
  cy_time at;                /* 0: now; CY_TIME_NONE: dates are not looked at */
  cy_purpose purpose;
  cy_profile profile;
  const char *host;        /* DNS name or IP address that the target must have; NULL: any */
  const char *email;       /* likewise */
  bool partial_chain;      /* OpenSSL's -partial_chain; the other profiles always allow it */
  bool require_revocation; /* without a list that answers, a path fails */
  bool all_paths;          /* go on after the first path that holds */
  bool limit_depth;        /* at most max_depth intermediates that are not self-issued */
  unsigned max_depth;
  unsigned min_rsa_bits;       /* 0: the profile's */
  unsigned min_strength;       /* of keys and digests, in bits; 0: the profile's; 1: none */
  size_t max_paths;            /* attempts to report, 0: 64 */
  uint64_t max_work;           /* 0: 4 million units, some tenths of a second */
  const char *const *policies; /* dotted OIDs that will do; none: any */
  size_t policy_count;
  bool policy_check; /* OpenSSL's -policy_check; the other profiles always look at policies */
  bool explicit_policy;
  bool inhibit_mapping;
  bool inhibit_any;
} cy_verify_request;

typedef struct {
  cy_rule rule;
  size_t depth; /* 0: the target, then towards the anchor; index into cy_path.certs */
  bool fatal;   /* false: worth knowing, does not break the path */
  char *what;   /* names the certificate and the cause */
  char *fix;    /* NULL: the rule's own, see cy_path_issue_fix */
} cy_path_issue;

typedef struct {
  cy_certs certs; /* from the target upwards */
  bool anchored;  /* the last one is a trust anchor */
  bool holds;
  cy_path_issue *issues; /* the telling one first */
  size_t issue_count;
  size_t issue_cap;
} cy_path;

typedef struct {
  cy_profile profile;
  bool ok;
  bool exhausted; /* attempts or work ran out: there may be more paths */
  size_t holds;   /* index of the path that holds, SIZE_MAX: none */
  cy_path *paths;
  size_t count;
  size_t cap;
  uint64_t work;     /* units spent; a signature is some 1000 */
  size_t signatures; /* checked, not taken from what was known */
} cy_verification;

cy_err *cy_verify(cy_verification **out, const cy_verify_request *request) CY_MUST_USE;
/* One verification a profile, out[CY_PROFILES]; req->profile is ignored. The work of building and
 * of signatures is shared. On error nothing is left in out. */
cy_err *cy_verify_all_profiles(cy_verification *out[CY_PROFILES], const cy_verify_request *request)
  CY_MUST_USE;
void cy_verification_free(cy_verification *verification);
CY_AUTO_DEFINE(cy_verification)

/* The attempt that says most about why nothing holds: anchored before not, fewer issues before more. */
const cy_path *cy_verification_best(const cy_verification *verification);
/* The first fatal issue of a path, else NULL. */
const cy_path_issue *cy_path_first(const cy_path *path);
const char *cy_path_issue_fix(const cy_path_issue *issue);
const cy_finding_info *cy_path_issue_info(const cy_path_issue *issue);
/* The best attempt's issues as findings about `subject`; warnings of a path that holds, too. */
void cy_verification_findings(cy_findings *list, const cy_verification *verification, const char *subject);
/* Why a certificate is not trusted, as a chain of errors; NULL when it is. */
cy_err *cy_verification_error(const cy_verification *verification) CY_MUST_USE;

#endif
