# SPDX-License-Identifier: Apache-2.0
"""What the stand-in says over HTTP: instance metadata (IMDSv2 only) and the three services, each
answer made ready and then, where a fault is due, handed to it to be spoilt."""
import email.utils
import http.client
import json
import os
import secrets
import select
import socket
import ssl
import struct
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler
from xml.sax.saxutils import escape

from aws_account import CANARY
from aws_faults import FAULTS, JSON
from aws_signature import Refused
from aws_trail import rfc3339

OPERATIONS = {
    "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents":
        ("cloudtrail", "LookupEvents"),
    "AmazonSSM.DescribeSessions": ("ssm", "DescribeSessions"),
    "AmazonSSM.ListCommands": ("ssm", "ListCommands"),
}


class Exchange:
    """One request and the answer that was ready for it, for a fault to spoil."""

    def __init__(self, handler, standin, request, status, headers, body, is_query):
        self.handler = handler
        self.standin = standin
        self.request = request
        self.status = status
        self.headers = headers
        self.body = body
        self.is_query = is_query
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

    def send_error(self, status, kind, message, headers=()):
        if self.is_query:
            body = (f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(kind)}</Code>"
                    f"<Message>{escape(message)}</Message></Error></ErrorResponse>").encode()
            self.send(status, [("Content-Type", "text/xml"), *headers], body)
        else:
            body = json.dumps({"__type": kind, "message": message}).encode()
            self.send(status, [("Content-Type", JSON), *headers], body)

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


class Metadata(Handler):
    """IMDSv2."""

    def do_PUT(self):
        standin, fault = self.standin, self.standin.imds_fault
        self.note()
        if fault == "hop-limit":
            self.close_connection = True
            return self.wait_for_end()
        if fault in ("no-token", "version-1", "off"):
            return self.reply({"no-token": 400, "version-1": 404, "off": 403}[fault], "")
        life = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
        if self.path != "/latest/api/token" or self.headers.get("X-Forwarded-For"):
            return self.reply(403, "")
        if not life.isdigit() or not 1 <= int(life) <= 21600:
            return self.reply(400, "")
        token = CANARY + secrets.token_urlsafe(30)
        with standin.lock:
            standin.metadata_tokens[token] = time.monotonic() + int(life)
        if fault := standin.take_fault(self.path):
            exchange = Exchange(self, standin, {}, 200, [], token.encode(), False)
            exchange.fault = fault
            return FAULTS[fault["name"]](exchange)
        return self.reply(200, token, headers=(("X-aws-ec2-metadata-token-ttl-seconds", life),))

    def note(self):
        with self.standin.lock:
            self.standin.requests.append({"at": time.time(), "imds": f"{self.command} {self.path}"})

    def do_GET(self):
        standin, fault = self.standin, self.standin.imds_fault
        self.note()
        if fault == "off":
            return self.reply(403, "")
        until = standin.metadata_tokens.get(self.headers.get("X-aws-ec2-metadata-token"), 0)
        if until < time.monotonic() or fault == "forget-tokens":
            return self.reply(401, "")
        if fault == "hang":
            self.close_connection = True
            return self.wait_for_end()
        if fault == "status-500":
            return self.reply(500, "")
        with standin.lock:
            text = self.find(self.path, fault)
        return self.answer(404, "") if text is None else self.answer(200, text)

    def answer(self, status, text):
        """The answer, or the fault that is due for this path."""
        fault = self.standin.take_fault(self.path)
        if not fault:
            return self.reply(status, text)
        exchange = Exchange(self, self.standin, {}, status, [("Content-Type", "text/plain")],
                            text.encode(), False)
        exchange.fault = fault
        return FAULTS[fault["name"]](exchange)

    def find(self, path, fault):
        standin, host = self.standin, self.standin.host
        options, role = standin.options, standin.role
        mac = "02:00:5e:00:53:01"
        address = options.private_ip
        if path == "/latest/dynamic/instance-identity/document":
            return self.document(fault, address)
        if path.startswith("/latest/meta-data/iam/security-credentials/") and fault != "no-role":
            return self.security(path.rpartition("/")[2], role, fault)
        if path.startswith("/latest/meta-data/tags/instance/"):
            tags = dict(tag.split("=", 1) for tag in options.tag)
            key = path.rpartition("/")[2]
            return tags.get(key) if key else "\n".join(tags) or None
        return {
            "/latest/meta-data/services/domain":
                "attacker.example" if fault == "evil-domain" else options.domain,
            "/latest/meta-data/services/partition": "aws",
            "/latest/meta-data/instance-id": host["instance"],
            "/latest/meta-data/placement/region": host["region"],
            "/latest/meta-data/placement/availability-zone": host["region"] + "a",
            "/latest/meta-data/local-ipv4": address,
            "/latest/meta-data/mac": mac,
            "/latest/meta-data/network/interfaces/macs/": mac + "/",
            f"/latest/meta-data/network/interfaces/macs/{mac}/local-ipv4s": address + "\n10.0.0.77",
            f"/latest/meta-data/network/interfaces/macs/{mac}/ipv6s": "2001:db8::5",
        }.get(path)

    def document(self, fault, address):
        standin, host = self.standin, self.standin.host
        if fault == "garbage":
            return "<html>not a document</html>"
        if fault == "huge":
            return '{"instanceId":"' + "x" * (1 << 20) + '"}'
        return json.dumps({
            "accountId": host["account"], "architecture": "x86_64", "imageId": "ami-0123456789abcdef0",
            "availabilityZone": host["region"] + "a", "instanceId": host["instance"],
            "instanceType": "t3.micro", "pendingTime": standin.options.launched, "privateIp": address,
            "region": "../../x" if fault == "bad-region" else host["region"], "version": "2017-09-30"})

    def security(self, name, role, fault):
        standin = self.standin
        if not role:
            return None
        if not name:
            return role
        if name != role:
            return None
        given = standin.instance_credentials()
        expires = "2020-04-02T00:49:51Z" if fault == "expired" else rfc3339(given["expires"])
        return json.dumps({
            "Code": "AssumeRoleUnauthorizedAccess" if fault == "not-success" else "Success",
            "LastUpdated": rfc3339(standin.clock()), "Type": "AWS-HMAC", "AccessKeyId": given["id"],
            "SecretAccessKey": given["secret"], "Token": given["token"], "Expiration": expires})


