/*
 * Traces of products and versions that are not here, and damage. With an argument this program is a tool of
 * tests/tls/trace.t: it says what the trace on standard input shows.
 */
#include "tests/unit/tls/seen_say.h"

#include "tests/lib/unit.h"

#include "base/mem.h"
#include "tls/codes.h"
#include "tls/trace.h"

static void expect(const char *text, const char *want)
{
  cy_tls_seens list = {0};
  CY_CLEAN(cy_buf) out = CY_BUF_TEXT;
  cy_err *err = cy_tls_trace_read(&list, "trace", cy_span_str(text));
  if (err)
    fail_msg("%s", cy_err_text(err));
  seen_say(&out, &list);
  assert_string_equal(cy_buf_cstr(&out), want);
  cy_tls_seens_clear(&list);
}

/* As OpenSSL 1.1.1 prints it. */
static const char old_s_client[] =
  "CONNECTED(00000005)\n"
  "depth=0 C = GB, O = Example, CN = mq1\n"
  "verify error:num=20:unable to get local issuer certificate\n"
  "verify return:1\n"
  "---\n"
  "Certificate chain\n"
  " 0 s:C = GB, O = Example, CN = mq1\n"
  "   i:C = GB, O = Example, CN = Example CA\n"
  "---\n"
  "Server certificate\n"
  "subject=C = GB, O = Example, CN = mq1\n"
  "\n"
  "issuer=C = GB, O = Example, CN = Example CA\n"
  "\n"
  "---\n"
  "Acceptable client certificate CA names\n"
  "C = GB, O = Example, CN = Example CA\n"
  "C = GB, O = Example, CN = Other CA\n"
  "Client Certificate Types: RSA sign, ECDSA sign\n"
  "Requested Signature Algorithms: ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA1:0x99+0x98\n"
  "Shared Requested Signature Algorithms: ECDSA+SHA256\n"
  "Peer signing digest: SHA512\n"
  "Peer signature type: RSA\n"
  "Server Temp Key: ECDH, P-384, 384 bits\n"
  "---\n"
  "New, TLSv1.2, Cipher is ECDHE-RSA-AES256-GCM-SHA384\n"
  "SSL-Session:\n"
  "    Protocol  : TLSv1.2\n"
  "    Cipher    : ECDHE-RSA-AES256-GCM-SHA384\n"
  "    Master-Key: 00112233445566778899AABBCCDDEEFF\n"
  "    Verify return code: 20 (unable to get local issuer certificate)\n"
  "---\n"
  "140:error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:"
  "../ssl/record/rec_layer_s3.c:1544:SSL alert number 40\n";

static void reads_old_s_client(void **state)
{
  expect(old_s_client, "openssl s_client of a client @1\n"
                       "version TLS 1.2 @26\n"
                       "suite TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 @26\n"
                       "group secp384r1 @24\n"
                       "server signs rsa_pkcs1_sha512 @23\n"
                       "server certificates 1 @7\n"
                       "  subject C = GB, O = Example, CN = mq1 @7\n"
                       "  issuer C = GB, O = Example, CN = Example CA @8\n"
                       "asked @16\n"
                       "asked schemes 3: ecdsa_secp256r1_sha256 rsa_pss_rsae_sha256 rsa_pkcs1_sha1 @20\n"
                       "asked ca C = GB, O = Example, CN = Example CA @17\n"
                       "asked ca C = GB, O = Example, CN = Other CA @18\n"
                       "received fatal handshake_failure @33\n"
                       "error openssl-verify 20: unable to get local issuer certificate @3\n"
                       "error openssl 14094410: sslv3 alert handshake failure @33\n");
}

/* Nothing was agreed: "(NONE)" is no suite, and the version below it is no version. */
static void reads_s_client_without_server(void **state)
{
  expect("CONNECTED(00000003)\r\n---\r\nno peer certificate available\r\n---\r\n"
         "No client certificate CA names sent\r\n---\r\nNew, (NONE), Cipher is (NONE)\r\n"
         "SSL-Session:\r\n    Protocol  : TLSv1.2\r\n    Cipher    : 0000\r\n",
    "openssl s_client of a client @1\n");
}

