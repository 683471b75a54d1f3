# SPDX-License-Identifier: Apache-2.0
"""What every stand-in for a cloud shares of HTTP: one connection's requests and, for each, the answer
that was ready, which a fault may spoil in any way."""
import email.utils
import http.client
import os
import select
import socket
import ssl
import struct
import time
from http.server import BaseHTTPRequestHandler


class Exchange:
    """One request and the answer that was ready for it, for a fault to spoil."""

    def __init__(self, handler, request, status, headers, body):
        self.handler = handler
        self.standin = handler.standin
        self.request = request
        self.status = status
        self.headers = headers
        self.body = body
        self.date_offset = 0
        self.fault = {}

    def whole(self, status=None, headers=None, body=None, length=0):
        status = self.status if status is None else status
        headers = list(self.headers if headers is None else headers)
        body = self.body if body is None else body
        reason = http.client.responses.get(status, "Something")
        if self.date_offset is not None:
            moment = self.standin.clock() + self.date_offset
            headers.append(("Date", email.utils.formatdate(moment, usegmt=True)))
        if length is not None:
            headers.append(("Content-Length", str(length or len(body))))
        lines = [f"HTTP/1.1 {status} {reason}"] + [f"{name}: {value}" for name, value in headers]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def write(self, data):
        try:
            self.handler.connection.sendall(data)
            return True
        except OSError:
            self.handler.close_connection = True
            return False

    def send(self, status, headers, body, length=0):
        self.write(self.whole(status, headers, body, length))

    def spoil(self, fault):
        """The fault that is due answers instead."""
        self.fault = fault
        return self.standin.known_faults[fault["name"]](self)

    def hold(self):
        """Says nothing more until the other side has had enough."""
        self.handler.close_connection = True
        self.handler.wait_for_end()

    def reset(self):
        self.handler.reset()

    def close(self):
        self.handler.close_connection = True


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    standin = None
    timeout = 120
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def wait_for_end(self):
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                if select.select([self.connection], [], [], 1)[0] and not self.connection.recv(65536):
                    return
            except OSError:
                return

    def reset(self):
        self.close_connection = True
        raw = self.connection
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if isinstance(raw, ssl.SSLSocket):
            os.close(raw.detach())
        else:
            raw.close()
        self.rfile = self.wfile = open(os.devnull, "r+b", buffering=0)

    def read_body(self):
        return self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 1 << 20))

    def reply(self, status, body, content_type="text/plain", headers=()):
        body = body.encode() if isinstance(body, str) else body
        self.send_response_only(status)
        self.send_header("Date", email.utils.formatdate(self.standin.clock(), usegmt=True))
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def answer_service(self, exchange, on, **about):
        """A service's answer, or the fault that is due for the operation. What was refused for what
        was sent is refused, whatever else was to go wrong."""
        fault = self.standin.take_fault(on, **about) if exchange.status == 200 else None
        if not fault:
            return exchange.send(exchange.status, exchange.headers, exchange.body)
        with self.standin.lock:
            self.standin.requests[-1]["fault"] = fault["name"]
        return exchange.spoil(fault)
