# SPDX-License-Identifier: Apache-2.0
"""The courier as a process: how it is started, what it takes, and when it goes."""
import os
import random
import resource
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile

from courier import (ASK_CHECK, ASK_IDENTITY, ASK_PAGE, DEADLINE, DELIVER, Courier, deliver, frame,
                     number, run_cases, text)
from imds import Imds, answer

NOWHERE = "[identity]\nprovider = none\n"


def same(got, want):
    assert got == want, "got %r, expected %r" % (got, want)


def run(program, *args, **options):
    return subprocess.run([program, *args], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=DEADLINE, check=False, **options)


def ends(courier, status=0):
    same(courier.process.wait(DEADLINE), status)
    same(courier.said(), "")


def ask_page(query=0, value="StartSession"):
    return (number(query) + text("") + text("EventName") + text(value) + number(-2**63) +
            number(-2**63) + text(""))


# ---- starting ----------------------------------------------------------------------------------


def words(program):
    got = run(program, "--help")
    same(got.returncode, 0)
    assert b"--config FILE" in got.stdout
    got = run(program, "--version")
    same(got.returncode, 0)
    assert got.stdout.startswith(b"countersign-courier ")


def refused(program):
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
        config.write(NOWHERE)
        config.flush()
        os.chmod(config.name, 0o600)
        for args, status in (
                (["--nothing"], 2), (["argument"], 2), (["--fd"], 2), (["--fd", "x"], 2),
                (["--fd", "-1"], 2), (["--fd", "99999999"], 2), (["--config"], 2),
                (["--config", config.name], 2), (["--config", config.name, "--fd", "77"], 3),
                (["--config", config.name, "--fd", "1"], 3),
                (["--config", "/nonexistent/x.conf", "--fd", "1"], 3)):
            got = run(program, *args, env={**os.environ, "LISTEN_FDS": ""})
            same((args, got.returncode), (args, status))
            assert got.stderr, args


def configuration_that_is_none(program):
    with Courier(program, "[aws]\nno_such_key = 1\n") as courier:
        assert courier.process.wait(DEADLINE) in (2, 3)
        assert "no_such_key" in courier.said()
        same(courier.receive(), None)


def descriptor_of_another_kind(program):
    pairs = (socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM),
             socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))
    listener = socket.create_server(("127.0.0.1", 0))
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
        config.write(NOWHERE)
        config.flush()
        os.chmod(config.name, 0o600)
        for one in (pairs[0][0], pairs[1][0], listener):
            got = run(program, "--config", config.name, "--fd", str(one.fileno()),
                      pass_fds=[one.fileno()])
            same(got.returncode, 2)
    for pair in pairs:
        pair[0].close()
        pair[1].close()
    listener.close()


def shut_in(program):
    """No core, and nobody looks into its memory."""
    with Courier(program, NOWHERE) as courier:
        courier.ask()
        pid = courier.process.pid
        same(resource.prlimit(pid, resource.RLIMIT_CORE), (0, 0))
        with open("/proc/%d/status" % pid, encoding="utf-8") as f:
            assert "NoNewPrivs:\t1" in f.read()


# ---- answering ---------------------------------------------------------------------------------


def of_no_cloud(program):
    with Courier(program, NOWHERE) as courier:
        for kind, body in ((ASK_IDENTITY, b""), (ASK_PAGE, ask_page()), (ASK_CHECK, b"")):
            got = courier.ask(kind, body)
            same((got.kind, got.outcome), (kind + 64, "no-cloud"))
            assert got.detail


def no_such_sink(program):
    with Courier(program, NOWHERE) as courier:
        for sink in "siem", "", "x" * 1000, "\0":
            got = courier.ask(DELIVER, deliver(sink, [(1, "k", b"{}" * 1000)]))
            same((got.kind, got.outcome), (68, "bad-request"))
            assert "no such sink" in got.detail, got


def many_requests_in_one_write(program):
    with Courier(program, NOWHERE) as courier:
        count = 500
        courier.socket.sendall(b"".join(frame(ASK_CHECK, i) for i in range(count)))
        same([courier.receive().number for _ in range(count)], list(range(count)))


