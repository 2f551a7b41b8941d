#!/bin/bash
# Purpose: what is read of RabbitMQ's configuration is what RabbitMQ itself makes of it, and what Erlang's TLS then does.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/tls_peer.sh"
need openssl erl erlc
export ERL_FLAGS="+S 1 +sbwt none +sbwtdcpu none +sbwtdio none" # or it waits by spinning
for lib in /usr/lib/rabbitmq/lib/rabbitmq_server-*/plugins; do :; done
[ -d "$lib" ] || need rabbitmq-server
cd "$T" || exit 1
pki_ca
pki_cert localhost rsa
pki_cert localhost ec
pki_cert client ec
erlc -o "$T" "$ROOT/tests/tls/rabbit_side.erl"
# broker ADVANCED PORT CONF...: in the foreground when PORT is 0.
broker() { ERL_LIBS=$lib erl -noshell -noinput -pa "$T" -s rabbit_side main -extra "$lib" "$@"; }
start() { # ADVANCED CONF WHAT: listens on $port
  port=$(free_port)
  ok "$3" start_server "$port" env ERL_LIBS="$lib" erl -noshell -noinput -pa "$T" -s rabbit_side main -extra "$lib" "$1" "$port" "$2"
}

# A handshake: outcome, version, suite and group, of openssl with the broker, and as we predict it.
cat >compare.py <<'END'
import json, re, sys
NAMES = {"x25519": "X25519", "x448": "X448", "secp256r1": "prime256v1"}
if sys.argv[1] == "said":
    said = open("said", errors="replace").read()
    new = re.search(r"^New, \S+, Cipher is (\S+)$", said, re.M)
    alert = re.search(r"SSL alert number (\d+)", said)
    version = re.search(r"^\s+Protocol\s*: (\S+)$|^New, (TLSv1.3),", said, re.M)
    key = re.search(r"^Server Temp Key: (\S+?),(?: ([a-zA-Z]\S*),)? \d+ bits$", said, re.M)
    if alert:
        print("alert", alert.group(1))
    else:
        print((version.group(1) or version.group(2)).replace("TLSv", "TLS "), new.group(1), (key.group(2) or key.group(1)) if key else "-")
else:
    pair = json.load(open("check.json"))
    suites = dict(line.split() for line in open("suites"))
    if not pair["agrees"]:
        print("alert", pair["failure"]["alert"]["number"])
    else:
        group = pair["group"] or "-"
        print(pair["version"], suites[pair["suite"]], "DH" if "_DHE_" in pair["suite"] else NAMES.get(group, group))
END
openssl ciphers -stdname ALL:@SECLEVEL=0 | awk '{ print $1, $3 }' >suites
same() { # WHAT JSON S_CLIENT_ARG...
  local what=$1
  printf '{"role": "client", "dialect": "openssl-3.0", "host": "localhost", "peer": "ignored", %s}' "$2" >client.json
  shift 2
  # Until the broker has answered: in TLS 1.3 it judges the client's certificate after the client is done.
  timeout 20 openssl s_client -connect "127.0.0.1:$port" -servername localhost -ign_eof "$@" </dev/null >said 2>&1
  "$CAUSEY" tls check --no-fixes --json client.json rabbitmq.conf >check.json 2>/dev/null
  is "$("$PYTHON" compare.py check)" "$("$PYTHON" compare.py said)" "$what"
}

