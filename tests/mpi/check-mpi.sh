#!/bin/sh
# check-mpi.sh -- make check-mpi: plans and trainings in 1 to 4 processes of the
# MPI that the program was built with. $1 is that MPI, $2 its mpirun.
set -u
mpi=$1
mpirun=$2
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

train="train --layers 8 --hidden 16 --batch 16 --microbatches 8 --steps 6 \
--seed 7 --format json"
# same NUMBER OPTION...: what does not depend on a clock is one process's.
same()
{
    count=$1
    shift
    # Unquoted: words.
    processes "$count" ./pipelab-mpi $train "$@" >"$scratch/many" || return
    ./pipelab $train "$@" >"$scratch/one" || return
    for key in losses weights_hash virtual_makespan bubble_fraction \
        peak_activations messages; do
        for run in one many; do
            tr -d '\n' <"$scratch/$run" | grep -o \
                "\"$key\": \(\[[^]]*\]\|[^],}]*\)" >"$scratch/$run.$key"
        done
        cmp "$scratch/one.$key" "$scratch/many.$key" || return
    done
    test -s "$scratch/one.losses" && test -s "$scratch/one.weights_hash"
}
for count in 1 2 3 4; do
    while read -r options; do
        claim "train $options is the same in $count processes" \
            same $count $options </dev/null
    done <<END
--schedule gpipe --cost F=1,B=2,I=1,W=1 --capacity 1 --latency 3
--schedule 1f1b --cost F=2,B=3,I=1,W=2,STEP=1 --barrier
--schedule interleaved-1f1b --stages 8 --ranks 4 --cost F=1,B=2,I=1,W=1
--schedule zbv --stages 8 --ranks 4 --cost F=1,B=2,I=1,W=1 --latency 1
END
done
claim "bench measures" processes 4 ./pipelab-mpi bench --repeat 1

echo "check-mpi: $mpi, $claims claims, $broken broken"
test $broken -eq 0
