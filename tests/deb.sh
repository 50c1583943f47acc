#!/bin/sh
# deb.sh TARBALL -- builds the Debian package from the tarball as an ordinary
# user, with the tests that debian/rules names, and has lintian look at it.
set -u
for tool in dpkg-buildpackage dh lintian; do
    command -v $tool >/dev/null || {
        echo "SKIP: no $tool here; apt-get install dpkg-dev debhelper lintian"
        exit 77
    }
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
tar -xzf "$1" -C "$scratch" || exit 1
chmod a+x "$scratch"

build="cd '$scratch'/pipelab-* &&
    DEB_BUILD_OPTIONS=parallel=$(nproc) dpkg-buildpackage -us -uc &&
    lintian --fail-on error --suppress-tags no-nmu-in-changelog ../*.changes"
# Root would not notice a place that may not be written.
if test "$(id -u)" = 0; then
    chown -R nobody "$scratch"
    su -s /bin/sh nobody -c "HOME='$scratch'; export HOME; $build"
else
    sh -c "$build"
fi || exit 1
echo "deb: $(cd "$scratch" && echo *.deb)"
