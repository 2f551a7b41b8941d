/*
 * Sides: one end's configuration of TLS, whatever product it came from.
 *
 * Purpose:   what readers of configuration make and prediction takes. A side says what was set, and from
 *            where; what was not set is the dialect's default. Prediction knows nothing of files.
 * Ownership: a cy_tls_side owns its strings and lists and shares identities, trust and what was used
 *            (reference-counted, since thousands of channels name one key store).
 * Errors:    memory only; what is wrong in a configuration is a finding of the side.
 * Threads:   one owner; identities and trust are immutable once made, their counts atomic.
 * Source:    the manuals of the products; each reader names its own.
 */
#ifndef CY_TLS_SIDE_H
#define CY_TLS_SIDE_H

#include "base/finding.h"
#include "base/time.h"
#include "identity/chlauth.h"
#include "tls/notation.h"
#include "x509/cert.h"
#include "x509/crl.h"

typedef enum { CY_TLS_CLIENT, CY_TLS_SERVER } cy_tls_role;
const char *cy_tls_role_name(cy_tls_role role); /* "client" */

/* A set of versions: bit of each. */
#define CY_TLS_BIT(version) (1u << ((version)&0xff))
enum { CY_TLS_ALL_VERSIONS = 0x1f };

typedef enum { CY_UNSET, CY_NO, CY_YES } cy_tri;

/* Codes in order of preference. Not set: the dialect's default; set and empty: none. */
typedef struct {
  bool set;
  uint16_t *codes;
  size_t count, cap;
} cy_codes;

cy_err *cy_codes_add(cy_codes *list, uint16_t code) CY_MUST_USE; /* also sets it; doubles are kept once */
cy_err *cy_codes_copy(cy_codes *to, const cy_codes *from) CY_MUST_USE;
bool cy_codes_has(const cy_codes *list, uint16_t code);
void cy_codes_remove(cy_codes *list, uint16_t code);
void cy_codes_clear(cy_codes *list);

/* Names of application protocols (ALPN), in order of preference. Not set: the extension is not used. */
typedef struct {
  bool set;
  char **items;
  size_t count, cap;
} cy_tls_protocols;

enum { CY_TLS_PROTOCOL_MAX = 255 }; /* octets of a name (RFC 7301 3.1) */

cy_err *cy_tls_protocols_add(cy_tls_protocols *list, const char *name) CY_MUST_USE; /* also sets it */
bool cy_tls_protocols_have(const cy_tls_protocols *list, const char *name);
void cy_tls_protocols_clear(cy_tls_protocols *list);

/* Who one is: a certificate, the chain that is sent with it, and whether the private key is there. */
typedef enum {
  CY_TLS_KEY_THERE,
  CY_TLS_KEY_MISSING,
  CY_TLS_KEY_LOCKED,
  CY_TLS_KEY_OTHERS
} cy_tls_key_state;
typedef struct {
  unsigned refs;
  char *label;    /* as the store calls it; NULL: none */
  char *place;    /* "server.pem", "key.kdb#label" */
  cy_certs chain; /* leaf first, as configured; a library may complete it from its trust */
  cy_tls_key_state key;
  char *names; /* that choose it, divided by blanks, in place of those in the certificate; NULL: these */
} cy_tls_identity;

cy_err *cy_tls_identity_new(cy_tls_identity **out, const char *label, const char *place) CY_MUST_USE;
/* The same certificate under other names. */
cy_err *cy_tls_identity_named(cy_tls_identity **out, const cy_tls_identity *identity, const char *names)
  CY_MUST_USE;
cy_tls_identity *cy_tls_identity_ref(cy_tls_identity *identity);
void cy_tls_identity_free(cy_tls_identity *identity);
CY_AUTO_DEFINE(cy_tls_identity)

/* Whom one believes. */
typedef struct {
  unsigned refs;
  char *place; /* "ca.pem", "the machine's trust store" */
  cy_certs anchors;
  cy_certs others; /* to build chains with */
  cy_crls crls;
} cy_tls_trust;

cy_err *cy_tls_trust_new(cy_tls_trust **out, const char *place) CY_MUST_USE;
cy_tls_trust *cy_tls_trust_ref(cy_tls_trust *trust);
void cy_tls_trust_free(cy_tls_trust *trust);
CY_AUTO_DEFINE(cy_tls_trust)

/* What one end asks of the other's certificate. */
typedef enum {
  CY_TLS_PEER_UNSET,
  CY_TLS_PEER_IGNORED,   /* client: whatever the server sends; server: not asked for */
  CY_TLS_PEER_UNCHECKED, /* server: asked for, need not hold (nginx's optional_no_ca) */
  CY_TLS_PEER_OPTIONAL,  /* server: asked for; when it comes, it must hold */
  CY_TLS_PEER_REQUIRED,
} cy_tls_peer;
const char *cy_tls_peer_name(cy_tls_peer peer);

