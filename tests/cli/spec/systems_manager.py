# SPDX-License-Identifier: Apache-2.0
"""Systems Manager: sessions, commands and associations."""
from lab import (ACCOUNT, ALICE, ASSOCIATION, COMMAND, DAY, HOUR, INSTANCE, MALLORY, OTHER, REGION,
                 SESSION, SSM_COMMAND, SSM_SESSION, accepted, arn_of, associate, association, call,
                 case, command, cover, described, ended, log, login, payload, plugin, refused,
                 resume, send, session, ssm, start, started, submitted, worker)

OWNED = "mallory-0a1b2c3d4e5f60719"


def honest(*reasons, **more):
    return login("authorized", *reasons, path=SSM_SESSION, **more)


def guilty(*reasons, **more):
    return login("unauthorized", *reasons, path=SSM_SESSION, **more)


# ---- sessions ---------------------------------------------------------------------------------
case("session: its id", session(0), [start(-2)],
     [honest(on=["instance", "session-id"], by=ALICE, session_id=SESSION, os_user="ssm-user",
             command_id=None, trust="root-file", through=None)])
case("session: its id has no window", session(0), [start(-5 * HOUR)], [honest()])
case("session: its id has no window after", session(0), [start(3 * HOUR)], [honest()])
case("session: session ids compare exactly", session(0), [start(-2, SESSION.upper())],
     [guilty("no-api-call")], findings=["login-without-api-call high"])
case("session: no call", session(0), [], [guilty("no-api-call")])
case("session: no call, nothing covered", session(0), [], [login("unverifiable", "no-api-log")],
     covered=False)
case("session: for another instance", session(0), [start(-2, target=OTHER)],
     [guilty("wrong-instance")])
case("session: for another instance, nothing covered", session(0), [start(-2, target=OTHER)],
     [guilty("wrong-instance")], covered=False)
case("session: the target's case", session(0), [start(-2, target=INSTANCE.upper())], [honest()])
case("session: failed call", session(0),
     [start(-2, error="TargetNotConnected", message="i is not connected.")],
     [guilty("no-api-call")])
case("session: submission alone", [submitted(0)], [start(-2)], [honest()])
case("session: plugin alone", [plugin(0)], [start(-2)], [honest()])
case("session: the earliest line is its time", [submitted(0), started(1), plugin(2)], [start(-2)],
     [honest(time="2026-03-02T12:00:00Z")])
case("session: an end alone is none", [ended(0)], [], [])
case("session: a payload alone is none", [payload(0, SESSION), described(1, SESSION)], [], [])
case("session: matched whole", [worker(0, SESSION, f"document: {SESSION} worker started by me"),
                                worker(1, SESSION, f"say document: {SESSION} worker started")],
     [], [])
case("session: its end", [session(0), ended(90)], [start(-2)],
     [honest(ended_at="2026-03-02T12:01:30Z")])
case("session: RunAs", [started(0), described(0, SESSION, run_as="deploy"), plugin(1)], [start(-2)],
     [honest(os_user="deploy", principal_hint=ALICE)], lacks=["CANARY"])
case("session: RunAs from the payload", [payload(-1, SESSION, run_as="deploy"), session(0)],
     [start(-2)], [honest(os_user="deploy", principal_hint=ALICE)], lacks=["CANARY"])
case("session: two-line evidence holds no payload",
     [payload(-1, SESSION), session(0), described(1, SESSION)], [start(-2)], [honest()],
     lacks=["CANARY", "tokenValue", "HIDDEN", "DocumentInformation"])
case("session: once, however often the agent says it", [session(0), session(300)], [start(-2)],
     [honest()])
case("session: mallory's name is in her own", session(0, OWNED), [start(-2, OWNED, by=MALLORY)],
     [honest(by=MALLORY)])

# ---- ResumeSession ----------------------------------------------------------------------------
case("resume: alone, StartSession covered", session(0), [resume(10)], [guilty("no-api-call")])
case("resume: alone, StartSession not covered", session(0), [resume(10)],
     [honest("start-call-not-seen")], covered=False)
case("resume: by the same principal", session(0), [start(-2), resume(600)], [honest()])
case("resume: by another principal", session(0), [start(-2), resume(600, by=MALLORY)], [honest()],
     findings=["session-taken-over high"])
case("resume: ARNs compare without case", session(0), [start(-2), resume(600, by=ALICE.upper())],
     [honest()])
case("resume: refused to another", session(0),
     [start(-2), resume(600, by=MALLORY, error="AccessDenied", message="no")], [honest()])

# ---- responses that were not logged -----------------------------------------------------------
for at, fits in ((-91, True), (-92, False), (60, True), (61, False)):
    case(f"null response: {at} s", session(0), [start(at, null=True)],
         [honest("weak-match", on=["instance", "id-prefix", "time"]) if fits
          else guilty("no-api-call")])
case("null response: another caller", session(0), [start(-2, null=True, by=MALLORY)],
     [guilty("no-api-call")])
