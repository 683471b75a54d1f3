# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: Apache-2.0
# look_at_programs TREE: how the programs of an unpacked package were compiled and linked. Sourced;
# complain and $work, a folder to write to, are the caller's.

# expect WHAT PATTERN FILE: a line of the file has it.
expect() {
    grep -qE -e "$2" "$3" || complain "$program: no $1"
}

refuse() {
    ! grep -qE -e "$2" "$3" || complain "$program: $1"
}

# The mark that branches are checked (CET, BTI) is the linker's, and missing as soon as one part
# lacks it, as Debian's own start files do. Where an empty program has it, ours must.
find_mark() {
    local empty=$1/empty

    echo 'int main(void) { return 0; }' >"$empty.c"
    if cc -fcf-protection=full -o "$empty" "$empty.c" 2>/dev/null ||
        cc -mbranch-protection=standard -o "$empty" "$empty.c" 2>/dev/null; then
        readelf --wide -n "$empty" | grep -oE '(x86|AArch64) feature: (IBT|BTI).*' || true
    fi
}

look_at_program() {
    local file=$1 mark=$2 about=$3 landings

    readelf --wide --all "$file" >"$about" 2>/dev/null
    expect "position independence" 'Type: +DYN' "$about"
    expect "mark of a PIE" 'FLAGS_1.*PIE' "$about"
    expect "RELRO" 'GNU_RELRO' "$about"
    expect "binding at the start" 'FLAGS.*(BIND_NOW|NOW)' "$about"
    expect "stack that is not run" 'GNU_STACK.* RW +0x' "$about"
    expect "stack protector" '__stack_chk_fail' "$about"
    expect "fortified calls" '_chk@' "$about"
    grep -qE "$mark" "$about" || [ -z "$mark" ] || complain "$program: no $mark"
    landings=$(objdump -d --no-show-raw-insn "$file" | grep -cE '\s(endbr64|bti|paciasp)' || true)
    [ "$landings" -gt 100 ] || complain "$program: $landings marked targets of branches"
    refuse "a path for libraries" '\((RPATH|RUNPATH)\)' "$about"
    refuse "code that is written" 'LOAD.* RWE ' "$about"
    refuse "relocations in its code" 'TEXTREL' "$about"
    refuse "a sanitizer" '__(asan|ubsan)_' "$about"
    refuse "symbols of a debugger" '\.debug_info' "$about"
    if grep -q FAULT_POINT "$file"; then
        complain "$program: fault points"
    fi
    printf '%s: PIE, full RELRO, stack protector, %s fortified calls, NX, %s marked targets%s, no RPATH\n' \
        "$program" "$(grep -oE '[a-z_]+_chk@' "$about" | sort -u | wc -l)" "$landings" \
        "${mark:+ ($mark)}"
}

look_at_programs() {
    local scratch mark program

    scratch=$(mktemp -d "$work/look.XXXXXX")
    mark=$(find_mark "$scratch")
    for program in usr/bin/countersign usr/sbin/countersignd usr/libexec/countersign-courier; do
        look_at_program "$1/$program" "$mark" "$scratch/readelf"
    done
    rm -rf "$scratch"
}
