# SPDX-License-Identifier: Apache-2.0
"""How Debian 13, the SSM agent and CloudTrail write down what generate.py tells."""
import base64
import datetime
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import recorded  # noqa: E402
from recorded import Counter, after, digest, text_of, utc  # noqa: E402

day = recorded.Day(2026, 3, 10)
DAY, at, fractions, ids = day.begins, day.at, day.fractions, Counter("ids")

ACCOUNT = "111122223333"
REGION = "eu-central-1"
INSTANCE = "i-0b7d42c9e1f638a50"
OTHERS = ("i-0e91c35fa7280d46b", "i-03f8a6d15b2c9e740")
HOST = "till-3"
PRIVATE_IP = "198.51.100.23"
OTHER_IP = "198.51.100.24"


class Key(recorded.Key):
    def __init__(self, name):
        super().__init__(HERE, name)


class Principal:
    """A session of a role, from one place."""

    def __init__(self, role, name, source_ip, agent, mfa=True):
        self.role, self.name, self.source_ip, self.agent = role, name, source_ip, agent
        self.mfa = mfa
        tail = base64.b32encode(digest("access key", role, name, source_ip)).decode()
        self.access_key = "ASIAEXAMPLE" + tail[:9]
        self.arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}"

    def identity(self):
        role_id = "AROAEXAMPLE" + base64.b32encode(digest("role", self.role)).decode()[:10]
        return {
            "type": "AssumedRole",
            "principalId": f"{role_id}:{self.name}",
            "arn": self.arn,
            "accountId": ACCOUNT,
            "accessKeyId": self.access_key,
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": role_id,
                    "arn": f"arn:aws:iam::{ACCOUNT}:role/{self.role}",
                    "accountId": ACCOUNT,
                    "userName": self.role,
                },
                "attributes": {
                    "creationDate": utc(DAY + datetime.timedelta(hours=6, minutes=40)),
                    "mfaAuthenticated": "true" if self.mfa else "false",
                },
            },
        }


class AuthLog(recorded.AuthLog):
    """With what Instance Connect says there."""

    def offer(self, time, key, request, principal, query=True):
        """Instance Connect's key command: asked twice for one login, each line by a logger."""
        name = "ec2-instance-connect"
        for step in (0.0, 0.61):
            if query:
                self.say(after(time, step), name, self.process(),
                         "Querying EC2 Instance Connect keys for matching fingerprint: "
                         + key.fingerprint)
            said = ("Providing ssh key from EC2 Instance Connect with fingerprint: "
                    + key.fingerprint)
            if request:
                said += f", request-id: {request}"
            said += f", for IAM principal: {principal}"
            self.say(after(time, step + 0.08), name, self.process(), said)

    def accept(self, time, user, uid, ip, key, ends=None, asked=True):
        """sshd has `asked` Instance Connect's key command, which knew no such key."""
        command = ("AuthorizedKeysCommand /usr/share/ec2-instance-connect/eic_run_authorized_keys"
                   f" {user} {key.fingerprint} failed, status 22")
        return super().accept(time, user, uid, ip, key, ends, asked=command if asked else None)


