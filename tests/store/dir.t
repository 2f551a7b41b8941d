#!/bin/bash
# causey-test: any-user
# Hashed folders: what cp and rm make of them is what OpenSSL and curl read; what is wrong is said, and only that.
. "$(dirname "$0")/../lib/tap.sh"
need openssl curl jq
cd "$T" || exit 1
umask 022
hash_of() { openssl x509 -noout -hash -in "$1"; }
# Finding ids of a folder, of this kind of place only.
findings() { "$CAUSEY" show --json "$1" --fail-on never | jq -r '.findings[].id' | grep '^folder\.' | sort | paste -sd' '; }
ca() { # NAME SUBJECT
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -subj "$2" -days 99 -out "$1.pem" \
    -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
}
leaf() { # NAME CA
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -subj "/CN=$1" -out "$1.csr" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -days 9 -out "$1.pem" \
    -extfile <(echo 'subjectAltName=DNS:localhost,IP:127.0.0.1') 2>/dev/null
}
ca a '/O=T/CN=a root'; ca b '/O=T/CN=b'; ca twin1 /CN=twin; ca twin2 /CN=twin; ca twin3 /CN=twin
leaf of-a a; leaf of-b b; leaf of-1 twin1; leaf of-2 twin2; leaf of-3 twin3
holds() { openssl verify -no-CAfile -no-CAstore -CApath "$1" "$2" >/dev/null 2>&1; }
names() { find "$1" -mindepth 1 -printf '%f\n' | LC_ALL=C sort | paste -sd' '; }
links() { find "$1" -maxdepth 1 -type l -printf '%f %l\n' | sort; }

# Writing.
run "$CAUSEY" cp --dry-run a.pem dir:new
exits 0 'a trial run'
not_ok 'makes no folder' test -e new
run "$CAUSEY" cp a.pem b.pem dir:new
exits 0 'cp makes a hashed folder'
is "$(stat -c %a new/a_root.pem)" 644 'files that everybody reads'
is "$(readlink "new/$(hash_of a.pem).0")" a_root.pem 'linked by the number of the subject'
ok 'openssl verify -CApath finds it' holds new of-a.pem
ok 'and the other' holds new of-b.pem
links new >before; openssl rehash new; links new >after
ok 'openssl rehash makes the same links' cmp before after
run "$CAUSEY" cp b.pem new
exits 0 'a path to a hashed folder means it'
like "$out" 'skipped' 'the same certificate is there once'
is "$(find new -type l | wc -l)" 2 'and linked once'
is "$(findings new)" '' 'nothing is said of a healthy folder'
(umask 077; "$CAUSEY" cp twin1.pem dir:new >/dev/null)
is "$(stat -c %a new/twin.pem)" 644 'whatever the umask is'
run "$CAUSEY" cp twin2.pem twin3.pem dir:new
exits 0 'others of the same name'
h=$(hash_of twin1.pem)
is "$(readlink "new/$h.0") $(readlink "new/$h.1") $(readlink "new/$h.2")" 'twin.pem twin-2.pem twin-3.pem' 'are counted'
for n in 1 2 3; do ok "each is found: $n" holds new of-$n.pem; done
run "$CAUSEY" ls dir:new
exits 0 'ls'
like "$out" 'trusted +twin-2 ' 'shows them by the names of their files'

# Removing.
run "$CAUSEY" rm dir:new#twin
exits 0 'rm'
is "$(names new)" "$(printf '%s\n' a_root.pem b.pem twin-2.pem twin-3.pem "$(hash_of a.pem).0" "$(hash_of b.pem).0" \
  "$h.0" "$h.1" | LC_ALL=C sort | paste -sd' ')" 'file and link are gone, and no number is missing'
not_ok 'it is not trusted any more' holds new of-1.pem
ok 'the others are' holds new of-2.pem
ok 'all of them' holds new of-3.pem
run "$CAUSEY" rm new#twin-2 new#twin-3
exits 0 'two at once'
not_ok 'and gone' holds new of-3.pem
run "$CAUSEY" mv new#b dir:new#renamed
exits 0 'mv gives another name'
ok 'under which it is found' holds new of-b.pem
is "$(readlink "new/$(hash_of b.pem).0")" renamed.pem 'by its link'
run "$CAUSEY" cp twin1.pem dir:new#renamed
exits 4 'a name that is taken'
run "$CAUSEY" cp --replace twin1.pem dir:new#renamed
exits 0 'is replaced when told so'
ok 'the new one is found' holds new of-1.pem
not_ok 'the old one is not' holds new of-b.pem
is "$(findings new)" '' 'and nothing is left behind'
run "$CAUSEY" cp a.key dir:new
exits 4 'a private key does not go in'
run "$CAUSEY" cp new all.jks --to-password secret1
exits 0 'cp from a folder'
run "$CAUSEY" cp all.jks --from-password secret1 dir:back
exits 0 'and back from a Java keystore'
ok 'which OpenSSL reads' holds back of-a.pem
run "$CAUSEY" verify of-a.pem --trust dir:back --profile openssl
exits 0 'verify --trust takes a folder'

