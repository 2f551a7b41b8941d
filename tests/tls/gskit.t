#!/bin/bash
# Purpose: GSK_ variables, and the traps that one environment file shows.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"

cat >"$T/good.env" <<'END'
# a client that can do 1.2 and 1.3
GSK_PROTOCOL_TLSV1=OFF
GSK_PROTOCOL_TLSV1_2=ON
GSK_PROTOCOL_TLSV1_3=ON
GSK_V3_CIPHERS=GSK_V3_CIPHERS_CHAR4
GSK_V3_CIPHER_SPECS_EXPANDED=13021301C02CC030
GSK_TLS_SIG_ALG_PAIRS=080608050804060305030403
GSK_TLS_CERT_SIG_ALG_PAIRS=06010401
GSK_CLIENT_ECURVE_LIST=00230029
GSK_CLIENT_TLS_KEY_SHARES=0029
END
run "$CAUSEY" tls side "$T/good.env" --role client
exits 0 'a healthy client has nothing to be said'
not_ok 'and no finding at all' grep -qE '^  (info|notice|warning|error) ' <<<"$out"
like "$out" 'Versions +TLS 1.2, TLS 1.3' 'versions'
like "$out" 'Suites of 1.3 +TLS_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256' 'suites of 1.3'
like "$out" 'Groups +secp256r1, x25519' 'groups are counted in decimal'
like "$out" 'Signatures +rsa_pss_rsae_sha512' 'signatures'
like "$out" 'On certificates +rsa_pkcs1_sha512, rsa_pkcs1_sha256' 'C05: those on certificates have a list of their own'

# C06
printf 'GSK_PROTOCOL_TLSV1_1=ON\n' >"$T/old.env"
run "$CAUSEY" tls side "$T/old.env" --role server
like "$out" 'tls.modern-versions-off' 'C06: nothing modern is on'
like "$out" 'GSK_PROTOCOL_TLSV1_2=ON' 'and the variable to set'
printf 'GSK_PROTOCOL_TLSV1_3=ON\nGSK_V3_CIPHER_SPECS_EXPANDED=C02F\nGSK_TLS_SIG_ALG_PAIRS=0601\n' >"$T/half.env"
run "$CAUSEY" tls side "$T/half.env" --role server
like "$out" 'GSK_SERVER_TLS_KEY_SHARES is not set' 'C06: no key shares'
like "$out" 'no suite of it' 'C06: no suites of 1.3'
like "$out" 'no RSA-PSS pair' 'C06: no RSA-PSS'

printf 'GSK_PROTOCOL_TLSV1_2=YES\nGSK_PROTOCOL_TLSV12=ON\nGSK_V3_CIPHER_SPECS_EXPANDED=C02F,009D\nGSK_CLIENT_ECURVE_LIST=001D\n' >"$T/bad.env"
run "$CAUSEY" tls side "$T/bad.env" --role client
like "$out" 'neither ON nor OFF' 'a value that is none'
like "$out" 'Did you mean GSK_PROTOCOL_TLSV1' 'a name that is none'
like "$out" 'at character 5' 'a list with a comma in it, and where'
like "$out" 'four decimal digits' "a group's number in hexadecimal"
printf 'GSK_V3_CIPHERS=GSK_V3_CIPHERS_CHAR2\nGSK_PROTOCOL_TLSV1_2=ON\nGSK_V3_CIPHER_SPECS=352F\nGSK_V3_CIPHER_SPECS_EXPANDED=C02F\n' >"$T/two.env"
run "$CAUSEY" tls side "$T/two.env" --role server
like "$out" 'says that suites have two' 'of two lists, the one that is not looked at is named'
like "$out" 'Suites up to 1.2 +TLS_RSA_WITH_AES_256_CBC_SHA, TLS_RSA_WITH_AES_128_CBC_SHA' 'and the other one holds'
done_testing
