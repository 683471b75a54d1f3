# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the command line's tests share: running the built binary, checks that count, and the
# lines of a small incident. Every test works in a folder of its own and needs no network.

set -uo pipefail

countersign=${COUNTERSIGN:?set it to the binary to test}
work=$(mktemp -d "${TMPDIR:-/tmp}/countersign-test.XXXXXX")
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT
cd "$work" || exit 1

export TZ=UTC LC_ALL=C.UTF-8
unset NO_COLOR
failures=0
row=

# ---- running and checking ---------------------------------------------------------------------

# Names the checks that follow.
begin() {
    row=$1
}

complain() {
    failures=$((failures + 1))
    printf 'FAIL: %s: %s\n' "$row" "$1"
    printf '  stdout: %s\n' "$(head -c 3000 "$work/out")"
    printf '  stderr: %s\n' "$(head -c 3000 "$work/err")"
}

# run STATUS ARGUMENT...: `countersign ARGUMENT...`, which must end with this status. Its output
# is in the files out and err.
run() {
    local want=$1 status=0
    shift
    timeout 120 "$countersign" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    [ "$status" = "$want" ] || complain "exit status $status, expected $want: $*"
}

replay() {
    local want=$1
    shift
    run "$want" replay "$@"
}

# has FILE TEXT: the text is in it. lacks: it is not.
has() {
    grep -qF -- "$2" "$work/$1" || complain "no '$2' in std$1"
}

lacks() {
    ! grep -qF -- "$2" "$work/$1" || complain "'$2' is in std$1"
}

empty() {
    [ ! -s "$work/$1" ] || complain "std$1 is not empty"
}

finish() {
    if [ "$failures" -gt 0 ]; then
        echo "$failures checks failed"
        exit 1
    fi
    exit 0
}

need() {
    command -v "$1" >/dev/null 2>&1 || {
        echo "SKIP: $1 is not installed"
        exit 77
    }
}

# ---- the incident -----------------------------------------------------------------------------

host=ip-10-0-3-7
instance=i-0a1b2c3d4e5f60718
account=111122223333
region=eu-west-1
alice=arn:aws:iam::$account:user/alice
mallory=arn:aws:sts::$account:assumed-role/Deploy/mallory
key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK+5Ub+HNPlQWBRJ49CfRFrCD2i86jcPo33y2ZjqFIrB'
key_print='SHA256:/H18Z5+ocS7eakNXOrYxdHT5tSwhRt/OGLtZhaPtf+c'
stolen='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJMfkUoiVcga7kTgsKbrEv8I8o8I4DN+ItGCa0dQ2PjM'
stolen_print='SHA256:bQBniHGhANqopr7ZRjHk8OHqgqopRT5pBt01vPTmUg4'
other_print='SHA256:Zm9yLWEta2V5LXRoYXQtbm9ib2R5LWV2ZXItbWFkZQo'
export key stolen stolen_print other_print mallory

# Host lines. Times are of one day: "10:00:07.250000".

line() { # TIME IDENT[PID] MESSAGE
    printf '2026-03-02T%s+00:00 %s %s: %s\n' "$1" "$host" "$2" "$3"
}

offered() { # TIME FINGERPRINT REQUEST_ID PRINCIPAL
    line "$1" 'ec2-instance-connect[2001]' "Providing ssh key from EC2 Instance Connect with\
 fingerprint: $2, request-id: $3, for IAM principal: $4"
}

accepted() { # TIME PID USER ADDRESS PORT FINGERPRINT
    line "$1" "sshd[$2]" "Accepted publickey for $3 from $4 port $5 ssh2: ED25519 $6"
}

noise() { # TIME
    line "$1" 'CRON[77]' 'pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)'
}

ssm() { # TIME MESSAGE
    printf '2026-03-02 %s INFO %s\n' "$1" "$2"
}

ssm_session() { # TIME SESSION
    ssm "$1" "[ssm-agent-worker] [MessageService] [EngineProcessor] document $2 submission started"
    ssm "$1" "[ssm-session-worker] [$2] document: $2 worker started"
    ssm "$1" "[ssm-session-worker] [$2] [DataBackend] [pluginName=Standard_Stream] Plugin\
 Standard_Stream started"
}

ssm_command() { # TIME COMMAND
    ssm "$1" "[ssm-agent-worker] [MessageService] [EngineProcessor] document\
 aws.ssm.$2.$instance submission started"
    ssm "$1" "[ssm-document-worker] [$2] document: $2 worker started"
}

# API records, one line each.

call() { # TIME SOURCE NAME EVENT_ID REQUEST_ID PRINCIPAL PARAMETERS RESPONSE [MORE]
    printf '{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","arn":"%s",' "$6"
    printf '"accountId":"%s","accessKeyId":"AKIAEXAMPLEEXAMPLE00"},' "$account"
    printf '"eventTime":"2026-03-02T%sZ","eventSource":"%s.amazonaws.com",' "$1" "$2"
    printf '"eventName":"%s","awsRegion":"%s","sourceIPAddress":"198.51.100.4",' "$3" "$region"
    printf '"userAgent":"aws-cli/2","requestParameters":%s,"responseElements":%s,' "$7" "$8"
    printf '"requestID":"%s","eventID":"%s",%s' "$5" "$4" "${9:-}"
    printf '"eventType":"AwsApiCall","recipientAccountId":"%s"}\n' "$account"
}

push() { # TIME USER KEY REQUEST_ID EVENT_ID [PRINCIPAL] [INSTANCE]
    call "$1" ec2-instance-connect SendSSHPublicKey "$5" "$4" "${6:-$alice}" \
        "{\"instanceId\":\"${7:-$instance}\",\"instanceOSUser\":\"$2\",\"sSHPublicKey\":\"$3\"}" \
        "{\"requestId\":\"$4\",\"success\":true}"
}

start_session() { # TIME SESSION EVENT_ID [PRINCIPAL]
    call "$1" ssm StartSession "$3" "r-$3" "${4:-$alice}" "{\"target\":\"$instance\"}" \
        "{\"sessionId\":\"$2\",\"tokenValue\":\"HIDDEN\"}"
}

send_command() { # TIME COMMAND EVENT_ID
    call "$1" ssm SendCommand "$3" "r-$3" "$alice" \
        "{\"documentName\":\"AWS-RunShellScript\",\"instanceIds\":[\"$instance\"]}" \
        "{\"command\":{\"commandId\":\"$2\"}}"
}

# A record that only shows that its account and region were logged then.
sign() { # TIME SOURCE EVENT_ID
    call "$1" "$2" Describe "$3" "r-$3" "$alice" null null
}

# Records around the day, of two sources: proof of absence for what lies between.
covering() {
    sign 00:00:00 ec2 c0000001
    sign 00:00:01 sts c0000002
    sign 23:59:58 ec2 c0000003
    sign 23:59:59 sts c0000004
}

records() { # RECORDS on standard input, as a file of CloudTrail's
    printf '{"Records":['
    paste -sd, -
    printf ']}\n'
}

# An honest Instance Connect login: its lines, and its call.
honest_lines() {
    offered 10:00:07.100000 "$key_print" req-honest "$alice"
    accepted 10:00:07.250000 881 ubuntu 203.0.113.9 50022 "$key_print"
}

honest_call() {
    push 10:00:02 ubuntu "$key" req-honest e0000001
}
