# SPDX-License-Identifier: Apache-2.0
"""What the stand-ins for receivers of sinks have in common: an HTTP(S) server on loopback that keeps
what it took, and goes wrong as it is told. Each kind is a subclass that says what it takes."""
import http.client
import json
import os
import socket
import ssl
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


class Wrong(Exception):
    """What no honest sender sends."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def read_body(self, most=None):
        length = int(self.headers.get("Content-Length") or 0)
        return self.rfile.read(length if most is None else min(most, length))

    def reply(self, status, body=b"", headers=(), pace=None):
        body = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, 'Something')}",
                 f"Content-Length: {len(body)}"] + [f"{name}: {value}" for name, value in headers]
        data = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        pieces = [data] if not pace else [data[at:at + 7] for at in range(0, len(data), 7)]
        for piece in pieces:
            self.connection.sendall(piece)
            if pace:
                time.sleep(pace)

    def reset(self):
        raw = self.connection
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        os.close(raw.detach())
        self.rfile = self.wfile = open(os.devnull, "r+b", buffering=0)

    def hold(self):
        """Says nothing until the other side has had enough."""
        self.close_connection = True
        self.connection.settimeout(60)
        try:
            while self.connection.recv(65536):
                pass
        except OSError:
            pass

    def do_POST(self):
        receiver = self.server.receiver
        fault = receiver.take_fault()
        name = fault.get("name", "")
        if name == "dies":
            self.read_body(fault.get("bytes", 100))
            return self.reset()
        body = self.read_body()
        if name == "dies-after":
            receiver.serve(self.path, self.headers, body)
            return self.reset()
        if name == "hang":
            return self.hold()
        if name == "status":
            return self.reply(fault["status"], fault.get("body", b""), fault.get("headers", ()))
        if name == "garbage":
            self.connection.sendall(fault["bytes"])
            self.close_connection = True
            return None
        try:
            status, answer = receiver.serve(self.path, self.headers, body)
        except Wrong as wrong:
            receiver.complaints.append(str(wrong))
            status, answer = 599, b""
        if name == "echo":
            answer = json.dumps({"text": str(self.headers), "message": str(self.headers)}).encode()
            status = 400
        return self.reply(status, answer, pace=fault.get("pace") if name == "slow" else None)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    context = None
    receiver = None

    def finish_request(self, request, client_address):
        if self.context:
            try:
                request = self.context.wrap_socket(request, server_side=True)
            except OSError:
                return
        try:
            super().finish_request(request, client_address)
        except OSError:
            pass

    def handle_error(self, *_):
        pass


class Receiver:
    """`with` starts and stops it. What it took is in `taken`: (key, record) in order; a key may come
    again, and is then counted in `again`."""

    scheme_path = ""

    def __init__(self, context=None, port=0, **options):
        self.context, self.port, self.options = context, port, options
        self.lock = threading.Lock()
        self.taken, self.requests, self.complaints, self.faults = [], [], [], []
        self.server = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.server = Server(("127.0.0.1", self.port), Handler)
        self.server.receiver, self.server.context = self, self.context
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02},
                         daemon=True).start()
        return self

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    @property
    def url(self):
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}{self.scheme_path}"

    def fail(self, name, count=1, **more):
        """The next `count` requests go wrong, -1 = all until heal()."""
        with self.lock:
            self.faults.append({"name": name, "count": count, **more})

    def heal(self):
        with self.lock:
            self.faults.clear()

    def take_fault(self):
        with self.lock:
            if not self.faults:
                return {}
            fault = self.faults[0]
            fault["count"] -= 1
            if fault["count"] == 0:
                self.faults.pop(0)
            return fault

    def serve(self, path, headers, body):
        with self.lock:
            self.requests.append((path, headers, body))
            return self.take(path, headers, body)

    def take(self, path, headers, body):
        raise NotImplementedError

    def keys(self):
        with self.lock:
            return [key for key, _ in self.taken]

    def need(self, holds, what):
        if not holds:
            raise Wrong(f"{type(self).__name__}: {what}")


def client_context(context, authority):
    """That asks for a client's certificate, too."""
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority)
    return context
