#!/bin/sh
# helgrind.sh helgrind -- short runs of ./pipelab and calls of libpipelab.so under
# valgrind: no race, no lock order turned round, and each run ends as it should.
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
    ended $? "$want" "train $*"
}

# ended STATUS WANTED WHAT: counts a run and says how it went.
ended()
{
    count=$((count + 1))
    if test "$1" -eq "$2"; then
        echo "ok $count - $tool: $3"
    else
        echo "not ok $count - $tool: $3"
        echo "# status $1, not $2"
        sed 's/^/# /' "$log"
        failed=$((failed + 1))
    fi
}

# library COUNT THREADS: libpipelab.so is called so, found under the name that
# its callers have; of what it takes it loses nothing at all.
library()
{
    calls=tests/api/many_calls
    test -x $calls || return 0
    found=$(mktemp -d) || exit 99
    ln -s "$(pwd)/libpipelab.so" "$found/$(objdump -p libpipelab.so |
        sed -n 's/.*SONAME *//p')"
    case $tool in
    memcheck) options="--leak-check=full --errors-for-leak-kinds=all
        --show-leak-kinds=all" ;;
    *) options= ;;
    esac
    LD_LIBRARY_PATH=$found valgrind -q --tool="$tool" $options \
        --error-exitcode=99 $calls "$@" >"$log" 2>&1
    ended $? 0 "libpipelab.so, $1 calls in each of $2 threads"
    rm -r "$found"
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
case $tool in
memcheck) library 1000 1 ;;
*) library 50 4 ;;
esac
echo "$tool: $count runs, $failed failed"
test "$failed" -eq 0
