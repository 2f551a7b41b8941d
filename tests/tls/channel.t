#!/bin/bash
# Purpose: what queue managers compare when the handshake is over: CipherSpecs (C08, C09) with scripts, channel
#   tables and key repositories at both ends, SSLPEER and SSLCERTI, channel authentication records, the certificate
#   of a channel and who is shown it; each with a healthy twin.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
need openssl
cd "$T" || exit 1

quiet() { "$@" >/dev/null 2>&1; }
echo secret12 >pw
quiet openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -subj '/O=Example/CN=ca' -days 30
leaf() { # NAME SUBJECT [KEY OPTIONS]
  local key=(ec -pkeyopt ec_paramgen_curve:P-256)
  [[ $# -gt 2 ]] && key=("${@:3}")
  quiet openssl req -newkey "${key[@]}" -nodes -keyout "$1.key" -out "$1.csr" -subj "$2"
  quiet openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -days 20 -sha256 -out "$1.pem"
  quiet openssl pkcs12 -export -inkey "$1.key" -in "$1.pem" -name "$1" -out "$1.p12" -passout file:pw
}
leaf qm1 '/C=GB/O=Example/OU=Payments/OU=Queues/CN=qm1'
leaf special '/C=GB/O=Example/CN=special'
leaf app '/C=GB/O=Example/OU=Apps/CN=app1'
store() { # STEM ENTRY...
  local stem=$1
  shift
  mkdir -p "$(dirname "$stem")"
  for entry in "$@"; do
    quiet "$CAUSEY" cp --from-password-file pw --to-password-file pw "$entry.p12" "$stem.kdb"
  done
  quiet "$CAUSEY" cp --to-password-file pw ca.pem "$stem.kdb"
  quiet "$CAUSEY" passwd --stash --password-file pw "$stem.kdb"
}
store qm/ssl/key qm1 special
store client/key app
check() { run "$CAUSEY" tls check "$@"; out=$(printf '%s' "$out" | tr -s '\n ' ' '); }
tells() { like "$out" "$1" "$2"; }

# NAME SSLCIPH [MORE ATTRIBUTES [MORE COMMANDS]]
channel() {
  printf "ALTER QMGR SSLKEYR('%s') CERTLABL('qm1')\nREFRESH SECURITY TYPE(SSL)\n" "$PWD/qm/ssl/key" >"$1.mqsc"
  printf "DEFINE CHANNEL(APP.ONE) CHLTYPE(SVRCONN) SSLCIPH(%s) %s\n%s\n" "$2" "${3:-}" "${4:-}" >>"$1.mqsc"
}
# NAME CIPHERSPEC [PEER [LINES OF THE SSL STANZA]]: a client with its ini file and channel table
client() {
  mkdir -p "$1"
  printf '{"channel": [{"name": "APP.ONE", "type": "clientConnection",
    "clientConnection": {"connection": [{"host": "mq1.example", "port": 1414}], "queueManager": "QM1"},
    "transmissionSecurity": {"cipherSpecification": "%s", "certificatePeerName": "%s"}}]}\n' "$2" "${3:-CN=qm1}" >"$1/ccdt.json"
  printf 'CHANNELS:\n  ChannelDefinitionDirectory=%s\n  ChannelDefinitionFile=ccdt.json\nSSL:\n  SSLKeyRepository=%s\n  CertificateLabel=app\n%b' \
    "$PWD/$1" "$PWD/client/key" "${4:-}" >"$1/mqclient.ini"
}

# A healthy pair.
channel good ANY_TLS12_OR_HIGHER
client good ANY_TLS12_OR_HIGHER
check good/mqclient.ini good.mqsc
exits 0 'a client with its table, and a channel with its key repository'
tells 'after what was agreed is what the channel asks for' 'the channel is met'
tells 'after the name in the other end.s certificate is one that this end asks for' 'and the name'
unlike "$out" '(error|warning) [a-z]+[.]' 'and nothing is wrong'

