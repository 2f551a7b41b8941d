#!/bin/bash
# causey-test: any-user
# Java reads what --for java writes; without it a PKCS#12 trust store is empty to Java, which is said (A03).
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl java javac
cd "$T" || exit 1
echo storepass >pw
make_ca one '/O=Example/CN=One'
make_ca two '/O=Example/CN=Two'
issue mq1 '/O=Example/CN=MQ1' one
ok 'the helper compiles' javac -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -d . "$ROOT/tests/interop/Anchors.java"
anchors() { java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp . Anchors "$1" storepass 2>&1; }

run "$CAUSEY" cp --json --password-file pw one.pem two.pem plain.p12
exits 0 'a PKCS#12 of certificates'
like "$out" 'store.java-sees-nothing' 'says that Java will see nothing in it'
printf '%s' "$out" >doc.json
json_valid 'in the document' cp-1.json doc.json
like "$(anchors plain.p12)" 'anchors 0: the trustAnchors parameter must be non-empty' 'and so it is'
like "$out" 'cp --for java' 'the fix is named'

run "$CAUSEY" cp --for java --password-file pw plain.p12 trust.p12
exits 0 'what the fix says'
unlike "$out$err" 'java-sees-nothing' 'is silent'
is "$(anchors trust.p12)" 'anchors 2' 'Java trusts both'
run "$CAUSEY" cp --for java --password-file pw plain.p12 plain.p12
exits 0 'in place'
like "$out" 'marked as trusted' 'marks what is there'
is "$(anchors plain.p12)" 'anchors 2' 'Java trusts both'
run "$CAUSEY" cp --for java --password-file pw one.pem two.pem nosuffix
exits 0 'a name that says nothing'
is "$(anchors nosuffix)" 'anchors 2' 'is what Java reads'
run "$CAUSEY" cp --for java --password-file pw one.pem two.pem trust.jks
is "$(anchors trust.jks)" 'anchors 2' 'JKS as well'
run "$CAUSEY" cp --password-file pw one.pem two.pem plain.jks
unlike "$out$err" 'java-sees-nothing' 'a healthy store has no finding'

run "$CAUSEY" cp --for java --password-file pw mq1.key mq1.pem one.pem key.p12#MyServer
exits 0 'a key for Java'
like "$(anchors key.p12)" 'key myserver EC chain 2' 'under a label in lower case, with the password of the store'
run "$CAUSEY" cp --for java --password-file pw one.pem key.pem
exits 4 'PEM is nothing for Java'
run "$CAUSEY" cp --for jvaa one.pem key.p12
exits 2 'a product that there is not'
like "$err" 'Did you mean java' 'names the nearest'
done_testing
