#!/bin/bash
# Java keystores (JKS, JCEKS) that other projects made, against what Java itself sees in them. Secret keys are
# copied into stores of both kinds that have some, and Java takes them out again.
. "$(dirname "$0")/../lib/tap.sh"
stores=$ROOT/../shared/fixtures/keystores
[ -r "$stores/ORACLE.jsonl" ] || skip_all 'the collection of keystores is not here'
need java
cd "$T" || exit 1
"$PYTHON" - "$stores" "$ROOT/tests/interop" <<'PY'
import json, os, subprocess, sys
folder, scripts = sys.argv[1:]
sys.path.insert(0, scripts)
sys.dont_write_bytecode = True
from oracle import copied_key, done, run, sha256, stores, sums, test

kinds = {"identity": "key", "key": "key", "trusted": "cert", "secret": "secret"}
names, secrets = [], []

RSA = bytes.fromhex("06092a864886f70d010101")

def as_java(der):
    """Java adds the NULL that one writer left out of its RSA keys."""
    bare = b"\x30\x0b" + RSA
    if bare not in der[:30]:
        return der
    length = int.from_bytes(der[2:4], "big") + 2
    return der[:2] + length.to_bytes(2, "big") + der[4:].replace(bare, b"\x30\x0d" + RSA + b"\5\0", 1)

def check_entry(name, path, password, e, w):
    # Without the entry's password the collection calls a secret key a key.
    kind = "key" if w["kind"] == "key" and "keySha256" not in w and e["kind"] == "secret" else kinds[e["kind"]]
    test(kind == w["kind"], f"{name}#{w['alias']}: kind", e["kind"])
    test(sums(e) == w["certSha256"], f"{name}#{w['alias']}: certificates", (sums(e), w["certSha256"]))
    if "keySha256" not in w:
        return
    if w["kind"] == "secret":
        secrets.append((name, path, password, w))
        test(e["secret_key"]["key"].split()[0] == w["keyAlg"], f"{name}#{w['alias']}: algorithm", e["secret_key"])
        return
    got = copied_key(path, w["alias"], password, w["keyPassword"])
    test(sha256(as_java(got)) == w["keySha256"], f"{name}#{w['alias']}: the private key", got)

for want, path in stores(folder, ("JKS", "JCEKS")):
    name, password = os.path.basename(want["file"]), want["password"]
    if path is None:
        test(False, f"{name} is there", want["file"])
        continue
    names.append(name)
    p = run("show", "--json", path, password=password)
    if p.returncode not in (0, 1):
        test(False, f"{name} is read", p.stderr.decode())
        continue
    document = json.loads(p.stdout)
    test(all(e["store"]["kind"] == want["type"].lower() for e in document["entries"]), f"{name}: type")
    seen = {e["label"]: e for e in document["entries"]}  # Java keeps the last of equal aliases
    wanted = {e["alias"]: e for e in want["entries"]}
    test(sorted(seen) == sorted(wanted), f"{name}: aliases", (sorted(seen), sorted(wanted)))
    for alias in sorted(set(seen) & set(wanted)):
        check_entry(name, path, password, seen[alias], wanted[alias])
test(len(names) >= 40, "all of the collection was seen", names)
test(len(secrets) >= 5, "secret keys among it", secrets)

for kind, suffix in (("PKCS12", "p12"), ("JCEKS", "jceks")):
    files = []
    for i, (name, path, password, w) in enumerate(secrets):
        files.append(f"{i}.{suffix}")
        p = run("cp", f"{path}#{w['alias']}", files[-1], password=password, key_password=w["keyPassword"],
                new_password="another1")
        test(p.returncode == 0, f"{name}: into a {kind}", p.stderr.decode())
    java = subprocess.run(["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", f"{scripts}/Secrets.java", "list",
                           kind, "another1", *files], capture_output=True, text=True)
    lines = [line.split() for line in java.stdout.splitlines()]
    for (name, _, _, w), line in zip(secrets, lines):
        test(line[-1] == w["keySha256"], f"{name}: Java takes the same key out of the {kind}", line)
    test(len(lines) == len(secrets), f"Java reads every {kind}", java.stderr)
done()
PY
