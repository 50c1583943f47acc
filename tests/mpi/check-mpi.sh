#!/bin/sh
# check-mpi.sh -- make check-mpi: plans and trainings in 1 to 4 processes of the
# MPI that the program was built with. $1 is that MPI, $2 its mpirun, $3 python3.
set -u
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

# processes N COMMAND...: more than there are cores, and as root.
processes()
{
    count=$1
    shift
    case $mpi in
    openmpi)
        $mpirun --allow-run-as-root --oversubscribe --bind-to none \
            -n "$count" "$@"
        ;;
    *)
        $mpirun -n "$count" "$@"
        ;;
    esac
}

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

# ends_all COMMAND...: it fails, and none of its processes is left.
ends_all()
{
    processes 3 "$@" 2>&1 && return 1
    for left in /proc/[0-9]*/exe; do
        test "$(readlink "$left")" != "$(readlink -f "$1")" || return 1
    done
}

# refused VARIABLE: by one process, which a launcher started among four.
refused()
{
    env "$1=4" ./pipelab-mpi train >"$scratch/out" 2>"$scratch/err"
    test $? -eq 2 && test ! -s "$scratch/out" &&
        test "$(wc -l <"$scratch/err")" -eq 1 &&
        grep "^pipelab: $1 is 4, .* start it with " "$scratch/err"
}

for count in 1 2 3 4; do
    claim "plans run as predicted in $count processes" \
        processes $count tests/mpi/mpi_runs
done
claim "die() in one process ends all" ends_all tests/mpi/mpi_runs die
claim "the kill of one process ends all" ends_all tests/mpi/mpi_runs kill
for variable in OMPI_COMM_WORLD_SIZE PMI_SIZE SLURM_NTASKS MPI_LOCALNRANKS; do
    claim "$variable of another launcher is refused" refused $variable
done

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

schedules=$(sed -n 's/^POLICY(\(.*\))$/\1/p' \
    "$here/../../src/policy/policies.def" | tr _ -)
./pipelab schedule --schedule gpipe --stages 4 --microbatches 8 --format csv \
    >"$scratch/plan.csv" || exit 1
for count in 1 2 3 4; do
    for schedule in $schedules greedy; do
        claim "$schedule is the same in $count processes" same $count \
            --schedule "$schedule" --ranks 4 --stages "$(stages "$schedule")"
    done
    while read -r options; do
        # Unquoted: words.
        claim "train $options is the same in $count processes" \
            same $count $options </dev/null
    done <<END
--schedule gpipe --cost F=1,B=2,I=1,W=1 --capacity 1 --latency 3
--schedule naive --capacity 0 --optimizer sgd --momentum 0.9
--schedule 1f1b --cost F=2,B=3,I=1,W=2,STEP=1 --barrier --recompute all
--load $scratch/plan.csv --capacity 2 --data digits
END
done

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
claim "checkpoints go both ways" goes_on

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
claim "a number that is not finite ends all" fails 1 \
    'rank 0, step .*the output is not finite' --stages 4 --lr 1000 \
    --optimizer sgd --steps 50
claim "a full disk ends all" fails 1 '--save /dev/full: .*No space' \
    --stages 4 --steps 3 --save /dev/full
claim "a deadlock is known beforehand" fails 4 'deadlock: every rank' \
    --stages 4 --capacity 0
claim "more processes than ranks are refused" fails 2 '--ranks 2 are fewer' \
    --stages 2
claim "what is for one process is refused" fails 2 '--lockstep is for one' \
    --stages 4 --lockstep
claim "three processes for two replicas are refused" fails 2 \
    '3 processes cannot be shared by --replicas 2' --stages 4 --replicas 2

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
claim "replicas train as one pipeline with all examples" replicas
claim "bench measures" processes 4 ./pipelab-mpi bench --repeat 1

echo "check-mpi: $mpi, $claims claims, $broken broken"
test $broken -eq 0
