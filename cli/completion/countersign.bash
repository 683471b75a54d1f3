# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# bash completion of countersign(1). COMPREPLY and COMP_WORDS are bash's.

_countersign_replay() {
    local current=$1 previous=$2
    # In "--option=value" bash makes "=" a word of its own.
    [ "$current" = = ] && current=
    [ "$previous" = = ] && previous=${COMP_WORDS[COMP_CWORD - 2]}

    case $previous in
    --host-log | --api-log | --identity)
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        compopt -o filenames 2>/dev/null
        ;;
    --verdict)
        mapfile -t COMPREPLY < <(compgen -W \
            'pending authorized unauthorized unverifiable not-judged' -- "$current")
        ;;
    --path)
        mapfile -t COMPREPLY < <(compgen -W \
            'aws-ec2-instance-connect aws-ssm-session aws-ssm-command aws-ssm-association
            aws-serial-console aws-ssm-ssh aws-eice-tunnel direct-ssh local' -- "$current")
        ;;
    --format)
        mapfile -t COMPREPLY < <(compgen -W native -- "$current")
        ;;
    --color)
        mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current")
        ;;
    --tz)
        mapfile -t COMPREPLY < <(compgen -W 'UTC local' -- "$current")
        ;;
    --instance | --host | --now | --year | --api-covers | --explain) ;;
    *)
        mapfile -t COMPREPLY < <(compgen -W \
            '--host-log --api-log --instance --identity --host --now --tz --year --api-covers
            --explain --verdict --path --json --format --color --no-pager --help' -- "$current")
        ;;
    esac
}

_countersign() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}

    COMPREPLY=()
    if [ "$COMP_CWORD" = 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W 'replay help --help --version' -- "$current")
    elif [ "${COMP_WORDS[1]}" = replay ]; then
        _countersign_replay "$current" "$previous"
    elif [ "${COMP_WORDS[1]}" = help ]; then
        mapfile -t COMPREPLY < <(compgen -W replay -- "$current")
    fi
}

complete -F _countersign countersign
