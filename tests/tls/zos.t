#!/bin/bash
# Purpose: the LDAP server of z/OS as a server (ds.conf, its environment file, saved key rings), with real clients' files:
#   traps C03 to C06, C20, C21, C25, A08, A13, A22, each with its healthy twin.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
need openssl iconv jq
cd "$T" || exit 1
at=(--at "$(date -u -d "+1 day" +%F)")

# A server that is well set up, and two clients of OpenLDAP, with an EC and an RSA certificate.
key_of() { # NAME KIND
  case $2 in
    ec*) openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:${2#ec}" -out "$1.key" 2>/dev/null ;;
    rsa) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.key" 2>/dev/null ;;
  esac
}
cert_of() { # NAME SUBJECT DIGEST SERIAL CA [NOT-CA: leaf]
  if [ "$5" = - ]; then
    openssl req -x509 -new -key "$1.key" -subj "$2" "-$3" -days 3000 -set_serial "$4" -out "$1.pem" 2>/dev/null
  else
    openssl req -new -key "$1.key" -subj "$2" -out "$1.csr" 2>/dev/null
    openssl x509 -req -in "$1.csr" -CA "$5.pem" -CAkey "$5.key" "-$3" -days 900 -set_serial "$4" -out "$1.pem" 2>/dev/null
  fi
}
mkdir keys server && cd keys || exit 1
key_of linuxca ecsecp384r1 && cert_of linuxca '/C=GB/O=Example/CN=Linux CA' sha384 1 -
key_of ec ecprime256v1 && cert_of ec '/C=GB/O=Example/CN=user' sha256 119 linuxca
key_of rsa rsa && cert_of rsa '/C=GB/O=Example/CN=user' sha256 120 linuxca
key_of hostca rsa && cert_of hostca '/C=GB/O=Example/CN=Host CA' sha256 0 -
key_of lost rsa && cert_of lost '/C=GB/O=Example/CN=Host CA' sha256 9 -
key_of leaf ecprime256v1 && cert_of leaf '/C=GB/O=Example/CN=ldap.example' sha256 404 hostca
cd .. || exit 1
client() { # NAME KEY: a folder as openldap's users have it
  mkdir -p "$1"
  cp keys/hostca.pem "keys/$2.pem" "keys/$2.key" "$1"
  printf 'TLS_CACERT %s\nTLS_CERT %s\nTLS_KEY %s\nTLS_REQCERT demand\n' \
    "$T/$1/hostca.pem" "$T/$1/$2.pem" "$T/$1/$2.key" >"$1/ldaprc"
}
client ecuser ec
client rsauser rsa

cat >server/ds.conf <<'END'
# the directory
adminDN "cn=Admin"
listen ldaps://:636
sslAuth serverClientAuth
sslCertificate LDAPEC
sslKeyRingFile START1/LDAPRING
sslMapCertificate check fail
database SDBM GLDBSD31
suffix "o=example"
END
cat >server/ds.envvars <<'END'
GSK_PROTOCOL_TLSV1=OFF
GSK_PROTOCOL_TLSV1_2=ON
GSK_V3_CIPHERS=GSK_V3_CIPHERS_CHAR4
GSK_V3_CIPHER_SPECS_EXPANDED=C02CC030C02BC02F
GSK_TLS_SIG_ALG_PAIRS=060106030501050304010403
END
listed() { # LABEL STATUS SUBJECT ISSUER SERIAL SIGNATURE TYPE SIZE KEY [MORE]
  printf '\n  Label: %s\n  Status: %s\n  Start Date: 2024/05/01 00:00:00\n  End Date:   2099/05/01 23:59:59\n' "$1" "$2"
  printf '  Serial Number:\n       >%s<\n  Issuer'\''s Name:\n       >%s<\n  Subject'\''s Name:\n       >%s<\n' "$5" "$4" "$3"
  [ -z "${10:-}" ] || printf '  Subject'\''s AltNames:\n    Domain: %s\n' "${10}"
  printf '  Signing Algorithm: %s\n  Key Type: %s\n  Key Size: %s\n  Private Key: %s\n' "$6" "$7" "$8" "$9"
}
{
  printf 'Digital certificate information for user START1:\n'
  listed LDAPEC TRUST CN=ldap.example.O=Example.C=GB 'CN=Host CA.O=Example.C=GB' 0194 sha256RSA 'NIST ECC' 256 YES ldap.example
  listed LDAPRSA TRUST CN=ldap.example.O=Example.C=GB 'CN=Host CA.O=Example.C=GB' 0195 sha256RSA RSA 2048 YES ldap.example
  listed SPARE TRUST CN=spare.example.O=Example.C=GB 'CN=Host CA.O=Example.C=GB' 0196 sha256RSA RSA 2048 YES
  printf 'Digital certificate information for CERTAUTH:\n'
  listed 'Host CA' TRUST 'CN=Host CA.O=Example.C=GB' 'CN=Host CA.O=Example.C=GB' 00 sha256RSA RSA 2048 YES
  listed 'Linux CA' TRUST 'CN=Linux CA.O=Example.C=GB' 'CN=Linux CA.O=Example.C=GB' 01 sha384ECDSA 'NIST ECC' 384 NO
  printf 'Digital ring information for user START1:\n\n  Ring:\n       >LDAPRING<\n'
  printf '  Certificate Label Name             Cert Owner     USAGE      DEFAULT\n'
  printf '  %-32s   %-12s   %-8s   %s\n' -------- ---- ---- --- 'Host CA' CERTAUTH CERTAUTH NO 'Linux CA' CERTAUTH CERTAUTH NO \
    LDAPRSA 'ID(START1)' PERSONAL NO LDAPEC 'ID(START1)' PERSONAL YES
} >server/rings.txt

