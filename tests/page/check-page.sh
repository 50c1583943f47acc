#!/bin/sh
# check-page.sh -- the page's tests in a browser: make check-page. Needs node,
# npm and Chromium; without them it is skipped (77). Packages of npm are put into
# the build tree once. Usage: check-page.sh SOURCE_DIRECTORY [SUITE]
set -eu
from=$1
suite=${2-}

skip()
{
    echo "SKIP: $1"
    exit 77
}

test -e pipelab.html || skip "there is no page here; see ./bootstrap page"
command -v node >/dev/null || skip "node is missing: apt-get install nodejs"
chromium=${CHROMIUM-}
for name in chromium chromium-browser google-chrome; do
    test -n "$chromium" || chromium=$(command -v $name || :)
done
test -n "$chromium" || skip "Chromium is missing: apt-get install chromium"

mkdir -p check-page
if ! cmp -s "$from/package.json" check-page/package.json ||
    test ! -e check-page/whole; then
    command -v npm >/dev/null || skip "npm is missing: apt-get install npm"
    cp "$from/package.json" check-page
    (cd check-page && npm install --no-audit --no-fund --silent >&2) ||
        skip "npm could not bring puppeteer-core and axe-core"
    : >check-page/whole
fi
NODE_PATH=$(pwd)/check-page/node_modules
export NODE_PATH
exec node "$from/check_page.js" pipelab.html ./pipelab "$chromium" $suite
