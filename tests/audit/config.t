#!/bin/bash
# causey-test: any-user
# Traps A08, A21 and the rest of A01: configurations that name stores, each with a healthy twin, in a saved tree.
. "$(dirname "$0")/../lib/tap.sh"
need openssl keytool jq python3
cd "$T" || exit 1
audit() { # ids of findings about configurations in $ids
  run "$CAUSEY" audit --json --fail-on never --root m "${options[@]}" m
  printf '%s\n' "$out" >found
  ids=$(jq -r 'select(.type=="finding" and (.id|test("^config"))) | .id' found | sort | paste -sd' ')
}
options=()
field() { jq -r "select(.id==\"$1\") | .$2" found; }
silent() { audit; is "$ids" '' "$1: silent"; }
finds() { audit; is "$ids" "$2" "$1: found"; }
clean() { chmod -R u+rwX m 2>/dev/null; rm -rf m; mkdir -p m/etc/nginx/conf.d m/etc/ssl m/var/mqm/ssl; echo 'events {}' >m/etc/nginx/nginx.conf; }
file() { mkdir -p "$(dirname "m$1")"; printf '%s\n' "${@:2}" >"m$1"; }

for name in a b; do
  openssl ecparam -name prime256v1 -genkey -noout -out $name.key 2>/dev/null
  openssl req -x509 -new -key $name.key -days 200 -subj "/C=GB/O=Example/CN=$name" -out $name.pem 2>/dev/null
done
openssl pkcs8 -topk8 -in a.key -passout pass:8hF-long-one -out sealed.key
openssl pkcs12 -export -inkey a.key -in a.pem -name ECEC_SERVER -passout pass:8hF-long-one -out a.p12
openssl pkcs12 -export -inkey a.key -in a.pem -name ibmwebspheremqqm1 -passout pass:8hF-long-one -out default.p12
keytool -importkeystore -srckeystore a.p12 -srcstorepass 8hF-long-one -destkeystore a.jks -deststoretype JKS \
  -deststorepass 8hF-long-one >/dev/null 2>&1

# nginx: every kind of name that it has.
clean
cp a.key m/etc/ssl/a.key; cp a.pem m/etc/ssl/a.pem; cp b.key b.pem m/etc/nginx/
file /etc/nginx/conf.d/a.conf 'server {' '  ssl_certificate /etc/ssl/a.pem;' '  ssl_certificate_key "/etc/ssl/a.key";' '}'
# The dollars are nginx's.
# shellcheck disable=SC2016
file /etc/nginx/conf.d/b.conf 'ssl_certificate_key b.key;' 'ssl_certificate b.pem;' '#ssl_certificate /none;' \
  'ssl_certificate_key $dir/x.key;' 'ssl_certificate data:$pem;' 'ssl_certificate_key engine:pkcs11:x;'
silent 'A08 twin, nginx, absolute and relative names'
file /etc/nginx/conf.d/a.conf 'server {' '  ssl_certificate /etc/ssl/a.pen;' '}'
finds 'A08, a file that is not there' config.store-missing
like "$(field config.store-missing what)" 'line 2: ssl_certificate of nginx.*/m/etc/ssl/a.pen; nearest is a.pem' \
  'A08: line, file and the nearest name'
is "$(field config.store-missing severity)" error 'A08: an error'
file /etc/nginx/conf.d/a.conf 'ssl_certificate_key /etc/sls/a.key;'
audit
like "$(field config.store-missing what)" 'the folder .*/m/etc/sls is not there either' 'A08: nor the folder'
file /etc/nginx/conf.d/a.conf 'ssl_certificate /etc/ssl/a.pem;' 'ssl_certificate_key /etc/nginx/b.key;'
finds 'A13, key and certificate of two' config.key-mismatch
file /etc/nginx/conf.d/a.conf 'ssl_certificate /etc/ssl/a.pem;' 'ssl_certificate_key /etc/nginx/b.key;' \
  'ssl_certificate /etc/nginx/b.pem;' 'ssl_certificate_key /etc/ssl/a.key;'
silent 'A13 twin, two pairs in any order'
file /etc/nginx/conf.d/a.conf '# nothing'
file /etc/nginx/sites-available/a 'ssl_certificate /etc/ssl/none.pem;'
silent 'A08 twin, a site that is only available'

# The same word in each product's own notation: there, then not.
try() { # PATH LINE: with @ for the file
  clean
  cp a.pem m/etc/ssl/there
  file "$1" "${2//@//etc/ssl/there}"
  silent "A08 twin, $1, $2"
  file "$1" "${2//@//etc/ssl/three}"
  finds "A08, $1, $2" config.store-missing
}
try /etc/apache2/sites-enabled/a.conf '  SSLCertificateFile @'
try /etc/haproxy/haproxy.cfg '  bind :443 ssl crt @ alpn h2'
try /etc/postgresql/15/main/postgresql.conf "ssl_cert_file = '@'"
try /etc/ldap/slapd.conf 'TLSCACertificateFile @'
try /etc/ldap/slapd.d/cn=config.ldif 'olcTLSCertificateFile: @'
try /etc/ldap/ldap.conf 'TLS_CACERT @'
try /etc/postfix/main.cf 'smtpd_tls_cert_file=@'
try /opt/app/server.properties 'ssl.keystore.location=@'
try /opt/app/application.yml '    key-store: file:@'
try /opt/app/server.xml '<Connector certificateFile="@"/>'
try /opt/app/run.sh 'java -Djavax.net.ssl.trustStore=@ -jar x.jar'

