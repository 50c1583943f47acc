#!/bin/sh
# labs-gdb.sh -- types into gdb what each lab tells to type: gdb must understand
# every line.
skip()
{
    echo "SKIP: $1"
    exit 77
}

scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
commands=$top_srcdir/src/pipelab-gdb.py
count=0
failed=0

debugger()
{
    timeout 60 gdb -nx -batch -x "$commands" "$@" </dev/null \
        >"$scratch/out" 2>&1
}

command -v gdb >/dev/null 2>&1 || skip "gdb is not installed"
debugger -ex 'help pipelab' || skip "gdb does not take $commands"
debugger -ex run "$(command -v true)" &&
    grep -q 'exited normally' "$scratch/out" ||
    skip "gdb may not run programs here"

for lab in $(./pipelab lab | sed -n 's/^ *[0-9]*  \([^ ]*\) .*/\1/p'); do
    ./pipelab lab "$lab" >"$scratch/lab"
    sed -n 's/^  (gdb) //p' "$scratch/lab" >"$scratch/lines"
    arguments=$(sed -n 's/^  \$ gdb --args [^ ]*pipelab //p' "$scratch/lab")
    # A line that gdb does not understand ends the file, and gdb with status 1.
    # shellcheck disable=SC2086 # the words of a line are its arguments
    debugger -x "$scratch/lines" --args ./pipelab $arguments
    status=$?
    count=$((count + 1))
    if test $status -eq 0 && test -s "$scratch/lines"; then
        echo "ok $count - lab $lab: $(wc -l <"$scratch/lines") lines"
    else
        echo "not ok $count - lab $lab"
        sed 's/^/# /' "$scratch/out"
        failed=$((failed + 1))
    fi
done
echo "labs-gdb: $count labs, $failed failed"
test "$failed" -eq 0 && test "$count" -gt 0
