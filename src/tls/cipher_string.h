/*
 * OpenSSL's cipher strings.
 *
 * Purpose:   what "HIGH:!aNULL:-AES128:@SECLEVEL=2" means: which suites, in which order, as OpenSSL 3.0
 *            (and 1.1.1, which does the same) evaluates it.
 * Ownership: the result owns its list.
 * Errors:    memory only; a string that OpenSSL would refuse is said in `refused`.
 * Threads:   pure functions.
 * Source:    openssl-ciphers(1) of 3.0; what it leaves open was tried with the program, against which
 *            tests/tls/cipher_strings.t holds it.
 */
#ifndef CY_TLS_CIPHER_STRING_H
#define CY_TLS_CIPHER_STRING_H

#include "base/text.h"
#include "tls/side.h"

/* A word that OpenSSL passes over without a word. */
typedef struct {
  cy_span word;   /* of the text that was evaluated */
  bool takes_out; /* behind ! or - */
} cy_cipher_word;

enum { CY_CIPHER_WORDS = 16 };

typedef struct {
  cy_codes suites;     /* up to TLS 1.2 */
  int level;           /* -1: it says none */
  const char *refused; /* why OpenSSL takes nothing of it; NULL: it does */
  bool evaluated;      /* every word of it was; it is refused only since no suite is left */
  cy_cipher_word unknown[CY_CIPHER_WORDS];
  size_t unknown_count;
} cy_cipher_string;

cy_err *cy_cipher_string_read(cy_cipher_string *out, cy_span text) CY_MUST_USE;
void cy_cipher_string_clear(cy_cipher_string *string);
/* Tries all names and words that a string may have. */
void cy_cipher_string_nearest(cy_nearest *near);

/* The parts (cipher_rules.c): the list of all suites that rules work on. */

typedef enum {
  CY_CIPHER_ADD,
  CY_CIPHER_ORDER,
  CY_CIPHER_DELETE,
  CY_CIPHER_KILL,
  CY_CIPHER_BUMP
} cy_cipher_rule;

/* Zero stands for any. */
typedef struct {
  uint16_t code;
  uint32_t kx, auth, enc, mac, strong, other;
  uint16_t min;
} cy_cipher_choice;

enum { CY_CIPHERS_MAX = 256, CY_CIPHER_NONE = CY_CIPHERS_MAX };

typedef struct {
  uint16_t next[CY_CIPHERS_MAX + 1], prev[CY_CIPHERS_MAX + 1]; /* the last one is both ends */
  bool active[CY_CIPHERS_MAX];
} cy_cipher_rules;

/* In OpenSSL's own order, none active. */
void cy_cipher_rules_init(cy_cipher_rules *rules);
void cy_cipher_rules_apply(cy_cipher_rules *rules, const cy_cipher_choice *choice, cy_cipher_rule rule);
void cy_cipher_rules_sort(cy_cipher_rules *rules); /* @STRENGTH */
cy_err *cy_cipher_rules_codes(const cy_cipher_rules *rules, cy_codes *codes) CY_MUST_USE;
/* What a word of a string chooses; false: OpenSSL does not know it. */
bool cy_cipher_word_choice(cy_span word, cy_cipher_choice *choice);

#endif
