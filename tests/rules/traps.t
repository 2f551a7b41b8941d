#!/bin/bash
# Purpose: each trap of handshakes that configuration shows has a test and a healthy twin (scripts/check-traps); and the
#   script that says so can fail.
. "$(dirname "$0")/../lib/tap.sh"
check=$ROOT/scripts/check-traps

ok 'each trap has its test and its healthy twin' "$check" "$ROOT"

mkdir -p "$T/tests" "$T/docs"
printf '#!/bin/bash\n# C01 to C99\nis 1 1 "a good twin"\n' >"$T/tests/a.t"
chmod +x "$T/tests/a.t"
all='B03 B05 B06 C01 C02 C03 C04 C05 C06 C07 C08 C09 C10 C11 C12 C13 C16 C17 C18 C20 C21 C22 C23 C24 C25'
echo "# $all" >>"$T/tests/a.t"
table() { for trap in $all; do echo "| $trap | tests/a.t | a good twin |"; done; }
found() { # TABLE REGEX DESC
  printf '%s\n' "$1" >"$T/docs/testing.md"
  run "$check" "$T"
  like "$status $out" "^1 .*$2" "found: $3"
}
table >"$T/docs/testing.md"
run "$check" "$T"
is "$status$out" 0 'a whole table is fine'
found "$(table | grep -v C07)" 'C07: no row' 'a trap without a test'
found "$(table | sed '/C07/s/a.t/b.t/')" 'C07: no test tests/b.t' 'a test that is not there'
found "$(table | sed '/C07/s/a good twin/a bad twin/')" 'C07: .*no test "a bad twin"' 'a twin that is not there'
found "$(table | sed '/C07/s/a good twin//')" 'C07: no healthy twin' 'a trap without a twin'
found "$(table)"$'\n| D77 | tests/a.t | a good twin |' 'D77: tests/a.t does not name it' 'a test of something else'
: >"$T/docs/testing.md"
run "$check" "$T"
is "$status" 2 'an empty table is not taken for a good one'
done_testing
