#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The agent at work, in a minute and without a cloud: see README.md beside this file.

    demo.py [--check] [--without-sshd] FOLDER

FOLDER is where countersignd, countersign-courier and countersign were built. With --check it is
silent, and its exit status says whether all came out as it must."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from host import Key, Log, RealSshd, WrittenSshd, say_provided  # noqa: E402
from machinery import ACCOUNT, Agent, Cloud, Failure, LIFETIME, wait_for  # noqa: E402

LATE = 3
WINDOWS = {"provisional": 8, "final": 20}
PATIENCE = 40       # for one step
LONGEST = LIFETIME - 10
LOGIN, FINDING = "Authentication", "Detection Finding"
RECORDS_OF_HONEST = [(LOGIN, "pending"), (LOGIN, "authorized")]
RECORDS_OF_THIEF = [(LOGIN, "pending"), (LOGIN, "unauthorized"), (FINDING, "Create Low"),
                    (LOGIN, "unauthorized"), (FINDING, "Update High")]


class TimeIsUp(Exception):
    pass


class Stage:
    """What is told, with the seconds since the beginning."""

    def __init__(self, is_silent):
        self.is_silent = is_silent
        self.began = time.monotonic()

    def write(self, text=""):
        if not self.is_silent:
            print(text, flush=True)

    def tell(self, *lines):
        """One step: the first line with the time, the others below it."""
        self.write()
        for number, line in enumerate(lines):
            clock = "" if number else f"{time.monotonic() - self.began:4.1f} s"
            self.write(f"{clock:>6}  {line}")

    def show(self, agent, *arguments):
        """A command of countersign's, as typed, and what it prints."""
        if self.is_silent:
            return
        typed = " ".join(arguments).replace(agent.root + "/", "")
        self.write(f"\n$ countersign {typed}")
        subprocess.run(agent.words(*arguments), stdin=subprocess.DEVNULL, timeout=20, check=False)


def expect(what, got, wanted):
    if got != wanted:
        raise Failure(f"{what}: {wanted} was expected, and it is {got}")


class Demo:
    def __init__(self, options, folder, closing):
        self.stage = Stage(options.check)
        self.log = Log(os.path.join(folder, "auth.log"))
        self.folder = folder
        self.sshd = self.find_sshd(options, closing)
        self.cloud = Cloud(LATE)
        closing.append(self.cloud)
        self.agent = Agent(os.path.abspath(options.folder), folder, self.cloud.ports, WINDOWS)
        closing.append(self.agent)

    def find_sshd(self, options, closing):
        why = "as asked"
        if not options.without_sshd:
            sshd = RealSshd(self.log, self.folder)
            closing.append(sshd)
            why = sshd.open()
            if not why:
                return sshd
        return WrittenSshd(self.log, why, "deploy")

    def introduce(self):
        sshd = self.sshd
        real = (f"real, {sshd.version}: ssh logs in to it on 127.0.0.1, as you"
                if sshd.is_real else f"none ({sshd.why}): its lines are written by this demo")
        for line in (
                "One machine, and two logins with keys that EC2 Instance Connect provided.",
                "For one of them somebody made the API call; for the other nobody did.",
                "",
                "agent      real: countersignd with its courier, in a folder of its own",
                f"sshd       {real}",
                "log        written as rsyslog would, without a journal beside it",
                "AWS        played, on 127.0.0.1: instance metadata, and a CloudTrail that",
                f"           tells each call {LATE} seconds after it (the real one: minutes)",
                "Instance   played: there is no key command here that would say",
                "Connect    \"Providing ssh key ...\", so this demo writes that line",
                f"windows    {WINDOWS['provisional']} s to a first verdict, {WINDOWS['final']} s to"
                " the final one (installed: 10 min, 1 h)"):
            self.stage.write(line)

    def log_in(self, key, request_id, user):
        """Instance Connect's line, and the login."""
        say_provided(self.log, key, request_id, f"arn:aws:iam::{ACCOUNT}:user/{user}")
        why = self.sshd.login(key)
        if why:
            self.sshd = WrittenSshd(self.log, why, self.sshd.user)
            self.stage.tell("This sshd lets nobody in: its line is written by this demo. It said:",
                            why)
            self.sshd.login(key)

    def wait_row(self, **wanted):
        """The next row of the agent's that has all of this."""
        deadline = time.monotonic() + PATIENCE
        while True:
            row, came_at = self.agent.next_row(max(0.1, deadline - time.monotonic()))
            if all(row.get(name) == value for name, value in wanted.items()):
                return row, came_at

    def wait_seen(self):
        """The login that was just made, and how long after its line it was told."""
        row, came_at = self.wait_row(verdict="pending", path="aws-ec2-instance-connect")
        return row, f"{max(0.0, came_at - self.log.accepted_at) * 1000:.1f} ms"

    def honest_login(self):
        key = Key(os.path.join(self.folder, "alice"))
        request_id = str(uuid.uuid4())
        self.stage.tell("alice calls SendSSHPublicKey, and logs in with that key.")
        call = self.cloud.call(call="SendSSHPublicKey", key=key.public, user="alice",
                               os_user=self.sshd.user, request_id=request_id)
        self.log_in(key, request_id, "alice")
        row, after = self.wait_seen()
        self.stage.tell(f"The agent has seen login {row['id'][:8]}, {after} after sshd's line:"
                        " pending.",
                        "It asks CloudTrail, which does not tell the call yet.")
        self.stage.show(self.agent, "logins")
        row, _ = self.wait_row(id=row["id"], verdict="authorized")
        expect("the call that vouches", row["api_call"]["id"], call["eventID"])
        self.stage.tell("CloudTrail tells the call: AUTHORIZED, matched on",
                        ", ".join(row["api_call"]["matched_on"]) + ".")
        self.stage.show(self.agent, "logins")
        return row

    def login_without_call(self):
        key = Key(os.path.join(self.folder, "thief"))
        self.stage.tell("A thief, root here once, has replaced Instance Connect's key command.",
                        "It hands sshd a key of his, and says that bob had it pushed.",
                        "Nobody has called any API.")
        self.log_in(key, str(uuid.uuid4()), "bob")
        row, after = self.wait_seen()
        self.stage.tell(f"Seen after {after}: login {row['id'][:8]}, pending."
                        " A call may still be told.")
        row, _ = self.wait_row(id=row["id"], verdict="unauthorized", stage="provisional")
        self.stage.tell("CloudTrail tells what was called since, and no such call:",
                        "UNAUTHORIZED, provisional. A finding of low severity.")
        row, _ = self.wait_row(id=row["id"], verdict="unauthorized", stage="final")
        expect("why", row["reasons"], ["no-api-call"])
        self.stage.tell("It would have told it by now: UNAUTHORIZED, final. Severity high.")
        return row

    def tell_all(self, honest, thief):
        stage, agent = self.stage, self.agent
        stage.show(agent, "doctor", "--config", agent.config)
        stage.show(agent, "status")
        stage.show(agent, "logins")
        stage.show(agent, "alerts")
        stage.show(agent, "explain", thief["id"][:8])
        stage.write("\nlog/alerts.jsonl, what a SIEM takes: each login from the moment it was"
                    " seen,\nand what was found about it, under one uid (OCSF Authentication and"
                    " Detection\nFinding, here shortened):\n")
        for login, wanted in ((honest, RECORDS_OF_HONEST), (thief, RECORDS_OF_THIEF)):
            for record in self.wait_records(login, len(wanted)):
                stage.write(shortened(record))
            expect("the records of " + login["id"], activities(self.records(login)), wanted)

    def records(self, login):
        return [record for record in self.agent.alerts()
                if record["metadata"].get("correlation_uid") == login["id"]]

    def wait_records(self, login, count):
        """They are written a moment after the login was told, when it is safely stored."""
        return wait_for("the records of alerts.jsonl", lambda: len(self.records(login)) >= count and
                        self.records(login), PATIENCE)

    def run(self):
        self.introduce()
        self.agent.wait_watching()
        self.agent.follow()
        self.stage.tell("The agent watches, and knows from instance metadata who it is.")
        honest = self.honest_login()
        thief = self.login_without_call()
        self.tell_all(honest, thief)
        self.stage.tell("All as it should be. The agent is stopped, its folder removed.")
        self.stage.write("\nNext: scripts/demo replay, a recorded theft through every door of AWS;"
                         "\nREADME.md, how to install the agent.")


