# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# The packages that the tests here look at: built once of the sources as they stand. Sourced.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${abs_top_builddir:-$PWD}
top=${abs_top_srcdir:-$here/../..}
work=$build/tests/package/work
# shellcheck source=tests/system/machine.sh
. "$here/../system/machine.sh"

# is_stale FILE: the sources are newer, or it is not there.
is_stale() {
    [ -f "$1" ] || return 0
    find "$top" -path "$top/build*" -prune -o -path "$top/.git" -prune -o -path "$top/dist" -prune -o \
        -path "$top/tests" -prune -o -type f -newer "$1" \
        \( -name '*.[ch]' -o -name '*.def' -o -name '*.mk' -o -name '*.am' -o -name configure.ac -o \
        -path "$top/packaging/*" -o -path "$top/docs/man/*" -o -path "$top/etc/*" \) -print -quit |
        grep -q .
}

# What an upgrade is tried with: what was built just now, as a package of a higher release.
make_next_rpm() {
    local folder=$top/build/package/rpm

    rpmbuild -bb --short-circuit --noclean --nodeps --load="$folder/SPECS/debian.macros" \
        --define "_topdir $folder" --define "countersign_next 1" \
        --buildroot "$(echo "$folder"/BUILDROOT/countersign-*)" "$folder/SPECS/countersign.spec"
    mv "$folder"/RPMS/*/countersign-*.next.*.rpm "$work/rpm/"
}

# build_package deb|rpm TOOL...: builds it, with these, where that was not done yet, or the sources
# are newer. Several tests at once wait for the one that builds.
build_package() {
    local kind=$1 tool
    shift

    for tool in "$@"; do
        command -v "$tool" >/dev/null || skip "there is no $tool: no package can be built"
    done
    mkdir -p "$work/$kind"
    exec 9>"$work/.lock"
    flock 9
    if is_stale "$work/$kind/.built"; then
        if ! { "$top/scripts/package" "$kind" "$work/$kind" &&
            { [ "$kind" != rpm ] || make_next_rpm; }; } >"$work/$kind.log" 2>&1; then
            tail -n 60 "$work/$kind.log"
            exit 1
        fi
        touch "$work/$kind/.built"
    fi
    exec 9>&-
}

# $deb is its path.
package_deb() {
    build_package deb dh dpkg-buildpackage lintian
    deb=$(find "$work/deb" -name 'countersign_*.deb')
}

# $rpm is its path, $next_rpm that of the next version.
package_rpm() {
    build_package rpm rpmbuild rpmlint
    next_rpm=$(find "$work/rpm" -name 'countersign-*.next.*.rpm')
    rpm=$(find "$work/rpm" -name 'countersign-[0-9]*.rpm' -not -name '*.src.rpm' -not -name '*.next.*')
}
