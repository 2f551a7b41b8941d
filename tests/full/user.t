#!/bin/bash
# Purpose: as root, run the tests marked "causey-test: any-user" once more as a normal user, on a
#   copy of the tree that belongs to that user; file modes stop only such a user.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/full.sh"
[ "$(id -u)" = 0 ] || skip_all 'this run is a normal user already'
need setpriv git

copy=$T/tree user=nobody
mkdir "$copy"
cd "$ROOT" || bail 'no source folder'
git -c safe.directory='*' ls-files -co --exclude-standard -z | tar cf - --null -T - | tar xf - -C "$copy" --no-same-owner
mkdir -p "$copy/build-check/tests" "$copy/tmp"
list=$("$ROOT/scripts/list-tests" --any-user "$BUILD") || fail 'the tests can be listed'
tests=()
while read -r test; do
  case $test in
    "$BUILD"/*) cp "$test" "$copy/build-check/tests/"; tests+=("build-check/tests/${test##*/}") ;;
    ?*) tests+=("$test") ;;
  esac
done <<<"$list"
if [ -x "$CAUSEY" ]; then
  mkdir -p "$copy/build-check/src/cli"
  cp "$CAUSEY" "$copy/build-check/src/cli/causey"
fi
chown -R "$user:" "$copy"
chmod 711 "$T"

as_user() {
  cd "$copy" && setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups \
    env HOME="$copy/tmp" TMPDIR="$copy/tmp" GCOV_PREFIX="$copy/tmp/counters" CAUSEY_BUILD="$copy/build-check" CAUSEY_SRC="$copy" "$@"
}
ok 'a normal user may write to the copy, and not to others' as_user sh -c 'touch tmp/x && ! touch /etc/x 2>/dev/null'
if [ ${#tests[@]} -eq 0 ]; then
  skip 'tests pass for a normal user' 'no test is marked yet'
else
  as_user prove -f -o "${tests[@]}" >"$T/prove.log" 2>&1 </dev/null
  is $? 0 "tests pass for a normal user (${#tests[@]} files)" || diag "$(tail -c 6000 "$T/prove.log")"
fi
done_testing
