#!/bin/bash
# causey-test: any-user
# Listing and showing PEM and DER made by openssl: every kind of entry, selectors, wrong input.
. "$(dirname "$0")/../lib/tap.sh"
need openssl
cd "$T" || exit 1

openssl ecparam -name prime256v1 -genkey -noout -out ca.key 2>/dev/null
openssl req -x509 -new -key ca.key -days 100 -subj '/C=GB/O=Example/CN=Test CA' -out ca.pem 2>/dev/null
openssl req -new -newkey rsa:2048 -nodes -keyout rsa.key -subj '/C=GB/O=Example/CN=mq1' -out mq1.csr 2>/dev/null
openssl x509 -req -in mq1.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 50 -out mq1.pem 2>/dev/null
openssl pkcs8 -topk8 -in rsa.key -passout pass:secret -out sealed.key
openssl rsa -in rsa.key -traditional -aes128 -passout pass:secret -out old.key 2>/dev/null
touch index.txt
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s/index.txt\ndefault_md=sha256\n' "$T" >ca.cnf
openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.pem -crldays 30 -out ca.crl 2>/dev/null
openssl x509 -in ca.pem -outform DER -out ca.der
openssl pkey -in rsa.key -outform DER -out rsa.der
cat mq1.pem ca.pem rsa.key >all.pem
{ echo 'some text'; cat ca.pem; echo 'between'; cat mq1.pem mq1.csr ca.crl; echo 'after'; } >mixed.pem

run "$CAUSEY" ls mixed.pem
exits 0 'a mixture is listed'
like "$out" 'certificate +Test CA +EC P-256' 'the CA'
like "$out" 'certificate +mq1 +RSA 2048' 'the server'
like "$out" 'request' 'the request'
like "$out" 'crl' 'the list'
run "$CAUSEY" ls all.pem
like "$out" '1 +identity +mq1' 'key and certificate make an identity'
unlike "$out" 'Test CA' 'its chain is part of it'
like "$out" 'key.no-passphrase' 'and its key is in clear'
for key in sealed.key old.key; do
  run "$CAUSEY" ls "$key"
  exits 0 "$key is listed without its password"
  like "$out" 'key' "$key is a key"
  unlike "$out" 'no-passphrase' "$key is protected"
done
run "$CAUSEY" ls ca.der rsa.der
exits 0 'DER, two places'
like "$out" 'ca.der' 'the first is named'
like "$out" 'RSA 2048' 'the second is read'
run "$CAUSEY" ls - <ca.pem
like "$out" 'Test CA' 'standard input'

run "$CAUSEY" show 'mixed.pem#Test CA'
exits 0 'one entry by its name'
like "$out" 'CN=Test CA,O=Example,C=GB' 'its subject'
like "$out" "$(openssl x509 -in ca.pem -noout -fingerprint -sha256 | sed 's/.*=//')" 'its fingerprint is that of openssl'
run "$CAUSEY" show 'mixed.pem#@2'
like "$out" 'CN=mq1' 'one entry by its position'
print=$(openssl x509 -in mq1.pem -noout -fingerprint -sha256 | sed 's/.*=//; s/://g' | tr A-F a-f)
run "$CAUSEY" show "mixed.pem#sha256=${print:0:12}"
like "$out" 'CN=mq1' 'one entry by its fingerprint'
run "$CAUSEY" show 'mixed.pem#@2' --names openssl
like "$out" 'C = GB, O = Example, CN = mq1' 'names as openssl writes them'
"$CAUSEY" show 'mixed.pem#@1' --pem >out.pem
ok '--pem gives what openssl reads' openssl x509 -in out.pem -noout
"$CAUSEY" show 'mixed.pem#@1' --der >out.der
ok '--der gives the same bytes' cmp out.der ca.der
run "$CAUSEY" show all.pem
unlike "$out$err" 'BEGIN' 'a private key is never shown'

run "$CAUSEY" show 'mixed.pem#Test CB'
exits 3 'a label that is not there'
run "$CAUSEY" show 'mixed.pem#@9'
exits 3 'a position that is not there'
run "$CAUSEY" ls nothing.pem
exits 5 'a file that is not there'
like "$err" 'nothing.pem' 'is named'
: >empty
run "$CAUSEY" ls empty
exits 3 'an empty file'
echo 'just text' >text
run "$CAUSEY" ls text
exits 3 'a text'
run "$CAUSEY" ls .
exits 5 'a folder'
run "$CAUSEY" ls ca.pem nothing.pem
exits 5 'one of two is not there'
like "$out" 'Test CA' 'the other is listed all the same'
head -c 300 ca.pem >cut.pem
run "$CAUSEY" ls cut.pem
exits 3 'a PEM file that was cut'
like "$err" 'line 1' 'says where'
head -c 200 ca.der >cut.der
run "$CAUSEY" ls cut.der
exits 3 'a DER file that was cut'
run "$CAUSEY" ls p13:ca.pem
exits 2 'a kind that there is not'

"$CAUSEY" ls mixed.pem all.pem sealed.key --json >out.json
json_valid 'ls --json keeps to its schema' ls-1.json out.json
"$CAUSEY" show mixed.pem all.pem --json >out.json
json_valid 'show --json keeps to its schema' show-1.json out.json
run "$CAUSEY" ls mixed.pem --color always
like "$out" $'\033' 'colours on demand'
run "$CAUSEY" ls mixed.pem
unlike "$out" $'\033' 'none in a pipe'
done_testing
