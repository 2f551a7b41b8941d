#!/bin/bash
# JCEKS keystores and secret keys with keytool and Java at the other end: they read what we write, and we what
# they write; secret keys go from JCEKS to PKCS#12 and back.
. "$(dirname "$0")/../lib/tap.sh"
need keytool java javac openssl
cd "$T" || exit 1
unset JAVA_TOOL_OPTIONS
kt() { keytool -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -J-Duser.language=en "$@"; }
listing() { kt -list -keystore "$1" -storepass "$2" 2>/dev/null | sed -n 's/, [A-Z][a-z]* [0-9]*, [0-9]*//; s/ *$//; /Entry/p' | sort; }
# Compiled once: launched from its source, each call would compile it.
ok 'the helper compiles' javac -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -d . "$ROOT/tests/interop/Secrets.java"
secrets() { java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp . Secrets "$@"; }
java_sees() { secrets list "$@"; }
cp_() { run "$CAUSEY" cp --from-password-env "$1" --to-password-env "$2" "${@:3}"; }
export ONE=changeit TWO=geheim12 KEY=otherone1 WRONG=wrong

# What keytool makes.
store=(-keystore k.jceks -storetype jceks -storepass changeit)
new=(-validity 3650 -dname 'O=Example,CN=somebody')
{
  kt -genkeypair "${store[@]}" -keypass changeit -alias rsa -keyalg RSA -keysize 2048 "${new[@]}"
  kt -genkeypair "${store[@]}" -keypass otherone1 -alias ec -keyalg EC -groupname secp256r1 "${new[@]}"
  kt -exportcert "${store[@]}" -alias ec -rfc -file ec.pem
  kt -importcert -noprompt "${store[@]}" -alias ca -file ec.pem
  kt -genseckey "${store[@]}" -keypass changeit -alias aes -keyalg AES -keysize 256
  kt -genseckey "${store[@]}" -keypass changeit -alias des -keyalg DES
  kt -genseckey "${store[@]}" -keypass otherone1 -alias hmac -keyalg HmacSHA256 -keysize 256
} >gen.log 2>&1
ok 'keytool makes a keystore' test -s k.jceks
run "$CAUSEY" ls --json --password-env ONE k.jceks
exits 0 'ls reads it'
printf '%s' "$out" >ls.json
is "$($PYTHON -c 'import json
for e in json.load(open("ls.json"))["places"][0]["entries"]: print(e["label"], e["kind"])' | sort | tr '\n' ' ')" \
  'aes secret ca trusted des secret ec identity hmac secret rsa identity ' 'labels and kinds as keytool put them'
run "$CAUSEY" show --json --password-env ONE k.jceks#aes
exits 0 'a secret key is shown'
printf '%s' "$out" >show.json
json_valid 'by its schema' show-1.json show.json
like "$out" '"key": "AES 256"' 'with algorithm and size'
run "$CAUSEY" show --password-env ONE k.jceks#hmac
like "$out" 'does not open with the store' 'one with a password of its own stays closed'
run "$CAUSEY" ls --password-env WRONG k.jceks
exits 4 'a wrong password is refused'
like "$err" 'crypto.wrong-password' 'by its name'

# Into PKCS#12, under another password.
cp_ ONE TWO k.jceks#aes k.jceks#des k.jceks#rsa k.p12
exits 0 'secret keys go into a PKCS#12'
unlike "$out$err" 'secret-password|stays sealed' 'without a word on old passwords'
is "$(listing k.p12 geheim12)" $'aes, SecretKeyEntry,\ndes, SecretKeyEntry,\nrsa, PrivateKeyEntry,' 'keytool lists them'
is "$(java_sees PKCS12 geheim12 k.p12 | sed 's,DES/CBC,DES,')" \
  "$(java_sees JCEKS changeit k.jceks | grep -E '^(aes|des|rsa) ')" 'Java opens each, and it is the same key'
cp_ ONE TWO k.jceks#hmac k.p12
exits 4 'one with a password of its own does not come out without'
like "$err" 'secret key hmac' 'which is said by its name'
run "$CAUSEY" cp --from-password-env ONE --key-password-env KEY --to-password-env TWO k.jceks#hmac k.p12
exits 0 'and does with it'
cp_ ONE TWO k.jceks#aes k.p12
exits 0 'once more the same key'
like "$out" 'skipped +secret +aes' 'is there already'
cp_ ONE TWO k.jceks#des k.p12#aes
exits 4 'another one under its label is refused'
cp_ ONE TWO --replace k.jceks#des k.p12#aes
exits 0 'but for --replace'
is "$(java_sees PKCS12 geheim12 k.p12 | sed -n 's/^aes //p')" "$(java_sees PKCS12 geheim12 k.p12 | sed -n 's/^des //p')" \
  'which Java finds there'

