#!/bin/bash
# Purpose: CMS key databases as people use them, held against an independent reader and writer.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
need openssl
need python3
make=$ROOT/tests/fixtures/kdb/make_kdb.py
kdb() { python3 "$make" "$@"; }
# What the independent reader says of a file: MACs, hashes, padding and keys are right, and what is in it.
holds() {
  kdb check "$1" "$2" >"$T/check" 2>&1 || { fail "$4"; sed 's/^/# /' "$T/check"; return; }
  is "$(sed 1d "$T/check")" "$3" "$4"
}
# Its words, right or wrong.
look() { seen=$(kdb check "$1" "$2" 2>&1); }
cd "$T" || exit 1
echo secret >pw
echo other >pw2

openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=Root -days 30 -keyout root.key -out root.pem 2>/dev/null
issue() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2>/dev/null
  printf 'basicConstraints=critical,CA:%s\n' "$3" >ext
  openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -days 20 -extfile ext -out "$1.pem" 2>/dev/null
}
issue Mid root TRUE
issue leaf Mid FALSE
cat leaf.pem Mid.pem >chain.pem
openssl pkcs12 -export -inkey leaf.key -in chain.pem -name web -passout pass:secret -out web.p12

# Reading what others write.
for version in 3 4 6; do
  kdb kdb "v$version.kdb" secret --version $version "cert:root:root.pem" "key:web:leaf.pem:leaf.key:C0" "cert:no:Mid.pem:00"
  run "$CAUSEY" ls --password-file pw "v$version.kdb"
  exits 0 "version $version is read"
  like "$out" 'trusted +root +Root .*identity +web +leaf .*certificate +no +Mid' 'with its entries'
  run "$CAUSEY" cp --plain-keys --from-password-file pw "v$version.kdb#web" "v$version.pem"
  exits 0 'its key comes out'
  is "$(openssl pkey -in "v$version.pem" -pubout)" "$(openssl x509 -in leaf.pem -noout -pubkey)" 'and is the right one'
done
run "$CAUSEY" ls v6.kdb </dev/null
exits 0 'without a password it is listed'
run "$CAUSEY" ls --password-file pw2 v6.kdb
exits 4 'a wrong password is refused'
like "$err" 'crypto.wrong-password' 'as such'
kdb kdb bad.kdb secret --break-slot "cert:root:root.pem"
run "$CAUSEY" ls --password-file pw bad.kdb
exits 3 'damage is told from a wrong password'
like "$err" 'the password is right, but the integrity value' 'and called so'
kdb kdb hash.kdb secret --break-hash 1 "cert:root:root.pem"
run "$CAUSEY" show --password-file pw hash.kdb
like "$out" 'kdb.hashes-differ' 'hashes of another certificate are a finding'
run "$CAUSEY" show --password-file pw v6.kdb
unlike "$out" 'kdb\.' 'a healthy one has none of these'

run "$CAUSEY" show --password-file pw v6.kdb
like "$out" 'Default +yes' 'show tells the default'
like "$out" 'Trusted +no' 'and what is not trusted'
like "$(grep -A1 'Private key' <<<"$out")" 'EC P-256' 'and opens the key to see what it is'
unlike "$out" 'Pairing' 'which is its certificate'"'"'s: nothing is left to assume'
run "$CAUSEY" show v6.kdb </dev/null
like "$out" 'Pairing +assumed' 'without a password that is assumed'
kdb kdb pair.kdb secret "cert:root:root.pem" "key:web:Mid.pem:leaf.key:C0"
run "$CAUSEY" show --password-file pw pair.kdb
like "$out" 'Pairing +wrong: the certificate' 'a certificate that is not the key'"'"'s is called so'
like "$out" 'entry.key-mismatch' 'and is a finding'