/* The names of CAs that a server sends when it asks for a certificate. */
typedef enum {
  CY_TLS_CA_NAMES_UNSET,
  CY_TLS_CA_NAMES_NONE,
  CY_TLS_CA_NAMES_TRUST, /* of all its anchors */
  CY_TLS_CA_NAMES_LIST,  /* ca_list */
} cy_tls_ca_names;

/* Finite-field Diffie-Hellman up to TLS 1.2, at a server. */
typedef enum { CY_TLS_DH_UNSET, CY_TLS_DH_NONE, CY_TLS_DH_AUTO, CY_TLS_DH_BITS } cy_tls_dh;

/* What a setting is about, so that a prediction can say where the value in force stands. */
typedef enum {
  CY_TLS_FIELD_OTHER,
  CY_TLS_FIELD_VERSIONS,
  CY_TLS_FIELD_SUITES, /* up to TLS 1.2 */
  CY_TLS_FIELD_SUITES13,
  CY_TLS_FIELD_GROUPS,
  CY_TLS_FIELD_SHARES,
  CY_TLS_FIELD_SCHEMES,
  CY_TLS_FIELD_CERT_SCHEMES,
  CY_TLS_FIELD_CLIENT_SCHEMES,
  CY_TLS_FIELD_LEVEL,
  CY_TLS_FIELD_MIN_RSA,
  CY_TLS_FIELD_ORDER,
  CY_TLS_FIELD_DH,
  CY_TLS_FIELD_IDENTITY, /* certificate, key, label */
  CY_TLS_FIELD_TRUST,
  CY_TLS_FIELD_PEER, /* whether the other's certificate is asked for and checked */
  CY_TLS_FIELD_HOST,
  CY_TLS_FIELD_CA_NAMES,
  CY_TLS_FIELD_DEMAND, /* what a channel accepts afterwards */
  CY_TLS_FIELD_LISTEN,
  CY_TLS_FIELD_PEER_NAME, /* the names that the other's certificate must have */
  CY_TLS_FIELD_SNI,       /* which name is asked for, and answered to */
  CY_TLS_FIELD_ALPN,
  CY_TLS_FIELD_COUNT
} cy_tls_field;
const char *cy_tls_field_name(cy_tls_field field); /* "versions" */

/* One line of configuration that was read: in force, or beaten by another. */
typedef struct {
  cy_tls_field field;
  char *key;   /* "ssl_protocols" */
  char *value; /* "TLSv1.2 TLSv1.3"; never a password */
  char *file;  /* or "environment", "command line", "default" */
  size_t line; /* 0: none */
  bool in_force;
  char *note; /* why it lost, or what it was beaten by, or what it means; NULL */
} cy_tls_setting;

/* A dialect: what the library or product does (tls/dialect.h). */
typedef struct cy_tls_dialect cy_tls_dialect;
/* What a connection really came to (tls/used.h). */
typedef struct cy_tls_used cy_tls_used;

