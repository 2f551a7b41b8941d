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
like "$err" 's\.sth lies beside it, but holds another password' 'and that is said'
echo sesame >"$T/pw"
run "$CAUSEY" show --password-file "$T/pw" "$T/s.p12"
like "$out" 'stash.does-not-fit' 'opened otherwise, it is a finding'

head -c 100 /dev/urandom >"$T/s.sth"
run "$CAUSEY" show --password-file "$T/pw" "$T/s.p12"
like "$out" 'stash.is-none' 'a file that is no stash is a finding'
run "$CAUSEY" ls "$T/s.p12" </dev/null
like "$err" 'is no stash that Causey understands' 'and the reason why it did not help'

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
done_testing
