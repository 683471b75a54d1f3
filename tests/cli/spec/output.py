# SPDX-License-Identifier: Apache-2.0
"""What is printed: members and their types, order, escaping, exit status."""
import re

from lab import (HOUR, INSTANCE, KEY, KEY2, MALLORY, accepted, arn_of, case, closed, dialup, log,
                 login, offered, push, refused, session, start)

LOGIN = ("type id time host instance path through os_user source_ip source_port tty session_id "
         "command_id key_fingerprint principal_hint trust evidence ended hint verdict stage "
         "reasons api_call through_api_call").split()
CALL = ("id name time principal source_ip matched_on request_id account region access_key_id "
        "session_issuer mfa user_agent invoked_by").split()
FINDING = "type id rule severity login_id time host instance path reasons api_call".split()
SUMMARY = ("type logins authorized unauthorized unverifiable pending not_judged findings "
           "api_calls lines").split()
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$")
TEXT = (str, type(None))
TYPES = {"id": str, "time": str, "host": TEXT, "instance": TEXT, "path": str, "through": TEXT,
         "os_user": TEXT, "source_ip": TEXT, "source_port": (int, type(None)), "tty": TEXT,
         "session_id": TEXT, "command_id": TEXT, "key_fingerprint": TEXT, "principal_hint": TEXT,
         "trust": str, "evidence": list, "ended": TEXT, "hint": TEXT, "verdict": str,
         "stage": TEXT, "reasons": list, "api_call": (dict, type(None)),
         "through_api_call": (dict, type(None))}
STOLEN = [offered(0), accepted(0.2)]
MANY = [STOLEN, dialup(60), session(120), offered(300, KEY2, "req-2"),
        accepted(300.2, key=KEY2, pid=9), accepted(400, "bob", None, pid=10),
        closed(500, "bob", 10)]
CALLS = [push(295, key=KEY2, request="req-2"), start(118), start(4 * HOUR, "alice-unused")]
VERDICTS = [login("unauthorized", "no-api-call"), login("unauthorized", "no-api-call"),
            login("authorized"), login("authorized"), login("not-judged")]


def shape(result):
    for row in result.logins:
        if list(row)[:len(LOGIN)] != LOGIN:
            return f"members {list(row)}"
        for key, kind in TYPES.items():
            if not isinstance(row[key], kind) or isinstance(row[key], bool):
                return f"{key} is {row[key]!r}"
        if not TIME.match(row["time"]) or (row["ended"] and not TIME.match(row["ended"])):
            return f"time {row['time']} {row['ended']}"
        for evidence in row["evidence"]:
            if list(evidence) != ["source", "cursor", "line"] or not evidence["line"]:
                return f"evidence {evidence}"
        call = row["api_call"]
        if call and (list(call)[:len(CALL)] != CALL or not isinstance(call["matched_on"], list)
                     or not TIME.match(call["time"])):
            return f"api_call {call}"
    ids = [row["id"] for row in result.logins]
    for row in result.findings:
        missing = [key for key in FINDING if key not in row]
        if missing:
            return f"finding lacks {missing}"
        if row["login_id"] is not None and row["login_id"] not in ids:
            return "login_id of no login"
    if list(result.summary)[:len(SUMMARY)] != SUMMARY:
        return f"summary {list(result.summary)}"
    if result.summary["logins"] != len(ids) or result.summary["findings"] != len(result.findings):
        return f"summary counts {result.summary}"
    by = [row["verdict"] for row in result.logins]
    for verdict in set(by):
        if result.summary[verdict.replace("-", "_")] != by.count(verdict):
            return f"summary counts {verdict}: {result.summary}"
    kinds = re.findall(r'^\{"type":"(\w+)"', result.out, re.M)
    if kinds != ["login"] * len(ids) + ["finding"] * len(result.findings) + ["summary"]:
        return f"order {kinds}"
    return None


BOTH = ["login-without-api-call high"] * 2
case("json: members, types and order", MANY, CALLS, VERDICTS, findings=BOTH, check=shape)
case("json: the summary's counts", MANY, CALLS, VERDICTS, findings=BOTH, check=lambda r: None
     if (r.summary["api_calls"], r.summary["logins"], r.summary["findings"]) == (7, 5, 2)
     else r.summary)


def identified(call, **more):
    record = dict(call)
    record["userIdentity"] = dict(call["userIdentity"], **more)
    return record


def member(name, value):
    return lambda r: None if r.logins[0]["api_call"][name] == value else r.logins[0]["api_call"]


def said(name, value, call):
    case(f"json: api_call.{name} {value!r}", STOLEN, [call], [login("authorized")],
         check=member(name, value))


