# tap.sh -- what the command-line tests share: each claim is one "ok" or
# "not ok" line. Sourced with the program in the current directory.
#
#   run ARGS...         runs pipelab; leaves $status, and files out and err
#   claim TEXT CMD...   the claim holds if CMD succeeds
#   commands            prints the names of pipelab's commands
#   once                skips the test where make check is repeated
#   thin N              whether a sweep leaves its case N out: two of three are,
#                       unless SWEEP is set (stride() in tests/suite.h)
#   sanitized [KIND]    whether the build has a sanitizer, or the one of a name
#   finish              ends with status 1 if a claim failed
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
out=$scratch/out
err=$scratch/err
pipelab=$(pwd)/pipelab
json=$(pwd)/tests/cli/json
count=0
failed=0

# once: for tests that are long and the same in any build; skips them where the
# caller repeats make check in another build and says so by REPEATED.
once()
{
    test -z "${REPEATED:-}" && return
    echo "the same in any build: tested in the first"
    exit 77
}

thin()
{
    test -z "${SWEEP:-}" && test $(($1 % 3)) -ne 0
}

sanitized()
{
    ./config.status --config | grep -q "sanitizer*=.*${1-}"
}

LC_ALL=C
unset COLUMNS
export LC_ALL

run()
{
    "$pipelab" "$@" >"$out" 2>"$err" </dev/null
    status=$?
}

commands()
{
    "$pipelab" --help | sed -n 's/^  \([a-z][a-z]*\)  *[A-Z].*/\1/p'
}

claim()
{
    text=$1
    shift
    count=$((count + 1))
    if "$@"; then
        printf '%s\n' "ok $count - $text"
    else
        printf '%s\n' "not ok $count - $text"
        failed=$((failed + 1))
        echo "# status $status; stderr:"
        sed 's/^/# /' "$err"
    fi
}

# Bad input: this status, nothing on stdout, one line on stderr that has TEXT.
refused()
{
    test "$status" = "$1" && test ! -s "$out" &&
        test "$(wc -l <"$err")" -eq 1 && grep -q -e "^pipelab: .*$2" "$err"
}

done_well()
{
    test "$status" = 0
}

ended()
{
    test "$status" = "$1"
}

says()
{
    grep -q -e "$1" "$out"
}

warns()
{
    grep -q -e "$1" "$err"
}

# The value of a top-level member of the JSON on stdout.
member()
{
    "$json" "$1" <"$out"
}

has_member()
{
    member "$1" >/dev/null
}

member_is()
{
    test "$(member "$1")" = "$2"
}

finish()
{
    exit $((failed > 0))
}
