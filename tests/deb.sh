#!/bin/sh
# deb.sh TARBALL -- builds the Debian packages from the tarball as an ordinary
# user, with the tests that debian/rules names, has lintian look at them, and
# looks where the library, its header and its Python module went.
set -u
for tool in dpkg-buildpackage dh dh_python3 lintian; do
    command -v $tool >/dev/null || {
        echo "SKIP: no $tool here; apt-get install dpkg-dev debhelper" \
            "dh-python lintian"
        exit 77
    }
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
tar -xzf "$1" -C "$scratch" || exit 1
chmod a+x "$scratch"

build="cd '$scratch'/pipelab-* &&
    DEB_BUILD_OPTIONS=parallel=$(nproc) dpkg-buildpackage -us -uc &&
    lintian --fail-on error,warning --suppress-tags no-nmu-in-changelog ../*.changes"
# Root would not notice a place that may not be written.
if test "$(id -u)" = 0; then
    chown -R nobody "$scratch"
    su -s /bin/sh nobody -c "HOME='$scratch'; export HOME; $build"
else
    sh -c "$build"
fi || exit 1

# holds PACKAGE FILE...: the files are in that package and in no other.
holds()
{
    package=$1
    shift
    for deb in "$scratch"/*_*.deb; do
        name=${deb##*/}
        dpkg-deb --contents "$deb" >"$scratch/contents"
        test "${name%%_*}" = "$package" && wanted=0 || wanted=1
        for file; do
            grep -q "$file\$" "$scratch/contents"
            test $? -eq $wanted || {
                echo "$name: $file"
                exit 1
            }
        done
    done
}
holds pipelab /bin/pipelab
holds libpipelab0 '/libpipelab\.so\.[0-9.]*'
holds libpipelab-dev pipelab.h pipelab.pc
holds python3-pipelab dist-packages/pipelab.py
echo "deb: $(cd "$scratch" && echo *.deb)"
