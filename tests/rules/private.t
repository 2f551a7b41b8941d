#!/bin/bash
# Purpose: the libraries export only names that begin with cy_; and the script that says so can fail.
. "$(dirname "$0")/../lib/tap.sh"
need nm gcc ar
check=$ROOT/scripts/check-private

ok 'exported names begin with cy_' "$check" "$BUILD"

mkdir -p "$T/src/base"
library() { # CODE
  echo "$1" >"$T/a.c"
  gcc -c -o "$T/a.o" "$T/a.c" && rm -f "$T/src/base/liba.a" && ar rc "$T/src/base/liba.a" "$T/a.o"
}
library 'int cy_a(void) { return 1; } static int b(void) { return cy_a(); } int cy_c(void) { return b(); }'
run "$check" "$T"
is "$status$out" 0 'static functions may be called anything'
library 'int helper(void) { return 1; }'
run "$check" "$T"
is "$status $out" '1 base/liba.a: exports helper' 'a function without the prefix is found'
library 'int table[3];'
run "$check" "$T"
like "$status $out" '^1 .*exports table' 'data without the prefix is found'
rm "$T/src/base/liba.a"
run "$check" "$T"
is "$status" 2 'no library is not taken for good ones'
done_testing