# C08: all four aliases at both ends.
for server in ANY_TLS12 ANY_TLS12_OR_HIGHER ANY_TLS13 ANY_TLS13_OR_HIGHER; do
  channel server "$server"
  for alias in ANY_TLS12 ANY_TLS12_OR_HIGHER ANY_TLS13 ANY_TLS13_OR_HIGHER; do
    client matrix "$alias"
    check matrix/mqclient.ini server.mqsc
    case $alias/$server in
    ANY_TLS12/ANY_TLS13*)
      exits 1 "C08: $alias at a channel of $server is refused"
      tells 'mq.channel-version.*Agreed on: TLS 1.2.*asks for: ANY_TLS13' 'TLS 1.2 is agreed on, the channel wants 1.3' ;;
    *ANY_TLS12_OR_HIGHER/ANY_TLS12 | ANY_TLS13*/ANY_TLS12)
      exits 1 "C08: $alias at a channel of $server is refused"
      tells 'mq.channel-version.*Agreed on: TLS 1.3.*asks for: ANY_TLS12 ' 'TLS 1.3 is agreed on, and then refused' ;;
    *)
      exits 0 "C08: $alias at a channel of $server is fine"
      tells "$([[ $alias == ANY_TLS12 ]] && echo 'agree: TLS 1.2' || echo 'agree: TLS 1.3')" 'with the highest version of both' ;;
    esac
  done
done
channel server ANY_TLS12
client matrix ANY_TLS12_OR_HIGHER
check matrix/mqclient.ini server.mqsc
tells 'client .IBM MQ client.: .*AMQ9641E' 'C08: AMQ9641E at the client'
tells 'server .IBM MQ.: .*AMQ9631E' 'C08: AMQ9631E at the server'
tells "1. (client|server): .*2. (client|server): " 'C08: both remedies'
tells "server: let the channel take.*ALTER CHANNEL\('APP.ONE'\) CHLTYPE\(SVRCONN\) SSLCIPH\('ANY_TLS12_OR_HIGHER'\)" 'C08: one at the channel, as it is written'
tells "client: switch TLS 1.3 off.*SSLCIPH\('ANY_TLS12'\)" 'C08: the other at the client'

# C09: one CipherSpec at each end.
channel server ECDHE_ECDSA_AES_128_GCM_SHA256
client matrix ECDHE_ECDSA_AES_256_GCM_SHA384
check matrix/mqclient.ini server.mqsc
exits 1 'C09: another CipherSpec'
tells 'mq.cipherspec-differs.*Agreed on: TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384.*asks for: ECDHE_ECDSA_AES_128_GCM_SHA256' 'C09: both side by side'
client matrix ECDHE_ECDSA_AES_128_GCM_SHA256
check matrix/mqclient.ini server.mqsc
exits 0 'C09: the same is fine'

# C17: the wrong label at the client, found before it connects.
client label ANY_TLS12_OR_HIGHER
sed -i 's/=app/=App/' label/mqclient.ini
channel server ANY_TLS12_OR_HIGHER
check label/mqclient.ini server.mqsc
tells 'mq.label-missing.*labelled App; nearest is app' 'C17: the label is named, with the nearest'

# SSLPEER at the client.
client peer ANY_TLS12_OR_HIGHER 'CN=qm2,O=Example'
check peer/mqclient.ini good.mqsc
exits 1 'a name that the queue manager does not have'
tells 'mq.peer-name' 'is the cause'
tells 'The client asks for the name: CN=qm2,O=Example The server.s certificate: SERIALNUMBER=[0-9A-F:]+,CN=qm1,OU=Payments,OU=Queues,O=Example,C=GB' \
  'both strings stand side by side'
tells 'The first difference: the filter wants CN=qm2, the certificate has CN=qm1' 'with the first attribute that differs'
tells 'client .IBM MQ client.: .*AMQ9636E' 'AMQ9636E at the client'
tells '2398' 'and the reason code'
tells "ask for its name: CN=qm1,OU=Payments,OU=Queues,O=Example,C=GB.*SSLPEER\('CN=qm1,OU=Payments,OU=Queues,O=Example,C=GB'\)" 'the filter that would match'
check peer/mqclient.ini good.mqsc --json
run "$CAUSEY" tls check --json peer/mqclient.ini good.mqsc
json_valid 'in JSON that keeps to the schema' tls_check-1.json <(printf '%s' "$out")
client peer ANY_TLS12_OR_HIGHER 'OU=Queues,OU=Payments'
check peer/mqclient.ini good.mqsc
tells 'OUs are counted from the highest on' 'OUs the other way round are told apart'
client peer ANY_TLS12_OR_HIGHER 'OU=Payments, OU=Que*; CN=QM*'
check peer/mqclient.ini good.mqsc
exits 0 'asterisks, blanks and semicolons are fine'
client peer ANY_TLS12_OR_HIGHER 'CM=qm1'
check peer/mqclient.ini good.mqsc
exits 1 'a filter that is none'
tells 'mq.peer-name-wrong.*ccdt.json line 3: channel APP.ONE: SSLPEER: .*CM is no attribute that a filter can name; nearest is CN' 'is a finding with its line'
tells 'AMQ9640E' 'and the code'

