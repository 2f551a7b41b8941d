#!/bin/bash
# Purpose: hellos that we build are answered by real servers as the specification says, and their answers are read.
. "$(dirname "$0")/../lib/tap.sh"
need openssl gnutls-serv java "$PYTHON"
tool=$BUILD/tests/test_wire_build-tls
[ -x "$tool" ] || skip_all 'built without unit tests'
cd "$T" || exit 1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -subj /CN=mq1.example \
  -addext subjectAltName=DNS:mq1.example -days 2 2>openssl.err || bail "no certificate: $(cat openssl.err)"
openssl pkcs12 -export -inkey key.pem -in cert.pem -out id.p12 -passout pass:storepass

# ask PORT HELLO: what the server answers until it closes
ask() {
  "$tool" hello "$2" >hello.bin || return 1
  "$PYTHON" - "$1" >answer.bin <<'PY' || return 1
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 60)
s.sendall(open("hello.bin", "rb").read())
s.shutdown(socket.SHUT_WR)
answer = b""
try:
    while piece := s.recv(65536):
        answer += piece
except ConnectionResetError:
    pass
sys.stdout.buffer.write(answer)
PY
  run "$tool" read <answer.bin
}

# serve COMMAND...: PORT in it is a free one
serve() {
  local try
  for try in 1 2 3; do
    port=$(free_port)
    if start_server "$port" "${@//PORT/$port}"; then return 0; fi
  done
  bail "$1 does not start (tried $try times): $(cat "server.$port.log")"
}

answers() { # NAME
  ask "$port" tls12
  like "$out" $'^ServerHello TLS 1.2 TLS_ECDHE_ECDSA_[^ ]* group none\nCertificate 1\nServerKeyExchange (x25519|secp256r1) ecdsa_secp256r1_sha256\nServerHelloDone' \
    "$1 answers a hello of TLS 1.2"
  ask "$port" tls13
  like "$out" $'^ServerHello TLS 1.3 TLS_[^ ]* group x25519\n' "$1 answers a hello of TLS 1.3"
  like "$out" 'sealed' "$1 goes on under keys"
  ask "$port" padded13
  like "$out" '^ServerHello TLS 1.3 ' "$1 takes a padded hello"
  ask "$port" retry13
  like "$out" '^HelloRetryRequest TLS 1.3 TLS_[^ ]* group secp384r1' "$1 asks for a share of the only group"
  ask "$port" unknown
  like "$out" '^alert fatal handshake_failure' "$1 refuses a suite that it has not got"
}

serve openssl s_server -accept 127.0.0.1:PORT -key key.pem -cert cert.pem -quiet -cipher 'ALL:@SECLEVEL=0'
answers openssl
ask "$port" tls10
like "$out" '^(ServerHello TLS 1.0|alert fatal protocol_version)' 'openssl says yes or no to TLS 1.0'
stop_server "$server_pid"

serve gnutls-serv --port PORT --x509keyfile key.pem --x509certfile cert.pem --disable-client-cert --echo
answers gnutls
stop_server "$server_pid"

serve java "$ROOT/tests/tls/WireServer.java" PORT id.p12 storepass
answers java
ask "$port" tls10
like "$out" '^alert fatal protocol_version' 'java refuses TLS 1.0'
stop_server "$server_pid"

# What is no TLS at all is named.
serve "$PYTHON" -m http.server --bind 127.0.0.1 PORT
ask "$port" tls12
like "$out" 'not TLS' 'a server without TLS is no server with it'
is "$status" 3 'and that is an error'

# flow CAPTURE [N]: what both ends of its Nth connection sent
flow() {
  "$PYTHON" "$ROOT/tests/tls/pcap.py" "$1" "${2-0}" >flow.bin || return 1
  run "$tool" flow <flow.bin
}
captures=$ROOT/tests/fixtures/captures
flow "$captures/illustrated-tls12.pcap"
is "$out" "$(cat "$captures/illustrated-tls12.txt")" 'a captured handshake of TLS 1.2'
flow "$captures/illustrated-tls13.pcap"
is "$out" "$(cat "$captures/illustrated-tls13.txt")" 'and one of TLS 1.3'

# Captures that can not be in a clone, where they are.
more=$ROOT/../shared/fixtures/captures/wireshark/captures
holds() { # CAPTURE N REGEX
  if [ ! -e "$more/$1" ]; then skip "$1" 'not here'; return; fi
  flow "$more/$1" "$2"
  like "$out" "$3" "$1"
  is "$status" 0 'to its end'
}
end=$'\nchange_cipher_spec(\nsealed)+$'
holds rsasnakeoil2.pcap 0 $'^ClientHello \\(SSL 2\\) SSL 3.0 .*\nServerHello SSL 3.0 TLS_RSA_WITH_AES_256_CBC_SHA '".*$end"
holds tls-renegotiation.pcap 0 $'\nServerHello TLS 1.2 .*\nNewSessionTicket'"$end"
holds tls-fragmented-handshakes.pcap.gz 0 '^ClientHello '
holds dhe1.pcapng.gz 0 "ServerHello TLS 1.0 TLS_DHE_RSA_WITH_AES_256_CBC_SHA .*$end"
holds tls-fragmented-over-tcp-segmented.pcapng.gz 0 $'\nServerKeyExchange x25519 rsa_pkcs1_sha256\n'".*$end"
holds tls13-rfc8446.pcap 0 $'^ClientHello TLS 1.3 .*\nServerHello TLS 1.3 TLS_AES_128_GCM_SHA256 group x25519\n'".*$end"
holds tls12-aes256gcm.pcap 0 "ServerHello TLS 1.2 TLS_PSK_WITH_AES_256_GCM_SHA384 .*$end"
holds http2_follow_multistream.pcapng 0 $'\nCertificate 2\nCertificateStatus\n'".*$end"
n=0
for exchange in 'ServerKeyExchange x25519 ecdsa_secp256r1_sha256' 'ServerKeyExchange x25519 rsa_pss_rsae_sha256' \
  'ServerKeyExchange 2048 bits rsa_pss_rsae_sha256' 'Certificate 1' 'ServerKeyExchange 3072 bits none' \
  'ServerKeyExchange x25519 none' 'TLS_PSK_WITH_CHACHA20_POLY1305_SHA256 group none'; do
  holds tls12-chacha20poly1305.pcap "$n" "$exchange"$'\nServerHelloDone\n'".*$end"
  n=$((n + 1))
done

done_testing
