#!/bin/bash
# Purpose: traps B03, B05 and B06 for two ends: certificates whose CA is not held, which are too weak for the peer, or
#   not made for their role. What is predicted for clients of OpenSSL, GnuTLS and Java is what real ones do; which peer
#   refuses and why is said; the healthy twin is taken by all three.
. "$(dirname "$0")/../lib/tap.sh"
need openssl gnutls-cli java javac keytool
cd "$T" || exit 1
javac -d . "$ROOT/tests/tls/JavaConnect.java"
quiet() { "$@" >/dev/null 2>&1; }
ca() { # NAME KEY DIGEST
  # shellcheck disable=SC2086 # several words
  quiet openssl req -x509 -newkey $2 -nodes -keyout "$1.key" -out "$1.pem" -subj "/CN=$1" -days 30 "-$3" \
    -addext keyUsage=critical,keyCertSign,cRLSign
}
leaf() { # NAME CA KEY DIGEST EXTENSION...
  local name=$1 by=$2 key=$3 digest=$4
  shift 4
  # shellcheck disable=SC2086
  quiet openssl req -newkey $key -nodes -keyout "$name.key" -out "$name.csr" -subj "/CN=$name"
  printf '%s\n' basicConstraints=CA:FALSE subjectAltName=DNS:localhost "$@" >ext
  quiet openssl x509 -req -in "$name.csr" -CA "$by.pem" -CAkey "$by.key" -CAcreateserial -days 20 "-$digest" \
    -extfile ext -out "$name.crt"
  cat "$name.crt" "$name.key" >"$name.pem"
}
p256='ec -pkeyopt ec_paramgen_curve:P-256'
ca root rsa:2048 sha256
ca stranger rsa:2048 sha256
leaf good root rsa:2048 sha256
leaf goodec root "$p256" sha256
leaf unknown stranger rsa:2048 sha256
leaf sha1 root rsa:2048 sha1
leaf md5 root rsa:2048 md5
leaf short root rsa:1024 sha256
leaf brainpool root 'ec -pkeyopt ec_paramgen_curve:brainpoolP256r1' sha256
leaf clientonly root rsa:2048 sha256 extendedKeyUsage=clientAuth
leaf agreeonly root "$p256" sha256 keyUsage=keyAgreement
leaf sealonly root rsa:2048 sha256 keyUsage=keyEncipherment
openssl req -x509 -newkey rsa:2048 -nodes -keyout self.key -out self.crt -subj /CN=self -days 30 -addext subjectAltName=DNS:localhost 2>/dev/null
cat self.crt self.key >self.pem
keytool -importcert -noprompt -alias ca -file root.pem -keystore trust.p12 -storepass secret1 2>/dev/null

# The clients, as they are predicted, and as they are.
options=(-Djavax.net.ssl.trustStore=trust.p12 -Djavax.net.ssl.trustStorePassword=secret1)
printf '%s\n' "${options[@]}" >java.options
echo '{"role":"client","trust":"root.pem"}' >openssl.json
echo '{"role":"client","dialect":"gnutls","trust":"root.pem"}' >gnutls.json
real_openssl() { timeout 20 openssl s_client -connect "127.0.0.1:$1" -CAfile root.pem -verify_return_error </dev/null >said 2>&1; }
real_gnutls() { timeout 20 gnutls-cli --x509cafile root.pem -p "$1" localhost </dev/null >said 2>&1; }
real_java() { timeout 60 java "${options[@]}" -cp . JavaConnect "$1" >said 2>&1 && grep -q accepted said; }
serve() { # NAME VERSION: openssl with this certificate, at a level that refuses nothing of its own
  port=$(free_port)
  start_server "$port" openssl s_server -accept "$port" -cert "$1.crt" -key "$1.key" -cipher DEFAULT:@SECLEVEL=0 "$2" -www
}
both() { # NAME VERSION CLIENT SIDE: prediction and reality; sets $out and $agrees
  local predicted=refuses real=refuses version=1.2
  [ "$2" = -tls1_3 ] && version=1.3
  echo "{\"role\":\"server\",\"versions\":[\"$version\"],\"security_level\":0,
    \"identities\":[{\"file\":\"$1.crt\",\"key_file\":\"$1.key\"}]}" >server.json
  run "$CAUSEY" tls check "$4" server.json
  [ "$status" = 0 ] && predicted=takes
  "real_$3" "$port" && real=takes
  is "$predicted" "$real" "$3 $real CN=$1 with TLS $version, as predicted" || diag "$(tail -5 said)" "$out"
  agrees=$predicted
}
trap_of() { case $1 in unknown | self) echo B03 ;; sha1 | md5 | short | brainpool) echo B05 ;; *) echo B06 ;; esac; }
for name in good goodec unknown self sha1 md5 short brainpool clientonly agreeonly sealonly; do
  for version in -tls1_2 -tls1_3; do
    serve $name $version || continue
    who=
    for client in openssl gnutls java; do
      side=$client.json
      [ $client = java ] && side=java.options
      # gnutls-cli has the purpose checked, which programs have to ask for; the prediction is for one that does not.
      [ $name:$client = clientonly:gnutls ] && continue
      both $name $version $client $side
      if [ "$agrees" = refuses ]; then
        who="$who $client"
        like "$out" 'chain.server-refused|certificate.server-usage|group|scheme|key.type|can serve in it' "$(trap_of $name): $client refuses $name, and it is said why"
      fi
    done
    stop_server "$server_pid"
    case $name in
    good*) is "$who" '' "the healthy twin $name is taken by all of them" ;;
    unknown | self) is "$who" ' openssl gnutls java' "B03: nobody takes $name" ;;
    esac
  done
