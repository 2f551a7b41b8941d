#!/bin/bash
# causey-test: any-user
# Trap A04: who else can read a key or change a store, and why an account can not read one. The machine is a
# saved tree with accounts of its own, so that the answer is the same whoever runs the test.
. "$(dirname "$0")/../lib/tap.sh"
need openssl keytool jq
cd "$T" || exit 1
me=$(id -u) group=$(id -g)
mkdir -p m/etc/ssl/private m/srv/keys
chmod 755 m m/etc m/etc/ssl m/etc/ssl/private m/srv m/srv/keys
# The files belong to whoever runs this: he is the service's account there.
{
  echo 'root:x:4000:4000::/root:/bin/bash'
  echo "mqm:x:$me:$((group + 100000))::/var/mqm:/bin/bash"
  echo 'anna:x:1500:1500::/home/anna:/bin/bash'
  echo 'bob:x:1501:1501::/home/bob:/bin/bash'
  echo 'postgres:x:150:150::/:/bin/bash'
  echo 'web:x:151:151::/:/usr/sbin/nologin'
} >m/etc/passwd
groups() { printf 'mqm:x:%s:\nkeys:x:%s:%s\npg:x:150:\n' "$((group + 100000))" "$group" "$1" >m/etc/group; }
groups postgres
openssl ecparam -name prime256v1 -genkey -noout -out m/srv/keys/clear.key 2>/dev/null
openssl req -x509 -new -key m/srv/keys/clear.key -days 200 -subj '/C=GB/O=Example/CN=Test CA' \
  -addext keyUsage=critical,keyCertSign,cRLSign -out m/srv/keys/ca.pem 2>/dev/null
openssl pkcs12 -export -inkey m/srv/keys/clear.key -in m/srv/keys/ca.pem -passout pass:8hF-long-one \
  -out m/srv/keys/sealed.p12
keytool -importcert -noprompt -keystore m/srv/keys/trust.p12 -storepass 8hF-long-one -alias ca \
  -file m/srv/keys/ca.pem >/dev/null 2>&1

