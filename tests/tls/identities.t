#!/bin/bash
# Purpose: trap C23: several certificates of a client fit what the server asks. Which is shown, held against real
#   Java and OpenSSL; how they are told apart; a healthy twin.
. "$(dirname "$0")/../lib/tap.sh"
need openssl java javac keytool
. "$(dirname "$0")/../lib/pki.sh"
cd "$T" || exit 1
# Without the breaks of long lines.
flat() { out=$(printf '%s' "$out" | tr -s '\n ' ' '); }
javac -d . "$ROOT/tests/tls/JavaConnect.java"
make_ca root '/CN=Root'
make_ca other '/CN=Other Root'
issue server /CN=localhost root $'basicConstraints=CA:FALSE\nsubjectAltName=DNS:localhost'
cat root.pem other.pem >both.pem
keytool -importcert -noprompt -alias ca -file root.pem -keystore trust.p12 -storepass secret1 2>/dev/null
for name in one two three; do issue $name "/CN=$name" root $'basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth'; done
issue four /CN=four other
store() { # FILE ALIAS=NAME...: a store with these, in this order
  local file=$1 pair
  shift
  for pair in "$@"; do
    openssl pkcs12 -export -in "${pair#*=}.pem" -inkey "${pair#*=}.key" -name "${pair%=*}" -out part.p12 -passout pass:secret1
    keytool -importkeystore -noprompt -srckeystore part.p12 -srcstorepass secret1 -destkeystore "$file" -deststoretype PKCS12 \
      -deststorepass secret1 >/dev/null 2>&1
  done
}
options() { printf '%s\n' "-Djavax.net.ssl.keyStore=$1" -Djavax.net.ssl.keyStorePassword=secret1 \
  -Djavax.net.ssl.trustStore=trust.p12 -Djavax.net.ssl.trustStorePassword=secret1; }
echo '{"role":"server","identities":[{"file":"server.pem","key_file":"server.key"}],"trust":"both.pem",
  "ca_names":"trust","peer":"required"}' >server.json
port=$(free_port)
start_server "$port" openssl s_server -accept "$port" -cert server.pem -key server.key -CAfile both.pem -Verify 2 -verify_return_error -www
server=$server_pid

# Java: whatever the aliases are, the one that is predicted is the one that is shown.
n=0
for aliases in 'one two three' 'Zeta alpha me' 'mq1 mq2 mq3' 'key server client'; do
  n=$((n + 1))
  # shellcheck disable=SC2086 # three words
  set -- $aliases
  store "s$n.p12" "$1=one" "$2=two" "$3=three"
  options "s$n.p12" >"s$n.options"
  run "$CAUSEY" tls check "s$n.options" server.json
  exits 0 "C23: three certificates under $aliases"
  like "$out" 'notice +tls.several-certificates-fit' 'are a finding'
  predicted=$("$CAUSEY" tls check "s$n.options" server.json --json |
    "$PYTHON" -c 'import json, sys; print(json.load(sys.stdin)["client_certificate"])')
  mapfile -t words <"s$n.options"
  real=$(timeout 60 java "${words[@]}" -cp . JavaConnect "$port" 2>&1 | sed -n 's/^shown //p')
  is "$predicted" "$real" 'the one that is predicted is what a real Java shows'
done
flat
like "$out" '3 certificates of the client fit what the server asks' 'how many'
like "$out" 'Certificate +Shown +Accepted +Subject +Issuer +Serial +Until +Usage' 'and how to tell them apart'
like "$out" 'they have the same issuer, so nothing that the server asks can tell them apart' 'what would leave one, or would not'
like "$out" "Java's key manager takes the first" 'whose choice it is'
run "$CAUSEY" tls check "s1.options" server.json --json
json_valid 'as JSON' tls_check-1.json <(printf '%s' "$out")
like "$out" '"several"' 'with the list'

# With another issuer, what the server names can leave one.
store mixed.p12 a=one b=four
options mixed.p12 >mixed.options
run "$CAUSEY" tls check mixed.options server.json
flat
like "$out" 'their issuers differ, so a server that names only the one CA leaves one' 'another issuer can tell them apart'
sed 's/both.pem/root.pem/' server.json >root.json
run "$CAUSEY" tls check mixed.options root.json
exits 0 'a server that names only the one'
unlike "$out" 'tls.several-certificates-fit' 'leaves one, and nothing is said'

# OpenSSL: the last of a kind that was loaded.
cat >load.py <<'END'
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_verify_locations("root.pem")
for name in sys.argv[2:]:
    context.load_cert_chain(name + ".pem", name + ".key")
with context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1]))), server_hostname="localhost") as s:
    s.sendall(b"GET / HTTP/1.0\r\n\r\n")
    while s.recv(65536):
        pass
END
echo '{"role":"client","trust":"root.pem","identities":[{"file":"one.pem","key_file":"one.key"},
  {"file":"two.pem","key_file":"two.key"}]}' >openssl.json
run "$CAUSEY" tls check openssl.json server.json --json
like "$out" '"client_certificate": ?"CN=two"' 'OpenSSL shows the last that was loaded'
like "$out" 'OpenSSL keeps the last one of each kind' 'and that is said'
"$PYTHON" load.py "$port" one two
like "$(<"$T/server.$port.log")" 'CN ?= ?two' 'a real one does'
unlike "$(grep -A3 'depth=0' "$T/server.$port.log" | tail -3)" 'CN ?= ?one' 'and not the first'
stop_server "$server"

# The healthy twin has one, or names one.
store single.p12 me=one
options single.p12 >single.options
run "$CAUSEY" tls check single.options server.json
exits 0 'a store with one certificate'
unlike "$out" 'tls.several' 'is silent'
echo '{"role":"client","trust":"root.pem","identities":[{"file":"s1.p12","label":"two"}]}' >named.json
run "$CAUSEY" tls check named.json server.json --password secret1
exits 0 'a client that names one of three'
unlike "$out" 'tls.several' 'is silent, too'

# audit sees it without a server.
mkdir bad good
cp s1.options bad/app.conf
cp s1.p12 trust.p12 bad/
cp single.options good/app.conf
cp single.p12 trust.p12 good/
run "$CAUSEY" audit bad
like "$out" 'tls.several-certificates-fit +bad/app.conf' 'audit finds a store with several and no alias'
flat
like "$out" 'none is chosen: one, two, three' 'and lists them'
run "$CAUSEY" audit good
unlike "$out" 'tls\.' 'its healthy twin is silent'
done_testing
