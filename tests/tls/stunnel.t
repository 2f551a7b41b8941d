#!/bin/bash
# Purpose: stunnel's configuration means to us what stunnel does with it.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/tls_peer.sh"
need openssl stunnel
cd "$T" || exit 1
pki_ca
pki_cert one ec
pki_cert one rsa
plain=$(free_port)
start_server "$plain" "$PYTHON" -m http.server --bind 127.0.0.1 "$plain"
one=$(free_port) two=$(free_port) three=$(free_port)
cat >stunnel.conf <<END_CONF
foreground = yes
pid =
debug = 3
sslVersionMin = TLSv1.2
cert = $T/one-ec.pem
key = $T/one-ec.key
[one]
accept = 127.0.0.1:$one
connect = 127.0.0.1:$plain
[two]
accept = 127.0.0.1:$two
connect = 127.0.0.1:$plain
sslVersion = TLSv1.3
cert = $T/one-rsa.pem
key = $T/one-rsa.key
verifyChain = yes
CAfile = $T/ca.pem
[three]
accept = 127.0.0.1:$three
connect = 127.0.0.1:$plain
options = NO_TLSv1_3
ciphers = ECDHE-ECDSA-AES128-GCM-SHA256:AES128-SHA
curves = P-256
verify = 1
CAfile = $T/ca.pem
END_CONF
ok 'stunnel takes the configuration' start_server "$one" stunnel "$T/stunnel.conf"
side stunnel.conf
json_valid 'three services' tls_side-1.json side.json
is "$("$PYTHON" -c 'import json; print(*[s["label"] for s in json.load(open("side.json"))["sides"]])')" 'one two three' 'are three sides'
is "$(field versions 0 | sed 's/.*\(TLS 1.2.*\)/\1/')" "$(versions "$one")" 'the first: versions'
is "$(said_suites 0 ec)" "$(suites "$one")" 'suites'
is "$(field peer 0)" ignored 'no certificate is asked for'
is "$(field versions 1)" "$(versions "$two" -cert one-ec.pem -key one-ec.key)" 'the second: its own version'
is "$(field peer 1)" required 'it demands a certificate'
connects "$two"
like "$(cat said)" 'alert|errno|closed|unexpected' 'and a client without one is refused'
is "$(field versions 2)" "$(versions "$three")" 'the third: an option takes a version away'
is "$(said_suites 2 ec)" "$(suites "$three")" 'its suites'
is "$(field groups 2)" secp256r1 'its curve'
not_ok 'no other is taken' connects "$three" -groups X25519
is "$(field peer 2)" optional 'a certificate is asked for and may be missing'
ok 'as it may' connects "$three"
run "$CAUSEY" tls side stunnel.conf#one
exits 0 'a healthy service'
unlike "$out" 'tls\.' 'has no findings'
like "$out" 'stunnel.conf +5 +cert' 'and what holds for all services is shown with its line'

# Clients.
client() { printf '[c]\nclient = yes\naccept = 127.0.0.1:1\nconnect = mail.example:993\n%s\n' "$1" >stunnel_client.conf; run "$CAUSEY" tls side stunnel_client.conf; }
client ''
exits 1 'a client that checks nothing'
like "$out" 'tls.verify-off' 'is told loudly'
client "verifyChain = yes
CAfile = $T/ca.pem"
exits 0 'one that checks who signed'
like "$out" 'tls.host-not-checked' 'is told that this is not all'
client "verifyChain = yes
CAfile = $T/ca.pem
checkHost = mail.example"
unlike "$out" 'tls\.' 'one that checks the name, too, is healthy'

# Wrong: stunnel refuses, and so do we.
wrong() { # LINES PATTERN WHAT
  printf 'foreground = yes\npid =\n[w]\naccept = 127.0.0.1:1\nconnect = 127.0.0.1:2\ncert = %s/one-ec.pem\nkey = %s/one-ec.key\n%s\n' "$T" "$T" "$1" >stunnel_wrong.conf
  timeout 20 stunnel stunnel_wrong.conf >refused 2>&1
  like "$(cat refused)" 'Configuration failed' "stunnel refuses $3"
  run "$CAUSEY" tls side stunnel_wrong.conf
  ok 'so do we' [ "$status" -ne 0 ]
  like "$out$err" "$2" 'and say why'
}
wrong 'sslVersoin = TLSv1.2' 'line 8: stunnel has no setting sslVersoin' 'a misspelt option'
like "$out" 'Did you mean sslVersion' 'the nearest is named'
wrong 'sslVersion = TLSv1.4' 'line 8: sslVersion does not take TLSv1.4' 'a wrong version'
wrong 'options = NO_TLSv1.3' 'options does not take NO_TLSv1.3' 'an option with a dot'
wrong 'ciphers = FOO' 'OpenSSL refuses the cipher string FOO' 'ciphers that leave nothing'
wrong 'curves = P-257' 'P-257 is the name of no group' 'a wrong curve'
wrong 'cert = /nowhere.pem' 'cannot open /nowhere.pem' 'a certificate that is not there'
wrong "key = $T/one-rsa.key" 'tls.key-others' 'a key of another certificate'
wrong 'verifyChain = yes' 'tls.client-trust-missing' 'a check without a CA'
wrong 'what is this' 'stunnel_wrong.conf:8: neither' 'a line that is nothing'
done_testing