done

# B03: which certificate must go where, and that the server can not vouch for itself.
cat unknown.crt unknown.key stranger.pem >served.pem
echo '{"role":"server","identities":[{"file":"served.pem"}]}' >served.json
for side in openssl.json gnutls.json java.options; do
  run "$CAUSEY" tls check $side served.json
  like "$out" 'client: add the CA CN=stranger to the trust store, when its fingerprint was checked another way' \
    "B03: $side: which CA must go into the client's store, and that the server is no proof of it"
done
run "$CAUSEY" tls check openssl.json unknown.pem
like "$out" 'CN=stranger' 'B03: where no file has the CA, it is named'
like "$out" 'No change of settings mends it' 'and nothing is offered'
run "$CAUSEY" tls check openssl.json self.pem
like "$out" '18, self.signed certificate' "B03: self-signed, by OpenSSL's number"

# B05: at its own level OpenSSL does not even load it.
echo '{"role":"server","identities":[{"file":"short.pem"}]}' >weak.json
run "$CAUSEY" tls check openssl.json weak.json
like "$out" 'identity.refused-by-own-library' "B05: the server's own library refuses RSA 1024"
not_ok 'which a real one does' timeout 10 openssl s_server -accept "$(free_port)" -cert short.crt -key short.key -naccept 1
echo '{"role":"client","trust":"root.pem","groups":["P-256","X25519"],"versions":["1.2"]}' >groups.json
leaf big root 'ec -pkeyopt ec_paramgen_curve:P-384' sha256
run "$CAUSEY" tls check groups.json big.pem
exits 1 'B05: a curve that the client lacks'
like "$out" 'P-384|secp384r1' 'is named'
serve big -tls1_2
not_ok 'a real client refuses, too' openssl s_client -connect "127.0.0.1:$port" -groups P-256:X25519 -CAfile root.pem -tls1_2 -verify_return_error
stop_server "$server_pid"

# B06: clients. The role that a certificate can play.
leaf serveronly root rsa:2048 sha256 extendedKeyUsage=serverAuth
leaf fitting root rsa:2048 sha256 extendedKeyUsage=clientAuth
echo '{"role":"server","identities":[{"file":"good.crt","key_file":"good.key"}],"trust":"root.pem","ca_names":"trust",
  "peer":"required"}' >asks.json
port=$(free_port)
start_server "$port" openssl s_server -accept "$port" -cert good.crt -key good.key -CAfile root.pem -Verify 2 -verify_return_error -www
for name in serveronly fitting; do
  echo "{\"role\":\"client\",\"trust\":\"root.pem\",\"identities\":[{\"file\":\"$name.crt\",\"key_file\":\"$name.key\"}]}" >client.json
  run "$CAUSEY" tls check client.json asks.json
  timeout 20 openssl s_client -connect "127.0.0.1:$port" -cert $name.crt -key $name.key -CAfile root.pem -ign_eof \
    >said 2>&1 <<<$'GET / HTTP/1.0\r\n\r\n'
  if [ $name = fitting ]; then
    exits 0 'B06: a certificate for clients'
    unlike "$(<said)" 'alert' 'is taken by a real server'
  else
    like "$out" 'chain.client-refused' "B06: a server's certificate at a client"
    like "$out" '26, unsuitable certificate purpose' "is named, by OpenSSL's number"
    like "$out" 'server' 'with the role that it can play'
    like "$(<said)" 'alert unsupported certificate' 'and refused by a real server'
  fi
done
stop_server "$server_pid"
done_testing