# Revocation lists.
cat >ca.cnf <<END
[ca]
default_ca=x
[x]
database=$T/index.txt
default_md=sha256
crlnumber=$T/crlnumber
END
: >index.txt; echo 01 >crlnumber
openssl ca -config ca.cnf -gencrl -cert a.pem -keyfile a.key -crldays 9 -out a.crl 2>/dev/null
run "$CAUSEY" cp a.crl dir:new
exits 0 'a CRL'
is "$(readlink "new/$(hash_of a.pem).r0" | sed 's/.*\.//')" crl 'is linked as HASH.r0'
ok 'and used' openssl verify -no-CAfile -no-CAstore -crl_check -CApath new of-a.pem
links new >before; openssl rehash new; links new >after
ok 'as openssl rehash does it' cmp before after
run "$CAUSEY" rm 'dir:new#a_root-2'
exits 0 'rm of a CRL'
not_ok 'which is not used any more' openssl verify -no-CAfile -no-CAstore -crl_check -CApath new of-a.pem

# curl, over a server of our own.
cat of-a.pem >chain.pem
port='' server_pid=''
for _ in 1 2 3; do
  port=$(free_port)
  start_server "$port" openssl s_server -accept "127.0.0.1:$port" -cert chain.pem -key of-a.key -www -quiet && break
done
get_only() { curl -sS --noproxy '*' --capath "$1" -o /dev/null "https://127.0.0.1:$port/"; }
if curl -V | grep -q 'OpenSSL'; then
  ok 'curl --capath trusts what cp put there' get_only "$T/new"
  "$CAUSEY" rm 'dir:new#a_root' >/dev/null
  not_ok 'and not what rm took away' get_only "$T/new"
else
  skip 'curl --capath' 'curl is not on OpenSSL'
fi
stop_server "$server_pid"

