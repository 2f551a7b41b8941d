#!/bin/bash
# Purpose: predictions agree with what Java's JSSE really does, as client and as server, on random pairs.
. "$(dirname "$0")/../lib/tap.sh"
pairs="$CAUSEY_BUILD/tests/tls_pairs"
[ -x "$pairs" ] || skip_all 'libssl is not here'
need java javac

# agree CLIENT SERVER SEED LEAST: 150 pairs agree, and at least so many connected.
agree() {
  "$pairs" -c "$1" -S "$2" -n 150 -s "$3" >"$T/out"
  is "$?" 0 "a hundred and fifty pairs of $1 and $2 agree"
  grep '^#' "$T/out"
  ok "a good part of them connected" [ "$(sed -n 's/.* \([0-9]*\) connected$/\1/p' "$T/out")" -ge "$4" ]
}
agree jsse openssl 31 30
agree openssl jsse 32 30
done_testing
