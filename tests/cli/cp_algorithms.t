#!/bin/bash
# causey-test: any-user
# What cp seals PKCS#12 with: today's algorithms, and others only on request.
. "$(dirname "$0")/../lib/tap.sh"
need openssl
cd "$T" || exit 1
echo secret >pw
openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -days 30 -subj /CN=algorithms 2>/dev/null

info() { openssl pkcs12 -in "$1" -passin file:pw -info -nokeys -nocerts "${@:2}" 2>&1; }

ok 'by default' "$CAUSEY" cp k.pem c.pem plain.p12 --to-password-file pw --quiet
like "$(info plain.p12)" 'MAC: sha256, Iteration 10000' 'the integrity check is of today'
like "$(info plain.p12)" 'PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF hmacWithSHA256' 'and so is the sealing'

ok 'with --legacy' "$CAUSEY" cp k.pem c.pem old.p12 --legacy --to-password-file pw --quiet
like "$(info old.p12 -legacy)" 'MAC: sha1' 'the integrity check is an old one'
like "$(info old.p12 -legacy)" 'pbeWithSHA1And' 'and so is the sealing'
run "$CAUSEY" audit old.p12 --passwords pw --fail-on notice
exits 1 'which audit notices'

ok 'with --no-mac' "$CAUSEY" cp k.pem c.pem bare.p12 --no-mac --to-password-file pw --quiet
like "$(info bare.p12)" 'MAC: ?absent|not.*MAC|MAC absent|PKCS7' 'openssl finds no integrity check'
run "$CAUSEY" show bare.p12 --password-file pw
like "$out" 'Integrity +none' 'nor does causey'

ok 'with --pbmac1' "$CAUSEY" cp k.pem c.pem new.p12 --pbmac1 --to-password-file pw --quiet
run "$CAUSEY" show new.p12 --password-file pw
like "$out" 'Integrity +PBMAC1 HMAC-SHA256' 'the integrity check is that of RFC 9579'
run "$CAUSEY" ls new.p12 --password fail
exits 4 'and it refuses a wrong password'
done_testing
