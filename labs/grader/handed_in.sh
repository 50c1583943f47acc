# handed_in.sh -- from the file that a student hands in to the claims that hold.
# labs/grade reads it and sets what it uses: the directories source, build, home
# (of the exercises), checks (of their claims), from (of what is handed in),
# scratch and objects, and seconds, those of a claim.
#
#   build_shared       what is ours and all exercises need, unless it is there
#   build_claims NAME  the claims of one
#   build NAME         $scratch/check, from the student's file; if that cannot
#                      be, $why says why not
#   run_claims NAME    $scratch/results: a line a claim, as grader.c says; and
#                      $scratch/printed, what the student's code has printed
#
# Nothing of the student's runs or is read but under the limits of within.c.
most_bytes=100000
memory=2048 # megabytes
compile_seconds=$((5 * seconds))

# limited SECONDS MEGABYTES COMMAND...: that much time and output.
limited()
{
    limit=$1
    size=$2
    shift 2
    "$objects/within" "$limit" "$memory" "$size" "$@"
}

refuse()
{
    why=$1
    return 1
}

# A full disk is not the student's fault, and a compiler may say other things.
must_have_room()
{
    head -c 4000000 /dev/zero >"$scratch/room" 2>/dev/null ||
        stop "there is not enough space left in $place" 1
    rm "$scratch/room"
}

# ---- what is ours ----

# cannot WHAT: ends, for what the grader itself needs is not there.
cannot()
{
    must_have_room
    stop "cannot $1" 1
}

# The file $objects/headers is as old as the last change of any header.
date_headers()
{
    test -f "$objects/headers" &&
        test -z "$(find "$source/src" "$source/labs" "$build/config.h" \
            "$build/config.status" \( -name '*.h' -o -name config.status \) \
            -newer "$objects/headers" 2>/dev/null)" ||
        : >"$objects/headers"
}

# is_fresh FROM INTO: there is INTO, newer than all of which it is made.
is_fresh()
{
    test -n "$(find "$2" -newer "$1" -newer "$objects/headers" 2>/dev/null)"
}

# compile_ours FROM INTO FLAG...
compile_ours()
{
    ours=$1
    object=$2
    shift 2
    is_fresh "$ours" "$object" && return
    $cc $defs -I"$build" -I"$source/src" -I"$source/labs" \
        -I"$source/labs/grader" $cppflags $warnings $cflags -g $threads \
        $sanitizer "$@" -c -o "$scratch/ours.o" "$ours" >&2 &&
        mv "$scratch/ours.o" "$object" ||
        cannot "compile the grader itself: $ours"
    stale=yes
}

build_within()
{
    is_fresh "$source/labs/grader/within.c" "$objects/within" ||
        { $cc -O1 $cppflags -o "$scratch/within" \
            "$source/labs/grader/within.c" >&2 &&
            mv "$scratch/within" "$objects/within"; } ||
        cannot "compile the grader itself: within.c"
}

