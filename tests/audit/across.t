#!/bin/bash
# causey-test: any-user
# What only several files together tell: weak CAs elsewhere, CAs that end first, copies of keys, renewals. Each
# with a healthy twin that stays silent.
. "$(dirname "$0")/../lib/tap.sh"
need openssl keytool jq
cd "$T" || exit 1

newkey() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" 2>/dev/null; }
root() { # NAME SUBJECT DAYS [OPTION...]: NAME.pem, signed by NAME.key
  openssl req -x509 -new -key "$1.key" -subj "$2" -days "$3" -out "$1.pem" \
    -addext keyUsage=critical,keyCertSign,cRLSign "${@:4}" 2>/dev/null
}
ca=$'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign'
server=$'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth'
issue() { # NAME SUBJECT DAYS CA EXTENSIONS [OPTION...]
  printf '%s\n' "$5" 'subjectKeyIdentifier=hash' "${aki-authorityKeyIdentifier=keyid}" >ext
  openssl req -new -key "$1.key" -subj "$2" -out csr 2>/dev/null
  openssl x509 -req -in csr -CA "$4.pem" -CAkey "$4.key" -set_serial "0x$(openssl rand -hex 8)" -days "$3" \
    -extfile ext -out "$1.pem" "${@:6}" 2>/dev/null
}
at=()
audit() { # [OPTION...]: of the tree t
  run "$CAUSEY" audit --json --fail-on never "${at[@]}" "$@" t
  printf '%s\n' "$out" >found
  json_valid "the answer keeps to the schema ($*)" audit-1.json found
}
ids() { jq -r 'select(.type=="finding" and .severity!="info") | .id' found | sort | paste -sd' '; }
of() { jq -r "select(.id==\"$1\") | $2" found; }
tree() { rm -rf t; mkdir -p t/a t/b t/c; }
date_in() { date -u -d "+$1 days" +%Y-%m-%dT%H:%M:%SZ; }

# A06: a 1024-bit root in one file, what it signed in others, the leaf on a curve.
openssl genrsa -out weak.key 1024 2>/dev/null
root weak '/O=Example/CN=Old Root' 3650
newkey int; issue int '/O=Example/CN=Issuing CA' 1800 weak "$ca"
newkey leaf; issue leaf '/O=Example/CN=mq1.example' 300 int "$server"$'\nsubjectAltName=DNS:mq1.example'
newkey strong; root strong '/O=Example/CN=Strong Root' 3650
newkey fine; issue fine '/O=Example/CN=mq2.example' 300 strong "$server"$'\nsubjectAltName=DNS:mq2.example'
tree; cp weak.pem t/a; cp int.pem t/b; cp leaf.pem t/c; cp leaf.pem t/a/again.pem; cp strong.pem t/b; cp fine.pem t/c
audit --plan min-rsa=2048
is "$(jq -r 'select(.type=="finding" and (.traps|index("A06")) and .id!="cert.key-rsa-small") | "\(.id) \(.subject)"' found | sort | paste -sd' ')" \
  'cert.issuer-below-plan t/a/again.pem cert.issuer-below-plan t/b/int.pem cert.key-below-plan t/a/weak.pem' \
  'A06: the weak root, and both that stand on it in other files'
like "$(of cert.issuer-below-plan .what)" 'CN=mq1.example,O=Example would stop working through the CA CN=Old Root' \
  'A06: an EC leaf, through which CA'
like "$(of cert.issuer-below-plan .what)" '\(t/a/weak.pem\), which has an RSA key of 1024 bits' 'A06: where that is'
like "$(of cert.issuer-below-plan .why)" 'AMQ9633E; on z/OS, as far as known, CSQX620E' 'A06: the messages, and how sure'
unlike "$out" 'CN=mq2.example,O=Example would' 'A06 twin: what stands on a large key is not named'
is "$(jq -c 'select(.type=="summary") | .plan' found)" \
  '[{"rule":"min-rsa=2048","certificates":1,"through_their_ca":2,"entries":4}]' 'the plan is summed up'
cp found by-plan; audit --min-rsa 2048
ok '--min-rsa is short for it' cmp found by-plan
rm t/a/weak.pem; audit --plan min-rsa=2048
unlike "$(ids)" below-plan 'A06: without the weak CA nobody can tell'

