#!/bin/bash
# Purpose: what each TLS library does by default is dated data; here is a copy of what the build makes of it,
#   so that no row changes unnoticed: neither by itself nor through the tables of suites, groups and schemes.
. "$(dirname "$0")/../lib/tap.sh"
need python3
cd "$T" || exit 1
copy=$ROOT/tests/tls/dialects.txt
# A fact a line, with its dialect in front, so that differences can be read.
snapshot() {
  "$ROOT/scripts/make-tls-dialects" "$1" made || return 1
  python3 - <<'PY'
import re
text = open("made").read()
arrays = dict(re.findall(r"static const uint16_t (\w+)\[\] = \{(.*?)\};", text))
for row in re.findall(r"^\{\.id = .*\},$", text, re.M):
    name = re.match(r'\{\.id = "([^"]*)"', row).group(1)
    for fact in re.split(r", (?=\.)", row.strip("{},")):
        print(name + "\t" + re.sub(r"\{(\w+), \d+\}?", lambda m: arrays.get(m.group(1), m.group(1)), fact))
PY
}
ok 'the build makes rows of the data' snapshot "$ROOT/data"
snapshot "$ROOT/data" >all
# A new dialect is added to the copy with the next change of it.
awk -F'\t' 'NR == FNR { known[$1] = 1; next } known[$1]' "$copy" all >now
comm -13 <(cut -f1 "$copy" | sort -u) <(cut -f1 all | sort -u) >new
[ -s new ] && diag "not in the copy yet: $(tr '\n' ' ' <new)"
if diff -u "$copy" now >differences; then
  pass 'they are those of the copy'
else
  fail 'they are those of the copy'
  cp all "$CAUSEY_BUILD/dialects.txt"
  diag "$(head -40 differences)"
  diag "If each difference is meant, and its source and date stand in data/tls-dialects.tsv:"
  diag "  cp $CAUSEY_BUILD/dialects.txt tests/tls/dialects.txt"
fi
# The copy would notice a changed fact, and a suite's number.
mkdir data
cp "$ROOT"/data/tls-*.tsv data
sed -i 's/^\(openssl-3.0\tshares\t\)1/\12/' data/tls-dialects.tsv
snapshot data >other
is "$(diff all other | grep -c '^>')" 1 'one changed fact is one difference'
while IFS=$'\t' read -r name key _ source date certainty; do
  case $name in '#'* | '') continue ;; esac
  [[ $date =~ ^20[0-9][0-9]-[01][0-9]-[0-3][0-9]$ && $certainty =~ ^(seen|read|memory)$ && -n $source ]] ||
    echo "$name $key"
done <data/tls-dialects.tsv >undated
is "$(cat undated)" '' 'each row has source, date and certainty'
done_testing
