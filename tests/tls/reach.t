#!/bin/bash
# Purpose: of several servers the one that a client's host comes to, and of several certificates the one of that name:
#   nginx, httpd, haproxy and stunnel by their own rules, held against the running products.
. "$(dirname "$0")/../lib/tap.sh"
need openssl
need nginx
need haproxy
cd "$T" || exit 1

for n in one two wild other default; do
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $n.key -out $n.crt -subj "/CN=$n.example" \
    -addext "subjectAltName=DNS:$n.example" -days 30 2>/dev/null
  cat $n.crt $n.key >$n.pem
done
echo '{"role": "client", "peer": "ignored"}' >client.json
check() { run "$CAUSEY" tls check "$@"; }
shown() { # PORT NAME: whose certificate the running server shows
  run openssl s_client -connect "127.0.0.1:$1" -servername "$2" </dev/null
  sed -n 's/^subject=.*CN *= *//p' <<<"$out" | head -1
}
same() { # CONFIGURATION PORT NAME DESC
  local real
  real=$(shown "$2" "$3")
  check --host "$3" client.json "$1"
  like "$out" "certificate  *CN=$real" "$4: $3 comes to $real, as it really does"
}

# nginx: the exact name, *.name, name.*, the default of the socket.
port=$(free_port)
block() { # LISTEN NAMES CERTIFICATE
  printf '  server { listen 127.0.0.1:%s; %s ssl_certificate %s; ssl_certificate_key %s; }\n' "$1" "${2:+server_name $2;}" "$T/$3.crt" "$T/$3.key"
}
{ printf 'daemon off; pid %s; error_log %s; events {}\nhttp {\n access_log off;\n' "$T/nginx.pid" "$T/nginx.log"
  for kind in client_body proxy fastcgi uwsgi scgi; do printf ' %s_temp_path %s;\n' $kind "$T/$kind"; done
  block "$port ssl" 'one.example' one
  block "$port ssl default_server" 'default.example' default
  block "$port ssl" 'two.example' two
  block "$port ssl" '.wild.example mail.*' wild
  block "$port ssl" 'other.example deep.wild.example' other
  echo '}'; } >nginx.conf
ok 'nginx starts' start_server "$port" nginx -c "$T/nginx.conf" -p "$T"
for name in one.example two.example deep.wild.example a.wild.example wild.example mail.example nobody.example ONE.example; do
  same nginx.conf "$port" "$name" nginx
done
stop_server "$server_pid"
check --host two.example client.json nginx.conf
like "$(tr -s '\n ' ' ' <<<"$out")" 'chosen among several: two.example asked for: its name two.example fits' 'nginx: the name that fits is told'
check --host nobody.example client.json nginx.conf
like "$(tr -s '\n ' ' ' <<<"$out")" 'no name fits, so this one, the default there' 'nginx: the default is told'
check --host 127.0.0.1 client.json nginx.conf
like "$out" 'CN=default.example' 'nginx: an address is no name, so the default'
check client.json nginx.conf
exits 2 'nginx: without a host one must be chosen'
like "$err" 'choose one' 'as it says'
check --host two.example client.json nginx.conf --json
json_valid 'JSON keeps to the schema' tls_check-1.json <(printf '%s' "$out")

# haproxy: certificates of one bind line, with and without strict-sni.
haproxy_conf() { # OPTION
  printf 'defaults\n mode http\n timeout connect 1s\n timeout client 1s\n timeout server 1s\nfrontend f\n bind 127.0.0.1:%s ssl crt %s crt %s crt %s %s\n' \
    "$port" "$T/one.pem" "$T/two.pem" "$T/other.pem" "$1" >haproxy.cfg
}
port=$(free_port)
haproxy_conf ''
ok 'haproxy starts' start_server "$port" haproxy -f "$T/haproxy.cfg" -db
for name in one.example two.example other.example nobody.example; do same haproxy.cfg "$port" "$name" haproxy; done
stop_server "$server_pid"
port=$(free_port)
haproxy_conf strict-sni
ok 'haproxy with strict-sni starts' start_server "$port" haproxy -f "$T/haproxy.cfg" -db
same haproxy.cfg "$port" two.example 'haproxy with strict-sni'
run openssl s_client -connect "127.0.0.1:$port" -servername nobody.example </dev/null
real=$(grep -o 'SSL alert number [0-9]*' <<<"$err" | grep -o '[0-9]*$')
stop_server "$server_pid"
check --host nobody.example client.json haproxy.cfg
exits 1 'strict-sni refuses a name that no certificate has'
like "$out" "sni.unknown.*\\(${real:-none}\\)" "with the alert that haproxy sends ($real)"

# Names in a crt-list stand for those in the certificate.
port=$(free_port)
printf '%s\n%s [alpn h2] two.example *.shop.example # both\n%s *.wild.example !deep.wild.example\n' \
  "$T/default.pem" "$T/two.pem" "$T/wild.pem" >list
printf 'defaults\n mode http\n timeout connect 1s\n timeout client 1s\n timeout server 1s\nfrontend f\n bind 127.0.0.1:%s ssl crt-list %s\n' \
  "$port" "$T/list" >list.cfg
ok 'haproxy with a list starts' start_server "$port" haproxy -f "$T/list.cfg" -db
for name in two.example a.shop.example a.wild.example deep.wild.example a.b.wild.example wild.example; do
  same list.cfg "$port" "$name" 'haproxy with a list'
done
stop_server "$server_pid"

# httpd and stunnel: read alone, their rules are those of their manuals.
{ printf 'LoadModule ssl_module modules/mod_ssl.so\nListen 443\n'
  for n in default one wild; do
    printf '<VirtualHost *:443>\n ServerName %s.example\n %s\n SSLEngine on\n SSLCertificateFile %s\n SSLCertificateKeyFile %s\n</VirtualHost>\n' \
      $n "$([[ $n == wild ]] && echo 'ServerAlias *.wild.example')" "$T/$n.crt" "$T/$n.key"
  done; } >httpd.conf
check --host one.example client.json httpd.conf
like "$out" 'CN=one.example' 'httpd: ServerName'
check --host a.wild.example client.json httpd.conf
like "$out" 'CN=wild.example' 'httpd: ServerAlias'
check --host nobody.example client.json httpd.conf
like "$out" 'CN=default.example' 'httpd: the first one of the socket'
cat >stunnel.conf <<CONF
[web]
accept = 4443
connect = 80
cert = $T/default.pem
[one]
sni = web:one.example
connect = 81
cert = $T/one.pem
[wild]
sni = web:*.wild.example
connect = 82
cert = $T/wild.pem
CONF
for pair in one.example:one a.wild.example:wild nobody.example:default; do
  check --host "${pair%:*}" client.json stunnel.conf
  like "$out" "CN=${pair#*:}.example" "stunnel: ${pair%:*} comes to ${pair#*:}"
done
done_testing
