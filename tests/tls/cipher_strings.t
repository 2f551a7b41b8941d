#!/bin/bash
# Purpose: OpenSSL's cipher strings mean to us what they mean to `openssl ciphers`: suites and order.
# CAUSEY_CIPHER_STRINGS says how many are tried, CAUSEY_SEED which.
. "$(dirname "$0")/../lib/tap.sh"
need openssl

cat >"$T/make.py" <<'PY'
import json, random, subprocess, sys
count, seed, words_file, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
rand = random.Random(seed)
names = open(words_file).read().split()
words = """ALL COMPLEMENTOFALL COMPLEMENTOFDEFAULT kRSA kEDH kDHE DH kEECDH kECDHE ECDH kPSK kRSAPSK kECDHEPSK kDHEPSK kSRP
aRSA aDSS DSS aNULL aECDSA ECDSA aPSK aSRP EDH DHE EECDH ECDHE NULL RSA ADH AECDH PSK SRP 3DES RC4 RC2 IDEA SEED eNULL
GOST89 AES128 AES256 AES AESGCM AESCCM AESCCM8 CAMELLIA128 CAMELLIA256 CAMELLIA CHACHA20 ARIA ARIAGCM ARIA128 ARIA256
CBC MD5 SHA1 SHA SHA256 SHA384 SSLv3 TLSv1 TLSv1.0 TLSv1.2 LOW MEDIUM HIGH FIPS""".split()
odd = ["FOO", "TLS_AES_128_GCM_SHA256", "EXPORT", "kDHr", "TLSv1.1", "aes"]
broken = ["@FOO", "%", "", "+", "@", "-", "!:", "@SECLEVEL="]

def word():
    x = rand.random()
    return rand.choice(names if x < .25 else words if x < .97 else odd)

def item():
    x = rand.random()
    if x < .06:
        return "@STRENGTH"
    if x < .1:
        return f"@SECLEVEL={rand.randrange(0, 7)}"
    if x < .11:
        return rand.choice(broken)
    return rand.choice(["", "", "", "-", "+", "!"]) + "+".join(word() for _ in range(rand.choice([1, 1, 1, 2, 2, 3])))

def string():
    first = rand.choice(["", "", "DEFAULT", "ALL", "HIGH", "DEFAULT@SECLEVEL=1", "ALL:COMPLEMENTOFALL", "SUITEB128"])
    parts = [first] * (first != "" and rand.random() < .8) + [item() for _ in range(rand.randrange(1, 9))]
    return rand.choice(["::"[:1], ":", ":", " ", ",", ";"]).join(parts)

fixed = ["DEFAULT", "ALL", "HIGH:!aNULL:!MD5", "", "DEFAULTX", "DEFAULT+AES", "AES128-SHA@STRENGTH", "SUITEB192:ALL",
  "ECDHE+AESGCM:DHE+AESGCM:!aNULL", "HIGH:MEDIUM:+3DES:!aNULL", "PROFILE=SYSTEM:HIGH", "COMPLEMENTOFDEFAULT+ECDHE-PSK-NULL-SHA"]
strings = fixed + [s for s in (string() for _ in range(count)) if s[:1] != "-"]
sides, theirs = [], []
for s in strings:
    r = subprocess.run(["openssl", "ciphers", "-stdname", s], capture_output=True, text=True)
    suites = [line.split()[0] for line in r.stdout.splitlines()]
    theirs.append("refused" if r.returncode else [x for x in suites if "_WITH_" in x])
    sides.append({"role": "server", "cipher_string": s})
json.dump({"schema": "causey.tls_side/1", "sides": sides}, open(out + ".json", "w"))
json.dump([strings, theirs], open(out + ".theirs", "w"))
PY
cat >"$T/compare.py" <<'PY'
import json, sys
strings, theirs = json.load(open(sys.argv[1]))
def meant(side):
    wrong = any(f["id"] == "tls.setting-wrong" for f in side.get("findings", []))
    return "refused" if wrong else side.get("suites", "refused")
ours = [meant(s) for s in json.load(open(sys.argv[2]))["sides"]]
wrong = [s for s, a, b in zip(strings, theirs, ours) if a != b]
print(len(strings), len(ours), len([t for t in theirs if t == "refused"]), len(wrong))
for s in wrong[:5]:
    print(s)
PY
openssl ciphers 'ALL:COMPLEMENTOFALL' | tr : '\n' | grep -v ^TLS_ >"$T/names"
"$PYTHON" "$T/make.py" "${CAUSEY_CIPHER_STRINGS:-600}" "${CAUSEY_SEED:-1}" "$T/names" "$T/strings"
"$CAUSEY" tls side "$T/strings.json" --json >"$T/ours.json"
ok 'all are read, right or wrong' [ -s "$T/ours.json" ]
read -r strings ours refused wrong < <("$PYTHON" "$T/compare.py" "$T/strings.theirs" "$T/ours.json")
ok "hundreds of strings ($strings)" [ "$strings" -gt 500 ]
is "$ours" "$strings" 'each is a side'
ok "some are refused by OpenSSL ($refused)" [ "$refused" -gt 20 ]
ok 'and most are not' [ "$refused" -lt $((strings / 2)) ]
is "$wrong" 0 'all mean the same suites in the same order, or are refused by both' ||
  diag "$("$PYTHON" "$T/compare.py" "$T/strings.theirs" "$T/ours.json")"

# What it passes over in silence is told.
say() { printf '{"role":"server","cipher_string":"%s"}' "$1" >"$T/one.json"; run "$CAUSEY" tls side "$T/one.json"; }
say 'HIGH:AESGMC'
exits 0 'a word that means nothing does not stop OpenSSL'
like "$out" 'AESGMC is no suite' 'but is told'
like "$out" 'Did you mean AESGCM' 'with the nearest'
say 'HIGH:TLS_RSA_WITH_AES_128_CBC_SHA'
like "$out" 'OpenSSL calls it AES128-SHA' 'a name in another notation, too'
say 'HIGH:TLS_AES_128_GCM_SHA256'
like "$out" 'tls.setting-without-effect' 'suites of TLS 1.3 are not set there'
say 'HIGH:!aNULL:!EXPORT:!RC4:!3DES:!DES:!kDHr:@SECLEVEL=1'
unlike "$out" 'tls\.' 'excluding what is no longer there is right'
like "$out" 'Security level +1' 'the level is read'
say 'PROFILE=SYSTEM'
like "$out" 'own policy' 'the machine.s policy is named'
say 'HIGH:%'
exits 1 'what OpenSSL refuses is an error'
like "$out" 'refuses the cipher string HIGH:%' 'and told'
done_testing
