/*
 * Inside the verification of paths: the graph of certificates, and one path under judgement.
 *
 * Purpose:   what the files path_*.c share; nobody else includes it.
 * Ownership: the graph holds references to its certificates; a judgement borrows graph and path.
 * Errors:    lack of memory; a broken rule is an issue of the path (cy_path_break).
 * Threads:   one owner.
 * Source:    RFC 4158 (building), RFC 5280 section 6 (validation).
 */
#ifndef CY_X509_PATH_H
#define CY_X509_PATH_H

#include "base/map.h"
#include "x509/general_name.h"
#include "x509/verify.h"

/* Units of work, of some 100 ns. */
enum {
  CY_WORK_STEP = 20,
  CY_WORK_JUDGE = 500, /* of each certificate of a path that is judged */
  CY_WORK_SIGNATURE = 1000, /* more with larger keys */
  CY_WORK_COMPARE = 1,
};

typedef struct {
  cy_cert *cert;
  const cy_cert_view *view;
  uint8_t *subject_key; /* canonical subject */
  size_t subject_len;
  size_t key; /* the first node with this very key: signatures are asked for once a key */
  bool trusted;
  bool as_signer; /* of a list: its own trust is being looked into */
  size_t next;    /* another with the same subject, CY_MAP_NONE at the end */
} cy_path_node;

typedef enum { CY_SIG_UNKNOWN, CY_SIG_GOOD, CY_SIG_BAD, CY_SIG_UNSUPPORTED, CY_SIG_KEY } cy_sig;

typedef struct {
  cy_path_node *nodes;
  size_t count;
  size_t cap;
  cy_map by_der;
  cy_map by_subject;
  cy_map by_key;
  cy_map signatures;     /* (certificate, issuer's key) to cy_sig */
  cy_map crl_signatures; /* (list, issuer) to cy_sig */
  cy_map crls_by_issuer;
  size_t *crl_next; /* another list of the same issuer, CY_MAP_NONE at the end */
  unsigned nested;  /* lists whose signers are being judged */
  size_t target;
  uint64_t work;
  uint64_t max_work;
  size_t signature_count;
} cy_path_graph;

cy_err *cy_path_graph_fill(cy_path_graph *graph, const cy_verify_request *request) CY_MUST_USE;
void cy_path_graph_clear(cy_path_graph *graph);
/* First node with this subject, then by node->next; CY_MAP_NONE: none. */
cy_err *cy_path_graph_by_name(const cy_path_graph *graph, cy_span name, size_t *first) CY_MUST_USE;
/* Did node `issuer` sign node `cert`? Asked of OpenSSL once. */
cy_err *cy_path_graph_signed(cy_path_graph *graph, size_t cert, size_t issuer, cy_sig *out) CY_MUST_USE;
cy_err *cy_path_graph_crl_signed(
  cy_path_graph *graph, const cy_crl *crl, const cy_cert_view *issuer, cy_sig *out) CY_MUST_USE;
/* First list of this issuer (index into the request's), then by crl_next; CY_MAP_NONE: none. */
cy_err *cy_path_graph_crls_of(const cy_path_graph *graph, cy_span issuer, size_t *first) CY_MUST_USE;
/* Counts work; false when no more may be done. */
bool cy_path_work(cy_path_graph *graph, uint64_t units);

/* One path under one profile. */
typedef struct {
  const cy_verify_request *request;
  cy_path_graph *graph;
  cy_path *path;
  const cy_cert_view **views; /* of path->certs */
  size_t count;
  cy_profile profile;
  cy_time at;
  bool noted; /* the last cy_path_break or cy_path_warn noted something */
  bool no_memory;
} cy_path_check;

const cy_cert_view *cy_path_view(const cy_path_check *check, size_t depth);
bool cy_path_is_anchor(const cy_path_check *check, size_t depth);
bool cy_rule_applies(cy_rule rule, cy_profile profile);
/* Notes a broken rule, if this profile applies it. `what` goes on after "CN=x ": "has expired". */
void cy_path_break(cy_path_check *check, cy_rule rule, size_t depth, const char *what, ...) CY_PRINTF(4, 5);
/* The same for what the profile only warns of. */
void cy_path_warn(cy_path_check *check, cy_rule rule, size_t depth, const char *what, ...) CY_PRINTF(4, 5);
/* Sets the advice of the issue that was noted last, if the last call noted one. */
void cy_path_fix(cy_path_check *check, const char *fix, ...) CY_PRINTF(2, 3);
/* "CN=x,O=y", or "serial 12ab" when there is no name. */
void cy_path_put_name(cy_buf *utf8, const cy_cert_view *view);

/* The parts of a judgement, each noting what it finds. */
void cy_path_check_dates(cy_path_check *check);
void cy_path_check_ca(cy_path_check *check);
void cy_path_check_purpose(cy_path_check *check);
void cy_path_check_form(cy_path_check *check);
void cy_path_check_webpki(cy_path_check *check);
void cy_path_check_strength(cy_path_check *check);
void cy_path_check_extensions(cy_path_check *check);
void cy_path_check_host(cy_path_check *check);
cy_err *cy_path_check_names(cy_path_check *check) CY_MUST_USE;
cy_err *cy_path_check_policies(cy_path_check *check) CY_MUST_USE;
cy_err *cy_path_check_revocation(cy_path_check *check) CY_MUST_USE;

/* All of these; path->holds says how it went. `late`: another path was tried before. */
cy_err *cy_path_judge(cy_path_graph *graph, const cy_verify_request *request, cy_path *path, bool late)
  CY_MUST_USE;
/* Fills verification->paths. */
cy_err *cy_path_search(cy_verification *verification, cy_path_graph *graph,
  const cy_verify_request *request, size_t target) CY_MUST_USE;
/* Notes a broken rule on a path that is not judged as a whole (a dead end). */
cy_err *cy_path_dead_end(const cy_verify_request *request, cy_path *path, cy_rule rule, size_t depth,
  const char *what, const char *fix) CY_MUST_USE;
void cy_path_clear(cy_path *path);

#endif
