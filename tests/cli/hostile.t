#!/bin/bash
# Purpose: files that mean harm, through the program: cut, huge, deep, endless, not to be read, no files at
#          all; counts that would run for years; pipes that close; memory that runs out anywhere. Each ends
#          with the right exit code and a word on cause and fix.
. "$(dirname "$0")/../lib/tap.sh"
need openssl mkfifo timeout
cd "$T" || exit 1
F=$ROOT/tests/fixtures/store
cp "$F"/{a,mid,root}.pem "$F"/a.key "$F"/a.sealed.key .
openssl x509 -in a.pem -outform DER -out a.der
openssl pkcs12 -export -in a.pem -inkey a.key -certfile mid.pem -name one -passout pass:secret -out a.p12
cat a.pem a.key mid.pem >all.pem
printf secret >pw

# refused FILE CODE REGEX DESC: ls ends with CODE and says REGEX, with a fix, within its time
refused() {
  run timeout 60 "$CAUSEY" ls --password-file pw "$1" </dev/null
  exits "$2" "$4: exit code"
  like "$err" "$3" "$4: the cause"
  like "$err" 'fix: ' "$4: the fix"
}

# Cut and blown up.
for f in a.der a.p12 a.key; do
  for part in 1 10 100 200; do
    head -c "$part" "$f" >cut.bin
    run timeout 60 "$CAUSEY" ls --password-file pw cut.bin </dev/null
    exits 3 "$f cut after $part bytes"
  done
done
head -c 300 a.der >cut.der
refused cut.der 3 'length field' 'a certificate that is cut short'
head -c 400 all.pem >cut.pem
refused cut.pem 3 'has no END line' 'a bundle that is cut short'
printf '\x30\x84\x7f\xff\xff\xff\x30\x84\x7f\xff\xff\xf0\xa0\x03\x02\x01\x02' >two.der
refused two.der 3 'length field' 'a length of 2 GB'
"$PYTHON" - <<'P'
n = 1000000
open("deep.der", "wb").write(b"".join(b"\x30\x84" + ((n - 1 - i) * 6).to_bytes(4, "big") for i in range(n)))
open("indefinite.p12", "wb").write(b"\x30\x80" * n)
P
refused deep.der 3 'does not go on like one' 'a million nested values'
run timeout 60 "$CAUSEY" ls --password-file pw p12:indefinite.p12 </dev/null
exits 3 'a million that never end'
: >empty.pem
refused empty.pem 3 'is empty' 'an empty file'