# Lines are broken where they end at 100 columns: here they are one.
flat() { out=$(tr -s ' \n' ' ' <<<"$out"); }
side() { run "$CAUSEY" tls side "${at[@]}" "$@"; flat; }
check() { run "$CAUSEY" tls check "${at[@]}" --client-dialect openssl-3.0 --host ldap.example "$@"; flat; }
check_pair() { check "$1/ldaprc" "$2/ds.conf"; }
twin() { rm -rf "$1" && cp -r server "$1"; }

side server/ds.conf
exits 0 'a healthy server'
unlike "$out" ' (notice|warning|error) (tls|ring)\.' 'has nothing to be mended'
like "$out" 'System SSL of z/OS 2.5' 'its library'
like "$out" 'START1/LDAPRING#LDAPEC \(ldap.example, EC P-256, chain of 2, as the listing tells it\)' 'its certificate, from the saved ring'
like "$out" 'Trusts +START1/LDAPRING \(2 certificates\)' 'and whom it trusts'
like "$out" 'tls.ring-as-listed' 'and that no more than a listing was there'
like "$out" 'rings.txt' 'by its name'
check_pair ecuser server
exits 0 'C03 twin: an EC certificate'
like "$out" 'They agree: TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384' 'under an ECDHE suite'
like "$out" 'CN=user,O=Example,C=GB +the client sends this certificate' 'is sent'
like "$out" 'CN=ldap.example,O=Example,C=GB \(as the listing tells it\)' 'and what is listed is said to be so'
check_pair rsauser server
exits 0 'an RSA certificate, too'

# C03: the server's order takes a suite with RSA key exchange.
twin c03
sed -i 's/LDAPEC/LDAPRSA/' c03/ds.conf
sed -i 's/EXPANDED=.*/EXPANDED=0035C030/' c03/ds.envvars
check_pair ecuser c03
exits 1 'C03: an EC certificate under RSA key exchange'
like "$out" 'client_proof|key.type-unfit|client.key-type' 'is refused by its kind of key'
like "$out" 'internal_error|80' 'with the alert that says nothing'
like "$out" 'GLD1116E|434' 'and the codes of System SSL'
like "$out" 'GSK_V3_CIPHER_SPECS_EXPANDED=C030' 'the fix puts an ECDHE suite first, in its own notation'
like "$out" 'restart the LDAP server' 'C20: and says what must be restarted'
sed -i 's/EXPANDED=.*/EXPANDED=C0300035/' c03/ds.envvars
check_pair ecuser c03
exits 0 'its twin, the other way round, connects'

