#!/bin/bash
# Purpose: names are written as openssl writes them: trap B04, `show --names` beside `openssl x509 -nameopt`.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
need openssl

cd "$T" || exit 1
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key 2>/dev/null

# subject NOTATION FILE: the subject as show writes it first
subject() {
  "$CAUSEY" show --color never --names "$1" "$2" 2>/dev/null | sed -n 's/^  Subject  *//p' | head -n 1
}
# as NAMEOPT NOTATION FILE
as() {
  local theirs
  theirs=$(openssl x509 -in "$3" -noout -subject -nameopt "$1")
  is "$(subject "$2" "$3")" "${theirs#subject=}" "$2 is what openssl -nameopt $1 writes: ${theirs#subject=}"
}

n=0
while IFS= read -r name; do
  n=$((n + 1))
  openssl req -x509 -new -key key -utf8 -multivalue-rdn -days 9 -subj "$name" -out $n.pem 2>log || diag "$(cat log)"
  as RFC2253,-esc_msb rfc4514 $n.pem
  as oneline,-esc_msb openssl $n.pem
  as compat openssl-old $n.pem
done <<'END'
/C=GB/O=Example Ltd/CN=mq1.example
/DC=org/DC=example/OU=People/UID=jane
/C=GB/O=Smith, Jones; Sons/CN=a<b>c
/C=GB/O="quoted"/CN=# first
/C=GB/O=a\\b/CN=a\/b
/C=GB/O=Müller/CN=żółw
/C=GB/CN=y+OU=x+UID=z
/C=GB/ST=Kent/L=Dover/street=1 High St/emailAddress=a@b.example/serialNumber=12/title=Dr
/GN=Jane/SN=Doe/dnQualifier=q/unstructuredName=h/unstructuredAddress=192.0.2.1/postalCode=1/CN=x
/CN=a=b
END
done_testing