healthy() { chmod 755 m/srv m/srv/keys; chmod 600 m/srv/keys/*.key; chmod 640 m/srv/keys/sealed.p12
  chmod 644 m/srv/keys/ca.pem m/srv/keys/trust.p12; groups postgres; }
audit() { # OPTIONS: ids about rights in $ids, all findings in `found`
  run "$CAUSEY" audit --json --fail-on never --root m "$@" m/srv
  printf '%s\n' "$out" >found
  ids=$(jq -r 'select(.type=="finding" and (.id|test("others|user"))) | "\(.id):\(.severity)"' found | sort | paste -sd' ')
}
field() { jq -r "select(.id==\"$1\") | .$2" found; }
silent() { audit; is "$ids" '' "$1: silent"; }

healthy
silent 'A04 twin: keys 0600, certificates and trust stores 0644'
chmod 640 m/srv/keys/clear.key
silent 'A04 twin: a key 0640 whose group has service accounts only'

# Reading.
groups postgres,anna,bob
audit
is "$ids" key.readable-by-others:warning 'A04: people in the group can read a key in clear'
like "$(field key.readable-by-others what)" 'group keys \(anna, bob, postgres\)' 'A04: who is in it'
like "$(field key.readable-by-others fix)" 'chmod g-r .*/m/srv/keys/clear.key' 'A04: the command'
like "$(field key.readable-by-others evidence.mode)" '^mqm:keys 0640$' 'A04: owner, group and mode'
chmod 644 m/srv/keys/clear.key
audit
is "$ids" key.readable-by-others:error 'A04: everybody can read a key in clear'
like "$(field key.readable-by-others what)" 'every user' 'A04: that is said'
like "$(field key.readable-by-others fix)" 'chmod o-rwx .*clear.key' 'A04: and how to end it'
chmod 600 m/srv/keys/clear.key
chmod 644 m/srv/keys/sealed.p12
audit
is "$ids" key.readable-by-others:notice 'A04: a sealed key that everybody can read weighs less'
is "$(field key.readable-by-others subject)" m/srv/keys/sealed.p12 'A04: not the trust store beside it, which was not opened either'
echo 8hF-long-one >pw
audit --passwords pw
is "$(field key.readable-by-others subject)" m/srv/keys/sealed.p12 'A04: opened, the same'
chmod 644 m/srv/keys/clear.key
chmod 700 m/srv/keys
silent 'A04 twin: the folder lets nobody in'
chmod 750 m/srv/keys
audit
like "$(field key.readable-by-others what)" 'group keys \(anna' 'A04: the folder lets only its group in'

# Writing.
healthy
chmod 666 m/srv/keys/ca.pem
audit
is "$ids" store.writable-by-others:error 'A04: everybody can write a certificate that is trusted'
like "$(field store.writable-by-others what)" 'CA of his own' 'A04: and put in another'
like "$(field store.writable-by-others fix)" 'chmod o-w .*ca.pem' 'A04: the command'
healthy
chmod 664 m/srv/keys/trust.p12
silent 'A04 twin: a group of service accounts may write'
groups anna
audit
is "$ids" store.writable-by-others:warning 'A04: a person in that group may'
healthy
chmod 777 m/srv/keys
audit
is "$ids" folder.writable-by-others:error 'A04: a folder that everybody can write, said once for its four stores'
is "$(field folder.writable-by-others subject)" "$(pwd -P)/m/srv/keys" 'A04: which folder'
chmod 1777 m/srv/keys
silent 'A04 twin: the sticky bit'
chmod 755 m/srv/keys
chmod 777 m/srv
audit
is "$(field folder.writable-by-others subject)" "$(pwd -P)/m/srv" 'A04: a folder higher up'
chmod 1777 m/srv
silent 'A04 twin: sticky higher up'

# An access control list.
healthy
if command -v setfacl >/dev/null && setfacl -m u:1500:r m/srv/keys/clear.key 2>/dev/null; then
  audit
  is "$ids" key.readable-by-others:warning 'A04: a user named in an access control list'
  like "$(field key.readable-by-others what)" 'user anna' 'A04: is named'
  like "$(field key.readable-by-others fix)" 'setfacl -b' 'A04: and the list taken away'
  setfacl -m m::0 m/srv/keys/clear.key
  silent 'A04 twin: the mask denies what the list allows'
  setfacl -b m/srv/keys/clear.key
else
  skip 'access control lists' 'no setfacl, or a file system without them'
fi

# One account.
healthy
audit --user anna
is "$ids" 'user.cannot-read:error user.cannot-read:error' 'A04: an account that can not read two of four'
json_valid 'keeps to the schema' audit-1.json found
like "$(jq -r 'select(.id=="user.cannot-read" and (.subject|test("clear"))) | .what' found)" \
  'anna can not read it: the file .*/m/srv/keys/clear.key \(mqm:keys 0600\)' 'A04: which file denies it'
like "$(jq -r 'select(.id=="user.cannot-read" and (.subject|test("clear"))) | .fix' found)" \
  'setfacl -m u:anna:r .*clear.key; or without a list: chgrp 1500 .* && chmod g\+r ' 'A04: the narrowest commands'
is "$(jq -r 'select(.type=="summary") | "\(.user_reads) \(.user_writes)"' found)" '2 0' 'A04: and it is counted'
groups anna
chmod 700 m/srv/keys
audit --user anna
is "$(jq -r 'select(.id=="user.cannot-read") | .evidence.path' found | sort -u)" "$(pwd -P)/m/srv/keys" \
  'A04: a folder on the path denies it'
like "$(field user.cannot-read fix)" 'chmod g\+x .*/m/srv/keys' 'A04: its group does with one more bit'
chmod 750 m/srv/keys
audit --user anna
like "$(field user.cannot-read subject)" clear.key 'A04: the group may enter and read what is 0640'
audit --user mqm
is "$ids" '' 'A04 twin: the service reads all of its stores'
is "$(jq -r 'select(.type=="store") | .user_writes' found | sort -u)" true 'A04 twin: and may write them'
chmod 200 m/srv/keys/sealed.p12
run "$CAUSEY" audit --root m --user mqm m/srv/keys/clear.key m/srv/keys/ca.pem
exits 0 'fine for people, too'
like "$out" 'Account +mqm can read 2 of the 2 stores, and change 2' 'with a line in the summary'
chmod 640 m/srv/keys/sealed.p12
run "$CAUSEY" audit --root m --user anna m/srv/keys/clear.key
exits 1 'a store that the account can not read fails the audit'
run "$CAUSEY" audit --root m --user postgers m/srv
exits 2 'an account that there is not'
like "$err" 'Did you mean postgres' 'with the nearest name'
healthy
run "$CAUSEY" audit --root m --user 99999 m/srv/keys/ca.pem
exits 0 'a number will do'
run "$CAUSEY" audit --root nowhere m/srv
exits 5 'a root that is not there'
run "$CAUSEY" audit --root m/etc/passwd m/srv
exits 5 'a root that is no folder'
done_testing
