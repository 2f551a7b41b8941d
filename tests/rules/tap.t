#!/bin/bash
# Purpose: the helpers of script tests fail when they should.
# causey-test: any-user
. "$(dirname "$0")/../lib/tap.sh"

# verdict BODY: the TAP of a test script with that body, and its exit code
verdict() {
  printf '#!/bin/bash\n. "%s/tests/lib/tap.sh"\n%s\n' "$ROOT" "$1" >"$T/inner.t"
  run bash "$T/inner.t"
}
says() { # BODY STATUS REGEX
  verdict "$1"
  like "$status $out" "^$2 $3" "$1"
}
says 'ok d true; done_testing' 0 'ok 1 - d'
says 'ok d false; done_testing' 1 'not ok 1 - d'
says 'not_ok d false' 0 'ok 1'
says 'not_ok d true' 1 'not ok 1'
says 'not_ok d sh -c "exit 99"' 1 'not ok 1'
says 'is a b d' 1 'not ok 1'
says 'isnt a a d' 1 'not ok 1'
says 'like abc ^b d' 1 'not ok 1'
says 'unlike abc b d' 1 'not ok 1'
says 'run sh -c "exit 3"; exits 3 d' 0 'ok 1'
says 'run sh -c "exit 99"; pass d' 1 'not ok 1'
says 'run sh -c "echo x.c:1: runtime error: y >&2"; pass d' 1 'not ok 1'
says 'skip d why' 0 'ok 1 # SKIP'
says 'skip_all why; fail d' 0 '1..0 # SKIP why'
says 'bail out; fail d' 1 'Bail out! out'
echo '{"type": "object"}' >"$T/schema"
echo '{"a": 1}' >"$T/good"
printf '{"a": 1}\n{"a": 2}\n' >"$T/lines"
printf '{"a": 1}\n[]\n' >"$T/bad"
says "json_valid d $T/schema $T/good" 0 'ok 1'
says "json_valid d $T/schema $T/lines" 0 'ok 1'
says "json_valid d $T/schema $T/bad" 1 'not ok 1'
says "json_valid d $T/schema /dev/null" 1 'not ok 1'
# shellcheck disable=SC2016  # is expanded in the inner script
verdict 'port=$(free_port); start_server "$port" "$PYTHON" -m http.server -b 127.0.0.1 "$port" && echo "$server_pid $T"'
read -r pid folder <<<"$out"
isnt "$pid" '' 'a server starts'
not_ok 'and has ended with its test' kill -0 "$pid"
not_ok 'as has its folder' test -e "$folder"
done_testing