# Defaults: all versions that Erlang has, its suites, its groups, the client's order.
base="listeners.tcp = none
listeners.ssl.default = 5671
ssl_options.cacertfile = $T/ca.pem
ssl_options.certfile = $T/localhost-rsa.pem
ssl_options.keyfile  = $T/localhost-rsa.key"
printf '# a broker\n%s\n' "$base" >rabbitmq.conf
side rabbitmq.conf
json_valid 'it is a side' tls_side-1.json side.json
run "$CAUSEY" tls side rabbitmq.conf
exits 0 'a healthy broker'
unlike "$out" 'warning|error|notice' 'has no findings'
start - rabbitmq.conf 'it listens with what RabbitMQ makes of the same file'
like "$(cat "$T/server.$port.log")" "versions \['tlsv1.3','tlsv1.2','tlsv1.1',tlsv1\]" 'with every version that Erlang has'
is "$(field versions)" 'TLS 1.0,TLS 1.1,TLS 1.2,TLS 1.3' 'as we say'
same 'a client of today' '"versions": ["TLS 1.2", "TLS 1.3"]'
same 'one of TLS 1.2' '"versions": ["TLS 1.2"]' -tls1_2
for suite in ECDHE-RSA-AES256-SHA384 ECDHE-RSA-CHACHA20-POLY1305 ECDHE-RSA-AES128-SHA DHE-RSA-AES256-GCM-SHA384 \
  AES256-GCM-SHA384 AES128-SHA ECDHE-ECDSA-AES128-GCM-SHA256; do
  same "$suite" "\"versions\": [\"TLS 1.2\"], \"suites\": [\"$suite\"]" -tls1_2 -cipher "$suite"
done
same 'the client.s order of suites' '"versions": ["TLS 1.2"], "suites": ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"]' \
  -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384
same 'and of those of TLS 1.3' '"versions": ["TLS 1.3"], "suites13": ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"]' \
  -tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384
for group in X25519 X448 P-256 P-384 P-521 P-384:P-256; do
  list="\"groups\": [\"${group/:/\", \"}\"]"
  same "$group in TLS 1.3" "\"versions\": [\"TLS 1.3\"], $list" -tls1_3 -groups "$group"
  same "$group in TLS 1.2" "\"versions\": [\"TLS 1.2\"], \"suites\": [\"ECDHE-RSA-AES256-GCM-SHA384\"], $list" \
    -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384 -groups "$group"
done
stop_server "$server_pid"

# Own order, own suites, client certificates; an EC key.
cat >rabbitmq.conf <<END
$base
ssl_options.certfile = $T/localhost-ec.pem
ssl_options.keyfile  = $T/localhost-ec.key
ssl_options.versions.1 = tlsv1.2
ssl_options.versions.2 = tlsv1.3
ssl_options.ciphers.2 = ECDHE-ECDSA-AES128-GCM-SHA256
ssl_options.ciphers.1 = ECDHE-ECDSA-AES256-SHA
ssl_options.ciphers.10 = TLS_AES_128_GCM_SHA256
ssl_options.ciphers.11 = TLS_AES_256_GCM_SHA384
ssl_options.ciphers.1 = ECDHE-ECDSA-AES256-GCM-SHA384
ssl_options.honor_cipher_order = true
ssl_options.honor_ecc_order = true
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true
ssl_options.depth = 2
END
side rabbitmq.conf
start - rabbitmq.conf 'a stricter one'
is "$(field own_order)" True 'its order decides'
is "$(field peer)" required 'it demands a certificate'
like "$(cat "$T/server.$port.log")" '"ECDHE-ECDSA-AES128-GCM-SHA256","ECDHE-ECDSA-AES256-GCM-SHA384","TLS_AES_128' 'suites are in the order of the file'
is "$(field suites)" 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384' 'as we say'
known='"identities": [{"file": "client-ec.pem", "key_file": "client-ec.key"}]'
shows=(-cert client-ec.pem -key client-ec.key)
same 'the server.s order' "\"versions\": [\"TLS 1.2\"], $known" -tls1_2 "${shows[@]}"
same 'and in TLS 1.3' "\"versions\": [\"TLS 1.3\"], $known" -tls1_3 "${shows[@]}"
same 'nothing to show, TLS 1.2' '"versions": ["TLS 1.2"]' -tls1_2
same 'nothing to show, TLS 1.3' '"versions": ["TLS 1.3"]' -tls1_3
stop_server "$server_pid"

