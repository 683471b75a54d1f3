# SPDX-License-Identifier: Apache-2.0
"""What may be given to be read: every shape of an API log, every form of a host log."""
import gzip
import json

from lab import (CONNECT, HOUR, KEY, accepted, call, case, cover, dialup, login, noise, offered,
                 plugin, push, session, sign, start, started)

LINES = [offered(0), accepted(0.2)]
CALLS = [push(-5, id_="e-push"), sign(-HOUR, "kms"), sign(HOUR, "sts")]
HONEST = [login("authorized", path=CONNECT, call="e-push")]


def api(name, files, lines=None, logins=None, **more):
    more.setdefault("check", lambda r: None if r.summary["api_calls"] == 3 else r.summary)
    case(f"api log: {name}", lines or LINES, [], logins or HONEST, covered=False, files=files,
         **more)


def looked_up(records, inner=json.dumps):
    return {"Events": [{"EventId": r["eventID"], "EventName": r["eventName"], "ReadOnly": "false",
                        "EventTime": 1772452795.0, "Username": "alice", "Resources": [],
                        "EventSource": r["eventSource"], "CloudTrailEvent": inner(r)}
                       for r in records], "NextToken": "x"}


def bridged(record):
    return {"version": "0", "id": "x", "detail-type": "AWS API Call via CloudTrail",
            "source": "aws.ssm", "account": "111122223333", "time": record["eventTime"],
            "region": "eu-west-1", "resources": [], "detail": record}


def rows(records):
    return "".join(json.dumps(record) + "\n" for record in records)


RECORDS = json.dumps({"Records": CALLS})
api("Records", {"a.json": RECORDS})
api("Records, indented", {"a.json": json.dumps({"Records": CALLS}, indent=4)})
api("an array", {"a.json": json.dumps(CALLS)})
api("JSON Lines", {"a.jsonl": rows(CALLS)})
api("JSON Lines without the last line's end", {"a.jsonl": rows(CALLS)[:-1]})
api("JSON Lines with empty lines and CR", {"a.jsonl": rows(CALLS).replace("\n", "\r\n\r\n")})
api("LookupEvents", {"a.json": json.dumps(looked_up(CALLS))})
api("EventBridge", {"a.json": json.dumps(bridged(CALLS[0])), "b.jsonl": rows(
    bridged(record) for record in CALLS[1:])})
api("a wrapper", {"a.jsonl": rows({"event": record} for record in CALLS)})
api("a wrapper with more in it",
    {"a.jsonl": rows({"p_source": "x", "event": record, "n": 1} for record in CALLS)})
api("Panther's times", {"a.jsonl": rows(
    dict(record, eventTime=record["eventTime"].replace("T", " ").replace("Z", ".000000000"))
    for record in CALLS)})
api("compressed", {"a.json.gz": RECORDS})
api("compressed, whatever its name", {"a.json": gzip.compress(RECORDS.encode())})
api("compressed in two members",
    {"a.jsonl.gz": gzip.compress(rows(CALLS[:1]).encode()) +
     gzip.compress(rows(CALLS[1:]).encode())})
api("a byte order mark", {"a.json": "\ufeff" + RECORDS})
api("folders are walked", {"api/2026/03/a.json": json.dumps({"Records": CALLS[:2]}),
                           "api/b.json.gz": json.dumps({"Records": CALLS[2:]}), "api/c.json": ""})
api("an event that is there twice is one", {"a.json": RECORDS, "b.jsonl": rows(CALLS)})
api("not in order", {"a.json": json.dumps({"Records": CALLS[::-1]})})
api("members in another order, and escaped", {"a.json": json.dumps(
    {"Records": [dict(reversed(list(record.items()))) for record in CALLS]}).replace(
        "SendSSHPublicKey", "Send\\u0053SHPublicKey")})
api("empty files beside it",
    {"a.json": RECORDS, "empty.json": "", "empty.json.gz": gzip.compress(b"")})

# ---- what cannot be read: the rest is judged, exit 3 --------------------------------------------
for name, content, words in (
        ("something else", "just some notes\n", ["b.json"]),
        ("other JSON", '{"a":1}', ["b.json"]),
        ("cut JSON", RECORDS[:300], ["b.json"]),
        ("cut gzip", gzip.compress(RECORDS.encode())[:200], ["b.json"]),
        ("deep JSON", "[" * 100000, ["b.json"]),
        ("deep JSON in a record", '{"Records":[{"eventName":"StartSession","eventSource":'
         '"ssm.amazonaws.com","requestParameters":' + "[" * 100000, ["b.json"]),
        ("NUL bytes", b"\0" * 4096, ["b.json"]),
        ("no eventTime", rows([{k: v for k, v in start(-2).items() if k != "eventTime"}]),
         ["b.json", "eventTime"]),
        ("eventTime is not one", rows([dict(start(-2), eventTime="yesterday")]),
         ["b.json", "eventTime"])):
    case(f"api log: {name}", LINES, CALLS, HONEST, covered=False, files={"b.json": content},
         status=3, err=words)
case("api log: not there", LINES, CALLS, HONEST, args=["--api-log", "nowhere.json"], status=3,
     err=["nowhere.json"])
