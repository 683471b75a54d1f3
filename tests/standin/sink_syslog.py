# SPDX-License-Identifier: Apache-2.0
"""A stand-in for a syslog receiver: RFC 5424 by TCP or TLS with octet counting, or at a unix socket,
each line taken apart and kept. It goes wrong as it is told."""
import json
import os
import re
import socket
import struct
import threading
import time

MESSAGE = re.compile(rb'<(\d+)>1 (\S+) (\S+) (\S+) (\S+) (\S+) '
                     rb'\[countersign@32473 key="((?:[^"\\]|\\.)*)" number="(\d+)"\] (.*)', re.S)


class Syslog:
    """`kind`: "tcp", "tls" (with a context), "stream" or "datagram" (a unix socket at `path`)."""

    def __init__(self, kind, context=None, path=None, port=0):
        self.kind, self.context, self.path, self.port = kind, context, path, port
        self.lock, self.taken, self.complaints = threading.Lock(), [], []
        self.fault, self.listener, self.connections = "", None, set()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def url(self):
        if self.path:
            return f"unix:{self.path}"
        return f"{'tls' if self.context else 'tcp'}://127.0.0.1:{self.port}"

    def start(self):
        if self.kind in ("tcp", "tls"):
            self.listener = socket.create_server(("127.0.0.1", self.port))
            self.port = self.listener.getsockname()[1]
        else:
            self.listener = socket.socket(
                socket.AF_UNIX,
                socket.SOCK_STREAM if self.kind == "stream" else socket.SOCK_DGRAM)
            self.listener.bind(self.path)
            if self.kind == "stream":
                self.listener.listen(8)
        target = self.read_datagrams if self.kind == "datagram" else self.accept
        threading.Thread(target=target, args=[self.listener], daemon=True).start()
        return self

    def stop(self):
        """As a receiver that ends: what was not read is lost."""
        if not self.listener:
            return
        listener, self.listener = self.listener, None
        try:
            listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        if self.kind == "datagram":
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
                try:
                    one.sendto(b"", self.path)
                except OSError:
                    pass
        listener.close()
        if self.path:
            os.unlink(self.path)
        self.drop()

    def drop(self):
        with self.lock:
            connections, self.connections = self.connections, set()
        for one in connections:
            try:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        try:
            if self.fault == "hang-up":
                return
            if self.fault == "hang":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            with self.lock:
                self.connections.add(connection)
            while self.fault == "hang":
                time.sleep(0.02)
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            self.read_stream(connection)
        except OSError:
            pass
        finally:
            connection.close()

    def read_stream(self, connection):
        data = b""
        while True:
            while self.fault == "stop-reading":
                time.sleep(0.02)
            if self.fault == "dies" and len(data) > 50:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            more = connection.recv(50 if self.fault in ("slow", "dies") else 65536)
            if not more:
                return
            data += more
            if self.fault == "slow":
                time.sleep(0.02)
            data = self.take_whole(data)

    def take_whole(self, data):
        while data:
            if self.kind == "stream":
                line, end, rest = data.partition(b"\n")
                if not end:
                    return data
            else:
                length, end, rest = data.partition(b" ")
                if not end or len(rest) < int(length):
                    return data
                line, rest = rest[:int(length)], rest[int(length):]
            self.take(line)
            data = rest
        return data

    def read_datagrams(self, listener):
        while self.listener is listener:
            try:
                if self.fault == "hang":
                    time.sleep(0.05)
                    continue
                line = listener.recv(1 << 20)
                if self.fault == "slow":
                    time.sleep(0.05)
            except OSError:
                return
            if line:
                self.take(line)

    def take(self, line):
        found = MESSAGE.fullmatch(line)
        with self.lock:
            if not found:
                self.complaints.append(line[:300])
                return
            priority, at, host, name, process, kind, key, number, text = found.groups()
            if (name, process) != (b"countersign", b"-") or int(priority) >> 3 != 13:
                self.complaints.append(line[:300])
            if text.startswith(b"\xef\xbb\xbf") == text.isascii():
                self.complaints.append(b"mark: " + line[:300])
            record = json.loads(text.removeprefix(b"\xef\xbb\xbf"))
            self.taken.append((key.decode(), record))
            self.last = {"priority": int(priority), "at": at.decode(), "host": host.decode(),
                         "kind": kind.decode(), "number": int(number)}

    def keys(self):
        with self.lock:
            return [key for key, _ in self.taken]

    # as sink_http.Receiver's
    def fail(self, name, **_):
        self.fault = name

    def heal(self):
        self.fault = ""
