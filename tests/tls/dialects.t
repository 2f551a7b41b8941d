#!/bin/bash
# Purpose: what each TLS library does by default is dated data; here is a copy of what the build makes of it,
#   so that no row changes unnoticed: neither by itself nor through the tables of suites, groups and schemes.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
cd "$T" || exit 1
copy=$ROOT/tests/tls/dialects.txt
# A fact a line, so that differences can be read.
snapshot() {
  "$ROOT/scripts/make-tls-dialects" "$1" made || return 1
  sed 's/, \./,\n  ./g' made
}
ok 'the build makes rows of the data' snapshot "$ROOT/data"
snapshot "$ROOT/data" >now
if diff -u "$copy" now >differences; then
  pass 'they are those of the copy'
else
  fail 'they are those of the copy'
  diag "$(head -40 differences)"
  diag "If each difference is meant, and its source and date stand in data/tls-dialects.tsv:"
  diag "  scripts/make-tls-dialects data /tmp/made && sed 's/, \\./,\\n  ./g' /tmp/made >tests/tls/dialects.txt"
fi
# The copy would notice: a row more, a suite's number.
mkdir data
cp "$ROOT"/data/tls-*.tsv data
sed -i 's/^\(openssl-3.0\tshares\t\)1/\12/' data/tls-dialects.tsv
snapshot data >other
not_ok 'a changed fact differs from it' cmp -s "$copy" other
while IFS=$'\t' read -r name key _ source date certainty; do
  case $name in '#'* | '') continue ;; esac
  [[ $date =~ ^20[0-9][0-9]-[01][0-9]-[0-3][0-9]$ && $certainty =~ ^(seen|read|memory)$ && -n $source ]] ||
    echo "$name $key"
done <data/tls-dialects.tsv >undated
is "$(cat undated)" '' 'each row has source, date and certainty'
done_testing