/* Before 1.1.0 the summary named no version of its own. */
static void reads_older_s_client(void **state)
{
  expect("CONNECTED(00000003)\n---\nCertificate chain\n---\nServer Temp Key: DH, 1024 bits\n"
         "New, TLSv1/SSLv3, Cipher is DHE-RSA-AES256-SHA\nSSL-Session:\n    Protocol  : TLSv1\n",
    "openssl s_client of a client @1\nversion TLS 1.0 @8\nsuite TLS_DHE_RSA_WITH_AES_256_CBC_SHA @6\n");
}

/* Words of OpenSSL 3.5. */
static void reads_new_s_client(void **state)
{
  expect("Connecting to 127.0.0.1\nCONNECTED(00000003)\n---\nCertificate chain\n---\nServer certificate\n"
         "Peer signature type: rsa_pss_rsae_sha256\nNegotiated TLS1.3 group: X25519MLKEM768\n---\n"
         "New, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384\nProtocol: TLSv1.3\n---\n"
         "Connecting to ::1\nCONNECTED(00000003)\n",
    "openssl s_client of a client @1\nhost 127.0.0.1 @1\nversion TLS 1.3 @10\nsuite TLS_AES_256_GCM_SHA384 "
    "@10\n"
    "group X25519MLKEM768 @8\nserver signs rsa_pss_rsae_sha256 @7\n"
    "openssl s_client of a client @13\nhost ::1 @13\n");
}

static void reads_alerts_of_s_client(void **state)
{
  expect("CONNECTED(00000003)\n>>> TLS 1.2, Alert [length 0002], fatal unknown_ca\n"
         "SSL3 alert read:warning:close notify\nSSL handshake has read 0 bytes and written 0 bytes\n",
    "openssl s_client of a client @1\nsent fatal unknown_ca @2\nreceived warning close_notify @3\n");
}

static void reads_gnutls(void **state)
{
  expect(
    "Processed 1 CA certificate(s).\nResolving 'mq1.example:1414'...\nConnecting to '192.0.2.1:1414'...\n"
    "- Server's trusted authorities:\n   [0]: CN=Example CA,O=Example,C=GB\n   [1]: CN=Other CA\n"
    "- Certificate type: X.509\n- Certificate[0] info:\n"
    " - subject `CN=mq1,O=Example,C=GB', issuer `CN=Example CA,O=Example,C=GB', serial 0x01, RSA key\n"
    "- Status: The certificate is NOT trusted. The certificate issuer is unknown. \n"
    "- Description: (TLS1.2-X.509)-(ECDHE-SECP256R1)-(ECDSA-SHA256)-(AES-128-CBC)-(SHA1)\n",
    "gnutls-cli of a client @1\nhost mq1.example:1414 @2\nversion TLS 1.2 @11\n"
    "suite TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA @11\ngroup secp256r1 @11\n"
    "server certificates 1 @9\n  subject CN=mq1,O=Example,C=GB @9\n  issuer CN=Example CA,O=Example,C=GB "
    "@9\n"
    "asked @4\nasked ca CN=Example CA,O=Example,C=GB @5\nasked ca CN=Other CA @6\n"
    "error gnutls-verify -: The certificate issuer is unknown. @10\n");
  expect("Resolving 'a:1'...\nConnecting to '192.0.2.1:1'...\n- Description: "
         "(TLS1.2-X.509)-(RSA)-(AES-256-GCM)\n",
    "gnutls-cli of a client @1\nhost a:1 @1\nversion TLS 1.2 @3\nsuite TLS_RSA_WITH_AES_256_GCM_SHA384 "
    "@3\n");
  expect("Resolving 'a:1'...\n- Description: "
         "(TLS1.3-X.509)-(ECDHE-X25519)-(RSA-PSS-RSAE-SHA256)-(CHACHA20-POLY1305)\n"
         "Resolving 'b:2'...\n*** Fatal error: A TLS fatal alert has been received.\n*** Received alert "
         "[46]: what\n",
    "gnutls-cli of a client @1\nhost a:1 @1\nversion TLS 1.3 @2\nsuite TLS_CHACHA20_POLY1305_SHA256 @2\n"
    "group x25519 @2\nserver signs rsa_pss_rsae_sha256 @2\n"
    "gnutls-cli of a client @3\nhost b:2 @3\nreceived alert certificate_unknown @5\n"
    "error gnutls -: A TLS fatal alert has been received. @4\n");
}

