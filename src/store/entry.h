/*
 * Entries: what places hold.
 *
 * Purpose:   one form for an entry of any store: its kind, label, certificates, private key, and
 *            whatever else the store says of it.
 * Ownership: an entry's pieces live in the arena of the document (or snapshot) that it belongs
 *            to, or borrow from its image; cy_entry_copy makes a deep copy for another arena.
 *            Certificates made from DER and keys in clear are owned by the entry (cy_entry_clear).
 * Errors:    crypto.wrong-password when a key's password is wrong; key.*, x509.*.
 * Threads:   one owner; cy_cert objects may be shared.
 *
 * Nothing is decoded that nobody asked for: certificates are spans until cy_entry_cert, keys are
 * sealed until cy_entry_key_open.
 */
#ifndef CY_STORE_ENTRY_H
#define CY_STORE_ENTRY_H

#include "base/arena.h"
#include "base/ask.h"
#include "crypto/key.h"
#include "crypto/pbe.h"
#include "x509/cert.h"

typedef enum {
  CY_ENTRY_IDENTITY,    /* a private key with its certificate and chain */
  CY_ENTRY_CERTIFICATE, /* a certificate, nothing said about trust */
  CY_ENTRY_TRUSTED,     /* a certificate that the store marks as trusted */
  CY_ENTRY_KEY,         /* a private key alone */
  CY_ENTRY_REQUEST,     /* PKCS#10 */
  CY_ENTRY_CRL,
  CY_ENTRY_SECRET, /* a symmetric key or other secret */
} cy_entry_kind;

const char *cy_entry_kind_name(cy_entry_kind kind); /* "identity" */

typedef struct {
  cy_span der;
  cy_cert *cert; /* made on first need */
} cy_entry_cert_slot;

typedef struct cy_keybox cy_keybox;

/* How a store seals private keys: one constant per scheme. */
typedef struct {
  const char *name; /* "PKCS#8", "JKS key protector" */
  /* Opens with a password (NULL when the box needs none). Wrong: crypto.wrong-password. */
  cy_err *(*open)(const cy_keybox *box, const cy_secret *password, cy_secret **pkcs8);
  /* Where the seal is no AlgorithmIdentifier: "aes256-ctr, bcrypt, 16 rounds"; may be NULL. */
  void (*describe)(const cy_keybox *box, cy_buf *words);
  /* Why this seal protects little ("its passphrase goes through MD5 once"), NULL when it does; may be NULL.
   */
  const char *(*weakness)(const cy_keybox *box);
  /* The command that gives a key of this kind a passphrase where it is, with %s for its file; NULL: ours.
   */
  const char *protect;
} cy_keybox_ops;

struct cy_keybox {
  const cy_keybox_ops *ops; /* NULL: only `plain` or `reference` */
  cy_span sealed;           /* as the store has it (in clear when !encrypted) */
  cy_span aux;              /* what ops->open needs besides */
  bool encrypted;
  bool own_password;   /* may differ from the store's: asked for as CY_ASK_KEY */
  cy_span spki;        /* the public half when it is known without opening, else empty */
  cy_secret *plain;    /* PKCS#8 in clear, once opened or given */
  cy_secret *password; /* the one that opened it, or that it is to be sealed under; NULL: the store's */
  cy_key *reference;   /* the key lives elsewhere and is used, not copied */
};

typedef struct {
  cy_span oid;    /* content octets */
  cy_span values; /* the SET of values, whole; borrowed */
} cy_entry_attr;

/* What a place says of a certificate that it does not have: a saved listing. */
typedef struct {
  const char *subject; /* as the listing writes it */
  const char *issuer;
  cy_span subject_name; /* as a DER Name, empty when it could not be understood (or was cut) */
  cy_span issuer_name;
  cy_span serial;                /* magnitude */
  cy_time not_before, not_after; /* CY_TIME_NONE when not told */
  bool zone_assumed;             /* the listing carries no zone */
  cy_key_type key_type;
  unsigned key_bits;
  bool brainpool;        /* an EC key on one of Brainpool's curves; else on NIST's */
  const char *signature; /* "sha256RSA" */
  const char **domains;  /* subjectAltName: DNS names */
  size_t domain_count;
  const char **addresses; /* and IP addresses */
  size_t address_count;
  const char *owner;     /* whose it is: "ID(START1)", "CERTAUTH" */
  const char *usage;     /* how a ring uses it: "PERSONAL" */
  const char *status;    /* "TRUST" */
  bool has_key;          /* there is a private key, which can not be had from here */
  bool is_ca;            /* it may sign certificates */
  const char *ring;      /* "START1/MQRING", several with commas; NULL: on none that is known of */
  bool connection;       /* the entry is the use of a certificate on `ring`, not the certificate itself */
  bool listed;           /* ... and the certificate stands in the same place, so that all else is known */
} cy_entry_facts;

