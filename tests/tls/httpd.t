#!/bin/bash
# Purpose: Apache httpd's configuration means to us what httpd does with it.
# shellcheck disable=SC2016  # the variables are httpd's
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/tls_peer.sh"
need openssl apache2
cd "$T" || exit 1
pki_ca
for name in one two; do pki_cert $name ec; done
pki_cert one rsa
chmod 755 "$T"
modules=/usr/lib/apache2/modules
port=$(free_port) third=$(free_port)
mkdir sites docs
echo hello >docs/index.html
base() {
  printf 'ServerRoot %s\nPidFile %s/pid\nErrorLog %s/error.log\nServerName localhost\nMutex pthread\n' "$T" "$T" "$T"
  for module in mpm_event authz_core ssl socache_shmcb dir mime; do
    [ -f "$modules/mod_$module.so" ] && printf 'LoadModule %s_module %s/mod_%s.so\n' "$module" "$modules" "$module"
  done
  printf 'TypesConfig /dev/null\nDocumentRoot %s/docs\n' "$T"
}
{
  base
  cat <<END_CONF
Define certs $T
Listen 127.0.0.1:$port
Listen 127.0.0.1:$third
SSLProtocol TLSv1.2
SSLCipherSuite ECDHE+AESGCM:!AES128
<IfModule nothing_module>
  SSLProtocol TLSv1.3
</IfModule>
<IfDefine !certs>
  SSLProtocol SSLv3
</IfDefine>
<VirtualHost 127.0.0.1:$port>
  ServerName one
  ServerAlias one.example
  <IfModule mod_ssl.c>
  SSLEngine on
  </IfModule>
  SSLCertificateFile \${certs}/one-ec.pem
  SSLCertificateKeyFile \${certs}/one-ec.key
  SSLCertificateFile "$T/one-rsa.pem"
  SSLCertificateKeyFile "$T/one-rsa.key"
  SSLProtocol all -SSLv3 \\
    -TLSv1 -TLSv1.1
</VirtualHost>
IncludeOptional sites/*.conf
END_CONF
} >httpd.conf
cat >sites/two.conf <<END_CONF
<VirtualHost 127.0.0.1:$port>
  ServerName two
  SSLEngine on
  SSLCertificateFile $T/two-ec.pem
  SSLCertificateKeyFile $T/two-ec.key
  SSLCipherSuite ECDHE-ECDSA-AES128-GCM-SHA256
  SSLVerifyClient optional
  SSLCACertificateFile $T/ca.pem
</VirtualHost>
<VirtualHost 127.0.0.1:$third>
  ServerName three
  SSLEngine on
  SSLCertificateFile $T/two-ec.pem
  SSLCertificateKeyFile $T/two-ec.key
  SSLProtocol TLSv1.2 TLSv1.3
  SSLCipherSuite TLSv1.3 TLS_CHACHA20_POLY1305_SHA256
  SSLHonorCipherOrder on
  SSLOpenSSLConfCmd Groups P-384
  SSLVerifyClient require
  SSLVerifyDepth 2
  SSLCACertificateFile $T/ca.pem
</VirtualHost>
END_CONF
run apache2 -t -f "$T/httpd.conf"
exits 0 'httpd takes the configuration'
ok 'and starts' start_server "$port" apache2 -X -f "$T/httpd.conf"
side httpd.conf
json_valid 'three hosts' tls_side-1.json side.json
is "$("$PYTHON" -c 'import json; print(len(json.load(open("side.json"))["sides"]))')" 3 'are three sides'
host=one
is "$(field versions 0)" "$(versions "$port")" 'the first: versions, over two lines'
is "$(said_suites 0 ec,rsa)" "$(suites "$port")" 'suites of the whole server, with both certificates'
is "$(field peer 0)" ignored 'no certificate is asked for'
is "$(field own_order 0)" False 'the client.s order decides'
host=two
is "$(field versions 1)" "$(versions "$port")" 'the second: versions'
is "$(said_suites 1 ec)" "$(suites "$port")" 'its own suites'
is "$(field peer 1)" optional 'a certificate is asked for'
ok 'and may be missing' connects "$port"
host=three
with=(-cert one-ec.pem -key one-ec.key)
is "$(field versions 2)" "$(versions "$third" "${with[@]}")" 'the third: its own versions'
is "$(field suites13 2)" TLS_CHACHA20_POLY1305_SHA256 'suites of TLS 1.3'
connects "$third" -tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256 "${with[@]}"
not_ok 'others are not taken' grep -q '^New, TLSv1.3' said
is "$(field groups 2)" secp384r1 'its group, by SSLOpenSSLConfCmd'
not_ok 'others are not taken' connects "$third" -groups X25519 "${with[@]}"
is "$(field peer 2)" required 'it demands a certificate'
connects "$third" -tls1_2
like "$(cat said)" 'alert' 'and refuses who has none'
run "$CAUSEY" tls side httpd.conf#one.example
exits 0 'a healthy host'
unlike "$out" 'tls\.' 'has no findings'
like "$out" 'SSLProtocol +TLSv1.2 +no' 'what is beaten is shown'
run "$CAUSEY" tls side sites/two.conf
exits 0 'a site is read by itself'

# Wrong: httpd refuses, and so do we.
wrong() { # LINES PATTERN WHAT
  { base; printf '<VirtualHost 127.0.0.1:%s>\nServerName w\nSSLEngine on\nSSLCertificateFile %s/one-ec.pem\nSSLCertificateKeyFile %s/one-ec.key\n%s\n</VirtualHost>\n' "$port" "$T" "$T" "$1"; } >wrong.conf
  run apache2 -t -f "$T/wrong.conf"
  [ "$4" ] || ok "httpd refuses $3" [ "$status" -ne 0 ]
  run "$CAUSEY" tls side wrong.conf
  ok "and so do we ($3)" [ "$status" -ne 0 ]
  like "$out$err" "$2" 'and say why'
}
wrong 'SSLProtocl all' 'httpd has no setting SSLProtocl' 'a misspelt directive' ''
like "$out" 'Did you mean SSLProtocol' 'the nearest is named'
wrong 'SSLProtocol all -TLSv1.4' 'SSLProtocol does not take TLSv1.4' 'a wrong version' ''
wrong 'SSLVerifyClient maybe' 'SSLVerifyClient does not take maybe' 'a wrong word' ''
wrong 'SSLHonorCipherOrder perhaps' 'SSLHonorCipherOrder does not take perhaps' 'neither on nor off' ''
wrong 'SSLCertificateFile /nowhere.pem' 'cannot open /nowhere.pem' 'a certificate that is not there' ''
wrong "SSLCertificateKeyFile $T/one-rsa.key
SSLCertificateFile $T/two-ec.pem" 'tls.key-others' 'a key of another certificate' later
wrong 'SSLCipherSuite FOO' 'OpenSSL refuses the cipher string' 'ciphers that leave nothing' later
wrong 'SSLOpenSSLConfCmd Grups P-384' 'Did you mean Groups' 'a wrong command' ''
wrong '<IfModule ssl_module>' 'ends inside of a section|closes no such section' 'an open section' ''
wrong '</Directory>' 'wrong.conf:[0-9]+: </Directory> closes no such section' 'a section that was not opened' ''
{ base; echo "Include $T/loop.conf"; } >loop.conf
run "$CAUSEY" tls side httpd:loop.conf
like "$out$err" 'is being read already|sets up no TLS' 'a file that includes itself ends'

# Clients.
client() { printf '<VirtualHost *:80>\nServerName c\n%s\nProxyPass / https://backend.example/\n</VirtualHost>\n' "$1" >client.conf; run "$CAUSEY" tls side client.conf; }
client ''
like "$out" 'SSLProxyEngine is not on' 'without SSLProxyEngine nothing is passed on'
client 'SSLProxyEngine on'
like "$out" 'warning  tls.verify-off' 'by default nothing is checked'
client "SSLProxyEngine on
SSLProxyVerify require
SSLProxyCACertificateFile $T/ca.pem"
unlike "$out" 'tls\.' 'one that checks is healthy'
client "SSLProxyEngine on
SSLProxyVerify require
SSLProxyCheckPeerName off
SSLProxyCACertificateFile $T/ca.pem"
like "$out" 'tls.host-not-checked' 'but not without the name'
done_testing
