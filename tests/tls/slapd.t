#!/bin/bash
# Purpose: slapd.conf and cn=config, as slapd itself takes them; C16, C21, C24.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
need openssl slapd slaptest
cd "$T" || exit 1
openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -days 30 -subj /CN=localhost 2>/dev/null
mkdir -p root/etc/default
side() { run "$CAUSEY" tls side "$1"; }

# What slapd refuses when it starts is a finding, what it takes is none.
lib=$(ldd "$(command -v slapd)" | sed -n 's/.*libldap[^ ]* => \([^ ]*\).*/\1/p')
ldd "$lib" | grep -q libgnutls || { ok 'this slapd is on OpenSSL' true; done_testing; exit; }
base() { printf 'include /etc/ldap/schema/core.schema\nTLSCertificateFile %s/c.pem\nTLSCertificateKeyFile %s/k.pem\n' "$T" "$T"; }
port=$(free_port)
starts() { timeout 3 slapd -f "$1" -h "ldaps://127.0.0.1:$port" -d 0 >/dev/null 2>&1; [ $? = 124 ]; }

{ base; echo 'TLSCipherSuite SECURE128:-VERS-ALL:+VERS-TLS1.2'; echo 'TLSCACertificateFile c.pem'; echo 'TLSVerifyClient demand'; } >good.conf
side slapd:good.conf
like "$out" 'Versions +TLS 1.2\s' 'a priority string'
like "$out" 'Certificate +' 'its certificate'
not_ok 'a healthy file has no error' grep -q '^  error ' <<<"$out"

{ base; echo 'TLSCipherSuite HIGH:!aNULL'; } >openssl.conf
side slapd:openssl.conf
like "$out" 'tls.notation-of-another-library' "C24: OpenSSL's notation"
sed -i "s#TLSCACertificateFile c.pem#TLSCACertificateFile $T/c.pem#" good.conf
ok 'slapd starts with the one' starts good.conf
not_ok 'and not with the other' starts openssl.conf

{ base; printf 'TLSVerifyClient try\nTLSCACertificateFile\n  c.pem\n'; } >try.conf
side slapd:try.conf
like "$out" 'tls.client-certificate-optional' 'C16: try'
sed -i 's/try/allow/' try.conf
side slapd:try.conf
like "$out" 'tls.client-certificate-unchecked' 'C16: allow'
{ base; printf 'TLSVerifyClient demant\nTLSCertificateFle x\nTLSProtocolMin 3.3\n'; } >bad.conf
side slapd:bad.conf
like "$out" 'Did you mean demand' 'a value that is none'
like "$out" 'Did you mean TLSCertificateFile' 'a setting that is none'
like "$out" 'tls.setting-without-effect' 'the lowest version, which GnuTLS does not look at'

printf 'dn: cn=config\nobjectClass: olcGlobal\nolcTLSCertificateFile: %s/c.p\n em\nolcTLSCertificateKeyFile: %s/k.pem\nolcTLSVerifyClient: never\n' "$T" "$T" >config.ldif
side config.ldif
like "$out" 'Certificate +' 'LDIF, with a line that goes on'
mkdir -p "root$T"
cp c.pem k.pem config.ldif "root$T"
echo 'SLAPD_SERVICES="ldap:/// ldaps:///"' >root/etc/default/slapd
run "$CAUSEY" tls side config.ldif --root "$T/root"
like "$out" 'tls.clear-beside' 'C21: in clear beside'
echo 'SLAPD_SERVICES="ldaps:///"' >root/etc/default/slapd
run "$CAUSEY" tls side config.ldif --root "$T/root"
not_ok 'its healthy twin is silent' grep -q 'tls.clear-beside' <<<"$out"
printf 'include loop.conf\nTLSVerifyClient never\n' >loop.conf
side slapd:loop.conf
like "$out" 'tls.include-circular' 'a file that includes itself'

# cn=config as a folder, as slaptest makes it.
{ base; echo "TLSCACertificateFile $T/c.pem"; echo 'TLSVerifyClient demand'; echo 'TLSCipherSuite SECURE128:-VERS-ALL:+VERS-TLS1.3'; } >whole.conf
mkdir slapd.d
ok 'slaptest makes the folder' slaptest -f whole.conf -F slapd.d
side slapd.d
like "$out" 'Versions +TLS 1.3\s' 'a folder is found to be one of cn=config'
like "$out" 'Clients +must show a certificate' 'and read'
like "$out" 'olcTLSVerifyClient|TLSVerifyClient +demand' 'with its lines'
side slapd:slapd.d
like "$out" 'cn=config.ldif' 'also with the reader in front'
printf 'dn: cn=config\nolcTLSCertificateFile:: %s\nolcTLSCertificateKeyFile: %s/k.pem\n' "$(printf %s "$T/c.pem" | base64 -w 0)" "$T" >coded.ldif
side coded.ldif
like "$out" "TLSCertificateFile +$T/c.pem" 'a value in base64'
like "$out" 'Certificate +' 'names its certificate'
done_testing
