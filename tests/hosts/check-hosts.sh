#!/bin/sh
# check-hosts.sh -- make check-hosts: plans and trainings on three hosts
# (hosts.sh), over TCP. $1 is the MPI, $2 its mpirun, $3 python3.
set -u
. "$(dirname "$0")/../mpi/claims.sh"

test "$mpi" = openmpi ||
    skip "this is for Open MPI; MPICH may not end: doc/cluster.md"

# processes N COMMAND...: started by host1, one a host, or two on each of two;
# over the network alone.
processes()
{
    hosts=host1,host2,host3
    test "$1" != 4 || hosts=host1:2,host2:2
    # Unquoted: words.
    "$HOST" host1 exec "$mpirun" --allow-run-as-root --bind-to none \
        --mca plm_rsh_agent "$HOST" --mca btl tcp,self \
        --mca btl_tcp_if_include eth0 $more_flags --host $hosts -n "$@"
}
more_flags=

# during STEPS COMMAND...: which runs while three processes train, as the first
# line of their metrics shows. Ends as the training does.
during()
{
    steps=$1
    shift
    rm -f "$scratch/metrics"
    mkfifo "$scratch/metrics"
    processes 3 ./pipelab-mpi $train --steps "$steps" --stages 4 \
        --metrics "$scratch/metrics" --save "$scratch/many.save" &
    launcher=$!
    {
        read -r line && "$@"
        cat >"$scratch/rest"
    } <"$scratch/metrics"
    wait $launcher
}

own_hosts()
{
    test "$(processes "$1" hostname | sort -u | wc -l)" -eq "$1"
}

killed_on()
{
    network=$("$HOST" "$1" readlink /proc/self/ns/net)
    for process in /proc/[0-9]*; do
        test "$(readlink "$process/exe")" != "$PWD/pipelab-mpi" ||
            test "$(readlink "$process/ns/net")" != "$network" ||
            kill -9 "${process#/proc/}"
    done
}

unplugged()
{
    ip link set cable2 down
}

unplugged_for_a_second()
{
    unplugged
    sleep 1
    ip link set cable2 up
}

goes_on_when_plugged_in()
{
    during 300 unplugged_for_a_second &&
        ./pipelab $train --steps 300 --stages 4 --save "$scratch/one.save" &&
        cmp "$scratch/one.save" "$scratch/many.save"
}

# The launcher asks sooner whether the hosts are there.
is_seen()
{
    more_flags='--mca oob_tcp_keepalive_time 2 --mca oob_tcp_keepalive_intvl 1
        --mca oob_tcp_keepalive_probes 2'
    during 1000000 unplugged && return 1
    ip link set cable2 up
    more_flags=
}

claim "plans run as predicted on hosts" processes 3 tests/mpi/mpi_runs
for count in 2 3; do
    claim "each process is on a host of its own" own_hosts $count
    while read -r options; do
        # Unquoted: words.
        claim "train $options is the same on $count hosts" \
            same $count $options </dev/null
    done <<END
--schedule 1f1b --stages 4
--schedule interleaved-1f1b --ranks 4 --stages 8
--schedule zbv --ranks 4 --stages 8 --capacity 1 --latency 3
--schedule naive --stages 4 --capacity 0 --data digits
--schedule zb1p --stages 4 --barrier --recompute all
END
done
claim "checkpoints go both ways" goes_on
claim "replicas train as one pipeline with all examples" replicas
claim "a number that is not finite ends all" fails 1 \
    'rank 0, step .*the output is not finite' --stages 4 --lr 1000 \
    --optimizer sgd --steps 50
claim "die() on one host ends all" ends_all processes 3 tests/mpi/mpi_runs die
for host in host1 host2 host3; do
    claim "the kill of the process of $host ends all" \
        ends_all during 1000000 killed_on $host
done
claim "a cable that is out for a second costs time alone" \
    goes_on_when_plugged_in
claim "one that stays out ends the training" is_seen
finished
