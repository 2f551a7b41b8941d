# Purpose: what tests of readers of TLS configurations ask real servers, and what they ask the sides.
# shellcheck shell=bash disable=SC2154
# pki: ca.pem, and an EC and an RSA certificate for NAME (NAME-ec.pem, NAME-rsa.pem with .key), below $T.
pki_ca() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$T/ca.key" -out "$T/ca.pem" \
    -subj /CN=ca -days 30 2>/dev/null
}
pki_cert() { # NAME KIND
  local kind=(ec -pkeyopt ec_paramgen_curve:P-256)
  [ "$2" = rsa ] && kind=(rsa:2048)
  openssl req -newkey "${kind[@]}" -nodes -keyout "$T/$1-$2.key" -out "$T/csr" -subj "/CN=$1" 2>/dev/null
  printf 'subjectAltName=DNS:%s\nbasicConstraints=CA:FALSE\n' "$1" >"$T/ext"
  openssl x509 -req -in "$T/csr" -CA "$T/ca.pem" -CAkey "$T/ca.key" -extfile "$T/ext" -out "$T/$1-$2.pem" \
    -days 9 2>/dev/null
  chmod 600 "$T/$1-$2.key"
}
# connects PORT ARG...: does a handshake with these arguments succeed, up to the server's first answer? Output in $T/said.
connects() {
  local port=$1
  shift
  printf 'GET / HTTP/1.0\r\nHost: %s\r\n\r\n' "${host:-localhost}" |
    timeout 20 openssl s_client -connect "127.0.0.1:$port" -servername "${host:-localhost}" -ign_eof "$@" >"$T/said" 2>&1
  grep -q '^New, [ST].*Cipher is [A-Z]' "$T/said" && ! grep -q 'alert ' "$T/said"
}
# versions PORT ARG...: those that the server speaks, of 1.2 and 1.3 (older ones need security level 0).
versions() {
  local list=() v
  for v in 1_2 1_3; do connects "$1" "-tls$v" "${@:2}" && list+=("TLS ${v/_/.}"); done
  (IFS=,; echo "${list[*]}")
}
# suites PORT ARG...: which of some suites of TLS 1.2 it takes.
some_suites=(ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-ECDSA-AES128-SHA256
  ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-SHA384 DHE-RSA-AES256-GCM-SHA384 AES256-GCM-SHA384 AES128-SHA)
suites() {
  local suite
  for suite in "${some_suites[@]}"; do
    connects "$1" -tls1_2 -cipher "$suite" "${@:2}" && openssl ciphers -stdname "$suite" | awk '/_WITH_/ { print $1 }'
  done
}
# side ADDRESS ARG...: the sides as JSON, in $T/side.json; field NAME [N]: a value of the N-th one (from 0).
side() { "$CAUSEY" tls side --json "$@" >"$T/side.json"; }
field() {
  "$PYTHON" -c '
import json, sys
value = json.load(open(sys.argv[1]))["sides"][int(sys.argv[3])].get(sys.argv[2], "unset")
print(",".join(value) if isinstance(value, list) else value)' "$T/side.json" "$1" "${2:-0}"
}
# said_suites [N]: of the same suites those that the side has and that fit its certificates' keys.
said_suites() {
  local suite name list
  list=$(field suites "${1:-0}")
  for suite in "${some_suites[@]}"; do
    name=$(openssl ciphers -stdname "$suite" | awk '/_WITH_/ { print $1 }')
    case ,$list, in *,$name,*) ;; *) continue ;; esac
    case $(field dh "${1:-0}"):$name in none:*_DHE_RSA_*) continue ;; esac
    case ,$2,:$name in
      *,ec,*:*_ECDSA_* | *,rsa,*:*_RSA_*) echo "$name" ;;
    esac
  done
}
