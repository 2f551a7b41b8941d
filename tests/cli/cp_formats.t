#!/bin/bash
# causey-test: any-user
# Copying between PEM, PKCS#12 and Java keystores: every pair there and back, labels, marks, refusals.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl keytool sha256sum
cd "$T" || exit 1
echo storepass >pw
echo keypass12 >keypw
make_ca root '/O=Example/CN=Root'
issue mid '/O=Example/CN=Middle' root 'basicConstraints=critical,CA:TRUE'
issue mq1 '/O=Example/CN=mq1' mid
key=$(key_of cat mq1.key)
kt() { keytool "$@" -storepass storepass -noprompt 2>/dev/null; }

# One of each, made by the product's own tool.
cat mid.pem root.pem >cas.pem
openssl pkcs12 -export -inkey mq1.key -in mq1.pem -certfile cas.pem -name server -passout file:pw -out from.p12
kt -importkeystore -srckeystore from.p12 -srcstorepass storepass -destkeystore from.jks -deststoretype JKS
cat mq1.pem cas.pem >from.pem
openssl pkcs8 -topk8 -in mq1.key -passout file:pw >>from.pem
openssl pkey -in mq1.key -outform DER -out from.der

# what STORE: key and certificates as openssl or keytool see them
key_in() {
  case $1 in
    *.pem) key_of openssl pkey -in "$1" -passin file:pw ;;
    *.p12) key_of openssl pkcs12 -in "$1" -passin file:pw -nodes -nocerts ;;
    *.jks) rm -f tmp.p12; kt -importkeystore -srckeystore "$1" -srcstorepass storepass -destkeystore tmp.p12
      key_of openssl pkcs12 -in tmp.p12 -passin file:pw -nodes -nocerts ;;
  esac
}
certs_in() {
  case $1 in
    *.pem) openssl crl2pkcs7 -nocrl -certfile "$1" | openssl pkcs7 -print_certs | grep subject ;;
    *.p12) openssl pkcs12 -in "$1" -passin file:pw -nokeys 2>/dev/null | grep ^subject ;;
    *.jks) rm -f tmp.p12; kt -importkeystore -srckeystore "$1" -srcstorepass storepass -destkeystore tmp.p12
      openssl pkcs12 -in tmp.p12 -passin file:pw -nokeys 2>/dev/null | grep ^subject ;;
  esac
}
want=$(certs_in from.pem | sort)
for a in pem p12 jks; do
  for b in pem p12 jks; do
    run "$CAUSEY" cp --password-file pw "from.$a" "$a-to.$b"
    exits 0 "$a to $b"
    is "$(key_in "$a-to.$b")" "$key" "$a to $b: the key is the same"
    is "$(certs_in "$a-to.$b" | sort)" "$want" "$a to $b: the whole chain is there"
    if [ "$b" != pem ] && [ "$a" != pem ]; then
      like "$(kt -list -keystore "$a-to.$b")" 'server, .*PrivateKeyEntry' "$a to $b: keytool finds the label"
    fi
    run "$CAUSEY" cp --password-file pw "$a-to.$b" "$a-$b-back.$a"
    exits 0 "$a to $b and back"
    is "$(key_in "$a-$b-back.$a")" "$key" "$a to $b and back: the key is the same"
    is "$(certs_in "$a-$b-back.$a" | sort)" "$want" "$a to $b and back: the chain is the same"
    before=$(sum "$a-to.$b")
    run "$CAUSEY" cp --password-file pw "from.$a" "$a-to.$b"
    exits 0 "$a to $b once more"
    is "$(sum "$a-to.$b")" "$before" "$a to $b once more: nothing to do, not written"
  done
done
like "$("$CAUSEY" cp --password-file pw from.p12 note.pem 2>&1 >/dev/null)" 'server loses the label' 'what PEM can not keep is said'

# A DER key joins a certificate from elsewhere.
run "$CAUSEY" cp --password-file pw from.der mq1.pem mid.pem der.p12
exits 0 'a DER key, its certificate and an intermediate'
is "$(key_in der.p12)" "$key" 'the key'
is "$(certs_in der.p12 | sort)" "$(echo "$want" | grep -v Root)" 'and both certificates'
run "$CAUSEY" cp --password-file pw from.der lone.jks
exits 4 'a key alone does not go into a Java keystore'
like "$err" 'certificate as well' 'what is missing is said'
not_ok 'and nothing is made' test -e lone.jks

# Receiving in keystores: the key waits, the certificate comes, and the other way round.
run "$CAUSEY" cp --password-file pw "from.der" wait.p12#req
exits 0 'a key alone goes into PKCS#12'
run "$CAUSEY" cp --password-file pw mq1.pem mid.pem wait.p12
exits 0 'its certificate comes later'
like "$(kt -list -keystore wait.p12)" 'req, .*PrivateKeyEntry' 'and is put to it, under its label'
kt -importcert -keystore wait.jks -storetype JKS -alias first -file mq1.pem
run "$CAUSEY" cp --password-file pw --key-password-file pw from.der wait.jks
exits 0 'a key comes to its certificate'
like "$(kt -list -keystore wait.jks)" 'first, .*PrivateKeyEntry' 'they are one entry'
# Renewal: same key, another certificate.
openssl x509 -req -in mq1.csr -CA mid.pem -CAkey mid.key -CAcreateserial -days 80 -out new.pem 2>/dev/null
before=$(sum wait.p12)
run "$CAUSEY" cp --password-file pw new.pem wait.p12
exits 4 'a renewed certificate is not put in place of the old one unasked'
is "$(sum wait.p12)" "$before" 'nothing is changed'
run "$CAUSEY" cp --password-file pw --replace new.pem wait.p12
exits 0 'with --replace it is'
is "$(openssl pkcs12 -in wait.p12 -passin file:pw -clcerts -nokeys 2>/dev/null | openssl x509 -noout -fingerprint -sha256 | sed 's/.*=//')" \
  "$(print new.pem)" 'the key has the new certificate'
