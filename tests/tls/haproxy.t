#!/bin/bash
# Purpose: haproxy's configuration means to us what haproxy does with it.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/tls_peer.sh"
need openssl haproxy
cd "$T" || exit 1
pki_ca
pki_cert one ec
pki_cert one rsa
mkdir crt
cat one-ec.pem one-ec.key >crt/ec.pem
cat one-rsa.pem >crt/rsa.pem
cat one-rsa.key >crt/rsa.pem.key
one=$(free_port) two=$(free_port) three=$(free_port)
host=one # by this name haproxy chooses among certificates
cat >haproxy.cfg <<END_CONF
global
  crt-base $T/crt
  ssl-default-bind-options ssl-min-ver TLSv1.2
  ssl-default-bind-ciphers ECDHE+AESGCM # for all
  ssl-default-bind-ciphersuites TLS_AES_128_GCM_SHA256
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend one
  bind 127.0.0.1:$one ssl crt ec.pem crt rsa.pem
  http-request return status 200 content-type text/plain string "one"
frontend two
  bind 127.0.0.1:$two ssl crt "ec.pem" ssl-min-ver TLSv1.3 verify required ca-file $T/ca.pem
  http-request return status 200 content-type text/plain string "two"
frontend three
  bind 127.0.0.1:$three ssl crt ec.pem ssl-max-ver TLSv1.2 ciphers ECDHE-ECDSA-AES128-GCM-SHA256:AES128-SHA curves P-256 verify optional ca-file $T/ca.pem prefer-client-ciphers
  http-request return status 200 content-type text/plain string "three"
END_CONF
run haproxy -c -q -f haproxy.cfg
exits 0 'haproxy takes the configuration'
ok 'and starts' start_server "$one" haproxy -db -f "$T/haproxy.cfg"
side haproxy.cfg
json_valid 'three bind lines' tls_side-1.json side.json
is "$(field label 0)" one/127.0.0.1:"$one" 'are sides, called by their section and address'
is "$(field versions 0)" "$(versions "$one")" 'the first: versions'
is "$(said_suites 0 ec,rsa)" "$(suites "$one")" 'suites, with what global says and both certificates'
is "$(field suites13 0)" TLS_AES_128_GCM_SHA256 'and those of TLS 1.3'
connects "$one" -tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384
not_ok 'others are not taken' grep -q '^New, TLSv1.3' said
is "$(field own_order 0)" True 'its own order decides'
connects "$one" -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384
like "$(cat said)" 'New, TLSv1.2, Cipher is ECDHE-ECDSA-AES256-GCM-SHA384' 'as it does'
is "$(field versions 1)" "$(versions "$two" -cert one-ec.pem -key one-ec.key)" 'the second: its own least version'
is "$(field peer 1)" required 'it demands a certificate'
connects "$two"
like "$(cat said)" 'alert' 'and refuses who has none'
is "$(field versions 2)" "$(versions "$three")" 'the third: its own highest version'
is "$(said_suites 2 ec)" "$(suites "$three")" 'its own suites'
is "$(field groups 2)" secp256r1 'its curve'
is "$(field peer 2)" optional 'it asks for a certificate'
ok 'and does without' connects "$three"
is "$(field own_order 2)" False 'the client.s order decides'
run "$CAUSEY" tls side "haproxy.cfg#one/127.0.0.1:$one"
exits 0 'a healthy side'
unlike "$out" 'tls\.' 'has no findings'
run "$CAUSEY" tls side "haproxy.cfg#three/127.0.0.1:$three"
like "$out" 'ssl-default-bind-ciphers +ECDHE.AESGCM +no' 'what is beaten is shown'

# DHE, which hangs on parameters.
dhe=$(free_port)
printf 'defaults\n mode http\n timeout client 5s\n timeout connect 5s\n timeout server 5s\nfrontend d\n bind 127.0.0.1:%s ssl crt %s/crt/rsa.pem ciphers DHE+AESGCM:ECDHE+AESGCM\n' "$dhe" "$T" >dhe.cfg
start_server "$dhe" haproxy -db -f "$T/dhe.cfg"
side dhe.cfg
is "$(said_suites 0 rsa)" "$(suites "$dhe")" 'Diffie-Hellman over finite fields is as haproxy does it by default'

# Clients.
client() { printf 'backend b\n server s mail.example:443 ssl %s\n' "$1" >client.cfg; run "$CAUSEY" tls side haproxy:client.cfg; }
client 'verify none'
like "$out" 'error  tls.verify-off' 'a client that checks nothing'
client "verify required ca-file $T/ca.pem"
like "$out" 'tls.host-not-checked' 'one that does not look at the name'
client "verify required ca-file $T/ca.pem sni str(mail.example)"
unlike "$out" 'tls\.' 'one that does is healthy'
client 'check'
like "$out" 'tls.trust-missing' 'the default is to check, which needs a CA'

# C21.
both() { printf 'frontend f\n bind :80\n bind :443 ssl crt %s/crt/ec.pem\n %s\n' "$T" "$1" >both.cfg; run "$CAUSEY" tls side haproxy:both.cfg; }
both ''
like "$out" 'tls.clear-beside' 'the same in clear is told'
both 'redirect scheme https unless { ssl_fc }'
unlike "$out" 'tls.clear-beside' 'but not when people are sent over'

# Wrong: haproxy refuses, and so do we.
wrong() { # BIND OPTIONS, PATTERN, WHAT
  printf 'frontend w\n bind 127.0.0.1:1 ssl %s\n' "$1" >wrong.cfg
  run haproxy -c -q -f wrong.cfg
  ok "haproxy refuses $3" [ "$status" -ne 0 ]
  run "$CAUSEY" tls side haproxy:wrong.cfg
  ok 'so do we' [ "$status" -ne 0 ]
  like "$out$err" "$2" 'and say why'
}
wrong "crt $T/crt/ec.pem ssl-min-ver TLSv1.4" 'line 2: ssl-min-ver does not take TLSv1.4' 'a wrong version'
wrong "crt $T/crt/ec.pem cihpers HIGH" 'haproxy has no setting cihpers' 'a misspelt option'
like "$out" 'Did you mean ciphers' 'the nearest is named'
wrong "crt $T/crt/ec.pem ciphers FOO" 'OpenSSL refuses the cipher string FOO' 'ciphers that leave nothing'
wrong "crt $T/crt/ec.pem curves P-257" 'P-257 is the name of no group' 'a wrong curve'
wrong "crt $T/crt/ec.pem verify maybe" 'verify does not take maybe' 'a wrong word'
wrong "crt $T/crt/ec.pem verify required" 'tls.client-trust-missing' 'a check without a CA'
wrong "crt $T/nowhere.pem" 'cannot open' 'a certificate that is not there'
wrong '' 'bind with ssl and without crt' 'ssl without a certificate'
wrong "crt \"$T/crt/ec.pem" 'a quote that is not closed' 'an open quote'
done_testing
