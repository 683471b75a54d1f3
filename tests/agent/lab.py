# SPDX-License-Identifier: Apache-2.0
"""A countersignd of its own, in folders of its own, fed with logs as their writers write
them: what the tests of the living agent share. Python's standard library alone."""

import base64
import concurrent.futures
import hashlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

PROGRAM = os.environ.get("COUNTERSIGND", "./countersignd")
INSTANCE = "i-0a1b2c3d4e5f60718"
ACCOUNT = "111122223333"
REGION = "eu-west-1"
PATIENCE = float(os.environ.get("COUNTERSIGN_TEST_PATIENCE", "60"))

CONFIG = """[agent]
state_dir = {root}/state
runtime_dir = {root}/run
log_dir = {root}/log
[sources]
journal = {journal}
files = {root}/auth.log
ssm_log = {root}/ssm.log
ssm_data_dir = {root}/ssm
azure_logs = {azure_logs}
cloud_init_log = {cloud_init_log}
authorized_keys = {authorized_keys}
{sources}
[correlation]
provisional_after = {provisional}
final_after = {final}
final_after_weak = {final}
lateness = 1s
skew = 1s
blind_after = {blind}
twin_wait = 1s
poll_interval = 1s
[courier]
mode = {courier}
[aws]
{aws}
{identity}
{more}
"""

IDENTITY = f"""[identity]
provider = aws
instance_id = {INSTANCE}
region = {REGION}
account = {ACCOUNT}
private_ips = 192.0.2.7
"""


def stamp(at=None):
    """An RFC 3339 time as rsyslog writes it."""
    at = time.time() if at is None else at
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + ".%06d+00:00" % (at % 1 * 1e6)