def activities(records):
    return [(record["class_name"], said(record)) for record in records]


def said(record):
    """Of a login its verdict, of a finding what is done with it."""
    if "finding_info" in record:
        return f"{record['activity_name']} {record['severity']}"
    return record["status_code"]


def shortened(record):
    uid = record["metadata"]["correlation_uid"]
    return f"{uid[:8]} {record['class_name']:<19}{said(record):<14}{record['metadata']['event_code']}"


def parse(words):
    parser = argparse.ArgumentParser(description="The agent at work, without a cloud.")
    parser.add_argument("--check", action="store_true", help="silent; the exit status tells")
    parser.add_argument("--without-sshd", action="store_true", help="write sshd's lines instead")
    parser.add_argument("folder", help="where the agent was built")
    return parser.parse_args(words)


def stop(number, _):
    if number == signal.SIGALRM:
        raise TimeIsUp
    raise KeyboardInterrupt


def place():
    """Where the folder goes: a socket's path must not be long."""
    return tempfile.gettempdir() if len(tempfile.gettempdir()) < 50 else "/tmp"


def tidy(closing, folder):
    """Nothing stays: no process, no file. What interrupts now waits until that is done."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    for thing in reversed(closing):
        thing.close()
    shutil.rmtree(folder, ignore_errors=True)


def main():
    options = parse(sys.argv[1:])
    folder = tempfile.mkdtemp(prefix="countersign-demo-", dir=place())
    closing = []
    try:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
            signal.signal(number, stop)
        signal.alarm(LONGEST)
        Demo(options, folder, closing).run()
        return 0
    except KeyboardInterrupt:
        print("\nstopped; everything is put away", file=sys.stderr)
        return 130
    except (Failure, TimeIsUp, OSError, subprocess.SubprocessError, ValueError,
            KeyError) as problem:
        words = str(problem) or f"it was not done after {LONGEST} s"
        print(f"the demo failed: {type(problem).__name__}: {words}", file=sys.stderr)
        for thing in closing:
            if isinstance(thing, Agent):
                print(f"the agent said:\n{thing.said()}{thing.state()}", file=sys.stderr)
        return 1
    finally:
        tidy(closing, folder)


if __name__ == "__main__":
    sys.exit(main())
