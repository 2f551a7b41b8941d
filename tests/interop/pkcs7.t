#!/bin/bash
# PKCS#7 bundles as openssl, keytool and others write them, and ours as they read them.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl keytool certtool jq
cd "$T" || exit 1
make_ca ca /CN=Root
issue srv /CN=server ca
openssl ca -gencrl -keyfile ca.key -cert ca.pem -out crl.pem -config <(printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s\ndefault_md=sha256\ndefault_crl_days=9\n' "$T/db") 2>/dev/null || {
  : >db
  openssl ca -gencrl -keyfile ca.key -cert ca.pem -out crl.pem -config <(printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s\ndefault_md=sha256\ndefault_crl_days=9\n' "$T/db") 2>/dev/null
}
kinds() { # FILE: "certificate:server certificate:Root crl:Root"
  run "$CAUSEY" ls --json "$1"
  printf '%s\n' "$out" | jq -r '.places[] | [.kind] + [.entries[] | .kind + ":" + (.subject_short // "-")] | join(" ")'
}
all='p7b certificate:server certificate:Root crl:-'

# Read.
cat srv.pem ca.pem >both.pem
openssl crl2pkcs7 -in crl.pem -certfile both.pem -out o.p7b
is "$(kinds o.p7b)" "$all" 'openssl crl2pkcs7, PEM'
openssl crl2pkcs7 -in crl.pem -certfile both.pem -outform DER -out o.der.p7b
is "$(kinds o.der.p7b)" "$all" 'openssl crl2pkcs7, DER'
openssl crl2pkcs7 -nocrl -certfile both.pem -outform DER -out n.p7c
is "$(kinds n.p7c)" 'p7b certificate:server certificate:Root' 'certificates only'
certtool --p7-generate --load-certificate both.pem --outder --outfile g.p7b 2>/dev/null
like "$(kinds g.p7b)" 'p7b .*certificate:server' 'certtool'
echo words >msg
openssl cms -sign -in msg -signer srv.pem -inkey srv.key -certfile ca.pem -outform DER -stream -nodetach -out s.p7m
like "$(kinds s.p7m)" '^p7b .*certificate:server' 'signed data in BER with indefinite lengths'
openssl cms -sign -in msg -signer srv.pem -inkey srv.key -outform PEM -out s.p7s
is "$(kinds s.p7s)" 'p7b certificate:server' 'a detached signature, PEM CMS'
make_ca other /CN=Other
(cat other.pem; openssl crl2pkcs7 -nocrl -certfile srv.pem; cat srv.key) >bundle.pem
is "$(kinds bundle.pem)" 'pem certificate:Other identity:server' 'a PKCS#7 block in a bundle is its certificates'
openssl cms -encrypt -in msg -outform DER -out e.p7m srv.pem
run "$CAUSEY" ls p7b:e.p7m
exits 6 'encrypted data is refused'
like "$err" 'enveloped|another kind' 'and named'
printf '\0\0\0\0CERT\1\0\0\0' >w.sst
run "$CAUSEY" ls w.sst
exits 6 'a serialized store of Windows is not read'
like "$err" 'Windows' 'but named'

# Written.
for to in new.p7b new.p7c; do
  run "$CAUSEY" cp both.pem crl.pem $to
  exits 0 "written: $to"
  is "$(kinds $to)" "$all" "$to: read again"
  form=PEM der=()
  if [ $to = new.p7c ]; then form=DER der=(--inder); fi
  is "$(openssl pkcs7 -inform $form -in $to -print_certs -noout | grep -c '^subject')" 2 "$to: openssl reads it ($form)"
  ok "$to: keytool reads it" keytool -printcert -file $to
  ok "$to: certtool reads it" certtool --p7-info --infile $to "${der[@]}"
done
keytool -genkeypair -alias a -keyalg EC -dname CN=java -keystore j.ks -storepass 123456 2>/dev/null
keytool -certreq -alias a -keystore j.ks -storepass 123456 -file j.csr 2>/dev/null
openssl x509 -req -in j.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out j.pem 2>/dev/null
run "$CAUSEY" cp j.pem ca.pem reply.p7b
ok 'keytool takes one as the answer to its request' keytool -importcert -noprompt -alias a -file reply.p7b -keystore j.ks -storepass 123456
is "$(openssl crl2pkcs7 -in crl.pem -certfile both.pem -outform DER | sha256sum)" "$(openssl pkcs7 -in new.p7b -outform DER | sha256sum)" \
  'it is octet for octet what openssl writes'
run "$CAUSEY" cp new.p7b back.pem
exits 0 'and back to PEM'
is "$(blocks back.pem) $(print back.pem)" "3 $(print srv.pem)" 'with all three'

# Changed.
sed 's/$/\r/' o.p7b >crlf.p7b
run "$CAUSEY" cp other.pem crlf.p7b
exits 0 'added to a PEM bundle with CR LF'
is "$(grep -vc $'\r$' crlf.p7b)" 0 'which keeps its line ends'
is "$(kinds crlf.p7b)" 'p7b certificate:server certificate:Root certificate:Other crl:-' 'all in it'
run "$CAUSEY" rm 'o.der.p7b#@1'
exits 0 'removed from a DER bundle'
is "$(kinds o.der.p7b)" 'p7b certificate:Root crl:-' 'the others are there'
cp s.p7s s.old
run "$CAUSEY" cp other.pem s.p7s
exits 4 'a signature is not changed'
ok 'it is as it was' cmp s.p7s s.old
run "$CAUSEY" cp srv.key --plain-keys new.p7b
exits 4 'a private key does not fit in'
run "$CAUSEY" rm 'bundle.pem#@2'
exits 0 'the identity goes out of a bundle'
is "$(kinds bundle.pem)" 'pem certificate:Other' 'with its PKCS#7 block'
(openssl crl2pkcs7 -nocrl -certfile both.pem; cat other.pem) >group.pem
run "$CAUSEY" rm 'group.pem#@2'
exits 0 'one of a PKCS#7 block goes'
is "$(kinds group.pem)" 'pem certificate:server certificate:Other' 'the other one stays'

# Audit: bundles are stores, signed things are not.
mkdir at; cp n.p7c s.p7m s.p7s at/
run "$CAUSEY" audit --json --fail-on never at
is "$(printf '%s\n' "$out" | jq -r 'select(.type=="store").path' | paste -sd' ')" at/n.p7c 'only the bundle counts'

# Hostile.
for n in 10 40 100 300; do
  head -c $n n.p7c >cut.p7b
  run "$CAUSEY" ls cut.p7b
  exits 3 "cut at $n"
done
(cat n.p7c; echo) >long.p7b
run "$CAUSEY" ls long.p7b
exits 3 'more behind its end'
done_testing
