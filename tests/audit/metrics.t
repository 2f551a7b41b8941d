#!/bin/bash
# causey-test: any-user
# Metrics hold to Prometheus's text format; the page is whole, needs nothing from outside, and hostile names stay text.
. "$(dirname "$0")/../lib/tap.sh"
need openssl keytool jq python3
cd "$T" || exit 1
mkdir t

# Reads the text exposition format strictly, and prints "name{labels} value" sorted. The grammar is that of
# Prometheus's documentation; a label set that comes twice, or a family in two parts, is an error.
cat >strict.py <<'E2'
import re, sys
text = open(sys.argv[1], encoding='utf-8').read()
assert text.endswith('\n')
label = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^\\"\n]|\\\\|\\"|\\n)*)"'
sample = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:%s)(?:,%s)*)?\})? (-?[0-9]+(?:\.[0-9]+)?)$' % (label, label))
family, done, seen, out = None, set(), set(), []
for line in text[:-1].split('\n'):
    if line.startswith('# HELP '):
        done.add(family)
        family = line.split(' ')[2]
        assert family not in done, line
    elif line.startswith('# TYPE '):
        assert line == '# TYPE %s gauge' % family, line
    else:
        m = sample.match(line)
        assert m and m.group(1) == family, line
        labels = tuple(sorted(re.findall(label, m.group(2) or '')))
        assert len(set(k for k, v in labels)) == len(labels), line
        assert (family, labels) not in seen, line
        seen.add((family, labels))
        out.append(line)
print('\n'.join(sorted(out)))
E2
newkey() { openssl ecparam -name prime256v1 -genkey -noout -out "$1" 2>/dev/null; }
newkey ca.key; newkey k; chmod 600 k
openssl req -x509 -new -key ca.key -subj '/CN=Page CA' -days 900 -out ca.pem -addext keyUsage=critical,keyCertSign 2>/dev/null
cert() { # KEY SUBJECT DAYS FILE
  openssl req -new -utf8 -key "$1" -subj "$2" -out csr 2>/dev/null
  openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -set_serial "$3" -days "$3" -out "$4" 2>/dev/null
}
cert k '/CN=one' 100 t/one.pem
cert k '/CN=two <\/script><script>alert(1)<\/script> "quoted" back\\slash' 200 t/two.pem
cert k "/CN=$(printf '\xe2\x80\xae')evil/OU=$(printf 'u%.0s' $(seq 1 60))" 300 't/na"me\.pem'
cat t/one.pem t/one.pem t/two.pem >$'t/line\nend.pem'
cp t/one.pem $'t/\xff.pem'; cp t/one.pem $'t/\xfe.pem'
keytool -importcert -noprompt -storetype JKS -keystore t/s.jks -storepass changeit -alias 'ca"1' -file t/one.pem >/dev/null 2>&1
openssl pkcs12 -export -inkey k -in t/one.pem -certfile ca.pem -name web -passout pass:xyzzy-pw -out t/i.p12
openssl pkcs12 -export -inkey k -in t/one.pem -passout pass:other -out t/shut.p12
cp k t/clear.key; echo xyzzy-pw >pw
: >bad.prom
run "$CAUSEY" audit --passwords pw --try-common --metrics m.prom --fail-on never t
exits 0 'metrics beside the findings'
like "$out" 'Summary' 'which are still shown'
ok 'they are in the format' python3 strict.py m.prom
python3 strict.py m.prom >samples
is "$(grep -c '^causey_certificate_not_after_seconds{' samples)" 11 'one sample for each certificate of each entry'
end=$(date -u -d "$(openssl x509 -in t/one.pem -noout -enddate | sed 's/.*=//')" +%s)
like "$(cat samples)" "path=\"t/i.p12\",kind=\"p12\",label=\"web\",subject=\"CN=one\",entry=\"1\",chain=\"0\",private_key=\"yes\"} $end" \
  'an identity, with its end in seconds'
