# hand_in.sh -- puts answers where grade --from finds them. Sourced after
# tests/cli/tap.sh, with $here as tests/labs.

# hand_in VARIANT: wrong/VARIANT alone, under its exercise's name, into
# $scratch/from. VARIANT is a whole file, or what sed makes of the solution.
hand_in()
{
    solution=$(ls "$here/solutions/${1%%-*}".*)
    handed=$scratch/from/${solution##*/}
    rm -rf "$scratch/from"
    mkdir "$scratch/from"
    case $1 in
    *.sed) sed -f "$here/wrong/$1" "$solution" >"$handed" ;;
    *) cat "$here/wrong/$1" >"$handed" ;;
    esac
}