def seconds(at=None):
    """An eventTime: whole seconds, cut."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() if at is None else at))


def key(number):
    """A public key line and its fingerprint, made of a number alone."""
    kind = b"ssh-ed25519"
    blob = struct.pack(">I", len(kind)) + kind + struct.pack(">I", 32)
    blob += hashlib.sha256(b"key %d" % number).digest()
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return "ssh-ed25519 " + base64.b64encode(blob).decode(), "SHA256:" + digest


class Failure(Exception):
    pass


def wait_for(what, check, patience=None):
    """Asks again until the answer is true; fails when the patience ends."""
    end = time.monotonic() + (patience or PATIENCE)
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Failure("waited in vain for " + what)
        time.sleep(0.02)


def lines_of(path):
    """The last is empty where a line ends there."""
    with open(path, "rb") as file:
        return file.read().split(b"\n")


class Agent:
    """One agent and its world, in a folder that goes with it."""

    def __init__(self, **settings):
        self.root = tempfile.mkdtemp(prefix="countersign-test-")
        os.chmod(self.root, 0o700)
        self.log = os.path.join(self.root, "auth.log")
        self.ssm_log = os.path.join(self.root, "ssm.log")
        self.api = os.path.join(self.root, "api")
        self.alerts_path = os.path.join(self.root, "log", "alerts.jsonl")
        for folder in ("api", "state", "run", "log"):
            os.mkdir(os.path.join(self.root, folder), 0o700)
        for path in (self.log, self.ssm_log):
            open(path, "a").close()
            os.chmod(path, 0o600)
        self.settings = {
            "root": self.root, "journal": "no", "sources": "",
            "azure_logs": "no", "cloud_init_log": "no", "authorized_keys": "no", "provisional": "2s",
            "final": "4s", "blind": "1h", "courier": "off",
            "aws": f"api_log_dir = {self.api}", "identity": IDENTITY, "more": "",
        }
        records = settings.pop("records", None)
        self.settings.update(settings)
        if records:  # of alerts.jsonl; without it has the findings alone
            self.settings["more"] += f"[sink alerts]\ntype = file\nrecords = {records}\n"
        self.config = os.path.join(self.root, "countersign.conf")
        self.configure()
        self.process = None
        self.host = socket.gethostname()
        self.pid = 1000
        self.calls = 0
        self.environment = dict(os.environ)
        self.messages = os.path.join(self.root, "messages")

    def configure(self, **settings):
        self.settings.update(settings)
        with open(self.config, "w") as file:
            file.write(CONFIG.format(**self.settings))
        os.chmod(self.config, 0o600)

    # ---- its life -------------------------------------------------------------------

    def start(self, wait=True):
        with open(self.messages, "ab") as messages:
            self.process = subprocess.Popen([PROGRAM, "--config", self.config],
                                            stderr=messages, env=self.environment)
        if wait:
            self.wait_ready()

    def wait_ready(self):
        def ready():
            if self.process.poll() is not None:
                raise Failure(f"it ended with {self.process.returncode}")
            try:
                return self.status()["agent"]["state"] == "watching"
            except OSError:
                return False
        wait_for("the agent to be ready", ready)

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)

    def said(self):
        with open(self.messages, errors="replace") as messages:
            return messages.read()

    def close(self):
        if self.process and self.process.poll() is None:
            self.stop()
        subprocess.run(["rm", "-rf", self.root], check=False)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            sys.stderr.write(self.said())
        self.close()

    # ---- asking it ------------------------------------------------------------------

    def ask(self, **request):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(PATIENCE)
        client.connect(os.path.join(self.root, "run", "control.sock"))
        client.sendall(json.dumps(request).encode() + b"\n")
        rows = []
        with client, client.makefile() as lines:
            for line in lines:
                row = json.loads(line)
                if row["type"] == "end":
                    return rows
                if row["type"] == "error":
                    raise Failure(row["text"])
                rows.append(row)
        raise Failure("the answer broke off")

    def status(self):
        return self.ask(command="status")[0]

    def logins(self, **request):
        return self.ask(command="logins", all=True, **request)

    def login(self, **wanted):
        """The one login with these members, or None."""
        found = [login for login in self.logins()
                 if all(login[name] == value for name, value in wanted.items())]
        if len(found) > 1:
            raise Failure(f"{len(found)} logins with {wanted}")
        return found[0] if found else None

    def wait_login(self, patience=None, **wanted):
        return wait_for(f"a login with {wanted}", lambda: self.login(**wanted), patience)

    def findings(self):
        return self.ask(command="alerts")

    def whole_lines(self):
        lines = lines_of(self.alerts_path)
        return lines if not lines[-1] else None

    def alerts(self, stream=None):
        """The records of alerts.jsonl, and of what it was rotated to: of one stream ("finding",
        "login") or of all. A file that was rotated away has whole ones only."""
        lines = []
        if os.path.exists(self.alerts_path + ".1"):
            rotated = lines_of(self.alerts_path + ".1")
            if rotated[-1]:
                raise Failure(f"half a record was rotated away: {rotated[-1]}")
            lines += rotated[:-1]
        if os.path.exists(self.alerts_path):
            # records are written in pieces
            lines += wait_for("a whole last line", self.whole_lines)[:-1]
        records = [json.loads(line) for line in lines]
        return [record for record in records
                if stream in (None, record["metadata"]["log_name"])]

    def numbers(self):
        """Those of all records: no two have the same."""
        return [int(record["metadata"]["uid"].rsplit(":", 1)[1]) for record in self.alerts()]

    @staticmethod
    def activity(record):
        """What it does to what was told before: OCSF's logins say that beside themselves."""
        words = {1: "create", 2: "update", 3: "close"}
        return record.get("unmapped", {}).get("activity", words[record["activity_id"]])

    def told(self, stream=None, activity=None):
        """Whom the records are about, all or those that create, update or close."""
        return [record["metadata"]["correlation_uid"] for record in self.alerts(stream)
                if activity in (None, self.activity(record))]

    # ---- what the host's writers write ----------------------------------------------

    def append(self, text, path=None):
        with open(path or self.log, "a") as file:
            file.write(text)

    def line(self, ident, pid, text, at=None):
        return f"{stamp(at)} {self.host} {ident}[{pid}]: {text}\n"

    def instance_connect(self, number, user="deploy", request_id=None, at=None):
        """A login with a key that Instance Connect provided. Returns its request id."""
        request_id = request_id or "5f6c0000-0000-4000-8000-%012d" % number
        fingerprint = key(number)[1]
        self.pid += 2
        self.append(
            self.line("ec2-instance-connect", self.pid,
                      "Providing ssh key from EC2 Instance Connect with fingerprint: "
                      f"{fingerprint}, request-id: {request_id}, for IAM principal: "
                      f"arn:aws:iam::{ACCOUNT}:user/alice", at) +
            self.line("sshd", self.pid + 1,
                      f"Accepted publickey for {user} from 198.51.100.{number % 250 + 1} "
                      f"port {20000 + number % 40000} ssh2: ED25519 {fingerprint}", at))
        return request_id

    def session(self, session_id, at=None):
        """A Session Manager session, as its worker logs it."""
        at = time.time() if at is None else at
        civil = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at)) + ".%04d" % (at % 1 * 1e4)
        self.append(
            f"{civil} INFO [ssm-session-worker] [{session_id}] document: {session_id} "
            "worker started\n"
            f"{civil} INFO [ssm-session-worker] [{session_id}] [DataBackend] "
            "[pluginName=Standard_Stream] Plugin Standard_Stream started\n", self.ssm_log)

    # ---- what the control plane logs ------------------------------------------------

    def record(self, source, name, parameters, answer=None, at=None, **members):
        self.calls += 1
        record = {
            "eventVersion": "1.08", "eventTime": seconds(at), "eventSource": source,
            "eventName": name, "awsRegion": REGION, "sourceIPAddress": "203.0.113.9",
            "userAgent": "aws-cli/2.9", "recipientAccountId": ACCOUNT,
            "eventID": "e0000000-0000-4000-8000-%012d" % self.calls,
            "requestID": "a0000000-0000-4000-8000-%012d" % self.calls,
            "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/alice",
                             "accountId": ACCOUNT, "userName": "alice"},
            "requestParameters": parameters, "responseElements": answer,
        }
        record.update(members)
        return record

    def push(self, number, request_id, user="deploy", at=None, **members):
        return self.record("ec2-instance-connect.amazonaws.com", "SendSSHPublicKey",
                           {"instanceId": INSTANCE, "instanceOSUser": user,
                            "sSHPublicKey": key(number)[0]},
                           {"success": True, "requestId": request_id}, at,
                           requestID=request_id, **members)

    def start_session(self, session_id, at=None):
        return self.record("ssm.amazonaws.com", "StartSession", {"target": INSTANCE},
                           {"sessionId": session_id}, at)

    def other(self, at=None):
        """A call that opens no door: it shows how far the log is."""
        return self.record("sts.amazonaws.com", "GetCallerIdentity", None, None, at)

    def deliver(self, *records, owner=None):
        """One file of CloudTrail's, put there whole."""
        name = f"{ACCOUNT}_CloudTrail_{REGION}_{time.strftime('%Y%m%dT%H%MZ', time.gmtime())}_"
        name += hashlib.sha256(os.urandom(8)).hexdigest()[:16] + ".json"
        hidden = os.path.join(self.root, "arriving")
        with open(hidden, "w") as file:
            json.dump({"Records": list(records)}, file)
        if owner is not None:
            os.chown(hidden, owner, owner)
        os.rename(hidden, os.path.join(self.api, name))


