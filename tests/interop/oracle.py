"""Keystores that other projects made, against what Java and OpenSSL see in them: what the scripts share."""
import base64
import hashlib
import json
import os
import subprocess
import sys

CAUSEY = os.environ["CAUSEY"]
number, failed = 0, 0


def test(good, what, seen=None):
    global number, failed
    number += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {number} - {what}")
    if not good:
        print("#", str(seen).replace("\n", "\n# "))


def done():
    print(f"1..{number}")
    sys.exit(failed > 0)


def run(*args, password=None, key_password=None, new_password=None):
    """causey with these passwords: the store's, of keys in it, of the store to be written."""
    env = dict(os.environ, PW=password or "", KEYPW=key_password or "", NEWPW=new_password or "")
    how = ["--password-env", "PW"]
    if args[0] == "cp":
        how = ["--from-password-env", "PW"]
        how += ["--key-password-env", "KEYPW"] if key_password is not None else []
        how += ["--to-password-env", "NEWPW"] if new_password is not None else []
    p = subprocess.run([CAUSEY, *args, *how], env=env, capture_output=True)
    if b"ERROR: AddressSanitizer" in p.stderr or b"runtime error:" in p.stderr:
        test(False, "no report of a sanitizer", p.stderr.decode())
    return p


def stores(folder, types):
    """The lines of the collection for files of these types, each with the file's path or None."""
    for line in open(f"{folder}/ORACLE.jsonl", encoding="utf-8"):
        want = json.loads(line)
        if want["type"] not in types:
            continue
        # Files have the project's folder as the first part, or stand below it.
        places = (f"{folder}/{want['file']}", *(f"{folder}/{d}/{want['file']}" for d in os.listdir(folder)))
        yield want, next((p for p in places if os.path.isfile(p)), None)


def sums(entry):
    certs = ([entry["certificate"]] if entry.get("certificate") else []) + entry.get("chain", [])
    return [c["sha256"] for c in certs]


def copied_key(path, selector, password, key_password):
    """A private key in clear as causey takes it out of a store, or what causey says."""
    out = f"key{number}.pem"
    p = run("cp", "--plain-keys", f"{path}#{selector}", out, password=password, key_password=key_password)
    pem = open(out).read() if os.path.exists(out) else ""
    if "-----BEGIN PRIVATE KEY-----" not in pem:
        return p.stderr
    return base64.b64decode(pem.split("-----BEGIN PRIVATE KEY-----")[-1].split("-----")[0])


def sha256(data):
    return hashlib.sha256(data).hexdigest()
