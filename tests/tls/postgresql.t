#!/bin/bash
# Purpose: PostgreSQL's configuration means to us what the server does with it.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/tls_peer.sh"
for bin in /usr/lib/postgresql/*/bin; do :; done
PATH=$PATH:$bin
need openssl initdb postgres
cd "$T" || exit 1
pki_ca
pki_cert one ec
pki_cert one rsa
as=()
if [ "$(id -u)" = 0 ]; then
  as=(runuser -u postgres --)
  chmod 755 "$T"
fi
mkdir data && chmod 700 data
[ "$(id -u)" != 0 ] || chown postgres data
"${as[@]}" initdb -D "$T/data" -A trust -U postgres --locale=C -E UTF8 >initdb.log 2>&1
ok 'a database is made' [ -f data/postgresql.conf ]
cp one-ec.pem data/server.crt
cp one-ec.key data/server.key
cp ca.pem data/
chmod 600 data/server.key
[ "$(id -u)" != 0 ] || chown -R postgres data
port=$(free_port)
cat >>data/postgresql.conf <<END_CONF
listen_addresses = '127.0.0.1' # and a comment
port = $port
unix_socket_directories = ''
ssl on
ssl_min_protocol_version = 'TLSv1.3'
ssl_ciphers = 'ECDHE+AESGCM:!AES128'
ssl_ecdh_curve = 'secp384r1'
ssl_ca_file = 'ca.pem'
END_CONF
echo "ssl_min_protocol_version = 'TLSv1.2'" >>data/postgresql.auto.conf
ok 'it starts with TLS' start_server "$port" "${as[@]}" "$bin/postgres" -D "$T/data"
side data/postgresql.conf
json_valid 'it is a side' tls_side-1.json side.json
host=one
is "$(field versions)" "$(versions "$port" -starttls postgres)" 'the versions are those that it speaks'
is "$(field versions)" 'TLS 1.2,TLS 1.3' 'what ALTER SYSTEM wrote wins'
is "$(said_suites 0 ec)" "$(suites "$port" -starttls postgres)" 'so are the suites'
is "$(field groups)" secp384r1 'the curve'
not_ok 'another is not taken' connects "$port" -starttls postgres -tls1_2 -groups X25519
is "$(field own_order)" True 'its order decides'
connects "$port" -starttls postgres
like "$(cat said)" 'Acceptable client certificate CA names' 'it asks for a certificate'
is "$(field peer)" optional 'as we say'
stop_server "$server_pid"
run "$CAUSEY" tls side data/postgresql.conf
exits 0 'a healthy server'
unlike "$out" 'warning|error' 'has no findings'
like "$out" 'ssl_min_protocol_version +TLSv1.3 +no +set again' 'what is beaten is shown'

# Who gets in.
hba() { printf '%b' "$1" >data/pg_hba.conf; run "$CAUSEY" tls side data/postgresql.conf; }
hba 'hostssl all all 10.0.0.0/8 scram-sha-256 clientcert=verify-full\n'
like "$out" 'Clients +must show a certificate' 'every line demands a certificate'
hba 'hostssl all all 10.0.0.0/8 cert\nhostssl all all 192.168.0.0/16 scram-sha-256\n'
like "$out" 'tls.client-certificate-optional' 'some do'
hba 'host all all 10.0.0.0/8 md5\n'
like "$out" 'line 1: host lets all from 10.0.0.0/8 in without TLS as well, by md5' 'passwords in clear are told'
hba 'hostnossl all all 0.0.0.0/0 reject\nhost all all 10.0.0.0/8 md5\n'
unlike "$out" 'tls.clear-beside' 'but not where it was refused before'
hba 'hostssl all all 10.0.0.0/8 scram-sha-256\nhost all all 127.0.0.1/32 trust\n'
unlike "$out" 'tls\.' 'nor on this machine'

# Wrong.
wrong() { # LINE PATTERN WHAT
  mkdir -p wrong
  cp data/server.crt data/server.key data/ca.pem wrong/
  printf 'ssl = on\n%s\n' "$1" >wrong/postgresql.conf
  run "$CAUSEY" tls side wrong/postgresql.conf
  ok "$3 is an error" [ "$status" -ne 0 ]
  like "$out$err" "$2" 'and said'
}
wrong "ssl_min_protocol_version = 'TLSv1.4'" 'line 2: ssl_min_protocol_version does not take TLSv1.4' 'a wrong version'
wrong "ssl_cihpers = 'HIGH'" 'PostgreSQL has no setting ssl_cihpers' 'a misspelt setting'
like "$out" 'Did you mean ssl_ciphers' 'the nearest is named'
wrong "ssl_ciphers = 'FOO'" 'OpenSSL refuses the cipher string FOO' 'ciphers that leave nothing'
wrong "ssl_ecdh_curve = 'P-384'" 'ssl_ecdh_curve does not take P-384' 'a name that OpenSSL has another short one for'
wrong "ssl_cert_file = 'nowhere.crt'" 'cannot open .*nowhere.crt' 'a certificate that is not there'
wrong "ssl_key_file = '$T/one-rsa.key'" 'tls.key-others' 'a key of another certificate'
wrong "ssl_ciphers = 'HIGH" 'postgresql.conf:2: a quote that is not closed' 'an open quote'
wrong "ssl_ciphers = HIGH MEDIUM" 'postgresql.conf:2: more than one value' 'two words without quotes'
wrong "include 'postgresql.conf'" 'postgresql.conf is being read already' 'a file that includes itself'
printf 'port = 5432\n' >wrong/postgresql.conf
run "$CAUSEY" tls side wrong/postgresql.conf
exits 0 'without ssl = on'
like "$out" 'Without TLS +yes' 'there is no TLS, which is said'
done_testing
