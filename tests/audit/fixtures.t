#!/bin/bash
# Purpose: one audit over every file that other products made: each store is found by its content, opened, and has
# as many entries as its own product says; nothing is called damaged that is whole.
. "$(dirname "$0")/../lib/tap.sh"
fixtures=$ROOT/../shared/fixtures
[ -f "$fixtures/keystores/ORACLE.jsonl" ] || skip_all 'the files of other products are not here'

cat >"$T/passwords.py" <<'END'
import json, sys
seen = {"password", "changeit", "storepass", "keypass", "password1", "12345678", "testpw", "notasecret", "test", "", "secret"}
for line in open(sys.argv[1]):
    word = json.loads(line).get("password")
    if word is not None and "\n" not in word:
        seen.add(word)
print("\n".join(sorted(seen)))
END
"$PYTHON" "$T/passwords.py" "$fixtures/keystores/ORACLE.jsonl" >"$T/passwords"
run "$CAUSEY" audit --json --passwords "$T/passwords" --fail-on never "$fixtures"
exits 0 'it goes through'
printf '%s\n' "$out" >"$T/audit.jsonl"

cat >"$T/compare.py" <<'END'
"""Prints the stores of which the audit says something else than their own products. Java sees no certificate in a
PKCS#12 file that is not marked for it, and of two entries with one alias the last."""
import json, os, sys
oracle, audit, root = sys.argv[1:4]
found = {}
for line in open(audit):
    record = json.loads(line)
    if record.get("type") == "store":
        found[os.path.relpath(record["path"], root)] = record
seen = 0
for line in open(oracle):
    want = json.loads(line)
    got = found.get(want["file"])
    seen += 1
    if got is None:
        print(f"{want['file']}: not found")
    elif want["password"] is None or "nomac_parse" in want["file"]: # a part of it is sealed for a certificate
        pass
    elif not got.get("opened"):
        print(f"{want['file']}: not opened")
    elif want["type"] != "PKCS12" and "duplicate_aliases" not in want["file"] and got["entries"] != len(want["entries"]):
        print(f"{want['file']}: {got['entries']} entries, want {len(want['entries'])}")
print(f"compared {seen}", file=sys.stderr)
END
differ=$("$PYTHON" "$T/compare.py" "$fixtures/keystores/ORACLE.jsonl" "$T/audit.jsonl" "$fixtures/keystores" 2>"$T/count")
like "$(cat "$T/count")" 'compared [1-9][0-9][0-9]' 'with all that there is to compare'
is "$differ" '' 'every store is opened and has the entries that it should'
done_testing
