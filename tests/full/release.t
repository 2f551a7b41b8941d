#!/bin/bash
# Purpose: the build that is shipped: optimised, hardened, no warning that only the optimiser sees,
#   no fault injection, no sanitizer.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/full.sh"
need gcc nm
build_ok 'builds without a warning' build-release --buildtype=release -Dwerror=true -Dtests=false \
  '-Dc_args=-D_FORTIFY_SOURCE=2' || { done_testing; exit 1; }
names=$(find "$ROOT/build-release/src" -name 'lib*.a' -exec nm -A {} + 2>/dev/null)
isnt "$names" '' 'there are libraries'
unlike "$names" 'cy_fault_point|__asan_|__ubsan_' 'no crash points, no sanitizer'
done_testing
