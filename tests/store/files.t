#!/bin/bash
# causey-test: any-user
# What happens to the files: killed runs, locks, links, a full disk, mounted files, many at a time.
. "$(dirname "$0")/../lib/tap.sh"
need openssl flock sha256sum
cd "$T" || exit 1
sum() { sha256sum "$1" | cut -d' ' -f1; }
left() { find . -name '.*.causey-*' | wc -l; }
mounted=()
unmount() { local at; for at in "${mounted[@]}"; do umount "$at" 2>/dev/null; done; }
# shellcheck disable=SC2154  # code is set there
trap 'code=$?; unmount; (exit "$code"); tap_end' EXIT

for name in a b c d; do
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $name.key -subj "/CN=$name" -days 9 \
    -out $name.pem 2>/dev/null
done

# Killed at each point of a write.
if grep -qa CAUSEY_CRASH_AT "$CAUSEY"; then
  for point in created written synced renamed; do
    cp a.pem store.pem
    before=$(sum store.pem)
    # By a shell of its own, which says "Killed" where nobody sees it.
    # shellcheck disable=SC2016
    CAUSEY_CRASH_AT=image.$point run bash -c '"$@"; exit $?' - "$CAUSEY" cp b.pem store.pem
    is "$status" 137 "killed at $point"
    if [ $point = renamed ]; then
      is "$(grep -c BEGIN store.pem)" 2 'the new file is there'
    else
      is "$(sum store.pem)" "$before" 'the old file is there'
      is "$(left)" 1 'and a leftover'
    fi
    run "$CAUSEY" cp c.pem store.pem
    exits 0 'the next run works'
    is "$(left)" 0 'and cleans up'
  done
else
  skip 'killed runs' 'built without fault injection'
fi

# Locked by another program.
cp a.pem locked.pem
exec 9<locked.pem
flock 9
run "$CAUSEY" cp b.pem locked.pem
exits 5 'a file that is locked is not changed'
like "$err" 'store.locked' 'and the error says so'
run "$CAUSEY" ls locked.pem
exits 0 'but read'
exec 9<&-
run "$CAUSEY" cp b.pem locked.pem
exits 0 'and changed once it is free'

# Several at a time: none undoes what another did.
# On a busy machine one may wait for longer than a writer waits; then it is told so, and tries again.
add() {
  until "$CAUSEY" cp "$1.pem" many.pem >/dev/null 2>"$1.err"; do
    grep -q store.locked "$1.err" || return 1
  done
}
pids=()
cp a.pem many.pem
for name in b c d; do
  add $name &
  pids+=($!)
done
failed=0
for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
is "$failed" 0 'three writers at a time all succeed'
is "$(grep -c BEGIN many.pem)" 4 'and all three are there beside the first'

# Links.
mkdir -p real
cp a.pem real/store.pem
ln -s real/store.pem link.pem
run "$CAUSEY" cp b.pem link.pem
exits 0 'through a link'
ok 'the link is still one' test -L link.pem
is "$(grep -c BEGIN real/store.pem)" 2 'and the file behind it has changed'
ln -s nowhere.pem dangling.pem
run "$CAUSEY" cp b.pem dangling.pem
exits 5 'a link to nothing is not filled'
not_ok 'nor what it names made' test -e nowhere.pem

# What only root can arrange: a full disk, a file that is mounted by itself.
if [ "$(id -u)" = 0 ] && mkdir small && mount -t tmpfs -o size=16k tmpfs small 2>/dev/null; then
  mounted+=("$T/small")
  cp a.pem small/store.pem
  before=$(sum small/store.pem)
  dd if=/dev/zero of=small/filler bs=1k 2>/dev/null
  run "$CAUSEY" cp b.pem small/store.pem
  exits 5 'on a full disk'
  like "$err" 'io.disk-full' 'the error says that it is full'
  is "$(sum small/store.pem)" "$before" 'the old file is there, unchanged'
  is "$(left)" 0 'and nothing else'
  touch one.pem
  cp a.pem other.pem
  mount --bind other.pem one.pem
  mounted+=("$T/one.pem")
  run "$CAUSEY" cp b.pem one.pem
  exits 5 'a file that is mounted by itself'
  like "$err" 'mount its folder' 'comes with advice'
  is "$(sum one.pem)" "$(sum a.pem)" 'and is unchanged'
  is "$(left)" 0 'with nothing left'
else
  skip 'full disk, mounted file' 'no right to mount here'
fi
done_testing