# A new one.
run "$CAUSEY" cp --from-password-file pw --to-password-file pw2 web.p12 new.kdb
exits 0 'PKCS#12 into a new key database'
look new.kdb other
like "$seen" 'v6 kdb slot=5000 count=.* salt=gsk' 'as gskcapicmd writes it'
like "$seen" 'trusted key PBES2/[1-9][0-9]{3,}: web' 'its key well sealed'
is "$(stat -c %a new.kdb)" 600 'readable by its owner only'
run "$CAUSEY" cp --password-file pw2 root.pem new.kdb#root
exits 0 'a CA is added'
look new.kdb other
like "$seen" 'trusted cert: root' 'and is there'
run "$CAUSEY" rm --password-file pw2 new.kdb#root
exits 0 'and removed'
run "$CAUSEY" cp --from-password-file pw2 --to-password-file pw new.kdb back.p12
exits 0 'and back into PKCS#12'
openssl pkcs12 -in back.p12 -passin pass:secret -nodes 2>/dev/null >back.pem
is "$(openssl pkey -in back.pem -pubout)" "$(openssl x509 -in leaf.pem -noout -pubkey)" 'with the key'
is "$(grep -c 'BEGIN CERT' back.pem)" 2 'and the chain'

# Changing.
cp v6.kdb c.kdb
run "$CAUSEY" mv --password-file pw c.kdb#no 'c.kdb#yes'
exits 0 'an entry is renamed'
holds c.kdb secret $'1 trusted cert: root\n2 default key PBES2/5: web\n3 untrusted cert: yes' 'the others, their marks and seals stay'
run "$CAUSEY" passwd --password-file pw --new-password-file pw2 c.kdb
exits 0 'the password is changed'
holds c.kdb other $'1 trusted cert: root\n2 default key PBES2/10000: web\n3 untrusted cert: yes' 'and all is sealed again'
run "$CAUSEY" mv --password-file pw 'v3.kdb#no' 'v3.kdb#yes'
exits 4 'version 3 with records is not written'
like "$err" 'causey cp v3.kdb NEW.kdb' 'and what to do is said'
run "$CAUSEY" cp --from-password-file pw --to-password-file pw2 v3.kdb from3.kdb
exits 0 'that works'
holds from3.kdb other $'1 trusted cert: root\n2 default key PBES2/10000: web\n3 untrusted cert: no' 'and keeps all marks'

# A record that does not fit.
kdb kdb small.kdb secret --slot 800 "cert:Mid:Mid.pem"
run "$CAUSEY" cp --to-password-file pw root.pem small.kdb#root
exits 4 'what does not fit a slot is refused'
like "${err//$'\n'/ }" 'needs [0-9]+ octets, and a record of this database has room for +800' 'with both sizes'
holds small.kdb secret '1 trusted cert: Mid' 'and the file is as it was'

# By content, whatever the name.
cp web.p12 p12.kdb
run "$CAUSEY" ls --json --password-file pw p12.kdb
like "$out" '"kind": ?"p12"' 'PKCS#12 under the name of a key database'
run "$CAUSEY" cp --to-password-file pw root.pem p12:made.kdb
exits 0 'p12: in front makes one'
ok 'which is PKCS#12' openssl pkcs12 -in made.kdb -passin pass:secret -nokeys -out /dev/null
run "$CAUSEY" cp --to-password-file pw root.pem cms:made.any
exits 0 'cms: in front makes a key database'
holds made.any secret '1 trusted cert: Root' 'which is one'
printf '\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5more' >keepass.kdb
run "$CAUSEY" ls keepass.kdb
exits 3 'KeePass has files of that name, too'
like "$err" 'password database of KeePass' 'and they are named'
run "$CAUSEY" cp --to-password-file pw root.pem new.rdb
exits 4 'a new request database is not made'
# Requests beside it, and the certificate that answers one ("receive").
issue soon Mid FALSE
kdb kdb recv.kdb secret "cert:Mid:Mid.pem"
kdb kdb recv.rdb secret --file rdb "req:soon:soon.csr:soon.key" "req:later:leaf.csr:leaf.key"
run "$CAUSEY" ls --password-file pw recv.kdb
like "$out" 'request +soon .*request +later' 'requests are listed with their database'
mkdir walk
cp recv.* walk
kdb stash 2 secret walk/recv.sth
run "$CAUSEY" audit --json walk
is "$(grep -c '"kind": *"kdb"' <<<"$out")" 1 'audit counts them once, with their database'
unlike "$out" 'stash\.|kdb\.|cannot-open' 'and opens it by its stash'
if grep -qa CAUSEY_CRASH_AT "$CAUSEY"; then
  mkdir crash
  cp recv.* crash
  # shellcheck disable=SC2016
  CAUSEY_CRASH_AT=image.renamed run bash -c '"$@"; exit $?' - "$CAUSEY" cp --to-password-file pw soon.pem crash/recv.kdb
  is "$status" 137 'killed between the two files'
  holds crash/recv.rdb secret $'1 trusted request PBES2/5: soon\n2 trusted request PBES2/5: later' 'the request is still there'
  holds crash/recv.kdb secret $'1 trusted cert: Mid\n2 trusted key PBES2/10000: soon' 'and the identity, too: no key is lost'
