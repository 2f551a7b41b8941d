#!/bin/bash
# causey-test: any-user
# Java keystores (JKS) with keytool at the other end: it reads what we write, and we what it writes.
. "$(dirname "$0")/../lib/tap.sh"
need keytool openssl sha256sum
cd "$T" || exit 1
# With the sanitizers' start-up, Java's own tuning only takes time.
export JAVA_TOOL_OPTIONS=''
kt() { keytool -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -J-Duser.language=en "$@"; }
listing() { kt -list -keystore "$1" -storepass "$2" 2>/dev/null | grep -A1 Entry; }
printf 'geheim1\n' >pw
printf 'changeit\n' >javapw

# What keytool makes.
store=(-keystore k.jks -storetype jks -storepass changeit)
new=(-validity 3650 -dname 'O=Example,CN=somebody')
{
  kt -genkeypair "${store[@]}" -keypass changeit -alias rsa -keyalg RSA -keysize 2048 "${new[@]}"
  kt -genkeypair "${store[@]}" -keypass otherone -alias ec -keyalg EC -groupname secp256r1 "${new[@]}"
  kt -genkeypair "${store[@]}" -keypass changeit -alias dsa -keyalg DSA -keysize 1024 "${new[@]}"
  kt -exportcert "${store[@]}" -alias ec -rfc -file ec.pem
  kt -importcert -noprompt "${store[@]}" -alias 'Größe CA' -file ec.pem
} >gen.log 2>&1
ok 'keytool makes a keystore' test -s k.jks

run "$CAUSEY" ls --json --password-file javapw k.jks
exits 0 'ls reads it'
unlike "$err" 'integrity' 'and has nothing to say about its integrity'
printf '%s' "$out" >ls.json
is "$($PYTHON -c 'import json
for e in json.load(open("ls.json"))["places"][0]["entries"]: print(e["label"], e["kind"], e["key"])' | sort)" \
  'dsa identity DSA 1024
ec identity EC P-256
größe ca trusted EC P-256
rsa identity RSA 2048' 'labels, kinds and keys as keytool put them'
run "$CAUSEY" ls k.jks
exits 0 'and without a password'
like "$err" 'k.jks was read without checking its integrity' 'which it says'
run "$CAUSEY" ls --password-file pw k.jks
exits 4 'a wrong password is refused'
like "$err" 'crypto.wrong-password' 'by its name'

# Private keys out of it.
key_sum() { openssl pkey -in "$1" -outform DER 2>/dev/null | sha256sum; }
run "$CAUSEY" cp --plain-keys --from-password-file javapw k.jks#rsa rsa.pem
exits 0 'a private key comes out'
kt -importkeystore -srckeystore k.jks -srcstorepass changeit -srcalias rsa -destkeystore rsa.p12 \
  -deststoretype pkcs12 -deststorepass changeit -noprompt 2>/dev/null
openssl pkcs12 -in rsa.p12 -passin pass:changeit -nodes -nocerts -out want.pem 2>/dev/null
is "$(key_sum rsa.pem)" "$(key_sum want.pem)" 'and is the one that Java takes out'
run "$CAUSEY" cp --plain-keys --from-password-file javapw k.jks#ec ec-key.pem
exits 4 'one with a password of its own does not come out without'
printf 'otherone\n' >keypw
run "$CAUSEY" cp --plain-keys --from-password-file javapw --key-password-file keypw k.jks#ec ec-key.pem
exits 0 'and does with it'
is "$(openssl pkey -in ec-key.pem -pubout)" "$(openssl x509 -in ec.pem -noout -pubkey)" 'it fits its certificate'

# What keytool reads of ours.
run "$CAUSEY" cp --from-password-file javapw --to-password-file pw --key-password-file keypw k.jks new.jks
exits 0 'a whole store into a new one'
want=$(listing k.jks changeit | sort)
is "$(listing new.jks geheim1 | sort)" "$want" 'keytool lists the same'
is "$(stat -c %a new.jks)" 600 'which is for its owner alone'
kt -importkeystore -srckeystore new.jks -srcstorepass geheim1 -destkeystore all.p12 -deststoretype pkcs12 \
  -deststorepass geheim1 -noprompt >import.log 2>&1
like "$(cat import.log)" '4 entries successfully imported, 0 entries failed' 'Java opens every key in it'
openssl pkcs12 -in all.p12 -passin pass:geheim1 -nodes -nocerts 2>/dev/null >keys.pem
ok 'and finds the same key' grep -qxF "$(sed -n '/BEGIN/{n;n;p;}' want.pem)" keys.pem

# Both change one file in turn. What is not touched stays, byte for byte.
cp k.jks both.jks
openssl req -x509 -newkey rsa:2048 -nodes -keyout s.key -subj '/CN=server' -days 3650 -out s.pem 2>/dev/null
run "$CAUSEY" cp --password-file javapw s.key s.pem both.jks#Server
exits 0 'a key and its certificate go into a store of keytool'
like "$err$out" 'capital|lower case' 'which says that the label does not keep its capitals'
like "$out" 'added +identity +server ' 'and shows it as it is in the file'
is "$(listing both.jks changeit | grep -v -e '^--' -e '^server,' | head -8)" \
  "$(listing k.jks changeit | grep -v -e '^--' | head -8)" 'keytool still lists the others'
