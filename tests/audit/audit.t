#!/bin/bash
# causey-test: any-user
# What an audit finds in a small tree, and how it says so.
. "$(dirname "$0")/../lib/tap.sh"
need openssl jq
cd "$T" || exit 1
mkdir tree tree/sub

openssl ecparam -name prime256v1 -genkey -noout -out tree/clear.key 2>/dev/null
openssl req -x509 -new -key tree/clear.key -days 200 -subj '/C=GB/O=Example/CN=Test CA' \
  -addext keyUsage=critical,keyCertSign,cRLSign -out tree/ca.pem 2>/dev/null
openssl x509 -in tree/ca.pem -outform DER -out tree/sub/ca.der
openssl pkcs8 -topk8 -in tree/clear.key -passout pass:8hF-long-one -out tree/sub/sealed.key
echo 'Nothing here.' >tree/text
head -c 100000 /dev/zero >tree/zeros
: >tree/empty
chmod 600 tree/clear.key

run "$CAUSEY" audit tree
exits 0 'a warning is below --fail-on'
like "$out" 'key.no-passphrase +tree/clear.key' 'the key in clear is named'
like "$out" 'causey passwd tree/clear.key' 'and how to protect it'
unlike "$out" 'sealed.key' 'a protected key is nobody'\''s business'
like "$out" '7 files in 2 folders; 4 of them' 'files are counted'
like "$out" 'Private keys  2, 1 of them without' 'keys, too'
run "$CAUSEY" audit --fail-on warning tree
exits 1 '--fail-on warning fails'
run "$CAUSEY" audit --fail-on never --min-severity error tree
exits 0 '--fail-on never does not'
unlike "$out" 'key.no-passphrase +tree' '--min-severity hides'

run "$CAUSEY" audit --json tree
exits 0 'JSON'
printf '%s\n' "$out" >one.json
json_valid 'JSON Lines keep to the schema' audit-1.json one.json
is "$(head -1 one.json)" '{"schema":"causey.audit/1"}' 'the first line is the header'
is "$(jq -r 'select(.type=="store") | .path' one.json | paste -sd' ')" \
  'tree/ca.pem tree/clear.key tree/sub/ca.der tree/sub/sealed.key' 'stores, sorted by path'
is "$(jq -r 'select(.type=="summary") | "\(.files) \(.stores) \(.certificates) \(.keys) \(.complete)"' one.json)" \
  '7 4 2 2 true' 'the summary counts'
is "$(jq -r 'select(.id=="key.no-passphrase") | .evidence.mode' one.json)" 0600 'the mode is evidence'
is "$(jq -r 'select(.id=="key.no-passphrase") | .evidence | keys_unsorted[0]' one.json)" key_sha256 \
  'the key itself comes first'
"$CAUSEY" audit --json --threads 1 tree >t1.json
"$CAUSEY" audit --json --threads 4 tree >t4.json
ok 'one worker and four say the same' cmp t1.json t4.json

for days in 1 20 60; do
  at=$(date -u -d "+$((200 - days)) days" +%Y-%m-%dT%H:%M:%SZ)
  "$CAUSEY" audit --json --at "$at" --fail-on never tree >at.json
  is "$(jq -r 'select(.type=="summary") | .ends | "\(.within_7_days) \(.within_30_days) \(.within_90_days)"' at.json)" \
    "$([ $days = 1 ] && echo 2 0 0; [ $days = 20 ] && echo 0 2 0; [ $days = 60 ] && echo 0 0 2)" "$days days before the end"
done
is "$(jq -r 'select(.type=="summary") | .next[] | "\(.subject) \(.count)"' at.json)" 'CN=Test CA,O=Example,C=GB 2' \
  'the same certificate in two files is one of the next'
run "$CAUSEY" audit --at "$(date -u -d '+300 days' +%F)" tree
exits 1 'expired: an error'
like "$out" 'cert.expired' 'which is named'

run "$CAUSEY" audit nothing-of-that-name
exits 5 'a path that is not there is an error'
run "$CAUSEY" audit nothing-of-that-name tree
exits 5 'also beside one that is'
like "$out" 'key.no-passphrase' 'which is audited'
run "$CAUSEY" audit --threads x tree
exits 2 'a number is a number'
run "$CAUSEY" audit --min-severity high tree
exits 2 'a severity is one of five'
done_testing
