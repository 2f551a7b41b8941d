#!/bin/bash
# Purpose: what two ends will come to, and what mends it; traps C01 to C09, C16 and C18 from configuration, each with a healthy twin.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
need openssl
cd "$T" || exit 1

quiet() { "$@" >/dev/null 2>&1; }
ca() { # NAME KEY DIGEST
  quiet openssl req -x509 -newkey "$2" -nodes -keyout "$1.key" -out "$1.pem" -subj "/CN=$1" -days 30 "-$3" "${@:4}"
}
leaf() { # NAME CA KEY DIGEST
  quiet openssl req -newkey "$3" -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" "${@:5}"
  printf 'basicConstraints=CA:FALSE\nsubjectAltName=DNS:mq1.example\n' >ext
  quiet openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -days 20 "-$4" -extfile ext -out "$1.crt"
  cat "$1.crt" "$1.key" >"$1.pem"
}
ec='-pkeyopt ec_paramgen_curve:P-256'
# shellcheck disable=SC2086 # two words each
{ ca root rsa:2048 sha256; ca root384 ec sha384 -pkeyopt ec_paramgen_curve:P-384
  leaf rsa root rsa:2048 sha256; leaf ec root ec sha256 $ec; leaf ec384 root384 ec sha384 $ec; }

side() { cat >"$1.json"; } # NAME: Causey's own form
check() { run "$CAUSEY" tls check "$@"; }
tells() { like "$out" "$1" "$2"; } # PATTERN DESC

side client <<<'{"role":"client","trust":"root.pem","host":"mq1.example","check_host":true}'
check client.json rsa.pem
exits 0 'a healthy pair agrees'
tells 'They agree: TLS 1.3, TLS_AES_256_GCM_SHA384, x25519' 'on what'
tells 'certificate +CN=rsa' 'which certificate is shown'
tells 'the server does not ask' 'and that the client is not asked'
check client.json rsa.pem --json
json_valid 'JSON keeps to the schema' tls_check-1.json <(printf '%s' "$out")

# C01
side only30 <<<'{"role":"client","trust":"root.pem","versions":["1.2"],"suites":["C030"]}'
side only2f <<<'{"role":"server","identities":[{"file":"rsa.pem"}],"versions":["1.2"],"suites":["C02F"]}'
check only30.json only2f.json
exits 1 'C01: no suite in common'
tells 'suite.none-in-common: the server sends handshake_failure \(40\)' 'is named, with its alert'
tells 'Suites of the client: TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384' 'with the one list'
tells 'Suites of the server: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256' 'and the other'
tells 'client: add the cipher suite ECDHE-RSA-AES128-GCM-SHA256' 'what the client can add'
tells 'server: add the cipher suite ECDHE-RSA-AES256-GCM-SHA384' 'or the server'
tells 'suites C030 \(only30.json:1\)' 'and where it stands now'
check only30.json only2f.json --json
json_valid 'a failure keeps to the schema' tls_check-1.json <(printf '%s' "$out")

# C02
side ecserver <<<'{"role":"server","identities":[{"file":"ec.pem"}],"versions":["1.2"]}'
check only30.json ecserver.json
tells 'key.type-unfit' 'C02: suites in common, but the key does not fit'
tells 'Keys of the server: EC P-256' 'suite and key side by side'
side both <<<'{"role":"server","identities":[{"file":"ec.pem"},{"file":"rsa.pem"}],"versions":["1.2"]}'
check only30.json both.json
exits 0 'a server with a second certificate is fine'

# C03: RSA key exchange asks for no EC certificate (GSKit 434).
side ecclient <<<'{"role":"client","identities":[{"file":"ec.pem"}],"trust":"root.pem","versions":["1.2"]}'
zserver() { # NAME SUITES SCHEMES [MORE]
  side "$1" <<<"{\"role\":\"server\",\"dialect\":\"gskit-8\",\"identities\":[{\"file\":\"rsa.pem\"}],\"trust\":\"root.pem\",
    \"peer\":\"required\",\"suites\":$2,\"schemes\":$3}"
}
all='["0601","0603","0501","0503","0401","0403"]'
zserver z3 '["0035","C02F"]' "$all"
check ecclient.json z3.json
tells 'clientcert.key-type-not-asked: the server sends internal_error \(80\)' 'C03: named, with the alert'
tells '434' 'and the code that the server writes'
tells 'server: put the cipher suite .*ECDHE.* first' 'mended by an ECDHE suite in front'
zserver z3ok '["C02F","0035"]' "$all"
check ecclient.json z3ok.json
exits 0 'with ECDHE in front it is fine'

