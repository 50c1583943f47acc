#!/bin/sh
# fuzz.sh SOURCE -- libFuzzer on everything that comes from outside, for
# FUZZ_SECONDS (30) each, under the address and undefined-behaviour sanitizers.
# What it finds is left in fuzz/, to be added to the corpus when it is mended.
source=$1
seconds=${FUZZ_SECONDS:-30}
mkdir -p fuzz || exit 1
cd fuzz || exit 1
echo 'int LLVMFuzzerTestOneInput(const char *b, unsigned long n)
{ (void)b; return (int)(n - n); }' >probe.c
if ! clang -fsanitize=fuzzer,address probe.c -o probe >/dev/null 2>&1; then
    echo "SKIP: clang with libFuzzer is not installed (clang," \
        "libclang-rt-14-dev)"
    exit 77
fi
targets=
for directory in "$source"/tests/fuzz/corpus/*; do
    targets="$targets $(basename "$directory")"
done
{
    test -e Makefile || "$source/configure" -q CC=clang \
        --enable-sanitizer=address,undefined \
        CFLAGS='-O1 -g -fsanitize=fuzzer-no-link'
    for target in $targets; do
        make -j"$(nproc)" "tests/fuzz/fuzz_$target" || exit 1
    done
} >build.log 2>&1 || { tail -n 20 build.log; exit 1; }

# One core each.
export source seconds
printf '%s\n' $targets | xargs -P "$(nproc)" -n 1 sh -c '
    mkdir -p "corpus-$0"
    "tests/fuzz/fuzz_$0" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=4096 -max_len=4096 -print_final_stats=1 \
        -artifact_prefix="$0-" "corpus-$0" \
        "$source/tests/fuzz/corpus/$0" >"$0.log" 2>&1
    echo $? >"$0.status"'
failed=0
total=0
for target in $targets; do
    read -r status <"$target.status" || status=none
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$target.log")
    total=$((total + ${runs:-0}))
    if test "$status" = 0; then
        echo "ok - $target: ${runs:-0} executions"
    else
        echo "not ok - $target after ${runs:-0} executions"
        tail -n 40 "$target.log"
        failed=$((failed + 1))
    fi
done
echo "fuzz: $total executions, $failed findings"
test $failed -eq 0
