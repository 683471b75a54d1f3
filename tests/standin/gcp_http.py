# SPDX-License-Identifier: Apache-2.0
"""What the stand-in for Google Cloud says over HTTP: the metadata server and Cloud Logging's
entries:list, each answer made ready and then, where a fault is due, handed to it to be spoilt."""
import json
import time
import urllib.parse

from cloud_exchange import Exchange, Handler
from gcp_faults import JSON, error_body
from gcp_project import Refused

ROOT = "/computeMetadata/v1/"
PROXIES = ("Via", "Forwarded", "X-Forwarded-For", "Proxy-Connection", "Proxy-Authorization")


class Metadata(Handler):
    """The metadata server: nothing without its header, nothing to a proxy."""

    def do_GET(self):
        project = self.standin
        fault = project.metadata_fault
        with project.lock:
            project.requests.append({"at": time.time(), "metadata": self.path})
            seen = sum(one.get("metadata") == self.path for one in project.requests)
            if self.headers.get("Authorization"):
                project.complaints.append("a token was sent to the metadata server")
        if fault == "hang":
            self.close_connection = True
            return self.wait_for_end()
        if self.headers.get_all("Metadata-Flavor") != ["Google"] or \
                any(self.headers.get(name) for name in PROXIES):
            with project.lock:
                project.complaints.append(f"headers of {self.path}: {sorted(self.headers.keys())}")
            return self.say(403, "Missing Metadata-Flavor:Google header.")
        if fault == "status-503" or (fault == "status-503-once" and seen % 2):
            return self.say(503, "")
        if fault in ("off", "nothing"):
            return self.say(403 if fault == "off" else 404, "")
        if fault == "redirect":
            return self.say(302, "", [("Location", "http://169.254.169.254/elsewhere")])
        with project.lock:
            text = self.find(self.path, fault)
        return self.say(404, "<html>not found</html>") if text is None else self.say(200, text)

    def say(self, status, text, more=()):
        flavor = {"no-flavor": [], "wrong-flavor": [("Metadata-Flavor", "Amazon")]}.get(
            self.standin.metadata_fault, [("Metadata-Flavor", "Google")])
        headers = [("Content-Type", "application/text"), ("Server", "Metadata Server for VM"), *flavor,
                   *more]
        fault = self.standin.take_fault(self.path)
        exchange = Exchange(self, {}, status, headers, text.encode())
        if not fault:
            return exchange.send(status, headers, exchange.body)
        return exchange.spoil(fault)

    def do_POST(self):
        with self.standin.lock:
            self.standin.complaints.append(f"POST {self.path} to the metadata server")
        self.say(405, "")

    do_PUT = do_POST

    def find(self, path, fault):
        project, host = self.standin, self.standin.host
        path, _, query = path.partition("?")
        query = dict(urllib.parse.parse_qsl(query))
        if not path.startswith(ROOT):
            return None
        path = path[len(ROOT):]
        if path.startswith("instance/service-accounts/"):
            return self.find_account(path, fault)
        if path == "oslogin/users":
            profile = project.users.get(query.get("username"))
            return json.dumps({"loginProfiles": [profile]}) if profile else None
        if path in project.attributes:
            return project.attributes[path]
        if path in ("instance/attributes/", "project/attributes/"):
            return "".join(name[len(path):] + "\n" for name in sorted(project.attributes)
                           if name.startswith(path))
        instance = {"bad-instance": '1" OR ""="', "huge-instance": "1" * (1 << 20)}
        return {
            "instance/id": instance.get(fault, host["instance"]),
            "instance/name": "web-1",
            "instance/zone": "nowhere" if fault == "bad-zone" else
                             "projects/123456789012/zones/" + host["zone"],
            "project/project-id": "../../x" if fault == "bad-project" else host["project"],
            "project/numeric-project-id": "123456789012",
            "instance/tags": json.dumps(project.options.tag) if query.get("alt") == "json" else None,
            "instance/network-interfaces/": self.interfaces(fault)
                                            if query.get("recursive") == "true" else "0/\n",
        }.get(path)

    def interfaces(self, fault):
        if fault == "bad-interfaces":
            return '{"0":{}}'
        return json.dumps([{
            "accessConfigs": [{"externalIp": "203.0.113.20", "type": "ONE_TO_ONE_NAT"}],
            "dnsServers": ["169.254.169.254"], "gateway": "10.128.0.1", "ip": self.standin.options.private_ip,
            "ipAliases": ["10.4.0.9/32", "10.5.0.0/24"], "ipv6s": ["2001:db8::7"],
            "mac": "42:01:0a:80:00:07", "mtu": 1460, "network": "projects/123456789012/networks/default"}])

    def find_account(self, path, fault):
        project = self.standin
        name = path[len("instance/service-accounts/default/"):]
        if not project.host["email"] or fault == "no-account":
            return None
        if name == "email":
            return "a\nb@example.com" if fault == "bad-email" else project.host["email"]
        if name == "scopes":
            scopes = project.scopes if fault != "no-scope" else \
                ["https://www.googleapis.com/auth/logging.write"]
            return "".join(scope + "\n" for scope in scopes)
        if name == "token" and fault != "token-missing":
            return project.answer_token(fault)
        return None


class Logging(Handler):
    """logging.googleapis.com."""

    def do_POST(self):
        project = self.standin
        body = self.read_body()
        question, kind = {}, ""
        with project.lock:
            try:
                question = self.understand(body)
                status, text = 200, json.dumps(project.list_entries(question)).encode()
            except Refused as refused:
                status, kind = refused.code, refused.status
                text = error_body(refused.code, refused.status, refused.message, refused.reason)
            project.requests.append({"at": time.time(), "operation": "entries.list", "path": self.path,
                                     "request": question, "status": status, "error": kind})
        headers = [("Content-Type", JSON), ("Vary", "Origin")]
        self.answer_service(Exchange(self, question, status, headers, text), "entries.list")

    def do_GET(self):
        with self.standin.lock:
            self.standin.requests.append({"at": time.time(), "operation": "?", "path": self.path,
                                          "followed": True})
        self.reply(200, '{"entries":[],"followed":true}', JSON)

    def understand(self, body):
        project = self.standin
        project.authenticate(self.headers.get("Authorization"))
        path, _, query = self.path.partition("?")
        if path != "/v2/entries:list" or query not in ("", "prettyPrint=false"):
            raise Refused(404, "NOT_FOUND", self.path)
        if self.headers.get_content_type() != "application/json" or \
                len(self.headers.get_all("Content-Type")) != 1:
            project.complaints.append("Content-Type: " + str(self.headers.get_all("Content-Type")))
        for name in (*PROXIES, "Metadata-Flavor"):
            if self.headers.get(name):
                project.complaints.append(f"a header {name} came to Cloud Logging")
        project.throttle()
        try:
            question = json.loads(body)
        except ValueError:
            raise Refused(400, "INVALID_ARGUMENT", "Invalid JSON payload received") from None
        return question
