# show.sh -- draws the plan that a student's code makes, or trains with it.
# labs/grade reads it for --show and --train.
#
# The student's function writes its plan as CSV (show.c), and pipelab takes it
# from there: valid or not, it is drawn as far as it runs. Status: pipelab's; 1
# if the weights are not the monolith's.
pipelab=$build/pipelab
steps=30
plans="naive gpipe steps 1f1b 1f1b_comms async repair "
name=${names%"$tab"}
test -n "$name" || stop "--$mode of which? use one of $plans" 2
case " $plans" in
*" $name "*) ;;
*) stop "$name makes no plan; use one of $plans" 2 ;;
esac
test $((ranks * mbs)) -ge 1 ||
    stop "--ranks and --microbatches are 1 or more" 2
test -x "$pipelab" || stop "$pipelab is not built; run make" 1

# The functions of an exercise that make a plan: their names without
# "exercise_".
functions_of()
{
    case $1 in
    steps) echo "naive_step gpipe_step" ;;
    1f1b_comms) echo 1f1b_step ;;
    async) echo async_step ;;
    *) echo "$1" ;;
    esac
}

# build_show FUNCTION: $scratch/show, around the student's function.
build_show()
{
    kind=SHOW_POLICY
    case $1 in
    *_step) kind=SHOW_STEPS ;;
    esac
    compile_ours "$source/labs/grader/show.c" "$scratch/show_$1.o" \
        -D$kind="exercise_$1"
    link "$scratch/show" "$scratch/show_$1.o" "$scratch/theirs.o" ||
        stop "$name.c $why" 1
}

# write_plan FUNCTION: FUNCTION.csv from what the student has.
write_plan()
{
    build_show "$1"
    test -z "$sanitizer" || memory=0
    # shellcheck disable=SC2086 # words
    limited "$seconds" 50 $run "$scratch/show" "$ranks" "$mbs" \
        "$scratch/$1.csv" >"$work/$name.out" 2>&1 </dev/null
    status=$?
    test $status -eq 0 || stop "$name.c does not end well (status $status), \
so there is no plan; what it printed is in $work/$name.out" 1
    # In a file such a row is no rank.
    idle=$(grep -n '^$' "$scratch/$1.csv" | head -n 1)
    test -z "$idle" ||
        stop "$name.c: rank $((${idle%%:*} - 1)) has no action yet" 3
}

# member NAME FILE: of pipelab's JSON; of an array, the first element.
member()
{
    sed -n "s/.*\"$1\": *[[\"]*\\([^]\",}]*\\).*/\\1/p" "$2" | head -n 1
}

train_with()
{
    rows=$(grep -c '[0-9]' "$1.csv")
    last=$(tr -cs '[:alnum:]_' '\n' <"$1.csv" |
        sed -n 's/^[0-9]*[A-Z_]*[A-Z]\([0-9][0-9]*\)$/\1/p' |
        sort -n | tail -n 1)
    model="--steps $steps --layers $((rows > 8 ? rows : 8)) --format json"
    # shellcheck disable=SC2086 # lists of options
    "$pipelab" train --load "$1.csv" $capacity $model >plan.json || return $?
    # shellcheck disable=SC2086
    "$pipelab" train --schedule none --microbatches $((last + 1)) \
        $model >whole.json || return $?
    echo "$1: $rows ranks, $((last + 1)) microbatches, $steps steps"
    for who in plan whole; do
        title="your plan"
        test $who = plan || title="the monolith"
        printf '  %-13s loss %.4f to %.4f, weights %s\n' "$title" \
            "$(member losses $who.json)" "$(member final_loss $who.json)" \
            "$(member weights_hash $who.json)"
    done
    if test "$(member weights_hash plan.json)" = \
        "$(member weights_hash whole.json)"; then
        echo "  the same weights, bit for bit"
    else
        echo "  not the same bits: added in another order, gradients are rounded \
otherwise"
        return 1
    fi
}

if test "$name" = repair; then
    fetch repair.csv || stop "$why" 1
else
    build_shared
    build_claims "$name"
    build_theirs "$name" || stop "$name.c $why" 1
fi
ended=0
for function in $(functions_of "$name"); do
    test "$name" = repair || write_plan "$function"
    cd "$scratch" || exit 1
    # shellcheck disable=SC2086 # an option or nothing
    case $mode in
    show) "$pipelab" simulate --load "$function.csv" $capacity ;;
    train) train_with "$function" ;;
    esac
    status=$?
    test $ended -ne 0 || ended=$status
done
exit $ended
