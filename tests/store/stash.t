#!/bin/bash
# Purpose: a stash beside a store opens it; what does not fit is said, and options win.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
need openssl
need python3

make=$ROOT/tests/fixtures/kdb/make_kdb.py
stash() { python3 "$make" stash "$@"; }

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=stashed -days 30 \
  -keyout "$T/k.pem" -out "$T/c.pem" 2>/dev/null
openssl pkcs12 -export -inkey "$T/k.pem" -in "$T/c.pem" -name me -passout pass:sesame -out "$T/s.p12"

run "$CAUSEY" ls "$T/s.p12" </dev/null
exits 4 'without a stash nobody has the password'

for version in 1 1i 2; do
  stash "$version" sesame "$T/s.sth"
  run "$CAUSEY" ls "$T/s.p12" </dev/null
  exits 0 "a stash of version $version opens it"
  like "$out" 'stashed' 'and it is listed'
done
run "$CAUSEY" audit "$T/s.p12"
unlike "$out" 'store.can-not-open|stash\.' 'audit opens it as well, and a stash that fits is no finding'

echo wrong >"$T/pw"
run "$CAUSEY" ls --password-file "$T/pw" "$T/s.p12"
exits 4 'a password that was given wins over the stash'

stash 2 other "$T/s.sth"
run "$CAUSEY" ls "$T/s.p12" </dev/null
exits 4 'a stash that does not fit does not open it'
like "$(tr -s ' \n' ' ' <<<"$err")" 's\.sth lies beside it, but holds another password' 'and that is said'
echo sesame >"$T/pw"
run "$CAUSEY" show --password-file "$T/pw" "$T/s.p12"
like "$out" 'stash.does-not-fit' 'opened otherwise, it is a finding'

head -c 100 /dev/urandom >"$T/s.sth"
run "$CAUSEY" show --password-file "$T/pw" "$T/s.p12"
like "$out" 'stash.is-none' 'a file that is no stash is a finding'
run "$CAUSEY" ls "$T/s.p12" </dev/null
like "$(tr -s ' \n' ' ' <<<"$err")" 'is no stash that Causey understands' 'and the reason why it did not help'

stash 2 other "$T/s.sth"
cp "$T/s.p12" "$T/s.kdb"
run "$CAUSEY" show --password-file "$T/pw" "$T/s.p12"
unlike "$out" 'stash\.' 'a stash may belong to another store of the same name'
rm "$T/s.kdb" "$T/s.sth"
run "$CAUSEY" show --password-file "$T/pw" "$T/s.p12"
unlike "$out" 'stash\.' 'without one there is nothing to say'

mkdir "$T/far"
stash 2 sesame "$T/far/real.sth"
cp "$T/s.p12" "$T/far/real.p12"
ln -s far/real.p12 "$T/link.p12"
run "$CAUSEY" ls "$T/link.p12" </dev/null
exits 0 'behind a link, the stash lies where the link leads'
# The stash itself: written after the password was proven, kept in step, removed.
cp "$ROOT/tests/fixtures/kdb/mixed.kdb" "$T/key.kdb"
echo password >"$T/old"
echo brandnew1 >"$T/new"
unstash() { python3 "$make" unstash "$T/key.sth" 2>&1; }
cd "$T" || exit 1
run "$CAUSEY" passwd --stash key.kdb </dev/null
exits 4 'no stash without the password'
run "$CAUSEY" passwd --stash --password-file new key.kdb
exits 4 'nor with a wrong one'
not_ok 'nothing was written' test -e key.sth
run "$CAUSEY" passwd --stash --password-file old key.kdb
exits 0 'with the right one it is written'
is "$(unstash)" 'v2 password' 'in the layout of today'
is "$(stat -c %a key.sth)" 600 'readable by its owner only'
run "$CAUSEY" ls key.kdb </dev/null
exits 0 'and opens the store'
run "$CAUSEY" show key.kdb
like "$out" 'Stash +key.sth, version 2: whoever can read it has the password' 'show says what it is worth'
"$CAUSEY" show --json key.kdb >show.json
json_valid 'and tells programs' show-1.json show.json
run "$CAUSEY" passwd --new-password-file new key.kdb
exits 0 'a new password, the old one from the stash'
like "$out" 'the stash has the new password, too' 'the stash goes with it'
is "$(unstash)" 'v2 brandnew1' 'in the same run'
ok 'and fits the store' python3 "$make" check key.kdb brandnew1
stash 1 brandnew1 key.sth
run "$CAUSEY" passwd --password-file new --new-password-file old key.kdb
is "$(unstash)" 'v1 password' 'a stash of version 1 stays one'
"$CAUSEY" passwd --json --stash --remove key.kdb >passwd.json
is "$?" 0 'it is removed'
json_valid 'and said so' passwd-1.json passwd.json
not_ok 'it is gone' test -e key.sth
run "$CAUSEY" passwd --stash --remove key.kdb
exits 5 'what is not there can not be removed'
run "$CAUSEY" passwd --stash --password-file old --new-password-file new key.kdb
exits 0 'password and stash at once'
is "$(unstash)" 'v2 brandnew1' 'with the new one'
stash 2 other key.sth
run "$CAUSEY" passwd --password-file new --new-password-file old key.kdb
exits 0 'a stash with another password'
is "$(unstash)" 'v2 other' 'is left alone'
like "$err" 'held another password' 'and that is said'
head -c 129 /dev/zero | tr '\0' x >long
run "$CAUSEY" passwd --stash --password-file old --new-password-file long key.kdb
exits 4 'a password that is too long for a stash'
ok 'leaves the store as it was' python3 "$make" check key.kdb password
run "$CAUSEY" passwd --stash --password-file pw "$ROOT/tests/fixtures/jks/ks.jks"
not_ok 'a Java keystore has no stash' test "$status" = 0

# Killed between stash and store.
if grep -qa CAUSEY_CRASH_AT "$CAUSEY"; then
  stash 2 password key.sth
  # shellcheck disable=SC2016
  CAUSEY_CRASH_AT=image.renamed run bash -c '"$@"; exit $?' - "$CAUSEY" passwd --new-password-file new key.kdb
  is "$status" 137 'killed after the stash was written'
  ok 'the store is the old one' python3 "$make" check key.kdb password
  run "$CAUSEY" audit key.kdb
  like "$out" 'stash.does-not-fit' 'audit says that the stash does not fit'
  run "$CAUSEY" passwd --stash --password-file old key.kdb
  exits 0 'the fix that it gives'
  is "$(unstash)" 'v2 password' 'mends it'
else
  skip 'killed between stash and store' 'built without fault injection'
fi

# A key repository by its stem.
run "$CAUSEY" ls key
exits 5 'a stem is no file'
like "${err//$'\n'/ }" 'Looked for key, key.kdb and key.p12; key.kdb is there' 'the files that were looked for are named'
like "${err//$'\n'/ }" 'before +9.3' 'and which versions want what'
run "$CAUSEY" ls nothing
unlike "$err" '9\.3' 'nothing of the kind where no such file is'
done_testing
