/*
 * Random pairs of ends: what they are made of, and what a handshake between them came to.
 *
 * Purpose:   a pair is plain numbers, so that one that disagrees can be shrunk; sides are made of it, and
 *            real handshakes are held of the sides.
 * Ownership: sides belong to the caller; they borrow keys of the pool by the place of their identities.
 * Errors:    the program ends: it is a test.
 * Threads:   one.
 */
#ifndef TESTS_PAIRS_PAIR_H
#define TESTS_PAIRS_PAIR_H

#include "pairs/pool.h"
#include "tls/predict.h"

enum { PAIR_LIST = 24, PAIR_NOT_SET = 255 };

/* Each number is simplest at 0. */
typedef enum {
  END_VERSIONS, /* set; 0: the default */
  END_LEVEL,    /* level + 1; 0: 1, at which most keys of the pool load */
  END_ORDER,    /* 1: its own */
  END_CHACHA,
  END_PEER,     /* cy_tls_peer; 0: the default */
  END_IDENTITY, /* leaf + 1 */
  END_IDENTITY2,
  END_IDENTITY3,
  END_CHAIN, /* how much of the chain is sent: 0 all but the root, 1 leaf only, 2 all, 3 leaf only and never
                completed */
  END_TRUST, /* 0: all roots, else a set of CAs */
  END_DH,    /* cy_tls_dh; 0: automatic */
  END_HOST,  /* 1: checks for mq1.example; 2: for other.example; 3: asks for mq1.example and does not check
              */
  END_CA_NAMES, /* 1: none; 2: those that it trusts; else a set of CAs, and 2 */
  END_ALPN,     /* server: 1: goes on without a protocol in common; 2: refuses; 0: the default */
  END_NUMBERS
} end_number;

typedef enum {
  END_SUITES,
  END_SUITES13,
  END_GROUPS,
  END_SCHEMES,
  END_CLIENT_SCHEMES,
  END_KX, /* these of GnuTLS, whose suites are made of their parts: rows of pair_gnutls.c */
  END_CIPHERS,
  END_MACS,
  END_PROTOCOLS, /* numbers of pair_protocols */
  END_LISTS
} end_list;

typedef struct {
  cy_tls_library library;
  unsigned number[END_NUMBERS];
  uint8_t count[END_LISTS]; /* PAIR_NOT_SET */
  uint16_t list[END_LISTS][PAIR_LIST];
} end_recipe;

typedef struct {
  end_recipe end[2]; /* client, server */
} pair_recipe;

/* What is seen of a handshake; -1 or 0 where there is nothing. */
typedef struct {
  bool agrees, started;
  unsigned version, suite, group, dh_bits, server_scheme, client_scheme;
  bool asked, retried;
  int server_leaf, client_leaf; /* of the pool */
  int alerter, alert;           /* -1: none */
  int said[2]; /* an alert that was sent in the clear, whatever the other end made of it; 0: none */
  char alpn[16];
  char error[2][160];
} seen;

/* The libraries of both ends stand in the pair already. `seed` and `number` decide what whole processes of
 * Java are set up with, which is the same for many pairs in a row. */
void pair_random(pair_recipe *pair, const pool *p, uint64_t *random, uint64_t seed, unsigned long number);
uint64_t pair_next(uint64_t *random);
bool pair_chance(uint64_t *random, unsigned percent);
void pair_pick(end_recipe *end, end_list list, cy_code_row from, unsigned most, uint64_t *random);
cy_tls_side *pair_side(const pool *p, const end_recipe *end, cy_tls_role role);
void pair_print(const pair_recipe *pair, const pool *p);
/* The leaf of the pool that an identity is of, -1: none. */
int pair_leaf(const pool *p, const cy_tls_identity *identity);

/* What GnuTLS does otherwise (pair_gnutls.c). */
void gnutls_random(end_recipe *end, bool server, uint64_t *random);
void gnutls_fill(cy_tls_side *side, const end_recipe *end);
const char *gnutls_part(end_list list, unsigned row);

/* And JSSE (pair_jsse.c). */
void jsse_random(end_recipe *end, uint64_t *random);
void jsse_process(end_recipe *end, uint64_t *random);

/* A real handshake in memory, between any two libraries (real.c). */
void real_handshake(seen *out, const pool *p, const cy_tls_side *client, const cy_tls_side *server);
bool real_has(cy_tls_library library);
void openssl_handshake(seen *out, const pool *p, const cy_tls_side *client, const cy_tls_side *server);

#endif
