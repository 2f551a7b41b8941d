#!/bin/bash
# Purpose: what ./check needs is installed: on Debian 12 a must, elsewhere what is missing is
#   listed as skipped.
. "$(dirname "$0")/../lib/tap.sh"
need dpkg-query
while read -r state name; do
  case $state in
    have) pass "$name is installed" ;;
    skip) skip "$name" 'not installed' ;;
    *) fail "$name is installed" ;;
  esac
done < <("$ROOT/scripts/install-deps" --list check)
isnt "$tap_count" 0 'the lists were read'
done_testing
