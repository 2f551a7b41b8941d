#!/bin/bash
# causey-test: any-user
# Trap A14: texts that were changed on their way and names that mislead: read all the same, said what they
# are, and mended by the command that the finding gives. The healthy twins stay silent.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl keytool jq iconv
cd "$T" || exit 1

printf '%s\n' basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature extendedKeyUsage=serverAuth \
  subjectAltName=DNS:mq1.example subjectKeyIdentifier=hash >ext
openssl ecparam -name prime256v1 -genkey -noout -out k.pem 2>/dev/null
openssl req -new -key k.pem -subj /CN=mq1.example -out csr 2>/dev/null
make_ca ca /CN=CA
openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -days 200 -extfile ext -out c.pem 2>/dev/null
echo 'Gr4nite-and-h3ather' >pw
sed -i 's/$//' c.pem
want=$(print c.pem)

ids_of() { # FILE
  rm -rf at && mkdir at && cp "$1" at/ && chmod 600 at/*
  run "$CAUSEY" audit --json --fail-on never --passwords pw at
  printf '%s\n' "$out" >found
  ids=$(jq -r 'select(.type=="finding" and (.id|test("^(pem|store|entry)[.]"))) | .id' found | sort | paste -sd' ')
}
# DESC ID FILE: found, read as the certificate that it is, and mended by the command of the finding
changed() {
  ids_of "$3"
  is "$ids" "$2" "$1: said"
  rm -f clean.pem
  fix=$(jq -r "select(.id==\"$2\") | .fix" found | grep -o 'causey cp [^ ]* clean.pem' | head -1)
  isnt "$fix" '' "$1: with the command"
  run bash -c "\"$CAUSEY\" ${fix#causey }"
  exits 0 "$1: which works"
  is "$(print clean.pem)" "$want" "$1: and gives the certificate"
  ids_of clean.pem
  is "$ids" '' "$1: about which nothing is left to say"
}
silent() {
  ids_of "$2"
  is "$ids" '' "$1: silent"
}

silent 'twin, plain PEM' c.pem
sed 's/$/\r/' c.pem >crlf.pem; silent 'twin, CR LF' crlf.pem
sed 's/$/  /' c.pem >blanks.pem; silent 'twin, blanks at line ends' blanks.pem
(head -1 c.pem; sed '1d;$d' c.pem | tr -d '\n'; echo; tail -1 c.pem) >line.pem; silent 'twin, the body in one line' line.pem

tr '\n' '\r' <c.pem >cr.pem; changed 'CR alone' pem.line-ends cr.pem
not_ok 'openssl finds nothing in it, indeed' openssl x509 -noout -in cr.pem
(printf '\xef\xbb\xbf'; cat c.pem) >bom.pem; changed 'byte order mark' pem.byte-order-mark bom.pem
not_ok 'Java finds nothing in it, indeed' keytool -printcert -file bom.pem
(printf '\xff\xfe'; sed 's/$/\r/' c.pem | iconv -f ASCII -t UTF-16LE) >u16.pem; changed 'UTF-16' pem.utf16 u16.pem
(printf '\xfe\xff'; iconv -f ASCII -t UTF-16BE c.pem) >u16be.pem; changed 'UTF-16, the other order' pem.utf16 u16be.pem
iconv -f ASCII -t IBM1047 c.pem | tr '\045' '\025' >ebcdic.pem; changed 'EBCDIC 1047' pem.ebcdic ebcdic.pem
iconv -f ASCII -t IBM037 c.pem >e037.pem; changed 'EBCDIC 037' pem.ebcdic e037.pem
iconv -f ASCII -t IBM500 c.pem >e500.pem; changed 'EBCDIC 500' pem.ebcdic e500.pem
sed 's/-----/–––––/g' c.pem >en.pem; changed 'en dashes' pem.dashes-changed en.pem
sed 's/-----/——-/g' c.pem >em.pem; changed 'em dashes' pem.dashes-changed em.pem
sed 's/-----/----/g' c.pem >four.pem; changed 'four dashes' pem.dashes-changed four.pem
sed 's/-----/−−−−−/g' c.pem >minus.pem; changed 'minus signs' pem.dashes-changed minus.pem
sed 's/^/  /' c.pem >indent.pem; changed 'indented' pem.indented indent.pem
sed 's/^/> /' c.pem >quoted.pem; changed 'quoted by mail' pem.indented quoted.pem
sed ':a;N;$!ba;s/\n/\\n/g' c.pem >escaped.pem; changed 'line ends written out' pem.lines-joined escaped.pem
tr -d '\n' <c.pem >joined.pem; changed 'joined lines' pem.lines-joined joined.pem
sed 's/$/\n/' c.pem >double.pem; changed 'empty lines' pem.empty-lines double.pem
not_ok 'openssl refuses it, indeed' openssl x509 -noout -in double.pem

# Inside of other texts: keys are found, and nothing is called wrong about the text.
openssl pkcs8 -topk8 -nocrypt -in k.pem -out k8.pem
jq -n --rawfile k k8.pem '{type:"service_account",private_key:$k}' >sa.json
ids_of sa.json; is "$ids" '' 'a key in JSON: its text is as it should be'
is "$(jq -r 'select(.id=="key.no-passphrase").subject' found)" at/sa.json 'and the key in clear is found'
like "$(jq -r 'select(.id=="key.no-passphrase").fix' found)" 'causey cp at/sa.json key.pem' 'with what can be done there'
run "$CAUSEY" passwd at/sa.json --new-password-file pw
exits 4 'it is not written to'
like "$err" 'inside of another text' 'and it says why'
ok 'nothing changed' cmp sa.json at/sa.json
(echo 'tls:'; echo '  key: |'; sed 's/^/    /' k8.pem; echo '  port: 1') >v.yaml
ids_of v.yaml; is "$(jq -r 'select(.id=="key.no-passphrase").subject' found)" at/v.yaml 'a key in YAML is found'
run "$CAUSEY" cp v.yaml out.pem --to-password-file pw
exits 0 'and copied'
is "$(key_of openssl pkey -in out.pem -passin file:pw)" "$(key_of openssl pkey -in k.pem)" 'it is that key'
(echo 'Put this into the file:'; echo; sed 's/^/    /' c.pem) >README.md
ids_of README.md; is "$(jq -r 'select(.type=="store").path' found)" '' 'documentation that shows a certificate is no store'
run "$CAUSEY" ls pem:README.md
exits 0 'unless it is said to be PEM'
like "$out" 'mq1.example' 'then it is read'

# Names.
openssl x509 -in c.pem -outform DER -out der.pem; ids_of der.pem; is "$ids" store.name-misleads 'DER called .pem'
cp c.pem pem.der; ids_of pem.der; is "$ids" store.name-misleads 'PEM called .der'
like "$(jq -r 'select(.id=="store.name-misleads").fix' found)" 'mv at/pem.der at/pem.pem' 'and what to do'
keytool -importcert -noprompt -storetype JKS -keystore jks.p12 -storepass Gr4nite-and-h3ather -file ca.pem >/dev/null 2>&1
ids_of jks.p12; is "$ids" store.name-misleads 'JKS called .p12'
like "$(jq -r 'select(.id=="store.name-misleads").what' found)" 'PKCS#12.*JKS|PKCS#12.*Java' 'and what it is'
keytool -importcert -noprompt -storetype PKCS12 -keystore p12.jks -storepass Gr4nite-and-h3ather -file ca.pem >/dev/null 2>&1
silent 'twin, PKCS#12 as keytool writes it today, called .jks' p12.jks
cp der.pem der.cer; silent 'twin, DER called .cer' der.cer
cp der.pem der.crt; silent 'twin, DER called .crt' der.crt
cp c.pem c.unknown; silent 'twin, a name that says nothing' c.unknown

# Written back: what is added has the ends of lines that are there; other encodings become plain PEM.
run "$CAUSEY" cp ca.pem crlf.pem
exits 0 'added to a file with CR LF'
is "$(grep -c $'\r$' crlf.pem)" "$(wc -l <crlf.pem)" 'all of its lines still end so'
run "$CAUSEY" cp ca.pem u16.pem
exits 0 'added to a file in UTF-16'
is "$(grep -c BEGIN u16.pem)" 2 'which is plain PEM now, with both'
is "$(print u16.pem)" "$want" 'and openssl reads it'
(printf '# ours\n'; cat c.pem) | iconv -f ASCII -t IBM1047 >ours.pem
run "$CAUSEY" cp ca.pem ours.pem
exits 0 'added to a file in EBCDIC'
is "$(head -1 ours.pem)" '# ours' 'its comments are still there'
done_testing
