#!/usr/bin/env bash
# make.sh [--no-archive] FOLDER [RELEASE...]: makes the source archive and the Debian package of the committed state in
# FOLDER, with SHA256SUMS. With names of releases (bookworm trixie) it makes a package for each in a clean root, offline
# once its build packages are there, which takes root and debootstrap; without, one for this system.
# DEBFULLNAME and DEBEMAIL say who answers for the package.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$source_dir/data/setup.sh"
. "$source_dir/data/package/clean_root.sh"

with_archive=true
if [ "${1:-}" = --no-archive ]; then
    with_archive=false
    shift
fi
[ $# -ge 1 ] || fail "no folder is named" "data/package/make.sh FOLDER [RELEASE...]"
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
version=$(sed -n 's/^project(jobtally VERSION \([0-9.]*\).*/\1/p' "$source_dir/CMakeLists.txt")
mapfile -t packages < <(program_packages; printf '%s\n' dpkg-dev file)
archive=$out/jobtally-$version.tar.gz
work=$(mktemp -d "${TMPDIR:-/tmp}/jobtally-package.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The same commit gives the same bytes.
make_archive() {
    git -c tar.umask=0022 -C "$source_dir" archive --prefix="jobtally-$version/" HEAD | gzip -9n >"$archive"
    note "made $archive"
}

# build SOURCE: the package of this system, in $out.
build() {
    local release
    release=1~deb$(os_release VERSION_ID)
    [ "$(os_release ID)" = debian ] || release=1~$(os_release ID)$(os_release VERSION_ID)
    quietly "$out/configure.log" "configuring" cmake -S "$1" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_UNITY_BUILD=ON -DJOBTALLY_TESTS=OFF -DCMAKE_INSTALL_PREFIX=/usr -DJOBTALLY_PACKAGE_RELEASE="$release" \
        -DJOBTALLY_MAINTAINER="${DEBFULLNAME:-The jobtally authors} <${DEBEMAIL:-jobtally@$(hostname -f)}>"
    quietly "$out/build.log" "building" nice cmake --build "$work/build" --parallel "${JOBTALLY_JOBS:-$(build_jobs)}"
    (cd "$work/build" && quietly "$out/cpack.log" "packing" cpack -G DEB -B "$work/packed")
    mv "$work"/packed/*.deb "$out"
    rm "$out"/{configure,build,cpack}.log
}

# build_for RELEASE: the same in a clean root, from the archive.
build_for() {
    local root=$work/$1
    quietly "$out/$1.log" "a clean root of $1" clean_root "$1" "$root"
    mkdir "$root/source" "$root/out"
    tar -xzf "$archive" -C "$root/source" --strip-components=1
    # shellcheck disable=SC2016
    quietly "$out/$1.log" "its build packages" in_root "$root" bash -c \
        '. /source/data/setup.sh && need_packages /out/packages.log $(program_packages) dpkg-dev file'
    quietly "$out/$1.log" "its package" in_root_offline "$root" bash /source/data/package/make.sh --no-archive /out
    mv "$root"/out/*.deb "$out"
    rm -rf "$root" "$out/$1.log"
}

if $with_archive; then make_archive; fi
if [ $# -gt 0 ]; then
    for release in "$@"; do build_for "$release"; done
elif $with_archive; then
    need_packages "$out/packages.log" "${packages[@]}"
    mkdir "$work/source"
    tar -xzf "$archive" -C "$work/source" --strip-components=1
    build "$work/source"
else
    need_packages "$out/packages.log" "${packages[@]}"
    build "$source_dir"
fi
rm -f "$out/packages.log"
if $with_archive; then (cd "$out" && sha256sum -- *.tar.gz *.deb >SHA256SUMS); fi
if command -v lintian >/dev/null; then lintian --fail-on error,warning -- "$out"/*.deb >&2; fi
ls -l "$out" >&2
