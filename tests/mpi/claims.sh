# claims.sh -- what the tests of several processes share. $1 is the MPI, $2 its
# mpirun, $3 python3; they define processes().
mpi=$1
mpirun=$2
python=$3
here=$(dirname "$0")
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
OPENBLAS_NUM_THREADS=1
export OPENBLAS_NUM_THREADS
claims=0
broken=0

skip()
{
    echo "SKIP: $1"
    exit 77
}

test "$mpi" != no ||
    skip "no MPI was found; apt-get install libopenmpi-dev openmpi-bin"
test -x "$mpirun" || skip "there is no mpirun of $mpi"
test -x tests/mpi/mpi_runs || skip "Check was not found"

# claim WHAT COMMAND...
claim()
{
    claims=$((claims + 1))
    what=$1
    shift
    if "$@" >"$scratch/log" 2>&1; then
        sed -n '/ as predicted$/p' "$scratch/log"
        return
    fi
    broken=$((broken + 1))
    echo "FAILED: $what"
    tail -n 20 "$scratch/log"
}

# none_left PROGRAM: no process of it.
none_left()
{
    for left in /proc/[0-9]*/exe; do
        test "$(readlink "$left")" != "$(readlink -f "$1")" || return 1
    done
}

# ends_all COMMAND...: it fails, and none of its processes is left.
ends_all()
{
    "$@" 2>&1 && return 1
    none_left pipelab-mpi && none_left tests/mpi/mpi_runs
}

# same_json: what no clock of the wall decides is one process's.
same_json()
{
    "$python" - "$scratch/one" "$scratch/many" <<END
import json, sys
one, many = (json.load(open(name)) for name in sys.argv[1:])
for key in "wall", "cores", "seconds", "samples_per_second":
    del one[key], many[key]
for key in sorted(set(one) | set(many)):
    if one.get(key) != many.get(key):
        sys.exit(f"{key}: {many.get(key)}, not {one.get(key)}")
END
}

train="train --layers 8 --hidden 16 --batch 16 --microbatches 8 --steps 6 \
--seed 7"
# same NUMBER OPTION...: results and checkpoint of a training.
same()
{
    count=$1
    shift
    # Unquoted: words.
    processes "$count" ./pipelab-mpi $train --format json "$@" \
        --save "$scratch/many.save" >"$scratch/many" &&
        ./pipelab $train --format json "$@" --save "$scratch/one.save" \
            >"$scratch/one" &&
        same_json && cmp "$scratch/one.save" "$scratch/many.save"
}

# stages SCHEDULE: as many as it cuts a model into on 4 ranks.
stages()
{
    for number in 4 8; do
        if ./pipelab schedule --schedule "$1" --ranks 4 --stages $number \
            >"$scratch/plan" 2>&1; then
            echo $number
            return
        fi
    done
}

# goes_on: a checkpoint of 3 processes, in one, and back.
goes_on()
{
    more="--data digits --layers 8 --hidden 16 --stages 4"
    processes 3 ./pipelab-mpi train $more --steps 4 --save "$scratch/a" &&
        ./pipelab train $more --steps 4 --save "$scratch/b" &&
        cmp "$scratch/a" "$scratch/b" &&
        ./pipelab train --resume "$scratch/a" --steps 9 --save "$scratch/c" &&
        processes 4 ./pipelab-mpi train --resume "$scratch/b" --steps 9 \
            --ranks 4 --stages 8 --save "$scratch/d" &&
        cmp "$scratch/c" "$scratch/d" &&
        ./pipelab eval --resume "$scratch/c" --format json >"$scratch/one" &&
        processes 3 ./pipelab-mpi eval --resume "$scratch/d" --stages 4 \
            --format json >"$scratch/many" && same_json
}

# fails STATUS PATTERN OPTION...: one line of ours with the cause.
fails()
{
    want=$1
    pattern=$2
    shift 2
    processes 3 ./pipelab-mpi train "$@" >"$scratch/out" 2>"$scratch/err"
    test $? -eq "$want" && grep "^pipelab: $pattern" "$scratch/err" &&
        test "$(grep -c '^pipelab: ' "$scratch/err")" -eq 1
}

# replicas: two runs are equal to the bit, and within rounding to one pipeline
# with all examples: sums of 32 terms of order one, added in another order.
replicas()
{
    small="--data digits --layers 8 --hidden 16 --optimizer sgd --stages 4 \
--steps 20 --format json"
    for run in a b; do
        processes 4 ./pipelab-mpi train $small --replicas 2 --batch 16 \
            --microbatches 4 --save "$scratch/$run" >"$scratch/$run.json" ||
            return
    done
    ./pipelab train $small --batch 32 --microbatches 8 >"$scratch/one" &&
        cmp "$scratch/a" "$scratch/b" &&
        processes 2 ./pipelab-mpi train --resume "$scratch/a" --replicas 2 \
            --stages 4 --steps 25 &&
        "$python" - "$scratch/a.json" "$scratch/one" <<END
import json, sys
two, one = (json.load(open(name)) for name in sys.argv[1:])
assert two["replicas"] == 2 and len(two["losses"]) == 20
assert all(abs(a - b) < 1e-5 for a, b in zip(two["losses"], one["losses"]))
END
}

# finished: the last thing that a test says.
finished()
{
    echo "$(basename "$0" .sh): $mpi, $claims claims, $broken broken"
    test $broken -eq 0
}
