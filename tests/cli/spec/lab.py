# SPDX-License-Identifier: Apache-2.0
"""What the cases are written with: host lines, API records, and expectations.

Times are seconds from noon of 2 March 2026, UTC, so a window's end can be read off a case.
A case gives host lines (each knows its file) and API records; unless it says otherwise, records
of two other services two days before and after are added, which prove absence in between.
"""
import base64
import collections
import datetime
import hashlib
import json
import struct

NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.timezone.utc)
MINUTE, HOUR, DAY = 60, 3600, 86400

HOST, IP = "ip-10-0-3-7", "10.0.3.7"
INSTANCE, OTHER = "i-0a1b2c3d4e5f60718", "i-0fffffffffffffff0"
ACCOUNT, REGION = "111122223333", "eu-west-1"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
MALLORY = f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/mallory"
PEER, CALLER = "203.0.113.9", "198.51.100.4"
SESSION = "alice-0a1b2c3d4e5f60718"
COMMAND = "0b7e1c2d-1111-4222-8333-444455556666"
ASSOCIATION = "abcdef01-2345-4678-89ab-cdef01234567"


class Key:
    """A public key that nobody has the other half of."""

    def __init__(self, seed):
        point = hashlib.sha256(seed.encode()).digest()
        blob = struct.pack(">I", 11) + b"ssh-ed25519" + struct.pack(">I", 32) + point
        self.text = "ssh-ed25519 " + base64.b64encode(blob).decode()
        print_ = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
        self.print = "SHA256:" + print_


KEY, KEY2 = Key("first"), Key("second")

# ---- host lines ------------------------------------------------------------------------------

Line = collections.namedtuple("Line", "file time text")


def stamp(seconds):
    at = NOON + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")


def log(time, ident, text, host=HOST, file="auth.log"):
    return Line(file, time, f"{stamp(time)} {host} {ident}: {text}")


def offered(time, key=KEY, request="req-1", by=ALICE, host=HOST, tail=""):
    text = f"Providing ssh key from EC2 Instance Connect with fingerprint: {key.print}{tail}"
    text += f", request-id: {request}" if request else ""
    text += f", for IAM principal: {by}" if by else ""
    return log(time, "ec2-instance-connect[2001]", text, host)


def accepted(time, user="ubuntu", key=KEY, ip=PEER, port=50022, pid=881, host=HOST,
             ident="sshd", method=None):
    how = method or ("publickey" if key else "password")
    tail = f": ED25519 {key.print}" if key else ""
    return log(time, f"{ident}[{pid}]",
               f"Accepted {how} for {user} from {ip} port {port} ssh2{tail}", host)


def listening(time, port):
    return log(time, "sshd[700]", f"Server listening on 0.0.0.0 port {port}.")


def closed(time, user="ubuntu", pid=881, service="sshd"):
    ident = "login" if service == "login" else "sshd"
    return log(time, f"{ident}[{pid}]",
               f"pam_unix({service}:session): session closed for user {user}")


def noise(time, host=HOST):
    return log(time, "CRON[77]",
               "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)", host)


def ssm(time, text, level="INFO"):
    at = NOON + datetime.timedelta(seconds=time)
    return Line("ssm.log", time,
                at.strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 100:04d} {level} {text}")


def worker(time, id_, text, kind="session"):
    return ssm(time, f"[ssm-{kind}-worker] [{id_}] {text}")


def described(time, id_, document="SSM-SessionManagerRunShell", run_as="", owner=ALICE,
              instance=INSTANCE, parameters=None, session_type="Standard_Stream"):
    """The DataBackend line, with a canary where secrets are."""
    properties = {"portNumber": "{{ portNumber }}", "type": "LocalPortForwarding",
                  "canary": "CANARY-SECRET"}
    if parameters and "host" in parameters:
        properties["host"] = "{{ host }}"
    content = {
        "DocumentInformation": {
            "DocumentID": id_, "CommandID": id_, "AssociationID": "", "InstanceID": instance,
            "MessageID": id_, "DocumentName": document, "RunAsUser": run_as,
            "SessionOwner": owner},
        "DocumentType": "StartSession", "SchemaVersion": "1.0",
        "InstancePluginsInformation": [{"Configuration": {
            "Properties": {k: (parameters or {}).get(k, v) if k in ("portNumber", "host") else v
                           for k, v in properties.items()},
            "SessionId": id_, "PluginName": session_type, "PluginID": session_type}}]}
    if parameters:
        content["DocumentInformation"]["Parameters"] = parameters
    return worker(time, id_, "[DataBackend] " + json.dumps(content, separators=(",", ":")))