class Api(Handler):
    """CloudTrail, Systems Manager and STS on one port, told apart by target or action."""

    def do_POST(self):
        standin = self.standin
        body = self.read_body()
        target = self.headers.get("X-Amz-Target")
        is_query = target is None
        request = {}
        with standin.lock:
            try:
                service, operation, request = self.understand(target, body)
                status, headers, text = self.serve(service, operation, request, body)
                kind = ""
            except Refused as refused:
                operation = operation if "operation" in locals() else "?"
                status, headers, text = self.refusal(refused, is_query)
                kind = refused.kind
            standin.requests.append({"at": time.time(), "operation": operation, "path": self.path,
                                     "request": request, "status": status, "error": kind})
        exchange = Exchange(self, standin, request, status, headers, text, is_query)
        # what was refused for its signature is refused, whatever else was to go wrong
        asked = (request.get("LookupAttributes") or [{}])[0].get("AttributeValue", "")
        fault = standin.take_fault(operation, asked=asked) if status == 200 else None
        if not fault:
            exchange.send(status, headers, text)
            return
        exchange.fault = fault
        with standin.lock:
            standin.requests[-1]["fault"] = fault["name"]
        FAULTS[fault["name"]](exchange)

    def do_GET(self):
        with self.standin.lock:
            self.standin.requests.append({"at": time.time(), "operation": "?", "path": self.path,
                                          "followed": True})
        self.reply(200, '{"Events":[],"followed":true}', JSON)

    def understand(self, target, body):
        if target is None:
            form = dict(urllib.parse.parse_qsl(body.decode("ascii", "replace")))
            if form.get("Action") != "AssumeRole" or form.get("Version") != "2011-06-15":
                raise Refused("InvalidAction", "no such action")
            return "sts", "AssumeRole", form
        if target not in OPERATIONS:
            raise Refused("UnknownOperationException", "no such operation")
        try:
            request = json.loads(body)
        except ValueError:
            raise Refused("SerializationException", "no JSON") from None
        return (*OPERATIONS[target], request)

    def serve(self, service, operation, request, body):
        standin = self.standin
        given = standin.authenticate("POST", self.path, self.headers, body, service)
        standin.throttle(service)
        standin.allow(f"{service}:{operation}", given)
        answer = {"LookupEvents": standin.lookup_events, "ListCommands": standin.list_commands,
                  "DescribeSessions": standin.describe_sessions,
                  "AssumeRole": standin.assume_role}[operation](request, given)
        headers = [("x-amzn-RequestId", str(uuid.uuid4()))]
        if isinstance(answer, str):
            return 200, [("Content-Type", "text/xml"), *headers], answer.encode()
        return 200, [("Content-Type", JSON), *headers], json.dumps(answer).encode()

    def refusal(self, refused, is_query):
        authentication = refused.kind.startswith(
            ("InvalidSig", "Unrecognized", "Expired", "Missing", "Incomplete", "InvalidClient"))
        status = 403 if authentication or is_query else 400
        if is_query:
            text = (f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(refused.kind)}</Code>"
                    f"<Message>{escape(refused.message)}</Message></Error></ErrorResponse>")
            return status, [("Content-Type", "text/xml")], text.encode()
        text = json.dumps({"__type": refused.kind, "message": refused.message})
        return status, [("Content-Type", JSON)], text.encode()