is "$(key_in wait.p12)" "$key" 'and is the same key'

# Labels.
run "$CAUSEY" cp --password-file pw root.pem store.jks#ca
exits 0 'a label of our own'
before=$(sum store.jks)
run "$CAUSEY" cp --password-file pw mid.pem store.jks#ca
exits 4 'a label that is taken'
like "$err" 'replace' 'what to do is said'
run "$CAUSEY" cp --password-file pw mid.pem store.jks#CA
exits 4 'in Java capital letters do not make another label'
is "$(sum store.jks)" "$before" 'the store is as it was'
run "$CAUSEY" cp --password-file pw root.pem store.jks
exits 0 'the same certificate again'
like "$out" 'skipped' 'is skipped'
is "$(sum store.jks)" "$before" 'the store is not written'
run "$CAUSEY" cp --password-file pw --replace mid.pem store.jks#ca
exits 0 '--replace'
like "$(kt -list -keystore store.jks -alias ca -v)" 'CN=Middle' 'it is the other one now'
run "$CAUSEY" cp --password-file pw root.pem mid.pem store.jks#two
exits 2 'two entries, one label'
make_ca twin '/O=Example/CN=Root'
run "$CAUSEY" cp --password-file pw root.pem twin.pem twins.jks
like "$(kt -list -keystore twins.jks)" 'root-2, ' 'labels from subjects are made unique'
run "$CAUSEY" cp --password-file pw twins.jks#root-2 twins.jks#again
exits 0 'within one store'
like "$(kt -list -keystore twins.jks)" 'again, ' 'the entry is there twice'

# One label twice in a source.
cat root.pem twin.pem >both.pem
openssl pkcs12 -export -nokeys -in both.pem -caname dup -caname dup -passout file:pw -out dup.p12
run "$CAUSEY" cp --password-file pw dup.p12 dup.jks
exits 0 'a label that two entries have'
like "$(kt -list -keystore dup.jks)" 'dup-2, ' 'the second gets a number'
before=$(sum dup.jks)
run "$CAUSEY" cp --password-file pw --replace dup.p12 dup.jks
exits 0 'once more'
like "$out" '2 skipped' 'both are there'
is "$(sum dup.jks)" "$before" 'and neither takes the place of the other'
run "$CAUSEY" cp --password-file pw dup.jks dup.jks dup2.jks
like "$(kt -list -keystore dup2.jks)" 'contains 2 entries' 'a source that is named twice is copied once'

# All or nothing.
run "$CAUSEY" cp --password-file pw mq1.key mq1.pem mid.pem full.p12#a
cp full.p12 copy.p12
before=$(sum full.p12)
run "$CAUSEY" cp --password-file pw twin.pem "full.p12#a" </dev/null
exits 4 'a taken label again'
run "$CAUSEY" cp --password-file keypw twin.pem full.p12
exits 4 'a wrong password of the target'
run "$CAUSEY" cp --password-file pw twin.pem missing.pem full.p12
exits 5 'a source that is missing'
run "$CAUSEY" cp --password-file pw --strict twins.jks full.p12
exits 4 'what a Java keystore knows of its entries would be lost'
is "$(sum full.p12)" "$before" 'after all this the target is the same to the byte'

# A key with a password of its own.
kt -importkeystore -srckeystore from.p12 -srcstorepass storepass -destkeystore own.jks -deststoretype JKS -destkeypass keypass12
run "$CAUSEY" cp --password-file pw own.jks own.p12 </dev/null
exits 4 'a key with another password'
run "$CAUSEY" cp --password-file pw --key-password-file keypw own.jks own.p12
exits 0 'with its password'
is "$(key_in own.p12)" "$key" 'the key is there'
like "$err" 'loses a password of its own' 'and that it lost its password is said'

# Documents.
run "$CAUSEY" cp --json --password-file pw from.jks doc.pem
printf '%s' "$out" >doc.json
json_valid 'losses are in the document' cp-1.json doc.json
like "$out" '"what": "label"' 'by name'
like "$out" '"what": "date"' 'one by one'
unlike "$out$err" 'storepass' 'no password is in what we write'

# A crash leaves the old keystore or the new one, and either opens.
for point in image.created image.written image.synced image.renamed; do
  cp copy.p12 crash.p12
  { CAUSEY_CRASH_AT=$point "$CAUSEY" cp --password-file pw twin.pem crash.p12 >/dev/null 2>&1; } 2>/dev/null
  code=$?
  if [ "$code" = 0 ]; then skip "a crash at $point" 'this build has no crash points'; continue; fi
  ok "after a crash at $point openssl opens it" openssl pkcs12 -in crash.p12 -passin file:pw -noout
  if [ "$point" = image.renamed ]; then isnt "$(sum crash.p12)" "$(sum copy.p12)" 'it is the new one'
  else is "$(sum crash.p12)" "$(sum copy.p12)" 'it is the old one'; fi
done

# Where a chain is entries of their own, the label that is given is that of the private key.
run "$CAUSEY" cp mq1.key mq1.pem cas.pem chain.kdb#web --to-password-file pw
exits 0 'a key, its certificate and its CAs go into a key database under one label'
run "$CAUSEY" ls chain.kdb --password-file pw
like "$out" 'identity +web +mq1' 'which is the key'"'"'s'
like "$out" 'Root' 'and the CAs have names of their own'
run "$CAUSEY" cp mid.pem root.pem two.kdb#one --to-password-file pw
exits 2 'two certificates can not have one label'
done_testing
