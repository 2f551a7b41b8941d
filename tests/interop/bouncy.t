#!/bin/bash
# Bouncy Castle's keystores, made by Bouncy Castle itself: what it sees in them is what we see, and what comes
# out of them is what it takes out.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need java javac keytool openssl sha256sum
bc=/usr/share/java/bcprov.jar
[ -r $bc ] || bail 'no bcprov.jar: install libbcprov-java'
cd "$T" || exit 1
printf 'changeit\n' >pw
printf 'wrong\n' >wrong
printf 'keypass99\n' >keypw
make_ca one '/O=Example/CN=One'
issue server '/CN=server' one
openssl pkcs12 -export -in server.pem -inkey server.key -certfile one.pem -name server -passout pass:changeit \
  -out src.p12 2>/dev/null
keytool -importcert -noprompt -keystore src.p12 -storepass changeit -alias 'größe ca' -file one.pem 2>/dev/null
ok 'the helper compiles' javac -cp $bc -d . "$ROOT/tests/interop/Bouncy.java"
bouncy() { java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp ".:$bc" Bouncy "$@" 2>&1; }
kt() {
  keytool -J-XX:TieredStopAtLevel=1 -J-Duser.language=en -providerpath $bc \
    -providerclass org.bouncycastle.jce.provider.BouncyCastleProvider -storetype "$@"
}

# What causey says of a store, in the form of `Bouncy dump` without keys.
seen() {
  "$CAUSEY" show --json --password-file pw "$1" 2>/dev/null | "$PYTHON" -c '
import datetime, json, sys
for e in json.load(sys.stdin)["entries"]:
    certs = ([e["certificate"]] if e.get("certificate") else []) + e.get("chain", [])
    at = datetime.datetime.fromisoformat(e["date"].replace("Z", "+00:00"))
    print(e["label"], e["kind"], *["cert=" + c["sha256"] for c in certs], int(at.timestamp()))' | sort
}
want() { bouncy dump "$1" "$2" changeit "$3" | sed 's/ key=[^ ]*//' | sort; }

# The private key, as it comes out of each: written anew by OpenSSL, since every product has its own encoding.
sum_of() { openssl pkey -in "$1" -outform DER | sha256sum; }
key_of() {
  bouncy key "$1" "$2" changeit "$3" server key.der
  sum_of key.der
}

one_store() { # type, file
  bouncy make "$1" "$2" changeit src.p12 changeit
  is "$(seen "$2")" "$(want "${1%-V1}" "$2" changeit)" "$2: entries, chains and dates as Bouncy Castle sees them"
  run "$CAUSEY" cp --plain-keys --from-password-file pw "$2#server" "$2.pem"
  exits 0 "$2: the private key comes out"
  is "$(sum_of "$2.pem")" "$(key_of "${1%-V1}" "$2" changeit)" "$2: and is the one that Bouncy Castle takes out"
  is "$(grep -c BEGIN.CERTIFICATE "$2.pem")" 2 "$2: with its chain"
  run "$CAUSEY" ls --password-file wrong "$2"
  exits 4 "$2: a wrong password is refused"
  like "$err" 'crypto.wrong-password' "$2: by its name"
  [ "$1" = BKS-V1 ] || to_others "$2"
  bouncy make "$1" "k-$2" changeit src.p12 keypass99
  run "$CAUSEY" cp --plain-keys --from-password-file pw --key-password-file wrong "k-$2#server" "k-$2.pem"
  exits 4 "$2: the wrong password of a key is refused"
  run "$CAUSEY" cp --plain-keys --from-password-file pw --key-password-file keypw "k-$2#server" "k-$2.pem"
  exits 0 "$2: a key with a password of its own"
  is "$(sum_of "k-$2.pem")" "$(key_of "${1%-V1}" "k-$2" keypass99)" "$2: is the same"
}

# Into PKCS#12 and JKS, where keytool opens the keys.
to_others() {
  run "$CAUSEY" cp --for java --password-file pw "$1#server" "$1#größe ca" "$1.p12"
  exits 0 "$1: into PKCS#12"
  is "$(keytool -J-XX:TieredStopAtLevel=1 -list -keystore "$1.p12" -storepass changeit 2>/dev/null | grep -c Entry)" 2 'keytool sees both'
  run "$CAUSEY" cp --password-file pw "$1#server" "$1#größe ca" "$1.jks"
  exits 0 "$1: into JKS"
  keytool -importkeystore -srckeystore "$1.jks" -srcstorepass changeit -destkeystore "$1.again.p12" \
    -deststorepass changeit -noprompt >import.log 2>&1
  like "$(cat import.log)" '2 entries successfully imported' 'from where Java takes key and certificate'
}

