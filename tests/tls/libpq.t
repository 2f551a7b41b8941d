#!/bin/bash
# Purpose: what is read of libpq's connection strings, services and variables is what psql does with them; C17, C18.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/tls_peer.sh"
for bin in /usr/lib/postgresql/*/bin; do :; done
PATH=$PATH:$bin
need openssl initdb postgres psql
cd "$T" || exit 1
for name in $(compgen -e | grep '^PG'); do unset "$name"; done
pki_ca
pki_cert localhost ec
pki_cert client ec
mv ca.pem right.pem
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.pem -subj /CN=other -days 9 2>/dev/null
as=()
if [ "$(id -u)" = 0 ]; then
  as=(runuser -u postgres --)
  chmod 755 "$T"
fi
mkdir data && chmod 700 data
[ "$(id -u)" != 0 ] || chown postgres data
"${as[@]}" initdb -D "$T/data" -A trust -U postgres --locale=C -E UTF8 >initdb.log 2>&1
cp localhost-ec.pem data/server.crt
cp localhost-ec.key data/server.key
cp right.pem data/ca.pem
chmod 600 data/server.key
[ "$(id -u)" != 0 ] || chown -R postgres data
port=$(free_port)
printf "listen_addresses = '127.0.0.1'\nport = %s\nunix_socket_directories = ''\nssl = on\nssl_ca_file = 'ca.pem'\n" "$port" >>data/postgresql.conf
ok 'a server with TLS, which takes clients in clear, too' start_server "$port" "${as[@]}" "$bin/postgres" -D "$T/data"

# What psql does: clear, the version of TLS with "shows" when it shows a certificate, or fails.
really() {
  local said
  said=$(timeout 20 psql -XAtq "$1" -c "select coalesce(version, 'clear') || case when client_dn is null then '' else ' shows' end from pg_stat_ssl where pid = pg_backend_pid()" 2>psql.err) || { echo fails; return; }
  echo "$said"
}
# What the side means for this server, whose certificate is for localhost, from the CA in right.pem.
means() {
  "$PYTHON" -c '
import json, sys
s = json.load(open("side.json"))["sides"][0]
ids = {f["id"] for f in s["findings"]}
trust = (s.get("trust") or {}).get("place", "")
refused = {"tls.key-missing", "tls.setting-wrong", "tls.trust-missing", "tls.setting-unknown", "tls.key-open-to-others"} & ids
known = "right.pem" in trust or "root.crt" in trust
holds = s.get("peer") != "required" or (known and (not s.get("check_host") or s.get("host") == "localhost"))
if s.get("clear") or sys.argv[1] == "allow": print("clear")
elif refused: print("fails")
elif holds: print(("TLSv1.3" if "TLS 1.3" in s["versions"] else "TLSv1.2") + (" shows" if s.get("identities") else ""))
else: print("clear" if s.get("clear_fallback") else "fails")' "${1:-}"
}
base="port=$port user=postgres dbname=postgres"
differ=0
for mode in disable allow prefer require verify-ca verify-full; do
  for root in "" right other; do
    for host in localhost 127.0.0.1; do
      string="host=$host $base sslmode=$mode${root:+ sslrootcert=$T/$root.pem}"
      printf 'psql "%s"\n' "$string" >go.sh
      "$CAUSEY" tls side --json go.sh >side.json 2>side.err
      want=$(really "$string") got=$(means "$mode")
      if [ "$want" != "$got" ]; then
        diag "$string: $got, really $want"
        differ=$((differ + 1))
      fi
    done
  done
done
is "$differ" 0 'every mode with every root certificate comes out as psql has it'

try() { # STRING WHAT: psql and we agree
  printf '%s\n' "$1" >go.txt
  "$CAUSEY" tls side --json libpq:go.txt >side.json 2>side.err
  is "$(means '')" "$(really "$1")" "$2"
}
full="sslmode=verify-full sslrootcert=$T/right.pem"
try "host=localhost $base $full ssl_max_protocol_version=TLSv1.2" 'the highest version'
try "host=localhost $base $full ssl_min_protocol_version=TLSv1.3" 'the lowest'
try "host=localhost $base $full ssl_min_protocol_version=TLSv1.4" 'a version that is none'
try "host=localhost $base $full ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2" 'a lowest above the highest'
try "host=localhost $base $full sslcert=$T/client-ec.pem sslkey=$T/client-ec.key" 'a certificate is shown'
try "host=localhost $base $full sslcert=$T/nowhere.pem sslkey=$T/client-ec.key" 'one that is not there is left out'
like "$("$CAUSEY" tls side libpq:go.txt)" 'tls.identity-missing.*' 'C17: which we say'
chmod 644 client-ec.key
try "host=localhost $base $full sslcert=$T/client-ec.pem sslkey=$T/client-ec.key" 'a key that others may read is refused'
like "$("$CAUSEY" tls side libpq:go.txt)" 'tls.key-open-to-others' 'which we say'
chmod 600 client-ec.key
try "postgresql://postgres@localhost:$port/postgres?sslmode=verify-full&sslrootcert=${T//\//%2F}%2Fright.pem" 'a URI'
try "postgres://postgres:pass%40word@127.0.0.1:$port/postgres?sslmode=verify-ca&sslrootcert=$T/right.pem&ssl_max_protocol_version=TLSv1.2" 'another one'
unlike "$("$CAUSEY" tls side libpq:go.txt)" 'pass' 'whose password is not shown'
try "host=localhost $base sslmod=require" 'a keyword that is none'
like "$("$CAUSEY" tls side libpq:go.txt)" 'Did you mean sslmode' 'and the nearest'
try "host=localhost $base sslmode=requre" 'a mode that is none'
like "$("$CAUSEY" tls side libpq:go.txt)" 'Did you mean require' 'and the nearest'

# Files of the user, which count when nothing is said.
mkdir "$HOME/.postgresql"
cp right.pem "$HOME/.postgresql/root.crt"
cp client-ec.pem "$HOME/.postgresql/postgresql.crt"
install -m 600 client-ec.key "$HOME/.postgresql/postgresql.key"
try "host=localhost $base sslmode=verify-ca" 'certificates below ~/.postgresql are taken'
rm "$HOME/.postgresql/postgresql.key"
try "host=localhost $base sslmode=verify-ca" 'a certificate without its key is an error' || cat psql.err
rm -r "$HOME/.postgresql"

# Services and variables: the connection beats the service, which beats the environment.
cat >"$HOME/.pg_service.conf" <<END
# two
[one]
host=localhost
port=$port
user=postgres
dbname=postgres
sslmode=verify-full
sslrootcert=$T/right.pem
[two]
host=localhost
sslmode=require
END
services() { run "$CAUSEY" tls side "$HOME/.pg_service.conf#$1"; }
services one
exits 0 'a healthy service'
unlike "$out" 'tls\.' 'has no findings'
services two
like "$out" 'tls.verify-off' 'C18: require alone checks nothing'
export PGSSLMODE=disable
try "service=one" 'the service beats a variable'
is "$(really service=one)" TLSv1.3 'and comes with TLS'
try "service=one ssl_max_protocol_version=TLSv1.2" 'the connection adds to it'
services two
like "$out" 'PGSSLMODE +disable +no +the connection says otherwise' 'what is beaten is shown'
unset PGSSLMODE
printf 'service=three\n' >go.txt
run "$CAUSEY" tls side libpq:go.txt
like "$out" 'there is no service three' 'a service that is not there'
printf 'export PGSSLMODE=verify-full PGSSLROOTCERT=%s/right.pem\nPGHOST=localhost\n' "$T" >client.env
run "$CAUSEY" tls side client.env
exits 0 'a file of variables is a client'
like "$out" 'PGSSLMODE +verify-full' 'with their names'
printf '[a]\nhost = x\nsslmode=verify-full\n' >blank_pg_service.conf
run "$CAUSEY" tls side blank_pg_service.conf
like "$out" 'a blank before the =' 'a blank before the = in a service file'

# From PostgreSQL 16 and 17.
printf 'psql "host=db.example sslrootcert=system"\n' >go.sh
run "$CAUSEY" tls side go.sh
like "$out" 'Name is checked +yes' 'sslrootcert=system checks all'
like "$out" "the machine.s trust store|system:" 'against the CAs of the machine'
printf 'psql "host=db.example sslrootcert=system sslmode=require"\n' >go.sh
run "$CAUSEY" tls side go.sh
like "$out" 'sslmode=require beside sslrootcert=system' 'and takes nothing less'
printf 'psql "host=db.example sslmode=prefer sslnegotiation=direct"\n' >go.sh
run "$CAUSEY" tls side go.sh
like "$out" 'sslnegotiation=direct beside sslmode=prefer' 'direct wants TLS for sure'
printf 'psql "host=/run/postgresql sslmode=verify-full"\n' >go.sh
run "$CAUSEY" tls side go.sh
like "$out" 'Without TLS +yes' 'a socket of this machine has no TLS'
done_testing
