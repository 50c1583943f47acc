#!/bin/sh
# helgrind.sh helgrind -- short runs of ./pipelab under valgrind: no race, no
# lock order turned round, and each run ends as it should.
# helgrind.sh memcheck -- the same: no undefined value used, no memory lost.
tool=$1
if ! command -v valgrind >/dev/null 2>&1; then
    echo "SKIP: valgrind is not installed"
    exit 77
fi
# Set here: the program would start itself again and leave valgrind behind.
OPENBLAS_NUM_THREADS=1
export OPENBLAS_NUM_THREADS
log=$(mktemp) || exit 99
trap 'rm -f "$log"' EXIT
count=0
failed=0

# clean STATUS ARG...: pipelab train ARG... ends so and valgrind has no word.
clean()
{
    want=$1
    shift
    case $tool in
    memcheck) options="--leak-check=full --errors-for-leak-kinds=definite" ;;
    *) options= ;;
    esac
    valgrind -q --tool="$tool" $options --error-exitcode=99 ./pipelab train \
        --layers 4 --hidden 8 --batch 8 --steps 3 "$@" >"$log" 2>&1 </dev/null
    status=$?
    count=$((count + 1))
    if test $status -eq "$want"; then
        echo "ok $count - $tool: train $*"
    else
        echo "not ok $count - $tool: train $*"
        echo "# status $status, not $want"
        sed 's/^/# /' "$log"
        failed=$((failed + 1))
    fi
}

# Every schedule on every shape of the sweep that it suits, links shallow and
# deep; the checker of races is slow, so the shapes are small.
sweep()
{
    for schedule in naive gpipe 1f1b eager-1f1b zb1p zb-h2; do
        for shape in "2 2" "3 5"; do
            set -- $shape
            clean 0 --schedule $schedule --stages $1 --microbatches $2 \
                --capacity 1
        done
        clean 0 --schedule $schedule --stages 4 --microbatches 6
    done
    for schedule in chimera dualpipe; do
        clean 0 --schedule $schedule --stages 4 --microbatches 8
    done
    for schedule in interleaved-1f1b combined-1f1b looped-bfs zbv v-half v-min \
        hanayo dualpipev; do
        clean 0 --schedule $schedule --stages 4 --ranks 2 --microbatches 4 \
            --capacity 2
        clean 0 --schedule $schedule --stages 4 --ranks 2 --microbatches 6
    done
}

test "$tool" = memcheck || sweep
clean 0 --schedule none
clean 0 --schedule 1f1b
clean 0 --schedule 1f1b --capacity 1
clean 0 --schedule gpipe
clean 0 --schedule gpipe --capacity 1
clean 0 --schedule gpipe --capacity 0
clean 0 --schedule naive --stages 3 --microbatches 3 --bind none
clean 0 --schedule 1f1b --lockstep
clean 0 --schedule gpipe --lockstep --capacity 1
clean 0 --data digits --batch 512 --stages 2
clean 4 --schedule 1f1b --capacity 0
clean 4 --schedule 1f1b --capacity 0 --lockstep
echo "$tool: $count runs, $failed failed"
test "$failed" -eq 0