# Of the parts that exercises share each takes what it needs.
build_shared()
{
    stale=
    date_headers
    build_within
    for part in "$source"/labs/grader/*.c; do
        part=${part##*/}
        case $part in
        check_*.c | show.c | within.c) ;;
        *) compile_ours "$source/labs/grader/$part" \
            "$objects/shared/${part%.c}.o" ;;
        esac
    done
    if test "$stale" || test ! -f "$objects/libgrader.a"; then
        rm -f "$scratch/libgrader.a"
        (cd "$objects/shared" && $ar cr "$scratch/libgrader.a" ./*.o) &&
            mv "$scratch/libgrader.a" "$objects" ||
            cannot "make the grader's library"
    fi
}

build_claims()
{
    compile_ours "$checks/check_$1.c" "$claims/check_$1.o"
    is_fresh "$claims/check_$1.o" "$claims/check_$1.names" ||
        { $nm -P -u "$claims/check_$1.o" >"$scratch/names" &&
            mv "$scratch/names" "$claims/check_$1.names"; } ||
        cannot "read the names of check_$1.o"
}

# ---- what is the student's ----

# Copies it, so that it is one file with an end whatever it was.
fetch()
{
    path=$from/$1
    if test -L "$path"; then
        refuse "$1 is a symbolic link; hand in the file itself"
    elif test ! -e "$path"; then
        refuse "there is no $1"
    elif test ! -f "$path"; then
        refuse "$1 is not a file"
    elif test ! -r "$path"; then
        refuse "$1 may not be read"
    elif test "$(wc -c <"$path")" -gt $most_bytes; then
        refuse "$1 is longer than $most_bytes bytes"
    else
        rm -f "$scratch/$1"
        cp "$path" "$scratch/$1" || stop "cannot copy $1" 1
    fi
}

# compile NAME FLAGS...: $scratch/theirs.o; a calls list beside it. Calls of
# pthread_cond_wait() go by way of the claims.
compile()
{
    file=$1.c
    shift
    # shellcheck disable=SC2086 # words
    (cd "$scratch" && limited $compile_seconds 64 $cc $cppflags $cflags \
        -I"$build" -I"$source/src" -I"$source/labs" -w -g $threads "$@" \
        -Werror=implicit-function-declaration \
        -Dpthread_cond_wait=channel_cond_wait -MD -MT theirs -MF theirs.d \
        -c -o theirs.o "$file") >"$scratch/errors" 2>&1
    status=$?
    test $status -ne 0 || return 0
    test $status -ne 124 ||
        refuse "does not compile within $compile_seconds seconds" || return
    must_have_room
    error=$(grep -a -m 1 error "$scratch/errors" ||
        tail -n 1 "$scratch/errors" | cut -c -300)
    refuse "does not compile: $error"
}

# The files that the compiler has read, one a line.
included()
{
    blank=$(printf '\001')
    sed -e 's/^theirs://' -e 's/\\$//' -e "s/\\\\ /$blank/g" -e 's/\\#/#/g' \
        -e 's/\$\$/$/g' "$scratch/theirs.d" | tr -s ' ' '\n' | tr '\001' ' '
}

# Headers of the system or the program, and no other file.
is_header()
{
    case $1 in
    */../*) return 1 ;;
    "$source"/src/*.h | "$source"/src/*.def) return 0 ;;
    "$source/labs/exercises.h" | "$home"/*.h) return 0 ;;
    *.h) ;;
    *) return 1 ;;
    esac
    while IFS= read -r directory; do
        case $1 in "$directory"/*) return 0 ;; esac
    done <"$scratch/system"
    return 1
}

# Where the compiler itself looks for headers.
system_directories()
{
    # shellcheck disable=SC2086 # words
    $cc $cppflags -E -v -x c /dev/null 2>&1 </dev/null |
        sed -n '/^#include </,/^End of search/s/^ //p' >"$scratch/system"
}

includes_headers_only()
{
    test -f "$scratch/system" || system_directories
    included >"$scratch/included"
    while IFS= read -r path; do
        test -z "$path" || test "$path" = "$1.c" || is_header "$path" ||
            refuse "includes ${path#"$source/"}, which is not a header that it \
may use" || return
    done <"$scratch/included"
}

# Code outside functions that are called: constructors and the like.
runs_when_called()
{
    ! $objdump -h "$scratch/theirs.o" |
        grep -q -e ' \.\(pre\)*init' -e ' \.fini' -e ' \.[cd]tors' \
            -e ' \.interp' -e ' \.dynamic' -e ' \.got' -e ' \.plt' \
            -e '__mod_init' -e '__mod_term' ||
        refuse "has code that runs before or after the program's: take the \
attributes constructor, destructor and section out"
}

uses_allowed_names()
{
    complaint=$({
        sed 's/^/rule /' "$source/labs/grader/rules"
        sed 's/^/need /' "$claims/check_$1.names"
        $nm -P "$scratch/theirs.o" | sed 's/^/has /'
    } | awk -v EXERCISE="$1" -f "$source/labs/grader/inspect.awk")
    test -z "$complaint" || refuse "$complaint"
}

# What is judged is compiled without what a sanitizer adds. Then all of its
# names but the exercise's are its own: a main() of the student's or a name that
# the grader has, too, does not meet the other.
build_theirs()
{
    fetch "$1.c" &&
        compile "$1" -fno-lto -fno-sanitize=all -fno-profile-arcs &&
        includes_headers_only "$1" && runs_when_called &&
        uses_allowed_names "$1" || return
    # shellcheck disable=SC2086 # words
    test -z "$sanitizer" || compile "$1" $sanitizer || return
    test -z "$objcopy" ||
        $objcopy -w --keep-global-symbol='exercise_*' \
            --keep-global-symbol='_exercise_*' "$scratch/theirs.o" ||
        stop "cannot prepare $1" 1
}

# link PROGRAM OBJECT...
link()
{
    program=$1
    shift
    # shellcheck disable=SC2086 # words
    limited $compile_seconds 256 $cc $cflags $threads $sanitizer $ldflags \
        -o "$program" "$@" "$objects/libgrader.a" \
        "$rooms/plan/libplan.a" "$rooms/data/libdata.a" \
        "$rooms/nn/libnn.a" "$rooms/tensor/libtensor.a" \
        "$rooms/base/libbase.a" $libraries >"$scratch/errors" 2>&1 && return
    must_have_room
    refuse "does not link: $(grep -a -m 1 -i -e multiple -e duplicate \
        -e undefined "$scratch/errors" | sed 's/^.*: //')"
}

build()
{
    graded=
    if test -f "$home/$1.csv"; then
        graded=$scratch/$1.csv
        fetch "$1.csv" && link "$scratch/check" "$claims/check_$1.o"
    else
        build_theirs "$1" &&
            link "$scratch/check" "$claims/check_$1.o" "$scratch/theirs.o"
    fi
}

run_claims()
{
    : >"$scratch/results"
    test -z "$sanitizer" || memory=0
    limited $((10 * seconds + 10)) 1 $run "$scratch/check" \
        "$scratch/results" "$seconds" ${graded:+"$graded"} \
        >"$scratch/printed" 2>&1
    test $? -ne 125 ||
        stop "the claims of $1: $(tail -n 1 "$scratch/printed")" 1
    memory=2048
}
