# SPDX-License-Identifier: Apache-2.0
"""The servers of every stand-in for a cloud: instance metadata, the API, where the connection itself
may go wrong, and the control port; and a stand-in's life from its ready line to its end."""
import json
import os
import select
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
from http.server import ThreadingHTTPServer

from certificates import make_contexts
from cloud_exchange import Handler


class Control(Handler):
    def do_POST(self):
        try:
            commands = json.loads(self.read_body())
            with self.standin.lock:
                answers = [self.standin.control(command) for command in
                           (commands if isinstance(commands, list) else [commands])]
            answer = answers if isinstance(commands, list) else answers[0]
            self.reply(200, json.dumps(answer), "application/json")
        except (ValueError, KeyError, TypeError) as problem:
            self.reply(400, json.dumps({"ok": False, "problem": str(problem)}), "application/json")

    def do_GET(self):
        with self.standin.lock:
            found = self.standin.control_pages().get(self.path)
            text = json.dumps(found()) if found else ""
        self.reply(200 if found else 404, text, "application/json")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass   # the other side went away: that is its right


class ApiServer(Server):
    """Shakes hands in the connection's own thread, with the certificate that is due."""

    contexts = None
    standin = None

    def finish_request(self, request, client_address):
        fault = self.standin.take_fault("", connection=True)
        name = fault["name"] if fault else ""
        if name == "connect-reset":
            request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        if name == "connect-close":
            return
        if name == "connect-hang":
            deadline = time.monotonic() + 120
            while time.monotonic() < deadline and request.recv(65536):
                pass
            return
        if name == "tls-close":
            request.recv(100)
            return
        if self.contexts and name != "tls-plain-http":
            context = self.contexts[name if name in self.contexts else "good"]
            try:
                request = context.wrap_socket(request, server_side=True)
            except OSError:
                return
        with self.standin.lock:
            self.standin.connections.add(request)
        try:
            super().finish_request(request, client_address)
        finally:
            with self.standin.lock:
                self.standin.connections.discard(request)


def add_options(add, metadata, late, what):
    """The options that every stand-in has; `metadata` is what its metadata server is called, `late`
    after how many seconds its log tells of `what`."""
    add(f"--{metadata}-address", default="127.0.0.1",
        help="169.254.169.254 in a network of the test's own")
    add(f"--{metadata}-port", type=int, default=0)
    add("--api-port", type=int, default=0)
    add("--control-port", type=int, default=0)
    add("--tls", action="store_true", help="the API over HTTPS, with a CA made at start")
    add("--lifetime", type=float, default=600, help="seconds until it ends by itself")
    add("--stdin", action="store_true", help="end when stdin is closed")
    add("--late", type=float, default=late, help=f"seconds until {what} is told")
    add("--clock-offset", type=float, default=0, help="the service's clock minus this machine's")


def start(standin, metadata, handlers, folder):
    """Starts the servers; `handlers` are of metadata and of the API."""
    options, servers = standin.options, {}
    for name, kind, server in ((metadata, handlers[0], Server), ("api", handlers[1], ApiServer),
                               ("control", Control, Server)):
        handler = type(kind.__name__, (kind,), {"standin": standin})
        address = getattr(options, f"{metadata}_address") if name == metadata else "127.0.0.1"
        servers[name] = server((address, getattr(options, f"{name}_port")), handler)
        standin.ports[name] = servers[name].server_address[1]
    servers["api"].standin = standin
    if options.tls:
        servers["api"].contexts = make_contexts(folder)
    for server in servers.values():
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1},
                         daemon=True).start()


def wait(options):
    """Until stdin is closed, where that was asked for, or the lifetime is over."""
    deadline = time.monotonic() + options.lifetime
    while time.monotonic() < deadline:
        left = max(0.0, deadline - time.monotonic())
        if not options.stdin:
            time.sleep(min(1.0, left))
        elif select.select([sys.stdin], [], [], left)[0] and not os.read(0, 65536):
            break


def run(standin, metadata, handlers):
    """A stand-in's whole life."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    folder = tempfile.mkdtemp(prefix="standin-")
    try:
        start(standin, metadata, handlers, folder)
        words = [f"{name}={port}" for name, port in standin.ports.items()]
        if standin.options.tls:
            words.append(f"ca={folder}/ca.pem")
        print("ready", *words, flush=True)
        wait(standin.options)
    except KeyboardInterrupt:
        pass
    finally:
        shutil.rmtree(folder, ignore_errors=True)
