#!/bin/bash
# Purpose: key rings of z/OS and AT-TLS policies as sides: queue managers, Liberty, Java, System SSL's own variables; a
#   policy's statements, its references, what is wrong in one (traps C06, C16, C25) and its healthy twin.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
need openssl jq
cd "$T" || exit 1
at=(--at 2026-11-21)
flat() { out=$(tr -s ' \n' ' ' <<<"$out"); }
side() { run "$CAUSEY" tls side "${at[@]}" "$@"; flat; }
mkdir z && cp "$ROOT/tests/fixtures/racf/healthy.txt" z/rings.txt && cd z || exit 1
label='ibmWebSphereMQQM1 \(qm1.example, RSA 2048, chain of 2, as the listing tells it\)'

# Queue managers: a display of z/OS, and a member of CSQINP with numbers in its last columns.
card() { printf '%-72s%08d\n' "$1" "$2"; }
{
  card "ALTER QMGR SSLKEYR('MQRING') SSLTASKS(8)" 100
  card "DEFINE CHANNEL('TO.QM1') CHLTYPE(SVRCONN) TRPTYPE(TCP) +" 200
  card "  SSLCIPH('ANY_TLS12') SSLCAUTH(REQUIRED)" 300
} >inp1.mqsc
side 'inp1.mqsc#TO.QM1'
like "$out" "$label" 'SSLKEYR of z/OS: the default certificate of the ring'
like "$out" 'Trusts START1/MQRING' 'and the CAs on it'
unlike "$out" 'mq.command-wrong|mq.attribute-unknown' 'columns 73 to 80 are no part of a command'
sed -i "s/SSLTASKS(8)/CERTLABL('ibmWebSphereMQQm1')/" inp1.mqsc
sed 's/\(.\{72\}\).*/\1/' inp1.mqsc >label.mqsc
side 'label.mqsc#TO.QM1'
like "$out" 'Write ibmWebSphereMQQM1: labels heed capitals' 'a label with other capitals'
iconv -f ASCII -t IBM1047 inp1.mqsc >host.bin
side 'mqsc:host.bin#TO.QM1'
like "$out" 'START1/MQRING' 'the member in EBCDIC'
mkdir ../alone && cp inp1.mqsc ../alone
side '../alone/inp1.mqsc#TO.QM1'
like "$out" 'it is a key ring of z/OS' 'without a listing that is all there is to say'
side --rings rings.txt '../alone/inp1.mqsc#TO.QM1'
like "$out" 'Trusts START1/MQRING' 'but --rings knows'

# Liberty, Java and System SSL.
cat >server.xml <<'END'
<server>
  <keyStore id="k" location="safkeyring://START1/MQRING" type="JCERACFKS" password="password" fileBased="false" readOnly="true"/>
  <ssl id="s" keyStoreRef="k" trustStoreRef="k" sslProtocol="TLSv1.2"/>
  <sslDefault sslRef="s"/>
</server>
END
side server.xml
like "$out" "$label" 'Liberty: JCERACFKS'
like "$out" 'Trusts START1/MQRING' 'and whom it trusts'
printf '%s\n' '-Djavax.net.ssl.keyStore=safkeyring:///MQRING' '-Djavax.net.ssl.keyStoreType=JCERACFKS' \
  '-Djavax.net.ssl.trustStore=safkeyring:///MQRING' >jvm.options
side --role client java:jvm.options
like "$out" "$label" 'Java: safkeyring:///RING'
printf '%s\n' GSK_PROTOCOL_TLSV1_2=ON GSK_KEYRING_FILE=START1/MQRING GSK_KEYRING_LABEL=ibmWebSphereMQQM1 >app.env
side --role server app.env
like "$out" "$label" 'System SSL: GSK_KEYRING_FILE'
unlike "$out" ' (notice|warning|error) (tls|ring)\.' 'healthy ones are silent'
printf '%s\n' GSK_PROTOCOL_TLSV1_2=ON 'GSK_KEYRING_FILE=*TOKEN*/APP' >token.env
side --role server token.env
like "$out" 'token of ICSF' 'a token is named'
side --role server app.env --dialect zos-2.3
like "$out" 'System SSL of z/OS 2.3' 'defaults are those of a release'

