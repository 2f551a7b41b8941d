#!/bin/bash
# causey-test: any-user
# Only what is new since an earlier report; what somebody accepted, with a reason and a last day.
. "$(dirname "$0")/../lib/tap.sh"
need openssl jq
cd "$T" || exit 1
mkdir -p t/sub
newkey() { openssl ecparam -name prime256v1 -genkey -noout -out "$1" 2>/dev/null; chmod 600 "$1"; }
newkey t/one.key; newkey t/sub/two.key
soon() { date -u -d "+$1 days" +%F; }
found() { jq -r 'select(.type=="finding") | "\(.id) \(.subject)"' "$1" | paste -sd' '; }
sum() { jq -c "select(.type==\"summary\") | $2" "$1"; }

# Reports.
"$CAUSEY" audit --json t >first
is "$(found first)" 'key.no-passphrase t/one.key key.no-passphrase t/sub/two.key' 'two findings'
run "$CAUSEY" audit --json --since first --fail-on warning t; printf '%s\n' "$out" >second
exits 0 'nothing new does not fail'
is "$(found second) $(sum second .since)" ' {"known":2,"gone":0}' 'nothing new: both are known'
json_valid 'the answer keeps to the schema' audit-1.json second
newkey t/three.key; rm t/one.key
run "$CAUSEY" audit --json --since first --fail-on warning t; printf '%s\n' "$out" >second
exits 1 'something new fails'
is "$(found second) $(sum second .since)" 'key.no-passphrase t/three.key {"known":1,"gone":1}' 'one new, one gone'
run "$CAUSEY" audit --since first t
like "$out" 'key.no-passphrase +t/three.key' 'for people: what is new'
unlike "$out" 'two.key' 'and nothing else'
like "$out" '1 finding of the earlier report still there, 1 gone' 'and how many are not'
for spelled in "$T/t" ./t t/ ../"${T##*/}"/t "t/../t//"; do
  "$CAUSEY" audit --json --since first "$spelled" >second
  is "$(sum second .since)" '{"known":1,"gone":1}' "the folder may be spelled $spelled"
done
(cd t && "$CAUSEY" audit --json --since ../first .) >second
is "$(sum second .since)" '{"known":1,"gone":1}' 'or named from inside'
mkdir other; cp t/sub/two.key other; "$CAUSEY" audit --json --since first other >second
is "$(sum second .since)" '{"known":0,"gone":2}' 'the same key elsewhere is another finding'

# What is no report.
refused() { # DESC REGEX: the report `bad`
  run "$CAUSEY" audit --since bad t
  exits 3 "$1"
  like "$err" "$2" "$1: says so"
}
: >bad; refused 'an empty file' 'empty'
echo hello >bad; refused 'a text' 'no report of causey audit'
echo '{"schema":"causey.ls/1"}' >bad; refused 'another document' 'another document'
echo '{"schema":"causey.audit/2"}' >bad; refused 'a later one' 'another version'
head -2 first >bad; refused 'one without its end' 'cut short'
head -c -10 first >bad; refused 'one cut in a line' 'line [0-9]+'
sed 's/"fingerprint":"./"fingerprint":"x/' first >bad; refused 'a fingerprint that is none' 'line 3: a fingerprint'
cat first first >bad; refused 'two in one file' 'line 7: something stands after the summary'
refused_twice() { cp second bad; refused 'one made with --since' 'itself made with --since'; }
refused_twice
run "$CAUSEY" audit --since nothing-there t; exits 5 'a report that is not there'
run "$CAUSEY" audit --since t t; exits 5 'a folder'
cut=0; size=$(stat -c %s first)
for at in $(seq 1 37 $((size - 2))); do
  head -c "$at" first >bad
  "$CAUSEY" audit --since bad t >/dev/null 2>&1; [ $? = 3 ] || cut=$at
done
is "$cut" 0 'a report cut anywhere is refused'

