#!/bin/bash
# Purpose: a trace or display is a side, of what was really used: shown, checked against the other end's own
#   configuration, and evidence for a migration.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl gnutls-cli curl java keytool
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
# Without the breaks of long lines.
causey() { run "$CAUSEY" "$@"; flat=$(printf '%s' "$out$err" | tr -s '\n ' ' '); }
says() { like "$flat" "$1" "$2"; } # REGEX DESC
silent() { unlike "$flat" "$1" "$2"; }

# The server's own configuration, as it really runs.
echo '{"role": "server", "label": "mq1", "versions": ["1.2", "1.3"], "dialect": "openssl-3.0", "peer": "required",
  "trust": ["ca.pem"], "identities": [{"file": "mq1.pem", "key_file": "mq1.key"}]}' >server.json
sed 's/"1.2", "1.3"/"1.2"/' server.json >server12.json
echo '{"role": "client", "label": "jane", "dialect": "openssl-3.0", "trust": ["ca.pem"],
  "identities": [{"file": "jane.pem", "key_file": "jane.key"}]}' >client.json

serve -Verify 1
echo Q | openssl s_client -connect "localhost:$port" -CAfile ca.pem -cert jane.pem -key jane.key -servername mq1.example -showcerts -msg >msg.txt 2>&1
echo Q | openssl s_client -connect "localhost:$port" -CAfile ca.pem -cert jane.pem -key jane.key >plain.txt 2>&1
echo Q | openssl s_client -connect "localhost:$port" -CAfile ca.pem -tls1_2 -msg >refused.txt 2>&1
echo Q | openssl s_client -connect "localhost:$port" -CAfile ca.pem -cert jane.pem -key jane.key -trace >trace.txt 2>&1
gnutls-cli --x509cafile ca.pem --x509certfile jane.pem --x509keyfile jane.key --print-cert -p "$port" localhost </dev/null >gnutls.txt 2>&1
curl -v --cacert ca.pem --tls-max 1.2 "https://localhost:$port/" >curl.txt 2>&1 </dev/null

# What a trace shows.
causey tls side msg.txt
exits 0 'a trace is a side'
says 'client of connection 1, openssl s_client' 'the client'
says 'server of connection 1, openssl s_client' 'and the server'
says 'Versions (TLS 1.0, TLS 1.1, )?TLS 1.2, TLS 1.3 .*Key shares x25519 ' 'the client as it offered'
says "msg.txt $(grep -n 'ClientHello' msg.txt | head -1 | cut -d: -f1 | sed 's/.*/[0-9]+/') versions offered" 'with the line of the trace'
says 'Certificate msg.txt:[0-9]+ \(Jane Doe, .*Whom it trusts is not known yes' 'its certificate, and that nobody knows whom it trusts'
says 'Versions TLS 1.3 Suites up to 1.2 none Suites of 1.3 TLS_AES_256_GCM_SHA384 Groups x25519' 'the server as it agreed'
says 'info tls.seen-once.*it may be able to do more than was agreed on' 'and that it may be able to do more'
says 'Really used TLS 1.3, TLS_AES_256_GCM_SHA384, x25519; agreed' 'what came of it'
silent '(warning|error) tls' 'nothing is wrong with it'
causey tls side msg.txt --json
json_valid 'JSON keeps to the schema' tls_side-1.json <(printf '%s' "$out")
printf '%s' "$out" >saved.json
causey tls side saved.json
exits 0 'and can be read back'
causey tls side msg.txt#mq1.example --role server
exits 0 'a connection is chosen by its host'
silent 'client of connection' 'and an end by its role'
causey tls side msg.txt#mq2.example
exits 3 'a host that is not there'
says 'mq1.example' 'gets the nearest named'
causey tls side msg.txt#@2
exits 3 'a connection that is not there'
causey tls side plain.txt
says 'not in the trace: what the client offers .its hello.' 'without its hello a client is known by what was agreed'
sed 's/"required"/"ignored"/' server12.json >unasking12.json
sed 's/"required"/"ignored"/' server.json >unasking.json
causey tls check plain.txt unasking12.json
exits 0 'and not taken to refuse older versions, of which the trace says nothing'
causey tls check plain.txt unasking.json
says 'TLS 1.3, TLS_AES_256_GCM_SHA384' 'what was agreed on with the same server is predicted'
causey tls side trace.txt
says 'Versions (TLS 1.0, TLS 1.1, )?TLS 1.2, TLS 1.3 .*Key shares x25519 .*Whom it trusts' 's_client -trace has the hello in words'
says 'Certificate trace.txt:[0-9]+ \(Jane Doe' 'and the certificates'

