#!/bin/bash
# Purpose: trap C07: a client keeps its certificate back, since the server names other CAs; predicted, and done by
#   real clients (Java, GnuTLS in ldapsearch, OpenSSL) and servers (OpenSSL, slapd); each with a healthy twin.
. "$(dirname "$0")/../lib/tap.sh"
need openssl java javac keytool ldapsearch slapd
unset LDAPCONF LDAPRC LDAPTLS_CACERT LDAPTLS_CERT LDAPTLS_KEY LDAPTLS_REQCERT LDAPTLS_CIPHER_SUITE
. "$(dirname "$0")/../lib/pki.sh"
cd "$T" || exit 1
javac -d . "$ROOT/tests/tls/JavaConnect.java"
make_ca partners '/CN=Partners CA'
make_ca staff '/CN=Staff CA'
issue server /CN=localhost partners $'basicConstraints=CA:FALSE\nsubjectAltName=DNS:localhost,IP:127.0.0.1'
issue client /CN=client staff $'basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth'
cat partners.pem staff.pem >both.pem
openssl pkcs12 -export -in client.pem -inkey client.key -certfile staff.pem -name me -out client.p12 -passout pass:secret1
keytool -importcert -noprompt -alias ca -file partners.pem -keystore trust.p12 -storepass secret1 2>/dev/null
options=(-Djavax.net.ssl.keyStore=client.p12 -Djavax.net.ssl.keyStorePassword=secret1 -Djavax.net.ssl.trustStore=trust.p12
  -Djavax.net.ssl.trustStorePassword=secret1)
printf '%s\n' "${options[@]}" >java.options
printf 'TLS_CACERT %s/partners.pem\nTLS_CERT %s/client.pem\nTLS_KEY %s/client.key\n' "$T" "$T" "$T" >ldaprc
server() { # TRUST PEER: what openssl s_server -CAfile TRUST is
  echo "{\"role\":\"server\",\"identities\":[{\"file\":\"server.pem\",\"key_file\":\"server.key\"}],\"trust\":\"$1\",
    \"ca_names\":\"trust\",\"peer\":\"$2\"}" >"server-$1-$2.json"
}
for trust in partners both; do
  cp $trust.pem $trust
  server $trust required
  server $trust optional
done
check() { run "$CAUSEY" tls check "$@"; }

# What is predicted.
for client in java.options ldaprc; do
  check $client server-partners-required.json
  exits 1 "C07: $client against a server that names other CAs"
  like "$out" 'clientcert.none-sent' 'no certificate is sent'
  like "$out" 'its issuers are not among the CAs that the server named' 'and the step says why'
  like "$out" 'CAs that the server names: CN=Partners CA' 'what the client was asked for'
  like "$out" 'CN=client of CN=Staff CA' 'what it has'
  like "$out" 'tls.client-issuer-not-named' "the trap's own finding"
  check $client server-partners-optional.json
  exits 0 "$client where a certificate is optional: the handshake succeeds"
  like "$out" 'warning +tls.client-issuer-not-named' 'and the finding says that none was sent'
  check $client server-both-required.json
  exits 0 "the healthy twin of $client: both CAs are named"
  unlike "$out" 'tls.client-issuer-not-named' 'and nothing is said'
  like "$out" 'client_certificate +CN=client' 'the certificate is sent'
done
check java.options server-partners-required.json
like "$out" 'server: add the CA CN=Staff CA to the trust store' 'the CA that is to be added is named, since the store of the client holds it'
check java.options server-partners-required.json --json
json_valid 'as JSON it keeps to the schema' tls_check-1.json <(printf '%s' "$out")
run "$CAUSEY" explain alert:116 --client java.options --server server-partners-required.json
like "$out" 'The cause that holds: clientcert.issuer-not-asked' 'explain names the cause'

# What really happens.
real() { # TRUST CLIENT...: shows what the client showed
  local port
  port=$(free_port)
  start_server "$port" openssl s_server -accept "$port" -cert server.pem -key server.key -CAfile "$1" -Verify 2 -verify_return_error -www
  shift
  "$@" "$port" >said 2>&1
  cp "$T/server.$port.log" log
  stop_server "$server_pid"
}
java_client() { timeout 60 java "${options[@]}" -cp . JavaConnect "$1"; }
ldap_client() { timeout 20 ldapsearch -x -H "ldaps://127.0.0.1:$1" -o nettimeout=3 -l 3 -s base -b ''; }
openssl_client() { timeout 20 openssl s_client -connect "127.0.0.1:$1" -cert client.pem -key client.key -CAfile partners.pem <<<'GET /'; }
real partners.pem java_client
like "$(<said)" 'shown nothing' 'a real Java shows nothing'
like "$(<said)" 'refused' 'and is refused'
like "$(<log)" 'peer did not return a certificate' 'since the server got none'
real both.pem java_client
like "$(<said)" 'shown CN=client' 'with both CAs it shows its certificate'
like "$(<said)" 'accepted' 'and is accepted'
real partners.pem ldap_client
like "$(<log)" 'peer did not return a certificate' 'a real ldapsearch (GnuTLS) sends none'
real both.pem ldap_client
unlike "$(<log)" 'peer did not return|verify error' 'with both CAs it does'
echo '{"role":"client","identities":[{"file":"client.pem","key_file":"client.key"}],"trust":"partners.pem"}' >openssl.json
check openssl.json server-partners-required.json
like "$out" 'chain.client-refused' 'OpenSSL does not heed the names: it sends, and is refused'
real partners.pem openssl_client
like "$(<log)" 'unable to get (local )?issuer certificate' 'which a real one is, too'

# slapd as the server.
slapd_conf() { # TRUST
  printf 'include /etc/ldap/schema/core.schema\nTLSCertificateFile %s/server.pem\nTLSCertificateKeyFile %s/server.key\n' "$T" "$T"
  printf 'TLSCACertificateFile %s/%s\nTLSVerifyClient demand\n' "$T" "$1"
}
for trust in partners both; do
  slapd_conf $trust.pem >slapd-$trust.conf
  port=$(free_port)
  start_server "$port" slapd -f slapd-$trust.conf -h "ldaps://127.0.0.1:$port" -d 0
  ldap_client "$port" >said 2>&1
  real=$?
  stop_server "$server_pid"
  check ldaprc slapd:slapd-$trust.conf
  if [ $trust = both ]; then
    is "$real" 0 'ldapsearch gets in at a slapd that names both'
    exits 0 'as predicted'
  else
    isnt "$real" 0 'ldapsearch does not get in at a slapd that names the other CA'
    like "$out" 'tls.client-issuer-not-named' 'as predicted, with the finding'
  fi
done
done_testing
