#!/bin/bash
# Purpose: application protocols (ALPN): what nginx, haproxy and curl really name, whom they refuse, and what would mend it.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/tls_peer.sh"
need openssl nginx haproxy
cd "$T" || exit 1
pki_ca
pki_cert one ec
cat one-ec.pem one-ec.key >pem
port=$(free_port) second=$(free_port) third=$(free_port)
server() { printf 'server { listen 127.0.0.1:%s; server_name %s; ssl_certificate one-ec.pem; ssl_certificate_key one-ec.key; %s }\n' "$@"; }
cat >nginx.conf <<END_CONF
daemon off; master_process off; pid $T/pid; error_log $T/error.log;
events { worker_connections 64; }
http {
  access_log off; client_body_temp_path $T/b; proxy_temp_path $T/p; fastcgi_temp_path $T/f; uwsgi_temp_path $T/u; scgi_temp_path $T/s;
  $(server "$port ssl" plain)
  $(server "$second ssl http2" newer)
}
END_CONF
cat >haproxy.cfg <<END_CONF
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend one
  bind 127.0.0.1:$third ssl crt $T/pem alpn h2,http/1.1
  http-request return status 200 content-type text/plain string "one"
END_CONF
ok 'nginx starts' start_server "$port" nginx -c "$T/nginx.conf" -p "$T"
ok 'haproxy starts' start_server "$third" haproxy -db -f "$T/haproxy.cfg"

# client NAMES: a side that names them; real PORT NAMES: what a server makes of that.
client() { printf '{"name": "c", "role": "client", "trust": ["ca.pem"], "alpn": %s}\n' "$1" >client.json; }
real() { openssl s_client -connect "127.0.0.1:$1" -servername one -alpn "$2" </dev/null >said 2>&1; }

client '["h2"]'
real "$port" h2
like "$(cat said)" 'alert number 120|no application protocol' 'nginx without http2 refuses who speaks h2 only'
run "$CAUSEY" tls check client.json nginx.conf#plain
exits 1 'so it is predicted'
like "$out" 'alpn.none-in-common' 'with its cause'
like "$out" 'server sends the alert no_application_protocol \(120\) after ClientHello' 'the alert'
like "$out" 'Protocols of the client: h2' 'what stands against'
like "$out" 'Protocols of the server: http/1.1, http/1.0, http/0.9' 'what'
like "$out" 'client: add the application protocol http/1.1' 'and the change that mends it'
run "$CAUSEY" tls check --json client.json nginx.conf#plain
json_valid 'in the form of the schema' tls_check-1.json <(printf '%s' "$out")

real "$second" h2
like "$(cat said)" 'ALPN protocol: h2' 'with http2 it agrees on it'
run "$CAUSEY" tls check client.json nginx.conf#newer
exits 0 'the healthy twin'
like "$out" 'protocol +h2 ' 'says so'
unlike "$out" 'alpn.none' 'and nothing else'

client '["mqtt"]'
real "$third" mqtt
like "$(cat said)" 'No ALPN negotiated' 'haproxy goes on without a protocol'
run "$CAUSEY" tls check client.json haproxy.cfg
exits 0 'so it is predicted'
like "$out" 'goes on as if none had been named' 'and said'
client '["http/1.1", "h2"]'
real "$third" http/1.1,h2
like "$(cat said)" 'ALPN protocol: h2' 'of several, the order of haproxy decides'
run "$CAUSEY" tls check client.json haproxy.cfg
like "$out" 'protocol +h2 ' 'as predicted'
run "$CAUSEY" tls check client.json nginx.conf#plain --what-if server.alpn=x-own
like "$out" 'alpn.none-in-common' 'what if it spoke something else'

# curl names HTTP/2 and 1.1 by itself.
printf 'curl --cacert ca.pem https://one/\ncurl --http1.1 --cacert ca.pem https://one/\ncurl --no-alpn --cacert ca.pem https://one/\ncurl --cacert ca.pem ftps://one/\n' >calls.sh
"$CAUSEY" tls side --json calls.sh >side.json
is "$("$PYTHON" -c 'import json; print([s.get("alpn") for s in json.load(open("side.json"))["sides"]])')" \
  "[['h2', 'http/1.1'], ['http/1.1'], None, None]" 'curl names what its options say'
json_valid 'in the form of the schema' tls_side-1.json side.json
if command -v curl >/dev/null; then
  curl -sv --resolve "one:$second:127.0.0.1" --cacert ca.pem "https://one:$second/" >said 2>&1
  like "$(cat said)" 'offers h2, *http/1.1|offering h2' 'and really does'
fi

# What is wrong is named with its line.
client '["h2", "", 7]'
run "$CAUSEY" tls side client.json
is "$(grep -c 'is to be the name of a protocol' <<<"$out")" 2 'a name that is none, and a number'
done_testing