# Against the other end's real configuration.
causey tls check msg.txt server.json
exits 0 'a client by its trace'
says 'They agree: TLS 1.3, TLS_AES_256_GCM_SHA384, x25519' 'gets what it got'
says 'What the trace shows .openssl s_client, msg.txt:[0-9]+..*outcome they agree [0-9]+ they agree yes' 'which stands beside what it got'
says 'As far as the trace goes, it was as predicted' 'and is the same'
says 'whom the client believes is not known, so the server.s certificate was not judged' 'the chain is left out'
silent 'no yes|loud|verify-off' 'nothing is made up'
causey tls check trace.txt server.json
exits 0 'the same in words'
says 'As far as the trace goes, it was as predicted' 'comes to the same'
causey tls check msg.txt server.json --json
json_valid 'JSON keeps to the schema' tls_check-1.json <(printf '%s' "$out")
like "$out" '"as_predicted": true' 'and says so'
causey tls check msg.txt server12.json
exits 0 'another configuration than the one in force'
says 'version TLS 1.3 [0-9]+ TLS 1.2 no' 'differs in what came of it'
says 'another end than the one given, or what was given is not what was in force' 'which is said'
causey tls check client.json msg.txt
exits 0 'a server by the trace of its client'
says 'the server asks for a certificate.*whom the server believes is not known' 'it asks, and whom it believes nobody knows'
causey tls check refused.txt server.json
exits 1 'a client that was refused'
says 'clientcert.none-sent.*What the trace shows .*outcome they do not agree [0-9]+ they do not agree yes.*alert handshake_failure [0-9]+ handshake_failure yes' \
  'is refused in the prediction, too, and by the same alert'
causey tls check client.json refused.txt
exits 0 'the server that refused it, for one with a certificate'
causey tls check gnutls.txt server.json
exits 1 'gnutls-cli, which does not print its certificate'
says 'The client showed a certificate that the trace does not hold, so the prediction had to do without' 'which is said'
sed 's/"required"/"optional"/' server.json >optional.json
causey tls check gnutls.txt optional.json
exits 0 'where that does not matter'
says 'As far as the trace goes, it was as predicted' 'it was as predicted'
causey tls check client.json curl.txt
exits 3 'a trace without the certificate itself'
says 'names the server.s certificate and does not hold it|does not show the server.s certificate' 'is no server'
says 'gnutls-cli --print-cert' 'and says how to have one'

# C07: the CAs that the server named.
causey tls check client.json msg.txt
silent 'seen-ca-not-named' 'C07: a client below a CA that was named'
make_ca third '/C=GB/O=Example/CN=Third CA'
issue jill '/C=GB/O=Example/CN=Jill Doe' third
sed 's/jane/jill/g' client.json >jill.json
causey tls check jill.json msg.txt
says 'notice tls.seen-ca-not-named.*the server named 1 CA .*Example CA.*none of them issued a certificate of' 'C07: and one that is not'
sed 's/openssl-3.0/jdk-17/' jill.json >jilljava.json
causey tls check jilljava.json msg.txt
says 'warning tls.seen-ca-not-named.*which therefore sends none' 'C07: a library that heeds the list'

