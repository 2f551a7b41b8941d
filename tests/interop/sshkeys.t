#!/bin/bash
# Private keys as ssh-keygen writes them: found, described, said to be in clear, and copied.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl ssh-keygen jq
cd "$T" || exit 1
echo 'Gr4nite-and-h3ather' >pw
echo wrong >bad
shown() { # FILE: key and how it is protected
  run "$CAUSEY" show --json "$1"
  printf '%s\n' "$out" | jq -r '.entries[0].private_key | .key + ", " + (.protection // "in clear")'
}
# FILE: the public half that ssh-keygen sees, as a PEM's digest; of a copy of ours, too
public() { ssh-keygen -y -P "$(cat pw)" -f "$1" | cut -d' ' -f1,2; }
ours() { # PEM of ours, back into SSH's notation
  openssl pkey -in "$1" -passin file:pw -pubout -out pub.pem && ssh-keygen -i -m PKCS8 -f pub.pem | cut -d' ' -f1,2
}
ed_point() { openssl pkey -in "$1" -passin file:pw -pubout -outform DER | tail -c 32 | base64; }

for kind in 'rsa 2048 RSA 2048' 'dsa 1024 DSA 1024' 'ecdsa 256 EC P-256' 'ecdsa 384 EC P-384' 'ecdsa 521 EC P-521' \
  'ed25519 256 Ed25519'; do
  read -r type bits words <<<"$kind"
  name=id_$type$bits
  ssh-keygen -q -t "$type" -b "$bits" -N '' -f "$name" -C me
  is "$(shown "$name")" "$words, in clear" "$type $bits is read"
  run "$CAUSEY" cp "$name" "$name.pem" --to-password-file pw
  exits 0 "$type $bits is copied, as PKCS#8"
  like "$(head -1 "$name.pem")" 'BEGIN ENCRYPTED PRIVATE KEY' "$type $bits: under a passphrase"
  if [ "$type" = ed25519 ]; then # this ssh-keygen does not import such keys
    is "$(ed_point "$name.pem")" "$(cut -d' ' -f2 "$name.pub" | base64 -d | tail -c 32 | base64)" "$type $bits: the same key"
  else
    is "$(ours "$name.pem")" "$(public "$name")" "$type $bits: the same key"
  fi
done
for cipher in aes128-ctr aes192-ctr aes256-ctr aes128-cbc aes192-cbc aes256-cbc 3des-cbc aes128-gcm@openssh.com \
  aes256-gcm@openssh.com chacha20-poly1305@openssh.com; do
  rm -f s s.pub s.pem
  ssh-keygen -q -t ecdsa -a 2 -Z "$cipher" -N "$(cat pw)" -f s -C me
  is "$(shown s)" "EC P-256, OpenSSH, $cipher, bcrypt, 2 rounds" "$cipher: described without its passphrase"
  run "$CAUSEY" cp s s.pem --from-password-file bad --to-password-file pw
  exits 4 "$cipher: not with another one"
  run "$CAUSEY" cp s s.pem --from-password-file pw --to-password-file pw
  exits 0 "$cipher: opened"
  is "$(ours s.pem)" "$(public s)" "$cipher: the same key"
done

# A01, and its healthy twin.
audited() { # FILE: ids
  rm -rf at && mkdir at && cp "$1" at/ && chmod 600 at/* || return
  run "$CAUSEY" audit --json --fail-on never at
  printf '%s\n' "$out" >found
  [ -s found ] && jq -r 'select(.type=="finding") | .id' found | paste -sd' '
}
is "$(audited id_ed25519256)" key.no-passphrase 'a key without a passphrase is found'
fix=$(jq -r 'select(.type=="finding") | .fix' found)
like "$fix" 'ssh-keygen -p -f at/id_ed25519256' 'with the command of its own tool'
ok 'which works' ssh-keygen -q -p -N "$(cat pw)" -f at/id_ed25519256
cp at/id_ed25519256 mended
is "$(audited mended)" '' 'then nothing is said'
is "$(audited s)" '' 'nor of a sealed one'

# Traditional encryption is weak, whatever the cipher; PKCS#8 by today's ways is not.
ssh-keygen -q -t rsa -m PEM -N "$(cat pw)" -f old -C me
is "$(audited old)" key.weak-protection 'sealed by traditional PEM encryption'
like "$(shown old)" 'AES-128-CBC, MD5 once' 'which is described'
openssl pkcs8 -topk8 -in id_rsa2048.pem -passin "pass:$(cat pw)" -v1 PBE-MD5-DES -provider legacy -provider default \
  -passout file:pw -out des.pem
is "$(audited des.pem)" key.weak-protection 'sealed by DES'
openssl pkcs8 -topk8 -in id_rsa2048.pem -passin "pass:$(cat pw)" -iter 5 -passout file:pw -out few.pem
is "$(audited few.pem)" key.weak-protection 'sealed with few rounds'
openssl pkcs8 -topk8 -in id_rsa2048.pem -passin "pass:$(cat pw)" -passout file:pw -out good.pem
is "$(audited good.pem)" '' 'sealed as openssl does it today'
openssl pkcs8 -topk8 -in id_rsa2048.pem -passin "pass:$(cat pw)" -scrypt -passout file:pw -out scrypt.pem
is "$(audited scrypt.pem)" '' 'sealed with scrypt'

# What is not done.
cp s before
run "$CAUSEY" passwd s --password-file pw --new-password-file bad
exits 4 'a key of OpenSSH is not rewritten'
ok 'it is as it was' cmp s before
head -c 200 id_rsa2048 >short.key
run "$CAUSEY" ls short.key
exits 3 'cut short'
done_testing