ROLE = "arn:aws:iam::111122223333:role/Deploy"
for word, value in (("true", True), ("false", False)):
    said("mfa", value, identified(push(-5, by=MALLORY), type="AssumedRole", sessionContext={
        "attributes": {"mfaAuthenticated": word, "creationDate": "2026-03-02T11:00:00Z"},
        "sessionIssuer": {"type": "Role", "arn": ROLE}}))
said("mfa", None, push(-5))
said("session_issuer", ROLE, identified(push(-5, by=MALLORY), sessionContext={
    "sessionIssuer": {"type": "Role", "arn": ROLE}}))
said("session_issuer", None, push(-5))
said("invoked_by", "ssm.amazonaws.com", identified(push(-5), invokedBy="ssm.amazonaws.com"))
said("access_key_id", "AKIAEXAMPLEEXAMPLE00", push(-5))
said("user_agent", "aws-cli/2", push(-5))
said("account", "111122223333", push(-5))
said("region", "eu-west-1", push(-5))
said("source_ip", "198.51.100.4", push(-5))
said("request_id", "req-1", push(-5))
said("name", "SendSSHPublicKey", push(-5))
said("time", "2026-03-02T11:59:55Z", push(-5))
case("json: a root user", STOLEN, [identified(push(-5), type="Root",
                                              arn="arn:aws:iam::111122223333:root")],
     [login("authorized", by="arn:aws:iam::111122223333:root")])
case("json: a service", STOLEN, [dict(push(-5), userIdentity={
    "type": "AWSService", "invokedBy": "ssm.amazonaws.com"})],
     [login("authorized", by="ssm.amazonaws.com")])
case("json: an account without ARN", STOLEN, [dict(push(-5), userIdentity={
    "type": "AWSAccount", "principalId": "AIDAEXAMPLE:eve", "accountId": "444455556666"})],
     [login("authorized", by="AIDAEXAMPLE:eve")])


def names(result):
    call = result.findings[0]["api_call"]
    if call and call["id"] == "e-x" and result.logins[-1]["api_call"] is None:
        return None
    return f"the finding's call is {call}"


# a responder needs the call that does not fit, though it vouches for nothing
for name, lines, calls, reason in (
        ("wrong user", STOLEN, [push(-5, user="deploy", id_="e-x")], "wrong-os-user"),
        ("wrong instance", STOLEN, [push(-5, on="i-0fffffffffffffff0", id_="e-x")],
         "wrong-instance"),
        ("expired", [offered(0, request=None), accepted(0.2)], [push(-900, id_="e-x")],
         "api-call-expired"),
        ("refused", STOLEN, [refused(-5, "ec2-instance-connect:SendSSHPublicKey",
                                     arn_of(INSTANCE), id_="e-x")], "api-call-denied")):
    case(f"json: a finding names the call that does not fit: {name}", lines, calls,
         [login("unauthorized", reason)], check=names)
case("json: sub-second times", STOLEN, [push(-5)],
     [login("authorized", time="2026-03-02T12:00:00.200000Z")])
case("json: when it ended", [STOLEN, closed(65)], [push(-5)],
     [login("authorized", ended_at="2026-03-02T12:01:05Z")])
case("json: evidence is the line itself", STOLEN, [push(-5)], [login("authorized")],
     check=lambda r: None if any(accepted(0.2).text in e["line"] for e in r.logins[0]["evidence"])
     and any("Providing" in e["line"] for e in r.logins[0]["evidence"]) else "not there")
case("json: ids do not depend on the API log", STOLEN, [], [login("unauthorized", "no-api-call")],
     check=lambda r: None if re.match(r"^[0-9a-f]{32}$", r.logins[0]["id"]) else r.logins[0]["id"])
case("json: --format native is the same", STOLEN, [push(-5)], out=['"type":"login"', '"summary"'],
     args=["--format", "native"])

# ---- bytes from logs are escaped ----------------------------------------------------------------
def by_password(user):
    return [log(0, "sshd[5]", f"Accepted password for {user} from 203.0.113.9 port 5 ssh2"),
            accepted(1)]


# sshd itself never writes a control character: it makes "\\033" of it
case("escape: a control character is no user's", by_password("eve\x1b[2J\x07"),
     logins=[login("not-judged", os_user="ubuntu")])
ODD = by_password("eve\udcff\u202e")
case("escape: JSON", ODD, lacks=["\u202e", "\udcff"],
     logins=[login("not-judged"), login("not-judged")])
case("escape: table", ODD, lacks=["\u202e"], args=["--color=never"], out=["2 logins"])
AGENT = push(-5, userAgent="x\x1b]0;y\x07\u202e")
case("escape: the caller's words in JSON", STOLEN, [AGENT], [login("authorized")],
     lacks=["\x1b", "\x07"])