# A trust store that the trace names and that is here judges the chain.
curl -v --cacert "$PWD/ca.pem" "https://localhost:$port/" >trusting.txt 2>&1 </dev/null
causey tls check trusting.txt optional.json
exits 0 'curl with its CA file'
says 'the client.s trust store vouches for the server.s certificate' 'whose trust is known'
make_ca other '/C=GB/O=Example/CN=Other CA'
issue mq2 '/C=GB/O=Example/CN=mq1' other subjectAltName=DNS:localhost
sed 's/mq1/mq2/g' optional.json >others.json
causey tls check trusting.txt others.json
exits 1 'a certificate of another CA'
says 'chain|unknown_ca' 'is refused'
causey tls check msg.txt others.json
exits 0 'a client of whose trust nothing is known'
says 'server.s certificate the one in the trace [0-9]+ another one no' 'is only told that it is another one'

# Java, with the stores that it names.
openssl pkcs12 -export -inkey jane.key -in jane.pem -certfile ca.pem -name jane -out jane.p12 -passout pass:storepass
keytool -importcert -noprompt -alias ca -file ca.pem -keystore trust.p12 -storepass storepass 2>keytool.err
java -Djavax.net.debug=ssl:handshake "$ROOT/tests/tls/WireClient.java" "$port" trust.p12 storepass TLSv1.3 jane.p12 >java.txt 2>&1
causey tls side java.txt --role client
exits 0 'Java'
says 'Suites of 1.3 TLS_AES_256_GCM_SHA384, .*Key shares x25519, secp256r1' 'its hello'
says "not in the trace: the client's certificate itself" 'its certificate is only named'
stop_server "$server_pid"

# explain says where to go on.
causey explain ./refused.txt
says 'refused.txt is a trace of connections; what they used: causey tls side ./refused.txt' 'explain names the reader'
causey explain ./refused.txt --json
json_valid 'also in JSON' explain-1.json <(printf '%s' "$out")
causey explain ./server.json
silent 'is a trace' 'and not for what is none'

# A running channel is evidence, and no party.
cat >channels.mqsc <<'M'
DEFINE CHANNEL(APP.ONE) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS12_OR_HIGHER) SSLCAUTH(OPTIONAL)
DEFINE CHANNEL(APP.TWO) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS12_OR_HIGHER) SSLCAUTH(OPTIONAL)
M
cat >status.txt <<'M'
     1 : DISPLAY CHSTATUS(*) ALL
AMQ8417I: Display Channel Status details.
   CHANNEL(APP.ONE)                        CHLTYPE(SVRCONN)
   CHSTADA(2026-11-19)                     CHSTATI(08.10.22)
   CONNAME(192.0.2.7)                      CURRENT
   LSTMSGDA(2026-11-20)                    LSTMSGTI(09.00.01)
   SECPROT(TLSV12)
   SSLCIPH(ECDHE_RSA_AES_256_GCM_SHA384)
   SSLPEER(SERIALNUMBER=01:90,CN=Jane Doe,O=Example,C=GB)
   STATUS(RUNNING)                         SUBSTATE(RECEIVE)
AMQ8417I: Display Channel Status details.
   CHANNEL(APP.ONE)                        CHLTYPE(SVRCONN)
   CHSTADA(2026-11-20)                     CHSTATI(10.10.22)
   CONNAME(192.0.2.7)                      CURRENT
   LSTMSGDA(2026-11-21)                    LSTMSGTI(11.00.01)
   SECPROT(TLSV12)
   SSLCIPH(ECDHE_RSA_AES_256_GCM_SHA384)
   SSLPEER(SERIALNUMBER=01:90,CN=Jane Doe,O=Example,C=GB)
   STATUS(RUNNING)                         SUBSTATE(RECEIVE)
AMQ8417I: Display Channel Status details.
   CHANNEL(APP.TWO)                        CHLTYPE(SVRCONN)
   CONNAME( )                              CURRENT
   SECPROT(NONE)                           SSLCIPH( )
   SSLPEER( )                              STATUS(RUNNING)