def payload(time, id_, document="SSM-SessionManagerRunShell", run_as="", owner=ALICE,
            parameters=None, session_type="Standard_Stream"):
    properties = {"portNumber": "{{ portNumber }}", "type": "LocalPortForwarding"}
    if parameters and "host" in parameters:
        properties["host"] = "{{ host }}"
    content = {"RunAsUser": run_as, "Parameters": parameters or {}, "DocumentContent": {
        "schemaVersion": "1.0", "inputs": {"canary": "CANARY-SECRET"},
        "sessionType": session_type, "parameters": {}, "properties": properties},
        "SessionOwner": owner, "SessionId": id_, "DocumentName": document}
    outer = {"schemaVersion": 1, "taskId": f"{ACCOUNT}:{id_}", "topic": "test_topic",
             "content": json.dumps(content, separators=(",", ":"))}
    return ssm(time, "[ssm-agent-worker] [MessageService] [MGSInteractor] Parsing AgentMessage "
               "6b1f2c3d-0000-4000-8000-000000000001, Payload: " +
               json.dumps(outer, separators=(",", ":")))


def submitted(time, id_=SESSION):
    return ssm(time, "[ssm-agent-worker] [MessageService] [EngineProcessor] "
               f"document {id_} submission started")


def started(time, id_=SESSION):
    return worker(time, id_, f"document: {id_} worker started")


def plugin(time, id_=SESSION, name="Standard_Stream"):
    return worker(time, id_, f"[DataBackend] [pluginName={name}] Plugin {name} started")


def ended(time, id_=SESSION):
    return worker(time, id_, "Session worker closed")


def session(time, id_=SESSION):
    return [started(time, id_), plugin(time, id_)]


def port_session(time, id_=SESSION, document="AWS-StartSSHSession", port="22", **more):
    parameters = {"portNumber": port}
    if "to" in more:
        parameters["host"] = more.pop("to")
    return [payload(time, id_, document, parameters=parameters, session_type="Port", **more),
            started(time, id_), plugin(time, id_, "Port")]


def command(time, id_=COMMAND, instance=INSTANCE):
    return [submitted(time, f"aws.ssm.{id_}.{instance}"),
            worker(time, id_, f"document: {id_} worker started", "document")]


def association(time, id_=ASSOCIATION):
    run = f"{id_}.{stamp(time)[:19].replace(':', '-')}.123Z"
    return [ssm(time, "[ssm-agent-worker] [MessageService] [Association] "
                f"[associationId={id_}] Executing association"),
            ssm(time, "[ssm-agent-worker] [MessageService] [Association] [EngineProcessor] "
                f"document {id_} submission started"),
            worker(time, run, f"document: {run} worker started", "document")]


def dialup(time, tty="ttyS0", user="bob", pid=900):
    return [log(time, f"login[{pid}]", "pam_unix(login:session): session opened for user "
                f"{user}(uid=1001) by LOGIN(uid=0)"),
            log(time, f"login[{pid}]", f"DIALUP AT {tty} BY {user}"),
            log(time, f"login[{pid}]", f"LOGIN ON {tty} BY {user}")]


def shadow_login(time, user="bob", pid=900):
    return log(time, f"login[{pid}]",
               f"pam_unix(login:session): session opened for user {user}(uid=1001) by LOGIN(uid=0)")


def entry(time, ident, pid, text, uid=0, comm=None, **fields):
    """A journal entry as `journalctl -o export` writes it."""
    at = NOON + datetime.timedelta(seconds=time)
    us = int(at.timestamp()) * 1000000 + at.microsecond
    all_ = {"__CURSOR": f"s=1;i={us:x}", "__REALTIME_TIMESTAMP": us,
            "__MONOTONIC_TIMESTAMP": us - 1770000000000000, "_BOOT_ID": "0123456789abcdef" * 2,
            "_TRANSPORT": "syslog", "_UID": uid, "_COMM": comm or ident, "_PID": pid,
            "SYSLOG_IDENTIFIER": ident, "SYSLOG_PID": pid, "_HOSTNAME": HOST, "MESSAGE": text}
    all_.update(fields)
    text = "".join(f"{k}={v}\n" for k, v in all_.items() if v is not None) + "\n"
    return Line("host.export", time, text[:-1])


def entry_of(line, uid=0, comm=None, **fields):
    """The journal's twin of a line of auth.log."""
    head, text = line.text.split(": ", 1)
    ident, pid = head.split(" ")[2].rstrip("]").split("[")
    return entry(line.time, ident, pid, text, uid, comm, **fields)


# ---- API records -----------------------------------------------------------------------------

_count = 0


def call(time, source, name, parameters=None, response=None, by=ALICE, id_=None, request=None,
         error=None, message=None, account=ACCOUNT, region=REGION, ip=CALLER, **more):
    global _count
    _count += 1
    at = NOON + datetime.timedelta(seconds=time)
    record = {
        "eventVersion": "1.08",
        "userIdentity": {"type": "IAMUser", "arn": by, "accountId": account,
                         "accessKeyId": "AKIAEXAMPLEEXAMPLE00"},
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": f"{source}.amazonaws.com", "eventName": name, "awsRegion": region,
        "sourceIPAddress": ip, "userAgent": "aws-cli/2",
        "requestParameters": parameters, "responseElements": response,
        "requestID": request or f"r-{_count}", "eventID": id_ or f"e-{_count:06d}",
        "eventType": "AwsApiCall", "recipientAccountId": account}
    if error:
        record["errorCode"] = error
        record["errorMessage"] = message
    record.update(more)
    return record


