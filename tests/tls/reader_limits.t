#!/bin/bash
# Purpose: configurations that are cut, that include themselves, or that have a gigabyte: a clear error or finding from every
#   reader, never a hang.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
cd "$T" || exit 1

# A side in Causey's own form that was cut says so, and where.
printf '{"schema": "causey.tls_side/1",\n "sides": [\n  {"role": "server", "versions": ["TLS 1.2"],\n   "suites": [' >cut.json
run "$CAUSEY" tls side cut.json
exits 3 'a cut document is bad input'
like "$err" 'cut.json:4: the file ends too early: 4 of its brackets are open' 'that it ends too early is said, and where'
printf '{"role": "server", "min_rsa":' >cut.json
run "$CAUSEY" tls side json:cut.json
like "$err" 'cut.json:1: the file ends too early: 1 of its brackets is open' 'also behind a colon'
printf '{"role": "server", "min_rsa": nothing}' >wrong.json
run "$CAUSEY" tls side json:wrong.json
like "$err" 'wrong.json:1: a value was expected' 'what is no value at all is told apart'

# A file with nothing in it is no configuration.
: >empty
run "$CAUSEY" tls side empty
exits 3 'an empty file is refused'
like "$err" 'tls.not-recognised' 'since nobody knows what it is'
for reader in nginx httpd haproxy stunnel postgresql openssl slapd openldap gnutls gskit java curl rabbitmq libpq liberty json; do
  run "$CAUSEY" tls side "$reader:empty"
  ok "$reader: an empty file" [ "$status" -le 3 ]
done

# Files that include themselves: named once, and read once.
circles() { tr -s ' \n' ' ' <<<"$out$err" | grep -o 'is being read already' | wc -l; } # long paths wrap
loop() { # READER FILE TEXT...
  local reader=$1 file=$2
  shift 2
  printf '%s\n' "$@" >"$file"
  run "$CAUSEY" tls side "$reader:$file"
  is "$(circles)" 1 "$reader: a file that includes itself is told once"
}
loop nginx loop.conf 'events {}' 'http { server { listen 443 ssl; } }' 'include loop.conf;'
loop openssl loop.cnf 'openssl_conf = a' '[a]' 'ssl_conf = b' '[b]' 'system_default = c' '[c]' 'MinProtocol = TLSv1.2' \
  ".include $T/loop.cnf"
loop httpd httpd.conf 'LoadModule ssl_module x.so' '<VirtualHost *:443>' 'SSLEngine on' '</VirtualHost>' "Include $T/httpd.conf"
mkdir services
loop stunnel services/stunnel.conf '[a]' 'accept = 1' 'connect = 2' "include = $T/services"
loop postgresql postgresql.conf 'ssl = on' "include 'postgresql.conf'"
loop slapd slapd.conf 'TLSVerifyClient never' 'include slapd.conf'
loop liberty server.xml '<server><ssl id="a"/><include location="server.xml"/></server>'
loop curl .curlrc 'tlsv1.2' 'config = .curlrc'
loop rabbitmq rabbitmq.conf 'listeners.ssl.1 = 5671' 'include rabbitmq.conf'
mkdir two
printf 'tlsv1.2\nconfig = b\n' >two/a
printf 'config = a\ninsecure\n' >two/b
printf 'curl -K two/a https://x/\n' >two.sh
run "$CAUSEY" tls side curl:two.sh
is "$(circles)" 1 'two that include one another'
like "$out" 'tls.verify-off' 'and what they say is heard'

# A gigabyte: refused by size, before it is read.
truncate -s 1G big
for reader in nginx openssl httpd haproxy stunnel postgresql slapd openldap liberty gskit curl java gnutls json rabbitmq libpq; do
  run "$CAUSEY" tls side "$reader:big"
  exits 3 "$reader: a file of 1 GB is refused"
  like "$err" 'big has 1073741824 bytes; the limit is 268435456' 'with the limit'
  like "$err" 'see whether it is the right file' 'and advice'
done
printf 'events {}\nhttp { server { listen 443 ssl; include big; } }\n' >big.conf
run "$CAUSEY" tls side nginx:big.conf
like "$out$err" 'big has 1073741824 bytes; the limit is 268435456' 'so it is when another file includes it'
done_testing
