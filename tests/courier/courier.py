# SPDX-License-Identifier: Apache-2.0
"""The daemon's end of a conversation with countersign-courier, and a runner of cases."""
import concurrent.futures
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import traceback

ASK_IDENTITY, ASK_PAGE, ASK_CHECK, DELIVER = 1, 2, 3, 4
IDENTITY, PAGE, CHECK, DELIVERED = 65, 66, 67, 68
OUTCOMES = ["ok", "no-cloud", "no-credentials", "denied", "throttled", "unreachable",
            "bad-answer", "bad-request"]
NONE = -2**63
VERSION = 2
FATES = ["safe", "again", "refused"]
DEADLINE = 60


def number(value):
    return struct.pack("<Q", value % 2**64)


def text(value):
    value = value if isinstance(value, bytes) else value.encode()
    return struct.pack("<I", len(value)) + value


def frame(kind, request, body=b"", version=VERSION):
    rest = struct.pack("<BBQ", version, kind, request) + body
    return struct.pack("<I", len(rest)) + rest


def deliver(sink, records, content_type="application/json"):
    """The body of DELIVER; records are (number, key, bytes)."""
    return (text(sink) + text("vm-1") + text(content_type) + number(len(records)) +
            b"".join(number(one) + number(4) + number(1767323045000000 + one) + text("finding") +
                     text(key) + text(data) for one, key, data in records))


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        taken = self.data[self.at:self.at + count]
        assert len(taken) == count, "an answer is cut short"
        self.at += count
        return taken

    def number(self):
        return struct.unpack("<Q", self.take(8))[0]

    def time(self):
        return struct.unpack("<q", self.take(8))[0]

    def bytes(self):
        return self.take(struct.unpack("<I", self.take(4))[0])

    def text(self):
        return self.bytes().decode("utf-8", "replace")


class Answer:
    """One answer, with the fields of its kind as attributes."""

    def __init__(self, data):
        reader = Reader(data)
        version, self.kind = struct.unpack("<BB", reader.take(2))
        assert version == VERSION
        self.raw = data
        self.number = reader.number()
        self.outcome = OUTCOMES[reader.number()]
        self.detail = reader.text()
        if self.kind == IDENTITY:
            self.provider, self.instance = reader.text(), reader.text()
            self.account, self.region = reader.text(), reader.text()
            self.ips = [reader.text() for _ in range(reader.number())]
            self.launched_at = reader.time()
            self.has_credentials = bool(reader.number())
            self.until = reader.time()
            self.role = reader.text()
            self.has_tags = bool(reader.number())
            self.tags = [reader.text() for _ in range(reader.number())]
        elif self.kind == PAGE:
            self.body, self.token = reader.text(), reader.text()
            self.answered_at, self.retry_after = reader.time(), reader.number()
        elif self.kind == CHECK:
            self.lines = [(OUTCOMES[reader.number()], reader.text(), reader.text())
                          for _ in range(reader.number())]
        elif self.kind == DELIVERED:
            self.retry_after, self.said = reader.number() / 1e6, reader.text()
            self.results = [(reader.number(), FATES[reader.number()], reader.text())
                            for _ in range(reader.number())]
        assert reader.at == len(data), "an answer is longer than its fields"

    def __repr__(self):
        return "%s: %r" % (self.outcome, self.detail)


def launch(program, folder, config, output, args=(), env=None):
    """Starts countersign-courier with a configuration, written into the folder, on one end of a
    socket pair; what it says goes to the file `output`. The process, and the daemon's end."""
    path = os.path.join(folder, "courier.conf")
    with open(path, "w", encoding="utf-8") as f:
        f.write(config)
    os.chmod(path, 0o600)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    process = subprocess.Popen(
        [program, "--config", path, "--fd", str(theirs.fileno()), *args],
        pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env)
    theirs.close()
    return process, ours


class Courier:
    """A courier of its own, over a socket pair."""

    def __init__(self, program, config, env=None, args=()):
        self.folder = tempfile.mkdtemp(prefix="countersign-courier.")
        self.errors = open(os.path.join(self.folder, "err"), "w+b")
        self.process, self.socket = launch(program, self.folder, config, self.errors, args,
                                           {**os.environ, **(env or {})})
        self.socket.settimeout(DEADLINE)
        self.requests = 0

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        self.socket.close()
        if self.process.poll() is None:
            try:
                self.process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        status, said = self.process.returncode, self.said()
        self.errors.close()
        shutil.rmtree(self.folder)
        # a crash, or what a sanitizer found
        assert failed or status in (0, 2, 3), "it ended with %d: %s" % (status, said)

    def send(self, kind, body=b""):
        self.requests += 1
        self.socket.sendall(frame(kind, self.requests, body))
        return self.requests

    def receive(self):
        """The next answer, None when the courier has hung up."""
        head = self.read(4)
        return Answer(self.read(struct.unpack("<I", head)[0])) if head else None

    def read(self, count):
        data = b""
        while len(data) < count:
            try:
                more = self.socket.recv(count - len(data))
            except ConnectionResetError:
                return b""
            if not more:
                assert not data, "hung up in the middle of an answer"
                return b""
            data += more
        return data

    def ask(self, kind=ASK_IDENTITY, body=b""):
        request = self.send(kind, body)
        answer = self.receive()
        assert answer, "hung up instead of answering: " + self.said()
        assert answer.number == request
        return answer

    def said(self):
        with open(self.errors.name, "rb") as f:
            return f.read().decode("utf-8", "replace")


def run_cases(cases):
    """Runs functions, several at a time; exits with what an automake test should."""
    wanted = sys.argv[2:]
    failed = 0
    if wanted:
        cases = [case for case in cases if case.__name__ in wanted]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        futures = [(case, pool.submit(case, sys.argv[1])) for case in cases]
        for case, future in futures:
            try:
                future.result()
            except Exception:  # pylint: disable=broad-except
                failed += 1
                print("FAIL: %s" % case.__name__)
                traceback.print_exc(file=sys.stdout)
    print("%d cases, %d failed" % (len(cases), failed))
    sys.exit(1 if failed else 0)
