#!/bin/bash
# causey-test: any-user
# Saved listings of RACDCERT: read in every way they are saved, checked, and not mistaken for what they are not.
. "$(dirname "$0")/../lib/tap.sh"
need jq iconv
cd "$T" || exit 1
F=$ROOT/tests/fixtures/racf
at=(--at 2026-11-21)
findings() { "$CAUSEY" show --json "$1" "${at[@]}" --fail-on never "${@:2}" | jq -r '.findings[].id' | sort -u | paste -sd' '; }
# What is known of a listing, without its place.
facts() { "$CAUSEY" ls --json "$1" "${at[@]}" | jq -c '.places[0].entries'; }

run "$CAUSEY" ls "$F/healthy.txt" "${at[@]}"
exits 0 'ls of a saved listing, by its content'
like "$out" 'label +owner +use +key +kind' 'says whose it is and how it is used'
like "$out" 'ibmWebSphereMQQM1 +ID\(START1\) +TRUST +yes +RSA 2048 +qm1.example +2028-01-10 +START1/MQRING' 'a certificate'
like "$out" 'START1/MQRING/ibmWebSphereMQQM1 +ID\(START1\) +PERSONAL DEFAULT +yes +RSA 2048' 'and its place on a ring'
like "$out" 'Example CA +CERTAUTH +TRUST' 'several lists in one file'
is "$(findings "$F/healthy.txt")" '' 'nothing is said of a healthy ring (A22, A08, A13)'
run "$CAUSEY" show "racf:$F/healthy.txt#ibmWebSphereMQQM1" "${at[@]}"
exits 0 'show of one'
like "$out" 'CN=qm1.example,OU=Messaging,O=Example,C=GB' 'with names as others write them (B04)'
like "$out" 'names no zone; taken as UTC' 'and the zone that was assumed (A07)'
run "$CAUSEY" ls --json "$F/healthy.txt" "${at[@]}" --zone +02:00
like "$out" '2028-01-10T21:59:59Z' '--zone says which it was'
run "$CAUSEY" ls "$F/healthy.txt" --zone Berlin
exits 2 'a zone that is none'

# The same, however it was saved.
want=$(facts "$F/healthy.txt")
same() { is "$(facts "$1")" "$want" "$2"; }
sed 's/$/\r/' "$F/healthy.txt" >crlf; same crlf 'with CR LF'
sed 's/^/ /' "$F/healthy.txt" >control; same control 'with carriage control'
sed 's/^Digital/1Digital/; s/^  Label/0 Label/' "$F/healthy.txt" >control2; same control2 'with more of it'
sed 's/^ *//' "$F/healthy.txt" >left; same left 'without indentation'
sed 's/^/        /' "$F/healthy.txt" >right; same right 'with more of it'
awk '{print} NR%7==0 {print "1   LISTING OF SECURITY DATA            PAGE  " NR}' "$F/healthy.txt" >pages
is "$(facts pages | jq length)" "$(jq length <<<"$want")" 'with page headings'
iconv -f UTF-8 -t IBM1047 "$F/healthy.txt" >ebcdic; same ebcdic 'in EBCDIC'
iconv -f UTF-8 -t IBM1047 "$F/healthy.txt" | tr '\045' '\025' >nel; same nel 'in EBCDIC with NEL'
awk '{printf "%-80.80s\n", $0}' "$F/healthy.txt" >cards; same cards 'filled up to 80 columns'
cut -c1-60 "$F/healthy.txt" >short
like "$(facts short | jq -c '.[2:][]|[.usage,.default]' | paste -sd' ')" '\["CERTAUTH",false\].*\["PERSONAL",false\]' 'cut before its last column'
cut -c1-50 "$F/healthy.txt" >narrow
is "$(facts narrow | jq -r '.[0].subject_short')" '' 'of a name that was cut nothing is made up'
run "$CAUSEY" ls "$F/chain.txt" "${at[@]}"
like "$out" 'site cert with blanks +ID\(USER1\) .*Local CA +CERTAUTH +HIGHTRUST' 'LISTCHAIN'