AMQ8417I: Display Channel Status details.
   CHANNEL(TO.QM2)                         CHLTYPE(SDR)
   CONNAME(192.0.2.9(1414))                CURRENT
   STATUS(RETRYING)
M
causey tls side status.txt
exits 0 'a saved DISPLAY CHSTATUS'
says 'client of running channel APP.ONE, client SERIALNUMBER=01:90,CN=Jane Doe' 'both ends of a running channel'
says 'Really used TLS 1.2, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384; agreed' 'with what they use'
silent 'TO.QM2' 'what does not run uses nothing'
causey tls side status.txt --json
json_valid 'JSON keeps to the schema' tls_side-1.json <(printf '%s' "$out")
sed 's/^AMQ8417I: Display Channel Status details./CSQM420I !MQ1 CHSTATUS(APP.ONE)/; /CHANNEL(/s/CHANNEL([A-Z.]*)/ /; /^ *1 :/d' status.txt | head -10 >zos.txt
causey tls side zos.txt
exits 0 'of z/OS'
says 'server of running channel APP.ONE' 'where the channel has another word'

ends() { # CLIENTVERSIONS FILE SERVERVERSIONS
  echo "{\"role\": \"client\", \"label\": \"APP.ONE\", \"dialect\": \"openssl-3.0\", \"versions\": [$1], \"trust\": [\"ca.pem\"],
    \"identities\": [{\"file\": \"jane.pem\", \"key_file\": \"jane.key\"}]}" >"$2"
  echo "{\"role\": \"server\", \"label\": \"APP.ONE\", \"dialect\": \"openssl-3.0\", \"versions\": [$3], \"peer\": \"optional\",
    \"trust\": [\"ca.pem\"], \"identities\": [{\"file\": \"mq1.pem\", \"key_file\": \"mq1.key\"}]}" >channel.json
}
ends '"1.2", "1.3"' app.json '"1.2", "1.3"'
causey tls migrate app.json channel.json status.txt
exits 0 'a migration with evidence'
says 'Seen in use' 'which is shown'
says '2026-11-21 11.00.01 2 SERIALNUMBER=01:90,CN=Jane Doe,O=Example,C=GB TLS 1.2, .*older than its configuration comes to' 'with when, how often, who and what'
says 'warning tls.seen-older.*would agree on TLS 1.3' 'C20: the configuration says otherwise'
says 'gives up what is older not before this is cleared up: TLS 1.2 was seen in use .status.txt:[0-9]+.' 'so the step that would break it waits'
says 'what was seen in use says otherwise' 'and no promise is made'
silent 'running channel' 'a running channel is no party'
causey tls migrate app.json channel.json status.txt --json
json_valid 'JSON keeps to the schema' tls_migrate-1.json <(printf '%s' "$out")
causey tls migrate app.json channel.json status.txt --fail-on warning
exits 1 'the warning can stop a script'
ends '"1.2"' app.json '"1.2", "1.3"'
causey tls migrate app.json channel.json status.txt
says 'as its configuration comes to today' 'the healthy twin: a client that is known to be older'
silent 'tls.seen-|cleared up' 'is no warning'
says 'In this order every pair that connects now connects after each step' 'since the plan looks after it'
sed 's/C=GB)/C=GB,UNSTRUCTUREDNAME=localhost,UNSTRUCTUREDADDRESS=192.0.2.7)/; s/CN=Jane Doe/CN=JANE DOE/' status.txt >more.txt
causey tls migrate app.json channel.json more.txt
says 'as its configuration comes to today' 'B04: a subject as a queue manager writes it'
sed -i 's/"label": "APP.ONE", //; s/jane\.\(pem\|key\)/mq1.\1/g' app.json
causey tls migrate app.json channel.json status.txt
says 'warning tls.seen-stranger.*Jane Doe.*on channel APP.ONE.*none of the clients given' 'somebody whom nobody thought of'
sed 's/TLSV12/TLSV13/; s/ECDHE_RSA_AES_256_GCM_SHA384/TLS_AES_256_GCM_SHA384/' status.txt >new.txt
causey tls migrate app.json channel.json new.txt
says 'is there already' 'who uses the new version'
silent 'tls.seen-' 'is no warning'

