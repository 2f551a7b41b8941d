#!/bin/bash
# What `cp --for` writes is read by the product itself: nginx, curl, Python, requests, openssl, Java; and
# what would not be is said before.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl nginx curl keytool /usr/bin/python3
cd "$T" || exit 1
chmod 755 "$T"
echo storepass >pw
make_ca root '/O=Example/CN=Root'
make_ca other '/O=Example/CN=Other'
issue mid '/O=Example/CN=Middle' root 'basicConstraints=critical,CA:TRUE'
issue web '/O=Example/CN=localhost' mid 'subjectAltName=DNS:localhost'
issue user '/O=Example/CN=user' mid 'extendedKeyUsage=clientAuth'
openssl pkcs12 -export -inkey web.key -in web.pem -certfile mid.pem -name web -passout file:pw -out web.p12
openssl pkcs12 -export -inkey user.key -in user.pem -certfile mid.pem -name user -passout file:pw -out user.p12
openssl genpkey -algorithm ed25519 -out ed.key 2>/dev/null
openssl req -x509 -new -key ed.key -days 50 -subj '/CN=ed' -out ed.pem
cpfor() { run "$CAUSEY" cp --from-password-file pw --to-password-file pw --for "$@"; }

# nginx and curl.
cpfor nginx root.pem web.p12 site.pem
exits 0 '--for nginx'
is "$(openssl x509 -in site.pem -noout -subject)" "$(openssl x509 -in web.pem -noout -subject)" 'its own certificate stands first, whatever came first'
cpfor nginx root.pem ca.pem
cpfor curl root.pem trust.pem
exits 0 '--for curl'
cpfor curl user.p12 client.pem
cpfor curl user.p12 client.p12
serve() { # PEM: starts nginx with it; sets port
  local try
  for try in 1 2 3; do
    port=$(free_port)
    cat >nginx.conf <<CONF
daemon off; pid $T/nginx.pid; error_log $T/nginx.err; worker_processes 1;
events {}
http { access_log off; client_body_temp_path $T/b; proxy_temp_path $T/p; fastcgi_temp_path $T/f;
 uwsgi_temp_path $T/u; scgi_temp_path $T/s;
 server { listen 127.0.0.1:$port ssl; ssl_certificate $T/$1; ssl_certificate_key $T/$1; ssl_password_file $T/pw;
  ssl_client_certificate $T/ca.pem; ssl_verify_client optional; ssl_verify_depth 3;
  location / { return 200 '\$ssl_client_verify'; } } }
CONF
    start_server "$port" "$(command -v nginx || echo /usr/sbin/nginx)" -c "$T/nginx.conf" -e "$T/nginx.err" && return 0
    diag "try $try: $(tail -2 nginx.err)"
  done
  return 1
}
if serve site.pem; then pass 'nginx starts with it'; else fail 'nginx starts with it'; fi
printf 'pass = "storepass"\n' >curl.conf
fetch() { curl -s --resolve "localhost:$port:127.0.0.1" -K curl.conf "$@" "https://localhost:$port/"; }
is "$(fetch --cacert trust.pem)" NONE 'curl trusts it by what was written for curl'
is "$(fetch --cacert trust.pem --cert client.pem)" SUCCESS 'and logs on with the sealed PEM'
is "$(fetch --cacert trust.pem --cert client.p12 --cert-type P12)" SUCCESS 'and with the PKCS#12'
not_ok 'another root is refused' fetch --cacert other.pem
cpfor curl root.pem nothing.p12
exits 0 'CA certificates in PKCS#12 for curl'
like "$err" 'loses its use: curl .*takes CA certificates from PEM' 'it is said that curl will not read them'
not_ok 'and curl does not' fetch --cacert nothing.p12
run "$CAUSEY" cp --strict --for curl root.pem nothing2.p12 --to-password-file pw
exits 4 '--strict refuses it'
cp root.pem second.pem
cpfor nginx web.p12 second.pem
like "$err" 'takes the first certificate of a PEM file for its own' 'a certificate in front is said to hide it'
sed "s#site.pem#second.pem#g; s#$T/site#$T/second#g" nginx.conf >nginx2.conf
not_ok 'and nginx refuses that file' "$(command -v nginx || echo /usr/sbin/nginx)" -t -c "$T/nginx2.conf" -e "$T/nginx2.err"
cpfor nginx web.p12 wrong.p12
exits 4 'nginx and PKCS#12'
like "$err" 'It reads PEM' 'what it reads is said'

