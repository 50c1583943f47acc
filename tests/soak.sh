#!/bin/sh
# soak.sh -- ten thousand steps while everything around changes: other threads
# want the cores, and ranks are moved from core to core as they run. Each run
# must end with the monolith's weights.
if ! command -v taskset >/dev/null 2>&1; then
    echo "SKIP: taskset is not installed"
    exit 77
fi
OPENBLAS_NUM_THREADS=1
export OPENBLAS_NUM_THREADS
steps=500
runs=20
scratch=$(mktemp -d) || exit 99
load=
trap 'kill $load 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# The cores that we may use.
cores=$(taskset -pc $$ | sed 's/.*: //' | tr ',' '\n' |
    while IFS=- read -r first last; do
        seq "$first" "${last:-$first}"
    done)

# Options of each run, drawn so that they are the same each time.
awk -v runs=$runs '
    function pick(words, n, list) {
        n = split(words, list)
        return list[int(rand() * n) + 1]
    }
    BEGIN {
        srand(42)
        while (runs--)
            print "--microbatches", pick("1 2 5 8"),
                "--schedule", pick("naive gpipe 1f1b zb-h2"),
                "--stages", pick("2 3 4 6"), "--capacity", pick("1 2 auto"),
                "--bind", pick("cores none")
    }' >"$scratch/runs"

# To which core each move goes.
moves=$(awk -v cores="$cores" 'BEGIN {
    srand(7)
    n = split(cores, list)
    for (i = 0; i < 50; i++)
        print list[int(rand() * n) + 1]
}')

train()
{
    ./pipelab train --layers 6 --hidden 16 --batch 24 --steps $steps \
        --format json "$@"
}

hash_of()
{
    sed -n 's/.*"weights_hash": *"\([0-9a-f]*\)".*/\1/p' "$1"
}

# move PROCESS: its threads, from core to core for as long as it runs.
move()
{
    while :; do
        for core in $moves; do
            kill -0 "$1" 2>/dev/null || return 0
            # A rank may end meanwhile.
            taskset -apc "$core" "$1" >/dev/null 2>&1
            moved=$((moved + 1))
        done
    done
}

# One competitor a core, for ever; it gives way, or this would take long.
for core in $cores; do
    taskset -c "$core" nice sh -c 'while :; do :; done' &
    load="$load $!"
done

moved=0
failed=0
n=0
while read -r options; do
    n=$((n + 1))
    # Unquoted: one word an option.
    train $options --schedule none >"$scratch/want"
    train $options >"$scratch/got" &
    run=$!
    move $run
    if wait $run && test -n "$(hash_of "$scratch/want")" &&
        test "$(hash_of "$scratch/got")" = "$(hash_of "$scratch/want")"; then
        echo "ok $n - $options"
    else
        echo "not ok $n - $options"
        failed=$((failed + 1))
    fi
done <"$scratch/runs"
echo "soak: $((n * steps)) steps in $n runs, moved $moved times, $failed failed"
test $failed -eq 0
