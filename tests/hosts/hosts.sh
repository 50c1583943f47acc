#!/bin/sh
# hosts.sh -- runs a command beside hosts of this machine's own making.
#
#   hosts.sh COUNT COMMAND...
#
# host1, host2, ... have a name, a network, and a cable (eth0) each to a switch
# between them; files are those of the machine. `$HOST NAME COMMAND...` runs
# there, as ssh would. All is in namespaces of the kernel, which end with COMMAND,
# and with them every process that is left. Status 77 where they are not allowed.
set -u

skip()
{
    echo "SKIP: $1"
    exit 77
}

if test -z "${HOSTS-}"; then
    for tool in unshare nsenter ip; do
        command -v $tool >/dev/null ||
            skip "there is no $tool; apt-get install util-linux iproute2"
    done
    HOSTS=$(mktemp -d) || exit 1
    export HOSTS
    trap 'rm -rf "$HOSTS"' EXIT
    own='unshare --user --map-root-user --net --mount --pid --fork
        --mount-proc --kill-child'
    # Unquoted: words.
    $own true 2>"$HOSTS/why" ||
        skip "no namespaces here: $(tail -n 1 "$HOSTS/why")"
    # MPI may hang when a host is gone; with unshare all else ends.
    timeout 600 $own "${SHELL-sh}" "$0" "$@"
    exit
fi

count=$1
shift
HOST=$(cd "$(dirname "$0")" && pwd)/host
export HOST
mkfifo "$HOSTS/up" &&
    echo "127.0.0.1 localhost" >"$HOSTS/names" &&
    mount --bind "$HOSTS/names" /etc/hosts || exit 1
ip link add switch type bridge && ip link set switch up ||
    skip "this kernel has no bridge"
for number in $(seq "$count"); do
    name=host$number
    echo "10.9.0.$number $name" >>"$HOSTS/names"
    # Programs look for network devices in /sys, too.
    unshare --net --uts --mount sh -c "hostname $name &&
        mount -t sysfs none /sys && ip link set lo up && echo \$\$
        exec sleep infinity" >"$HOSTS/up" &
    read -r pid <"$HOSTS/up" && echo "$pid" >"$HOSTS/$name" &&
        ip link add "cable$number" type veth peer name eth0 netns "$pid" &&
        ip link set "cable$number" master switch up &&
        "$HOST" "$name" ip addr add "10.9.0.$number/24" dev eth0 &&
        "$HOST" "$name" ip link set eth0 up || exit 1
done
"$@"
