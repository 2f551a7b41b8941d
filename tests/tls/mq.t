#!/bin/bash
# Purpose: definitions of queue managers as sides: what each channel offers and takes, and the traps that
#   show in one file, each with a twin that has none of it.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
need openssl
cd "$T" || exit 1

# Without the breaks of long lines.
side() { run "$CAUSEY" tls side "$@"; out=$(printf '%s' "$out" | tr -s '\n ' ' '); }
healthy() { # FILE DESC
  side "$1"
  exits 0 "$2: the healthy twin is read"
  unlike "$out$err" 'mq\.[a-z]|(error|warning|notice) [a-z]+[.]' "$2: and says nothing"
}

# A file as it should be: every twin below is a change of it.
mkdir qm keys
cat >keys/make.sh <<'SH'
openssl req -x509 -newkey rsa:2048 -nodes -keyout keys/a.key -out keys/a.pem -subj /CN=qm1 -days 30
openssl pkcs12 -export -inkey keys/a.key -in keys/a.pem -name ibmwebspheremqqm1 -out keys/a.p12 -passout file:keys/pw
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout keys/ca.key -out keys/ca.pem -subj /CN=ca -days 30
SH
echo secret12 >keys/pw
bash keys/make.sh 2>/dev/null
mkdir -p var/qmgrs/QM1/ssl
key=$PWD/var/qmgrs/QM1/ssl/key
"$CAUSEY" cp --from-password-file keys/pw --to-password-file keys/pw keys/a.p12 "$key.kdb" >/dev/null 2>&1
"$CAUSEY" cp --to-password-file keys/pw keys/ca.pem "$key.kdb" >/dev/null 2>&1
"$CAUSEY" passwd --stash --password-file keys/pw "$key.kdb" >/dev/null 2>&1
cat >good.mqsc <<MQSC
* What is right
ALTER QMGR SSLKEYR('$key') +
           SSLTASKS(8)
REFRESH SECURITY TYPE(SSL)
DEFINE CHANNEL(APP.ONE) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS12_OR_HIGHER) +
       SSLCAUTH(OPTIONAL) DESCR('it''s -
fine') REPLACE
DEFINE CHANNEL(TO.QM2) CHLTYPE(SDR) CONNAME('qm2.example(1414)') XMITQ(QM2) +
       SSLCIPH(ANY_TLS13_OR_HIGHER) SSLPEER('CN=qm2')
DEFINE CHANNEL(FROM.QM2) CHLTYPE(RCVR) SSLCIPH(ECDHE_RSA_AES_256_GCM_SHA384)
MQSC
healthy good.mqsc 'a good script'
like "$out" 'channel APP.ONE \(SVRCONN\).*Role +server.*Versions +TLS 1.2, TLS 1.3.*Takes afterwards +ANY_TLS12_OR_HIGHER' \
  'a server connection negotiates with all and takes what its CipherSpec says'
like "$out" 'Clients +a certificate is asked for, none will do, too' 'SSLCAUTH(OPTIONAL)'
like "$out" 'Certificate +[^ ]*#ibmwebspheremqqm1' 'the default label is that of the queue manager'
like "$out" 'channel TO.QM2 \(SDR\).*Role +client.*Versions +TLS 1.3' 'a sender offers what it wants'
like "$out" 'Connects to +qm2.example' 'and knows where to'
like "$out" 'good.mqsc +5 +SSLCIPH' 'each setting has its line'
side 'good.mqsc#FROM.QM2' --json
exits 0 'a channel is chosen by its name'
json_valid 'and keeps to the schema' tls_side-1.json <(printf '%s' "$out")
like "$out" '"label": "FROM.QM2"' 'that one'
unlike "$out" 'APP.ONE' 'and no other'
side 'good.mqsc#FROM.QM1'
exits 3 'a channel that is not there'
like "$err" 'FROM.QM2' 'gets the nearest named'


# A repository without any CA is right for a channel that wants no certificate, and wrong for one that does.
mkdir -p var/qmgrs/alone
"$CAUSEY" cp --from-password-file keys/pw --to-password-file keys/pw keys/a.p12 var/qmgrs/alone/key.kdb >/dev/null 2>&1
"$CAUSEY" passwd --stash --password-file keys/pw var/qmgrs/alone/key.kdb >/dev/null 2>&1
cat >alone.mqsc <<MQSC
ALTER QMGR SSLKEYR('$PWD/var/qmgrs/alone/key') CERTLABL('ibmwebspheremqqm1')
REFRESH SECURITY TYPE(SSL)
DEFINE CHANNEL(APP.ONE) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS12_OR_HIGHER) SSLCAUTH(OPTIONAL)
MQSC
healthy alone.mqsc 'no CA and no certificates of clients'
sed 's/OPTIONAL/REQUIRED/' alone.mqsc >alone-required.mqsc
side alone-required.mqsc
like "$out" 'tls.trust-missing' 'no CA and certificates wanted'

