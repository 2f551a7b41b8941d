#!/bin/bash
# nginx serves with a PEM pair that we wrote, curl trusts a bundle that we wrote; certtool reads both.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl nginx curl certtool
cd "$T" || exit 1
chmod 755 "$T"
echo storepass >pw
make_ca root '/O=Example/CN=Root'
make_ca other '/O=Example/CN=Other'
issue mid '/O=Example/CN=Middle' root 'basicConstraints=critical,CA:TRUE'
issue web '/O=Example/CN=localhost' mid 'subjectAltName=DNS:localhost'
openssl pkcs12 -export -inkey web.key -in web.pem -certfile mid.pem -name web -passout file:pw -out web.p12
kt=storepass
run "$CAUSEY" cp --password-file pw --plain-keys web.p12 site.pem
exits 0 'a PEM pair without a passphrase'
run "$CAUSEY" cp --from-password-file pw --to-password-file pw web.p12 sealed.pem
exits 0 'one with a passphrase'
run "$CAUSEY" cp --for java --password-file pw root.pem ca.p12
run "$CAUSEY" cp --password-file pw ca.p12 trust.pem
exits 0 'a bundle out of a trust store'
ok 'certtool reads the chain' certtool --verify-chain --infile <(grep -v '^$' site.pem | sed '/BEGIN PRIVATE/,$d'; cat root.pem)
ok 'certtool reads the keystore' certtool --p12-info --inder --password "$kt" --infile web.p12
ok 'certtool opens the sealed key' certtool --key-info --pkcs8 --password "$kt" --infile <(sed -n '/BEGIN ENC/,$p' sealed.pem)

serve() { # PEM EXTRA: starts nginx with this pair; sets port
  local try
  for try in 1 2 3; do
    port=$(free_port)
    cat >nginx.conf <<CONF
daemon off; pid $T/nginx.pid; error_log $T/nginx.err; worker_processes 1;
events {}
http { access_log off; client_body_temp_path $T/b; proxy_temp_path $T/p; fastcgi_temp_path $T/f;
 uwsgi_temp_path $T/u; scgi_temp_path $T/s;
 server { listen 127.0.0.1:$port ssl; ssl_certificate $T/$1; ssl_certificate_key $T/$1; $2
  location / { return 200 'hello'; } } }
CONF
    start_server "$port" "$(command -v nginx || echo /usr/sbin/nginx)" -c "$T/nginx.conf" -e "$T/nginx.err" && return 0
    diag "try $try: $(tail -2 nginx.err)"
  done
  return 1
}
fetch() { curl -s --cacert "$1" --resolve "localhost:$port:127.0.0.1" "https://localhost:$port/"; }

if serve site.pem ''; then pass 'nginx starts with it'; else fail 'nginx starts with it'; fi
is "$(fetch trust.pem)" hello 'curl gets through with the root alone: the intermediate is sent'
not_ok 'and not with another root' fetch other.pem
stop_server "$server_pid"
if serve sealed.pem "ssl_password_file $T/pw;"; then pass 'nginx opens the sealed key'; else fail 'nginx opens the sealed key'; fi
is "$(fetch trust.pem)" hello 'and serves with it'
stop_server "$server_pid"
done_testing
