# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# boot_and_test SUITE: installs the package in a Debian that is booted for it, and has inside.py
# try it there. All that is needed is fetched when that Debian is made. Sourced.

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

boot_and_test() {
    local suite=$1 root=$work/$1/rootfs stage=$work/$1/stage depends status=0
    shift

    machine_needs cc
    ! suite_is_old "$suite" || skip "built on a newer Debian than $suite"
    package_deb
    depends=$(dpkg-deb -f "$deb" Depends)
    # apt in the machine finds what the package depends on in its own cache
    # shellcheck disable=SC2016
    machine_make "$root" "$suite" "$packages" "$packages $depends" \
        --skip=cleanup/apt/lists --skip=cleanup/apt/cache \
        --customize-hook="cp '$deb' \"\$1/root/x.deb\"" \
        --customize-hook='chroot "$1" apt-get install -qq --download-only --no-install-recommends -y /root/x.deb' \
        --customize-hook='rm "$1/root/x.deb"'

    rm -rf "$stage"
    mkdir -p "$stage"
    cp "$deb" "$stage/first.deb"
    make_next "$suite" "$stage/next.deb"
    cp "$here/inside.py" "$here/manifest" "$here/../system/machine.py" \
        "$here/../system/instance_connect" "$stage/"
    cc -O1 -static -o "$stage/attack" "$here/attack.c"
    machine_boot "$root" "$stage"
    inside python3 -B /stage/inside.py "$suite" "$@" || status=$?
    [ "$status" = 0 ] || inside journalctl --no-pager -n 80 -u 'countersign*' || true
    exit "$status"
}
