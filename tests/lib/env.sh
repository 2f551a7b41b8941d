#!/bin/bash
# Purpose: the environment that tests run in; sourced by ./check and by tap.sh, with ROOT (source
#   folder) and BUILD (build folder) set.
# Exit: does not end the script that sources it.
CAUSEY=$(find "$BUILD" -maxdepth 3 -name causey -type f -perm -u+x 2>/dev/null | head -1)
export CAUSEY=${CAUSEY:-$BUILD/src/cli/causey} CAUSEY_BUILD=$BUILD CAUSEY_SRC=$ROOT
# A sanitizer's report ends a program with 99, which no program of ours means.
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:exitcode=99:verify_asan_link_order=0
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1:exitcode=99
export LSAN_OPTIONS=exitcode=99:print_suppressions=0
export CMOCKA_MESSAGE_OUTPUT=TAP
export TZ=UTC LC_ALL=C.UTF-8
unset OPENSSL_CONF OPENSSL_MODULES SSL_CERT_FILE SSL_CERT_DIR NO_COLOR CLICOLOR_FORCE
