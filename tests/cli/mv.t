#!/bin/bash
# causey-test: any-user
# Renaming within a store, moving between stores; what fails changes nothing.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl keytool sha256sum
cd "$T" || exit 1
echo storepass >pw
make_ca root '/O=Example/CN=Root'
issue mq1 '/O=Example/CN=mq1' root
kt() { keytool "$@" -storepass storepass -noprompt 2>/dev/null; }
key=$(key_of cat mq1.key)
openssl pkcs12 -export -inkey mq1.key -in mq1.pem -certfile root.pem -name server -passout file:pw -out a.p12
kt -importkeystore -srckeystore a.p12 -srcstorepass storepass -destkeystore a.jks -deststoretype JKS
kt -importcert -keystore a.jks -alias ca -file root.pem
{ echo 'text in front'; cat root.pem; echo 'between'; cat mq1.pem; } >a.pem

for store in a.p12 a.jks; do
  run "$CAUSEY" mv --password-file pw "$store#server" '#renamed'
  exits 0 "$store: #new renames"
  like "$(kt -list -keystore "$store")" 'renamed, .*PrivateKeyEntry' "$store: keytool sees the new label"
  unlike "$(kt -list -keystore "$store")" 'server, ' "$store: and not the old one"
  run "$CAUSEY" mv --password-file pw "$store#renamed" "$store#server"
  exits 0 "$store: so does the same store with a label"
  like "$(kt -list -keystore "$store")" 'server, ' "$store: it is called as before"
  before=$(sum "$store")
  run "$CAUSEY" mv --password-file pw "$store#nosuch" '#x'
  exits 3 "$store: no such entry"
  run "$CAUSEY" mv --dry-run --password-file pw "$store#server" '#x'
  exits 0 "$store: --dry-run"
  run "$CAUSEY" mv --password-file pw "$store" "$store#x"
  exits 2 "$store: which entry?"
  is "$(sum "$store")" "$before" "$store: is as it was"
done
before=$(sum a.jks)
run "$CAUSEY" mv --password-file pw 'a.jks#ca' '#server'
exits 4 'a label that is taken'
is "$(sum a.jks)" "$before" 'nothing is changed'
cp a.jks b.jks
run "$CAUSEY" mv --password-file pw --replace 'b.jks#ca' '#server'
exits 0 'with --replace'
like "$(kt -list -keystore b.jks)" 'contains 1 entry' 'the other one is gone'
run "$CAUSEY" mv 'a.pem#@1' '#x'
exits 4 'PEM has no labels'

# Between stores.
run "$CAUSEY" mv --json --password-file pw 'a.jks#server' new.p12
exits 0 'an identity moves'
printf '%s' "$out" >doc.json
json_valid 'the document keeps to its schema' mv-1.json doc.json
is "$(key_of openssl pkcs12 -in new.p12 -passin file:pw -nodes -nocerts)" "$key" 'the key is in the target'
unlike "$(kt -list -keystore a.jks)" 'server, ' 'and no longer in the source'
like "$(kt -list -keystore a.jks)" 'ca, ' 'the other entry has stayed'
run "$CAUSEY" mv --json --password-file pw 'a.jks#ca' '#ca2'
printf '%s' "$out" >doc.json
json_valid 'renaming has a document, too' mv-1.json doc.json
run "$CAUSEY" mv --password-file pw 'a.pem#@2' moved.pem
exits 0 'a certificate moves'
is "$(head -1 a.pem)" 'text in front' 'the text in front stays'
is "$(blocks a.pem)" 1 'one block is left'
is "$(print a.pem)" "$(print root.pem)" 'the other one'

# What fails leaves both.
cp new.p12 keep.p12
before=$(sum new.p12)
run "$CAUSEY" mv --password-file pw 'new.p12#server' new.jks#a </dev/null
exits 0 'into a Java keystore'
isnt "$(sum new.p12)" "$before" 'the source has changed'
cp keep.p12 new.p12
before=$(sum new.p12) before_jks=$(sum new.jks)
run "$CAUSEY" mv --password-file pw 'new.p12#server' new.jks#a </dev/null
exits 0 'again: the target has it, so it is only removed'
is "$(sum new.jks)" "$before_jks" 'the target is as it was'
cp keep.p12 new.p12
run "$CAUSEY" mv --password-file pw --strict 'new.p12#server' strict.pem
exits 4 '--strict'
not_ok 'nothing is made' test -e strict.pem
is "$(sum new.p12)" "$before" 'and the source is as it was'
run "$CAUSEY" mv --password-file pw new.p12 other.p12
exits 2 'a whole store is not moved'
run "$CAUSEY" mv --password-file pw 'new.p12#server' pem:-
exits 2 'nor anything to standard output'
openssl x509 -in root.pem -outform DER -out one.der
run "$CAUSEY" mv 'one.der#@1' into.pem
exits 4 'nor what a file is all of'
for point in image.created image.synced; do
  rm -f crash.p12
  { CAUSEY_CRASH_AT=$point "$CAUSEY" mv --password-file pw 'new.p12#server' crash.p12 >/dev/null 2>&1; } 2>/dev/null
  code=$?
  if [ "$code" = 0 ]; then skip "a crash at $point" 'this build has no crash points'; continue; fi
  is "$(sum new.p12)" "$before" "a crash at $point of the target leaves the source"
done
done_testing
