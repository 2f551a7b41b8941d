#!/bin/bash
# causey-test: any-user
# Traps A02, A18 and A19: passwords, PINs and traces that lie about, each with a healthy twin. The machine is a
# saved tree with accounts of its own.
. "$(dirname "$0")/../lib/tap.sh"
need openssl keytool jq python3
cd "$T" || exit 1
mkdir -p m/etc m/srv
chmod 755 m m/etc m/srv
printf 'root:x:4000:4000::/root:/bin/bash\nmqm:x:%s:%s::/var/mqm:/bin/bash\nanna:x:1500:1500::/home/anna:/bin/bash\n' \
  "$(id -u)" "$(id -g)" >m/etc/passwd
printf 'mqm:x:%s:anna\n' "$(id -g)" >m/etc/group
secret=8hF-long-one
audit() { # ids of the traps' findings in $ids, everything in `found`
  run "$CAUSEY" audit --json --fail-on never --root m m/srv
  printf '%s\n' "$out" >found
  ids=$(jq -r 'select(.type=="finding" and (.traps|tostring|test("A02|A18|A19"))) | "\(.id):\(.severity)"' found | sort | paste -sd' ')
  unlike "$out" "$secret" "${1-} the secret itself is nowhere"
}
field() { jq -r "select(.id==\"$1\") | .$2" found; }
finds() { chmod 644 m/srv/*; audit "$1:"; is "$ids" "$2" "$1: found"; } # DESC IDS
silent() { audit "$1:"; is "$ids" '' "$1: silent"; }
clean() { rm -rf m/srv && mkdir m/srv && chmod 755 m/srv; }

openssl ecparam -name prime256v1 -genkey -noout -out key.pem 2>/dev/null
openssl req -x509 -new -key key.pem -days 200 -subj '/C=GB/O=Example/CN=a' -out cert.pem 2>/dev/null
openssl pkcs12 -export -inkey key.pem -in cert.pem -name a -passout "pass:$secret" -out a.p12
openssl pkcs8 -topk8 -in key.pem -passout "pass:$secret" -out sealed.key

# A02: a stash.
cp a.p12 m/srv/
python3 "$ROOT/tests/fixtures/kdb/make_kdb.py" stash 2 "$secret" m/srv/a.sth
chmod 600 m/srv/a.p12 m/srv/a.sth
silent 'A02 twin, a stash that only its owner can read'
chmod 640 m/srv/a.sth
audit
is "$ids" password.beside-store:warning 'A02: a stash that a person in the group can read'
chmod 644 m/srv/a.sth
audit
is "$ids" password.beside-store:error 'A02: a stash that everybody can read'
is "$(field password.beside-store subject)" m/srv/a.sth 'A02: which stash'
like "$(field password.beside-store what)" 'every user' 'A02: who can read it'
like "$(field password.beside-store fix)" 'chmod o-rwx m/srv/a.sth' 'A02: the command'

# A02: a password file.
clean
cp a.p12 sealed.key m/srv/
echo "$secret" >m/srv/store-password.txt
chmod 600 m/srv/*
silent 'A02 twin, a password file that only its owner can read'
chmod 644 m/srv/store-password.txt
audit
is "$ids" 'password.beside-store:error password.beside-store:error' 'A02: it opens two stores beside it'
is "$(field password.beside-store evidence.store | paste -sd' ')" 'a.p12 sealed.key' 'A02: which they are'
echo another >m/srv/store-password.txt
silent 'A02 twin, a file of that name that opens nothing'

# A02: arguments in scripts.
clean
cp a.p12 m/srv/
script() { printf '#!/bin/sh\n%s\n' "$@" >m/srv/run.sh; }
script "keytool -list -keystore a.p12 -storepass $secret"
finds 'A02, keytool -storepass' password.in-command:error
like "$(field password.in-command what)" 'line 2 \(-storepass\).*opens the store' 'A02: the line, and that it opens the store'
is "$(field password.in-command evidence.opens)" a.p12 'A02: which store'
chmod 600 m/srv/run.sh
audit
is "$ids" password.in-command:notice 'A02: only the list of processes shows it'
for line in "runmqakm -cert -list -db key.kdb -pw $secret" "openssl pkcs12 -in b.p12 -passin pass:$secret" \
  "/usr/bin/gsk8capicmd_64 -keydb -create -db key.kdb -pw \"$secret\" -stash" \
  "pkcs11-tool --login --pin $secret -O" "softhsm2-util --init-token --so-pin=$secret --label x" \
  "ldapsearch -x -D cn=a -w $secret -b dc=b" "pk12util -i a.p12 -d sql:db -W $secret" \
  "java -Djavax.net.ssl.keyStorePassword=$secret -jar x.jar"; do
  script "$line"
  chmod 644 m/srv/run.sh
  audit
  like "$ids" '^password.in-(command|configuration):warning$' "A02, ${line%% *}"
done
script "keytool -importkeystore -srckeystore x \\
  -destkeystore y \\
  -deststorepass $secret"
finds 'A02, in the third line of a command' password.in-command:warning
is "$(field password.in-command evidence.lines)" 4 'A02: which is that line'
clean
# The text is what stands in the script.
# shellcheck disable=SC2016
script 'keytool -list -keystore a.p12 -storepass "$PASS"' 'keytool -list -storepass:file pw -keystore a.p12' \
  'keytool -list -keystore a.p12 -storepass <password>' "# keytool -storepass $secret" \
  'openssl rsa -in k -passin file:pw' 'openssl rsa -in k -passin env:PW' 'openssl pkcs12 -passin "pass:${PW}"' \
  'runmqakm -cert -list -db key.kdb -stashed' 'pkcs11-tool --login --pin env:PIN' 'ldapsearch -y pw -b dc=b' \
  "tar -pw $secret" 'ldapsearch -W -b dc=b' 'echo pass: -passin'
chmod 644 m/srv/run.sh
silent 'A02 twin, variables, files, placeholders, comments, other commands'

# A02: configurations.
config() { clean; printf '%s\n' "${@:2}" >"m/srv/$1"; }
config keystore.conf 'cms.keystore = /srv/key' "jks.keystore_pass = $secret"
finds 'A02, AMS' password.in-configuration:warning
config server.properties "listener.name.ssl.ssl.keystore.password=$secret" 'ssl.keystore.location=a.p12'
cp a.p12 m/srv/
chmod 600 m/srv/a.p12
audit
like "$ids" password.in-configuration:error 'A02, Kafka; it opens the store that is named there'
config application.yml 'server:' '  ssl:' "    key-store-password: $secret"
finds 'A02, Spring' password.in-configuration:warning
config server.xml '<?xml version="1.0"?>' "<Connector port=\"8443\"" "  keystorePass=\"$secret\"/>"
finds 'A02, Tomcat' password.in-configuration:warning
is "$(field password.in-configuration evidence.lines)" 3 'A02: the line in XML'
config server.xml '<server><keyStore id="k" location="/srv/k.p12" password="{xor}Lz4sLCgwLTs="/></server>'
finds 'A02, Liberty, which hides it from nobody' password.in-configuration:warning
like "$(field password.in-configuration what)" xor 'A02: that is said'
config basic_registry.xml '<server><basicRegistry id="b"><user name="a" password="'$secret'"/></basicRegistry></server>'
finds 'A02, a registry of users' password.in-configuration:warning
config openssl.cnf '[pkcs11]' "PIN = $secret"
finds 'A02, a PIN for OpenSSL' password.in-configuration:warning
config app.conf "key = pkcs11:token=t;object=o?pin-value=$secret"
finds 'A02, a PIN in a URI' password.in-configuration:warning
chmod 600 m/srv/app.conf
silent 'A02 twin, a configuration that only its owner can read'
# shellcheck disable=SC2016
config app.properties 'ssl.keystore.password=${env:PW}' 'javax.net.ssl.keyStorePassword=' "#ssl.key.password=$secret" \
  'ssl.truststore.password=ENC(abcdef)' 'javax.net.ssl.trustStorePassword=@pw@'
chmod 644 m/srv/*
silent 'A02 twin, variables, nothing, sealed, a comment'
config server.xml '<server><keyStore id="k" password="{aes}AEmVKa+jOeA7pos"/>' "<!-- <user password=\"$secret\"/> -->" \
  "<other password=\"$secret\"/></server>"
chmod 644 m/srv/*
silent 'A02 twin, {aes}, a comment, another element'
config readme.md "keytool -list -keystore a.p12 -storepass $secret" "ssl.keystore.password=$secret"
chmod 644 m/srv/*
silent 'A02 twin, a text for readers'

# A18
hex64=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
config keys.log "CLIENT_RANDOM $hex64 $hex64$hex64"
finds 'A18, a key log' trace.secrets-readable:error
like "$(field trace.secrets-readable what)" 'keys of TLS connections' 'A18: what can be read from it'
config s_client.txt 'CONNECTED(00000003)' "$(cat cert.pem)" '    Protocol  : TLSv1.2' "    Master-Key: $hex64$hex64"
finds 'A18, the output of s_client' trace.secrets-readable:error
config session.pem '-----BEGIN SSL SESSION PARAMETERS-----' 'MIIB' '-----END SSL SESSION PARAMETERS-----'
finds 'A18, a saved session' trace.secrets-readable:error
config spy.log '19: C_Login' '2021-03-10 14:22:47.947' '[in] hSession = 0x21fc030' '[in] userType = CKU_USER' \
  '[in] pPin[ulPinLen] 00000000021fb2a0 / 8' '    00000000  31 32 33 34 35 36 37 38  12345678'
finds 'A18, a PKCS#11 spy' trace.secrets-readable:error
config opensc.log '0x7f 14:13:16 [opensc-pkcs11] reader-pcsc.c:284:pcsc_transmit: ' 'Outgoing APDU (13 bytes):' \
  '00 20 00 81 08 31 32 33 34 35 36 37 38 . ...12345678'
finds 'A18, a smart card trace' trace.secrets-readable:error
config java.log 'SESSION KEYGEN:' 'Master Secret:' '0000: 01 02 03 04 05 06 07 08'
finds 'A18, a Java debug log' trace.secrets-readable:error
python3 - <<'PY'
import struct
shb = struct.pack('<IIIHHqI', 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0, -1, 28)
keys = b'CLIENT_RANDOM x y\n  '
dsb = struct.pack('<IIII', 10, 20 + len(keys), 0x544c534b, len(keys)) + keys + struct.pack('<I', 20 + len(keys))
open('with-keys.pcapng', 'wb').write(shb + dsb)
open('without.pcapng', 'wb').write(shb)
PY
clean; cp with-keys.pcapng without.pcapng m/srv/
finds 'A18, a capture with its keys' trace.secrets-readable:error
is "$(field trace.secrets-readable subject)" m/srv/with-keys.pcapng 'A18: and not one without'
config keys.log "CLIENT_RANDOM $hex64 $hex64$hex64"
chmod 600 m/srv/keys.log
silent 'A18 twin, a key log that only its owner can read'
config notes.txt 'CLIENT_RANDOM lines go into SSLKEYLOGFILE' 'Master-Key: ' 'see C_Login and pPin' 'Outgoing APDU: 00 A4 04 00 02 3F 00' \
  'Master Secret: none' '5: C_Login' '2021-03-10' '[in] hSession = 0x2'
chmod 644 m/srv/*
silent 'A18 twin, texts that only speak of them'
{ head -c 5000000 /dev/zero | tr '\0' 'x' | fold -w 99; echo; echo "CLIENT_RANDOM $hex64 $hex64$hex64"; } >m/srv/long.log
finds 'A18, at the end of a long log' trace.secrets-readable:error

# A19
clean
script 'sc-hsm-tool --initialize --so-pin 3537363231383830 --pin 648219'
chmod 600 m/srv/run.sh
audit
is "$ids" 'password.in-command:notice token.well-known-pin:warning token.well-known-pin:warning' 'A19: both PINs of the instructions'
like "$(field token.well-known-pin what)" 'SmartCard-HSM' 'A19: whose they are'
script "sc-hsm-tool --initialize --so-pin 35373632313838aa --pin 64821977"
chmod 600 m/srv/run.sh
audit
is "$ids" password.in-command:notice 'A19 twin: other PINs'
config pkcs11.conf 'uri = pkcs11:token=t?pin-value=648219'
chmod 600 m/srv/*
audit
is "$ids" token.well-known-pin:warning 'A19: in a configuration'
done_testing