# SSLPEER at the server makes a certificate necessary.
channel peer ANY_TLS12_OR_HIGHER "SSLPEER('CN=app1') SSLCAUTH(OPTIONAL)"
check good/mqclient.ini peer.mqsc
exits 0 'the right name at a channel'
client bare ANY_TLS12_OR_HIGHER
sed -i '/CertificateLabel/d' bare/mqclient.ini
check bare/mqclient.ini peer.mqsc
exits 1 'SSLCAUTH(OPTIONAL) with SSLPEER wants a certificate'
tells 'clientcert.none-sent' 'as it says'
channel optional ANY_TLS12_OR_HIGHER 'SSLCAUTH(OPTIONAL)'
check bare/mqclient.ini optional.mqsc
exits 0 'without SSLPEER it does not'
channel peer ANY_TLS12_OR_HIGHER "SSLPEER('CN=app2')"
check good/mqclient.ini peer.mqsc
exits 1 'another name at a channel'
tells 'The server asks for the name: CN=app2 The client.s certificate: .*CN=app1' 'is told from the other end'
tells 'server .IBM MQ.: .*AMQ9636E' 'AMQ9636E at the server'
tells 'client .IBM MQ client.: .*AMQ9643E' 'AMQ9643E at the client'

# JMS: SSLPEERNAME.
printf "DEF CF(one) CHANNEL(APP.ONE) HOSTNAME(mq1.example) SSLCIPHERSUITE(*TLS12) SSLPEERNAME(CN=qm3)\n" >jms.scp
sed -i "s/SSLCAUTH(REQUIRED)//" good.mqsc
check --what-if client.trust=ca.pem jms.scp optional.mqsc
tells 'asks for the name: CN=qm3|chain.server-refused' 'SSLPEERNAME of a connection factory is a filter'
run "$CAUSEY" tls side jms.scp --json
like "$out" '"peer_filter": "CN=qm3"' 'as its side says'

