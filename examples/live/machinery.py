# SPDX-License-Identifier: Apache-2.0
"""What runs behind the demo: the stand-in for AWS, and the real agent in a folder of its own.
Python's standard library alone."""

import ctypes
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
STANDIN = os.path.join(HERE, "..", "..", "tests", "standin", "aws.py")
INSTANCE = "i-0a1b2c3d4e5f60718"
ACCOUNT = "111122223333"
LIFETIME = 120      # nothing that is started here lives longer

CONFIG = """\
# Written by the demo. On a VM of AWS none of it is needed.
[agent]
state_dir = {root}/state
runtime_dir = {root}/run
log_dir = {root}/log
[sources]
journal = no
files = {root}/auth.log
ssm_log = no
ssm_data_dir = {root}/ssm
azure_logs = no
cloud_init_log = no
authorized_keys = no
[correlation]
provisional_after = {provisional}s
final_after = {final}s
lateness = 2s
skew = 1s
poll_interval = 15s
[courier]
mode = child
https_proxy = none
program = {build}/countersign-courier
[identity]
provider = aws
[aws]
metadata_endpoint = http://127.0.0.1:{imds}
cloudtrail_endpoint = http://127.0.0.1:{api}
ssm_endpoint = http://127.0.0.1:{api}
sts_endpoint = http://127.0.0.1:{api}
[sink alerts]
type = file
records = both
"""


class Failure(Exception):
    pass


def end_with_parent():
    """Run in the child: it gets SIGTERM when the demo is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def start(words, **options):
    return subprocess.Popen(words, start_new_session=True, preexec_fn=end_with_parent, **options)


def end(process):
    if process and process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(what, check, patience):
    deadline = time.monotonic() + patience
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise Failure("waited in vain for " + what)
        time.sleep(0.05)


class Cloud:
    """Instance metadata and CloudTrail on 127.0.0.1; a call is logged `late` seconds after it."""

    def __init__(self, late):
        self.process = start([sys.executable, STANDIN, "--late", str(late), "--instance", INSTANCE,
                              "--account", ACCOUNT, "--lifetime", str(LIFETIME)],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline().split()
        if not line or line[0] != "ready":
            end(self.process)
            raise Failure("the stand-in for AWS does not start")
        self.ports = dict(word.split("=", 1) for word in line[1:])

    def call(self, **what):
        """Somebody makes an API call. Returns CloudTrail's record of it."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.ports['control']}/control",
                                         json.dumps({"add": what}).encode())
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as answer:
            return json.load(answer)["added"][0]

    def close(self):
        end(self.process)
        self.process.stdout.close()


class Agent:
    """countersignd, with its courier, and the command line that asks it."""

    def __init__(self, build, root, ports, windows):
        self.build = build
        self.root = root
        self.config = os.path.join(root, "countersign.conf")
        for folder in ("state", "run", "log"):
            os.mkdir(os.path.join(root, folder), 0o700)
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(root=root, build=build, **windows, **ports))
        os.chmod(self.config, 0o600)
        self.messages = os.path.join(root, "messages")
        self.rows = queue.Queue()
        self.follower = None
        with open(self.messages, "wb") as messages:
            self.process = start([os.path.join(build, "countersignd"), "--config", self.config],
                                 stdin=subprocess.DEVNULL, stderr=messages)

    def words(self, *arguments):
        socket = os.path.join(self.root, "run", "control.sock")
        return [os.path.join(self.build, "countersign"), *arguments, "--socket", socket]

    def ask(self, *arguments):
        """The rows of a command's --json."""
        answer = subprocess.run(self.words(*arguments, "--json"), stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=20, check=False)
        return [json.loads(line) for line in answer.stdout.splitlines()]

    def wait_watching(self):
        def watching():
            if self.process.poll() is not None:
                raise Failure(f"the agent ended with status {self.process.returncode}")
            rows = self.ask("status")
            return (rows and rows[0]["agent"]["state"] == "watching" and
                    rows[0]["identity"]["state"] == "known" and
                    all(source["state"] == "following" for source in rows[0]["sources"]
                        if source["kind"] == "syslog"))
        wait_for("the agent to watch", watching, 30)

    def follow(self):
        """From now on each login is put into `rows` when it is new or has changed, and when."""
        self.follower = start(self.words("logins", "--all", "--follow", "--json"),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

        def read():
            for line in self.follower.stdout:
                self.rows.put((json.loads(line), time.monotonic()))
        threading.Thread(target=read, daemon=True).start()

    def next_row(self, patience):
        try:
            return self.rows.get(timeout=patience)
        except queue.Empty:
            raise Failure("the agent told nothing more") from None

    def alerts(self):
        path = os.path.join(self.root, "log", "alerts.jsonl")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]

    def said(self):
        with open(self.messages, encoding="utf-8", errors="replace") as file:
            return file.read()

    def state(self):
        """What countersign status prints, or why it cannot."""
        try:
            answer = subprocess.run(self.words("status"), stdin=subprocess.DEVNULL, timeout=10,
                                    text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                    check=False)
            return answer.stdout
        except subprocess.SubprocessError as problem:
            return str(problem)

    def close(self):
        end(self.follower)
        end(self.process)
