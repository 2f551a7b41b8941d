#!/bin/bash
# Purpose: what real programs print about a connection is read as what it really used.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl gnutls-cli curl java keytool "$PYTHON"
tool=$BUILD/tests/test_trace-tls
[ -x "$tool" ] || skip_all 'built without unit tests'
cd "$T" || exit 1
make_ca ca '/C=GB/O=Example/CN=Example CA'
issue mq1 '/C=GB/O=Example/CN=mq1' ca subjectAltName=DNS:localhost
issue jane '/C=GB/O=Example/CN=Jane Doe' ca

serve() { # OPTION...
  local try
  for try in 1 2 3; do
    port=$(free_port)
    if start_server "$port" openssl s_server -accept "127.0.0.1:$port" -key mq1.key -cert mq1.pem -CAfile ca.pem -quiet "$@"; then
      return 0
    fi
  done
  bail "no server (tried $try times): $(cat "server.$port.log")"
}
seen() { run "$tool" show <"$1"; } # FILE
says() { # REGEX DESC
  like "$out" "$1" "$2"
}

serve -Verify 1
echo Q | openssl s_client -connect "localhost:$port" -CAfile ca.pem -cert jane.pem -key jane.key >s13.txt 2>&1
seen s13.txt
says $'^openssl s_client of a client @1\n' 's_client is recognised'
says $'\nversion TLS 1.3 @[0-9]+\nsuite TLS_AES_256_GCM_SHA384 @[0-9]+\ngroup x25519 @[0-9]+\nserver signs ecdsa_secp256r1_sha256 @' 'TLS 1.3'
says $'\n  subject C = GB, O = Example, CN = mq1 @[0-9]+\n  issuer C = GB, O = Example, CN = Example CA @[0-9]+\n  in full: CN=mq1,O=Example,C=GB\n' 'with the certificate'
says $'\nasked @[0-9]+\nasked schemes [0-9]+: ecdsa_secp256r1_sha256 .*\nasked ca C = GB, O = Example, CN = Example CA @' 'and what was asked'
unlike "$out" 'received|error' 'all is well'
line=$(grep -n 'Cipher is' s13.txt)
says "suite TLS_AES_256_GCM_SHA384 @${line%%:*}" 'the line is right'

echo Q | openssl s_client -connect "localhost:$port" -tls1_2 -groups P-384:P-256 >s12.txt 2>&1
seen s12.txt
says $'\nversion TLS 1.2 @[0-9]+\nsuite TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 @[0-9]+\ngroup secp384r1 @' 'TLS 1.2'
says $'\nreceived fatal handshake_failure @' 'the alert of a server that wants a certificate'
says $'\nerror openssl-verify (19|20|21): .*\nerror openssl 0A000410: sslv3 alert handshake failure @' 'the errors'

gnutls-cli --x509cafile ca.pem --x509certfile jane.pem --x509keyfile jane.key --print-cert -p "$port" localhost </dev/null >g13.txt 2>&1
seen g13.txt
says $'^gnutls-cli of a client @1\nhost localhost:[0-9]+ @[0-9]+\nversion TLS 1.3 @[0-9]+\nsuite TLS_AES_256_GCM_SHA384 @[0-9]+\ngroup (secp256r1|x25519) @[0-9]+\nserver signs ecdsa_secp256r1_sha256 @' 'gnutls-cli'
says $'\n  subject CN=mq1,O=Example,C=GB @[0-9]+\n  issuer CN=Example CA,O=Example,C=GB @[0-9]+\n  in full: CN=mq1,O=Example,C=GB\n' 'with the certificate'
gnutls-cli --x509cafile ca.pem --priority NORMAL:-VERS-TLS1.3 -p "$port" localhost </dev/null >g12.txt 2>&1
seen g12.txt
says $'\nclient certificates 0 @[0-9]+\nasked @' 'that it had no certificate'
says $'\nreceived alert handshake_failure @[0-9]+\nerror gnutls -: A TLS fatal alert has been received. @' 'and what came of it'

curl -sv --max-time 20 --cacert ca.pem --cert jane.pem --key jane.key "https://localhost:$port/" >c13.txt 2>&1 </dev/null &
curl_pid=$!
for ((n = 0; n < 200; n++)); do
  if ! kill -0 "$curl_pid" 2>/dev/null || grep -qs '^> GET' c13.txt; then break; fi
  sleep 0.1
done
kill "$curl_pid" 2>/dev/null
wait "$curl_pid" 2>/dev/null
seen c13.txt
says $'^curl -v of a client @[0-9]+\nhost localhost @[0-9]+\ntrust ca.pem @[0-9]+\nversion TLS 1.3 @[0-9]+\nsuite TLS_AES_256_GCM_SHA384 @' 'curl'
says $'\n  subject C=GB; O=Example; CN=mq1 @[0-9]+\n  issuer C=GB; O=Example; CN=Example CA @[0-9]+\nasked @' 'with the certificate'
curl -v --cacert ca.pem --tls-max 1.2 "https://localhost:$port/" >c12.txt 2>&1 </dev/null
seen c12.txt
says $'\nreceived fatal handshake_failure @[0-9]+\nerror openssl 0A000410: sslv3 alert handshake failure @' 'the alert and the error'
says $'\nerror curl 35: ' 'and its own'
curl -v "https://localhost:$port/" >c.txt 2>&1 </dev/null
seen c.txt
says $'\nsent fatal unknown_ca @' 'an alert that it sends'
says $'\nerror openssl-verify -: (unable to get local issuer|self-signed) certificate.* @' 'and why'