# C04: the client's own signature.
twin c04
sed -i 's/SIG_ALG_PAIRS=.*/SIG_ALG_PAIRS=060105010401/; s/C02CC030C02BC02F/C030C02F/' c04/ds.envvars
sed -i 's/LDAPEC/LDAPRSA/' c04/ds.conf
check_pair ecuser c04
exits 0 'C04: nobody is refused for it'
like "$out" 'can make none of the signatures that the server asked for' 'but the client can not prove itself and sends none'
sed -i 's/SIG_ALG_PAIRS=.*/SIG_ALG_PAIRS=06010501040104030503/' c04/ds.envvars
check_pair ecuser c04
like "$out" 'the client sends this certificate' 'its twin: with 0403 it does'
twin c04must
sed -i 's/SIG_ALG_PAIRS=.*/SIG_ALG_PAIRS=0601050105030401/; s/C02CC030C02BC02F/C030C02F/' c04must/ds.envvars
sed -i 's/LDAPEC/LDAPRSA/' c04must/ds.conf
echo GSK_CLIENT_AUTH_NOCERT_ALERT=ON >>c04must/ds.envvars
check_pair ecuser c04must
exits 1 'and where one must be sent'
like "$out" 'GSK_TLS_SIG_ALG_PAIRS=.*0403' 'the pair to add'

# C05: the signature of the CA itself.
twin c05
sed -i 's/SIG_ALG_PAIRS=.*/SIG_ALG_PAIRS=0601040304010603/' c05/ds.envvars
check_pair ecuser c05
exits 1 'C05: the CA is signed by 0503, which is not in the list'
like "$out" 'CN=Linux CA.*ecdsa_secp384r1_sha384 \(0503\), which is not in the list' 'the certificate and its signature are named'
like "$out" 'GSK_TLS_SIG_ALG_PAIRS=.*0503' 'and the pair to add'
echo 'GSK_TLS_CERT_SIG_ALG_PAIRS=040305030401' >>c05/ds.envvars
check_pair ecuser c05
exits 0 'its twin: the list for certificates wins over the other'
twin c05b
echo 'GSK_TLS_CERT_SIG_ALG_PAIRS=04030401' >>c05b/ds.envvars
check_pair ecuser c05b
exits 1 'and the other way round: that list overrides'
like "$out" 'GSK_TLS_CERT_SIG_ALG_PAIRS=.*0503' 'so the pair belongs there'

# C06: versions that are off by default, and TLS 1.3 without what it needs.
twin c06
sed -i '/TLSV1/d' c06/ds.envvars
check_pair ecuser c06
exits 1 'C06: TLS 1.0 alone is on by default'
like "$out" 'tls.modern-versions-off' 'said of the file'
like "$out" 'GSK_PROTOCOL_TLSV1_2=ON' 'with the variable'
twin c06b
sed -i 's/TLSV1_2=ON/TLSV1_3=ON/' c06b/ds.envvars
side c06b/ds.conf
like "$out" 'GSK_SERVER_TLS_KEY_SHARES is not set' 'C06: TLS 1.3 without key shares'
like "$out" 'no suite of it \(13xx\)' 'without suites'
like "$out" 'no RSA-PSS pair' 'without RSA-PSS'
check_pair ecuser c06b
exits 1 'and nobody gets in'
printf 'GSK_V3_CIPHER_SPECS_EXPANDED=13021301C02CC030\nGSK_SERVER_TLS_KEY_SHARES=00230024\nGSK_TLS_SIG_ALG_PAIRS=0806080508040601060305010503040104030403\n' >>c06b/ds.envvars
check_pair ecuser c06b
exits 0 'its twin'
like "$out" 'They agree: TLS 1.3' 'agrees on TLS 1.3'
unlike "$out" 'tls.version-without-means' 'and lacks nothing'
printf 'GSK_SERVER_TLS_KEY_SHARES=0030\n' >>c06b/ds.envvars
check "ecuser/ldaprc" c06b/ds.conf --what-if client.groups=secp256r1
like "$out" 'group.none-in-common|no group|fails' 'key shares are the groups that a server takes'

