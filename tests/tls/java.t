#!/bin/bash
# Purpose: what is read of Java's settings is what a real Java VM does with them.
. "$(dirname "$0")/../lib/tap.sh"
need java javac keytool

javac -d "$T" "$ROOT/tests/tls/JavaHello.java"
home=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.home = //p')
export JAVA_HOME="$home"

# Random settings, each read by the VM and by us. The ClientHello leaves out what can not be used with the rest of it.
cat >"$T/compare.py" <<'END'
import json, random, subprocess, sys
causey, folder, first, last = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
words = """SSLv3 TLSv1 TLSv1.1 RC4 DES MD5withRSA anon NULL ECDH 3DES_EDE_CBC TLS_RSA_* SHA1 SHA256 SHA384 SHA-384 RSA DSA EC ECDSA
ECDHE DHE DH DiffieHellman XDH EdDSA Ed25519 RSASSA-PSS x25519 secp256r1 secp521r1 ffdhe2048 ffdhe4096 AES AES_128_GCM AES_256_CBC GCM
CBC ChaCha20-Poly1305 HmacSHA1 SHA256withECDSA SHA384withRSA rsa_pss_rsae_sha256 TLS_*_AES_128_* TLS_ECDHE_*SHA DHE_RSA ECDHE_ECDSA
TLS_AES_128_GCM_SHA256 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 SHA512 tlsv1.1""".split()
more = ["EC keySize < 300", "DH keySize < 3000", "RSA keySize < 2048", "EC keySize <= 384", "SHA1 jdkCA & usage TLSServer",
        "rsa_pkcs1_sha1 usage HandshakeSignature", "ecdsa_secp384r1_sha384 usage HandshakeSignature", "SHA1 denyAfter 2019-01-01"]
groups = "x25519 secp256r1 secp384r1 secp521r1 x448 ffdhe2048 ffdhe3072 bogus".split()
schemes = "rsa_pkcs1_sha256 rsa_pss_rsae_sha256 ecdsa_secp256r1_sha256 ed25519 rsa_pss_pss_sha384 ecdsa_sha1 bogus".split()
suites = """TLS_AES_128_GCM_SHA256 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 ECDHE-RSA-AES256-GCM-SHA384 TLS_DHE_RSA_WITH_AES_128_CBC_SHA
SSL_RSA_WITH_3DES_EDE_CBC_SHA TLS_CHACHA20_POLY1305_SHA256 tls_aes_256_gcm_sha384 TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA BOGUS""".split()
def run(*a): return subprocess.run(a, capture_output=True, text=True)
table = {x["names"]["iana"]: x for x in json.loads(run(causey, "tls", "suites", "--json").stdout)["suites"]}
codes = {k: {x["names"]["iana"]: x["code"].lower() for x in json.loads(run(causey, "tls", k, "--json").stdout)[k]} for k in ("suites", "groups", "schemes")}
V = {"TLS 1.0": "0301", "TLS 1.1": "0302", "TLS 1.2": "0303", "TLS 1.3": "0304"}
bad = 0
for seed in range(first, last):
    r = random.Random(seed)
    rules = r.sample(words, r.randint(0, 4)) + r.sample(more, r.randint(0, 2))
    cert = r.sample(["MD5", "SHA1", "SHA256", "RSA", "EC keySize < 300", "DSA", "RSA keySize < 1024"], r.randint(0, 2))
    with open(f"{folder}/s.security", "w") as f:
        f.write(f"jdk.tls.disabledAlgorithms={', '.join(rules)}\njdk.certpath.disabledAlgorithms={', '.join(cert)}\n")
    options = [f"-Djava.security.properties={folder}/s.security"]
    if r.random() < .3: options.append("-Djdk.tls.namedGroups=" + ",".join(r.sample(groups[:-1], 1) + ["bogus"] * r.randint(0, 1)))
    if r.random() < .3: options.append("-Djdk.tls.client.SignatureSchemes=" + ",".join(r.sample(schemes, 3)))
    if r.random() < .3: options.append("-Djdk.tls.client.cipherSuites=" + ",".join(r.sample(suites, 3)))
    if r.random() < .3: options.append("-Djdk.tls.client.protocols=" + r.choice(["TLSv1.2", "TLSv1.2,TLSv1.3", "TLSv1.3", "TLSv1.1,TLSv1.2"]))
    with open(f"{folder}/jvm.options", "w") as f: f.write("\n".join(options) + "\n")
    jvm = run("java", *options, "-cp", folder, "JavaHello").stdout
    theirs = {l.split()[0]: l.split()[1:] for l in jvm.splitlines()}
    said = json.loads(run(causey, "tls", "side", "--json", f"{folder}/jvm.options").stdout)["sides"][0]
    versions = said["versions"] if isinstance(said["versions"], list) else []
    ec = any(g[0] in "sx" for g in said["groups"])
    usable = {v: False for v in V}
    ours = []
    if not any("cipherSuites" in o for o in options):  # TLS_EMPTY_RENEGOTIATION_INFO_SCSV is one of all up to 1.2
        for v in versions: usable[v] = v != "TLS 1.3"
    for name in said["suites13"] + said["suites"]:
        s = table[name]
        old = "1.2" not in s["versions"].split(" to ")[0] and "1.3" not in s["versions"]
        fits = [v for v in versions if (v == "TLS 1.3") == (name in said["suites13"]) and (old or v in ("TLS 1.2", "TLS 1.3"))]
        if "ECDH" in name and not ec: fits = []
        for v in fits: usable[v] = True
        if fits: ours.append(codes["suites"][name])
    want = [c for c in theirs.get("suites", []) if c != "00ff"]
    order = lambda l: sorted(l, key=lambda c: not c.startswith("13"))  # which of 1.3 and 1.2 come first is lost
    pairs = {"suites": (order(ours), order(want))}
    only13 = not any(usable[v] for v in V if v != "TLS 1.3")
    def for13(key, name):
        old = name.startswith("dsa") or "sha224" in name or "md5" in name
        return not only13 or not (old or (key == "schemes" and ("pkcs1" in name or name == "ecdsa_sha1")))
    if want:
        pairs["groups"] = ([codes["groups"][g] for g in said["groups"]], theirs.get("groups", []))
        for key in ("schemes", "cert_schemes"):
            if key in theirs: pairs[key] = ([codes["schemes"][x] for x in said[key] if for13(key, x)], theirs[key])
        if "versions" in theirs: pairs["versions"] = (sorted(V[v] for v in versions if usable[v]), sorted(theirs["versions"]))
    wrong = {k: (" ".join(a), " ".join(b)) for k, (a, b) in pairs.items() if a != b}
    if wrong:
        bad += 1
        print(f"seed {seed}: {rules} / {cert} / {options[1:]}", *(f"{k}:\n  ours {a}\n  java {b}" for k, (a, b) in wrong.items()), sep="\n", file=sys.stderr)
