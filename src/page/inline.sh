#!/bin/sh
# inline.sh - makes one HTML file of the page's parts and the engine.
# Usage: inline.sh DIRECTORY ENGINE.wasm >pipelab.html
set -eu
from=$1
wasm=$2
parts="engine state plan trace why timeline canvas figures time point pair save
    edit levels run machine main start"

# Without the blanks that lines begin with, a tenth of them: the page is small.
scripts()
{
    sed 's/^  *//' "$from/engine.js"
    for part in $parts; do
        sed 's/^  *//' "$from/page_$part.js"
    done
}

echo '<!DOCTYPE html>'
while IFS= read -r line; do
    case $line in
    @@page.css@@) cat "$from/page.css" ;;
    @@page.js@@) scripts ;;
    *@@engine@@*)
        printf '%s' "${line%%@@*}"
        gzip -9n <"$wasm" | base64 | tr -d '\n'
        printf '%s\n' "${line##*@@}"
        ;;
    *@@run@@*) printf '%snull%s\n' "${line%%@@*}" "${line##*@@}" ;;
    *) printf '%s\n' "$line" ;;
    esac
done <"$from/page.html"
