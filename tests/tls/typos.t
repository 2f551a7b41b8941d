#!/bin/bash
# Purpose: configuration that is wrong in itself, for every reader: a word that is misspelt, a suite that does not exist,
#   a value that is none; each gets its line and the nearest right word. A reader without a case here fails.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
need openssl
cd "$T" || exit 1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k.pem -out c.pem -subj /CN=a -days 9 2>/dev/null
cat c.pem k.pem >both.pem
tried=' store ccdtbin trace ' # none of them has words of its own
# typo READER FILE LINE RIGHT WHAT: standard input is the configuration.
typo() {
  cat >"$2"
  case $tried in *" $1 "*) ;; *) tried="$tried$1 " ;; esac
  run "$CAUSEY" tls side "$1:$2"
  local all
  all=$(printf '%s' "$out$err" | tr -s '\n ' ' ')
  like "$all" "(line |$2:)$3[^0-9]" "$1: $5: its line"
  like "$all" "(nearest is |[Dd]id you mean |[Ww]rite |as .*it is |calls it |there is |there are )[^.]*$4" "$1: $5: the right word"
}
site() { printf 'events {}\nhttp {\n server {\n  listen 443 ssl;\n  ssl_certificate c.pem;\n  ssl_certificate_key k.pem;\n  %s\n }\n}\n' "$1"; }
typo nginx n1.conf 7 ssl_protocols 'a directive' < <(site 'ssl_protocol TLSv1.2;')
typo nginx n2.conf 7 TLSv1.2 'a version' < <(site 'ssl_protocols TLS1.2;')
typo nginx n3.conf 7 'ECDHE-RSA-AES128-GCM-SHA256' 'a suite' < <(site 'ssl_ciphers ECDHE-RSA-AES128-GCM-SHA25;')
typo nginx n4.conf 7 'prime256v1|secp256r1|P-256' 'a group' < <(site 'ssl_ecdh_curve prime255v1;')
typo nginx n5.conf 7 on 'a switch' < <(site 'ssl_verify_client onn;')
host() { printf 'ServerRoot "%s"\nListen 443\n<VirtualHost *:443>\nSSLEngine on\nSSLCertificateFile both.pem\n%s\n</VirtualHost>\n' "$PWD" "$1"; }
typo httpd h1.conf 6 SSLProtocol 'a directive' < <(host 'SSLProtocl all')
typo httpd h2.conf 6 TLSv1.2 'a version' < <(host 'SSLProtocol TLSv12')
typo httpd h3.conf 6 ECDHE-RSA-AES128-GCM-SHA256 'a suite' < <(host 'SSLCipherSuite ECDHE-RSA-AES128-GCM-SHA25')
typo httpd h4.conf 6 require 'a value' < <(host 'SSLVerifyClient requier')
proxy() { printf 'global\n\nfrontend f\n bind :443 ssl crt both.pem %s\n\nbackend b\n server s 127.0.0.1:1\n' "$1"; }
typo haproxy p1.cfg 4 ssl-min-ver 'a word' < <(proxy 'ssl-min-vers TLSv1.2')
typo haproxy p2.cfg 4 TLSv1.2 'a version' < <(proxy 'ssl-min-ver TLSv12')
typo haproxy p3.cfg 4 ECDHE-RSA-AES128-GCM-SHA256 'a suite' < <(proxy 'ciphers ECDHE-RSA-AES128-GCM-SHA25')
typo haproxy p4.cfg 4 required 'a value' < <(proxy 'verify require ca-file c.pem')
tunnel() { printf '[s]\naccept = 1\nconnect = 2\ncert = both.pem\n%s\n' "$1"; }
typo stunnel s1.conf 5 sslVersionMin 'an option' < <(tunnel 'sslVersionMn = TLSv1.2')
typo stunnel s2.conf 5 TLSv1.2 'a version' < <(tunnel 'sslVersionMin = TLS1.2')
typo stunnel s3.conf 5 ECDHE-RSA-AES128-GCM-SHA256 'a suite' < <(tunnel 'ciphers = ECDHE-RSA-AES128-GCM-SHA25')
base() { printf 'listen_addresses = localhost\nssl = on\nssl_cert_file = c.pem\nssl_key_file = k.pem\n%s\n' "$1"; }
typo postgresql q1.conf 5 ssl_min_protocol_version 'a setting' < <(base "ssl_min_protocol_versoin = 'TLSv1.2'")
typo postgresql q2.conf 5 TLSv1.2 'a version' < <(base "ssl_min_protocol_version = 'TLS1.2'")
typo postgresql q3.conf 5 ECDHE-RSA-AES128-GCM-SHA256 'a suite' < <(base "ssl_ciphers = 'ECDHE-RSA-AES128-GCM-SHA25'")
cnf() { printf 'openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n%s\n' "$1"; }
typo openssl o1.cnf 7 MinProtocol 'a command' < <(cnf 'MinProtcol = TLSv1.2')
typo openssl o2.cnf 7 TLSv1.2 'a version' < <(cnf 'MinProtocol = TLS1.2')
typo openssl o3.cnf 7 ECDHE-RSA-AES128-GCM-SHA256 'a suite' < <(cnf 'CipherString = ECDHE-RSA-AES128-GCM-SHA25')
typo openssl o4.cnf 7 'RSA-PSS|rsa_pss' 'a scheme' < <(cnf 'SignatureAlgorithms = rsa_ps_rsae_sha256')
typo gnutls g1 1 'TLS1.2' 'a version' <<<'NORMAL:-VERS-TLS-ALL:+VERS-TLS1.22'
typo java j1.options 1 javax.net.ssl.trustStore 'a property' <<<'-Djavax.net.ssl.truststore=x'
typo java j2.options 1 TLSv1.2 'a version' <<<'-Djdk.tls.client.protocols=TLS1.2'
typo java j3.options 1 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 'a suite' <<<'-Djdk.tls.client.cipherSuites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA25'
typo java j4.options 1 secp256r1 'a group' <<<'-Djdk.tls.namedGroups=secp256r2'
typo java j5.options 1 rsa_pss_rsae_sha256 'a scheme' <<<'-Djdk.tls.client.SignatureSchemes=rsa_pss_rsa_sha256'
typo openldap ldaprc 1 TLS_REQCERT 'a word' <<<'TLS_REQCRT demand'
typo openldap ldaprc 1 demand 'a value' <<<'TLS_REQCERT demnd'
typo slapd d1.conf 1 TLSCertificateFile 'a directive' <<<'TLSCertificateFle c.pem'
typo slapd d2.conf 1 demand 'a value' <<<'TLSVerifyClient demant'
xml() { printf '<server>\n<keyStore id="k" password="x"/>\n<ssl id="s" keyStoreRef="k" %s/>\n</server>\n' "$1"; }
typo liberty l1.xml 3 enabledCiphers 'an attribute' < <(xml 'enabledCipher="x"')
typo liberty l2.xml 3 TLSv1.2 'a version' < <(xml 'sslProtocol="TLS1.2"')
typo liberty l3.xml 3 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 'a suite' < <(xml 'enabledCiphers="TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA25"')
typo gskit e1.env 1 GSK_PROTOCOL_TLSV1_2 'a variable' <<<'GSK_PROTOCOL_TLSV1_22=ON'
typo gskit e2.env 1 'ON' 'a value' <<<'GSK_PROTOCOL_TLSV1_2=YES'
typo curl .curlrc 1 '1.2|1.3' 'a version' <<<'tls-max 1.9'
typo curl get.sh 1 TLS_AES_128_GCM_SHA256 'a suite' <<<'curl --tls13-ciphers TLS_AES_128_GCM_SHA25 https://a/'
chl() { printf "DEFINE CHANNEL(A) CHLTYPE(SVRCONN) +\n %s\n" "$1"; }
typo mqsc m1.mqsc 2 SSLCIPH 'an attribute' < <(chl 'SSLCIPHR(ANY_TLS12)')
typo mqsc m2.mqsc 2 ANY_TLS12_OR_HIGHER 'an alias' < <(chl 'SSLCIPH(ANY_TLS12_OR_ABOVE)')
typo mqsc m3.mqsc 2 ECDHE_RSA_AES_128_GCM_SHA256 'a CipherSpec' < <(chl 'SSLCIPH(ECDHE_RSA_AES_128_GCM_SHA25)')
typo mqsc m4.mqsc 2 ANY_TLS12 'an alias that is short of a letter' < <(chl 'SSLCIPH(ANY_TS12)')
shown() { printf 'AMQ8414I: Display Channel details.\n   CHANNEL(A)                              CHLTYPE(SVRCONN)\n   SSLCIPH(%s)\n' "$1"; }
typo mqdisplay y1.txt 3 ANY_TLS13 'an alias' < <(shown ANY_TLS_13)
ccdt() { printf '{ "channel": [ { "name": "A", "type": "clientConnection",\n "transmissionSecurity": {\n %s } } ] }\n' "$1"; }
typo ccdt t1.json 3 cipherSpecification 'a member' < <(ccdt '"cipherSpecfication": "ANY_TLS12"')
typo ccdt t2.json 3 ANY_TLS12 'an alias' < <(ccdt '"cipherSpecification": "ANY_TLS_12"')
typo mqclient mqclient.ini 2 SSLKeyRepository 'a key' < <(printf 'SSL:\n  SSLKeyRepositry=/a/key\n')
typo mqclient mqclient.ini 3 ANY_TLS12 'a CipherSpec' < <(printf 'SSL:\n SSLKeyRepository=/a/key\n AllowedCipherSpecs=ANY_TLS_12\n')
mkdir -p env
typo mqenv env/profile 1 MQSSLKEYR 'a variable' <<<'export MQSSLKEYRR=/a/key MQSERVER=A/TCP/h'
typo qmini qm.ini 2 AllowTLSV13 'a key' < <(printf 'SSL:\n  AllowTLSV31=YES\n')
typo qmini qm.ini 2 'YES|NO' 'a value' < <(printf 'SSL:\n  AllowTLSV13=JA\n')
typo jmsadmin a1.txt 1 SSLCIPHERSUITE 'a property' <<<"DEF CF(a) TRAN(CLIENT) SSLCIPHERSUIT(*TLS12) SSLPEERNAME('CN=a')"
typo jmsadmin a2.txt 1 '.TLS12' 'an alias' <<<"DEF CF(a) TRAN(CLIENT) SSLCIPHERSUITE(*TLS_12) SSLPEERNAME('CN=a')"
bindings() { printf 'a/ClassName=com.ibm.mq.jms.MQConnectionFactory\na/RefAddr/0/Type=SCPHS\na/RefAddr/0/Encoding=String\na/RefAddr/0/Content=%s\n' "$1"; }
typo jndi .bindings 4 '.TLS12' 'an alias' < <(bindings '*TLS12_OR_MORE')
typo json side.json 1 versions 'a member' <<<'{"role":"client","version":["1.2"],"trust":"c.pem"}'
typo json side.json 1 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 'a suite' <<<'{"role":"client","suites":["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA25"]}'

