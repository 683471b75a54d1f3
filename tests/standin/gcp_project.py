# SPDX-License-Identifier: Apache-2.0
"""The stand-in's project: its instance and service account, tokens it gives out, the log entries of
its audit logs, the faults that are due, and what is said to it over the control port."""
import datetime
import json
import secrets
import time

from cloud_control import Cloud
from gcp_faults import FAULTS, METADATA_FAULTS
from gcp_filter import BadFilter, Filter, moment

CANARY = "CANARYCANARYCANARY"   # in every token: must never be seen anywhere else
AUTH = "https://www.googleapis.com/auth/"
DEFAULT_SCOPES = [AUTH + name for name in ("devstorage.read_only", "logging.write",
                                           "monitoring.write", "trace.append")]
LOGS = {"activity": "activity", "data_access": "data_access", "system_event": "system_event"}


class Refused(Exception):
    def __init__(self, code, status, message, reason=""):
        super().__init__(message)
        self.code, self.status, self.message, self.reason = code, status, message, reason


def rfc3339(seconds):
    stamp = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return stamp.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Calls:
    """Log entries as Google writes them, by the name of the call."""

    def __init__(self, project):
        self.project = project

    def make(self, what, at):
        call = what["call"]
        maker = getattr(self, "make_" + call, None)
        if not maker:
            raise ValueError(f"no call '{call}'")
        log, entry = maker(what)
        host = self.project.host
        payload = entry["protoPayload"]
        payload["@type"] = "type.googleapis.com/google.cloud.audit.AuditLog"
        payload.setdefault("authenticationInfo",
                           {"principalEmail": what.get("user", "alice@example.com")})
        payload.setdefault("requestMetadata", {"callerIp": what.get("ip", "203.0.113.7")})
        payload.setdefault("status", {})
        if what.get("code"):
            payload["status"] = {"code": what["code"], "message": "PERMISSION_DENIED"}
            entry["severity"] = "ERROR"
        return {"insertId": what.get("insert_id", secrets.token_hex(7)),
                "logName": f"projects/{host['project']}/logs/cloudaudit.googleapis.com%2F{log}",
                "timestamp": rfc3339(at), "severity": "NOTICE", **entry}

    def of_instance(self, what):
        host = self.project.host
        return {"type": "gce_instance",
                "labels": {"instance_id": what.get("instance", host["instance"]),
                           "project_id": host["project"], "zone": host["zone"]}}

    def name_of(self, what):
        host = self.project.host
        return f"projects/{host['project']}/zones/{host['zone']}/instances/" + what.get(
            "instance", host["instance"])

    def serial(self, what, method):
        host = self.project.host
        return "activity", {
            "resource": self.of_instance(what),
            "operation": {"id": what.get("operation", secrets.token_hex(8)),
                          method == "connect" and "first" or "last": True},
            "protoPayload": {
                "serviceName": host["region"] + "-ssh-serialport.googleapis.com",
                "methodName": "google.ssh-serialport.v1." + method,
                "resourceName": self.name_of(what) + f"/SerialPort/{what.get('port', 1)}",
                "authenticationInfo": {}, "status": {"message": "Connection succeeded."},
                "request": {"@type": "type.googleapis.com/google.compute.SerialConsoleConnect",
                            "username": what.get("os_user", "alice")}}}

    def make_SerialConnect(self, what):
        return self.serial(what, "connect")

    def make_SerialDisconnect(self, what):
        return self.serial(what, "disconnect")

    def make_CheckPolicy(self, what):
        host = self.project.host
        return "data_access", {
            "labels": {"instance_id": what.get("instance", host["instance"]), "zone": host["zone"]},
            "resource": {"type": "audited_resource",
                         "labels": {"project_id": host["project"],
                                    "service": "oslogin.googleapis.com"}},
            "protoPayload": {
                "serviceName": "oslogin.googleapis.com",
                "methodName": "google.cloud.oslogin.dataplane.OsLoginDataPlaneService.CheckPolicy",
                "resourceName": f"projects/{host['project']}/zones/{host['zone']}/instances/web-1",
                "request": {"policy": what.get("policy", "LOGIN"), "instance": "web-1",
                            "email": "123456789012345678901", "zone": host["zone"],
                            "projectId": host["project"]},
                "response": {"success": True} if what.get("success", True) else {}}}

    def make_AuthorizeUser(self, what):
        return "data_access", {
            "resource": self.of_instance(what),
            "protoPayload": {
                "serviceName": "iap.googleapis.com", "methodName": "AuthorizeUser",
                "resourceName": self.name_of(what),
                "requestMetadata": {"callerIp": what.get("ip", "203.0.113.7"),
                                    "destinationAttributes": {"ip": "10.128.0.7", "port": "22"}},
                "metadata": {"request_id": secrets.token_hex(8)}}}

    def make_setMetadata(self, what):
        return "activity", {
            "resource": self.of_instance(what), "operation": {"id": secrets.token_hex(8), "last": True},
            "protoPayload": {
                "serviceName": "compute.googleapis.com",
                "methodName": "v1.compute.instances.setMetadata",
                "resourceName": self.name_of({"instance": "web-1"}),
                "metadata": {"instanceMetadataDelta": {"modifiedMetadataKeys":
                                                       what.get("keys", ["ssh-keys"])}}}}

    def make_setCommonInstanceMetadata(self, what):
        host = self.project.host
        return "activity", {
            "resource": {"type": "gce_project", "labels": {"project_id": host["project"]}},
            "protoPayload": {
                "serviceName": "compute.googleapis.com",
                "methodName": "v1.compute.projects.setCommonInstanceMetadata",
                "resourceName": "projects/" + host["project"],
                "metadata": {"projectMetadataDelta": {"modifiedMetadataKeys":
                                                      what.get("keys", ["ssh-keys"])}}}}

    def make_DeleteSink(self, what):
        host = self.project.host
        sink = f"projects/{host['project']}/sinks/" + what.get("sink", "to-siem")
        return "activity", {
            "resource": {"type": "logging_sink", "labels": {"project_id": host["project"]}},
            "protoPayload": {"serviceName": "logging.googleapis.com",
                             "methodName": "google.logging.v2.ConfigServiceV2.DeleteSink",
                             "resourceName": sink}}

    def make_SetAuditConfig(self, what):
        host = self.project.host
        return "activity", {
            "resource": {"type": "project", "labels": {"project_id": host["project"]}},
            "protoPayload": {
                "serviceName": "cloudresourcemanager.googleapis.com", "methodName": "SetIamPolicy",
                "resourceName": "projects/" + host["project"],
                "serviceData": {"policyDelta": {"auditConfigDeltas": [
                    {"action": what.get("action", "REMOVE"), "service": "iap.googleapis.com",
                     "logType": "DATA_READ"}]}}}}

    def make_Other(self, what):
        """What no door is."""
        return what.get("log", "activity"), {
            "resource": self.of_instance(what),
            "protoPayload": {"serviceName": "storage.googleapis.com",
                             "methodName": what.get("method", "storage.buckets.update"),
                             "resourceName": "projects/_/buckets/example"}}