case("host log: not there", LINES, CALLS, HONEST, args=["--host-log", "nowhere.log"], status=3,
     err=["nowhere.log"])
case("api log: a device", LINES, CALLS, HONEST, args=["--api-log", "/dev/null"], status=3,
     err=["/dev/null"])
case("api log: no fingerprint comes of a key that is none", LINES,
     [call(-5, "ec2-instance-connect", "SendSSHPublicKey",
           {"instanceId": "i-0a1b2c3d4e5f60718", "instanceOSUser": "ubuntu",
            "sSHPublicKey": "ssh-ed25519 AAAA"}, None, request="req-9")],
     [login("unauthorized", "no-api-call")])
case("api log: records of other services with strange members", LINES,
     CALLS + [sign(-30, "kms", eventName="Describe\x00Key", additional=[[[[{}]]]])], HONEST)
case("api log: the caller's own words hold a NUL", session(0), [start(-2, reason="a\x00b") | {
    "requestParameters": {"target": "i-0a1b2c3d4e5f60718", "reason": "a\x00b"}}],
     [login("authorized")])

# ---- host logs ----------------------------------------------------------------------------------
HOST = "".join(line.text + "\n" for line in LINES)
AGENT = "".join(line.text + "\n" for line in session(0))


def host(name, files, **more):
    case(f"host log: {name}", [], CALLS, more.pop("logins", HONEST), files=files, **more)


host("compressed", {"auth.log.gz": HOST})
host("folders are walked", {"var.d/log/auth.log": HOST, "var.d/log/ssm/agent.log": AGENT,
                            "var.d/log/auth.log.2.gz": noise(-HOUR).text + "\n"},
     logins=[login("unauthorized", "no-api-call", path="aws-ssm-session")] + HONEST)
host("the kind is seen from the content", {"secure.d/x": HOST})
host("empty", {"auth.log": HOST, "empty.log": ""})
host("a line of a known log that is no evidence",
     {"auth.log": HOST, "b.log": noise(-HOUR).text + "\n"})
host("a copy", {"auth.log": HOST, "copy.log": HOST}, check=lambda r: None)
host("the first half of a line", {"auth.log": HOST + accepted(5).text[:90]})
host("NUL bytes around", {"auth.log": b"\0" * 4096 + HOST.encode() + b"\0\0\n"})
host("CR at line ends", {"auth.log": HOST.replace("\n", "\r\n")})
for name, content in (("no line of a known form", "Dear diary,\nnothing.\n"),
                      ("a binary", bytes(range(256)) * 40),
                      ("cut gzip", gzip.compress(HOST.encode())[:60])):
    host(name, {"auth.log": HOST, "b.log": content}, status=3, err=["b.log"])
host("a long line", {"auth.log": "x" * 3000000 + "\n" + HOST}, status=3, err=["auth.log", "line 1"],
     findings=["evidence-gap low"])
host("two agents' lines between each other",
     {"ssm.log": "".join(line.text + "\n" for line in (
         started(0), started(0.1, "bob-0a1b2c3d4e5f60799"), plugin(0.2),
         plugin(0.3, "bob-0a1b2c3d4e5f60799")))},
     logins=[login("unauthorized", "no-api-call", session_id="alice-0a1b2c3d4e5f60718"),
             login("unauthorized", "no-api-call", session_id="bob-0a1b2c3d4e5f60799")])
host("a continuation line is none",
     {"ssm.log": AGENT.replace("\n", "\n  document: x worker started\n")},
     logins=[login("unauthorized", "no-api-call")])
host("consoles", {"auth.log": "".join(line.text + "\n" for line in dialup(0))},
     logins=[login("unauthorized", "no-api-call", tty="ttyS0")])
host("key types", {"auth.log": HOST.replace("ED25519 ", "RSA ")},
     logins=[HONEST[0] | {"key_fingerprint": KEY.print}])

# ---- what summaries count -----------------------------------------------------------------------
case("counts: lines and calls", [offered(0), accepted(0.2), noise(3), noise(4)], CALLS, HONEST,
     covered=False, check=lambda r: None if (r.summary["lines"], r.summary["api_calls"]) == (4, 3)
     else r.summary)
case("nothing at all", files={"empty.log": "", "empty.json": ""}, covered=False,
     check=lambda r: None if r.summary["logins"] == 0 else r.summary)
case("nothing but coverage", [], cover(-HOUR, HOUR), covered=False)
api("LookupEvents, with an event that cannot be read",
    {"a.json": json.dumps(looked_up(CALLS)), "b.json": json.dumps(looked_up(
        [start(-2)], lambda record: json.dumps(record)[:200]))}, status=3, err=["b.json"],
    check=lambda r: None)
for one in ("mi-0a1b2c3d4e5f60718", "/subscriptions/x/resourceGroups/y/providers/"
            "Microsoft.Compute/virtualMachines/z", "4520031799277581759"):
    case(f"--instance {one[:20]}", [accepted(0, key=None)], [], [login("not-judged", instance=one)],
         instance=one)
case("a managed node", session(0), [start(-2, target="mi-0a1b2c3d4e5f60718")],
     [login("authorized")], instance="mi-0a1b2c3d4e5f60718")