# Bytes in the trace: what the client offered, too.
echo Q | openssl s_client -connect "localhost:$port" -CAfile ca.pem -cert jane.pem -key jane.key -msg -servername mq1.example >m13.txt 2>&1
seen m13.txt
says $'\nhost mq1.example @[0-9]+\noffers versions [0-9]+: TLS 1.3 TLS 1.2 .*\noffers groups [0-9]+: x25519 ' 's_client -msg'
says $'\nclient signs ecdsa_secp256r1_sha256 @[0-9]+\n' 'with what TLS 1.3 seals'
says $'\nclient certificates 2 @[0-9]+\n  in full: CN=Jane Doe,O=Example,C=GB\n' 'with its own certificate'
is "$(grep -c '^asked ca' <<<"$out")" 1 'each name of a CA is there once'
openssl s_client -connect "localhost:$port" -tls1_2 -debug >d12.txt 2>d12.err </dev/null
grep -E '^(write to|read from|[0-9a-f]{4} - )' d12.txt >dump.txt
seen dump.txt
says $'^dump of a client @2\noffers versions 1: TLS 1.2 @2\noffers suites ' 'the dumps alone'
says $'\nversion TLS 1.2 @[0-9]+\nsuite TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 @[0-9]+\ngroup x25519 @[0-9]+\nserver signs ecdsa_secp256r1_sha256 @' 'with what was agreed'
says $'\n  in full: CN=mq1,O=Example,C=GB\n' 'with the certificate'
says $'\nclient certificates 0 @[0-9]+\nasked @.*\nasked ca CN=Example CA,O=Example,C=GB @' 'with what was asked'
says $'\nreceived fatal handshake_failure @' 'and the alert'
for tool_name in xxd 'hexdump -C'; do
  command -v "${tool_name%% *}" >/dev/null || { skip "$tool_name" 'not here'; continue; }
  for file in client-tls12 server-tls12; do $tool_name "$ROOT/tests/corpus/wire_record/$file"; done >hex.txt
  seen hex.txt
  says $'\nversion TLS 1.2 @[0-9]+\nsuite TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 @' "$tool_name"
done

# Java, at each end.
openssl pkcs12 -export -inkey jane.key -in jane.pem -certfile ca.pem -name jane -out jane.p12 -passout pass:storepass
openssl pkcs12 -export -inkey mq1.key -in mq1.pem -certfile ca.pem -name mq1 -out mq1.p12 -passout pass:storepass
keytool -importcert -noprompt -alias ca -file ca.pem -keystore trust.p12 -storepass storepass 2>keytool.err
java -Djavax.net.debug=ssl:handshake "$ROOT/tests/tls/WireClient.java" "$port" trust.p12 storepass TLSv1.2 jane.p12 >j12.txt 2>&1
seen j12.txt
says $'^Java of a client @[0-9]+\nlabel jane @[0-9]+\noffers versions 1: TLS 1.2 @[0-9]+\noffers suites [0-9]+: TLS_' 'Java with TLS 1.2'
says $'\noffers groups [0-9]+: x25519 secp256r1 .*\nversion TLS 1.2 @[0-9]+\nsuite TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 @[0-9]+\ngroup x25519 @[0-9]+\nserver signs ecdsa_secp256r1_sha256 @[0-9]+\nclient signs ecdsa_secp256r1_sha256 @' 'with what was agreed'
says $'\nserver certificates 2 @[0-9]+\n  subject CN=mq1, O=Example, C=GB @' "with the server's certificates"
says $'\nclient certificates 2 @[0-9]+\n  subject CN=Jane Doe, O=Example, C=GB @' 'with its own'
says $'\nasked schemes [0-9]+: ecdsa_secp256r1_sha256 .*\nasked ca CN=Example CA, O=Example, C=GB @' 'and what was asked'
java -Djavax.net.debug=ssl:handshake "$ROOT/tests/tls/WireClient.java" "$port" trust.p12 storepass TLSv1.3 >j13.txt 2>&1
seen j13.txt
says $'\nversion TLS 1.3 @[0-9]+\nsuite TLS_AES_256_GCM_SHA384 @[0-9]+\ngroup x25519 @[0-9]+\nserver signs ecdsa_secp256r1_sha256 @' 'Java with TLS 1.3'
says $'\nclient certificates 0 @[0-9]+\nasked @.*\nasked ca CN=Example CA, O=Example, C=GB @' 'that it had no certificate'
says $'\nreceived fatal certificate_required @[0-9]+\n.*error java SSLHandshakeException: ' 'and what came of it'
stop_server "$server_pid"

for try in 1 2 3; do
  port=$(free_port)
  if start_server "$port" java -Djavax.net.debug=ssl:handshake "$ROOT/tests/tls/WireServer.java" "$port" mq1.p12 storepass; then
    break
  fi
done
echo Q | openssl s_client -connect "localhost:$port" -CAfile ca.pem -servername mq1.example >s.txt 2>&1
openssl s_client -connect "localhost:$port" -tls1_1 -cipher ALL:@SECLEVEL=0 >s11.txt 2>&1 </dev/null
stop_server "$server_pid"
seen "server.$port.log"
says $'^Java of a server @[0-9]+\nhost mq1.example @' 'Java as a server'
says $'\nversion TLS 1.3 @[0-9]+\nsuite TLS_AES_256_GCM_SHA384 @[0-9]+\ngroup x25519 @[0-9]+\nserver signs ecdsa_secp256r1_sha256 @' 'with what was agreed'
says $'\nsent (alert|fatal) protocol_version @[0-9]+\nerror java PROTOCOL_VERSION: ' 'and the alert that it sent to the next client'
seen s11.txt
says $'\nreceived fatal protocol_version @' 'which got it'

for file in mq1.pem mq1.key; do
  seen "$file"
  is "$status" 3 "$file is no trace"
done

done_testing
