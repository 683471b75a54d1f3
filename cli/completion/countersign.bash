# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# bash completion of countersign(1). COMPREPLY and COMP_WORDS are bash's.

_countersign_verdicts='pending authorized unauthorized unverifiable not-judged'
_countersign_paths='aws-ec2-instance-connect aws-ssm-session aws-ssm-command aws-ssm-association
    aws-serial-console aws-ssm-ssh aws-eice-tunnel aws-user-data
    azure-serial-console azure-run-command azure-vm-extension azure-entra-ssh azure-bastion
    gcp-os-login gcp-metadata-key gcp-iap-tunnel gcp-serial-console gcp-startup-script gcp-os-config
    direct-ssh local'
_countersign_commands='status logins alerts explain replay check-config posture doctor baseline report
    test-alert'

_countersign_words() { # CURRENT WORDS
    mapfile -t COMPREPLY < <(compgen -W "$2" -- "$1")
}

_countersign_files() { # CURRENT
    mapfile -t COMPREPLY < <(compgen -f -- "$1")
    compopt -o filenames 2>/dev/null
}

# The ids of the last day's logins and findings, as far as the caller may see them.
_countersign_ids() {
    {
        countersign logins --since=-1d --json
        countersign alerts --since=-1d --json
    } 2>/dev/null | sed -n 's/^{"type":"[a-z]*","id":"\([0-9a-f]\{8\}\).*/\1/p'
}

# The options of a command.
_countersign_options() { # COMMAND
    local every='--json --color --no-pager --help'

    case $1 in
    status | explain) echo "--socket $every" ;;
    logins)
        echo "--since --until --path --verdict --all --follow --count-by --socket $every"
        ;;
    alerts) echo "--since --until --follow --undelivered --socket $every" ;;
    test-alert) echo "--socket $every" ;;
    report) echo "--html --since --until --from --socket $every" ;;
    posture) echo "--since --root --socket $every" ;;
    doctor) echo "--config --socket $every" ;;
    baseline) echo "principal source-network path hour recent --reset --socket $every" ;;
    check-config) echo "--config --print $every" ;;
    replay)
        echo "--host-log --api-log --instance --identity --policy --config --host --now
            --tz --year
            --api-covers --explain --verdict --path --format --records $every"
        ;;
    esac
}

# The value of an option, or an option.
_countersign_command() { # COMMAND CURRENT PREVIOUS
    local command=$1 current=$2 previous=$3 words

    case $previous in
    --host-log | --api-log | --identity | --policy | --socket | --config | --from)
        _countersign_files "$current"
        ;;
    --root)
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        compopt -o filenames 2>/dev/null
        ;;
    --verdict) _countersign_words "$current" "$_countersign_verdicts" ;;
    --path) _countersign_words "$current" "$_countersign_paths" ;;
    --format)
        _countersign_words "$current" \
            'ocsf ocsf-1.9 native ecs cef udm asff slack teams pagerduty'
        ;;
    --records) _countersign_words "$current" 'findings logins both' ;;
    --color) _countersign_words "$current" 'auto always never' ;;
    --count-by)
        _countersign_words "$current" 'principal source_ip path verdict os_user'
        ;;
    --tz) _countersign_words "$current" 'UTC local' ;;
    --since | --until) _countersign_words "$current" 'today yesterday -1h -1d' ;;
    --instance | --host | --now | --year | --api-covers | --explain) ;;
    *)
        words=$(_countersign_options "$command")
        case $command:$current in
        explain:-*) ;;
        explain:*) words="$words $(_countersign_ids)" ;;
        esac
        _countersign_words "$current" "$words"
        ;;
    esac
}

_countersign() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local command='' i

    COMPREPLY=()
    # In "--option=value" bash makes "=" a word of its own.
    [ "$current" = = ] && current=
    [ "$previous" = = ] && previous=${COMP_WORDS[COMP_CWORD - 2]}

    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --socket)
            i=$((i + 1))
            [ "${COMP_WORDS[i]-}" = = ] && i=$((i + 1))
            ;;
        *)
            command=${COMP_WORDS[i]}
            break
            ;;
        esac
    done
    if [ -n "$command" ] && [ "$command" != help ]; then
        _countersign_command "$command" "$current" "$previous"
    elif [ "$command" = help ]; then
        _countersign_words "$current" "$_countersign_commands"
    elif [ "$previous" = --socket ]; then
        _countersign_files "$current"
    else
        _countersign_words "$current" "$_countersign_commands help --socket --help --version"
    fi
}

complete -F _countersign countersign
