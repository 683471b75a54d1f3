# SPDX-License-Identifier: Apache-2.0
"""What every kind of package is put through: the first logins, an upgrade with logins pending, a
downgrade that the database is too new for. How it is installed is the caller's to say."""

import json
import os
import re
import sqlite3
import threading
import time

from installed import (DATABASE, exposure, is_active, logins_of, main_pid, say, status_json,
                       wait_until_up)
from machine import (API, CONFIG, Failure, as_mallory, deliver, expect, login, progress, push_key,
                     record, rows, run, ssh, wait_for)


def source(name):
    return next(one for one in status_json()["sources"] if one["name"] == name)


def test_first_login_is_judged_without_configuration():
    ssh("/root/own", "deploy")
    # rsyslog's copy of the line may be there before the journal's own, which attests it
    row = wait_for("the login", lambda: login(os_user="deploy", trust="attested"))
    expect("a login through no cloud's door", (row["path"], row["verdict"]),
           ("direct-ssh", "not-judged"))
    path, _ = push_key(100, "root")
    ssh(path, "root")
    row = wait_for("the login", lambda: login(os_user="root", trust="attested"))
    expect("one through a cloud's door", (row["path"], row["verdict"]),
           ("aws-ec2-instance-connect", "pending"))
    # the journal and auth.log tell of both, and each is one login
    wait_for("the other log", lambda: source("/var/log/auth.log")["last_at"] >= row["time"])
    expect("logins", sorted(row["os_user"] for row in rows("logins", "--all")), ["deploy", "root"])
    status = status_json()
    expect("provider", status["identity"]["provider"], None)
    states = {source["name"]: source["state"] for source in status["sources"]}
    expect("sources", (states["journal"], states["/var/log/auth.log"]), ("following",) * 2)
    say("direct ssh: not-judged; Instance Connect: pending, as no cloud answers; sources: "
        + ", ".join(f"{name} {state}" for name, state in states.items()))
    expect("what nobody misses", [name for name in states if "ssm" in name or "azure" in name], [])
    expect("problems", [problem["what"] for problem in status["problems"]],
           ["this machine seems to be of no cloud"])
    others = json.loads(as_mallory("countersign", "status", "--json", check=False).stdout)
    expect("what others see", (others["privileged"], others["identity"]["instance"]), (False, None))
    expect("doctor where there is no cloud", run("countersign", "doctor", check=False).returncode, 0)


def test_exposure():
    for unit, most in (("countersignd.service", 0.7), ("countersign-courier.service", 1.3)):
        found = exposure(unit)
        say(f"systemd-analyze security {unit}: {found} (at most {most})")
        if found > most:
            raise Failure(f"{unit}: {found}")


def test_reload():
    pid = main_pid()
    run("systemctl", "reload", "countersignd")
    wait_until_up()
    expect("process", main_pid(), pid)


# ---- upgrades -----------------------------------------------------------------------------


def cloud_logins():
    return [row for row in logins_of("deploy") if row["path"] == "aws-ec2-instance-connect"]


def waiting():
    return [row for row in cloud_logins() if row["verdict"] == "pending"]


def configure():
    """A played AWS, and an administrator's own words in what the package brought."""
    os.makedirs(API, mode=0o755)
    with open("/etc/countersign/conf.d/50-own.conf", "w") as file:
        # long enough that nothing is judged before the upgrade is over
        file.write(re.sub(r"(provisional_after|final_after\w*) = .*", r"\1 = 10min", CONFIG))
    with open("/etc/countersign/countersign.conf", "a") as file:
        file.write("# the administrator's own line\n")
    deliver(record("sts.amazonaws.com", "GetCallerIdentity", None, at=time.time() - 7200))
    run("systemctl", "restart", "countersignd")
    wait_until_up()


def while_logging_in(keys, action):
    """Runs the action while logins by these keys go on."""
    failures = []

    def log_in():
        for path, _ in keys:
            try:
                ssh(path, "deploy")
            except Failure as why:
                failures.append(why)

    thread = threading.Thread(target=log_in)
    thread.start()
    action()
    thread.join()
    expect("logins that failed", failures, [])


def upgrade_loses_no_login(upgrade):
    """Upgrade() installs the next version; logins wait for their call before and meanwhile."""
    configure()
    pushed = []
    for number in range(1, 4):
        path, call = push_key(number, "deploy")
        ssh(path, "deploy")
        pushed.append(call)
    wait_for("three logins", lambda: len(waiting()) == 3)

    keys = [push_key(number, "deploy") for number in range(4, 12)]
    pushed.extend(call for _, call in keys)
    old = main_pid()
    while_logging_in(keys, upgrade)
    wait_until_up()
    if main_pid() == old:
        raise Failure("the old process goes on")
    expect("the courier's socket", is_active("countersign-courier.socket"), True)
    wait_for("eleven logins", lambda: len(waiting()) == 11)
    deliver(*pushed)
    progress()
    wait_for("eleven verdicts", lambda: len([row for row in cloud_logins()
                                             if row["verdict"] == "authorized"]) == 11)
    expect("logins in all", len(cloud_logins()), 11)
    say("3 logins pending before, 8 during the upgrade: 11 authorized after it, 0 lost, 0 twice")


def test_nothing_is_said_to_be_lost():
    expect("gaps", [row for row in rows("alerts") if row["rule"] == "evidence-gap"], [])


def test_what_the_administrator_wrote_is_kept():
    with open("/etc/countersign/countersign.conf") as file:
        expect("countersign.conf", file.read().endswith("own line\n"), True)
    expect("conf.d", os.listdir("/etc/countersign/conf.d"), ["50-own.conf"])


# ---- downgrades ---------------------------------------------------------------------------


def set_version(version):
    connection = sqlite3.connect(DATABASE)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.commit()
    return connection


def expect_header(version):
    with open(DATABASE, "rb") as file:
        expect("the header", int.from_bytes(file.read(64)[60:], "big"), version)


def expect_told(words):
    for line in words.splitlines():
        if "is of version 99, written by a newer" in line:
            return line
    raise Failure("no clear message: " + words)


def downgrade_is_refused(refuse):
    """Refuse(where) tries to install the older version, expects that nothing came of it, and
    returns what was said. Leaves the agent stopped, and its database as it was."""
    run("systemctl", "stop", "countersignd")
    connection = sqlite3.connect(DATABASE)
    schema = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    # in the write-ahead log alone, while somebody has it open
    connection = set_version(99)
    expect_header(schema)
    expect_told(refuse("in the log"))
    connection.close()
    expect_header(99)
    say(expect_told(refuse("in the file")))
    # the program itself does not touch it, either
    run("systemctl", "start", "--no-block", "countersignd")
    wait_for("its refusal", lambda: "written by a newer countersign" in run(
        "journalctl", "-o", "cat", "-u", "countersignd", "-n", "20").stdout)
    run("systemctl", "stop", "countersignd")
    set_version(schema).close()
    run("chown", "countersign:countersign", DATABASE)
