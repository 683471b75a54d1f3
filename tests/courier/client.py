# SPDX-License-Identifier: Apache-2.0
"""The daemon's side of the conversation with countersign-courier, for tests: starts the program on
one end of a socket pair and speaks courier/message.h's frames on the other. Also starts the
stand-in for a cloud and speaks to its control port."""
import json
import os
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
STANDINS = os.path.join(HERE, "..", "standin")
OUTCOMES = ("ok", "no-cloud", "no-credentials", "denied", "throttled", "unreachable", "bad-answer",
            "bad-request")
ASK_IDENTITY, ASK_PAGE, ASK_CHECK = 1, 2, 3
IDENTITY, PAGE, CHECK = 65, 66, 67
TRAIL, SESSION, COMMAND, ACTIVITY, ENTRIES, METADATA = range(6)
NO_TIME = -(1 << 63)
VERSION = 2


class Ended(Exception):
    """The courier closed the conversation, or said nothing in time."""


class Fields:
    """Takes a frame's fields off its front."""

    def __init__(self, data):
        self.data = data

    def number(self, signed=False):
        value, = struct.unpack_from("<q" if signed else "<Q", self.data)
        self.data = self.data[8:]
        return value

    def moment(self):
        value = self.number(signed=True)
        return None if value == NO_TIME else value / 1e6

    def bytes(self):
        length, = struct.unpack_from("<I", self.data)
        value, self.data = self.data[4:4 + length], self.data[4 + length:]
        assert len(value) == length
        return value

    def text(self):
        return self.bytes().decode()


def put_bytes(value):
    value = value.encode() if isinstance(value, str) else value
    return struct.pack("<I", len(value)) + value


def put_time(seconds):
    return struct.pack("<q", NO_TIME if seconds is None else int(seconds * 1e6))


def read_identity(fields):
    answer = {name: fields.text() for name in ("provider", "instance", "account", "region")}
    answer["private_ips"] = [fields.text() for _ in range(fields.number())]
    answer["launched_at"] = fields.moment()
    answer["has_credentials"] = bool(fields.number())
    answer["credentials_until"] = fields.moment()
    answer["role"] = fields.text()
    answer["has_tags"] = bool(fields.number())
    answer["tags"] = [fields.text() for _ in range(fields.number())]
    return answer


def read_page(fields):
    return {"body": fields.bytes(), "token": fields.text(), "answered_at": fields.moment(),
            "retry_after": fields.number() / 1e6}


def read_check(fields):
    return {"lines": [{"outcome": OUTCOMES[fields.number()], "what": fields.text(),
                       "detail": fields.text()} for _ in range(fields.number())]}


READERS = {IDENTITY: read_identity, PAGE: read_page, CHECK: read_check}


class Courier:
    """One countersign-courier with the configuration given. `with` ends it."""

    def __init__(self, program, config):
        self.folder = tempfile.TemporaryDirectory(prefix="courier-")
        path = os.path.join(self.folder.name, "countersign.conf")
        with open(path, "w", encoding="ascii") as file:
            file.write(config)
        os.chmod(path, 0o600)
        self.stderr = tempfile.TemporaryFile()
        self.socket, theirs = socket.socketpair()
        self.number = 0
        self.arrived = b""
        self.seen = b""          # every byte that ever came from it
        environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        self.process = subprocess.Popen(
            [program, "--config", path, "--fd", str(theirs.fileno())], stdin=subprocess.DEVNULL,
            stdout=self.stderr, stderr=self.stderr, pass_fds=[theirs.fileno()], env=environment)
        theirs.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    def complaints(self):
        self.stderr.seek(0)
        return self.stderr.read()

    def send(self, kind, body=b""):
        self.number += 1
        frame = struct.pack("<BBQ", VERSION, kind, self.number) + body
        self.socket.sendall(struct.pack("<I", len(frame)) + frame)
        return self.number

    def receive(self, timeout):
        """The next message, as a dictionary."""
        deadline = time.monotonic() + timeout
        while True:
            if len(self.arrived) >= 4:
                length, = struct.unpack_from("<I", self.arrived)
                if len(self.arrived) >= 4 + length:
                    frame, self.arrived = self.arrived[4:4 + length], self.arrived[4 + length:]
                    return self.read(frame)
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.socket], [], [], left)[0]:
                raise Ended(f"no answer within {timeout} s")
            data = self.socket.recv(1 << 20)
            if not data:
                raise Ended(f"it closed the conversation, status {self.process.wait(10)}: "
                            + self.complaints().decode(errors="replace")[-2000:])
            self.arrived += data
            self.seen += data

    @staticmethod
    def read(frame):
        version, kind = frame[0], frame[1]
        assert version == VERSION and kind in READERS, (version, kind)
        fields = Fields(frame[2:])
        answer = {"kind": kind, "number": fields.number(), "outcome": OUTCOMES[fields.number()],
                  "detail": fields.text()}
        answer.update(READERS[kind](fields))
        assert not fields.data, "bytes after the last field"
        return answer

    def ask(self, kind, body=b"", timeout=45):
        number = self.send(kind, body)
        answer = self.receive(timeout)
        assert answer["number"] == number, (answer["number"], number)
        return answer

    def ask_identity(self, **more):
        return self.ask(ASK_IDENTITY, **more)

    def ask_check(self, **more):
        return self.ask(ASK_CHECK, **more)

    def ask_page(self, attribute="EventSource", value="ec2-instance-connect.amazonaws.com",
                 since=None, until=None, token="", query=TRAIL, region="", **more):
        now = time.time()
        body = (struct.pack("<Q", query) + put_bytes(region) + put_bytes(attribute)
                + put_bytes(value) + put_time(now - 3600 if since is None else since)
                + put_time(now + 60 if until is None else until) + put_bytes(token))
        return self.ask(ASK_PAGE, body, **more)


class Standin:
    """A stand-in of tests/standin/, started with the words given. `with` ends it."""

    program = "aws.py"

    def __init__(self, *words):
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(STANDINS, self.program), "--stdin", "--lifetime", "300", *words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline().split()
        assert line and line[0] == "ready", line
        self.at = dict(word.split("=", 1) for word in line[1:])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()

    def control(self, **command):
        request = urllib.request.Request(f"http://127.0.0.1:{self.at['control']}/control",
                                         data=json.dumps(command).encode(), method="POST")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return json.load(answer)

    def get(self, what):
        url = f"http://127.0.0.1:{self.at['control']}/{what}"
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as answer:
            return json.load(answer)

    def config(self, **aws):
        """A configuration that points every endpoint here; `aws` are further settings of [aws]."""
        scheme = "https" if "ca" in self.at else "http"
        api = f"{scheme}://127.0.0.1:{self.at['api']}"
        settings = {"metadata_endpoint": f"http://127.0.0.1:{self.at['imds']}",
                    "cloudtrail_endpoint": api, "ssm_endpoint": api, "sts_endpoint": api, **aws}
        if "ca" in self.at:
            settings["ca_file"] = self.at["ca"]
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items() if value is not None)
        return "[aws]\n" + lines
