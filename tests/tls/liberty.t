#!/bin/bash
# Purpose: server.xml of Liberty: what holds of several files, and C16.
. "$(dirname "$0")/../lib/tap.sh"
need openssl
cd "$T" || exit 1
mkdir -p resources/security
openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -days 30 -subj /CN=localhost 2>/dev/null
openssl pkcs12 -export -in c.pem -inkey k.pem -out resources/security/key.p12 -passout pass:Liberty -name me
# The same password under Liberty's cover.
cover=$("$PYTHON" -c 'import base64; print(base64.b64encode(bytes(b ^ 0x5f for b in b"Liberty")).decode())')

cat >server.xml <<END
<server>
  <variable name="pw" defaultValue="{xor}$cover"/>
  <include location="more.xml"/>
  <keyStore id="defaultKeyStore" password="\${pw}"/>
  <ssl id="web" keyStoreRef="defaultKeyStore" sslProtocol="TLSv1.2,TLSv1.3" clientAuthentication="true"/>
</server>
END
echo '<server><ssl id="web" serverKeyAlias="me" sslProtocol="TLSv1.2"/></server>' >more.xml
run "$CAUSEY" tls side server.xml
like "$out" 'Certificate +resources/security/key.p12#me' 'the store is opened under the covered password'
like "$out" 'Versions +TLS 1.2, TLS 1.3' 'what stands later holds'
like "$out" 'Clients +.*' 'clients are asked'
not_ok 'the password is shown nowhere' grep -qE "Liberty1|$cover" <<<"$out"

sed -i 's/clientAuthentication=/clientAuthenticationSupported=/' server.xml
run "$CAUSEY" tls side server.xml
like "$out" 'tls.client-certificate-optional' 'C16: supported is not demanded'
like "$out" 'server.xml' 'with its file'

echo '<server><featureManager/><keyStore password="Liberty"/></server>' >healthy.xml
run "$CAUSEY" tls side healthy.xml
exits 0 'a key store alone is the default configuration'
not_ok 'and has no finding' grep -qE '^  (info|notice|warning|error) ' <<<"$out"

cat >bad.xml <<END
<server>
  <include location="bad.xml"/>
  <keyStore id="defaultKeyStore" password="Liberty"/>
  <ssl id="web" keyStoreRef="defaultKeyStor" sslProtocol="TLS1.3" enabledCipher="x"/>
</server>
END
run "$CAUSEY" tls side liberty:bad.xml
like "$out" 'line 2: .*being read already' 'a file that includes itself'
like "$out" 'Did you mean defaultKeyStore' 'a store that is not there, and the nearest'
like "$out" 'Write TLSv1.2, TLSv1.3' 'a version that is none'
like "$out" 'Did you mean enabledCiphers' 'an attribute that is none'
printf '<!DOCTYPE x [<!ENTITY a SYSTEM "/etc/passwd">]><server><ssl id="&a;"/></server>' >evil.xml
run "$CAUSEY" tls side liberty:evil.xml
exits 3 'nothing outside is read'
printf '<server>\n<ssl>\n</server>' >open.xml
run "$CAUSEY" tls side liberty:open.xml
exits 3 'XML that is not closed is refused'
like "$err" 'open.xml:3' 'with its line'
done_testing
