#!/bin/bash
# Purpose: the tables of suites, schemes and groups say what OpenSSL, GnuTLS and Java say themselves.
. "$(dirname "$0")/../lib/tap.sh"
need openssl gnutls-cli java

"$CAUSEY" tls suites --json >"$T/suites.json"
"$CAUSEY" tls schemes --json >"$T/schemes.json"
"$CAUSEY" tls groups --json >"$T/groups.json"

# NOTATION KIND: "CODE NAME" of each that has one there, a line each.
cat >"$T/ours.py" <<'END'
import json, sys
notation, kind = sys.argv[1:3]
for row in json.load(open(f"{sys.argv[3]}/{kind}.json"))[kind]:
    for name in (row["names"][notation] or "").split():
        print(row["code"], name)
END
ours() { "$PYTHON" "$T/ours.py" "$1" "$2" "$T" | sort; }

openssl ciphers -V 'ALL:COMPLEMENTOFALL:@SECLEVEL=0' |
  sed -E 's/ *0x(..),0x(..) - ([^ ]+).*/\1\2 \3/' | sort >"$T/openssl"
ours openssl suites >"$T/ours"
ok 'OpenSSL lists suites' [ "$(wc -l <"$T/openssl")" -gt 100 ]
is "$(comm -23 "$T/openssl" "$T/ours")" '' 'all of OpenSSL are there under its names'

gnutls-cli -l >"$T/list"
sed -nE 's/^(TLS_[A-Z0-9_]+)[[:space:]]+0x(..), 0x(..).*/\2\3 \1/p' "$T/list" | awk '{ print toupper($1), $2 }' |
  sort >"$T/gnutls"
ours gnutls suites >"$T/ours"
ok 'GnuTLS lists suites' [ "$(wc -l <"$T/gnutls")" -gt 60 ]
is "$(comm -3 "$T/gnutls" "$T/ours")" '' 'those of GnuTLS are there under its names, and no others'

cat >"$T/Suites.java" <<'END'
import javax.net.ssl.*;
class Suites {
  public static void main(String[] a) {
    for (String s : ((SSLSocketFactory) SSLSocketFactory.getDefault()).getSupportedCipherSuites())
      if (!s.endsWith("_SCSV")) System.out.println(s);
  }
}
END
java "$T/Suites.java" | sort >"$T/java"
ours java suites | cut -d' ' -f2 | sort >"$T/ours"
ok 'Java lists suites' [ "$(wc -l <"$T/java")" -gt 20 ]
is "$(comm -23 "$T/java" "$T/ours")" '' 'all of Java are there under its names'

# OpenSSL takes our names of schemes and groups. Nobody listens on port 1.
taken() { openssl s_client "$1" "$2" -connect 127.0.0.1:1 2>&1 </dev/null | grep -q 'connect:errno'; }
refused=''
while read -r _ name; do taken -sigalgs "$name" || refused+=" $name"; done < <(ours openssl schemes)
while read -r _ name; do taken -groups "$name" || refused+=" $name"; done < <(ours openssl groups)
is "$refused" '' 'OpenSSL takes our names for its schemes and groups'
not_ok 'and it does refuse what it has not' taken -sigalgs RSA+MD5
unknown=''
for kind in schemes groups; do
  while read -r _ name; do grep -qw -- "$name" "$T/list" || unknown+=" $name"; done < <(ours gnutls $kind)
done
is "$unknown" '' 'GnuTLS has the schemes and groups that we say'
for kind in suites schemes groups; do json_valid "$kind --json keeps to its schema" "tls_$kind-1.json" "$T/$kind.json"; done
"$CAUSEY" tls suites C02F --json >"$T/one.json"
json_valid 'so does one in full' tls_suites-1.json "$T/one.json"

# For people.
run "$CAUSEY" tls suites ECDHE_RSA_3DES_EDE_CBC_SHA256
exits 0 'a CipherSpec is found'
like "$out" 'ECDHE-RSA-DES-CBC3-SHA' 'with its OpenSSL name'
like "$out" 'on the wire the MAC is SHA-1' 'and what its name hides'
like "$out" 'weak' 'and its grade'
run "$CAUSEY" tls suites chacha
like "$out" 'CCA9' 'a part of a name lists what has it'
unlike "$out" 'C02F' 'and nothing else'
run "$CAUSEY" tls suites ECDHE-RSA-AES256-GMC-SHA384
exits 2 'a wrong name is a usage error'
like "$err" 'Did you mean ECDHE-RSA-AES256-GCM-SHA384' 'with the nearest one'
run "$CAUSEY" tls
exits 2 'tls alone is a usage error'
like "$err" 'causey tls suites' 'that lists what there is'
run "$CAUSEY" tls suits
like "$err" 'Did you mean .causey tls suites' 'a mistyped second word gets the nearest'
run "$CAUSEY" help tls groups
exits 0 'help takes both words'
like "$out" 'causey tls groups' 'and shows that command'
COMP_WORDS=(causey tls sui) COMP_CWORD=2
eval "$("$CAUSEY" help --completion bash)"
_causey
is "${COMPREPLY[*]}" suites 'bash completes the second word'
# Queue managers' aliases are no suites, and known all the same.
run "$CAUSEY" tls suites ANY_TLS12
exits 2 'an alias is no suite'
like "$err" 'alias of IBM MQ: any CipherSpec of TLS 1.2' 'and is told as what it is'
run "$CAUSEY" tls suites '*TLS13ORHIGHER'
like "$err" "alias of IBM MQ's classes for Java: any CipherSpec" "Java's spelling, too"
run "$CAUSEY" tls suites NOPE
unlike "$err" 'alias' 'others are not'
done_testing