# C21 and C25.
twin c21
sed -i 's|^listen.*|listen ldap://:389\nlisten ldaps://:636|' c21/ds.conf
side c21/ds.conf
like "$out" 'tls.clear-beside' 'C21: ldap:// beside ldaps://'
like "$out" 'line 3: listen ldap://:389 stands beside ldaps://:636' 'with its line'
twin c25
sed -i 's/^sslKeyRingFile.*//; s/sslCertificate/sslCertifcate/; s/serverClientAuth/serverClientAut/; s/check fail/chek fail/' c25/ds.conf
side c25/ds.conf
exits 1 'C25: what it would find out at the first connection'
like "$out" 'sslKeyRingFile is not set' 'no ring'
like "$out" 'Did you mean sslCertificate\?' 'a misspelt option'
like "$out" 'Did you mean sslAuth serverClientAuth\?' 'a misspelt value'
like "$out" 'Did you mean sslMapCertificate check\?' 'another'
twin c25b
sed -i 's/^database.*/database LDBM GLDBLD31\nsslAuth serverAuth/' c25b/ds.conf
side c25b/ds.conf
like "$out" 'tls.setting-without-effect' 'an option in a backend'\''s section'
like "$out" 'asked for, none will do' 'does not hold'
twin plain
sed -i '/^ssl/d; s/ldaps:..:636/ldap:\/\/:389/' plain/ds.conf
run "$CAUSEY" tls side plain/ds.conf
exits 3 'a server without TLS sets up none'
for value in 12288 0x3b00; do
  twin mask
  echo "sslCipherSpecs $value" >mask/ds.conf.new && cat mask/ds.conf >>mask/ds.conf.new && mv mask/ds.conf.new mask/ds.conf
  side mask/ds.conf
  like "$out" "$value is a mask of suites" "$value is told to be a mask"
done
twin names
sed -i 's/^sslAuth/sslCipherSpecs TLS_RSA_WITH_AES_128_CBC_SHA256+TLS_RSA_WITH_AES_256_GCM_SHA38\nsslAuth/' names/ds.conf
side names/ds.conf
like "$out" 'Suites up to 1.2 +TLS_RSA_WITH_AES_128_CBC_SHA256' 'suites by their names'
like "$out" 'Did you mean TLS_RSA_WITH_AES_256_GCM_SHA384' 'and the nearest right one'

# Rings.
ring() { # NAME PATTERN WHAT [SED ON ds.conf] [SED ON rings.txt] [OPTION...]
  local name=$1 pattern=$2 what=$3
  twin "$name"
  [ -z "${4:-}" ] || sed -i "$4" "$name/ds.conf"
  [ -z "${5:-}" ] || sed -i "$5" "$name/rings.txt"
  side "$name/ds.conf" "${@:6}"
  like "$out" "$pattern" "$what"
}
ring r1 'Write LDAPEC: labels heed capitals' 'A08: a label with other capitals' 's/LDAPEC/LdapEC/'
ring r2 'SPARE of ID\(START1\) is there, but not connected' 'A08: a certificate that is not on the ring' 's/LDAPEC/SPARE/'
like "$out" "RACDCERT ID\(START1\) CONNECT\(ID\(START1\) LABEL\('SPARE'\) RING\(LDAPRING\) USAGE\(PERSONAL\)\)" 'and the command that connects it'
ring r3 'nearest is START1/LDAPRING' 'A08: no such ring' 's/LDAPRING/LDAPRNG/'
ring r4 'as CERTAUTH, not as PERSONAL' 'A13: connected for another use' 's/LDAPEC/Host CA/'
like "$out" '428' 'with the code'
ring r5 'has no private key \(System SSL: 428\)' 'A13: no private key' '' '/Label: LDAPEC/,/Private Key/s/Private Key: YES/Private Key: NO/'
ring r6 'status NOTRUST: System SSL passes it over' 'a certificate with NOTRUST' '' '/Label: LDAPEC/,/Status/s/Status: TRUST/Status: NOTRUST/'
like "$out" "RACDCERT ID\(START1\) ALTER\(LABEL\('LDAPEC'\)\) TRUST" 'and the command'
ring r7 'status NOTRUST' 'a CA with NOTRUST' '' '/Label: Linux CA/,/Status/s/Status: TRUST/Status: NOTRUST/'
check_pair ecuser r7
exits 1 'nobody whom it signed comes in'
ring r8 'HIGHTRUST|Trusts +START1/LDAPRING \(2' 'a CA with HIGHTRUST' '' '/Label: Linux CA/,/Status/s/Status: TRUST/Status: HIGHTRUST/'
check_pair ecuser r8
exits 0 'is as good'
ring r9 'no certificate on the ring START1/LDAPRING is the default' 'A08: no label and no default' '/sslCertificate/d' 's/PERSONAL   YES/PERSONAL   NO /'
ring r10 'LDAPRING#LDAPEC' 'its twin: the default one' '/sslCertificate/d'
unlike "$out" 'ring.no-default' 'and nothing is said'
ring r11 'tls.ring-authority' 'A22: the ring of another user' '' '' --ring-user GLDSRV
like "$out" 'PERMIT START1.LDAPRING.LST CLASS\(RDATALIB\) ID\(GLDSRV\) ACCESS\(UPDATE\)' 'and the permission'
ring r12 'START1/LDAPRING#LDAPEC' 'its twin: the ring of its own user' 's|START1/||' '' --ring-user START1
unlike "$out" 'tls.ring-authority' 'and nothing is said'
ring r13 'tls.ring-authority' 'A22: a certificate of the site' '' 's/LDAPEC\( *\)ID(START1) /LDAPEC\1SITE       /; s/^Digital certificate information for user START1/Digital certificate information for SITE/'
twin r14 && rm r14/rings.txt
side r14/ds.conf
like "$out" 'RACDCERT ID\(START1\) LISTRING\(LDAPRING\)' 'without a listing: what to save'
side r14/ds.conf --rings server/rings.txt
like "$out" 'LDAPRING#LDAPEC' '--rings names it'
side r14/ds.conf --rings server
like "$out" 'LDAPRING#LDAPEC' 'or its folder'
side r14/ds.conf --rings keys/ec.pem
exits 2 '--rings of something else is refused'
mkdir split
sed '/^Digital ring/,$d' server/rings.txt >split/list.txt
sed -n '/^Digital ring/,$p' server/rings.txt >split/listring.txt
side r14/ds.conf --rings split
like "$out" 'LDAPRING#LDAPEC \(ldap.example' 'LIST and LISTRING in two files'
iconv -f ASCII -t IBM1047 server/rings.txt >r14/ebcdic.bin
side r14/ds.conf
like "$out" 'LDAPRING#LDAPEC \(ldap.example' 'in EBCDIC, beside the configuration'

