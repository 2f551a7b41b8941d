#!/bin/bash
# Purpose: certificates, keystores and Causey's own JSON as sides; what is wrong in them; addresses.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
need openssl
cd "$T" || exit 1

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -subj /CN=ca \
  -days 30 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout web.key -out web.csr -subj /CN=web.example 2>/dev/null
printf 'subjectAltName=DNS:web.example\nbasicConstraints=CA:FALSE\n' >ext
openssl x509 -req -in web.csr -CA ca.pem -CAkey ca.key -extfile ext -out web.pem -days 9 2>/dev/null
cat web.key web.pem ca.pem >both.pem
echo secret >pw
openssl pkcs12 -export -inkey web.key -in web.pem -certfile ca.pem -name Web -out web.p12 -passout file:pw

run "$CAUSEY" tls side --role server both.pem
exits 0 'a PEM file with its key is a side'
like "$out" 'Certificate +both.pem \(web.example, EC P-256' 'with that certificate'
like "$out" 'Trusts +both.pem \(1 certificate' 'and the CA that stands in it'
run "$CAUSEY" tls side web.pem
exits 0 'so is a certificate without its key'
like "$out" 'tls.key-assumed' 'and it is said that the key was not seen'
run "$CAUSEY" tls side both.pem
unlike "$out" 'tls.key-assumed' 'which is not said where it is'
run "$CAUSEY" tls side --password-file pw 'web.p12#Web' --json
exits 0 'an entry of a keystore is one'
json_valid 'which keeps to the schema' tls_side-1.json <(printf '%s' "$out")
like "$out" '"label": "Web"' 'by its label'
run "$CAUSEY" tls side --password-file pw 'web.p12#web'
exits 3 'a label in another case is not found'
like "$err" 'Did you mean web.p12#Web' 'but named'
run "$CAUSEY" tls side web.p12 </dev/null
exits 4 'a keystore needs its password'

# Its own form, by hand and back.
cat >side.json <<'JSON'
{ "role": "server", "label": "one", "dialect": "openssl-3.0",
  "versions": ["TLSv1.2", "1.3"], "suites": ["ECDHE-ECDSA-AES256-GCM-SHA384", "C02B"],
  "suites13": "TLS_AES_128_GCM_SHA256", "groups": ["X25519", "P-256"], "shares": [],
  "schemes": "ecdsa_secp256r1_sha256:RSA-PSS+SHA256", "security_level": 1, "min_rsa": 2048,
  "own_order": true, "chacha_first": false, "dh": 2048,
  "identities": [{"file": "web.pem", "key_file": "web.key"}],
  "trust": ["ca.pem"], "peer": "optional", "verify_depth": 3, "ca_names": "trust",
  "demand_versions": "1.3", "demand_text": "ANY_TLS13", "at": "2026-01-31T00:00:00Z" }
JSON
run "$CAUSEY" tls side side.json
exits 0 'a side written by hand'
like "$out" 'TLS 1.2, TLS 1.3' 'has its versions'
like "$out" 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256' 'and suites in any notation'
like "$out" 'side.json +2 +versions +TLSv1.2 1.3' 'and the line where each stands'
unlike "$out" 'error' 'and nothing is wrong with it'
json_valid 'it keeps to the schema itself' tls_side-1.json side.json
"$CAUSEY" tls side side.json --json >first.json
"$CAUSEY" tls side first.json --json >second.json
"$CAUSEY" tls side second.json --json >third.json
json_valid 'what is written of it does, too' tls_side-1.json first.json
is "$(cat second.json)" "$(cat first.json)" 'read back and written again it is the same'
is "$(cat third.json)" "$(cat second.json)" 'and again'
rm web.key; run "$CAUSEY" tls side first.json
exits 0 'it stands for itself, without the files'