# Traces are evidence, too: matched by the certificates that were shown.
sed -i 's/"label": "mq1", //; s/"required"/"optional"/' server.json
sed 's/"label": "jane", /"versions": ["1.2", "1.3"], /' client.json >newclient.json
causey tls migrate newclient.json server.json msg.txt
says 'is there already' 'a trace of TLS 1.3'
serve -tls1_2
echo Q | openssl s_client -connect "localhost:$port" -CAfile ca.pem -cert jane.pem -key jane.key -msg >old.txt 2>&1
stop_server "$server_pid"
causey tls migrate newclient.json server.json old.txt
says 'TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, x25519' 'a trace of the older version'
says 'tls.seen-(older|stranger)' 'C08, C20: although both ends are configured for the new one'
causey tls migrate old.txt server12.json
exits 0 'where nothing else is known of an end'
says 'client of connection 1, openssl s_client' 'its trace stands for it'

# In a table, servers that a trace only names are left out.
causey tls check --clients client.json --servers optional.json --servers curl.txt
says 'left out: curl.txt' 'a server without its certificate'
causey tls check --clients msg.txt --clients client.json --servers optional.json
exits 0 'traces and configurations in one table'
causey tls check --clients client.json --servers curl.txt
exits 2 'nothing but such'

# The LDAP server of z/OS shows the suite alone: which is enough to know that it is none of TLS 1.3.
printf '%s\n' 'CONNS srv_ssl_connect()644: SSL Cipher Specs' '00000000: c3f0f0f8 *C008 *' >ldap.txt
causey tls side ldap.txt --role server
exits 0 'the LDAP server of z/OS'
says 'Suites up to 1.2 TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA.*Really used TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA; agreed' 'c3f0f0f8 is C008'
says 'not in the trace: .*whether the server asks for a certificate' 'what it does not show is not made up'
causey tls migrate newclient.json server.json ldap.txt
says 'TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA a server that was not given' 'evidence by the suite'

# A formatted trace of a client of IBM MQ: what it read and what its channel was meant to use.
cat >AMQ1.FMT <<'M'
10:11:12.1  7232.1  RSESS:000001  Using SSLKeyRepository / MQSSLKEYR value of /etc/none/key
10:11:12.1  7232.1  RSESS:000001  Using ChannelDefinitionFile / MQCHLTAB value of ONE.TAB
10:11:12.1  7232.1  RSESS:000001  Saved CertificateLabel 'jane'
10:11:12.1  7232.1  RSESS:000001  <client_hello>
client_version TLSV12
cipher_suites TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
End of GSKit TLS Handshake Transcript
10:11:13.1  7232.1  RSESS:000001  gsk_secure_soc_init rc=414
M
causey tls side AMQ1.FMT
exits 0 'IBM MQ'
says 'Library IBM MQ.*AMQ1.FMT 3 certificate label jane.*AMQ1.FMT 2 channel table ONE.TAB|AMQ1.FMT 2 channel table ONE.TAB.*AMQ1.FMT 3 certificate label jane' 'what it read'
says 'key store /etc/none/key' 'and from where'
says 'failed' 'and that it failed'
causey tls check AMQ1.FMT optional.json
exits 0 'against a server'
says 'TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384.*outcome they do not agree [0-9]+ they agree no' 'which says where they differ'

# What is no trace, and what is cut.
head -c 300 msg.txt >cut.txt
causey tls side cut.txt
is "$((status == 0 || status == 3))" 1 'a trace that is cut is read up to there'
printf 'CONNECTED(00000003)\n' >empty.txt
causey tls side empty.txt --role server
exits 3 'a trace of nothing'
says 'shows nothing of the server' 'says so'
causey tls check trace:server.json server.json
exits 3 'what is no trace'
done_testing