like "$(listing both.jks changeit)" 'server, .*PrivateKeyEntry' 'and the new one, in lower case'
ok 'Java finds it under either case' kt -list -keystore both.jks -storepass changeit -alias SERVER
ok 'the entries that were there are the same bytes' "$PYTHON" -c '
a, b = open("k.jks", "rb").read(), open("both.jks", "rb").read()
assert a[12:-20] == b[12:12 + len(a) - 32] and b[11] == a[11] + 1'
kt -delete -keystore both.jks -storepass changeit -alias dsa 2>/dev/null
kt -importcert -noprompt -keystore both.jks -storepass changeit -alias more -file s.pem 2>/dev/null
run "$CAUSEY" ls --password-file javapw both.jks
exits 0 'what keytool changed is read again'
like "$out" 'more +server' 'with what it added'
unlike "$out" 'dsa' 'without what it removed'

# A chain.
kt -genkeypair -keystore ca.jks -storetype jks -storepass changeit -keypass changeit -alias ca -keyalg EC \
  -groupname secp256r1 -dname CN=ca -ext bc:c -validity 3650 2>/dev/null
kt -certreq -keystore k.jks -storepass changeit -alias rsa 2>/dev/null |
  kt -gencert -keystore ca.jks -storepass changeit -alias ca -rfc -outfile rsa-signed.pem 2>/dev/null
kt -exportcert -keystore ca.jks -storepass changeit -alias ca -rfc -file ca.pem 2>/dev/null
openssl pkey -in rsa.pem -out rsa.key
run "$CAUSEY" cp --password-file javapw rsa.key rsa-signed.pem ca.pem signed.jks#rsa
exits 0 'key, certificate and the CA that issued it'
run kt -list -v -keystore signed.jks -storepass changeit
like "$out" 'Certificate chain length: 2' 'keytool sees a chain of two'

# What makes the findings about aliases true.
"$PYTHON" - <<'PY'
import base64, hashlib, struct
pem = open("ec.pem").read().split("-----")[2]
der = base64.b64decode(pem)
def entry(alias):
    a = alias.encode()
    return (struct.pack(">IH", 2, len(a)) + a + struct.pack(">Q", 0) + b"\0\5X.509" + struct.pack(">I", len(der)) + der)
def store(name, aliases):
    b = struct.pack(">III", 0xfeedfeed, 2, len(aliases)) + b"".join(map(entry, aliases))
    open(name, "wb").write(b + hashlib.sha1("changeit".encode("utf-16-be") + b"Mighty Aphrodite" + b).digest())
store("upper.jks", ["Upper"])
store("twice.jks", ["twice", "twice"])
PY
run kt -list -keystore upper.jks -storepass changeit
like "$out" 'contains 1 entry' 'Java has the entry whose alias has a capital'
like "$out" 'Alias <Upper> does not exist' 'and keytool does not find what it is about to list'
is "$(listing twice.jks changeit | grep -c Entry)" 1 'and of two entries with one alias Java keeps one'

# What the findings advise mends it.
run "$CAUSEY" mv --password-file javapw upper.jks#Upper upper.jks#upper
exits 0 'a rename into lower case'
ok 'and Java finds it' kt -list -keystore upper.jks -storepass changeit -alias upper
run "$CAUSEY" mv --password-file javapw twice.jks#@2 twice.jks#other
exits 0 'one of two twins gets another name'
run "$CAUSEY" mv --password-file javapw twice.jks#other '#Other'
like "$out" 'other is now other' 'said as it is in the file'
is "$(listing twice.jks changeit | grep -c Entry)" 2 'and Java has both'

# Passwords: keys that had the store's get the new one, others keep theirs.
imports() { # STORE STOREPASS KEYPASS ALIAS: can Java take the key out?
  rm -f out.p12
  kt -importkeystore -srckeystore "$1" -srcstorepass "$2" -srckeypass "$3" -srcalias "$4" -destkeystore out.p12 \
    -deststoretype pkcs12 -deststorepass geheim1 -noprompt
}
cp k.jks changed.jks
run "$CAUSEY" passwd --password-file javapw --new-password-file pw changed.jks
exits 0 'a new password for a store of keytool'
not_ok 'the old one does not open it' kt -list -keystore changed.jks -storepass changeit
ok 'a key that had the old one has the new one' imports changed.jks geheim1 geheim1 rsa
ok 'a key that had its own has it still' imports changed.jks geheim1 otherone ec
run "$CAUSEY" passwd --password-file pw --new-password-file javapw changed.jks#rsa
exits 0 'a new password for one key'
ok 'which Java needs from now on' imports changed.jks geheim1 changeit rsa
not_ok 'in place of the other' imports changed.jks geheim1 geheim1 rsa
is "$(listing changed.jks geheim1)" "$(listing k.jks changeit)" 'nothing else is another'

# Damage and passwords.
"$PYTHON" -c '
b = bytearray(open("new.jks", "rb").read())
b[-40] ^= 1
open("bad.jks", "wb").write(b)'
run "$CAUSEY" ls --password-file pw bad.jks
exits 3 'a changed file is bad input'
like "$err" 'store.damaged' 'said to be damaged, since its keys open with the password'
run "$CAUSEY" cp --password-file pw s.pem bad.jks#x
exits 3 'and not written'
run "$CAUSEY" ls "$ROOT/tests/fixtures/jks/ks.jks"
exits 0 'a listing without a password'
done_testing