like "$(cat samples)" 'path="t/i.p12".*entry="1",chain="1",private_key="no"' 'and its chain'
like "$(cat samples)" 'kind="jks",label="ca\\"1"' 'labels are escaped'
like "$(cat samples)" 'causey_stores\{opened="no"\} 1' 'stores that were not opened'
like "$(cat samples)" 'causey_private_keys\{protected="no"\} 1' 'keys without a passphrase'
"$CAUSEY" audit --json --passwords pw --try-common t >report
for severity in warning error; do
  is "$(grep -F "causey_findings{severity=\"$severity\"}" samples)" \
    "causey_findings{severity=\"$severity\"} $(jq "select(.type==\"summary\") | .severities.$severity" report)" "findings: $severity"
done
run "$CAUSEY" audit --metrics - --fail-on never t; printf '%s\n' "$out" >m2.prom
ok 'to standard output, in place of the findings' python3 strict.py m2.prom
run "$CAUSEY" audit --metrics - --json t; exits 2 'standard output can take one'
run "$CAUSEY" audit --metrics no/such/folder/x t; exits 5 'a folder that is not there'
inode=$(stat -c %i m.prom); chmod 604 m.prom
"$CAUSEY" audit --metrics m.prom t >/dev/null
isnt "$(stat -c %i m.prom)" "$inode" 'the file is replaced, not written into'
is "$(stat -c %a m.prom)" 604 'and keeps its mode'
CAUSEY_CRASH_AT=image.written "$CAUSEY" audit --metrics m.prom t >/dev/null 2>&1
ok 'after a crash the old file is there' python3 strict.py m.prom
mkdir empty; "$CAUSEY" audit --metrics e.prom empty >/dev/null; ok 'nothing found is in the format, too' python3 strict.py e.prom

# The page.
run "$CAUSEY" audit --passwords pw --html page.html --fail-on never t
exits 0 'a page'
cat >page.py <<'E2'
import html.parser, re, sys
text = open(sys.argv[1], encoding='utf-8').read()
class P(html.parser.HTMLParser):
    void = {'meta', 'br', 'input', 'rect', 'line', 'path'}
    def __init__(self):
        super().__init__(); self.open = []; self.tags = []; self.words = []
    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for k, v in attrs:
            assert not k.startswith('on') and k not in ('src', 'href', 'style'), (tag, k)
        if tag not in self.void: self.open.append(tag)
    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        for k, v in attrs:
            assert not k.startswith('on') and k not in ('src', 'href', 'style'), (tag, k)
    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag
    def handle_data(self, data): self.words.append(data)
p = P(); p.feed(text); p.close()
assert not p.open, p.open
assert p.tags.count('script') == 1 and p.tags.count('style') == 1
assert 'http://' not in text and 'https://' not in text and 'url(' not in text and '@import' not in text
assert "default-src 'none'" in text
print(' '.join(p.words))
E2
ok 'it is whole, has one script, and nothing from outside' python3 page.py page.html
words=$(python3 page.py page.html)
like "$words" '</script.>.<script.>alert\(1\)' 'a hostile name is text'
like "$words" '202[eE][}]evil' 'a character that turns the direction is shown as what it is'
like "$words" 'A private key is not protected by a passphrase' 'findings with their titles'
like "$words" 'What to do:' 'and what to do'
like "$words" 't/i.p12' 'stores'
for part in style script; do
  hash=$(python3 -c "import re,sys,hashlib,base64;s=open('page.html').read();m=re.search(r'<$part>(.*?)</$part>',s,re.S);print(base64.b64encode(hashlib.sha256(m.group(1).encode()).digest()).decode())")
  like "$(cat page.html)" "$part-src 'sha256-${hash//+/\\+}'" "the browser is told the only $part"
done
"$CAUSEY" audit --html e.html empty >/dev/null; ok 'a page about nothing' python3 page.py e.html
run "$CAUSEY" audit --html - --fail-on never t; printf '%s' "$out" >p2.html; ok 'to standard output' python3 page.py p2.html
done_testing
