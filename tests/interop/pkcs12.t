#!/bin/bash
# causey-test: any-user
# PKCS#12 with openssl, keytool and certtool at the other end: they read what we write, and we what
# they write.
. "$(dirname "$0")/../lib/tap.sh"
need openssl keytool certtool
cd "$T" || exit 1
export JAVA_TOOL_OPTIONS=''
kt() { keytool -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -J-Duser.language=en "$@"; }
listing() { kt -list -keystore "$1" -storepass "$2" 2>/dev/null | grep Entry | sed 's/, [A-Z][a-z]* [0-9]*, [0-9]*,/,/; s/ *$//'; }
kinds() { "$CAUSEY" ls --json --password-env PW "$1" 2>/dev/null >ls.json && "$PYTHON" -c 'import json
for e in json.load(open("ls.json"))["places"][0]["entries"]: print(e["kind"], e.get("label"))'; }
cp12() { "$CAUSEY" cp -q --from-password-env PW --to-password-env PW "$@"; }
export PW='geheim-1'

# A CA, an intermediate CA and a server.
make_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }
issue() { # NAME CA EXTENSIONS
  make_key "$1.key"
  openssl req -new -key "$1.key" -subj "/O=Example/CN=$1" -out "$1.csr"
  openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -set_serial 7 -days 3650 -out "$1.pem" \
    -extfile <(printf '%s\n' "$3" 'subjectKeyIdentifier=hash' 'authorityKeyIdentifier=keyid') 2>/dev/null
}
make_key root.key
openssl req -x509 -new -key root.key -subj '/O=Example/CN=root' -days 3650 -out root.pem
issue inter root 'basicConstraints=critical,CA:TRUE'
issue server inter 'basicConstraints=CA:FALSE'

# We write, they read.
run cp12 server.key server.pem inter.pem root.pem new.p12
exits 0 'an identity is written'
run openssl pkcs12 -in new.p12 -passin env:PW -nodes -info
exits 0 'openssl reads it'
is "$(grep -c 'BEGIN CERTIFICATE' <<<"$out")" 3 'with the whole chain'
like "$err" 'MAC: sha256, Iteration 10000' 'under a MAC of today'
like "$err" 'AES-256-CBC' 'and a cipher of today'
openssl pkcs12 -in new.p12 -passin env:PW -nodes -nocerts 2>/dev/null | openssl pkey -pubout >pub.pem
is "$(cat pub.pem)" "$(openssl pkey -in server.key -pubout)" 'the key is the same'
is "$(listing new.p12 "$PW")" 'server, PrivateKeyEntry,' 'keytool reads it'
is "$(kt -list -v -keystore new.p12 -storepass "$PW" 2>/dev/null | sed -n 's/^Certificate chain length: //p')" 3 \
  'with the whole chain'
run certtool --p12-info --inder --infile new.p12 --password "$PW"
exits 0 'certtool reads it'
is "$(grep -c 'BEGIN CERTIFICATE' <<<"$out")" 3 'with the whole chain'

# A password beyond ASCII.
export WIDE='σύνθημα €'
run "$CAUSEY" cp -q --from-password-env PW --to-password-env WIDE new.p12 wide.p12
exits 0 'a password of any letters is taken'
run openssl pkcs12 -in wide.p12 -passin env:WIDE -nodes
exits 0 'and openssl opens the file with it'

# Java's trust mark (trap A03), and its healthy twin.
run openssl pkcs12 -export -nokeys -in root.pem -name root -passout env:PW -out plain.p12
is "$(listing plain.p12 "$PW")" '' 'Java sees nothing in a trust store made by openssl'
run "$CAUSEY" cp -q --for java --from-password-env PW --to-password-env PW plain.p12 java.p12
exits 0 'written for Java'
is "$(listing java.p12 "$PW")" 'root, trustedCertEntry,' 'Java sees the certificate'
is "$(kinds java.p12)" 'trusted root' 'and so do we'
run openssl pkcs12 -in java.p12 -passin env:PW -nokeys
like "$out" 'friendlyName: root' 'openssl reads it too'

