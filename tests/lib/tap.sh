#!/bin/bash
# Purpose: what script tests source: TAP, a temporary folder, the environment, servers.
#   . "$(dirname "$0")/../lib/tap.sh"
# Gives:   $ROOT (source folder), $BUILD, $CAUSEY (program), $T (temporary folder, removed at the
#          end), $PYTHON; HOME is a folder in $T.
#   plan N | done_testing          how many tests (one of the two is a must)
#   skip_all REASON                ends the test script, all skipped
#   needs_user                     all skipped for root, whom file modes do not stop (./check --full
#                                  runs tests marked "causey-test: any-user" as a normal user too)
#   need COMMAND...                without one: failure on Debian 12, elsewhere all skipped
#   ok DESC COMMAND ARG...         passes if the command exits 0 (its output shown if it does not)
#   not_ok DESC COMMAND ARG...     passes if it exits between 1 and 98
#   is GOT WANT DESC, isnt         equal, not equal
#   like GOT REGEX DESC, unlike    matches (bash extended regex)
#   pass DESC, fail DESC           said outright
#   skip DESC REASON               one test that is skipped
#   bail REASON                    ends the whole run
#   diag TEXT...                   a comment in the output
#   run COMMAND ARG...             sets $out $err $status; a sanitizer's report is a failed test
#   exits WANT DESC                compares $status of the last run; shows $err if it differs
#   json_valid DESC SCHEMA FILE    passes if FILE is JSON, or JSON Lines, and each document keeps to
#                                  $ROOT/docs/schema/SCHEMA (or another path, if it begins with /)
#   free_port                      prints a port of 127.0.0.1 that nobody listens on
#   start_server PORT COMMAND...   starts it, waits until it listens, sets $server_pid; log in
#                                  $T/server.PORT.log. Not 0 if it ended (retry with another port)
#   stop_server PID                ends it and waits for it
# Exit: 0 unless a test failed (1); prove reads the TAP lines.
# shellcheck disable=SC2034  # variables are for the scripts that source this
set -u
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
BUILD=${CAUSEY_BUILD:-$ROOT/build-check}
PYTHON=/usr/bin/python3
. "$ROOT/tests/lib/env.sh"
T=$(mktemp -d "${TMPDIR:-/tmp}/causey-test.XXXXXX") || { echo 'Bail out! no temporary folder'; exit 1; }
export HOME=$T/home
mkdir "$HOME"

tap_count=0 tap_failed=0 tap_planned=no tap_servers=()
out='' err='' status=0 server_pid=''

tap_end() {
  local code=$? pid
  for pid in "${tap_servers[@]}"; do stop_server "$pid"; done
  # A test may have taken rights away.
  chmod -R u+rwX "$T" 2>/dev/null
  rm -rf "$T"
  if [ "$code" = 0 ] && [ "$tap_failed" -gt 0 ]; then code=1; fi
  exit "$code"
}
trap tap_end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

diag() { printf '%s\n' "$*" | sed 's/^/# /'; }
plan() { tap_planned=yes; echo "1..$1"; }
done_testing() { [ "$tap_planned" = yes ] || plan "$tap_count"; }
bail() { echo "Bail out! $*"; exit 1; }
skip_all() { echo "1..0 # SKIP $*"; exit 0; }

