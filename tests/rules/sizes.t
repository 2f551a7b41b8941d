#!/bin/bash
# Purpose: files and functions stay small; and the script that says so can fail.
. "$(dirname "$0")/../lib/tap.sh"
check=$ROOT/scripts/check-sizes

run "$check" "$ROOT"
is "$status" 0 'files and functions of src/ are small' || diag "$out"
grep '^# ' <<<"$out"

# function NAME LINES: one of exactly that many lines
function_of() {
  printf 'static int\n%s(int a,\n   const char *b)\n{\n' "$1"
  for ((i = 0; i < $2 - 5; i++)); do echo '  a++; // }'; done
  echo '}'
}
mkdir -p "$T/src/base"
f=$T/src/base/a.c
function_of fits 80 >"$f"
for ((n = 0; n < 20; n++)); do function_of "small$n" 6; done >>"$f"
run "$check" "$T"
is "$status" 0 'a function of 80 lines fits' || diag "$out"
like "$out" 'functions: 21, median 6 lines, 90 % at most 6, longest 80' 'functions are counted and measured'
function_of tall 81 >>"$f"
run "$check" "$T"
like "$status $out" '^1 .*tall has 81 lines' 'a function of 81 lines is found'
for ((n = 0; n < 5; n++)); do function_of "middle$n" 50; done >"$f"
run "$check" "$T"
like "$status $out" '^1 .*a tenth of the functions' 'too many middling functions are found'
yes 'int x;' | head -901 >"$f"
run "$check" "$T"
like "$status $out" '^1 .*a.c: 901 lines' 'a file of 901 lines is found'
like "$out" 'median file has 901' 'a high median is found'
cat >"$f" <<'EOF'
static const struct row table[] = {
  { "{", '{' },
};
struct __attribute__((packed)) layout {
  int a;
};
enum { A,
};
#define LOOP(x) do { \
} while (0)
__attribute__((format(printf, 1, 2))) void one(const char *f, ...) {
  if (f) {
  }
}
struct layout *two(struct layout in)
{
}
EOF
run "$ROOT/scripts/csource.py" functions "$f"
is "$(cut -f2- <<<"$out" | tr '\t\n' ' ;')" '11 4 one;15 3 two;' 'tables, types and macros are no functions'
done_testing
