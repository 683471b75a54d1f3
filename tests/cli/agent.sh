# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A stand-in for the agent, for tests of the commands that ask it: answers are files in agent/.
# shellcheck source=tests/cli/lib.sh
. "${abs_top_srcdir:?}/tests/cli/lib.sh"

need python3
mkdir agent

# The stand-in ends with the pipe to its standard input.
start_agent() {
    mkfifo agent/ready agent/life
    python3 "$abs_top_srcdir/tests/cli/fake_agent.py" agent/sock agent <agent/life >agent/ready &
    exec 9>agent/life
    read -r -t 60 word <agent/ready
    [ "$word" = ready ] || {
        echo "FAIL: the stand-in for the agent does not start"
        exit 1
    }
}

# ask STATUS COMMAND ARGUMENT...
ask() {
    local want=$1 command=$2
    shift 2
    run "$want" "$command" --socket agent/sock "$@"
}

# answer COMMAND: the rows on standard input and the end are what it answers.
answer() {
    {
        cat
        echo '{"type":"end"}'
    } >"agent/$1"
}

# The last request, as it was sent.
requested() {
    tail -n 1 agent/requests
}

asked() { # TEXT
    requested | grep -qF -- "$1" || complain "the request has no '$1': $(requested)"
}

# Whatever is printed holds no control byte but the newline, and no mark that reorders text.
clean() { # FILE
    if LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]' "$1" ||
        grep -qP '\xc2[\x80-\x9f]|[\x{202a}-\x{202e}\x{2066}-\x{2069}\x{200b}-\x{200f}]' "$1"; then
        complain "raw control bytes in $1"
    fi
    iconv -f UTF-8 -t UTF-8 <"$1" >/dev/null 2>&1 || complain "no UTF-8 in $1"
}

has_terminal() {
    command -v script >/dev/null && script -qec true /dev/null >/dev/null 2>&1
}

# on_terminal COLUMNS COMMAND...: the output is in out; no line is wider.
on_terminal() {
    local columns=$1
    shift
    script -qec "stty cols $columns; NO_COLOR=1 '$countersign' --socket agent/sock $* 2>err" /dev/null \
        </dev/null | tr -d '\r' >out
    awk -v columns="$columns" 'length > columns { bad = 1 } END { exit bad }' out ||
        complain "a line is wider than $columns columns: $*"
}

# says TEXT: blanks and newlines apart, for a text may be wrapped anywhere.
says() {
    tr -d ' \n' <out | grep -qF -- "${1// /}" || complain "the output does not say '$1'"
}
