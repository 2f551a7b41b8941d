#!/bin/bash
# causey-test: any-user
# diff: stores of several kinds are compared by what is in them (trap A16), and their healthy twins.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl keytool sha256sum
cd "$T" || exit 1

make_ca root '/O=Example/CN=Root'
make_ca second '/O=Example/CN=Second'
issue mid '/O=Example/CN=Middle' root 'basicConstraints=critical,CA:TRUE'
issue mq1 '/O=Example/CN=mq1' mid
openssl req -x509 -new -key root.key -days 900 -subj '/O=Example/CN=Root' -out root-new.pem 2>/dev/null
echo secret >pw; echo other1 >pw2; echo wrong1 >pw3
word() { "$PYTHON" -c 'import json, sys
d = json.load(open("doc.json"))["comparisons"][int(sys.argv[1])]
print(*sorted(x["what"] for x in d["differences"]))' "$1"; }

# The same, in four kinds, one of them made by Java.
"$CAUSEY" cp -q root.pem second.pem all.pem >made
"$CAUSEY" cp -q --to-password-file pw --for java root.pem second.pem all.p12 >made
keytool -importcert -noprompt -storetype jks -storepass secret -keystore all.jks -alias root -file root.pem 2>/dev/null
keytool -importcert -noprompt -storetype jks -storepass secret -keystore all.jks -alias second -file second.pem 2>/dev/null
run "$CAUSEY" diff --password-file pw all.pem all.p12 all.jks
exits 0 'three kinds that hold the same'
is "$(grep -c 'hold the same: 2 entries' <<<"$out")" 2 'and it says so, for each'
run "$CAUSEY" diff --password-file pw all.p12 all.jks
exits 0 'marks of trust are compared where both have them'

# A CA replaced in one, forgotten in another.
"$CAUSEY" cp -q --to-password-file pw2 --for java root-new.pem second.pem renewed.p12 >made
"$CAUSEY" cp -q --to-password-file pw --for java second.pem forgot.jks >made
run "$CAUSEY" diff --password-file pw --password-file pw2 all.pem renewed.p12 forgot.jks all.jks
exits 1 'a difference'
like "$out" 'renewed +certificate +Root .*until .* and .*the same key' 'a renewed CA'
like "$out" 'missing +certificate +Root .*not in forgot.jks' 'a forgotten CA'
like "$out" 'all.jks .* hold the same' 'and the twin that is well'
run "$CAUSEY" diff --json --password-file pw --password-file pw2 all.pem renewed.p12 forgot.jks all.jks
exits 1 'as JSON'
printf '%s' "$out" >doc.json
json_valid 'it keeps to its schema' diff-1.json doc.json
is "$(word 0)/$(word 1)/$(word 2)" 'renewed/only-first/' 'what differs where'
like "$out" '"diff.entry-missing"' 'with its findings'
like "$out" 'causey cp all.pem#@1 forgot.jks' 'and what to do'
like "$out" '"A16"' 'the trap is named'
run "$CAUSEY" diff --fail-on never --password-file pw all.pem forgot.jks
exits 0 '--fail-on decides as everywhere'

# Identities: key, chain, label.
"$CAUSEY" cp -q --to-password-file pw mq1.key mq1.pem mid.pem id.p12#mq1 >made
"$CAUSEY" cp -q --to-password-file pw mq1.key mq1.pem short.p12#mq1 >made
"$CAUSEY" cp -q --to-password-file pw mq1.key mq1.pem mid.pem named.p12#other >made
"$CAUSEY" cp -q --to-password-file pw mq1.pem certs.p12#mq1 >made
for pair in 'short chain' 'certs key'; do
  run "$CAUSEY" diff --json --password-file pw id.p12 "${pair% *}.p12"
  exits 1 "${pair#* } differs"
  printf '%s' "$out" >doc.json
  is "$(word 0)" "${pair#* }" 'and nothing else'
  json_valid 'the document keeps to its schema' diff-1.json doc.json
done
run "$CAUSEY" diff --password-file pw id.p12 named.p12
exits 0 'another label is no difference'
like "$out" 'label +identity +mq1 +mq1 +other' 'but told'
run "$CAUSEY" diff --fail-on notice --password-file pw id.p12 named.p12
exits 1 'unless it is asked for'
"$CAUSEY" cp -q --from-password-file pw --to-password-file pw2 id.p12 id.pem >made
run "$CAUSEY" diff --password-file pw --key-password-file pw2 id.p12 id.pem
exits 0 'the sealed key in a PEM file is that of the other store'
openssl pkcs8 -topk8 -in mq1.key -passout file:pw2 -out sealed.pem
run "$CAUSEY" diff --key-password-file pw2 sealed.pem mq1.key
exits 0 'a sealed key and the same in clear'
run "$CAUSEY" diff --key-password-file pw sealed.pem mq1.key </dev/null
exits 1 'that does not open is another'
like "$out" 'could not be opened' 'which is said'
run "$CAUSEY" diff --password-file pw id.p12#mq1 named.p12#other
exits 0 'one entry of each'

# Passwords: several, a list, none.
printf 'wrong\nsecret\nother1\n' >list
run "$CAUSEY" diff --passwords list all.p12 renewed.p12
exits 1 'a list of passwords opens both'
run "$CAUSEY" diff --password-file pw3 all.p12 all.jks </dev/null
exits 4 'a wrong one opens none'
sum_before=$(sum all.p12)
run "$CAUSEY" diff --password-file pw all.pem missing.pem all.jks
exits 5 'one that is not there'
like "$out" 'all.jks' 'stops none of the others'
is "$(sum all.p12)" "$sum_before" 'nothing is changed'
run "$CAUSEY" diff all.pem
exits 2 'one store is too few'
run "$CAUSEY" diff "all.pem#nobody" all.pem
exits 3 'an entry that is not there'

# Several sources of one cp, each with a password of its own.
run "$CAUSEY" cp --from-password-file pw --from-password-file pw2 all.p12 renewed.p12 both.pem
exits 0 'cp tries each password on each source'
is "$(blocks both.pem)" 3 'and copies all'
run "$CAUSEY" cp --passwords list --to-password-file pw all.p12 renewed.p12 both.jks
exits 0 'or a list of them'
run "$CAUSEY" cp --passwords list all.p12 none.jks </dev/null
exits 4 'which never becomes the password of a new store'
not_ok 'nothing was made' test -e none.jks
done_testing