# A CA with two certificates falls only when both do.
tree; cp weak.pem t/a; cp int.pem t/b
openssl genrsa -out big.key 2048 2>/dev/null; root big '/O=Example/CN=Cross Root' 3650
cp int.key cross.key; issue cross '/O=Example/CN=Issuing CA' 1800 big "$ca"
cp cross.pem big.pem t/b; cp leaf.pem t/c; audit --plan min-rsa=2048
is "$(of cert.issuer-below-plan .subject)" t/b/int.pem 'a leaf under a cross-certified CA goes on by the other way'

# Other rules.
newkey sha1; root sha1 '/O=Example/CN=SHA Root' 3650 -sha1
newkey s1; issue s1 '/O=Example/CN=s1.example' 300 sha1 "$server" -sha1
tree; cp sha1.pem t/a; cp s1.pem t/b; audit --plan no-sha1
is "$(of plan.certificate-refused .subject)" t/b/s1.pem 'no-sha1: the leaf, not the signature of a root on itself'
like "$(of plan.certificate-refused .what)" 'a signature with SHA-1' 'and what it has'
issue s1 '/O=Example/CN=s1.example' 300 sha1 "$server"; cp s1.pem t/b; audit --plan no-sha1
unlike "$(ids)" plan. 'no-sha1 twin: under a root signed with SHA-1'
newkey sub; issue sub '/O=Example/CN=Sub CA' 1800 sha1 "$ca" -sha1
newkey low; issue low '/O=Example/CN=low.example' 300 sub "$server"
cp sub.pem t/a; cp low.pem t/c; audit --plan no-sha1,min-ec=256
is "$(of plan.issuer-refused .subject) $(of plan.issuer-refused .evidence.rule)" 't/c/low.pem no-sha1' \
  'no-sha1: through a CA signed with it'
tree; cp fine.pem strong.pem t/a
audit --plan min-ec=384; is "$(of plan.certificate-refused .subject | sort | paste -sd' ')" 't/a/fine.pem t/a/strong.pem' min-ec
audit --plan min-ec=256,no-rsa,no-dsa,no-md5,no-sha1,no-self-signed,min-days=30,max-days=398
unlike "$(ids)" plan. 'a sound pair keeps to all rules'
audit --plan min-days=301; is "$(of plan.certificate-refused .subject)" t/a/fine.pem min-days
audit --plan max-days=200; is "$(of plan.certificate-refused .subject)" t/a/fine.pem 'max-days, which spares CAs'
cp big.pem t/b; audit --plan no-rsa; is "$(of plan.certificate-refused .subject)" t/b/big.pem no-rsa
newkey self; openssl req -x509 -new -key self.key -subj /CN=self.example -days 300 -out self.pem \
  -addext basicConstraints=critical,CA:FALSE 2>/dev/null
tree; cp self.pem t/a; audit --plan no-self-signed; is "$(of plan.certificate-refused .subject)" t/a/self.pem no-self-signed
run "$CAUSEY" audit --plan min-rsaa=2048 t; exits 2 'a rule that is none'; like "$err" 'Did you mean min-rsa' 'the nearest is named'
run "$CAUSEY" audit --plan min-rsa t; exits 2 'a number is needed'; like "$err" 'min-rsa=2048' 'and shown'
run "$CAUSEY" audit --plan no-sha1=1 t; exits 2 'no value is taken'
run "$CAUSEY" audit --plan '' t; exits 2 'an empty plan'
run "$CAUSEY" audit --plan no-sha1, t; exits 2 'an empty rule'
run "$CAUSEY" audit --plan no-self-signed t; like "$out" 'What the plan would stop' 'a table for people'
like "$out" 'no-self-signed +1 +0 +1' 'with the count'

# Without an authority key identifier the signature tells.
openssl genrsa -out weak2.key 1024 2>/dev/null; cp weak2.key other2.key; openssl genrsa -out other2.key 1024 2>/dev/null
root weak2 '/O=Example/CN=Plain Root' 3650; root other2 '/O=Example/CN=Plain Root' 3650
newkey plain; aki='' issue plain '/O=Example/CN=plain.example' 300 weak2 "$server"
tree; cp plain.pem t/a; cp other2.pem t/b; audit --plan min-rsa=2048
unlike "$(ids)" cert.issuer-below-plan 'a namesake of its CA did not sign it'
cp weak2.pem t/c; audit --plan min-rsa=2048
is "$(of cert.issuer-below-plan .evidence.through_address)" t/c/weak2.pem 'the one that did is found by the signature'