case("null response: the role session's name", session(0, OWNED),
     [start(-2, null=True, by=MALLORY)], [honest("weak-match")])
case("null response: a name with a dash", session(0, "mary-ann-0a1b2c3d4e5f60718"),
     [start(-2, null=True, by=f"arn:aws:iam::{ACCOUNT}:user/mary-ann")], [honest("weak-match")])
case("null response: another instance", session(0), [start(-2, null=True, target=OTHER)],
     [guilty("no-api-call")])
case("null response: one session a call", [session(0), session(20, "alice-0a1b2c3d4e5f60799")],
     [start(-2, null=True)], [honest("weak-match"), guilty("api-call-reused")])
case("null response: two calls, two sessions",
     [session(0), session(20, "alice-0a1b2c3d4e5f60799")],
     [start(-2, null=True), start(18, null=True)], [honest("weak-match"), honest("weak-match")])

# ---- refused ----------------------------------------------------------------------------------
START = "ssm:StartSession"
case("refused session: names this instance", session(0), [refused(-2, START, arn_of(INSTANCE))],
     [guilty("api-call-denied")])
case("refused session: names this instance in capitals", session(0),
     [refused(-2, START, arn_of(INSTANCE).upper())], [guilty("api-call-denied")])
case("refused session: names another", session(0),
     [refused(-2, START, arn_of(OTHER), by=ALICE)], [guilty("no-api-call")])
case("refused session: names none, the owner's name", session(0),
     [refused(-2, START, None, by=ALICE)], [guilty("api-call-denied")])
case("refused session: names a document, the owner's name", session(0),
     [refused(-2, START, f"arn:aws:ssm:{REGION}::document/AWS-StartSSHSession", by=ALICE)],
     [guilty("api-call-denied")])
case("refused session: names none, another's name", session(0), [refused(-2, START, None)],
     [guilty("no-api-call")])
case("refused session: the caller ends in this instance's id", session(0),
     [refused(-2, START, None, by=f"arn:aws:sts::{ACCOUNT}:assumed-role/x/{INSTANCE}")],
     [guilty("no-api-call")])
case("refused session: too early", session(0), [refused(-332, START, arn_of(INSTANCE))],
     [guilty("no-api-call")])
case("refused session: just in time", session(0), [refused(-331, START, arn_of(INSTANCE))],
     [guilty("api-call-denied")])
case("refused session: then allowed", session(0),
     [refused(-9, START, arn_of(INSTANCE), by=ALICE), start(-2)], [honest()])

# ---- containers -------------------------------------------------------------------------------
ECS = "ecs-execute-command-0a1b2c3d4e5f60718"


def execute(time, id_=ECS, **more):
    return call(time, "ecs", "ExecuteCommand", {"cluster": "web", "task": "t", "container": "c"},
                {"session": {"sessionId": id_, "streamUrl": "x", "tokenValue": "HIDDEN"}}, **more)


case("container: ExecuteCommand", session(0, ECS), [execute(-2)], [honest(os_user=None)])
case("container: StartSession to it", session(0, ECS), [start(-2, ECS, target="ecs:web_t_c")],
     [honest(os_user=None)])
case("container: StartSession to it, an ordinary id", session(0), [start(-2, target="ecs:web_t_c")],
     [honest()])
case("container: no call", session(0, ECS), [], [guilty("no-api-call")])
case("container: only Systems Manager is covered", session(0, ECS), cover(-DAY, DAY, ("ssm",)),
     [login("unverifiable", "no-api-log")], covered=False)
case("container: both services are covered", session(0, ECS), cover(-DAY, DAY, ("ssm", "ecs")),
     [guilty("no-api-call")], covered=False)

# ---- commands ---------------------------------------------------------------------------------


def ran(verdict, *reasons, **more):
    return login(verdict, *reasons, path=SSM_COMMAND, os_user="root", command_id=COMMAND, **more)


case("command: its id", command(0), [send(-2)],
     [ran("authorized", on=["instance", "command-id"], session_id=None)])
case("command: its id, days before", command(0), [send(-47 * HOUR)], [ran("authorized")])
case("command: by tag", command(0),
     [send(-2, targets=[{"key": "tag:role", "values": ["web"]}])],
     [ran("authorized", on=["command-id"])])
case("command: for another instance", command(0), [send(-2, on=[OTHER])],
     [ran("unauthorized", "wrong-instance")])
case("command: one of several instances", command(0), [send(-2, on=[OTHER, INSTANCE.upper()])],
     [ran("authorized")])
case("command: no call", command(0), [], [ran("unauthorized", "no-api-call")])
case("command: the same id again", [command(0), command(4 * HOUR)], [send(-2)], [ran("authorized")])
case("command: failed call", command(0), [send(-2, error="InvalidInstanceId", message="no")],
     [ran("unauthorized", "no-api-call")])
case("command: refused", command(0), [refused(-2, "ssm:SendCommand", arn_of(INSTANCE))],
     [ran("unauthorized", "api-call-denied")])
