#!/bin/bash
# Purpose: traps C01 to C06, C08, C09, C16 and C17 with real ends: what is predicted is what openssl does with the same
#   settings (for queue managers and GSKit the nearest real library), and the healthy twin of each connects.
. "$(dirname "$0")/../lib/tap.sh"
need openssl
. "$(dirname "$0")/../lib/pki.sh"
cd "$T" || exit 1
make_ca root '/CN=root'
issue ec /CN=localhost root $'basicConstraints=CA:FALSE\nsubjectAltName=DNS:localhost'
openssl req -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.csr -subj /CN=localhost 2>/dev/null
openssl x509 -req -in rsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 20 -extfile ec.ext -out rsa.pem 2>/dev/null

# serve ARG...: a real server; client ARG...: a real client against it, whose exit and words are kept.
serve() {
  port=$(free_port)
  start_server "$port" openssl s_server -accept "$port" -www "$@"
}
client() {
  printf 'GET / HTTP/1.0\r\n\r\n' | timeout 20 openssl s_client -connect "127.0.0.1:$port" -CAfile root.pem -verify_return_error \
    -ign_eof "$@" >said 2>&1
  grep -q 'HTTP/1.0 200' said
}
# pair CLIENT SERVER: predicts; agrees, or the cause and alert that it fails with.
pair() {
  echo "$1" >client.json
  echo "$2" >server.json
  run "$CAUSEY" tls check client.json server.json
}
fails() { # CAUSE ALERT DESC, then the client's arguments: predicted and real
  local cause=$1 alert=$2 desc=$3
  shift 3
  exits 1 "$desc"
  like "$out" "$cause" "$desc: the cause"
  not_ok "$desc: a real pair does not connect" client "$@"
  client "$@"
  [ "$alert" = none ] || like "$(<said)" "SSL alert number $alert" "$desc: with the alert that is predicted"
  [ "$alert" = none ] || like "$out" "\\($alert\\)" "$desc: $alert"
}
connects() { # DESC, then the client's arguments
  local desc=$1
  shift
  exits 0 "$desc: the healthy twin agrees"
  ok "$desc: and a real pair connects" client "$@"
}
end() { echo "{\"role\":\"server\",\"identities\":[{\"file\":\"$1.pem\",\"key_file\":\"$1.key\"}]$2}"; }
plain='{"role":"client","trust":"root.pem"'

serve -cert rsa.pem -key rsa.key -cipher ECDHE-RSA-AES128-GCM-SHA256 -tls1_2
server=$(end rsa ',"versions":["1.2"],"suites":["C02F"]')
pair "$plain,\"versions\":[\"1.2\"],\"suites\":[\"C030\"]}" "$server"
fails suite.none-in-common 40 'C01: no suite in common' -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384
pair "$plain,\"versions\":[\"1.2\"],\"suites\":[\"C030\",\"C02F\"]}" "$server"
connects 'C01' -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256
stop_server "$server_pid"

serve -cert ec.pem -key ec.key -tls1_2
pair "$plain,\"versions\":[\"1.2\"],\"suites\":[\"C02F\"]}" "$(end ec ',"versions":["1.2"]')"
fails key.type-unfit 40 'C02: suites in common, none for an EC key' -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256
pair "$plain,\"versions\":[\"1.2\"],\"suites\":[\"C02B\"]}" "$(end ec ',"versions":["1.2"]')"
connects 'C02' -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256
stop_server "$server_pid"

# C03: GSKit refuses here; OpenSSL, which asks for EC certificates with RSA key exchange, too, does not.
asks=',"trust":"root.pem","ca_names":"trust","peer":"required"'
eccert="$plain,\"identities\":[{\"file\":\"ec.pem\",\"key_file\":\"ec.key\"}]"
serve -cert rsa.pem -key rsa.key -CAfile root.pem -Verify 2 -verify_return_error -tls1_2 -serverpref -cipher AES256-SHA:ECDHE-RSA-AES128-GCM-SHA256
for dialect in gskit-8 openssl-3.0; do
  pair "$eccert,\"versions\":[\"1.2\"]}" "$(end rsa ",\"dialect\":\"$dialect\",\"versions\":[\"1.2\"],\"own_order\":true,\"suites\":[\"0035\",\"C02F\"]$asks")"
  if [ $dialect = gskit-8 ]; then
    like "$out" 'clientcert.key-type-not-asked' 'C03: GSKit does not ask for EC with RSA key exchange'
  else
    connects 'C03' -tls1_2 -cert ec.pem -key ec.key
  fi
done
stop_server "$server_pid"

serve -cert rsa.pem -key rsa.key -CAfile root.pem -Verify 2 -verify_return_error -tls1_2 -client_sigalgs RSA+SHA256
pair "$eccert,\"versions\":[\"1.2\"]}" "$(end rsa ",\"versions\":[\"1.2\"],\"client_schemes\":[\"0401\"]$asks")"
fails clientcert.none-sent 40 'C04: no scheme for the key of the client' -tls1_2 -cert ec.pem -key ec.key
stop_server "$server_pid"
serve -cert rsa.pem -key rsa.key -CAfile root.pem -Verify 2 -verify_return_error -tls1_2 -client_sigalgs RSA+SHA256:ECDSA+SHA256
pair "$eccert,\"versions\":[\"1.2\"]}" "$(end rsa ",\"versions\":[\"1.2\"],\"client_schemes\":[\"0401\",\"0403\"]$asks")"
connects 'C04' -tls1_2 -cert ec.pem -key ec.key
stop_server "$server_pid"

