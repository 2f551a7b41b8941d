#!/bin/bash
# Purpose: certificates that openssl makes, each with one thing wrong, and what `causey show` finds in
# them; and their healthy twins, in which it must find nothing. Traps A06, A07, B01, B02, B05, B06.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
need openssl

cd "$T" || exit 1
DAY=2026-06-01
cat >base.cnf <<'END'
[req]
distinguished_name = dn
prompt = no
[dn]
C = GB
O = Example
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
END
# An openssl.cnf that allows SHA-1 and small keys to be written, whatever the system's own says.
export OPENSSL_CONF=$T/base.cnf

key() { # FILE ALGORITHM-ARGUMENTS...
  local file=$1
  shift
  openssl genpkey -out "$file" "$@" 2>/dev/null
}
rsa() { key "$1" -algorithm RSA -pkeyopt "rsa_keygen_bits:$2"; }
ec() { key "$1" -algorithm EC -pkeyopt "ec_paramgen_curve:$2"; }

# issue NAME KEY 'EXTENSIONS, one a line' [openssl ca options]: NAME.pem, signed by the CA
issue() {
  local name=$1 key=$2 exts=$3
  shift 3
  openssl req -new -key "$key" -config base.cnf -subj "/C=GB/O=Example/CN=$name" -out "$name.csr" 2>>log
  printf '[v]\n%s\nsubjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n' "$exts" >"$name.cnf"
  : >index.txt
  openssl ca -batch -config ca.cnf -extfile "$name.cnf" -extensions v -in "$name.csr" -out "$name.pem" \
    -notext -startdate 20260101000000Z -enddate 20261201000000Z "$@" 2>>log
}

cat >ca.cnf <<'END'
[ca]
default_ca = d
[d]
database = index.txt
new_certs_dir = .
certificate = root.pem
private_key = root.key
default_md = sha256
rand_serial = yes
policy = p
unique_subject = no
[p]
C = optional
O = optional
CN = supplied
END

# found FILE [OPTIONS]: the ids of the findings on certificates, on one line
found() {
  "$CAUSEY" show --at $DAY --color never "$@" 2>/dev/null |
    grep -oE '^ *(info|notice|warning|error|critical)  [a-z]+\.[a-z0-9-]+' | grep -oE '[a-z]+\.[a-z0-9-]+' |
    sort -u | tr '\n' ' '
}
finds() { # ID FILE [OPTIONS]
  local id=$1
  shift
  like " $(found "$@")" " $id " "$id: $*"
}
silent() { is "$(found "$@")" '' "nothing: $*"; }

SERVER='basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:mq1.example,IP:192.0.2.1'
EC_SERVER=${SERVER/,keyEncipherment/}
CLIENT='basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth'

rsa root.key 2048
rsa rsa.key 2048
rsa small.key 1024
ec ec.key P-256
ec odd.key secp256k1
openssl req -new -key root.key -config base.cnf -subj '/C=GB/O=Example/CN=Root' -out root.csr 2>>log
: >index.txt
openssl ca -batch -selfsign -config ca.cnf -keyfile root.key -extfile base.cnf -extensions ca -in root.csr \
  -out root.pem -notext -startdate 20260101000000Z -enddate 20360101000000Z 2>>log || diag "$(tail -5 log)"

# Healthy ones
issue mq1.example rsa.key "$SERVER" || diag "$(tail -5 log)"
issue ec1 ec.key "$EC_SERVER"
issue jane rsa.key "$CLIENT"
silent mq1.example.pem
silent mq1.example.pem --host mq1.example
silent mq1.example.pem --host 192.0.2.1
silent ec1.pem
silent jane.pem

# A07
finds cert.expired mq1.example.pem --at 2026-12-02
finds cert.expires-soon mq1.example.pem --at 2026-11-15
finds cert.not-yet-valid mq1.example.pem --at 2025-12-31T21:00:00Z
run "$CAUSEY" show mq1.example.pem --at 2025-12-31T21:00:00Z
like "$out" 'in 3 hours' 'how far ahead it begins'
like "$out" 'wrote local time' 'and that zones may be the cause'
run "$CAUSEY" show mq1.example.pem --at 2025-06-01
unlike "$out" 'wrote local time' 'which months ahead it does not say'
run "$CAUSEY" show mq1.example.pem --at 2026-12-04
exits 1 'an expired certificate is an error'
like "$out" 'expired 3 days ago, at 2026-12-01T00:00:00Z' 'with the days since'
cat mq1.example.pem root.pem >chain.pem
silent chain.pem
silent root.pem

# A06, B05
issue small small.key "$SERVER"
finds cert.key-rsa-small small.pem
issue sha1 rsa.key "$SERVER" -md sha1
finds cert.signature-sha1 sha1.pem
issue md5 rsa.key "$SERVER" -md md5
finds cert.signature-md5 md5.pem
issue odd odd.key "$EC_SERVER"
finds cert.curve-unusual odd.pem
openssl ecparam -name prime256v1 -param_enc explicit -genkey -noout -out explicit.key 2>>log
issue explicit explicit.key "$EC_SERVER"
finds cert.curve-explicit explicit.pem

# B01
issue sign rsa.key "${SERVER/digitalSignature,/digitalSignature,keyCertSign,}"
finds cert.sign-without-ca sign.pem
ok 'openssl itself lets it pass' openssl verify -attime 1780272000 -CAfile root.pem sign.pem
not_ok 'unless it is strict' openssl verify -attime 1780272000 -x509_strict -CAfile root.pem sign.pem
issue both rsa.key "${SERVER/FALSE/TRUE}"
finds cert.ca-as-server both.pem

# B02
issue plain rsa.key "${SERVER/subjectAltName*/}"
finds cert.san-missing plain.pem
issue dnsip rsa.key "${SERVER/IP:/DNS:}"
finds cert.san-dns-ip dnsip.pem
issue mq9.example rsa.key "$SERVER"
finds cert.san-lacks-cn mq9.example.pem

# B06
issue agree ec.key "${EC_SERVER/digitalSignature/keyAgreement}"
finds cert.ku-server agree.pem
issue encipher rsa.key "${SERVER/digitalSignature,/}"
finds cert.ku-server encipher.pem
issue mute rsa.key "${CLIENT/digitalSignature/keyEncipherment}"
finds cert.ku-client mute.pem

done_testing
