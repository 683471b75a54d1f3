# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# boot_deb SUITE, boot_rpm: install a package in a Debian that is booted for it, and have inside.py,
# or inside_rpm.py, try it there. All that is needed is fetched when that Debian is made. Sourced.

# shellcheck source=tests/package/build.sh
. "$(dirname "${BASH_SOURCE[0]}")/build.sh"

packages=systemd-sysv,dbus,openssh-server,openssh-client,rsyslog,iproute2,procps,login,passwd
packages+=,python3,util-linux,libc-bin

# A package built on a newer Debian than that has libraries that are not there.
suite_is_old() {
    local own suites=" bookworm trixie forky sid "

    own=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    [[ $suites == *" $own "* ]] || skip "this is no Debian whose packages $1 can use"
    [[ ${suites%%" $own "*}" " == *" $1 "* ]]
}

# The same package, of a higher version: what an upgrade is tried with.
make_next() {
    local folder=$work/next-$1

    rm -rf "$folder"
    dpkg-deb -R "$deb" "$folder"
    sed -i 's/^Version: .*/&+next/' "$folder/DEBIAN/control"
    dpkg-deb -b "$folder" "$2" >/dev/null
    rm -rf "$folder"
}

# make_root SUITE: builds the Debian package, and makes a machine in $work/SUITE/rootfs, where apt
# finds what that depends on in its own cache. Several tests at once wait for the one that makes it.
make_root() {
    local suite=$1 included=$packages depends

    machine_needs cc
    ! suite_is_old "$suite" || skip "built on a newer Debian than $suite"
    package_deb
    depends=$(dpkg-deb -f "$deb" Depends)
    [ "$suite" != bookworm ] || included+=,rpm
    exec 8>"$work/.$suite.lock"
    flock 8
    # shellcheck disable=SC2016
    machine_make "$work/$suite/rootfs" "$suite" "$included" "$included $depends" \
        --skip=cleanup/apt/lists --skip=cleanup/apt/cache \
        --customize-hook="cp '$deb' \"\$1/root/x.deb\"" \
        --customize-hook='chroot "$1" apt-get install -qq --download-only --no-install-recommends -y /root/x.deb' \
        --customize-hook='rm "$1/root/x.deb"'
    exec 8>&-
}

make_stage() {
    local stage=$1

    rm -rf "$stage"
    mkdir -p "$stage"
    cp "$here"/*.py "$here"/manifest* "$here/../system/machine.py" \
        "$here/../system/instance_connect" "$stage/"
    cp -r "$here/../standin" "$stage/"
    cc -O1 -static -D_GNU_SOURCE -I"$top" -o "$stage/attack" "$here/attack.c" "$top/base/shut_in.c" \
        "$top/base/call_filter.c" "$top/base/err.c" -lseccomp
}

# run_inside ROOT STAGE SCRIPT ARGUMENT...
run_inside() {
    local root=$1 stage=$2 script=$3 status=0
    shift 3

    machine_boot "$root" "$stage"
    inside python3 -B "/stage/$script" "$@" || status=$?
    [ "$status" = 0 ] || inside journalctl --no-pager -n 80 -u 'countersign*' || true
    exit "$status"
}

boot_deb() {
    local suite=$1 stage=$work/$1/stage
    shift

    make_root "$suite"
    make_stage "$stage"
    cp "$deb" "$stage/first.deb"
    make_next "$suite" "$stage/next.deb"
    run_inside "$work/$suite/rootfs" "$stage" inside.py "$suite" "$@"
}

# An rpm in a Debian: no mirror of another system's is needed, and it has the libraries, as debs.
boot_rpm() {
    local root=$work/rpm-bookworm/rootfs stage=$work/rpm-bookworm/stage

    package_rpm
    make_root bookworm
    # one folder is booted once at a time; what is in them nobody writes to
    rm -rf --one-file-system "$root"
    mkdir -p "${root%/*}"
    cp -al "$work/bookworm/rootfs" "$root"
    make_stage "$stage"
    cp "$rpm" "$stage/first.rpm"
    cp "$next_rpm" "$stage/next.rpm"
    dpkg-deb -f "$deb" Depends | sed 's/([^)]*)//g; s/|[^,]*//g; s/,/ /g' >"$stage/depends"
    cp "$top/docs/operations.md" "$stage/"
    run_inside "$root" "$stage" inside_rpm.py "$@"
}