static void reads_curl(void **state)
{
  expect(
    "* Connected to mq1.example (192.0.2.1) port 443\n*  CAfile: none\n* TLSv1.3 (OUT), TLS handshake, "
    "Client hello (1):\n"
    "* SSL connection using TLSv1.3 / TLS_AES_128_GCM_SHA256 / x25519 / RSASSA-PSS\n* Server certificate:\n"
    "*  subject: CN=mq1.example\n*  issuer: CN=Example CA\n> GET / HTTP/1.1\n>  subject: no\n"
    "* TLSv1.3 (IN), TLS alert, unknown (628):\n* OpenSSL SSL_read: OpenSSL/3.0.11: error:0A00045C:SSL "
    "routines::tlsv13 alert certificate required, errno 0\ncurl: (56) it ended\n",
    "curl -v of a client @1\nhost mq1.example @1\nversion TLS 1.3 @4\nsuite TLS_AES_128_GCM_SHA256 @4\n"
    "group x25519 @4\nserver certificates 1 @6\n  subject CN=mq1.example @6\n  issuer CN=Example CA @7\n"
    "received fatal certificate_required @10\n"
    "error openssl 0A00045C: tlsv13 alert certificate required, errno 0 @11\nerror curl 56: it ended "
    "@12\n");
}

/* As Java 8 prints it. */
static void reads_old_java(void **state)
{
  expect(
    "keyStore is : /etc/app/key.jks\ntrustStore is: /etc/app/trust.jks\n"
    "***\nfound key for : jane\nchain [0] = [\n[\n  Version: V3\n  Subject: CN=Not this one\n"
    "*** ClientHello, TLSv1.2\nRandomCookie:  GMT: 1 bytes = { 1, 2 }\nSession ID:  {}\n"
    "Cipher Suites: [TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384, SSL_RSA_WITH_3DES_EDE_CBC_SHA]\n"
    "Extension elliptic_curves, curve names: {secp256r1, secp384r1}\n"
    "Extension signature_algorithms, signature_algorithms: SHA512withECDSA, SHA256withRSA, SHA1withDSA\n"
    "Extension server_name, server_name: [type=host_name (0), value=mq1.example]\n***\n"
    "main, WRITE: TLSv1.2 Handshake, length = 100\nmain, READ: TLSv1.2 Handshake, length = 2000\n"
    "*** ServerHello, TLSv1.2\nCipher Suite: TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384\n***\n"
    "*** Certificate chain\nchain [0] = [\n[\n  Version: V3\n  Subject: CN=mq1\n"
    "  Signature Algorithm: SHA256withRSA, OID = 1.2\n  Issuer: CN=Example CA\n***\n"
    "Found trusted certificate:\n[\n[\n  Subject: CN=Example CA\n"
    "*** ECDH ServerKeyExchange\nSignature Algorithm SHA512withRSA\nServer key: Sun EC public key, 256 "
    "bits\n"
    "  parameters: secp256r1 [NIST P-256, X9.62 prime256v1] (1.2.840.10045.3.1.7)\n"
    "*** CertificateRequest\nCert Types: RSA, ECDSA\nSupported Signature Algorithms: SHA256withECDSA, "
    "SHA256withRSA\nCert Authorities:\n<CN=Example CA, O=Example>\n<CN=Other CA>\n*** ServerHelloDone\n"
    "matching alias: jane\n*** Certificate chain\nchain [0] = [\n  Subject: CN=Jane Doe\n***\n"
    "*** ECDHClientKeyExchange\n*** CertificateVerify\nSignature Algorithm SHA256withRSA\n*** Finished\n"
    "main, READ: TLSv1.2 Alert, length = 2\nmain, RECV TLSv1.2 ALERT:  fatal, handshake_failure\n"
    "main, handling exception: javax.net.ssl.SSLHandshakeException: Received fatal alert: "
    "handshake_failure\n"
    "main, SEND TLSv1.2 ALERT:  fatal, description = certificate_unknown\n"
    "Thread-1, READ: TLSv1 Handshake, length = 100\n*** ClientHello, TLSv1\n",
    "Java of a client @9\nhost mq1.example @15\nrepository /etc/app/key.jks @1\nlabel jane @45\n"
    "trust /etc/app/trust.jks @2\n"
    "offers suites 2: TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384 TLS_RSA_WITH_3DES_EDE_CBC_SHA @12\n"
    "offers groups 2: secp256r1 secp384r1 @13\n"
    "offers schemes 3: ecdsa_secp521r1_sha512 rsa_pkcs1_sha256 dsa_sha1 @14\n"
    "version TLS 1.2 @19\nsuite TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384 @20\ngroup secp256r1 @37\n"
    "server signs rsa_pkcs1_sha512 @35\nclient signs rsa_pkcs1_sha256 @52\n"
    "server certificates 1 @22\n  subject CN=mq1 @26\n  issuer CN=Example CA @28\n"
    "client certificates 1 @46\n  subject CN=Jane Doe @48\n"
    "asked @38\nasked schemes 2: ecdsa_secp256r1_sha256 rsa_pkcs1_sha256 @40\n"
    "asked ca CN=Example CA, O=Example @42\nasked ca CN=Other CA @43\n"
    "received fatal handshake_failure @55\nsent fatal certificate_unknown @57\n"
    "error java SSLHandshakeException: Received fatal alert: handshake_failure @56\n"
    "Java of a server @59\nrepository /etc/app/key.jks @1\ntrust /etc/app/trust.jks @2\n");
}

