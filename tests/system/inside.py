# SPDX-License-Identifier: Apache-2.0
"""Runs inside a booted Debian: installs the agent, logs in over real ssh, forges lines as a
user without rights, and asks the agent what it saw."""

import json
import os
import pty
import shutil
import time

from machine import (ACCOUNT, API, CONFIG, Failure, as_mallory, deliver, expect, login, progress,
                     push_key, record, rows, run, run_tests, ssh, start_sshd, wait_for)

# What a sanitizer needs that the sandbox would not give.
DROP_IN = """[Service]
Environment=ASAN_OPTIONS=detect_leaks=0
"""


def install():
    shutil.copy("/stage/countersign", "/usr/bin/")
    shutil.copy("/stage/countersignd", "/usr/sbin/")
    os.makedirs("/usr/libexec", exist_ok=True)
    shutil.copy("/stage/countersign-courier", "/usr/libexec/")
    for unit in os.listdir("/stage/units"):
        shutil.copy("/stage/units/" + unit, "/etc/systemd/system/")
    os.makedirs("/etc/systemd/system/countersignd.service.d")
    with open("/etc/systemd/system/countersignd.service.d/test.conf", "w") as file:
        file.write(DROP_IN)
    for user in ("countersign", "countersign-courier", "ec2-instance-connect"):
        run("useradd", "--system", "--user-group", "--no-create-home", user)
    for user in ("deploy", "mallory"):
        run("useradd", "--create-home", "--shell", "/bin/sh", user)
    os.makedirs("/etc/countersign", mode=0o755)
    with open("/etc/countersign/countersign.conf", "w") as file:
        file.write(CONFIG)
    os.chmod("/etc/countersign/countersign.conf", 0o644)
    os.makedirs(API, mode=0o755)
    run("systemctl", "daemon-reload")


# ---- what is tried ----------------------------------------------------------------------


def test_an_honest_login_is_authorized():
    path, call = push_key(1, "deploy")
    ssh(path, "deploy")
    began = time.monotonic()
    row = wait_for("the login", lambda: login(os_user="deploy"))
    print(f"         seen {time.monotonic() - began:.2f} s after ssh came back")
    expect("trust", row["trust"], "attested")
    expect("path", row["path"], "aws-ec2-instance-connect")
    deliver(call)
    row = wait_for("its verdict", lambda: login(os_user="deploy", verdict="authorized"))
    expect("principal", row["api_call"]["principal"], f"arn:aws:iam::{ACCOUNT}:user/alice")


def test_a_login_without_a_call_is_unauthorized():
    path, _ = push_key(2, "root")
    ssh(path, "root")
    wait_for("the login", lambda: login(os_user="root"))

    def is_final():
        progress()
        time.sleep(0.5)
        return login(os_user="root", verdict="unauthorized", stage="final")
    wait_for("the final verdict", is_final)
    expect("findings", [row["rule"] for row in rows("alerts")
                        if row["login_id"] == login(os_user="root")["id"]],
           ["login-without-api-call"])


def test_a_forged_line_is_a_finding_and_no_login():
    fingerprint = "SHA256:" + "A" * 43
    as_mallory("logger", "-t", "sshd", "-i", "-p", "authpriv.info",
               f"Accepted publickey for forged1 from 198.51.100.9 port 4242 ssh2: ED25519 {fingerprint}")
    # the datagram socket of syslog, with a pid of sshd's own choosing
    as_mallory("python3", "-c",
               "import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM);"
               "s.connect('/dev/log');"
               f"s.send(b'<86>sshd[4243]: Accepted publickey for forged2 from 198.51.100.9 port 4243 ssh2: ED25519 {fingerprint}')")
    # the journal's own socket, claiming to be root's
    as_mallory("python3", "-c",
               "import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM);"
               "s.connect('/run/systemd/journal/socket');"
               "s.send(b'SYSLOG_IDENTIFIER=sshd\\nPRIORITY=6\\n_UID=0\\n_COMM=sshd\\nSYSLOG_PID=4244\\n'"
               f"b'MESSAGE=Accepted publickey for forged3 from 198.51.100.9 port 4244 ssh2: ED25519 {fingerprint}\\n')")

    def all_told():
        told = [row for row in rows("alerts") if row["rule"] == "forged-log-line"]
        return len(told) >= 3
    wait_for("the three findings", all_told)
    for user in ("forged1", "forged2", "forged3"):
        expect(user, login(os_user=user), None)


def test_a_console_login_is_seen():
    run("passwd", "-d", "deploy")
    child, terminal = pty.fork()
    if child == 0:
        os.execv("/bin/login", ["login", "deploy"])
    wait_for("the console login",
             lambda: [row for row in rows("logins", "--all")
                      if row["path"] in ("local", "aws-serial-console")])
    os.write(terminal, b"exit\n")
    os.waitpid(child, 0)


def test_the_watchdog_brings_it_back():
    pid = run("systemctl", "show", "-P", "MainPID", "countersignd").stdout.strip()
    before = len(rows("logins", "--all"))
    run("kill", "-KILL", pid)
    wait_for("its return", lambda: run("systemctl", "is-active", "countersignd",
                                       check=False).stdout.strip() == "active")

    def is_back():
        try:
            return len(rows("logins", "--all")) == before
        except Failure:
            return False
    wait_for("what it knew", is_back)


def test_others_see_health_alone():
    answer = as_mallory("countersign", "logins", check=False)
    expect("exit status", answer.returncode, 3)
    status = json.loads(as_mallory("countersign", "status", "--json", check=False).stdout)
    expect("privileged", status["privileged"], False)
    expect("instance", status["identity"]["instance"], None)


def test_it_runs_without_rights():
    pid = run("systemctl", "show", "-P", "MainPID", "countersignd").stdout.strip()
    with open(f"/proc/{pid}/status") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    expect("capabilities", int(status["CapEff"], 16), 0)
    if status["Uid"].split()[0] == "0":
        raise Failure("it runs as root")


def main():
    install()
    start_sshd()
    deliver(record("sts.amazonaws.com", "GetCallerIdentity", None, at=time.time() - 7200))
    run("systemctl", "start", "countersignd")
    progress()
    run_tests([value for name, value in globals().items() if name.startswith("test_")])


main()
