# SPDX-License-Identifier: Apache-2.0
"""What the stand-in's account knows: calls (CloudTrail records), sessions and commands that follow
from them, and the canary: what the agent's own calls leave behind."""
import json
import time
import uuid

NAMES = uuid.UUID("5b0d6f8e-0000-4000-8000-c0de00000000")
HEARTBEAT = 300


def rfc3339(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


class Trail:
    """Calls of one account and region; `clock` gives the service's time."""

    def __init__(self, host, clock, late):
        self.host = host          # instance, account, region, role
        self.clock = clock
        self.late = late          # seconds until a call is told
        self.calls = []           # (time, visible at, record)
        self.heartbeat_from = int(clock()) - 3600

    # -- adding ---------------------------------------------------------------------------------

    def add_record(self, record, late=None):
        moment = record.get("_time", self.clock())
        record = {name: value for name, value in record.items() if name != "_time"}
        delay = self.late if late is None else late
        self.calls.append((moment, moment + delay, record))
        return record

    def record(self, name, source, user, moment=None, **fields):
        """A CloudTrail record of the usual form; `fields` go over it."""
        moment = self.clock() if moment is None else moment
        account = self.host["account"]
        arn = fields.pop("principal", None) or f"arn:aws:iam::{account}:user/{user}"
        record = {
            "eventVersion": "1.09",
            "userIdentity": {"type": "IAMUser" if ":user/" in arn else "AssumedRole", "arn": arn,
                             "accountId": account, "principalId": "AIDAEXAMPLE" + user.upper()[:8],
                             "accessKeyId": "AKIAEXAMPLE" + user.upper()[:8], "userName": user},
            "eventTime": rfc3339(moment), "eventSource": source, "eventName": name,
            "awsRegion": self.host["region"], "sourceIPAddress": "198.51.100.23",
            "userAgent": "aws-cli/2.15.0", "requestID": str(uuid.uuid4()),
            "eventID": str(uuid.uuid4()), "readOnly": False, "eventType": "AwsApiCall",
            "managementEvent": True, "recipientAccountId": account,
            "eventCategory": "Management", "requestParameters": None, "responseElements": None,
        }
        record.update(fields)
        record["_time"] = moment
        return record

    def add(self, what):
        """One call, said shortly: {"call": "StartSession", "session_id": ..., "user": ...} or a whole
        {"record": {...}}; "ago" seconds, "late" seconds and "instance" are optional. Returns the
        record."""
        if "record" in what:
            record = dict(what["record"])
            record.setdefault("eventID", str(uuid.uuid4()))
            if "eventTime" in record:
                record["_time"] = time.mktime(time.strptime(
                    record["eventTime"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
            return self.add_record(record, what.get("late"))
        name = what["call"]
        if name not in SHORT:
            raise ValueError(f"no short form of '{name}': give a record")
        source, build = SHORT[name]
        fields = build(what, what.get("instance", self.host["instance"]))
        for key in ("principal", "sourceIPAddress", "errorCode", "errorMessage", "requestID"):
            if key in what:
                fields[key] = what[key]
        record = self.record(name, source, what.get("user", "alice"),
                             self.clock() - what.get("ago", 0), **fields)
        return self.add_record(record, what.get("late"))

    def add_canary(self, session_name, role):
        arn = f"arn:aws:sts::{self.host['account']}:assumed-role/{role}/{session_name}"
        self.add_record(self.record("LookupEvents", "cloudtrail.amazonaws.com", session_name,
                                    principal=arn, readOnly=True, userAgent="countersign"))

    def heartbeats(self):
        """UpdateInstanceInformation of the SSM agent, every five minutes since an hour before."""
        first = -(-self.heartbeat_from // HEARTBEAT) * HEARTBEAT
        arn = (f"arn:aws:sts::{self.host['account']}:assumed-role/{self.host['role']}/"
               f"{self.host['instance']}")
        for moment in range(first, int(self.clock()) + 1, HEARTBEAT):
            record = self.record("UpdateInstanceInformation", "ssm.amazonaws.com",
                                 self.host["instance"], moment, principal=arn,
                                 eventID=str(uuid.uuid5(NAMES, str(moment))),
                                 requestID=str(uuid.uuid5(NAMES, f"r{moment}")),
                                 requestParameters={"instanceId": self.host["instance"]})
            del record["_time"]
            yield moment, moment + self.late, record

    # -- asking ---------------------------------------------------------------------------------

    def lookup(self, since, until, attribute, value):
        """Visible calls in the time, newest first, as (time, id, event)."""
        now = self.clock()
        found = []
        for moment, visible_at, record in self.calls + list(self.heartbeats()):
            if visible_at > now or not since <= int(moment) <= until:
                continue
            event = lookup_event(moment, record)
            if attribute and event.get(attribute) != value:
                continue
            found.append((int(moment), event["EventId"], event))
        found.sort(key=lambda row: (-row[0], row[1]))
        return found

    def sessions(self, state, filters):
        ended = {(record.get("requestParameters") or {}).get("sessionId"): moment
                 for moment, _, record in self.calls if record["eventName"] == "TerminateSession"}
        for moment, _, record in reversed(self.calls):
            response = record.get("responseElements") or {}
            if record["eventName"] != "StartSession" or record.get("errorCode"):
                continue
            session = {"SessionId": response.get("sessionId"),
                       "Target": record["requestParameters"]["target"],
                       "Status": "Connected", "StartDate": moment,
                       "Owner": record["userIdentity"]["arn"],
                       "DocumentName": "SSM-SessionManagerRunShell"}
            if session["SessionId"] in ended:
                session.update(Status="Terminated", EndDate=ended[session["SessionId"]])
            if (session["Status"] == "Terminated") == (state == "Active"):
                continue
            if all(session.get(key) == value for key, value in filters):
                yield session

    def commands(self, command_id):
        for moment, _, record in reversed(self.calls):
            command = (record.get("responseElements") or {}).get("command") or {}
            if record["eventName"] == "SendCommand" and command_id in (None, command.get("commandId")):
                yield {"CommandId": command.get("commandId"), "RequestedDateTime": moment,
                       "DocumentName": command.get("documentName"), "Status": "Success",
                       "InstanceIds": command.get("instanceIds", [])}


def lookup_event(moment, record):
    identity = record.get("userIdentity") or {}
    arn = identity.get("arn", "")
    name = identity.get("userName") or arn.rpartition("/")[2]
    return {"EventId": record["eventID"], "EventName": record.get("eventName"),
            "ReadOnly": "true" if record.get("readOnly") else "false",
            "AccessKeyId": identity.get("accessKeyId", ""), "EventTime": float(int(moment)),
            "EventSource": record.get("eventSource"), "Username": name, "Resources": [],
            "CloudTrailEvent": json.dumps(record, separators=(",", ":"))}


def push_fields(what, instance):
    request = what.get("request_id") or str(uuid.uuid4())
    return {"requestID": request,
            "requestParameters": {"instanceId": instance,
                                  "instanceOSUser": what.get("os_user", "ubuntu"),
                                  "sSHPublicKey": what.get("key", "")},
            "responseElements": {"requestId": request, "success": True}}


def serial_fields(what, instance):
    request = what.get("request_id") or str(uuid.uuid4())
    return {"requestID": request,
            "requestParameters": {"instanceId": instance, "serialPort": 0, "monitorMode": False,
                                  "sSHPublicKey": what.get("key", "")},
            "responseElements": {"requestId": request, "success": True}}


def start_fields(what, instance):
    session = what.get("session_id") or f"{what.get('user', 'alice')}-{uuid.uuid4().hex[:17]}"
    return {"requestParameters": {"target": instance},
            "responseElements": {"sessionId": session, "tokenValue": "Value hidden due to security reasons.",
                                 "streamUrl": "wss://ssmmessages.example/v1/data-channel/" + session}}


def session_fields(what, _instance):
    return {"requestParameters": {"sessionId": what["session_id"]},
            "responseElements": {"sessionId": what["session_id"]}}


def command_fields(what, instance):
    command = what.get("command_id") or str(uuid.uuid4())
    document = what.get("document", "AWS-RunShellScript")
    return {"requestParameters": {"documentName": document, "instanceIds": [instance],
                                  "interactive": False,
                                  "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS"},
            "responseElements": {"command": {"commandId": command, "documentName": document,
                                             "instanceIds": [instance]}}}


def tunnel_fields(what, _instance):
    return {"requestParameters": {"instanceConnectEndpointId": "eice-0123456789abcdef0",
                                  "remotePort": str(what.get("port", 22)),
                                  "privateIpAddress": what.get("private_ip", "10.0.0.5")}}


def user_data_fields(_what, instance):
    return {"requestParameters": {"instanceId": instance, "userData": "<sensitiveDataRemoved>"},
            "responseElements": {"_return": True}}


def serial_access_fields(_what, _instance):
    return {"requestParameters": {"EnableSerialConsoleAccessRequest": ""},
            "responseElements": {"EnableSerialConsoleAccessResponse": {
                "serialConsoleAccessEnabled": True}}}


def endpoint_fields(what, _instance):
    return {"requestParameters": {"CreateInstanceConnectEndpointRequest": {
                "SubnetId": "subnet-0123456789abcdef0"}},
            "responseElements": {"CreateInstanceConnectEndpointResponse": {
                "instanceConnectEndpoint": {"vpcId": what.get("vpc", "vpc-0123456789abcdef0")}}}}


def trail_fields(what, _instance):
    return {"requestParameters": {"name": what.get("trail", "main"), **what.get("settings", {})}}


SHORT = {
    "ModifyInstanceAttribute": ("ec2.amazonaws.com", user_data_fields),
    "EnableSerialConsoleAccess": ("ec2.amazonaws.com", serial_access_fields),
    "CreateInstanceConnectEndpoint": ("ec2.amazonaws.com", endpoint_fields),
    "StopLogging": ("cloudtrail.amazonaws.com", trail_fields),
    "UpdateTrail": ("cloudtrail.amazonaws.com", trail_fields),
    "SendSSHPublicKey": ("ec2-instance-connect.amazonaws.com", push_fields),
    "SendSerialConsoleSSHPublicKey": ("ec2-instance-connect.amazonaws.com", serial_fields),
    "OpenTunnel": ("ec2-instance-connect.amazonaws.com", tunnel_fields),
    "StartSession": ("ssm.amazonaws.com", start_fields),
    "ResumeSession": ("ssm.amazonaws.com", session_fields),
    "TerminateSession": ("ssm.amazonaws.com", session_fields),
    "SendCommand": ("ssm.amazonaws.com", command_fields),
}