# What is wrong, each with its finding and nothing else, and mended by what it says.
fresh() { rm -rf "$1"; "$CAUSEY" cp a.pem b.pem dir:"$1" >/dev/null; }
mend() { # runs the first command of the fix
  local fix
  fix=$("$CAUSEY" show --json "$1" --fail-on never | jq -r '[.findings[]|select(.id|startswith("folder."))][0].fix' | sed 's/;.*//')
  fix=${fix##*: }
  PATH=$(dirname "$CAUSEY"):$PATH bash -c "$fix" >/dev/null 2>&1
}
fresh f; rm "f/$(hash_of a.pem).0"
is "$(findings f)" folder.link-missing 'a file without a link'
run "$CAUSEY" ls dir:f
like "$out" 'certificate +a_root .*folder.link-missing' 'is shown as not linked'
mend f
is "$(findings f)" '' 'mended by the command that is named'
ok 'and found' holds f of-a.pem
fresh f; rm "f/$(hash_of a.pem).0"
run "$CAUSEY" cp a.pem dir:f
exits 0 'cp of what is there without a link'
ok 'makes the link' holds f of-a.pem
fresh f; rm f/b.pem
is "$(findings f)" folder.link-dangling 'a link to nothing'
mend f
is "$(findings f)" '' 'mended'
fresh f; rm f/b.pem; "$CAUSEY" cp b.pem dir:f#other >/dev/null
is "$(readlink "f/$(hash_of b.pem).0")" other.pem 'cp takes the number of a link to nothing'
fresh f; cat twin1.pem >f/b.pem
is "$(findings f)" folder.link-wrong-number 'a file that was replaced under its old link'
not_ok 'which OpenSSL does not find' holds f of-1.pem
mend f
is "$(findings f)" '' 'mended'
ok 'and found' holds f of-1.pem
fresh f; "$CAUSEY" cp twin1.pem twin2.pem twin3.pem dir:f >/dev/null; rm "f/$h.1" f/twin-2.pem
is "$(findings f)" folder.link-gap 'a number that is missing'
not_ok 'hides what comes after it' holds f of-3.pem
mend f
is "$(findings f)" '' 'mended'
ok 'and found' holds f of-3.pem
fresh f; "$CAUSEY" cp twin1.pem twin2.pem dir:f >/dev/null; echo damaged >f/twin.pem
is "$(findings f)" 'folder.file-unusable folder.link-gap' 'so does a file that is damaged'
fresh f; rm "f/$(hash_of a.pem).0"; ln -s a_root.pem "f/$(openssl x509 -noout -subject_hash_old -in a.pem).0"
is "$(findings f)" folder.old-links-only 'a link of OpenSSL 0.9.8 alone'
mend f
is "$(findings f)" '' 'mended: both kinds are fine'
openssl rehash -compat f
is "$(findings f)" '' 'as openssl rehash -compat makes them'
fresh f; cat twin1.pem b.pem >f/bundle.pem
is "$(findings f)" folder.several-in-one-file 'several certificates in one file'
fresh f; cat a.pem b.pem >f/bundle.pem
is "$(findings f)" '' 'a bundle of what is linked anyway is fine'
is "$("$CAUSEY" ls --json f | jq '.places[0].entries|length')" 2 'and not shown twice'
fresh f; openssl x509 -in twin1.pem -outform DER -out f/twin.der
is "$(findings f)" folder.not-pem 'a file in DER'
fresh f; cp b.key f/b.key; rm f/b.pem; cat b.pem b.key >f/b.pem
like "$(findings f)" folder.private-key 'a private key'
fresh f; echo 'About -----BEGIN CERTIFICATE----- and such' >f/README; mkdir f/java
is "$(findings f)" '' 'other files and folders are left alone'
fresh f; rm "f/$(hash_of b.pem).0"; cp f/b.pem "f/$(hash_of b.pem).0"
is "$(findings f)" '' 'copies in place of links are fine'
run "$CAUSEY" rm dir:f#b
exits 0 'and removed together'
is "$(names f | wc -w)" 2 'both'

# Links to files elsewhere, as Debian has them.
mkdir -p share deb; cp a.pem share/a.crt; ln -s ../share/a.crt deb/a.pem; ln -s a.pem "deb/$(hash_of a.pem).0"
is "$(findings deb)" '' 'links to another folder'
run "$CAUSEY" rm dir:deb#a
exits 0 'rm of one'
ok 'leaves the file elsewhere' test -s share/a.crt
is "$(names deb)" '' 'and takes the links'

# Killed at each point: nothing that misleads.
if grep -qa CAUSEY_CRASH_AT "$CAUSEY"; then
  for point in image.renamed dir.linked dir.unlinked; do
    fresh f
    # shellcheck disable=SC2016
    case $point in
    dir.unlinked) CAUSEY_CRASH_AT=$point run bash -c '"$@"; exit $?' - "$CAUSEY" rm dir:f#b ;;
    *) CAUSEY_CRASH_AT=$point run bash -c '"$@"; exit $?' - "$CAUSEY" cp twin1.pem dir:f ;;
    esac
    is "$status" 137 "killed at $point"
    unlike "$(findings f)" 'dangling|gap|wrong' 'no link misleads'
    run "$CAUSEY" cp twin1.pem b.pem dir:f
    exits 0 'the next run completes it'
    ok 'all are found' holds f of-1.pem
    ok 'all of them' holds f of-b.pem
  done
else
  skip 'killed runs' 'built without fault injection'
fi

# What goes wrong.
mkdir empty
run "$CAUSEY" ls empty
exits 5 'a folder that is not hashed'
like "$err" 'causey audit empty .*dir:empty' 'the error says what to do'
run "$CAUSEY" ls dir:empty
exits 0 'dir: takes it'
run "$CAUSEY" ls dir:missing
exits 5 'a folder that is not there'
run "$CAUSEY" ls dir:a.pem
exits 5 'a file is no folder'
run "$CAUSEY" cp a.pem dir:no/such/folder
exits 5 'the folder above is missing'
fresh f; cat twin1.pem twin2.pem >f/bundle.pem
run "$CAUSEY" rm 'dir:f#bundle'
exits 4 'one of several in a file is not removed'
like "$err" 'causey rm f/bundle.pem#@1' 'but the command that does is named'
exec 9<f
flock 9
run "$CAUSEY" cp twin3.pem dir:f
exits 5 'a folder that is locked'
exec 9<&-
json_valid 'ls --json keeps to its schema' ls-1.json <("$CAUSEY" ls --json dir:f)
json_valid 'show --json, too' show-1.json <("$CAUSEY" show --json dir:f --fail-on never)
done_testing