# A07: a CA that ends before what it signed, in other files.
newkey short; root short '/O=Example/CN=Short CA' 100
newkey long; issue long '/O=Example/CN=long.example' 300 short "$server"$'\nsubjectAltName=DNS:long.example'
tree; cp short.pem t/a; cp long.pem t/b; audit
is "$(ids)" ca.ends-before-dependents 'A07: a CA that ends first'
is "$(of ca.ends-before-dependents '"\(.subject) \(.severity)"')" 't/a/short.pem notice' 'A07: while there is time, a notice'
like "$(of ca.ends-before-dependents .what)" 'CN=long.example,O=Example \(t/b/long.pem\)' 'A07: who depends on it'
at=(--at "$(date_in 80)"); audit
is "$(of ca.ends-before-dependents .severity)" warning 'A07: near the end, a warning'
at=(--at "$(date_in 120)"); audit
is "$(of ca.ends-before-dependents .severity)" error 'A07: after it, an error'
at=(); openssl x509 -in short.pem -signkey short.key -days 3000 -set_serial 77 -extfile <(echo "$ca") -out t/c/renewed.pem 2>/dev/null
audit; unlike "$(ids)" ca.ends 'A07 twin: the CA was renewed with the same key'
tree; cp strong.pem t/a; cp fine.pem t/b; audit; is "$(ids)" '' 'A07 twin: a CA that lasts'

# A23: one key, several files.
sealed() { openssl pkcs8 -topk8 -in "$1" -passout pass:Gr4nite-and-h3ather; }
echo Gr4nite-and-h3ather >pw; echo other-W0rds >>pw
tree; sealed fine.key >t/a/fine.key; openssl pkcs12 -export -inkey fine.key -in fine.pem -passout pass:other-W0rds -out t/b/f.p12
cp fine.key t/c/mail.key; chmod 600 t/*/*
audit --passwords pw
is "$(of key.in-several-places '"\(.subject) \(.evidence.copies[0:5]) \(.evidence.in_clear) \(.severity)"')" \
  't/a/fine.key 3 of  1 warning' 'A23: all copies, sealed and in clear, in three formats'
like "$(of key.in-several-places .what)" 't/a/fine.key, t/b/f.p12.*, t/c/mail.key \(in clear\)' 'A23: each is named'
id=$(openssl x509 -in fine.pem -noout -ext subjectKeyIdentifier | tail -1 | tr -d ' :' | tr A-F a-f)
is "$(of key.in-several-places .evidence.key_id)" "$id" 'A23: by key identifier'
rm t/c/mail.key; audit --passwords pw
is "$(of key.in-several-places .severity)" notice 'A23: sealed copies are a notice'
rm t/b/f.p12; ln t/a/fine.key t/b/hard.key; ln -s ../a/fine.key t/c/soft.key; audit --passwords pw
is "$(ids)" '' 'A23 twin: hard and symbolic links are one place'
rm t/b/hard.key; sealed strong.key >t/b/strong.key; chmod 600 t/b/strong.key; audit --passwords pw
is "$(ids)" '' 'A23 twin: two keys'
keytool -genkeypair -alias web -keyalg EC -dname CN=web.example -keystore k.jks -storetype JKS -storepass Gr4nite-and-h3ather \
  -keypass other-W0rds -validity 300 >/dev/null 2>&1
echo Gr4nite-and-h3ather >one
tree; cp k.jks t/a; cp k.jks t/b/copy.jks; chmod 600 t/*/*; audit --passwords one
is "$(of key.in-several-places .subject)" 't/a/k.jks#web' 'A23: a key that stays sealed is known by its certificate'

# A16: a CA that was replaced in one store and forgotten in others.
newkey gen1; root gen1 '/O=Example/CN=Moving Root' 400
newkey gen2; root gen2 '/O=Example/CN=Moving Root' 3000 -set_serial 2
faketime_ok=no; command -v faketime >/dev/null && faketime_ok=yes
[ $faketime_ok = yes ] && faketime '300 days ago' openssl req -x509 -new -key gen1.key -subj '/O=Example/CN=Moving Root' \
  -days 400 -out gen1.pem -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