/* Private keys and secret keys have a keybox. What comes out of it is PKCS#8; for a secret key it is
 * PrivateKeyInfo as crypto/secret_key.h has it: the algorithm of the secret key (its OID, or none and the
 * name) and the raw octets as its key, which is how Java puts secret keys into PKCS#12. */
typedef struct {
  cy_entry_kind kind;
  char *label;               /* UTF-8; NULL when the store gives none */
  cy_span id;                /* localKeyId, CKA_ID; empty when there is none */
  cy_entry_cert_slot *certs; /* leaf first */
  size_t cert_count;
  bool has_key; /* a private key; secret keys have `key`, too, where they can be opened */
  cy_keybox key;
  cy_span der;           /* request, CRL; or the secret as stored, where `key` can not open it */
  const char *algorithm; /* of a secret key, as Java names it ("AES", "HmacSHA256"); NULL: not known */
  const cy_entry_facts *facts; /* instead of certificates, the place's own; NULL but for listings */
  bool is_default;             /* the store uses this entry when none is named */
  bool distrusted;             /* the store marks it as not to be trusted */
  cy_time date;                /* when it was put there, CY_TIME_NONE when unknown */
  cy_entry_attr *attrs;        /* those that have no field here; kept when rewriting */
  size_t attr_count;
  bool pairing_assumed; /* key and certificate stand together, but the key could not be opened to compare */

  /* For the document that holds it. */
  size_t position; /* from 1, in the order of the store */
  size_t part;     /* where it came from: an index that only the format understands */
  bool added;
  bool changed; /* must be encoded anew, but for these, which a format may write as they were: */
  bool keep_key;
  bool keep_certs;
  bool deleted;
} cy_entry;

/* The certificate at `index`, parsed on first need; borrowed. */
cy_err *cy_entry_cert(cy_entry *entry, size_t index, const cy_cert **cert) CY_MUST_USE;
/* Opens the private key: tries without, then the store's password, then asks. Borrowed from the
 * entry, kept for the next call. NULL answer: no password was given. */
cy_err *cy_entry_key_open(cy_entry *entry, const char *place, const cy_secret *store_password, cy_ask *ask,
  const cy_secret **pkcs8) CY_MUST_USE;
/* "AES 256" of a secret key that is open; of others the algorithm, where the store says it; else nothing. */
cy_err *cy_entry_secret_words(const cy_entry *entry, cy_buf *words) CY_MUST_USE;
/* How the key is sealed, when it is by one of the password-based schemes. */
cy_err *cy_keybox_pbe(const cy_keybox *box, cy_pbe_info *info) CY_MUST_USE;
/* The key's public half (SubjectPublicKeyInfo): known, or read from the key where it is open; empty when
 * it is not known. */
cy_err *cy_keybox_public(const cy_keybox *box, cy_buf *spki) CY_MUST_USE;
/* Deep copy into another arena. A key that is open stays open in the copy; a sealed one stays sealed. */
cy_err *cy_entry_copy(cy_entry *to, const cy_entry *from, cy_arena *arena) CY_MUST_USE;
/* Frees certificates, open keys and references; the rest goes with the arena. */
void cy_entry_clear(cy_entry *entry);
/* "RSA 2048", "EC 256", "" when nothing is said. */
void cy_facts_key_format(cy_buf *buf, const cy_entry_facts *facts);
/* A certificate made of facts (x509/stand_in.h); NULL when they lack the names. */
cy_err *cy_facts_stand_in(cy_cert **out, const cy_entry_facts *facts) CY_MUST_USE;
/* The label, else what to call it: the short subject of its certificate, request or CRL. */
cy_err *cy_entry_name(cy_entry *entry, cy_buf *name) CY_MUST_USE;

#endif