# C08, C09: the version of the channel and that of the list.
sed 's/ANY_TLS12_OR_HIGHER/ANY_TLS12/' good.mqsc >fixed.mqsc
side fixed.mqsc
like "$out" 'mq.fixed-version.*line 5: channel APP.ONE takes ANY_TLS12 only' 'C08: a fixed version under TLS 1.3'
like "$out" 'SSLCIPH\(ANY_TLS12_OR_HIGHER\).*AllowTLSV13=NO' 'C08: both remedies'
printf 'SSL:\n  AllowTLSV13=NO\n' >qm/qm.ini
sed 's/ANY_TLS12_OR_HIGHER/ANY_TLS12/; /TO.QM2/,+1d' good.mqsc >qm/off.mqsc
healthy qm/off.mqsc 'C08 with TLS 1.3 off'
like "$out" 'qm.ini +2 +AllowTLSV13' 'qm.ini beside the definitions is read'
cp good.mqsc qm/wants13.mqsc
side qm/wants13.mqsc
like "$out" 'mq.tls13-off.*channel TO.QM2 wants ANY_TLS13_OR_HIGHER.*AllowTLSV13=NO' 'C06: TLS 1.3 wanted, and off'
printf 'SSL:\n  AllowedCipherSpecs=ECDHE_RSA_AES_128_GCM_SHA256,ANY_TLS13\n' >qm/qm.ini
side qm/wants13.mqsc
like "$out" 'mq.cipherspec-not-allowed.*channel FROM.QM2 wants ECDHE_RSA_AES_256_GCM_SHA384.*AllowedCipherSpecs' \
  'C09: a CipherSpec that is not in the list'
printf 'SSL:\n  AllowTLSV31=YES\n  MinimumRSAKeySize=2k\n  AllowedCipherSpecs=ANY_TLS12,ANY_TS13\n' >qm/qm.ini
side qm/wants13.mqsc
like "$out" 'mq.ini-key-unknown.*line 2: the SSL stanza knows no AllowTLSV31; nearest is AllowTLSV13' 'C13: a key of qm.ini'
like "$out" 'mq.ini-value-wrong.*line 3: MinimumRSAKeySize=2k' 'C25: a value that is dropped in silence'
like "$out" 'mq.cipherspec-unknown.*AllowedCipherSpecs: there is no CipherSpec ANY_TS13; nearest is ANY_TLS13' 'C13: in a list'

# C13: words.
sed 's/ANY_TLS12_OR_HIGHER/ANY_TLS12_OR_ABOVE/' good.mqsc >alias.mqsc
side alias.mqsc
like "$out" 'no CipherSpec ANY_TLS12_OR_ABOVE; nearest is .*ANY_TLS12_OR_HIGHER, which exists from IBM MQ 9.1.4' 'C13: an alias'
sed 's/ECDHE_RSA_AES_256_GCM_SHA384/TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384/' good.mqsc >java.mqsc
side java.mqsc
like "$out" 'mq.cipherspec-notation.*as a .*CipherSpec it is ECDHE_RSA_AES_256_GCM_SHA384' 'C13: a name of Java'
sed 's/ECDHE_RSA_AES_256_GCM_SHA384/TRIPLE_DES_SHA_US/' good.mqsc >weak.mqsc
side weak.mqsc
like "$out" 'mq.cipherspec-off.*channel FROM.QM2 wants TRIPLE_DES_SHA_US' 'a CipherSpec that is switched off'
sed 's/SSLCIPH(ANY_TLS12_OR_HIGHER)/SSLCIPHR(ANY_TLS12_OR_HIGHER)/' good.mqsc >word.mqsc
side word.mqsc
like "$out" 'mq.attribute-unknown.*line 5: there is no attribute SSLCIPHR; nearest is SSLCIPH \(column 42\)' 'C13: an attribute'
sed "s/'CN=qm2'/'CN=qm2/" good.mqsc >quote.mqsc
side quote.mqsc
like "$out" 'mq.command-wrong.*line 9: this quote is not closed \(column 45\)' 'a quote that is not closed: where it was opened'
like "$out" 'channel FROM.QM2' 'and the next command is read'