print(bad)
END
is "$("$PYTHON" "$T/compare.py" "$CAUSEY" "$T" 0 25 2>"$T/why")" 0 '25 random settings are what Java makes of them'
[ -s "$T/why" ] && diag "$(head -c 1500 "$T/why")"

# The defaults of this Java are a dialect.
java -cp "$T" JavaHello >"$T/hello"
version=$(sed -n 's/^java \([0-9]*\).*/\1/p' "$T/hello")
: >"$T/plain.options"
echo "-Djdk.tls.keyLimits=x" >"$T/plain.options"
"$CAUSEY" tls side --json "$T/plain.options" >"$T/side.json"
is "$("$PYTHON" -c 'import json, sys; print(json.load(open(sys.argv[1]))["sides"][0]["dialect"])' "$T/side.json")" "jdk-$version" \
  'the dialect is that of the VM in JAVA_HOME'
cat >"$T/default.py" <<'END'
import json, sys
said = json.load(open(sys.argv[1]))["sides"][0]
client = [l.split()[1:] for l in open(sys.argv[2]) if l.startswith("client ")][0]
print(sorted(said["suites"] + said["suites13"]) == sorted(c for c in client if not c.endswith("SCSV")))
END
is "$("$PYTHON" "$T/default.py" "$T/side.json" "$T/hello")" True 'and its suites are those that this VM has on'

# Stores: opened with the password that stands there.
keytool -genkeypair -alias me -keyalg RSA -keysize 2048 -dname CN=me -storetype PKCS12 -keystore "$T/me.p12" -storepass secret1 2>/dev/null
keytool -exportcert -rfc -alias me -keystore "$T/me.p12" -storepass secret1 -file "$T/me.pem" 2>/dev/null
keytool -importcert -noprompt -alias ca -file "$T/me.pem" -keystore "$T/trust.p12" -storepass secret1 2>/dev/null
cat >"$T/app.sh" <<END
java -Djavax.net.ssl.keyStore=me.p12 -Djavax.net.ssl.keyStorePassword=secret1 \\
  -Djavax.net.ssl.trustStore=$T/trust.p12 -Djavax.net.ssl.trustStorePassword=secret1 App
END
run "$CAUSEY" tls side "$T/app.sh"
exits 0 'a healthy command line has nothing to be said'
like "$out" 'me.p12#me' 'its identity is that of the store'
not_ok 'the password is not shown' grep -q secret1 <<<"$out"

sed -i 's/trust.p12/me.p12/' "$T/app.sh"
run "$CAUSEY" tls side "$T/app.sh"
like "$out" 'holds no certificate that could be trusted' 'an entry with a key is no trust in Java'

# C13, C17, C18: and what can be wrong.
cat >"$T/bad.sh" <<'END'
java -Djavax.net.ssl.keyStore=gone.p12 -Djavax.net.ssl.truststore=x -Djdk.tls.client.protocols=TLS1.2 \
  -Djdk.tls.client.cipherSuites=ECDHE-RSA-AES128-GCM-SHA256 -Djdk.internal.httpclient.disableHostnameVerification App
