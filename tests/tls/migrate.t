#!/bin/bash
# Purpose: C08: the order in which clients and servers go to TLS 1.3 without a break; what stands in the way.
. "$(dirname "$0")/../lib/tap.sh"
need openssl
cd "$T" || exit 1
openssl req -x509 -newkey rsa:2048 -nodes -keyout s.key -out s.pem -subj /CN=localhost -days 30 2>/dev/null
identity='"identities": [{"file": "s.pem", "key_file": "s.key"}]'
echo "{\"role\": \"server\", \"label\": \"APP.SVRCONN\", \"product\": \"IBM MQ\", \"dialect\": \"openssl-3.0\",
  \"versions\": [\"1.2\", \"1.3\"], \"demand_versions\": [\"1.2\"], \"demand_text\": \"ANY_TLS12\", $identity}" >channel.json
for n in 1 2; do echo '{"role": "client", "versions": ["1.2"], "trust": ["s.pem"]}' >"client$n.json"; done

run "$CAUSEY" tls migrate client1.json client2.json channel.json --to 1.3
exits 0 'C08: a channel and its clients'
like "$out" "1. server channel.json learns the new version.*SSLCIPH\('ANY_TLS12_OR_HIGHER'\)" 'the channel comes first'
like "$out" '2. client client1.json learns the new version' 'then its clients'
like "$out" 'likewise, in any order: client2.json' 'all that are alike'
like "$out" "3. server channel.json gives up.*SSLCIPH\('ANY_TLS13'\).*4. client client1.json gives up" 'then what is older goes'
unlike "$out" 'AllowTLSV13' 'the list of the queue manager is left to the other channels'
run "$CAUSEY" tls migrate client1.json channel.json --json
exits 0 'as JSON'
json_valid 'which keeps to the schema' tls_migrate-1.json <(printf '%s' "$out")

# The wrong order would break it: that is what the prediction says of a client that goes first.
sed 's/"1.2"/"1.2", "1.3"/' client1.json >first.json
run "$CAUSEY" tls check first.json channel.json
exits 1 'a client that went first would have been refused'
like "$out" 'mq.channel-version' 'by the channel'

# A server that can not: its only curve has no place in TLS 1.3.
echo "{\"role\": \"server\", \"versions\": [\"1.2\"], \"groups\": [\"secp256k1\"], $identity}" >stuck.json
echo '{"role": "client", "versions": ["1.2"], "groups": ["secp256k1", "x25519"], "trust": ["s.pem"]}' >both.json
run "$CAUSEY" tls migrate both.json stuck.json
exits 1 'when it can not be done'
like "$out" 'client both.json can not be the one that learns the new version: both.json with stuck.json would break' 'the pair is named'
like "$out" 'group.none-in-common' 'with what is in the way'
unlike "$out" 'the one that gives up' 'and not what only follows from it'
run "$CAUSEY" tls migrate both.json stuck.json --json
json_valid 'also in JSON that keeps to the schema' tls_migrate-1.json <(printf '%s' "$out")
like "$out" '"possible": false' 'it says so'

echo "{\"role\": \"server\", \"versions\": [\"1.3\"], $identity}" >new.json
echo '{"role": "client", "versions": ["1.3"], "trust": ["s.pem"]}' >newclient.json
run "$CAUSEY" tls migrate newclient.json new.json
exits 0 'who is there already'
like "$out" 'Nothing is to be done' 'has nothing to do'
run "$CAUSEY" tls migrate client1.json new.json
like "$out" 'Not all pairs connect even now' 'what does not connect now is said'
# A library that has no such version.
echo '{"role": "client", "dialect": "mq-9.1", "label": "old", "trust": ["s.pem"]}' >old.json
run "$CAUSEY" tls migrate client1.json old.json channel.json
exits 1 'a library without the version'
like "$out" 'client old.json: IBM MQ 9.1 before 9.1.4 has no TLS 1.3. It needs another library, or stays behind' 'is named'
like "$out" '1. server channel.json learns.*2. client client1.json learns' 'and the others go on'
unlike "$out" 'server channel.json gives up' 'without taking away what it needs'
run "$CAUSEY" tls migrate client1.json old.json channel.json --json
json_valid 'in JSON, too' tls_migrate-1.json <(printf '%s' "$out")
like "$out" '"unable": true' 'which says so'