# Python: ssl, and requests, which can not ask.
cpfor python user.p12 py.pem
cpfor python root.pem pytrust.pem
ok 'Python loads both' /usr/bin/python3 -c 'import ssl
c = ssl.create_default_context(cafile="pytrust.pem")
c.load_cert_chain("py.pem", password="storepass")
assert len(c.get_ca_certs()) == 1'
cpfor python web.p12 py.p12
exits 4 'no PKCS#12 for Python'
cpfor requests user.p12 req.pem
exits 4 'requests can not ask for a passphrase'
like "$err" 'plain-keys' 'the way out is said'
not_ok 'nothing was made' test -e req.pem
run "$CAUSEY" cp --for requests --plain-keys --from-password-file pw user.p12 req.pem
exits 0 'with --plain-keys it goes'
like "$err" "only the file's mode protects it" 'and what that means is said'
is "$(stat -c %a req.pem)" 600 'the file is for one account'
if /usr/bin/python3 -c 'import requests' 2>/dev/null; then
  is "$(/usr/bin/python3 -c 'import requests, sys
print(requests.get("https://localhost:%s/" % sys.argv[1], verify="pytrust.pem", cert="req.pem").text)' "$port" 2>&1 | tail -1)" SUCCESS 'requests logs on with it'
else skip 'requests logs on with it' 'requests is not installed'; fi
stop_server "$server_pid"

# openssl and its old relations.
cpfor openssl3 web.p12 new.p12
ok 'openssl 3 reads the PKCS#12 without its legacy provider' openssl pkcs12 -in new.p12 -passin file:pw -nodes
cpfor java8 web.p12 old.p12
exits 0 '--for java8'
like "$err" '3DES' 'what that costs is said'
is "$(openssl pkcs12 -info -in old.p12 -passin file:pw -nodes 2>&1 | grep -cE 'MAC: sha1,|pbeWithSHA1And3-KeyTripleDES-CBC')" 3 'the algorithms are those of old'
like "$(keytool -list -keystore old.p12 -storepass storepass 2>&1)" 'web, .*PrivateKeyEntry' 'Java of today reads it as well'
cpfor java8 ed.key ed.pem ed8.p12
like "$err" 'Java 8 .*can not use Ed25519 keys' 'keys that it can not use'
cpfor java ed.key ed.pem ed17.p12
unlike "$err" 'can not use' 'a newer Java can'
like "$(keytool -list -v -keystore ed17.p12 -storepass storepass 2>&1)" 'Ed25519|EdDSA' 'and does'
for product in java java8 windows kafka openssl1 mq mq93; do
  run "$CAUSEY" cp --for "$product" --pbmac1 --to-password-file pw root.pem pbmac.p12
  exits 4 "$product and PBMAC1"
done
cpfor openssl1 root.pem one.pem
like "$err" 'as far as known' 'what was not looked up is said to be so'

# Windows and queue managers are not here: only the files are looked at.
cpfor windows web.p12 win.pem
like "$err" 'takes private keys from PKCS#12 only' 'Windows and a key in PEM'
cpfor windows web.p12 win.pfx
exits 0 'and in PKCS#12'
unlike "$err" 'loses its use' 'nothing is lost'
cpfor mq93 web.p12 mq.p12
like "$err" "CERTLABL\\('web'\\)" 'a label that the queue manager does not look for by itself'
cpfor mq93 'web.p12#web' 'mq2.p12#ibmwebspheremqqm1'
unlike "$err" 'CERTLABL' 'and its healthy twin'
cpfor mq 'web.p12#web' 'mq.kdb#ibmwebspheremqqm1'
exits 0 'a CMS key database for older queue managers'
run "$CAUSEY" ls --password-file pw mq.kdb
like "$out" 'identity +ibmwebspheremqqm1' 'with the label that they look for'
cpfor mq web.p12 old-mq.p12
exits 4 'which read no PKCS#12'
like "$err" 'It reads CMS key database' 'and it is said what they read'
cpfor mq93 root.pem mq.jks
exits 4 'a queue manager and JKS'

# Java and Kafka.
cpfor kafka root.pem kafka-trust.p12
is "$(keytool -list -keystore kafka-trust.p12 -storepass storepass 2>/dev/null | grep -c trustedCertEntry)" 1 'Java sees what was written for Kafka'
cpfor kafka web.p12 kafka.p12
like "$(keytool -list -keystore kafka.p12 -storepass storepass 2>/dev/null)" 'web, .*PrivateKeyEntry' 'and the key'
cpfor kafka web.p12 kafka.pem
exits 4 'no PEM for Kafka'
cpfor kafka ed.key ed.pem ked.p12
like "$err" 'Apache Kafka can not use Ed25519 keys' 'keys that Kafka does not load'

# The table itself.
run "$CAUSEY" help products
exits 0 'help products'
for product in java java8 mq mq93 openssl3 openssl1 windows curl nginx postgres openldap kafka python requests; do
  like "$out" "--for $product " "it has $product"
done
run "$CAUSEY" help products --json
printf '%s' "$out" >doc.json
json_valid 'as JSON' products-1.json doc.json
run "$CAUSEY" cp --for ngix root.pem x.pem
exits 2 'a product that is none'
like "$err" 'Did you mean nginx' 'and the nearest'
done_testing