/* Threads that talk at the same time, and a hello that is asked for again. */
static void reads_threads_of_java(void **state)
{
  static const char text[] =
    "javax.net.ssl|DEBUG|10|a|2026-11-21 15:00:08 UTC|X.java:1|Produced ClientHello handshake message (\n"
    "  \"cipher suites\"       : \"[TLS_AES_128_GCM_SHA256(0x1301)]\",\n"
    "javax.net.ssl|DEBUG|11|b|2026-11-21 15:00:08 UTC|X.java:1|Consuming ClientHello handshake message (\n"
    "javax.net.ssl|DEBUG|10|a|2026-11-21 15:00:08 UTC|X.java:1|Consuming HelloRetryRequest handshake "
    "message (\n"
    "javax.net.ssl|ERROR|11|b|2026-11-21 15:00:08 UTC|X.java:1|Fatal (HANDSHAKE_FAILURE): none in common "
    "(\n"
    "javax.net.ssl|DEBUG|10|a|2026-11-21 15:00:08 UTC|X.java:1|Produced ClientHello handshake message (\n"
    "javax.net.ssl|DEBUG|10|a|2026-11-21 15:00:08 UTC|X.java:1|Consuming ServerHello handshake message (\n"
    "  \"cipher suite\"  : \"TLS_AES_128_GCM_SHA256(0x1301)\",\n"
    "javax.net.ssl|DEBUG|10|a|2026-11-21 15:00:08 UTC|X.java:1|Consuming CertificateRequest message (\n"
    "  \"certificate authorities\": [CN=A, O=x, CN=B, O=y]\n"
    "javax.net.ssl|DEBUG|11|b|2026-11-21 15:00:08 UTC|X.java:1|WRITE: TLSv1.3 alert(handshake_failure), "
    "2\n";
  expect(text,
    "Java of a client @1\noffers suites 1: TLS_AES_128_GCM_SHA256 @2\nsuite TLS_AES_128_GCM_SHA256 @8\n"
    "asked @9\nasked ca CN=A, O=x @10\nasked ca CN=B, O=y @10\n"
    "Java of a server @3\nsent alert handshake_failure @11\n"
    "error java HANDSHAKE_FAILURE: none in common @5\n");
}

/* A server trace with EBCDIC bytes; a list that nobody explains is left out. */
static void reads_suites_in_ebcdic(void **state)
{
  expect("CONNS connect: SSL Cipher Specs\n00000000: c3f0f0f8 *C008 *\n"
         "CONNS connect: SSL Cipher Specs\n00000000: c3f0f2c6 c3f0f3f0 *C02FC030 *\n"
         "CONNS connect: SSL Cipher Specs\n00000000: f1f3f0f1 *1301 *\n"
         "CONNS connect: something else\n00000000: f1f3f0f2 *1302 *\n",
    "dump of a ? @2\nsuite TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA @2\n"
    "dump of a ? @6\nsuite TLS_AES_128_GCM_SHA256 @6\n");
}