# What beats what, as RabbitMQ's own reading of the files has it.
really() { broker "$1" 0 "${@:2}" 2>&1; }
mkdir beats
cp rabbitmq.conf beats/
cat >beats/advanced.config <<END
%% the whole of ssl_options
[{rabbit, [{ssl_options, [{certfile, "$T/localhost-rsa.pem"}, {keyfile, "$T/localhost-rsa.key"},
   {versions, ['tlsv1.2']}, {ciphers, ["ECDHE-RSA-AES256-GCM-SHA384", {ecdhe_rsa, aes_128_gcm, null, sha256}]}]}]}].
END
side beats/rabbitmq.conf
is "$(field versions)" 'TLS 1.2' 'advanced.config beats rabbitmq.conf'
is "$(field suites)" TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 'suites as Erlang writes them, too'
is "$(field peer)" ignored 'and of the options nothing is left of it'
got=$(really beats/advanced.config beats/rabbitmq.conf)
like "$got" "versions \['tlsv1.2'\]" 'as RabbitMQ has it'
unlike "$got" 'verify' 'with nothing of the other file'
run "$CAUSEY" tls side beats/rabbitmq.conf
like "$out" 'ssl_options.verify +verify_peer +no +Erlang terms' 'what is beaten is shown, with why'
run "$CAUSEY" tls side beats/advanced.config
like "$out" 'Versions +TLS 1.2\s' 'the same from the other file'
mkdir conf.d
printf 'ssl_options.versions.1 = tlsv1.3\n' >conf.d/20-versions.conf
printf 'ssl_options.versions.1 = tlsv1.2\n' >conf.d/10-versions.conf
printf '%s\nssl_options.versions.1 = tlsv1.1\n' "$base" >rabbitmq.conf
side rabbitmq.conf
is "$(field versions)" 'TLS 1.3' 'conf.d beats rabbitmq.conf, the last file the others'
like "$(really - rabbitmq.conf conf.d/10-versions.conf conf.d/20-versions.conf)" "versions \['tlsv1.3'\]" 'as RabbitMQ has it'
mkdir etc
cp -r rabbitmq.conf conf.d beats/advanced.config etc
run "$CAUSEY" tls side etc
like "$out" 'took etc/rabbitmq.conf as RabbitMQ; left' 'a folder is read as the broker reads it'
is "$(grep -c '^RabbitMQ amqp' <<<"$out")" 1 'its files are one broker'
printf 'CONFIG_FILE=%s/beats/rabbitmq\nCONFIG_FILES=%s/none\nADVANCED_CONFIG_FILE=%s/beats/advanced.config\n' "$T" "$T" "$T" >rabbitmq-env.conf
side rabbitmq-env.conf
is "$(field versions)" 'TLS 1.2' 'rabbitmq-env.conf names another file, with what stands beside it'
rm -r conf.d rabbitmq-env.conf
mkdir old
cp rabbitmq.conf old/
sed 's/{ssl_options/{ssl_listeners, [5671]}, {tcp_listeners, []}, &/' beats/advanced.config >old/rabbitmq.config
run "$CAUSEY" tls side old/rabbitmq.conf
like "$out" 'rabbitmq.config is there, too' 'the older form beside it is taken'
like "$out" 'Versions +TLS 1.2\s' 'and holds'

# Trap C21, and its healthy twin.
both() { printf '%s\n%s\n' "$1" "$(tail -n +2 <<<"$base")" >rabbitmq.conf; run "$CAUSEY" tls side rabbitmq.conf; }
both ''
like "$out" 'tls.clear-beside.*\n?.*port 5672 is open by default|port 5672 is open by default' 'the listener in clear that nobody asked for'
is "$(really - rabbitmq.conf | sed -n 's/.* clear //p')" undefined 'RabbitMQ leaves its default, which is 5672'
both 'listeners.tcp.1 = 0.0.0.0:5672'
like "$out" 'line 1: listeners.tcp.1 = 0.0.0.0:5672' 'one that was asked for'
both 'listeners.tcp.1 = 127.0.0.1:5672'
unlike "$out" 'tls.clear-beside' 'one for this machine alone is no trap'
both 'listeners.tcp = none'
unlike "$out" 'tls\.' 'none at all is healthy'
printf '%s\nmanagement.ssl.port = 15671\nmanagement.ssl.certfile = %s/localhost-ec.pem\nmanagement.ssl.keyfile = %s/localhost-ec.key\nmqtt.listeners.ssl.default = 8883\nmqtt.listeners.tcp = none\n' \
  "$base" "$T" "$T" >rabbitmq.conf
