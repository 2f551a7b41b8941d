#!/bin/bash
# causey-test: any-user
# sync: a published bundle in many stores (trap A16), seen by Java and openssl; private keys untouched.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl keytool sha256sum
cd "$T" || exit 1

make_ca root '/O=Example/CN=Root'
make_ca second '/O=Example/CN=Second'
make_ca gone '/O=Example/CN=Gone'
issue mid '/O=Example/CN=Middle' root 'basicConstraints=critical,CA:TRUE'
issue mq1 '/O=Example/CN=mq1' mid
openssl req -x509 -new -key root.key -days 900 -subj '/O=Example/CN=Root' -out renewed.pem 2>/dev/null
echo secret >pw; echo other1 >pw2
cat renewed.pem second.pem >bundle.pem
tried() { "$CAUSEY" "$@" >made 2>&1 || diag "$(cat made)"; }
java_sees() { keytool -list -keystore "$1" -storepass "$2" 2>/dev/null | grep -c "$3"; }
what() { "$PYTHON" -c 'import json, sys
d = json.load(open("doc.json"))["stores"][int(sys.argv[1])]
print(d["state"], *(c["what"] for c in d.get("changes", [])))' "$1"; }

stores() {
  rm -f trust.p12 trust.jks trust.pem key.p12 key.pem step.pem
  tried cp --to-password-file pw --for java root.pem gone.pem trust.p12
  keytool -importcert -noprompt -storetype jks -storepass other1 -keystore trust.jks -alias ours -file root.pem 2>/dev/null
  tried cp root.pem gone.pem trust.pem
  tried cp --to-password-file pw mq1.key mq1.pem mid.pem root.pem key.p12
  tried cp --to-password-file pw --for java gone.pem key.p12
  tried cp --plain-keys mq1.key mq1.pem mid.pem gone.pem key.pem
  cp bundle.pem step.pem
  touch -d 2020-01-01 trust.* key.* step.pem
}
stores

# Dry run: everything is said, nothing is done.
before=$(cat trust.* key.* step.pem | sha256sum)
run "$CAUSEY" sync --dry-run --json --password-file pw --password-file pw2 bundle.pem trust.p12 trust.jks trust.pem key.p12 key.pem step.pem
exits 0 '--dry-run'
printf '%s' "$out" >doc.json
json_valid 'the document keeps to its schema' sync-1.json doc.json
is "$(what 0)" 'would-change replace add retire' 'PKCS#12: renewed, missing, too many'
is "$(what 1)" 'would-change replace add' 'JKS'
is "$(what 2)" 'would-change replace add retire' 'PEM'
is "$(what 3)" 'would-change add add retire' 'beside a private key'
is "$(what 5)" 'in-step' 'a healthy twin has nothing to do'
is "$(cat trust.* key.* step.pem | sha256sum)" "$before" 'nothing is changed'

# And done.
key_before=$(key_of openssl pkcs12 -in key.p12 -passin file:pw -nodes -nocerts)
run "$CAUSEY" sync --json --password-file pw --password-file pw2 bundle.pem trust.p12 trust.jks trust.pem key.p12 key.pem step.pem
exits 0 'sync'
printf '%s' "$out" >doc.json
json_valid 'the document keeps to its schema' sync-1.json doc.json
is "$(what 4)/$(what 5)" 'changed add add retire/in-step' 'what was done'
is "$(stat -c %Y step.pem)" "$(date -d 2020-01-01 +%s)" 'what was in step was not written'
is "$(java_sees trust.p12 secret trustedCertEntry)" 2 'Java sees two trusted certificates in PKCS#12'
is "$(java_sees trust.jks other1 trustedCertEntry)" 2 'and in JKS'
is "$(java_sees trust.jks other1 '^ours,')" 1 'the renewed one kept its label'
like "$(keytool -list -keystore trust.jks -storepass other1 -alias ours 2>/dev/null)" "$(print renewed.pem)" 'and is the new one'
run "$CAUSEY" diff --password-file pw --password-file pw2 bundle.pem trust.p12 trust.jks trust.pem
exits 0 'diff sees the same in all'
is "$(grep -c 'hold the same' <<<"$out")" 3 'in each of them'
is "$(key_of openssl pkcs12 -in key.p12 -passin file:pw -nodes -nocerts)" "$key_before" 'the private key is as it was'
is "$(java_sees key.p12 secret PrivateKeyEntry)/$(java_sees key.p12 secret trustedCertEntry)" 1/2 'Java has it, and what it trusts now'
like "$(keytool -list -v -keystore key.p12 -storepass secret -alias mq1 2>/dev/null)" 'chain length: 3' 'with its whole chain'
run "$CAUSEY" ls key.pem
like "$out" 'identity +mq1' 'in PEM the identity is there'
ok 'with its intermediate' grep -qF "$(sed -n 3p mid.pem)" key.pem
ok 'openssl verifies with the synced file' openssl verify -CAfile trust.pem -untrusted mid.pem mq1.pem
run "$CAUSEY" sync --password-file pw --password-file pw2 bundle.pem trust.p12 trust.jks trust.pem key.p12 key.pem
exits 0 'once more'
is "$(grep -c 'is in step' <<<"$out")" 5 'nothing is left to do'

# --keep.
stores
run "$CAUSEY" sync --keep --password-file pw bundle.pem trust.p12
exits 0 '--keep'
is "$(java_sees trust.p12 secret trustedCertEntry)" 3 'removes nothing'

# What fails stops nothing else, and is as it was.
stores
head -c 300 trust.jks >cut.jks
cut=$(sum cut.jks)
run "$CAUSEY" sync --password-file pw bundle.pem missing.p12 cut.jks trust.jks trust.p12 </dev/null
exits 5 'the exit code is the worst'
like "$out" 'missing.p12 is NOT in step' 'one is not there'
like "$out" 'trust.jks is NOT in step' 'one has another password'
is "$(sum cut.jks)" "$cut" 'a damaged one stays as it is'
is "$(java_sees trust.p12 secret trustedCertEntry)" 2 'the good one is in step'
run "$CAUSEY" sync --json --password-file pw bundle.pem missing.p12 trust.p12
printf '%s' "$out" >doc.json
json_valid 'a failure keeps to the schema' sync-1.json doc.json
: >empty.pem
stores
before=$(sum trust.pem)
run "$CAUSEY" sync empty.pem trust.pem
isnt "$status" 0 'an empty bundle is refused'
run "$CAUSEY" sync mq1.key trust.pem
exits 4 'so is one without certificates'
like "$err" 'sync.bundle-empty' 'which is said'
is "$(sum trust.pem)" "$before" 'nothing was retired'
run "$CAUSEY" sync bundle.pem 'trust.pem#@1'
exits 2 'a store, not an entry'
run "$CAUSEY" sync bundle.pem -
exits 2 'nor a stream'
openssl x509 -in root.pem -outform DER -out one.der
run "$CAUSEY" sync bundle.pem one.der
exits 4 'DER holds one object'
run "$CAUSEY" sync bundle.pem
exits 2 'no store'

# A crash at any point leaves each store old or new.
for point in image.created image.written image.synced image.renamed; do
  stores
  old=$(sum trust.pem)
  { CAUSEY_CRASH_AT=$point "$CAUSEY" sync bundle.pem trust.pem >made 2>&1; } 2>/dev/null
  code=$?
  if [ "$code" = 0 ]; then skip "a crash at $point" 'this build has no crash points'; continue; fi
  if [ "$point" = image.renamed ]; then is "$(blocks trust.pem)/$(print trust.pem)" "2/$(print renewed.pem)" "after a crash at $point: the new file"
  else is "$(sum trust.pem)" "$old" "after a crash at $point: the old file"; fi
  run "$CAUSEY" sync bundle.pem trust.pem
  exits 0 'and the next run works'
  ok 'to the end' "$CAUSEY" diff bundle.pem trust.pem
done
done_testing