/* The LDAP server says which end it is, what it failed with, and old suites in two digits. */
static const char zldap[] =
  "CONNS srv_ssl_connect()644: SSL Cipher Specs\n00000000: c3f0f2f3 *C023 *\n"
  "CONNS srv_ssl_connect()644: SSL Cipher Specs\n00000000: f3f5 *35 *\n"
  "GLD1116E Unable to initialize an SSL connection with 434 - key not allowed.\n"
  "CONNS srv_ssl_connect()644: SSL Cipher Specs\n00000000: c3f0 f0 *C00 *\n"
  "CONNS srv_ssl_connect()644: SSL Cipher Specs\n00000000: c3f0f2c6 c3f0f3f0 *C02FC030 *\n";

static void reads_the_ldap_server_of_zos(void **state)
{
  expect(zldap, "z/OS LDAP server of a server @2\nsuite TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256 @2\n"
                "z/OS LDAP server of a server @4\nsuite TLS_RSA_WITH_AES_256_CBC_SHA @4\n"
                "z/OS LDAP server of a server @5\n"
                "error gsk 434: Unable to initialize an SSL connection with 434 - key not allowed. @5\n");
}

/* What gsktrace formats, and the component trace. */
static const char gsktrace[] =
  "11/20/2026-09:10:11 Thd-1 ENTRY gsk_secure_socket_init(): ---> handle\n"
  "11/20/2026-09:10:11 Thd-1 INFO get_issuer_certificate(): Using issuer CN=Example CA\n"
  "11/20/2026-09:10:11 Thd-1 ERROR read_v3_certificate(): Client certificate key type 13 not allowed for "
  "SSL "
  "V3 cipher 0x0035\n"
  "11/20/2026-09:10:11 Thd-1 EXIT gsk_secure_socket_init(): <--- Exit status 0x000001b2\n";
static const char ctrace[] = "  COMPONENT TRACE FULL FORMAT\n COMP(GSKSRVR)\n"
                             "C01       MESSAGE   00000008  20:43:45.522449  SSL_INFO\n"
                             "  Job APP1      Process 00020032  Thread 00000002  gsk_read_v3_record\n"
                             "  Calling read routine for 5 bytes\n"
                             "C01       MESSAGE   00000004  20:43:45.522449  SSL_ERROR\n"
                             "  Job APP1      Process 00020032  Thread 00000002  gsk_read_v3_record\n"
                             "  Socket closed by 192.0.2.80.1360.\n"
                             "C01       MESSAGE   00000004  20:43:46.522449  SSL_ERROR\n"
                             "  Job APP1      Process 00020032  Thread 00000003  read_v3_certificate\n"
                             "  Peer is not trusted\n"
                             "C01       DUMP      00000020  20:43:47.522449  SSL_ASCII_DUMP\n"
                             "  Job APP1      Process 00020032  Thread 00000002  gsk_read_v3_record\n"
                             "00000000: 16030100 35010000 31030330 31323334  *....5...1..01234*\n"
                             "00000010: 35363738 39616263 64656630 31323334  *56789abcdef01234*\n"
                             "00000020: 35363738 39616263 64656600 0004c02f  *56789abcdef..../*\n"
                             "00000030: 00ff0100 00040017 0000               *..........*\n";

static void reads_system_ssl(void **state)
{
  expect(gsktrace, "System SSL of a server @1\nsuite TLS_RSA_WITH_AES_256_CBC_SHA @3\n"
                   "error gsk -: Client certificate key type 13 not allowed for SSL V3 cipher 0x0035 @3\n");
  expect(ctrace, "System SSL of a ? @4\n"
                 "offers versions 1: TLS 1.2 @14\n"
                 "offers suites 2: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 ? @14\n"
                 "error gsk -: Socket closed by 192.0.2.80.1360. @8\n"
                 "System SSL of a ? @10\nerror gsk -: Peer is not trusted @11\n");
}

