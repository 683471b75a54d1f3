# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The package that the tests here look at: built once of the sources as they stand. Sourced.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${abs_top_builddir:-$PWD}
top=${abs_top_srcdir:-$here/../..}
work=$build/tests/package/work
# shellcheck source=tests/system/machine.sh
. "$here/../system/machine.sh"

is_stale() {
    [ -f "$work/dist/.built" ] || return 0
    find "$top" -path "$top/build*" -prune -o -path "$top/.git" -prune -o -path "$top/dist" -prune -o \
        -path "$top/tests" -prune -o -type f -newer "$work/dist/.built" \
        \( -name '*.[ch]' -o -name '*.def' -o -name '*.mk' -o -name '*.am' -o -name configure.ac -o \
        -path "$top/packaging/*" -o -path "$top/docs/man/*" -o -path "$top/etc/*" \) -print -quit |
        grep -q .
}

# Builds it where that was not done yet, or the sources are newer; $deb is its path. Several
# tests at once wait for the one that builds.
package_deb() {
    local tool

    for tool in dh dpkg-buildpackage lintian; do
        command -v "$tool" >/dev/null || skip "there is no $tool: no package can be built"
    done
    mkdir -p "$work/dist"
    exec 9>"$work/.lock"
    flock 9
    if is_stale; then
        if ! "$top/scripts/package" deb "$work/dist" >"$work/build.log" 2>&1; then
            tail -n 60 "$work/build.log"
            exit 1
        fi
        touch "$work/dist/.built"
    fi
    exec 9>&-
    # shellcheck disable=SC2034
    deb=$(find "$work/dist" -name 'countersign_*.deb')
}
