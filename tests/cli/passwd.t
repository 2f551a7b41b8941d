#!/bin/bash
# causey-test: any-user
# Passwords of stores and keys: changed, added, taken away; what fails changes nothing.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl keytool sha256sum
cd "$T" || exit 1
echo storepass >pw
echo brandnew1 >new
echo keypass12 >keypw
make_ca root '/O=Example/CN=Root'
issue mq1 '/O=Example/CN=mq1' root
key=$(key_of cat mq1.key)
openssl pkcs12 -export -inkey mq1.key -in mq1.pem -certfile root.pem -name server -passout file:pw -out a.p12
import() { # STORE KEYPASSWORD
  keytool -importkeystore -srckeystore a.p12 -srcstorepass storepass -destkeystore "$1" -deststoretype JKS \
    -deststorepass storepass -destkeypass "$2" -noprompt 2>/dev/null
}
cp a.p12 b.p12
import a.jks storepass
import own.jks keypass12

# Stores.
before=$(sum b.p12)
run "$CAUSEY" passwd --password-file keypw --new-password-file new b.p12
exits 4 'a wrong old password'
run "$CAUSEY" passwd --password-file pw b.p12 </dev/null
exits 4 'no new password'
like "$err" 'new-password-file' 'what to give is said'
run "$CAUSEY" passwd --password-file pw --remove b.p12
exits 4 'PKCS#12 without a password'
is "$(sum b.p12)" "$before" 'nothing is changed by all this'
run "$CAUSEY" passwd --json --password-file pw --new-password-file new b.p12
exits 0 'PKCS#12: the password is changed'
printf '%s' "$out" >doc.json
json_valid 'the document' passwd-1.json doc.json
not_ok 'openssl: the old one does not open it' openssl pkcs12 -in b.p12 -passin file:pw -noout
is "$(key_of openssl pkcs12 -in b.p12 -passin file:new -nodes -nocerts)" "$key" 'openssl: the new one gives the key'
like "$(keytool -list -keystore b.p12 -storepass brandnew1 2>&1)" 'server, ' 'keytool opens it, too'

run "$CAUSEY" passwd --password-file pw --remove a.jks
exits 4 'a Java keystore without a password'
run "$CAUSEY" passwd --password-file pw --new-password-file new a.jks
exits 0 'JKS: the password is changed'
like "$(keytool -list -keystore a.jks -storepass brandnew1 2>&1)" 'server, ' 'keytool opens it'
not_ok 'keytool: the old one does not' keytool -list -keystore a.jks -storepass storepass
jks_key() { # STORE STOREPASS KEYPASS
  rm -f x.p12
  keytool -importkeystore -srckeystore "$1" -srcstorepass "$2" -srckeypass "$3" -srcalias server -destkeystore x.p12 \
    -deststorepass storepass -noprompt >/dev/null 2>&1
  key_of openssl pkcs12 -in x.p12 -passin file:pw -nodes -nocerts
}
is "$(jks_key a.jks brandnew1 brandnew1)" "$key" 'the key that had the same password has the new one'
run "$CAUSEY" passwd --password-file pw --new-password-file new own.jks
exits 0 'JKS: a key with a password of its own'
is "$(jks_key own.jks brandnew1 keypass12)" "$key" 'keeps it'

# Keys.
run "$CAUSEY" passwd --password-file new --key-password-file keypw --new-password-file pw own.jks#server
exits 0 'the password of one key'
is "$(jks_key own.jks brandnew1 storepass)" "$key" 'is the new one'
run "$CAUSEY" passwd --password-file new --new-password-file pw b.p12#server
exits 4 'keys in PKCS#12 have none of their own'
like "$err" 'passwd b.p12' 'what to change instead is said'

# PEM: in place.
{ echo '# a note'; cat root.pem; echo 'between'; cat mq1.key; echo 'after'; cat mq1.pem; echo 'end'; } >a.pem
sed '/BEGIN EC PRIVATE/,/END EC PRIVATE/d' a.pem >rest.want
run "$CAUSEY" passwd --new-password-file new a.pem
exits 0 'a key in clear gets a passphrase'
not_ok 'it is no longer in clear' grep -q 'BEGIN EC PRIVATE KEY\|BEGIN PRIVATE KEY' a.pem
is "$(key_of openssl pkey -in a.pem -passin file:new)" "$key" 'openssl opens it with the new one'
sed '/BEGIN ENCRYPTED/,/END ENCRYPTED/d' a.pem >rest.got
ok 'everything else is the same to the byte' cmp rest.got rest.want
unlike "$("$CAUSEY" ls a.pem)" 'no-passphrase' 'ls has nothing to say any more'
before=$(sum a.pem)
run "$CAUSEY" passwd --password-file keypw --new-password-file pw a.pem </dev/null
exits 4 'a wrong old passphrase'
run "$CAUSEY" passwd --remove a.pem </dev/null
exits 4 'none at all'
is "$(sum a.pem)" "$before" 'nothing is changed'
run "$CAUSEY" passwd --password-file new --new-password-file pw a.pem
exits 0 'another passphrase'
is "$(key_of openssl pkey -in a.pem -passin file:pw)" "$key" 'openssl opens it'
run "$CAUSEY" passwd --password-file pw --remove a.pem
exits 0 '--remove'
like "$out" 'key.no-passphrase' 'is a finding'
is "$(key_of openssl pkey -in a.pem)" "$key" 'the key is in clear'
sed '/BEGIN PRIVATE KEY/,/END PRIVATE KEY/d' a.pem >rest.got
ok 'the rest is still the same' cmp rest.got rest.want
openssl ec -in mq1.key -aes128 -passout file:pw -out old.pem 2>/dev/null
run "$CAUSEY" passwd --password-file pw --new-password-file new old.pem
exits 0 'an old way of sealing'
is "$(key_of openssl pkey -in old.pem -passin file:new)" "$key" 'becomes the usual one'
openssl pkcs8 -topk8 -in mq1.key -passout file:pw -outform DER -out k.der
run "$CAUSEY" passwd --password-file pw --new-password-file new k.der
exits 0 'DER'
is "$(key_of openssl pkey -inform DER -in k.der -passin file:new)" "$key" 'likewise'
cat mq1.key root.key >two.pem
run "$CAUSEY" passwd --new-password-file new two.pem
exits 2 'two keys: which?'
run "$CAUSEY" passwd --new-password-file new 'two.pem#@2'
exits 0 'the second'
like "$(head -1 two.pem)" 'BEGIN EC PRIVATE' 'the first is as it was'
run "$CAUSEY" passwd --new-password-file new root.pem
exits 3 'no key at all'
run "$CAUSEY" ls --password-file <(cat pw) a.p12
exits 0 'a password may come through a pipe'
run "$CAUSEY" ls --password-file "$T" a.p12
exits 5 'but not from a folder'

for point in image.created image.written image.synced image.renamed; do
  cp a.p12 crash.p12
  { CAUSEY_CRASH_AT=$point "$CAUSEY" passwd --password-file pw --new-password-file new crash.p12 >/dev/null 2>&1; } 2>/dev/null
  code=$?
  if [ "$code" = 0 ]; then skip "a crash at $point" 'this build has no crash points'; continue; fi
  if [ $point = image.renamed ]; then ok 'renamed: the new password opens it' openssl pkcs12 -in crash.p12 -passin file:new -noout
  else is "$(sum crash.p12)" "$(sum a.p12)" "a crash at $point leaves the old store"; fi
done
done_testing
