#!/bin/bash
# Purpose: nginx's configuration means to us what nginx does with it.
# shellcheck disable=SC2016  # the variables are nginx's
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/tls_peer.sh"
need openssl nginx
cd "$T" || exit 1
pki_ca
for name in one two; do pki_cert $name ec; pki_cert $name rsa; done
port=$(free_port) clear=$(free_port) third=$(free_port)
mkdir sites
cat >nginx.conf <<END_CONF
daemon off; master_process off; pid $T/pid; error_log $T/error.log;
events { worker_connections 64; }
http {
  access_log off; client_body_temp_path $T/b; proxy_temp_path $T/p; fastcgi_temp_path $T/f; uwsgi_temp_path $T/u; scgi_temp_path $T/s;
  ssl_protocols TLSv1.2; # beaten by the first server
  ssl_ciphers 'ECDHE+AESGCM:!AES128';
  server {
    listen 127.0.0.1:$port ssl default_server;
    server_name one one.example;
    ssl_certificate one-ec.pem; ssl_certificate_key one-ec.key;
    ssl_certificate one-rsa.pem; ssl_certificate_key one-rsa.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:AES128-SHA:DHE-RSA-AES256-GCM-SHA384";
    location / { return 200 'one \$ssl_client_verify'; }
  }
  include sites/*.conf;
}
END_CONF
cat >sites/two.conf <<END_CONF
server {
  listen 127.0.0.1:$port ssl;
  server_name two;
  ssl_certificate two-ec.pem; ssl_certificate_key two-ec.key;
  ssl_protocols TLSv1.3;
  ssl_verify_client optional; ssl_client_certificate ca.pem;
  location / { return 200 'two \$ssl_client_verify'; }
}
server {
  listen 127.0.0.1:$third ssl;
  server_name three;
  ssl_certificate two-rsa.pem; ssl_certificate_key two-rsa.key;
  ssl_conf_command MinProtocol TLSv1.2; ssl_conf_command Ciphersuites TLS_CHACHA20_POLY1305_SHA256;
  ssl_verify_client on; ssl_client_certificate ca.pem; ssl_verify_depth 2;
  location / { return 200 'three \$ssl_client_verify'; }
}
END_CONF
ok 'nginx takes the configuration' nginx -t -q -c "$T/nginx.conf" -p "$T"
start_server "$port" nginx -c "$T/nginx.conf" -p "$T"
side nginx.conf
is "$("$PYTHON" -c 'import json; print(len(json.load(open("side.json"))["sides"]))')" 3 'three servers are three sides'
json_valid 'in the form of the schema' tls_side-1.json side.json

host=one
is "$(field versions 0)" "$(versions "$port")" 'the versions are those that it speaks'
is "$(said_suites 0 ec,rsa)" "$(suites "$port")" 'so are the suites'
is "$(field peer 0)" ignored 'and that no certificate is asked for'
host=two
is "$(field versions 1)" "$(versions "$port")" 'of a second server on the socket, the default one.s hold'
is "$(field versions 1)" 'TLS 1.2,TLS 1.3' 'whatever its own say'
is "$(said_suites 1 ec)" "$(suites "$port")" 'the suites are its own: those around it'
is "$(field peer 1)" optional 'a certificate is asked for'
ok 'without one a client comes in' connects "$port"
like "$(cat said)" 'two NONE' 'and is told apart'
ok 'with one, too' connects "$port" -cert one-ec.pem -key one-ec.key
like "$(cat said)" 'two SUCCESS' 'and is told apart'
host=three
is "$(field versions 2)" "$(versions "$third" -cert one-ec.pem -key one-ec.key)" 'ssl_conf_command counts, and the default versions of nginx'
is "$(field peer 2)" required 'the third demands a certificate'
connects "$third"
like "$(cat said)" '400 (No required|Bad Request)' 'without one nothing is served'
connects "$third" -cert one-ec.pem -key one-ec.key
like "$(cat said)" 'three SUCCESS' 'with one it is'
run "$CAUSEY" tls side nginx.conf#two
exits 0 'a label chooses'
like "$out" 'nginx.conf +5 +ssl_protocols +TLSv1.2 +no' 'what is beaten is shown'
like "$out" 'tls.setting-without-effect' 'what is not heeded is told'
like "$out" 'tls.client-certificate-optional' 'and what optional means'
run "$CAUSEY" tls side nginx.conf#one.example
unlike "$out" 'tls\.' 'a healthy server has no findings'
run "$CAUSEY" tls side nginx.conf#tow
exits 3 'a wrong label'
like "$err" 'Did you mean nginx.conf#two' 'has a nearest'
mkdir whole && cp -r nginx.conf sites ./*.pem ./*.key whole && run "$CAUSEY" tls side whole
like "$out" 'nginx server one' 'a folder is searched for it'
is "$(grep -c '^nginx server' <<<"$out")" 3 'and what it includes is not read twice'

# Wrong: nginx refuses it, and so do we, with the line.
wrong() { # DIRECTIVES PATTERN WHAT
  printf 'events {}\nhttp { server { listen 127.0.0.1:%s ssl; ssl_certificate one-ec.pem; ssl_certificate_key one-ec.key;\n%s\n} }\n' "$clear" "$1" >wrong.conf
  not_ok "nginx refuses $3" nginx -t -q -c "$T/wrong.conf" -p "$T"
  run "$CAUSEY" tls side nginx:wrong.conf
  ok 'so do we' [ "$status" -ne 0 ]
  like "$out$err" "$2" "and say why"
}
wrong 'ssl_cihpers HIGH;' 'line 3: nginx has no setting ssl_cihpers' 'a misspelt directive'
wrong 'ssl_protocols TLSv1.2 TLSv1.4;' 'line 3: ssl_protocols does not take TLSv1.4' 'a wrong version'
wrong 'ssl_ciphers FOO;' 'line 3: OpenSSL refuses the cipher string FOO' 'ciphers that leave nothing'
wrong 'ssl_ecdh_curve P-257;' 'line 3: P-257 is the name of no group' 'a wrong curve'
wrong 'ssl_verify_client yes_please;' 'ssl_verify_client does not take yes_please' 'a wrong word'
wrong 'ssl_verify_client on;' 'tls.client-trust-missing' 'verification without a CA'
wrong 'ssl_certificate nowhere.pem; ssl_certificate_key one-ec.key;' 'cannot open nowhere.pem' 'a certificate that is not there'
wrong 'ssl_certificate two-rsa.pem; ssl_certificate_key one-rsa.key;' 'tls.key-others' 'a key of another certificate'
wrong 'ssl_conf_command MinProtcol TLSv1.2;' 'Did you mean MinProtocol' 'a wrong command'
wrong 'ssl_protocols TLSv1.2' 'wrong.conf:3: a directive that does not end' 'a missing semicolon'
wrong 'server_name "a;' 'wrong.conf:3: a quote that is not closed' 'an open quote'
wrong '}' 'closes nothing' 'a brace too many'
wrong 'location / {' 'a } is missing' 'a brace too few'
printf 'events {}\nhttp {\ninclude loop.conf;\nserver { listen 1 ssl; ssl_certificate one-ec.pem; ssl_certificate_key one-ec.key; } }\n' >loop.conf
run "$CAUSEY" tls side nginx:loop.conf
like "$out" 'line 3: loop.conf is being read already' 'a file that includes itself is named'

# C21, C18: in clear beside, and what it takes from others.
twins() { printf 'events {}\nhttp { server { listen 80; listen 443 ssl; ssl_certificate one-ec.pem; ssl_certificate_key one-ec.key;\n%s\n} }\n' "$1" >twin.conf; run "$CAUSEY" tls side twin.conf; }
twins ''
like "$out" 'tls.clear-beside' 'the same in clear is told'
twins 'if ($scheme = http) { return 301 https://$host$request_uri; }'
unlike "$out" 'tls.clear-beside' 'but not when people are sent over'
twins 'location / { proxy_pass https://backend.example; proxy_ssl_verify off; } if ($scheme = http) { return 301 https://a; }'
like "$out" 'error  tls.verify-off' 'a client that checks nothing'
twins 'location / { proxy_pass https://backend.example; proxy_ssl_verify on; proxy_ssl_trusted_certificate ca.pem; proxy_ssl_protocols TLSv1.3; } if ($scheme = http) { return 301 https://a; }'
unlike "$out" 'tls.verify-off' 'and one that does'
like "$out" 'Connects to +backend.example' 'goes where it says'
done_testing