case("escape: a principal in the table", [offered(0, by="a\x1b[31mb"), accepted(0.2)],
     [push(-5, by="arn:aws:iam::111122223333:user/\x1b[31m\u202ex")], lacks=["\x1b", "\u202e"],
     args=["--color=never"])
case("escape: names of files on stderr", STOLEN, [push(-5)], [login("authorized")], status=3,
     files={"a\x1b[2J.json": "notes\n"}, check=lambda r: "raw" if "\x1b" in r.err else None)

# ---- exit status --------------------------------------------------------------------------------
case("exit 0: authorized", STOLEN, [push(-5)], [login("authorized")], status=0)
case("exit 0: unverifiable", STOLEN, [], [login("unverifiable", "no-api-log")], covered=False,
     status=0)
case("exit 0: not judged", [accepted(0)], [], [login("not-judged")], status=0)
case("exit 0: pending", STOLEN, [], [login("pending")], status=0,
     args=["--now", "2026-03-02T12:00:10Z"])
case("exit 1: unauthorized", STOLEN, [], [login("unauthorized", "no-api-call")], status=1)
case("exit 1: a finding without a login", [session(0)], [start(-2), start(3, by=MALLORY) | {
    "eventName": "ResumeSession", "requestParameters": {"sessionId": "alice-0a1b2c3d4e5f60718"}}],
     [login("authorized")], findings=["session-taken-over high"], status=1)
case("exit 3 wins over 1", STOLEN, [], [login("unauthorized", "no-api-call")], status=3,
     files={"b.json": "notes\n"})
for name, more in (("an unknown option", ["--nonsense"]), ("a wrong time", ["--now", "soonish"]),
                   ("a wrong year", ["--year", "20x6"]), ("a wrong zone", ["--tz", "Mars/Base"]),
                   ("a wrong span", ["--api-covers", "2026-03-02"]),
                   ("a span that ends before it begins",
                    ["--api-covers=2026-03-02T13:00:00Z/2026-03-02T12:00:00Z"]),
                   ("an unknown format", ["--format", "xml"]), ("a stray word", ["auth.log"]),
                   ("a wrong colour", ["--color=blue"]),
                   ("no value", ["--color=never", "--instance"])):
    case(f"exit 2: {name}", STOLEN, [push(-5)], args=more, status=2, err=["countersign"])
case("exit 0: help", [], [], args=["--help"], status=0, out=["--host-log", "--api-log"],
     covered=False)
case("exit 2: nothing to read", [], [], status=2, covered=False, instance=None, err=["--host-log"])
case("exit 3: --explain of no such id", STOLEN, [push(-5)], args=["--explain", "ffffffff"],
     status=3,
     err=["ffffffff"])
case("table: no colours in a pipe", STOLEN, [push(-5)], args=["--color=auto"], lacks=["\x1b"],
     out=["authorized", "user/alice"])
case("table: colours when asked for", STOLEN, [push(-5)], args=["--color=always"], out=["\x1b["])
case("table: what nothing vouches for", STOLEN, [], args=["--color=never"], status=1,
     out=["unauthorized", "login-without-api-call", "high", "1 login"], instance=INSTANCE)
case("table: times are local", [accepted(0, key=KEY)], [], args=["--color=never"],
     zone="America/New_York", out=["07:00:00"], covered=False)
case("json: a finding names the call of one who took over", [session(0)],
     [start(-2), dict(start(600, by=MALLORY), eventID="e-taker", eventName="ResumeSession",
                      requestParameters={"sessionId": "alice-0a1b2c3d4e5f60718"})],
     [login("authorized")], findings=["session-taken-over high"],
     check=lambda r: None if r.findings[0]["api_call"]["id"] == "e-taker" and
     r.findings[0]["path"] == "aws-ssm-session" else r.findings)
case("json: a finding names the call that nobody followed",
     [session(-HOUR, "bob-0a1b2c3d4e5f60718"), session(HOUR, "bob-0a1b2c3d4e5f60719")],
     [dict(start(0, "alice-x"), eventID="e-unused"), start(-HOUR, "bob-0a1b2c3d4e5f60718"),
      start(HOUR, "bob-0a1b2c3d4e5f60719")], [login("authorized"), login("authorized")],
     findings=["api-call-without-login medium"],
     check=lambda r: None if r.findings[0]["api_call"]["id"] == "e-unused" and
     r.findings[0]["login_id"] is None and r.findings[0]["instance"] == INSTANCE else r.findings)


def tells_its_login(result):
    told, row = result.findings[0], result.logins[0]
    if told["login_id"] != row["id"] or told["reasons"] != row["reasons"]:
        return told
    return [key for key in ("time", "host", "path", "instance", "os_user") if told[key] != row[key]]


case("json: a finding tells its login", STOLEN, [], [login("unauthorized", "no-api-call")],
     check=lambda r: tells_its_login(r) or None)
