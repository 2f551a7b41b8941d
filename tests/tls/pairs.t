#!/bin/bash
# Purpose: predictions agree with what libssl really does, on random pairs of ends; a pair that does not is shrunk and shown.
. "$(dirname "$0")/../lib/tap.sh"
pairs="$CAUSEY_BUILD/tests/tls_pairs"
[ -x "$pairs" ] || skip_all 'libssl is not here'
"$pairs" -n 3000 -s 11 -m 40 >"$T/out"
is "$?" 0 "three thousand pairs agree, and what is offered to mend them connects"
grep '^#' "$T/out"
ok 'a good part of them connected' [ "$(sed -n 's/.* \([0-9]*\) connected$/\1/p' "$T/out")" -gt 400 ]
done_testing
