# hand_in.sh -- puts answers where grade --from finds them. Sourced after
# tests/cli/tap.sh, with $here as tests/labs.

# hand_in VARIANT DIRECTORY: wrong/VARIANT alone, under its exercise's name.
# VARIANT is a whole file, or what sed makes of the solution.
hand_in()
{
    solution=$(ls "$here/solutions/${1%%-*}".*)
    rm -rf "$2"
    mkdir -p "$2"
    case $1 in
    *.sed) sed -f "$here/wrong/$1" "$solution" >"$2/${solution##*/}" ;;
    *) cat "$here/wrong/$1" >"$2/${solution##*/}" ;;
    esac
}