# Real certificates beside the listing take the place of what it tells.
twin real
cp keys/leaf.pem keys/hostca.pem keys/linuxca.pem real
side real/ds.conf
like "$out" 'LDAPRING#LDAPEC \(ldap.example, EC P-256, chain of 2\)' 'the real one is taken'
like "$out" 'of 4 certificates 3 are here' 'of what is there'
check_pair ecuser real
exits 0 'and its signatures hold'
cp keys/lost.pem ecuser/hostca.pem
check_pair ecuser real
exits 1 'a CA of the same name with another key does not'
check_pair ecuser server
exits 0 'which a listing alone can not tell'
cp keys/hostca.pem ecuser/hostca.pem

# The side as JSON, there and back.
"$CAUSEY" tls side --json "${at[@]}" server/ds.conf >side.json
like "$(jq -r '.sides[0].identities[0].chain[0]' side.json)" '^listed:30' 'in JSON what is listed says so'
run "$CAUSEY" tls check "${at[@]}" --client-dialect openssl-3.0 --host ldap.example ecuser/ldaprc side.json
exits 0 'and is read so again'
json_valid 'tls side --json keeps to its schema' tls_side-1.json <("$CAUSEY" tls side --json "${at[@]}" server/ds.conf)
json_valid 'tls check --json, too' tls_check-1.json <("$CAUSEY" tls check --json "${at[@]}" --client-dialect openssl-3.0 ecuser/ldaprc server/ds.conf)

# As they come from the host: EBCDIC, records of 80 columns without line ends, UTF-16.
twin host
for f in ds.conf ds.envvars; do iconv -f ASCII -t IBM1047 "server/$f" | tr '\045' '\025' >"host/$f"; done
want=$("$CAUSEY" tls side --json "${at[@]}" server/ds.conf | jq -c '.sides[0]|[.suites,.versions,.peer,[.settings[]|[.key,.value,.line]]]')
is "$("$CAUSEY" tls side --json "${at[@]}" host/ds.conf | jq -c '.sides[0]|[.suites,.versions,.peer,[.settings[]|[.key,.value,.line]]]')" "$want" 'in EBCDIC it is the same'
awk '{printf "%-80s", $0}' server/ds.conf | iconv -f ASCII -t IBM1047 >host/ds.conf
is "$("$CAUSEY" tls side --json "${at[@]}" host/ds.conf | jq -c '.sides[0]|[.suites,.versions,.peer,[.settings[]|[.key,.value,.line]]]')" "$want" 'in records without line ends, too'
for f in ds.conf ds.envvars; do iconv -f ASCII -t UTF-16 "server/$f" >"host/$f"; done
is "$("$CAUSEY" tls side --json "${at[@]}" host/ds.conf | jq -c '.sides[0]|[.suites,.versions,.peer,[.settings[]|[.key,.value,.line]]]')" "$want" 'in UTF-16, too'
done_testing
