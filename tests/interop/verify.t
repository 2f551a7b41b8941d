#!/bin/bash
# Purpose: the profiles openssl, openssl-strict and java answer as the programs they are named after do, on other
#   projects' certificates in their own and in new combinations. Each program is asked at test time.
. "$(dirname "$0")/../lib/tap.sh"
need openssl java "$PYTHON"
program=$BUILD/tests/test_verify_cases-x509
[ -x "$program" ] || bail "no $program: the unit tests are not built"
F=$ROOT/tests/fixtures

# compare FOLDER PROFILE DESC: the program reads $T/FOLDER/tests/fixtures/cases
compare() {
  run env CAUSEY_SRC="$T/$1" CMOCKA_MESSAGE_OUTPUT=TAP "$program" cases "$2"
  exits 0 "$3" || diag "$out"
  like "$out" "agree" "$3: something was compared"
}
prepare() { mkdir -p "$T/$1/tests/fixtures/cases" && printf '#\n%s' "${2-}" >"$T/$1/tests/fixtures/cases/disagreements.tsv"; }

ask_openssl() {
  "$ROOT/tests/interop/pair-cases" 300 "$F/openssl-verify/cases.txt" "$F/limbo/cases.txt" "$F/pkits/cases.txt" \
    >"$T/openssl/tests/fixtures/cases/cases.txt"
}
ask_java() {
  sed 's/^purpose any/purpose server/' "$F/limbo/cases.txt" "$F/openssl-verify/cases.txt" >"$T/java.in"
  java --add-exports java.base/sun.security.util=ALL-UNNAMED "$ROOT/tests/interop/VerifyJava.java" "$T/java.in" \
    >"$T/java/tests/fixtures/cases/cases.txt"
}

prepare openssl
ok 'openssl judges mixed paths' ask_openssl
compare openssl openssl 'the profiles openssl and openssl-strict agree with openssl verify'

# To JDK 17 this host name is none: its table of international names is older.
prepare java $'java\twebpki::cn::utf8-vs-punycode-mismatch\tthe host name is no name to it\n'
ok 'java judges paths' ask_java
compare java java 'the profile java agrees with its trust manager'
done_testing
