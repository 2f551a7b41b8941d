#!/bin/bash
# Purpose: trap C25: what a server would only discover at the first connection is found by audit, in its configuration.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/tls_peer.sh"
need openssl
cd "$T" || exit 1
pki_ca
pki_cert one ec
mkdir -p good/sites bad
for d in good bad; do cp one-ec.pem one-ec.key ca.pem $d/; done
conf() { printf 'events {}\nhttp {\n server {\n  listen 443 ssl;\n  server_name one;\n  ssl_certificate one-ec.pem;\n  ssl_certificate_key one-ec.key;\n%s\n }\n include sites/*.conf;\n}\n' "$1"; }
conf '  ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers HIGH:!aNULL;' >good/nginx.conf
printf 'server {\n listen 443 ssl;\n server_name two;\n ssl_certificate one-ec.pem;\n ssl_certificate_key one-ec.key;\n}\n' >good/sites/two.conf
conf '  ssl_protocols TLSv1.2 TLSv1.4; ssl_ciphers HGIH; ssl_verify_client on;' >bad/nginx.conf
run "$CAUSEY" audit bad
like "$out" 'tls.setting-wrong +bad/nginx.conf' 'audit finds wrong settings of TLS'
like "$out" 'line 8: ssl_protocols does not take TLSv1.4' 'a version, with its line'
like "$out" 'OpenSSL refuses the cipher string HGIH' 'ciphers'
like "$out" 'tls.client-trust-missing' 'a check of clients without a CA'
run "$CAUSEY" audit good
unlike "$out" 'tls\.' 'a healthy twin has none'
printf 'events {}\nhttp {\n ssl_certificate one-ec.pem;\n' >bad/nginx.conf
run "$CAUSEY" audit bad
like "$out" 'can not be read as nginx' 'one that is cut short is told'
done_testing
