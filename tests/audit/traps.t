#!/bin/bash
# causey-test: any-user
# Each trap of stores, built with the tools that people use, and a healthy twin that stays silent.
. "$(dirname "$0")/../lib/tap.sh"
need openssl keytool certtool jq
cd "$T" || exit 1

# A CA, an intermediate, a server: as they should be.
ca_ext='basicConstraints=critical,CA:TRUE'
newkey() { openssl ecparam -name prime256v1 -genkey -noout -out "$1" 2>/dev/null; }
selfsigned() { # KEY CERT SUBJECT DAYS
  openssl req -x509 -new -key "$1" -subj "$3" -days "$4" -out "$2" \
    -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
}
issue() { # KEY CERT SUBJECT DAYS CAKEY CACERT EXTENSIONS
  printf '%b\n' "$7" 'authorityKeyIdentifier=keyid' 'subjectKeyIdentifier=hash' >ext
  openssl req -new -key "$1" -subj "$3" -out csr 2>/dev/null
  openssl x509 -req -in csr -CA "$6" -CAkey "$5" -CAcreateserial -days "$4" -extfile ext -out "$2" 2>/dev/null
}
ca="$ca_ext\nkeyUsage=critical,keyCertSign,cRLSign"
server='basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth
subjectAltName=DNS:mq1.example,DNS:mq3.example,DNS:mq4.example,DNS:mq9.example'
for key in root int srv other; do newkey "$key.key"; done
selfsigned root.key root.pem '/C=GB/O=Example/CN=Root CA' 3650
issue int.key int.pem '/C=GB/O=Example/CN=Issuing CA' 1800 root.key root.pem "$ca"
issue srv.key srv.pem '/C=GB/O=Example/CN=mq1.example' 300 int.key int.pem "$server"
sealed() { openssl pkcs8 -topk8 -in "$1" -passout pass:Gr4nite-and-h3ather; }

