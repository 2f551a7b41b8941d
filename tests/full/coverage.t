#!/bin/bash
# Purpose: run the C and script tests on a build that counts, and show which lines of src/ they
#   reach, a row a file. No share is asked for yet. All lines: build-cov/coverage.txt. Left out is what costs
#   minutes and reaches little else: other products as peers, and random pairs of ends.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/full.sh"
need gcovr
build_ok 'builds with counters' build-cov -Db_coverage=true -Doptimization=0 -Dfault_injection=true ||
  { done_testing; exit 1; }
export CAUSEY_BUILD=$ROOT/build-cov CAUSEY_FUZZ_ROUNDS=100
find "$CAUSEY_BUILD" -name '*.gcda' -delete

mapfile -t tests < <("$ROOT/scripts/list-tests" "$CAUSEY_BUILD" | grep -vE '^tests/(rules|interop|full)/|^tests/tls/pairs')
prove_ok 'tests pass without sanitizers' "${tests[@]}"
cd "$ROOT" || bail 'no source folder'
run gcovr -r . --object-directory "$CAUSEY_BUILD" --filter 'src/' --gcov-ignore-parse-errors -o "$CAUSEY_BUILD/coverage.txt" "$CAUSEY_BUILD"
exits 0 'gcovr reads the counters'
# File, lines, reached, share: without the list of lines that were not.
diag "$(awk '/^src\/|^TOTAL|^File/ { print } /^ +[^ ]/ { next }' "$CAUSEY_BUILD/coverage.txt" | cut -c1-64)"
done_testing
