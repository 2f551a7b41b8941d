#!/bin/bash
# Purpose: explain for codes, pasted texts and logs of other products.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
need iconv

explain() { run "$CAUSEY" explain "$@"; }
# WHAT WANTED ARG...: the argument is explained, and this is in it.
says() {
  local want=$1
  shift
  explain "$@"
  exits 0 "explain $*"
  like "$out" "$want" "says $want"
}

says 'CipherSpec' AMQ9616E
says 'AMQ9616E' amq9616
says 'key.type-unfit' gsk:434
says 'key.type-unfit' 'GSK_ERR 434'
says 'key.type-unfit' GSK_ERR 434
says 'CSQX620E' CSQX620E
says 'mqrc:2397' 2397
says 'java.store-path' mqrc:2397
says 'mqrc:2397' MQRC_JSSE_ERROR
says 'alert:42' alert:42
says 'alert:40' alert:handshake_failure
says 'openssl:19' openssl:19
says 'chain.ca-unknown' SEC_ERROR_UNKNOWN_ISSUER
says 'cert.extension-wrong' NET::ERR_CERT_INVALID
says 'cert.extension-wrong' ERR_CERT_INVALID
says 'CTGSK3026W' CTGSK3026W
says 'ICH408I' ICH408I
says 'chain.ca-unknown' 'java: PKIX path building failed'
says 'peer.refused' PR_END_OF_FILE_ERROR
says 'as far as known' gsk:434
says 'no shared cipher|openssl:no-shared-cipher' suite.none-in-common
says 'gsk:434' gsk

says 'gsk:10 .*GSKit' 10
like "$out" 'openssl:10' 'a number that several families have: all of them'
like "$out" 'causey explain gsk:10' 'and how to choose'

explain gsk:4344
exits 2 'a number that the family does not have'
like "$err" 'gsk:434' 'the nearest is named'
explain suite.none-in-comon
exits 2 'a cause that there is not'
like "$err" 'suite.none-in-common' 'the nearest is named'
explain SEC_ERROR_UNKNOWN_ISSUR
like "$err" 'SEC_ERROR_UNKNOWN_ISSUER' 'a code, too'
explain ./no-such.log
exits 5 'a log that is not there'
explain "$T"
exits 5 'a folder is no log'

cat >"$T/server.log" <<'EOF'
11/21/26 10:00:01 - Process(1234.5) User(mqm) Program(amqrmppa)
                    ArithInsert1(0) ArithInsert2(0)
AMQ9631E: The CipherSpec negotiated during the SSL handshake does not match.
EOF
cat >"$T/client.log" <<'EOF'
11/21/26 10:00:01 - Process(99.1) User(me) Program(amqsputc)
AMQ9641E: Remote CipherSpec error for channel 'A.B'.
EOF
explain "$T/server.log" "$T/client.log"
exits 0 'the logs of both ends'
like "$out" 'All of it together.*mq.channel-version' 'mean more together'
explain "$T/server.log"
unlike "$out" 'All of it together' 'than one alone'

(cd "$T" && cp server.log gsk && "$CAUSEY" explain gsk >"$T/family" && "$CAUSEY" explain ./gsk >"$T/log")
like "$(cat "$T/family")" 'GSKit' 'a name that is a family is that'
like "$(cat "$T/log")" 'AMQ9631E' 'with ./ it is a file'

for code in UTF-16 UTF-16LE UTF-16BE IBM1047; do
  iconv -f UTF-8 -t "$code" "$T/server.log" >"$T/$code.log"
  explain "$T/$code.log"
  like "$out" 'AMQ9631E' "a log in $code"
done
run bash -c '"$CAUSEY" explain - <"$T/server.log"'
explain - </dev/null
exits 0 'an empty input'
like "$out" 'Nothing that is known' 'has nothing'
head -c 300000 /dev/urandom >"$T/rubbish"
explain "$T/rubbish"
exits 0 'rubbish does no harm'

# Nothing is said of a log in which nothing is wrong.
cat >"$T/healthy.log" <<'EOF'
11/21/26 10:00:30 - Process(1234.5) User(mqm) Program(amqrmppa)
                    ArithInsert1(414) ArithInsert2(8)
2026/11/21 10:00:00 [notice] 9#9: start worker process 402 with RC=8
127.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /alert/40 HTTP/1.1" 200 434
Verify return code: 0 (ok)
EOF
explain "$T/healthy.log"
like "$out" 'Nothing that is known' 'numbers that mean something else are left alone'

for words in gsk:434 10 gsk suite.none-in-common "$T/server.log" "$T/healthy.log" alert:40 'curl: (60) x'; do
  "$CAUSEY" explain "$words" --json >"$T/out.json"
  json_valid "explain ${words##*/} --json" explain-1.json "$T/out.json"
done
"$CAUSEY" explain "$T/server.log" "$T/client.log" --json >"$T/out.json"
json_valid 'the logs of both ends as JSON' explain-1.json "$T/out.json"
done_testing
