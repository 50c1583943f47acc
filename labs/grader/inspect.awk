# inspect.awk -- says what is wrong with the names in a student's object, if
# anything is: those that it takes from outside must be allowed by the rules,
# and what the claims call must be there. EXERCISE is the exercise's name. Each
# line of the input has a word before it:
#
#   rule  a line of rules
#   need  a name that the claims take from outside, by nm -P -u
#   has   a name of the student's object, by nm -P

# A name as C has it. Some systems put an underscore before each.
function plain(name)
{
    if (underscore)
        sub(/^_/, "", name)
    sub(/[$@].*/, "", name)
    sub(/^__isoc[0-9]+_/, "", name)
    if (name ~ /^__.*_chk$/)
        name = substr(name, 3, length(name) - 6)
    return name
}

function is_among(name, patterns, count,    i)
{
    for (i = 1; i <= count; i++)
        if (name ~ patterns[i])
            return i
    return 0
}

function pattern(word)
{
    gsub(/\*/, ".*", word)
    return "^" word "$"
}

function complain(text)
{
    print text
    complained = 1
    exit
}

$1 == "rule" && $2 == "may" {
    for (i = 4; i <= NF; i++)
        if ($3 == "any" || $3 == EXERCISE)
            may[++allowed] = pattern($i)
        else
            others[++other] = pattern($i)
    listed = listed || $3 == EXERCISE
}

$1 == "rule" && $2 == "why" {
    sentence = $0
    sub(/^.* : /, "", sentence)
    for (i = 3; i <= NF && $i != ":"; i++) {
        refused[++reasons] = pattern($i)
        reason[reasons] = sentence
    }
}

$1 == "need" && $2 ~ /^_?exercise_/ {
    underscore = $2 ~ /^_/
    wanted[plain($2)] = 1
}

$1 == "has" && $3 == "i" {
    complain("it chooses " $2 "() before the program begins; take the " \
        "attribute ifunc out")
}

$1 == "has" && $3 !~ /^[Uwv]$/ {
    defined[plain($2)] = 1
    next
}

# An exercise that the rules do not know may use what those of the course may.
$1 == "has" {
    name = plain($2)
    if (is_among(name, may, allowed) ||
        (!listed && is_among(name, others, other)))
        next
    found = is_among(name, refused, reasons)
    if (found)
        complain("it calls " name "(): " reason[found])
    complain("it uses " name ", which is not among what it may use; see " \
        "labs/grader/rules")
}

END {
    for (name in wanted)
        if (!(name in defined) && !complained)
            complain("it has no " name "(); keep the name")
}
