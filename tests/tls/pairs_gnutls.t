#!/bin/bash
# Purpose: predictions agree with what GnuTLS really does, as client, as server and at both ends, on random pairs; what is offered to
#   mend them connects, as the priority string that is shown. Some seeds are of pairs that once disagreed.
. "$(dirname "$0")/../lib/tap.sh"
pairs="$CAUSEY_BUILD/tests/tls_pairs"
[ -x "$pairs" ] || skip_all 'libssl is not here'
"$pairs" -L gnutls || skip_all 'GnuTLS is not linked in'
export GNUTLS_SYSTEM_PRIORITY_FILE=/dev/null

# agree CLIENT SERVER SEED LEAST: 100 pairs agree, and at least so many connected.
agree() {
  "$pairs" -c "$1" -S "$2" -n 100 -s "$3" -m 25 >"$T/out"
  is "$?" 0 "a hundred pairs of $1 and $2 agree"
  grep '^#' "$T/out"
  ok "a good part of them connected" [ "$(sed -n 's/.* \([0-9]*\) connected$/\1/p' "$T/out")" -ge "$4" ]
}
agree gnutls openssl 21 12
agree openssl gnutls 22 12
agree gnutls gnutls 23 12
agree openssl gnutls 72 12
agree gnutls gnutls 104 12
done_testing