/* A client of IBM MQ: what it read, its channel, the transcript. */
static const char mqtrace[] =
  "10:11:12.000001  7232.1  RSESS:000001  FileName (/var/mqm/mqclient.ini)\n"
  "10:11:12.000001  7232.1  RSESS:000001  ChannelDefinitionDirectory = '/etc/mq'\n"
  "10:11:12.000001  7232.1  RSESS:000001  ChannelDefinitionFile = 'ONE.TAB'\n"
  "10:11:12.000001  7232.1  RSESS:000001  Using ChannelDefinitionDirectory / MQCHLLIB value of /etc/mq\n"
  "10:11:12.000001  7232.1  RSESS:000001  Using ChannelDefinitionFile / MQCHLTAB value of TWO.TAB\n"
  "10:11:12.000001  7232.1  RSESS:000001  SSLKeyRepository = '/etc/mq/one'\n"
  "10:11:12.000001  7232.1  RSESS:000001  Using SSLKeyRepository / MQSSLKEYR value of /etc/mq/two\n"
  "10:11:12.000001  7232.1  RSESS:000001  MQCD CertificateLabel ''\n"
  "10:11:12.000001  7232.1  RSESS:000001  Saved CertificateLabel 'jane'\n"
  "10:11:12.000001  7232.1  RSESS:000001  MQCD\n"
  "0x0000:  4150502e 4f4e4520 20202020 20202020 |APP.ONE         |\n"
  "0x0010:  20202020 0b000000                   |    ....|\n"
  "10:11:12.000001  7232.1  RSESS:000001  <client_hello>\n"
  "client_version TLSV12\nrandom 0102abcdefgh\n session_id\n"
  "cipher_suites tls_ri_scsv, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,\n  TLS_RSA_WITH_AES_128_CBC_SHA256\n"
  "compression_methods 0\nsupported_groups 10 secp256r1 secp384r1\n"
  "signature_algorithms 13 rsa_pkcs1_sha256 something_else\n"
  "server_name 0 app2e-one.chl.mq.ibm.com\n"
  "<server_hello>\nserver_version TLSV12\ncipher_suite TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n"
  "End of GSKit TLS Handshake Transcript\n"
  "10:11:13.000001  7232.1  RSESS:000001  gsk_secure_soc_init rc=414\n"
  "10:11:14.000001  7232.1  RSESS:000001  gsk_secure_soc_close rc=0\n"
  "10:11:14.000001  7232.1  RSESS:000001  <client_hello>\nclient_version TLSV13\n";

static void reads_clients_of_mq(void **state)
{
  expect(mqtrace,
    "IBM MQ client of a client @1\nhost app2e-one.chl.mq.ibm.com @22\nrepository /etc/mq/two @7\n"
    "label jane @9\nconfig /var/mqm/mqclient.ini @1\ntable /etc/mq/TWO.TAB @5\nchannel APP.ONE @13\n"
    "offers versions 1: TLS 1.2 @14\n"
    "offers suites 2: TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 TLS_RSA_WITH_AES_128_CBC_SHA256 @17\n"
    "offers groups 2: secp256r1 secp384r1 @20\n"
    "version TLS 1.2 @24\nsuite TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 @25\n"
    "error gsk 414: 10:11:13.000001  7232.1  RSESS:000001  gsk_secure_soc_init rc=414 @27\n"
    "IBM MQ client of a client @29\nrepository /etc/mq/two @7\nlabel jane @9\n"
    "config /var/mqm/mqclient.ini @1\ntable /etc/mq/TWO.TAB @5\nchannel APP.ONE @13\n"
    "offers versions 1: TLS 1.3 @30\n");
}

/* A hello in 58 bytes, offset by offset. */
static const char debug[] = "write to 0x5 [0x6] (58 bytes => 58 (0x3A))\n"
                            "0000 - 16 03 01 00 35 01 00 00-31 03 03 30 31 32 33 34   ....5...1..01234\n"
                            "0010 - 35 36 37 38 39 61 62 63-64 65 66 30 31 32 33 34   56789abcdef01234\n"
                            "0020 - 35 36 37 38 39 61 62 63-64 65 66 00 00 04 c0 2f   56789abcdef..../\n"
                            "0030 - 00 ff 01 00 00 04 00 17-00 00                     ..........\n"
                            "read from 0x5 [0x6] (5 bytes => 5 (0x5))\n"
                            "0000 - 15 03 03 00 02                                    .....\n"
                            "read from 0x5 [0x6] (2 bytes => 2 (0x2))\n"
                            "0000 - 02 28                                             .(\n";

