#!/bin/bash
# Purpose: gcc's analyser finds nothing in src/ (exceptions in scripts/analyzer-allow.txt), and can.
. "$(dirname "$0")/../lib/tap.sh"
need gcc
[ "$(gcc -dumpversion)" = 12 ] || skip_all 'the exceptions are those of gcc 12'
run "$ROOT/scripts/check-analysis" gcc "$BUILD"
is "$status" 0 "gcc's analyser finds nothing"
[ -z "$out$err" ] || diag "$out$err"

# The same script on a made-up tree with a defect.
mkdir -p "$T/t/src/base" "$T/t/scripts" "$T/t/b"
cp "$ROOT/scripts/check-analysis" "$T/t/scripts/"
touch "$T/t/scripts/analyzer.h"
echo '#include <stdlib.h>
int cy_f(int n);
int cy_f(int n) { char *p = malloc(9); free(p); if (n) free(p); return 0; }' >"$T/t/src/base/a.c"
echo '[{"directory": "'"$T"'/t/b", "command": "cc -o a.o -c ../src/base/a.c", "file": "../src/base/a.c"}]' \
  >"$T/t/b/compile_commands.json"
run "$T/t/scripts/check-analysis" gcc "$T/t/b"
like "$status $out" '^1 src/base/a.c:3:.*double-free' 'a double free is found'
echo 'int cy_g(void);' >"$T/t/src/base/b.c"
echo 'src/base/a.c -Wanalyzer-double-free made up' >"$T/t/scripts/analyzer-allow.txt"
run "$T/t/scripts/check-analysis" gcc "$T/t/b"
is "$status $out" '1 src/base/b.c:1:1: error: in no meson.build [not-built]' 'a file that is not built is found'
done_testing
