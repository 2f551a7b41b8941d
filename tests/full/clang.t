#!/bin/bash
# Purpose: clang builds everything without a warning, the C tests pass when built by it, and its
#   fuzzer finds nothing in CAUSEY_FUZZ_RUNS inputs a target (default 20000, fixed seed; at most CAUSEY_FUZZ_SECONDS, 6).
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/full.sh"
need clang
export CC=clang
options=('-Db_sanitize=address,undefined' -Db_lundef=false -Dfault_injection=true -Dwerror=true)
build_ok 'clang builds all' build-clang "${options[@]}" -Dfuzzers=true -Dc_args=-fsanitize=fuzzer-no-link ||
  { done_testing; exit 1; }
build=$ROOT/build-clang

mapfile -t programs < <("$ROOT/scripts/list-tests" "$build" unit)
CAUSEY_BUILD=$build prove_ok 'C tests pass when built by clang' "${programs[@]}"

while read -r program; do
  name=${program##*/fuzz_}
  mkdir -p "$T/grown/$name"
  seeds=("$T/grown/$name")
  if [ -d "$ROOT/tests/corpus/$name" ]; then seeds+=("$ROOT/tests/corpus/$name"); fi
  ok "the fuzzer finds nothing in $name" "$program" -runs="${CAUSEY_FUZZ_RUNS:-20000}" -seed=1 -timeout=60 \
    -max_total_time="${CAUSEY_FUZZ_SECONDS:-6}" \
    -rss_limit_mb=4096 -max_len=65536 -print_final_stats=0 -verbosity=0 -artifact_prefix="$build/crash-$name-" \
    "${seeds[@]}"
done < <("$ROOT/scripts/list-tests" "$build" fuzz)
done_testing