END
run "$CAUSEY" tls side "$T/bad.sh"
like "$out$err" 'Write TLSv1.2' 'the right name of a version'
like "$out$err" 'Did you mean javax.net.ssl.trustStore' 'the right name of a property'
like "$out$err" 'Write TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256' "Java's name of a suite"
like "$out$err" 'tls.identity-missing' 'a key store that is not there'
like "$out$err" 'tls.host-not-checked' 'a check that was switched off'

# _JAVA_OPTIONS beats the command line, which beats JAVA_TOOL_OPTIONS; in one of them the last.
printf 'export _JAVA_OPTIONS="-Djdk.tls.namedGroups=secp384r1"\nexport JAVA_TOOL_OPTIONS=-Djdk.tls.namedGroups=x25519\njava -Djdk.tls.namedGroups=secp521r1 App\n' >"$T/three.sh"
run "$CAUSEY" tls side "$T/three.sh"
like "$out" 'Groups +secp384r1' 'the options of the environment that come last hold'
is "$(grep -c 'a later one holds' <<<"$out")" 4 'and the others are shown as beaten'

# @FILE stands in its place among the other options; the launcher takes it apart, and not what _JAVA_OPTIONS says.
cat >"$T/vm.options" <<'END'
# of the VM
-Djdk.tls.namedGroups=secp384r1 "-Dname=a \"b\" # no comment" # a comment
-Djdk.tls.client.protocols="TLSv1.2" '-Dmore=go\
    es on'
END
vm() { java "$@" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *jdk.tls.namedGroups = //p;s/^ *name = //p;s/^ *more = //p' | sort | paste -sd' '; }
is "$(cd "$T" && vm @vm.options)" 'a "b" # no comment goes on secp384r1' 'what java makes of an argument file'
printf 'java @vm.options App\n' >"$T/at.sh"
run "$CAUSEY" tls side "$T/at.sh"
like "$out" 'Groups +secp384r1' 'is what is read of it'
like "$out" 'vm.options +2 +jdk.tls.namedGroups' 'with its file and line'
printf 'java -Djdk.tls.namedGroups=x25519 @vm.options -Djdk.tls.namedGroups=secp521r1 App\n' >"$T/at.sh"
run "$CAUSEY" tls side "$T/at.sh"
like "$out" 'Groups +secp521r1' 'of several the last holds'
is "$(cd "$T" && vm -Djdk.tls.namedGroups=x25519 @vm.options -Djdk.tls.namedGroups=secp521r1 | grep -o 'secp[0-9]*r1')" secp521r1 'as in the VM'
printf 'export JDK_JAVA_OPTIONS="@vm.options -Dx=y"\njava App\n' >"$T/at.sh"
run "$CAUSEY" tls side "$T/at.sh"
like "$out" 'Groups +secp384r1' 'JDK_JAVA_OPTIONS may name one, too'
printf 'java -Djdk.tls.namedGroups=x25519 -jar app.jar @vm.options\n' >"$T/at.sh"
run "$CAUSEY" tls side "$T/at.sh"
like "$out" 'Groups +x25519' 'behind -jar it is the program.s own'
printf 'java -Djdk.tls.namedGroups=x25519 @nowhere App\n' >"$T/at.sh"
run "$CAUSEY" tls side "$T/at.sh"
like "$out" 'tls.not-looked-at.*@nowhere' 'a file that is not there is told'

printf 'export JDK_JAVA_OPTIONS=-Djdk.tls.namedGroups=x25519\njava -Djdk.tls.namedGroups=secp521r1 App\n' >"$T/jdk.sh"
run "$CAUSEY" tls side "$T/jdk.sh"
like "$out" 'Groups +secp521r1' 'the command line beats JDK_JAVA_OPTIONS'
is "$(JDK_JAVA_OPTIONS=-Djdk.tls.namedGroups=x25519 vm -Djdk.tls.namedGroups=secp521r1)" secp521r1 'as in the VM'

printf 'jdk.tls.disabledAlgorithms=SSLv3, tls_rsa_*, RSA keySize < many\n' >"$T/java.security"
run "$CAUSEY" tls side "$T/java.security"
like "$out$err" 'begins with TLS_' 'a pattern that stops the VM'
like "$out$err" 'size of a key is a number' 'a size that stops the VM'
printf 'a=1\nb=\\u12\n' >"$T/java.security"
run "$CAUSEY" tls side "$T/java.security"
exits 3 'a file that Java refuses is refused'
like "$err" 'java.security:2' 'with its line'
yes 'jdk.tls.disabledAlgorithms=SSLv3, RC4' | head -c 4000000 >"$T/java.security"
run "$CAUSEY" tls side "$T/java.security"
exits 3 'too many settings are refused in time'
like "$err" 'more than 10000 settings' 'and counted'
printf 'a\0b' >"$T/java.security"
run "$CAUSEY" tls side "$T/java.security"
exits 3 'what is no text is refused'
done_testing
