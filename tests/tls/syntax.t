#!/bin/bash
# Purpose: what `tls check` tells people to write is taken by the products themselves, and then the two ends connect.
. "$(dirname "$0")/../lib/tap.sh"
need openssl nginx curl gnutls-cli apache2 haproxy stunnel
cd "$T" || exit 1

openssl req -x509 -newkey rsa:2048 -nodes -keyout s.key -out s.pem -subj /CN=localhost -days 30 \
  -addext subjectAltName=DNS:localhost 2>/dev/null
cat s.key s.pem >both.pem

# What is on each end; the first word is what stands in the way.
settings() {
  case $1 in
    version) mine='"versions": ["1.2"]' other='"versions": ["1.3"]' ;;
    suite) mine='"versions": ["1.2"], "suites": ["C02F"]' other='"versions": ["1.2"], "suites": ["C030"]' ;;
    suite13) mine='"versions": ["1.3"], "suites13": ["1301"]' other='"versions": ["1.3"], "suites13": ["1302"]' ;;
    group) mine='"versions": ["1.3"], "groups": ["x25519"]' other='"versions": ["1.3"], "groups": ["P-256"]' ;;
  esac
}
# lines PRODUCT ROLE CASE: what is to be written at this end, in $lines.
lines() {
  settings "$3"
  if [ "$2" = server ]; then
    echo "{\"role\": \"server\", \"product\": \"$1\", $mine, \"identities\": [{\"file\": \"s.pem\", \"key_file\": \"s.key\"}]}" >server.json
    echo "{\"role\": \"client\", $other, \"trust\": [\"s.pem\"]}" >client.json
  else
    echo "{\"role\": \"client\", \"product\": \"$1\", $mine, \"trust\": [\"s.pem\"]}" >client.json
    echo "{\"role\": \"server\", $other, \"identities\": [{\"file\": \"s.pem\", \"key_file\": \"s.key\"}]}" >server.json
  fi
  run "$CAUSEY" tls check client.json server.json --json
  printf '%s' "$out" >check.json
  lines=$("$PYTHON" - "$2" <<'PY'
import json, sys
for mend in json.load(open("check.json"))["mends"]:
    if all(change["end"] == sys.argv[1] for change in mend["changes"]):
        print("\n".join(change["write"] for change in mend["changes"]))
        break
PY
)
  isnt "$lines" '' "$1 as a $2 is told what to write ($3)"
}

mkdir tmp
for case in version suite suite13 group; do
  lines nginx server $case
  cat >nginx.conf <<CONF
pid $T/nginx.pid; error_log stderr; events {}
http { access_log off; client_body_temp_path $T/tmp; proxy_temp_path $T/tmp; fastcgi_temp_path $T/tmp; uwsgi_temp_path $T/tmp;
  scgi_temp_path $T/tmp;
  server { listen 127.0.0.1:8443 ssl; ssl_certificate $T/s.pem; ssl_certificate_key $T/s.key;
$lines
} }
CONF
  ok "nginx takes it ($case)" nginx -t -q -p "$T" -c nginx.conf
  if [ -e /usr/lib/apache2/modules/mod_ssl.so ]; then
    lines 'Apache httpd' server $case
    cat >httpd.conf <<CONF
ServerName localhost
ServerRoot $T
PidFile $T/httpd.pid
ErrorLog $T/httpd.log
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule socache_shmcb_module /usr/lib/apache2/modules/mod_socache_shmcb.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
SSLEngine on
SSLCertificateFile $T/s.pem
SSLCertificateKeyFile $T/s.key
$lines
CONF
    ok "Apache takes it ($case)" apache2 -t -f "$T/httpd.conf"
  fi
  lines haproxy server $case
  printf 'defaults\n mode tcp\n timeout client 5s\n timeout server 5s\n timeout connect 5s\n' >haproxy.cfg
  printf 'frontend f\n bind 127.0.0.1:8443 ssl crt %s %s\n default_backend b\n' "$T/both.pem" "$lines" >>haproxy.cfg
  printf 'backend b\n server s 127.0.0.1:1\n' >>haproxy.cfg
  ok "haproxy takes it ($case)" haproxy -c -q -f haproxy.cfg
  lines GnuTLS client $case
  ok "GnuTLS takes it ($case)" gnutls-cli --priority "$lines" -l
done

# Written into a real server's configuration, with a real client of the other end's settings.
options_of() {
  case $1 in
    version) options='-tls1_3' ;;
    suite) options='-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384' ;;
    suite13) options='-tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384' ;;
    group) options='-tls1_3 -groups P-256' ;;
  esac
}
for case in version suite suite13 group; do
  lines OpenSSL server $case
  options_of $case
  printf 'openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n%s\n' "$lines" >openssl.cnf
  port=$(free_port)
  ok "openssl s_server starts with it ($case)" start_server "$port" env OPENSSL_CONF="$T/openssl.cnf" openssl s_server \
    -accept "127.0.0.1:$port" -cert s.pem -key s.key -quiet
  # shellcheck disable=SC2086
  run openssl s_client -connect "127.0.0.1:$port" -CAfile s.pem -verify_return_error $options </dev/null
  exits 0 "and the client that could not connect does now ($case)"
  stop_server "$server_pid"
  # The other way round: curl is told which options to give.
  lines curl client $case
  port=$(free_port)
  # shellcheck disable=SC2086
  ok "a server with the other end's settings ($case)" start_server "$port" openssl s_server -accept "127.0.0.1:$port" \
    -cert s.pem -key s.key -www $options
  # shellcheck disable=SC2086
  run curl -sS --cacert s.pem --resolve "localhost:$port:127.0.0.1" $lines "https://localhost:$port/"
  exits 0 "curl connects with the options that it was told ($case)"
  stop_server "$server_pid"
done

# stunnel has no way to check only: it is started.
lines stunnel server version
port=$(free_port)
printf 'foreground = yes\npid =\n[s]\naccept = 127.0.0.1:%s\nconnect = 127.0.0.1:1\ncert = %s\n%s\n' "$port" "$T/both.pem" "$lines" >stunnel.conf
ok 'stunnel starts with it' start_server "$port" stunnel stunnel.conf
run openssl s_client -connect "127.0.0.1:$port" -CAfile s.pem -verify_return_error -tls1_3 </dev/null
like "$out" 'TLSv1.3' 'and speaks TLS 1.3'
done_testing
