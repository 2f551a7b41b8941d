#!/bin/bash
# causey-test: any-user
# The machine's trust store: of this machine where there is one, and of saved trees as distributions have them.
. "$(dirname "$0")/../lib/tap.sh"
need openssl jq
cd "$T" || exit 1
for n in a b c; do
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $n.key -subj "/CN=root $n" -days 99 -out $n.pem \
    -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
done
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout l.key -subj /CN=leaf -out l.csr 2>/dev/null
openssl x509 -req -in l.csr -CA a.pem -CAkey a.key -days 9 -out l.pem -extfile <(echo 'subjectAltName=DNS:leaf') 2>/dev/null
findings() { "$CAUSEY" show --json "$1" --fail-on never | jq -r '.findings[].id' | grep '^system\.' | sort | paste -sd' '; }
source_of() { "$CAUSEY" show --json "$1" --fail-on never | jq -r '.entries[0].store.source'; }

mkdir -p deb/etc/ssl/certs deb/usr/local/share/ca-certificates
cat a.pem b.pem >deb/etc/ssl/certs/ca-certificates.crt
run "$CAUSEY" ls system:deb
exits 0 'a saved tree of Debian'
like "$out" 'trusted +root a .*trusted +root b ' 'has its CAs'
is "$(source_of system:deb)" deb/etc/ssl/certs/ca-certificates.crt 'and says which file was read'
is "$(findings system:deb)" '' 'nothing is said of it'
cp b.pem deb/usr/local/share/ca-certificates/b.crt; cp c.pem deb/usr/local/share/ca-certificates/c.pem
is "$(findings system:deb)" '' 'a CA that is in force, and a file that is not taken'
cp c.pem deb/usr/local/share/ca-certificates/c.crt
is "$(findings system:deb)" system.anchor-not-in-force 'a CA that was added and is not in force'
run "$CAUSEY" verify l.pem --trust system:deb --profile openssl
exits 0 'verify --trust'
run "$CAUSEY" cp 'system:deb#root b' b.jks --to-password secret1
exits 0 'cp from it'
run "$CAUSEY" cp --for java system:deb all.p12 --to-password secret1
exits 0 'cp --for java'

# Links of the tree stay in it.
mkdir -p suse/etc/ssl suse/var/lib/ca-certificates suse/etc/pki/trust/blocklist
cat a.pem >suse/var/lib/ca-certificates/ca-bundle.pem; ln -s /var/lib/ca-certificates/ca-bundle.pem suse/etc/ssl/ca-bundle.pem
run "$CAUSEY" ls system:suse
exits 0 'a saved tree of SUSE'
like "$out" 'root a' 'whose links lead into the tree'
cp c.pem suse/etc/pki/trust/blocklist
is "$(findings system:suse)" '' 'a CA that is banned and out'
cp a.pem suse/etc/pki/trust/blocklist
is "$(findings system:suse)" system.blocked-still-trusted 'a CA that is banned and still in'
mkdir -p fedora/etc/pki/ca-trust/extracted/pem fedora/etc/pki/ca-trust/source/anchors
cat b.pem >fedora/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem; cp b.pem fedora/etc/pki/ca-trust/source/anchors
is "$(source_of system:fedora)" fedora/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem 'a saved tree of Fedora'
is "$(findings system:fedora)" '' 'nothing is said of it'

mkdir none
run "$CAUSEY" ls system:none
exits 5 'a tree without one'
like "$err" 'Looked for /etc/ssl/certs/ca-certificates.crt' 'the error says what was looked for'
run "$CAUSEY" cp a.pem system:deb
exits 4 'it is not written'
like "$err" 'update-ca-certificates' 'but the way to do it is named'
: >deb/etc/ssl/certs/ca-certificates.crt
run "$CAUSEY" ls system:deb
exits 3 'an empty bundle'
if [ -s /etc/ssl/certs/ca-certificates.crt ]; then
  run "$CAUSEY" ls --json system:
  exits 0 'this machine'
  is "$(jq '.places[0].entries|length' <<<"$out")" "$(grep -c BEGIN /etc/ssl/certs/ca-certificates.crt)" 'has as many CAs as its bundle'
else
  skip 'this machine' 'it has no bundle'
fi
done_testing
