#!/bin/bash
# Purpose: what is read of the OpenLDAP client's files is what a real client does with them.
. "$(dirname "$0")/../lib/tap.sh"
need openssl ldapsearch
unset LDAPCONF LDAPRC LDAPTLS_CACERT LDAPTLS_CERT LDAPTLS_KEY LDAPTLS_REQCERT LDAPTLS_CIPHER_SUITE

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/key.pem" -out "$T/cert.pem" -days 30 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost 2>/dev/null
cd "$T" || exit 1

# Which library this libldap is on, told from the file alone, is what the linker says.
lib=$(ldd "$(command -v ldapsearch)" | sed -n 's/.*libldap[^ ]* => \([^ ]*\).*/\1/p')
if ldd "$lib" | grep -q libgnutls; then on=GnuTLS; else on=OpenSSL; fi
printf 'TLS_CACERT %s/cert.pem\n' "$T" >ldaprc
run "$CAUSEY" tls side ldaprc
exits 0 'a healthy file has nothing to be said'
like "$out" "Library +$on" 'the library is that which the linker finds'
[ "$on" = GnuTLS ] || { done_testing; exit; }

# A real client, and a server that says what was agreed.
port=$(free_port)
start_server "$port" openssl s_server -accept "$port" -cert cert.pem -key key.pem -CAfile cert.pem -verify 1 -www -trace
client() { timeout 10 ldapsearch -x -H "ldaps://localhost:$port" -o nettimeout=2 -l 2 -s base -b '' >/dev/null 2>&1; }
agreed() { grep -c 'ServerHello, Length' "$T/server.$port.log"; }

printf 'TLS_CACERT %s/cert.pem\nTLS_CIPHER_SUITE HIGH:!aNULL\n' "$T" >ldaprc
run "$CAUSEY" tls side ldaprc
like "$out" 'tls.notation-of-another-library' "C24: OpenSSL's notation where the library is GnuTLS"
like "$out" 'line 2' 'with its line'
client
is "$(agreed)" 0 'and the real client agrees on nothing with it'

printf 'TLS_CACERT %s/cert.pem\nTLS_CERT %s/cert.pem\nTLS_KEY %s/key.pem\nTLS_CIPHER_SUITE SECURE128:-VERS-ALL:+VERS-TLS1.2\n' \
  "$T" "$T" "$T" >ldaprc
run "$CAUSEY" tls side ldaprc
exits 0 'a priority string is right'
like "$out" 'Versions +TLS 1.2\s' 'and is what GnuTLS makes of it'
client
is "$(agreed)" 1 'the real client agrees with it'
like "$(cat "$T/server.$port.log")" 'server_version=0x303 .TLS 1.2' 'on that version'
like "$(cat "$T/server.$port.log")" 'CertificateVerify, Length' "and shows the user's certificate"

# C24: certificates are not looked at in the file for all.
printf 'TLS_CACERT %s/cert.pem\nTLS_CERT %s/cert.pem\nTLS_KEY %s/key.pem\n' "$T" "$T" "$T" >ldap.conf
run "$CAUSEY" tls side ldap.conf
like "$out" 'tls.setting-for-users-only' 'TLS_CERT in the file for all'
like "$out" 'ldaprc' 'and where it must stand'
not_ok 'no certificate is taken from it' grep -q '^  Certificate ' <<<"$out"
cp ldap.conf ldaprc
run "$CAUSEY" tls side ldaprc
exits 0 'its healthy twin stands in the file of a user'
like "$out" 'Certificate +' 'and has its certificate'

# C18, in order: the user's file, then variables.
printf 'TLS_CACERT %s/cert.pem\nTLS_REQCERT never\n' "$T" >ldaprc
run "$CAUSEY" tls side ldaprc
like "$out" 'tls.verify-off' 'C18: whatever comes is taken'
LDAPTLS_REQCERT=demand run "$CAUSEY" tls side ldaprc
exits 0 'a variable beats the file'
like "$out" 'a later one holds' 'and the file is shown as beaten'
printf 'TLS_REQCRT never\nTLS_REQCERT nevr\n' >ldaprc
run "$CAUSEY" tls side ldaprc
like "$out" 'Did you mean TLS_REQCERT' 'a word that is wrong, and the right one'
like "$out" 'Did you mean never' 'a value that is wrong, and the right one'

# What beats what (ldap.conf(5)), and what the real client does with it: it agrees on TLS 1.2 or on TLS 1.3.
mkdir other
strong="SECURE128:-VERS-ALL:+VERS-TLS1.3" old="SECURE128:-VERS-ALL:+VERS-TLS1.2"
rc() { printf 'TLS_CACERT %s/cert.pem\nTLS_CIPHER_SUITE %s\n' "$T" "$2" >"$1"; }
printf 'TLS_CACERT %s/cert.pem\n' "$T" >ldaprc
rc "$HOME/.ldaprc" "$strong"
rc other/mine "$old"
stop_server "$server_pid"
port=$(free_port)
start_server "$port" openssl s_server -accept "$port" -cert cert.pem -key key.pem -CAfile cert.pem -www -trace
# agree VERSION WHAT VARIABLE...: with these variables we say so, and the client offers no other version.
agree() {
  local version=$1 what=$2
  shift 2
  is "$(env "$@" "$CAUSEY" tls side ldaprc | sed -n 's/^ *Versions *TLS \(1.[23]\) *$/\1/p')" "$version" "$what"
  : >"$T/server.$port.log"
  env "$@" timeout 10 ldapsearch -x -H "ldaps://localhost:$port" -o nettimeout=2 -l 2 -s base -b '' >/dev/null 2>&1
  is "$(if grep -aq 'TLS 1.3 (772)' "$T/server.$port.log"; then echo 1.3; else echo 1.2; fi)" "$version" 'as the client has it'
}
agree 1.3 'what ~/.ldaprc says holds where ./ldaprc says nothing' LDAPNONE=1
rc ldaprc "$old"
agree 1.2 './ldaprc beats ~/.ldaprc' LDAPNONE=1
rc other/conf "$strong"
agree 1.3 'LDAPCONF beats ./ldaprc' "LDAPCONF=$T/other/conf"
rc mine "$old"
agree 1.2 'the file that LDAPRC names beats that of LDAPCONF' "LDAPCONF=$T/other/conf" LDAPRC=mine
agree 1.3 'a variable beats all files' LDAPRC=mine "LDAPTLS_CIPHER_SUITE=$strong"
printf 'TLS_CACERT %s/cert.pem\nTLS_CERT %s/cert.pem\nTLS_KEY %s/key.pem\n' "$T" "$T" "$T" >other/conf
LDAPCONF=$T/other/conf run "$CAUSEY" tls side ldaprc
like "$out" "tls.setting-for-users-only.*\\n?.*other/conf|other/conf.*tls.setting-for-users-only|TLS_CERT is not looked at" 'a file that LDAPCONF names is one for all users'
LDAPNOINIT=1 run "$CAUSEY" tls side ldaprc
like "$out" 'LDAPNOINIT is set' 'LDAPNOINIT: nothing of it counts'
like "$out" 'TLS_CIPHER_SUITE .* no +LDAPNOINIT' 'and each line says so'
printf 'export LDAPCONF=%s/other/conf\nLDAPTLS_CIPHER_SUITE=%s\nLDAPTLS_REQCERT=never\n' "$T" "$old" >client.env
run "$CAUSEY" tls side client.env
like "$out" 'Versions +TLS 1.2\s' 'a file of variables'
like "$out" 'tls.verify-off' 'with what it switches off'
done_testing
