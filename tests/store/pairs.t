#!/bin/bash
# causey-test: any-user
# Every kind of store into every other kind and back: what comes back is what went, but for what was said
# to be lost on the way. Kinds that this build does not have, or can not write, are left out.
. "$(dirname "$0")/../lib/tap.sh"
. "$ROOT/tests/lib/pki.sh"
need openssl
cd "$T" || exit 1

make_ca root '/O=Example/CN=Root'
make_ca other '/O=Example/CN=Other CA'
issue mid '/O=Example/CN=Middle' root 'basicConstraints=critical,CA:TRUE'
issue mq1 '/O=Example/CN=mq1' mid
echo Storepass-2026-long >pw
"$CAUSEY" cp --password-file pw mq1.key mq1.pem mid.pem root.pem id.p12#mq1 >made 2>&1
copy() { "$CAUSEY" cp --json --password-file pw "$@" 2>>err.txt; }

# The first store of each kind: an identity with its chain where it can hold one, and a CA certificate.
kinds=()
for kind in pem p12 jks jceks bks uber bcfks kdb p7b sst dir ppk ssh; do
  mkdir -p "$kind"
  : >err.txt
  copy id.p12 other.pem "$kind:$kind/first" >first.json
  status=$?
  # Some want a folder of their own, some a certain name.
  if [ "$status" != 0 ] && grep -qE 'store.(unknown-kind|kind-unclear|read-only)' err.txt; then continue; fi
  if [ "$status" != 0 ]; then diag "$kind is left out: $(head -c 200 err.txt | tr '\n' ' ')"; continue; fi
  kinds+=("$kind")
done
ok 'there are several kinds' test "${#kinds[@]}" -ge 4

# What may differ, and which loss must have been said for it.
cat >judge.py <<'PY'
import json, sys
said, made, trusted = set(), False, False
for name in sys.argv[2:]:
    for text in open(name, encoding="utf-8").read().split("\n\n"):
        try:
            document = json.loads(text)
        except ValueError:
            continue
        said |= {loss["what"] for loss in document.get("losses", [])}
        trusted = trusted or any("trusted" in (entry["note"] or "") for entry in document.get("entries", []))
        made = made or any(entry["label_made"] for entry in document.get("entries", []))
wanted = {"only-first": {"left-out"}, "key": {"left-out"}, "chain": {"chain", "left-out"}, "trust": {"trust"},
    "label": {"label", "label-case"}, "only-second": {"left-out", "chain"}, "renewed": set()}
document = json.load(open(sys.argv[1], encoding="utf-8"))
for d in document["comparisons"][0]["differences"]:
    note = d.get("note") or ""
    if d["what"] == "chain" and note.startswith("the root, which need not be sent"):
        continue  # where chains are read from what is there, a root can be an entry of its own instead
    if d["what"] == "trust" and trusted and ("only in" in note and "back" in note or "not trusted in" in note and "first" in note):
        continue  # it became trusted on the way, which was said
    if not wanted[d["what"]] & said and not (d["what"] == "label" and made):
        print(d["what"], d["name"], d.get("note") or "", "| said:", *sorted(said))
PY

for from in "${kinds[@]}"; do
  for to in "${kinds[@]}"; do
    [ "$from" != "$to" ] || continue
    : >err.txt
    rm -rf "$from/over" "$from/back"
    copy "$from:$from/first" "$to:$from/over" >over.json
    status=$?
    if [ "$status" = 4 ] && grep -q store.cannot-hold err.txt; then pass "$from to $to: refused, and said why"; continue; fi
    if [ "$status" != 0 ]; then fail "$from to $to"; diag "exit $status: $(head -c 600 err.txt)"; continue; fi
    copy "$to:$from/over" "$from:$from/back" >back.json
    status=$?
    if [ "$status" = 4 ] && grep -q store.cannot-hold err.txt; then pass "$from to $to: no way back, and said why"; continue; fi
    if [ "$status" != 0 ]; then fail "$from to $to and back"; diag "exit $status: $(head -c 600 err.txt)"; continue; fi
    "$CAUSEY" diff --json --password-file pw "$from:$from/first" "$from:$from/back" >diff.json 2>err.txt
    status=$?
    if [ "$status" -gt 1 ]; then fail "$from to $to and back: compared"; diag "exit $status: $(head -c 600 err.txt)"; continue; fi
    is "$($PYTHON judge.py diff.json over.json back.json)" '' "$from to $to and back: what differs was said"
  done
done
done_testing