# A08, A21: labels and repositories.
sed 's/SSLTASKS(8)/SSLTASKS(8) CERTLABL(ibmWebSphereMqQm1)/' good.mqsc >folded.mqsc
side folded.mqsc
like "$out" 'mq.value-folded.*line 3: CERTLABL\(ibmWebSphereMqQm1\) has no quotes' 'A08: a label without quotes'
like "$out" 'mq.label-missing.*labelled IBMWEBSPHEREMQQM1; nearest is ibmwebspheremqqm1' 'A08: and it is not there'
like "$out" "ALTER QMGR CERTLABL\('ibmwebspheremqqm1'\).*REFRESH SECURITY TYPE\(SSL\)" 'A08, C20: the fix'
sed "s/SSLTASKS(8)/SSLTASKS(8) CERTLABL('ibmwebspheremqqm1')/" good.mqsc >quoted.mqsc
healthy quoted.mqsc 'A08 with quotes'
sed 's/qmgrs.QM1/qmgrs\/QM1\/..\/QM2/' good.mqsc >default.mqsc
mkdir -p var/qmgrs/QM2/ssl
cp "$key.kdb" var/qmgrs/QM2/ssl/ && cp "$key.sth" var/qmgrs/QM2/ssl/
sed "s/qmgrs.QM1/qmgrs\/QM2/" good.mqsc >default.mqsc
side default.mqsc
like "$out" 'mq.default-label-missing.*labelled ibmwebspheremqqm2; nearest is' 'A08: the default label is not there'
sed "s/ssl.key'/ssl\/kye'/" good.mqsc >stem.mqsc
side stem.mqsc
like "$out" 'mq.key-repository-missing.*looked for [^ ]*kye.kdb .the queue manager adds .kdb to a.*nearest is key.kdb' \
  'A21: the file that was looked for'
sed "s/ssl.key'/ssl\/key.kdb'/" good.mqsc >suffix.mqsc
healthy suffix.mqsc 'A21 for today'
side --dialect mq-9.2 suffix.mqsc
like "$out" 'mq.key-repository-suffix.*the file looked for is .*key.kdb.kdb' 'A21: a suffix before 9.3'
side --dialect mq-9.2 good.mqsc
unlike "$out" 'key-repository' 'A21: a stem is right for all'

# C10, C11, C18, C20, C22.
grep -v REFRESH good.mqsc >refresh.mqsc
side refresh.mqsc
like "$out" 'mq.refresh-missing.*line 2' 'C20: no refresh'
sed 's/SSLTASKS(8)/SSLTASKS(0)/' good.mqsc >tasks.mqsc
side tasks.mqsc
like "$out" 'error mq.ssltasks.*line 3: SSLTASKS\(0\), and 3 channels want TLS' 'C22: no tasks'
like "$out" 'SSLTASKS\(8\), then stop and start the channel initiator' 'C22: and what to do'
sed "s/ SSLPEER('CN=qm2')//" good.mqsc >peer.mqsc
side peer.mqsc
like "$out" 'mq.no-peer-name.*channel TO.QM2 has no SSLPEER' 'C18: no peer name'
cat >table.mqsc <<'MQSC'
DEFINE CHANNEL(B.TLS) CHLTYPE(CLNTCONN) CONNAME('a(1414)') QMNAME(QM1) SSLCIPH(ANY_TLS12_OR_HIGHER) SSLPEER('CN=a')
DEFINE CHANNEL(A.CLEAR) CHLTYPE(CLNTCONN) CONNAME('a(1414)') QMNAME(QM1)
DEFINE CHANNEL(C.OTHER) CHLTYPE(CLNTCONN) CONNAME('a(1414)') QMNAME(QM2)
MQSC
side table.mqsc
like "$out" "mq.table-entry-without-tls.*line 2: for queue manager 'QM1' entry A.CLEAR is taken first" 'C11: the entry that wins'
sed 's/A.CLEAR/Z.CLEAR/' table.mqsc >last.mqsc
healthy last.mqsc 'C11 with the clear one last'
sed 's/QMNAME(QM1)/& CLNTWGHT(5)/' last.mqsc >weight.mqsc
side weight.mqsc
like "$out" 'is taken by chance \(5 of 10 by weight\)' 'C11: by weight'
cat >both.mqsc <<'MQSC'
DEFINE CHANNEL(ONE) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS12_OR_HIGHER)
DEFINE CHANNEL(TWO) CHLTYPE(SVRCONN)
MQSC
side both.mqsc
like "$out" 'tls.clear-beside.*line 2: 1 of 2 server connections' 'C21: another entrance in clear'

# Order: the last word counts.
cat >order.mqsc <<'MQSC'
ALTER CHANNEL(SYSTEM.DEF.SVRCONN) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS13)
DEFINE CHANNEL(A) CHLTYPE(SVRCONN)
DEFINE CHANNEL(B) CHLTYPE(SVRCONN) LIKE(A) SSLCAUTH(OPTIONAL)
DEFINE CHANNEL(A) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS12)
ALTER CHANNEL(B) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS13_OR_HIGHER)
DEFINE CHANNEL(C) CHLTYPE(SVRCONN)
DELETE CHANNEL(C)
DEFINE CHANNEL(B) CHLTYPE(SVRCONN) REPLACE SSLCIPH(ANY_TLS12_OR_HIGHER)
MQSC
side order.mqsc
like "$out" 'mq.defined-twice.*line 4: channel A was defined in line 2 already' 'a second definition without REPLACE'
like "$out" 'channel A .*Takes afterwards +ANY_TLS13[^_].*channel B .*none will do, too.*Takes afterwards +ANY_TLS12_OR_HIGHER' \
  'templates, LIKE, ALTER and REPLACE in their order'