# And back.
secrets make PKCS12 changeit java.p12 AES HmacSHA512/256 HmacSHA3-256 1.2.3.4 PBEWithMD5AndDES
cp_ ONE TWO java.p12 back.jceks
exits 0 "Java's PKCS#12 goes into a new JCEKS"
is "$(java_sees JCEKS geheim12 back.jceks)" "$(java_sees PKCS12 changeit java.p12)" 'Java sees the same in both'
run "$CAUSEY" show --password-env TWO back.jceks#k5
like "$out" 'Key +PBEWithMD5AndDES[^0-9]*Protected' 'of a password not even the length is shown'
cp_ TWO ONE back.jceks again.jceks
is "$(java_sees JCEKS changeit again.jceks)" "$(java_sees PKCS12 changeit java.p12)" 'and from JCEKS to JCEKS'
kt -importkeystore -noprompt -srckeystore again.jceks -srcstorepass changeit -destkeystore all.p12 \
  -deststoretype pkcs12 -deststorepass changeit >import.log 2>&1
like "$(cat import.log)" '5 entries successfully imported, 0 entries failed' 'keytool imports all of it'

# What has no OID has no place in PKCS#12, and stays whole in JCEKS.
secrets make JCEKS changeit odd.jceks Blowfish AES
cp_ ONE TWO odd.jceks odd.p12
exits 0 'of two keys one is for PKCS#12'
like "$out" 'left-out +secret +k1' 'the other is left out'
like "$err" 'object identifiers' 'with the reason'
cp_ ONE TWO odd.jceks#k1 other.p12
exits 4 'alone it is refused'
not_ok 'and nothing is made' test -e other.p12
cp_ ONE TWO odd.jceks odd2.jceks
is "$(java_sees JCEKS geheim12 odd2.jceks)" "$(java_sees JCEKS changeit odd.jceks)" 'JCEKS has both'
cp_ ONE TWO odd.jceks#k2 t.jks
exits 4 'JKS has no secret keys'

# Both change one file in turn; passwords.
cp k.jceks both.jceks
run "$CAUSEY" cp -q --password-env ONE ec.pem both.jceks#More
exits 0 'a certificate is added to a store of keytool'
ok 'the entries that were there are the same bytes' "$PYTHON" -c '
a, b = open("k.jceks", "rb").read(), open("both.jceks", "rb").read()
assert a[12:-20] == b[12:12 + len(a) - 32] and b[11] == a[11] + 1'
like "$(listing both.jceks changeit)" 'more, trustedCertEntry' 'keytool sees it'
kt -delete -keystore both.jceks -storetype jceks -storepass changeit -alias aes 2>/dev/null
run "$CAUSEY" ls --password-env ONE both.jceks
unlike "$out" 'aes' 'we see what keytool removed'
run "$CAUSEY" passwd -q --password-env ONE --new-password-env TWO k.jceks
exits 0 'another password for the store'
run java_sees JCEKS geheim12 k.jceks
like "$out" '^aes secret AES 32|[[:space:]]aes secret AES 32' 'Java opens a secret key that had the old one'
like "$out" 'hmac secret UnrecoverableKeyException' 'one with its own has it still'
like "$out" 'rsa private RSA' 'and private keys likewise'
run "$CAUSEY" passwd -q --password-env TWO --new-password-env KEY k.jceks#des
exits 0 'a password of its own for a secret key'
run java_sees JCEKS geheim12 k.jceks
like "$out" 'des secret UnrecoverableKeyException' 'which Java asks for from now on'
export UMLAUT='größe12'
run "$CAUSEY" passwd --password-env TWO --new-password-env UMLAUT k.jceks
exits 6 'a password that Java would not take for keys is refused'
like "$err" 'ASCII' 'with the reason'
ok 'and the file is as it was' kt -list -keystore k.jceks -storepass geheim12

# What is no key: Java refuses the store, we say why, and what is advised mends it.
"$PYTHON" - <<'PY'
import hashlib, struct
aes = open("k.jceks", "rb").read()
stream = (b"\xac\xed\0\5sr\0\x13java.util.ArrayList" + bytes.fromhex("7881d21d99c7619d") +
          b"\3\0\1I\0\4sizexp\0\0\0\1w\4\0\0\0\1px")
body = bytearray(aes[:-20] + struct.pack(">IH", 3, 4) + b"evil" + bytes(8) + stream)
body[11] += 1
open("evil.jceks", "wb").write(body + hashlib.sha1("geheim12".encode("utf-16-be") + b"Mighty Aphrodite" + body).digest())
PY
not_ok 'Java does not open a store with a list in it' kt -list -keystore evil.jceks -storepass geheim12
run "$CAUSEY" show --password-env TWO evil.jceks#evil
like "$out" 'form that only its own store knows' 'we open it, but not the list'
printf 'geheim12\n' >passwords
run "$CAUSEY" audit --passwords passwords evil.jceks
exits 1 'audit fails'
like "$out" 'jceks.foreign-class' 'with a finding'
like "$out" 'java.util.ArrayList' 'that names the class'
run "$CAUSEY" audit --passwords passwords k.jceks
unlike "$out" 'jceks.foreign-class' 'a healthy store has none'
cp_ TWO ONE evil.jceks#evil new.jceks
exits 4 'it is copied nowhere'
run "$CAUSEY" rm -q --password-env TWO evil.jceks#evil
exits 0 'what the finding advises'
is "$(listing evil.jceks geheim12)" "$(listing k.jceks geheim12)" 'mends it: Java opens the rest'
done_testing
