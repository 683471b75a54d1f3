# SPDX-License-Identifier: Apache-2.0
"""Runs inside a booted Debian: installs the agent, logs in over real ssh, forges lines as a
user without rights, and asks the agent what it saw."""

import json
import os
import pty
import shutil
import subprocess
import sys
import time

INSTANCE = "i-0a1b2c3d4e5f60718"
ACCOUNT = "111122223333"
REGION = "eu-west-1"
API = "/var/lib/api-logs"
PATIENCE = 60

CONFIG = f"""[sources]
files = /var/log/auth.log
[correlation]
provisional_after = 3s
final_after = 6s
final_after_weak = 6s
lateness = 1s
skew = 2s
twin_wait = 3s
poll_interval = 1s
[courier]
mode = off
[aws]
api_log_dir = {API}
[identity]
provider = aws
instance_id = {INSTANCE}
region = {REGION}
account = {ACCOUNT}
private_ips = 192.0.2.7
"""

# What a sanitizer needs that the sandbox would not give.
DROP_IN = """[Service]
Environment=ASAN_OPTIONS=detect_leaks=0
"""


def run(*command, check=True, **options):
    return subprocess.run(command, check=check, text=True, capture_output=True, **options)


class Failure(Exception):
    pass


def wait_for(what, check, patience=PATIENCE):
    end = time.monotonic() + patience
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Failure("waited in vain for " + what)
        time.sleep(0.05)


def rows(*arguments):
    answer = run("countersign", *arguments, "--json", check=False)
    if answer.returncode not in (0, 1):
        raise Failure(f"countersign {' '.join(arguments)}: {answer.stderr.strip()}")
    return [json.loads(line) for line in answer.stdout.splitlines()]


def login(**wanted):
    for row in rows("logins", "--all"):
        if all(row[name] == value for name, value in wanted.items()):
            return row
    return None


def expect(what, got, wanted):
    if got != wanted:
        raise Failure(f"{what}: expected {wanted!r}, got {got!r}")


# ---- the machine -----------------------------------------------------------------------


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


def start_sshd():
    shutil.copy("/stage/instance_connect", "/usr/local/bin/instance_connect")
    os.chmod("/usr/local/bin/instance_connect", 0o755)
    os.makedirs("/run/pushed-keys", mode=0o755, exist_ok=True)
    with open("/etc/ssh/sshd_config.d/instance-connect.conf", "w") as file:
        file.write("AuthorizedKeysCommand /usr/local/bin/instance_connect %u %f\n"
                   "AuthorizedKeysCommandUser ec2-instance-connect\n")
    run("systemctl", "restart", "ssh")
    run("ip", "link", "set", "lo", "up")
    run("ip", "address", "add", "192.0.2.7/32", "dev", "lo", check=False)


def push_key(number, user):
    """Puts a key where Instance Connect would find it. Returns what CloudTrail logs."""
    path = f"/root/key{number}"
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path)
    with open(path + ".pub") as file:
        public = " ".join(file.read().split()[:2])
    request_id = "5f6c0000-0000-4000-8000-%012d" % number
    with open(f"/run/pushed-keys/{user}", "a") as file:
        file.write(f"{request_id} arn:aws:iam::{ACCOUNT}:user/alice {public}\n")
    return path, record("ec2-instance-connect.amazonaws.com", "SendSSHPublicKey",
                        {"instanceId": INSTANCE, "instanceOSUser": user,
                         "sSHPublicKey": public}, requestID=request_id)


records = 0


def record(source, name, parameters, at=None, **members):
    global records
    records += 1
    call = {
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at or time.time())),
        "eventSource": source, "eventName": name, "awsRegion": REGION,
        "sourceIPAddress": "203.0.113.9", "recipientAccountId": ACCOUNT,
        "eventID": "e0000000-0000-4000-8000-%012d" % records,
        "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/alice",
                         "accountId": ACCOUNT},
        "requestParameters": parameters, "responseElements": None,
    }
    call.update(members)
    return call


def deliver(*calls):
    name = f"{ACCOUNT}_CloudTrail_{REGION}_{time.strftime('%Y%m%dT%H%MZ', time.gmtime())}_"
    with open("/var/tmp/arriving", "w") as file:
        json.dump({"Records": list(calls)}, file)
    os.chmod("/var/tmp/arriving", 0o644)
    shutil.move("/var/tmp/arriving", f"{API}/{name}{records:016d}.json")


def progress():
    deliver(record("sts.amazonaws.com", "GetCallerIdentity", None))


def ssh(path, user):
    answer = run("ssh", "-i", path, "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes",
                 "-o", "UserKnownHostsFile=/dev/null", f"{user}@192.0.2.7", "id", check=False)
    if answer.returncode != 0:
        raise Failure(f"ssh: {answer.stderr}")


def as_mallory(*command, **options):
    return run("setpriv", "--reuid", "mallory", "--regid", "mallory", "--clear-groups",
               *command, **options)


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
    failed = 0
    tests = [value for name, value in globals().items() if name.startswith("test_")]
    for test in tests:
        try:
            test()
            print("ok      ", test.__name__, flush=True)
        except Exception as why:  # told by the test's name
            failed += 1
            print("FAILED  ", test.__name__, "-", why, flush=True)
    print(f"{len(tests)} tests, {failed} failed")
    sys.exit(1 if failed else 0)


main()
