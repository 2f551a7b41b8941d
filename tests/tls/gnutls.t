#!/bin/bash
# Purpose: priority strings mean here what they mean to GnuTLS itself.
. "$(dirname "$0")/../lib/tap.sh"
need gnutls-cli

# Random strings: one file in which each has a name, read once; gnutls-cli lists each of them.
cat >"$T/compare.py" <<'END'
import json, random, re, subprocess, sys
causey, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
levels = "NORMAL PFS PERFORMANCE SECURE128 SECURE192 SECURE256 SUITEB128 SUITEB192 LEGACY NONE normal secure".split()
words = """VERS-ALL VERS-TLS-ALL VERS-DTLS-ALL VERS-TLS1.0 VERS-TLS1.1 VERS-TLS1.2 VERS-TLS1.3 CIPHER-ALL AES-128-GCM AES-256-GCM
AES-128-CBC AES-256-CBC AES-128-CCM AES-256-CCM-8 CHACHA20-POLY1305 3DES-CBC CAMELLIA-256-GCM ARCFOUR-128 NULL MAC-ALL SHA1 SHA256
SHA384 AEAD MD5 KX-ALL RSA DHE-RSA ECDHE-RSA ECDHE-ECDSA PSK ECDHE-PSK DHE-DSS ANON-ECDH ANON-DH SRP GROUP-ALL GROUP-EC-ALL
GROUP-DH-ALL GROUP-X25519 GROUP-SECP256R1 GROUP-FFDHE3072 CURVE-SECP521R1 CURVE-ALL SIGN-ALL SIGN-RSA-SHA256 SIGN-ECDSA-SHA384
SIGN-RSA-PSS-RSAE-SHA256 SIGN-EdDSA-Ed25519 SIGN-RSA-SHA1 SIGN-DSA-SHA256 COMP-NULL CTYPE-X.509 NORMAL SECURE128 SUITEB128 BOGUS
AES-128-GMC GROUP-BOGUS vers-tls1.2 aes-128-gcm""".split()
options = "%SERVER_PRECEDENCE %COMPAT %NO_EXTENSIONS %SAFE_RENEGOTIATION %PROFILE_MEDIUM %NO_TICKETS %BOGUS".split()
r = random.Random(7)
strings = []
for n in range(count):
    parts = [r.choice(levels) if r.random() < .95 else "+" + r.choice(words)]
    if parts[0] == "NONE" and r.random() < .8:
        parts += ["+VERS-TLS1.2", "+AES-128-GCM", "+AEAD", "+ECDHE-RSA", "+SIGN-ALL", "+GROUP-ALL"]
    for _ in range(r.randint(0, 6)):
        parts.append(r.choice("+-!+-") + r.choice(words) if r.random() < .9 else r.choice(options + ["SECURE128"]))
    strings.append(":".join(parts))
with open(f"{folder}/config", "w") as f:
    f.write("[priorities]\n" + "".join(f"P{n}={s}\n" for n, s in enumerate(strings)))
table = {k: {x["names"]["iana"]: x for x in json.loads(subprocess.run([causey, "tls", k, "--json"], capture_output=True, text=True).stdout)[k]}
         for k in ("suites", "groups", "schemes")}
gnutls_scheme = {x["names"]["gnutls"]: n for n, x in table["schemes"].items()}
for bits, curve in ((256, "SECP256R1"), (384, "SECP384R1"), (512, "SECP521R1")):
    gnutls_scheme[f"SIGN-ECDSA-SHA{bits}"] = gnutls_scheme[f"SIGN-ECDSA-{curve}-SHA{bits}"]
gnutls_group = {x["names"]["gnutls"]: n for n, x in table["groups"].items()}
sides = json.loads(subprocess.run([causey, "tls", "side", "--json", f"gnutls:{folder}/config"], capture_output=True, text=True).stdout)["sides"]
bad = refused = 0
def uniq(l): return list(dict.fromkeys(x for x in l if x))
for side, text in zip(sides, strings, strict=True):
    p = subprocess.run(["gnutls-cli", "--priority", text, "-l"], capture_output=True, text=True)
    out = p.stdout + p.stderr
    findings = [f["id"] for f in side.get("findings", [])]
    if "Syntax error" in out or "Error in priorities" in out:
        refused += 1
        wrong = [] if "tls.setting-wrong" in findings else ["refused"]
    else:
        line = {k: v.split(", ") if v != "none" else [] for k, v in re.findall(r"^([A-Za-z -]+): (.*)$", out, re.M)}
        theirs = {
            "suites": [a + b for a, b in re.findall(r"^TLS\S+\s+0x(..), 0x(..)", out, re.M)],
            "versions": sorted("TLS " + v[8:] for v in line["Protocols"] if v.startswith("VERS-TLS")),
            "groups": uniq(gnutls_group.get(x) for x in line["Groups"]), "schemes": uniq(gnutls_scheme.get(x) for x in line["PK-signatures"])}
        if not theirs["versions"] or not theirs["suites"]:
            refused += 1
            wrong = [] if "tls.setting-wrong" in findings else ["nothing left"]
        else:
            ours = {"suites": [table["suites"][s]["code"].lower() for s in side["suites13"] + side["suites"]], "versions": side.get("versions", []),
                    "groups": side.get("groups", []), "schemes": side.get("schemes", [])}
            wrong = [f"{k}:\n  ours {' '.join(ours[k])}\n  theirs {' '.join(theirs[k])}" for k in ours if ours[k] != theirs[k]]
            wrong += ["taken by GnuTLS"] * ("tls.setting-wrong" in findings)
    if wrong:
        bad += 1
        print(text, *wrong, out[:200] if wrong[0][0] in "nr" else "", sep="\n", file=sys.stderr)
print(bad, "wrong;", "some refused" if 10 < refused < count / 2 else f"{refused} refused")
END
is "$("$PYTHON" "$T/compare.py" "$CAUSEY" "$T" 400 2>"$T/why")" '0 wrong; some refused' '400 random strings are what GnuTLS makes of them'
[ -s "$T/why" ] && diag "$(head -c 3000 "$T/why")"

# Names of the configuration, and a word that is wrong.
printf '[global]\noverride-mode = blocklist\n[priorities]\nSYSTEM=NORMAL:-VERS-ALL:+VERS-TLS1.2\nMINE=@SYSTEM:%%SERVER_PRECEDENCE\nBAD=NORMAL:+VERS-TLS1.4\nLOST=@NOBODY\n' >"$T/config"
run "$CAUSEY" tls side "gnutls:$T/config#MINE"
exits 0 'a healthy string has nothing to be said'
like "$out" 'Versions +TLS 1.2\s' '@SYSTEM stands for what the configuration says'
run "$CAUSEY" tls side "gnutls:$T/config#BAD"
like "$out" 'line 6: "\+VERS-TLS1.4"' 'a wrong word is named with its line'
like "$out" 'Did you mean TLS1.[0-3]' 'and the nearest right one'
run "$CAUSEY" tls side "gnutls:$T/config#LOST"
like "$out" 'finds no such name' 'a name that is not in the configuration'
done_testing