# Counts that would take years: 2^31 iterations in place of those that openssl wrote.
openssl pkcs8 -topk8 -in a.key -passout pass:secret -iter 2048 -outform DER -out iter.der
openssl pkcs12 -export -in a.pem -inkey a.key -passout pass:secret -iter 2049 -maciter -out iter.p12 2>/dev/null
"$PYTHON" - <<'P'
def widen(der, old, new):
    """Puts `new` in place of `old`, the innermost of nested values, and mends the lengths around it."""
    def walk(data):
        out = b""
        at = 0
        while at < len(data):
            tag, first, head = data[at], data[at + 1], 2
            size = first
            if first >= 0x80:
                count = first & 0x7F
                size, head = int.from_bytes(data[at + 2:at + 2 + count], "big"), 2 + count
            body = data[at + head:at + head + size]
            if at + head + size > len(data):
                raise ValueError
            if data[at:at + head + size] == old:
                out += new
            else:
                if tag & 0x20 or (tag == 4 and old in body and body[:1] == b"\x30"):
                    body = walk(body)
                length = len(body)
                octets = b"" if length < 128 else length.to_bytes((length.bit_length() + 7) // 8, "big")
                out += bytes([tag, length] if length < 128 else [tag, 0x80 | len(octets)]) + octets + body
            at += head + size
        return out
    assert old in der
    return walk(der)

huge = b"\x02\x05\x00\x80\x00\x00\x00"
open("years.der", "wb").write(widen(open("iter.der", "rb").read(), b"\x02\x02\x08\x00", huge))
open("years.p12", "wb").write(widen(open("iter.p12", "rb").read(), b"\x02\x02\x08\x01", huge))
P
isnt "$(sum <years.der)" "$(sum <iter.der)" 'the key was changed'
isnt "$(sum <years.p12)" "$(sum <iter.p12)" 'the keystore was changed'
run timeout 60 "$CAUSEY" cp --from-password-file pw --key-password-file pw --plain-keys years.der out.pem
exits 3 'a key with 2^31 iterations'
like "$err" '2147483648' 'the count is named'
like "$err" 'fix: ' 'and what to do'
not_ok 'nothing was made' test -e out.pem
refused years.p12 3 '2147483648' 'a keystore with 2^31 iterations'

# What is no file.
ln -s nowhere dangling.pem
refused dangling.pem 5 'symbolic link to a file that is not there' 'a link to nothing'
ln -s loop2.pem loop1.pem
ln -s loop1.pem loop2.pem
refused loop1.pem 5 'loop1.pem' 'links in a circle'
mkfifo pipe.pem
refused pipe.pem 5 'is a pipe' 'a pipe that nobody writes to'
mkdir folder.pem
refused folder.pem 5 'is a folder' 'a folder'
refused /dev/zero 5 'not a file' 'a device that never ends'
run timeout 60 "$CAUSEY" ls - </dev/null
exits 3 'nothing on standard input'
refused missing.pem 5 'missing.pem' 'a file that is not there'
refused all.pem/x 5 'all.pem/x' 'a file taken for a folder'
truncate -s 300M sparse.pem
refused sparse.pem 3 'limit' 'a file of 300 MB'
if [ "$(id -u)" = 0 ]; then
  skip 'a file that may not be read' 'root may read everything'
else
  cp a.pem secret.pem
  chmod 0 secret.pem
  refused secret.pem 5 'secret.pem' 'a file that may not be read'
fi
for target in pipe.pem folder.pem dangling.pem /dev/full; do
  run timeout 60 "$CAUSEY" cp a.pem "$target" </dev/null
  exits 5 "cp to $target"
  like "$err" 'fix: ' "cp to $target: the fix"
done
ok 'a pipe stays a pipe' test -p pipe.pem
ok 'a link stays a link' test -L dangling.pem

# Where output goes.
for command in 'ls all.pem' 'ls --json all.pem' 'show all.pem' 'cp a.pem pem:-'; do
  # shellcheck disable=SC2086
  "$CAUSEY" $command >/dev/full 2>full.err
  is $? 5 "$command: a full disk behind standard output"
  like "$(cat full.err)" 'No space left' "$command: which is said"
  # shellcheck disable=SC2086
  { sleep 0.2; "$CAUSEY" $command 2>closed.err; echo $? >closed.code; } | :
  like "$(cat closed.code)" '^(5|141)$' "$command: a reader that has gone"
done

# Without memory, at the first, the second, ... allocation: an error or the right answer, never a crash.
# fails_well DESC COMMAND...: what it says with all memory is the right answer
fails_well() {
  local desc=$1 n want bad='' failed=0
  shift
  rm -f new.p12
  timeout 60 "$@" >base.out 2>/dev/null </dev/null
  want=$?
  for ((n = 1; n <= 400; n += n < 40 ? 1 : 7)); do
    rm -f new.p12
    CAUSEY_FAIL_ALLOC=$n timeout 60 "$@" >mem.out 2>mem.err </dev/null
    status=$?
    if [ "$status" -gt 70 ] || grep -qE 'Sanitizer|runtime error' mem.err; then bad="$bad $n:$status"; fi
    if grep -q 'causey: ' mem.err; then
      failed=$((failed + 1))
      [ "$status" != 0 ] || bad="$bad $n:success-with-error"
    elif [ "$status" != "$want" ] || ! cmp -s base.out mem.out; then
      bad="$bad $n:wrong-answer"
    fi
  done
  is "$bad" '' "$desc: memory that runs out"
  ok "$desc: it did run out" test "$failed" -gt 5
}
if CAUSEY_FAIL_ALLOC=1 "$CAUSEY" ls all.pem >/dev/null 2>&1; then
  skip 'memory that runs out' 'a build without fault injection'
else
  fails_well 'ls' "$CAUSEY" ls all.pem
  fails_well 'ls of PKCS#12' "$CAUSEY" ls --password-file pw a.p12
  fails_well 'show' "$CAUSEY" show all.pem
  fails_well 'verify' "$CAUSEY" verify all.pem --trust root.pem --at 2030-01-01
  fails_well 'cp' "$CAUSEY" cp --to-password-file pw all.pem new.p12
  sum=$(sum <all.pem)
  for n in 5 10 15 20 25 30 35 40 45 50; do
    CAUSEY_FAIL_ALLOC=$n "$CAUSEY" cp --plain-keys root.pem all.pem >/dev/null 2>&1 && break
    is "$(sum <all.pem)" "$sum" "the target is as it was ($n)"
  done
fi
done_testing
