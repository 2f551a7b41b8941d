#!/bin/bash
# Purpose: audit reads the configuration of every product that tls has a reader for, and says what would only be seen at
#   the first connection (C25) and each trap of group C that shows in one file; each with a healthy twin that is silent.
. "$(dirname "$0")/../lib/tap.sh"
need openssl keytool
. "$(dirname "$0")/../lib/pki.sh"
cd "$T" || exit 1
make_ca ca '/CN=CA'
issue one /CN=localhost ca $'basicConstraints=CA:FALSE\nsubjectAltName=DNS:localhost'
openssl pkcs12 -export -in one.pem -inkey one.key -name me -out one.p12 -passout pass:secret1
openssl pkcs12 -export -in one.pem -inkey one.key -name ibmwebspheremqqm1 -out mq.p12 -passout pass:secret1
keytool -importcert -noprompt -alias ca -file ca.pem -keystore trust.p12 -storepass secret1 2>/dev/null
echo secret1 >pw
mkdir -p good/qm bad/qm
key=$PWD/good/qm/key
"$CAUSEY" cp --from-password-file pw --to-password-file pw mq.p12 "$key.kdb" >/dev/null 2>&1
"$CAUSEY" cp --to-password-file pw ca.pem "$key.kdb" >/dev/null 2>&1
"$CAUSEY" passwd --stash --password-file pw "$key.kdb" >/dev/null 2>&1

# Both twins of each, in folders of their own; then one audit of each tree.
put() { mkdir -p "$(dirname "$1")"; cat >"$1"; } # FILE
put good/qm/channels.mqsc <<MQSC
ALTER QMGR SSLKEYR('$key') CERTLABL('ibmwebspheremqqm1') SSLTASKS(8)
REFRESH SECURITY TYPE(SSL)
DEFINE CHANNEL(APP.ONE) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS12_OR_HIGHER) SSLCAUTH(OPTIONAL)
MQSC
put bad/qm/channels.mqsc <<MQSC
ALTER QMGR SSLKEYR('$key') CERTLABL('ibmwebspheremqqm1') SSLTASKS(0)
REFRESH SECURITY TYPE(SSL)
DEFINE CHANNEL(APP.ONE) CHLTYPE(SVRCONN) SSLCIPHR(ANY_TLS12_OR_HIGHER)
DEFINE CHANNEL(APP.TWO) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS12_OR_ABOVE)
DEFINE CHANNEL(APP.THREE) CHLTYPE(SVRCONN)
MQSC
ccdt() { # SSL OF THE FIRST
  printf '{ "channel": [\n { "name": "A", "type": "clientConnection", "clientConnection": {"queueManager": "QM1"}%s },\n' "$1"
  printf ' { "name": "B", "type": "clientConnection", "clientConnection": {"queueManager": "QM1"},\n'
  printf '   "transmissionSecurity": {"cipherSpecification": "ANY_TLS12_OR_HIGHER", "certificatePeerName": "CN=q"} } ] }\n'
}
ccdt ', "transmissionSecurity": {"cipherSpecification": "ANY_TLS12_OR_HIGHER", "certificatePeerName": "CN=q"}' | put good/mq/ccdt.json
ccdt '' | put bad/mq/ccdt.json
printf 'SSL:\n  SSLKeyRepository=%s\n' "$key" | put good/mq/mqclient.ini
printf 'CHANNELS:\n  ServerConnectionParms=A/TCP/h(1414)\n  ChannelDefinitionDirectory=/a\nSSL:\n  SSLKeyRepository=%s\n' "$key" | put bad/mq/mqclient.ini
printf 'export MQCCDTURL=file://%s/good/mq/ccdt.json\n' "$PWD" | put good/mq/profile
printf 'export MQSSLKEYR=/b/key\nexport MQCHLLIB=/a\nexport CLASSPATH=/opt/com.ibm.mq.allclient.jar\n' | put bad/mq/profile
printf 'Log:\n   LogType=CIRCULAR\nService:\n   Name=x\nSSL:\n   AllowTLSV13=YES\n' | put good/qm.ini
printf 'Log:\n   LogType=CIRCULAR\nService:\n   Name=x\nSSL:\n   AllowTLSV31=YES\n' | put bad/qm.ini
admin() { printf "DEF CF(a) TRAN(CLIENT) CHAN(A) HOST(h) SSLCIPHERSUITE(%s) SSLPEERNAME('CN=q')\n" "$1"; }
admin '*TLS12ORHIGHER' | put good/jms/admin.scp
admin '*TLS12_OR_MORE' | put bad/jms/admin.scp
java() { printf '%s\n' "-Djavax.net.ssl.keyStore=$1" -Djavax.net.ssl.keyStorePassword=secret1 "-Djavax.net.ssl.trustStore=$PWD/trust.p12" \
  -Djavax.net.ssl.trustStorePassword=secret1 "-Djdk.tls.client.protocols=$2"; }
