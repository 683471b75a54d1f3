# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# What scripts/demo, scripts/test and scripts/bench share: installing what is missing and
# configuring a build folder. Sourced, never run.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() {
    printf '%s\n' "$*" >&2
}

die() {
    say "$0: $*"
    exit 3
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        die "packages are missing, and this is neither root nor is there sudo: $*"
    fi
}

build_packages_deb="gcc libc6-dev make autoconf automake autoconf-archive pkgconf xz-utils
    libjansson-dev nettle-dev zlib1g-dev libsystemd-dev libsmartcols-dev libisal-dev
    libsqlite3-dev libcurl4-openssl-dev libpcre2-dev libseccomp-dev tzdata"
test_packages_deb="libcunit1-dev clang libclang-rt-14-dev clang-format clang-tidy cppcheck
    shellcheck mandoc python3 jq gzip gawk systemd-journal-remote openssh-client binutils git
    mmdebstrap systemd-container util-linux python3-botocore openssl logrotate strace procps
    rsyslog rsyslog-gnutls nginx-light prometheus python3-prometheus-client
    python3-yaml zsh chromium ansible-core yamllint"
demo_packages_deb="python3 openssh-server openssh-client"
package_packages_deb="build-essential debhelper dpkg-dev lintian rpm rpmlint mmdebstrap systemd-container
    debian-archive-keyring"
bench_packages_deb="g++ python3 rsyslog libsimdjson-dev ripgrep grep jq isal pigz liblognorm-utils sec fail2ban
    systemd-journal-remote"

# EL 9, untried: the names are those of AppStream, CRB and EPEL.
build_packages_rpm="gcc make autoconf automake autoconf-archive pkgconf-pkg-config xz
    jansson-devel nettle-devel zlib-devel systemd-devel libsmartcols-devel isa-l-devel
    sqlite-devel libcurl-devel pcre2-devel libseccomp-devel tzdata"
test_packages_rpm="CUnit-devel clang compiler-rt clang-tools-extra cppcheck ShellCheck mandoc
    python3 jq gzip gawk systemd-journal-remote openssh-clients binutils git"
demo_packages_rpm="python3 openssh-server openssh-clients"
package_packages_rpm="rpm-build rpmlint systemd-rpm-macros"
bench_packages_rpm="gcc-c++ simdjson-devel ripgrep grep jq isa-l pigz liblognorm-utils sec
    fail2ban-server systemd-journal-remote"

install_deb() {
    local missing=() package

    for package in "$@"; do
        dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing: ${missing[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
        --no-install-recommends "${missing[@]}" >&2
}

install_rpm() {
    local missing=() package

    for package in "$@"; do
        rpm -q "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing: ${missing[*]}"
    as_root dnf -q install -y dnf-plugins-core >&2
    as_root dnf -q config-manager --set-enabled crb >&2 || true
    as_root dnf -q install -y epel-release >&2 || true
    as_root dnf -q install -y "${missing[@]}" >&2
}

# install build|test|demo|bench|package: what that needs, where it is not there yet.
install() {
    local kind deb=() rpm=()

    for kind in "$@"; do
        local deb_list="${kind}_packages_deb" rpm_list="${kind}_packages_rpm"
        read -r -d '' -a names <<<"${!deb_list}" || true
        deb+=("${names[@]}")
        read -r -d '' -a names <<<"${!rpm_list}" || true
        rpm+=("${names[@]}")
    done
    if command -v apt-get >/dev/null 2>&1; then
        install_deb "${deb[@]}"
    elif command -v dnf >/dev/null 2>&1; then
        install_rpm "${rpm[@]}"
    else
        die "neither apt-get nor dnf: install by hand what docs/building.md lists"
    fi
}

# generate: ./configure, where it is missing or older than what it is made of.
generate() {
    local newest

    newest=$(find "$top" -maxdepth 3 \( -name configure.ac -o -name Makefile.am -o -name '*.mk' \) \
        -not -path '*/build*' -newer "$top/configure" 2>/dev/null | head -n 1)
    if [ ! -x "$top/configure" ] || [ ! -f "$top/Makefile.in" ] || [ -n "$newest" ]; then
        mkdir -p "$top/m4"
        (cd "$top" && autoreconf -fi) >"$top/autoreconf.log" 2>&1 ||
            { cat "$top/autoreconf.log" >&2; say "autoreconf failed"; return 1; }
        rm -f "$top/autoreconf.log"
    fi
}

# build_in FOLDER CONFIGURE-ARGUMENT...: configures once, then makes all there.
build_in() {
    local folder=$1
    shift

    generate || return 1
    mkdir -p "$folder"
    if [ ! -f "$folder/Makefile" ] || [ "$top/configure" -nt "$folder/config.status" ] ||
        [ "$(cat "$folder/.arguments" 2>/dev/null)" != "$*" ]; then
        (cd "$folder" && "$top/configure" -q "$@") || return 1
        printf '%s' "$*" >"$folder/.arguments"
    fi
    make -s -C "$folder" -j "$(nproc)" || return 1
}