# Channel authentication records.
rules() { channel auth ANY_TLS12_OR_HIGHER '' "$1"; }
rules "SET CHLAUTH('*') TYPE(ADDRESSMAP) ADDRESS('*') USERSRC(NOACCESS)
SET CHLAUTH('APP.*') TYPE(SSLPEERMAP) SSLPEER('CN=app*') SSLCERTI('CN=ca') USERSRC(MAP) MCAUSER('appuser')"
check good/mqclient.ini auth.mqsc
exits 0 'a record that lets the certificate in'
tells "after appuser channel authentication records" 'the step after the handshake names the user'
tells "runs as appuser; SSLPEERMAP 'APP.\*' SSLPEER\('CN=app\*'\) SSLCERTI\('CN=ca'\) \(auth.mqsc:5\)" 'and the record that wins'
run "$CAUSEY" tls check --json good/mqclient.ini auth.mqsc
json_valid 'in JSON that keeps to the schema' tls_check-1.json <(printf '%s' "$out")
like "$out" '"user": "appuser"' 'with the user'
rules "SET CHLAUTH('*') TYPE(ADDRESSMAP) ADDRESS('*') USERSRC(NOACCESS)
SET CHLAUTH('APP.*') TYPE(SSLPEERMAP) SSLPEER('CN=other') USERSRC(MAP) MCAUSER('x')"
check good/mqclient.ini auth.mqsc
exits 1 'only the back stop fits'
tells 'mq.channel-blocked.*refused, USERSRC.NOACCESS. .AMQ9777.; ADDRESSMAP .\*. ADDRESS.*auth.mqsc:4' 'it refuses, by this record'
tells "SET CHLAUTH\('APP.ONE'\) TYPE\(SSLPEERMAP\) SSLPEER\('CN=app1,OU=Apps,O=Example,C=GB'\) SSLCERTI\('CN=ca,O=Example'\)" 'the record that would let it in'
tells '2035' 'and the reason code'
rules "SET CHLAUTH('*') TYPE(ADDRESSMAP) ADDRESS('192.0.2.*') USERSRC(NOACCESS)
SET CHLAUTH('*') TYPE(USERMAP) CLNTUSER('joe') USERSRC(MAP) MCAUSER('joes')"
check good/mqclient.ini auth.mqsc
exits 0 'what is not known refuses nobody'
tells 'depends on the client.s address and user .--client-address, --client-user.' 'but is said'
tells 'runs as joes; USERMAP.*- refused, USERSRC.NOACCESS.*- runs as whoever' 'with every record that may win'
check --client-address 192.0.2.7 --client-user jim good/mqclient.ini auth.mqsc
exits 1 'the address decides'
check --client-address 192.0.2.7 --client-user joe good/mqclient.ini auth.mqsc
exits 0 'or the user, who comes before it'
check --client-address 198.51.100.7 --client-user mqm good/mqclient.ini auth.mqsc
exits 1 'an administrator is refused by the default record'
tells "refused because of the user .AMQ9776. mqm.*BLOCKUSER '\*' USERLIST\('\*MQADMIN'\) \(a new queue manager has it\)" 'as it says'
check --client-address nonsense good/mqclient.ini auth.mqsc
exits 2 'an address that is none'
rules "SET CHLAUTH('*') TYPE(ADDRESSMAP) ADDRESS('*') USERSRC(NOACCESS) WARN(YES)"
check --client-user jim good/mqclient.ini auth.mqsc
exits 0 'WARN(YES) lets everybody in'
tells 'runs as jim, as the partner says, with a warning only' 'and it is said'
tells 'warning mq.chlauth-warn-only' 'D11: as a finding'
rules "SET CHLAUTH('*') TYPE(ADDRESSMAP) ADDRESS('*') USERSRC(NOACCESS)
ALTER QMGR CHLAUTH(DISABLED)"
check good/mqclient.ini auth.mqsc
exits 1 'D06: records that are switched off are a finding'
tells 'They agree.*Channel authentication is switched off' 'D06: nobody is refused'
tells 'error mq.chlauth-disabled .*line 5: CHLAUTH.DISABLED., and 1 record stands there' 'D06: with its line'
rules "SET CHLAUTH('APP.*') TYPE(SSLPEERMAP) SSLPEER('cn=app1') USERSRC(CHANNEL)"
check good/mqclient.ini auth.mqsc
tells 'mq.peer-name-wrong.*line 4: SSLPEER: .*cn must be written in capitals: CN' 'a filter in a record that is wrong, with its line'
# A dump and a display say what there is; of one without records nothing is known.
{ echo '* Script generated by dmpmqcfg'; cat good.mqsc; } >dump.mqsc
check good/mqclient.ini dump.mqsc
unlike "$out" 'channel authentication' 'a dump without records is not taken for a new queue manager'
cat >shown.txt <<TXT
AMQ8408I: Display Queue Manager details.
   QMNAME(QM1)                             SSLKEYR($PWD/qm/ssl/key)
   CERTLABL(qm1)                           CHLAUTH(ENABLED)
AMQ8414I: Display Channel details.
   CHANNEL(APP.ONE)                        CHLTYPE(SVRCONN)
   SSLCIPH(ANY_TLS12_OR_HIGHER)            SSLCAUTH(REQUIRED)
   MCAUSER(chuser)
AMQ8878I: Display channel authentication record details.
   CHLAUTH(APP.*)                          TYPE(SSLPEERMAP)
   DESCR( )                                CUSTOM( )
   SSLPEER(CN=app1)                        USERSRC(CHANNEL)
TXT
check good/mqclient.ini shown.txt
exits 0 'a display of channels and records'
tells "runs as chuser; SSLPEERMAP 'APP.\*' SSLPEER\('CN=app1'\) \(shown.txt:8\)" 'is read as it is'

