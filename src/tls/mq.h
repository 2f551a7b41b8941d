/*
 * Definitions of a queue manager, as a script, a display or a channel table gives them.
 *
 * Purpose:   what the readers of IBM MQ's configurations share: the state of queue manager and channels
 * after all commands of a file, each value with its line; CipherSpecs; the SSL stanza; and the sides that
 *            come of them.
 * Ownership: a cy_mq owns its values (in an arena) and its findings; sides are made on request.
 * Errors:    memory; what is wrong in a definition is a finding.
 * Threads:   one owner.
 * Source:    IBM MQ documentation: DEFINE CHANNEL, ALTER QMGR, "Enabling CipherSpecs", "CipherSpec order in
 * TLS handshake", "Relationship between alias CipherSpec settings", "SSL stanza of the qm.ini file", "SSL
 * stanza of the client configuration file", "Digital certificate labels", "Client channel weight" (read
 * 2026-11-21).
 */
#ifndef CY_TLS_MQ_H
#define CY_TLS_MQ_H

#include "base/arena.h"
#include "conf/mqsc.h"
#include "tls/reader.h"
#include "tls/suite.h"

typedef enum {
  CY_MQ_CHLTYPE,
  CY_MQ_TRPTYPE,
  CY_MQ_CONNAME,
  CY_MQ_QMNAME,
  CY_MQ_SSLCIPH,
  CY_MQ_SSLCAUTH,
  CY_MQ_SSLPEER,
  CY_MQ_CERTLABL,
  CY_MQ_CLNTWGHT,
  CY_MQ_AFFINITY,
  CY_MQ_MCAUSER,
  CY_MQ_CHANNEL_ATTRS
} cy_mq_channel_attr;

typedef enum {
  CY_MQ_SSLKEYR,
  CY_MQ_QCERTLABL,
  CY_MQ_SSLFIPS,
  CY_MQ_SUITEB,
  CY_MQ_SSLTASKS,
  CY_MQ_CHLAUTH,
  CY_MQ_CERTVPOL,
  CY_MQ_QMGR_ATTRS
} cy_mq_qmgr_attr;

/* The SSL stanza of qm.ini and mqclient.ini, and what stands for it in the environment. */
typedef enum {
  CY_MQ_KEY_REPOSITORY,
  CY_MQ_LABEL,
  CY_MQ_TLS13,
  CY_MQ_ALLOWED,
  CY_MQ_WEAK,
  CY_MQ_SSL3,
  CY_MQ_TLS1,
  CY_MQ_MIN_RSA,
  CY_MQ_FIPS,
  CY_MQ_INI_SUITEB,
  CY_MQ_SNI,
  CY_MQ_OLD_SNI, /* AllowOutboundSNI */
  CY_MQ_INI_CERTVPOL,
  CY_MQ_INI_KEYS
} cy_mq_ini_key;

typedef struct {
  const char *value; /* NULL: not set */
  const char *file;  /* NULL: that of the definitions */
  uint32_t line;
  bool folded; /* it was written in small letters without quotes */
} cy_mq_value;

typedef struct {
  const char *name;
  const char *short_form; /* what names it where there is no definition ("MQSERVER"); NULL */
  uint32_t line;
  bool gone;
  cy_mq_value attrs[CY_MQ_CHANNEL_ATTRS];
} cy_mq_channel;

typedef struct {
  cy_mq_value keys[CY_MQ_INI_KEYS];
} cy_mq_ssl;

/* Running channels that are alike, as DISPLAY CHSTATUS shows them. */
typedef struct {
  const char *channel, *type, *protocol, *cipher, *address, *peer; /* "" where it is blank */
  const char *when; /* the last message, or the start: "2026-11-20 10.11.12"; NULL */
  uint32_t line, times;
} cy_mq_status;

typedef struct {
  const char *file;
  const char *qmgr; /* its name; NULL: not known */
  bool zos;         /* a display of z/OS */
  bool dump;        /* what dmpmqcfg or DISPLAY wrote: a state, no change */
  cy_mq_value attrs[CY_MQ_QMGR_ATTRS];
  cy_mq_ssl ssl; /* of qm.ini */
  cy_chlauth *chlauth;
  cy_mq_channel *channels;
  size_t channel_count, channel_cap;
  cy_map by_name; /* client connections have names of their own */
  cy_mq_status *statuses;
  size_t status_count, status_cap;
  cy_map by_status;
  cy_map fine; /* words that were looked at and are no slips */
  cy_arena arena;
  uint32_t changed_line;   /* last change that wants a refresh; 0: none */
  uint32_t refreshed_line; /* last REFRESH SECURITY */
  bool always;             /* a side, even if nothing was set */
  size_t commands;
  cy_findings findings; /* of the file as a whole */
} cy_mq;

cy_err *cy_mq_init(cy_mq *mq, const char *file) CY_MUST_USE;
void cy_mq_clear(cy_mq *mq);
/* What one command changes. */
cy_err *cy_mq_apply(cy_mq *mq, const cy_mqsc_command *command) CY_MUST_USE;
/* What one block of a display says. */
cy_err *cy_mq_apply_shown(cy_mq *mq, const cy_mqsc_command *command) CY_MUST_USE;
/* One block of DISPLAY CHSTATUS; blocks that say the same are counted. */
cy_err *cy_mq_status_add(cy_mq *mq, const cy_mqsc_command *command) CY_MUST_USE;
/* Both ends of each running channel, as what was really used (tls/used.h). */
cy_err *cy_mq_status_sides(cy_tls_reading *reading, const cy_mq *mq) CY_MUST_USE;
/* A new channel, not looked up by its name (channel tables may have several of one name). */
cy_err *cy_mq_channel_add(cy_mq *mq, cy_mq_channel **out, cy_span name, size_t line) CY_MUST_USE;
/* Keeps a copy of a text; equal texts that come one after the other are one. */
cy_err *cy_mq_value_set(cy_mq *mq, cy_mq_value *value, cy_span text, const char *file, size_t line)
  CY_MUST_USE;
