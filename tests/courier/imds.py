# SPDX-License-Identifier: Apache-2.0
"""A stand-in for instance metadata on a loopback port: honest as it is, and for each path as
broken or hostile as a case makes it."""
import datetime
import json
import socket
import threading
import time

TOKEN = "AQAEAexampletokenexampletokenexampletoken=="
KEY_ID, SECRET = "ASIAEXAMPLEEXAMPLE00", "secretsecretsecretsecretsecretsecret"
SESSION_TOKEN = "sessiontoken" * 40
ROLE = "countersign-role"
MACS = ["0e:49:61:0f:c3:11", "0e:49:61:0f:c3:12"]
DOCUMENT = {
    "instanceId": "i-0a1b2c3d4e5f60718", "accountId": "111122223333",
    "region": "eu-west-1", "privateIp": "10.0.3.7", "pendingTime": "2026-01-02T03:04:05Z",
    "architecture": "x86_64", "availabilityZone": "eu-west-1a", "billingProducts": None,
}


def credentials(life=6 * 3600, **changes):
    expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=life)
    return json.dumps({
        "Code": "Success", "LastUpdated": "2026-01-02T03:04:05Z", "Type": "AWS-HMAC",
        "AccessKeyId": KEY_ID, "SecretAccessKey": SECRET, "Token": SESSION_TOKEN,
        "Expiration": expires.strftime("%Y-%m-%dT%H:%M:%SZ"), **changes})


def honest():
    pages = {
        "/latest/dynamic/instance-identity/document": json.dumps(DOCUMENT),
        "/latest/meta-data/services/domain": "amazonaws.com",
        "/latest/meta-data/local-ipv4": "10.0.3.7",
        "/latest/meta-data/network/interfaces/macs/": "".join(mac + "/\n" for mac in MACS),
        "/latest/meta-data/iam/security-credentials/": ROLE,
        "/latest/meta-data/iam/security-credentials/" + ROLE: credentials(),
    }
    macs = "/latest/meta-data/network/interfaces/macs/"
    pages[macs + MACS[0] + "/local-ipv4s"] = "10.0.3.7\n10.0.3.8"
    pages[macs + MACS[0] + "/ipv6s"] = "2001:db8::7"
    pages[macs + MACS[1] + "/local-ipv4s"] = "10.0.4.7"
    return pages


def answer(status, body="", headers=()):
    body = body if isinstance(body, bytes) else body.encode()
    lines = ["HTTP/1.1 %d Said" % status, "Content-Length: %d" % len(body), *headers, "", ""]
    return "\r\n".join(lines).encode() + body


class Request:
    def __init__(self, method, path, headers, connection, count):
        self.method, self.path, self.headers = method, path, headers
        self.connection = connection
        self.count = count  # of those for this path, from 1


class Imds:
    """`rules` has for a path ("PUT" for the token) what answers instead: bytes, or a function
    of the request that returns bytes or None (it wrote, or left, by itself). A rule that
    returns "honest" leaves it to the honest answer."""

    def __init__(self, rules=None, pages=None):
        self.rules, self.pages = rules or {}, {**honest(), **(pages or {})}
        self.counts, self.hits = {}, 0
        self.tokens_given, self.tokens_valid = 0, {}
        self.lock = threading.Lock()
        self.open_connections = set()
        self.is_closing = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.is_closing.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            for connection in self.open_connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.open_connections.add(connection)
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        try:
            with connection:
                pending = b""
                while True:
                    while b"\r\n\r\n" not in pending:
                        more = connection.recv(65536)
                        if not more:
                            return
                        pending += more
                    head, pending = pending.split(b"\r\n\r\n", 1)
                    if not self.respond(connection, head.decode("latin-1")):
                        return
        except OSError:
            pass
        finally:
            with self.lock:
                self.open_connections.discard(connection)

    def respond(self, connection, head):
        lines = head.split("\r\n")
        method, path, _ = lines[0].split(" ", 2)
        headers = {name.lower(): value.strip()
                   for name, value in (line.split(":", 1) for line in lines[1:])}
        with self.lock:
            self.hits += 1
            name = "PUT" if method == "PUT" else path
            count = self.counts[name] = self.counts.get(name, 0) + 1
        request = Request(method, path, headers, connection, count)
        rule = self.rules.get(name, "honest")
        said = rule(request) if callable(rule) else rule
        if said == "honest":
            said = self.honest(request)
        if said is None:
            return False
        connection.sendall(said)
        return True

    def honest(self, request):
        if request.method == "PUT":
            if request.path != "/latest/api/token":
                return answer(403)
            if not 1 <= int(request.headers["x-aws-ec2-metadata-token-ttl-seconds"]) <= 21600:
                return answer(400)
            if "x-forwarded-for" in request.headers:
                return answer(403)
            return answer(200, self.new_token())
        if not self.tokens_valid.get(request.headers.get("x-aws-ec2-metadata-token")):
            return answer(401)
        if request.path not in self.pages:
            return answer(404, "<html>not found</html>")
        return answer(200, self.pages[request.path])

    def new_token(self):
        with self.lock:
            self.tokens_given += 1
            token = TOKEN + str(self.tokens_given)
            self.tokens_valid[token] = True
            return token

    def wait(self):
        """Until the case is over: what hangs."""
        self.is_closing.wait(120)

    def drip(self, connection, data, pause):
        for i in range(len(data)):
            connection.sendall(data[i:i + 1])
            if self.is_closing.wait(pause):
                return

    def flood(self, connection, chunk, limit=256 * 1024 * 1024):
        """Writes a chunk over and over; returns what was taken."""
        sent = 0
        try:
            while sent < limit:
                connection.sendall(chunk)
                sent += len(chunk)
        except OSError:
            pass
        return sent


class Trap:
    """A listener that nothing may ever connect to."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = "http://127.0.0.1:%d" % self.port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def was_touched(self):
        self.listener.setblocking(False)
        try:
            self.listener.accept()
        except BlockingIOError:
            return False
        return True


def seconds():
    return time.monotonic()
