# SPDX-License-Identifier: Apache-2.0
"""What tests inside a booted Debian share: asking the agent, real ssh logins through a played
Instance Connect, and the API log of a played AWS."""

import json
import os
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


# ---- running ---------------------------------------------------------------------------


def run_tests(tests):
    """Runs them in their order; ends with a status that says whether all went well."""
    failed = 0
    for test in tests:
        began = time.monotonic()
        try:
            test()
            print(f"ok       {test.__name__} ({time.monotonic() - began:.1f} s)", flush=True)
        except Exception as why:  # told by the test's name
            failed += 1
            print("FAILED  ", test.__name__, "-", why, flush=True)
    print(f"{len(tests)} tests, {failed} failed")
    sys.exit(1 if failed else 0)