store() { # FILE CERT...
  local n=0 c
  for c in "${@:2}"; do n=$((n + 1)); keytool -importcert -noprompt -storetype JKS -keystore "$1" -storepass changeit \
    -alias "ca$n" -file "$c" >/dev/null 2>&1; done
}
tree; store t/a/new.jks gen2.pem strong.pem; store t/b/old.jks gen1.pem strong.pem; cat gen1.pem big.pem >t/c/old.pem
audit
is "$(of trust.store-behind '"\(.subject) \(.severity)"' | sort | paste -sd' ')" \
  't/b/old.jks#ca1 notice t/c/old.pem#@1 notice' 'A16: both stores that have only the old one'
like "$(of trust.store-behind .what)" 'with another key\) is t/a/new.jks#ca1, and not here' 'A16: and where the new one is'
newkey moved; issue moved '/O=Example/CN=moved.example' 300 gen2 "$server"; cp moved.pem t/a; audit
is "$(of trust.store-behind .severity | sort -u)" warning 'A16: once the new key has signed something, a warning'
store t/b/old.jks gen2.pem; keytool -importcert -noprompt -keystore t/b/old.jks -storepass changeit -alias new -file gen2.pem >/dev/null 2>&1
cat gen2.pem >>t/c/old.pem; audit
unlike "$(ids)" store-behind 'A16 twin: old and new side by side everywhere'
tree; cp gen1.pem gen2.pem t/a; audit
unlike "$(ids)" store-behind 'A16 twin: a folder of single files has both'
newkey old; issue old '/O=Example/CN=old.example' 90 gen1 "$server"
tree; cat old.pem gen1.pem >t/a/chain.pem; store t/b/new.jks gen2.pem strong.pem; audit
unlike "$(ids)" store-behind 'A16 twin: a chain needs the CA that signed it'

# A certificate that was renewed elsewhere.
alt=$server$'\nsubjectAltName=DNS:web.example'
newkey web; issue web '/O=Example/CN=web.example' 20 strong "$alt"; mv web.pem web-old.pem
newkey web2; issue web2 '/O=Example/CN=web.example' 300 strong "$alt"
tree; (sealed web.key; cat web-old.pem) >t/a/web.pem; (sealed web2.key; cat web2.pem) >t/b/web.pem; chmod 600 t/*/*
at=(--at "$(date_in 5)"); audit --passwords pw
is "$(of cert.renewed-elsewhere '"\(.subject) \(.severity) \(.evidence.newer_address)"')" \
  't/a/web.pem warning t/b/web.pem' 'renewed in one place, about to end in another'
at=(--at "$(date_in -10)"); mv t/b/web.pem t/b/x; audit --passwords pw; mv t/b/x t/b/web.pem
unlike "$(ids)" renewed 'twin: nothing newer'
cat web2.pem >>t/a/web.pem; at=(--at "$(date_in 5)"); audit --passwords pw
unlike "$(ids)" renewed 'twin: the newer one stands beside it'
newkey two; issue two '/O=Example/CN=web.example' 200 strong "$alt"; at=()
tree; cp web2.pem t/a; cp two.pem t/b; audit
unlike "$(ids)" renewed 'twin: two servers of one name, both with time left'

# The same whatever the number of workers.
tree; for i in $(seq 1 150); do cp fine.pem "t/a/$i.pem"; cp long.pem "t/b/$i.pem"; done; cp fine.key t/c; cp fine.key t/b; cp short.pem weak.pem leaf.pem int.pem t/c
"$CAUSEY" audit --json --threads 1 --plan min-rsa=2048 t >t1; "$CAUSEY" audit --json --threads 4 --plan min-rsa=2048 t >t4
ok 'one worker and four say the same' cmp t1 t4
is "$(jq -r 'select(.type=="summary") | "\(.certificates) \(.distinct_certificates) \(.distinct_keys)"' t1)" '304 6 1' \
  'each certificate counts once'

# Many alike.
run "$CAUSEY" audit --min-severity info --at "$(date_in 4000)" --fail-on never t/a
unlike "$out" 'more like this' 'one finding in each of many stores is shown in each'
for i in $(seq 1 30); do cat fine.pem; done >t/many.pem
run "$CAUSEY" audit --min-severity info t/many.pem
like "$out" 'and 9 more like this: entry.certificate-twice' '29 alike in one store: 20, and the number of the rest'
"$CAUSEY" audit --json t/many.pem >found
is "$(of entry.certificate-twice .id | wc -l)" 29 'JSON has them all'
done_testing