# They write, we read; what we do not touch stays, and they read it after us.
new=(-storepass changeit -validity 3650)
{
  kt -genkeypair -keystore k.p12 "${new[@]}" -alias one -keyalg RSA -keysize 2048 -dname 'O=Example,CN=one'
  kt -genkeypair -keystore k.p12 "${new[@]}" -alias two -keyalg EC -groupname secp256r1 -dname 'O=Example,CN=two'
  kt -genseckey -keystore k.p12 -storepass changeit -alias aes -keyalg AES -keysize 256
  kt -importcert -noprompt -keystore k.p12 -storepass changeit -alias ca -file root.pem
} >gen.log 2>&1
export PW=changeit
is "$(kinds k.p12 | sort)" $'identity one\nidentity two\nsecret aes\ntrusted ca' 'what keytool made is read'
run "$CAUSEY" rm -q --password-env PW k.p12#one
exits 0 'an entry is removed'
run "$CAUSEY" mv -q --password-env PW k.p12#two k.p12#zwei
exits 0 'another gets a new label'
is "$(listing k.p12 changeit | sort)" $'aes, SecretKeyEntry,\nca, trustedCertEntry,\nzwei, PrivateKeyEntry,' \
  'keytool sees the same, the secret key too'
run kt -certreq -keystore k.p12 -storepass changeit -alias zwei
exits 0 'and opens the key'

# Another password: everything is sealed anew, Java's secret key too.
export NEW='anders2'
run "$CAUSEY" passwd -q --password-env PW --new-password-env NEW k.p12
exits 0 'the password is changed'
run kt -certreq -keystore k.p12 -storepass anders2 -alias zwei
exits 0 'Java opens the key with the new one'
run kt -importkeystore -noprompt -srckeystore k.p12 -srcstorepass anders2 -srcalias aes \
  -destkeystore aes.jceks -deststoretype JCEKS -deststorepass anders2
exits 0 'and the secret key'
not_ok 'the old password opens it no longer' "$CAUSEY" ls --password-env PW k.p12

# GnuTLS.
certtool --to-p12 --load-privkey server.key --load-certificate server.pem --load-ca-certificate inter.pem \
  --p12-name=gnutls --password=changeit --outder --outfile gnutls.p12 2>/dev/null
is "$(kinds gnutls.p12)" 'identity gnutls' 'what certtool made is read'
run cp12 root.pem gnutls.p12#root
exits 0 'a certificate is added to it'
run certtool --p12-info --inder --infile gnutls.p12 --password changeit
like "$out" 'Friendly name: root' 'certtool reads it after us'
run openssl pkcs12 -in gnutls.p12 -passin env:PW -nodes
is "$(grep -c 'BEGIN CERTIFICATE' <<<"$out")" 3 'openssl, too'

# Old algorithms are read; nothing is written with them.
run openssl pkcs12 -export -legacy -inkey server.key -in server.pem -name old -passout env:PW -out old.p12
is "$(kinds old.p12)" 'identity old' 'RC2-40 and 3DES are read'
run cp12 root.pem old.p12#root
run openssl pkcs12 -in old.p12 -passin env:PW -nokeys -info
exits 0 'what we wrote anew needs no legacy provider'

# Trap A15.
run "$CAUSEY" ls --password-env NEW gnutls.p12
exits 4 'a wrong password is refused'
like "$err" 'crypto.wrong-password' 'and called that'
head -c 1000 gnutls.p12 >cut.p12
run "$CAUSEY" ls --password-env PW cut.p12
exits 3 'a file that is cut short is bad input'
like "$err" 'store.damaged' 'and called that'
"$PYTHON" -c 'b = bytearray(open("gnutls.p12", "rb").read()); b[-20] ^= 1; open("bent.p12", "wb").write(b)'
run "$CAUSEY" ls --password-env PW bent.p12
exits 3 'a changed file is not taken for a wrong password'
like "$err" 'store.damaged' 'and called that'
done_testing
