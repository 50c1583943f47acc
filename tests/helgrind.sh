#!/bin/sh
# Short runs of ./pipelab under helgrind: no race, no lock order turned round.
if ! command -v valgrind >/dev/null 2>&1; then
    echo "SKIP: valgrind is not installed"
    exit 77
fi
# Set here: the program would start itself again and leave valgrind behind.
OPENBLAS_NUM_THREADS=1
export OPENBLAS_NUM_THREADS
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0

# clean STATUS ARGS...
clean()
{
    want=$1
    shift
    valgrind -q --tool=helgrind --error-exitcode=99 ./pipelab train \
        --layers 4 --hidden 8 --batch 8 --steps 3 "$@" >"$log" 2>&1
    status=$?
    if test $status -eq "$want"; then
        echo "ok - train $*"
    else
        echo "not ok - train $*: status $status, not $want"
        sed 's/^/# /' "$log"
        failed=$((failed + 1))
    fi
}

clean 0 --schedule 1f1b
clean 0 --schedule gpipe --capacity 1
clean 0 --schedule gpipe --capacity 0
clean 0 --schedule naive --stages 3 --microbatches 3 --bind none
clean 0 --lockstep
clean 0 --data digits --batch 512 --stages 2
clean 4 --schedule 1f1b --capacity 0
exit $((failed > 0))