# AT-TLS.
cat >policy <<'END'
# a server and a client
TTLSRule MQserver
{
  LocalPortRange 1414
  Direction Inbound
  TTLSGroupActionRef on
  TTLSEnvironmentActionRef server
}
TTLSRule Outbound { Direction Outbound
  TTLSGroupActionRef on
  TTLSEnvironmentAction inner
  {
    HandshakeRole Client
    TTLSKeyringParms { Keyring START1/MQRING }
    TTLSEnvironmentAdvancedParms { TLSv1 Off
      TLSv1.1 Off
      TLSv1.2 On
    }
  }
}
TTLSRule Off { TTLSGroupAction { TTLSEnabled Off } }
TTLSGroupAction on { TTLSEnabled On }
TTLSEnvironmentAction server
{
  HandshakeRole ServerWithClientAuth
  TTLSKeyringParmsRef ring
  TTLSCipherParmsRef strong
  TTLSSignatureParms { SignaturePairs 0806
    SignaturePairs 06010603
    ServerKexECurves 00230024
  }
  TTLSEnvironmentAdvancedParmsRef modern
}
TTLSKeyringParms ring { Keyring START1/MQRING }
TTLSCipherParms strong
{
  V3CipherSuites4Char TLS_AES_256_GCM_SHA384
  V3CipherSuites4Char C030C02F
  V3CipherSuites TLS_RSA_WITH_AES_128_CBC_SHA
}
TTLSEnvironmentAdvancedParms modern
{
  TLSv1 Off
  TLSv1.1 Off
  TLSv1.2 On
  TLSv1.3 On
  ClientAuthType Required
  CertificateLabel ibmWebSphereMQQM1
}
END
side 'policy#MQserver'
exits 0 'a rule'
like "$out" 'Product AT-TLS .*Role server' 'of a server'
like "$out" 'Versions TLS 1.2, TLS 1.3' 'versions'
like "$out" 'Suites up to 1.2 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_128_CBC_SHA' 'suites, put together'
like "$out" 'Suites of 1.3 TLS_AES_256_GCM_SHA384' 'those of 1.3'
like "$out" 'Groups secp256r1, secp384r1' 'groups'
like "$out" 'Signatures rsa_pss_rsae_sha512, rsa_pkcs1_sha512, ecdsa_secp521r1_sha512' 'signatures'
like "$out" "$label" 'its certificate'
like "$out" 'policy 48 CertificateLabel' 'each with its line'
unlike "$out" ' (notice|warning|error) (tls|ring)\.' 'healthy'
side policy --role client
like "$out" 'AT-TLS Outbound' 'the client'
is "$("$CAUSEY" tls side --json "${at[@]}" policy | jq -r '[.sides[].name]|length')" 2 'a rule without TLS is no side'
sed 's/TTLSCipherParmsRef strong/TTLSCipherParmsRef stronk/; s/TLSv1.2 On/TLSv1.2 Onn/; s/TLSv1.3 On/TLSv13 On/; s/HandshakeRole Serv/HandshakeRol Serv/; s/ClientAuthType Required/ClientAuthType Requird/' policy >wrong
side 'wrong#MQserver'
exits 1 'a wrong policy'
like "$out" 'there is no TTLSCipherParms called stronk' 'a reference to nothing'
like "$out" 'Did you mean strong\?' 'and the nearest'
like "$out" 'TLSv1.2 does not take Onn' 'a wrong value'
like "$out" 'Did you mean TLSv1.3\?' 'C25: a word that is none'
like "$out" 'Did you mean HandshakeRole\?' 'another'
like "$out" 'neither TLSv1.2 nor TLSv1.3 is On' 'C06: so nothing modern is left'
sed 's/  TLSv1.2 On//; s/V3CipherSuites4Char TLS_AES.*//; s/SignaturePairs 0806//' policy >lacks
side 'lacks#MQserver'
like "$out" 'TLS 1.3 is on for MQserver, but no suite of it' 'C06: TLS 1.3 without suites'
like "$out" 'SignaturePairs has no RSA-PSS pair' 'and without RSA-PSS'
sed 's/ClientAuthType Required/ClientAuthType Full/' policy >full
side 'full#MQserver'
like "$out" 'a client without a certificate comes in' 'C16: Full'
sed 's/ClientAuthType Required/ClientAuthType PassThru/' policy >passthru
side 'passthru#MQserver'
like "$out" 'tls.client-certificate-unchecked' 'C16: PassThru'
printf 'TTLSRule x\n{\n TTLSEnvironmentAction {\n' >short.policy
side short.policy
like "$err$out" 'inside of a block|missing|sets up no TLS' 'a policy that was cut'

# A real handshake's other end: the policy against a client of OpenSSL.
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out ca.key 2>/dev/null
openssl req -x509 -new -key ca.key -subj '/C=GB/O=Example/OU=Security/CN=Example CA' -days 3000 -out ca.pem 2>/dev/null
printf '{"role":"client","trust":"ca.pem","host":"qm1.example","versions":["TLS 1.2"]}\n' >client.json
run "$CAUSEY" tls check --at "$(date -u -d '+1 day' +%F)" client.json 'policy#MQserver'
flat
like "$out" 'clientcert.none-sent' 'a client without a certificate is refused'
like "$out" 'ClientAuthType Full' 'the fix in the notation of the policy'
like "$out" 'F PAGENT,REFRESH' 'C20: and what takes notice of it'
done_testing