audit() { # FILES...: the ids from notice on, one a line, and everything in $out
  rm -rf at && mkdir at && cp "$@" at/ && chmod 600 at/*
  run "$CAUSEY" audit --json --fail-on never "${options[@]}" at
  printf '%s\n' "$out" >found
  ids=$(jq -r 'select(.type=="finding" and .severity!="info") | .id' found | sort | paste -sd' ')
}
silent() { audit "${@:2}"; is "$ids" '' "$1: silent"; }
finds() { # DESC IDS FILES...
  audit "${@:3}"
  is "$ids" "$2" "$1: found"
}
options=(--passwords pw)
echo 'Gr4nite-and-h3ather' >pw

# A01
sealed srv.key >good.pem; cat srv.pem int.pem >>good.pem
cat srv.key srv.pem int.pem >clear.pem
silent 'A01 twin, a sealed key with its chain' good.pem
finds 'A01, a key in clear' key.no-passphrase clear.pem
like "$(jq -r 'select(.type=="finding") | .fix' found)" 'causey passwd at/clear.pem' 'A01: and the command that protects it'
newkey made-by-ecparam.key
finds 'A01, as ecparam leaves it' key.no-passphrase made-by-ecparam.key

# A03
openssl pkcs12 -export -nokeys -in root.pem -passout file:pw -out nojava.p12
finds 'A03, a trust store of openssl' store.java-sees-nothing nojava.p12
keytool -importcert -noprompt -storetype PKCS12 -keystore java.p12 -storepass Gr4nite-and-h3ather -alias root \
  -file root.pem >/dev/null 2>&1
silent 'A03 twin, one of keytool' java.p12

# A05
openssl pkcs12 -export -inkey srv.key -in srv.pem -certfile int.pem -passout pass:changeit -out common.p12
openssl pkcs12 -export -inkey srv.key -in srv.pem -certfile int.pem -passout file:pw -out strong.p12
keytool -importkeystore -srckeystore common.p12 -srcstorepass changeit -destkeystore common.jks -deststoretype JKS \
  -deststorepass password >/dev/null 2>&1
openssl pkcs8 -topk8 -in srv.key -passout pass:passw0rd -out common.key
options=(--try-common)
finds 'A05, changeit' store.common-password common.p12
like "$(jq -r 'select(.type=="finding") | .what' found)" changeit 'A05: it says which'
finds 'A05, a Java keystore, and the other password of its key' 'store.common-password store.common-password' common.jks
finds 'A05, a PEM key' store.common-password common.key
silent 'A05 twin, another password' strong.p12
is "$(jq -r 'select(.type=="store") | .opened' found)" false 'A05 twin: it was not opened'
options=()
silent 'A05, only when asked to try' common.p12
like "$(jq -r 'select(.type=="finding") | .id' found)" store.cannot-open 'which is worth an info'
options=(--passwords pw)
silent 'A05 twin, opened with its password' strong.p12
is "$(jq -r 'select(.type=="store") | "\(.opened) \(.certificates)"' found)" 'true 2' 'A05 twin: now it was opened'

# A06
openssl genrsa -out weak.key 1024 2>/dev/null
selfsigned weak.key weak.pem '/C=GB/O=Example/CN=Old Root' 3650
newkey weakint.key
issue weakint.key weakint.pem '/C=GB/O=Example/CN=Old Issuing CA' 1800 weak.key weak.pem "$ca"
newkey weaksrv.key
issue weaksrv.key weaksrv.pem '/C=GB/O=Example/CN=mq2.example' 300 weakint.key weakint.pem "$server"
sealed weaksrv.key >weak-chain.pem; cat weaksrv.pem weakint.pem weak.pem >>weak-chain.pem
options=(--passwords pw --min-rsa 2048)
audit weak-chain.pem
is "$(grep -c '"id":"cert.issuer-below-plan"' found)" 2 'A06: the leaf and the intermediate would stop, both EC'
is "$(grep -c '"id":"cert.key-below-plan"' found)" 1 'A06: and the root itself'
like "$out" 'AMQ9633E; on z/OS, as far as known, CSQX620E' 'A06: with the messages'
silent 'A06 twin, a chain of large keys' good.pem
options=(--passwords pw)
audit weak-chain.pem
unlike "$ids" below-plan 'A06: nothing without --min-rsa'

# A07
audit good.pem
is "$ids" '' 'A07 twin, valid'
options=(--passwords pw --at "$(date -u -d '+305 days' +%F)")
finds 'A07, expired' cert.expired good.pem
options=(--passwords pw --at "$(date -u -d '+280 days' +%F)")
finds 'A07, ends soon' cert.expires-soon good.pem
options=(--passwords pw --at "$(date -u -d '-3 hours' +%Y-%m-%dT%H:%M:%SZ)")
audit good.pem
like "$ids" cert.not-yet-valid 'A07, not yet valid'
like "$out" 'time zone' 'A07: three hours are a zone'
options=(--passwords pw)
newkey short.key
selfsigned short.key short.pem '/C=GB/O=Example/CN=Short CA' 20
newkey long.key
issue long.key long.pem '/C=GB/O=Example/CN=mq3.example' 300 short.key short.pem "$server"
cat long.pem short.pem >long-short.pem
finds 'A07, a CA that ends before what it signed' 'ca.ending cert.expires-soon cert.issuer-expires-first' \
  long-short.pem
like "$(jq -r 'select(.id=="ca.ending") | .what' found)" 'CN=mq3.example' 'A07: and who depends on it'

# A13
sealed other.key >mismatch.pem; cat srv.pem int.pem >>mismatch.pem
cat other.key srv.pem int.pem >mismatch-clear.pem
audit mismatch-clear.pem
like "$ids" entry.key-mismatch 'A13, a key beside the certificate of another'
is "$(jq -r 'select(.id=="entry.key-mismatch") | .severity' found)" error 'A13: an error'
finds 'A13, the same with a sealed key' entry.key-mismatch mismatch.pem
options=()
silent 'A13, what stays sealed is not judged' mismatch.pem
options=(--passwords pw)
sealed srv.key >two.pem; cat srv.pem int.pem >>two.pem
issue other.key other.pem '/C=GB/O=Example/CN=mq9.example' 300 int.key int.pem "$server"
cp two.pem nokey.pem; cat other.pem >>nokey.pem
finds 'A13, a certificate without its key' entry.certificate-without-key nokey.pem
silent 'A13 twin, certificates alone' srv.pem other.pem int.pem root.pem
cat srv.pem other.pem int.pem root.pem >certs.pem
silent 'A13 twin, a bundle of certificates' certs.pem
sealed srv.key >gap.pem; cat srv.pem root.pem >>gap.pem
finds 'A13, a chain without its intermediate' chain.link-missing gap.pem
silent 'A13 twin, without the root only' good.pem
cp good.pem full.pem; cat root.pem >>full.pem
silent 'A13 twin, with the root' full.pem
newkey direct.key
issue direct.key direct.pem '/C=GB/O=Example/CN=mq4.example' 300 root.key root.pem "$server"
sealed direct.key >direct-only.pem; cat direct.pem >>direct-only.pem
silent 'A13 twin, issued by a root that is elsewhere' direct-only.pem
newkey int2.key
issue int2.key int2.pem '/C=GB/O=Example/CN=Issuing CA' 1800 root.key root.pem "$ca"
sealed srv.key >renewed.pem; cat srv.pem int2.pem >>renewed.pem
finds 'A13, a CA of the same name with another key' chain.issuer-has-another-key renewed.pem
wanted=$(openssl x509 -in srv.pem -noout -ext authorityKeyIdentifier | tail -1 | tr -d ' :' | tr A-F a-f)
is "$(jq -r 'select(.id=="chain.issuer-has-another-key") | .evidence.wanted_key_id' found)" "$wanted" \
  'A13: the key identifier that is wanted'
# Without identifiers only the signature tells.
printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n' >bare
for ca_key in a b; do
  newkey "bare-$ca_key.key"
  openssl req -new -key "bare-$ca_key.key" -subj '/O=Example/CN=Bare CA' -out csr 2>/dev/null
  openssl x509 -req -in csr -signkey "bare-$ca_key.key" -days 900 -extfile bare -out "bare-$ca_key.pem" 2>/dev/null
done
openssl req -new -key srv.key -subj '/O=Example/CN=mq5.example' -out csr 2>/dev/null
printf 'subjectAltName=DNS:mq5.example\n' >leaf
openssl x509 -req -in csr -CA bare-a.pem -CAkey bare-a.key -CAcreateserial -days 90 -extfile leaf -out bare.pem 2>/dev/null
sealed srv.key >bare-good.pem; cat bare.pem bare-a.pem >>bare-good.pem
sealed srv.key >bare-bad.pem; cat bare.pem bare-b.pem >>bare-bad.pem
audit bare-bad.pem
like "$ids" chain.issuer-has-another-key 'A13, found by the signature alone'
audit bare-good.pem
unlike "$ids" chain 'A13 twin, the right one'
# The same in keystores.
openssl pkcs12 -export -inkey srv.key -in srv.pem -certfile root.pem -passout file:pw -out gap.p12
finds 'A13, PKCS#12 without its intermediate' chain.link-missing gap.p12
certtool --to-p12 --load-privkey srv.key --load-certificate srv.pem --load-ca-certificate int.pem --p12-name srv \
  --password Gr4nite-and-h3ather --outder --outfile certtool.p12 2>/dev/null
audit certtool.p12
unlike "$ids" 'chain|entry|damaged' 'A13 twin, PKCS#12 of certtool'

# A15
head -c $(($(stat -c %s strong.p12) / 2)) strong.p12 >cut.p12
finds 'A15, a store that is cut short' store.damaged cut.p12
keytool -genkeypair -alias a -keyalg EC -storetype JKS -keystore good.jks -storepass Gr4nite-and-h3ather \
  -keypass Gr4nite-and-h3ather -dname CN=a -validity 300 >/dev/null 2>&1
head -c $(($(stat -c %s good.jks) - 30)) good.jks >cut.jks
finds 'A15, a Java keystore that is cut short' store.damaged cut.jks
echo 'not-this-one' >wrong
options=(--passwords wrong)
finds 'A15, a wrong password' store.cannot-open strong.p12
options=(--passwords pw)
head -c $(($(stat -c %s srv.pem) / 2)) srv.pem >cut.pem
finds 'A15, a PEM file that is cut short' store.damaged cut.pem
openssl x509 -in srv.pem -outform DER | head -c 300 >cut.der
finds 'A15, a DER certificate that is cut short' store.damaged cut.der

# What is not a store says nothing.
openssl pkey -in srv.key -pubout -out pub.pem 2>/dev/null
openssl pkey -in srv.key -pubout -outform DER -out pub.der 2>/dev/null
openssl ecparam -name prime256v1 -out params.pem 2>/dev/null
printf 'How to: put\n-----BEGIN CERTIFICATE-----\nyour certificate here\n-----END CERTIFICATE-----\n' >howto.md
openssl cms -sign -in howto.md -signer srv.pem -inkey srv.key -outform DER -out signed.der 2>/dev/null
openssl crl2pkcs7 -nocrl -certfile srv.pem -outform DER -out certs.p7b 2>/dev/null
silent 'public keys, parameters, texts, signed messages' pub.pem pub.der params.pem howto.md signed.der certs.p7b
done_testing
