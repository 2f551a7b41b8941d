#!/bin/bash
# Purpose: curl's options, from command lines and .curlrc; what a real curl agrees on with them.
. "$(dirname "$0")/../lib/tap.sh"
need openssl curl
cd "$T" || exit 1
unset CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR
openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
cat c.pem k.pem >both.pem

cat >get.sh <<END
#!/bin/sh
curl -sS --cacert $T/c.pem --cert $T/both.pem:secret --tlsv1.2 --tls-max 1.2 \\
  --ciphers ECDHE-RSA-AES128-GCM-SHA256 https://localhost:PORT/x
END
run "$CAUSEY" tls side get.sh
exits 0 'a healthy command has nothing to be said'
like "$out" 'Versions +TLS 1.2\s' 'versions'
like "$out" 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\s' 'the one suite'
like "$out" 'get.sh:2' 'the line on which it begins'
not_ok 'no password is shown' grep -q secret <<<"$out"
port=$(free_port)
start_server "$port" openssl s_server -accept "$port" -cert c.pem -key k.pem -www
sed -i "s/PORT/$port/; s/:secret//" get.sh
like "$(sh get.sh 2>&1)" 'Cipher +: ECDHE-RSA-AES128-GCM-SHA256' 'which the real curl agrees on'

printf 'curl -sk https://localhost/\ncurl --ssl ftp://localhost/\ncurl --tls-max 1.9 https://localhost/\ncurl --ciphers TLS_BOGUS https://a/\n' >bad.sh
run "$CAUSEY" tls side bad.sh
like "$out" 'tls.verify-off' 'C18: -k, among other letters'
like "$out" 'tls.clear-fallback' 'C18: --ssl'
like "$out" 'is no value of --tls-max' 'a version that is none'
printf 'insecure\nciphers = "HIGH:!aNULL"\n--tlsv1.3\n' >.curlrc
run "$CAUSEY" tls side .curlrc
like "$out" 'tls.verify-off' 'C18: in .curlrc'
like "$out" 'Versions +TLS 1.3\s' 'and its version'
printf 'tlsv1.2\ncacert = "%s/c.pem"\n' "$T" >.curlrc
run "$CAUSEY" tls side .curlrc
exits 0 'its healthy twin is silent'

# -K FILE stands in its place among the other options; .curlrc comes before all, unless -q is the first.
cat >options <<END
# what curl takes, too
cacert = "$T/c.pem"   # in quotes
tlsv1.2
ciphers: ECDHE-RSA-AES256-GCM-SHA384
--tls-max 1.2
END
printf 'curl -sS -K %s/options https://localhost:%s/\n' "$T" "$port" >with.sh
run "$CAUSEY" tls side with.sh
exits 0 'a command with -K'
like "$out" 'Versions +TLS 1.2\s' 'has what is in the file'
like "$out" '/options +2 +cacert' 'with its file and line'
like "$(sh with.sh 2>&1)" 'Cipher +: ECDHE-RSA-AES256-GCM-SHA384' 'as the real curl has it'
printf 'curl -sS -K %s/options --ciphers ECDHE-RSA-AES128-GCM-SHA256 https://localhost:%s/\n' "$T" "$port" >with.sh
run "$CAUSEY" tls side with.sh
like "$out" 'ECDHE-RSA-AES256-GCM-SHA384 .*no ' 'what comes behind beats it'
like "$(sh with.sh 2>&1)" 'Cipher +: ECDHE-RSA-AES128-GCM-SHA256' 'in the real curl, too'
printf 'insecure\n' >"$HOME/.curlrc"
printf 'curl -sS https://localhost:%s/\ncurl -q --cacert %s/c.pem https://localhost:%s/\ncurl --no-insecure --cacert %s/c.pem https://localhost:%s/\n' \
  "$port" "$T" "$port" "$T" "$port" >rc.sh
run "$CAUSEY" tls side rc.sh#@1
like "$out" 'tls.verify-off' '.curlrc counts for every command'
like "$(sed -n 1p rc.sh | sh 2>&1)" 'Cipher' 'as it does: an unknown CA is taken'
run "$CAUSEY" tls side rc.sh#@2
unlike "$out" 'tls.verify-off' 'but not behind -q'
run "$CAUSEY" tls side rc.sh#@3
unlike "$out" 'tls.verify-off' 'and --no-insecure takes it back'
rm "$HOME/.curlrc"
printf 'cacert = /no where/c.pem\n' >blank
run "$CAUSEY" tls side curl:blank
like "$out" 'what stands behind a blank is left out' 'a value with a blank, and no quotes'
printf 'curl -K nowhere https://localhost/\n' >lost.sh
run "$CAUSEY" tls side lost.sh
like "$out" 'tls.include-missing' 'a file that is not there'
done_testing