typo libpq b1.sh 1 'verify-full|verify-ca' 'a mode' <<<'psql "host=a sslmode=verify-ful"'
typo libpq b2.sh 1 sslrootcert 'a word' <<<'psql "host=a sslmode=verify-full sslrootcrt=c.pem"'
ds() { printf 'adminDN "cn=Admin"\nlisten ldaps://:636\nsslKeyRingFile A/B\n%s\n' "$1"; }
typo ldapzos z1.conf 4 serverClientAuth 'a value' < <(ds 'sslAuth serverClientAut')
typo ldapzos z2.conf 4 sslCertificate 'an option' < <(ds 'sslCertficate LDAPEC')
attls() { printf 'TTLSRule a\n{\n  TTLSEnvironmentActionRef e\n}\nTTLSEnvironmentAction e\n{\n  HandshakeRole Client\n  TTLSEnvironmentAdvancedParms\n  {\n    %s\n  }\n}\n' "$1"; }
typo attls v1.pol 10 'On|Off' 'a switch' < <(attls 'TLSv1.2 Onn')
typo attls v2.pol 10 'TLSv1.2' 'a statement' < <(attls 'TLSv12 On')
rabbit() { printf 'listeners.tcp = none\nlisteners.ssl.1 = 5671\nssl_options.certfile = c.pem\nssl_options.keyfile = k.pem\n%s\n' "$1"; }
typo rabbitmq rabbitmq.conf 5 ssl_options.verify 'a key' < <(rabbit 'ssl_options.verfy = verify_peer')
typo rabbitmq rabbitmq.conf 5 verify_peer 'a value' < <(rabbit 'ssl_options.verify = verify_per')

# Quotes that are missing.
cat >folded.mqsc <<'MQSC'
ALTER QMGR CERTLABL(myLabel) SSLKEYR('/a/key')
REFRESH SECURITY TYPE(SSL)
MQSC
run "$CAUSEY" tls side folded.mqsc
like "$out" 'mq.value-folded +folded.mqsc' 'a name without quotes'
like "$out" "line 1: CERTLABL\(myLabel\)" 'with its line'
sed "s/myLabel/'myLabel'/" folded.mqsc >quoted.mqsc
run "$CAUSEY" tls side quoted.mqsc
unlike "$out" 'value-folded' 'and its healthy twin'

# No reader is left out.
echo 'nothing of the kind' >none
run "$CAUSEY" tls side none
readers=$(tr '\n' ' ' <<<"$err" | tr -s ' ' | sed -n 's/.*There are \([a-z0-9, ]*\)\..*/\1/p' | tr -d ,)
isnt "$readers" '' 'the readers are known by name'
for reader in $readers; do
  case $tried in *" $reader "*) ;; *) fail "reader $reader has a case of its own here" ;; esac
done
pass 'each reader has a case'
done_testing