cy_mq_channel *cy_mq_channel_find(cy_mq *mq, cy_span name, bool client);
/* "" when it is not set, or blank. */
const char *cy_mq_get(const cy_mq_value *value);
bool cy_mq_is(const cy_mq_value *value, const char *word);
/* CLNTCONN, SDR, SVR, CLUSSDR: it calls. */
bool cy_mq_channel_calls(const cy_mq_channel *channel);
/* Templates of the product (SYSTEM.DEF.SVRCONN), which nobody connects to. */
bool cy_mq_channel_is_template(const cy_mq_channel *channel);

/* CipherSpecs. */
typedef struct {
  unsigned versions;     /* that it stands for */
  const cy_suite *suite; /* NULL: an alias */
  bool open_ended;       /* ..._OR_HIGHER, ANY */
  bool off;              /* queue managers of today have it switched off */
  const char *since;     /* from which version it is known; NULL: all that matter */
} cy_mq_cipher;

/* false: there is none of that name. */
bool cy_mq_cipher_find(cy_mq_cipher *out, const char *name);
/* Four hexadecimal digits, which z/OS takes, too. */
bool cy_mq_cipher_find_hex(cy_mq_cipher *out, const char *name);
/* The nearest CipherSpec or alias; also for a name in Java's or OpenSSL's notation (*foreign). NULL: none.
 */
const char *cy_mq_cipher_nearest(const char *name, bool *foreign, char room[80]);
/* Java's spelling: *TLS12 and its like, or a suite's name. false: no such name. */
bool cy_mq_cipher_find_java(cy_mq_cipher *out, const char *name, bool *ibm);
/* The list of suites that are on by default, and all that may be switched on. */
cy_err *cy_mq_allowed(const cy_mq_ssl *ssl, cy_tls_side *side) CY_MUST_USE;

/* The SSL stanza of a file, or of its text. Findings go to those of `mq`. */
cy_err *cy_mq_ssl_read(cy_mq *mq, cy_mq_ssl *ssl, const char *path, cy_span text) CY_MUST_USE;
/* One key of it; false: it is none that matters here. */
bool cy_mq_ssl_key(cy_span key, cy_mq_ini_key *id);

/* Sides. */

/* A setting that was read and lost. */
typedef struct {
  const char *key, *why;
  cy_mq_value value;
} cy_mq_lost;

/* What a client has beside its channel: its ini file and environment, settled. */
typedef struct {
  const cy_mq_ssl *ssl;
  const char *product; /* "IBM MQ client" */
  const char *user;    /* for the default label; NULL: not known */
  const cy_mq_lost *lost;
  size_t lost_count;
} cy_mq_client;

/* The side of one channel; a client's channel takes key repository and label from `client` (may be NULL).
 */
cy_err *cy_mq_side(cy_tls_side **out, cy_tls_reading *reading, const cy_mq *mq,
  const cy_mq_channel *channel, const cy_mq_client *client) CY_MUST_USE;
/* All of them, as the address wants; findings of the file go to the first. */
cy_err *cy_mq_sides(cy_tls_reading *reading, cy_mq *mq, const cy_mq_client *client) CY_MUST_USE;
/* Certificate and trust of a key repository: a stem, or a file. */
cy_err *cy_mq_keys(cy_tls_reading *reading, cy_tls_side *side, const cy_mq *mq, const char *from,
  const cy_mq_value *repository, const cy_mq_value *label, const char *label_by_default) CY_MUST_USE;
/* The queue manager's own certificate, beside that of a channel: quietly, when it is there. */
cy_err *cy_mq_keys_also(cy_tls_reading *reading, cy_tls_side *side, const cy_mq *mq, const char *from,
  const cy_mq_value *repository, const cy_mq_value *label, const char *label_by_default) CY_MUST_USE;
/* What FIPS 140, Suite B and RFC 5280 leave out, where they are asked for. After cy_mq_allowed. */
cy_err *cy_mq_policy(cy_tls_side *side, const cy_mq *mq, const cy_mq_value *fips,
  const cy_mq_value *suite_b, const cy_mq_value *validation) CY_MUST_USE;
/* A filter of names, as a side's and with what is wrong in it; `what` names whose it is. */
cy_err *cy_mq_peer_filter(cy_tls_side *side, char **filter, const char *what, const char *text,
  const char *file, size_t line) CY_MUST_USE;
/* A setting that is in force, with its line. */
cy_err *cy_mq_note(cy_tls_side *side, cy_tls_field field, const char *key, const cy_mq *mq,
  const cy_mq_value *value) CY_MUST_USE;

/* A channel table in JSON, of a file or of its text. */
cy_err *cy_mq_table_read(cy_mq *mq, const char *path, cy_span text) CY_MUST_USE;
/* The error that names a binary one, and the command that makes text of it. */
cy_err *cy_mq_table_is_binary(const char *path) CY_MUST_USE;

/* What shows in a whole file only: which entry wins, what was not refreshed. */
cy_err *cy_mq_check(cy_mq *mq) CY_MUST_USE;

#endif