# C05: the lists of GSKit are about chains as well.
gskit() { end rsa ",\"dialect\":\"gskit-8\",\"suites\":[\"C02F\"],\"schemes\":$1,\"trust\":\"root.pem\",\"peer\":\"required\""; }
pair "$eccert,\"versions\":[\"1.2\"]}" "$(gskit '["0401"]')"
unlike "$out" 'They agree' 'C05: the signature of the chain (ecdsa with SHA-256) is not in the list'
pair "$eccert,\"versions\":[\"1.2\"]}" "$(gskit '["0401","0403"]')"
exits 0 'C05: with the pair in the list it is the healthy twin'

serve -cert rsa.pem -key rsa.key -tls1_3 -sigalgs RSA+SHA256
pair "$plain}" "$(end rsa ',"versions":["1.3"],"schemes":["0401"]')"
fails scheme 40 'C06: TLS 1.3 without RSA-PSS' -tls1_3
stop_server "$server_pid"
serve -cert rsa.pem -key rsa.key -tls1_3 -sigalgs RSA+SHA256:RSA-PSS+SHA256
pair "$plain}" "$(end rsa ',"versions":["1.3"],"schemes":["0401","0804"]')"
connects 'C06' -tls1_3
stop_server "$server_pid"

# C08, C09: what a real pair agrees on is what the channel then refuses.
channel() { end rsa ",\"dialect\":\"mq-9.2\",$1"; }
mq='{"role":"client","dialect":"mq-9.2","trust":"root.pem"'
serve -cert rsa.pem -key rsa.key
pair "$mq}" "$(channel '"demand_versions":["1.2"],"demand_text":"ANY_TLS12"')"
like "$out" 'mq.channel-version' 'C08: TLS 1.3 is agreed, and the channel takes ANY_TLS12'
ok 'C08: a real pair' client
like "$(<said)" 'New, TLSv1.3' 'C08: agrees on TLS 1.3, as predicted'
pair "$mq,\"versions\":[\"1.2\"]}" "$(channel '"demand_versions":["1.2"],"demand_text":"ANY_TLS12"')"
connects 'C08' -tls1_2
pair "$mq,\"versions\":[\"1.2\"],\"suites\":[\"C030\"]}" "$(channel '"demand_suites":["C02F"],"demand_text":"ECDHE_RSA_AES_128_GCM_SHA256"')"
like "$out" 'mq.cipherspec-differs' "C09: another CipherSpec than the channel's"
ok 'C09: a real pair' client -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384
like "$(<said)" 'Cipher is ECDHE-RSA-AES256-GCM-SHA384' 'C09: agrees on it, as predicted'
pair "$mq,\"versions\":[\"1.2\"],\"suites\":[\"C02F\"]}" "$(channel '"demand_suites":["C02F"],"demand_text":"ECDHE_RSA_AES_128_GCM_SHA256"')"
connects 'C09' -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256
stop_server "$server_pid"

# C16: without, with, and with one that does not hold.
make_ca stranger '/CN=stranger'
issue strange /CN=strange stranger
for how in verify Verify; do
  peer=optional
  [ $how = Verify ] && peer=required
  serve -cert rsa.pem -key rsa.key -CAfile root.pem -$how 2 -verify_return_error -tls1_2
  server=$(end rsa ",\"versions\":[\"1.2\"],\"trust\":\"root.pem\",\"ca_names\":\"trust\",\"peer\":\"$peer\"")
  pair "$plain,\"versions\":[\"1.2\"]}" "$server"
  if [ $peer = optional ]; then
    connects 'C16: optional, and none is shown' -tls1_2
  else
    fails clientcert.none-sent 40 'C16: required, and none is shown' -tls1_2
  fi
  pair "$eccert,\"versions\":[\"1.2\"]}" "$server"
  connects "C16: $peer, and a good one is shown" -tls1_2 -cert ec.pem -key ec.key
  pair "${eccert//ec./strange.},\"versions\":[\"1.2\"]}" "$server"
  fails chain.client-refused 48 "C16: $peer, and one that does not hold is shown" -tls1_2 -cert strange.pem -key strange.key
  stop_server "$server_pid"
done

# C17: found at the client's end, before it connects.
serve -cert rsa.pem -key rsa.key -CAfile root.pem -Verify 2 -verify_return_error
openssl ec -in ec.key -aes256 -out sealed.key -passout pass:right1 2>/dev/null
openssl pkcs12 -export -in ec.pem -inkey ec.key -name me -out ec.p12 -passout pass:right1
echo "$plain,\"identities\":[{\"file\":\"ec.p12\",\"label\":\"mee\"}]}" >client.json
run "$CAUSEY" tls side client.json --password right1
like "$out" 'error +tls.identity-missing' 'C17: a label that is not there'
like "$out$err" 'me[^e]' 'and the nearest'
run "$CAUSEY" tls side client.json --password wrong1
like "$out" 'tls.store-not-opened' 'C17: a wrong password'
not_ok 'C17: a real client does not get in' client -cert ec.pem -key sealed.key -pass pass:wrong1
echo "$plain,\"identities\":[{\"file\":\"ec.p12\",\"label\":\"me\"}]}" >client.json
run "$CAUSEY" tls check client.json server.json --password right1
ok 'C17: the healthy twin gets in' client -cert ec.pem -key sealed.key -pass pass:right1
run "$CAUSEY" tls side client.json --password right1
unlike "$out" 'tls\.[a-z]' 'C17: and nothing is said of it'
stop_server "$server_pid"
done_testing