# C04: the client can make no signature that the server asks for.
zserver z4 '["C02F"]' '["0601","0501","0401"]'
check ecclient.json z4.json
tells 'clientcert.none-sent' 'C04: no pair for the client'\''s key, so nothing is sent'
tells 'server: .*ecdsa' 'the pair to add'

# C05: the signature on the client's certificate.
zserver z5 '["C02F"]' '["0403","0601"]'
check ecclient.json z5.json
tells 'scheme.client-chain-signature' 'C05: a signature in the chain is not in the list'
tells 'CN=ec is signed with rsa_pkcs1_sha256 \(0401\), which is not in the list' 'naming the certificate'
tells 'server: .*rsa_pkcs1_sha256' 'and the pair to add'

# C06: TLS 1.3 without a scheme for the key.
side pss <<<'{"role":"server","identities":[{"file":"rsa.pem"}],"versions":["1.3"],"schemes":["0401","0403"]}'
check client.json pss.json
tells 'scheme.none-for-key' 'C06: RSA without RSA-PSS is no use in TLS 1.3'
tells 'server: add the signature scheme rsa_pss' 'the scheme to add'

# C08, C09: the channel compares afterwards.
side qm <<<'{"role":"server","dialect":"mq-9.2","identities":[{"file":"rsa.pem"}],"demand_versions":["1.2"],"demand_text":"ANY_TLS12"}'
side mqclient <<<'{"role":"client","dialect":"mq-9.2","trust":"root.pem"}'
check mqclient.json qm.json
tells 'mq.channel-version' 'C08: TLS 1.3 is agreed and then refused by the channel'
tells 'The channel asks for: ANY_TLS12' 'naming what it asks for'
tells 'server: let the channel take' 'one remedy at the channel'
tells 'client: switch TLS 1.3 off' 'another at the client'
side mq12 <<<'{"role":"client","dialect":"mq-9.2","trust":"root.pem","versions":["1.2"]}'
check mq12.json qm.json
exits 0 'a client of TLS 1.2 is fine'
side qm9 <<<'{"role":"server","dialect":"mq-9.2","identities":[{"file":"rsa.pem"}],"demand_suites":["C02F"],"demand_text":"ECDHE_RSA_AES_128_GCM_SHA256"}'
side mq30 <<<'{"role":"client","dialect":"mq-9.2","trust":"root.pem","versions":["1.2"],"suites":["C030"]}'
check mq30.json qm9.json
tells 'mq.cipherspec-differs' 'C09: another CipherSpec than the channel'\''s'

# Chains and names, against what openssl itself says.
side stranger <<<'{"role":"client","trust":"root384.pem","host":"mq1.example"}'
check stranger.json rsa.pem
tells 'chain.server-refused: the client sends unknown_ca \(48\)' 'an unknown CA is named with its alert'
tells '20, unable to get local issuer certificate' 'and by OpenSSL'\''s number'
side misnamed <<<'{"role":"client","trust":"root.pem","host":"other.example","check_host":true}'
check misnamed.json rsa.pem
tells 'bad_certificate \(42\)' 'a wrong name, too'
cat rsa.crt rsa.key root.pem >served.pem
side served <<<'{"role":"server","identities":[{"file":"served.pem"}]}'
check stranger.json served.json
tells 'client: add the CA CN=root to the trust store' 'a CA that the server sends can be added, once its fingerprint was checked'

# C16
side asks <<<'{"role":"server","identities":[{"file":"rsa.pem"}],"trust":"root.pem","peer":"optional"}'
check client.json asks.json
exits 0 'C16: an optional certificate may be left out'
tells 'the client has no certificate to send' 'and it is said that none is sent'
side insists <<<'{"role":"server","identities":[{"file":"rsa.pem"}],"trust":"root.pem","peer":"required"}'
check client.json insists.json
tells 'clientcert.none-sent: the server sends certificate_required \(116\)' 'where it is required, it fails'

# A code, tested on the two ends.
run "$CAUSEY" explain alert:40 --client only30.json --server only2f.json
exits 0 'explain takes two ends'
tells 'The cause that holds: suite.none-in-common' 'and says which cause it is'
run "$CAUSEY" explain alert:40 --client client.json --server rsa.pem --json
json_valid 'and keeps to its schema' explain-1.json <(printf '%s' "$out")
tells '"cause": ?null' 'where they agree, none of them'
run "$CAUSEY" explain alert:40 --client client.json
exits 2 'one end is not enough'

# Wrong input.
check client.json
exits 2 'one operand is too few'
check missing.json rsa.pem
exits 5 'a file that is not there'
printf '{"sides":[{"role":"client","label":"a"},{"role":"client","label":"b"}]}' >two.json
check two.json rsa.pem
exits 2 'an address that means two'
like "$err" 'a, b' 'lists them'
check two.json#b rsa.pem
isnt "$status" 2 'and a label chooses'
done_testing