fi
run "$CAUSEY" cp --to-password-file pw soon.pem recv.kdb
exits 0 'a certificate comes back'
holds recv.kdb secret $'1 trusted cert: Mid\n2 trusted key PBES2/10000: soon' 'it is an identity now, under the label of its request'
holds recv.rdb secret '2 trusted request PBES2/5: later' 'and the request is answered'
run "$CAUSEY" passwd --password-file pw --new-password-file pw2 recv.kdb
exits 0 'the password of both files'
holds recv.rdb other '2 trusted request PBES2/10000: later' 'is changed'
run "$CAUSEY" cp --plain-keys --from-password-file pw2 recv.kdb#later later.pem
exits 0 'a request goes out with its key'
like "$(grep BEGIN later.pem | sort | tr -d '\n')" 'CERTIFICATE REQUEST.*PRIVATE KEY' 'as two'
run "$CAUSEY" rm --password-file pw2 recv.kdb#later
exits 0 'and is removed'
holds recv.rdb other '' 'leaving none'
kdb kdb far.kdb secret "cert:Mid:Mid.pem"
kdb kdb far.rdb other --file rdb "req:soon:soon.csr:soon.key"
run "$CAUSEY" show --password-file pw far.kdb
like "$out" 'kdb.sibling-does-not-belong' 'requests under another password are a finding'
cp far.rdb before.rdb
run "$CAUSEY" passwd --password-file pw --new-password-file pw2 far.kdb
ok 'and left alone' cmp far.rdb before.rdb
printf 'no database' >far.rdb
run "$CAUSEY" ls --password-file pw2 far.kdb
exits 0 'a file of that name that is something else'
run "$CAUSEY" show --password-file pw2 far.kdb
unlike "$out" 'kdb\.' 'is nobody'"'"'s business'

# There and back through other formats.
kdb kdb all.kdb secret "key:web:leaf.pem:leaf.key:C0" "cert:Mid:Mid.pem" "cert:Root:root.pem" "cert:no:soon.pem:00"
for kind in p12 jks pem; do
  run "$CAUSEY" cp --from-password-file pw --to-password-file pw2 all.kdb "via.$kind"
  exits 0 "into .$kind"
  run "$CAUSEY" cp --from-password-file pw2 --to-password-file pw "via.$kind" "from-$kind.kdb"
  exits 0 "from .$kind"
  look "from-$kind.kdb" secret
  like "$seen" 'key PBES2/10000: (web|leaf)' 'the key is there'
  like "$seen" 'cert: [Mm]id' 'its CA as well'
done
run "$CAUSEY" cp --from-password-file pw --to-password-file pw2 all.kdb loss.jks
like "$err$out" 'marked as not trusted' 'what is not trusted does not become trusted by the way'
run "$CAUSEY" ls --password-file pw2 loss.jks
unlike "$out" ' no ' 'it is not there'
run "$CAUSEY" cp --strict --from-password-file pw --to-password-file pw2 all.kdb loss.p12
exits 4 '--strict refuses the loss of marks'
run "$CAUSEY" cp --from-password-file pw --to-password-file pw2 all.kdb#web other.kdb
run "$CAUSEY" cp --from-password-file pw --to-password-file pw2 v6.kdb#no other.kdb
exits 0 'between key databases'
look other.kdb other
like "$seen" 'default key PBES2/10000: web' 'the default stays the default'
like "$seen" 'untrusted cert: no' 'and what is not trusted stays so'
run "$CAUSEY" cp --to-password-file pw2 Mid.pem other.kdb
exits 0 'the same without a word on trust is there already'
run "$CAUSEY" cp --from-password-file pw --to-password-file pw2 all.kdb#Mid other.kdb#no
exits 4 'trust in what is marked as not trusted needs --replace'
done_testing
