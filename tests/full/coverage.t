#!/bin/bash
# Purpose: show which lines of src/ this run has reached so far, a row a file; it runs as the last
#   one. No share is asked for. All lines: coverage.txt in the build folder.
. "$(dirname "$0")/../lib/tap.sh"
need gcovr
cd "$ROOT" || bail 'no source folder'
find "$BUILD" -name '*.gcda' | grep -q . || skip_all 'this build does not count (./check --full has one that does)'
run gcovr -r . --object-directory "$BUILD" --filter 'src/' --gcov-ignore-parse-errors -o "$BUILD/coverage.txt" "$BUILD"
exits 0 'gcovr reads the counters'
# File, lines, reached, share: without the list of lines that were not.
diag "$(awk '/^src\/|^TOTAL|^File/ { print } /^ +[^ ]/ { next }' "$BUILD/coverage.txt" | cut -c1-64)"
done_testing
