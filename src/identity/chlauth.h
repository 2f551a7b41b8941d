/*
 * Channel authentication records: whom a queue manager lets in by which channel, and as which user.
 *
 * Purpose:   the records after all SET CHLAUTH commands of a file (or as DISPLAY CHLAUTH shows them), and
 * the one that wins for a certificate, an address and a user; what is not known is kept apart. Ownership:
 * reference-counted, since all channels of a queue manager share them; texts live as long as they. Errors:
 * memory; what is wrong in a record is a finding. Threads:   immutable once read; the count is atomic.
 * Source:    IBM MQ documentation, SET CHLAUTH, "Channel authentication records", "Generic IP addresses for
 *            channel authentication records" (read 2026-11-21). The order among records as far as known.
 */
#ifndef CY_IDENTITY_CHLAUTH_H
#define CY_IDENTITY_CHLAUTH_H

#include "base/arena.h"
#include "base/finding.h"
#include "base/map.h"
#include "conf/mqsc.h"
#include "identity/address_pattern.h"
#include "identity/dn_filter.h"

/* Mapping records in the order in which their kinds win. */
typedef enum {
  CY_CHLAUTH_BLOCKADDR,
  CY_CHLAUTH_BLOCKUSER,
  CY_CHLAUTH_SSLPEERMAP,
  CY_CHLAUTH_USERMAP,
  CY_CHLAUTH_QMGRMAP,
  CY_CHLAUTH_ADDRESSMAP,
  CY_CHLAUTH_TYPES
} cy_chlauth_type;
const char *cy_chlauth_type_name(cy_chlauth_type type); /* "SSLPEERMAP" */

typedef enum { CY_CHLAUTH_MAP, CY_CHLAUTH_NOACCESS, CY_CHLAUTH_CHANNEL } cy_chlauth_source;

typedef struct {
  cy_chlauth_type type;
  const char *profile;
  const char *peer, *issuer; /* SSLPEER, SSLCERTI; NULL: none */
  const char *address;       /* ADDRESS; NULL: none */
  const char *who;           /* CLNTUSER or QMNAME */
  const char *list;          /* ADDRLIST or USERLIST, divided by commas */
  const char *mcauser;
  cy_chlauth_source source;
  bool warn;
  bool gone;
  bool unusable; /* a filter in it is wrong: it matches nobody */
  cy_dn_filter *peer_filter, *issuer_filter;
  cy_address_pattern pattern;
  uint32_t line; /* 0: a record that every new queue manager has */
  size_t next;   /* of the same profile and type */
} cy_chlauth_record;

typedef struct {
  unsigned refs;
  const char *file;
  bool disabled; /* ALTER QMGR CHLAUTH(DISABLED) */
  uint32_t disabled_line;
  bool told; /* the file says something of it */
  cy_chlauth_record *records;
  size_t count, cap;
  size_t *generic; /* records whose profile has asterisks */
  size_t generic_count, generic_cap;
  cy_map by_profile; /* profile and type to the first of them */
  cy_map by_key;     /* all that identifies a record */
  cy_arena arena;
  cy_findings findings;
} cy_chlauth;

cy_err *cy_chlauth_new(cy_chlauth **out, const char *file) CY_MUST_USE;
cy_chlauth *cy_chlauth_ref(cy_chlauth *records);
void cy_chlauth_free(cy_chlauth *records);
CY_AUTO_DEFINE(cy_chlauth)

/* SET CHLAUTH, or one block that DISPLAY CHLAUTH printed; *taken false: the command is another one. */
cy_err *cy_chlauth_apply(cy_chlauth *records, const cy_mqsc_command *command, bool *taken) CY_MUST_USE;
/* The three records that a new queue manager has, for what those that are there already do not replace. */
cy_err *cy_chlauth_add_defaults(cy_chlauth *records) CY_MUST_USE;
/* What shows in all records together: rules that are switched off. Call it once, when all are read. */
cy_err *cy_chlauth_check(cy_chlauth *records) CY_MUST_USE;

/* Who connects. What is NULL is not known. */
typedef struct {
  const char *channel;
  bool program; /* SVRCONN: a program with a user; else a queue manager with a name */
  bool shows_certificate;
  cy_dn_subject subject;
  cy_span issuer; /* DER of the Name */
  const char *address;
  const char *user;
  const char *qmgr;
  const char *mcauser; /* of the channel; "" or NULL: none */
} cy_chlauth_peer;

typedef enum {
  CY_CHLAUTH_RUNS,
  CY_CHLAUTH_BAD_ADDRESS, /* BLOCKADDR */
  CY_CHLAUTH_NO_ACCESS,   /* USERSRC(NOACCESS) */
  CY_CHLAUTH_BAD_USER,    /* BLOCKUSER */
} cy_chlauth_result;

/* One way it may go. */
typedef struct {
  cy_chlauth_result result;
  const cy_chlauth_record *record;  /* that maps; NULL: none does */
  const cy_chlauth_record *blocker; /* of BLOCKADDR or BLOCKUSER */
  const char *user;                 /* the channel runs under; NULL: not known */
  bool flowed;                      /* it is the one that the partner says */
  bool warned;                      /* it would be refused, but for WARN(YES) */
  bool unless_admin;                /* refused if that user belongs to the administrators */
} cy_chlauth_way;

enum { CY_CHLAUTH_WAYS = 12 };

typedef struct {
  bool checked;                         /* false: switched off */
  cy_chlauth_way ways[CY_CHLAUTH_WAYS]; /* the last one is for whom none of those before fits */
  size_t count;
  size_t more;                                      /* that did not fit in */
  bool address_matters, user_matters, qmgr_matters; /* they are not known, and would tell */
} cy_chlauth_decision;

cy_err *cy_chlauth_decide(cy_chlauth_decision *out, const cy_chlauth *records, const cy_chlauth_peer *peer)
  CY_MUST_USE;
/* However it goes, the partner is refused. */
bool cy_chlauth_refuses(const cy_chlauth_decision *decision);

/* "SSLPEERMAP 'APP.*' SSLPEER('CN=x') (qm.mqsc:12)" */
void cy_chlauth_record_format(cy_buf *buf, const cy_chlauth *records, const cy_chlauth_record *record);
/* "runs as app1", "refused: USERSRC(NOACCESS)"; with the record that decides. */
void cy_chlauth_way_format(cy_buf *buf, const cy_chlauth *records, const cy_chlauth_way *way);

#endif