# Baselines.
run "$CAUSEY" audit --write-baseline known t; exits 2 'a day and a reason are needed'
like "$err" '--until 2027' 'and shown'
run "$CAUSEY" audit --write-baseline known --until 2001-01-01 --reason x t; exits 2 'a day that is over'
run "$CAUSEY" audit --write-baseline known --until tomorrow --reason x t; exits 2 'no day'
run "$CAUSEY" audit --until 2040-01-01 t; exits 2 '--until alone'
not_ok 'nothing was written' test -e known
run "$CAUSEY" audit --write-baseline known --until "$(soon 30)" --reason 'ticket 4711' --fail-on warning t
exits 1 'what is accepted from now on still counts now'
like "$err" 'known accepts 2 findings' 'what was written'
like "$(cat known)" 'accept "key.no-passphrase"' 'the file names the finding'
like "$(cat known)" "subject = \"$T/t/three.key\"" 'with its whole path'
run "$CAUSEY" audit --write-baseline known --until "$(soon 30)" --reason again t; exits 4 'it is not overwritten'
run "$CAUSEY" audit --baseline known --fail-on warning --json t; printf '%s\n' "$out" >second
exits 0 'accepted findings do not fail'
is "$(found second) $(sum second .accepted) $(sum second .severities.warning)" ' 2 0' 'nor are they counted'
json_valid 'the answer keeps to the schema' audit-1.json second
run "$CAUSEY" audit --baseline known t; like "$out" 'Accepted +2 findings, by the baseline' 'people are told'
newkey t/four.key
run "$CAUSEY" audit --baseline known --fail-on warning t; exits 1 'what is new fails'
like "$out" 't/four.key' 'and is shown'
run "$CAUSEY" audit --baseline known --at "$(soon 30)" --fail-on notice t/sub t/three.key; exits 0 'the last day counts'
"$CAUSEY" audit --baseline known --at "$(soon 31)" --json t >second
is "$(jq -r 'select(.id=="baseline.expired") | .severity' second | paste -sd' ')" 'warning warning' 'then each section is a finding'
is "$(jq -r 'select(.id=="key.no-passphrase") | .subject' second | wc -l)" 3 'and the findings are back'
rm t/three.key t/four.key; "$CAUSEY" audit --baseline known --json t >second
like "$(found second)" "^baseline.unused known:[0-9]+\$" 'what is no longer found'
like "$(jq -r 'select(.id=="baseline.unused") | .what' second)" 'three.key is accepted \("ticket 4711"\), and was not found' 'with its reason'

cat >hand <<'E2'
# our own
[accept "key.no-passphrase"]
subject = */sub/t?o.key
reason = "nginx can not ask"
until = 2990-12-31
E2
run "$CAUSEY" audit --baseline hand --fail-on notice t; exits 0 'a pattern by hand'
sed -i 's/^subject.*/subject = t\/sub\/*/' hand; run "$CAUSEY" audit --baseline hand --fail-on notice t; exits 0 'the path as it is shown'
sed -i 's/^subject.*/subject = t\/sub\/x*/' hand; run "$CAUSEY" audit --baseline hand --fail-on warning t; exits 1 'another one'
print=$(jq -r 'select(.type=="finding") | .evidence.key_sha256' first | tail -1)
sed -i "s/^subject.*/evidence = $print/" hand; run "$CAUSEY" audit --baseline hand --fail-on notice t; exits 0 'by the key'
sed -i "1a x = y" hand; run "$CAUSEY" audit --baseline hand t; exits 3 'a key before the first section'; like "$err" 'hand:2' 'with its line'
wrong() { # DESC SED REGEX
  printf '[accept "key.no-passphrase"]\nsubject = *\nreason = r\nuntil = 2990-01-01\n' | sed "$2" >bad
  run "$CAUSEY" audit --baseline bad t
  exits 3 "$1"; like "$err" "$3" "$1: says so"
}
wrong 'no reason' /reason/d 'has no reason'
wrong 'an empty reason' 's/= r$/=/' 'has no reason'
wrong 'no day' /until/d 'has no until'
wrong 'nothing that it is about' /subject/d 'has no subject'
wrong 'a finding that is none' s/passphrase/pasphrase/ 'bad:1.*Did you mean key.no-passphrase|Did you mean key.no-passphrase'
wrong 'a key that is none' s/subject/subjekt/ 'Did you mean subject'
wrong 'a day that is none' s/2990-01-01/2990-13-01/ 'bad:4: no day'
wrong 'a fingerprint that is none' 's/subject = ./fingerprint = 12/' '16 digits'
wrong 'another section' s/accept/ignore/ 'bad:1'
run "$CAUSEY" audit --baseline nothing-there t; exits 5 'a baseline that is not there'
printf '[accept "key.no-passphrase"]\nsubject = *\nreason = r\nuntil = 2990-01-01\n' >all
run "$CAUSEY" audit --baseline all --since first --json t; printf '%s\n' "$out" >second
is "$(sum second '[.accepted,.since]')" '[1,{"known":0,"gone":1}]' 'both together: accepted ones are neither new nor gone'
mkdir 'we*ird'; newkey 'we*ird/a\b[1]?.key'; newkey $'we*ird/line\nend.key'; newkey $'we*ird/\xff.key'
"$CAUSEY" audit --write-baseline odd --until 2990-01-01 --reason r 'we*ird' >/dev/null 2>&1
run "$CAUSEY" audit --baseline odd --fail-on notice 'we*ird'; exits 0 'strange names are accepted as written'
done_testing