def push(time, user="ubuntu", key=KEY, request="req-1", on=INSTANCE, **more):
    return call(time, "ec2-instance-connect", "SendSSHPublicKey",
                {"instanceId": on, "instanceOSUser": user, "sSHPublicKey": key.text},
                {"requestId": request, "success": True}, request=request, **more)


def serial_push(time, port=0, on=INSTANCE, **more):
    return call(time, "ec2-instance-connect", "SendSerialConsoleSSHPublicKey",
                {"instanceId": on, "serialPort": port, "sSHPublicKey": KEY.text,
                 "monitorMode": False}, {"requestId": "x", "success": True}, **more)


def tunnel(time, to=IP, port="22", ip=PEER, **more):
    return call(time, "ec2-instance-connect", "OpenTunnel",
                {"instanceConnectEndpointId": "eice-0123456789abcdef0", "remotePort": port,
                 "privateIpAddress": to, "maxTunnelDuration": "3600"}, None, ip=ip, **more)


def start(time, id_=SESSION, target=INSTANCE, document=None, parameters=None, null=False, **more):
    request = {"target": target}
    if document:
        request["documentName"] = document
    if parameters:
        request["parameters"] = parameters
    return call(time, "ssm", "StartSession", request,
                None if null else {"sessionId": id_, "streamUrl": "wss://x",
                                   "tokenValue": "HIDDEN"},
                **more)


def resume(time, id_=SESSION, **more):
    return call(time, "ssm", "ResumeSession", {"sessionId": id_},
                {"sessionId": id_, "streamUrl": "wss://x", "tokenValue": "HIDDEN"}, **more)


def send(time, id_=COMMAND, on=(INSTANCE,), targets=None, **more):
    request = {"documentName": "AWS-RunShellScript", "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS"}
    if targets:
        request["targets"] = targets
    else:
        request["instanceIds"] = list(on)
    return call(time, "ssm", "SendCommand", request,
                {"command": {"commandId": id_, "instanceIds": [] if targets else list(on),
                             "documentName": "AWS-RunShellScript"}}, **more)


def associate(time, id_=ASSOCIATION, name="CreateAssociation", **more):
    return call(time, "ssm", name, {"name": "Acme-Baseline", "instanceId": INSTANCE},
                {"associationDescription": {"associationId": id_, "name": "Acme-Baseline"}}, **more)


def refused(time, what, resource=None, by=MALLORY, error="AccessDenied", **more):
    """A refused call: no parameters; the target, if any, is only in the message."""
    source, name = what.split(":")
    text = f"User: {by} is not authorized to perform: {what}"
    if resource:
        text += f" on resource: {resource} because no identity-based policy allows it"
    return call(time, source, name, None, None, by=by, error=error, message=text, **more)


def arn_of(instance):
    return f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{instance}"


def sign(time, source, **more):
    """A record that only shows that its place was logged then."""
    return call(time, source, "DescribeSomething", **more)


def cover(first, last, sources=("ec2", "sts"), **more):
    return [sign(time, source, **more) for time in (first, last) for source in sources]


def document(launched=None, **more):
    identity = {"instanceId": INSTANCE, "accountId": ACCOUNT, "region": REGION, "privateIp": IP,
                "version": "2017-09-30"}
    if launched is not None:
        identity["pendingTime"] = stamp(launched)[:19] + "Z"
    identity.update(more)
    return identity


# ---- expectations ----------------------------------------------------------------------------

def login(verdict, *reasons, **members):
    """What a login must be; members not named may be anything."""
    wanted = {"verdict": verdict, "reasons": list(reasons)}
    judged = verdict in ("authorized", "unauthorized")
    wanted["stage"] = members.pop("stage", "final" if judged else None)
    wanted.update(members)
    return wanted


CONNECT, SSM_SESSION, SSM_COMMAND = "aws-ec2-instance-connect", "aws-ssm-session", "aws-ssm-command"
SSM_SSH, EICE, SERIAL = "aws-ssm-ssh", "aws-eice-tunnel", "aws-serial-console"
DIRECT = "direct-ssh"

FINDING_OF = {
    "no-api-call": "login-without-api-call", "api-call-denied": "login-after-denied-call",
    "api-call-reused": "api-call-reused", "api-call-expired": "api-call-mismatch",
    "wrong-os-user": "api-call-mismatch", "wrong-instance": "api-call-mismatch"}

CASES = []


def case(name, lines=(), calls=(), logins=(), findings=None, status=None, args=(), covered=True,
         identity=None, instance=INSTANCE, files=None, err=(), out=(), lacks=(), check=None,
         zone="UTC"):
    """Registers a case. `files` are more files by name, given as they are: names of .log,
    .export and host folders go to --host-log, the others to --api-log. Without `findings`
    each unauthorized login must have its own, and there must be no other."""
    CASES.append(dict(locals()))


def flat(items):
    for item in items:
        if isinstance(item, (list, tuple)) and not isinstance(item, Line):
            yield from flat(item)
        else:
            yield item
