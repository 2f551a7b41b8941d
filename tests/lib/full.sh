#!/bin/bash
# Purpose: what tests/full/*.t share; sourced after tap.sh.
#   build_ok DESC FOLDER OPTION...   builds $ROOT/FOLDER with meson options, one test
#   prove_ok DESC TEST...            runs tests through an inner prove, one test; its own summary
#                                    is shown as comments
# Exit: does not end the script that sources it.
# shellcheck disable=SC2154  # status, out and err are set by run (tap.sh)
build_ok() {
  local desc=$1 folder=$2
  shift 2
  run "$ROOT/scripts/build" "$ROOT/$folder" "$@"
  if [ "$status" = 0 ]; then
    pass "$desc"
  else
    fail "$desc"
    # Compilers' words; all of it if there are none.
    diag "$(grep -E -A3 '(error|warning):|ERROR:|undefined reference' <<<"$out$err" || echo "$out$err")"
    return 1
  fi
}

prove_ok() {
  local desc=$1
  shift
  if [ $# -eq 0 ] || [ -z "$1" ]; then
    skip "$desc" 'no such test yet'
    return 0
  fi
  (cd "$ROOT" && prove -f -o "$@") >"$T/prove.log" 2>&1 </dev/null
  local code=$?
  if [ "$code" = 0 ] && ! grep -qE '^Files=[0-9]+, Tests=0,' "$T/prove.log"; then
    pass "$desc ($(grep -oE '^Files=[0-9]+, Tests=[0-9]+' "$T/prove.log"))"
  else
    fail "$desc"
    diag "$(tail -c 6000 "$T/prove.log")"
    return 1
  fi
}
