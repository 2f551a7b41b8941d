#!/bin/bash
# Purpose: administered objects of JMS: suites in Java's spelling, and the traps of it, each with a twin.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
cd "$T" || exit 1

# Without the breaks of long lines.
side() { run "$CAUSEY" tls side "$@"; out=$(printf '%s' "$out" | tr -s '\n ' ' '); }
healthy() { # DESC FILE
  side "$2"
  exits 0 "$1: the healthy twin is read"
  unlike "$out$err" 'mq\.[a-z]|(error|warning|notice) [a-z]+[.]' "$1: and says nothing"
}
bindings() { # SUITE PEER
  cat <<BINDINGS
#This file is used by the JNDI FSContext.
appCF/RefAddr/3/Type=HOST
appCF/RefAddr/3/Content=mq1.example
appCF/ClassName=com.ibm.mq.jms.MQConnectionFactory
appCF/FactoryName=com.ibm.mq.jms.MQConnectionFactoryFactory
appCF/RefAddr/12/Type=SCPHS
appCF/RefAddr/12/Encoding=String
appCF/RefAddr/12/Content=$1
appCF/RefAddr/13/Type=SPEER
appCF/RefAddr/13/Content=$2
appCF/RefAddr/4/Type=CHAN
appCF/RefAddr/4/Content=APP.ONE
other/ClassName=com.ibm.mq.jms.MQQueue
BINDINGS
}
bindings '*TLS12ORHIGHER' 'CN\=qm1, O\=x' >.bindings
healthy '.bindings' .bindings
like "$out" 'connection factory appCF \(channel APP.ONE\).*Versions TLS 1.2, TLS 1.3.*Connects to mq1.example' 'a factory is a side'
like "$out" '.bindings 10 SSLPEERNAME CN=qm1, O=x' 'escapes are undone, lines kept'
unlike "$out" 'other' 'a queue is none'
bindings 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384' 'CN\=qm1' >.bindings
healthy 'a named suite' .bindings
like "$out" 'Suites up to 1.2 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 Suites of 1.3 none' 'is the only one offered'
bindings 'ECDHE_RSA_AES_256_GCM_SHA384' 'CN\=qm1' >.bindings
side .bindings
like "$out" 'error mq.cipherspec-notation.*line 8: appCF: ECDHE_RSA_AES_256_GCM_SHA384 is a CipherSpec; Java calls it TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384' 'C13: a CipherSpec where a suite belongs'
bindings 'ANY_TLS12' 'CN\=qm1' >.bindings
side .bindings
like "$out" 'ANY_TLS12 is a CipherSpec; Java calls it \*TLS12 ' 'C13: an alias'
bindings 'SSL_ECDHE_RSA_WITH_AES_256_GCM_SHA384' 'CN\=qm1' >.bindings
side .bindings
like "$out" 'warning mq.cipherspec-notation.*the name of IBM.s Java; others call it TLS_ECDHE_RSA.*useIBMCipherMappings' 'C13: IBM.s name of it'
bindings '*TLS12_OR_MORE' 'CN\=qm1' >.bindings
side .bindings
like "$out" 'mq.cipherspec-unknown.*no suite \*TLS12_OR_MORE' 'C13: a name that nobody has'
bindings '' 'CN\=qm1' >.bindings
side .bindings
like "$out" 'mq.jms-no-ciphersuite.*appCF sets SSLPEERNAME and no SSLCIPHERSUITE' 'C13: no suite, so no TLS'
like "$out" 'Without TLS yes' 'and it is in clear'
bindings '*TLS13' '' >.bindings
side .bindings
like "$out" 'mq.no-peer-name.*appCF has no SSLPEERNAME' 'C18: any queue manager will do'

cat >admin.txt <<'TXT'
# objects
DEF CF(appCF) QMGR(QM1) TRAN(CLIENT) CHAN(app.One) HOST(mq1.example) PORT(1414) SSLCIPHERSUITE(*TLS12) +
  SSLPEERNAME('CN=qm1')
DEF Q(A)
END
TXT
healthy 'JMSAdmin' admin.txt
like "$out" 'connection factory appCF \(channel app.One\).*Versions TLS 1.2 [^,]' 'nothing is folded to capitals'
sed -i 's/SSLCIPHERSUITE/SSLCIPHERSUIT/' admin.txt
side admin.txt
like "$out" 'mq.attribute-unknown.*line 2: there is no property SSLCIPHERSUIT; nearest is SSLCIPHERSUITE' 'C13: a property'
done_testing
