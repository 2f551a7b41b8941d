#!/bin/bash
# causey-test: any-user
# Copying between PEM and DER: joining, chains, losses, refusals, standard output.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl sha256sum
cd "$T" || exit 1

make_ca root '/O=Example/CN=Root'
make_ca twin '/O=Example/CN=Root'
issue mid '/O=Example/CN=Middle' root 'basicConstraints=critical,CA:TRUE'
issue mq1 '/O=Example/CN=mq1' mid
issue other '/O=Example/CN=other' root
echo secret >pw
openssl pkcs8 -topk8 -in mq1.key -passout file:pw -out sealed.key
openssl x509 -in mq1.pem -outform DER -out mq1.der

# Joining, in any order, with the issuer of the same name but another key among the candidates.
run "$CAUSEY" cp --to-password-file pw twin.pem root.pem mid.pem mq1.pem mq1.key all.pem
exits 0 'key, certificate and CA certificates into one file'
is "$(blocks all.pem)" 5 'all five are there'
run "$CAUSEY" ls all.pem
like "$out" 'identity +mq1' 'the key and its certificate are one identity'
unlike "$out" 'Middle' 'the intermediate is in its chain'
run "$CAUSEY" cp --to-password-file pw mid.pem mq1.pem mq1.key chain.pem
openssl pkey -in chain.pem -passin file:pw -out got.key
ok 'the key that comes out is the key that went in' cmp <(openssl pkey -in mq1.key -outform DER) <(openssl pkey -in got.key -outform DER)
is "$(print chain.pem)" "$(print mq1.pem)" 'the leaf stands first'
ok 'openssl builds the chain from it' openssl verify -CAfile root.pem -untrusted chain.pem mq1.pem
is "$(stat -c %a chain.pem)" 600 'what holds a key is for its owner alone'
like "$(cat chain.pem)" 'BEGIN ENCRYPTED PRIVATE KEY' 'and the key is sealed'

# Two CA certificates of one name: the signature decides.
run "$CAUSEY" cp --plain-keys other.key other.pem twin.pem root.pem two.pem --json
exits 0 'two issuers of one name'
printf '%s' "$out" >doc.json
json_valid 'the document keeps to its schema' cp-1.json doc.json
is "$($PYTHON -c 'import json; print(*(e["outcome"] for e in json.load(open("doc.json"))["entries"]))')" \
  'added joined added joined' 'the one that signed goes into the chain, the other stays by itself'

# Receiving: the key waits in the target.
openssl pkey -in mq1.key -out wait.pem
before=$(sum wait.pem)
run "$CAUSEY" cp mq1.pem wait.pem
exits 0 'a certificate comes to its key'
isnt "$(sum wait.pem)" "$before" 'the file has changed'
run "$CAUSEY" ls wait.pem
like "$out" '1 +identity +mq1' 'they are one identity'
is "$(head -1 wait.pem)" '-----BEGIN PRIVATE KEY-----' 'the key is as it was'

# Refusals change nothing.
run "$CAUSEY" cp other.key other.pem none.pem </dev/null
exits 4 'a key without a passphrase is refused'
like "$err" 'plain-keys' 'and the two ways out are said'
not_ok 'nothing was made' test -e none.pem
run "$CAUSEY" cp --key-password-env NONE sealed.key none.pem </dev/null
exits 4 'a password that is not there'
WRONG=wrong run "$CAUSEY" cp --plain-keys --key-password-env WRONG sealed.key none.pem </dev/null
exits 4 "a wrong password"
not_ok 'nothing was made' test -e none.pem
cp mq1.der x.der
before=$(sum x.der)
run "$CAUSEY" cp other.pem x.der
exits 4 'DER holds one object'
is "$(sum x.der)" "$before" 'it is as it was'
run "$CAUSEY" cp mq1.pem x.der
exits 0 'the same again is no error'
like "$out" 'skipped' 'but said'
run "$CAUSEY" cp --replace other.pem x.der
exits 0 '--replace'
is "$(openssl x509 -inform DER -in x.der -noout -subject)" "$(openssl x509 -in other.pem -noout -subject)" 'it is the other now'
run "$CAUSEY" cp root.pem mid.pem y.der
exits 4 'two do not go into DER'
run "$CAUSEY" cp chain.pem y.der
exits 4 'nor does a key with its certificate'
like "$err" 'no-keys' 'which is said'
run "$CAUSEY" cp --no-keys chain.pem y.der
exits 0 '--no-keys takes the certificate'
run "$CAUSEY" cp root.pem y.unknown
exits 2 'a suffix that says nothing'
run "$CAUSEY" cp root.pem mid.pem 'z.pem#name'
exits 4 'PEM has no labels'
run "$CAUSEY" cp missing.pem z.pem
exits 5 'a source that is not there'
run "$CAUSEY" cp root.pem
exits 2 'no target'

