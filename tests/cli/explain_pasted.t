#!/bin/bash
# Purpose: errors as people paste them, twenty or so of each product: explain finds the message in the text around it,
#   and names the cause. Wording as the products write it, with times, files and addresses of nobody.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"

# says PRODUCT, then lines of "CAUSE | TEXT": the cause, or one of several, is among those that are named.
says() {
  local product=$1 cause text n=0
  while IFS='|' read -r cause text; do
    n=$((n + 1))
    run "$CAUSEY" explain -- "${text# }"
    cause=${cause%% }
    if [ "$status" != 0 ]; then
      fail "$product: ${text:0:80}"
      diag "$err"
      continue
    fi
    like "$out" "(^|[^a-z.-])(${cause// /|})([^a-z.-]|$)" "$product: ${text:0:80}"
  done
  [ "$n" -ge "${2-20}" ] || fail "$product has only $n texts"
}

says OpenSSL <<'END'
peer.refused suite.none-in-common| 140735:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:../ssl/record/rec_layer_s3.c:1586:SSL alert number 40
port.not-tls| error:1408F10B:SSL routines:ssl3_get_record:wrong version number
port.not-tls| 00B01234567F0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl/record/ssl3_record.c:354:
chain.ca-unknown chain.intermediate-missing| verify error:num=20:unable to get local issuer certificate
chain.ca-unknown chain.intermediate-missing| Verify return code: 21 (unable to verify the first certificate)
chain.self-signed| verify error:num=18:self-signed certificate
chain.ca-unknown| error:0A000086:SSL routines:tls_process_server_certificate:certificate verify failed:../ssl/statem/statem_clnt.c:1889:
suite.none-in-common| error:0A0000C1:SSL routines:tls_post_process_client_hello:no shared cipher:../ssl/statem/statem_srvr.c:2225:
digest.too-weak| error:0A00018E:SSL routines::ca md too weak
key.too-small| error:0A00018F:SSL routines::ee key too small
version.none-in-common| error:0A000102:SSL routines::unsupported protocol
dh.too-small| error:0A00018A:SSL routines::dh key too small
renegotiation.refused| error:0A000152:SSL routines::unsafe legacy renegotiation disabled
version.none-in-common| error:0A00042E:SSL routines::tlsv1 alert protocol version:SSL alert number 70
chain.ca-unknown| error:0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48
clientcert.none-sent| error:0A00045C:SSL routines::tlsv13 alert certificate required:SSL alert number 116
net.cut peer.crashed peer.refused| error:0A000126:SSL routines::unexpected eof while reading
key.mismatch| error:05800074:x509 certificate routines::key values mismatch
store.password store.damaged key.unreadable| Could not read private key from key.pem: error:1C800064:Provider routines::bad decrypt
fips.refused store.unreadable digest.too-weak level.too-strict store.damaged install.broken| error:0308010C:digital envelope routines::unsupported
clientcert.none-sent| error:0A0000C7:SSL routines:tls_process_client_certificate:peer did not return a certificate:../ssl/statem/statem_srvr.c:3511:
scheme.none-in-common| error:0A000076:SSL routines::no suitable signature algorithm
usage.unfit| verify error:num=26:unsuitable certificate purpose
cert.expired| verify error:num=10:certificate has expired
END
says Java <<'END'
chain.ca-unknown| javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target
suite.none-in-common peer.refused| Exception in thread "main" javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure
version.none-in-common level.too-strict| javax.net.ssl.SSLHandshakeException: No appropriate protocol (protocol is disabled or cipher suites are inappropriate)
port.not-tls| javax.net.ssl.SSLException: Unsupported or unrecognized SSL message
cert.name-mismatch| javax.net.ssl.SSLHandshakeException: No subject alternative DNS name matching mq1.example found.
cert.name-mismatch| java.security.cert.CertificateException: No name matching mq1.example found
store.empty| java.security.InvalidAlgorithmParameterException: the trustAnchors parameter must be non-empty
store.password| java.io.IOException: keystore password was incorrect
store.password key.unreadable| java.security.UnrecoverableKeyException: Cannot recover key
net.cut peer.refused peer.crashed| javax.net.ssl.SSLHandshakeException: Remote host terminated the handshake
cert.expired| sun.security.validator.ValidatorException: PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed
digest.too-weak level.too-strict| java.security.cert.CertPathValidatorException: Algorithm constraints check failed on signature algorithm: SHA1withRSA
key.too-small level.too-strict| java.security.cert.CertPathValidatorException: Algorithm constraints check failed on keysize limits: RSA 512 bit key used with certificate: CN=a
suite.none-in-common| javax.net.ssl.SSLHandshakeException: no cipher suites in common
chain.ca-unknown clientcert.refused peer.refused| javax.net.ssl.SSLHandshakeException: Received fatal alert: certificate_unknown
version.none-in-common| javax.net.ssl.SSLHandshakeException: Received fatal alert: protocol_version
clientcert.none-sent| javax.net.ssl.SSLHandshakeException: Empty client certificate chain
store.damaged store.unreadable| java.io.IOException: Invalid keystore format
usage.unfit| sun.security.validator.ValidatorException: Extended key usage does not permit use for TLS server authentication
usage.unfit| sun.security.validator.ValidatorException: KeyUsage does not allow digital signatures
clientcert.none-sent| javax.net.ssl.SSLHandshakeException: Received fatal alert: bad_certificate
cert.not-yet-valid| java.security.cert.CertificateNotYetValidException: NotBefore: Tue Jan 01 00:00:00 UTC 2030
END
says curl <<'END'
chain.ca-unknown| curl: (60) SSL certificate problem: unable to get local issuer certificate
chain.self-signed| curl: (60) SSL certificate problem: self-signed certificate
chain.ca-unknown chain.self-signed| curl: (60) SSL certificate problem: self-signed certificate in certificate chain
cert.expired| curl: (60) SSL certificate problem: certificate has expired
suite.none-in-common peer.refused| curl: (35) error:0A000410:SSL routines::sslv3 alert handshake failure
key.missing key.unreadable store.unreadable store.password| curl: (58) could not load PEM client certificate from a.pem, OpenSSL error error:0480006C:PEM routines::no start line, (no key found, wrong pass phrase, or wrong file format?)
cert.name-mismatch| curl: (60) SSL: no alternative certificate subject name matches target host name 'mq1.example'
net.cut| curl: (35) OpenSSL SSL_connect: Connection reset by peer in connection to mq1.example:443
clientcert.none-sent| curl: (56) OpenSSL SSL_read: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0
store.unreadable store.empty chain.ca-unknown| curl: (77) error setting certificate verify locations:  CAfile: /a/ca.pem CApath: none
suite.none-in-common config.wrong| curl: (59) failed setting cipher list: X
port.not-tls| curl: (35) error:0A00010B:SSL routines::wrong version number
net.unreachable| curl: (7) Failed to connect to mq1.example port 443 after 0 ms: Couldn't connect to server
net.timeout| curl: (28) SSL connection timeout
net.unreachable| curl: (6) Could not resolve host: mq1.example
net.cut port.tls-expected peer.crashed| curl: (52) Empty reply from server
hardware.unusable| curl: (53) SSL crypto engine not found
cert.revoked cert.revocation-unknown store.unreadable| curl: (82) failed to load CRL file
chain.ca-unknown chain.wrong-issuer| curl: (83) SSL: Certificate issuer check failed
ocsp.stapling cert.revocation-unknown| curl: (91) No OCSP response received
END
says nginx <<'END'
store.unreadable| 2026/11/21 10:00:00 [emerg] 1#1: cannot load certificate "/a/b.pem": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen(/a/b.pem, r) error:10000080:BIO routines::no such file)
key.mismatch| 2026/11/21 10:00:00 [emerg] 1#1: SSL_CTX_use_PrivateKey("/a/k.pem") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)
config.wrong suite.none-in-common| 2026/11/21 10:00:00 [emerg] 1#1: SSL_CTX_set_cipher_list("HGIH") failed (SSL: error:0A0000B9:SSL routines::no cipher match)
config.wrong| nginx: [emerg] no "ssl_certificate" is defined for the "listen ... ssl" directive in /etc/nginx/nginx.conf:12
suite.none-in-common| 2026/11/21 10:00:00 [info] 7#7: *1 SSL_do_handshake() failed (SSL: error:0A0000C1:SSL routines::no shared cipher) while SSL handshaking, client: 192.0.2.1, server: 0.0.0.0:443
chain.self-signed clientcert.refused| 2026/11/21 10:00:00 [info] 7#7: *2 client SSL certificate verify error: (18:self-signed certificate) while reading client request headers, client: 192.0.2.1
clientcert.none-sent| 400 No required SSL certificate was sent
port.tls-expected| 400 The plain HTTP request was sent to HTTPS port
net.cut peer.refused| 2026/11/21 10:00:00 [info] 7#7: *3 peer closed connection in SSL handshake while SSL handshaking, client: 192.0.2.1
chain.ca-unknown| 2026/11/21 10:00:00 [error] 7#7: *4 upstream SSL certificate verify error: (20:unable to get local issuer certificate) while SSL handshaking to upstream
sni.unknown| 2026/11/21 10:00:00 [error] 7#7: *5 SSL_do_handshake() failed (SSL: error:0A000458:SSL routines::tlsv1 unrecognized name:SSL alert number 112) while SSL handshaking to upstream
config.wrong store.empty clientcert.refused| nginx: [emerg] no ssl_client_certificate for ssl_verify_client
ocsp.stapling| 2026/11/21 10:00:00 [warn] 1#1: "ssl_stapling" ignored, issuer certificate not found for certificate "/a/b.pem"
version.none-in-common| 2026/11/21 10:00:00 [info] 7#7: *6 SSL_do_handshake() failed (SSL: error:0A000102:SSL routines::unsupported protocol) while SSL handshaking, client: 192.0.2.1
chain.ca-unknown peer.refused| 2026/11/21 10:00:00 [info] 7#7: *7 SSL_do_handshake() failed (SSL: error:0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48) while SSL handshaking
port.tls-expected| 2026/11/21 10:00:00 [info] 7#7: *8 SSL_do_handshake() failed (SSL: error:0A00009C:SSL routines::http request) while SSL handshaking
port.not-tls| 2026/11/21 10:00:00 [error] 7#7: *9 SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream
key.unreadable store.password| nginx: [emerg] cannot load certificate key "/a/k.pem": PEM_read_bio_PrivateKey() failed (SSL: error:1C800064:Provider routines::bad decrypt error:11800074:PKCS12 routines::pkcs12 cipherfinal error error:0907B00D:PEM routines::ASN1 lib)
cert.expired clientcert.refused| 2026/11/21 10:00:00 [info] 7#7: *10 client SSL certificate verify error: (10:certificate has expired) while reading client request headers
cert.name-mismatch| 2026/11/21 10:00:00 [error] 7#7: *11 upstream SSL certificate does not match "mq1.example" while SSL handshaking to upstream
END
says 'IBM MQ' <<'END'
clientcert.none-sent| AMQ9637E: Channel is lacking a certificate.
suite.none-in-common| AMQ9616E: The CipherSpec proposed is not enabled on the server.
mq.cipherspec-differs| AMQ9631E: The CipherSpec negotiated during the SSL handshake does not match the required CipherSpec for channel 'APP.ONE'.
chain.ca-unknown| AMQ9633E: Bad SSL certificate for channel 'APP.ONE'.
mq.cipherspec-unknown mq.cipherspec-missing| AMQ9635E: Channel 'APP.ONE' did not specify a valid CipherSpec.
mq.peer-name| AMQ9636E: SSL distinguished name does not match peer name, channel 'APP.ONE'.
net.cut peer.crashed peer.refused| AMQ9638E: SSL communications error for channel 'APP.ONE'.
mq.cipherspec-missing| AMQ9639E: Remote channel 'APP.ONE' did not specify a CipherSpec.
mq.cipherspec-differs mq.channel-version| AMQ9641E: Remote CipherSpec error for channel 'APP.ONE' to host 'mq1(1414)'.
label.missing key.missing| AMQ9642E: No SSL or TLS certificate for channel 'APP.ONE'.
mq.peer-name| AMQ9643E: Remote SSL peer name error for channel 'APP.ONE'.
store.password store.unreadable| AMQ9660E: SSL key repository: password stash file absent or unusable.
chain.ca-unknown clientcert.refused peer.refused| AMQ9665E: SSL connection closed by remote end of channel 'APP.ONE'.
store.unreadable| AMQ9657E: The key repository could not be opened (channel 'APP.ONE').
cert.revocation-unknown| AMQ9716E: Remote SSL certificate revocation status check failed for channel 'APP.ONE'.
mq.channel-blocked| AMQ9777E: Channel was blocked
store.unreadable store.password label.missing suite.none-in-common| MQRC 2393 MQRC_SSL_INITIALIZATION_ERROR
mq.cipherspec-differs suite.none-in-common chain.ca-unknown| MQJE001: Completion Code '2', Reason '2397'.
mq.ssltasks| CSQX630E CSQXRESP Channel APP.ONE requires SSL
mq.cipherspec-differs| CSQX631E CSQXRESP Cipher specifications for remote channel APP.ONE differ
END
says GSKit 10 <<'END'
cert.expired| GSKit error 401: GSK_ERR_CERT_DATE
key.missing label.missing clientcert.none-sent| gsk_secure_socket_init() failed with return code 403
chain.ca-unknown| GSK_ERR_CERT_VALIDATION return code 414
label.missing key.missing| GSKit return code 407: certificate label not found
suite.none-in-common| gsk_secure_socket_init rc=402 No SSL cipher specifications
key.type-unfit| GLD1116E SSL socket initialization failed, rc=434
net.cut| gsk_secure_socket_init: rc 420 GSK_ERR_SOCKET_CLOSED
net.cut| GSK_ERROR_IO rc 406
store.unreadable| GSK_KEYRING_OPEN_ERROR 202
store.password| GSKit rc 408 GSK_ERROR_BAD_KEYFILE_PASSWORD
END
says browsers <<'END'
chain.ca-unknown| Your connection is not private NET::ERR_CERT_AUTHORITY_INVALID
suite.none-in-common version.none-in-common| ERR_SSL_VERSION_OR_CIPHER_MISMATCH
clientcert.refused clientcert.none-sent| mq1.example didn't accept your login certificate ERR_BAD_SSL_CLIENT_AUTH_CERT
cert.name-mismatch| NET::ERR_CERT_COMMON_NAME_INVALID
port.not-tls| This site can't provide a secure connection ERR_SSL_PROTOCOL_ERROR
cert.expired| NET::ERR_CERT_DATE_INVALID
digest.too-weak| NET::ERR_CERT_WEAK_SIGNATURE_ALGORITHM
key.too-small| NET::ERR_CERT_WEAK_KEY
cert.revoked| NET::ERR_CERT_REVOKED
cert.malformed cert.extension-wrong| NET::ERR_CERT_INVALID
net.unreachable| ERR_CONNECTION_REFUSED
chain.ca-unknown| Error code: SEC_ERROR_UNKNOWN_ISSUER
suite.none-in-common| Error code: SSL_ERROR_NO_CYPHER_OVERLAP
chain.self-signed| Error code: MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT
net.cut peer.crashed peer.refused| PR_END_OF_FILE_ERROR
cert.name-mismatch| Error code: SSL_ERROR_BAD_CERT_DOMAIN
version.none-in-common| SSL_ERROR_UNSUPPORTED_VERSION
suite.none-in-common peer.refused| SSL_ERROR_HANDSHAKE_FAILURE_ALERT
cert.expired| SEC_ERROR_EXPIRED_CERTIFICATE
clientcert.none-sent| SSL_ERROR_RX_CERTIFICATE_REQUIRED_ALERT
port.not-tls| SSL_ERROR_RX_RECORD_TOO_LONG
END
done_testing