tap_line() { # RESULT DESC
  tap_count=$((tap_count + 1))
  [ "$1" = ok ] || tap_failed=$((tap_failed + 1))
  local desc=${2//$'\n'/ }
  echo "$1 $tap_count - ${desc//#/\\#}"
  [ "$1" = ok ]
}
pass() { tap_line ok "$1"; }
fail() { tap_line 'not ok' "$1"; }
skip() { tap_count=$((tap_count + 1)); echo "ok $tap_count # SKIP $1: $2"; }

# tap_cmp DESC WORD GOT WANTED: fails, and shows the two
tap_cmp() { fail "$1"; diag "got:  $3"; diag "$2: $4"; return 1; }
is() { if [ "$1" = "$2" ]; then pass "$3"; else tap_cmp "$3" want "$1" "$2"; fi; }
isnt() { if [ "$1" != "$2" ]; then pass "$3"; else tap_cmp "$3" 'want another than' "$1" "$2"; fi; }
like() { if [[ $1 =~ $2 ]]; then pass "$3"; else tap_cmp "$3" 'want a match of' "$1" "$2"; fi; }
unlike() { if [[ ! $1 =~ $2 ]]; then pass "$3"; else tap_cmp "$3" 'want no match of' "$1" "$2"; fi; }

tap_try() { # DESC WANT COMMAND...: WANT is "zero" or "not"
  local desc=$1 want=$2 code
  shift 2
  "$@" >"$T/.try" 2>&1 </dev/null
  code=$?
  if { [ "$want" = zero ] && [ "$code" = 0 ]; } || { [ "$want" = not ] && [ "$code" -ge 1 ] && [ "$code" -lt 99 ]; }; then
    pass "$desc"
  else
    fail "$desc"
    diag "exit $code: $*"
    diag "$(head -c 4000 "$T/.try" | tr -d '\0')"
    return 1
  fi
}
ok() { local desc=$1; shift; tap_try "$desc" zero "$@"; }
not_ok() { local desc=$1; shift; tap_try "$desc" not "$@"; }

run() {
  "$@" >"$T/.out" 2>"$T/.err"
  status=$?
  out=$(tr -d '\0' <"$T/.out")
  err=$(tr -d '\0' <"$T/.err")
  if [ "$status" = 99 ] || [[ $err == *'ERROR: AddressSanitizer'* || $err == *'runtime error: '* ]]; then
    fail "no report of a sanitizer from: $*"
    diag "$err"
  fi
  return 0
}
exits() { is "$status" "$1" "$2" || { diag "stderr: $err"; return 1; }; }

needs_user() { [ "$(id -u)" != 0 ] || skip_all 'root is stopped by no file mode'; }
debian12() {
  # shellcheck source=/dev/null
  (. /etc/os-release 2>/dev/null && [ "${ID-}:${VERSION_ID-}" = debian:12 ])
}
need() {
  local command missing=()
  for command in "$@"; do
    command -v "$command" >/dev/null || [ -x "/usr/sbin/$command" ] || missing+=("$command")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  debian12 || skip_all "not installed: ${missing[*]}"
  echo '1..1'
  fail "needed here, and not installed: ${missing[*]} (scripts/install-deps check)"
  exit 1
}

json_valid() {
  local schema=$2
  case $schema in /*) ;; *) schema=$ROOT/docs/schema/$schema ;; esac
  ok "$1" "$PYTHON" -c '
import json, jsonschema, sys
schema = json.load(open(sys.argv[1], encoding="utf-8"))
text = open(sys.argv[2], encoding="utf-8").read()
try:
    documents = [json.loads(text)]
except ValueError:
    documents = [json.loads(line) for line in text.splitlines()]
assert documents, "no JSON"
for document in documents:
    jsonschema.validate(document, schema, format_checker=jsonschema.FormatChecker())
' "$schema" "$3"
}
free_port() {
  "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
start_server() {
  local port=$1 n hex
  hex=$(printf '%04X' "$port")
  shift
  "$@" >"$T/server.$port.log" 2>&1 </dev/null &
  server_pid=$!
  tap_servers+=("$server_pid")
  for ((n = 0; n < 600; n++)); do
    kill -0 "$server_pid" 2>/dev/null || return 1
    # Asked of the kernel, not by connecting: a server may serve only one connection.
    if grep -qsE ":$hex [0-9A-F]+:0000 0A " /proc/net/tcp /proc/net/tcp6; then return 0; fi
    sleep 0.1
  done
  return 1
}
stop_server() {
  kill "$1" 2>/dev/null
  wait "$1" 2>/dev/null
  return 0
}