case("command: refused for a document", command(0),
     [refused(-2, "ssm:SendCommand", f"arn:aws:ssm:{REGION}::document/AWS-RunShellScript")],
     [ran("unauthorized", "no-api-call")])
for first, proven in ((-DAY - 31, True), (-DAY - 30, False)):
    case(f"command: covered from {first} s", command(0), cover(first, 40),
         [ran("unauthorized", "no-api-call") if proven
          else ran("unverifiable", "call-may-be-older")], covered=False)
case("command: its time is not covered", command(0), cover(-3 * DAY, -5),
     [ran("unverifiable", "no-api-log")], covered=False)
case("command: nothing covered", command(0), [], [ran("unverifiable", "no-api-log")],
     covered=False)

# ---- associations -----------------------------------------------------------------------------
for name in ("CreateAssociation", "UpdateAssociation"):
    case(f"association: {name}", association(0), [associate(-HOUR, name=name)],
         [login("authorized", path="aws-ssm-association", on=["association-id"])])
case("association: StartAssociationsOnce", association(0),
     [call(-2, "ssm", "StartAssociationsOnce", {"associationIds": [ASSOCIATION]}, {})],
     [login("authorized", path="aws-ssm-association")])
case("association: no call", association(0), [],
     [login("not-judged", "pre-existing", path="aws-ssm-association")])
case("association: no call, nothing covered", association(0), [],
     [login("not-judged", "pre-existing")], covered=False)
case("association: refused call", association(0),
     [associate(-2, error="AccessDenied", message="no")],
     [login("not-judged", "pre-existing")])

# ---- calls that nobody followed ---------------------------------------------------------------
QUIET = [ssm(-HOUR, "[amazon-ssm-agent] hello"), ssm(2 * DAY, "[amazon-ssm-agent] still here")]
case("nobody came: a session", QUIET, [start(0)], findings=["api-call-without-login medium"])
case("nobody came: a command", QUIET, [send(0)], findings=["api-call-without-login medium"])
case("nobody came: a command by tag", QUIET,
     [send(0, targets=[{"key": "tag:role", "values": ["web"]}])], findings=[])
case("nobody came: another instance's", QUIET, [start(0, target=OTHER), send(0, on=[OTHER])],
     findings=[])
case("nobody came: refused", QUIET, [refused(0, START, arn_of(INSTANCE))], findings=[])
case("nobody came: no log of the agent", [accepted(-60, key=None), accepted(DAY, key=None)],
     [start(0)], [login("not-judged"), login("not-judged")], findings=[])
for last, told in ((300, True), (299, False)):
    case(f"nobody came: the agent's log ends {last} s after",
         [ssm(-HOUR, "[amazon-ssm-agent] hello"), ssm(last, "[amazon-ssm-agent] bye")], [start(0)],
         findings=["api-call-without-login medium"] if told else [])
for last, told in ((DAY, True), (DAY - 1, False)):
    case(f"nobody came: a command, the agent's log ends {last} s after",
         [ssm(-HOUR, "[amazon-ssm-agent] hello"), ssm(last, "[amazon-ssm-agent] bye")], [send(0)],
         findings=["api-call-without-login medium"] if told else [])
case("nobody came: the agent's log begins after the call",
     [ssm(1, "[amazon-ssm-agent] hello"), ssm(HOUR, "[amazon-ssm-agent] bye")], [start(0)],
     findings=[])
case("somebody came", [QUIET, session(60)], [start(0)], [honest()])

# ---- what follows a session -------------------------------------------------------------------
case("session: sudo and useradd are no logins",
     [session(0), log(1, "useradd[50]", "new user: name=ssm-user, UID=1001, GID=1001, "
                      "home=/home/ssm-user, shell=/bin/sh, from=none"),
      log(2, "sudo", "ssm-user : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/su"),
      log(3, "sudo", "pam_unix(sudo:session): session opened for user root(uid=0) by (uid=1001)")],
     [start(-2)], [honest()])
case("refused session: a managed node", session(0),
     [refused(-2, START, f"arn:aws:ssm:{REGION}:{ACCOUNT}:managed-instance/mi-0a1b2c3d4e5f60718")],
     [guilty("api-call-denied")], instance="mi-0a1b2c3d4e5f60718")
case("nobody came: another region's session of this instance", QUIET,
     [start(0, region="us-east-2")],
     findings=["api-call-without-login medium"])
case("command: once refused, once sent", command(0),
     [refused(-9, "ssm:SendCommand", arn_of(INSTANCE)), send(-2)], [ran("authorized")])
case("resume: by another role session of the same role", session(0, OWNED),
     [start(-2, OWNED, by=MALLORY), resume(60, OWNED, by=MALLORY.replace("mallory", "oscar"))],
     [honest()], findings=["session-taken-over high"])
case("resume: of another session", session(0), [start(-2), resume(60, OWNED, by=MALLORY)],
     [honest()])
case("resume: by another than the owner that the host names",
     [started(0), described(0, SESSION), plugin(1)], [resume(600, by=MALLORY)],
     [honest("start-call-not-seen")], covered=False, findings=["session-taken-over high"])