# Wrong words.
cat >wrong.json <<'JSON'
{ "role": "server", "versions": ["TLSv1.4"],
  "suites": "ECDHE-RSA-AES256-GMC-SHA384", "groups": ["secp256k2"],
  "schemes": ["ecdsa_secp256r1_sha265"], "identties": 1,
  "identities": ["nowhere.pem"], "trust": "nothing.pem", "peer": "requird",
  "dialect": "opensl-3.0" }
JSON
run "$CAUSEY" tls side wrong.json
exits 1 'wrong words are findings'
like "$out" 'line 1: TLSv1.4 is no version' 'a version'
like "$out" 'line 2: ECDHE-RSA-AES256-GMC-SHA384 is the name of no suite' 'a suite with its line'
like "$out" 'Did you mean ECDHE-RSA-AES256-GCM-SHA384' 'and the nearest one'
like "$out" 'line 2: secp256k2 is the name of no group' 'a group'
like "$out" 'line 3: ecdsa_secp256r1_sha265 is the name of no scheme' 'a scheme'
like "$out" 'Did you mean ecdsa_secp256r1_sha256' 'with its nearest'
like "$out" 'line 3: identties is nothing that a side has' 'a key'
like "$out" 'Did you mean identities' 'with its nearest'
like "$out" 'cannot open nowhere.pem' 'a certificate that is not there'
like "$out" 'cannot open nothing.pem' 'trust that is not there'
like "$out" 'line 4: peer is to be one of ignored' 'a word of a list'
like "$out" 'line 5: there is no dialect opensl-3.0' 'a dialect'
like "$out" 'Did you mean openssl-3.0' 'with its nearest'

# Keys and certificates.
cp ca.key web.key
run "$CAUSEY" tls side side.json
exits 1 'a key of another certificate is found'
like "$out" 'tls.key-others' 'and called so'
printf '{"role":"client","identities":["ca.pem"]}' >keyless.json
run "$CAUSEY" tls side keyless.json
like "$out" 'tls.key-missing' 'a certificate without a key where one is needed'
openssl ec -in ca.key -aes256 -passout file:pw -out sealed.key 2>/dev/null
printf '{"role":"client","identities":{"file":"ca.pem","key_file":"sealed.key"}}' >sealed.json
run "$CAUSEY" tls side sealed.json </dev/null
exits 0 'a sealed key may be right'
like "$out" 'tls.key-locked' 'but was not seen'
run "$CAUSEY" tls side sealed.json --key-password-file pw
unlike "$out" 'tls.key-locked' 'with its password it is'

# Addresses.
run "$CAUSEY" tls side 'side.json#two'
exits 3 'a label that is not there'
like "$err" 'There are: one' 'and those that are'
run "$CAUSEY" tls side 'side.json#@2'
exits 3 'a position that is not there'
run "$CAUSEY" tls side 'jsn:side.json'
exits 2 'a wrong reader'
like "$err" 'Did you mean json:side.json' 'and the right one'
run "$CAUSEY" tls side --role sever side.json
exits 2 'a wrong role'
run "$CAUSEY" tls side --dialect opensl-3.0 side.json
exits 2 'a wrong dialect'
like "$err" 'Did you mean openssl-3.0' 'and the right one'
printf '{"role": "server", "versions": ["1.2"' >cut.json
run "$CAUSEY" tls side cut.json
exits 3 'a document that is cut short is no side'
like "$err" 'cut.json:1' 'with the line'
head -c 100000 /dev/urandom >noise
run "$CAUSEY" tls side noise
exits 3 'noise is none'
: >empty
run "$CAUSEY" tls side empty
exits 3 'nor is nothing'
run "$CAUSEY" tls side nofile
exits 5 'nor is no file'
mkdir folder && cp first.json folder/a.json && cp noise ca.pem folder/
run "$CAUSEY" tls side folder
exits 0 'a folder is searched'
like "$out" 'took folder/a.json as Causey.s JSON; left 2 others' 'and what was taken and left is said'
rm folder/a.json
run "$CAUSEY" tls side folder
like "$out" 'took folder/ca.pem as certificates' 'stores count where nothing else is'
done_testing
