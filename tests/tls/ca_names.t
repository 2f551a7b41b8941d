#!/bin/bash
# Purpose: trap C07: the client has a certificate, but not of a CA that the server names, and sends none; held against
#   gnutls-cli and openssl at the client's end.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/tls_peer.sh"
need openssl gnutls-cli
cd "$T" || exit 1
export GNUTLS_SYSTEM_PRIORITY_FILE=/dev/null
pki_ca
pki_cert server ec
pki_cert mine ec
cp ca.pem first.pem
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -subj /CN=otherca -days 30 2>/dev/null
pki_cert other ec
mv ca.pem second.pem
cat first.pem second.pem >both.pem
cat second.pem >>other-ec.pem # as it sends its chain

# serve CAFILE: a server that demands a certificate and names the CAs of this file; comes NAME: whether gnutls-cli is let in.
serve() {
  [ -z "${pid:-}" ] || stop_server "$pid"
  port=$(free_port)
  start_server "$port" openssl s_server -accept "$port" -cert server-ec.pem -key server-ec.key -CAfile "$1" -Verify 3 \
    -verify_return_error -www -quiet
  pid=$server_pid
}
comes() {
  gnutls-cli --x509certfile "$1-ec.pem" --x509keyfile "$1-ec.key" --x509cafile first.pem --verify-hostname server \
    -p "$port" 127.0.0.1 <<<"" >said 2>&1
}
side() { cat >"$1.json"; }
client() { side "$1" <<<"{\"role\":\"client\",\"dialect\":\"$2\",\"trust\":\"first.pem\",\"identities\":[{\"file\":\"$1-ec.pem\",\"key_file\":\"$1-ec.key\"}]}"; }
side server <<<'{"role":"server","identities":[{"file":"server-ec.pem","key_file":"server-ec.key"}],"trust":"first.pem","peer":"required","ca_names":"trust"}'
client mine gnutls-3.7
client other gnutls-3.7

serve first.pem
comes mine
unlike "$(cat said)" 'Fatal alert|\*\*\* ' 'a client below a CA that is named comes in'
run "$CAUSEY" tls check mine.json server.json
exits 0 'as predicted'
comes other
like "$(cat said)" 'certificate_required|Certificate is required|alert' 'one below another CA does not, since it sends no certificate'
run "$CAUSEY" tls check other.json server.json
exits 1 'as predicted'
like "$out" 'clientcert.none-sent: the server sends certificate_required \(116\)' 'with its cause and alert'
like "$out" 'not among the CAs that the server named, so none is sent' 'what the client made of the request'
like "$out" 'CAs that the server names: CN=ca' 'whom the server names'
like "$out" 'Certificates of the client: CN=other of CN=otherca' 'and who issued what the client has'
like "$out" 'server: add the CA CN=otherca to the trust store' 'which CA must be added'
unlike "$out" 'security level' 'nothing that gives up security'
serve both.pem
comes other
unlike "$(cat said)" 'Fatal alert|\*\*\* ' 'with that change it comes in'

# OpenSSL does not heed the names: it sends what it has, and is refused.
serve first.pem
client other openssl-3.0
openssl s_client -tls1_2 -connect "127.0.0.1:$port" -cert other-ec.pem -key other-ec.key -CAfile first.pem <<<"GET /" >said 2>&1
like "$(cat said)" 'alert unknown ca|alert number 48' 'openssl sends its certificate all the same, and is refused'
run "$CAUSEY" tls check other.json server.json
like "$out" 'chain.client-refused: the server sends unknown_ca \(48\)' 'as predicted'
client other jdk-17
run "$CAUSEY" tls check other.json server.json
like "$out" 'clientcert.none-sent' 'Java heeds the names'
done_testing
