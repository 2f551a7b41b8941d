#!/bin/bash
# A real browser shows the audit's page: no complaint of its own, all there, nothing of a hostile name runs.
. "$(dirname "$0")/../lib/tap.sh"
need openssl chromium
cd "$T" || exit 1
mkdir t
n=0
openssl ecparam -name prime256v1 -genkey -noout -out k 2>/dev/null
openssl req -x509 -new -key k -subj '/O=Example/CN=Page Root' -days 900 -out t/root.pem \
  -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
long=$(printf 'l%.0s' $(seq 1 60))
for name in 'plain' '<\/title><script>document.title="broken"<\/script>' '<img src=x onerror=document.title=String(1)>' "$long"; do
  n=$((n + 1))
  openssl req -new -key k -subj "/O=Example/OU=$long/OU=$long/CN=$name" -out csr 2>/dev/null
  openssl x509 -req -in csr -CA t/root.pem -CAkey k -set_serial "$n" -days 20 -out "t/$n.pem" 2>/dev/null
done
cp k t/clear.key; cp k 't/<b>copy.key'
"$CAUSEY" audit --html page.html --plan no-sha1,min-ec=384 --fail-on never t >/dev/null
browser() {
  timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --user-data-dir="$T/profile" --enable-logging=stderr --v=0 "$@" 2>log
}
dom=$(browser --dump-dom "file://$T/page.html")
like "$dom" '<h1>Certificates and keys</h1>' 'the page is loaded'
like "$dom" '<title>Certificates and keys: audit</title>' 'no name ran as a script'
like "$dom" 'Filter stores' 'its own script ran, as the policy allows'
like "$dom" '&lt;/title&gt;|&lt;\\/title&gt;|&lt;img src=x' 'hostile names are text'
like "$dom" 'key.in-several-places' 'findings are there'
like "$dom" 'CN=Page Root' 'so is the picture of what was signed'
unlike "$(grep -i 'CONSOLE' log)" 'CONSOLE' 'the console is silent'
browser --screenshot="$T/page.png" --window-size=1200,2000 "file://$T/page.html" >/dev/null
ok 'it is drawn' test -s page.png
is "$(head -c 8 page.png | od -An -tx1 | tr -d ' \n')" 89504e470d0a1a0a 'as a picture'
done_testing