class AgentLog:
    """/var/log/amazon/ssm/amazon-ssm-agent.log: local time, which on this host is UTC."""

    def __init__(self):
        self.lines = []

    def say(self, time, message, level="INFO"):
        stamp = time.strftime("%Y-%m-%d %H:%M:%S.%f")[:-2]
        self.lines.append((time, f"{stamp} {level} {message}"))

    def document(self, kind, name, document, steps, owner=None):
        about = {
            "DocumentID": document["id"], "CommandID": document["command"],
            "AssociationID": document["association"], "InstanceID": INSTANCE,
            "MessageID": document["message"], "DocumentName": name, "DocumentVersion": "1",
            "DocumentStatus": "InProgress", "RunCount": 0, "RunAsUser": "",
        }
        if owner:
            about["SessionOwner"] = owner
        return json.dumps({
            "DocumentInformation": about, "DocumentType": kind, "SchemaVersion": "1.0",
            "InstancePluginsInformation": steps, "UpstreamServiceName": "MessageGatewayService",
        }, separators=(",", ":"))

    def session(self, time, session, owner, plugin="Standard_Stream", port=None, ends=None):
        """A session worker's life; a port session leads to this host's own port."""
        name = "AWS-StartSSHSession" if port else "SSM-SessionManagerRunShell"
        message, context = ids.uuid(), f"[ssm-session-worker] [{session}]"
        interactor = "[ssm-agent-worker] [MessageService] [MGSInteractor]"
        content = {"RunAsUser": "", "Parameters": {"portNumber": str(port)} if port else {},
                   "SessionOwner": owner, "SessionId": session, "DocumentName": name}
        if port:
            content["DocumentContent"] = {"schemaVersion": "1.0", "sessionType": "Port",
                                          "properties": {"portNumber": "{{ portNumber }}"}}
        payload = {"schemaVersion": 1, "taskId": f"{ACCOUNT}:{session}",
                   "content": json.dumps(content, separators=(",", ":"))}
        step = {"Configuration": {"Properties": {"portNumber": str(port)} if port else None,
                                  "PluginName": plugin, "RunAsEnabled": False, "RunAsUser": ""},
                "Name": plugin, "Id": plugin}
        document = {"id": session, "command": session, "association": "", "message": session}

        self.say(after(time, -0.21), f"{interactor} Processing AgentMessage: MessageType - "
                                     f"interactive_shell, Id - {message}")
        self.say(after(time, -0.2), f"{interactor} Parsing AgentMessage {message}, Payload: "
                                    + json.dumps(payload, separators=(",", ":")))
        self.say(time, "[ssm-agent-worker] [MessageService] [EngineProcessor] document "
                       f"{session} submission started")
        self.say(after(time, 0.11), "ssm-session-worker - v3.3.1345.0")
        self.say(after(time, 0.16), f"{context} document: {session} worker started")
        self.say(after(time, 0.18), f"{context} [DataBackend] "
                 + self.document("StartSession", name, document, [step], owner))
        self.say(after(time, 0.19), f"{context} [DataBackend] Running plugin {plugin} {plugin}")
        self.say(after(time, 0.4), f"{context} [DataBackend] [pluginName={plugin}] Setting up "
                                   f"datachannel for session: {session}, requestId: {ids.uuid()}, "
                                   "clientId: ")
        self.say(after(time, 0.7), f"{context} [DataBackend] [pluginName={plugin}] "
                                   f"Plugin {plugin} started")
        if ends:
            self.say(ends, f"{context} Session worker closed")
            self.say(after(ends, 0.02), "[ssm-agent-worker] [MessageService] "
                                        f"[SessionProcessorWrapper] session: {session} complete")
        return time

    def run(self, kind, time, document, name, seconds, begins):
        """A document worker's life, for a command or an association."""
        context = f"[ssm-document-worker] [{document['id']}]"
        step = {"Configuration": {"Properties": {"timeoutSeconds": "600"},
                                  "PluginName": "aws:runShellScript"},
                "Name": "aws:runShellScript", "Id": "0"}
        self.say(time, f"{begins} submission started")
        self.say(after(time, 0.12), "ssm-document-worker - v3.3.1345.0")
        self.say(after(time, 0.17), f"{context} document: {document['id']} worker started")
        self.say(after(time, 0.19), f"{context} [DataBackend] "
                 + self.document(kind, name, document, [step]))
        self.say(after(time, 0.31), f"{context} [DataBackend] [pluginName=aws:runShellScript] "
                                    "aws:runShellScript started with configuration {<nil> map[]}")
        self.say(after(time, seconds), f"{context} document worker closed")
        return time

    def command(self, time, command, name="AWS-RunShellScript", seconds=4):
        job = f"aws.ssm.{command}.{INSTANCE}"
        document = {"id": command, "command": command, "association": "", "message": job}
        payload = {"Content": json.dumps({"CommandId": command, "DocumentName": name},
                                         separators=(",", ":")),
                   "JobId": job, "Topic": f"aws.ssm.sendCommand.{REGION}", "SchemaVersion": 1}
        self.say(after(time, -0.1), "[ssm-agent-worker] [MessageService] [MGSInteractor] Parsing "
                 f"AgentMessage {ids.uuid()}, Payload: " + json.dumps(payload,
                                                                     separators=(",", ":")))
        self.run("SendCommand", time, document, name, seconds,
                 f"[ssm-agent-worker] [MessageService] [EngineProcessor] document {job}")
        self.say(after(time, seconds + 0.1), "[ssm-agent-worker] [MessageService] "
                                             f"[CommandProcessorWrapper] command: {job} complete")
        return time

    def association(self, time, association, name, seconds=6):
        run = time.strftime("%Y-%m-%dT%H-%M-%S.") + f"{time.microsecond // 1000:03d}Z"
        document = {"id": f"{association}.{run}", "command": "", "association": association,
                    "message": f"aws.ssm.{association}.{INSTANCE}"}
        context = "[ssm-agent-worker] [MessageService] [Association]"
        self.say(after(time, -0.05),
                 f"{context} [associationId={association}] Executing association")
        return self.run("Association", time, document, name, seconds,
                        f"{context} [EngineProcessor] document {association}")

    def text(self):
        return text_of(self.lines)


