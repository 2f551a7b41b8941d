#!/bin/bash
# Purpose: `show` on certificate requests that openssl and keytool make.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
need openssl keytool

cd "$T" || exit 1
openssl req -newkey rsa:2048 -nodes -keyout key -subj '/C=GB/O=Example/CN=mq1.example' \
  -addext 'subjectAltName = DNS:mq1.example' -out a.csr 2>/dev/null
run "$CAUSEY" show a.csr
exits 0 'a request of openssl'
like "$out" 'Subject +CN=mq1.example,O=Example,C=GB' 'has its subject'
like "$out" 'RSA with SHA-256, by the key in it' 'is signed by its own key'
like "$out" 'Subject Alternative Name +DNS mq1.example' 'and asks for a name'

openssl req -in a.csr -outform DER -out a.der
size=$(stat -c %s a.der)
cp a.der same.der
printf '\001' | dd of=a.der bs=1 seek=$((size - 9)) conv=notrunc 2>/dev/null
# It may have been that already.
! cmp -s a.der same.der || printf '\002' | dd of=a.der bs=1 seek=$((size - 9)) conv=notrunc 2>/dev/null
run "$CAUSEY" show a.der
like "$out" 'WRONG' 'an altered one is not'

keytool -genkeypair -alias a -keyalg EC -groupname secp256r1 -dname 'CN=Jane Doe,O=Example,C=GB' \
  -keystore k.p12 -storepass changeit >/dev/null 2>&1
keytool -certreq -alias a -keystore k.p12 -storepass changeit >k.csr 2>/dev/null
run "$CAUSEY" show --json k.csr
exits 0 'a request of keytool'
printf '%s\n' "$out" >k.json
json_valid 'its JSON keeps to the schema' show-1.json k.json
like "$out" '"subject": "CN=Jane Doe,O=Example,C=GB"' 'has its subject'
like "$out" '"signature": "good"' 'and a good signature'
done_testing
