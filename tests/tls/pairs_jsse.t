#!/bin/bash
# Purpose: predictions agree with what Java's JSSE really does, as client, as server and at both ends, on random pairs, with what is set
#   for a whole process, too; what is offered to mend them connects.
. "$(dirname "$0")/../lib/tap.sh"
pairs="$CAUSEY_BUILD/tests/tls_pairs"
[ -x "$pairs" ] || skip_all 'libssl is not here'
need java javac
export GNUTLS_SYSTEM_PRIORITY_FILE=/dev/null

# agree CLIENT SERVER SEED PAIRS LEAST: so many pairs agree, and at least so many connected.
agree() {
  "$pairs" -c "$1" -S "$2" -n "$4" -s "$3" -m 25 >"$T/out"
  is "$?" 0 "$4 pairs of $1 and $2 agree"
  grep '^#' "$T/out"
  ok "a good part of them connected" [ "$(sed -n 's/.* \([0-9]*\) connected$/\1/p' "$T/out")" -ge "$5" ]
}
agree jsse openssl 31 100 10
agree openssl jsse 32 100 10
agree jsse jsse 33 100 10
if "$pairs" -L gnutls; then
  agree jsse gnutls 41 50 10
  agree gnutls jsse 42 50 10
fi
done_testing
