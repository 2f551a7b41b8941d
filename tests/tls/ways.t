#!/bin/bash
# Purpose: what mends a pair: several ways at one end, what to do when nothing mends all of it, and ends that work in clear (C10).
. "$(dirname "$0")/../lib/tap.sh"
need openssl
cd "$T" || exit 1

quiet() { "$@" >/dev/null 2>&1; }
quiet openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj '/CN=ca' -days 30
quiet openssl req -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.csr -subj '/CN=rsa'
printf 'subjectAltName=DNS:mq1.example\n' >ext
quiet openssl x509 -req -in rsa.csr -CA ca.pem -CAkey ca.key -days 20 -extfile ext -out rsa.crt
cat rsa.crt rsa.key >rsa.pem
quiet openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem -subj '/CN=other' -days 30

check() { run "$CAUSEY" tls check "$@"; }
tells() { like "$out" "$1" "$2"; } # PATTERN DESC

cat >server.json <<'J'
{"role":"server","identities":[{"file":"rsa.pem"}],"versions":["1.2"],"suites":["ECDHE-ECDSA-AES128-GCM-SHA256"]}
J
echo '{"role":"client","trust":"ca.pem","host":"mq1.example"}' >client.json
check client.json server.json
exits 1 'a suite that does not fit the key'
tells 'switch TLS 1.3 on' 'TLS 1.3 mends it'
tells 'add the cipher suite ECDHE-RSA-' 'and so does a suite, said beside it'
check client.json server.json --json
json_valid 'several ways keep to the schema' tls_check-1.json <(printf '%s' "$out")
tells '"partial": *null' 'nothing is left over then'

# Something else is wrong behind it, which settings can not mend.
echo '{"role":"client","trust":"other.pem","host":"mq1.example","versions":["1.2"]}' >stranger.json
cat >server12.json <<'J'
{"role":"server","identities":[{"file":"rsa.crt","key_file":"rsa.key"}],"versions":["1.2"],"suites":["ECDHE-ECDSA-AES128-GCM-SHA256"]}
J
check stranger.json server12.json
exits 1 'two things wrong, of which settings mend one'
tells 'No change of settings mends it' 'nothing mends all of it'
tells 'This step can be mended' 'but this step'
tells 'add the cipher suite ECDHE-RSA-' 'with what'
tells 'Then it fails at the step server_proof \(chain.server-refused\)' 'and where it fails then'
check stranger.json server12.json --json
json_valid 'what is left keeps to the schema' tls_check-1.json <(printf '%s' "$out")
tells '"cause": *"chain.server-refused"' 'and names the next cause'

# One end in clear.
cat >clear.mqsc <<'M'
DEFINE CHANNEL(APP.SVRCONN) CHLTYPE(CLNTCONN) CONNAME('mq1.example(1414)') QMNAME(QM1)
M
cat >tls.mqsc <<'M'
DEFINE CHANNEL(APP.SVRCONN) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS12_OR_HIGHER) SSLCAUTH(OPTIONAL)
M
check clear.mqsc tls.mqsc
exits 1 'a channel without CipherSpec at the client'
tells 'tls.not-used' 'C10: is named'
tells 'AMQ9639E' 'with what the queue manager logs'
tells 'server: SSLCIPH ANY_TLS12_OR_HIGHER \(tls.mqsc:1\)' 'and what it asks'
tells 'client: use TLS here' 'the client has to use TLS'
tells "ALTER CHANNEL\('APP.SVRCONN'\) CHLTYPE\(CLNTCONN\) SSLCIPH\('ANY_TLS12_OR_HIGHER'\)" 'in MQSC'
cat >mqclient.ini <<'I'
CHANNELS:
   ServerConnectionParms=APP.SVRCONN/TCP/mq1.example(1414)
I
check mqclient.ini tls.mqsc
exits 1 'a short form has no room for a CipherSpec'
tells 'ServerConnectionParms mq1.example\(1414\) \(mqclient.ini:2\)' 'is named with its line'
unlike "$out" "ALTER CHANNEL\('APP.SVRCONN'\) CHLTYPE\(CLNTCONN\)" 'no definition is offered that would not be read'

check --rings no-such-folder client.json server.json
exits 5 'key rings that are not there are not passed over'
done_testing
