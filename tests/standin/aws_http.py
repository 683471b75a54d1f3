# SPDX-License-Identifier: Apache-2.0
"""What the stand-in says over HTTP: instance metadata (IMDSv2 only) and the three services, each
answer made ready and then, where a fault is due, handed to it to be spoilt."""
import json
import secrets
import time
import urllib.parse
import uuid
from xml.sax.saxutils import escape

from aws_account import CANARY
from aws_faults import JSON
from aws_signature import Refused
from aws_trail import rfc3339
from cloud_exchange import Exchange, Handler

OPERATIONS = {
    "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents":
        ("cloudtrail", "LookupEvents"),
    "AmazonSSM.DescribeSessions": ("ssm", "DescribeSessions"),
    "AmazonSSM.ListCommands": ("ssm", "ListCommands"),
}


class AwsExchange(Exchange):
    """Errors are in the form of the service: STS's, which is asked by a form, or the others'."""

    is_query = False

    def send_error(self, status, kind, message, headers=()):
        if self.is_query:
            body = (f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(kind)}</Code>"
                    f"<Message>{escape(message)}</Message></Error></ErrorResponse>").encode()
            self.send(status, [("Content-Type", "text/xml"), *headers], body)
        else:
            body = json.dumps({"__type": kind, "message": message}).encode()
            self.send(status, [("Content-Type", JSON), *headers], body)


class Metadata(Handler):
    """IMDSv2."""

    def do_PUT(self):
        standin, fault = self.standin, self.standin.metadata_fault
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
            return AwsExchange(self, {}, 200, [], token.encode()).spoil(fault)
        return self.reply(200, token, headers=(("X-aws-ec2-metadata-token-ttl-seconds", life),))

    def note(self):
        with self.standin.lock:
            self.standin.requests.append({"at": time.time(), "imds": f"{self.command} {self.path}",
                                          "token": "X-aws-ec2-metadata-token" in self.headers})

    def do_GET(self):
        standin, fault = self.standin, self.standin.metadata_fault
        self.note()
        if fault == "off":
            return self.reply(403, "")
        token = self.headers.get("X-aws-ec2-metadata-token")
        until = standin.metadata_tokens.get(token, 0)
        if token is None and standin.imdsv1:
            until = time.monotonic() + 60
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
        return AwsExchange(self, {}, status, [("Content-Type", "text/plain")],
                           text.encode()).spoil(fault)

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
            "/latest/meta-data/": "ami-id\ninstance-id\nlocal-ipv4\n",
            "/latest/user-data": standin.user_data,
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
        exchange = AwsExchange(self, request, status, headers, text)
        exchange.is_query = is_query
        asked = (request.get("LookupAttributes") or [{}])[0].get("AttributeValue", "")
        self.answer_service(exchange, operation, asked=asked)

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