# A01: programs that can not ask.
clean
cp sealed.key m/etc/ssl/; cp a.key m/etc/ssl/; chmod 600 m/etc/ssl/*.key
file /etc/ldap/slapd.conf 'TLSCertificateKeyFile /etc/ssl/sealed.key'
finds 'A01, a sealed key for slapd' config.key-needs-passphrase
like "$(field config.key-needs-passphrase fix)" 'slapd never asks.*causey passwd --remove .*/m/etc/ssl/sealed.key' 'A01: what can be done'
file /etc/ldap/slapd.conf 'TLSCertificateKeyFile /etc/ssl/a.key'
silent 'A01 twin, slapd with a key in clear'
is "$(field key.no-passphrase evidence.used_by)" 'OpenLDAP, /etc/ldap/slapd.conf:1' 'A01: the key says who uses it'
like "$(field key.no-passphrase fix)" 'slapd never asks' 'A01: and that this program can not ask'
clean
cp a.key m/etc/ssl/; cp a.pem m/etc/ssl/
file /etc/nginx/conf.d/a.conf 'ssl_certificate_key /etc/ssl/a.key;'
run "$CAUSEY" audit --json --root m m/etc/ssl
is "$(jq -r 'select(.id=="key.no-passphrase") | .evidence.used_by' <<<"$out")" 'nginx, /etc/nginx/conf.d/a.conf:1' \
  'A01: also when only the keys are audited'
rm -r m/etc/nginx
run "$CAUSEY" audit --json --root m m/etc/ssl
is "$(jq -r 'select(.id=="key.no-passphrase") | .evidence.used_by' <<<"$out")" null 'A01 twin: nobody uses it'

# A21: key repositories and their suffix.
clean
cp a.p12 m/var/mqm/ssl/key.kdb # its content does not matter here
ini() { file /var/mqm/mqclient.ini 'SSL:' "   SSLKeyRepository=$1" '   CertificateLabel=ECEC_SERVER'; }
ini /var/mqm/ssl/key
silent 'A21 twin, a stem'
ini /var/mqm/ssl/key.kdb
silent 'A21 twin, with its suffix, as from 9.3 on'
ini /var/mqm/ssl/kye
finds 'A21, a stem of nothing' config.store-missing
like "$(field config.store-missing what)" 'looked for .*/m/var/mqm/ssl/kye.kdb and .*/kye; nearest is key.kdb' \
  'A21: the files that were looked for'
like "$(field config.store-missing fix)" 'without .kdb.*9.3' 'A21: which versions take what'
mv m/var/mqm/ssl/key.kdb m/var/mqm/ssl/key
ini /var/mqm/ssl/key.kdb
finds 'A21, with a suffix that the file has not' config.store-missing
clean
cp a.jks m/var/mqm/ssl/key.jks
file /var/mqm/.mqs/keystore.conf 'jks.keystore = /var/mqm/ssl/key' 'jks.certificate = ecec_server'
silent 'A21 twin, keystore.conf without a suffix'
file /var/mqm/.mqs/keystore.conf 'jks.keystore = /var/mqm/ssl/key.jks' 'jks.certificate = ecec_server'
finds 'A21, keystore.conf with one' config.store-missing
like "$(field config.store-missing what)" 'key.jks.jks' 'A21: it is appended once more'

# A08: labels.
echo 8hF-long-one >pw
options=(--passwords pw)
clean
cp a.p12 m/var/mqm/ssl/key.p12
mqsc() { file /var/mqm/qm.mqsc "$@"; }
mqsc "ALTER QMGR SSLKEYR('/var/mqm/ssl/key.p12') CERTLABL('ECEC_SERVER')"
silent 'A08 twin, the label in quotes'
mqsc "ALTER QMGR SSLKEYR('/var/mqm/ssl/key.p12') +" '  CERTLABL(ecec_server)'
silent 'A08 twin, without quotes, folded to upper case'
mqsc "ALTER QMGR SSLKEYR('/var/mqm/ssl/key.p12') CERTLABL('ecec_server')"
finds 'A08, another case' config.label-missing
like "$(field config.label-missing what)" 'no label ecec_server in .*key.p12; nearest is ECEC_SERVER' 'A08: the nearest'
mqsc "ALTER QMGR SSLKEYR('/var/mqm/ssl/key.p12')" "DEFINE CHANNEL(X) CHLTYPE(SVRCONN) CERTLABL(Other)"
finds 'A08, a channel with another label' config.label-missing
like "$(field config.label-missing what)" 'no label OTHER .*folds' 'A08: that MQSC folds it'
mqsc "ALTER QMGR SSLKEYR('/var/mqm/ssl/key.p12')"
finds 'A08, no label at all' config.label-not-set
like "$(field config.label-not-set what)" 'ibmwebspheremq.*ECEC_SERVER' 'A08: the default, and what there is'
cp default.p12 m/var/mqm/ssl/key.p12
silent 'A08 twin, no label and the default one'
clean
cp a.jks m/var/mqm/ssl/key.jks
file /var/mqm/.mqs/keystore.conf 'jks.keystore = /var/mqm/ssl/key' 'jks.certificate = ecec_sever'
finds 'A08, AMS' config.label-missing
file /var/mqm/.mqs/keystore.conf 'jks.keystore = /var/mqm/ssl/key' 'jks.certificate = ECEC_SERVER'
silent 'A08 twin, AMS, where Java folds case'
done_testing
