#!/bin/bash
# Purpose: small certificates, made by openssl; sourced after tap.sh, in the folder where they are to be.
#   make_ca NAME SUBJECT                  NAME.key, NAME.pem: self-signed
#   issue NAME SUBJECT CA [EXTENSIONS]    NAME.key, NAME.pem, signed by CA.key
#   sum FILE, blocks FILE, print FILE     SHA-256 of a file; PEM blocks in it; a certificate's fingerprint
#   key_of COMMAND...                     the SHA-256 of the private key that it writes as PEM
# Exit: does not end the script that sources it.
make_ca() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" 2>/dev/null
  openssl req -x509 -new -key "$1.key" -days 100 -subj "$2" -out "$1.pem" 2>/dev/null
}
issue() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" 2>/dev/null
  openssl req -new -key "$1.key" -subj "$2" -out "$1.csr" 2>/dev/null
  printf '%s\n' "${4-basicConstraints=CA:FALSE}" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA "$3.pem" -CAkey "$3.key" -CAcreateserial -days 50 -extfile "$1.ext" \
    -out "$1.pem" 2>/dev/null
}
sum() { sha256sum "$1" | cut -d' ' -f1; }
blocks() { grep -c -- '-----BEGIN' "$1"; }
print() { openssl x509 -in "$1" -noout -fingerprint -sha256 | sed 's/.*=//'; }
key_of() { "$@" 2>/dev/null | openssl pkey -outform DER 2>/dev/null | sha256sum | cut -d' ' -f1; }