# C08 with scripts and channel tables: every step connects, which tls check says of each moment.
quiet() { "$@" >/dev/null 2>&1; }
echo secret12 >pw
quiet openssl pkcs12 -export -inkey s.key -in s.pem -name qm -out qm.p12 -passout file:pw
mkdir -p qm
quiet "$CAUSEY" cp --from-password-file pw --to-password-file pw qm.p12 qm/key.kdb
quiet "$CAUSEY" cp --to-password-file pw s.pem trust.kdb
for store in qm/key trust; do quiet "$CAUSEY" passwd --stash --password-file pw $store.kdb; done
printf "ALTER QMGR SSLKEYR('%s') CERTLABL('qm')\nREFRESH SECURITY TYPE(SSL)\n" "$PWD/qm/key" >channels.mqsc
for n in ONE TWO; do
  printf "DEFINE CHANNEL(APP.%s) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS12) SSLCAUTH(OPTIONAL)\n" $n >>channels.mqsc
  mkdir -p $n
  printf '{"channel": [{"name": "APP.%s", "type": "clientConnection", "clientConnection": {"connection": [{"host": "h", "port": 1414}]},
    "transmissionSecurity": {"cipherSpecification": "ANY_TLS12", "certificatePeerName": "CN=localhost"}}]}\n' $n >$n/ccdt.json
  printf 'CHANNELS:\n  ChannelDefinitionDirectory=%s\n  ChannelDefinitionFile=ccdt.json\nSSL:\n  SSLKeyRepository=%s\n' \
    "$PWD/$n" "$PWD/trust" >$n/mqclient.ini
done
connect() { # DESC
  for n in ONE TWO; do
    run "$CAUSEY" tls check $n/mqclient.ini channels.mqsc
    exits 0 "$1: $n connects"
  done
}
connect 'before'
run "$CAUSEY" tls migrate ONE/mqclient.ini TWO/mqclient.ini channels.mqsc
exits 0 'C08: the whole of it can be done'
plan=$(printf '%s' "$out" | tr -s '\n ' ' ')
like "$plan" "1. server channel APP.ONE .*ALTER CHANNEL\('APP.ONE'\) CHLTYPE\(SVRCONN\) SSLCIPH\('ANY_TLS12_OR_HIGHER'\).* client channel APP.ONE" 'channels first, then clients'
unlike "$plan" 'Not all pairs connect' 'a client and the channel of another are no pair'
sed -i 's/ANY_TLS12)/ANY_TLS12_OR_HIGHER)/' channels.mqsc
connect 'channels have learnt'
sed -i 's/ANY_TLS12"/ANY_TLS12_OR_HIGHER"/' ONE/ccdt.json
connect 'one client has learnt'
sed -i 's/ANY_TLS12"/ANY_TLS12_OR_HIGHER"/' TWO/ccdt.json
connect 'all clients have learnt'
sed -i 's/ANY_TLS12_OR_HIGHER)/ANY_TLS13)/' channels.mqsc
connect 'channels take no less'
sed -i 's/ANY_TLS12_OR_HIGHER"/ANY_TLS13"/' ONE/ccdt.json TWO/ccdt.json
connect 'clients offer no less'
# The wrong order breaks it.
sed -i 's/ANY_TLS13)/ANY_TLS12)/' channels.mqsc
sed -i 's/ANY_TLS13"/ANY_TLS12_OR_HIGHER"/' ONE/ccdt.json
run "$CAUSEY" tls check ONE/mqclient.ini channels.mqsc
exits 1 'C08: a client that learns first is refused'

run "$CAUSEY" tls migrate client1.json channel.json --to 1.9
exits 2 'a version that there is not'
run "$CAUSEY" tls migrate client1.json
exits 2 'clients alone'
done_testing
