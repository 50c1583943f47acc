#!/bin/sh
# check-mpi.sh -- make check-mpi: plans and trainings in 1 to 4 processes of the
# MPI that the program was built with. $1 is that MPI, $2 its mpirun, $3 python3.
set -u
. "$(dirname "$0")/claims.sh"

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

# refused VARIABLE: by one process, which a launcher started among four.
refused()
{
    env "$1=4" ./pipelab-mpi train >"$scratch/out" 2>"$scratch/err"
    test $? -eq 2 && test ! -s "$scratch/out" &&
        test "$(wc -l <"$scratch/err")" -eq 1 &&
        grep "^pipelab: $1 is 4, .* start it with " "$scratch/err"
}

# manual: its page has the commands of --help, and the options of bench.
manual()
{
    page=$here/../../doc/pipelab-mpi.1
    sed 's/\\-/-/g' "$page" | sed -n \
        -e '/^\.BI "--/{N;s/^.BI "\(.*\)"\n/\1 /;s/" "//;p;}' \
        -e '/^\.SH COMMANDS/,/^\.SH OPTIONS/s/^\.B \([a-z]*\)$/\1/p' \
        >"$scratch/page"
    COLUMNS=1000
    export COLUMNS
    {
        ./pipelab-mpi --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'
        ./pipelab-mpi bench --help | sed -n 's/^  \(--[^ ]*\)  */\1 /p'
    } | diff "$scratch/page" -
}
claim "the manual has what --help has" manual

for count in 1 2 3 4; do
    claim "plans run as predicted in $count processes" \
        processes $count tests/mpi/mpi_runs
done
claim "die() in one process ends all" ends_all \
    processes 3 tests/mpi/mpi_runs die
claim "the kill of one process ends all" ends_all \
    processes 3 tests/mpi/mpi_runs kill
for variable in OMPI_COMM_WORLD_SIZE PMI_SIZE SLURM_NTASKS MPI_LOCALNRANKS; do
    claim "$variable of another launcher is refused" refused $variable
done

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

claim "checkpoints go both ways" goes_on
claim "a number that is not finite ends all" fails 1 \
    'rank 0, step .*the output is not finite' --stages 4 --lr 1000 \
    --optimizer sgd --steps 50
claim "a full disk ends all" fails 1 '--save /dev/full: .*No space' \
    --stages 4 --steps 3 --save /dev/full
claim "a deadlock is known beforehand" fails 4 'deadlock: every rank' \
    --stages 4 --capacity 0
claim "more processes than ranks are refused" fails 2 '--ranks 2 is fewer' \
    --stages 2
claim "what is for one process is refused" fails 2 '--lockstep is for one' \
    --stages 4 --lockstep
claim "three processes for two replicas are refused" fails 2 \
    '3 processes cannot be shared by --replicas 2' --stages 4 --replicas 2

claim "replicas train as one pipeline with all examples" replicas
claim "bench measures" processes 4 ./pipelab-mpi bench --repeat 1

finished
