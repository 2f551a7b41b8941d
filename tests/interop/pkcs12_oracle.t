#!/bin/bash
# PKCS#12 files that other projects made, against what Java and OpenSSL see in them.
. "$(dirname "$0")/../lib/tap.sh"
fixtures=$ROOT/../shared/fixtures
[ -r "$fixtures/keystores/ORACLE.jsonl" ] || skip_all 'the collection of keystores is not here'
cd "$T" || exit 1
"$PYTHON" - "$fixtures/keystores" "$ROOT/tests/interop" <<'PY'
import base64, json, os, re, sys
folder, scripts = sys.argv[1:]
sys.path.insert(0, scripts)
sys.dont_write_bytecode = True
from oracle import copied_key, done, run, sha256, stores, sums, test

def value(der, at):
    length, head = der[at + 1], 2
    if length & 0x80:
        head += length & 0x7f
        length = int.from_bytes(der[at + 2:at + head], "big")
    return at + head, at + head + length

def without_attributes(der):
    """PKCS#8 as Java encodes it: version, algorithm, key."""
    at, end = value(der, 0)
    start = at
    for _ in range(3):
        at = value(der, at)[1]
    if at == end:
        return der
    return b"\x30\x82" + (at - start).to_bytes(2, "big") + der[start:at]

def key_sum(path, position, password):
    got = copied_key(path, f"@{position}", password, password or "")
    try:
        return sha256(without_attributes(got))
    except (IndexError, ValueError):
        return got

# RFC 9579 says which of these are wrong. Java does not look.
refused = re.compile(r"pbmac1_256_256\.(bad|no|zero|negative|very)-")
files = 0
for want, path in stores(folder, ("PKCS12",)):
    if path is None:
        continue
    files += 1
    name, password = os.path.basename(want["file"]), want["password"]
    if password is None:
        password = next((e["keyPassword"] for e in want["entries"] if "keyPassword" in e), None)
    if password is None:
        continue # nobody knows it
    p = run("show", "--json", path, password=password)
    if refused.search(name):
        test(p.returncode in (3, 4), f"{name}: is refused", p.stderr.decode())
        continue
    if name == "nomac_parse.p12":
        test(b"enveloped" in p.stderr, f"{name}: says that it is sealed for somebody", p.stderr.decode())
        continue
    if p.returncode not in (0, 1):
        test(False, f"{name}: is read", p.stderr.decode())
        continue
    entries = json.loads(p.stdout)["entries"]
    trusted = sorted(s for e in entries if e["kind"] == "trusted" for s in sums(e))
    test(trusted == sorted(s for w in want["entries"] if w["kind"] == "cert" for s in w["certSha256"]),
         f"{name}: what Java trusts", trusted)
    if "opensslCerts" in want:
        certs = {s for e in entries for s in sums(e)}
        test(len(certs) == want["opensslCerts"], f"{name}: as many certificates as OpenSSL sees", certs)
    for w in want["entries"]:
        if w["kind"] != "key":
            continue
        # Java gives numbers for names that are missing, folds case, and drops what it can not pair.
        same = [e for e in entries if "key" in (e["kind"], "key") and e["kind"] in ("identity", "key")
                and (w["alias"].isdigit() or (e.get("label") or "").lower() == w["alias"].rstrip("\0").lower())]
        test(len(same) == 1, f"{name}#{w['alias']!r}: is there once", [e.get("label") for e in entries])
        if not same:
            continue
        if w["certSha256"]:
            test(sums(same[0]) == w["certSha256"], f"{name}#{w['alias']!r}: certificates", sums(same[0]))
        if "keySha256" in w:
            got = key_sum(path, same[0]["position"], password)
            test(got == w["keySha256"], f"{name}#{w['alias']!r}: the private key", got)
test(files >= 40, "all of the collection was seen", files)

# RFC 9579, appendix A: three that fit, and three that do not.
for i in range(1, 7):
    text = open(f"{folder}/SSLMate+go-pkcs12/testdata/rfc9579-a{i}.txt").read()
    open(f"a{i}.p12", "wb").write(base64.b64decode(text))
    p = run("ls", f"a{i}.p12", password="1234")
    test((p.returncode in (0, 1)) == (i <= 3), f"RFC 9579 A.{i}", p.stderr.decode())
open("bypass.p12", "wb").write(base64.b64decode(open(f"{folder}/SSLMate+go-pkcs12/testdata/pbmac1-short-key-bypass.txt").read()))
p = run("ls", "bypass.p12", password="1234")
test(p.returncode == 3, "a MAC key short enough to be guessed is refused", p.stderr.decode())
done()
PY
