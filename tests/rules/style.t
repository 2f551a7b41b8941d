#!/bin/bash
# Purpose: rules on the text of files (scripts/check-style); and the script that says so can fail.
. "$(dirname "$0")/../lib/tap.sh"
need shellcheck git
check=$ROOT/scripts/check-style

ok 'files keep to the rules on text' "$check" "$ROOT"

good=$'/* Purpose: a thing\n * Ownership: yours\n * Errors: none\n * Threads: any */\n#pragma once'
put() { mkdir -p "$T/t/$(dirname "$1")"; printf '%s\n' "$2" >"$T/t/$1"; }
found() { # FILE TEXT REGEX DESC
  put "$1" "$2"
  run "$check" "$T/t"
  like "$status $out" "^1 .*$3" "found: $4"
  rm "$T/t/$1"
}
put LICENSE 'text'
put src/base/a.h "$good"
run "$check" "$T/t"
is "$status$out" 0 'a good tree has no findings'
found src/base/b.h "${good/Errors:/}" 'no "Errors:"' 'a header comment without a part'
found src/base/b.h "int x; $good" 'no "Purpose:"' 'a header that does not open with a comment'
found src/base/b.h "${good/\#pragma once/}" 'include guard' 'a header without a guard'
found src/base/b.c $'\tint x;' 'a tab' 'a tab'
found src/base/b.c 'int x; ' 'a blank' 'a blank at the end of a line'
found src/base/b.c "// TO""DO: x" 'unfinished' 'a mark of unfinished work'
found src/base/b.c "$(printf 'x%.0s' {1..111})" 'above 110' 'a long line'
found docs/b.md "see /roo""t/x" 'one machine' 'a folder of one machine'
found scripts/b $'#!/bin/bash\necho $x' 'SC2086' 'what shellcheck finds'
found tests/cli/b.t '#!/bin/bash' 'not executable' 'a script test that cannot be run'
put src/base/b.c "$(printf 'é%.0s' {1..110})"
run "$check" "$T/t"
is "$status$out" 0 'columns are characters, not bytes'
rm "$T/t/LICENSE"
run "$check" "$T/t"
like "$status $out" '^1 LICENSE' 'found: no LICENSE'
done_testing
