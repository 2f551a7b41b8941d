#!/bin/bash
# Private keys sealed in every way that openssl can still write: opened, and the weak ways are named.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl jq
cd "$T" || exit 1
echo 'Gr4nite-and-h3ather' >pw
openssl ecparam -name prime256v1 -genkey -noout -out k.pem 2>/dev/null
want=$(key_of openssl pkey -in k.pem)
old=(-passout file:pw -provider legacy -provider default)
weak() { # FILE
  run "$CAUSEY" audit --json --fail-on never "$1"
  printf '%s\n' "$out" | jq -r 'select(.id=="key.weak-protection").id'
}
opened() { # DESC WEAK: of a.pem
  rm -f o.pem
  run "$CAUSEY" cp a.pem o.pem --plain-keys --from-password-file pw
  is "$(key_of openssl pkey -in o.pem)" "$want" "$1"
  is "$(weak a.pem)" "$2" "$1: ${2:-not weak}"
}
for name in PBE-MD5-DES PBE-SHA1-RC2-64 PBE-MD5-RC2-64 PBE-SHA1-DES PBE-SHA1-RC4-128 PBE-SHA1-RC4-40 PBE-SHA1-RC2-128 \
  PBE-SHA1-RC2-40; do
  openssl pkcs8 -topk8 -in k.pem -v1 "$name" "${old[@]}" -out a.pem || bail "openssl can not write $name"
  opened "$name" key.weak-protection
done
for name in PBE-SHA1-3DES PBE-SHA1-2DES; do
  openssl pkcs8 -topk8 -in k.pem -v1 "$name" "${old[@]}" -out a.pem || bail "openssl can not write $name"
  opened "$name" ''
done
for name in des rc2 rc2-40-cbc; do
  openssl pkcs8 -topk8 -in k.pem -v2 "$name" "${old[@]}" -out a.pem || bail "openssl can not write $name"
  opened "PBES2 $name" key.weak-protection
done
for name in des3 aes-128-cbc aes-192-cbc aes-256-cbc aria-256-cbc camellia-256-cbc sm4; do
  openssl pkcs8 -topk8 -in k.pem -v2 "$name" "${old[@]}" -out a.pem || bail "openssl can not write $name"
  opened "PBES2 $name" ''
done
for name in hmacWithMD5 hmacWithSHA1 hmacWithSHA224 hmacWithSHA256 hmacWithSHA384 hmacWithSHA512 hmacWithSHA512-256; do
  openssl pkcs8 -topk8 -in k.pem -v2 aes-128-cbc -v2prf "$name" "${old[@]}" -out a.pem || bail "openssl can not write $name"
  opened "PBES2 $name" ''
done
for name in des des3 aes128 aes256 aria192 camellia256 seed rc2 rc2-40-cbc bf cast5-cbc des-ede-cbc aes-128-cfb aes-256-ofb \
  aes-192-ctr; do
  openssl ec -in k.pem -"$name" "${old[@]}" -out a.pem 2>/dev/null || bail "openssl can not write $name"
  ok "traditional $name: is so" grep -q '^DEK-Info' a.pem
  opened "traditional $name" key.weak-protection
done
done_testing