static void reads_dumps(void **state)
{
  expect(debug,
    "dump of a client @2\noffers versions 1: TLS 1.2 @2\n"
    "offers suites 2: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 ? @2\nreceived fatal handshake_failure @9\n");
  /* Without a word on who sent it, the hello says that a client did; not so an alert. */
  expect("00000000: 1603 0100 3501 0000 3103 0330 3132 3334  ....5...1..01234\n"
         "00000010: 3536 3738 3961 6263 6465 6630 3132 3334  56789abcdef01234\n"
         "00000020: 3536 3738 3961 6263 6465 6600 0004 c02f  56789abcdef..../\n"
         "00000030: 00ff 0100 0004 0017 0000                 ..........\n"
         "00000000: 1503 0300 0202 28                        ......(\n",
    "dump of a ? @1\noffers versions 1: TLS 1.2 @1\n"
    "offers suites 2: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 ? @1\n");
}

static void knows_what_is_no_trace(void **state)
{
  static const char *const texts[] = {
    "", "\n", "hello", "server { listen 443 ssl; }", "-----BEGIN CERTIFICATE-----\n"};
  cy_tls_seens list = {0};
  for (size_t i = 0; i < CY_COUNT(texts); i++) {
    cy_err *err = cy_tls_trace_read(&list, "file", cy_span_str(texts[i]));
    assert_non_null(err);
    assert_int_equal(cy_err_code_get(err), CY_E_TLS_TRACE_UNKNOWN);
    cy_err_free(err);
  }
  assert_int_equal(list.count, 0);
}

static bool deny_nth(size_t size, void *arg)
{
  return (*(int *)arg)-- == 0;
}

/* Cut anywhere, and without memory at any place. */
static void damage(const char *text)
{
  for (size_t len = 0; len < strlen(text); len++) {
    cy_tls_seens list = {0};
    cy_err_free(cy_tls_trace_read(&list, "trace", cy_span_of(text, len)));
    cy_tls_seens_clear(&list);
  }
  for (int nth = 0, left = -1; left < 0; nth++) {
    cy_tls_seens list = {0};
    left = nth;
    cy_mem_hook(deny_nth, &left);
    cy_err *err = cy_tls_trace_read(&list, "trace", cy_span_str(text));
    cy_mem_hook(NULL, NULL);
    if (left < 0 && cy_err_code_get(err) != CY_E_NO_MEMORY &&
        cy_err_code_get(err) != CY_E_TLS_TRACE_UNKNOWN)
      fail_msg("allocation %d failed unseen", nth);
    cy_err_free(err);
    cy_tls_seens_clear(&list);
  }
}

static void bears_damage(void **state)
{
  damage(old_s_client);
  damage(debug);
  damage(zldap);
  damage(gsktrace);
  damage(ctrace);
  damage(mqtrace);
}

static int tool(void)
{
  static char text[4 << 20];
  cy_tls_seens list = {0};
  CY_CLEAN(cy_buf) out = CY_BUF_TEXT;
  cy_err *err =
    cy_tls_trace_read(&list, "standard input", cy_span_of(text, fread(text, 1, sizeof text, stdin)));
  if (err)
    cy_buf_printf(&out, "%s\n", cy_err_text(err));
  seen_say(&out, &list);
  fputs(cy_buf_cstr(&out), stdout);
  cy_tls_seens_clear(&list);
  cy_err_free(err);
  return err ? 3 : 0;
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(reads_old_s_client),
    cmocka_unit_test(reads_s_client_without_server),
    cmocka_unit_test(reads_older_s_client),
    cmocka_unit_test(reads_new_s_client),
    cmocka_unit_test(reads_alerts_of_s_client),
    cmocka_unit_test(reads_gnutls),
    cmocka_unit_test(reads_curl),
    cmocka_unit_test(reads_old_java),
    cmocka_unit_test(reads_threads_of_java),
    cmocka_unit_test(reads_suites_in_ebcdic),
    cmocka_unit_test(reads_the_ldap_server_of_zos),
    cmocka_unit_test(reads_system_ssl),
    cmocka_unit_test(reads_clients_of_mq),
    cmocka_unit_test(reads_dumps),
    cmocka_unit_test(knows_what_is_no_trace),
    cmocka_unit_test(bears_damage),
  };
  if (argc > 1)
    return tool();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