typedef struct {
  char *name;    /* for people: "nginx server mq1.example (nginx.conf:12)" */
  char *label;   /* what chooses it among the sides of one file: server name, channel; NULL */
  char *product; /* "nginx"; as the user knows it */
  char *source;  /* the file or address that it came from */
  cy_tls_role role;
  bool role_known;               /* a store or a library's file may serve as either */
  const cy_tls_dialect *dialect; /* NULL: OpenSSL's */

  unsigned versions; /* set of CY_TLS_BIT; 0: the dialect's */
  cy_codes suites;   /* up to TLS 1.2 */
  cy_codes suites13;
  cy_codes groups;
  cy_codes shares;         /* client: groups that it sends key shares for */
  cy_codes schemes;        /* signatures that it makes and takes in handshakes */
  cy_codes cert_schemes;   /* signatures on certificates that it takes; not set: `schemes` */
  cy_codes client_schemes; /* server: asked of clients; not set: `schemes` */
  int security_level;      /* OpenSSL's @SECLEVEL; -1: the dialect's */
  unsigned min_rsa;        /* bits of any RSA key in the other's chain; 0: no rule */
  cy_tri own_order;        /* server: its own order of suites decides, not the client's */
  cy_tri chacha_first;     /* OpenSSL's PrioritizeChaCha */
  cy_tls_dh dh;
  unsigned dh_bits;

  cy_tls_identity **identities; /* in the order of the configuration */
  size_t identity_count, identity_cap;
  bool identity_wrong; /* one was configured and can not be used: findings say why */
  cy_tls_trust *trust; /* NULL: nobody */
  bool trust_unknown;  /* whom it believes can not be known, so that no chain is judged */
  cy_tls_peer peer;
  int verify_depth;     /* -1: the library's */
  bool strict_chain;    /* chains must hold to the letter of RFC 5280, whatever the library forgives */
  cy_tri check_host;    /* client */
  char *host;           /* name or address that the client connects to; NULL: not known */
  cy_tri partial_chain; /* a trusted intermediate ends a chain, as on a key ring */
  cy_tri heed_ca_names; /* client: sends a certificate only if one of the names fits */
  cy_tls_ca_names ca_names;
  cy_certs ca_list; /* whose subjects are sent, with CY_TLS_CA_NAMES_LIST */
  cy_tls_protocols alpn;
  cy_tri alpn_needed;  /* server: refuses a client that names protocols, but none of these */
  bool auto_chain_off; /* the chain is sent as configured, never completed from the trust */
  cy_time at;          /* the moment of the prediction; 0: now */

  /* Compared with what was agreed when the handshake is over (a queue manager's channel). */
  unsigned demand_versions; /* 0: any */
  cy_codes demand_suites;
  char *demand_text;   /* as configured: "ANY_TLS12_OR_HIGHER" */
  char *peer_filter;   /* a filter of names (identity/dn_filter.h) for the other's certificate; NULL: any */
  char *issuer_filter; /* likewise for its issuer */
  char *names;  /* server: that it answers to, divided by blanks, as its product writes them; NULL: any */
  char *listen; /* server: socket, "0.0.0.0:443"; NULL: not known */
  bool default_server;  /* server: for names that no other one on this socket has */
  bool by_name;         /* server: the name asked for chooses among its certificates */
  bool strict_names;    /* server: and refuses names that none of them has */
  bool refuses_name;    /* server: it was asked for such a name */
  char *channel;        /* server: its name; client: the one that it asks for */
  cy_tri names_channel; /* client: says the channel's name in its first message; not set: not known */
  bool own_label;       /* server: the channel has a certificate of its own, identities[0], and the queue
                         * manager's, if any, is the next: who does not say the channel's name sees that */
  bool program;         /* server: programs connect to the channel, no queue managers */
  char *mcauser;        /* server: the user that the channel runs under; NULL: who connects says it */
  cy_chlauth *chlauth;  /* server: channel authentication records, shared; NULL: not known */
  char *address, *user, *qmgr; /* client: what the records look at; NULL: not known */
  bool clear;                  /* no TLS at all here */
  bool clear_fallback;         /* client: goes on without TLS */

  cy_tls_setting *settings; /* in the order in which they were read */
  size_t setting_count, setting_cap;
  cy_findings findings;
  cy_tls_used *used; /* the side was read from a trace or display of this connection; NULL: from settings */
} cy_tls_side;

cy_err *cy_tls_side_new(cy_tls_side **out, const char *name, cy_tls_role role) CY_MUST_USE;
/* Deep, but for identities, trust and records, which are shared; findings are not copied. */
cy_err *cy_tls_side_copy(cy_tls_side **out, const cy_tls_side *side) CY_MUST_USE;
void cy_tls_side_free(cy_tls_side *side);
CY_AUTO_DEFINE(cy_tls_side)

/* Replaces a string of the side. */
cy_err *cy_tls_side_set(char **field, const char *value) CY_MUST_USE;
/* Takes a reference of its own. */
cy_err *cy_tls_side_add_identity(cy_tls_side *side, cy_tls_identity *identity) CY_MUST_USE;
void cy_tls_side_set_chlauth(cy_tls_side *side, cy_chlauth *records); /* likewise */
void cy_tls_side_set_trust(cy_tls_side *side, cy_tls_trust *trust);   /* likewise; NULL: nobody */
/* Notes a line of configuration. With in_force, earlier settings of the same field that were in force stay
 * so (a list may be put together from several); cy_tls_side_beat says that they lost. `line` 0: none. */
cy_err *cy_tls_side_note(cy_tls_side *side, cy_tls_field field, const char *key, const char *value,
  const char *file, size_t line) CY_MUST_USE;
/* Those of this field that are in force and not the last lost; `why` goes on after their value. */
cy_err *cy_tls_side_beat(cy_tls_side *side, cy_tls_field field, const char *why) CY_MUST_USE;
/* The last one of this field in force; NULL: the default holds. */
const cy_tls_setting *cy_tls_side_setting(const cy_tls_side *side, cy_tls_field field);

typedef struct {
  cy_tls_side **items;
  size_t count, cap;
} cy_tls_sides;

cy_err *cy_tls_sides_add(cy_tls_sides *list, cy_tls_side *side) CY_MUST_USE; /* takes it, also on error */
void cy_tls_sides_clear(cy_tls_sides *list);

#endif