java "$PWD/one.p12" TLSv1.2,TLSv1.3 | put good/java/app.conf
java "$PWD/gone.p12" TLS1.2 | put bad/java/app.conf
liberty() { printf '<server>\n <featureManager><feature>ssl-1.0</feature></featureManager>\n <keyStore id="defaultKeyStore" location="%s" password="secret1"/>\n <ssl id="defaultSSLConfig" keyStoreRef="defaultKeyStore" %s/>\n</server>\n' "$PWD/one.p12" "$1"; }
liberty 'sslProtocol="TLSv1.2,TLSv1.3"' | put good/liberty/server.xml
liberty 'sslProtocol="TLS1.2" enabledCipher="x"' | put bad/liberty/server.xml
printf 'TLS_CACERT %s/ca.pem\nTLS_REQCERT demand\n' "$PWD" | put good/ldap/ldap.conf
printf 'TLS_CACERT %s/ca.pem\nTLS_CERT %s/one.pem\nTLS_KEY %s/one.key\nTLS_REQCERT never\n' "$PWD" "$PWD" "$PWD" | put bad/ldap/ldap.conf
slapd() { printf 'TLSCertificateFile %s/one.pem\nTLSCertificateKeyFile %s/one.key\nTLSCACertificateFile %s/ca.pem\nTLSVerifyClient %s\n' "$PWD" "$PWD" "$PWD" "$1"; }
slapd demand | put good/ldap/slapd.conf
slapd demant | put bad/ldap/slapd.conf
printf 'GSK_PROTOCOL_TLSV1_2=ON\nGSK_PROTOCOL_TLSV1_3=OFF\nGSK_V3_CIPHER_SPECS_EXPANDED=C02FC030\nGSK_V3_CIPHERS=GSK_V3_CIPHERS_CHAR4\n' | put good/gskit/gsk.env
printf 'GSK_PROTOCOL_TLSV1_1=ON\n' | put bad/gskit/gsk.env
printf '#!/bin/sh\ncurl --cacert %s/ca.pem https://localhost/\n' "$PWD" | put good/curl/get.sh
printf '#!/bin/sh\ncurl -k https://localhost/\n' | put bad/curl/get.sh
printf 'cacert = "%s/ca.pem"\n' "$PWD" | put good/curl/.curlrc
printf 'insecure\ncacert = "%s/ca.pem"\n' "$PWD" | put bad/curl/.curlrc
nginx() { printf 'events {}\nhttp {\n server {\n  listen 443 ssl;\n  ssl_certificate %s/one.pem;\n  ssl_certificate_key %s/one.key;\n  %s\n }\n}\n' "$PWD" "$PWD" "$1"; }
nginx 'ssl_protocols TLSv1.2 TLSv1.3;' | put good/nginx/nginx.conf
nginx 'ssl_protocols TLSv1.2; ssl_ciphers AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256;' | put bad/nginx/nginx.conf

run "$CAUSEY" audit good
unlike "$out" '(tls|mq)\.[a-z]' 'the healthy twins of all products are silent'
run "$CAUSEY" audit bad

