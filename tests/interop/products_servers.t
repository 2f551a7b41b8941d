#!/bin/bash
# PostgreSQL and OpenLDAP start with what `cp --for` wrote for them, and refuse what it refuses.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
postgres=''
for folder in /usr/lib/postgresql/*/bin; do [ ! -x "$folder/postgres" ] || postgres=$folder; done
need openssl slapd ldapsearch
[ -n "$postgres" ] || need postgres
cd "$T" || exit 1
chmod 755 "$T"
echo storepass >pw
make_ca root '/O=Example/CN=Root'
issue mid '/O=Example/CN=Middle' root 'basicConstraints=critical,CA:TRUE'
issue srv '/O=Example/CN=localhost' mid 'subjectAltName=DNS:localhost,IP:127.0.0.1'
openssl pkcs12 -export -inkey srv.key -in srv.pem -certfile mid.pem -name srv -passout file:pw -out srv.p12

# As the account of the server, when there is a choice.
cat >as <<'SH'
#!/bin/sh
account=$1
shift
[ "$(id -u)" = 0 ] || exec "$@"
exec setpriv --reuid "$account" --regid "$account" --clear-groups "$@"
SH
chmod +x as
own() { [ "$(id -u)" != 0 ] || chown "$1" "$2"; }

# PostgreSQL.
run "$CAUSEY" cp --for postgres --from-password-file pw --to-password-file pw srv.p12 pg.pem
exits 0 '--for postgres'
is "$(stat -c %a pg.pem)" 600 'nobody else can read it'
own postgres pg.pem
mkdir pg
own postgres pg
./as postgres "$postgres/initdb" -D "$T/pg" -A trust -U postgres --no-sync >initdb.log 2>&1 || diag "$(tail -5 initdb.log)"
database() { # PEM
  local _
  for _ in 1 2 3; do
    port=$(free_port)
    start_server "$port" "$T/as" postgres "$postgres/postgres" -D "$T/pg" -p "$port" -k "$T/pg" -c listen_addresses=127.0.0.1 \
      -c ssl=on -c ssl_cert_file="$T/$1" -c ssl_key_file="$T/$1" -c ssl_passphrase_command='echo storepass' && return 0
    grep -q FATAL "$T/server.$port.log" && grep -qv 'Address already in use' "$T/server.$port.log" && return 1
  done
  return 1
}
if database pg.pem; then pass 'PostgreSQL starts with it'; else fail 'PostgreSQL starts with it'; diag "$(tail -5 server.*.log)"; fi
like "$(openssl s_client -connect "127.0.0.1:$port" -starttls postgres -CAfile root.pem -verify_hostname localhost </dev/null 2>&1)" \
  'Verify return code: 0 ' 'and a client that knows the root gets through'
stop_server "$server_pid"
chmod 644 pg.pem
not_ok 'PostgreSQL refuses a key that others can read' database pg.pem
like "$(cat "server.$port.log")" 'has group or world access' 'for that reason'
cp srv.pem open.pem
chmod 644 open.pem
before=$(sum open.pem)
run "$CAUSEY" cp --for postgres --from-password-file pw --to-password-file pw srv.p12 open.pem
exits 4 'so a key does not go into such a file'
like "$err" 'mode 0644.*chmod 600' 'the mode and the remedy are said'
is "$(sum open.pem)" "$before" 'it is as it was'
chmod 600 open.pem
run "$CAUSEY" cp --for postgres --from-password-file pw --to-password-file pw srv.p12 open.pem
exits 0 'a file of its own account will do'

# OpenLDAP.
run "$CAUSEY" cp --for openldap --from-password-file pw --to-password-file pw srv.p12 ldap.pem
exits 4 'slapd can not ask for a passphrase'
run "$CAUSEY" cp --for openldap --plain-keys --from-password-file pw srv.p12 ldap.pem
exits 0 'with --plain-keys'
"$CAUSEY" cp --for nginx --from-password-file pw --to-password-file pw srv.p12 sealed.pem >made 2>&1
run "$CAUSEY" cp --for openldap root.pem trust.pem
exits 0 'what its clients trust'
directory() { # PEM
  local _
  for _ in 1 2 3; do
    port=$(free_port)
    printf '%s\n' "pidfile $T/slapd.pid" "argsfile $T/slapd.args" "TLSCertificateFile $T/$1" \
      "TLSCertificateKeyFile $T/$1" "TLSCACertificateFile $T/trust.pem" >slapd.conf
    start_server "$port" "$(command -v slapd || echo /usr/sbin/slapd)" -f "$T/slapd.conf" -h "ldaps://127.0.0.1:$port" -d 0 && return 0
  done
  return 1
}
search() { LDAPTLS_CACERT=$1 ldapsearch -x -LLL -H "ldaps://127.0.0.1:$port" -s base -b '' namingContexts supportedLDAPVersion; }
if directory ldap.pem; then pass 'slapd starts with it'; else fail 'slapd starts with it'; diag "$(tail -5 "server.$port.log")"; fi
like "$(search "$T/trust.pem" 2>&1)" 'dn:' 'and ldapsearch trusts it'
unlike "$(search "$T/srv.pem" 2>&1)" 'dn:' 'which it does not with another root'
stop_server "$server_pid"
not_ok 'slapd does not start with a sealed key' directory sealed.pem
done_testing
