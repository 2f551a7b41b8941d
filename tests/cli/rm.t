#!/bin/bash
# causey-test: any-user
# Removing entries: all or nothing, never a store.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl keytool sha256sum
cd "$T" || exit 1
echo storepass >pw
make_ca root '/O=Example/CN=Root'
make_ca other '/O=Example/CN=Other'
issue mq1 '/O=Example/CN=mq1' root
kt() { keytool "$@" -storepass storepass -noprompt 2>/dev/null; }
openssl pkcs12 -export -inkey mq1.key -in mq1.pem -certfile root.pem -name server -passout file:pw -out a.p12
for store in a.p12 a.jks; do
  [ $store = a.p12 ] || kt -importkeystore -srckeystore a0.p12 -srcstorepass storepass -destkeystore a.jks -deststoretype JKS
  cp a.p12 a0.p12
  kt -importcert -keystore $store -alias ca -file root.pem
  kt -importcert -keystore $store -alias ca2 -file other.pem
  before=$(sum $store)
  run "$CAUSEY" rm --password-file pw $store
  exits 2 "$store: a whole store is refused"
  like "$err" 'remove the file' 'saying how that is done'
  run "$CAUSEY" rm --password-file pw "$store#ca" "$store#nosuch"
  exits 3 "$store: one of two is missing"
  is "$(sum $store)" "$before" "$store: so nothing is removed"
  run "$CAUSEY" rm --dry-run --password-file pw "$store#ca"
  exits 0 "$store: --dry-run"
  is "$(sum $store)" "$before" "$store: changes nothing"
  run "$CAUSEY" rm --password-file pw "$store#ca2" "$store#ca"
  exits 0 "$store: two at once"
  unlike "$(kt -list -keystore $store)" 'ca2?, ' "$store: keytool sees neither"
  like "$(kt -list -keystore $store)" 'server, .*PrivateKeyEntry' "$store: and still the key"
  like "$(kt -list -v -keystore $store)" 'chain length: 2' "$store: with its chain"
  run "$CAUSEY" rm --json --password-file pw "$store#server"
  printf '%s' "$out" >doc.json
  json_valid "$store: the document" rm-1.json doc.json
  like "$(kt -list -keystore $store)" 'contains 0 entries' "$store: empty, and still a keystore"
done
{ echo 'one'; cat root.pem; echo 'two'; cat other.pem; echo 'three'; } >a.pem
{ echo 'one'; cat root.pem; echo 'two'; echo 'three'; } >want.pem
run "$CAUSEY" rm 'a.pem#Other'
exits 0 'PEM: by its name'
ok 'everything else stays byte for byte' cmp a.pem want.pem
before=$(sum a.pem)
run "$CAUSEY" rm 'a.pem#@2'
exits 3 'a position that is not there'
is "$(sum a.pem)" "$before" 'changes nothing'
openssl x509 -in root.pem -outform DER -out one.der
run "$CAUSEY" rm 'one.der#@1'
exits 4 'the one object of a DER file'
cat root.pem other.pem >crash.pem
before=$(sum crash.pem)
for point in image.created image.written image.synced; do
  { CAUSEY_CRASH_AT=$point "$CAUSEY" rm 'crash.pem#@1' >/dev/null 2>&1; } 2>/dev/null
  code=$?
  if [ "$code" = 0 ]; then skip "a crash at $point" 'this build has no crash points'; continue; fi
  is "$(sum crash.pem)" "$before" "a crash at $point leaves the old file"
done
done_testing
