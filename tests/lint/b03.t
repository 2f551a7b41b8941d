#!/bin/bash
# Trap B03: a self-signed certificate in the chain, or an issuer, that the verifier does not hold.
# openssl verify says 18, 19 or 20 of the same files; with the right trust store both are content.
. "$(dirname "$0")/../lib/tap.sh"
need openssl
cd "$T" || exit 1

ext='basicConstraints=critical,CA:TRUE'
make_ca() { # NAME
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.pem" -days 90 \
    -subj "/O=Example/CN=$1" -addext "$ext" -addext 'keyUsage=critical,keyCertSign,cRLSign' 2>/dev/null
}
make_ca root
make_ca other
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key -out leaf.csr \
  -subj '/O=Example/CN=mq1.example' 2>/dev/null
printf '%s\n' 'basicConstraints=critical,CA:FALSE' 'keyUsage=critical,digitalSignature' 'extendedKeyUsage=serverAuth' \
  'subjectAltName=DNS:mq1.example' 'subjectKeyIdentifier=hash' 'authorityKeyIdentifier=keyid' >leaf.ext
openssl x509 -req -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 -extfile leaf.ext \
  -out leaf.pem 2>/dev/null
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout self.key -out self.pem -days 30 \
  -subj '/O=Example/CN=self.example' 2>/dev/null

# DESC, OpenSSL's number, the certificate that is to be named, target, more options of both.
broken() {
  local desc=$1 number=$2 named=$3 target=$4
  shift 4
  like "$(openssl verify -CAfile other.pem "$@" "$target" 2>&1)" "error $number " "$desc: openssl says $number"
  run "$CAUSEY" verify "$target" --trust other.pem --profile openssl "${@/#-untrusted/--untrusted}"
  exits 1 "$desc: it does not hold"
  like "$out" "OpenSSL says: error $number," "$desc: so do we"
  like "$out" "refused +path\.[a-z-]+[^C]*CN=$named" "$desc: the certificate is named"
  like "$out" 'fix: [A-Z]' "$desc: and what mends it"
}
broken 'self-signed by itself' 18 self.example self.pem
broken 'self-signed in the chain' 19 root leaf.pem -untrusted root.pem
broken 'issuer that is not there' 20 mq1.example leaf.pem

run "$CAUSEY" verify leaf.pem --trust other.pem --untrusted root.pem --profile openssl
like "$out" 'fingerprint' 'taking it from the chain itself is no proof'

# The healthy twins.
run "$CAUSEY" verify leaf.pem --trust root.pem --profile openssl
exits 0 'with its root trusted it holds'
unlike "$out" 'refused|note' 'and nothing is said'
run "$CAUSEY" verify self.pem --trust self.pem --profile openssl
exits 0 'the self-signed one holds when it is trusted itself'
unlike "$out" 'refused' 'and nothing is said'
done_testing