# The certificate of a channel, and who is shown it.
channel own ANY_TLS12_OR_HIGHER "CERTLABL('special')"
client own ANY_TLS12_OR_HIGHER CN=special
check own/mqclient.ini own.mqsc
exits 0 'a client that says the name of the channel'
tells 'certificate CN=special.*the client says the channel.s name' 'sees the certificate of the channel'
client own ANY_TLS12_OR_HIGHER CN=qm1 '  OutboundSNI=HOSTNAME\n'
check own/mqclient.ini own.mqsc
exits 1 'a client that says the host'
tells 'mq.channel-not-named.*Certificate of channel APP.ONE: special.*Shown to this client: qm1' 'sees the certificate of the queue manager, and is refused'
tells 'AMQ9673E' 'AMQ9673E at the server'
tells '2393' 'and the reason code'
tells 'client: say the channel.s name.*OutboundSNI=CHANNEL' 'mended at the client'
tells "server: let the channel show the queue manager's certificate.*CERTLABL\(' '\)" 'or at the channel'
check own/mqclient.ini good.mqsc
exits 0 'a channel without one of its own takes it'

# What standards leave out: SSLFIPS, SUITEB, CERTVPOL; and MinimumRSAKeySize.
channel fips ANY_TLS12_OR_HIGHER '' 'ALTER QMGR SSLFIPS(YES)'
check good/mqclient.ini good.mqsc
tells 'agree: TLS 1.3, TLS_CHACHA20_POLY1305_SHA256' 'without SSLFIPS ChaCha20 comes first'
check good/mqclient.ini fips.mqsc
exits 0 'SSLFIPS(YES) agrees'
tells 'agree: TLS 1.3, TLS_AES_256_GCM_SHA384' 'on what a FIPS module has'
run "$CAUSEY" tls side fips.mqsc
like "$out" 'fips.mqsc +4 +SSLFIPS +YES +yes' 'with its line'
channel suiteb ANY_TLS12_OR_HIGHER '' "ALTER QMGR SUITEB('128_BIT')"
check good/mqclient.ini suiteb.mqsc
exits 0 'Suite B takes an EC certificate'
tells 'agree: TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256|agree: TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384' 'with TLS 1.2'
channel suiteb ECDHE_RSA_AES_256_GCM_SHA384 '' "ALTER QMGR SUITEB('192_BIT')"
check good/mqclient.ini suiteb.mqsc
tells 'mq.cipherspec-not-allowed.*channel APP.ONE wants ECDHE_RSA_AES_256_GCM_SHA384, which is never agreed on: SUITEB' 'a CipherSpec that Suite B leaves out'
client suiteb ANY_TLS12_OR_HIGHER CN=qm1 '  EncryptionPolicySuiteB=192_BIT\n'
check suiteb/mqclient.ini good.mqsc
exits 1 'a client of Suite B with 192 bits'
tells 'group.none-in-common|scheme|key|suite' 'takes no P-256'
client small ANY_TLS12_OR_HIGHER CN=weak '  MinimumRSAKeySize=2048\n'
leaf weak '/O=Example/CN=weak' rsa:1024
store weak/key weak
channel weak ANY_TLS12_OR_HIGHER
sed -i "s,qm/ssl/key,weak/key,; s/'qm1'/'weak'/" weak.mqsc
check small/mqclient.ini weak.mqsc
exits 1 'MinimumRSAKeySize at the client'
tells 'chain.server-refused.*RSA 1024; at least RSA 2048 is asked for' 'refuses the smaller key'
tells 'AMQ9633E' 'with the code'
sed -i /MinimumRSA/d small/mqclient.ini
check small/mqclient.ini weak.mqsc
exits 0 'without it the key is taken'
quiet openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca2.key -out ca2.csr -subj '/CN=loose'
quiet openssl x509 -req -in ca2.csr -signkey ca2.key -days 20 -out ca2.pem -extfile <(printf 'basicConstraints=CA:TRUE\n')
mkdir -p strict
"$CAUSEY" cp --from-password-file pw --to-password-file pw qm1.p12 strict/key.kdb >/dev/null 2>&1
channel strict ANY_TLS12_OR_HIGHER '' 'ALTER QMGR CERTVPOL(RFC5280)'
run "$CAUSEY" tls side strict.mqsc
like "$out" 'Chain by RFC 5280 +yes.*CERTVPOL +RFC5280' 'CERTVPOL(RFC5280) is heeded'

# Several channels: the one that the client has.
printf "DEFINE CHANNEL(APP.TWO) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS13)\n" >>good.mqsc
check good/mqclient.ini good.mqsc
exits 0 'a script with several channels'
tells 'chosen among several: the channel APP.ONE is what the other end has' 'the one of that name is taken'
done_testing