one_store BKS new.bks
one_store BKS-V1 old.bks
one_store UBER new.uber
one_store BCFKS new.bcfks

# BCFKS by its other means: ways to stretch a password, to encrypt, and a signature.
by_other_means() { # file
  is "$(seen "$1")" "$(want BCFKS "$1" changeit)" "$1: entries, chains and dates as Bouncy Castle sees them"
  run "$CAUSEY" cp --plain-keys --from-password-file pw "$1#server" "$1.pem"
  exits 0 "$1: the private key comes out"
  is "$(sum_of "$1.pem")" "$(key_of BCFKS "$1" changeit)" "$1: and is the one that Bouncy Castle takes out"
}
for means in 'pbkdf2 kwp' 'scrypt ccm' 'sha3 kwp'; do
  # shellcheck disable=SC2086  # two words
  bouncy bcfks "${means/ /-}.bcfks" changeit src.p12 $means
  by_other_means "${means/ /-}.bcfks"
done
bouncy signed signed.bcfks changeit src.p12 server
run "$CAUSEY" show --json signed.bcfks
exits 0 'a signed store needs no password'
like "$out" '"signed by server"' 'and says who signed'
"$PYTHON" -c 'b = bytearray(open("signed.bcfks", "rb").read()); b[900] ^= 1; open("changed.bcfks", "wb").write(b)'
run "$CAUSEY" ls changed.bcfks
exits 3 'one that was changed is refused'
like "$err" 'signature' 'since the signature does not fit'

# Secret keys go along to where Java reads them.
run "$CAUSEY" cp --password-file pw new.bks#aes new.bcfks#hmac secrets.p12
exits 0 'secret keys into PKCS#12'
is "$(keytool -J-XX:TieredStopAtLevel=1 -list -keystore secrets.p12 -storepass changeit 2>/dev/null | grep -c SecretKeyEntry)" 2 \
  'which Java lists as such'

# keytool's own view, and a key made by it.
run kt BKS -list -v -keystore new.bks -storepass changeit
like "$out" 'Alias name: server' 'keytool lists a BKS store with this provider'
kt BKS -genkeypair -keystore kt.bks -storepass changeit -keypass changeit -alias rsa -keyalg RSA -keysize 2048 \
  -dname CN=rsa 2>/dev/null
run "$CAUSEY" ls --password-file pw kt.bks
exits 0 'one made by keytool'
like "$out" 'identity +rsa +rsa +RSA 2048' 'is listed'

# Findings: the weak version, and its healthy twin.
run "$CAUSEY" show --json --password-file pw old.bks
like "$out" '"bks.version-1-integrity"' 'version 1 is found'
run "$CAUSEY" show --json --password-file pw new.bks
unlike "$out" 'bks\.version-1|store\.weak-protection|no-passphrase' 'version 2 is not'
bouncy make BKS nokey.bks changeit src.p12 -
run "$CAUSEY" show --json --password-file pw nokey.bks
like "$out" '"key.no-passphrase"' 'keys that were stored without a password are found'

# Without a password, and as a target.
run "$CAUSEY" ls new.bks
exits 0 'a BKS store is listed without a password'
like "$out" 'trusted +größe ca' 'with what is in it'
cp new.bks before.bks
run "$CAUSEY" cp --password-file pw one.pem new.bks#another
exits 4 'it is not written'
like "$err" 'store.read-only' 'and that is said'
ok 'nor touched' cmp -s new.bks before.bks
# UBER: nothing without a password, and a clear word without the library.
run "$CAUSEY" ls new.uber
exits 4 'an UBER store is not listed without a password'
like "$err" 'store.password-needed' 'which is said'
unlike "$(ldd "$CAUSEY")" nettle 'libnettle is not linked'
cat >no.c <<'C'
#include <stddef.h>
void *dlopen(const char *name, int flags) { return NULL; }
C
ok 'a world without libnettle' "${CC:-cc}" -shared -fPIC -o no.so no.c
run env LD_PRELOAD="$PWD/no.so" ASAN_OPTIONS=verify_asan_link_order=0 "$CAUSEY" ls --password-file pw new.uber
exits 6 'without the library it is not opened'
like "$err" 'libnettle8' 'and the package is named'

head -c 600 new.bks >cut.bks
run "$CAUSEY" ls cut.bks
exits 3 'a part of one is bad input'
like "$err" 'store.damaged' 'namely damaged'
done_testing
