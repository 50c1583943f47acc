# Prints the first sentence of every file, room by room: what follows the name in
# "/* name.h -- Sentence." A .c whose header was printed before is left out.
FNR == 1 {
    n = split(FILENAME, part, "/")
    stem = FILENAME
    sub(/\.[ch]$/, "", stem)
    open = !(stem in printed)
    printed[stem] = 1
    text = ""
    sub(/^.* -- /, "")
}
open {
    sub(/^ \* */, "")
    ended = sub(/ *\*\/.*/, "") || $0 == ""
    text = text (text == "" || $0 == "" ? "" : " ") $0
    if (sub(/[.] .*/, "", text) || ended || text ~ /[.]$/) {
        sub(/[.]$/, "", text)
        line[part[n - 1], ++lines[part[n - 1]]] = \
            sprintf("  %-28s %s", part[n], text)
        if (lines[part[n - 1]] == 1)
            room[++rooms] = part[n - 1]
        open = 0
    }
}
END {
    for (r = 1; r <= rooms; r++) {
        print "src/" room[r]
        for (i = 1; i <= lines[room[r]]; i++)
            print line[room[r], i]
    }
}