run "$CAUSEY" tls side rabbitmq.conf#management
exits 0 'the management has options of its own'
like "$out" 'localhost-ec.pem' 'and its own certificate'
unlike "$out" 'tls\.' 'without a listener in clear'
run "$CAUSEY" tls side rabbitmq.conf#mqtt
like "$out" 'localhost-rsa.pem' 'MQTT shares those of the broker'

# Wrong: RabbitMQ or Erlang refuses, and so do we. A password is not shown.
wrong() { # LINES PATTERN WHAT
  printf '%s\n%b\n' "$base" "$1" >rabbitmq.conf
  port=$(free_port)
  got=$(timeout 20 env ERL_LIBS="$lib" erl -noshell -noinput -pa "$T" -s rabbit_side main -extra "$lib" - "$port" rabbitmq.conf 2>&1)
  like "$got" refused "$3 is refused"
  run "$CAUSEY" tls side rabbitmq.conf
  like "$out$err" "$2" 'and we say why'
}
wrong 'ssl_options.verfy = verify_peer' 'ssl_options.verfy is no setting of RabbitMQ' 'a misspelt option'
like "$out" 'Did you mean ssl_options.verify' 'the nearest is named'
wrong 'ssl_option.verify = verify_peer' 'Did you mean ssl_options.verify' 'a misspelt section'
wrong 'ssl_options.verify = verify_pear' 'Did you mean verify_peer' 'a wrong word'
wrong 'ssl_options.versions.1 = tlsv1.4' 'Did you mean tlsv1' 'a wrong version'
wrong 'ssl_options.versions.1 = tlsv1.3\nssl_options.versions.2 = tlsv1.1' 'there is a hole' 'a hole between versions'
wrong 'ssl_options.ciphers.1 = ECDHE-RSA-AES256-GMC-SHA384' 'Did you mean ECDHE-RSA-AES256-GCM-SHA384' 'a suite that is none'
wrong 'ssl_options.honor_cipher_order = yes' 'honor_cipher_order does not take yes' 'another word for true'
wrong 'ssl_options.depth = many' 'is a number from 0 to 255' 'a depth that is none'
wrong 'ssl_options.depth =' 'rabbitmq.conf:6: a key without a value' 'a key without a value'
wrong 'just words' 'rabbitmq.conf:6: neither key = value' 'a line that is neither'
wrong 'ssl_options.certfile = /nowhere.pem' 'cannot open .?/nowhere.pem' 'a certificate that is not there'
wrong 'ssl_options.fail_if_no_peer_cert = true' 'without verify_peer' 'a demand without a check'
printf '%s\nssl_options.password = geheim\n' "$base" >rabbitmq.conf
run "$CAUSEY" tls side rabbitmq.conf
unlike "$out$err" geheim 'a password is not shown'
printf '%s\nssl_options.ciphers.1 = ECDHE-RSA-AES256-GCM-SHA384\n' "$base" >rabbitmq.conf
run "$CAUSEY" tls side rabbitmq.conf
like "$out" 'tls.version-without-means' 'C06: TLS 1.3 is on, and no suite of it is there'
printf '[{rabbit, [{ssl_listeners, [5671]}, {ssl_options, [{certfile, "x"}\n' >advanced.config
run "$CAUSEY" tls side advanced.config
exits 3 'terms that are cut are bad input'
like "$err" 'advanced.config:2: the file ends in the middle of a term' 'with the line'
done_testing
