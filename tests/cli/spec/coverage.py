# SPDX-License-Identifier: Apache-2.0
"""What API logs prove. One login that no call vouches for: is that known, or not?"""
import json

from lab import (ACCOUNT, DAY, HOUR, KEY2, OTHER, REGION, accepted, case, cover, document,
                 login, offered, push, session, sign)

LINES = [offered(0), accepted(0.2)]
S3 = f"{ACCOUNT}_CloudTrail_{REGION}_20260302T1225Z_Qm4xR7tLk2WbN9pS.json"


def verdict(proven):
    return (login("unauthorized", "no-api-call") if proven
            else login("unverifiable", "no-api-log"))


def judged(name, proven, calls=(), lines=None, **more):
    case(f"coverage: {name}", lines or LINES, calls, [verdict(proven)], covered=False, **more)


def text(records):
    return json.dumps({"Records": records})


DOOR, DOORS = ("ec2-instance-connect",), ("ec2-instance-connect", "ssm", "ecs")

# both ends of a key's window: 60 + 1 + 30 s before the line, 30 s after
judged("to both ends", True, cover(-91, 30))
judged("begins a second late", False, cover(-90, 30))
judged("ends a second early", False, cover(-91, 29))
judged("a session's window", True, cover(-331, 30), session(0))
judged("a session's window, a second late", False, cover(-330, 30), session(0))
judged("a session's window, a second early", False, cover(-331, 29), session(0))
judged("begins inside the window", False, cover(-20, DAY))
judged("ends before the login", False, cover(-DAY, -10))
judged("begins after the login", False, cover(10, DAY))

# sources
judged("this door's source", True, cover(-HOUR, HOUR, DOOR))
judged("one source that is no door", False, cover(-HOUR, HOUR, ("ec2",)))
judged("two sources that are no doors", True, cover(-HOUR, HOUR, ("kms", "sts")))
judged("another door's source", False, cover(-HOUR, HOUR, ("ssm",)))
judged("two other doors' sources", False, cover(-HOUR, HOUR, ("ssm", "ecs")))
judged("another door's source, and one that is no door", True, cover(-HOUR, HOUR, ("ssm", "kms")))
judged("all doors' sources, session", True, cover(-HOUR, HOUR, DOORS), session(0))
judged("only Instance Connect's source, session", False, cover(-HOUR, HOUR, DOOR), session(0))
judged("this door's source only once", True, cover(-HOUR, HOUR, ("ec2",)) + [sign(600, DOOR[0])])
judged("over all files together: sources", True,
       files={"a.json": text(cover(-HOUR, HOUR, ("kms",))),
              "b.json": text(cover(-HOUR, HOUR, ("sts",)))})
judged("over all files together: one source in two files", False,
       files={"a.json": text(cover(-HOUR, HOUR, ("kms",))),
              "b.json": text(cover(-HOUR, HOUR, ("kms",), id_="x"))})
judged("over all files together: from the first to the last", True,
       files={"a.json": text(cover(-HOUR, -1000)), "b.json": text(cover(1000, HOUR))})
judged("event sources compare without case", True,
       [dict(record, eventSource="EC2-Instance-Connect.amazonaws.com")
        for record in cover(-HOUR, HOUR, DOOR)])

# files with CloudTrail's name
judged("CloudTrail's name", True, files={S3: text(cover(-HOUR, HOUR, ("kms",)))})
judged("CloudTrail's name, compressed", True,
       files={S3 + ".gz": text(cover(-HOUR, HOUR, ("kms",)))})
judged("CloudTrail's name, from its first to its last record", False,
       files={S3: text(cover(-10, HOUR, ("kms",)))})
judged("nearly CloudTrail's name", False,
       files={"copy-of-" + S3: text(cover(-HOUR, HOUR, ("kms",)))})
judged("CloudTrail's name, another place inside", False, identity=document(),
       files={S3: text(cover(-HOUR, HOUR, ("kms",), region="us-east-2"))})
judged("CloudTrail's folders", True, files={
    f"api/AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/03/02/{S3}.gz":
        text(cover(-HOUR, HOUR, ("kms",)))})

