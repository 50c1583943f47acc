#!/bin/sh
# crash.sh [COUNT] -- kills ./pipelab COUNT times (100) at random while it
# trains and saves after every step. Whenever that was, the file must be a
# checkpoint, the old one or one of those since: training on from it must come
# to the weights of a run that was not killed.
most=${1:-100}
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
file=$scratch/model.safetensors
steps=20
killed=0
midway=0
bad=0

# Large enough for a step to take less time than a save.
model="--layers 4 --hidden 256 --batch 8 --microbatches 2 --stages 2"
train="./pipelab train $model --format json"
save="--resume $file --steps $steps --save $file --save-every 1"

# hash_after STEPS ARG...: the weights after so many steps, in all.
hash_after()
{
    until=$1
    shift
    $train --steps "$until" "$@" 2>&1 |
        sed 's/.*"weights_hash": "\([0-9a-f]*\)".*/\1/'
}

milliseconds()
{
    echo $(($(date +%s%N) / 1000000))
}

# One step more, so that the file of the last one can be gone on from as well.
want=$(hash_after $((steps + 1)))
$train --steps 1 --save "$scratch/old" >"$scratch/log" || exit 99
cp "$scratch/old" "$file"
start=$(milliseconds)
$train $save >"$scratch/log" || exit 99
length=$(($(milliseconds) - start))

count=0
while test $count -lt "$most"; do
    count=$((count + 1))
    cp "$scratch/old" "$file"
    # No function: it is the program that is to be killed, not a shell.
    $train $save >"$scratch/log" 2>&1 </dev/null &
    # Nothing waits for this: it is the moment that is drawn.
    sleep "$(awk -v seed="$$$count" -v most="$length" \
        'BEGIN { srand(seed); printf "%.3f", rand() * most / 1000 }')"
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
    test $? -eq 137 && killed=$((killed + 1))
    for part in "$file".part*; do
        test -e "$part" || continue
        midway=$((midway + 1))
        rm "$part"
    done
    got=$(hash_after $((steps + 1)) --resume "$file")
    if test "$got" != "$want"; then
        bad=$((bad + 1))
        echo "not ok - kill $count: weights $got, not $want"
    fi
done
echo "crash: $count kills, $killed of a running program, $midway in a save;" \
    "$bad files not whole"
test $bad -eq 0