def a_byte_at_a_time(program):
    with Courier(program, NOWHERE) as courier:
        for byte in frame(ASK_PAGE, 2**64 - 1, ask_page()):
            courier.socket.sendall(bytes([byte]))
        same(courier.receive().number, 2**64 - 1)


def large_requests(program):
    """The longest that there can be, and nothing of it stays."""
    with Courier(program, NOWHERE) as courier:
        most = 8 * 1024 * 1024 - 2 - 8 - len(deliver("", [(1, "", b"")]))
        for _ in range(4):
            same(courier.ask(DELIVER, deliver("", [(1, "", b"x" * most)])).outcome,
                 "bad-request")


def peer_that_does_not_read(program):
    """Requests are left lying while answers are."""
    with Courier(program, NOWHERE) as courier:
        courier.socket.setblocking(False)
        sent, one = 0, frame(ASK_CHECK, 1)
        try:
            while sent < 256 * 1024 * 1024:
                sent += courier.socket.send(one * 1000)
        except BlockingIOError:
            pass
        assert sent < 64 * 1024 * 1024
        courier.socket.settimeout(DEADLINE)
        for _ in range(sent // len(one)):
            same(courier.receive().outcome, "no-cloud")


def hostile_frames(program):
    ok = frame(ASK_IDENTITY, 1)
    rows = [
        b"\xff" * 100, struct.pack("<I", 8 * 1024 * 1024 + 1), struct.pack("<I", 0) + ok,
        frame(ASK_IDENTITY, 1, version=0), frame(ASK_IDENTITY, 1, version=3), frame(0, 1),
        frame(5, 1), frame(255, 1), frame(ASK_IDENTITY, 1, b"x"), frame(ASK_PAGE, 1),
        frame(ASK_PAGE, 1, ask_page()[:-1]), frame(ASK_PAGE, 1, ask_page() + b"\0"),
        frame(ASK_PAGE, 1, ask_page(query=6)), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        frame(DELIVER, 1, struct.pack("<I", 2**32 - 1)),
    ]
    for kind in range(65, 69):  # an answer is no request
        rows.append(frame(kind, 1, number(0) + text("")))
        rows.append(frame(kind, 1, number(0) + text("") + text("") * 2 + number(-2**63) +
                          number(0)))
    for row in rows:
        with Courier(program, NOWHERE) as courier:
            courier.socket.sendall(row)
            same(courier.receive(), None)
            ends(courier)


def random_frames(program):
    """Whatever comes: an answer, or the end."""
    source = random.Random(4)
    good = [frame(ASK_IDENTITY, 1), frame(ASK_PAGE, 2, ask_page()), frame(ASK_CHECK, 3),
            frame(DELIVER, 4, deliver("siem", [(1, "k", b"{}")]))]
    for _ in range(60):
        data = bytearray(b"".join(source.choices(good, k=5)))
        for _ in range(source.randrange(1, 4)):
            data[source.randrange(len(data))] = source.randrange(256)
        with Courier(program, NOWHERE) as courier:
            courier.socket.sendall(data)
            courier.socket.shutdown(socket.SHUT_WR)
            while courier.receive():
                pass
            ends(courier)


# ---- going -------------------------------------------------------------------------------------


def peer_hangs_up(program):
    with Courier(program, NOWHERE) as courier:
        courier.ask()
        courier.socket.close()
        ends(courier)


def peer_hangs_up_while_it_is_asked(program):
    with Imds({"PUT": lambda request: request.connection.recv(1) and None}) as imds, \
            Courier(program, "[aws]\nmetadata_endpoint = %s\n" % imds.url) as courier:
        for _ in range(8):
            courier.send(ASK_IDENTITY)
        while not imds.hits:
            assert courier.process.poll() is None
        courier.socket.close()
        ends(courier)


def goes_when_idle(program):
    with Courier(program, NOWHERE + "[courier]\nidle_exit = 200ms\n") as courier:
        courier.ask()
        same(courier.receive(), None)
        ends(courier)


def stays_while_busy(program):
    """Longer than idle_exit: what is under way is no idleness."""
    busy = lambda request: answer(503) if request.count < 3 else "honest"
    with Imds({"PUT": busy}) as imds, \
            Courier(program, "[aws]\nmetadata_endpoint = %s\n[courier]\nidle_exit = 100ms\n"
                    % imds.url) as courier:
        same(courier.ask().outcome, "ok")


def signals(program):
    for one in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
        with Imds({"PUT": lambda request: request.connection.recv(1) and None}) as imds, \
                Courier(program, "[aws]\nmetadata_endpoint = %s\n" % imds.url) as courier:
            courier.send(ASK_IDENTITY)
            while not imds.hits:
                assert courier.process.poll() is None
            courier.process.send_signal(one)
            ends(courier)


# ---- systemd's socket --------------------------------------------------------------------------


class Activated:
    """A courier that was handed a listening socket, as systemd does it."""

    def __init__(self, program, config):
        self.folder = tempfile.TemporaryDirectory(prefix="countersign-courier.")
        self.path = os.path.join(self.folder.name, "courier.sock")
        config_path = os.path.join(self.folder.name, "courier.conf")
        with open(config_path, "w", encoding="utf-8") as f:
            f.write(config)
        os.chmod(config_path, 0o600)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(8)
        self.process = subprocess.Popen(
            ["bash", "-c", 'exec 3<&"$1"; shift; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"', "bash",
             str(self.listener.fileno()), program, "--config", config_path],
            pass_fds=[self.listener.fileno()], stdin=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.listener.close()
        self.folder.cleanup()

    def connect(self):
        one = socket.socket(socket.AF_UNIX)
        one.settimeout(DEADLINE)
        one.connect(self.path)
        return one


def asked(connection):
    connection.sendall(frame(ASK_CHECK, 1))
    return connection.recv(1000)


def several_come_and_go(program):
    with Activated(program, NOWHERE) as courier:
        for _ in range(3):
            some = [courier.connect() for _ in range(2)]
            for one in some:
                assert asked(one)
            some[0].sendall(b"\xff" * 100)
            same(some[0].recv(1000), b"")
            assert asked(some[1]), "one that misbehaves ends the others"
            for one in some:
                one.close()
        same(courier.process.poll(), None)


def turned_away(program):
    with Activated(program, NOWHERE) as courier:
        some = [courier.connect() for _ in range(4)]
        for one in some:
            assert asked(one)
        with courier.connect() as fifth:
            same(fifth.recv(1000), b"")
        for one in some:
            assert asked(one)
            one.close()


def goes_when_nobody_comes(program):
    with Activated(program, NOWHERE + "[courier]\nidle_exit = 200ms\n") as courier:
        with courier.connect() as one:
            assert asked(one)
            same(courier.process.wait(DEADLINE), 0)
        # systemd still has the socket: who comes now waits for the next one
        assert stat.S_ISSOCK(os.stat(courier.path).st_mode)


def another_user(program):
    """Only root, its own user and the socket's owner may ask."""
    if os.geteuid() != 0:
        return
    with Activated(program, NOWHERE) as courier:
        os.chmod(courier.folder.name, 0o755)
        os.chmod(courier.path, 0o666)
        script = ("import socket,sys; s=socket.socket(socket.AF_UNIX); s.settimeout(60); "
                  "s.connect(sys.argv[1])\n"
                  "try:\n s.sendall(bytes.fromhex(sys.argv[2])); got = s.recv(100)\n"
                  "except OSError: got = b''\n"
                  "print(len(got))")
        # root's own interpreter may lie where others cannot go
        python = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
        ask = [python, "-I", "-c", script, courier.path, frame(ASK_CHECK, 1).hex()]
        for owner, uid, may in ((0, 12345, False), (12345, 12345, True), (12345, 12346, False)):
            os.chown(courier.path, owner, -1)
            try:
                got = subprocess.run(ask, user=uid, capture_output=True, check=True, text=True,
                                     cwd="/")
            except (OSError, subprocess.CalledProcessError):
                print("another_user: another user cannot run python here")
                return
            same((owner, uid, int(got.stdout) > 0), (owner, uid, may))


run_cases([value for value in list(globals().values())
           if callable(value) and getattr(value, "__module__", "") == "__main__"
           and hasattr(value, "__code__")
           and value.__code__.co_varnames[:value.__code__.co_argcount] == ("program",)])
