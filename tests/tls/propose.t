#!/bin/bash
# Purpose: what `tls propose` tells is written into real configurations, and everyone connects; who holds the others back.
. "$(dirname "$0")/../lib/tap.sh"
need openssl
cd "$T" || exit 1
openssl req -x509 -newkey rsa:2048 -nodes -keyout s.key -out s.pem -subj /CN=localhost -days 30 2>/dev/null
identity='"identities": [{"file": "s.pem", "key_file": "s.key"}]'
echo "{\"role\": \"server\", \"product\": \"OpenSSL\", \"versions\": [\"1.2\"], $identity}" >server.json
echo '{"role": "client", "product": "OpenSSL", "versions": ["1.0", "1.1", "1.2"], "trust": ["s.pem"]}' >client.json

run "$CAUSEY" tls propose client.json server.json
exits 0 'two ends that could do better'
like "$out" 'TLS 1.3 alone: 1 of 1 pairs connect' 'are told how'
like "$out" 'write: MinProtocol = TLSv1.3' "in the product's own words"
unlike "$out" 'holds the others back' 'and nobody is blamed'
run "$CAUSEY" tls propose client.json server.json --json
exits 0 'as JSON'
printf '%s' "$out" >proposal.json
json_valid 'which keeps to the schema' tls_propose-1.json proposal.json

# Written down and started.
for role in client server; do
  { printf 'openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n'
    "$PYTHON" -c '
import json, sys
for side in json.load(open("proposal.json"))["sides"]:
    if side["role"] == sys.argv[1]:
        print("\n".join(s["write"] for s in side["settings"] if s["write"]))' "$role"; } >"$role.cnf"
done
port=$(free_port)
ok 'a server starts with what was proposed' start_server "$port" env OPENSSL_CONF="$T/server.cnf" openssl s_server \
  -accept "127.0.0.1:$port" -cert s.pem -key s.key -quiet
run env OPENSSL_CONF="$T/client.cnf" openssl s_client -connect "127.0.0.1:$port" -CAfile s.pem -verify_return_error </dev/null
exits 0 'and a client with its part connects'
like "$out" 'New, TLSv1.3' 'with TLS 1.3'
run openssl s_client -connect "127.0.0.1:$port" -CAfile s.pem -tls1_2 </dev/null
isnt "$status" 0 'and nobody with less'
stop_server "$server_pid"

# A client whose trust does not help stays apart, and is named.
echo '{"role": "client", "label": "stranger"}' >stranger.json
run "$CAUSEY" tls propose client.json stranger.json server.json
exits 1 'one who trusts nobody'
like "$out" '1 of 2 pairs' 'does not connect'
like "$out" 'Still apart: stranger.json with server.json: chain.server-refused' 'and it is said why'
# One who can do less holds the others back.
echo '{"role": "client", "dialect": "mq-9.1", "label": "old", "trust": ["s.pem"]}' >old.json
run "$CAUSEY" tls propose client.json old.json server.json
exits 0 'one whose library has no TLS 1.3'
like "$out" 'TLS 1.2 and 1.3, good suites only: 2 of 2 pairs connect' 'lowers what all can have'
like "$out" 'The client old.json holds the others back: without it they could have TLS 1.3 alone' 'and is named'
unlike "$out" 'client.json holds the others back' 'and no other'
run "$CAUSEY" tls propose client.json old.json server.json --json
json_valid 'in JSON that keeps to the schema' tls_propose-1.json <(printf '%s' "$out")
like "$(printf '%s' "$out" | tr -s '\n ' ' ')" '"held_back_by": [[] [{] "role": "client", "name": "old.json", "without": "TLS 1.3 alone"' 'with role, name and what it costs'

run "$CAUSEY" tls propose s.pem client.json
exits 2 'a file that does not say what it is'
like "$err" '--servers s.pem' 'and how to say it'
run "$CAUSEY" tls propose client.json
exits 2 'clients alone'
done_testing
