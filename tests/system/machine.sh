# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Makes and boots throw-away Debians for the tests that need one. Sourced, never run. What is
# missing for it is named, and the test skipped.

machine_nspawn=
machine_leader=
machine_console=
machine_groups=()

skip() {
    echo "SKIP: $*"
    exit 77
}

machine_needs() {
    local tool

    [ "$(id -u)" = 0 ] || skip "not root: no machine can be booted"
    for tool in mmdebstrap systemd-nspawn nsenter "$@"; do
        command -v "$tool" >/dev/null || skip "there is no $tool"
    done
}

# machine_make FOLDER SUITE PACKAGES KEY [MMDEBSTRAP-ARGUMENT...]: makes a Debian there, unless
# one was made with the same KEY. PACKAGES have commas between them.
machine_make() {
    local root=$1 suite=$2 packages=$3 key=$4
    shift 4

    if [ -f "$root/.complete" ] && [ "$(cat "$root/.complete")" = "$key" ]; then
        return 0
    fi
    rm -rf --one-file-system "$root"
    mkdir -p "$(dirname "$root")"
    if ! mmdebstrap --quiet --variant=minbase --include="$packages" "$@" "$suite" "$root" \
        >"$root.log" 2>&1; then
        tail -n 20 "$root.log"
        skip "no Debian ($suite) can be made here"
    fi
    printf '%s' "$key" >"$root/.complete"
}

inside() {
    nsenter -t "$machine_leader" -a "$@"
}

# The control groups by which a systemd sorts its units, as this process is in them: a folder a line.
control_groups() {
    local folder about path

    while read -r _ _ _ _ folder about; do
        case $about in
        *" - cgroup2 "*) path=$(sed -n 's/^0:://p' /proc/self/cgroup) ;;
        *" - cgroup "*name=systemd*) path=$(sed -n 's/^[0-9]*:name=systemd://p' /proc/self/cgroup) ;;
        *) continue ;;
        esac
        echo "$folder${path%/}"
    done </proc/self/mountinfo
}

# Moves the process to groups of the machine's own, where it may: two machines that are booted in
# the same ones take their units for each other's.
machine_enter_groups() {
    local folder

    for folder in "${machine_groups[@]}"; do
        if mkdir "$folder"; then
            echo "$BASHPID" >"$folder/cgroup.procs" || true
        fi
    done 2>/dev/null
}

machine_leave_groups() {
    local folder

    for folder in "${machine_groups[@]}"; do
        if [ -d "$folder" ]; then
            find "$folder" -depth -type d -exec rmdir {} \; 2>/dev/null || true
        fi
    done
}

machine_stop() {
    machine_power_off
    machine_leave_groups
}

machine_power_off() {
    if [ -n "$machine_leader" ]; then
        inside systemctl poweroff >/dev/null 2>&1 || true
    fi
    for _ in $(seq 100); do
        kill -0 "$machine_nspawn" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$machine_nspawn" 2>/dev/null || true
}

# machine_boot FOLDER STAGE: boots what is there, without a network, and forgets afterwards what
# it did; STAGE is its /stage. Until the script ends.
machine_boot() {
    local root=$1 stage=$2 began=$SECONDS

    machine_console=$(dirname "$root")/console.log
    mapfile -t machine_groups < <(control_groups | sed "s|\$|/countersign-$$|")
    (
        machine_enter_groups
        exec setsid systemd-nspawn -D "$root" --volatile=overlay --quiet --register=no --keep-unit \
            --private-network --bind-ro="$stage:/stage" -M "countersign-$$" -b
    ) </dev/null >"$machine_console" 2>&1 &
    machine_nspawn=$!
    trap machine_stop EXIT
    while [ $((SECONDS - began)) -lt 120 ]; do
        machine_leader=$(pgrep -P "$machine_nspawn" | head -n 1 || true)
        if [ -n "$machine_leader" ] && inside systemctl is-system-running 2>/dev/null |
            grep -qE 'running|degraded'; then
            return 0
        fi
        kill -0 "$machine_nspawn" 2>/dev/null || break
        sleep 0.1
    done
    cat "$machine_console"
    skip "no machine can be booted here"
}