# places
judged("another region", False, cover(-HOUR, HOUR, region="us-east-2"), identity=document())
judged("another account", False, cover(-HOUR, HOUR, account="444455556666"), identity=document())
judged("the identity's place", True, cover(-HOUR, HOUR), identity=document())
judged("the identity's place beside an uncovered one", True,
       cover(-HOUR, HOUR) + cover(HOUR, 2 * HOUR, region="us-east-2"), identity=document())
judged("no identity: every place seen", False,
       cover(-HOUR, HOUR) + cover(HOUR, 2 * HOUR, region="us-east-2"))
judged("no identity: every place seen, all covered", True,
       cover(-HOUR, HOUR) + cover(-HOUR, HOUR, region="us-east-2"))
judged("no identity: the place of the calls that name the instance", True,
       cover(-HOUR, HOUR) + cover(HOUR, 2 * HOUR, region="us-east-2") +
       [push(1800, request="later", key=KEY2)])
judged("no identity: that place is not the covered one", False,
       cover(-HOUR, HOUR) + cover(HOUR, 2 * HOUR, region="us-east-2") +
       [push(4000, request="later", key=KEY2, region="us-east-2")])
judged("no identity: the place of another instance's calls", False,
       cover(-HOUR, HOUR) + cover(HOUR, 2 * HOUR, region="us-east-2") +
       [push(1800, request="later", key=KEY2, on=OTHER)])

# nothing
judged("no API log", False)
judged("an empty API log", False, files={"empty.json": ""})
judged("no records", False, files={"none.json": '{"Records":[]}'})
judged("an event source but no time is a hole of all time", False, cover(-HOUR, HOUR),
       status=3, err=["eventTime"], files={"hole.jsonl": json.dumps(
           {"eventSource": "ssm.amazonaws.com", "eventName": "StartSession", "eventID": "e"})})

# holes
BAD = {"eventSource": "ssm.amazonaws.com", "eventName": "StartSession", "eventTime": 5}


def lines_of(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


judged("a hole over the window", False, cover(-HOUR, HOUR), status=3, err=["hole.jsonl"],
       files={"hole.jsonl": lines_of(sign(-600, "ec2"), BAD, sign(600, "ec2"))})
judged("a hole beside the window", True, cover(-HOUR, HOUR), status=3, err=["hole.jsonl"],
       files={"hole.jsonl": lines_of(sign(600, "ec2"), BAD, sign(900, "ec2"))})
judged("a hole that touches the window", False, cover(-HOUR, HOUR), status=3, err=["hole.jsonl"],
       files={"hole.jsonl": lines_of(sign(30, "ec2"), BAD, sign(900, "ec2"))})
judged("a hole a second after the window", True, cover(-HOUR, HOUR), status=3, err=["hole.jsonl"],
       files={"hole.jsonl": lines_of(sign(31, "ec2"), BAD, sign(900, "ec2"))})
judged("a file cut short", False, cover(-HOUR, HOUR), status=3, err=["cut.json"],
       files={"cut.json": text(cover(2 * HOUR, 3 * HOUR))[:900]})
case("coverage: a hole does not hide a call that is there", LINES, [push(-5)],
     [login("authorized")], covered=False, status=3,
     files={"hole.jsonl": lines_of(sign(-600, "ec2"), BAD, sign(600, "ec2"))})
case("coverage: a record that cannot be read, by name and line", LINES, [push(-5)],
     [login("authorized")], status=3, err=["hole.jsonl", "line 2"],
     files={"hole.jsonl": lines_of(sign(-600, "ec2"), BAD)})

# said
COVERS = "--api-covers=2026-03-02T11:58:29Z/2026-03-02T12:00:30Z"
judged("--api-covers, to both ends", True, [sign(600, "kms")], args=[COVERS])
judged("--api-covers, a second late", False, [sign(600, "kms")],
       args=[COVERS.replace("58:29", "58:30")])
judged("--api-covers, a second early", False, [sign(600, "kms")],
       args=[COVERS.replace("00:30", "00:29")])
judged("--api-covers takes away too", False, cover(-HOUR, HOUR),
       args=["--api-covers=2026-03-02T13:00:00Z/2026-03-02T14:00:00Z"])
judged("--api-covers does not mend a hole", False, cover(-HOUR, HOUR), args=[COVERS], status=3,
       files={"hole.jsonl": lines_of(sign(-600, "ec2"), BAD, sign(600, "ec2"))})
