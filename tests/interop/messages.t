#!/bin/bash
# Purpose: explain on what openssl, curl, GnuTLS and Java really write when a handshake fails: the cause that was
# built into the two ends comes first, and of a connection that works nothing is said.
. "$(dirname "$0")/../lib/tap.sh"
need openssl curl gnutls-cli java timeout

cd "$T" || exit 1
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=CA -days 30 \
  -addext basicConstraints=critical,CA:TRUE 2>/dev/null
openssl ecparam -name prime256v1 -out p256.pem
certificate() { # NAME KEY SAN
  openssl req -newkey "$2" -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -out "$1.pem" -days 20 \
    -extfile <(echo "subjectAltName=$3") 2>/dev/null
}
certificate server rsa:2048 DNS:localhost,IP:127.0.0.1
certificate elsewhere rsa:2048 DNS:elsewhere.example
certificate ec ec:p256.pem DNS:localhost

# serve OPTION...: a server on $port, whose log is server.log.
serve() {
  local tries
  for tries in 1 2 3 4 5; do
    port=$(free_port)
    start_server "$port" openssl s_server -accept "127.0.0.1:$port" -cert server.pem -key server.key -state -www "$@" &&
      return 0
  done
  bail "no server after $tries tries"
}
# ended NAME: the server is ended, its log is NAME.server.
ended() {
  stop_server "$server_pid"
  cp "$T/server.$port.log" "$1.server"
}
client() { # NAME OPTION...
  local name=$1
  shift
  echo Q | timeout 30 openssl s_client -connect "127.0.0.1:$port" -state "$@" >"$name.client" 2>&1
}
# first FILE CAUSE: the likeliest cause in a log.
first() {
  "$CAUSEY" explain "./$1" --json >"$1.json"
  is "$($PYTHON -c 'import json, sys
cases = json.load(open(sys.argv[1]))["cases"]
print(cases[0]["causes"][0]["id"] if cases else "nothing")' "$1.json")" "$2" "$1: $2"
}
refused() { # FILE END
  like "$(cat "$1.json")" "\"refused\": *\"$2\"" "$1: the $2 refused"
}

serve -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256
client suite -cipher ECDHE-RSA-AES256-GCM-SHA384
ended suite
first suite.server suite.none-in-common
refused suite.server server
first suite.client suite.none-in-common
refused suite.client server

serve -Verify 1 -CAfile ca.pem -tls1_2
client none12 -CAfile ca.pem
ended none12
first none12.server clientcert.none-sent
first none12.client clientcert.none-sent
refused none12.client server

serve -Verify 1 -CAfile ca.pem
client none13 -CAfile ca.pem
ended none13
first none13.server clientcert.none-sent

serve
client scheme -sigalgs ECDSA+SHA256
client group -groups P-256
client ca -verify_return_error -CAfile ec.pem
curl -sv --cacert ec.pem "https://127.0.0.1:$port/" >curl.client 2>&1
gnutls-cli --x509cafile ec.pem -p "$port" 127.0.0.1 >gnutls.client 2>&1 </dev/null
ended scheme
first scheme.server scheme.none-in-common
first ca.client chain.ca-unknown
refused ca.client client
first curl.client chain.ca-unknown
refused curl.client client
first gnutls.client chain.ca-unknown

serve -groups P-384
client group -groups P-256
ended group
first group.server group.none-in-common

serve -tls1_3
client version -tls1_2
ended version
first version.server version.none-in-common
first version.client version.none-in-common

cat >Client.java <<'EOF'
import javax.net.ssl.*;
public class Client {
  public static void main(String[] a) throws Exception {
    SSLSocket s = (SSLSocket) SSLSocketFactory.getDefault().createSocket(a[0], Integer.parseInt(a[1]));
    if (a.length > 2) {
      SSLParameters p = s.getSSLParameters();
      p.setEndpointIdentificationAlgorithm("HTTPS");
      s.setSSLParameters(p);
    }
    s.startHandshake();
    System.out.println("connected");
  }
}
EOF
keytool=(keytool -importcert -noprompt -storepass changeit -storetype PKCS12)
"${keytool[@]}" -alias ca -file ca.pem -keystore good.p12 >/dev/null 2>&1
"${keytool[@]}" -alias ec -file ec.pem -keystore other.p12 >/dev/null 2>&1
javac -d . Client.java >/dev/null 2>&1 || bail 'javac'
java_client() { # NAME STORE OPTION... -- HOST [CHECK]
  local name=$1 store=$2 options=()
  shift 2
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  java -cp . -Djavax.net.ssl.trustStore="$store" -Djavax.net.ssl.trustStorePassword=changeit "${options[@]}" \
    Client "$2" "$port" ${3+"$3"} >"$name.client" 2>&1
}
openssl pkcs12 -export -nokeys -in ca.pem -out empty.p12 -passout pass:changeit 2>/dev/null
serve
java_client java_ca other.p12 -- localhost
java_client java_empty empty.p12 -- localhost
java_client java_good good.p12 -- localhost check
client good -CAfile ca.pem
curl -sv --cacert ca.pem "https://127.0.0.1:$port/" >good_curl.client 2>&1
ended java
first java_ca.client chain.ca-unknown
first java_empty.client java.store-path
first java_good.client nothing
first good.client nothing
first good_curl.client nothing

serve -cert elsewhere.pem -key elsewhere.key
java_client java_name good.p12 -- localhost check
curl -s -S --cacert ca.pem "https://localhost:$port/" >curl_name.client 2>&1
ended name
first java_name.client cert.name-mismatch
first curl_name.client cert.name-mismatch

# Clear text where TLS is expected, and the other way round.
port=$(free_port)
start_server "$port" $PYTHON -m http.server --bind 127.0.0.1 "$port" || bail 'no server'
client clear
curl -s -S "https://127.0.0.1:$port/" >clear_curl.client 2>&1
java_client java_clear good.p12 -- localhost
stop_server "$server_pid"
first clear.client port.not-tls
first clear_curl.client port.not-tls
first java_clear.client port.not-tls
done_testing
