#!/bin/bash
# causey-test: any-user
# Files and folders that may not be read.
. "$(dirname "$0")/../lib/tap.sh"
need openssl jq
needs_user
cd "$T" || exit 1
mkdir -p tree/shut tree/open
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tree/open/key.pem -out tree/open/c.pem \
  -days 300 -subj /O=Example/CN=a 2>/dev/null
cp tree/open/c.pem tree/shut/
chmod 0 tree/shut tree/open/key.pem
run "$CAUSEY" audit --json tree
exits 0 'what can not be read does not fail an audit'
printf '%s\n' "$out" >found
is "$(jq -r 'select(.id=="audit.not-readable") | .subject' found | paste -sd' ')" 'tree/open/key.pem tree/shut' \
  'a file and a folder are named'
is "$(jq -r 'select(.type=="summary") | "\(.skipped.unreadable) \(.stores)"' found)" '2 1' 'and counted'
json_valid 'in the form of the schema' audit-1.json found
run "$CAUSEY" audit tree
like "$out" '2 not readable' 'people see the number'
unlike "$out" 'tree/shut' 'not each'
chmod 700 tree/shut
done_testing
