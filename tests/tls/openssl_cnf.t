#!/bin/bash
# Purpose: openssl.cnf means to us what it means to programs on OpenSSL.
# shellcheck disable=SC2016  # the variables are the file's
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/tls_peer.sh"
need openssl
cd "$T" || exit 1
pki_ca
pki_cert one ec
port=$(free_port)
mkdir more
cat >openssl.cnf <<'CNF'
# a comment
openssl_conf = init
level = 2
[init]
ssl_conf = ssl
[ssl]
system_default = all
[all]
MinProtocol = TLSv1.1
MinProtocol = TLSv1.3 # the last one holds
.include more.cnf
CNF
cat >more.cnf <<'CNF'
MinProtocol = "TLSv1.2"
CipherString = ECDHE+AESGCM:\
!AES128:@SECLEVEL=${level}
Ciphersuites = TLS_AES_128_GCM_SHA256
Groups = P-384:P-256
Options = ServerPreference
CNF
served() { OPENSSL_CONF="$T/$1" openssl s_server -accept "$port" -cert one-ec.pem -key one-ec.key -www; }
export -f served
export T port
start_server "$port" bash -c 'served openssl.cnf'
side openssl.cnf
json_valid 'openssl.cnf is a side' tls_side-1.json side.json
is "$(field label)" system_default 'for all programs'
is "$(field versions)" "$(versions "$port")" 'the versions are those that a program on OpenSSL speaks'
is "$(field versions)" 'TLS 1.2,TLS 1.3' 'the last setting of a name holds, whatever the file'
is "$(said_suites 0 ec)" "$(suites "$port")" 'so are the suites'
is "$(field security_level)" 2 'and the level, by a variable'
ok 'a group of the list is taken' connects "$port" -groups P-256
not_ok 'another is not' connects "$port" -groups X25519
is "$(field groups)" 'secp384r1,secp256r1' 'as we say'
connects "$port" -tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384
not_ok 'a suite of TLS 1.3 that is not in the list is not taken' grep -q '^New, TLSv1.3' said
is "$(field suites13)" TLS_AES_128_GCM_SHA256 'as we say'
stop_server "$server_pid"
run "$CAUSEY" tls side openssl.cnf
exits 0 'a healthy file has no findings'
unlike "$out" 'tls\.' 'not one'
like "$out" 'openssl.cnf +9 +MinProtocol +TLSv1.1 +no +set again' 'what is beaten is shown'
like "$out" 'more.cnf +2 +CipherString' 'and the line of what holds, in the file that was included'

# Wrong: programs on OpenSSL leave such a line out and say nothing, so that only we do.
wrong() { # LINES PATTERN WHAT
  printf 'openssl_conf = init\nconfig_diagnostics = 1\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = all\n[all]\n%s\n' "$1" >wrong.cnf
  run "$CAUSEY" tls side wrong.cnf
  ok "$3 is an error" [ "$status" -ne 0 ]
  like "$out$err" "$2" 'and say why'
}
wrong 'MinProtocl = TLSv1.2' 'line 8: OpenSSL has no setting MinProtocl' 'a misspelt command'
like "$out" 'Did you mean MinProtocol' 'the nearest is named'
wrong 'MinProtocol = TLSv1.4' 'line 8: MinProtocol does not take TLSv1.4' 'a wrong version'
wrong 'CipherString = FOO' 'line 8: OpenSSL refuses the cipher string' 'ciphers that leave nothing'
is "$(OPENSSL_CONF=$T/wrong.cnf openssl ciphers | tr : '\n' | grep -vc ^TLS_)" 0 'OpenSSL then has none up to TLS 1.2'
side wrong.cnf
is "$(field suites)" '' 'as we say'
wrong 'Groups = P-257' 'P-257 is the name of no group' 'a wrong group'
wrong 'SignatureAlgorithms = RSA+SHA257' 'RSA.SHA257 is the name of no scheme' 'a wrong signature algorithm'
wrong 'Options = ServerPreferences' 'Options does not take ServerPreferences' 'a wrong option'
wrong '[open' 'wrong.cnf:8: a section that is not closed' 'an open section'
wrong 'nothing at all' 'wrong.cnf:8: neither' 'a line that is nothing'

# Left without effect, in silence.
printf '[all]\nopenssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = all\n[all]\nMinProtocol = TLSv1.3\n' >late.cnf
is "$(OPENSSL_CONF="$T/late.cnf" openssl ciphers -s -tls1_2 | tr : '\n' | grep -c ECDHE-ECDSA-AES256-GCM)" 1 'openssl_conf inside of a section does nothing'
run "$CAUSEY" tls side late.cnf
like "$out" 'nothing leads to the section \[all\]' 'and we say so'
like "$out" 'At the top of the file' 'with the way to mend it'
printf 'openssl_conf = init\n[init]\n.include loop.cnf\n' >loop.cnf
run "$CAUSEY" tls side openssl:loop.cnf
like "$out$err" 'line 3: loop.cnf is being read already' 'a file that includes itself is named'
run "$CAUSEY" tls side /etc/ssl/openssl.cnf
[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
is $? 0 'the machine.s own is read'
done_testing
