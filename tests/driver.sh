#!/bin/sh
# automake's test driver, and then, on the console, what Check had to say: its
# closing line and each failure.
dir=$(dirname "$0")
log=
previous=
for argument; do
    test "$previous" = --log-file && log=$argument
    previous=$argument
done
sh "$dir/../build-aux/test-driver" "$@"
status=$?
test -r "$log" &&
    sed -n -e '/^[0-9][0-9]*%: Checks: /s/^/  /p' \
        -e '/:[FE]:[^:]*:[^:]*:[0-9]*: /s/^/  /p' \
        -e '/^not ok /s/^/  /p' "$log"
exit $status
