#!/bin/sh
# arm.sh TARBALL -- builds the tarball for 64-bit ARM, with the tests of the
# rooms whose code differs there, and runs both under emulation.
set -u
host=aarch64-linux-gnu
for need in $host-gcc qemu-aarch64 /usr/lib/$host/pkgconfig/jansson.pc \
    /usr/lib/$host/pkgconfig/check.pc; do
    command -v $need >/dev/null || test -e $need || {
        echo "SKIP: no $need here; dpkg --add-architecture arm64," \
            "apt-get update, apt-get install gcc-$host qemu-user and, with" \
            ":arm64, libopenblas-pthread-dev libjansson-dev zlib1g-dev check"
        exit 77
    }
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
tar -xzf "$1" -C "$scratch" && cd "$scratch"/pipelab-* || exit 1

./configure -q --host=$host --without-libedit \
    PKG_CONFIG_LIBDIR=/usr/lib/$host/pkgconfig &&
    make -s -j"$(nproc)" pipelab tests/tensor/check_tensor \
        tests/nn/check_nn || exit 1

# Emulated programs are slower than Check's timeouts allow for.
CK_TIMEOUT_MULTIPLIER=20
export CK_TIMEOUT_MULTIPLIER
for test in tensor/check_tensor nn/check_nn; do
    qemu-aarch64 "tests/$test" >"$scratch/said" || {
        cat "$scratch/said"
        exit 1
    }
done

# weights OPTION...: their hash after a few steps.
weights()
{
    qemu-aarch64 ./pipelab train --data digits --steps 20 "$@" |
        sed -n 's/^weights \([0-9a-f]*\) .*/\1/p'
}

expected=$(weights --schedule none)
test -n "$expected" || exit 1
for schedule in gpipe 1f1b zb1p; do
    got=$(weights --schedule $schedule --stages 2)
    test "$got" = "$expected" || {
        echo "weights of $schedule are ${got:-missing}, not $expected"
        exit 1
    }
done
echo "check-arm: tensor and nn pass, weights of 4 schedules equal to the bit"
