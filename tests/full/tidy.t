#!/bin/bash
# Purpose: clang-tidy finds nothing in src/ (.clang-tidy; exceptions in scripts/analyzer-allow.txt).
. "$(dirname "$0")/../lib/tap.sh"
need clang-tidy
# Other versions have other checks and other mistakes.
clang-tidy --version | grep -q 'version 14\.' || skip_all 'the exceptions are those of clang-tidy 14'
run "$ROOT/scripts/check-analysis" tidy "$BUILD"
is "$status" 0 'clang-tidy finds nothing'
[ -z "$out$err" ] || diag "$out$err"
done_testing
