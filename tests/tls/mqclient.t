#!/bin/bash
# Purpose: clients of a queue manager: which of environment, ini files and channel tables is in force, and
#   the traps of it, each with a healthy twin.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"
cd "$T" || exit 1

# Without the breaks of long lines.
side() { run "$CAUSEY" tls side "$@"; out=$(printf '%s' "$out" | tr -s '\n ' ' '); }
healthy() { # DESC ARGUMENT...
  local desc=$1
  shift
  side "$@"
  exits 0 "$desc: the healthy twin is read"
  unlike "$out$err" 'mq\.[a-z]|(error|warning|notice) [a-z]+[.]' "$desc: and says nothing"
}

cat >ccdt.json <<'JSON'
{ "channel": [
  { "name": "APP.ONE", "type": "clientConnection",
    "clientConnection": { "connection": [ {"host": "mq1.example", "port": 1414} ], "queueManager": "QM1" },
    "transmissionSecurity": { "cipherSpecification": "ANY_TLS12_OR_HIGHER", "certificatePeerName": "CN=qm1" } } ] }
JSON
mkdir -p home/app etc
ini() { printf '%s\n' "$@" >home/app/mqclient.ini; }
profile() { printf '%s\n' "$@" >home/app/profile; }

# The ini file.
ini '# client' 'CHANNELS:' "  ChannelDefinitionDirectory=$PWD" '  ChannelDefinitionFile=ccdt.json' 'SSL:' \
  '  SSLKeyRepository=/not/here/key' '  AllowTLSV13=NO'
healthy 'an ini file' home/app/mqclient.ini
like "$out" 'channel APP.ONE \(CLNTCONN\).*Product IBM MQ client.*Versions TLS 1.2 [^,]' \
  'the table that it names is read, and its stanza holds'
like "$out" 'mqclient.ini 7 AllowTLSV13 NO yes' 'with file and line'
ini 'CHANNELS:' '  ServerConnectionParms=APP.ONE/TCP/mq1.example(1414)' "  ChannelDefinitionDirectory=$PWD" \
  '  ChannelDefinitionFile=ccdt.json'
side home/app/mqclient.ini
like "$out" 'mq.override-without-tls.*ServerConnectionParms names channel APP.ONE without a CipherSpec, over ChannelDefinitionDirectory' \
  'C10: ServerConnectionParms beats the table'
like "$out" 'Without TLS yes' 'C10: and the connection is in clear'
like "$out" 'mqclient.ini 4 ChannelDefinitionFile ccdt.json no' 'C10: what lost is shown'
ini 'CHANNELS:' '  ServerConnectionParms=APP.ONE/TCP/mq1.example(1414)'
healthy 'C10 where nobody meant TLS' home/app/mqclient.ini

# The environment.
profile "export MQCCDTURL=file://$PWD/ccdt.json"
rm home/app/mqclient.ini
healthy 'a profile' home/app/profile
like "$out" 'channel APP.ONE \(CLNTCONN\)' 'the table behind MQCCDTURL is read'
profile "MQSERVER='APP.ONE/TCP/mq1.example(1414)'" 'export MQSERVER' "export MQCCDTURL=file://$PWD/ccdt.json"
side home/app/profile
like "$out" 'mq.override-without-tls.*line 1: MQSERVER names channel APP.ONE without a CipherSpec, over MQCCDTURL' 'C10: MQSERVER beats the table'
like "$out" 'unset MQSERVER' 'C10: what to do'
profile "MQSERVER='APP.ONE/TCP/mq1.example(1414)'" "export MQCCDTURL=file://$PWD/ccdt.json" 'unset MQSERVER'
healthy 'C10 after unset' home/app/profile
profile "export MQCHLLIB=$PWD MQCHLTAB=ccdt.json" 'export CLASSPATH=/opt/mqm/java/lib/com.ibm.mq.allclient.jar'
side home/app/profile
like "$out" 'mq.setting-not-read.*line 1: MQCHLLIB is not read by IBM MQ.s classes for Java' 'C10: Java does not read MQCHLLIB'
profile "export MQCHLLIB=$PWD MQCHLTAB=ccdt.json" 'export CLASSPATH=/opt/other.jar'
healthy 'C10 with a client in C' home/app/profile

# C12, C10: which of several.
ini 'SSL:' '  SSLKeyRepository=/not/here/one'
profile "export MQCCDTURL=file://$PWD/ccdt.json" 'export MQSSLKEYR=/not/here/two'
side home/app/profile
like "$out" 'mq.environment-beats-ini.*line 2: MQSSLKEYR=/not/here/two is in force, not SSLKeyRepository=/not/here/one' 'C12: a variable beats the file'
like "$out" 'profile 2 SSLKeyRepository /not/here/two yes' 'C12: the value in force'
like "$out" 'mqclient.ini 2 SSLKeyRepository /not/here/one no' 'C12: the one that is not'
profile "export MQCCDTURL=file://$PWD/ccdt.json" 'export MQSSLKEYR=/not/here/one'
healthy 'C12 where both say the same' home/app/profile
printf 'SSL:\n  SSLKeyRepository=/not/here/three\n' >etc/mqclient.ini
profile "export MQCCDTURL=file://$PWD/ccdt.json MQCLNTCF=$PWD/etc/mqclient.ini"
side home/app/profile
like "$out" 'etc/mqclient.ini 2 SSLKeyRepository /not/here/three yes' 'C10: MQCLNTCF says which ini file is read'
like "$out" 'notice mq.ini-not-taken .*home/app/mqclient.ini' 'C10: and the other one is named'
rm home/app/mqclient.ini
healthy 'C10 with one ini file' home/app/profile
profile "export MQCCDTURL=file://$PWD/ccdt.json MQCLNTCF=/not/here.ini"
side home/app/profile
like "$out" 'MQCLNTCF names [^ ]*/not/here.ini, which is not there' 'an ini file that is not there'
profile 'export MQCCDTURL=https://ccdt.example/t.json'
side home/app/profile
like "$out" 'ccdt.example/t.json was not looked at: nothing is fetched' 'nothing is fetched'

# The queue manager's.
mkdir -p var/qmgrs/QM1
printf 'Log:\n  LogPath=/x\nService:\n  Name=x\nSSL:\n  AllowTLSV13=TRUE\n  MinimumRSAKeySize=2048\n' >var/qmgrs/QM1/qm.ini
healthy 'qm.ini' var/qmgrs/QM1/qm.ini
like "$out" 'QM1.*Versions TLS 1.2, TLS 1.3.*MinimumRSAKeySize 2048' 'its list and its rule'
printf 'SSL:\n  AllowTLSV13=TRUE\n  SSLKeyRepostory=/x\n  garbage\n' >home/app/mqclient.ini
side home/app/mqclient.ini
like "$out" 'line 3: the SSL stanza knows no SSLKeyRepostory; nearest is SSLKeyRepository' 'C13: a key that is misspelt'
like "$out" 'line 4: this is neither' 'and a line that is none'
done_testing