def run_here(test):
    """Whether it passed."""
    began = time.monotonic()
    try:
        test()
        print("ok      ", test.__name__, f"({time.monotonic() - began:.1f} s)", flush=True)
        return True
    except Exception as why:  # every failure is told by its test's name
        print("FAILED  ", test.__name__, "-", type(why).__name__, why, flush=True)
        return False


def run_apart(test):
    """In a process of its own: how that ended, and what it said."""
    return subprocess.run([sys.executable, "-B", sys.argv[0], test.__name__], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, errors="replace", check=False)


def run_beside(tests, at_once):
    """Each apart, so many at once. How many passed."""
    passed = 0
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        for done in pool.map(run_apart, tests):
            print(done.stdout, end="", flush=True)
            passed += done.returncode == 0
    return passed


def run(tests, at_once=1):
    """Runs each test by name, or those that the command line names; the exit status says
    whether one failed. Tests that wait most of the time may wait beside each other."""
    wanted = [test for test in tests if not sys.argv[1:] or test.__name__ in sys.argv[1:]]
    if at_once > 1 and len(wanted) > 1:
        passed = run_beside(wanted, at_once)
    else:
        passed = sum(map(run_here, wanted))
    if len(wanted) != 1:
        print(f"{len(wanted)} tests, {len(wanted) - passed} failed")
    sys.exit(0 if wanted and passed == len(wanted) else 1)