class Trail:
    """A trail's files as S3 holds them: a name, an unordered list, sometimes a record twice."""

    def __init__(self):
        self.records = []

    def call(self, time, who, service, name, request=None, response=None, error=None,
             region=REGION, read_only=False):
        """One record; its request id is returned. `error` is a code and a message."""
        request_id = ids.uuid()
        if isinstance(who, Principal):
            identity, source, agent = who.identity(), who.source_ip, who.agent
        else:
            identity, source, agent = who
        if service == "ec2-instance-connect" and response is True:
            response = {"requestId": request_id, "success": True}
        record = {
            "eventVersion": "1.11",
            "userIdentity": identity,
            "eventTime": utc(time),
            "eventSource": f"{service}.amazonaws.com",
            "eventName": name,
            "awsRegion": region,
            "sourceIPAddress": source,
            "userAgent": agent,
            "requestParameters": request,
            "responseElements": response,
            "requestID": request_id,
            "eventID": ids.uuid(),
            "readOnly": read_only,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": ACCOUNT,
            "eventCategory": "Management",
        }
        if error:
            record["errorCode"], record["errorMessage"] = error
        self.records.append((time, region, record))
        return request_id

    def refused(self, time, who, service, name, resource):
        """A refused call: no parameters, its target is in the message only."""
        return self.call(time, who, service, name, error=(
            "AccessDenied",
            f"User: {who.arn} is not authorized to perform: {service}:{name} on resource: "
            f"arn:aws:ec2:{REGION}:{ACCOUNT}:{resource} because no identity-based policy allows "
            f"the {service}:{name} action"))

    def heartbeat(self, time, instance, address):
        """What every agent says of itself, all day."""
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/TillInstance/{instance}"
        identity = {"type": "AssumedRole", "principalId": f"AROAEXAMPLETILLINST01:{instance}",
                    "arn": arn, "accountId": ACCOUNT, "accessKeyId": "ASIAEXAMPLETILLINST1"}
        self.call(time, (identity, address, "aws-sdk-go/1.55.5 amazon-ssm-agent/3.3.1345.0"), "ssm",
                  "UpdateInstanceInformation",
                  {"instanceId": instance, "agentVersion": "3.3.1345.0", "agentStatus": "Active",
                   "platformType": "Linux", "platformName": "Debian GNU/Linux",
                   "platformVersion": "13"})

    def files(self):
        """Name and bytes of each file: what a quarter of an hour brought, three hours by night."""
        bins, told = {}, {}
        for time, region, record in self.records:
            minutes = 15 if time >= DAY + datetime.timedelta(hours=7) else 180
            start = int(time.timestamp()) // (minutes * 60) * minutes * 60
            bins.setdefault((start + minutes * 60, region), []).append(record)
        here = sorted(bin for bin in bins if bin[1] == REGION)
        bins[here[-1]].append(bins[here[-2]][0])  # S3 may deliver a record a second time
        for (end, region), records in sorted(bins.items()):
            delivered = datetime.datetime.fromtimestamp(end + 240, datetime.timezone.utc)
            unique = base64.b64encode(digest("file", end, region)).decode()
            unique = unique.replace("+", "p").replace("/", "s")[:16]
            records.sort(key=lambda record: digest(record["eventID"]))
            name = (f"{ACCOUNT}_CloudTrail_{region}_"
                    f"{delivered.strftime('%Y%m%dT%H%MZ')}_{unique}.json.gz")
            told[name] = json.dumps({"Records": records}, separators=(",", ":")).encode()
        return told
