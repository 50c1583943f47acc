#!/bin/sh
# Every schedule, as PyTorch takes it, on 2 and 4 ranks with one and two stages a
# rank: the plan alone, and lowered in PyTorch's order. See torch_plan.py.
#
#   torch_plans.sh PIPELAB PYTHON3
set -eu
here=$(dirname "$0")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
"$1" train --optimizer sgd --lr 0 --steps 1 --layers 8 --hidden 32 \
    --save "$scratch/step.safetensors" --metrics "$scratch/step.json" \
    >/dev/null 2>&1
names=$("$1" schedule --schedule none-such 2>&1 |
    sed 's/.*use one of //; s/,//g')
for name in $names; do
    fits=
    for shape in '2 2' '2 4' '4 4' '4 8'; do
        set -- "$1" "$2" $shape
        for lower in '' --lower=pytorch; do
            # A shape that does not fit is refused and leaves no file.
            ! "$1" schedule --schedule "$name" --ranks "$3" --stages "$4" \
                $lower --format csv 2>/dev/null \
                --output "$scratch/$name-$3-$4${lower:+-lowered}.csv" ||
                fits=yes
        done
    done
    test "$fits" || { echo "$name fits none of the shapes" >&2; exit 1; }
done
"$2" -B "$here/torch_plan.py" "$scratch/step.safetensors" "$scratch/step.json" \
    "$scratch"/*.csv