class Project(Cloud):
    """A project of Google Cloud's, and one instance in it."""

    known_faults = FAULTS
    metadata_faults = METADATA_FAULTS
    metadata_verb = "metadata_fault"
    settable = ("rate", "late", "clock_offset", "token_life", "scopes", "empty_pages", "users")

    def __init__(self, options):
        super().__init__(options)
        self.host = {"instance": options.instance, "project": options.project, "zone": options.zone,
                     "region": options.zone.rpartition("-")[0], "email": options.email}
        self.scopes = [options.scope] if options.scope else DEFAULT_SCOPES
        self.rate, self.token_life = options.rate, options.token_life
        self.empty_pages = 0
        self.attributes = {}          # "instance/attributes/ssh-keys" -> text
        self.users = {}               # of OS Login: name -> profile
        self.calls = Calls(self)
        self.entries = []             # (timestamp, insertId, when it is told, entry)
        self.deny = set(options.deny)
        self.tokens = {}              # token -> (when it expires, its scopes)
        self.pages = {}               # page token -> (question, position, empty pages left)
        self.complaints = []          # of what no honest agent sends
        self.asked_at = []            # of the last minute

    # -- tokens ---------------------------------------------------------------------------------

    def issue(self):
        """The same until five minutes before its end, as the metadata server does."""
        now = time.monotonic()
        for token, (until, scopes) in self.tokens.items():
            if until - now > min(300, self.token_life / 2) and scopes == self.scopes:
                return token, until - now
        token = "ya29." + CANARY + secrets.token_urlsafe(120)
        self.tokens[token] = (now + self.token_life, self.scopes)
        return token, self.token_life

    def authenticate(self, header):
        scheme, _, token = (header or "").partition(" ")
        until, scopes = self.tokens.get(token, (0, []))
        if scheme != "Bearer" or until <= time.monotonic():
            raise Refused(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.",
                          "ACCESS_TOKEN_EXPIRED")
        if not {AUTH + "logging.read", AUTH + "logging.admin", AUTH + "cloud-platform",
                AUTH + "cloud-platform.read-only"} & set(scopes):
            raise Refused(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.",
                          "ACCESS_TOKEN_SCOPE_INSUFFICIENT")

    # -- entries:list ---------------------------------------------------------------------------

    def throttle(self):
        now = time.monotonic()
        self.asked_at = [at for at in self.asked_at if now - at < 60]
        if self.rate and len(self.asked_at) >= self.rate:
            raise Refused(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Read requests'",
                          "RATE_LIMIT_EXCEEDED")
        self.asked_at.append(now)

    def token_for(self, question, position=None, empty=0):
        question = {key: value for key, value in question.items() if key != "pageToken"}
        token = "EAA4" + secrets.token_urlsafe(90)
        self.pages[token] = (question, position, empty)
        return token

    def read_question(self, question):
        """The filter; what no honest agent sends is complained of."""
        unknown = set(question) - {"resourceNames", "filter", "orderBy", "pageSize", "pageToken"}
        if unknown:
            raise Refused(400, "INVALID_ARGUMENT", f"unknown names {unknown}")
        if question.get("resourceNames") != ["projects/" + self.host["project"]]:
            raise Refused(403, "PERMISSION_DENIED", "The caller does not have permission")
        if question.get("orderBy") not in ("timestamp asc", "timestamp desc"):
            raise Refused(400, "INVALID_ARGUMENT", "orderBy")
        size = question.get("pageSize")
        if not isinstance(size, int) or not 1 <= size <= 1000:
            raise Refused(400, "INVALID_ARGUMENT", "pageSize")
        try:
            found = Filter(question.get("filter", ""))
        except BadFilter as bad:
            self.complaints.append(f"filter: {bad}")
            raise Refused(400, "INVALID_ARGUMENT", f"Unparseable filter: {bad}") from None
        for needed in ("logName", "timestamp"):
            if needed not in found.fields:
                self.complaints.append(f"the filter does not speak of {needed}")
        return found

    def page_of(self, question):
        """Where the page begins, and how many empty ones come before."""
        token = question.get("pageToken")
        if not token:
            return None, self.empty_pages
        asked, position, empty = self.pages.get(token, (None, None, 0))
        if asked != {key: value for key, value in question.items() if key != "pageToken"}:
            raise Refused(400, "INVALID_ARGUMENT",
                          "page_token doesn't match arguments from the request")
        return position, empty

    def list_entries(self, question):
        chosen = self.read_question(question)
        if "logging.logEntries.list" in self.deny:
            raise Refused(403, "PERMISSION_DENIED", "Permission denied for all log views")
        position, empty = self.page_of(question)
        if empty:
            return {"nextPageToken": self.token_for(question, position, empty - 1)}
        backwards = question["orderBy"].endswith("desc")
        rows = sorted((row for row in self.entries if self.is_seen(row) and chosen.holds(row[3])),
                      key=lambda row: row[:2], reverse=backwards)
        if position:
            rows = [row for row in rows if (row[:2] < tuple(position)) == backwards
                    and row[:2] != tuple(position)]
        size = question["pageSize"]
        answer = {}
        if rows:
            answer["entries"] = [row[3] for row in rows[:size]]
        if len(rows) > size:
            answer["nextPageToken"] = self.token_for(question, rows[size - 1][:2])
        return answer

    def is_seen(self, row):
        """Who lacks the second permission is not told so: what is private is left out."""
        if row[2] > self.clock():
            return False
        return not (row[3]["logName"].endswith("%2Fdata_access")
                    and "logging.privateLogEntries.list" in self.deny)

    # -- control --------------------------------------------------------------------------------

    def add(self, what):
        at = self.clock() - what.get("ago", 0)
        entry = what["entry"] if "entry" in what else self.calls.make(what, at)
        at = moment(entry["timestamp"]) if entry.get("timestamp") else at
        told = at + what.get("late", self.late)
        entry.setdefault("receiveTimestamp", rfc3339(told))
        self.entries.append((at, entry["insertId"], told, entry))
        return entry

    def add_all(self, what):
        return [self.add(what)]

    def deny_all(self, what):
        self.deny = set(what)

    def rotate(self):
        self.tokens.clear()

    def set_one(self, name, value):
        if name == "attributes":
            self.attributes = {key: text for key, text in value.items() if text is not None}
        elif name in self.host:
            self.host[name] = value
        else:
            super().set_one(name, value)

    def control_pages(self):
        return {**super().control_pages(), "/complaints": lambda: self.complaints}

    def state(self):
        return {"entries": [row[3] for row in self.entries], "host": self.host, "late": self.late,
                "faults": self.faults, "deny": sorted(self.deny), "requests": len(self.requests),
                "complaints": self.complaints}

    def answer_token(self, fault):
        token, life = self.issue()
        life = 10 if fault == "token-short-lived" else int(life)
        kind = "MAC" if fault == "token-of-another-type" else "Bearer"
        if fault == "token-garbage":
            return "<html>" + token
        if fault == "token-with-line-break":
            token += "\r\nX-Injected: 1"
        return json.dumps({"access_token": token, "expires_in": life, "token_type": kind})
