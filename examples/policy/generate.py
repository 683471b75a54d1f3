#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the day that scripts/demo policy replays, and what must be said about it.

    examples/policy/generate.py            writes host/, cloudtrail/, identity.conf,
                                           expected.txt and the table in README.md
    examples/policy/generate.py --check    compares instead, and fails where they differ

Every login of this day has an API call that vouches for it: what is wrong is wrong by policy.conf
alone. Beside each login stands what countersign must say of it, written by hand.
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "incident"))

from writers import (ACCOUNT, DAY, HOST, INSTANCE, OTHERS, OTHER_IP, PRIVATE_IP, REGION,  # noqa: E402
                     AgentLog, AuthLog, Counter, Principal, Trail, after, at, fractions, ids,
                     recorded)

SSM = "ssm"
OFFICE, AWAY, THIEF = "203.0.113.10", "198.51.100.77", "192.0.2.66"
CLI = "aws-cli/2.31.4 md/prompt#off"

mira = Principal("Operators", "mira", OFFICE, CLI)
jonas = Principal("Operators", "jonas", OFFICE, CLI)
jonas_without_factor = Principal("Operators", "jonas", OFFICE, CLI, mfa=False)
stolen = Principal("Operators", "jonas", THIEF, CLI)
mira_on_call = Principal("OnCall", "mira", AWAY, CLI)
auditor = Principal("Auditors", "otto", OFFICE, CLI)
pipeline = Principal("DeployPipeline", "pipeline-208", "192.0.2.30", "Boto3/1.40.2", mfa=False)
maintenance = Principal("Maintenance", "window-4", "ssm.amazonaws.com", "ssm.amazonaws.com", mfa=False)


class Root(Principal):
    """The account's root, which has no role."""

    def __init__(self):
        super().__init__("", "root", OFFICE, "Mozilla/5.0 (X11; Linux x86_64)")
        self.arn = f"arn:aws:iam::{ACCOUNT}:root"

    def identity(self):
        return {"type": "Root", "principalId": ACCOUNT, "arn": self.arn, "accountId": ACCOUNT,
                "accessKeyId": self.access_key,
                "sessionContext": {"attributes": {"mfaAuthenticated": "true"}}}


auth, agent, trail = AuthLog(HOST, fractions), AgentLog(), Trail()
story = recorded.Story(HERE, ("host", "cloudtrail"))
expect, expect_finding = story.expect, story.expect_finding


def session(clock, who, minutes, verdict, reasons, happened):
    """A shell session, opened by this call and closed after so long."""
    time = at(clock)
    name = f"{who.name}-{ids.letters(26)}"
    trail.call(time, who, SSM, "StartSession", {"target": INSTANCE},
               {"sessionId": name, "tokenValue": "Value hidden due to security reasons.",
                "streamUrl": f"wss://ssmmessages.{REGION}.amazonaws.com/v1/data-channel/{name}"})
    time = agent.session(after(time, 1.1), name, who.arn, ends=after(time, minutes * 60))
    expect(time, "aws-ssm-session", "ssm-user", verdict, reasons, happened)


def command(clock, who, document, verdict, reasons, happened):
    time, name = at(clock), ids.uuid()
    trail.call(time, who, SSM, "SendCommand",
               {"documentName": document, "instanceIds": [INSTANCE], "interactive": False,
                "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS"},
               {"command": {"commandId": name, "documentName": document,
                            "instanceIds": [INSTANCE], "targets": [], "status": "Pending"}})
    time = agent.command(after(time, 1.3), name, document, seconds=3)
    expect(time, "aws-ssm-command", "root", verdict, reasons, happened)
    return time


def the_day():
    session("07:30:00", mira, 25, "authorized", "", "mira, from the office, at work")
    session("08:10:00", jonas, 12, "authorized", "", "jonas, likewise")
    command("08:30:00", pipeline, "AWS-RunShellScript", "authorized", "",
            "the pipeline deploys a release")

    session("09:05:00", stolen, 20, "unauthorized", "source-ip-not-trusted",
            "jonas's credentials are used from an address nobody knows: *an untrusted address*")
    session("20:40:00", mira, 15, "unauthorized", "outside-hours",
            "mira in the late evening: *an irregular time*")
    session("21:10:00", mira_on_call, 30, "authorized", "",
            "the same with the role of those who are on call, from home: allowed")
    session("10:20:00", auditor, 9, "unauthorized", "principal-not-allowed",
            "an auditor opens a shell: *a user who is not authorised*")
    session("11:00:00", jonas_without_factor, 6, "unauthorized", "no-mfa",
            "jonas without a second factor")
    session("11:30:00", Root(), 4, "unauthorized", "cloud-root", "the account's root")
    command("11:50:00", auditor, "AWS-RunShellScript", "unauthorized", "principal-not-allowed",
            "the auditor runs a command")
    command("12:05:00", pipeline, "AWS-RunPowerShellScript", "unauthorized", "door-not-allowed",
            "the pipeline runs another document than its own")


def too_often():
    last = None
    for minute in range(8):
        last = command(f"13:{10 + minute}:00", pipeline, "AWS-RunShellScript", "authorized", "",
                       "the pipeline, eight times in eight minutes: *too often*"
                       if minute == 0 else "... and again")
        if minute == 6:
            expect_finding(last, "too-many-logins", "low", "more than six in ten minutes")
    for minute in range(0, 60, 12):
        command(f"14:{minute:02}:00", pipeline, "AWS-RunShellScript", "authorized", "",
                "the pipeline, five times in an hour: not too often"
                if minute == 0 else "... and again")
    for minute in range(8):
        command(f"15:{20 + minute}:00", maintenance, "AWS-RunPatchBaseline", "authorized", "",
                "patches come in many small steps: too often, and suppressed"
                if minute == 0 else "... and again")


def noise():
    drawn = Counter("policy noise")
    auth.cron(at("06:00:00"), at("22:00:00"), 60)
    scheduler = ({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}, "ec2.amazonaws.com",
                 "ec2.amazonaws.com")
    for half in range(-50, 48):
        for instance, address in zip((INSTANCE,) + OTHERS, (PRIVATE_IP, OTHER_IP, "198.51.100.25")):
            trail.heartbeat(after(DAY, half * 1800 + drawn.below(1500)), instance, address)
    for hour in range(-25, 24):
        trail.call(after(DAY, hour * 3600 + drawn.below(2400)), scheduler, "sts", "AssumeRole",
                   {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/TillInstance",
                    "roleSessionName": INSTANCE})


def identity():
    return (f"[identity]\nprovider = aws\ninstance_id = {INSTANCE}\nregion = {REGION}\n"
            f"account = {ACCOUNT}\nprivate_ips = {PRIVATE_IP}\n"
            "launched_at = 2026-02-24T05:11:47Z\ntags = env=production team=till\n")


def told():
    files = {
        "host/auth.log": auth.text().encode(),
        "host/amazon-ssm-agent.log": agent.text().encode(),
        "identity.conf": identity().encode(),
    }
    for name, data in trail.files().items():
        files[f"cloudtrail/{name}"] = data
    return files


def main(arguments):
    the_day()
    too_often()
    noise()
    return story.main(arguments, told())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