# What is wrong.
f=$(findings "$F/troubled.txt")
for id in cert.expired cert.key-rsa-small cert.issuer-expires-first ring.certificate-not-trusted ring.no-private-key \
  ring.no-default ring.chain-incomplete ring.owned-by-another; do
  like " $f " " $id " "$id"
done
run "$CAUSEY" show --json "$F/troubled.txt" "${at[@]}"
exits 1 'errors among them'
fix() { jq -r --arg id "$1" '[.findings[]|select(.id==$id)][0]|.what+" "+.fix' <<<"$out"; }
like "$(fix ring.owned-by-another)" 'as far as known.*PERMIT APPL1.WEBRING.LST CLASS\(RDATALIB\)' 'A22: the permit'
like "$(fix ring.owned-by-another)" 'IRR.DIGTCERT.LISTRING' 'and the older one with its limits'
like "$(fix ring.certificate-not-trusted)" "RACDCERT ID\(APPL1\) ALTER\(LABEL\('web'\)\) TRUST" 'the command for NOTRUST'
like "$(fix ring.chain-incomplete)" 'CN=Issuing CA 2.OU=A department with quite a long name of its own.O=Example.C=GB' \
  'a name over two lines is one'
for part in 's/ID(APPL2)      PERSONAL/ID(APPL2)      CERTAUTH/ ring.owned-by-another' 's/Status: NOTRUST/Status: TRUST/ ring.certificate-not-trusted' \
  's/Private Key: NO/Private Key: YES/ ring.no-private-key' 's/PERSONAL     NO/PERSONAL     YES/ ring.no-default'; do
  sed "${part% *}" "$F/troubled.txt" >twin
  unlike " $(findings twin) " " ${part##* } " "its healthy twin is silent: ${part##* }"
done
run "$CAUSEY" audit "$F/troubled.txt" "${at[@]}" --min-rsa 2048
exits 1 'audit'
like "$out" 'cert.key-below-plan' 'keys below a planned minimum (A06)'
like "$out" 'cert.issuer-below-plan' 'and what stands on them'
run "$CAUSEY" audit "$F/healthy.txt" "${at[@]}" --min-rsa 2048
exits 0 'audit of the healthy one'
unlike "$out" 'error|warning' 'finds nothing'

# What can not be done with it.
run "$CAUSEY" cp "$F/healthy.txt#Example CA" out.pem
exits 4 'there is no certificate to copy'
like "$err" "RACDCERT CERTAUTH EXPORT\(LABEL\('Example CA'\)\)" 'the command that gets it'
not_ok 'and no file is made' test -e out.pem
cp "$F/healthy.txt" mine.txt
run "$CAUSEY" rm 'mine.txt#Example CA'
exits 4 'nor to remove'
ok 'and it is as it was' cmp mine.txt "$F/healthy.txt"
run "$CAUSEY" verify "$F/healthy.txt" --trust "$F/healthy.txt"
exits 3 'nor to verify'
run "$CAUSEY" show --pem "$F/healthy.txt#Example CA"
exits 4 'nor to write as PEM'

# What only mentions it.
echo 'The output begins with Digital certificate information for user START1: and then Label: x' >prose
run "$CAUSEY" ls prose
exits 3 'a text about listings is none'
printf 'Digital certificate information for user X:\n\nNo certificate information was found for user X.\n' >none
run "$CAUSEY" ls none
exits 3 'nor is one without an entry'
run "$CAUSEY" ls racf:prose
exits 3 'also when told so'
like "$err" 'RACDCERT ID\(USER\) LIST' 'the error says what to save'
json_valid 'ls --json keeps to its schema' ls-1.json <("$CAUSEY" ls --json "$F/troubled.txt")
json_valid 'show --json, too' show-1.json <("$CAUSEY" show --json "$F/troubled.txt" --fail-on never)
done_testing
