#!/bin/bash
# Purpose: includes point to lower floors only; and the script that says so can fail.
. "$(dirname "$0")/../lib/tap.sh"
check=$ROOT/scripts/check-floors

ok 'includes of src/ and tests/unit/ point to lower floors' "$check" "$ROOT"

put() { mkdir -p "$T/$(dirname "$1")"; printf '%s\n' "$2" >"$T/$1"; }
finds() { # FILE INCLUDE REGEX
  put "$1" "$2"
  run "$check" "$T"
  like "$status $out" "^1 .*$3" "found: $2 in $1"
  rm "$T/$1"
}
put src/base/buf.h ''
put src/crypto/key.h '#include "base/buf.h"'
put src/crypto/key.c '#include "crypto/key.h"'
put tests/unit/crypto/test_key.c $'#include "crypto/key.h"\n#include "base/buf.h"\n#include "tests/lib/unit.h"\n#include <stdio.h>'
put src/base/err.c '#include "errors_rows.inc"'
run "$check" "$T"
is "$status$out" 0 'a good tree has no findings'
finds src/base/a.c '#include "crypto/key.h"' 'above it'
finds src/net/a.c '#include "crypto/key.h"' 'siblings'
finds src/crypto/a.c '#include "key.h"' 'module/file.h'
finds src/crypto/a.c '#include "../base/buf.h"' 'module/file.h'
finds src/crypto/a.c '#include <base/buf.h>' 'quotes'
finds src/crypto/a.c '  #  include "store/x.h"' 'above it'
finds src/crypto/a.c '#include "nowhere/x.h"' 'no module nowhere'
finds src/strange/a.c '#include "base/buf.h"' 'no floor'
finds tests/unit/base/test_a.c '#include "crypto/key.h"' 'above it'
put src/base/a.c $'// #include "crypto/key.h"\n/*\n#include "cli/x.h"\n*/'
run "$check" "$T"
is "$status$out" 0 'an include in a comment does not count'
mkdir "$T/empty"
run "$check" "$T/empty"
is "$status" 2 'a tree without C files is not taken for a good one'
done_testing
