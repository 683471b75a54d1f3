#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the incident that scripts/demo replays, and what must be said about it.

    examples/incident/generate.py            writes host/, cloudtrail/, identity.json,
                                             expected.txt and the table in README.md
    examples/incident/generate.py --check    compares instead, and fails where they differ

The story stands in the functions below in the order it happened. Beside each login stands what
countersign must say of it, written by hand from what happened, not taken from the program.
"""
import json
import sys

from writers import (ACCOUNT, DAY, HERE, HOST, INSTANCE, OTHER_IP, OTHERS, PRIVATE_IP, REGION,
                     AgentLog, AuthLog, Counter, Key, Principal, Trail, after, at, fractions,
                     ids, recorded)

CONNECT, SSM = "ec2-instance-connect", "ssm"
OFFICE, THIEF = "203.0.113.10", "203.0.113.66"
CONSOLE_RANGE = "192.0.2.200"  # where the browser client's connections come from
ENDPOINT = "eice-0c5e81f3a96d2b704"

mira = Principal("Operators", "mira", OFFICE, "aws-cli/2.31.4 md/prompt#off")
jonas = Principal("Operators", "jonas", OFFICE, "Mozilla/5.0 (X11; Linux x86_64)")
pipeline = Principal("DeployPipeline", "pipeline-208", "192.0.2.30", "Boto3/1.40.2", mfa=False)
# the stolen ones: a build runner's role, and later jonas's credentials
runner = Principal("BuildRunner", "runner-41", THIEF, "aws-cli/2.31.0 md/prompt#off", mfa=False)
stolen = Principal("Operators", "jonas", THIEF, "aws-cli/2.31.0 md/prompt#off")

auth, agent, trail = AuthLog(HOST, fractions), AgentLog(), Trail()
story = recorded.Story(HERE, ("host", "cloudtrail"))
expect, expect_finding = story.expect, story.expect_finding


def push(time, who, key, user, instance=INSTANCE):
    return trail.call(time, who, CONNECT, "SendSSHPublicKey",
                      {"instanceId": instance, "instanceOSUser": user, "sSHPublicKey": key.text},
                      True)


def start_session(time, who, document=None, instance=INSTANCE):
    session = f"{who.name}-{ids.letters(26)}"
    request = {"target": instance}
    if document:
        request.update(documentName=document, parameters={"portNumber": ["22"]})
    trail.call(time, who, SSM, "StartSession", request,
               {"sessionId": session, "tokenValue": "Value hidden due to security reasons.",
                "streamUrl": f"wss://ssmmessages.{REGION}.amazonaws.com/v1/data-channel/{session}"
                             "?role=publish_subscribe"})
    return session


def send_command(time, who, instances):
    command = ids.uuid()
    trail.call(time, who, SSM, "SendCommand",
               {"documentName": "AWS-RunShellScript", "instanceIds": instances,
                "interactive": False, "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS"},
               {"command": {"commandId": command, "documentName": "AWS-RunShellScript",
                            "instanceIds": instances, "targets": [], "status": "Pending"}})
    return command


def open_tunnel(time, who, address=PRIVATE_IP):
    trail.call(time, who, CONNECT, "OpenTunnel",
               {"instanceConnectEndpointId": ENDPOINT, "privateIpAddress": address,
                "remotePort": "22", "maxTunnelDuration": "3600"})


# ---- the morning: honest people ------------------------------------------------------------


def an_ordinary_morning():
    key = Key("jonas-browser")
    request = push(at("08:02:07"), jonas, key, "deploy")
    time = at("08:02:10")
    auth.offer(after(time, -1.2), key, request, jonas.arn)
    auth.accept(time, "deploy", 1000, CONSOLE_RANGE, key, ends=at("08:07:31"), asked=False)
    expect(time, "aws-ec2-instance-connect", "deploy", "authorized", "",
           "jonas connects from the browser")

    time = agent.association(at("08:10:00"), ids.uuid(), "AWS-GatherSoftwareInventory")
    expect(time, "aws-ssm-association", "root", "not-judged", "pre-existing",
           "the inventory association runs, as it has for months")

    session = start_session(at("08:15:29"), mira)
    time = agent.session(at("08:15:30"), session, mira.arn, ends=at("10:41:12"))
    auth.say(after(time, 0.5), "useradd", auth.process(),
             "new user: name=ssm-user, UID=1003, GID=1003, home=/home/ssm-user, shell=/bin/sh, "
             "from=none")
    auth.sudo(at("08:16:44"), "ssm-user", 1003, "/usr/bin/journalctl -u till")
    expect(time, "aws-ssm-session", "ssm-user", "authorized", "",
           "mira opens a shell session, and leaves it open")

    command = send_command(at("08:20:03"), pipeline, [INSTANCE, OTHERS[0]])
    time = agent.command(at("08:20:04"), command)
    expect(time, "aws-ssm-command", "root", "authorized", "", "the pipeline deploys a release")
    return session


def tunnels():
    session = start_session(at("08:40:01"), mira, "AWS-StartSSHSession")
    time = agent.session(at("08:40:02"), session, mira.arn, "Port", 22, ends=at("10:19:40"))
    expect(time, "aws-ssm-session", None, "authorized", "",
           "mira opens a port session to sshd ...")
    time = auth.accept(at("08:40:04"), "deploy", 1000, "127.0.0.1", Key("mira-laptop"),
                       ends=at("10:19:39"))
    expect(time, "aws-ssm-ssh", "deploy", "authorized", "",
           "... and logs in through it with her own key")

    key = Key("jonas-terminal")
    session = start_session(at("08:55:02"), jonas, "AWS-StartSSHSession")
    time = agent.session(at("08:55:03"), session, jonas.arn, "Port", 22, ends=at("08:59:20"))
    expect(time, "aws-ssm-session", None, "authorized", "",
           "jonas opens a port session ...")
    request = push(at("08:55:05"), jonas, key, "deploy")
    time = at("08:55:07")
    auth.offer(after(time, -1.1), key, request, jonas.arn)
    auth.accept(time, "deploy", 1000, "127.0.0.1", key, ends=at("08:59:19"), asked=False)
    expect(time, "aws-ec2-instance-connect", "deploy", "authorized", "",
           "... and logs in through it with a pushed key: two doors, two calls",
           through="aws-ssm-ssh")

    open_tunnel(at("09:05:01"), mira)
    time = auth.accept(at("09:05:03"), "deploy", 1000, OFFICE, Key("mira-laptop"),
                       ends=at("09:08:50"))
    expect(time, "aws-eice-tunnel", "deploy", "authorized", "",
           "mira comes through the Instance Connect Endpoint, with her own key")


def quieter_doors():
    association = ids.uuid()
    trail.call(at("09:12:18"), jonas, SSM, "CreateAssociation",
               {"name": "Till-Baseline", "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS",
                "targets": [{"key": "InstanceIds", "values": [INSTANCE]}]},
               {"associationDescription": {"associationId": association, "name": "Till-Baseline"}})
    time = agent.association(at("09:12:41"), association, "Till-Baseline")
    expect(time, "aws-ssm-association", "root", "authorized", "", "jonas makes a new association")

    trail.call(at("09:20:33"), mira, CONNECT, "SendSerialConsoleSSHPublicKey",
               {"instanceId": INSTANCE, "serialPort": 0, "monitorMode": False,
                "sSHPublicKey": Key("mira-console").text}, True)
    time = auth.console(at("09:21:05"), "ops", 1001, "ttyS0", ends=at("09:24:48"))
    expect(time, "aws-serial-console", "ops", "authorized", "weak-match",
           "mira looks at the serial console")

    time = auth.accept(at("09:25:00"), "backup", 1002, "198.51.100.5", Key("backup"),
                       ends=at("09:25:44"))
    expect(time, "direct-ssh", "backup", "not-judged", "",
           "the backup host fetches its copy over the network")
    time = auth.console(at("09:28:12"), "ops", 1001, "tty1", ends=at("09:28:59"))
    expect(time, "local", "ops", "not-judged", "", "the screenshot job logs in on tty1")


# ---- the theft -----------------------------------------------------------------------------


def a_stolen_role(session):
    for offset, service, name in ((0, "sts", "GetCallerIdentity"), (21, "ec2", "DescribeInstances"),
                                  (47, "ssm", "DescribeSessions"),
                                  (64, "ssm", "DescribeInstanceInformation")):
        trail.call(after(at("09:40:02"), offset), runner, service, name, read_only=True)
    time = at("09:44:30", fraction=False)
    trail.call(time, runner, SSM, "ResumeSession", {"sessionId": session},
               {"sessionId": session, "tokenValue": "Value hidden due to security reasons."})
    auth.sudo(at("09:45:02"), "ssm-user", 1003, "/usr/bin/bash")
    expect_finding(time, "session-taken-over", "high",
                   "a thief with the build runner's role resumes mira's open session: root, and "
                   "no new login. He replaces Instance Connect's key command and plants keys")

    key = Key("thief-first")
    trail.refused(at("09:47:40"), runner, CONNECT, "SendSSHPublicKey", f"instance/{INSTANCE}")
    time = at("09:48:05")
    auth.offer(after(time, -1.0), key, None, mira.arn, query=False)
    auth.accept(time, "deploy", 1000, THIEF, key, ends=at("09:50:40"), asked=False)
    expect(time, "aws-ec2-instance-connect", "deploy", "unauthorized", "api-call-denied",
           "his push is refused; the replaced command hands sshd his key all the same, in "
           "mira's name")


def without_any_call():
    time = agent.session(at("09:52:16"), f"mira-{ids.letters(26)}", mira.arn, ends=at("09:58:03"))
    expect(time, "aws-ssm-session", "ssm-user", "unauthorized", "no-api-call",
           "as root he feeds the agent a session by hand")

    time = auth.accept(at("09:55:10"), "deploy", 1000, "127.0.0.1", Key("thief-planted"),
                       ends=at("10:01:00"))
    expect(time, "aws-ssm-ssh", "deploy", "unauthorized", "api-call-reused",
           "he goes on to deploy over loopback while mira's port session is open, which has "
           "carried its one login")

    key = Key("thief-first")
    time = at("10:02:30")
    auth.offer(after(time, -1.0), key, None, mira.arn, query=False)
    auth.accept(time, "root", 0, THIEF, key, ends=at("10:04:11"), asked=False)
    expect(time, "aws-ec2-instance-connect", "root", "unauthorized", "no-api-call",
           "the replaced command again, now for root, and no call anywhere near")

    time = agent.command(at("10:05:20"), ids.uuid())
    expect(time, "aws-ssm-command", "root", "unauthorized", "no-api-call",
           "a command fed to the agent by hand")
    command = send_command(at("10:06:02"), pipeline, [OTHERS[1]])
    time = agent.command(at("10:07:44"), command)
    expect(time, "aws-ssm-command", "root", "unauthorized", "wrong-instance",
           "another, under the id of a command that was meant for another instance")


def through_other_doors():
    time = agent.session(at("10:12:01"), f"mira-{ids.letters(26)}", mira.arn, "Port", 22,
                         ends=at("10:13:30"))
    expect(time, "aws-ssm-session", None, "unauthorized", "no-api-call",
           "a port session fed to the agent by hand ...")
    time = auth.accept(at("10:12:20"), "deploy", 1000, "127.0.0.1", Key("thief-planted"),
                       ends=at("10:13:29"))
    expect(time, "aws-ssm-ssh", "deploy", "unauthorized", "no-api-call",
           "... and a login through it")

    key = Key("thief-pushed")
    request = push(at("10:16:05"), stolen, key, "deploy")
    time = at("10:16:21")
    auth.offer(after(time, -1.0), key, request, stolen.arn)
    auth.accept(time, "deploy", 1000, "127.0.0.1", key, ends=at("10:18:02"), asked=False)
    expect(time, "aws-ec2-instance-connect", "deploy", "unauthorized", "api-call-reused",
           "by now he has jonas's credentials and pushes a key, which is admitted; but he comes "
           "through mira's port session", through="aws-ssm-ssh")
    time = auth.accept(at("10:16:48"), "root", 0, THIEF, key, ends=at("10:17:55"))
    expect(time, "aws-ec2-instance-connect", "root", "unauthorized", "wrong-os-user",
           "the key that was pushed for deploy opens root, whose authorized_keys he has added "
           "it to")

    open_tunnel(at("10:20:00"), stolen)
    time = auth.accept(at("10:20:05"), "deploy", 1000, THIEF, Key("thief-planted"),
                       ends=at("10:23:10"))
    expect(time, "aws-eice-tunnel", "deploy", "authorized", "",
           "a tunnel opened with jonas's credentials: a call vouches, and it names "
           f"Operators/jonas from {THIEF}")
    time = auth.accept(at("10:20:40"), "deploy", 1000, THIEF, Key("thief-planted"),
                       ends=at("10:22:30"))
    expect(time, "aws-eice-tunnel", "deploy", "unauthorized", "api-call-reused",
           "a second login beside it: a tunnel carries one")
    time = auth.accept(at("10:24:10"), "deploy", 1000, THIEF, key, ends=at("10:25:55"))
    expect(time, "aws-ec2-instance-connect", "deploy", "unauthorized", "api-call-expired",
           "the pushed key again, long after its minute")


def consoles_and_a_ghost(session):
    trail.refused(at("10:29:50"), runner, CONNECT, "SendSerialConsoleSSHPublicKey",
                  f"instance/{INSTANCE}")
    time = auth.console(at("10:31:15"), "root", 0, "ttyS0", ends=at("10:33:08"))
    expect(time, "aws-serial-console", "root", "unauthorized", "api-call-denied",
           "root on ttyS0; the only push to the console was refused")
    time = auth.console(at("10:35:27"), "ops", 1001, None, ends=at("10:36:01"))
    expect(time, "aws-serial-console", "ops", "unverifiable", "tty-unknown",
           "a console login whose own line he has cut out of the log: PAM's is left, and does "
           "not say which tty")

    time = at("10:38:00", fraction=False)
    start_session(time, stolen)
    expect_finding(time, "api-call-without-login", "medium",
                   "a session is started with jonas's credentials, and never comes: he has "
                   "stopped the agent's session worker")

    trail.call(at("10:41:10"), mira, SSM, "TerminateSession", {"sessionId": session},
               {"sessionId": session})
    for offset, role in ((0, "BuildRunner"), (19, "Operators")):
        trail.call(after(at("10:42:05"), offset), mira, "iam", "PutRolePolicy",
                   {"roleName": role, "policyName": "AWSRevokeOlderSessions",
                    "policyDocument": "..."}, region="us-east-1")


# ---- what happens all day ------------------------------------------------------------------


def noise_on_the_host():
    drawn = Counter("host noise")
    auth.say(at("06:25:03"), "sshd", 612, "Server listening on 0.0.0.0 port 22.")
    auth.say(after(at("06:25:03"), 1), "sshd", 612, "Server listening on :: port 22.")
    for minute in range(26, 290, 10):
        time = after(DAY, 6 * 3600 + minute * 60 + 1 + drawn.below(900) / 1000)
        pid = auth.process()
        auth.say(time, "CRON", pid,
                 "pam_unix(cron:session): session opened for user root(uid=0) by root(uid=0)")
        auth.say(after(time, 0.04), "CRON", pid,
                 "pam_unix(cron:session): session closed for user root")
    names = ("oracle", "admin", "postgres", "from 203.0.113.66 port 22 ssh2", "till", "git")
    for turn in range(36):
        time = after(DAY, 6 * 3600 + 1800 + drawn.below(15_000) + drawn.below(999) / 1000)
        pid, port, ip = auth.process(), 32768 + drawn.below(28000), f"192.0.2.{90 + turn % 7}"
        if turn % 3:
            name = names[turn // 3 % len(names)]
            auth.say(time, "sshd-session", pid, f"Invalid user {name} from {ip} port {port}")
            auth.say(after(time, 2), "sshd-session", pid,
                     f"Failed password for invalid user {name} from {ip} port {port} ssh2")
            auth.say(after(time, 3), "sshd-session", pid,
                     f"Connection closed by invalid user {name} {ip} port {port} [preauth]")
        else:
            auth.say(time, "sshd-session", pid,
                     f"Failed password for root from {ip} port {port} ssh2")
            auth.say(after(time, 1), "sshd-session", pid,
                     f"Connection closed by authenticating user root {ip} port {port} [preauth]")
    for minute in range(380, 655, 5):
        agent.say(after(DAY, minute * 60 + drawn.below(900) / 1000),
                  "[ssm-agent-worker] [HealthCheck] HealthCheck reporting agent health.")
    agent.say(at("09:30:00"),
              "[ssm-agent-worker] [MessageService] Failed to fetch the queue depth, retrying:\n"
              "\tRequestError: send request failed\n\tcaused by: EOF", "ERROR")


def noise_in_the_cloud():
    drawn = Counter("cloud noise")
    scheduler = ({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}, "ec2.amazonaws.com",
                 "ec2.amazonaws.com")
    addresses = (PRIVATE_IP,) + (OTHER_IP, "198.51.100.25")
    for half in range(-50, 22):
        for instance, address in zip((INSTANCE,) + OTHERS, addresses):
            trail.heartbeat(after(DAY, half * 1800 + drawn.below(1500)), instance, address)
    for hour in range(-25, 11):
        trail.call(after(DAY, hour * 3600 + drawn.below(2400)), scheduler, "sts", "AssumeRole",
                   {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/TillInstance",
                    "roleSessionName": INSTANCE})
        trail.call(after(DAY, hour * 3600 + drawn.below(2400)), pipeline, "ec2",
                   "DescribeInstances", {"instancesSet": {}, "filterSet": {}}, read_only=True)
    # calls for other machines, which must vouch for nothing here
    for clock in ("08:31:00", "09:49:10", "10:30:02"):
        push(at(clock), mira, Key("mira-console"), "deploy", OTHERS[0])
    for clock in ("08:33:00", "09:52:00"):
        start_session(at(clock), mira, instance=OTHERS[0])
    open_tunnel(at("10:20:20"), mira, OTHER_IP)
    for clock in ("10:44:00", "10:49:30"):
        trail.call(at(clock), mira, "ec2", "DescribeInstances", read_only=True)


def doors_opened():
    time = at("10:18:30", fraction=False)
    trail.call(time, stolen, "ec2", "CreateInstanceConnectEndpoint",
               {"CreateInstanceConnectEndpointRequest": {"SubnetId": "subnet-0c61f0a9d27e48b35"}},
               {"CreateInstanceConnectEndpointResponse": {"instanceConnectEndpoint": {
                   "instanceConnectEndpointId": "eice-07d2b94c1fe6538a0",
                   "vpcId": "vpc-0e8d13b7a925c604f", "state": "create-in-progress"}}})
    expect_finding(time, "endpoint-created", "low",
                   "with jonas's credentials he makes an endpoint of his own in that network")
    # what was refused opens nothing, and what stops nothing is told by nobody
    trail.call(at("10:19:10", fraction=False), runner, "cloudtrail", "StopLogging", error=(
        "AccessDenied", f"User: {runner.arn} is not authorized to perform: "
                        "cloudtrail:StopLogging because no identity-based policy allows it"))
    trail.call(at("08:36:00", fraction=False), pipeline, "cloudtrail", "UpdateTrail",
               {"name": "till", "isMultiRegionTrail": True})


def identity():
    return json.dumps({
        "accountId": ACCOUNT, "architecture": "x86_64", "availabilityZone": f"{REGION}b",
        "imageId": "ami-0d4f9b16a83e2c570", "instanceId": INSTANCE, "instanceType": "t3.small",
        "pendingTime": "2026-02-24T05:11:47Z", "privateIp": PRIVATE_IP, "region": REGION,
        "version": "2017-09-30",
    }, indent=2) + "\n"


# ---- writing it all ------------------------------------------------------------------------


def told():
    """Name and content of every file that a log or the metadata service writes."""
    files = {
        "host/auth.log": auth.text().encode(),
        "host/amazon-ssm-agent.log": agent.text().encode(),
        "identity.json": identity().encode(),
    }
    for name, data in trail.files().items():
        files[f"cloudtrail/{name}"] = data
    return files


def main(arguments):
    session = an_ordinary_morning()
    tunnels()
    quieter_doors()
    a_stolen_role(session)
    without_any_call()
    through_other_doors()
    consoles_and_a_ghost(session)
    noise_on_the_host()
    noise_in_the_cloud()
    doors_opened()
    return story.main(arguments, told())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
