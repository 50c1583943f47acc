#!/bin/sh
# full.sh -- a disk of 64 KiB that has less and less room: whatever a command
# writes there is whole, or there is one clear line and the old file.
#
# Mounts in a name space of its own, which wants the right to: skips without.
if test -z "${PRIVATE-}"; then
    for namespace in -m -rm; do
        if unshare $namespace sh -c \
            'mount -t tmpfs -o size=64k none /mnt' 2>/dev/null; then
            PRIVATE=yes exec unshare $namespace "$SHELL" "$0"
        fi
    done
    echo "SKIP: this process may not mount a file system of its own"
    exit 77
fi
. "$top_srcdir/tests/cli/tap.sh"
mkdir "$scratch/disk"
mount -t tmpfs -o size=64k none "$scratch/disk" || exit 99
cd "$scratch/disk" || exit 99
runs=0
full=0

# Nothing half written: each file of the disk is the old one, or whole. Traces
# and metrics are streams: what is there of them stays.
is_whole()
{
    for file in *; do
        case $file in
        room | trace | metrics) ;;
        *.part*) return 1 ;;
        *) grep -qx before "$file" || "$1" "$file" ;;
        esac || return 1
    done
}

is_picture()
{
    tail -n 1 "$1" | grep -q '</svg>$'
}

is_model()
{
    "$pipelab" eval --resume "$1" >/dev/null 2>&1
}

says_so()
{
    tail -n 1 "$err" | grep -q '^pipelab: --.*No space left on device$'
}

# filled NAME WHOLE ARG...: the command at each free size from none to all.
filled()
{
    name=$1
    whole=$2
    shift 2
    bad=
    before=$full
    for taken in 64 60 56 52 48 44 40 36 32 28 24 20 16 12 8 4 0; do
        rm -f ./*
        echo before >old
        # One page is the old file's.
        dd if=/dev/zero of=room bs=1024 count=$taken 2>/dev/null
        run "$@"
        runs=$((runs + 1))
        case $status in
        0) is_whole "$whole" ;;
        1) full=$((full + 1)) && says_so && is_whole "$whole" ;;
        *) false ;;
        esac || bad="$bad $taken:$status"
    done
    claim "$name: written whole or not at all$bad" test -z "$bad"
    claim "$name: is refused by a full disk" test $full -gt $before
    claim "$name: finds room on an empty one" done_well
}

small="--layers 4 --hidden 16 --batch 8 --stages 2 --microbatches 2 --steps 40"
filled "train --save" is_model train $small --save old
filled "train --save-every" is_model train $small --save old --save-every 1
filled "train --svg" is_picture train $small --svg old
filled "train --trace" true train $small --trace trace
filled "train --metrics" true train $small --metrics metrics
filled "train, all of them" is_model train $small --steps 4 --save model \
    --trace trace --metrics metrics
filled "simulate --svg" is_picture simulate --svg old
filled "simulate --trace" true simulate --trace trace
filled "compare --svg" is_picture compare --stages 2 --microbatches 4 \
    --schedule gpipe,1f1b --svg old
echo "full: $runs runs, $full on a full disk, $failed of $count claims failed"
cd "$scratch/.." && umount "$scratch/disk"
finish
