#!/bin/bash
# causey-test: any-user
# Java keystores that other projects made, against what Java itself sees in them.
. "$(dirname "$0")/../lib/tap.sh"
stores=$ROOT/../shared/fixtures/keystores
[ -r "$stores/ORACLE.jsonl" ] || skip_all 'the collection of keystores is not here'
cd "$T" || exit 1
"$PYTHON" - "$stores" <<'PY'
import base64, hashlib, json, os, subprocess, sys

stores, causey = sys.argv[1], os.environ["CAUSEY"]
number, failed = 0, 0

def test(good, what, seen=None):
    global number, failed
    number += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {number} - {what}")
    if not good:
        print("#", str(seen).replace("\n", "\n# "))

def run(*args, password=None):
    env = dict(os.environ, PW=password or "")
    how = ["--from-password-env", "PW"] if args[0] == "cp" else ["--password-env", "PW"]
    p = subprocess.run([causey, *args, *how], env=env, capture_output=True)
    if b"ERROR: AddressSanitizer" in p.stderr or b"runtime error:" in p.stderr:
        test(False, "no report of a sanitizer", p.stderr.decode())
    return p

def sums(entry):
    certs = ([entry["certificate"]] if entry.get("certificate") else []) + entry.get("chain", [])
    return [c["sha256"] for c in certs]

kinds = {"identity": "key", "key": "key", "trusted": "cert"}
names = []
for line in open(f"{stores}/ORACLE.jsonl", encoding="utf-8"):
    want = json.loads(line)
    if want["type"] != "JKS":
        continue
    name = os.path.basename(want["file"])
    # Files have the project's folder as the first part, or stand below it.
    path = next((p for p in (f"{stores}/{want['file']}", *(f"{stores}/{d}/{want['file']}" for d in os.listdir(stores)))
                 if os.path.isfile(p)), None)
    if path is None:
        test(False, f"{name} is there", want["file"])
        continue
    names.append(name)
    p = run("show", "--json", path, password=want["password"])
    if p.returncode not in (0, 1):
        test(False, f"{name} is read", p.stderr.decode())
        continue
    seen = {}
    for e in json.loads(p.stdout)["entries"]:
        seen[e["label"]] = e  # Java keeps the last of equal aliases
    wanted = {e["alias"]: e for e in want["entries"]}
    test(sorted(seen) == sorted(wanted), f"{name}: aliases", (sorted(seen), sorted(wanted)))
    for alias in sorted(set(seen) & set(wanted)):
        e, w = seen[alias], wanted[alias]
        test(kinds[e["kind"]] == w["kind"], f"{name}#{alias}: kind", e["kind"])
        test(sums(e) == w["certSha256"], f"{name}#{alias}: certificates", (sums(e), w["certSha256"]))
        if "keySha256" not in w:
            continue
        os.environ["KEYPW"] = w["keyPassword"]
        out = f"key{number}.pem"
        p = run("cp", "--plain-keys", "--key-password-env", "KEYPW", f"{path}#{alias}", out, password=want["password"])
        pem = open(out).read() if os.path.exists(out) else ""
        body = pem.split("-----BEGIN PRIVATE KEY-----")[-1].split("-----")[0]
        got = hashlib.sha256(base64.b64decode(body)).hexdigest()
        test(got == w["keySha256"], f"{name}#{alias}: the private key", (got, p.stderr.decode()))
test(len(names) >= 15, "all of the collection was seen", names)
print(f"1..{number}")
sys.exit(failed > 0)
PY
