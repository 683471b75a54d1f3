# SPDX-License-Identifier: Apache-2.0
"""The daemon's side of the conversation with countersign-courier, for tests against a stand-in for a
cloud: answers come as dictionaries, within a time that the asker says, and every byte that the courier
ever said is kept. Also starts the stand-in and speaks to its control port."""
import json
import os
import select
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

from courier import (ASK_CHECK, ASK_IDENTITY, ASK_PAGE, CHECK, IDENTITY, NONE, OUTCOMES, PAGE, VERSION,
                     Reader, frame, launch, number, text)

HERE = os.path.dirname(os.path.abspath(__file__))
STANDINS = os.path.join(HERE, "..", "standin")
TRAIL, SESSION, COMMAND, ACTIVITY, ENTRIES, METADATA = range(6)


class Ended(Exception):
    """The courier closed the conversation, or said nothing in time."""


class Fields(Reader):
    """Takes a frame's fields off its front; times as seconds."""

    def moment(self):
        value = self.time()
        return None if value == NONE else value / 1e6

    def text(self):
        return self.bytes().decode()


def put_time(seconds):
    return struct.pack("<q", NONE if seconds is None else int(seconds * 1e6))


def page_question(query, attribute, value, since, until, region="", token=""):
    """The body of ASK_PAGE; times in seconds, None = unknown."""
    return (number(query) + text(region) + text(attribute) + text(value) + put_time(since)
            + put_time(until) + text(token))


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
        self.stderr = tempfile.TemporaryFile()
        self.number = 0
        self.arrived = b""
        self.seen = b""          # every byte that ever came from it
        environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        self.process, self.socket = launch(program, self.folder.name, config, self.stderr,
                                           env=environment)

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
        self.socket.sendall(frame(kind, self.number, body))
        return self.number

    def receive(self, timeout):
        """The next message, as a dictionary."""
        deadline = time.monotonic() + timeout
        while True:
            if len(self.arrived) >= 4:
                length, = struct.unpack_from("<I", self.arrived)
                if len(self.arrived) >= 4 + length:
                    whole, self.arrived = self.arrived[4:4 + length], self.arrived[4 + length:]
                    return self.read(whole)
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
    def read(whole):
        version, kind = whole[0], whole[1]
        assert version == VERSION and kind in READERS, (version, kind)
        fields = Fields(whole[2:])
        answer = {"kind": kind, "number": fields.number(), "outcome": OUTCOMES[fields.number()],
                  "detail": fields.text()}
        answer.update(READERS[kind](fields))
        assert fields.at == len(fields.data), "bytes after the last field"
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
        return self.ask(ASK_PAGE, page_question(
            query, attribute, value, now - 3600 if since is None else since,
            now + 60 if until is None else until, region, token), **more)


class Standin:
    """A stand-in of tests/standin/, started with the words given. `with` ends it."""

    program = "aws.py"
    section, metadata = "aws", "imds"                 # of the configuration; of the ready line
    endpoints = ("cloudtrail", "ssm", "sts")          # that its API stands for

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

    def config(self, more="", **settings):
        """A configuration that points every endpoint here; `settings` are further ones of its section,
        None = not set; `more` comes behind it."""
        scheme = "https" if "ca" in self.at else "http"
        api = f"{scheme}://127.0.0.1:{self.at['api']}"
        settings = {"metadata_endpoint": f"http://127.0.0.1:{self.at[self.metadata]}",
                    **{f"{name}_endpoint": api for name in self.endpoints}, **settings}
        if "ca" in self.at:
            settings["ca_file"] = self.at["ca"]
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items() if value is not None)
        return f"[{self.section}]\n{lines}{more}"
