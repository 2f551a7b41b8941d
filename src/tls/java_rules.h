/*
 * What a Java VM disables: jdk.tls.disabledAlgorithms and jdk.certpath.disabledAlgorithms.
 *
 * Purpose:   parse the two lists as the VM does, and say what they strike out of what JSSE would offer.
 * Ownership: the rules own their words.
 * Errors:    what stops the VM (a number that is none, a pattern that does not begin with TLS_) is named by
 *            cy_java_rule.wrong; memory.
 * Threads:   one owner.
 * Source:    java.security of JDK 17 and 25 (the comments above the properties), tried with JDK 17.0.21:
 * see tests/tls/java.t.
 */
#ifndef CY_TLS_JAVA_RULES_H
#define CY_TLS_JAVA_RULES_H

#include "base/buf.h"
#include "tls/group.h"
#include "tls/scheme.h"
#include "tls/suite.h"

typedef struct {
  char *text; /* "DH keySize < 1024" */
  char *name; /* "DH": an algorithm, a suite, a version, a pattern with * */
  bool bare;  /* nothing but the name: struck wherever it occurs */
  bool
    handshake; /* usage HandshakeSignature: struck out of signatures in handshakes, not in certificates */
  bool some;   /* under conditions that a configuration does not show: jdkCA, another usage, a date */
  unsigned below; /* keySize: sizes below this are struck; 0: no such condition, or all sizes with bare */
  const char *wrong; /* the VM does not start with this; NULL */
  size_t line;
} cy_java_rule;

typedef struct {
  cy_java_rule *items;
  size_t count, cap;
} cy_java_rules;

/* `text` is the property's value. Rules are added to what is there. */
cy_err *cy_java_rules_add(cy_java_rules *rules, const char *text, size_t line) CY_MUST_USE;
void cy_java_rules_clear(cy_java_rules *rules);

/* Each gives the rule that strikes it out, or NULL. `certpath` (may be NULL) is the list for certificates,
 * which JSSE asks, too. */
const cy_java_rule *cy_java_strikes_version(const cy_java_rules *tls, unsigned version);
const cy_java_rule *cy_java_strikes_suite(
  const cy_java_rules *tls, const cy_java_rules *certpath, const cy_suite *suite);
const cy_java_rule *cy_java_strikes_group(
  const cy_java_rules *tls, const cy_java_rules *certpath, const cy_tls_group *group);
/* In handshakes, or (`certificate`) on certificates. */
const cy_java_rule *cy_java_strikes_scheme(
  const cy_java_rules *tls, const cy_java_rules *certpath, const cy_scheme *scheme, bool certificate);
/* The fewest bits that a key of this algorithm ("RSA") may have; 0: no rule. */
unsigned cy_java_min_bits(const cy_java_rules *rules, const char *algorithm);

#endif
