#!/bin/bash
# causey-test: any-user
# The help, the manual page, the completions and the words that are nearly right.
. "$(dirname "$0")/../lib/tap.sh"
need mandoc bash zsh fish

run "$CAUSEY"
exits 0 'without a word there is help'
for command in ls show verify explain help version; do
  like "$out" "$command +[a-z]" "the help names $command"
  run "$CAUSEY" help "$command"
  exits 0 "help $command"
  like "$out" 'Examples' "help $command has examples"
  run "$CAUSEY" "$command" --help
  exits 0 "$command --help"
  run "$CAUSEY"
done

"$CAUSEY" help --man >"$T/causey.1"
ok 'the manual page is well formed' mandoc -T lint -W warning "$T/causey.1"
like "$(mandoc -T ascii "$T/causey.1" | col -b 2>/dev/null || cat "$T/causey.1")" 'password-file' 'it has the options'

"$CAUSEY" help --completion bash >"$T/causey.bash"
"$CAUSEY" help --completion zsh >"$T/_causey"
"$CAUSEY" help --completion fish >"$T/causey.fish"
ok 'bash reads its completion' bash -n "$T/causey.bash"
ok 'zsh reads its completion' zsh -n "$T/_causey"
ok 'fish reads its completion' fish --no-execute "$T/causey.fish"
# shellcheck disable=SC2016  # for the inner shell
run bash -c '. "$1"; COMP_WORDS=(causey sh); COMP_CWORD=1; _causey; echo "${COMPREPLY[*]}"' - "$T/causey.bash"
is "$out" 'show' 'bash completes a command'
# shellcheck disable=SC2016
run bash -c '. "$1"; COMP_WORDS=(causey ls --pass); COMP_CWORD=2; _causey; echo "${COMPREPLY[*]}"' - "$T/causey.bash"
like "$out" '--password-file' 'bash completes an option'
not_ok 'another shell is refused' "$CAUSEY" help --completion tcsh

run "$CAUSEY" lss
exits 2 'an unknown command is a usage error'
like "$err" 'Did you mean .causey ls' 'and the nearest is named'
run "$CAUSEY" ls --pasword-file x y
exits 2 'an unknown option too'
like "$err" '--password-file' 'and the nearest is named'
run "$CAUSEY" ls
exits 2 'ls wants a place'
run "$CAUSEY" show --names ofenssl x
exits 2 'a notation that is none'
like "$err" 'openssl' 'and the nearest is named'
run "$CAUSEY" ls --at yesterday x
exits 2 'a time that is none'

run "$CAUSEY" explain
exits 0 'explain lists'
for id in $("$CAUSEY" explain | awk 'NR > 1 { print $2 }'); do
  "$CAUSEY" explain "$id" >"$T/out" 2>&1 || fail "explain $id"
  [ "$(wc -c <"$T/out")" -gt 60 ] || fail "explain $id says something"
done
pass 'everything that is listed is explained'
run "$CAUSEY" explain belief.key-id
like "$out" 'byte strings' 'a belief'
run "$CAUSEY" explain store.lable-missing
exits 2 'an unknown id'
like "$err" 'store.label-missing' 'and the nearest is named'

for words in help 'help ls' version explain 'explain formats' 'explain key.no-passphrase' 'explain io.denied'; do
  # shellcheck disable=SC2086
  "$CAUSEY" $words --json >"$T/out.json"
  json_valid "$words --json keeps to its schema" "${words%% *}-1.json" "$T/out.json"
done
"$CAUSEY" ls /nowhere --json 2>"$T/err.json" >/dev/null
json_valid 'errors are JSON too' error-1.json "$T/err.json"
run "$CAUSEY" version
is "$out" "causey $(sed -n "s/.*version: '\([^']*\)'.*/\1/p" "$ROOT/meson.build" | head -1)" 'the version'
done_testing