# Losses.
openssl pkcs12 -export -inkey mq1.key -in mq1.pem -name mylabel -passout file:pw -out s.p12
openssl pkcs12 -in s.p12 -passin file:pw -nodes -out bag.pem 2>/dev/null
run "$CAUSEY" cp --plain-keys --strict bag.pem strict.pem
exits 4 '--strict refuses a loss'
like "$err" 'mylabel' 'naming the entry'
not_ok 'before anything is written' test -e strict.pem
run "$CAUSEY" cp --plain-keys bag.pem loose.pem
exits 0 'without --strict it goes'
like "$err" 'loses the label' 'and the loss is said'

# Standard output and input, dry run, no change without need.
"$CAUSEY" cp --quiet mid.pem pem:- >std.pem
ok 'PEM on standard output' cmp <(openssl x509 -in std.pem -outform DER) <(openssl x509 -in mid.pem -outform DER)
run "$CAUSEY" cp - in.der <mid.pem
exits 0 'standard input'
ok 'as DER' openssl x509 -inform DER -in in.der -noout
run "$CAUSEY" cp mid.pem -
exits 2 'standard output has no suffix'
like "$err" 'pem:-' 'what to write is said'
run "$CAUSEY" cp --json mid.pem pem:-
exits 2 '--json has standard output already'
run "$CAUSEY" cp --dry-run mid.pem dry.pem
exits 0 '--dry-run'
not_ok 'makes nothing' test -e dry.pem
run "$CAUSEY" cp --dry-run --json root.pem mid.pem wait.pem
printf '%s' "$out" >doc.json
json_valid 'a dry run has the same document' cp-1.json doc.json
before=$(stat -c %i all.pem)
run "$CAUSEY" cp all.pem all.pem </dev/null
exits 0 'a file onto itself'
is "$(stat -c %i all.pem)" "$before" 'is not even written'

# Text around blocks stays.
{ echo 'my notes'; cat root.pem; echo 'the end'; } >notes.pem
run "$CAUSEY" cp mid.pem notes.pem
like "$(cat notes.pem)" '^my notes' 'text in front stays'
is "$(head -n "$(wc -l <(sed -n '1,/the end/p' notes.pem) | cut -d' ' -f1)" notes.pem | tail -1)" 'the end' 'and behind'
is "$(blocks notes.pem)" 2 'the new one is there'

# A crash at any point leaves the old file or the new one.
for point in image.created image.written image.synced image.renamed; do
  cp root.pem crash.pem
  old=$(sum crash.pem)
  { CAUSEY_CRASH_AT=$point "$CAUSEY" cp mid.pem crash.pem >/dev/null 2>&1; } 2>/dev/null
  code=$?
  now=$(sum crash.pem)
  if [ "$code" = 0 ]; then skip "a crash at $point" 'this build has no crash points'; continue; fi
  if [ "$point" = image.renamed ]; then is "$(blocks crash.pem)" 2 "after a crash at $point: the new file"
  else is "$now" "$old" "after a crash at $point: the old file"; fi
  run "$CAUSEY" cp mid.pem crash.pem
  exits 0 'and the next run works'
  is "$(blocks crash.pem)" 2 'to the end'
done
done_testing
