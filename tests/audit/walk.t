#!/bin/bash
# causey-test: any-user
# What an audit opens and what it leaves alone; that its answer does not depend on chance.
. "$(dirname "$0")/../lib/tap.sh"
need openssl jq mkfifo
cd "$T" || exit 1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 300 \
  -subj /O=Example/CN=a 2>/dev/null
sum() { jq -r "select(.type==\"summary\") | $1" found; }
stores() { jq -r 'select(.type=="store") | .path' found | paste -sd' '; }
audit() { run timeout 120 "$CAUSEY" audit --json --fail-on never "$@"; printf '%s\n' "$out" >found; }

# Names of one file, links, loops.
mkdir -p tree/b tree/a-b tree/c
cp cert.pem tree/b/x.pem
ln tree/b/x.pem tree/a-b/y.pem
ln tree/b/x.pem tree/z.pem
ln -s b/x.pem tree/link.pem
ln -s .. tree/c/loop
ln -s nowhere tree/c/dangling
mkfifo tree/c/pipe
audit tree
exits 0 'links, loops and pipes'
is "$(stores)" tree/a-b/y.pem 'a file of three names is looked at once, under the first'
is "$(sum .other_names)" 2 'the other names are counted'
is "$(sum .skipped.links)" 3 'links are not followed'
is "$(sum .skipped.special_files)" 1 'a pipe is not opened'
audit tree/link.pem
is "$(stores)" tree/link.pem 'a link that was named is'
ln -s tree tolink
audit tolink/
is "$(stores)" tolink/a-b/y.pem 'a folder, too'
audit tree/b tree tree/b/x.pem
is "$(jq -r 'select(.type=="store") | .path' found | wc -l)" 1 'one file by three operands'
cp cert.pem tree/single.pem
audit tree/single.pem tree
is "$(jq -r 'select(.type=="store") | .path' found | grep -c single)" 1 'named and met: once'

# The order is that of the paths, whatever the folder has.
mkdir order
for name in b b.d b-a B 'b c' a0; do mkdir "order/$name"; cp cert.pem "order/$name/f.pem"; cp cert.pem "order/$name.pem"; done
audit order
jq -r 'select(.type=="store") | .path' found >got
LC_ALL=C sort got >want
ok 'paths come in byte order' cmp got want
is "$(wc -l <got)" 12 'all of them'

# Devices and pseudo file systems.
audit --cross-mounts /dev
exits 0 'devices are not read'
is "$(sum .complete)" true 'and nothing hangs'
audit /proc/self/fd
is "$(sum .files)" 0 '/proc is left alone'
is "$(sum .skipped.other_file_systems)" 1 'and counted'

# Big and strange files.
mkdir big
truncate -s 3G big/sparse
{ cat cert.pem; head -c 300000 /dev/zero | tr '\0' 'x'; } >big/tail.pem
{ head -c 70000 /dev/zero | tr '\0' '\n'; cat cert.pem; } >big/late
head -c 200000 /dev/urandom >big/noise
printf '0\202' >big/head
printf '\376\355\376\355' >big/magic
{ printf 'a\0b'; cat cert.pem; } >big/zero.pem
cp cert.pem "big/new
line#1.pem"
audit big
exits 0 'big and strange files'
like "$(stores)" 'big/tail.pem' 'a certificate with a tail'
unlike "$(stores)" 'late|noise|sparse' 'what does not begin as a store is none'
truncate -s 300M big/huge.pem
dd if=cert.pem of=big/huge.pem conv=notrunc 2>/dev/null
audit big/huge.pem
like "$out" 'store.cannot-open.*300|314572800' 'a store of 300 MB is not read'

# Many: the same answer each time.
mkdir many
for ((i = 0; i < 100; i++)); do mkdir "many/$i"; for ((j = 0; j < 100; j++)); do ln cert.pem "many/$i/$j.pem" 2>/dev/null; done; done
audit many
is "$(sum .files)" 10000 'ten thousand names'
is "$(sum .other_names)" 9999 'of one file'
rm -rf many; mkdir many
for ((i = 0; i < 40; i++)); do mkdir "many/$i"; for ((j = 0; j < 30; j++)); do cp cert.pem "many/$i/$j.pem"; done; cp key.pem "many/$i/k"; done
"$CAUSEY" audit --json --threads 1 many >one
"$CAUSEY" audit --json --threads 4 many >four
"$CAUSEY" audit --json --threads 4 many >again
ok 'one worker or four' cmp one four
ok 'and once more' cmp four again
is "$(grep -c '"type":"store"' one)" 1240 'all are there'
"$CAUSEY" audit --threads 1 many >one
"$CAUSEY" audit --threads 3 many >three
ok 'text, too' cmp one three

# Nobody listens.
run bash -o pipefail -c '"$1" audit --json many | head -1' - "$CAUSEY"
isnt "$status" 0 'a closed pipe is an error'
unlike "$err" 'Sanitizer|SIGPIPE' 'and no accident'

# An interruption, at a point that is certain: the first line of a run that goes on.
mkfifo lines
"$CAUSEY" audit --json many >lines 2>err & pid=$!
exec 5<lines
read -r first <&5
kill -INT "$pid"
{ printf '%s\n' "$first"; cat <&5; } >found
exec 5<&-
wait "$pid"
code=$?
is "$(tail -1 found | jq -r .type)" summary 'an interrupted run ends with its summary'
json_valid 'and whole lines' audit-1.json found
if [ "$(sum .complete)" = true ]; then is "$code" 0 'it was through before'; else is "$code" 5 'interrupted'; fi

# A deep folder.
deep=deep
mkdir deep
(cd deep && for ((i = 0; i < 260; i++)); do mkdir d && cd d || exit 1; done; cp ~-/../cert.pem . 2>/dev/null || cp "$T/cert.pem" .)
audit "$deep"
exits 0 'folders that are too deep'
is "$(sum .skipped.too_deep)" 1 'are left out, and counted'
done_testing