unlike "$out" 'channel C|SYSTEM.DEF' 'what was deleted is gone, templates are no sides'

# Displays, of both kinds.
cat >shown.txt <<'TXT'
     1 : display qmgr all
AMQ8408I: Display Queue Manager details.
   QMNAME(QM7)                             CERTLABL( )
     2 : display channel(*) all
AMQ8414I: Display Channel details.
   CHANNEL(APP.ONE)                        CHLTYPE(SVRCONN)
   SSLCIPH(ANY_TLS12_OR_HIGHER)            SSLCAUTH(OPTIONAL)
   SSLPEER( )                              TRPTYPE(TCP)
TXT
healthy shown.txt 'a display'
like "$out" 'channel APP.ONE \(SVRCONN of QM7\)' 'its queue manager is known'
sed 's/ANY_TLS12_OR_HIGHER/ANY_TLS12/' shown.txt >shown12.txt
side shown12.txt
like "$out" 'mq.fixed-version.*line 7' 'C08 in a display, with its line'
cat >zos.txt <<'TXT'
CSQM409I !MQ01 QMNAME(MQ01) SSLKEYR(MQRING) SSLTASKS(1)
 END QMNAME DETAILS
CSQM415I !MQ01 CHANNEL(TO.A) CHLTYPE(RCVR) QSGDISP(QMGR)
SSLCIPH(ANY_TLS12_OR_HIGHER)
SSLCAUTH(REQUIRED)
 END CHANNEL DETAILS
TXT
side zos.txt
exits 0 'a display of z/OS'
like "$out" 'channel TO.A \(RCVR of MQ01\).*IBM MQ for z/OS' 'is one'
like "$out" 'warning mq.ssltasks.*SSLTASKS\(1\)' 'C22: too few tasks'
like "$out" 'MQRING was not looked at: it is a key ring of z/OS' 'a ring is named, not looked for'
sed 's/ANY_TLS12_OR_HIGHER/C030/' zos.txt >hex.txt
side hex.txt
unlike "$out" 'mq.cipherspec' 'z/OS takes a number for a CipherSpec'
like "$out" 'Suites it takes TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384' 'and it is that suite'

# Channel tables.
cat >ccdt.json <<'JSON'
{ "channel": [
  { "name": "APP.ONE", "type": "clientConnection",
    "clientConnection": { "connection": [ {"host": "mq1.example", "port": 1414} ], "queueManager": "QM1" },
    "transmissionSecurity": {
      "cipherSpecification": "ANY_TLS12_OR_HIGHER",
      "certificatePeerName": "CN=qm1" },
    "connectionManagement": { "clientWeight": 0, "affinity": "none" } } ] }
JSON
healthy ccdt.json 'a channel table'
like "$out" 'channel APP.ONE \(CLNTCONN\).*Versions +TLS 1.2, TLS 1.3.*Connects to +mq1.example' 'its entry'
like "$out" 'ccdt.json +5 +SSLCIPH' 'with the line'
sed 's/cipherSpecification/cipherSpecfication/' ccdt.json >slip.json
side slip.json
like "$out" 'mq.attribute-unknown.*line 5: there is no member cipherSpecfication; nearest is cipherSpecification' 'C13: a member'
sed 's/"ANY_TLS12_OR_HIGHER",/"ANY_TLS12_OR_HIGHER"/' ccdt.json >comma.json
side comma.json
exits 3 'JSON that is none'
like "$err" 'comma.json:6: a comma is missing before this' 'is named with its line'
printf 'AMQR\0\0\0\3 binary' >AMQCLCHL.TAB
side AMQCLCHL.TAB
exits 3 'a binary table'
like "$err" 'binary channel table.*runmqsc -n' 'is named, with the command that makes text of it'

# What is no text, however large.
printf 'DEFINE CHANNEL(A) CHLTYPE(SVRCONN)\n' >large.mqsc
truncate -s 1G large.mqsc
side large.mqsc
exits 3 'a gigabyte of zeros'
like "$err" 'large.mqsc:2: there are NUL bytes' 'is refused in its second line'
{ printf '{"channel": ['; for _ in {1..40}; do printf '{"channel": ['; done; } >deep.json
side ccdt:deep.json
exits 3 'JSON nested too deep'
like "$err" 'deep.json:1: nested more than 32 levels deep' 'is refused'
done_testing