one=$(tr -s '\n ' ' ' <<<"$out")
finds() { like "$one" "$1" "$2"; }
finds 'mq.ssltasks bad/qm/channels.mqsc .*line 1: SSLTASKS\(0\)' 'C22: too few tasks'
finds 'mq.attribute-unknown bad/qm/channels.mqsc .*line 3: there is no attribute SSLCIPHR; nearest is SSLCIPH' 'C13: an attribute'
finds 'mq.cipherspec-unknown bad/qm/channels.mqsc .*line 4.*ANY_TLS12_OR_ABOVE; nearest is .*ANY_TLS12_OR_HIGHER' 'C13: an alias'
finds 'tls.clear-beside bad/qm/channels.mqsc .*line 3: 2 of 3' 'C21: another entrance in clear'
finds 'mq.table-entry-without-tls bad/mq/ccdt.json .*line 2: for queue manager .QM1. entry A is taken first' 'C11: an entry without TLS, in a table of JSON'
finds 'mq.override-without-tls bad/mq/mqclient.ini .*ServerConnectionParms' 'C10: what beats the table'
finds 'mq.setting-not-read bad/mq/profile .*MQCHLLIB is not read' 'C10: what Java does not read'
finds 'mq.environment-beats-ini bad/mq/profile .*MQSSLKEYR=/b/key is in force' 'C12: a variable beats the ini file'
finds 'mq.ini-key-unknown bad/qm.ini .*line 6.*AllowTLSV31; nearest is AllowTLSV13' 'C25: a key of qm.ini that is passed over'
finds 'mq.cipherspec-unknown bad/jms/admin.scp .*line 1' 'C13: an alias in JMSAdmin'
finds 'tls.setting-wrong bad/java/app.conf .*TLS1.2 is no name of a version in Java' 'C25: a version in Java'
finds 'C17|(config.store-missing|tls.identity-missing) bad/java/app.conf' 'C17: a key store that is not there'
finds 'tls.setting-unknown bad/liberty/server.xml .*enabledCipher' 'C25: an attribute of Liberty'
finds 'tls.setting-for-users-only bad/ldap/ldap.conf .*line 2: TLS_CERT is not looked at' 'C24: a certificate where it is not looked at'
finds 'tls.verify-off bad/ldap/ldap.conf .*line 4: TLS_REQCERT never' 'C18: whatever the server sends'
finds 'tls.setting-wrong bad/ldap/slapd.conf .*line 4: demant' 'C16, C25: a value of slapd'
finds 'tls.modern-versions-off bad/gskit/gsk.env' 'C06: nothing modern is on'
finds 'tls.verify-off bad/curl/get.sh .*line 2' 'C18: -k in a script'
finds 'tls.verify-off bad/curl/.curlrc .*line 1' 'C18: in .curlrc'
finds 'tls.no-handshake-possible bad/nginx/nginx.conf .*line 7: .*none fits what the server has' 'C02, C25: suites that do not fit the key'
run "$CAUSEY" audit --json bad
json_valid 'as JSON it keeps to the schema' audit-1.json <(printf '%s' "$out")
like "$out" '"id": ?"mq.ssltasks"' 'with the ids'

# A store that many configurations name is read once; what is not in force is not read.
mkdir many
for n in $(seq 20); do java "$PWD/one.p12" TLSv1.2 >"many/app$n.conf"; done
if command -v strace >/dev/null; then
  strace -f -qq -e trace=openat -o trace "$CAUSEY" audit many >/dev/null 2>&1
  is "$(grep -c 'trust\.p12' trace)" 1 'a store that twenty configurations name is opened once' || diag "$(grep 'p12' trace | head -5)"
else
  skip 'a store is opened once' 'no strace'
fi
mkdir stock
for name in ldap.conf.bak ldap.conf.dpkg-old; do cp bad/ldap/ldap.conf stock/$name; done
mkdir -p stock/share/doc/curl
cp bad/curl/get.sh stock/share/doc/curl/
printf '[overrides]\ndefault_host = "x"\n' >stock/settings.toml
run "$CAUSEY" audit stock
unlike "$out" 'tls\.' 'copies from before, examples, and files of others are not read'

# A locked store is no fault of the configuration.
mkdir locked
sed /keyStorePassword/d good/java/app.conf >locked/app.conf
run "$CAUSEY" audit locked
unlike "$out" '(error|warning) +tls\.' 'a store without its password is left alone'

# What the packages bring is healthy.
list=()
for file in /etc/ssl/openssl.cnf /etc/ldap/ldap.conf /etc/java-*/security/java.security /etc/postgresql/*/main/postgresql.conf \
  /etc/nginx/nginx.conf /etc/apache2/apache2.conf /etc/haproxy/haproxy.cfg; do
  [ -r "$file" ] && list+=("$file")
done
run "$CAUSEY" audit "${list[@]}"
unlike "$out" '(warning|error|critical) +(tls|mq)\.' 'configurations as they come are silent'
done_testing
