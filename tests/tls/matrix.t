#!/bin/bash
# Purpose: many clients against many servers: the table, its failing cells explained once, and what-if; held against real handshakes.
. "$(dirname "$0")/../lib/tap.sh"
need openssl
cd "$T" || exit 1

openssl req -x509 -newkey rsa:2048 -nodes -keyout s.key -out s.pem -subj /CN=localhost -days 30 \
  -addext subjectAltName=DNS:localhost 2>/dev/null
openssl req -x509 -newkey rsa:3072 -nodes -keyout big.key -out big.pem -subj /CN=localhost -days 30 2>/dev/null
cat big.pem big.key >both.pem
mkdir clients
for n in 1 2 3; do
  echo '{"role": "client", "versions": ["1.2"], "trust": ["../s.pem"]}' >clients/old$n.json
  echo '{"role": "client", "versions": ["1.3"], "trust": ["../s.pem"]}' >clients/new$n.json
done
identity='"identities": [{"file": "s.pem", "key_file": "s.key"}]'
echo "{\"role\": \"server\", \"versions\": [\"1.3\"], $identity}" >new.json
echo "{\"role\": \"server\", $identity}" >any.json

run "$CAUSEY" tls check --clients clients --servers new.json --servers any.json
exits 1 'three pairs do not connect'
like "$out" 'Client +new.json +any.json' 'a column for each server'
like "$out" 'clients/old1.json +version.none-in-common +TLS 1.2' 'a row for each client, with version or cause'
like "$out" 'clients/new3.json +TLS 1.3 +TLS 1.3' 'for the last one, too'
like "$out" '6 clients, 2 servers: 9 of 12 pairs connect' 'the whole in a line'
is "$(grep -c 'They do not agree' <<<"$out")" 1 'equal sides are explained once'
like "$out" 'clients/old1.json and 2 like it with new.json' 'for all of them'
like "$out" 'write: "versions": \["1.2", "1.3"\]' 'with what is to be written'

# The table is what really happens.
cells=$(sed -n '2,7p' <<<"$out")
for server in new any; do
  port=$(free_port)
  options=$([ $server = new ] && echo -tls1_3)
  # shellcheck disable=SC2086
  start_server "$port" openssl s_server -accept "127.0.0.1:$port" -cert s.pem -key s.key -quiet $options
  for client in old new; do
    column=$([ $server = new ] && echo 2 || echo 3)
    wanted=$(awk -v c="clients/${client}1.json" -v n="$column" \
      '$1 == c { gsub("TLS 1", "TLS_1"); print $n }' <<<"$cells")
    version=$([ $client = old ] && echo -tls1_2 || echo -tls1_3)
    if openssl s_client -connect "127.0.0.1:$port" -CAfile s.pem -verify_return_error "$version" </dev/null >real 2>&1; then
      got=$(sed -n 's/^New, TLSv\(1\.[23]\),.*/TLS_\1/p' real | head -1)
    else
      got=version.none-in-common
    fi
    is "$wanted" "$got" "a real client ($client) and server ($server) come to the same"
  done
  stop_server "$server_pid"
done

run "$CAUSEY" tls check --clients clients --servers new.json --servers any.json --json
exits 1 'as JSON'
printf '%s' "$out" >lines.json
json_valid 'which keeps to the schema' tls_matrix-1.json lines.json
is "$(grep -c '"type":"client"' lines.json)" 6 'a line for each client'
is "$(grep -c '"type":"failure"' lines.json)" 1 'and one for each pair of classes that fails'
run "$CAUSEY" tls check --clients clients --servers any.json
exits 0 'where all connect it is quiet'
unlike "$out" 'agree:' 'and explains nothing'
run "$CAUSEY" tls check --clients clients --servers new.json --no-fixes
exits 1 'the table alone'
unlike "$out" 'They do not agree' 'without explanations'

# More servers than a page is wide: lines in place of columns.
mkdir many
for n in $(seq 12); do cp any.json "many/any$n.json"; done
sed -i 's|"s\.|"../s.|g' many/*.json
run "$CAUSEY" tls check --clients clients --servers many
exits 0 'twelve servers'
like "$out" 'and 2 like it +many/any1.json and 11 like it +36 +TLS 1.2' 'are told by classes'

# What if.
run "$CAUSEY" tls check --clients clients --servers new.json --servers any.json --what-if server.versions=1.3
exits 1 'what if all servers had TLS 1.3 alone'
like "$out" 'would still connect: 6, would still not: 3' 'who is not concerned'
like "$out" 'would no longer connect: 3 pairs' 'who would be lost'
like "$out" 'before: TLS 1.2' 'what it is now'
like "$out" 'then: +version.none-in-common' 'and what it would be'
run "$CAUSEY" tls check --clients clients --servers new.json --what-if server.versions=1.2:1.3
exits 0 'what if the server had both'
like "$out" 'would newly connect: 3 pairs' 'who would be won'
run "$CAUSEY" tls check --clients clients --servers any.json --what-if min-rsa=3072
exits 1 'what if RSA keys had to have 3072 bits'
like "$out" 'would no longer connect: 6 pairs' 'all would be lost'
run "$CAUSEY" tls check --clients clients --servers any.json --what-if min-rsa=3072 --what-if server.certificate=both.pem \
  --what-if client.trust=big.pem
exits 0 'and with a new certificate that has them'
like "$out" 'would still connect: 6' 'none'
run "$CAUSEY" tls check clients/old1.json any.json --what-if server.versions=1.3 --json
exits 1 'for one pair'
json_valid 'it keeps to the schema' tls_check-1.json <(printf '%s' "$out")
like "$out" '"after": "version.none-in-common' 'and says what would come of it'

# Wrong words.
run "$CAUSEY" tls check --clients clients --servers any.json --what-if min-rs=2048
exits 2 'a setting that there is not'
like "$err" 'Did you mean min_rsa' 'is answered with the nearest'
run "$CAUSEY" tls check --clients clients --servers any.json --what-if server.versions=1.7
exits 2 'a version that there is not'
like "$err" '1.7 is no version' 'is named'
run "$CAUSEY" tls check --clients clients --servers any.json --what-if min-rsa=many
exits 2 'a number that is none'
run "$CAUSEY" tls check --clients clients --servers any.json --what-if peer
exits 2 'a setting without a value'
run "$CAUSEY" tls check --clients clients
exits 2 'clients without servers'
run "$CAUSEY" tls check --clients clients --servers any.json new.json
exits 2 'a table and an operand'
run "$CAUSEY" tls check any.json
exits 2 'one end alone'
run "$CAUSEY" tls check --clients nothing --servers any.json
exits 5 'a folder that is not there'
done_testing
