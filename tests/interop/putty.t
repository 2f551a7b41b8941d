#!/bin/bash
# PuTTY's private keys as puttygen writes them: found, described, said to be in clear, and copied.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl puttygen ssh-keygen jq
cd "$T" || exit 1
echo 'Gr4nite-and-h3ather' >pw
echo wrong >bad
shown() { # FILE: key and how it is protected
  run "$CAUSEY" show --json "$1"
  printf '%s\n' "$out" | jq -r '.store.kind // empty, (.entries[0] | .label + ": " + (.private_key | .key + ", " + (.protection // "in clear")))'
}
make() { puttygen -q -C 'my key' -o "$@"; } # FILE OPTION...
in_ssh() { puttygen "$1" --old-passphrase "$2" -O public-openssh -o pub && cut -d' ' -f1,2 pub; }
ours() { openssl pkey -in "$1" -passin file:pw -pubout -outform DER | sha256sum; }
theirs() { # FILE PASSWORDFILE: through OpenSSH's notation, which is read by its own tool's way
  puttygen "$1" --old-passphrase "$2" -O private-openssh-new -o new.key --new-passphrase /dev/null && chmod 600 new.key &&
    ssh-keygen -e -m PKCS8 -f new.key | openssl pkey -pubin -outform DER | sha256sum
}
while read -r name words options; do
  read -ra options <<<"$options"
  make "$name.ppk" "${options[@]}" --new-passphrase /dev/null 2>/dev/null
  is "$(shown "$name.ppk")" "my key: ${words//_/ }, in clear" "$name is read"
  run "$CAUSEY" cp "$name.ppk" "$name.pem" --to-password-file pw
  exits 0 "$name is copied"
  is "$(ours "$name.pem")" "$(theirs "$name.ppk" /dev/null)" "$name: the same key"
done <<'END'
rsa RSA_2048 -t rsa -b 2048
dsa DSA_1024 -t dsa -b 1024
p256 EC_P-256 -t ecdsa -b 256
p384 EC_P-384 -t ecdsa -b 384
p521 EC_P-521 -t ecdsa -b 521
END
for curve in 'ed25519 Ed25519 32' 'ed448 Ed448 57'; do
  read -r name words size <<<"$curve"
  make "$name.ppk" -t "$name" --new-passphrase /dev/null
  is "$(shown "$name.ppk")" "my key: $words, in clear" "$name is read"
  run "$CAUSEY" cp "$name.ppk" "$name.pem" --to-password-file pw
  exits 0 "$name is copied"
  is "$(openssl pkey -in "$name.pem" -passin file:pw -pubout -outform DER | tail -c "$size" | base64 -w0)" \
    "$(in_ssh "$name.ppk" /dev/null | cut -d' ' -f2 | base64 -d | tail -c "$size" | base64 -w0)" "$name: the same key"
done
for how in version=2 kdf=argon2id,memory=256,passes=2 kdf=argon2i,memory=256,passes=2 kdf=argon2d,memory=256,passes=2,parallelism=2; do
  make s.ppk -t ecdsa -b 256 --new-passphrase pw --ppk-param "$how"
  like "$(shown s.ppk)" 'my key: EC P-256, PuTTY [23], aes256-cbc, (SHA-1 once|Argon2)' "$how: described without its passphrase"
  rm -f s.pem
  run "$CAUSEY" cp s.ppk s.pem --from-password-file bad --to-password-file pw
  exits 4 "$how: not with another one"
  run "$CAUSEY" cp s.ppk s.pem --from-password-file pw --to-password-file pw
  exits 0 "$how: opened"
  is "$(ours s.pem)" "$(theirs s.ppk pw)" "$how: the same key"
done

audited() { # FILE: ids
  rm -rf at && mkdir at && cp "$1" at/ && chmod 600 at/* || return
  run "$CAUSEY" audit --json --fail-on never at
  printf '%s\n' "$out" >found
  [ -s found ] && jq -r 'select(.type=="finding") | .id' found | paste -sd' '
}
is "$(audited s.ppk)" '' 'a sealed key: nothing is said'
is "$(audited ed25519.ppk)" key.no-passphrase 'a key without a passphrase is found'
like "$(jq -r 'select(.type=="finding") | .fix' found)" 'puttygen at/ed25519.ppk -P' 'with the command of its own tool'
ok 'which works' puttygen -q at/ed25519.ppk -P --new-passphrase pw
cp at/ed25519.ppk mended.ppk
is "$(audited mended.ppk)" '' 'then nothing is said'
make old.ppk -t ed25519 --new-passphrase pw --ppk-param version=2
is "$(audited old.ppk)" key.weak-protection 'version 2 is weak'
cp s.ppk misled.pem
is "$(audited misled.pem)" store.name-misleads 'one that is called .pem'

cp s.ppk before
run "$CAUSEY" rm s.ppk#@1
exits 4 'it is not written to'
ok 'it is as it was' cmp s.ppk before
sed 's/my key/My key/' ed25519.ppk >changed.ppk
run "$CAUSEY" ls changed.ppk
exits 3 'a changed key in clear is damaged, and said to be'
like "$err" 'MAC' 'by its MAC'
run "$CAUSEY" ls --json dsa.ppk
printf '%s\n' "$out" >ls.out
json_valid 'ls keeps to its schema' ls-1.json ls.out
done_testing
