/*
 * TLS on the wire: records, and the messages, alerts and sealed records that they carry.
 *
 * Purpose:   bytes of a connection come in any pieces, each with the end that sent them; what they
 *            carry goes out one event at a time, messages joined from their fragments.
 * Ownership: the bytes given are borrowed until cy_wire_next finds nothing more; spans of an event
 *            live until the next call. Only what is not whole yet is copied.
 * Errors:    tls.not-tls (the first bytes are another protocol's, which it names),
 *            tls.record-malformed, tls.message-malformed: with the end, the record and the place in its
 *            stream. After one of these nothing more is read of that end.
 * Threads:   one owner.
 * Source:    RFC 8446 5 and 4, RFC 5246 6.2, 7.1 and 7.2, RFC 6520; RFC 5246 E.2 (SSL 2's hello).
 *
 * Which records are sealed is known without keys: up to TLS 1.2 all that follow ChangeCipherSpec, in
 * TLS 1.3 those of application data. Who has the keys opens them and hands their content back with
 * cy_wire_opened.
 */
#ifndef CY_TLS_WIRE_RECORD_H
#define CY_TLS_WIRE_RECORD_H

#include "base/buf.h"

enum {
  CY_WIRE_MAX_FRAGMENT = 16384 + 2048,
  CY_WIRE_MAX_MESSAGE = 256 << 10, /* with its header; what says to be longer is an error */
};

/* Types of records. */
enum {
  CY_RECORD_CHANGE_CIPHER = 20,
  CY_RECORD_ALERT = 21,
  CY_RECORD_HANDSHAKE = 22,
  CY_RECORD_DATA = 23,
  CY_RECORD_HEARTBEAT = 24,
};
const char *cy_wire_record_name(uint8_t type); /* "handshake"; NULL when there is none */

/* Types of handshake messages. */
enum {
  CY_MSG_HELLO_REQUEST = 0,
  CY_MSG_CLIENT_HELLO = 1,
  CY_MSG_SERVER_HELLO = 2, /* HelloRetryRequest too */
  CY_MSG_NEW_SESSION_TICKET = 4,
  CY_MSG_END_OF_EARLY_DATA = 5,
  CY_MSG_ENCRYPTED_EXTENSIONS = 8,
  CY_MSG_CERTIFICATE = 11,
  CY_MSG_SERVER_KEY_EXCHANGE = 12,
  CY_MSG_CERTIFICATE_REQUEST = 13,
  CY_MSG_SERVER_HELLO_DONE = 14,
  CY_MSG_CERTIFICATE_VERIFY = 15,
  CY_MSG_CLIENT_KEY_EXCHANGE = 16,
  CY_MSG_FINISHED = 20,
  CY_MSG_CERTIFICATE_URL = 21,
  CY_MSG_CERTIFICATE_STATUS = 22,
  CY_MSG_SUPPLEMENTAL_DATA = 23,
  CY_MSG_KEY_UPDATE = 24,
  CY_MSG_COMPRESSED_CERTIFICATE = 25,
  CY_MSG_NEXT_PROTOCOL = 67,
  CY_MSG_MESSAGE_HASH = 254,
};
const char *cy_wire_message_name(uint8_t type); /* "ClientHello"; NULL when there is none */

typedef enum { CY_WIRE_CLIENT, CY_WIRE_SERVER } cy_wire_end;
const char *cy_wire_end_name(cy_wire_end end); /* "client" */

typedef enum {
  CY_WIRE_MESSAGE, /* a handshake message: msg_type, body */
  CY_WIRE_CHANGE_CIPHER,
  CY_WIRE_ALERT,      /* level and description */
  CY_WIRE_SEALED,     /* a record under encryption: type is the one outside, body the sealed bytes */
  CY_WIRE_DATA,       /* application data, of an opened record */
  CY_WIRE_OTHER,      /* a heartbeat in clear */
  CY_WIRE_SSL2_HELLO, /* a ClientHello in SSL 2's form: body is the whole record */
} cy_wire_kind;

typedef struct {
  cy_wire_kind kind;
  cy_wire_end from;
  uint8_t type;            /* of the record */
  uint16_t record_version; /* as its header says, which is hardly ever the version spoken */
  uint64_t record;         /* number of the record where this began, from 0 for each end */
  uint64_t offset;         /* of that record in the end's stream */
  unsigned records;        /* from how many records it was joined */
  bool opened;             /* came through cy_wire_opened */
  uint8_t msg_type;
  uint8_t level, description; /* of an alert: 1 warning, 2 fatal */
  cy_span body;               /* a message without its header of four bytes; else the fragment */
  cy_span whole;              /* a message with its header, as transcripts count it; else the fragment */
  cy_span header;             /* of a sealed record: five bytes, the additional data of TLS 1.3 */
} cy_wire_event;

/* What is known of one end's stream. */
typedef struct {
  cy_buf record, message; /* the beginning of one that is not whole yet */
  cy_span fragment;       /* of the record at hand: what has not gone out */
  cy_wire_event at;       /* what is known of that record, and of the message being joined */
  uint64_t first, first_offset;
  unsigned joined;
  uint64_t offset, records; /* of what comes next */
  bool busy;                /* there is a record at hand */
  bool handed;              /* the joined message went out */
  bool changed;             /* has sent ChangeCipherSpec */
  bool dead;                /* after an error */
} cy_wire_stream;

typedef struct {
  cy_wire_stream ends[2];
  cy_wire_end from; /* of the bytes given */
  cy_span input;    /* of them, what has not been read */
  bool misused;
  uint16_t version; /* that the server chose; 0 before its hello */
} cy_wire;

void cy_wire_init(cy_wire *wire);
void cy_wire_clear(cy_wire *wire);
/* Gives bytes that an end has sent. All events of those before must have been taken. */
void cy_wire_give(cy_wire *wire, cy_wire_end from, cy_span bytes);
/* *found = false: more bytes are needed. */
cy_err *cy_wire_next(cy_wire *wire, cy_wire_event *event, bool *found) CY_MUST_USE;
/* The content of the sealed record that cy_wire_next gave last: its true type, and its bytes, which are
 * borrowed until all its events have been taken. */
void cy_wire_opened(cy_wire *wire, uint8_t type, cy_span content);
/* That end sends no more: an error when a record or a message is not whole. */
cy_err *cy_wire_finish(const cy_wire *wire, cy_wire_end from) CY_MUST_USE;
/* Whether a sealed record can be an alert: up to TLS 1.2 its type says so, in TLS 1.3 its length allows it.
 */
bool cy_wire_may_be_alert(const cy_wire *wire, const cy_wire_event *sealed);

#endif
